package graph

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cdp-tui/internal/cdp"
)

// TestManyMergedIDs: a device that very many records of one person carry is
// suppressed, and they part, each with an id of its own; the record that the
// oldest id stands for is the last to join again. All those ids lead to it when
// that is taken back, and each to its record when it is decided again.
func TestManyMergedIDs(t *testing.T) {
	small := limits{move: 3, rows: 90, bytes: 1 << 20, carriers: 37, few: 2}
	for _, c := range []struct {
		name   string
		n      int
		limits limits
	}{{"as it is", 12_500, usualLimits()}, {"in small steps", 700, small}} {
		t.Run(c.name, func(t *testing.T) {
			if c.n > 1_000 && testing.Short() {
				t.Skip("takes thousands of records: run without -short")
			}
			g := newStore(t)
			device := ident(cdp.KindDevice, "kiosk")
			carrying := func(i int) cdp.Record {
				return cdp.Record{Source: "shop", Key: fmt.Sprint(i), At: day, Lineage: cdp.Lineage{Batch: 1, Row: i + 1},
					Claims: []cdp.Claim{{Identifier: device, Strength: cdp.LinkWeak}, {Identifier: ident(cdp.KindCookie, fmt.Sprint(i)), Strength: cdp.LinkStrong}}}
			}
			recs := []cdp.Record{carrying(0)}
			for i := 1; i < c.n; i++ {
				recs = append(recs, carrying(i))
			}
			again := carrying(0) // the oldest id goes to the record that came last
			again.At = day.Add(time.Hour)
			again.Attributes = []cdp.Attribute{{Name: "city", Value: "Ulm"}}
			admitMany(t, g, append(recs, again))
			g.limits = c.limits
			decide := func(f func(tx *Tx) error) []string {
				t.Helper()
				if err := g.Update(t.Context(), day, f); err != nil {
					t.Fatal(err)
				}
				settleRest(t, g)
				verify(t, g)
				return leads(t, g)
			}
			before := leads(t, g)
			suppress := func(d *cdp.Decision) []string {
				t.Helper()
				*d = cdp.Decision{Verb: cdp.DecideSuppress, Identifier: device, By: "olga", Reason: "test"}
				return decide(func(tx *Tx) error { _, err := tx.Decide(d); return err })
			}
			undo := func(d *cdp.Decision) []string {
				t.Helper()
				return decide(func(tx *Tx) error { _, err := tx.Undecide(d.ID, "olga", "test"); return err })
			}
			var one, two cdp.Decision
			parted := suppress(&one)
			if len(parted) != c.n || len(before) != 1 {
				t.Fatalf("%d ids, and %d when they are parted; want 1 and %d", len(before), len(parted), c.n)
			}
			joined := undo(&one)
			if len(joined) != c.n || slices.ContainsFunc(joined, func(s string) bool { return s != before[0] }) {
				t.Fatalf("not all of %d ids lead to the oldest", len(joined))
			}
			if diff := cmp.Diff(parted, suppress(&two)); diff != "" {
				t.Fatalf("parted again (-before +after):\n%s", diff)
			}
		})
	}
}

// leads says where each profile id leads: the live id and the size.
func leads(t *testing.T, g *Store) (out []string) {
	t.Helper()
	err := g.View(t.Context(), func(tx *Tx) error {
		seq, err := tx.sequences()
		if err != nil {
			return err
		}
		for id := cdp.ProfileID(1); id <= seq.profiles; id++ {
			live, row, err := tx.find(id)
			if err != nil {
				return err
			}
			c, err := tx.rootOf(row.component)
			if err != nil {
				return err
			}
			out = append(out, fmt.Sprint(live, " of ", c.size))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
