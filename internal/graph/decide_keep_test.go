package graph

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cdp-tui/internal/cdp"
)

// ids says where each profile id leads, up to the last one: a live one to its
// records, an alias to its survivor.
func ids(t *testing.T, g *Store, last cdp.ProfileID) (out []string) {
	t.Helper()
	err := g.View(t.Context(), func(tx *Tx) error {
		seq, err := tx.sequences()
		if err != nil {
			return err
		}
		if last == 0 {
			last = seq.profiles
		}
		for id := cdp.ProfileID(1); id <= last; id++ {
			p, err := tx.Profile(id, 0)
			if errors.Is(err, ErrNotFound) {
				out = append(out, fmt.Sprint(id, " rests"))
				continue
			}
			if err != nil {
				return err
			}
			var recs []string
			for _, r := range p.Records {
				recs = append(recs, r.ID.String())
			}
			slices.Sort(recs)
			out = append(out, fmt.Sprint(id, " is ", p.ID, " of ", recs))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestUndoneIsAsBefore: what a decision merged or parted is as it was when it is
// taken back, down to the ids.
func TestUndoneIsAsBefore(t *testing.T) {
	done := make(map[string]int)
	for seed := range 400 {
		rnd := rand.New(rand.NewPCG(uint64(seed), 31))
		g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
		if seed%3 == 0 {
			g.limits = limits{move: seed % 4, rows: 10 + rnd.IntN(20), bytes: 1 << 20, carriers: 1 + rnd.IntN(3), few: 1}
		}
		for range 25 {
			if rnd.IntN(4) == 0 {
				decideAny(t, g, m, rnd, 12)
			} else {
				act(t, g, m, rnd, 12)
			}
		}
		for range 6 {
			before := ids(t, g, 0)
			d := randomDecision(rnd, m, 12)
			n := decideOn(t, g, m, d)
			if n == 0 {
				continue
			}
			if after := ids(t, g, cdp.ProfileID(len(before))); !slices.Equal(before, after) {
				done[d.Verb]++
			}
			undecide(t, g, m, n)
			if diff := cmp.Diff(before, ids(t, g, cdp.ProfileID(len(before)))); diff != "" {
				t.Fatalf("seed %d: %s of %v, undone (-before +after):\n%s", seed, d.Verb, d.Rows, diff)
			}
			compare(t, g, m)
		}
	}
	for _, verb := range []string{cdp.DecideSame, cdp.DecideDifferent, cdp.DecideCut, cdp.DecideSuppress, cdp.DecideLock} {
		if done[verb] == 0 {
			t.Errorf("no decision of the kind %s changed any profile: the test shows nothing of it", verb)
		}
	}
}

// TestSplitAndJoinedAgain: withdrawing what joins and granting it again
// restores ids as well.
func TestSplitAndJoinedAgain(t *testing.T) {
	changed := 0
	for seed := range 100 {
		rnd := rand.New(rand.NewPCG(uint64(seed), 32))
		g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
		for range 25 {
			act(t, g, m, rnd, 12)
		}
		for _, key := range slices.Sorted(keysOf(m)) {
			r := m.rows[key]
			if !r.live() || len(r.claims) == 0 {
				continue
			}
			before := ids(t, g, 0)
			i := rnd.IntN(len(r.claims))
			r.claims[i].allow = !r.claims[i].allow
			ruled(t, g, r)
			if !slices.Equal(before, ids(t, g, cdp.ProfileID(len(before)))) {
				changed++
			}
			r.claims[i].allow = !r.claims[i].allow
			ruled(t, g, r)
			if diff := cmp.Diff(before, ids(t, g, cdp.ProfileID(len(before)))); diff != "" {
				t.Fatalf("seed %d: %v (-before +after):\n%s", seed, r.id, diff)
			}
		}
	}
	if changed == 0 {
		t.Error("nothing was split or joined")
	}
}

func keysOf(m *model) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m.rows {
			if !yield(k) {
				return
			}
		}
	}
}

// TestCutIsWithoutTheEdge: after a cut the profiles are those of a store to
// which the record came without the identifier.
func TestCutIsWithoutTheEdge(t *testing.T) {
	for seed := range 60 {
		rnd := rand.New(rand.NewPCG(uint64(seed), 33))
		g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
		var rows []modelRow
		for i := range 14 {
			r := randomRow(rnd, 1)
			r.key, r.outcome, r.deleted = fmt.Sprint("row", i), cdp.Linked, false
			rows = append(rows, r)
			admit(t, g, m, r)
		}
		i := rnd.IntN(len(rows))
		if len(rows[i].claims) == 0 {
			continue
		}
		k := rnd.IntN(len(rows[i].claims))
		decideOn(t, g, m, cdp.Decision{Verb: cdp.DecideCut, Rows: []cdp.DecidedRow{{Row: rows[i].row()}}, Identifier: rows[i].claims[k].id, By: "olga", Reason: "test"})
		without, n := newStore(t), &model{rows: make(map[string]*modelRow)}
		rows[i].claims = slices.Delete(slices.Clone(rows[i].claims), k, k+1)
		for _, r := range rows {
			admit(t, without, n, r)
		}
		if diff := cmp.Diff(together(t, without, n), together(t, g, m)); diff != "" {
			t.Fatalf("seed %d (-without +cut):\n%s", seed, diff)
		}
	}
}

// together are the profiles, each as the keys of its rows.
func together(t *testing.T, g *Store, m *model) (out []string) {
	t.Helper()
	by := make(map[cdp.ProfileID][]string)
	err := g.View(t.Context(), func(tx *Tx) error {
		for key, r := range m.rows {
			p, err := tx.ProfileOf(r.id)
			if err != nil {
				return err
			}
			if p != 0 {
				by[p] = append(by[p], key)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, keys := range by {
		slices.Sort(keys)
		out = append(out, strings.Join(keys, " "))
	}
	slices.Sort(out)
	return out
}

// TestAnyOrder lets the same facts and decisions come in many orders, in
// batches of any size, some of them before the rows that they name, or all
// rows at once in a first load: the profiles are the same.
func TestAnyOrder(t *testing.T) {
	for seed := range 25 {
		rnd := rand.New(rand.NewPCG(uint64(seed), 34))
		plan := &model{rows: make(map[string]*modelRow)}
		var rows []modelRow
		for i := range 40 {
			r := randomRow(rnd, 22)
			r.at = day.Add(time.Duration(i) * time.Minute)
			rows = append(rows, r)
		}
		for range 8 {
			if d := randomDecision(rnd, plan, 22); !plan.contradicts(d) {
				d.ID = cdp.DecisionID(len(plan.decisions) + 1)
				plan.decisions = append(plan.decisions, d)
			}
		}
		var first []string
		for order := range 8 {
			m := &model{rows: make(map[string]*modelRow)}
			g := newStore(t)
			decisions := shuffle(rnd, plan.decisions)
			if order == 0 {
				g = loadRows(t, m, rows)
			} else {
				left := shuffle(rnd, rows)
				for len(left) > 0 {
					n := min(len(left), 1+rnd.IntN(5))
					admit(t, g, m, copied(left[:n])...)
					left = left[n:]
					if len(decisions) > 0 && rnd.IntN(2) == 0 {
						decideOn(t, g, m, decisions[0])
						decisions = decisions[1:]
					}
				}
			}
			for _, d := range decisions {
				decideOn(t, g, m, d)
			}
			compare(t, g, m)
			if got := together(t, g, m); order == 0 {
				first = got
			} else if diff := cmp.Diff(first, got); diff != "" {
				t.Fatalf("seed %d, order %d (-loaded +arrived):\n%s", seed, order, diff)
			}
		}
	}
}

func shuffle[T any](rnd *rand.Rand, in []T) []T {
	out := slices.Clone(in)
	rnd.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func copied(in []modelRow) []modelRow {
	out := slices.Clone(in)
	for i := range out {
		out[i].claims = slices.Clone(out[i].claims)
	}
	return out
}

// TestDecisionsStick to rows: through another delivery of the same, newer
// versions, quarantine and release, deletion and return.
func TestDecisionsStick(t *testing.T) {
	g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
	row := func(key string, hours int, values ...string) modelRow {
		r := modelRow{key: key, at: day.Add(time.Duration(hours) * time.Hour), outcome: cdp.Linked, control: "A"}
		for _, v := range values {
			r.claims = append(r.claims, modelClaim{id: ident(cdp.KindEmail, v), allow: true})
		}
		return r
	}
	named := func(keys ...string) (out []cdp.DecidedRow) {
		for i, k := range keys {
			out = append(out, cdp.DecidedRow{Row: cdp.Row{Source: "test", Key: k}, Group: i})
		}
		return out
	}
	tie := func(rows []cdp.DecidedRow) []cdp.DecidedRow {
		for i := range rows {
			rows[i].Group = 0
		}
		return rows
	}
	admit(t, g, m, row("a", 0, "x"), row("b", 0, "y"), row("c", 0, "x"), row("d", 0, "z", "w"), row("e", 0, "w"))
	decideOn(t, g, m, cdp.Decision{Verb: cdp.DecideSame, Rows: tie(named("a", "b"))})
	decideOn(t, g, m, cdp.Decision{Verb: cdp.DecideDifferent, Rows: named("a", "c")})
	decideOn(t, g, m, cdp.Decision{Verb: cdp.DecideCut, Rows: named("d"), Identifier: ident(cdp.KindEmail, "w")})
	want := []string{"a b", "c", "d", "e"}
	holds := func(after string, want ...string) {
		t.Helper()
		compare(t, g, m)
		if diff := cmp.Diff(want, together(t, g, m)); diff != "" {
			t.Errorf("after %s:\n%s", after, diff)
		}
	}
	holds("the decisions", want...)
	admit(t, g, m, row("a", 0, "x"), row("b", 0, "y"), row("c", 0, "x"), row("d", 0, "z", "w"), row("e", 0, "w"))
	holds("the same delivery", want...)
	admit(t, g, m, row("a", 1, "x", "w"), row("b", 1, "x"), row("c", 1, "x", "y"), row("d", 1, "w"), row("e", 1, "w", "z"))
	holds("newer versions", "a b e", "c", "d") // x joins nobody: it would join a with c
	b := m.rows["b"]
	b.outcome = cdp.Quarantined
	ruled(t, g, b)
	holds("quarantine of one", "a e", "c", "d")
	b.outcome = cdp.Linked
	ruled(t, g, b)
	holds("its release", "a b e", "c", "d")
	gone := row("c", 2)
	gone.deleted = true
	admit(t, g, m, gone)
	holds("deletion of the other", "a b e", "d")
	admit(t, g, m, row("c", 3, "x"))
	holds("its return", "a b e", "c", "d")
}

// TestContradictionsAreRefused, also along chains, and whether the rows are
// there or not; nothing of a refused decision stays.
func TestContradictionsAreRefused(t *testing.T) {
	g := newStore(t)
	rows := func(text string) (out []cdp.DecidedRow) {
		for i, group := range strings.Split(text, "|") {
			for _, k := range strings.Fields(group) {
				out = append(out, cdp.DecidedRow{Row: cdp.Row{Source: "test", Key: k}, Group: i})
			}
		}
		return out
	}
	try := func(verb, text string) error {
		return g.Update(t.Context(), day, func(tx *Tx) error {
			d := cdp.Decision{Verb: verb, By: "olga", Reason: "test", Rows: rows(text)}
			if verb == cdp.DecideSuppress {
				d.Rows, d.Identifier = nil, ident(cdp.KindEmail, text)
			}
			_, err := tx.Decide(&d)
			return err
		})
	}
	for _, step := range []struct {
		verb, rows string
		refused    bool
	}{
		{cdp.DecideSame, "a b", false},
		{cdp.DecideSame, "b c c", false},
		{cdp.DecideDifferent, "a | c", true},
		{cdp.DecideDifferent, "a c | d", false},
		{cdp.DecideSame, "d e", false},
		{cdp.DecideSame, "e f", false},
		{cdp.DecideSame, "f b", true},
		{cdp.DecideLock, "f b", true},
		{cdp.DecideLock, "f g", false},
		{cdp.DecideLock, "g h", true}, // g has a lock
		{cdp.DecideDifferent, "d | g", true},
		{cdp.DecideDifferent, "d f g | h", false},
		{cdp.DecideDifferent, "a | h h a", true}, // a row from itself
		{cdp.DecideSuppress, "x", false},
		{cdp.DecideSuppress, "x", true},
	} {
		if err := try(step.verb, step.rows); errors.Is(err, ErrContradiction) != step.refused || err != nil && !step.refused {
			t.Fatalf("%s %s: %v, want refused: %v", step.verb, step.rows, err, step.refused)
		}
	}
	err := g.Update(t.Context(), day, func(tx *Tx) error {
		all, err := tx.Decisions(0, 100)
		if err != nil {
			return err
		}
		if len(all) != 8 {
			t.Errorf("%d decisions are kept, 8 were taken", len(all))
		}
		if n := len(all[1].Rows); n != 2 {
			t.Errorf("a row named twice is kept %d times", n)
		}
		_, err = tx.Undecide(3, "karl", "a mistake") // a c | d
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := try(cdp.DecideSame, "f b"); err != nil {
		t.Fatalf("what denied it is undone: %v", err)
	}
}
