package steward

import (
	"context"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// A pass takes what is in the store, as a desk sees it.
type pass struct {
	// live takes all records of one profile, and those in quarantine one by one as
	// profiles without an id; with their tails. rulings are those on the records at
	// another standpoint than the present; else nil.
	live func(tx *graph.Tx, id cdp.ProfileID, records []graph.Record, rulings []cdp.Ruling) error
	// gone takes a row that was deleted, with its versions; it may be nil.
	gone func(tx *graph.Tx, before []version) error
	// apart takes what a profile carries that joins nothing, and only at another
	// standpoint; it may be nil.
	apart func(id cdp.ProfileID, records []graph.Record, apart []graph.Apart)
	// row takes a row of several versions or without a live record, and only at
	// another standpoint; it may be nil.
	row func(graph.RowThen)
	// dropped counts the records of which the content was dropped since.
	dropped int
}

// everything hands over all that the desk sees, in one pass over the store. The
// present is read in several views. Another standpoint is read in one, and takes
// the memory of [graph.Tx.EveryThen], a bit for each record ever delivered, and,
// as known at a time, 40 bytes for each record that was in quarantine. read is
// told the number of rows judged before the first of them is handed over; it may
// be nil.
func (d *Desk) everything(ctx context.Context, p *pass, read func(rows int)) error {
	if d.lens.IsNow() {
		err := d.eachComponent(ctx, func(tx *graph.Tx, id cdp.ProfileID, records []graph.Record) error {
			return p.live(tx, id, records, nil)
		})
		if err != nil || p.gone == nil {
			return err
		}
		return d.eachDeleted(ctx, func(tx *graph.Tx, _ graph.Record, before []version) error { return p.gone(tx, before) })
	}
	return d.s.g.View(ctx, func(tx *graph.Tx) error {
		v, err := d.look(tx)
		if err != nil {
			return err
		}
		var handed graph.RecordSet
		err = tx.EveryThen(ctx, v.lens.Standpoint, v.judgeThen, read, func(t graph.Then) error {
			for i := range t.Profile.Records {
				handed.Add(t.Profile.Records[i].ID)
			}
			if p.apart != nil {
				p.apart(t.Profile.ID, t.Profile.Records, t.Apart)
			}
			if err := v.filled(t.Profile.Records); err != nil {
				return err
			}
			return p.live(tx, t.Profile.ID, t.Profile.Records, t.Rulings)
		})
		if err != nil {
			return err
		}
		r := remainder{sight: v, pass: p, handed: &handed}
		return tx.RowsThen(ctx, v.lens.Standpoint, handed.Has, func(t graph.RowThen) error { return r.row(ctx, t) })
	})
}

// A remainder is what is in no profile at another standpoint.
type remainder struct {
	*sight
	pass   *pass
	handed *graph.RecordSet
	since  map[cdp.RecordID]time.Time // in quarantine, as the journal tells; nil until needed
}

func (r *remainder) row(ctx context.Context, t graph.RowThen) error {
	if r.pass.row != nil {
		r.pass.row(t)
	}
	rec := t.Versions[t.Current]
	switch {
	case r.handed.Has(rec.ID):
		return nil
	case rec.Deleted && r.pass.gone == nil:
		return nil
	case rec.Deleted:
		before, err := versionsBefore(r.tx, []graph.Record{rec}, r.lens.Standpoint)
		if err != nil {
			return err
		}
		return r.pass.gone(r.tx, before)
	case !rec.Dropped.IsZero():
		if rec.Dropped.After(r.at.At) || !r.lens.Knew(rec.Dropped) {
			r.pass.dropped++
		}
		return nil
	}
	ruling, controller, err := r.judgeThen(rec)
	if err != nil || ruling.Outcome != cdp.Quarantined {
		return err
	}
	rec.State, rec.Controller, rec.Profile, rec.Outcome = graph.InQuarantine, controller, 0, ruling.Outcome
	if rec.Since, err = r.inQuarantine(ctx, &t); err != nil {
		return err
	}
	list := []graph.Record{rec}
	if err := r.filled(list); err != nil {
		return err
	}
	return r.pass.live(r.tx, 0, list, []cdp.Ruling{ruling})
}

// inQuarantine says since when the row was in quarantine: as its record says, if
// it has been since; else as the journal tells of what was known. Zero is not
// known.
func (r *remainder) inQuarantine(ctx context.Context, t *graph.RowThen) (time.Time, error) {
	rec := &t.Versions[t.Current]
	if known := r.lens.Known; !rec.Since.IsZero() && !rec.Since.After(r.at.At) && r.lens.Knew(rec.Since) {
		return rec.Since, nil
	} else if known.IsZero() {
		return time.Time{}, nil
	}
	if r.since == nil {
		var err error
		if r.since, err = r.quarantines(ctx); err != nil {
			return time.Time{}, err
		}
	}
	out := rec.Recorded // it was admitted so
	for _, i := range slices.Backward(t.Line) {
		at, ok := r.since[t.Versions[i].ID]
		if !ok {
			break
		}
		if out = at; at.After(t.Versions[i].Recorded) {
			break // it was in a profile before
		}
	} // else a row is in quarantine, whatever its version
	return out, nil
}

// quarantines reads in the journal which records were in quarantine, and since
// when.
func (r *remainder) quarantines(ctx context.Context) (map[cdp.RecordID]time.Time, error) {
	out := make(map[cdp.RecordID]time.Time)
	for after := uint64(0); ; {
		changes, err := r.tx.Changes(after, 10_000)
		if err != nil || len(changes) == 0 {
			return out, err
		}
		for i := range changes {
			ch := &changes[i]
			after = ch.Seq
			switch _, in := out[ch.Record]; {
			case !r.lens.Knew(ch.At):
			case ch.Verb == "quarantine" && !in:
				out[ch.Record] = ch.At
			case ch.Verb == "release":
				delete(out, ch.Record)
			}
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
}

// filled fills in the tails of records, as far as it had happened.
func (v *sight) filled(records []graph.Record) error {
	if err := happened(v.tx, v.lens, records); err != nil {
		return err
	}
	for i := range records {
		happenedBy(&records[i], v.lens.Standpoint)
	}
	return nil
}

// happenedBy leaves of what a record tells what had happened as of a time, when
// one was asked for.
func happenedBy(rec *graph.Record, from cdp.Standpoint) {
	if from.At.IsZero() {
		return
	}
	rec.Touchpoints = slices.DeleteFunc(slices.Clone(rec.Touchpoints), func(t cdp.Touchpoint) bool { return t.At.After(from.At) })
	rec.Shares = slices.DeleteFunc(slices.Clone(rec.Shares), func(s cdp.Share) bool { return s.At.After(from.At) })
	rec.Consents = slices.DeleteFunc(slices.Clone(rec.Consents), func(c cdp.Consent) bool { return c.At.After(from.At) })
}
