package policy

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"

	"pgregory.net/rapid"
)

// historyRegister has every basis, and contracts that end by events.
func historyRegister(t testing.TB, from string, change ...string) *Register {
	t.Helper()
	text := `register: History
valid_from: ` + from + `
owner: data protection office
consent: {validity: P1Y, confirm_within: P14D}
controllers:
  - {id: lindenhof, name: Lindenhof Mode GmbH, country: DE}
purposes:
  - {id: orders, title: {en: Orders}, dpv: dpv:CustomerOrderManagement, categories: [user.contact]}
  - {id: newsletter, title: {en: Newsletter}, dpv: dpv:DirectMarketing, direct_marketing: true, categories: [user.contact]}
  - {id: books, title: {en: Bookkeeping}, dpv: dpv:LegalCompliance, categories: [user.contact]}
  - {id: fraud, title: {en: Fraud}, dpv: dpv:FraudPreventionAndDetection, categories: [user.contact]}
  - {id: social, title: {en: Social}, dpv: dpv:Personalisation, categories: [user.social]}
notices:
  - {id: N-1, purposes: [newsletter], valid_from: 2025-01-01}
  - {id: N-2, purposes: [newsletter], valid_from: 2026-01-06, material_change: true}
recipients:
  - {id: mailer, name: Mailer, kind: processor, country: US, contract: DPA, transfer: A46-2-c, transfer_to: 2026-01-08}
activities:
  - {id: sale, purpose: orders, basis: contract, contract: {ref: Terms, evidence: ground, ends_on: [return, order.cancelled]}, retention: {period: P3Y, start: contract_end}, recipients: [mailer]}
  - {id: warranty, purpose: orders, basis: contract, contract: {ref: Warranty, evidence: ground, ends_with: sale}, retention: {period: P2Y, start: contract_end}, recipients: []}
  - {id: account, purpose: orders, basis: contract, contract: {ref: Account, evidence: source, ends_on: [account.closed]}, retention: {period: P2Y, start: contract_end}, recipients: []}
  - {id: invoices, purpose: books, basis: legal_obligation, law: AO §147, retention: {period: P8Y, start: end_of_year}, recipients: []}
  - {id: letter, purpose: newsletter, basis: consent, retention: {period: P3Y, start: consent_end}, recipients: [mailer]}
  - {id: check, purpose: fraud, basis: legitimate_interest, balancing: {date: 2025-02-01, author: us, outcome: passed, review_by: 2026-01-09}, retention: {period: P1Y, start: collection}, recipients: []}
  - {id: scopes, purpose: social, basis: consent, retention: {period: P1Y, start: consent_end}, recipients: []}
sources:
  - {id: shop, controller: lindenhof, collection: first_party, activities: [sale, warranty, account, invoices, letter, check, scopes], link: letter}
`
	for i := 0; i < len(change); i += 2 {
		if !strings.Contains(text, change[i]) {
			t.Fatalf("nothing to replace: %q", change[i])
		}
		text = strings.Replace(text, change[i], change[i+1], 1)
	}
	r, err := Parse("history.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestBasisHistories: worked histories with their dates, one per way in which a
// basis begins and ends.
func TestBasisHistories(t *testing.T) {
	one := []Version{{historyRegister(t, "2025-01-01"), at("2025-01-01")}}
	swapped := append(one, Version{historyRegister(t, "2026-05-01", "{id: letter, purpose: newsletter, basis: consent,", "{id: letter, purpose: newsletter, basis: legitimate_interest, balancing: {date: 2026-04-25, author: us, outcome: passed, review_by: 2027-04-25},"), at("2026-04-26")})
	sale := cdp.Ground{Activity: "sale", Ref: "O-1", From: at("2026-01-10")}
	warranty := cdp.Ground{Activity: "warranty", Ref: "W-1", From: at("2026-01-10"), To: at("2028-01-10")}
	news := purpose("newsletter")
	for _, tc := range []struct {
		name     string
		activity cdp.ActivityID
		f        Facts
		versions []Version
		known    string
		want     string
	}{
		{name: "given, shared, withdrawn (gdpr.md 1.1, Art. 7(3))", activity: "letter",
			f:    Facts{Consents: []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-07", news), ev(cdp.ConsentWithdrawn, "2026-04-20", news)}},
			want: "2026-01-07 2026-04-20 consent.given -> consent.withdrawn"},
		{name: "the withdrawal was learnt late: as known before, nothing ended", activity: "letter", known: "2026-04-30",
			f:    Facts{Consents: []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-07", news), ev(cdp.ConsentWithdrawn, "2026-04-20", news, recorded("2026-05-10"))}},
			want: "2026-01-07 2027-01-07 consent.given -> consent.expired"},
		{name: "opt-in today, opt-out tomorrow, and in again", activity: "letter",
			f:    Facts{Consents: []cdp.Consent{ev(cdp.ConsentGiven, "2026-02-01", news), ev(cdp.ConsentWithdrawn, "2026-02-02", news), ev(cdp.ConsentGiven, "2026-03-01", news)}},
			want: "2026-02-01 2026-02-02 consent.given -> consent.withdrawn; 2026-03-01 2027-03-01 consent.given -> consent.expired"},
		{name: "the notice changed", activity: "letter",
			f:    Facts{Consents: []cdp.Consent{ev(cdp.ConsentGiven, "2025-06-01", news, notice("N-1"))}},
			want: "2025-06-01 2026-01-06 consent.given -> consent.reconsent_required"},
		{name: "renewed in time: the proof changes, the basis does not", activity: "letter",
			f:    Facts{Consents: []cdp.Consent{ev(cdp.ConsentGiven, "2026-02-01", news), ev(cdp.ConsentRenewed, "2026-12-01", news)}},
			want: "2026-02-01 2026-12-01 consent.given -> consent.renewed; 2026-12-01 2027-12-01 consent.renewed -> consent.expired"},
		{name: "double opt-in", activity: "letter",
			f:    Facts{Consents: []cdp.Consent{ev(cdp.ConsentPending, "2026-02-01", news), ev(cdp.ConsentGiven, "2026-02-03", news)}},
			want: "2026-02-03 2027-02-03 consent.given -> consent.expired"},
		{name: "swapped after a withdrawal: the same purpose on another basis (gdpr.md 6.1)", activity: "letter", versions: swapped,
			f:    Facts{Consents: []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-07", news), ev(cdp.ConsentWithdrawn, "2026-04-20", news)}},
			want: "2026-01-07 2026-04-20 consent.given -> consent.withdrawn"}, // a no is an objection to direct marketing
		{name: "swapped for who said nothing", activity: "letter", versions: swapped,
			want: "2026-05-01 2027-04-26 legitimate_interest.valid -> legitimate_interest.review"},
		{name: "before the newer register was activated nobody knew it", activity: "letter", versions: swapped, known: "2026-04-25", want: ""},
		{name: "a provider revokes the scope", activity: "scopes",
			f:    Facts{Consents: []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-07", purpose("social")), ev(cdp.ConsentRevoked, "2026-03-01", purpose("social"))}},
			want: "2026-01-07 2026-03-01 consent.given -> consent.revoked"},
		{name: "an order, still open", activity: "sale", f: Facts{Grounds: []cdp.Ground{sale}}, want: "2026-01-10 - contract.open -> "},
		{name: "an order returned", activity: "sale", f: Facts{Grounds: []cdp.Ground{sale}, Touchpoints: []cdp.Touchpoint{{Kind: "return", Key: "O-1", At: at("2026-01-20")}}},
			want: "2026-01-10 2026-01-20 contract.open -> contract.ended"},
		{name: "and the warranty with it", activity: "warranty", f: Facts{Grounds: []cdp.Ground{sale, warranty}, Touchpoints: []cdp.Touchpoint{{Kind: "return", Key: "O-1", At: at("2026-01-20")}}},
			want: "2026-01-10 2026-01-20 contract.open -> contract.ended"},
		{name: "another order returned", activity: "warranty", f: Facts{Grounds: []cdp.Ground{sale, warranty}, Touchpoints: []cdp.Touchpoint{{Kind: "return", Key: "O-2", At: at("2026-01-20")}}},
			want: "2026-01-10 2028-01-10 contract.open -> contract.ended"},
		{name: "the warranty's record knows its number only", activity: "warranty", f: Facts{Grounds: []cdp.Ground{warranty}, Touchpoints: []cdp.Touchpoint{{Kind: "order.cancelled", Key: "W-1", At: at("2026-01-20")}}},
			want: "2026-01-10 2026-01-20 contract.open -> contract.ended"},
		{name: "a visit ends nothing", activity: "sale", f: Facts{Grounds: []cdp.Ground{sale}, Touchpoints: []cdp.Touchpoint{{Kind: "visit", Key: "O-1", At: at("2026-01-20")}}},
			want: "2026-01-10 - contract.open -> "},
		{name: "returned, nobody knows when", activity: "sale", f: Facts{Grounds: []cdp.Ground{sale}, Touchpoints: []cdp.Touchpoint{{Kind: "return", Key: "O-1"}}}, want: ""},
		{name: "a pass ends", activity: "sale", f: Facts{Grounds: []cdp.Ground{{Activity: "sale", Ref: "P-1", From: at("2026-01-01"), To: at("2026-01-31")}}},
			want: "2026-01-01 2026-01-31 contract.open -> contract.ended"},
		{name: "two contracts, with a gap", activity: "sale", f: Facts{Grounds: []cdp.Ground{{Activity: "sale", From: at("2026-03-01"), To: at("2026-04-01")}, {Activity: "sale", From: at("2026-01-01"), To: at("2026-02-01")}}},
			want: "2026-01-01 2026-02-01 contract.open -> contract.later; 2026-03-01 2026-04-01 contract.open -> contract.ended"},
		{name: "an account, closed", activity: "account", f: Facts{Touchpoints: []cdp.Touchpoint{{Kind: "account.closed", Key: "A-1", At: at("2026-03-01")}}},
			want: "2025-01-01 2026-03-01 contract.open -> contract.ended"},
		{name: "a law", activity: "invoices", want: "2025-01-01 - legal_obligation.valid -> "},
		{name: "an interest, until its test is due for review", activity: "check", want: "2025-02-01 2026-01-10 legitimate_interest.valid -> legitimate_interest.review"},
		{name: "an interest, objected to", activity: "check", f: Facts{Consents: []cdp.Consent{ev(cdp.ConsentObjected, "2025-05-04", purpose("fraud"))}},
			want: "2025-02-01 2025-05-04 legitimate_interest.valid -> legitimate_interest.objected"},
		{name: "no messages wanted over that channel", activity: "invoices", f: Facts{Preferences: []cdp.Preference{stated(cdp.Unwanted, "", "", "2026-02-01"), stated(cdp.Wanted, "", "", "2026-03-01")}},
			want: "2025-01-01 2026-02-01 legal_obligation.valid -> preference.unwanted; 2026-03-01 - legal_obligation.valid -> "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			versions := tc.versions
			if versions == nil {
				versions = one
			}
			q := Question{Act: Use, Source: from("shop"), Activity: tc.activity}
			if len(tc.f.Preferences) > 0 {
				q.Channel = "email"
			}
			var got []string
			for _, iv := range Intervals(q, tc.f, versions, at(tc.known)) {
				to := "-"
				if !iv.To.IsZero() {
					to = day2(iv.To)
				}
				got = append(got, fmt.Sprintf("%s %s %s -> %s", day2(iv.From), to, strings.TrimPrefix(iv.Verdict.Rule, "use."), strings.TrimPrefix(iv.Ended.Rule, "use.")))
				if iv.Verdict.Register == "" || iv.Purpose == "" || iv.Verdict.Article == "" {
					t.Errorf("an interval without its register version, purpose or article: %+v", iv)
				}
			}
			if s := strings.Join(got, "; "); s != tc.want {
				t.Errorf("\n got %s\nwant %s", s, tc.want)
			}
		})
	}
}

// TestPurposeIntervals: a record may have several bases for one purpose.
func TestPurposeIntervals(t *testing.T) {
	versions := []Version{{historyRegister(t, "2025-01-01"), at("2025-01-01")}}
	list := PurposeIntervals(Question{Act: Use, Source: from("shop")}, "orders", Facts{Grounds: []cdp.Ground{{Activity: "sale", Ref: "O-1", From: at("2026-01-10")}}}, versions, time.Time{})
	if len(list) != 2 || list[0].Verdict.Activity != "account" || list[1].Verdict.Activity != "sale" {
		t.Errorf("%+v", list)
	}
	if list := PurposeIntervals(Question{Act: Use, Source: from("shop")}, "gifts", Facts{}, versions, time.Time{}); len(list) != 0 {
		t.Errorf("a purpose nobody has: %+v", list)
	}
}

// genHistory draws the facts of one record from few values, so that instants
// collide.
func genHistory(t *rapid.T) Facts {
	f := Facts{Consents: rapid.SliceOfN(genEvent([]cdp.Identifier{mail, phone}, []cdp.PurposeID{"newsletter", "newsletter", "fraud", "social", ""}), 0, 6).Draw(t, "consents")}
	for i := range f.Consents {
		if rapid.IntRange(0, 3).Draw(t, "common") > 0 { // else most histories would permit nothing
			f.Consents[i].State = rapid.SampledFrom([]cdp.ConsentState{cdp.ConsentGiven, cdp.ConsentGiven, cdp.ConsentWithdrawn, cdp.ConsentObjected, cdp.ConsentPending, cdp.ConsentRenewed}).Draw(t, "said")
			f.Consents[i].Controller = "lindenhof"
		}
		f.Consents[i].Notice = rapid.SampledFrom([]string{"", "N-1", "N-2"}).Draw(t, "notice")
	}
	for range rapid.IntRange(0, 3).Draw(t, "grounds") {
		g := cdp.Ground{Activity: rapid.SampledFrom([]cdp.ActivityID{"sale", "warranty", "account", "invoices"}).Draw(t, "of"), Ref: cdp.Value(rapid.SampledFrom([]string{"", "O-1", "O-2"}).Draw(t, "ref")), From: genTime(t)}
		if rapid.Bool().Draw(t, "ends") {
			g.To = genTime(t)
		}
		f.Grounds = append(f.Grounds, g)
	}
	for range rapid.IntRange(0, 2).Draw(t, "touchpoints") {
		p := cdp.Touchpoint{Kind: rapid.SampledFrom([]string{"return", "order.cancelled", "account.closed", "visit"}).Draw(t, "kind"), Key: rapid.SampledFrom([]string{"", "O-1", "O-2"}).Draw(t, "key")}
		if rapid.IntRange(0, 4).Draw(t, "timed") > 0 {
			p.At = genTime(t)
		}
		f.Touchpoints = append(f.Touchpoints, p)
	}
	for range rapid.IntRange(0, 2).Draw(t, "preferences") {
		p := stated(rapid.SampledFrom(cdp.Wishes()).Draw(t, "wish"), rapid.SampledFrom([]cdp.Channel{"", "email", "sms"}).Draw(t, "for"), "", "2026-01-01")
		p.At, p.Recorded = genTime(t), genTime(t)
		f.Preferences = append(f.Preferences, p)
	}
	if rapid.IntRange(0, 3).Draw(t, "child") == 0 {
		if f.Born, f.Country = time.Date(2010, 1, 5, 0, 0, 0, 0, time.UTC), "DE"; rapid.Bool().Draw(t, "unread") {
			f.Born, f.BirthUnread = time.Time{}, true
		}
	}
	return f
}

// TestIntervalsAgreeWithDecide: at every instant an interval contains it when
// and only when Decide allows, and says by which proof.
func TestIntervalsAgreeWithDecide(t *testing.T) {
	versions := []Version{
		{historyRegister(t, "2025-01-01"), at("2025-01-01")},
		{historyRegister(t, "2026-01-05", "validity: P1Y", "validity: P3D", "confirm_within: P14D", "confirm_within: P1D"), at("2026-01-03")},
		{historyRegister(t, "2026-01-07", "link: letter", "link: sale"), at("2026-01-08")},
	}
	rapid.Check(t, func(t *rapid.T) {
		f := genHistory(t)
		known := time.Time{}
		if rapid.Bool().Draw(t, "as known") {
			known = genTime(t)
		}
		q := Question{Act: rapid.SampledFrom([]Act{Hold, Use, Link, Share}).Draw(t, "act"), Source: from("shop"), Recipient: "mailer",
			Channel: rapid.SampledFrom([]cdp.Channel{"", "", "email"}).Draw(t, "channel")}
		if q.Act == Link {
			c := claims(mail)[0]
			q.Claim = &c
		}
		for _, q.Activity = range []cdp.ActivityID{"letter", "sale", "warranty", "account", "check", "scopes"} {
			agree(t, q, f, versions, known)
		}
	})
}

func agree(t *rapid.T, q Question, f Facts, versions []Version, known time.Time) {
	list := Intervals(q, f, versions, known)
	h := historian{q: q, f: f, versions: versions, known: known}
	h.forget()
	check := func(when time.Time) {
		v := h.judge(when)
		var in *Interval
		for i := range list {
			if iv := &list[i]; !when.Before(iv.From) && (iv.To.IsZero() || when.Before(iv.To)) {
				if in != nil {
					t.Fatalf("two intervals hold %s", when)
				}
				in = iv
			}
		}
		switch {
		case v.Allow != (in != nil):
			t.Fatalf("at %s Decide says %v (%s), intervals %+v", when, v.Allow, v.Rule, list)
		case in != nil && !sameProof(&v, &in.Verdict):
			t.Fatalf("at %s Decide rests on %s %v, the interval on %s %v", when, v.Rule, v.Facts, in.Verdict.Rule, in.Verdict.Facts)
		}
	}
	for when := time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC); when.Day() != 20; when = when.Add(12 * time.Hour) {
		check(when)
	}
	for _, iv := range list {
		check(iv.From)
		check(iv.From.Add(-time.Nanosecond))
		if !iv.To.IsZero() {
			check(iv.To)
			check(iv.To.Add(-time.Nanosecond))
			if iv.Ended.Rule == "" {
				t.Fatalf("nobody says why it ended: %+v", iv)
			}
		}
	}
}
