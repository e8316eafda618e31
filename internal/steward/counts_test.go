package steward

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// Facts fall into the period in which they were: what arrived, happened, was
// said, and was sent.
func TestCounts(t *testing.T) {
	b := newBench(t).register().subscribers(6) // arrived on 1 March, said on 2 February
	b.now = b.now.AddDate(0, 1, 0)
	order := buys(record("shop.orders", "o1", address(0)), day(5), day(25), time.Date(2026, 3, 3, 1, 0, 0, 0, time.FixedZone("", 5*3600)), time.Time{})
	order.Shares = []cdp.Share{{Recipient: "parcel", Purpose: "orders", At: day(6), Mode: "manual"}}
	b.admit(order, record("unknown.source", "u1", address(9)))
	b.share(letterAsk, "")
	got, err := b.d.Counts(t.Context(), "month", nil)
	if err != nil {
		t.Fatal(err)
	}
	month := func(m int) time.Time { return time.Date(2026, time.Month(m), 1, 0, 0, 0, 0, time.UTC) }
	want := map[time.Time]cdp.Period{
		{}:       {Touchpoints: 1},
		month(2): {Begin: month(2), Touchpoints: 2, Given: 4, Taken: 2, Reported: 1},
		month(3): {Begin: month(3), Records: 6, Touchpoints: 1},
		month(4): {Begin: month(4), Records: 2, Quarantined: 1, Sent: 4, Denied: 2},
	}
	for _, p := range got.Rows {
		if w := want[p.Begin]; p != w {
			t.Errorf("%v: %+v, want %+v", p.Begin, p, w)
		}
		delete(want, p.Begin)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
	if _, err := b.d.Counts(t.Context(), "moon", nil); !errors.Is(err, ErrPeriod) {
		t.Error(err)
	}
	// As of a day, what had not come is not there, though it is known.
	d := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{At: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}})
	if got, err = d.Counts(t.Context(), "month", nil); err != nil {
		t.Fatal(err)
	}
	then := []cdp.Period{{Touchpoints: 1}, {Begin: month(2), Touchpoints: 2, Given: 4, Taken: 2, Reported: 1}, {Begin: month(3), Records: 6}}
	if !slices.Equal(got.Rows, then) || !got.At.Equal(d.Lens().At) {
		t.Errorf("as of 2 March: %+v at %v", got.Rows, got.At)
	}
}

func TestPeriods(t *testing.T) {
	at := time.Date(2026, 11, 22, 23, 30, 0, 0, time.FixedZone("", -2*3600)) // Monday 23 November, 01:30 UTC
	for by, want := range map[string]string{"day": "2026-11-23", "week": "2026-11-23", "month": "2026-11-01", "quarter": "2026-10-01", "year": "2026-01-01"} {
		if got := periodOf(by, at).Format(time.DateOnly); got != want {
			t.Errorf("%s: %s, want %s", by, got, want)
		}
	}
	if got := periodOf("week", time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)).Format(time.DateOnly); got != "2026-02-23" {
		t.Errorf("the week of a Sunday begins on %s", got)
	}
}

// A touchpoint is covered by the bases on which it may be used now, red where
// there is none, and apart where it is quarantined.
func TestCoverage(t *testing.T) {
	b := newBench(t).register()
	letters := buys(said(record("newsletter", "n1", address(1)), "newsletter", cdp.ConsentGiven, day(2)), day(5), day(6))
	letters.Consents[0].Method = "written"
	order := buys(record("shop.orders", "o1", address(2)), day(5))
	order.Grounds = []cdp.Ground{{Activity: "order.fulfilment", Ref: "o1", From: day(1)}}
	elsewhere := buys(record("shop.orders", "o2", address(3)), day(5))
	elsewhere.Grounds = []cdp.Ground{{Activity: "order.fulfilment", Ref: "o2", From: day(1)}}
	elsewhere.Touchpoints[0].Purpose, elsewhere.Touchpoints[0].Kind = "fraud", "check"
	b.admit(letters, order, elsewhere, buys(record("unknown.source", "u1", address(9)), day(5)))
	row := func(kind string) (cdp.Coverage, cdp.CoverageRow) {
		t.Helper()
		got, err := b.d.Coverage(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range got.Rows {
			if r.Kind == kind {
				return got, r
			}
		}
		t.Fatalf("no row for %s: %+v", kind, got)
		return got, cdp.CoverageRow{}
	}
	c, r := row("order")
	if r.Touchpoints != 4 || r.Bases[0] != 2 || r.Bases[1] != 1 || r.Quarantined != 1 || r.None != 0 || c.Touchpoints != 5 || c.Register == "" {
		t.Errorf("%+v", c)
	}
	if _, r := row("check"); r.Bases[1] != 0 || r.Touchpoints != 1 || r.None+r.Bases[5] != 1 {
		t.Errorf("a touchpoint counts for its own purpose alone: %+v", r)
	}
	b.instruct(letter("withdraw", address(1), "newsletter"))
	c, r = row("order")
	if r.Bases[0] != 0 || r.None+r.Quarantined != 3 {
		t.Errorf("after the withdrawal %+v", c)
	}
}

// Behind each cell of the table stand as many touchpoints as it counts, page by
// page, each record once; where nothing covers them, with the rule that says no.
func TestCoverageCells(t *testing.T) {
	b := newBench(t).register()
	letters := buys(said(record("newsletter", "n1", address(1)), "newsletter", cdp.ConsentGiven, day(2)), day(5), day(6))
	letters.Consents[0].Method = "written"
	b.admit(letters)
	for i := range 7 {
		order := buys(record("shop.orders", fmt.Sprint("o", i), address(2)), day(5), day(6+i))
		order.Touchpoints[1].Kind = "return"
		if i%2 == 0 {
			order.Grounds = []cdp.Ground{{Activity: "order.fulfilment", Ref: cdp.Value(fmt.Sprint("o", i)), From: day(1)}}
		}
		b.admit(order, buys(record("unknown.source", fmt.Sprint("u", i), address(20+i)), day(5)))
	}
	table, err := b.d.Coverage(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	cells := 0
	for _, row := range table.Rows {
		want := map[string]int{"": row.Touchpoints, "none": row.None, "restricted": row.Restricted, "quarantined": row.Quarantined}
		for i, basis := range cdp.Bases() {
			want[string(basis)] = row.Bases[i]
		}
		for of, n := range want {
			seen := map[cdp.RecordID]bool{}
			got, before := 0, b.entries()
			for after, pages := "", 1; ; pages++ {
				page, err := b.d.CoverageOf(t.Context(), cdp.CoverageCell{Channel: row.Channel, Kind: row.Kind, Of: of}, after, 2)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range page.Items {
					if got += c.Touchpoints; seen[c.Record] || c.Last.IsZero() || (c.Profile == 0) != (c.Source == "unknown.source") || of == "none" && c.Why.Rule == "" || of != "none" && c.Why.Rule != "" {
						t.Errorf("%s %s: %+v", row.Kind, of, c)
					}
					seen[c.Record] = true
				}
				if b.entries()-before != pages {
					t.Errorf("%d entries for %d pages", b.entries()-before, pages)
				}
				if after = page.Next; !page.More {
					break
				}
			}
			if got != n {
				t.Errorf("%s %q: %d touchpoints, the table has %d", row.Kind, of, got, n)
			}
			if n > 0 {
				cells++
			}
		}
	}
	if cells < 8 {
		t.Errorf("only %d cells have anything: %+v", cells, table.Rows)
	}
	for _, bad := range []string{"x", "1.x", "qx", "1.-1"} {
		if _, err := b.d.CoverageOf(t.Context(), cdp.CoverageCell{Kind: "order", Channel: "web"}, bad, 2); !errors.Is(err, graph.ErrCursor) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
