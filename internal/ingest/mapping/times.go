package mapping

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the same zones on every machine: a consent's time is evidence
)

var errLayout = errors.New("the time fits none of the layouts")

// A layout reads a time. Times are read by layouts that the mapping names and
// in no other way: libraries that guess read 01.02.1990 as 2 January.
type layout struct {
	name string // as written: unix, unix_ms, unix_us, rfc3339 or a layout of package time
	loc  *time.Location
}

// reference differs from others in every part, so that two layouts that read
// one text differently are found when the mapping is loaded.
var reference = time.Date(2006, 3, 4, 13, 7, 9, 0, time.UTC)

// named layouts.
const (
	unixSeconds = "unix"
	unixMilli   = "unix_ms"
	unixMicro   = "unix_us"
	rfc3339     = "rfc3339"
)

func (l layout) numeric() bool {
	return l.name == unixSeconds || l.name == unixMilli || l.name == unixMicro
}

func (l layout) goLayout() string {
	if l.name == rfc3339 {
		return time.RFC3339Nano
	}
	return l.name
}

// zoned reports whether times in this layout carry their own zone.
func (l layout) zoned() bool {
	if l.numeric() {
		return true
	}
	g := l.goLayout()
	for _, z := range []string{"Z07", "-07"} {
		if strings.Contains(g, z) {
			return true
		}
	}
	// A zone abbreviation (MST) names no offset: CST is three of them.
	return false
}

// check says what is wrong with the layout itself, "" for nothing.
func (l layout) check() string {
	if l.numeric() || l.name == rfc3339 {
		return ""
	}
	if strings.Contains(l.name, "MST") {
		return "a zone abbreviation does not say one offset; use an offset (-07:00) or tz"
	}
	a, b := reference.Format(l.name), reference.AddDate(1, 1, 1).Format(l.name)
	if a == b || a == l.name {
		return "this is not a layout: it is written with the reference time 2006-01-02 15:04:05, or is one of unix, unix_ms, unix_us, rfc3339"
	}
	t, err := time.Parse(l.name, a)
	if err != nil || t.Year() != 2006 || t.Month() != 3 || t.Day() != 4 {
		return "this layout does not hold year, month and day"
	}
	return ""
}

// contradicts reports whether some text is one time for l and another for m.
func (l layout) contradicts(m layout) bool {
	if l.numeric() || m.numeric() {
		return l.numeric() && m.numeric() && l.name != m.name
	}
	s := reference.Format(l.goLayout())
	t, err := time.Parse(m.goLayout(), s)
	return err == nil && (t.Year() != 2006 || t.Month() != 3 || t.Day() != 4)
}

func (l layout) parse(s string) (time.Time, error) {
	if !l.numeric() {
		return time.ParseInLocation(l.goLayout(), s, l.loc)
	}
	whole, frac, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || strings.Trim(frac, "0123456789") != "" {
		return time.Time{}, errLayout
	}
	const century = 100_000_000_000 // seconds; beyond that the unit is wrong
	switch l.name {
	case unixSeconds:
		if n > century || n < -century {
			return time.Time{}, errLayout
		}
		var nano int64
		if frac != "" {
			f, _ := strconv.ParseFloat("0."+frac, 64)
			nano = int64(math.Round(f*1e6)) * 1000
			if strings.HasPrefix(whole, "-") {
				nano = -nano
			}
		}
		return time.Unix(n, nano).UTC(), nil
	case unixMilli:
		return time.UnixMilli(n).UTC(), nil
	default:
		return time.UnixMicro(n).UTC(), nil
	}
}

// A clock reads one time of a row.
type clock struct {
	from    *value
	layouts []layout
	field   string // for messages
}

func (c *clock) parse(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	for _, l := range c.layouts {
		if t, err := l.parse(s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, errLayout
}
