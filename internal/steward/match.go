package steward

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

var (
	// ErrNotMade is returned for possible matches before FollowMatches has once
	// come to its end.
	ErrNotMade = errors.New("they are still being looked for")
	// ErrOneProfile is returned for two ids that are one profile.
	ErrOneProfile = graph.ErrOneProfile
	// ErrPage is returned for a page that no list led to.
	ErrPage = graph.ErrPage
)

// A VerdictError says why a pair of profiles can not be judged so.
type VerdictError struct{ Text string }

func (e *VerdictError) Error() string { return e.Text }

// FollowMatches looks for possible matches among what changed in the store
// since the last time: at first, among all. It can be cut off and repeated.
// progress, which may be nil, is told how much was looked at so far: profiles,
// and at first also the groups of them that are compared.
func (d *Desk) FollowMatches(ctx context.Context, progress func(done int)) (done int, err error) {
	f := d.s.g.MatchFollower(d.s.opt.Matcher)
	for {
		n, more, err := f.Step(ctx, d.s.opt.Now())
		if err != nil || !more {
			return done, err
		}
		if done += n; progress != nil {
			progress(done)
		}
	}
}

// RemakeMatches throws the possible matches away, so that FollowMatches makes
// them anew. What persons said of them stays.
func (d *Desk) RemakeMatches(ctx context.Context) error {
	e := d.entry("match", cdp.Ref{Kind: "matches"}, "possible matches are made anew")
	return d.update(ctx, &e, func(tx *graph.Tx) error { return tx.ForgetMatches() })
}

// MatchCounts says how many possible matches wait for review, and how far they
// are behind the store.
func (d *Desk) MatchCounts(ctx context.Context) (out cdp.MatchCounts, err error) {
	err = d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		out, err = tx.MatchCounts(d.s.opt.Matcher)
		return err
	})
	return out, err
}

// Matches returns a page of the queue, the best first and those of which
// somebody was unsure last; or all of one profile. It shows the queue as
// FollowMatches left it, without pairs that are no longer possible.
func (d *Desk) Matches(ctx context.Context, f cdp.MatchFilter) (cdp.Page[cdp.PossibleMatch], error) {
	var out cdp.Page[cdp.PossibleMatch]
	if f.Related && f.Profile == 0 {
		return out, &VerdictError{"what is only related is listed for one profile at a time"}
	}
	err := d.read(ctx, d.entry("match", cdp.Ref{Kind: "matches"}, ""), func(tx *graph.Tx, r *reading) (err error) {
		c, err := tx.MatchCounts(d.s.opt.Matcher)
		if err == nil && !c.Made {
			err = ErrNotMade
		}
		if err != nil {
			return err
		}
		if f.Profile != 0 {
			if f.Profile, err = tx.Find(f.Profile); err != nil {
				return err
			}
			r.object = profileRef(f.Profile)
		}
		if out, err = d.s.g.Matches(tx, d.s.opt.Matcher, f); err != nil {
			return err
		}
		seen := make(map[cdp.ProfileID]bool)
		for _, m := range out.Items {
			r.saw(m.A, m.B, m.Score)
			for _, id := range []cdp.ProfileID{m.A, m.B} {
				if !seen[id] {
					seen[id] = true
					r.about = append(r.about, profileRef(id))
				}
			}
		}
		r.detail = several(len(out.Items), "pair") + " listed"
		return nil
	})
	return out, err
}

// Match shows two profiles side by side, and what each field says, whether
// they are in the queue or not.
func (d *Desk) Match(ctx context.Context, a, b cdp.ProfileID) (cdp.MatchView, error) {
	var out cdp.MatchView
	err := d.read(ctx, d.entry("match", cdp.Ref{}, ""), func(tx *graph.Tx, r *reading) (err error) {
		if out, err = d.s.g.Match(tx, d.s.opt.Matcher, a, b); err != nil {
			return err
		}
		r.object, r.about = profileRef(out.A), []cdp.Ref{profileRef(out.B)}
		r.detail = fmt.Sprintf("compared with %v: %s, %g points", out.B, out.Level, out.Score)
		r.saw(out.A, out.B, out.Score)
		return nil
	})
	return out, err
}

// PlanMatch makes the decision that calls two profiles the same person or
// different people, to be previewed and then judged with the preview's digest.
//
// It names one source row of each side, the anchor that its id goes with. So it
// says no more than was judged: if rules later part one of the profiles, the
// person did not say that its pieces belong together.
func (d *Desk) PlanMatch(ctx context.Context, a, b cdp.ProfileID, verdict string) (cdp.Decision, error) {
	var out cdp.Decision
	if verdict != cdp.MatchSame && verdict != cdp.MatchDifferent {
		return out, &VerdictError{"a verdict that is a decision is same or different"}
	}
	err := d.read(ctx, d.entry("plan", cdp.Ref{}, ""), func(tx *graph.Tx, r *reading) error {
		view, dec, err := d.judgement(tx, a, b, verdict)
		if err != nil {
			return err
		}
		out = dec
		r.object, r.about = profileRef(view.A), []cdp.Ref{profileRef(view.B)}
		r.detail = fmt.Sprintf("with %v, to call them %s", view.B, verdict)
		r.saw(view.A, view.B, verdict)
		return nil
	})
	return out, err
}

// judgement returns what is judged and, but for unsure, the decision that a
// verdict is.
func (d *Desk) judgement(tx *graph.Tx, a, b cdp.ProfileID, verdict string) (cdp.MatchView, cdp.Decision, error) {
	view, err := d.s.g.Match(tx, d.s.opt.Matcher, a, b)
	if err != nil {
		return view, cdp.Decision{}, err
	}
	if view.Sides[0].Controller != view.Sides[1].Controller {
		return view, cdp.Decision{}, &VerdictError{"the two profiles are of different controllers: linking them would be a disclosure"}
	}
	if len(view.Decided) > 0 && verdict != cdp.MatchSame {
		return view, cdp.Decision{}, &VerdictError{fmt.Sprintf("they were called different already, by %v: undo it first", view.Decided[0])}
	}
	if verdict == cdp.MatchUnsure {
		return view, cdp.Decision{}, nil
	}
	dec := cdp.Decision{Verb: cdp.DecideSame, Rows: make([]cdp.DecidedRow, 2)}
	for i, id := range []cdp.ProfileID{view.A, view.B} {
		if dec.Rows[i].Row, err = tx.Anchor(id); err != nil {
			return view, dec, err
		}
	}
	if verdict == cdp.MatchDifferent {
		dec.Verb, dec.Rows[0].Group, dec.Rows[1].Group = cdp.DecideDifferent, 1, 2
	}
	return view, dec, nil
}

// JudgeMatch keeps what a person says of two profiles: that they are the same
// or different, which is the decision of PlanMatch, or that nobody can tell,
// which is shown with the pair from then on. Any two profiles of one controller
// may be judged. With the digest of a preview of that decision it does what was
// previewed, or nothing, and answers with a *StaleError then, as Decide does.
func (d *Desk) JudgeMatch(ctx context.Context, a, b cdp.ProfileID, verdict, reason, digest string) (cdp.MatchVerdict, error) {
	out := cdp.MatchVerdict{A: min(a, b), B: max(a, b), Verdict: verdict}
	switch {
	case strings.TrimSpace(reason) == "":
		return out, ErrReason
	case d.actor.ReadOnly:
		return out, ErrReadOnly
	case verdict != cdp.MatchSame && verdict != cdp.MatchDifferent && verdict != cdp.MatchUnsure:
		return out, &VerdictError{"a verdict on a possible match is same, different or unsure"}
	}
	var view cdp.MatchView
	var dec cdp.Decision
	err := d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		view, dec, err = d.judgement(tx, a, b, verdict)
		return err
	})
	if err != nil {
		return out, err
	}
	out.A, out.B = view.A, view.B
	if verdict == cdp.MatchUnsure {
		return out, d.unsure(ctx, view, reason)
	}
	dec.Reason = reason
	all, err := d.DecideMatches(ctx, []cdp.MatchVerdict{out}, []cdp.Decision{dec}, digest)
	if len(all) > 0 {
		out = all[0]
	}
	return out, err
}

// DecideMatches makes the decisions of PlanMatch that verdicts are, the first of
// the first, as Decide makes them. The verdicts are returned with what was
// decided, if anything was.
func (d *Desk) DecideMatches(ctx context.Context, verdicts []cdp.MatchVerdict, list []cdp.Decision, digest string) ([]cdp.MatchVerdict, error) {
	done, _, err := d.Decide(ctx, list, digest)
	if len(done) == 0 {
		return nil, err
	}
	out := slices.Clone(verdicts)
	return out, errors.Join(err, d.s.g.View(ctx, func(tx *graph.Tx) (err error) { // with an error: done, and otherwise than previewed
		for i := range out {
			out[i].Decision = done[i].ID
			if out[i].Verdict == cdp.MatchSame && err == nil {
				out[i].Profile, err = tx.Find(out[i].A)
			}
		}
		return err
	}))
}

// unsure keeps that nobody can tell.
func (d *Desk) unsure(ctx context.Context, m cdp.MatchView, reason string) error {
	e := d.entry("match", profileRef(m.A), fmt.Sprintf("unsure whether it is %v, %g points", m.B, m.Score))
	e.Reason = reason
	return d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error {
		if err := tx.SetUnsure(m.A, m.B, cdp.Unsure{By: d.actor.Name, Reason: reason, At: tx.Now(), Score: m.Score}); err != nil {
			return err
		}
		return d.log(tx, e, profileRef(m.B))
	})
}
