package lint

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/policy"
)

// consentHit tells of a consent event that the record states.
func consentHit(r *Record, c *cdp.Consent, facts ...string) Hit {
	base := []string{"purpose=" + string(c.Purpose), "endpoint=" + c.Endpoint.String(), "state=" + string(c.State), "said=" + stamp(c.At)}
	if c.Notice != "" {
		base = append(base, "notice="+c.Notice)
	}
	return r.hit(c.At, append(base, facts...)...)
}

// stated calls f for each consent event that the record states.
func stated(r *Record, f func(*cdp.Consent)) {
	for i := range r.Consents {
		f(&r.Consents[i])
	}
}

// about are the events known for the endpoint, purpose and regulation of one.
func about(r *Record, c *cdp.Consent) (out []cdp.Consent) {
	for _, d := range r.Facts.Consents {
		if d.Endpoint.Same(c.Endpoint) && d.Purpose == c.Purpose && d.Controller == c.Controller && regulation(&d) == regulation(c) {
			out = append(out, d)
		}
	}
	return out
}

func regulation(c *cdp.Consent) string {
	if c.Regulation == "" {
		return "gdpr"
	}
	return c.Regulation
}

// preTicked tells of what stands as the permission of a person who never
// ticked it.
func preTicked(s *Scope, r *Record, emit func(Hit)) {
	decided(s, r, func(now *cdp.Standing, c *cdp.Consent) {
		if policy.TickedBeforehand(now) {
			emit(consentHit(r, c))
		}
	})
}

func future(_ *Scope, r *Record, emit func(Hit)) {
	stated(r, func(c *cdp.Consent) {
		if known := c.Recorded; !known.IsZero() && c.At.After(known) {
			emit(consentHit(r, c, "learnt="+stamp(known)))
		}
	})
}

func unreadable(_ *Scope, r *Record, emit func(Hit)) {
	stated(r, func(c *cdp.Consent) {
		if c.State == cdp.ConsentUnreadable {
			emit(consentHit(r, c))
		}
	})
}

// sameSecond tells of a permission and a no of one endpoint and purpose within
// one second, whoever states the no.
func sameSecond(_ *Scope, r *Record, emit func(Hit)) {
	stated(r, func(c *cdp.Consent) {
		if !c.State.ValidForProcessing() || c.At.IsZero() {
			return
		}
		for _, d := range about(r, c) {
			if d.State.Restrictive() && d.At.Unix() == c.At.Unix() {
				emit(consentHit(r, c, "no="+string(d.State), "stated by="+string(d.Source)))
				return
			}
		}
	})
}

// incomplete tells of a consent that counts without its whole proof.
func incomplete(s *Scope, r *Record, emit func(Hit)) {
	decided(s, r, func(now *cdp.Standing, c *cdp.Consent) {
		if now.State.ValidForProcessing() && len(now.Missing) > 0 {
			emit(consentHit(r, c, "missing="+strings.Join(now.Missing, ", ")))
		}
	})
}

func unknownPurpose(s *Scope, r *Record, emit func(Hit)) {
	if s.Register == nil {
		return
	}
	stated(r, func(c *cdp.Consent) {
		if _, ok := s.Register.Purpose(c.Purpose); !ok && c.Purpose != "" {
			emit(consentHit(r, c))
		}
	})
}

func conditional(s *Scope, r *Record, emit func(Hit)) {
	decided(s, r, func(now *cdp.Standing, c *cdp.Consent) {
		if now.State.ValidForProcessing() && now.Conditional {
			emit(consentHit(r, c))
		}
	})
}

// stale tells of a permission that the change of a notice ended.
func stale(s *Scope, r *Record, emit func(Hit)) {
	decided(s, r, func(now *cdp.Standing, c *cdp.Consent) {
		if now.State != cdp.ConsentStale {
			return
		}
		n, _ := s.Register.Changed(now)
		emit(consentHit(r, c, "changed by="+n.ID, "changed="+stamp(n.From.In(time.UTC))))
	})
}

// minor tells of a permission by somebody who was too young to give it alone.
func minor(s *Scope, r *Record, emit func(Hit)) {
	decided(s, r, func(now *cdp.Standing, c *cdp.Consent) {
		if !policy.GivenByChild(now) {
			return
		}
		who, said := r.terms(s), c.At
		if said.IsZero() {
			said = c.Recorded
		}
		limit, _ := s.Register.ConsentAge(who.Country, said)
		emit(consentHit(r, c, "age="+strconv.Itoa(policy.Age(who.Born, said)), "needed="+strconv.Itoa(limit.Age), "country="+who.Country, "law="+limit.Law))
	})
}

// birth tells of a birth date that can not be read, or in two ways: nobody
// knows from it whether the person is a child.
func birth(_ *Scope, r *Record, emit func(Hit)) {
	if how, ok := r.found(policy.FindingBirth); ok {
		emit(r.hit(r.time(), "birth date="+strings.Join(how, ", ")))
	}
}

// terms are what decides on the person's consents besides what was said: any
// birth date and country of the profile.
func (r *Record) terms(s *Scope) policy.Terms {
	p := r.of
	if p == nil {
		p = &Profile{Records: []*Record{r}}
		r.of = p
	}
	if p.person == nil {
		var all []cdp.Attribute
		for _, o := range p.Records {
			all = append(all, o.Attributes...)
		}
		terms := s.Register.Of(policy.PersonOf(all))
		p.person = &terms
	}
	return *p.person
}

// decided calls f for each standing, now, for which a statement of the record
// is what decides, with that statement. policy folds: what it says of a consent
// here is what the gates act on.
func decided(s *Scope, r *Record, f func(*cdp.Standing, *cdp.Consent)) {
	if len(r.Consents) == 0 {
		return
	}
	if !r.folded {
		r.standings, r.folded = r.terms(s).Standings(r.Facts.Consents, s.Now), true
	}
	var done []*cdp.Consent // one that was said for all channels decides on each
	for i := range r.standings {
		now := &r.standings[i]
		if now.Record != r.ID {
			continue
		}
		c := deciding(now)
		if c == nil || slices.ContainsFunc(done, func(d *cdp.Consent) bool {
			return d.Endpoint.Same(c.Endpoint) && d.Purpose == c.Purpose && d.Controller == c.Controller && d.Channel == c.Channel && d.At.Equal(c.At) && regulation(d) == regulation(c)
		}) {
			continue
		}
		done = append(done, c)
		f(now, c)
	}
}

// deciding is the last permission, or request for one, that the deciding record
// states; nil where what decides is a no.
func deciding(now *cdp.Standing) (last *cdp.Consent) {
	for i := range now.Events {
		if c := &now.Events[i]; c.Record == now.Record && (c.State.ValidForProcessing() || c.State == cdp.ConsentPending) && (last == nil || !c.At.Before(last.At)) {
			last = c
		}
	}
	return last
}

func beforeNotice(s *Scope, r *Record, emit func(Hit)) {
	stated(r, func(c *cdp.Consent) {
		if !c.State.ValidForProcessing() || c.At.IsZero() {
			return
		}
		if n, ok := s.Register.Notice(c.Notice); ok && c.At.Before(n.From.In(time.UTC)) {
			emit(consentHit(r, c, "text from="+n.From.String()))
		}
	})
}

// bundled tells of permissions in force for several purposes that one act gave:
// the source says so, or the same proof stands for all of them in one second.
func bundled(s *Scope, r *Record, emit func(Hit)) {
	var apart []*cdp.Consent
	decided(s, r, func(now *cdp.Standing, c *cdp.Consent) {
		switch {
		case !now.State.ValidForProcessing():
		case now.Bundled:
			emit(consentHit(r, c, "the source says so"))
		case c.Proof != "":
			apart = append(apart, c)
		}
	})
	for i, c := range apart {
		if slices.ContainsFunc(apart[:i], func(d *cdp.Consent) bool { return oneAct(c, d) }) {
			continue
		}
		var purposes []string
		for _, d := range apart[i:] {
			if oneAct(c, d) && !slices.Contains(purposes, string(d.Purpose)) {
				purposes = append(purposes, string(d.Purpose))
			}
		}
		if slices.Sort(purposes); len(purposes) > 1 {
			emit(consentHit(r, c, "purposes="+strings.Join(purposes, ", ")))
		}
	}
}

// oneAct reports whether two permissions of a record were given by one act.
func oneAct(c, d *cdp.Consent) bool {
	return c.Endpoint.Same(d.Endpoint) && c.Proof == d.Proof && c.Method == d.Method && c.At.Unix() == d.At.Unix()
}
