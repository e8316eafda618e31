package steward

import (
	"errors"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// refuse leaves out the records of which an endpoint is suppressed altogether,
// and all that they say: a statement would bring back who was erased. The note
// that a source has deleted the row stays, without what the row was.
func (a *admission) refuse(recs []cdp.Record) ([]cdp.Record, error) {
	if any, err := a.tx.HasSuppressions(); err != nil || !any {
		return recs, err
	}
	out := recs[:0:0]
	for _, rec := range recs {
		gone, err := a.d.s.erased(a.tx, a.controller, &rec)
		switch {
		case err != nil:
			return nil, err
		case !gone:
			out = append(out, rec)
		case rec.Deleted:
			out = append(out, cdp.Record{Source: rec.Source, Key: rec.Key, At: rec.At, Lineage: rec.Lineage, Deleted: true, Activities: rec.Activities})
		default:
			a.out.Refused++
			if err := a.keepNoes(&rec); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// keepNoes keeps of a refused row what it says against processing at endpoints
// that are not suppressed: a withdrawal counts whatever it comes with.
func (a *admission) keepNoes(rec *cdp.Record) error {
	open := func(e cdp.Identifier) (bool, error) {
		gone, err := a.d.s.erased(a.tx, a.controller, &cdp.Record{Source: rec.Source, Key: rec.Key, Claims: []cdp.Claim{{Identifier: e}}})
		return !gone, err
	}
	for _, c := range rec.Consents {
		if ok, err := open(c.Endpoint); err != nil {
			return err
		} else if ok && c.State.Restrictive() {
			a.noes.Consents = append(a.noes.Consents, c)
		}
	}
	for _, w := range rec.Preferences {
		if ok, err := open(w.Endpoint); err != nil {
			return err
		} else if ok && w.Wish.Forbids() {
			a.noes.Preferences = append(a.noes.Preferences, w)
		}
	}
	if _, _, err := a.tx.Row(rec.Source, rec.Key); errors.Is(err, graph.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	for _, e := range rec.Restrictions {
		if !e.Lifted {
			a.noes.Restrictions = append(a.noes.Restrictions, e)
		}
	}
	return nil
}

// restrictions leaves out what a source repeats: a restriction that is open, or
// the end of one that is not. One that the source states anew, of a time before
// it was lifted, counts from now on.
func (a *admission) restrictions(before, list []cdp.Restriction, older bool) (out []cdp.Restriction, err error) {
	for _, e := range list {
		have, err := a.tx.RestrictionsOn(e.Row)
		if err != nil {
			return nil, err
		}
		for _, b := range append(slices.Clone(before), out...) {
			if b.Row == e.Row {
				b.Recorded = a.tx.Now()
				have = append(have, b)
			}
		}
		same := func(list []cdp.Restriction) bool {
			return slices.ContainsFunc(list, func(o cdp.Restriction) bool {
				return o.Source == e.Source && (e.Lifted || o.Ground == e.Ground && o.Whole == e.Whole)
			})
		}
		open := same(policy.Restricted(have, a.tx.Now()))
		if open != e.Lifted { // it says nothing new
			if !older || e.Lifted {
				continue
			}
		}
		now := e
		now.Recorded = a.tx.Now()
		if !e.Lifted && !older && !same(policy.Restricted(append(have, now), a.tx.Now())) {
			e.At = time.Time{}
		}
		out = append(out, e)
	}
	return out, nil
}

// inherit restricts rows that come to a person whom an officer restricted: they
// stay so when the rows are gone on which that was stated first.
func (a *admission) inherit(recs []cdp.Record) error {
	if any, err := a.tx.HasRestrictions(); err != nil || !any {
		return err
	}
	seen := make(map[cdp.ProfileID]bool)
	for i := range recs {
		id, err := a.tx.ProfileOf(recs[i].ID)
		if errors.Is(err, graph.ErrNotFound) || err == nil && (id == 0 || seen[id]) {
			continue
		}
		if err != nil {
			return err
		}
		seen[id] = true
		p, err := a.tx.Profile(id, 0)
		if err != nil {
			return err
		}
		if err := a.inheritIn(&p); err != nil {
			return err
		}
	}
	return nil
}

func (a *admission) inheritIn(p *graph.Profile) error {
	var of []cdp.Restriction
	open := make([][]cdp.Restriction, len(p.Records))
	for i := range p.Records {
		said, err := a.tx.RestrictionsOn(cdp.Row{Source: p.Records[i].Source, Key: p.Records[i].Key})
		if err != nil {
			return err
		}
		open[i] = policy.Restricted(said, a.tx.Now())
		for _, e := range open[i] {
			if e.Whole && e.Source == cdp.OfficerSource && !slices.ContainsFunc(of, func(o cdp.Restriction) bool { return o.Ground == e.Ground }) {
				of = append(of, e)
			}
		}
	}
	for i := range p.Records {
		var list []cdp.Restriction
		for _, e := range of {
			if !slices.ContainsFunc(open[i], func(o cdp.Restriction) bool { return o.Whole && o.Ground == e.Ground }) {
				e.Row, e.At = cdp.Row{Source: p.Records[i].Source, Key: p.Records[i].Key}, a.tx.Now()
				list = append(list, e)
			}
		}
		if len(list) == 0 {
			continue
		}
		if _, err := a.tx.AddRestrictions(list); err != nil {
			return err
		}
		if err := a.rejudge(p.Records[i].ID, make(map[cdp.RecordID]bool)); err != nil {
			return err
		}
	}
	return nil
}
