package graph

import (
	"errors"
	"slices"

	"cdp-tui/internal/cdp"
)

// calledDifferent returns the profiles that decisions in force call different
// from one, with the decision.
func (tx *Tx) calledDifferent(id cdp.ProfileID) (map[cdp.ProfileID]cdp.DecisionID, error) {
	n, err := tx.decisionCounts()
	if err != nil || n.rows == 0 {
		return nil, err
	}
	live, row, err := tx.find(id)
	if errors.Is(err, ErrNotFound) || err == nil && live != id {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := tx.rootOf(row.component)
	if err != nil {
		return nil, err
	}
	out := make(map[cdp.ProfileID]cdp.DecisionID)
	for h, err := range tx.heads(c) {
		if err != nil {
			return nil, err
		}
		d, err := tx.decidedOf(h.Source, h.Key)
		if err != nil || d == nil {
			if err != nil {
				return nil, err
			}
			continue
		}
		for _, n := range d.decisions {
			dec, err := tx.Decision(n)
			if err != nil {
				return nil, err
			}
			if err := tx.apartBy(&dec, cdp.Row{Source: h.Source, Key: h.Key}, id, out); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// apartBy adds the profiles that a decision calls different from one of its
// rows.
func (tx *Tx) apartBy(d *cdp.Decision, of cdp.Row, self cdp.ProfileID, out map[cdp.ProfileID]cdp.DecisionID) error {
	if d.Verb != cdp.DecideDifferent {
		return nil
	}
	i := slices.IndexFunc(d.Rows, func(r cdp.DecidedRow) bool { return r.Row == of })
	for _, r := range d.Rows {
		if i < 0 || r.Group == d.Rows[i].Group {
			continue
		}
		rec, _, err := tx.Row(r.Source, r.Key)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		var at place
		if err == nil {
			at, err = tx.place(rec)
		}
		if err != nil {
			return err
		}
		if at.state != placeLive {
			continue
		}
		c, err := tx.rootOf(at.component)
		if err != nil {
			return err
		}
		if p := c.profile(); p != self {
			out[p] = d.ID
		}
	}
	return nil
}
