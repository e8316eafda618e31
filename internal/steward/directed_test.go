package steward

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// TestControllerChanges parts what was one person's when a register names
// another controller for one of the sources.
func TestControllerChanges(t *testing.T) {
	b := newBench(t).register()
	b.admit(record("shop.orders", "o1", mail), said(record("store.pos", "c1", mail), "profile", cdp.ConsentGiven, day(2)))
	if b.profile("shop.orders", "o1") != b.profile("store.pos", "c1") {
		t.Fatal("not linked before")
	}
	text := strings.Replace(string(secondRegister(t)), "2026-05-30", "2026-03-10", 1)
	if _, err := b.d.Activate(t.Context(), "second", []byte(text), nil); err != nil {
		t.Fatal(err)
	}
	if b.profile("shop.orders", "o1") != b.profile("store.pos", "c1") {
		t.Fatal("parted before the register's day")
	}
	b.now = time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)
	if n, err := b.d.Tick(t.Context()); n != 2 || err != nil {
		t.Fatalf("on the register's day: %d judged, %v", n, err)
	}
	if b.profile("shop.orders", "o1") == b.profile("store.pos", "c1") {
		t.Fatal("linked across controllers")
	}
	b.check()
	if n, err := b.d.Tick(t.Context()); n != 0 || err != nil {
		t.Fatalf("again: %d judged, %v", n, err)
	}
}

// TestQuarantineEnds drops the content of a record without a basis when its
// time is over; the row comes back when it is delivered again with a basis.
func TestQuarantineEnds(t *testing.T) {
	b := newBench(t).register()
	lead := record("unknown", "u1", mail)
	lead.Attributes = []cdp.Attribute{{Name: "given_name", Value: "Jasper", Category: "user.name"}}
	lead.Touchpoints = []cdp.Touchpoint{{Channel: "web", Kind: "visit", At: day(1), Text: "Jasper was here"}}
	b.admit(lead)
	b.now = b.now.AddDate(0, 0, 20)
	newer := lead
	newer.At = day(20)
	newer.Touchpoints = []cdp.Touchpoint{{Channel: "web", Kind: "visit", At: day(2), Text: "Jasper again"}}
	b.admit(newer)
	list, err := b.d.Quarantined(t.Context(), 0, 10)
	if err != nil || len(list) != 1 || !list[0].Until.Equal(list[0].Since.AddDate(0, 0, 30)) || list[0].Since.Equal(b.now) {
		t.Fatalf("a newer version begins anew: %+v, %v", list, err)
	}
	if n, err := b.d.Tick(t.Context()); n != 0 || err != nil {
		t.Fatalf("before the end: %d, %v", n, err)
	}
	b.now = list[0].Until
	if n, err := b.d.Tick(t.Context()); n != 2 || err != nil {
		t.Fatalf("at the end: %d judged, want both versions, %v", n, err)
	}
	b.check()
	for k, v := range dump(t, b.store) {
		if strings.Contains(v, "Jasper") || strings.Contains(k, mail.Reveal()) || strings.Contains(v, mail.Reveal()) {
			t.Fatalf("something of it is still under %q", k[:1])
		}
	}
	list, err = b.d.Quarantined(t.Context(), 0, 10)
	if err != nil || len(list) != 0 {
		t.Fatalf("still in quarantine: %+v, %v", list, err)
	}
	stub, err := b.d.Record(t.Context(), 2)
	if err != nil || stub.State != "dropped" || stub.Record.Key != "u1" {
		t.Fatalf("no stub: %+v, %v", stub, err)
	}
	if n, err := b.d.Tick(t.Context()); n != 0 || err != nil {
		t.Fatalf("again: %d, %v", n, err)
	}
	text := strings.Replace(string(secondRegister(t)), "2026-05-30", "2026-03-10", 1)
	text = strings.Replace(text, "  - id: web.log\n", "  - id: unknown\n    controller: lindenhof\n    collection: first_party\n    activities: [order.fulfilment]\n    link: order.fulfilment\n  - id: web.log\n", 1)
	if _, err := b.d.Activate(t.Context(), "second", []byte(text), nil); err != nil {
		t.Fatal(err)
	}
	if b.profile("unknown", "u1") != 0 {
		t.Fatal("the stub became a profile")
	}
	if got := b.admit(newer); got.Superseding != 1 || b.profile("unknown", "u1") == 0 {
		t.Fatalf("delivered again with a basis: %+v", got)
	}
	b.check()
}

// TestUnfit delivers records that can not be kept among others: they are
// rejects, and nothing else is lost or stopped.
func TestUnfit(t *testing.T) {
	long := record("shop.orders", strings.Repeat("k", 800), mail)
	large := record("shop.orders", "large", mail)
	large.Attributes = []cdp.Attribute{{Name: "note", Value: cdp.Value(strings.Repeat("x", 70_000))}}
	wide := record("shop.orders", "wide")
	for i := range 300 {
		wide.Claims = append(wide.Claims, cdp.Claim{Identifier: ident(cdp.KindEmail, fmt.Sprint("w", i)), Strength: cdp.LinkStrong})
	}
	tail := record("shop.orders", "tail", mail)
	tail.Touchpoints = []cdp.Touchpoint{{Kind: "call", Text: cdp.Value(strings.Repeat("x", 3<<20))}}
	said := said(record("shop.orders", "said", mail), "newsletter", cdp.ConsentGiven, day(1))
	said.Consents[0].Proof = cdp.Value(strings.Repeat("x", 100_000))
	recs := []cdp.Record{record("shop.orders", "a", mail), long, large, record("shop.orders", "b", mail), wide, tail, said, record("shop.orders", "c", mail)}
	for i := range recs {
		recs[i].Lineage.Row = i + 1
	}
	b := newBench(t).register()
	got, err := b.tryAdmit(b.d, recs...)
	if err != nil || got.Rows != len(recs) || got.Rejected != 5 || got.Admitted != 3 || !got.Balanced() {
		t.Fatalf("%+v, %v", got, err)
	}
	rejects, err := b.d.Rejects(t.Context(), 0, 10, false)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, x := range rejects {
		codes = append(codes, fmt.Sprint(x.Lineage.Row, " ", x.Code))
	}
	slices.Sort(codes)
	want := []string{"2 record.key_too_long", "3 record.too_large", "5 record.too_large", "6 record.too_large", "7 consent.too_many"}
	if !slices.Equal(codes, want) {
		t.Fatalf("rejects %v, want %v", codes, want)
	}
	b.check()

	first := newBench(t).register()
	l, err := first.d.NewLoading(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	id, _, err := l.Begin(t.Context(), cdp.Delivery{Source: sourceOf("shop.orders"), File: "f", FileHash: "h"})
	if err != nil {
		t.Fatal(err)
	}
	if got, err = l.Admit(t.Context(), cdp.Batch{ID: id, Records: recs, Rows: len(recs), Last: true}); err != nil || got.Rejected != 5 || got.Admitted != 3 || !got.Balanced() {
		t.Fatalf("first load: %+v, %v", got, err)
	}
}

// TestPartsKeepOrder admits rows that are too much for one transaction: the
// parts are what comes first and what comes then, rejects among them.
func TestPartsKeepOrder(t *testing.T) {
	b := newBench(t).register()
	var batch cdp.Batch
	for i := range 40 {
		r := record("shop.orders", fmt.Sprint("o", i), mail)
		r.Lineage.Row = 2*i + 1
		r.Touchpoints = []cdp.Touchpoint{{Kind: "call", Text: cdp.Value(strings.Repeat("x", 100_000))}}
		batch.Records = append(batch.Records, r)
		batch.Rejects = append(batch.Rejects, cdp.Reject{Code: "test", Lineage: cdp.Lineage{Row: 2*i + 2}})
	}
	var err error
	if batch.ID, _, err = b.d.Begin(t.Context(), cdp.Delivery{Source: sourceOf("shop.orders"), File: "f", FileHash: "h"}); err != nil {
		t.Fatal(err)
	}
	batch.Rows, batch.Last = 80, true
	first, second, ok := halves(batch)
	if !ok || len(first.Records)+len(first.Rejects) != 40 || first.Rejects[len(first.Rejects)-1].Lineage.Row != 40 || first.Last || !second.Last {
		t.Fatalf("halves: %d and %d rows", len(first.Records)+len(first.Rejects), len(second.Records)+len(second.Rejects))
	}
	got, err := b.d.Admit(t.Context(), batch)
	if err != nil || got.Rows != 80 || got.Admitted != 40 || got.Rejected != 40 || got.Done.IsZero() {
		t.Fatalf("%+v, %v", got, err)
	}
	kept, err := b.d.Batch(t.Context(), batch.ID)
	if err != nil || kept.Rows != 80 || !kept.Balanced() || kept.Done.IsZero() {
		t.Fatalf("%+v, %v", kept, err)
	}
}

// TestWave withdraws a consent at an address that a thousand records carry:
// all of them part, though not in one transaction.
func TestWave(t *testing.T) {
	b := newBench(t).register()
	for part := range 10 {
		var recs []cdp.Record
		for i := range 100 {
			r := record("store.pos", fmt.Sprint("c", part, "/", i), mail)
			if part+i == 0 {
				r = said(r, "profile", cdp.ConsentGiven, day(2))
			}
			recs = append(recs, r)
		}
		if _, err := b.tryAdmit(b.d, recs...); err != nil {
			t.Fatal(err)
		}
	}
	sizes := func() (n, largest int) {
		err := b.s.g.View(t.Context(), func(tx *graph.Tx) error {
			for p, err := range tx.ByComponent() {
				if err != nil {
					return err
				}
				n, largest = n+1, max(largest, p.Size)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return n, largest
	}
	if n, largest := sizes(); n != 1 || largest != 1000 {
		t.Fatalf("%d profiles, the largest of %d", n, largest)
	}
	var x follower
	x.compare(t, b.s.Feed())
	b.admit(said(record("loyalty", "l1", mail), "profile", cdp.ConsentWithdrawn, day(3)))
	b.check()
	n, err := b.d.Tick(t.Context())
	if err != nil || n < 1000-againLimit {
		t.Fatalf("the wave judged %d: %v", n, err)
	}
	b.check()
	x.compare(t, b.s.Feed())
	if n, largest := sizes(); n < 1000 || largest != 1 {
		t.Fatalf("withdrawn: %d profiles, the largest of %d", n, largest)
	}
	if n, err := b.d.Tick(t.Context()); n != 0 || err != nil {
		t.Fatalf("again: %d, %v", n, err)
	}
}

// TestRestricted keeps a record that is evidence only out of the common search.
func TestRestricted(t *testing.T) {
	b := newBench(t).register()
	b.admit(record("shop.orders", "o1", mail))
	var x follower
	x.compare(t, b.s.Feed())
	p := b.profile("shop.orders", "o1")
	err := b.s.g.Update(t.Context(), b.now, func(tx *graph.Tx) error {
		_, _, err := tx.Rejudge(1, "lindenhof", cdp.Ruling{Outcome: cdp.EvidenceOnly})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := b.s.Feed().Document(t.Context(), p); ok || err != nil {
		t.Fatalf("a restricted profile has a document: %v", err)
	}
	x.compare(t, b.s.Feed())
	if len(x.docs) != 0 {
		t.Fatal("it is still found")
	}
}

// TestTheSameFileUnderACorrectedMapping: a row that is rejected again has one
// open reject, the newer one, and one that is a record now has none. What
// other files, sources and later readings left open stays.
func TestTheSameFileUnderACorrectedMapping(t *testing.T) {
	b := newBench(t).register()
	deliver := func(source, hash, mapping string, begin bool, recs []cdp.Record, bad ...int) cdp.BatchID {
		t.Helper()
		id, _, err := b.d.Begin(t.Context(), cdp.Delivery{Source: sourceOf(cdp.SourceID(source)), File: "f", FileHash: hash, Mapping: mapping})
		if err != nil {
			t.Fatal(err)
		}
		batch := cdp.Batch{ID: id, Records: recs, Rows: len(recs) + len(bad), Last: !begin}
		for _, row := range bad {
			batch.Rejects = append(batch.Rejects, cdp.Reject{Code: mapping, Lineage: cdp.Lineage{Row: row}})
		}
		if _, err := b.d.Admit(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		return id
	}
	openOnes := func() string {
		t.Helper()
		list, err := b.d.Rejects(t.Context(), 0, 100, false)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, r := range list {
			out = append(out, fmt.Sprintf("%v:%d", r.Lineage.Batch, r.Lineage.Row))
		}
		st, err := b.d.Stats(t.Context())
		if err != nil || st.Rejects != len(list) {
			t.Errorf("%d rejects counted of %d, %v", st.Rejects, len(list), err)
		}
		return strings.Join(out, " ")
	}
	deliver("shop.orders", "h1", "old", false, nil, 1, 2, 3)
	deliver("shop.orders", "h2", "old", false, nil, 1)
	deliver("pos.loyalty", "h1", "other", false, nil, 1)
	if got := openOnes(); got != "B-000001:1 B-000001:2 B-000001:3 B-000002:1 B-000003:1" {
		t.Fatalf("open before: %s", got)
	}
	row := record("shop.orders", "k1", ident(cdp.KindEmail, "ada.berg@lindenhof-mail.de"))
	row.Lineage.Row = 1
	fixed := deliver("shop.orders", "h1", "new", true, []cdp.Record{row})
	if got := openOnes(); got != "B-000001:1 B-000001:2 B-000001:3 B-000002:1 B-000003:1" {
		t.Errorf("open while the new reading is not complete: %s", got)
	}
	deliver("shop.orders", "h1", "new", false, nil, 3)
	if got := openOnes(); got != "B-000002:1 B-000003:1 B-000004:3" {
		t.Errorf("open after: %s", got)
	}
	all, err := b.d.Rejects(t.Context(), 0, 100, true)
	if err != nil || len(all) != 6 || all[0].Replay != fixed || all[2].Replay != fixed {
		t.Errorf("all: %+v, %v", all, err)
	}
	deliver("shop.orders", "h1", "old", false, nil) // read again, it has nothing to say
	if got := openOnes(); got != "B-000002:1 B-000003:1 B-000004:3" {
		t.Errorf("open after the old mapping again: %s", got)
	}
}

// TestReplayedMany marks more rejects, and larger ones, than one transaction
// can write.
func TestReplayedMany(t *testing.T) {
	b := newBench(t).register()
	batch := cdp.Batch{Rows: 100, Last: true}
	var ids []uint64
	for i := range 100 {
		batch.Rejects = append(batch.Rejects, cdp.Reject{Code: "test", Raw: cdp.Value(strings.Repeat("x", 40_000)), Lineage: cdp.Lineage{Row: i + 1}})
		ids = append(ids, uint64(i+1))
	}
	var err error
	if batch.ID, _, err = b.d.Begin(t.Context(), cdp.Delivery{Source: sourceOf("shop.orders"), File: "f", FileHash: "h"}); err != nil {
		t.Fatal(err)
	}
	if got, err := b.d.Admit(t.Context(), batch); err != nil || got.Rejected != 100 || !got.Balanced() {
		t.Fatalf("%+v, %v", got, err)
	}
	if err := b.d.Replayed(t.Context(), ids, batch.ID); err != nil {
		t.Fatal(err)
	}
	open, err := b.d.Rejects(t.Context(), 0, 200, false)
	if err != nil || len(open) != 0 {
		t.Fatalf("%d still open, %v", len(open), err)
	}
}
