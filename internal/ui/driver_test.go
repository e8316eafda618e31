package ui

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ui/widget"
	"cdp-tui/internal/ui/widget/widgettest"
)

// driver runs the console without a program: keys in, commands run to their
// end, frames out. Its clock moves only when told.
type driver struct {
	t       testing.TB
	m       *Model
	desk    *fakeDesk
	now     time.Time
	timers  []timer
	quit    bool
	slept   int // times suspended
	changed int // times that what follows the store was told
	clip    string
	lens    cdp.Lens // through which the last desk looks
	files   map[string][]byte
	cancel  context.CancelFunc
	w, h    int
}

type (
	rect       = widget.Rect
	entry      = cdp.Entry
	sourceStat = cdp.SourceStat
)

type timer struct {
	at  time.Time
	msg tea.Msg
}

func drive(t testing.TB, w, h int, desk *fakeDesk, open string) *driver {
	t.Helper()
	d := &driver{t: t, desk: desk, now: start, files: map[string][]byte{}, w: w, h: h}
	env := Env{Now: func() time.Time { return d.now }, After: func(after time.Duration, msg tea.Msg) tea.Cmd {
		d.timers = append(d.timers, timer{d.now.Add(after), msg})
		return nil
	}, Through: func(l cdp.Lens) Desk {
		d.lens = l
		return &lensDesk{desk, l}
	}, Changed: func() { d.changed++ }, WriteFile: func(name string, data []byte) error {
		if d.files[name] != nil {
			return errors.New("file exists")
		}
		d.files[name] = append([]byte{}, data...)
		return nil
	}}
	d.m = New(desk, env, Options{Store: "lindenhof", Actor: "dpo", Theme: "dark", Open: open, ReadOnly: desk.decided.readOnly})
	ctx, cancel := context.WithCancel(context.Background())
	d.cancel = cancel
	t.Cleanup(cancel)
	d.m.Begin(ctx)
	d.run(d.m.Init())
	d.send(tea.WindowSizeMsg{Width: w, Height: h})
	return d
}

func (d *driver) send(msg tea.Msg) {
	_, cmd := d.m.Update(msg)
	d.run(cmd)
}

func (d *driver) run(cmd tea.Cmd) {
	d.t.Helper()
	queue := []tea.Cmd{cmd}
	for n := 0; len(queue) > 0; n++ {
		if n > 100_000 {
			d.t.Fatal("commands without end")
		}
		c := queue[0]
		queue = queue[1:]
		if c == nil {
			continue
		}
		switch msg := c().(type) {
		case nil:
		case tea.BatchMsg:
			queue = append(queue, msg...)
		case tea.QuitMsg:
			d.quit = true
		case tea.SuspendMsg:
			d.slept++
		default:
			if v := reflect.ValueOf(msg); v.Kind() == reflect.String && strings.Contains(v.Type().String(), "setClipboard") {
				d.clip = v.String()
				continue
			}
			_, next := d.m.Update(msg)
			queue = append(queue, next)
		}
	}
}

// pass moves the clock.
func (d *driver) pass(by time.Duration) {
	d.now = d.now.Add(by)
	due := d.timers
	d.timers = nil
	for _, t := range due {
		if t.at.After(d.now) {
			d.timers = append(d.timers, t)
			continue
		}
		d.send(t.msg)
	}
}

func (d *driver) press(keys ...string) *driver {
	for _, k := range keys {
		d.send(widgettest.Key(k))
	}
	return d
}

func (d *driver) typed(s string) *driver {
	for _, r := range s {
		if r == ' ' {
			d.press("space")
		} else {
			d.press(string(r))
		}
	}
	return d
}

// command runs a command of the palette.
func (d *driver) command(s string) *driver { return d.press(":").typed(s).press("enter") }

func (d *driver) frame() string {
	d.t.Helper()
	v := d.m.View()
	widgettest.Check(d.t, v.Content, d.w, d.h)
	return v.Content
}

func (d *driver) plain() string { return widgettest.Plain(d.frame()) }

func (d *driver) resize(w, h int) {
	d.w, d.h = w, h
	d.send(tea.WindowSizeMsg{Width: w, Height: h})
}

func (d *driver) screen() string { return d.m.trail.top().Address().Screen }

func (d *driver) sees(want ...string) *driver {
	d.t.Helper()
	p := d.plain()
	for _, w := range want {
		if !strings.Contains(p, w) {
			d.t.Errorf("%q is not to be seen in:\n%s", w, p)
		}
	}
	return d
}

func (d *driver) misses(unwanted ...string) *driver {
	d.t.Helper()
	p := d.plain()
	for _, w := range unwanted {
		if strings.Contains(p, w) {
			d.t.Errorf("%q is to be seen in:\n%s", w, p)
		}
	}
	return d
}
