package steward

import (
	"os"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
)

// TestSpecialCategories: data of a special category without a condition (Art.
// 9(2)) are held and found, decide nothing about who is who, and leave for no
// recipient until the activity names a condition that goes with them; then as
// soon as the register says so, without another delivery.
func TestSpecialCategories(t *testing.T) {
	text, err := os.ReadFile("testdata/register.yaml")
	if err != nil {
		t.Fatal(err)
	}
	activate := func(b *bench, from, condition string) {
		t.Helper()
		reg := strings.Replace(string(text), "categories: [user.name, user.contact, user.financial]", "categories: [user.name, user.contact, user.financial, user.health_and_medical]", 1)
		reg = strings.Replace(reg, "valid_from: 2025-01-01", "valid_from: "+from, 1)
		reg = strings.Replace(reg, "    retention: {period: P3Y, start: end_of_year, law: BGB §195}\n", condition+"    retention: {period: P3Y, start: end_of_year, law: BGB §195}\n", 1)
		if _, err := b.d.Activate(t.Context(), "register.yaml", []byte(reg), nil); err != nil {
			t.Fatal(err)
		}
	}
	b := newBench(t)
	activate(b, "2025-01-01", "")
	said := cdp.Attribute{Name: "allergy", Category: "user.health_and_medical", Value: "hazelnut"} // its category says what it is
	one, two := record("shop.orders", "a1", mail, address(9)), record("shop.orders", "a2", mail)
	three, four := record("shop.orders", "a3", address(3)), record("shop.orders", "a4", address(4))
	one.Attributes, three.Attributes, four.Attributes = []cdp.Attribute{said}, []cdp.Attribute{said}, []cdp.Attribute{said}
	b.admit(one, two, three, four)
	b.check()
	if p := b.profile("shop.orders", "a1"); p != b.profile("shop.orders", "a2") || p == b.profile("shop.orders", "a3") {
		t.Error("the address joins, as without the allergy")
	}
	if b.profile("shop.orders", "a3") == b.profile("shop.orders", "a4") {
		t.Error("the same allergy joined two persons")
	}
	found := func() int {
		t.Helper()
		r, err := b.d.Lint(t.Context(), cdp.LintFilter{Rule: "ART9_CONDITION_MISSING"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r.Findings[0].Open
	}
	ask := cdp.Ask{Recipient: "parcel", Purpose: "orders"}
	planned := func() (outcome cdp.FieldOutcome, rule string, count int) {
		t.Helper()
		plan, err := b.d.SharePlan(t.Context(), ask, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range plan.Fields {
			if f.Field == "allergy" {
				return f.Outcome, f.Rule, f.Count
			}
		}
		return 0, "", 0
	}
	if o, rule, n := planned(); o != cdp.FieldDenied || rule != "share.special" || n != 3 || found() != 3 {
		t.Errorf("without a condition: %v by %s, %d; %d findings", o, rule, n, found())
	}
	if out, _ := b.share(ask, ""); strings.Contains(out.out.String(), "hazelnut") || !strings.Contains(out.out.String(), "email=") {
		t.Errorf("left:\n%s", out.out.String())
	}
	activate(b, "2025-01-02", "    condition: A10\n    condition_law: BDSG §22\n") // that is for criminal data
	if o, rule, _ := planned(); o != cdp.FieldDenied || rule != "share.special" || found() != 3 {
		t.Errorf("with a condition for something else: %v by %s, %d findings", o, rule, found())
	}
	activate(b, "2025-01-03", "    condition: A9-2-c\n")
	if o, _, n := planned(); o != cdp.FieldAllowed || n != 3 || found() != 0 {
		t.Errorf("with a condition: %v, %d; %d findings", o, n, found())
	}
	if out, _ := b.share(ask, ""); !strings.Contains(out.out.String(), "hazelnut") {
		t.Errorf("left:\n%s", out.out.String())
	}
	b.check()
}

// TestCriminalData: what is about convictions (Art. 10) waits in quarantine,
// joins nobody and leaves it by itself when a law is named.
func TestCriminalData(t *testing.T) {
	text, err := os.ReadFile("testdata/register.yaml")
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t).register()
	one := record("shop.orders", "a1", mail)
	one.Attributes = []cdp.Attribute{{Name: "note", Category: "user.criminal_history", Value: "x"}}
	b.admit(one, record("shop.orders", "a2", mail))
	if p := b.profile("shop.orders", "a1"); p != 0 {
		t.Errorf("in profile %v", p)
	}
	reg := strings.Replace(string(text), "valid_from: 2025-01-01", "valid_from: 2025-01-02", 1)
	reg = strings.Replace(reg, "    retention: {period: P3Y, start: end_of_year, law: BGB §195}\n", "    condition: A10\n    condition_law: BDSG §22\n    retention: {period: P3Y, start: end_of_year, law: BGB §195}\n", 1)
	a, err := b.d.Activate(t.Context(), "register.yaml", []byte(reg), nil)
	if err != nil || a.Released != 1 {
		t.Fatalf("%d released, %v", a.Released, err)
	}
	if p := b.profile("shop.orders", "a1"); p == 0 || p != b.profile("shop.orders", "a2") {
		t.Errorf("with its law in profile %v", p)
	}
	b.check()
}

// TestBirthDatesAtTheGates: whose birth date can not be read passes for no adult:
// a letter goes to who is one by every reading, and a finding tells of the rest.
func TestBirthDatesAtTheGates(t *testing.T) {
	b := newBench(t).register()
	var recs []cdp.Record
	for i, born := range []string{"03.04.1979", "3/4/1979", "3/4/2015", "spring", "1900-01-01"} {
		r := subscriber(string(rune('a'+i)), address(i), cdp.ConsentGiven, day(2))
		r.Attributes[1].Value = cdp.Value(born)
		recs = append(recs, r)
	}
	b.admit(recs...)
	out, run := b.share(letterAsk, "")
	if run.Allowed != 2 || !strings.Contains(out.out.String(), "email=p0@") || !strings.Contains(out.out.String(), "email=p1@") {
		t.Errorf("%d allowed:\n%s", run.Allowed, out.out.String())
	}
	_, lines, err := b.d.ShareLines(t.Context(), run.ID, 0, 100, true)
	if err != nil || len(lines) != 5 || lines[2].Rule != "share.minor" || lines[3].Rule != "share.minor.unknown" || lines[4].Rule != "share.minor.unknown" {
		t.Errorf("%+v, %v", lines, err)
	}
	r, err := b.d.Lint(t.Context(), cdp.LintFilter{Rule: "BIRTH_UNREADABLE"}, nil)
	if err != nil || r.Findings[0].Open != 4 {
		t.Errorf("%+v, %v", r.Findings, err)
	}
	b.check()
}
