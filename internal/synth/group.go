package synth

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// A group is people whose records hang together: mostly one person; a family;
// or, where there are many records, the customers who used one tablet.
type group struct {
	r      *rand.Rand
	number uint64
	people uint64
	keys   int
	out    []*Record
}

// alone is how many records one person has at most.
const alone = 24

func (g *group) records() []*Record {
	n := size(g.r)
	switch {
	case n > alone:
		g.tablet(n)
	case n >= 4 && g.r.IntN(100) < 8:
		g.family(n)
	default:
		p := g.person()
		for range n {
			g.add(p, g.source())
		}
	}
	return g.out
}

// tablet makes n records of people who all signed up at one device in a store.
func (g *group) tablet(n int) {
	device := uuid(g.r)
	for left := n; left > 0; {
		p := g.person()
		some := min(left, 1+g.r.IntN(11))
		left -= some
		g.add(p, App).Device = device
		for range some - 1 {
			g.add(p, g.source())
		}
	}
}

// family makes n records of two to four people who share a telephone or a mailbox.
func (g *group) family(n int) {
	first := g.person()
	members := []*person{first}
	for range min(1+g.r.IntN(3), n/2-1) {
		p := g.person()
		p.family, p.city, p.locale = first.family, first.city, first.locale
		p.given, _ = p.locale.name(g.r)
		p.mails = p.mails[:0]
		p.addMail(g.r)
		if g.r.IntN(2) == 0 {
			p.phones[0] = first.phones[0]
		} else {
			p.mails[0] = first.mails[0]
		}
		members = append(members, p)
	}
	for i := range n {
		g.add(members[i%len(members)], g.source())
	}
}

// source draws where a record comes from.
func (g *group) source() string {
	switch n := g.r.IntN(100); {
	case n < 26:
		return Shop
	case n < 51:
		return Web
	case n < 68:
		return Store
	case n < 82:
		return Newsletter
	case n < 90:
		return Calls
	case n < 99:
		return App
	}
	return Leads
}

// A person has several identifiers of a kind, and shows some of them each time.
type person struct {
	number        uint64
	locale        *locale
	given, family string
	city, segment string
	since         time.Time

	mails, phones   []string
	loyalty, social string
	crm             string
	cookies         []string
	devices         []string
}

// The time in which all happens.
var (
	opening = time.Date(2021, 1, 4, 6, 0, 0, 0, time.UTC)
	closing = time.Date(2026, 6, 30, 20, 0, 0, 0, time.UTC)
)

func (g *group) person() *person {
	r := g.r
	p := &person{number: g.number<<12 | g.people, locale: pickLocale(r)}
	g.people++
	p.given, p.family = p.locale.name(r)
	p.city = pick(r, p.locale.cities)
	p.segment = pick(r, segments[:])
	p.since = opening.Add(time.Duration(r.Int64N(int64(closing.Sub(opening)) * 9 / 10)))
	p.crm = fmt.Sprintf("K-%09d", p.number)
	p.addMail(r)
	p.phones = append(p.phones, p.locale.phone(r))
	p.cookies = append(p.cookies, uuid(r))
	p.devices = append(p.devices, uuid(r))
	if r.IntN(10) < 6 {
		p.loyalty = fmt.Sprintf("7%011d", r.Int64N(1e11))
	}
	if r.IntN(10) < 4 {
		p.social = fmt.Sprintf("%s:1%014d", pick(r, networks[:]), r.Int64N(1e14))
	}
	return p
}

func (p *person) addMail(r *rand.Rand) { p.mails = append(p.mails, mail(r, p)) }

// some gives one of a person's identifiers of a kind, and now and then a new one.
func some(r *rand.Rand, have *[]string, fresh int, next func() string) string {
	if r.IntN(100) < fresh {
		*have = append(*have, next())
		return (*have)[len(*have)-1]
	}
	return pick(r, *have)
}

// add makes a record of a person in a source.
func (g *group) add(p *person, source string) *Record {
	r := g.r
	rec := &Record{Source: source, Key: fmt.Sprintf("%s-%x-%d", source[:1], g.number, g.keys), Person: p.number,
		Given: p.given, Family: p.family, City: p.city, Country: p.locale.country, Language: p.locale.language, Segment: p.segment}
	g.keys++
	rec.At = p.since.Add(time.Duration(r.Int64N(int64(closing.Sub(p.since))))).Truncate(time.Second)
	mail := func() string { return some(r, &p.mails, 4, func() string { return mail(r, p) }) }
	phone := func() string { return some(r, &p.phones, 3, func() string { return p.locale.phone(r) }) }
	cookie := func() string { return some(r, &p.cookies, 25, func() string { return uuid(r) }) }
	device := func() string { return some(r, &p.devices, 10, func() string { return uuid(r) }) }
	chance := func(percent int) bool { return r.IntN(100) < percent }
	switch source {
	case Shop:
		rec.CRM, rec.Email = p.crm, mail()
		if chance(50) {
			rec.Phone = phone()
		}
		if chance(15) {
			rec.Loyalty = p.loyalty
		}
		if chance(20) {
			rec.Parcel = pick(r, carriers[:])
		}
	case Web:
		rec.Cookie = cookie()
		if login := chance(65); login {
			rec.CRM = p.crm
		}
		if rec.CRM == "" || chance(30) {
			rec.Device = device()
		}
	case Store:
		rec.Loyalty = p.loyalty
		if rec.Loyalty == "" || chance(60) {
			rec.Phone = spaced(r, phone())
		}
		if rec.Loyalty == "" || rec.Phone == "" || chance(30) {
			rec.Email = mail()
		}
	case Newsletter:
		rec.Email = mail()
		if chance(15) {
			rec.Email = strings.ToUpper(rec.Email[:1]) + rec.Email[1:]
		}
		if chance(50) {
			rec.Cookie = cookie()
		} else {
			rec.CRM = p.crm
		}
	case Calls:
		rec.Phone, rec.CRM = "00"+phone()[1:], p.crm
		if chance(30) {
			rec.Email = mail()
		}
	case App:
		rec.Device, rec.Social = device(), p.social
		if rec.Social == "" || chance(40) {
			rec.CRM = p.crm
		}
		if chance(30) {
			rec.Email = mail()
		}
	case Leads:
		rec.Email, rec.Phone = mail(), phone()
	}
	if source == Newsletter || source == Shop && chance(24) {
		rec.consent(r)
	}
	rec.happen(r)
	g.out = append(g.out, rec)
	return rec
}

// consent adds what the person said about the newsletter.
func (rec *Record) consent(r *rand.Rand) {
	c := Consent{State: "given", At: rec.At, Method: "double_opt_in", Notice: pick(r, notices[:])}
	switch n := r.IntN(100); {
	case n < 86:
	case n < 93:
		rec.Consents = append(rec.Consents, c)
		c.State, c.Method, c.At = "withdrawn", "form", c.At.Add(time.Duration(1+r.IntN(60*24))*time.Hour)
	case n < 97:
		c.State = "pending"
	default:
		c.State, c.Method = "refused", "form"
	}
	rec.Consents = append(rec.Consents, c)
}

// spaced writes a number as people do, in groups and with a national prefix.
func spaced(r *rand.Rand, e164 string) string {
	if r.IntN(2) == 0 {
		return e164
	}
	return e164[:3] + " " + e164[3:6] + " " + e164[6:]
}

func uuid(r *rand.Rand) string {
	a, b := r.Uint64(), r.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", uint32(a>>32), uint16(a>>16), a&0xfff, 0x8000|b>>50, b&0xffffffffffff)
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }
