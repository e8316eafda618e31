package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/ui/widget"
)

// plainTable is a table of rows at hand, with where each leads.
type plainTable struct {
	*widget.Table
	rows widget.Rows
	vals [][]val
	to   map[string]address

	opened bool
}

func newPlainTable(s *session, cols []widget.Column) *plainTable {
	return &plainTable{Table: widget.NewTable(s.kit, cols), to: map[string]address{}}
}

// add adds a row that leads to a place; the zero address leads nowhere.
func (t *plainTable) add(to address, vals ...val) {
	r := widget.Row{Key: itoa(len(t.rows))}
	for _, v := range vals {
		r.Cells = append(r.Cells, widget.Cell{Text: v.text, Style: v.style})
	}
	if to.Screen != "" {
		t.to[r.Key] = to
	}
	t.rows, t.vals = append(t.rows, r), append(t.vals, vals)
}

// reset empties the table, for filling it anew.
func (t *plainTable) reset() {
	t.rows, t.vals, t.to = nil, nil, map[string]address{}
}

// show shows the rows; the cursor stays when it showed some before.
func (t *plainTable) show(ctx context.Context) tea.Cmd {
	if !t.opened {
		t.opened = true
		return t.Open(ctx, t.rows)
	}
	return t.Refresh(ctx, t.rows)
}

func (t *plainTable) target() (address, bool) {
	r, ok := t.Current()
	if !ok {
		return address{}, false
	}
	a, ok := t.to[r.Key]
	return a, ok
}

// current are the values of the row under the cursor.
func (t *plainTable) current() []val {
	i := t.Position().Cursor
	if _, ok := t.Current(); !ok || i >= len(t.vals) {
		return nil
	}
	return t.vals[i]
}
