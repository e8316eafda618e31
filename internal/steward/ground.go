package steward

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/resolve"
)

// A ground is where the reasons are read for what joins and what does not: the
// store as it is, or what was known around some things at a standpoint.
type ground interface {
	Rules() (*resolve.Rules, error)
	DecisionsOf(cdp.Row) ([]cdp.Decision, error)
	SuppressedBy(cdp.Identifier) (cdp.Decision, error)
	ReachOf(l resolve.Link, most int) (graph.Reach, error)
	Sharing(id cdp.Identifier, profile cdp.ProfileID) ([]cdp.ProfileID, error)
	MarkedBy(rule string) (string, error)
	Profile(id cdp.ProfileID, limit int) (graph.Profile, error)
}

// ground is that of the sight, once what was around is put together.
func (v *sight) ground() ground {
	if v.around != nil {
		return v.around
	}
	return v.tx
}

// ends are what two things stand for at the standpoint.
func (v *sight) ends(ctx context.Context, things [2]cdp.Found) (out [2]end, err error) {
	if v.lens.IsNow() {
		for i, f := range things {
			if out[i], err = v.end(v.tx, f); err != nil {
				return out, err
			}
		}
		return out, nil
	}
	var profiles []cdp.ProfileID
	var records []cdp.RecordID
	for i, f := range things {
		out[i] = end{ref: f.Ref, profile: f.Profile}
		if f.Ref.Kind != "record" {
			profiles = append(profiles, f.Profile)
			continue
		}
		id, err := cdp.ParseRecordID(f.Ref.ID)
		if err != nil {
			return out, err
		}
		out[i].records = []cdp.RecordID{id}
		records = append(records, id)
	}
	if v.around, err = v.tx.Around(ctx, v.lens.Standpoint, v.judgeThen, profiles, records, true); err != nil {
		return out, err
	}
	for i, f := range things {
		if err := v.endThen(&out[i], f); err != nil {
			return out, err
		}
	}
	return out, nil
}

// endThen puts together the profile of an end, and which of its records are meant.
func (v *sight) endThen(e *end, f cdp.Found) error {
	if len(e.records) == 1 {
		rec, err := v.tx.Head(e.records[0])
		if err != nil {
			return err
		}
		then, err := v.around.Of(rec.Source, rec.Key)
		switch {
		case err == nil && slices.ContainsFunc(then.Profile.Records, func(r graph.Record) bool { return r.ID == rec.ID }):
			e.then = &then
			return nil
		case err != nil && !errors.Is(err, graph.ErrNotThen):
			return err
		}
		e.alone, err = v.judgedThen(rec)
		return err
	}
	then, err := v.around.Then(e.profile)
	if err != nil {
		return err
	}
	e.then = &then
	for _, rec := range then.Profile.Records {
		if f.Identifier == nil || slices.ContainsFunc(rec.Claims, func(c cdp.Claim) bool { return c.Identifier.Same(*f.Identifier) }) {
			e.records = append(e.records, rec.ID)
		}
	}
	e.records = e.records[:min(len(e.records), endLimit)]
	return nil
}

// judgedThen is a record that was in no profile, as it stood at the standpoint.
func (v *sight) judgedThen(rec graph.Record) (*graph.Record, error) {
	var err error
	if rec.State, err = v.stateThen(rec); err != nil {
		return nil, err
	}
	if rec.State == graph.Live {
		rec.State = graph.InQuarantine
	}
	ruling, controller, err := v.judgeThen(rec)
	if err != nil {
		return nil, err
	}
	if rec.State == graph.InQuarantine { // what is out of use is not judged again when the register changes
		rec.Controller = controller
	}
	rec.Outcome, rec.Rule, rec.Claims = ruling.Outcome, ruling.Verdict.Rule, slices.Clone(rec.Claims)
	for i := range rec.Claims {
		c := &rec.Claims[i]
		if c.Active, c.Standing = false, ""; i < len(ruling.Claims) {
			c.Verdict = ruling.Claims[i]
		}
	}
	return &rec, nil
}

// decidedBetween returns the decisions in force that call records of both sides
// different, and the locks on either.
func decidedBetween(k ground, a, b []graph.Record) (apart, locks []cdp.Decision, err error) {
	on := func(recs []graph.Record) (map[cdp.DecisionID]cdp.Decision, map[cdp.Row]bool, error) {
		out, rows := make(map[cdp.DecisionID]cdp.Decision), make(map[cdp.Row]bool)
		for _, rec := range recs {
			row := cdp.Row{Source: rec.Source, Key: rec.Key}
			rows[row] = true
			made, err := k.DecisionsOf(row)
			if err != nil {
				return nil, nil, err
			}
			for _, one := range made {
				out[one.ID] = one
			}
		}
		return out, rows, nil
	}
	left, mine, err := on(a)
	if err != nil {
		return nil, nil, err
	}
	right, theirs, err := on(b)
	if err != nil {
		return nil, nil, err
	}
	for id, one := range left {
		if _, both := right[id]; both && one.Verb == cdp.DecideDifferent && groupsDiffer(one, mine, theirs) {
			apart = append(apart, one)
		}
		if one.Verb == cdp.DecideLock {
			locks = append(locks, one)
		}
	}
	for id, one := range right {
		if _, both := left[id]; !both && one.Verb == cdp.DecideLock {
			locks = append(locks, one)
		}
	}
	byID := func(x, y cdp.Decision) int { return cmp.Compare(x.ID, y.ID) }
	slices.SortFunc(apart, byID)
	slices.SortFunc(locks, byID)
	return apart, locks, nil
}

func groupsDiffer(one cdp.Decision, mine, theirs map[cdp.Row]bool) bool {
	for _, x := range one.Rows {
		for _, y := range one.Rows {
			if x.Group != y.Group && mine[x.Row] && theirs[y.Row] {
				return true
			}
		}
	}
	return false
}
