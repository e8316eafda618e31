package graph

import (
	"fmt"
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
			if err := s.gather(p); err != nil {
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
				if err := s.tx.deleteComponent(n); err != nil {
					return err
				}
			}
		}
	}
	if err := s.finders(); err != nil {
		return err
	}
	for _, p := range s.parts {
		if !p.same {
			if err := s.component(p); err != nil {
				return err
			}
		}
	}
	return s.tell()
}

// finders writes the rows that find records: as many as fit.
func (s *settlement) finders() error {
	s.free, s.spent = max(2, s.tx.room().rows), 0
	s.unwritten, s.dropped = make(map[cdp.IdentifierKey]bool), make(map[cdp.IdentifierKey]bool)
	withheld, err := s.withheld()
	if err != nil {
		return err
	}
	if err := s.identifiers(); err != nil {
		return err
	}
	for _, w := range withheld {
		if w.sets {
			err = s.tx.setWithheld(w.id, w.rec, placeLive)
		} else {
			err = s.tx.dropWithheld(w.id, w.rec)
		}
		if err != nil {
			return err
		}
	}
	err = s.unused()
	s.tx.movedRows += s.spent
	return err
}

// spend takes rows that can be written later from what is free.
func (s *settlement) spend(rows int) bool {
	if s.spent+rows > s.free {
		return false
	}
	s.spent += rows
	return true
}

// later leaves a row of an identifier that finds records of a part to be written
// when it is settled again.
func (s *settlement) later(p *part, id cdp.Identifier) {
	p.pending, p.rowsLeft, p.sum.Plain = true, true, false
	s.unwritten[id.Key()] = true
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

// gather brings the records of a part under its numbers.
func (s *settlement) gather(p *part) error {
	if len(p.numbers) == 0 {
		n, err := s.tx.mintComponent()
		if err != nil {
			return err
		}
		p.numbers = []layout.Component{n}
	}
	for _, m := range p.moving {
		if err := s.move(m, p.numbers[0]); err != nil {
			return err
		}
	}
	for _, m := range p.shifts {
		if err := s.move(m.member, m.to); err != nil {
			return err
		}
	}
	if len(p.comps) > 0 {
		s.tx.movedRows += perPart
	}
	if !p.entered {
		return nil
	}
	return s.tx.putMember(p.numbers[0], s.in)
}

// component writes the rows of a part itself.
func (s *settlement) component(p *part) error {
	c := &component{id: p.numbers[0], segments: p.numbers[1:], size: len(p.members), apart: p.apart, pending: p.pending, sum: p.sum}
	for _, n := range c.segments {
		if err := s.tx.setComponent(&component{id: n, root: c.id}); err != nil {
			return err
		}
	}
	if p.entered {
		s.eff.Profile = p.ids[0].profile
	}
	if err := s.tx.setIDs(c, p.ids, s.known()); err != nil {
		return err
	}
	if p.pending {
		s.eff.Pending++
		mark := s.tx.leaveLate
		if p.rowsLeft {
			mark = s.tx.leave
		}
		if err := mark(c.id); err != nil {
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

// A withheldRow is to find a record by a claim that joins nothing, or to find it
// no more.
type withheldRow struct {
	id   cdp.Identifier
	rec  cdp.RecordID
	sets bool
}

// withheld returns the rows of claims that join nothing which are to be written
// now: what does not fit is left for later, and the part pending. Until then
// its records are found by what the identifier's row leads to.
func (s *settlement) withheld() ([]withheldRow, error) {
	var out []withheldRow
	for _, p := range s.parts {
		moved, all := p.moved(s.in), s.thorough(p)
		var rows []withheldRow
		var keys [][]byte
		pending := p.pending
		for _, m := range p.members {
			// A record that only moves is found by the same rows as before.
			entire := !p.same && (m.in == 0 || all && !pending || pending && moved[m.ID])
			if pending && !moved[m.ID] {
				continue // found by what the identifier's row leads to
			}
			found, err := s.withhold(m, entire)
			if err != nil {
				return nil, err
			}
			for _, w := range found {
				rows, keys = append(rows, w), append(keys, layout.KeyWithheld(w.id, w.rec))
			}
		}
		there, err := s.tx.r.GetAll(keys)
		if err != nil {
			return nil, fmt.Errorf("graph: identifiers: %w", err)
		}
		for i, w := range rows {
			rows := 1
			if !w.sets && !s.dropped[w.id.Key()] {
				rows = 2 // the identifier's own row must be there, if none of these is
			}
			switch {
			case w.sets == (there[i] != nil): // what is as it should be is not written
				continue
			case !moved[w.rec] && !p.same && !s.spend(rows):
				s.later(p, w.id)
				continue
			case !w.sets:
				s.dropped[w.id.Key()] = true
			}
			out = append(out, w)
		}
	}
	return out, nil
}

// withhold returns the rows of a record's claims, as they should be: of all, or
// of those whose links do something else than before.
func (s *settlement) withhold(m member, entire bool) ([]withheldRow, error) {
	rec, err := s.tx.recordOf(m.head, s.rules)
	if err != nil {
		return nil, err
	}
	var out []withheldRow
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
		if differs {
			out = append(out, withheldRow{c.id, m.ID, apart})
		}
	}
	return out, nil
}
