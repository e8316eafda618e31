package mapping_test

import (
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ingest/decode"
	"cdp-tui/internal/ingest/mapping"
)

// TestKindOfTheRow: where a row says what its identifier is, a kind that nobody
// knows keeps the value and binds nothing, and an address never links.
func TestKindOfTheRow(t *testing.T) {
	m, err := mapping.Load("x.yaml", []byte(`
version: 1
source: { id: ab, activities: [x], link: x }
read: { format: ndjson }
record: { key: { col: id } }
identifiers:
  - { kind: { col: kind, map: { mail: email, net: ip, card: loyalty } }, from: { col: value }, issuer: club, link: strong }
consents:
  - { purpose: news, state: given, endpoint: { kind: { col: kind, map: { mail: email, net: ip, card: loyalty } }, from: { col: value }, issuer: club } }
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		kind, value, claim, bound string
		link                      cdp.Strength
	}{
		{"mail", "ana@linden.ro", "ana@linden.ro", "email ana@linden.ro", cdp.LinkStrong},
		{"card", "7701", "club:7701", "loyalty club:7701", cdp.LinkStrong},
		{"net", "203.0.113.9", "203.0.113.9", "ip 203.0.113.9", cdp.LinkNone},
		{"shoe", "43", "", "record ab:1", cdp.LinkNone},
		{"", "43", "", "record ab:1", cdp.LinkNone},
	} {
		r, err := decode.Open("x.ndjson", strings.NewReader(`{"id":"1","kind":"`+tt.kind+`","value":"`+tt.value+`"}`), m.Options())
		if err != nil {
			t.Fatal(err)
		}
		row, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		p := m.NewMapper(canon(t), cdp.Lineage{}, "DE")
		rec, rej, _ := p.Row(row)
		if rej != nil {
			t.Errorf("%q: rejected: %s", tt.kind, rej.Reason)
			continue
		}
		claim, link := "", cdp.LinkNone
		for _, c := range rec.Claims {
			claim, link = c.Identifier.Reveal(), c.Strength
		}
		bound := rec.Consents[0].Endpoint
		if got := string(bound.Kind()) + " " + bound.Reveal(); claim != tt.claim || link != tt.link || got != tt.bound {
			t.Errorf("%q: claim %q of strength %v, bound to %q", tt.kind, claim, link, got)
		}
		if tt.claim == "" && (len(rec.Attributes) == 0 || rec.Attributes[0].Name != "identifier_unreadable") {
			t.Errorf("%q: the value is lost: %+v", tt.kind, rec.Attributes)
		}
	}
	if _, err := mapping.Load("x.yaml", []byte("version: 1\nsource: {id: ab}\nrecord: {key: {col: id}}\nidentifiers:\n  - {kind: {col: k, map: {a: shoe}}, from: {col: v}, link: none}\n")); err == nil {
		t.Error("a map to a kind that nobody knows")
	}
	if _, err := mapping.Load("x.yaml", []byte("version: 1\nsource: {id: ab}\nrecord: {key: {col: id}}\nidentifiers:\n  - {kind: {col: k}, from: {col: v}, link: none, derive: true}\n")); err == nil {
		t.Error("hashes derived of anything")
	}
}
