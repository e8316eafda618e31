package ui

import (
	"context"
	"time"

	"cdp-tui/internal/cdp"
)

// A Desk is what the console asks; whoever holds one acts as its actor. Each
// method reads or acts once, and logs what it showed.
type Desk interface {
	Counter
	Searcher
	Profiler
	Tracer
	Carder
	Placer
	Grapher
	Storekeeper
	Waiter
	Logbook
	Discloser
	Decider
	Instructor
	Decided
	Explainer
	Matcher
	Examiner
	Gatekeeper
	Linter
	Segmenter
	Lenser
}

// Lenser answers what is asked of another time, or for one purpose.
type Lenser interface {
	// Purposes are those of the register that is in force.
	Purposes(ctx context.Context) ([]cdp.PurposeTitle, error)
	Lensed(ctx context.Context, id cdp.ProfileID, purpose cdp.PurposeID) (cdp.Lensed, error)
	// Journey tells what happened, oldest first; zero times do not bound it.
	Journey(ctx context.Context, id cdp.ProfileID, from, to time.Time) ([]cdp.Step, error)
	Basis(ctx context.Context, id cdp.ProfileID) ([]cdp.BasisHistory, error)
	// Lawful judges what was done again, which takes a while on a large store.
	Lawful(ctx context.Context, f cdp.LawfulFilter, yield func(cdp.Judged) error, progress func(profiles int)) (cdp.LawfulSum, error)
}

// Instructor records what persons say on their behalf.
type Instructor interface {
	PreviewInstruction(ctx context.Context, in cdp.Instruction) (cdp.InstructionEffect, error)
	Instruct(ctx context.Context, in cdp.Instruction, digest string) (cdp.InstructionEffect, error)
}

// Counter answers the dashboard.
type Counter interface {
	Stats(ctx context.Context) (cdp.Stats, error)
}

// Searcher answers the search screen and the palette's look-ups.
type Searcher interface {
	Search(ctx context.Context, req cdp.SearchRequest) (cdp.SearchAnswer, error)
	// SearchThen answers through a lens, which reads the whole store.
	SearchThen(ctx context.Context, req cdp.SearchRequest, progress func(records int)) (cdp.SearchAnswer, error)
	SavedSearches(ctx context.Context) ([]cdp.SavedSearch, error)
	SaveSearch(ctx context.Context, name, query string) error
	ForgetSearch(ctx context.Context, name string) error
	// Find looks up what an officer typed: an id of the store, an e-mail
	// address, a phone or card number.
	Find(ctx context.Context, text string) ([]cdp.Found, error)
}

// Profiler answers the profile screen.
type Profiler interface {
	Profile(ctx context.Context, id cdp.ProfileID) (cdp.Profile, error)
	Touchpoints(ctx context.Context, id cdp.ProfileID, after string, n int) (cdp.Page[cdp.Touchpoint], error)
	Uses(ctx context.Context, id cdp.ProfileID) ([]cdp.Use, error)
	Shares(ctx context.Context, id cdp.ProfileID) ([]cdp.Share, error)
}

// Tracer answers the trace and the record screen.
type Tracer interface {
	// Trace explains the whole profile (zero Ref) or one of its values:
	// {identifier, "email#1a2b3c4d"} or {attribute, name}.
	Trace(ctx context.Context, id cdp.ProfileID, of cdp.Ref) (cdp.TraceNode, error)
	Record(ctx context.Context, id cdp.RecordID) (cdp.RecordView, error)
}

// Carder answers the card.
type Carder interface {
	// Card answers the six questions about a value of a profile, named as for
	// Trace, or about a record: {record, "R-0000001"} of profile 0.
	Card(ctx context.Context, id cdp.ProfileID, of cdp.Ref) (cdp.Card, error)
}

// Placer answers where a person's data are, and how a recipient may see them.
type Placer interface {
	// Where marks, when of names a value as for Trace, what holds that value.
	Where(ctx context.Context, id cdp.ProfileID, of cdp.Ref) (cdp.Whereabouts, error)
	// SeenBy is for a purpose, or with "" for each of the recipient's.
	SeenBy(ctx context.Context, recipient string, id cdp.ProfileID, purpose cdp.PurposeID) (cdp.Seen, error)
}

// Grapher answers the graph and the why screen.
type Grapher interface {
	// Surroundings is the neighbourhood of a profile and what holds it together.
	Surroundings(ctx context.Context, id cdp.ProfileID, hops int) (cdp.Neighbourhood, cdp.Holding, error)
	// Relation is the chain of evidence between two things, what would part its
	// ends, and what both carry without being joined by it.
	Relation(ctx context.Context, a, b string) (cdp.Path, cdp.CutAdvice, cdp.WhyNot, error)
}

// Storekeeper answers the screens of sources and batches.
type Storekeeper interface {
	Sources(ctx context.Context) ([]cdp.SourceStat, error)
	Batches(ctx context.Context, before cdp.BatchID, n int) ([]cdp.Receipt, error)
}

// Waiter answers the screens of what waits for somebody.
type Waiter interface {
	Rejects(ctx context.Context, after uint64, n int, all bool) ([]cdp.Reject, error)
	Quarantined(ctx context.Context, after cdp.RecordID, n int) ([]cdp.Quarantine, error)
}

// Logbook answers the log screen.
type Logbook interface {
	// Log lists entries before a sequence number (0: from the newest), newest
	// first; the zero Ref asks for all.
	Log(ctx context.Context, about cdp.Ref, before uint64, n int) ([]cdp.Entry, error)
}

// Examiner answers the screens of how well identity resolution holds.
type Examiner interface {
	Health(ctx context.Context, top int, progress func(records int)) (cdp.Health, error)
	Conflicts(ctx context.Context, after string, n int) (cdp.Page[cdp.Conflict], error)
}

// Gatekeeper answers the screens of the gate out.
type Gatekeeper interface {
	ShareTargets(ctx context.Context) ([]cdp.ShareTarget, error)
	// SharePlan judges the whole store, which takes a while on a large one.
	SharePlan(ctx context.Context, ask cdp.Ask, progress func(profiles int)) (cdp.SharePlan, error)
	ShareVerdicts(ctx context.Context, ask cdp.Ask, field, rule, after string, n int) (cdp.Page[cdp.Disclosure], error)
	Outbox(ctx context.Context, f cdp.OutboxFilter, after cdp.NoticeID, n int) ([]cdp.Notification, error)
	Drift(ctx context.Context, top int, progress func(notices int)) (cdp.DriftReport, error)
	// MarkNotice notes by hand what became of a notice, with how and when.
	MarkNotice(ctx context.Context, id cdp.NoticeID, state cdp.NoticeState, reason string) (cdp.Notification, error)
}

// Linter answers the screens of findings.
type Linter interface {
	// Lint runs over the whole store, which takes a while on a large one.
	Lint(ctx context.Context, f cdp.LintFilter, progress func(records int)) (cdp.LintReport, error)
	LintRuns(ctx context.Context, n int) ([]cdp.LintRun, error)
	LintRules() []cdp.LintRule
	Mute(ctx context.Context, m cdp.Mute) error
	Unmute(ctx context.Context, rule string, object cdp.Ref, reason string) error
	Mutes(ctx context.Context) ([]cdp.Mute, error)
	// Ropa and BreachScope read the whole store as well.
	Ropa(ctx context.Context, progress func(records int)) (cdp.Ropa, error)
	BreachScope(ctx context.Context, q cdp.BreachQuestion, each func(cdp.BreachPerson) error, progress func(records int)) (cdp.Breach, error)
}

// Segmenter answers the screens of segments, of facts over time, and of
// touchpoints by basis. All but the lists read the whole store.
type Segmenter interface {
	Segments(ctx context.Context, all bool) ([]cdp.Segment, error)
	SegmentVersions(ctx context.Context, name string) ([]cdp.Segment, error)
	SegmentRuns(ctx context.Context, name string, n int) ([]cdp.SegmentRun, error)
	SegmentMembers(ctx context.Context, query, after string, n int) (cdp.Page[cdp.SegmentMember], error)
	SegmentChoices(ctx context.Context) (cdp.SegmentChoices, error)
	CountSegment(ctx context.Context, ask cdp.SegmentAsk, progress func(profiles int)) (cdp.SegmentCount, error)
	LookedAtSegment(ctx context.Context, last cdp.SegmentCount, drafts int) error
	SaveSegment(ctx context.Context, name, query, note string) (cdp.Segment, error)
	ForgetSegment(ctx context.Context, name string) error
	Counts(ctx context.Context, by string, progress func(profiles int)) (cdp.Counts, error)
	Coverage(ctx context.Context, progress func(profiles int)) (cdp.Coverage, error)
	CoverageOf(ctx context.Context, cell cdp.CoverageCell, after string, n int) (cdp.Page[cdp.Covered], error)
}

// Decider answers the screens on which is decided who is who. Nothing is
// changed but by Decide and Undo, with a reason; with the digest of a preview
// they do what was previewed, or nothing.
type Decider interface {
	// Plan makes a decision of what was typed: same, different, split, unmerge,
	// cut, suppress or lock, and what it is about.
	Plan(ctx context.Context, verb string, things []string) (cdp.Decision, error)
	Preview(ctx context.Context, list []cdp.Decision) (cdp.Effect, error)
	PreviewUndo(ctx context.Context, ids []cdp.DecisionID) (cdp.Effect, error)
	Decide(ctx context.Context, list []cdp.Decision, digest string) ([]cdp.Decision, cdp.Effect, error)
	Undo(ctx context.Context, ids []cdp.DecisionID, reason, digest string) ([]cdp.Decision, cdp.Effect, error)
}

// Explainer answers how who is who came to be, and what came of it.
type Explainer interface {
	How(ctx context.Context, id cdp.ProfileID) ([]cdp.Event, error)
	// Radius is that of a decision that parted a profile, or of an id that was
	// merged.
	Radius(ctx context.Context, what string) (cdp.Radius, error)
}

// Matcher answers the screens of possible matches.
type Matcher interface {
	Matches(ctx context.Context, f cdp.MatchFilter) (cdp.Page[cdp.PossibleMatch], error)
	MatchCounts(ctx context.Context) (cdp.MatchCounts, error)
	Match(ctx context.Context, a, b cdp.ProfileID) (cdp.MatchView, error)
	// PlanMatch makes the decision that a verdict of same or different is, to be
	// previewed.
	PlanMatch(ctx context.Context, a, b cdp.ProfileID, verdict string) (cdp.Decision, error)
	// JudgeMatch keeps that two are the same or different, which is a decision, or
	// that nobody can tell; with the digest of the preview as it showed, or not.
	JudgeMatch(ctx context.Context, a, b cdp.ProfileID, verdict, reason, digest string) (cdp.MatchVerdict, error)
}

// Decided answers the screens of decisions that were made.
type Decided interface {
	// Decisions lists those before one (0: from the newest), newest first.
	Decisions(ctx context.Context, before cdp.DecisionID, n int) ([]cdp.Decision, error)
	Decision(ctx context.Context, id cdp.DecisionID) (cdp.Decision, error)
}

// Discloser logs what leaves the mask or the program. Only after nil may the
// value be shown or handed out.
type Discloser interface {
	Reveal(ctx context.Context, about cdp.Ref, fields []string, reason string) error
	Exported(ctx context.Context, about cdp.Ref, detail, digest string) error
}
