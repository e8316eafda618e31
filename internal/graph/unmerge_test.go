package graph

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"cdp-tui/internal/cdp"
)

// TestUnmergeInHistories asks of every merge in random histories what the alias
// has without what joined it. Its anchor is there and the survivor's is not; who
// is tied to neither is said. Parted by the answer, each id leads to its rows,
// and the store is what resolution makes of its records.
func TestUnmergeInHistories(t *testing.T) {
	parted, blurred, untied := 0, 0, 0
	for seed := range 400 {
		rnd := rand.New(rand.NewPCG(uint64(seed), 61))
		g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
		for range 40 {
			act(t, g, m, rnd, 14)
		}
		last := cdp.ProfileID(len(ids(t, g, 0)))
		for alias := cdp.ProfileID(1); alias <= last; alias++ {
			var was Merged
			anchors := make(map[cdp.ProfileID]cdp.Row)
			err := g.View(t.Context(), func(tx *Tx) (err error) {
				if was, err = tx.BeforeMerge(alias); err != nil {
					return err
				}
				list, recs, err := tx.Aliases(alias)
				for i := range list {
					rec, err := tx.Head(recs[i])
					if err != nil {
						return err
					}
					anchors[list[i]] = cdp.Row{Source: rec.Source, Key: rec.Key}
				}
				return err
			})
			if errors.Is(err, ErrBlurred) {
				blurred++
			}
			if errors.Is(err, ErrBlurred) || errors.Is(err, ErrNoMerge) || errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			mine, theirs := anchors[alias], anchors[was.Merge.Profiles[0]]
			if !slices.Contains(was.Held, mine) || !slices.Contains(was.Rest, theirs) {
				t.Fatalf("seed %d: %v: the anchors are not on their sides", seed, alias)
			}
			for _, r := range was.Untied {
				untied++
				if !slices.Contains(was.Rest, r) {
					t.Fatalf("seed %d: %v: a row tied to nobody is not with the survivor", seed, alias)
				}
			}
			d := cdp.Decision{Verb: cdp.DecideDifferent, By: "olga", Reason: "test"}
			for _, r := range was.Held {
				d.Rows = append(d.Rows, cdp.DecidedRow{Row: r, Group: 1})
			}
			for _, r := range was.Rest {
				d.Rows = append(d.Rows, cdp.DecidedRow{Row: r})
			}
			if m.contradicts(d) {
				continue
			}
			id := decideOn(t, g, m, d)
			compare(t, g, m)
			err = g.View(t.Context(), func(tx *Tx) error {
				p, err := tx.Profile(alias, 0)
				there := make(map[cdp.Row]bool)
				for _, r := range p.Records { // what was in conflict may join them now
					there[cdp.Row{Source: r.Source, Key: r.Key}] = true
				}
				is := func(r cdp.Row) bool { return there[r] }
				isNot := func(r cdp.Row) bool { return !there[r] }
				if err == nil && (slices.ContainsFunc(was.Held, isNot) || slices.ContainsFunc(was.Rest, is)) {
					err = fmt.Errorf("%v does not hold what was told of it", alias)
				}
				if live, e := tx.Find(was.Merge.Profiles[0]); err == nil && (e != nil || live == p.ID) {
					err = fmt.Errorf("the survivor is not parted from %v: %v", alias, e)
				}
				return err
			})
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			parted++
			undecide(t, g, m, id)
		}
	}
	if parted < 50 {
		t.Errorf("%d parted, %d blurred, %d rows tied to neither: the test shows too little", parted, blurred, untied)
	}
}

// TestUnmergeWithLaterData: what came after a merge follows the side that it is
// tied to, also when it came with all the rest in one delivery; what is tied to
// what joined them alone stays with the survivor, and is told.
func TestUnmergeWithLaterData(t *testing.T) {
	for _, c := range []struct {
		joins              []string
		held, rest, untied []string
	}{
		{[]string{"a", "b"}, []string{"b1", "b2", "b3"}, []string{"a1", "joins", "a2"}, nil},
		{[]string{"a", "b", "b-own"}, []string{"b1", "b2", "b3"}, []string{"a1", "joins", "a2"}, []string{"joins"}}, // all that it says joins them
	} {
		g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
		row := func(key string, values ...string) modelRow {
			r := modelRow{key: key, at: day, outcome: cdp.Linked, control: "A"}
			for _, v := range values { // the journal tells values apart by their tags
				id := cdp.NewIdentifier(cdp.KindEmail, v, [4]byte{v[0], byte(len(v))})
				r.claims = append(r.claims, modelClaim{id: id, allow: true})
			}
			return r
		}
		admit(t, g, m, row("a1", "a", "a-own"), row("b1", "b", "b-own"), row("joins", c.joins...), row("a2", "a-own"), row("b2", "b-own"), row("b3", "b"))
		rows := func(keys []string) (out []cdp.Row) {
			for _, k := range keys {
				out = append(out, m.rows[k].row())
			}
			return out
		}
		var was Merged
		err := g.View(t.Context(), func(tx *Tx) (err error) { was, err = tx.BeforeMerge(2); return err })
		if err != nil || !slices.Equal(was.Held, rows(c.held)) || !slices.Equal(was.Rest, rows(c.rest)) || !slices.Equal(was.Untied, rows(c.untied)) {
			t.Fatalf("held %v, rest %v, untied %v: %v", was.Held, was.Rest, was.Untied, err)
		}
	}
}

// TestMergedByAPerson: what a decision joined is told apart without it.
func TestMergedByAPerson(t *testing.T) {
	g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
	admit(t, g, m, linkedRow("a1", "a"), linkedRow("b1", "b"), linkedRow("b2", "b"))
	decideOn(t, g, m, cdp.Decision{Verb: cdp.DecideSame, By: "olga", Reason: "test", Rows: []cdp.DecidedRow{{Row: m.rows["a1"].row()}, {Row: m.rows["b2"].row()}}})
	var was Merged
	err := g.View(t.Context(), func(tx *Tx) (err error) { was, err = tx.BeforeMerge(2); return err })
	if err != nil || !slices.Equal(was.Held, []cdp.Row{m.rows["b1"].row(), m.rows["b2"].row()}) || len(was.Rest) != 1 || len(was.Untied) != 0 {
		t.Errorf("%+v, %v", was, err)
	}
}
