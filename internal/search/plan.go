package search

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
	"cdp-tui/internal/spelling"
)

// Weights of a match, by field and by how it matched. They put names before
// texts and exact before fuzzy, do not depend on what else is in the index,
// and so can be explained.
const (
	weightIdentifier = 20 // the store found the identifier, or the id was given
	weightName       = 10
	weightRecord     = 8
	weightCity       = 3
	weightSegment    = 2
	weightText       = 1

	exactly = 1.0
	begins  = 0.6
	near1   = 0.5
	near2   = 0.3
)

// maxExpansion bounds the words that one prefix or fuzzy word stands for.
const maxExpansion = 20_000

// A plan is a query made ready for the segments: the words that prefixes,
// fuzzy words and values of dimensions stand for are known.
type plan struct {
	op    byte // * all, & and, | or, ! not, t term
	kids  []*plan
	parts []part // of a term, heaviest first
}

// weighs reports whether some hits can be worth more than others.
func (p *plan) weighs() bool {
	return p.op != '!' && (slices.ContainsFunc(p.parts, func(t part) bool { return t.weight > 0 }) || slices.ContainsFunc(p.kids, (*plan).weighs))
}

// A part is one way in which a term can match.
type part struct {
	weight float32
	field  string
	terms  []string   // any of them
	phrase [][]string // for each place any of these, next to each other
	ids    []string   // documents, whatever is in them
}

// A planner makes plans for one snapshot of the index.
type planner struct {
	folder *spelling.Folder
	snap   *scorch.IndexSnapshot
	ident  func(context.Context, query.IdentifierTerm) ([]cdp.ProfileID, error)
	now    func() time.Time // nil: what hangs on the day can not be asked
	cut    bool             // an expansion was cut off
}

func (p *planner) plan(ctx context.Context, n query.Node) (*plan, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	switch n := n.(type) {
	case query.All:
		return &plan{op: '*'}, nil
	case query.And:
		return p.kids(ctx, '&', n)
	case query.Or:
		return p.kids(ctx, '|', n)
	case query.Not:
		return p.kids(ctx, '!', []query.Node{n.X})
	case query.Size:
		return p.sizes(ctx, n)
	case query.Seen:
		if n.IsRelative() {
			if p.now == nil {
				return nil, errors.New("search: nobody says what day it is")
			}
			n = n.At(p.now())
		}
		return p.days(ctx, n)
	case query.Term:
		return p.term(ctx, n)
	}
	return nil, fmt.Errorf("search: a query of type %T", n)
}

func (p *planner) kids(ctx context.Context, op byte, ns []query.Node) (*plan, error) {
	out := &plan{op: op}
	for _, n := range ns {
		k, err := p.plan(ctx, n)
		if err != nil {
			return nil, err
		}
		out.kids = append(out.kids, k)
	}
	return out, nil
}

func (p *planner) term(ctx context.Context, t query.Term) (*plan, error) {
	out := &plan{op: 't'}
	if err := p.ways(ctx, out, t); err != nil {
		return nil, err
	}
	slices.SortStableFunc(out.parts, func(a, b part) int { return cmp.Compare(b.weight, a.weight) })
	return out, nil
}

// ways adds the ways in which a term can match.
func (p *planner) ways(ctx context.Context, out *plan, t query.Term) error {
	if id, only, ok := t.Identifier(); ok {
		profiles, err := p.ident(ctx, id)
		if err != nil {
			return fmt.Errorf("search: look an identifier up: %w", err)
		}
		ids := make([]string, len(profiles))
		for i, id := range profiles {
			ids[i] = docID(id)
		}
		out.parts = append(out.parts, part{weight: weightIdentifier, ids: ids})
		if only {
			return nil
		}
	}
	switch t.Field {
	case "":
		for _, field := range textFields() {
			if err := p.words(ctx, out, field, t); err != nil {
				return err
			}
		}
		return p.record(ctx, out, t)
	case query.FieldName, query.FieldCity, query.FieldText, query.FieldSegment:
		return p.words(ctx, out, t.Field, t)
	case query.FieldRecord:
		return p.record(ctx, out, t)
	case query.FieldProfile:
		id, err := cdp.ParseProfileID(t.Text)
		if err != nil {
			return fmt.Errorf("search: %w", err)
		}
		out.parts = []part{{weight: weightIdentifier, ids: []string{docID(id)}}}
		return nil
	case query.FieldHas:
		terms, err := p.has(ctx, t.Text)
		out.parts = []part{{field: fieldFacet, terms: terms}}
		return err
	}
	for _, d := range dimensions() {
		if d.field == t.Field {
			terms, err := p.values(ctx, d, t)
			out.parts = []part{{field: fieldFacet, terms: terms}}
			return err
		}
	}
	return fmt.Errorf("search: there is no field %q", t.Field)
}

// textFields are searched by a word without a field, heaviest first.
func textFields() []string {
	return []string{query.FieldName, query.FieldCity, query.FieldSegment, query.FieldText}
}

func weightOf(field string) float32 {
	switch field {
	case query.FieldName:
		return weightName
	case query.FieldCity:
		return weightCity
	case query.FieldSegment:
		return weightSegment
	case query.FieldRecord:
		return weightRecord
	}
	return weightText
}

// words adds the ways in which a term matches the words of a text field.
func (p *planner) words(ctx context.Context, out *plan, field string, t query.Term) error {
	ws := p.folder.Words(t.Text)
	if len(ws) == 0 {
		return nil
	}
	base := weightOf(field)
	if len(ws) > 1 { // a phrase, or a word that is several: weiß-popa, a name in a script without spaces
		return p.phrase(ctx, out, field, t, ws)
	}
	w := ws[0]
	switch t.Mode {
	case query.Prefix:
		terms, err := p.expand(ctx, field, w.Plain)
		if err != nil {
			return err
		}
		out.parts = append(out.parts, part{weight: base * begins, field: field, terms: terms})
		if k := spelling.Inner(w.Plain); k != "" {
			if terms, err = p.expand(ctx, field, k); err != nil {
				return err
			}
			out.parts = append(out.parts, part{weight: base * near1, field: field, terms: terms})
		}
	case query.Fuzzy:
		byDistance, err := p.near(ctx, field, w.Key, t.Fuzz)
		if err != nil {
			return err
		}
		for d, terms := range byDistance {
			out.parts = append(out.parts, part{weight: base * [...]float32{exactly, near1, near2}[d], field: field, terms: terms})
		}
	default:
		out.parts = append(out.parts, part{weight: base, field: field, terms: []string{w.Key}})
	}
	return nil
}

// phrase adds words that stand next to each other; a prefix or an edit
// distance is that of the last one.
func (p *planner) phrase(ctx context.Context, out *plan, field string, t query.Term, ws []spelling.Word) error {
	pt := part{weight: weightOf(field), field: field}
	for _, w := range ws {
		pt.phrase = append(pt.phrase, []string{w.Key})
	}
	last := &pt.phrase[len(ws)-1]
	var err error
	switch t.Mode {
	case query.Prefix:
		pt.weight *= begins
		*last, err = p.expand(ctx, field, ws[len(ws)-1].Plain)
	case query.Fuzzy:
		pt.weight *= near1
		var byDistance [][]string
		byDistance, err = p.near(ctx, field, ws[len(ws)-1].Key, t.Fuzz)
		*last = slices.Concat(byDistance...)
	}
	out.parts = append(out.parts, pt)
	return err
}

// record adds the ways in which a term matches the key of a record.
func (p *planner) record(ctx context.Context, out *plan, t query.Term) error {
	ws := p.folder.Words(t.Text)
	if t.Mode == query.Fuzzy || len(ws) == 0 {
		return nil
	}
	key := recordKey(t.Text)
	if t.Mode == query.Prefix {
		terms, err := p.expand(ctx, query.FieldRecord, key)
		if err == nil && len(ws) == 1 && utf8.RuneCountInString(ws[0].Key) >= 3 {
			var more []string
			more, err = p.expand(ctx, query.FieldRecord, ws[0].Key)
			terms = append(terms, more...)
		}
		out.parts = append(out.parts, part{weight: weightRecord * begins, field: query.FieldRecord, terms: terms})
		return err
	}
	out.parts = append(out.parts, part{weight: weightRecord, field: query.FieldRecord, terms: []string{key}})
	if len(ws) == 1 && len(ws[0].Key) >= 3 && strings.ContainsAny(ws[0].Key, "0123456789") {
		last := &out.parts[len(out.parts)-1]
		last.terms = append(last.terms, ws[0].Key)
	}
	return nil
}

// expand returns the words of a field that begin with prefix.
func (p *planner) expand(ctx context.Context, field, prefix string) ([]string, error) {
	d, err := p.snap.FieldDictPrefix(field, []byte(prefix))
	if err != nil {
		return nil, fmt.Errorf("search: read the words of a field: %w", err)
	}
	return p.collect(ctx, d, func(string) bool { return true })
}

// near returns the words of a field within n edits of word, by distance.
func (p *planner) near(ctx context.Context, field, word string, n int) ([][]string, error) {
	d, a, err := p.snap.FieldDictFuzzyAutomaton(field, word, n, "")
	if err != nil {
		return nil, fmt.Errorf("search: read the words of a field: %w", err)
	}
	out := make([][]string, n+1)
	_, err = p.collect(ctx, d, func(term string) bool {
		if ok, dist := a.MatchAndDistance(term); ok && int(dist) <= n {
			out[dist] = append(out[dist], term)
		}
		return false
	})
	return out, err
}

func (p *planner) collect(ctx context.Context, d index.FieldDict, keep func(string) bool) (terms []string, err error) {
	defer func() {
		if cerr := d.Close(); err == nil {
			err = cerr
		}
	}()
	for n := 0; ; n++ {
		e, err := d.Next()
		if err != nil {
			return nil, fmt.Errorf("search: read the words of a field: %w", err)
		}
		if e == nil {
			return terms, nil
		}
		if n >= maxExpansion {
			p.cut = true
			return terms, nil
		}
		if n%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if keep(e.Term) {
			terms = append(terms, e.Term)
		}
	}
}
