package steward

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/kv"
)

// An Outlet takes what leaves. Its Line is asked before the shares are
// recorded, so that what leaves can be recorded with its digest; its Write only
// after that.
type Outlet interface {
	// Line returns a line as it will be written. It writes nothing, and may be
	// asked more than once.
	Line(cdp.PayloadLine) ([]byte, error)
	// Write takes the lines of shares that are recorded.
	Write([]byte) error
	// Direct reports whether what is written has left at once.
	Direct() bool
	// Close ends it: all has left. It returns the SHA-256 of all bytes, in hex.
	Close() (string, error)
	// Abort ends it: what has not left does not. It reports whether anything may
	// have left. After Close it does nothing.
	Abort() (left bool)
}

// A ShareOrder says how a disclosure is run.
type ShareOrder struct {
	Digest string // of the plan that the run must equal, or its first 16 digits; "" for whatever it comes to
	Reason string
	Format string
	To     string // name of the file, or "-"
}

// shareChunk is how many profiles one transaction of a run judges at most.
const shareChunk = 200

// ShareRun judges profile by profile, records each share and each denial, and
// lets the bytes of a share leave only when it is recorded. What is judged and
// recorded is one transaction, which also reads the guards of all endpoints: a
// withdrawal that was acknowledged before it ends is in what it judged, or makes
// it judge again. So no share is made after an acknowledged withdrawal.
//
// Recorded lines are prepared until they are confirmed. A run that is cut off
// between the two counts as sent as far as its bytes may have left; nothing has
// of a file that was not completed, and the run is void.
//
// With the digest of a plan the run does what was planned or nothing: a
// *StaleError. Only where bytes leave at once can it notice too late: an
// *OtherwiseError.
func (d *Desk) ShareRun(ctx context.Context, ask cdp.Ask, o ShareOrder, out Outlet, progress func(profiles int)) (cdp.ShareRun, error) {
	defer out.Abort()
	switch {
	case strings.TrimSpace(o.Reason) == "":
		return cdp.ShareRun{}, ErrReason
	case d.actor.ReadOnly:
		return cdp.ShareRun{}, ErrReadOnly
	}
	ask, chosen, err := d.s.choosing(ctx, ask)
	if err != nil {
		return cdp.ShareRun{}, err
	}
	r := &running{d: d, out: out, chosen: chosen, sum: d.s.newSum(ask), progress: progress,
		run: cdp.ShareRun{Ask: shapedAsk(ask), Format: o.Format, To: o.To, By: d.actor.Name, Reason: o.Reason}}
	if o.Digest != "" {
		plan, err := d.plan(ctx, ask, nil)
		if err != nil {
			return r.run, err
		}
		if len(o.Digest) < shortestDigest || !strings.HasPrefix(plan.Digest, o.Digest) {
			return r.run, &StaleError{o.Digest, plan.Digest}
		}
		r.run.Planned = plan.Digest
	}
	if err := r.begin(ctx); err != nil {
		return r.run, err
	}
	if err := r.all(ctx); err != nil {
		return r.run, errors.Join(err, r.broken(ctx))
	}
	return r.run, r.end(ctx)
}

// A running is a run on its way.
type running struct {
	d        *Desk
	out      Outlet
	run      cdp.ShareRun
	sum      *shareSum
	gate     *gateOut
	chosen   func(*graph.Tx, *graph.Profile) (bool, error)
	progress func(int)
	sent     int // payload lines
}

func (r *running) entry(detail string) cdp.Entry {
	e := r.d.entry("share", cdp.Ref{Kind: "run", ID: r.run.ID.String()}, detail)
	e.Reason = r.run.Reason
	return e
}

// begin announces the run, unless nothing may go to the recipient at all: that
// is logged too.
func (r *running) begin(ctx context.Context) error {
	var closed *ClosedError
	err := r.d.s.g.Update(ctx, r.d.s.opt.Now(), func(tx *graph.Tx) error {
		g, err := r.d.s.gateOut(tx, r.run.Ask, tx.Now())
		if err != nil {
			return err
		}
		to := cdp.Ref{Kind: "recipient", ID: r.run.Ask.Recipient}
		if closed = g.closedTo(); closed != nil {
			e := r.d.entry("deny", to, fmt.Sprintf("purpose %s: %s, %s", r.run.Ask.Purpose, closed.Verdict.Rule, closed.Verdict.Article))
			e.Reason = r.run.Reason
			return r.d.log(tx, e)
		}
		r.run.Register = g.ask.Register.Hash()
		if err := tx.NewRun(&r.run); err != nil {
			return err
		}
		return r.d.log(tx, r.entry(fmt.Sprintf("to %s for %s, as %s: begun", r.run.Ask.Recipient, r.run.Ask.Purpose, r.run.Format)), to)
	})
	if err == nil && closed != nil {
		return closed
	}
	return err
}

// A chunk is what one transaction of a run came to.
type chunk struct {
	bytes  []byte
	judged []cdp.Disclosure
	sizes  []int
	sent   int
	next   uint64
	more   bool
	run    cdp.ShareRun
	gate   *gateOut
}

// all runs chunk by chunk; a chunk too large for one transaction is taken in
// parts.
func (r *running) all(ctx context.Context) error {
	place, size := uint64(0), shareChunk
	for more := true; more; {
		c, err := r.chunk(ctx, place, size)
		if errors.Is(err, kv.ErrTooLarge) && size > 1 {
			size = max(1, size/2)
			continue
		}
		if err != nil {
			return err
		}
		r.run, r.gate, r.sent = c.run, c.gate, r.sent+c.sent
		for i := range c.judged {
			r.sum.add(&c.judged[i], c.sizes[i])
		}
		if len(c.bytes) > 0 {
			if err := r.out.Write(c.bytes); err != nil {
				return err
			}
		}
		if r.out.Direct() {
			r.run.Confirmed = r.run.Lines // recorded with the next chunk, or at the end
		}
		if place, more = c.next, c.more; r.progress != nil {
			r.progress(r.run.Lines)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// chunk judges and records up to n profiles in one transaction.
func (r *running) chunk(ctx context.Context, place uint64, n int) (chunk, error) {
	var c chunk
	err := r.d.s.g.Update(ctx, r.d.s.opt.Now(), func(tx *graph.Tx) error {
		c = chunk{run: r.run, next: place}
		g, err := r.d.s.gateOut(tx, r.run.Ask, tx.Now())
		if err != nil {
			return err
		}
		if c.gate = g; g.ask.Register.Hash() != r.run.Register {
			return fmt.Errorf("the activity register was replaced while the disclosure ran: %w", &StaleError{"by register " + r.run.Register, "by register " + g.ask.Register.Hash()})
		}
		var endpoints []cdp.Identifier
		var profiles []graph.Profile
		records := 0
		for p, err := range tx.ByComponentFrom(place) {
			if err != nil {
				return err
			}
			c.next = p.Next
			in, err := r.chosen(tx, &p)
			if err != nil {
				return fmt.Errorf("%v: %w", p.ID, err)
			}
			if in {
				judged, at, err := g.disclose(&p)
				if err != nil {
					return fmt.Errorf("%v: %w", p.ID, err)
				}
				c.judged, c.sizes = append(c.judged, judged), append(c.sizes, len(p.Records))
				endpoints, profiles = append(endpoints, at...), append(profiles, p)
			}
			if records += len(p.Records); len(c.judged) == n || records >= streamRecords {
				c.more = true
				break
			}
		}
		if len(c.judged) == 0 {
			return nil
		}
		if _, err := tx.Guards(endpoints); err != nil {
			return err
		}
		return r.record(tx, &c, profiles)
	})
	return c, err
}

// record writes the lines of a chunk.
func (r *running) record(tx *graph.Tx, c *chunk, profiles []graph.Profile) error {
	lines := make([]cdp.ShareLine, len(c.judged))
	for i := range c.judged {
		j := &c.judged[i]
		c.run.Lines++
		l := cdp.ShareLine{Run: c.run.ID, Line: c.run.Lines, Profile: j.Profile, At: tx.Now(), Allow: j.Verdict.Allow, Rule: j.Verdict.Rule,
			Article: j.Verdict.Article, Until: j.Verdict.Until, Fields: j.Sent()}
		if !l.Allow {
			c.run.Denied++
			l.Records = []cdp.RecordID{profiles[i].Records[0].ID}
			lines[i] = l
			continue
		}
		c.run.Allowed++
		c.sent++
		l.Records = origins(j)
		bytes, err := r.out.Line(payload(&l, c.run.Ask, j, &profiles[i], r.sent+c.sent))
		if err != nil {
			return err
		}
		key := r.d.s.g.Meta().TagKey
		mac := hmac.New(sha256.New, key[:])
		mac.Write(bytes)
		l.Digest = hex.EncodeToString(mac.Sum(nil)[:16])
		c.bytes = append(c.bytes, bytes...)
		lines[i] = l
	}
	if err := tx.AddShareLines(lines); err != nil {
		return err
	}
	if err := tx.SetRun(c.run); err != nil {
		return err
	}
	e := r.entry(fmt.Sprintf("lines %d to %d: %d sent, %d denied", c.run.Lines-len(lines)+1, c.run.Lines, c.sent, len(lines)-c.sent))
	return r.d.log(tx, e)
}

// maxOrigins bounds the records that a share hangs on.
const maxOrigins = 64

// origins are the records that what goes out came from.
func origins(d *cdp.Disclosure) []cdp.RecordID {
	var out []cdp.RecordID
	for _, f := range d.Fields {
		if f.Outcome != cdp.FieldAllowed {
			continue
		}
		for _, id := range f.Records {
			if !slices.Contains(out, id) && len(out) < maxOrigins {
				out = append(out, id)
			}
		}
	}
	slices.Sort(out)
	return out
}

func payload(l *cdp.ShareLine, ask cdp.Ask, d *cdp.Disclosure, p *graph.Profile, seq int) cdp.PayloadLine {
	out := cdp.PayloadLine{Ref: l.Ref(), Seq: seq, Ask: ask, At: l.At, Controller: p.Records[0].Controller}
	for _, f := range d.Fields {
		if f.Outcome == cdp.FieldAllowed {
			out.Special = out.Special || f.Special != ""
			out.Fields = append(out.Fields, cdp.PayloadField{Name: f.Field, Identifier: slices.Contains(cdp.Kinds(), cdp.Kind(f.Field)), Values: f.Values})
		}
	}
	return out
}

// end lets a completed run leave, and confirms it.
func (r *running) end(ctx context.Context) error {
	r.run.Digest = r.sum.sum(r.gate).Digest
	var otherwise error
	if r.run.Planned != "" && r.run.Digest != r.run.Planned {
		if !r.out.Direct() {
			stale := &StaleError{r.run.Planned, r.run.Digest}
			r.out.Abort()
			return errors.Join(stale, r.broken(ctx))
		}
		otherwise = &OtherwiseError{r.run.Planned, r.run.Digest}
	}
	hash, err := r.out.Close()
	if err != nil {
		return errors.Join(err, r.broken(ctx))
	}
	r.run.FileHash, r.run.State, r.run.Confirmed, r.run.Done = hash, cdp.RunSent, r.run.Lines, r.d.s.opt.Now()
	e := r.entry(fmt.Sprintf("%d sent, %d denied; all has left", r.run.Allowed, r.run.Denied))
	e.Digest = hash
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
	return r.d.s.g.Update(ctx, r.d.s.opt.Now(), func(tx *graph.Tx) error {
		if err := tx.SetRun(r.run); err != nil {
			return err
		}
		return r.d.log(tx, e, cdp.Ref{Kind: "recipient", ID: r.run.Ask.Recipient})
	})
}

// ShareRuns lists runs before one (0: from the newest), newest first. It reads
// no personal data and is not logged.
func (d *Desk) ShareRuns(ctx context.Context, before cdp.RunID, n int) (out []cdp.ShareRun, err error) {
	err = d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		out, err = tx.Runs(before, n)
		return err
	})
	return out, err
}

// ShareLines returns a run and up to n of its lines after one; denials too if
// they are asked for.
func (d *Desk) ShareLines(ctx context.Context, id cdp.RunID, after, n int, denials bool) (cdp.ShareRun, []cdp.ShareLine, error) {
	var run cdp.ShareRun
	var out []cdp.ShareLine
	ref := cdp.Ref{Kind: "run", ID: id.String()}
	err := d.read(ctx, d.entry("view", ref, ""), func(tx *graph.Tx, r *reading) (err error) {
		if run, err = tx.Run(id); err != nil {
			return fmt.Errorf("run %v: %w", id, err)
		}
		out, err = tx.ShareLines(id, after, n, denials)
		for _, l := range out {
			r.saw(l.Profile, l.Rule)
			r.about = append(r.about, profileRef(l.Profile))
		}
		r.detail = fmt.Sprintf("%d lines", len(out))
		return err
	})
	return run, out, err
}
