package steward

import (
	"errors"
	"testing"

	"cdp-tui/internal/cdp"
)

// TestWhereOfValue: a value is told with all systems and recipients of its
// person; those that hold it are marked and first. Of another day nothing is
// told that came later.
func TestWhereOfValue(t *testing.T) {
	b := newBench(t).register()
	crm := ident(cdp.KindCRM, "K-1")
	order := record("shop.orders", "o1", mail, crm)
	order.Attributes = []cdp.Attribute{{Name: "city", Value: "Weiden", Origin: cdp.Provided}}
	order.Shares = []cdp.Share{{Recipient: "parcel", Purpose: "orders", At: day(3), Fields: []string{"city"}}, {Recipient: "mailer", Purpose: "newsletter", At: day(4), Fields: []string{"email"}}}
	repair := record("repairs", "r1", mail)
	repair.Grounds = []cdp.Ground{{Activity: "warranty", Ref: "W-1", From: day(1)}}
	b.admit(order, repair)
	id := b.profile("shop.orders", "o1")
	if b.profile("repairs", "r1") != id {
		t.Fatal("the two records are not of one person")
	}
	for _, c := range []struct {
		of       cdp.Ref
		systems  string // that hold it
		received string // recipients that got it
	}{
		{cdp.Ref{Kind: "identifier", ID: crm.String()}, " shop.orders", ""},
		{cdp.Ref{Kind: "identifier", ID: mail.String()}, " repairs shop.orders", " mailer"},
		{cdp.Ref{Kind: "attribute", ID: "city"}, " shop.orders", " parcel"},
	} {
		w, err := b.d.Where(t.Context(), id, c.of)
		if err != nil || len(w.Systems) != 2 || len(w.Recipients) != 2 {
			t.Fatalf("%v: %+v, %v", c.of, w, err)
		}
		systems, received, other := "", "", false
		for _, s := range w.Systems {
			if len(s.Carrying) == 0 {
				other = true
				continue
			}
			if systems += " " + string(s.Source); other {
				t.Errorf("%v: %s holds it and is not first", c.of, s.Source)
			}
		}
		for _, r := range w.Recipients {
			if r.Carrying > 0 {
				received += " " + r.Recipient
			}
		}
		if systems != c.systems || received != c.received {
			t.Errorf("%v: held by%s, sent to%s", c.of, systems, received)
		}
		if (w.Ident != nil) != (c.of.Kind == "identifier") {
			t.Errorf("%v: the identifier is %v", c.of, w.Ident)
		}
	}
	if _, err := b.d.Where(t.Context(), id, cdp.Ref{Kind: "attribute", ID: "shoe_size"}); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	then, err := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{At: day(3)}}).Where(t.Context(), id, cdp.Ref{})
	if err != nil || len(then.Recipients) != 1 || then.Recipients[0].Recipient != "parcel" {
		t.Errorf("as of the day before: %+v, %v", then.Recipients, err)
	}
	for _, s := range then.Systems {
		if s.Last.After(day(3)) || s.Late {
			t.Errorf("%s is told to have delivered on %v, late %v", s.Source, s.Last, s.Late)
		}
	}
}
