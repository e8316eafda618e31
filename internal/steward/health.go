package steward

import (
	"context"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// Health says how well identity resolution holds, with at most top entries in
// each list (1 to 100; 0 means 20). It reads the whole store; progress is told
// the number of records seen, and may be nil. At a desk that looks at another
// standpoint it is how well it held then; what waited to be parted, and possible
// matches, are not known of then, and -1.
func (d *Desk) Health(ctx context.Context, top int, progress func(records int)) (cdp.Health, error) {
	var out cdp.Health
	err := d.read(ctx, d.entry("view", cdp.Ref{Kind: "health"}, ""), func(tx *graph.Tx, r *reading) (err error) {
		v, err := d.look(tx)
		if err != nil {
			return err
		}
		if top := clamp(top, 20, 100); d.lens.IsNow() {
			out, err = tx.Health(ctx, top, progress)
		} else {
			out, err = tx.HealthThen(ctx, d.lens.Standpoint, v.judgeThen, top, progress)
		}
		if err != nil {
			return err
		}
		out.At, out.From = v.at.At, d.lens.Standpoint
		if m := d.s.opt.Matcher; m != nil && d.lens.IsNow() {
			c, err := tx.MatchCounts(m)
			if err != nil {
				return err
			}
			if c.Made {
				out.Counts.Matches = c.Open
			}
		}
		for _, list := range [][]cdp.ProfileShape{out.Largest, out.Sparse, out.Held, out.Frozen} {
			for _, p := range list {
				if p.Profile != 0 {
					r.shown(p.Profile)
				}
				r.saw(p.Profile, p.Records, p.Claims)
			}
		}
		for _, h := range out.Hubs {
			for _, p := range h.Profiles {
				r.shown(p)
			}
			r.saw(h.Identifier, h.State, h.Records)
		}
		r.detail = several(len(r.about), "profile") + " and " + several(len(out.Hubs), "identifier") + " shown"
		return nil
	})
	return out, err
}

// Conflicts returns up to n identifiers (at most 200) that join nothing because what they
// would join must stay apart, with the reasons. after is Next of the page
// before, "" for the first page.
func (d *Desk) Conflicts(ctx context.Context, after string, n int) (cdp.Page[cdp.Conflict], error) {
	var out cdp.Page[cdp.Conflict]
	err := d.read(ctx, d.entry("view", cdp.Ref{Kind: "conflicts"}, ""), func(tx *graph.Tx, r *reading) (err error) {
		if out, err = tx.Conflicts(after, clamp(n, 50, 200)); err != nil {
			return err
		}
		for _, c := range out.Items {
			for _, s := range c.Sides {
				r.shown(s.Profile)
			}
			r.saw(c.Identifier, c.State, c.Records)
		}
		r.detail = several(len(out.Items), "conflict") + " of " + several(len(r.about), "profile")
		return nil
	})
	return out, err
}

// shown notes that a profile was shown, once.
func (r *reading) shown(id cdp.ProfileID) {
	ref := profileRef(id)
	if r.seen == nil {
		r.seen = make(map[cdp.Ref]bool)
	}
	if !r.seen[ref] {
		r.seen[ref] = true
		r.about = append(r.about, ref)
	}
}
