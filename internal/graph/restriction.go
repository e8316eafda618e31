package graph

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// counterBarred counts the statements that restrict or suppress, so that
// records need not look for any where nobody ever made one.
const counterBarred = "barred"

// A barred says how many statements there are of each sort. Both only grow.
type barred struct{ restrictions, suppressions uint64 }

func (tx *Tx) barredBy() (barred, error) {
	if tx.barred != nil {
		return *tx.barred, nil
	}
	value, err := tx.get(layout.KeyCounter(counterBarred))
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return barred{}, fmt.Errorf("graph: restrictions and suppressions: %w", err)
	}
	var b barred
	if err == nil {
		r := tx.reader(value)
		b = barred{r.Uint(), r.Uint()}
		if !r.Done() {
			return b, fmt.Errorf("graph: restrictions and suppressions: %w", layout.ErrDamaged)
		}
	}
	tx.barred = &b
	return b, nil
}

func (tx *Tx) countBarred(restrictions, suppressions uint64) error {
	b, err := tx.barredBy()
	if err != nil || restrictions+suppressions == 0 {
		return err
	}
	b.restrictions += restrictions
	b.suppressions += suppressions
	tx.barred = &b
	w := tx.writer()
	w.Uint(b.restrictions)
	w.Uint(b.suppressions)
	return tx.set(layout.KeyCounter(counterBarred), w.B)
}

// Barred returns how often something was restricted, suppressed, or freed of
// it. Whoever judged what may leave has to judge again when it is another
// number.
func (tx *Tx) Barred() (uint64, error) {
	b, err := tx.barredBy()
	return b.restrictions + b.suppressions, err
}

// HasRestrictions reports whether anything was ever restricted.
func (tx *Tx) HasRestrictions() (bool, error) {
	b, err := tx.barredBy()
	return b.restrictions > 0, err
}

// HasSuppressions reports whether anything was ever suppressed.
func (tx *Tx) HasSuppressions() (bool, error) {
	b, err := tx.barredBy()
	return b.suppressions > 0, err
}

// AddRestrictions appends statements on source rows. One that is there already
// is not added twice. It returns the rows for which something is new.
func (tx *Tx) AddRestrictions(list []cdp.Restriction) ([]cdp.Row, error) {
	var touched []cdp.Row
	for i := range list {
		e := &list[i]
		e.Recorded = tx.now
		have, err := tx.restrictionsOn(e.Row)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(have, func(h cdp.Restriction) bool { return sameRestriction(&h, e) }) {
			continue
		}
		events, size := spaceFor(!e.Lifted)
		if len(have) >= events {
			return nil, ErrTooManyEvents
		}
		w := tx.writer()
		encodeRestrictions(w, append(have, *e))
		if len(w.B) >= size {
			return nil, ErrTooManyEvents
		}
		key := layout.KeyRestrictions(e.Row.Source, e.Row.Key)
		if len(key) > kv.MaxKey {
			return nil, ErrKeyTooLong
		}
		if err := tx.set(key, w.B); err != nil {
			return nil, err
		}
		if err := tx.countBarred(1, 0); err != nil {
			return nil, err
		}
		if !slices.Contains(touched, e.Row) {
			touched = append(touched, e.Row)
		}
	}
	return touched, nil
}

// sameRestriction reports whether two statements on a row are one fact
// delivered twice.
func sameRestriction(a, b *cdp.Restriction) bool {
	return a.Whole == b.Whole && a.Lifted == b.Lifted && a.Ground == b.Ground && a.At.Equal(b.At) && a.Told.Equal(b.Told) && a.Method == b.Method &&
		a.Proof == b.Proof && a.By == b.By && a.Source == b.Source && (!a.At.IsZero() || a.Record == b.Record)
}

// RestrictionsOn returns what was ever said on restricting a source row.
func (tx *Tx) RestrictionsOn(row cdp.Row) ([]cdp.Restriction, error) {
	if b, err := tx.barredBy(); err != nil || b.restrictions == 0 {
		return nil, err
	}
	return tx.restrictionsOn(row)
}

func (tx *Tx) restrictionsOn(row cdp.Row) ([]cdp.Restriction, error) {
	value, err := tx.get(layout.KeyRestrictions(row.Source, row.Key))
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("graph: restrictions: %w", err)
	}
	return decodeRestrictions(tx.reader(value))
}

// AllRestrictions yields the statements on each source row on which any was
// made.
func (tx *Tx) AllRestrictions() iter.Seq2[[]cdp.Restriction, error] {
	return statementsOf(tx, layout.AllRestrictions(), "restrictions", decodeRestrictions)
}

func statementsOf[T any](tx *Tx, rng kv.Range, what string, decode func(*layout.Reader) ([]T, error)) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		for e, err := range tx.r.Scan(rng) {
			var list []T
			if err == nil {
				var value []byte
				if value, err = layout.Unseal(e.Key, e.Value); err == nil {
					list, err = decode(tx.reader(value))
				}
			}
			if err != nil {
				err = fmt.Errorf("graph: %s: %w", what, err)
			}
			if !yield(list, err) || err != nil {
				return
			}
		}
	}
}

func encodeRestrictions(w *layout.Writer, list []cdp.Restriction) {
	w.Word(string(list[0].Row.Source))
	w.Text(list[0].Row.Key)
	w.Uint(uint64(len(list)))
	for i := range list {
		encodeRestriction(w, &list[i])
	}
}

func encodeRestriction(w *layout.Writer, e *cdp.Restriction) {
	w.Bool(e.Whole)
	w.Bool(e.Lifted)
	w.Word(string(e.Ground))
	w.Time(e.At)
	w.Time(e.Told)
	w.Text(e.Method)
	w.Text(e.Proof.Reveal())
	w.Text(e.By)
	w.Word(string(e.Source))
	w.Uint(uint64(e.Record))
	w.Time(e.Recorded)
}

func decodeRestrictions(r *layout.Reader) ([]cdp.Restriction, error) {
	row := cdp.Row{Source: cdp.SourceID(r.Word()), Key: r.Text()}
	n := r.Count()
	out := make([]cdp.Restriction, 0, n)
	for range n {
		out = append(out, cdp.Restriction{Row: row, Whole: r.Bool(), Lifted: r.Bool(), Ground: cdp.RestrictionGround(r.Word()), At: r.Time(), Told: r.Time(),
			Method: r.Text(), Proof: cdp.Value(r.Text()), By: r.Text(), Source: cdp.SourceID(r.Word()), Record: cdp.RecordID(r.Uint()), Recorded: r.Time()})
	}
	if !r.Done() {
		return nil, fmt.Errorf("graph: restrictions: %w", layout.ErrDamaged)
	}
	return out, nil
}
