package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

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

func (g *gridTable) fill(ctx context.Context, s show, id cdp.ProfileID, v cdp.Neighbourhood, hold cdp.Holding) tea.Cmd {
	g.rows, g.nodes = nil, map[[2]int]graphNode{}
	about := cdp.Ref{Kind: "profile", ID: id.String()}
	n := max(1, len(v.Held), len(v.Down))
	mid := min((n-1)/2, maxMiddle)
	b := bends(g.kit)
	for i := range n {
		row := [4]widget.Cell{}
		if i < len(v.Held) {
			h := v.Held[i]
			n := identNode(h, hold)
			g.nodes[[2]int{i, 0}] = n
			row[0] = cell(s.named(about, h.Identifier))
			why := plain(string(h.Verdict.Basis)).text
			if !h.Active {
				why, row[1].Style = s.say("graph.nolink"), widget.Warn
				if h.Standing != "" {
					why = s.joins(false, h.Standing).text
				}
			}
			if n.pillar != nil { // without it the profile falls into so many records each
				why, row[1].Style = text.Clean(brief(n.pillar.Pieces)), widget.Strong
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
	g.holding(s, about, hold, b)
	g.shared(s, about, v, b)
	if !g.opened {
		g.opened = true
		return g.Open(ctx, g.rows)
	}
	return g.Refresh(ctx, g.rows)
}

// maxHolding is how many pillars and bridges the grid shows; the list shows all.
const maxHolding = 6

// holding adds the records, decisions and claims without which the profile
// falls apart.
func (g *gridTable) holding(s show, about cdp.Ref, hold cdp.Holding, b bend) {
	nodes := holdNodes(hold)
	if len(nodes) == 0 {
		return
	}
	g.add([4]widget.Cell{})
	g.add([4]widget.Cell{{Text: s.say("graph.holding"), Style: widget.Heading}})
	for i, n := range nodes {
		if i == maxHolding {
			g.add([4]widget.Cell{{Text: s.say("effect.more", len(nodes)-i+hold.MoreBridges), Style: widget.Dim}})
			return
		}
		at := len(g.rows)
		var row [4]widget.Cell
		if n.kind == "pillar" {
			row[0] = widget.Cell{Text: text.Clean(pillarName(n.pillar)), Style: widget.Accent}
			row[1] = widget.Cell{Text: text.Join(text.Lit(" "), b.line(2), text.Clean(brief(n.pillar.Pieces)), b.line(1)), Style: widget.Strong}
		} else {
			row[0] = cell(s.named(about, n.ident))
			row[1] = widget.Cell{Text: text.Join(text.Lit(" "), b.line(2), text.Clean(brief([]int{n.bridge.WithValue, n.bridge.WithRecord})), b.line(1)), Style: widget.Strong}
			row[2] = widget.Cell{Text: text.Clean(n.bridge.Record.String()), Style: widget.Accent}
			g.nodes[[2]int{at, 2}] = n
		}
		g.nodes[[2]int{at, 0}] = n
		g.add(row)
	}
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

// brief is into how many records each something falls, where there is hardly
// room: "21|1|1".
func brief(pieces []int) string {
	const most = 3
	parts := make([]string, 0, most)
	for _, n := range pieces[:min(most, len(pieces))] {
		parts = append(parts, itoa(n))
	}
	out := strings.Join(parts, "|")
	if len(pieces) > most {
		out += "|…"
	}
	return out
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
