package policy

import (
	"slices"
	"time"

	"cdp-tui/internal/cdp"
)

// grounds are those that the record states for an activity, each ended by what
// happened to it. For a contract that everyone in the source is under, one that
// is not stated is one without a reference.
func (j *judge) grounds(u *use) []cdp.Ground {
	var out []cdp.Ground
	for _, g := range j.f.Grounds {
		if g.Activity == u.activity.ID {
			out = append(out, g)
		}
	}
	if len(j.f.Touchpoints) == 0 || u.activity.Contract == nil {
		return out
	}
	if len(out) == 0 && u.activity.Contract.Evidence == "source" {
		if g := (cdp.Ground{Activity: u.activity.ID}); !j.ended(u, &g).IsZero() {
			out = append(out, g)
		}
	}
	for i := range out {
		out[i].To = earliest(out[i].To, j.ended(u, &out[i]))
	}
	return out
}

// ended returns when a touchpoint ended a contract: one of its own kinds, or one
// that ended the contract that it hangs on. A touchpoint without a time has
// ended it from the beginning.
func (j *judge) ended(u *use, g *cdp.Ground) (end time.Time) {
	end = j.undone(u.activity.Contract, g)
	if u.with == nil || u.with.Contract == nil {
		return end
	}
	stated := false
	for i := range j.f.Grounds {
		if h := &j.f.Grounds[i]; h.Activity == u.with.ID {
			stated = true
			end = earliest(end, j.undone(u.with.Contract, h))
		}
	}
	if !stated {
		end = earliest(end, j.undone(u.with.Contract, g))
	}
	return end
}

// undone returns when a touchpoint of a kind that ends a contract did so.
func (j *judge) undone(c *ContractProof, g *cdp.Ground) (end time.Time) {
	for i := range j.f.Touchpoints {
		t := &j.f.Touchpoints[i]
		if !slices.Contains(c.EndsOn, t.Kind) || t.Key != "" && g.Ref != "" && t.Key != g.Ref.Reveal() {
			continue
		}
		at := t.At
		if at.IsZero() {
			at = beginning()
		}
		end = earliest(end, at)
	}
	return end
}

// ends reports whether something may end the contract of an activity.
func (u *use) ends() bool {
	c := u.activity.Contract
	return c != nil && (len(c.EndsOn) > 0 || u.with != nil && u.with.Contract != nil && len(u.with.Contract.EndsOn) > 0)
}

// beginning stands for a time that nobody knows and that has passed.
func beginning() time.Time { return time.Unix(0, 0).UTC() }

// ground judges the grounds that the record states for an activity: where it
// states any, one of them must be open.
func (j *judge) ground(u *use, v cdp.Verdict) cdp.Verdict {
	now := j.q.At
	var stated, open, endless bool
	var from, to, later, ended time.Time
	for _, g := range j.grounds(u) {
		stated = true
		switch {
		case !g.To.IsZero() && !now.Before(g.To):
			if g.To.After(ended) {
				ended = g.To
			}
		case now.Before(g.From):
			if g.To.IsZero() || g.From.Before(g.To) {
				later = earliest(later, g.From)
			}
		default:
			if !open || g.From.Before(from) {
				from = g.From
			}
			open, endless = true, endless || g.To.IsZero()
			if g.To.After(to) {
				to = g.To
			}
		}
	}
	kind, what := "ground", "what it rests on"
	if u.activity.Basis == cdp.BasisContract {
		kind, what = "contract", "the contract"
	}
	switch art := u.activity.Basis.Article(); {
	case (open || !stated) && j.f.EndsUnread && u.ends():
		return j.deny(u, "contract.unclear", "more records carry the order than are followed; whether it was returned or cancelled is not known", art)
	case open:
		if from.After(v.From) {
			v.From = from
		}
		if !endless {
			v.Until = earliest(v.Until, to)
		}
		return v
	case !later.IsZero():
		d := j.deny(u, kind+".later", what+" begins on "+day(later), art)
		d.From = later
		return d
	case stated:
		if ended.Equal(beginning()) {
			ended = time.Time{}
		}
		return j.deny(u, kind+".ended", what+" ended"+on(ended), art)
	case u.activity.Basis == cdp.BasisContract && u.activity.Contract.Evidence == "ground":
		return j.deny(u, "contract.none", "it rests on a contract, and the record states none", art)
	}
	return v
}
