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
	"time"

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
	// Write takes a line that is recorded, by its number.
	Write(line int, b []byte) error
	// Direct reports whether what is written has left at once.
	Direct() bool
	// Seal makes ready what is to leave, without the lines that are struck (nil:
	// none is), and returns the SHA-256 of its bytes, in hex. It may be repeated.
	// Of what left at once nothing can be struck.
	Seal(struck func(line int) bool) (string, error)
	// Close ends it: what was sealed leaves.
	Close() error
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

	// How far it is, either may be nil: profiles that were judged to hold them
	// against the digest, then the run with what is recorded of it.
	Checked  func(profiles int)
	Recorded func(cdp.ShareRun)
}

// shareChunk is how many profiles one transaction of a run judges at most.
const shareChunk = 200

// ShareRun judges profile by profile, records each share and each denial, and
// lets the bytes of a share leave only when it is recorded. What is judged and
// recorded is one transaction, which also reads the guards of all endpoints: a
// withdrawal that was acknowledged before it ends is in what it judged, or makes
// it judge again. So no share is made after an acknowledged withdrawal.
//
// Where bytes leave at once, recorded lines are prepared until they are
// confirmed: a run that is cut off counts as sent as far as its bytes may have
// left. A file is held until all is judged, and then released in one moment: what
// a withdrawal, a correction or time has overtaken since it was judged is struck
// before. A run that is cut off before its release is void, and nothing has left.
//
// With the digest of a plan the run does what was planned or nothing: a
// *StaleError. Only where bytes leave at once can it notice too late: an
// *OtherwiseError.
func (d *Desk) ShareRun(ctx context.Context, ask cdp.Ask, o ShareOrder, out Outlet, progress func(profiles int)) (cdp.ShareRun, error) {
	defer out.Abort()
	if strings.TrimSpace(o.Reason) == "" {
		return cdp.ShareRun{}, ErrReason
	}
	if err := d.mayDecide(); err != nil {
		return cdp.ShareRun{}, err
	}
	ask, chosen, err := d.choosing(ctx, ask)
	if err != nil {
		return cdp.ShareRun{}, err
	}
	if err := d.settleRuns(ctx); err != nil {
		return cdp.ShareRun{}, err
	}
	r := &running{d: d, out: out, chosen: chosen, sum: d.s.newSum(ask), progress: progress, recorded: o.Recorded,
		run: cdp.ShareRun{Ask: shapedAsk(ask), State: cdp.RunHeld, Format: o.Format, To: o.To, By: d.actor.Name, Reason: o.Reason}}
	if out.Direct() {
		r.run.State = cdp.RunPrepared
	}
	if o.Digest != "" {
		plan, err := d.plan(ctx, ask, o.Checked)
		if err != nil {
			return r.run, err
		}
		if len(o.Digest) < shortestDigest || !strings.HasPrefix(plan.Digest, o.Digest) {
			return r.run, &StaleError{o.Digest, plan.Digest}
		}
		r.run.Planned = plan.Digest
	}
	defer func() { d.s.underWay(r.run.ID, false) }()
	if err := r.begin(ctx); err != nil {
		return r.run, err
	}
	if err = r.all(ctx); err != nil {
		err = errors.Join(err, r.broken(ctx))
	} else {
		err = r.end(ctx)
	}
	return r.run, err
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
	recorded func(cdp.ShareRun)
	sent     int // payload lines

	// Of a run to a file.
	seen   uint64    // journal row up to which what was judged is known to hold
	spoken uint64    // what left over a channel, when the first of it was judged
	barred uint64    // what was restricted or suppressed until then
	until  time.Time // the first of the verdicts ends by itself; zero: none does
	struck bitmap    // lines
	reach  int       // how many times more is followed in one transaction than at first
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
		if r.seen, err = tx.JournalHead(); err != nil {
			return err
		}
		if r.spoken, err = tx.Spoken(); err != nil {
			return err
		}
		if r.barred, err = tx.Barred(); err != nil {
			return err
		}
		if err := tx.NewRun(&r.run); err != nil {
			return err
		}
		r.d.s.underWay(r.run.ID, true)
		return r.d.log(tx, r.entry(fmt.Sprintf("to %s for %s, as %s: begun", r.run.Ask.Recipient, r.run.Ask.Purpose, r.run.Format)), to)
	})
	if err == nil && closed != nil {
		return closed
	}
	return err
}

// A chunk is what one transaction of a run came to.
type chunk struct {
	lines  []cdp.ShareLine
	bytes  [][]byte // of each line; nil of a denial
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
		for i, b := range c.bytes {
			if b == nil {
				continue
			}
			if err := r.out.Write(c.lines[i].Line, b); err != nil {
				return err
			}
			r.until = sooner(r.until, c.lines[i].Until)
		}
		if r.out.Direct() {
			r.run.Confirmed = r.run.Lines // recorded with the next chunk, or at the end
		}
		if place, more = c.next, c.more; r.progress != nil {
			r.progress(r.run.Lines)
		}
		r.tell()
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// tell says how far it is.
func (r *running) tell() {
	if r.recorded != nil {
		r.recorded(r.run)
	}
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
	c.lines, c.bytes = lines, make([][]byte, len(lines))
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
		l.Records, l.Seq = origins(j), r.sent+c.sent
		var err error
		if c.bytes[i], l.Digest, err = r.write(&l, j, &profiles[i]); err != nil {
			return err
		}
		lines[i] = l
	}
	if err := tx.AddShareLines(lines); err != nil {
		return err
	}
	if err := tx.SetRun(c.run); err != nil {
		return err
	}
	if c.sent > 0 && c.run.Ask.Channel != "" && c.run.State.Left() {
		if err := tx.RaiseSpoken(); err != nil {
			return err
		}
	}
	e := r.entry(fmt.Sprintf("lines %d to %d: %d sent, %d denied", c.run.Lines-len(lines)+1, c.run.Lines, c.sent, len(lines)-c.sent))
	return r.d.log(tx, e)
}

// write returns a line as it leaves, and its digest, keyed by the store.
func (r *running) write(l *cdp.ShareLine, j *cdp.Disclosure, p *graph.Profile) ([]byte, string, error) {
	b, err := r.out.Line(payload(l, r.run.Ask, j, p))
	if err != nil {
		return nil, "", err
	}
	key := r.d.s.g.Meta().TagKey
	mac := hmac.New(sha256.New, key[:])
	mac.Write(b)
	return b, hex.EncodeToString(mac.Sum(nil)[:16]), nil
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

func payload(l *cdp.ShareLine, ask cdp.Ask, d *cdp.Disclosure, p *graph.Profile) cdp.PayloadLine {
	out := cdp.PayloadLine{Ref: l.Ref(), Seq: l.Seq, Ask: ask, At: l.At, Controller: p.Records[0].Controller}
	for _, f := range d.Fields {
		if f.Outcome == cdp.FieldAllowed {
			out.Special = out.Special || f.Special != ""
			out.Fields = append(out.Fields, cdp.PayloadField{Name: f.Field, Identifier: slices.Contains(cdp.Kinds(), cdp.Kind(f.Field)), Values: f.Values})
		}
	}
	return out
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
