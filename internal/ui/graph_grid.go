package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

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
	}
	return "p\x00" + n.profile.String()
}

// nodesOf are all nodes of a neighbourhood.
func nodesOf(v cdp.Neighbourhood) (out []graphNode) {
	for _, h := range v.Held {
		out = append(out, graphNode{kind: "identifier", held: h})
	}
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
			}
			return plain(n.profile.String()).in(widget.Accent)
		}},
		{name: "by", min: 14, flex: 3, cell: func(s show, n graphNode) val {
			switch n.kind {
			case "identifier":
				return plain(n.held.Verdict.Rule)
			case "recipient":
				return plain(string(n.down.Purpose))
			}
			return s.named(about, n.ident)
		}},
		{name: "links", min: 5, cell: func(s show, n graphNode) val {
			switch n.kind {
			case "identifier":
				return s.joins(n.held.Active, n.held.Standing)
			case "shared":
				return safe(s.yes(false)).in(widget.Warn)
			}
			return val{}
		}},
		{name: "reason", min: 14, flex: 3, prio: 1, cell: func(_ show, n graphNode) val {
			if n.kind == "identifier" {
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
			}
			return number(n.hop)
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
		d.fact("field.standing", d.standing(h.Standing))
		d.head(d.say("ident.why"))
		d.verdict(h.Verdict)
	case "recipient":
		d.head(recipient(d.show, n.down.Recipient).text)
		d.fact("field.purpose", plain(string(n.down.Purpose)))
		d.fact("field.times", number(n.down.Count))
		d.fact("field.last", d.minute(n.down.Last))
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

// gridTable draws the neighbourhood as rows of a table with four columns; the
// cursor goes by row and column.
type gridTable struct {
	*widget.Table
	kit   *widget.Kit
	rows  widget.Rows
	nodes map[[2]int]graphNode // by row and column

	opened bool
}

const (
	profileWidth = 14 // of the third column
	maxMiddle    = 6  // row of the profile at most, so that it is seen without scrolling
)

func newGridTable(s *session) *gridTable {
	t := widget.NewTable(s.kit, []widget.Column{
		{Title: s.say("col.identifiers"), Min: 17, Flex: 4, Max: 44},
		{Title: s.say("col.link"), Min: 10, Flex: 2, Max: 28, Right: true},
		{Title: s.say("col.profile"), Min: profileWidth, Max: profileWidth},
		{Title: s.say("col.downstream"), Min: 12, Flex: 3},
	})
	t.SetColumnCursor(true)
	return &gridTable{Table: t, kit: s.kit}
}

// node is what stands under the cursor.
func (g *gridTable) node() (graphNode, bool) {
	at := [2]int{g.Position().Cursor, g.Column()}
	n, ok := g.nodes[at]
	if !ok && at[1] == 1 { // a link belongs to its identifier, or to the profile behind it
		if n, ok = g.nodes[[2]int{at[0], 0}]; !ok {
			n, ok = g.nodes[[2]int{at[0], 2}]
		}
	}
	return n, ok
}

func (g *gridTable) fill(ctx context.Context, s show, id cdp.ProfileID, v cdp.Neighbourhood) tea.Cmd {
	g.rows, g.nodes = nil, map[[2]int]graphNode{}
	about := cdp.Ref{Kind: "profile", ID: id.String()}
	n := max(1, len(v.Held), len(v.Down))
	mid := min((n-1)/2, maxMiddle)
	b := bends(g.kit)
	for i := range n {
		row := [4]widget.Cell{}
		if i < len(v.Held) {
			h := v.Held[i]
			g.nodes[[2]int{i, 0}] = graphNode{kind: "identifier", held: h}
			row[0] = cell(s.named(about, h.Identifier))
			why := plain(string(h.Verdict.Basis)).text
			if !h.Active {
				why, row[1].Style = s.say("graph.nolink"), widget.Warn
				if h.Standing != "" {
					why = s.joins(false, h.Standing).text
				}
			}
			row[1].Text = text.Join(text.Lit(" "), b.line(2), why, b.line(1))
		}
		up, down := spanned(i, mid, len(v.Held))
		row[1].Text = text.Concat(row[1].Text, b.joint(up, down, i < len(v.Held), i == mid))
		if i == mid {
			g.nodes[[2]int{i, 2}] = graphNode{kind: "profile", profile: id}
			row[2] = widget.Cell{Text: text.Join(text.Lit(" "), b.line(1), text.Clean(id.String()), b.line(max(0, profileWidth-3-len(id.String())))), Style: widget.Strong}
		}
		up, down = spanned(i, mid, len(v.Down))
		if len(v.Down) > 0 {
			row[3].Text = b.joint(up, down, i == mid, i < len(v.Down))
		}
		if i < len(v.Down) {
			d := v.Down[i]
			g.nodes[[2]int{i, 3}] = graphNode{kind: "recipient", down: d}
			name := recipient(s, d.Recipient)
			row[3] = widget.Cell{Text: text.Join(text.Lit(" "), text.Concat(row[3].Text, b.line(2)), name.text, text.Int(d.Count)), Style: name.style}
		}
		g.add(row)
	}
	g.shared(s, about, v, b)
	if !g.opened {
		g.opened = true
		return g.Open(ctx, g.rows)
	}
	return g.Refresh(ctx, g.rows)
}

// shared adds those who carry an identifier too and are not merged.
func (g *gridTable) shared(s show, about cdp.Ref, v cdp.Neighbourhood, b bend) {
	if len(v.Shared) > 0 {
		g.add([4]widget.Cell{})
		g.add([4]widget.Cell{{Text: s.say("graph.sharedwith"), Style: widget.Heading}})
	}
	for _, x := range v.Shared {
		for i, p := range x.Profiles {
			at := len(g.rows)
			n := graphNode{kind: "shared", profile: p, from: x.From, ident: x.Identifier, reason: x.Reason, hop: x.Hop}
			row := [4]widget.Cell{3: {Text: text.Clean(x.Reason), Style: widget.Warn}}
			if i == 0 {
				row[0] = cell(s.named(about, x.Identifier))
				row[1].Text = text.Join(text.Lit(" "), b.line(2), s.say("graph.hop", x.Hop), b.line(1))
			}
			row[1].Text = text.Concat(row[1].Text, b.joint(i > 0, i < len(x.Profiles)-1, i == 0, true))
			row[2] = widget.Cell{Text: text.Join(text.Lit(" "), b.line(1), text.Clean(p.String())), Style: widget.Accent}
			g.nodes[[2]int{at, 0}], g.nodes[[2]int{at, 2}], g.nodes[[2]int{at, 3}] = n, n, n
			g.add(row)
		}
	}
	if v.Hidden > 0 {
		g.add([4]widget.Cell{})
		g.add([4]widget.Cell{{Text: s.say("graph.hidden", v.Hidden), Style: widget.Dim}})
	}
}

func (g *gridTable) add(row [4]widget.Cell) {
	g.rows = append(g.rows, widget.Row{Key: itoa(len(g.rows)), Cells: row[:]})
}

func cell(v val) widget.Cell { return widget.Cell{Text: v.text, Style: v.style} }

// spanned reports whether the upright line that joins rows 0 to n-1 with row mid
// goes on above and below row i.
func spanned(i, mid, n int) (up, down bool) {
	if n == 0 {
		return false, false
	}
	first, last := min(0, mid), max(n-1, mid)
	return i > first && i <= last, i >= first && i < last
}

// bend draws lines with joints.
type bend struct {
	joints [16]string // bits: up, down, left, right
	dash   string
}

func bends(k *widget.Kit) bend {
	if k.Glyphs().Single.Top == "-" {
		b := bend{dash: "-"}
		for i := range b.joints {
			b.joints[i] = "+"
		}
		b.joints[0], b.joints[1|2], b.joints[4|8] = " ", "|", "-"
		return b
	}
	return bend{dash: "─", joints: [16]string{" ", "│", "│", "│", "─", "┘", "┐", "┤", "─", "└", "┌", "├", "─", "┴", "┬", "┼"}}
}

func (b bend) joint(up, down, left, right bool) text.Safe {
	i := 0
	for bit, on := range []bool{up, down, left, right} {
		if on {
			i |= 1 << bit
		}
	}
	return text.Clean(b.joints[i])
}

func (b bend) line(n int) text.Safe { return text.Clean(strings.Repeat(b.dash, n)) }
