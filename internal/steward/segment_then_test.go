package steward

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
)

// A segment of then is who was in it by what was known, or held, then: what was
// counted can be counted again, whatever was said and delivered since.
func TestSegmentThen(t *testing.T) {
	b := newBench(t).register().subscribers(9)
	b.admit(buys(record("shop.orders", "often", address(0)), day(5), day(20)))
	queries := []string{"", "consent:newsletter/given", "may:newsletter", "size:2", "count:order>=2", "has:touchpoint", "outcome:linked", "wish:none"}
	type moment struct {
		at       time.Time
		found    map[string]int
		coverage cdp.Coverage
	}
	var past []moment
	look := func(d *Desk) moment {
		m := moment{at: b.now, found: make(map[string]int)}
		for _, q := range queries {
			got, err := d.CountSegment(t.Context(), cdp.SegmentAsk{Query: q}, nil)
			if err != nil {
				t.Fatal(err)
			}
			m.found[q] = got.Profiles
		}
		var err error
		if m.coverage, err = d.Coverage(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		return m
	}
	next := func() { past = append(past, look(b.d)); b.now = b.now.Add(24 * time.Hour) }
	next()
	b.instruct(letter("withdraw", address(0), "newsletter"))
	next()
	b.admit(buys(record("shop.orders", "more", address(1)), day(7), day(8)))
	next()
	if past[0].found["consent:newsletter/given"] != 6 || past[1].found["consent:newsletter/given"] != 5 || past[2].found["size:2"] != past[1].found["size:2"]+1 {
		t.Fatalf("nothing changed: %+v", past)
	}
	for i, was := range past {
		d := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: was.at}})
		now := look(d)
		for _, q := range queries {
			if now.found[q] != was.found[q] {
				t.Errorf("%d: %q as known then finds %d, found %d", i, q, now.found[q], was.found[q])
			}
		}
		if now.coverage.Sum() != was.coverage.Sum() || now.coverage.Profiles != was.coverage.Profiles {
			t.Errorf("%d: coverage as known then %+v, was %+v", i, now.coverage.Sum(), was.coverage.Sum())
		}
		members, err := d.SegmentMembers(t.Context(), "size:2", "", 1)
		if err != nil || len(members.Items) != 1 || members.More != (was.found["size:2"] > 1) {
			t.Fatalf("%d: members as known then: %+v, %v", i, members, err)
		}
		if members.More {
			more, err := d.SegmentMembers(t.Context(), "size:2", members.Next, 10)
			if err != nil || len(more.Items) != was.found["size:2"]-1 || more.Items[0].Profile == members.Items[0].Profile {
				t.Errorf("%d: the next page: %+v, %v", i, more, err)
			}
		}
	}
	// What had not happened is not counted, though it is known now.
	early := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{At: day(6)}})
	if got, err := early.CountSegment(t.Context(), cdp.SegmentAsk{Query: "count:order>=2"}, nil); err != nil || got.Profiles != 0 {
		t.Errorf("as of the 6th %d had ordered twice, %v", got.Profiles, err)
	}
	if _, err := early.CountSegment(t.Context(), cdp.SegmentAsk{Keep: "readers"}, nil); !errors.Is(err, ErrPast) {
		t.Errorf("a count kept of another time: %v", err)
	}
	to := cdp.SegmentAsk{Recipient: "mailer", Purpose: "newsletter"}
	if _, err := early.Through(cdp.Lens{Standpoint: early.lens.Standpoint, Purpose: "newsletter"}).CountSegment(t.Context(), to, nil); !errors.Is(err, ErrPast) {
		t.Errorf("what may be sent, through a purpose: %v", err)
	}
	before := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: past[0].at}})
	got, err := before.CountSegment(t.Context(), to, nil)
	if plan, planErr := before.SharePlan(t.Context(), cdp.Ask{Recipient: "mailer", Purpose: "newsletter"}, nil); errors.Join(err, planErr) != nil || got.Plan.Allowed != 6 ||
		got.Plan.Digest != "" || fmt.Sprint(got.Plan.Rules, got.Plan.Fields, got.Plan.Known) != fmt.Sprint(plan.Rules, plan.Fields, plan.Known) {
		t.Errorf("what might be sent as known at first: %+v, %v; planned %+v, %v", got.Plan, err, plan, planErr)
	}
	for _, q := range []string{"email:" + address(1).Reveal(), "profile:" + b.profile("shop.orders", "often").String()} {
		if got, err := early.CountSegment(t.Context(), cdp.SegmentAsk{Query: q}, nil); err != nil || got.Profiles != 1 {
			t.Errorf("%s at another time finds %d, %v", q, got.Profiles, err)
		}
	}
}

// What is delivered while somebody pages through people of another time shifts
// nobody from one page to the next.
func TestPagesOfThenStand(t *testing.T) {
	b := newBench(t).register().subscribers(9)
	early := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{At: day(6)}})
	seen := make(map[cdp.ProfileID]int)
	after := ""
	for page := 0; page == 0 || after != ""; page++ {
		got, err := early.SegmentMembers(t.Context(), "", after, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range got.Items {
			seen[m.Profile]++
		}
		after = got.Next
		if page > 0 {
			continue
		}
		// Their rows come first, by the key and by the name of the source.
		b.admit(subscriber("a0", address(20), cdp.ConsentGiven, day(1)), subscriber("a1", address(21), cdp.ConsentGiven, day(1)))
		b.admit(buys(record("club", "a2", address(22)), day(3)))
	}
	for key := range 9 {
		if id := b.profile("shop.orders", fmt.Sprint("m", key)); seen[id] != 1 {
			t.Errorf("%v came %d times", id, seen[id])
		}
	}
}

// The text of a touchpoint is not there before it happened.
func TestTextsOfThen(t *testing.T) {
	b := newBench(t).register()
	rec := buys(record("shop.orders", "o1", address(0)), day(5), day(20))
	rec.Touchpoints[0].Text, rec.Touchpoints[1].Text = "gladly", "broken"
	b.admit(rec)
	for at, want := range map[int]map[string]int{25: {"text:gladly": 1, "text:broken": 1}, 6: {"text:gladly": 1, "text:broken": 0}, 4: {"text:gladly": 0}} {
		d := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{At: day(at)}})
		for q, n := range want {
			if got, err := d.CountSegment(t.Context(), cdp.SegmentAsk{Query: q}, nil); err != nil || got.Profiles != n {
				t.Errorf("as of day %d %s finds %d, %v; want %d", at, q, got.Profiles, err, n)
			}
		}
	}
}
