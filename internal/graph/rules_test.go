package graph

import (
	"strings"
	"testing"

	"cdp-tui/internal/resolve"
)

// TestRulesOfAnOlderSnapshot: a view that began before other rules came into
// force goes on with the program's own, whatever the others call themselves.
func TestRulesOfAnOlderSnapshot(t *testing.T) {
	g := newStore(t)
	text := []byte(strings.Replace(string(resolve.DefaultRules()), "guard: 150", "guard: 7", 1))
	if !strings.Contains(string(text), "identity: defaults\n") {
		t.Fatal("the rules must have the name of the program's own")
	}
	r, err := resolve.ParseRules("test", text)
	if err != nil {
		t.Fatal(err)
	}
	guard := func(tx *Tx) int {
		in, err := tx.Rules()
		if err != nil {
			t.Fatal(err)
		}
		return in.Guard
	}
	err = g.View(t.Context(), func(before *Tx) error {
		if err := g.Update(t.Context(), day, func(tx *Tx) error { return tx.SetRules(RulesVersion{From: day, Hash: r.Hash(), Text: text}) }); err != nil {
			return err
		}
		if err := g.View(t.Context(), func(after *Tx) error {
			if n := guard(after); n != 7 {
				t.Errorf("the guard in force is %d, want 7", n)
			}
			return nil
		}); err != nil {
			return err
		}
		if n := guard(before); n != 150 {
			t.Errorf("the guard at the older snapshot is %d, want 150", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
