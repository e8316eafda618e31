package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// overview is the first tab: a person on one page.
type overview struct {
	panes
	p     *profile
	state *widget.TextView
	rows  [4]*plainTable
	touch load[[]cdp.Touchpoint]
	ctx   func() context.Context
	at    int // row of the first pane, from an address
}

// Panes of the overview.
const (
	overIdentifiers = iota
	overConsents
	overAttributes
	overTimeline
	overState
)

func newOverview(p *profile, a address) screen {
	s := p.ses
	x := &overview{p: p, state: widget.NewTextView(s.kit), at: a.Row}
	col := func(name string, min, flex, prio int) widget.Column {
		return widget.Column{Title: s.say("col." + name), Min: min, Flex: flex, Priority: prio}
	}
	x.rows = [4]*plainTable{
		overIdentifiers: newPlainTable(s, []widget.Column{col("kind", 7, 0, 0), col("value", 14, 3, 0), col("sources", 8, 1, 2), col("since", 10, 0, 4), col("letter", 4, 0, 1), col("links", 6, 0, 3)}),
		overConsents:    newPlainTable(s, []widget.Column{col("purpose", 10, 2, 0), col("state", 6, 0, 0), col("since", 10, 0, 1), col("evidence", 8, 0, 2)}),
		overAttributes:  newPlainTable(s, []widget.Column{col("name", 10, 1, 0), col("value", 10, 2, 0), col("source", 8, 1, 1), col("origin", 9, 0, 2)}),
		overTimeline:    newPlainTable(s, []widget.Column{col("time", 16, 0, 0), col("channel", 10, 1, 0), col("kind", 12, 1, 0), col("detail", 10, 3, 1), col("source", 10, 1, 2)}),
	}
	keys := s.kit.Keys()
	titles := []string{"tab.identifiers", "over.consents", "over.attributes", "over.timeline"}
	x.panes = panes{kit: s.kit, layout: layoutOverview, rects: make([]widget.Rect, 5)}
	for i, t := range x.rows {
		x.list = append(x.list, pane{part: t, title: func() text.Safe {
			if n := p.load.val.TouchpointCount; i == overTimeline && n > overTouchpoints {
				return s.say("over.timeline.last", overTouchpoints, n)
			}
			return s.say(titles[i])
		}, footer: t.Footer, moving: scrollKeys(keys)})
	}
	x.list = append(x.list, pane{part: x.state, title: func() text.Safe { return s.say("over.state") }, moving: textKeys(keys)})
	return x
}

// layoutOverview is identifiers over attributes, consents over the state, and
// the timeline under all where there is room.
func layoutOverview(w, h int) []widget.Rect {
	all, out := widget.NewRect(0, 0, w, h), make([]widget.Rect, 5)
	if h >= 28 {
		all, out[overTimeline] = all.Bottom(max(8, h*36/100))
	}
	c := all.Columns(55, 45)
	left, right := c[0].Rows(1, 1), c[1].Rows(1, 1)
	out[overIdentifiers], out[overAttributes] = left[0], left[1]
	out[overConsents], out[overState] = right[0], right[1]
	return out
}

func (x *overview) Open(ctx context.Context) tea.Cmd {
	x.ctx = func() context.Context { return ctx }
	x.state.Resume(ctx)
	if !x.p.load.ok {
		return nil
	}
	return x.Told()
}

func (x *overview) Close() {
	x.touch.end()
	x.state.Close()
	for _, t := range x.rows {
		t.Close()
	}
	x.ctx = nil
}

// Refresh reads the timeline; the rest comes with the profile.
func (x *overview) Refresh() tea.Cmd {
	x.touch = load[[]cdp.Touchpoint]{gen: x.touch.gen + 1}
	return x.readTimeline()
}

const overTouchpoints = 50

// readTimeline reads the latest touchpoints, when there is room to show them:
// what is not shown is not read, and not in the log as read.
func (x *overview) readTimeline() tea.Cmd {
	if x.ctx == nil || x.touch.ok || x.touch.busy || x.rects[overTimeline].W == 0 {
		return nil
	}
	desk, id := x.p.ses.desk, x.p.id
	return x.touch.start(x.ctx(), x.p.ses.env.Now, func(ctx context.Context) ([]cdp.Touchpoint, error) {
		page, err := desk.Touchpoints(ctx, id, "", overTouchpoints)
		return page.Items, err
	})
}

func (x *overview) Resize(w, h int) tea.Cmd {
	cmd := x.panes.Resize(w, h)
	return tea.Batch(cmd, x.readTimeline())
}

func (x *overview) Update(msg tea.Msg) (bool, tea.Cmd) {
	if mine, fresh := x.touch.take(msg); mine {
		if fresh && x.ctx != nil {
			if x.touch.err != nil {
				return true, x.p.ses.fail("fail.touchpoints", x.touch.err)
			}
			return true, x.fillTimeline()
		}
		return true, nil
	}
	for _, t := range x.rows {
		if ok, cmd := t.Update(msg); ok {
			return true, cmd
		}
	}
	return x.state.Update(msg)
}

// Told shows the profile's answer.
func (x *overview) Told() tea.Cmd {
	if x.ctx == nil {
		return nil
	}
	return tea.Batch(x.fill(), x.fillTimeline(), x.readTimeline())
}

// Remask shows what may be shown now.
func (x *overview) Remask() tea.Cmd {
	if x.ctx == nil || !x.p.load.ok {
		return nil
	}
	return x.Told()
}

func (x *overview) fill() tea.Cmd {
	v, sh, about, id := x.p.load.val, x.p.ses.show(), x.p.ref(), x.p.id.String()
	for i, t := range x.rows {
		if i != overTimeline {
			t.reset()
		}
	}
	for _, h := range v.Identifiers {
		kind := val{text: sh.lex.term("kind", string(h.Identifier.Kind())), raw: string(h.Identifier.Kind())}
		x.rows[overIdentifiers].add(address{Screen: "trace", Object: id, Of: "identifier:" + h.Identifier.String()}, kind, sh.ident(about, h.Identifier),
			names(h.Sources), sh.day(h.Since), letter(h), sh.joins(h.Active, h.Standing))
	}
	for _, c := range v.Consents {
		x.rows[overConsents].add(address{Screen: "profile", Object: id, Tab: tabConsents + 1}, plain(string(c.Purpose)), sh.shortState(c.State), sh.day(c.Since), plain(itoa(c.Complete)+" %"))
	}
	for i := range v.Wishes {
		w := &v.Wishes[i]
		x.rows[overConsents].add(address{Screen: "profile", Object: id, Tab: tabConsents + 1}, sh.wishName(w), sh.wishSaid(w), sh.day(w.Since), val{})
	}
	for _, p := range v.Preferences {
		x.rows[overConsents].add(address{Screen: "profile", Object: id, Tab: tabConsents + 1}, safe(sh.say("over.preference", p.Name)), sh.attribute(about, p.Name, p.Special, p.Value), val{}, val{})
	}
	for _, g := range v.Attributes {
		name := plain(g.Name)
		if g.Special != "" {
			name = plain(g.Name + " ! " + g.Special).in(widget.Bad)
		} else if g.Conflict {
			name = plain(g.Name + " !").in(widget.Warn)
		}
		origin := val{text: sh.lex.term("origin", string(g.Origin)), raw: string(g.Origin)}
		if g.Origin == cdp.Inferred {
			origin.style = widget.Warn
		}
		x.rows[overAttributes].add(address{Screen: "trace", Object: id, Of: "attribute:" + g.Name}, name, sh.attribute(about, g.Name, g.Special, g.Value), plain(string(g.Source)), origin)
	}
	x.state.Open(x.ctx(), x.stateLines(sh, v))
	cmds := []tea.Cmd{}
	for i, t := range x.rows {
		if i != overTimeline {
			cmds = append(cmds, t.show(x.ctx()))
		}
	}
	if x.at > 0 {
		cmds = append(cmds, x.rows[overIdentifiers].Goto(x.at))
		x.at = 0
	}
	return tea.Batch(cmds...)
}

// letter is the basis of an identifier by its letter in Art. 6(1).
func letter(h cdp.Held) val {
	b := h.Basis
	if b == "" && h.Verdict.Allow {
		b = h.Verdict.Basis
	}
	if b == "" {
		return plain("-").in(widget.Warn)
	}
	return plain(strings.Trim(strings.TrimPrefix(b.Article(), "Art. 6(1)"), "()"))
}

func (x *overview) stateLines(sh show, v cdp.Profile) widget.LineList {
	d := &detail{show: sh}
	if v.Restrict {
		d.text(widget.Bad, d.say("profile.restricted"))
	}
	if v.Outcome != cdp.Linked {
		d.text(widget.Warn, sh.outcome(v.Outcome).text)
	}
	if v.Apart != nil {
		d.verdict(*v.Apart)
		d.gap()
	}
	for _, g := range v.Attributes {
		if g.Conflict {
			d.text(widget.Warn, d.say("over.conflict", g.Name, len(g.Others)))
		}
	}
	d.fact("field.records", number(max(v.RecordCount, len(v.Records))))
	d.fact("field.country", plain(v.Country))
	d.fact("field.since", d.minute(v.Since))
	d.fact("field.seen", d.ago(v.Seen))
	d.fact("field.minted", d.minute(v.Minted))
	d.fact("field.merges", number(v.Merges))
	d.fact("field.splits", number(v.Splits))
	if len(v.Records) > 0 {
		d.head(d.say("over.records"))
	}
	for _, r := range v.Records {
		parts := []string{r.Record.String(), string(r.Source)}
		d.add(widget.Line{Spans: []widget.Span{{Text: text.Clean(strings.Join(parts, "  "))}, {Text: text.Lit("  ")}, sh.key(x.p.ref(), r.Key).span(),
			{Text: text.Lit("  ")}, widget.S(widget.Dim, sh.day(r.At).text)}, Hang: 2})
	}
	return d.lines
}

func (x *overview) fillTimeline() tea.Cmd {
	if !x.touch.ok {
		return nil
	}
	t, sh := x.rows[overTimeline], x.p.ses.show()
	t.reset()
	for _, p := range x.touch.val {
		t.add(address{Screen: "record", Object: p.Record.String()}, sh.minute(p.At), plain(string(p.Channel)), plain(p.Kind), touchDetail(sh, x.p.ref(), p), plain(string(p.Source)))
	}
	return t.show(x.ctx())
}

// Reveals are all fields that the page shows.
func (x *overview) Reveals() (cdp.Ref, []string) {
	v := x.p.load.val
	fields := append(kindsOf(v), fieldKey)
	for _, g := range v.Attributes {
		fields = append(fields, g.Name)
	}
	for _, a := range v.Preferences {
		fields = append(fields, a.Name)
	}
	if x.touch.ok {
		fields = append(fields, fieldDetail, fieldText)
	}
	if !x.p.load.ok {
		return cdp.Ref{}, nil
	}
	return x.p.ref(), fields
}

func (x *overview) table() *plainTable {
	if x.focus < len(x.rows) {
		return x.rows[x.focus]
	}
	return nil
}

func (x *overview) Address() address {
	return address{Row: x.rows[overIdentifiers].Position().Cursor}
}

func (x *overview) Crumb() text.Safe { return x.p.Crumb() }

func (x *overview) Status() []text.Safe {
	return []text.Safe{x.p.ses.say("status.asof", x.p.ses.show().time(x.p.load.at, "15:04:05").text)}
}

func (x *overview) Bindings() []binding {
	target := func() (address, bool) {
		if t := x.table(); t != nil {
			return t.target()
		}
		return address{}, false
	}
	off := func() text.Safe {
		if _, ok := target(); !ok {
			return x.p.ses.say("off.leads")
		}
		return text.Safe{}
	}
	of := func() string {
		if a, ok := target(); ok && a.Screen == "trace" {
			return a.Of
		}
		return ""
	}
	return append(x.p.ses.asks(x.p.number, of),
		binding{id: "open", keys: []string{"enter"}, hint: 1, off: off, do: func() tea.Cmd {
			a, _ := target()
			if a.Screen == "profile" {
				return x.p.turn(a.Tab - 1)
			}
			return x.p.ses.visit(a)
		}},
		binding{id: "trace", keys: []string{"t"}, hint: 2, do: func() tea.Cmd {
			if a, ok := target(); ok && a.Screen == "trace" {
				return x.p.ses.visit(a)
			}
			return x.p.ses.visit(address{Screen: "trace", Object: x.p.id.String()})
		}})
}

func (x *overview) Copies() (cdp.Ref, []copyable) {
	out := []copyable{}
	if t := x.table(); t != nil {
		for i, v := range t.current() {
			if v.raw != "" {
				out = append(out, copyable{label: text.Clean(v.text.String()), text: v.raw, clear: v.clear})
				if i == 1 { // the value is what is wanted first
					out[0], out[len(out)-1] = out[len(out)-1], out[0]
				}
			}
		}
	}
	return x.p.ref(), out
}

// Export writes what the page shows, one line for each value.
func (x *overview) Export() (cdp.Ref, func(context.Context, *sheet) error) {
	var rows [][]val
	add := func(pane int, what string, of func(v []val) []val) {
		for _, v := range x.rows[pane].vals {
			rows = append(rows, append([]val{plain(what)}, of(v)...))
		}
	}
	add(overIdentifiers, "identifier", func(v []val) []val { return []val{v[0], v[1], v[2], v[3], v[5]} })
	add(overConsents, "consent", func(v []val) []val { return []val{v[0], v[1], {}, v[2], v[3]} })
	add(overAttributes, "attribute", func(v []val) []val { return []val{v[0], v[1], v[2], {}, v[3]} })
	add(overTimeline, "touchpoint", func(v []val) []val { return []val{v[2], v[3], v[4], v[0], v[1]} })
	return x.p.ref(), func(ctx context.Context, to *sheet) error {
		if err := to.head("what", "name", "value", "source", "since", "note"); err != nil {
			return err
		}
		for _, r := range rows {
			if err := to.row(r...); err != nil {
				return err
			}
		}
		return ctx.Err()
	}
}
