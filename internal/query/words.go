package query

import (
	"slices"
	"strings"
	"time"
)

// span reads a day, a month or a year: its first day and the day after its
// last.
func span(s string) (first, after time.Time, ok bool) {
	for _, f := range []struct {
		layout              string
		years, months, days int
	}{{time.DateOnly, 0, 0, 1}, {"2006-01", 0, 1, 0}, {"2006", 1, 0, 0}} {
		if t, err := time.Parse(f.layout, s); err == nil && t.Year() >= 1000 {
			return t, t.AddDate(f.years, f.months, f.days), true
		}
	}
	return time.Time{}, time.Time{}, false
}

// suggest names the field that is nearest to what was written.
func suggest(name string) string {
	best, dist := "", 3
	for _, f := range slices.Concat(Fields(), StoreFields()) {
		if d := distance(name, f); d < dist {
			best, dist = f, d
		}
	}
	for _, f := range []string{"email", "phone", "loyalty", "crm", "login", "social", "order", "cookie", "device", "national_id", "ip"} {
		if d := distance(name, f); d < dist {
			best, dist = f, d
		}
	}
	if best != "" {
		return "did you mean " + best + ":? To search for a text with a colon, put it in quotes"
	}
	return `to search for a text with a colon, put it in quotes; fields are ` + strings.Join(slices.Concat(Fields(), StoreFields()), ", ") + ` and the kinds of identifiers`
}

// distance is the edit distance of two short ASCII words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			d := diag
			if a[i] != b[j] {
				d = 1 + min(diag, row[j], row[j+1])
			}
			diag, row[j+1] = row[j+1], d
		}
	}
	return row[len(b)]
}
