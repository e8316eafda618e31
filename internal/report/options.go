package report

import (
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// Options say for whom an answer is written.
type Options struct {
	Width  int            // cells of a line of plain text; 0 for no limit, at least 20 otherwise
	Reveal bool           // personal values in clear; whoever sets it has logged the reason
	Zone   *time.Location // in which times are written in plain text and CSV; UTC when nil. JSON is always UTC
}

// Kinds of values besides those of identifiers, by which Options decide how
// much a mask leaves. Those known to text.Mask are its words.
const (
	kindName     = "name"
	kindBirthday = "birthday"
	kindAddress  = "address"
	kindText     = "text"  // nothing is left
	kindOther    = "other" // a few characters at the ends are left
	kindPlain    = "plain" // says too little about a person to be masked: a language, a country
	kindKey      = "key"   // of a row in its source: masked only when it looks like an address or a number
)

// show returns a personal value as it may be shown.
func (o Options) show(kind, raw string) text.Safe {
	clear, masked := o.wire(kind, raw)
	if masked != "" {
		return text.Clean(masked)
	}
	return text.Clean(clear)
}

// wire returns a personal value in clear and raw, or masked; the other is "".
func (o Options) wire(kind, raw string) (clear, masked string) {
	switch {
	case raw == "":
		return "", ""
	case o.Reveal, kind == kindPlain:
		return raw, ""
	case kind == kindKey:
		if kind = keyKind(raw); kind == kindKey {
			return raw, ""
		}
	}
	return "", text.Mask(kind, raw).String()
}

// ident returns the value of an identifier as it may be shown.
func (o Options) ident(i cdp.Identifier) text.Safe { return o.show(identKind(i), i.Reveal()) }

// named returns kind, value and tag: email m███@███.de (email#1a37e542).
func (o Options) named(i cdp.Identifier) text.Safe {
	if i.IsZero() {
		return text.Lit("no identifier")
	}
	return words(text.Clean(string(i.Kind())), o.ident(i), text.Clean("("+i.String()+")"))
}

// identKind is the kind by which an identifier is masked: that of a record is
// made of a source and a key.
func identKind(i cdp.Identifier) string {
	if i.Kind() == cdp.KindRecord {
		return kindKey
	}
	return string(i.Kind())
}

// key returns the key of a row in its source as it may be shown.
func (o Options) key(v cdp.Value) text.Safe { return o.show(kindKey, v.Reveal()) }

// attribute returns the value of an attribute as it may be shown.
func (o Options) attribute(name, special string, v cdp.Value) text.Safe {
	return o.show(attributeKind(name, special), v.Reveal())
}

// traced returns a value in a trace, of which only the label is known: where
// that does not say what it is, a mask leaves nothing.
func (o Options) traced(label string, v cdp.Value) text.Safe {
	return o.show(tracedKind(label), v.Reveal())
}

func tracedKind(label string) string {
	switch label {
	case "file", "notice", "method": // of a delivery or a form, not of a person
		return kindPlain
	}
	if kind := attributeKind(label, ""); kind != kindOther {
		return kind
	}
	return kindText
}

// attributeKind says how an attribute is masked, by its name. What is not known
// keeps a few characters, so that two values can be told apart; special
// categories (Art. 9, Art. 10) keep none.
func attributeKind(name, special string) string {
	if special != "" {
		return kindText
	}
	n := strings.ToLower(name)
	switch n {
	case "language", "locale", "country", "currency", "timezone", "time_zone":
		return kindPlain
	case "record", "record key", "record_key", "key":
		return kindKey
	}
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(n, p) {
				return true
			}
		}
		return false
	}
	switch {
	case has("birth", "age", "gender", "sex", "salutation", "title"):
		return kindBirthday
	case has("mail"):
		return string(cdp.KindEmail)
	case has("phone", "mobile", "fax", "tel"):
		return string(cdp.KindPhone)
	case has("address", "street", "zip", "postal", "postcode", "house", "geo", "latitude", "longitude", "location"):
		return kindAddress
	case has("text", "note", "comment", "message", "review", "password", "token"):
		return kindText
	case has("name", "city", "town", "initial", "company"):
		return kindName
	}
	return kindOther
}

// keyKind says how the key of a row is masked: as an e-mail address or a phone
// number when it holds one, else kindKey, which is not masked, since keys join
// an answer with the system it came from. A number without + or leading zero
// could be a phone number but is far more often a serial one, and is shown.
func keyKind(key string) string {
	if strings.ContainsAny(key, "@＠﹫") || strings.Contains(key, "%40") {
		return string(cdp.KindEmail)
	}
	for _, part := range strings.FieldsFunc(key, func(r rune) bool { return strings.ContainsRune(":|;,=", r) }) {
		if phoneLike(strings.TrimSpace(part)) {
			return string(cdp.KindPhone)
		}
	}
	return kindKey
}

// phoneLike reports whether s holds a + and seven digits after it, or is, apart
// from the signs people write between them, 7 to 15 digits that begin with 0.
func phoneLike(s string) bool {
	digits, first, pure := 0, byte(0), true
	plus, after := false, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			if digits == 0 {
				first = c
			}
			digits++
			if plus {
				after++
			}
		case c == '+':
			plus, after = true, 0
		case strings.IndexByte(" ()-./", c) >= 0:
		default:
			pure = false
			if after >= 7 {
				return true
			}
			plus, after = false, 0
		}
	}
	return after >= 7 || pure && first == '0' && digits >= 7 && digits <= 15
}

func (o Options) zone() *time.Location {
	if o.Zone == nil {
		return time.UTC
	}
	return o.Zone
}

// minute is a time in a table; empty when unknown.
func (o Options) minute(t time.Time) text.Safe {
	if t.IsZero() {
		return text.Safe{}
	}
	return text.Clean(t.In(o.zone()).Format("2006-01-02 15:04"))
}

// day is a date in a table; empty when unknown.
func (o Options) day(t time.Time) text.Safe {
	if t.IsZero() {
		return text.Safe{}
	}
	return text.Clean(t.In(o.zone()).Format(time.DateOnly))
}

// instant is a time that stands alone, with its zone; empty when unknown.
func (o Options) instant(t time.Time) text.Safe {
	if t.IsZero() {
		return text.Safe{}
	}
	t = t.In(o.zone())
	if _, off := t.Zone(); off == 0 {
		return text.Clean(t.Format("2006-01-02 15:04:05 UTC"))
	}
	return text.Clean(t.Format("2006-01-02 15:04:05 -07:00"))
}

// words joins what is not empty with spaces.
func words(parts ...text.Safe) text.Safe { return joined(text.Lit(" "), parts...) }

// commas joins what is not empty with commas.
func commas(parts ...text.Safe) text.Safe { return joined(text.Lit(", "), parts...) }

func joined(sep text.Safe, parts ...text.Safe) text.Safe {
	kept := make([]text.Safe, 0, len(parts))
	for _, p := range parts {
		if !p.Empty() {
			kept = append(kept, p)
		}
	}
	return text.Join(sep, kept...)
}

// names joins plain names with commas.
func names[S ~string](list []S) text.Safe {
	parts := make([]text.Safe, len(list))
	for i, s := range list {
		parts[i] = text.Clean(string(s))
	}
	return commas(parts...)
}

// orElse is s, or a word for its absence.
func orElse(s text.Safe, absent string) text.Safe {
	if s.Empty() {
		return text.Clean(absent)
	}
	return s
}
