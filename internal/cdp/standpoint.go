package cdp

import (
	"strings"
	"time"
)

// A Standpoint is from where facts are looked at, by their two clocks: as of At
// in the world, and as known at Known, when only what was recorded by then
// counts. The zero Standpoint is the present.
type Standpoint struct {
	At    time.Time // what holds then; zero: now
	Known time.Time // what was known then; zero: all that is known, whatever the clock says
}

// IsNow reports whether the standpoint is the present.
func (s Standpoint) IsNow() bool { return s.At.IsZero() && s.Known.IsZero() }

// From fills in At with the time that it now is, or with Known if that was
// before: nobody judged a day that had not come.
func (s Standpoint) From(now time.Time) Standpoint {
	if s.At.IsZero() {
		s.At = now
		if !s.Known.IsZero() && s.Known.Before(now) {
			s.At = s.Known
		}
	}
	return s
}

// Knew reports whether a fact recorded at a time is known.
func (s Standpoint) Knew(recorded time.Time) bool {
	return s.Known.IsZero() || !recorded.After(s.Known)
}

// ParseInstant reads a time as an officer types it, in a zone where it names
// none; a day alone means its end. It is false for what is no time.
func ParseInstant(typed string, zone *time.Location) (time.Time, bool) {
	typed = strings.TrimSpace(typed)
	if t, err := time.Parse(time.RFC3339, typed); err == nil {
		return t, true
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, typed, zone); err == nil {
			return t, true
		}
	}
	day, err := time.ParseInLocation(time.DateOnly, typed, zone)
	return day.AddDate(0, 0, 1).Add(-time.Microsecond), err == nil
}

// A Lens is how a desk looks at persons: from a standpoint, and through a
// purpose. Through a purpose only the records are there that may be used for
// it, and only what links them lawfully makes them one.
type Lens struct {
	Standpoint
	Purpose PurposeID // "": whatever the purpose
}

// IsPlain reports whether the lens shows the store as it is.
func (l Lens) IsPlain() bool { return l.IsNow() && l.Purpose == "" }
