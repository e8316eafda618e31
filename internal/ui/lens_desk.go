package ui

import (
	"context"
	"time"

	"cdp-tui/internal/cdp"
)

// A lookout is the desk of the present, but for what a lens shows: that is asked
// of the desk which looks through it. So is what changes who is who: such a
// desk refuses it. Tables of all people, and who is with whom and why, are of the
// present when the lens has a purpose, whatever its time, as their screens say.
type lookout struct {
	Desk
	through Desk
	all     Desk // of all people
}

func newLookout(present, through Desk, l cdp.Lens) lookout {
	if l.Purpose != "" {
		return lookout{present, through, present}
	}
	return lookout{present, through, through}
}

func (d lookout) Profile(ctx context.Context, id cdp.ProfileID) (cdp.Profile, error) {
	return d.through.Profile(ctx, id)
}

func (d lookout) Touchpoints(ctx context.Context, id cdp.ProfileID, after string, n int) (cdp.Page[cdp.Touchpoint], error) {
	return d.through.Touchpoints(ctx, id, after, n)
}

func (d lookout) Uses(ctx context.Context, id cdp.ProfileID) ([]cdp.Use, error) {
	return d.through.Uses(ctx, id)
}

func (d lookout) Shares(ctx context.Context, id cdp.ProfileID) ([]cdp.Share, error) {
	return d.through.Shares(ctx, id)
}

func (d lookout) Trace(ctx context.Context, id cdp.ProfileID, of cdp.Ref) (cdp.TraceNode, error) {
	return d.through.Trace(ctx, id, of)
}

func (d lookout) Record(ctx context.Context, id cdp.RecordID) (cdp.RecordView, error) {
	return d.through.Record(ctx, id)
}

func (d lookout) Card(ctx context.Context, id cdp.ProfileID, of cdp.Ref) (cdp.Card, error) {
	return d.through.Card(ctx, id, of)
}

func (d lookout) Where(ctx context.Context, id cdp.ProfileID, of cdp.Ref) (cdp.Whereabouts, error) {
	return d.through.Where(ctx, id, of)
}

func (d lookout) SeenBy(ctx context.Context, recipient string, id cdp.ProfileID, purpose cdp.PurposeID) (cdp.Seen, error) {
	return d.through.SeenBy(ctx, recipient, id, purpose)
}

func (d lookout) Purposes(ctx context.Context) ([]cdp.PurposeTitle, error) {
	return d.through.Purposes(ctx)
}

func (d lookout) Lensed(ctx context.Context, id cdp.ProfileID, purpose cdp.PurposeID) (cdp.Lensed, error) {
	return d.through.Lensed(ctx, id, purpose)
}

func (d lookout) Journey(ctx context.Context, id cdp.ProfileID, from, to time.Time) ([]cdp.Step, error) {
	return d.through.Journey(ctx, id, from, to)
}

func (d lookout) Basis(ctx context.Context, id cdp.ProfileID) ([]cdp.BasisHistory, error) {
	return d.through.Basis(ctx, id)
}

func (d lookout) SearchThen(ctx context.Context, req cdp.SearchRequest, progress func(int)) (cdp.SearchAnswer, error) {
	return d.all.SearchThen(ctx, req, progress)
}

func (d lookout) Find(ctx context.Context, text string) ([]cdp.Found, error) {
	return d.all.Find(ctx, text)
}

func (d lookout) Surroundings(ctx context.Context, id cdp.ProfileID, hops int) (cdp.Neighbourhood, cdp.Holding, error) {
	return d.all.Surroundings(ctx, id, hops)
}

func (d lookout) Relation(ctx context.Context, a, b string) (cdp.Path, cdp.CutAdvice, cdp.WhyNot, error) {
	return d.all.Relation(ctx, a, b)
}

func (d lookout) How(ctx context.Context, id cdp.ProfileID) ([]cdp.Event, error) {
	return d.all.How(ctx, id)
}

func (d lookout) Coverage(ctx context.Context, progress func(int)) (cdp.Coverage, error) {
	return d.all.Coverage(ctx, progress)
}

func (d lookout) CoverageOf(ctx context.Context, cell cdp.CoverageCell, after string, n int) (cdp.Page[cdp.Covered], error) {
	return d.all.CoverageOf(ctx, cell, after, n)
}

func (d lookout) SegmentMembers(ctx context.Context, q, after string, n int) (cdp.Page[cdp.SegmentMember], error) {
	return d.all.SegmentMembers(ctx, q, after, n)
}

func (d lookout) ShareTargets(ctx context.Context) ([]cdp.ShareTarget, error) {
	return d.all.ShareTargets(ctx)
}

func (d lookout) SharePlan(ctx context.Context, ask cdp.Ask, progress func(int)) (cdp.SharePlan, error) {
	return d.all.SharePlan(ctx, ask, progress)
}

func (d lookout) ShareVerdicts(ctx context.Context, ask cdp.Ask, field, rule, after string, n int) (cdp.Page[cdp.Disclosure], error) {
	return d.all.ShareVerdicts(ctx, ask, field, rule, after, n)
}

func (d lookout) Outbox(ctx context.Context, f cdp.OutboxFilter, after cdp.NoticeID, n int) ([]cdp.Notification, error) {
	return d.all.Outbox(ctx, f, after, n)
}

func (d lookout) Drift(ctx context.Context, top int, progress func(int)) (cdp.DriftReport, error) {
	return d.all.Drift(ctx, top, progress)
}

func (d lookout) Ropa(ctx context.Context, progress func(int)) (cdp.Ropa, error) {
	return d.all.Ropa(ctx, progress)
}

func (d lookout) BreachScope(ctx context.Context, q cdp.BreachQuestion, each func(cdp.BreachPerson) error, progress func(int)) (cdp.Breach, error) {
	return d.all.BreachScope(ctx, q, each, progress)
}

func (d lookout) Decide(ctx context.Context, list []cdp.Decision, digest string) ([]cdp.Decision, cdp.Effect, error) {
	return d.through.Decide(ctx, list, digest)
}

func (d lookout) Undo(ctx context.Context, ids []cdp.DecisionID, reason, digest string) ([]cdp.Decision, cdp.Effect, error) {
	return d.through.Undo(ctx, ids, reason, digest)
}

func (d lookout) JudgeMatch(ctx context.Context, a, b cdp.ProfileID, verdict, reason, digest string) (cdp.MatchVerdict, error) {
	return d.through.JudgeMatch(ctx, a, b, verdict, reason, digest)
}

func (d lookout) Instruct(ctx context.Context, in cdp.Instruction, digest string) (cdp.InstructionEffect, error) {
	return d.through.Instruct(ctx, in, digest)
}

func (d lookout) MarkNotice(ctx context.Context, id cdp.NoticeID, state cdp.NoticeState, reason string) (cdp.Notification, error) {
	return d.through.MarkNotice(ctx, id, state, reason)
}

func (d lookout) Health(ctx context.Context, top int, progress func(int)) (cdp.Health, error) {
	return d.all.Health(ctx, top, progress)
}

func (d lookout) Counts(ctx context.Context, by string, progress func(int)) (cdp.Counts, error) {
	return d.all.Counts(ctx, by, progress)
}

func (d lookout) Lint(ctx context.Context, f cdp.LintFilter, progress func(int)) (cdp.LintReport, error) {
	return d.all.Lint(ctx, f, progress)
}

func (d lookout) LintRuns(ctx context.Context, n int) ([]cdp.LintRun, error) {
	return d.all.LintRuns(ctx, n)
}

func (d lookout) Mutes(ctx context.Context) ([]cdp.Mute, error) { return d.all.Mutes(ctx) }

func (d lookout) Mute(ctx context.Context, m cdp.Mute) error { return d.through.Mute(ctx, m) }

func (d lookout) Unmute(ctx context.Context, rule string, object cdp.Ref, reason string) error {
	return d.through.Unmute(ctx, rule, object, reason)
}
