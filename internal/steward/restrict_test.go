package steward

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// onArt18 is an instruction of yesterday's letter.
func onArt18(verb string, profile cdp.ProfileID, ground cdp.RestrictionGround) cdp.Instruction {
	return cdp.Instruction{Verb: verb, Profile: profile, Ground: ground, Via: "letter", At: time.Date(2026, 2, 28, 10, 0, 0, 0, time.UTC), Ref: "LTR-2026-18"}
}

// restrictedPerson is a customer of the shop and the newsletter, of whom a
// recipient got data.
func restrictedPerson(t *testing.T) (*bench, cdp.ProfileID) {
	b := newBench(t).register()
	b.admit(subscriber("m0", address(0), cdp.ConsentGiven, day(2)), record("shop.orders", "m0b", address(0)), subscriber("m1", address(1), cdp.ConsentGiven, day(2)))
	b.share(letterAsk, "")
	return b, b.profile("shop.orders", "m0")
}

// TestRestrict: who demands restriction stays one person, is used for nothing,
// and is indicated (Art. 18(1), Rec. 67); recipients are told (Art. 19); it is
// lifted only after the person was told (Art. 18(3)), and then all is as before.
func TestRestrict(t *testing.T) {
	b, id := restrictedPerson(t)
	got := b.instruct(onArt18(cdp.InstructRestrict, id, cdp.GroundAccuracy))
	if got.Carriers != 2 || got.Changed != 2 || len(got.Open) != 2 || got.Known || got.Records[0].After != cdp.EvidenceOnly {
		t.Fatalf("effect: %+v", got)
	}
	if len(got.Recipients) != 1 || got.Recipients[0].Recipient != "mailer" || got.Recipients[0].Count != 1 {
		t.Errorf("who has the data: %+v", got.Recipients)
	}
	if got := b.instruct(onArt18(cdp.InstructRestrict, id, cdp.GroundAccuracy)); !got.Known {
		t.Error("recorded twice")
	}
	p, err := b.d.Profile(t.Context(), id)
	if err != nil || p.ID != id || len(p.Records) != 2 || !p.Restrict {
		t.Fatalf("%v with %d records, restricted %v: %v", p.ID, len(p.Records), p.Restrict, err)
	}
	if d := b.shareVerdict(letterAsk, "shop.orders", "m0"); d.Verdict.Rule != "share.restricted" || d.Verdict.Article != "Art. 18(1)(a), 18(2)" {
		t.Errorf("gate out: %+v", d.Verdict)
	}
	if n := b.count(cdp.SegmentAsk{Query: "kind:order OR has:email"}); n.Restricted != 1 || n.Profiles != 1 {
		t.Errorf("segment: %+v", n)
	}
	list, err := b.d.Restrictions(t.Context(), 0, 1)
	if err != nil || list.Rows != 2 || len(list.Items) != 1 || list.Items[0].Profile != id || list.Items[0].Open[0].By != "officer" {
		t.Errorf("list: %+v, %v", list, err)
	}
	notes := b.outbox(cdp.OutboxFilter{})
	if len(notes) != 2 || notes[0].Cause != cdp.CauseRestriction || notes[0].Recipient != "mailer" || !notes[0].Event.Equal(time.Date(2026, 2, 28, 10, 0, 0, 0, time.UTC)) {
		t.Fatalf("notices: %+v", notes)
	}
	if r := b.drift(); r.Targets[0].Behind != 2 || !r.Items[0].Holds || len(r.Items[0].After) != 1 {
		t.Errorf("drift: %+v", r)
	}

	b.now = b.now.Add(48 * time.Hour)
	lift := onArt18(cdp.InstructLift, id, cdp.GroundAccuracy)
	lift.At = b.now.Add(-time.Hour)
	if _, err := b.d.Instruct(t.Context(), lift, ""); !errors.Is(err, ErrTold) {
		t.Errorf("lifted without a word: %v", err)
	}
	if lift.Told = b.now; true {
		if _, err := b.d.Instruct(t.Context(), lift, ""); err == nil || !strings.Contains(err.Error(), "after the lift") {
			t.Errorf("told after the lift: %v", err)
		}
	}
	lift.Told = b.now.Add(-24 * time.Hour)
	other := lift
	other.Ground = cdp.GroundClaims
	if _, err := b.d.Instruct(t.Context(), other, ""); !errors.Is(err, ErrNotRestricted) {
		t.Errorf("lifted what is not restricted: %v", err)
	}
	if got := b.instruct(lift); len(got.Open) != 0 || got.Changed != 2 {
		t.Fatalf("lift: %+v", got)
	}
	if p, err := b.d.Profile(t.Context(), id); err != nil || p.ID != id || p.Restrict || p.Outcome != cdp.Linked {
		t.Errorf("after the lift: %+v, %v", p, err)
	}
	if d := b.shareVerdict(letterAsk, "shop.orders", "m0"); !d.Verdict.Allow {
		t.Errorf("after the lift: %+v", d.Verdict)
	}
	if r := b.drift(); len(r.Items) != 2 || r.Items[0].Holds || r.Targets[0].Behind != 0 { // the share of after the letter stays a share of after the letter
		t.Errorf("drift after the lift: %+v", r)
	}
}

// TestRestrictOneRow: a row that alone is restricted is used for nothing, and
// the rest of the person as before.
func TestRestrictOneRow(t *testing.T) {
	b, id := restrictedPerson(t)
	in := onArt18(cdp.InstructRestrict, 0, cdp.GroundAccuracy)
	in.Row = b.stored("shop.orders", "m0").ID
	b.instruct(in)
	p, err := b.d.Profile(t.Context(), id)
	if err != nil || p.Restrict || len(p.Records) != 2 {
		t.Fatalf("%+v, %v", p, err)
	}
	if d := b.shareVerdict(cdp.Ask{Recipient: "parcel", Purpose: "orders"}, "shop.orders", "m0"); !d.Verdict.Allow || slices.Contains(d.Sent(), "given_name") || !slices.Contains(d.Sent(), "email") {
		t.Errorf("sends %v by %s", d.Sent(), d.Verdict.Rule)
	}
	if n := b.count(cdp.SegmentAsk{Query: "has:email"}); n.Restricted != 0 || n.Profiles != 2 || n.Records != 2 {
		t.Errorf("segment: %+v", n)
	}
	// The next version of the row does not free it.
	b.now = b.now.Add(time.Hour)
	next := subscriber("m0", address(0), cdp.ConsentGiven, day(3))
	next.At = day(20)
	b.admit(next)
	if r := b.stored("shop.orders", "m0"); r.Outcome != cdp.EvidenceOnly || r.Version != 2 {
		t.Errorf("version %d is %s", r.Version, r.Outcome)
	}
}

// TestRestrictedWhoComesLater: what a restricted person does later is of the
// restricted person.
func TestRestrictedWhoComesLater(t *testing.T) {
	b, id := restrictedPerson(t)
	b.instruct(onArt18(cdp.InstructRestrict, id, cdp.GroundObjection))
	b.admit(subscriber("m0c", address(0), cdp.ConsentGiven, day(25)))
	if b.profile("shop.orders", "m0c") != id {
		t.Fatal("the new row is apart")
	}
	if d := b.shareVerdict(letterAsk, "shop.orders", "m0c"); d.Verdict.Rule != "share.restricted" {
		t.Errorf("%+v", d.Verdict)
	}
	for _, key := range []string{"m0", "m0b"} { // on which it was stated first
		gone := record("shop.orders", key, address(0))
		gone.Deleted, gone.At = true, day(26)
		b.admit(gone)
	}
	if d := b.shareVerdict(letterAsk, "shop.orders", "m0c"); d.Verdict.Rule != "share.restricted" {
		t.Errorf("the first rows are gone: %+v", d.Verdict)
	}
	b.check()
}

// TestRestrictAfterLift: what an earlier lift would end at once is refused, not
// recorded without effect; and so is a lift dated before what it ends, told
// before it began, or of a row where the person is restricted.
func TestRestrictAfterLift(t *testing.T) {
	b, id := restrictedPerson(t)
	refused := func(in cdp.Instruction, why string) {
		t.Helper()
		if _, err := b.d.Instruct(t.Context(), in, ""); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("want %q: %v", why, err)
		}
	}
	in := onArt18(cdp.InstructRestrict, id, cdp.GroundAccuracy)
	b.instruct(in)
	lift := onArt18(cdp.InstructLift, id, "")
	lift.At, lift.Told = in.At.Add(-time.Hour), in.At.Add(-2*time.Hour)
	refused(lift, "the restriction began on")
	lift.At, lift.Told = in.At.Add(2*time.Hour), in.At.Add(-72*time.Hour)
	refused(lift, "before it began")
	lift.Told = in.At.Add(time.Hour)
	row := lift
	row.Row = b.stored("shop.orders", "m0").ID
	refused(row, "of the person, not of this row")
	b.instruct(lift)
	refused(in, "lifted after the time of this demand")
	again := in
	again.At = lift.At.Add(time.Hour)
	if got := b.instruct(again); len(got.Open) != 2 {
		t.Errorf("%+v", got.Open)
	}
}

// TestRestrictedBySource: a source that states a restriction restricts its row,
// a delivery that says nothing of it leaves it, and one that lifts it frees it.
func TestRestrictedBySource(t *testing.T) {
	b := newBench(t).register()
	row := func(at time.Time, said ...cdp.Restriction) cdp.Record {
		r := record("shop.orders", "s1", mail)
		r.At = at
		for _, e := range said {
			e.At = at
			r.Restrictions = append(r.Restrictions, e)
		}
		return r
	}
	outcome := func() cdp.Outcome { return b.stored("shop.orders", "s1").Outcome }
	b.admit(row(day(2)))
	b.admit(row(day(3), cdp.Restriction{Whole: true}))
	if outcome() != cdp.EvidenceOnly {
		t.Fatalf("restricted by its source: %s", outcome())
	}
	silent := row(day(4))
	silent.Attributes = []cdp.Attribute{{Name: "city", Value: "Weiden"}}
	b.admit(silent)
	if outcome() != cdp.EvidenceOnly {
		t.Fatalf("nothing is said of it: %s", outcome())
	}
	b.admit(row(day(5), cdp.Restriction{Lifted: true}))
	if outcome() != cdp.Linked {
		t.Fatalf("lifted by its source: %s", outcome())
	}
	b.admit(row(day(3).Add(time.Hour), cdp.Restriction{Whole: true})) // late, and older than the lift
	if outcome() != cdp.Linked {
		t.Fatalf("an older word came late: %s", outcome())
	}
	for i := range 3 { // what changes nothing is not kept
		b.admit(row(day(5).Add(time.Duration(i+1)*time.Hour), cdp.Restriction{Lifted: true}))
	}
	err := b.s.g.View(t.Context(), func(tx *graph.Tx) error {
		said, err := tx.RestrictionsOn(cdp.Row{Source: "shop.orders", Key: "s1"})
		if len(said) != 3 {
			t.Errorf("%d statements are kept", len(said))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b.admit(row(day(6), cdp.Restriction{Whole: true, Ground: cdp.GroundClaims}))
	if outcome() != cdp.EvidenceOnly {
		t.Fatalf("restricted again: %s", outcome())
	}
	b.check()
}

// TestRestrictedThen: what was known before the officer recorded it is what was
// seen then, and a share that was lawful by what was known then is not by what
// is known now.
func TestRestrictedThen(t *testing.T) {
	b, id := restrictedPerson(t)
	before := b.now
	b.now = b.now.Add(24 * time.Hour)
	b.instruct(onArt18(cdp.InstructRestrict, id, cdp.GroundAccuracy)) // of 28 February; the share was on 1 March
	then := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: before}})
	if p, err := then.Profile(t.Context(), id); err != nil || p.Restrict || len(p.Records) != 2 {
		t.Errorf("as known before: %+v, %v", p, err)
	}
	asOf := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{At: time.Date(2026, 2, 27, 0, 0, 0, 0, time.UTC)}})
	if p, err := asOf.Profile(t.Context(), id); err != nil || p.Restrict {
		t.Errorf("as of the day before: %+v, %v", p, err)
	}
	if list, err := then.Restrictions(t.Context(), 0, 0); err != nil || list.Rows != 0 {
		t.Errorf("as known before: %+v, %v", list, err)
	}
	judged, _ := b.lawful(cdp.LawfulFilter{})
	for _, j := range judged {
		if j.Profile == id && (!j.Then.Allow || j.Now.Allow || j.Now.Rule != "share.restricted") {
			t.Errorf("then %s, now %s", j.Then.Rule, j.Now.Rule)
		}
	}
}

// TestSuppress: who was erased does not come back with the next delivery, and
// whoever is on a register of who wants no marketing gets none.
func TestSuppress(t *testing.T) {
	b, id := restrictedPerson(t)
	b.now = day(27)
	x := cdp.Suppressing{Endpoints: []cdp.Identifier{address(0)}, Scope: cdp.SuppressMarketing, Origin: cdp.SuppressedRegister, At: day(26), Ref: "Robinson list 2026-02"}
	suppress := func(x cdp.Suppressing) cdp.SuppressionEffect {
		t.Helper()
		would, err := b.d.Suppress(t.Context(), x, true)
		if err != nil {
			t.Fatal(err)
		}
		did, err := b.d.Suppress(t.Context(), x, false)
		if err != nil || did != would {
			t.Fatalf("would %+v, did %+v: %v", would, did, err)
		}
		b.ticks()
		b.check()
		return did
	}
	if got := suppress(x); got.New != 3 || got.Carriers != 2 || got.Later {
		t.Errorf("%+v", got)
	}
	if got := suppress(x); got.New != 0 {
		t.Errorf("again: %+v", got)
	}
	if d := b.shareVerdict(letterAsk, "shop.orders", "m0"); d.Verdict.Rule != "share.suppressed" {
		t.Errorf("letter: %+v", d.Verdict)
	}
	if d := b.shareVerdict(cdp.Ask{Recipient: "parcel", Purpose: "orders"}, "shop.orders", "m0"); !d.Verdict.Allow {
		t.Errorf("parcel: %+v", d.Verdict)
	}
	if notes := b.outbox(cdp.OutboxFilter{}); len(notes) != 1 || notes[0].Cause != cdp.CauseObjection || notes[0].Rule != "suppressed: register" {
		t.Errorf("notices: %+v", notes)
	}
	x.Ended, x.At, x.Ref = true, day(26).Add(time.Hour), "call C-7"
	suppress(x)
	if d := b.shareVerdict(letterAsk, "shop.orders", "m0"); !d.Verdict.Allow {
		t.Errorf("ended: %+v", d.Verdict)
	}

	all := cdp.Suppressing{Endpoints: []cdp.Identifier{address(0)}, Scope: cdp.SuppressAll, Origin: cdp.SuppressedErasure, At: day(26), Ref: "case E-1"}
	suppress(all)
	if p, err := b.d.Profile(t.Context(), id); err != nil || p.Restrict || p.Outcome != cdp.EvidenceOnly || len(p.Records) != 2 {
		t.Errorf("what is there: %+v, %v", p, err)
	}
	fresh := subscriber("m9", address(0), cdp.ConsentGiven, day(20))
	fresh.Claims = []cdp.Claim{{Identifier: address(0).Hashes()[0], Strength: cdp.LinkStrong}} // by its hash only
	if r := b.admit(fresh, subscriber("m10", address(0), cdp.ConsentGiven, day(20)), subscriber("m11", address(11), cdp.ConsentGiven, day(20))); r.Refused != 2 || r.Admitted != 1 {
		t.Errorf("%+v", r)
	}
	err := b.s.g.View(t.Context(), func(tx *graph.Tx) error {
		events, err := tx.ConsentsOf(address(0))
		for _, e := range events {
			if e.At.Equal(day(20)) {
				t.Error("what a refused row says was kept")
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// A refused row that says no at another address is heard.
	phone := ident(cdp.KindPhone, "+4917112345")
	b.admit(subscriber("m12", phone, cdp.ConsentGiven, day(20)))
	no := said(record("shop.orders", "m12", phone, address(0)), "newsletter", cdp.ConsentWithdrawn, day(26))
	no.At = day(26)
	if r := b.admit(no); r.Refused != 1 {
		t.Errorf("%+v", r)
	}
	if d := b.shareVerdict(letterAsk, "shop.orders", "m12"); d.Verdict.Rule != "share.consent.withdrawn" {
		t.Errorf("the withdrawal of a refused row: %+v", d.Verdict)
	}
	gone := record("shop.orders", "m0", address(0))
	gone.Deleted, gone.At = true, day(26)
	b.admit(gone)
	if r := b.stored("shop.orders", "m0"); !r.Deleted || len(r.Claims) != 0 {
		t.Errorf("the note that the row is gone: %+v", r)
	}
}

// TestSuppressByHash: the list names nobody, survives outside the store, and
// comes back into it with what it says.
func TestSuppressByHash(t *testing.T) {
	b, _ := restrictedPerson(t)
	b.now = day(27)
	x := cdp.Suppressing{Endpoints: []cdp.Identifier{address(0)}, Scope: cdp.SuppressMarketing, Origin: cdp.SuppressedObjection, At: day(26), Ref: "L-9"}
	var hashes []cdp.KeyedHash
	if err := b.s.g.View(t.Context(), func(tx *graph.Tx) error {
		hashes = []cdp.KeyedHash{{Hash: tx.SuppressionHash(address(0)), Kind: cdp.KindEmail}}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	x.Endpoints, x.Hashes = nil, hashes
	did, err := b.d.Suppress(t.Context(), x, false)
	if err != nil || !did.Later || did.New != 1 {
		t.Fatalf("%+v, %v", did, err)
	}
	b.ticks()
	if d := b.shareVerdict(letterAsk, "shop.orders", "m0"); d.Verdict.Rule != "share.suppressed" {
		t.Errorf("%+v", d.Verdict)
	}
	if notes := b.outbox(cdp.OutboxFilter{}); len(notes) != 1 || notes[0].Cause != cdp.CauseObjection {
		t.Errorf("who has the data is not told: %+v", notes)
	}
	n := 0
	if err := b.d.Suppressions(t.Context(), func(e cdp.SuppressedEndpoint) error {
		if n++; e.Hash != hashes[0].Hash || len(e.Open) != 1 || e.Kind != cdp.KindEmail {
			t.Errorf("%+v", e)
		}
		return nil
	}); err != nil || n != 1 {
		t.Errorf("%d endpoints: %v", n, err)
	}
}
