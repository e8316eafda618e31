package policy_test

import (
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/policy"
)

func wishAt(ch cdp.Channel, topic string, w cdp.Wish, day int) cdp.Preference {
	at := time.Date(2026, 1, day, 9, 0, 0, 0, time.UTC)
	return cdp.Preference{Endpoint: cdp.NewIdentifier(cdp.KindEmail, "ana@lindenhof-mail.de", [4]byte{}), Controller: "lindenhof", Channel: ch, Topic: topic,
		Wish: w, At: at, Recorded: at, Source: "centre"}
}

// TestWishes: what holds for e-mail about offers, after statements in January.
func TestWishes(t *testing.T) {
	now := time.Date(2026, 1, 20, 9, 0, 0, 0, time.UTC)
	undated := wishAt("email", "offers", cdp.Unwanted, 9)
	undated.At = time.Time{}
	undatedYes := undated
	undatedYes.Wish = cdp.Wanted
	ahead, unknown := wishAt("email", "offers", cdp.Unwanted, 28), wishAt("email", "offers", cdp.Unwanted, 28)
	ahead.Recorded = now.AddDate(0, 0, -1)
	for _, tt := range []struct {
		name   string
		stated []cdp.Preference
		want   cdp.Wish
		since  int // day of January
	}{
		{"wanted", []cdp.Preference{wishAt("email", "offers", cdp.Wanted, 3)}, cdp.Wanted, 3},
		{"a no after a yes", []cdp.Preference{wishAt("email", "offers", cdp.Wanted, 3), wishAt("email", "offers", cdp.Unwanted, 5)}, cdp.Unwanted, 5},
		{"a yes after a no", []cdp.Preference{wishAt("email", "offers", cdp.Unwanted, 3), wishAt("email", "offers", cdp.Wanted, 5)}, cdp.Wanted, 5},
		{"both at once", []cdp.Preference{wishAt("email", "offers", cdp.Unwanted, 3), wishAt("email", "offers", cdp.Wanted, 3)}, cdp.Unwanted, 3},
		{"a no to all, then a particular yes", []cdp.Preference{wishAt("", "", cdp.Unwanted, 3), wishAt("email", "offers", cdp.Wanted, 5)}, cdp.Wanted, 5},
		{"a particular no, then a general yes", []cdp.Preference{wishAt("email", "offers", cdp.Unwanted, 3), wishAt("", "", cdp.Wanted, 5)}, cdp.Unwanted, 3},
		{"a no to all e-mail, then yes to offers everywhere", []cdp.Preference{wishAt("email", "offers", cdp.WishUnstated, 1), wishAt("email", "", cdp.Unwanted, 3), wishAt("", "offers", cdp.Wanted, 5)}, cdp.Unwanted, 3},
		{"taken back", []cdp.Preference{wishAt("email", "offers", cdp.Unwanted, 3), wishAt("email", "offers", cdp.WishNone, 5)}, cdp.WishNone, 5},
		{"unreadable forbids", []cdp.Preference{wishAt("email", "offers", cdp.Wanted, 3), wishAt("email", "offers", cdp.WishUnreadable, 5)}, cdp.WishUnreadable, 5},
		{"a no of which nobody knows when", []cdp.Preference{wishAt("email", "offers", cdp.Wanted, 3), undated}, cdp.Unwanted, 9},
		{"a yes of which nobody knows when", []cdp.Preference{wishAt("email", "offers", cdp.Unwanted, 3), undatedYes}, cdp.Unwanted, 3},
		{"a no from a clock that runs ahead", []cdp.Preference{wishAt("email", "offers", cdp.Wanted, 3), ahead}, cdp.Unwanted, 20},
		{"a no that is not known yet", []cdp.Preference{wishAt("email", "offers", cdp.Wanted, 3), unknown}, cdp.Wanted, 3},
		{"a yes of tomorrow", []cdp.Preference{wishAt("email", "offers", cdp.Wanted, 21)}, cdp.WishUnstated, 0},
		{"other channel", []cdp.Preference{wishAt("email", "offers", cdp.Wanted, 3), wishAt("sms", "offers", cdp.Unwanted, 5)}, cdp.Wanted, 3},
	} {
		found := false
		for _, p := range policy.Preferring(tt.stated, now) {
			if p.Channel != "email" || p.Topic != "offers" {
				continue
			}
			found = true
			if p.Wish != tt.want || tt.since > 0 && p.Since.Day() != tt.since {
				t.Errorf("%s: %q since %v, want %q since %d", tt.name, p.Wish, p.Since, tt.want, tt.since)
			}
			if p.Conflict != (tt.name == "both at once") {
				t.Errorf("%s: conflict %v", tt.name, p.Conflict)
			}
		}
		if !found {
			t.Errorf("%s: nothing is said of it", tt.name)
		}
	}
}

// TestSettings: frequency, quiet hours and language come from the most
// particular statement, then the latest; of one instant the rarer holds.
func TestSettings(t *testing.T) {
	now := time.Date(2026, 1, 20, 9, 0, 0, 0, time.UTC)
	all, offers := wishAt("", "", cdp.WishUnstated, 5), wishAt("email", "offers", cdp.WishUnstated, 3)
	all.Frequency, all.Language, all.Quiet = "P1D", "de", cdp.Quiet{From: 1200, To: 400}
	offers.Frequency = "P1W"
	rarer := offers
	rarer.Frequency = "P1M"
	got := policy.Preferring([]cdp.Preference{all, offers, rarer}, now)
	if len(got) != 2 || got[1].Frequency != "P1M" || got[1].Language != "de" || got[1].Quiet != all.Quiet || got[0].Frequency != "P1D" {
		t.Errorf("%+v", got)
	}
}

// TestWishesAreAFunctionOfTheSet: order and repetition do not matter, knowing
// more of what was said does not turn a no into a yes unless it was said later,
// and a no more never permits more.
func TestWishesAreAFunctionOfTheSet(t *testing.T) {
	now := time.Date(2026, 1, 20, 9, 0, 0, 0, time.UTC)
	one := rapid.Custom(func(t *rapid.T) cdp.Preference {
		p := wishAt(rapid.SampledFrom([]cdp.Channel{"", "sms", "email"}).Draw(t, "channel"), rapid.SampledFrom([]string{"", "offers"}).Draw(t, "topic"),
			rapid.SampledFrom(cdp.Wishes()).Draw(t, "wish"), rapid.IntRange(1, 6).Draw(t, "day"))
		p.Frequency = rapid.SampledFrom([]string{"", "P1W", "P1M", "seldom"}).Draw(t, "frequency")
		if rapid.IntRange(0, 4).Draw(t, "undated") == 0 {
			p.At = time.Time{}
		}
		return p
	})
	opts := gocmp.AllowUnexported(cdp.Identifier{})
	rapid.Check(t, func(t *rapid.T) {
		stated := rapid.SliceOfN(one, 1, 8).Draw(t, "stated")
		want := policy.Preferring(stated, now)
		again := rapid.Permutation(append(append([]cdp.Preference{}, stated...), stated...)).Draw(t, "order")
		if d := gocmp.Diff(want, policy.Preferring(again, now), opts); d != "" {
			t.Fatal(d)
		}
		no := one.Draw(t, "no")
		no.Wish = cdp.Unwanted
		forbidden := map[[2]string]bool{}
		for _, p := range policy.Preferring(append(stated, no), now) {
			forbidden[[2]string{string(p.Channel), p.Topic}] = p.Wish.Forbids()
		}
		for _, p := range want {
			if p.Wish.Forbids() && !forbidden[[2]string{string(p.Channel), p.Topic}] {
				t.Fatalf("one no more permits %s %s", p.Channel, p.Topic)
			}
		}
	})
}
