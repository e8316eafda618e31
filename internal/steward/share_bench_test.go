package steward

import (
	"fmt"
	"os"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/kv/badgerkv"
	"cdp-tui/internal/layout"
)

// BenchmarkSharePlan judges 20,000 profiles of two records each on disk: the
// rate, and what one plan allocates.
func BenchmarkSharePlan(b *testing.B) {
	const people = 20_000
	store, err := badgerkv.Open(b.TempDir(), badgerkv.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	if _, err := graph.Create(b.Context(), store, layout.Meta{Created: now}); err != nil {
		b.Fatal(err)
	}
	g, err := graph.Open(b.Context(), store)
	if err != nil {
		b.Fatal(err)
	}
	d := New(g, Options{Now: func() time.Time { return now }}).As(Actor{Name: "bench"})
	text, err := os.ReadFile("testdata/register.yaml")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := d.Activate(b.Context(), "register.yaml", text, nil); err != nil {
		b.Fatal(err)
	}
	id, _, err := d.Begin(b.Context(), cdp.Delivery{Source: sourceOf("shop.orders"), File: "f", FileHash: "h", Mapping: "m"})
	if err != nil {
		b.Fatal(err)
	}
	for at := 0; at < people; at += 500 {
		var recs []cdp.Record
		for i := at; i < at+500; i++ {
			state := []cdp.ConsentState{cdp.ConsentGiven, cdp.ConsentGiven, cdp.ConsentWithdrawn}[i%3]
			recs = append(recs, subscriber(fmt.Sprint("a", i), address(i), state, day(2)), record("shop.orders", fmt.Sprint("b", i), address(i)))
		}
		if _, err := d.Admit(b.Context(), cdp.Batch{ID: id, Records: recs, Rows: len(recs), Last: at+500 == people}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		plan, err := d.SharePlan(b.Context(), letterAsk, nil)
		if err != nil || plan.Profiles != people {
			b.Fatalf("%d profiles: %v", plan.Profiles, err)
		}
	}
	b.ReportMetric(float64(people)*float64(b.N)/b.Elapsed().Seconds(), "profiles/s")
}
