package segment

import (
	"fmt"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
	"cdp-tui/internal/spelling"
)

// maxNested bounds saved segments that ask for saved segments.
const maxNested = 8

func (c *compiler) term(t query.Term) (test, error) {
	var carry test
	if id, only, ok := t.Identifier(); ok {
		var err error
		if carry, err = c.identifier(id); err != nil || only {
			return carry, err
		}
	}
	var rest test
	switch t.Field {
	case "":
		c.m.needs.Texts = true
		name, city, text, seg := c.words(t, names), c.words(t, cities), c.words(t, texts), c.words(t, segments)
		key := c.key(t)
		rest = func(s *Subject) bool { return name(s) || city(s) || text(s) || seg(s) || key(s) }
	case query.FieldName:
		rest = c.words(t, names)
	case query.FieldCity:
		rest = c.words(t, cities)
	case query.FieldText:
		c.m.needs.Texts = true
		rest = c.words(t, texts)
	case query.FieldSegment:
		rest = c.words(t, segments)
	case query.FieldRecord:
		rest = c.key(t)
	case query.FieldProfile:
		id, err := cdp.ParseProfileID(t.Text)
		if err != nil {
			return nil, fmt.Errorf("segment: %w", err)
		}
		rest = func(s *Subject) bool { return s.Profile == id }
	case query.FieldHas:
		return c.has(t), nil
	case query.FieldMay:
		return c.may(t), nil
	case query.FieldIn:
		return c.saved(t)
	default:
		f, ok := c.dimension(t)
		if !ok {
			return nil, fmt.Errorf("segment: there is no field %q", t.Field)
		}
		rest = f
	}
	if carry == nil {
		return rest, nil
	}
	return func(s *Subject) bool { return carry(s) || rest(s) }, nil
}

// identifier tests what records carry. The beginning of one is held against
// what each profile carries, so that there is no limit to how many have it.
func (c *compiler) identifier(id query.IdentifierTerm) (test, error) {
	if id.Prefix && id.Kind != cdp.KindRecord {
		begin := strings.ToLower(id.Text.Reveal())
		return func(s *Subject) bool {
			return slices.ContainsFunc(s.Identifiers, func(x cdp.Identifier) bool {
				return (id.Kind == "" || x.Kind() == id.Kind) && strings.HasPrefix(x.Reveal(), begin)
			})
		}, nil
	}
	return c.r.Carry(id)
}

func (c *compiler) has(t query.Term) test {
	if query.IsKind(t.Text) {
		return func(s *Subject) bool { return slices.Contains(s.Kinds, cdp.Kind(t.Text)) }
	}
	switch t.Text {
	case query.FieldName:
		return func(s *Subject) bool { return len(s.Names) > 0 }
	case query.FieldCity:
		return func(s *Subject) bool { return len(s.Cities) > 0 }
	case query.FieldSegment:
		return func(s *Subject) bool { return len(s.Segments) > 0 }
	case query.FieldText:
		c.m.needs.Texts = true
		return func(s *Subject) bool { return len(s.Texts) > 0 }
	}
	f, ok := c.dimension(query.Term{Field: t.Text})
	if !ok {
		return func(*Subject) bool { return false }
	}
	return f
}

// dimension tests a field whose values are compared whole. A term without text
// asks whether there is any.
func (c *compiler) dimension(t query.Term) (test, bool) {
	field := t.Field
	if t.Text == "" {
		t.Field = query.FieldHas
	}
	same := func(s string) string { return s }
	switch field {
	case query.FieldSource:
		return facet(t, false, among(func(s *Subject) []cdp.SourceID { return s.Sources }, func(v cdp.SourceID) string { return string(v) })), true
	case query.FieldChannel:
		return facet(t, true, among(func(s *Subject) []cdp.Channel { return s.Channels }, func(v cdp.Channel) string { return string(v) })), true
	case query.FieldBasis:
		return facet(t, true, among(func(s *Subject) []cdp.BasisKind { return s.Bases }, func(v cdp.BasisKind) string { return string(v) })), true
	case query.FieldCountry:
		return facet(t, true, among(func(s *Subject) []string { return s.Countries }, same)), true
	case query.FieldKind:
		return facet(t, false, among(func(s *Subject) []cdp.Kind { return s.Kinds }, func(v cdp.Kind) string { return string(v) })), true
	case query.FieldTouchpoint:
		return facet(t, false, among(func(s *Subject) []string { return s.TouchKinds }, same)), true
	case query.FieldOutcome:
		return facet(t, false, among(func(s *Subject) []cdp.Outcome { return s.Outcomes }, func(o cdp.Outcome) string { return strings.ReplaceAll(o.String(), " ", "-") })), true
	case query.FieldConsent:
		c.m.needs.Consents = true
		return facet(t, true, parts(t, func(s *Subject, f func(...string) bool) bool {
			return slices.ContainsFunc(s.Consents, func(v cdp.DocumentConsent) bool { return f(string(v.Purpose), string(v.State)) })
		})), true
	case query.FieldWish:
		c.m.needs.Wishes = true
		return facet(t, true, parts(t, func(s *Subject, f func(...string) bool) bool {
			return slices.ContainsFunc(s.Wishes, func(w cdp.Preferring) bool {
				if w.Wish == cdp.WishUnstated || w.Wish == cdp.WishNone {
					return false
				}
				channel := string(w.Channel)
				if channel == "" {
					channel = "any"
				}
				return f(channel, string(w.Wish)) || f(string(w.Wish)) || f(channel, w.Topic, string(w.Wish))
			})
		})), true
	case query.FieldShared:
		c.m.needs.Shares = true
		return facet(t, true, parts(t, func(s *Subject, f func(...string) bool) bool {
			return slices.ContainsFunc(s.Shares, func(v cdp.Share) bool { return f(v.Recipient, string(v.Purpose)) })
		})), true
	}
	return nil, false
}

// parts compares values of several words: a term that is the first of them
// stands for all that begin with it.
func parts(t query.Term, each func(*Subject, func(...string) bool) bool) func(*Subject, func(string) bool) bool {
	want := strings.ToLower(t.Text)
	return func(s *Subject, is func(string) bool) bool {
		return each(s, func(words ...string) bool {
			v := strings.Join(words, "/")
			return is(v) || t.Mode == query.Word && want != "" && strings.HasPrefix(strings.ToLower(v), want+"/")
		})
	}
}

func (c *compiler) may(t query.Term) test {
	purpose := cdp.PurposeID(t.Text)
	if !slices.Contains(c.m.needs.May, purpose) {
		c.m.needs.May = append(c.m.needs.May, purpose)
	}
	return func(s *Subject) bool { return slices.Contains(s.May, purpose) }
}

func (c *compiler) saved(t query.Term) (test, error) {
	if c.depth++; c.depth > maxNested {
		return nil, fmt.Errorf("segment: more than %d saved segments within each other", maxNested)
	}
	defer func() { c.depth-- }()
	n, err := c.r.Saved(t.Text)
	if err != nil {
		return nil, err
	}
	return c.node(n)
}

func names(s *Subject) ([]cdp.Value, bool)    { return s.Names, true }
func cities(s *Subject) ([]cdp.Value, bool)   { return s.Cities, false }
func texts(s *Subject) ([]cdp.Value, bool)    { return s.Texts, false }
func segments(s *Subject) ([]cdp.Value, bool) { return s.Segments, false }

// words tests the words of values; joined values are read as one text.
func (c *compiler) words(t query.Term, of func(*Subject) (values []cdp.Value, joined bool)) test {
	want := c.m.folder.Words(t.Text)
	if len(want) == 0 {
		return func(*Subject) bool { return false }
	}
	f := c.m.folder
	return func(s *Subject) bool {
		values, joined := of(s)
		var run []spelling.Word
		for _, v := range values {
			w := f.Words(v.Reveal())
			if joined {
				run = append(run, w...)
			} else if stands(w, want, t) {
				return true
			}
		}
		return joined && stands(run, want, t)
	}
}

// stands reports whether the wanted words stand in a text next to each other;
// a prefix or an edit distance is that of the last one.
func stands(run, want []spelling.Word, t query.Term) bool {
	for i := 0; i+len(want) <= len(run); i++ {
		ok := true
		for j := 0; ok && j < len(want); j++ {
			if j == len(want)-1 && (t.Mode == query.Prefix || t.Mode == query.Fuzzy) {
				ok = last(run[i+j], want[j], t, len(want) == 1)
			} else {
				ok = run[i+j].Key == want[j].Key
			}
		}
		if ok {
			return true
		}
	}
	return false
}

func last(have, want spelling.Word, t query.Term, alone bool) (ok bool) {
	short := ""
	if alone {
		short = spelling.Inner(want.Plain)
	}
	have.Forms(func(form string) {
		switch {
		case t.Mode == query.Fuzzy:
			ok = ok || spelling.Distance(form, want.Key) <= t.Fuzz
		case strings.HasPrefix(form, want.Plain), short != "" && strings.HasPrefix(form, short):
			ok = true
		}
	})
	return ok
}

// key tests the keys of records in their sources: the whole key, or a part of
// it that could stand for it.
func (c *compiler) key(t query.Term) test {
	ws := c.m.folder.Words(t.Text)
	if t.Mode == query.Fuzzy || len(ws) == 0 {
		return func(*Subject) bool { return false }
	}
	want, prefix := recordKey(t.Text), t.Mode == query.Prefix
	part := ""
	if len(ws) == 1 && (prefix && len([]rune(ws[0].Key)) >= 3 || !prefix && numbered(ws[0].Key)) {
		part = ws[0].Key
	}
	is := func(have, want string) bool { return have == want || prefix && strings.HasPrefix(have, want) }
	return func(s *Subject) bool {
		return slices.ContainsFunc(s.Records, func(k cdp.Value) bool {
			if is(recordKey(k.Reveal()), want) {
				return true
			}
			return part != "" && slices.ContainsFunc(c.m.folder.Words(k.Reveal()), func(w spelling.Word) bool { return numbered(w.Key) && is(w.Key, part) })
		})
	}
}

func numbered(s string) bool { return len(s) >= 3 && strings.ContainsAny(s, "0123456789") }

func recordKey(k string) string { return spelling.Cut([]byte(strings.ToLower(strings.TrimSpace(k)))) }
