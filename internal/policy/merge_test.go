package policy

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"cdp-tui/internal/cdp"

	"pgregory.net/rapid"
)

var anyKey = genEvent([]cdp.Identifier{mail, phone, card}, []cdp.PurposeID{"newsletter", "newsletter", "profile", ""})

// TestMergeIsALattice: the order and grouping in which histories come together,
// and how often, do not matter (N20).
func TestMergeIsALattice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) []cdp.Consent { return rapid.SliceOfN(anyKey, 0, 5).Draw(t, name) }
		a, b, c := draw("a"), draw("b"), draw("c")
		same := func(law string, x, y []cdp.Consent) {
			if !reflect.DeepEqual(x, y) {
				t.Fatalf("not %s:\n%+v\n%+v", law, x, y)
			}
		}
		same("commutative", Merge(a, b), Merge(b, a))
		same("associative", Merge(Merge(a, b), c), Merge(a, Merge(b, c)))
		same("idempotent", Merge(Merge(a, b), Merge(a, b)), Merge(a, b))
		same("neutral for nothing", Merge(a, nil), Merge(a))
		for _, e := range slices.Concat(a, b) {
			if !slices.ContainsFunc(Merge(a, b), func(f cdp.Consent) bool { return compare(&e, &f) == 0 }) {
				t.Fatalf("an event was dropped: %+v", e)
			}
		}
	})
}

// TestMergeNeverCreatesPermission: what is permitted after two histories of one
// endpoint come together was permitted by one of them; and the answer of
// several endpoints is the most restrictive that one of them gives.
func TestMergeNeverCreatesPermission(t *testing.T) {
	reg := termsRegister(t)
	rapid.Check(t, func(t *rapid.T) {
		now := genTime(t)
		terms := Terms{}
		if rapid.Bool().Draw(t, "register") {
			terms.Register = reg
		}
		a, b := rapid.SliceOfN(oneKey, 0, 5).Draw(t, "a"), rapid.SliceOfN(oneKey, 0, 5).Draw(t, "b")
		if terms.Register != nil { // the request of a double opt-in from one source, its confirmation from another: both are needed
			a = slices.DeleteFunc(a, func(c cdp.Consent) bool { return c.State == cdp.ConsentPending })
		}
		valid := func(events []cdp.Consent) bool { return terms.Fold(events, now).State.ValidForProcessing() }
		if valid(Merge(a, b)) && !valid(a) && !valid(b) {
			t.Fatalf("together they permit: %+v", terms.Fold(Merge(a, b), now))
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		now := genTime(t)
		all := rapid.SliceOfN(anyKey, 0, 8).Draw(t, "events")
		ends := []cdp.Identifier{mail, phone, card}
		whole := Terms{}.Answer(ends, all, "newsletter", "lindenhof", now)
		worst := 0
		for _, e := range ends {
			own := slices.DeleteFunc(slices.Clone(all), func(c cdp.Consent) bool { return !c.Endpoint.Same(e) })
			worst = max(worst, severity(Terms{}.Answer([]cdp.Identifier{e}, own, "newsletter", "lindenhof", now).State))
		}
		if severity(whole.State) != worst {
			t.Fatalf("together %q, the most restrictive has severity %d", whole.State, worst)
		}
		if again := (Terms{}).Answer(ends, rapid.Permutation(all).Draw(t, "order"), "newsletter", "lindenhof", now); !reflect.DeepEqual(again, whole) {
			t.Fatalf("order matters:\n%+v\n%+v", again, whole)
		}
	})
}

// Anomalies of other systems, as mission.md found them in their code and
// manuals: each would be a way to lose a no or to make a yes.

func answerOf(events ...cdp.Consent) Answer {
	return Terms{}.Answer([]cdp.Identifier{mail, phone}, events, "newsletter", "lindenhof", at("2026-05-10"))
}

func atPhone(c *cdp.Consent) { c.Endpoint = phone }

// Unomi deletes REVOKED consents from the profile when profiles merge.
func TestUnomiDropsRevoked(t *testing.T) {
	events := Merge([]cdp.Consent{ev(cdp.ConsentGiven, "2026-01-01"), ev(cdp.ConsentRevoked, "2026-02-01")}, []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-15")})
	if s := Fold(events, at("2026-05-10")); s.State != cdp.ConsentRevoked || len(s.Events) != 3 {
		t.Errorf("%q with %d events; want revoked, and all three kept", s.State, len(s.Events))
	}
}

// Unomi takes the newest statusDate of the merged profiles.
func TestUnomiNewestStatusWins(t *testing.T) {
	a := answerOf(ev(cdp.ConsentRefused, "2026-01-01"), ev(cdp.ConsentGiven, "2026-02-01", atPhone))
	if a.State != cdp.ConsentRefused || !a.Conflict || len(a.Standings) != 2 {
		t.Errorf("%q, conflict %v; want refused, a conflict, both shown", a.State, a.Conflict)
	}
}

// Unomi removes the master's expired consent and does not take the other
// profile's; and fails on a consent without an end.
func TestUnomiExpiredMaster(t *testing.T) {
	a := answerOf(ev(cdp.ConsentGiven, "2025-01-01", until("2026-01-01")), ev(cdp.ConsentGiven, "2026-02-01", atPhone))
	if a.State != cdp.ConsentExpired || !a.Conflict {
		t.Errorf("%q, conflict %v; want expired and a conflict", a.State, a.Conflict)
	}
	for _, s := range a.Standings {
		if s.Endpoint.Same(phone) && !s.State.ValidForProcessing() {
			t.Errorf("the phone's own consent is %q", s.State)
		}
	}
}

// Tracardi unites the consents of merged profiles key by key: one side's
// statement replaces the other's.
func TestTracardiUnionOfDicts(t *testing.T) {
	for _, list := range [][]cdp.Consent{
		{ev(cdp.ConsentWithdrawn, "2026-03-01"), ev(cdp.ConsentGiven, "2026-02-01", atPhone)},
		{ev(cdp.ConsentGiven, "2026-02-01", atPhone), ev(cdp.ConsentWithdrawn, "2026-03-01")},
	} {
		if a := answerOf(list...); a.State != cdp.ConsentWithdrawn {
			t.Errorf("%q, want withdrawn whichever comes first", a.State)
		}
	}
}

// RudderStack and Segment let an event without consent information flow to
// every destination.
func TestRudderStackNoConsentGoesEverywhere(t *testing.T) {
	reg := example(t)
	for _, r := range reg.Recipients {
		v := Decide(Question{Act: Share, Source: from("newsletter"), Activity: "newsletter.send", Recipient: r.ID, At: at("2026-05-10")}, Facts{Register: reg})
		if v.Allow {
			t.Errorf("without any statement it goes to %s", r.ID)
		}
	}
	v := Decide(Question{Act: Share, Source: from("newsletter"), Activity: "newsletter.send", Recipient: "mailer", At: at("2026-05-10")}, Facts{Register: reg})
	if v.Rule != "share.consent.absent" {
		t.Errorf("%s: absence is told apart from a no", v.Rule)
	}
}

// Segment reads an empty consent object as "all false" and lets a missing one
// through; here absent, empty and explicit are three answers, of which one
// permits.
func TestSegmentEmptyAndMissing(t *testing.T) {
	reg := example(t)
	said := func(events ...cdp.Consent) cdp.Verdict {
		return Decide(Question{Act: Share, Source: from("newsletter"), Activity: "newsletter.send", Recipient: "mailer", At: at("2026-05-10")}, Facts{Register: reg, Consents: events})
	}
	doi := method("double opt-in")
	for rule, v := range map[string]cdp.Verdict{
		"share.consent.absent": said(), "share.consent.empty": said(ev(cdp.ConsentEmpty, "2026-01-01")),
		"share.consent.given": said(ev(cdp.ConsentGiven, "2026-01-01", doi)), "share.consent.refused": said(ev(cdp.ConsentRefused, "2026-01-01")),
	} {
		if v.Rule != rule {
			t.Errorf("%s, want %s", v.Rule, rule)
		}
	}
	if v := said(ev(cdp.ConsentGiven, "2026-01-01", doi), ev(cdp.ConsentEmpty, "2026-02-01")); v.Allow {
		t.Error("an empty object that comes later leaves the permission standing")
	}
}

// Segment lets the latest statement of a device win, and writes the word
// "conflict" where profiles disagree.
func TestSegmentLatestWinsAndConflict(t *testing.T) {
	if s := Fold([]cdp.Consent{ev(cdp.ConsentGiven, "2026-01-01"), ev("conflict", "2026-02-01")}, at("2026-05-10")); s.State.ValidForProcessing() {
		t.Errorf("the word conflict leaves %q", s.State)
	}
	if a := answerOf(ev(cdp.ConsentRefused, "2026-01-01", atPhone), ev(cdp.ConsentGiven, "2026-03-01")); a.State.ValidForProcessing() || !a.Conflict {
		t.Errorf("the later yes of another endpoint makes %q", a.State)
	}
}

// mParticle's ccpa.data_sale_opt_out says consented: true for an opt-out. A
// statement under that regulation is none under this one, whichever way it was
// read.
func TestMParticleInvertedFlag(t *testing.T) {
	reg := example(t)
	for _, state := range []cdp.ConsentState{cdp.ConsentGiven, cdp.ConsentObjected} {
		v := Decide(Question{Act: Share, Source: from("newsletter"), Activity: "newsletter.send", Recipient: "mailer", At: at("2026-05-10")},
			Facts{Register: reg, Consents: []cdp.Consent{ev(state, "2026-01-01", method("double opt-in"), under("ccpa"))}})
		if v.Rule != "share.consent.absent" {
			t.Errorf("%q under ccpa gives %s", state, v.Rule)
		}
	}
}

// Didomi: an event under CPRA silently overwrites the consent under the GDPR.
func TestDidomiRegulationOverwrite(t *testing.T) {
	list := Standings([]cdp.Consent{ev(cdp.ConsentRefused, "2026-01-01"), ev(cdp.ConsentGiven, "2026-03-01", under("cpra"))}, at("2026-05-10"))
	if len(list) != 2 || list[1].State != cdp.ConsentRefused {
		t.Errorf("%+v; want both, the refusal under the GDPR as it was", list)
	}
	if a := (Terms{Register: example(t)}).Answer([]cdp.Identifier{mail}, Merge(list[0].Events, list[1].Events), "newsletter", "lindenhof", at("2026-05-10")); a.State != cdp.ConsentRefused {
		t.Errorf("together %q, want refused", a.State)
	}
}

// Google Consent Mode: "default: denied" before a choice is no refusal; a state
// that was only asked for neither permits nor stands against asking.
func TestGoogleDefaultDeniedIsNoRefusal(t *testing.T) {
	reg := termsRegister(t)
	asked := []cdp.Consent{ev(cdp.ConsentRequested, "2026-05-01")}
	s := Terms{Register: reg}.Fold(asked, at("2026-05-10"))
	if s.State.Restrictive() || s.State.ValidForProcessing() || !reg.AskAgain(asked, at("2026-05-10")).IsZero() {
		t.Errorf("%q: neither yes nor no", s.State)
	}
	if reg.AskAgain([]cdp.Consent{ev(cdp.ConsentRefused, "2026-05-01")}, at("2026-05-10")).IsZero() {
		t.Error("a refusal does not stand against asking again")
	}
}

// TCF: a legitimate-interest bit of 0 says "not established, or objected". An
// importer can only state it as unreadable: it ends a permission and is no
// refusal.
func TestTCFLegitimateInterestZero(t *testing.T) {
	s := Fold([]cdp.Consent{ev(cdp.ConsentUnreadable, "2026-05-01")}, at("2026-05-10"))
	if s.State.ValidForProcessing() || s.State.Restrictive() {
		t.Errorf("%q: neither yes nor no", s.State)
	}
}

// carpentries/amy#2597: which consents win when one of the merged has none. A
// silent endpoint does not refuse, and the other's yes is none for it.
func TestMergeWithOneThatSaidNothing(t *testing.T) {
	a := answerOf(ev(cdp.ConsentGiven, "2026-01-01"))
	if a.State != cdp.ConsentGiven || a.Conflict || len(a.Silent) != 1 || !a.Silent[0].Same(phone) {
		t.Errorf("%q, conflict %v, silent %v", a.State, a.Conflict, a.Silent)
	}
	if s := Fold([]cdp.Consent{ev(cdp.ConsentGiven, "", func(c *cdp.Consent) { c.At = time.Time{} })}, at("2026-05-10")); s.State != cdp.ConsentGiven {
		t.Errorf("a consent without an end or time is %q", s.State)
	}
}
