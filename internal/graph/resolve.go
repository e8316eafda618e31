package graph

import (
	"fmt"
	"maps"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// limits keep an act within one transaction, and a profile within few scans.
type limits struct {
	// move is how many records a component may have to be moved when another
	// one takes it in; a larger one becomes a segment.
	move int
	// rows and bytes are what one transaction writes at most to move records;
	// what else it takes in becomes segments.
	rows, bytes int
}

func usualLimits() limits {
	return limits{move: 256, rows: kv.MaxUpdateEntries / 2, bytes: kv.MaxUpdateBytes / 2}
}

// An Effect is what an act did to profiles.
type Effect struct {
	Profile cdp.ProfileID // of the record afterwards; 0 when it is not live
	New     int           // profiles minted
	Merged  int           // profiles that became aliases
	Split   int           // profiles that came back or were minted by a split
}

func (e *Effect) add(o Effect) {
	if o.Profile != 0 {
		e.Profile = o.Profile
	}
	e.New += o.New
	e.Merged += o.Merged
	e.Split += o.Split
}

// join puts a record that is in no component where its active claims lead: it
// writes the head and joins what they connect. carried are profile ids whose
// anchor the record is.
func (tx *Tx) join(h *head, carried []minted) (Effect, error) {
	roots, err := tx.reached(h.ID, h.node())
	if err != nil {
		return Effect{}, err
	}
	if len(roots) == 0 {
		return tx.alone(h, carried)
	}
	c, eff, err := tx.merge(roots, h)
	if err != nil {
		return eff, err
	}
	if len(carried) > 0 {
		by := roots[0].by
		profiles := []cdp.ProfileID{c.profile()}
		if err := tx.setIDs(c, append(c.ids, carried...)); err != nil {
			return eff, err
		}
		for _, m := range carried {
			profiles = append(profiles, m.profile)
		}
		slices.Sort(profiles) // the oldest survives
		tx.noteMerge(h, by, profiles...)
		eff.Merged++
		if err := tx.countMerges(1); err != nil {
			return eff, err
		}
	}
	c.size++
	if err := tx.countSize(c.size-1, c.size, c.profile()); err != nil {
		return eff, err
	}
	if err := tx.setComponent(c); err != nil {
		return eff, err
	}
	if err := tx.putMember(c.id, h); err != nil {
		return eff, err
	}
	eff.Profile = c.profile()
	tx.note("link", h, c.profile())
	return eff, nil
}

// alone makes a component of one record.
func (tx *Tx) alone(h *head, ids []minted) (Effect, error) {
	var eff Effect
	var err error
	verb := "update"
	if len(ids) == 0 {
		verb, eff.New = "mint", 1
		if ids, err = tx.mintProfile(h.ID); err != nil {
			return eff, err
		}
	}
	c := &component{size: 1}
	if c.id, err = tx.mintComponent(); err != nil {
		return eff, err
	}
	if err := tx.setIDs(c, ids); err != nil {
		return eff, err
	}
	if err := tx.setComponent(c); err != nil {
		return eff, err
	}
	if err := tx.countSize(0, 1, c.profile()); err != nil {
		return eff, err
	}
	eff.Profile = c.profile()
	tx.note(verb, h, c.profile())
	return eff, tx.putMember(c.id, h)
}

// A reached component is one that an active claim of a record leads to.
type reached struct {
	*component
	by cdp.Identifier // the first of the claims that do; zero for the component the record is in
}

// reached returns the root components that the active claims of a node lead
// to, each once.
func (tx *Tx) reached(rec cdp.RecordID, n node) ([]reached, error) {
	if len(n.claims) == 0 {
		return nil, nil
	}
	keys := make([][]byte, len(n.claims))
	for i, id := range n.claims {
		keys[i] = layout.KeyIdentifier(id, n.controller)
	}
	values, err := tx.getAll(keys)
	if err != nil {
		return nil, fmt.Errorf("graph: identifiers of %v: %w", rec, err)
	}
	var seen []layout.Component
	var roots []reached
	for i, v := range values {
		if v == nil {
			continue
		}
		tx.noteLinking(keys[i])
		id, err := decodeIdentifierRow(tx.reader(v))
		if err != nil {
			return nil, err
		}
		if slices.Contains(seen, id) {
			continue
		}
		seen = append(seen, id)
		c, err := tx.component(id)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(roots, func(r reached) bool { return r.id == c.id }) {
			roots = append(roots, reached{c, n.claims[i]})
		}
	}
	return roots, nil
}

// merge makes one component of several, because of a record. The largest takes
// the others in; the oldest profile id survives, the others become aliases.
// The row of the result is not written yet.
func (tx *Tx) merge(roots []reached, cause *head) (*component, Effect, error) {
	into := roots[0].component
	for _, r := range roots[1:] {
		if r.size > into.size || r.size == into.size && r.id < into.id {
			into = r.component
		}
	}
	var eff Effect
	if len(roots) == 1 {
		return into, eff, nil
	}
	ids := slices.Clone(into.ids)
	size := into.size
	before := make(map[cdp.ProfileID]cdp.Identifier, len(roots))
	for _, r := range roots {
		c := r.component
		before[c.profile()] = r.by
		if c == into {
			continue
		}
		if err := tx.countSize(c.size, 0, c.profile()); err != nil {
			return nil, eff, err
		}
		size += c.size
		ids = append(ids, c.ids...)
		if err := tx.takeIn(into, c); err != nil {
			return nil, eff, err
		}
		eff.Merged++
	}
	if err := tx.setIDs(into, ids); err != nil {
		return nil, eff, err
	}
	if err := tx.countSize(into.size, size, into.profile()); err != nil {
		return nil, eff, err
	}
	into.size = size
	survivor := into.profile()
	for _, p := range slices.Sorted(maps.Keys(before)) {
		if p == survivor {
			continue
		}
		by := before[p]
		if by.IsZero() { // the record was in p: what led to the other is new
			by = before[survivor]
		}
		tx.noteMerge(cause, by, survivor, p)
	}
	return into, eff, tx.countMerges(eff.Merged)
}

// takeIn moves the records of c under into, or makes c a segment of it.
func (tx *Tx) takeIn(into, c *component) error {
	var members []member
	moves := c.size <= tx.limits.move && len(c.segments) == 0
	if moves {
		var err error
		if members, err = tx.members(c); err != nil {
			return err
		}
	}
	if !moves || !tx.fits(members...) {
		for _, s := range append([]layout.Component{c.id}, c.segments...) {
			if err := tx.setComponent(&component{id: s, root: into.id}); err != nil {
				return err
			}
			into.segments = append(into.segments, s)
		}
		return nil
	}
	for _, m := range members {
		if err := tx.moveMember(m, into.id); err != nil {
			return err
		}
	}
	return tx.delete(layout.KeyComponent(c.id))
}

// putMember writes the head of a live record with all that finds it.
func (tx *Tx) putMember(in layout.Component, h *head) error {
	if tx.crowd.in == in {
		tx.crowd = crowd{}
	}
	w := tx.writer()
	if err := tx.set(layout.KeyMember(in, h.ID), h.write(w)); err != nil {
		return err
	}
	if err := tx.setPlace(h.ID, place{state: placeLive, component: in}); err != nil {
		return err
	}
	return tx.putClaims(in, h)
}

// putClaims writes the rows that find a live record by its identifiers.
func (tx *Tx) putClaims(in layout.Component, h *head) error {
	for i := range h.Claims {
		c := &h.Claims[i]
		var err error
		switch {
		case c.active:
			err = tx.setIdentifierRow(c.id, h.Controller, in)
		case c.findable():
			err = tx.set(layout.KeyWithheld(c.id, h.ID), []byte{byte(placeLive)})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) moveMember(m member, to layout.Component) error {
	if m.in == to {
		return nil
	}
	tx.movedRows += m.rows()
	tx.movedBytes += m.size
	if err := tx.deleteMember(m.in, m.ID); err != nil {
		return err
	}
	return tx.putMember(to, m.head)
}
