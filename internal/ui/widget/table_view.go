package widget

import (
	"strings"

	"cdp-tui/internal/text"
)

// signs is the room for the cursor's and the mark's sign before a row.
const signs = 2

// View is the table in exactly the size it was given.
func (t *Table) View() string {
	return t.view.get(t.kit, t.draw)
}

// columns places the columns for the present width.
func (t *Table) columns() []placed {
	t.gap = 1
	if t.w >= 100 {
		t.gap = 2
	}
	t.placed = place(t.cols, t.w-signs, t.gap)
	return t.placed
}

func (t *Table) draw() string {
	if t.h == 0 {
		return ""
	}
	t.columns()
	b := t.kit.brush((t.w + 40) * t.h)
	rows := t.rows()
	if t.h > rows {
		t.header(b)
	}
	for y := range rows {
		if y > 0 || t.h > rows {
			b.WriteByte('\n')
		}
		t.line(b, t.top+y)
	}
	return b.String()
}

func (t *Table) header(b *brush) {
	line := make([]Span, 0, 2*len(t.placed)+1)
	line = append(line, Span{Text: spaces(signs)})
	for i, p := range t.placed {
		if i > 0 {
			line = append(line, Span{Text: spaces(t.gap)})
		}
		c := t.cols[p.col]
		title := c.Title
		if p.col == t.sortBy && t.order != Unsorted {
			sign := t.kit.glyphs.Up
			if t.order == Descending {
				sign = t.kit.glyphs.Down
			}
			title = text.Join(text.Lit(" "), text.Cut(title, p.w-2), text.Clean(sign))
		}
		line = append(line, Span{align(title, p.w, c.Right), Heading})
	}
	b.spans(rowPlain, t.w, line)
}

func spaces(n int) text.Safe { return text.Pad(text.Safe{}, n) }

func align(s text.Safe, w int, right bool) text.Safe {
	if right {
		return text.PadLeft(s, w)
	}
	return text.Pad(s, w)
}

func (t *Table) line(b *brush, i int) {
	r, ok := t.pages.row(i)
	if !ok {
		b.spans(rowPlain, t.w, t.notice(i))
		return
	}
	state, cursor, mark := rowPlain, " ", " "
	if t.marked(i, r.Key) {
		state, mark = rowMarked, t.kit.glyphs.Marked
	}
	if i == t.cur {
		cursor = t.kit.glyphs.Cursor
		if t.focus {
			state = rowCursor
		}
	}
	if t.w < signs {
		b.spans(state, t.w, []Span{{Text: text.Clean(cursor)}})
		return
	}
	b.run(Plain, state, cursor+mark)
	used := signs
	for j, p := range t.placed {
		if j > 0 {
			b.space(Plain, state, t.gap)
			used += t.gap
		}
		var c Cell
		if p.col < len(r.Cells) {
			c = r.Cells[p.col]
		}
		if c.Style == Plain && c.Text.Changed() {
			c.Style = Altered
		}
		cell := state
		if i == t.cur && p.col == t.col && t.focus {
			cell, c.Style = rowMarked, Strong // stands out of the reversed row by not being reversed
		}
		b.run(c.Style, cell, align(c.Text, p.w, t.cols[p.col].Right).String())
		used += p.w
	}
	b.space(Plain, state, t.w-used)
}

func (t *Table) marked(i int, key string) bool {
	if t.from >= 0 && i >= min(t.from, t.cur) && i <= max(t.from, t.cur) {
		return true
	}
	_, on := t.marks[key]
	return on != t.all
}

// notice is what stands in place of a row that is not held.
func (t *Table) notice(i int) []Span {
	p, words := &t.pages, t.kit.words
	pad := Span{Text: spaces(min(signs, t.w))}
	if i == t.cur && t.w >= signs {
		pad.Text = text.Pad(text.Clean(t.kit.glyphs.Cursor), signs)
	}
	fail := func(err error) []Span {
		retry := ""
		if h := t.kit.keys.Retry.Help().Key; h != "" {
			retry = " (" + h + " " + words.Retry + ")"
		}
		msg := "! " + words.Failed + " " + err.Error()
		if room := t.w - signs - len(retry); room > 12 {
			return []Span{pad, {text.Cut(text.Clean(msg), room), Bad}, {text.Clean(retry), Dim}}
		}
		return []Span{pad, {text.Clean(msg), Bad}}
	}
	pg, held := p.held[i/PageRows]
	switch {
	case held && pg.err != nil && (i < p.n || i%PageRows == 0):
		if i%PageRows == 0 || i == t.top {
			return fail(pg.err)
		}
		return []Span{pad, {text.Lit("!"), Bad}}
	case i == 0 && p.n == 0 && p.lenErr != nil:
		return fail(p.lenErr)
	case i == 0 && p.n == 0 && p.exact:
		return []Span{{Text: spaces(min(signs, t.w))}, {text.Clean(words.Empty), Dim}}
	case i < p.n && !held, i == p.n && !p.exact && p.busy():
		return []Span{pad, {text.Lit("…"), Dim}}
	}
	return nil
}

// blank is h empty lines of w cells.
func blank(w, h int) string {
	if h <= 0 {
		return ""
	}
	line := strings.Repeat(" ", max(0, w))
	return strings.Repeat(line+"\n", h-1) + line
}
