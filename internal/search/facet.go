package search

import (
	"cmp"
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
	chosen [][]string  // by dimension
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

// narrow returns the hits that have a chosen value in each facet, and counts.
// The values of a facet are counted over the hits that the other facets leave,
// so that the counts say what choosing another value would add.
func (c *chooser) narrow(p *postings, hits *roaring.Bitmap) (*roaring.Bitmap, error) {
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
	for i, d := range c.dims {
		base := all
		if sets[i] != nil {
			base = without(i)
		}
		if base.IsEmpty() {
			continue
		}
		if err := p.each(string(rune(d.letter)), func(term string, docs *roaring.Bitmap) error {
			if n := docs.AndCardinality(base); n > 0 {
				c.counts[i][term[1:]] += int(n)
			}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return all, nil
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
