package resolve

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"cdp-tui/internal/cdp"
)

// people makes records of customers who order often, change phones, and now
// and then share one.
func people(n int) []Record {
	rnd := rand.New(rand.NewPCG(1, 2))
	out := make([]Record, n)
	for i := range out {
		who := i / 6
		out[i] = Record{ID: cdp.RecordID(i + 1), Controller: "shop", Birth: Day(19800101 + who%28), Claims: []Claimed{
			{ident(cdp.KindEmail, fmt.Sprint(who, "@x.org")), rnd.IntN(2) == 0},
			{ident(cdp.KindPhone, fmt.Sprint("+49", who/(1+rnd.IntN(20)/19))), false},
			{ident(cdp.KindDevice, fmt.Sprint("d", rnd.IntN(n))), false},
		}}
		if i%3 == 0 {
			out[i].Claims = append(out[i].Claims, Claimed{ident(cdp.KindCRM, fmt.Sprint("shop:", who)), false})
		}
	}
	return out
}

func BenchmarkResolve(b *testing.B) {
	rules := Defaults()
	for _, n := range []int{30, 1_000, 100_000} {
		recs := people(n)
		b.Run(fmt.Sprint(n, " records"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				rules.Resolve(recs, nil, nil, nil)
			}
		})
	}
}

// BenchmarkOneProfile resolves the records of one loyal customer.
func BenchmarkOneProfile(b *testing.B) {
	rules := Defaults()
	for _, n := range []int{30, 1_000, 100_000} {
		recs := make([]Record, n)
		for i := range recs {
			recs[i] = Record{ID: cdp.RecordID(i + 1), Controller: "shop", Claims: []Claimed{
				{ident(cdp.KindCRM, "shop:1"), false}, {ident(cdp.KindEmail, "a@x.org"), true}, {ident(cdp.KindOrder, fmt.Sprint("shop:", i)), false}}}
		}
		b.Run(fmt.Sprint(n, " records"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				rules.Resolve(recs, nil, nil, nil)
			}
		})
	}
}

func BenchmarkWhole(b *testing.B) {
	rules := Defaults()
	for _, n := range []int{30, 1_000, 100_000} {
		recs := people(n)
		w, _ := whole(rules, &delivery{records: recs})
		b.Run(fmt.Sprint(n, " records"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := w.Divide(func(*Piece) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
