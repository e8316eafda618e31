package match

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
)

// maxValues bounds the values of one field of a person: those that most
// records carry are compared.
const maxValues = 6

// A Person is what is compared of a profile, made ready for it. It holds
// personal data and prints none.
type Person struct {
	names     []name
	births    []birth
	mails     []mail
	phones    []phone
	addresses []address
	ids       []nationalID
}

// Format prints no personal data, whatever the verb.
func (p Person) Format(f fmt.State, _ rune) { io.WriteString(f, "‹person›") }

// Dummies knows what people and systems fill in when they know nothing; an
// ident.Canonicaliser does.
type Dummies interface {
	DummyBirthDate(year int, month time.Month, day int) bool
	DummyName(name string) bool
}

// Of gathers what is compared from the records of a profile, whose order is of
// no account: of their attributes names, birth dates and addresses, of their
// claims e-mail addresses, phones and national ids. Blocked claims are left
// out; generic ones count little. Known may be nil.
//
// Attributes are taken by name: given_name, middle_name, family_name,
// full_name, name, company, birth_date, street, house_number, postal_code,
// city, country; also below shipping_ and billing_.
func Of(records []cdp.Record, known Dummies) *Person {
	g := gathering{known: known}
	for i := range records {
		g.record(&records[i])
	}
	return &Person{
		names:     most(g.names, maxValues),
		births:    most(g.births, maxValues),
		mails:     most(g.mails, maxValues),
		phones:    most(g.phones, maxValues),
		addresses: most(g.addresses, maxValues),
		ids:       most(g.ids, maxValues),
	}
}

// Empty reports whether there is nothing to compare.
func (p *Person) Empty() bool {
	return len(p.names)+len(p.births)+len(p.mails)+len(p.phones)+len(p.addresses)+len(p.ids) == 0
}

// A counted value is carried by so many records; two of one spelling are one.
type counted[T any] struct {
	spelling string
	value    T
	n        int
}

type gathering struct {
	known     Dummies
	names     map[string]*counted[name]
	births    map[string]*counted[birth]
	mails     map[string]*counted[mail]
	phones    map[string]*counted[phone]
	addresses map[string]*counted[address]
	ids       map[string]*counted[nationalID]
}

func count[T any](m *map[string]*counted[T], spelling string, v T) {
	if *m == nil {
		*m = map[string]*counted[T]{}
	}
	c := (*m)[spelling]
	if c == nil {
		c = &counted[T]{spelling: spelling, value: v}
		(*m)[spelling] = c
	}
	c.n++
}

// most returns the values of most records, at most so many.
func most[T any](m map[string]*counted[T], limit int) []T {
	if len(m) == 0 {
		return nil
	}
	all := make([]*counted[T], 0, len(m))
	for _, c := range m {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *counted[T]) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.spelling, b.spelling))
	})
	out := make([]T, 0, min(len(all), limit))
	for _, c := range all[:min(len(all), limit)] {
		out = append(out, c.value)
	}
	return out
}

// A place is an address in parts, as a record delivers it.
type place struct{ street, house, postcode, city, country string }

func (g *gathering) record(r *cdp.Record) {
	var given, middle, family, company string
	var full []string
	var places [3]place // as such, shipping, billing
	for _, a := range r.Attributes {
		v := strings.TrimSpace(a.Value.Reveal())
		if v == "" {
			continue
		}
		at, field := &places[0], a.Name
		if rest, ok := strings.CutPrefix(field, "shipping_"); ok {
			at, field = &places[1], rest
		} else if rest, ok := strings.CutPrefix(field, "billing_"); ok {
			at, field = &places[2], rest
		}
		switch field {
		case "given_name", "first_name":
			keep(&given, v)
		case "middle_name":
			keep(&middle, v)
		case "family_name", "last_name":
			keep(&family, v)
		case "full_name", "name", "social_name":
			full = append(full, v)
		case "company", "organisation":
			keep(&company, v)
		case "birth_date":
			b := parseBirth(v)
			if known := g.known; known != nil {
				b = slices.DeleteFunc(b, func(d date) bool { return known.DummyBirthDate(d.year, time.Month(d.month), d.day) })
			}
			if len(b) > 0 {
				count(&g.births, fmt.Sprint(b), b)
			}
		case "street", "address":
			keep(&at.street, v)
		case "house_number":
			keep(&at.house, v)
		case "postal_code":
			keep(&at.postcode, v)
		case "city":
			keep(&at.city, v)
		case "country":
			keep(&at.country, v)
		}
	}
	slices.Sort(full)
	if g.known != nil {
		full = slices.DeleteFunc(full, g.known.DummyName)
		if g.known.DummyName(strings.TrimSpace(given + " " + family)) {
			given, family = "", ""
		}
	}
	if middle != "" {
		given += " " + middle
	}
	if given != "" || family != "" {
		whole := ""
		if len(full) > 0 {
			whole = full[0]
		}
		g.name(personName(given, family, whole))
	}
	for _, f := range full {
		g.name(personName("", "", f))
	}
	if company != "" && given == "" && family == "" && len(full) == 0 { // else it is the employer
		g.name(orgName(company))
	}
	for _, p := range places {
		if a, ok := newAddress(p); ok {
			count(&g.addresses, a.spelling(), a)
		}
	}
	for _, c := range r.Claims {
		if c.Blocked == "" {
			g.claim(c)
		}
	}
}

// keep takes one of several values of one attribute, whatever their order.
func keep(at *string, v string) {
	if *at == "" || v < *at {
		*at = v
	}
}

func (g *gathering) name(n name, ok bool) {
	if ok {
		count(&g.names, fmt.Sprintf("%q %q %q %d %t", wordStrings(n.given), wordStrings(n.family), wordStrings(n.all), n.generation, n.org), n)
	}
}

func wordStrings(ws []word) []string {
	out := make([]string, len(ws))
	for i, w := range ws {
		out[i] = string(w)
	}
	return out
}

func (g *gathering) claim(c cdp.Claim) {
	shared := c.Generic != ""
	value := c.Identifier.Reveal()
	switch c.Identifier.Kind() {
	case cdp.KindEmail:
		if m, ok := newMail(value, shared); ok {
			count(&g.mails, fmt.Sprint(m), m)
		}
	case cdp.KindPhone:
		if p, ok := newPhone(value, shared); ok {
			count(&g.phones, fmt.Sprint(p), p)
		}
	case cdp.KindNationalID:
		if id, ok := newNationalID(value); ok {
			count(&g.ids, fmt.Sprint(id), id)
		}
	}
}
