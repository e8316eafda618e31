package widget

import (
	"context"
	"maps"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/text"
)

// Table shows a window of the rows of a Source. At most 1,024 rows are held,
// whatever the source has.
type Table struct {
	kit   *Kit
	cols  []Column
	pages pages
	scroll
	w, h     int
	focus    bool
	marks    map[string]struct{} // with all: the exceptions
	all      bool
	from     int // where a range began, -1 when none
	rangeErr error
	sortBy   int
	order    Order
	col      int // cursor's column, -1 when there is none
	placed   []placed
	gap      int
	goal     int // a row to go to as soon as it is known to exist, -1 when none
	view     view
}

// NewTable returns a table without rows; Open gives it some.
func NewTable(k *Kit, cols []Column) *Table {
	return &Table{kit: k, cols: cols, from: -1, goal: -1, sortBy: -1, col: -1, marks: map[string]struct{}{}, focus: true}
}

// Open shows src from its first row, without marks. Reads live until ctx is
// done, Close, or the next Open.
func (t *Table) Open(ctx context.Context, src Source) tea.Cmd {
	t.scroll, t.goal = scroll{}, -1
	t.clear()
	t.pages.open(ctx, t, src)
	return tea.Batch(t.pages.count(), t.moved())
}

// Refresh shows src anew (the same or one with other rows), keeping cursor and marks.
func (t *Table) Refresh(ctx context.Context, src Source) tea.Cmd {
	t.goal = -1
	t.pages.reopen(ctx, src, t.top, t.rows())
	return tea.Batch(t.pages.count(), t.moved())
}

// Resume goes on reading after Close, with what was read before.
func (t *Table) Resume(ctx context.Context) tea.Cmd {
	if t.pages.src == nil {
		return nil
	}
	t.pages.loads.open(ctx)
	t.pages.forgive()
	var count tea.Cmd
	if !t.pages.exact {
		count = t.pages.count()
	}
	return tea.Batch(count, t.fill())
}

// Close ends all reads; what was read stays to be seen.
func (t *Table) Close() { t.pages.close() }

// SetSize gives the table w by h cells, the header row included.
func (t *Table) SetSize(w, h int) tea.Cmd {
	if w == t.w && h == t.h {
		return nil
	}
	t.w, t.h = max(0, w), max(0, h)
	return t.moved()
}

// SetFocus says whether keys go here; only then the cursor's row is reversed.
func (t *Table) SetFocus(on bool) {
	if on != t.focus {
		t.focus = on
		t.view.soil()
	}
}

// SetColumns replaces the columns.
func (t *Table) SetColumns(cols []Column) {
	t.cols, t.placed = cols, nil
	t.view.soil()
}

// SetSort shows by which column the source is sorted.
func (t *Table) SetSort(col int, o Order) {
	t.sortBy, t.order = col, o
	t.view.soil()
}

// SetColumnCursor lets the left and right keys choose a column, for copying or
// tracing one cell.
func (t *Table) SetColumnCursor(on bool) {
	t.col = -1
	if on {
		t.col = 0
	}
	t.view.soil()
}

// rows is the height without the header.
func (t *Table) rows() int {
	if t.h < 2 {
		return t.h
	}
	return t.h - 1
}

// moved is called after every change of cursor, window or number of rows.
func (t *Table) moved() tea.Cmd {
	t.clamp(t.pages.n, t.rows())
	t.view.soil()
	return t.fill()
}

func (t *Table) fill() tea.Cmd {
	return t.pages.fill(t.top, max(1, t.rows()), t.goal)
}

// Key handles moving, marking and reading again.
func (t *Table) Key(k tea.KeyPressMsg) (handled bool, cmd tea.Cmd) {
	keys := &t.kit.keys
	t.rangeErr = nil
	if key.Matches(k, keys.End) && !t.pages.exact {
		t.view.soil()
		return true, t.pages.toEnd()
	}
	if t.move(k, keys, t.pages.n, t.rows()) {
		t.goal, t.pages.jump = -1, false
		return true, t.moved()
	}
	switch {
	case key.Matches(k, keys.Left) && t.col >= 0:
		t.moveColumn(-1)
	case key.Matches(k, keys.Right) && t.col >= 0:
		t.moveColumn(1)
	case key.Matches(k, keys.Retry) && t.pages.failed():
		t.pages.forgive()
		t.view.soil()
		return true, tea.Batch(t.pages.count(), t.fill())
	default:
		return t.markKey(k)
	}
	return true, nil
}

func (t *Table) moveColumn(d int) {
	at := slices.IndexFunc(t.columns(), func(p placed) bool { return p.col == t.col })
	if at = max(0, min(at+d, len(t.placed)-1)); at < len(t.placed) {
		t.col = t.placed[at].col
	}
	t.view.soil()
}

func (t *Table) markKey(k tea.KeyPressMsg) (bool, tea.Cmd) {
	keys := &t.kit.keys
	switch {
	case key.Matches(k, keys.Range) && t.from < 0:
		t.from = t.cur
	case t.from >= 0 && (key.Matches(k, keys.Range) || key.Matches(k, keys.Mark)):
		lo, hi := min(t.from, t.cur), max(t.from, t.cur)
		t.from = -1
		t.view.soil()
		if hi-lo >= maxRange {
			t.rangeErr = ErrRange
			return true, nil
		}
		return true, t.pages.keysOf(lo, hi)
	case key.Matches(k, keys.Mark):
		if r, ok := t.pages.row(t.cur); ok {
			if _, on := t.marks[r.Key]; on {
				delete(t.marks, r.Key)
			} else {
				t.marks[r.Key] = struct{}{}
			}
			t.cur++
			return true, t.moved()
		}
	case key.Matches(k, keys.MarkAll):
		t.clear()
		t.all = true
	case key.Matches(k, keys.Clear) && t.pages.jump:
		t.pages.stay()
	case key.Matches(k, keys.Clear) && t.from >= 0:
		t.from = -1
	case key.Matches(k, keys.Clear) && (t.all || len(t.marks) > 0):
		t.clear()
	default:
		return false, nil
	}
	t.view.soil()
	return true, nil
}

func (t *Table) clear() {
	t.all, t.from = false, -1
	clear(t.marks)
	t.view.soil()
}

// Update takes the answers to the table's own reads.
func (t *Table) Update(msg tea.Msg) (handled bool, cmd tea.Cmd) {
	switch m := msg.(type) {
	case pageMsg:
		if m.t != t {
			return false, nil
		}
		if t.pages.answer(m) {
			t.reach()
			if t.pages.lost {
				cmd = t.pages.count()
			}
		}
		return true, tea.Batch(cmd, t.moved())
	case lenMsg:
		if m.t != t {
			return false, nil
		}
		if t.pages.counted(m) {
			if t.pages.jump && !t.pages.exact && !m.end && m.err == nil {
				cmd = t.pages.toEnd()
			} else if t.pages.jump {
				t.cur, t.goal, t.pages.jump = t.pages.n-1, -1, false
			}
			t.reach()
		}
		return true, tea.Batch(cmd, t.moved())
	case keysMsg:
		if m.t != t {
			return false, nil
		}
		t.markKeys(m)
		return true, nil
	}
	return false, nil
}

// reach moves the cursor to the goal once its row is known to be, or not to be.
func (t *Table) reach() {
	if t.goal < 0 {
		return
	}
	if t.goal < t.pages.n || t.pages.exact || t.pages.void(t.goal) {
		t.cur, t.goal = min(t.goal, t.pages.n-1), -1
	}
}

func (t *Table) markKeys(m keysMsg) {
	if m.gen != t.pages.gen {
		return
	}
	t.view.soil()
	if m.err != nil {
		t.rangeErr = m.err
		return
	}
	for _, k := range m.keys {
		if t.all {
			delete(t.marks, k)
		} else {
			t.marks[k] = struct{}{}
		}
	}
}

// Goto moves the cursor to row i, counted from 0; behind the last row, to that.
func (t *Table) Goto(i int) tea.Cmd {
	i = max(0, i)
	if i < t.pages.n || t.pages.exact {
		t.cur, t.goal = i, -1
	} else {
		t.goal = i
	}
	return t.moved()
}

// Wheel scrolls the window by d rows; the cursor stays inside it.
func (t *Table) Wheel(d int) tea.Cmd {
	h := t.rows()
	t.top = max(0, min(t.top+d, t.pages.n-h))
	t.cur = max(t.top, min(t.cur, t.top+h-1))
	return t.moved()
}

// Click moves the cursor to the row at y, counted from the top of the view.
func (t *Table) Click(x, y int) (handled bool, cmd tea.Cmd) {
	i := t.top + y - (t.h - t.rows())
	if x < 0 || x >= t.w || y < t.h-t.rows() || y >= t.h || i >= t.pages.n {
		return false, nil
	}
	t.cur = i
	return true, t.moved()
}

// Current is the row under the cursor; ok is false while it is not read.
func (t *Table) Current() (Row, bool) { return t.pages.row(t.cur) }

// Column is the column of the column cursor, -1 when there is none.
func (t *Table) Column() int { return t.col }

// Position says where the table stands, for status lines and addresses.
type Position struct {
	Cursor, Top int // rows from 0
	Len         int
	Exact       bool // false: there are at least Len
	Marked      int  // with All: the exceptions
	All         bool
	Loading     bool
}

// Position returns where the table stands.
func (t *Table) Position() Position {
	return Position{t.cur, t.top, t.pages.n, t.pages.exact, len(t.marks), t.all, t.pages.busy()}
}

// Failed returns why there is no row at all, nil when there are some or none
// were found.
func (t *Table) Failed() error {
	if t.pages.n > 0 {
		return nil
	}
	if pg, held := t.pages.held[0]; held && pg.err != nil {
		return pg.err
	}
	return t.pages.lenErr
}

// Marks are the marked rows by key, sorted. With All, every row of the source
// is marked but those.
type Marks struct {
	All  bool
	Keys []string
}

// Marks returns the marked rows.
func (t *Table) Marks() Marks {
	return Marks{All: t.all, Keys: slices.Sorted(maps.Keys(t.marks))}
}

// ClearMarks takes all marks away.
func (t *Table) ClearMarks() { t.clear() }

// Err is why the last range could not be marked, until the next key, or else
// the error of a read that failed and was not tried again.
func (t *Table) Err() error {
	if t.rangeErr != nil {
		return t.rangeErr
	}
	return t.pages.firstErr()
}

// Footer is "2 of 14", with the marks before it, for the frame.
func (t *Table) Footer() text.Safe {
	p, words := t.Position(), t.kit.words
	n := text.Int(p.Len)
	if !p.Exact {
		n = text.Concat(text.Clean(t.kit.glyphs.AtLeast), n)
	}
	var parts []text.Safe
	if marked := p.Marked; p.All || marked > 0 {
		m := text.Int(marked)
		if p.All && p.Exact {
			m = text.Int(p.Len - marked)
		} else if p.All {
			m = n
		}
		parts = append(parts, text.Join(text.Lit(" "), m, text.Clean(words.Marked)))
	}
	switch {
	case p.Len == 0 && !p.Exact:
		parts = append(parts, text.Lit("…"))
	case p.Len == 0:
		parts = append(parts, text.Lit("0"))
	default:
		parts = append(parts, text.Join(text.Lit(" "), text.Int(p.Cursor+1), text.Clean(words.Of), n))
	}
	return text.Join(text.Clean(" "+t.kit.glyphs.Dot+" "), parts...)
}
