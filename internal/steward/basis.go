package steward

import (
	"context"
	"reflect"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// Basis tells for each record of a profile, and each purpose that its source
// ever fed, from when to when there was a basis, what proves it and why it
// ended: by all versions of the register, and by what was known at the
// standpoint.
func (d *Desk) Basis(ctx context.Context, id cdp.ProfileID) ([]cdp.BasisHistory, error) {
	var out []cdp.BasisHistory
	err := d.readProfile(ctx, d.entry("view", profileRef(id), "intervals of bases"), id, 0, func(v *sight, p graph.Profile, r *reading) error {
		out = nil
		for _, rec := range p.Records {
			list, err := v.basis(rec)
			if err != nil {
				return err
			}
			out = append(out, list...)
			r.saw(rec.ID)
		}
		return nil
	})
	return out, err
}

// basis is the history of the bases of one record.
func (v *sight) basis(rec graph.Record) ([]cdp.BasisHistory, error) {
	now, err := v.factsOf(v.tx, rec, v.lens.Standpoint)
	if err != nil {
		return nil, err
	}
	all, err := v.registers(v.tx)
	if err != nil {
		return nil, err
	}
	ever, err := v.ever(now, all)
	if err != nil {
		return nil, err
	}
	var out []cdp.BasisHistory
	for _, purpose := range purposesOf(all, v.reg, now) {
		if v.lens.Purpose != "" && purpose != v.lens.Purpose {
			continue
		}
		h := cdp.BasisHistory{Record: rec.ID, Source: rec.Source, Purpose: purpose, Now: now.use(purpose)}
		if p, ok := v.reg.Purpose(purpose); ok {
			h.Title = p.Title.EN
		}
		q := policy.Question{Act: policy.Use, Source: now.src}
		for _, iv := range policy.PurposeIntervals(q, purpose, ever, all, v.lens.Known) {
			h.Intervals = append(h.Intervals, cdp.BasisInterval{From: iv.From, To: iv.To, Verdict: iv.Verdict, Ended: iv.Ended})
		}
		out = append(out, h)
	}
	return out, nil
}

// ever are the facts that bear on a record by any version of the register: an
// older one may have asked for the consent to another purpose, or have ended a
// contract by another event.
func (v *sight) ever(now *bearing, all []policy.Version) (policy.Facts, error) {
	facts := now.policy()
	for _, reg := range all {
		if reg.Register == now.reg || !v.lens.Knew(reg.Recorded) {
			continue
		}
		events, err := v.statements(v.tx, reg.Register, now.src, &now.rec.Record)
		if err != nil {
			return facts, err
		}
		for _, e := range events {
			if v.lens.Knew(e.Recorded) && !slices.ContainsFunc(facts.Consents, func(o cdp.Consent) bool { return reflect.DeepEqual(o, e) }) {
				facts.Consents = append(facts.Consents, e)
			}
		}
		ends, unread, err := v.endings(v.tx, reg.Register, &now.rec.Record, now.rec.TouchKinds, nil, v.lens.Standpoint)
		if err != nil {
			return facts, err
		}
		facts.EndsUnread = facts.EndsUnread || unread
		for _, t := range ends {
			if !slices.ContainsFunc(facts.Touchpoints, func(o cdp.Touchpoint) bool { return reflect.DeepEqual(o, t) }) {
				facts.Touchpoints = append(facts.Touchpoints, t)
			}
		}
	}
	return facts, nil
}

// purposesOf are the purposes for which the source of a record may use it by a
// version of the register that was known, those of the version in force first.
func purposesOf(all []policy.Version, inForce *policy.Register, f *bearing) []cdp.PurposeID {
	versions := []*policy.Register{inForce}
	for i := len(all) - 1; i >= 0; i-- {
		if f.at.Knew(all[i].Recorded) && all[i].Register != inForce {
			versions = append(versions, all[i].Register)
		}
	}
	var out []cdp.PurposeID
	for _, reg := range versions {
		src, _ := reg.Source(f.src.ID)
		for _, id := range src.Activities {
			if len(f.rec.Activities) > 0 && !slices.Contains(f.rec.Activities, id) {
				continue
			}
			if a, ok := reg.Activity(id); ok {
				out = appendNew(out, a.Purpose)
			}
		}
	}
	return out
}
