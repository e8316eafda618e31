package policy

import (
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
)

// amended is the small register with text put in.
func amended(t testing.TB, pairs ...string) *Register {
	t.Helper()
	text := small
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("nothing to replace: %q", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	r, err := Parse("register.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestAgeOfConsent holds the ages of gdpr.md 1.1 (Art. 8): countries and dates.
func TestAgeOfConsent(t *testing.T) {
	reg := amended(t)
	for _, tc := range []struct {
		country, when string
		age           int
	}{
		{"AT", "2026-05-01", 14}, {"ES", "2026-05-01", 14}, {"IT", "2026-05-01", 14},
		{"BE", "2026-05-01", 13}, {"FI", "2026-05-01", 13}, {"SE", "2026-05-01", 13},
		{"DK", "2023-12-31", 13}, {"DK", "2026-05-01", 15},
		{"CZ", "2026-05-01", 15}, {"FR", "2026-05-01", 15},
		{"DE", "2026-05-01", 16}, {"IE", "2026-05-01", 16}, {"NL", "2026-05-01", 16}, {"SK", "2026-05-01", 16}, {"RO", "2026-05-01", 16},
		{"ES", "2018-06-01", 16}, // before its own law
		{"", "2026-05-01", 16},   // unknown: the general age
		{"TR", "2026-05-01", 16},
	} {
		a, ok := reg.ConsentAge(tc.country, at(tc.when))
		if !ok || a.Age != tc.age || a.Law == "" {
			t.Errorf("%q on %s: %d by %q, want %d with its law", tc.country, tc.when, a.Age, a.Law, tc.age)
		}
	}
	if _, ok := reg.ConsentAge("DE", at("2018-05-24")); ok {
		t.Error("an age of consent before the GDPR applied")
	}
	own := amended(t, "sources:\n", "ages_of_consent:\n  - {country: TR, age: 18, valid_from: 2020-01-01, law: KVKK practice}\nsources:\n")
	if a, _ := own.ConsentAge("TR", at("2026-05-01")); a.Age != 18 {
		t.Errorf("the register's own age is %d, want 18", a.Age)
	}
	if a, _ := own.ConsentAge("TR", at("2019-05-01")); a.Age != 16 {
		t.Errorf("before the register's own age: %d, want the general 16", a.Age)
	}
}

// TestUnconfirmed: what no source confirmed is told, until the register says it
// itself; a transfer ground only where a recipient rests on it.
func TestUnconfirmed(t *testing.T) {
	told := strings.Join(amended(t).Unconfirmed(), "\n")
	if !strings.Contains(told, "age of consent 15 in DK") || strings.Contains(told, " in AT ") || strings.Contains(told, "Brazil") {
		t.Errorf("told: %s", told)
	}
	own := amended(t, "sources:\n", "ages_of_consent:\n  - {country: DK, age: 15, valid_from: 2024-01-01, law: read in the gazette}\nsources:\n",
		"activities:\n  -", "recipients:\n  - {id: mailer, name: Mailer, kind: processor, contract: DPA, country: BR, transfer: A45-3}\nactivities:\n  -")
	if told := strings.Join(own.Unconfirmed(), "\n"); strings.Contains(told, " in DK ") || !strings.Contains(told, "Brazil") {
		t.Errorf("told: %s", told)
	}
	if (*Register)(nil).Unconfirmed() != nil {
		t.Error("no register, and something of it is not confirmed")
	}
}

func TestAge(t *testing.T) {
	day := func(s string) time.Time { return at(s + "T00:00:00Z") }
	for _, tc := range []struct {
		born, at string
		want     int
	}{
		{"2012-08-14", "2026-08-13", 13}, {"2012-08-14", "2026-08-14", 14}, {"2012-02-29", "2025-02-28", 12}, {"2012-02-29", "2025-03-01", 13},
	} {
		if got := Age(day(tc.born), day(tc.at)); got != tc.want {
			t.Errorf("born %s, on %s: %d, want %d", tc.born, tc.at, got, tc.want)
		}
	}
	if when, ok := amended(t).OfAge(day("2012-08-14"), "AT", at("2026-05-01")); !ok || day2(when) != "2026-08-14" {
		t.Errorf("of age on %s", when)
	}
}

func day2(t time.Time) string { return t.Format(time.DateOnly) }

// TestTransferGrounds: decisions of the Commission count from their day to the
// day they were annulled, whatever the contract says.
func TestTransferGrounds(t *testing.T) {
	for _, tc := range []struct {
		recipient, when, rule, until string
	}{
		{"country: DE", "2026-05-01", "", ""},
		{"country: GB", "2020-12-31", "", "2021-06-28"},
		{"country: GB", "2021-02-01", "", "2021-06-28"},
		{"country: GB", "2021-06-28", "recipient.transfer", ""},
		{"country: BR, transfer: A45-3", "2026-01-25", "recipient.transfer_adequacy", ""},
		{"country: BR, transfer: A45-3", "2026-05-01", "", ""},
		{"country: TR", "2026-05-01", "recipient.transfer", ""},
		{"country: TR, transfer: A45-3", "2026-05-01", "recipient.transfer_adequacy", ""},
		{"country: TR, transfer: A46-2-c", "2026-05-01", "", ""},
		{"country: TR, transfer: A46-2-c, transfer_to: 2026-04-30", "2026-05-01", "recipient.transfer_ended", ""},
		{"country: TR, transfer: A46-2-c, transfer_to: 2026-05-01", "2026-05-01", "", "2026-05-02"},
		{"country: US, transfer: A45-3", "2026-05-01", "recipient.transfer_adequacy", ""}, // on no list
		{"country: US, transfer: A45-3, transfer_ground: dpf", "2026-05-01", "", ""},
		{"country: US, transfer: A45-3, transfer_ground: dpf, transfer_to: 2026-12-31", "2026-05-01", "", "2027-01-01"},
		{"country: US, transfer: A45-3, transfer_ground: dpf", "2023-07-09", "recipient.transfer_adequacy", ""},
		{"country: US, transfer: A45-3, transfer_ground: safe-harbor", "2026-05-01", "recipient.transfer_annulled", ""},
		{"country: US, transfer: A45-3, transfer_ground: safe-harbor", "2015-10-05", "", "2015-10-06"},
		{"country: US, transfer: A45-3, transfer_ground: privacy-shield", "2020-07-16", "recipient.transfer_annulled", ""},
		{"country: US, transfer: A45-3, transfer_ground: privacy-shield", "2020-07-15", "", "2020-07-16"},
		{"country: CH, transfer: A45-3", "2026-05-01", "", ""},
		{"country: GB, transfer: A45-3", "2026-05-01", "", "2031-12-28"},
		{"country: DE, contract_to: 2026-04-30", "2026-05-01", "recipient.contract_ended", ""},
		{"country: DE, contract_to: 2026-05-01", "2026-05-01", "", "2026-05-02"},
	} {
		reg := amended(t, "recipients: []", "recipients: [mailer]", "valid_from: 2026-01-01", "valid_from: 2001-01-01",
			"activities:\n  -", "recipients:\n  - {id: mailer, name: Mailer, kind: processor, contract: DPA, "+tc.recipient+"}\nactivities:\n  -")
		v := Decide(Question{Act: Share, Source: from("shop"), Activity: "order.fulfilment", Recipient: "mailer", At: at(tc.when)}, Facts{Register: reg})
		rule := strings.TrimPrefix(v.Rule, "share.")
		if v.Allow != (tc.rule == "") || !v.Allow && rule != tc.rule {
			t.Errorf("%s on %s: %v by %s, want %q", tc.recipient, tc.when, v.Allow, rule, tc.rule)
		}
		until := ""
		if !v.Until.IsZero() {
			until = day2(v.Until)
		}
		if until != tc.until {
			t.Errorf("%s on %s: until %q, want %q", tc.recipient, tc.when, until, tc.until)
		}
		if !v.Allow && Todo(v) == "Nothing by itself: a person has to look at it." {
			t.Errorf("%s: nothing to do about it", v.Rule)
		}
	}
}

func TestCompatibleAt(t *testing.T) {
	reg := amended(t, "sources:\n", `compatibility:
  - {id: ca-1, from: orders, to: offers, verdict: incompatible, by: data protection office, date: 2026-02-01}
  - {id: ca-2, from: orders, to: offers, verdict: compatible, by: data protection office, date: 2026-03-01}
  - {id: ca-3, from: orders, to: offers, verdict: incompatible, by: data protection office, date: 2026-03-01}
sources:
`, "activities:\n  -", "  - {id: offers, title: {en: Offers}, dpv: dpv:DirectMarketing, categories: [user.contact]}\nactivities:\n  -")
	for when, want := range map[string]string{"2026-01-31": "", "2026-02-01": "ca-1", "2026-04-01": "ca-3"} {
		c, ok := reg.CompatibleAt("orders", "offers", at(when))
		if c.ID != want || ok != (want != "") {
			t.Errorf("on %s: %q, want %q", when, c.ID, want)
		}
	}
	if _, ok := (*Register)(nil).CompatibleAt("orders", "offers", at("2026-01-01")); ok {
		t.Error("no register assesses")
	}
}

func TestNoticeAt(t *testing.T) {
	reg := amended(t, "activities:\n  -", `notices:
  - {id: "1", purposes: [orders], valid_from: 2025-01-01, valid_to: 2025-12-31}
  - {id: "2", purposes: [orders], valid_from: 2026-02-01, material_change: true, change: a new recipient}
activities:
  -`)
	for when, want := range map[string]string{"2024-12-31": "", "2025-12-31": "1", "2026-01-15": "", "2026-02-01": "2"} {
		if n, _ := reg.NoticeAt("orders", at(when)); n.ID != want {
			t.Errorf("on %s: %q, want %q", when, n.ID, want)
		}
	}
	for _, tc := range []struct{ cited, said, from string }{
		{"1", "2025-06-01", "2026-02-01"}, {"", "2025-06-01", "2026-02-01"}, {"of before", "2025-06-01", "2026-02-01"},
		{"2", "2026-03-01", ""}, {"2", "2026-01-01", ""}, {"", "2026-03-01", ""},
		{"1", "2026-03-01", "2026-03-01"}, // a stale notice was shown
		{"", "", "2026-02-01"},
	} {
		n, from := reg.changed("orders", tc.cited, at(tc.said))
		got := ""
		if n != nil {
			got = day2(from)
		}
		if got != tc.from {
			t.Errorf("on notice %q, said %q: stale from %q, want %q", tc.cited, tc.said, got, tc.from)
		}
	}
	if _, ok := reg.Notice("1"); !ok {
		t.Error("a notice is not found by its id")
	}
	if n, _ := reg.changed(cdp.PurposeID("other"), "1", at("2025-06-01")); n != nil {
		t.Error("a change for another purpose")
	}
}
