package ui

import (
	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// confirmation is an open question before something that changes the store.
type confirmation struct {
	*widget.Confirm
	then func() tea.Cmd
	rect widget.Rect
}

func (m *Model) askConfirm(q widget.Question, then func() tea.Cmd) tea.Cmd {
	m.confirm = &confirmation{Confirm: widget.NewConfirm(m.kit, q, m.env.Now), then: then}
	m.confirm.resize(m.w, m.h)
	return nil
}

func (x *confirmation) resize(w, h int) {
	x.SetSize(min(76, w-4))
	x.rect = widget.NewRect(0, 0, w, h).Center(min(76, w-4), min(h, x.Height()))
}

func (m *Model) confirmKey(k tea.KeyPressMsg) tea.Cmd {
	x := m.confirm
	_, cmd := x.Key(k)
	switch x.Answer() {
	case widget.Cancelled:
		m.confirm = nil
		return tea.Batch(cmd, m.info("confirm.not"))
	case widget.Confirmed:
		m.confirm = nil
		return tea.Batch(cmd, x.then())
	}
	return cmd
}

func (x *confirmation) draw(page string) (string, *tea.Cursor) {
	page = widget.Overlay(page, x.View(), x.rect.X, x.rect.Y)
	if cx, cy, ok := x.Cursor(); ok {
		return page, tea.NewCursor(x.rect.X+cx, x.rect.Y+cy)
	}
	return page, nil
}

// because is a reason in a confirmation, where there is no room for a long one.
func (s *session) because(reason string) text.Safe {
	return s.say("confirm.reason", text.Cut(text.Clean(reason), 120))
}
