package segment

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
	"cdp-tui/internal/spelling"
)

// Limits of what is shown of a match.
const (
	maxMatches   = 6   // of a hit
	fragmentSide = 60  // bytes of text before and after the first match
	MaxFragment  = 240 // bytes
)

// A Marker finds in a document what a query matched, to show it. It cuts the
// words of the shown documents again, so that the index need not keep their
// places.
type Marker struct {
	folder *spelling.Folder
	terms  []markTerm
}

// Marker finds what a query matched with the analysis of a matcher.
func (m *Matcher) Marker(n query.Node) *Marker { return NewMarker(m.folder, n) }

type markTerm struct {
	term  query.Term
	words []spelling.Word
	ident query.IdentifierTerm
	only  bool // an identifier and nothing else
	isID  bool
}

// NewMarker keeps the terms that a hit can match: those not negated.
func NewMarker(f *spelling.Folder, n query.Node) *Marker {
	m := &Marker{folder: f}
	var walk func(query.Node)
	walk = func(n query.Node) {
		switch n := n.(type) {
		case query.And:
			for _, x := range n {
				walk(x)
			}
		case query.Or:
			for _, x := range n {
				walk(x)
			}
		case query.Term:
			t := markTerm{term: n, words: f.Words(n.Text)}
			t.ident, t.only, t.isID = n.Identifier()
			m.terms = append(m.terms, t)
		}
	}
	walk(n)
	return m
}

// Marks reports whether there is anything to be found.
func (m *Marker) Marks() bool { return len(m.terms) > 0 }

// Mark returns where a document matches, one entry for each value. A term that
// matches none of the document's texts but may have been found as an
// identifier is answered with the kind as the field and no text.
func (m *Marker) Mark(d cdp.Document) []cdp.Match {
	var out []cdp.Match
	add := func(field string, values []cdp.Value) {
		for _, v := range values {
			if len(out) == maxMatches {
				return
			}
			if spans := m.spans(field, v.Reveal()); len(spans) > 0 {
				out = append(out, fragment(field, v.Reveal(), spans))
			}
		}
	}
	for _, t := range m.terms {
		if t.isID {
			field := string(t.ident.Kind)
			if field == "" {
				field = query.FieldID
			}
			if t.only || (t.ident.Kind == "" || slices.Contains(d.Kinds, t.ident.Kind)) && !m.found(t, d) {
				out = append(out, cdp.Match{Field: field})
			}
		}
	}
	add(query.FieldName, d.Names)
	add(query.FieldRecord, d.Records)
	add(query.FieldCity, d.Cities)
	add(query.FieldSegment, d.Segments)
	add(query.FieldText, d.Texts)
	return out
}

// found reports whether a term alone matches a text of the document.
func (m *Marker) found(t markTerm, d cdp.Document) bool {
	one := &Marker{folder: m.folder, terms: []markTerm{t}}
	for _, f := range []struct {
		name   string
		values []cdp.Value
	}{{query.FieldName, d.Names}, {query.FieldCity, d.Cities}, {query.FieldSegment, d.Segments}, {query.FieldText, d.Texts}, {query.FieldRecord, d.Records}} {
		for _, v := range f.values {
			if len(one.spans(f.name, v.Reveal())) > 0 {
				return true
			}
		}
	}
	return false
}

// spans returns the byte ranges of a text that match, in order, merged where
// they meet.
func (m *Marker) spans(field, text string) [][2]int {
	var out [][2]int
	var words []spelling.Word
	for _, t := range m.terms {
		if t.only || t.term.Field != "" && t.term.Field != field || len(t.words) == 0 {
			continue
		}
		if field == query.FieldRecord && t.matchesKey(text) {
			return [][2]int{{0, len(text)}}
		}
		if field == query.FieldRecord && len(t.words) > 1 {
			continue
		}
		if words == nil {
			words = m.folder.Words(text)
		}
		for i := 0; i+len(t.words) <= len(words); i++ {
			if t.matches(words[i:]) {
				out = append(out, [2]int{words[i].Start, words[i+len(t.words)-1].End})
			}
		}
	}
	slices.SortFunc(out, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	merged := out[:0]
	for _, s := range out {
		if n := len(merged); n > 0 && s[0] <= merged[n-1][1] {
			merged[n-1][1] = max(merged[n-1][1], s[1])
		} else {
			merged = append(merged, s)
		}
	}
	return merged
}

func (t markTerm) matchesKey(key string) bool {
	if t.term.Mode == query.Fuzzy {
		return false
	}
	have, want := recordKey(key), recordKey(t.term.Text)
	return have == want || t.term.Mode == query.Prefix && strings.HasPrefix(have, want)
}

// matches reports whether the words of a term stand at the beginning of words.
func (t markTerm) matches(words []spelling.Word) bool {
	for i, w := range t.words[:len(t.words)-1] {
		if words[i].Key != w.Key {
			return false
		}
	}
	return t.matchesWord(words[len(t.words)-1])
}

func (t markTerm) matchesWord(w spelling.Word) (ok bool) {
	want := t.words[len(t.words)-1]
	switch t.term.Mode {
	case query.Prefix:
		k := spelling.Inner(want.Plain)
		w.Forms(func(f string) { ok = ok || strings.HasPrefix(f, want.Plain) || k != "" && strings.HasPrefix(f, k) })
	case query.Fuzzy:
		w.Forms(func(f string) { ok = ok || spelling.Distance(f, want.Key) <= t.term.Fuzz })
	default:
		ok = w.Key == want.Key
	}
	return ok
}

// fragment cuts the part of a text around the first match.
func fragment(field, text string, spans [][2]int) cdp.Match {
	if len(text) <= MaxFragment {
		return cdp.Match{Field: field, Fragment: cdp.Value(text), Spans: spans}
	}
	from := boundary(text, spans[0][0]-fragmentSide)
	to := boundary(text, min(max(spans[0][1]+fragmentSide, from+2*fragmentSide), from+MaxFragment))
	m := cdp.Match{Field: field, Fragment: cdp.Value(text[from:to])}
	for _, s := range spans {
		if s[0] < to {
			m.Spans = append(m.Spans, [2]int{s[0] - from, min(s[1], to) - from})
		}
	}
	return m
}

// boundary returns the nearest beginning of a character at or before i.
func boundary(s string, i int) int {
	if i >= len(s) {
		return len(s)
	}
	for i > 0 && !utf8.RuneStart(s[i]) {
		i--
	}
	return max(i, 0)
}
