package steward

import (
	"context"
	"errors"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// ErrPast is returned for an act at a desk that looks at another standpoint, or
// through a purpose: what is done is done now, to what is there.
var ErrPast = errors.New("this desk only looks: it shows another time or one purpose")

// Through gives the same actor a desk that looks through a lens. What it
// is not asked for in a lens is that of the present: docs/design/standpoints.md.
func (d *Desk) Through(l cdp.Lens) *Desk {
	out := *d
	out.lens = l
	return &out
}

// mayDecide says whether the desk may decide who is who.
func (d *Desk) mayDecide() error {
	switch {
	case !d.lens.IsPlain():
		return ErrPast
	case d.actor.ReadOnly:
		return ErrReadOnly
	}
	return nil
}

// Lens returns what the desk looks through.
func (d *Desk) Lens() cdp.Lens { return d.lens }

// A sight is the store as it is looked at in one transaction.
type sight struct {
	*Steward
	tx   *graph.Tx
	lens cdp.Lens
	at   cdp.Standpoint // filled in
	reg  *policy.Register

	around  *graph.Around // of what is asked about, at another standpoint; nil until it is put together
	partial bool          // a profile put together as it was has more rows than were looked at
}

// look gives the sight of a desk.
func (d *Desk) look(tx *graph.Tx) (*sight, error) { return d.s.look(tx, d.lens) }

func (s *Steward) look(tx *graph.Tx, l cdp.Lens) (*sight, error) {
	v := &sight{Steward: s, tx: tx, lens: l, at: l.From(s.opt.Now())}
	var err error
	v.reg, err = s.inForceAt(tx, v.at)
	return v, err
}

// readProfile reads a profile as the desk sees it, with at most limit records (0:
// all), and logs it, under the id that it lives by, with what f adds.
func (d *Desk) readProfile(ctx context.Context, e cdp.Entry, id cdp.ProfileID, limit int, f func(v *sight, p graph.Profile, r *reading) error) error {
	return d.read(ctx, e, func(tx *graph.Tx, r *reading) error {
		v, err := d.look(tx)
		if err != nil {
			return err
		}
		p, err := v.profile(id, limit)
		if err != nil {
			return err
		}
		if p.ID != 0 { // none was minted by then
			r.object = profileRef(p.ID)
		}
		return f(v, p, r)
	})
}

// judge judges a record of the store, without changing it.
func (v *sight) judge(rec graph.Record) (cdp.Ruling, error) {
	f, err := v.factsOf(v.tx, rec, v.lens.Standpoint)
	if err != nil {
		return cdp.Ruling{}, err
	}
	return f.ruling(), nil
}

// profile returns a profile with at most limit records: as it is, or as the
// facts of the standpoint have it, or of that what the purpose leaves.
func (v *sight) profile(id cdp.ProfileID, limit int) (graph.Profile, error) {
	if v.lens.Purpose == "" {
		return v.whole(id, limit)
	}
	p, err := v.whole(id, 0) // what is left out might join what is not
	if err != nil {
		return p, err
	}
	pieces, _, err := v.pieces(p, v.lens.Purpose)
	if err != nil {
		return p, err
	}
	if len(pieces) == 0 {
		return p, errNotForPurpose
	}
	p.Records = pieces[0]
	if p.Size = len(p.Records); limit > 0 {
		p.Records = p.Records[:min(limit, p.Size)]
	}
	return p, nil
}

// whole returns a profile whatever the purpose.
func (v *sight) whole(id cdp.ProfileID, limit int) (graph.Profile, error) {
	if v.lens.IsNow() {
		return v.tx.Profile(id, limit)
	}
	then, err := v.tx.Then(id, v.lens.Standpoint, v.judgeThen)
	v.partial = v.partial || then.Partial
	return then.Profile, err
}

// judgeThen says what the gate in says of a record at the standpoint: of the
// version of its row that was known then.
func (v *sight) judgeThen(r graph.Record) (cdp.Ruling, string, error) {
	reg, err := v.inForceAt(v.tx, v.lens.From(v.opt.Now()))
	if err != nil {
		return cdp.Ruling{}, "", err
	}
	f, err := v.factsKnown(v.tx, r, v.lens.Standpoint, reg)
	if err != nil {
		return cdp.Ruling{}, "", err
	}
	return f.ruling(), controllerOf(f.reg, f.src), nil
}

// knew leaves of events those that were known.
func (v *sight) knew(events []cdp.Consent) []cdp.Consent {
	if v.lens.Known.IsZero() {
		return events
	}
	return slices.DeleteFunc(events, func(c cdp.Consent) bool { return !v.lens.Knew(c.Recorded) })
}
