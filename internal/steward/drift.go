package steward

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// Drift compares what each recipient acknowledged last with what holds, and
// finds the disclosures after a no. The worst come first, at most top of them.
// progress is told the number of notices read; it may be nil.
func (d *Desk) Drift(ctx context.Context, top int, progress func(notices int)) (cdp.DriftReport, error) {
	if !d.actor.ReadOnly {
		if _, err := d.FillOutbox(ctx, nil); err != nil {
			return cdp.DriftReport{}, err
		}
	}
	r := radar{now: d.s.opt.Now(), targets: make(map[[2]string]*cdp.DriftTarget), top: top}
	for after, read := cdp.NoticeID(0), 0; ; {
		more := false
		err := d.s.g.View(ctx, func(tx *graph.Tx) error {
			reg, err := d.s.inForce(tx, r.now)
			if err != nil {
				reg = nil
			}
			list, err := tx.Notices(after, noticePage, false)
			if err != nil {
				return err
			}
			for _, n := range list {
				after, more = n.ID, true
				if n.Cause.Stops() {
					if err := r.notice(d.s, tx, reg, n); err != nil {
						return err
					}
				}
			}
			read += len(list)
			return ctx.Err()
		})
		if err != nil {
			return cdp.DriftReport{}, err
		}
		if progress != nil {
			progress(read)
		}
		if !more {
			break
		}
	}
	out := r.report()
	e := d.entry("view", cdp.Ref{Kind: "drift"}, fmt.Sprintf("%d recipients, %d of their states shown", len(out.Targets), len(out.Items)))
	var about []cdp.Ref
	for _, x := range out.Items {
		if p := x.Notice.Profile; p != 0 && !slices.Contains(about, profileRef(p)) {
			about = append(about, profileRef(p))
		}
	}
	return out, d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error { return d.log(tx, e, about...) })
}

// A radar gathers drift.
type radar struct {
	now     time.Time
	top     int
	targets map[[2]string]*cdp.DriftTarget
	items   []cdp.Drift
	left    int
}

// driftRows bounds the rows of an endpoint that are looked at for disclosures.
const driftRows = 200

func (r *radar) notice(s *Steward, tx *graph.Tx, reg *policy.Register, n cdp.Notification) error {
	x := cdp.Drift{Notice: n, Open: r.now.Sub(n.Event), Pending: n.State == cdp.NoticeSent}
	rows := []cdp.Row{n.Row}
	if n.Subject.Kind() != cdp.KindRecord {
		ids, err := tx.Carriers(n.Subject, 0, driftRows)
		if err != nil {
			return err
		}
		for _, id := range ids {
			h, err := tx.Head(id)
			if err != nil {
				return err
			}
			if row := (cdp.Row{Source: h.Source, Key: h.Key}); !slices.Contains(rows, row) {
				rows = append(rows, row)
			}
		}
	}
	seen := make(map[string]bool) // a run's line hangs on several rows
	var first *rowFacts
	holds := func(at time.Time, d *disclosure) (bool, error) {
		stops, err := s.stops(tx, reg, first, n.Purpose, at)
		return slices.ContainsFunc(stops, func(o stop) bool {
			return o.subject.Same(n.Subject) && o.cause == n.Cause && (o.rule == n.Rule || !strings.HasPrefix(o.rule+n.Rule, notWanted)) && (d == nil || o.concerns(d))
		}), err
	}
	for i, row := range rows {
		f, err := s.rowFacts(tx, row)
		if err != nil {
			return err
		}
		if i == 0 {
			first = f
			if x.Holds, err = holds(r.now, nil); err != nil {
				return err
			}
		}
		for _, d := range f.sent {
			key := fmt.Sprint(d.ref, d.Record, d.At.UnixMicro())
			if d.Mode == "run" {
				key = d.ref
			}
			if d.Recipient != n.Recipient || d.Purpose != n.Purpose || !d.At.After(n.Event) || seen[key] {
				continue
			}
			seen[key] = true
			unlawful, err := holds(d.At, &d) // the person may have consented again in between
			if err != nil {
				return err
			}
			if unlawful {
				x.After = append(x.After, d.Share)
			}
		}
	}
	k, ok, err := tx.Known(n.Recipient, n.Purpose, n.Subject)
	if err != nil {
		return err
	}
	if ok {
		x.Acked, x.InStep = &k, !k.Event.Before(n.Event)
		if x.InStep {
			x.Open = k.At.Sub(n.Event)
		}
	}
	x.InStep = x.InStep || n.State == cdp.NoticeAcked
	r.add(reg, x)
	return nil
}

func (r *radar) add(reg *policy.Register, x cdp.Drift) {
	key := [2]string{x.Notice.Recipient, string(x.Notice.Purpose)}
	t := r.targets[key]
	if t == nil {
		t = &cdp.DriftTarget{Recipient: key[0], Purpose: x.Notice.Purpose}
		if p, ok := reg.Recipient(key[0]); ok {
			t.Name = p.Name
		}
		r.targets[key] = t
	}
	t.Notices++
	behind := x.Holds && !x.InStep
	switch {
	case behind:
		t.Behind++
		t.Oldest = max(t.Oldest, x.Open)
	case x.InStep:
		t.InStep++
	}
	t.After += len(x.After)
	for _, sh := range x.After {
		t.Latency = max(t.Latency, sh.At.Sub(x.Notice.Event))
	}
	if !behind && len(x.After) == 0 {
		return
	}
	if r.items = append(r.items, x); r.top > 0 && len(r.items) >= 4*r.top {
		r.trim()
	}
}

// trim keeps the worst.
func (r *radar) trim() {
	slices.SortStableFunc(r.items, func(a, b cdp.Drift) int {
		return cmp.Or(cmp.Compare(min(len(b.After), 1), min(len(a.After), 1)), cmp.Compare(b.Open, a.Open), cmp.Compare(a.Notice.ID, b.Notice.ID))
	})
	if r.top > 0 && len(r.items) > r.top {
		r.left += len(r.items) - r.top
		r.items = r.items[:r.top]
	}
}

func (r *radar) report() cdp.DriftReport {
	r.trim()
	out := cdp.DriftReport{At: r.now, Items: r.items, More: r.left}
	for _, t := range r.targets {
		out.Targets = append(out.Targets, *t)
	}
	slices.SortFunc(out.Targets, func(a, b cdp.DriftTarget) int {
		return cmp.Or(cmp.Compare(b.After, a.After), cmp.Compare(b.Behind, a.Behind), cmp.Compare(a.Recipient, b.Recipient), cmp.Compare(a.Purpose, b.Purpose))
	})
	return out
}
