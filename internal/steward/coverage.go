package steward

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// maxSorts bounds the sorts of touchpoints that are told apart; the others are
// counted as of no channel and the kind "...".
const maxSorts = 2_000

// Coverage says on which bases touchpoints of each channel and kind may be used
// now. A touchpoint that names its purpose counts for activities of that
// purpose alone. It shows no personal data. progress is told the number of
// profiles read; it may be nil.
func (d *Desk) Coverage(ctx context.Context, progress func(profiles int)) (cdp.Coverage, error) {
	c := coverage{d: d, rows: make(map[[2]string]*cdp.CoverageRow)}
	c.out.At = d.s.opt.Now()
	_, err := d.stream(ctx, 0, func(tx *graph.Tx, p *graph.Profile) (bool, error) {
		if c.out.Profiles++; progress != nil && c.out.Profiles%500 == 0 {
			progress(c.out.Profiles)
		}
		return false, c.records(tx, p.Records)
	})
	if err == nil {
		err = d.waiting(ctx, c.records)
	}
	if err != nil {
		return c.out, err
	}
	if progress != nil {
		progress(c.out.Profiles)
	}
	for _, r := range c.rows {
		c.out.Rows = append(c.out.Rows, *r)
	}
	slices.SortFunc(c.out.Rows, func(a, b cdp.CoverageRow) int {
		return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Kind, b.Kind))
	})
	sum := c.out.Sum()
	e := d.entry("count", cdp.Ref{}, fmt.Sprintf("touchpoints by basis: %d, %d with none", c.out.Touchpoints, sum.None))
	return c.out, d.s.g.Update(ctx, c.out.At, func(tx *graph.Tx) error {
		reg, err := d.s.inForce(tx, c.out.At)
		c.out.Register = reg.Hash()
		if err != nil {
			return err
		}
		return d.log(tx, e)
	})
}

type coverage struct {
	d    *Desk
	out  cdp.Coverage
	rows map[[2]string]*cdp.CoverageRow
}

func (c *coverage) row(t *cdp.Touchpoint) *cdp.CoverageRow {
	key := [2]string{string(t.Channel), t.Kind}
	r := c.rows[key]
	if r == nil && len(c.rows) >= maxSorts {
		key = [2]string{"", "..."}
		r = c.rows[key]
	}
	if r == nil {
		r = &cdp.CoverageRow{Channel: cdp.Channel(key[0]), Kind: key[1]}
		c.rows[key] = r
	}
	return r
}

func (c *coverage) records(tx *graph.Tx, list []graph.Record) error {
	if err := tx.FillTails(list); err != nil {
		return err
	}
	for i := range list {
		rec := &list[i]
		if len(rec.Touchpoints) == 0 {
			continue
		}
		var uses []lawfulUse
		if rec.State != graph.InQuarantine && rec.Outcome != cdp.EvidenceOnly {
			f, err := c.d.s.factsOf(tx, *rec, cdp.Standpoint{})
			if err != nil {
				return err
			}
			uses = f.uses()
		}
		for k := range rec.Touchpoints {
			c.touchpoint(rec, &rec.Touchpoints[k], uses)
		}
	}
	return nil
}

func (c *coverage) touchpoint(rec *graph.Record, t *cdp.Touchpoint, uses []lawfulUse) {
	r := c.row(t)
	r.Touchpoints++
	c.out.Touchpoints++
	switch {
	case rec.State == graph.InQuarantine:
		r.Quarantined++
		return
	case rec.Outcome == cdp.EvidenceOnly:
		r.Restricted++
		return
	}
	covered := false
	for i, b := range cdp.Bases() {
		if slices.ContainsFunc(uses, func(u lawfulUse) bool { return u.basis == b && (t.Purpose == "" || t.Purpose == u.purpose) }) {
			r.Bases[i]++
			covered = true
		}
	}
	if !covered {
		r.None++
	}
}

// A lawfulUse is a purpose for which a record may be used, and the basis.
type lawfulUse struct {
	purpose cdp.PurposeID
	basis   cdp.BasisKind
}

// uses are all for which the record may be used.
func (f *bearing) uses() []lawfulUse {
	src, ok := f.reg.Source(f.src.ID)
	if !ok {
		return nil
	}
	var out []lawfulUse
	facts := f.policy()
	for _, id := range src.Activities {
		a, ok := f.reg.Activity(id)
		if !ok || len(f.rec.Activities) > 0 && !slices.Contains(f.rec.Activities, id) {
			continue
		}
		v := policy.Decide(policy.Question{Act: policy.Use, Source: f.src, Activity: id, At: f.at.At}, facts)
		if v.Allow {
			out = appendNew(out, lawfulUse{a.Purpose, v.Basis})
		}
	}
	return out
}
