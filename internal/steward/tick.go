package steward

import (
	"context"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// tickChunk is how many records one transaction judges again.
const tickChunk = 200

// Tick judges the records whose time has come: consents that expired, bases
// that began or ended, quarantine that is over, a register that is in force
// from today on. It returns how many it judged.
func (d *Desk) Tick(ctx context.Context) (int, error) {
	if err := d.settleLeft(ctx); err != nil {
		return 0, err
	}
	if err := d.settleRuns(ctx); err != nil {
		return 0, err
	}
	done, err := d.keepUp(ctx)
	if err != nil {
		return done, err
	}
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
		n, err := d.tick(ctx, due)
		done += n
		if err != nil {
			return done, err
		}
	}
}

// keepUp judges every record by the register in force, when that is not the
// one by which all were judged: its day has come, or judging was cut off.
func (d *Desk) keepUp(ctx context.Context) (int, error) {
	behind := false
	err := d.s.g.View(ctx, func(tx *graph.Tx) error {
		reg, err := d.s.inForce(tx, d.s.opt.Now())
		if err != nil {
			return err
		}
		by, err := tx.JudgedBy()
		behind = by != reg.Hash()
		return err
	})
	if err != nil || !behind {
		return 0, err
	}
	judged, _, err := d.Rejudge(ctx, nil)
	return judged, err
}

// tick judges what is due. A wave that is cut off begins again.
func (d *Desk) tick(ctx context.Context, due []graph.Due) (done int, err error) {
	at := make(map[cdp.RecordID][]graph.Due)
	var ids []cdp.RecordID
	for _, it := range due {
		for _, w := range it.Waves {
			n, err := d.wave(ctx, w)
			done += n
			if err != nil {
				return done, err
			}
		}
		if at[it.Record] == nil {
			ids = append(ids, it.Record)
		}
		at[it.Record] = append(at[it.Record], it)
	}
	_, err = d.judgeAgain(ctx, "tick", ids, func(tx *graph.Tx, id cdp.RecordID) error {
		for _, it := range at[id] {
			if err := tx.NotDue(it); err != nil {
				return err
			}
			if len(it.Waves) > 0 {
				if err := tx.Told(id); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err == nil {
		done += len(ids)
	}
	return done, err
}

// wave judges the records that carry an endpoint.
func (d *Desk) wave(ctx context.Context, w graph.Wave) (done int, err error) {
	for {
		var ids []cdp.RecordID
		err := d.s.g.View(ctx, func(tx *graph.Tx) (err error) {
			ids, err = tx.Carriers(w.Endpoint, w.After, tickChunk)
			return err
		})
		if err != nil || len(ids) == 0 {
			return done, err
		}
		told := func(tx *graph.Tx, id cdp.RecordID) error { return tx.Told(id) }
		if _, err := d.judgeAgain(ctx, "tick", ids, told); err != nil {
			return done, err
		}
		done, w.After = done+len(ids), ids[len(ids)-1]
	}
}
