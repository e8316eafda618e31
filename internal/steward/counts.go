package steward

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// ErrPeriod is returned for a period that facts are not counted by.
var ErrPeriod = errors.New("facts are counted by day, week, month, quarter or year")

// maxPeriods bounds the periods that are told apart; what is older is counted
// with the oldest of them.
const maxPeriods = 5_000

// Counts counts facts over time in one pass: records by when they arrived,
// touchpoints by when they happened, consents by when they were said,
// disclosures by when they were made; in UTC. It shows no personal data.
// progress is told the number of profiles read; it may be nil. At a desk that
// looks at another standpoint they end there: what was known, and what had
// arrived, happened, been said and been sent.
func (d *Desk) Counts(ctx context.Context, by string, progress func(profiles int)) (cdp.Counts, error) {
	now := d.s.opt.Now()
	out := cdp.Counts{At: d.lens.From(now).At, Known: d.lens.Known, By: by}
	if !slices.Contains(cdp.CountPeriods(), by) {
		return out, ErrPeriod
	}
	t := calendar{by: by, from: d.lens.Standpoint, rows: make(map[time.Time]*cdp.Period)}
	n := 0
	p := pass{live: func(_ *graph.Tx, id cdp.ProfileID, records []graph.Record, _ []cdp.Ruling) error {
		for i := range records {
			if records[i].State == graph.InQuarantine && t.ended(records[i].Recorded) {
				t.at(records[i].Recorded).Quarantined++
			}
		}
		t.records(records)
		if n++; progress != nil && n%500 == 0 {
			progress(n)
		}
		return nil
	}}
	if err := d.everything(ctx, &p, nil); err != nil {
		return out, err
	}
	out.Dropped = p.dropped
	err := d.s.g.View(ctx, func(tx *graph.Tx) error {
		for events, err := range tx.AllConsents() {
			if err != nil {
				return err
			}
			for i := range events {
				t.consent(&events[i])
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		return t.sent(ctx, tx)
	})
	if err != nil {
		return out, err
	}
	for _, p := range t.rows {
		out.Rows = append(out.Rows, *p)
	}
	slices.SortFunc(out.Rows, func(a, b cdp.Period) int { return a.Begin.Compare(b.Begin) })
	if progress != nil {
		progress(n)
	}
	e := d.entry("count", cdp.Ref{}, fmt.Sprintf("facts by %s, %d periods", by, len(out.Rows)))
	return out, d.s.g.Update(ctx, now, func(tx *graph.Tx) error { return d.log(tx, e) })
}

// waiting hands all records in quarantine to f, some at a time.
func (d *Desk) waiting(ctx context.Context, f func(*graph.Tx, []graph.Record) error) error {
	for after, more := cdp.RecordID(0), true; more; {
		err := d.s.g.View(ctx, func(tx *graph.Tx) error {
			list, err := tx.Quarantined(after, streamRecords)
			if err != nil {
				return err
			}
			if more = len(list) == streamRecords; len(list) > 0 {
				after = list[len(list)-1].ID
			}
			return f(tx, list)
		})
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
	}
	return nil
}

// A calendar counts facts by period.
type calendar struct {
	by   string
	from cdp.Standpoint
	rows map[time.Time]*cdp.Period
}

// ended reports whether a fact of a time had come, as of a day if one was asked for.
func (t *calendar) ended(at time.Time) bool { return t.from.At.IsZero() || !at.After(t.from.At) }

// at returns the period of a time.
func (t *calendar) at(at time.Time) *cdp.Period {
	begin := periodOf(t.by, at)
	p := t.rows[begin]
	if p == nil {
		if len(t.rows) >= maxPeriods {
			begin = time.Time{}
			if p = t.rows[begin]; p != nil {
				return p
			}
		}
		p = &cdp.Period{Begin: begin}
		t.rows[begin] = p
	}
	return p
}

// periodOf returns the first day of the period in which a time lies; weeks
// begin on Monday (ISO 8601).
func periodOf(by string, at time.Time) time.Time {
	if at.IsZero() {
		return time.Time{}
	}
	y, m, d := at.UTC().Date()
	switch by {
	case "year":
		m, d = 1, 1
	case "quarter":
		m, d = (m-1)/3*3+1, 1
	case "month":
		d = 1
	case "week":
		d -= (int(at.UTC().Weekday()) + 6) % 7
	}
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// records counts records with what they tell.
func (t *calendar) records(list []graph.Record) {
	for i := range list {
		r := &list[i]
		if t.ended(r.Recorded) {
			t.at(r.Recorded).Records++
		}
		for k := range r.Touchpoints {
			t.at(r.Touchpoints[k].At).Touchpoints++
		}
		for k := range r.Shares {
			t.at(r.Shares[k].At).Reported++
		}
	}
}

func (t *calendar) consent(e *cdp.Consent) {
	if !t.from.Knew(e.Recorded) || !t.ended(e.At) {
		return
	}
	switch e.State {
	case cdp.ConsentGiven, cdp.ConsentRenewed:
		t.at(e.At).Given++
	case cdp.ConsentRefused, cdp.ConsentWithdrawn, cdp.ConsentRevoked, cdp.ConsentObjected:
		t.at(e.At).Taken++
	}
}

// sent counts what our own runs sent and denied; of a run that was void nothing
// left.
func (t *calendar) sent(ctx context.Context, tx *graph.Tx) error {
	for before := cdp.RunID(0); ; {
		runs, err := tx.Runs(before, 100)
		if err != nil {
			return err
		}
		for _, run := range runs {
			before = run.ID
			for after, more := 0, true; more; {
				lines, err := tx.ShareLines(run.ID, after, 1000, true)
				if err := errors.Join(err, ctx.Err()); err != nil {
					return err
				}
				for i := range lines {
					l := &lines[i]
					switch after = l.Line; {
					case !t.from.Knew(l.At) || !t.ended(l.At):
					case !l.Allow:
						t.at(l.At).Denied++
					case graph.LeftKnown(l, run, t.from):
						t.at(l.At).Sent++
					}
				}
				more = len(lines) == 1000
			}
		}
		if len(runs) < 100 || before <= 1 {
			return nil
		}
	}
}
