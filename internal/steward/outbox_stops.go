package steward

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// A stop is a cause for which a recipient must stop using what it has.
type stop struct {
	cause   cdp.NoticeCause
	subject cdp.Identifier
	channel cdp.Channel
	event   time.Time
	rule    string
	topic   string // it is about; "" for all
}

// concerns reports whether it stops what was disclosed for the use of a channel.
func (x *stop) concerns(d *disclosure) bool {
	switch {
	case x.topic != "" && x.topic != d.Topic:
		return false
	case x.channel == "" || x.channel == d.channel:
		return true
	case strings.HasPrefix(x.rule, notWanted): // of what sources report nobody knows what the recipient does with it
		return d.channel == "" && d.Mode != "run"
	}
	return d.channel == ""
}

// notWanted begins the rule of a stop that rests on a wish.
const notWanted = "not wanted"

// stops returns why data of a row may not be used for a purpose any more, by
// what the person said or may demand.
func (s *Steward) stops(tx *graph.Tx, reg *policy.Register, f *rowFacts, purpose cdp.PurposeID, now time.Time) (out []stop, err error) {
	if f.person == nil {
		if f.person, err = withTheirs(tx, []graph.Record{f.current}); err != nil {
			return nil, err
		}
	}
	self := selfOf(&f.current.Record)
	if f.current.Deleted {
		out = append(out, stop{cdp.CauseErasure, self, "", cmp.Or(f.current.At, f.current.Recorded), "deleted by its source", ""})
	}
	since, restricted, err := f.restricted(tx, now)
	if err != nil {
		return nil, err
	}
	if restricted && !f.current.Deleted {
		out = append(out, stop{cdp.CauseRestriction, self, "", since, "restricted", ""})
	}
	own := f.endpoints()
	events, err := tx.ConsentsAt(own, f.current.Controller, bearingPurposes(reg, purpose))
	if err != nil {
		return nil, err
	}
	theirs := f.theirs(own)
	marketing := false
	if p, ok := reg.Purpose(purpose); ok && p.DirectMarketing {
		marketing = true // an objection holds wherever the person said it (Art. 21(3))
		more, err := tx.ConsentsAt(theirs, f.current.Controller, bearingPurposes(reg, purpose))
		if err != nil {
			return nil, err
		}
		events = append(events, more...)
	}
	for _, st := range termsOf(reg, f.person).Standings(recordedBy(f.from, events, func(c *cdp.Consent) time.Time { return c.Recorded }), now) {
		if !bears(reg, f.row.Source, purpose, &st) || st.State != cdp.ConsentObjected && !slices.ContainsFunc(own, st.Endpoint.Same) {
			continue
		}
		if !st.State.Restrictive() {
			continue
		}
		event := st.Since
		if event.IsZero() && len(st.Events) > 0 {
			event = st.Events[len(st.Events)-1].Recorded
		}
		x := stop{cdp.CauseWithdrawal, st.Endpoint, st.Channel, event, "consent " + string(st.State), ""}
		if st.State == cdp.ConsentObjected {
			x.cause, x.rule = cdp.CauseObjection, "objected"
		}
		i := slices.IndexFunc(out, func(o stop) bool { return o.subject.Same(x.subject) && o.cause == x.cause && o.channel == x.channel })
		switch {
		case i < 0:
			out = append(out, x)
		case x.event.After(out[i].event):
			out[i] = x
		}
	}
	all := append(slices.Clip(own), theirs...)
	suppressed, err := f.suppressed(tx, all, marketing, now)
	if err != nil {
		return nil, err
	}
	out = append(out, suppressed...)
	stated, err := tx.PreferencesAt(all, f.current.Controller)
	if err != nil {
		return nil, err
	}
	stated = recordedBy(f.from, stated, func(p *cdp.Preference) time.Time { return p.Recorded })
	return append(out, f.unwanted(stated, purpose, marketing, now)...), nil
}

// restricted reports whether the row is restricted at a time, or the person by
// another row of theirs, and since when (Art. 18).
func (f *rowFacts) restricted(tx *graph.Tx, now time.Time) (since time.Time, is bool, err error) {
	rows := []cdp.Row{f.row}
	for i := range f.person {
		if row := (cdp.Row{Source: f.person[i].Source, Key: f.person[i].Key}); row != f.row {
			rows = append(rows, row)
		}
	}
	for _, row := range rows {
		said, err := tx.RestrictionsOn(row)
		if err != nil {
			return since, false, err
		}
		said = recordedBy(f.from, said, func(e *cdp.Restriction) time.Time { return e.Recorded })
		for _, e := range policy.Restricted(said, now) {
			if at := policy.RestrictionBegins(&e); (e.Whole || row == f.row) && (!is || at.Before(since)) {
				since, is = at, true
			}
		}
	}
	return since, is, nil
}

// suppressed returns the stops that rest on the suppression list: for direct
// marketing at any endpoint of the person, else where nothing of it may be used.
func (f *rowFacts) suppressed(tx *graph.Tx, endpoints []cdp.Identifier, marketing bool, now time.Time) (out []stop, err error) {
	for _, e := range endpoints {
		said, err := tx.SuppressionsAt([]cdp.Identifier{e})
		if err != nil {
			return nil, err
		}
		said = recordedBy(f.from, said, func(e *cdp.Suppression) time.Time { return e.Recorded })
		for _, x := range policy.Suppressed(said, f.current.Controller, now) {
			st := stop{cdp.CauseObjection, e, x.Channel, policy.SuppressionBegins(&x), "suppressed: " + x.Origin, ""}
			if x.Scope == cdp.SuppressAll {
				if st.channel = ""; x.Origin == cdp.SuppressedErasure {
					st.cause = cdp.CauseErasure
				}
			} else if !marketing {
				continue
			}
			if !slices.ContainsFunc(out, func(o stop) bool { return o.subject.Same(e) && o.cause == st.cause && o.channel == st.channel }) {
				out = append(out, st)
			}
		}
	}
	return out, nil
}

// theirs are the other endpoints of the person, with the same controller.
func (f *rowFacts) theirs(own []cdp.Identifier) []cdp.Identifier {
	seen := make(map[cdp.IdentifierKey]bool, len(own))
	for _, e := range own {
		seen[e.Key()] = true
	}
	var out []cdp.Identifier
	for i := range f.person {
		if f.person[i].Controller != f.current.Controller {
			continue
		}
		for _, e := range endpointsOf(&f.person[i].Record) {
			if !seen[e.Key()] {
				seen[e.Key()] = true
				out = append(out, e)
			}
		}
	}
	return out
}

// unwanted returns the wishes that stand against what was disclosed for a
// purpose: a no to a channel or a topic is enforced like an objection. Where
// nobody is spoken to, only a no to all channels stands against direct
// marketing, as at the gate out; of what a source reports without a channel,
// any does.
func (f *rowFacts) unwanted(stated []cdp.Preference, purpose cdp.PurposeID, marketing bool, now time.Time) []stop {
	type use struct {
		channel cdp.Channel
		topic   string // besides the purpose
	}
	var uses []use
	add := func(c cdp.Channel, topic string) {
		for _, u := range []use{{c, ""}, {c, topic}} {
			if !slices.Contains(uses, u) {
				uses = append(uses, u)
			}
		}
	}
	for _, d := range f.sent {
		switch {
		case d.Purpose != purpose:
		case d.channel != "" || marketing:
			add(d.channel, d.Topic)
		}
		if d.Purpose == purpose && d.channel == "" && d.Mode != "run" && marketing {
			for _, w := range stated {
				add(w.Channel, "")
			}
		}
	}
	var out []stop
	for len(stated) > 0 {
		at := stated[0].Endpoint
		var here []cdp.Preference
		stated = slices.DeleteFunc(slices.Clone(stated), func(w cdp.Preference) bool {
			if !w.Endpoint.Same(at) {
				return false
			}
			here = append(here, w)
			return true
		})
		for _, u := range uses {
			topic := cmp.Or(u.topic, string(purpose))
			since, no := policy.Unwanted(here, u.channel, topic, now)
			if !no {
				continue
			}
			if _, whole := policy.Unwanted(here, u.channel, string(purpose), now); whole && u.topic != "" {
				continue // whatever it is about
			}
			x := stop{cdp.CauseObjection, at, u.channel, since, notWanted, u.topic}
			if since, all := policy.Unwanted(here, "", topic, now); all {
				x.channel, x.event = "", since
			}
			if x.channel != "" {
				x.rule += " over " + string(x.channel)
			}
			if x.topic != "" {
				x.rule += " about " + x.topic
			}
			if !slices.ContainsFunc(out, func(o stop) bool { return o.subject.Same(at) && o.rule == x.rule }) {
				out = append(out, x)
			}
		}
	}
	return out
}

// bears reports whether a no bears on what a source feeds for a purpose: on a
// contract or a law it does not.
func bears(reg *policy.Register, source cdp.SourceID, purpose cdp.PurposeID, st *cdp.Standing) bool {
	p, known := reg.Purpose(purpose)
	if known && p.DirectMarketing && st.State == cdp.ConsentObjected {
		return true
	}
	feeds := false
	src, _ := reg.Source(source)
	for _, id := range src.Activities {
		a, ok := reg.Activity(id)
		if !ok || a.Purpose != purpose {
			continue
		}
		feeds = true
		about := st.Purpose == "" || slices.Contains(consentPurposes(a), st.Purpose)
		switch a.Basis {
		case cdp.BasisConsent, cdp.BasisLegitimate, cdp.BasisPublicTask:
			if about {
				return true
			}
		}
	}
	return !feeds && (st.Purpose == "" || st.Purpose == purpose) // nobody knows on what basis it went out
}
