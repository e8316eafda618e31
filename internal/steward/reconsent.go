package steward

import (
	"context"
	"errors"
	"fmt"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// Reconsent lists who has to be asked again before a consent counts, and why:
// the notice changed materially, the consent ran out, its evidence does not
// suffice, or it never was one. It goes over all profiles, as the desk sees them,
// in bounded memory. purpose "" asks for all purposes; progress is told the number
// of profiles looked at, and may be nil.
func (d *Desk) Reconsent(ctx context.Context, purpose cdp.PurposeID, yield func(cdp.Reasking) error, progress func(profiles int)) (cdp.ReaskingSum, error) {
	sum := cdp.ReaskingSum{ByReason: make(map[string]int)}
	r := &reading{hash: newDigest()}
	e := d.entry("view", cdp.Ref{Kind: "register"}, "who has to be asked again")
	var v *sight
	err := d.s.g.View(ctx, func(tx *graph.Tx) error {
		v, err := d.look(tx)
		if err != nil {
			return err
		}
		if _, known := v.reg.Purpose(purpose); purpose != "" && !known {
			return fmt.Errorf("purpose %q: the register has %s: %w", purpose, purposeNames(v.reg), ErrNotFound)
		}
		return nil
	})
	if err != nil {
		return sum, err
	}
	_, err = d.stream(ctx, 0, func(tx *graph.Tx, p *graph.Profile) (bool, error) {
		if v == nil || v.tx != tx {
			var err error
			if v, err = d.look(tx); err != nil {
				return false, err
			}
		}
		list, err := v.reask(*p, purpose)
		if err != nil {
			return false, inProfile(p, err)
		}
		for _, a := range list {
			r.saw(a.Profile, a.Standing.Purpose, a.Reason)
			r.handed = true
			sum.Lines++
			sum.ByReason[a.Reason]++
			if err := yield(a); err != nil {
				return false, err
			}
		}
		if len(list) > 0 {
			sum.Asked++
		}
		if sum.Profiles++; sum.Profiles%1_000 == 0 && progress != nil {
			progress(sum.Profiles)
		}
		return false, nil
	})
	switch {
	case err != nil && r.handed:
		r.detail = "cut off when some of it was shown"
		return sum, errors.Join(err, d.logRead(context.WithoutCancel(ctx), e, r))
	case err != nil:
		return sum, err
	}
	r.detail = fmt.Sprintf("who has to be asked again: %d of %d profiles, %d consents", sum.Asked, sum.Profiles, sum.Lines)
	return sum, d.logRead(ctx, e, r)
}

// reask lists what a profile has to be asked again.
func (v *sight) reask(p graph.Profile, purpose cdp.PurposeID) ([]cdp.Reasking, error) {
	left, ok := usable(&p)
	if !ok { // asking is a use, too
		return nil, nil
	}
	p = *left
	asked := false
	var endpoints []cdp.Held
	seen := make(map[cdp.IdentifierKey]bool)
	for _, rec := range p.Records {
		asked = asked || rec.ConsentCount > 0
		for _, c := range rec.Claims {
			if k := c.Identifier.Key(); c.Blocked == "" && !seen[k] {
				seen[k] = true
				endpoints = append(endpoints, cdp.Held{Identifier: c.Identifier})
			}
		}
	}
	if !asked {
		return nil, nil
	}
	standings, err := v.standings(endpoints, p.Records)
	if err != nil {
		return nil, err
	}
	var out []cdp.Reasking
	for _, a := range v.reg.Reconsent(standings, v.at.At) {
		if purpose != "" && a.Standing.Purpose != purpose {
			continue
		}
		one := cdp.Reasking{Profile: p.ID, Standing: a.Standing, Reason: a.Reason, Detail: a.Detail, Notice: a.Notice, Earliest: a.Earliest}
		if known, ok := v.reg.Purpose(a.Standing.Purpose); ok {
			one.Title = known.Title.EN
		}
		out = append(out, one)
	}
	return out, nil
}
