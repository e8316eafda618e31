package graph

import (
	"math/rand/v2"
	"slices"
	"testing"

	"cdp-tui/internal/cdp"
)

// TestPartsAreSettled calls every two rows of small stores different, under
// limits so small that it takes several transactions: nothing is left over.
func TestPartsAreSettled(t *testing.T) {
	for seed := range 30 {
		for pair := range 100 {
			rnd := rand.New(rand.NewPCG(uint64(seed), 11))
			g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
			for range 20 {
				act(t, g, m, rnd, 12)
			}
			g.limits = limits{move: rnd.IntN(3), rows: 10 + rnd.IntN(10), bytes: 1 << 20}
			var names []string
			for _, r := range m.rows {
				if r.live() {
					names = append(names, r.key)
				}
			}
			slices.Sort(names)
			i, j := pair/10, pair%10
			if i >= j || j >= len(names) {
				continue
			}
			d := cdp.Decision{Verb: cdp.DecideDifferent, By: "olga", Reason: "test", Rows: []cdp.DecidedRow{
				{Row: cdp.Row{Source: "test", Key: names[i]}, Group: 1}, {Row: cdp.Row{Source: "test", Key: names[j]}, Group: 2}}}
			for more, first := true, true; more; first = false {
				err := g.Update(t.Context(), day, func(tx *Tx) (err error) {
					if first {
						_, err = tx.Decide(&d)
						return err
					}
					_, more, err = tx.SettleNext()
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			err := g.View(t.Context(), func(tx *Tx) error {
				report, err := tx.Check(t.Context(), nil)
				for _, p := range report.Problems {
					t.Errorf("seed %d %s %s check: %s %v %s", seed, names[i], names[j], p.Code, p.Ref, p.Text)
				}
				return err
			})
			if err != nil || t.Failed() {
				t.Fatal(err)
			}
		}
	}
}
