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

// The whole program, with its reads beside each other, for the race detector.
// Revealing needs a row that is drawn, which only a driven model can wait for:
// the walks there do it.
func TestRunWalk(t *testing.T) {
	desk := newFake()
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	in, feed := io.Pipe()
	ended := make(chan error, 1)
	out := &buffer{}
	go func() {
		env := Env{Now: time.Now, Environ: []string{"TERM=xterm-256color"}}
		err := run(ctx, New(desk, env, Options{Theme: "dark"}), env, in, out, tea.WithWindowSize(120, 40))
		in.Close() // what is still typed goes nowhere
		ended <- err
	}()
	await := func(method string, n int) {
		t.Helper()
		for desk.count(method) < n && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
	}
	keys := func(s string) {
		if _, err := feed.Write([]byte(s)); err != nil {
			t.Error(err)
		}
	}
	await("Stats", 1)
	keys(":search weiß\r")
	await("Search", 1)
	keys(":profile P-1\r")
	await("Profile", 1)
	for i, step := range []struct{ keys, method string }{{"3", "Touchpoints"}, {"5", "Uses"}, {"6", "Shares"}, {"7", "Log"}, {"t", "Trace"}, {"x", "Neighbourhood"}, {"w", ""}, {":record R-1\r", "Record"},
		{":sources\r", "Sources"}, {":batches\r", "Batches"}, {":quarantine\r", "Quarantined"}, {"[[[", ""}, {"]]", ""}, {":rejects\r", "Rejects"}, {"/csv\rG", ""}} {
		n := 0
		if step.method != "" {
			n = desk.count(step.method)
		}
		keys(step.keys)
		if step.method != "" {
			await(step.method, n+1)
		}
		if ctx.Err() != nil {
			t.Fatalf("step %d: %q does not read %s", i, step.keys, step.method)
		}
	}
	keys("q")
	feed.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if got := out.String(); strings.Contains(got, "m.weiss@") || strings.Contains(got, "Marlene") {
		t.Error("a value in clear was written to the terminal")
	}
}
