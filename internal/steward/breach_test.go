package steward

import (
	"errors"
	"slices"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
)

// TestBreachScope: persons are counted and not records, those without a profile
// apart; the window is that of the data; who got data is named.
func TestBreachScope(t *testing.T) {
	b := newBench(t).register()
	other := ident(cdp.KindEmail, "zoe@post.test")
	dated := func(r cdp.Record, day time.Time) cdp.Record { r.At = day; return r }
	sent := record("shop.orders", "o2", mail)
	sent.Shares = []cdp.Share{{Recipient: "parcel", Purpose: "orders", At: day(5), Fields: []string{"email"}}}
	b.admit(dated(record("shop.orders", "o1", mail), day(1)), dated(sent, day(2)), dated(record("shop.orders", "o3", other), day(9)),
		dated(record("nobody.knows", "u1", mail), day(1)))
	scope := func(q cdp.BreachQuestion) (cdp.Breach, []cdp.BreachPerson) {
		t.Helper()
		var told []cdp.BreachPerson
		before := b.entries()
		out, err := b.d.BreachScope(t.Context(), q, func(p cdp.BreachPerson) error { told = append(told, p); return nil }, nil)
		if err != nil {
			t.Fatal(err)
		}
		if b.entries() != before+1 {
			t.Error("the export is not logged")
		}
		return out, told
	}
	all, told := scope(cdp.BreachQuestion{Source: "shop.orders", Aware: b.now.Add(-time.Hour)})
	if all.Persons != 2 || all.Records != 3 || all.Unresolved != 0 || !all.Exact() || len(told) != 2 {
		t.Errorf("all of the source: %+v", all)
	}
	if all.Left != 71*time.Hour || len(all.Recipients) != 1 || all.Recipients[0].Recipient != "parcel" || all.Recipients[0].Persons != 1 {
		t.Errorf("%v left, sent to %+v", all.Left, all.Recipients)
	}
	if !slices.ContainsFunc(told, func(p cdp.BreachPerson) bool {
		return p.Records == 2 && len(p.Endpoints) == 1 && p.Endpoints[0].Same(mail) && p.Minor == "unknown"
	}) {
		t.Errorf("%+v", told)
	}
	if early, _ := scope(cdp.BreachQuestion{Source: "shop.orders", To: day(3)}); early.Persons != 1 || early.Records != 2 {
		t.Errorf("until the 3rd: %+v", early)
	}
	if late, _ := scope(cdp.BreachQuestion{Source: "shop.orders", From: day(3)}); late.Persons != 1 || late.Records != 1 {
		t.Errorf("from the 3rd: %+v", late)
	}
	if loose, told := scope(cdp.BreachQuestion{Source: "nobody.knows"}); loose.Persons != 0 || loose.Unresolved != 1 || loose.Exact() || told[0].Profile != 0 || told[0].Record == 0 {
		t.Errorf("without a profile: %+v", loose)
	}
	got, _ := scope(cdp.BreachQuestion{Recipient: "parcel", From: day(5), To: day(5)})
	if got.Persons != 1 || got.Records != 1 || len(got.Categories) != 1 || got.Categories[0].Name != "user.contact.email" {
		t.Errorf("at the recipient: %+v", got)
	}
	for q, want := range map[cdp.BreachQuestion]error{
		{}:                            ErrBreach,
		{Source: "a", Recipient: "b"}: ErrBreach,
		{Source: "shop.orders", From: day(3), To: day(2)}: ErrBreach,
		{Source: "no.such"}:    ErrNotFound,
		{Recipient: "no.such"}: ErrNotFound,
	} {
		if _, err := b.d.BreachScope(t.Context(), q, nil, nil); !errors.Is(err, want) {
			t.Errorf("%+v: %v, want %v", q, err, want)
		}
	}
}

// TestOwnSharesAreSeen: what left through our own gate counts for a breach at
// its recipient, and the lint looks at it.
func TestOwnSharesAreSeen(t *testing.T) {
	b := newBench(t).register().subscribers(3)
	_, run := b.share(letterAsk, "")
	if run.Allowed == 0 {
		t.Fatal("nothing left")
	}
	got, err := b.d.BreachScope(t.Context(), cdp.BreachQuestion{Recipient: letterAsk.Recipient}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Persons != run.Allowed || got.Recipients[0].Shares != run.Allowed || len(got.Categories) == 0 {
		t.Errorf("%d left, the breach concerns %+v", run.Allowed, got)
	}
	r, err := b.d.Ropa(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, row := range r.Rows {
		for _, x := range row.Recipients {
			seen += x.Seen
		}
	}
	if seen != run.Allowed {
		t.Errorf("the register has %d disclosures of %d", seen, run.Allowed)
	}
}
