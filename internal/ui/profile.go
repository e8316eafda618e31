package ui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// profile is the screen of one profile: tabs over what is known of a person.
type profile struct {
	screen // the tab that is shown
	ses    *session
	id     cdp.ProfileID
	load   load[cdp.Profile]
	tabs   *widget.Tabs
	subs   [7]screen // made when first shown
	first  address   // where the first tab is to stand
	w, h   int
	ctx    func() context.Context
}

// The tabs.
const (
	tabOverview = iota
	tabIdentifiers
	tabTouchpoints
	tabConsents
	tabUses
	tabShares
	tabLog
)

func newProfile(s *session, a address, id cdp.ProfileID) screen {
	p := &profile{ses: s, id: id, first: a, tabs: widget.NewTabs(s.kit)}
	p.label()
	p.tabs.Select(a.Tab - 1)
	p.screen = p.sub(p.tabs.Active())
	return p
}

func (p *profile) inner() screen { return p.screen }

func (p *profile) ref() cdp.Ref { return cdp.Ref{Kind: "profile", ID: p.id.String()} }

// label writes the tabs, with counts once they are known.
func (p *profile) label() {
	keys := []string{"overview", "identifiers", "touchpoints", "consents", "uses", "shares", "log"}
	counts := map[int]int{}
	if v := p.load.val; p.load.ok {
		counts = map[int]int{tabIdentifiers: len(v.Identifiers), tabTouchpoints: v.TouchpointCount, tabConsents: len(v.Consents) + len(v.Wishes) + len(v.Preferences), tabShares: v.ShareCount}
	}
	tabs := make([]widget.Tab, len(keys))
	for i, k := range keys {
		tabs[i] = widget.Tab{Label: p.ses.say("tab." + k), Short: p.ses.say("tab." + k + ".short")}
		if n, ok := counts[i]; ok {
			tabs[i].Count = text.Int(n)
		}
	}
	p.tabs.SetTabs(tabs...)
}

// Tabs is the line of tabs under the crumbs.
func (p *profile) Tabs(w int) string { return p.tabs.View(w) }

// TabAt is the tab at cell x of that line, counted from 1.
func (p *profile) TabAt(w, x int) (int, bool) {
	i, ok := p.tabs.At(w, x)
	return i + 1, ok
}

// sub is the screen of a tab.
func (p *profile) sub(i int) screen {
	if p.subs[i] == nil {
		a := address{}
		if i == max(0, p.first.Tab-1) {
			a = p.first
		}
		switch i {
		case tabOverview:
			p.subs[i] = newOverview(p, a)
		case tabIdentifiers:
			p.subs[i] = newIdentifiers(p, a)
		case tabTouchpoints:
			p.subs[i] = newTouchpoints(p, a)
		case tabConsents:
			p.subs[i] = newConsents(p, a)
		case tabUses:
			p.subs[i] = newUses(p, a)
		case tabShares:
			p.subs[i] = newShares(p, a)
		default:
			p.subs[i] = newProfileLog(p, a)
		}
	}
	if x, ok := p.subs[i].(interface{ unnumber() }); ok {
		x.unnumber() // digits are the tabs'
	}
	return p.subs[i]
}

// Numbered: digits choose tabs.
func (p *profile) Numbered() bool { return true }

// Choose shows tab n, counted from 1.
func (p *profile) Choose(n int) (bool, tea.Cmd) {
	if n < 1 || n > len(p.subs) {
		return false, nil
	}
	return true, p.turn(n - 1)
}

// Next shows the next tab, behind the last one the first.
func (p *profile) Next() tea.Cmd { return p.turn((p.tabs.Active() + 1) % len(p.subs)) }

// turn leaves a tab for another one.
func (p *profile) turn(i int) tea.Cmd {
	if i == p.tabs.Active() {
		return nil
	}
	p.screen.Close()
	p.tabs.Select(i)
	p.screen = p.sub(i)
	cmd := p.screen.Resize(p.w, p.h)
	if p.ctx != nil {
		cmd = tea.Batch(cmd, p.screen.Open(p.ctx()))
	}
	return cmd
}

// Cycle, Zoom and Back are the tab's own.
func (p *profile) Cycle(d int) tea.Cmd {
	if x, ok := p.screen.(paned); ok {
		return x.Cycle(d)
	}
	return nil
}

func (p *profile) Zoom() tea.Cmd {
	if x, ok := p.screen.(paned); ok {
		return x.Zoom()
	}
	return nil
}

func (p *profile) Back() (bool, tea.Cmd) {
	if x, ok := p.screen.(paned); ok {
		return x.Back()
	}
	return false, nil
}

func (p *profile) Open(ctx context.Context) tea.Cmd {
	p.ctx = func() context.Context { return ctx }
	cmd := p.screen.Open(ctx)
	if !p.load.ok {
		cmd = tea.Batch(cmd, p.read())
	}
	return cmd
}

func (p *profile) read() tea.Cmd {
	desk, id := p.ses.desk, p.id
	return p.load.start(p.ctx(), p.ses.env.Now, func(ctx context.Context) (cdp.Profile, error) { return desk.Profile(ctx, id) })
}

func (p *profile) Close() {
	p.load.end()
	p.screen.Close()
	p.ctx = nil
}

func (p *profile) Refresh() tea.Cmd {
	if p.ctx == nil {
		return nil
	}
	return tea.Batch(p.read(), p.screen.Refresh())
}

func (p *profile) Update(msg tea.Msg) (bool, tea.Cmd) {
	if mine, fresh := p.load.take(msg); mine {
		if !fresh || p.ctx == nil || p.load.err != nil {
			return true, p.ses.stale(fresh, p.load.ok, p.load.err)
		}
		p.id = p.load.val.ID // an alias leads to the profile it was merged into
		p.label()
		return true, p.told()
	}
	return p.screen.Update(msg)
}

// told lets the tab that is shown know of a new answer; the others read it when
// they are shown.
func (p *profile) told() tea.Cmd {
	if x, ok := p.screen.(interface{ Told() tea.Cmd }); ok {
		return x.Told()
	}
	return nil
}

// Remask shows what may be shown now, in all tabs.
func (p *profile) Remask() tea.Cmd {
	var cmds []tea.Cmd
	for _, s := range p.subs {
		if r, ok := s.(revealer); ok {
			cmds = append(cmds, r.Remask())
		}
	}
	return tea.Batch(cmds...)
}

// Reveals are the fields that the tab shows, of this profile.
func (p *profile) Reveals() (cdp.Ref, []string) {
	if r, ok := p.screen.(revealer); ok {
		return r.Reveals()
	}
	return cdp.Ref{}, nil
}

func (p *profile) Resize(w, h int) tea.Cmd {
	p.w, p.h = w, h
	return p.screen.Resize(w, h)
}

func (p *profile) View() string {
	if p.load.err != nil && !p.load.ok {
		return widget.Fit(p.ses.kit.Line(p.w, widget.S(widget.Bad, p.ses.say("fail.profile", p.id, text.Clean(p.load.err.Error())))), p.w, p.h)
	}
	return p.screen.View()
}

func (p *profile) Address() address {
	a := p.screen.Address()
	a.Screen, a.Object, a.Tab = "profile", p.id.String(), p.tabs.Active()+1
	return a
}

func (p *profile) Crumb() text.Safe { return text.Clean(p.id.String()) }

// Status begins with what must not be overlooked.
func (p *profile) Status() []text.Safe {
	var out []text.Safe
	v := p.load.val
	if !p.load.ok {
		if p.load.err == nil {
			out = append(out, p.ses.say("status.reading"))
		}
		return out
	}
	if v.Asked != 0 && v.Asked != v.ID {
		out = append(out, p.ses.say("profile.alias", v.Asked, v.ID))
	}
	if v.Restrict {
		out = append(out, p.ses.say("profile.restricted"))
	}
	if v.Outcome != cdp.Linked {
		out = append(out, text.Concat(text.Lit("! "), p.ses.show().outcome(v.Outcome).text))
	}
	if v.Truncated {
		out = append(out, p.ses.say("profile.truncated", v.RecordCount))
	}
	return append(out, p.screen.Status()...)
}

func (p *profile) number() cdp.ProfileID { return p.id }

func (p *profile) self() []string { return []string{p.id.String()} }

func (p *profile) Bindings() []binding {
	to := func(screen string) func() tea.Cmd {
		return func() tea.Cmd { return p.ses.visit(address{Screen: screen, Object: p.id.String()}) }
	}
	out := slices.Clone(p.screen.Bindings())
	has := func(id string) bool { return slices.ContainsFunc(out, func(b binding) bool { return b.id == id }) }
	if !has("trace") {
		out = append(out, binding{id: "trace", keys: []string{"t"}, hint: 2, do: to("trace")})
	}
	if !has("card") {
		out = append(out, p.ses.asks(p.number, alone)...)
	}
	if !has("onbehalf") {
		out = append(out, p.ses.restricts(0, p.number, func() []choice { return p.ses.ofRestriction(p.id, 0) }))
	}
	out = append(out, p.ses.viewAs(p.number, alone),
		binding{id: "graph", keys: []string{"x"}, hint: 3, do: to("graph")},
		binding{id: "history", keys: []string{"W"}, do: to("history")},
		binding{id: "timeline", keys: []string{"i"}, do: func() tea.Cmd { return p.turn(tabTouchpoints) }},
		binding{id: "members", keys: []string{"b"}, hint: 4, do: to("members")},
		p.ses.act("decidelock", "L", 0, "off.norow", p.self))
	return append(out, p.ses.pairs(10, p.id.String, alone)...)
}
