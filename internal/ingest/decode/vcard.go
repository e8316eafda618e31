package decode

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/emersion/go-vcard"
)

// vcardReader reads vCards: 3.0 and 4.0 (RFC 2426, 6350) through go-vcard,
// 2.1 by itself. A card ends with its END line or where the next begins.
type vcardReader struct {
	t       *text
	lim     Limits
	charset string
	given   string // Options.Charset
	info    *Info
	binary  bool // warned of
}

func newVCard(t *text, o Options, info *Info) *vcardReader {
	return &vcardReader{t: t, lim: o.Limits, charset: info.Charset, given: o.Charset, info: info}
}

func (r *vcardReader) next() (Row, error) {
	if err := r.skipBlank(); err != nil {
		return Row{}, err
	}
	n, inside, bad, err := r.block()
	if bad != nil || err != nil {
		if bad != nil {
			return Row{}, bad
		}
		return Row{}, err
	}
	s := string(r.t.pending()[:n])
	row := Row{Line: r.t.line, Offset: r.t.off, Raw: bytesOf(s)}
	bad = inside
	if bad == nil {
		row.Tree, bad = r.card(s)
	}
	if bad != nil {
		bad.Line, bad.Offset = r.t.line, r.t.off
		bad.Raw, bad.Cut = r.t.raw(n)
		row = Row{}
	}
	r.t.take(n)
	if bad != nil {
		return Row{}, bad
	}
	return row, nil
}

func (r *vcardReader) skipBlank() error {
	for {
		n, st := r.t.lineEnd(0, r.lim.Record)
		switch {
		case st == broken:
			return r.t.failed()
		case st == tooLong:
			return nil
		case st == last && n == 0:
			return io.EOF
		case len(bytes.TrimSpace(r.t.pending()[:n])) > 0:
			return nil
		}
		r.t.take(min(n+1, len(r.t.pending())))
	}
}

func isLine(b []byte, want string) bool {
	return len(b) < 64 && strings.EqualFold(strings.TrimRight(string(b), " \t\r"), want)
}

// block measures the text of the card that begins here. inside says what is wrong
// with that text as a whole; bad is a row already taken.
func (r *vcardReader) block() (n int, inside, bad *RowError, err error) {
	begun := false
	for first := true; ; first = false {
		end, st := r.t.lineEnd(n, r.lim.Record)
		switch st {
		case broken:
			return 0, nil, nil, r.t.failed()
		case tooLong:
			bad, err := r.tooLong()
			return 0, nil, bad, err
		}
		b := r.t.pending()
		line := b[n:end]
		begin := isLine(line, "BEGIN:VCARD")
		if first {
			begun = begin
		} else if begin {
			return n, r.unframed(begun), nil, nil
		}
		n = min(end+1, len(b))
		if isLine(line, "END:VCARD") {
			if begun {
				return n, nil, nil, nil
			}
			return n, r.unframed(false), nil, nil
		}
		if st == last {
			return n, r.unframed(begun), nil, nil
		}
	}
}

func (r *vcardReader) unframed(begun bool) *RowError {
	if begun {
		return &RowError{Code: "vcard.end", Reason: "has no END:VCARD before the next card or the end of the file"}
	}
	return &RowError{Code: "vcard.begin", Reason: "stands outside of a card"}
}

// tooLong takes a card past the limit, of any length, in bounded memory.
func (r *vcardReader) tooLong() (*RowError, error) {
	bad := &RowError{Code: "vcard.too_long", Reason: fmt.Sprintf("is longer than %d bytes", r.lim.Record), Line: r.t.line, Offset: r.t.off, Cut: true}
	bad.Raw, _ = r.t.raw(min(r.lim.Record, len(r.t.pending())))
	for first := true; ; first = false {
		n, st := r.t.lineEnd(0, r.lim.Record)
		switch {
		case st == broken:
			return nil, r.t.failed()
		case st == tooLong:
			r.t.skipLine()
			continue
		}
		b := r.t.pending()
		if !first && isLine(b[:n], "BEGIN:VCARD") {
			return bad, nil
		}
		over := isLine(b[:n], "END:VCARD") || st == last
		r.t.take(min(n+1, len(b)))
		if over {
			return bad, nil
		}
	}
}

// property is one logical line of a card.
type property struct {
	group, name string   // name in upper case
	params      []string // as written
	value       string
}

// splitLine takes a logical line apart.
func splitLine(l string) (p property, ok bool) {
	quoted := false
	from := 0
	for i := 0; i < len(l); i++ {
		switch c := l[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ';' || c == ':':
			if part := l[from:i]; p.name == "" {
				if g, n, found := strings.Cut(part, "."); found {
					p.group, part = g, n
				}
				p.name = strings.ToUpper(strings.TrimSpace(part))
				if p.name == "" {
					return property{}, false
				}
			} else {
				p.params = append(p.params, strings.TrimSpace(part))
			}
			from = i + 1
			if c == ':' {
				p.value = l[from:]
				return p, true
			}
		}
	}
	return property{}, false
}

// param finds a parameter by name, or bare by its value.
func (p property) param(name string) string {
	for _, s := range p.params {
		if k, v, ok := strings.Cut(s, "="); ok && strings.EqualFold(k, name) {
			return strings.ToLower(strings.Trim(v, `"`))
		}
	}
	return ""
}

func fault(code, field, reason string) *RowError {
	return &RowError{Code: code, Field: plainName(strings.ToLower(field)), Reason: reason}
}

// card makes the tree of a card from its text.
func (r *vcardReader) card(s string) (map[string]any, *RowError) {
	if strings.IndexByte(s, 0) >= 0 {
		return nil, &RowError{Code: "vcard.nul", Reason: "holds a zero byte"}
	}
	if code, reason := damage([]byte(s), r.charset); code != "" {
		return nil, &RowError{Code: "vcard." + code, Reason: reason}
	}
	lines := strings.Split(s, string(rune(r.t.nl)))
	version := ""
	for i, l := range lines {
		lines[i] = strings.TrimSuffix(l, "\r")
		if p, ok := splitLine(lines[i]); ok && p.name == "VERSION" && version == "" {
			version = strings.TrimSpace(p.value)
		}
	}
	var props []property
	var bad *RowError
	switch version {
	case "2.1":
		props, bad = r.read21(lines)
	case "3.0", "4.0":
		props, bad = unfold(lines)
	default:
		return nil, &RowError{Code: "vcard.version", Reason: "has no VERSION, or one other than 2.1, 3.0 and 4.0"}
	}
	if bad != nil {
		return nil, bad
	}
	if len(props) > r.lim.Fields {
		return nil, &RowError{Code: "vcard.fields", Reason: fmt.Sprintf("has more than %d properties", r.lim.Fields)}
	}
	for i, p := range props {
		if p.name == "VERSION" && strings.TrimSpace(p.value) != version {
			return nil, &RowError{Code: "vcard.version", Reason: "has two versions, or one that is folded"}
		}
		if len(p.value) <= r.lim.Field {
			continue
		}
		switch p.name {
		case "PHOTO", "LOGO", "SOUND", "KEY":
			// Pictures and keys are no use to anyone here, and a card is not bad for having one.
			props[i].value = ""
			props[i].params = append(p.params, "X-LEFT-OUT=too-long")
			if !r.binary {
				r.binary = true
				r.info.warn("line %d is the first card with a picture or key of more than %d bytes: left out", r.t.line, r.lim.Field)
			}
		default:
			return nil, fault("vcard.field_too_long", p.name, fmt.Sprintf("has a value of more than %d bytes", r.lim.Field))
		}
	}
	if version == "2.1" {
		return tree21(props), nil
	}
	return tree(props)
}

// unfold joins folded lines (RFC 6350, 3.2) and takes them apart, without BEGIN and END.
func unfold(lines []string) ([]property, *RowError) {
	var logical []string
	var at []byte
	for _, l := range lines {
		if l != "" && (l[0] == ' ' || l[0] == '\t') && len(at) > 0 {
			at = append(at, l[1:]...)
		} else if strings.TrimSpace(l) != "" {
			logical = append(logical, string(at))
			at = append(at[:0], l...)
		}
	}
	logical = append(logical, string(at))[1:]
	var props []property
	for _, l := range logical {
		p, ok := splitLine(l)
		if !ok {
			return nil, &RowError{Code: "vcard.line", Reason: "has a line that is not a property"}
		}
		if p.name == "BEGIN" || p.name == "END" {
			continue
		}
		if p.param("ENCODING") == "quoted-printable" {
			return nil, fault("vcard.encoding", p.name, "has a quoted-printable value, which vCard 3.0 and 4.0 do not have")
		}
		props = append(props, p)
	}
	return props, nil
}

// tree reads the properties of a card 3.0 or 4.0. go-vcard skips lines that it
// can not read and takes a parameter without a name for the value, so names are
// added first and the properties counted after.
func tree(props []property) (map[string]any, *RowError) {
	var b strings.Builder
	b.WriteString("BEGIN:VCARD\r\n")
	for _, p := range props {
		if p.group != "" {
			b.WriteString(p.group + ".")
		}
		b.WriteString(p.name)
		for _, s := range p.params {
			if s == "" {
				continue
			}
			if !strings.Contains(s, "=") {
				s = "TYPE=" + s
			}
			b.WriteString(";" + s)
		}
		b.WriteString(":" + p.value + "\r\n")
	}
	b.WriteString("END:VCARD\r\n")
	card, err := vcard.NewDecoder(strings.NewReader(b.String())).Decode()
	if err != nil {
		return nil, &RowError{Code: "vcard.line", Reason: "can not be read as a card"}
	}
	out := map[string]any{}
	next := map[string]int{}
	for _, p := range props {
		i := next[p.name]
		if i >= len(card[p.name]) {
			return nil, fault("vcard.line", p.name, "has a property whose parameters can not be read")
		}
		next[p.name] = i + 1
		f := card[p.name][i]
		if f.Value != asGoVCard.Replace(p.value) {
			return nil, fault("vcard.line", p.name, "has a property whose parameters do not end clearly")
		}
		value := f.Value
		if !structured(p.name) {
			value = unescapeText(p.value)
		}
		types, params := []any{}, map[string]any{}
		for k, vs := range f.Params {
			if k == vcard.ParamType {
				for _, v := range vs {
					types = append(types, strings.ToLower(v))
				}
				continue
			}
			list := make([]any, len(vs))
			for i, v := range vs {
				list[i] = v
			}
			params[strings.ToLower(k)] = list
		}
		add(out, p, value, types, params, unescapeText)
	}
	return out, nil
}

func structured(name string) bool {
	return name == "N" || name == "ADR" || name == "ORG" || name == "GENDER"
}

// add puts one property into the tree of a card. VERSION is a plain string.
func add(out map[string]any, p property, value string, types []any, params map[string]any, unescape func(string) string) {
	name := strings.ToLower(p.name)
	if name == "version" {
		out[name] = strings.TrimSpace(value)
		return
	}
	one := map[string]any{"value": value, "type": types, "params": params}
	if p.group != "" {
		one["group"] = p.group
	}
	if structured(p.name) {
		var parts []any
		for _, s := range splitParts(p.value) {
			parts = append(parts, unescape(s))
		}
		one["parts"] = parts
	}
	list, _ := out[name].([]any)
	out[name] = append(list, one)
}

// splitParts splits at semicolons that no backslash stands before.
func splitParts(s string) []string {
	var parts []string
	from := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ';':
			parts = append(parts, s[from:i])
			from = i + 1
		}
	}
	return append(parts, s[from:])
}

var (
	textEscapes = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";")
	asGoVCard   = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\,`, ",") // the escapes that go-vcard undoes
)

// unescapeText undoes the escapes of RFC 6350, 3.4.
func unescapeText(s string) string { return textEscapes.Replace(s) }
