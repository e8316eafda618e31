package steward

import (
	"fmt"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv/memkv"
)

// TestFirstLoadReceipts: the receipt of each delivery of a first load counts
// the profiles that its rows began.
func TestFirstLoadReceipts(t *testing.T) {
	b := newBench(t).register()
	l, err := b.d.NewLoading(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	other := ident(cdp.KindEmail, "someone@post-lindenhof.de")
	deliveries := [][]cdp.Record{
		{record("shop.orders", "o1", mail), record("shop.orders", "o2", other)},
		{record("shop.orders", "o3", mail), record("shop.orders", "o4"), record("shop.orders", "o5", other)},
	}
	var ids []cdp.BatchID
	for i, recs := range deliveries {
		id, _, err := l.Begin(t.Context(), cdp.Delivery{Source: sourceOf("shop.orders"), File: "file", FileHash: fmt.Sprint("hash", i), Mapping: "m"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.Admit(t.Context(), cdp.Batch{ID: id, Records: recs, Rows: len(recs), Last: true}); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	full := memkv.New()
	loader, err := full.NewLoader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Finish(t.Context(), loader.Put, nil); err != nil {
		t.Fatal(err)
	}
	if err := loader.Commit(); err != nil {
		t.Fatal(err)
	}
	b.open(full)
	for i, want := range []int{2, 1} {
		r, err := b.d.Batch(t.Context(), ids[i])
		if err != nil {
			t.Fatal(err)
		}
		if r.NewProfiles != want || !r.Balanced() {
			t.Errorf("delivery %d began %d profiles, want %d; balanced: %v", i+1, r.NewProfiles, want, r.Balanced())
		}
	}
	b.check()
}
