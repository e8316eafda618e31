package policy

import (
	"cmp"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
)

// An Interval is a time in which a record had a basis for an activity, with its
// proof.
type Interval struct {
	From, To time.Time // [From, To); zero To: as far as is known, without end
	Purpose  cdp.PurposeID
	Verdict  cdp.Verdict // that held in it: basis, activity, rule, the facts that prove it, register version
	// Ended is the verdict that holds from To on: why it ended. One that allows
	// says that another proof or another register version took over. It is zero
	// without an end.
	Ended cdp.Verdict
}

// Intervals is the history of the basis of a record for an activity (or, for
// Link, of its ground for linking), oldest first, by the versions of the
// register that were in force: as of each instant, from what was known at a
// time (zero: all). They agree with [Decide]: an instant is in an interval when
// Decide, asked as of it with the register in force then, allows. Quiet hours
// and how often the person wants to be spoken to are left out: they come and go
// and end no basis.
func Intervals(q Question, f Facts, versions []Version, known time.Time) []Interval {
	h := historian{q: q, f: f, versions: versions, known: known}
	h.forget()
	var out []Interval
	at := h.instants()
	for i, t := range at {
		v := h.judge(t)
		if n := len(out); n > 0 && out[n-1].To.IsZero() {
			last := &out[n-1]
			if v.Allow && sameProof(&v, &last.Verdict) {
				last.Verdict.Until = v.Until
				continue
			}
			last.To, last.Ended = t, v
		}
		if v.Allow {
			iv := Interval{From: at[i], Verdict: v}
			if a, ok := h.register(t).Activity(v.Activity); ok {
				iv.Purpose = a.Purpose
			}
			out = append(out, iv)
		}
	}
	return out
}

// PurposeIntervals is the history of the basis of a record for a purpose: the
// intervals of every activity for it that any version of the register lets the
// source feed, by their beginning.
func PurposeIntervals(q Question, p cdp.PurposeID, f Facts, versions []Version, known time.Time) []Interval {
	var activities []cdp.ActivityID
	for _, v := range versions {
		s, _ := v.Source(q.Source.ID)
		for _, id := range s.Activities {
			if !slices.Contains(activities, id) {
				activities = append(activities, id)
			}
		}
	}
	slices.Sort(activities)
	var out []Interval
	for _, id := range activities {
		q.Activity = id
		for _, iv := range Intervals(q, f, versions, known) {
			if iv.Purpose == p {
				out = append(out, iv)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Interval) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Verdict.Activity, b.Verdict.Activity))
	})
	return out
}

func sameProof(a, b *cdp.Verdict) bool {
	return a.Rule == b.Rule && a.Register == b.Register && a.Activity == b.Activity && slices.Equal(a.Facts, b.Facts)
}

// A historian asks the same question as of every instant at which its answer
// can change.
type historian struct {
	q        Question
	f        Facts
	versions []Version
	known    time.Time
}

// forget leaves out what was not known.
func (h *historian) forget() {
	from := cdp.Standpoint{Known: h.known}
	h.f.Consents = slices.DeleteFunc(slices.Clone(h.f.Consents), func(c cdp.Consent) bool { return !from.Knew(c.Recorded) })
	h.f.Preferences = slices.DeleteFunc(slices.Clone(h.f.Preferences), func(p cdp.Preference) bool { return !from.Knew(p.Recorded) })
	h.f.Restrictions = slices.DeleteFunc(slices.Clone(h.f.Restrictions), func(e cdp.Restriction) bool { return !from.Knew(e.Recorded) })
	h.f.Suppressions = slices.DeleteFunc(slices.Clone(h.f.Suppressions), func(e cdp.Suppression) bool { return !from.Knew(e.Recorded) })
	h.f.Contacts = nil
	for i := range h.f.Preferences {
		h.f.Preferences[i].Quiet, h.f.Preferences[i].Frequency = cdp.Quiet{}, ""
	}
}

func (h *historian) register(t time.Time) *Register {
	return InForce(h.versions, cdp.Standpoint{At: t, Known: h.known})
}

func (h *historian) judge(t time.Time) cdp.Verdict {
	q, f := h.q, h.f
	q.At, f.Register = t, h.register(t)
	return Decide(q, f)
}

// instants are those at which the verdict can change, in order: the times of
// the facts and of the register's versions, and what the verdicts there say
// about when time alone changes them.
func (h *historian) instants() []time.Time {
	var todo []time.Time
	add := func(times ...time.Time) {
		for _, t := range times {
			if !t.IsZero() {
				todo = append(todo, t)
			}
		}
	}
	for _, v := range h.versions {
		if v.Register != nil {
			add(v.ValidFrom())
		}
	}
	for i := range h.f.Consents {
		c := &h.f.Consents[i]
		add(c.At, c.Recorded, c.Expires)
	}
	for i := range h.f.Preferences {
		add(h.f.Preferences[i].At, h.f.Preferences[i].Recorded)
	}
	for i := range h.f.Restrictions {
		add(RestrictionBegins(&h.f.Restrictions[i]))
	}
	for i := range h.f.Suppressions {
		add(SuppressionBegins(&h.f.Suppressions[i]))
	}
	for i := range h.f.Grounds {
		add(h.f.Grounds[i].From, h.f.Grounds[i].To)
	}
	for i := range h.f.Touchpoints {
		add(h.f.Touchpoints[i].At)
	}
	var out []time.Time
	seen := map[int64]bool{}
	for len(todo) > 0 {
		t := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[t.UnixNano()] {
			continue
		}
		seen[t.UnixNano()] = true
		out = append(out, t)
		v := h.judge(t)
		for _, next := range [...]time.Time{v.From, v.Until} {
			if next.After(t) {
				add(next)
			}
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}
