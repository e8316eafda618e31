package search

import (
	"context"
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// A result is what a plan finds in one segment.
type result struct {
	plan  *plan
	docs  *roaring.Bitmap   // own copy; holds deleted documents too
	kids  []*result         // as the plan's
	parts []*roaring.Bitmap // of a term, by part; each document once, in the heaviest
}

// An evaluator answers plans on one segment.
type evaluator struct {
	seg    segment.Segment
	fields map[string]*postings
}

func (e *evaluator) field(name string) (*postings, error) {
	p, ok := e.fields[name]
	if !ok {
		var err error
		if p, err = newPostings(e.seg, name); err != nil {
			return nil, err
		}
		e.fields[name] = p
	}
	return p, nil
}

func (e *evaluator) eval(ctx context.Context, p *plan) (*result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r := &result{plan: p, docs: empty()}
	for _, k := range p.kids {
		kr, err := e.eval(ctx, k)
		if err != nil {
			return nil, err
		}
		r.kids = append(r.kids, kr)
	}
	switch p.op {
	case '*':
		r.docs.AddRange(0, e.seg.Count())
	case '&':
		r.docs = r.kids[0].docs.Clone()
		for _, k := range r.kids[1:] {
			r.docs.And(k.docs)
		}
	case '|':
		for _, k := range r.kids {
			r.docs.Or(k.docs)
		}
	case '!':
		r.docs.AddRange(0, e.seg.Count())
		r.docs.AndNot(r.kids[0].docs)
	case 't':
		for _, part := range p.parts {
			b, err := e.part(ctx, part)
			if err != nil {
				return nil, err
			}
			b.AndNot(r.docs)
			r.docs.Or(b)
			r.parts = append(r.parts, b)
		}
	}
	return r, nil
}

// part returns a bitmap of its own.
func (e *evaluator) part(ctx context.Context, p part) (*roaring.Bitmap, error) {
	if p.ids != nil {
		b, err := e.seg.DocNumbers(p.ids)
		if err != nil {
			return nil, fmt.Errorf("search: find documents: %w", err)
		}
		return b, nil
	}
	if p.field == "" {
		return empty(), nil
	}
	list, err := e.field(p.field)
	if err != nil {
		return nil, err
	}
	if p.phrase != nil {
		return e.phrase(ctx, list, p.phrase)
	}
	out := empty()
	for i, term := range p.terms {
		if i%1024 == 1023 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		b, err := list.of(term)
		if err != nil {
			return nil, err
		}
		out.Or(b)
	}
	return out, nil
}

// phrase finds the documents in which words stand next to each other, one of
// the given ones at each place.
func (e *evaluator) phrase(ctx context.Context, list *postings, words [][]string) (*roaring.Bitmap, error) {
	var docs *roaring.Bitmap
	for _, alternatives := range words {
		any, err := e.part(ctx, part{field: list.field, terms: alternatives})
		if err != nil {
			return nil, err
		}
		if docs == nil {
			docs = any
		} else {
			docs.And(any)
		}
	}
	out := empty()
	if docs.IsEmpty() {
		return out, nil
	}
	at := make([]places, len(words))
	for i, alternatives := range words {
		for _, w := range alternatives {
			pl, err := list.dict.PostingsList([]byte(w), nil, nil)
			if err != nil {
				return nil, fmt.Errorf("search: read a list: %w", err)
			}
			at[i].lists = append(at[i].lists, pl.Iterator(false, false, true, nil))
			at[i].at = append(at[i].at, nil)
		}
	}
	n := 0
	for it := docs.Iterator(); it.HasNext(); n++ {
		doc := it.Next()
		if n%1024 == 1023 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		ok, err := adjacent(doc, at)
		if err != nil {
			return nil, err
		}
		if ok {
			out.Add(doc)
		}
	}
	return out, nil
}

// places reads where any of some words stands in documents that are asked for
// in rising order.
type places struct {
	lists []segment.PostingsIterator
	at    []segment.Posting // where each list stands; nil before the first
	buf   []uint64
}

func (p *places) of(doc uint32) ([]uint64, error) {
	p.buf = p.buf[:0]
	for i, it := range p.lists {
		if it == nil {
			continue
		}
		if p.at[i] == nil || p.at[i].Number() < uint64(doc) {
			next, err := it.Advance(uint64(doc))
			if err != nil {
				return nil, fmt.Errorf("search: read the places of a word: %w", err)
			}
			if next == nil { // no more: look no further
				p.lists[i] = nil
				continue
			}
			p.at[i] = next
		}
		if p.at[i].Number() == uint64(doc) {
			for _, l := range p.at[i].Locations() {
				p.buf = append(p.buf, l.Pos())
			}
		}
	}
	slices.Sort(p.buf)
	return p.buf, nil
}

func adjacent(doc uint32, words []places) (bool, error) {
	var starts []uint64 // of the phrase, as far as it has been found
	for i := range words {
		ps, err := words[i].of(doc)
		if err != nil {
			return false, err
		}
		if i == 0 {
			starts = append(starts, ps...)
			continue
		}
		left := starts[:0]
		for _, s := range starts {
			want := s + uint64(i)
			if _, ok := slices.BinarySearch(ps, want); ok {
				left = append(left, s)
			}
		}
		starts = left
	}
	return len(starts) > 0, nil
}

// score adds to out, in which each of ids has its place, what the hits among
// them are worth: the sum over and, the best over or.
func (r *result) score(hits *roaring.Bitmap, ids []uint32, out []float32) {
	switch r.plan.op {
	case '&':
		for _, k := range r.kids {
			k.score(hits, ids, out)
		}
	case '|':
		best, one := make([]float32, len(out)), make([]float32, len(out))
		for _, k := range r.kids {
			clear(one)
			k.score(roaring.And(hits, k.docs), ids, one)
			for i, v := range one {
				best[i] = max(best[i], v)
			}
		}
		for i, v := range best {
			out[i] += v
		}
	case 't':
		for i, b := range r.parts {
			w := r.plan.parts[i].weight
			if w == 0 || b.IsEmpty() {
				continue
			}
			at := 0
			for it := roaring.And(b, hits).Iterator(); it.HasNext(); at++ {
				doc := it.Next()
				for ids[at] != doc { // a hit is one of ids, and both rise
					at++
				}
				out[at] += w
			}
		}
	}
}

// in reports whether a hit matched a term in a field, and in none before it.
func (r *result) in(field string, doc uint32) bool {
	if r.plan.op == '!' {
		return false
	}
	for i, b := range r.parts {
		if r.plan.parts[i].field == field && b.Contains(doc) {
			return true
		}
	}
	return slices.ContainsFunc(r.kids, func(k *result) bool { return k.in(field, doc) })
}
