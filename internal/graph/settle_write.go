package graph

import (
	"cmp"
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
			if err := s.tx.dropWithheld(&h.Claims[i], h.ID); err != nil {
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
	c := &component{id: p.numbers[0], segments: p.numbers[1:], size: len(p.members), apart: p.apart, pending: p.pending}
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
		s.tx.movedRows += 8
	}
	if err := s.tx.setIDs(c, p.ids); err != nil {
		return err
	}
	if p.pending {
		s.eff.Pending++
		if err := s.tx.leave(c.id); err != nil {
			return err
		}
	} else if slices.ContainsFunc(p.comps, func(o *settled) bool { return o.pending }) {
		for _, o := range p.comps {
			if o.pending {
				if err := s.tx.delete(layout.KeyPending(o.id)); err != nil {
					return err
				}
			}
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
		return c.pending || s.tx.forced || len(c.segments) > 0 && (len(p.comps) > 1 || len(p.members) != len(c.members))
	})
}

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
	looks := make(map[*part]func(cdp.RecordID) bool)
	for _, p := range s.parts {
		moved, all := p.moved(s.in), s.thorough(p)
		looks[p] = func(id cdp.RecordID) bool { return !p.same && (all || moved[id]) }
	}
	type want struct {
		link resolve.Link
		standing
		numbers []layout.Component
	}
	wanted := make(map[int32]*want)
	for i := range s.result.Records {
		id := s.result.Records[i].ID
		p := partOf[id]
		for _, cl := range s.result.ClaimsOf(i) {
			l, state := s.result.Links[cl[1]], s.result.Result.States[cl[1]]
			if !looks[p](id) && !s.changed(l, state) {
				continue
			}
			w := wanted[cl[1]]
			if w == nil {
				w = &want{link: l, standing: standing{0, state}}
				wanted[cl[1]] = w
			}
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
		if err := s.tx.setIdentifierRow(w.link, w.standing, row == standing{}); err != nil {
			return err
		}
	}
	return s.unused()
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
		if row.in != 0 && slices.ContainsFunc(s.parts, func(p *part) bool { return p.pending && slices.Contains(p.numbers, row.in) && p.carries(l) }) {
			continue // its carriers are found by it until they are settled
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
		by, err := s.tx.suppressedBy(l.ID)
		if err != nil {
			return err
		}
		if by != 0 { // its carriers are found by it when the decision is undone
			err = s.tx.setIdentifierRow(l, standing{0, resolve.Generic}, false)
		} else {
			err = s.tx.deleteIdentifierRow(l)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// carries reports whether policy lets a record of the part be linked by a link.
func (p *part) carries(l resolve.Link) bool {
	return slices.ContainsFunc(p.members, func(m member) bool {
		return slices.ContainsFunc(m.Claims, func(c claim) bool { return c.active && c.id.Same(l.ID) })
	})
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
	if !s.tx.forced && !slices.ContainsFunc(s.comps, func(c *settled) bool { return c.pending }) {
		return out, nil
	}
	for _, c := range s.comps {
		for _, m := range c.members {
			rec := m.resolvable(nil)
			out = append(out, s.rules.LinksOf(&rec)...)
		}
	}
	return out, nil
}

// withheld writes the rows that find a record by claims that join nothing.
func (s *settlement) withheld() error {
	for _, p := range s.parts {
		moved, all := p.moved(s.in), s.thorough(p)
		for _, m := range p.members {
			entire := !p.same && (moved[m.ID] || all && !p.pending)
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
		apart, differs := !effective, entire
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
		switch {
		case !differs:
		case apart:
			err = s.tx.set(layout.KeyWithheld(c.id, m.ID), []byte{byte(placeLive)})
		case !entire || m.in != 0:
			err = s.tx.delete(layout.KeyWithheld(c.id, m.ID))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tell notes what happened to profiles.
func (s *settlement) tell() error {
	told := make(map[*part]bool)
	if err := s.tellMerges(told); err != nil {
		return err
	}
	if err := s.tellSplits(told); err != nil {
		return err
	}
	cause := s.ch.cause()
	for _, p := range s.parts {
		if p.same {
			continue
		}
		verb := "update"
		switch {
		case p.entered && len(p.comps) == 0 && s.ch.out == nil && len(s.ch.carried) == 0:
			verb = "mint"
		case p.entered && s.ch.out == nil:
			verb = "link"
		case !p.entered && told[p]:
			continue
		case !p.entered && s.out != nil:
			verb = "unlink"
		}
		s.tx.note(verb, cause, p.ids[0].profile)
	}
	for i, l := range s.result.Links {
		state := s.result.Result.States[i]
		was, known := s.was[keyOf(l)]
		if was.state == state || !known && state == resolve.Joins {
			continue
		}
		s.tx.noteLink(state.String(), cause, l.ID)
	}
	return nil
}

func (s *settlement) tellMerges(told map[*part]bool) error {
	merged := 0
	for _, p := range s.parts {
		var live []cdp.ProfileID
		for _, m := range p.ids {
			back := p.entered && slices.ContainsFunc(s.ch.carried, func(o minted) bool { return o.profile == m.profile })
			if s.before[m.profile] != nil || back {
				live = append(live, m.profile)
			}
		}
		if len(live) > 0 && !slices.Contains(live, p.ids[0].profile) {
			live = append(live, p.ids[0].profile) // an id comes back here, and is the oldest
		}
		if len(live) < 2 {
			continue
		}
		merged += len(live) - 1
		told[p] = true
		slices.Sort(live)
		survivor := p.ids[0].profile
		for _, profile := range live {
			if profile == survivor {
				continue
			}
			s.tx.noteMerge(s.ch.cause(), s.linkOf(p, s.before[profile]), []cdp.ProfileID{survivor, profile})
		}
	}
	s.eff.Merged += merged
	return s.tx.countMerges(merged)
}

// from is the component that a record was in, or the version that it replaces;
// nil for none.
func (s *settlement) from(m member) *settled {
	switch {
	case m.in != 0:
		return s.numbers[m.in]
	case s.out != nil && s.ch.rest == inherited:
		return s.numbers[s.ch.outIn]
	}
	return nil
}

// linkOf is the strongest identifier that joins the records of what was a
// profile with others of its part.
func (s *settlement) linkOf(p *part, was *settled) cdp.Identifier {
	mine := make(map[cdp.RecordID]bool)
	all := make(map[cdp.RecordID]bool)
	for _, m := range p.members {
		all[m.ID] = true
		mine[m.ID] = s.from(m) == was
	}
	const here, there = 1, 2
	seen := make(map[int32]byte)
	for i := range s.result.Records {
		id := s.result.Records[i].ID
		if !all[id] {
			continue
		}
		for _, cl := range s.result.ClaimsOf(i) {
			if s.result.Result.States[cl[1]] != resolve.Joins {
				continue
			}
			if mine[id] {
				seen[cl[1]] |= here
			} else {
				seen[cl[1]] |= there
			}
		}
	}
	best := int32(-1)
	for l, sides := range seen {
		if sides == here|there && (best < 0 || cmp.Or(cmp.Compare(s.result.Links[l].Class, s.result.Links[best].Class), cmp.Compare(l, best)) < 0) {
			best = l
		}
	}
	if best < 0 {
		return cdp.Identifier{}
	}
	return s.result.Links[best].ID
}

func (s *settlement) tellSplits(told map[*part]bool) error {
	split := 0
	for _, c := range s.comps {
		var parts []*part
		for _, p := range s.parts {
			if slices.ContainsFunc(p.members, func(m member) bool { return s.from(m) == c }) {
				parts = append(parts, p)
			}
		}
		if len(parts) < 2 {
			continue
		}
		split += len(parts) - 1
		profiles := make([]cdp.ProfileID, 0, len(parts)+1)
		for _, p := range parts {
			told[p] = true
			profiles = append(profiles, p.ids[0].profile)
		}
		if !slices.Contains(profiles, c.profile()) {
			profiles = append(profiles, c.profile())
		}
		s.tx.note("split", s.ch.cause(), profiles...)
	}
	s.eff.Split += split
	return s.tx.countSplits(split)
}
