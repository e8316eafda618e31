package graph

import (
	"fmt"
	"testing"

	"cdp-tui/internal/cdp"
)

// TestCrowds suppresses a device that very many records carry, and takes it
// back: one that joins them, and one that is shared, in transactions whose
// limits hold and in many small ones. Every record is where it was, and the
// store is consistent at each end.
func TestCrowds(t *testing.T) {
	const n = 3_000 // more than one transaction can settle
	small := limits{move: 3, rows: 90, bytes: 1 << 20, carriers: 37, few: 2}
	for _, c := range []struct {
		name   string
		kind   cdp.Kind // that tells the records apart
		n      int
		limits limits
	}{
		{"visits", cdp.KindCookie, n, usualLimits()}, {"people", cdp.KindCRM, n, usualLimits()},
		{"visits in small steps", cdp.KindCookie, 150, small}, {"people in small steps", cdp.KindCRM, 150, small},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newStore(t)
			var recs []cdp.Record
			device := ident(cdp.KindDevice, "kiosk")
			for i := range c.n {
				recs = append(recs, cdp.Record{Source: "shop", Key: fmt.Sprint(i), At: day, Lineage: cdp.Lineage{Batch: 1, Row: i + 1},
					Claims: []cdp.Claim{{Identifier: device, Strength: cdp.LinkWeak}, {Identifier: ident(c.kind, fmt.Sprint("shop:", i)), Strength: cdp.LinkStrong}}})
			}
			admitMany(t, g, recs)
			g.limits = c.limits
			profiles := func() map[cdp.RecordID]cdp.ProfileID {
				out := make(map[cdp.RecordID]cdp.ProfileID)
				err := g.View(t.Context(), func(tx *Tx) error {
					ids, err := tx.Carriers(device, 0, c.n+1)
					if err != nil {
						return err
					}
					for _, id := range ids {
						if out[id], err = tx.ProfileOf(id); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil || len(out) != c.n {
					t.Fatalf("%d carriers, %v", len(out), err)
				}
				return out
			}
			count := func(of map[cdp.RecordID]cdp.ProfileID) int {
				live := make(map[cdp.ProfileID]bool)
				for _, p := range of {
					live[p] = true
				}
				return len(live)
			}
			before := profiles()
			if together := count(before) == 1; together != (c.kind == cdp.KindCookie) {
				t.Fatalf("%d profiles before", count(before))
			}
			d := cdp.Decision{Verb: cdp.DecideSuppress, Identifier: device, By: "olga", Reason: "test"}
			change := func(f func(tx *Tx) error) {
				if err := g.Update(t.Context(), day, f); err != nil {
					t.Fatal(err)
				}
				settleRest(t, g)
				verify(t, g)
			}
			change(func(tx *Tx) error { _, err := tx.Decide(&d); return err })
			if n := count(profiles()); n != c.n {
				t.Errorf("%d profiles while it is suppressed, want %d", n, c.n)
			}
			change(func(tx *Tx) error { _, err := tx.Undecide(d.ID, "olga", "test"); return err })
			for id, p := range profiles() {
				if before[id] != p {
					t.Fatalf("%v is in %v, and was in %v", id, p, before[id])
				}
			}
		})
	}
}

// admitMany takes records in, 200 to a transaction.
func admitMany(t *testing.T, g *Store, recs []cdp.Record) {
	t.Helper()
	for ; len(recs) > 0; recs = recs[min(200, len(recs)):] {
		some := recs[:min(200, len(recs))]
		err := g.Update(t.Context(), day, func(tx *Tx) error {
			news, err := tx.Sift(some)
			for i := range some {
				if err == nil {
					_, err = tx.Admit(&some[i], "A", news[i], joined(&some[i]))
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
