package report

import (
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
	if raw == "" {
		return "", ""
	}
	as, hides := text.Hides(kind, raw)
	if o.Reveal || !hides {
		return raw, ""
	}
	return "", text.Mask(as, raw).String()
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
		return text.KindKey
	}
	return string(i.Kind())
}

// key returns the key of a row in its source as it may be shown.
func (o Options) key(v cdp.Value) text.Safe { return o.show(text.KindKey, v.Reveal()) }

// attribute returns the value of an attribute as it may be shown.
func (o Options) attribute(name, special string, v cdp.Value) text.Safe {
	return o.show(text.KindOfAttribute(name, special), v.Reveal())
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
