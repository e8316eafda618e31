package suggest

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"cdp-tui/internal/ingest/mapping"
)

// A profile counts what the values of one column look like.
type profile struct {
	name  string // column, or path in a tree
	path  bool
	rows  int // rows looked at
	given int // of them with a value

	distinct                                                map[string]int // value -> rows; nil when there are too many
	many                                                    bool
	emails, phones, ibans, uuids, ips, ints, cards, secrets int
	words                                                   int // values with letters
	longest                                                 int
	plus                                                    int // phones with their country
	layouts                                                 []string
	first                                                   bool
	nulls                                                   map[string]int
}

// manyValues is from how many different values on they are no longer counted
// one by one.
const manyValues = 1000

var (
	emailForm = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
	phoneForm = regexp.MustCompile(`^(p:)?[+(]?[0-9][0-9 ()/.-]{5,19}[0-9]$`)
	uuidForm  = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)
	ibanForm  = regexp.MustCompile(`^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$`)
	intForm   = regexp.MustCompile(`^-?[0-9]{1,19}$`)
)

// dateLayouts are tried on every value of a column; those that fail once are
// out. Dots are read day first everywhere; slashes and dashes are not.
var dateLayouts = []string{
	"rfc3339", "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02", "2006/1/2", "2006/1/2 15:04:05", "20060102", "20060102150405",
	"2.1.2006", "2.1.2006 15:04", "2.1.2006 15:04:05", "2.1.06",
	"2/1/2006", "1/2/2006", "2/1/2006 15:04", "1/2/2006 15:04", "2/1/2006 15:04:05", "1/2/2006 15:04:05",
	"2-1-2006", "1-2-2006", "unix", "unix_ms",
}

// nullWords are cells that systems write for nothing.
var nullWords = []string{" ", "NULL", "null", `\N`, "(not set)", "(none)", "N/A", "n/a", "-"}

func newProfile(name string, path bool) *profile {
	return &profile{name: name, path: path, distinct: map[string]int{}, nulls: map[string]int{}}
}

func (p *profile) add(v string) {
	p.rows++
	if v == " " {
		p.nulls[v]++
	}
	v = strings.TrimSpace(v)
	if v == "" {
		return
	}
	if slices.Contains(nullWords, v) {
		p.nulls[v]++
		return
	}
	p.given++
	if !p.many {
		if p.distinct[v]++; len(p.distinct) > manyValues {
			p.distinct, p.many = nil, true
		}
	}
	p.longest = max(p.longest, len(v))
	tally := func(n *int, is bool) {
		if is {
			*n++
		}
	}
	bare := strings.TrimPrefix(v, "'")
	tally(&p.emails, emailForm.MatchString(v))
	tally(&p.phones, phoneForm.MatchString(bare))
	tally(&p.plus, strings.HasPrefix(strings.TrimPrefix(bare, "p:"), "+") || strings.HasPrefix(bare, "00"))
	tally(&p.uuids, uuidForm.MatchString(v))
	tally(&p.ibans, isIBAN(v))
	tally(&p.ints, intForm.MatchString(v))
	_, err := netip.ParseAddr(v)
	tally(&p.ips, err == nil)
	tally(&p.words, strings.ContainsFunc(v, unicode.IsLetter))
	switch mapping.SecretForm(v) {
	case "":
	case "payment card number":
		p.cards++
	default:
		p.secrets++
	}
	if !p.first {
		p.first, p.layouts = true, slices.Clone(dateLayouts)
	}
	p.layouts = slices.DeleteFunc(p.layouts, func(l string) bool { return !readsDate(l, v) })
}

// all reports whether n is nearly all of the values.
func (p *profile) all(n int) bool { return p.given > 0 && n*100 >= p.given*95 }

// unique reports whether every row has a value of its own.
func (p *profile) unique() bool {
	return p.rows > 0 && p.given == p.rows && (p.many || len(p.distinct) == p.rows)
}

func (p *profile) values() int {
	if p.many {
		return manyValues
	}
	return len(p.distinct)
}

// enum gives the values of a column of few, most frequent first; nil when
// they are many or could be about a person.
func (p *profile) enum() []string {
	if p.many || len(p.distinct) == 0 || len(p.distinct) > 8 || p.longest > 24 || p.emails > 0 || p.given > 20 && len(p.distinct)*3 > p.given {
		return nil
	}
	var out []string
	for v := range p.distinct {
		if phoneForm.MatchString(v) {
			return nil
		}
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b string) int {
		if d := p.distinct[b] - p.distinct[a]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return out
}

func readsDate(layout, v string) bool {
	switch layout {
	case "unix":
		return len(v) == 10 && intForm.MatchString(v) && v[0] == '1'
	case "unix_ms":
		return len(v) == 13 && intForm.MatchString(v) && v[0] == '1'
	case "rfc3339":
		layout = time.RFC3339Nano
	}
	t, err := time.Parse(layout, v)
	return err == nil && t.Year() > 1850 && t.Year() < 2100
}

// isIBAN checks form and check digits (ISO 13616, mod 97).
func isIBAN(s string) bool {
	s = strings.ReplaceAll(s, " ", "")
	if !ibanForm.MatchString(s) {
		return false
	}
	n := 0
	for _, c := range s[4:] + s[:4] {
		d := int(c - '0')
		if c >= 'A' {
			d = int(c-'A') + 10
			n = (n*100 + d) % 97
			continue
		}
		n = (n*10 + d) % 97
	}
	return n == 1
}
