package graph

import (
	"cmp"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/resolve"
)

// left are the ids of a component that a record left, and of what is left of it.
func (s *settlement) left(c *settled) []cdp.ProfileID {
	out := []cdp.ProfileID{c.profile()}
	for _, p := range s.parts {
		if id := p.ids[0].profile; !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
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
	if c := s.numbers[s.ch.outIn]; s.out != nil && s.ch.in == nil && c != nil && (s.ch.rest == bequeathed || len(s.parts) > 0) {
		s.tx.note(leaves, s.out, s.left(c)...)
	}
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
	var turned []int
	for i, l := range s.result.Links {
		was, known := s.was[keyOf(l)]
		if state := s.result.Result.States[i]; was.state != state && (known || state != resolve.Joins) && !s.partly[keyOf(l)] {
			turned = append(turned, i)
		}
	}
	carries := (*part).carries
	if len(turned) > 8 { // at once, all that a part carries is noted first
		carried := make(map[*part]map[cdp.IdentifierKey]bool, len(s.parts))
		for _, p := range s.parts {
			carried[p] = p.carried()
		}
		carries = func(p *part, l resolve.Link) bool { return carried[p][l.ID.Key()] }
	}
	for _, i := range turned {
		l := s.result.Links[i]
		s.tx.noteLink(s.result.Result.States[i].String(), cause, l.ID, s.carrying(l, carries)...)
	}
	return nil
}

// carrying are the profiles here that carry a link, as many as are told of it.
func (s *settlement) carrying(l resolve.Link, carries func(*part, resolve.Link) bool) []cdp.ProfileID {
	const most = 20
	var out []cdp.ProfileID
	for _, p := range s.parts {
		if carries(p, l) {
			if out = append(out, p.ids[0].profile); len(out) == most {
				break
			}
		}
	}
	return out
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
		by := s.linksOf(p)
		for _, profile := range live {
			if profile == survivor {
				continue
			}
			s.tx.noteMerge(s.ch.cause(), by[s.before[profile]], []cdp.ProfileID{survivor, profile})
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

// linksOf are, for each component that a part is of, the strongest identifier
// that joins its records with others of the part.
func (s *settlement) linksOf(p *part) map[*settled]cdp.Identifier {
	from := make(map[cdp.RecordID]*settled, len(p.members))
	for _, m := range p.members {
		from[m.ID] = s.from(m)
	}
	type ends struct {
		first   *settled
		several bool
	}
	joins := make(map[int32]ends)
	walk := func(f func(l int32, c *settled)) {
		for i := range s.result.Records {
			c, ok := from[s.result.Records[i].ID]
			if !ok {
				continue
			}
			for _, cl := range s.result.ClaimsOf(i) {
				if s.result.Result.States[cl[1]] == resolve.Joins {
					f(cl[1], c)
				}
			}
		}
	}
	walk(func(l int32, c *settled) {
		e, ok := joins[l]
		if !ok {
			e.first = c
		}
		e.several = e.several || e.first != c
		joins[l] = e
	})
	best := make(map[*settled]int32)
	walk(func(l int32, c *settled) {
		if !joins[l].several {
			return
		}
		if b, ok := best[c]; !ok || cmp.Or(cmp.Compare(s.result.Links[l].Class, s.result.Links[b].Class), cmp.Compare(l, b)) < 0 {
			best[c] = l
		}
	})
	out := make(map[*settled]cdp.Identifier, len(best))
	for c, l := range best {
		out[c] = s.result.Links[l].ID
	}
	return out
}

func (s *settlement) tellSplits(told map[*part]bool) error {
	split := 0
	into := make(map[*settled][]*part)
	for _, p := range s.parts {
		for _, m := range p.members {
			if c := s.from(m); c != nil && (len(into[c]) == 0 || into[c][len(into[c])-1] != p) {
				into[c] = append(into[c], p)
			}
		}
	}
	for _, c := range s.comps {
		parts := into[c]
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
