package steward

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

var (
	// ErrSameLists is returned for lists that are in force already.
	ErrSameLists = errors.New("these lists are in force already")
	// ErrNotYet is returned for lists that say that they are valid from a later
	// day on.
	ErrNotYet = errors.New("these lists are not valid yet")
)

// IdentityLists returns the versions of the lists of placeholders, by the time
// they came into force; one is in force. It reads no personal data and is not
// logged.
func (d *Desk) IdentityLists(ctx context.Context) ([]cdp.IdentityLists, error) {
	var out []cdp.IdentityLists
	err := d.s.g.View(ctx, func(tx *graph.Tx) error {
		out = nil
		now, err := tx.Lists()
		if err != nil {
			return err
		}
		own, err := graph.ParseLists(graph.DefaultLists())
		if err != nil {
			return err
		}
		versions, err := tx.ListsVersions()
		if err != nil {
			return err
		}
		if len(versions) == 0 { // the store is older than versions of lists
			versions = []graph.ListsVersion{{Hash: now.Hash(), Text: graph.DefaultLists()}}
		}
		for _, v := range versions {
			m, err := graph.ParseLists(v.Text)
			if err != nil {
				return fmt.Errorf("lists %.16s: %w", v.Hash, err)
			}
			one := cdp.IdentityLists{Version: m.Version, Hash: v.Hash, From: v.From, By: v.By, Reason: v.Reason, Text: v.Text}
			for _, diff := range m.Against(own) {
				one.Differs = append(one.Differs, cdp.ListDifference(diff))
			}
			out = append(out, one)
		}
		for i := range slices.Backward(out) {
			if out[i].Hash == now.Hash() {
				out[i].InForce = true
				break
			}
		}
		return nil
	})
	return out, err
}

// byLists names the lists by which a value joins nothing, in brackets; "" where
// it is not by lists.
func byLists(k ground, c cdp.Claim) (string, error) {
	by, err := k.MarkedBy(cmp.Or(c.Blocked, c.Generic))
	if err != nil || by == "" {
		return "", err
	}
	return " (" + by + ")", nil
}

// PreviewLists tells what other lists would do to the profiles of the whole
// store, and changes nothing. progress is told the number of records read; it
// may be nil.
func (d *Desk) PreviewLists(ctx context.Context, text []byte, progress func(records int)) (cdp.Effect, error) {
	c, err := d.listsChange(text, "", progress)
	if err != nil {
		return cdp.Effect{}, err
	}
	return d.preview(ctx, c)
}

// ActivateLists puts lists in force: for what is delivered from now on, and for
// all that is there, as if they had always been. It is done as ActivateRules
// does it. Records that lose what they are held on, because it was said at what
// is a placeholder now, go into quarantine; others come out of it.
func (d *Desk) ActivateLists(ctx context.Context, text []byte, digest, reason string, progress func(records int)) (cdp.Effect, error) {
	if err := d.mayActivate(reason); err != nil {
		return cdp.Effect{}, err
	}
	c, err := d.listsChange(text, reason, progress)
	if err != nil {
		return cdp.Effect{}, err
	}
	if lists, err := graph.ParseLists(text); err == nil && !lists.From.IsZero() && d.s.opt.Now().Before(lists.From.In(time.UTC)) {
		return cdp.Effect{}, fmt.Errorf("%w: their valid_from is %s", ErrNotYet, lists.From)
	}
	return d.activate(ctx, c, digest, reason)
}

func (d *Desk) listsChange(text []byte, reason string, progress func(int)) (*change, error) {
	lists, err := graph.ParseLists(text)
	if err != nil {
		return nil, err
	}
	c := &change{object: cdp.Ref{Kind: "identity lists", ID: lists.Hash()}}
	c.diff = func(ctx context.Context, tx *graph.Tx) (*graph.RulesDiff, error) {
		now, err := tx.Lists()
		if err != nil {
			return nil, err
		}
		if now.Hash() == lists.Hash() {
			return nil, ErrSameLists
		}
		rule, err := d.ruling(tx)
		if err != nil {
			return nil, err
		}
		return tx.ListsDiff(ctx, lists, rule, progress)
	}
	c.set = func(tx *graph.Tx) error {
		return tx.SetLists(graph.ListsVersion{From: tx.Now(), By: d.actor.Name, Reason: reason, Text: text})
	}
	var later []cdp.RecordID
	c.before = func(ctx context.Context, _ *graph.Witness) (err error) {
		later, err = d.remarkRest(ctx)
		return err
	}
	c.after = func(ctx context.Context, seen *graph.Witness) error { return d.judgeLater(ctx, later, seen) }
	return c, nil
}

// ruling rules on records whose claims other lists mark otherwise, as judging
// them again does.
func (d *Desk) ruling(tx *graph.Tx) (graph.Relist, error) {
	now := d.s.opt.Now()
	reg, err := d.s.inForce(tx, now)
	if err != nil {
		return nil, err
	}
	return func(tx *graph.Tx, rec *graph.Record) (cdp.Ruling, string, error) {
		f, err := d.s.factsOf(tx, *rec, cdp.Standpoint{})
		if err != nil {
			return cdp.Ruling{}, "", err
		}
		ruling := f.ruling()
		if ruling.Outcome == cdp.Quarantined {
			bound(&ruling, reg, cmp.Or(rec.Since, now))
		}
		return ruling, controllerOf(reg, f.src), nil
	}, nil
}

// remarkChunk is how many records one transaction judges by other lists.
const remarkChunk = 1_000

// remarkRest judges all records by lists that were put in force, where that was
// not done yet. It returns those that are to be judged when all is settled; the
// next Tick does that too.
func (d *Desk) remarkRest(ctx context.Context) ([]cdp.RecordID, error) {
	open := false
	err := d.s.g.View(ctx, func(tx *graph.Tx) error { // the usual answer is no: that must not cost a write
		left, judged, err := tx.Relisting()
		open = left && !judged
		return err
	})
	if err != nil || !open {
		return nil, err
	}
	var later []cdp.RecordID
	for n := remarkChunk; ; {
		var step graph.Remarked
		err := d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error {
			open, judged, err := tx.Relisting()
			if err != nil || !open || judged {
				step = graph.Remarked{Done: true}
				return err
			}
			rule, err := d.ruling(tx)
			if err != nil {
				return err
			}
			if step, err = tx.Remark(n, rule); err != nil || step.Changed == 0 {
				return err
			}
			return d.log(tx, d.entry("settle", cdp.Ref{Kind: "identity lists"}, several(step.Changed, "record")+" judged by the lists in force"))
		})
		if tooMuch(err) && n > 1 {
			n /= 2
			continue
		}
		if err != nil {
			return later, err
		}
		if later = append(later, step.Later...); step.Done {
			return later, nil
		}
	}
}

// judgeLater judges records again that are due since their values were judged
// by other lists.
func (d *Desk) judgeLater(ctx context.Context, ids []cdp.RecordID, seen *graph.Witness) error {
	for chunk := range slices.Chunk(ids, tickChunk) {
		err := inParts(ctx, d, chunk, func(ids []cdp.RecordID) error {
			var saw *graph.Witness
			e := d.entry("judge", cdp.Ref{Kind: "identity lists"}, several(len(ids), "record")+" judged again")
			err := d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error {
				saw = graph.NewWitness()
				tx.Watch(saw)
				reg, err := d.s.inForce(tx, tx.Now())
				if err != nil {
					return err
				}
				for _, id := range ids {
					if _, err := d.s.rejudge(tx, reg, id); err != nil {
						return fmt.Errorf("%v: %w", id, err)
					}
				}
				return d.log(tx, e)
			})
			if err == nil {
				seen.Join(saw)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return d.settleRest(ctx, seen)
}
