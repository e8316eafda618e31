package policy

import (
	"slices"
	"testing"

	"cdp-tui/internal/cdp"
)

// TestGateCriminal: gdpr.md 1.1, Art. 10: what a free text says about a
// conviction waits in quarantine, for a bounded time, and leaves it by itself
// when a law is named.
func TestGateCriminal(t *testing.T) {
	reg := amended(t)
	s := Subject{Source: from("shop"), RecordAt: at("2026-04-01"), Recorded: at("2026-04-01"), Claims: claims(mail),
		Attributes: []cdp.Attribute{{Name: "note", Category: "user.contact", Special: "criminal", Value: "x"}}}
	r := Admit(s, reg, at("2026-05-10"))
	if r.Outcome != cdp.Quarantined || r.Verdict.Rule != "hold.criminal" || r.Claims[0].Allow {
		t.Errorf("%s by %s, linked %v; want quarantined and not linked", r.Outcome, r.Verdict.Rule, r.Claims[0].Allow)
	}
	if end := reg.QuarantineEnd(at("2026-05-10")); !end.Equal(at("2026-06-09")) || Todo(r.Verdict) == "" {
		t.Errorf("until %s, to do: %q", end, Todo(r.Verdict))
	}
	if again := Admit(s, reg, at("2026-05-10")); again.Outcome != r.Outcome || again.Verdict.Rule != r.Verdict.Rule {
		t.Error("replayed, the decision is another")
	}
	lawful := amended(t, "    recipients: []\n", "    recipients: []\n    condition: A10\n    condition_law: StPO §484\n")
	if r := Admit(s, lawful, at("2026-05-10")); r.Outcome != cdp.Linked {
		t.Errorf("with its law: %s by %s", r.Outcome, r.Verdict.Rule)
	}
	s.Attributes[0].Special = "health" // Art. 9: held, shown, and stripped at the gate out
	if r := Admit(s, reg, at("2026-05-10")); r.Outcome != cdp.Linked || !slices.Contains(r.Findings, FindingSpecial+": health") {
		t.Errorf("health: %s, %v", r.Outcome, r.Findings)
	}
}

// TestGateChild: the record's own birth date and country decide on a consent;
// the parent's statement releases it.
func TestGateChild(t *testing.T) {
	reg := amended(t, "basis: contract\n    contract: {ref: Terms, evidence: source}", "basis: consent")
	yes := ev(cdp.ConsentGiven, "2026-05-01", purpose("orders"))
	s := Subject{Source: from("shop"), RecordAt: at("2026-04-01"), Recorded: at("2026-04-01"), Claims: claims(mail), Consents: []cdp.Consent{yes},
		Attributes: []cdp.Attribute{{Category: categoryBirth, Value: "2012-08-14"}, {Category: categoryCountry, Value: "RO"}}}
	r := Admit(s, reg, at("2026-05-10"))
	if r.Outcome != cdp.Quarantined || r.Verdict.Rule != "hold.consent.invalidated" || r.Verdict.Article != "Art. 8(1)" || !slices.Contains(r.Findings, FindingChild) {
		t.Errorf("%s by %s (%s), findings %v", r.Outcome, r.Verdict.Rule, r.Verdict.Article, r.Findings)
	}
	parent := yes
	parent.Speaker, parent.At = cdp.ByParent, at("2026-05-02")
	s.Consents = append(s.Consents, parent)
	if r := Admit(s, reg, at("2026-05-10")); r.Outcome != cdp.Linked {
		t.Errorf("with a parent's consent: %s by %s", r.Outcome, r.Verdict.Rule)
	}
	s.Consents, s.Born = []cdp.Consent{yes}, at("2013-01-01")
	s.Attributes = nil
	if r := Admit(s, reg, at("2026-05-10")); r.Outcome != cdp.Quarantined {
		t.Errorf("a birth date known elsewhere: %s", r.Outcome)
	}
}

// TestGateBirth: a birth date that can not be read, or in two ways, is a finding
// and never an adult; where one that could be a child's decides, no consent is
// relied on that nobody with parental responsibility gave.
func TestGateBirth(t *testing.T) {
	reg := amended(t, "basis: contract\n    contract: {ref: Terms, evidence: source}", "basis: consent")
	yes := ev(cdp.ConsentGiven, "2026-05-01", purpose("orders"))
	for _, tc := range []struct {
		born    string
		outcome cdp.Outcome
		rule    string
		finding string
	}{
		{"03.04.2012", cdp.Quarantined, "hold.consent.invalidated", ""},
		{"2012/04/03", cdp.Quarantined, "hold.consent.invalidated", ""},
		{"03.04.1989", cdp.Linked, "link.consent.given", ""},
		{"3/4/2012", cdp.Quarantined, "hold.consent.invalidated", BirthAmbiguous},
		{"5/1/2010", cdp.Quarantined, "hold.consent.invalidated", BirthAmbiguous}, // 5 January: 16; May 1: 15 and 364 days
		{"3/4/1989", cdp.Linked, "link.consent.given", BirthAmbiguous},            // of age by both
		{"thirteen", cdp.Quarantined, "hold.consent.unreadable", BirthUnreadable},
		{"1900-01-01", cdp.Quarantined, "hold.consent.unreadable", BirthUnreadable},
		{"", cdp.Linked, "link.consent.given", ""},
	} {
		yes.At = at("2026-04-30")
		s := Subject{Source: from("shop"), RecordAt: at("2026-04-01"), Recorded: at("2026-04-01"), Claims: claims(mail), Consents: []cdp.Consent{yes},
			Attributes: []cdp.Attribute{{Category: categoryBirth, Value: cdp.Value(tc.born)}, {Category: categoryCountry, Value: "RO"}}}
		r := Admit(s, reg, at("2026-05-10"))
		found := slices.Contains(r.Findings, FindingBirth+": "+tc.finding)
		if r.Outcome != tc.outcome || r.Verdict.Rule != tc.rule || found != (tc.finding != "") {
			t.Errorf("%q: %s by %s, findings %v; want %s by %s, %q", tc.born, r.Outcome, r.Verdict.Rule, r.Findings, tc.outcome, tc.rule, tc.finding)
		}
	}
}

// TestGateFlags: bundled and conditional consents are shown, not undone: whether
// they were freely given is for a person to judge (Art. 7(2), (4)).
func TestGateFlags(t *testing.T) {
	reg := amended(t, "basis: contract\n    contract: {ref: Terms, evidence: source}", "basis: consent")
	s := Subject{Source: from("shop"), RecordAt: at("2026-04-01"), Recorded: at("2026-04-01"), Claims: claims(mail),
		Consents: []cdp.Consent{ev(cdp.ConsentGiven, "2026-03-01", purpose("orders"), func(c *cdp.Consent) { c.Bundled, c.Conditional = true, true })}}
	r := Admit(s, reg, at("2026-05-10"))
	if r.Outcome != cdp.Linked || !slices.Contains(r.Findings, FindingBundled) || !slices.Contains(r.Findings, FindingConditional) {
		t.Errorf("%s, findings %v", r.Outcome, r.Findings)
	}
	s.Consents = append(s.Consents, ev(cdp.ConsentRenewed, "2026-04-01", purpose("orders")))
	if r := Admit(s, reg, at("2026-05-10")); slices.Contains(r.Findings, FindingBundled) || slices.Contains(r.Findings, FindingConditional) {
		t.Errorf("renewed by itself: %v", r.Findings)
	}
}
