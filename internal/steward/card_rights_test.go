package steward

import (
	"fmt"
	"slices"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/rights"
)

// proofs are what a register says of an activity of each basis.
var proofs = map[cdp.BasisKind]string{
	cdp.BasisConsent:    "",
	cdp.BasisContract:   "contract: {ref: Terms, evidence: source}",
	cdp.BasisLaw:        "law: AO §147",
	cdp.BasisVital:      "vital: {ref: recall of goods}",
	cdp.BasisPublicTask: "law: KrWG §20",
	cdp.BasisLegitimate: "balancing: {date: 2024-12-01, author: office, outcome: passed, review_by: 2029-12-31, ref: LIA-1}",
}

// ofBasis is a card of a value that one activity holds, of a basis.
func ofBasis(t *testing.T, basis cdp.BasisKind, marketing bool) cdp.Card {
	t.Helper()
	b := newBench(t)
	text := fmt.Sprintf(`register: one activity
valid_from: 2025-01-01
owner: office
consent: {require: [time]}
quarantine: {days: 30}
controllers: [{id: lindenhof, name: Lindenhof Mode GmbH, country: DE}]
purposes: [{id: p, title: {en: Purpose, de: Zweck}, dpv: "dpv:ServiceProvision", direct_marketing: %t, categories: [user.contact]}]
recipients: []
activities:
  - id: a
    purpose: p
    basis: %s
    automated: none
    %s
    retention: {period: P9Y, start: collection}
    recipients: []
sources: [{id: shop.orders, controller: lindenhof, collection: first_party, activities: [a], link: a}]
`, marketing, basis, proofs[basis])
	if _, err := b.d.Activate(t.Context(), "register.yaml", []byte(text), nil); err != nil {
		t.Fatalf("%s: %v", basis, err)
	}
	r := record("shop.orders", "o1", mail)
	r.Attributes = []cdp.Attribute{{Name: "city", Value: "Weiden", Origin: cdp.Provided, Category: "user.contact.address.city"}}
	if basis == cdp.BasisConsent {
		r = said(r, "p", cdp.ConsentGiven, day(1))
	}
	b.admit(r)
	c, err := b.d.Card(t.Context(), b.profile("shop.orders", "o1"), cdp.Ref{Kind: "attribute", ID: "city"})
	if err != nil || len(c.Uses) != 1 || !c.Uses[0].Verdict.Allow || c.Uses[0].Basis != basis {
		t.Fatalf("%s: %+v, %v", basis, c.Uses, err)
	}
	return c
}

// TestCardRights holds the rights on a card against the table of rights by basis
// (TestMatrix of package rights holds that against the reference): for each of
// the six bases which apply, and of the others why not, with the notes of the
// table. What turns on facts beside the basis is told for those of the card: a
// value that the person gave, a contract that runs, a period that runs, nothing
// decided by a machine alone.
func TestCardRights(t *testing.T) {
	table := rights.Defaults()
	const yes, no, check = "applies", "not", "check"
	byFacts := map[string]map[cdp.BasisKind]string{
		"inform14": {cdp.BasisConsent: no, cdp.BasisContract: no, cdp.BasisLaw: no, cdp.BasisVital: no, cdp.BasisPublicTask: no, cdp.BasisLegitimate: no},
		"adm":      {cdp.BasisConsent: no, cdp.BasisContract: no, cdp.BasisLaw: no, cdp.BasisVital: no, cdp.BasisPublicTask: no, cdp.BasisLegitimate: no},
		"erase":    {cdp.BasisConsent: yes, cdp.BasisContract: no, cdp.BasisLaw: no, cdp.BasisVital: no, cdp.BasisPublicTask: no, cdp.BasisLegitimate: check},
	}
	for _, basis := range cdp.Bases() {
		for _, marketing := range []bool{false, true} {
			c := ofBasis(t, basis, marketing)
			if len(c.Rights) != len(table.Rights) {
				t.Errorf("%s: %d rights, the table has %d", basis, len(c.Rights), len(table.Rights))
			}
			for _, row := range table.Rights {
				i := slices.IndexFunc(c.Rights, func(r cdp.CardRight) bool { return r.Right == row.ID })
				if i < 0 {
					t.Errorf("%s: the card lacks %s", basis, row.ID)
					continue
				}
				got, cell := c.Rights[i], row.Cells[basis]
				want, turns := byFacts[row.ID][basis]
				switch {
				case turns && row.ID == "erase" && marketing && basis == cdp.BasisLegitimate:
					want = yes // after an objection to marketing always (Art. 17(1)(c), 21(2))
				case turns:
				case cell.Mark == "dm" && !marketing, cell.Mark == "-":
					want = no
				default:
					want = yes
				}
				if got.Outcome != want {
					t.Errorf("%s x %s, marketing %v: %s (%s), the table says %q", row.ID, basis, marketing, got.Outcome, got.Reason, cell.Mark)
				}
				if !slices.Equal(got.Notes, cell.Notes) {
					t.Errorf("%s x %s: notes %v, the table has %v", row.ID, basis, got.Notes, cell.Notes)
				}
				for _, why := range []string{got.Why.EN, got.Why.DE, got.Why.RO, got.Why.TR} {
					if why == "" {
						t.Errorf("%s x %s: %s is not said in every language", row.ID, basis, got.Reason)
					}
				}
			}
		}
	}
}
