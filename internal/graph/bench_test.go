package graph

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
)

// customers makes n records of people in groups whose sizes follow a power
// law, three identifiers and five touchpoints each, as sources deliver them.
func customers(n int) []cdp.Record {
	r := rand.New(rand.NewPCG(1, 1))
	out := make([]cdp.Record, 0, n)
	for person := 0; len(out) < n; person++ {
		size := min(int(math.Pow(1-r.Float64(), -1/1.4)), 1000)
		for k := range min(size, n-len(out)) {
			rec := cdp.Record{Source: "shop", Key: fmt.Sprintf("%d-%d", person, k), At: day.Add(-time.Duration(r.IntN(100_000)) * time.Minute),
				Lineage: cdp.Lineage{Batch: 1, Row: len(out) + 1}}
			for _, c := range []cdp.Identifier{ident(cdp.KindCRM, fmt.Sprintf("shop:%d", person)), ident(cdp.KindEmail, fmt.Sprintf("p%d.%d@nordpost.beispiel", person, r.IntN(3))),
				ident(cdp.KindCookie, fmt.Sprintf("web:%d-%d", person, r.IntN(9)))} {
				rec.Claims = append(rec.Claims, cdp.Claim{Identifier: c, Strength: cdp.LinkStrong})
			}
			for _, a := range [][2]string{{"given_name", "Anna"}, {"family_name", fmt.Sprintf("Berg%d", person)}, {"city", "Köln"}, {"segment", "loyal"}} {
				rec.Attributes = append(rec.Attributes, cdp.Attribute{Name: a[0], Value: cdp.Value(a[1]), Category: "user.name", Origin: cdp.Provided})
			}
			for i := range 5 {
				rec.Touchpoints = append(rec.Touchpoints, cdp.Touchpoint{Channel: "web", Kind: "visit", At: rec.At.Add(-time.Duration(i) * time.Hour), Detail: "/shoes/42"})
			}
			out = append(out, rec)
		}
	}
	r.Shuffle(n, func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func joined(rec *cdp.Record) cdp.Ruling {
	out := cdp.Ruling{Outcome: cdp.Linked, Verdict: cdp.Verdict{Allow: true, Rule: "link.contract"}, Claims: make([]cdp.Verdict, len(rec.Claims)),
		Holding: []cdp.Verdict{{Allow: true, Basis: cdp.BasisContract}}}
	for i := range out.Claims {
		out.Claims[i] = cdp.Verdict{Allow: true, Rule: "link.contract", Basis: cdp.BasisContract}
	}
	return out
}

// admitBy takes records in transactions of size records each.
func admitBy(b *testing.B, g *Store, recs []cdp.Record, size int) {
	for len(recs) > 0 {
		n := min(size, len(recs))
		err := g.Update(b.Context(), day, func(tx *Tx) error {
			news, err := tx.Sift(recs[:n])
			for i := range recs[:n] {
				if err == nil {
					_, err = tx.Admit(&recs[i], "A", news[i], joined(&recs[i]))
				}
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		recs = recs[n:]
	}
}

const benchRecords = 20_000

// BenchmarkAdmit is the ordinary way in, 200 records to a transaction, on the
// engine in memory: what the graph itself costs.
func BenchmarkAdmit(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		g, recs := newStore(b), customers(benchRecords)
		b.StartTimer()
		admitBy(b, g, recs, 200)
	}
	b.ReportMetric(benchRecords*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkLoad is the first load, without an engine that takes the result.
func BenchmarkLoad(b *testing.B) {
	judge := func(rec *cdp.Record, _ func([]cdp.Identifier, string, []cdp.PurposeID) ([]cdp.Consent, error)) (cdp.Ruling, error) {
		return joined(rec), nil
	}
	for b.Loop() {
		b.StopTimer()
		g, recs := newStore(b), customers(benchRecords)
		entries := 0
		b.StartTimer()
		l, err := g.NewLoad(b.Context(), b.TempDir(), day)
		if err != nil {
			b.Fatal(err)
		}
		for i := range recs {
			if _, err := l.Add(&recs[i], "A"); err != nil {
				b.Fatal(err)
			}
		}
		err = l.Finish(b.Context(), judge, func(Judged) error { return nil }, func(*Tx, map[cdp.BatchID]int) error { return nil }, func(_, _ []byte) error {
			entries++
			return nil
		})
		if err != nil || entries < benchRecords {
			b.Fatal(entries, err)
		}
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(benchRecords*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkOpen opens profiles of random records, with the first page of their
// touchpoints.
func BenchmarkOpen(b *testing.B) {
	g := newStore(b)
	admitBy(b, g, customers(benchRecords), 200)
	r := rand.New(rand.NewPCG(2, 2))
	for b.Loop() {
		err := g.View(b.Context(), func(tx *Tx) error {
			id, err := tx.ProfileOf(cdp.RecordID(1 + r.IntN(benchRecords)))
			if err != nil {
				return err
			}
			if _, err = tx.Profile(id, 500); err != nil {
				return err
			}
			page, err := tx.Touchpoints(id, "", 50)
			if err == nil && len(page.Items) == 0 {
				err = ErrNotFound
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLookup finds the profile of an identifier.
func BenchmarkLookup(b *testing.B) {
	g := newStore(b)
	recs := customers(benchRecords)
	admitBy(b, g, recs, 200)
	i := 0
	for b.Loop() {
		err := g.View(b.Context(), func(tx *Tx) error {
			found, err := tx.Lookup(recs[i%benchRecords].Claims[1].Identifier)
			if err == nil && len(found) == 0 {
				err = ErrNotFound
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		i++
	}
}
