package ui

import (
	"sort"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// part is a widget in a pane.
type part interface {
	Key(k tea.KeyPressMsg) (handled bool, cmd tea.Cmd)
	SetSize(w, h int) tea.Cmd
	View() string
	Wheel(d int) tea.Cmd
}

// pane is a part with a frame around it.
type pane struct {
	part   part
	title  func() text.Safe
	footer func() text.Safe // nil for none
	moving []key.Binding    // what the part does with keys, for the help
}

// panes are the parts of a screen: where they stand, which one has the keys.
// Where they stand is told by a pure function of the size, so that it can be
// tested at every one.
type panes struct {
	kit    *widget.Kit
	list   []pane
	layout func(w, h int) []widget.Rect // an empty one is not shown
	rects  []widget.Rect
	w, h   int
	focus  int
	zoom   bool
	split  split
	top    int  // rows over the panes that are the screen's own, zoomed or not
	digits bool // panes carry numbers
}

func (p *panes) Resize(w, h int) tea.Cmd {
	p.w, p.h = w, h
	return p.arrange()
}

func (p *panes) arrange() tea.Cmd {
	p.rects = resplit(p.layout(p.w, p.h), p.split)
	if !p.zoom && p.rects[p.focus].W == 0 {
		p.zoom = p.focus > 0 // a pane there is no room for is shown alone
	}
	if p.zoom {
		p.rects = make([]widget.Rect, len(p.list))
		_, p.rects[p.focus] = widget.NewRect(0, 0, p.w, p.h).Top(p.top)
	}
	var cmds []tea.Cmd
	for i, x := range p.list {
		if r := p.rects[i]; r.W > 0 {
			cmds = append(cmds, x.part.SetSize(max(0, r.W-3), max(0, r.H-2)))
		}
		if f, ok := x.part.(interface{ SetFocus(bool) }); ok {
			f.SetFocus(i == p.focus)
		}
	}
	return tea.Batch(cmds...)
}

// shown are the panes there is room for, zoom apart.
func (p *panes) shown() (out []int) {
	for i, r := range p.layout(p.w, p.h) {
		if r.W > 0 {
			out = append(out, i)
		}
	}
	return out
}

func (p *panes) to(i int) tea.Cmd {
	if i < 0 || i >= len(p.list) {
		return nil
	}
	if p.zoom && i != p.focus && p.layout(p.w, p.h)[i].W > 0 {
		p.zoom = false
	}
	p.focus = i
	return p.arrange()
}

// Cycle moves the keys to the next pane, or the one before.
func (p *panes) Cycle(d int) tea.Cmd {
	if len(p.list) == 0 {
		return nil
	}
	return p.to((p.focus + d + len(p.list)) % len(p.list))
}

// Numbered reports whether digits choose panes.
func (p *panes) Numbered() bool { return p.digits }

func (p *panes) unnumber() { p.digits = false }

// Choose moves the keys to pane n, counted from 1.
func (p *panes) Choose(n int) (bool, tea.Cmd) {
	if !p.digits || n < 1 || n > len(p.list) {
		return false, nil
	}
	return true, p.to(n - 1)
}

// Zoom shows the pane with the keys alone, or all again.
func (p *panes) Zoom() tea.Cmd {
	p.zoom = !p.zoom
	if !p.zoom && p.layout(p.w, p.h)[p.focus].W == 0 {
		p.focus = 0
	}
	return p.arrange()
}

// Back takes a zoom away, then leads to the first pane.
func (p *panes) Back() (bool, tea.Cmd) {
	if p.zoom {
		return true, p.Zoom()
	}
	if p.focus > 0 {
		return true, p.to(0)
	}
	return false, nil
}

func (p *panes) Key(k tea.KeyPressMsg) (bool, tea.Cmd) {
	if len(p.list) == 0 {
		return false, nil
	}
	return p.list[p.focus].part.Key(k)
}

// Text is the pane with the keys, when it is a text to be searched.
func (p *panes) Text() (*widget.TextView, bool) {
	if len(p.list) == 0 {
		return nil, false
	}
	t, ok := p.list[p.focus].part.(*widget.TextView)
	return t, ok
}

// Moving is what the pane with the keys does with them.
func (p *panes) Moving() []key.Binding {
	if len(p.list) == 0 {
		return nil
	}
	return p.list[p.focus].moving
}

func (p *panes) at(x, y int) (int, bool) {
	for i, r := range p.rects {
		if r.W > 0 && r.Contains(x, y) {
			return i, true
		}
	}
	return 0, false
}

// Click gives the pane at x, y the keys, and the part the click.
func (p *panes) Click(x, y int) tea.Cmd {
	i, ok := p.at(x, y)
	if !ok {
		return nil
	}
	cmd := p.to(i)
	r := p.rects[i]
	if c, ok := p.list[i].part.(interface {
		Click(x, y int) (bool, tea.Cmd)
	}); ok {
		_, more := c.Click(x-r.X-1, y-r.Y-1)
		cmd = tea.Batch(cmd, more)
	}
	return cmd
}

// Wheel scrolls the pane at x, y.
func (p *panes) Wheel(x, y, d int) tea.Cmd {
	if i, ok := p.at(x, y); ok {
		return p.list[i].part.Wheel(d)
	}
	return nil
}

// View puts the panes together, line by line.
func (p *panes) View() string {
	type drawn struct {
		widget.Rect
		lines []string
	}
	var all []drawn
	for i, x := range p.list {
		r := p.rects[i]
		if r.W == 0 || r.H == 0 {
			continue
		}
		box := widget.Box{Title: x.title(), Focus: i == p.focus}
		if p.digits {
			box.Number = i + 1
		}
		if x.footer != nil {
			box.Footer = x.footer()
		}
		all = append(all, drawn{r, strings.Split(box.Draw(p.kit, r.W, r.H, x.part.View()), "\n")})
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].X < all[j].X })
	var b strings.Builder
	for y := range p.h {
		if y > 0 {
			b.WriteByte('\n')
		}
		at := 0
		for _, d := range all {
			if y < d.Y || y >= d.Y+d.H {
				continue
			}
			b.WriteString(strings.Repeat(" ", max(0, d.X-at)))
			b.WriteString(d.lines[y-d.Y])
			at = d.X + d.W
		}
		b.WriteString(strings.Repeat(" ", max(0, p.w-at)))
	}
	return b.String()
}

// What the kinds of parts do with keys, for the help. Clearing marks is esc's
// first meaning of all, and reading again is the root's.
func rowKeys(k *widget.Keys) []key.Binding {
	return append(scrollKeys(k), k.Left, k.Right, k.Mark, k.Range, k.MarkAll)
}

func scrollKeys(k *widget.Keys) []key.Binding {
	return []key.Binding{k.Up, k.Down, k.PageUp, k.PageDown, k.HalfUp, k.HalfDown, k.Home, k.End}
}

func treeKeys(k *widget.Keys) []key.Binding { return append(scrollKeys(k), k.Left, k.Right) }

func textKeys(k *widget.Keys) []key.Binding { return append(scrollKeys(k), k.Next, k.Prev) }
