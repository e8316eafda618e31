package steward

import (
	"context"
	"fmt"
	"slices"

	"cdp-tui/internal/audit"
	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/policy"
)

// A Loading takes deliveries into a store that has no records yet. It is a gate
// like a Desk, many times faster, and nothing of it is there before Finish.
type Loading struct {
	d        *Desk
	l        *graph.Load
	reg      *policy.Register
	receipts map[cdp.BatchID]*cdp.Receipt
	order    []cdp.BatchID
	ended    bool // an order was returned or cancelled: what else is about it must be judged with that
}

// NewLoading begins a first load; kv.ErrNotEmpty says that the store has
// records. dir is for temporary files: inside the store's own directory,
// because they hold personal data.
func (d *Desk) NewLoading(ctx context.Context, dir string) (*Loading, error) {
	now := d.s.opt.Now()
	var reg *policy.Register
	err := d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		listed, err := tx.HasSuppressions()
		if err == nil && listed {
			err = fmt.Errorf("a first load does not ask the suppression list: %w", kv.ErrNotEmpty)
		}
		if err == nil {
			reg, err = d.s.inForce(tx, now)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	l, err := d.s.g.NewLoad(ctx, dir, now)
	if err != nil {
		return nil, err
	}
	return &Loading{d: d, l: l, reg: reg, receipts: make(map[cdp.BatchID]*cdp.Receipt)}, nil
}

// Close drops what is not finished.
func (l *Loading) Close() error { return l.l.Close() }

// Begin announces a delivery.
func (l *Loading) Begin(_ context.Context, del cdp.Delivery) (cdp.BatchID, int, error) {
	tx := l.l.Tx()
	r, err := tx.NewBatch(del)
	if err != nil {
		return 0, 0, err
	}
	if known := l.receipts[r.Batch]; known != nil {
		return r.Batch, known.Rows, nil
	}
	l.receipts[r.Batch] = &r
	l.order = append(l.order, r.Batch)
	e := l.d.entry("deliver", batchRef(r.Batch), fmt.Sprintf("source %s, mapping %.12s, first load", del.Source.ID, del.Mapping))
	e.Digest = del.FileHash
	return r.Batch, r.Rows, l.d.log(tx, e)
}

// Admit takes some rows. The counts it returns are provisional: whether a
// record is quarantined is known when all are there. The receipts of the
// store, after Finish, are right.
func (l *Loading) Admit(ctx context.Context, b cdp.Batch) (cdp.Receipt, error) {
	total := l.receipts[b.ID]
	out := cdp.Receipt{Batch: b.ID, Source: total.Source, File: total.File, Begun: total.Begun}
	if err := ctx.Err(); err != nil {
		return out, err
	}
	tx := l.l.Tx()
	rejects := slices.Clone(b.Rejects)
	src, err := tx.Source(total.Source)
	if err != nil {
		return out, err
	}
	controller := controllerOf(l.reg, src)
	out.Rows = len(b.Records) + len(b.Rejects) + len(b.Dropped)
	out.Dropped, out.Notes = len(b.Dropped), b.Notes
	for i := range b.Records {
		rec := b.Records[i]
		rec.Lineage.Batch = b.ID
		if ends, _ := l.d.s.endingsOf(l.reg, b.Records[i:i+1]); len(ends) > 0 {
			l.ended = true
		}
		attribute(&rec, controller)
		news, err := l.l.Add(&rec, controller)
		if err != nil {
			return out, fmt.Errorf("row %d: %w", rec.Lineage.Row, err)
		}
		switch {
		case news.Unfit != nil:
			rejects = append(rejects, unfit(&rec, news.Unfit))
		case news.Unchanged:
			out.Unchanged++
		default:
			out.Admitted++
		}
	}
	for i := range rejects {
		rejects[i].Source, rejects[i].Lineage.Batch = total.Source, b.ID
	}
	out.Rejected = len(rejects)
	if err := tx.AddRejects(rejects); err != nil {
		return out, err
	}
	total.Rows += out.Rows
	total.Rejected += out.Rejected
	total.Dropped += out.Dropped
	total.Unchanged += out.Unchanged
	total.AddNotes(b.Notes)
	if b.Last {
		total.Done = tx.Now()
		out.Done = total.Done
	}
	return out, nil
}

// Finish judges and resolves all that was taken and hands the whole store, in
// the order of its keys, to put. progress is told the number of records judged
// now and then; it may be nil.
func (l *Loading) Finish(ctx context.Context, put func(key, value []byte) error, progress func(judged int)) error {
	now := l.l.Tx().Now()
	sources := make(map[cdp.SourceID]cdp.Source)
	for _, r := range l.receipts {
		src, err := l.l.Tx().Source(r.Source)
		if err != nil {
			return fmt.Errorf("source %s: %w", r.Source, err)
		}
		sources[r.Source] = src
	}
	// judge runs beside the rest of the load: it reads only what no longer changes.
	judge := func(rec *cdp.Record, consents func([]cdp.Identifier, string, []cdp.PurposeID) ([]cdp.Consent, error)) (cdp.Ruling, error) {
		src := sources[rec.Source]
		events, err := consents(endpointsOf(rec), controllerOf(l.reg, src), l.d.s.needed(l.reg, rec.Source))
		sub := subject(src, rec, events)
		for _, t := range rec.Touchpoints { // of other records: see close
			if slices.Contains(l.d.s.endsOn(l.reg, rec.Source), t.Kind) {
				sub.Touchpoints = append(sub.Touchpoints, t)
			}
		}
		sub.Restrictions = l.l.RestrictionsOn(cdp.Row{Source: rec.Source, Key: rec.Key})
		ruling := policy.Admit(sub, l.reg, now)
		if ruling.Outcome == cdp.Quarantined {
			bound(&ruling, l.reg, now)
		}
		return ruling, err
	}
	judged := 0
	told := func(j graph.Judged) error {
		count(l.receipts[j.Batch], j)
		if judged++; judged%20_000 == 0 && progress != nil {
			progress(judged)
		}
		return nil
	}
	return l.l.Finish(ctx, judge, told, l.close, put)
}

// close writes the receipts and the log entry of the load, once all records
// are judged.
func (l *Loading) close(tx *graph.Tx, minted map[cdp.BatchID]int) error {
	rows := 0
	for _, id := range l.order {
		r := l.receipts[id]
		r.NewProfiles = minted[id]
		rows += r.Rows
		if err := tx.SetBatch(*r); err != nil {
			return err
		}
	}
	by := l.reg.Hash()
	if l.ended {
		by = "" // the next Tick judges all records again
	}
	if err := tx.SetJudgedBy(by); err != nil {
		return err
	}
	e := l.d.entry("ingest", cdp.Ref{}, fmt.Sprintf("first load: %d batches, %d rows", len(l.order), rows))
	e.At = tx.Now()
	_, err := audit.Append(tx.KV(), e)
	return err
}

// count puts what the gate said of a record into its batch's receipt.
func count(r *cdp.Receipt, j graph.Judged) {
	switch {
	case j.Ruling.Outcome == cdp.Quarantined && !j.Older:
		r.Quarantined++
	case j.Known:
		r.Superseding++
	default:
		r.Admitted++
	}
	switch {
	case j.Ruling.Outcome == cdp.HeldApart && !j.Deleted:
		r.HeldApart++
	case j.Ruling.Outcome == cdp.EvidenceOnly:
		r.Evidence++
	}
	if j.Deleted {
		r.Deleted++
	}
	if j.Older {
		r.Older++
	}
	r.Touchpoints += j.Touchpoints
	r.Consents += j.Consents
	r.Shares += j.Shares
}
