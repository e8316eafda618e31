package graph

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// SetMute keeps that findings of a rule about a thing are muted; a mute that
// was there is replaced.
func (tx *Tx) SetMute(m cdp.Mute) error {
	if err := tx.lift(m.Rule, m.Object); err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	w := tx.writer()
	for _, s := range []string{m.Rule, m.Object.Kind, m.Object.ID, m.Reason, m.By} {
		w.Text(s)
	}
	w.Time(m.At)
	w.Time(m.Until)
	return tx.set(layout.KeyMute(m.Rule, m.Object), w.B)
}

// DropMute ends a mute, or returns ErrNotFound.
func (tx *Tx) DropMute(rule string, object cdp.Ref) error {
	if err := tx.lift(rule, object); err != nil {
		return err
	}
	return tx.delete(layout.KeyMute(rule, object))
}

// lift keeps a mute as it was until now, or returns ErrNotFound.
func (tx *Tx) lift(rule string, object cdp.Ref) error {
	stored, err := tx.get(layout.KeyMute(rule, object))
	if errors.Is(err, kv.ErrNotFound) {
		return ErrNotFound
	} else if err != nil {
		return fmt.Errorf("graph: mute: %w", err)
	}
	return tx.set(layout.KeyLifted(tx.now, rule, object), stored)
}

func decodeMute(r *layout.Reader) cdp.Mute {
	return cdp.Mute{Rule: r.Text(), Object: cdp.Ref{Kind: r.Text(), ID: r.Text()}, Reason: r.Text(), By: r.Text(), At: r.Time(), Until: r.Time()}
}

// Mutes returns all mutes, those that have ended too, by rule.
func (tx *Tx) Mutes() ([]cdp.Mute, error) {
	var out []cdp.Mute
	err := tx.values(layout.Mutes(), "mutes", func(r *layout.Reader) { out = append(out, decodeMute(r)) })
	return out, err
}

// MutesAt returns the mutes that were there at a time, those that had ended too:
// made by then, and neither lifted nor made anew by then.
func (tx *Tx) MutesAt(at time.Time) ([]cdp.Mute, error) {
	var out []cdp.Mute
	take := func(r *layout.Reader) {
		if m := decodeMute(r); !m.At.After(at) {
			out = append(out, m)
		}
	}
	err := tx.values(layout.Mutes(), "mutes", take)
	if err == nil {
		err = tx.values(layout.LiftedAfter(at), "mutes that were lifted", take)
	}
	slices.SortFunc(out, func(a, b cdp.Mute) int {
		return cmp.Or(strings.Compare(a.Rule, b.Rule), strings.Compare(a.Object.Kind, b.Object.Kind), strings.Compare(a.Object.ID, b.Object.ID), a.At.Compare(b.At))
	})
	return out, err
}

// AddLintRun keeps what a run of the lint counted.
func (tx *Tx) AddLintRun(run cdp.LintRun) error {
	w := tx.writer()
	w.Time(run.At)
	w.Text(run.Register)
	w.Text(run.Rules)
	w.Uint(uint64(run.Records))
	w.Uint(uint64(run.Profiles))
	w.Uint(uint64(len(run.Counts)))
	for _, c := range run.Counts {
		w.Word(c.Rule)
		w.Uint(uint64(c.Open))
		w.Uint(uint64(c.Muted))
	}
	return tx.set(layout.KeyLintRun(run.At), w.B)
}

// LintRuns returns the last n runs of the lint, oldest first.
func (tx *Tx) LintRuns(n int) ([]cdp.LintRun, error) { return tx.lintRuns(layout.LintRuns(), n) }

// LintRunsBefore returns the last n runs of the lint before a time, oldest first.
func (tx *Tx) LintRunsBefore(at time.Time, n int) ([]cdp.LintRun, error) {
	rng := layout.LintRuns()
	rng.End = layout.KeyLintRun(at)
	return tx.lintRuns(rng, n)
}

func (tx *Tx) lintRuns(rng kv.Range, n int) ([]cdp.LintRun, error) {
	var out []cdp.LintRun
	err := tx.values(rng, "runs of the lint", func(r *layout.Reader) {
		run := cdp.LintRun{At: r.Time(), Register: r.Text(), Rules: r.Text(), Records: int(r.Uint()), Profiles: int(r.Uint())}
		for range r.Count() {
			run.Counts = append(run.Counts, cdp.LintCount{Rule: r.Word(), Open: int(r.Uint()), Muted: int(r.Uint())})
		}
		if out = append(out, run); len(out) > 2*n {
			out = slices.Clone(out[len(out)-n:])
		}
	})
	return out[max(0, len(out)-n):], err
}

// values reads the values of a range, each wholly.
func (tx *Tx) values(rng kv.Range, what string, read func(*layout.Reader)) error {
	for e, err := range tx.r.Scan(rng) {
		if err != nil {
			return fmt.Errorf("graph: %s: %w", what, err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return fmt.Errorf("graph: %s: %w", what, err)
		}
		r := tx.reader(value)
		if read(r); !r.Done() {
			return fmt.Errorf("graph: %s: %w", what, errors.Join(r.Err(), layout.ErrDamaged))
		}
	}
	return nil
}

// FillTails reads the tails of records that a stream gave without them.
func (tx *Tx) FillTails(recs []Record) error {
	var keys [][]byte
	var of []*Record
	for i := range recs {
		if r := &recs[i]; r.TouchpointCount+r.ConsentCount+r.ShareCount > 0 {
			keys, of = append(keys, layout.KeyTail(r.ID, 0)), append(of, r)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	values, err := tx.getAll(keys)
	if err != nil {
		return fmt.Errorf("graph: tails: %w", err)
	}
	for i, v := range values {
		if v == nil {
			continue
		}
		var t *tail
		var err error
		if len(v) == tailChunk { // there may be more of it
			t, err = tx.tail(of[i].ID)
		} else {
			t, err = decodeTail(tx.reader(v))
		}
		if err != nil {
			return fmt.Errorf("graph: tail of %v: %w", of[i].ID, err)
		}
		tx.addTail(of[i], t)
	}
	return nil
}

// An Across is an identifier that records of several controllers carry.
type Across struct {
	Identifier  cdp.Identifier
	Controllers []string        // sorted
	Profiles    []cdp.ProfileID // that it leads to, ascending
}

// AcrossControllers yields the identifiers of a kind that link for more than
// one controller, in their order.
func (tx *Tx) AcrossControllers(kind cdp.Kind) iter.Seq2[Across, error] {
	return func(yield func(Across, error) bool) {
		var a Across
		var in []layout.Component
		flush := func() bool {
			if len(a.Controllers) < 2 {
				return true
			}
			err := tx.whose(&a, in)
			return yield(a, err) && err == nil
		}
		for v, err := range tx.valueRows(layout.IdentifiersOf(kind, "")) {
			if err != nil {
				yield(Across{}, err)
				return
			}
			if !v.id.Same(a.Identifier) {
				if !flush() {
					return
				}
				a, in = Across{Identifier: v.id}, nil
			}
			a.Controllers = append(a.Controllers, v.controller)
			for _, s := range v.standings {
				if s.in != 0 {
					in = append(in, s.in)
				}
			}
		}
		flush()
	}
}

// whose finds the profiles an identifier leads to, and its tag.
func (tx *Tx) whose(a *Across, in []layout.Component) error {
	roots, err := tx.rootsAt(in)
	if err != nil {
		return err
	}
	for _, c := range roots {
		a.Profiles = append(a.Profiles, c.profile())
		for h, err := range tx.heads(c) {
			if err != nil {
				return err
			}
			if id, ok := h.carries(a.Identifier); ok {
				a.Identifier = id
				break
			}
		}
	}
	slices.Sort(a.Profiles)
	a.Profiles = slices.Compact(a.Profiles)
	return nil
}
