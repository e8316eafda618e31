package graph

import (
	"fmt"
	"testing"

	"cdp-tui/internal/cdp"
)

// TestDecisionEndsSpread: a phone that is carried with too many addresses joins
// nobody. It joins again when one of the addresses is cut, and not when a
// record is cut that others repeat; both can be taken back.
func TestDecisionEndsSpread(t *testing.T) {
	g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
	activate(t, g, m, []byte("identity: phones\nversion: 1\nkinds:\n  crm: {class: A}\n  email: {class: C, bridges: 9}\n  phone: {class: C, bridges: 9, spread: 3}\n"))
	phone := ident(cdp.KindPhone, "+40700000001")
	mail := func(n int) cdp.Identifier { return ident(cdp.KindEmail, fmt.Sprint("p", n, "@firma.beispiel")) }
	row := func(key, crm string, address int) modelRow {
		r := modelRow{key: key, at: day, outcome: cdp.Linked, control: "A", claims: []modelClaim{{id: phone, allow: true}, {id: mail(address), allow: true}}}
		if crm != "" {
			r.claims = append(r.claims, modelClaim{id: ident(cdp.KindCRM, crm), allow: true})
		}
		return r
	}
	admit(t, g, m, row("a", "shop:1", 1), row("b", "shop:1", 2), row("c", "shop:1", 3), row("again", "shop:1", 3), row("elsewhere", "", 4))
	profiles := func(want int, when string) {
		t.Helper()
		compare(t, g, m)
		in := make(map[cdp.ProfileID]bool)
		for _, key := range []string{"a", "b", "c", "again", "elsewhere"} {
			err := g.View(t.Context(), func(tx *Tx) error {
				p, err := tx.ProfileOf(m.rows[key].id)
				in[p] = true
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if len(in) != want {
			t.Errorf("%s: %d profiles, want %d", when, len(in), want)
		}
	}
	profiles(2, "four addresses with the phone")
	cut := func(key string, id cdp.Identifier) cdp.DecisionID {
		t.Helper()
		return decideOn(t, g, m, cdp.Decision{Verb: cdp.DecideCut, Identifier: id, By: "olga", Reason: "test", Rows: []cdp.DecidedRow{{Row: m.rows[key].row()}}})
	}
	repeated := cut("c", mail(3))
	profiles(2, "another record repeats the address that is cut")
	last := cut("b", mail(2))
	profiles(1, "three addresses are left")
	undecide(t, g, m, last)
	profiles(2, "four again")
	undecide(t, g, m, repeated)
	profiles(2, "as it was")
}
