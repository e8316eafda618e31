package steward

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// judge asks policy about a record.
// kinds are those of its touchpoints when these are not in it; given is what
// others that are delivered with it say of orders.
func (s *Steward) judge(tx *graph.Tx, reg *policy.Register, src cdp.Source, rec *cdp.Record, kinds []string, given []ending) (cdp.Ruling, error) {
	events, err := s.statements(tx, reg, src, rec)
	if err != nil {
		return cdp.Ruling{}, err
	}
	heard(events, nil, tx.Now())
	sub := subject(src, rec, events)
	if sub.Touchpoints, sub.EndsUnread, err = s.endings(tx, reg, rec, kinds, given, cdp.Standpoint{}); err != nil {
		return cdp.Ruling{}, err
	}
	bars, err := s.barring(tx, rec, cdp.Standpoint{})
	if err != nil {
		return cdp.Ruling{}, err
	}
	sub.Restrictions, sub.Suppressions = bars.restrictions, bars.suppressions
	return policy.Admit(sub, reg, tx.Now()), nil
}

func subject(src cdp.Source, rec *cdp.Record, events []cdp.Consent) policy.Subject {
	return policy.Subject{Source: src, RecordAt: rec.At, Recorded: rec.Recorded, Claims: rec.Claims, Attributes: rec.Attributes,
		Grounds: rec.Grounds, Activities: rec.Activities, Consents: events, Deleted: rec.Deleted}
}

// heard makes what is judged now be known now: what the store has was said,
// also when the clock has been set back since.
func heard(events []cdp.Consent, wishes []cdp.Preference, now time.Time) {
	for i := range events {
		if events[i].Recorded.After(now) {
			events[i].Recorded = now
		}
	}
	for i := range wishes {
		if wishes[i].Recorded.After(now) {
			wishes[i].Recorded = now
		}
	}
}

// statements returns the consent events that bear on a record.
func (s *Steward) statements(tx *graph.Tx, reg *policy.Register, src cdp.Source, rec *cdp.Record) ([]cdp.Consent, error) {
	purposes := s.needed(reg, src.ID)
	if len(purposes) == 0 {
		return nil, nil
	}
	return tx.ConsentsAt(endpointsOf(rec), controllerOf(reg, src), purposes)
}

// endpointsOf are the endpoints whose statements bear on a record: its
// identifiers, and the record itself for a source that names no other.
func endpointsOf(rec *cdp.Record) []cdp.Identifier {
	out := make([]cdp.Identifier, 0, len(rec.Claims)+1)
	for _, c := range rec.Claims {
		if c.Blocked == "" {
			out = append(out, c.Identifier)
		}
	}
	return append(out, selfOf(rec))
}

// bound makes a ruling due when quarantine ends, if not before.
func bound(ruling *cdp.Ruling, reg *policy.Register, since time.Time) {
	if end := reg.QuarantineEnd(since); ruling.Due.IsZero() || end.Before(ruling.Due) {
		ruling.Due = end
	}
}

// A judgement is what became of a record that was judged again.
type judgement struct {
	released bool // it left quarantine
	dropped  bool // its quarantine is over, and its content gone
	effect   graph.Effect
}

// rejudge judges a record of the store again. Of a record that is not current
// it only ends the quarantine.
func (s *Steward) rejudge(tx *graph.Tx, reg *policy.Register, id cdp.RecordID) (judgement, error) {
	rec, err := tx.Head(id)
	if err != nil {
		return judgement{}, err
	}
	since := tx.Now()
	if rec.Outcome == cdp.Quarantined {
		since = cmp.Or(rec.Since, rec.Recorded)
	}
	over := !tx.Now().Before(reg.QuarantineEnd(since))
	switch rec.State {
	case graph.Live, graph.InQuarantine:
	case graph.Superseded:
		switch {
		case rec.Outcome != cdp.Quarantined || !rec.Dropped.IsZero():
			return judgement{}, nil
		case over:
			return judgement{dropped: true}, tx.DropContent(id)
		}
		return judgement{}, tx.MakeDue(id, reg.QuarantineEnd(since))
	default:
		return judgement{}, nil
	}
	src, err := tx.Source(rec.Source)
	if err != nil {
		return judgement{}, fmt.Errorf("source %s: %w", rec.Source, err)
	}
	ruling, err := s.judge(tx, reg, src, &rec.Record, rec.TouchKinds, nil)
	if err != nil {
		return judgement{}, err
	}
	switch ruling = kept(ruling); {
	case ruling.Outcome == cdp.Quarantined && over:
		return judgement{dropped: true}, tx.DropContent(id)
	case ruling.Outcome == cdp.Quarantined:
		bound(&ruling, reg, since)
	}
	eff, changed, err := tx.Rejudge(id, controllerOf(reg, src), ruling)
	return judgement{released: changed && rec.State == graph.InQuarantine && ruling.Outcome != cdp.Quarantined, effect: eff}, err
}

// Rejudge judges every current record again. It can be cut off and repeated.
func (d *Desk) Rejudge(ctx context.Context, progress func(judged int)) (judged, released int, err error) {
	var by string
	for after := cdp.RecordID(0); ; {
		var ids []cdp.RecordID
		err := d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
			if after == 0 {
				reg, err := d.s.inForce(tx, d.s.opt.Now())
				if err != nil {
					return err
				}
				by = reg.Hash()
			}
			ids, err = tx.CurrentAfter(after, tickChunk)
			return err
		})
		if err != nil {
			return judged, released, err
		}
		if len(ids) == 0 {
			break
		}
		n, err := d.judgeAgain(ctx, "judge", ids, nil)
		if err != nil {
			return judged, released, err
		}
		judged, released, after = judged+len(ids), released+n, ids[len(ids)-1]
		if progress != nil {
			progress(judged)
		}
	}
	e := d.entry("judge", cdp.Ref{Kind: "register", ID: by}, fmt.Sprintf("all %d current records judged", judged))
	return judged, released, d.update(ctx, &e, func(tx *graph.Tx) error { return tx.SetJudgedBy(by) })
}

// judgeAgain judges records again, in as few transactions as they need. each
// is done with each of them, in its transaction; it may be nil.
func (d *Desk) judgeAgain(ctx context.Context, verb string, ids []cdp.RecordID, each func(*graph.Tx, cdp.RecordID) error) (released int, err error) {
	err = inParts(ctx, d, ids, func(ids []cdp.RecordID) error {
		out, dropped := 0, 0
		e := d.entry(verb, cdp.Ref{}, "")
		err := d.update(ctx, &e, func(tx *graph.Tx) error {
			out, dropped = 0, 0
			reg, err := d.s.inForce(tx, tx.Now())
			if err != nil {
				return err
			}
			for _, id := range ids {
				// What each does comes first: judging may make the record due again.
				if each != nil {
					err = each(tx, id)
				}
				var j judgement
				if err == nil {
					j, err = d.s.rejudge(tx, reg, id)
				}
				if err != nil {
					return fmt.Errorf("%v: %w", id, err)
				}
				if j.released {
					out++
				}
				if j.dropped {
					dropped++
				}
			}
			e.Detail = strconv.Itoa(len(ids)) + " records judged again"
			if dropped > 0 {
				e.Detail += fmt.Sprintf(", content of %d dropped at the end of quarantine", dropped)
			}
			return nil
		})
		if err == nil {
			released += out
		}
		return err
	})
	return released, err
}

// inParts does an act on some things, on fewer at a time when it is too much
// for one transaction.
func inParts[T any](ctx context.Context, d *Desk, things []T, act func([]T) error) error {
	if len(things) == 0 {
		return nil
	}
	err := act(things)
	switch {
	case !tooMuch(err):
		return err
	case len(things) > 1:
		half := len(things) / 2
		if err := inParts(ctx, d, things[:half], act); err != nil {
			return err
		}
		return inParts(ctx, d, things[half:], act)
	}
	return err
}
