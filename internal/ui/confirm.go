package ui

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// confirmation is an open question before something that changes the store.
type confirmation struct {
	*widget.Confirm
	word string // to be typed
	then func() tea.Cmd
	rect widget.Rect
}

func (m *Model) askConfirm(q widget.Question, then func() tea.Cmd) tea.Cmd {
	m.confirm = &confirmation{Confirm: widget.NewConfirm(m.kit, q, m.env.Now), word: q.Word, then: then}
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

// guarded asks for a word before an act that is easily regretted: an unmerge
// wants the id that comes back; what touches more profiles than its preview
// shows one by one wants their number. Others want none.
func guarded(s *session, q widget.Question, unmerged string, e cdp.Effect) widget.Question {
	touched := e.Counts.Appear + e.Counts.Vanish + e.Counts.Change
	switch {
	case unmerged != "":
		q.Word, q.Ask = unmerged, s.say("confirm.unmerge", unmerged)
	case touched > cdp.EffectExamples:
		q.Word = strconv.Itoa(touched)
		q.Ask = s.say("confirm.many", q.Word)
	}
	return q
}

// because is a reason in a confirmation, where there is no room for a long one.
func (s *session) because(reason string) text.Safe {
	return s.say("confirm.reason", text.Cut(text.Clean(reason), 120))
}
