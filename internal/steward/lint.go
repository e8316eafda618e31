package steward

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

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
//
// At a desk that looks at another standpoint it is what it would have said then,
// by the rules of this program; such a run is not kept for the trend.
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
		before, err := runBefore(tx, d.lens.Standpoint)
		if err != nil {
			return err
		}
		compareRuns(&w.report, before)
		if f.Rule == "" && f.Source == "" && d.lens.IsNow() {
			if err := tx.AddLintRun(runOf(&w.report)); err != nil {
				return err
			}
		}
		return d.log(tx, e, r.about...)
	})
}

// lintRuns returns the last n runs that had been made by a standpoint, oldest
// first.
func lintRuns(tx *graph.Tx, from cdp.Standpoint, n int) ([]cdp.LintRun, error) {
	if from.IsNow() {
		return tx.LintRuns(n)
	}
	return tx.LintRunsBefore(earliest(from).Add(time.Microsecond), n)
}

// runBefore returns the last run before a standpoint, or none: one of that very
// moment is not before it, and what held as of a day no run was asked for.
func runBefore(tx *graph.Tx, from cdp.Standpoint) ([]cdp.LintRun, error) {
	switch {
	case from.IsNow():
		return tx.LintRuns(1)
	case !from.At.IsZero():
		return nil, nil
	}
	return tx.LintRunsBefore(from.Known, 1)
}

// earliest is the earlier of the two times of a standpoint: what acts of our own
// were there, which are known when they are done.
func earliest(from cdp.Standpoint) time.Time {
	if from.At.IsZero() || !from.Known.IsZero() && from.Known.Before(from.At) {
		return from.Known
	}
	return from.At
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
	judged   int  // rows, before the first was seen
	crossed  crossings
	progress func(int)
	report   cdp.LintReport
	scope    lint.Scope
}

// survey runs the rules.
func (d *Desk) survey(ctx context.Context, f cdp.LintFilter, progress func(int)) (*walk, error) {
	w := &walk{d: d, sources: make(map[cdp.SourceID]*lint.Source), progress: progress}
	w.scope = lint.Scope{Now: d.lens.From(d.s.opt.Now()).At, Zone: d.s.opt.Zone, Pack: lint.Defaults()}
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
	p := pass{live: w.profile, gone: func(tx *graph.Tx, before []version) error {
		return w.hand(tx, &lint.Profile{}, nil, before, nil)
	}}
	if !d.lens.IsNow() {
		w.crossed = crossings{kinds: w.scope.Pack.SSO}
		p.apart, p.row = w.crossed.look, w.delivered
	}
	if err := d.everything(ctx, &p, w.read); err != nil {
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
	w.report.From, w.report.Dropped = d.lens.Standpoint, p.dropped
	return w, nil
}

// begin reads what is the same for all records.
func (w *walk) begin(tx *graph.Tx) ([]cdp.Mute, error) {
	versions, err := w.d.s.registers(tx)
	if err != nil {
		return nil, err
	}
	from := w.d.lens.Standpoint
	for _, v := range versions {
		if from.Knew(v.Recorded) {
			w.scope.Registers = append(w.scope.Registers, v.Register)
		}
	}
	if w.scope.Register, err = w.d.s.inForceAt(tx, from.From(w.d.s.opt.Now())); err != nil {
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
	if !from.IsNow() {
		if st.Sources, err = sourcesThen(tx, st.Sources, from); err != nil {
			return nil, err
		}
	}
	for _, s := range st.Sources {
		x := &lint.Source{SourceStat: s}
		if e, ok := w.scope.Register.Source(s.Source.ID); ok {
			x.Entry = &e
		}
		w.sources[s.Source.ID] = x
		w.order = append(w.order, s.Source.ID)
	}
	return mutesThen(tx, from)
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
	if !w.d.lens.IsNow() {
		w.crossed.tell(w.run)
		return nil
	}
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
func (w *walk) profile(tx *graph.Tx, id cdp.ProfileID, records []graph.Record, rulings []cdp.Ruling) error {
	before, err := versionsBefore(tx, records, w.d.lens.Standpoint)
	if err != nil {
		return err
	}
	if err := w.hand(tx, &lint.Profile{ID: id, Records: make([]*lint.Record, 0, len(records))}, records, before, rulings); err != nil {
		return err
	}
	seen := w.seen
	if w.seen += len(records); w.progress != nil && seen/500 != w.seen/500 {
		w.progress(w.judged + w.seen)
	}
	return nil
}

// hand hands over records with the versions before them, of which what was
// disclosed and what was said of consent is looked at.
func (w *walk) hand(tx *graph.Tx, p *lint.Profile, records []graph.Record, before []version, rulings []cdp.Ruling) error {
	if w.shares || len(before) > 0 {
		if err := disclosedOf(tx, w.scope.Register, records, before, w.shares, w.d.lens.Standpoint); err != nil {
			return err
		}
	}
	for i := range records {
		var ruling *cdp.Ruling
		if i < len(rulings) {
			ruling = &rulings[i]
			w.counted(&records[i])
		}
		rec, err := w.record(tx, &records[i], ruling)
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
		rec, err := w.record(tx, &v.Record, nil)
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

// record gathers what bears on a record; ruling is what policy says of it, nil
// when that is not known yet.
func (w *walk) record(tx *graph.Tx, rec *graph.Record, ruling *cdp.Ruling) (*lint.Record, error) {
	out := &lint.Record{Record: rec.Record, Controller: rec.Controller, Profile: rec.Profile, Quarantined: rec.State == graph.InQuarantine,
		Since: rec.Since, Delivered: w.sources[rec.Source]}
	if out.Delivered == nil {
		out.Facts = policy.Facts{Register: w.scope.Register, RecordAt: rec.At, Recorded: rec.Recorded, Activities: rec.Activities, Grounds: rec.Grounds}
		return out, nil
	}
	from := w.d.lens.Standpoint
	b, err := w.d.s.factsKnown(tx, *rec, from, w.scope.Register)
	if err != nil {
		return nil, err
	}
	if out.Facts = b.policy(); ruling != nil {
		out.Ruling = *ruling
	} else {
		out.Ruling = b.ruling()
	}
	if !from.At.IsZero() { // what was said after it had not been said
		out.Facts.Consents = slices.DeleteFunc(slices.Clone(out.Facts.Consents), func(c cdp.Consent) bool { return c.At.After(from.At) })
	}
	return out, nil
}
