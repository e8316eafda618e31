package breach

import (
	_ "embed"
	"fmt"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/policy"
	"cdp-tui/internal/rulefile"
)

//go:embed rules.yaml
var rulesText []byte

// Rules are the numbers of law for breaches.
type Rules struct {
	Name    string `yaml:"breach,required"`
	Version int    `yaml:"version,required"`
	Notify  []struct {
		Within rulefile.Period `yaml:"within,required"`
		From   rulefile.Date   `yaml:"valid_from,required"`
		Law    string          `yaml:"law,required"`
	} `yaml:"notify,required"`
	Child struct {
		Age int    `yaml:"age,required"`
		Law string `yaml:"law,required"`
	} `yaml:"child,required"`
}

// ParseRules reads a rule file.
func ParseRules(name string, text []byte) (*Rules, error) {
	r := new(Rules)
	return r, rulefile.Decode(name, text, r)
}

// Defaults returns the rules that come with the program.
func Defaults() *Rules {
	r, err := ParseRules("rules.yaml", rulesText)
	if err != nil {
		panic(fmt.Sprintf("breach: the embedded rules: %v", err)) // a test parses them
	}
	return r
}

// Due returns by when a breach must be notified of which the controller became
// aware at a time, in its location, and the law.
func (r *Rules) Due(aware time.Time) (due time.Time, law string) {
	for _, n := range r.Notify {
		if !n.From.In(time.UTC).After(aware) {
			due, law = n.Within.AddTo(aware), n.Law
		}
	}
	return due, law
}

// A Person is one profile, or one record that belongs to none, as far as the
// breach concerns it.
type Person struct {
	Unresolved bool
	Records    int
	Categories []string // of data
	Special    []string
	Born       time.Time // zero when not known
	Country    string    // "" when not known
	Shares     []cdp.Share
}

// A Count adds up persons. What it keeps does not grow with their number.
type Count struct {
	rules      *Rules
	at         time.Time // at which age counts
	out        cdp.Breach
	categories map[string]int
	special    map[string]int
	countries  map[string]int
	sent       map[string]*cdp.BreachRecipient
}

// NewCount begins to count; age is that at a time.
func NewCount(r *Rules, at time.Time) *Count {
	return &Count{rules: r, at: at, categories: map[string]int{}, special: map[string]int{}, countries: map[string]int{}, sent: map[string]*cdp.BreachRecipient{}}
}

// Minor reports whether a person is a child at the time of the count; unknown
// without a birth date that can be read.
func (c *Count) Minor(born time.Time) (is, known bool) {
	if born.IsZero() {
		return false, false
	}
	return policy.Age(born, c.at) < c.rules.Child.Age, true
}

// Add counts one person.
func (c *Count) Add(p Person) {
	c.out.Records += p.Records
	if p.Unresolved {
		c.out.Unresolved++
	} else {
		c.out.Persons++
	}
	once(c.categories, p.Categories)
	once(c.special, p.Special)
	if len(p.Special) > 0 {
		c.out.WithSpecial++
	}
	switch is, known := c.Minor(p.Born); {
	case !known:
		c.out.AgeUnknown++
	case is:
		c.out.Minors++
	}
	once(c.countries, []string{p.Country})
	var told []string
	for _, s := range p.Shares {
		r := c.sent[s.Recipient]
		if r == nil {
			r = &cdp.BreachRecipient{Recipient: s.Recipient}
			c.sent[s.Recipient] = r
		}
		r.Shares++
		if s.At.After(r.Last) {
			r.Last = s.At
		}
		if !slices.Contains(told, s.Recipient) {
			told = append(told, s.Recipient)
			r.Persons++
		}
	}
}

// Breach returns what was counted.
func (c *Count) Breach() cdp.Breach {
	out := c.out
	out.Categories, out.Special, out.Countries = counts(c.categories), counts(c.special), counts(c.countries)
	for _, name := range names(c.sent) {
		out.Recipients = append(out.Recipients, *c.sent[name])
	}
	return out
}

func once(m map[string]int, list []string) {
	for i, s := range list {
		if slices.Index(list, s) == i {
			m[s]++
		}
	}
}

func names[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func counts(m map[string]int) []cdp.BreachCount {
	var out []cdp.BreachCount
	for _, k := range names(m) {
		out = append(out, cdp.BreachCount{Name: k, Persons: m[k]})
	}
	slices.SortStableFunc(out, func(a, b cdp.BreachCount) int { return b.Persons - a.Persons })
	return out
}
