package mapping_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ingest/decode"
	"cdp-tui/internal/ingest/mapping"
	"cdp-tui/internal/rulefile"
)

func FuzzLoad(f *testing.F) {
	for _, s := range []string{shop, wide, segmentLike, greedyCSV, head, "version: 1\n", "{", "version: 1\nsource: {id: ab}\nrecord: {key: {expr: 'map(1..1e9, # * 2)'}}\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := mapping.Load("x.yaml", []byte(text))
		if err != nil {
			var one *rulefile.Error
			if !errors.As(err, &one) {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		if again, err := mapping.Load("x.yaml", []byte(text)); err != nil || again.Hash() != m.Hash() {
			t.Fatal("loading is not a function of the text")
		}
	})
}

// FuzzRows maps rows of anything under mappings that use every part of the
// language: each row becomes exactly one thing, and none of it is empty.
func FuzzRows(f *testing.F) {
	f.Add("x.csv", shopRows)
	f.Add("x.csv", "id,at,Passwort,geheim\n1,2024-01-02,x,y\n")
	f.Add("x.ndjson", `{"id":"1","consent":{"categories":{"a":true}},"flag":"yes"}`+"\n"+`{"id":2,"consent":[],"flag":{}}`)
	f.Add("x.json", `[{"id":"1","consent":{"categories":[1]}},{"id":null},{"id":{"a":{"password":"p"}}}]`)
	f.Add("x.vcf", "BEGIN:VCARD\nVERSION:3.0\nFN:A\nEND:VCARD\n")
	var maps []*mapping.Mapping
	for _, s := range []string{shop, segmentLike, greedyCSV} {
		s = strings.NewReplacer("format: csv, ", "", "format: ndjson, ", "").Replace(s)
		m, err := mapping.Load("x.yaml", []byte(s))
		if err != nil {
			f.Fatal(err)
		}
		maps = append(maps, m)
	}
	c := canon(f)
	f.Fuzz(func(t *testing.T, name, data string) {
		for _, m := range maps {
			r, err := decode.Open(name, strings.NewReader(data), m.Options())
			if err != nil {
				continue
			}
			p := m.NewMapper(c, cdp.Lineage{}, "DE")
			for {
				row, err := r.Next()
				var bad *decode.RowError
				if errors.As(err, &bad) {
					if p.RowError(bad) == nil {
						t.Fatal("a bad row is lost")
					}
					continue
				}
				if err != nil {
					if err != io.EOF && row.Num != 0 {
						t.Fatal("a row with an error")
					}
					break
				}
				rec, rej, drop := p.Row(row)
				n := 0
				if rec != nil {
					n++
					if rec.Key == "" || rec.Source != m.Source.ID {
						t.Fatal("a record without a key or source")
					}
					for _, cl := range rec.Claims {
						if cl.Identifier.IsZero() {
							t.Fatal("a claim of nothing")
						}
					}
					for _, co := range rec.Consents {
						if co.State == "" || co.Purpose == "" || co.Endpoint.IsZero() {
							t.Fatal("a consent of nothing")
						}
					}
					for _, pr := range rec.Preferences {
						if pr.Endpoint.IsZero() || pr.Wish == "" && pr.Frequency == "" && pr.Language == "" && pr.Quiet.IsZero() {
							t.Fatal("a preference for nothing")
						}
					}
				}
				if rej != nil {
					n++
					if rej.Code == "" || rej.Reason == "" || len(rej.Raw) > cdp.MaxRejectRow {
						t.Fatalf("a reject that does not say why: %+v", rej)
					}
				}
				if drop != nil {
					n++
				}
				if n != 1 {
					t.Fatalf("a row became %d things", n)
				}
			}
		}
	})
}
