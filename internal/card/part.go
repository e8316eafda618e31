package card

import (
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// part says which event, use or disclosure the card is about, and what the law
// says to it.
func (w *writer) part() {
	p := w.c.Part
	switch {
	case p.Touchpoint != nil:
		t := p.Touchpoint
		w.fact(0, "touchpoint", said(strings.TrimSpace(string(t.Channel)+" "+t.Kind)))
		w.fact(0, "time", w.minute(t.At))
		w.maybe(0, "detail", Part{Value: t.Detail, Kind: text.KindText, Field: "touchpoint.detail"})
		w.maybe(0, "text", Part{Value: t.Text, Kind: text.KindText, Field: "touchpoint.text"})
		w.fact(0, "purpose", w.purpose(p.Title, t.Purpose))
	case p.Share != nil:
		w.fact(0, "share", said(p.Share.Recipient))
		w.fact(0, "time", w.minute(p.Share.At))
		w.fact(0, "purpose", w.purpose(p.Title, p.Share.Purpose))
		w.fields(p.Fields)
	case p.Use != nil:
		w.fact(0, "use", w.purpose(p.Title, p.Use.Purpose), said("("+string(p.Use.Activity)+")"))
		w.fields(p.Fields)
	}
	w.lines[0].Strong = true
	switch {
	case !p.NoThen:
		w.verdict("thatday", p.Then)
	case p.Use == nil:
		w.fact(0, "thatday", w.words("v.notyet"))
	}
	w.verdict("now", p.Now)
}

func (w *writer) purpose(title cdp.Words, id cdp.PurposeID) Part {
	if t := title.In(w.lex.lang); t != "" {
		return said(t)
	}
	return said(string(id))
}

func (w *writer) fields(list []string) {
	if len(list) == 0 {
		w.fact(0, "fields", w.words("r.all"))
		return
	}
	w.fact(0, "fields", said(strings.Join(list, ", ")))
}

func (w *writer) verdict(name string, v cdp.Verdict) {
	answer, mark := "v.allowed", ""
	if !v.Allow {
		answer, mark = "v.denied", "x"
	}
	w.fact(0, name, w.words(answer), Part{Text: text.Concat(text.Lit("– "), w.lex.rule(v.Rule))}, w.cite(v.Article))
	w.lines[len(w.lines)-1].Mark = mark
}
