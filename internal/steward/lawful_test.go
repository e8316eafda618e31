package steward

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// lawful judges everything again and returns it with the sum.
func (b *bench) lawful(f cdp.LawfulFilter) ([]cdp.Judged, cdp.LawfulSum) {
	b.t.Helper()
	var out []cdp.Judged
	sum, err := b.d.Lawful(b.t.Context(), f, func(j cdp.Judged) error { out = append(out, j); return nil }, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return out, sum
}

// TestLateWithdrawalFlipsNow: a withdrawal that is learnt after a mail was sent
// makes it unlawful as known now, and leaves it lawful as known then; so does it
// to the click on the mail.
func TestLateWithdrawalFlipsNow(t *testing.T) {
	march := func(n int) time.Time { return time.Date(2026, 3, n, 12, 0, 0, 0, time.UTC) }
	b := newBench(t).register()
	b.now = march(1)
	given := said(record("newsletter", "n1", mail), "newsletter", cdp.ConsentGiven, day(2))
	given.Consents[0].Method = "written"
	b.admit(given)

	b.now = march(11)
	sent := shared(later(given, march(10)), "mailer", "newsletter", march(10), "email")
	sent.Touchpoints = []cdp.Touchpoint{{Channel: "email", Kind: "newsletter.click", At: march(10).Add(time.Hour), Purpose: "newsletter"}}
	b.admit(sent)
	all, sum := b.lawful(cdp.LawfulFilter{Uses: true})
	if len(all) != 2 || sum.Shares != 1 || sum.Uses != 1 || sum.Allowed != 2 || sum.Flipped != 0 {
		t.Fatalf("before the withdrawal was learnt: %+v", sum)
	}

	b.now = march(20)
	gone := said(later(sent, march(12)), "newsletter", cdp.ConsentWithdrawn, march(5)) // said before the mail was sent
	b.admit(gone)
	all, sum = b.lawful(cdp.LawfulFilter{Uses: true, Differing: true})
	if len(all) != 2 || sum.Flipped != 2 || sum.Denied != 2 || sum.UnknownThen != 0 || sum.ByRule["share.consent.withdrawn"] != 1 || sum.ByRule["use.consent.withdrawn"] != 1 {
		t.Fatalf("after it: %+v of %+v", sum, all)
	}
	for _, j := range all {
		if !j.Then.Allow || j.Now.Allow || j.UnknownThen || j.Profile != b.profile("newsletter", "n1") {
			t.Errorf("%q: then %v, now %v", j.Use, j.Then.Rule, j.Now.Rule)
		}
	}
	if all[0].Use != "" || all[1].Use != "newsletter.click" || all[1].Share.Record == 0 || !all[1].Share.At.Equal(march(10).Add(time.Hour)) {
		t.Errorf("not the oldest first: %+v", all)
	}
	if some, _ := b.lawful(cdp.LawfulFilter{Unlawful: true}); len(some) != 1 || some[0].Use != "" {
		t.Errorf("without uses: %+v", some)
	}
	if none, sum := b.lawful(cdp.LawfulFilter{Recipient: "printer", Uses: true}); len(none) != 0 || sum.Shares+sum.Uses != 0 {
		t.Errorf("to another recipient: %+v", sum)
	}
}

// TestLateRegisterClearsNow: what was sent before there was a register was
// unlawful as known then; a register that comes later and holds since before
// makes it lawful as known now. What nobody had delivered then is unknown then.
func TestLateRegisterClearsNow(t *testing.T) {
	march := func(n int) time.Time { return time.Date(2026, 3, n, 12, 0, 0, 0, time.UTC) }
	b := newBench(t)
	b.now = march(1)
	b.admit(record("shop.orders", "o1", mail)) // waits: there is no register
	b.now = march(5)
	b.admit(shared(later(record("shop.orders", "o1", mail), march(4)), "parcel", "orders", march(3), "email"),
		shared(record("shop.orders", "o2", ident(cdp.KindEmail, "other@example.net")), "parcel", "orders", march(2), "email"))
	b.now = march(9)
	b.register()
	if _, err := b.d.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, sum := b.lawful(cdp.LawfulFilter{})
	if sum.Shares != 2 || sum.Cleared != 1 || sum.UnknownThen != 1 || sum.Flipped != 0 || sum.Allowed != 2 {
		t.Fatalf("%+v of %+v", sum, all)
	}
	for _, j := range all {
		if known := j.Profile == b.profile("shop.orders", "o1"); known == j.UnknownThen || known != j.Differs() || known && j.Then.Rule != "share.register.none" {
			t.Errorf("%v: unknown then %v, then %v, now %v", j.Profile, j.UnknownThen, j.Then.Rule, j.Now.Rule)
		}
	}
}

// TestBasisAgreesWithUse: an instant lies in an interval when the record, asked
// as of it, may be used for the purpose; what was known at a time gives the
// intervals that it gave then.
func TestBasisAgreesWithUse(t *testing.T) {
	for seed := range uint64(8) {
		rnd := rand.New(rand.NewPCG(seed, 11))
		b := newBench(t).register()
		start := b.now
		second := strings.Replace(string(secondRegister(t)), "2026-05-30", "2026-03-10", 1)
		type seen struct {
			at   time.Time
			id   cdp.ProfileID
			text string
		}
		var was []seen
		states := []cdp.ConsentState{cdp.ConsentGiven, cdp.ConsentWithdrawn, cdp.ConsentObjected, cdp.ConsentGiven}
		var id cdp.ProfileID
		for i := range 6 {
			b.now = b.now.Add(time.Duration(1+rnd.IntN(200)) * time.Hour)
			r := later(record([]string{"store.pos", "newsletter", "shop.orders"}[i%3], "k", mail), b.now.Add(-time.Hour))
			r = said(r, []string{"profile", "newsletter"}[rnd.IntN(2)], states[rnd.IntN(4)], start.Add(time.Duration(rnd.IntN(1200)-200)*time.Hour))
			r.Consents[0].Method = "written"
			b.admit(r)
			if i == 2 {
				if _, err := b.d.Activate(t.Context(), "second", []byte(second), nil); err != nil {
					t.Fatal(err)
				}
			}
			if i < 2 {
				continue
			}
			if id = b.profile("shop.orders", "k"); id != 0 {
				was = append(was, seen{b.now, id, b.bases(b.d, id)})
			}
		}
		for _, w := range was {
			d := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: w.at}})
			if got := b.bases(d, w.id); got != w.text {
				t.Fatalf("seed %d, as known at %v:\n%s\nwas\n%s", seed, w.at, got, w.text)
			}
		}
		for _, h := range b.everyBasis() {
			for range 40 {
				at := start.Add(time.Duration(rnd.IntN(3000)-500) * time.Hour)
				in := false
				for _, iv := range h.Intervals {
					in = in || !at.Before(iv.From) && (iv.To.IsZero() || at.Before(iv.To))
				}
				if may := b.mayUse(h, at); may != in {
					t.Fatalf("seed %d: %v for %s as of %v: may be used %v, in an interval %v: %+v", seed, h.Record, h.Purpose, at, may, in, h.Intervals)
				}
			}
			for _, iv := range h.Intervals {
				if !iv.Verdict.Allow || len(iv.Verdict.Facts) == 0 || iv.To.IsZero() != (iv.Ended.Rule == "") {
					t.Errorf("an interval without a proof, or an end without its reason: %+v", iv)
				}
			}
		}
	}
}

// everyBasis are the histories of all current records, in a profile or not.
func (b *bench) everyBasis() (out []cdp.BasisHistory) {
	b.t.Helper()
	err := b.s.g.View(b.t.Context(), func(tx *graph.Tx) error {
		v, err := b.s.look(tx, cdp.Lens{})
		if err != nil {
			return err
		}
		all, err := tx.CurrentAfter(0, 100)
		if err != nil {
			return err
		}
		for _, id := range all {
			rec, err := tx.Record(id)
			if err != nil {
				return err
			}
			list, err := v.basis(rec)
			if err != nil {
				return err
			}
			out = append(out, list...)
		}
		return nil
	})
	if err != nil || len(out) == 0 {
		b.t.Fatalf("%d histories, %v", len(out), err)
	}
	return out
}

// bases writes the histories of a profile, without what counts from today.
func (b *bench) bases(d *Desk, id cdp.ProfileID) (out string) {
	b.t.Helper()
	list, err := d.Basis(b.t.Context(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, h := range list {
		out += fmt.Sprintln(h.Source, h.Purpose, h.Now.Allow, h.Now.Rule)
		for _, iv := range h.Intervals {
			out += fmt.Sprintln(" ", iv.From, iv.To, iv.Verdict.Rule, iv.Ended.Rule)
		}
	}
	return out
}

func (b *bench) mayUse(h cdp.BasisHistory, at time.Time) (may bool) {
	b.t.Helper()
	err := b.s.g.View(b.t.Context(), func(tx *graph.Tx) error {
		v, err := b.s.look(tx, cdp.Lens{Standpoint: cdp.Standpoint{At: at}})
		if err != nil {
			return err
		}
		rec, err := tx.Record(h.Record)
		if err != nil {
			return err
		}
		verdict, err := v.mayUse(rec, []cdp.PurposeID{h.Purpose})
		may = verdict.Allow
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return may
}

// TestLawfulIsTheGateOut: what is judged again as known then is what the gate
// out said then, over random histories: consents, objections and wishes at
// several endpoints of one person, who is linked and told of in any order.
func TestLawfulIsTheGateOut(t *testing.T) {
	denied, allowed := 0, 0
	for seed := range uint64(25) {
		ask := letterAsk
		if ask.Fields = []string{"email", "given_name"}; seed%5 == 0 {
			ask.Fields = append(ask.Fields, "birth_date") // which the purpose does not need
		}
		rnd := rand.New(rand.NewPCG(seed, 3))
		b := newBench(t).register()
		type said struct {
			key    string
			at     time.Time
			v      cdp.Verdict
			fields []string
		}
		var was []said
		states := []cdp.ConsentState{cdp.ConsentGiven, cdp.ConsentGiven, cdp.ConsentWithdrawn, cdp.ConsentObjected, cdp.ConsentRefused}
		rows := make(map[string]cdp.Record)
		for range 14 {
			b.now = b.now.Add(time.Duration(1+rnd.IntN(50)) * time.Hour)
			n := rnd.IntN(4)
			key := fmt.Sprint("r", n)
			r := subscriber(key, address(n), states[rnd.IntN(len(states))], b.now.Add(-time.Duration(rnd.IntN(3000))*time.Minute))
			r.At = b.now
			if rnd.IntN(2) == 0 {
				r.Claims = append(r.Claims, cdp.Claim{Identifier: ident(cdp.KindLogin, fmt.Sprint("login", rnd.IntN(2))), Strength: cdp.LinkStrong})
			}
			if rnd.IntN(3) == 0 {
				r.Preferences = []cdp.Preference{{Endpoint: address(n), Wish: []cdp.Wish{cdp.Unwanted, cdp.Wanted}[rnd.IntN(2)], At: b.now}}
			}
			if rnd.IntN(4) == 0 {
				r.Attributes = r.Attributes[:1]
			}
			rows[key] = r
			b.admit(r)
			b.ticks()
			for n := range 4 {
				key := fmt.Sprint("r", n)
				if rows[key].Key == "" || rnd.IntN(2) == 0 || b.profile("shop.orders", key) == 0 {
					continue
				}
				d, err := b.d.ShareVerdict(t.Context(), ask, b.profile("shop.orders", key))
				if err != nil {
					t.Fatal(err)
				}
				at := b.now.Add(time.Duration(key[1]) * time.Microsecond) // what is restated of one moment is one disclosure
				var fields []string                                       // what a person does not have was not sent
				for i := range d.Fields {
					fields = append(fields, d.Fields[i].Field)
				}
				if fields == nil {
					fields = ask.Fields
				}
				was = append(was, said{key, at, worstField(&d), fields})
			}
		}
		b.now = b.now.Add(time.Hour)
		for _, w := range was { // only now it is told that it was sent
			r := rows[w.key]
			r.At = b.now
			rows[w.key] = shared(r, "mailer", "newsletter", w.at, w.fields...)
		}
		for n := range 4 {
			if r, ok := rows[fmt.Sprint("r", n)]; ok {
				b.admit(r)
			}
		}
		judged := make(map[string]cdp.Judged)
		all, _ := b.lawful(cdp.LawfulFilter{})
		for _, j := range all {
			rec, err := b.d.Record(t.Context(), j.Share.Record)
			if err != nil {
				t.Fatal(err)
			}
			judged[fmt.Sprint(rec.Record.Key, j.Share.At.UnixMicro())] = j
		}
		for _, w := range was {
			j, ok := judged[fmt.Sprint(w.key, w.at.UnixMicro())]
			if !ok || j.UnknownThen || j.Then.Allow != w.v.Allow || j.Then.Rule != w.v.Rule {
				t.Fatalf("seed %d, %s at %v: the gate said %s; judged again, as known then: %v %s", seed, w.key, w.at, w.v.Rule, ok, j.Then.Rule)
			}
			if w.v.Allow {
				allowed++
			} else {
				denied++
			}
		}
	}
	if allowed < 50 || denied < 100 {
		t.Errorf("%d allowed and %d denied: the histories show too little", allowed, denied)
	}
}

// TestLawfulUnknownField: a field that is said to have been sent and that no
// record of the person has makes a disclosure one that nobody can call lawful;
// what denies it otherwise is told before.
func TestLawfulUnknownField(t *testing.T) {
	for name, c := range map[string]struct {
		state  cdp.ConsentState
		fields []string
		rule   string
	}{
		"known":              {cdp.ConsentGiven, []string{"email", "given_name"}, "share.consent.given"},
		"none is named":      {cdp.ConsentGiven, nil, "share.consent.given"},
		"one is not known":   {cdp.ConsentGiven, []string{"email", "health_note"}, "share.field.unknown"},
		"none is known":      {cdp.ConsentGiven, []string{"health_note"}, "share.field.unknown"},
		"one is not needed":  {cdp.ConsentGiven, []string{"birth_date", "health_note"}, "share.minimised"},
		"refused, not known": {cdp.ConsentRefused, []string{"health_note"}, "share.consent.refused"},
	} {
		b := newBench(t).register()
		r := subscriber("a", address(1), c.state, day(2))
		b.admit(r)
		b.now = b.now.Add(time.Hour)
		sent := later(r, b.now)
		b.admit(shared(sent, "mailer", "newsletter", b.now.Add(-time.Minute), c.fields...))
		all, _ := b.lawful(cdp.LawfulFilter{})
		if len(all) != 1 || all[0].Now.Rule != c.rule || all[0].Then.Rule != c.rule || all[0].Now.Allow != (c.rule == "share.consent.given") {
			t.Errorf("%s: %+v, want %s", name, all, c.rule)
		}
		if all[0].Now.Rule == "share.field.unknown" && !strings.Contains(all[0].Now.Reason, "health_note") {
			t.Errorf("%s: nobody sees which: %s", name, all[0].Now.Reason)
		}
	}
}

// TestLawfulFieldGone: a field that the row had when it was sent, and has no more
// in a version that tells of it again, was known.
func TestLawfulFieldGone(t *testing.T) {
	b := newBench(t).register()
	r := subscriber("a", address(1), cdp.ConsentGiven, day(2))
	at := b.now.Add(-time.Minute)
	b.admit(shared(r, "mailer", "newsletter", at, "email", "given_name"))
	b.now = b.now.Add(time.Hour)
	gone := later(r, b.now)
	gone.Attributes = nil
	b.admit(shared(gone, "mailer", "newsletter", at, "email", "given_name"))
	all, _ := b.lawful(cdp.LawfulFilter{})
	if len(all) != 1 || !all[0].Now.Allow {
		t.Errorf("%+v", all)
	}
}

// TestLawfulByRegisterOfThen: who was one person when something was sent is
// judged by the register of then, also where one in force since parts them.
func TestLawfulByRegisterOfThen(t *testing.T) {
	b := newBench(t).register()
	b.now = time.Date(2026, 5, 20, 9, 0, 0, 0, time.UTC)
	other := record("store.pos", "p1", ident(cdp.KindEmail, "other@example.net")) // at which the person objected
	other = said(said(other, "newsletter", cdp.ConsentObjected, day(3)), "profile", cdp.ConsentGiven, day(2))
	other.Claims = append(other.Claims, cdp.Claim{Identifier: mail, Strength: cdp.LinkStrong})
	other = said(other, "profile", cdp.ConsentGiven, day(2))
	other.Consents[2].Endpoint = mail
	sent := said(said(record("shop.orders", "o1", mail), "newsletter", cdp.ConsentGiven, day(2)), "profile", cdp.ConsentGiven, day(2))
	sent.Consents[0].Method = "written"
	b.admit(other, shared(sent, "mailer", "newsletter", b.now, "email"))
	if one, other := b.profile("store.pos", "p1"), b.profile("shop.orders", "o1"); one != other {
		t.Fatal("they are two from the beginning")
	}
	b.now = time.Date(2026, 6, 5, 9, 0, 0, 0, time.UTC)
	if _, err := b.d.Activate(t.Context(), "second", secondRegister(t), nil); err != nil { // the shop belongs to another controller
		t.Fatal(err)
	}
	b.ticks()
	if one, other := b.profile("store.pos", "p1"), b.profile("shop.orders", "o1"); one == other {
		t.Fatal("they are one still")
	}
	all, _ := b.lawful(cdp.LawfulFilter{})
	if len(all) != 1 || !strings.HasSuffix(all[0].Then.Rule, "marketing.objected") || all[0].Now.Rule == all[0].Then.Rule {
		t.Errorf("%+v", all)
	}
}

// TestLawfulOfDeleted: what was disclosed of a row is judged again also when its
// source has deleted it since.
func TestLawfulOfDeleted(t *testing.T) {
	b := newBench(t).register()
	b.admit(shared(record("shop.orders", "o1", mail), "adserver", "newsletter", day(3), "email"))
	before, _ := b.lawful(cdp.LawfulFilter{Unlawful: true})
	gone := later(record("shop.orders", "o1", mail), day(20))
	gone.Deleted = true
	b.admit(gone)
	after, sum := b.lawful(cdp.LawfulFilter{Unlawful: true})
	if len(before) != 1 || len(after) != 1 || sum.Shares != 1 || after[0].Now.Allow || after[0].Share.Record != before[0].Share.Record || after[0].Profile != 0 {
		t.Errorf("before %+v, after %+v", before, after)
	}
}
