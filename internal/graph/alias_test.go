package graph

import (
	"math/rand/v2"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// TestHashesFind: whatever carries an address or a number is found by its
// hashes, however it came and whatever became of it, and no hash stays behind.
func TestHashesFind(t *testing.T) {
	for seed := range 60 {
		rnd := rand.New(rand.NewPCG(uint64(seed), 5))
		m := &model{rows: make(map[string]*modelRow)}
		var rows []modelRow
		for range 20 {
			rows = append(rows, randomRow(rnd, 15))
		}
		g := loadRows(t, m, rows)
		for range 12 {
			act(t, g, m, rnd, 15)
		}
		err := g.View(t.Context(), func(tx *Tx) error {
			carried := make(map[cdp.IdentifierKey]bool)
			for _, r := range m.rows {
				if r.dropped || r.deleted && r.outcome != cdp.Quarantined {
					continue
				}
				for _, c := range r.claims {
					if strings.HasPrefix(c.blocked, "placeholder.") { // a word for no value finds nobody
						continue
					}
					carried[c.id.Key()] = true
					want, err := tx.Lookup(c.id)
					if err != nil {
						return err
					}
					for _, hash := range c.id.Hashes() {
						got, err := tx.Lookup(hash)
						if err != nil {
							return err
						}
						if len(got) != len(want) || len(got) == 0 {
							t.Errorf("seed %d: %v finds %d, its hash %v %d", seed, c.id, len(want), hash, len(got))
						}
					}
				}
			}
			for e, err := range tx.r.Scan(layout.Aliases()) {
				if err != nil {
					return err
				}
				value, err := layout.Unseal(e.Key, e.Value)
				if err != nil {
					return err
				}
				if id := takeIdentifier(tx.reader(value)); !carried[id.Key()] {
					t.Errorf("seed %d: a hash of %v is left", seed, id)
				}
			}
			return nil
		})
		if err != nil || t.Failed() {
			t.Fatal(err)
		}
	}
}
