package mapping

import (
	"regexp"
	"strconv"
	"time"

	"cdp-tui/internal/cdp"
)

// A preferenceSpec is an item of preferences as it is written.
type preferenceSpec struct {
	Each      string        `yaml:"each"`
	When      string        `yaml:"when"`
	Endpoint  *endpointSpec `yaml:"endpoint"`
	Channel   valueSpec     `yaml:"channel"`
	Topic     valueSpec     `yaml:"topic"`
	Wish      valueSpec     `yaml:"wish"`
	Frequency valueSpec     `yaml:"frequency"`
	Quiet     *quietSpec    `yaml:"quiet"`
	Language  valueSpec     `yaml:"language"`
	Time      *timeSpec     `yaml:"time"`
	Method    valueSpec     `yaml:"method"`
	Proof     valueSpec     `yaml:"proof"`
}

type quietSpec struct {
	From valueSpec `yaml:"from,required"`
	To   valueSpec `yaml:"to,required"`
	TZ   valueSpec `yaml:"tz"`
}

type preference struct {
	each, when                                               *expression
	endpoint                                                 *identifier
	channel, topic, wish, frequency, language, method, proof *value
	from, to, zone                                           *value // of the quiet hours
	time                                                     *clock
}

// wishUnstated, as a target of a wish's map, means that nothing is said of it.
const wishUnstated = "unstated"

func (l *loader) preferences() {
	wishes := []string{wishUnstated}
	for _, w := range cdp.Wishes() {
		if w != cdp.WishUnstated {
			wishes = append(wishes, string(w))
		}
	}
	for i, s := range l.doc.Preferences {
		at := item("preferences", i)
		p := preference{
			each: l.each(at+".each", s.Each), when: l.condition(at+".when", s.When), endpoint: l.endpoint(at+".endpoint", s.Endpoint),
			channel: l.value(at+".channel", s.Channel, anyValue), topic: l.value(at+".topic", s.Topic, anyValue),
			wish: l.value(at+".wish", s.Wish, anyValue), frequency: l.value(at+".frequency", s.Frequency, anyValue),
			language: l.value(at+".language", s.Language, anyValue), time: l.clock(at+".time", s.Time),
			method: l.value(at+".method", s.Method, anyValue), proof: l.value(at+".proof", s.Proof, anyValue),
		}
		l.targets(at+".wish", p.wish, "wish", wishes)
		if q := s.Quiet; q != nil {
			p.from, p.to = l.value(at+".quiet.from", q.From, anyValue), l.value(at+".quiet.to", q.To, anyValue)
			p.zone = l.value(at+".quiet.tz", q.TZ, anyValue)
			if p.zone != nil && p.zone.lit != nil {
				if _, err := time.LoadLocation(*p.zone.lit); err != nil || *p.zone.lit == "" || *p.zone.lit == "Local" {
					l.fail(at+".quiet.tz", "this is no time zone").WithHint("write one of the IANA database, such as Europe/Berlin")
				}
			}
		}
		if p.wish == nil && p.frequency == nil && p.from == nil && p.language == nil {
			l.fail(at, "a preference states a wish, a frequency, quiet hours or a language")
		}
		l.m.preferences = append(l.m.preferences, p)
	}
}

// endpoint compiles what a statement is bound to; nil when it is not given.
func (l *loader) endpoint(path string, e *endpointSpec) *identifier {
	if e == nil {
		return nil
	}
	id := identifier{from: l.value(path+".from", e.From, readOnly),
		issuer: l.value(path+".issuer", e.Issuer, anyValue), country: l.value(path+".country", e.Country, anyValue)}
	id.kind, id.kindOf = l.kindOf(path+".kind", e.Kind)
	id.hashed = l.hashed(path+".hashed", id.kind, e.Hashed)
	return &id
}

func (p *Mapper) preferences() {
	for i := range p.m.preferences {
		q := &p.m.preferences[i]
		p.each(q.each, q.when, func() { p.preference(q) })
	}
}

var frequency = regexp.MustCompile(`^(P[0-9]+[DWMY]|PT[0-9]+[HM]|[a-z][a-z0-9_.-]{0,39})$`)
var language = regexp.MustCompile(`^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$`)

// preference adds what the row states. A wish that can not be read is kept as
// such, which forbids like a no until a person has read it.
func (p *Mapper) preference(q *preference) {
	out := cdp.Preference{At: p.when(q.time), Proof: p.free(q.proof)}
	out.Method, _ = p.text(q.method)
	out.Topic, _ = p.text(q.topic)
	channel, _ := p.text(q.channel)
	out.Channel = cdp.Channel(channel)
	raw, has, unlisted := p.judged(q.wish)
	switch {
	case has != present || raw == wishUnstated && !unlisted:
	case unlisted || !knownWish(raw):
		if out.Wish = cdp.WishUnreadable; !unlisted {
			p.notes.add("unmapped_value", q.wish.field, "a value is no wish, and no map says what it means", 1)
		}
		if out.Proof == "" {
			out.Proof = p.safe(cdp.Value(raw), q.wish.field) // what the source said, for the officer to read
		}
	default:
		out.Wish = cdp.Wish(raw)
	}
	if s, has := p.text(q.frequency); has == present {
		if !frequency.MatchString(s) {
			p.fail("preference.frequency", q.frequency.field, "a frequency is an ISO 8601 period such as P1W, or one word in small letters")
		}
		out.Frequency = s
	}
	if s, has := p.text(q.language); has == present {
		if !language.MatchString(s) {
			p.fail("preference.language", q.language.field, "a language is written as in BCP 47: de, ro, tr-TR")
		}
		out.Language = s
	}
	out.Quiet = p.quiet(q)
	if out.Wish == cdp.WishUnstated && out.Frequency == "" && out.Language == "" && out.Quiet.IsZero() || p.bad != nil {
		return // nothing is stated
	}
	out.Endpoint = p.endpoint(q.endpoint, channel)
	p.rec.Preferences = append(p.rec.Preferences, out)
}

func knownWish(s string) bool {
	for _, w := range cdp.Wishes() {
		if string(w) == s && w != cdp.WishUnstated {
			return true
		}
	}
	return false
}

// quiet reads quiet hours: both ends as 21:00, or as minutes after midnight.
func (p *Mapper) quiet(q *preference) cdp.Quiet {
	from, hasFrom := p.text(q.from)
	to, hasTo := p.text(q.to)
	if hasFrom != present && hasTo != present {
		return cdp.Quiet{}
	}
	out := cdp.Quiet{}
	var ok [2]bool
	out.From, ok[0] = minutes(from)
	out.To, ok[1] = minutes(to)
	if !ok[0] || !ok[1] || out.From == out.To {
		field := q.to.field
		if !ok[0] {
			field = q.from.field
		}
		p.fail("preference.quiet", field, "quiet hours are two different times of day, such as 21:00 and 07:30")
		return cdp.Quiet{}
	}
	if zone, has := p.text(q.zone); has == present {
		if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
			p.fail("preference.quiet", q.zone.field, "the zone of the quiet hours is none of the IANA database")
		}
		out.Zone = zone
	}
	return out
}

// minutes reads a time of day as minutes after midnight.
func minutes(s string) (int, bool) {
	if t, err := time.Parse("15:04", s); err == nil {
		return t.Hour()*60 + t.Minute(), true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && 0 <= n && n < 24*60
}
