package steward

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
	"cdp-tui/internal/rights"
)

// Card answers why a value is there: its source and line, the way into the
// profile, purpose and basis, recipients, retention, and rights. of names it:
// kind "attribute" with the name, "identifier" with the tag form, "record" with
// the id of a record, of this profile or, with id 0, of none; "touchpoint", "use"
// or "share" with the id that those print; zero for all that the profile holds.
func (d *Desk) Card(ctx context.Context, id cdp.ProfileID, of cdp.Ref) (cdp.Card, error) {
	var out cdp.Card
	e := d.entry("trace", profileRef(id), "card "+strings.TrimSpace(of.Kind+" "+of.ID))
	err := d.read(ctx, e, func(tx *graph.Tx, r *reading) error {
		v, err := d.look(tx)
		if err != nil {
			return err
		}
		m := cardMaker{sight: v, of: of}
		if err := m.find(id); err != nil {
			return err
		}
		if out, err = m.card(); err != nil {
			return err
		}
		if r.object = profileRef(m.p.ID); m.p.ID == 0 {
			r.object = cdp.Ref{Kind: of.Kind, ID: of.ID}
		}
		for _, rec := range m.records {
			r.saw(rec.ID)
		}
		for _, s := range out.Recipients {
			r.saw(s.Recipient, s.At.UnixMicro())
		}
		return nil
	})
	return out, err
}

// cardLimit bounds the records that a card tells of.
const cardLimit = 100

// A cardMaker makes one card.
type cardMaker struct {
	*sight
	of      cdp.Ref
	p       graph.Profile // without an id for a record that is in none
	tracer  tracer
	records []graph.Record // that carry the value, as many as are told
	facts   []*bearing     // of each
	rulings []cdp.Ruling
	all     []policy.Version
	pack    *rights.Pack
	last    time.Time // the person was heard of
	out     cdp.Card
	rights  []rights.Facts
	of2act  []cdp.ActivityID          // of each of rights
	bears   func(cdp.ActivityID) bool // whether an activity is for what the card is about; nil: all are
	sent    func(cdp.Share) bool      // whether a disclosure held it
}

// find reads the profile, or the record that is in none, and what carries the
// value.
func (m *cardMaker) find(id cdp.ProfileID) error {
	if m.of.Kind == "record" {
		rec, err := cdp.ParseRecordID(m.of.ID)
		if err != nil {
			return err
		}
		m.of.ID = rec.String()
		return m.findRecord(rec)
	}
	if find := m.parts()[m.of.Kind]; find != nil {
		return m.findPart(id, find)
	}
	p, err := m.profile(id, 0)
	if err != nil {
		return err
	}
	m.p = p
	m.tracer = tracer{sight: m.sight, p: p, of: m.of}
	m.sent = m.tracer.sharedField
	root, err := m.tracer.root()
	if err != nil {
		return err
	}
	m.records = m.tracer.records
	m.out = cdp.Card{Label: root.Label, Value: root.Data, Special: root.Special, Ident: m.tracer.ident, Conflict: root.Mark == "!"}
	return nil
}

func (m *cardMaker) findRecord(id cdp.RecordID) error {
	rec, err := m.tx.Record(id)
	if err != nil {
		return err
	}
	if !m.lens.Knew(rec.Recorded) {
		return fmt.Errorf("%v: %w: %w", id, errUnknownThen, ErrNotFound)
	}
	m.out = cdp.Card{Label: id.String()}
	in, err := m.tx.ProfileOf(id)
	if err != nil && !errors.Is(err, graph.ErrNotFound) {
		return err
	}
	m.records = []graph.Record{rec}
	if in != 0 {
		if m.p, err = m.profile(in, 0); err != nil {
			return err
		}
		if i := slices.IndexFunc(m.p.Records, func(r graph.Record) bool { return r.ID == id }); i >= 0 {
			m.records[0] = m.p.Records[i]
		}
	}
	m.tracer = tracer{sight: m.sight, p: m.p, records: m.records}
	m.sent = m.tracer.sharedField
	return nil
}

func (m *cardMaker) card() (cdp.Card, error) {
	out := &m.out
	out.Profile, out.Of, out.Lens, out.At, out.Records = m.p.ID, m.of, m.lens, m.at.At, len(m.records)
	if len(m.records) > cardLimit {
		out.Left = len(m.records) - cardLimit
		m.records = m.records[:cardLimit]
	}
	m.pack = m.Steward.rights
	var err error
	if m.all, err = m.registers(m.tx); err != nil {
		return *out, err
	}
	for _, rec := range m.records {
		f, err := m.factsOf(m.tx, rec, m.lens.Standpoint)
		if err != nil {
			return *out, err
		}
		m.facts = append(m.facts, f)
		m.rulings = append(m.rulings, f.ruling())
	}
	m.heard()
	m.narrow()
	for _, answer := range []func() error{m.sources, m.links, m.uses, m.recipients} {
		if err := answer(); err != nil {
			return *out, err
		}
	}
	m.judge()
	m.jurisdiction()
	return *out, nil
}

// heard finds when the person was heard of last, by any record of the profile.
func (m *cardMaker) heard() {
	records := m.p.Records
	if m.p.ID == 0 {
		records = m.records
	}
	for _, rec := range records {
		for _, t := range []time.Time{rec.At, rec.First, rec.Last} {
			if t.After(m.last) && !t.After(m.at.At) {
				m.last = t
			}
		}
	}
}

// unknown notes what nobody knows, once.
func (m *cardMaker) unknown(q cdp.Question, code string, rec cdp.RecordID, a cdp.ActivityID, other string) {
	u := cdp.CardUnknown{Question: q, Code: code, Record: rec, Activity: a, Other: other}
	if !slices.Contains(m.out.Unknown, u) {
		m.out.Unknown = append(m.out.Unknown, u)
	}
}

// sources tells where the value came from, to the line.
func (m *cardMaker) sources() error {
	for i, rec := range m.records {
		b, err := m.tx.Batch(rec.Lineage.Batch)
		if err != nil {
			return fmt.Errorf("%v: %w", rec.Lineage.Batch, err)
		}
		src := m.facts[i].src
		inventory, _ := m.reg.Source(rec.Source)
		s := cdp.CardSource{Record: rec.ID, Source: rec.Source, System: or(inventory.System, src.System), Owner: or(inventory.Owner, src.Owner),
			Collection: or(inventory.Collection, src.Collection), Batch: rec.Lineage.Batch, File: cdp.Value(b.File), FileHash: b.FileHash,
			Lineage: rec.Lineage, At: rec.At, Recorded: rec.Recorded}
		s.Stream = s.FileHash == ""
		if c, ok := m.reg.Controller(controllerOf(m.reg, src)); ok {
			s.Controller = c.Name
		} else {
			s.Controller = src.Controller
		}
		m.carried(&s, &rec)
		for code, said := range map[string]bool{"source.system": s.System != "", "source.owner": s.Owner != "", "source.controller": s.Controller != "",
			"source.collection": s.Collection != "", "source.file": s.File != "", "source.origin": len(s.Origins) > 0, "source.category": len(s.Categories) > 0 || m.of.Kind == "identifier"} {
			if !said {
				m.unknown(cdp.AskSource, code, rec.ID, "", string(rec.Source))
			}
		}
		m.out.Sources = append(m.out.Sources, s)
	}
	slices.SortFunc(m.out.Unknown, func(a, b cdp.CardUnknown) int {
		return cmp.Or(cmp.Compare(a.Record, b.Record), cmp.Compare(a.Code, b.Code))
	})
	return nil
}

// carried tells what a record says of the value: origin and category of the
// attribute, or of all its attributes.
func (m *cardMaker) carried(s *cdp.CardSource, rec *graph.Record) {
	if m.tracer.ident != nil {
		s.Origins = []cdp.Origin{originOf(m.tracer.ident.Kind(), s.Collection)}
		if s.Origins[0] == "" {
			s.Origins = nil
		}
		s.Categories = []string{m.tracer.ident.Kind().Category()}
		return
	}
	if t := m.touchpoint(); t != nil {
		s.Value = t.Detail
		if t.Text == "" { // what a person does is seen; who wrote a text nobody says
			s.Origins = []cdp.Origin{cdp.Observed}
		}
		s.Categories = []string{categoryOfEvent(t)}
		return
	}
	unsaid := false
	for _, a := range rec.Attributes {
		if m.partial(a.Name) {
			continue
		}
		if m.of.Kind == "attribute" {
			if a.Name != m.of.ID {
				continue
			}
			s.Value, s.Special = a.Value, or(a.Special, m.out.Special)
		}
		if unsaid = unsaid || a.Origin == ""; a.Origin != "" {
			s.Origins = appendNew(s.Origins, a.Origin)
		}
		if a.Category != "" {
			s.Categories = appendNew(s.Categories, a.Category)
		}
	}
	if len(s.Origins) == 0 && !unsaid { // a record of identifiers alone
		for _, c := range rec.Claims {
			if m.partial(string(c.Identifier.Kind())) {
				continue
			}
			if o := originOf(c.Identifier.Kind(), s.Collection); o != "" {
				s.Origins = appendNew(s.Origins, o)
			}
		}
	}
	if len(s.Categories) == 0 && m.of.Kind != "attribute" {
		for _, c := range rec.Claims {
			if m.partial(string(c.Identifier.Kind())) {
				continue
			}
			s.Categories = appendNew(s.Categories, c.Identifier.Kind().Category())
		}
	}
}

// originOf is how an identifier came to be, which no mapping says: what a
// person gives, what is seen of a device, a number that a system gave.
func originOf(k cdp.Kind, collection string) cdp.Origin {
	switch k {
	case cdp.KindCookie, cdp.KindDevice, cdp.KindIP:
		return cdp.Observed
	case cdp.KindLoyalty, cdp.KindCRM, cdp.KindLogin, cdp.KindOrder, cdp.KindRecord, cdp.KindEmailSHA256, cdp.KindEmailMD5, cdp.KindPhoneSHA256:
		return cdp.Derived
	}
	switch collection {
	case "first_party":
		return cdp.Provided
	case "third_party":
		return cdp.Acquired
	}
	return ""
}

// jurisdiction tells whose law and authority the person comes under.
func (m *cardMaker) jurisdiction() {
	records := m.p.Records
	if m.p.ID == 0 {
		records = m.records
	}
	m.out.Place = m.place(m.pack, records)
	if m.out.Place.Country == "" {
		m.unknown(cdp.AskRights, "place.country", 0, "", "")
	} else if m.out.Place.Authority == "" {
		m.unknown(cdp.AskRights, "place.authority", 0, "", m.out.Place.Country)
	}
	if m.out.Place.Age == 0 {
		m.unknown(cdp.AskRights, "place.age", 0, "", m.out.Place.Country)
	}
	for _, c := range m.out.Place.Controllers {
		if c.Authority == "" {
			m.unknown(cdp.AskRights, "place.controller_authority", 0, "", c.ID)
		}
	}
}

func (v *sight) place(pack *rights.Pack, records []graph.Record) cdp.Jurisdiction {
	var attributes []cdp.Attribute
	var out cdp.Jurisdiction
	for i := range records {
		attributes = append(attributes, records[i].Attributes...)
		id := records[i].Controller
		if id == "" || slices.ContainsFunc(out.Controllers, func(c cdp.Competence) bool { return c.ID == id }) {
			continue
		}
		c, _ := v.reg.Controller(id)
		out.Controllers = append(out.Controllers, cdp.Competence{ID: id, Name: c.Name, Country: c.Country, Authority: c.Authority})
	}
	slices.SortFunc(out.Controllers, func(a, b cdp.Competence) int { return cmp.Compare(a.ID, b.ID) })
	who := policy.PersonOf(attributes)
	born, country := who.Born, who.Country
	out.Country, out.Born = country, !born.IsZero() && who.Doubt == ""
	if a, ok := pack.Authority(country); ok {
		out.Authority, out.AuthorityLaw = a.Name, a.Law
	}
	if a, ok := v.reg.ConsentAge(country, v.at.At); ok {
		out.Age, out.AgeLaw = a.Age, a.Law
		of, known := v.reg.OfAge(born, country, v.at.At)
		out.Minor = known && v.at.At.Before(of)
	}
	return out
}
