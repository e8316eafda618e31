package graph

import (
	"fmt"
	"testing"

	"cdp-tui/internal/cdp"
)

// TestLargeMerge joins components too large to move, and takes them apart
// again: ids come back, and the store stays consistent at every step.
func TestLargeMerge(t *testing.T) {
	g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
	group := func(name string, n int) {
		for i := range n {
			admit(t, g, m, modelRow{key: fmt.Sprint(name, i), at: day, outcome: cdp.Linked, control: "A", claims: []modelClaim{{id: ident(cdp.KindEmail, name), allow: true}}})
		}
	}
	bridge := func(key string, values ...string) {
		r := modelRow{key: key, at: day, outcome: cdp.Linked, control: "A"}
		for _, v := range values {
			r.claims = append(r.claims, modelClaim{id: ident(cdp.KindEmail, v), allow: true})
		}
		admit(t, g, m, r)
	}
	profile := func(key string) cdp.ProfileID {
		var p cdp.ProfileID
		if err := g.View(t.Context(), func(tx *Tx) (err error) { p, err = tx.ProfileOf(m.rows[key].id); return err }); err != nil {
			t.Fatal(err)
		}
		return p
	}
	moveLimit := usualLimits().move
	group("a", moveLimit+50)
	group("b", moveLimit+20)
	group("c", moveLimit+10)
	a, b, c := profile("a0"), profile("b0"), profile("c0")
	if a == b || b == c {
		t.Fatal("the groups are one before they are joined")
	}
	bridge("ab", "a", "b")
	verify(t, g)
	bridge("bc", "b", "c")
	verify(t, g)
	for _, k := range []string{"a1", "b7", "c9"} {
		if profile(k) != a {
			t.Fatalf("%s is in %v, want the oldest %v", k, profile(k), a)
		}
	}
	cut := func(key string) {
		r := m.rows[key]
		r.outcome = cdp.HeldApart
		ruled(t, g, r)
		verify(t, g)
	}
	cut("ab")
	cut("bc")
	if profile("a5") != a || profile("b5") != b || profile("c5") != c {
		t.Fatalf("taken apart: %v %v %v, want %v %v %v", profile("a5"), profile("b5"), profile("c5"), a, b, c)
	}
}

// TestLargeSplit takes away the one record that holds two thousand others
// together: too much for one transaction, whose limits the store enforces.
func TestLargeSplit(t *testing.T) {
	g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
	g.limits.move, g.limits.rows = 1<<20, 1<<20
	admit(t, g, m, linkedRow("bridge", "a", "b"))
	for i := range 10 {
		var rows []modelRow
		for j := range 200 {
			rows = append(rows, linkedRow(fmt.Sprint(i, "/", j), []string{"a", "b"}[j%2], fmt.Sprint("own", i, "/", j)))
		}
		admit(t, g, m, rows...)
	}
	g.limits = usualLimits()
	r := m.rows["bridge"]
	r.outcome = cdp.HeldApart
	ruled(t, g, r)
	verify(t, g)
	p := profilesOf(t, g, m, []string{"bridge", "0/0", "9/198", "0/1", "9/199"})
	if p["0/0"] != p["9/198"] || p["0/1"] != p["9/199"] || p["0/0"] == p["0/1"] || p["bridge"] == p["0/0"] || p["bridge"] == p["0/1"] {
		t.Fatalf("not two profiles and the one that left: %v", p)
	}
}

func verify(t *testing.T, g *Store) {
	t.Helper()
	err := g.View(t.Context(), func(tx *Tx) error {
		report, err := tx.Check(t.Context(), nil)
		for _, p := range report.Problems {
			t.Errorf("check: %s %v %s", p.Code, p.Ref, p.Text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if t.Failed() {
		t.FailNow()
	}
}
