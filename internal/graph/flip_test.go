package graph

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
)

// TestFlipsInLargeProfiles: one profile has more records than a transaction
// can write, all of which carry a device. The device becomes shared and is so
// no more, is suppressed and is not, and changes its class, while another
// identifier holds the profile together: every row that finds its records is
// rewritten, in as many transactions as it takes.
func TestFlipsInLargeProfiles(t *testing.T) {
	for _, c := range []struct {
		name   string
		n      int
		limits limits
	}{
		{"as it is", kv.MaxUpdateEntries + 500, usualLimits()},
		{"in small steps", 120, limits{move: 3, rows: 60, bytes: 1 << 20, carriers: 37, few: 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
			device, person := ident(cdp.KindDevice, "kiosk"), ident(cdp.KindCRM, "shop:1")
			var rows []modelRow
			for i := range c.n {
				rows = append(rows, modelRow{key: fmt.Sprint("row", i), at: day, outcome: cdp.Linked, control: "A",
					claims: []modelClaim{{id: person, allow: true}, {id: device, allow: true}}})
				if len(rows) == 200 || i == c.n-1 {
					admit(t, g, m, rows...)
					rows = nil
				}
			}
			g.limits = c.limits
			holds := func(after string) {
				t.Helper()
				if verify(t, g); c.n < 1_000 {
					compare(t, g, m)
				}
				var ids []cdp.RecordID
				err := g.View(t.Context(), func(tx *Tx) (err error) { ids, err = tx.Carriers(device, 0, 2*c.n); return err })
				if n := len(m.rows); err != nil || len(ids) != n {
					t.Fatalf("after %s: %d records carry the device, want %d (%v)", after, len(ids), n, err)
				}
			}
			holds("the delivery")
			other := func(i int) modelRow {
				return modelRow{key: fmt.Sprint("other", i), at: day, outcome: cdp.Linked, control: "A",
					claims: []modelClaim{{id: ident(cdp.KindCRM, fmt.Sprint("shop:", 10+i)), allow: true}, {id: device, allow: true}}}
			}
			for i := range 3 {
				admit(t, g, m, other(i))
				holds(fmt.Sprint("person ", i, " more on it"))
			}
			left := m.rows["other0"]
			left.outcome = cdp.HeldApart
			ruled(t, g, left)
			holds("one of them left")
			id := decideOn(t, g, m, cdp.Decision{Verb: cdp.DecideSuppress, Identifier: device, By: "olga", Reason: "test"})
			holds("it is suppressed")
			undecide(t, g, m, id)
			holds("it is so no more")
			activate(t, g, m, []byte("identity: no devices\nversion: 1\nkinds:\n  crm: {class: A, exclusive: true}\n"))
			holds("devices join nothing")
			activate(t, g, m, []byte("identity: devices\nversion: 1\nkinds:\n  crm: {class: A}\n  device: {class: B}\n"))
			holds("they join all")
		})
	}
}

// TestFlipsAtOnce: an address joins two customer numbers, and thousands of
// cookies are on devices of both. Without the address each of them would bridge
// two people: all of them join nothing at once, in as many transactions as it
// takes, and join again when that is taken back.
func TestFlipsAtOnce(t *testing.T) {
	for _, c := range []struct {
		name   string
		n      int
		limits limits
	}{
		{"as it is", 5_000, usualLimits()},
		{"in small steps", 60, limits{move: 3, rows: 40, bytes: 1 << 20, carriers: 37, few: 2}},
		{"one by one", 12, limits{move: 1, rows: 7, bytes: 1 << 20, carriers: 2, few: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.n > 1_000 && testing.Short() {
				t.Skip("takes thousands of records: run without -short")
			}
			g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
			activate(t, g, m, []byte("identity: cookies\nversion: 1\nkinds:\n  crm: {class: A}\n  email: {class: B}\n  cookie: {class: D, bridges: 1}\n"))
			address := ident(cdp.KindEmail, "one@firma.beispiel")
			row := func(key string, person int, by cdp.Identifier) modelRow {
				return modelRow{key: key, at: day, outcome: cdp.Linked, control: "A",
					claims: []modelClaim{{id: ident(cdp.KindCRM, fmt.Sprint("shop:", person)), allow: true}, {id: by, allow: true}}}
			}
			rows := []modelRow{row("address 1", 1, address), row("address 2", 2, address)}
			for i := range c.n {
				for person := 1; person <= 2; person++ {
					rows = append(rows, row(fmt.Sprint("visit ", i, " of ", person), person, ident(cdp.KindCookie, fmt.Sprint(i))))
				}
			}
			for some := range slices.Chunk(rows, 200) {
				admit(t, g, m, some...)
			}
			g.limits = c.limits
			holds := func(want int) {
				t.Helper()
				if verify(t, g); c.n < 1_000 {
					compare(t, g, m)
				}
				live := make(map[cdp.ProfileID]bool)
				err := g.View(t.Context(), func(tx *Tx) error {
					for _, r := range m.rows {
						p, err := tx.ProfileOf(r.id)
						if err != nil {
							return err
						}
						live[p] = true
					}
					return nil
				})
				if err != nil || len(live) != want {
					t.Fatalf("%d profiles, want %d (%v)", len(live), want, err)
				}
			}
			holds(1)
			before := ids(t, g, 0)
			id := decideOn(t, g, m, cdp.Decision{Verb: cdp.DecideSuppress, Identifier: address, By: "olga", Reason: "test"})
			holds(2)
			undecide(t, g, m, id)
			holds(1)
			if diff := cmp.Diff(before, ids(t, g, cdp.ProfileID(len(before)))); diff != "" {
				t.Fatalf("taken back (-before +after):\n%s", diff)
			}
		})
	}
}
