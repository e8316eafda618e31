package ui

import (
	"context"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// A SendStep is how far a disclosure is.
type SendStep struct {
	Checked int          // profiles judged once more, to hold them against the plan
	Run     cdp.ShareRun // what is judged and recorded; without an id before it begins
}

// sending is a disclosure under way, shown over the screen. Esc gives it up as
// long as its file is not released: nothing has left before.
type sending struct {
	to      string
	whole   int // profiles of the plan
	step    atomic.Pointer[SendStep]
	stop    context.CancelFunc
	stopped bool
	rect    widget.Rect
}

// sendTick draws it again.
type sendTick struct{ of *sending }

func (x *sending) tell(s SendStep) { x.step.Store(&s) }

// watch shows a disclosure until it is over, or put aside.
func (m *Model) watch(x *sending) tea.Cmd {
	m.sending = x
	x.resize(m.w, m.h)
	return m.env.after(meterEvery, sendTick{x})
}

func (m *Model) sendTicked(t sendTick) tea.Cmd {
	if m.sending != t.of {
		return nil
	}
	return m.env.after(meterEvery, t)
}

// unwatch takes it off the screen.
func (m *Model) unwatch(x *sending) {
	if m.sending == x {
		m.sending = nil
	}
}

func (x *sending) resize(w, h int) { x.rect = widget.NewRect(0, 0, w, h).Center(min(76, w-4), 10) }

// sendingKey takes every key while it is shown.
func (m *Model) sendingKey(name string) tea.Cmd {
	switch x := m.sending; name {
	case "esc":
		x.stopped = true
		x.stop()
	case "enter":
		m.sending = nil
		return m.info("sending.aside")
	}
	return nil
}

func (x *sending) draw(s *session, page string) string {
	var at SendStep
	if p := x.step.Load(); p != nil {
		at = *p
	}
	done, what := at.Run.Lines, s.say("sending.judged", at.Run.ID, at.Run.Lines, x.whole)
	if at.Run.ID == 0 {
		done, what = at.Checked, s.say("sending.checked", at.Checked, x.whole)
	}
	rows := []text.Safe{what, s.say("sending.so", at.Run.Allowed, at.Run.Denied)}
	switch {
	case at.Run.ID == 0:
		rows[1] = text.Safe{}
	case at.Run.Struck > 0:
		rows = append(rows, s.say("sending.struck", at.Run.Struck))
	}
	w := x.rect.W - 4
	lines := []string{s.kit.Line(w, widget.Span{})}
	for _, r := range rows {
		lines = append(lines, s.kit.Line(w, widget.Span{Text: r}))
	}
	lines = append(lines, s.kit.BarLine(w, widget.Accent, float64(done), float64(x.whole)), s.kit.Line(w, widget.Span{}))
	foot := s.say("sending.keys")
	if x.stopped {
		foot = s.say("sending.stopping")
	}
	lines = append(lines, s.kit.Line(w, widget.S(widget.Dim, foot)))
	for i := range lines {
		lines[i] = " " + lines[i] + " "
	}
	box := widget.Box{Title: s.say("sending.title", x.to), Focus: true}.Draw(s.kit, x.rect.W, len(lines)+2, widget.Stack(lines...))
	return widget.Overlay(page, box, x.rect.X, x.rect.Y)
}

// carryOut sends, shows how far it is, and tells what became of it.
func (s *session) carryOut(out Sending, plan cdp.SharePlan, again func() tea.Cmd) tea.Cmd {
	ctx, stop := context.WithCancel(s.whole())
	x := &sending{to: out.Ask.Recipient, whole: plan.Profiles, stop: stop}
	var run cdp.ShareRun
	var failed error
	send := s.env.Send
	work := s.work("fail.send", func(context.Context) error {
		defer stop()
		run, failed = send(ctx, out, x.tell)
		return nil
	}, func() tea.Cmd {
		s.unwatch(x)
		switch left := failed == nil || run.ID != 0 && run.State.Left(); {
		case failed == nil:
			s.changed()
			return tea.Batch(s.toast(widget.SuccessLevel, s.say("send.done", run.ID, run.Allowed, run.Denied, out.File)), again())
		case x.stopped && run.ID == 0:
			return s.info("send.notbegun")
		case x.stopped && !left:
			s.changed()
			return tea.Batch(s.toast(widget.InfoLevel, s.say("send.givenup", run.ID)), again())
		}
		return s.fail("fail.send", failed)
	})
	return tea.Batch(s.watch(x), work)
}
