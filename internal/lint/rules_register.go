package lint

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/policy"
	"cdp-tui/internal/rights"
)

// activityHits tells of an activity once for each source that feeds it, so
// that it can be muted and searched by source; once alone when none does.
func activityHits(s *Scope, a *policy.Activity, at time.Time, emit func(Hit), facts ...string) {
	h := Hit{Ref: cdp.Ref{Kind: "activity", ID: string(a.ID)}, At: at, Facts: append([]string{"activity=" + string(a.ID), "purpose=" + string(a.Purpose)}, facts...)}
	found := false
	for i := range s.Register.Sources {
		if src := &s.Register.Sources[i]; slices.Contains(src.Activities, a.ID) {
			h.Source, found = src.ID, true
			emit(h)
		}
	}
	if !found {
		emit(h)
	}
}

// ended reports whether an activity is over.
func ended(s *Scope, a *policy.Activity) bool {
	return a.ValidTo != nil && !s.Now.Before(a.ValidTo.In(time.UTC).AddDate(0, 0, 1))
}

func interests(s *Scope, f func(*policy.Activity)) {
	for i := range s.Register.Activities {
		if a := &s.Register.Activities[i]; a.Basis == cdp.BasisLegitimate && !ended(s, a) {
			f(a)
		}
	}
}

func withoutTest(s *Scope, _ *Observed, emit func(Hit)) {
	interests(s, func(a *policy.Activity) {
		switch b := a.Balancing; {
		case b == nil:
			activityHits(s, a, time.Time{}, emit, "balancing test=none")
		case b.Outcome != "passed":
			activityHits(s, a, b.Date.In(time.UTC), emit, "balancing test="+b.Date.String(), "outcome="+b.Outcome)
		}
	})
}

// testLate compares the test with the day on which the activity began and with
// the first record that was held for it.
func testLate(s *Scope, o *Observed, emit func(Hit)) {
	interests(s, func(a *policy.Activity) {
		if a.Balancing == nil {
			return
		}
		day := a.Balancing.Date.In(time.UTC)
		began, by := time.Time{}, ""
		if a.ValidFrom != nil {
			began, by = a.ValidFrom.In(time.UTC), "valid_from="+a.ValidFrom.String()
		}
		for _, src := range s.Register.Sources {
			if !slices.Contains(src.Activities, a.ID) {
				continue
			}
			if seen := o.by[src.ID]; seen != nil && seen.Acts[a.ID] > 0 && !seen.First.IsZero() && (began.IsZero() || seen.First.Before(began)) && (a.ValidFrom == nil) {
				began, by = seen.First, "first record="+stamp(seen.First)
			}
		}
		if !began.IsZero() && day.After(began) {
			activityHits(s, a, began, emit, "balancing test="+a.Balancing.Date.String(), by)
		}
	})
}

func testExpired(s *Scope, _ *Observed, emit func(Hit)) {
	interests(s, func(a *policy.Activity) {
		if b := a.Balancing; b != nil {
			if due := b.ReviewBy.In(time.UTC).AddDate(0, 0, 1); !s.Now.Before(due) {
				activityHits(s, a, due, emit, "balancing test="+b.Date.String(), "review by="+b.ReviewBy.String())
			}
		}
	})
}

func recipientHit(p *policy.Recipient, facts ...string) Hit {
	return Hit{Ref: cdp.Ref{Kind: "recipient", ID: p.ID}, Facts: append([]string{"recipient=" + p.ID, "kind=" + p.Kind, "country=" + p.Country}, facts...)}
}

func recipients(s *Scope, f func(*policy.Recipient)) {
	for i := range s.Register.Recipients {
		f(&s.Register.Recipients[i])
	}
}

// noException tells of decisions by automation alone that none of the
// exceptions of Art. 22(2) covers, or one that does not go with the basis.
func noException(s *Scope, _ *Observed, emit func(Hit)) {
	for i := range s.Register.Activities {
		a := &s.Register.Activities[i]
		d := rights.DecisionOf(a.Automated)
		fits := false
		switch d {
		case rights.DecisionUnknown, rights.DecisionNone:
			continue
		case rights.DecisionContract:
			fits = a.Basis == cdp.BasisContract
		case rights.DecisionLaw:
			fits = a.Law != "" || a.ConditionLaw != ""
		case rights.DecisionConsent:
			fits = a.Basis == cdp.BasisConsent
		}
		if !fits && !ended(s, a) {
			activityHits(s, a, time.Time{}, emit, "basis="+string(a.Basis), "exception="+string(d))
		}
	}
}

// noAssessment tells of impact assessments that are due.
func noAssessment(s *Scope, _ *Observed, emit func(Hit)) {
	for i := range s.Register.Activities {
		a := &s.Register.Activities[i]
		d := a.DPIA
		switch {
		case d == nil || !d.Required || ended(s, a):
		case d.Date == nil:
			activityHits(s, a, time.Time{}, emit, "impact assessment=none")
		case d.ReviewBy != nil && !s.Now.Before(d.ReviewBy.In(time.UTC).AddDate(0, 0, 1)):
			activityHits(s, a, d.ReviewBy.In(time.UTC), emit, "impact assessment="+d.Date.String(), "review by="+d.ReviewBy.String())
		}
	}
}

// sketchy tells of entries that leave open what every answer to a person says.
func sketchy(s *Scope, _ *Observed, emit func(Hit)) {
	tell := func(kind, id string, pairs ...string) {
		if missing := unsaid(pairs...); len(missing) > 0 {
			emit(Hit{Ref: cdp.Ref{Kind: kind, ID: id}, Facts: []string{kind + "=" + id, "not said=" + strings.Join(missing, ", ")}})
		}
	}
	for _, c := range s.Register.Controllers {
		tell("controller", c.ID, "authority", c.Authority, "contact", c.Contact)
	}
	recipients(s, func(p *policy.Recipient) { tell("recipient", p.ID, "region", p.Region) })
	told := make(map[cdp.PurposeID]bool)
	for i := range s.Register.Activities {
		a := &s.Register.Activities[i]
		if ended(s, a) {
			continue
		}
		tell("activity", string(a.ID), "automated", a.Automated)
		if n, ok := s.Register.NoticeAt(a.Purpose, s.Now); !told[a.Purpose] {
			told[a.Purpose] = true
			if !ok {
				n.ID = ""
			}
			tell("purpose", string(a.Purpose), "notice", n.ID)
		}
	}
}

// unconfirmed tells of numbers of law that people or recipients are judged by
// and that no source confirmed.
func unconfirmed(s *Scope, o *Observed, emit func(Hit)) {
	seen := make(map[string]bool)
	for _, x := range o.by {
		for country := range x.Countries {
			seen[strings.ToUpper(country)] = true
		}
	}
	for _, country := range sorted(seen) {
		if a, ok := s.Register.ConsentAge(country, s.Now); ok && a.Unconfirmed != "" {
			emit(Hit{Ref: cdp.Ref{Kind: "register", ID: "age of consent " + a.Country}, Facts: []string{"country=" + a.Country, "age=" + strconv.Itoa(a.Age), "law=" + a.Law, "not confirmed=" + a.Unconfirmed}})
		}
	}
	recipients(s, func(p *policy.Recipient) {
		if g, ok := s.Register.RestsOn(p); ok && g.Unconfirmed != "" {
			emit(recipientHit(p, "transfer ground="+g.ID, "law="+g.Law, "not confirmed="+g.Unconfirmed))
		}
	})
}

func noTool(s *Scope, _ *Observed, emit func(Hit)) {
	recipients(s, func(p *policy.Recipient) {
		if rule, _, _ := s.Register.TransferTo(p.ID, s.Now); rule == "recipient.transfer" {
			emit(recipientHit(p, "transfer tool=none"))
		}
	})
}

// annulledTool tells of tools that hold no longer, or for another country: as
// policy judges them, and where a contract or a document names a ground that a
// court has annulled.
func annulledTool(s *Scope, _ *Observed, emit func(Hit)) {
	recipients(s, func(p *policy.Recipient) {
		rule, cause, _ := s.Register.TransferTo(p.ID, s.Now)
		switch {
		case rule == "recipient.transfer":
		case rule != "":
			emit(recipientHit(p, "transfer tool="+p.Transfer, "rule="+rule, "cause="+cause))
		default:
			if a, ok := s.Pack.annulled(s.Now, p.Contract, p.TransferRef, p.Ground); ok && p.Transfer != "" {
				h := recipientHit(p, "transfer tool="+p.Transfer, "ground="+a.Name, "annulled="+a.From.String(), "by="+a.Cite)
				h.At = a.From.In(time.UTC)
				emit(h)
			}
		}
	})
}

func noContract(s *Scope, _ *Observed, emit func(Hit)) {
	recipients(s, func(p *policy.Recipient) {
		if p.Kind != "processor" && p.Kind != "sub_processor" {
			return
		}
		switch {
		case strings.TrimSpace(p.Contract) == "":
			emit(recipientHit(p, "contract=none"))
		case p.ContractTo != nil && !s.Now.Before(p.ContractTo.In(time.UTC).AddDate(0, 0, 1)):
			h := recipientHit(p, "contract ended="+p.ContractTo.String())
			h.At = p.ContractTo.In(time.UTC).AddDate(0, 0, 1)
			emit(h)
		}
	})
}

func unnamed(s *Scope, _ *Observed, emit func(Hit)) {
	recipients(s, func(p *policy.Recipient) {
		if name := strings.ToLower(strings.Join(strings.Fields(p.Name), " ")); name == "" || slices.Contains(s.Pack.Nameless, name) {
			emit(recipientHit(p))
		}
	})
}

// drift compares what was seen of each declared source with what the register
// lets it do.
func drift(s *Scope, o *Observed, emit func(Hit)) {
	for _, id := range sorted(o.by) {
		src, ok := s.Register.Source(id)
		if !ok {
			continue // SOURCE_UNDECLARED tells of it
		}
		seen, may := o.by[id], s.declared(src.Activities)
		tell := func(at time.Time, n int, facts ...string) {
			emit(Hit{Ref: cdp.Ref{Kind: "source", ID: string(id)}, Source: id, At: at, Facts: append(facts, "seen="+strconv.Itoa(n))})
		}
		for _, c := range sorted(seen.Categories) {
			if !may.needs(c) {
				tell(seen.Last, seen.Categories[c], "category="+c)
			}
		}
		for _, p := range sorted(seen.Purposes) {
			if !slices.Contains(may.purposes, p) {
				tell(seen.Last, seen.Purposes[p], "purpose="+string(p))
			}
		}
		for _, k := range sentKeys(seen.Shares) {
			if n := seen.Shares[k]; !slices.Contains(may.sent, k) {
				tell(n.Last, n.Count, "recipient="+k.Recipient, "purpose="+string(k.Purpose))
			}
		}
	}
}

// A leave is what the register lets activities do.
type leave struct {
	needed   []policy.Purpose
	purposes []cdp.PurposeID
	sent     []Sent
}

func (l *leave) needs(category string) bool {
	return slices.ContainsFunc(l.needed, func(p policy.Purpose) bool { return p.Needs(category) })
}

func (s *Scope) declared(activities []cdp.ActivityID) (l leave) {
	for _, id := range activities {
		a := s.activity(id)
		if a == nil {
			continue
		}
		l.purposes = append(l.purposes, a.Purpose)
		if p, ok := s.Register.Purpose(a.Purpose); ok {
			l.needed = append(l.needed, p)
		}
		for _, r := range a.Recipients {
			l.sent = append(l.sent, Sent{r, a.Purpose})
		}
	}
	return l
}

func unseen(s *Scope, o *Observed, emit func(Hit)) {
	acts, to := map[cdp.ActivityID]bool{}, map[string]bool{}
	for _, seen := range o.by {
		for a := range seen.Acts {
			acts[a] = true
		}
		for k := range seen.Shares {
			to[k.Recipient] = true
		}
	}
	for i := range s.Register.Sources {
		if id := s.Register.Sources[i].ID; o.by[id] == nil {
			emit(Hit{Ref: cdp.Ref{Kind: "source", ID: string(id)}, Source: id, Facts: []string{"declared=source"}})
		}
	}
	for i := range s.Register.Activities {
		if a := &s.Register.Activities[i]; !acts[a.ID] && !ended(s, a) {
			emit(Hit{Ref: cdp.Ref{Kind: "activity", ID: string(a.ID)}, Facts: []string{"declared=activity", "basis=" + string(a.Basis)}})
		}
	}
	recipients(s, func(p *policy.Recipient) {
		if !to[p.ID] {
			emit(recipientHit(p, "declared=recipient"))
		}
	})
}

// neverUsed tells of categories that a source collects for purposes for which
// nothing was done: no touchpoint, no disclosure, no linking. What a law asks
// to be kept is used by being kept.
func neverUsed(s *Scope, o *Observed, emit func(Hit)) {
	used := map[cdp.PurposeID]bool{}
	for id, seen := range o.by {
		for p := range seen.Purposes {
			used[p] = true
		}
		for k := range seen.Shares {
			used[k.Purpose] = true
		}
		if src, ok := s.Register.Source(id); ok && seen.Linked {
			if a := s.activity(src.Link); a != nil {
				used[a.Purpose] = true
			}
		}
	}
	for i := range s.Register.Activities {
		if a := &s.Register.Activities[i]; a.Basis != cdp.BasisConsent && a.Basis != cdp.BasisContract && a.Basis != cdp.BasisLegitimate {
			used[a.Purpose] = true
		}
	}
	for _, id := range sorted(o.by) {
		seen := o.by[id]
		if seen.First.IsZero() || s.Now.Before(s.Pack.Numbers.UnusedAfter.Period.AddTo(seen.First)) {
			continue
		}
		for _, c := range sorted(seen.Categories) {
			var purposes []string
			inUse := false
			for _, a := range s.uses[id] {
				p, ok := s.Register.Purpose(a.Purpose)
				if ok && p.Needs(c) && !slices.Contains(purposes, string(p.ID)) {
					purposes = append(purposes, string(p.ID))
					inUse = inUse || used[p.ID]
				}
			}
			if len(purposes) > 0 && !inUse {
				emit(Hit{Ref: cdp.Ref{Kind: "source", ID: string(id)}, Source: id, At: seen.Last,
					Facts: []string{"category=" + c, "purposes=" + strings.Join(purposes, ", "), "since=" + day(seen.First), "seen=" + strconv.Itoa(seen.Categories[c])}})
			}
		}
	}
}

func sentKeys(m map[Sent]*SentCount) []Sent {
	out := make([]Sent, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b Sent) int {
		if c := strings.Compare(a.Recipient, b.Recipient); c != 0 {
			return c
		}
		return strings.Compare(string(a.Purpose), string(b.Purpose))
	})
	return out
}
