package search

import (
	"errors"
	"fmt"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	segment "github.com/blevesearch/scorch_segment_api/v2"

	"cdp-tui/internal/cdp"
)

// columns are what ranking and counting need of the documents of a segment.
// They are read from the segment once; segments never change.
type columns struct {
	profile []cdp.ProfileID
	day     []int32          // days since 1970-01-01; 0 for never
	crowd   []bool           // more than crowdFrom records
	values  map[byte][]value // of the facets, by letter; without those of more than maxKept values
}

// A value of a facet, with the documents of a segment that have it.
type value struct {
	name string
	docs *roaring.Bitmap // a copy
	n    int             // documents, deleted ones too
}

// maxKept bounds the values of a facet that are kept of a segment. A facet of
// more (a street mapped as a country) is counted from the file each time.
const maxKept = 2048

// columnsOf returns the columns of the segments of a snapshot, and forgets
// those of segments that are no more.
func (g *generation) columnsOf(snap *scorch.IndexSnapshot) ([]*columns, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	live := make(map[uint64]*columns)
	out := make([]*columns, len(snap.Segments()))
	for i, s := range snap.Segments() {
		c := g.columns[s.Id()]
		if c == nil || len(c.profile) != int(s.Segment().Count()) {
			var err error
			if c, err = readColumns(s.Segment()); err != nil {
				return nil, err
			}
		}
		live[s.Id()], out[i] = c, c
	}
	g.columns = live
	return out, nil
}

// crowdFrom is from how many records on a profile is ranked behind its equals.
const crowdFrom = 50

func readColumns(s segment.Segment) (*columns, error) {
	n := int(s.Count())
	c := &columns{profile: make([]cdp.ProfileID, n), day: make([]int32, n), crowd: make([]bool, n)}
	for i := range n {
		id, err := s.DocID(uint64(i))
		if err != nil {
			return nil, fmt.Errorf("search: read the id of a document: %w", err)
		}
		if c.profile[i], err = profileOf(id); err != nil {
			return nil, err
		}
	}
	p, err := newPostings(s, fieldFacet)
	if err != nil {
		return nil, err
	}
	err = p.each(string(rune(dimDay)), func(term string, docs *roaring.Bitmap) error {
		t, err := time.Parse(time.DateOnly, term[1:])
		if err != nil {
			return nil // a day beyond the year 9999: no rank by it
		}
		day := int32(t.Unix() / 86400)
		for it := docs.Iterator(); it.HasNext(); {
			c.day[it.Next()] = day
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = p.each(string(rune(dimSize)), func(term string, docs *roaring.Bitmap) error {
		if term > string(rune(dimSize))+sizeTerm(crowdFrom) {
			for it := docs.Iterator(); it.HasNext(); {
				c.crowd[it.Next()] = true
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	c.values = make(map[byte][]value)
	for _, d := range dimensions() {
		if !d.facet {
			continue
		}
		vs, err := readValues(p, d.letter)
		if err != nil {
			return nil, err
		}
		if vs != nil {
			c.values[d.letter] = vs
		}
	}
	return c, nil
}

// readValues returns the values of a facet; nil when they are too many.
func readValues(p *postings, letter byte) ([]value, error) {
	out := make([]value, 0, 16)
	err := p.each(string(rune(letter)), func(term string, docs *roaring.Bitmap) error {
		if len(out) == maxKept {
			return errTooMany
		}
		own := docs.Clone()
		own.CloneCopyOnWriteContainers() // Clone alone shares them with the file
		out = append(out, value{term[1:], own, int(own.GetCardinality())})
		return nil
	})
	if errors.Is(err, errTooMany) {
		return nil, nil
	}
	return out, err
}

// has returns the values of a facet that a document has.
func (c *columns) has(letter byte, doc uint32) (out []string) {
	for _, v := range c.values[letter] {
		if v.docs.Contains(doc) {
			out = append(out, v.name)
		}
	}
	return out
}

var errTooMany = errors.New("search: too many values")

// postings are the inverted lists of a field of a segment.
type postings struct {
	field string
	dict  segment.TermDictionary
	list  segment.PostingsList
	iter  segment.PostingsIterator
}

func newPostings(s segment.Segment, field string) (*postings, error) {
	d, err := s.Dictionary(field)
	if err != nil {
		return nil, fmt.Errorf("search: read the words of a field: %w", err)
	}
	return &postings{field: field, dict: d}, nil
}

// of returns the documents that have a term. The bitmap lies in the file: it
// may be read until the next call, and not changed.
func (p *postings) of(term string) (*roaring.Bitmap, error) {
	var err error
	if p.list, err = p.dict.PostingsList([]byte(term), nil, p.list); err != nil {
		return nil, fmt.Errorf("search: read a list: %w", err)
	}
	p.iter = p.list.Iterator(false, false, false, p.iter)
	o, ok := p.iter.(segment.OptimizablePostingsIterator)
	if !ok {
		return empty(), nil
	}
	if doc, ok := o.DocNum1Hit(); ok {
		return roaring.BitmapOf(uint32(doc)), nil
	}
	if b := o.ActualBitmap(); b != nil {
		return b, nil
	}
	return empty(), nil
}

// each calls f for every term that begins with prefix, in order.
func (p *postings) each(prefix string, f func(term string, docs *roaring.Bitmap) error) error {
	it := p.dict.AutomatonIterator(nil, []byte(prefix), after(prefix))
	for {
		e, err := it.Next()
		if err != nil {
			return fmt.Errorf("search: read the words of a field: %w", err)
		}
		if e == nil {
			return nil
		}
		term := e.Term // the iterator reuses the entry
		docs, err := p.of(term)
		if err != nil {
			return err
		}
		if err := f(term, docs); err != nil {
			return err
		}
	}
}

// after returns the first key beyond all that begin with prefix; nil for none.
func after(prefix string) []byte {
	b := []byte(prefix)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] < 0xff {
			b[i]++
			return b[:i+1]
		}
	}
	return nil
}

func empty() *roaring.Bitmap { return roaring.New() }
