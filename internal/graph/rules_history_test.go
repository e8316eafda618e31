package graph

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/resolve"
)

// randomRules are rules of identity under which small stores have whatever
// large ones have: caps and a guard that are reached, kinds that join at other
// classes, exclusive ones of every class, kinds without a rule.
func randomRules(rnd *rand.Rand) []byte {
	if rnd.IntN(6) == 0 {
		return resolve.DefaultRules()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "identity: test %d\nversion: 1\nkinds:\n", rnd.IntN(1_000_000))
	for _, kind := range []cdp.Kind{cdp.KindCRM, cdp.KindLoyalty, cdp.KindEmail, cdp.KindPhone, cdp.KindDevice, cdp.KindOrder} {
		if rnd.IntN(8) == 0 {
			continue
		}
		class := 1 + rnd.IntN(4)
		if rnd.IntN(2) == 0 {
			class = map[cdp.Kind]int{cdp.KindCRM: 1, cdp.KindLoyalty: 2, cdp.KindDevice: 4}[kind]
			if class == 0 {
				class = 3
			}
		}
		fmt.Fprintf(&b, "  %s: {class: %c", kind, "-ABCD"[class])
		if rnd.IntN(2) == 0 {
			fmt.Fprintf(&b, ", verified: %c", "-ABCD"[1+rnd.IntN(class)])
		}
		for _, limit := range []string{"bridges", "spread"} {
			if rnd.IntN(2) == 0 {
				fmt.Fprintf(&b, ", %s: %d", limit, 1+rnd.IntN(3))
			}
		}
		for _, flag := range []string{"exclusive", "many"} {
			if rnd.IntN(5) == 0 {
				fmt.Fprintf(&b, ", %s: true", flag)
			}
		}
		b.WriteString("}\n")
	}
	b.WriteString("  login: {class: A}\n")
	fmt.Fprintf(&b, "guard: %d\nbirth_dates: %s\n", []int{0, 0, 2, 3, 5, 150}[rnd.IntN(6)], []string{"differ", "ignore"}[rnd.IntN(2)])
	return []byte(b.String())
}

// activate puts rules in force as the steward does, and returns what was
// foretold and what was seen.
func activate(t *testing.T, g *Store, m *model, text []byte) (would, did cdp.Effect) {
	t.Helper()
	r, err := resolve.ParseRules("test", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var diff *RulesDiff
	if err := g.View(t.Context(), func(tx *Tx) (err error) { diff, err = tx.RulesDiff(t.Context(), r, nil); return err }); err != nil {
		t.Fatal(err)
	}
	for part := range slices.Chunk(diff.Differ, 2) {
		if err := g.Update(t.Context(), day, func(tx *Tx) error { return tx.MustSettle(part) }); err != nil {
			t.Fatal(err)
		}
	}
	m.activated++
	v := RulesVersion{From: day.Add(time.Duration(m.activated) * time.Second), Hash: r.Hash(), Text: text}
	if err := g.Update(t.Context(), day, func(tx *Tx) error { return tx.SetRules(v) }); err != nil {
		t.Fatal(err)
	}
	seen := settleSeen(t, g)
	if err := g.Update(t.Context(), day, func(tx *Tx) error { return tx.Finish() }); err != nil {
		t.Fatal(err)
	}
	m.rules = r
	return diff.Witness.Effect(), seen.Effect()
}

// TestRulesInHistories puts random rules in force between random acts and
// decisions: what is there is always what resolution by them makes of all
// records, and an activation does what was foretold of it.
func TestRulesInHistories(t *testing.T) {
	n := 400
	if testing.Short() {
		n = 40
	}
	for seed := range n {
		rulesHistory(t, seed)
	}
	for _, seed := range []int{1636, 1652} { // these failed once
		rulesHistory(t, seed)
	}
}

func rulesHistory(t *testing.T, seed int) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(uint64(seed), 55))
	g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
	if n := seed % 4; n < 3 {
		g.limits = limits{move: n, rows: 7 + 10*n, bytes: 1 << 20, carriers: 1 + rnd.IntN(3), few: rnd.IntN(3)}
	}
	for i := range 24 {
		if !t.Run(fmt.Sprintf("%d/%d", seed, i), func(t *testing.T) {
			switch rnd.IntN(8) {
			case 0, 1:
				if would, did := activate(t, g, m, randomRules(rnd)); would.Digest != did.Digest {
					t.Errorf("foretold %+v, done %+v", would, did)
				}
			case 2, 3:
				decideAny(t, g, m, rnd, 10)
			default:
				act(t, g, m, rnd, 10)
			}
			compare(t, g, m)
		}) {
			t.FailNow()
		}
	}
}
