package steward

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/lint"
	"cdp-tui/internal/policy"
)

// Lint looks at the whole store for what is unlawful, late or drifting. It
// reads in several views, so that a long run holds no snapshot, and keeps
// counts and the first refs of each rule. A run without a filter is kept for
// the trend. progress is told the number of records seen; it may be nil.
//
// What it shows are ids, times and names of the register: no personal values.
// The run is logged with the profiles that it names.
func (d *Desk) Lint(ctx context.Context, f cdp.LintFilter, progress func(records int)) (cdp.LintReport, error) {
	w, err := d.survey(ctx, f, progress)
	if err != nil {
		return cdp.LintReport{}, err
	}
	r := &reading{hash: newDigest()}
	for i := range w.report.Findings {
		x := &w.report.Findings[i]
		r.saw(x.ID, x.Open, x.Muted)
		for _, ref := range x.Refs {
			r.saw(ref.Ref, ref.Profile)
			if ref.Profile != 0 {
				r.shown(ref.Profile)
			}
		}
	}
	e := d.entry("lint", cdp.Ref{Kind: "findings"}, fmt.Sprintf("%d open, %d of them high, by %s", w.report.Open(cdp.Notice), w.report.Open(cdp.High), w.report.Rules))
	if f.Says() != "" {
		e.Detail = f.Says() + ": " + e.Detail
	}
	e.Digest = r.sum()
	return w.report, d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error {
		before, err := tx.LintRuns(1)
		if err != nil {
			return err
		}
		compareRuns(&w.report, before)
		if f.Rule == "" && f.Source == "" {
			if err := tx.AddLintRun(runOf(&w.report)); err != nil {
				return err
			}
		}
		return d.log(tx, e, r.about...)
	})
}

// compareRuns enters what the run before counted.
func compareRuns(r *cdp.LintReport, before []cdp.LintRun) {
	if len(before) == 0 || r.Only != "" && !strings.HasPrefix(r.Only, "rule ") {
		return
	}
	for i := range r.Findings {
		r.Findings[i].Before = 0
		for _, c := range before[len(before)-1].Counts {
			if c.Rule == r.Findings[i].ID {
				r.Findings[i].Before = c.Open
			}
		}
	}
}

func runOf(r *cdp.LintReport) cdp.LintRun {
	run := cdp.LintRun{At: r.At, Register: r.Register, Rules: r.Rules, Records: r.Records, Profiles: r.Profiles}
	for _, f := range r.Findings {
		run.Counts = append(run.Counts, cdp.LintCount{Rule: f.ID, Open: f.Open, Muted: f.Muted})
	}
	slices.SortFunc(run.Counts, func(a, b cdp.LintCount) int { return strings.Compare(a.Rule, b.Rule) })
	return run
}

// A walk is one pass of the rules over the store.
type walk struct {
	d        *Desk
	run      *lint.Run
	sources  map[cdp.SourceID]*lint.Source
	order    []cdp.SourceID
	seen     int
	shares   bool // something was disclosed by ourselves
	progress func(int)
	report   cdp.LintReport
	scope    lint.Scope
}

// survey runs the rules.
func (d *Desk) survey(ctx context.Context, f cdp.LintFilter, progress func(int)) (*walk, error) {
	w := &walk{d: d, sources: make(map[cdp.SourceID]*lint.Source), progress: progress}
	w.scope = lint.Scope{Now: d.s.opt.Now(), Zone: d.s.opt.Zone, Pack: lint.Defaults()}
	if f.Rule != "" {
		rule, ok := w.scope.Pack.Rule(f.Rule)
		if !ok {
			return nil, fmt.Errorf("no rule is called %s: %w", strings.ToUpper(f.Rule), ErrNotFound)
		}
		f.Rule = rule.ID
	}
	f.Refs = clamp(f.Refs, 20, 1000)
	err := d.s.g.View(ctx, func(tx *graph.Tx) error {
		mutes, err := w.begin(tx)
		if err != nil {
			return err
		}
		if _, declared := w.scope.Register.Source(f.Source); f.Source != "" && w.sources[f.Source] == nil && !declared {
			return fmt.Errorf("source %s: %w", f.Source, ErrNotFound) // nothing found about it would pass for nothing wrong
		}
		w.run = lint.New(w.scope, f, mutes)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := d.eachComponent(ctx, w.profile); err != nil {
		return nil, err
	}
	if err := d.eachDeleted(ctx, func(tx *graph.Tx, _ graph.Record, before []version) error {
		return w.hand(tx, &lint.Profile{}, nil, before)
	}); err != nil {
		return nil, err
	}
	if err := w.crossings(ctx); err != nil {
		return nil, err
	}
	list := make([]lint.Source, 0, len(w.order))
	for _, id := range w.order {
		list = append(list, *w.sources[id])
	}
	w.report = w.run.Finish(list)
	return w, nil
}

// begin reads what is the same for all records.
func (w *walk) begin(tx *graph.Tx) ([]cdp.Mute, error) {
	versions, err := w.d.s.registers(tx)
	if err != nil {
		return nil, err
	}
	for _, v := range versions {
		w.scope.Registers = append(w.scope.Registers, v.Register)
	}
	if w.scope.Register, err = w.d.s.inForce(tx, w.scope.Now); err != nil {
		return nil, err
	}
	runs, err := tx.Runs(0, 1)
	if err != nil {
		return nil, err
	}
	w.shares = len(runs) > 0
	st, err := tx.Stats()
	if err != nil {
		return nil, err
	}
	w.scope.Consents = st.Consents
	for _, s := range st.Sources {
		x := &lint.Source{SourceStat: s}
		if e, ok := w.scope.Register.Source(s.Source.ID); ok {
			x.Entry = &e
		}
		w.sources[s.Source.ID] = x
		w.order = append(w.order, s.Source.ID)
	}
	return tx.Mutes()
}

// eachComponent hands over all live records, profile by profile, and then those
// in quarantine one by one, as profiles without an id; with their tails. They
// are read in several views.
func (d *Desk) eachComponent(ctx context.Context, f func(tx *graph.Tx, id cdp.ProfileID, records []graph.Record) error) error {
	with := func(tx *graph.Tx, id cdp.ProfileID, records []graph.Record) error {
		if err := tx.FillTails(records); err != nil {
			return err
		}
		return f(tx, id, records)
	}
	for place, more := uint64(0), true; more; {
		err := d.s.g.View(ctx, func(tx *graph.Tx) error {
			more = false
			records := 0
			for p, err := range tx.ByComponentFrom(place) {
				if err != nil {
					return err
				}
				place = p.Next
				if err := with(tx, p.ID, p.Records); err != nil {
					return err
				}
				if records += len(p.Records); records >= streamRecords {
					more = true
					break
				}
			}
			return nil
		})
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
	}
	for after, more := cdp.RecordID(0), true; more; {
		err := d.s.g.View(ctx, func(tx *graph.Tx) error {
			list, err := tx.Quarantined(after, streamRecords)
			if err != nil {
				return err
			}
			more = len(list) == streamRecords
			for i := range list {
				after = list[i].ID
				if err := with(tx, 0, list[i:i+1]); err != nil {
					return err
				}
			}
			return nil
		})
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
	}
	return nil
}

// crossings looks at the logins that lead to records of several controllers.
func (w *walk) crossings(ctx context.Context) error {
	return w.d.s.g.View(ctx, func(tx *graph.Tx) error {
		for _, kind := range w.scope.Pack.SSO {
			for a, err := range tx.AcrossControllers(cdp.Kind(kind)) {
				if err != nil {
					return err
				}
				for _, id := range a.Profiles {
					w.run.Profile(&lint.Profile{ID: id, Crossed: []lint.Crossing{{Identifier: a.Identifier, Controllers: a.Controllers}}})
				}
			}
		}
		return ctx.Err()
	})
}

// profile hands the records of one profile to the rules.
func (w *walk) profile(tx *graph.Tx, id cdp.ProfileID, records []graph.Record) error {
	before, err := versionsBefore(tx, records)
	if err != nil {
		return err
	}
	if err := w.hand(tx, &lint.Profile{ID: id, Records: make([]*lint.Record, 0, len(records))}, records, before); err != nil {
		return err
	}
	seen := w.seen
	if w.seen += len(records); w.progress != nil && seen/500 != w.seen/500 {
		w.progress(w.seen)
	}
	return nil
}

// hand hands over records with the versions before them, of which what was
// disclosed and what was said of consent is looked at.
func (w *walk) hand(tx *graph.Tx, p *lint.Profile, records []graph.Record, before []version) error {
	if w.shares || len(before) > 0 {
		if err := disclosedOf(tx, w.scope.Register, records, before, w.shares); err != nil {
			return err
		}
	}
	for i := range records {
		rec, err := w.record(tx, &records[i])
		if err != nil {
			return err
		}
		p.Records = append(p.Records, rec)
	}
	for i := range before {
		v := &before[i]
		if len(v.Shares) == 0 && len(v.Consents) == 0 {
			continue
		}
		rec, err := w.record(tx, &v.Record)
		if err != nil {
			return err
		}
		p.Before = append(p.Before, rec)
	}
	if len(p.Records)+len(p.Before) > 0 {
		w.run.Profile(p)
	}
	return nil
}

// record gathers what bears on a record.
func (w *walk) record(tx *graph.Tx, rec *graph.Record) (*lint.Record, error) {
	out := &lint.Record{Record: rec.Record, Controller: rec.Controller, Profile: rec.Profile, Quarantined: rec.State == graph.InQuarantine,
		Since: rec.Since, Delivered: w.sources[rec.Source]}
	if out.Delivered == nil {
		out.Facts = policy.Facts{Register: w.scope.Register, RecordAt: rec.At, Recorded: rec.Recorded, Activities: rec.Activities, Grounds: rec.Grounds}
		return out, nil
	}
	b, err := w.d.s.factsOf(tx, *rec, cdp.Standpoint{})
	if err != nil {
		return nil, err
	}
	out.Facts, out.Ruling = b.policy(), b.ruling()
	return out, nil
}
