package ui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// A covered row stands beside the sum of all.
type covered struct {
	cdp.CoverageRow
	sum cdp.CoverageRow
}

// newCoverage shows on which bases the touchpoints of each channel and kind may
// be used now. How much of a row a basis covers is told by marks, not only by
// colour.
func newCoverage(s *session, a address) screen {
	desk := s.desk
	cols := []column[covered]{
		{name: "channel", min: 7, max: 16, flex: 1, cell: func(_ show, r covered) val { return plain(string(r.Channel)) }},
		{name: "what", min: 16, max: 24, flex: 1, cell: func(_ show, r covered) val { return plain(r.Kind) }},
		{name: "none", min: 10, right: true, cell: func(_ show, r covered) val { return uncovered(r.CoverageRow) }, by: func(a, b covered) int { return compare(a.None, b.None) }},
		{name: "all", min: 8, right: true, prio: 5, cell: func(_ show, r covered) val { return number(r.Touchpoints) },
			by: func(a, b covered) int { return compare(a.Touchpoints, b.Touchpoints) }},
	}
	for i, b := range coverageBases() {
		cols = append(cols, column[covered]{name: "basis." + b, min: 9, right: true, prio: []int{0, 0, 1, 4, 3, 0}[i],
			cell: func(_ show, r covered) val { return heat(r.Bases[i], r.Touchpoints) }})
	}
	cols = append(cols, column[covered]{name: "held", min: 8, right: true, prio: 2, cell: func(_ show, r covered) val { return bad(r.Quarantined) }})
	x := &metered[covered]{}
	l := newList(s, cols, func(r covered) string { return string(r.Channel) + "\x00" + r.Kind }, a).atOnce(func(ctx context.Context) ([]covered, error) {
		c, err := desk.Coverage(ctx, x.count)
		out := make([]covered, len(c.Rows))
		for i, r := range c.Rows {
			out[i] = covered{r, c.Sum()}
		}
		return out, err
	})
	x.listing = newListing(s, "screen.coverage", l)
	x.base = address{Screen: "coverage"}
	x.about = func(d *detail, r covered) {
		d.coverage(sortOf(d.show, r.Channel, r.Kind), r.CoverageRow)
		d.coverage(d.say("coverage.all"), r.sum)
		d.gap()
		d.text(widget.Dim, d.say("coverage.what"))
	}
	x.open = func(r covered) tea.Cmd {
		cell := cdp.CoverageCell{Channel: r.Channel, Kind: r.Kind}
		switch name := cols[l.Column()].name; {
		case name == "none":
			cell.Of = name
		case name == "held":
			cell.Of = "quarantined"
		case strings.HasPrefix(name, "basis."):
			cell.Of = string(cdp.Bases()[slices.Index(coverageBases(), strings.TrimPrefix(name, "basis."))])
		}
		return s.visit(cellAddress(cell))
	}
	return x
}

// coverageBases are the columns of the bases, in the order of cdp.Bases.
func coverageBases() []string {
	return []string{"consent", "contract", "law", "vital", "public", "interest"}
}

// sortOf names touchpoints of a channel and kind.
func sortOf(s show, c cdp.Channel, kind string) text.Safe {
	channel := text.Clean(string(c))
	if c == "" {
		channel = s.say("coverage.nochannel")
	}
	return text.Join(text.Lit(" / "), channel, text.Clean(kind))
}

func cellAddress(c cdp.CoverageCell) address {
	return address{Screen: "covered", Object: string(c.Channel), Query: c.Kind, Of: c.Of}
}

// newCovered lists the records behind a cell of the coverage.
func newCovered(s *session, a address) screen {
	desk, cell := s.desk, cdp.CoverageCell{Channel: cdp.Channel(a.Object), Kind: a.Query, Of: a.Of}
	cols := []column[cdp.Covered]{
		{name: "record", min: 9, cell: func(_ show, c cdp.Covered) val { return plain(c.Record.String()).in(widget.Accent) }},
		{name: "profile", min: 9, cell: func(_ show, c cdp.Covered) val {
			if c.Profile == 0 {
				return val{}
			}
			return plain(c.Profile.String())
		}},
		{name: "source", min: 12, max: 24, flex: 1, cell: func(_ show, c cdp.Covered) val { return plain(string(c.Source)) }},
		{name: "touchpoints", min: 7, right: true, cell: func(_ show, c cdp.Covered) val { return number(c.Touchpoints) }},
		{name: "last", min: 10, cell: func(sh show, c cdp.Covered) val { return sh.day(c.Last) }},
		{name: "basis", min: 16, flex: 2, prio: 1, cell: func(sh show, c cdp.Covered) val { return sh.coveredBy(cell, c) }},
	}
	l := newList(s, cols, func(c cdp.Covered) string { return c.Record.String() }, a)
	l.paged(func(ctx context.Context, after string, n int) ([]cdp.Covered, string, error) {
		if n == 0 {
			return nil, "", nil
		}
		page, err := desk.CoverageOf(ctx, cell, after, n)
		return page.Items, page.Next, err
	})
	x := newListing(s, "screen.covered", l)
	x.base = cellAddress(cell)
	x.crumb = func() text.Safe {
		parts := []text.Safe{sortOf(s.show(), cell.Channel, cell.Kind)}
		switch cell.Of {
		case "":
		case "none", "restricted", "quarantined":
			parts = append(parts, s.say("coverage.of."+cell.Of))
		default:
			parts = append(parts, s.lex.term("basis", cell.Of))
		}
		return text.Join(text.Lit(": "), parts...)
	}
	x.about = func(d *detail, c cdp.Covered) {
		d.head(text.Clean(c.Record.String()))
		d.fact("field.source", plain(string(c.Source)))
		if c.Profile != 0 {
			d.fact("field.profile", plain(c.Profile.String()))
		}
		d.fact("field.touchpoints", number(c.Touchpoints))
		d.fact("field.last", d.second(c.Last))
		for i, b := range c.Bases {
			label := text.Safe{}
			if i == 0 {
				label = d.say("field.basis")
			}
			d.labelled(label, d.basis(b))
		}
		if c.Why.Rule != "" {
			d.head(d.say("coverage.why"))
			d.verdict(c.Why)
		}
		d.gap()
		d.text(widget.Dim, d.say("covered.enter"))
	}
	x.open = func(c cdp.Covered) tea.Cmd { return s.visit(address{Screen: "record", Object: c.Record.String()}) }
	x.binds = func() []binding {
		return []binding{{id: "profile", keys: []string{"u"}, hint: 2, off: func() text.Safe {
			if c, ok := l.Item(); ok && c.Profile == 0 {
				return s.say("off.noprofile")
			}
			return x.empty()
		}, do: x.on(func(c cdp.Covered) tea.Cmd { return s.visit(address{Screen: "profile", Object: c.Profile.String()}) })}}
	}
	return x
}

// coveredBy says on which bases, or why on none.
func (s show) coveredBy(cell cdp.CoverageCell, c cdp.Covered) val {
	switch {
	case c.Why.Rule != "":
		return plain(c.Why.Rule).in(widget.Bad)
	case len(c.Bases) > 0:
		return names(c.Bases)
	case cell.Of != "":
		return safe(s.say("coverage.of." + cell.Of))
	case c.Profile == 0:
		return safe(s.say("coverage.of.quarantined"))
	}
	return safe(s.say("coverage.of.none"))
}

func (d *detail) coverage(title text.Safe, r cdp.CoverageRow) {
	d.head(text.Join(text.Lit("  "), title, text.Int(r.Touchpoints)))
	line := func(label text.Safe, v val, bar text.Safe) {
		d.labelled(text.Pad(label, 20), safe(text.Join(text.Lit(" "), text.PadLeft(v.text, 11), bar)).in(v.style))
	}
	for i, b := range cdp.Bases() {
		line(d.lex.term("basis", string(b)), heat(r.Bases[i], r.Touchpoints), bar(r.Bases[i], r.Touchpoints, 12))
	}
	line(d.say("coverage.none"), uncovered(r), bar(r.None, r.Touchpoints, 12))
	line(d.say("coverage.restricted"), number(r.Restricted), text.Safe{})
	line(d.say("coverage.held"), bad(r.Quarantined), text.Safe{})
}

// uncovered is how many may be used for nothing, with a mark.
func uncovered(r cdp.CoverageRow) val {
	v := number(r.None)
	if r.None > 0 {
		v.text, v.style = text.Concat(text.Lit("!! "), v.text), widget.Bad
	}
	return v
}

// heat is a number with a mark for how much it is of a whole: . to a quarter,
// : to a half, + to three quarters, # more.
func heat(n, of int) val {
	if n == 0 {
		return safe(text.Lit("-")).in(widget.Dim)
	}
	v := number(n)
	v.text = text.Concat(text.Clean([]string{". ", ": ", "+ ", "# "}[min((n*4-1)/max(of, 1), 3)]), v.text)
	v.style = widget.Good
	return v
}
