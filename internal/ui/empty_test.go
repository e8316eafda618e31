package ui

import (
	"context"
	"errors"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
)

// bareDesk has nothing, or can not read it.
type bareDesk struct {
	*fakeDesk
	err error
}

func (b *bareDesk) Mutes(context.Context) ([]cdp.Mute, error) { return nil, b.err }

func (b *bareDesk) Outbox(context.Context, cdp.OutboxFilter, cdp.NoticeID, int) ([]cdp.Notification, error) {
	return nil, b.err
}

// An empty list says what would stand in it and how that comes about; one that
// could not be read says why in full, and one that is filtered that it is.
func TestEmptyListsSayWhy(t *testing.T) {
	open := func(place string, desk Desk) *driver {
		d := drive(t, 80, 24, newFake(), "")
		d.m.desk = desk
		return d.command(place)
	}
	open("mutes", &bareDesk{fakeDesk: newFake()}).sees("nothing here", "Nothing is muted", "for a reason")
	open("outbox", &bareDesk{fakeDesk: newFake()}).sees("nothing here", "No recipient has to be told anything")
	long := errors.New("the row of the mute " + strings.Repeat("that is far too long to be told in a line ", 3) + "is damaged at its end")
	open("mutes", &bareDesk{fakeDesk: newFake(), err: long}).sees("could not be read", "damaged at its end").misses("Nothing is muted")
	d := drive(t, 80, 24, newFake(), "mutes")
	d.press("/").typed("no such mute").press("enter").sees("no row has “no such mute”").misses("Nothing is muted").press("esc").sees("NO_BASIS").misses("no row has")
}

// A person's preferences that a source tells as values are counted, listed and
// traced where consents and wishes are.
func TestPreferencesAreListed(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "P-0042117")
	d.press("4").sees("Consents 5", "wish: frequency").press("G").sees("5 of 5", "A wish is no consent")
	d.press("enter").sees("Trace")
}

// A period is said in words.
func TestPeriodInWords(t *testing.T) {
	s := show{lex: newEnglish()}
	for raw, want := range map[string]string{"P1M": "1 month", "P3Y from end of year": "3 years from end of year", "P30D": "30 days", "P2W": "2 weeks", "P1Y6M": "P1Y6M", "PT5M": "PT5M", "": "", "P": "P", "weekly": "weekly"} {
		if got := s.period(raw); got.text.String() != want || got.raw != raw {
			t.Errorf("%q: %q (%q), want %q", raw, got.text, got.raw, want)
		}
	}
}
