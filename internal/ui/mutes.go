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

// newMutes lists what is kept out of the counts of the lint, by whom and until
// when, the next to end first; one can be lifted, with a reason.
func newMutes(s *session, a address) screen {
	desk, cache := s.desk, s.surveyedBy(s.lens)
	at := s.env.Now()
	if s.lens.Purpose == "" {
		at = s.lens.From(at).At
	}
	over := func(m cdp.Mute) bool { return !at.Before(m.Until) } // it has ended by itself
	cols := []column[cdp.Mute]{
		{name: "rule", min: 16, max: 28, flex: 1, cell: func(_ show, m cdp.Mute) val { return plain(m.Rule) }},
		{name: "about", min: 12, max: 30, flex: 1, cell: func(_ show, m cdp.Mute) val { return plain(m.Object.ID).in(widget.Accent) }},
		{name: "until", min: 10, cell: func(sh show, m cdp.Mute) val {
			v := sh.day(m.Until)
			if over(m) {
				return v.in(widget.Dim)
			}
			return v
		}, by: func(a, b cdp.Mute) int { return a.Until.Compare(b.Until) }},
		{name: "actor", min: 8, prio: 1, cell: func(_ show, m cdp.Mute) val { return plain(m.By) }},
		{name: "reason", min: 16, flex: 2, prio: 2, cell: func(_ show, m cdp.Mute) val { return plain(m.Reason) }},
	}
	l := newList(s, cols, func(m cdp.Mute) string { return m.Rule + "\x00" + m.Object.Kind + "\x00" + m.Object.ID }, a).atOnce(func(ctx context.Context) ([]cdp.Mute, error) {
		list, err := desk.Mutes(ctx)
		slices.SortStableFunc(list, func(a, b cdp.Mute) int { return a.Until.Compare(b.Until) })
		return list, err
	})
	x := newListing(s, "screen.mutes", l)
	x.base = address{Screen: "mutes"}
	x.about = func(d *detail, m cdp.Mute) {
		d.head(text.Clean(m.Rule))
		d.labelled(text.Clean(m.Object.Kind), plain(m.Object.ID))
		d.fact("field.until", d.minute(m.Until))
		if over(m) {
			d.text(widget.Dim, d.say("mutes.over"))
		}
		d.fact("field.reason", plain(m.Reason))
		d.labelled(d.say("mutes.by"), plain(m.By))
		d.fact("field.when", d.minute(m.At))
	}
	x.open = func(m cdp.Mute) tea.Cmd { return s.visit(address{Screen: "finding", Object: m.Rule}) }
	x.binds = func() []binding {
		return []binding{{id: "unmute", keys: []string{"H"}, hint: 2, do: func() tea.Cmd {
			m, _ := l.Item()
			return s.ask(question{label: s.say("ask.unmute", m.Rule, m.Object.ID), must: s.say("ask.reveal.must"), then: func(reason string) tea.Cmd {
				if strings.TrimSpace(reason) == "" {
					return s.info("ask.reveal.must")
				}
				return s.work("fail.unmute", func(ctx context.Context) error { return desk.Unmute(ctx, m.Rule, m.Object, reason) }, func() tea.Cmd {
					cache.forget()
					return tea.Batch(s.toast(widget.SuccessLevel, s.say("mutes.lifted", m.Rule, m.Object.ID)), x.Refresh())
				})
			}})
		}, off: func() text.Safe {
			if why := s.mayDecide(); !why.Empty() {
				return why
			}
			if _, ok := l.Item(); !ok {
				return s.say("off.nomute")
			}
			return text.Safe{}
		}}}
	}
	return x
}

// lintLines are how much the last run of the lint over the whole store found,
// and how long ago that was.
func lintLines(sh show, runs []cdp.LintRun, rules []cdp.LintRule) (label, count val) {
	if len(runs) == 0 {
		return safe(sh.say("dash.nolint")), val{}
	}
	last, high, all := runs[len(runs)-1], 0, 0
	for _, c := range last.Counts {
		all += c.Open
		if slices.ContainsFunc(rules, func(r cdp.LintRule) bool { return r.ID == c.Rule && r.Severity == cdp.High }) {
			high += c.Open
		}
	}
	ago := sh.ago(last.At)
	count = bad(high)
	count.text = text.Join(text.Lit(" / "), number(high).text, number(all).text)
	if high > 0 {
		count = count.in(widget.Bad)
	}
	return safe(sh.say("dash.findings", ago.text)), count
}
