package card

import (
	"strconv"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// A Part of a line is text of the program, or a value that a source delivered.
type Part struct {
	Text  text.Safe
	Value cdp.Value       // to be masked by its kind
	Kind  string          // of Value, as package text masks by
	Field string          // of Value, by which it is revealed
	Ident *cdp.Identifier // shown with its tag
}

// A Line is a fact, or a sentence when it has no name.
type Line struct {
	Mark   string // "", "!" (a finding), "x" (no), "?" (to be checked)
	Indent int
	Name   text.Safe
	Parts  []Part
	Strong bool   // it heads those under it
	Ref    string // a record, activity or recipient that it is about; "" for none
}

// A Section is one of the six answers, or what is unknown.
type Section struct {
	Title text.Safe
	Short text.Safe // in a word
	Lines []Line
}

// A Doc is a card in words.
type Doc struct {
	Lang     string
	Title    text.Safe
	Short    text.Safe // what Head is about
	Head     []Line
	Sections []Section
	Foot     text.Safe
}

// Write puts a card into words; times are in a zone. An unknown language is
// English.
func Write(c cdp.Card, lang string, zone *time.Location) Doc {
	if zone == nil {
		zone = time.UTC
	}
	w := writer{c: &c, lex: newLexicon(lang), zone: zone}
	d := Doc{Lang: w.lex.lang, Title: w.lex.say("title"), Short: w.lex.say("s.0")}
	w.head()
	d.Head, w.lines = w.lines, nil
	for i, answer := range []func(){w.source, w.link, w.basis, w.recipients, w.retention, w.rights} {
		answer()
		d.Sections = append(d.Sections, Section{w.lex.say("q." + strconv.Itoa(i+1)), w.lex.say("s." + strconv.Itoa(i+1)), w.lines})
		w.lines = nil
	}
	w.unknown()
	if len(w.lines) > 0 {
		d.Sections = append(d.Sections, Section{w.lex.say("unknown.title"), w.lex.say("s.7"), w.lines})
	}
	name := zone.String()
	if name == "Local" {
		name = c.At.In(zone).Format("-07:00")
	}
	for _, p := range w.lex.fill("foot", said(name)) {
		d.Foot = text.Concat(d.Foot, p.Text)
	}
	return d
}

// A writer writes the lines of one section after the other.
type writer struct {
	c     *cdp.Card
	lex   *lexicon
	zone  *time.Location
	lines []Line
}

func said(s string) Part { return Part{Text: text.Clean(s)} }

func (w *writer) words(key string) Part { return Part{Text: w.lex.say(key)} }

// fact adds "name: parts"; without parts it is unknown.
func (w *writer) fact(indent int, name string, parts ...Part) {
	l := Line{Indent: indent, Name: w.lex.say("f." + name)}
	for _, p := range parts {
		if !p.empty() {
			l.Parts = append(l.Parts, p)
		}
	}
	if len(l.Parts) == 0 {
		l.Parts, l.Mark = []Part{w.words("unknown")}, "?"
	}
	w.lines = append(w.lines, l)
}

// maybe adds a fact when there is something to say.
func (w *writer) maybe(indent int, name string, p Part) {
	if !p.empty() {
		w.fact(indent, name, p)
	}
}

func (p Part) empty() bool { return p.Text.Empty() && p.Value == "" && p.Ident == nil }

// say adds a sentence.
func (w *writer) say(indent int, mark string, parts ...Part) *Line {
	w.lines = append(w.lines, Line{Indent: indent, Mark: mark, Parts: parts})
	return &w.lines[len(w.lines)-1]
}

func (w *writer) title(ref string, parts ...Part) *Line {
	l := w.say(0, "", parts...)
	l.Strong, l.Ref = true, ref
	return l
}

func (w *writer) day(t time.Time) Part {
	if t.IsZero() {
		return Part{}
	}
	return said(t.In(w.zone).Format(time.DateOnly))
}

func (w *writer) minute(t time.Time) Part {
	if t.IsZero() {
		return Part{}
	}
	return said(t.In(w.zone).Format("2006-01-02 15:04"))
}

func (w *writer) head() {
	c := w.c
	switch {
	case c.Part != nil:
		w.part()
	case c.Ident != nil:
		w.lines = append(w.lines, Line{Name: w.lex.term("id", string(c.Ident.Kind())), Parts: []Part{{Ident: c.Ident}}, Strong: true})
	case c.Of.Kind == "attribute":
		w.lines = append(w.lines, Line{Name: text.Clean(c.Label), Parts: []Part{w.attribute(c.Label, c.Special, c.Value)}, Strong: true})
	case c.Of.Kind == "record":
		w.lines = append(w.lines, Line{Name: w.lex.say("f.record"), Parts: []Part{said(c.Label)}, Strong: true})
	}
	if c.Profile != 0 {
		w.fact(0, "profile", said(c.Profile.String()))
	}
	if c.Special != "" {
		w.special(c.Special)
	}
	w.fact(0, "asof", w.minute(c.At))
	if !c.Lens.Known.IsZero() {
		w.fact(0, "asknown", w.minute(c.Lens.Known))
	}
	if c.Lens.Purpose != "" {
		w.fact(0, "for", said(string(c.Lens.Purpose)))
	}
	w.fact(0, "records", said(strconv.Itoa(c.Records)))
	if c.Left > 0 {
		w.fact(0, "left", said(strconv.Itoa(c.Left)))
	}
	if c.Conflict {
		w.say(0, "!", w.words("f.conflict"))
	}
	w.place()
}

func (w *writer) special(kind string) {
	w.fact(0, "special", w.constant("special", kind))
}

func (w *writer) attribute(name, special string, v cdp.Value) Part {
	return Part{Value: v, Kind: text.KindOfAttribute(name, special), Field: name}
}

func (w *writer) place() {
	p := w.c.Place
	w.fact(0, "person_country", said(p.Country))
	authority := said(p.Authority)
	if p.AuthorityLaw != "" {
		authority = said(p.Authority + " (" + w.lex.cite(p.AuthorityLaw).String() + ")")
	}
	w.fact(0, "authority", authority)
	for _, c := range p.Controllers {
		name := c.Name
		if name == "" {
			name = c.ID
		}
		w.fact(0, "controller", said(strings.TrimSpace(name+" "+c.Country)))
		w.fact(2, "lead", said(c.Authority))
	}
	age := Part{}
	if p.Age > 0 {
		age = said(strconv.Itoa(p.Age) + " (" + w.lex.cite(p.AgeLaw).String() + ")")
	}
	w.fact(0, "age", age)
	switch {
	case p.Minor:
		w.say(2, "!", w.words("f.minor"))
	case !p.Born:
		w.say(2, "?", w.words("f.unborn"))
	}
}

func (w *writer) unknown() {
	for _, u := range w.c.Unknown {
		what := w.lex.say("x." + u.Code)
		var about []string
		if u.Record != 0 {
			about = append(about, u.Record.String())
		}
		if u.Activity != "" {
			about = append(about, string(u.Activity))
		}
		if u.Other != "" {
			about = append(about, u.Other)
		}
		parts := []Part{said(strconv.Itoa(int(u.Question)) + "."), {Text: what}}
		if len(about) > 0 {
			parts = append(parts, said("("+strings.Join(about, ", ")+")"))
		}
		l := w.say(0, "!", parts...)
		if u.Record != 0 {
			l.Ref = u.Record.String()
		}
	}
}
