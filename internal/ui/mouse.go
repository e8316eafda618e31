package ui

import (
	tea "charm.land/bubbletea/v2"
)

// click is what a press of the left button does, from the innermost out: it
// chooses in what is open on top, runs a hint, shows a tab, and gives the pane
// and the row under it the keys. Beside an overlay it closes it, as esc does.
func (m *Model) click(msg tea.MouseClickMsg) tea.Cmd {
	s := m.trail.top()
	if s == nil || m.small() || m.line != nil || m.confirm != nil || m.sending != nil || m.crashed || msg.Button != tea.MouseLeft {
		return nil
	}
	switch {
	case m.palette.on:
		return m.palette.click(msg.X, msg.Y)
	case m.menu != nil:
		return m.clickMenu(msg.X, msg.Y)
	case msg.Y == m.h-1:
		all := m.hints(s)
		if i, ok := m.kit.HintAt(m.w, msg.X, bindingsOf(all)...); ok {
			return all[i].do()
		}
		return nil
	}
	if t, ok := s.(tabbed); ok && msg.Y == m.bodyTop(s)-1 {
		if n, ok := t.TabAt(m.w, msg.X); ok {
			if p, ok := able[paned](s); ok {
				_, cmd := p.Choose(n)
				return cmd
			}
		}
		return nil
	}
	if p, ok := able[pointed](s); ok {
		return p.Click(msg.X, msg.Y-m.bodyTop(s))
	}
	return nil
}

func (m *Model) clickMenu(x, y int) tea.Cmd {
	r := m.menu.rect
	if !r.Contains(x, y) {
		m.menu = nil
		return nil
	}
	if ok, _ := m.menu.list.Click(x-r.X-1, y-r.Y-1); ok {
		return m.pick()
	}
	return nil
}

func (p *palette) click(x, y int) tea.Cmd {
	if !p.rect.Contains(x, y) {
		p.on = false
		return nil
	}
	if ok, _ := p.list.Click(x-p.rect.X-1, y-p.rect.Y-1); ok {
		return p.pick()
	}
	return nil
}

func (m *Model) wheel(msg tea.MouseWheelMsg) tea.Cmd {
	d := 3
	switch msg.Button {
	case tea.MouseWheelUp:
		d = -3
	case tea.MouseWheelDown:
	default:
		return nil
	}
	s := m.trail.top()
	switch {
	case m.small() || m.crashed || m.confirm != nil || m.sending != nil:
		return nil
	case m.palette.on:
		return m.palette.list.Wheel(d)
	case m.menu != nil:
		return m.menu.list.Wheel(d)
	case s != nil:
		if p, ok := able[pointed](s); ok {
			return p.Wheel(msg.X, msg.Y-m.bodyTop(s), d)
		}
	}
	return nil
}
