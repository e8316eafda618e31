package search

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
)

// crowd is a made-up population of the size and shape of the one in which the
// program's figures are measured: 1 M records in 343,465 profiles. Set
// CDP_CROWD to try another number of profiles.
type crowd struct {
	testFeed
	n int
}

func crowdSize() int {
	if n, err := strconv.Atoi(os.Getenv("CDP_CROWD")); err == nil && n > 0 {
		return n
	}
	return 343_465
}

func (c *crowd) Head(context.Context) (uint64, error) { return uint64(c.n), nil }

func (c *crowd) Document(_ context.Context, id cdp.ProfileID) (cdp.Document, bool, error) {
	return person(id), id >= 1 && int(id) <= c.n, nil
}

func (c *crowd) Summary(ctx context.Context, id cdp.ProfileID, _ int, _ bool) (cdp.Document, bool, error) {
	return c.Document(ctx, id)
}

func (c *crowd) All(context.Context) iter.Seq2[cdp.Document, error] {
	return func(yield func(cdp.Document, error) bool) {
		for i := range c.n {
			if !yield(person(cdp.ProfileID(i+1)), nil) {
				return
			}
		}
	}
}

func syllables() []string {
	return []string{"ba", "ler", "min", "ko", "schu", "ster", "mül", "wei", "ßen", "pa", "pes", "cu", "yıl", "maz", "dem", "ir", "and", "reas", "gö", "tz", "an", "el", "ri", "na"}
}

// skewed draws from 0 to n-1, low numbers more often, as names are.
func skewed(r *rand.Rand, n int) int {
	return int(float64(n) * r.Float64() * r.Float64() * r.Float64())
}

func name(kind uint64, i int) string {
	r := rand.New(rand.NewPCG(kind, uint64(i)))
	s := syllables()
	w := s[r.IntN(len(s))] + s[r.IntN(len(s))]
	if r.IntN(2) == 0 {
		w += s[r.IntN(len(s))]
	}
	return w
}

func person(id cdp.ProfileID) cdp.Document {
	r := rand.New(rand.NewPCG(7, uint64(id)))
	pick := func(ss ...string) string { return ss[skewed(r, len(ss))] }
	full := name(1, skewed(r, 3000)) + " " + name(2, skewed(r, 20000))
	size := 1 + int(r.ExpFloat64()*2)
	d := cdp.Document{
		Profile: id, Names: []cdp.Value{cdp.Value(full)}, Cities: []cdp.Value{cdp.Value(name(3, skewed(r, 5000)))},
		Countries: []string{pick("DE", "RO", "TR", "AT", "CH", "FR", "NL")}, Size: size,
		Kinds: []cdp.Kind{cdp.KindEmail, cdp.KindPhone}, Segments: []cdp.Value{cdp.Value(pick("loyal", "new", "lapsed", "vip buyer"))},
		Bases: []cdp.BasisKind{cdp.BasisContract}, TouchKinds: []string{"order", "visit"},
		Seen: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.IntN(2400)),
	}
	if r.IntN(3) == 0 {
		d.Names = append(d.Names, cdp.Value(full[:1]+". "+name(2, skewed(r, 20000))))
		d.Bases = append(d.Bases, cdp.BasisConsent)
		d.Consents = []cdp.DocumentConsent{{Purpose: "newsletter", State: cdp.ConsentGiven}, {Purpose: "profiling", State: cdp.ConsentRefused}}
	}
	for range 1 + r.IntN(3) {
		d.Sources = append(d.Sources, cdp.SourceID(pick("web", "shop.orders", "pos", "newsletter", "call", "survey", "social", "market")))
		d.Channels = append(d.Channels, cdp.Channel(pick("web", "email", "store", "phone")))
	}
	for i := range min(size, 10) {
		d.Records = append(d.Records, cdp.Value(fmt.Sprintf("K-%d-%d", id, i)))
	}
	if r.IntN(4) == 0 {
		text := "the delivery was"
		for range 12 {
			text += " " + name(4, skewed(r, 8000))
		}
		d.Texts = []cdp.Value{cdp.Value(text)}
	}
	return d
}

func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func treeSize(dir string) (n int64) {
	filepath.Walk(dir, func(_ string, i os.FileInfo, err error) error {
		if err == nil && !i.IsDir() {
			n += i.Size()
		}
		return nil
	})
	return n
}

// BenchmarkCrowd reports what a rebuild costs per document and how long
// searches of each kind take. Run it with -benchtime 1x.
func BenchmarkCrowd(b *testing.B) {
	f := &crowd{n: crowdSize()}
	dir := b.TempDir()
	x, err := Open(dir, Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { x.Close() }()
	b.Run("rebuild", func(b *testing.B) {
		for b.Loop() {
			wall, used := time.Now(), cpu()
			if _, err := x.Rebuild(b.Context(), f, nil); err != nil {
				b.Fatal(err)
			}
			made := time.Now()
			for i := range f.n { // what making up the people costs is not the index's
				person(cdp.ProfileID(i + 1))
			}
			b.ReportMetric(float64((cpu()-used-time.Since(made)).Microseconds())/float64(f.n), "cpu-us/doc")
			b.ReportMetric(float64(made.Sub(wall).Microseconds())/float64(f.n), "wall-us/doc")
			b.ReportMetric(float64(treeSize(dir))/1e6, "MB")
		}
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			var err error
			if err = x.Close(); err != nil {
				b.Fatal(err)
			}
			if x, err = Open(dir, Options{}); err != nil {
				b.Fatal(err)
			}
			snap, err := x.gen.snapshot()
			if err != nil {
				b.Fatal(err)
			}
			begun := time.Now()
			if _, err := x.gen.columnsOf(snap); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(time.Since(begun).Microseconds())/1000, "columns-ms")
			b.ReportMetric(float64(len(snap.Segments())), "segments")
			snap.Close()
		}
	})
	r := rand.New(rand.NewPCG(1, 1))
	first := func() string { return name(1, skewed(r, 3000)) }
	last := func() string { return name(2, skewed(r, 20000)) }
	for _, c := range []struct {
		name string
		req  func() cdp.SearchRequest
	}{
		{"two words", func() cdp.SearchRequest { return cdp.SearchRequest{Query: "name:" + first() + " name:" + last()} }},
		{"last name", func() cdp.SearchRequest { return cdp.SearchRequest{Query: "name:" + last()} }},
		{"bare word", func() cdp.SearchRequest { return cdp.SearchRequest{Query: last()} }},
		{"two bare words", func() cdp.SearchRequest { return cdp.SearchRequest{Query: first() + " " + last()} }},
		{"phrase", func() cdp.SearchRequest { return cdp.SearchRequest{Query: `"` + first() + " " + last() + `"`} }},
		{"fuzzy 1", func() cdp.SearchRequest { return cdp.SearchRequest{Query: "name:" + last() + "~1"} }},
		{"fuzzy 2 bare", func() cdp.SearchRequest { return cdp.SearchRequest{Query: last() + "~2"} }},
		{"prefix", func() cdp.SearchRequest { return cdp.SearchRequest{Query: "name:" + string([]rune(last())[:3]) + "*"} }},
		{"prefix bare", func() cdp.SearchRequest { return cdp.SearchRequest{Query: string([]rune(last())[:2]) + "*"} }},
		{"record", func() cdp.SearchRequest {
			return cdp.SearchRequest{Query: fmt.Sprintf("record:K-%d-0", 1+r.IntN(f.n))}
		}},
		{"everything", func() cdp.SearchRequest { return cdp.SearchRequest{} }},
		{"source facet chosen", func() cdp.SearchRequest {
			return cdp.SearchRequest{Query: "delivery", Facets: map[string][]string{"source": {"web", "pos"}, "country": {"DE"}}}
		}},
		{"seen and size", func() cdp.SearchRequest {
			return cdp.SearchRequest{Query: "seen:2023-03-05..2025-11-20 size:>=3 -basis:consent"}
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				var took []time.Duration
				total := 0
				for range 300 {
					req := c.req()
					begun := time.Now()
					a, err := x.Search(b.Context(), f, req, f.ident)
					if err != nil {
						b.Fatal(err)
					}
					took = append(took, time.Since(begun))
					total += a.Total
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
				b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
				b.ReportMetric(float64(total)/300, "hits")
			}
		})
	}
}
