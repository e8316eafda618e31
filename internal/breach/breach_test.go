package breach_test

import (
	"testing"
	"time"

	"cdp-tui/internal/breach"
	"cdp-tui/internal/cdp"

	"github.com/google/go-cmp/cmp"
)

// The clock runs through weekends, holidays and changes of the clocks.
func TestSeventyTwoHours(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, aware, due string }{
		{"clocks go forward on the Sunday", "2026-03-27 16:00 CET", "2026-03-30 17:00 CEST"},
		{"clocks go back on the Sunday", "2026-10-23 16:00 CEST", "2026-10-26 15:00 CET"},
		{"Good Friday to Easter Monday", "2026-04-03 16:00 CEST", "2026-04-06 16:00 CEST"},
		{"end of the year", "2026-12-30 23:30 CET", "2027-01-02 23:30 CET"},
	} {
		aware, err := time.ParseInLocation("2006-01-02 15:04", c.aware[:16], berlin)
		if err != nil {
			t.Fatal(err)
		}
		due, law := breach.Defaults().Due(aware)
		if got := due.Format("2006-01-02 15:04 MST"); got != c.due || law != "GDPR Art. 33(1)" {
			t.Errorf("%s: due %s by %s, want %s", c.name, got, law, c.due)
		}
	}
	if due, _ := breach.Defaults().Due(time.Date(2018, 5, 24, 0, 0, 0, 0, time.UTC)); !due.IsZero() {
		t.Error("a clock before the law")
	}
}

// The number is data: another one counts from its day on.
func TestTheNumberIsData(t *testing.T) {
	r, err := breach.ParseRules("r.yaml", []byte("breach: x\nversion: 2\nnotify:\n  - {within: PT72H, valid_from: 2018-05-25, law: A}\n  - {within: PT96H, valid_from: 2027-01-01, law: B}\nchild: {age: 18, law: C}\n"))
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	if due, law := r.Due(day); !due.Equal(day.Add(96*time.Hour)) || law != "B" {
		t.Errorf("%v by %s", due, law)
	}
	if due, law := r.Due(day.Add(-time.Second)); !due.Equal(day.Add(72*time.Hour-time.Second)) || law != "A" {
		t.Errorf("%v by %s", due, law)
	}
}

// Persons are counted once for each thing, and those without a profile apart.
func TestCount(t *testing.T) {
	day := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }
	c := breach.NewCount(breach.Defaults(), day(2026, 11, 19))
	c.Add(breach.Person{Records: 3, Categories: []string{"user.name", "user.name", "user.contact"}, Special: []string{"health"}, Born: day(2008, 11, 20), Country: "DE",
		Shares: []cdp.Share{{Recipient: "mailer", At: day(2026, 1, 2)}, {Recipient: "mailer", At: day(2026, 1, 1)}}})
	c.Add(breach.Person{Records: 1, Categories: []string{"user.name"}, Born: day(2008, 11, 19), Country: "DE", Shares: []cdp.Share{{Recipient: "mailer", At: day(2025, 1, 1)}}})
	c.Add(breach.Person{Unresolved: true, Records: 1, Categories: []string{"user.device"}})
	want := cdp.Breach{Persons: 2, Unresolved: 1, Records: 5, WithSpecial: 1, Minors: 1, AgeUnknown: 1,
		Categories: []cdp.BreachCount{{Name: "user.name", Persons: 2}, {Name: "user.contact", Persons: 1}, {Name: "user.device", Persons: 1}},
		Special:    []cdp.BreachCount{{Name: "health", Persons: 1}},
		Countries:  []cdp.BreachCount{{Name: "DE", Persons: 2}, {Persons: 1}},
		Recipients: []cdp.BreachRecipient{{Recipient: "mailer", Persons: 2, Shares: 3, Last: day(2026, 1, 2)}}}
	if d := cmp.Diff(want, c.Breach()); d != "" {
		t.Error(d)
	}
	if got := c.Breach(); got.Exact() {
		t.Error("exact, with a record that belongs to nobody")
	}
}
