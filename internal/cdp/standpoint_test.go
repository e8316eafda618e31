package cdp_test

import (
	"testing"
	"time"

	"cdp-tui/internal/cdp"
)

func TestStandpoint(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 3, d, 12, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		name     string
		from     cdp.Standpoint
		at       time.Time // with the 20th as now
		now      bool
		recorded time.Time
		knew     bool
	}{
		{"the present", cdp.Standpoint{}, day(20), true, day(21), true},
		{"as of", cdp.Standpoint{At: day(10)}, day(10), false, day(20), true},
		{"as known: judged as of then", cdp.Standpoint{Known: day(10)}, day(10), false, day(11), false},
		{"as known at that moment", cdp.Standpoint{Known: day(10)}, day(10), false, day(10), true},
		{"both", cdp.Standpoint{At: day(5), Known: day(10)}, day(5), false, day(9), true},
		{"known ahead of the clock", cdp.Standpoint{Known: day(25)}, day(20), false, day(21), true},
	} {
		if got := c.from.From(day(20)).At; !got.Equal(c.at) {
			t.Errorf("%s: judged at %v, want %v", c.name, got, c.at)
		}
		if got := c.from.IsNow(); got != c.now {
			t.Errorf("%s: now is %v, want %v", c.name, got, c.now)
		}
		if got := c.from.Knew(c.recorded); got != c.knew {
			t.Errorf("%s: knew is %v, want %v", c.name, got, c.knew)
		}
	}
}
