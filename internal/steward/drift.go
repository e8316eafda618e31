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
// progress is told the number of notices read; it may be nil. At a desk that
// looks at another standpoint it compares what had been acknowledged and sent by
// then with what held.
func (d *Desk) Drift(ctx context.Context, top int, progress func(notices int)) (cdp.DriftReport, error) {
	if err := d.filled(ctx); err != nil {
		return cdp.DriftReport{}, err
	}
	r := radar{now: d.lens.From(d.s.opt.Now()).At, known: d.lens.Known, targets: make(map[[2]string]*cdp.DriftTarget), top: top}
	if !d.lens.IsNow() {
		var err error
		if r.then, err = d.driftThen(ctx); err != nil {
			return cdp.DriftReport{}, err
		}
	}
	read := 0
	err := d.eachNotice(ctx, func(v *sight, list []cdp.Notification) error {
		for _, n := range list {
			if n.Cause.Stops() {
				if err := r.notice(v, n); err != nil {
					return err
				}
			}
		}
		if read += len(list); progress != nil {
			progress(read)
		}
		return nil
	})
	if err != nil {
		return cdp.DriftReport{}, err
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
	known   time.Time  // zero: all is known
	then    *driftThen // nil: of now
	top     int
	targets map[[2]string]*cdp.DriftTarget
	items   []cdp.Drift
	left    int
}

// driftRows bounds the rows of an endpoint that are looked at for disclosures.
const driftRows = 200

func (r *radar) notice(v *sight, n cdp.Notification) error {
	x := cdp.Drift{Notice: n, Open: r.now.Sub(n.Event), Pending: n.State == cdp.NoticeSent}
	rows, err := r.carriers(v, n)
	if err != nil {
		return err
	}
	seen := make(map[string]bool) // a run's line hangs on several rows
	var first *rowFacts
	holds := func(at time.Time, d *disclosure) (bool, error) {
		stops, err := v.stops(v.tx, v.reg, first, n.Purpose, at)
		return slices.ContainsFunc(stops, func(o stop) bool {
			return o.subject.Same(n.Subject) && o.cause == n.Cause && (o.rule == n.Rule || !strings.HasPrefix(o.rule+n.Rule, notWanted)) && (d == nil || o.concerns(d))
		}), err
	}
	for i, row := range rows {
		f, err := v.rowFacts(row)
		if err != nil {
			return err
		}
		if i == 0 {
			if first = f; r.then != nil {
				if err := f.asThen(v); err != nil {
					return err
				}
			}
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
	k, ok, err := r.acked(v, &n)
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
	r.add(v.reg, x)
	return nil
}

// carriers are the row that a notice is about, and those that carry its endpoint.
func (r *radar) carriers(v *sight, n cdp.Notification) ([]cdp.Row, error) {
	rows := []cdp.Row{n.Row}
	add := func(row cdp.Row) {
		if !slices.Contains(rows, row) {
			rows = append(rows, row)
		}
	}
	switch {
	case n.Subject.Kind() == cdp.KindRecord:
		return rows, nil
	case r.then != nil:
		for _, c := range r.then.carriers[n.Subject.Key()] {
			add(c.row)
		}
		return rows, nil
	}
	ids, err := v.tx.Carriers(n.Subject, 0, driftRows)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		h, err := v.tx.Head(id)
		if err != nil {
			return nil, err
		}
		add(cdp.Row{Source: h.Source, Key: h.Key})
	}
	return rows, nil
}

// acked is what the recipient of a notice had acknowledged last of its subject.
func (r *radar) acked(v *sight, n *cdp.Notification) (cdp.Known, bool, error) {
	if r.then != nil {
		k, ok := r.then.acked[subjectThen{n.Recipient, n.Purpose, n.Subject.Key()}]
		return k.Known, ok, nil
	}
	return v.tx.Known(n.Recipient, n.Purpose, n.Subject)
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
	out := cdp.DriftReport{At: r.now, Known: r.known, Items: r.items, More: r.left}
	for _, t := range r.targets {
		out.Targets = append(out.Targets, *t)
	}
	slices.SortFunc(out.Targets, func(a, b cdp.DriftTarget) int {
		return cmp.Or(cmp.Compare(b.After, a.After), cmp.Compare(b.Behind, a.Behind), cmp.Compare(a.Recipient, b.Recipient), cmp.Compare(a.Purpose, b.Purpose))
	})
	return out
}
