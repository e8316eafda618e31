package rulefile

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Period is a length of time as laws state it: an ISO 8601 duration such as
// P3Y, P1Y6M, P30D, P2W or PT72H. Years, months and days are calendar units,
// so how long a Period lasts depends on when it begins. The zero Period is no
// time at all. A Period is never negative.
type Period struct {
	Years, Months, Days int           // calendar units; a week is seven days
	Clock               time.Duration // hours, minutes and seconds
}

// most is the largest number of years, months, days or hours in a Period.
const most = 9999

// ParsePeriod reads an ISO 8601 duration. Each unit stands at most once, in
// the order Y M W D T H M S, with a whole number of one to four digits.
func ParsePeriod(s string) (Period, error) {
	var p Period
	bad := fmt.Errorf("%s is not a period: write an ISO 8601 duration such as P3Y, P6M, P30D or PT72H", quote(s))
	date, ok := strings.CutPrefix(s, "P")
	if !ok {
		return p, bad
	}
	date, clock, timed := strings.Cut(date, "T")
	if date == "" && !timed || timed && clock == "" {
		return p, bad
	}
	ok = units(date, "YMWD", func(u byte, n int) {
		switch u {
		case 'Y':
			p.Years = n
		case 'M':
			p.Months = n
		case 'W':
			p.Days += 7 * n
		case 'D':
			p.Days += n
		}
	}) && units(clock, "HMS", func(u byte, n int) {
		p.Clock += time.Duration(n) * map[byte]time.Duration{'H': time.Hour, 'M': time.Minute, 'S': time.Second}[u]
	})
	if !ok || p.Days > most || p.Clock > most*time.Hour {
		return Period{}, bad
	}
	return p, nil
}

// units reads numbers, each with one of the letters of order, in that order.
func units(s, order string, set func(unit byte, n int)) bool {
	for s != "" {
		digits := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
		if digits < 1 || digits > 4 {
			return false
		}
		n, err := strconv.Atoi(s[:digits])
		at := strings.IndexByte(order, s[digits])
		if err != nil || at < 0 {
			return false
		}
		set(s[digits], n)
		s, order = s[digits+1:], order[at+1:]
	}
	return true
}

// AddTo returns the time at which a period that begins at t ends: first years
// and months, then days, each keeping the time of day in the location of t,
// then the clock units. A month that lacks the day ends on its last one, as in
// Regulation (EEC, Euratom) 1182/71 Art. 3(2)(c): 31 January and P1M is 28 or
// 29 February, and 29 February and P1Y is 28 February.
func (p Period) AddTo(t time.Time) time.Time {
	y, m, d := t.Date()
	first := time.Date(y+p.Years, m+time.Month(p.Months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	h, mi, s := t.Clock()
	end := time.Date(first.Year(), first.Month(), min(d, last)+p.Days, h, mi, s, t.Nanosecond(), t.Location())
	return end.Add(p.Clock)
}

// IsZero reports whether p is no time at all.
func (p Period) IsZero() bool { return p == Period{} }

// String returns p in its ISO 8601 form, P0D for no time at all.
func (p Period) String() string {
	if p.IsZero() {
		return "P0D"
	}
	var b strings.Builder
	put := func(n int64, unit byte) {
		if n != 0 {
			b.WriteString(strconv.FormatInt(n, 10))
			b.WriteByte(unit)
		}
	}
	b.WriteByte('P')
	put(int64(p.Years), 'Y')
	put(int64(p.Months), 'M')
	put(int64(p.Days), 'D')
	if p.Clock != 0 {
		b.WriteByte('T')
		put(int64(p.Clock/time.Hour), 'H')
		put(int64(p.Clock%time.Hour/time.Minute), 'M')
		put(int64(p.Clock%time.Minute/time.Second), 'S')
	}
	return b.String()
}

// MarshalText returns what String does.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what [ParsePeriod] does.
func (p *Period) UnmarshalText(text []byte) (err error) {
	*p, err = ParsePeriod(string(text))
	return err
}
