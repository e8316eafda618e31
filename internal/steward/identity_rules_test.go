package steward

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/kv/kvtest"
	"cdp-tui/internal/resolve"
)

// otherRules are the program's rules with one thing or two changed.
func otherRules(t *testing.T, rnd *rand.Rand) []byte {
	t.Helper()
	s := string(resolve.DefaultRules())
	changes := [][2]string{
		{"email:        {class: C, verified: B, bridges: 3, spread: 5}", "email:        {class: C, verified: B, bridges: 1, spread: 2}"},
		{"email:        {class: C, verified: B, bridges: 3, spread: 5}", "email:        {class: A, exclusive: true}"},
		{"phone:        {class: C, bridges: 3, spread: 5}", "phone:        {class: D, bridges: 1}"},
		{"  phone:        {class: C, bridges: 3, spread: 5}\n", ""},
		{"device:       {class: D, bridges: 3}", "device:       {class: B, bridges: 1, spread: 1}"},
		{"loyalty:      {class: B, bridges: 1, spread: 5}", "loyalty:      {class: A, exclusive: true}"},
		{"guard: 150", "guard: 2"},
		{"birth_dates: differ", "birth_dates: ignore"},
	}
	for range 1 + rnd.IntN(2) {
		c := changes[rnd.IntN(len(changes))]
		s = strings.Replace(s, c[0], c[1], 1)
	}
	return append([]byte(s), fmt.Sprintf("# %d\n", rnd.Uint64())...)
}

// someRecords are records that share values of several kinds.
func someRecords(rnd *rand.Rand, n int) []cdp.Record {
	var out []cdp.Record
	for i := range n {
		r := record([]string{"shop.orders", "shop.orders", "repairs", "store.invoices"}[rnd.IntN(4)], fmt.Sprint("k", i))
		for k := range 1 + rnd.IntN(3) {
			kind := []cdp.Kind{cdp.KindEmail, cdp.KindPhone, cdp.KindDevice, cdp.KindLoyalty}[rnd.IntN(4)]
			c := cdp.Claim{Identifier: ident(kind, fmt.Sprint("v:", rnd.IntN(n/3+k))), Strength: cdp.LinkStrong}
			if kind == cdp.KindEmail && rnd.IntN(2) == 0 {
				c.Verification = cdp.DoubleOptIn
			}
			r.Claims = append(r.Claims, c)
		}
		if rnd.IntN(3) == 0 {
			r.Attributes = append(r.Attributes, cdp.Attribute{Name: "birth_date", Value: cdp.Value(fmt.Sprintf("1980-01-%02d", 1+rnd.IntN(3)))})
		}
		out = append(out, r)
	}
	return out
}

// TestRulesAsPreviewed: what other rules of identity do is what their preview
// showed, and what they would have made of the same records from the start;
// cut off at any write it is gone on with.
func TestRulesAsPreviewed(t *testing.T) {
	n := 60
	if testing.Short() {
		n = 12
	}
	differed := 0
	for seed := range n {
		rnd := rand.New(rand.NewPCG(uint64(seed), 301))
		b := newBench(t).register()
		recs := someRecords(rnd, 6+rnd.IntN(30))
		b.admit(recs...)
		for range 2 {
			text := otherRules(t, rnd)
			before := b.partition()
			would, err := b.d.PreviewRules(t.Context(), text, nil)
			if err != nil {
				t.Fatal(err)
			}
			if b.partition() != before {
				t.Fatalf("seed %d: a preview changed profiles", seed)
			}
			if _, err := b.d.ActivateRules(t.Context(), text, "0123456789abcdef", "test", nil); !errors.As(err, new(*StaleError)) {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if seed%3 == 0 {
				failing := b.open(kvtest.FailAt(b.store, 1+rnd.IntN(40)))
				if _, err := failing.ActivateRules(t.Context(), text, would.Digest, "test", nil); err != nil && !errors.Is(err, kvtest.ErrFault) {
					t.Fatalf("seed %d: %v", seed, err)
				}
				b.open(b.store)
				if _, err := b.d.Tick(t.Context()); err != nil {
					t.Fatal(err)
				}
				b.check()
			}
			did, err := b.d.ActivateRules(t.Context(), text, "", "test", nil)
			if err != nil && !errors.Is(err, ErrSameRules) {
				t.Fatalf("seed %d: %v", seed, err)
			}
			did.Counts.Links = would.Counts.Links // an identifier that moves to another class is counted when it is done, and may join as before
			if err == nil && (did.Digest != would.Digest || did.Counts != would.Counts) {
				t.Fatalf("seed %d: previewed %+v, done %+v", seed, would, did)
			}
			b.check()
			if t.Failed() {
				t.Fatalf("seed %d\n%s", seed, text)
			}
			if b.partition() != before {
				differed++
			}
			fresh := newBench(t).register()
			if err := fresh.s.g.Update(t.Context(), fresh.now, func(tx *graph.Tx) error {
				r, err := resolve.ParseRules("identity", text)
				if err != nil {
					return err
				}
				if err := tx.SetRules(graph.RulesVersion{From: fresh.now, Hash: r.Hash(), Text: text}); err != nil {
					return err
				}
				return tx.Finish()
			}); err != nil {
				t.Fatal(err)
			}
			fresh.admit(recs...)
			if got, want := b.partition(), fresh.partition(); got != want {
				t.Fatalf("seed %d: profiles\n%s\nby the rules from the start\n%s", seed, got, want)
			}
			more := someRecords(rnd, 3)
			for i := range more {
				more[i].Key = fmt.Sprint("m", seed, len(recs), i)
			}
			recs = append(recs, more...)
			b.admit(more...)
			b.check()
		}
	}
	if differed < n/4 {
		t.Fatalf("other rules made other profiles %d times: the test shows little", differed)
	}
}
