package steward

import (
	"slices"
	"testing"

	"cdp-tui/internal/cdp"
)

// TestHeldTellsItsStanding: an identifier that may link and joins nothing says
// why in the profile and in the trace, until it joins again.
func TestHeldTellsItsStanding(t *testing.T) {
	b := newBench(t).register()
	b.admit(record("shop.orders", "o1", mail), record("shop.orders", "o2", mail))
	one := b.profile("shop.orders", "o1")
	if one != b.profile("shop.orders", "o2") {
		t.Fatal("not linked before")
	}
	held := func() cdp.Held {
		p, err := b.d.Profile(t.Context(), b.profile("shop.orders", "o1"))
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(p.Identifiers, func(h cdp.Held) bool { return h.Identifier.Same(mail) })
		return p.Identifiers[i]
	}
	told := func() (out []string) {
		root, err := b.d.Trace(t.Context(), b.profile("shop.orders", "o1"), cdp.Ref{})
		if err != nil {
			t.Fatal(err)
		}
		var walk func(n cdp.TraceNode)
		walk = func(n cdp.TraceNode) {
			for _, f := range n.Fields {
				if f.Name == "standing" && n.Ident.Same(mail) {
					out = append(out, f.Text)
				}
			}
			for _, c := range n.Children {
				walk(c)
			}
		}
		walk(root)
		return out
	}
	if h := held(); !h.Active || h.Standing != "" || len(told()) > 0 {
		t.Fatalf("it joins: %+v, trace %q", h, told())
	}
	made, _, err := b.d.Decide(t.Context(), []cdp.Decision{{Verb: cdp.DecideSuppress, Identifier: mail, Reason: "a shared mailbox"}}, "")
	if err != nil {
		t.Fatal(err)
	}
	if h := held(); h.Active || h.Standing != "suppressed" || !slices.Equal(told(), []string{"suppressed"}) {
		t.Errorf("suppressed: %+v, trace %q", h, told())
	}
	if _, _, err := b.d.Undo(t.Context(), []cdp.DecisionID{made[0].ID}, "it is not", ""); err != nil {
		t.Fatal(err)
	}
	if h := held(); !h.Active || h.Standing != "" || len(told()) > 0 {
		t.Errorf("taken back: %+v, trace %q", h, told())
	}
}
