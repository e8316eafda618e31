package mapping

import (
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ident"
)

func (p *Mapper) claims() {
	if n := len(p.m.identifiers); n > 0 {
		p.rec.Claims = make([]cdp.Claim, 0, n)
	}
	for i := range p.m.identifiers {
		id := &p.m.identifiers[i]
		p.each(id.each, id.when, func() { p.claim(id) })
	}
}

func (p *Mapper) claim(id *identifier) {
	found, verdict, ok := p.canonical(id)
	if !ok {
		return
	}
	c := cdp.Claim{Identifier: found, Strength: id.link}
	if k := found.Kind(); k == cdp.KindIP || k == cdp.KindRecord {
		c.Strength = cdp.LinkNone // where the row says the kind
	}
	switch verdict.Outcome {
	case ident.Blocked:
		c.Blocked = verdict.Rule
	case ident.Generic:
		c.Generic = verdict.Rule
	}
	if id.verified != nil {
		s, has, unlisted := p.judged(id.verified)
		v, known := verifications[s]
		if has == present && !unlisted && !known {
			p.notes.add("unmapped_value", id.verified.field, "a value says nothing known about how an identifier was verified", 1)
		}
		c.Verification = v
	}
	p.add(c)
	if id.derive && c.Blocked == "" {
		for _, d := range p.canon.Derive(found) {
			c.Identifier = d
			p.add(c)
		}
	}
}

// add adds a claim; of two on the same identifier the stronger one stays.
func (p *Mapper) add(c cdp.Claim) {
	for i := range p.rec.Claims {
		if old := &p.rec.Claims[i]; old.Identifier.Same(c.Identifier) {
			old.Strength = max(old.Strength, c.Strength)
			old.Verification = max(old.Verification, c.Verification)
			return
		}
	}
	p.rec.Claims = append(p.rec.Claims, c)
}

// canonical reads an identifier of the row; ok is false when there is none. A
// malformed one stays as an attribute, so that nothing is lost.
func (p *Mapper) canonical(id *identifier) (cdp.Identifier, ident.Verdict, bool) {
	raw, has := p.text(id.from)
	if has != present {
		return cdp.Identifier{}, ident.Verdict{}, false
	}
	opt := ident.Options{Hashed: id.hashed, Country: p.country, Issuer: string(p.m.Source.ID)}
	if s, has := p.text(id.country); has == present && country.MatchString(strings.ToUpper(s)) {
		opt.Country = strings.ToUpper(s)
	}
	if s, has := p.text(id.issuer); has == present {
		opt.Issuer = s
	}
	kind := id.kind
	if id.kindOf != nil {
		s, _ := p.text(id.kindOf)
		kind = cdp.Kind(s) // one that nobody knows is malformed
	}
	found, v := p.canon.Canon(kind, raw, opt)
	switch v.Outcome {
	case ident.Empty:
		return found, v, false
	case ident.Malformed:
		p.notes.add("identifier_unreadable", id.from.field, kindName(kind)+": "+v.Reason, 1)
		p.attribute(cdp.Attribute{Name: kindName(kind) + "_unreadable", Value: cdp.Value(raw), Category: kind.Category(), Origin: cdp.Provided}, id.from.field)
		return found, v, false
	case ident.Blocked:
		p.notes.add("identifier_blocked", id.from.field, kindName(kind)+": "+v.Reason, 1)
	}
	return found, v, true
}

// kindName names a kind; what a row says and nobody knows is not repeated.
func kindName(k cdp.Kind) string {
	if !slices.Contains(cdp.Kinds(), k) {
		return "identifier"
	}
	return string(k)
}

func (p *Mapper) attributes() {
	if n := len(p.m.attributes); n > 0 {
		p.rec.Attributes = append(make([]cdp.Attribute, 0, n+len(p.rec.Attributes)), p.rec.Attributes...)
	}
	for i := range p.m.attributes {
		a := &p.m.attributes[i]
		p.each(a.each, a.when, func() {
			if s, has := p.text(a.from); has == present {
				if len(a.layouts) > 0 {
					s = p.day(a, s)
				}
				p.attribute(cdp.Attribute{Name: a.name, Value: cdp.Value(s), Category: a.category, Origin: a.origin, Special: a.special}, a.from.field)
			}
		})
	}
}

// day writes a day as YYYY-MM-DD; one that fits no layout stays as it is, and is
// noted.
func (p *Mapper) day(a *attribute, s string) string {
	trimmed := strings.TrimSpace(s)
	for _, l := range a.layouts {
		if t, err := l.parse(trimmed); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	p.notes.add("date_unreadable", a.from.field, a.name+": the value fits none of the layouts, and is kept as it is", 1)
	return s
}

// attribute adds an attribute, unless its value must never be stored.
func (p *Mapper) attribute(a cdp.Attribute, field string) {
	if a.Value = p.safe(a.Value, field); a.Value != "" {
		p.rec.Attributes = append(p.rec.Attributes, a)
	}
}

// safe gives a value, or nothing if it must never be stored.
func (p *Mapper) safe(v cdp.Value, field string) cdp.Value {
	if what := SecretForm(string(v)); what != "" {
		p.notes.add("never_store", field, "a value that has the form of a "+what+" is never stored", 1)
		return ""
	}
	return v
}

// free gives a text that a source may fill with anything.
func (p *Mapper) free(v *value) cdp.Value {
	s, has := p.text(v)
	if has != present {
		return ""
	}
	return p.safe(cdp.Value(s), v.field)
}

func (p *Mapper) touchpoints() {
	if n := len(p.m.touchpoints); n > 0 {
		p.rec.Touchpoints = make([]cdp.Touchpoint, 0, n)
	}
	for i := range p.m.touchpoints {
		t := &p.m.touchpoints[i]
		p.each(t.each, t.when, func() {
			kind, has := p.text(t.kind)
			if has != present {
				return
			}
			out := cdp.Touchpoint{Kind: kind, At: p.when(t.time), Text: p.free(t.text), Detail: p.free(t.detail)}
			out.Key, _ = p.text(t.key)
			if s, has := p.text(t.channel); has == present {
				out.Channel = cdp.Channel(s)
			}
			if s, has := p.text(t.p); has == present {
				out.Purpose = cdp.PurposeID(s)
			}
			if out.At.IsZero() && t.time == nil {
				out.At = p.rec.At
			}
			p.rec.Touchpoints = append(p.rec.Touchpoints, out)
		})
	}
}

// anyPurpose is the purpose of a consent object that is there and holds
// nothing: it agrees to none.
const anyPurpose cdp.PurposeID = "*"

func (p *Mapper) consents() {
	for i := range p.m.consents {
		c := &p.m.consents[i]
		if p.each(c.each, c.when, func() { p.consent(c) }) == empty {
			p.emptyConsent(c)
		}
	}
}

// consent adds one event, keeping three things apart: no statement gives none,
// an empty one is a refusal of everything, an explicit one is what the map says.
func (p *Mapper) consent(c *consent) {
	raw, has, unlisted := p.judged(c.state)
	var state cdp.ConsentState
	switch {
	case has == absent:
		state = c.absent
	case has == empty:
		state = c.empty
	case unlisted || !knownState(raw):
		state = cdp.ConsentUnreadable
		if !unlisted {
			p.notes.add("unmapped_value", c.state.field, "a value is no state of a consent, and no map says what it means", 1)
		}
	case raw != stateNone:
		state = cdp.ConsentState(raw)
	}
	if state == cdp.NoStatement {
		return
	}
	purpose, _ := p.text(c.purpose)
	if purpose == "" {
		purpose = string(anyPurpose)
		p.notes.add("consent_purpose", c.purpose.field, "a consent names no purpose: it is kept for none, and shown", 1)
		if !state.Restrictive() {
			state = cdp.ConsentUnreadable
		}
	}
	e := p.event(c, cdp.PurposeID(purpose), state)
	if (unlisted || !knownState(raw)) && has == present && e.Proof == "" {
		e.Proof = p.safe(cdp.Value(raw), c.state.field) // what the source said, for the officer to read
	}
	p.rec.Consents = append(p.rec.Consents, e)
}

// emptyConsent adds what a consent object that is there and empty says. Where
// that is nothing it is told, so that it is not taken for one that is missing.
func (p *Mapper) emptyConsent(c *consent) {
	if c.emptyList == cdp.NoStatement {
		p.notes.add("consent_empty", strings.Join(c.each.names, ", "), "a list of consents is there and empty: by the mapping that is no statement", 1)
		return
	}
	purpose := anyPurpose
	if c.purpose.lit != nil {
		purpose = cdp.PurposeID(*c.purpose.lit)
	}
	p.rec.Consents = append(p.rec.Consents, cdp.Consent{Endpoint: p.endpoint(c.endpoint, ""), Purpose: purpose, State: c.emptyList, At: p.rec.At})
}

func (p *Mapper) event(c *consent, purpose cdp.PurposeID, state cdp.ConsentState) cdp.Consent {
	channel, _ := p.text(c.channel)
	e := cdp.Consent{Purpose: purpose, State: state, Channel: cdp.Channel(channel), At: p.when(c.time), Expires: p.when(c.expires),
		Proof: p.free(c.proof), PreTicked: c.preTicked != nil && p.test(c.preTicked)}
	e.Notice, _ = p.text(c.notice)
	e.Method, _ = p.text(c.method)
	e.Language, _ = p.text(c.language)
	e.Regulation, _ = p.text(c.regulation)
	e.Explicit, e.Bundled, e.Conditional = p.flag(c.explicit, false), p.flag(c.bundled, true), p.flag(c.conditional, true)
	e.Speaker = p.speaker(c.speaker)
	e.Endpoint = p.endpoint(c.endpoint, channel)
	return e
}

// flag reads a yes or no. Nothing stated is no; what can not be read is what
// permits less.
func (p *Mapper) flag(v *value, unreadable bool) bool {
	s, has, unlisted := p.judged(v)
	switch {
	case has != present || s == "false" && !unlisted:
		return false
	case s == "true" && !unlisted:
		return true
	case !unlisted:
		p.notes.add("unmapped_value", v.field, "a value is neither true nor false, and no map says what it means", 1)
	}
	return unreadable
}

// speaker reads who made the statement: the person, where nothing else can be
// read, for whom a child's age counts.
func (p *Mapper) speaker(v *value) cdp.Speaker {
	s, has, unlisted := p.judged(v)
	if has != present {
		return cdp.ByPerson
	}
	who, known := speakers[s]
	if !known && !unlisted {
		p.notes.add("unmapped_value", v.field, "a value is no speaker, and no map says who it means", 1)
	}
	if unlisted {
		return cdp.ByPerson
	}
	return who
}

func knownState(s string) bool {
	if s == stateNone {
		return true
	}
	for _, k := range cdp.ConsentStates() {
		if string(k) == s {
			return true
		}
	}
	return false
}

// endpoint gives the identifier that a statement is bound to: the one that the
// mapping names, or the record's first e-mail or phone that is no placeholder
// (the one that fits the channel before the other), or its first identifier,
// or the record itself.
func (p *Mapper) endpoint(bound *identifier, channel string) cdp.Identifier {
	if bound != nil {
		if id, _, ok := p.canonical(bound); ok {
			return id
		}
		p.notes.add("consent_endpoint", bound.from.field, "the endpoint of a consent or preference can not be read: it is kept at the record alone", 1)
		return p.self()
	}
	fits := cdp.Kind("")
	switch channel {
	case "email":
		fits = cdp.KindEmail
	case "sms", "phone", "call", "whatsapp":
		fits = cdp.KindPhone
	}
	var first, contact *cdp.Identifier
	for i := range p.rec.Claims {
		cl := &p.rec.Claims[i]
		if first == nil {
			first = &cl.Identifier
		}
		k := cl.Identifier.Kind()
		if cl.Blocked != "" || k != cdp.KindEmail && k != cdp.KindPhone {
			continue
		}
		if k == fits {
			return cl.Identifier
		}
		if contact == nil {
			contact = &cl.Identifier
		}
	}
	switch {
	case contact != nil:
		return *contact
	case first != nil:
		return *first
	}
	return p.self()
}

// self is the endpoint of a record that names no other.
func (p *Mapper) self() cdp.Identifier {
	id, v := p.canon.Canon(cdp.KindRecord, p.rec.Key, ident.Options{Issuer: string(p.m.Source.ID)})
	if v.Outcome <= ident.Empty {
		p.fail("consent.endpoint", p.m.key.field, "what this row states is bound to nothing that can be named")
	}
	return id
}

func (p *Mapper) rest() {
	for i := range p.m.grounds {
		g := &p.m.grounds[i]
		p.each(g.each, g.when, func() {
			ref, _ := p.text(g.ref)
			from := p.when(g.from)
			if g.from == nil {
				from = p.rec.At
			}
			p.rec.Grounds = append(p.rec.Grounds, cdp.Ground{Activity: g.activity, Ref: cdp.Value(ref), From: from, To: p.when(g.to)})
		})
	}
	for i := range p.m.shares {
		s := &p.m.shares[i]
		p.each(s.each, s.when, func() {
			to, has := p.text(s.recipient)
			if has != present {
				return
			}
			purpose, _ := p.text(s.purpose)
			out := cdp.Share{Recipient: to, Purpose: cdp.PurposeID(purpose), Fields: s.fields, Mode: s.mode, At: p.rec.At}
			if s.time != nil {
				out.At = p.when(s.time)
			}
			p.rec.Shares = append(p.rec.Shares, out)
		})
	}
	for i := range p.m.activities {
		if a := &p.m.activities[i]; p.test(a.when) {
			p.rec.Activities = append(p.rec.Activities, a.id)
		}
	}
	if len(p.m.activities) > 0 && len(p.rec.Activities) == 0 && p.bad == nil {
		p.fail("record.activity", "activities", "none of the mapping's activities applies to this row")
	}
}
