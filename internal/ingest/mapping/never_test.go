package mapping_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"cdp-tui/internal/ingest/mapping"
)

// bare writes everything that leaves a Mapper, in clear.
func (o outcome) bare() string {
	var b strings.Builder
	for _, r := range o.records {
		fmt.Fprintln(&b, r.Key, r.Lineage, r.Activities)
		for _, c := range r.Claims {
			fmt.Fprintln(&b, c.Identifier.Reveal(), c.Blocked, c.Generic)
		}
		for _, a := range r.Attributes {
			fmt.Fprintln(&b, a.Name, a.Value.Reveal())
		}
		for _, t := range r.Touchpoints {
			fmt.Fprintln(&b, t.Key, t.Kind, t.Text.Reveal(), t.Detail.Reveal())
		}
		for _, c := range r.Consents {
			fmt.Fprintln(&b, c.Purpose, c.Endpoint.Reveal(), c.Proof.Reveal(), c.Notice, c.Method)
		}
		for _, g := range r.Grounds {
			fmt.Fprintln(&b, g.Ref.Reveal())
		}
		for _, s := range r.Shares {
			fmt.Fprintln(&b, s.Recipient)
		}
	}
	for _, r := range o.rejects {
		fmt.Fprintln(&b, r.Code, r.Field, r.Reason, r.Raw.Reveal(), r.Header.Reveal())
	}
	for _, n := range o.notes {
		fmt.Fprintln(&b, n.Code, n.Field, n.Text)
	}
	fmt.Fprintln(&b, o.drops)
	return b.String()
}

const canary = "KANARIENVOGEL-7731"

const greedyCSV = `
version: 1
source: { id: shop.customers }
read: { format: csv, layouts: ["2006-01-02"], tz: UTC }
record: { key: { col: id }, time: { from: { col: at } } }
identifiers:
  - { kind: crm, from: { col: id }, link: strong }
  - { kind: login, from: { col: Passwort }, link: none }
attributes:
  - { name: a, from: { col: Passwort }, category: user }
  - { name: b, from: { expr: 'Passwort' }, category: user }
  - { name: c, from: { expr: 'col("Passwort")' }, category: user }
  - { name: d, from: { expr: 'path("Passwort")' }, category: user }
  - { name: e, from: { expr: 'fingerprint()' }, category: user }
  - { name: f, from: { col: geheim }, category: user.credentials }
  - { name: g, from: { expr: 'geheim' }, category: user }
touchpoints:
  - { kind: x, text: { col: Passwort }, detail: { expr: 'text(geheim)' } }
`

// TestTheCanaryGetsNowhere: what must never be stored is in no record, reject,
// note or error, whatever the mapping tries and however the row is broken.
func TestTheCanaryGetsNowhere(t *testing.T) {
	m := load(t, greedyCSV)
	csv := "id,at,Passwort,geheim,other\n" +
		"1,2024-01-02," + canary + "," + canary + ",x\n" +
		"2,gestern," + canary + "," + canary + ",x\n" + // rejected by the mapping
		",2024-01-02," + canary + "," + canary + ",x\n" + // no key
		"4,2024-01-02," + canary + "\n" + // too narrow
		"5,2024-01-02,\"" + canary + "\n" + // a quote not closed
		"6,2024-01-02," + canary + "\x00," + canary + ",x\n"
	o := run(t, m, "x.csv", csv)
	if o.rows != 6 || len(o.records) != 1 || len(o.rejects) != 5 {
		t.Fatalf("%d rows, %d records, %d rejects", o.rows, len(o.records), len(o.rejects))
	}
	if s := o.bare(); strings.Contains(s, canary) {
		t.Errorf("the canary got out:\n%s", s)
	}
	if raw := o.rejects[0].Raw.Reveal(); raw != "2,gestern,,,x" {
		t.Errorf("the rest of a rejected row must stay: %q", raw)
	}

	tree := load(t, strings.NewReplacer("format: csv", "format: ndjson", "{ col: Passwort }", "{ path: user.Passwort }", `path("Passwort")`, `path("user.Passwort")`, `'Passwort'`, `'user.Passwort'`, `col("Passwort")`, `col("user")`).Replace(greedyCSV))
	ndjson := `{"id":"1","at":"2024-01-02","user":{"Passwort":"` + canary + `","n":1},"geheim":"` + canary + `","list":[{"apiKey":"` + canary + `"}]}` + "\n" +
		`{"id":"2","at":"x","user":{"Passwort":"` + canary + `"},"geheim":"` + canary + `"}` + "\n" +
		`{"id":"3","user":{"Passwort":"` + canary + `",}}` + "\n" +
		`{"id":"4","user":{"Pass\u0077ort":"` + canary + `","Passwort":"` + canary + `"}}` + "\n"
	o = run(t, tree, "x.ndjson", ndjson)
	if o.rows != 4 || len(o.records) != 1 || len(o.rejects) != 3 {
		t.Fatalf("%d rows, %d records, %d rejects", o.rows, len(o.records), len(o.rejects))
	}
	if s := o.bare(); strings.Contains(s, canary) {
		t.Errorf("the canary got out:\n%s", s)
	}
	if raw := o.rejects[0].Raw.Reveal(); raw != `{"at":"x","id":"2","user":{}}` {
		t.Errorf("the rest of a rejected row must stay: %q", raw)
	}
}

func TestSecretNamesAndValues(t *testing.T) {
	secret := []string{"password", "Passwort", "userPassword", "USER_PASSWORD", "password_hash", "pwd", "parola", "Parolă", "şifre", "sifre", "mot de passe", "MotDePasse", "kennwort",
		"apiKey", "api_key", "access_token", "sessionToken", "token", "client_secret", "credentials", "cvv", "CVC2", "credit_card_number", "creditCard", "Kreditkarte", "salt", "encoder", "pin", "pass", "user_pass", "UserPass", "login_pass"}
	for _, n := range secret {
		if !mapping.NeverStored(n) {
			t.Errorf("%q would be stored", n)
		}
	}
	for _, n := range []string{"passport", "pass_type", "season_pass", "deviceToken", "push_token", "card_number", "Kartennummer", "pin_code", "company", "compass", "email", "secretary", "hash", "tokens_spent_on"} {
		if mapping.NeverStored(n) {
			t.Errorf("%q would be left out", n)
		}
	}
	forms := map[string]string{
		"$2y$10$N9qo8uLOickgx2ZMRZoMye": "password hash", "{SSHA}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3": "password hash", "pbkdf2_sha256$1000$a$b": "password hash",
		"eyJhbGciOiJIUzI1NiJ9.e30.x": "token or key", "4111 1111 1111 1111": "payment card number", "5500-0000-0000-0004": "payment card number", "378282246310005": "payment card number",
		"4111111111111112": "", "4006381333931": "", "bcryptic remark": "", "2024-01-02T03:04": "", "Bonn": "", "1234567890123452": "",
	}
	for v, want := range forms {
		if got := mapping.SecretForm(v); got != want {
			t.Errorf("%q is %q, want %q", v, got, want)
		}
	}
}

func TestSecretValuesAreNotStored(t *testing.T) {
	m := load(t, head+"identifiers:\n  - { kind: loyalty, from: { col: card }, link: strong }\nattributes:\n  - { name: note, from: { col: note }, category: user }\n")
	o := run(t, m, "x.csv", "id,card,note\n1,4111111111111111,4111111111111111\n2,1,$2y$10$N9qo8uLOickgx2ZMRZoMye\n,1,$2y$10$N9qo8uLOickgx2ZMRZoMye\n")
	if len(o.records[0].Attributes)+len(o.records[1].Attributes) != 0 {
		t.Error("a card number or a password hash was stored")
	}
	if len(o.records[0].Claims) != 1 {
		t.Error("a number that the mapping says is a loyalty card was left out")
	}
	if o.rejects[0].Raw != ",1," {
		t.Errorf("reject keeps %q", o.rejects[0].Raw.Reveal())
	}
	want := 0
	for _, n := range o.notes {
		if n.Code == "never_store" {
			want += n.Count
		}
	}
	if want != 2 {
		t.Errorf("notes %+v", o.notes)
	}
}

// TestARowThatCanNotBeReadKeepsNoCardNumber: wherever the number stands in it.
func TestARowThatCanNotBeReadKeepsNoCardNumber(t *testing.T) {
	m := load(t, head)
	for _, cell := range []string{"4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "paid 4111111111111111 2026-01-02", "tel 0171 5500000000000004", "378282246310005 12", "no 7 4111 1111 1111 1111 8"} {
		o := run(t, m, "x.csv", "id,note\n1,"+cell+",surplus\n")
		if len(o.rejects) != 1 || o.rejects[0].Raw != "" {
			t.Errorf("%q is kept as %q", cell, o.rejects[0].Raw.Reveal())
		}
	}
	for _, cell := range []string{"4111111111111112", "41111111111111110", "DE02 1203 0000 0000 2020 51", "+49 171 1234567", "2026-01-02 10:00:00"} {
		o := run(t, m, "x.csv", "id,note\n1,"+cell+",surplus\n")
		if len(o.rejects) != 1 || o.rejects[0].Raw == "" {
			t.Errorf("%q is taken for a card number", cell)
		}
	}
}

// TestRedactedRawIsStillJSON: a reject can be replayed after what is secret was taken out.
func TestRedactedRawIsStillJSON(t *testing.T) {
	m := load(t, "version: 1\nsource: { id: web.users }\nread: { format: ndjson }\nrecord: { key: { col: id } }\n")
	o := run(t, m, "x.ndjson", `{"id":"","n":9007199254740993,"x":{"secret":"`+canary+`","y":[1,{"token":"`+canary+`","z":"4111111111111111"}]}}`+"\n")
	var v any
	if err := json.Unmarshal([]byte(o.rejects[0].Raw), &v); err != nil {
		t.Fatal(err)
	}
	if got := o.rejects[0].Raw.Reveal(); got != `{"id":"","n":9007199254740993,"x":{"y":[1,{"z":null}]}}` {
		t.Errorf("raw %s", got)
	}
}

func TestNeverStoredByPath(t *testing.T) {
	tests := []struct{ path, row, want string }{
		{"a", `{"id":"","a":"` + canary + `","b":1}`, `{"b":1,"id":""}`},
		{"a.b", `{"id":"","a":{"b":"` + canary + `","c":1}}`, `{"a":{"c":1},"id":""}`},
		{`a."b.c"`, `{"id":"","a":{"b.c":"` + canary + `","c":1}}`, `{"a":{"c":1},"id":""}`},
		{"a[0].b", `{"id":"","a":[{"b":"` + canary + `"},2]}`, `{"a":null,"id":""}`},
		{"a.l[1]", `{"id":"","a":{"l":[1,"` + canary + `"],"c":1}}`, `{"a":{"c":1,"l":null},"id":""}`},
		{"a.b", `{"id":"","a":7}`, `{"id":"","a":7}`},
	}
	for _, tt := range tests {
		m := load(t, "version: 1\nsource: { id: web.users }\nread: { format: ndjson }\nrecord: { key: { col: id } }\nattributes:\n  - { name: x, from: { path: '"+tt.path+"' }, store: never }\n")
		o := run(t, m, "x.ndjson", tt.row+"\n")
		if got := o.rejects[0].Raw.Reveal(); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.path, got, tt.want)
		}
	}
}
