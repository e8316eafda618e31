package ui

import (
	"context"

	"cdp-tui/internal/cdp"
)

// Where has a system of which all is known, one of which little is, and two
// recipients.
func (f *fakeDesk) Where(ctx context.Context, id cdp.ProfileID, of cdp.Ref) (cdp.Whereabouts, error) {
	w := cdp.Whereabouts{Profile: id, Of: of, At: ago(0), Place: cdp.Jurisdiction{Country: "DE", Authority: "LfDI", Age: 16, AgeLaw: "GDPR Art. 8(1)",
		Controllers: []cdp.Competence{{ID: "lindenhof", Name: "Lindenhof Mode GmbH", Country: "DE"}}},
		Systems: []cdp.WhereSystem{
			{Source: "shop.de", System: "Shopware", Kind: "web", Owner: "e-commerce", Department: "sales", Controller: "Lindenhof Mode GmbH", Country: "DE", Region: "eu-central-1", Direction: "both",
				Listed: []string{"email", "city"}, Held: []string{"city", "crm", "email"}, Records: 2, Seen: ago(30 * day), Last: ago(day), Sync: "P1D", Late: true},
			{Source: "loyalty.cards", System: "Cards " + hostile, Owner: "stores", Held: []string{"loyalty"}, Records: 1, Seen: ago(90 * day), Last: ago(60 * day), Unknown: []string{"kind", "region", "direction", "fields"}}},
		Recipients: []cdp.WhereRecipient{
			{Recipient: "letterwing", Name: "Letterwing Inc.", Kind: "processor", Country: "US", Purposes: []cdp.PurposeID{"newsletter"}, Fields: []string{"email"}, Times: 3, Last: ago(5 * day), Unknown: []string{"region"}},
			{Recipient: "Mailhaus", Purposes: []cdp.PurposeID{"newsletter"}, Times: 1, Last: ago(9 * day), Unknown: []string{"name", "kind", "country", "region"}}}}
	if of.Kind == "identifier" {
		e := ident(cdp.KindEmail, "m.weiss@lindenhof.test")
		w.Ident = &e
	}
	if of.Kind != "" {
		w.Systems[0].Carrying, w.Recipients[0].Carrying = []cdp.RecordID{1188}, 2
	}
	return w, f.call(ctx, "Where")
}

// SeenBy lets one recipient see a little for one purpose and nothing for another.
func (f *fakeDesk) SeenBy(ctx context.Context, recipient string, id cdp.ProfileID, purpose cdp.PurposeID) (cdp.Seen, error) {
	no := cdp.Verdict{Rule: "share.consent.withdrawn", Reason: "May not be sent on for “Newsletter”: the person withdrew the consent on 2026-04-22.", Article: "Art. 7(3)"}
	out := cdp.Seen{Profile: id, Recipient: recipient, Name: "Letterwing Inc.", At: ago(0), Views: []cdp.SeenView{
		{Purpose: "newsletter", Title: cdp.Words{EN: "Newsletter"}, Disclosure: fakeDisclosure()},
		{Purpose: "profiling", Title: cdp.Words{EN: "Common profile"}, Disclosure: cdp.Disclosure{Profile: id, Verdict: no, Fields: []cdp.FieldVerdict{{Field: "city", Verdict: no}}}}}}
	if purpose != "" {
		out.Views = out.Views[:1]
	}
	if recipient == "nobody" {
		out.Views, out.Name = nil, ""
	}
	return out, f.call(ctx, "SeenBy")
}
