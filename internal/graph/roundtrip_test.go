package graph

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"cdp-tui/internal/cdp"
)

// TestMergeAndUnmerge joins groups of records by bridges and takes the bridges
// away again, in any order: every record is back in the profile it was in, and
// while they are joined every id leads to the oldest.
func TestMergeAndUnmerge(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
		g.limits = limits{move: rapid.IntRange(0, 5).Draw(r, "move"), rows: rapid.IntRange(7, 30).Draw(r, "rows"), bytes: 1 << 20}
		groups := rapid.IntRange(2, 6).Draw(r, "groups")
		var keys []string
		for i := range groups {
			for j := range rapid.IntRange(1, 6).Draw(r, "size") {
				keys = append(keys, fmt.Sprint(i, "/", j))
				admit(t, g, m, linkedRow(keys[len(keys)-1], fmt.Sprint("g", i)))
			}
		}
		before := profilesOf(t, g, m, keys)
		var bridges []string
		for n := range rapid.IntRange(1, 5).Draw(r, "bridges") {
			a, b := rapid.IntRange(0, groups-1).Draw(r, "a"), rapid.IntRange(0, groups-1).Draw(r, "b")
			bridges = append(bridges, fmt.Sprint("bridge", n))
			if a == b {
				admit(t, g, m, linkedRow(bridges[n], fmt.Sprint("g", a)))
			} else {
				admit(t, g, m, linkedRow(bridges[n], fmt.Sprint("g", a), fmt.Sprint("g", b)))
			}
			compare(t, g, m)
			oldestLead(t, g, m, before, keys)
		}
		for _, k := range rapid.Permutation(bridges).Draw(r, "order") {
			row := m.rows[k]
			row.outcome = rapid.SampledFrom([]cdp.Outcome{cdp.HeldApart, cdp.Quarantined}).Draw(r, "outcome")
			ruled(t, g, row)
			compare(t, g, m)
		}
		for k, p := range profilesOf(t, g, m, keys) {
			if p != before[k] {
				r.Fatalf("%s is in %v, was in %v before the merges", k, p, before[k])
			}
		}
	})
}

func linkedRow(key string, values ...string) modelRow {
	r := modelRow{key: key, at: day, outcome: cdp.Linked, control: "A"}
	for _, v := range values {
		r.claims = append(r.claims, modelClaim{id: ident(cdp.KindEmail, v), allow: true})
	}
	return r
}

func profilesOf(t *testing.T, g *Store, m *model, keys []string) map[string]cdp.ProfileID {
	t.Helper()
	out := make(map[string]cdp.ProfileID)
	err := g.View(t.Context(), func(tx *Tx) error {
		for _, k := range keys {
			p, err := tx.ProfileOf(m.rows[k].id)
			if err != nil {
				return err
			}
			out[k] = p
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// oldestLead checks that each id of before leads to the profile in which its
// records are, which is the oldest of those that are one now.
func oldestLead(t *testing.T, g *Store, m *model, before map[string]cdp.ProfileID, keys []string) {
	t.Helper()
	now := profilesOf(t, g, m, keys)
	err := g.View(t.Context(), func(tx *Tx) error {
		for _, k := range keys {
			p, err := tx.Find(before[k])
			if err != nil {
				return err
			}
			if p != now[k] || p > before[k] {
				t.Fatalf("%v leads to %v; its record %s is in %v", before[k], p, k, now[k])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestDeletedAnchor deletes the record a profile was minted for: the id stays
// with the others, rests when the last is deleted, and is back with its row.
func TestDeletedAnchor(t *testing.T) {
	g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
	admit(t, g, m, linkedRow("a", "x"))
	admit(t, g, m, linkedRow("b", "x"))
	p := profilesOf(t, g, m, []string{"a"})["a"]
	gone := func(key string) {
		r := modelRow{key: key, at: day.AddDate(0, 0, 1), outcome: cdp.HeldApart, control: "A", deleted: true}
		admit(t, g, m, r)
		compare(t, g, m)
	}
	gone("a")
	if got := profilesOf(t, g, m, []string{"b"})["b"]; got != p {
		t.Fatalf("the other record is in %v, was in %v", got, p)
	}
	gone("b")
	err := g.View(t.Context(), func(tx *Tx) error { _, err := tx.Find(p); return err })
	if err != ErrNotFound {
		t.Fatalf("all records deleted: %v", err)
	}
	back := linkedRow("b", "y")
	back.at = day.AddDate(0, 0, 2)
	admit(t, g, m, back)
	compare(t, g, m)
	if got := profilesOf(t, g, m, []string{"b"})["b"]; got != p {
		t.Fatalf("added again in %v, was in %v", got, p)
	}
}
