package graph

import (
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// leave takes a live record out of its component and divides what is left. It
// returns the profile ids whose anchor the record was, and the live one of the
// records that stay, 0 when there are none. The head's row is gone afterwards;
// the caller writes the record elsewhere. When it is gone for good its ids
// stay with the others.
func (tx *Tx) leave(h *head, in layout.Component, gone bool) (carried []minted, left cdp.ProfileID, eff Effect, err error) {
	c, err := tx.component(in)
	if err != nil {
		return nil, 0, eff, err
	}
	members, err := tx.members(c)
	if err != nil {
		return nil, 0, eff, err
	}
	if err := tx.deleteMember(in, h.ID); err != nil {
		return nil, 0, eff, err
	}
	if err := tx.dropWithheld(h); err != nil {
		return nil, 0, eff, err
	}
	members = slices.DeleteFunc(members, func(m member) bool { return m.ID == h.ID })
	if err := tx.dropUnused(h, members); err != nil {
		return nil, 0, eff, err
	}
	if len(members) == 0 {
		if err := tx.countSize(c.size, 0, c.profile()); err != nil {
			return nil, 0, eff, err
		}
		return c.ids, 0, eff, tx.deleteComponent(c)
	}
	parts, stay := divided(members)
	var rest []minted
	for _, m := range c.ids {
		switch {
		case m.anchor != h.ID:
			rest = append(rest, m)
		case gone:
			rest = append(rest, minted{m.profile, parts[stay][0]})
		default:
			carried = append(carried, m)
		}
	}
	left, eff, err = tx.divide(c, members, parts, stay, rest, h)
	return carried, left, eff, err
}

// divided returns the parts that members make, and which is the largest.
func divided(members []member) (parts [][]cdp.RecordID, stay int) {
	nodes := make([]node, len(members))
	for i, m := range members {
		nodes[i] = m.node()
	}
	parts = partition(nodes)
	for i, p := range parts {
		if len(p) > len(parts[stay]) {
			stay = i
		}
	}
	return parts, stay
}

// divide gives each part of a component that lost a record its own component
// and ids. It returns the profile of the part that stays.
func (tx *Tx) divide(c *component, members []member, parts [][]cdp.RecordID, stay int, ids []minted, cause *head) (cdp.ProfileID, Effect, error) {
	eff := Effect{Split: len(parts) - 1}
	before := c.profile()
	if err := tx.countSize(c.size, 0, before); err != nil {
		return 0, eff, err
	}
	homes := homesOf(c, members, parts)
	if !tx.fits(homes.moving()...) {
		return 0, eff, &CrowdedError{cause.ID}
	}
	var profiles []cdp.ProfileID
	var err error
	for i, p := range parts {
		own := anchored(ids, p)
		if len(own) == 0 {
			if own, err = tx.mintProfile(p[0]); err != nil {
				return 0, eff, err
			}
			eff.New++
		}
		part, err := tx.settle(c, homes[i])
		if err != nil {
			return 0, eff, err
		}
		if err := tx.setIDs(part, own); err != nil {
			return 0, eff, err
		}
		if err := tx.setComponent(part); err != nil {
			return 0, eff, err
		}
		if err := tx.countSize(0, part.size, part.profile()); err != nil {
			return 0, eff, err
		}
		profiles = append(profiles, part.profile())
	}
	if err := tx.abandon(c, homes); err != nil {
		return 0, eff, err
	}
	left := profiles[stay]
	if !slices.Contains(profiles, before) {
		profiles = append(profiles, before)
	}
	verb := "unlink"
	if len(parts) > 1 {
		verb = "split"
	}
	tx.note(verb, cause, profiles...)
	return left, eff, tx.countSplits(eff.Split)
}

// anchored returns the ids whose anchor is in a part. part is sorted.
func anchored(ids []minted, part []cdp.RecordID) []minted {
	var own []minted
	for _, m := range ids {
		if _, ok := slices.BinarySearch(part, m.anchor); ok {
			own = append(own, m)
		}
	}
	return own
}

// dropUnused deletes the rows of identifiers that no member carries actively
// any more now that a record is gone.
func (tx *Tx) dropUnused(gone *head, members []member) error {
	for _, id := range gone.node().claims {
		used := slices.ContainsFunc(members, func(m member) bool {
			return m.Controller == gone.Controller && slices.ContainsFunc(m.Claims, func(c claim) bool { return c.active && c.id.Same(id) })
		})
		if !used {
			if err := tx.deleteIdentifierRow(id, gone.Controller); err != nil {
				return err
			}
		}
	}
	return nil
}

func (tx *Tx) dropWithheld(h *head) error {
	for i := range h.Claims {
		if c := &h.Claims[i]; !c.active && c.findable() {
			if err := tx.delete(layout.KeyWithheld(c.id, h.ID)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (tx *Tx) deleteComponent(c *component) error {
	for _, s := range append([]layout.Component{c.id}, c.segments...) {
		if err := tx.delete(layout.KeyComponent(s)); err != nil {
			return err
		}
	}
	return nil
}

// widen replaces the head of a live record by one whose active claims include
// all of the old one's, and joins what the further ones connect. before and
// after may be different versions of the record.
func (tx *Tx) widen(before, after *head, in layout.Component) (Effect, error) {
	c, err := tx.component(in)
	if err != nil {
		return Effect{}, err
	}
	if err := tx.dropWithheld(before); err != nil {
		return Effect{}, err
	}
	if before.ID != after.ID {
		if err := tx.deleteMember(in, before.ID); err != nil {
			return Effect{}, err
		}
		for i := range c.ids {
			if c.ids[i].anchor == before.ID {
				c.ids[i].anchor = after.ID
			}
		}
	}
	roots, err := tx.reached(after.ID, after.node())
	if err != nil {
		return Effect{}, err
	}
	roots = slices.DeleteFunc(roots, func(r reached) bool { return r.id == c.id })
	into, eff, err := tx.merge(append([]reached{{component: c}}, roots...), after)
	if err != nil {
		return eff, err
	}
	if into != c && !slices.Contains(into.segments, in) {
		in = into.id // its other records were moved
	}
	if err := tx.setComponent(into); err != nil {
		return eff, err
	}
	eff.Profile = into.profile()
	tx.note("update", after, into.profile())
	if into != c && before.ID == after.ID {
		// takeIn moved the old head; it is written again below in its new place.
		if err := tx.dropWithheld(before); err != nil {
			return eff, err
		}
	}
	return eff, tx.putMember(in, after)
}

// includes reports whether the active claims of a are among those of b.
func includes(b, a *head) bool {
	if a.Controller != b.Controller {
		return false
	}
	for i := range a.Claims {
		if !a.Claims[i].active {
			continue
		}
		id := a.Claims[i].id
		if !slices.ContainsFunc(b.Claims, func(c claim) bool { return c.active && c.id.Same(id) }) {
			return false
		}
	}
	return true
}
