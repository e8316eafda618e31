package widget

import (
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget/widgettest"
)

func question() Question {
	return Question{
		Title: text.Lit("Confirm"), Body: []text.Safe{text.Lit("110 rows go, 18 are kept. This cannot be undone.")}, Word: "N-12",
		Ask: text.Lit("Type the number to go on:"), Cancel: text.Lit("Cancel"), Act: text.Lit("Carry out"), Opener: "X",
	}
}

func TestConfirm(t *testing.T) {
	for _, c := range []struct {
		name string
		wait time.Duration
		keys string
		want Answer
	}{
		{"word, tab, space", time.Second, "N - 1 2 tab space", Confirmed},
		{"enter on act", time.Second, "N - 1 2 tab enter", Asked},
		{"enter at once cancels", time.Second, "enter", Cancelled},
		{"word and enter", time.Second, "N - 1 2 enter", Cancelled},
		{"wrong word", time.Second, "N - 1 tab space", Asked},
		{"no word", time.Second, "tab space", Asked},
		{"space on cancel", time.Second, "space", Cancelled},
		{"esc", time.Second, "esc", Cancelled},
		{"esc in the grace", 0, "esc", Cancelled},
		{"typed ahead", 0, "N - 1 2 tab space", Asked},
		{"typed ahead, enter", 0, "enter", Asked},
		{"opener held down", time.Second, "X X X", Asked},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := time.Date(2026, 8, 23, 14, 0, 0, 0, time.UTC)
			q := NewConfirm(NewKit(Dark()), question(), func() time.Time { return now })
			q.SetSize(66)
			now = now.Add(c.wait)
			keys(t, q, strings.Fields(c.keys)...)
			if q.Answer() != c.want {
				t.Errorf("answer %d, want %d", q.Answer(), c.want)
			}
		})
	}
}

func TestConfirmGraceEnds(t *testing.T) {
	now := time.Date(2026, 8, 23, 14, 0, 0, 0, time.UTC)
	q := NewConfirm(NewKit(Dark()), question(), func() time.Time { return now })
	for range 14 { // a key every 100 ms is never quiet, but the cap ends it
		now = now.Add(100 * time.Millisecond)
		keys(t, q, "enter")
	}
	if q.Answer() != Asked {
		t.Error("answered within the grace")
	}
	now = now.Add(100 * time.Millisecond)
	keys(t, q, "enter")
	if q.Answer() != Cancelled {
		t.Error("the grace never ends")
	}
}

func TestConfirmGolden(t *testing.T) {
	now := time.Date(2026, 8, 23, 14, 0, 0, 0, time.UTC)
	q := NewConfirm(NewKit(Dark()), question(), func() time.Time { return now })
	q.SetSize(60)
	now = now.Add(time.Second)
	keys(t, q, "N", "-", "1")
	widgettest.Golden(t, "confirm", q.View())
	x, y, ok := q.Cursor()
	line := []rune(strings.Split(widgettest.Plain(q.View()), "\n")[y])
	if !ok || string(line[x-3:x]) != "N-1" {
		t.Errorf("cursor at %d,%d", x, y)
	}
}

func TestToasts(t *testing.T) {
	now := time.Date(2026, 8, 23, 14, 0, 0, 0, time.UTC)
	toasts := NewToasts(NewKit(Dark()))
	toasts.Push(FailureLevel, text.Lit("failed"), now)
	toasts.Push(InfoLevel, text.Lit("news"), now)
	if m, _ := toasts.Current(now); m.Text.String() != "news" {
		t.Errorf("%q", m.Text)
	}
	if at, ok := toasts.Next(now); !ok || !at.Equal(now.Add(3*time.Second)) {
		t.Errorf("next %v", at)
	}
	now = now.Add(3 * time.Second)
	if m, _ := toasts.Current(now); m.Text.String() != "failed" {
		t.Errorf("the failure is gone: %q", m.Text)
	}
	if _, ok := toasts.Next(now); ok {
		t.Error("a failure goes by itself")
	}
	if !toasts.Dismiss() || toasts.Dismiss() || len(toasts.Spans(now)) != 0 || len(toasts.All()) != 2 {
		t.Error("dismissing")
	}
}
