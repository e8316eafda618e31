package steward

import (
	"fmt"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
)

func (p *planning) cut(record, identifier string) (cdp.Decision, error) {
	s, err := p.side(record)
	if err != nil {
		return cdp.Decision{}, fmt.Errorf("thing 1: %w", err)
	}
	if s.ref.Kind != "record" && len(s.rows) > 1 {
		return cdp.Decision{}, planf("cdp-tui profile "+s.ref.ID+" lists its records", "%s has %d records: name the one that does not carry the identifier", s.ref.ID, len(s.rows))
	}
	row := s.rows[0]
	id, _, err := p.tx.Row(row.Source, row.Key)
	if err != nil {
		return cdp.Decision{}, err
	}
	rec, err := p.tx.Head(id)
	if err != nil {
		return cdp.Decision{}, err
	}
	var carried []cdp.Identifier
	for _, c := range rec.Claims {
		carried = append(carried, c.Identifier)
	}
	meant, err := p.among(carried, identifier)
	if err != nil {
		return cdp.Decision{}, fmt.Errorf("%v: %w", id, err)
	}
	return cdp.Decision{Verb: cdp.DecideCut, Rows: []cdp.DecidedRow{{Row: row}}, Identifier: meant}, nil
}

// among returns which of some identifiers is meant: by kind#tag, by kind when
// there is one of it, or as it is typed.
func (p *planning) among(carried []cdp.Identifier, typed string) (cdp.Identifier, error) {
	typed = strings.TrimSpace(typed)
	var hits []cdp.Identifier
	for _, id := range carried {
		if id.String() == typed {
			return id, nil
		}
		if string(id.Kind()) == typed {
			hits = append(hits, id)
		}
	}
	if len(hits) == 0 {
		found, err := p.typed(typed)
		if err != nil {
			return cdp.Identifier{}, err
		}
		for _, f := range found {
			if slices.ContainsFunc(carried, f.Same) && !slices.ContainsFunc(hits, f.Same) {
				hits = append(hits, f)
			}
		}
	}
	switch len(hits) {
	case 0:
		return cdp.Identifier{}, planf("cdp-tui record lists what a record carries", "it does not carry that identifier")
	case 1:
		return hits[0], nil
	}
	tags := make([]string, len(hits))
	for i, id := range hits {
		tags[i] = id.String()
	}
	return cdp.Identifier{}, planf("name one: "+strings.Join(tags, ", "), "it carries %d identifiers of that kind", len(hits))
}

// typed returns the identifiers that something carries and that are what was
// typed, as Find reads it.
func (p *planning) typed(text string) ([]cdp.Identifier, error) {
	t := query.IdentifierTerm{Text: cdp.Value(text)}
	if word, rest, ok := strings.Cut(text, ":"); ok && query.IsKind(strings.ToLower(word)) {
		t = query.IdentifierTerm{Kind: cdp.Kind(strings.ToLower(word)), Text: cdp.Value(strings.Trim(rest, `" `))}
	}
	carriers, err := p.s.carriers(p.tx, t)
	if err != nil {
		return nil, err
	}
	var out []cdp.Identifier
	for _, c := range carriers {
		id := c.Identifier
		if p.s.opt.Canon != nil { // the key holds no tag
			if tagged, ok := p.s.opt.Canon(id.Kind(), id.Reveal()); ok && tagged.Same(id) {
				id = tagged
			}
		}
		if !slices.ContainsFunc(out, id.Same) {
			out = append(out, id)
		}
	}
	return out, nil
}

// carriedBy returns what a profile or a record carries.
func (p *planning) carriedBy(thing string) ([]cdp.Identifier, error) {
	found, err := p.s.find(p.tx, thing)
	if err != nil {
		return nil, err
	}
	f, err := one(found)
	if err != nil {
		return nil, err
	}
	p.looked = append(p.looked, f.Ref)
	e, err := p.s.end(p.tx, f)
	if err != nil {
		return nil, err
	}
	_, order, _, err := carriedBy(p.tx, e)
	return order, err
}

// identifier returns the one identifier that is meant: as it is typed, or as
// P-0000001/email#1a37e542, one that a profile or record carries.
func (p *planning) identifier(text string) (cdp.Identifier, error) {
	if thing, tag, ok := strings.Cut(text, "/"); ok && strings.Contains(tag, "#") {
		carried, err := p.carriedBy(thing)
		if err != nil {
			return cdp.Identifier{}, err
		}
		return p.among(carried, tag)
	}
	found, err := p.typed(text)
	if err != nil {
		return cdp.Identifier{}, err
	}
	switch len(found) {
	case 0:
		return cdp.Identifier{}, fmt.Errorf("nobody carries that identifier: %w", ErrNotFound)
	case 1:
		return found[0], nil
	}
	tags := make([]string, len(found))
	for i, id := range found {
		tags[i] = id.String()
	}
	return cdp.Identifier{}, planf("name its kind and issuer: loyalty:club:770001", "several identifiers are that: %s", strings.Join(tags, ", "))
}
