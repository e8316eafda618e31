package graph

import (
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// changed reports whether a link does something else than before.
func (s *settlement) changed(l resolve.Link, state resolve.State) bool {
	return s.was[keyOf(l)].state != state
}

// identifiers writes the rows that say where a link leads.
func (s *settlement) identifiers() error {
	partOf := make(map[cdp.RecordID]*part)
	for _, p := range s.parts {
		for _, m := range p.members {
			partOf[m.ID] = p
		}
	}
	moved, all := make(map[*part]map[cdp.RecordID]bool), make(map[*part]bool)
	for _, p := range s.parts {
		if !p.same {
			moved[p], all[p] = p.moved(s.in), s.thorough(p)
		}
	}
	type want struct {
		link resolve.Link
		standing
		numbers []layout.Component
		part    *part
		carried []*part // all that carry it and are written
		can     bool    // wait: it joins, and none of its carriers is found elsewhere than before
		ends    bool    // later: its carriers are of one part, as before
	}
	wanted := make(map[int32]*want)
	for i := range s.result.Records {
		id := s.result.Records[i].ID
		p := partOf[id]
		for _, cl := range s.result.ClaimsOf(i) {
			l, state := s.result.Links[cl[1]], s.result.Result.States[cl[1]]
			if !all[p] && !moved[p][id] && !s.changed(l, state) && !s.tx.forced.about(l.ID) {
				continue
			}
			w := wanted[cl[1]]
			if w == nil {
				w = &want{link: l, standing: standing{0, state}, part: p, can: state == resolve.Joins && !p.same && !s.tx.forced.about(l.ID), ends: s.flood && state != resolve.Joins && !p.same}
				if s.partly[keyOf(l)] { // those that are not joined yet are found as before
					w.state = s.asBefore(l)
				}
				wanted[cl[1]] = w
			}
			if !p.same && !slices.Contains(w.carried, p) {
				w.carried = append(w.carried, p)
			}
			w.can, w.ends = w.can && !moved[p][id], w.ends && !moved[p][id] && p == w.part
			if state == resolve.Joins || p.pending {
				w.in, w.numbers = p.numbers[0], p.numbers
			}
		}
	}
	order := make([]int32, 0, len(wanted))
	keys := make([][]byte, 0, len(wanted))
	for i := range s.result.Links {
		if wanted[int32(i)] != nil {
			order = append(order, int32(i))
			keys = append(keys, keyOfLink(s.result.Links[i]))
		}
	}
	if err := s.read(keys); err != nil {
		return err
	}
	for k, i := range order {
		w, row := wanted[i], s.rows[string(keys[k])]
		if w.state != resolve.Joins && w.in == 0 && row.in != 0 && s.numbers[row.in] == nil {
			w.in = row.in // others outside, which are not settled yet
		}
		if row.state == w.state && (row.in == w.in || w.in != 0 && slices.Contains(w.numbers, row.in)) && row != (standing{}) {
			continue
		}
		if row.state == w.state && w.state != resolve.Joins {
			i := slices.IndexFunc(w.carried, func(p *part) bool { return slices.Contains(p.numbers, row.in) })
			switch {
			case i < 0:
			case w.in != 0 && w.carried[i].pending:
				continue // it finds those of one part that is not settled yet, and not those of another
			case !s.spend(1): // its carriers are found by rows of their own now, or are when what is left here is done
				s.later(w.carried[i], w.link.ID)
				continue
			}
		}
		if w.ends && row.state == resolve.Joins && slices.Contains(w.part.numbers, row.in) && !s.spend(1) {
			s.later(w.part, w.link.ID)
			continue
		}
		if row == (standing{}) && w.can && !s.dropped[w.link.ID.Key()] && !s.spend(1) {
			s.later(w.part, w.link.ID)
			continue
		}
		if err := s.tx.setIdentifierRow(w.link, w.standing, row == standing{}); err != nil {
			return err
		}
	}
	return nil
}

// unused deletes the rows of links that nobody carries any more.
func (s *settlement) unused() error {
	links, err := s.lost()
	if err != nil {
		return err
	}
	for _, l := range links {
		if s.result.Index(l) >= 0 {
			continue
		}
		key := keyOfLink(l)
		if err := s.read([][]byte{key}); err != nil {
			return err
		}
		row := s.rows[string(key)]
		if row == (standing{}) || row.in != 0 && s.numbers[row.in] == nil {
			continue
		}
		if i := slices.IndexFunc(s.parts, func(p *part) bool { return row.in != 0 && slices.Contains(p.numbers, row.in) && p.carries(l) }); i >= 0 {
			switch p := s.parts[i]; {
			case p.pending && !p.rowsLeft:
				continue // its carriers are found by it until they are settled
			case !p.same && (s.unwritten[l.ID.Key()] || !s.spend(1)):
				s.later(p, l.ID)
				continue
			}
		}
		if row.state == resolve.Generic {
			elsewhere := false
			err := s.tx.apartCarriers(l, s.rules, func(h *head, in layout.Component) (bool, error) {
				elsewhere = s.out == nil || h.ID != s.out.ID
				return !elsewhere, nil
			})
			if err != nil {
				return err
			}
			if elsewhere {
				continue
			}
		}
		if err := s.tx.deleteIdentifierRow(l); err != nil {
			return err
		}
		s.rows[string(key)] = standing{} // several records may have carried it
	}
	return nil
}

// bearsOn reports whether a part is written although resolution leaves its
// records together: what finds it or is told of it may be otherwise.
func (f *force) bearsOn(p *part, was *settled) bool {
	return f.on && (f.all || f.id.IsZero() || p.sum != was.sum || slices.ContainsFunc(p.members, func(m member) bool {
		return slices.ContainsFunc(m.Claims, func(c claim) bool { return c.active && f.about(c.id) })
	}))
}

// carries reports whether policy lets a record of the part be linked by a link.
func (p *part) carries(l resolve.Link) bool {
	return slices.ContainsFunc(p.members, func(m member) bool {
		return slices.ContainsFunc(m.Claims, func(c claim) bool { return c.active && c.id.Same(l.ID) })
	})
}

// carried are the identifiers by which policy lets a record of the part be linked.
func (p *part) carried() map[cdp.IdentifierKey]bool {
	out := make(map[cdp.IdentifierKey]bool, len(p.members))
	for _, m := range p.members {
		for _, c := range m.Claims {
			if c.active {
				out[c.id.Key()] = true
			}
		}
	}
	return out
}

// lost are the links that may have lost their last carrier.
func (s *settlement) lost() ([]resolve.Link, error) {
	var out []resolve.Link
	if s.out != nil {
		links, err := s.levels(s.out)
		if err != nil {
			return nil, err
		}
		out = append(out, links...)
	}
	former, err := s.tx.former()
	if err != nil {
		return nil, err
	}
	relisting, err := s.tx.relisting()
	if err != nil {
		return nil, err
	}
	for _, c := range s.comps {
		all := s.tx.forced.all || c.pending
		if !all && s.tx.forced.id.IsZero() {
			continue
		}
		for _, m := range c.members {
			rec := m.resolvable(nil)
			if relisting != nil { // by other lists it may have been linked by any of its claims
				rec = m.carrying()
			}
			for i := range rec.Claims {
				rec.Claims[i].Verified = true // one that is gone may have been
			}
			links := s.rules.LinksOf(&rec)
			for _, were := range former {
				links = append(links, were.LinksOf(&rec)...)
			}
			for _, l := range links {
				if all || s.tx.forced.about(l.ID) {
					out = append(out, l)
				}
			}
		}
	}
	slices.SortFunc(out, compareLinks)
	return slices.CompactFunc(out, func(a, b resolve.Link) bool { return keyOf(a) == keyOf(b) }), nil
}
