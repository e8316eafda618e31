package decode

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonParser parses one JSON value strictly, in one pass (RFC 8259, and of its
// leeways the safe side): no key twice in an object, not even in another case,
// because encoding/json and many other readers would take the last or any of
// them; no lone surrogates; bounds on depth, members and lengths. Strings share
// the memory of the text where they need no unescaping.
type jsonParser struct {
	lim  *Limits
	s    string
	i    int
	keys []uint64 // hashes of the folded keys of the objects being read, innermost last
	bad  *jsonError
}

// jsonError is why a value is refused.
type jsonError struct {
	code   string
	reason string
	at     int      // place in the text
	path   []string // steps, innermost first
}

// field is the path of the damage. Keys that are not plain names may be data
// (an address as a key), so they are not told.
func (e *jsonError) field() string {
	var b strings.Builder
	for i := len(e.path) - 1; i >= 0; i-- {
		p := e.path[i]
		if p[0] != '[' && b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(p)
	}
	return b.String()
}

// plainName makes a key fit to be told: a name of a schema, not a value.
func plainName(k string) string {
	if k == "" || len(k) > 64 {
		return "*"
	}
	for i := 0; i < len(k); i++ {
		c := k[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$'
		if !letter && (i == 0 || c != ':' && c != '-' && (c < '0' || c > '9')) {
			return "*"
		}
	}
	return k
}

// JSONValue reads one JSON value as strictly as a row is read, with the default
// limits: for JSON within the cell of a CSV. The error is a *RowError without a place.
func JSONValue(s string) (any, error) {
	bad := &RowError{Raw: []byte(s)}
	if code, reason := damage(bad.Raw, "utf-8"); code != "" {
		bad.Code, bad.Reason = "json."+code, reason
		return nil, bad
	}
	lim := DefaultLimits()
	p := jsonParser{lim: &lim}
	v, e := p.parse(s)
	if e != nil {
		bad.Code, bad.Field, bad.Reason = e.code, e.field(), e.reason
		return nil, bad
	}
	return v, nil
}

// parse reads one value that fills the text but for space around it.
func (p *jsonParser) parse(s string) (any, *jsonError) {
	p.s, p.i, p.bad, p.keys = s, 0, nil, p.keys[:0]
	p.space()
	v, ok := p.value(0)
	if ok {
		if p.space(); p.i < len(p.s) {
			ok = p.fail("json.syntax", "something follows the value")
		}
	}
	if !ok {
		return nil, p.bad
	}
	return v, nil
}

func (p *jsonParser) fail(code, reason string) bool {
	p.bad = &jsonError{code: code, reason: reason, at: p.i}
	return false
}

func (p *jsonParser) space() {
	for p.i < len(p.s) {
		switch p.s[p.i] {
		case ' ', '\t', '\n', '\r':
			p.i++
		default:
			return
		}
	}
}

func (p *jsonParser) value(depth int) (any, bool) {
	if p.i >= len(p.s) {
		return nil, p.fail("json.syntax", "ends where a value should be")
	}
	switch c := p.s[p.i]; {
	case c == '"':
		s, ok := p.str()
		return s, ok
	case c == '{':
		return p.object(depth + 1)
	case c == '[':
		return p.array(depth + 1)
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	case strings.HasPrefix(p.s[p.i:], "true"):
		p.i += 4
		return true, true
	case strings.HasPrefix(p.s[p.i:], "false"):
		p.i += 5
		return false, true
	case strings.HasPrefix(p.s[p.i:], "null"):
		p.i += 4
		return nil, true
	}
	return nil, p.fail("json.syntax", "something that is not JSON stands where a value should be")
}

func (p *jsonParser) deep(depth int) bool {
	if depth > p.lim.Depth {
		return !p.fail("json.depth", fmt.Sprintf("is nested deeper than %d", p.lim.Depth))
	}
	return false
}

func (p *jsonParser) object(depth int) (any, bool) {
	if p.deep(depth) {
		return nil, false
	}
	m := make(map[string]any)
	p.i++
	p.space()
	if p.i < len(p.s) && p.s[p.i] == '}' {
		p.i++
		return m, true
	}
	first := len(p.keys)
	for {
		if p.i >= len(p.s) || p.s[p.i] != '"' {
			return nil, p.fail("json.syntax", "a key in double quotes is missing")
		}
		at := p.i
		key, ok := p.str()
		if !ok {
			return nil, false
		}
		if !p.fresh(key, m, first, at) {
			return nil, false
		}
		if p.space(); p.i >= len(p.s) || p.s[p.i] != ':' {
			return nil, p.fail("json.syntax", "a colon is missing after a key")
		}
		p.i++
		p.space()
		v, ok := p.value(depth)
		if !ok {
			p.bad.path = append(p.bad.path, plainName(key))
			return nil, false
		}
		m[key] = v
		p.space()
		if p.i < len(p.s) && p.s[p.i] == ',' {
			p.i++
			p.space()
			continue
		}
		if p.i >= len(p.s) || p.s[p.i] != '}' {
			return nil, p.fail("json.syntax", "a comma or closing brace is missing in an object")
		}
		p.i++
		p.keys = p.keys[:first]
		return m, true
	}
}

// fresh takes note of a key, if it is new in its object.
func (p *jsonParser) fresh(key string, m map[string]any, first, at int) bool {
	if len(p.keys)-first >= p.lim.Fields {
		return p.fail("json.fields", fmt.Sprintf("has an object with more than %d members", p.lim.Fields))
	}
	h := foldHash(key)
	for _, k := range p.keys[first:] {
		if k != h {
			continue
		}
		if _, again := m[key]; again {
			p.i = at
			p.fail("json.duplicate_key", "has a key twice in one object: which value counts can not be known")
			p.bad.path = []string{plainName(key)}
			return false
		}
		for o := range m {
			if strings.EqualFold(o, key) {
				p.i = at
				p.fail("json.folded_key", "has two keys in one object that differ only in case: which value counts can not be known")
				p.bad.path = []string{plainName(key)}
				return false
			}
		}
	}
	p.keys = append(p.keys, h)
	return true
}

// foldHash is FNV-1a of a key without its case, equal for keys that
// strings.EqualFold holds equal (the long s and the Kelvin sign included).
func foldHash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf {
			for _, r := range s[i:] {
				h = (h ^ uint64(foldRune(r))) * 1099511628211
			}
			return h
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}

// foldRune is the least of the runes that fold together, but lower case for ASCII.
func foldRune(r rune) rune {
	low := r
	for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
		low = min(low, o)
	}
	if low >= 'A' && low <= 'Z' {
		low += 'a' - 'A'
	}
	return low
}

func (p *jsonParser) array(depth int) (any, bool) {
	if p.deep(depth) {
		return nil, false
	}
	a := []any{}
	p.i++
	p.space()
	if p.i < len(p.s) && p.s[p.i] == ']' {
		p.i++
		return a, true
	}
	for {
		v, ok := p.value(depth)
		if !ok {
			p.bad.path = append(p.bad.path, fmt.Sprintf("[%d]", len(a)))
			return nil, false
		}
		a = append(a, v)
		p.space()
		if p.i < len(p.s) && p.s[p.i] == ',' {
			p.i++
			p.space()
			continue
		}
		if p.i >= len(p.s) || p.s[p.i] != ']' {
			return nil, p.fail("json.syntax", "a comma or closing bracket is missing in a list")
		}
		p.i++
		return a, true
	}
}

// number is -? int frac? exp? (RFC 8259, 6), kept as written.
func (p *jsonParser) number() (any, bool) {
	from := p.i
	if p.s[p.i] == '-' {
		p.i++
	}
	ok := true
	if p.i < len(p.s) && p.s[p.i] == '0' {
		p.i++
	} else {
		ok = p.digits()
	}
	if ok && p.i < len(p.s) && p.s[p.i] == '.' {
		p.i++
		ok = p.digits()
	}
	if ok && p.i < len(p.s) && (p.s[p.i] == 'e' || p.s[p.i] == 'E') {
		p.i++
		if p.i < len(p.s) && (p.s[p.i] == '+' || p.s[p.i] == '-') {
			p.i++
		}
		ok = p.digits()
	}
	switch {
	case !ok:
		return nil, p.fail("json.syntax", "a number is not written as JSON has it")
	case p.i-from > p.lim.Field:
		return nil, p.fail("json.field_too_long", fmt.Sprintf("has a number of more than %d bytes", p.lim.Field))
	}
	return json.Number(p.s[from:p.i]), true
}

func (p *jsonParser) digits() bool {
	from := p.i
	for p.i < len(p.s) && p.s[p.i] >= '0' && p.s[p.i] <= '9' {
		p.i++
	}
	return p.i > from
}

func (p *jsonParser) str() (string, bool) {
	p.i++
	from := p.i
	for p.i < len(p.s) {
		switch c := p.s[p.i]; {
		case c == '"':
			s := p.s[from:p.i]
			if len(s) > p.lim.Field {
				return "", p.longString()
			}
			p.i++
			return s, true
		case c == '\\':
			return p.escaped(from)
		case c < ' ':
			return "", p.fail("json.syntax", "a string holds a control character, or is not closed")
		}
		p.i++
	}
	return "", p.fail("json.syntax", "a string is not closed")
}

func (p *jsonParser) longString() bool {
	return p.fail("json.field_too_long", fmt.Sprintf("has a string of more than %d bytes", p.lim.Field))
}

// escaped reads the string that began at from and holds a backslash at p.i.
func (p *jsonParser) escaped(from int) (string, bool) {
	b := append(make([]byte, 0, 2*(p.i-from)+32), p.s[from:p.i]...)
	for p.i < len(p.s) {
		c := p.s[p.i]
		switch {
		case c == '"':
			if len(b) > p.lim.Field {
				return "", p.longString()
			}
			p.i++
			return string(b), true
		case c < ' ':
			return "", p.fail("json.syntax", "a string holds a control character, or is not closed")
		case c != '\\':
			b = append(b, c)
			p.i++
			continue
		}
		if p.i+1 >= len(p.s) {
			break
		}
		e := p.s[p.i+1]
		if e == 'u' {
			r, n := p.unicodeEscape()
			if n == 0 {
				return "", false
			}
			b = utf8.AppendRune(b, r)
			p.i += n
			continue
		}
		k := strings.IndexByte(`"\/bfnrt`, e)
		if k < 0 {
			return "", p.fail("json.syntax", "a string holds an escape that JSON does not have")
		}
		b = append(b, "\"\\/\b\f\n\r\t"[k])
		p.i += 2
	}
	return "", p.fail("json.syntax", "a string is not closed")
}

// unicodeEscape reads \uXXXX, or the two of a surrogate pair; n is 0 if it can not be.
func (p *jsonParser) unicodeEscape() (r rune, n int) {
	r, ok := hex4(p.s[p.i+2:])
	if !ok {
		p.fail("json.syntax", "a string holds an escape that JSON does not have")
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if rest := p.s[p.i+6:]; strings.HasPrefix(rest, `\u`) {
		if low, ok := hex4(rest[2:]); ok {
			if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
				return both, 12
			}
		}
	}
	p.fail("json.surrogate", "a string holds half of a surrogate pair")
	return 0, 0
}

func hex4(s string) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	var r rune
	for i := range 4 {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
