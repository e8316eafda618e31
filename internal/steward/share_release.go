package steward

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/kv"
)

// A bitmap is a set of line numbers: a million of them take 125 KB.
type bitmap []uint64

func (b *bitmap) add(n int) {
	for len(*b) <= n/64 {
		*b = append(*b, 0)
	}
	(*b)[n/64] |= 1 << (n % 64)
}

func (b bitmap) has(n int) bool { return n/64 < len(b) && b[n/64]&(1<<(n%64)) != 0 }

// sooner returns the earlier of two moments; a zero one is none.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// end lets a completed run leave, and confirms it.
func (r *running) end(ctx context.Context) error {
	r.run.Digest = r.sum.sum(r.gate).Digest
	var otherwise, err error
	switch as := r.run.Planned == "" || r.run.Digest == r.run.Planned; {
	case !r.out.Direct() && !as:
		err = &StaleError{r.run.Planned, r.run.Digest}
	case !r.out.Direct():
		err = r.release(ctx)
	default:
		if !as {
			otherwise = &OtherwiseError{r.run.Planned, r.run.Digest}
		}
		r.run.FileHash, err = r.out.Seal(nil)
	}
	if err == nil {
		err = r.out.Close()
	}
	if err != nil {
		return errors.Join(err, r.broken(ctx))
	}
	r.run.State, r.run.Confirmed, r.run.Done = cdp.RunSent, r.run.Lines, r.d.s.opt.Now()
	e := r.entry(fmt.Sprintf("%d sent, %d denied; all has left", r.run.Allowed, r.run.Denied))
	e.Digest = r.run.FileHash
	// What has left is recorded as such even when the officer gives up now.
	return errors.Join(otherwise, r.settle(context.WithoutCancel(ctx), e))
}

// broken records how a run ended that was cut off.
func (r *running) broken(ctx context.Context) error {
	left := r.out.Abort()
	r.run.Done = r.d.s.opt.Now()
	detail := "cut off: what was recorded may have left"
	if !left {
		r.run.State, detail = cdp.RunVoid, "given up: nothing has left"
	}
	return r.settle(context.WithoutCancel(ctx), r.entry(detail))
}

func (r *running) settle(ctx context.Context, e cdp.Entry) error {
	return r.d.s.g.Update(ctx, r.d.s.opt.Now(), func(tx *graph.Tx) error { return r.d.keepRun(tx, &r.run, e) })
}

func (d *Desk) keepRun(tx *graph.Tx, run *cdp.ShareRun, e cdp.Entry) error {
	if err := tx.SetRun(*run); err != nil {
		return err
	}
	return d.log(tx, e, cdp.Ref{Kind: "recipient", ID: run.Ask.Recipient})
}

const (
	followedChanges  = 500   // of the journal, in one transaction of a release
	followedCarriers = 1_000 // of an identifier at which a no was said; with more, all lines are judged again
	followedRecords  = 4_000 // on which changes may bear, in one transaction; with more, all lines are judged again
	followedLines    = 200   // judged again in one transaction, when all are

	releaseSteps = 80 // before a release is given up
	wholeSteps   = 8  // that judging all lines again counts for
	longestReach = 7  // how often the first three double
)

// release lets a file leave, in one transaction that reads the journal up to its
// end: whatever was acknowledged before it is in what the file holds, and
// whatever comes later finds the shares made. Lines that were overtaken are
// struck before; the transaction that finds one releases nothing. So that it
// catches up with what is taken in meanwhile, each step looks at more changes in
// one transaction, for which others wait. Where the store never rests long
// enough it gives up: nothing leaves.
func (r *running) release(ctx context.Context) error {
	n := 0
	for sealed, whole := false, false; n < releaseSteps; n++ {
		if whole {
			if err := r.allAgain(ctx); err != nil {
				return err
			}
			sealed, whole, n = false, false, n+wholeSteps
		}
		if !sealed {
			var err error
			if r.run.FileHash, err = r.out.Seal(r.struck.has); err != nil {
				return err
			}
			sealed = true
		}
		r.reach = 1 << min(n, longestReach)
		var step struck
		done := false
		err := r.again(ctx, func(tx *graph.Tx, g *gateOut) (err error) {
			done = false
			if whole, err = r.outlived(tx); err != nil || whole {
				return err
			}
			var lines []cdp.ShareLine
			var more bool
			if lines, step.seen, more, whole, err = r.overtaken(tx, g.ask.Register); err != nil || whole {
				return err
			}
			if err := r.strike(tx, g, lines, &step); err != nil {
				return err
			}
			if done = !more && len(step.lines) == 0; !done {
				return nil
			}
			run := r.run
			run.State, run.Released = cdp.RunReleased, tx.Now()
			e := r.entry(fmt.Sprintf("released: %d lines, %d were struck before", run.Allowed, run.Struck))
			e.Digest = run.FileHash
			step.run = run
			if run.Ask.Channel != "" {
				if err := tx.RaiseSpoken(); err != nil {
					return err
				}
			}
			return r.d.keepRun(tx, &run, e)
		}, &step)
		switch {
		case errors.Is(err, kv.ErrTooLarge):
			whole = true
			continue
		case err != nil || done:
			return err
		}
		r.until = sooner(r.until, step.until)
		sealed = sealed && len(step.lines) == 0
		r.tell()
	}
	return planf("run it again when less is being taken in",
		"the store changed faster than the file could be checked: however often it was, something had changed meanwhile")
}

// outlived reports whether all lines have to be judged again: a verdict ended by
// itself, another run left over a channel, which may make it too early to speak
// to the same people again, or something was restricted or suppressed.
func (r *running) outlived(tx *graph.Tx) (bool, error) {
	if !r.until.IsZero() && !r.until.After(tx.Now()) {
		return true, nil
	}
	n, err := tx.Barred()
	if err != nil || n != r.barred || r.run.Ask.Channel == "" {
		return err == nil && n != r.barred, err
	}
	n, err = tx.Spoken()
	return n != r.spoken, err
}

// A struck is what one transaction of a release came to.
type struck struct {
	run   cdp.ShareRun
	lines []int
	until time.Time // of those that were judged again and stay
	seen  uint64
}

// again does one transaction of a release, and takes over what it came to.
func (r *running) again(ctx context.Context, f func(*graph.Tx, *gateOut) error, out *struck) error {
	err := r.d.s.g.Update(ctx, r.d.s.opt.Now(), func(tx *graph.Tx) error {
		*out = struck{run: r.run, seen: r.seen}
		g, err := r.d.s.gateOut(tx, r.run.Ask, tx.Now())
		if err != nil {
			return err
		}
		if hash := g.ask.Register.Hash(); hash != r.run.Register {
			return fmt.Errorf("the activity register was replaced while the disclosure ran: %w", &StaleError{"by register " + r.run.Register, "by register " + hash})
		}
		return f(tx, g)
	})
	if err != nil {
		return err
	}
	r.run, r.seen = out.run, out.seen
	for _, n := range out.lines {
		r.struck.add(n)
	}
	return ctx.Err()
}

// allAgain judges all lines again, in as many transactions as it takes.
func (r *running) allAgain(ctx context.Context) error {
	r.until = time.Time{}
	var head, spoken, barred uint64
	for after, more := 0, true; more; {
		var step struck
		last := after // not after itself: the function may run more than once
		err := r.again(ctx, func(tx *graph.Tx, g *gateOut) error {
			if after == 0 {
				var err error
				if head, err = tx.JournalHead(); err != nil {
					return err
				}
				if spoken, err = tx.Spoken(); err != nil {
					return err
				}
				if barred, err = tx.Barred(); err != nil {
					return err
				}
			}
			lines, err := tx.ShareLines(r.run.ID, after, followedLines, false)
			if more = len(lines) == followedLines; err != nil || len(lines) == 0 {
				return err
			}
			last = lines[len(lines)-1].Line
			return r.strike(tx, g, lines, &step)
		}, &step)
		if err != nil {
			return err
		}
		after, r.until = last, sooner(r.until, step.until)
	}
	r.seen, r.spoken, r.barred = head, spoken, barred
	return nil
}

// strike judges lines again, and strikes those that would not leave so any more.
func (r *running) strike(tx *graph.Tx, g *gateOut, lines []cdp.ShareLine, out *struck) error {
	for i := range lines {
		l := &lines[i]
		v, err := r.holds(tx, g, l)
		if err != nil {
			return fmt.Errorf("%s: %w", l.Ref(), err)
		}
		if v.Allow {
			if v.Until.After(tx.Now()) {
				out.until = sooner(out.until, v.Until)
			}
			continue
		}
		if r.run.Planned != "" {
			return &StaleError{r.run.Planned, "not known"}
		}
		l.Rule, l.Article, l.Until, l.Struck = v.Rule, v.Article, time.Time{}, tx.Now()
		if err := tx.StrikeShareLine(l); err != nil {
			return err
		}
		out.lines = append(out.lines, l.Line)
		out.run.Allowed, out.run.Denied, out.run.Struck = out.run.Allowed-1, out.run.Denied+1, out.run.Struck+1
	}
	if len(out.lines) == 0 {
		return nil
	}
	if err := tx.SetRun(out.run); err != nil {
		return err
	}
	e := r.entry(fmt.Sprintf("%d lines were struck before the release: what was judged does not hold any more", len(out.lines)))
	return r.d.log(tx, e)
}

// holds judges a line as it would leave now. What would leave otherwise does not
// hold either: the next run sends it as it is then.
func (r *running) holds(tx *graph.Tx, g *gateOut, l *cdp.ShareLine) (cdp.Verdict, error) {
	changed := cdp.Verdict{Rule: "share.changed", Article: "Art. 5(1)(d)"}
	var id cdp.ProfileID
	for i, rec := range l.Records { // what went into it must still be of one person
		in, err := tx.ProfileOf(rec)
		if err != nil || in == 0 || i > 0 && in != id {
			return changed, err
		}
		id = in
	}
	p, err := tx.Profile(id, 0)
	if err != nil {
		return changed, err
	}
	if in, err := r.chosen(tx, &p); err != nil || !in {
		return changed, err
	}
	j, endpoints, err := g.disclose(&p)
	if err != nil {
		return changed, err
	}
	if _, err := tx.Guards(endpoints); err != nil || !j.Verdict.Allow {
		return j.Verdict, err
	}
	switch _, digest, err := r.write(l, &j, &p); {
	case err != nil:
		return changed, err
	case digest != l.Digest:
		return changed, nil
	}
	return j.Verdict, nil
}
