package ui

import (
	"context"
	"fmt"

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
	for _, n := range []int{100, 118, 120} {
		out = append(out, cdp.LintRun{Counts: []cdp.LintCount{{Rule: "SHARE_AFTER_WITHDRAWAL", Open: n}}})
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
