package graph

import (
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
)

// ErrContradiction is returned for a decision that another one in force denies,
// makes idle, or that denies itself.
var ErrContradiction = errors.New("another decision in force says otherwise: undo it first")

func contradiction(other uint64) error {
	return fmt.Errorf("%w: %v", ErrContradiction, cdp.DecisionID(other))
}

// A saidError is an ErrContradiction that says what was decided already.
type saidError struct{ text string }

func (e *saidError) Error() string { return e.text }

func (e *saidError) Is(target error) bool { return target == ErrContradiction }

func said(what string, by uint64) error {
	return &saidError{fmt.Sprintf("%s already, by %v", what, cdp.DecisionID(by))}
}

// admissible puts the rows of a decision in order, each once, and refuses a
// decision that can not hold beside those in force: rows tied to each other, by
// whatever chain of decisions, can not be parted, an identifier is suppressed
// once, and a row has one lock. Rows count whether they are there or not.
func (tx *Tx) admissible(d *cdp.Decision) error {
	group := make(map[cdp.Row]int, len(d.Rows))
	rows := make([]cdp.DecidedRow, 0, len(d.Rows))
	for _, r := range d.Rows {
		g, twice := group[r.Row]
		if twice && g != r.Group {
			return fmt.Errorf("%w: it parts a row from itself", ErrContradiction)
		}
		if !twice {
			group[r.Row] = r.Group
			rows = append(rows, r)
		}
	}
	d.Rows = rows
	switch d.Verb {
	case cdp.DecideSuppress:
		if by, err := tx.suppressedBy(d.Identifier); err != nil {
			return err
		} else if by != 0 {
			return said("it is suppressed", by)
		}
	case cdp.DecideLock:
		for _, r := range d.Rows {
			have, err := tx.decidedOf(r.Source, r.Key)
			if err != nil {
				return err
			}
			if have != nil && have.lock != 0 {
				return said("rows of it are locked", have.lock)
			}
		}
	}
	if !d.Ties() {
		return nil
	}
	return tx.tiesHold(d)
}

// tiesHold follows all ties from the rows of a new decision and looks whether
// any decision parts what they tie.
func (tx *Tx) tiesHold(d *cdp.Decision) error {
	team := make(map[cdp.Row]cdp.Row) // union-find
	of := func(r cdp.Row) cdp.Row {
		for team[r] != r {
			r = team[r]
		}
		return r
	}
	var found []cdp.Row
	tie := func(a, b cdp.Row) {
		for _, r := range []cdp.Row{a, b} {
			if _, ok := team[r]; !ok {
				team[r] = r
				found = append(found, r)
			}
		}
		team[of(b)] = of(a)
	}
	bearing := []*cdp.Decision{d}
	known := make(map[uint64]bool)
	for _, r := range d.Rows {
		tie(r.Row, r.Row)
		for _, o := range d.Rows {
			if o.Group == r.Group {
				tie(o.Row, r.Row)
				break
			}
		}
	}
	for i := 0; i < len(found); i++ {
		have, err := tx.decidedOf(found[i].Source, found[i].Key)
		if err != nil {
			return err
		}
		if have == nil {
			continue
		}
		for _, n := range have.decisions {
			o, err := tx.Decision(n)
			if err != nil {
				return err
			}
			if !o.Ties() {
				continue
			}
			if !known[n] {
				known[n] = true
				bearing = append(bearing, &o)
			}
			at := slices.IndexFunc(o.Rows, func(r cdp.DecidedRow) bool { return r.Row == found[i] })
			for _, r := range o.Rows {
				if at >= 0 && r.Group == o.Rows[at].Group {
					tie(found[i], r.Row)
				}
			}
		}
	}
	for _, o := range bearing {
		group := make(map[cdp.Row]int, len(o.Rows)) // by team
		for _, r := range o.Rows {
			if _, ok := team[r.Row]; !ok {
				continue
			}
			t := of(r.Row)
			if g, ok := group[t]; ok && g != r.Group {
				if o == d {
					return ErrContradiction
				}
				return contradiction(uint64(o.ID))
			}
			group[t] = r.Group
		}
	}
	return nil
}
