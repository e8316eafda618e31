package steward

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

func (b *bench) count(ask cdp.SegmentAsk) cdp.SegmentCount {
	b.t.Helper()
	out, err := b.d.CountSegment(b.t.Context(), ask, nil)
	if err != nil {
		b.t.Fatalf("%+v: %v", ask, err)
	}
	return out
}

func buys(r cdp.Record, times ...time.Time) cdp.Record {
	for _, at := range times {
		r.Touchpoints = append(r.Touchpoints, cdp.Touchpoint{Kind: "order", Channel: "web", At: at})
	}
	return r
}

// A segment is what the store says now: no index is asked, and what was said a
// moment ago counts.
func TestSegmentIsCountedOnTheStore(t *testing.T) {
	b := newBench(t).register().subscribers(9)
	b.admit(buys(record("shop.orders", "often", address(0)), day(5), day(20), b.now.AddDate(-1, 0, 0)))
	for q, want := range map[string]int{
		"":                         9,
		"consent:newsletter/given": 6, "consent:newsletter=refused": 3, "consent:none": 0,
		"source:shop.orders": 9, "size:2": 1, "count:order>=3": 1, "count:order>=3/90d": 0, "count:order=2/90d": 1,
		"may:newsletter": 6, "outcome:linked": 9, "shared:none": 9, "wish:none": 9,
		"email:" + address(3).Reveal(): 1, "email:p1*": 1, "has:touchpoint -size:1": 1,
	} {
		if got := b.count(cdp.SegmentAsk{Query: q}); got.Profiles != want || got.Looked != 9 || got.Moved {
			t.Errorf("%s: %d of %d, want %d", q, got.Profiles, got.Looked, want)
		}
	}
	b.instruct(letter("withdraw", address(0), "newsletter"))
	if got := b.count(cdp.SegmentAsk{Query: "consent:newsletter/given"}); got.Profiles != 5 {
		t.Errorf("after a withdrawal %d have given it", got.Profiles)
	}
	if _, err := b.d.CountSegment(t.Context(), cdp.SegmentAsk{Query: "may:nothing"}, nil); !errors.Is(err, ErrNotFound) {
		t.Errorf("an unknown purpose: %v", err)
	}
	if _, err := b.d.CountSegment(t.Context(), cdp.SegmentAsk{By: "shoe"}, nil); !errors.Is(err, ErrBreakdown) {
		t.Errorf("an unknown breakdown: %v", err)
	}
}

// The gates say of how many something may be used or sent; they agree with a plan.
func TestSegmentThroughTheGates(t *testing.T) {
	b := newBench(t).register().subscribers(9)
	q := "email:p1* or email:p2* or email:p3*"
	got := b.count(cdp.SegmentAsk{Query: q, Purpose: "newsletter", Recipient: "mailer", By: "consent"})
	if got.Profiles != 3 || got.Usable != 2 || got.Plan == nil || got.Plan.Allowed != 2 || got.Plan.Denied != 1 || len(got.NotUsable) != 1 ||
		!slices.Equal(got.By, []cdp.Tally{{Value: "newsletter/given", Count: 2}, {Value: "newsletter/refused", Count: 1}}) {
		t.Fatalf("%+v, %+v", got, got.Plan)
	}
	ask := letterAsk
	ask.Segment = q
	plan, err := b.d.SharePlan(t.Context(), ask, nil)
	if err != nil || plan.Allowed != got.Plan.Allowed || plan.Denied != got.Plan.Denied || plan.Digest != got.Plan.Digest {
		t.Fatalf("the plan differs: %+v, %v", plan, err)
	}
	out, run := b.share(ask, plan.Digest)
	if run.Allowed != 2 || strings.Count(out.out.String(), "\n") != 2 || strings.Contains(out.out.String(), "p2@") {
		t.Fatalf("%+v\n%s", run, out.out.String())
	}
	if got := b.count(cdp.SegmentAsk{Query: "shared:mailer/newsletter"}); got.Profiles != 2 {
		t.Errorf("%d were shared", got.Profiles)
	}
	list, err := b.d.ShareVerdicts(t.Context(), ask, "", "", "", 10)
	if err != nil || len(list.Items) != 3 {
		t.Errorf("%d verdicts, %v", len(list.Items), err)
	}
}

// A segment has versions; a disclosure names the one it was made by, and a
// retired segment is gone while its versions stay.
func TestSavedSegments(t *testing.T) {
	b := newBench(t).register().subscribers(6)
	save := func(name, q string) cdp.Segment {
		t.Helper()
		s, err := b.d.SaveSegment(t.Context(), name, q, "for the letter")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := save("readers", "CONSENT:newsletter=given")
	if first.Version != 1 || first.Query != "consent:newsletter/given" && first.Query != "CONSENT:newsletter/given" || first.By != "officer" {
		t.Fatalf("%+v", first)
	}
	if again := save("readers", first.Query); again.Version != 1 {
		t.Errorf("the same again is version %d", again.Version)
	}
	ask := letterAsk
	ask.Segment = "in:readers"
	plan, err := b.d.SharePlan(t.Context(), ask, nil)
	if err != nil || plan.Profiles != 4 || plan.Ask.Segment != "in:readers/1" {
		t.Fatalf("%+v, %v", plan, err)
	}
	if s := save("readers", "consent:newsletter/refused"); s.Version != 2 {
		t.Fatalf("%+v", s)
	}
	_, err = b.d.ShareRun(t.Context(), ask, ShareOrder{Digest: plan.Digest, Reason: "letter", Format: "ndjson", To: "out"}, &drain{}, nil)
	if stale := (*StaleError)(nil); !errors.As(err, &stale) {
		t.Errorf("a run by a plan of the version before: %v", err)
	}
	for q, want := range map[string]int{"in:readers": 2, "in:readers/1": 4, "-in:readers": 4, "in:readers in:readers/1": 0} {
		if got := b.count(cdp.SegmentAsk{Query: q}); got.Profiles != want {
			t.Errorf("%s: %d, want %d", q, got.Profiles, want)
		}
	}
	save("all", "in:readers or in:readers/1")
	b.count(cdp.SegmentAsk{Keep: "all", Purpose: "newsletter"})
	b.now = b.now.Add(time.Hour)
	b.instruct(letter("withdraw", address(0), "newsletter"))
	if got := b.count(cdp.SegmentAsk{Keep: "all", Purpose: "newsletter"}); got.Segment != "all/1" || got.Profiles != 5 {
		t.Errorf("%+v", got)
	}
	runs, err := b.d.SegmentRuns(t.Context(), "all", 10)
	if err != nil || len(runs) != 2 || runs[0].Profiles != 6 || runs[1].Profiles != 5 || runs[0].Usable != 4 || runs[1].Usable != 3 || !runs[1].At.After(runs[0].At) {
		t.Errorf("%+v, %v", runs, err)
	}
	if err := b.d.ForgetSegment(t.Context(), "readers"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.d.CountSegment(t.Context(), cdp.SegmentAsk{Query: "in:readers"}, nil); !errors.Is(err, ErrNotFound) {
		t.Errorf("a retired segment: %v", err)
	}
	if got := b.count(cdp.SegmentAsk{Query: "in:readers/2"}); got.Profiles != 2 {
		t.Errorf("a version of a retired segment: %d", got.Profiles)
	}
	list, _ := b.d.Segments(t.Context(), false)
	all, _ := b.d.Segments(t.Context(), true)
	versions, _ := b.d.SegmentVersions(t.Context(), "readers")
	if len(list) != 1 || len(all) != 2 || len(versions) != 3 || !versions[2].Retired {
		t.Errorf("%+v\n%+v\n%+v", list, all, versions)
	}
}

// What can not be a segment is refused.
func TestSegmentsThatAreRefused(t *testing.T) {
	b := newBench(t).register().subscribers(3)
	for _, c := range []struct {
		name, q string
		err     error
	}{
		{"Big", "size:1", ErrSegmentName}, {"", "size:1", ErrSegmentName}, {"a/1", "size:1", ErrSegmentName},
		{"one", "email:" + address(0).Reveal(), ErrSegmentPerson}, {"one", address(0).Reveal(), ErrSegmentPerson},
		{"one", "in:one", ErrNotFound}, {"one", "may:shoes", ErrNotFound},
	} {
		if _, err := b.d.SaveSegment(t.Context(), c.name, c.q, ""); !errors.Is(err, c.err) {
			t.Errorf("%s: %s: %v", c.name, c.q, err)
		}
	}
	if _, err := b.d.SaveSegment(t.Context(), "one", "size:1", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := b.d.SaveSegment(t.Context(), "two", "in:one", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := b.d.SaveSegment(t.Context(), "one", "in:two", ""); !errors.Is(err, errNested) {
		t.Errorf("a segment that holds itself: %v", err)
	}
	reader := b.s.As(Actor{Name: "auditor", ReadOnly: true})
	if _, err := reader.SaveSegment(t.Context(), "three", "size:1", ""); !errors.Is(err, ErrReadOnly) {
		t.Errorf("read-only: %v", err)
	}
	if err := reader.ForgetSegment(t.Context(), "one"); !errors.Is(err, ErrReadOnly) {
		t.Errorf("read-only: %v", err)
	}
}

// Members come page by page, each once, and each page is logged with those it
// showed. What is restricted is in no segment.
func TestSegmentMembers(t *testing.T) {
	b := newBench(t).register().subscribers(11)
	var got []cdp.ProfileID
	before, pages := b.entries(), 0
	for after := ""; ; pages++ {
		page, err := b.d.SegmentMembers(t.Context(), "consent:newsletter/given", after, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Items {
			got = append(got, m.Profile)
			if m.Records != 1 || len(m.Sources) != 1 || m.Seen.IsZero() {
				t.Errorf("%+v", m)
			}
		}
		if after = page.Next; !page.More {
			break
		}
	}
	distinct := slices.Compact(slices.Sorted(slices.Values(got)))
	if len(got) != 8 || len(distinct) != 8 || b.entries()-before != pages+1 {
		t.Errorf("%v in %d pages, %d entries", got, pages, b.entries()-before)
	}
	if _, err := b.d.SegmentMembers(t.Context(), "*", "x", 3); !errors.Is(err, graph.ErrCursor) {
		t.Error(err)
	}
	if _, err := b.d.SegmentMembers(t.Context(), "in:none", "", 3); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	for i := range 3 {
		if p := b.profile("shop.orders", fmt.Sprint("m", i)); p == 0 {
			t.Errorf("m%d is in no profile", i)
		}
	}
}

// The steps of a filter are one look with one entry, written when it is left; a
// step that can be about somebody in particular is logged before it is shown.
func TestDraftsAreOneLook(t *testing.T) {
	b := newBench(t).register().subscribers(6)
	if _, err := b.d.SaveSegment(t.Context(), "readers", "consent:newsletter/given", ""); err != nil {
		t.Fatal(err)
	}
	before := b.entries()
	var last cdp.SegmentCount
	for _, q := range []string{"", "consent:newsletter/given", "consent:newsletter/given -country:RO", "count:order>=1/90d size:1 seen:2026 may:newsletter wish:none shared:none outcome:linked has:email"} {
		if last = b.count(cdp.SegmentAsk{Query: q, Draft: true}); last.Logged {
			t.Errorf("%q is logged by itself", q)
		}
	}
	if n := b.entries() - before; n != 0 {
		t.Errorf("%d entries for drafts", n)
	}
	if err := b.d.LookedAtSegment(t.Context(), last, 4); err != nil {
		t.Fatal(err)
	}
	if n := b.entries() - before; n != 1 {
		t.Fatalf("%d entries for a look", n)
	}
	log, err := b.d.Log(t.Context(), cdp.Ref{}, 0, 1)
	if err != nil || log[0].Verb != "count" || log[0].Digest != queryDigest(last.Ask.Query) || !strings.Contains(log[0].Detail, "the last of 4 drafts") {
		t.Errorf("%+v, %v", log, err)
	}
	for _, q := range []string{"name:anna", "anna", "city:weimar", "text:late", "segment:gold", "record:m1", "profile:P-0000001", "P-0000001", "R-0000001", address(1).Reveal(),
		"email:p1*", "-name:anna", "size:1 or (size:2 -city:weimar)", "in:readers"} {
		before := b.entries()
		if got := b.count(cdp.SegmentAsk{Query: q, Draft: true}); !got.Logged || b.entries() != before+1 {
			t.Errorf("%q is shown and not logged", q)
		}
	}
	before = b.entries()
	if got := b.count(cdp.SegmentAsk{Keep: "readers", Draft: true}); !got.Logged || b.entries() != before+1 {
		t.Error("a count that is kept is not logged")
	}
}
