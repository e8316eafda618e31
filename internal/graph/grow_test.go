package graph

import (
	"fmt"
	"testing"

	"cdp-tui/internal/cdp"
)

// BenchmarkGrow takes in one profile of n records, 50 to a transaction: what one
// record costs must not grow with n.
func BenchmarkGrow(b *testing.B) {
	carry := map[string]func(i int) []cdp.Identifier{
		"orders": func(i int) []cdp.Identifier {
			return []cdp.Identifier{ident(cdp.KindCRM, "shop:1"), ident(cdp.KindOrder, fmt.Sprint("shop:", i))}
		},
		"visits": func(i int) []cdp.Identifier {
			return []cdp.Identifier{ident(cdp.KindDevice, "kiosk"), ident(cdp.KindCookie, fmt.Sprint(i))}
		},
		"shared": func(i int) []cdp.Identifier {
			return []cdp.Identifier{ident(cdp.KindCRM, "shop:1"), ident(cdp.KindDevice, "shared")}
		},
		"business": func(i int) []cdp.Identifier {
			return []cdp.Identifier{ident(cdp.KindCRM, "shop:1"), ident(cdp.KindEmail, fmt.Sprint(i, "@firma.beispiel"))}
		},
	}
	for _, name := range []string{"orders", "visits", "shared", "business"} {
		for _, n := range []int{1_000, 2_000, 4_000, 8_000} {
			var recs []cdp.Record
			add := func(ids ...cdp.Identifier) {
				r := cdp.Record{Source: "shop", Key: fmt.Sprint(len(recs)), At: day, Lineage: cdp.Lineage{Batch: 1, Row: len(recs) + 1}}
				for _, id := range ids {
					r.Claims = append(r.Claims, cdp.Claim{Identifier: id, Strength: cdp.LinkStrong})
				}
				recs = append(recs, r)
			}
			for i := range 4 { // what makes a device a shared one
				add(ident(cdp.KindCRM, fmt.Sprint("shop:", 10+i)), ident(cdp.KindDevice, "shared"))
			}
			for i := range n {
				add(carry[name](i)...)
			}
			b.Run(fmt.Sprint(name, "/", n), func(b *testing.B) {
				for b.Loop() {
					b.StopTimer()
					g := newStore(b)
					b.StartTimer()
					admitBy(b, g, recs, 50)
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "us/record")
			})
		}
	}
}
