package resolve

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cdp-tui/internal/cdp"
)

// anyRules are rules with kinds of any class, exclusive or not, and low caps.
func anyRules() *rapid.Generator[*Rules] {
	return rapid.Custom(func(t *rapid.T) *Rules {
		small := func(most int, name string) int { return rapid.IntRange(0, most).Draw(t, name) }
		var b strings.Builder
		b.WriteString("identity: any\nversion: 1\nkinds:\n  login: {class: A}\n")
		usual := map[cdp.Kind]int{cdp.KindCRM: 1, cdp.KindLoyalty: 2, cdp.KindEmail: 3, cdp.KindPhone: 3, cdp.KindEmailSHA256: 3, cdp.KindOrder: 3, cdp.KindDevice: 4}
		for _, kind := range []cdp.Kind{cdp.KindCRM, cdp.KindLoyalty, cdp.KindEmail, cdp.KindPhone, cdp.KindEmailSHA256, cdp.KindOrder, cdp.KindDevice} {
			class := usual[kind]
			if small(2, "other class") == 0 {
				class = 1 + small(3, "class")
			}
			fmt.Fprintf(&b, "  %s: {class: %c, verified: %c, bridges: %d, spread: %d, exclusive: %v, many: %v}\n", kind, "-ABCD"[class], "-ABCD"[1+small(class-1, "verified")],
				small(3, "bridges"), small(3, "spread"), small(4, "exclusive") == 0, small(4, "many") == 0)
		}
		fmt.Fprintf(&b, "guard: %d\nbirth_dates: differ\n", rapid.SampledFrom([]int{0, 2, 3, 5, 150}).Draw(t, "guard"))
		r, err := ParseRules("any", []byte(b.String()))
		if err != nil {
			t.Fatal(err)
		}
		return r
	})
}

// TestTakesIsResolve: whenever the short way says that a record joins a part
// and changes nothing else, resolving all finds just that, and the sum it
// gives covers what is there then.
func TestTakesIsResolve(t *testing.T) {
	taken, refused := 0, 0
	check(t, func(t *rapid.T) {
		rules := anyRules().Draw(t, "rules")
		d := deliveries().Draw(t, "delivery")
		if len(d.records) < 2 {
			return
		}
		// records after the first few come one by one, by the short way where it can be taken
		n := rapid.IntRange(1, len(d.records)-1).Draw(t, "before")
		c := rules.Resolve(d.records[:n], nil, d.same, d.differ)
		sums := make(map[cdp.RecordID]Sum) // by record
		learn := func(c *Component) {
			for i, p := range c.Result.Part {
				sums[c.Records[i].ID] = c.Result.Sums[p]
			}
		}
		learn(c)
		for _, rec := range d.records[n:] {
			after := rules.Resolve(append(slices.Clone(c.Records), rec), nil, d.same, d.differ)
			i := len(c.Records)
			sum, ok := takes(rules, c, sums, &rec, d)
			if !ok {
				refused++
				learn(after)
				c = after
				continue
			}
			taken++
			one := after.Result.Part[i]
			for r, p := range c.Result.Part {
				for q := range r {
					if (p == c.Result.Part[q]) != (after.Result.Part[r] == after.Result.Part[q]) {
						t.Fatalf("%v was taken in; %v and %v are otherwise than before", rec, c.Records[r].ID, c.Records[q].ID)
					}
				}
				if after.Result.Part[r] == one {
					sums[c.Records[r].ID] = sum
				}
			}
			for l, link := range after.Links {
				was, there := c.State(link)
				if state := after.Result.States[l]; state != was || !there && state != Joins {
					t.Fatalf("%v at %v: was %v, is %v", link.ID, link.Class, was, state)
				}
			}
			sums[rec.ID] = sum
			if is := after.Result.Sums[one]; !sum.Covers(is) {
				t.Fatalf("the sum is said to be %+v, it is %+v", sum, is)
			}
			c = after
		}
	})
	if taken == 0 || refused == 0 {
		t.Errorf("%d were taken the short way, %d were not", taken, refused)
	}
}

// takes asks for the short way as it may be asked for: all that joins leads to
// one part, and what is generic is carried there already.
func takes(rules *Rules, c *Component, sums map[cdp.RecordID]Sum, rec *Record, d delivery) (Sum, bool) {
	if slices.ContainsFunc(slices.Concat(d.same, d.differ), func(p Pair) bool { return p.A == rec.ID || p.B == rec.ID }) {
		return Sum{}, false
	}
	part := int32(-1)
	var generic []int32
	for _, l := range rules.LinksOf(rec) {
		i := c.Index(l)
		if i < 0 {
			continue
		}
		if s := c.Result.States[i]; s == Generic {
			generic = append(generic, int32(i))
			continue
		} else if s != Joins {
			return Sum{}, false
		}
		for _, cl := range c.Claims {
			if int(cl[1]) != i {
				continue
			}
			if p := c.Result.Part[cl[0]]; part >= 0 && part != p {
				return Sum{}, false
			} else {
				part = p
			}
		}
	}
	if part < 0 {
		return Sum{}, false
	}
	for _, g := range generic {
		if !slices.ContainsFunc(c.Claims, func(cl [2]int32) bool { return cl[1] == g && c.Result.Part[cl[0]] == part }) {
			return Sum{}, false
		}
	}
	at := slices.Index(c.Result.Part, part)
	return rules.Takes(sums[c.Records[at].ID], rec, func(l Link) Standing {
		switch i := c.Index(l); {
		case i < 0:
			return Fresh
		case c.Result.States[i] == Generic:
			return Shared
		}
		return Joined
	})
}

// TestGuardInAnyOrder: one more carrier of an address makes it be taken after
// others, so that more of them join something than did before.
func TestGuardInAnyOrder(t *testing.T) {
	rules, err := ParseRules("guard", []byte("identity: guard\nversion: 1\nkinds:\n  email: {class: C}\nguard: 4\n"))
	if err != nil {
		t.Fatal(err)
	}
	for n := range 50 { // their hashes say which of those that as many carry is taken first
		var recs []Record
		for i, carried := range []string{"c b", "c b p d", "c q d", "p b", "q d"} {
			recs = append(recs, Record{ID: cdp.RecordID(i + 1), Controller: "A"})
			for _, v := range strings.Fields(carried) {
				recs[i].Claims = append(recs[i].Claims, Claimed{ID: ident(cdp.KindEmail, fmt.Sprint(v, n))})
			}
		}
		before := rules.Resolve(recs, nil, nil, nil)
		next := Record{ID: 6, Controller: "A", Claims: []Claimed{{ID: ident(cdp.KindEmail, fmt.Sprint("c", n))}}}
		after := rules.Resolve(append(recs, next), nil, nil, nil)
		if before.Result.Parts != 1 {
			t.Fatalf("%d: %d parts before", n, before.Result.Parts)
		}
		if _, ok := rules.Takes(before.Result.Sums[0], &next, func(Link) Standing { return Joined }); ok && after.Result.Parts != 1 {
			t.Fatalf("%d: taken in, and there are %d parts", n, after.Result.Parts)
		}
	}
}
