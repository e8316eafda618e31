package steward

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
)

func activities(uses []cdp.CardUse) (out []string) {
	for _, u := range uses {
		out = append(out, string(u.Activity))
	}
	slices.Sort(out)
	return out
}

// TestCardOfPart: a card of an event, of a use or of a disclosure answers for
// that very thing, not for all that its profile holds.
func TestCardOfPart(t *testing.T) {
	b := newBench(t).register()
	order := said(record("shop.orders", "o1", mail, ident(cdp.KindCRM, "K-1")), "newsletter", cdp.ConsentGiven, day(1))
	order.Consents[0].Method = "double_opt_in"
	order.Attributes = []cdp.Attribute{{Name: "city", Value: "Weiden", Origin: cdp.Provided, Category: "user.contact.address.city"}, {Name: "income", Value: "3", Origin: cdp.Inferred, Category: "user.financial"}}
	order.Touchpoints = []cdp.Touchpoint{{Kind: "order", Channel: "web", At: day(2), Detail: "basket of three", Purpose: "orders"}, {Kind: "chat", At: day(3), Text: "where is it", Purpose: "fraud"}}
	order.Shares = []cdp.Share{{Recipient: "parcel", Purpose: "orders", At: day(3), Fields: []string{"city"}}, {Recipient: "mailer", Purpose: "newsletter", At: day(4), Fields: []string{"email"}},
		{Recipient: "adserver", Purpose: "newsletter", At: day(5)}}
	b.admit(order, record("shop.orders", "o2", mail))
	id := b.profile("shop.orders", "o1")
	tps, err := b.d.Touchpoints(t.Context(), id, "", 10)
	if err != nil || len(tps.Items) != 2 {
		t.Fatal(tps, err)
	}
	rec := tps.Items[0].Record.String()
	card := func(kind, name string) cdp.Card {
		t.Helper()
		c, err := b.d.Card(t.Context(), id, cdp.Ref{Kind: kind, ID: name})
		if err != nil {
			t.Fatalf("%s %s: %v", kind, name, err)
		}
		if c.Records != 1 || c.Part == nil || c.Of.ID != name || len(c.Sources) != 1 || c.Sources[0].Record.String() != rec || len(c.Rights) == 0 || len(c.Retention) == 0 {
			t.Errorf("%s %s: %d records, part %v, of %v, %d sources, %d rights, %d retentions", kind, name, c.Records, c.Part, c.Of, len(c.Sources), len(c.Rights), len(c.Retention))
		}
		return c
	}
	recipients := func(c cdp.Card) (out string) {
		for _, r := range c.Recipients {
			out += " " + r.Recipient
		}
		return out
	}
	unknown := func(c cdp.Card, code string) bool {
		return slices.ContainsFunc(c.Unknown, func(u cdp.CardUnknown) bool { return u.Code == code })
	}

	c := card("touchpoint", tps.Items[1].PartID())
	if p := c.Part.Touchpoint; p == nil || p.Kind != "order" || c.Sources[0].Value != "basket of three" || !slices.Equal(c.Sources[0].Categories, []string{"user.behavior"}) {
		t.Errorf("the event is %+v, of %v", p, c.Sources[0].Categories)
	}
	if got := activities(c.Uses); !slices.Equal(got, []string{"order.fulfilment"}) || !c.Part.Then.Allow || c.Part.NoThen {
		t.Errorf("held for %v, then %+v", got, c.Part.Then)
	}
	if got := recipients(c); got != " adserver" { // the others were sent named fields
		t.Errorf("the event went to%s", got)
	}
	if c = card("touchpoint", tps.Items[0].PartID()); !unknown(c, "use.uncovered") || !unknown(c, "source.origin") || len(c.Uses) < 2 {
		t.Errorf("an event whose purpose no activity of its record serves: %v, %v", activities(c.Uses), c.Unknown)
	}

	c = card("use", rec+"/newsletter.send")
	if got := activities(c.Uses); !slices.Equal(got, []string{"newsletter.send"}) || !slices.Contains(c.Part.Fields, "city") || !slices.Contains(c.Part.Fields, "email") || c.Part.Title.EN != "Newsletter" {
		t.Errorf("%v, %+v", got, c.Part)
	}
	if got := recipients(c); strings.Contains(got, "parcel") || !strings.Contains(got, "mailer") {
		t.Errorf("the use went to%s", got)
	}

	c = card("share", rec+"/1")
	if got := activities(c.Uses); recipients(c) != " parcel" || !slices.Equal(got, []string{"order.fulfilment"}) || !slices.Equal(c.Sources[0].Categories, []string{"user.contact.address.city"}) || !slices.Equal(c.Sources[0].Origins, []cdp.Origin{cdp.Provided}) {
		t.Errorf("to%s for %v: %v %v", recipients(c), got, c.Sources[0].Categories, c.Sources[0].Origins)
	}
	if c = card("share", rec+"/3"); len(c.Sources[0].Categories) < 2 || !unknown(c, "recipient.fields") {
		t.Errorf("a disclosure that names no fields may be all: %v", c.Sources[0].Categories)
	}

	for _, of := range []cdp.Ref{{Kind: "touchpoint", ID: rec + "/3"}, {Kind: "touchpoint", ID: rec + "/0"}, {Kind: "use", ID: rec + "/post.send"}, {Kind: "share", ID: rec + "/4"}, {Kind: "share", ID: "S-000001-0000001"}} {
		if _, err := b.d.Card(t.Context(), id, of); !errors.Is(err, ErrNotFound) {
			t.Errorf("%v: %v", of, err)
		}
	}
	for _, of := range []cdp.Ref{{Kind: "touchpoint", ID: rec}, {Kind: "use", ID: "x/y"}} {
		if _, err := b.d.Card(t.Context(), id, of); err == nil {
			t.Errorf("%v is read", of)
		}
	}
	b.admit(record("shop.orders", "o9", ident(cdp.KindEmail, "b@post-lindenhof.de")))
	if _, err := b.d.Card(t.Context(), b.profile("shop.orders", "o9"), cdp.Ref{Kind: "touchpoint", ID: rec + "/1"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("an event of another person: %v", err)
	}
	before := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{At: day(2)}})
	if _, err := before.Card(t.Context(), id, cdp.Ref{Kind: "touchpoint", ID: rec + "/2"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("an event that had not happened: %v", err)
	}
}

// TestCardOfOwnShare: a line of a run has a card of all records of which it was
// made, with nothing but what was sent.
func TestCardOfOwnShare(t *testing.T) {
	b := newBench(t).register().subscribers(1)
	b.share(letterAsk, "")
	id := b.profile("shop.orders", "m0")
	shares, err := b.d.Shares(t.Context(), id)
	if err != nil || len(shares) != 1 || !strings.HasPrefix(shares[0].ID, "S-") {
		t.Fatalf("%+v, %v", shares, err)
	}
	c, err := b.d.Card(t.Context(), id, cdp.Ref{Kind: "share", ID: shares[0].ID})
	if err != nil || len(c.Recipients) != 1 || !c.Recipients[0].Made || c.Records != len(shares[0].Records) || !c.Part.Then.Allow || !slices.Contains(activities(c.Uses), "newsletter.send") {
		t.Errorf("%+v, %v", c, err)
	}
}
