package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// joinedValue is a value that joins records of a profile.
type joinedValue struct {
	id      cdp.Identifier
	in      layout.Component // the root
	records int              // that it joins at every class: no other row finds them by it
}

func (a joinedValue) compare(b joinedValue) int {
	return cmp.Or(cmp.Compare(b.records, a.records), compareIdentifiers(a.id, b.id), cmp.Compare(a.in, b.in))
}

func compareIdentifiers(a, b cdp.Identifier) int {
	return cmp.Or(cmp.Compare(a.Kind(), b.Kind()), cmp.Compare(a.Reveal(), b.Reveal()))
}

// A hub is a value in the running for the most carried ones.
type hub struct {
	id      cdp.Identifier
	state   string
	records int
	in      []layout.Component // roots in which it joins
}

func (a hub) compare(b hub) int {
	return cmp.Or(cmp.Compare(b.records, a.records), compareIdentifiers(a.id, b.id))
}

// values looks at every identifier, in one walk over the rows of those that may
// link and of the claims that do not.
func (s *survey) values(ctx context.Context) error {
	most := make(map[cdp.IdentifierKey][]joinedValue, len(s.joined.items))
	for _, j := range s.joined.items {
		most[j.id.Key()] = append(most[j.id.Key()], j)
	}
	next, stop := iter.Pull2(s.tx.withheldRuns())
	defer stop()
	apart, err, more := next()
	if err != nil {
		return err
	}
	// pass takes the identifiers up to one that no row stands for.
	pass := func(until *cdp.Identifier) error {
		for more && (until == nil || compareIdentifiers(apart.id, *until) < 0) {
			if s.suppressed[apart.id.Key()] {
				s.kind(apart.id.Kind()).Suppressed++
				apart.state = "suppressed"
			} else {
				s.kind(apart.id.Kind()).Kept++
				apart.state = "withheld"
			}
			s.candidate(apart)
			if apart, err, more = next(); err != nil {
				return err
			}
		}
		return nil
	}
	var rows []*valueRow // of one identifier
	flush := func() error {
		if len(rows) == 0 {
			return nil
		}
		id := rows[0].id
		if err := pass(&id); err != nil {
			return err
		}
		withheld := 0
		if more && apart.id.Same(id) {
			withheld = apart.records
			if apart, err, more = next(); err != nil {
				return err
			}
		}
		err := s.value(rows, withheld, most[id.Key()])
		rows = rows[:0]
		return err
	}
	n := 0
	for v, err := range s.tx.valueRows(layout.Identifiers()) {
		if err != nil {
			return err
		}
		if len(rows) > 0 && !rows[0].id.Same(v.id) {
			if err := flush(); err != nil {
				return err
			}
		}
		rows = append(rows, v)
		if n++; n%10_000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if err := flush(); err != nil {
		return err
	}
	return pass(nil)
}

func (s *survey) kind(k cdp.Kind) *cdp.KindHealth {
	if s.kinds[k] == nil {
		s.kinds[k] = &cdp.KindHealth{Kind: k}
	}
	return s.kinds[k]
}

// value counts an identifier, by its rows of all controllers.
func (s *survey) value(rows []*valueRow, withheld int, most []joinedValue) error {
	at := hub{id: rows[0].id, state: resolve.Joins.String(), records: withheld}
	k := s.kind(at.id.Kind())
	if s.suppressed[at.id.Key()] {
		k.Suppressed++
		at.state = "suppressed"
		s.candidate(at)
		return nil
	}
	for _, v := range rows {
		state, _ := v.state()
		once := true // the hash of another value counts with that one, but for its own kind
		if state != resolve.Joins {
			echo, err := s.tx.echoes(v, s.rules)
			if err != nil {
				return err
			}
			if echo {
				once = false
			}
		}
		s.count(k, state, once)
		if state != resolve.Joins {
			at.state = state.String()
		}
		for _, st := range v.standings {
			if st.state == resolve.Joins && st.in != 0 && !slices.Contains(at.in, st.in) {
				at.in = append(at.in, st.in)
			}
		}
	}
	if len(at.in) == 0 {
		s.candidate(at)
		return nil
	}
	return s.joinedHub(at, most)
}

// count counts what an identifier does for a controller, to its kind and, once,
// to what is not as it should be.
func (s *survey) count(k *cdp.KindHealth, state resolve.State, once bool) {
	n := 0
	if once {
		n = 1
	}
	switch state {
	case resolve.Joins:
		k.Joins++
		return
	case resolve.Generic:
		k.Generic++
		s.out.Counts.Generic += n
		return
	case resolve.Different:
		k.Different++
	case resolve.Locked:
		k.Locked++
	case resolve.Guarded:
		k.Guarded++
	default:
		k.Conflict++
	}
	s.out.Counts.Conflicts += n
}

// joinedHub adds the records that a value joins to those by whose claims it
// joins nothing, where the sum may be among the largest.
func (s *survey) joinedHub(at hub, most []joinedValue) error {
	if s.rules.Kinds[string(at.id.Kind())].Echo {
		return nil
	}
	for _, j := range most {
		at.records += j.records
	}
	// What is not among the most carried ones is carried by no more than the last of those.
	rest := len(at.in) - len(most)
	bound := at
	if rest > 0 {
		each := 1
		if full := len(s.joined.items); full == s.joined.n {
			each = s.joined.items[full-1].records
		}
		bound.records += rest * each
	}
	if bound.records < max(2, s.floor()) || !s.hubs.takes(bound) {
		return nil
	}
	roots, err := s.tx.rootsAt(at.in)
	if err != nil {
		return err
	}
	at.in = at.in[:0]
	for _, c := range roots {
		at.in = append(at.in, c.id)
		if slices.ContainsFunc(most, func(j joinedValue) bool { return j.in == c.id }) {
			continue
		}
		n, err := s.joins(c, at.id)
		if err != nil {
			return err
		}
		at.records += n
	}
	s.candidate(at)
	return nil
}

// candidate enters a value for the hubs, if more than one record carries it. A
// hash of another value is told of by that one.
func (s *survey) candidate(h hub) {
	if h.records > 1 && !s.rules.Kinds[string(h.id.Kind())].Echo {
		s.hubs.add(h)
	}
}

// floor is how many records the last of the hubs is carried by at least: so many
// of the values that join are carried by as many.
func (s *survey) floor() int {
	if len(s.joined.items) < s.top {
		return 0
	}
	return s.joined.items[s.top-1].records
}

// rootsAt are the roots of components, each once.
func (tx *Tx) rootsAt(numbers []layout.Component) ([]*component, error) {
	var out []*component
	for _, n := range numbers {
		c, err := tx.component(n)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(out, func(o *component) bool { return o.id == c.id }) {
			out = append(out, c)
		}
	}
	return out, nil
}

// joins counts the records of a profile that a value joins at every class.
func (s *survey) joins(c *component, id cdp.Identifier) (int, error) {
	n, g := 0, newGathering(s, c)
	for h, err := range s.tx.heads(c) {
		if err != nil {
			return 0, err
		}
		for i := range h.Claims {
			if !h.Claims[i].id.Same(id) {
				continue
			}
			var cuts []cdp.Identifier
			d, err := s.tx.decidedOf(h.Source, h.Key)
			if err != nil {
				return 0, err
			}
			if d != nil {
				cuts = d.cuts
			}
			if _, _, all := g.fate(&h.Claims[i], cuts); all {
				n++
			}
		}
	}
	return n, nil
}

// hubLooked is how many records that carry a value are looked at for whose
// they are, and hubProfiles how many profiles are named.
const (
	hubLooked   = 500
	hubProfiles = 10
)

// hub tells whose the records are that carry a value.
func (s *survey) hub(h *hub) (cdp.Hub, error) {
	out := cdp.Hub{Identifier: h.id, State: h.state, Records: h.records}
	seen := make(map[cdp.ProfileID]bool)
	add := func(p cdp.ProfileID) {
		if p == 0 || seen[p] {
			return
		}
		seen[p] = true
		out.ProfileCount++
		if len(out.Profiles) < hubProfiles {
			out.Profiles = append(out.Profiles, p)
		}
	}
	roots, err := s.tx.rootsAt(h.in)
	if err != nil {
		return out, err
	}
	for _, c := range roots {
		add(c.profile())
		if out.Identifier.Tag() != [4]byte{} {
			continue
		}
		for head, err := range s.tx.heads(c) {
			if err != nil {
				return out, err
			}
			if id, ok := head.carries(h.id); ok {
				out.Identifier = id
				break
			}
		}
	}
	rng := layout.WithheldOf(h.id)
	rng.KeysOnly = true
	var recs []cdp.RecordID
	for e, err := range s.tx.r.Scan(rng) {
		if err != nil {
			return out, fmt.Errorf("graph: %v: %w", h.id, err)
		}
		if recs = append(recs, cdp.RecordID(layout.LastNumber(e.Key))); len(recs) > hubLooked {
			recs, out.Bound = recs[:hubLooked], true
			break
		}
	}
	for _, id := range recs {
		p, err := s.tx.place(id)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return out, err
		}
		if out.Identifier.Tag() == [4]byte{} {
			head, err := s.tx.headAt(id, p)
			if err != nil {
				return out, err
			}
			if full, ok := head.carries(h.id); ok {
				out.Identifier = full
			}
		}
		if p.state != placeLive {
			continue
		}
		c, err := s.tx.rootOf(p.component)
		if err != nil {
			return out, err
		}
		add(c.profile())
	}
	return out, nil
}

// carries returns an identifier as the record has it, with its tag.
func (h *head) carries(id cdp.Identifier) (cdp.Identifier, bool) {
	for i := range h.Claims {
		if h.Claims[i].id.Same(id) {
			return h.Claims[i].id, true
		}
	}
	return id, false
}
