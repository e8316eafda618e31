package lint

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/rulefile"
)

//go:embed rules.yaml
var defaultPack string

// DefaultPack returns the text of the rules that come with the program.
func DefaultPack() []byte { return []byte(defaultPack) }

// A Pack is the words and numbers of the rules: a versioned rule file. It is
// immutable after ParsePack.
type Pack struct {
	Name      string        `yaml:"lint,required"`
	Version   int           `yaml:"version,required"`
	From      rulefile.Date `yaml:"valid_from,required"`
	Numbers   Numbers       `yaml:"numbers,required"`
	Annulled  []Annulled    `yaml:"annulled"`
	Precise   []string      `yaml:"precise"`
	Nameless  []string      `yaml:"nameless"`
	Outgoing  []string      `yaml:"outgoing"`
	Informing []string      `yaml:"informing"`
	SSO       []string      `yaml:"single_sign_on"`
	Rules     []Entry       `yaml:"rules,required"`

	hash string
	byID map[string]*Entry
}

// Numbers are the periods and counts that rules use.
type Numbers struct {
	SwapWindow   Span  `yaml:"swap_window,required"`   // after a withdrawal: another basis for the same purpose
	InformWithin Span  `yaml:"inform_within,required"` // after data were obtained elsewhere
	UnusedAfter  Span  `yaml:"unused_after,required"`  // from when data without a use are reported
	Bulk         Count `yaml:"bulk,required"`          // consents of one instant that are an import
}

// A Span is a period with where it comes from.
type Span struct {
	Period rulefile.Period `yaml:"period,required"`
	Cite   string          `yaml:"cite,required"`
}

// A Count is a number with where it comes from.
type Count struct {
	Count int    `yaml:"count,required"`
	Cite  string `yaml:"cite,required"`
}

// An Annulled is a ground for transfers that no longer holds.
type Annulled struct {
	Name  string        `yaml:"name,required"`
	Words []string      `yaml:"words,required"` // that name it, in lower case
	From  rulefile.Date `yaml:"from,required"`
	Cite  string        `yaml:"cite,required"`
}

// An Entry is the words of one rule.
type Entry struct {
	ID       string       `yaml:"id,required"`
	Severity cdp.Severity `yaml:"severity,required"`
	Room     string       `yaml:"room,required"`
	Article  string       `yaml:"article,required"`
	Title    string       `yaml:"title,required"`
	Why      string       `yaml:"why,required"`
	Todo     string       `yaml:"todo,required"`
	Query    string       `yaml:"query"`
}

// ParsePack reads a rule file of the lint. The error lists every mistake with
// line and caret: each rule of the program has one entry, and no other.
func ParsePack(name string, text []byte) (*Pack, error) {
	f, err := rulefile.Parse(name, text)
	if err != nil {
		return nil, err
	}
	p := &Pack{byID: make(map[string]*Entry)}
	if err := f.Decode(p); err != nil {
		return nil, err
	}
	p.hash = f.Hash
	var errs []*rulefile.Error
	bad := func(path, format string, args ...any) { errs = append(errs, f.Errorf(path, format, args...)) }
	rules := table()
	for i := range p.Rules {
		e, path := &p.Rules[i], fmt.Sprintf("$.rules[%d]", i)
		k := slices.IndexFunc(rules, func(r rule) bool { return r.id == e.ID })
		switch {
		case k < 0:
			bad(path+".id", "the program has no rule of this name")
		case p.byID[e.ID] != nil:
			bad(path+".id", "the rule has an entry already")
		case rules[k].room() != e.Room:
			bad(path+".room", "the rule looks at: %s", rules[k].room())
		}
		if !slices.Contains(cdp.Severities(), e.Severity) {
			bad(path+".severity", "a severity is high, medium, low or info")
		}
		p.byID[e.ID] = e
	}
	for _, r := range rules {
		if p.byID[r.id] == nil {
			bad("$.rules", "the rule %s has no entry", r.id)
		}
	}
	for name, n := range map[string]Span{"swap_window": p.Numbers.SwapWindow, "inform_within": p.Numbers.InformWithin, "unused_after": p.Numbers.UnusedAfter} {
		if n.Period.IsZero() {
			bad("$.numbers."+name, "a period is not zero")
		}
	}
	if p.Numbers.Bulk.Count < 2 {
		bad("$.numbers.bulk", "a bulk is at least 2")
	}
	if err := rulefile.Join(errs...); err != nil {
		return nil, err
	}
	return p, nil
}

// Defaults returns the pack that comes with the program.
func Defaults() *Pack {
	p, err := ParsePack("rules.yaml", DefaultPack())
	if err != nil {
		panic(fmt.Sprintf("lint: the embedded rules: %v", err)) // a test parses them
	}
	return p
}

// Cite names the pack with its version and hash, as reports cite it.
func (p *Pack) Cite() string { return p.Name + " " + strconv.Itoa(p.Version) + "@" + p.hash[:12] }

// Rule returns the words of a rule, by its id in any case.
func (p *Pack) Rule(id string) (cdp.LintRule, bool) {
	e := p.byID[strings.ToUpper(id)]
	if e == nil {
		return cdp.LintRule{}, false
	}
	return p.words(e), true
}

// All returns the words of all rules, the most urgent first, then by id.
func (p *Pack) All() []cdp.LintRule {
	var out []cdp.LintRule
	for i := range p.Rules {
		out = append(out, p.words(&p.Rules[i]))
	}
	slices.SortFunc(out, byUrgency)
	return out
}

func byUrgency(a, b cdp.LintRule) int {
	if d := a.Severity.Rank() - b.Severity.Rank(); d != 0 {
		return d
	}
	return strings.Compare(a.ID, b.ID)
}

func (p *Pack) words(e *Entry) cdp.LintRule {
	r := cdp.LintRule{ID: e.ID, Severity: e.Severity, Room: e.Room, Article: e.Article, Title: e.Title, Why: e.Why, Todo: e.Todo, Query: e.Query}
	span := func(name string, s Span) {
		r.Numbers = append(r.Numbers, cdp.LintNumber{Name: name, Value: s.Period.String(), Cite: s.Cite})
	}
	switch e.ID {
	case "BASIS_SWAP":
		span("swap_window", p.Numbers.SwapWindow)
	case "NOT_INFORMED":
		span("inform_within", p.Numbers.InformWithin)
	case "COLLECTED_NEVER_USED":
		span("unused_after", p.Numbers.UnusedAfter)
	case "CONSENT_BULK":
		r.Numbers = append(r.Numbers, cdp.LintNumber{Name: "bulk", Value: strconv.Itoa(p.Numbers.Bulk.Count), Cite: p.Numbers.Bulk.Cite})
	case "TRANSFER_ANNULLED":
		for _, a := range p.Annulled {
			r.Numbers = append(r.Numbers, cdp.LintNumber{Name: a.Name, Value: "annulled " + a.From.String(), Cite: a.Cite})
		}
	}
	return r
}

// annulled returns the ground that a text names, if it was annulled by a time.
func (p *Pack) annulled(now time.Time, texts ...string) (Annulled, bool) {
	for _, t := range texts {
		t = strings.ToLower(t)
		for _, a := range p.Annulled {
			if !a.From.In(time.UTC).After(now) && slices.ContainsFunc(a.Words, func(w string) bool { return strings.Contains(t, w) }) {
				return a, true
			}
		}
	}
	return Annulled{}, false
}

// outgoing reports whether a kind of touchpoint is caused by us.
func (p *Pack) outgoing(kind string) bool {
	last := kind[strings.LastIndexAny(kind, "._")+1:]
	return slices.Contains(p.Outgoing, last)
}

// category returns the data category of a field: that of an attribute of the
// record, or of a kind of identifier; "" when it is not known.
func category(rec *cdp.Record, field string) string {
	for i := range rec.Attributes {
		if rec.Attributes[i].Name == field {
			return rec.Attributes[i].Category
		}
	}
	if slices.Contains(cdp.Kinds(), cdp.Kind(field)) {
		return cdp.Kind(field).Category()
	}
	return ""
}
