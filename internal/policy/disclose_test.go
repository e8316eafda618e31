package policy

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"

	"pgregory.net/rapid"
)

// outRegister has one recipient of each sort, and purposes on several bases.
const outRegister = `
register: gate out
valid_from: 2025-01-01
owner: data protection office
controllers:
  - {id: lindenhof, name: Lindenhof, country: DE}
purposes:
  - {id: orders, title: {en: Orders}, dpv: dpv:CustomerOrderManagement, categories: [user.name, user.contact, user.health]}
  - {id: newsletter, title: {en: Newsletter}, dpv: dpv:DirectMarketing, direct_marketing: true, categories: [user.name.first, user.contact, user.account]}
  - {id: profile, title: {en: Profile}, dpv: dpv:Personalisation, categories: [user.behavior]}
recipients:
  - {id: parcel, name: Parcel, kind: processor, country: DE, contract: AVV 1}
  - {id: mailer, name: Mailer, kind: processor, country: US, contract: DPA 1, transfer: A46-2-c}
  - {id: printer, name: Printer, kind: processor, country: DE}
  - {id: adserver, name: Adserver, kind: controller, country: US}
  - {id: shield, name: Shield, kind: processor, country: US, contract: DPA 2, transfer: A45-3, transfer_ground: privacy-shield}
  - {id: scc, name: Clauses, kind: processor, country: US, contract: DPA 3, transfer: A46-2-c}
  - {id: clinic, name: Clinic, kind: controller, country: DE}
activities:
  - {id: deliver, purpose: orders, basis: contract, contract: {ref: terms, evidence: ground}, retention: {period: P3Y, start: collection}, recipients: [parcel, printer, adserver, shield, scc]}
  - {id: treat, purpose: orders, basis: contract, contract: {ref: terms, evidence: source}, condition: A9-2-h, retention: {period: P3Y, start: collection}, recipients: [clinic]}
  - {id: newsletter.send, purpose: newsletter, basis: consent, retention: {period: P3Y, start: collection}, recipients: [mailer]}
  - {id: profile.link, purpose: profile, basis: consent, retention: {period: P3Y, start: collection}, recipients: []}
sources:
  - {id: shop, controller: lindenhof, collection: first_party, activities: [deliver, treat], link: deliver}
  - {id: letter, controller: lindenhof, collection: first_party, activities: [newsletter.send], link: none}
  - {id: both, controller: lindenhof, collection: first_party, activities: [deliver, newsletter.send], link: deliver}
`

func outExample(t testing.TB) *Register {
	t.Helper()
	r, err := Parse("out.yaml", []byte(outRegister))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func attr(name, category, value string) cdp.Attribute {
	return cdp.Attribute{Name: name, Category: category, Value: cdp.Value(value)}
}

var firstName = attr("given_name", "user.name.first", "Mara")

func part(id cdp.RecordID, source string, said []cdp.Consent, attrs ...cdp.Attribute) Part {
	return Part{Record: id, Source: from(cdp.SourceID(source)), Claims: claims(mail), Attributes: attrs,
		Facts: Facts{Consents: said, RecordAt: at("2026-01-01"), Grounds: []cdp.Ground{{Activity: "deliver", Ref: "1", From: at("2026-01-01")}}}}
}

func with(p Part, f func(*Part)) Part { f(&p); return p }

func wish(p Part, w cdp.Wish, c cdp.Channel, topic, when string) Part {
	p.Facts.Preferences = append(p.Facts.Preferences, cdp.Preference{Endpoint: mail, Controller: "lindenhof", Channel: c, Topic: topic, Wish: w, At: at(when), Source: "shop"})
	return p
}

func byChannel(c cdp.Channel, e cdp.Consent) cdp.Consent { e.Channel = c; return e }

// TestDisclose: each reason of the gate out, and a near miss of each.
func TestDisclose(t *testing.T) {
	reg := outExample(t)
	yes := []cdp.Consent{consent(mail, "newsletter", cdp.ConsentGiven, "2026-02-01")}
	then := func(more ...cdp.Consent) []cdp.Consent { return append(slices.Clone(yes), more...) }
	letter := Disclosure{Register: reg, Recipient: "mailer", Purpose: "newsletter", At: at("2026-05-10")}
	deliver := Disclosure{Register: reg, Recipient: "parcel", Purpose: "orders", At: at("2026-05-10")}
	to := func(d Disclosure, f func(*Disclosure)) Disclosure { f(&d); return d }
	ended := with(part(1, "shop", nil, firstName), func(p *Part) { p.Facts.Grounds[0].To = at("2026-04-01") })
	for _, tc := range []struct {
		name  string
		d     Disclosure
		parts []Part
		want  string // rule of the profile
		sent  string // fields that go out
		field string // one that does not
		rule  string // why
	}{
		{"consent given", letter, []Part{part(1, "letter", yes, firstName)}, "share.consent.given", "email given_name", "", ""},
		{"no register", to(letter, func(d *Disclosure) { d.Register = nil }), []Part{part(1, "letter", yes)}, "share.register.none", "", "", ""},
		{"a register that can not be read", to(letter, func(d *Disclosure) { d.Broken = "line 3" }), []Part{part(1, "letter", yes)}, "share.register.broken", "", "", ""},
		{"a register of later", to(letter, func(d *Disclosure) { d.At = at("2024-12-31") }), []Part{part(1, "letter", yes)}, "share.register.later", "", "", ""},
		{"nobody named", to(letter, func(d *Disclosure) { d.Recipient = " " }), []Part{part(1, "letter", yes)}, "share.recipient.unnamed", "", "", ""},
		{"somebody unknown", to(letter, func(d *Disclosure) { d.Recipient = "marketing partners" }), []Part{part(1, "letter", yes)}, "share.recipient.unknown", "", "", ""},
		{"a purpose nobody knows", to(letter, func(d *Disclosure) { d.Purpose = "resale" }), []Part{part(1, "letter", yes)}, "share.purpose.unknown", "", "", ""},
		{"a recipient of another activity", to(letter, func(d *Disclosure) { d.Recipient = "parcel" }), []Part{part(1, "letter", yes)}, "share.recipient.activity", "", "", ""},
		{"a processor without contract", to(deliver, func(d *Disclosure) { d.Recipient = "printer" }), []Part{part(1, "shop", nil)}, "share.recipient.contract", "", "", ""},
		{"a third country without tool", to(deliver, func(d *Disclosure) { d.Recipient = "adserver" }), []Part{part(1, "shop", nil)}, "share.recipient.transfer", "", "", ""},
		{"an event without consent information", letter, []Part{part(1, "letter", nil, firstName)}, "share.consent.absent", "", "", ""},
		{"consent for another purpose", letter, []Part{part(1, "letter", []cdp.Consent{consent(mail, "profile", cdp.ConsentGiven, "2026-02-01")})}, "share.consent.absent", "", "", ""},
		{"withdrawn", letter, []Part{part(1, "letter", then(consent(mail, "newsletter", cdp.ConsentWithdrawn, "2026-04-20")), firstName)}, "share.consent.withdrawn", "", "", ""},
		{"withdrawn later", to(letter, func(d *Disclosure) { d.At = at("2026-04-19") }), []Part{part(1, "letter", then(consent(mail, "newsletter", cdp.ConsentGiven, "2026-04-18")), firstName)}, "share.consent.given", "email given_name", "", ""},
		{"unreadable", letter, []Part{part(1, "letter", then(consent(mail, "newsletter", cdp.ConsentUnreadable, "2026-04-20")))}, "share.consent.unreadable", "", "", ""},
		{"collected for other purposes", letter, []Part{part(1, "shop", yes, firstName)}, "share.record.purpose", "", "", ""},
		{"only one record serves the purpose", letter, []Part{part(1, "letter", yes), part(2, "shop", yes, firstName)}, "share.consent.given", "email", "given_name", "share.record.purpose"},
		{"the contract ended", deliver, []Part{ended}, "share.contract.ended", "", "", ""},
		{"the contract of one record ended", deliver, []Part{ended, part(2, "shop", nil)}, "share.contract.open", "email", "given_name", "share.contract.ended"},
		{"an activity that is not the record's", deliver, []Part{with(part(1, "both", yes), func(p *Part) { p.Facts.Activities = []cdp.ActivityID{"newsletter.send"} })}, "share.record.activity", "", "", ""},
		{"restricted", letter, []Part{part(1, "letter", yes), with(part(2, "shop", yes), func(p *Part) { p.Facts.Restrictions = restrictedFrom("2026-01-01", true, "") })}, "share.restricted", "", "", ""},
		{"suppressed", letter, []Part{part(1, "letter", yes), with(part(2, "shop", yes), func(p *Part) { p.Facts.Suppressions = suppressedFrom("2026-01-01", cdp.SuppressAll, "") })}, "share.suppressed", "", "", ""},
		{"a row that is restricted stays, the others go", deliver, []Part{with(part(1, "shop", nil, firstName), func(p *Part) { p.Facts.Restrictions = restrictedFrom("2026-01-01", false, "") }), part(2, "shop", nil)}, "share.contract.open", "email", "given_name", "share.restricted.row"},
		{"suppressed for marketing elsewhere", letter, []Part{part(1, "letter", yes), with(part(2, "shop", yes), func(p *Part) { p.Facts.Suppressions = suppressedFrom("2026-01-01", cdp.SuppressMarketing, "") })}, "share.suppressed", "", "", ""},
		{"suppressed for marketing over another channel", letter, []Part{with(part(1, "letter", yes), func(p *Part) { p.Facts.Suppressions = suppressedFrom("2026-01-01", cdp.SuppressMarketing, "sms") })}, "share.consent.given", "email", "", ""},
		{"suppressed for marketing over that channel", to(letter, func(d *Disclosure) { d.Channel = "sms" }), []Part{with(part(1, "letter", yes), func(p *Part) { p.Facts.Suppressions = suppressedFrom("2026-01-01", cdp.SuppressMarketing, "sms") })}, "share.suppressed", "", "", ""},
		{"suppressed for marketing, the parcel goes", deliver, []Part{with(part(1, "shop", nil), func(p *Part) { p.Facts.Suppressions = suppressedFrom("2026-01-01", cdp.SuppressMarketing, "") })}, "share.contract.open", "email", "", ""},
		{"objected to marketing elsewhere", letter, []Part{part(1, "letter", yes), part(2, "shop", []cdp.Consent{consent(phone, "newsletter", cdp.ConsentObjected, "2026-03-01")})}, "share.marketing.objected", "", "", ""},
		{"objected over another channel", to(letter, func(d *Disclosure) { d.Channel = "email" }), []Part{part(1, "letter", then(byChannel("sms", consent(phone, "newsletter", cdp.ConsentObjected, "2026-03-01"))))}, "share.marketing.objected", "", "", ""},
		{"an objection to marketing does not stop the parcel", deliver, []Part{part(1, "shop", []cdp.Consent{consent(phone, "newsletter", cdp.ConsentObjected, "2026-03-01")})}, "share.contract.open", "email", "", ""},
		{"text messages are not wanted", to(letter, func(d *Disclosure) { d.Channel = "sms" }), []Part{part(1, "letter", yes), wish(part(2, "shop", yes), cdp.Unwanted, "sms", "", "2026-03-01")}, "share.preference.unwanted", "", "", ""},
		{"text messages are not wanted, e-mail is not spoken of", to(letter, func(d *Disclosure) { d.Channel = "email" }), []Part{wish(part(1, "letter", yes), cdp.Unwanted, "sms", "", "2026-03-01")}, "share.consent.given", "email", "", ""},
		{"wanted permits nothing", to(letter, func(d *Disclosure) { d.Channel = "email" }), []Part{wish(part(1, "letter", nil), cdp.Wanted, "email", "newsletter", "2026-03-01")}, "share.consent.absent", "", "", ""},
		{"nothing is wanted of that topic", letter, []Part{wish(part(1, "letter", yes), cdp.Unwanted, "", "newsletter", "2026-03-01")}, "share.preference.unwanted", "", "", ""},
		{"nothing is wanted of another topic", letter, []Part{wish(part(1, "letter", yes), cdp.Unwanted, "", "fashion", "2026-03-01")}, "share.consent.given", "email", "", ""},
		{"nothing is wanted of the topic that is asked for", to(letter, func(d *Disclosure) { d.Channel, d.Topic = "email", "fashion" }), []Part{wish(part(1, "letter", yes), cdp.Unwanted, "", "fashion", "2026-03-01")}, "share.preference.unwanted", "", "", ""},
		{"that topic is not wanted over another channel", to(letter, func(d *Disclosure) { d.Channel, d.Topic = "email", "fashion" }), []Part{wish(part(1, "letter", yes), cdp.Unwanted, "sms", "fashion", "2026-03-01")}, "share.consent.given", "email", "", ""},
		{"not wanted, and wanted later", letter, []Part{wish(wish(part(1, "letter", yes), cdp.Unwanted, "", "", "2026-03-01"), cdp.Wanted, "", "newsletter", "2026-03-02")}, "share.consent.given", "email", "", ""},
		{"wanted, and later not", letter, []Part{wish(wish(part(1, "letter", yes), cdp.Unwanted, "", "", "2026-03-02"), cdp.Wanted, "", "newsletter", "2026-03-01")}, "share.preference.unwanted", "", "", ""},
		{"a parcel is no message", deliver, []Part{wish(part(1, "shop", nil), cdp.Unwanted, "", "", "2026-03-01")}, "share.contract.open", "email", "", ""},
		{"a child", letter, []Part{part(1, "letter", yes), with(part(2, "shop", yes), func(p *Part) { p.Minor = true })}, "share.minor", "", "", ""},
		{"a child by the birth date", letter, []Part{part(1, "letter", yes), with(part(2, "shop", yes), func(p *Part) { p.Facts.Born, p.Facts.Country = at("2012-08-14"), "DE" })}, "share.minor", "", "", ""},
		{"a birth date that nobody can read", letter, []Part{part(1, "letter", yes), with(part(2, "shop", yes), func(p *Part) { p.Facts.BirthUnread = true })}, "share.minor.unknown", "", "", ""},
		{"old enough", letter, []Part{part(1, "letter", yes), with(part(2, "shop", yes), func(p *Part) { p.Facts.Born, p.Facts.Country = at("2009-08-14"), "DE" })}, "share.consent.given", "email", "", ""},
		{"under a decision that was annulled", to(deliver, func(d *Disclosure) { d.Recipient = "shield" }), []Part{part(1, "shop", nil)}, "share.recipient.transfer_annulled", "", "", ""},
		{"under standard clauses", to(deliver, func(d *Disclosure) { d.Recipient = "scc" }), []Part{part(1, "shop", nil)}, "share.contract.open", "email", "", ""},
		{"a child's parcel", deliver, []Part{with(part(1, "shop", nil), func(p *Part) { p.Minor = true })}, "share.contract.open", "email", "", ""},
		{"the wrong channel", to(letter, func(d *Disclosure) { d.Channel = "email" }), []Part{part(1, "letter", []cdp.Consent{byChannel("sms", yes[0])}, firstName)}, "share.channel", "", "", ""},
		{"the right channel", to(letter, func(d *Disclosure) { d.Channel = "email" }), []Part{part(1, "letter", []cdp.Consent{byChannel("email", yes[0])}, firstName)}, "share.consent.given", "email given_name", "", ""},
		{"no number for that channel", to(letter, func(d *Disclosure) { d.Channel = "sms" }), []Part{part(1, "letter", yes, firstName)}, "share.channel.endpoint", "", "", ""},
		{"not needed", letter, []Part{part(1, "letter", yes, firstName, attr("birth_date", "user.demographic.date_of_birth", "1979-04-01"))}, "share.consent.given", "email given_name", "birth_date", "share.minimised"},
		{"of no known category", letter, []Part{part(1, "letter", yes, attr("note", "", "x"))}, "share.consent.given", "email", "note", "share.category.unknown"},
		{"below a category", deliver, []Part{part(1, "shop", nil, attr("street", "user.contact.address.street", "Mühlweg"))}, "share.contract.open", "email street", "", ""},
		{"a field nobody asked for", to(letter, func(d *Disclosure) { d.Fields = []string{"email"} }), []Part{part(1, "letter", yes, firstName)}, "share.consent.given", "email", "", ""},
		{"health data without condition", deliver, []Part{part(1, "shop", nil, cdp.Attribute{Name: "allergy", Category: "user.health", Value: "nuts", Special: "health"})}, "share.contract.open", "email", "allergy", "share.special"},
		{"health data with one", to(deliver, func(d *Disclosure) { d.Recipient = "clinic" }), []Part{part(1, "shop", nil, cdp.Attribute{Name: "allergy", Category: "user.health", Value: "nuts", Special: "health"})}, "share.contract.open", "allergy email", "", ""},
		{"nothing but forbidden fields", deliver, []Part{with(part(1, "shop", nil, cdp.Attribute{Name: "allergy", Category: "user.health", Value: "nuts", Special: "health"}), func(p *Part) { p.Claims = nil })}, "share.special", "", "allergy", "share.special"},
		{"nothing that is needed", letter, []Part{with(part(1, "letter", yes, attr("iban", "user.financial", "DE")), func(p *Part) { p.Claims = nil })}, "share.nothing", "", "iban", "share.minimised"},
		{"an address that nobody gave for it", letter, []Part{with(part(1, "letter", yes, firstName), func(p *Part) { p.Claims = claims(mail, phone) })}, "share.consent.given", "email given_name", "phone", "share.consent.absent"},
		{"an address where it was refused", letter, []Part{with(part(1, "letter", then(consent(phone, "newsletter", cdp.ConsentRefused, "2026-03-01")), firstName), func(p *Part) { p.Claims = claims(mail, phone) })}, "share.consent.given", "email given_name", "phone", "share.consent.refused"},
		{"a card goes with the address", letter, []Part{with(part(1, "letter", yes), func(p *Part) { p.Claims = claims(mail, card) })}, "share.consent.given", "email loyalty", "", ""},
		{"a placeholder goes nowhere", deliver, []Part{with(part(1, "shop", nil, firstName), func(p *Part) { p.Claims = claims(mail); p.Claims[0].Blocked = "placeholder.test" })}, "share.contract.open", "given_name", "", ""},
		{"a source nobody knows", deliver, []Part{part(1, "store.wlan", nil, firstName)}, "share.source.unknown", "", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := Disclose(tc.d, tc.parts)
			if got.Verdict.Rule != tc.want {
				t.Errorf("%s, want %s: %s", got.Verdict.Rule, tc.want, got.Verdict.Reason)
			}
			if sent := strings.Join(got.Sent(), " "); sent != tc.sent {
				t.Errorf("sent %q, want %q", sent, tc.sent)
			}
			if got.Verdict.Article == "" || !strings.HasPrefix(got.Verdict.Reason, "May ") || len(got.Verdict.Facts) == 0 {
				t.Errorf("a verdict without reasons: %+v", got.Verdict)
			}
			if tc.field == "" {
				return
			}
			i := slices.IndexFunc(got.Fields, func(f cdp.FieldVerdict) bool { return f.Field == tc.field })
			if i < 0 || got.Fields[i].Verdict.Rule != tc.rule || got.Fields[i].Outcome == cdp.FieldAllowed || len(got.Fields[i].Values) > 0 {
				t.Errorf("%s: %+v, want %s", tc.field, got.Fields, tc.rule)
			}
		})
	}
}

// TestDiscloseValues: what goes out is the latest value of records that may
// send it, whatever a later record that may not says.
func TestDiscloseValues(t *testing.T) {
	d := Disclosure{Register: outExample(t), Recipient: "parcel", Purpose: "orders", At: at("2026-05-10")}
	name := func(v string) cdp.Attribute { return attr("given_name", "user.name.first", v) }
	later := func(p Part, day string) Part { p.Facts.RecordAt = at(day); return p }
	parts := []Part{part(1, "shop", nil, name("Old")), later(part(2, "shop", nil, name("New")), "2026-02-01"),
		later(part(3, "shop", nil, name("New")), "2026-01-15"), later(part(4, "letter", nil, name("Newest")), "2026-03-01")}
	for range 2 {
		got := Disclose(d, parts).Fields[1]
		if !slices.Equal(got.Values, []cdp.Value{"New"}) || !slices.Contains(got.Records, 2) || slices.Contains(got.Records, 1) || slices.Contains(got.Records, 4) {
			t.Errorf("%q of %v", got.Values, got.Records)
		}
		slices.Reverse(parts)
	}
}

// naiveGate says what of a profile goes out, by reading the rules once more in
// another order: field by field, value by value, the history from its end.
func naiveGate(recipient, purpose string, channel cdp.Channel, now time.Time, parts []Part) map[string]bool {
	recipients := map[string][]string{"orders/parcel": {"deliver"}, "orders/clinic": {"treat"}, "newsletter/mailer": {"newsletter.send"}}
	feeds := map[string][]string{"shop": {"deliver", "treat"}, "letter": {"newsletter.send"}, "both": {"deliver", "newsletter.send"}}
	needs := map[string][]string{"orders": {"user.name", "user.contact", "user.health"}, "newsletter": {"user.name.first", "user.contact", "user.account"}}
	out := map[string]bool{}
	for _, p := range parts {
		_, restricted := restrictedByHand(p.Facts.Restrictions, now)
		gone, unreached := suppressedByHand(p.Facts.Suppressions, "lindenhof", channel, now)
		if restricted || gone || purpose == "newsletter" && (unreached || p.Minor) {
			return out
		}
	}
	// last is the last word at an endpoint on the newsletter; ch "" asks about all channels.
	last := func(all []cdp.Consent, endpoint cdp.Identifier, ch cdp.Channel) (last cdp.Consent, found bool) {
		for _, c := range slices.SortedFunc(slices.Values(all), func(a, b cdp.Consent) int { return a.At.Compare(b.At) }) {
			stands := last.State == cdp.ConsentObjected && (c.State == cdp.ConsentRefused || c.State == cdp.ConsentWithdrawn) // whoever objected and then withdraws has still objected
			if c.Endpoint.Same(endpoint) && c.Purpose == "newsletter" && (ch == "*" || c.Channel == ch || c.Channel == "") && !stands {
				last, found = c, true
			}
		}
		return last, found
	}
	ends := []cdp.Identifier{mail, phone, card}
	permits := func(all []cdp.Consent, endpoint cdp.Identifier) bool {
		if channel != "" {
			c, ok := last(all, endpoint, channel)
			return ok && c.State.ValidForProcessing()
		}
		for _, ch := range []cdp.Channel{"", "email", "sms"} {
			said := slices.ContainsFunc(all, func(c cdp.Consent) bool { return c.Endpoint.Same(endpoint) && c.Channel == ch })
			if c, ok := last(all, endpoint, ch); said && ok && c.State.ValidForProcessing() {
				return true
			}
		}
		return false
	}
	// An address that is sent itself must be permitted over every channel that was spoken of.
	wholly := func(all []cdp.Consent, endpoint cdp.Identifier) bool {
		for _, ch := range []cdp.Channel{"", "email", "sms"} {
			said := slices.ContainsFunc(all, func(c cdp.Consent) bool { return c.Endpoint.Same(endpoint) && c.Channel == ch })
			if c, ok := last(all, endpoint, ch); channel == "" && said && ok && !c.State.ValidForProcessing() {
				return false
			}
		}
		return permits(all, endpoint)
	}
	if purpose == "newsletter" {
		for _, p := range parts { // an objection holds unless a later consent was given, anywhere on that record
			var no, yes time.Time
			for _, e := range ends {
				for _, ch := range []cdp.Channel{"", "email", "sms"} {
					if !slices.ContainsFunc(p.Facts.Consents, func(c cdp.Consent) bool { return c.Endpoint.Same(e) && c.Channel == ch }) {
						continue
					}
					c, ok := last(p.Facts.Consents, e, ch)
					switch {
					case ok && c.State == cdp.ConsentObjected && c.At.After(no):
						no = c.At
					case ok && c.State.ValidForProcessing() && c.At.After(yes) && (channel == "" || ch == "" || ch == channel): // a yes for another channel lifts nothing here
						yes = c.At
					}
				}
			}
			if !no.IsZero() && !yes.After(no) {
				return out
			}
		}
	}
	reached := channel == ""
	for _, p := range parts {
		if row, _ := restrictedByHand(p.Facts.Restrictions, now); row {
			continue
		}
		for _, a := range recipients[purpose+"/"+recipient] {
			if !slices.Contains(feeds[string(p.Source.ID)], a) {
				continue
			}
			switch a {
			case "deliver":
				if !slices.ContainsFunc(p.Facts.Grounds, func(g cdp.Ground) bool { return !now.Before(g.From) && (g.To.IsZero() || now.Before(g.To)) }) {
					continue
				}
			case "newsletter.send":
				if !slices.ContainsFunc(ends, func(e cdp.Identifier) bool { return permits(p.Facts.Consents, e) }) {
					continue
				}
			}
			needed := func(category string) bool {
				return slices.ContainsFunc(needs[purpose], func(n string) bool { return category == n || strings.HasPrefix(category, n+".") })
			}
			for _, at := range p.Attributes {
				if needed(at.Category) && (at.Special == "" || a == "treat") {
					out[at.Name] = true
				}
			}
			for _, c := range p.Claims {
				kind := c.Identifier.Kind()
				category := map[cdp.Kind]string{cdp.KindEmail: "user.contact.email", cdp.KindPhone: "user.contact.phone_number", cdp.KindLoyalty: "user.account"}[kind]
				_, said := last(p.Facts.Consents, c.Identifier, cmp.Or(channel, "*"))
				if !needed(category) || purpose == "newsletter" && !wholly(p.Facts.Consents, c.Identifier) && (said || kind != cdp.KindLoyalty) {
					continue
				}
				out[string(kind)] = true
				reached = reached || channel == "email" && kind == cdp.KindEmail || channel == "sms" && kind == cdp.KindPhone
			}
		}
	}
	if !reached {
		return map[string]bool{}
	}
	return out
}

// TestDiscloseDifferential compares the gate with the naive evaluator over
// random histories, and shows that the order of the records does not matter.
func TestDiscloseDifferential(t *testing.T) {
	reg := outExample(t)
	outcomes := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		now := at("2026-05-10")
		d := Disclosure{Register: reg, At: now, Channel: rapid.SampledFrom([]cdp.Channel{"", "email", "sms"}).Draw(t, "channel")}
		pair := rapid.SampledFrom([][2]string{{"parcel", "orders"}, {"clinic", "orders"}, {"mailer", "newsletter"}, {"mailer", "newsletter"}, {"mailer", "orders"}}).Draw(t, "to")
		d.Recipient, d.Purpose = pair[0], cdp.PurposeID(pair[1])
		ends := []cdp.Identifier{mail, phone, card}
		n := rapid.IntRange(1, 4).Draw(t, "records")
		hour := 0
		history := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) cdp.Consent {
			hour++ // no two at one instant
			c := consent(rapid.SampledFrom(ends).Draw(t, "endpoint"), "newsletter", rapid.SampledFrom([]cdp.ConsentState{cdp.ConsentGiven, cdp.ConsentGiven, cdp.ConsentWithdrawn, cdp.ConsentRefused, cdp.ConsentObjected}).Draw(t, "state"), "2026-02-01")
			c.At = c.At.AddDate(0, 0, rapid.IntRange(0, 60).Draw(t, "day")).Add(time.Duration(hour) * time.Second)
			c.Channel = rapid.SampledFrom([]cdp.Channel{"", "", "email", "sms"}).Draw(t, "over")
			return c
		}), 0, 6).Draw(t, "history")
		var parts []Part
		for i := range n {
			p := part(cdp.RecordID(i+1), rapid.SampledFrom([]string{"shop", "letter", "both"}).Draw(t, "source"), nil)
			p.Claims = claims(rapid.SliceOfNDistinct(rapid.SampledFrom(ends), 0, 3, func(i cdp.Identifier) cdp.Kind { return i.Kind() }).Draw(t, "claims")...)
			for _, c := range history { // what was said at its endpoints
				if slices.ContainsFunc(p.Claims, func(x cdp.Claim) bool { return x.Identifier.Same(c.Endpoint) }) {
					p.Facts.Consents = append(p.Facts.Consents, c)
				}
			}
			for _, a := range []cdp.Attribute{firstName, attr("birth_date", "user.demographic.date_of_birth", "x"), {Name: "allergy", Category: "user.health", Value: "nuts", Special: "health"}} {
				if rapid.Bool().Draw(t, a.Name) {
					p.Attributes = append(p.Attributes, a)
				}
			}
			if rapid.IntRange(0, 3).Draw(t, "ended") == 0 {
				p.Facts.Grounds = []cdp.Ground{{Activity: "deliver", From: at("2026-01-01"), To: at("2026-03-01")}}
			}
			p.Facts.Restrictions = genSometimes(t, "restricted", genRestrictions)
			p.Facts.Suppressions = genSometimes(t, "suppressed", genSuppressions)
			p.Minor = rapid.IntRange(0, 19).Draw(t, "minor") == 0
			parts = append(parts, p)
		}
		got := Disclose(d, parts)
		want := slices.Sorted(maps.Keys(naiveGate(d.Recipient, string(d.Purpose), d.Channel, now, parts)))
		if sent := got.Sent(); !slices.Equal(sent, want) && len(sent)+len(want) > 0 {
			t.Fatalf("%s for %s over %q sends %v by %s, want %v", d.Recipient, d.Purpose, d.Channel, sent, got.Verdict.Rule, want)
		}
		if got.Verdict.Allow != (len(want) > 0) {
			t.Fatalf("%s, and %v would go out", got.Verdict.Rule, want)
		}
		outcomes[got.Verdict.Rule]++
		slices.Reverse(parts)
		if again := Disclose(d, parts); again.Verdict.Rule != got.Verdict.Rule || !slices.Equal(again.Sent(), got.Sent()) {
			t.Fatalf("in another order: %s, was %s", again.Verdict.Rule, got.Verdict.Rule)
		}
	})
	if len(outcomes) < 5 {
		t.Errorf("only %v came about: the test shows little", outcomes)
	}
}

// TestHashedAddressNeedsItsConsent: the hash of an address at which the person
// refused reaches them as the address does.
func TestHashedAddressNeedsItsConsent(t *testing.T) {
	reg := outExample(t)
	for kind, want := range map[cdp.Kind]cdp.FieldOutcome{cdp.KindEmailSHA256: cdp.FieldStripped, cdp.KindEmailMD5: cdp.FieldStripped, cdp.KindPhoneSHA256: cdp.FieldStripped, cdp.KindLoyalty: cdp.FieldAllowed} {
		phone := cdp.NewIdentifier(cdp.KindPhone, "+4930123456", [4]byte{1})
		p := part(1, "letter", []cdp.Consent{consent(mail, "newsletter", cdp.ConsentRefused, "2026-02-01"), consent(phone, "newsletter", cdp.ConsentGiven, "2026-02-01")}, firstName)
		p.Claims = claims(mail, phone, cdp.NewIdentifier(kind, "5f4dcc3b5aa765d6", [4]byte{2}))
		d := Disclose(Disclosure{Register: reg, Recipient: "mailer", Purpose: "newsletter", At: at("2026-05-10")}, []Part{p})
		got := make(map[string]cdp.FieldOutcome)
		for _, f := range d.Fields {
			got[f.Field] = f.Outcome
		}
		if !d.Verdict.Allow || got["email"] != cdp.FieldDenied || got["phone"] != cdp.FieldAllowed || got[string(kind)] != want {
			t.Errorf("%s: %+v, %v", kind, got, d.Verdict.Rule)
		}
	}
}

// TestSaidAtTheAddress: what was said at an address holds for its hash, and not
// for another one.
func TestSaidAtTheAddress(t *testing.T) {
	reg := outExample(t)
	for state, want := range map[cdp.ConsentState]cdp.FieldOutcome{cdp.ConsentGiven: cdp.FieldAllowed, cdp.ConsentRefused: cdp.FieldDenied} {
		for i, sum := range append(mail.Hashes(), cdp.NewIdentifier(cdp.KindEmailSHA256, "5f4dcc3b5aa765d6", [4]byte{2})) {
			phone := cdp.NewIdentifier(cdp.KindPhone, "+4930123456", [4]byte{1})
			p := part(1, "letter", []cdp.Consent{consent(mail, "newsletter", state, "2026-02-01"), consent(phone, "newsletter", cdp.ConsentGiven, "2026-02-01")}, firstName)
			p.Claims = claims(phone, sum)
			d := Disclose(Disclosure{Register: reg, Recipient: "mailer", Purpose: "newsletter", At: at("2026-05-10")}, []Part{p})
			of := want
			if i == 2 {
				of = cdp.FieldStripped
			}
			if f := slices.IndexFunc(d.Fields, func(f cdp.FieldVerdict) bool { return f.Field == string(sum.Kind()) }); f < 0 || d.Fields[f].Outcome != of {
				t.Errorf("%s at the address, its hash as %s: %+v", state, sum.Kind(), d.Fields)
			}
		}
	}
}
