package policy

import (
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
)

// termsRegister has every rule on consents that a register can set.
func termsRegister(t testing.TB) *Register {
	t.Helper()
	return amended(t,
		"valid_from: 2026-01-01\nowner: data protection office\n", `valid_from: 2024-01-01
owner: data protection office
consent: {validity: P2Y, confirm_within: P14D, ask_again_after: P6M}
`,
		"activities:\n  -", `  - id: newsletter
    title: {en: Newsletter}
    dpv: dpv:DirectMarketing
    direct_marketing: true
    categories: [user.contact]
  - id: paper
    title: {en: Catalogue on paper}
    dpv: dpv:DirectMarketing
    categories: [user.contact]
    consent_validity: P1Y
    information_society: false
notices:
  - {id: NL-1, purposes: [newsletter], valid_from: 2024-01-01}
  - {id: NL-2, purposes: [newsletter], valid_from: 2025-06-01, material_change: true, change: Letterwing in the US receives the address}
  - {id: NL-3, purposes: [newsletter], valid_from: 2026-01-01}
  - {id: PA-2, purposes: [paper], valid_from: 2025-06-01, material_change: true}
activities:
  -`)
}

func notice(id string) func(*cdp.Consent)   { return func(c *cdp.Consent) { c.Notice = id } }
func method(m string) func(*cdp.Consent)    { return func(c *cdp.Consent) { c.Method = m } }
func says(s cdp.Speaker) func(*cdp.Consent) { return func(c *cdp.Consent) { c.Speaker = s } }
func under(regulation string) func(*cdp.Consent) {
	return func(c *cdp.Consent) { c.Regulation = regulation }
}
func purpose(p cdp.PurposeID) func(*cdp.Consent) { return func(c *cdp.Consent) { c.Purpose = p } }

// TestTerms: what the register and the person's age make of what was said, by
// the state machine of gdpr.md 2.3.
func TestTerms(t *testing.T) {
	reg := termsRegister(t)
	const now = "2026-05-10"
	for _, tc := range []struct {
		name          string
		born, country string
		events        []cdp.Consent
		state         cdp.ConsentState
		since, why    string
	}{
		{name: "lasts as long as the register says", events: []cdp.Consent{ev(cdp.ConsentGiven, "2025-07-01")}, state: cdp.ConsentGiven, since: "2025-07-01"},
		{name: "the notice changed before the validity was over", events: []cdp.Consent{ev(cdp.ConsentGiven, "2024-05-10")}, state: cdp.ConsentStale, since: "2025-06-01T00:00:00Z", why: "notice NL-2"},
		{name: "the purpose's own validity, and no notice changed since", events: []cdp.Consent{ev(cdp.ConsentGiven, "2025-06-01", purpose("paper"))}, state: cdp.ConsentGiven, since: "2025-06-01"},
		{name: "the purpose's own validity is over", events: []cdp.Consent{ev(cdp.ConsentGiven, "2025-05-09", purpose("paper"), notice("PA-2"))}, state: cdp.ConsentExpired, since: "2026-05-09", why: "validity"},
		{name: "its own end is earlier", events: []cdp.Consent{ev(cdp.ConsentGiven, "2025-07-01", until("2026-02-01"))}, state: cdp.ConsentExpired, since: "2026-02-01", why: "own end"},
		{name: "its own end is later than the register's", events: []cdp.Consent{ev(cdp.ConsentGiven, "2025-05-01", purpose("paper"), notice("PA-2"), until("2030-01-01"))}, state: cdp.ConsentExpired, since: "2026-05-01", why: "validity"},
		{name: "renewed in time", events: []cdp.Consent{ev(cdp.ConsentGiven, "2025-01-01", purpose("paper"), notice("PA-2")), ev(cdp.ConsentRenewed, "2025-12-01", purpose("paper"))}, state: cdp.ConsentRenewed, since: "2025-01-01"},
		{name: "nobody knows when, so nobody knows how long", events: []cdp.Consent{ev(cdp.ConsentGiven, "", recorded("2026-05-01"))}, state: cdp.ConsentExpired, why: "validity"},

		{name: "double opt-in confirmed in the window", events: []cdp.Consent{ev(cdp.ConsentPending, "2026-01-01", notice("NL-3")), ev(cdp.ConsentGiven, "2026-01-14")}, state: cdp.ConsentGiven, since: "2026-01-14"},
		{name: "double opt-in, window open", events: []cdp.Consent{ev(cdp.ConsentPending, "2026-05-01")}, state: cdp.ConsentPending, since: "2026-05-01"},
		{name: "double opt-in, window over", events: []cdp.Consent{ev(cdp.ConsentPending, "2026-01-01")}, state: cdp.ConsentExpired, since: "2026-01-15", why: "window"},
		{name: "a confirmation after the window is none", events: []cdp.Consent{ev(cdp.ConsentPending, "2026-01-01"), ev(cdp.ConsentGiven, "2026-02-01")}, state: cdp.ConsentExpired, since: "2026-01-15", why: "window"},
		{name: "said in another way after the window", events: []cdp.Consent{ev(cdp.ConsentPending, "2026-01-01"), ev(cdp.ConsentGiven, "2026-02-01", method("written"))}, state: cdp.ConsentGiven, since: "2026-02-01"},
		{name: "asked anew and confirmed", events: []cdp.Consent{ev(cdp.ConsentPending, "2026-01-01"), ev(cdp.ConsentPending, "2026-02-01"), ev(cdp.ConsentGiven, "2026-02-02")}, state: cdp.ConsentGiven, since: "2026-02-02"},

		{name: "given on the notice before the change", events: []cdp.Consent{ev(cdp.ConsentGiven, "2025-01-01", notice("NL-1"))}, state: cdp.ConsentStale, since: "2025-06-01T00:00:00Z", why: "notice NL-2"},
		{name: "given after the change on a stale notice", events: []cdp.Consent{ev(cdp.ConsentGiven, "2025-08-01", notice("NL-1"))}, state: cdp.ConsentStale, since: "2025-08-01", why: "notice NL-2"},
		{name: "given on the changed notice, before it was due", events: []cdp.Consent{ev(cdp.ConsentGiven, "2025-05-30", notice("NL-2"))}, state: cdp.ConsentGiven, since: "2025-05-30"},
		{name: "a change that is not material", events: []cdp.Consent{ev(cdp.ConsentGiven, "2025-07-01", notice("NL-2"))}, state: cdp.ConsentGiven, since: "2025-07-01"},
		{name: "a notice nobody knows: by the date", events: []cdp.Consent{ev(cdp.ConsentGiven, "2025-01-01", notice("old"))}, state: cdp.ConsentStale, since: "2025-06-01T00:00:00Z", why: "notice NL-2"},
		{name: "reaffirmed on the notice in force", events: []cdp.Consent{ev(cdp.ConsentGiven, "2025-01-01", notice("NL-1")), ev(cdp.ConsentRenewed, "2025-07-01", notice("NL-2"))}, state: cdp.ConsentRenewed, since: "2025-07-01"},
		{name: "asked on the old notice, confirmed after the change", events: []cdp.Consent{ev(cdp.ConsentPending, "2025-05-30", notice("NL-1")), ev(cdp.ConsentGiven, "2025-06-02")}, state: cdp.ConsentStale, since: "2025-06-02", why: "notice NL-2"},
		{name: "withdrawn stays withdrawn whatever changes", events: []cdp.Consent{ev(cdp.ConsentGiven, "2025-01-01"), ev(cdp.ConsentWithdrawn, "2025-02-01")}, state: cdp.ConsentWithdrawn, since: "2025-02-01"},
		{name: "withdrawn after the notice changed", events: []cdp.Consent{ev(cdp.ConsentGiven, "2025-01-01"), ev(cdp.ConsentWithdrawn, "2025-07-01")}, state: cdp.ConsentWithdrawn, since: "2025-07-01"},
		{name: "another regulation's consents are not ours to end", events: []cdp.Consent{ev(cdp.ConsentGiven, "2020-01-01", under("ccpa"))}, state: cdp.ConsentGiven, since: "2020-01-01"},

		// gdpr.md 1.1, Art. 8: a child born on 2012-08-14.
		{name: "RO (16), given at 13, nobody else spoke", born: "2012-08-14", country: "RO", events: []cdp.Consent{ev(cdp.ConsentGiven, "2026-05-01")}, state: cdp.ConsentInvalidated, since: "2026-05-01", why: "child"},
		{name: "AT (14), still 13", born: "2012-08-14", country: "AT", events: []cdp.Consent{ev(cdp.ConsentGiven, "2026-05-01")}, state: cdp.ConsentInvalidated, since: "2026-05-01", why: "child"},
		{name: "a parent permits", born: "2012-08-14", country: "RO", events: []cdp.Consent{ev(cdp.ConsentGiven, "2026-05-01", says(cdp.ByParent))}, state: cdp.ConsentGiven, since: "2026-05-01"},
		{name: "a parent permits, and the child says so too", born: "2012-08-14", country: "RO", events: []cdp.Consent{ev(cdp.ConsentGiven, "2026-05-01", says(cdp.ByGuardian)), ev(cdp.ConsentGiven, "2026-05-02")}, state: cdp.ConsentGiven, since: "2026-05-01"},
		{name: "a parent permits after the child did", born: "2012-08-14", country: "RO", events: []cdp.Consent{ev(cdp.ConsentGiven, "2026-05-01"), ev(cdp.ConsentGiven, "2026-05-02", says(cdp.ByParent))}, state: cdp.ConsentGiven, since: "2026-05-02"},
		{name: "a child says no as anybody does", born: "2012-08-14", country: "RO", events: []cdp.Consent{ev(cdp.ConsentGiven, "2026-05-01", says(cdp.ByParent)), ev(cdp.ConsentWithdrawn, "2026-05-02")}, state: cdp.ConsentWithdrawn, since: "2026-05-02"},
		{name: "unknown country: the general age", born: "2010-06-01", country: "", events: []cdp.Consent{ev(cdp.ConsentGiven, "2026-05-01")}, state: cdp.ConsentInvalidated, since: "2026-05-01", why: "child"},
		{name: "a birth date that nobody can read: as if the consent could not be read", born: "unreadable", country: "RO", events: []cdp.Consent{ev(cdp.ConsentGiven, "2026-05-01")}, state: cdp.ConsentUnreadable, since: "2026-05-01", why: "age"},
		{name: "a birth date that nobody can read, and a parent permits", born: "unreadable", country: "RO", events: []cdp.Consent{ev(cdp.ConsentGiven, "2026-05-01"), ev(cdp.ConsentGiven, "2026-05-02", says(cdp.ByParent)), ev(cdp.ConsentGiven, "2026-05-03")}, state: cdp.ConsentGiven, since: "2026-05-02"},
		{name: "a birth date that nobody can read, and a no", born: "unreadable", country: "RO", events: []cdp.Consent{ev(cdp.ConsentGiven, "2026-05-01"), ev(cdp.ConsentRefused, "2026-05-02")}, state: cdp.ConsentRefused, since: "2026-05-02"},
		{name: "a birth date that nobody can read, no information society service", born: "unreadable", events: []cdp.Consent{ev(cdp.ConsentGiven, "2026-05-01", purpose("paper"))}, state: cdp.ConsentGiven, since: "2026-05-01"},
		{name: "no information society service", born: "2012-08-14", country: "RO", events: []cdp.Consent{ev(cdp.ConsentGiven, "2026-05-01", purpose("paper"))}, state: cdp.ConsentGiven, since: "2026-05-01"},
		{name: "of age", born: "1990-01-01", country: "RO", events: []cdp.Consent{ev(cdp.ConsentGiven, "2026-05-01")}, state: cdp.ConsentGiven, since: "2026-05-01"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			terms := Terms{Register: reg, Country: tc.country, BirthUnread: tc.born == "unreadable"}
			if tc.born != "" && !terms.BirthUnread {
				terms.Born = at(tc.born + "T00:00:00Z")
			}
			s := terms.Fold(tc.events, at(now))
			if s.State != tc.state || !s.Since.Equal(at(tc.since)) || s.Why != tc.why {
				t.Errorf("%q since %s because of %q; want %q since %s because of %q", s.State, s.Since, s.Why, tc.state, at(tc.since), tc.why)
			}
			if len(s.Events) != len(tc.events) {
				t.Errorf("%d of %d events are kept as proof", len(s.Events), len(tc.events))
			}
		})
	}
}

// TestMinorsByCountry: gdpr.md 1.1, Art. 8, on 2026-09-01: the child is 14.
func TestMinorsByCountry(t *testing.T) {
	reg := termsRegister(t)
	for country, want := range map[string]cdp.ConsentState{"AT": cdp.ConsentGiven, "ES": cdp.ConsentGiven, "RO": cdp.ConsentInvalidated, "DE": cdp.ConsentInvalidated, "BE": cdp.ConsentGiven} {
		terms := Terms{Register: reg, Born: at("2012-08-14T00:00:00Z"), Country: country}
		if s := terms.Fold([]cdp.Consent{ev(cdp.ConsentGiven, "2026-09-01")}, at("2026-09-02")); s.State != want {
			t.Errorf("%s on 2026-09-01: %q, want %q", country, s.State, want)
		}
	}
}

// TestWithdrawalOfGdprMd: gdpr.md 1.1, Art. 7(3): given, shared, withdrawn.
func TestWithdrawalOfGdprMd(t *testing.T) {
	reg := example(t)
	said := []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-01", method("double opt-in")), ev(cdp.ConsentWithdrawn, "2026-04-20")}
	for when, want := range map[string]bool{"2025-12-31": false, "2026-02-10": true, "2026-04-19": true, "2026-04-21": false} {
		v := Decide(Question{Act: Share, Source: from("newsletter"), Activity: "newsletter.send", Recipient: "mailer", At: at(when)},
			Facts{Register: reg, Consents: said})
		if v.Allow != want {
			t.Errorf("lawful on %s: %v (%s), want %v", when, v.Allow, v.Rule, want)
		}
	}
}

// TestExplicit: gdpr.md 1.1, Art. 9: health data with a consent that is not
// explicit, and with one that is; on consent and on another basis.
func TestExplicit(t *testing.T) {
	for _, basis := range []string{"basis: consent\n", "basis: contract\n    contract: {ref: Terms, evidence: source}\n"} {
		reg := amended(t, "    basis: contract\n    contract: {ref: Terms, evidence: source}\n", "    "+basis+"    condition: A9-2-a\n")
		for _, tc := range []struct {
			said []cdp.Consent
			want string
		}{
			{nil, "consent.absent"},
			{[]cdp.Consent{ev(cdp.ConsentGiven, "2026-02-01", purpose("orders"))}, "consent.not_explicit"},
			{[]cdp.Consent{ev(cdp.ConsentGiven, "2026-02-01", purpose("orders"), func(c *cdp.Consent) { c.Explicit = true })}, ""},
			{[]cdp.Consent{ev(cdp.ConsentGiven, "2026-02-01", purpose("orders"), func(c *cdp.Consent) { c.Explicit = true }), ev(cdp.ConsentWithdrawn, "2026-03-01", purpose("orders"))}, "consent.withdrawn"},
		} {
			v := Decide(Question{Act: Use, Source: from("shop"), Activity: "order.fulfilment", At: at("2026-05-01")}, Facts{Register: reg, Consents: tc.said})
			if v.Allow != (tc.want == "") || !v.Allow && !strings.HasSuffix(v.Rule, tc.want) {
				t.Errorf("%s%d said: %v by %s, want %q", basis, len(tc.said), v.Allow, v.Rule, tc.want)
			}
			if !v.Allow && Todo(v) == "Nothing by itself: a person has to look at it." {
				t.Errorf("%s: nothing to do about it", v.Rule)
			}
		}
	}
}

// TestStaleConsentDenies: changed terms close the gates, and say why; the event
// of before still proves what was done under it.
func TestStaleConsentDenies(t *testing.T) {
	reg := amended(t, "basis: contract\n    contract: {ref: Terms, evidence: source}", "basis: consent", "valid_from: 2026-01-01", "valid_from: 2024-01-01", "activities:\n  -", `notices:
  - {id: T-1, purposes: [orders], valid_from: 2024-01-01}
  - {id: T-2, purposes: [orders], valid_from: 2026-03-01, material_change: true, change: a new recipient}
activities:
  -`)
	said := []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-10", purpose("orders"), notice("T-1"))}
	for when, want := range map[string]string{"2026-02-28": "use.consent.given", "2026-03-01": "use.consent.reconsent_required"} {
		v := Decide(Question{Act: Use, Source: from("shop"), Activity: "order.fulfilment", At: at(when)}, Facts{Register: reg, Consents: said})
		if v.Rule != want {
			t.Errorf("on %s: %s, want %s", when, v.Rule, want)
		}
		if when == "2026-02-28" && day2(v.Until) != "2026-03-01" {
			t.Errorf("the verdict holds until %s, and the notice changes on 2026-03-01", v.Until)
		}
	}
}

// TestInForce: a register holds from its day and is known from its activation.
func TestInForce(t *testing.T) {
	version := func(day, text string) *Register {
		return amended(t, "valid_from: 2026-01-01", "valid_from: "+day, "register: Small", "register: "+text)
	}
	a, b, c := version("2024-01-01", "a"), version("2025-01-01", "b"), version("2025-01-01", "c")
	all := []Version{{c, at("2025-03-01")}, {a, at("2024-01-01")}, {b, at("2025-01-10")}, {nil, at("2024-01-01")}}
	for _, tc := range []struct {
		at, known string
		want      *Register
	}{
		{"2023-12-31", "", nil}, {"2024-06-01", "", a}, {"2025-02-01", "", c}, {"2025-02-01", "2025-02-01", b}, {"2025-01-05", "2025-01-05", a},
		{"2026-01-01", "2023-01-01", nil}, {"2026-01-01", "2026-01-01", c},
	} {
		got := InForce(all, cdp.Standpoint{At: at(tc.at), Known: at(tc.known)})
		if got != tc.want {
			t.Errorf("as of %s, known %s: %v", tc.at, tc.known, got.Hash())
		}
	}
}

// TestReconsent: who must be asked again, and why.
func TestReconsent(t *testing.T) {
	reg := termsRegister(t)
	for _, tc := range []struct {
		events                    []cdp.Consent
		reason, detail, ask, from string
	}{
		{[]cdp.Consent{ev(cdp.ConsentGiven, "2025-01-01", notice("NL-1"))}, "reconsent_required", "Letterwing in the US receives the address", "NL-3", ""},
		{[]cdp.Consent{ev(cdp.ConsentGiven, "2025-05-01", purpose("paper"), notice("PA-2"))}, "expired", "validity", "PA-2", ""},
		{[]cdp.Consent{ev(cdp.ConsentGiven, "2026-01-01", ticked)}, "invalidated", "pre-ticked", "NL-3", ""},
		{[]cdp.Consent{ev(cdp.ConsentRefused, "2025-12-01"), ev(cdp.ConsentGiven, "2026-01-01", until("2026-02-01"))}, "expired", "own end", "NL-3", "2026-06-01"},
		{[]cdp.Consent{ev(cdp.ConsentGiven, "2026-01-01")}, "", "", "", ""},
		{[]cdp.Consent{ev(cdp.ConsentGiven, "2025-01-01"), ev(cdp.ConsentWithdrawn, "2025-02-01")}, "", "", "", ""},
		{[]cdp.Consent{ev(cdp.ConsentPending, "2026-01-01")}, "", "", "", ""},
	} {
		list := reg.Reconsent(Terms{Register: reg}.Standings(tc.events, at("2026-05-10")), at("2026-05-10"))
		switch {
		case tc.reason == "":
			if len(list) != 0 {
				t.Errorf("%q: to be asked again", list[0].Standing.State)
			}
		case len(list) != 1:
			t.Errorf("%s: %d on the list", tc.reason, len(list))
		default:
			from := ""
			if !list[0].Earliest.IsZero() {
				from = day2(list[0].Earliest)
			}
			if a := list[0]; a.Reason != tc.reason || a.Detail != tc.detail || a.Notice != tc.ask || from != tc.from {
				t.Errorf("%s, %q, on %q, from %q; want %s, %q, on %q, from %q", a.Reason, a.Detail, a.Notice, from, tc.reason, tc.detail, tc.ask, tc.from)
			}
		}
	}
	require := amended(t, "owner:", "consent: {require: [time, notice]}\nowner:")
	list := require.Reconsent(Terms{Register: require}.Standings([]cdp.Consent{ev(cdp.ConsentGiven, "2026-02-01", purpose("orders"))}, at("2026-05-10")), at("2026-05-10"))
	if len(list) != 1 || list[0].Reason != "incomplete" || list[0].Detail != "notice" {
		t.Errorf("without its notice: %+v", list)
	}
}
