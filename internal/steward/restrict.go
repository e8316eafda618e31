package steward

import (
	"context"
	"errors"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// ErrTold is returned for a lift of which the person was not told: they have to
// be informed before it (Art. 18(3)).
var ErrTold = errors.New("the person has to be told before a restriction is lifted (Art. 18(3)): say when they were")

// ErrNotRestricted is returned for a lift where nothing is restricted.
var ErrNotRestricted = errors.New("nothing that this lift is about is restricted")

// checkedRestriction says what is wrong with an instruction on Art. 18.
func checkedRestriction(in *cdp.Instruction) error {
	known := slices.Contains(cdp.RestrictionGrounds(), in.Ground)
	switch {
	case in.Profile == 0 && in.Row == 0:
		return planf("", "a restriction is of a profile or of a record")
	case in.Verb == cdp.InstructRestrict && !known, in.Ground != "" && !known:
		return planf("accuracy, unlawful, claims or objection: Art. 18(1)(a) to (d)", "a restriction has one of four grounds")
	case in.Verb == cdp.InstructRestrict:
		return nil
	case in.Told.IsZero():
		return ErrTold
	case in.Told.After(in.At):
		return planf("lift it on the day of that or later", "the person was told after the lift; it has to be before (Art. 18(3))")
	}
	return nil
}

// bearsOn returns the records that an instruction bears on: the carriers of its
// endpoint, up to one more than are judged at once, or all rows of whom is
// restricted.
func (d *Desk) bearsOn(tx *graph.Tx, in *cdp.Instruction) ([]cdp.RecordID, error) {
	switch {
	case !in.Restricts():
		return tx.Carriers(in.Endpoint, 0, againLimit+1)
	case in.Row != 0:
		rec, err := tx.Head(in.Row)
		if err != nil {
			return nil, err
		}
		current, _, err := tx.Row(rec.Source, rec.Key)
		return []cdp.RecordID{current}, err
	}
	p, err := tx.Profile(in.Profile, 0)
	if err != nil {
		return nil, err
	}
	ids := make([]cdp.RecordID, len(p.Records))
	for i := range p.Records {
		ids[i] = p.Records[i].ID
	}
	return ids, nil
}

// restrict records the instruction at each row, and judges them again. What
// there is no room for is due at once, and judged by the next Tick; nothing of
// it leaves meanwhile, as the gate reads the statements.
func (g *instructing) restrict(d *Desk, tx *graph.Tx, reg *policy.Register, ids []cdp.RecordID) error {
	in := &g.in
	list := make([]cdp.Restriction, 0, len(ids))
	lifts := false
	for _, id := range ids {
		rec, err := tx.Head(id)
		if err != nil {
			return err
		}
		e := cdp.Restriction{Row: cdp.Row{Source: rec.Source, Key: rec.Key}, Whole: in.Row == 0, Lifted: in.Verb == cdp.InstructLift, Ground: in.Ground, At: in.At,
			Told: in.Told, Method: in.Via, Proof: in.Ref, By: d.actor.Name, Source: cdp.OfficerSource}
		if e.Lifted {
			e.Whole = false
			said, err := tx.RestrictionsOn(e.Row)
			if err != nil {
				return err
			}
			open := policy.Restricted(said, tx.Now())
			for _, o := range open {
				switch begun := policy.RestrictionBegins(&o); {
				case in.Ground != "" && o.Ground != in.Ground:
				case in.Row != 0 && o.Whole:
					return planf("cdp-tui restrict lift PROFILE frees the person", "the restriction is of the person, not of this row alone")
				case in.Told.Before(begun.Truncate(24 * time.Hour).Add(-24 * time.Hour)):
					return planf("--told is the day on which the person was told that it ends", "the person can not have been told of its end before it began, on %s", begun.UTC().Format(time.DateOnly))
				case begun.After(in.At):
					return planf("--date is when it is lifted", "the restriction began on %s, after that", begun.UTC().Format(time.DateTime))
				}
			}
			if !slices.ContainsFunc(open, func(o cdp.Restriction) bool { return in.Ground == "" || o.Ground == in.Ground }) &&
				!slices.ContainsFunc(said, func(o cdp.Restriction) bool { return o.Lifted && o.At.Equal(in.At) && o.Proof == in.Ref }) {
				continue
			}
			lifts = true
		}
		list = append(list, e)
	}
	if in.Verb == cdp.InstructLift && !lifts {
		return ErrNotRestricted
	}
	touched, err := tx.AddRestrictions(list)
	if err != nil {
		return err
	}
	if in.Verb == cdp.InstructRestrict {
		for i := range list {
			if err := stands(tx, list[i].Row, in.Ground); err != nil {
				return err
			}
		}
	}
	if g.out.Known = len(touched) == 0; g.out.Known {
		return nil
	}
	var out cdp.Receipt
	a := admission{d: d, tx: tx, reg: reg, out: &out}
	for _, id := range ids[min(len(ids), againLimit):] {
		if err := tx.MakeDue(id, tx.Now()); err != nil {
			return err
		}
	}
	return a.again(nil, ids[:min(len(ids), againLimit)], make(map[cdp.RecordID]bool))
}

// stands refuses a restriction that a later lift ends at once.
func stands(tx *graph.Tx, row cdp.Row, ground cdp.RestrictionGround) error {
	said, err := tx.RestrictionsOn(row)
	if err != nil || slices.ContainsFunc(policy.Restricted(said, tx.Now()), func(o cdp.Restriction) bool { return o.Ground == ground }) {
		return err
	}
	return planf("say when the new demand came, with its time: --date 2026-11-03T14:30", "it was lifted after the time of this demand, which would not hold")
}

// open notes the restrictions that are open afterwards.
func (g *instructing) open(tx *graph.Tx, rows []mayDo) error {
	for _, r := range rows {
		said, err := tx.RestrictionsOn(cdp.Row{Source: r.rec.Source, Key: r.rec.Key})
		if err != nil {
			return err
		}
		for _, e := range policy.Restricted(said, tx.Now()) {
			if len(g.out.Open) < shownRecords {
				g.out.Open = append(g.out.Open, e)
			}
		}
	}
	return nil
}

// Restrictions returns the rows that are restricted at the desk's standpoint,
// with what is open of each; in the order of the store's keys, at most limit
// rows (0: all). With profile, only its rows, and what was lifted too.
func (d *Desk) Restrictions(ctx context.Context, profile cdp.ProfileID, limit int) (out cdp.RestrictionList, err error) {
	object := cdp.Ref{Kind: "restrictions"}
	if profile != 0 {
		object = profileRef(profile)
	}
	err = d.read(ctx, d.entry("view", object, "restrictions"), func(tx *graph.Tx, r *reading) error {
		at := d.lens.From(d.s.opt.Now())
		out = cdp.RestrictionList{At: at.At}
		var seen []cdp.ProfileID
		add := func(said []cdp.Restriction) error {
			if !d.lens.Known.IsZero() {
				said = slices.DeleteFunc(slices.Clone(said), func(e cdp.Restriction) bool { return !d.lens.Knew(e.Recorded) })
			}
			open := policy.Restricted(said, at.At)
			if len(open) == 0 && (profile == 0 || len(said) == 0) {
				return nil
			}
			if out.Rows++; limit > 0 && len(out.Items) >= limit {
				return nil
			}
			x := cdp.RestrictedRow{Row: said[0].Row, Open: open, Said: said}
			var err error
			if x.Record, _, err = tx.Row(x.Row.Source, x.Row.Key); err != nil && !errors.Is(err, graph.ErrNotFound) {
				return err
			}
			if x.Record != 0 {
				if x.Profile, err = tx.ProfileOf(x.Record); err != nil {
					return err
				}
			}
			if x.Profile != 0 && !slices.Contains(seen, x.Profile) && len(seen) < loggedProfiles {
				seen = append(seen, x.Profile)
				r.about = append(r.about, profileRef(x.Profile))
			}
			out.Items = append(out.Items, x)
			return nil
		}
		if profile != 0 {
			p, err := tx.Profile(profile, 0)
			if err != nil {
				return err
			}
			for i := range p.Records {
				said, err := tx.RestrictionsOn(cdp.Row{Source: p.Records[i].Source, Key: p.Records[i].Key})
				if err != nil {
					return err
				}
				if err := add(said); err != nil {
					return err
				}
			}
			return nil
		}
		for said, err := range tx.AllRestrictions() {
			if err != nil {
				return err
			}
			if err := errors.Join(add(said), ctx.Err()); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}
