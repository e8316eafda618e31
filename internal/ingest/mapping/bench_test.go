package mapping_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ingest/decode"
	"cdp-tui/internal/ingest/mapping"
)

// wide maps 10 columns to 3 identifiers, 4 attributes and 5 touchpoints.
const wide = `
version: 1
source: { id: shop.customers, country: DE }
read: { format: csv, layouts: ["2006-01-02 15:04:05"], tz: Europe/Berlin }
record: { key: { col: id }, time: { from: { col: t1 } } }
identifiers:
  - { kind: crm, from: { col: id }, link: strong }
  - { kind: email, from: { col: email }, link: strong }
  - { kind: loyalty, from: { col: card }, link: strong }
attributes:
  - { name: given_name, from: { col: first }, category: user.name.first }
  - { name: family_name, from: { col: last }, category: user.name.last }
  - { name: city, from: { col: city }, category: user.contact.address.city }
  - { name: segment, from: { col: seg, map: { a: A, b: B, c: C } }, category: user.behavior }
touchpoints:
  - { kind: order, channel: shop, time: { from: { col: t1 } }, detail: { col: city } }
  - { kind: visit, channel: web, time: { from: { col: t2 } } }
  - { kind: visit, channel: web, time: { from: { col: t1 } } }
  - { kind: newsletter.click, channel: email, time: { from: { col: t2 } } }
  - { kind: call, channel: phone, time: { from: { col: t1 } } }
`

func wideRows(n int) string {
	var b strings.Builder
	b.WriteString("id,email,card,first,last,city,seg,t1,t2,x\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,anna.%d@lindenhof-mail.de,%012d,Anna,Muster,Köln,%c,2024-01-02 10:%02d:00,2024-02-03 11:%02d:00,zzz\n", 100000+i, i, 730000000000+i, 'a'+i%3, i%60, i%60)
	}
	return b.String()
}

func BenchmarkMapper(b *testing.B) {
	for _, bb := range []struct{ name, mapping string }{
		{"columns", wide},
		{"expressions", strings.NewReplacer("{ col: city } }", "{ expr: 'upper(city)' } }", "time: { from: { col: t2 } } }", "time: { from: { col: t2 } }, when: 'seg == \"a\"' }").Replace(wide)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			m, err := mapping.Load("wide.yaml", []byte(bb.mapping))
			if err != nil {
				b.Fatal(err)
			}
			const n = 20_000
			text := wideRows(n)
			c := canon(b)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				r, err := decode.Open("x.csv", strings.NewReader(text), m.Options())
				if err != nil {
					b.Fatal(err)
				}
				p := m.NewMapper(c, cdp.Lineage{}, "")
				for {
					row, err := r.Next()
					if err == io.EOF {
						break
					}
					if rec, _, _ := p.Row(row); rec == nil || len(rec.Touchpoints) == 0 || len(rec.Claims) != 3 {
						b.Fatal("a row went wrong")
					}
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
