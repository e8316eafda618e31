package mapping_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestTimes(t *testing.T) {
	tests := []struct{ layouts, tz, text, want string }{
		{`["2006-01-02 15:04:05"]`, "Europe/Berlin", "2026-01-02 10:00:00", "2026-01-02T09:00:00Z"},
		{`["2006-01-02 15:04:05"]`, "Europe/Berlin", "2026-07-02 10:00:00", "2026-07-02T08:00:00Z"},
		{`["2006-01-02 15:04:05"]`, "Europe/Istanbul", "2018-02-10 09:30:00", "2018-02-10T06:30:00Z"},
		{`["2006-01-02 15:04:05"]`, "UTC", "2026-01-02 10:00:00.577", "2026-01-02T10:00:00.577Z"},
		{`["02.01.2006"]`, "Europe/Berlin", "01.02.1990", "1990-01-31T23:00:00Z"},
		{`["2.1.2006"]`, "UTC", "5.4.1936", "1936-04-05T00:00:00Z"},
		{`["2.1.2006", "2006-01-02"]`, "UTC", "2026-10-07", "2026-10-07T00:00:00Z"},
		{`[rfc3339]`, "", "2008-01-10T11:00:00-05:00", "2008-01-10T16:00:00Z"},
		{`[rfc3339]`, "", "2025-03-06T21:49:46.914848Z", "2025-03-06T21:49:46.914848Z"},
		{`[unix]`, "", "1767225600", "2026-01-01T00:00:00Z"},
		{`[unix]`, "", "1767225600.25", "2026-01-01T00:00:00.25Z"},
		{`[unix]`, "", "-1.25", "1969-12-31T23:59:58.75Z"},
		{`[unix]`, "", "1767225600000", "reject"}, // milliseconds
		{`[unix_ms]`, "", "1767225600000", "2026-01-01T00:00:00Z"},
		{`[unix_us]`, "", "1767225600000000", "2026-01-01T00:00:00Z"},
		{`["2006-01-02"]`, "UTC", "2026-02-30", "reject"},
		{`["2006-01-02"]`, "UTC", "02.01.2026", "reject"},
		{`["2006-01-02"]`, "UTC", "3 Mart 2024", "reject"},
		{`["2006-01-02"]`, "UTC", "2026-01-02 10:00", "reject"},
		{`["2006-01-02"]`, "UTC", "", "none"},
	}
	for _, tt := range tests {
		zone := ""
		if tt.tz != "" {
			zone = ", tz: " + tt.tz
		}
		m := load(t, strings.Replace(head, "{ key: { col: id } }", fmt.Sprintf("{ key: { col: id }, time: { from: { col: at }, layouts: %s%s } }", tt.layouts, zone), 1))
		o := run(t, m, "x.csv", "id,at\n1,"+tt.text+"\n")
		got := "reject"
		if len(o.records) == 1 {
			got = "none"
			if at := o.records[0].At; !at.IsZero() {
				got = at.Format(time.RFC3339Nano)
			}
		}
		if got != tt.want {
			t.Errorf("%s in %s by %s is %s, want %s", tt.text, tt.tz, tt.layouts, got, tt.want)
		}
	}
}

// TestDaysOfAttributes: a day is kept as YYYY-MM-DD by the layouts that the
// mapping names; what fits none stays as it was delivered, and is noted.
func TestDaysOfAttributes(t *testing.T) {
	m := load(t, `
version: 1
source: { id: cards, controller: c, collection: first_party, activities: [a], link: a }
read: { format: csv }
record: { key: { col: id } }
attributes:
  - { name: birth_date, from: { col: born }, category: user.demographic.date_of_birth, layouts: ["02.01.2006", "2006/01/02"] }
`)
	o := run(t, m, "x.csv", "id,born\n1,03.04.1989\n2,1989/04/03\n3,3/4/1989\n4,\n5, 03.04.1989 \n")
	want := []string{"1989-04-03", "1989-04-03", "3/4/1989", "", "1989-04-03"}
	for i, r := range o.records {
		got := ""
		for _, a := range r.Attributes {
			got = a.Value.Reveal()
		}
		if got != want[i] {
			t.Errorf("row %d: %q, want %q", i+1, got, want[i])
		}
	}
	if len(o.records) != len(want) || len(o.notes) != 1 || o.notes[0].Code != "date_unreadable" || o.notes[0].Count != 1 || strings.Contains(o.notes[0].Text, "1989") {
		t.Errorf("%d records, notes %+v", len(o.records), o.notes)
	}
}
