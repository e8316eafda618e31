package policy

import (
	"cmp"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
)

// Terms are what decides on a consent besides what was said: the register,
// and what is known of the person. The zero Terms are no register's: nothing
// but the events counts.
type Terms struct {
	Register *Register
	Born     time.Time // birth date; zero when unknown
	Country  string    // where the person lives, ISO 3166-1 alpha-2; "" when unknown
	// BirthUnread: a birth date is stated and none can be read, so the person may
	// be a child: what they permitted alone is as if it could not be read either.
	BirthUnread bool
}

// Fold is [Terms.Fold] under no register.
func Fold(events []cdp.Consent, now time.Time) cdp.Standing { return Terms{}.Fold(events, now) }

// Standings is [Terms.Standings] under no register.
func Standings(events []cdp.Consent, now time.Time) []cdp.Standing {
	return Terms{}.Standings(events, now)
}

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
// A permission pre-ticked is invalid (Rec. 32), as is one by a child where
// nobody with parental responsibility gave it (Art. 8(1)); it does not undo the
// one that such a person gave. An unreadable event ends a permission, and never
// a refusal. Time ends a permission at its own end, at the end of the
// register's validity, and when the notice that it was given on changes
// materially; time ends a double opt-in that is not confirmed, and what then
// comes as its confirmation is none. All of this is computed, at now and
// between events: no event is lost. Complete and Missing are about the evidence
// of the deciding statement: notice, method, time, language, proof, 20 each.
func (t Terms) Fold(events []cdp.Consent, now time.Time) cdp.Standing {
	var few [8]*cdp.Consent
	list := few[:0]
	for i := range events {
		list = append(list, &events[i])
	}
	f := t.fold(list, now)
	s := cdp.Standing{State: f.state, Since: f.since, Expires: earliest(f.expires, f.stale), Conflict: f.conflict, Events: history(events)}
	if len(s.Events) == 0 {
		return s
	}
	first := s.Events[0]
	s.Endpoint, s.Purpose, s.Controller = first.Endpoint, first.Purpose, first.Controller
	if f.state != cdp.NoStatement {
		s.Channel, s.Why, s.Record, s.Notice, s.Speaker = f.channel, f.why, f.record, f.notice, f.speaker
		s.Explicit, s.Bundled, s.Conditional = f.explicit, f.bundled, f.conditional
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
func (t Terms) Standings(events []cdp.Consent, now time.Time) []cdp.Standing {
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
			s := t.Fold(part, now)
			s.Channel = ch
			out = append(out, s)
		}
	}
	return out
}

// A folded is what events lead to.
type folded struct {
	state                          cdp.ConsentState
	since                          time.Time // when the state was entered; zero when the source does not say
	affirmed                       time.Time // last time the person said the same
	expires                        time.Time // of a permission or of a pending one
	stale                          time.Time // of a permission: its notice has materially changed from then on
	next                           time.Time // earliest moment after now at which time alone may change the state
	channel                        cdp.Channel
	source                         cdp.SourceID // of the deciding event
	record                         cdp.RecordID
	method                         string
	evidence                       uint8
	notice                         string // that the deciding statement cites
	change                         string // id of the notice that makes it stale
	why                            string // what led here besides what was said, see cdp.Standing
	term                           string // why it expires at expires
	speaker                        cdp.Speaker
	explicit, bundled, conditional bool
	lapsed                         bool // a double opt-in ran out, and nothing new was asked or said since
	child                          bool // a permission was a child's
	double                         bool // confirmed by a second step
	conflict                       bool
	readable                       bool // false when an event could not be read
	silent                         bool // a permission was pre-ticked
	later                          bool // a permission is dated after now
	ahead                          bool // an event is, and was known by now: some clock runs ahead
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

// A timed is an event at the moment from which it counts.
type timed struct {
	c     *cdp.Consent
	state cdp.ConsentState
	at    time.Time
	ahead bool // counts although it is dated after now: after all others
	child bool // a permission that a child gave alone, or somebody who may be one
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

func (t *Terms) fold(events []*cdp.Consent, now time.Time) folded {
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
		child := false
		if s.ValidForProcessing() || s == cdp.ConsentPending {
			switch child = t.child(c); {
			case child && t.Born.IsZero():
				s = cdp.ConsentUnreadable
			case child:
				s, f.child = cdp.ConsentInvalidated, true
			}
		}
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
		list = append(list, timed{c, s, at, c.At.After(now), child})
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
		f.apply(list[:n], t)
		list = list[n:]
	}
	f.elapse(now)
	f.soonest(f.expires, now)
	f.soonest(f.stale, now)
	return f
}

func (f *folded) soonest(t, now time.Time) {
	if t.After(now) && (f.next.IsZero() || t.Before(f.next)) {
		f.next = t
	}
}

// elapse lets a permission, or the time to confirm one, run out.
func (f *folded) elapse(t time.Time) {
	end, state, why := f.expires, cdp.ConsentExpired, f.term
	if !f.stale.IsZero() && (end.IsZero() || f.stale.Before(end)) {
		end, state, why = f.stale, cdp.ConsentStale, whyNotice+f.change
	}
	if end.IsZero() || end.After(t) {
		return
	}
	f.lapsed = f.state == cdp.ConsentPending && why == whyWindow
	f.state, f.since, f.double, f.why = state, end, false, why
	if why == whyValidity && f.affirmed.IsZero() {
		f.since = time.Time{} // nobody knows
	}
	f.affirmed = f.since
	f.expires, f.stale, f.conflict = time.Time{}, time.Time{}, false
}

// What leads to a state besides what was said.
const (
	whyOwnEnd   = "own end"
	whyValidity = "validity"
	whyWindow   = "window"
	whyTicked   = "pre-ticked"
	whyChild    = "child"
	whyAge      = "age"     // nobody knows whether it was a child
	whyNotice   = "notice " // and its id
)

// apply adds the events of one instant, least restrictive first.
func (f *folded) apply(group []timed, t *Terms) {
	if group = f.answerable(group); len(group) == 0 {
		return
	}
	last := group[len(group)-1]
	s := last.state
	if !f.admits(s) || f.lapsed && s == cdp.ConsentGiven && confirms(group) {
		return
	}
	f.lapsed = f.lapsed && s != cdp.ConsentPending && !s.ValidForProcessing()
	f.conflict = contradict(group)
	asked := f.state == cdp.ConsentPending && s.ValidForProcessing()
	same := f.state == s || f.state.ValidForProcessing() && s.ValidForProcessing()
	before := *f
	f.state, f.affirmed, f.evidence, f.method, f.notice = s, last.at, 0, "", ""
	f.explicit, f.bundled, f.conditional = false, false, false
	f.expires, f.stale, f.change, f.term, f.why = time.Time{}, time.Time{}, "", "", ""
	f.channel, f.source, f.record, f.speaker = last.c.Channel, last.c.Source, last.c.Record, last.c.Speaker
	for _, e := range group {
		if e.state == s || s.ValidForProcessing() && e.state.ValidForProcessing() {
			f.take(e.c)
			f.ends(e, t, &before, asked)
		}
	}
	// What was shown when the person was asked to confirm belongs to the proof of
	// the consent, as does what was shown when the same thing was said before.
	if same || asked {
		f.evidence |= before.evidence
		f.explicit = f.explicit || before.explicit
		f.method, f.notice = cmp.Or(f.method, before.method), cmp.Or(f.notice, before.notice)
	}
	if asked {
		f.bundled, f.conditional = f.bundled || before.bundled, f.conditional || before.conditional
	}
	f.double = s.ValidForProcessing() && (before.double && same || asked)
	if !same {
		f.since = last.at
	}
	switch {
	case s == cdp.ConsentUnreadable && last.child:
		f.why = whyAge
	case s != cdp.ConsentInvalidated:
	case last.child:
		f.why = whyChild
	case last.c.PreTicked:
		f.why = whyTicked
	}
}

// answerable leaves out what a child said where someone with parental
// responsibility permitted it.
func (f *folded) answerable(group []timed) []timed {
	permitted := f.state.ValidForProcessing()
	alone := false
	for _, e := range group {
		permitted = permitted || e.state.ValidForProcessing() || e.state == cdp.ConsentPending
		alone = alone || e.child
	}
	if !alone || !permitted {
		return group
	}
	return slices.DeleteFunc(group, func(e timed) bool { return e.child })
}

// confirms reports whether a permission may be the second step of a double
// opt-in: nothing says that it was given in another way.
func confirms(group []timed) bool {
	return !slices.ContainsFunc(group, func(e timed) bool {
		return e.state == cdp.ConsentRenewed || e.state == cdp.ConsentGiven && e.c.Method != "" && plainWord(e.c.Method) != doubleOptIn
	})
}

// take adds what an event shows of the statement that decides.
func (f *folded) take(c *cdp.Consent) {
	f.evidence |= evidenceOf(c)
	f.method, f.notice = cmp.Or(c.Method, f.method), cmp.Or(c.Notice, f.notice)
	f.explicit, f.bundled, f.conditional = f.explicit || c.Explicit, f.bundled || c.Bundled, f.conditional || c.Conditional
}

// ends notes when time alone ends the statement; of several ends the earliest
// one holds.
func (f *folded) ends(e timed, t *Terms, before *folded, asked bool) {
	if !f.state.ValidForProcessing() && f.state != cdp.ConsentPending {
		return
	}
	limit := func(end time.Time, why string) {
		if !end.IsZero() && (f.expires.IsZero() || end.Before(f.expires)) {
			f.expires, f.term = end, why
		}
	}
	limit(e.c.Expires, whyOwnEnd)
	if !t.rules(e.c) {
		return
	}
	if f.state == cdp.ConsentPending {
		if w := t.Register.Consent.Confirm; w != nil {
			limit(w.AddTo(e.at), whyWindow)
		}
		return
	}
	if v := t.Register.validity(e.c.Purpose); v != nil {
		limit(v.AddTo(e.at), whyValidity)
	}
	change := func(cited string, shown time.Time) {
		n, from := t.Register.changed(e.c.Purpose, cited, shown)
		if n == nil {
			return
		}
		if from.Before(e.at) {
			from = e.at
		}
		if f.stale.IsZero() || from.Before(f.stale) {
			f.stale, f.change = from, n.ID
		}
	}
	change(e.c.Notice, e.at)
	if asked && e.c.Notice == "" { // what was shown was shown when the person was asked
		change(before.notice, before.affirmed)
	}
}

// contradict reports whether events of one instant say yes and no.
func contradict(group []timed) bool {
	return group[len(group)-1].state.Restrictive() &&
		slices.ContainsFunc(group, func(e timed) bool { return e.state.ValidForProcessing() })
}

// admits reports whether a statement changes the present state. Asking again,
// or text that can not be read, does not undo a no; asking to confirm does not
// undo a permission; a refusal, which is about one purpose, does not undo an
// objection, which is about more.
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
	case cdp.ConsentRefused, cdp.ConsentWithdrawn:
		return f.state != cdp.ConsentObjected
	}
	return true
}
