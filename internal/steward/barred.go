package steward

import (
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// A barring is what was said on restricting a record's row (Art. 18) and on
// suppressing an endpoint of it.
type barring struct {
	restrictions []cdp.Restriction
	suppressions []cdp.Suppression
}

// barring gathers what was known of it at a standpoint.
func (s *Steward) barring(tx *graph.Tx, rec *cdp.Record, from cdp.Standpoint) (b barring, err error) {
	if b.restrictions, err = tx.RestrictionsOn(cdp.Row{Source: rec.Source, Key: rec.Key}); err != nil {
		return b, err
	}
	if b.suppressions, err = tx.SuppressionsAt(endpointsOf(rec)); err != nil {
		return b, err
	}
	if from.IsNow() { // what the store has was said, also when the clock has been set back since
		for i := range b.restrictions {
			if e := &b.restrictions[i]; e.Recorded.After(tx.Now()) {
				e.Recorded = tx.Now()
			}
		}
		onRecord(b.suppressions, tx.Now())
	}
	if !from.Known.IsZero() {
		b.restrictions = slices.DeleteFunc(b.restrictions, func(e cdp.Restriction) bool { return !from.Knew(e.Recorded) })
		b.suppressions = slices.DeleteFunc(b.suppressions, func(e cdp.Suppression) bool { return !from.Knew(e.Recorded) })
	}
	return b, nil
}

// erased reports whether an endpoint of a record is suppressed so that nothing
// of it is taken in.
func (s *Steward) erased(tx *graph.Tx, controller string, rec *cdp.Record) (bool, error) {
	said, err := tx.SuppressionsAt(endpointsOf(rec))
	onRecord(said, tx.Now())
	open := policy.Suppressed(said, controller, tx.Now())
	return slices.ContainsFunc(open, func(e cdp.Suppression) bool { return e.Scope == cdp.SuppressAll }), err
}

// onRecord makes what the store has be known now, as heard does.
func onRecord(said []cdp.Suppression, now time.Time) {
	for i := range said {
		if said[i].Recorded.After(now) {
			said[i].Recorded = now
		}
	}
}

// kept is a ruling on a record that the store has: erasing one that would not be
// taken in is a request's work.
func kept(r cdp.Ruling) cdp.Ruling {
	if r.Outcome == cdp.Refused {
		r.Outcome = cdp.EvidenceOnly
	}
	return r
}

// usable is a profile without the rows that are restricted (Art. 18); false
// when the person is, or nothing is left.
func usable(p *graph.Profile) (*graph.Profile, bool) {
	row := func(r graph.Record) bool { return r.Outcome == cdp.EvidenceOnly }
	if !slices.ContainsFunc(p.Records, row) {
		return p, true
	}
	if slices.ContainsFunc(p.Records, func(r graph.Record) bool { return row(r) && r.Rule != restrictedRow }) {
		return nil, false
	}
	out := *p
	out.Records = slices.DeleteFunc(slices.Clone(p.Records), row)
	out.Size -= len(p.Records) - len(out.Records)
	return &out, len(out.Records) > 0
}

// restrictedRow is the rule of a record of which the row alone is restricted.
const restrictedRow = "hold.restricted.row"

// restrictedWhole is that of one whose person is restricted.
const restrictedWhole = "hold.restricted"
