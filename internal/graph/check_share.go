package graph

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// disclosures checks what was sent, what recipients are to be told, what they
// acknowledged, and the guards.
func (c *checker) disclosures(ctx context.Context) error {
	for _, step := range []func() error{c.runs, c.shareMarks, c.notices, c.known, c.guards} {
		if err := step(); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// each yields the unsealed rows of a range.
func (c *checker) each(rng kv.Range, f func(key, value []byte) error) error {
	for e, err := range c.tx.r.Scan(rng) {
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		var value []byte
		if !rng.KeysOnly {
			if value, err = layout.Unseal(e.Key, e.Value); err != nil {
				return fmt.Errorf("graph: check: %w", err)
			}
		}
		if err := f(e.Key, value); err != nil {
			return err
		}
	}
	return nil
}

// runs checks runs and their lines: as many as the run says, each found by the
// records it hangs on.
func (c *checker) runs() error {
	var allowed, denied, last int
	err := c.each(layout.Runs(), func(key, value []byte) error {
		id := cdp.RunID(layout.LastNumber(key))
		last = int(id)
		run, err := decodeRun(id, c.tx.reader(value))
		if err != nil {
			return err
		}
		ref := cdp.Ref{Kind: "run", ID: id.String()}
		n, yes, struck := 0, 0, 0
		err = c.each(layout.ShareLinesFrom(id, 0), func(key, value []byte) error {
			_, _, line, err := layout.ShareOf(key)
			if err != nil {
				return err
			}
			l, err := decodeShareLine(&run, line, c.tx.reader(value))
			if err != nil {
				return err
			}
			if n++; line != n {
				c.problem("share.line", ref, "line %d stands at place %d", line, n)
			}
			if l.Allow {
				yes++
			}
			if !l.Struck.IsZero() {
				struck++
			}
			return c.shareLine(&l)
		})
		if err != nil {
			return err
		}
		if n != run.Lines || run.Confirmed > run.Lines || run.Allowed != yes || run.Denied != n-yes || run.Struck != struck {
			c.problem("share.run", ref, "says %d lines, %d of them sent: there are %d, %d of them sent", run.Lines, run.Allowed, n, yes)
		}
		allowed, denied = allowed+yes, denied+n-yes
		return nil
	})
	if err != nil {
		return err
	}
	if err := c.each(layout.RunTopics(), func(key, _ []byte) error {
		id := cdp.RunID(layout.LastNumber(key))
		if ok, err := c.tx.has(layout.KeyRun(id)); err != nil || ok {
			return err
		}
		c.problem("share.topic", cdp.Ref{Kind: "run", ID: id.String()}, "has a topic, and is no run")
		return nil
	}); err != nil {
		return err
	}
	lines := 0
	all := layout.AllShareLines()
	all.KeysOnly = true
	if err := c.each(all, func([]byte, []byte) error { lines++; return nil }); err != nil {
		return err
	}
	d, err := c.tx.disclosed()
	if err != nil {
		return err
	}
	c.compare("", []count{{"runs", int(d.runs), last}, {"shares of runs", d.shares, allowed}, {"denials of runs", d.denials, denied}, {"lines of runs", lines, allowed + denied}})
	return nil
}

func (c *checker) shareLine(l *cdp.ShareLine) error {
	ref := cdp.Ref{Kind: "share", ID: l.Ref()}
	if len(l.Records) == 0 {
		c.problem("share.record", ref, "hangs on no record")
	}
	for _, rec := range l.Records {
		if ok, err := c.tx.has(layout.KeyShareOf(rec, l.Run, l.Line)); err != nil {
			return err
		} else if !ok {
			c.problem("share.mark", ref, "is not found by %v", rec)
		}
		if _, err := c.tx.place(rec); errors.Is(err, ErrNotFound) {
			c.problem("share.record", ref, "hangs on %v, which does not exist", rec)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// shareMarks checks that each mark leads to a line that hangs on the record.
func (c *checker) shareMarks() error {
	return c.each(layout.SharesFrom(0), func(key, _ []byte) error {
		rec, run, line, err := layout.ShareOf(key)
		if err != nil {
			return err
		}
		value, err := c.tx.get(layout.KeyShareLine(run, line))
		if errors.Is(err, kv.ErrNotFound) {
			c.problem("share.mark", recordRef(rec), "leads to line %d of %v, which is not there", line, run)
			return nil
		}
		if err != nil {
			return err
		}
		l, err := decodeShareLine(&cdp.ShareRun{ID: run}, line, c.tx.reader(value))
		if err == nil && !slices.Contains(l.Records, rec) {
			c.problem("share.mark", recordRef(rec), "leads to %s, which does not hang on it", l.Ref())
		}
		return err
	})
}

// notices checks that each notice is found by what it is about, and stands
// among the open ones as long as it is.
func (c *checker) notices() error {
	open, last, n := 0, 0, 0
	err := c.each(layout.NoticesFrom(0), func(key, value []byte) error {
		id := cdp.NoticeID(layout.LastNumber(key))
		last, n = int(id), n+1
		x, err := decodeNotice(id, c.tx.reader(value))
		if err != nil {
			return err
		}
		ref := cdp.Ref{Kind: "notice", ID: id.String()}
		if about, err := cdp.ParseUUID(x.About); err != nil {
			c.problem("notice.about", ref, "has no reference that a recipient can cite")
		} else if got, err := c.tx.NoticeAbout(about); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		} else if err != nil || got.ID != id {
			c.problem("notice.about", ref, "is not found by its reference")
		}
		marked, err := c.tx.has(layout.KeyNoticeOpen(id))
		if err != nil {
			return err
		}
		if marked == x.State.Settled() {
			c.problem("notice.open", ref, "is %s, and among the open ones: %v", x.State, marked)
		}
		if !x.State.Settled() {
			open++
		}
		return nil
	})
	if err != nil {
		return err
	}
	about := 0
	if err := c.each(layout.NoticesAbout(), func([]byte, []byte) error { about++; return nil }); err != nil {
		return err
	}
	d, err := c.tx.disclosed()
	if err != nil {
		return err
	}
	c.compare("", []count{{"notices", int(d.notices), last}, {"open notices", d.open, open}, {"references of notices", n, about}})
	return nil
}

// known checks that what a recipient acknowledged is about a notice that it
// acknowledged.
func (c *checker) known() error {
	return c.each(layout.Acked(), func(key, value []byte) error {
		recipient, purpose, subject, err := layout.AckedOf(key)
		if err != nil {
			return err
		}
		k, err := decodeKnown(c.tx.reader(value))
		if err != nil {
			return err
		}
		ref := cdp.Ref{Kind: "notice", ID: k.Notice.String()}
		n, err := c.tx.Notice(k.Notice)
		switch {
		case errors.Is(err, ErrNotFound):
			c.problem("acked.notice", ref, "was acknowledged and does not exist")
		case err != nil:
			return err
		case n.State != cdp.NoticeAcked || n.Recipient != recipient || n.Purpose != purpose || !n.Subject.Same(subject):
			c.problem("acked.notice", ref, "is kept as acknowledged by %s, and is not", recipient)
		}
		return nil
	})
}

// guards checks that a no was said where one is guarded against.
func (c *checker) guards() error {
	return c.each(layout.Guards(), func(key, value []byte) error {
		endpoint, err := layout.GuardOf(key)
		if err != nil {
			return err
		}
		r := c.tx.reader(value)
		if n, at := r.Uint(), r.Time(); !r.Done() || n == 0 || at.IsZero() {
			c.problem("guard.value", cdp.Ref{Kind: "identifier", ID: string(endpoint.Kind())}, "is guarded and nothing was said")
		}
		for _, rng := range []kv.Range{layout.ConsentsOf(endpoint), layout.PreferencesOf(endpoint)} {
			for _, err := range c.tx.r.Scan(rng) {
				return err // one is enough
			}
		}
		c.problem("guard.said", cdp.Ref{Kind: "identifier", ID: string(endpoint.Kind())}, "is guarded and nothing was said there")
		return nil
	})
}
