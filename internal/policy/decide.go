package policy

import (
	"slices"
	"time"

	"cdp-tui/internal/cdp"
)

// An Act is what is asked for.
type Act string

// The acts.
const (
	Hold  Act = "hold"  // keep a record for an activity
	Link  Act = "link"  // let a claim of a record join it with others to a profile
	Use   Act = "use"   // use a record for an activity
	Share Act = "share" // disclose data of a record to a recipient for an activity
	Keep  Act = "keep"  // keep a record although its erasure is asked for (Art. 17)
)

var acts = [...]Act{Hold, Link, Use, Share, Keep}

// says begins the sentence of a verdict.
func (a Act) says(allow bool, p *Purpose) string {
	s := "May not be "
	if allow {
		s = "May be "
	}
	switch a {
	case Hold:
		s += "held"
	case Link:
		s += "linked"
	case Use:
		s += "used"
	case Share:
		s += "sent on"
	case Keep:
		s += "kept"
	}
	if p != nil {
		s += " for “" + p.Title.EN + "”"
	}
	return s + ": "
}

// A Question asks for one verdict.
type Question struct {
	Act       Act
	Source    cdp.Source
	Activity  cdp.ActivityID // not for Link: linking rests on the source's ground for it
	Claim     *cdp.Claim     // Link: by which identifier; others: only a consent given there counts; nil asks for the record as a whole
	Recipient string         // Share: id in the register
	Channel   cdp.Channel    // Use and Share: over which the person is spoken to: only consents for it count, and preferences; "" for none named
	Topic     string         // Use and Share: what is spoken of, as preferences name it; the purpose's id is always one
	At        time.Time      // as of when
}

// Facts are what a verdict rests on besides the question, as known to the
// caller. Decide reads them and keeps nothing of them.
type Facts struct {
	Register   *Register
	RecordAt   time.Time        // when the record was so in the world; zero when unknown
	Recorded   time.Time        // when it was learnt
	Activities []cdp.ActivityID // of the source's, those that apply to the record; empty for all
	Grounds    []cdp.Ground     // that the record states
	Consents   []cdp.Consent    // events at all endpoints of the record, from any source; any order
	// Touchpoints are those that may end a contract (a return, a cancellation),
	// of the record itself and of others about the same order; any order.
	Touchpoints []cdp.Touchpoint
	EndsUnread  bool             // not all of those were looked at: more records carry the order than are followed
	Preferences []cdp.Preference // statements at all endpoints of the record; any order
	Contacts    []Contact        // messages sent to the person, for how often is too often; any order
	// Zones are the time zones that preferences name, "" that of the controller's
	// seat: policy looks nothing up.
	Zones       map[string]*time.Location
	Born        time.Time // birth date of the person; zero when unknown
	BirthUnread bool      // see Terms
	Country     string    // where the person lives, ISO 3166-1 alpha-2; "" when unknown
	Criminal    bool      // the record is about criminal convictions or offences (Art. 10)
	// Restrictions are statements on the record's row (Art. 18), Suppressions those
	// of the suppression list at any of its endpoints; any order.
	Restrictions []cdp.Restriction
	Suppressions []cdp.Suppression
}

// A Contact is a message that was sent to the person.
type Contact struct {
	Channel cdp.Channel
	At      time.Time
}

// Decide answers a question. It is a pure function; the order of what stands
// in the facts does not matter.
//
// Consent binds to the endpoint where it was given. For linking by an
// identifier a statement there decides; where there is none, the record's
// other endpoints do, and a no at any of them wins. To hold, use or share, a
// valid consent at any endpoint of the record suffices, unless the question
// names one. Consents to another controller never count.
func Decide(q Question, f Facts) cdp.Verdict {
	j := judge{reg: f.Register, src: lookup(f.Register, q.Source.ID), q: &q, f: &f}
	return j.decide()
}

func lookup(r *Register, id cdp.SourceID) *source {
	if r == nil {
		return nil
	}
	return r.sources[id]
}

type judge struct {
	reg *Register
	src *source
	q   *Question
	f   *Facts

	over     cdp.Channel // when objections on any channel count, and only consents for this one lift them; "" for no such difference
	about    *use        // what kept is about
	aboutAct Act
	kept     []opinion
}

// deny makes a denying verdict; cause completes the sentence that the act
// begins. u is nil as long as no activity is known.
func (j *judge) deny(u *use, rule, cause, article string) cdp.Verdict {
	v := cdp.Verdict{Rule: string(j.q.Act) + "." + rule, Article: article, Activity: j.q.Activity, Register: j.reg.Hash()}
	var p *Purpose
	if u != nil {
		p, v.Facts, v.Basis, v.Activity = u.purpose, u.facts, u.activity.Basis, u.activity.ID
	} else {
		v.Facts = j.sourceFacts()
	}
	v.Reason = j.q.Act.says(false, p) + cause + "."
	return v
}

// sourceFacts are enough to write the source's entry (see Todo).
func (j *judge) sourceFacts() []string {
	s := &j.q.Source
	if j.src != nil {
		return []string{"controller=" + j.src.Controller, "source=" + string(j.src.ID)}
	}
	facts := []string{"controller=" + s.Controller, "source=" + string(s.ID)}
	if s.Collection != "" {
		facts = append(facts, "collection="+s.Collection)
	}
	if s.Link != "" {
		facts = append(facts, "link="+string(s.Link))
	}
	for _, a := range s.Activities {
		facts = append(facts, "activity="+string(a))
	}
	return facts
}

func (j *judge) decide() cdp.Verdict {
	if c := j.q.Claim; c != nil && j.q.Act == Link {
		switch {
		case c.Blocked != "":
			return j.deny(nil, "blocked."+c.Blocked, "the value is a placeholder or blocked ("+c.Blocked+") and says nothing about who it is", "Art. 5(1)(d)")
		case c.Generic != "":
			return j.deny(nil, "generic."+c.Generic, "the value is shared by several people ("+c.Generic+")", "Art. 5(1)(d)")
		case c.Strength == cdp.LinkNone:
			return j.deny(nil, "none", "the mapping of the source keeps this identifier without linking by it", "Art. 5(1)(d)")
		}
	}
	if v, ok := j.barred(); ok {
		return v
	}
	if v, ok := j.unknown(); ok {
		return v
	}
	u, v := j.use()
	if u == nil {
		return v
	}
	var lasts time.Time // as long as the recipient may get data
	if j.q.Act == Share {
		var barred bool
		if v, lasts, barred = j.recipient(u); barred {
			return v
		}
	}
	v = j.preference(u, j.basis(u))
	v.Until = earliest(v.Until, lasts)
	if v.Allow && j.q.Act == Keep {
		return j.keep(u, v)
	}
	return v
}

// barred judges what goes before any basis. It parts nobody: what may be used for
// nothing stays with its person, so that it is found with all that it bears on.
func (j *judge) barred() (cdp.Verdict, bool) {
	if j.q.Act == Keep || j.q.Act == Link {
		return cdp.Verdict{}, false
	}
	if e, ok := j.erased(); ok {
		v := j.deny(nil, "suppressed", "an endpoint of the record is on the suppression list after an erasure or an objection", "Art. 17(1), 21(3)")
		v.Facts = append(slices.Clip(v.Facts), "origin="+e.Origin, "since="+day(SuppressionBegins(&e)))
		return v, true
	}
	return j.restricted()
}

// unknown judges whether register and source can be relied on at all.
func (j *judge) unknown() (cdp.Verdict, bool) {
	switch s := &j.q.Source; {
	case j.reg == nil:
		return j.deny(nil, "register.none", "no activity register is active, so no basis is known", "Art. 5(2), 30(1)"), true
	case j.q.At.Before(j.reg.from):
		v := j.deny(nil, "register.later", "this version of the register is in force from "+j.reg.From.String(), "Art. 5(2), 30(1)")
		v.From = j.reg.from
		return v, true
	case j.src == nil:
		return j.deny(nil, "source.unknown", "the activity register has no entry for this source, and nothing is guessed", "Art. 5(2), 30(1)"), true
	case s.Controller != "" && s.Controller != j.src.Controller:
		return j.deny(nil, "source.controller", "mapping and register name different controllers for this source", "Art. 4(7), 5(2)"), true
	}
	return cdp.Verdict{}, false
}

// use returns the activity that the question is about, or the verdict that
// there is none.
func (j *judge) use() (*use, cdp.Verdict) {
	id := j.q.Activity
	if j.q.Act == Link {
		switch named := j.q.Source.Link; {
		case j.src.link == nil || named == noLink:
			return nil, j.deny(nil, "activity.none", "the register names no activity of this source as ground for linking", "Art. 5(1)(b)")
		case named != "" && named != j.src.Link:
			return nil, j.deny(nil, "activity.differs", "mapping and register name different activities as ground for linking", "Art. 5(1)(b)")
		case len(j.f.Activities) > 0 && !slices.Contains(j.f.Activities, j.src.Link):
			return nil, j.deny(j.src.link, "activity.record", "that activity, the source's ground for linking, does not apply to this record", "Art. 5(1)(b)")
		}
		return j.src.link, cdp.Verdict{}
	}
	if u := j.src.use(id); u != nil {
		return u, cdp.Verdict{}
	}
	if j.reg.activities[id] == nil {
		return nil, j.deny(nil, "activity.unknown", "the register knows no such activity", "Art. 5(1)(b), 30(1)(b)")
	}
	return nil, j.deny(nil, "activity.source", "the register does not let this source feed that activity", "Art. 5(1)(b)")
}

// basis judges the basis of an activity for the record.
func (j *judge) basis(u *use) cdp.Verdict {
	now := j.q.At
	art := u.activity.Basis.Article()
	switch {
	case j.f.Criminal && u.activity.Condition != "A10":
		return j.deny(u, "criminal", "it is about criminal convictions or offences, and no law is named that allows it", "Art. 10")
	case u.flaw != nil:
		return j.deny(u, u.flaw.rule, u.flaw.cause, art)
	case now.Before(u.begin):
		v := j.deny(u, "basis.later", "its basis begins on "+day(u.begin), art)
		v.From = u.begin
		return v
	case !u.review.IsZero() && !now.Before(u.review):
		return j.deny(u, "legitimate_interest.review", "its balancing test was due for review by "+day(u.review.AddDate(0, 0, -1)), art)
	case !u.end.IsZero() && !now.Before(u.end):
		return j.deny(u, "basis.ended", "its basis ended on "+day(u.end.AddDate(0, 0, -1)), art)
	}
	if v, ok := j.unreached(u); ok {
		return v
	}
	var next time.Time // at which an objection may change by itself
	if len(j.f.Consents) > 0 {
		var v cdp.Verdict
		if v, next = j.objected(u); v.Rule != "" {
			return v
		}
	}
	if u.activity.Basis == cdp.BasisConsent {
		return j.consent(u, next)
	}
	v := u.allow[slices.Index(acts[:], j.q.Act)]
	v.Until = earliest(v.Until, next)
	if len(j.f.Grounds) > 0 || u.activity.Basis == cdp.BasisContract && (u.activity.Contract.Evidence == "ground" || len(j.f.Touchpoints) > 0 || j.f.EndsUnread) {
		v = j.ground(u, v)
	}
	return j.special(u, v)
}

// keep judges what outlasts a request for erasure. A consent does not: asking
// for erasure withdraws it. Whether a legitimate interest overrides the
// request is for a person to say.
func (j *judge) keep(u *use, v cdp.Verdict) cdp.Verdict {
	switch u.activity.Basis {
	case cdp.BasisConsent:
		return j.deny(u, "consent.erasure", "it rests on consent, which the request for erasure withdraws", "Art. 17(1)(b)")
	case cdp.BasisLegitimate:
		return j.deny(u, "legitimate_interest.erasure", "it rests on a legitimate interest; whether that overrides the request is for a person to decide", "Art. 17(1)(c)")
	case cdp.BasisLaw:
		v.Article = "Art. 17(3)(b)"
	case cdp.BasisPublicTask:
		v.Article = "Art. 17(3)(b)"
	default:
		v.Article = "Art. 17(1)(a)"
	}
	at := j.f.RecordAt
	if at.IsZero() {
		at = j.f.Recorded
	}
	end := u.activity.retainedUntil(at, j.grounds(u))
	if !end.IsZero() && !j.q.At.Before(end) {
		return j.deny(u, "retention.passed", "its retention ended on "+day(end.AddDate(0, 0, -1)), "Art. 5(1)(e)")
	}
	v.Until = earliest(v.Until, end)
	return v
}

// earliest returns the earlier of two times, of which zero means never.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func day(t time.Time) string { return t.Format(time.DateOnly) }
