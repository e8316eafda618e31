package policy

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"

	"pgregory.net/rapid"
)

// TestLinkConsent is the rule of the endpoint: which consent decides on linking
// by one identifier of a record.
func TestLinkConsent(t *testing.T) {
	reg := example(t)
	other := func(c cdp.Consent, f func(*cdp.Consent)) cdp.Consent { f(&c); return c }
	for _, tc := range []struct {
		name string
		by   cdp.Identifier
		said []cdp.Consent
		want string
	}{
		{"nothing said", mail, nil, "link.consent.absent"},
		{"given here", mail, []cdp.Consent{consent(mail, "profile", cdp.ConsentGiven, "2026-01-01")}, "link.consent.given"},
		{"given here, refused there", mail, []cdp.Consent{consent(mail, "profile", cdp.ConsentGiven, "2026-01-01"), consent(phone, "profile", cdp.ConsentRefused, "2026-02-01")}, "link.consent.given"},
		{"refused here, given there", mail, []cdp.Consent{consent(mail, "profile", cdp.ConsentRefused, "2026-01-01"), consent(phone, "profile", cdp.ConsentGiven, "2026-02-01")}, "link.consent.refused"},
		{"nothing here, given there", card, []cdp.Consent{consent(phone, "profile", cdp.ConsentGiven, "2026-02-01")}, "link.consent.given"},
		{"nothing here, given and refused there", card, []cdp.Consent{consent(mail, "profile", cdp.ConsentRefused, "2026-01-01"), consent(phone, "profile", cdp.ConsentGiven, "2026-02-01")}, "link.consent.refused"},
		{"asked here, given there", card, []cdp.Consent{consent(card, "profile", cdp.ConsentRequested, "2026-01-01"), consent(phone, "profile", cdp.ConsentGiven, "2026-02-01")}, "link.consent.given"},
		{"pending here, given there", card, []cdp.Consent{consent(card, "profile", cdp.ConsentPending, "2026-01-01"), consent(phone, "profile", cdp.ConsentGiven, "2026-02-01")}, "link.consent.pending"},
		{"empty here, given there", card, []cdp.Consent{consent(card, "profile", cdp.ConsentEmpty, "2026-01-01"), consent(phone, "profile", cdp.ConsentGiven, "2026-02-01")}, "link.consent.empty"},
		{"unreadable here, given there", card, []cdp.Consent{consent(card, "profile", cdp.ConsentUnreadable, "2026-01-01"), consent(phone, "profile", cdp.ConsentGiven, "2026-02-01")}, "link.consent.unreadable"},
		{"expired here", mail, []cdp.Consent{other(consent(mail, "profile", cdp.ConsentGiven, "2026-01-01"), func(c *cdp.Consent) { c.Expires = at("2026-02-01") })}, "link.consent.expired"},
		{"for another purpose", mail, []cdp.Consent{consent(mail, "newsletter", cdp.ConsentGiven, "2026-01-01")}, "link.consent.absent"},
		{"to another controller", mail, []cdp.Consent{other(consent(mail, "profile", cdp.ConsentGiven, "2026-01-01"), func(c *cdp.Consent) { c.Controller = "marktplatz" })}, "link.consent.absent"},
		{"under another regulation", mail, []cdp.Consent{other(consent(mail, "profile", cdp.ConsentGiven, "2026-01-01"), func(c *cdp.Consent) { c.Regulation = "ccpa" })}, "link.consent.absent"},
		{"a refusal under another regulation does not undo it", mail, []cdp.Consent{consent(mail, "profile", cdp.ConsentGiven, "2026-01-01"),
			other(consent(mail, "profile", cdp.ConsentRefused, "2026-02-01"), func(c *cdp.Consent) { c.Regulation = "ccpa" })}, "link.consent.given"},
		{"withdrawn from everything", mail, []cdp.Consent{consent(mail, "profile", cdp.ConsentGiven, "2026-01-01"), consent(mail, "", cdp.ConsentWithdrawn, "2026-02-01")}, "link.consent.withdrawn"},
		{"and given again", mail, []cdp.Consent{consent(mail, "profile", cdp.ConsentGiven, "2026-03-01"), consent(mail, "", cdp.ConsentWithdrawn, "2026-02-01")}, "link.consent.given"},
		{"a permission for no purpose is none", mail, []cdp.Consent{consent(mail, "", cdp.ConsentGiven, "2026-01-01")}, "link.consent.absent"},
		{"pre-ticked", mail, []cdp.Consent{other(consent(mail, "profile", cdp.ConsentGiven, "2026-01-01"), func(c *cdp.Consent) { c.PreTicked = true })}, "link.consent.invalidated"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v := Decide(Question{Act: Link, Source: from("loyalty"), Claim: &claims(tc.by)[0], At: at("2026-05-10")}, Facts{Register: reg, Consents: tc.said})
			if v.Rule != tc.want || v.Allow != strings.HasSuffix(tc.want, ".given") {
				t.Errorf("%s (%v), want %s: %s", v.Rule, v.Allow, tc.want, v.Reason)
			}
		})
	}
}

// TestWithdrawalIsProspective is the worked example of Art. 7(3): what was sent
// before the withdrawal was lawful, and stays so.
func TestWithdrawalIsProspective(t *testing.T) {
	reg := example(t)
	facts := Facts{Register: reg, Consents: []cdp.Consent{
		consent(mail, "newsletter", cdp.ConsentPending, "2025-12-31"), consent(mail, "newsletter", cdp.ConsentGiven, "2026-01-01"),
		consent(mail, "newsletter", cdp.ConsentWithdrawn, "2026-04-20")}}
	for _, tc := range []struct {
		when, rule string
	}{
		{"2025-12-31", "share.consent.pending"},
		{"2026-02-10", "share.consent.given"},
		{"2026-04-21", "share.consent.withdrawn"},
	} {
		v := Decide(Question{Act: Share, Source: from("newsletter"), Activity: "newsletter.send", Recipient: "mailer", At: at(tc.when)}, facts)
		if v.Rule != tc.rule {
			t.Errorf("%s: %s, want %s", tc.when, v.Rule, tc.rule)
		}
	}
}

func TestDecide(t *testing.T) {
	reg := example(t)
	doi := []cdp.Consent{consent(mail, "newsletter", cdp.ConsentPending, "2026-01-01"), consent(mail, "newsletter", cdp.ConsentGiven, "2026-01-02")}
	sms := consent(mail, "newsletter", cdp.ConsentWithdrawn, "2026-02-01")
	sms.Channel = "sms"
	for _, tc := range []struct {
		name string
		q    Question
		f    Facts
		want string
	}{
		{"used", Question{Act: Use, Source: from("shop.orders"), Activity: "order.fulfilment"}, Facts{}, "use.contract.open"},
		{"used while restricted", Question{Act: Use, Source: from("shop.orders"), Activity: "order.fulfilment"}, Facts{Restrictions: restrictedFrom("2026-01-01", true, "")}, "use.restricted"},
		{"used though suppressed", Question{Act: Use, Source: from("shop.orders"), Activity: "order.fulfilment"}, Facts{Suppressions: suppressedFrom("2026-01-01", cdp.SuppressAll, "")}, "use.suppressed"},
		{"activity nobody knows", Question{Act: Use, Source: from("shop.orders"), Activity: "resale"}, Facts{}, "use.activity.unknown"},
		{"activity of other sources", Question{Act: Use, Source: from("loyalty"), Activity: "invoices"}, Facts{}, "use.activity.source"},
		{"no activity", Question{Act: Use, Source: from("loyalty")}, Facts{}, "use.activity.unknown"},
		{"newsletter without double opt-in", Question{Act: Use, Source: from("newsletter"), Activity: "newsletter.send"}, Facts{Consents: doi[1:]}, "use.consent.method"},
		{"newsletter with double opt-in", Question{Act: Use, Source: from("newsletter"), Activity: "newsletter.send"}, Facts{Consents: doi}, "use.consent.given"},
		{"withdrawn for text messages only", Question{Act: Use, Source: from("newsletter"), Activity: "newsletter.send", Channel: "email"}, Facts{Consents: append(doi, sms)}, "use.consent.given"},
		{"text messages", Question{Act: Use, Source: from("newsletter"), Activity: "newsletter.send", Channel: "sms"}, Facts{Consents: append(doi, sms)}, "use.consent.withdrawn"},
		{"newsletter to the address that consented", Question{Act: Use, Source: from("newsletter"), Activity: "newsletter.send", Claim: &claims(mail)[0]}, Facts{Consents: doi}, "use.consent.given"},
		{"newsletter to another address", Question{Act: Use, Source: from("newsletter"), Activity: "newsletter.send", Claim: &claims(phone)[0]}, Facts{Consents: doi}, "use.consent.absent"},
		{"sent to a processor", Question{Act: Share, Source: from("shop.orders"), Activity: "order.fulfilment", Recipient: "parcel"}, Facts{}, "share.contract.open"},
		{"sent to someone unknown", Question{Act: Share, Source: from("shop.orders"), Activity: "order.fulfilment", Recipient: "partner"}, Facts{}, "share.recipient.unknown"},
		{"sent to the recipient of another activity", Question{Act: Share, Source: from("shop.orders"), Activity: "order.fulfilment", Recipient: "mailer"}, Facts{}, "share.recipient.activity"},
		{"sent to a processor without contract", Question{Act: Share, Source: from("addresses.bought"), Activity: "post.send", Recipient: "printer"}, Facts{}, "share.recipient.contract"},
		{"sent to a third country without a tool", Question{Act: Share, Source: from("newsletter"), Activity: "newsletter.send", Recipient: "adserver"}, Facts{Consents: doi}, "share.recipient.transfer"},
		{"kept under law", Question{Act: Keep, Source: from("shop.orders"), Activity: "invoices"}, Facts{RecordAt: at("2026-01-01")}, "keep.legal_obligation.valid"},
		{"kept under law though restricted", Question{Act: Keep, Source: from("shop.orders"), Activity: "invoices"}, Facts{RecordAt: at("2026-01-01"), Restrictions: restrictedFrom("2026-01-01", true, "")}, "keep.legal_obligation.valid"},
		{"kept under law, retention over", Question{Act: Keep, Source: from("shop.orders"), Activity: "invoices"}, Facts{RecordAt: at("2017-06-01")}, "keep.retention.passed"},
		{"kept on consent", Question{Act: Keep, Source: from("newsletter"), Activity: "newsletter.send"}, Facts{Consents: doi}, "keep.consent.erasure"},
		{"kept on a legitimate interest", Question{Act: Keep, Source: from("addresses.bought"), Activity: "post.send"}, Facts{}, "keep.legitimate_interest.erasure"},
		{"legitimate interest, opted out by another word", Question{Act: Use, Source: from("addresses.bought"), Activity: "post.send"}, Facts{Consents: []cdp.Consent{consent(mail, "post.offers", cdp.ConsentWithdrawn, "2026-01-01")}}, "use.marketing.objected"},
		{"marketing by consent, objected to marketing since", Question{Act: Use, Source: from("newsletter"), Activity: "newsletter.send"}, Facts{Consents: append(doi, consent(phone, "post.offers", cdp.ConsentObjected, "2026-02-01"))}, "use.marketing.objected"},
		{"marketing by consent, objected to marketing before", Question{Act: Use, Source: from("newsletter"), Activity: "newsletter.send"}, Facts{Consents: append(doi, consent(phone, "post.offers", cdp.ConsentObjected, "2025-02-01"))}, "use.consent.given"},
		{"contract, objected to marketing", Question{Act: Use, Source: from("shop.orders"), Activity: "order.fulfilment"}, Facts{Consents: []cdp.Consent{consent(mail, "newsletter", cdp.ConsentObjected, "2026-02-01")}}, "use.contract.open"},
		{"contract not stated", Question{Act: Hold, Source: from("repairs"), Activity: "warranty"}, Facts{}, "hold.contract.none"},
		{"contract to come", Question{Act: Hold, Source: from("repairs"), Activity: "warranty"}, Facts{Grounds: []cdp.Ground{{Activity: "warranty", From: at("2026-06-01")}}}, "hold.contract.later"},
		{"contract stated and ended, where none need be", Question{Act: Hold, Source: from("shop.orders"), Activity: "order.fulfilment"}, Facts{Grounds: []cdp.Ground{{Activity: "order.fulfilment", To: at("2026-01-01")}}}, "hold.contract.ended"},
		{"one of two contracts open", Question{Act: Hold, Source: from("repairs"), Activity: "warranty"}, Facts{Grounds: []cdp.Ground{{Activity: "warranty", To: at("2026-01-01")}, {Activity: "warranty"}}}, "hold.contract.open"},
		{"law, and its occasion is over", Question{Act: Hold, Source: from("shop.orders"), Activity: "invoices"}, Facts{Grounds: []cdp.Ground{{Activity: "invoices", To: at("2026-01-01")}}}, "hold.ground.ended"},
		{"interest before it was weighed", Question{Act: Hold, Source: from("addresses.bought"), Activity: "post.send", At: at("2025-01-31")}, Facts{}, "hold.basis.later"},
		{"interest on the last day before review", Question{Act: Hold, Source: from("addresses.bought"), Activity: "post.send", At: at("2026-12-31")}, Facts{}, "hold.legitimate_interest.valid"},
		{"interest due for review", Question{Act: Hold, Source: from("addresses.bought"), Activity: "post.send", At: at("2027-01-01")}, Facts{}, "hold.legitimate_interest.review"},
		{"before the register was in force", Question{Act: Hold, Source: from("shop.orders"), Activity: "invoices", At: at("2024-12-31")}, Facts{}, "hold.register.later"},
		{"mapping links by another activity", Question{Act: Link, Source: cdp.Source{ID: "store.pos", Link: "order.fulfilment"}}, Facts{}, "link.activity.differs"},
		{"mapping wants no linking", Question{Act: Link, Source: cdp.Source{ID: "shop.orders", Link: "none"}}, Facts{}, "link.activity.none"},
		{"the ground for linking does not apply to the record", Question{Act: Link, Source: from("shop.orders")}, Facts{Activities: []cdp.ActivityID{"newsletter.send"}}, "link.activity.record"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.q.At.IsZero() {
				tc.q.At = at("2026-05-10")
			}
			tc.f.Register = reg
			v := Decide(tc.q, tc.f)
			if v.Rule != tc.want {
				t.Fatalf("%s, want %s: %s", v.Rule, tc.want, v.Reason)
			}
			if v.Article == "" || v.Register != reg.Hash() || len(v.Facts) == 0 || !strings.HasSuffix(v.Reason, ".") {
				t.Errorf("a verdict without its reasons: %+v", v)
			}
			if todo := Todo(v); v.Allow != (todo == "") || strings.HasPrefix(todo, "Nothing by itself") {
				t.Errorf("what to do about %s: %q", v.Rule, todo)
			}
		})
	}
}

// TestEvidenceRequired is Art. 7(1): what a register demands, a consent must
// show.
func TestEvidenceRequired(t *testing.T) {
	data, err := os.ReadFile("testdata/register.yaml")
	if err != nil {
		t.Fatal(err)
	}
	strict, err := Parse("strict", []byte(strings.Replace(string(data), "require: [time]", "require: [time, notice, method]", 1)))
	if err != nil {
		t.Fatal(err)
	}
	c := consent(mail, "profile", cdp.ConsentGiven, "2026-01-01")
	for _, tc := range []struct {
		reg            *Register
		notice, method string
		want           string
	}{
		{example(t), "", "", "hold.consent.given"},
		{strict, "v3", "form", "hold.consent.given"},
		{strict, "", "form", "hold.consent.incomplete"},
		{strict, "v3", "", "hold.consent.incomplete"},
	} {
		c.Notice, c.Method = tc.notice, tc.method
		s := Subject{Source: from("loyalty"), Consents: []cdp.Consent{c}}
		if r := Admit(s, tc.reg, at("2026-05-10")); r.Verdict.Rule != tc.want && r.Holding[0].Rule != tc.want {
			t.Errorf("notice %q, method %q: %s, want %s", tc.notice, tc.method, r.Holding[0].Rule, tc.want)
		}
	}
}

func TestRetention(t *testing.T) {
	for _, tc := range []struct {
		name, period, start, record, contract, want string
	}{
		{"German invoice", "P8Y", "end_of_year", "2017-06-01T10:00:00Z", "", "2026-01-01"},
		{"German letter", "P6Y", "end_of_year", "2020-11-10T10:00:00Z", "", "2027-01-01"},
		{"Romanian invoice", "P5Y", "first_of_july", "2023-03-01T10:00:00Z", "", "2029-07-01"},
		{"from collection", "P30D", "collection", "2026-01-31T00:00:00Z", "", "2026-03-02"},
		{"from the end of the contract", "P2Y", "contract_end", "2023-03-01T10:00:00Z", "2024-02-29T00:00:00Z", "2026-02-28"},
		{"contract still open", "P2Y", "contract_end", "2023-03-01T10:00:00Z", "", ""},
		{"start not known here", "P2Y", "last_contact", "2023-03-01T10:00:00Z", "", ""},
	} {
		a := Activity{ID: "x", Retention: Retention{Start: tc.start}}
		if err := a.Retention.Period.UnmarshalText([]byte(tc.period)); err != nil {
			t.Fatal(err)
		}
		grounds := []cdp.Ground{{Activity: "x", To: at(tc.contract)}, {Activity: "y", To: at("2030-01-01")}}
		got := ""
		if end := a.retainedUntil(at(tc.record), grounds); !end.IsZero() {
			got = day(end)
		}
		if got != tc.want {
			t.Errorf("%s: until %q, want %q", tc.name, got, tc.want)
		}
	}
}

func genSubject(t *rapid.T) Subject {
	anyone := genEvent([]cdp.Identifier{mail, phone, card}, []cdp.PurposeID{"profile", "newsletter", "post.offers", ""})
	sources := []cdp.SourceID{"shop.orders", "loyalty", "store.pos", "store.invoices", "repairs", "newsletter", "addresses.bought", "web.log", "marketplace", "nobody"}
	s := Subject{Source: from(rapid.SampledFrom(sources).Draw(t, "source")), RecordAt: genTime(t), Recorded: genTime(t),
		Consents: rapid.SliceOfN(anyone, 0, 8).Draw(t, "consents"), Restrictions: genRestrictions(t), Suppressions: genSuppressions(t)}
	for _, id := range []cdp.Identifier{mail, phone, card} {
		c := claims(id)[0]
		if rapid.IntRange(0, 5).Draw(t, "blocked") == 0 {
			c.Blocked = "placeholder"
		}
		s.Claims = append(s.Claims, c)
	}
	for range rapid.IntRange(0, 2).Draw(t, "grounds") {
		g := cdp.Ground{Activity: rapid.SampledFrom([]cdp.ActivityID{"warranty", "invoices"}).Draw(t, "of"), From: genTime(t)}
		if rapid.Bool().Draw(t, "ends") {
			g.To = genTime(t)
		}
		s.Grounds = append(s.Grounds, g)
	}
	return s
}

// gist is what must not depend on anything but the facts.
func gist(r cdp.Ruling) (out []string) {
	add := func(v cdp.Verdict) { out = append(out, v.Rule, v.Reason, strings.Join(v.Facts, " ")) }
	out = append(out, r.Outcome.String(), r.Due.String(), strings.Join(r.Findings, " "))
	add(r.Verdict)
	for _, v := range r.Holding {
		add(v)
	}
	for _, v := range r.Claims {
		add(v)
	}
	return out
}

func TestAdmitProperties(t *testing.T) {
	reg := example(t)
	rapid.Check(t, func(t *rapid.T) {
		s, now := genSubject(t), genTime(t)
		r := Admit(s, reg, now)
		if again := Admit(s, reg, now); !reflect.DeepEqual(r, again) {
			t.Fatalf("not a function of its facts:\n%+v\n%+v", r, again)
		}
		moved := s
		moved.Consents = rapid.Permutation(append(s.Consents, s.Consents...)).Draw(t, "order")
		moved.Restrictions = rapid.Permutation(append(s.Restrictions, s.Restrictions...)).Draw(t, "order of restrictions")
		moved.Suppressions = rapid.Permutation(append(s.Suppressions, s.Suppressions...)).Draw(t, "order of suppressions")
		moved.Grounds = rapid.Permutation(s.Grounds).Draw(t, "order of grounds")
		if got, want := gist(Admit(moved, reg, now)), gist(r); !reflect.DeepEqual(got, want) {
			t.Fatalf("the order of arrival matters:\n%q\n%q", got, want)
		}
		held := false
		for _, v := range r.Holding {
			held = held || v.Allow
		}
		for i, v := range r.Claims {
			if v.Allow && (!held && r.Outcome != cdp.Refused || !r.Outcome.Links() && r.Outcome != cdp.Refused || s.Claims[i].Blocked != "") {
				t.Fatalf("%s and yet linked by %s", r.Outcome, v.Rule)
			}
			if v.Allow && v.Facts[0] == "" {
				t.Fatal("a verdict that links without its controller")
			}
		}
		if held != (r.Outcome <= cdp.EvidenceOnly) {
			t.Fatalf("held %v, outcome %s", held, r.Outcome)
		}
	})
}

// TestDueIsNotLate: between now and Due time alone changes nothing.
func TestDueIsNotLate(t *testing.T) {
	reg := example(t)
	rules := func(r cdp.Ruling) []string {
		out := []string{r.Outcome.String()}
		for _, v := range append(r.Holding, r.Claims...) {
			out = append(out, v.Rule)
		}
		return out
	}
	rapid.Check(t, func(t *rapid.T) {
		s, now := genSubject(t), genTime(t)
		for i := range s.Consents { // all of it known by now: what is learnt later is no matter of time alone
			if s.Consents[i].Recorded.After(now) || s.Consents[i].Recorded.IsZero() {
				s.Consents[i].Recorded = now
			}
		}
		r := Admit(s, reg, now)
		for when := now; !when.After(now.AddDate(0, 0, 12)); when = when.Add(12 * time.Hour) {
			if !r.Due.IsZero() && !when.Before(r.Due) {
				break
			}
			if got, want := rules(Admit(s, reg, when)), rules(r); !reflect.DeepEqual(got, want) {
				t.Fatalf("due %s, and yet on %s:\n%q\n%q", r.Due, when, got, want)
			}
		}
	})
}

// TestANoNeverWidens: one more restrictive statement never permits what was
// not permitted before.
func TestANoNeverWidens(t *testing.T) {
	reg := example(t)
	no := genEvent([]cdp.Identifier{mail, phone, card}, []cdp.PurposeID{"profile", "newsletter", "post.offers", ""}).
		Filter(func(c cdp.Consent) bool { return standing(&c).Restrictive() })
	rapid.Check(t, func(t *rapid.T) {
		s, now := genSubject(t), genTime(t)
		before := Admit(s, reg, now)
		s.Consents = append(s.Consents, no.Draw(t, "no"))
		after := Admit(s, reg, now)
		if after.Outcome < before.Outcome {
			t.Fatalf("%s became %s", before.Outcome, after.Outcome)
		}
		for i, v := range after.Claims {
			if v.Allow && !before.Claims[i].Allow {
				t.Fatalf("a no allowed to link: %s, before %s", v.Rule, before.Claims[i].Rule)
			}
		}
		for i, v := range after.Holding {
			if v.Allow && !before.Holding[i].Allow {
				t.Fatalf("a no allowed to hold: %s, before %s", v.Rule, before.Holding[i].Rule)
			}
		}
	})
}
