package widget

import (
	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/text"
)

// Tab is one of the tabs of a screen.
type Tab struct {
	Label text.Safe
	Short text.Safe // where there is no room for Label; empty is Label
	Count text.Safe // after the label, where there is room
}

// Tabs is a line of tabs, the shown one in brackets. Digits choose.
type Tabs struct {
	kit    *Kit
	tabs   []Tab
	active int
}

// NewTabs returns tabs with the first one shown.
func NewTabs(k *Kit, tabs ...Tab) *Tabs { return &Tabs{kit: k, tabs: tabs} }

// SetTabs replaces labels and counts.
func (t *Tabs) SetTabs(tabs ...Tab) { t.tabs = tabs; t.Select(t.active) }

// Active is the tab shown, from 0.
func (t *Tabs) Active() int { return t.active }

// Select shows tab i, clamped.
func (t *Tabs) Select(i int) { t.active = max(0, min(i, len(t.tabs)-1)) }

// Key handles 1 to 9.
func (t *Tabs) Key(k tea.KeyPressMsg) (handled bool, cmd tea.Cmd) {
	if s := k.String(); len(s) == 1 && s[0] >= '1' && s[0] <= '9' && int(s[0]-'1') < len(t.tabs) {
		t.active = int(s[0] - '1')
		return true, nil
	}
	return false, nil
}

// View is the line in exactly w cells: with counts, or short, or from the tab
// shown on, whatever fits first.
func (t *Tabs) View(w int) string {
	_, line := t.line(w)
	return t.kit.Line(w, line...)
}

// At is the tab at cell x of the line, from 0.
func (t *Tabs) At(w, x int) (int, bool) {
	from, line := t.line(w)
	at := 0
	for i, s := range line {
		n := text.Width(s.Text)
		if i%2 == 1 && x >= at && x < min(at+n, w) {
			return from + i/2, true
		}
		at += n
	}
	return 0, false
}

// line is what the tabs look like in w cells, and the first that is told.
func (t *Tabs) line(w int) (from int, line []Span) {
	line = t.spans(0, false, true)
	if spansWidth(line) <= w {
		return 0, line
	}
	line = t.spans(0, true, false)
	for from < t.active && spansWidth(line[:2*(t.active-from+1)]) > w {
		from++
		line = t.spans(from, true, false)
	}
	return from, line
}

// spans draws the tabs from one on, two spans each.
func (t *Tabs) spans(from int, short, counts bool) []Span {
	var out []Span
	for i, tab := range t.tabs {
		if i < from {
			continue
		}
		label := tab.Label
		if short && !tab.Short.Empty() {
			label = tab.Short
		}
		label = text.Join(text.Lit(" "), text.Int(i+1), label)
		if counts && !tab.Count.Empty() {
			label = text.Join(text.Lit(" "), label, tab.Count)
		}
		style := TabOff
		if i == t.active {
			label, style = text.Concat(text.Lit("["), label, text.Lit("]")), TabOn
		}
		gap := text.Lit(" ")
		if counts && i > from { // a count must not run into the next tab's number
			gap = text.Lit("  ")
		}
		out = append(out, Span{Text: gap}, Span{label, style})
	}
	return out
}

func spansWidth(spans []Span) int {
	n := 0
	for _, s := range spans {
		n += text.Width(s.Text)
	}
	return n
}
