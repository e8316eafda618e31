package ui

import (
	"context"
	"fmt"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
)

func (f *fakeDesk) Lint(ctx context.Context, _ cdp.LintFilter, _ func(int)) (cdp.LintReport, error) {
	rule := func(id, title string, s cdp.Severity, open, muted, before int) cdp.Finding {
		return cdp.Finding{LintRule: cdp.LintRule{ID: id, Severity: s, Article: "Art. 7(3)", Title: title, Why: "The recipient got data for a purpose for which the consent had been withdrawn.",
			Todo: "Tell the recipient to erase what came after.", Numbers: []cdp.LintNumber{{Name: "swap_window", Value: "P30D", Cite: "house rule"}}}, Open: open, Muted: muted, Before: before}
	}
	shared := rule("SHARE_AFTER_WITHDRAWAL", "Sent on after the consent was withdrawn", cdp.High, 120, 1, 118)
	shared.Sources, shared.Search = []cdp.SourceFindings{{Source: "mailer.reports", Open: 120, Muted: 1}}, "source:mailer.reports"
	for i := range 120 {
		shared.Refs = append(shared.Refs, cdp.FindingRef{Ref: cdp.Ref{Kind: "record", ID: cdp.RecordID(1188 + i).String()}, Profile: 42117, Source: "mailer.reports", At: ago(day),
			Facts: []string{"recipient=letterwing", fmt.Sprint("share=", i), "purpose=newsletter", "state=withdrawn"}})
	}
	shared.Refs = append(shared.Refs, cdp.FindingRef{Ref: cdp.Ref{Kind: "source", ID: "mailer.reports"}, Source: "mailer.reports", Muted: "in clarification"})
	tool := rule("TRANSFER_NO_TOOL", "Recipient in a third country without a transfer tool", cdp.High, 1, 0, 1)
	tool.Refs = []cdp.FindingRef{{Ref: cdp.Ref{Kind: "recipient", ID: "adserver"}, Facts: []string{"country=US", hostile}}}
	f.mu.Lock()
	if len(f.muted) > 0 {
		shared.Open, shared.Muted = 119, 2
	}
	f.mu.Unlock()
	return cdp.LintReport{Records: 1_000_000, Profiles: 620_114, Findings: []cdp.Finding{shared, tool, rule("NO_BASIS", "No basis for holding it", cdp.Medium, 59, 0, 70),
		rule("DECLARED_UNSEEN", "Declared, and never seen", cdp.Notice, 4, 0, -1), rule("BASIS_SWAP", "Other basis after a withdrawal", cdp.High, 0, 0, 0)}}, f.call(ctx, "Lint")
}

func (f *fakeDesk) LintRuns(ctx context.Context, _ int) ([]cdp.LintRun, error) {
	var out []cdp.LintRun
	for i, n := range []int{100, 118, 120} {
		out = append(out, cdp.LintRun{At: ago(3*time.Hour + time.Duration(2-i)*7*day), Counts: []cdp.LintCount{{Rule: "SHARE_AFTER_WITHDRAWAL", Open: n}}})
	}
	return out, f.call(ctx, "LintRuns")
}

func (f *fakeDesk) Mute(ctx context.Context, m cdp.Mute) error {
	if err := f.call(ctx, "Mute"); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.muted = append(f.muted, m)
	return nil
}

func (f *fakeDesk) LintRules() []cdp.LintRule {
	return []cdp.LintRule{{ID: "SHARE_AFTER_WITHDRAWAL", Severity: cdp.High}}
}

func (f *fakeDesk) Mutes(ctx context.Context) ([]cdp.Mute, error) {
	f.mu.Lock()
	list := []cdp.Mute{{Rule: "NO_BASIS", Object: cdp.Ref{Kind: "source", ID: "store.wlan"}, Reason: "ticket 12 " + hostile, By: "dpo", At: ago(9 * day), Until: ago(-9 * day)},
		{Rule: "SHARE_AFTER_WITHDRAWAL", Object: cdp.Ref{Kind: "source", ID: "mailer.reports"}, Reason: "in clarification", By: "dpo", At: ago(20 * day), Until: ago(day)}}
	list = slices.DeleteFunc(list, func(m cdp.Mute) bool { return slices.Contains(f.lifted, m.Rule) })
	f.mu.Unlock()
	return list, f.call(ctx, "Mutes")
}

func (f *fakeDesk) Unmute(ctx context.Context, rule string, object cdp.Ref, reason string) error {
	if err := f.call(ctx, "Unmute"); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lifted = append(f.lifted, rule, object.ID, reason)
	return nil
}

func (f *fakeDesk) Ropa(ctx context.Context, _ func(int)) (cdp.Ropa, error) {
	send := cdp.RopaRow{Activity: "newsletter.send", Function: "marketing", Purpose: "newsletter", Title: "Newsletter", Controller: "lindenhof", Basis: cdp.BasisConsent, Retention: "P3Y from consent end",
		Categories: []cdp.RopaItem{{Name: "user.contact.email", Declared: true, Seen: 812}, {Name: "user.behavior", Declared: true}}, Recipients: []cdp.RopaItem{{Name: "Letterwing Inc.", Declared: true, Seen: 410}},
		Sources: []cdp.RopaItem{{Name: "newsletter.members", Declared: true, Seen: 812}}, Countries: []string{"US"}, Safeguards: []string{"Letterwing Inc.: A46-2-c"},
		Rights: []string{"Withdraw consent (Art. 7(3))", "Portability (Art. 20)"}, Records: 812, Late: 3, Adhered: "no", Reason: "3 records held past the period"}
	idle := cdp.RopaRow{Activity: "textile.collection", Function: "stores", Purpose: "textiles", Title: "Old textiles " + hostile, Basis: cdp.BasisPublicTask, Adhered: "unknown"}
	red := cdp.RopaRow{Sources: []cdp.RopaItem{{Name: "store.wlan", Seen: 24}}, Categories: []cdp.RopaItem{{Name: "user.device", Seen: 24}}, Recipients: []cdp.RopaItem{{Name: "klickpartner for ads", Seen: 1}}}
	return cdp.Ropa{Register: "f00d", Rows: []cdp.RopaRow{send, idle, red}}, f.call(ctx, "Ropa")
}

func (f *fakeDesk) BreachScope(ctx context.Context, q cdp.BreachQuestion, each func(cdp.BreachPerson) error, _ func(int)) (cdp.Breach, error) {
	if each != nil {
		if err := each(cdp.BreachPerson{Profile: 42117}); err != nil {
			return cdp.Breach{}, err
		}
	}
	b := cdp.Breach{Question: q, At: start, Law: "GDPR Art. 33(1)", Persons: 4117, Unresolved: 12, Records: 9021, WithSpecial: 2, Minors: 31, AgeUnknown: 800,
		Categories: []cdp.BreachCount{{Name: "user.contact.email", Persons: 4117}}, Countries: []cdp.BreachCount{{Name: "DE", Persons: 4000}, {Persons: 117}},
		Recipients: []cdp.BreachRecipient{{Recipient: "letterwing " + hostile, Persons: 410, Shares: 977, Last: ago(day)}}}
	if !q.Aware.IsZero() {
		b.Due = q.Aware.Add(72 * time.Hour)
		b.Left = b.Due.Sub(start)
	}
	return b, f.call(ctx, "BreachScope")
}
