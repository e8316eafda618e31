package policy

import (
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/rulefile"
)

// preference judges how the person wants to be spoken to, for what may be done
// as far as its basis goes. A no to the channel or the topic is enforced like an
// objection, whatever the basis and at whichever endpoint it was stated; how
// often and when make it "not now". A yes permits nothing: it is not looked at.
// Where no channel is asked about nobody is spoken to, and only a no to all
// channels stands against direct marketing.
func (j *judge) preference(u *use, v cdp.Verdict) cdp.Verdict {
	if !v.Allow || j.q.Act != Use && j.q.Act != Share {
		return v
	}
	d, until := j.wished(u)
	until = earliest(v.Until, until)
	if d.Rule != "" {
		v = d
	}
	v.Until = until
	return v
}

// wished returns the denial that rests on what the person wishes, without a
// rule when there is none, and until when that is the answer.
func (j *judge) wished(u *use) (d cdp.Verdict, until time.Time) {
	if len(j.f.Preferences) == 0 || j.q.Channel == "" && !u.purpose.DirectMarketing {
		return d, until
	}
	topics := []string{string(u.activity.Purpose)} // what is about all topics bears on each
	if j.q.Topic != "" {
		topics = append(topics, j.q.Topic)
	}
	var wait time.Time // not before
	var rule, cause string
	var facts []string
	later := func(t time.Time, r, c string, f ...string) {
		if t.After(wait) {
			wait, rule, cause, facts = t, r, c, f
		}
	}
	for _, stated := range j.wishes() {
		for i := range stated {
			for _, t := range [...]time.Time{stated[i].At, stated[i].Recorded} {
				if t.After(j.q.At) {
					until = earliest(until, t)
				}
			}
		}
		for _, topic := range topics {
			w := preferringAt(stated, j.q.Channel, topic, j.q.At)
			if w.Wish.Forbids() {
				about := ""
				if topic == j.q.Topic {
					about = " about that topic"
				}
				d := j.deny(u, "preference.unwanted", "the person does not want it "+by(j.q.Channel)+about+on(w.Since), "Art. 21, 25")
				d.Facts = append(slices.Clip(d.Facts), "endpoint="+w.Endpoint.String(), "channel="+string(j.q.Channel))
				if about != "" {
					d.Facts = append(d.Facts, "topic="+topic)
				}
				return d, until
			}
			if j.q.Channel == "" {
				continue
			}
			free, next := j.quiet(w.Quiet)
			later(free, "preference.quiet", "the person does not want to be spoken to at this hour", "endpoint="+w.Endpoint.String(), "quiet hours="+w.Quiet.Hours())
			until = earliest(until, next)
			often := w.Frequency
			free, ok := j.seldom(often, j.q.Channel)
			if ok {
				overAll := preferringAt(stated, "", topic, j.q.At).Frequency
				any, some := j.seldom(overAll, "")
				if ok = some; any.After(free) {
					free, often = any, overAll
				}
			}
			if !ok {
				return j.deny(u, "preference.unreadable", "nobody knows what the person means by how often", "Art. 25"), until
			}
			later(free, "preference.frequency", "the person was spoken to as often as wanted", "endpoint="+w.Endpoint.String(), "frequency="+often)
		}
	}
	if wait.IsZero() {
		return d, until
	}
	d = j.deny(u, rule, cause, "Art. 25")
	d.Facts = append(slices.Clip(d.Facts), facts...)
	d.From = wait
	return d, until
}

// wishes are the statements to the controller, those of each endpoint apart.
func (j *judge) wishes() [][]cdp.Preference {
	var all []cdp.Preference
	for _, p := range j.f.Preferences {
		if p.Controller == "" || p.Controller == j.src.Controller {
			p.Controller = j.src.Controller
			all = append(all, p)
		}
	}
	all = distinctWishes(all)
	var out [][]cdp.Preference
	for _, p := range all {
		i := slices.IndexFunc(out, func(s []cdp.Preference) bool { return s[0].Endpoint.Same(p.Endpoint) })
		if i < 0 {
			out = append(out, []cdp.Preference{p})
			continue
		}
		out[i] = append(out[i], p)
	}
	return out
}

func by(ch cdp.Channel) string {
	if ch == "" {
		return "over any channel"
	}
	return "over " + string(ch)
}

// quiet returns when quiet hours that hold now are over, and when the next ones
// begin or end; both zero without quiet hours. In a zone that is not known all
// day is quiet.
func (j *judge) quiet(q cdp.Quiet) (free, next time.Time) {
	if q.IsZero() {
		return free, next
	}
	zone := j.f.Zones[q.Zone]
	if zone == nil {
		return j.q.At.AddDate(0, 0, 1), time.Time{}
	}
	now := j.q.At.In(zone)
	after := func(minute int) time.Time {
		for day := 0; ; day++ {
			t := time.Date(now.Year(), now.Month(), now.Day()+day, 0, minute, 0, 0, zone)
			if t.After(now) {
				return t
			}
		}
	}
	next = earliest(after(q.From), after(q.To))
	if q.Holds(now.Hour()*60 + now.Minute()) {
		free = after(q.To)
	}
	return free, next
}

// seldom returns when the person may be spoken to again over a channel, ""
// for any; zero for now. It is false for a word that the register does not
// explain.
func (j *judge) seldom(frequency string, ch cdp.Channel) (free time.Time, ok bool) {
	if frequency == "" {
		return free, true
	}
	p, known := j.reg.HowOften(frequency)
	if !known {
		return free, false
	}
	for _, c := range j.f.Contacts {
		if (ch == "" || c.Channel == ch) && !c.At.After(j.q.At) {
			if t := p.AddTo(c.At); t.After(j.q.At) && t.After(free) {
				free = t
			}
		}
	}
	return free, true
}

// HowOften returns the period at most once per which a frequency means to be
// spoken to: a word of the register's, or an ISO 8601 period. It is false for
// what nobody explains.
func (r *Register) HowOften(frequency string) (rulefile.Period, bool) {
	if r != nil {
		if p, known := r.Frequencies[frequency]; known {
			return p, true
		}
	}
	p, err := rulefile.ParsePeriod(frequency)
	return p, err == nil
}
