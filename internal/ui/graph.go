package ui

import (
	"context"
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// graphNode is something in the neighbourhood of a profile.
type graphNode struct {
	kind    string // identifier, profile, recipient, shared, pillar, bridge
	profile cdp.ProfileID
	from    cdp.ProfileID // shared: who carries it on this side
	held    cdp.Held
	down    cdp.Downstream
	ident   cdp.Identifier
	reason  string
	hop     int
	pillar  *cdp.Pillar     // what falls apart without it
	apart   *cdp.ApartClaim // why an identifier joins nothing
	bridge  *cdp.Bridge
}

// around is a neighbourhood and what holds its profile together.
type around struct {
	cdp.Neighbourhood
	holds cdp.Holding
}

// graph shows what surrounds a profile in fixed columns: identifiers, links,
// the profile, downstream; under it those with whom it shares an identifier.
type graph struct {
	panes
	ses   *session
	id    cdp.ProfileID
	hops  int
	load  load[around]
	grid  *gridTable
	twin  *list[graphNode] // the same as a list
	info  *widget.TextView
	plain bool // the twin is shown
	told  string
	ctx   func() context.Context
}

const maxHops = 3

// Panes of the graph.
const (
	graphGrid = iota
	graphTwin
	graphInfo
)

func newGraph(s *session, a address, id cdp.ProfileID) screen {
	x := &graph{ses: s, id: id, hops: max(1, min(a.Hops, maxHops)), info: widget.NewTextView(s.kit)}
	x.plain = a.Tab == 2
	x.grid = newGridTable(s)
	x.twin = newList(s, graphColumns(id), nodeKey, a)
	x.twin.renew = func() { // taken now: what is read in commands must not change
		nodes := nodesOf(x.load.val.Neighbourhood, x.load.val.holds)
		x.twin.atOnce(func(context.Context) ([]graphNode, error) { return nodes, nil })
	}
	keys := s.kit.Keys()
	move := treeKeys(keys)
	x.panes = panes{kit: s.kit, layout: x.place, rects: make([]widget.Rect, 3), list: []pane{
		graphGrid: {part: x.grid, title: func() text.Safe { return s.say("graph.title", id, x.hops) }, footer: x.count, moving: move},
		graphTwin: {part: x.twin, title: func() text.Safe { return s.say("graph.list", id, x.hops) }, footer: x.twin.Footer, moving: move},
		graphInfo: {part: x.info, title: func() text.Safe { return s.say("pane.node") }, moving: textKeys(keys)},
	}}
	if x.plain {
		x.focus = graphTwin
	}
	return x
}

func (x *graph) place(w, h int) []widget.Rect { return layoutGraph(w, h, x.plain) }

// layoutGraph gives the columns all the width there is under 100 cells, with
// the node under them.
func layoutGraph(w, h int, plain bool) []widget.Rect {
	all := widget.NewRect(0, 0, w, h)
	var main, info widget.Rect
	switch {
	case w >= 110:
		main, info = all.Right(max(36, w*30/100))
	case h >= 18:
		main, info = all.Bottom(max(7, h*35/100))
	default:
		main = all
	}
	if plain {
		return []widget.Rect{{}, main, info}
	}
	return []widget.Rect{main, {}, info}
}

func (x *graph) about() cdp.Ref { return cdp.Ref{Kind: "profile", ID: x.id.String()} }

func (x *graph) Open(ctx context.Context) tea.Cmd {
	x.ctx = func() context.Context { return ctx }
	x.info.Resume(ctx)
	if x.load.ok {
		return tea.Batch(x.grid.Resume(ctx), x.twin.Open(ctx))
	}
	return x.Refresh()
}

func (x *graph) Close() {
	x.load.end()
	x.grid.Close()
	x.twin.Close()
	x.info.Close()
	x.ctx = nil
}

func (x *graph) Refresh() tea.Cmd {
	if x.ctx == nil {
		return nil
	}
	desk, id, hops := x.ses.desk, x.id, x.hops
	return x.load.start(x.ctx(), x.ses.env.Now, func(ctx context.Context) (out around, err error) {
		out.Neighbourhood, out.holds, err = desk.Surroundings(ctx, id, hops)
		return out, err
	})
}

// Remask shows what may be shown now.
func (x *graph) Remask() tea.Cmd {
	if x.ctx == nil || !x.load.ok {
		return nil
	}
	return x.present()
}

func (x *graph) present() tea.Cmd {
	x.told = ""
	cmd := x.grid.fill(x.ctx(), x.ses.show(), x.id, x.load.val.Neighbourhood, x.load.val.holds)
	if x.twin.feed == nil {
		return x.synced(tea.Batch(cmd, x.twin.Open(x.ctx())))
	}
	return x.synced(tea.Batch(cmd, x.twin.Reread()))
}

func (x *graph) Update(msg tea.Msg) (bool, tea.Cmd) {
	if mine, fresh := x.load.take(msg); mine {
		if !fresh || x.ctx == nil || x.load.err != nil {
			return true, x.ses.stale(fresh, x.load.ok, x.load.err)
		}
		return true, x.present()
	}
	if ok, cmd := x.grid.Update(msg); ok {
		return true, x.synced(cmd)
	}
	if ok, cmd := x.twin.Update(msg); ok {
		return true, x.synced(cmd)
	}
	return x.info.Update(msg)
}

// Key moves; marking means nothing here.
func (x *graph) Key(k tea.KeyPressMsg) (bool, tea.Cmd) {
	if x.focus != graphInfo && !key.Matches(k, treeKeys(x.kit.Keys())...) {
		return false, nil
	}
	ok, cmd := x.panes.Key(k)
	return ok, x.synced(cmd)
}

func (x *graph) Click(px, py int) tea.Cmd    { return x.synced(x.panes.Click(px, py)) }
func (x *graph) Wheel(px, py, d int) tea.Cmd { return x.synced(x.panes.Wheel(px, py, d)) }

func (x *graph) View() string {
	if x.load.err != nil && !x.load.ok {
		return widget.Fit(x.kit.Line(x.w, widget.S(widget.Bad, x.ses.say("fail.graph", text.Clean(x.load.err.Error())))), x.w, x.h)
	}
	return x.panes.View()
}

func (x *graph) count() text.Safe {
	if !x.load.ok {
		return text.Safe{}
	}
	return x.ses.say("graph.nodes", len(nodesOf(x.load.val.Neighbourhood, x.load.val.holds)))
}

// current is the node under the cursor.
func (x *graph) current() (graphNode, bool) {
	if x.plain {
		return x.twin.Item()
	}
	return x.grid.node()
}

func (x *graph) synced(cmd tea.Cmd) tea.Cmd {
	n, ok := x.current()
	key := nodeKey(n)
	if !ok || key == x.told || x.ctx == nil {
		return cmd
	}
	x.told = key
	d := &detail{show: x.ses.show()}
	tellNode(d, x.about(), n)
	x.info.Open(x.ctx(), d.lines)
	return cmd
}

// Reveals are the kinds of identifiers around the profile.
func (x *graph) Reveals() (cdp.Ref, []string) {
	var out []string
	add := func(i cdp.Identifier) {
		if k := string(i.Kind()); !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	for _, h := range x.load.val.Held {
		add(h.Identifier)
	}
	for _, s := range x.load.val.Shared {
		add(s.Identifier)
	}
	return x.about(), out
}

func (x *graph) Address() address {
	a := address{Screen: "graph", Object: x.id.String(), Hops: x.hops}
	if x.plain {
		a.Tab = 2
		a = x.twin.address(a)
	}
	return a
}

func (x *graph) Crumb() text.Safe { return x.ses.say("screen.graph", x.id) }

func (x *graph) Status() []text.Safe {
	if !x.load.ok {
		if x.load.err != nil {
			return nil
		}
		return []text.Safe{x.ses.say("status.reading")}
	}
	v := x.load.val
	out := []text.Safe{}
	if h := v.holds; len(h.Pillars) > 0 {
		out = append(out, x.ses.say("graph.pillars", len(h.Pillars)))
	}
	out = append(out, x.ses.say("graph.held", len(v.Held)), x.ses.say("graph.down", len(v.Down)), x.ses.say("graph.sharing", len(v.Shared)))
	if v.Hidden > 0 {
		out = append(out, x.ses.say("graph.hidden", v.Hidden))
	}
	if len(v.Wide) > 0 {
		out = append(out, x.ses.say("graph.wide", len(v.Wide)))
	}
	if v.Partial || v.holds.Partial {
		out = append(out, x.ses.say("graph.partial"))
	}
	if x.plain {
		return append(out, x.twin.status()...)
	}
	return append(out, x.ses.say("status.asof", x.ses.show().time(x.load.at, time.TimeOnly).text))
}

// Cycle and Back know that one of the two first panes is shown at a time.
func (x *graph) Cycle(int) tea.Cmd {
	if x.focus == graphInfo {
		return x.to(x.main())
	}
	return x.to(graphInfo)
}

// CanSplit is never: the keys of a split are those of hops here.
func (x *graph) CanSplit() bool { return false }

func (x *graph) Back() (bool, tea.Cmd) {
	if x.zoom && x.focus != graphInfo {
		return true, x.Zoom()
	}
	if x.focus == graphInfo {
		x.zoom = false
		return true, x.to(x.main())
	}
	if x.plain {
		x.plain, x.told = false, ""
		return true, x.synced(x.to(graphGrid))
	}
	return false, nil
}

func (x *graph) main() int {
	if x.plain {
		return graphTwin
	}
	return graphGrid
}

func (x *graph) Copies() (cdp.Ref, []copyable) {
	n, ok := x.current()
	if !ok {
		return x.about(), nil
	}
	var out []copyable
	for i, v := range (&feed[graphNode]{show: x.ses.show(), cols: graphColumns(x.id)}).vals(n) {
		if v.raw != "" && i > 0 {
			out = append(out, copyable{label: v.text, text: v.raw, clear: v.clear})
		}
	}
	return x.about(), out
}

func (x *graph) Export() (cdp.Ref, func(context.Context, *sheet) error) {
	return x.about(), x.twin.writer()
}
