package main

import "context"

// console opens the store on the terminal; without one, or with --plain or
// --json, it prints the counts.
func (p *program) console(ctx context.Context, _ []string) error {
	return p.with(use{index: true}, func(ctx context.Context, s *session, _ []string) error {
		return s.stats(ctx)
	})(ctx, nil)
}
