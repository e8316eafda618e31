package steward

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
// transaction are taken in halves.
func (d *Desk) Admit(ctx context.Context, b cdp.Batch) (cdp.Receipt, error) {
	r, err := d.admit(ctx, b)
	if !errors.Is(err, kv.ErrTooLarge) || len(b.Records) < 2 {
		return r, err
	}
	half := len(b.Records) / 2
	first, err := d.Admit(ctx, cdp.Batch{ID: b.ID, Records: b.Records[:half], Rejects: b.Rejects, Dropped: b.Dropped, Notes: b.Notes})
	if err != nil {
		return first, err
	}
	second, err := d.Admit(ctx, cdp.Batch{ID: b.ID, Records: b.Records[half:], Rows: b.Rows, Last: b.Last})
	first.Add(second)
	first.Begun, first.Done = second.Begun, second.Done
	return first, err
}

func (d *Desk) admit(ctx context.Context, b cdp.Batch) (cdp.Receipt, error) {
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
		if err := d.admitRows(tx, b, &out); err != nil {
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

func (d *Desk) admitRows(tx *graph.Tx, b cdp.Batch, out *cdp.Receipt) error {
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
	a := admission{d: d, tx: tx, reg: reg, src: src, controller: controllerOf(reg, src), out: out}
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
}

// run learns all statements of the batch before it judges any record, so that
// the order within a batch does not matter; then it judges again those records
// of the store whose endpoints the statements are about.
func (a *admission) run(batch cdp.BatchID, recs []cdp.Record) error {
	for i := range recs {
		recs[i].Lineage.Batch = batch
		recs[i].Consents = attributed(&recs[i], a.controller)
	}
	news, err := a.tx.Sift(recs)
	if err != nil {
		return err
	}
	var events []cdp.Consent
	for i := range recs {
		if !news[i].Unchanged {
			for j := range recs[i].Consents {
				recs[i].Consents[j].Record = recs[i].ID
			}
			events = append(events, recs[i].Consents...)
		}
	}
	touched, err := a.tx.AddConsents(events)
	if err != nil {
		return err
	}
	judged := make(map[cdp.RecordID]bool, len(recs))
	for i := range recs {
		if err := a.one(&recs[i], news[i]); err != nil {
			return fmt.Errorf("row %d: %w", recs[i].Lineage.Row, err)
		}
		judged[recs[i].ID] = true
	}
	return a.again(touched, judged)
}

// attributed returns the consents of a record with their controller and source.
// What is said about all purposes ("*") is kept as said about none in
// particular, which is how policy reads it.
func attributed(rec *cdp.Record, controller string) []cdp.Consent {
	out := slices.Clone(rec.Consents)
	for i := range out {
		c := &out[i]
		if c.Controller == "" {
			c.Controller = controller
		}
		if c.Purpose == "*" {
			c.Purpose = ""
		}
		c.Source = rec.Source
	}
	return out
}

func (a *admission) one(rec *cdp.Record, news graph.News) error {
	if news.Unchanged {
		a.out.Unchanged++
		return nil
	}
	ruling, err := a.d.s.judge(a.tx, a.reg, a.src, rec)
	if err != nil {
		return err
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

func (a *admission) effect(e graph.Effect) {
	a.out.NewProfiles += e.New
	a.out.Merged += e.Merged
	a.out.Split += e.Split
}

// againLimit is how many records one transaction judges again; further ones
// are made due now and judged by the next Tick.
const againLimit = 300

// again judges the records that carry endpoints about which something new was
// said.
func (a *admission) again(endpoints []cdp.Identifier, judged map[cdp.RecordID]bool) error {
	n := 0
	for _, e := range endpoints {
		ids, err := a.tx.Carriers(e, 0, 1<<30)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if judged[id] {
				continue
			}
			judged[id] = true
			if n++; n > againLimit {
				if err := a.tx.MakeDue(id, a.tx.Now()); err != nil {
					return err
				}
				continue
			}
			released, eff, err := a.d.s.rejudge(a.tx, a.reg, id)
			if err != nil {
				return err
			}
			a.effect(eff)
			if released {
				a.out.Released++
			}
		}
	}
	return nil
}

// judge asks policy about a record.
func (s *Steward) judge(tx *graph.Tx, reg *policy.Register, src cdp.Source, rec *cdp.Record) (cdp.Ruling, error) {
	events, err := s.statements(tx, reg, src, rec)
	if err != nil {
		return cdp.Ruling{}, err
	}
	return policy.Admit(subject(src, rec, events), reg, tx.Now()), nil
}

func subject(src cdp.Source, rec *cdp.Record, events []cdp.Consent) policy.Subject {
	return policy.Subject{Source: src, RecordAt: rec.At, Recorded: rec.Recorded, Claims: rec.Claims, Attributes: rec.Attributes,
		Grounds: rec.Grounds, Activities: rec.Activities, Consents: events, Deleted: rec.Deleted}
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
	return append(out, cdp.NewIdentifier(cdp.KindRecord, string(rec.Source)+":"+rec.Key, [4]byte{}))
}

// rejudge judges a record of the store again. released says that it left
// quarantine.
func (s *Steward) rejudge(tx *graph.Tx, reg *policy.Register, id cdp.RecordID) (released bool, eff graph.Effect, err error) {
	rec, err := tx.Head(id)
	if err != nil {
		return false, eff, err
	}
	src, err := tx.Source(rec.Source)
	if err != nil {
		return false, eff, fmt.Errorf("source %s: %w", rec.Source, err)
	}
	ruling, err := s.judge(tx, reg, src, &rec.Record)
	if err != nil {
		return false, eff, err
	}
	if ruling.Outcome == cdp.Refused {
		ruling.Outcome = cdp.EvidenceOnly // it was kept before; erasing it is a request's work
	}
	eff, changed, err := tx.Rejudge(id, controllerOf(reg, src), ruling)
	return changed && rec.State == graph.InQuarantine && ruling.Outcome != cdp.Quarantined, eff, err
}

// tickChunk is how many due records one transaction judges.
const tickChunk = 200

// Tick judges the records whose time has come: consents that expired, bases
// that began or ended. It returns how many it judged.
func (d *Desk) Tick(ctx context.Context) (int, error) {
	done := 0
	for {
		now := d.s.opt.Now()
		var due []graph.Due
		err := d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
			due, err = tx.Due(now, tickChunk)
			return err
		})
		if err != nil || len(due) == 0 {
			return done, err
		}
		e := d.entry("tick", cdp.Ref{}, fmt.Sprintf("%d records judged again", len(due)))
		err = d.update(ctx, &e, func(tx *graph.Tx) error {
			reg, err := d.s.inForce(tx, tx.Now())
			if err != nil {
				return err
			}
			for _, it := range due {
				if err := tx.NotDue(it); err != nil {
					return err
				}
				if _, _, err := d.s.rejudge(tx, reg, it.Record); err != nil {
					return fmt.Errorf("%v: %w", it.Record, err)
				}
			}
			return nil
		})
		if err != nil {
			return done, err
		}
		done += len(due)
	}
}
