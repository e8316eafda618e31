package ui

import (
	"context"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// health shows where identity resolution may have gone wrong, and what waits
// for a person. It is read when it is opened or read again: that takes some
// seconds on a large store.
type health struct {
	panes
	meter
	ses  *session
	load load[cdp.Health]
	ctx  func() context.Context
	rows [8]*plainTable
}

// Panes of the health screen.
const (
	healthFigures = iota
	healthHubs
	healthLargest
	healthSparse
	healthHeld
	healthSources
	healthKinds
	healthFrozen
)

// healthTop is how many are shown in each list.
const healthTop = 20

func newHealth(s *session, a address) screen {
	x := &health{ses: s, meter: meter{word: "status.lookedrecords"}}
	col := func(name string, min, flex, prio int, right bool) widget.Column {
		return widget.Column{Title: s.say("col." + name), Min: min, Flex: flex, Priority: prio, Right: right}
	}
	shapes := func(density, holder int) *plainTable { // which of the two gives way first
		return newPlainTable(s, []widget.Column{col("profile", 9, 0, 0, false), col("records", 7, 0, 0, true), col("density", 7, 0, density, true), col("heldby", 12, 2, holder, false), col("pieces", 10, 1, 3, false), col("bridges", 7, 0, 4, true)})
	}
	x.rows = [8]*plainTable{
		healthFigures: newPlainTable(s, []widget.Column{col("what", 14, 1, 0, false), col("count", 11, 0, 0, true)}),
		healthHubs:    newPlainTable(s, []widget.Column{col("identifier", 14, 1, 0, false), col("records", 7, 0, 0, true), col("state", 9, 0, 0, false), col("profiles", 8, 0, 1, true)}),
		healthLargest: shapes(1, 2), healthSparse: shapes(1, 2), healthHeld: shapes(2, 1), healthFrozen: shapes(1, 2),
		healthSources: newPlainTable(s, []widget.Column{col("source", 10, 1, 0, false), col("records", 9, 0, 1, true), col("linked", 7, 0, 0, true), col("across", 7, 0, 0, true), col("claims", 9, 0, 2, true), col("denied", 7, 0, 3, true)}),
		healthKinds: newPlainTable(s, []widget.Column{col("kind", 8, 1, 0, false), col("joins", 9, 0, 0, true), col("generic", 7, 0, 0, true), col("conflicts", 9, 0, 1, true), col("withheld", 8, 0, 2, true),
			col("suppressed", 10, 0, 3, true)}),
	}
	titles := []string{"health.figures", "health.hubs", "health.largest", "health.sparse", "health.held", "health.sources", "health.kinds", "health.frozen"}
	x.panes = panes{kit: s.kit, layout: layoutHealth, rects: make([]widget.Rect, len(x.rows)), digits: true}
	for i, t := range x.rows {
		x.list = append(x.list, pane{part: t, title: func() text.Safe { return s.say(titles[i]) }, footer: t.Footer, moving: scrollKeys(s.kit.Keys())})
	}
	x.focus = max(0, min(a.Tab-1, len(x.rows)-1))
	return x
}

// layoutHealth is two columns, of four panes where there is room, else of two
// or three; the panes left out are shown alone.
func layoutHealth(w, h int) []widget.Rect {
	all, out := widget.NewRect(0, 0, w, h), make([]widget.Rect, 8)
	rows := all.Rows(1, 1)
	switch {
	case h >= 30:
		rows = all.Rows(1, 1, 1, 1)
	case h >= 18:
		rows = all.Rows(1, 1, 1)
	}
	for i, r := range rows {
		c := r.Columns(1, 1)
		out[2*i], out[2*i+1] = c[0], c[1]
	}
	return out
}

func (x *health) Open(ctx context.Context) tea.Cmd {
	x.ctx = func() context.Context { return ctx }
	if !x.load.ok {
		return x.Refresh()
	}
	var cmds []tea.Cmd
	for _, t := range x.rows {
		cmds = append(cmds, t.Resume(ctx))
	}
	return tea.Batch(cmds...)
}

func (x *health) Close() {
	x.load.end()
	for _, t := range x.rows {
		t.Close()
	}
	x.ctx = nil
}

func (x *health) Refresh() tea.Cmd {
	if x.ctx == nil {
		return nil
	}
	desk := x.ses.desk
	return tea.Batch(x.begin(x.ses.env), x.load.start(x.ctx(), x.ses.env.Now, func(ctx context.Context) (cdp.Health, error) { return desk.Health(ctx, healthTop, x.count) }))
}

// Remask shows what may be shown now.
func (x *health) Remask() tea.Cmd {
	if x.ctx == nil || !x.load.ok {
		return nil
	}
	return x.fill()
}

func (x *health) Update(msg tea.Msg) (bool, tea.Cmd) {
	if t, ok := msg.(meterTick); ok && t.of == &x.meter {
		if x.ctx != nil && x.load.busy {
			return true, x.tick(x.ses.env)
		}
		return true, nil
	}
	if mine, fresh := x.load.take(msg); mine {
		if !fresh || x.ctx == nil {
			return true, nil
		}
		if x.load.err != nil {
			return true, x.ses.fail("fail.health", x.load.err)
		}
		return true, x.fill()
	}
	for _, t := range x.rows {
		if ok, cmd := t.Update(msg); ok {
			return true, cmd
		}
	}
	return false, nil
}

func (x *health) fill() tea.Cmd {
	h, sh := x.load.val, x.ses.show()
	for _, t := range x.rows {
		t.reset()
	}
	x.figures(sh)
	for _, hub := range h.Hubs {
		to := address{}
		if len(hub.Profiles) > 0 {
			to = address{Screen: "profile", Object: hub.Profiles[0].String()}
		}
		count := number(hub.ProfileCount)
		if hub.Bound {
			count.text = text.Concat(count.text, text.Lit("+"))
		}
		x.rows[healthHubs].add(to, sh.named(hubRef(hub), hub.Identifier), number(hub.Records), hubState(sh, hub.State), count)
	}
	for i, list := range map[int][]cdp.ProfileShape{healthLargest: h.Largest, healthSparse: h.Sparse, healthHeld: h.Held, healthFrozen: h.Frozen} {
		for _, p := range list {
			to, id := address{Screen: "profile", Object: p.Profile.String()}, plain(p.Profile.String()).in(widget.Accent)
			if p.Profile == 0 { // no id was minted for it
				to, id = address{}, safe(text.Lit("-"))
			}
			x.rows[i].add(to, id, number(p.Records), density(p),
				sh.named(shapeRef(p), p.Holder), pieces(sh, p), number(p.Bridges))
		}
	}
	for _, s := range h.Sources {
		x.rows[healthSources].add(address{Screen: "sources", Filter: "source:" + string(s.Source)}, plain(string(s.Source)), number(s.Records), share(s.Linked, s.Records), share(s.Across, s.Records),
			number(s.Linking), number(s.Denied))
	}
	for _, k := range h.Kinds {
		kind := val{text: sh.lex.term("kind", string(k.Kind)), raw: string(k.Kind)}
		x.rows[healthKinds].add(address{}, kind, number(k.Joins), number(k.Generic), bad(k.Conflict+k.Different+k.Locked+k.Guarded), number(k.Kept), number(k.Suppressed))
	}
	var cmds []tea.Cmd
	for _, t := range x.rows {
		cmds = append(cmds, t.show(x.ctx()))
	}
	return tea.Batch(cmds...)
}

// figures are what waits and what is not as it should be.
func (x *health) figures(sh show) {
	h, t := x.load.val, x.rows[healthFigures]
	say := func(key string) val { return safe(sh.say(key)) }
	t.add(address{Screen: "conflicts"}, say("health.conflicts"), bad(h.Counts.Conflicts))
	switch {
	case h.Counts.Matches >= 0:
		t.add(address{Screen: "matches"}, say("health.matches"), bad(h.Counts.Matches))
	case !h.From.IsNow():
		t.add(address{}, say("health.matches"), say("health.notthen"))
	default:
		t.add(address{Screen: "matches"}, say("health.matches"), say("health.nomatches"))
	}
	t.add(address{Screen: "health", Tab: healthFrozen + 1}, say("health.frozenprofiles"), bad(h.Counts.Frozen))
	t.add(address{Screen: "health", Tab: healthHeld + 1}, say("health.heldprofiles"), number(h.Counts.Held))
	t.add(address{Screen: "health", Tab: healthHubs + 1}, say("health.generic"), number(h.Counts.Generic))
	if h.Counts.Pending >= 0 {
		t.add(address{}, say("health.pending"), bad(h.Counts.Pending))
	} else {
		t.add(address{}, say("health.pending"), say("health.notthen"))
	}
	t.add(address{}, say("health.linked"), share(h.Linked, h.Records))
	for _, d := range h.Decisions {
		t.add(address{Screen: "decisions"}, safe(sh.say("health.decided", sh.say("decide."+d.Verb))), number(d.InForce))
	}
}

// hubRef and shapeRef are what the log names when a value is revealed.
func hubRef(h cdp.Hub) cdp.Ref            { return cdp.Ref{Kind: "identifier", ID: h.Identifier.String()} }
func shapeRef(p cdp.ProfileShape) cdp.Ref { return cdp.Ref{Kind: "profile", ID: p.Profile.String()} }

// density is two digits, with a mark when some of the records were measured.
func density(p cdp.ProfileShape) val {
	s := strconv.FormatFloat(p.Density, 'f', 2, 64)
	if p.Estimate {
		s = "~" + s
	}
	return plain(s)
}

// pieces are the records of what a profile falls into without its holder.
func pieces(sh show, p cdp.ProfileShape) val {
	var parts []text.Safe
	for _, n := range p.Pieces {
		parts = append(parts, text.Int(n))
	}
	if p.Further > 0 {
		parts = append(parts, sh.say("health.further", p.Further))
	}
	return safe(text.Join(text.Lit(" | "), parts...))
}

// shape is the profile under the cursor, when its pane shows profiles.
func (x *health) shape() (cdp.ProfileShape, bool) {
	h := x.load.val
	list, ok := map[int][]cdp.ProfileShape{healthLargest: h.Largest, healthSparse: h.Sparse, healthHeld: h.Held, healthFrozen: h.Frozen}[x.focus]
	i := x.rows[x.focus].Position().Cursor
	if _, on := x.rows[x.focus].Current(); !ok || !on || i >= len(list) {
		return cdp.ProfileShape{}, false
	}
	return list[i], true
}

// hub is the value under the cursor, when its pane shows values.
func (x *health) hub() (cdp.Hub, bool) {
	list, i := x.load.val.Hubs, x.rows[healthHubs].Position().Cursor
	if _, on := x.rows[healthHubs].Current(); x.focus != healthHubs || !on || i >= len(list) {
		return cdp.Hub{}, false
	}
	return list[i], true
}

func (x *health) Reveals() (cdp.Ref, []string) {
	if h, ok := x.hub(); ok {
		return hubRef(h), []string{string(h.Identifier.Kind())}
	}
	if p, ok := x.shape(); ok && !p.Holder.IsZero() {
		return shapeRef(p), []string{string(p.Holder.Kind())}
	}
	return cdp.Ref{}, nil
}

// open goes to where a row leads; of several profiles one is chosen.
func (x *health) open() tea.Cmd {
	if h, ok := x.hub(); ok && len(h.Profiles) > 1 {
		return chooseProfile(x.ses, x.ses.say("health.whose", h.ProfileCount), h.Profiles)
	}
	a, ok := x.rows[x.focus].target()
	if ok && a.Screen == "health" {
		return x.to(a.Tab - 1)
	}
	return x.ses.visit(a)
}

func chooseProfile(s *session, title text.Safe, list []cdp.ProfileID) tea.Cmd {
	var out []choice
	for _, id := range list {
		out = append(out, choice{label: text.Clean(id.String()), do: func() tea.Cmd { return s.visit(address{Screen: "profile", Object: id.String()}) }})
	}
	return s.choose(title, out)
}

func (x *health) Address() address { return address{Screen: "health", Tab: x.focus + 1} }
func (x *health) Crumb() text.Safe { return x.ses.say("screen.health") }

func (x *health) Status() []text.Safe {
	sh := x.ses.show()
	switch sofar := x.sofar(x.ses); {
	case x.load.busy && !sofar.Empty():
		return []text.Safe{x.ses.say("status.reading"), sofar}
	case x.load.ok && x.load.busy:
		return []text.Safe{x.ses.say("status.reading"), x.ses.say("status.asof", sh.time(x.load.at, time.TimeOnly).text)}
	case x.load.ok:
		return []text.Safe{x.ses.say("status.asof", sh.time(x.load.at, time.TimeOnly).text)}
	case x.load.err != nil:
		return []text.Safe{x.ses.say("fail.health")}
	}
	return []text.Safe{x.ses.say("health.reading")}
}

func (x *health) Bindings() []binding {
	return []binding{
		{id: "open", keys: []string{"enter"}, hint: 1, do: x.open, off: func() text.Safe {
			if _, ok := x.rows[x.focus].target(); !ok {
				return x.ses.say("off.leads")
			}
			return text.Safe{}
		}},
	}
}

// hubState says what becomes of a value that many carry.
func hubState(sh show, state string) val {
	if state == "joins" {
		return val{text: sh.say("standing.short.joins"), raw: state}
	}
	return sh.joins(false, state)
}
