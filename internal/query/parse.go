package query

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a query. They keep a pasted page, or a hostile saved search, from
// costing more than an answer is worth.
const (
	MaxLength = 1000 // characters
	MaxTerms  = 64
	maxDepth  = 32 // of parentheses
	minPrefix = 2  // letters or digits before *
	minFuzzy  = 3  // letters or digits before ~
)

// Parse reads a query. The error is an *[Error].
//
// A dash that stands alone (anna - berlin) is punctuation and is left out; one
// right before something negates it (anna -berlin).
//
//	or     = and { "or" and }
//	and    = unary { [ "and" ] unary }
//	unary  = ( "-" | "not" ) unary | "(" or ")" | "*" | field ":" "(" or ")" | [ field ":" ] term
//	term   = word | word "*" | word "~" [ "1" | "2" ] | '"' phrase '"' | range
func Parse(s string) (Node, error) {
	if n := utf8.RuneCountInString(s); n > MaxLength {
		return nil, &Error{Pos: len(string([]rune(s)[:MaxLength])), Msg: fmt.Sprintf("the query is longer than %d characters", MaxLength), Hint: "shorten it"}
	}
	p := &parser{s: s}
	if p.space(); p.end() {
		if i := strings.IndexByte(s, '-'); i >= 0 {
			return nil, p.fail(i, "a dash alone finds nothing", "write -word for what should not be found, or \\- to search for one")
		}
		return All{}, nil
	}
	n, err := p.or()
	if err != nil {
		return nil, err
	}
	if !p.end() { // only a closing parenthesis stops or early
		return nil, p.fail(p.pos, "a parenthesis is closed that was never opened", `write \) to search for it`)
	}
	return n, nil
}

type parser struct {
	s     string
	pos   int
	field string // of the parentheses we are in
	depth int
	terms int
}

func (p *parser) fail(pos int, msg, hint string) error { return &Error{Pos: pos, Msg: msg, Hint: hint} }
func (p *parser) end() bool                            { return p.pos >= len(p.s) }
func (p *parser) peek() byte {
	if p.end() {
		return 0
	}
	return p.s[p.pos]
}

func isSpace(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

// space skips spaces, and dashes that stand alone.
func (p *parser) space() {
	for !p.end() {
		r, n := utf8.DecodeRuneInString(p.s[p.pos:])
		if r == '-' {
			n = p.loneDash()
		} else if !isSpace(r) {
			return
		}
		if n == 0 {
			return
		}
		p.pos += n
	}
}

// loneDash returns the length of dashes that negate nothing: a space, the end
// or a closing parenthesis follows them.
func (p *parser) loneDash() int {
	rest := strings.TrimLeft(p.s[p.pos:], "-")
	if r, _ := utf8.DecodeRuneInString(rest); rest != "" && !isSpace(r) && r != ')' {
		return 0
	}
	return len(p.s) - p.pos - len(rest)
}

func isOperator(s string) bool {
	return strings.EqualFold(s, "and") || strings.EqualFold(s, "or") || strings.EqualFold(s, "not")
}

// operator takes the word op, in upper or lower case, if it stands here alone.
func (p *parser) operator(op string) bool {
	rest := p.s[p.pos:]
	if len(rest) < len(op) || !strings.EqualFold(rest[:len(op)], op) {
		return false
	}
	if r, _ := utf8.DecodeRuneInString(rest[len(op):]); len(rest) > len(op) && !isSpace(r) && r != '(' && r != ')' {
		return false
	}
	p.pos += len(op)
	p.space()
	return true
}

func (p *parser) or() (Node, error) {
	var parts Or
	for {
		n, err := p.and()
		if err != nil {
			return nil, err
		}
		if x, ok := n.(Or); ok {
			parts = append(parts, x...)
		} else {
			parts = append(parts, n)
		}
		start := p.pos
		if !p.operator("or") {
			break
		}
		if p.end() || p.peek() == ')' {
			return nil, p.fail(start, "nothing follows the operator or", `write what should be found, or \or to search for the word`)
		}
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return parts, nil
}

func (p *parser) and() (Node, error) {
	var parts And
	for {
		start := p.pos
		if len(parts) > 0 && p.operator("and") && (p.end() || p.peek() == ')') {
			return nil, p.fail(start, "nothing follows the operator and", `write what should be found, or \and to search for the word`)
		}
		n, err := p.unary()
		if err != nil {
			return nil, err
		}
		if x, ok := n.(And); ok {
			parts = append(parts, x...)
		} else {
			parts = append(parts, n)
		}
		p.space()
		here := p.pos
		or := p.operator("or")
		p.pos = here
		if or || p.end() || p.peek() == ')' {
			break
		}
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return parts, nil
}

func (p *parser) unary() (Node, error) {
	p.space()
	start := p.pos
	switch {
	case p.end():
		return nil, p.fail(start, "the query ends where something to find should stand", "")
	case p.operator("and"), p.operator("or"):
		return nil, p.fail(start, "an operator stands where something to find should stand", `write \and or \or to search for the word`)
	case p.peek() == '-' || p.operator("not"):
		if p.pos == start {
			p.pos++
		}
		if p.depth++; p.depth > maxDepth {
			return nil, p.fail(start, "the query is nested too deeply", "")
		}
		x, err := p.unary()
		p.depth--
		if err != nil {
			return nil, err
		}
		if n, ok := x.(Not); ok { // not not x is x
			return n.X, nil
		}
		return Not{x}, nil
	case p.peek() == '(':
		return p.group(p.field)
	}
	return p.term()
}

func (p *parser) group(field string) (Node, error) {
	start := p.pos
	if p.depth++; p.depth > maxDepth {
		return nil, p.fail(start, "the query is nested too deeply", "")
	}
	outer := p.field
	p.field = field
	p.pos++
	p.space()
	if p.peek() == ')' {
		return nil, p.fail(start, "the parentheses are empty", `write \( to search for a parenthesis`)
	}
	n, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.peek() != ')' {
		return nil, p.fail(start, "a parenthesis is opened and never closed", "add a ) at the end")
	}
	p.pos++
	p.space()
	p.field = outer
	p.depth--
	return n, nil
}

// term reads [field:]word and what follows it.
func (p *parser) term() (Node, error) {
	start := p.pos
	if p.terms++; p.terms > MaxTerms {
		return nil, p.fail(start, fmt.Sprintf("the query has more than %d terms", MaxTerms), "")
	}
	field := p.field
	if i := p.fieldEnd(); i >= 0 {
		name := strings.ToLower(p.s[p.pos:i])
		if !isField(name) {
			return nil, p.fail(p.pos, "there is no such field", suggest(name))
		}
		field = name
		p.pos = i + 1
		if p.peek() == '(' {
			return p.group(field)
		}
	}
	if p.end() || p.peek() == ')' {
		return nil, p.fail(start, "the field has no value", "write it right after the colon, without a space")
	}
	if r, _ := utf8.DecodeRuneInString(p.s[p.pos:]); isSpace(r) {
		return nil, p.fail(p.pos, "the field has no value", "write it right after the colon, without a space")
	}
	at := p.pos
	if p.peek() == '"' {
		text, err := p.quoted()
		if err != nil {
			return nil, err
		}
		p.space()
		return p.check(Term{Field: field, Text: text, Mode: Phrase}, at)
	}
	w, err := p.word()
	if err != nil {
		return nil, err
	}
	p.space()
	switch field {
	case FieldSeen, FieldSize:
		return p.ranged(field, w, at)
	case FieldCount:
		return p.count(w, at)
	}
	if w.text == "" && w.mode == Prefix && field == "" {
		return All{}, nil
	}
	t := Term{Field: field, Text: w.text, Mode: w.mode, Fuzz: w.fuzz}
	if field == "" && t.Mode == Word {
		switch {
		case isProfileID(t.Text):
			t.Field = FieldProfile
		case isRecordID(t.Text):
			t.Field = FieldRecord
		}
	}
	return p.check(t, at)
}

// fieldEnd returns the offset of the colon that ends a field name here, -1 when
// there is none. A field name is letters, digits, _ and -.
func (p *parser) fieldEnd() int {
	for i := p.pos; i < len(p.s); i++ {
		c := p.s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-':
		case c == ':' && i > p.pos:
			return i
		default:
			return -1
		}
	}
	return -1
}

type word struct {
	text string // without escapes
	mode Mode
	fuzz int
	dots int // offset in text of the first unescaped "..", -1 for none
}

// word reads up to a space, a parenthesis or a quote.
func (p *parser) word() (word, error) {
	w := word{dots: -1}
	var b strings.Builder
	for !p.end() {
		r, n := utf8.DecodeRuneInString(p.s[p.pos:])
		if isSpace(r) || r == '(' || r == ')' || r == '"' {
			break
		}
		switch r {
		case '\\':
			p.pos++
			if p.end() {
				return w, p.fail(p.pos-1, "the query ends with a backslash", `write \\ to search for one`)
			}
			_, n = utf8.DecodeRuneInString(p.s[p.pos:])
			b.WriteString(p.s[p.pos : p.pos+n])
			p.pos += n
			continue
		case '*':
			if p.pos++; !p.wordEnds() {
				return w, p.fail(p.pos-1, "* can only end a word", `write \* to search for a star`)
			}
			w.mode = Prefix
			w.text = b.String()
			return w, nil
		case '~':
			at := p.pos
			p.pos++
			w.mode, w.fuzz = Fuzzy, 1
			if c := p.peek(); c == '1' || c == '2' {
				w.fuzz = int(c - '0')
				p.pos++
			}
			if !p.wordEnds() {
				return w, p.fail(at, "~ can only end a word, with 1 or 2 after it", `write \~ to search for a tilde`)
			}
			w.text = b.String()
			return w, nil
		case '.':
			if w.dots < 0 && strings.HasPrefix(p.s[p.pos:], "..") {
				w.dots = b.Len()
			}
		}
		b.WriteString(p.s[p.pos : p.pos+n])
		p.pos += n
	}
	w.text = b.String()
	return w, nil
}

func (p *parser) wordEnds() bool {
	if p.end() {
		return true
	}
	r, _ := utf8.DecodeRuneInString(p.s[p.pos:])
	return isSpace(r) || r == ')' || r == '('
}

func (p *parser) quoted() (string, error) {
	start := p.pos
	var b strings.Builder
	for p.pos++; !p.end(); p.pos++ {
		switch c := p.s[p.pos]; c {
		case '"':
			p.pos++
			return b.String(), nil
		case '\\':
			if p.pos++; p.end() {
				return "", p.fail(start, "a quote is opened and never closed", `add a " at the end`)
			}
			b.WriteByte(p.s[p.pos])
		default:
			b.WriteByte(c)
		}
	}
	return "", p.fail(start, "a quote is opened and never closed", `add a " at the end`)
}
