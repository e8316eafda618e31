package ui

import (
	"context"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// dashboard shows the store at a glance: what waits, who is who, consent,
// sources, shares, the last entries of the log.
type dashboard struct {
	panes
	ses   *session
	stats load[cdp.Stats]
	last  load[[]cdp.Entry]
	lint  load[[]cdp.LintRun] // the last run over the whole store
	alone bool                // the counts are being read without anybody having asked
	shown uint64              // how often it was shown and left; a beat of another time is void
	ctx   func() context.Context
	rows  [6]*plainTable
}

// Panes of the dashboard.
const (
	dashWaiting = iota
	dashConsent
	dashIdentity
	dashShares
	dashSources
	dashLog
)

func newDashboard(s *session, a address) screen {
	x := &dashboard{ses: s}
	col := func(name string, min, flex, prio int, right bool) widget.Column {
		return widget.Column{Title: s.say("col." + name), Min: min, Flex: flex, Priority: prio, Right: right}
	}
	x.rows = [6]*plainTable{
		dashWaiting:  newPlainTable(s, []widget.Column{col("what", 14, 1, 0, false), col("count", 9, 0, 0, true)}),
		dashConsent:  newPlainTable(s, []widget.Column{col("purpose", 10, 1, 0, false), col("given", 7, 0, 0, true), col("refused", 7, 0, 0, true), col("other", 7, 0, 1, true)}),
		dashIdentity: newPlainTable(s, []widget.Column{col("what", 10, 1, 0, false), col("count", 11, 0, 0, true)}),
		dashShares:   newPlainTable(s, []widget.Column{col("recipient", 10, 1, 0, false), col("purpose", 10, 1, 1, false), col("times", 7, 0, 0, true), col("last", 6, 0, 2, false)}),
		dashSources: newPlainTable(s, []widget.Column{col("source", 12, 1, 0, false), col("state", 10, 0, 0, false), col("last", 6, 0, 1, false), col("records", 11, 0, 0, true),
			col("quarantined", 7, 0, 3, true), col("rejects", 7, 0, 2, true)}),
		dashLog: newPlainTable(s, []widget.Column{col("time", 8, 0, 0, false), col("actor", 8, 1, 1, false), col("verb", 8, 0, 0, false), col("object", 10, 0, 0, false), col("what", 10, 2, 2, false)}),
	}
	titles := []string{"dash.waiting", "dash.consent", "dash.identity", "dash.shares", "dash.sources", "dash.log"}
	x.panes = panes{kit: s.kit, layout: layoutDashboard, rects: make([]widget.Rect, 6), digits: true}
	for i, t := range x.rows {
		x.list = append(x.list, pane{part: t, title: func() text.Safe { return s.say(titles[i]) }, footer: t.Footer, moving: scrollKeys(s.kit.Keys())})
	}
	x.focus = max(0, min(a.Tab-1, 5))
	return x
}

// layoutDashboard is two columns of two panes over sources, and the log where
// there is room for it.
func layoutDashboard(w, h int) []widget.Rect {
	all := widget.NewRect(0, 0, w, h)
	switch {
	case h >= 30:
		r := all.Rows(10, 10, 8, 8)
		a, b := r[0].Columns(1, 1), r[1].Columns(1, 1)
		return []widget.Rect{a[0], a[1], b[0], b[1], r[2], r[3]}
	case h >= 18:
		r := all.Rows(7, 7, 6)
		a, b := r[0].Columns(1, 1), r[1].Columns(1, 1)
		c := r[2].Columns(1, 1)
		if w < 100 {
			return []widget.Rect{a[0], a[1], b[0], b[1], r[2], {}}
		}
		return []widget.Rect{a[0], a[1], b[0], b[1], c[0], c[1]}
	}
	r := all.Rows(1, 1)
	a, b := r[0].Columns(1, 1), r[1].Columns(1, 1)
	return []widget.Rect{a[0], a[1], b[0], {}, b[1], {}}
}

// beat makes a dashboard that is shown read its counts again.
type beat struct {
	of    *dashboard
	shown uint64
}

// beatTime is between two such readings.
const beatTime = 30 * time.Second

func (x *dashboard) Open(ctx context.Context) tea.Cmd {
	x.ctx = func() context.Context { return ctx }
	x.shown++
	var cmds []tea.Cmd
	if x.stats.ok {
		for _, t := range x.rows {
			cmds = append(cmds, t.Resume(ctx))
		}
	}
	return tea.Batch(append(cmds, x.Refresh(), x.nextBeat())...)
}

func (x *dashboard) nextBeat() tea.Cmd { return x.ses.env.after(beatTime, beat{x, x.shown}) }

func (x *dashboard) Close() {
	x.shown++
	x.stats.end()
	x.last.end()
	x.lint.end()
	for _, t := range x.rows {
		t.Close()
	}
	x.ctx = nil
}

const dashEntries = 20

func (x *dashboard) Refresh() tea.Cmd {
	if x.ctx == nil {
		return nil
	}
	x.alone = false
	desk, now := x.ses.desk, x.ses.env.Now
	return tea.Batch(x.stats.start(x.ctx(), now, desk.Stats), x.runs(), x.last.start(x.ctx(), now, func(ctx context.Context) ([]cdp.Entry, error) {
		return desk.Log(ctx, cdp.Ref{}, 0, dashEntries)
	}))
}

// runs reads the last run of the lint, which is counts and is not logged.
func (x *dashboard) runs() tea.Cmd {
	desk := x.ses.present
	return x.lint.start(x.ctx(), x.ses.env.Now, func(ctx context.Context) ([]cdp.LintRun, error) { return desk.LintRuns(ctx, 1) })
}

// recount reads the counts again by itself. The log is left alone: a look at it
// is an entry in it (law L7), and nobody looks every half minute.
func (x *dashboard) recount() tea.Cmd {
	if x.stats.busy {
		return nil
	}
	x.alone = true
	return tea.Batch(x.stats.start(x.ctx(), x.ses.env.Now, x.ses.desk.Stats), x.runs())
}

func (x *dashboard) Update(msg tea.Msg) (bool, tea.Cmd) {
	if b, ok := msg.(beat); ok {
		if b.of != x || b.shown != x.shown || x.ctx == nil {
			return true, nil
		}
		return true, tea.Batch(x.recount(), x.nextBeat())
	}
	if mine, fresh := x.stats.take(msg); mine {
		if fresh && x.ctx != nil {
			switch {
			case x.stats.err == nil:
			case x.alone && x.stats.ok: // the status line says it; nobody asked
				return true, nil
			default:
				return true, x.ses.fail("fail.stats", x.stats.err)
			}
			return true, x.fill()
		}
		return true, nil
	}
	if mine, fresh := x.lint.take(msg); mine {
		if fresh && x.ctx != nil && x.stats.ok {
			return true, x.fill()
		}
		return true, nil
	}
	if mine, fresh := x.last.take(msg); mine {
		if fresh && x.ctx != nil {
			if x.last.err != nil {
				return true, x.ses.fail("fail.log", x.last.err)
			}
			return true, x.fillLog()
		}
		return true, nil
	}
	for _, t := range x.rows {
		if ok, cmd := t.Update(msg); ok {
			return true, cmd
		}
	}
	return false, nil
}

func (x *dashboard) fill() tea.Cmd {
	st, sh := x.stats.val, x.ses.show()
	for i, t := range x.rows {
		if i != dashLog {
			t.reset()
		}
	}
	say := func(key string) val { return safe(sh.say(key)) }
	w := x.rows[dashWaiting]
	label, count := say("screen.findings"), val{} // until the last run is read
	if x.lint.ok {
		label, count = lintLines(sh, x.lint.val, x.ses.desk.LintRules())
	}
	w.add(address{Screen: "findings"}, label, count)
	w.add(address{Screen: "outbox"}, say("dash.outbox").in(widget.Accent), val{}) // to count it is to look at it, which is logged
	w.add(address{Screen: "quarantine"}, say("dash.quarantined"), bad(st.Quarantined))
	w.add(address{Screen: "rejects"}, say("dash.rejects"), bad(st.Rejects))
	w.add(address{Screen: "sources", Sort: "-apart"}, say("dash.apart"), number(st.Apart))
	unknown := 0
	for _, s := range st.Sources {
		if !s.Known {
			unknown++
		}
	}
	w.add(address{Screen: "sources", Sort: "known"}, say("dash.unknown"), bad(unknown))
	if st.Register == "" {
		w.add(address{Screen: "quarantine"}, say("dash.noregister").in(widget.Bad), val{})
	} else {
		w.add(address{Screen: "sources"}, say("dash.register"), plain(short(st.Register)))
	}
	behind := 0
	if st.JournalSeq > st.IndexSeq {
		behind = int(st.JournalSeq - st.IndexSeq)
	}
	w.add(address{Screen: "search", Query: "*"}, say("dash.behind"), bad(behind)) // which says how current its answer is

	c := x.rows[dashConsent]
	for _, n := range st.Consent {
		all := n.Given + n.Refused + n.Other
		c.add(address{Screen: "search", Query: "consent:" + term(string(n.Purpose)+"=given")}, plain(string(n.Purpose)), share(n.Given, all), share(n.Refused, all), share(n.Other, all))
	}
	id := x.rows[dashIdentity]
	id.add(address{Screen: "search", Query: "*"}, say("dash.profiles"), number(st.Profiles).in(widget.Strong))
	id.add(address{Screen: "health"}, say("dash.health").in(widget.Accent), val{})
	id.add(address{Screen: "sources", Sort: "-records"}, say("dash.recordcount"), number(st.Records))
	// Their figures are a read of the whole store.
	id.add(address{Screen: "segments"}, say("dash.segments").in(widget.Accent), val{})
	id.add(address{Screen: "counts"}, say("dash.counts").in(widget.Accent), val{})
	id.add(address{Screen: "coverage"}, say("dash.coverage").in(widget.Accent), val{})
	id.add(address{Screen: "health", Tab: healthKinds + 1}, say("dash.identifiers"), number(st.Identifiers))
	id.add(address{Screen: "sources", Sort: "-touchpoints"}, say("dash.touchpoints"), number(st.Touchpoints))
	id.add(address{Screen: "search", Query: "size:>=2"}, say("dash.merges"), number(st.Merges))
	id.add(address{Screen: "health"}, say("dash.splits"), number(st.Splits))
	if st.Largest != 0 {
		label := "dash.largest"
		if st.LargestBound {
			label = "dash.large"
		}
		id.add(address{Screen: "profile", Object: st.Largest.String()}, safe(sh.say(label, st.Largest)), number(st.LargestSize))
	}
	for i, n := range st.SizeClasses {
		if i < 5 {
			id.add(address{Screen: "search", Query: "size:" + []string{"1", "2..5", "6..20", "21..100", ">100"}[i]}, safe(sh.say("dash.size"+itoa(i))), number(n))
		}
	}
	for _, d := range st.Shared {
		to := address{Screen: "drift"} // of whom nobody knows who it is
		if d.Recipient != "" {
			to = address{Screen: "outbox", Object: d.Recipient, All: true}
		}
		x.rows[dashShares].add(to, recipient(sh, d.Recipient), plain(string(d.Purpose)), number(d.Count), sh.ago(d.Last))
	}
	for _, s := range st.Sources {
		x.rows[dashSources].add(address{Screen: "sources", Filter: "source:" + string(s.Source.ID)}, plain(string(s.Source.ID)), sourceState(sh, s), sh.ago(s.Last), number(s.Records), bad(s.Quarantined), bad(s.Rejects))
	}
	return x.present()
}

func (x *dashboard) present() tea.Cmd {
	var cmds []tea.Cmd
	for _, t := range x.rows {
		cmds = append(cmds, t.show(x.ctx()))
	}
	return tea.Batch(cmds...)
}

func (x *dashboard) fillLog() tea.Cmd {
	t, sh := x.rows[dashLog], x.ses.show()
	t.reset()
	for _, e := range x.last.val {
		to := address{Screen: "log"}
		if a, ok := idAddress(e.Object.ID); ok {
			to = a
		}
		v := plain(e.Verb)
		v.text = sh.lex.term("verb", e.Verb)
		t.add(to, sh.time(e.At, time.TimeOnly), plain(e.Actor), v, plain(e.Object.ID).in(widget.Accent), plain(e.Detail))
	}
	return t.show(x.ctx())
}

func sourceState(s show, x cdp.SourceStat) val {
	if !x.Known {
		return safe(s.say("known.no")).in(widget.Bad)
	}
	return safe(s.say("known.yes"))
}

// recipient is a name, or that there is none, which is a finding.
func recipient(s show, name string) val {
	if name == "" {
		return safe(s.say("recipient.none")).in(widget.Bad)
	}
	return plain(name)
}

// share is a part in percent.
func share(n, of int) val {
	if of == 0 {
		return safe(text.Lit("-"))
	}
	tenth := (n*1000 + of/2) / of
	return plain(itoa(tenth/10) + "." + itoa(tenth%10) + " %")
}

// term writes a value of a query's field, in quotes only where it needs them.
func term(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789._-=") == "" {
		return s
	}
	return strconv.Quote(strings.Replace(s, "=", "/", 1))
}

func (x *dashboard) Address() address {
	return address{Screen: "dashboard", Tab: x.focus + 1}
}

func (x *dashboard) Crumb() text.Safe { return x.ses.say("screen.dashboard") }

func (x *dashboard) Status() []text.Safe {
	sh := x.ses.show()
	switch {
	case x.stats.ok:
	case x.stats.err != nil:
		return []text.Safe{x.ses.say("fail.stats")}
	default:
		return []text.Safe{x.ses.say("status.reading")}
	}
	out := []text.Safe{x.ses.say("status.asof", sh.time(x.stats.at, time.TimeOnly).text)}
	if x.stats.err != nil {
		out = append(out, x.ses.say("fail.again"))
	}
	if b := x.stats.val.DiskBytes; b > 0 {
		out = append(out, x.ses.say("status.disk", int((b+1<<19)>>20)))
	}
	return out
}

func (x *dashboard) Bindings() []binding {
	return []binding{
		{id: "open", keys: []string{"enter"}, hint: 1, do: func() tea.Cmd {
			a, _ := x.rows[x.focus].target()
			return x.ses.visit(a)
		}, off: func() text.Safe {
			if _, ok := x.rows[x.focus].target(); !ok {
				return x.ses.say("off.leads")
			}
			return text.Safe{}
		}},
		{id: "search", keys: []string{"/"}, hint: 2, do: func() tea.Cmd { return x.ses.visit(address{Screen: "search"}) }},
	}
}
