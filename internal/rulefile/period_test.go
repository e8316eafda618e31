package rulefile_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cdp-tui/internal/rulefile"
)

func TestParsePeriod(t *testing.T) {
	for in, want := range map[string]string{
		"P3Y": "P3Y", "P6M": "P6M", "P30D": "P30D", "P2W": "P14D", "PT72H": "PT72H", "PT90M": "PT1H30M", "PT1S": "PT1S",
		"P1Y2M3W4DT5H6M7S": "P1Y2M25DT5H6M7S", "P0D": "P0D", "P0Y": "P0D", "P9999Y": "P9999Y",
	} {
		p, err := rulefile.ParsePeriod(in)
		if err != nil || p.String() != want {
			t.Errorf("%s: %v, %v", in, p, err)
		}
	}
	for _, in := range []string{"", "P", "PT", "3Y", "P3", "PY", "P3y", "p3Y", "P-3Y", "-P3Y", "P1.5Y", "P1D1Y", "P1Y1Y", "PT1D", "P1H", "P1YT", "P10000Y", "P9999W", "P1Y ", "P1Ä", "PT9999H60M", "P1TT1H"} {
		if p, err := rulefile.ParsePeriod(in); err == nil {
			t.Errorf("%q is taken for %v", in, p)
		}
	}
}

func TestPeriodAddTo(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zones here")
	}
	for _, tc := range []struct{ from, period, want string }{
		{"2026-01-31T10:00:00", "P1M", "2026-02-28T10:00:00"},
		{"2024-01-31T10:00:00", "P1M", "2024-02-29T10:00:00"},
		{"2024-02-29T10:00:00", "P1Y", "2025-02-28T10:00:00"},
		{"2024-02-29T10:00:00", "P4Y", "2028-02-29T10:00:00"},
		{"2026-08-31T10:00:00", "P6M", "2027-02-28T10:00:00"},
		{"2026-12-31T10:00:00", "P1M1D", "2027-02-01T10:00:00"},
		{"2026-01-31T10:00:00", "P1M1D", "2026-03-01T10:00:00"},
		{"2026-03-28T10:00:00", "P1D", "2026-03-29T10:00:00"},   // the clocks go forward: 23 hours
		{"2026-03-28T10:00:00", "PT24H", "2026-03-29T11:00:00"}, // 24 hours
		{"2026-01-01T00:00:00", "P0D", "2026-01-01T00:00:00"},
		{"2026-01-01T22:00:00", "PT72H", "2026-01-04T22:00:00"},
		{"2026-05-31T00:00:00", "P13M", "2027-06-30T00:00:00"},
	} {
		from, err := time.ParseInLocation("2006-01-02T15:04:05", tc.from, berlin)
		if err != nil {
			t.Fatal(err)
		}
		p, err := rulefile.ParsePeriod(tc.period)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.AddTo(from).Format("2006-01-02T15:04:05"); got != tc.want {
			t.Errorf("%s + %s = %s, want %s", tc.from, tc.period, got, tc.want)
		}
	}
}

// A period of months ends on the same day or on the last one of its month, and
// its written form is the period.
func TestPeriodProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rulefile.Period{
			Years: rapid.IntRange(0, 200).Draw(t, "y"), Months: rapid.IntRange(0, 200).Draw(t, "m"), Days: rapid.IntRange(0, 5000).Draw(t, "d"),
			Clock: time.Duration(rapid.IntRange(0, 9999*3600).Draw(t, "s")) * time.Second,
		}
		q, err := rulefile.ParsePeriod(p.String())
		if err != nil || p != q {
			t.Fatalf("%v reads as %v, %v", p, q, err)
		}
		from := time.Unix(rapid.Int64Range(-4e9, 8e9).Draw(t, "from"), 0).UTC()
		months := rulefile.Period{Years: p.Years, Months: p.Months}
		to := months.AddTo(from)
		if n := (to.Year()-from.Year())*12 + int(to.Month()-from.Month()); n != p.Years*12+p.Months {
			t.Fatalf("%v + %v = %v: %d months", from, months, to, n)
		}
		if to.Day() != from.Day() && (to.Day() > from.Day() || to.AddDate(0, 0, 1).Day() != 1) {
			t.Fatalf("%v + %v = %v", from, months, to)
		}
		if days := (rulefile.Period{Days: p.Days, Clock: p.Clock}); !days.AddTo(from).Equal(from.AddDate(0, 0, p.Days).Add(p.Clock)) {
			t.Fatalf("%v + %v", from, days)
		}
	})
}

func TestDate(t *testing.T) {
	for _, in := range []string{"", "2026-2-3", "2026-02-30", "20260203", "2026-02-03T00:00:00Z", "0000-01-01", "31.01.2026", "2026-02-03 "} {
		if d, err := rulefile.ParseDate(in); err == nil {
			t.Errorf("%q is taken for %v", in, d)
		}
	}
	a, err := rulefile.ParseDate("2026-02-03")
	if err != nil || a.String() != "2026-02-03" || a.IsZero() || !(rulefile.Date{}).IsZero() || (rulefile.Date{}).String() != "" {
		t.Errorf("%v, %v", a, err)
	}
	for _, later := range []string{"2026-02-04", "2026-03-01", "2027-01-01"} {
		b, err := rulefile.ParseDate(later)
		if err != nil || a.Compare(b) != -1 || b.Compare(a) != 1 || b.Compare(b) != 0 {
			t.Errorf("%s: %v", later, err)
		}
	}
	for zone, want := range map[string]string{"Europe/Berlin": "2026-09-06T00:00:00+02:00", "UTC": "2026-09-06T00:00:00Z", "America/Santiago": "2026-09-06T01:00:00-03:00"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Skip("no time zones here")
		}
		start := rulefile.Date{Year: 2026, Month: 9, Day: 6}.In(loc)
		if got := start.Format(time.RFC3339); got != want { // in Santiago the clocks skip that midnight
			t.Errorf("%s: %s, want %s", zone, got, want)
		}
		if rulefile.DateOf(start).String() != "2026-09-06" {
			t.Errorf("%s: %v", zone, rulefile.DateOf(start))
		}
	}
}

func ExamplePeriod_AddTo() {
	p, _ := rulefile.ParsePeriod("P1M") // to answer a request, Art. 12(3)
	fmt.Println(p.AddTo(time.Date(2026, 1, 31, 9, 0, 0, 0, time.UTC)).Format(time.DateOnly))
	// Output: 2026-02-28
}

func ExampleDecode() {
	var rules struct {
		Deadline rulefile.Period `yaml:"deadline"`
	}
	fmt.Println(rulefile.Decode("rights.yaml", []byte("deadlin: P1M\n"), &rules))
	// Output:
	// rights.yaml:1:1: unknown field "deadlin"
	//   1 | deadlin: P1M
	//     | ^
	//   did you mean "deadline"? known here: deadline
}
