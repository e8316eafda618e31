package policy

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"time"

	"cdp-tui/internal/cdp"
)

// Preferring folds statements on how a person wants to be spoken to into what
// holds at now: per endpoint, controller, channel and topic, for each channel
// and topic that is named. It is a pure function of the set of statements: their
// order and repetitions do not matter.
//
// A statement without a channel or topic is about all of them. A no holds until
// the person takes it back by a later statement that is about no more than the
// no was: a general yes does not undo a particular no. A wish that can not be
// read forbids like a no. Of statements of one instant the no holds. Frequency,
// quiet hours and language are those of the statement that is most
// particular; of these the latest.
//
// A no counts from when it was recorded, whatever time it gives, and a statement
// without a time is a no of the time when it was learnt, or a yes older than
// all else.
func Preferring(stated []cdp.Preference, now time.Time) []cdp.Preferring {
	type place struct {
		endpoint           cdp.IdentifierKey
		controller, ch, to string
	}
	sets := map[place][]cdp.Preference{} // by endpoint and controller alone
	var cells []place
	for _, p := range distinctWishes(stated) {
		at := place{p.Endpoint.Key(), p.Controller, "", ""}
		sets[at] = append(sets[at], p)
		at.ch, at.to = string(p.Channel), p.Topic
		if !slices.Contains(cells, at) {
			cells = append(cells, at)
		}
	}
	slices.SortFunc(cells, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.endpoint.Kind, b.endpoint.Kind), cmp.Compare(a.endpoint.Value, b.endpoint.Value),
			cmp.Compare(a.controller, b.controller), cmp.Compare(a.ch, b.ch), cmp.Compare(a.to, b.to))
	})
	out := make([]cdp.Preferring, len(cells))
	for i, c := range cells {
		out[i] = preferringAt(sets[place{c.endpoint, c.controller, "", ""}], cdp.Channel(c.ch), c.to, now)
	}
	return out
}

// Unwanted reports whether statements at one endpoint to one controller forbid a
// channel ("": all of them) and a topic at a time, and since when without a
// break: repeating a no does not begin it anew.
func Unwanted(stated []cdp.Preference, ch cdp.Channel, topic string, at time.Time) (since time.Time, no bool) {
	stated = distinctWishes(stated)
	if len(stated) == 0 || !preferringAt(stated, ch, topic, at).Wish.Forbids() {
		return since, false
	}
	var times []time.Time
	for i := range stated {
		t, counts := wishedAt(&stated[i], at)
		if stated[i].At.After(at) {
			t = stated[i].Recorded
		}
		if counts {
			times = append(times, t)
		}
	}
	slices.SortFunc(times, func(a, b time.Time) int { return b.Compare(a) })
	for _, t := range times {
		if !preferringAt(stated, ch, topic, t).Wish.Forbids() {
			break
		}
		since = t
	}
	return since, true
}

// preferringAt folds what bears on one channel and topic.
func preferringAt(all []cdp.Preference, ch cdp.Channel, topic string, now time.Time) cdp.Preferring {
	out := cdp.Preferring{Endpoint: all[0].Endpoint, Controller: all[0].Controller, Channel: ch, Topic: topic}
	var bear []wished
	for i := range all {
		p := &all[i]
		if p.Channel != "" && p.Channel != ch || p.Topic != "" && p.Topic != topic {
			continue
		}
		out.Events = append(out.Events, *p)
		if at, counts := wishedAt(p, now); counts {
			bear = append(bear, wished{p, at})
		}
	}
	out.Wish, out.Since, out.Conflict = wishOf(bear)
	particular := func(has func(*cdp.Preference) bool) *cdp.Preference {
		var best *wished
		for i := range bear {
			if w := &bear[i]; has(w.p) && (best == nil || w.over(best)) {
				best = w
			}
		}
		if best == nil {
			return &cdp.Preference{}
		}
		return best.p
	}
	out.Frequency = particular(func(p *cdp.Preference) bool { return p.Frequency != "" }).Frequency
	out.Quiet = particular(func(p *cdp.Preference) bool { return !p.Quiet.IsZero() }).Quiet
	out.Language = particular(func(p *cdp.Preference) bool { return p.Language != "" }).Language
	return out
}

// A wished is a statement at the moment from which it counts.
type wished struct {
	p  *cdp.Preference
	at time.Time
}

// wishedAt returns the moment from which a statement counts, and false while it
// does not count at now.
func wishedAt(p *cdp.Preference, now time.Time) (at time.Time, counts bool) {
	at = p.At
	if at.IsZero() && p.Wish.Forbids() {
		at = p.Recorded
	}
	if !at.After(now) {
		return at, true
	}
	return now, p.Wish.Forbids() && !p.Recorded.IsZero() && !p.Recorded.After(now) // a clock that runs ahead must not delay a no
}

// wishOf returns the wish to which statements about one channel and topic lead.
func wishOf(bear []wished) (wish cdp.Wish, since time.Time, conflict bool) {
	var no, other *wished
	for i := range bear {
		w := &bear[i]
		switch {
		case w.p.Wish == cdp.WishUnstated:
		case !w.p.Wish.Forbids():
			if other == nil || w.at.After(other.at) || w.at.Equal(other.at) && w.p.Wish == cdp.WishNone {
				other = w
			}
		case slices.ContainsFunc(bear, w.liftedBy):
		case no == nil, w.p.Wish != no.p.Wish && w.p.Wish == cdp.Unwanted, w.p.Wish == no.p.Wish && w.at.After(no.at):
			no = w
		}
	}
	switch {
	case no != nil:
		same := func(w wished) bool { return w.p.Wish == cdp.Wanted && w.at.Equal(no.at) }
		return no.p.Wish, no.at, slices.ContainsFunc(bear, same)
	case other != nil:
		return other.p.Wish, other.at, false
	}
	return cdp.WishUnstated, time.Time{}, false
}

// liftedBy reports whether a no was taken back by a statement.
func (no *wished) liftedBy(w wished) bool {
	within := (no.p.Channel == "" || w.p.Channel == no.p.Channel) && (no.p.Topic == "" || w.p.Topic == no.p.Topic)
	return (w.p.Wish == cdp.Wanted || w.p.Wish == cdp.WishNone) && within && w.at.After(no.at)
}

// over reports whether a statement goes before another where both say how
// often, when or in which language.
func (a *wished) over(b *wished) bool {
	particular := func(p *cdp.Preference) int {
		n := 0
		if p.Channel != "" {
			n += 2
		}
		if p.Topic != "" {
			n++
		}
		return n
	}
	return cmp.Or(cmp.Compare(particular(a.p), particular(b.p)), a.at.Compare(b.at), cmp.Compare(seldom(a.p.Frequency), seldom(b.p.Frequency)), orderWishes(a.p, b.p)) > 0
}

var period = regexp.MustCompile(`^P(T?)([0-9]{1,4})([HMDWY])$`)

// seldom returns the length of an ISO 8601 period in hours, 0 for a word; a
// month counts 30 days and a year 365, which is enough to compare.
func seldom(s string) int {
	m := period.FindStringSubmatch(s)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[2])
	if m[1] == "T" {
		return n * map[string]int{"H": 1}[m[3]]
	}
	return n * map[string]int{"D": 24, "W": 168, "M": 720, "Y": 8760}[m[3]]
}

// distinctWishes returns each statement once, oldest first.
func distinctWishes(stated []cdp.Preference) []cdp.Preference {
	out := slices.Clone(stated)
	slices.SortFunc(out, func(a, b cdp.Preference) int { return orderWishes(&a, &b) })
	return slices.CompactFunc(out, func(a, b cdp.Preference) bool { return orderWishes(&a, &b) == 0 })
}

// orderWishes orders statements by time, and wholly.
func orderWishes(a, b *cdp.Preference) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Endpoint.Kind(), b.Endpoint.Kind()), cmp.Compare(a.Endpoint.Reveal(), b.Endpoint.Reveal()),
		cmp.Compare(a.Controller, b.Controller), cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Wish, b.Wish),
		cmp.Compare(a.Frequency, b.Frequency), cmp.Compare(a.Quiet.From, b.Quiet.From), cmp.Compare(a.Quiet.To, b.Quiet.To),
		cmp.Compare(a.Quiet.Zone, b.Quiet.Zone), cmp.Compare(a.Language, b.Language), cmp.Compare(a.Method, b.Method), cmp.Compare(a.Proof, b.Proof),
		cmp.Compare(a.By, b.By), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Record, b.Record), a.Recorded.Compare(b.Recorded))
}
