package lint_test

import (
	"slices"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/lint"
)

func (w *world) ropa() cdp.Ropa {
	w.t.Helper()
	w.run(cdp.LintFilter{Rule: "ROPA_DRIFT"})
	return lint.Reconcile(w.scope, w.last.Observed())
}

func rowOf(t *testing.T, r cdp.Ropa, activity cdp.ActivityID) cdp.RopaRow {
	t.Helper()
	for _, row := range r.Rows {
		if row.Activity == activity {
			return row
		}
	}
	t.Fatalf("no row for %q", activity)
	return cdp.RopaRow{}
}

// One disclosure that nobody declared makes one red row, and no other.
func TestOneUndeclaredShareIsOneRedRow(t *testing.T) {
	w := newWorld(t).add("orders", all(name, sent("parcel", "orders", "2026-02-10")))
	if r := w.ropa(); r.Red() != 0 || len(r.Rows) != 4 {
		t.Fatalf("all is declared: %d red of %d rows", r.Red(), len(r.Rows))
	}
	w = newWorld(t).add("orders", all(name, sent("parcel", "orders", "2026-02-10"), sent("mailer", "orders", "2026-02-10")))
	r := w.ropa()
	if r.Red() != 1 || len(r.Rows) != 5 {
		t.Fatalf("%d red of %d rows", r.Red(), len(r.Rows))
	}
	red := rowOf(t, r, "")
	if len(red.Recipients) != 1 || red.Recipients[0] != (cdp.RopaItem{Name: "mailer for orders", Seen: 1}) || red.Sources[0].Name != "orders" || !red.Sources[0].Declared {
		t.Errorf("%+v", red)
	}
	order := rowOf(t, r, "order")
	if order.Records != 1 || order.Recipients[0] != (cdp.RopaItem{Name: "Parcel AG", Declared: true, Seen: 1}) || order.Categories[0].Seen != 1 || order.Adhered != "yes" {
		t.Errorf("%+v", order)
	}
}

// A source without an entry is red as such, whatever it delivers.
func TestUndeclaredSourceIsRed(t *testing.T) {
	red := rowOf(t, newWorld(t).add("nowhere", name).ropa(), "")
	if red.Sources[0].Declared || red.Sources[0].Seen != 1 || red.Categories[0].Name != "user.contact.email" && red.Categories[0].Name != "user.name.first" {
		t.Errorf("%+v", red)
	}
}

// Whether data are erased in time is computed: the day after its period ends a
// record is late; a period that runs from what is not seen is unknown.
func TestErasedInTime(t *testing.T) {
	late := rowOf(t, newWorld(t).add("orders", on("2023-11-19")).add("orders", nil).ropa(), "order")
	if late.Adhered != "no" || late.Late != 1 || late.Records != 2 || late.Reason != "1 record held past the period" {
		t.Errorf("%+v", late)
	}
	if got := rowOf(t, newWorld(t).add("orders", on("2023-11-20")).ropa(), "order").Adhered; got != "yes" {
		t.Errorf("in time: %s", got)
	}
	w := newWorld(t).edit("{period: P30D, start: collection}", "{period: P30D, start: last_contact}").add("app", says(given("place", "2026-10-01")))
	if got := rowOf(t, w.ropa(), "place.find"); got.Adhered != "unknown" || got.Records != 1 {
		t.Errorf("from the last contact: %+v", got)
	}
}

// The rights of a row are those of the matrix of DPV (gdpr 2.5), for each basis;
// the right to object to marketing goes with any basis of such a purpose.
func TestRightsByBasis(t *testing.T) {
	all := []string{"Art. 13", "Art. 15", "Art. 16", "Art. 18", "Art. 77"}
	want := map[cdp.BasisKind][]string{
		cdp.BasisConsent:    {"Art. 7(3)", "Art. 14", "Art. 17", "Art. 20", "Art. 22"},
		cdp.BasisContract:   {"Art. 14", "Art. 17", "Art. 20", "Art. 22"},
		cdp.BasisLaw:        {},
		cdp.BasisVital:      {"Art. 14", "Art. 17", "Art. 22"},
		cdp.BasisPublicTask: {"Art. 14", "Art. 21(1)", "Art. 22"},
		cdp.BasisLegitimate: {"Art. 14", "Art. 17", "Art. 21(1)", "Art. 22"},
	}
	const orders = "basis: contract, contract: {ref: Terms, evidence: source}, retention"
	proof := map[cdp.BasisKind]string{
		cdp.BasisConsent: "basis: consent, ", cdp.BasisContract: "basis: contract, contract: {ref: Terms, evidence: source}, ",
		cdp.BasisLaw: "basis: legal_obligation, law: X §1, ", cdp.BasisVital: "basis: vital_interest, vital: {ref: first aid}, ", cdp.BasisPublicTask: "basis: public_task, law: X §2, ",
		cdp.BasisLegitimate: "basis: legitimate_interest, balancing: {date: 2024-01-01, author: dpo, outcome: passed, review_by: 2030-01-01}, ",
	}
	for _, basis := range cdp.Bases() {
		for _, marketing := range []bool{false, true} {
			w := newWorld(t).edit(orders, proof[basis]+"retention")
			expect := slices.Concat(all, want[basis])
			if marketing {
				w.edit("dpv: dpv:CustomerOrderManagement, categories", "dpv: dpv:DirectMarketing, direct_marketing: true, categories")
				expect = append(expect, "Art. 21(2)")
			}
			var got []string
			for _, r := range rowOf(t, w.ropa(), "order").Rights {
				_, article, _ := strings.Cut(r, " (Art.")
				got = append(got, "Art."+strings.TrimSuffix(article, ")"))
			}
			slices.Sort(got)
			slices.Sort(expect)
			if !slices.Equal(got, expect) {
				t.Errorf("%s, marketing %v:\n got %q\nwant %q", basis, marketing, got, expect)
			}
		}
	}
}
