package widget

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/text"
)

// Item is an entry of a FilterList.
type Item struct {
	ID       string
	Text     text.Safe
	Detail   text.Safe // in the middle
	Key      text.Safe // at the right edge: the key that does the same
	Section  text.Safe // a heading above the first item of a section; items of one section stand together
	Disabled text.Safe // why it can not be chosen; empty when it can
	Terms    string    // further words the filter finds it by
}

// FilterList is a prompt with a list that what is typed filters: the palette, the
// help. Items rank by exact text, beginning, beginning of a word, inside, and
// letters in order; enter and esc are left to the screen, which asks Current.
type FilterList struct {
	kit    *Kit
	prompt *Prompt
	items  []Item
	folded []string
	hits   []hit
	lines  []int // what is shown: index into hits, or -1-i for the heading of hits[i]
	scroll
	loads
	pending bool
	w, h    int
	focus   bool
	view    view
}

type hit struct{ item, rank int }

type hitsMsg struct {
	l    *FilterList
	gen  uint64
	q    string
	hits []hit
}

// syncItems is up to how many items are filtered at once, without a command.
const syncItems = 2000

// NewFilterList returns an empty list with a label before its prompt.
func NewFilterList(k *Kit, label text.Safe) *FilterList {
	return &FilterList{kit: k, prompt: NewPrompt(k, label), focus: true}
}

// Open shows items, all of them. Filtering of long lists lives until ctx is
// done, Close, or the next Open.
func (l *FilterList) Open(ctx context.Context, items []Item) tea.Cmd {
	l.loads.open(ctx)
	l.items, l.folded, l.pending = items, make([]string, len(items)), false
	for i, it := range items {
		l.folded[i] = text.Fold(it.Text.String() + "\x00" + it.Detail.String() + " " + it.Terms)
	}
	return l.filter()
}

// Close ends filtering.
func (l *FilterList) Close() { l.loads.close(); l.pending = false }

// Prompt is the line typed into, for its value and history.
func (l *FilterList) Prompt() *Prompt { return l.prompt }

// SetFilter replaces what is typed.
func (l *FilterList) SetFilter(q string) tea.Cmd {
	l.prompt.SetValue(q)
	return l.filter()
}

// SetSize gives the list w by h cells, the first row for the prompt.
func (l *FilterList) SetSize(w, h int) tea.Cmd {
	l.w, l.h = max(0, w), max(0, h)
	l.prompt.SetSize(w)
	l.moved()
	return nil
}

// SetFocus says whether keys go here.
func (l *FilterList) SetFocus(on bool) {
	l.focus = on
	l.prompt.SetFocus(on)
	l.view.soil()
}

func (l *FilterList) rows() int { return max(0, l.h-1) }

func (l *FilterList) moved() {
	l.clamp(len(l.lines), l.rows())
	l.view.soil()
}

// filter works out the hits for what is typed, at once or by a command.
func (l *FilterList) filter() tea.Cmd {
	l.view.soil()
	q := l.prompt.Value()
	if len(l.items) <= syncItems || q == "" {
		l.take(rankAll(context.Background(), l.folded, q))
		return nil
	}
	if l.pending || l.start == nil {
		return nil // the answer will see that more was typed
	}
	l.pending = true
	gen, folded := l.gen, l.folded
	cmd, _ := l.start(func(ctx context.Context) tea.Msg {
		return hitsMsg{l, gen, q, rankAll(ctx, folded, q)}
	})
	return cmd
}

func (l *FilterList) take(hits []hit) {
	l.hits = hits
	l.lines = l.lines[:0]
	headings := l.prompt.Value() == ""
	for i, h := range hits {
		s := l.items[h.item].Section
		if headings && !s.Empty() && (i == 0 || l.items[hits[i-1].item].Section.String() != s.String()) {
			l.lines = append(l.lines, -1-i)
		}
		l.lines = append(l.lines, i)
	}
	l.scroll = scroll{}
	l.skipHeading(1)
	l.moved()
}

// skipHeading moves the cursor off a heading, in direction d when it can.
func (l *FilterList) skipHeading(d int) {
	if l.cur < len(l.lines) && l.cur >= 0 && l.lines[l.cur] < 0 {
		if l.cur+d < 0 || l.cur+d >= len(l.lines) {
			d = -d
		}
		l.cur += d
		if l.cur == 1 { // the first heading stays in sight
			l.top = 0
		}
	}
}

// Update takes the answers of filtering, and pasted text.
func (l *FilterList) Update(msg tea.Msg) (handled bool, cmd tea.Cmd) {
	if m, ok := msg.(hitsMsg); ok && m.l == l {
		if m.gen != l.gen {
			return true, nil
		}
		l.pending = false
		if m.q != l.prompt.Value() {
			return true, l.filter()
		}
		l.take(m.hits)
		return true, nil
	}
	if handled, _ = l.prompt.Update(msg); handled {
		return true, l.filter()
	}
	return false, nil
}

// Key handles moving and typing.
func (l *FilterList) Key(k tea.KeyPressMsg) (handled bool, cmd tea.Cmd) {
	page := max(1, l.rows())
	d := 0
	switch k.String() {
	case "up", "ctrl+p", "shift+tab":
		d = -1
	case "down", "ctrl+n":
		d = 1
	case "pgup":
		d = -page
	case "pgdown":
		d = page
	default:
		before := l.prompt.Value()
		handled, _ = l.prompt.Key(k)
		if l.prompt.Value() != before {
			cmd = l.filter()
		}
		l.view.soil()
		return handled, cmd
	}
	l.cur += d
	l.moved()
	l.skipHeading(max(-1, min(1, d)))
	l.moved()
	return true, nil
}

// Current is the item under the cursor; chosen may be only what is not Disabled.
func (l *FilterList) Current() (Item, bool) {
	if l.cur < 0 || l.cur >= len(l.lines) || l.lines[l.cur] < 0 {
		return Item{}, false
	}
	return l.items[l.hits[l.lines[l.cur]].item], true
}

// Len is the number of items the filter leaves.
func (l *FilterList) Len() int { return len(l.hits) }

// Click moves the cursor to the item at y.
func (l *FilterList) Click(x, y int) (handled bool, cmd tea.Cmd) {
	i := l.top + y - 1
	if x < 0 || x >= l.w || y < 1 || y >= l.h || i >= len(l.lines) || l.lines[i] < 0 {
		return false, nil
	}
	l.cur = i
	l.moved()
	return true, nil
}

// Wheel scrolls by moving the cursor.
func (l *FilterList) Wheel(d int) tea.Cmd {
	l.cur += d
	l.moved()
	l.skipHeading(max(-1, min(1, d)))
	l.moved()
	return nil
}

// Cursor is where the terminal's cursor belongs in the view.
func (l *FilterList) Cursor() (x, y int, ok bool) {
	x, ok = l.prompt.Cursor()
	return x, 0, ok && l.h > 0
}

// rankAll finds and orders the items that match q; without q, all as they are.
func rankAll(ctx context.Context, folded []string, q string) []hit {
	q = text.Fold(strings.TrimSpace(q))
	hits := make([]hit, 0, min(len(folded), 256))
	for i, f := range folded {
		if i%4096 == 0 && ctx.Err() != nil {
			return nil
		}
		if r := rank(f, q); r >= 0 {
			hits = append(hits, hit{i, r})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return a.rank - b.rank })
	return hits
}

// rank is how well a folded item matches a folded query: 0 best, -1 not at all.
// What stands behind the NUL (detail and terms) is found inside only.
func rank(f, q string) int {
	name, _, _ := strings.Cut(f, "\x00")
	switch i := strings.Index(name, q); {
	case name == q || q == "":
		return 0
	case i == 0:
		return 1
	case i > 0 && strings.Contains(name, " "+q):
		return 2
	case i > 0:
		return 3
	case strings.Contains(f, q):
		return 4
	case inOrder(name, q):
		return 5
	}
	return -1
}

// inOrder reports whether the letters of q stand in s in that order.
func inOrder(s, q string) bool {
	for _, r := range q {
		i := strings.IndexRune(s, r)
		if i < 0 {
			return false
		}
		s = s[i+len(string(r)):]
	}
	return true
}

// View is the list in exactly the size it was given.
func (l *FilterList) View() string { return l.view.get(l.kit, l.draw) }

func (l *FilterList) draw() string {
	if l.h == 0 {
		return ""
	}
	b := l.kit.brush((l.w + 48) * l.h)
	b.WriteString(l.prompt.View())
	for y := range l.rows() {
		b.WriteByte('\n')
		i := l.top + y
		switch {
		case i < len(l.lines) && l.lines[i] < 0:
			b.spans(rowPlain, l.w, []Span{{l.items[l.hits[-1-l.lines[i]].item].Section, Heading}})
		case i < len(l.lines):
			l.item(b, i)
		case y == 0 && l.pending:
			b.spans(rowPlain, l.w, []Span{{text.Lit("  …"), Dim}})
		case y == 0:
			b.spans(rowPlain, l.w, []Span{{Text: text.Lit("  ")}, {text.Clean(l.kit.words.NoMatch), Dim}})
		default:
			b.space(Plain, rowPlain, l.w)
		}
	}
	return b.String()
}

func (l *FilterList) item(b *brush, i int) {
	it := l.items[l.hits[l.lines[i]].item]
	cursor, state := text.Lit("  "), rowPlain
	if i == l.cur {
		cursor = text.Pad(text.Clean(l.kit.glyphs.Cursor), 2)
		if l.focus {
			state = rowCursor
		}
	}
	name, detail, detailStyle := Span{Text: it.Text}, it.Detail, Dim
	if !it.Disabled.Empty() {
		name.Style, detail, detailStyle = Disabled, text.Concat(text.Lit("("), it.Disabled, text.Lit(")")), Disabled
	}
	keyWidth := min(text.Width(it.Key), l.w/3)
	if keyWidth > 0 {
		keyWidth++ // a blank before it
	}
	room := max(0, l.w-keyWidth)
	col := max(0, min(24, room/2)-2)
	if detail.Empty() {
		col = max(0, room-2)
	} else if n := text.Width(name.Text); n > col { // as much of it as the detail leaves
		if detailStyle == Disabled { // why not is told again when it is chosen
			col = min(n, room-3)
		} else {
			col = min(n, max(col, room-text.Width(detail)-3))
		}
	}
	name.Text = text.Pad(name.Text, col)
	line := []Span{{Text: cursor}, name}
	if !detail.Empty() {
		line = append(line, Span{Text: text.Lit(" ")}, Span{detail, detailStyle})
	}
	b.spans(state, room, line)
	if keyWidth > 0 {
		b.spans(state, keyWidth, []Span{{Text: text.Lit(" ")}, {text.PadLeft(it.Key, keyWidth-1), KeyName}})
	}
}
