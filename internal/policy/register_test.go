package policy

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
)

// small is the least register that loads.
const small = `register: Small
valid_from: 2026-01-01
owner: data protection office
controllers:
  - {id: lindenhof, name: Lindenhof Mode GmbH, country: DE}
purposes:
  - id: orders
    title: {en: Orders}
    dpv: dpv:CustomerOrderManagement
    categories: [user.contact]
activities:
  - id: order.fulfilment
    purpose: orders
    basis: contract
    contract: {ref: Terms, evidence: source}
    retention: {period: P3Y, start: end_of_year}
    recipients: []
sources:
  - id: shop
    controller: lindenhof
    collection: first_party
    activities: [order.fulfilment]
    link: order.fulfilment
`

func TestSmallRegister(t *testing.T) {
	r, err := Parse("small.yaml", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	if !r.ValidFrom().Equal(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) || len(r.Hash()) != 64 {
		t.Errorf("valid from %s, hash %q", r.ValidFrom(), r.Hash())
	}
	if end := r.QuarantineEnd(at("2026-01-01")); !end.Equal(at("2026-01-31")) {
		t.Errorf("quarantine ends %s", end)
	}
	if s, ok := r.Source("shop"); !ok || s.Controller != "lindenhof" {
		t.Errorf("source %+v", s)
	}
	p, ok := r.Purpose("orders")
	if !ok || p.Title.In("de") != "Orders" {
		t.Errorf("a title without German is %q, want the English one", p.Title.In("de"))
	}
	if p, _ := example(t).Purpose("orders"); p.Title.In("tr") != "Sipariş yönetimi" {
		t.Errorf("Turkish title %q", p.Title.In("tr"))
	}
}

func TestNoRegister(t *testing.T) {
	var r *Register
	_, source := r.Source("shop")
	_, activity := r.Activity("x")
	_, purpose := r.Purpose("x")
	_, recipient := r.Recipient("x")
	if source || activity || purpose || recipient || r.Hash() != "" || !r.ValidFrom().IsZero() {
		t.Error("no register knows something")
	}
	if end := r.QuarantineEnd(at("2026-01-01")); !end.Equal(at("2026-01-31")) {
		t.Errorf("quarantine ends %s", end)
	}
}

// TestBroken is what an officer reads for each mistake.
func TestBroken(t *testing.T) {
	var b strings.Builder
	for _, m := range []struct{ name, old, new string }{
		{"no basis", "    basis: contract\n", "    basis:\n"},
		{"no such basis", "basis: contract\n", "basis: agreement\n"},
		{"basis without its proof", "    contract: {ref: Terms, evidence: source}\n", ""},
		{"proof of another basis", "basis: contract\n", "basis: consent\n"},
		{"evidence of a contract", "evidence: source", "evidence: trust"},
		{"law without citation (Art. 6(3))", "basis: contract\n    contract: {ref: Terms, evidence: source}", "basis: legal_obligation"},
		{"public task without citation", "basis: contract\n    contract: {ref: Terms, evidence: source}", "basis: public_task\n    law: \" \""},
		{"vital interest without reason", "basis: contract\n    contract: {ref: Terms, evidence: source}", "basis: vital_interest"},
		{"consent for an undeclared purpose", "basis: contract\n    contract: {ref: Terms, evidence: source}", "basis: consent\n    consent: {purpose: marketing}"},
		{"review before the test", "basis: contract\n    contract: {ref: Terms, evidence: source}", "basis: legitimate_interest\n    balancing: {date: 2026-02-01, author: marketing, outcome: fine, review_by: 2026-01-01}"},
		{"undeclared purpose", "purpose: orders", "purpose: order"},
		{"undeclared recipient", "recipients: []", "recipients: [parcel]"},
		{"undeclared controller", "controller: lindenhof", "controller: linde"},
		{"undeclared activity", "activities: [order.fulfilment]", "activities: [orders]"},
		{"activity twice", "activities: [order.fulfilment]", "activities: [order.fulfilment, order.fulfilment]"},
		{"no activity", "activities: [order.fulfilment]", "activities: []"},
		{"link not said", "    link: order.fulfilment\n", ""},
		{"link left blank", "    link: order.fulfilment\n", "    link:\n"},
		{"link to what it does not feed", "link: order.fulfilment", "link: loyalty"},
		{"retention not said", "    retention: {period: P3Y, start: end_of_year}\n", ""},
		{"retention in words", "period: P3Y", "period: three years"},
		{"retention of nothing", "period: P3Y", "period: P0D"},
		{"retention from nowhere", "start: end_of_year", "start: someday"},
		{"recipients not said", "    recipients: []\n", ""},
		{"ends before it begins", "    recipients: []\n", "    recipients: []\n    valid_from: 2026-02-01\n    valid_to: 2026-01-01\n"},
		{"condition for special categories", "    recipients: []\n", "    recipients: []\n    condition: A9\n"},
		{"not a DPV term", "dpv:CustomerOrderManagement", "orders"},
		{"category", "categories: [user.contact]", "categories: [User Contact]"},
		{"no category", "categories: [user.contact]", "categories: []"},
		{"country", "country: DE", "country: Germany"},
		{"two ids alike", "controllers:\n", "controllers:\n  - {id: lindenhof, name: Other, country: RO}\n"},
		{"an id with blanks", "id: shop\n", "id: the shop\n"},
		{"collection", "collection: first_party", "collection: bought"},
		{"quarantine without end", "owner:", "quarantine: {days: 0}\nowner:"},
		{"evidence nobody knows", "owner:", "consent: {require: [signature]}\nowner:"},
		{"a field nobody knows", "    recipients: []\n", "    recipients: []\n    recipient: x\n"},
		{"transfer tool", "activities:\n  -", "recipients:\n  - {id: mailer, name: M, kind: sender, country: US, transfer: SCC}\nactivities:\n  -"},
		{"no English title", "title: {en: Orders}", "title: {de: Bestellungen}"},
		{"no such day", "valid_from: 2026-01-01", "valid_from: 2026-02-30"},
		{"criminal convictions without the law (Art. 10)", "    recipients: []\n", "    recipients: []\n    condition: A10\n"},
		{"a contract that ends with nothing", "evidence: source", "evidence: source, ends_with: sale"},
		{"a consent that lasts no time", "owner:", "consent: {validity: P0D, confirm_within: soon}\nowner:"},
		{"notices", "activities:\n  -", "notices:\n  - {id: v1, purposes: [], valid_from: 2026-02-01, valid_to: 2026-01-01, texts: [{language: German, sha256: abc}]}\n  - {id: v1, purposes: [gifts], valid_from: 2026-02-01}\nactivities:\n  -"},
		{"a transfer on no ground", "activities:\n  -", "recipients:\n  - {id: m, name: M, kind: controller, country: US, transfer: A45-3, transfer_ground: shield}\n  - {id: n, name: N, kind: controller, country: TR, transfer: A45-3, transfer_ground: dpf}\n  - {id: o, name: O, kind: controller, country: US, transfer: A46-2-c, transfer_ground: dpf}\nactivities:\n  -"},
		{"an inventory entry", "    link: order.fulfilment\n", "    link: order.fulfilment\n    country: Germany\n    direction: inwards\n    notice: v9\n    sync: P0D\n    measures: [locks]\n"},
		{"a purpose compatible with itself", "sources:\n", "compatibility:\n  - {id: ca-1, from: orders, to: orders, verdict: fine, by: us, date: 2026-01-01}\nsources:\n"},
		{"an age below 13", "sources:\n", "ages_of_consent:\n  - {country: DE, age: 12, valid_from: 2026-01-01, law: none}\nsources:\n"},
		{"retention, and then", "start: end_of_year}", "start: end_of_year, action: forget}"},
		{"an impact assessment reviewed before it was made", "    recipients: []\n", "    recipients: []\n    dpia: {required: true, date: 2026-02-01, review_by: 2026-01-01}\n"},
	} {
		text := strings.Replace(small, m.old, m.new, 1)
		if text == small {
			t.Fatalf("%s: nothing replaced", m.name)
		}
		_, err := Parse("register.yaml", []byte(text))
		if err == nil {
			t.Errorf("%s: accepted", m.name)
			continue
		}
		fmt.Fprintf(&b, "# %s\n%v\n\n", m.name, err)
	}
	golden(t, "broken.golden", b.String())
}

// TestStub: what is written for an unknown source is refused while it has
// blanks, and loads when they are filled in.
func TestStub(t *testing.T) {
	stub := Stub(cdp.Source{ID: "surveys", Collection: "first_party", Activities: []cdp.ActivityID{"survey.answers"}})
	for _, guess := range []string{"basis: c", "basis: l", "P3Y, start: contract_end}\n    recipients: ["} {
		if strings.Contains(stub, guess) {
			t.Errorf("it guesses: %q in\n%s", guess, stub)
		}
	}
	sources, activities, ok := strings.Cut(stub, "# under activities:, where they are not there yet\n")
	if !ok {
		t.Fatalf("no activities in\n%s", stub)
	}
	with := func(s, a string) error {
		text := strings.Replace(small, "activities:\n", "activities:\n"+a, 1)
		_, err := Parse("stub.yaml", []byte(text+s))
		return err
	}
	err := with(sources, activities)
	if err == nil {
		t.Fatal("a register with blanks was accepted")
	}
	for _, blank := range []string{"controller:", "link:", "purpose:", "basis:", "period:", "recipients:"} {
		if !strings.Contains(err.Error(), blank) {
			t.Errorf("the blank %s is not named in\n%v", blank, err)
		}
	}
	fill := strings.NewReplacer("controller:", "controller: lindenhof", "link:", "link: none", "purpose:", "purpose: orders", "basis:", "basis: consent",
		"period: ,", "period: P1Y,", "start: }", "start: collection}", "recipients:", "recipients: []")
	clean := func(s string) (out string) {
		for line := range strings.Lines(s) {
			text, _, _ := strings.Cut(line, "#")
			out += strings.TrimRight(text, " \n") + "\n"
		}
		return fill.Replace(out)
	}
	if err := with(clean(sources), clean(activities)); err != nil {
		t.Errorf("filled in and refused: %v", err)
	}
}

func TestStubQuotes(t *testing.T) {
	if s := Stub(cdp.Source{ID: "a: b\n\x1b[31m"}); strings.ContainsAny(s, "\x1b") || !strings.Contains(s, `"a: b\n\u001B[31m"`) {
		t.Errorf("an odd id is not quoted: %q", s)
	}
}

// FuzzParse: a register loads or is refused with a place; a loaded one answers
// every question without a panic and allows nothing to a source it does not
// have.
func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	if data, err := os.ReadFile("testdata/register.yaml"); err == nil {
		f.Add(data)
	}
	f.Add([]byte(strings.Replace(small, "basis: contract\n    contract: {ref: Terms, evidence: source}", "basis: legitimate_interest\n    balancing: {date: 2026-01-01, author: a, outcome: passed, review_by: 9999-12-31}", 1)))
	f.Add([]byte(strings.Replace(small, "basis: contract\n    contract: {ref: Terms, evidence: source}", "basis: consent\n    consent: {methods: [double_opt_in]}", 1)))
	f.Add([]byte(strings.Replace(small, "link: order.fulfilment", "link: none", 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Parse("fuzz.yaml", data)
		if err != nil {
			if r != nil || !strings.HasPrefix(err.Error(), "fuzz.yaml") {
				t.Fatalf("register %v, error %v", r, err)
			}
			return
		}
		again, err := Parse("fuzz.yaml", data)
		if err != nil || again.Hash() != r.Hash() {
			t.Fatalf("the second time: %v", err)
		}
		now := at("2026-05-10")
		said := []cdp.Consent{consent(mail, "orders", cdp.ConsentGiven, "2026-01-01"), consent(phone, "orders", cdp.ConsentObjected, "2026-01-01")}
		for _, s := range r.Sources {
			ruling := Admit(Subject{Source: from(s.ID), RecordAt: now, Recorded: now, Claims: claims(mail, phone), Consents: said,
				Grounds: []cdp.Ground{{Activity: s.Activities[0], From: now}}}, r, now)
			if len(ruling.Holding) != len(s.Activities) || len(ruling.Claims) != 2 || ruling.Verdict.Rule == "" {
				t.Fatalf("%s: %+v", s.ID, ruling)
			}
			for _, a := range s.Activities {
				for _, act := range acts {
					if v := Decide(Question{Act: act, Source: from(s.ID), Activity: a, At: now}, Facts{Register: r, Consents: said}); v.Reason == "" {
						t.Fatalf("%s %s: no reason", act, a)
					}
				}
			}
		}
		if r := Admit(Subject{Source: from("nobody/here")}, r, now); r.Outcome != cdp.Quarantined {
			t.Fatalf("an unknown source is %s", r.Outcome)
		}
	})
}
