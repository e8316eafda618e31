package rulefile

import (
	"cmp"
	"fmt"
	"time"
)

// A Date is a day of the calendar, without time of day or place: the day from
// which a law or a rule holds. It is comparable; the zero Date is no day.
type Date struct {
	Year  int // 1 to 9999
	Month time.Month
	Day   int
}

// ParseDate reads a day as YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() == 0 {
		return Date{}, fmt.Errorf("%s is not a day: write it as 2026-01-31", quote(s))
	}
	return DateOf(t), nil
}

// DateOf returns the day that t falls on in its own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// In returns the first moment of the day at a place: midnight or, where the
// clocks skip midnight, the first time after it.
func (d Date) In(loc *time.Location) time.Time {
	noon := time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, loc)
	t := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
	if t.Day() != noon.Day() { // time.Date went back across the gap
		_, end := t.ZoneBounds()
		t = end
	}
	return t
}

// Compare returns -1, 0 or 1 as d lies before, on or after e.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// IsZero reports whether d is no day.
func (d Date) IsZero() bool { return d == Date{} }

// String returns d as YYYY-MM-DD, and "" for no day.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// MarshalText returns what String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what [ParseDate] does.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDate(string(text))
	return err
}
