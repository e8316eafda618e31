package steward

import (
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/query"
	"cdp-tui/internal/segment"
)

// Limits of a search on the store.
const (
	hitsAsked = 20    // unless a request says how many
	hitsThen  = 1_000 // of which an answer is a page
)

// SearchThen answers a request from the store as it was at the standpoint of the
// desk: the index knows the present only. Every profile of then is held against
// the query, by the analysis of the index and to the same answer. Hits
// are ordered by the day they were last seen, latest first: of the first 1,000 a
// page is answered, and all are counted. progress is told the number of records
// read; it may be nil. Fields that only the store answers can be asked for too.
func (d *Desk) SearchThen(ctx context.Context, req cdp.SearchRequest, progress func(records int)) (cdp.SearchAnswer, error) {
	began := d.s.opt.Now()
	if req.Limit == 0 {
		req.Limit = hitsAsked
	}
	if req.Offset < 0 || req.Limit < 0 {
		return cdp.SearchAnswer{}, fmt.Errorf("search: offset and limit are not negative")
	}
	tree, err := query.Parse(req.Query)
	if err != nil {
		return cdp.SearchAnswer{}, err
	}
	if req.Query, err = d.s.pin(ctx, req.Query, cdp.Standpoint{}); err != nil {
		return cdp.SearchAnswer{}, err
	}
	who, err := d.s.selectorFrom(ctx, req.Query, d.lens)
	if err != nil {
		return cdp.SearchAnswer{}, err
	}
	who.asked = true
	_, chosen := req.Facets[query.FieldConsent]
	x := finder{selector: who, marker: who.m.Marker(tree), consents: (chosen || !req.Bare) && !who.needs.Consents}
	err = d.s.g.View(ctx, func(tx *graph.Tx) error {
		v, err := d.look(tx)
		if err != nil {
			return err
		}
		x.out, x.best = cdp.SearchAnswer{Lens: d.lens}, hitHeap{n: min(req.Offset+req.Limit, hitsThen)}
		if x.facets, err = segment.NewFacets(req.Facets); err != nil {
			return err
		}
		return tx.EveryThen(ctx, v.lens.Standpoint, v.judgeThen, progress, func(t graph.Then) error { return x.offer(tx, &t.Profile) })
	})
	if err != nil {
		return cdp.SearchAnswer{}, err
	}
	out := x.out
	hits := x.best.sorted()
	hits = hits[min(req.Offset, len(hits)):]
	for i := range hits {
		out.Hits = append(out.Hits, hits[i].Hit)
	}
	if !req.Bare {
		out.Facets = x.facets.Counts()
	}
	if out.Total > hitsThen && req.Offset+len(out.Hits) >= hitsThen {
		out.Partial = fmt.Sprintf("of %d profiles the %d last seen are listed: narrow the query", out.Total, hitsThen)
	}
	out.Took = d.s.opt.Now().Sub(began)
	r := &reading{hash: newDigest(), detail: fmt.Sprintf("%d hits, %d shown from %d on, facets %d", out.Total, len(out.Hits), req.Offset, len(req.Facets))}
	for _, h := range out.Hits {
		r.saw(h.Profile)
		if h.Profile != 0 {
			r.about = append(r.about, profileRef(h.Profile))
		}
	}
	return out, d.logRead(ctx, d.entry("search", cdp.Ref{Kind: "search"}, ""), r)
}

// A finder collects the profiles that a query finds.
type finder struct {
	*selector
	marker   *segment.Marker
	facets   *segment.Facets
	consents bool // are counted, though the query does not look at them
	best     hitHeap
	seen     int // profiles, in the order of their oldest records
	out      cdp.SearchAnswer
}

// offer takes in a profile if the query finds it.
func (x *finder) offer(tx *graph.Tx, p *graph.Profile) error {
	x.seen++
	p, ok := usable(p)
	if !ok {
		return nil
	}
	s, err := x.subject(tx, p)
	if err != nil {
		return fmt.Errorf("%v: %w", p.ID, err)
	}
	if !x.m.Match(&s) {
		return nil
	}
	if x.consents {
		more, err := x.s.document(tx, *p, detail{consents: true, lens: x.lens})
		if err != nil {
			return fmt.Errorf("%v: %w", p.ID, err)
		}
		s.Consents = more.Consents
	}
	if !x.facets.Add(&s.Document) {
		return nil
	}
	x.out.Total++
	h := placedHit{crowd: s.Size > crowded, no: x.seen}
	if !s.Seen.IsZero() {
		h.day = s.Seen.UTC().Truncate(24 * time.Hour)
	}
	if !x.best.takes(h) {
		return nil
	}
	h.Hit = cdp.Hit{Profile: s.Profile, Records: s.Size, Sources: s.Sources, Bases: s.Bases, Seen: s.Seen, Matched: x.marker.Mark(s.Document)}
	if len(s.Names) > 0 {
		h.Name = s.Names[0]
	}
	if len(s.Cities) > 0 {
		h.City = s.Cities[0]
	}
	if len(s.Countries) > 0 {
		h.Country = s.Countries[0]
	}
	x.best.add(h)
	return nil
}

// crowded is the number of records beyond which a profile comes after others, as
// in the index: it is a shared device or mailbox more often than a person.
const crowded = 50

// A placedHit is a hit with what orders it.
type placedHit struct {
	cdp.Hit
	crowd bool
	day   time.Time
	no    int
}

// before orders hits, best first.
func (h *placedHit) before(o *placedHit) bool {
	if h.crowd != o.crowd {
		return o.crowd
	}
	return cmp.Or(o.day.Compare(h.day), cmp.Compare(h.no, o.no)) < 0
}

// A hitHeap keeps the n best hits, the worst of them on top.
type hitHeap struct {
	n    int
	hits []placedHit
}

func (x *hitHeap) Len() int           { return len(x.hits) }
func (x *hitHeap) Less(i, j int) bool { return x.hits[j].before(&x.hits[i]) }
func (x *hitHeap) Swap(i, j int)      { x.hits[i], x.hits[j] = x.hits[j], x.hits[i] }
func (x *hitHeap) Push(v any)         { x.hits = append(x.hits, v.(placedHit)) }
func (x *hitHeap) Pop() any {
	v := x.hits[len(x.hits)-1]
	x.hits = x.hits[:len(x.hits)-1]
	return v
}

// takes reports whether a hit would be among the best.
func (x *hitHeap) takes(h placedHit) bool {
	return len(x.hits) < x.n || x.n > 0 && h.before(&x.hits[0])
}

func (x *hitHeap) add(h placedHit) {
	if len(x.hits) == x.n {
		x.hits[0] = h
		heap.Fix(x, 0)
		return
	}
	heap.Push(x, h)
}

// sorted takes the hits out, best first.
func (x *hitHeap) sorted() []placedHit {
	out := make([]placedHit, len(x.hits))
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = heap.Pop(x).(placedHit)
	}
	return out
}
