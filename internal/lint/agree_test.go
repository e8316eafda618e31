package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/lint"
	"cdp-tui/internal/policy"

	"pgregory.net/rapid"
)

// TestConsentAsTheGatesSeeIt: whatever was said, in whatever order, a rule on
// consents fires exactly where the gates see the same: CONSENT_STALE where they
// deny because the notice changed, MINOR_CONSENT because a child consented
// alone, CONSENT_PRETICKED because the box was ticked, the others where they
// permit and note what is doubtful; and none of them where a later no, an end or
// an answer to the new notice decides.
func TestConsentAsTheGatesSeeIt(t *testing.T) {
	states := []cdp.ConsentState{cdp.ConsentGiven, cdp.ConsentGiven, cdp.ConsentRenewed, cdp.ConsentPending, cdp.ConsentRefused, cdp.ConsentWithdrawn, cdp.ConsentRequested, cdp.ConsentExpired, cdp.ConsentUnreadable}
	seen := map[string]int{}
	rapid.Check(t, func(r *rapid.T) {
		w := versions(newWorld(t), "true")
		text, err := policy.Parse("register.yaml", []byte(w.register))
		if err != nil {
			r.Fatal(err)
		}
		born := rapid.SampledFrom([]string{"", "2010-05-01", "2012-08-14", "1980-01-01", "14.08.2012", "3/4/2012", "in spring"}).Draw(r, "born")
		country := rapid.SampledFrom([]string{"", "RO", "AT", "DE"}).Draw(r, "country")
		var attributes []cdp.Attribute
		for _, a := range []cdp.Attribute{{Name: "birth_date", Value: cdp.Value(born), Category: "user.demographic.date_of_birth"}, {Name: "country", Value: cdp.Value(country), Category: "user.contact.address.country"}} {
			if a.Value != "" {
				attributes = append(attributes, a)
			}
		}
		p := &lint.Profile{ID: 1}
		var events []cdp.Consent
		for i := range rapid.IntRange(1, 3).Draw(r, "records") {
			rec := &lint.Record{Record: cdp.Record{ID: cdp.RecordID(i + 1), Source: "letters", Key: fmt.Sprint(i), At: at("2026-10-01"), Recorded: at("2026-10-02"), Attributes: attributes,
				Claims: []cdp.Claim{{Identifier: email("a@post.test")}}}, Controller: "shop", Profile: 1}
			for range rapid.IntRange(1, 3).Draw(r, "events") {
				c := cdp.Consent{Endpoint: email("a@post.test"), Purpose: "news", Controller: "shop", Source: "letters", Record: rec.ID, Recorded: rec.Recorded,
					State: rapid.SampledFrom(states).Draw(r, "state"), At: at("2024-02-01").AddDate(0, rapid.IntRange(0, 36).Draw(r, "month"), 0),
					Notice: rapid.SampledFrom([]string{"", "N-1", "N-2", "N-9"}).Draw(r, "notice"), Speaker: rapid.SampledFrom([]cdp.Speaker{cdp.ByPerson, cdp.ByPerson, cdp.ByParent}).Draw(r, "speaker"),
					PreTicked: rapid.IntRange(0, 9).Draw(r, "ticked") == 0, Bundled: rapid.Bool().Draw(r, "bundled"),
					Conditional: rapid.Bool().Draw(r, "conditional")}
				if rapid.Bool().Draw(r, "proved") {
					c.Method, c.Language, c.Proof = "form", "de", cdp.Value(fmt.Sprint(i))
				}
				rec.Consents = append(rec.Consents, c)
				events = append(events, c)
			}
			p.Records = append(p.Records, rec)
		}
		if rapid.Bool().Draw(r, "superseded") {
			n := len(p.Records) - 1
			p.Records, p.Before = p.Records[:n], p.Records[n:]
		}
		facts := policy.Facts{Register: text, RecordAt: at("2026-10-01"), Recorded: at("2026-10-02"), Consents: events}
		if len(p.Records) > 0 { // of a version that is not current nobody reads the birth date
			who := policy.PersonOf(attributes)
			facts.Born, facts.Country, facts.BirthUnread = who.Born, who.Country, who.Unreadable()
		}
		for _, rec := range slices.Concat(p.Records, p.Before) {
			rec.Facts = facts
		}
		v := policy.Decide(policy.Question{Act: policy.Keep, Source: cdp.Source{ID: "letters", Controller: "shop"}, Activity: "news.send", At: now()}, facts)
		sub := policy.Subject{Source: cdp.Source{ID: "letters", Controller: "shop"}, RecordAt: facts.RecordAt, Recorded: facts.Recorded, Consents: events,
			Claims: []cdp.Claim{{Identifier: email("a@post.test")}}, Born: facts.Born, BirthUnread: facts.BirthUnread, Country: facts.Country}
		noted := policy.Admit(sub, text, now()).Findings
		for rule, means := range map[string]bool{
			"CONSENT_PRETICKED":   strings.Contains(v.Reason, "the box was ticked beforehand"),
			"CONSENT_BUNDLED":     slices.Contains(noted, policy.FindingBundled),
			"CONSENT_CONDITIONAL": slices.Contains(noted, policy.FindingConditional),
			"EVIDENCE_INCOMPLETE": slices.Contains(noted, policy.FindingIncomplete),
			"CONSENT_STALE":       strings.Contains(v.Reason, "the notice has materially changed"),
			"MINOR_CONSENT":       strings.Contains(v.Reason, "a child gave the consent without a parent"),
		} {
			run := lint.New(lint.Scope{Now: now(), Zone: time.UTC, Pack: lint.Defaults(), Register: text, Registers: []*policy.Register{text}}, cdp.LintFilter{Rule: rule}, nil)
			run.Profile(p)
			got := run.Finish(nil).Findings[0].Open
			if means {
				seen[rule]++
			}
			if want := map[bool]int{true: 1}[means]; got != want {
				r.Fatalf("%s fires %d times, and the gates say %s: %s", rule, got, v.Rule, v.Reason)
			}
		}
	})
	for _, rule := range []string{"CONSENT_STALE", "MINOR_CONSENT", "CONSENT_PRETICKED", "CONSENT_BUNDLED", "CONSENT_CONDITIONAL", "EVIDENCE_INCOMPLETE"} {
		if seen[rule] == 0 {
			t.Errorf("%s: no history led to it", rule)
		}
	}
}
