package lint_test

import (
	"cmp"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/lint"
	"cdp-tui/internal/policy"
)

// The register of a made-up company, of which fixtures change a line or two.
const registerText = `
register: Test
valid_from: 2024-01-01
owner: dpo
controllers:
  - {id: shop, name: Shop GmbH, country: DE}
  - {id: garden, name: Garden GmbH, country: DE}
purposes:
  - {id: orders, title: {en: Orders}, dpv: dpv:CustomerOrderManagement, categories: [user.name, user.contact, user.financial]}
  - {id: news, title: {en: News}, dpv: dpv:DirectMarketing, direct_marketing: true, categories: [user.name, user.contact.email]}
  - {id: advice, title: {en: Advice}, dpv: dpv:Personalisation, categories: [user.name, user.behavior]}
  - {id: place, title: {en: Nearest shop}, dpv: dpv:ServicePersonalisation, categories: [user.location.precise]}
recipients:
  - {id: parcel, name: Parcel AG, kind: processor, country: DE, contract: C-1}
  - {id: mailer, name: Mailer Inc., kind: processor, country: US, contract: C-2, transfer: A46-2-c}
activities:
  - {id: order, purpose: orders, owner: sales, basis: contract, contract: {ref: Terms, evidence: source}, retention: {period: P3Y, start: collection}, recipients: [parcel]}
  - {id: news.send, purpose: news, owner: marketing, basis: consent, retention: {period: P3Y, start: collection}, recipients: [mailer]}
  - {id: advise, purpose: advice, owner: marketing, basis: legitimate_interest, balancing: {date: 2024-01-01, author: dpo, outcome: passed, review_by: 2030-01-01}, retention: {period: P3Y, start: collection}, recipients: []}
  - {id: place.find, purpose: place, owner: sales, basis: consent, retention: {period: P30D, start: collection}, recipients: []}
sources:
  - {id: orders, controller: shop, collection: first_party, activities: [order], link: order}
  - {id: letters, controller: shop, collection: first_party, activities: [news.send], link: none}
  - {id: visits, controller: shop, collection: first_party, activities: [advise], link: none}
  - {id: app, controller: shop, collection: first_party, activities: [order, place.find], link: order}
  - {id: bought, controller: shop, collection: third_party, activities: [advise], link: none}
`

// complete says of every entry of the register what answers to people need.
func complete(w *world) *world {
	pairs := []string{"id: shop, name", "contact: dpo@shop.test, authority: LfD Shop, id: shop, name", "id: garden, name", "contact: dpo@shop.test, authority: LfD Garden, id: garden, name",
		"contract: C-1", "contract: C-1, region: Leipzig", "contract: C-2", "contract: C-2, region: Cork"}
	for _, p := range []string{"orders", "news", "advice", "place"} {
		pairs = append(pairs, "purpose: "+p+",", "automated: none, purpose: "+p+",")
	}
	for _, id := range []string{"orders", "letters", "visits", "app", "bought"} {
		pairs = append(pairs, "{id: "+id+", controller", "{system: S, kind: shop, department: sales, country: DE, region: Leipzig, fields: [email], direction: in, id: "+id+", controller")
	}
	w.register = strings.NewReplacer(pairs...).Replace(w.register)
	w.register = strings.Replace(w.register, "direction: in, id: app", "direction: in, sync: P1D, id: app", 1)
	for _, id := range []string{"orders", "letters", "visits", "bought"} {
		w.register = strings.Replace(w.register, "fields: [email], direction: in, id: "+id+",", "fields: [email], sync: P1D, direction: in, id: "+id+",", 1)
	}
	w.register += "notices:\n  - {id: N-9, purposes: [orders, news, advice, place], valid_from: 2024-01-01}\n"
	return w
}

// now is the clock of the fixtures.
func now() time.Time { return time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC) }

func at(s string) time.Time {
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	panic("not a time: " + s)
}

func email(s string) cdp.Identifier { return cdp.NewIdentifier(cdp.KindEmail, s, [4]byte{1}) }

// A world is what a fixture shows to the rules.
type world struct {
	t        testing.TB
	register string
	before   []string // earlier versions
	records  [][]*record
	sources  []cdp.Source
	crossed  []lint.Crossing
	zone     *time.Location
	scope    *lint.Scope // of the last run
	last     *lint.Run
	silentBy map[cdp.SourceID]time.Time // last delivery
}

type record struct {
	cdp.Record
	quarantined  bool
	suppressions []cdp.Suppression
}

func newWorld(t testing.TB) *world {
	return &world{t: t, register: registerText, sources: []cdp.Source{}}
}

// edit replaces a text of the register that stands there once.
func (w *world) edit(old, new string) *world {
	w.t.Helper()
	if strings.Count(w.register, old) != 1 {
		w.t.Fatalf("%q stands %d times in the register", old, strings.Count(w.register, old))
	}
	w.register = strings.Replace(w.register, old, new, 1)
	return w
}

// add adds a record of a source, alone in its profile; change may be nil.
func (w *world) add(source cdp.SourceID, change func(*record)) *world {
	r := &record{Record: cdp.Record{ID: cdp.RecordID(len(w.records) + 1), Source: source, Key: "k", At: at("2026-10-01"), Recorded: at("2026-10-02"),
		Lineage: cdp.Lineage{Batch: 1}, Claims: []cdp.Claim{{Identifier: email("a@post.test"), Strength: cdp.LinkStrong}}}}
	if change != nil {
		change(r)
	}
	w.records = append(w.records, []*record{r})
	return w
}

// join puts the last record into the profile of the one before it.
func (w *world) join() *world {
	n := len(w.records)
	w.records[n-2] = append(w.records[n-2], w.records[n-1]...)
	w.records = w.records[:n-1]
	return w
}

func (w *world) run(f cdp.LintFilter, mutes ...cdp.Mute) cdp.LintReport {
	w.t.Helper()
	parse := func(text string) *policy.Register {
		r, err := policy.Parse("register.yaml", []byte(text))
		if err != nil {
			w.t.Fatal(err)
		}
		return r
	}
	s := lint.Scope{Now: now(), Zone: w.zone, Pack: lint.Defaults(), Register: parse(w.register)}
	for _, text := range w.before {
		s.Registers = append(s.Registers, parse(text))
	}
	s.Registers = append(s.Registers, s.Register)
	var sources []lint.Source
	counts := map[cdp.SourceID]int{}
	events := []cdp.Consent{}
	for _, p := range w.records {
		for _, r := range p {
			counts[r.Source]++
			for i := range r.Consents {
				c := &r.Consents[i]
				c.Record, c.Source, c.Recorded = r.ID, r.Source, r.Recorded
				c.Controller = cmp.Or(c.Controller, "shop")
				if c.Endpoint.IsZero() {
					c.Endpoint = email("a@post.test")
				}
				events = append(events, *c)
			}
		}
	}
	for _, id := range []cdp.SourceID{"orders", "letters", "visits", "app", "bought"} {
		w.sources = append(w.sources, cdp.Source{ID: id, System: "S", Owner: "sales", Controller: "shop"})
	}
	for _, src := range w.sources {
		x := lint.Source{SourceStat: cdp.SourceStat{Source: src, Records: counts[src.ID], Last: cmp.Or(w.silentBy[src.ID], now())}}
		if e, ok := s.Register.Source(src.ID); ok {
			x.Entry = &e
		}
		sources = append(sources, x)
	}
	run := lint.New(s, f, mutes)
	w.scope, w.last = &s, run
	for i, p := range w.records {
		out := &lint.Profile{ID: cdp.ProfileID(i + 1), Crossed: w.crossed}
		for _, r := range p {
			rec := &lint.Record{Record: r.Record, Controller: "shop", Profile: out.ID, Quarantined: r.quarantined}
			if r.quarantined {
				rec.Profile, out.ID, rec.Since = 0, 0, r.Recorded
			}
			for k := range sources {
				if sources[k].Source.ID == r.Source {
					rec.Delivered = &sources[k]
				}
			}
			var mine []cdp.Consent
			for _, e := range events {
				for _, c := range r.Claims {
					if c.Identifier.Same(e.Endpoint) {
						mine = append(mine, e)
					}
				}
			}
			rec.Facts = policy.Facts{Register: s.Register, RecordAt: r.At, Recorded: r.Recorded, Activities: r.Activities, Grounds: r.Grounds, Consents: mine, Restrictions: r.Restrictions, Suppressions: r.suppressions}
			rec.Ruling = policy.Admit(policy.Subject{Source: cdp.Source{ID: r.Source}, RecordAt: r.At, Recorded: r.Recorded, Claims: r.Claims,
				Attributes: r.Attributes, Grounds: r.Grounds, Activities: r.Activities, Consents: mine}, s.Register, s.Now)
			out.Records = append(out.Records, rec)
		}
		run.Profile(out)
	}
	return run.Finish(sources)
}

// found returns how often a rule fired, and checks that what it says is whole.
func (w *world) found(id string) int {
	w.t.Helper()
	r := w.run(cdp.LintFilter{Rule: id})
	if len(r.Findings) != 1 || r.Findings[0].ID != id {
		w.t.Fatalf("there is no rule %s", id)
	}
	f := r.Findings[0]
	for _, ref := range f.Refs {
		if ref.Ref.Kind == "" || ref.Ref.ID == "" {
			w.t.Errorf("%s: a finding about nothing", id)
		}
		for _, fact := range ref.Facts {
			for _, personal := range []string{"a@post.test", "Petra", "52.52"} {
				if strings.Contains(fact, personal) {
					w.t.Errorf("%s: evidence holds a personal value", id)
				}
			}
		}
	}
	return f.Open
}

// Parts of records.

func name(r *record) {
	r.Attributes = append(r.Attributes, cdp.Attribute{Name: "given_name", Value: "Petra", Category: "user.name.first"})
}

func born(day, country string) func(*record) {
	return all(attribute("birth_date", day, "user.demographic.date_of_birth", ""), attribute("country", country, "user.contact.address.country", ""))
}

func attribute(name, value, category, special string) func(*record) {
	return func(r *record) {
		r.Attributes = append(r.Attributes, cdp.Attribute{Name: name, Value: cdp.Value(value), Category: category, Special: special})
	}
}

func says(list ...cdp.Consent) func(*record) {
	return func(r *record) { r.Consents = append(r.Consents, list...) }
}

// given is a consent with all its evidence.
func given(purpose cdp.PurposeID, when string) cdp.Consent {
	return cdp.Consent{Purpose: purpose, State: cdp.ConsentGiven, At: at(when), Notice: "N-1", Method: "form", Language: "de", Proof: "p"}
}

func no(state cdp.ConsentState, purpose cdp.PurposeID, when string) cdp.Consent {
	return cdp.Consent{Purpose: purpose, State: state, At: at(when), Method: "link"}
}

func restrictedOn(day string) func(*record) {
	return func(r *record) {
		r.Restrictions = append(r.Restrictions, cdp.Restriction{Whole: true, Ground: cdp.GroundAccuracy, At: at(day), Recorded: at(day), Source: cdp.OfficerSource})
	}
}

func suppressedOn(day string) func(*record) {
	return func(r *record) {
		r.suppressions = append(r.suppressions, cdp.Suppression{Scope: cdp.SuppressMarketing, Origin: cdp.SuppressedRegister, At: at(day), Recorded: at(day)})
	}
}

func touch(kind string, purpose cdp.PurposeID, when string) func(*record) {
	return func(r *record) {
		r.Touchpoints = append(r.Touchpoints, cdp.Touchpoint{Channel: "email", Kind: kind, Purpose: purpose, At: at(when)})
	}
}

func sent(to string, purpose cdp.PurposeID, when string, fields ...string) func(*record) {
	return func(r *record) {
		r.Shares = append(r.Shares, cdp.Share{Recipient: to, Purpose: purpose, At: at(when), Fields: fields})
	}
}

func on(day string) func(*record) {
	return func(r *record) { r.At, r.Recorded = at(day), at(day) }
}

func all(parts ...func(*record)) func(*record) {
	return func(r *record) {
		for _, p := range parts {
			p(r)
		}
	}
}
