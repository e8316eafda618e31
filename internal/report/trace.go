package report

import (
	"io"
	"strconv"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// Trace writes the answer to "why do we have this": a node a line, indented
// under what it answers, with ! before a finding, x before what is held back
// and ? before what is unknown. A question without an answer says so.
func Trace(w io.Writer, root cdp.TraceNode, o Options) error {
	p := newPage(w, o)
	marks := map[string]bool{}
	p.node(0, root, marks)
	for _, q := range root.Children {
		if len(q.Children) == 0 && len(q.Fields) == 0 && q.Data == "" && q.Ident == nil && q.Mark == "" {
			marks["?"] = true
		}
	}
	var legend []text.Safe
	for _, m := range []string{"!", "x", "?"} {
		if marks[m] {
			legend = append(legend, text.Clean(m+" "+markWords(m)))
		}
	}
	if len(legend) > 0 {
		p.put(0, text.Safe{})
		p.fact(0, "signs", commas(legend...))
	}
	return p.done()
}

// markWords says what a mark means.
func markWords(m string) string {
	switch m {
	case "":
		return ""
	case "!":
		return "finding"
	case "x":
		return "held back"
	}
	return "unknown"
}

func (p *page) node(depth int, n cdp.TraceNode, marks map[string]bool) {
	if n.Mark != "" {
		marks[n.Mark] = true
	}
	value := p.o.show(text.KindOfSpecial(n.Special, text.KindOfLabel(n.Label)), n.Data.Reveal())
	if n.Ident != nil {
		value = words(value, p.o.named(*n.Ident))
	}
	label := text.Clean(n.Label)
	if !value.Empty() && !label.Empty() {
		label = text.Concat(label, text.Lit(":"))
	}
	line := commas(words(label, value), p.o.instant(n.At))
	if n.Ref != nil && line.String() != n.Ref.ID { // what is its own label is named once
		line = commas(line, ref(*n.Ref))
	}
	p.line(2*depth, words(text.Clean(n.Mark), line))
	for _, f := range n.Fields {
		v := words(text.Clean(f.Text), p.o.show(text.KindOfSpecial(f.Special, text.KindOfFact(f.Name)), f.Data.Reveal()))
		if f.Ident != nil {
			v = words(v, p.o.named(*f.Ident))
		}
		p.fact(2*depth+2, f.Name, orElse(v, "unknown"))
	}
	for _, c := range n.Children {
		p.node(depth+1, c, marks)
	}
	if depth == 1 && len(n.Children) == 0 && len(n.Fields) == 0 && value.Empty() && n.Mark == "" {
		p.say(4, "? nothing is recorded")
	}
}

// Path writes why two things are one person: per hop what both records carry,
// and by which rule, basis and activity each may be linked by it.
func Path(w io.Writer, path cdp.Path, o Options) error {
	p := newPage(w, o)
	p.looked(path.Lens)
	if !path.Found {
		p.line(0, words(ref(path.From), text.Lit("and"), ref(path.To), text.Lit("are not linked")))
		for _, n := range path.Not {
			p.line(2, text.Concat(text.Lit("x "), text.Clean(n)))
		}
		if len(path.Not) == 0 {
			p.say(2, "they share no identifier")
		}
		return p.done()
	}
	if path.From == path.To && len(path.Hops) == 0 {
		p.line(0, words(text.Lit("both are"), ref(path.From)))
		return p.done()
	}
	if path.From == path.To {
		p.line(0, words(text.Lit("both are part of"), ref(path.From)))
	} else {
		p.line(0, words(ref(path.From), text.Lit("and"), ref(path.To), text.Lit("are one")))
	}
	p.fact(0, "hops", text.Int(len(path.Hops)))
	for i, h := range path.Hops {
		p.line(0, words(text.Lit("hop"), text.Int(i+1), text.Lit("of"), text.Int(len(path.Hops))))
		if h.Decision != nil {
			p.fact(2, "decided by", commas(text.Clean(h.Decision.By), text.Clean(h.Decision.ID.String()), o.day(h.At), text.Clean(h.Decision.Reason)))
			p.fact(2, "records", commas(words(recordID(h.From), text.Lit("of"), text.Clean(string(h.FromSource))), words(recordID(h.To), text.Lit("of"), text.Clean(string(h.ToSource)))))
			continue
		}
		p.fact(2, "both carry", words(o.named(h.Identifier), text.Clean(classWords(h.Class))))
		p.fact(2, "known since", o.instant(h.At))
		p.end(h.From, h.FromSource, h.FromVerdict)
		p.end(h.To, h.ToSource, h.ToVerdict)
	}
	return p.done()
}

func (p *page) end(id cdp.RecordID, source cdp.SourceID, v cdp.Verdict) {
	p.fact(2, "record", words(recordID(id), text.Lit("of"), orElse(text.Clean(string(source)), "an unknown source")))
	p.fact(4, "may link", yes(v))
	p.fact(4, "reason", text.Clean(v.Reason))
	p.fact(4, "law", law(v))
	p.fact(4, "rule", text.Clean(v.Rule))
	p.fact(4, "activity", text.Clean(string(v.Activity)))
	p.fact(4, "until", p.o.instant(v.Until))
}

// Neighbourhood writes what surrounds a profile: its identifiers, where its
// data go, and with whom it shares an identifier without being linked.
func Neighbourhood(w io.Writer, n cdp.Neighbourhood, o Options) error {
	p := newPage(w, o)
	p.looked(n.Lens)
	p.fact(0, "around", profileID(n.Centre))
	p.fact(0, "hops", text.Int(n.Hops))
	p.identifiers(n.Held)
	p.head("Sent to", len(n.Down))
	p.downstream(n.Down)
	p.head("Shared with others", len(n.Shared))
	for _, s := range n.Shared {
		p.line(2, o.named(s.Identifier))
		p.fact(4, "carried by", words(profileID(s.From), text.Lit("at hop"), text.Int(s.Hop)))
		for _, id := range s.Profiles {
			p.fact(4, "also by", profileID(id))
		}
		p.fact(4, "not linked because", orElse(text.Clean(s.Reason), "unknown"))
	}
	if n.Hidden > 0 {
		p.put(0, text.Safe{})
		p.line(0, words(text.Lit("! not shown:"), text.Int(n.Hidden), text.Lit("more profiles, beyond the limit")))
	}
	for _, id := range n.Wide {
		p.line(0, words(text.Lit("! not looked at: who else carried"), o.named(id), text.Lit("- they are too many")))
	}
	p.partly(n.Partial)
	return p.done()
}

func (p *page) downstream(list []cdp.Downstream) {
	t := newTable(column{title: "RECIPIENT", min: 12}, column{title: "PURPOSE", min: 10, drop: 1},
		column{title: "TIMES", right: true}, column{title: "LAST", drop: 2})
	for _, d := range list {
		t.row(orElse(text.Clean(d.Recipient), "not named"), orElse(text.Clean(string(d.Purpose)), "not stated"), text.Int(d.Count), p.o.minute(d.Last))
	}
	p.table(2, t)
}

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }
