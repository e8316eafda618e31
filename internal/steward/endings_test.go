package steward

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// withEndings is the test register in which a return ends a sale, and with it
// the warranty.
func withEndings(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/register.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := string(text)
	for _, r := range [][2]string{{"General terms 2025-01, evidence: source", "General terms 2025-01, evidence: ground, ends_on: [return, order.cancelled]"},
		{"Warranty terms 2025-01, evidence: ground", "Warranty terms 2025-01, evidence: ground, ends_with: order.fulfilment"}} {
		if !strings.Contains(s, r[0]) {
			t.Fatalf("the register has no %q", r[0])
		}
		s = strings.Replace(s, r[0], r[1], 1)
	}
	return []byte(s)
}

// TestReturnEndsContract: an order that another system reports as returned is
// no contract from then on, nor is its warranty, in whatever order both come;
// and before the return it was one.
func TestReturnEndsContract(t *testing.T) {
	order := ident(cdp.KindOrder, "lindenhof:4711")
	sold := func(source, key string, activity cdp.ActivityID) cdp.Record {
		r := record(source, key, mail, order)
		r.Grounds = []cdp.Ground{{Activity: activity, Ref: "4711", From: day(1)}}
		return r
	}
	sale := sold("shop.orders", "o1", "order.fulfilment")
	repair := sold("repairs", "w1", "warranty")
	back := record("store.pos", "r1", order)
	back.Touchpoints = []cdp.Touchpoint{{Kind: "return", At: day(20)}}
	other := record("shop.orders", "o2", mail, ident(cdp.KindOrder, "lindenhof:4712"))
	other.Grounds = []cdp.Ground{{Activity: "order.fulfilment", Ref: "4712", From: day(1)}}

	for name, deliveries := range map[string][][]cdp.Record{
		"sold, returned":    {{sale}, {repair}, {other}, {back}},
		"returned, sold":    {{back}, {sale}, {repair}, {other}},
		"in one file":       {{other}, {repair}, {sale}, {back}},
		"repair comes last": {{sale}, {back}, {other}, {repair}},
	} {
		b := newBench(t)
		b.now = day(25)
		if _, err := b.d.Activate(t.Context(), "register", withEndings(t), nil); err != nil {
			t.Fatal(err)
		}
		for _, d := range deliveries {
			b.admit(d...)
		}
		for _, c := range []struct {
			source, key string
			open        bool
		}{{"shop.orders", "o1", false}, {"repairs", "w1", false}, {"shop.orders", "o2", true}} {
			rec := b.stored(c.source, c.key)
			if rec.Outcome == cdp.Linked != c.open {
				t.Errorf("%s: %s %s is %v by %s, want open %v", name, c.source, c.key, rec.Outcome, rec.Rule, c.open)
			}
			ruling := func(at time.Time) (out cdp.Ruling) {
				err := b.s.g.View(t.Context(), func(tx *graph.Tx) error {
					f, err := b.s.factsOf(tx, rec, cdp.Standpoint{At: at})
					if err == nil {
						out = f.ruling()
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				return out
			}
			if r := ruling(day(19)); r.Outcome != cdp.Linked {
				t.Errorf("%s: %s %s as of the day before: %v by %s", name, c.source, c.key, r.Outcome, r.Verdict.Rule)
			}
			if r := ruling(day(21)); r.Outcome == cdp.Linked != c.open {
				t.Errorf("%s: %s %s as of the day after: %v by %s", name, c.source, c.key, r.Outcome, r.Verdict.Rule)
			}
		}
		b.check()
	}
}

// stored returns the current record of a source row.
func (b *bench) stored(source, key string) (rec graph.Record) {
	b.t.Helper()
	err := b.s.g.View(b.t.Context(), func(tx *graph.Tx) error {
		id, _, err := tx.Row(cdp.SourceID(source), key)
		if err == nil {
			rec, err = tx.Head(id)
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return rec
}

// TestReturnClosesGateOut: what rested on a contract goes nowhere once the order
// is returned.
func TestReturnClosesGateOut(t *testing.T) {
	order := ident(cdp.KindOrder, "lindenhof:4711")
	sale := record("shop.orders", "o1", mail, order)
	sale.Grounds = []cdp.Ground{{Activity: "order.fulfilment", Ref: "4711", From: day(1)}}
	back := record("store.pos", "r1", order)
	back.Touchpoints = []cdp.Touchpoint{{Kind: "return", At: day(20)}}
	b := newBench(t)
	b.now = day(25)
	if _, err := b.d.Activate(t.Context(), "register", withEndings(t), nil); err != nil {
		t.Fatal(err)
	}
	b.admit(sale)
	ask := cdp.Ask{Recipient: "parcel", Purpose: "orders"}
	if plan, err := b.d.SharePlan(t.Context(), ask, nil); err != nil || plan.Allowed != 1 {
		t.Fatalf("sold: %+v, %v", plan, err)
	}
	b.admit(back)
	if plan, err := b.d.SharePlan(t.Context(), ask, nil); err != nil || plan.Allowed != 0 {
		t.Fatalf("returned: %d of %d allowed, %v", plan.Allowed, plan.Profiles, err)
	}
}

// TestManyCarriersOfAnOrder: where more records carry an order than are read, one
// of the others may have ended it: no contract on it is open, neither at the gate
// in nor at the gate out; and with as many as are read the end is found.
func TestManyCarriersOfAnOrder(t *testing.T) {
	order := ident(cdp.KindOrder, "lindenhof:4711")
	for name, c := range map[string]struct {
		more int
		back bool
		rule string
	}{
		"as many as are read":             {more: 3, rule: "share.contract.open"},
		"as many as are read, a return":   {more: 2, back: true, rule: "share.contract.ended"},
		"more than are read":              {more: 4, rule: "share.contract.unclear"},
		"more than are read, and the end": {more: 4, back: true, rule: "share.contract.unclear"},
	} {
		b := newBench(t)
		b.now = day(25)
		b.s.endingCarriers = 4
		if _, err := b.d.Activate(t.Context(), "register", withEndings(t), nil); err != nil {
			t.Fatal(err)
		}
		sale := record("shop.orders", "o1", mail, order)
		sale.Grounds = []cdp.Ground{{Activity: "order.fulfilment", Ref: "4711", From: day(1)}}
		b.admit(sale)
		for i := range c.more {
			b.admit(record("store.pos", fmt.Sprint("n", i), order))
		}
		if c.back {
			back := record("store.pos", "r1", order)
			back.Touchpoints = []cdp.Touchpoint{{Kind: "return", At: day(20)}}
			b.admit(back)
		}
		b.ticks()
		ask := cdp.Ask{Recipient: "parcel", Purpose: "orders"}
		d, err := b.d.SharePlan(t.Context(), ask, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(d.Rules, func(r cdp.RuleCount) bool { return r.Rule == c.rule }) || (d.Allowed > 0) != (c.rule == "share.contract.open") {
			t.Errorf("%s: %d allowed, %+v", name, d.Allowed, d.Rules)
		}
		rec := b.stored("shop.orders", "o1")
		err = b.s.g.View(t.Context(), func(tx *graph.Tx) error {
			f, err := b.s.factsOf(tx, rec, cdp.Standpoint{})
			if err == nil && f.ruling().Verdict.Rule != "link."+strings.TrimPrefix(c.rule, "share.") {
				t.Errorf("%s: at the gate in %s", name, f.ruling().Verdict.Rule)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		b.check()
	}
}
