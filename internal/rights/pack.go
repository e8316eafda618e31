package rights

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/rulefile"
)

//go:embed rights.yaml
var packText []byte

// Default returns the text of the rules that come with the program.
func Default() []byte { return slices.Clone(packText) }

// A Pack is the matrix with its words. It is immutable after [Parse].
type Pack struct {
	Name        string        `yaml:"rights_of,required"`
	Version     int           `yaml:"version,required"`
	From        rulefile.Date `yaml:"valid_from,required"`
	Source      string        `yaml:"source,required"`
	Rights      []Right       `yaml:"rights,required"`
	Notes       []Note        `yaml:"notes,required"`
	Reasons     []Reason      `yaml:"reasons,required"`
	Authorities []Authority   `yaml:"authorities,required"`

	hash string
}

// Words are a text in the languages in which answers are printed.
type Words struct {
	EN string `yaml:"en,required"`
	DE string `yaml:"de,required"`
	RO string `yaml:"ro,required"`
	TR string `yaml:"tr,required"`
}

// Said returns the words as they cross to other rooms.
func (w Words) Said() cdp.Words { return cdp.Words{EN: w.EN, DE: w.DE, RO: w.RO, TR: w.TR} }

// A Right is a row of the matrix.
type Right struct {
	ID      string                 `yaml:"id,required"`
	Article string                 `yaml:"article,required"`
	DPV     string                 `yaml:"dpv,required"`
	Each    string                 `yaml:"each,required"` // once, basis
	Title   Words                  `yaml:"title,required"`
	Cells   map[cdp.BasisKind]Cell `yaml:"cells,required"`
}

// A Cell says whether a right goes with a basis.
type Cell struct {
	Mark  string // x, dm, or - for not
	Notes []int
}

// UnmarshalText reads a mark with the numbers of notes: "x 2".
func (c *Cell) UnmarshalText(b []byte) error {
	words := strings.Fields(string(b))
	if len(words) == 0 || !slices.Contains([]string{"x", "dm", "-"}, words[0]) {
		return fmt.Errorf("a cell begins with x, dm or -")
	}
	c.Mark = words[0]
	for _, w := range words[1:] {
		n, err := strconv.Atoi(w)
		if err != nil {
			return fmt.Errorf("after its mark a cell has the numbers of notes")
		}
		c.Notes = append(c.Notes, n)
	}
	return nil
}

// A Note qualifies cells.
type Note struct {
	ID      int    `yaml:"id,required"`
	Article string `yaml:"article,required"`
	Text    string `yaml:"text,required"`
}

// A Reason is why a right applies, or not.
type Reason struct {
	ID    string `yaml:"id,required"`
	Words `yaml:",inline"`
}

// An Authority is where a person who lives in a country complains.
type Authority struct {
	Country string `yaml:"country,required"` // ISO 3166-1 alpha-2
	Name    string `yaml:"name,required"`    // in its own language
	Law     string `yaml:"law"`              // when it is not the GDPR
}

// Defaults returns the rules that come with the program.
func Defaults() *Pack {
	p, err := Parse("rights.yaml", Default())
	if err != nil {
		panic(fmt.Sprintf("rights: the embedded rules: %v", err)) // a test parses them
	}
	return p
}

// Parse reads a rule file of rights. The error is a *rulefile.Error or
// rulefile.Errors.
func Parse(name string, data []byte) (*Pack, error) {
	f, err := rulefile.Parse(name, data)
	if err != nil {
		return nil, err
	}
	p := &Pack{hash: f.Hash}
	if err := f.Decode(p); err != nil {
		return nil, err
	}
	return p, p.check(f)
}

// check finds cells that are not there, notes that are not told and reasons
// that are missing.
func (p *Pack) check(f *rulefile.File) error {
	var errs []*rulefile.Error
	bad := func(path, format string, args ...any) { errs = append(errs, f.Errorf("$."+path, format, args...)) }
	for i, r := range p.Rights {
		at := fmt.Sprintf("rights[%d]", i)
		if r.Each != "once" && r.Each != "basis" {
			bad(at+".each", "write once, or basis when each has an answer of its own")
		}
		for _, b := range cdp.Bases() {
			c, ok := r.Cells[b]
			if !ok {
				bad(at+".cells", "there is no cell for %s", b)
			}
			for _, n := range c.Notes {
				if !slices.ContainsFunc(p.Notes, func(x Note) bool { return x.ID == n }) {
					bad(at+".cells", "note %d is not told", n)
				}
			}
		}
		if len(r.Cells) > len(cdp.Bases()) {
			bad(at+".cells", "a cell is for no basis of Art. 6(1)")
		}
	}
	for _, id := range ids() {
		if _, ok := p.right(id); !ok {
			bad("rights", "there is no right %s", id)
		}
	}
	for _, id := range reasons() {
		if _, ok := p.reason(id); !ok {
			bad("reasons", "there is no reason %s", id)
		}
	}
	return rulefile.Join(errs...)
}

// Hash is the content hash by which the rules are cited.
func (p *Pack) Hash() string { return p.hash }

func (p *Pack) right(id string) (*Right, bool) {
	i := slices.IndexFunc(p.Rights, func(r Right) bool { return r.ID == id })
	if i < 0 {
		return nil, false
	}
	return &p.Rights[i], true
}

func (p *Pack) reason(id string) (Words, bool) {
	i := slices.IndexFunc(p.Reasons, func(r Reason) bool { return r.ID == id })
	if i < 0 {
		return Words{}, false
	}
	return p.Reasons[i].Words, true
}

// Authority returns where a person who lives in a country complains (Art.
// 77(1)).
func (p *Pack) Authority(country string) (Authority, bool) {
	i := slices.IndexFunc(p.Authorities, func(a Authority) bool { return a.Country == country })
	if i < 0 {
		return Authority{}, false
	}
	return p.Authorities[i], true
}
