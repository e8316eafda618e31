package ui

import (
	"context"
	"time"

	"cdp-tui/internal/cdp"
)

func (f *fakeDesk) ShareTargets(ctx context.Context) ([]cdp.ShareTarget, error) {
	if f.noTargets {
		return nil, f.call(ctx, "ShareTargets")
	}
	return []cdp.ShareTarget{{Recipient: "letterwing", Name: "Letterwing Inc.", Kind: "processor", Country: "US", Purpose: "newsletter", Title: "Newsletter"},
		{Recipient: "adserver", Name: "Adserver Corp. " + hostile, Kind: "controller", Country: "US", Purpose: "advertising", Title: "Advertising"}}, f.call(ctx, "ShareTargets")
}

func fakeDisclosure() cdp.Disclosure {
	yes := cdp.Verdict{Allow: true, Rule: "share.consent.given", Reason: "May be sent on: the person consented.", Article: "Art. 6(1)(a)"}
	no := cdp.Verdict{Rule: "share.minimised", Reason: "May not be sent on: the purpose does not need it.", Article: "Art. 5(1)(c), 25"}
	return cdp.Disclosure{Profile: 42117, Verdict: yes, Fields: []cdp.FieldVerdict{{Field: "birth_date", Outcome: cdp.FieldStripped, Verdict: no, Records: []cdp.RecordID{1188}},
		{Field: "email", Verdict: yes, Records: []cdp.RecordID{1188}, Values: []cdp.Value{"m.weiss@lindenhof.test"}}}}
}

func (f *fakeDesk) SharePlan(ctx context.Context, ask cdp.Ask, _ func(int)) (cdp.SharePlan, error) {
	return cdp.SharePlan{Ask: ask, Profiles: 620_114, Allowed: 210_000, Denied: 410_114, Register: "f00d", Digest: "abad1dea",
		Rules: []cdp.RuleCount{{Outcome: cdp.FieldDenied, Rule: "share.consent.withdrawn", Article: "Art. 7(3)", Reason: "The person withdrew the consent.", Count: 410_114, Examples: []cdp.ProfileID{7, 9}},
			{Rule: "share.consent.given", Article: "Art. 6(1)(a)", Count: 210_000, Examples: []cdp.ProfileID{42117}}},
		Fields: []cdp.RuleCount{{Outcome: cdp.FieldStripped, Field: "birth_date", Rule: "share.minimised", Article: "Art. 5(1)(c), 25", Reason: "The purpose does not need it.", Count: 9},
			{Field: "email", Rule: "share.consent.given", Article: "Art. 6(1)(a)", Count: 210_000}}}, f.call(ctx, "SharePlan")
}

func (f *fakeDesk) ShareVerdicts(ctx context.Context, _ cdp.Ask, field, rule, after string, n int) (cdp.Page[cdp.Disclosure], error) {
	denied := cdp.Disclosure{Profile: 42118, Verdict: cdp.Verdict{Rule: "share.consent.withdrawn", Reason: "The person withdrew the consent.", Article: "Art. 7(3)"}}
	return cdp.Page[cdp.Disclosure]{Items: []cdp.Disclosure{fakeDisclosure(), denied}}, f.call(ctx, "ShareVerdicts")
}

func fakeNotice() cdp.Notification {
	at := time.Date(2026, 8, 20, 9, 0, 0, 0, time.UTC)
	return cdp.Notification{ID: 4, About: "a3a64ea6-75da-8ae4-a56e-939efff96829", Recipient: "letterwing", Purpose: "newsletter", Cause: cdp.CauseWithdrawal, Subject: ident(cdp.KindEmail, "m.weiss@lindenhof.test"),
		Record: 1188, Profile: 42117, Fields: []string{"email", "given_name"}, Share: "S-000003-0000001", Shared: at, Event: at, Rule: "consent withdrawn", State: cdp.NoticeFailed,
		Steps: []cdp.NoticeStep{{State: cdp.NoticeFailed, At: at, By: "file", Reason: "mailbox full " + hostile}}}
}

func (f *fakeDesk) Outbox(ctx context.Context, of cdp.OutboxFilter, after cdp.NoticeID, n int) ([]cdp.Notification, error) {
	f.outbox = of
	if after >= 5 {
		return nil, f.call(ctx, "Outbox")
	}
	fixed := fakeNotice()
	fixed.ID, fixed.Recipient, fixed.Cause, fixed.State, fixed.Profile = 5, "paket", cdp.CauseCorrection, cdp.NoticeDue, 0
	return []cdp.Notification{fakeNotice(), fixed}, f.call(ctx, "Outbox")
}

func (f *fakeDesk) MarkNotice(ctx context.Context, id cdp.NoticeID, state cdp.NoticeState, reason string) (cdp.Notification, error) {
	n := fakeNotice()
	n.State = state
	f.marked = append(f.marked, id.String()+" "+string(state)+": "+reason)
	return n, f.call(ctx, "MarkNotice")
}

func (f *fakeDesk) Drift(ctx context.Context, _ int, _ func(int)) (cdp.DriftReport, error) {
	n := fakeNotice()
	red := cdp.Drift{Notice: n, Holds: true, Open: 49 * time.Hour, After: []cdp.Share{{Recipient: "letterwing", Purpose: "newsletter", At: n.Event.Add(time.Hour), Fields: []string{"email"}}}}
	n.ID, n.Cause = 6, cdp.CauseObjection
	late := cdp.Drift{Notice: n, Holds: true, Open: 12 * time.Hour, Acked: &cdp.Known{Cause: cdp.CauseWithdrawal, Event: n.Event, At: n.Event.Add(time.Hour), Notice: 4}}
	return cdp.DriftReport{Items: []cdp.Drift{red, late}, Targets: []cdp.DriftTarget{{Recipient: "letterwing", Purpose: "newsletter", InStep: 7, Behind: 2, After: 1}}}, f.call(ctx, "Drift")
}
