package card

import (
	"strconv"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

func (w *writer) source() {
	for _, s := range w.c.Sources {
		w.title(s.Record.String(), said(s.Record.String()), said(string(s.Source)))
		if w.c.Of.Kind == "attribute" {
			w.fact(2, "value", w.attribute(w.c.Label, s.Special, s.Value))
		}
		w.fact(2, "system", said(s.System))
		w.fact(2, "owner", said(s.Owner))
		w.fact(2, "controller", said(s.Controller))
		w.fact(2, "collection", w.constant("collection", s.Collection))
		w.fact(2, "file", Part{Value: s.File, Kind: text.KindOfFact("file"), Field: "file"})
		w.fact(2, "line", w.lineOf(s.Lineage)...)
		w.fact(2, "batch", said(s.Batch.String()))
		if s.Stream {
			w.fact(2, "hash", w.words("f.stream"))
		} else {
			w.fact(2, "hash", said(s.FileHash))
		}
		w.maybe(2, "at", w.minute(s.At))
		w.fact(2, "recorded", w.minute(s.Recorded))
		w.fact(2, "origin", w.list("origin", s.Origins)...)
		w.fact(2, "category", w.categories(s.Categories)...)
	}
}

func (w *writer) constant(prefix, raw string) Part {
	if raw == "" {
		return Part{}
	}
	return Part{Text: w.lex.term(prefix, raw)}
}

// list writes constants with commas between them.
func (w *writer) list(prefix string, list any) []Part {
	var raw []string
	switch l := list.(type) {
	case []cdp.Origin:
		for _, o := range l {
			raw = append(raw, string(o))
		}
	case []string:
		raw = l
	}
	words := make([]text.Safe, len(raw))
	for i, r := range raw {
		words[i] = w.lex.term(prefix, r)
	}
	if len(words) == 0 {
		return nil
	}
	return []Part{{Text: text.Join(text.Lit(", "), words...)}}
}

func (w *writer) categories(list []string) []Part {
	words := make([]text.Safe, len(list))
	for i, c := range list {
		words[i] = w.lex.category(c)
	}
	if len(words) == 0 {
		return nil
	}
	return []Part{{Text: text.Join(text.Lit(", "), words...)}}
}

func (w *writer) cite(law string) Part { return Part{Text: w.lex.cite(law)} }

func (w *writer) lineOf(l cdp.Lineage) []Part {
	var out []Part
	if l.Line > 0 {
		out = append(out, said(strconv.Itoa(l.Line)))
	}
	out = append(out, said("("+w.lex.say("f.row").String()+" "+strconv.Itoa(l.Row)+")"))
	if l.Offset >= 0 {
		out = append(out, said("("+w.lex.say("f.byte").String()+" "+strconv.FormatInt(l.Offset, 10)+")"))
	}
	return out
}

func (w *writer) link() {
	for _, l := range w.c.Links {
		w.title(l.Record.String(), said(l.Record.String()))
		switch {
		case l.Alone:
			w.say(2, "", w.words("l.alone"))
		case l.Record == l.Anchor:
			w.say(2, "", w.words("l.anchor"))
		case !l.Found:
			w.say(2, "?", w.words("unknown"))
		}
		for _, h := range l.Hops {
			from, to := said(h.From.String()+" "+string(h.FromSource)), said(h.To.String()+" "+string(h.ToSource))
			if h.Identifier.IsZero() {
				by := Part{}
				if h.Decision != nil {
					by = said(h.Decision.ID.String() + " " + h.Decision.By)
				}
				w.say(2, "", w.lex.fill("l.decided", from, to, by)...)
				continue
			}
			id := h.Identifier
			w.say(2, "", w.lex.fill("l.both", from, to, Part{Ident: &id})...)
			for _, v := range []cdp.Verdict{h.FromVerdict, h.ToVerdict} {
				if v.Rule == "" {
					continue
				}
				l := Line{Indent: 4, Name: w.lex.say("l.lawful"), Parts: []Part{w.cite(v.Article), w.constant("basis", string(v.Basis)), said("(" + v.Rule + ")")}}
				if !v.Allow {
					l.Mark = "x"
				}
				w.lines = append(w.lines, l)
				if h.FromVerdict.Rule == h.ToVerdict.Rule {
					break
				}
			}
		}
	}
}

func (w *writer) basis() {
	if len(w.c.Uses) == 0 {
		w.say(0, "?", w.words("unknown"))
	}
	for _, u := range w.c.Uses {
		name := u.Title.In(w.lex.lang)
		if name == "" {
			name = w.lex.say("unknown").String()
		}
		l := w.title("", said(name), said("("+string(u.Activity)+")"))
		if !u.Verdict.Allow {
			l.Mark = "x"
		}
		state := w.words("u.held")
		if !u.Verdict.Allow {
			state = w.words("u.not")
		}
		w.fact(2, "now", state, Part{Text: text.Concat(text.Lit("– "), w.lex.rule(u.Verdict.Rule))})
		w.fact(2, "basis", w.cite(u.Basis.Article()), w.constant("basis", string(u.Basis)))
		w.fact(2, "records", w.records(u.Records))
		if len(u.Intervals) == 0 {
			w.fact(2, "interval", w.words("u.never"))
		}
		for _, iv := range u.Intervals {
			parts := w.lex.fill("u.since", w.day(iv.From))
			if !iv.To.IsZero() {
				parts = w.lex.fill("u.fromto", w.day(iv.From), w.day(iv.To))
			}
			switch {
			case iv.Ended == "":
			case iv.Renewed:
				parts = append(parts, said(";"), w.words("u.renewed"))
			case iv.To.After(w.c.At):
				parts = append(append(parts, said(";")), w.lex.fill("u.ends", Part{Text: w.lex.rule(iv.Ended)})...)
			default:
				parts = append(append(parts, said(";")), w.lex.fill("u.ended", Part{Text: w.lex.rule(iv.Ended)})...)
			}
			w.fact(2, "interval", parts...)
		}
		for _, e := range u.Evidence {
			w.evidence(e)
		}
		if len(u.Evidence) == 0 && u.Verdict.Allow {
			w.fact(2, "evidence")
		}
		w.fact(2, "rule", said(u.Verdict.Rule), w.cite(u.Verdict.Article))
	}
}

func (w *writer) evidence(e cdp.Evidence) {
	parts := []Part{w.constant("ev", e.Kind)}
	switch e.Kind {
	case "consent":
		parts = append(parts, w.constant("state", string(e.State)), w.day(e.From), Part{Ident: e.Endpoint})
		w.fact(2, "evidence", parts...)
		w.maybe(4, "source", said(string(e.Source)))
		w.fact(4, "notice", said(e.Notice))
		w.fact(4, "method", said(e.Method))
		w.fact(4, "proof", Part{Value: e.Value, Kind: text.KindOfFact("proof"), Field: "proof"})
		w.fact(4, "complete", said(strconv.Itoa(e.Complete)+" %"))
		if len(e.Missing) > 0 {
			w.fact(4, "missing", w.list("miss", e.Missing)...)
		}
		return
	case "ground":
		parts = append(parts, Part{Value: e.Value, Kind: text.KindKey, Field: "ground"})
	}
	ref := said(e.Ref)
	if e.Kind == "law" {
		ref = w.cite(e.Ref)
	}
	parts = append(parts, ref, w.day(e.From))
	if !e.To.IsZero() {
		parts = append(parts, said("–"), w.day(e.To))
	}
	w.fact(2, "evidence", parts...)
}

func (w *writer) records(list []cdp.RecordID) Part {
	names := make([]string, len(list))
	for i, r := range list {
		names[i] = r.String()
	}
	return said(strings.Join(names, ", "))
}

func (w *writer) recipients() {
	if len(w.c.Recipients) == 0 {
		w.say(0, "", w.words("r.nobody"))
	}
	for _, r := range w.c.Recipients {
		at := w.minute(r.At)
		if at.empty() {
			at = w.words("unknown")
		}
		name := said(r.Name)
		l := w.title(r.Recipient, at)
		if r.Name == "" {
			name, l.Mark = said(r.Recipient), "!"
		}
		l.Parts = append(l.Parts, name, w.kind(r.Kind))
		w.fact(2, "purpose", said(r.Title.In(w.lex.lang)))
		w.fact(2, "country", said(r.Country))
		switch {
		case r.Within:
			w.fact(2, "tool", w.words("r.within"))
		default:
			w.fact(2, "tool", w.tool(r.Tool), said(r.ToolRef))
		}
		w.maybe(2, "contract", said(r.Contract))
		if len(r.Fields) == 0 {
			w.fact(2, "fields", w.words("r.all"))
		} else {
			w.fact(2, "fields", said(strings.Join(r.Fields, ", ")))
		}
		told := said(string(r.Source))
		if r.Made {
			told = w.words("r.made")
		}
		w.fact(2, "told", told)
		w.fact(2, "record", said(r.Record.String()))
	}
}

// tool is a transfer tool in words, with the article that it is named by.
func (w *writer) tool(id string) Part {
	if _, ok := w.lex.words["tool."+id]; !ok {
		return said(id)
	}
	return said(w.lex.say("tool."+id).String() + " (" + id + ")")
}

func (w *writer) kind(k string) Part {
	if k == "" {
		return w.words("unknown")
	}
	return said("(" + w.lex.term("kind", k).String() + ")")
}

func (w *writer) retention() {
	if len(w.c.Retention) == 0 {
		w.say(0, "?", w.words("unknown"))
	}
	for _, r := range w.c.Retention {
		if r.Activity == "" {
			l := w.title("", w.words("k.quarantine"))
			if r.Overdue {
				l.Mark = "!"
			}
			w.fact(2, "end", w.day(r.End))
			w.fact(2, "records", w.records(r.Records))
			continue
		}
		name := r.Title.In(w.lex.lang)
		if name == "" {
			name = w.lex.say("unknown").String()
		}
		l := w.title("", said(name), said("("+string(r.Activity)+")"))
		end := []Part{w.day(r.End)}
		if r.Waits != "" {
			end = append(end, w.words("k.waits."+r.Waits))
		}
		if r.Overdue {
			l.Mark = "!"
			end = append(end, w.words("k.overdue"))
		}
		w.fact(2, "end", end...)
		w.fact(2, "rule", w.lex.fill("k.from", Part{Text: w.lex.lasts(r.Period)}, Part{Text: w.lex.term("start", r.Start)})...)
		w.fact(2, "then", w.constant("action", r.Action))
		law := w.cite(r.Law)
		if r.Law == "" {
			law = w.words("k.register")
		}
		w.fact(2, "law", law)
		w.fact(2, "records", w.records(r.Records))
	}
}

func (w *writer) rights() {
	for _, r := range w.c.Rights {
		mark := map[string]string{"applies": "", "not": "x", "check": "?"}[r.Outcome]
		l := w.title("", said(r.Title.In(w.lex.lang)), Part{Text: text.Concat(text.Lit("("), w.lex.cite(r.Article), text.Lit("):"))}, Part{Text: w.lex.say("o." + r.Outcome)})
		l.Mark = mark
		w.say(2, "", said(r.Why.In(w.lex.lang)))
		if len(r.Activities) > 0 {
			names := make([]string, len(r.Activities))
			for i, a := range r.Activities {
				names[i] = string(a)
			}
			w.fact(2, "activity", said(strings.Join(names, ", ")))
		}
	}
}
