package segment

import (
	"errors"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
)

func at(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

var errNoSegment = errors.New("no such segment")

// library resolves saved segments of a fixed list; self asks for itself.
type library struct{}

func (library) Carry(query.IdentifierTerm) (func(*Subject) bool, error) {
	return func(*Subject) bool { return false }, nil
}
func (library) Saved(name string) (query.Node, error) {
	switch name {
	case "buyers":
		return query.Parse("count:order>=2")
	case "self":
		return query.Parse("in:self")
	}
	return nil, errNoSegment
}

// What only the store answers, on one profile.
func TestStoreFields(t *testing.T) {
	s := &Subject{
		Document: cdp.Document{Profile: 7, Size: 2},
		Outcomes: []cdp.Outcome{cdp.Linked, cdp.HeldApart},
		Touchpoints: []cdp.Touchpoint{{Kind: "order", Channel: "web", At: at("2026-05-01")}, {Kind: "Order", Channel: "store", At: at("2026-06-20")},
			{Kind: "visit", Channel: "web"}, {Kind: "order", Channel: "web", At: at("2026-07-02")}},
		Wishes: []cdp.Preferring{{Channel: "email", Wish: cdp.Unwanted}, {Channel: "post", Topic: "wine", Wish: cdp.Wanted}, {Channel: "sms", Wish: cdp.WishNone}},
		Shares: []cdp.Share{{Recipient: "mailer", Purpose: "newsletter"}},
		May:    []cdp.PurposeID{"newsletter"},
	}
	now := at("2026-07-01")
	for q, want := range map[string]bool{
		"count:order":                     true,
		"count:order=3":                   true,
		"count:order>=4":                  false,
		"count:order@web=2":               true,
		"count:@web>=3":                   true,
		"count:order=1/30d":               true, // the one of the day after tomorrow lies ahead
		"count:order=2/3m":                true,
		"count:order>=1/2026-05":          true,
		"count:order=0/2026-04":           true,
		"count:visit=1":                   true,
		"count:visit=0/2026":              true, // it has no time
		"count:order=1..2/2026-01..":      false,
		"count:order<4/..2026-07-02":      true,
		"count:order=3/..2026-07-02":      true,
		"outcome:held-apart":              true,
		"-outcome:linked":                 false,
		"wish:unwanted":                   true,
		"wish:email/unwanted":             true,
		"wish:email":                      true,
		"wish:sms":                        false,
		"wish:post/wine/wanted":           true,
		"wish:none":                       false,
		"shared:mailer":                   true,
		"shared:mailer/newsletter":        true,
		"shared:mail":                     false,
		"shared:mail*":                    true,
		"shared:none":                     false,
		"may:newsletter":                  true,
		"may:profiling":                   false,
		"in:buyers":                       true,
		"in:buyers -in:buyers":            false,
		"(in:buyers or in:buyers) size:2": true,
	} {
		n, err := query.Parse(q)
		if err != nil {
			t.Errorf("%s: %v", q, err)
			continue
		}
		m, err := Compile(n, now, library{})
		if err != nil {
			t.Errorf("%s: %v", q, err)
		} else if got := m.Match(s); got != want {
			t.Errorf("%s: %v", q, got)
		}
	}
	empty := &Subject{Document: cdp.Document{Profile: 8, Size: 1}}
	for _, q := range []string{"wish:none", "shared:none", "count:order=0", "-count:order"} {
		n, err := query.Parse(q)
		if err != nil {
			t.Fatal(err)
		}
		if m, err := Compile(n, now, library{}); err != nil || !m.Match(empty) {
			t.Errorf("%s does not hold of a profile with nothing: %v", q, err)
		}
	}
}

// A saved segment that is not there, or holds itself, is an error and not empty.
func TestSavedSegmentsFail(t *testing.T) {
	for _, q := range []string{"in:gone", "size:1 or -in:gone", "in:self"} {
		n, err := query.Parse(q)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Compile(n, at("2026-07-01"), library{}); err == nil {
			t.Errorf("%s compiles", q)
		}
	}
}

// A matcher names what it looks at, and no more.
func TestNeeds(t *testing.T) {
	for q, want := range map[string]Needs{
		"source:web size:2": {},
		"name:anna":         {},
		"anna":              {Texts: true},
		"has:text":          {Texts: true},
		"consent:news":      {Consents: true},
		"has:consent":       {Consents: true},
		"in:buyers":         {Touchpoints: true},
		"wish:email":        {Wishes: true},
		"shared:x1":         {Shares: true},
	} {
		n, err := query.Parse(q)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Compile(n, time.Time{}, library{})
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Needs(); len(got.May) > 0 || got.Texts != want.Texts || got.Consents != want.Consents || got.Touchpoints != want.Touchpoints || got.Wishes != want.Wishes || got.Shares != want.Shares {
			t.Errorf("%s: %+v", q, got)
		}
	}
}
