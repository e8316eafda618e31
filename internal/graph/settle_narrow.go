package graph

import (
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/resolve"
)

// narrow leaves out of the work what one transaction can not join: of a part
// of very many components the first stay, as many as fit. It returns what
// resolution makes of those: what it makes of all of them, as far as they are
// here. The links that lead to those left out are returned too; they join only
// some of their carriers for now.
func (w *work) narrow(c *resolve.Component) (*resolve.Component, map[linkKey]bool, error) {
	partOf := make(map[cdp.RecordID]int32, len(c.Records))
	comps := make(map[int32]int)
	for i := range c.Records {
		partOf[c.Records[i].ID] = c.Result.Part[i]
	}
	// joins is the part that a component is joined to others in, -1 for none:
	// one that is divided is not left out.
	joins := func(s *settled) int32 {
		p := int32(-1)
		for i, m := range s.members {
			in, ok := partOf[m.ID]
			if !ok || i > 0 && in != p {
				return -1
			}
			p = in
		}
		return p
	}
	for _, s := range w.comps {
		comps[joins(s)]++
	}
	delete(comps, -1)
	if !w.tooMany(comps) {
		return c, nil, nil
	}
	rooms := make(map[int32]*room)
	taken := make(map[int32]int)
	var kept, left []*settled
	for _, s := range w.connected(c) {
		p := joins(s)
		if comps[p] < 2 {
			kept = append(kept, s)
			continue
		}
		r := rooms[p]
		if r == nil {
			free := w.tx.room()
			r = &free
			rooms[p] = r
		}
		r.rows -= perPart
		if len(s.members) <= w.tx.limits.move && len(s.segments) == 0 {
			r.take(s.members)
		}
		if comps[p] > w.tx.limits.few && taken[p] >= 2 && (r.rows < 0 || r.bytes < 0) {
			left = append(left, s)
		} else {
			taken[p]++
			kept = append(kept, s)
		}
	}
	if len(left) == 0 {
		return c, nil, nil
	}
	out := make(map[cdp.RecordID]bool)
	for _, s := range left {
		for _, m := range s.members {
			out[m.ID] = true
		}
	}
	partly := make(map[linkKey]bool)
	var recs []resolve.Record
	found := false // what is left out will be
	for i := range c.Records {
		if !out[c.Records[i].ID] {
			recs = append(recs, c.Records[i])
			continue
		}
		for _, cl := range c.ClaimsOf(i) {
			if l := c.Links[cl[1]]; c.Result.States[cl[1]] == resolve.Joins && w.joinsAnew(l) {
				partly[keyOf(l)] = true
			}
		}
	}
	for i := range c.Records {
		for _, cl := range c.ClaimsOf(i) {
			found = found || !out[c.Records[i].ID] && partly[keyOf(c.Links[cl[1]])]
		}
	}
	if !found {
		return c, nil, nil
	}
	state := func(l resolve.Link) resolve.State { s, _ := c.State(l); return s }
	for _, s := range left {
		for _, n := range s.numbers() {
			delete(w.numbers, n)
		}
	}
	w.comps = kept
	some := w.rules.Resolve(recs, func(l resolve.Link) bool { return state(l) != resolve.Joins }, w.same, w.differ)
	for i, l := range some.Links {
		some.Result.States[i] = state(l)
	}
	return some, partly, nil
}

// tooMany reports whether any part has more components than are joined at once
// whatever their size.
func (w *work) tooMany(comps map[int32]int) bool {
	for _, n := range comps {
		if n > max(2, w.tx.limits.few) {
			return true
		}
	}
	return false
}

// connected returns the components here in an order in which each is joined
// with one before it, if it is joined with any: the first few of a part are one.
func (w *work) connected(c *resolve.Component) []*settled {
	of := make(map[cdp.RecordID]*settled)
	for _, s := range w.comps {
		for _, m := range s.members {
			of[m.ID] = s
		}
	}
	carriers := make(map[int32][]*settled) // by link that joins, or the like
	ties := make(map[*settled][]int32)
	tie := func(rec cdp.RecordID, n int32) {
		if s := of[rec]; s != nil {
			carriers[n], ties[s] = append(carriers[n], s), append(ties[s], n)
		}
	}
	for i := range c.Records {
		for _, cl := range c.ClaimsOf(i) {
			if c.Result.States[cl[1]] == resolve.Joins {
				tie(c.Records[i].ID, cl[1])
			}
		}
	}
	for i, p := range w.same {
		n := -1 - int32(i)
		tie(p.A, n)
		tie(p.B, n)
	}
	var out []*settled
	placed := make(map[*settled]bool, len(w.comps))
	place := func(s *settled) {
		if !placed[s] {
			placed[s] = true
			out = append(out, s)
		}
	}
	for _, first := range w.comps {
		place(first)
		for i := len(out) - 1; i < len(out); i++ {
			for _, n := range ties[out[i]] {
				for _, s := range carriers[n] {
					place(s)
				}
				delete(carriers, n)
			}
		}
	}
	return out
}

// joinsAnew reports whether a link that joins did not before: its carriers are
// found by rows of their own.
func (w *work) joinsAnew(l resolve.Link) bool {
	return w.was[keyOf(l)].state != resolve.Joins || w.rows[string(keyOfLink(l))] == standing{}
}

// asBefore is what the row of a link says until all its carriers are joined.
func (w *work) asBefore(l resolve.Link) resolve.State {
	if was := w.was[keyOf(l)].state; was != resolve.Joins {
		return was
	}
	return resolve.Generic
}

// joinLater marks the parts to which more has to be joined, by links that they
// keep as they were until all is.
func (s *settlement) joinLater() {
	in := make(map[cdp.RecordID]*part)
	for _, p := range s.parts {
		for _, m := range p.members {
			in[m.ID] = p
		}
	}
	for i := range s.result.Records {
		for _, cl := range s.result.ClaimsOf(i) {
			if l := s.result.Links[cl[1]]; s.partly[keyOf(l)] {
				p := in[s.result.Records[i].ID]
				p.pending, p.same, p.sum.Plain = true, false, false
				a := apartLink{l.ID, l.Class, s.asBefore(l)}
				if !slices.ContainsFunc(p.apart, a.same) {
					p.apart = append(p.apart, a)
				}
			}
		}
	}
	for _, p := range s.parts {
		if p.pending {
			slices.SortFunc(p.apart, apartLink.compare)
		}
	}
}
