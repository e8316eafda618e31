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

// TestLawfulByChannel: a disclosure over a channel is judged for that channel
// again, not by what was said for another.
func TestLawfulByChannel(t *testing.T) {
	b := newBench(t).register()
	r := subscriber("m1", mail, cdp.ConsentGiven, day(2))
	post := r.Consents[0]
	r.Consents[0].Channel, post.Channel = "email", "post"
	r.Consents = append(r.Consents, post)
	b.admit(r)
	sent := b.now.AddDate(0, 0, 2)
	b.now = sent
	ask := letterAsk
	ask.Channel = "email"
	if _, run := b.share(ask, ""); run.Allowed != 1 {
		t.Fatalf("%+v", run)
	}
	late := said(record("newsletter", "n1", mail), "newsletter", cdp.ConsentWithdrawn, sent.Add(-time.Hour))
	late.Consents[0].Channel = "email"
	b.now = sent.Add(time.Hour)
	b.admit(late)
	var got []cdp.Judged
	sum, err := b.d.Lawful(t.Context(), cdp.LawfulFilter{}, func(j cdp.Judged) error { got = append(got, j); return nil }, nil)
	if err != nil || sum.Flipped != 1 || len(got) != 1 || got[0].Now.Rule != "share.consent.withdrawn" || got[0].Then.Rule != "share.consent.given" {
		t.Errorf("%+v, %+v, %v", sum, got, err)
	}
}

// TestLargeProfile: nothing of a profile of more records than an overview shows
// is lost where it is listed, and through a lens the overview says that there is
// more.
func TestLargeProfile(t *testing.T) {
	b := newBench(t).register()
	var recs []cdp.Record
	for i := range profileLimit + 20 {
		r := record("shop.orders", fmt.Sprint("o", i), mail)
		r.Touchpoints = []cdp.Touchpoint{{Kind: "order", At: day(1 + i%20)}}
		r.Shares = []cdp.Share{{Recipient: "parcel", Purpose: "orders", At: day(1).Add(time.Duration(i) * time.Minute)}}
		recs = append(recs, r)
	}
	for len(recs) > 0 {
		n := min(len(recs), 100)
		if _, err := b.tryAdmit(b.d, recs[:n]...); err != nil {
			t.Fatal(err)
		}
		recs = recs[n:]
	}
	id, all := b.profile("shop.orders", "o0"), profileLimit+20
	through := b.d.Through(cdp.Lens{Purpose: "orders"})
	p, err := through.Profile(t.Context(), id)
	if err != nil || !p.Truncated || p.RecordCount != all {
		t.Errorf("overview through the lens: %d records, truncated %v, %v", p.RecordCount, p.Truncated, err)
	}
	shares, err := b.d.Shares(t.Context(), id)
	if err != nil || len(shares) != all {
		t.Errorf("%d disclosures, want %d; %v", len(shares), all, err)
	}
	steps, err := b.d.Journey(t.Context(), id, time.Time{}, time.Time{})
	if err != nil || len(steps) != 2*all {
		t.Errorf("%d steps, want %d; %v", len(steps), 2*all, err)
	}
	sum, err := b.d.Lawful(t.Context(), cdp.LawfulFilter{Profile: id}, func(cdp.Judged) error { return nil }, nil)
	if err != nil || sum.Shares != all {
		t.Errorf("%d disclosures judged, want %d; %v", sum.Shares, all, err)
	}
	w, err := b.d.Where(t.Context(), id, cdp.Ref{})
	if err != nil || len(w.Systems) != 1 || w.Systems[0].Records != all || len(w.Recipients) != 1 || w.Recipients[0].Times != all {
		t.Errorf("where: %+v, %v", w, err)
	}
	l, err := b.d.Lensed(t.Context(), id, "orders")
	if err != nil || l.Truncated || len(l.Pieces) != 1 || len(l.Pieces[0].Records) != all {
		t.Errorf("lens: %d pieces, truncated %v, %v", len(l.Pieces), l.Truncated, err)
	}
}
