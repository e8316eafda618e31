package steward

import (
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// A gateOut gathers what the gate out judges, in one transaction.
type gateOut struct {
	s        *Steward
	tx       *graph.Tx
	ask      policy.Disclosure
	purposes []cdp.PurposeID // of which statements bear on it
	sources  map[cdp.SourceID]cdp.Source
	from     cdp.Standpoint // zero: as of now, as known now
	planned  bool           // nothing that was sent is judged again
}

// gateOut prepares to judge a disclosure. A register that can not be read, or
// that there is not, is no error: the gate is closed then, and says so.
func (s *Steward) gateOut(tx *graph.Tx, ask cdp.Ask, now time.Time) (*gateOut, error) {
	return s.gateOutFrom(tx, ask, cdp.Standpoint{}, now)
}

// gateOutFrom prepares to judge a disclosure from another standpoint.
func (s *Steward) gateOutFrom(tx *graph.Tx, ask cdp.Ask, from cdp.Standpoint, now time.Time) (*gateOut, error) {
	at := from.From(now)
	g := &gateOut{from: from, s: s, tx: tx, sources: make(map[cdp.SourceID]cdp.Source)}
	g.ask = policy.Disclosure{Recipient: ask.Recipient, Purpose: ask.Purpose, Channel: ask.Channel, Topic: ask.Topic, Fields: ask.Fields, At: at.At}
	if _, err := tx.Registers(); err != nil {
		return nil, err // the store, not what it says
	}
	reg, err := s.inForceAt(tx, at)
	if err != nil {
		g.ask.Broken = err.Error()
		return g, nil
	}
	g.ask.Register, g.purposes = reg, bearingPurposes(reg, ask.Purpose)
	return g, nil
}

// bearingPurposes are the purposes of which statements bear on a disclosure:
// its own, those for which its activities ask consent, and for direct marketing
// every such purpose (Art. 21(3)).
func bearingPurposes(reg *policy.Register, purpose cdp.PurposeID) []cdp.PurposeID {
	out := []cdp.PurposeID{"", purpose}
	add := func(id cdp.PurposeID) {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	if reg == nil {
		return out
	}
	for _, a := range reg.Activities {
		if a.Purpose == purpose {
			for _, id := range consentPurposes(a) {
				add(id)
			}
		}
	}
	if p, ok := reg.Purpose(purpose); ok && p.DirectMarketing {
		for _, q := range reg.Purposes {
			if q.DirectMarketing {
				add(q.ID)
			}
		}
	}
	return out
}

func (g *gateOut) source(id cdp.SourceID) (cdp.Source, error) {
	src, ok := g.sources[id]
	if ok {
		return src, nil
	}
	src, err := g.tx.Source(id)
	if err == nil {
		g.sources[id] = src
	}
	return src, err
}

// disclose judges a profile; endpoints are all that its verdict may rest on.
func (g *gateOut) disclose(p *graph.Profile) (out cdp.Disclosure, endpoints []cdp.Identifier, err error) {
	parts, endpoints, err := g.partsOf(p)
	if err != nil {
		return out, nil, err
	}
	out = policy.Disclose(g.ask, parts)
	out.Profile = p.ID
	return out, endpoints, nil
}

// partsOf gathers what bears on a profile.
func (g *gateOut) partsOf(p *graph.Profile) (parts []policy.Part, endpoints []cdp.Identifier, err error) {
	parts = make([]policy.Part, len(p.Records))
	said := make(map[string]*statements)
	plain := hashed{records: p.Records}
	for i := range p.Records {
		rec := &p.Records[i]
		parts[i] = policy.Part{Record: rec.ID, Claims: rec.Claims, Attributes: rec.Attributes, Facts: policy.Facts{RecordAt: rec.At, Recorded: rec.Recorded,
			Activities: rec.Activities, Grounds: rec.Grounds, Criminal: policy.CarriesCriminal(rec.Attributes)}}
		bars, err := g.s.barring(g.tx, &rec.Record, g.from)
		if err != nil {
			return nil, nil, err
		}
		parts[i].Facts.Restrictions, parts[i].Facts.Suppressions = bars.restrictions, bars.suppressions
		if parts[i].Source, err = g.source(rec.Source); err != nil {
			return nil, nil, err
		}
		if parts[i].Facts.Touchpoints, parts[i].Facts.EndsUnread, err = g.s.endings(g.tx, g.ask.Register, &rec.Record, rec.TouchKinds, nil, g.from); err != nil {
			return nil, nil, err
		}
		controller := parts[i].Source.Controller
		if g.ask.Register != nil {
			controller = controllerOf(g.ask.Register, parts[i].Source)
		}
		if said[controller] == nil {
			said[controller] = &statements{}
		}
		said[controller].at(append(endpointsOf(&rec.Record), plain.of(&rec.Record)...), i)
	}
	for controller, st := range said {
		if err := g.gather(controller, st, parts); err != nil {
			return nil, nil, err
		}
		endpoints = append(endpoints, st.endpoints...)
	}
	var known []cdp.Attribute // what one record says of the person holds for all
	for i := range p.Records {
		known = append(known, p.Records[i].Attributes...)
	}
	who := policy.PersonOf(known)
	for i := range parts {
		f := &parts[i].Facts
		f.Born, f.Country, f.BirthUnread = who.Born, who.Country, who.Unreadable()
	}
	if g.ask.Channel != "" {
		if err := g.spoken(p, parts); err != nil {
			return nil, nil, err
		}
	}
	return parts, endpoints, nil
}

// hashed finds the addresses of a profile that a record of it carries as hashes
// only: what was said at them bears on the record too.
type hashed struct {
	records []graph.Record
	by      map[cdp.IdentifierKey]cdp.Identifier // nil: not made yet
}

func (h *hashed) of(rec *cdp.Record) []cdp.Identifier {
	var out []cdp.Identifier
	for _, c := range rec.Claims {
		if !c.Identifier.Kind().IsHash() || c.Blocked != "" {
			continue
		}
		if h.by == nil {
			h.by = make(map[cdp.IdentifierKey]cdp.Identifier)
			for i := range h.records {
				for _, o := range h.records[i].Claims {
					for _, sum := range o.Identifier.Hashes() {
						h.by[sum.Key()] = o.Identifier
					}
				}
			}
		}
		of, ok := h.by[c.Identifier.Key()]
		if ok && !slices.ContainsFunc(rec.Claims, func(o cdp.Claim) bool { return o.Identifier.Same(of) }) && !slices.ContainsFunc(out, of.Same) {
			out = append(out, of)
		}
	}
	return out
}

// spoken adds to parts what how often and when the person wants to be spoken to
// depends on.
func (g *gateOut) spoken(p *graph.Profile, parts []policy.Part) error {
	often := false
	for i := range parts {
		f := &parts[i].Facts
		f.Zones = zonesOf(g.ask.Register, f.Preferences)
		often = often || limited(f.Preferences)
	}
	if !often {
		return nil
	}
	contacts, err := contactsOf(g.tx, p.Records, g.from)
	if !g.from.IsNow() && !g.planned {
		contacts = slices.DeleteFunc(contacts, func(c policy.Contact) bool { return !c.At.Before(g.ask.At) }) // what is judged is no reason against itself
	}
	for i := range parts {
		parts[i].Facts.Contacts = contacts
	}
	return err
}

// statements are what was said at the endpoints of some records.
type statements struct {
	endpoints []cdp.Identifier
	parts     map[cdp.IdentifierKey][]int
}

func (s *statements) at(endpoints []cdp.Identifier, part int) {
	if s.parts == nil {
		s.parts = make(map[cdp.IdentifierKey][]int)
	}
	for _, e := range endpoints {
		k := e.Key()
		if s.parts[k] == nil {
			s.endpoints = append(s.endpoints, e)
		}
		s.parts[k] = append(s.parts[k], part)
	}
}

// gather reads what was said to a controller, once for all records.
func (g *gateOut) gather(controller string, s *statements, parts []policy.Part) error {
	events, err := g.tx.ConsentsAt(s.endpoints, controller, g.purposes)
	if err != nil {
		return err
	}
	wishes, err := g.tx.PreferencesAt(s.endpoints, controller)
	if err != nil {
		return err
	}
	if g.from.IsNow() {
		heard(events, wishes, g.ask.At)
	}
	for _, e := range events {
		if !g.from.Knew(e.Recorded) {
			continue
		}
		for _, i := range s.parts[e.Endpoint.Key()] {
			parts[i].Facts.Consents = append(parts[i].Facts.Consents, e)
		}
	}
	for _, w := range wishes {
		if !g.from.Knew(w.Recorded) {
			continue
		}
		for _, i := range s.parts[w.Endpoint.Key()] {
			parts[i].Facts.Preferences = append(parts[i].Facts.Preferences, w)
		}
	}
	return nil
}
