package query

import (
	"strings"

	"cdp-tui/internal/cdp"
)

// An IdentifierTerm is a part of a query that the store answers by looking an
// identifier up; the full-text index holds none.
type IdentifierTerm struct {
	Kind   cdp.Kind  // "" for any kind; KindRecord for a record id such as R-0000001
	Text   cdp.Value // raw, as the person wrote it
	Prefix bool
}

// Identifier returns the look-up that a term asks for. only is false for a
// bare word that merely looks like an identifier: it is searched as text too.
func (t Term) Identifier() (id IdentifierTerm, only, ok bool) {
	id = IdentifierTerm{Text: cdp.Value(t.Text), Prefix: t.Mode == Prefix}
	switch {
	case IsKind(t.Field):
		id.Kind = cdp.Kind(t.Field)
		return id, true, true
	case t.Field == FieldID:
		return id, true, true
	case t.Field == FieldRecord && isRecordID(t.Text):
		id.Kind = cdp.KindRecord
		return id, true, true
	case t.Field != "" || t.Mode == Fuzzy:
		return IdentifierTerm{}, false, false
	}
	if id.Kind, ok = looksLike(t.Text); !ok {
		return IdentifierTerm{}, false, false
	}
	return id, false, true
}

// Identifiers returns the terms of a query that the store has to answer, each
// once, in order.
func Identifiers(n Node) []IdentifierTerm {
	var out []IdentifierTerm
	seen := make(map[IdentifierTerm]bool)
	Walk(n, func(t Term) {
		if id, _, ok := t.Identifier(); ok && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	})
	return out
}

// Walk calls f for every term, in order.
func Walk(n Node, f func(Term)) {
	switch n := n.(type) {
	case And:
		for _, x := range n {
			Walk(x, f)
		}
	case Or:
		for _, x := range n {
			Walk(x, f)
		}
	case Not:
		Walk(n.X, f)
	case Term:
		f(n)
	}
}

func isRecordID(s string) bool {
	if len(s) < 3 || !strings.EqualFold(s[:2], "R-") {
		return false
	}
	_, err := cdp.ParseRecordID(s)
	return err == nil
}

func isProfileID(s string) bool {
	if len(s) < 3 || !strings.EqualFold(s[:2], "P-") {
		return false
	}
	_, err := cdp.ParseProfileID(s)
	return err == nil
}

// looksLike guesses what a bare word is: something@something is an e-mail
// address; a plus or zero and seven digits are a telephone number; eight
// characters with six digits are a number of some kind (card, order, cookie).
func looksLike(s string) (cdp.Kind, bool) {
	if at := strings.IndexByte(s, '@'); at > 0 && at < len(s)-1 && !strings.ContainsAny(s, " \t") {
		return cdp.KindEmail, true
	}
	digits, other := 0, 0
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '+' && i == 0, strings.ContainsRune(" -/().", r):
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == ':', r == '_':
			other++
		default:
			return "", false
		}
	}
	switch {
	case other == 0 && digits >= 7 && digits <= 15 && (s[0] == '+' || s[0] == '0' || s[0] == '('):
		return cdp.KindPhone, true
	case digits >= 6 && len(s) >= 8 && !strings.ContainsAny(s, "() "):
		return "", true
	}
	return "", false
}
