package ui

import (
	"context"

	"cdp-tui/internal/cdp"
)

// Card is one with something in each answer, and an attribute whose value
// holds what a terminal would obey.
func (f *fakeDesk) Card(ctx context.Context, id cdp.ProfileID, of cdp.Ref) (cdp.Card, error) {
	e := ident(cdp.KindEmail, "m.weiss@lindenhof.test")
	title := cdp.Words{EN: "Order handling", DE: "Abwicklung von Bestellungen", RO: "Gestionarea comenzilor", TR: "Sipariş yönetimi"}
	c := cdp.Card{Profile: id, Of: of, At: ago(0), Records: 1, Place: cdp.Jurisdiction{Country: "DE", Authority: "LfDI", Age: 16, AgeLaw: "GDPR Art. 8(1)"},
		Sources: []cdp.CardSource{{Record: 1188, Source: "shop.de", System: "Shopware", Controller: "Lindenhof Mode GmbH", Collection: "first_party", Batch: 211, File: "shop-de.csv", FileHash: "fe0f1448c17466f1",
			Lineage: cdp.Lineage{Line: 41, Row: 40, Offset: 8588}, At: ago(30 * day), Recorded: ago(day), Value: cdp.Value(hostile), Origins: []cdp.Origin{cdp.Provided}, Categories: []string{"user.contact.address.city"}}},
		Links: []cdp.CardLink{{Record: 1188, Anchor: 1, Found: true, Hops: []cdp.Hop{{From: 1188, To: 1, FromSource: "shop.de", ToSource: "crm", Identifier: e,
			FromVerdict: cdp.Verdict{Allow: true, Rule: "link.contract.open", Basis: cdp.BasisContract, Article: "Art. 6(1)(b)"}}}}},
		Uses: []cdp.CardUse{{Activity: "order.fulfilment", Purpose: "orders", Title: title, Basis: cdp.BasisContract, Verdict: cdp.Verdict{Allow: true, Rule: "hold.contract.open", Article: "Art. 6(1)(b)"},
			Intervals: []cdp.CardInterval{{From: ago(30 * day), Rule: "hold.contract.open"}}, Evidence: []cdp.Evidence{{Kind: "contract", Ref: "General terms 2024-01"}}, Records: []cdp.RecordID{1188}}},
		Recipients: []cdp.CardRecipient{{Recipient: "paket", Name: "Paketdienst Nord GmbH", Kind: "processor", Country: "DE", Within: true, Purpose: "orders", Title: title, At: ago(20 * day), Fields: []string{"city"}, Source: "shop.de", Record: 1188}},
		Retention:  []cdp.CardRetention{{Activity: "order.fulfilment", Title: title, Period: "P3Y", Start: "end_of_year", End: ago(-900 * day), Action: "erase", Law: "BGB §195", Records: []cdp.RecordID{1188}}},
		Rights: []cdp.CardRight{{Right: "erase", Title: cdp.Words{EN: "Erasure", DE: "Löschung", RO: "Ștergere", TR: "Silme"}, Article: "Art. 17(1)(a)", DPV: "eu-gdpr:A17", Outcome: "not", Reason: "erase.contract",
			Why: cdp.Words{EN: "Not while the contract is open", DE: "Nicht, solange der Vertrag läuft", RO: "Nu, cât timp contractul este în derulare", TR: "Sözleşme sürdükçe doğmaz"}}},
		Unknown: []cdp.CardUnknown{{Question: cdp.AskSource, Code: "source.owner", Record: 1188, Other: "shop.de"}}}
	switch of.Kind {
	case "attribute":
		c.Label, c.Value = of.ID, cdp.Value(hostile)
	case "identifier":
		c.Label, c.Ident = "email", &e
	case "record":
		c.Label = of.ID
	case "touchpoint":
		c.Part = &cdp.CardPart{Touchpoint: &cdp.Touchpoint{Kind: "cart.abandoned", Channel: "web", At: ago(20 * day), Detail: cdp.Value(hostile), Purpose: "orders"}, Title: title,
			Then: cdp.Verdict{Allow: true, Rule: "use.contract.open", Article: "Art. 6(1)(b)"}, Now: cdp.Verdict{Rule: "use.contract.ended", Article: "Art. 6(1)(b)"}}
	case "use":
		c.Part = &cdp.CardPart{Use: &cdp.Use{Record: 1188, Activity: "order.fulfilment", Purpose: "orders"}, Title: title, Fields: []string{"city"}, NoThen: true,
			Now: cdp.Verdict{Allow: true, Rule: "hold.contract.open", Article: "Art. 6(1)(b)"}}
	case "share":
		c.Part = &cdp.CardPart{Share: &cdp.Share{Recipient: "Mailhaus", Purpose: "newsletter", At: ago(22 * day)}, NoThen: true, Now: cdp.Verdict{Rule: "share.consent.withdrawn", Article: "Art. 7(3)"}}
	}
	return c, f.call(ctx, "Card")
}
