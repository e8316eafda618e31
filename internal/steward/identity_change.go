package steward

import (
	"context"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// A change puts rules of identity, or lists, in force for the whole store.
type change struct {
	object cdp.Ref
	// diff finds what it would do.
	diff func(ctx context.Context, tx *graph.Tx) (*graph.RulesDiff, error)
	// set puts it in force.
	set func(tx *graph.Tx) error
	// before is done when it is in force and nothing is settled yet, after when
	// all is; they may be nil.
	before, after func(ctx context.Context, seen *graph.Witness) error
}

// effect binds the digest to what is put in force.
func (c *change) effect(w *graph.Witness) cdp.Effect {
	return (&act{verb: "activate", what: []byte(c.object.ID)}).effect(w)
}

func (d *Desk) differs(ctx context.Context, c *change) (diff *graph.RulesDiff, err error) {
	if err := d.settleLeft(ctx); err != nil {
		return nil, err
	}
	err = d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		diff, err = c.diff(ctx, tx)
		return err
	})
	return diff, err
}

// preview tells what a change would do to the profiles of the whole store.
func (d *Desk) preview(ctx context.Context, c *change) (cdp.Effect, error) {
	diff, err := d.differs(ctx, c)
	if err != nil {
		return cdp.Effect{}, err
	}
	out := c.effect(diff.Witness)
	out.Counts.Links += diff.Marks
	e := d.entry("preview", c.object, told(out)+"; "+several(diff.Records, "record")+" looked at")
	e.Digest = out.Digest
	return out, d.update(ctx, &e, func(*graph.Tx) error { return nil })
}

// markChunk is how many components one transaction marks.
const markChunk = 2_000

// activate puts a change in force and settles again all that it makes
// otherwise, in as many transactions as it takes. Cut off, it is gone on with by
// the next Tick. With the digest of a preview, or its first 16 digits, it does
// what was previewed or nothing: see Decide.
func (d *Desk) activate(ctx context.Context, c *change, digest, reason string) (cdp.Effect, error) {
	diff, err := d.differs(ctx, c)
	if err != nil {
		return cdp.Effect{}, err
	}
	would := c.effect(diff.Witness)
	would.Counts.Links += diff.Marks
	if digest != "" && (len(digest) < shortestDigest || !strings.HasPrefix(would.Digest, digest)) {
		return would, &StaleError{digest, would.Digest}
	}
	for chunk := range slices.Chunk(diff.Differ, markChunk) {
		e := d.entry("settle", c.object, several(len(chunk), "profile")+" marked to be settled again")
		err := d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error {
			if err := tx.MustSettle(chunk); err != nil {
				return err
			}
			return d.log(tx, e)
		})
		if err != nil {
			return cdp.Effect{}, err
		}
	}
	e := d.entry("activate", c.object, told(would))
	e.Reason, e.Digest = reason, would.Digest
	err = d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error {
		head, err := tx.JournalHead()
		if err != nil {
			return err
		}
		if head != diff.Journal { // somebody changed profiles meanwhile: what differs is not known
			return &StaleError{would.Digest, "not known"}
		}
		if err := c.set(tx); err != nil {
			return err
		}
		return d.log(tx, e)
	})
	if err != nil {
		return cdp.Effect{}, err
	}
	seen := graph.NewWitness()
	steps := []func(context.Context, *graph.Witness) error{c.before, d.settleRest, c.after}
	for _, step := range steps {
		if step == nil {
			continue
		}
		if err := step(ctx, seen); err != nil {
			return c.effect(seen), err
		}
	}
	out := c.effect(seen)
	out.Counts.Links += diff.Marks
	if out.Digest != would.Digest {
		return out, &OtherwiseError{would.Digest, out.Digest}
	}
	return out, nil
}

// mayActivate says why an actor may not put anything in force.
func (d *Desk) mayActivate(reason string) error {
	if strings.TrimSpace(reason) == "" {
		return ErrReason
	}
	return d.mayDecide()
}
