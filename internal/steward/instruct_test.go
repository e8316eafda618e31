package steward

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// letter is an instruction of yesterday's letter.
func letter(verb string, endpoint cdp.Identifier, purposes ...cdp.PurposeID) cdp.Instruction {
	return cdp.Instruction{Verb: verb, Endpoint: endpoint, Purposes: purposes, Via: "letter", At: time.Date(2026, 2, 28, 10, 0, 0, 0, time.UTC), Ref: "LTR-2026-17"}
}

func (b *bench) instruct(in cdp.Instruction) cdp.InstructionEffect {
	b.t.Helper()
	would, err := b.d.PreviewInstruction(b.t.Context(), in)
	if err != nil {
		b.t.Fatal(err)
	}
	did, err := b.d.Instruct(b.t.Context(), in, would.Digest)
	if err != nil {
		b.t.Fatal(err)
	}
	if did.Digest != would.Digest || did.Digest == "" {
		b.t.Fatalf("previewed %s, done %s", would.Digest, did.Digest)
	}
	b.check()
	return did
}

func (b *bench) journal() (out []cdp.Change) {
	b.t.Helper()
	err := b.s.g.View(b.t.Context(), func(tx *graph.Tx) (err error) {
		out, err = tx.Changes(0, 1000)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// TestWithdrawOnBehalf: a withdrawal by letter parts what the consent joined, in
// the transaction that records it; giving by letter joins it again. Both take
// the same evidence (Art. 7(3)), and the log says who did what for whom.
func TestWithdrawOnBehalf(t *testing.T) {
	b := newBench(t).register()
	sent := said(record("store.pos", "c1", mail), "profile", cdp.ConsentGiven, day(2))
	sent.Shares = []cdp.Share{{Recipient: "mailer", Purpose: "profile", At: day(2)}, {Recipient: "parcel", Purpose: "orders", At: day(2)}}
	b.admit(record("shop.orders", "o1", mail), sent)
	shop := b.profile("shop.orders", "o1")
	if b.profile("store.pos", "c1") != shop {
		t.Fatal("not linked")
	}
	in := letter(cdp.InstructWithdraw, mail, "profile")
	got := b.instruct(in)
	if b.profile("store.pos", "c1") == shop {
		t.Fatal("the withdrawal parted nothing")
	}
	if got.Carriers != 2 || got.Changed != 1 || got.Records[0].Source != "store.pos" || got.Profiles.Counts.Appear+got.Profiles.Counts.Change == 0 {
		t.Errorf("effect: %+v", got)
	}
	if i := slices.IndexFunc(got.Purposes, func(p cdp.PurposeEffect) bool { return p.Purpose == "profile" }); i < 0 || got.Purposes[i].Before != 1 || got.Purposes[i].After != 0 || got.Purposes[i].Why == "" {
		t.Errorf("purposes: %+v", got.Purposes)
	}
	if len(got.Recipients) != 1 || got.Recipients[0].Recipient != "mailer" || got.Recipients[0].Count != 1 {
		t.Errorf("who has the data: %+v", got.Recipients)
	}
	if len(got.Consents) != 1 || got.Consents[0].State != cdp.ConsentWithdrawn {
		t.Fatalf("standing: %+v", got.Consents)
	}
	e := got.Consents[0].Events[1]
	if e.By != "officer" || e.Source != cdp.OfficerSource || e.Method != "letter" || e.Proof != "LTR-2026-17" || e.Record != 0 {
		t.Errorf("event: %+v", e)
	}
	again := b.instruct(in)
	if !again.Known || again.Changed != 0 {
		t.Errorf("the same letter twice: %+v", again)
	}
	in = letter(cdp.InstructGive, mail, "profile")
	in.At = in.At.Add(time.Hour)
	b.instruct(in)
	if b.profile("store.pos", "c1") != shop {
		t.Error("given again: not the same profile as before")
	}
	log, err := b.d.Log(t.Context(), cdp.Ref{}, 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	logged := 0
	for _, e := range log {
		if e.Verb == "instruct" {
			logged++
			if strings.Contains(e.Detail, "LTR") || strings.Contains(e.Detail, mail.Reveal()) || e.Digest == "" || e.Actor != "officer" {
				t.Errorf("log: %+v", e)
			}
		}
	}
	if logged != 3 {
		t.Errorf("%d acts in the log", logged)
	}
}

// TestInstructionsNeedEvidence: what nobody could prove, what the store does not
// know, and what the register does not know is not recorded.
func TestInstructionsNeedEvidence(t *testing.T) {
	b := newBench(t).register()
	b.admit(record("shop.orders", "o1", mail))
	with := func(change func(*cdp.Instruction)) cdp.Instruction {
		in := letter(cdp.InstructWithdraw, mail, "profile")
		change(&in)
		return in
	}
	nobody := ident(cdp.KindEmail, "nobody@lindenhof.test")
	for name, c := range map[string]struct {
		in   cdp.Instruction
		want string
	}{
		"no way":             {with(func(in *cdp.Instruction) { in.Via = " " }), ErrEvidence.Error()},
		"no day":             {with(func(in *cdp.Instruction) { in.At = time.Time{} }), ErrEvidence.Error()},
		"no reference":       {with(func(in *cdp.Instruction) { in.Ref = "" }), ErrEvidence.Error()},
		"tomorrow":           {with(func(in *cdp.Instruction) { in.At = b.now.AddDate(0, 0, 1) }), "future"},
		"unknown endpoint":   {with(func(in *cdp.Instruction) { in.Endpoint = nobody }), ErrUnknownEndpoint.Error()},
		"unknown purpose":    {with(func(in *cdp.Instruction) { in.Purposes = []cdp.PurposeID{"newslettre"} }), "no purpose"},
		"unknown controller": {with(func(in *cdp.Instruction) { in.Controller = "acme" }), "no controller"},
		"given for nothing":  {with(func(in *cdp.Instruction) { in.Verb, in.Purposes = cdp.InstructGive, nil }), "for a purpose"},
		"a no that expires":  {with(func(in *cdp.Instruction) { in.Expires = b.now.AddDate(1, 0, 0) }), "does not expire"},
		"no preference":      {with(func(in *cdp.Instruction) { in.Verb = cdp.InstructPrefer }), "states a wish"},
		"no such thing":      {with(func(in *cdp.Instruction) { in.Verb = "forget" }), "no such instruction"},
	} {
		for _, f := range []func(cdp.Instruction) error{
			func(in cdp.Instruction) error { _, err := b.d.PreviewInstruction(t.Context(), in); return err },
			func(in cdp.Instruction) error { _, err := b.d.Instruct(t.Context(), in, ""); return err },
		} {
			if err := f(c.in); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if _, err := b.s.As(Actor{Name: "guest", ReadOnly: true}).Instruct(t.Context(), letter(cdp.InstructWithdraw, mail, "profile"), ""); !errors.Is(err, ErrReadOnly) {
		t.Errorf("a guest: %v", err)
	}
	var stale *StaleError
	if _, err := b.d.Instruct(t.Context(), letter(cdp.InstructWithdraw, mail, "profile"), strings.Repeat("0", 64)); !errors.As(err, &stale) {
		t.Errorf("another digest: %v", err)
	}
	err := b.s.g.View(t.Context(), func(tx *graph.Tx) error {
		if known, err := stated(tx, mail); known || err != nil {
			t.Errorf("something was recorded: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	in := letter(cdp.InstructRefuse, nobody, "newsletter")
	in.New, in.Controller = true, "lindenhof"
	if got := b.instruct(in); got.Carriers != 0 || got.Consents[0].State != cdp.ConsentRefused {
		t.Errorf("at a new endpoint: %+v", got)
	}
}

// TestPreferencesOnBehalf: a wish is recorded beside the consents, shows in the
// profile with who recorded it, and touches no consent.
func TestPreferencesOnBehalf(t *testing.T) {
	b := newBench(t).register()
	b.admit(said(record("shop.orders", "o1", mail), "newsletter", cdp.ConsentGiven, day(2)))
	in := letter(cdp.InstructPrefer, mail)
	in.Channel, in.Wish, in.Frequency, in.Quiet = "sms", cdp.Unwanted, "P1W", cdp.Quiet{From: 1260, To: 420, Zone: "Europe/Berlin"}
	before := b.journal()
	got := b.instruct(in)
	if len(got.Wishes) != 1 || got.Wishes[0].Wish != cdp.Unwanted || len(got.Consents) != 0 {
		t.Errorf("effect: %+v", got)
	}
	p, err := b.d.Profile(t.Context(), b.profile("shop.orders", "o1"))
	if err != nil || len(p.Wishes) != 1 || p.Wishes[0].Events[0].By != "officer" || p.Wishes[0].Frequency != "P1W" {
		t.Fatalf("profile: %+v, %v", p.Wishes, err)
	}
	if len(p.Consents) != 1 || p.Consents[0].State != cdp.ConsentGiven {
		t.Errorf("consents: %+v", p.Consents)
	}
	in.Frequency = "now and then" // which would stop all there is, and nobody could say what it means
	if _, err := b.d.PreviewInstruction(t.Context(), in); err == nil || !strings.Contains(err.Error(), "how often") {
		t.Errorf("a frequency that nobody knows: %v", err)
	}
	after := b.journal()
	if len(after) == len(before) || after[len(after)-1].Verb != "consent" {
		t.Errorf("the index is not told: %d changes, then %d", len(before), len(after))
	}
}

// TestADayIsReadRestrictively: of a day without a time a no counts at its end
// and a yes at its beginning, where the officer sits.
func TestADayIsReadRestrictively(t *testing.T) {
	bucharest, err := time.LoadLocation("Europe/Bucharest")
	if err != nil {
		t.Fatal(err)
	}
	d := time.Date(2026, 2, 27, 0, 0, 0, 0, time.UTC)
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		day  time.Time
		no   bool
		want string
	}{
		{d, false, "2026-02-26T22:00:00Z"},
		{d, true, "2026-02-27T21:59:59.999999Z"},
		{now, true, "2026-03-01T09:00:00Z"},
	} {
		if got := dayOf(c.day, bucharest, now, c.no).UTC().Format(time.RFC3339Nano); got != c.want {
			t.Errorf("%v no=%v: %s, want %s", c.day, c.no, got, c.want)
		}
	}
}

// TestConsentOnBehalfExpires: what an officer recorded ends by itself, although
// no record says so; also at an endpoint that more carry than one transaction
// judges.
func TestConsentOnBehalfExpires(t *testing.T) {
	b := newBench(t).register()
	recs := []cdp.Record{record("shop.orders", "o1", mail)}
	b.admit(recs...)
	for i := range againLimit + 20 {
		b.admit(record("store.pos", fmt.Sprint("c", i), mail))
	}
	in := letter(cdp.InstructGive, mail, "profile")
	in.Expires = b.now.AddDate(0, 1, 0)
	if got := b.instruct(in); !got.Later || got.Carriers != againLimit {
		t.Errorf("%d judged, later %v", got.Carriers, got.Later)
	}
	last := fmt.Sprint("c", againLimit+19)
	if b.profile("store.pos", last) != b.profile("shop.orders", "o1") {
		t.Error("the last of the carriers was not judged")
	}
	b.now = b.now.AddDate(0, 2, 0)
	if _, err := b.d.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if b.profile("store.pos", last) == b.profile("shop.orders", "o1") {
		t.Error("still linked after the consent expired")
	}
	b.check()
}

// TestInstructCountsOnce: what our own run disclosed of a row with several versions
// is told once.
func TestInstructCountsOnce(t *testing.T) {
	b := newBench(t).register()
	b.admit(subscriber("a", address(1), cdp.ConsentGiven, day(2)))
	b.admit(later(subscriber("a", address(1), cdp.ConsentGiven, day(2)), day(20)))
	b.share(letterAsk, "")
	got := b.instruct(letter(cdp.InstructWithdraw, address(1), "newsletter"))
	if len(got.Recipients) != 1 || got.Recipients[0].Recipient != "mailer" || got.Recipients[0].Count != 1 {
		t.Errorf("who has the data: %+v", got.Recipients)
	}
}
