package steward

import (
	"context"
	"fmt"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// underWay keeps which runs this process is at.
func (s *Steward) underWay(id cdp.RunID, yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !yes {
		delete(s.runs, id)
		return
	}
	if s.runs == nil {
		s.runs = make(map[cdp.RunID]bool)
	}
	s.runs[id] = true
}

func (s *Steward) isUnderWay(id cdp.RunID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.runs[id]
}

// settleRuns makes void what runs to files were cut off before their release:
// one process holds the store, so what is held and not under way here never goes
// on. It looks once.
func (d *Desk) settleRuns(ctx context.Context) error {
	d.s.mu.Lock()
	looked := d.s.lookedForRuns
	d.s.mu.Unlock()
	if looked {
		return nil
	}
	for before := cdp.RunID(0); ; {
		runs, err := d.ShareRuns(ctx, before, 100)
		if err != nil {
			return err
		}
		for _, run := range runs {
			if before = run.ID; run.State != cdp.RunHeld || d.s.isUnderWay(run.ID) {
				continue
			}
			e := d.entry("share", cdp.Ref{Kind: "run", ID: run.ID.String()}, "cut off before its release: nothing has left")
			err := d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error {
				is, err := tx.Run(run.ID) // it may have ended since it was listed
				if err != nil || is.State != cdp.RunHeld || d.s.isUnderWay(is.ID) {
					return err
				}
				is.State, is.Done = cdp.RunVoid, tx.Now()
				return d.keepRun(tx, &is, e)
			})
			if err != nil {
				return err
			}
		}
		if len(runs) < 100 || before <= 1 {
			break
		}
	}
	d.s.mu.Lock()
	d.s.lookedForRuns = true
	d.s.mu.Unlock()
	return nil
}

// SettleRun says what became of a run that was cut off after it was released, or
// while its bytes left: hash is the SHA-256, in hex, of the file that is there;
// "" says that nothing left, which is not so of lines that are confirmed. It
// needs a reason.
func (d *Desk) SettleRun(ctx context.Context, id cdp.RunID, hash, reason string) (cdp.ShareRun, error) {
	var run cdp.ShareRun
	if strings.TrimSpace(reason) == "" {
		return run, ErrReason
	}
	if err := d.mayDecide(); err != nil {
		return run, err
	}
	if err := d.settleRuns(ctx); err != nil {
		return run, err
	}
	err := d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) (err error) {
		if run, err = tx.Run(id); err != nil {
			return fmt.Errorf("run %v: %w", id, err)
		}
		switch {
		case run.State != cdp.RunReleased && run.State != cdp.RunPrepared:
			return planf("", "run %v is %s: there is nothing to settle", id, run.State)
		case d.s.isUnderWay(id):
			return planf("", "run %v is under way", id)
		case hash != "" && run.State == cdp.RunPrepared:
			return planf("leave it as it is: what is prepared counts as sent", "run %v went to a pipe: there is no file to compare", id)
		case hash != "" && hash != run.FileHash:
			return planf("cdp-tui share show "+id.String()+" has the SHA-256 of what was released", "that is not the file that run %v released", id)
		}
		if hash == "" {
			first, err := tx.ShareLines(id, 0, 1, false)
			if err != nil {
				return err
			}
			if len(first) > 0 && first[0].Line <= run.Confirmed {
				return planf("leave it as it is: what is prepared counts as sent", "lines 1 to %d of run %v are confirmed: what they send has left", run.Confirmed, id)
			}
		}
		detail := "settled by hand: the file is there; all has left"
		if run.State, run.Done = cdp.RunSent, tx.Now(); hash == "" {
			run.State, detail = cdp.RunVoid, "settled by hand: nothing has left"
		} else {
			run.Confirmed = run.Lines
		}
		e := d.entry("share", cdp.Ref{Kind: "run", ID: id.String()}, detail)
		e.Reason, e.Digest = reason, hash
		return d.keepRun(tx, &run, e)
	})
	return run, err
}
