package steward

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/policy"
)

// Begin announces a delivery. It returns its batch and how many of its rows
// were admitted already, when the same file came before under the same mapping.
func (d *Desk) Begin(ctx context.Context, del cdp.Delivery) (cdp.BatchID, int, error) {
	var r cdp.Receipt
	e := d.entry("deliver", cdp.Ref{}, "")
	err := d.update(ctx, &e, func(tx *graph.Tx) (err error) {
		if r, err = tx.NewBatch(del); err != nil {
			return err
		}
		e.Object = batchRef(r.Batch)
		e.Digest = del.FileHash
		e.Detail = fmt.Sprintf("source %s, mapping %.12s, rows done %d", del.Source.ID, del.Mapping, r.Rows)
		return nil
	})
	return r.Batch, r.Rows, err
}

// Admit takes some rows of a delivery through the gate, in one transaction,
// and returns the counts of these rows alone. Rows too large for one
// transaction are taken in parts, in their order; a single record that can not
// be kept becomes a reject. The last rows settle what the same file left open
// under an earlier mapping; after a crash, admitting no rows does it again.
func (d *Desk) Admit(ctx context.Context, b cdp.Batch) (cdp.Receipt, error) {
	r, err := d.admitParts(ctx, b)
	if err == nil && b.Last {
		err = d.supersede(ctx, b.ID)
	}
	return r, err
}

// supersede settles the rejects that a completed batch makes void.
func (d *Desk) supersede(ctx context.Context, by cdp.BatchID) error {
	var ids []uint64
	err := d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
		ids, err = tx.Superseded(by)
		return err
	})
	if err != nil {
		return err
	}
	return d.Replayed(ctx, ids, by)
}

func (d *Desk) admitParts(ctx context.Context, b cdp.Batch) (cdp.Receipt, error) {
	r, err := d.admit(ctx, b, againLimit)
	if !tooMuch(err) {
		return r, err
	}
	if first, second, ok := halves(b); ok {
		r, err := d.admitParts(ctx, first)
		if err != nil {
			return r, err
		}
		more, err := d.admitParts(ctx, second)
		r.Add(more)
		r.Begun, r.Done = more.Begun, more.Done
		return r, err
	}
	r, err = d.admit(ctx, b, 0) // others are judged again later
	if tooMuch(err) && len(b.Records) == 1 {
		b.Rejects, b.Records = append(slices.Clone(b.Rejects), unfit(&b.Records[0], err)), nil
		return d.admit(ctx, b, 0)
	}
	return r, err
}

// tooMuch reports whether an act may succeed in smaller parts.
func tooMuch(err error) bool {
	return errors.Is(err, kv.ErrTooLarge) || errors.Is(err, graph.ErrTooManyEvents)
}

// halves divides a batch by its rows, so that what is admitted is always what
// comes first: a delivery that is cut off goes on after it.
func halves(b cdp.Batch) (first, second cdp.Batch, ok bool) {
	var rows []int
	for i := range b.Records {
		rows = append(rows, b.Records[i].Lineage.Row)
	}
	for i := range b.Rejects {
		rows = append(rows, b.Rejects[i].Lineage.Row)
	}
	for _, drop := range b.Dropped {
		rows = append(rows, drop.Row)
	}
	if len(rows) < 2 {
		return b, b, false
	}
	slices.Sort(rows)
	middle := rows[(len(rows)-1)/2]
	first, second = cdp.Batch{ID: b.ID, Notes: b.Notes}, cdp.Batch{ID: b.ID, Rows: b.Rows, Last: b.Last}
	if middle == rows[len(rows)-1] { // several without a number of their own
		if len(b.Records) < 2 {
			return b, b, false
		}
		half := len(b.Records) / 2
		first.Records, second.Records = b.Records[:half], b.Records[half:]
		first.Rejects, first.Dropped = b.Rejects, b.Dropped
		return first, second, true
	}
	part := func(row int) *cdp.Batch {
		if row <= middle {
			return &first
		}
		return &second
	}
	for _, r := range b.Records {
		p := part(r.Lineage.Row)
		p.Records = append(p.Records, r)
	}
	for _, r := range b.Rejects {
		p := part(r.Lineage.Row)
		p.Rejects = append(p.Rejects, r)
	}
	for _, drop := range b.Dropped {
		p := part(drop.Row)
		p.Dropped = append(p.Dropped, drop)
	}
	return first, second, true
}

// unfit makes a reject of a record that can not be kept. The text of the row
// is not at hand any more; file and line are.
func unfit(rec *cdp.Record, cause error) cdp.Reject {
	x := cdp.Reject{Source: rec.Source, Lineage: rec.Lineage, Code: "record.too_large", Reason: "the record does not fit in one transaction of the store"}
	for _, known := range []struct {
		err  error
		code string
	}{{graph.ErrKeyTooLong, "record.key_too_long"}, {graph.ErrRecordTooLarge, "record.too_large"}, {graph.ErrTooManyEvents, "consent.too_many"}} {
		if errors.Is(cause, known.err) {
			x.Code, x.Reason = known.code, known.err.Error()
		}
	}
	return x
}

func (d *Desk) admit(ctx context.Context, b cdp.Batch, again int) (cdp.Receipt, error) {
	var out cdp.Receipt
	e := d.entry("ingest", batchRef(b.ID), "")
	err := d.update(ctx, &e, func(tx *graph.Tx) error {
		total, err := tx.Batch(b.ID)
		if err != nil {
			return err
		}
		out = cdp.Receipt{Batch: b.ID, Source: total.Source, File: total.File, FileHash: total.FileHash, Mapping: total.Mapping,
			Preset: total.Preset, Begun: total.Begun, Done: total.Done}
		if len(b.Records)+len(b.Rejects)+len(b.Dropped) == 0 && !total.Done.IsZero() {
			e.Detail = "nothing new"
			return nil
		}
		if err := d.admitRows(tx, b, &out, again); err != nil {
			return err
		}
		total.Add(out)
		if b.Last {
			total.Done = tx.Now()
			out.Done = total.Done
		}
		e.Detail = fmt.Sprintf("rows %d, admitted %d, quarantined %d, refused %d, unchanged %d, superseding %d, rejected %d, dropped %d",
			out.Rows, out.Admitted, out.Quarantined, out.Refused, out.Unchanged, out.Superseding, out.Rejected, out.Dropped)
		return tx.SetBatch(total)
	})
	return out, err
}

func (d *Desk) admitRows(tx *graph.Tx, b cdp.Batch, out *cdp.Receipt, again int) error {
	rejects := slices.Clone(b.Rejects)
	for i := range rejects {
		rejects[i].Source, rejects[i].Lineage.Batch = out.Source, b.ID
	}
	if err := tx.AddRejects(rejects); err != nil {
		return err
	}
	out.Rows = len(b.Records) + len(b.Rejects) + len(b.Dropped)
	out.Rejected, out.Dropped, out.Notes = len(b.Rejects), len(b.Dropped), b.Notes

	reg, err := d.s.inForce(tx, tx.Now())
	if err != nil {
		return err
	}
	src, err := tx.Source(out.Source)
	if err != nil {
		return fmt.Errorf("source %s: %w", out.Source, err)
	}
	a := admission{d: d, tx: tx, reg: reg, src: src, controller: controllerOf(reg, src), out: out, budget: again}
	return a.run(b.ID, slices.Clone(b.Records))
}

// An admission takes the records of one batch through the gate.
type admission struct {
	d          *Desk
	tx         *graph.Tx
	reg        *policy.Register
	src        cdp.Source
	controller string
	out        *cdp.Receipt
	budget     int // records that may still be judged again
	endings    []ending
	noes       cdp.Record // what refused rows say against processing
}

// run learns all statements of the batch before it judges any record, so that
// the order within a batch does not matter; then it judges again those records
// of the store whose endpoints the statements are about.
func (a *admission) run(batch cdp.BatchID, recs []cdp.Record) error {
	for i := range recs {
		recs[i].Lineage.Batch = batch
		attribute(&recs[i], a.controller)
	}
	recs, err := a.refuse(recs)
	if err != nil {
		return err
	}
	news, err := a.tx.Sift(recs)
	if err != nil {
		return err
	}
	events, wishes, restricted := a.noes.Consents, a.noes.Preferences, a.noes.Restrictions
	var rejects []cdp.Reject
	judged := make(map[cdp.RecordID]bool, len(recs))
	for i := range recs {
		switch {
		case news[i].Unfit != nil:
			rejects = append(rejects, unfit(&recs[i], news[i].Unfit))
		case !news[i].Unchanged:
			for j := range recs[i].Consents {
				recs[i].Consents[j].Record = recs[i].ID
			}
			events = append(events, recs[i].Consents...)
			for j := range recs[i].Preferences {
				recs[i].Preferences[j].Record = recs[i].ID
			}
			wishes = append(wishes, recs[i].Preferences...)
			for j := range recs[i].Restrictions {
				recs[i].Restrictions[j].Record = recs[i].ID
			}
			said, err := a.restrictions(restricted, recs[i].Restrictions, news[i].Older)
			if err != nil {
				return err
			}
			restricted = append(restricted, said...)
			judged[recs[i].ID] = true
		}
	}
	a.out.Rejected += len(rejects)
	if err := a.tx.AddRejects(rejects); err != nil {
		return err
	}
	touched, err := a.tx.AddConsents(events)
	if err != nil {
		return err
	}
	wished, err := a.tx.AddPreferences(wishes)
	if err != nil {
		return err
	}
	if _, err := a.tx.AddRestrictions(restricted); err != nil {
		return err
	}
	for _, e := range wished {
		if !slices.ContainsFunc(touched, e.Same) {
			touched = append(touched, e)
		}
	}
	fresh := make([]cdp.Record, 0, len(recs))
	for i := range recs {
		if judged[recs[i].ID] && !news[i].Older {
			fresh = append(fresh, recs[i])
		}
	}
	var orders []cdp.Identifier // that were returned or cancelled
	a.endings, orders = a.d.s.endingsOf(a.reg, fresh)
	var current []cdp.RecordID // of rows of which an older version had something to say
	for i := range recs {
		if news[i].Unfit != nil {
			continue
		}
		if err := a.one(&recs[i], news[i]); err != nil {
			return fmt.Errorf("row %d: %w", recs[i].Lineage.Row, err)
		}
		if news[i].Older && len(recs[i].Consents)+len(recs[i].Preferences)+len(recs[i].Restrictions) > 0 && !judged[news[i].Known] {
			current = append(current, news[i].Known)
		}
	}
	if err := a.again(append(touched, orders...), current, judged); err != nil {
		return err
	}
	return a.inherit(recs)
}

// attribute gives what a record says its controller and source. A consent
// about all purposes ("*") is kept as one about none in particular, which is
// how policy reads it.
func attribute(rec *cdp.Record, controller string) {
	rec.Consents, rec.Preferences = slices.Clone(rec.Consents), slices.Clone(rec.Preferences)
	for i := range rec.Consents {
		c := &rec.Consents[i]
		c.Controller = cmp.Or(c.Controller, controller)
		if c.Purpose == "*" {
			c.Purpose = ""
		}
		c.Source = rec.Source
	}
	for i := range rec.Preferences {
		p := &rec.Preferences[i]
		p.Controller, p.Source = cmp.Or(p.Controller, controller), rec.Source
	}
	rec.Restrictions = slices.Clone(rec.Restrictions)
	for i := range rec.Restrictions {
		e := &rec.Restrictions[i]
		e.Row, e.Source = cdp.Row{Source: rec.Source, Key: rec.Key}, rec.Source
	}
}

func (a *admission) one(rec *cdp.Record, news graph.News) error {
	if news.Unchanged {
		a.out.Unchanged++
		return nil
	}
	ruling, err := a.d.s.judge(a.tx, a.reg, a.src, rec, nil, a.endings)
	if err != nil {
		return err
	}
	if ruling.Outcome == cdp.Quarantined {
		since, err := a.since(news)
		if err != nil {
			return err
		}
		bound(&ruling, a.reg, since)
	}
	if ruling.Outcome == cdp.Refused {
		a.out.Refused++
		return nil
	}
	eff, err := a.tx.Admit(rec, a.controller, news, ruling)
	if err != nil {
		return err
	}
	count(a.out, graph.Judged{Ruling: ruling, Known: news.Known != 0, Older: news.Older, Deleted: rec.Deleted,
		Touchpoints: len(rec.Touchpoints), Consents: len(rec.Consents), Shares: len(rec.Shares)})
	a.effect(eff)
	return nil
}

// since returns since when a row is in quarantine: the bound is on the row, and
// a new version of it does not begin anew.
func (a *admission) since(news graph.News) (time.Time, error) {
	if news.Known == 0 || news.Older {
		return a.tx.Now(), nil
	}
	known, err := a.tx.Head(news.Known)
	if err != nil || known.Since.IsZero() {
		return a.tx.Now(), err
	}
	return known.Since, nil
}

func (a *admission) effect(e graph.Effect) {
	a.out.NewProfiles += e.New
	a.out.Merged += e.Merged
	a.out.Split += e.Split
}

// againLimit is how many records one admission judges again; further ones
// are due at once and judged by the next Tick.
const againLimit = 300

// again judges the records that carry endpoints about which something new was
// said, and current ones of which an older version came late.
func (a *admission) again(endpoints []cdp.Identifier, current []cdp.RecordID, judged map[cdp.RecordID]bool) error {
	for _, id := range current {
		if err := a.rejudge(id, judged); err != nil {
			return err
		}
	}
	for _, e := range endpoints {
		ids, err := a.tx.Carriers(e, 0, a.budget+len(judged)+1)
		if err != nil {
			return err
		}
		var last cdp.RecordID
		for _, id := range ids {
			if a.budget == 0 && !judged[id] {
				if err := a.tx.MakeCarriersDue(id, graph.Wave{Endpoint: e, After: last}, a.tx.Now()); err != nil {
					return err
				}
				break
			}
			if err := a.rejudge(id, judged); err != nil {
				return err
			}
			last = id
		}
	}
	return nil
}

func (a *admission) rejudge(id cdp.RecordID, judged map[cdp.RecordID]bool) error {
	if judged[id] {
		return nil
	}
	judged[id] = true
	a.budget = max(0, a.budget-1)
	r, err := a.d.s.rejudge(a.tx, a.reg, id)
	if err != nil {
		return err
	}
	a.effect(r.effect)
	if r.released {
		a.out.Released++
	}
	return a.tx.Told(id)
}
