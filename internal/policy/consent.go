package policy

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
)

// An opinion is what one endpoint says about an activity.
type opinion struct {
	endpoint cdp.Identifier
	channel  cdp.Channel
	purpose  cdp.PurposeID
	folded
	allow bool
	name  string // of the rule, after "consent."
	lacks string // name incomplete: the evidence that is missing
}

// rank orders opinions that deny from "nothing said" to "said no".
func (o *opinion) rank() int {
	switch o.name {
	case "absent":
		return 0
	case "later":
		return 1
	case "method", "incomplete", "not_explicit":
		return 10*severity(cdp.ConsentGiven) + 5
	}
	return 10 * severity(o.state)
}

// said reports whether the endpoint makes a statement of its own. Being asked,
// and putting it off, is none.
func (o *opinion) said() bool { return severity(o.state) > severity(cdp.ConsentDeferred) }

// consent judges an activity that rests on consent; next is when something
// else may change the answer by itself.
func (j *judge) consent(u *use, next time.Time) cdp.Verdict {
	var at, best, worst *opinion // at: the claim's endpoint, most restrictive
	claim := j.q.Claim
	for i, opinions := 0, j.opinions(u); i < len(opinions); i++ {
		o := &opinions[i]
		next = earliest(next, o.next)
		if claim != nil && (o.endpoint.Same(claim.Identifier) || j.q.Act != Link && hashOf(claim.Identifier, o.endpoint)) {
			if o.said() && (at == nil || o.stricter(at)) {
				at = o
			}
			continue
		}
		if claim != nil && j.q.Act != Link {
			continue
		}
		if o.allow && (best == nil || o.longer(best)) {
			best = o
		}
		if worst == nil || o.stricter(worst) {
			worst = o
		}
	}
	o := &opinion{name: "absent"}
	switch {
	case at != nil:
		o = at
	case j.q.Act == Link && worst != nil && worst.state.Restrictive():
		o = worst
	case best != nil:
		o = best
	case worst != nil:
		o = worst
	}
	return j.consentVerdict(u, o, next)
}

// hashOf reports whether an identifier is the hash of another one: what was said
// at an address holds for its hash, which leads to the same person. Links are
// judged by what each record carries itself.
func hashOf(hash, of cdp.Identifier) bool {
	return hash.Kind().IsHash() && slices.ContainsFunc(of.Hashes(), hash.Same)
}

// opinions are those of all endpoints on the consent that an activity needs.
// They are kept for the record's next claim.
func (j *judge) opinions(u *use) []opinion {
	if j.about != u || j.aboutAct != j.q.Act {
		j.about, j.aboutAct, j.kept = u, j.q.Act, j.kept[:0]
		j.standings(func(p cdp.PurposeID) bool { return p == u.consentFor }, func(o opinion) {
			j.assess(u, &o)
			j.kept = append(j.kept, o)
		})
	}
	return j.kept
}

// stricter reports whether o is more restrictive than p.
func (o *opinion) stricter(p *opinion) bool {
	if o.allow != p.allow {
		return p.allow
	}
	if o.allow {
		return p.longer(o)
	}
	return cmp.Or(cmp.Compare(o.rank(), p.rank()), o.affirmed.Compare(p.affirmed), o.order(p)) > 0
}

// longer reports whether o permits for longer than p.
func (o *opinion) longer(p *opinion) bool {
	if o.expires.IsZero() != p.expires.IsZero() {
		return o.expires.IsZero()
	}
	return cmp.Or(o.expires.Compare(p.expires), p.since.Compare(o.since), o.order(p)) > 0
}

// order makes the choice between like opinions independent of the order of
// arrival.
func (o *opinion) order(p *opinion) int {
	return cmp.Or(cmp.Compare(o.endpoint.Kind(), p.endpoint.Kind()), cmp.Compare(o.endpoint.Reveal(), p.endpoint.Reveal()),
		cmp.Compare(o.channel, p.channel), cmp.Compare(o.purpose, p.purpose))
}

// assess completes an opinion with what the register demands.
func (j *judge) assess(u *use, o *opinion) {
	o.name = string(o.state)
	switch {
	case o.state == cdp.NoStatement && o.later:
		o.name = "later"
	case o.state == cdp.NoStatement:
		o.name = "absent"
	case o.state.ValidForProcessing():
		for i, name := range evidenceNames {
			if o.evidence&(1<<i) == 0 && slices.Contains(j.reg.Consent.Require, name) {
				o.name, o.lacks = "incomplete", name
				return
			}
		}
		if p := u.activity.Consent; p != nil && len(p.Methods) > 0 && !accepted(p.Methods, &o.folded) {
			o.name = "method"
			return
		}
		if u.activity.Condition == explicitConsent && !o.explicit {
			o.name = "not_explicit"
			return
		}
		o.allow = true
	}
}

// explicitConsent is the condition of Art. 9(2)(a).
const explicitConsent = "A9-2-a"

// special judges the condition of Art. 9(2)(a) for an activity that rests on
// another basis than consent: an explicit consent is needed beside it.
func (j *judge) special(u *use, v cdp.Verdict) cdp.Verdict {
	if !v.Allow || u.activity.Condition != explicitConsent {
		return v
	}
	w := j.consent(u, time.Time{})
	if w.Allow {
		v.Until, v.Facts = earliest(v.Until, w.Until), w.Facts
		if w.From.After(v.From) {
			v.From = w.From
		}
		return v
	}
	_, rule, _ := strings.Cut(w.Rule, ".")
	w.Rule, w.Article, w.Basis = string(j.q.Act)+".special."+rule, "Art. 9(2)(a)", v.Basis
	w.Until = earliest(w.Until, v.Until)
	return w
}

// doubleOptIn is the method that a confirmed request proves by itself.
const doubleOptIn = "doubleoptin"

func accepted(methods []string, f *folded) bool {
	for _, m := range methods {
		if n := plainWord(m); n == plainWord(f.method) || n == doubleOptIn && f.double {
			return true
		}
	}
	return false
}

var spacing = strings.NewReplacer(" ", "", "_", "", "-", "")

func plainWord(s string) string { return spacing.Replace(strings.ToLower(s)) }

// standings folds the consents for some purposes per endpoint, purpose and
// channel; for linking, where channels mean nothing, and for one channel that
// is asked about, per endpoint and purpose. What was said for no channel holds
// for all; a no for no purpose holds for all, and stands alone only where
// nothing else was said for its channel.
func (j *judge) standings(purpose func(cdp.PurposeID) bool, yield func(opinion)) {
	all := j.f.Consents
	terms := Terms{Register: j.reg, Born: j.f.Born, BirthUnread: j.f.BirthUnread, Country: j.f.Country}
	counts := func(c *cdp.Consent) bool {
		if c.Controller != "" && c.Controller != j.src.Controller || regulationOf(c) != j.reg.Consent.Regulation {
			return false
		}
		if j.q.Channel != "" && c.Channel != "" && c.Channel != j.q.Channel {
			return false
		}
		if c.Purpose == "" {
			s := standing(c)
			return s.Restrictive() || s == cdp.ConsentUnreadable
		}
		return purpose(c.Purpose)
	}
	channel := func(c *cdp.Consent) cdp.Channel {
		if j.q.Act == Link || j.q.Channel != "" {
			return ""
		}
		return c.Channel
	}
	var few [8]*cdp.Consent
groups:
	for i := range all {
		c := &all[i]
		if !counts(c) {
			continue
		}
		ch := channel(c)
		part := few[:0]
		for k := range all {
			d := &all[k]
			if !d.Endpoint.Same(c.Endpoint) || !counts(d) {
				continue
			}
			dch := channel(d)
			if k < i && dch == ch && d.Purpose == c.Purpose {
				continue groups // seen
			}
			if c.Purpose == "" && d.Purpose != "" && dch == ch {
				continue groups // part of that one
			}
			if (dch == ch || dch == "") && (d.Purpose == c.Purpose || d.Purpose == "") {
				part = append(part, d)
			}
		}
		yield(opinion{endpoint: c.Endpoint, channel: ch, purpose: c.Purpose, folded: terms.fold(part, j.q.At)})
	}
}

// objected judges the right to object: absolute against direct marketing
// whatever the basis, and on any purpose of it (Art. 21(2), (3)); against a
// legitimate interest or a public task until it is decided (Art. 21(1)). To
// those a refusal or withdrawal says the same as an objection. Only a consent
// that was given after the objection, for that very purpose, lifts it. Without
// an objection that holds, the verdict is zero; next is when that may change by
// itself.
func (j *judge) objected(u *use) (v cdp.Verdict, next time.Time) {
	basis, marketing := u.activity.Basis, u.purpose.DirectMarketing
	if !marketing && basis != cdp.BasisLegitimate && basis != cdp.BasisPublicTask {
		return v, next
	}
	own := func(p cdp.PurposeID) bool { return p == u.consentFor || p == u.activity.Purpose }
	var no *opinion
	var yes time.Time
	said := func(o opinion) {
		if o.name = string(o.state); no == nil || cmp.Or(o.affirmed.Compare(no.affirmed), o.order(no)) > 0 {
			no = &o
		}
	}
	j.standings(own, func(o opinion) {
		next = earliest(next, o.next)
		switch {
		case o.state == cdp.ConsentObjected, basis != cdp.BasisConsent && saidNo(o.state):
			said(o)
		case j.over != "" && o.channel != "" && o.channel != j.over: // a yes for another channel lifts nothing here
		case o.purpose == u.consentFor && o.state.ValidForProcessing() && o.affirmed.After(yes):
			yes = o.affirmed
		}
	})
	if marketing {
		other := func(p cdp.PurposeID) bool {
			q := j.reg.purposes[p]
			return q != nil && q.DirectMarketing && !own(p)
		}
		j.standings(other, func(o opinion) {
			if o.state == cdp.ConsentObjected {
				said(o)
			}
			next = earliest(next, o.next)
		})
	}
	if no == nil || basis == cdp.BasisConsent && yes.After(no.affirmed) {
		return v, next
	}
	rule, article, cause := string(basis)+".objected", "Art. 21(1)", "the person objected"
	if marketing {
		rule, article, cause = "marketing.objected", "Art. 21(3)", "the person objected to direct marketing"
	}
	v = j.deny(u, rule, cause+on(no.affirmed), article)
	v.Facts, v.Until = j.consentFacts(u, no), next
	return v, next
}

// on returns " on <day>", or nothing for a time that is not stated.
func on(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return " on " + day(t)
}

func (j *judge) consentVerdict(u *use, o *opinion, next time.Time) cdp.Verdict {
	if o.allow {
		v := u.allow[slices.Index(acts[:], j.q.Act)]
		v.Rule = string(j.q.Act) + ".consent." + o.name
		v.Reason = j.q.Act.says(true, u.purpose) + "the person consented" + on(o.since) + "."
		if o.since.After(v.From) {
			v.From = o.since
		}
		v.Until = earliest(v.Until, next)
		v.Facts = j.consentFacts(u, o)
		return v
	}
	cause, article := consentCause(o)
	v := j.deny(u, "consent."+o.name, cause, article)
	v.Until = earliest(u.end, next)
	if o.name == "later" {
		v.From, v.Until = next, u.end
	}
	if o.name != "absent" {
		v.Facts = j.consentFacts(u, o)
	}
	return v
}

func consentCause(o *opinion) (cause, article string) {
	switch o.name {
	case "absent":
		return "it needs consent, and none is stated", "Art. 6(1)(a)"
	case "later":
		return "it needs consent, and the one stated is dated in the future", "Art. 6(1)(a)"
	case "incomplete":
		return "the consent does not state its " + o.lacks + ", which the register asks for", "Art. 7(1)"
	case "not_explicit":
		return "special categories are processed, and the consent is not explicit", "Art. 9(2)(a)"
	case "method":
		return "the consent was not given in a way that the register accepts", "Art. 7(1)"
	}
	switch o.state {
	case cdp.ConsentRequested:
		return "it needs consent; the person was asked" + on(o.since) + " and has not answered", "Art. 6(1)(a)"
	case cdp.ConsentDeferred:
		return "it needs consent; the person was asked and put it off" + on(o.since), "Art. 6(1)(a)"
	case cdp.ConsentStale:
		return "the notice has materially changed since the person consented" + on(o.since), "Art. 6(1)(a), 7(1)"
	case cdp.ConsentPending:
		return "the consent waits for its confirmation", "Art. 7(1)"
	case cdp.ConsentUnreadable:
		if o.why == whyAge {
			return "a birth date is stated that can not be read, so it may be that a child consented without a parent", "Art. 8(1), (2)"
		}
		return "what the source says about consent can not be read", "Art. 7(1)"
	case cdp.ConsentExpired:
		switch o.why {
		case whyWindow:
			return "the consent was not confirmed in time", "Art. 7(1)"
		case whyValidity:
			return "the consent is older than the register lets one last", "Art. 5(1)(a), 7(1)"
		}
		return "the consent expired" + on(o.since), "Art. 6(1)(a)"
	case cdp.ConsentEmpty:
		return "the source states that the person agreed to nothing", "Art. 6(1)(a)"
	case cdp.ConsentInvalidated:
		switch {
		case o.why == whyChild:
			return "a child gave the consent without a parent", "Art. 8(1)"
		case o.why == whyTicked:
			return "the box was ticked beforehand, which is no consent", "Art. 4(11), Rec. 32"
		}
		return "the consent was found to be invalid", "Art. 7"
	case cdp.ConsentRevoked:
		return "the consent was revoked" + on(o.since), "Art. 6(1)(a)"
	case cdp.ConsentRefused:
		return "the person refused" + on(o.since), "Art. 6(1)(a)"
	case cdp.ConsentWithdrawn:
		return "the person withdrew the consent" + on(o.since), "Art. 7(3)"
	}
	return "the person objected" + on(o.since), "Art. 21"
}

// consentFacts name the endpoint and the event that decided; neither holds a
// personal value.
func (j *judge) consentFacts(u *use, o *opinion) []string {
	tag := o.endpoint.Tag()
	facts := append(u.facts, "endpoint="+string(o.endpoint.Kind())+"#"+hex.EncodeToString(tag[:]), "state="+o.name)
	if !o.affirmed.IsZero() {
		facts = append(facts, "said="+o.affirmed.Format(time.RFC3339))
	}
	if o.source != "" {
		facts = append(facts, "stated by="+string(o.source))
	}
	if o.record != 0 {
		facts = append(facts, "record="+o.record.String())
	}
	return facts
}
