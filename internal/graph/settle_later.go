package graph

import (
	"cmp"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// ending looks how many links cease to join. When they are so many that their
// rows take most of what may be written now, nothing parts before they are
// written, in as many transactions as it takes: until then they lead to where
// all their carriers are.
func (s *settlement) ending() error {
	var keys [][]byte
	for i, state := range s.result.Result.States {
		if state != resolve.Joins {
			keys = append(keys, keyOfLink(s.result.Links[i]))
		}
	}
	const few = 64 // are written whatever is written besides
	most := s.tx.room().rows / 2
	if len(keys) <= min(most, few) {
		return nil
	}
	if err := s.read(keys); err != nil {
		return err
	}
	n := 0
	for _, k := range keys {
		if row := s.rows[string(k)]; row != (standing{}) && row.state == resolve.Joins {
			n++
		}
	}
	if s.flood = n > most; !s.flood {
		s.tx.movedRows += n
	}
	return nil
}

// postpone leaves for later what more than one transaction would have to part:
// such a part stays with the one that keeps the root of its component, which
// is marked. As many of its records as fit are brought under a number of their
// own, which changes nothing that can be asked for, so that it gets less.
func (s *settlement) postpone() error {
	rows, bytes := s.tx.movedRows, s.tx.movedBytes
	var kept, late []*part
	for _, p := range s.parts {
		n, b := perPart, 0
		for _, m := range p.moving {
			n, b = n+m.rows(), b+m.size
		}
		alone := !p.entered && len(p.comps) == 1 && (len(p.moving) > 0 || s.flood && !slices.Contains(p.numbers, p.comps[0].id))
		fits := !s.flood && rows+n <= s.tx.limits.rows && bytes+b <= s.tx.limits.bytes
		if p.same || !alone || fits || s.home(p) == nil {
			if !p.same {
				rows, bytes = rows+n, bytes+b
			}
			kept = append(kept, p)
			continue
		}
		late = append(late, p)
	}
	s.parts = kept
	moved := false
	for _, p := range late {
		home := s.home(p)
		if home == nil {
			return fmt.Errorf("graph: component %d has no part that stays", p.comps[0].id)
		}
		for _, m := range p.moving {
			if s.flood || moved && (rows+m.rows() > s.tx.limits.rows || bytes+m.size > s.tx.limits.bytes) {
				break
			}
			if len(p.numbers) == 0 {
				number, err := s.tx.mintComponent()
				if err != nil {
					return err
				}
				p.numbers = []layout.Component{number}
			}
			moved, rows, bytes = true, rows+m.rows(), bytes+m.size
			home.shifts = append(home.shifts, shift{m, p.numbers[0]})
		}
		home.take(p)
	}
	for _, p := range s.parts {
		if p.pending {
			slices.SortFunc(p.members, func(a, b member) int { return cmp.Compare(a.ID, b.ID) })
			slices.SortFunc(p.apart, apartLink.compare)
			p.moving = nil
		}
	}
	return nil
}

// A shift brings a record under another number of its component.
type shift struct {
	member
	to layout.Component
}

// take keeps a part that is to part from this one with it for now.
func (p *part) take(o *part) {
	p.pending, p.same, p.sum.Plain = true, false, false
	p.members = append(p.members, o.members...)
	type link struct { // thousands may be apart on both sides
		id    cdp.IdentifierKey
		class resolve.Class
		state resolve.State
	}
	had := make(map[link]bool, len(p.apart))
	for _, a := range p.apart {
		had[link{a.id.Key(), a.class, a.state}] = true
	}
	for _, a := range o.apart {
		if l := (link{a.id.Key(), a.class, a.state}); !had[l] {
			had[l] = true
			p.apart = append(p.apart, a)
		}
	}
	for _, n := range o.numbers {
		if !slices.Contains(p.numbers, n) {
			p.numbers = append(p.numbers, n)
		}
	}
}

// home is the part that keeps the root of a part's component.
func (s *settlement) home(p *part) *part {
	for _, o := range s.parts {
		if o != p && slices.ContainsFunc(o.numbers, func(n layout.Component) bool { return s.numbers[n] == p.comps[0] }) && len(o.moving) == 0 {
			return o
		}
	}
	return nil
}
