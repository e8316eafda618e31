package steward

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
)

func (b *bench) decided(verb string, things ...string) cdp.Decision {
	b.t.Helper()
	one, err := b.d.Plan(b.t.Context(), verb, things)
	if err != nil {
		b.t.Fatal(err)
	}
	one.Reason = "seen in person"
	made, _, err := b.d.Decide(b.t.Context(), []cdp.Decision{one}, "")
	if err != nil {
		b.t.Fatal(err)
	}
	return made[0]
}

// TestWhyNamesTheValue: two records that carry an address and its hashes are
// told to carry the address.
func TestWhyNamesTheValue(t *testing.T) {
	for i := range 8 { // by its hashes alone, one in three would be the address
		b := newBench(t).register()
		value := fmt.Sprintf("person%d@post-lindenhof.de", i)
		ids := []cdp.Identifier{ident(cdp.KindEmail, value)}
		b.admit(record("shop.orders", "o1", append(ids, ids[0].Hashes()...)...), record("shop.orders", "o2", append(ids, ids[0].Hashes()...)...))
		p, err := b.d.Why(t.Context(), "shop.orders/o1", "shop.orders/o2")
		if err != nil || len(p.Hops) != 1 || p.Hops[0].Identifier.Kind() != cdp.KindEmail {
			t.Fatalf("%+v, %v", p, err)
		}
	}
}

// TestWhyByOneDecision: records that one decision calls one person are one hop
// apart, whichever of its rows the tie is kept at.
func TestWhyByOneDecision(t *testing.T) {
	b := newBench(t).register()
	var things []string
	for i := range 4 {
		key := fmt.Sprint("o", i)
		b.admit(record("shop.orders", key, ident(cdp.KindEmail, key+"@post-lindenhof.de")))
		things = append(things, "shop.orders/"+key)
	}
	made := b.decided("same", things...)
	for i := range things {
		for j := range i {
			p, err := b.d.Why(t.Context(), things[i], things[j])
			if err != nil || len(p.Hops) != 1 || p.Hops[0].Decision == nil || p.Hops[0].Decision.ID != made.ID ||
				p.From.ID != p.Hops[0].From.String() || p.To.ID != p.Hops[0].To.String() {
				t.Fatalf("%d and %d: %+v, %v", i, j, p, err)
			}
		}
	}
}

// TestWhyNotOfLargeProfiles looks at all records of a profile.
func TestWhyNotOfLargeProfiles(t *testing.T) {
	b := newBench(t).register()
	shared, crm := ident(cdp.KindPhone, "+4930231251"), ident(cdp.KindCRM, "lindenhof:1")
	var recs []cdp.Record
	for i := range endLimit + 50 {
		recs = append(recs, record("shop.orders", fmt.Sprintf("o%03d", i), crm))
	}
	recs[len(recs)-1].Claims = append(recs[len(recs)-1].Claims, record("shop.orders", "x", shared).Claims...)
	b.admit(recs...)
	b.admit(record("shop.orders", "p1", shared, ident(cdp.KindCRM, "lindenhof:2")))
	large, small := b.profile("shop.orders", "o000"), b.profile("shop.orders", "p1")
	if large == small {
		t.Fatal("one customer number each, and yet one profile")
	}
	for _, pair := range [][2]cdp.ProfileID{{large, small}, {small, large}} {
		n, err := b.d.WhyNot(t.Context(), pair[0].String(), pair[1].String())
		if err != nil || len(n.Shared) != 1 || !n.Shared[0].Identifier.Same(shared) {
			t.Errorf("%v: %+v, %v", pair, n, err)
		}
	}
}

// TestDecidedTwice says that it was decided already, not the contrary.
func TestDecidedTwice(t *testing.T) {
	b := newBench(t).register()
	b.admit(record("shop.orders", "o1", mail), record("shop.orders", "o2", mail))
	for verb, thing := range map[string]string{"lock": b.profile("shop.orders", "o1").String(), "suppress": "email:a@post-lindenhof.de"} {
		made := b.decided(verb, thing)
		one, err := b.d.Plan(t.Context(), verb, []string{thing})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = b.d.Preview(t.Context(), []cdp.Decision{one}); !errors.Is(err, ErrContradiction) || !strings.Contains(err.Error(), "already, by "+made.ID.String()) {
			t.Errorf("%s twice: %v", verb, err)
		}
		if _, _, err := b.d.Undo(t.Context(), []cdp.DecisionID{made.ID}, "r", ""); err != nil {
			t.Fatal(err)
		}
		if _, err := b.d.PreviewUndo(t.Context(), []cdp.DecisionID{made.ID}); !errors.Is(err, ErrContradiction) || err.Error() != made.ID.String()+": it was taken back already" {
			t.Errorf("%s taken back twice: %v", verb, err)
		}
	}
}
