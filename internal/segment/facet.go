package segment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
)

// mostFacetValues bounds the values of a facet that are answered.
const mostFacetValues = 100

// A Facets narrows profiles to the chosen values of facets, and counts the
// values as the search index does: those of a facet over the profiles that the
// other facets leave, so that the counts say what choosing another would add.
type Facets struct {
	dims []facetOf
}

type facetOf struct {
	name   string
	chosen []string
	counts map[string]int
}

// FacetNames are the names of facets, in the order of an answer.
func FacetNames() []string {
	return []string{query.FieldSource, query.FieldChannel, query.FieldBasis, query.FieldConsent, query.FieldCountry}
}

// NewFacets counts for some chosen values; a facet that does not exist is an
// error.
func NewFacets(chosen map[string][]string) (*Facets, error) {
	f := &Facets{}
	for _, name := range FacetNames() {
		f.dims = append(f.dims, facetOf{name, slices.Clone(chosen[name]), make(map[string]int)})
	}
	for name := range chosen {
		if !slices.Contains(FacetNames(), name) {
			return nil, fmt.Errorf("segment: there is no facet %q", name)
		}
	}
	return f, nil
}

// facetValues are the values of a facet of a profile, none when it has no other.
func facetValues(name string, d *cdp.Document) (out []string) {
	add := func(v string) {
		if v != "" && len(v) < 1000 && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	switch name {
	case query.FieldSource:
		for _, v := range d.Sources {
			add(string(v))
		}
		return out
	case query.FieldChannel:
		for _, v := range d.Channels {
			add(string(v))
		}
	case query.FieldBasis:
		for _, v := range d.Bases {
			add(string(v))
		}
	case query.FieldConsent:
		for _, v := range d.Consents {
			add(string(v.Purpose) + "/" + string(v.State))
		}
	case query.FieldCountry:
		for _, v := range d.Countries {
			add(v)
		}
	}
	if len(out) == 0 {
		add(none)
	}
	return out
}

// stands reports whether a value is what a chosen one stands for: itself in any
// case, or a state of the purpose.
func (f *facetOf) stands(v string) bool {
	return slices.ContainsFunc(f.chosen, func(c string) bool {
		if f.name == query.FieldConsent && !strings.Contains(c, "/") {
			c = strings.Replace(c, "=", "/", 1)
		}
		return strings.EqualFold(v, c) || f.name == query.FieldConsent && strings.HasPrefix(strings.ToLower(v), strings.ToLower(c)+"/")
	})
}

// Add counts a profile, and reports whether it has a chosen value of each facet.
func (f *Facets) Add(d *cdp.Document) bool {
	values := make([][]string, len(f.dims))
	out, missing := -1, 0 // the facet of which it has no chosen value
	for i := range f.dims {
		dim := &f.dims[i]
		values[i] = facetValues(dim.name, d)
		if len(dim.chosen) > 0 && !slices.ContainsFunc(values[i], dim.stands) {
			out = i
			missing++
		}
	}
	for i := range f.dims {
		if missing == 0 || missing == 1 && out == i {
			for _, v := range values[i] {
				f.dims[i].counts[v]++
			}
		}
	}
	return missing == 0
}

// Counts returns the counts, the most frequent values first; chosen ones always.
func (f *Facets) Counts() []cdp.Facet {
	out := make([]cdp.Facet, len(f.dims))
	for i := range f.dims {
		dim := &f.dims[i]
		for _, c := range dim.chosen {
			one := facetOf{name: dim.name, chosen: []string{c}}
			found := false
			for v := range dim.counts {
				found = found || one.stands(v)
			}
			if !found {
				dim.counts[c] = 0
			}
		}
		out[i].Name = dim.name
		for v, n := range dim.counts {
			out[i].Values = append(out[i].Values, cdp.FacetValue{Value: v, Count: n})
		}
		slices.SortFunc(out[i].Values, func(a, b cdp.FacetValue) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
		})
		if all := out[i].Values; len(all) > mostFacetValues {
			kept := all[:mostFacetValues:mostFacetValues]
			for _, v := range all[mostFacetValues:] {
				if dim.stands(v.Value) {
					kept = append(kept, v)
				}
			}
			out[i].Values = kept
		}
	}
	return out
}
