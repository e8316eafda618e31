package stories

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/testdata"
)

// TestWishesAreEnforced: what customers say in the preference centre stops the
// newsletter for as long as they say, although they consented to it; and a wish
// for it is no consent.
func TestWishesAreEnforced(t *testing.T) {
	w, _ := loaded(t)
	ask := cdp.Ask{Recipient: "letterwing", Purpose: "newsletter", Channel: "email"}
	for _, tt := range []struct {
		who, number, rule, from string
		held                    []string // channel/topic=wish frequency quiet language
	}{
		{"Hatice wants no e-mail", "L12720", "share.preference.unwanted", "", []string{"email/=unwanted"}},
		{"Ayşe wants no newsletter for now, over any channel", "L10389", "share.preference.unwanted", "", []string{"/newsletter=unwanted"}},
		{"Simona works in the morning; of text messages she took her no back", "L12424", "share.preference.quiet", "2026-11-20 11:00", []string{"/= 09:00-13:00", "sms/=none 09:00-13:00"}},
		{"Zita had a mail on 20 October and wants one a quarter", "L11832", "share.preference.frequency", "2027-01-20 07:44", []string{"/= P3M"}},
		{"Jürgen's last mail is more than a week ago", "L10241", "share.consent.given", "", []string{"/= P1W de"}},
		{"Lena wants e-mail, and has withdrawn the newsletter", "L10352", "share.consent.withdrawn", "", []string{"email/=wanted"}},
	} {
		p := w.customer(t, tt.number)
		got, err := w.desk.ShareVerdict(t.Context(), ask, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		from := ""
		if !got.Verdict.Allow && !got.Verdict.From.IsZero() {
			from = got.Verdict.From.UTC().Format("2006-01-02 15:04")
		}
		if got.Verdict.Rule != tt.rule || got.Verdict.Allow != (tt.rule == "share.consent.given") || from != tt.from {
			t.Errorf("%s: %v by %s, not before %q", tt.who, got.Verdict.Allow, got.Verdict.Rule, from)
		}
		var held []string
		for _, x := range p.Wishes {
			held = append(held, strings.TrimSpace(fmt.Sprintf("%s/%s=%s %s", x.Channel, x.Topic, x.Wish, strings.Join(strings.Fields(x.Frequency+" "+x.Quiet.Hours()+" "+x.Language), " "))))
		}
		slices.Sort(held)
		if strings.Join(held, "; ") != strings.Join(tt.held, "; ") {
			t.Errorf("%s: wishes %q", tt.who, held)
		}
	}
	georgina := w.customer(t, "L13164")
	if len(georgina.Wishes) != 1 || georgina.Wishes[0].Wish != cdp.WishUnreadable || !georgina.Wishes[0].Wish.Forbids() || georgina.Wishes[0].Events[0].Proof == "" {
		t.Errorf("a wish that nobody can read: %+v", georgina.Wishes)
	}
	if testdata.Day().Sub(time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)) != 0 {
		t.Error("the demo's day is another: the hours above do not hold")
	}
}
