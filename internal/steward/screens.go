package steward

import (
	"context"

	"cdp-tui/internal/cdp"
)

// Surroundings is what Neighbourhood and Holding tell of a profile, as one use.
func (d *Desk) Surroundings(ctx context.Context, id cdp.ProfileID, hops int) (around cdp.Neighbourhood, holds cdp.Holding, err error) {
	err = d.together(ctx, d.entry("view", profileRef(id), "graph"), func(d *Desk) error {
		var err error
		if around, err = d.Neighbourhood(ctx, id, hops); err != nil {
			return err
		}
		holds, err = d.Holding(ctx, id)
		return err
	})
	return around, holds, err
}

// Relation is all that is known of how two things belong together, as one use:
// the chain of evidence of Why, what would part its ends (CutBetween), and what
// both carry without being joined by it (WhyNot). At another standpoint nothing is
// said of what would part them: what is parted is parted now.
func (d *Desk) Relation(ctx context.Context, a, b string) (path cdp.Path, cut cdp.CutAdvice, not cdp.WhyNot, err error) {
	err = d.together(ctx, d.entry("why", cdp.Ref{}, ""), func(d *Desk) error {
		var err error
		if path, err = d.Why(ctx, a, b); err != nil {
			return err
		}
		if n := len(path.Hops); d.lens.IsNow() && n > 0 && path.Hops[0].From != path.Hops[n-1].To {
			if cut, err = d.CutBetween(ctx, path.Hops[0].From.String(), path.Hops[n-1].To.String()); err != nil {
				return err
			}
		}
		if path.Found && len(path.Hops) == 0 { // the same thing
			return nil
		}
		not, err = d.WhyNot(ctx, a, b)
		return err
	})
	return path, cut, not, err
}
