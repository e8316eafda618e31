package ui

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/ui/widget/widgettest"
)

// buffer is written by the program and read by the test.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func TestRunLeavesTheTerminalAsItWas(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	out := &buffer{}
	env := Env{Now: func() time.Time { return start }, Environ: []string{"TERM=xterm-256color", "NO_COLOR=1"}}
	if err := Run(ctx, newFake(), env, Options{Store: "x"}, strings.NewReader("q"), out); err != nil {
		t.Fatal(err)
	}
	if ctx.Err() != nil {
		t.Fatal("q does not leave")
	}
	got := out.String()
	if !strings.Contains(got, "\x1b[?1049h") || strings.LastIndex(got, "\x1b[?1049l") < strings.LastIndex(got, "\x1b[?1049h") {
		t.Errorf("the alternate screen is not entered and left: %q", got)
	}
	if strings.Contains(got, "38;2") || strings.Contains(got, "38;5") {
		t.Error("colours in spite of NO_COLOR")
	}
}

// However the program ends, what it was reading is given up.
func TestRunEndsItsReads(t *testing.T) {
	desk := newFake()
	desk.slow["Stats"] = make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	in, feed := io.Pipe()
	defer feed.Close()
	ended := make(chan error)
	go func() {
		ended <- Run(ctx, desk, Env{Now: time.Now, Environ: []string{"TERM=xterm"}}, Options{Theme: "mono"}, in, &buffer{})
	}()
	for desk.waiting("Stats") == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	for range 2000 {
		desk.mu.Lock()
		n := desk.ended["Stats"]
		desk.mu.Unlock()
		if n > 0 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Error("the read goes on")
}

func TestCalm(t *testing.T) {
	now := start
	calm := calm(func() time.Time { return now })
	if m := calm(nil, tea.WindowSizeMsg{Width: 60000, Height: 60000}); m != (tea.WindowSizeMsg{Width: maxWidth, Height: maxHeight}) {
		t.Errorf("a window of %v", m)
	}
	through := 0
	for range 32 { // a wheel turned fast: 32 notches in 64 ms
		if calm(nil, tea.MouseWheelMsg{Button: tea.MouseWheelDown}) != nil {
			through++
		}
		now = now.Add(2 * time.Millisecond)
	}
	if through != 4 {
		t.Errorf("%d wheel messages in 64 ms, want one in 16", through)
	}
	if calm(nil, tea.MouseMotionMsg{}) != nil {
		t.Error("mouse motion wakes the program")
	}
}

// A name never reaches the window's title, which the desktop shows.
func TestTitle(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "search?q=m.weiss%40lindenhof.test")
	if v := d.m.View(); v.WindowTitle != "cdp-tui" {
		t.Errorf("title %q", v.WindowTitle)
	}
}

// watched is a Model that tells a test what it would draw.
type watched struct {
	*Model
	mu    sync.Mutex
	frame string
}

func (w *watched) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := w.Model.Update(msg)
	frame := widgettest.Plain(w.Model.View().Content)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.frame = frame
	return w, cmd
}

func (w *watched) seen() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.frame
}

// The whole program, with its reads beside each other, for the race detector:
// the next key is pressed when what the last one asks for is drawn.
func TestRunWalk(t *testing.T) {
	desk := newFake()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	in, feed := io.Pipe()
	ended := make(chan error, 1)
	out := &buffer{}
	env := Env{Now: time.Now, Environ: []string{"TERM=xterm-256color"}}
	w := &watched{Model: New(desk, env, Options{Theme: "dark"})}
	go func() {
		err := run(ctx, w, env, in, out, tea.WithWindowSize(120, 40))
		in.Close() // what is still typed goes nowhere
		ended <- err
	}()
	const clear = "m.weiss@" // what is masked until the reveal
	for i, step := range []struct{ keys, sees string }{
		{"", "Waiting for somebody"}, {":search weiß\r", "14 profiles"}, {":profile P-1\r", "[1 Overview]"}, {"3", "[3 Touchpoints"}, {"5", "Order"}, {"6", "Mailhaus"}, {"7", "Entry 3118"},
		{"2", "[2 Identifiers"}, {"m", "because:"}, {"DSR-0142\r", clear}, {"t", "held because"}, {"x", "SHARED WITH OTHER PROFILES"}, {":why P-1 P-2\r", "BOTH CARRY"},
		{":record R-1\r", "What it says"}, {":sources\r", "shop.orders"}, {":batches\r", "B-000212"}, {":quarantine\r", "1 of 41"}, {"[[[", "What it says"}, {"]]", "Batches"},
		{":rejects\r", "csv.width"}, {"/csv\r", `filter "csv"`}, {"G", "300 of 300"},
	} {
		if step.sees == clear && strings.Contains(out.String(), clear) {
			t.Error("a value in clear was written to the terminal before it was asked for")
		}
		if _, err := io.WriteString(feed, step.keys); err != nil {
			t.Fatal(err)
		}
		for !strings.Contains(w.seen(), step.sees) {
			if ctx.Err() != nil {
				t.Fatalf("step %d: after %q %q is not to be seen in:\n%s", i, step.keys, step.sees, w.seen())
			}
			time.Sleep(time.Millisecond)
		}
	}
	if n := desk.count("Reveal"); n != 1 {
		t.Errorf("revealed %d times in the log", n)
	}
	if _, err := io.WriteString(feed, "q"); err != nil {
		t.Error(err)
	}
	feed.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
