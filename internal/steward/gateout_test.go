package steward

import (
	"fmt"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

func (b *bench) shareVerdict(ask cdp.Ask, source, key string) cdp.Disclosure {
	b.t.Helper()
	d, err := b.d.ShareVerdict(b.t.Context(), ask, b.profile(source, key))
	if err != nil {
		b.t.Fatal(err)
	}
	return d
}

// TestNoShareOfEndedContract: what was returned is no contract at the gate out
// either, whichever system says so.
func TestNoShareOfEndedContract(t *testing.T) {
	b := newBench(t)
	b.now = day(25)
	if _, err := b.d.Activate(t.Context(), "register", withEndings(t), nil); err != nil {
		t.Fatal(err)
	}
	order := ident(cdp.KindOrder, "lindenhof:4711")
	sale := record("shop.orders", "o1", mail, order)
	sale.Grounds = []cdp.Ground{{Activity: "order.fulfilment", Ref: "4711", From: day(1)}}
	b.admit(sale)
	ask := cdp.Ask{Recipient: "parcel", Purpose: "orders"}
	if d := b.shareVerdict(ask, "shop.orders", "o1"); !d.Verdict.Allow {
		t.Fatalf("before the return: %+v", d.Verdict)
	}
	back := record("store.pos", "r1", order)
	back.Touchpoints = []cdp.Touchpoint{{Kind: "return", At: day(20)}}
	b.admit(back)
	if d := b.shareVerdict(ask, "shop.orders", "o1"); d.Verdict.Allow || d.Verdict.Rule != "share.contract.ended" {
		t.Errorf("after the return: %+v", d.Verdict)
	}
}

// TestReturnAmongManyRows: a return counts however many rows are about the
// order, also when it comes last.
func TestReturnAmongManyRows(t *testing.T) {
	b := newBench(t)
	b.now = day(25)
	if _, err := b.d.Activate(t.Context(), "register", withEndings(t), nil); err != nil {
		t.Fatal(err)
	}
	order := ident(cdp.KindOrder, "lindenhof:4711")
	var recs []cdp.Record
	for i := range 60 {
		r := record("shop.orders", fmt.Sprint("line", i), mail, order)
		r.Grounds = []cdp.Ground{{Activity: "order.fulfilment", Ref: "4711", From: day(1)}}
		recs = append(recs, r)
	}
	if _, err := b.tryAdmit(b.d, recs...); err != nil {
		t.Fatal(err)
	}
	back := record("store.pos", "r1", order)
	back.Touchpoints = []cdp.Touchpoint{{Kind: "return", At: day(20)}}
	b.admit(back)
	for _, key := range []string{"line0", "line59"} {
		if rec := b.stored("shop.orders", key); rec.Rule == "link.contract" || rec.Outcome == cdp.Linked {
			t.Errorf("%s is %v by %s after the return", key, rec.Outcome, rec.Rule)
		}
	}
	b.check()
}

// TestChildAtGateOut: a birth date with a time of day is one, as at the gate in.
func TestChildAtGateOut(t *testing.T) {
	b := newBench(t).register()
	r := subscriber("m1", mail, cdp.ConsentGiven, day(2))
	r.Consents[0].Speaker = cdp.ByParent
	r.Attributes[1].Value = "2015-04-01T00:00:00Z"
	b.admit(r)
	if d := b.shareVerdict(letterAsk, "shop.orders", "m1"); d.Verdict.Allow || d.Verdict.Rule != "share.minor" {
		t.Errorf("%+v", d.Verdict)
	}
}

// TestClockSetBack: a no that was acknowledged holds although the clock says
// that it is yet to come.
func TestClockSetBack(t *testing.T) {
	b := newBench(t).register()
	b.admit(subscriber("m1", mail, cdp.ConsentGiven, day(2)))
	b.instruct(cdp.Instruction{Verb: cdp.InstructWithdraw, Endpoint: mail, Controller: "lindenhof", Purposes: []cdp.PurposeID{"newsletter"}, Via: "letter", Ref: "L-1", At: b.now})
	b.now = b.now.Add(-3 * time.Hour)
	if d := b.shareVerdict(letterAsk, "shop.orders", "m1"); d.Verdict.Allow || d.Verdict.Rule != "share.consent.withdrawn" {
		t.Errorf("the gate out: %+v", d.Verdict)
	}
	rec := b.stored("shop.orders", "m1")
	err := b.s.g.View(t.Context(), func(tx *graph.Tx) error {
		f, err := b.s.factsOf(tx, rec, cdp.Standpoint{})
		if v := f.use("newsletter"); v.Allow {
			t.Errorf("use: %+v", v)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
