package widget

import (
	"time"

	"cdp-tui/internal/text"
)

// Level is how grave a message is.
type Level uint8

// The levels. Info and Success go after three seconds, Failure stays until dismissed.
const (
	InfoLevel Level = iota
	SuccessLevel
	FailureLevel
)

const (
	toastTime = 3 * time.Second
	maxToasts = 500 // kept for reading again
)

// Toast is a message to the user.
type Toast struct {
	Level Level
	Text  text.Safe
	At    time.Time
}

// Toasts shows the last message and keeps the former ones.
type Toasts struct {
	kit   *Kit
	all   []Toast
	shown int // those before were dismissed
}

// NewToasts returns no messages.
func NewToasts(k *Kit) *Toasts { return &Toasts{kit: k} }

// Push adds a message.
func (t *Toasts) Push(l Level, msg text.Safe, now time.Time) {
	t.all = append(t.all, Toast{l, msg, now})
	if over := len(t.all) - maxToasts; over > 0 {
		t.all = append([]Toast(nil), t.all[over:]...)
		t.shown = max(0, t.shown-over)
	}
}

// Next is when the current message goes by itself, so that the screen is drawn
// again then; ok is false when there is none or it stays.
func (t *Toasts) Next(now time.Time) (at time.Time, ok bool) {
	m, ok := t.Current(now)
	if !ok || m.Level == FailureLevel {
		return time.Time{}, false
	}
	return m.At.Add(toastTime), true
}

// Dismiss takes away what is shown; false when nothing was.
func (t *Toasts) Dismiss() bool {
	was := t.shown < len(t.all)
	t.shown = len(t.all)
	return was
}

// Current is the message to show now: the newest that is not over.
func (t *Toasts) Current(now time.Time) (Toast, bool) {
	for i := len(t.all) - 1; i >= t.shown; i-- {
		if m := t.all[i]; m.Level == FailureLevel || now.Before(m.At.Add(toastTime)) {
			return m, true
		}
	}
	return Toast{}, false
}

// All returns the messages kept, the oldest first.
func (t *Toasts) All() []Toast { return append([]Toast(nil), t.all...) }

// Spans draws the current message, for the right end of a status line.
func (t *Toasts) Spans(now time.Time) []Span {
	m, ok := t.Current(now)
	if !ok {
		return nil
	}
	switch m.Level {
	case FailureLevel:
		return []Span{{text.Concat(text.Lit("! "), m.Text), Bad}}
	case SuccessLevel:
		return []Span{{text.Concat(text.Lit("✓ "), m.Text), Good}}
	}
	return []Span{{m.Text, Info}}
}
