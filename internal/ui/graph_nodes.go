package ui

import (
	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

func nodeKey(n graphNode) string {
	switch n.kind {
	case "identifier":
		return "i\x00" + string(n.held.Identifier.Kind()) + "\x00" + n.held.Identifier.Reveal()
	case "recipient":
		return "r\x00" + n.down.Recipient + "\x00" + string(n.down.Purpose)
	case "shared":
		return "s\x00" + n.from.String() + n.profile.String() + string(n.ident.Kind()) + "\x00" + n.ident.Reveal()
	case "pillar":
		return "h\x00" + n.pillar.Record.String() + n.pillar.Decision.String()
	case "bridge":
		return "b\x00" + n.bridge.Record.String() + string(n.ident.Kind()) + "\x00" + n.ident.Reveal()
	}
	return "p\x00" + n.profile.String()
}

// nodesOf are all nodes of a neighbourhood, and what holds the profile together.
func nodesOf(v cdp.Neighbourhood, hold cdp.Holding) (out []graphNode) {
	for _, h := range v.Held {
		out = append(out, identNode(h, hold))
	}
	out = append(out, holdNodes(hold)...)
	for _, d := range v.Down {
		out = append(out, graphNode{kind: "recipient", down: d})
	}
	for _, s := range v.Shared {
		for _, p := range s.Profiles {
			out = append(out, graphNode{kind: "shared", profile: p, from: s.From, ident: s.Identifier, reason: s.Reason, hop: s.Hop})
		}
	}
	return out
}

// identNode is an identifier of the profile with what it holds.
func identNode(h cdp.Held, hold cdp.Holding) graphNode {
	n := graphNode{kind: "identifier", held: h}
	for i := range hold.Pillars {
		if p := &hold.Pillars[i]; p.Identifier.Same(h.Identifier) {
			n.pillar = p
		}
	}
	for i := range hold.Apart {
		if a := &hold.Apart[i]; a.Identifier.Same(h.Identifier) {
			n.apart = a
		}
	}
	return n
}

// holdNodes are the records, decisions and claims without which the profile
// falls apart.
func holdNodes(hold cdp.Holding) (out []graphNode) {
	for i := range hold.Pillars {
		if p := &hold.Pillars[i]; p.Identifier.IsZero() {
			out = append(out, graphNode{kind: "pillar", pillar: p})
		}
	}
	for i := range hold.Bridges {
		b := &hold.Bridges[i]
		out = append(out, graphNode{kind: "bridge", bridge: b, ident: b.Identifier})
	}
	return out
}

// name is a pillar that is no identifier.
func pillarName(p *cdp.Pillar) string {
	if p.Decision != 0 {
		return p.Decision.String()
	}
	return p.Record.String()
}

func graphColumns(id cdp.ProfileID) []column[graphNode] {
	about := cdp.Ref{Kind: "profile", ID: id.String()}
	return []column[graphNode]{
		{name: "what", min: 10, cell: func(s show, n graphNode) val { return val{text: s.say("node." + n.kind), raw: n.kind} }},
		{name: "node", min: 16, flex: 3, cell: func(s show, n graphNode) val {
			switch n.kind {
			case "identifier":
				return s.named(about, n.held.Identifier)
			case "recipient":
				return recipient(s, n.down.Recipient)
			case "pillar":
				return plain(pillarName(n.pillar)).in(widget.Accent)
			case "bridge":
				return plain(n.bridge.Record.String()).in(widget.Accent)
			}
			return plain(n.profile.String()).in(widget.Accent)
		}},
		{name: "by", min: 14, flex: 3, cell: func(s show, n graphNode) val {
			switch n.kind {
			case "identifier":
				return plain(n.held.Verdict.Rule)
			case "recipient":
				return plain(string(n.down.Purpose))
			case "pillar":
				return val{}
			}
			return s.named(about, n.ident)
		}},
		{name: "links", min: 8, cell: func(s show, n graphNode) val {
			switch n.kind {
			case "identifier":
				return s.joins(n.held.Active, n.held.Standing)
			case "shared":
				return safe(s.yes(false)).in(widget.Warn)
			}
			return val{}
		}},
		{name: "reason", min: 14, flex: 3, prio: 1, cell: func(s show, n graphNode) val {
			switch {
			case n.pillar != nil:
				return safe(s.say("graph.falls", brief(n.pillar.Pieces)))
			case n.bridge != nil:
				return safe(s.say("graph.falls", brief([]int{n.bridge.WithRecord, n.bridge.WithValue})))
			case n.apart != nil:
				return plain(n.apart.Reason)
			case n.kind == "identifier":
				return plain(n.held.Verdict.Reason)
			}
			return plain(n.reason)
		}},
		{name: "times", min: 6, right: true, prio: 2, cell: func(_ show, n graphNode) val {
			switch n.kind {
			case "identifier":
				return number(n.held.Records)
			case "recipient":
				return number(n.down.Count)
			case "shared":
				return number(n.hop)
			}
			return val{}
		}},
	}
}

// tellNode is the detail of a node.
func tellNode(d *detail, about cdp.Ref, n graphNode) {
	switch n.kind {
	case "identifier":
		h := n.held
		d.head(text.Join(text.Lit(" "), d.lex.term("kind", string(h.Identifier.Kind())), text.Clean(h.Identifier.String())))
		d.value("field.value", d.ident(about, h.Identifier))
		d.fact("field.sources", names(h.Sources))
		d.fact("field.since", d.minute(h.Since))
		d.fact("field.records", number(h.Records))
		if h.Shared > 0 {
			d.fact("field.shared", safe(d.say("ident.shared", h.Shared)).in(widget.Warn))
		}
		if n.pillar != nil {
			d.text(widget.Warn, d.say("graph.without", piecesOf(n.pillar.Pieces)))
		}
		d.fact("field.standing", d.standing(h.Standing))
		if n.apart != nil {
			d.text(widget.Warn, text.Clean(n.apart.Reason))
		}
		d.head(d.say("ident.why"))
		d.verdict(h.Verdict)
	case "recipient":
		d.head(recipient(d.show, n.down.Recipient).text)
		d.fact("field.purpose", plain(string(n.down.Purpose)))
		d.fact("field.times", number(n.down.Count))
		d.fact("field.last", d.minute(n.down.Last))
	case "pillar":
		d.head(text.Clean(pillarName(n.pillar)))
		d.text(widget.Warn, d.say("graph.without", piecesOf(n.pillar.Pieces)))
	case "bridge":
		b := n.bridge
		d.head(d.say("graph.bridge"))
		d.fact("field.record", plain(b.Record.String()).in(widget.Accent))
		d.value("field.value", d.named(about, b.Identifier))
		d.fact("field.class", safe(d.lex.term("class", b.Class)))
		d.text(widget.Warn, d.say("graph.without", piecesOf([]int{b.WithRecord, b.WithValue})))
	case "shared":
		d.head(text.Clean(n.profile.String()))
		d.fact("field.both", d.named(about, n.ident))
		d.fact("field.with", plain(n.from.String()))
		d.fact("field.hop", number(n.hop))
		d.head(d.say("graph.notmerged"))
		d.text(widget.Warn, text.Clean(n.reason))
	default:
		d.head(text.Clean(n.profile.String()))
		d.text(widget.Dim, d.say("graph.centre"))
	}
}
