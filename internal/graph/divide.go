package graph

import (
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// leave takes a live record out of its component and divides what is left. It
// returns the profile ids whose anchor the record was, and the live one of the
// records that stay, 0 when there are none. The head's row is gone afterwards;
// the caller writes the record elsewhere.
func (tx *Tx) leave(h *head, in layout.Component) (carried []minted, left cdp.ProfileID, eff Effect, err error) {
	c, err := tx.component(in)
	if err != nil {
		return nil, 0, eff, err
	}
	members, err := tx.members(c)
	if err != nil {
		return nil, 0, eff, err
	}
	if err := tx.delete(layout.KeyMember(in, h.ID)); err != nil {
		return nil, 0, eff, err
	}
	if err := tx.dropWithheld(h); err != nil {
		return nil, 0, eff, err
	}
	members = slices.DeleteFunc(members, func(m member) bool { return m.ID == h.ID })
	var rest []minted
	for _, m := range c.ids {
		if m.anchor == h.ID {
			carried = append(carried, m)
		} else {
			rest = append(rest, m)
		}
	}
	if err := tx.dropUnused(h, members); err != nil {
		return nil, 0, eff, err
	}
	if len(members) == 0 {
		if err := tx.countSize(c.size, 0, c.profile()); err != nil {
			return nil, 0, eff, err
		}
		// Ids whose anchors were superseded long ago go with the last record.
		return append(carried, rest...), 0, eff, tx.deleteComponent(c)
	}
	eff, err = tx.divide(c, members, rest, h)
	return carried, c.profile(), eff, err
}

// divide gives each part of a component that lost a record its own component
// and ids.
func (tx *Tx) divide(c *component, members []member, ids []minted, cause *head) (Effect, error) {
	var eff Effect
	nodes := make([]node, len(members))
	byID := make(map[cdp.RecordID]member, len(members))
	for i, m := range members {
		nodes[i] = m.node()
		byID[m.ID] = m
	}
	parts := partition(nodes)
	stay := 0
	for i, p := range parts {
		if len(p) > len(parts[stay]) {
			stay = i
		}
	}
	before := c.profile()
	if err := tx.countSize(c.size, 0, before); err != nil {
		return eff, err
	}
	var profiles []cdp.ProfileID
	for i, p := range parts {
		own := anchored(ids, p)
		part := c
		if i != stay {
			var fresh bool
			var err error
			if part, fresh, err = tx.newComponent(p[0], own); err != nil {
				return eff, err
			}
			if fresh {
				eff.New++
			}
			eff.Split++
			for _, rec := range p {
				if err := tx.moveMember(byID[rec], part.id); err != nil {
					return eff, err
				}
			}
		} else {
			if len(own) == 0 {
				id, err := mint(tx, func(s *sequences) *cdp.ProfileID { return &s.profiles })
				if err != nil {
					return eff, err
				}
				own = []minted{{id, p[0]}}
				eff.New++
			}
			if err := tx.setIDs(part, own); err != nil {
				return eff, err
			}
		}
		part.size = len(p)
		if err := tx.setComponent(part); err != nil {
			return eff, err
		}
		if err := tx.countSize(0, part.size, part.profile()); err != nil {
			return eff, err
		}
		profiles = append(profiles, part.profile())
	}
	if !slices.Contains(profiles, before) {
		profiles = append(profiles, before)
	}
	tx.change(cdp.Change{Verb: "split", Profiles: profiles, Record: cause.ID, Rule: cause.Rule, Batch: cause.Batch})
	return eff, tx.countSplits(eff.Split)
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
		if c := &h.Claims[i]; !c.active && c.blocked == "" {
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
		if err := tx.delete(layout.KeyMember(in, before.ID)); err != nil {
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
	roots = slices.DeleteFunc(roots, func(r *component) bool { return r.id == c.id })
	into, eff, err := tx.merge(append([]*component{c}, roots...), after)
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
	tx.change(cdp.Change{Verb: "update", Profiles: []cdp.ProfileID{into.profile()}, Record: after.ID, Rule: after.Rule, Batch: after.Batch})
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
