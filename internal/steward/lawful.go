package steward

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// A LawfulFilter says which disclosures are judged again.
type LawfulFilter struct {
	Profile   cdp.ProfileID // 0 for all
	Recipient string        // "" for all
	Differing bool          // yield only those of which the answer changed
}

// Lawful judges past disclosures again, for the day on which each happened: as
// known then, and as known now. Where the answers differ, something was learnt
// too late: that is the retrospective report. yield is told each, oldest record
// first; progress, which may be nil, the number of profiles read.
func (d *Desk) Lawful(ctx context.Context, f LawfulFilter, yield func(cdp.Judged) error, progress func(profiles int)) (cdp.LawfulSum, error) {
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
			all, err := v.shares(p.Records)
			if err != nil {
				return err
			}
			slices.Reverse(all)
			for _, s := range all {
				if f.Recipient != "" && s.Recipient != f.Recipient {
					continue
				}
				j, err := v.lawful(s, p.ID)
				if err != nil {
					return err
				}
				sumUp(&sum, j)
				if f.Differing && !j.Differs() {
					continue
				}
				r.saw(s.Record, s.Recipient, s.At.UnixMicro())
				if err := yield(j); err != nil {
					return err
				}
			}
			return nil
		}
		if f.Profile != 0 {
			p, err := tx.Profile(f.Profile, profileLimit)
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
		r.detail = fmt.Sprintf("%d disclosures judged again, %d differ", sum.Shares, sum.Flipped+sum.Cleared)
		return nil
	})
	return sum, err
}

func sumUp(sum *cdp.LawfulSum, j cdp.Judged) {
	sum.Shares++
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

// lawful judges one disclosure for the day on which it happened.
func (v *sight) lawful(s cdp.Share, profile cdp.ProfileID) (cdp.Judged, error) {
	out := cdp.Judged{Share: s, Profile: profile}
	rec, err := v.tx.Record(s.Record)
	if err != nil {
		return out, err
	}
	now, err := v.factsOf(v.tx, rec, cdp.Standpoint{At: s.At})
	if err != nil {
		return out, err
	}
	out.Now = now.share(s)
	then, err := v.factsOf(v.tx, rec, cdp.Standpoint{At: s.At, Known: s.At})
	if errors.Is(err, errUnknownThen) {
		out.UnknownThen = true
		return out, nil
	}
	if err != nil {
		return out, err
	}
	out.Then = then.share(s)
	return out, nil
}

// share judges a disclosure of the record: by the first activity for its
// purpose that allows it, or else by the first.
func (f *bearing) share(s cdp.Share) cdp.Verdict {
	out := cdp.Verdict{Rule: "share.purpose.source", Article: "Art. 5(1)(b)", Register: f.reg.Hash(),
		Reason: "Might not be sent on: no activity of the source is for that purpose."}
	src, ok := f.reg.Source(f.src.ID)
	if !ok {
		out.Rule, out.Reason = "share.source.unknown", "Might not be sent on: the register did not know the source."
		return out
	}
	found := false
	for _, id := range src.Activities {
		a, ok := f.reg.Activity(id)
		if !ok || s.Purpose != "" && a.Purpose != s.Purpose || len(f.rec.Activities) > 0 && !slices.Contains(f.rec.Activities, id) {
			continue
		}
		v := policy.Decide(policy.Question{Act: policy.Share, Source: f.src, Activity: id, Recipient: s.Recipient, At: f.at.At}, f.policy())
		if v.Allow {
			return v
		}
		if !found {
			out, found = v, true
		}
	}
	return out
}
