package mapping_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cdp-tui/internal/ingest/mapping"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// head is a mapping that loads, up to its sections.
const head = `version: 1
source: { id: shop.orders, activities: [shop.orders] }
record: { key: { col: id } }
`

// TestMistakesArePointedAt compares what a person is told of each mistake.
func TestMistakesArePointedAt(t *testing.T) {
	tests := []struct{ name, text string }{
		{"unknown key", head + "identifers:\n  - { kind: email }\n"},
		{"unknown key below", head + "identifiers:\n  - { kind: email, from: { colum: mail }, link: strong }\n"},
		{"missing key", "version: 1\nsource: { id: shop.orders }\nrecord: {}\n"},
		{"blank", "version: 1\nsource:\n  id:\nrecord: { key: { col: id } }\n"},
		{"version", strings.Replace(head, "version: 1", "version: 2", 1)},
		{"source id", strings.Replace(head, "shop.orders, act", "Shop Orders, act", 1)},
		{"country", strings.Replace(head, "{ id: shop.orders,", "{ id: shop.orders, country: Germany,", 1)},
		{"link activity", strings.Replace(head, "{ id: shop.orders,", "{ id: shop.orders, link: shop.acount,", 1)},
		{"kind", head + "identifiers:\n  - { kind: mail, from: { col: mail }, link: strong }\n"},
		{"link", head + "identifiers:\n  - { kind: email, from: { col: mail }, link: yes }\n"},
		{"ip links", head + "identifiers:\n  - { kind: ip, from: { col: ip }, link: strong }\n"},
		{"constant where read", head + "identifiers:\n  - { kind: email, from: mail, link: strong }\n"},
		{"two sources of a value", head + "attributes:\n  - { name: city, from: { col: a, path: b }, category: user }\n"},
		{"no category", head + "attributes:\n  - { name: city, from: { col: a } }\n"},
		{"expression", head + "attributes:\n  - { name: city, from: { expr: 'a + ' }, category: user }\n"},
		{"expression type", head + "attributes:\n  - { name: city, from: { expr: 'upper(1)' }, category: user }\n"},
		{"condition type", head + "attributes:\n  - { name: city, from: { col: a }, when: '1 + 1', category: user }\n"},
		{"no clock", head + "attributes:\n  - { name: city, from: { expr: 'now()' }, category: user }\n"},
		{"path", head + "attributes:\n  - { name: city, from: { path: 'a..b' }, category: user }\n"},
		{"path in csv", "read: { format: csv }\n" + head + "attributes:\n  - { name: city, from: { path: 'a.b' }, category: user }\n"},
		{"no layouts", strings.Replace(head, "{ key: { col: id } }", "{ key: { col: id }, time: { from: { col: at } } }", 1)},
		{"layout", strings.Replace(head, "{ key: { col: id } }", "{ key: { col: id }, time: { from: { col: at }, layouts: [DD.MM.YYYY], tz: UTC } }", 1)},
		{"no zone", strings.Replace(head, "{ key: { col: id } }", "{ key: { col: id }, time: { from: { col: at }, layouts: [02.01.2006] } }", 1)},
		{"zone", strings.Replace(head, "{ key: { col: id } }", "{ key: { col: id }, time: { from: { col: at }, layouts: [02.01.2006], tz: Berlin } }", 1)},
		{"two orders of day and month", strings.Replace(head, "{ key: { col: id } }", "{ key: { col: id }, time: { from: { col: at }, layouts: [02/01/2006, 01/02/2006], tz: UTC } }", 1)},
		{"state", head + "consents:\n  - purpose: newsletter\n    state: { col: s, map: { \"1\": granted } }\n"},
		{"absent is not given", head + "consents:\n  - purpose: newsletter\n    state: { col: s }\n    absent: given\n"},
		{"yes or no", head + "consents:\n  - purpose: newsletter\n    state: { col: s }\n    explicit: { col: e, map: { E: \"yes\" } }\n    bundled: maybe\n"},
		{"speaker", head + "consents:\n  - purpose: newsletter\n    state: { col: s }\n    speaker: mother\n"},
		{"activity of another source", head + "grounds:\n  - { activity: shop.account }\n"},
		{"days in two orders", head + "attributes:\n  - { name: born, from: { col: a }, category: user, layouts: [02/01/2006, 01/02/2006] }\n"},
		{"a day without its century", head + "attributes:\n  - { name: born, from: { col: a }, category: user, layouts: [02.01.06] }\n"},
		{"no layout of a day", head + "attributes:\n  - { name: born, from: { col: a }, category: user, layouts: [dd.mm.yyyy] }\n"},
		{"never stored by expression", head + "attributes:\n  - { name: p, from: { expr: 'a' }, store: never }\n"},
		{"all mistakes at once", head + "attributes:\n  - { name: a, from: { col: a } }\n  - { name: b, from: b, category: user }\nshares:\n  - { recipient: x, mode: fax }\n"},
	}
	var b strings.Builder
	for _, tt := range tests {
		_, err := mapping.Load("shop.yaml", []byte(tt.text))
		if err == nil {
			t.Errorf("%s: loaded", tt.name)
			continue
		}
		b.WriteString("== " + tt.name + "\n" + err.Error() + "\n")
	}
	golden := filepath.Join("testdata", "mistakes.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("messages differ from %s:\n%s", golden, b.String())
	}
}

func TestHashIsOfTheText(t *testing.T) {
	a, b := load(t, head), load(t, head+"# a comment\n")
	if a.Hash() == b.Hash() || len(a.Hash()) != 64 {
		t.Errorf("hashes %s and %s", a.Hash(), b.Hash())
	}
}
