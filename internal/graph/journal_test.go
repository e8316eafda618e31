package graph

import (
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// TestMergeNamesItsIdentifier: a merge says by which identifier it came about,
// by kind and tag; the journal does not keep the value.
func TestMergeNamesItsIdentifier(t *testing.T) {
	g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
	admit(t, g, m, linkedRow("a", "one"))
	admit(t, g, m, linkedRow("b", "three"))
	admit(t, g, m, linkedRow("c", "eleven"))
	ids := profilesOf(t, g, m, []string{"a", "b", "c"})
	admit(t, g, m, linkedRow("d", "one", "three", "eleven")) // is in no profile before
	var merges []cdp.Change
	err := g.View(t.Context(), func(tx *Tx) (err error) {
		merges, err = tx.History(ids["a"])
		for e, err := range tx.r.Scan(layout.JournalAfter(0)) {
			value, failed := layout.Unseal(e.Key, e.Value)
			if err != nil || failed != nil {
				t.Fatal(err, failed)
			}
			if strings.Contains(string(value), "eleven") {
				t.Error("the journal holds the value of an identifier")
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	by := make(map[cdp.ProfileID]string)
	for _, c := range merges {
		if c.Claim == nil {
			t.Fatalf("%s of %v names no identifier", c.Verb, c.Profiles)
		}
		by[c.Profiles[1]] = c.Claim.String() + c.Claim.Reveal()
	}
	want := map[cdp.ProfileID]string{ids["b"]: ident(cdp.KindEmail, "three").String(), ids["c"]: ident(cdp.KindEmail, "eleven").String()}
	if len(by) != 2 || by[ids["b"]] != want[ids["b"]] || by[ids["c"]] != want[ids["c"]] {
		t.Errorf("merged by %v, want %v", by, want)
	}
}

// TestWideningNamesItsIdentifier: a record that is in a profile gets a further
// identifier; the merge is by that one, whichever profile is the older.
func TestWideningNamesItsIdentifier(t *testing.T) {
	for _, order := range []string{"ab", "ba"} {
		g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
		for _, key := range strings.Split(order, "") {
			admit(t, g, m, linkedRow(key, map[string]string{"a": "one", "b": "three"}[key]))
		}
		wider := linkedRow("a", "one", "three")
		wider.at = day.AddDate(0, 0, 1)
		admit(t, g, m, wider)
		p := profilesOf(t, g, m, []string{"a"})["a"]
		err := g.View(t.Context(), func(tx *Tx) error {
			merges, err := tx.History(p)
			if err == nil && (len(merges) != 1 || merges[0].Claim == nil || merges[0].Claim.String() != ident(cdp.KindEmail, "three").String()) {
				t.Errorf("order %s: history %+v", order, merges)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestLargest: what is said of the largest profile is exact, or said to be a bound.
func TestLargest(t *testing.T) {
	g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
	stats := func() (s cdp.Stats) {
		t.Helper()
		if err := g.View(t.Context(), func(tx *Tx) (err error) { s, err = tx.Stats(); return err }); err != nil {
			t.Fatal(err)
		}
		return s
	}
	for _, key := range []string{"a", "b", "c"} {
		admit(t, g, m, linkedRow(key, "one"))
	}
	for _, key := range []string{"d", "e"} {
		admit(t, g, m, linkedRow(key, "three"))
	}
	if s := stats(); s.LargestSize != 3 || s.LargestBound {
		t.Fatalf("at first: %d records, bound %v", s.LargestSize, s.LargestBound)
	}
	for i, key := range []string{"a", "b"} { // the others are in the larger profile now, and it was not looked for
		apart := linkedRow(key, key)
		apart.at = day.AddDate(0, 0, 1+i)
		admit(t, g, m, apart)
	}
	if s := stats(); !s.LargestBound || s.LargestSize > 2 {
		t.Fatalf("after two records left: %d records, bound %v", s.LargestSize, s.LargestBound)
	}
	admit(t, g, m, linkedRow("f", "three"))
	if s := stats(); s.LargestSize != 3 || s.LargestBound {
		t.Fatalf("another one is as large as any was: %d records, bound %v", s.LargestSize, s.LargestBound)
	}
}
