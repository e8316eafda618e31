package query

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"cdp-tui/internal/cdp"
)

// check holds a term against what its field can answer.
func (p *parser) check(t Term, at int) (Node, error) {
	letters := 0
	for _, r := range t.Text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			letters++
		}
	}
	switch {
	case t.Field == FieldSeen || t.Field == FieldSize:
		return p.ranged(t.Field, word{text: t.Text, dots: strings.Index(t.Text, "..")}, at)
	case t.Field == FieldCount:
		return p.count(word{text: t.Text}, at)
	case t.Mode == Prefix && letters == 0 && t.Field != "":
		return nil, p.fail(at, "* alone is not searched in a field", "has:"+orName(t.Field)+" finds profiles that have one")
	case letters == 0:
		return nil, p.fail(at, "there is no letter or digit to search for", "")
	case t.Mode == Prefix && letters < minPrefix:
		return nil, p.fail(at, fmt.Sprintf("* needs at least %d letters or digits before it", minPrefix), "write more of the word")
	case t.Mode == Fuzzy && letters < minFuzzy:
		return nil, p.fail(at, fmt.Sprintf("~ needs at least %d letters before it", minFuzzy), "write the word without ~")
	case t.Mode == Fuzzy && !IsText(t.Field):
		return nil, p.fail(at, "only names, cities, segments and texts are searched with ~", "write it in full, or with * at the end")
	}
	switch t.Field {
	case FieldOutcome, FieldWish, FieldShared, FieldMay, FieldIn:
		return p.stored(t, at)
	case FieldProfile:
		id, err := cdp.ParseProfileID(t.Text)
		if err != nil || t.Mode == Prefix {
			return nil, p.fail(at, "that is not the id of a profile", "write profile:P-0000001")
		}
		t.Text, t.Mode = id.String(), Word
	case FieldConsent:
		if !strings.Contains(t.Text, "/") {
			t.Text = strings.Replace(t.Text, "=", "/", 1)
		}
	case FieldHas:
		t.Text, t.Mode = strings.ToLower(t.Text), Word
		for _, s := range Things() {
			if s == t.Text {
				return t, nil
			}
		}
		if !IsKind(t.Text) {
			return nil, p.fail(at, "has: does not know that", "it knows "+strings.Join(Things(), ", ")+" and the kinds of identifiers")
		}
	}
	if t.Mode == Phrase && !IsText(t.Field) && t.Field != "" {
		t.Mode = Word // quotes only hold the value together
	}
	return t, nil
}

func orName(field string) string {
	for _, s := range Things() {
		if s == field {
			return s
		}
	}
	if IsKind(field) {
		return field
	}
	return FieldName
}

// ranged reads 3, 3..5, 3.., ..5, >3, >=3, <3, <=3 for numbers and days.
func (p *parser) ranged(field string, w word, at int) (Node, error) {
	if w.mode != Word {
		return nil, p.fail(at, field+": takes a range, not * or ~", "write "+field+":"+example(field))
	}
	low, high, s := "", "", w.text
	var above, below bool // exclusive
	switch {
	case strings.HasPrefix(s, ">="):
		low = s[2:]
	case strings.HasPrefix(s, "<="):
		high = s[2:]
	case strings.HasPrefix(s, ">"):
		low, above = s[1:], true
	case strings.HasPrefix(s, "<"):
		high, below = s[1:], true
	case w.dots >= 0:
		low, high = s[:w.dots], s[w.dots+2:]
	default:
		low, high = s, s
	}
	bad := p.fail(at, field+": can not read the range", "write "+field+":"+example(field))
	if low == "" && high == "" {
		return nil, bad
	}
	if field == FieldSize {
		n := Size{}
		for _, b := range []struct {
			s  string
			to *int
		}{{low, &n.Min}, {high, &n.Max}} {
			if b.s == "" {
				continue
			}
			v, err := strconv.Atoi(b.s)
			if err != nil || v < 0 || v > 1e9 || b.s[0] == '+' {
				return nil, bad
			}
			*b.to = v
		}
		if above {
			n.Min++
		}
		if below {
			n.Max--
		}
		n.Min = max(n.Min, 1) // every profile has a record
		if high != "" && n.Max < n.Min {
			return nil, p.fail(at, "size: no profile can be in that range", "the lower bound comes first")
		}
		return n, nil
	}
	return p.seen(s, low, high, above, below, at, bad)
}

func example(field string) string {
	if field == FieldSize {
		return "3, size:2..5 or size:>=3"
	}
	return "2026-01, seen:2026-01-01..2026-02-01, seen:>2026-01-01 or seen:30d"
}
