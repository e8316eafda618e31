package search

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/query"
)

// values returns the values of a dimension that a term asks for, whatever
// their case. consent:newsletter stands for all its states.
func (p *planner) values(ctx context.Context, d dimension, t query.Term) ([]string, error) {
	fd, err := p.snap.FieldDictPrefix(fieldFacet, []byte{d.letter})
	if err != nil {
		return nil, fmt.Errorf("search: read the words of a field: %w", err)
	}
	want := strings.ToLower(t.Text)
	return p.collect(ctx, fd, func(term string) bool {
		v := strings.ToLower(term[1:])
		switch {
		case t.Mode == query.Prefix:
			return strings.HasPrefix(v, want)
		case d.letter == dimConsent && strings.HasPrefix(v, want+"/"):
			return true
		}
		return v == want
	})
}

// chosen returns the values of a facet that a chosen one stands for: itself,
// else what the query language would find by it, else itself again (no hits).
func (p *planner) chosen(ctx context.Context, d dimension, v string) ([]string, error) {
	if d.letter == dimConsent && !strings.Contains(v, "/") {
		v = strings.Replace(v, "=", "/", 1)
	}
	terms, err := p.values(ctx, d, query.Term{Field: d.field, Text: v})
	if err != nil {
		return nil, err
	}
	if len(terms) == 0 || slices.Contains(terms, string(rune(d.letter))+v) {
		return []string{v}, nil
	}
	for i := range terms {
		terms[i] = terms[i][1:]
	}
	return terms, nil
}

// has returns the terms of which a profile that has a thing carries one.
func (p *planner) has(ctx context.Context, thing string) ([]string, error) {
	if query.IsKind(thing) {
		return []string{string(rune(dimKind)) + thing}, nil
	}
	for _, d := range dimensions() {
		if d.field == thing {
			fd, err := p.snap.FieldDictPrefix(fieldFacet, []byte{d.letter})
			if err != nil {
				return nil, fmt.Errorf("search: read the words of a field: %w", err)
			}
			return p.collect(ctx, fd, func(term string) bool { return term[1:] != none })
		}
	}
	return []string{string(rune(dimHas)) + thing}, nil
}

func (p *planner) sizes(ctx context.Context, n query.Size) (*plan, error) {
	if n.Max == 0 {
		n.Max = maxSize
	}
	low, high := string(rune(dimSize))+sizeTerm(n.Min), string(rune(dimSize))+sizeTerm(n.Max)
	d, err := p.snap.FieldDictRange(fieldFacet, []byte(low), []byte(high))
	if err != nil {
		return nil, fmt.Errorf("search: read the words of a field: %w", err)
	}
	terms, err := p.collect(ctx, d, func(t string) bool { return t >= low && t <= high })
	return &plan{op: 't', parts: []part{{field: fieldFacet, terms: terms}}}, err
}

// days makes the plan of a range, which may be open: of the years in which
// anyone was seen.
func (p *planner) days(ctx context.Context, n query.Seen) (*plan, error) {
	out := &plan{op: 't', parts: []part{{field: fieldFacet}}}
	years, err := p.expand(ctx, fieldFacet, string(rune(dimYear)))
	if err != nil || len(years) == 0 {
		return out, err
	}
	first, err := time.Parse("2006", years[0][1:])
	if err != nil {
		return nil, fmt.Errorf("search: a year of the index: %w", err)
	}
	last, err := time.Parse("2006", years[len(years)-1][1:])
	if err != nil {
		return nil, fmt.Errorf("search: a year of the index: %w", err)
	}
	if n.From.Before(first) {
		n.From = first
	}
	if end := last.AddDate(1, 0, -1); n.To.IsZero() || n.To.After(end) {
		n.To = end
	}
	out.parts[0].terms = cover(n.From, n.To)
	return out, nil
}

// cover returns the terms of a range of days: whole years, else whole months,
// else days.
func cover(from, to time.Time) (terms []string) {
	for t := from; !t.After(to); {
		y, m, d := t.Date()
		year, month := t.AddDate(1, 0, -1), t.AddDate(0, 1, -1)
		switch {
		case m == 1 && d == 1 && !year.After(to):
			terms = append(terms, string(rune(dimYear))+t.Format("2006"))
			t = time.Date(y+1, 1, 1, 0, 0, 0, 0, time.UTC)
		case d == 1 && !month.After(to):
			terms = append(terms, string(rune(dimMonth))+t.Format("2006-01"))
			t = time.Date(y, m+1, 1, 0, 0, 0, 0, time.UTC)
		default:
			terms = append(terms, string(rune(dimDay))+t.Format(time.DateOnly))
			t = t.AddDate(0, 0, 1)
		}
	}
	return terms
}
