package ui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// segmentTrend is how many kept counts a segment shows.
const segmentTrend = 12

// A kept segment is a saved segment with the counts that were kept of it.
type keptSegment struct {
	cdp.Segment
	runs []cdp.SegmentRun
}

// newSegments lists the saved segments.
func newSegments(s *session, a address) screen {
	desk := s.desk
	cols := []column[keptSegment]{
		{name: "segment", min: 12, max: 30, flex: 1, cell: func(_ show, k keptSegment) val { return plain(k.Name).in(widget.Accent) }},
		{name: "version", min: 7, right: true, prio: 2, cell: func(_ show, k keptSegment) val { return number(k.Version) }},
		{name: "profiles", min: 9, right: true, cell: func(_ show, k keptSegment) val {
			if len(k.runs) == 0 {
				return val{}
			}
			return number(k.runs[len(k.runs)-1].Profiles)
		}},
		{name: "query", min: 20, flex: 3, cell: func(_ show, k keptSegment) val { return plain(k.Shape) }},
		{name: "note", min: 12, flex: 2, prio: 3, cell: func(_ show, k keptSegment) val { return plain(k.Note) }},
	}
	l := newList(s, cols, func(k keptSegment) string { return k.Ref() }, a).atOnce(func(ctx context.Context) ([]keptSegment, error) {
		list, err := desk.Segments(ctx, false)
		out := make([]keptSegment, len(list))
		for i := range list {
			out[i].Segment = list[i]
			if err == nil {
				out[i].runs, err = desk.SegmentRuns(ctx, list[i].Name, segmentTrend)
			}
		}
		return out, err
	})
	x := newListing(s, "screen.segments", l)
	x.base = address{Screen: "segments"}
	x.about = func(d *detail, k keptSegment) {
		d.head(text.Clean(k.Ref()))
		d.text(widget.Plain, text.Clean(k.Note))
		d.fact("field.query", plain(k.Shape))
		d.fact("field.by", plain(k.By))
		d.fact("field.time", d.time(k.At, "2006-01-02 15:04"))
		d.head(d.say("segment.trend"))
		if len(k.runs) == 0 {
			d.text(widget.Dim, d.say("segment.untold"))
		}
		most := 0
		for _, r := range k.runs {
			most = max(most, r.Profiles)
		}
		for _, r := range k.runs {
			d.text(widget.Plain, text.Join(text.Lit(" "), d.time(r.At, time.DateOnly).text, text.PadLeft(text.Int(r.Profiles), 9), bar(r.Profiles, most, 16)))
		}
		d.gap()
		d.text(widget.Dim, d.say("segment.enter"))
	}
	x.open = func(k keptSegment) tea.Cmd { return s.visit(address{Screen: "builder", Of: k.Name, Query: k.Query}) }
	x.binds = func() []binding {
		return []binding{
			{id: "segnew", keys: []string{"*"}, hint: 2, do: func() tea.Cmd { return s.visit(address{Screen: "builder"}) }},
			{id: "segkeep", keys: []string{"&"}, hint: 3, off: x.empty, do: x.on(func(k keptSegment) tea.Cmd {
				return s.work("fail.segment", func(ctx context.Context) error {
					_, err := desk.CountSegment(ctx, cdp.SegmentAsk{Keep: k.Name}, nil)
					return err
				}, func() tea.Cmd {
					return tea.Batch(s.toast(widget.SuccessLevel, s.say("segment.kept", k.Name)), x.Refresh())
				})
			})},
			{id: "segforget", keys: []string{"R"}, hint: 5, off: func() text.Safe {
				if s.readOnly {
					return s.say("off.readonly")
				}
				return x.empty()
			}, do: x.on(func(k keptSegment) tea.Cmd {
				return s.sure(widget.Question{Title: s.say("segment.forget"), Body: []text.Safe{s.say("segment.forget.what", k.Name)}, Cancel: s.say("segment.forget.not"), Act: s.say("segment.forget.do"), Opener: "X"}, func() tea.Cmd {
					return s.work("fail.segment", func(ctx context.Context) error { return desk.ForgetSegment(ctx, k.Name) }, x.Refresh)
				})
			})},
		}
	}
	return x
}

// bar is n of most as signs; anything there is shows.
func bar(n, most, width int) text.Safe {
	if n <= 0 || most <= 0 {
		return text.Safe{}
	}
	return text.Clean(strings.Repeat("#", max(1, min(width, (n*width+most/2)/most))))
}

// A dated period stands among all of them.
type dated struct {
	cdp.Period
	all []cdp.Period
}

// most is the largest figure of all periods.
func (p dated) most(of func(cdp.Period) int) (n int) {
	for _, r := range p.all {
		n = max(n, of(r))
	}
	return n
}

// newCounts shows facts over time.
func newCounts(s *session, a address) screen {
	desk, by := s.desk, a.Of
	if by == "" {
		by = "month"
	}
	figure := func(name string, prio int, of func(cdp.Period) int) column[dated] {
		return column[dated]{name: name, min: 8, right: true, prio: prio, cell: func(_ show, p dated) val { return number(of(p.Period)) },
			by: func(a, b dated) int { return compare(of(a.Period), of(b.Period)) }}
	}
	cols := []column[dated]{
		{name: "period", min: 10, cell: func(sh show, p dated) val { return period(sh, by, p.Begin) }},
		figure("records", 0, func(p cdp.Period) int { return p.Records }),
		{name: "chart", min: 12, prio: 3, cell: func(_ show, p dated) val {
			return safe(bar(p.Records, p.most(func(p cdp.Period) int { return p.Records }), 12))
		}},
		figure("touchpoints", 1, func(p cdp.Period) int { return p.Touchpoints }),
		figure("given", 0, func(p cdp.Period) int { return p.Given }),
		figure("taken", 0, func(p cdp.Period) int { return p.Taken }),
		figure("reported", 4, func(p cdp.Period) int { return p.Reported }),
		figure("sent", 0, func(p cdp.Period) int { return p.Sent }),
		figure("denied", 2, func(p cdp.Period) int { return p.Denied }),
	}
	l := newList(s, cols, func(p dated) string { return p.Begin.String() }, a).atOnce(func(ctx context.Context) ([]dated, error) {
		c, err := desk.Counts(ctx, by, nil)
		out := make([]dated, len(c.Rows))
		for i, p := range c.Rows {
			out[i] = dated{p, c.Rows}
		}
		return out, err
	})
	x := newListing(s, "screen.counts", l)
	x.base = address{Screen: "counts", Of: a.Of}
	x.about = func(d *detail, p dated) {
		d.head(period(d.show, by, p.Begin).text)
		for _, f := range []struct {
			name string
			of   func(cdp.Period) int
		}{{"records", func(p cdp.Period) int { return p.Records }}, {"quarantined", func(p cdp.Period) int { return p.Quarantined }}, {"touchpoints", func(p cdp.Period) int { return p.Touchpoints }},
			{"given", func(p cdp.Period) int { return p.Given }}, {"taken", func(p cdp.Period) int { return p.Taken }}, {"reported", func(p cdp.Period) int { return p.Reported }},
			{"sent", func(p cdp.Period) int { return p.Sent }}, {"denied", func(p cdp.Period) int { return p.Denied }}} {
			d.labelled(d.say("counts."+f.name), safe(text.Join(text.Lit("  "), text.Int(f.of(p.Period)), bar(f.of(p.Period), p.most(f.of), 16))))
		}
		d.gap()
		d.text(widget.Dim, d.say("counts.what"))
	}
	x.binds = func() []binding {
		return []binding{{id: "countsby", keys: []string{";"}, hint: 2, do: func() tea.Cmd {
			var out []choice
			for _, p := range cdp.CountPeriods() {
				out = append(out, choice{label: s.say("counts.by." + p), do: func() tea.Cmd { return s.turn(address{Screen: "counts", Of: p}) }})
			}
			return s.choose(s.say("counts.by"), out)
		}}}
	}
	return x
}

// period names a period by its first day.
func period(s show, by string, begin time.Time) val {
	switch {
	case begin.IsZero():
		return safe(s.say("counts.notime")).in(widget.Dim)
	case by == "year":
		return plain(begin.Format("2006"))
	case by == "quarter":
		return plain(begin.Format("2006") + " Q" + itoa(int(begin.Month()-1)/3+1))
	case by == "month":
		return plain(begin.Format("2006-01"))
	}
	return plain(begin.Format(time.DateOnly))
}

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
		{name: "channel", min: 8, max: 16, flex: 1, cell: func(_ show, r covered) val { return plain(string(r.Channel)) }},
		{name: "what", min: 9, max: 20, flex: 1, cell: func(_ show, r covered) val { return plain(r.Kind) }},
		{name: "none", min: 12, right: true, cell: func(_ show, r covered) val { return uncovered(r.CoverageRow) }, by: func(a, b covered) int { return compare(a.None, b.None) }},
		{name: "all", min: 8, right: true, prio: 5, cell: func(_ show, r covered) val { return number(r.Touchpoints) },
			by: func(a, b covered) int { return compare(a.Touchpoints, b.Touchpoints) }},
	}
	for i, b := range []string{"consent", "contract", "law", "vital", "public", "interest"} {
		cols = append(cols, column[covered]{name: "basis." + b, min: 9, right: true, prio: []int{0, 0, 1, 4, 3, 0}[i],
			cell: func(_ show, r covered) val { return heat(r.Bases[i], r.Touchpoints) }})
	}
	cols = append(cols, column[covered]{name: "held", min: 8, right: true, prio: 2, cell: func(_ show, r covered) val { return bad(r.Quarantined) }})
	l := newList(s, cols, func(r covered) string { return string(r.Channel) + "\x00" + r.Kind }, a).atOnce(func(ctx context.Context) ([]covered, error) {
		c, err := desk.Coverage(ctx, nil)
		out := make([]covered, len(c.Rows))
		for i, r := range c.Rows {
			out[i] = covered{r, c.Sum()}
		}
		return out, err
	})
	x := newListing(s, "screen.coverage", l)
	x.base = address{Screen: "coverage"}
	x.about = func(d *detail, r covered) {
		d.coverage(text.Join(text.Lit(" / "), text.Clean(string(r.Channel)), text.Clean(r.Kind)), r.CoverageRow)
		d.coverage(d.say("coverage.all"), r.sum)
		d.gap()
		d.text(widget.Dim, d.say("coverage.what"))
	}
	x.open = func(r covered) tea.Cmd {
		var parts []string
		if r.Channel != "" {
			parts = append(parts, "channel:"+term(string(r.Channel)))
		}
		if r.Kind != "" {
			parts = append(parts, "touchpoint:"+term(r.Kind))
		}
		return s.visit(address{Screen: "search", Query: strings.Join(parts, " ")})
	}
	return x
}

func (d *detail) coverage(title text.Safe, r cdp.CoverageRow) {
	d.head(text.Join(text.Lit("  "), title, text.Int(r.Touchpoints)))
	for i, b := range cdp.Bases() {
		d.labelled(d.lex.term("basis", string(b)), safe(text.Join(text.Lit(" "), heat(r.Bases[i], r.Touchpoints).text, bar(r.Bases[i], r.Touchpoints, 12))))
	}
	d.labelled(d.say("coverage.none"), uncovered(r))
	d.labelled(d.say("coverage.restricted"), number(r.Restricted))
	d.labelled(d.say("coverage.held"), bad(r.Quarantined))
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
	v.text = text.Concat(text.Clean([]string{". ", ": ", "+ ", "# ", "# "}[n*4/max(of, 1)]), v.text)
	v.style = widget.Good
	return v
}
