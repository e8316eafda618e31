package main

import "context"

// console opens the store on the terminal; without one, or with --plain or
// --json, it prints the counts.
func (p *program) console(ctx context.Context, _ []string) error {
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

// show runs the console.
func (s *session) show(ctx context.Context) error { return s.stats(ctx) }
