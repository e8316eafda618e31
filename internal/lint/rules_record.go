package lint

import (
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/policy"
)

// found returns the details of a finding of the gate in: what follows its name.
func (r *Record) found(name string) (details []string, ok bool) {
	for _, f := range r.Ruling.Findings {
		if rest, is := strings.CutPrefix(f, name); is && (rest == "" || rest[0] == ':') {
			ok = true
			if d := strings.TrimPrefix(rest, ": "); d != "" {
				details = append(details, d)
			}
		}
	}
	return details, ok
}

// beforeBasis tells of a record that is older than every basis it has, and of
// messages sent before the consent they needed.
func beforeBasis(s *Scope, r *Record, emit func(Hit)) {
	if _, ok := r.found(policy.FindingBeforeBasis); ok {
		facts := []string{"record at=" + stamp(r.time())}
		for _, v := range r.Ruling.Holding {
			if v.From.After(r.time()) {
				facts = append(facts, "activity="+string(v.Activity)+" from "+stamp(v.From))
			}
		}
		emit(r.hit(r.time(), facts...))
	}
	for _, u := range r.uses(s) {
		if u.ours && !u.later.IsZero() && !saidNo(u.verdict) {
			h := u.hit(r)
			h.Facts = append(h.Facts, "consent given="+stamp(u.later))
			emit(h)
		}
	}
}

// swapped tells of a withdrawal after which the same purpose came to rest on a
// legitimate interest within the window.
func swapped(s *Scope, r *Record, emit func(Hit)) {
	if len(s.interests) == 0 || len(r.Facts.Consents) == 0 {
		return
	}
	for _, a := range s.activities(r) {
		for _, in := range s.interests[a.Purpose] {
			if in.activity.ID != a.ID {
				continue
			}
			var last time.Time
			for i := range r.Facts.Consents {
				c := &r.Facts.Consents[i]
				if c.State != cdp.ConsentWithdrawn || c.Purpose != a.Purpose || c.At.IsZero() || in.from.Before(c.At) {
					continue
				}
				if !in.from.After(s.Pack.Numbers.SwapWindow.Period.AddTo(c.At)) && c.At.After(last) {
					last = c.At
				}
			}
			if !last.IsZero() {
				emit(r.hit(in.from, "purpose="+string(a.Purpose), "withdrawn="+stamp(last), "activity="+string(a.ID), "legitimate interest from="+stamp(in.from)))
			}
		}
	}
}

func noBasis(_ *Scope, r *Record, emit func(Hit)) {
	if !r.Quarantined {
		return
	}
	v := r.Ruling.Verdict
	facts := []string{"rule=" + v.Rule, "in quarantine since=" + stamp(r.Since)}
	for _, h := range r.Ruling.Holding {
		if h.Rule != v.Rule {
			facts = append(facts, "activity="+string(h.Activity)+" "+h.Rule)
		}
	}
	emit(r.hit(r.Since, facts...))
}

func interestAfterObjection(s *Scope, r *Record, emit func(Hit)) {
	for _, u := range r.uses(s) {
		if objectedTo(u.verdict) && reason(u.verdict) != "marketing.objected" {
			emit(u.hit(r))
		}
	}
}

func usedWhileRestricted(s *Scope, r *Record, emit func(Hit)) {
	for _, u := range r.uses(s) {
		if u.ours && restricted(u.verdict) {
			emit(u.hit(r))
		}
	}
}

func marketingAfterObjection(s *Scope, r *Record, emit func(Hit)) {
	for _, u := range r.uses(s) {
		if u.ours && (reason(u.verdict) == "marketing.objected" || suppressed(u.verdict)) {
			emit(u.hit(r))
		}
	}
}

func useAfterWithdrawal(s *Scope, r *Record, emit func(Hit)) {
	for _, u := range r.uses(s) {
		if u.ours && withdrawn(u.verdict) {
			emit(u.hit(r))
		}
	}
}

// useWithoutBasis tells of the rest: what was withdrawn, objected to or agreed
// to later has rules of its own.
func useWithoutBasis(s *Scope, r *Record, emit func(Hit)) {
	for _, u := range r.uses(s) {
		if u.ours && !saidNo(u.verdict) && u.later.IsZero() {
			emit(u.hit(r))
		}
	}
}

func noCondition(s *Scope, r *Record, emit func(Hit)) {
	special(s, r, emit, func(kind string) bool { return kind != "criminal" }, func(a *policy.Activity) bool { return a.Covers("health") })
}

func noLaw(s *Scope, r *Record, emit func(Hit)) {
	special(s, r, emit, func(kind string) bool { return kind == "criminal" }, func(a *policy.Activity) bool { return a.Condition == "A10" && (a.Law != "" || a.ConditionLaw != "") })
}

// special tells of kinds of special data for which no activity of the record
// has what the law asks for besides a basis.
func special(s *Scope, r *Record, emit func(Hit), about func(kind string) bool, excused func(*policy.Activity) bool) {
	var kinds, names []string
	for i := range r.Attributes {
		a := &r.Attributes[i]
		if kind := a.SpecialKind(); kind != "" && about(kind) && !slices.Contains(names, a.Name) {
			names = append(names, a.Name)
			if !slices.Contains(kinds, kind) {
				kinds = append(kinds, kind)
			}
		}
	}
	if len(names) == 0 || slices.ContainsFunc(s.activities(r), excused) {
		return
	}
	emit(r.hit(r.time(), "kind="+strings.Join(kinds, ", "), "attributes="+strings.Join(names, ", ")))
}

// location tells of where somebody is, kept although no consent holds it.
func location(s *Scope, r *Record, emit func(Hit)) {
	var names []string
	category := ""
	for i := range r.Attributes {
		if a := &r.Attributes[i]; slices.Contains(s.Pack.Precise, a.Category) {
			names, category = append(names, a.Name), a.Category
		}
	}
	if len(names) == 0 {
		return
	}
	for i := range r.Ruling.Holding {
		v := &r.Ruling.Holding[i]
		if a := s.byID(v.Activity); v.Allow && v.Basis == cdp.BasisConsent && a != nil {
			if p, ok := s.Register.Purpose(a.Purpose); ok && p.Needs(category) {
				return
			}
		}
	}
	emit(r.hit(r.time(), "category="+category, "attributes="+strings.Join(names, ", ")))
}

func (s *Scope) byID(id cdp.ActivityID) *policy.Activity {
	if s.Register == nil {
		return nil
	}
	return s.activity(id)
}

func keptTooLong(s *Scope, r *Record, emit func(Hit)) {
	if _, ok := r.found(policy.FindingRetention); !ok {
		return
	}
	facts := []string{"record at=" + stamp(r.time())}
	for _, v := range r.Ruling.Holding {
		if a := s.byID(v.Activity); v.Allow && a != nil {
			facts = append(facts, "activity="+string(a.ID)+" for "+a.Retention.Period.String()+" from "+a.Retention.Start)
		}
	}
	emit(r.hit(r.time(), facts...))
}

func purposeless(_ *Scope, r *Record, emit func(Hit)) {
	if categories, ok := r.found(policy.FindingCategory); ok {
		emit(r.hit(r.time(), "categories="+strings.Join(categories, ", ")))
	}
}

// unknownSource tells of a record of which nobody can say where it came from.
func unknownSource(_ *Scope, r *Record, emit func(Hit)) {
	switch {
	case r.Delivered == nil:
		emit(r.hit(r.time(), "source="+string(r.Source), "the store does not know it"))
	case r.Delivered.Source.System == "" && r.Delivered.Source.Owner == "":
		emit(r.hit(r.time(), "source="+string(r.Source), "system=none", "owner=none"))
	case r.Lineage.Batch == 0:
		emit(r.hit(r.time(), "source="+string(r.Source), "delivery=none"))
	}
}
