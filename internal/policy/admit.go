package policy

import (
	"cmp"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
)

// A Subject is a record at the gate in, with what is known at its endpoints.
type Subject struct {
	Source     cdp.Source // as its mapping describes it; the register has the last word
	RecordAt   time.Time
	Recorded   time.Time
	Claims     []cdp.Claim
	Attributes []cdp.Attribute
	Grounds    []cdp.Ground
	Activities []cdp.ActivityID // of the source's, those that apply to the record; empty for all
	Consents   []cdp.Consent    // events at all its endpoints, from any source, its own included
	// Preferences are statements at all its endpoints, from any source; Touchpoints
	// those that may end a contract. Born and Country are what is known of the
	// person elsewhere; where they are zero the record's own attributes count.
	Preferences []cdp.Preference
	Touchpoints []cdp.Touchpoint
	EndsUnread  bool // see Facts
	Born        time.Time
	BirthUnread bool // see Terms
	Country     string
	Deleted     bool // the record says that its row is gone
	// Restrictions are statements on its row (Art. 18), Suppressions those of the
	// suppression list at any of its endpoints.
	Restrictions []cdp.Restriction
	Suppressions []cdp.Suppression
}

// Findings of a ruling. A detail may follow after ": ".
const (
	FindingBeforeBasis = "hold.before_basis"       // every basis it has began after the record's time
	FindingRetention   = "hold.retention_passed"   // for all activities that hold it
	FindingUnreadable  = "consent.unreadable"      // the source said something that can not be read
	FindingConflict    = "consent.conflict"        // yes and no at the same instant
	FindingPreTicked   = "consent.pre_ticked"      // Rec. 32
	FindingChild       = "consent.child"           // by a child alone, Art. 8(1)
	FindingBundled     = "consent.bundled"         // one act for several purposes, Art. 7(2)
	FindingConditional = "consent.conditional"     // a service was made to depend on it, Art. 7(4)
	FindingFuture      = "consent.future"          // dated ahead of the clock
	FindingIncomplete  = "consent.incomplete"      // a permission without notice, method, time, language or proof
	FindingPurpose     = "consent.purpose_unknown" // for a purpose that the register does not have
	FindingCategory    = "category.not_allowed"    // needed for none of its purposes; detail: the category
	FindingSpecial     = "category.special"        // special category and no activity with a condition of Art. 9 or 10; detail: the kind
	FindingBirth       = "person.birth"            // a birth date is stated that can not be read, or in two ways; detail: which
	FindingController  = "source.controller"       // mapping and register differ on the controller
)

// Admit is the gate in: what becomes of one record, with a verdict for each
// activity it may be held for and for each of its claims. It is a pure
// function. What a claim may join is bounded by the controller, which is the
// first of the Facts of its verdict: the graph joins claims of one controller
// only.
func Admit(s Subject, reg *Register, now time.Time) cdp.Ruling {
	f := Facts{Register: reg, RecordAt: s.RecordAt, Recorded: s.Recorded, Activities: s.Activities, Grounds: s.Grounds,
		Consents: usable(s), Touchpoints: s.Touchpoints, EndsUnread: s.EndsUnread, Preferences: s.Preferences, Restrictions: s.Restrictions, Suppressions: s.Suppressions}
	who := PersonOf(s.Attributes)
	f.Born, f.Country, f.BirthUnread = who.Born, who.Country, who.Unreadable() || s.BirthUnread && who.Born.IsZero()
	f.Criminal = CarriesCriminal(s.Attributes)
	if !s.Born.IsZero() {
		f.Born, f.BirthUnread = s.Born, false
	}
	f.Country = cmp.Or(s.Country, f.Country)
	q := Question{Act: Hold, Source: s.Source, At: now}
	j := judge{reg: reg, src: lookup(reg, s.Source.ID), q: &q, f: &f}
	r := cdp.Ruling{Claims: make([]cdp.Verdict, len(s.Claims))}
	_, suppressed := j.erased()
	if s.Deleted && !suppressed { // a note would bring the endpoint back
		r.Outcome = cdp.HeldApart
		r.Verdict = j.deny(nil, "deleted", "", "Art. 5(1)(d), (e)")
		r.Verdict.Allow, r.Verdict.Reason = true, "Kept as the note that the source has deleted the row; it links nothing."
		q.Act = Link
		v := j.deny(nil, "deleted", "the source has deleted the row", "Art. 5(1)(d), (e)")
		for i := range r.Claims {
			r.Claims[i] = v
		}
		return r
	}
	j.hold(&r)
	_, restricted := j.restricted()
	switch {
	case suppressed:
		r.Outcome = cdp.Refused
	case restricted:
		r.Outcome = cdp.EvidenceOnly
	case !slices.ContainsFunc(r.Holding, func(v cdp.Verdict) bool { return v.Allow }):
		r.Outcome = cdp.Quarantined
	}
	r.Verdict = decisive(r.Holding)
	q.Act, q.Activity = Link, ""
	if j.src != nil && j.src.link != nil {
		q.Activity = j.src.Link
	}
	j.link(s.Claims, &r)
	r.Due = earliest(due(&r, now), j.nextBar())
	if r.Outcome != cdp.Refused {
		j.findings(s, &r)
	}
	return r
}

// usable leaves out what was said at a blocked endpoint: nobody in particular
// said it.
func usable(s Subject) []cdp.Consent {
	blocked := func(c cdp.Consent) bool {
		return slices.ContainsFunc(s.Claims, func(x cdp.Claim) bool { return x.Blocked != "" && x.Identifier.Same(c.Endpoint) })
	}
	if slices.ContainsFunc(s.Consents, blocked) {
		return slices.DeleteFunc(slices.Clone(s.Consents), blocked)
	}
	return s.Consents
}

// hold fills in the verdict for each activity of the record.
func (j *judge) hold(r *cdp.Ruling) {
	v, barred := j.barred()
	if !barred {
		v, barred = j.unknown()
	}
	list := j.f.Activities
	if len(list) == 0 {
		list = j.q.Source.Activities
	}
	if len(list) == 0 && j.src != nil {
		list = j.src.Activities
	}
	r.Holding = make([]cdp.Verdict, 0, max(1, len(list)))
	for _, id := range list {
		j.q.Activity = id
		switch {
		case barred:
			v.Activity = id
			r.Holding = append(r.Holding, v)
		case len(j.f.Activities) > 0 && len(j.q.Source.Activities) > 0 && !slices.Contains(j.q.Source.Activities, id):
			r.Holding = append(r.Holding, j.deny(nil, "activity.source", "the mapping does not let this source feed that activity", "Art. 5(1)(b)"))
		default:
			r.Holding = append(r.Holding, j.decide())
		}
	}
	if len(list) == 0 && barred {
		r.Holding = append(r.Holding, v)
	}
}

// decisive picks the verdict that decided whether the record is held: the
// first that allows, or else the one that will change soonest, or else the
// first.
func decisive(list []cdp.Verdict) cdp.Verdict {
	best := list[0]
	for _, v := range list {
		switch {
		case v.Allow:
			return v
		case !v.From.IsZero() && (best.From.IsZero() || v.From.Before(best.From)):
			best = v
		}
	}
	return best
}

// link fills in the verdict of each claim and, for a record that is held,
// whether it takes part in resolution.
func (j *judge) link(claims []cdp.Claim, r *cdp.Ruling) {
	var apart *cdp.Verdict // the first claim that law holds back, as opposed to what the value is
	linked := false
	for i := range claims {
		j.q.Claim = &claims[i]
		r.Claims[i] = j.decide()
		v := &r.Claims[i]
		switch {
		case v.Allow && !linked:
			linked = true
			if r.Outcome == cdp.Linked {
				r.Verdict = *v
			}
		case !v.Allow && apart == nil && claims[i].Blocked == "" && claims[i].Generic == "" && claims[i].Strength != cdp.LinkNone:
			apart = v
		}
	}
	if linked || r.Outcome != cdp.Linked {
		return
	}
	j.q.Claim = nil
	whole := j.decide()
	switch {
	case apart != nil:
		r.Outcome, r.Verdict = cdp.HeldApart, *apart
	case whole.Allow: // nothing to link by, and nothing against it
		r.Verdict = whole
	default:
		r.Outcome, r.Verdict = cdp.HeldApart, whole
	}
}

// due returns the earliest moment after now at which a verdict can change by
// itself.
func due(r *cdp.Ruling, now time.Time) (at time.Time) {
	soonest := func(v *cdp.Verdict) {
		if v.From.After(now) {
			at = earliest(at, v.From)
		}
		if v.Until.After(now) {
			at = earliest(at, v.Until)
		}
	}
	soonest(&r.Verdict)
	for i := range r.Holding {
		soonest(&r.Holding[i])
	}
	for i := range r.Claims {
		soonest(&r.Claims[i])
	}
	return at
}

// findings notes what an officer should see and what changes no outcome.
func (j *judge) findings(s Subject, r *cdp.Ruling) {
	add := func(name string) {
		if !slices.Contains(r.Findings, name) {
			r.Findings = append(r.Findings, name)
		}
	}
	if j.src == nil {
		return
	}
	if c := s.Source.Controller; c != "" && c != j.src.Controller {
		add(FindingController)
	}
	at := s.RecordAt
	if at.IsZero() {
		at = s.Recorded
	}
	j.heldFindings(r.Holding, at, add)
	j.consentFindings(s.Consents, add)
	var last string
	for i := range s.Attributes {
		a := &s.Attributes[i]
		if kind := a.SpecialKind(); kind != "" && !slices.ContainsFunc(j.src.uses, func(u *use) bool {
			return u.activity.Covers(kind) && (len(s.Activities) == 0 || slices.Contains(s.Activities, u.activity.ID))
		}) {
			add(FindingSpecial + ": " + kind)
		}
		if a.Category == "" || a.Category == last {
			continue
		}
		if last = a.Category; !j.src.allows(last) {
			add(FindingCategory + ": " + last)
		}
	}
	if doubt := birthDoubt(s.Attributes); doubt != "" {
		add(FindingBirth + ": " + doubt)
	}
	slices.Sort(r.Findings)
}

// heldFindings compares the record's time with the bases that hold it. For a
// consent the record is usually older by the time the person needs to answer,
// so only the register's own dates and those of contracts count.
func (j *judge) heldFindings(holding []cdp.Verdict, at time.Time, add func(string)) {
	var held, early, passed int
	later := false
	for i := range holding {
		v := &holding[i]
		later = later || !v.Allow && v.From.After(j.q.At)
		if !v.Allow {
			continue
		}
		held++
		if v.Basis != cdp.BasisConsent && v.From.After(at) {
			early++
		}
		if u := j.src.use(v.Activity); u != nil {
			if end := u.activity.retainedUntil(at, j.grounds(u)); !end.IsZero() && !j.q.At.Before(end) {
				passed++
			}
		}
	}
	if held > 0 && early == held || held == 0 && later {
		add(FindingBeforeBasis)
	}
	if held > 0 && passed == held {
		add(FindingRetention)
	}
}

func (j *judge) consentFindings(consents []cdp.Consent, add func(string)) {
	if len(consents) == 0 {
		return
	}
	for i := range consents {
		if c := &consents[i]; c.Purpose != "" && j.reg.purposes[c.Purpose] == nil && (c.Controller == "" || c.Controller == j.src.Controller) {
			add(FindingPurpose)
		}
	}
	j.q.Channel = ""
	j.standings(func(cdp.PurposeID) bool { return true }, func(o opinion) {
		if !o.readable {
			add(FindingUnreadable)
		}
		if o.conflict {
			add(FindingConflict)
		}
		if o.silent {
			add(FindingPreTicked)
		}
		if o.child {
			add(FindingChild)
		}
		if o.state.ValidForProcessing() && o.bundled {
			add(FindingBundled)
		}
		if o.state.ValidForProcessing() && o.conditional {
			add(FindingConditional)
		}
		if o.ahead {
			add(FindingFuture)
		}
		if o.state.ValidForProcessing() && o.evidence != 1<<len(evidenceNames)-1 {
			add(FindingIncomplete)
		}
	})
}
