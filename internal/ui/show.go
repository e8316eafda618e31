package ui

import (
	"strconv"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// val is one value as it may be shown, and as it is exported and copied: raw
// where it is not personal or was revealed, else masked.
type val struct {
	text  text.Safe
	raw   string
	style widget.Style
	clear bool // a personal value in clear: its leaving is logged
}

func (v val) span() widget.Span { return widget.S(v.style, v.text) }

// in gives v a style, unless its marks for hostile characters must be seen.
func (v val) in(s widget.Style) val {
	if !v.text.Changed() {
		v.style = s
	}
	return v
}

// grant is a logged permission to show fields of one thing in clear.
type grant struct {
	about  cdp.Ref
	fields map[string]bool
	until  time.Time
}

// show makes text of data. It never changes, so that commands can use it.
type show struct {
	lex    *lexicon
	zone   *time.Location
	now    time.Time
	grants []grant
}

func (s show) say(key string, args ...any) text.Safe { return s.lex.say(key, args...) }

// may reports whether a field of a thing may be shown in clear.
func (s show) may(about cdp.Ref, field string) bool {
	for _, g := range s.grants {
		if g.about == about && g.fields[field] && s.now.Before(g.until) {
			return true
		}
	}
	return false
}

// plain is a value that is not personal.
func plain(raw string) val { return val{text: text.Clean(raw), raw: raw} }

func safe(t text.Safe) val { return val{text: t, raw: t.String()} }

func number(n int) val { return val{text: text.Int(n), raw: itoa(n)} }

// personal is a value of a person: in clear when its field was revealed, else masked.
func (s show) personal(about cdp.Ref, field, kind, raw string) val {
	if raw == "" {
		return val{}
	}
	as, hides := text.Hides(kind, raw)
	if !hides {
		return plain(raw)
	}
	if s.may(about, field) {
		return val{text: text.Clean(raw), raw: raw, clear: true}
	}
	m := text.Mask(as, raw)
	v := val{text: m, raw: m.String()}
	if text.Clean(raw).Changed() { // an auditor is to see that there is something to look at
		v.style = widget.Altered
	}
	return v
}

// ident is the value of an identifier.
func (s show) ident(about cdp.Ref, i cdp.Identifier) val {
	if i.IsZero() {
		return val{}
	}
	return s.personal(about, string(i.Kind()), identMask(i), i.Reveal())
}

// named is kind and value of an identifier.
func (s show) named(about cdp.Ref, i cdp.Identifier) val {
	if i.IsZero() {
		return val{}
	}
	v := s.ident(about, i)
	kind := s.lex.term("kind", string(i.Kind()))
	v.text = text.Join(text.Lit(" "), kind, v.text)
	v.raw = kind.String() + " " + v.raw
	return v
}

// attribute is the value of an attribute.
func (s show) attribute(about cdp.Ref, name, special string, v cdp.Value) val {
	return s.personal(about, name, text.KindOfAttribute(name, special), v.Reveal())
}

// key is the key of a row in its source.
func (s show) key(about cdp.Ref, v cdp.Value) val {
	return s.personal(about, fieldKey, text.KindKey, v.Reveal())
}

// Names of fields that are neither identifiers nor attributes, for reveals.
const (
	fieldKey    = "record.key"
	fieldName   = "name"
	fieldCity   = "city"
	fieldText   = "touchpoint.text"
	fieldDetail = "touchpoint.detail"
	fieldProof  = "consent.proof"
	fieldGround = "ground.ref"
	fieldRaw    = "raw"
	fieldMatch  = "match"
)

// identMask is the kind by which an identifier is masked; one of a record is
// made of a source and a key.
func identMask(i cdp.Identifier) string {
	if i.Kind() == cdp.KindRecord {
		return text.KindKey
	}
	return string(i.Kind())
}

// period says an ISO 8601 period of one unit in words, alone or before other
// words: P3Y from end of year. What it is not stays as it is.
func (s show) period(raw string) val {
	head, rest, more := strings.Cut(raw, " ")
	v := plain(raw)
	if len(head) < 3 || head[0] != 'P' {
		return v
	}
	n, err := strconv.Atoi(head[1 : len(head)-1])
	unit := "period." + strings.ToLower(head[len(head)-1:])
	if err != nil || !s.lex.has(unit) {
		return v
	}
	v.text = s.say(unit, n)
	if more {
		v.text = text.Join(text.Lit(" "), v.text, text.Clean(rest))
	}
	return v
}

// day, minute and second are times in tables; empty when unknown.
func (s show) day(t time.Time) val    { return s.time(t, time.DateOnly) }
func (s show) minute(t time.Time) val { return s.time(t, "2006-01-02 15:04") }
func (s show) second(t time.Time) val { return s.time(t, time.DateTime) }

func (s show) time(t time.Time, layout string) val {
	if t.IsZero() {
		return val{}
	}
	return val{text: text.Clean(t.In(s.zone).Format(layout)), raw: t.UTC().Format(time.RFC3339)}
}

// ago is how long t is past, in one unit.
func (s show) ago(t time.Time) val {
	if t.IsZero() {
		return val{}
	}
	d := s.now.Sub(t)
	if d < 0 {
		return s.day(t)
	}
	return val{text: s.lasting(d), raw: t.UTC().Format(time.RFC3339)}
}

// lasting says how long something lasts, in the unit that suits it.
func (s show) lasting(d time.Duration) text.Safe {
	n, unit := 0, ""
	switch {
	case d < time.Minute:
		n, unit = int(d/time.Second), "unit.second"
	case d < time.Hour:
		n, unit = int(d/time.Minute), "unit.minute"
	case d < 48*time.Hour:
		n, unit = int(d/time.Hour), "unit.hour"
	case d < 60*24*time.Hour:
		n, unit = int(d/(24*time.Hour)), "unit.day"
	case d < 730*24*time.Hour:
		n, unit = int(d/(30*24*time.Hour)), "unit.month"
	default:
		n, unit = int(d/(365*24*time.Hour)), "unit.year"
	}
	return text.Join(text.Lit(" "), text.Int(n), s.say(unit))
}

func (s show) yes(b bool) text.Safe {
	if b {
		return s.say("yes")
	}
	return s.say("no")
}

// joins says whether an identifier joins its record with others, or in a word
// why not.
func (s show) joins(active bool, standing string) val {
	switch {
	case active:
		return safe(s.yes(true))
	case standing != "":
		return val{text: s.lex.term("standing.short", standing), raw: standing, style: widget.Warn}
	}
	return safe(s.yes(false)).in(widget.Warn)
}

// standing is why an identifier that may join joins nothing.
func (s show) standing(standing string) val {
	if standing == "" {
		return val{}
	}
	return val{text: s.lex.term("standing", standing), raw: standing, style: widget.Warn}
}

// law is the article of a verdict, or of its basis.
func law(v cdp.Verdict) string {
	if v.Article != "" {
		return v.Article
	}
	return v.Basis.Article()
}

// basis is a basis in words with its letter: "a consent".
func (s show) basis(b cdp.BasisKind) val {
	if b == "" {
		return val{}
	}
	letter := strings.TrimSuffix(strings.TrimPrefix(b.Article(), "Art. 6(1)("), ")")
	return val{text: text.Join(text.Lit(" "), text.Clean(letter), s.lex.term("basis", string(b))), raw: string(b)}
}

// state is a consent state with its sign, never by colour alone.
func (s show) state(st cdp.ConsentState) val {
	v := val{text: s.lex.term("consent", string(st)), raw: string(st), style: widget.Dim}
	switch {
	case st == cdp.NoStatement:
		v.text = s.say("consent.none")
	case st.ValidForProcessing():
		v.style = widget.Good
	case st.Restrictive():
		v.style = widget.Bad
	case st == cdp.ConsentUnreadable:
		v.style = widget.Warn
	}
	return v
}

// shortState is the answer alone: yes, NO, ? or -- for none.
func (s show) shortState(st cdp.ConsentState) val {
	v := s.state(st)
	switch {
	case st.ValidForProcessing():
		v.text = s.say("consent.short.yes")
	case st.Restrictive():
		v.text = s.say("consent.short.no")
	case st == cdp.NoStatement:
		v.text = s.say("consent.short.none")
	default:
		v.text = s.say("consent.short.open")
	}
	return v
}

// outcome is what became of a record.
func (s show) outcome(o cdp.Outcome) val {
	v := plain(o.String())
	v.text = s.lex.term("outcome", o.String())
	if o != cdp.Linked {
		v.style = widget.Warn
	}
	return v
}
