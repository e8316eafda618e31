package widget

import (
	"context"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/text"
)

// Line is a line of text before wrapping. Hang is how far the rows after the
// first are indented.
type Line struct {
	Spans []Span
	Hang  int
}

// Lines is what a TextView shows. At is called from View, so it must be quick,
// and from a searching command at the same time.
type Lines interface {
	Len() int
	At(i int) Line
}

// LineList is Lines at hand.
type LineList []Line

// Len returns the number of lines.
func (l LineList) Len() int { return len(l) }

// At returns line i.
func (l LineList) At(i int) Line { return l[i] }

// PlainLines makes Lines of text in the Plain style.
func PlainLines(lines []text.Safe) LineList {
	out := make(LineList, len(lines))
	for i, l := range lines {
		out[i] = Line{Spans: []Span{{Text: l}}}
	}
	return out
}

// TextView shows text or a log, wrapping only the lines in the window.
type TextView struct {
	kit      *Kit
	lines    Lines
	top, sub int // the first row shown: line, and row of it
	left     int // cells scrolled to the right, without wrapping
	w, h     int
	nowrap   bool
	query    string // folded
	asked    string // the query as it was typed
	found    int    // line of the last match, -1 when none
	busy     bool
	missed   bool // the last search found nothing
	loads
	breaks map[int][][2]int // of the lines lately shown
	view   view
}

type foundMsg struct {
	t    *TextView
	gen  uint64
	line int
}

// NewTextView returns a view without lines.
func NewTextView(k *Kit) *TextView { return &TextView{kit: k, lines: LineList(nil), found: -1} }

// Open shows lines from the first. Searches live until ctx is done, Close, or the next Open.
func (t *TextView) Open(ctx context.Context, lines Lines) {
	t.loads.open(ctx)
	t.lines, t.top, t.sub, t.left, t.found, t.busy, t.missed = lines, 0, 0, 0, -1, false, false
	t.moved(true)
}

// Resume goes on after Close.
func (t *TextView) Resume(ctx context.Context) { t.loads.open(ctx) }

// Close ends a search.
func (t *TextView) Close() { t.loads.close(); t.busy = false }

// SetSize gives the view w by h cells.
func (t *TextView) SetSize(w, h int) tea.Cmd {
	if w != t.w || h != t.h {
		t.w, t.h, t.sub = max(0, w), max(0, h), 0
		t.moved(true)
	}
	return nil
}

// SetWrap chooses between wrapping and scrolling to the right.
func (t *TextView) SetWrap(on bool) {
	t.nowrap, t.sub, t.left = !on, 0, 0
	t.moved(true)
}

func (t *TextView) moved(forget bool) {
	if forget || len(t.breaks) > 1024 {
		t.breaks = map[int][][2]int{}
	}
	t.view.soil()
	if t.top >= t.lines.Len() {
		t.top, t.sub = max(0, t.lines.Len()-1), 0
	}
	if top, sub := t.bottom(); t.top > top || t.top == top && t.sub > sub {
		t.top, t.sub = top, sub
	}
}

func joined(l Line) text.Safe {
	if len(l.Spans) == 1 {
		return l.Spans[0].Text
	}
	parts := make([]text.Safe, len(l.Spans))
	for i, s := range l.Spans {
		parts[i] = s.Text
	}
	return text.Concat(parts...)
}

// rows is how line i is broken at the present width.
func (t *TextView) rows(i int) [][2]int {
	if r, ok := t.breaks[i]; ok {
		return r
	}
	l := t.lines.At(i)
	s := joined(l)
	r := [][2]int{{0, len(s.String())}}
	if !t.nowrap {
		r = text.Breaks(s, t.w, t.w-hang(l, t.w))
	}
	t.breaks[i] = r
	return r
}

// hang is the indent of the further rows, less where there is hardly room.
func hang(l Line, w int) int { return max(0, min(l.Hang, w/2)) }

// bottom is the last position at which the window is full.
func (t *TextView) bottom() (top, sub int) {
	left := t.h
	for i := t.lines.Len() - 1; i >= 0; i-- {
		n := len(t.rows(i))
		if n >= left {
			return i, n - left
		}
		left -= n
	}
	return 0, 0
}

// scrollBy moves the window by d rows.
func (t *TextView) scrollBy(d int) {
	for ; d > 0 && t.top < t.lines.Len(); d-- {
		if t.sub++; t.sub >= len(t.rows(t.top)) {
			t.top, t.sub = t.top+1, 0
		}
	}
	for ; d < 0 && (t.top > 0 || t.sub > 0); d++ {
		if t.sub > 0 {
			t.sub--
		} else {
			t.top--
			t.sub = len(t.rows(t.top)) - 1
		}
	}
	t.moved(false)
}

// Goto shows line i, counted from 0, as the first.
func (t *TextView) Goto(i int) {
	t.top, t.sub = max(0, i), 0
	t.moved(false)
}

// Key handles scrolling and going from match to match.
func (t *TextView) Key(k tea.KeyPressMsg) (handled bool, cmd tea.Cmd) {
	keys := &t.kit.keys
	switch d, kind := step(k, keys, max(1, t.h)); kind {
	case stepBy:
		t.scrollBy(d)
		return true, nil
	case stepHome:
		t.Goto(0)
		return true, nil
	case stepEnd:
		t.Goto(t.lines.Len())
		t.top, t.sub = t.bottom()
		return true, nil
	}
	switch {
	case key.Matches(k, keys.Left) && t.nowrap:
		t.left = max(0, t.left-8)
	case key.Matches(k, keys.Right) && t.nowrap:
		t.left += 8
	case key.Matches(k, keys.Next) && t.query != "":
		return true, t.find(1)
	case key.Matches(k, keys.Prev) && t.query != "":
		return true, t.find(-1)
	default:
		return false, nil
	}
	t.view.soil()
	return true, nil
}

// Wheel scrolls by d rows.
func (t *TextView) Wheel(d int) tea.Cmd { t.scrollBy(d); return nil }

// Search looks for q, without regard to case and diacritics, from the first
// line shown on, and marks all matches. An empty q ends searching.
func (t *TextView) Search(q string) tea.Cmd {
	t.asked, t.query, t.found, t.missed = q, text.Fold(q), -1, false
	t.view.soil()
	if t.query == "" {
		return nil
	}
	return t.find(1)
}

// Query is what is looked for, "" for nothing.
func (t *TextView) Query() string { return t.asked }

func (t *TextView) find(d int) tea.Cmd {
	n := t.lines.Len()
	if t.start == nil || t.busy || n == 0 {
		return nil
	}
	t.busy = true
	from := t.top
	if t.found >= 0 {
		from = t.found + d
	}
	gen, lines, q := t.gen, t.lines, t.query
	cmd, _ := t.start(func(ctx context.Context) tea.Msg {
		for i := range n {
			if i%1024 == 0 && ctx.Err() != nil {
				break
			}
			at := ((from+d*i)%n + n) % n
			if _, _, ok := text.Find(joined(lines.At(at)), q); ok {
				return foundMsg{t, gen, at}
			}
		}
		return foundMsg{t, gen, -1}
	})
	return cmd
}

// Update takes the answer of a search.
func (t *TextView) Update(msg tea.Msg) (handled bool, cmd tea.Cmd) {
	m, ok := msg.(foundMsg)
	if !ok || m.t != t {
		return false, nil
	}
	if m.gen != t.gen {
		return true, nil
	}
	t.busy, t.missed = false, m.line < 0
	if m.line >= 0 && m.line < t.lines.Len() {
		t.found = m.line
		t.top, t.sub = m.line, 0
		if from, _, ok := text.Find(joined(t.lines.At(m.line)), t.query); ok {
			for i, r := range t.rows(m.line) {
				if from >= r[0] {
					t.sub = i
				}
			}
		}
	}
	t.moved(false)
	return true, nil
}

// Position says where the view stands, in lines; Cursor is the line of the last match.
func (t *TextView) Position() Position {
	return Position{Cursor: max(t.found, t.top), Top: t.top, Len: t.lines.Len(), Exact: true, Loading: t.busy}
}

// Missed reports whether the last search found nothing.
func (t *TextView) Missed() bool { return t.missed }

// View is the text in exactly the size it was given.
func (t *TextView) View() string { return t.view.get(t.kit, t.draw) }

func (t *TextView) draw() string {
	b := t.kit.brush((t.w + 16) * t.h)
	i, sub := t.top, t.sub
	for y := range t.h {
		if y > 0 {
			b.WriteByte('\n')
		}
		if i >= t.lines.Len() {
			b.space(Plain, rowPlain, t.w)
			continue
		}
		l := t.lines.At(i)
		rows := t.rows(i)
		indent := 0
		if sub > 0 {
			indent = hang(l, t.w)
		}
		b.space(Plain, rowPlain, indent)
		b.spans(rowPlain, t.w-indent, t.slice(l, rows[sub]))
		if sub++; sub >= len(rows) {
			i, sub = i+1, 0
		}
	}
	return b.String()
}

// slice is the part of l in the byte range r, with matches marked.
func (t *TextView) slice(l Line, r [2]int) []Span {
	if t.nowrap && t.left > 0 {
		r[0] = skip(joined(l), t.left)
	}
	spans := cutSpans(l.Spans, r)
	if t.query == "" {
		return spans
	}
	from, to := r[0], r[0]
	var out []Span
	for s := joined(l); ; {
		f, e, ok := text.Find(s.Slice(to, r[1]), t.query)
		if !ok {
			break
		}
		f, e = f+to, e+to
		out = append(out, cutSpans(l.Spans, [2]int{from, f})...)
		for _, m := range cutSpans(l.Spans, [2]int{f, e}) {
			out = append(out, Span{m.Text, Match})
		}
		from, to = e, e
	}
	return append(out, cutSpans(l.Spans, [2]int{from, r[1]})...)
}

// skip is the offset of the character that stands at cell w.
func skip(s text.Safe, w int) int {
	_, rest := splitStyled(s.String(), w)
	return len(s.String()) - len(rest)
}

// cutSpans returns the spans within a byte range of their text put together.
func cutSpans(spans []Span, r [2]int) []Span {
	var out []Span
	at := 0
	for _, s := range spans {
		n := len(s.Text.String())
		if from, to := max(r[0]-at, 0), min(r[1]-at, n); from < to {
			style := s.Style
			if style == Plain && s.Text.Changed() {
				style = Altered
			}
			out = append(out, Span{s.Text.Slice(from, to), style})
		}
		at += n
	}
	return out
}
