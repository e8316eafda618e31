package steward

import (
	"testing"

	"cdp-tui/internal/cdp"
)

// special admits a person of whom two sources state an attribute with a plain
// name; one of them says that it is of a special category.
func special(t *testing.T) (*bench, cdp.ProfileID) {
	t.Helper()
	b := newBench(t).register()
	for i, a := range []cdp.Attribute{
		{Name: "preference_language", Value: "sign", Origin: cdp.Provided, Special: "health"},
		{Name: "preference_language", Value: "plain", Origin: cdp.Provided},
		{Name: "locale", Value: "guessed", Origin: cdp.Inferred, Special: "health"},
	} {
		r := record("shop.orders", "o"+string(rune('1'+i)), mail)
		r.At = day(1 + i)
		r.Attributes = []cdp.Attribute{a}
		b.admit(r)
	}
	return b, b.profile("shop.orders", "o1")
}

// TestTraceMarksSpecial: whatever node or field of a trace holds a value of a
// special category says so.
func TestTraceMarksSpecial(t *testing.T) {
	b, p := special(t)
	met := make(map[cdp.Value]int)
	for _, of := range []cdp.Ref{{}, {Kind: "attribute", ID: "preference_language"}, {Kind: "attribute", ID: "locale"}} {
		root, err := b.d.Trace(t.Context(), p, of)
		if err != nil {
			t.Fatal(err)
		}
		var walk func(cdp.TraceNode)
		check := func(v cdp.Value, mark string) {
			if v == "sign" || v == "plain" || v == "guessed" {
				if met[v]++; mark != "health" {
					t.Errorf("trace %v: %q is marked %q", of, v.Reveal(), mark)
				}
			}
		}
		walk = func(n cdp.TraceNode) {
			check(n.Data, n.Special)
			for _, f := range n.Fields {
				check(f.Data, f.Special)
			}
			for _, c := range n.Children {
				walk(c)
			}
		}
		walk(root)
	}
	if met["sign"] == 0 || met["plain"] < 2 || met["guessed"] < 3 {
		t.Errorf("values met %v: the trace does not hold what is tested", met)
	}
}

// TestOneSourceSaysSpecial: what one source says is of a special category is
// so in the profile too, whichever value is shown.
func TestOneSourceSaysSpecial(t *testing.T) {
	b, id := special(t)
	p, err := b.d.Profile(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range p.Attributes {
		if g.Name == "preference_language" && (g.Value != "plain" || g.Special != "health") {
			t.Errorf("shown %q, special %q", g.Value.Reveal(), g.Special)
		}
	}
	if len(p.Preferences) != 1 || p.Preferences[0].Special != "health" {
		t.Errorf("preferences %d: the mark is lost", len(p.Preferences))
	}
}
