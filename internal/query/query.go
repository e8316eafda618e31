// Package query is the language in which profiles are asked for: a parser and
// the tree it makes. It is pure; search answers a tree from the full-text
// index, and the store answers the identifiers in it (see [Identifiers]).
// docs/queries.md tells users how to write one.
//
// The trap: a query often holds personal values (an e-mail address that a
// person wrote in with). [Node.String] gives them in clear, because a query
// must be kept and read again; [Error] never does. Whoever logs a query logs
// its digest.
package query

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"cdp-tui/internal/cdp"
)

// A Node is a query. String gives the canonical form: it parses to the same
// tree (unless spelling it out makes it longer than MaxLength).
type Node interface{ String() string }

// All matches every profile; it is what an empty query and * parse to.
type All struct{}

// And matches what all of its parts match. It has at least two, none an And.
type And []Node

// Or matches what at least one of its parts matches. It has at least two,
// none an Or.
type Or []Node

// Not matches what X does not. X is no Not.
type Not struct{ X Node }

// A Mode says how a term is compared.
type Mode uint8

// Modes.
const (
	Word   Mode = iota // the whole word, in every spelling
	Phrase             // words in this order, next to each other
	Prefix             // words that begin so
	Fuzzy              // words within an edit distance of Term.Fuzz
)

// A Term asks for a text in a field; in the usual fields when Field is "".
type Term struct {
	Field string // one of Fields, lower case, or ""
	Text  string // as written, without quotes, escapes and operators; personal
	Mode  Mode
	Fuzz  int // 1 or 2 for Fuzzy, else 0
}

// Seen asks for profiles whose latest record or touchpoint lies between two
// days (UTC), both included. A zero day is no bound; one of them is set. A
// bound may be so long before now instead of a day: see [Seen.At].
type Seen struct {
	From, To     time.Time
	Since, Until Ago // instead of From and To
}

// Size asks for profiles with Min to Max records, both included. Max 0 is no
// upper bound.
type Size struct{ Min, Max int }

// Field names that are not kinds of identifiers. The kinds of [cdp.Kinds] are
// fields too.
const (
	FieldName       = "name"
	FieldCity       = "city"
	FieldText       = "text" // free text of touchpoints
	FieldSegment    = "segment"
	FieldCountry    = "country"
	FieldSource     = "source"
	FieldChannel    = "channel"
	FieldBasis      = "basis"
	FieldConsent    = "consent" // purpose/state
	FieldKind       = "kind"    // kind of identifier the profile has
	FieldTouchpoint = "touchpoint"
	FieldHas        = "has"
	FieldRecord     = "record" // key in its source, or R-0000001
	FieldProfile    = "profile"
	FieldID         = "id" // an identifier of any kind
	FieldSeen       = "seen"
	FieldSize       = "size"
)

// Fields are the fields that are not kinds of identifiers, in the order in
// which they are explained.
func Fields() []string {
	return []string{FieldName, FieldCity, FieldText, FieldSegment, FieldCountry, FieldSource, FieldChannel, FieldBasis, FieldConsent,
		FieldKind, FieldTouchpoint, FieldHas, FieldRecord, FieldProfile, FieldID, FieldSeen, FieldSize}
}

// Things that has: asks for, besides the kinds of identifiers.
func Things() []string {
	return []string{FieldName, FieldCity, FieldCountry, FieldText, FieldSegment, FieldConsent, FieldBasis, FieldChannel, FieldTouchpoint}
}

// IsText reports whether the words of a field are compared in every spelling,
// with phrases and fuzzy words.
func IsText(field string) bool {
	switch field {
	case "", FieldName, FieldCity, FieldText, FieldSegment:
		return true
	}
	return false
}

// IsKind reports whether a field is a kind of identifier.
func IsKind(field string) bool {
	for _, k := range cdp.Kinds() {
		if string(k) == field && k != cdp.KindRecord {
			return true
		}
	}
	return false
}

func isField(s string) bool {
	return slices.Contains(Fields(), s) || slices.Contains(StoreFields(), s) || IsKind(s)
}

// An Error says where and why a query can not be read. It holds no text of the
// query; Show puts the two together for the person who wrote it.
type Error struct {
	Pos  int // byte offset in the query
	Msg  string
	Hint string // what to write instead; may be empty
}

func (e *Error) Error() string {
	if e.Hint == "" {
		return fmt.Sprintf("query: %s (at character %d)", e.Msg, e.Pos+1)
	}
	return fmt.Sprintf("query: %s (at character %d); %s", e.Msg, e.Pos+1, e.Hint)
}

// Show returns the query, a caret under the place, and what to do: three
// lines, control and format characters replaced by spaces. The caret counts
// one column for each character.
func (e *Error) Show(q string) string {
	flat := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
				return ' '
			}
			return r
		}, s)
	}
	pos := min(e.Pos, len(q))
	out := flat(q) + "\n" + strings.Repeat(" ", len([]rune(q[:pos]))) + "^\n" + e.Msg
	if e.Hint != "" {
		out += "; " + e.Hint
	}
	return out
}

func (All) String() string   { return "*" }
func (n Not) String() string { return "-" + group(n.X, true) }

func (n And) String() string {
	parts := make([]string, len(n))
	for i, x := range n {
		_, or := x.(Or)
		parts[i] = group(x, or)
	}
	return strings.Join(parts, " ")
}

func (n Or) String() string {
	parts := make([]string, len(n))
	for i, x := range n {
		parts[i] = x.String()
	}
	return strings.Join(parts, " or ")
}

func group(n Node, tight bool) string {
	switch n.(type) {
	case And, Or:
		if tight {
			return "(" + n.String() + ")"
		}
	}
	return n.String()
}

func (t Term) String() string {
	var b strings.Builder
	if t.Field != "" {
		b.WriteString(t.Field + ":")
	}
	if t.Mode == Phrase {
		b.WriteByte('"')
		for _, r := range []byte(t.Text) {
			if r == '"' || r == '\\' {
				b.WriteByte('\\')
			}
			b.WriteByte(r)
		}
		b.WriteByte('"')
		return b.String()
	}
	b.WriteString(escape(t.Text, t.Field == ""))
	switch t.Mode {
	case Prefix:
		b.WriteByte('*')
	case Fuzzy:
		b.WriteString("~" + strconv.Itoa(t.Fuzz))
	}
	return b.String()
}

// escape writes a word so that the lexer reads it back as it is.
func escape(s string, bare bool) string {
	var b strings.Builder
	if bare && isOperator(s) {
		b.WriteByte('\\')
	}
	for i, r := range s {
		switch {
		case strings.ContainsRune(`()"*~\`, r), isSpace(r),
			bare && r == ':',
			i == 0 && strings.ContainsRune("-<>=.", r), r == '.' && strings.HasPrefix(s[i:], ".."):
			b.WriteByte('\\')
		}
		if r == '\uFFFD' && !strings.HasPrefix(s[i:], "\uFFFD") {
			b.WriteByte(s[i]) // an invalid byte stays as it is
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func (n Seen) String() string {
	if n.Lately() {
		return FieldSeen + ":" + n.Since.String()
	}
	return FieldSeen + ":" + day(n.From) + n.Since.String() + ".." + day(n.To) + n.Until.String()
}

func (n Size) String() string {
	if n.Max == 0 {
		return fmt.Sprintf("%s:%d..", FieldSize, n.Min)
	}
	return fmt.Sprintf("%s:%d..%d", FieldSize, n.Min, n.Max)
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
