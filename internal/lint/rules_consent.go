package lint

import (
	"slices"
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

func preTicked(_ *Scope, r *Record, emit func(Hit)) {
	stated(r, func(c *cdp.Consent) {
		if c.PreTicked && (c.State.ValidForProcessing() || c.State == cdp.ConsentPending) {
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

// incomplete tells of a consent that counts, when the record states the last
// permission of it.
func incomplete(s *Scope, r *Record, emit func(Hit)) {
	stated(r, func(c *cdp.Consent) {
		if !c.State.ValidForProcessing() {
			return
		}
		events := about(r, c)
		for _, d := range events {
			if d.State.ValidForProcessing() && (d.At.After(c.At) || d.At.Equal(c.At) && d.Record > r.ID) {
				return
			}
		}
		if now := policy.Fold(events, s.Now); now.State.ValidForProcessing() && len(now.Missing) > 0 {
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

func conditional(_ *Scope, r *Record, emit func(Hit)) {
	stated(r, func(c *cdp.Consent) {
		if c.Conditional && c.State.ValidForProcessing() {
			emit(consentHit(r, c))
		}
	})
}

// stale tells of the last permission of an endpoint, when the notice has
// materially changed since.
func stale(s *Scope, r *Record, emit func(Hit)) {
	stated(r, func(c *cdp.Consent) {
		if !c.State.ValidForProcessing() || !lastYes(s, r, c) {
			return
		}
		if n, from, ok := s.Register.ChangedSince(c.Purpose, c.Notice, c.At); ok && !from.After(s.Now) {
			emit(consentHit(r, c, "changed by="+n.ID, "changed="+stamp(n.From.In(time.UTC))))
		}
	})
}

// lastYes reports whether an event of the record is the permission that counts
// now for its endpoint, or would count on the text as it is.
func lastYes(s *Scope, r *Record, c *cdp.Consent) bool {
	events := about(r, c)
	for _, d := range events {
		switch {
		case d.At.After(s.Now):
		case d.State.ValidForProcessing() && (d.At.After(c.At) || d.At.Equal(c.At) && d.Record > r.ID),
			d.State.Restrictive() && !d.At.Before(c.At):
			return false
		}
	}
	return true
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

// bundled tells of permissions for several purposes that one act gave: the
// source says so, or the same proof stands for all of them in one second.
func bundled(_ *Scope, r *Record, emit func(Hit)) {
	var done []*cdp.Consent
	stated(r, func(c *cdp.Consent) {
		if c.Bundled && c.State.ValidForProcessing() {
			emit(consentHit(r, c, "the source says so"))
			return
		}
		if !c.State.ValidForProcessing() || c.Proof == "" || slices.ContainsFunc(done, func(d *cdp.Consent) bool { return oneAct(c, d) }) {
			return
		}
		done = append(done, c)
		var purposes []string
		stated(r, func(d *cdp.Consent) {
			if d.State.ValidForProcessing() && !d.Bundled && oneAct(c, d) && !slices.Contains(purposes, string(d.Purpose)) {
				purposes = append(purposes, string(d.Purpose))
			}
		})
		if slices.Sort(purposes); len(purposes) > 1 {
			emit(consentHit(r, c, "purposes="+strings.Join(purposes, ", ")))
		}
	})
}

// oneAct reports whether two permissions of a record were given by one act.
func oneAct(c, d *cdp.Consent) bool {
	return c.Endpoint.Same(d.Endpoint) && c.Proof == d.Proof && c.Method == d.Method && c.At.Unix() == d.At.Unix()
}
