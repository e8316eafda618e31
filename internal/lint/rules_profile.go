package lint

import (
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
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
		for _, o := range slices.Concat([]*Record{r}, p.Before) {
			if o.Source != r.Source || o.Key != r.Key {
				continue
			}
			for i := range o.Shares {
				if at := o.Shares[i].At; !at.IsZero() && !at.Before(obtained) && at.Before(due) {
					due, why = at, "the first disclosure"
				}
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

// notShown tells of people whose first message of direct marketing went out
// before they were told that they may object (Art. 21(4)).
func notShown(s *Scope, p *Profile, emit func(Hit)) {
	if s.Register == nil {
		return
	}
	var first *cdp.Touchpoint
	var of *Record
	var told time.Time
	for _, r := range p.Records {
		for i := range r.Touchpoints {
			t := &r.Touchpoints[i]
			if t.At.IsZero() {
				continue
			}
			if slices.Contains(s.Pack.Informing, t.Kind) {
				told = earlier(told, t.At)
			} else if x, ok := s.Register.Purpose(t.Purpose); ok && x.DirectMarketing && s.Pack.outgoing(t.Kind) && (first == nil || t.At.Before(first.At)) {
				first, of = t, r
			}
		}
	}
	if first == nil || !told.IsZero() && !told.After(first.At) {
		return
	}
	if _, ok := s.at(first.At).NoticeAt(first.Purpose, first.At); ok {
		return
	}
	facts := []string{"touchpoint=" + first.Kind, "purpose=" + string(first.Purpose), "first message=" + stamp(first.At)}
	emit(of.hit(first.At, facts...))
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
