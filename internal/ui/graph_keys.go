package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

func (x *graph) Bindings() []binding {
	other := func() (graphNode, bool) {
		n, ok := x.current()
		return n, ok && n.profile != 0 && n.profile != x.id
	}
	hops := func(d int) func() tea.Cmd {
		return func() tea.Cmd { x.hops += d; return x.Refresh() }
	}
	limit := func(at int) func() text.Safe {
		return func() text.Safe {
			if x.hops == at {
				return x.ses.say("off.hops", at)
			}
			return text.Safe{}
		}
	}
	out := []binding{
		{id: "centre", keys: []string{"enter"}, hint: 1, do: x.enter, off: func() text.Safe {
			if n, ok := x.current(); !ok || n.kind == "recipient" || n.profile == x.id {
				return x.ses.say("off.leads")
			}
			return text.Safe{}
		}},
		{id: "morehops", keys: []string{"+", "="}, name: "+", hint: 2, do: hops(1), off: limit(maxHops)},
		{id: "lesshops", keys: []string{"_"}, hint: 2, do: hops(-1), off: limit(1)},
		{id: "path", keys: []string{"p"}, hint: 3, do: func() tea.Cmd {
			if n, ok := other(); ok {
				return x.ses.visit(address{Screen: "why", Object: x.id.String(), Of: n.profile.String()})
			}
			return x.ses.ask(question{label: x.ses.say("ask.path"), must: x.ses.say("cmd.two"), then: func(v string) tea.Cmd {
				return x.ses.visit(address{Screen: "why", Object: x.id.String(), Of: strings.TrimSpace(v)})
			}})
		}},
		{id: "list", keys: []string{"v"}, hint: 4, do: func() tea.Cmd {
			x.plain = !x.plain
			x.told, x.zoom = "", false
			if x.plain {
				return x.synced(x.to(graphTwin))
			}
			return x.synced(x.to(graphGrid))
		}},
		{id: "detail", keys: []string{"d"}, hint: 4, do: func() tea.Cmd {
			if x.focus == graphInfo {
				_, cmd := x.Back()
				return cmd
			}
			return x.to(graphInfo)
		}},
		{id: "trace", keys: []string{"t"}, hint: 4, do: func() tea.Cmd {
			a := address{Screen: "trace", Object: x.id.String()}
			if n, ok := x.current(); ok && n.kind == "identifier" {
				a.Of = "identifier:" + n.held.Identifier.String()
			}
			return x.ses.visit(a)
		}},
		{id: "profile", keys: []string{"u"}, do: func() tea.Cmd {
			id := x.id
			if n, ok := other(); ok {
				id = n.profile
			}
			return x.ses.visit(address{Screen: "profile", Object: id.String()})
		}},
		x.ses.act("decidesuppress", "B", 5, "off.noclaim", func() []string {
			n, _ := x.current()
			switch n.kind {
			case "identifier":
				return carriedBy(x.id.String(), n.held.Identifier)
			case "shared":
				return carriedBy(n.from.String(), n.ident)
			case "bridge":
				return carriedBy(n.bridge.Record.String(), n.ident)
			}
			return nil
		}),
		x.ses.act("decidecut", "C", 0, "off.nobridge", func() []string {
			if n, _ := x.current(); n.kind == "bridge" {
				return []string{n.bridge.Record.String(), n.ident.String()}
			}
			return nil
		}),
	}
	value := func() string { // of the centre; the others are asked at their own
		switch n, _ := x.current(); n.kind {
		case "identifier":
			return valueOf(n.held.Identifier)
		case "shared", "bridge":
			return valueOf(n.ident)
		}
		return ""
	}
	whose := func() cdp.ProfileID {
		if n, ok := other(); ok {
			return n.profile
		} else if n.kind == "shared" {
			return n.from
		}
		return x.id
	}
	out = append(out, x.ses.asks(whose, value)...)
	return append(out, x.ses.pairs(10, x.id.String, func() string {
		if n, ok := other(); ok {
			return n.profile.String()
		}
		return ""
	})...)
}

// enter makes another profile the centre, or traces an identifier.
func (x *graph) enter() tea.Cmd {
	n, ok := x.current()
	switch {
	case !ok:
		return nil
	case n.kind == "bridge":
		return x.ses.visit(address{Screen: "record", Object: n.bridge.Record.String()})
	case n.kind == "pillar" && n.pillar.Decision != 0:
		return x.ses.visit(address{Screen: "decision", Object: n.pillar.Decision.String()})
	case n.kind == "pillar":
		return x.ses.visit(address{Screen: "record", Object: n.pillar.Record.String()})
	case n.kind == "identifier":
		return x.ses.visit(address{Screen: "trace", Object: x.id.String(), Of: "identifier:" + n.held.Identifier.String()})
	case n.profile != 0 && n.profile != x.id:
		return x.ses.visit(address{Screen: "graph", Object: n.profile.String(), Hops: x.hops})
	}
	return nil
}
