package graph

import (
	"errors"
	"fmt"
	"iter"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// A valueRow is what an identifier does for one controller.
type valueRow struct {
	id         cdp.Identifier // without a tag
	controller string
	standings  [resolve.ClassD + 1]standing // by class; zero where there is no row
	last       []byte                       // key of the last row
}

// state is what the identifier does: joins if it does so at all its classes.
func (v *valueRow) state() (resolve.State, resolve.Class) {
	for class, s := range v.standings {
		if s.state != resolve.Joins {
			return s.state, resolve.Class(class)
		}
	}
	return resolve.Joins, resolve.ClassNone
}

// echoes reports whether an identifier that joins nothing is the hash of one
// that joins nothing either for the same controller: that one tells of both.
func (tx *Tx) echoes(v *valueRow, rules *resolve.Rules) (bool, error) {
	if !rules.Kinds[string(v.id.Kind())].Echo {
		return false, nil
	}
	of, err := tx.Hashed(v.id)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for o, err := range tx.valueRows(layout.Identifier(of)) {
		if err != nil {
			return false, err
		}
		if state, _ := o.state(); o.controller == v.controller && state != resolve.Joins {
			return true, nil
		}
	}
	return false, nil
}

// valueRows yields the rows of identifiers in a range, those of one identifier
// and controller together.
func (tx *Tx) valueRows(rng kv.Range) iter.Seq2[*valueRow, error] {
	return func(yield func(*valueRow, error) bool) {
		var v *valueRow
		for e, err := range tx.r.Scan(rng) {
			var kind cdp.Kind
			var value, controller string
			if err == nil {
				kind, value, controller, _, err = layout.ClaimOf(e.Key)
			}
			var stored []byte
			if err == nil {
				stored, err = layout.Unseal(e.Key, e.Value)
			}
			var row standing
			if err == nil {
				row, err = decodeIdentifierRow(tx.reader(stored))
			}
			if err != nil {
				yield(nil, fmt.Errorf("graph: identifiers: %w", err))
				return
			}
			if v == nil || v.id.Kind() != kind || v.id.Reveal() != value || v.controller != controller {
				if v != nil && !yield(v, nil) {
					return
				}
				v = &valueRow{id: cdp.NewIdentifier(kind, value, [4]byte{}), controller: controller}
			}
			if class := layout.ClassOf(e.Key); int(class) < len(v.standings) {
				v.standings[class] = row
			}
			v.last = append(v.last[:0], e.Key...)
		}
		if v != nil {
			yield(v, nil)
		}
	}
}

// withheldRuns yields identifiers that claims which do not link are on, and how
// many such claims there are.
func (tx *Tx) withheldRuns() iter.Seq2[hub, error] {
	return func(yield func(hub, error) bool) {
		var at hub
		rng := layout.Withheld()
		rng.KeysOnly = true
		for e, err := range tx.r.Scan(rng) {
			var kind cdp.Kind
			var value string
			if err == nil {
				kind, value, _, _, err = layout.ClaimOf(e.Key)
			}
			if err != nil {
				yield(hub{}, fmt.Errorf("graph: claims: %w", err))
				return
			}
			if at.records == 0 || at.id.Kind() != kind || at.id.Reveal() != value {
				if at.records > 0 && !yield(at, nil) {
					return
				}
				at = hub{id: cdp.NewIdentifier(kind, value, [4]byte{})}
			}
			at.records++
		}
		if at.records > 0 {
			yield(at, nil)
		}
	}
}
