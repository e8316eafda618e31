package graph

import (
	"bytes"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// FuzzValues reads arbitrary bytes as every sort of value: none makes the
// readers panic, and what a head's reader takes is written back as it was.
func FuzzValues(f *testing.F) {
	rec := cdp.Record{Source: "shop", Key: "k", At: day, Claims: []cdp.Claim{{Identifier: ident(cdp.KindEmail, "x"), Strength: cdp.LinkStrong}},
		Touchpoints: []cdp.Touchpoint{{Channel: "web", Kind: "visit", At: day}}, Consents: []cdp.Consent{{Endpoint: ident(cdp.KindEmail, "x"), State: cdp.ConsentGiven}},
		Shares:      []cdp.Share{{Recipient: "mailer", Fields: []string{"email"}}},
		Preferences: []cdp.Preference{{Endpoint: ident(cdp.KindEmail, "x"), Wish: cdp.Unwanted, Quiet: cdp.Quiet{From: 1200, To: 420}}}}
	h := newHead(&rec, "A")
	h.Since = day
	var w layout.Writer
	h.encode(&w)
	f.Add(bytes.Clone(w.B))
	w.B = nil
	t := tailOf(&rec)
	t.encode(&w)
	f.Add(bytes.Clone(w.B))
	w.B = nil
	c := component{id: 1, segments: []layout.Component{2}, size: 3, ids: []minted{{1, 2}}}
	f.Add(bytes.Clone(c.encode(&w, usualLengths())))
	w.B = nil
	k := row{record: 1, past: []past{{record: 2}}}
	f.Add(bytes.Clone(k.encode(&w)))
	f.Add([]byte{byte(placeDeleted), 0, 1, 1, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		read := func() *layout.Reader { return &layout.Reader{B: b} }
		if h, err := decodeHead(1, read()); err == nil {
			var w layout.Writer
			h.encode(&w)
			again, err := decodeHead(1, &layout.Reader{B: w.B})
			if err != nil {
				t.Fatalf("a head that was read can not be read again: %v", err)
			}
			var w2 layout.Writer
			if again.encode(&w2); !bytes.Equal(w.B, w2.B) {
				t.Fatal("a head changes when it is written")
			}
		}
		_, _ = decodeTail(read())
		_, _ = decodeComponent(1, read())
		_, _ = decodeRow(read())
		_, _ = decodePlace(read())
		_, _ = decodeConsents(read())
		_, _ = decodePreferences(read())
		_, _ = decodeChanges(1, read())
		_, _ = decodeReceipt(1, read())
		_, _ = decodeSource("shop", read())
	})
}
