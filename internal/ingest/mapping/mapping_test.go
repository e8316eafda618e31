package mapping_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ident"
	"cdp-tui/internal/ingest/decode"
	"cdp-tui/internal/ingest/mapping"
	"cdp-tui/internal/rulefile"
)

func canon(t testing.TB) *ident.Canonicaliser {
	t.Helper()
	var lists ident.Lists
	if err := rulefile.Decode("lists.yaml", ident.DefaultLists(), &lists); err != nil {
		t.Fatal(err)
	}
	return ident.New([32]byte{1}, lists)
}

// outcome is what became of the rows of a file.
type outcome struct {
	records []cdp.Record
	rejects []cdp.Reject
	drops   []cdp.Drop
	notes   []cdp.Note
	rows    int
}

func run(t testing.TB, m *mapping.Mapping, name, data string) outcome {
	t.Helper()
	r, err := decode.Open(name, strings.NewReader(data), m.Options())
	if err != nil {
		t.Fatal(err)
	}
	p := m.NewMapper(canon(t), cdp.Lineage{File: name}, "")
	var o outcome
	for {
		row, err := r.Next()
		if err == io.EOF {
			break
		}
		o.rows++
		var bad *decode.RowError
		if errors.As(err, &bad) {
			o.rejects = append(o.rejects, *p.RowError(bad))
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		rec, rej, drop := p.Row(row)
		switch {
		case rec != nil && rej == nil && drop == nil:
			o.records = append(o.records, *rec)
		case rej != nil && rec == nil && drop == nil:
			o.rejects = append(o.rejects, *rej)
		case drop != nil && rec == nil && rej == nil:
			o.drops = append(o.drops, *drop)
		default:
			t.Fatalf("row %d is not exactly one of record, reject and drop", row.Num)
		}
	}
	o.notes = p.Notes()
	return o
}

func load(t testing.TB, text string) *mapping.Mapping {
	t.Helper()
	m, err := mapping.Load("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

const shop = `
version: 1
source: { id: shop.customers, controller: Lindenhof GmbH, country: DE, collection: first_party, activities: [shop.orders, shop.account], link: shop.account }
detect: { headers: [Kundennummer, E-Mail, Telefon] }
read: { format: csv, "null": ["", "NULL"], layouts: ["02.01.2006 15:04", "02.01.2006"], tz: Europe/Berlin }
record:
  key: { col: Kundennummer }
  time: { from: { col: Stand } }
  delete_when: 'Status == "geloescht"'
  skip_when:
    - { rule: test customer, when: 'Status == "test"' }
identifiers:
  - { kind: email, from: { col: E-Mail }, link: strong, verified: format }
  - { kind: phone, from: { col: Telefon }, link: weak }
  - { kind: crm, from: { col: Kundennummer }, issuer: shop, link: strong }
attributes:
  - { name: city, from: { col: Ort }, category: user.contact.address.city }
  - { name: salutation, from: { col: Anrede, map: { Frau: ms, Herr: mr } }, category: user.demographic.gender }
touchpoints:
  - { kind: order, channel: shop, key: { col: Bestellung }, time: { from: { col: Bestellt } }, when: 'given(Bestellung)', purpose: order.fulfilment }
consents:
  - purpose: marketing.email
    channel: email
    state: { col: Newsletter, map: { "1": given, "0": withdrawn } }
    time: { from: { col: Stand } }
grounds:
  - { activity: shop.orders, ref: { col: Bestellung }, when: 'given(Bestellung)' }
activities:
  - { id: shop.account }
  - { id: shop.orders, when: 'given(Bestellung)' }
`

const shopRows = `Kundennummer;E-Mail;Telefon;Ort;Anrede;Status;Bestellung;Bestellt;Newsletter;Stand
K-1;anna@lindenhof-mail.de;0171 1234567;Köln;Frau;aktiv;B-7;05.04.2026 10:00;1;06.04.2026
K-2;;kaputt;Bonn;Dr.;aktiv;;;vielleicht;06.04.2026
;x@lindenhof-mail.de;;;;aktiv;;;;
K-4;;;;;test;;;;
K-5;;;;;geloescht;;;;2026-04-06
K-6;;;;;geloescht;;;NULL;06.04.2026
`

func TestMapperMakesEachRowOneThing(t *testing.T) {
	o := run(t, load(t, shop), "shop.csv", shopRows)
	if o.rows != 6 || len(o.records) != 3 || len(o.rejects) != 2 || len(o.drops) != 1 {
		t.Fatalf("rows %d: %d records, %d rejects, %d drops", o.rows, len(o.records), len(o.rejects), len(o.drops))
	}
	r := o.records[0]
	if r.Key != "K-1" || r.At.Format("2006-01-02T15:04Z07:00") != "2026-04-05T22:00Z" || r.Lineage.Line != 2 || r.Lineage.Row != 1 {
		t.Errorf("record: key %q at %v lineage %+v", r.Key, r.At, r.Lineage)
	}
	if len(r.Claims) != 3 || r.Claims[0].Identifier.Reveal() != "anna@lindenhof-mail.de" || r.Claims[0].Verification != cdp.FormatChecked ||
		r.Claims[1].Identifier.Reveal() != "+491711234567" || r.Claims[2].Identifier.Reveal() != "shop:K1" && r.Claims[2].Identifier.Reveal() != "shop:K-1" {
		for _, c := range r.Claims {
			t.Errorf("claim %s %q", c.Identifier, c.Identifier.Reveal())
		}
	}
	if len(r.Attributes) != 2 || r.Attributes[1].Value.Reveal() != "ms" || r.Attributes[0].Value.Reveal() != "Köln" {
		t.Errorf("attributes %d", len(r.Attributes))
	}
	if len(r.Touchpoints) != 1 || r.Touchpoints[0].Key != "B-7" || r.Touchpoints[0].At.Hour() != 8 {
		t.Errorf("touchpoints %+v", r.Touchpoints)
	}
	if len(r.Consents) != 1 || r.Consents[0].State != cdp.ConsentGiven || r.Consents[0].Endpoint.Kind() != cdp.KindEmail {
		t.Errorf("consents %+v", r.Consents)
	}
	if len(r.Grounds) != 1 || r.Grounds[0].Ref.Reveal() != "B-7" || !r.Grounds[0].From.Equal(r.At) || len(r.Activities) != 2 {
		t.Errorf("grounds %+v activities %v", r.Grounds, r.Activities)
	}

	r = o.records[1]
	if len(r.Claims) != 1 || r.Attributes[0].Name != "phone_unreadable" || r.Attributes[0].Value.Reveal() != "kaputt" || r.Attributes[2].Value.Reveal() != "Dr." {
		t.Errorf("a malformed identifier and an unlisted value must stay: %d claims, %d attributes", len(r.Claims), len(r.Attributes))
	}
	if len(r.Consents) != 1 || r.Consents[0].State != cdp.ConsentUnreadable || r.Consents[0].Proof.Reveal() != "vielleicht" {
		t.Errorf("consents %+v", r.Consents)
	}
	if o.rejects[0].Code != "record.key" || o.rejects[0].Field != "Kundennummer" || !strings.HasPrefix(o.rejects[0].Raw.Reveal(), ";x@") || !strings.HasPrefix(o.rejects[0].Header.Reveal(), "Kundennummer;") {
		t.Errorf("reject %+v", o.rejects[0])
	}
	if o.rejects[1].Code != "time.layout" || o.rejects[1].Field != "Stand" || o.rejects[1].Lineage.Line != 6 {
		t.Errorf("reject %+v", o.rejects[1])
	}
	if o.drops[0].Rule != "test customer" || o.drops[0].Row != 4 {
		t.Errorf("drop %+v", o.drops[0])
	}
	if r = o.records[2]; !r.Deleted || len(r.Consents) != 0 {
		t.Errorf("deleted %v, consents %d", r.Deleted, len(r.Consents))
	}
	want := map[string]int{"identifier_unreadable Telefon": 1, "unmapped_value Anrede": 1, "unmapped_value Newsletter": 1}
	for _, n := range o.notes {
		if want[n.Code+" "+n.Field] != n.Count {
			t.Errorf("note %+v", n)
		}
		delete(want, n.Code+" "+n.Field)
	}
	if len(want) > 0 {
		t.Errorf("missing notes %v", want)
	}
}

// TestUnreadableIdentifiersKeepTheirCategory: what can not be read is as
// personal as what can, and is of the same category everywhere.
func TestUnreadableIdentifiersKeepTheirCategory(t *testing.T) {
	seen := map[cdp.Kind]bool{}
	for _, k := range cdp.Kinds() {
		if k == cdp.KindRecord {
			continue
		}
		m := load(t, "version: 1\nsource: { id: some.source }\nrecord: { key: { col: id } }\nidentifiers: [{ kind: "+string(k)+", from: { col: v }, link: none }]\n")
		o := run(t, m, "x.ndjson", `{"id":"1","v":"`+strings.Repeat("x y", 400)+`"}`+"\n")
		for _, a := range o.records[0].Attributes {
			if a.Name != string(k)+"_unreadable" || a.Category != k.Category() {
				t.Errorf("%s: attribute %s of category %q, want %q", k, a.Name, a.Category, k.Category())
			}
			seen[k] = true
		}
	}
	for _, k := range []cdp.Kind{cdp.KindEmail, cdp.KindSocial, cdp.KindLogin, cdp.KindLoyalty} {
		if !seen[k] {
			t.Errorf("%s: was read", k)
		}
	}
}

func TestARowThatGivesTooMuchIsRejected(t *testing.T) {
	m := load(t, "version: 1\nsource: { id: web.users }\nread: { format: ndjson }\nrecord: { key: { col: id } }\ntouchpoints:\n  - { each: list(l), kind: x, text: { col: t } }\n")
	many := `{"id":"1","l":[` + strings.Repeat("1,", 2000) + `1]}`
	long := `{"id":"2","l":[` + strings.Repeat("1,", 1000) + `1],"t":"` + strings.Repeat("x", 2000) + `"}`
	fits := `{"id":"3","l":[` + strings.Repeat("1,", 1000) + `1]}`
	o := run(t, m, "x.ndjson", many+"\n"+long+"\n"+fits+"\n")
	if len(o.records) != 1 || len(o.rejects) != 2 || o.rejects[0].Code != "record.too_large" || o.rejects[1].Code != "record.too_large" || len(o.records[0].Touchpoints) != 1001 {
		t.Errorf("%d records, %d rejects", len(o.records), len(o.rejects))
	}
}

// TestANullInAListIsNobody: what the item before it said is not said again.
func TestANullInAListIsNobody(t *testing.T) {
	m := load(t, `
version: 1
source: { id: web.users }
read: { format: ndjson }
record: { key: { col: id } }
identifiers:
  - { kind: email, each: l, from: { expr: it?.email }, link: weak }
touchpoints:
  - { each: l, kind: x, text: { expr: 'text(it?.email)' } }
consents:
  - { each: l, purpose: { expr: 'it?.purpose' }, state: { expr: 'it?.state' } }
`)
	o := run(t, m, "x.ndjson", `{"id":"1","l":[{"email":"a@lindenhof-mail.de","purpose":"p","state":"given"},null,{"email":"b@lindenhof-mail.de","purpose":"q","state":"refused"}]}`+"\n")
	if len(o.records) != 1 {
		t.Fatalf("%+v", o.rejects)
	}
	r := o.records[0]
	if len(r.Claims) != 2 || len(r.Consents) != 2 || len(r.Touchpoints) != 3 || r.Touchpoints[1].Text != "" {
		t.Errorf("claims %d, consents %+v, touchpoints %+v", len(r.Claims), r.Consents, r.Touchpoints)
	}
}

// TestAListIsBounded: no expression is worked out for more items than a record
// can hold.
func TestAListIsBounded(t *testing.T) {
	m := load(t, "version: 1\nsource: { id: web.users }\nread: { format: ndjson }\nrecord: { key: { col: id } }\nidentifiers:\n  - { each: l, kind: crm, from: { expr: 'it > 1 ? \"a\" : \"b\"' }, link: weak }\n")
	o := run(t, m, "x.ndjson", `{"id":"1","l":[`+strings.Repeat("1,", 2000)+`1]}`+"\n"+`{"id":"2","l":[`+strings.Repeat("1,", 1999)+`1]}`+"\n")
	if len(o.rejects) != 1 || o.rejects[0].Code != "record.too_large" || len(o.records) != 1 {
		t.Errorf("%d records, rejects %+v", len(o.records), o.rejects)
	}
}

// TestSharesAndGroundsAreBounded: their texts count too.
func TestSharesAndGroundsAreBounded(t *testing.T) {
	for _, section := range []string{"shares:\n  - { each: l, recipient: { col: t } }\n", "grounds:\n  - { each: l, activity: a.b, ref: { col: t } }\n"} {
		m := load(t, "version: 1\nsource: { id: web.users, activities: [a.b] }\nread: { format: ndjson }\nrecord: { key: { col: id } }\n"+section)
		o := run(t, m, "x.ndjson", `{"id":"1","l":[`+strings.Repeat("1,", 1000)+`1],"t":"`+strings.Repeat("x", 2000)+`"}`+"\n")
		if len(o.rejects) != 1 || o.rejects[0].Code != "record.too_large" {
			t.Errorf("%s: %d records, rejects %+v", section, len(o.records), o.rejects)
		}
	}
}
