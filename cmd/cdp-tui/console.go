package main

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/report"
	"cdp-tui/internal/steward"
	"cdp-tui/internal/ui"
)

// looks are the flags of the full-screen console.
type looks struct {
	theme    string
	mouse    bool
	open     string
	readOnly bool
}

func themes() []string { return []string{"dark", "light", "contrast", "mono"} }

// check refuses looks that there are not.
func (l *looks) check() error {
	if l.theme != "" && !slices.Contains(themes(), l.theme) {
		return usagef("--theme is one of %s", strings.Join(themes(), ", "))
	}
	return nil
}

func (l *looks) flags(c *cobra.Command) {
	c.Flags().StringVar(&l.theme, "theme", "", "dark, light, contrast or mono (default as the terminal is)")
	c.Flags().BoolVar(&l.mouse, "mouse", false, "let the mouse click; selecting text then needs shift")
	c.Flags().BoolVar(&l.readOnly, "read-only", false, "look only: nothing about who is who is decided")
	c.Flags().StringVar(&l.open, "open", "", "`PLACE` to begin at, such as P-0000001 or \"search?q=müller\"")
	complete(c, "theme", themes())
}

// console opens the store on the terminal; without one, or with --plain or
// --json, it prints the counts.
func (p *program) console(ctx context.Context, _ []string) error {
	if err := p.looks.check(); err != nil {
		return err
	}
	if p.fullScreen() && !p.supervised() {
		return p.supervise(ctx, "console")
	}
	return p.with(use{index: true}, func(ctx context.Context, s *session, _ []string) error {
		if s.fullScreen() {
			return s.show(ctx)
		}
		return s.stats(ctx)
	})(ctx, nil)
}

// fullScreen reports whether the console can be shown.
func (p *program) fullScreen() bool {
	term := p.env("TERM")
	return p.inTerminal && p.outTerminal && !p.plain && !p.json && term != "" && term != "dumb"
}

// show runs the console. Meanwhile what becomes due is judged, and the index
// follows.
func (s *session) show(ctx context.Context) error {
	if err := s.catchUp(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var kept sync.WaitGroup
	var changed []chan struct{}
	for _, keep := range []func(context.Context, <-chan struct{}){s.keepIndex, s.keepMatches} {
		c := make(chan struct{}, 1)
		changed = append(changed, c)
		kept.Go(func() { keep(ctx, c) })
	}
	defer func() {
		cancel()
		kept.Wait()
	}()
	tell := func() {
		for _, c := range changed {
			select {
			case c <- struct{}{}:
			default: // it is told already
			}
		}
	}
	through := func(l cdp.Lens) ui.Desk { return s.desk.Through(l) }
	env := ui.Env{Now: s.now, Zone: s.place, Changed: tell, Through: through, Send: s.send, Papers: s.papers(), WriteFile: func(name string, data []byte) error {
		return newFile(filepath.Base(name), bytesTo(data))
	}}
	opt := ui.Options{Store: filepath.Base(s.dir), Actor: s.as, Theme: s.looks.theme, Mouse: s.looks.mouse, Open: s.looks.open, ReadOnly: s.looks.readOnly}
	return ui.Run(ctx, s.desk, env, opt, s.in, s.out)
}

// send runs a disclosure of the console to a new file in the working directory.
func (s *session) send(ctx context.Context, out ui.Sending, tell func(ui.SendStep)) (cdp.ShareRun, error) {
	payload, err := report.NewPayload(out.Format, out.Columns)
	if err != nil {
		return cdp.ShareRun{}, err
	}
	name := filepath.Base(out.File)
	o, err := s.outlet(name, payload.Header(), payload)
	if err != nil {
		return cdp.ShareRun{}, err
	}
	order := steward.ShareOrder{Digest: out.Digest, Reason: out.Reason, Format: out.Format, To: name,
		Checked: func(n int) { tell(ui.SendStep{Checked: n}) }, Recorded: func(r cdp.ShareRun) { tell(ui.SendStep{Run: r}) }}
	return s.desk.ShareRun(ctx, out.Ask, order, o, nil)
}

// keepEvery is how often a console that stays open looks for what is due.
const keepEvery = time.Minute

// keepIndex judges what becomes due while the console is open; the index follows
// the store, at once when something was decided. An error ends it: the next
// command meets it again and says so.
func (s *session) keepIndex(ctx context.Context, changed <-chan struct{}) {
	clock := s.steward.As(steward.Actor{Name: clockActor})
	t := time.NewTicker(keepEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-t.C:
			if _, err := clock.Tick(ctx); err != nil {
				return
			}
		}
		if _, err := s.index.CatchUp(ctx, s.steward.Feed(), nil); err != nil {
			return
		}
	}
}

// keepMatches has the possible matches follow the store as keepIndex the index.
// For those of a large store that were never looked for it takes minutes, for
// which nothing else waits.
func (s *session) keepMatches(ctx context.Context, changed <-chan struct{}) {
	clock := s.steward.As(steward.Actor{Name: clockActor})
	t := time.NewTicker(keepEvery)
	defer t.Stop()
	for {
		if _, err := clock.FollowMatches(ctx, nil); err != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-t.C:
		}
	}
}

// papers write what the console exports as the commands write it.
func (s *session) papers() ui.Papers {
	o := s.options()
	o.Reveal = false // a console reveals on the screen, for half a minute
	return ui.Papers{
		Ropa: func(w io.Writer, r cdp.Ropa, format string) error {
			switch format {
			case "csv":
				return report.RopaCSV(w, r)
			case "html":
				return report.RopaHTML(w, r, o)
			}
			return report.NewJSON(w, o).Ropa(r)
		},
		Breach: func(w io.Writer, b cdp.Breach, format string) error {
			if format == "txt" {
				return report.Breach(w, b, o)
			}
			return report.NewJSON(w, o).Breach(b)
		},
		Persons: func(w io.Writer) func(cdp.BreachPerson) error { return report.NewJSON(w, o).BreachPerson },
		Card:    func(w io.Writer, c cdp.Card, lang string) error { return report.CardHTML(w, c, lang, o) },
	}
}
