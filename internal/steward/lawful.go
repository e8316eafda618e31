package steward

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// Lawful judges past disclosures, and uses when they are asked for, again, for
// the day on which each happened: as known then, and as known now. Where the
// answers differ, something was learnt too late: that is the retrospective
// report. What was done with records that wait in quarantine now, or that their sources
// deleted, is judged too. yield
// is told each, profile by profile, the oldest first; progress, which may be nil, the number of profiles read.
func (d *Desk) Lawful(ctx context.Context, f cdp.LawfulFilter, yield func(cdp.Judged) error, progress func(profiles int)) (cdp.LawfulSum, error) {
	sum := cdp.LawfulSum{ByRule: make(map[string]int)}
	e := d.entry("judge", cdp.Ref{}, "disclosures judged again")
	if f.Profile != 0 {
		e.Object = profileRef(f.Profile)
	}
	err := d.read(ctx, e, func(tx *graph.Tx, r *reading) error {
		sum = cdp.LawfulSum{ByRule: make(map[string]int)}
		v, err := d.s.look(tx, cdp.Lens{})
		if err != nil {
			return err
		}
		one := func(p graph.Profile) error {
			all, err := v.judgedAgain(p, f)
			if err != nil {
				return err
			}
			for _, j := range all {
				sumUp(&sum, j)
				if f.Differing && !j.Differs() || f.Unlawful && !j.Unlawful() {
					continue
				}
				r.saw(j.Share.Record, j.Share.Recipient, j.Use, j.Share.At.UnixMicro())
				r.handed = true
				if err := yield(j); err != nil {
					return err
				}
			}
			return nil
		}
		if f.Profile != 0 {
			p, err := tx.Profile(f.Profile, 0)
			if err != nil {
				return err
			}
			return one(p)
		}
		n := 0
		for p, err := range tx.ByComponent() {
			if err == nil {
				err = one(p)
			}
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return err
			}
			if n++; n%1_000 == 0 && progress != nil {
				progress(n)
			}
		}
		if err := eachQuarantined(ctx, tx, one); err != nil {
			return err
		}
		if err := eachDeleted(ctx, tx, one); err != nil {
			return err
		}
		r.detail = fmt.Sprintf("%d disclosures and %d uses judged again, %d differ", sum.Shares, sum.Uses, sum.Flipped+sum.Cleared)
		return nil
	})
	return sum, err
}

// eachQuarantined yields records that are in no profile: a consent that is
// withdrawn takes its record out of the profile, and what was done with it
// before is what most needs to be judged again.
func eachQuarantined(ctx context.Context, tx *graph.Tx, yield func(graph.Profile) error) error {
	for after := cdp.RecordID(0); ; {
		list, err := tx.Quarantined(after, 500)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, rec := range list {
			if err := yield(graph.Profile{Records: []graph.Record{rec}, Size: 1}); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		after = list[len(list)-1].ID
	}
}

// eachDeleted yields the rows that their sources deleted: what had been disclosed
// of them before was disclosed.
func eachDeleted(ctx context.Context, tx *graph.Tx, yield func(graph.Profile) error) error {
	for after, more := cdp.RecordID(0), true; more; {
		var list []graph.Record
		var err error
		if list, after, more, err = tx.DeletedRows(after, 5_000); err != nil {
			return err
		}
		for _, rec := range list {
			if err := yield(graph.Profile{Records: []graph.Record{rec}, Size: 1}); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func sumUp(sum *cdp.LawfulSum, j cdp.Judged) {
	if j.Use != "" {
		sum.Uses++
	} else {
		sum.Shares++
	}
	if j.Now.Allow {
		sum.Allowed++
	} else {
		sum.Denied++
		sum.ByRule[j.Now.Rule]++
	}
	switch {
	case j.UnknownThen:
		sum.UnknownThen++
	case j.Then.Allow && !j.Now.Allow:
		sum.Flipped++
	case !j.Then.Allow && j.Now.Allow:
		sum.Cleared++
	}
}

// judgedAgain judges the disclosures of a profile's data, and the uses.
func (v *sight) judgedAgain(p graph.Profile, f cdp.LawfulFilter) ([]cdp.Judged, error) {
	var out []cdp.Judged
	shares, err := v.shares(p.Records)
	if err != nil {
		return nil, err
	}
	for _, s := range shares {
		if f.Recipient != "" && s.Recipient != f.Recipient {
			continue
		}
		j, err := v.lawful(s, p)
		if err != nil {
			return nil, err
		}
		out = append(out, j)
	}
	for _, rec := range p.Records {
		if !f.Uses || f.Recipient != "" {
			break
		}
		used, err := v.lawfulUses(rec, p.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, used...)
	}
	slices.SortStableFunc(out, func(a, b cdp.Judged) int { return a.Share.At.Compare(b.Share.At) })
	return out, nil
}

// lawfulUses judges the uses of a record: its touchpoints. One without a time
// is of the day of the record.
func (v *sight) lawfulUses(rec graph.Record, profile cdp.ProfileID) ([]cdp.Judged, error) {
	full, err := v.tx.Record(rec.ID)
	if err != nil {
		return nil, err
	}
	var out []cdp.Judged
	var now *bearing // between two versions of the register only the day differs
	for _, t := range full.Touchpoints {
		at := t.At
		if at.IsZero() {
			at = cmp.Or(rec.At, rec.Recorded)
		}
		j := cdp.Judged{Use: cmp.Or(t.Kind, "touchpoint"), Profile: profile, Share: cdp.Share{At: t.At, Purpose: t.Purpose, Source: rec.Source, Record: rec.ID}}
		if now, err = v.movedTo(now, full, at); err != nil {
			return nil, err
		}
		j.Now = now.touched(t)
		then, err := v.factsSpoken(full, cdp.Standpoint{At: at, Known: at})
		switch {
		case errors.Is(err, errUnknownThen):
			j.UnknownThen = true
		case err != nil:
			return nil, err
		default:
			j.Then = then.touched(t)
		}
		out = append(out, j)
	}
	return out, nil
}

// movedTo is what bears on a record as of a day, by all that is known now. What
// was gathered for another day is that for all days on which the same register
// was in force.
func (v *sight) movedTo(was *bearing, rec graph.Record, at time.Time) (*bearing, error) {
	from := cdp.Standpoint{At: at}
	reg, err := v.inForceAt(v.tx, from)
	if err != nil || was == nil || was.reg != reg {
		return v.factsSpoken(rec, from)
	}
	is := *was
	is.at = from
	return &is, nil
}

// touched judges a use for the purpose that is stated, or else for any purpose
// of the source.
func (f *bearing) touched(t cdp.Touchpoint) cdp.Verdict {
	if f.channel = ""; isMessage(t.Kind) {
		f.channel = t.Channel
	}
	if t.Purpose != "" {
		return f.use(t.Purpose)
	}
	return f.use(f.purposes()...)
}
