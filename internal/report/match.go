package report

import (
	"io"
	"strconv"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// Matches writes a page of the review queue: which fields speak for a pair, and
// which against it.
func Matches(w io.Writer, list cdp.Page[cdp.PossibleMatch], o Options) error {
	p := newPage(w, o)
	if len(list.Items) == 0 {
		p.say(0, "no possible match waits for review")
		return p.done()
	}
	t := newTable(
		column{title: "A"}, column{title: "B"}, column{title: "POINTS", right: true}, column{title: "LEVEL"}, column{title: "MARK"},
		column{title: "FOR", min: 16, drop: 1}, column{title: "AGAINST", min: 10, drop: 2}, column{title: "SINCE", drop: 3})
	for _, m := range list.Items {
		level, mark, since := text.Safe{}, text.Safe{}, text.Safe{}
		if m.Level != "possible" { // the queue holds no others
			level = text.Clean(m.Level)
		}
		if m.Ambiguous {
			mark = text.Lit("ambiguous")
		}
		if m.Unsure != nil {
			mark, since = words(mark, text.Lit("unsure")), o.day(m.Unsure.At)
		}
		t.row(profileID(m.A), profileID(m.B), points(m.Score), level, mark, speak(m.Fields, 1), speak(m.Fields, -1), since)
	}
	p.table(0, t)
	footer(p, list, "possible match", "possible matches")
	return p.done()
}

// speak names the fields that speak for a pair (sign 1) or against it (-1).
func speak(fields []cdp.MatchField, sign float64) text.Safe {
	var out []text.Safe
	for _, f := range fields {
		if f.Points*sign > 0 {
			out = append(out, words(spaced(f.Name), spaced(f.How)))
		}
	}
	return commas(out...)
}

// points are shown with their sign where they can be below 0, never rounded.
func points(n float64) text.Safe { return text.Clean(strconv.FormatFloat(n, 'f', -1, 64)) }

func signed(n float64) text.Safe {
	if n > 0 {
		return text.Concat(text.Lit("+"), points(n))
	}
	return points(n)
}

// Match writes two profiles side by side, and what each field says.
func Match(w io.Writer, m cdp.MatchView, o Options) error {
	p := newPage(w, o)
	p.fact(0, "profiles", commas(profileID(m.A), profileID(m.B)))
	p.fact(0, "level", commas(text.Clean(m.Level), words(points(m.Score), text.Lit("points"))))
	waits := text.Lit("no")
	if m.InQueue {
		waits = text.Lit("yes")
	}
	p.fact(0, "waits for review", waits)
	if len(m.Rivals) > 0 {
		var ids []text.Safe
		for _, id := range m.Rivals[:min(len(m.Rivals), 10)] {
			ids = append(ids, profileID(id))
		}
		p.line(0, words(text.Lit("! ambiguous: one of them fits"), commas(ids...), more(len(m.Rivals)-len(ids)),
			text.Lit("as well, and the other does not")))
	}
	if u := m.Unsure; u != nil {
		p.fact(0, "unsure", commas(words(text.Lit("since"), o.minute(u.At)), words(text.Lit("by"), text.Clean(u.By)), words(text.Lit("at"), points(u.Score), text.Lit("points"))))
		p.fact(2, "reason", text.Clean(u.Reason))
	}
	for _, d := range m.Decided {
		p.line(0, words(text.Lit("! called different by"), text.Clean(d.String())))
	}
	p.put(0, text.Safe{})
	t := newTable(column{title: "FIELD"}, column{title: "POINTS", right: true}, column{title: "HOW"}, column{title: "WHY", min: 20})
	for _, f := range m.Fields {
		t.row(spaced(f.Name), signed(f.Points), text.Clean(f.How), text.Clean(f.Why))
	}
	p.table(0, t)
	p.put(0, text.Safe{})
	p.sides(m)
	for _, s := range m.Sides {
		if s.Left > 0 {
			p.line(0, words(text.Lit("!"), plural(s.Left, "record"), text.Lit("of"), profileID(s.Profile),
				text.Lit("not compared: linking is not allowed")))
		}
	}
	return p.done()
}

// sides writes the values of both profiles in two columns, field by field.
func (p *page) sides(m cdp.MatchView) {
	t := newTable(column{title: "FIELD"}, column{title: m.A.String(), min: 16}, column{title: m.B.String(), min: 16})
	counts := [2]text.Safe{}
	sources := [2]text.Safe{}
	for i, s := range m.Sides {
		counts[i] = plural(s.Records, "record")
		sources[i] = names(s.Sources)
	}
	t.row(text.Safe{}, counts[0], counts[1])
	t.row(text.Lit("sources"), sources[0], sources[1])
	for _, f := range m.Fields {
		of := func(s cdp.MatchSide) (out []text.Safe) {
			for _, v := range s.Values {
				if v.Field == f.Name {
					out = append(out, p.o.matchValue(v))
				}
			}
			return out
		}
		a, b := of(m.Sides[0]), of(m.Sides[1])
		for i := range max(len(a), len(b)) {
			name := text.Safe{}
			if i == 0 {
				name = spaced(f.Name)
			}
			t.row(name, nth(a, i), nth(b, i))
		}
	}
	p.table(0, t)
}

// nth is an item of a list, or nothing behind its end.
func nth(list []text.Safe, i int) text.Safe {
	if i < len(list) {
		return list[i]
	}
	return text.Safe{}
}

func (o Options) matchValue(v cdp.MatchValue) text.Safe {
	out := o.show(matchKind(v.Field), v.Value.Reveal())
	if v.Identifier != nil {
		out = o.ident(*v.Identifier)
	}
	if v.Shared {
		out = words(out, text.Lit("(shared)"))
	}
	return out
}

// matchKind is how values of a field are masked.
func matchKind(field string) string {
	switch field {
	case "name":
		return text.KindName
	case "birth_date":
		return text.KindBirthday
	case "address":
		return text.KindAddress
	}
	return text.KindText
}

// MatchVerdicts writes what became of verdicts.
func MatchVerdicts(w io.Writer, list []cdp.MatchVerdict, o Options) error {
	p := newPage(w, o)
	for _, v := range list {
		switch v.Verdict {
		case cdp.MatchSame:
			p.line(0, words(profileID(v.A), text.Lit("and"), profileID(v.B), text.Lit("are the same person, by"), text.Concat(text.Clean(v.Decision.String()), text.Lit(":")),
				text.Lit("now"), profileID(v.Profile)))
		case cdp.MatchDifferent:
			p.line(0, words(profileID(v.A), text.Lit("and"), profileID(v.B), text.Lit("are different people, by"), text.Clean(v.Decision.String())))
		default:
			p.line(0, words(profileID(v.A), text.Lit("and"), profileID(v.B), text.Lit("may be one person or two: nobody could tell; as a possible match they come last")))
		}
	}
	return p.done()
}

// MatchCounts writes how long the queue is and how far behind.
func MatchCounts(w io.Writer, c cdp.MatchCounts, o Options) error {
	p := newPage(w, o)
	if !c.Made {
		p.say(0, "possible matches were not looked for yet")
		return p.done()
	}
	p.fact(0, "profiles compared", text.Int(c.Profiles))
	p.fact(0, "pairs for review", text.Int(c.Open))
	p.fact(0, "pairs somebody was unsure of", text.Int(c.Unsure))
	p.fact(0, "ambiguous pairs", text.Int(c.Ambiguous))
	p.fact(0, "changes not looked at yet", text.Clean(decimal(c.Behind)))
	return p.done()
}
