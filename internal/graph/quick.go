package graph

import (
	"slices"

	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// quick makes a change without reading the other records of the profile, where
// it is sure that a record that enters joins one profile and changes nothing
// else: a regular customer's next order, another view of a page. It reports
// false when that is not sure, or when a witness wants to see all. Whatever it
// does is what resolving would do.
func (w *work) quick(ch change) (Effect, bool, error) {
	tx := w.tx
	if ch.in == nil || len(ch.carried) > 0 || tx.forced.on || tx.witness != nil || ch.out != nil && (ch.rest != inherited || ch.out.Controller != ch.in.Controller) {
		return Effect{}, false, nil
	}
	if d, err := tx.decidedOf(ch.in.Source, ch.in.Key); err != nil || d != nil {
		return Effect{}, false, err
	}
	rec, err := tx.recordOf(ch.in, w.rules)
	if err != nil {
		return Effect{}, false, err
	}
	links := w.rules.LinksOf(&rec)
	if len(links) == 0 {
		return Effect{}, false, nil
	}
	if ch.out != nil {
		old, err := tx.recordOf(ch.out, w.rules)
		if err != nil {
			return Effect{}, false, err
		}
		if old.Birth != rec.Birth || !included(w.rules.LinksOf(&old), links) {
			return Effect{}, false, nil
		}
	}
	keys := make([][]byte, len(links))
	for i, l := range links {
		keys[i] = keyOfLink(l)
	}
	if err := w.read(keys); err != nil {
		return Effect{}, false, err
	}
	c, ok, err := w.reached(keys)
	if err != nil || !ok {
		return Effect{}, false, err
	}
	known := true // what is generic is noted of the component
	sum, ok := w.rules.Takes(c.sum, &rec, func(l resolve.Link) resolve.Standing {
		switch w.rows[string(keyOfLink(l))] {
		case standing{}:
			return resolve.Fresh
		case standing{0, resolve.Generic}:
			known = known && slices.ContainsFunc(c.apart, apartLink{l.ID, l.Class, resolve.Generic}.same)
			return resolve.Shared
		}
		return resolve.Joined
	})
	if !ok || !known {
		return Effect{}, false, nil
	}
	in := c.id
	if ch.out != nil {
		if root, err := tx.rootOf(ch.outIn); err != nil || root.id != c.id {
			return Effect{}, false, err
		}
		in = ch.outIn // as another version of a record that is there
	}
	return w.enter(ch, c, in, sum, links)
}

// included reports whether the links of a record are among those of another.
func included(some, all []resolve.Link) bool {
	for _, l := range some {
		if !slices.ContainsFunc(all, func(o resolve.Link) bool { return keyOf(o) == keyOf(l) }) {
			return false
		}
	}
	return true
}

// reached is the one component that some rows lead to, but for those of what is
// generic and settled.
func (w *work) reached(keys [][]byte) (*component, bool, error) {
	var c *component
	for _, k := range keys {
		row := w.rows[string(k)]
		switch {
		case row == standing{}, row == standing{0, resolve.Generic}:
			continue
		case row.state != resolve.Joins:
			return nil, false, nil
		case c != nil && slices.Contains(c.numbers(), row.in):
			continue
		}
		next, err := w.tx.component(row.in)
		if err != nil {
			return nil, false, err
		}
		if c != nil && next.id != c.id || next.pending {
			return nil, false, nil
		}
		c = next
	}
	return c, c != nil, nil
}

// enter writes a record that joins a component, under one of its numbers.
func (w *work) enter(ch change, c *component, in layout.Component, sum resolve.Sum, links []resolve.Link) (Effect, bool, error) {
	tx, verb := w.tx, "link"
	s := &settlement{work: w, tx: tx, ch: ch}
	if ch.out != nil {
		verb = "update"
		if err := tx.deleteMember(ch.outIn, ch.out.ID); err != nil {
			return Effect{}, false, err
		}
		if err := s.forget(ch.out); err != nil {
			return Effect{}, false, err
		}
		known, ids := make(idBook), slices.Clone(c.ids)
		known.add(c)
		for i := range ids {
			if ids[i].anchor == ch.out.ID {
				ids[i].anchor = ch.in.ID
			}
		}
		if err := tx.setIDs(c, ids, known); err != nil {
			return Effect{}, false, err
		}
	} else {
		if err := tx.countSize(c.size, c.size+1, c.profile()); err != nil {
			return Effect{}, false, err
		}
		c.size++
	}
	c.sum = sum
	if err := tx.setComponent(c); err != nil {
		return Effect{}, false, err
	}
	if err := tx.putMember(in, ch.in); err != nil {
		return Effect{}, false, err
	}
	for _, l := range links {
		if w.rows[string(keyOfLink(l))] != (standing{}) {
			continue
		}
		if err := tx.setIdentifierRow(l, standing{in, resolve.Joins}, true); err != nil {
			return Effect{}, false, err
		}
	}
	for i := range ch.in.Claims {
		cl := &ch.in.Claims[i]
		carried := slices.ContainsFunc(links, func(l resolve.Link) bool { return l.ID.Same(cl.id) })
		generic := slices.ContainsFunc(links, func(l resolve.Link) bool {
			return l.ID.Same(cl.id) && w.rows[string(keyOfLink(l))].state == resolve.Generic
		})
		if (!carried || generic) && cl.findable() {
			if err := tx.setWithheld(cl.id, ch.in.ID, placeLive); err != nil {
				return Effect{}, false, err
			}
		}
	}
	tx.note(verb, ch.in, c.profile())
	return Effect{Profile: c.profile()}, true, nil
}
