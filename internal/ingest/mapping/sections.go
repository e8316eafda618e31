package mapping

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
)

// The sections of a mapping file, checked and compiled.

var strengths = map[string]cdp.Strength{"none": cdp.LinkNone, "weak": cdp.LinkWeak, "strong": cdp.LinkStrong}

var verifications = map[string]cdp.Verification{"none": cdp.Unverified, "format": cdp.FormatChecked,
	"double_opt_in": cdp.DoubleOptIn, "login": cdp.LoggedIn, "document": cdp.ByDocument}

// speakers are the words for who made a statement.
var speakers = map[string]cdp.Speaker{"person": cdp.ByPerson, "parent": cdp.ByParent, "guardian": cdp.ByGuardian, "agent": cdp.ByAgent}

var origins = []cdp.Origin{cdp.Provided, cdp.Observed, cdp.Derived, cdp.Inferred, cdp.Acquired}

func item(section string, i int) string { return "$." + section + "[" + strconv.Itoa(i) + "]" }

func (l *loader) identifiers() {
	for i, s := range l.doc.Identifiers {
		at := item("identifiers", i)
		id := identifier{derive: s.Derive}
		id.kind, id.kindOf = l.kindOf(at+".kind", s.Kind)
		id.each, id.when = l.each(at+".each", s.Each), l.condition(at+".when", s.When)
		id.from = l.value(at+".from", s.From, readOnly)
		id.issuer, id.country = l.value(at+".issuer", s.Issuer, anyValue), l.value(at+".country", s.Country, anyValue)
		id.verified = l.value(at+".verified", s.Verified, anyValue)
		l.targets(at+".verified", id.verified, "verification", keysOf(verifications))
		id.hashed = l.hashed(at+".hashed", id.kind, s.Hashed)
		var ok bool
		if id.link, ok = strengths[s.Link]; !ok {
			l.fail(at+".link", "an identifier links strong, weak or none")
		}
		if id.link != cdp.LinkNone && (id.kind == cdp.KindIP || id.kind == cdp.KindRecord) {
			l.fail(at+".link", "an identifier of this kind never links: an address is shared by a house").WithHint("write link: none")
		}
		if id.derive && (id.hashed != "" || id.kind != cdp.KindEmail && id.kind != cdp.KindPhone) {
			l.fail(at+".derive", "hashes are derived of e-mail and phone numbers in clear")
		}
		l.m.identifiers = append(l.m.identifiers, id)
	}
}

// targets checks that whatever a value can be made into is one of known.
func (l *loader) targets(path string, v *value, what string, known []string) {
	if v == nil {
		return
	}
	bad := func(at, s string) {
		if !slices.Contains(known, s) {
			l.fail(at, "%s is no %s", strconv.Quote(s), what).WithHint("known: %s", strings.Join(known, ", "))
		}
	}
	if v.lit != nil {
		bad(path, *v.lit)
	}
	if v.other != nil {
		bad(path+".default", *v.other)
	}
	for _, k := range keysOf(v.listed) {
		bad(path+".map['"+k+"']", v.listed[k])
	}
}

func keysOf[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func (l *loader) attributes() {
	for i, s := range l.doc.Attributes {
		at := item("attributes", i)
		a := attribute{name: s.Name, category: s.Category, special: cmp.Or(s.Special, cdp.SpecialOf(s.Category)), origin: cdp.Origin(s.Origin)}
		a.each, a.when = l.each(at+".each", s.Each), l.condition(at+".when", s.When)
		a.from = l.value(at+".from", s.From, readOnly)
		if s.Name == "" {
			l.fail(at+".name", "an attribute has a name")
		}
		if a.origin == "" {
			a.origin = cdp.Provided
		}
		if !slices.Contains(origins, a.origin) {
			l.fail(at+".origin", "an origin is provided, observed, derived, inferred or acquired")
		}
		a.layouts = l.dayLayouts(at+".layouts", s.Layouts)
		switch s.Store {
		case "":
			if s.Category == "" {
				l.fail(at, "an attribute has a category of data").WithHint("such as user.contact.address.city")
			}
		case "never":
			a.never = true
		default:
			l.fail(at+".store", "store is never, or not given")
		}
		if strings.HasPrefix(s.Category, "user.credentials") || strings.HasPrefix(s.Category, "user.authorization.credentials") {
			a.never = true
		}
		if a.never && a.from != nil && a.from.expr != nil {
			l.fail(at+".from", "what is never stored is named by its column or path, so that all else can be kept from it")
		}
		if a.never && a.from != nil {
			l.m.secrets = append(l.m.secrets, a.from)
			continue
		}
		l.m.attributes = append(l.m.attributes, a)
	}
}

// dayLayouts compiles how the days of an attribute are written.
func (l *loader) dayLayouts(path string, names []string) (out []layout) {
	for i, n := range names {
		lay, here := layout{n, time.UTC}, path+"["+strconv.Itoa(i)+"]"
		if msg := lay.check(); msg != "" {
			l.fail(here, "%s", msg)
			continue
		}
		if day := reference.AddDate(-80, 0, 0); !lay.numeric() {
			if t, err := lay.parse(day.Format(lay.goLayout())); err != nil || t.Year() != day.Year() {
				l.fail(here, "a year of two digits does not say the century of a birth").WithHint("keep the value as it is: no layouts")
				continue
			}
		}
		for _, o := range out {
			if lay.contradicts(o) || o.contradicts(lay) {
				l.fail(here, "this layout and %s read some days as two different ones", strconv.Quote(o.name)).WithHint("keep the one that the source uses")
			}
		}
		out = append(out, lay)
	}
	return out
}

func (l *loader) touchpoints() {
	for i, s := range l.doc.Touchpoints {
		at := item("touchpoints", i)
		l.m.touchpoints = append(l.m.touchpoints, touchpoint{
			each: l.each(at+".each", s.Each), when: l.condition(at+".when", s.When),
			kind: l.value(at+".kind", s.Kind, anyValue), channel: l.value(at+".channel", s.Channel, anyValue),
			key: l.value(at+".key", s.Key, readOnly), time: l.clock(at+".time", s.Time),
			text: l.value(at+".text", s.Text, anyValue), detail: l.value(at+".detail", s.Detail, anyValue),
			p: l.value(at+".purpose", s.Purpose, anyValue),
		})
	}
}

func (l *loader) consents() {
	states := []string{stateNone}
	for _, s := range cdp.ConsentStates() {
		states = append(states, string(s))
	}
	for i, s := range l.doc.Consents {
		at := item("consents", i)
		c := consent{
			each: l.each(at+".each", s.Each), when: l.condition(at+".when", s.When),
			preTicked: l.condition(at+".pre_ticked", s.PreTicked),
			purpose:   l.value(at+".purpose", s.Purpose, anyValue), channel: l.value(at+".channel", s.Channel, anyValue),
			state: l.value(at+".state", s.State, anyValue), time: l.clock(at+".time", s.Time), expires: l.clock(at+".expires", s.Expires),
			notice: l.value(at+".notice", s.Notice, anyValue), method: l.value(at+".method", s.Method, anyValue),
			language: l.value(at+".language", s.Language, anyValue), proof: l.value(at+".proof", s.Proof, anyValue),
			regulation: l.value(at+".regulation", s.Regulation, anyValue),
			explicit:   l.flag(at+".explicit", s.Explicit), bundled: l.flag(at+".bundled", s.Bundled),
			conditional: l.flag(at+".conditional", s.Conditional), speaker: l.value(at+".speaker", s.Speaker, anyValue),
		}
		l.targets(at+".speaker", c.speaker, "speaker", keysOf(speakers))
		l.targets(at+".state", c.state, "state of a consent", states)
		c.absent = l.state(at+".absent", s.Absent, states, cdp.NoStatement)
		c.empty = l.state(at+".empty", s.Empty, states, cdp.ConsentEmpty)
		c.emptyList = l.state(at+".empty_list", s.EmptyList, states, c.empty)
		if c.absent.ValidForProcessing() || c.empty.ValidForProcessing() || c.emptyList.ValidForProcessing() {
			l.fail(at, "no statement is no consent: absent and empty can not mean given (Art. 4(11): a clear affirmative action)")
		}
		c.endpoint = l.endpoint(at+".endpoint", s.Endpoint)
		l.m.consents = append(l.m.consents, c)
	}
}

// flag compiles a value that is true or false.
func (l *loader) flag(path string, s valueSpec) *value {
	v := l.value(path, s, anyValue)
	l.targets(path, v, "flag", []string{"false", "true"})
	return v
}

func (l *loader) state(path, s string, known []string, absent cdp.ConsentState) cdp.ConsentState {
	switch {
	case s == "":
		return absent
	case s == stateNone:
		return cdp.NoStatement
	case !slices.Contains(known, s):
		l.fail(path, "%s is no state of a consent", strconv.Quote(s)).WithHint("known: %s", strings.Join(known, ", "))
	}
	return cdp.ConsentState(s)
}

func (l *loader) rest() {
	for i, s := range l.doc.Grounds {
		at := item("grounds", i)
		l.m.grounds = append(l.m.grounds, ground{
			activity: l.own(at+".activity", s.Activity), each: l.each(at+".each", s.Each), when: l.condition(at+".when", s.When),
			ref: l.value(at+".ref", s.Ref, readOnly), from: l.clock(at+".from", s.From), to: l.clock(at+".to", s.To),
		})
	}
	for i, s := range l.doc.Shares {
		at := item("shares", i)
		switch s.Mode {
		case "", "batch", "stream", "manual", "pixel":
		default:
			l.fail(at+".mode", "a mode is batch, stream, manual or pixel")
		}
		l.m.shares = append(l.m.shares, share{
			each: l.each(at+".each", s.Each), when: l.condition(at+".when", s.When),
			recipient: l.value(at+".recipient", s.Recipient, anyValue), purpose: l.value(at+".purpose", s.Purpose, anyValue),
			time: l.clock(at+".time", s.Time), fields: s.Fields, mode: s.Mode,
		})
	}
	for i, s := range l.doc.Activities {
		at := item("activities", i)
		l.m.activities = append(l.m.activities, activity{l.own(at+".id", s.ID), l.condition(at+".when", s.When)})
	}
}

// own checks that an activity is one of the source's.
func (l *loader) own(path, id string) cdp.ActivityID {
	if !slices.Contains(l.doc.Source.Activities, id) {
		l.fail(path, "this activity is not one of the source's").WithHint("add it to source.activities: %s", strings.Join(l.doc.Source.Activities, ", "))
	}
	return cdp.ActivityID(id)
}
