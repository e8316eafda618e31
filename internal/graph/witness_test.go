package graph

import (
	"math/rand/v2"
	"slices"
	"testing"

	"cdp-tui/internal/cdp"
)

// TestDraftIsWhatIsDone: what a draft of a decision sees is what doing it does,
// also when it takes several transactions, and a draft changes nothing.
func TestDraftIsWhatIsDone(t *testing.T) {
	for seed := range 60 {
		rnd := rand.New(rand.NewPCG(uint64(seed), 11))
		g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
		for range 20 {
			act(t, g, m, rnd, 12)
		}
		if seed%2 == 0 {
			g.limits = limits{move: rnd.IntN(3), rows: 10 + rnd.IntN(10), bytes: 1 << 20}
		}
		var names []string
		for _, r := range m.rows {
			if r.live() {
				names = append(names, r.key)
			}
		}
		slices.Sort(names)
		if len(names) < 2 {
			continue
		}
		d := cdp.Decision{Verb: cdp.DecideDifferent, By: "olga", Reason: "test", Rows: []cdp.DecidedRow{
			{Row: cdp.Row{Source: "test", Key: names[0]}, Group: 1}, {Row: cdp.Row{Source: "test", Key: names[1]}, Group: 2}}}
		if seed%3 == 0 {
			d = cdp.Decision{Verb: cdp.DecideSuppress, By: "olga", Reason: "test", Identifier: ident(cdp.KindEmail, "v1")}
		}
		would := NewWitness()
		err := g.Draft(t.Context(), day, func(tx *Tx) error {
			tx.Watch(would)
			planned := d
			_, err := tx.Decide(&planned)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		compare(t, g, m)
		did := NewWitness()
		for more, first := true, true; more; first = false {
			saw := NewWitness()
			err := g.Update(t.Context(), day, func(tx *Tx) (err error) {
				saw = NewWitness()
				tx.Watch(saw)
				if first {
					_, err = tx.Decide(&d)
					more = true
					return err
				}
				_, more, err = tx.SettleNext()
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			did.Join(saw)
		}
		if a, b := would.Effect(), did.Effect(); a.Digest != b.Digest || a.Counts.Records != b.Counts.Records {
			t.Fatalf("seed %d: previewed %+v, done %+v", seed, a, b)
		}
	}
}
