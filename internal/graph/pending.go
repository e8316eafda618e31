package graph

import (
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// SettleNext settles one of the components from which more has to part than
// fitted in one transaction; it reports false when there is none left.
func (tx *Tx) SettleNext() (Effect, bool, error) {
	next := layout.Component(0)
	for e, err := range tx.r.Scan(layout.Pending()) {
		if err != nil {
			return Effect{}, false, fmt.Errorf("graph: pending: %w", err)
		}
		next = layout.Component(layout.LastNumber(e.Key))
		break
	}
	if next == 0 {
		return Effect{}, false, nil
	}
	eff, err := tx.Resettle(next)
	return eff, true, err
}

// LeftPending reports whether the transaction left something to SettleNext.
func (tx *Tx) LeftPending() bool { return tx.leftPending }

// Resettle resolves a component again, and all that its change bears on.
func (tx *Tx) Resettle(number layout.Component) (Effect, error) {
	if err := tx.delete(layout.KeyPending(number)); err != nil {
		return Effect{}, err
	}
	return tx.resettleAll([]layout.Component{number}, true)
}

// leave marks a component to be settled again.
func (tx *Tx) leave(c layout.Component) error {
	tx.leftPending = true
	return tx.set(layout.KeyPending(c), nil)
}

// PendingCount returns how many components must be settled again.
func (tx *Tx) PendingCount() (int, error) {
	n := 0
	rng := layout.Pending()
	rng.KeysOnly = true
	for _, err := range tx.r.Scan(rng) {
		if err != nil {
			return n, fmt.Errorf("graph: pending: %w", err)
		}
		n++
	}
	return n, nil
}

// stand says of the claims of a live record whether they join, or why not.
func (tx *Tx) stand(r *Record, h *head, c *component) error {
	n, err := tx.decisionCounts()
	if err != nil || len(c.apart) == 0 && n.rows+n.suppressed == 0 {
		return err
	}
	rules, err := tx.rules()
	if err != nil {
		return err
	}
	rec, err := tx.recordOf(h, rules)
	if err != nil {
		return err
	}
	for i := range h.Claims {
		cl := &h.Claims[i]
		if !cl.active {
			continue
		}
		if slices.ContainsFunc(rec.Claims, func(o resolve.Claimed) bool { return o.ID.Same(cl.id) }) {
			if state := c.stands(cl, h.Controller, rules); state != resolve.Joins {
				r.Claims[i].Active, r.Claims[i].Standing = false, state.String()
			}
			continue
		}
		r.Claims[i].Active, r.Claims[i].Standing = false, "cut"
		if by, err := tx.suppressedBy(cl.id); err != nil {
			return err
		} else if by != 0 {
			r.Claims[i].Standing = "suppressed"
		}
	}
	return nil
}

// stands says what an allowed claim of a live record does, as kept with its
// component: it joins if it does at any class.
func (c *component) stands(cl *claim, controller string, rules *resolve.Rules) resolve.State {
	if len(c.apart) == 0 {
		return resolve.Joins
	}
	levels, n := rules.Levels(cl.id.Kind(), resolve.Verified(cl.verification))
	worst := resolve.Joins
	for _, class := range levels[:n] {
		state := resolve.Joins
		for _, a := range c.apart {
			if a.class == class && a.id.Same(cl.id) {
				state = a.state
			}
		}
		if state == resolve.Joins {
			return resolve.Joins
		}
		worst = state
	}
	return worst
}

// resettleAll settles components again, as many as fit; the others are marked.
func (tx *Tx) resettleAll(numbers []layout.Component, thorough bool) (Effect, error) {
	tx.forced = thorough
	defer func() { tx.forced = false }()
	var eff Effect
	done := make(map[layout.Component]bool)
	for _, n := range numbers {
		root, err := tx.component(n)
		if err != nil {
			if errors.Is(err, kv.ErrNotFound) {
				continue // it was taken in by one settled before
			}
			return eff, err
		}
		if done[root.id] {
			continue
		}
		if tx.movedRows > tx.limits.rows {
			if err := tx.leave(root.id); err != nil {
				return eff, err
			}
			eff.Pending++
			continue
		}
		w, err := tx.newWork()
		if err == nil {
			err = w.load(root.id)
		}
		if err != nil {
			return eff, err
		}
		for _, m := range w.comps[0].members { // what a restored claim leads to
			if err := w.reach(m.head); err != nil {
				return eff, err
			}
		}
		e, _, err := w.carryOut(change{})
		if err != nil {
			return eff, err
		}
		eff.add(e)
		tx.movedRows += len(w.comps[0].members)
		for c := range w.numbers {
			done[c] = true
		}
	}
	return eff, nil
}
