package policy

import (
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/rulefile"
)

// A source is an entry of the register prepared for judging, because every
// record of the source is judged by it.
type source struct {
	Source
	uses       []*use // per activity, in the entry's order
	link       *use   // nil for none
	categories map[string]bool
}

// A use is one activity as one source feeds it.
type use struct {
	activity   *Activity
	with       *Activity // whose contract takes this one along when it ends
	purpose    *Purpose
	consentFor cdp.PurposeID
	begin, end time.Time // zero: open
	review     time.Time // of the balancing test: no basis from then on
	flaw       *flaw     // why the basis is no basis whatever the record says
	facts      []string  // of every verdict about it; full, so that append copies
	allow      [len(acts)]cdp.Verdict
}

// A flaw makes a basis invalid by what the register itself says.
type flaw struct {
	rule, cause string
}

func (r *Register) compile() {
	r.purposes = make(map[cdp.PurposeID]*Purpose, len(r.Purposes))
	for i := range r.Purposes {
		r.purposes[r.Purposes[i].ID] = &r.Purposes[i]
	}
	r.activities = make(map[cdp.ActivityID]*Activity, len(r.Activities))
	for i := range r.Activities {
		r.activities[r.Activities[i].ID] = &r.Activities[i]
	}
	r.notices = make(map[string]*Notice, len(r.Notices))
	for i := range r.Notices {
		r.notices[r.Notices[i].ID] = &r.Notices[i]
	}
	r.recipients = make(map[string]*Recipient, len(r.Recipients))
	for i := range r.Recipients {
		r.recipients[r.Recipients[i].ID] = &r.Recipients[i]
	}
	r.sources = make(map[cdp.SourceID]*source, len(r.Sources))
	for i := range r.Sources {
		s := &source{Source: r.Sources[i], categories: map[string]bool{}}
		for _, id := range s.Activities {
			u := r.use(s, r.activities[id])
			s.uses = append(s.uses, u)
			for _, c := range u.purpose.Categories {
				s.categories[c] = true
			}
			if id == s.Link {
				s.link = u
			}
		}
		r.sources[s.ID] = s
	}
}

func (r *Register) use(s *source, a *Activity) *use {
	u := &use{activity: a, purpose: r.purposes[a.Purpose], consentFor: a.Purpose}
	u.facts = []string{"controller=" + s.Controller, "source=" + string(s.ID), "activity=" + string(a.ID), "purpose=" + string(a.Purpose)}
	if a.ValidFrom != nil {
		u.begin = a.ValidFrom.In(time.UTC)
	}
	if a.ValidTo != nil {
		u.end = after(*a.ValidTo)
	}
	rule, cause := string(a.Basis)+".valid", ""
	switch a.Basis {
	case cdp.BasisConsent:
		if a.Consent != nil && a.Consent.Purpose != "" {
			u.consentFor = a.Consent.Purpose
		}
		u.facts = append(u.facts, "consent purpose="+string(u.consentFor))
	case cdp.BasisContract:
		u.with = r.activities[a.Contract.EndsWith]
		rule, cause = "contract.open", "the contract with the person ("+a.Contract.Ref+") is open"
		u.facts = append(u.facts, "contract="+a.Contract.Ref)
	case cdp.BasisLaw:
		cause = "a law asks for it (" + a.Law + ")"
		u.facts = append(u.facts, "law="+a.Law)
	case cdp.BasisPublicTask:
		cause = "it is a public task (" + a.Law + ")"
		u.facts = append(u.facts, "law="+a.Law)
	case cdp.BasisVital:
		cause = "it protects a vital interest (" + a.Vital.Ref + ")"
		u.facts = append(u.facts, "vital interest="+a.Vital.Ref)
	case cdp.BasisLegitimate:
		cause = u.legitimate(a)
	}
	u.facts = slices.Clip(u.facts)
	for i, act := range acts {
		u.allow[i] = cdp.Verdict{
			Allow: true, Rule: string(act) + "." + rule, Reason: act.says(true, u.purpose) + cause + ".",
			Article: a.Basis.Article(), Basis: a.Basis, Activity: a.ID, Facts: u.facts,
			From: u.begin, Until: u.end, Register: r.hash,
		}
	}
	return u
}

// legitimate judges the balancing test and returns why the interest prevails.
func (u *use) legitimate(a *Activity) (cause string) {
	b := a.Balancing
	if b == nil {
		u.flaw = &flaw{"legitimate_interest.unbalanced", "it rests on a legitimate interest, and the register holds no balancing test"}
		return ""
	}
	u.facts = append(u.facts, "balancing test="+b.Date.String(), "review by="+b.ReviewBy.String())
	day := b.Date.In(time.UTC)
	switch {
	case b.Outcome != "passed":
		u.flaw = &flaw{"legitimate_interest.failed", "the balancing test of " + b.Date.String() + " found that the person's interests prevail"}
	case !u.begin.IsZero() && day.After(u.begin):
		u.flaw = &flaw{"legitimate_interest.late", "the balancing test of " + b.Date.String() + " was made after the activity began on " + a.ValidFrom.String()}
	case u.begin.IsZero():
		u.begin = day // an interest that nobody has weighed is no basis yet
	}
	if review := after(b.ReviewBy); u.end.IsZero() || review.Before(u.end) {
		u.end, u.review = review, review
	}
	return "a legitimate interest prevails (balancing test of " + b.Date.String() + ", review by " + b.ReviewBy.String() + ")"
}

// use returns an activity as the source feeds it, nil when it does not.
func (s *source) use(id cdp.ActivityID) *use {
	for _, u := range s.uses {
		if u.activity.ID == id {
			return u
		}
	}
	return nil
}

// after returns the first moment after a day.
func after(d rulefile.Date) time.Time { return d.In(time.UTC).AddDate(0, 0, 1) }

// allows reports whether a data category is needed for any purpose of the
// source.
func (s *source) allows(category string) bool {
	for {
		if s.categories[category] {
			return true
		}
		i := strings.LastIndexByte(category, '.')
		if i < 0 {
			return false
		}
		category = category[:i]
	}
}

// Starts of a retention period that can be computed from a record and its
// contract; the others need facts that are not here.
const (
	startCollection = "collection"
	startYearEnd    = "end_of_year"
	startJuly       = "first_of_july"
	startContract   = "contract_end"
)

func starts() []string {
	return []string{startCollection, startYearEnd, startJuly, startContract, "consent_end", "last_contact"}
}

// retainedUntil returns when the retention of a record ends, zero when that is
// not known.
func (a *Activity) retainedUntil(at time.Time, grounds []cdp.Ground) time.Time {
	switch a.Retention.Start {
	case startCollection:
	case startYearEnd:
		if !at.IsZero() {
			at = time.Date(at.Year()+1, 1, 1, 0, 0, 0, 0, at.Location())
		}
	case startJuly:
		if !at.IsZero() {
			at = time.Date(at.Year()+1, 7, 1, 0, 0, 0, 0, at.Location())
		}
	case startContract:
		at = time.Time{}
		for _, g := range grounds {
			switch {
			case g.Activity != a.ID:
			case g.To.IsZero():
				return time.Time{}
			case g.To.After(at):
				at = g.To
			}
		}
	default:
		return time.Time{}
	}
	if at.IsZero() {
		return at
	}
	return a.Retention.Period.AddTo(at)
}
