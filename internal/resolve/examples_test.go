package resolve

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
)

// rec reads a record of an example: "crm=shop:1 phone=+49301 birth=19800101
// lock=1"; a mark ! after a kind says that the source verified it.
func rec(id int, text string) Record {
	r := Record{ID: cdp.RecordID(id), Controller: "shop"}
	for _, word := range strings.Fields(text) {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "by":
			r.Controller = value
		case "birth":
			fmt.Sscan(value, &r.Birth)
		case "lock":
			fmt.Sscan(value, &r.Lock)
		default:
			kind, verified := strings.CutSuffix(key, "!")
			r.Claims = append(r.Claims, Claimed{ident(cdp.Kind(kind), value), verified})
		}
	}
	return r
}

// times writes n records, %d in the text being 1 to n.
func times(n int, text string) (out []string) {
	for i := range n {
		out = append(out, strings.ReplaceAll(text, "%d", fmt.Sprint(i+1)))
	}
	return out
}

// parts writes who is with whom: "1 2 | 3".
func parts(c *Component) string {
	var out []string
	for _, p := range c.Parts() {
		var ids []string
		for i := 0; i < len(p); {
			j := i
			for j+1 < len(p) && p[j+1] == p[j]+1 {
				j++
			}
			switch {
			case j > i+1:
				ids = append(ids, fmt.Sprintf("%d-%d", p[i], p[j]))
			case j == i+1:
				ids = append(ids, fmt.Sprint(uint64(p[i])), fmt.Sprint(uint64(p[j])))
			default:
				ids = append(ids, fmt.Sprint(uint64(p[i])))
			}
			i = j + 1
		}
		out = append(out, strings.Join(ids, " "))
	}
	return strings.Join(out, " | ")
}

// TestExamples are cases of the trade under the rules that come with the program.
func TestExamples(t *testing.T) {
	for _, c := range []struct {
		name         string
		records      []string
		same, differ []Pair
		want         string
		states       string // of values that join nothing, at the classes at which they do not
	}{
		{name: "a family shares a phone: three customers by their numbers, and a caller nobody knows",
			records: []string{"crm=shop:1 phone=+49301", "crm=shop:2 phone=+49301", "crm=shop:3 phone=+49301", "phone=+49301"},
			want:    "1 | 2 | 3 | 4", states: "phone C conflict"},
		{name: "a family without customer numbers shares a phone: verified addresses tell four apart",
			records: []string{"email!=a@x.org phone=+49301", "email!=b@x.org phone=+49301", "email!=c@x.org phone=+49301", "email!=d@x.org phone=+49301", "email!=a@x.org"},
			want:    "1 5 | 2 | 3 | 4", states: "phone C generic"},
		{name: "a couple shares a phone: within the cap, and told apart by their birth dates",
			records: []string{"email!=a@x.org phone=+49301 birth=19800101", "email!=b@x.org phone=+49301 birth=19821231"},
			want:    "1 | 2", states: "phone C conflict"},
		{name: "one person with two addresses and a phone",
			records: []string{"email!=a@x.org phone=+49301 birth=19800101", "email!=b@x.org phone=+49301 birth=19800101", "email=a@x.org"},
			want:    "1-3"},
		{name: "a kiosk tablet in a shop: each visitor gave a card, and one gave nothing",
			records: append(times(4, "loyalty=card:%d device=tablet"), "device=tablet"),
			want:    "1 | 2 | 3 | 4 | 5", states: "device D generic"},
		{name: "a tablet at home: two persons by their cards, the visit without a card is of their household",
			records: append(times(2, "loyalty=card:%d device=tablet"), "device=tablet"),
			want:    "1-3"},
		{name: "a shared mailbox with 19 people and their phones",
			records: times(19, "email=office@x.org phone=+4930%d"),
			want:    "1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18 | 19", states: "email C generic"},
		{name: "a loyal customer with 500 orders under one number",
			records: times(500, "crm=shop:1 order=shop:%d"),
			want:    "1-500"},
		{name: "a loyal customer with 500 orders under one address, one phone, one card",
			records: times(500, "email=a@x.org phone=+49301 loyalty=card:1 cookie=web:%d"),
			want:    "1-500"},
		{name: "a loyal guest with 500 orders under one address, who has no customer number",
			records: times(500, "email=a@x.org order=shop:%d"),
			want:    "1-500"},
		{name: "a typing error in a national id: two ids stay two people, whatever else they share",
			records: []string{"national_id=de:123 phone=+49301 email=a@x.org", "national_id=de:132 phone=+49301 email=a@x.org"},
			want:    "1 | 2", states: "email C conflict, phone C conflict"},
		{name: "ids of two countries are of one person",
			records: []string{"national_id=de:123 email!=a@x.org", "national_id=at:77 email!=a@x.org"},
			want:    "1 2"},
		{name: "two customer numbers on one mail address are a conflict to review",
			records: []string{"crm=shop:1 email!=a@x.org", "crm=shop:2 email!=a@x.org", "email=a@x.org"},
			want:    "1 | 2 | 3", states: "email B conflict, email C conflict"},
		{name: "two customer numbers on one record: the source says both are this customer's",
			records: []string{"crm=shop:1 email!=a@x.org", "crm=shop:1 crm=shop:2", "crm=shop:2 email!=a@x.org"},
			want:    "1-3"},
		{name: "a third number does not slip in where two are known to be one customer's",
			records: []string{"crm=shop:1 crm=shop:2", "crm=shop:2 email=a@x.org", "crm=shop:3 email=a@x.org"},
			want:    "1 2 | 3", states: "email C conflict"},
		{name: "a person says that two customer numbers are one customer's",
			records: []string{"crm=shop:1 email!=a@x.org", "crm=shop:2 email!=a@x.org"},
			same:    []Pair{{1, 2}}, want: "1 2"},
		{name: "a broker's device on the policies of 40 customers",
			records: times(40, "crm=shop:%d device=broker"),
			want: strings.TrimPrefix(strings.Join(slices.Collect(func(yield func(string) bool) {
				for i := range 40 {
					yield(fmt.Sprint(i + 1))
				}
			}), " | "), ""), states: "device D generic"},
		{name: "a hash of an address finds its person in an audience list",
			records: []string{"email=a@x.org email_sha256=beef", "email_sha256=beef", "email_sha256=cafe"},
			want:    "1 2 | 3"},
		{name: "twins at one address: a person says they are different",
			records: []string{"email=a@x.org crm=shop:1", "email=a@x.org", "email=a@x.org"},
			differ:  []Pair{{1, 2}}, want: "1 | 2 | 3", states: "email C different"},
		{name: "a locked profile takes in nobody by rules",
			records: []string{"email!=a@x.org lock=7", "phone=+49301 lock=7", "email!=a@x.org", "phone=+49301"},
			same:    []Pair{{1, 2}}, want: "1 2 | 3 | 4", states: "email B locked, email C locked, phone C locked"},
		{name: "what a locked profile has within itself joins still",
			records: []string{"email!=a@x.org lock=7", "email!=a@x.org lock=7"},
			same:    []Pair{{1, 2}}, want: "1 2"},
		{name: "two shops of two controllers know one customer: a disclosure, not a merge",
			records: []string{"email!=a@x.org", "email!=a@x.org by=other", "email!=a@x.org by=other"},
			same:    []Pair{{1, 2}}, want: "1 | 2 3"},
		{name: "an address of a machine joins nobody",
			records: []string{"ip=192.0.2.1", "ip=192.0.2.1"},
			want:    "1 | 2"},
		{name: "an order number that two customers gave",
			records: []string{"crm=shop:1 order=shop:9", "crm=shop:2 order=shop:9", "order=shop:9"},
			want:    "1 | 2 | 3", states: "order C generic"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var recs []Record
			for i, text := range c.records {
				recs = append(recs, rec(i+1, text))
			}
			got := Defaults().Resolve(recs, nil, c.same, c.differ)
			if parts(got) != c.want {
				t.Errorf("profiles are %s, want %s", parts(got), c.want)
			}
			var states []string
			for i, l := range got.Links {
				if s := got.Result.States[i]; s != Joins {
					states = append(states, fmt.Sprint(l.ID.Kind(), " ", l.Class, " ", s))
				}
			}
			slices.Sort(states)
			if s := strings.Join(slices.Compact(states), ", "); s != c.states {
				t.Errorf("%q join nothing, want %q", s, c.states)
			}
		})
	}
}

// TestGuardFreezes: a chain of addresses and phones grows to what the guard
// allows, and no further.
func TestGuardFreezes(t *testing.T) {
	rules := Defaults()
	var recs []Record
	for i := range 2 * rules.Guard {
		recs = append(recs, rec(i+1, fmt.Sprintf("email=%d@x.org phone=+49%d", i/2, (i+1)/2)))
	}
	c := rules.Resolve(recs, nil, nil, nil)
	guarded := 0
	for _, s := range c.Result.States {
		if s == Guarded {
			guarded++
		}
	}
	if guarded == 0 || c.Result.Parts < 2 {
		t.Fatalf("%d values are held back, %d profiles", guarded, c.Result.Parts)
	}
	for _, n := range c.Result.Links {
		if int(n) > rules.Guard {
			t.Fatalf("a profile is held together by %d links, the guard is %d", n, rules.Guard)
		}
	}
}
