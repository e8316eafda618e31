package graph

import (
	"fmt"
	"testing"

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
