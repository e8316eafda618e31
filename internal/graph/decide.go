package graph

import (
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// maxDecidedRows bounds the rows of one decision, so that it fits in a value.
const maxDecidedRows = 1_000

// ErrTooManyRows is returned for a decision on more than 1,000 rows.
var ErrTooManyRows = errors.New("a decision names at most 1,000 source rows")

// Decision returns a decision, or ErrNotFound.
func (tx *Tx) Decision(n uint64) (cdp.Decision, error) {
	if d, ok := tx.decisionRows[n]; ok {
		return d, nil
	}
	value, err := tx.get(layout.KeyDecision(n))
	if errors.Is(err, kv.ErrNotFound) {
		return cdp.Decision{}, ErrNotFound
	}
	if err != nil {
		return cdp.Decision{}, fmt.Errorf("graph: decision %d: %w", n, err)
	}
	d, err := decodeDecision(n, tx.reader(value))
	if err != nil {
		return d, err
	}
	if tx.decisionRows == nil {
		tx.decisionRows = make(map[uint64]cdp.Decision)
	}
	tx.decisionRows[n] = d
	return d, nil
}

func encodeDecision(w *layout.Writer, d *cdp.Decision) []byte {
	w.Word(d.Verb)
	w.Uint(uint64(len(d.Rows)))
	for _, r := range d.Rows {
		w.Word(string(r.Source))
		w.Text(r.Key)
		w.Uint(uint64(r.Group))
	}
	w.Bool(!d.Identifier.IsZero())
	if !d.Identifier.IsZero() {
		appendIdentifier(w, d.Identifier)
	}
	w.Text(d.By)
	w.Text(d.Reason)
	w.Time(d.At)
	w.Text(d.UndoneBy)
	w.Text(d.UndoneFor)
	w.Time(d.Undone)
	return w.B
}

func decodeDecision(n uint64, r *layout.Reader) (cdp.Decision, error) {
	d := cdp.Decision{ID: cdp.DecisionID(n), Verb: r.Word()}
	for range r.Count() {
		d.Rows = append(d.Rows, cdp.DecidedRow{Row: cdp.Row{Source: cdp.SourceID(r.Word()), Key: r.Text()}, Group: int(r.Uint())})
	}
	if r.Bool() {
		d.Identifier = takeIdentifier(r)
	}
	d.By, d.Reason, d.At = r.Text(), r.Text(), r.Time()
	d.UndoneBy, d.UndoneFor, d.Undone = r.Text(), r.Text(), r.Time()
	if !r.Done() {
		return d, fmt.Errorf("graph: decision %d: %w", n, layout.ErrDamaged)
	}
	return d, nil
}

// Decisions returns up to n decisions after one, by number.
func (tx *Tx) Decisions(after cdp.DecisionID, n int) ([]cdp.Decision, error) {
	var out []cdp.Decision
	for e, err := range tx.r.Scan(layout.DecisionsFrom(uint64(after) + 1)) {
		if err != nil {
			return nil, fmt.Errorf("graph: decisions: %w", err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return nil, fmt.Errorf("graph: decisions: %w", err)
		}
		d, err := decodeDecision(layout.LastNumber(e.Key), tx.reader(value))
		if err != nil {
			return nil, err
		}
		if out = append(out, d); len(out) == n {
			break
		}
	}
	return out, nil
}

// Decide keeps a decision and settles what it bears on, or returns
// ErrContradiction, or ErrTooManyRows. What more than one transaction would have
// to part is left to SettleNext.
func (tx *Tx) Decide(d *cdp.Decision) (Effect, error) {
	if len(d.Rows) > maxDecidedRows {
		return Effect{}, ErrTooManyRows
	}
	if err := tx.admissible(d); err != nil {
		return Effect{}, err
	}
	n, err := tx.decisionCounts()
	if err != nil {
		return Effect{}, err
	}
	n.last++
	d.ID, d.At = cdp.DecisionID(n.last), tx.now
	if err := tx.set(layout.KeyDecision(n.last), encodeDecision(tx.writer(), d)); err != nil {
		return Effect{}, err
	}
	return tx.apply(d, true)
}

// Undecide takes a decision back, and settles what it bore on.
func (tx *Tx) Undecide(id cdp.DecisionID, by, reason string) (Effect, error) {
	d, err := tx.Decision(uint64(id))
	if err != nil {
		return Effect{}, err
	}
	if !d.Undone.IsZero() {
		return Effect{}, &saidError{"it was taken back already"}
	}
	d.UndoneBy, d.UndoneFor, d.Undone = by, reason, tx.now
	if err := tx.set(layout.KeyDecision(uint64(id)), encodeDecision(tx.writer(), &d)); err != nil {
		return Effect{}, err
	}
	return tx.apply(&d, false)
}

// apply makes a decision hold, or hold no more.
func (tx *Tx) apply(d *cdp.Decision, holds bool) (Effect, error) {
	tx.decisionRows = nil
	tx.because = cause{rule: "decision." + d.Verb + "." + d.ID.String()}
	before, last, err := tx.borneOn(d)
	if err != nil {
		return Effect{}, err
	}
	if err := tx.remember(d, before); err != nil {
		return Effect{}, err
	}
	if err := tx.keepDecision(d, holds); err != nil {
		return Effect{}, err
	}
	tx.decidedRows, tx.suppressed = nil, nil
	// What it bore on before and what it bears on now may differ: a cut claim
	// leads nowhere any more, and one that is restored leads somewhere again.
	return tx.settleDecided(d, before, last)
}

// settleDecided settles components that a decision bears on. The carriers of
// its identifier after the last record, 0 for none, are left for later.
func (tx *Tx) settleDecided(d *cdp.Decision, on []layout.Component, last cdp.RecordID) (Effect, error) {
	eff, err := tx.resettleAll(on, force{on: true, id: d.Identifier})
	key := layout.KeyPendingDecision(uint64(d.ID))
	if err != nil || last == 0 {
		return eff, errors.Join(err, tx.delete(key))
	}
	tx.leftPending = true
	eff.Pending++
	w := tx.writer()
	w.Uint(uint64(last))
	return eff, tx.set(key, w.B)
}

// goOn settles more of the carriers of a decision's identifier.
func (tx *Tx) goOn(decision uint64, after cdp.RecordID) (Effect, error) {
	d, err := tx.Decision(decision)
	if err != nil {
		return Effect{}, err
	}
	tx.because = cause{rule: "decision." + d.Verb + "." + d.ID.String()}
	on, last, err := tx.apartOf(d.Identifier, after)
	if err != nil {
		return Effect{}, err
	}
	return tx.settleDecided(&d, on, last)
}

// keepDecision writes what finds a decision, and the counts.
func (tx *Tx) keepDecision(d *cdp.Decision, holds bool) error {
	n, err := tx.decisionCounts()
	if err != nil {
		return err
	}
	if d.Verb == cdp.DecideSuppress {
		key := layout.KeySuppressed(d.Identifier)
		if !holds {
			n.suppressed--
			if err := tx.delete(key); err != nil {
				return err
			}
			return tx.setDecisionCounts(n)
		}
		w := tx.writer()
		w.Uint(uint64(d.ID))
		if err := tx.set(key, w.B); err != nil {
			return err
		}
		n.suppressed++
	}
	for _, r := range d.Rows {
		if err := tx.keepDecided(d, r.Row, holds); err != nil {
			return err
		}
	}
	return tx.setDecisionCounts(n)
}

func (tx *Tx) keepDecided(d *cdp.Decision, r cdp.Row, holds bool) error {
	n, err := tx.decisionCounts()
	if err != nil {
		return err
	}
	key := layout.KeyDecided(r.Source, r.Key)
	have := &decided{}
	value, err := tx.get(key)
	switch {
	case errors.Is(err, kv.ErrNotFound):
		n.rows++
	case err != nil:
		return fmt.Errorf("graph: decisions: %w", err)
	default:
		if have, err = decodeDecided(tx.reader(value)); err != nil {
			return err
		}
	}
	id := uint64(d.ID)
	if holds {
		have.decisions = append(have.decisions, id)
	} else {
		have.decisions = slices.DeleteFunc(have.decisions, func(o uint64) bool { return o == id })
	}
	switch d.Verb {
	case cdp.DecideLock:
		have.lock = 0
		if holds {
			have.lock = id
		}
	case cdp.DecideCut:
		if holds {
			have.cuts = append(have.cuts, d.Identifier)
		} else if i := slices.IndexFunc(have.cuts, d.Identifier.Same); i >= 0 {
			have.cuts = slices.Delete(have.cuts, i, i+1)
		}
	}
	if len(have.decisions) == 0 {
		n.rows--
		return tx.delete(key)
	}
	return tx.set(key, have.encode(tx.writer()))
}

// borneOn returns the components of the live records that a decision names.
// There may be more of those that carry its identifier after the last record.
func (tx *Tx) borneOn(d *cdp.Decision) (on []layout.Component, last cdp.RecordID, err error) {
	var out []layout.Component
	add := func(id cdp.RecordID) error {
		p, err := tx.place(id)
		if err == nil && p.state == placeLive {
			out = append(out, p.component)
		}
		return err
	}
	for _, r := range d.Rows {
		id, _, err := tx.Row(r.Source, r.Key)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err == nil {
			err = add(id)
		}
		if err != nil {
			return nil, 0, err
		}
	}
	if d.Verb != cdp.DecideSuppress {
		return out, 0, nil
	}
	roots, err := tx.rootsOf(d.Identifier)
	if err != nil {
		return nil, 0, err
	}
	apart, last, err := tx.apartOf(d.Identifier, 0)
	for _, c := range roots {
		apart = append(apart, c.id)
	}
	slices.Sort(apart)
	return slices.Compact(apart), last, err
}

// apartOf returns the components of live records after one that carry an
// identifier by which they are not joined; there may be more after last, if it
// is not 0.
func (tx *Tx) apartOf(id cdp.Identifier, after cdp.RecordID) (out []layout.Component, last cdp.RecordID, err error) {
	rng := layout.WithheldOf(id)
	rng.Start, rng.KeysOnly = layout.KeyWithheld(id, after+1), true
	var recs []cdp.RecordID
	for e, err := range tx.r.Scan(rng) {
		if err != nil {
			return nil, 0, fmt.Errorf("graph: %v: %w", id, err)
		}
		if recs = append(recs, cdp.RecordID(layout.LastNumber(e.Key))); len(recs) == tx.limits.carriers {
			last = recs[len(recs)-1]
			break
		}
	}
	for _, rec := range recs {
		p, err := tx.place(rec)
		if err != nil {
			return nil, 0, err
		}
		if p.state == placeLive {
			out = append(out, p.component)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), last, nil
}
