package policy

import (
	"cmp"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
)

// Merge returns what was said in several places (endpoints, sources, profiles
// that became one) as one history, oldest first, each event once. Nothing is
// dropped: not what was revoked, not what expired, not what another event
// contradicts. It is commutative, associative and idempotent, and it creates no
// permission: each event stays bound to its endpoint, purpose, controller and
// regulation.
func Merge(histories ...[]cdp.Consent) []cdp.Consent { return history(slices.Concat(histories...)) }

// An Answer is what several endpoints together say of a purpose.
type Answer struct {
	// State is the most restrictive one of those that say something. Absence says
	// nothing: it neither refuses nor permits, and a permission of one endpoint is
	// none for those that are silent (Silent).
	State     cdp.ConsentState
	Conflict  bool           // one endpoint permits, another says no: blocked until a person has looked
	Standings []cdp.Standing // of each endpoint and channel: both sides of a conflict, with their events
	Silent    []cdp.Identifier
}

// Answer is what the endpoints of a profile say together of a purpose to a
// controller, most restrictive first. It is for showing and for reviews; what
// may be done with a record Decide says, which keeps to the record's endpoints.
func (t Terms) Answer(endpoints []cdp.Identifier, events []cdp.Consent, p cdp.PurposeID, controller string, now time.Time) Answer {
	var bear []cdp.Consent
	for _, c := range Merge(events) {
		counts := t.Register == nil || regulationOf(&c) == t.Register.Consent.Regulation
		every := c.Purpose == "" && standing(&c).Restrictive() // a no for no purpose is one for each
		if (c.Purpose == p || every) && (c.Controller == "" || c.Controller == controller) && counts {
			c.Purpose, c.Controller = p, controller
			bear = append(bear, c)
		}
	}
	a := Answer{Standings: t.Standings(bear, now)}
	var yes, no bool
	spoke := func(e cdp.Identifier) bool {
		return slices.ContainsFunc(a.Standings, func(s cdp.Standing) bool { return s.Endpoint.Same(e) && s.State != cdp.NoStatement })
	}
	for _, s := range a.Standings {
		if severity(s.State) > severity(a.State) {
			a.State = s.State
		}
		yes, no = yes || s.State.ValidForProcessing(), no || s.State.Restrictive()
		a.Conflict = a.Conflict || s.Conflict
	}
	a.Conflict = a.Conflict || yes && no
	for _, e := range endpoints {
		if !spoke(e) {
			a.Silent = append(a.Silent, e)
		}
	}
	slices.SortFunc(a.Silent, func(a, b cdp.Identifier) int {
		return cmp.Or(cmp.Compare(a.Kind(), b.Kind()), cmp.Compare(a.Reveal(), b.Reveal()))
	})
	a.Silent = slices.CompactFunc(a.Silent, func(a, b cdp.Identifier) bool { return a.Same(b) })
	return a
}
