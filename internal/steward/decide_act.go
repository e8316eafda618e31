package steward

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

var (
	// ErrReadOnly is returned to an actor who may look and not decide.
	ErrReadOnly = errors.New("this desk is read-only: who is who is decided at another one")
	// ErrTooManyRows is returned for a decision on more than 1,000 rows.
	ErrTooManyRows = graph.ErrTooManyRows
	// ErrContradiction is returned for a decision that another one in force denies.
	ErrContradiction = graph.ErrContradiction
)

// A StaleError says that what was previewed is no longer what would be done:
// nothing was done.
type StaleError struct {
	Was, Now string // digests
}

func (e *StaleError) Error() string {
	return fmt.Sprintf("nothing was done: the data changed since the preview %.16s; now it would be %.16s", e.Was, e.Now)
}

// An OtherwiseError says that an act of several transactions was done, and did
// not do what its preview had shown.
type OtherwiseError struct {
	Previewed, Done string // digests
}

func (e *OtherwiseError) Error() string {
	return fmt.Sprintf("it was done, and otherwise than previewed (%.16s, not %.16s): something changed the data meanwhile", e.Done, e.Previewed)
}

// An NthError says which of several decisions, from 0, can not be made.
type NthError struct {
	N   int
	Err error
}

func (e *NthError) Error() string { return e.Err.Error() }
func (e *NthError) Unwrap() error { return e.Err }

// An act is some decisions to be made or taken back.
type act struct {
	verb   string // for the log
	reason string // of taking back
	n      int
	one    func(tx *graph.Tx, i int) (cdp.Decision, error)
	what   []byte // is asked for, for the digest
}

// effect sums up what was seen of an act. Its digest is of the act too: an
// approval of one is none of another that happens to do the same.
func (a *act) effect(w *graph.Witness) cdp.Effect {
	out := w.Effect()
	out.Digest = (&act{verb: a.verb + " " + out.Digest, what: a.what}).digest()
	return out
}

// digest names what is asked for.
func (a *act) digest() string {
	sum := sha256.Sum256(append([]byte(a.verb+"\n"), a.what...))
	return hex.EncodeToString(sum[:])
}

// described names decisions for a digest: verb, identifier, and rows by side.
func described(list []cdp.Decision) []byte {
	var b []byte
	for _, one := range list {
		b = fmt.Appendf(b, "%s %q %q\n", one.Verb, string(one.Identifier.Kind()), one.Identifier.Reveal())
		for _, r := range one.Rows {
			b = fmt.Appendf(b, "%d %q %q\n", r.Group, string(r.Source), r.Key)
		}
	}
	return b
}

func (d *Desk) deciding(list []cdp.Decision) *act {
	return &act{verb: "decide", n: len(list), what: described(list), one: func(tx *graph.Tx, i int) (cdp.Decision, error) {
		one := list[i]
		one.ID, one.By = 0, d.actor.Name
		one.Rows = slices.Clone(one.Rows)
		_, err := tx.Decide(&one)
		if err != nil {
			err = &NthError{i, err}
		}
		return one, err
	}}
}

func (d *Desk) undoing(ids []cdp.DecisionID, reason string) *act {
	return &act{verb: "undo", reason: reason, n: len(ids), what: fmt.Append(nil, ids), one: func(tx *graph.Tx, i int) (cdp.Decision, error) {
		if _, err := tx.Undecide(ids[i], d.actor.Name, reason); err != nil {
			return cdp.Decision{}, fmt.Errorf("%v: %w", ids[i], err)
		}
		return tx.Decision(uint64(ids[i]))
	}}
}

// Preview tells what decisions would do to profiles, all of them together, and
// changes nothing.
func (d *Desk) Preview(ctx context.Context, list []cdp.Decision) (cdp.Effect, error) {
	return d.previewed(ctx, d.deciding(list))
}

// PreviewUndo tells what taking decisions back would do.
func (d *Desk) PreviewUndo(ctx context.Context, ids []cdp.DecisionID) (cdp.Effect, error) {
	return d.previewed(ctx, d.undoing(ids, ""))
}

// previewed drafts an act and logs that it was looked at.
func (d *Desk) previewed(ctx context.Context, a *act) (cdp.Effect, error) {
	out, err := d.draft(ctx, a)
	if err != nil {
		return out, err
	}
	e := d.entry("preview", cdp.Ref{Kind: "decision"}, fmt.Sprintf("to %s: %s", a.verb, told(out)))
	e.Digest = out.Digest
	about := make([]cdp.Ref, 0, 3*cdp.EffectExamples)
	for _, p := range slices.Concat(out.Appear, out.Vanish, out.Change) {
		if p.Before > 0 { // it is there
			about = append(about, profileRef(p.Profile))
		}
	}
	return out, d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error { return d.log(tx, e, about...) })
}

// draft does an act on a snapshot, which is dropped. What another act has left
// to be settled is settled before: it is not this one's doing.
func (d *Desk) draft(ctx context.Context, a *act) (cdp.Effect, error) {
	if err := d.settleLeft(ctx); err != nil {
		return cdp.Effect{}, err
	}
	var out cdp.Effect
	err := d.s.g.Draft(ctx, d.s.opt.Now(), func(tx *graph.Tx) error {
		w := graph.NewWitness()
		tx.Watch(w)
		for i := range a.n {
			if _, err := a.one(tx, i); err != nil {
				return err
			}
		}
		for more := tx.LeftPending(); more; {
			var err error
			if _, more, err = tx.SettleNext(); err != nil {
				return err
			}
		}
		out = a.effect(w)
		return nil
	})
	return out, err
}

// settleLeft settles what an act that was cut off has left.
func (d *Desk) settleLeft(ctx context.Context) error {
	if _, err := d.remarkRest(ctx); err != nil {
		return err
	}
	left := 0
	err := d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		left, err = tx.PendingCount()
		return err
	})
	switch {
	case err != nil:
		return err
	case left == 0:
		return d.finishRules(ctx)
	}
	return d.settleRest(ctx, nil)
}

// several is a number of things: "1 record", "2 records".
func several(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

func told(e cdp.Effect) string {
	n := e.Counts
	return fmt.Sprintf("profiles: %d to appear, %d to vanish, %d to change; %s", n.Appear, n.Vanish, n.Change, several(n.Records, "record"))
}

// Decide makes decisions: all of them in one transaction where they fit, in
// several else. Each needs a reason. With the digest of a preview, or its first
// 16 digits, it does what was previewed or nothing, and answers with a
// *StaleError then. What was done
// is returned as it was done; an *OtherwiseError with it says that it is not
// what was previewed, which only an act too large for one transaction can meet.
func (d *Desk) Decide(ctx context.Context, list []cdp.Decision, digest string) ([]cdp.Decision, cdp.Effect, error) {
	for _, one := range list {
		if strings.TrimSpace(one.Reason) == "" {
			return nil, cdp.Effect{}, ErrReason
		}
	}
	return d.carryOut(ctx, d.deciding(list), digest)
}

// Undo takes decisions back, as Decide makes them.
func (d *Desk) Undo(ctx context.Context, ids []cdp.DecisionID, reason, digest string) ([]cdp.Decision, cdp.Effect, error) {
	if strings.TrimSpace(reason) == "" {
		return nil, cdp.Effect{}, ErrReason
	}
	return d.carryOut(ctx, d.undoing(ids, reason), digest)
}

// shortestDigest is how much of a digest names it.
const shortestDigest = 16

func (d *Desk) carryOut(ctx context.Context, a *act, digest string) ([]cdp.Decision, cdp.Effect, error) {
	if err := d.mayDecide(); err != nil {
		return nil, cdp.Effect{}, err
	}
	if a.n == 0 {
		return nil, cdp.Effect{}, errors.New("there is nothing to decide")
	}
	if err := d.settleLeft(ctx); err != nil {
		return nil, cdp.Effect{}, err
	}
	if digest != "" || a.n > 1 { // of several, a mistake in the last one must show before the first is made
		would, err := d.draft(ctx, a)
		if err != nil {
			return nil, would, err
		}
		if digest != "" && (len(digest) < shortestDigest || !strings.HasPrefix(would.Digest, digest)) {
			return nil, would, &StaleError{digest, would.Digest}
		}
		digest = would.Digest
	}
	c := &carrying{d: d, act: a, digest: digest, seen: graph.NewWitness(), done: make([]cdp.Decision, a.n)}
	all := make([]int, a.n)
	for i := range all {
		all[i] = i
	}
	if err := inParts(ctx, d, all, func(part []int) error { return c.transaction(ctx, part) }); err != nil {
		return nil, a.effect(c.seen), err
	}
	out := a.effect(c.seen)
	if digest != "" && out.Digest != digest {
		return c.done, out, &OtherwiseError{digest, out.Digest}
	}
	return c.done, out, nil
}

// A carrying is an act on its way.
type carrying struct {
	d *Desk
	*act
	digest string // of what must come of it; "": whatever does
	seen   *graph.Witness
	done   []cdp.Decision
}

// transaction does a part of an act, with its log entries. When the part is the
// whole and comes to something else than it must, nothing of it is kept.
func (c *carrying) transaction(ctx context.Context, part []int) error {
	var saw *graph.Witness
	left := false
	err := c.d.s.g.Update(ctx, c.d.s.opt.Now(), func(tx *graph.Tx) error {
		saw = graph.NewWitness()
		touched := make([][]cdp.ProfileID, len(part))
		for k, i := range part {
			w := graph.NewWitness()
			tx.Watch(w)
			var err error
			if c.done[i], err = c.one(tx, i); err != nil {
				return err
			}
			touched[k] = w.Profiles()
			saw.Join(w)
		}
		left = tx.LeftPending()
		digest := c.digest
		if now := c.effect(saw).Digest; !left && len(part) == c.n {
			if digest != "" && digest != now {
				return &StaleError{digest, now}
			}
			digest = now
		}
		for k, i := range part {
			if err := c.log(tx, &c.done[i], digest, touched[k]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.seen.Join(saw)
	if !left {
		return nil
	}
	return c.d.settleRest(ctx, c.seen)
}

// loggedProfiles bounds the profiles by which the entry of one decision can be
// found.
const loggedProfiles = 100

func (c *carrying) log(tx *graph.Tx, made *cdp.Decision, digest string, touched []cdp.ProfileID) error {
	e := c.d.entry(c.verb, decisionRef(made.ID), fmt.Sprintf("%s: %s, %s", made.Verb, several(len(made.Rows), "row"), several(len(touched), "profile")))
	if !made.Identifier.IsZero() {
		e.Detail = fmt.Sprintf("%s %v: %s, %s", made.Verb, made.Identifier, several(len(made.Rows), "row"), several(len(touched), "profile"))
	}
	e.Reason, e.Digest = made.Reason, digest
	if c.verb == "undo" {
		e.Reason = c.reason
	}
	touched, err := named(tx, made, touched)
	if err != nil {
		return err
	}
	var about []cdp.Ref
	for _, p := range touched[:min(len(touched), loggedProfiles)] {
		about = append(about, profileRef(p))
	}
	return c.d.log(tx, e, about...)
}

// named adds to the profiles that a decision touched those of the rows it
// names: it is about them even where it changes nothing.
func named(tx *graph.Tx, made *cdp.Decision, touched []cdp.ProfileID) ([]cdp.ProfileID, error) {
	touched = slices.Clone(touched)
	for _, r := range made.Rows {
		if len(touched) >= loggedProfiles {
			break
		}
		rec, _, err := tx.Row(r.Source, r.Key)
		var p cdp.ProfileID
		if err == nil {
			p, err = tx.ProfileOf(rec)
		}
		if errors.Is(err, graph.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if p != 0 && !slices.Contains(touched, p) {
			touched = append(touched, p)
		}
	}
	return touched, nil
}

func decisionRef(id cdp.DecisionID) cdp.Ref { return cdp.Ref{Kind: "decision", ID: id.String()} }

// Decisions returns up to n decisions before one, newest first; before 0 means
// from the newest on. Those that were taken back are among them.
func (d *Desk) Decisions(ctx context.Context, before cdp.DecisionID, n int) ([]cdp.Decision, error) {
	var out []cdp.Decision
	err := d.read(ctx, d.entry("view", cdp.Ref{Kind: "decisions"}, ""), func(tx *graph.Tx, r *reading) (err error) {
		out, err = tx.DecisionsBefore(before, clamp(n, 50, 1000))
		for _, one := range out {
			r.saw(one.ID, one.Undone.IsZero())
		}
		r.detail = counted(len(out), "decision", before != 0, before)
		return err
	})
	return out, err
}

// Decision returns one decision, or ErrNotFound.
func (d *Desk) Decision(ctx context.Context, id cdp.DecisionID) (cdp.Decision, error) {
	var out cdp.Decision
	err := d.read(ctx, d.entry("view", decisionRef(id), ""), func(tx *graph.Tx, r *reading) (err error) {
		out, err = tx.Decision(uint64(id))
		r.saw(id, out.Undone.IsZero())
		return err
	})
	return out, err
}
