package steward

import (
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// links tells why each record is in the profile: the chain of evidence to its
// oldest record.
func (m *cardMaker) links() error {
	if m.p.ID == 0 {
		for _, rec := range m.records {
			m.out.Links = append(m.out.Links, cdp.CardLink{Record: rec.ID, Anchor: rec.ID, Alone: true, Found: true})
		}
		return nil
	}
	anchor := m.p.Records[0].ID
	for _, rec := range m.p.Records {
		anchor = min(anchor, rec.ID)
	}
	chain, err := m.chains(anchor)
	if err != nil {
		return err
	}
	for _, rec := range m.records {
		l := cdp.CardLink{Record: rec.ID, Anchor: anchor, Alone: len(m.p.Records) == 1, Found: rec.ID == anchor}
		if !l.Found {
			if l.Hops, l.Found, err = chain(rec.ID); err != nil {
				return err
			}
		}
		if !l.Found {
			m.unknown(cdp.AskLink, "link.path", rec.ID, "", "")
		}
		m.out.Links = append(m.out.Links, l)
	}
	return nil
}

// chains returns how to find the chain from a record to the anchor. Of the
// present it is that of Why; through a lens it is the shortest one by what links
// the records that are seen.
func (m *cardMaker) chains(anchor cdp.RecordID) (func(cdp.RecordID) ([]cdp.Hop, bool, error), error) {
	if !m.lens.IsPlain() {
		return m.chainsSeen(anchor)
	}
	in, err := m.tx.Insight(m.p.ID)
	if err != nil {
		return nil, err
	}
	e := weigh(in)
	return func(id cdp.RecordID) ([]cdp.Hop, bool, error) {
		chain, found := e.graph.Path(e.numbers([]cdp.RecordID{id}), e.numbers([]cdp.RecordID{anchor}))
		if !found {
			return nil, false, nil
		}
		hops, err := m.hops(e, chain)
		return hops, true, err
	}, nil
}

// chainsSeen walks from the anchor over the active claims and the decisions of
// persons among the records that are seen.
func (m *cardMaker) chainsSeen(anchor cdp.RecordID) (func(cdp.RecordID) ([]cdp.Hop, bool, error), error) {
	ties, err := m.tx.TiesAmong(m.p.Records, m.lens.Standpoint)
	if err != nil {
		return nil, err
	}
	type step struct {
		to  int
		via cdp.Identifier // zero: tied by a person
	}
	toward := map[int]step{}
	start := slices.IndexFunc(m.p.Records, func(r graph.Record) bool { return r.ID == anchor })
	toward[start] = step{to: start}
	ring := []int{start}
	for len(ring) > 0 {
		at := ring[0]
		ring = ring[1:]
		reach := func(i int, via cdp.Identifier) {
			if _, seen := toward[i]; !seen {
				toward[i] = step{at, via}
				ring = append(ring, i)
			}
		}
		for i := range m.p.Records {
			if via, ok := sharedClaim(&m.p.Records[at], &m.p.Records[i]); ok {
				reach(i, via)
			}
		}
		for _, t := range ties {
			switch at {
			case t[0]:
				reach(t[1], cdp.Identifier{})
			case t[1]:
				reach(t[0], cdp.Identifier{})
			}
		}
	}
	return func(id cdp.RecordID) ([]cdp.Hop, bool, error) {
		i := slices.IndexFunc(m.p.Records, func(r graph.Record) bool { return r.ID == id })
		if _, ok := toward[i]; !ok {
			return nil, false, nil
		}
		var out []cdp.Hop
		for i != start {
			s := toward[i]
			from, to := &m.p.Records[i], &m.p.Records[s.to]
			h := cdp.Hop{From: from.ID, To: to.ID, FromSource: from.Source, ToSource: to.Source, Identifier: s.via, At: from.Recorded}
			if to.Recorded.After(h.At) {
				h.At = to.Recorded
			}
			h.FromVerdict, h.ToVerdict = claimVerdict(from, s.via), claimVerdict(to, s.via)
			out = append(out, h)
			i = s.to
		}
		return out, true, nil
	}, nil
}

func sharedClaim(a, b *graph.Record) (cdp.Identifier, bool) {
	for _, c := range a.Claims {
		if c.Active && slices.ContainsFunc(b.Claims, func(o cdp.Claim) bool { return o.Active && o.Identifier.Same(c.Identifier) }) {
			return c.Identifier, true
		}
	}
	return cdp.Identifier{}, false
}

func claimVerdict(rec *graph.Record, id cdp.Identifier) cdp.Verdict {
	for _, c := range rec.Claims {
		if c.Identifier.Same(id) {
			return c.Verdict
		}
	}
	return cdp.Verdict{}
}
