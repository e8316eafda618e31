package graph

import (
	"cmp"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/resolve"
)

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
		s.tx.noteLink(state.String(), cause, l.ID, s.carrying(l)...)
	}
	return nil
}

// carrying are the profiles here that carry a link, as many as are told of it.
func (s *settlement) carrying(l resolve.Link) []cdp.ProfileID {
	const most = 20
	var out []cdp.ProfileID
	for _, p := range s.parts {
		if p.carries(l) {
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
