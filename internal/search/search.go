package search

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
	"cdp-tui/internal/segment"
)

// Limits of an answer.
const (
	defaultLimit = 20
	maxLimit     = 200
)

// Search answers a request: a page of hits, their number, and the facets over
// all of them. feed gives the documents of the page; ident looks up the
// identifiers in the query, which the index does not hold.
//
// Hits are ordered by score, then by the day they were last seen, latest
// first, then by id. A query that can not be read is a *[query.Error]; a facet
// that does not exist is an error. An answer that took longer than the timeout
// is what was found so far, and Partial says so. [ErrRebuild] is returned when
// the index turned out to be damaged.
func (x *Index) Search(ctx context.Context, feed Feed, req cdp.SearchRequest,
	ident func(context.Context, query.IdentifierTerm) ([]cdp.ProfileID, error)) (ans cdp.SearchAnswer, err error) {
	if x.opt.Now != nil {
		begun := x.opt.Now()
		defer func() { ans.Took = x.opt.Now().Sub(begun) }()
	}
	tree, err := query.Parse(req.Query)
	if err != nil {
		return ans, err
	}
	if only := query.StoreOnly(tree); len(only) > 0 {
		return ans, &query.Error{Msg: "the search index can not answer " + strings.Join(only, ":, ") + ":, only the store can",
			Hint: "ask it on the screen of segments, or with cdp-tui segment count"}
	}
	c := newChooser(req.Facets)
	for name := range req.Facets {
		if !slices.ContainsFunc(c.dims, func(d dimension) bool { return d.field == name }) {
			return ans, fmt.Errorf("search: there is no facet %q", name)
		}
	}
	if req.Offset < 0 || req.Limit < 0 {
		return ans, errors.New("search: offset and limit are not negative")
	}
	if req.Limit == 0 {
		req.Limit = defaultLimit
	}
	req.Limit = min(req.Limit, maxLimit)

	x.mu.RLock()
	defer x.mu.RUnlock()
	defer guard(&err, debug.SetPanicOnFault(true))
	within, cancel := context.WithTimeout(ctx, x.opt.Timeout)
	defer cancel()

	page, partial, err := x.find(within, tree, c, req, ident, &ans)
	if ctx.Err() != nil {
		return cdp.SearchAnswer{}, ctx.Err()
	}
	if err != nil {
		return cdp.SearchAnswer{}, err
	}
	ans.Partial = partial
	ans.Facets = c.facets()
	if x.doubt != "" {
		ans.Partial = join(ans.Partial, "the index has to be rebuilt: "+x.doubt)
	}
	head, err := feed.Head(ctx)
	if err != nil {
		return cdp.SearchAnswer{}, fmt.Errorf("search: read the journal: %w", err)
	}
	if p, err := x.gen.position(); err == nil && p < head {
		ans.Behind = head - p
	}
	if err := x.read(ctx, feed, tree, page, &ans); err != nil {
		return cdp.SearchAnswer{}, err
	}
	return ans, nil
}

// How hits are read.
const (
	readers      = 4  // beside each other
	firstRecords = 8  // of a profile: name and match are nearly always in them
	moreRecords  = 25 // if the match is not
)

// read reads the documents of the hits that are shown.
func (x *Index) read(ctx context.Context, feed Feed, tree query.Node, shown []found, ans *cdp.SearchAnswer) error {
	hits := make([]*cdp.Hit, len(shown))
	errs := make([]error, readers)
	var wg sync.WaitGroup
	for w := range readers {
		wg.Go(func() {
			m := segment.NewMarker(x.folder, tree)
			for i := w; i < len(shown) && errs[w] == nil; i += readers {
				hits[i], errs[w] = hit(ctx, feed, m, shown[i])
			}
		})
	}
	wg.Wait()
	for _, h := range hits {
		if h == nil { // gone since the index saw it
			ans.Total--
			continue
		}
		ans.Hits = append(ans.Hits, *h)
	}
	return errors.Join(errs...)
}

// hit reads one hit; nil when the profile is gone.
func hit(ctx context.Context, feed Feed, m *segment.Marker, h found) (*cdp.Hit, error) {
	d, ok, err := feed.Summary(ctx, h.profile, firstRecords, h.inText)
	marks := m.Mark(d)
	if err == nil && ok && m.Marks() && len(marks) == 0 && d.Size > firstRecords { // it matched in a record left out
		d, ok, err = feed.Summary(ctx, h.profile, moreRecords, h.inText)
		marks = m.Mark(d)
	}
	if err != nil {
		return nil, fmt.Errorf("search: read profile %s: %w", h.profile, err)
	}
	if !ok || d.Profile != h.profile {
		return nil, nil
	}
	out := hitOf(d, h, marks)
	return &out, nil
}

// find evaluates a query segment by segment and returns the hits of the page.
func (x *Index) find(ctx context.Context, tree query.Node, c *chooser, req cdp.SearchRequest,
	ident func(context.Context, query.IdentifierTerm) ([]cdp.ProfileID, error), ans *cdp.SearchAnswer) (hits []found, partial string, err error) {
	snap, err := x.gen.snapshot()
	if err != nil {
		return nil, "", err
	}
	defer func() {
		if cerr := snap.Close(); err == nil {
			err = cerr
		}
	}()
	timedOut := func(done, of int) string {
		return fmt.Sprintf("the search was stopped after %v: %d of %d parts of the index were searched; narrow it", x.opt.Timeout, done, of)
	}
	segs := snap.Segments()
	p := &planner{folder: x.folder, snap: snap, ident: ident, now: x.opt.Now}
	plan, err := p.plan(ctx, tree)
	if err == nil {
		err = c.resolve(ctx, p)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, timedOut(0, len(segs)), nil
	}
	if err != nil {
		return nil, "", err
	}
	cols, err := x.gen.columnsOf(snap)
	if err != nil {
		return nil, "", err
	}
	if p.cut {
		partial = fmt.Sprintf("a word stands for more than %d others, of which the first were searched; write more of it", maxExpansion)
	}
	docCount, err := snap.DocCount()
	if err != nil {
		return nil, "", fmt.Errorf("search: count the profiles: %w", err)
	}
	first := int(min(uint64(req.Offset), docCount)) // however far beyond the last hit
	best := &ranking{n: first + req.Limit}
	for i, s := range segs {
		e := &evaluator{seg: s.Segment(), fields: make(map[string]*postings)}
		r, err := e.eval(ctx, plan)
		if errors.Is(err, context.DeadlineExceeded) {
			partial = join(partial, timedOut(i, len(segs)))
			break
		}
		if err != nil {
			return nil, "", err
		}
		docs := r.docs
		if d := s.Deleted(); d != nil {
			docs.AndNot(d)
		}
		facets, err := e.field(fieldFacet)
		if err != nil {
			return nil, "", err
		}
		docs, err = c.narrow(ctx, facets, cols[i], docs)
		if errors.Is(err, context.DeadlineExceeded) {
			partial = join(partial, timedOut(i, len(segs)))
			break
		}
		if err != nil {
			return nil, "", err
		}
		ans.Total += int(docs.GetCardinality())
		best.add(r, docs, cols[i])
	}
	slices.SortFunc(best.hits, func(a, b found) int { return compare(a.rank, b.rank) })
	page := best.hits[min(first, len(best.hits)):]
	for i := range page { // while the snapshot is open: the results lie in its files
		h := &page[i]
		h.inText = h.result.in(query.FieldText, h.doc)
		h.sources, h.bases = h.columns.has(dimSource, h.doc), h.columns.has(dimBasis, h.doc)
	}
	return page, partial, nil
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

// A rank is by what hits are ordered.
type rank struct {
	score   float32
	crowd   bool
	day     int32
	profile cdp.ProfileID
}

// A found is a hit before its document is read.
type found struct {
	rank
	doc     uint32 // in its segment
	columns *columns
	result  *result

	// Of the hits of the page:
	inText         bool // it matched in a free text
	sources, bases []string
}

// compare orders hits, best first. Of equals a profile of more than 50 records
// comes last: it is a shared device or mailbox more often than a person.
func compare(a, b rank) int {
	switch { // not cmp.Or: it would compare all each time, and this is done for every hit
	case a.score != b.score:
		return cmp.Compare(b.score, a.score)
	case a.crowd != b.crowd:
		if a.crowd {
			return 1
		}
		return -1
	case a.day != b.day:
		return cmp.Compare(b.day, a.day)
	}
	return cmp.Compare(a.profile, b.profile)
}

// A ranking keeps the n best hits; it is a heap with the worst of them on top.
type ranking struct {
	n    int
	hits []found
}

func (r *ranking) Len() int           { return len(r.hits) }
func (r *ranking) Less(i, j int) bool { return compare(r.hits[i].rank, r.hits[j].rank) > 0 }
func (r *ranking) Swap(i, j int)      { r.hits[i], r.hits[j] = r.hits[j], r.hits[i] }
func (r *ranking) Push(v any)         { r.hits = append(r.hits, v.(found)) }
func (r *ranking) Pop() any {
	v := r.hits[len(r.hits)-1]
	r.hits = r.hits[:len(r.hits)-1]
	return v
}

// add offers the hits of a segment.
func (r *ranking) add(res *result, docs *roaring.Bitmap, c *columns) {
	var scores []float32 // by the hits' order; nil for a query that gives none
	if res.plan.weighs() {
		scores = make([]float32, docs.GetCardinality())
		res.score(docs, docs.ToArray(), scores)
	}
	var buf [256]uint32
	it, at := docs.ManyIterator(), 0
	for k := it.NextMany(buf[:]); k > 0; k = it.NextMany(buf[:]) {
		for _, d := range buf[:k] {
			h := rank{crowd: c.crowd[d], day: c.day[d], profile: c.profile[d]}
			if scores != nil {
				h.score = scores[at]
				at++
			}
			switch {
			case len(r.hits) < r.n:
				heap.Push(r, found{rank: h, doc: d, columns: c, result: res})
			case compare(h, r.hits[0].rank) < 0:
				r.hits[0] = found{rank: h, doc: d, columns: c, result: res}
				heap.Fix(r, 0)
			}
		}
	}
}

func hitOf(d cdp.Document, f found, marks []cdp.Match) cdp.Hit {
	h := cdp.Hit{
		Profile: d.Profile,
		Score:   float64(f.score),
		Records: d.Size,
		Sources: d.Sources,
		Bases:   d.Bases,
		Seen:    d.Seen,
		Matched: marks,
	}
	if d.Size > firstRecords { // what the summary leaves out, the index knows
		if day := time.Unix(int64(f.day)*86_400, 0).UTC(); f.day > 0 && h.Seen.Before(day) {
			h.Seen = day
		}
		h.Sources = withNew(h.Sources, f.sources)
		h.Bases = withNew(h.Bases, f.bases)
	}
	if len(d.Names) > 0 {
		h.Name = d.Names[0]
	}
	if len(d.Cities) > 0 {
		h.City = d.Cities[0]
	}
	if len(d.Countries) > 0 {
		h.Country = d.Countries[0]
	}
	return h
}

// withNew adds the values that are not there yet.
func withNew[T ~string](have []T, more []string) []T {
	for _, v := range more {
		if v != none && !slices.Contains(have, T(v)) {
			have = append(have, T(v))
		}
	}
	return have
}
