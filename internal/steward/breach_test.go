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
	if late, _ := scope(cdp.BreachQuestion{Source: "shop.orders", From: day(3)}); late.Persons != 2 || late.Records != 3 {
		t.Errorf("from the 3rd, with what was there already: %+v", late)
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

// TestBreachOfVersions: what a source held in the window counts, also when it
// was replaced or deleted since; what was replaced or deleted before it began
// does not. A row counts once, and what was sent of an old version was sent.
func TestBreachOfVersions(t *testing.T) {
	b := newBench(t).register()
	row := func(change func(*cdp.Record)) {
		t.Helper()
		r := record("shop.orders", "o1", mail)
		r.At = time.Time{}
		change(&r)
		b.admit(r)
		b.now = b.now.Add(24 * time.Hour)
	}
	first := b.now
	card := cdp.Attribute{Name: "iban", Value: "DE00", Category: "user.financial"}
	row(func(r *cdp.Record) {
		r.Attributes = []cdp.Attribute{card}
		r.Shares = []cdp.Share{{Recipient: "parcel", Purpose: "orders", At: day(5), Fields: []string{"email"}}, {Recipient: "parcel", Purpose: "orders", At: day(6), Fields: []string{"iban"}}}
	})
	row(func(r *cdp.Record) { // states the second disclosure again
		r.Shares = []cdp.Share{{Recipient: "parcel", Purpose: "orders", At: day(6), Fields: []string{"iban"}}}
	})
	scope := func(q cdp.BreachQuestion) cdp.Breach {
		t.Helper()
		out, err := b.d.BreachScope(t.Context(), q, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	has := func(b cdp.Breach, category string) bool {
		return slices.ContainsFunc(b.Categories, func(c cdp.BreachCount) bool { return c.Name == category })
	}
	shop := func(from time.Time) cdp.Breach { return scope(cdp.BreachQuestion{Source: "shop.orders", From: from}) }
	if got := shop(first.Add(12 * time.Hour)); got.Persons != 1 || got.Records != 1 || !has(got, "user.financial") || got.Recipients[0].Shares != 2 {
		t.Errorf("the first version was there: %+v", got)
	}
	if got := shop(first.Add(25 * time.Hour)); got.Persons != 1 || got.Records != 1 || has(got, "user.financial") {
		t.Errorf("it was replaced before: %+v", got)
	}
	parcel := func(from, to time.Time) cdp.Breach {
		return scope(cdp.BreachQuestion{Recipient: "parcel", From: from, To: to})
	}
	if got := parcel(day(5), day(5)); got.Persons != 1 || got.Recipients[0].Shares != 1 {
		t.Errorf("what only the first version states was sent: %+v", got)
	}
	if got := parcel(day(1), day(9)); got.Persons != 1 || got.Recipients[0].Shares != 2 {
		t.Errorf("stated twice, sent once: %+v", got)
	}
	row(func(r *cdp.Record) { r.Deleted, r.Claims = true, nil })
	if got := shop(first.Add(47 * time.Hour)); got.Persons != 0 || got.Unresolved != 1 || got.Records != 1 || got.Exact() {
		t.Errorf("deleted after the window began: %+v", got)
	}
	if got := shop(first.Add(49 * time.Hour)); got.Unresolved != 0 || got.Records != 0 {
		t.Errorf("deleted before: %+v", got)
	}
	if got := parcel(day(1), day(9)); got.Unresolved != 1 || got.Recipients[0].Shares != 2 {
		t.Errorf("sent, and deleted later: %+v", got)
	}
	b.check()
}

// TestBreachCountry: where a person lives is what the records say, and unknown
// when they say nothing or differ; never where the source is.
func TestBreachCountry(t *testing.T) {
	b := newBench(t).register()
	lives := func(key, mail string, countries ...cdp.Value) (out []cdp.Record) {
		for i, c := range countries {
			r := record("shop.orders", key+string(rune('a'+i)), ident(cdp.KindEmail, mail))
			if c != "" {
				r.Attributes = []cdp.Attribute{{Name: "country", Value: c, Category: "user.contact.address.country"}}
			}
			out = append(out, r)
		}
		return out
	}
	src := sourceOf("shop.orders")
	src.Country = "FR"
	id, _, err := b.d.Begin(t.Context(), cdp.Delivery{Source: src, File: "file", FileHash: "f", Mapping: "m"})
	if err != nil {
		t.Fatal(err)
	}
	all := slices.Concat(lives("o1", "ro@post.test", "RO", ""), lives("o2", "none@post.test", ""), lives("o3", "two@post.test", "DE", "TR"))
	if _, err := b.d.Admit(t.Context(), cdp.Batch{ID: id, Records: all, Rows: len(all), Last: true}); err != nil {
		t.Fatal(err)
	}
	got, err := b.d.BreachScope(t.Context(), cdp.BreachQuestion{Source: "shop.orders"}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := []cdp.BreachCount{{Name: "", Persons: 2}, {Name: "RO", Persons: 1}}; !slices.Equal(got.Countries, want) {
		t.Errorf("%+v", got.Countries)
	}
}
