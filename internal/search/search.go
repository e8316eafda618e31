package search

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
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

	top, partial, err := x.find(within, tree, c, req.Offset+req.Limit, ident, &ans)
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
	if err := x.read(ctx, feed, tree, top[min(req.Offset, len(top)):], &ans); err != nil {
		return cdp.SearchAnswer{}, err
	}
	return ans, nil
}

// readers is how many hits are read beside each other.
const readers = 4

// read reads the documents of the hits that are shown.
func (x *Index) read(ctx context.Context, feed Feed, tree query.Node, shown []found, ans *cdp.SearchAnswer) error {
	hits := make([]*cdp.Hit, len(shown))
	errs := make([]error, readers)
	var wg sync.WaitGroup
	for w := range readers {
		wg.Go(func() {
			m := newMarker(x.folder, tree)
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
func hit(ctx context.Context, feed Feed, m *marker, h found) (*cdp.Hit, error) {
	d, ok, err := feed.Summary(ctx, h.profile, false)
	marks := m.mark(d)
	if err == nil && ok && len(m.terms) > 0 && len(marks) == 0 {
		d, ok, err = feed.Summary(ctx, h.profile, true) // it matched in its texts, or in a record left out
		marks = m.mark(d)
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

// find evaluates a query segment by segment and returns the first n hits.
func (x *Index) find(ctx context.Context, tree query.Node, c *chooser, n int,
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
	p := &planner{folder: x.folder, snap: snap, ident: ident}
	plan, err := p.plan(ctx, tree)
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
	best := &ranking{}
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
		if docs, err = c.narrow(facets, docs); err != nil {
			return nil, "", err
		}
		ans.Total += int(docs.GetCardinality())
		best.add(r, docs, cols[i], n)
	}
	slices.SortFunc(best.hits, compare)
	return best.hits, partial, nil
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

// A found is a hit before its document is read.
type found struct {
	score   float32
	crowd   bool
	day     int32
	profile cdp.ProfileID
}

// compare orders hits, best first. Of equals a profile of more than 50 records
// comes last: it is a shared device or mailbox more often than a person.
func compare(a, b found) int {
	return cmp.Or(cmp.Compare(b.score, a.score), order(a.crowd, b.crowd), cmp.Compare(b.day, a.day), cmp.Compare(a.profile, b.profile))
}

// A ranking keeps the best hits; it is a heap with the worst of them on top.
type ranking struct{ hits []found }

func (r *ranking) Len() int           { return len(r.hits) }
func (r *ranking) Less(i, j int) bool { return compare(r.hits[i], r.hits[j]) > 0 }
func (r *ranking) Swap(i, j int)      { r.hits[i], r.hits[j] = r.hits[j], r.hits[i] }
func (r *ranking) Push(v any)         { r.hits = append(r.hits, v.(found)) }
func (r *ranking) Pop() any {
	v := r.hits[len(r.hits)-1]
	r.hits = r.hits[:len(r.hits)-1]
	return v
}

// add offers the hits of a segment.
func (r *ranking) add(res *result, docs *roaring.Bitmap, c *columns, n int) {
	if docs.IsEmpty() || n == 0 {
		return
	}
	scores := make([]float32, len(c.profile))
	res.score(docs, scores)
	var buf [256]uint32
	it := docs.ManyIterator()
	for k := it.NextMany(buf[:]); k > 0; k = it.NextMany(buf[:]) {
		for _, d := range buf[:k] {
			f := found{scores[d], c.crowd[d], c.day[d], c.profile[d]}
			switch {
			case len(r.hits) < n:
				heap.Push(r, f)
			case compare(f, r.hits[0]) < 0:
				r.hits[0] = f
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
	if day := time.Unix(int64(f.day)*86_400, 0).UTC(); f.day > 0 && h.Seen.Before(day) {
		h.Seen = day // in a record that the summary leaves out
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

// order puts what is not crowded first.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
