package ui

import (
	"context"
	"fmt"
	"time"

	"cdp-tui/internal/cdp"
)

// lensDesk is the fake as it is looked at through a lens: a profile has one
// record, and nothing was shared.
type lensDesk struct {
	*fakeDesk
	lens cdp.Lens
}

func (f *lensDesk) Profile(ctx context.Context, id cdp.ProfileID) (cdp.Profile, error) {
	p, err := f.fakeDesk.Profile(ctx, id)
	p.Records, p.RecordCount, p.Consents = p.Records[:1], 1, nil
	return p, err
}

// Stats of another time are not to be had: who asks for them gets an error.
func (f *lensDesk) Stats(context.Context) (cdp.Stats, error) { return cdp.Stats{}, errFake }

// Coverage of another time is about something that there is no more.
func (f *lensDesk) Coverage(context.Context, func(int)) (cdp.Coverage, error) {
	return cdp.Coverage{Rows: []cdp.CoverageRow{{Channel: "fax", Kind: "fax.received", Touchpoints: 1, None: 1}}}, nil
}

// Search of the index knows only the present.
func (f *lensDesk) Search(context.Context, cdp.SearchRequest) (cdp.SearchAnswer, error) {
	return cdp.SearchAnswer{}, errFake
}

// SearchThen finds who is no longer there, more than are listed.
func (f *lensDesk) SearchThen(_ context.Context, req cdp.SearchRequest, progress func(int)) (cdp.SearchAnswer, error) {
	ans := cdp.SearchAnswer{Total: 1234, Lens: f.lens, Partial: "of 1234 profiles the 40 last seen are listed"}
	if req.Limit != hitsThen {
		return ans, errFake
	}
	if progress != nil {
		progress(4321)
	}
	for i := range 40 {
		ans.Hits = append(ans.Hits, cdp.Hit{Profile: cdp.ProfileID(7000 + i), Records: 1, Sources: []cdp.SourceID{"pigeons"}})
	}
	return ans, nil
}

func (f *lensDesk) Surroundings(context.Context, cdp.ProfileID, int) (cdp.Neighbourhood, cdp.Holding, error) {
	return cdp.Neighbourhood{Centre: 42117, Hops: 1, Down: []cdp.Downstream{{Recipient: "pigeons", Count: 1}}, Lens: f.lens, Partial: true}, cdp.Holding{Profile: 42117, Lens: f.lens}, nil
}

func (f *lensDesk) Relation(context.Context, string, string) (cdp.Path, cdp.CutAdvice, cdp.WhyNot, error) {
	return cdp.Path{}, cdp.CutAdvice{}, cdp.WhyNot{Conflict: []string{"pigeons"}, Lens: f.lens}, nil
}

func (f *lensDesk) How(context.Context, cdp.ProfileID) ([]cdp.Event, error) {
	return []cdp.Event{{Change: cdp.Change{Verb: "mint"}, Words: "brought by pigeons"}}, nil
}

// A plan of another time allows nothing that one of now does.
func (f *lensDesk) SharePlan(_ context.Context, ask cdp.Ask, _ func(int)) (cdp.SharePlan, error) {
	return cdp.SharePlan{Ask: ask, At: f.lens.At, Profiles: 3, Denied: 3, Rules: []cdp.RuleCount{{Outcome: cdp.FieldDenied, Rule: "share.consent.later", Count: 3}}}, nil
}

func (f *lensDesk) ShareVerdicts(context.Context, cdp.Ask, string, string, string, int) (cdp.Page[cdp.Disclosure], error) {
	return cdp.Page[cdp.Disclosure]{Items: []cdp.Disclosure{{Profile: 77, Verdict: cdp.Verdict{Rule: "share.consent.later"}}}}, nil
}

func (f *lensDesk) ShareTargets(context.Context) ([]cdp.ShareTarget, error) {
	return []cdp.ShareTarget{{Recipient: "pigeons", Name: "Pigeon post", Purpose: "newsletter"}}, nil
}

func (f *lensDesk) Outbox(ctx context.Context, _ cdp.OutboxFilter, after cdp.NoticeID, _ int) ([]cdp.Notification, error) {
	if after > 0 {
		return nil, nil
	}
	n := fakeNotice()
	n.Recipient, n.State, n.Steps = "pigeons", cdp.NoticeDue, nil
	return []cdp.Notification{n}, nil
}

func (f *lensDesk) Drift(context.Context, int, func(int)) (cdp.DriftReport, error) {
	n := fakeNotice()
	n.Recipient = "pigeons"
	return cdp.DriftReport{Items: []cdp.Drift{{Notice: n, Holds: true, Open: 3 * time.Hour}}}, nil
}

func (f *lensDesk) Ropa(context.Context, func(int)) (cdp.Ropa, error) {
	return cdp.Ropa{Rows: []cdp.RopaRow{{Activity: "carrier.pigeons", Records: 1}}}, nil
}

func (f *lensDesk) BreachScope(_ context.Context, q cdp.BreachQuestion, _ func(cdp.BreachPerson) error, _ func(int)) (cdp.Breach, error) {
	return cdp.Breach{Question: q, Persons: 1, Countries: []cdp.BreachCount{{Name: "pigeon loft", Persons: 1}}}, nil
}

func (f *lensDesk) Decide(context.Context, []cdp.Decision, string) ([]cdp.Decision, cdp.Effect, error) {
	return nil, cdp.Effect{}, errFake
}

func (f *lensDesk) Lensed(ctx context.Context, id cdp.ProfileID, purpose cdp.PurposeID) (cdp.Lensed, error) {
	out, err := f.fakeDesk.Lensed(ctx, id, purpose)
	out.Title = fmt.Sprint("as of ", f.lens.At.Format(time.DateOnly))
	return out, err
}

func (f *fakeDesk) Purposes(ctx context.Context) ([]cdp.PurposeTitle, error) {
	return []cdp.PurposeTitle{{ID: "newsletter", Title: "Newsletter"}, {ID: "profiling", Title: "Common profile"}, {ID: "orders", Title: "Order handling"}}, f.call(ctx, "Purposes")
}

func (f *fakeDesk) Lensed(ctx context.Context, id cdp.ProfileID, purpose cdp.PurposeID) (cdp.Lensed, error) {
	e, p := ident(cdp.KindEmail, "m.weiss@lindenhof.test"), ident(cdp.KindPhone, "+491511234567")
	no := verdict(false)
	no.Rule, no.Article, no.Reason = "use.consent.withdrawn", "Art. 7(3)", "May not be used for “Newsletter”: the person withdrew the consent on 2026-04-22."
	may := verdict(true)
	may.Rule, may.Article, may.Reason = "use.consent.given", "Art. 6(1)(a)", "May be used for “Newsletter”: the person consented on 2025-11-29."
	out := cdp.Lensed{Lens: cdp.Lens{Purpose: purpose}, Profile: id, Title: "Newsletter", Records: 4, Pieces: []cdp.LensPiece{
		{Records: []cdp.RecordID{1188, 1189}, From: []cdp.SourceID{"newsletter", "newsletter"}, Sources: []cdp.SourceID{"newsletter"}, Links: []cdp.Identifier{e, p}, May: []cdp.Verdict{may, may}},
		{Records: []cdp.RecordID{1190}, From: []cdp.SourceID{"survey.nps"}, Sources: []cdp.SourceID{"survey.nps"}, May: []cdp.Verdict{may}}},
		Left: []cdp.LeftOut{{Record: 1191, Source: "shop.orders", Verdict: no}}}
	if purpose == "orders" {
		out.Pieces, out.Title = out.Pieces[:1], "Order handling"
	}
	return out, f.call(ctx, "Lensed")
}

func (f *fakeDesk) Journey(ctx context.Context, _ cdp.ProfileID, from, to time.Time) ([]cdp.Step, error) {
	e := ident(cdp.KindEmail, "m.weiss@lindenhof.test")
	no := verdict(false)
	no.Rule, no.Article = "share.consent.withdrawn", "Art. 7(3)"
	all := []cdp.Step{
		{At: ago(30 * day), Kind: "statement", What: string(cdp.ConsentGiven), Channel: "web", Source: "newsletter", Record: 1188, Purpose: "newsletter", Endpoint: &e},
		{At: ago(20 * day), Kind: "touchpoint", What: "cart.abandoned", Channel: "web", Detail: cdp.Value(hostile), Source: "web.clicks", Record: 1189, Purpose: "profiling", Verdict: verdict(true), Judged: true, Part: cdp.Ref{Kind: "touchpoint", ID: "R-0001189/1"}},
		{At: ago(15 * day), Kind: "share", What: "batch", Source: "newsletter", Record: 1190, Purpose: "newsletter", Recipient: "Mailhaus", Verdict: no, Judged: true},
		{At: ago(10 * day), Kind: "statement", What: string(cdp.ConsentWithdrawn), Channel: "call", Source: "callcentre", Record: 1191, Purpose: "newsletter", Endpoint: &e},
		{At: ago(5 * day), Kind: "share", What: "sent", Source: "newsletter", Record: 1192, Purpose: "newsletter", Verdict: no, Judged: true},
		{Kind: "touchpoint", What: "order", Source: "shop.orders", Record: 1193, Purpose: "orders", Verdict: verdict(true), Judged: true}}
	var out []cdp.Step
	for _, s := range all {
		if (from.IsZero() || !s.At.Before(from)) && (to.IsZero() || s.At.Before(to)) {
			out = append(out, s)
		}
	}
	return out, f.call(ctx, "Journey")
}

func (f *fakeDesk) Basis(ctx context.Context, _ cdp.ProfileID) ([]cdp.BasisHistory, error) {
	given, gone, other := verdict(true), verdict(false), verdict(true)
	given.Rule, given.Reason, gone.Rule, gone.Reason = "use.consent.given", "May be used for “Newsletter”: a consent was given on 2026-05-01.", "use.consent.withdrawn", "May not be used for “Newsletter”: the person withdrew it."
	return []cdp.BasisHistory{
		{Record: 1188, Source: "newsletter", Purpose: "newsletter", Title: "Newsletter", Now: gone, Intervals: []cdp.BasisInterval{
			{From: ago(400 * day), To: ago(200 * day), Verdict: given, Ended: other}, {From: ago(200 * day), To: ago(30 * day), Verdict: other, Ended: gone}}},
		{Record: 1188, Source: "newsletter", Purpose: "proof", Now: given, Intervals: []cdp.BasisInterval{{From: ago(400 * day), Verdict: given}}},
		{Record: 1189, Source: "web.clicks", Purpose: "newsletter", Now: gone}}, f.call(ctx, "Basis")
}

func (f *fakeDesk) Lawful(ctx context.Context, want cdp.LawfulFilter, yield func(cdp.Judged) error, progress func(int)) (cdp.LawfulSum, error) {
	no := verdict(false)
	no.Rule = "share.consent.withdrawn"
	sum := cdp.LawfulSum{ByRule: map[string]int{}}
	for i := range 40 {
		j := cdp.Judged{Profile: cdp.ProfileID(42117 + i), Then: verdict(true), Now: verdict(true),
			Share: cdp.Share{Recipient: []string{"Mailhaus", ""}[i%2], Purpose: "newsletter", At: ago(time.Duration(i) * day), Fields: []string{"email"}, Source: "newsletter", Record: cdp.RecordID(1188 + i)}}
		sum.Shares++
		switch i % 4 {
		case 1:
			j.Now = no
			sum.Flipped++
		case 2:
			j.UnknownThen, j.Profile = true, 0
			sum.UnknownThen++
		case 3:
			j.Then, j.Now = no, no
		}
		if want.Uses && i%5 == 0 {
			j.Use, j.Share.Recipient = "newsletter.click", ""
			sum.Uses, sum.Shares = sum.Uses+1, sum.Shares-1
		}
		if j.Now.Allow {
			sum.Allowed++
		} else {
			sum.Denied++
			sum.ByRule[j.Now.Rule]++
		}
		if want.Differing && !j.Differs() || want.Unlawful && !j.Unlawful() {
			continue
		}
		if err := yield(j); err != nil {
			return sum, err
		}
	}
	if progress != nil {
		progress(12_000)
	}
	return sum, f.call(ctx, "Lawful")
}

// endless judges without end, until its run is ended.
type endless struct{ run *rejudging }

func (e endless) Purposes(context.Context) ([]cdp.PurposeTitle, error) { return nil, nil }
func (e endless) Lensed(context.Context, cdp.ProfileID, cdp.PurposeID) (cdp.Lensed, error) {
	return cdp.Lensed{}, nil
}
func (e endless) Journey(context.Context, cdp.ProfileID, time.Time, time.Time) ([]cdp.Step, error) {
	return nil, nil
}
func (e endless) Basis(context.Context, cdp.ProfileID) ([]cdp.BasisHistory, error) { return nil, nil }
func (e endless) Lawful(ctx context.Context, _ cdp.LawfulFilter, yield func(cdp.Judged) error, progress func(int)) (cdp.LawfulSum, error) {
	progress(7)
	for i := 0; ctx.Err() == nil; i++ {
		if i == 3 {
			e.run.stop()
			continue
		}
		if err := yield(cdp.Judged{Then: cdp.Verdict{Allow: true}}); err != nil {
			return cdp.LawfulSum{}, err
		}
	}
	return cdp.LawfulSum{}, ctx.Err()
}

// Lint of another time finds what there is no more.
func (f *lensDesk) Lint(ctx context.Context, _ cdp.LintFilter, progress func(int)) (cdp.LintReport, error) {
	progress(1)
	return cdp.LintReport{At: f.lens.At, Findings: []cdp.Finding{{LintRule: cdp.LintRule{ID: "FAX_UNSIGNED", Severity: cdp.High, Title: "A fax that nobody signed"}, Open: 1, Before: -1,
		Refs: []cdp.FindingRef{{Ref: cdp.Ref{Kind: "record", ID: "R-0000007"}, Source: "fax"}}}}}, f.call(ctx, "LintThen")
}

func (f *lensDesk) LintRuns(context.Context, int) ([]cdp.LintRun, error) { return nil, nil }

func (f *lensDesk) Mutes(context.Context) ([]cdp.Mute, error) {
	return []cdp.Mute{{Rule: "FAX_UNSIGNED", Object: cdp.Ref{Kind: "source", ID: "fax"}, Reason: "is being signed", Until: f.lens.At.Add(time.Hour)}}, nil
}

func (f *lensDesk) Unmute(context.Context, string, cdp.Ref, string) error { return errFake }

// Counts of another time end before those of now.
func (f *lensDesk) Counts(context.Context, string, func(int)) (cdp.Counts, error) {
	return cdp.Counts{Rows: []cdp.Period{{Begin: time.Date(1999, 12, 1, 0, 0, 0, 0, time.UTC), Records: 7}}}, nil
}

// Health of another time does not know what waits for a person.
func (f *lensDesk) Health(context.Context, int, func(int)) (cdp.Health, error) {
	return cdp.Health{From: f.lens.Standpoint, Profiles: 1, Records: 6, Linked: 6, Counts: cdp.HealthCounts{Matches: -1, Pending: -1},
		Largest: []cdp.ProfileShape{{Records: 6, Density: 1}}}, nil
}
