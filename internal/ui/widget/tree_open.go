package widget

import (
	"context"
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/text"
)

// open shows the children of b, reading them the first time.
func (t *Tree) open(b *branch) tea.Cmd {
	if b.Leaf && b != t.root {
		return nil
	}
	switch b.state {
	case branchClosed:
		b.state = branchOpen
		t.insert(t.after(b), shown(b, nil))
		return nil
	case branchNew:
		b.state = branchReading
		b.notice = &branch{parent: b, depth: b.depth + 1, state: branchNotice}
		t.insert(t.after(b), []*branch{b.notice})
		return t.read(b)
	}
	return nil
}

func (t *Tree) read(b *branch) tea.Cmd {
	if t.start == nil {
		return nil
	}
	gen, src, id := t.gen, t.src, b.ID
	cmd, stop := t.start(func(ctx context.Context) tea.Msg {
		nodes, err := src.Children(ctx, id)
		return kidsMsg{t: t, gen: gen, of: b, nodes: nodes, err: err}
	})
	b.stop = stop
	return cmd
}

// filled takes the children of b and opens those that open by themselves.
func (t *Tree) filled(b *branch, nodes []Node, err error) tea.Cmd {
	at := t.after(b)
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return nil // the reader is gone; Resume reads again
		}
		b.state, b.notice.err = branchFailed, err
		t.view.soil()
		return nil
	}
	all := make([]branch, len(nodes))
	b.kids = make([]*branch, len(nodes))
	for i, n := range nodes {
		all[i] = branch{Node: n, parent: b, depth: b.depth + 1}
		b.kids[i] = &all[i]
	}
	b.state = branchOpen
	if len(nodes) == 0 && b != t.root {
		b.Leaf = true
	}
	t.remove(at, 1) // the notice
	t.insert(at, b.kids)
	var cmds []tea.Cmd
	for _, k := range b.kids {
		if k.Open {
			cmds = append(cmds, t.open(k))
		}
	}
	return tea.Batch(cmds...)
}

// shut takes what is below b out of the rows. Children that were read are kept.
func (t *Tree) shut(b *branch) {
	if b.state != branchOpen && b.state != branchReading && b.state != branchFailed {
		return
	}
	at := t.after(b)
	n := len(shown(b, nil))
	if b.state == branchReading && b.stop != nil {
		b.stop()
	}
	if b.state == branchOpen {
		b.state = branchClosed
	} else {
		b.state, b.notice = branchNew, nil
	}
	if t.cur >= at && t.cur < at+n {
		t.cur = at - 1
	}
	t.remove(at, n)
}

// shown appends the rows below b to out.
func shown(b *branch, out []*branch) []*branch {
	switch b.state {
	case branchOpen:
		for _, k := range b.kids {
			out = append(out, k)
			out = shown(k, out)
		}
	case branchReading, branchFailed:
		out = append(out, b.notice)
	}
	return out
}

// after is the row behind b's.
func (t *Tree) after(b *branch) int { return slices.Index(t.rows, b) + 1 }

// insert and remove keep cursor and window on the rows they are on.
func (t *Tree) insert(at int, rows []*branch) {
	t.rows = slices.Insert(t.rows, at, rows...)
	if t.cur >= at && len(t.rows) > len(rows) {
		t.cur += len(rows)
	}
	if t.top >= at && t.top > 0 {
		t.top += len(rows)
	}
	t.moved()
}

func (t *Tree) remove(at, n int) {
	t.rows = slices.Delete(t.rows, at, at+n)
	if t.cur >= at+n {
		t.cur -= n
	} else if t.cur > at {
		t.cur = at
	}
	if t.top >= at+n {
		t.top -= n
	}
	t.moved()
}

// View is the tree in exactly the size it was given.
func (t *Tree) View() string { return t.view.get(t.kit, t.draw) }

func (t *Tree) draw() string {
	b := t.kit.brush((t.w + 40) * t.h)
	for y := range t.h {
		if y > 0 {
			b.WriteByte('\n')
		}
		i := t.top + y
		if i >= len(t.rows) {
			var line []Span
			if y == 0 && t.root != nil && t.root.state == branchOpen {
				line = []Span{{Text: text.Lit("  ")}, {text.Clean(t.kit.words.Empty), Dim}}
			}
			b.spans(rowPlain, t.w, line)
			continue
		}
		t.line(b, i)
	}
	return b.String()
}

func (t *Tree) line(b *brush, i int) {
	n := t.rows[i]
	cursor, state := " ", rowPlain
	if i == t.cur {
		cursor = t.kit.glyphs.Cursor
		if t.focus {
			state = rowCursor
		}
	}
	indent := strings.Repeat("  ", min(n.depth, max(0, t.w/4-1)))
	left := []Span{{Text: text.Clean(cursor + indent)}}
	if n.state == branchNotice {
		b.spans(state, t.w, append(left, t.notice(n)...))
		return
	}
	style := n.Style
	if style == Plain && n.Text.Changed() {
		style = Altered
	}
	left = append(left, Span{Text: t.sign(n)}, Span{n.Text, style})
	note := n.Note
	room := t.w - text.Width(note) - 1
	if note.Empty() || room < t.w/2 {
		room, note = t.w, text.Safe{}
	}
	b.spans(state, room, left)
	if !note.Empty() {
		b.spans(state, t.w-room, []Span{{Text: text.Lit(" ")}, {note, Dim}})
	}
}

func (t *Tree) sign(n *branch) text.Safe {
	if !n.Sign.Empty() {
		return text.Pad(n.Sign, 2)
	}
	switch {
	case n.Leaf:
		return text.Lit("  ")
	case n.state == branchNew || n.state == branchClosed:
		return text.Clean(t.kit.glyphs.Closed + " ")
	}
	return text.Clean(t.kit.glyphs.Open + " ")
}

func (t *Tree) notice(n *branch) []Span {
	if n.err == nil {
		return []Span{{text.Lit("  …"), Dim}}
	}
	msg := "! " + t.kit.words.Failed + " " + n.err.Error()
	if h := t.kit.keys.Retry.Help().Key; h != "" {
		msg += " (" + h + " " + t.kit.words.Retry + ")"
	}
	return []Span{{text.Clean(msg), Bad}}
}
