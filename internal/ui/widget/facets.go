package widget

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/text"
)

// Facet is a group of values with how many rows have each.
type Facet struct {
	ID     string
	Title  text.Safe
	Values []FacetValue
}

// FacetValue is a value that can be ticked. A negative Count is not known yet.
type FacetValue struct {
	ID    string
	Label text.Safe
	Count int
	On    bool
}

// Facets is a list of check boxes in groups.
type Facets struct {
	kit    *Kit
	facets []Facet
	lines  []facetLine
	toggle func(facet, value string, on bool) tea.Cmd
	scroll
	w, h  int
	focus bool
	view  view
}

type facetLine struct{ facet, value int } // value -1: the title

// NewFacets returns an empty list; toggle is called when a value was ticked or
// unticked, and may be nil.
func NewFacets(k *Kit, toggle func(facet, value string, on bool) tea.Cmd) *Facets {
	return &Facets{kit: k, toggle: toggle}
}

// Set replaces the facets, keeping the cursor on its value when that is still there.
func (f *Facets) Set(facets []Facet) {
	facet, value, had := f.Current()
	f.facets, f.lines = facets, f.lines[:0]
	f.cur = 1
	for i, g := range facets {
		f.lines = append(f.lines, facetLine{i, -1})
		for j, v := range g.Values {
			if had && g.ID == facet && v.ID == value {
				f.cur = len(f.lines)
			}
			f.lines = append(f.lines, facetLine{i, j})
		}
	}
	f.moved(1)
}

// Current is the value under the cursor.
func (f *Facets) Current() (facet, value string, ok bool) {
	if f.cur < 0 || f.cur >= len(f.lines) || f.lines[f.cur].value < 0 {
		return "", "", false
	}
	g := f.facets[f.lines[f.cur].facet]
	return g.ID, g.Values[f.lines[f.cur].value].ID, true
}

// Ticked returns the ticked values of each facet that has any.
func (f *Facets) Ticked() map[string][]string {
	out := map[string][]string{}
	for _, g := range f.facets {
		for _, v := range g.Values {
			if v.On {
				out[g.ID] = append(out[g.ID], v.ID)
			}
		}
	}
	return out
}

// SetSize gives the list w by h cells.
func (f *Facets) SetSize(w, h int) tea.Cmd {
	f.w, f.h = max(0, w), max(0, h)
	f.moved(1)
	return nil
}

// SetFocus says whether keys go here.
func (f *Facets) SetFocus(on bool) { f.focus = on; f.view.soil() }

func (f *Facets) moved(d int) {
	f.clamp(len(f.lines), f.h)
	for range f.lines { // off the titles, turning round at the ends
		if f.lines[f.cur].value >= 0 {
			break
		}
		if f.cur+d < 0 || f.cur+d >= len(f.lines) {
			d = -d
			if f.cur+d < 0 || f.cur+d >= len(f.lines) {
				break
			}
		}
		f.cur += d
	}
	if f.cur == 1 {
		f.top = 0
	}
	f.clamp(len(f.lines), f.h)
	f.view.soil()
}

// Key handles moving and ticking.
func (f *Facets) Key(k tea.KeyPressMsg) (handled bool, cmd tea.Cmd) {
	keys := &f.kit.keys
	before := f.cur
	if f.move(k, keys, len(f.lines), f.h) {
		d := 1
		if f.cur < before {
			d = -1
		}
		f.moved(d)
		return true, nil
	}
	if key.Matches(k, keys.Mark) || key.Matches(k, keys.Toggle) {
		return f.flip()
	}
	return false, nil
}

func (f *Facets) flip() (bool, tea.Cmd) {
	facet, value, ok := f.Current()
	if !ok {
		return false, nil
	}
	l := f.lines[f.cur]
	v := &f.facets[l.facet].Values[l.value]
	v.On = !v.On
	f.view.soil()
	if f.toggle == nil {
		return true, nil
	}
	return true, f.toggle(facet, value, v.On)
}

// Click moves the cursor to the value at y and ticks it.
func (f *Facets) Click(x, y int) (handled bool, cmd tea.Cmd) {
	i := f.top + y
	if x < 0 || x >= f.w || y < 0 || y >= f.h || i >= len(f.lines) || f.lines[i].value < 0 {
		return false, nil
	}
	f.cur = i
	return f.flip()
}

// Wheel scrolls by moving the cursor.
func (f *Facets) Wheel(d int) tea.Cmd {
	f.cur += d
	f.moved(max(-1, min(1, d)))
	return nil
}

// View is the list in exactly the size it was given.
func (f *Facets) View() string { return f.view.get(f.kit, f.draw) }

func (f *Facets) draw() string {
	b := f.kit.brush((f.w + 32) * f.h)
	for y := range f.h {
		if y > 0 {
			b.WriteByte('\n')
		}
		i := f.top + y
		if i >= len(f.lines) {
			b.space(Plain, rowPlain, f.w)
			continue
		}
		g := f.facets[f.lines[i].facet]
		if f.lines[i].value < 0 {
			b.spans(rowPlain, f.w, []Span{{Text: text.Lit(" ")}, {g.Title, Heading}})
			continue
		}
		f.value(b, i, g.Values[f.lines[i].value])
	}
	return b.String()
}

func (f *Facets) value(b *brush, i int, v FacetValue) {
	cursor, state := text.Lit(" "), rowPlain
	if i == f.cur && f.focus {
		cursor, state = text.Clean(f.kit.glyphs.Cursor), rowCursor
	}
	box, style := text.Lit("[ ] "), Plain
	if v.On {
		box, style = text.Lit("[x] "), Strong
	}
	count := text.Lit("…")
	if v.Count >= 0 {
		count = text.Int(v.Count)
	}
	room := f.w - text.Width(count) - 2
	if room < 8 {
		b.spans(state, f.w, []Span{{Text: cursor}, {box, style}, {v.Label, style}})
		return
	}
	b.spans(state, room, []Span{{Text: cursor}, {box, style}, {v.Label, style}})
	b.spans(state, f.w-room, []Span{{Text: text.Lit(" ")}, {count, Dim}, {Text: text.Lit(" ")}})
}
