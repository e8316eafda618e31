package lint

import (
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/policy"
)

// A judged is something that was done, with what policy says of that moment as
// it is known now.
type judged struct {
	at      time.Time
	what    string // kind of touchpoint
	ours    bool   // we caused it
	verdict cdp.Verdict
	later   time.Time // a consent for it was given then, after it was done
}

// ask asks policy about an act for a purpose at a time: the first activity of
// the record's source for that purpose that allows it, or else the first that
// does not. The answer is false when the source feeds no activity for it.
func (s *Scope) ask(act policy.Act, r *Record, purpose cdp.PurposeID, recipient string, channel cdp.Channel, at time.Time) (v cdp.Verdict, ok bool) {
	reg := s.at(at)
	src, known := reg.Source(r.Source)
	if !known {
		return v, false
	}
	q := policy.Question{Act: act, Source: cdp.Source{ID: r.Source, Controller: src.Controller}, Recipient: recipient, Channel: channel, At: at}
	f := r.Facts
	f.Register = reg
	if at.Before(reg.ValidFrom()) {
		q.At = reg.ValidFrom() // judged by the first version there is
	}
	for _, id := range src.Activities {
		a, found := reg.Activity(id)
		if !found || a.Purpose != purpose {
			continue
		}
		q.Activity = id
		if w := policy.Decide(q, f); !ok || w.Allow {
			v, ok = w, true
		}
		if v.Allow {
			break
		}
	}
	return v, ok
}

// reason is the rule of a verdict without the act: "consent.withdrawn".
func reason(v cdp.Verdict) string {
	_, after, _ := strings.Cut(v.Rule, ".")
	return after
}

func objectedTo(v cdp.Verdict) bool { return strings.HasSuffix(v.Rule, ".objected") }

// suppressed reports a place on the suppression list.
func suppressed(v cdp.Verdict) bool { return reason(v) == "suppressed" }

func restricted(v cdp.Verdict) bool { return strings.HasPrefix(reason(v), "restricted") }

// saidNo reports whether the person had said so that it must not be.
func saidNo(v cdp.Verdict) bool {
	return withdrawn(v) || objectedTo(v) || suppressed(v) || restricted(v)
}

func withdrawn(v cdp.Verdict) bool {
	r := reason(v)
	return r == "consent.withdrawn" || r == "consent.revoked"
}

// uses are the touchpoints of a record that may have been unlawful: judged
// once, for all rules.
func (r *Record) uses(s *Scope) []judged {
	if r.judgedUses {
		return r.used
	}
	r.judgedUses = true
	no := slices.ContainsFunc(r.Facts.Consents, func(c cdp.Consent) bool { return c.State.Restrictive() })
	for i := range r.Touchpoints {
		t := &r.Touchpoints[i]
		ours := s.Pack.outgoing(t.Kind)
		if t.Purpose == "" || t.At.IsZero() || !ours && !no {
			continue
		}
		channel := t.Channel
		if !ours {
			channel = ""
		}
		v, ok := s.ask(policy.Use, r, t.Purpose, "", "", t.At)
		if ok && v.Allow && channel != "" { // a no for this channel alone
			if w, _ := s.ask(policy.Use, r, t.Purpose, "", channel, t.At); !w.Allow && (withdrawn(w) || objectedTo(w)) {
				v = w
			}
		}
		if ok && !v.Allow {
			r.used = append(r.used, judged{at: t.At, what: t.Kind, ours: ours, verdict: v, later: r.consented(v, t.At)})
		}
	}
	return r.used
}

// consented returns when a consent for the activity of a verdict was first
// given after a time, zero when none was.
func (r *Record) consented(v cdp.Verdict, after time.Time) (first time.Time) {
	var purpose cdp.PurposeID
	for _, f := range v.Facts {
		if p, ok := strings.CutPrefix(f, "consent purpose="); ok {
			purpose = cdp.PurposeID(p)
		}
	}
	for i := range r.Facts.Consents {
		if c := &r.Facts.Consents[i]; purpose != "" && c.Purpose == purpose && c.State.ValidForProcessing() && c.At.After(after) {
			first = earlier(first, c.At)
		}
	}
	return first
}

// hit tells of what was done, on what it was judged.
func (j *judged) hit(r *Record) Hit {
	return r.hit(j.at, judgedFacts(j.verdict, "touchpoint="+j.what)...)
}

// judgedFacts are facts followed by the rule of a verdict and what it rested
// on, each once; which source it was stands beside them.
func judgedFacts(v cdp.Verdict, facts ...string) []string {
	facts = append(facts, "rule="+v.Rule, "register="+short(v.Register))
	for _, f := range v.Facts {
		if !slices.Contains(facts, f) && !strings.HasPrefix(f, "source=") {
			facts = append(facts, f)
		}
	}
	return facts
}

func short(hash string) string { return hash[:min(12, len(hash))] }

// basis is how the purpose of a share was judged, whoever gets it.
func (x *Share) basis(s *Scope) (cdp.Verdict, bool) {
	return s.ask(policy.Use, x.Of, x.Purpose, "", "", x.At)
}

// allowed is how the share was judged, its recipient included.
func (x *Share) allowed(s *Scope) (cdp.Verdict, bool) {
	return s.ask(policy.Share, x.Of, x.Purpose, x.Recipient, "", x.At)
}

func (x *Share) hit(facts ...string) Hit {
	return x.Of.hit(x.At, append([]string{"recipient=" + x.Recipient, "purpose=" + string(x.Purpose)}, facts...)...)
}

func (x *Share) judgedHit(v cdp.Verdict) Hit {
	return x.Of.hit(x.At, judgedFacts(v, "recipient="+x.Recipient, "purpose="+string(x.Purpose))...)
}
