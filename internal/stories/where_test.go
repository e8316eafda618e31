package stories

import (
	"slices"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/testdata"
)

// TestSeenByKnown: before the person subscribed the gate out lets a
// recipient see nothing that rests on consent, and it does so in the present.
func TestSeenByKnown(t *testing.T) {
	w, _ := loaded(t)
	rec := w.record(t, "newsletter.members", firstMember(t, w))
	if rec.Profile == 0 {
		t.Fatal("the subscriber is in no profile")
	}
	sent := func(l cdp.Lens) []string {
		s, err := w.desk.Through(l).SeenBy(t.Context(), "letterwing", rec.Profile, "newsletter")
		if err != nil {
			t.Fatal(err)
		}
		return s.Views[0].Sent()
	}
	if now := sent(cdp.Lens{}); !slices.Contains(now, "email") {
		t.Errorf("a subscriber's address does not go out: %v", now)
	}
	at := cdp.Standpoint{At: testdata.Day(), Known: testdata.Day().Add(time.Hour)}
	if same := sent(cdp.Lens{Standpoint: at}); !slices.Contains(same, "email") {
		t.Errorf("as known after it was delivered: %v", same)
	}
	before := cdp.Standpoint{At: time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)}
	if none := sent(cdp.Lens{Standpoint: before}); len(none) > 0 {
		t.Errorf("before the person subscribed %v goes out", none)
	}
}

// firstMember is the key of a subscriber whose consent stands.
func firstMember(t *testing.T, w *world) string {
	t.Helper()
	c, err := w.desk.Card(t.Context(), 0, cdp.Ref{Kind: "record", ID: "R-0000235"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(c.Uses, func(u cdp.CardUse) bool { return u.Activity == "newsletter.send" && u.Verdict.Allow }) {
		t.Fatal("R-0000235 has no standing consent to the newsletter")
	}
	v, err := w.desk.Record(t.Context(), 235)
	if err != nil {
		t.Fatal(err)
	}
	return v.Record.Key
}

// TestCardThroughLens: as of a day on which the consent did not stand, the card
// says that the basis was not there, and the erasure right follows the facts.
func TestCardThroughLens(t *testing.T) {
	w, _ := loaded(t)
	of := cdp.Ref{Kind: "record", ID: "R-0000235"}
	held := func(l cdp.Lens) (bool, int) {
		c, err := w.desk.Through(l).Card(t.Context(), 0, of)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(c.Uses, func(u cdp.CardUse) bool { return u.Activity == "newsletter.send" })
		return c.Uses[i].Verdict.Allow, len(c.Uses[i].Intervals)
	}
	if ok, n := held(cdp.Lens{}); !ok || n == 0 {
		t.Errorf("now: held %v, %d intervals", ok, n)
	}
	if ok, n := held(cdp.Lens{Standpoint: cdp.Standpoint{At: time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)}}); ok || n != 0 {
		t.Errorf("before the person subscribed: held %v, %d intervals", ok, n)
	}
}

// TestCardLogsOnce: a card is one use of personal data, and one line of the log.
func TestCardLogsOnce(t *testing.T) {
	w, _ := loaded(t)
	count := func() int {
		list, err := w.desk.Log(t.Context(), cdp.Ref{}, 0, 200)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, e := range list {
			if e.Verb == "trace" {
				n++
			}
		}
		return n
	}
	before := count()
	if _, err := w.desk.Card(t.Context(), 0, cdp.Ref{Kind: "record", ID: "R-0000235"}); err != nil {
		t.Fatal(err)
	}
	if n := count() - before; n != 1 {
		t.Errorf("%d lines in the log", n)
	}
}
