package widget

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget/widgettest"
)

func sampleText() LineList {
	return LineList{
		{Spans: []Span{{text.Lit("basis    "), Heading}, {text.Lit("consent given at the counter, on paper, kept by the store for as long as the card lives"), Plain}}, Hang: 9},
		{}, {Spans: []Span{{text.Clean("Straße der Einheit\x1b[31m 12"), Plain}}},
		{Spans: []Span{{text.Lit("last line with strasse"), Good}}},
	}
}

func TestTextViewGolden(t *testing.T) {
	v := NewTextView(NewKit(Dark()))
	v.SetSize(30, 8)
	v.Open(context.Background(), sampleText())
	widgettest.Golden(t, "text", v.View())
	widgettest.Run(t, v.Search("STRASSE"), v)
	if p := v.Position(); p.Cursor != 2 || v.Missed() {
		t.Errorf("%+v", p)
	}
	if !strings.Contains(v.View(), "mStraße\x1b") {
		t.Errorf("the match is not marked: %q", v.View())
	}
	keys(t, v, "n")
	if p := v.Position(); p.Cursor != 3 {
		t.Errorf("next: %+v", p)
	}
	keys(t, v, "n")
	if p := v.Position(); p.Cursor != 2 {
		t.Errorf("round: %+v", p)
	}
	keys(t, v, "N")
	if p := v.Position(); p.Cursor != 3 {
		t.Errorf("previous: %+v", p)
	}
	widgettest.Run(t, v.Search("nowhere"), v)
	if !v.Missed() {
		t.Error("found what is nowhere")
	}
}

// bigLog is a million lines of which it counts those it was asked for.
type bigLog struct{ asked *atomic.Int64 }

func (bigLog) Len() int { return 1_000_000 }
func (b bigLog) At(i int) Line {
	b.asked.Add(1)
	return Line{Spans: []Span{{text.Clean(fmt.Sprintf("line %d of a log that is long enough to be broken twice over here", i)), Plain}}}
}

func TestTextViewWrapsTheWindowOnly(t *testing.T) {
	log := bigLog{new(atomic.Int64)}
	v := NewTextView(NewKit(Dark()))
	v.SetSize(30, 20)
	v.Open(context.Background(), log)
	v.View()
	keys(t, v, "pgdown", "pgdown", "G", "pgup")
	widgettest.Check(t, v.View(), 30, 20)
	if n := log.asked.Load(); n > 400 {
		t.Errorf("%d lines asked for", n)
	}
	if p := v.Position(); p.Top < 999_900 {
		t.Errorf("%+v", p)
	}
}

func TestTextViewScrollsRowByRow(t *testing.T) {
	v := NewTextView(NewKit(Mono()))
	v.SetSize(20, 3)
	v.Open(context.Background(), sampleText())
	var down []string
	for range 20 {
		down = append(down, widgettest.Plain(v.View()))
		keys(t, v, "down")
	}
	if down[19] != down[18] {
		t.Error("scrolls behind the end")
	}
	last := len(down) - 1
	for last > 0 && down[last-1] == down[19] {
		last--
	}
	for i := last - 1; i >= 0; i-- {
		keys(t, v, "up")
		if got := widgettest.Plain(v.View()); got != down[i] {
			t.Errorf("going up, row %d:\n%s\nwas\n%s", i, got, down[i])
		}
	}
}
