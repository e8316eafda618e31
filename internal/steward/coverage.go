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
// profiles read; it may be nil. At a desk that looks at another time it is what
// could be used then, without what was in quarantine.
func (d *Desk) Coverage(ctx context.Context, progress func(profiles int)) (cdp.Coverage, error) {
	c := coverage{d: d, rows: make(map[[2]string]*cdp.CoverageRow)}
	at := d.lens.From(d.s.opt.Now())
	c.out.At, c.out.Known = at.At, d.lens.Known
	_, err := d.stream(ctx, 0, func(tx *graph.Tx, p *graph.Profile) (bool, error) {
		if c.out.Profiles++; progress != nil && c.out.Profiles%500 == 0 {
			progress(c.out.Profiles)
		}
		return false, c.records(tx, p.Records)
	})
	if err == nil && d.lens.IsNow() {
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
	return c.out, d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error {
		reg, err := d.s.inForceAt(tx, at)
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
	if err := happened(tx, c.d.lens, list); err != nil {
		return err
	}
	for i := range list {
		rec := &list[i]
		if len(rec.Touchpoints) == 0 {
			continue
		}
		uses, _, err := c.d.s.usesOf(tx, rec, c.d.lens.Standpoint)
		if err != nil {
			return err
		}
		for k := range rec.Touchpoints {
			t := &rec.Touchpoints[k]
			r := c.row(t)
			r.Touchpoints++
			c.out.Touchpoints++
			bases, other := standing(rec, t, uses)
			for _, b := range bases {
				r.Bases[slices.Index(cdp.Bases(), b)]++
			}
			switch other {
			case coverNone:
				r.None++
			case coverRestricted:
				r.Restricted++
			case coverQuarantined:
				r.Quarantined++
			}
		}
	}
	return nil
}

// What stands in place of a basis.
const (
	coverNone        = "none"
	coverRestricted  = "restricted"
	coverQuarantined = "quarantined"
)

// standing returns the bases on which a touchpoint may be used now, or what is
// so instead.
func standing(rec *graph.Record, t *cdp.Touchpoint, uses []lawfulUse) (bases []cdp.BasisKind, other string) {
	switch {
	case rec.State == graph.InQuarantine:
		return nil, coverQuarantined
	case rec.Outcome == cdp.EvidenceOnly:
		return nil, coverRestricted
	}
	for _, b := range cdp.Bases() {
		if slices.ContainsFunc(uses, func(u lawfulUse) bool { return u.basis == b && (t.Purpose == "" || t.Purpose == u.purpose) }) {
			bases = append(bases, b)
		}
	}
	if len(bases) == 0 {
		return nil, coverNone
	}
	return bases, ""
}

// A lawfulUse is a purpose for which a record may be used, and the basis.
type lawfulUse struct {
	purpose cdp.PurposeID
	basis   cdp.BasisKind
}

// usesOf are all for which a record may be used at a standpoint, and the first verdict by
// which it may not be; none of either where it is kept from all use.
func (s *Steward) usesOf(tx *graph.Tx, rec *graph.Record, from cdp.Standpoint) ([]lawfulUse, cdp.Verdict, error) {
	if rec.State == graph.InQuarantine || rec.Outcome == cdp.EvidenceOnly {
		return nil, cdp.Verdict{}, nil
	}
	f, err := s.factsOf(tx, *rec, from)
	if err != nil {
		return nil, cdp.Verdict{}, err
	}
	src, ok := f.reg.Source(f.src.ID)
	if !ok {
		return nil, cdp.Verdict{}, nil
	}
	var out []lawfulUse
	var no cdp.Verdict
	facts := f.policy()
	for _, id := range src.Activities {
		a, ok := f.reg.Activity(id)
		if !ok || len(rec.Activities) > 0 && !slices.Contains(rec.Activities, id) {
			continue
		}
		v := policy.Decide(policy.Question{Act: policy.Use, Source: f.src, Activity: id, At: f.at.At}, facts)
		if v.Allow {
			out = appendNew(out, lawfulUse{a.Purpose, v.Basis})
		} else if no.Rule == "" {
			no = v
		}
	}
	return out, no, nil
}
