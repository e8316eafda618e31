package report

import (
	"strings"

	"cdp-tui/internal/text"
)

// A column of a table. When the line is too narrow, the columns with the
// highest drop number go first, those with 0 never. Cells are cut to no less
// than min; without it they are not cut at all: half a date, an id or a number
// is a wrong one.
type column struct {
	title string
	min   int
	drop  int
	right bool // numbers
}

// A table is rows of cells under columns. A column with no cell in any row is
// left out.
type table struct {
	cols []column
	rows [][]text.Safe
}

func newTable(cols ...column) *table { return &table{cols: cols} }

// row adds a row; there are as many cells as columns.
func (t *table) row(cells ...text.Safe) { t.rows = append(t.rows, cells) }

const gap = 2

// table writes t, and which columns the width has no room for.
func (p *page) table(indent int, t *table) {
	if len(t.rows) == 0 {
		return
	}
	if p.width > 0 {
		indent = min(indent, p.width/2)
	}
	widths, dropped := t.layout(p.width - indent)
	if p.width == 0 {
		widths, dropped = t.natural(), nil
	}
	titles := make([]text.Safe, len(t.cols))
	for i, c := range t.cols {
		titles[i] = text.Clean(c.title)
	}
	p.put(indent, t.line(titles, widths))
	for _, r := range t.rows {
		p.put(indent, t.line(r, widths))
	}
	if len(dropped) > 0 {
		p.line(indent, words(text.Lit("no room for columns:"), names(dropped)))
	}
}

func (t *table) line(cells []text.Safe, widths []int) text.Safe {
	var parts []text.Safe
	for i, w := range widths {
		if w == 0 {
			continue
		}
		if t.cols[i].right {
			parts = append(parts, text.PadLeft(cells[i], w))
		} else {
			parts = append(parts, text.Pad(cells[i], w))
		}
	}
	return text.Join(text.Clean(strings.Repeat(" ", gap)), parts...)
}

// natural returns the width of the widest cell of each column, 0 when it has
// none.
func (t *table) natural() []int {
	widths := make([]int, len(t.cols))
	for i := range t.cols {
		for _, r := range t.rows {
			widths[i] = max(widths[i], text.Width(r[i]))
		}
		if widths[i] > 0 {
			widths[i] = max(widths[i], len(t.cols[i].title))
		}
	}
	return widths
}

// layout returns the widths of the columns within width cells, and the titles
// of those dropped. What is left over after every column has its min goes to
// the columns in the order of their importance.
func (t *table) layout(width int) (widths []int, dropped []string) {
	full := t.natural()
	widths = make([]int, len(full))
	used := -gap
	for i, n := range full {
		if n > 0 {
			widths[i] = n
			if least := t.cols[i].min; least > 0 {
				widths[i] = min(n, max(least, len(t.cols[i].title)))
			}
			used += widths[i] + gap
		}
	}
	for used > width {
		worst := -1
		for i, c := range t.cols {
			if widths[i] > 0 && c.drop > 0 && (worst < 0 || c.drop >= t.cols[worst].drop) {
				worst = i
			}
		}
		if worst < 0 {
			break
		}
		used -= widths[worst] + gap
		widths[worst] = 0
	}
	for i, n := range full {
		if n > 0 && widths[i] == 0 {
			dropped = append(dropped, t.cols[i].title)
		}
	}
	for level := 0; used < width && level <= 9; level++ {
		for i, c := range t.cols {
			if widths[i] > 0 && c.drop == level {
				more := min(full[i]-widths[i], width-used)
				widths[i] += more
				used += more
			}
		}
	}
	for i := len(widths) - 1; i >= 0 && used > width; i-- { // even what may not be dropped does not fit
		if widths[i] > 0 {
			less := min(widths[i]-1, used-width)
			widths[i] -= less
			used -= less
		}
	}
	return widths, dropped
}
