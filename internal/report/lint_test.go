package report

import (
	"io"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
)

// escapes is text that a terminal would obey.
const escapes = "\x1b[2J=list\u202e"

func lintReport() cdp.LintReport {
	rule := func(id string, s cdp.Severity) cdp.LintRule {
		return cdp.LintRule{ID: id, Severity: s, Room: "record", Article: "Art. 7(3)", Title: "Sent on after the consent was withdrawn", Why: "The recipient got data for a purpose for which the consent had been withdrawn.",
			Todo: "Tell the recipient.", Query: "source:{source}", Numbers: []cdp.LintNumber{{Name: "swap_window", Value: "P30D", Cite: "house rule"}}}
	}
	shared := cdp.Finding{LintRule: rule("SHARE_AFTER_WITHDRAWAL", cdp.High), Open: 1234, Muted: 1, Before: 1300, Search: "source:mailer.reports",
		Sources: []cdp.SourceFindings{{Source: "mailer.reports", Open: 1234, Muted: 1}, {Source: escapes}},
		Refs: []cdp.FindingRef{{Ref: cdp.Ref{Kind: "record", ID: "R-0000012"}, Profile: 7, Source: "mailer.reports", At: at("2026-08-01T08:00:00Z"), Facts: []string{"recipient=letterwing", "rule=use.consent.withdrawn"}},
			{Ref: cdp.Ref{Kind: "activity", ID: escapes}, Facts: []string{escapes}, Muted: "in clarification " + escapes}}}
	first := cdp.Finding{LintRule: rule("DECLARED_UNSEEN", cdp.Notice), Open: 3, Before: -1}
	return cdp.LintReport{At: at("2026-08-24T14:32:00Z"), Register: "9451f33f3504bb530000", Rules: "defaults 1@ad358abe1507", Records: 1_000_000, Profiles: 620_114, Quarantined: 59, Only: "source mailer.reports",
		Findings: []cdp.Finding{shared, first, {LintRule: rule("NO_BASIS", cdp.Medium)}}}
}

func lintRuns() []cdp.LintRun {
	return []cdp.LintRun{{At: at("2026-08-23T14:32:00Z"), Register: "9451f33f3504bb530000", Rules: "defaults 1@ad358abe1507", Records: 999_000, Profiles: 600_000,
		Counts: []cdp.LintCount{{Rule: "DECLARED_UNSEEN", Open: 3}, {Rule: "SHARE_AFTER_WITHDRAWAL", Open: 1300, Muted: 1}}},
		{At: at("2026-08-24T14:32:00Z"), Rules: "defaults 1@ad358abe1507", Records: 1_000_000}}
}

func mutes() []cdp.Mute {
	return []cdp.Mute{{Rule: "RETENTION_PASSED", Object: cdp.Ref{Kind: "source", ID: "web.sessions"}, Reason: "deletion is ordered", By: "officer", At: at("2026-08-24T14:32:00Z"), Until: at("2027-01-01T00:00:00Z")},
		{Rule: "NO_BASIS", Object: cdp.Ref{Kind: "record", ID: escapes}, Reason: escapes, By: escapes}}
}

func ropa() cdp.Ropa {
	item := func(name string, declared bool, seen int) []cdp.RopaItem {
		return []cdp.RopaItem{{Name: name, Declared: declared, Seen: seen}}
	}
	return cdp.Ropa{At: at("2026-08-24T14:32:00Z"), Name: "Lindenhof <group>", Register: "9451f33f3504bb530000", Owner: "data protection office",
		Controllers: []cdp.RopaController{{ID: "lindenhof", Name: "Lindenhof AG", Country: "DE", Contact: "dpo@office.example"}},
		Rows: []cdp.RopaRow{
			{Activity: "news.send", Function: "marketing", Purpose: "newsletter", Title: "Newsletter", Controller: "lindenhof", Subjects: []string{"customers"}, Categories: append(item("user.name", true, 12), item("user.contact", true, 0)...),
				Recipients: item("Letterwing Inc.", true, 3), Sources: item("newsletter", true, 12), Contracts: []string{"Letterwing Inc.: DPA 2025"}, Countries: []string{"US"}, Safeguards: []string{"Letterwing Inc.: A46-2-c"},
				Retention: "P3Y from collection", Law: "BGB §195", Measures: []string{"dpv:EncryptionAtRest"}, Basis: cdp.BasisConsent, Rights: []string{"access", "withdraw consent"}, Location: []string{"DE"},
				Records: 12, Late: 2, Adhered: "no", Reason: "2 records held past the period"},
			{Activity: "ads", Purpose: "ads", Title: "=1+SUM(2)", Basis: cdp.BasisLegitimate, Interest: "selling", Balancing: "LIA-1 of 2024-01-01", DPIA: "yes", DPIAState: "not finished", DPIARef: "D-1", Adhered: "unknown"},
			{Sources: item("wlan", false, 24), Categories: item("user.device", false, 24), Recipients: item("<b>klickpartner</b> for ads", false, 1), Purposes: item(escapes, false, 7), Adhered: "unknown"},
		}}
}

func breachScope() cdp.Breach {
	return cdp.Breach{Question: cdp.BreachQuestion{Source: "shop.de", From: at("2026-08-01T00:00:00Z"), To: at("2026-08-24T00:00:00Z"), Aware: at("2026-08-23T10:00:00Z")}, At: at("2026-08-24T14:32:00Z"),
		Due: at("2026-08-26T10:00:00Z"), Left: 43*time.Hour + 28*time.Minute, Law: "GDPR Art. 33(1)", Persons: 12_345, Unresolved: 2, Records: 20_000, WithSpecial: 3, Minors: 1, AgeUnknown: 12_000,
		Categories: []cdp.BreachCount{{Name: "user.name", Persons: 12_345}, {Name: escapes, Persons: 1}}, Special: []cdp.BreachCount{{Name: "health", Persons: 3}}, Countries: []cdp.BreachCount{{Name: "DE", Persons: 12_340}, {Persons: 5}},
		Recipients: []cdp.BreachRecipient{{Recipient: "paket", Persons: 9, Shares: 10, Last: at("2026-08-20T10:00:00Z")}}}
}

func lintTexts() []rendering {
	late := breachScope()
	late.Question.Source, late.Question.Recipient, late.Left, late.Unresolved = "", "letterwing", -61*time.Minute, 0
	r := lintReport()
	var rules []cdp.LintRule
	for _, f := range r.Findings {
		rules = append(rules, f.LintRule)
	}
	return []rendering{
		{"lint", func(w io.Writer, o Options) error { return Lint(w, r, 0, o) }},
		{"lint-refs", func(w io.Writer, o Options) error { return Lint(w, r, 1, o) }},
		{"lint-rule", func(w io.Writer, o Options) error { return LintRule(w, rules[0], o) }},
		{"lint-rules", func(w io.Writer, o Options) error { return LintRules(w, rules, o) }},
		{"lint-trend", func(w io.Writer, o Options) error { return LintTrend(w, lintRuns(), rules, "", o) }},
		{"lint-trend-rule", func(w io.Writer, o Options) error {
			return LintTrend(w, lintRuns(), rules, "SHARE_AFTER_WITHDRAWAL", o)
		}},
		{"lint-trend-none", func(w io.Writer, o Options) error { return LintTrend(w, nil, rules, "", o) }},
		{"ropa", func(w io.Writer, o Options) error { return Ropa(w, ropa(), o) }},
		{"breach", func(w io.Writer, o Options) error { return Breach(w, breachScope(), o) }},
		{"breach-late", func(w io.Writer, o Options) error { return Breach(w, late, o) }},
		{"breach-unaware", func(w io.Writer, o Options) error { return Breach(w, cdp.Breach{}, o) }},
		{"mutes", func(w io.Writer, o Options) error { return Mutes(w, page1(mutes()), o) }},
	}
}

func lintMachines() []rendering {
	j := func(write func(*JSON) error) func(io.Writer, Options) error {
		return func(w io.Writer, o Options) error { return write(NewJSON(w, o)) }
	}
	return []rendering{
		{"lint.json", j(func(j *JSON) error { return j.Lint(lintReport()) })},
		{"lint-rules.json", j(func(j *JSON) error { return j.LintRules([]cdp.LintRule{lintReport().Findings[0].LintRule}) })},
		{"lint-trend.json", j(func(j *JSON) error { return j.LintRuns(lintRuns()) })},
		{"breach.json", j(func(j *JSON) error { return j.Breach(breachScope()) })},
		{"breach-person.json", j(func(j *JSON) error {
			return j.BreachPerson(cdp.BreachPerson{Profile: 7, Record: 12, Records: 2, Country: "DE", Language: "de", Minor: "no", Special: []string{"health"}, Endpoints: []cdp.Identifier{ident(cdp.KindEmail, mail, 1)}})
		})},
		{"ropa.json", j(func(j *JSON) error { return j.Ropa(ropa()) })},
		{"ropa.csv", func(w io.Writer, _ Options) error { return RopaCSV(w, ropa()) }},
		{"mutes.json", j(func(j *JSON) error { return j.Mutes(mutes()) })},
	}
}

// The page of the record holds no markup that a name brought along.
func TestRopaHTML(t *testing.T) {
	var b strings.Builder
	if err := RopaHTML(&b, ropa(), Options{}); err != nil {
		t.Fatal(err)
	}
	out := b.String()
	if wrong := hygiene(out, 0); wrong != "" {
		t.Error(wrong)
	}
	if strings.Contains(out, "<b>") || strings.Contains(out, "<group>") || strings.Count(out, `class="red"`) != 4 || strings.Count(out, "<th>") != 30 {
		t.Errorf("%d red cells, %d columns", strings.Count(out, `class="red"`), strings.Count(out, "<th>"))
	}
	golden(t, "ropa.html", out)
}
