package graph

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/resolve"
)

// TestConflictWithItsHashes: a conflict of an address that its records carry
// with its hashes is one, in the counts, in the list and of their source; one of
// hashes alone is one each.
func TestConflictWithItsHashes(t *testing.T) {
	mail := ident(cdp.KindEmail, "family@example.test")
	hashes := mail.Hashes()
	for _, test := range []struct {
		name             string
		ids              []cdp.Identifier
		conflicts, apart int
	}{
		{"the address", []cdp.Identifier{mail}, 1, 2},
		{"the address and its hashes", []cdp.Identifier{mail, hashes[0], hashes[1]}, 1, 2},
		{"hashes of what nobody carries", hashes, 2, 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
			for i, key := range []string{"a", "b"} {
				r := modelRow{key: key, at: day, outcome: cdp.Linked, control: "A", claims: []modelClaim{{id: ident(cdp.KindCRM, fmt.Sprint("shop:", i)), allow: true}}}
				for _, id := range test.ids {
					r.claims = append(r.claims, modelClaim{id: id, allow: true})
				}
				admit(t, g, m, r)
			}
			h := healthOf(t, g, 5)
			if src := h.Sources[0]; h.Counts.Conflicts != test.conflicts || src.Apart != test.apart || src.Linking != 2 {
				t.Errorf("%d conflicts; of the source %d claims apart and %d linking; want %d, %d and 2", h.Counts.Conflicts, src.Apart, src.Linking, test.conflicts, test.apart)
			}
			err := g.View(t.Context(), func(tx *Tx) error {
				first, err := tx.Conflicts("", 1)
				if err != nil {
					return err
				}
				n := len(first.Items)
				for page := first; page.More; n += len(page.Items) {
					if page, err = tx.Conflicts(page.Next, 1); err != nil {
						return err
					}
				}
				if n != test.conflicts {
					t.Errorf("%d conflicts are listed, want %d", n, test.conflicts)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestConflictReasons tells each sort of conflict with its reason.
func TestConflictReasons(t *testing.T) {
	carries := func(key string, birth int, ids ...cdp.Identifier) modelRow {
		r := modelRow{key: key, at: day, outcome: cdp.Linked, control: "A", birth: birth}
		for _, id := range ids {
			r.claims = append(r.claims, modelClaim{id: id, allow: true})
		}
		return r
	}
	mail, phone := ident(cdp.KindEmail, "family@example.test"), ident(cdp.KindPhone, "+493012345")
	crm := func(n int) cdp.Identifier { return ident(cdp.KindCRM, fmt.Sprint("shop:", n)) }
	row := func(key string, group int) cdp.DecidedRow {
		return cdp.DecidedRow{Row: cdp.Row{Source: "test", Key: key}, Group: group}
	}
	guard := strings.Replace(string(resolve.DefaultRules()), "guard: 150", "guard: 2", 1)
	for _, test := range []struct {
		name  string
		rules string
		rows  []modelRow
		by    *cdp.Decision
		state string
		sides int
		why   string
	}{
		{name: "two customer numbers on one address", rows: []modelRow{carries("a", 0, mail, crm(1)), carries("b", 0, mail, crm(2))},
			state: "conflict", sides: 2, why: "they carry 2 values of crm by shop, of which one person has one"},
		{name: "two birth dates on one phone", rows: []modelRow{carries("a", 1, phone), carries("b", 2, phone)},
			state: "conflict", sides: 2, why: "they state 2 birth dates, and a value of class C does not join records with different ones"},
		{name: "different people by decision", rows: []modelRow{carries("a", 0, mail), carries("b", 0, mail)},
			by: &cdp.Decision{Verb: cdp.DecideDifferent, Rows: []cdp.DecidedRow{row("a", 0), row("b", 1)}}, state: "different", sides: 2,
			why: "a person decided that they are different people: D-000001"},
		{name: "a locked profile", rows: []modelRow{carries("a", 0, mail), carries("b", 0, mail, phone), carries("c", 0, phone)},
			by: &cdp.Decision{Verb: cdp.DecideLock, Rows: []cdp.DecidedRow{row("a", 0), row("b", 0)}}, state: "locked", sides: 2,
			why: "a person locked a profile, which rules do not change: D-000001"},
		{name: "a profile of too many links", rules: guard, rows: []modelRow{carries("a", 0, ident(cdp.KindEmail, "1@example.test")),
			carries("b", 0, ident(cdp.KindEmail, "1@example.test"), ident(cdp.KindEmail, "2@example.test")), carries("c", 0, ident(cdp.KindEmail, "2@example.test"), ident(cdp.KindDevice, "tablet")),
			carries("d", 0, ident(cdp.KindDevice, "tablet"))}, state: "guarded", sides: 2,
			why: "together they would be held by more than 2 links, the guard against profiles that grow without end"},
	} {
		t.Run(test.name, func(t *testing.T) {
			g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
			if test.rules != "" {
				v := RulesVersion{From: day, Hash: "h", Text: []byte(test.rules)}
				r, err := resolve.ParseRules("identity", v.Text)
				if err == nil {
					v.Hash = r.Hash()
					err = g.Update(t.Context(), day, func(tx *Tx) error { return tx.SetRules(v) })
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			admit(t, g, m, test.rows...)
			if test.by != nil {
				if err := g.Update(t.Context(), day, func(tx *Tx) error { _, err := tx.Decide(test.by); return err }); err != nil {
					t.Fatal(err)
				}
				settleRest(t, g)
			}
			err := g.View(t.Context(), func(tx *Tx) error {
				page, err := tx.Conflicts("", 10)
				if err != nil {
					return err
				}
				if len(page.Items) != 1 {
					t.Fatalf("%d conflicts", len(page.Items))
				}
				c := page.Items[0]
				if c.State != test.state || len(c.Sides) != test.sides || strings.Join(c.Why, "; ") != test.why || c.Controller != "A" {
					t.Errorf("%s, %d profiles: %s", c.State, len(c.Sides), strings.Join(c.Why, "; "))
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			h := healthOf(t, g, 5)
			frozen := 0
			if test.state == "guarded" {
				frozen = 1 // of three records; the one that was kept out is not
			}
			if h.Counts.Conflicts != 1 || h.Counts.Frozen != frozen || len(h.Frozen) != frozen || frozen > 0 && h.Frozen[0].Records != 3 {
				t.Errorf("%d conflicts and %d frozen profiles are counted", h.Counts.Conflicts, h.Counts.Frozen)
			}
		})
	}
}

// TestConflictsPlace refuses a place that no page gave.
func TestConflictsPlace(t *testing.T) {
	g := newStore(t)
	for _, after := range []string{"!", "0000", "6d"} {
		err := g.View(t.Context(), func(tx *Tx) error {
			_, err := tx.Conflicts(after, 5)
			return err
		})
		if !errors.Is(err, ErrPage) {
			t.Errorf("%q: %v", after, err)
		}
	}
}
