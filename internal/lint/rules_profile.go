package lint

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/policy"
)

// notInformed tells of records that were obtained from a third party, when the
// person was not told within the month, or before the first message or
// disclosure if that came sooner (Art. 14(3)).
func notInformed(s *Scope, p *Profile, emit func(Hit)) {
	for _, r := range p.Records {
		if !thirdParty(s, r) {
			continue
		}
		obtained := r.time()
		due, why := s.Pack.Numbers.InformWithin.Period.AddTo(obtained.In(s.Zone)).UTC(), "a month after it was obtained"
		told := time.Time{}
		for _, o := range p.Records {
			for i := range o.Touchpoints {
				t := &o.Touchpoints[i]
				if t.At.IsZero() || t.At.Before(obtained) {
					continue
				}
				if slices.Contains(s.Pack.Informing, t.Kind) {
					told = earlier(told, t.At)
				} else if s.Pack.outgoing(t.Kind) && t.Channel != "system" && t.At.Before(due) {
					due, why = t.At, "the first message"
				}
			}
		}
		for i := range r.Shares {
			if at := r.Shares[i].At; !at.IsZero() && !at.Before(obtained) && at.Before(due) {
				due, why = at, "the first disclosure"
			}
		}
		if !told.IsZero() && !told.After(due) || told.IsZero() && s.Now.Before(due) {
			continue
		}
		facts := []string{"obtained=" + stamp(obtained), "due=" + stamp(due), "by=" + why}
		if told.IsZero() {
			facts = append(facts, "informed=never")
		} else {
			facts = append(facts, "informed="+stamp(told))
		}
		emit(r.hit(due, facts...))
	}
}

// thirdParty reports whether a record was not obtained from the person.
func thirdParty(s *Scope, r *Record) bool {
	if s.Register != nil {
		if src, ok := s.Register.Source(r.Source); ok {
			return src.Collection == "third_party"
		}
	}
	return r.Delivered != nil && r.Delivered.Source.Collection == "third_party"
}

// minor tells of permissions by somebody who was too young to give them alone,
// by any birth date of the profile and the law of the country of the record's
// controller or, where the profile says one, of the person.
func minor(s *Scope, p *Profile, emit func(Hit)) {
	born, country := time.Time{}, ""
	for _, r := range p.Records {
		for i := range r.Attributes {
			switch a := &r.Attributes[i]; {
			case a.Name == "birth_date":
				if t, err := time.Parse(time.DateOnly, a.Value.Reveal()); err == nil && t.After(born) {
					born = t // of two the one that protects
				}
			case a.Name == "country" && len(a.Value) == 2:
				country = a.Value.Reveal()
			}
		}
	}
	if born.IsZero() || s.Register == nil {
		return
	}
	for _, r := range p.Records {
		for i := range r.Consents {
			c := &r.Consents[i]
			if !c.State.ValidForProcessing() || c.Speaker.Responsible() || c.At.IsZero() {
				continue
			}
			if purpose, ok := s.Register.Purpose(c.Purpose); ok && purpose.Society != nil && !*purpose.Society {
				continue
			}
			where := country
			if where == "" && r.Delivered != nil {
				where = r.Delivered.Source.Country
			}
			limit, ok := s.Register.ConsentAge(where, c.At)
			if age := policy.Age(born, c.At); ok && age < limit.Age {
				emit(consentHit(r, c, "age="+strconv.Itoa(age), "needed="+strconv.Itoa(limit.Age), "country="+where, "law="+limit.Law))
			}
		}
	}
}

// ssoLink tells of a login that leads to records of several controllers.
func ssoLink(_ *Scope, p *Profile, emit func(Hit)) {
	for _, c := range p.Crossed {
		var at time.Time
		for _, r := range p.Records {
			if slices.ContainsFunc(r.Claims, func(x cdp.Claim) bool { return x.Identifier.Same(c.Identifier) }) && r.time().After(at) {
				at = r.time()
			}
		}
		emit(Hit{Ref: cdp.Ref{Kind: "profile", ID: p.ID.String()}, At: at,
			Facts: []string{"identifier=" + c.Identifier.String(), "controllers=" + strings.Join(c.Controllers, ", ")}})
	}
}
