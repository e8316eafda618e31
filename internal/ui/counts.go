package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

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

// A figure of a period has a column, and a line of the detail.
type figure struct {
	name string
	prio int // 0: stands in a narrow table too; -1: in none
	of   func(cdp.Period) int
}

func figures() []figure {
	return []figure{{"records", 0, func(p cdp.Period) int { return p.Records }}, {"quarantined", -1, func(p cdp.Period) int { return p.Quarantined }},
		{"touchpoints", 0, func(p cdp.Period) int { return p.Touchpoints }}, {"given", 0, func(p cdp.Period) int { return p.Given }},
		{"taken", 0, func(p cdp.Period) int { return p.Taken }}, {"reported", 3, func(p cdp.Period) int { return p.Reported }},
		{"sent", 0, func(p cdp.Period) int { return p.Sent }}, {"denied", 1, func(p cdp.Period) int { return p.Denied }}}
}

// newCounts shows facts over time, the latest period first.
func newCounts(s *session, a address) screen {
	desk, by := s.desk, a.Of
	if by == "" {
		by = "month"
	}
	cols := []column[dated]{{name: "period", min: 10, cell: func(sh show, p dated) val { return period(sh, by, p.Begin) },
		by: func(a, b dated) int { return a.Begin.Compare(b.Begin) }}}
	touched := func(p cdp.Period) int { return p.Touchpoints }
	for _, f := range figures() {
		if f.prio >= 0 {
			cols = append(cols, column[dated]{name: f.name, min: max(7, text.Width(s.say("col."+f.name))), right: true, prio: f.prio, cell: func(_ show, p dated) val { return number(f.of(p.Period)) },
				by: func(a, b dated) int { return compare(f.of(a.Period), f.of(b.Period)) }})
		}
		if f.name == "touchpoints" {
			cols = append(cols, column[dated]{name: "chart", min: 8, max: 24, flex: 1, prio: 2, cell: func(_ show, p dated) val { return safe(bar(touched(p.Period), p.most(touched), 8)) }})
		}
	}
	x := &metered[dated]{}
	l := newList(s, cols, func(p dated) string { return p.Begin.String() }, a).atOnce(func(ctx context.Context) ([]dated, error) {
		c, err := desk.Counts(ctx, by, x.count)
		out := make([]dated, len(c.Rows))
		for i, p := range c.Rows {
			out[len(out)-1-i] = dated{p, c.Rows}
		}
		return out, err
	})
	x.listing = newListing(s, "screen.counts", l)
	x.base = address{Screen: "counts", Of: a.Of}
	x.crumb = func() text.Safe { return s.say("screen.counts.by", s.say("counts.by."+by)) }
	x.about = func(d *detail, p dated) {
		d.head(period(d.show, by, p.Begin).text)
		wide := 0
		for _, f := range figures() {
			wide = max(wide, text.Width(d.say("counts."+f.name)))
		}
		for _, f := range figures() {
			d.labelled(text.Pad(d.say("counts."+f.name), wide), safe(text.Join(text.Lit(" "), text.PadLeft(text.Int(f.of(p.Period)), 7), bar(f.of(p.Period), p.most(f.of), 8))))
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
