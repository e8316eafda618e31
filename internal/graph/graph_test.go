package graph

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv/memkv"
	"cdp-tui/internal/layout"
)

var day = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newStore(t testing.TB) *Store {
	t.Helper()
	g, err := Create(t.Context(), memkv.New(), layout.Meta{Created: day})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func ident(kind cdp.Kind, value string) cdp.Identifier {
	return cdp.NewIdentifier(kind, value, [4]byte{1, 2, 3, byte(len(value))})
}

// act performs one random act on graph and model alike.
func act(t *testing.T, g *Store, m *model, rnd *rand.Rand, keys int) {
	t.Helper()
	names := make([]string, 0, len(m.rows))
	for k := range m.rows {
		names = append(names, k)
	}
	slices.Sort(names)
	if len(names) > 0 && rnd.IntN(4) == 0 {
		r := m.rows[names[rnd.IntN(len(names))]]
		if r.outcome == cdp.Quarantined && !r.deleted && !r.dropped && rnd.IntN(3) == 0 {
			r.dropped = true
			if err := g.Update(t.Context(), day, func(tx *Tx) error { return tx.DropContent(r.id) }); err != nil {
				t.Fatal(err)
			}
			return
		}
		rejudge(t, g, r, rnd)
		return
	}
	var batch []modelRow
	for range 1 + rnd.IntN(3)*rnd.IntN(3) {
		batch = append(batch, randomRow(rnd, keys))
	}
	admit(t, g, m, batch...)
}

func randomRow(rnd *rand.Rand, keys int) modelRow {
	r := modelRow{key: fmt.Sprint("row", rnd.IntN(keys)), at: day.Add(time.Duration(rnd.IntN(50)) * time.Hour), control: []string{"A", "A", "A", "B"}[rnd.IntN(4)]}
	if rnd.IntN(2) == 0 {
		r.at = day.Add(50 * time.Hour) // the latest there is: current unless one as late has a greater hash
	}
	r.outcome = []cdp.Outcome{cdp.Linked, cdp.Linked, cdp.Linked, cdp.HeldApart, cdp.Quarantined, cdp.EvidenceOnly}[rnd.IntN(6)]
	r.deleted = rnd.IntN(8) == 0
	r.due = rnd.IntN(3)
	if rnd.IntN(4) == 0 {
		r.birth = 1 + rnd.IntN(2)
	}
	for range rnd.IntN(4) {
		c := modelClaim{id: randomValue(rnd), allow: rnd.IntN(5) > 0, verified: rnd.IntN(3) == 0, blocked: []string{"placeholder.word", "fixture", "", "", "", "", "", "", "", "", "", "", "", "", "", "", ""}[rnd.IntN(17)]}
		if !slices.ContainsFunc(r.claims, func(o modelClaim) bool { return o.id.Same(c.id) }) {
			r.claims = append(r.claims, c)
		}
	}
	return r
}

func randomValue(rnd *rand.Rand) cdp.Identifier {
	switch rnd.IntN(15) {
	case 14:
		return ident(cdp.KindOrder, fmt.Sprint("shop:", rnd.IntN(6)))
	case 0, 1:
		return ident(cdp.KindCRM, fmt.Sprint("shop:", rnd.IntN(5)))
	case 2, 3:
		return ident(cdp.KindPhone, fmt.Sprint("+4930", rnd.IntN(3)))
	case 4, 5:
		return ident(cdp.KindDevice, fmt.Sprint("tablet", rnd.IntN(2)))
	case 6, 7:
		return ident(cdp.KindLoyalty, fmt.Sprint("card:", rnd.IntN(3)))
	case 8:
		return ident(cdp.KindIP, "192.0.2.1") // no rule lets it join anything
	}
	return ident(cdp.KindEmail, fmt.Sprint("v", rnd.IntN(12)))
}

// admit admits rows in one transaction.
func admit(t *testing.T, g *Store, m *model, rows ...modelRow) {
	t.Helper()
	recs := make([]cdp.Record, len(rows))
	for i, r := range rows {
		recs[i] = r.record()
	}
	admitted := make(map[string]*modelRow)
	err := g.Update(t.Context(), day, func(tx *Tx) error {
		news, err := tx.Sift(recs)
		if err != nil {
			return err
		}
		for i := range recs {
			if news[i].Unchanged {
				continue
			}
			if _, err := tx.Admit(&recs[i], rows[i].control, news[i], rows[i].ruling()); err != nil {
				return err
			}
			if !news[i].Older {
				r := rows[i]
				r.id = recs[i].ID
				admitted[r.key] = &r
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	settleRest(t, g)
	for key, r := range admitted {
		m.rows[key] = r
	}
}

func rejudge(t *testing.T, g *Store, r *modelRow, rnd *rand.Rand) {
	t.Helper()
	if rnd.IntN(3) == 0 {
		outcome := []cdp.Outcome{cdp.Linked, cdp.HeldApart, cdp.Quarantined, cdp.EvidenceOnly}[rnd.IntN(4)]
		if !r.deleted || r.outcome == cdp.Quarantined { // a deletion that was accepted stays one
			r.outcome = outcome
		}
	}
	r.due = rnd.IntN(3)
	if rnd.IntN(8) == 0 {
		r.control = []string{"A", "B"}[rnd.IntN(2)] // the register names another one now
	}
	for i := range r.claims {
		if rnd.IntN(2) == 0 {
			r.claims[i].allow = !r.claims[i].allow
		}
	}
	ruled(t, g, r)
}

// ruled gives the graph the model's ruling.
func ruled(t *testing.T, g *Store, r *modelRow) {
	t.Helper()
	err := g.Update(t.Context(), day, func(tx *Tx) error {
		_, _, err := tx.Rejudge(r.id, r.control, r.ruling())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	settleRest(t, g)
}

// settleRest settles what one transaction left.
func settleRest(t *testing.T, g *Store) { t.Helper(); settle(t, g, nil) }

// settleSeen is settleRest under the eyes of a witness.
func settleSeen(t *testing.T, g *Store) *Witness {
	t.Helper()
	seen := NewWitness()
	settle(t, g, seen)
	return seen
}

func settle(t *testing.T, g *Store, seen *Witness) {
	t.Helper()
	for more, n := true, 0; more; n++ {
		saw := NewWitness()
		err := g.Update(t.Context(), day, func(tx *Tx) (err error) {
			if seen != nil {
				tx.Watch(saw)
			}
			_, more, err = tx.SettleNext()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if seen != nil {
			seen.Join(saw)
		}
		if n > 10_000 {
			t.Fatal("settling does not end")
		}
	}
}

// TestHistories holds the graph against the naive model after every act of
// 1,000 random histories.
func TestHistories(t *testing.T) {
	n, acts := 1000, 25
	if testing.Short() {
		n = 100
	}
	for seed := range n {
		rnd := rand.New(rand.NewPCG(uint64(seed), 1))
		g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
		if n := seed % 4; n < 3 {
			g.limits = limits{move: n, rows: 7 + 10*n, bytes: 1 << 20} // what is taken in becomes segments
		}
		for range acts {
			act(t, g, m, rnd, 10)
			compare(t, g, m)
		}
	}
}

// TestArrivalOrder admits the same facts in 20 orders: the groups are the same.
func TestArrivalOrder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	var facts []modelRow
	for i := range 150 {
		r := modelRow{at: day.Add(time.Duration(i) * time.Minute), outcome: cdp.Linked, control: "A"}
		for n := range 1 + rnd.IntN(3) {
			r.claims = append(r.claims, modelClaim{id: ident(cdp.KindPhone, fmt.Sprint("v", n, rnd.IntN(40))), allow: rnd.IntN(6) > 0})
		}
		r.key = fmt.Sprint("row", rnd.IntN(110))
		facts = append(facts, r)
	}
	var first []string
	for order := range 20 {
		g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
		for _, i := range rnd.Perm(len(facts)) {
			r := facts[i]
			r.claims = slices.Clone(r.claims)
			admit(t, g, m, r)
		}
		compare(t, g, m)
		groups := make(map[cdp.ProfileID][]string)
		err := g.View(t.Context(), func(tx *Tx) error {
			for key, r := range m.rows {
				p, err := tx.ProfileOf(r.id)
				if err != nil {
					return err
				}
				groups[p] = append(groups[p], key+"@"+r.at.Format(time.TimeOnly))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, g := range groups {
			slices.Sort(g)
			got = append(got, strings.Join(g, " "))
		}
		slices.Sort(got)
		if order == 0 {
			first = got
		} else if !slices.Equal(first, got) {
			t.Fatalf("order %d gives other profiles", order)
		}
	}
}
