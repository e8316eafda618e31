package search

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"cdp-tui/internal/cdp"
)

// maxFacetValues bounds the values of a facet that are answered.
const maxFacetValues = 100

// A chooser narrows hits to the chosen values of facets and counts the values.
type chooser struct {
	dims   []dimension // facets, in the order of the answer
	chosen [][]string  // by dimension; after resolve as the index has them
	counts []map[string]int
}

func newChooser(chosen map[string][]string) *chooser {
	c := &chooser{}
	for _, d := range dimensions() {
		if d.facet {
			c.dims = append(c.dims, d)
			c.chosen = append(c.chosen, chosen[d.field])
			c.counts = append(c.counts, make(map[string]int))
		}
	}
	return c
}

// resolve replaces the chosen values by those of the index that they stand
// for: a purpose alone for all its states, and another case for the right one.
func (c *chooser) resolve(ctx context.Context, p *planner) error {
	for i, d := range c.dims {
		var out []string
		for _, v := range c.chosen[i] {
			found, err := p.chosen(ctx, d, v)
			if err != nil {
				return err
			}
			for _, v := range found {
				if !slices.Contains(out, v) {
					out = append(out, v)
				}
			}
		}
		c.chosen[i] = out
	}
	return nil
}

// narrow returns the hits of a segment that have a chosen value in each facet,
// and counts. The values of a facet are counted over the hits that the other
// facets leave, so that the counts say what choosing another value would add.
func (c *chooser) narrow(ctx context.Context, p *postings, cols *columns, hits *roaring.Bitmap) (*roaring.Bitmap, error) {
	sets := make([]*roaring.Bitmap, len(c.dims))
	for i, d := range c.dims {
		if len(c.chosen[i]) == 0 {
			continue
		}
		sets[i] = empty()
		for _, v := range c.chosen[i] {
			b, err := p.of(string(rune(d.letter)) + v)
			if err != nil {
				return nil, err
			}
			sets[i].Or(b)
		}
	}
	without := func(skip int) *roaring.Bitmap {
		out := hits
		for i, s := range sets {
			if s != nil && i != skip {
				out = roaring.And(out, s)
			}
		}
		return out
	}
	all := without(-1)
	ofAll := newCounter(all, len(cols.profile))
	for i, d := range c.dims {
		of := ofAll
		if sets[i] != nil {
			of = newCounter(without(i), len(cols.profile))
		}
		if of.docs.IsEmpty() {
			continue
		}
		add := func(v string, n int) {
			if n > 0 {
				c.counts[i][v] += n
			}
		}
		if kept, ok := cols.values[d.letter]; ok {
			for _, v := range kept {
				add(v.name, of.count(v.docs, v.n))
			}
			continue
		}
		err := p.each(string(rune(d.letter)), func(term string, docs *roaring.Bitmap) error {
			add(term[1:], of.count(docs, int(docs.GetCardinality())))
			return ctx.Err()
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// A counter counts how many of some documents are in a list.
type counter struct {
	docs *roaring.Bitmap
	rest *roaring.Bitmap // the other documents of the segment, if they are fewer; else nil
}

func newCounter(docs *roaring.Bitmap, of int) counter {
	c := counter{docs: docs}
	if 2*docs.GetCardinality() > uint64(of) {
		rest := roaring.Flip(docs, 0, uint64(of))
		c.rest = roaring.BitmapOf(rest.ToArray()...) // without runs, which are slow to count with
	}
	return c
}

// count returns how many of the documents are in a list of n.
func (c counter) count(list *roaring.Bitmap, n int) int {
	if c.rest != nil {
		return n - int(list.AndCardinality(c.rest))
	}
	return int(list.AndCardinality(c.docs))
}

// facets returns the counts, the most frequent values first; chosen values
// always.
func (c *chooser) facets() []cdp.Facet {
	out := make([]cdp.Facet, len(c.dims))
	for i, d := range c.dims {
		for _, v := range c.chosen[i] {
			c.counts[i][v] += 0
		}
		f := cdp.Facet{Name: d.field}
		for v, n := range c.counts[i] {
			f.Values = append(f.Values, cdp.FacetValue{Value: v, Count: n})
		}
		slices.SortFunc(f.Values, func(a, b cdp.FacetValue) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
		})
		if len(f.Values) > maxFacetValues {
			kept := f.Values[:maxFacetValues:maxFacetValues]
			for _, v := range f.Values[maxFacetValues:] {
				if slices.Contains(c.chosen[i], v.Value) {
					kept = append(kept, v)
				}
			}
			f.Values = kept
		}
		out[i] = f
	}
	return out
}
