package ui

import (
	"context"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// A breachLine is one count of whom a breach concerns.
type breachLine struct {
	what    string // persons, category, special, country, recipient
	name    string
	persons int
	shares  int
	last    time.Time
}

// breachOf reads an address: Object is "source NAME" or "recipient NAME", the
// facets are the beginning and the end of the window and when somebody became
// aware, each RFC 3339.
func breachOf(a address) (q cdp.BreachQuestion) {
	switch kind, name, _ := strings.Cut(a.Object, " "); kind {
	case "source":
		q.Source = cdp.SourceID(name)
	case "recipient":
		q.Recipient = name
	}
	for _, f := range a.Facets {
		name, value, _ := strings.Cut(f, "=")
		if t, err := time.Parse(time.RFC3339, value); err == nil {
			switch name {
			case "from":
				q.From = t
			case "to":
				q.To = t
			case "aware":
				q.Aware = t
			}
		}
	}
	return q
}

// newBreach says whom a breach concerns, and how long there is to notify it.
func newBreach(s *session, a address) screen {
	desk, cache, q := s.desk, &once[cdp.Breach]{}, breachOf(a)
	cols := []column[breachLine]{
		{name: "what", min: 12, max: 20, flex: 1, cell: func(sh show, b breachLine) val { return safe(sh.say("breach." + b.what)) }},
		{name: "name", min: 14, flex: 2, cell: func(sh show, b breachLine) val {
			if b.name == "" && b.what == "country" {
				return safe(sh.say("breach.unknown")).in(widget.Warn)
			}
			return plain(b.name)
		}},
		{name: "persons", min: 9, right: true, cell: func(_ show, b breachLine) val { return number(b.persons) }, by: func(a, b breachLine) int { return compare(a.persons, b.persons) }},
		{name: "last", min: 10, prio: 1, cell: func(sh show, b breachLine) val { return sh.day(b.last) }},
	}
	l := newList(s, cols, func(b breachLine) string { return b.what + "\x00" + b.name }, a).atOnce(func(ctx context.Context) ([]breachLine, error) {
		if a.Object == "" {
			return nil, nil
		}
		b, err := cache.read(func() (cdp.Breach, error) { return desk.BreachScope(ctx, q, nil, nil) })
		if err != nil {
			return nil, err
		}
		return breachLines(&b), nil
	})
	x := newListing(s, "screen.breach", l)
	x.base = address{Screen: "breach", Object: a.Object, Facets: a.Facets}
	if a.Object != "" {
		x.crumb = func() text.Safe { return s.say("screen.breach.of", a.Object) }
	}
	x.about = func(d *detail, line breachLine) {
		if b := cache.last.Load(); b != nil {
			tellBreach(d, b, line)
		}
	}
	x.open = func(line breachLine) tea.Cmd {
		if q.Source != "" {
			return s.visit(address{Screen: "sources", Filter: "source:" + string(q.Source)})
		}
		return s.visit(address{Screen: "targets", Filter: "recipient:" + q.Recipient})
	}
	x.again = cache.forget
	x.papers = func() []paper { return breachPapers(s, desk, cache.last.Load()) }
	x.binds = func() []binding {
		return []binding{{id: "breachask", keys: []string{"E"}, hint: 2, do: s.askBreach}}
	}
	return x
}

// breachPapers are the scope as a whole, and the persons who must be told
// (Art. 34), who are read again.
func breachPapers(s *session, desk Linter, b *cdp.Breach) (out []paper) {
	if b == nil {
		return nil
	}
	about := cdp.Ref{Kind: "source", ID: string(b.Question.Source)}
	if about.ID == "" {
		about = cdp.Ref{Kind: "recipient", ID: b.Question.Recipient}
	}
	if put := s.env.Papers.Breach; put != nil {
		for _, format := range []string{"txt", "json"} {
			out = append(out, paper{key: "breach." + format, name: "breach-scope", ext: format, about: about, rows: b.Persons,
				write: func(_ context.Context, w io.Writer) error { return put(w, *b, format) }})
		}
	}
	if each := s.env.Papers.Persons; each != nil {
		out = append(out, paper{key: "breach.persons", name: "breach-persons", ext: "jsonl", about: about, rows: b.Persons + b.Unresolved,
			write: func(ctx context.Context, w io.Writer) error {
				_, err := desk.BreachScope(ctx, b.Question, each(w), nil)
				return err
			}})
	}
	return out
}

func breachLines(b *cdp.Breach) []breachLine {
	out := []breachLine{{what: "persons", persons: b.Persons}, {what: "children", persons: b.Minors}, {what: "special", persons: b.WithSpecial}}
	for _, l := range []struct {
		what string
		list []cdp.BreachCount
	}{{"category", b.Categories}, {"special", b.Special}, {"country", b.Countries}} {
		for _, c := range l.list {
			out = append(out, breachLine{what: l.what, name: c.Name, persons: c.Persons})
		}
	}
	for _, r := range b.Recipients {
		out = append(out, breachLine{what: "recipient", name: r.Recipient, persons: r.Persons, shares: r.Shares, last: r.Last})
	}
	return out
}

// tellBreach is the clock and the sums, whatever line the cursor stands on.
func tellBreach(d *detail, b *cdp.Breach, line breachLine) {
	switch h := int(b.Left.Abs().Hours()); {
	case b.Due.IsZero():
		d.text(widget.Warn, d.say("breach.noclock"))
	case b.Left < 0:
		d.text(widget.Bad, d.say("breach.late", d.minute(b.Due).text, h, b.Law))
	default:
		d.text(widget.Strong, d.say("breach.left", d.minute(b.Due).text, h, b.Law))
	}
	d.fact("field.source", plain(string(b.Question.Source)))
	d.fact("field.recipient", plain(b.Question.Recipient))
	d.fact("field.from", d.minute(b.Question.From))
	d.fact("field.until", d.minute(b.Question.To))
	d.labelled(d.say("breach.persons"), number(b.Persons))
	if !b.Exact() {
		d.text(widget.Warn, d.say("breach.loose", b.Unresolved))
	}
	d.fact("field.records", number(b.Records))
	d.labelled(d.say("breach.special"), number(b.WithSpecial))
	d.labelled(d.say("breach.children"), number(b.Minors))
	d.labelled(d.say("breach.noage"), number(b.AgeUnknown))
	for _, c := range b.Countries {
		if c.Name == "" {
			d.text(widget.Warn, d.say("breach.nocountry", c.Persons))
		}
	}
	switch {
	case b.Due.IsZero():
	case b.Left < 0:
		d.text(widget.Plain, d.say("breach.reason"))
	default:
		d.text(widget.Plain, d.say("breach.phases"))
	}
	if line.what == "recipient" {
		d.head(text.Clean(line.name))
		d.text(widget.Plain, d.say("breach.sent", line.persons, line.shares))
	}
}

// askBreach asks of what, in which window and since when, and counts.
func (s *session) askBreach() tea.Cmd {
	var of []choice
	for _, kind := range []string{"source", "recipient"} {
		of = append(of, choice{label: s.say("breach.of." + kind), do: func() tea.Cmd {
			return s.breached(kind)
		}})
	}
	return s.choose(s.say("breach.title"), of)
}

// breached offers the systems that delivered, or the recipients that are declared
// or got data, and goes on with the one that is chosen.
func (s *session) breached(kind string) tea.Cmd {
	desk := s.desk
	named := map[string]string{}
	return s.work("fail.stats", func(ctx context.Context) error {
		st, err := desk.Stats(ctx)
		if err != nil {
			return err
		}
		if kind == "source" {
			for _, x := range st.Sources {
				named[string(x.Source.ID)] = x.Source.System
			}
			return nil
		}
		for _, x := range st.Shared {
			if x.Recipient != "" {
				named[x.Recipient] = ""
			}
		}
		declared, err := desk.ShareTargets(ctx)
		for _, t := range declared {
			named[t.Recipient] = t.Name
		}
		return err
	}, func() tea.Cmd {
		var out []choice
		for _, id := range slices.Sorted(maps.Keys(named)) {
			out = append(out, choice{label: text.Clean(id), detail: text.Clean(named[id]), do: func() tea.Cmd {
				return s.askWindow(address{Screen: "breach", Object: kind + " " + id}, []string{"from", "to", "aware"})
			}})
		}
		if len(out) == 0 {
			return s.info("breach.nobody")
		}
		return s.choose(s.say("ask.breach."+kind), out)
	})
}

// askWindow asks for the moments of a breach one after another; nothing typed
// leaves one out. A day that ends a window is the end of it.
func (s *session) askWindow(a address, left []string) tea.Cmd {
	if len(left) == 0 {
		return s.visit(a)
	}
	return s.ask(question{label: s.say("ask.breach." + left[0]), then: func(v string) tea.Cmd {
		b := a
		if strings.TrimSpace(v) != "" {
			at, day, ok := said(v, s.env.zone())
			if !ok {
				return tea.Batch(s.info("ask.said.how"), s.askWindow(a, left)) // what was answered before is kept
			}
			if day {
				at = time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, s.env.zone())
				if left[0] == "to" {
					at = at.AddDate(0, 0, 1).Add(-time.Second)
				}
			}
			if left[0] == "aware" && at.After(s.env.Now()) {
				return tea.Batch(s.info("ask.breach.ahead"), s.askWindow(a, left))
			}
			b.Facets = append(a.Facets[:len(a.Facets):len(a.Facets)], left[0]+"="+at.UTC().Format(time.RFC3339))
		}
		return s.askWindow(b, left[1:])
	}})
}
