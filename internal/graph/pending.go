package graph

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// SettleNext settles some of what had to change and did not fit in one
// transaction; it reports false when there is nothing left. It is all that its
// transaction does.
func (tx *Tx) SettleNext() (Effect, bool, error) {
	if hash, err := tx.resettling(); err != nil {
		return Effect{}, false, err
	} else if hash != "" {
		tx.because = cause{rule: "rules." + hash[:min(len(hash), 16)]}
	}
	if r, err := tx.relisting(); err != nil {
		return Effect{}, false, err
	} else if r != nil {
		tx.because = cause{rule: "lists." + r.hash[:min(len(r.hash), 16)]}
	}
	tx.limits.rows, tx.limits.bytes = 7*tx.limits.rows/4, 3*tx.limits.bytes/2
	var next []layout.Component
	late := true // all of them are only to go on parting
	decision, after := uint64(0), cdp.RecordID(0)
	for e, err := range tx.r.Scan(layout.Pending()) {
		if err != nil {
			return Effect{}, false, fmt.Errorf("graph: pending: %w", err)
		}
		c, d := layout.PendingOf(e.Key)
		if d != 0 {
			value, err := layout.Unseal(e.Key, e.Value)
			if err != nil {
				return Effect{}, false, fmt.Errorf("graph: pending: %w", err)
			}
			decision, after = d, cdp.RecordID(tx.reader(value).Uint())
			break
		}
		late = late && bytes.Equal(e.Value, layout.Seal(e.Key, []byte(onlyLate)))
		if next = append(next, c); len(next) == tx.limits.carriers {
			break
		}
	}
	switch {
	case decision != 0:
		eff, err := tx.goOn(decision, after)
		return eff, true, err
	case len(next) == 0:
		return Effect{}, false, nil
	}
	eff, err := tx.resettle(next, force{on: true, all: !late, late: late})
	return eff, true, err
}

// LeftPending reports whether the transaction left something to SettleNext.
func (tx *Tx) LeftPending() bool { return tx.leftPending }

// Resettle resolves components again, and all that their change bears on. What
// does not fit in the transaction is left to SettleNext.
func (tx *Tx) Resettle(numbers ...layout.Component) (Effect, error) {
	return tx.resettle(numbers, force{on: true, all: true})
}

func (tx *Tx) resettle(numbers []layout.Component, how force) (Effect, error) {
	for _, n := range numbers {
		if err := tx.delete(layout.KeyPending(n)); err != nil {
			return Effect{}, err
		}
	}
	return tx.resettleAll(numbers, how)
}

// leave marks a component to be settled again.
func (tx *Tx) leave(c layout.Component) error {
	tx.leftPending = true
	return tx.set(layout.KeyPending(c), nil)
}

// onlyLate is the value of a mark of a component that was settled, but for
// parts which did not fit: what its records lead to is known.
const onlyLate = "\x01"

// leaveLate marks a component from which more is to part.
func (tx *Tx) leaveLate(c layout.Component) error {
	tx.leftPending = true
	return tx.set(layout.KeyPending(c), []byte(onlyLate))
}

// PendingCount returns how many components and decisions must be settled again.
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
	rules, err := tx.rules()
	if err != nil {
		return err
	}
	for i := range h.Claims {
		if _, n := rules.Levels(h.Claims[i].id.Kind(), false); n == 0 && h.Claims[i].active {
			r.Claims[i].Active, r.Claims[i].Standing = false, "no rule"
		}
	}
	n, err := tx.decisionCounts()
	if err != nil || len(c.apart) == 0 && n.rows+n.suppressed == 0 {
		return err
	}
	rec, err := tx.recordOf(h, rules)
	if err != nil {
		return err
	}
	for i := range h.Claims {
		cl := &h.Claims[i]
		if !cl.active || r.Claims[i].Standing != "" {
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

// A force says how thoroughly components are settled again although none of
// their records changed.
type force struct {
	on   bool           // what is generic is doubted
	all  bool           // every row that finds their records is looked at: the rules are others
	late bool           // only parts that did not fit are to part: what else is known
	id   cdp.Identifier // those of this one are: a decision is about it
}

// about reports whether rows of an identifier must be looked at.
func (f *force) about(id cdp.Identifier) bool { return f.on && !f.id.IsZero() && f.id.Same(id) }

// resettleAll settles components again, as many as fit; the others are marked.
// Small ones are settled together.
func (tx *Tx) resettleAll(numbers []layout.Component, how force) (Effect, error) {
	tx.forced = how
	defer func() { tx.forced, tx.stood = force{}, nil }()
	var eff Effect
	done := make(map[layout.Component]bool)
	for len(numbers) > 0 {
		w, err := tx.newWork()
		if err != nil {
			return eff, err
		}
		records := 0
		for ; len(numbers) > 0 && records < settledTogether; numbers = numbers[1:] {
			root, err := tx.rootOf(numbers[0])
			if err != nil {
				if errors.Is(err, kv.ErrNotFound) {
					continue // it was taken in by one settled before
				}
				return eff, err
			}
			if done[root.id] || w.numbers[root.id] != nil {
				continue
			}
			if tx.movedRows > tx.limits.rows {
				if err := tx.leave(root.id); err != nil {
					return eff, err
				}
				eff.Pending++
				continue
			}
			if err := w.load(root.id); err != nil {
				return eff, err
			}
			records += root.size
		}
		if len(w.comps) == 0 {
			break
		}
		e, _, err := w.carryOut(change{})
		if err != nil {
			return eff, err
		}
		eff.add(e)
		tx.stood = nil // it stands otherwise now
		for c := range w.numbers {
			done[c] = true
		}
		tx.movedRows += records
	}
	return eff, nil
}

// settledTogether is about how many records are resolved together when
// components are settled again one after the other.
const settledTogether = 500

// reachMembers brings in what the identifiers of a component may lead to now
// and did not before: that of the decision, or all of them.
func (w *work) reachMembers(s *settled) error {
	if !w.tx.forced.on && !s.pending {
		return nil
	}
	all := w.tx.forced.all || s.pending && !w.tx.forced.late
	other := func(l resolve.Link) bool { return !all && !w.tx.forced.about(l.ID) }
	for _, m := range s.members {
		if all || slices.ContainsFunc(m.Claims, func(c claim) bool { return w.tx.forced.about(c.id) }) {
			if err := w.reach(m.head, other); err != nil {
				return err
			}
		}
	}
	return nil
}
