package graph

import (
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// write makes the store what the parts say.
func (s *settlement) write() error {
	if s.out != nil {
		if err := s.tx.deleteMember(s.ch.outIn, s.out.ID); err != nil {
			return err
		}
		if err := s.forget(s.out); err != nil {
			return err
		}
	}
	if err := s.counts(); err != nil {
		return err
	}
	for _, c := range s.comps {
		if c.pending { // what is still to part is marked anew
			if err := s.tx.delete(layout.KeyPending(c.id)); err != nil {
				return err
			}
		}
	}
	taken := make(map[layout.Component]bool)
	for _, p := range s.parts {
		if !p.same {
			if err := s.component(p); err != nil {
				return err
			}
		}
		for _, n := range p.numbers {
			taken[n] = true
		}
	}
	for _, c := range s.comps {
		for _, n := range c.numbers() {
			if !taken[n] {
				if err := s.tx.delete(layout.KeyComponent(n)); err != nil {
					return err
				}
			}
		}
	}
	if err := s.identifiers(); err != nil {
		return err
	}
	if err := s.withheld(); err != nil {
		return err
	}
	return s.tell()
}

// forget deletes what finds a record by claims that join nothing.
func (s *settlement) forget(h *head) error {
	for i := range h.Claims {
		if h.Claims[i].findable() {
			if err := s.tx.dropWithheld(h.Claims[i].id, h.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// counts corrects the statistics by the sizes of profiles.
func (s *settlement) counts() error {
	same := make(map[*settled]bool)
	for _, p := range s.parts {
		if p.same {
			same[p.comps[0]] = true
		}
	}
	for _, c := range s.comps {
		if !same[c] {
			if err := s.tx.countSize(c.size, 0, c.profile()); err != nil {
				return err
			}
		}
	}
	for _, p := range s.parts {
		slices.SortFunc(p.ids, minted.compare)
		if !p.same {
			if err := s.tx.countSize(0, len(p.members), p.ids[0].profile); err != nil {
				return err
			}
		}
	}
	return nil
}

// component writes the rows of a part and brings its records under its numbers.
func (s *settlement) component(p *part) error {
	if len(p.numbers) == 0 {
		n, err := s.tx.mintComponent()
		if err != nil {
			return err
		}
		p.numbers = []layout.Component{n}
	}
	c := &component{id: p.numbers[0], segments: p.numbers[1:], size: len(p.members), apart: p.apart, pending: p.pending, sum: p.sum}
	for _, n := range c.segments {
		if err := s.tx.setComponent(&component{id: n, root: c.id}); err != nil {
			return err
		}
	}
	for _, m := range p.moving {
		if err := s.move(m, c.id); err != nil {
			return err
		}
	}
	for _, m := range p.shifts {
		if err := s.move(m.member, m.to); err != nil {
			return err
		}
	}
	if p.entered {
		if err := s.tx.putMember(c.id, s.in); err != nil {
			return err
		}
		s.eff.Profile = p.ids[0].profile
	}
	if len(p.comps) > 0 {
		s.tx.movedRows += perPart
	}
	if err := s.tx.setIDs(c, p.ids); err != nil {
		return err
	}
	if p.pending {
		s.eff.Pending++
		if err := s.tx.leaveLate(c.id); err != nil {
			return err
		}
	}
	return s.tx.setComponent(c)
}

func (s *settlement) move(m member, to layout.Component) error {
	s.tx.movedRows += m.rows()
	s.tx.movedBytes += m.size
	if err := s.tx.deleteMember(m.in, m.ID); err != nil {
		return err
	}
	return s.tx.putMember(to, m.head)
}

// moved reports which records are found elsewhere than before.
func (p *part) moved(in *head) map[cdp.RecordID]bool {
	out := make(map[cdp.RecordID]bool, len(p.moving)+1)
	for _, m := range p.moving {
		out[m.ID] = true
	}
	if p.entered {
		out[in.ID] = true
	}
	return out
}

// thorough reports whether every row that finds a record of the part has to be
// looked at: it was not settled before, or was divided and has several numbers.
func (s *settlement) thorough(p *part) bool {
	return slices.ContainsFunc(p.comps, func(c *settled) bool {
		return c.pending && !(p.pending && s.tx.forced.late) || s.tx.forced.all || len(c.segments) > 0 && (len(p.comps) > 1 || len(p.members) != len(c.members) || s.loses(p, c))
	})
}

// loses reports whether a number of a component is not one of its part: rows of
// any of its records may lead there.
func (s *settlement) loses(p *part, c *settled) bool {
	return slices.ContainsFunc(c.numbers(), func(n layout.Component) bool { return !slices.Contains(p.numbers, n) })
}

// withheld writes the rows that find a record by claims that join nothing.
func (s *settlement) withheld() error {
	for _, p := range s.parts {
		moved, all := p.moved(s.in), s.thorough(p)
		for _, m := range p.members {
			// A record that only moves is found by the same rows as before.
			entire := !p.same && (m.in == 0 || all && !p.pending || p.pending && moved[m.ID])
			if p.pending && !moved[m.ID] {
				continue // found by what the identifier's row leads to
			}
			if err := s.withhold(m, entire); err != nil {
				return err
			}
		}
	}
	return nil
}

// withhold writes the rows of a record's claims: of all, or of those whose
// links do something else than before.
func (s *settlement) withhold(m member, entire bool) error {
	rec, err := s.tx.recordOf(m.head, s.rules)
	if err != nil {
		return err
	}
	for i := range m.Claims {
		c := &m.Claims[i]
		if !c.findable() {
			continue
		}
		effective := slices.ContainsFunc(rec.Claims, func(o resolve.Claimed) bool { return o.ID.Same(c.id) })
		apart, differs := !effective, entire || s.tx.forced.about(c.id)
		if effective {
			levels, n := s.rules.Levels(c.id.Kind(), resolve.Verified(c.verification))
			for _, class := range levels[:n] {
				l := resolve.Link{ID: c.id, Controller: m.Controller, Class: class}
				state, _ := s.result.State(l)
				apart = apart || state != resolve.Joins
				differs = differs || s.changed(l, state)
			}
			if n == 0 {
				apart = true
			}
		}
		if !differs {
			continue
		}
		key := layout.KeyWithheld(c.id, m.ID)
		there := false
		if m.in != 0 { // it may be there: what is as it should be is not written
			there, err = s.tx.has(key)
		}
		switch {
		case err != nil || there == apart:
		case apart:
			err = s.tx.setWithheld(c.id, m.ID, placeLive)
		default:
			err = s.tx.dropWithheld(c.id, m.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
