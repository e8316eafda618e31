package graph

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/memkv"
	"cdp-tui/internal/layout"
)

// population makes n records of about n/2 source rows, some of them versions
// and repetitions, with everything a record can have.
func population(rnd *rand.Rand, n int) []cdp.Record {
	out := make([]cdp.Record, n)
	for i := range out {
		r := &out[i]
		r.Source = cdp.SourceID([]string{"shop", "web", "list"}[rnd.IntN(3)])
		r.Key = fmt.Sprint("row", rnd.IntN(n/2))
		if r.Source != "web" {
			r.At = day.Add(time.Duration(rnd.IntN(100)) * time.Hour)
		}
		r.Deleted = rnd.IntN(25) == 0
		r.Lineage = cdp.Lineage{Batch: 1, Line: i + 2, Row: i + 1, Offset: int64(i * 100)}
		for k := range rnd.IntN(4) {
			c := cdp.Claim{Identifier: ident(cdp.KindEmail, fmt.Sprint("v", k, rnd.IntN(n/3+1))), Strength: cdp.LinkStrong}
			switch rnd.IntN(12) {
			case 0:
				c.Blocked = "placeholder"
			case 1:
				c.Generic = "role"
			case 2:
				c.Strength = cdp.LinkNone
			}
			r.Claims = append(r.Claims, c)
		}
		r.Attributes = []cdp.Attribute{{Name: "city", Value: cdp.Value(fmt.Sprint("City ", rnd.IntN(9))), Category: "user.contact", Origin: cdp.Provided}}
		for range rnd.IntN(4) {
			r.Touchpoints = append(r.Touchpoints, cdp.Touchpoint{Channel: "web", Kind: []string{"visit", "order"}[rnd.IntN(2)],
				At: day.Add(-time.Duration(rnd.IntN(1000)) * time.Minute), Text: cdp.Value(strings.Repeat("x", rnd.IntN(60)/58*80_000))})
		}
		if len(r.Claims) > 0 && rnd.IntN(3) == 0 {
			r.Consents = []cdp.Consent{{Endpoint: r.Claims[0].Identifier, Purpose: "news", Controller: "A", State: cdp.ConsentGiven,
				At: day.Add(time.Duration(rnd.IntN(3)) * time.Hour), Source: r.Source}}
		}
		if len(r.Claims) > 0 && i%3 == 0 {
			r.Preferences = []cdp.Preference{{Endpoint: r.Claims[0].Identifier, Controller: "A", Channel: "sms", Source: r.Source,
				Wish: cdp.Wishes()[i%4], At: day.Add(time.Duration(i%5) * time.Hour)}}
		}
		if rnd.IntN(5) == 0 {
			r.Shares = []cdp.Share{{Recipient: "mailer", Purpose: "news", At: day, Fields: []string{"email"}}}
		}
	}
	return out
}

// judgeByKey is a policy for tests: it depends on the record and its consents
// alone, as a policy must.
func judgeByKey(rec *cdp.Record, consents func([]cdp.Identifier, string, []cdp.PurposeID) ([]cdp.Consent, error)) (cdp.Ruling, error) {
	var endpoints []cdp.Identifier
	for _, c := range rec.Claims {
		endpoints = append(endpoints, c.Identifier)
	}
	events, err := consents(endpoints, "A", []cdp.PurposeID{"news"})
	out := cdp.Ruling{Outcome: cdp.Linked, Verdict: cdp.Verdict{Rule: fmt.Sprint("test.", len(events))}}
	switch {
	case strings.HasSuffix(rec.Key, "7"):
		out.Outcome, out.Due = cdp.Quarantined, day.Add(30*24*time.Hour)
	case rec.Source == "list" && len(events) == 0:
		out.Outcome = cdp.HeldApart
	case strings.HasSuffix(rec.Key, "3"):
		out.Due = day.Add(1000 * time.Hour)
	}
	out.Holding = []cdp.Verdict{{Allow: true, Basis: cdp.BasisContract}}
	for range rec.Claims {
		out.Claims = append(out.Claims, cdp.Verdict{Allow: true, Rule: "test.link"})
	}
	return out, err
}

// admitAll is the slow way: consents first, then each record, as the steward does
// within a batch.
func admitAll(t *testing.T, recs []cdp.Record) *Store {
	t.Helper()
	g := newStore(t)
	err := g.Update(t.Context(), day, func(tx *Tx) error {
		recs := slices.Clone(recs)
		news, err := tx.Sift(recs)
		if err != nil {
			return err
		}
		for i := range recs {
			if news[i].Unchanged {
				continue
			}
			recs[i].Consents = slices.Clone(recs[i].Consents)
			for j := range recs[i].Consents {
				recs[i].Consents[j].Record = recs[i].ID
			}
			if _, err := tx.AddConsents(recs[i].Consents); err != nil {
				return err
			}
			recs[i].Preferences = slices.Clone(recs[i].Preferences)
			for j := range recs[i].Preferences {
				recs[i].Preferences[j].Record = recs[i].ID
			}
			if _, err := tx.AddPreferences(recs[i].Preferences); err != nil {
				return err
			}
		}
		for i := range recs {
			if news[i].Unchanged {
				continue
			}
			ruling, err := judgeByKey(&recs[i], tx.ConsentsAt)
			if err != nil {
				return err
			}
			if _, err := tx.Admit(&recs[i], "A", news[i], ruling); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func loadAll(t *testing.T, recs []cdp.Record) *Store {
	t.Helper()
	empty := newStore(t)
	l, err := empty.NewLoad(t.Context(), t.TempDir(), day)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	l.sort.limit = 4 << 10 // many runs
	for i := range recs {
		rec := recs[i]
		rec.Consents, rec.Preferences = slices.Clone(rec.Consents), slices.Clone(rec.Preferences)
		if _, err := l.Add(&rec, "A"); err != nil {
			t.Fatal(err)
		}
	}
	s := memkv.New()
	loader, err := s.NewLoader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	profiles := 0
	counted := func(_ *Tx, minted map[cdp.BatchID]int) error {
		for _, n := range minted {
			profiles += n
		}
		return nil
	}
	if err := l.Finish(t.Context(), judgeByKey, func(Judged) error { return nil }, counted, loader.Put); err != nil {
		t.Fatal(err)
	}
	if err := loader.Commit(); err != nil {
		t.Fatal(err)
	}
	g, err := Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, stats := content(t, g); profiles != stats.Profiles {
		t.Errorf("%d profiles minted in all batches, %d are there", profiles, stats.Profiles)
	}
	return g
}

// content is all that a store says, without the ids that resolution mints.
func content(t *testing.T, g *Store) (records []Record, groups []string, stats cdp.Stats) {
	t.Helper()
	err := g.View(t.Context(), func(tx *Tx) error {
		report, err := tx.Check(context.Background(), nil)
		if err != nil {
			return err
		}
		for _, p := range report.Problems {
			t.Errorf("check: %s %v %s", p.Code, p.Ref, p.Text)
		}
		byProfile := make(map[cdp.ProfileID][]string)
		for id := cdp.RecordID(1); ; id++ {
			r, err := tx.Record(id)
			if errors.Is(err, ErrNotFound) {
				break
			}
			if err != nil {
				return err
			}
			if r.Profile != 0 {
				byProfile[r.Profile] = append(byProfile[r.Profile], r.ID.String())
			}
			r.Profile = 0
			records = append(records, r)
		}
		for _, g := range byProfile {
			groups = append(groups, strings.Join(g, " "))
		}
		slices.Sort(groups)
		for e, err := range tx.r.Scan(layout.AllPreferences()) {
			if err != nil {
				return err
			}
			value, err := layout.Unseal(e.Key, e.Value)
			if err != nil {
				return err
			}
			stated, err := decodePreferences(tx.reader(value))
			if err != nil {
				return err
			}
			for _, p := range stated {
				groups = append(groups, fmt.Sprintf("stated %x %s %v %v %v", e.Key, p.Wish, p.At, p.Record, p.Recorded))
			}
		}
		due, err := tx.Due(day.AddDate(1, 0, 0), 1<<30)
		if err != nil {
			return err
		}
		for _, d := range due {
			groups = append(groups, fmt.Sprintf("due %x", d.key))
		}
		stats, err = tx.Stats()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return records, groups, stats
}

// TestLoadEqualsAdmit loads and admits the same records: the stores say the same.
func TestLoadEqualsAdmit(t *testing.T) {
	for seed := range 30 {
		recs := population(rand.New(rand.NewPCG(uint64(seed), 2)), 120)
		wantRecords, wantGroups, wantStats := content(t, admitAll(t, recs))
		records, groups, stats := content(t, loadAll(t, recs))
		opts := cmp.Options{cmp.AllowUnexported(cdp.Identifier{})}
		if d := cmp.Diff(wantRecords, records, opts); d != "" {
			t.Fatalf("seed %d: records (-admitted +loaded):\n%s", seed, d)
		}
		if d := cmp.Diff(wantGroups, groups); d != "" {
			t.Fatalf("seed %d: profiles (-admitted +loaded):\n%s", seed, d)
		}
		// What happened on the way differs; what is there does not.
		wantStats.Merges, wantStats.Splits, wantStats.JournalSeq = stats.Merges, stats.Splits, stats.JournalSeq
		wantStats.Largest, stats.Largest = 0, 0
		wantStats.LargestBound, stats.LargestBound = false, false
		if d := cmp.Diff(wantStats, stats); d != "" {
			t.Fatalf("seed %d: counts (-admitted +loaded):\n%s", seed, d)
		}
	}
}

func TestLoadNeedsAnEmptyStore(t *testing.T) {
	g := admitAll(t, population(rand.New(rand.NewPCG(1, 1)), 10))
	if _, err := g.NewLoad(t.Context(), t.TempDir(), day); !errors.Is(err, kv.ErrNotEmpty) {
		t.Fatalf("a load into a store with records: %v", err)
	}
}

func TestSorter(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 3))
	s := newSorter(t.TempDir(), 1000)
	var want []string
	for range 2000 {
		k := fmt.Sprintf("%05d", rnd.IntN(100_000))
		want = append(want, k+"="+k+k)
		if err := s.add([]byte(k), []byte(k+k)); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(want)
	var got []string
	for e, err := range s.sorted() {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(bytes.Join([][]byte{e[0], e[1]}, []byte("="))))
	}
	if !slices.Equal(want, got) {
		t.Fatal("not sorted, or not all")
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
}

// TestHistoriesAfterLoad goes on with random acts after a first load, and
// holds the graph against the naive model after every one.
func TestHistoriesAfterLoad(t *testing.T) {
	for seed := range 40 {
		rnd := rand.New(rand.NewPCG(uint64(seed), 3))
		m := &model{rows: make(map[string]*modelRow)}
		var rows []modelRow
		for range 40 {
			rows = append(rows, randomRow(rnd, 20))
		}
		g := loadRows(t, m, rows)
		g.limits = limits{move: rnd.IntN(3), rows: 10 + rnd.IntN(30), bytes: 1 << 20}
		compare(t, g, m)
		for range 15 {
			act(t, g, m, rnd, 25)
			compare(t, g, m)
		}
	}
}

func loadRows(t *testing.T, m *model, rows []modelRow) *Store {
	t.Helper()
	l, err := newStore(t).NewLoad(t.Context(), t.TempDir(), day)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	all := make(map[cdp.RecordID]*modelRow)
	for _, r := range rows {
		rec := r.record()
		news, err := l.Add(&rec, r.control)
		if err != nil || news.Unfit != nil {
			t.Fatal(err, news.Unfit)
		}
		if news.Unchanged {
			continue
		}
		r.id = rec.ID
		all[r.id] = &r
		if !news.Older {
			m.rows[r.key] = &r
		}
	}
	s := memkv.New()
	loader, err := s.NewLoader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	judge := func(rec *cdp.Record, _ func([]cdp.Identifier, string, []cdp.PurposeID) ([]cdp.Consent, error)) (cdp.Ruling, error) {
		return all[rec.ID].ruling(), nil
	}
	if err := l.Finish(t.Context(), judge, func(Judged) error { return nil }, func(*Tx, map[cdp.BatchID]int) error { return nil }, loader.Put); err != nil {
		t.Fatal(err)
	}
	if err := loader.Commit(); err != nil {
		t.Fatal(err)
	}
	g, err := Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return g
}
