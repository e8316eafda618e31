package query

import (
	"strconv"
	"strings"
	"time"
)

// An Ago is a length of time before now, as people write it: 30d. The zero Ago
// is none; 0d is today.
type Ago struct {
	N    int
	Unit byte // d day, w week, m month, y year; 0 of none
}

func (a Ago) String() string {
	if a.Unit == 0 {
		return ""
	}
	return strconv.Itoa(a.N) + string(rune(a.Unit))
}

// Before returns the moment that lies so long before another.
func (a Ago) Before(now time.Time) time.Time {
	switch a.Unit {
	case 'w':
		return now.AddDate(0, 0, -7*a.N)
	case 'm':
		return now.AddDate(0, -a.N, 0)
	case 'y':
		return now.AddDate(-a.N, 0, 0)
	}
	return now.AddDate(0, 0, -a.N)
}

// days returns the least and the most days that it can last.
func (a Ago) days() (least, most int) {
	switch a.Unit {
	case 'w':
		return 7 * a.N, 7 * a.N
	case 'm':
		return 28 * a.N, 31 * a.N
	case 'y':
		return 365 * a.N, 366 * a.N
	}
	return a.N, a.N
}

// maxAgo bounds how far back a query reaches: a hundred years in days.
const maxAgo = 36_500

// agoOf reads 30d, 12w, 6m, 2y.
func agoOf(s string) (Ago, bool) {
	if len(s) < 2 || strings.IndexByte("dwmy", s[len(s)-1]) < 0 || s[0] < '0' || s[0] > '9' {
		return Ago{}, false
	}
	n, err := strconv.Atoi(s[:len(s)-1])
	return Ago{n, s[len(s)-1]}, err == nil && n <= maxAgo
}

// Lately reports whether the last so many days are asked for, up to today.
func (n Seen) Lately() bool { return n.Since.N > 0 && n.Until == Ago{0, 'd'} }

// At returns the range in days, as of a moment: what lies so long before now
// is a day then.
func (n Seen) At(now time.Time) Seen {
	if n.Since.Unit != 0 {
		n.From = dayOf(n.Since.Before(now.UTC()))
	}
	if n.Until.Unit != 0 {
		n.To = dayOf(n.Until.Before(now.UTC()))
	}
	return Seen{From: n.From, To: n.To}
}

// IsRelative reports whether a bound hangs on the day on which it is asked.
func (n Seen) IsRelative() bool { return n.Since.Unit != 0 || n.Until.Unit != 0 }

func dayOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// seen reads a range of days of which the bounds are cut out already; above and
// below are exclusive. One length of time alone asks for all since, up to today.
func (p *parser) seen(s, low, high string, above, below bool, at int, bad error) (Node, error) {
	if a, ok := agoOf(s); ok {
		return Seen{Since: a, Until: Ago{0, 'd'}}, nil
	}
	since, early := agoOf(low)
	until, late := agoOf(high)
	if (early || late) && strings.ContainsAny(s, "<>") {
		return nil, p.fail(at, "seen: before or after a length of time says two things", "write seen:30d for the last 30 days, seen:..30d for not since")
	}
	var n Seen
	if early {
		n.Since = since
	} else if low != "" {
		from, after, ok := span(low)
		if !ok {
			return nil, bad
		}
		n.From = from
		if above {
			n.From = after
		}
	}
	if late {
		n.Until = until
	} else if high != "" {
		from, after, ok := span(high)
		if !ok {
			return nil, bad
		}
		n.To = after.AddDate(0, 0, -1)
		if below {
			n.To = from.AddDate(0, 0, -1)
		}
	}
	_, most := since.days()
	least, _ := until.days()
	if early && late && most < least || !n.From.IsZero() && !n.To.IsZero() && n.To.Before(n.From) {
		return nil, p.fail(at, "seen: the range ends before it begins", "the earlier day comes first")
	}
	if n.From.Year() > 9999 || n.To.Year() > 9999 || !n.To.IsZero() && n.To.Year() < 1000 {
		return nil, bad
	}
	return n, nil
}
