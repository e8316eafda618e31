package policy

import (
	"cmp"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
)

// Fold returns the standing at now to which the consent events of one endpoint
// x purpose x controller x regulation lead. It is a pure function of the set
// of events: their order and repetitions do not matter.
//
// Events apply in the order in which the person spoke; of those at one instant
// the most restrictive one holds (and Conflict is set when another permitted).
// An event dated after now is not yet valid, except that a refusal, withdrawal
// or objection that was recorded by now counts now: a clock that runs ahead
// must not delay a no. Without a time of its own a permission counts as said
// before everything else, and anything else as said when it was recorded.
//
// A permission pre-ticked is invalid (Rec. 32). An unreadable event ends a
// permission, and never a refusal. Expiry is computed, at now and between
// events. Complete and Missing are about the evidence of the deciding
// statement: notice, method, time, language, proof, 20 each.
func Fold(events []cdp.Consent, now time.Time) cdp.Standing {
	var few [8]*cdp.Consent
	list := few[:0]
	for i := range events {
		list = append(list, &events[i])
	}
	f := fold(list, now)
	s := cdp.Standing{State: f.state, Since: f.since, Expires: f.expires, Conflict: f.conflict, Events: history(events)}
	if len(s.Events) == 0 {
		return s
	}
	first := s.Events[0]
	s.Endpoint, s.Purpose, s.Controller = first.Endpoint, first.Purpose, first.Controller
	if f.state != cdp.NoStatement {
		s.Channel = f.channel
		for i, name := range evidenceNames {
			if f.evidence&(1<<i) != 0 {
				s.Complete += 100 / len(evidenceNames)
			} else {
				s.Missing = append(s.Missing, name)
			}
		}
	}
	return s
}

// Standings folds events of any endpoints, purposes, controllers, channels and
// regulations, each combination apart. What was said without a channel holds
// for all channels of its endpoint. The order is that of endpoint, purpose,
// controller, regulation and channel.
func Standings(events []cdp.Consent, now time.Time) []cdp.Standing {
	sorted := history(events)
	type key struct {
		endpoint                        cdp.IdentifierKey
		purpose, controller, regulation string
	}
	keyOf := func(c *cdp.Consent) key {
		return key{c.Endpoint.Key(), string(c.Purpose), c.Controller, regulationOf(c)}
	}
	sets := map[key][]cdp.Consent{}
	var keys []key
	for i := range sorted {
		k := keyOf(&sorted[i])
		if sets[k] == nil {
			keys = append(keys, k)
		}
		sets[k] = append(sets[k], sorted[i])
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.endpoint.Kind, b.endpoint.Kind), cmp.Compare(a.endpoint.Value, b.endpoint.Value),
			cmp.Compare(a.purpose, b.purpose), cmp.Compare(a.controller, b.controller), cmp.Compare(a.regulation, b.regulation))
	})
	var out []cdp.Standing
	for _, k := range keys {
		var channels []cdp.Channel
		for _, c := range sets[k] {
			if !slices.Contains(channels, c.Channel) {
				channels = append(channels, c.Channel)
			}
		}
		slices.Sort(channels)
		for _, ch := range channels {
			part := slices.DeleteFunc(slices.Clone(sets[k]), func(c cdp.Consent) bool { return c.Channel != ch && c.Channel != "" })
			s := Fold(part, now)
			s.Channel = ch
			out = append(out, s)
		}
	}
	return out
}

// evidenceNames are what a consent can show, in the order of the evidence bits.
var evidenceNames = [...]string{"notice", "method", "time", "language", "proof"}

func evidenceOf(c *cdp.Consent) (bits uint8) {
	for i, has := range [...]bool{c.Notice != "", c.Method != "", !c.At.IsZero(), c.Language != "", c.Proof != ""} {
		if has {
			bits |= 1 << i
		}
	}
	return bits
}

func regulationOf(c *cdp.Consent) string {
	if c.Regulation == "" {
		return "gdpr"
	}
	return c.Regulation
}

// A folded is what events lead to.
type folded struct {
	state    cdp.ConsentState
	since    time.Time // when the state was entered; zero when the source does not say
	affirmed time.Time // last time the person said the same
	expires  time.Time // of a permission or of a pending one
	next     time.Time // earliest moment after now at which time alone may change the state
	channel  cdp.Channel
	source   cdp.SourceID // of the deciding event
	record   cdp.RecordID
	method   string
	evidence uint8
	double   bool // confirmed by a second step
	conflict bool
	readable bool // false when an event could not be read
	silent   bool // a permission was pre-ticked
	later    bool // a permission is dated after now
	ahead    bool // an event is, and was known by now: some clock runs ahead
}

// standing returns the state into which an event would put someone who has
// said nothing before.
func standing(c *cdp.Consent) cdp.ConsentState {
	s := c.State
	if c.PreTicked && (s.ValidForProcessing() || s == cdp.ConsentPending) {
		return cdp.ConsentInvalidated
	}
	if severity(s) < 0 {
		return cdp.ConsentUnreadable
	}
	return s
}

// severity orders states from the most permissive to the most restrictive one;
// it is negative for a word that is no state.
func severity(s cdp.ConsentState) int {
	switch s {
	case cdp.NoStatement:
		return 0
	case cdp.ConsentRequested:
		return 1
	case cdp.ConsentDeferred:
		return 2
	case cdp.ConsentRenewed:
		return 3
	case cdp.ConsentGiven:
		return 4
	case cdp.ConsentPending:
		return 5
	case cdp.ConsentUnreadable:
		return 6
	case cdp.ConsentStale:
		return 7
	case cdp.ConsentExpired:
		return 8
	case cdp.ConsentEmpty:
		return 9
	case cdp.ConsentInvalidated:
		return 10
	case cdp.ConsentRevoked:
		return 11
	case cdp.ConsentRefused:
		return 12
	case cdp.ConsentWithdrawn:
		return 13
	case cdp.ConsentObjected:
		return 14
	}
	return -1
}

// saidNo reports whether the person said no, as opposed to a permission that
// ended or was never good.
func saidNo(s cdp.ConsentState) bool {
	return s == cdp.ConsentRefused || s == cdp.ConsentWithdrawn || s == cdp.ConsentObjected
}

// A timed is an event at the moment from which it counts.
type timed struct {
	c     *cdp.Consent
	state cdp.ConsentState
	at    time.Time
	ahead bool // counts although it is dated after now: after all others
}

// when returns the moment from which an event counts, and false while it does
// not count at now.
func when(c *cdp.Consent, s cdp.ConsentState, now time.Time) (at time.Time, counts bool) {
	at = c.At
	if at.IsZero() && !s.ValidForProcessing() && s != cdp.ConsentPending {
		at = c.Recorded
	}
	if !at.After(now) {
		return at, true
	}
	if saidNo(s) && !c.Recorded.IsZero() && !c.Recorded.After(now) {
		return now, true
	}
	return at, false
}

func fold(events []*cdp.Consent, now time.Time) folded {
	f := folded{readable: true}
	var few [8]timed
	list := few[:0]
	for _, c := range events {
		s := standing(c)
		if s == cdp.NoStatement {
			continue
		}
		f.readable = f.readable && s != cdp.ConsentUnreadable
		f.silent = f.silent || s == cdp.ConsentInvalidated && c.PreTicked
		at, counts := when(c, s, now)
		if c.At.After(now) {
			f.later = f.later || s.ValidForProcessing()
			f.ahead = f.ahead || !c.Recorded.After(now)
			f.soonest(c.At, now) // also for a no that counts already: its own date may change the order
		}
		if !counts {
			f.soonest(at, now)
			continue
		}
		list = append(list, timed{c, s, at, c.At.After(now)})
	}
	slices.SortFunc(list, func(a, b timed) int {
		return cmp.Or(compareBool(a.ahead, b.ahead), a.at.Compare(b.at), cmp.Compare(severity(a.state), severity(b.state)), compare(a.c, b.c))
	})
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].at.Equal(list[0].at) && list[n].ahead == list[0].ahead {
			n++
		}
		f.elapse(list[0].at)
		f.apply(list[:n])
		list = list[n:]
	}
	f.elapse(now)
	f.soonest(f.expires, now)
	return f
}

func (f *folded) soonest(t, now time.Time) {
	if t.After(now) && (f.next.IsZero() || t.Before(f.next)) {
		f.next = t
	}
}

// elapse lets a permission, or the time to confirm one, run out.
func (f *folded) elapse(t time.Time) {
	if !f.expires.IsZero() && !f.expires.After(t) {
		f.state, f.since, f.affirmed, f.double = cdp.ConsentExpired, f.expires, f.expires, false
		f.expires, f.conflict = time.Time{}, false
	}
}

// apply adds the events of one instant, least restrictive first.
func (f *folded) apply(group []timed) {
	last := group[len(group)-1]
	s := last.state
	if !f.admits(s) {
		return
	}
	f.conflict = contradict(group)
	same := f.state == s || f.state.ValidForProcessing() && s.ValidForProcessing()
	var bits uint8
	var expires time.Time
	var method string
	for _, e := range group {
		if e.state != s && !(s.ValidForProcessing() && e.state.ValidForProcessing()) {
			continue
		}
		bits |= evidenceOf(e.c)
		if e.c.Method != "" {
			method = e.c.Method
		}
		// Of two ends named for the same statement the earlier one holds.
		if x := e.c.Expires; !x.IsZero() && (expires.IsZero() || x.Before(expires)) {
			expires = x
		}
	}
	// What was shown when the person was asked to confirm belongs to the proof of
	// the consent, as does what was shown when the same thing was said before.
	carry := same || f.state == cdp.ConsentPending && s.ValidForProcessing()
	if carry {
		bits |= f.evidence
		if method == "" {
			method = f.method
		}
	}
	f.double = s.ValidForProcessing() && (f.double && same || f.state == cdp.ConsentPending)
	if !same {
		f.since = last.at
	}
	f.state, f.affirmed, f.evidence, f.method = s, last.at, bits, method
	f.expires = time.Time{}
	if s.ValidForProcessing() || s == cdp.ConsentPending {
		f.expires = expires
	}
	f.channel, f.source, f.record = last.c.Channel, last.c.Source, last.c.Record
}

// contradict reports whether events of one instant say yes and no.
func contradict(group []timed) bool {
	return group[len(group)-1].state.Restrictive() &&
		slices.ContainsFunc(group, func(e timed) bool { return e.state.ValidForProcessing() })
}

// admits reports whether a statement changes the present state. Asking again,
// or text that can not be read, does not undo a no; asking to confirm does not
// undo a permission.
func (f *folded) admits(s cdp.ConsentState) bool {
	switch s {
	case cdp.ConsentRequested, cdp.ConsentDeferred:
		return f.state == cdp.NoStatement || f.state == cdp.ConsentRequested || f.state == cdp.ConsentDeferred
	case cdp.ConsentPending:
		return !f.state.ValidForProcessing()
	case cdp.ConsentUnreadable, cdp.ConsentStale, cdp.ConsentExpired, cdp.ConsentEmpty:
		return !f.state.Restrictive() || f.state == s
	case cdp.ConsentInvalidated, cdp.ConsentRevoked:
		return !saidNo(f.state)
	}
	return true
}

// history returns the events oldest first, each once.
func history(events []cdp.Consent) []cdp.Consent {
	if len(events) == 0 {
		return nil
	}
	out := slices.Clone(events)
	slices.SortFunc(out, func(a, b cdp.Consent) int { return compare(&a, &b) })
	return slices.CompactFunc(out, func(a, b cdp.Consent) bool { return compare(&a, &b) == 0 })
}

// compare is a total order on events: time, severity, recording, and then
// every other field, so that equal means the same event.
func compare(a, b *cdp.Consent) int {
	if c := cmp.Or(a.At.Compare(b.At), cmp.Compare(severity(standing(a)), severity(standing(b))), a.Recorded.Compare(b.Recorded),
		a.Expires.Compare(b.Expires), cmp.Compare(a.State, b.State), cmp.Compare(a.Record, b.Record)); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.Controller, b.Controller),
		cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Notice, b.Notice), cmp.Compare(a.Method, b.Method),
		cmp.Compare(a.Language, b.Language), cmp.Compare(a.Proof, b.Proof), cmp.Compare(a.Regulation, b.Regulation),
		cmp.Compare(a.Endpoint.Kind(), b.Endpoint.Kind()), cmp.Compare(a.Endpoint.Reveal(), b.Endpoint.Reveal()),
		compareBool(a.PreTicked, b.PreTicked), compareBool(a.Explicit, b.Explicit), compareBool(a.Bundled, b.Bundled),
		compareBool(a.Conditional, b.Conditional), cmp.Compare(a.Speaker, b.Speaker), cmp.Compare(a.By, b.By),
		compareZone(a.At, b.At), compareZone(a.Recorded, b.Recorded), compareZone(a.Expires, b.Expires))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func compareZone(a, b time.Time) int {
	return cmp.Compare(a.Location().String(), b.Location().String())
}
