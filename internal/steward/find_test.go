package steward

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
)

// people are Anna, with two orders, and Berta, with two of the market place; key 7 names a
// row of each source.
func people(t *testing.T) (b *bench, anna, berta cdp.ProfileID) {
	t.Helper()
	b = newBench(t).register()
	b.admit(record("shop.orders", "7", mail, ident(cdp.KindCRM, "shop:77120034")),
		record("shop.orders", "2026/8", mail),
		record("markt.orders", "b/7", ident(cdp.KindPhone, "+4930111"), ident(cdp.KindCookie, "web:c-9")),
		record("markt.orders", "7", ident(cdp.KindPhone, "+4930111")))
	return b, b.profile("shop.orders", "7"), b.profile("markt.orders", "7")
}

// TestFindTakes: whatever a query takes for one thing leads there.
func TestFindTakes(t *testing.T) {
	b, anna, berta := people(t)
	if anna == 0 || berta == 0 || anna == berta {
		t.Fatalf("the two are %v and %v", anna, berta)
	}
	for _, c := range []struct {
		typed string
		want  []cdp.ProfileID
	}{
		{anna.String(), []cdp.ProfileID{anna}},
		{" " + strings.ToLower(anna.String()) + " ", []cdp.ProfileID{anna}},
		{"profile:" + anna.String(), []cdp.ProfileID{anna}},
		{"R-0000001", []cdp.ProfileID{anna}},
		{"Record:r-1", []cdp.ProfileID{anna}},
		{mail.Reveal(), []cdp.ProfileID{anna}},
		{"email:" + mail.Reveal(), []cdp.ProfileID{anna}},
		{"Email:a@post*", []cdp.ProfileID{anna}},
		{`phone:"+4930111"`, []cdp.ProfileID{berta}},
		{"id:+4930111", []cdp.ProfileID{berta}},
		{"crm:77120034", []cdp.ProfileID{anna}},
		{"crm:shop:77120034", []cdp.ProfileID{anna}},
		{"77120034", []cdp.ProfileID{anna}},
		{"cookie:c-9", []cdp.ProfileID{berta}},
		{"shop.orders/7", []cdp.ProfileID{anna}},
		{"shop.orders/2026/8", []cdp.ProfileID{anna}},
		{"markt.orders/b/7", []cdp.ProfileID{berta}},
		{"record:b/7", []cdp.ProfileID{berta}},
		{"record:markt.orders/7", []cdp.ProfileID{berta}},
		{"2026/8", []cdp.ProfileID{anna}},
		{"7", []cdp.ProfileID{berta, anna}}, // a key before a number of ours; of both sources
		{"1", []cdp.ProfileID{1}},
		// not these
		{"phone:" + mail.Reveal(), nil},
		{"email:a*", nil}, // too many might begin so
		{"markt.orders/2026/8", nil},
		{"P-0099999", nil},
		{"nobody@post-lindenhof.de", nil},
		{"99999999", nil},
		{"record:", nil},
		{"/", nil},
		{":", nil},
		{"", nil},
		{"shop.orders/" + strings.Repeat("x", 5000), nil},
	} {
		found, err := b.d.Find(t.Context(), c.typed)
		if err != nil {
			t.Errorf("%.30q: %v", c.typed, err)
			continue
		}
		var got []cdp.ProfileID
		for _, f := range found {
			got = append(got, f.Profile)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%.30q leads to %v, want %v", c.typed, got, c.want)
		}
	}
}

// TestResolve: where one profile is meant, several candidates are named and
// none is taken; what was looked up is in the log.
func TestResolve(t *testing.T) {
	b, anna, berta := people(t)
	if f, err := b.d.Resolve(t.Context(), "crm:77120034"); err != nil || f.Profile != anna {
		t.Errorf("by an identifier: %v, %v", f.Profile, err)
	}
	before := b.entries()
	_, err := b.d.Resolve(t.Context(), "record:7")
	var many *AmbiguousError
	if !errors.As(err, &many) || len(many.Found) != 2 || !strings.Contains(err.Error(), "R-0000001") {
		t.Errorf("by a key of two sources: %v", err)
	}
	if b.entries() != before+1 {
		t.Error("the candidates are not logged")
	}
	if _, err := b.d.Resolve(t.Context(), "nobody@post-lindenhof.de"); !errors.Is(err, ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
	if f, err := b.d.Resolve(t.Context(), "profile:"+berta.String()); err != nil || f.Profile != berta {
		t.Errorf("by id: %v, %v", f.Profile, err)
	}
}

// TestWhyIsAsked: each end may be typed as Find takes it; of several that
// carry a value none is taken, and that they were named is logged.
func TestWhyIsAsked(t *testing.T) {
	b, anna, _ := people(t)
	path, err := b.d.Why(t.Context(), "shop.orders/7", "record:2026/8")
	if err != nil || !path.Found || len(path.Hops) != 1 {
		t.Errorf("between two keys: %d hops, %v", len(path.Hops), err)
	}
	before := b.entries()
	_, err = b.d.Why(t.Context(), anna.String(), "record:7")
	var many *AmbiguousError
	if !errors.As(err, &many) || !strings.HasPrefix(err.Error(), "the second: ") {
		t.Errorf("an end of two sources: %v", err)
	}
	if b.entries() != before+1 {
		t.Error("the candidates are not logged")
	}
	if _, err := b.d.Why(t.Context(), "nobody@post-lindenhof.de", "R-1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
}

// TestWhyNotIsToldOnce: an address and its hashes do not link for one reason,
// which is told once.
func TestWhyNotIsToldOnce(t *testing.T) {
	b := newBench(t).register()
	same := []cdp.Identifier{mail, ident(cdp.KindEmailSHA256, "0a1b"), ident(cdp.KindEmailMD5, "0c")}
	b.admit(record("shop.orders", "o1", same...))
	b.admit(record("store.pos", "c1", same...)) // link needs a consent; there is none
	path, err := b.d.Why(t.Context(), "shop.orders/o1", "store.pos/c1")
	if err != nil || path.Found || len(path.Not) != 1 {
		t.Fatalf("found %v, %q, %v", path.Found, path.Not, err)
	}
	for _, id := range same {
		if !strings.Contains(path.Not[0], id.String()) {
			t.Errorf("%v is not in %q", id, path.Not[0])
		}
	}
}

// TestBlockedIsFound finds a record by a value that must not link, and by no
// word that stands for nothing.
func TestBlockedIsFound(t *testing.T) {
	b := newBench(t).register()
	r := record("shop.orders", "o1", ident(cdp.KindPhone, "+447700900180"), ident(cdp.KindCRM, "x:n/a"))
	r.Claims[0].Blocked, r.Claims[1].Blocked = "phone.unassigned", "placeholder.word"
	b.admit(r)
	if p := b.profile("shop.orders", "o1"); p == 0 {
		t.Fatal("not held")
	}
	found, err := b.d.Find(t.Context(), "+447700900180")
	if err != nil || len(found) != 1 {
		t.Fatalf("by a number that must not link: %+v, %v", found, err)
	}
	if found, err := b.d.Find(t.Context(), "x:n/a"); err != nil || len(found) != 0 {
		t.Fatalf("by a word for nothing: %+v, %v", found, err)
	}
	b.check()
}

// TestFindIsBounded looks up a value that is carried by more profiles than one
// log entry can name.
func TestFindIsBounded(t *testing.T) {
	b := newBench(t).register()
	for part := range 90 {
		var recs []cdp.Record
		for i := range 100 {
			r := record("shop.orders", fmt.Sprint(part, "/", i), mail)
			r.Claims[0].Generic = "role"
			recs = append(recs, r)
		}
		if _, err := b.tryAdmit(b.d, recs...); err != nil {
			t.Fatal(err)
		}
	}
	found, err := b.d.Find(t.Context(), mail.Reveal())
	if err != nil || len(found) != findLimit || found[findLimit-1].Note == "" {
		t.Fatalf("%d found, %v", len(found), err)
	}
}

// TestWhyByRareIdentifier asks by an identifier that only a late record of a
// large profile carries.
func TestWhyByRareIdentifier(t *testing.T) {
	b := newBench(t).register()
	for i := range endLimit + 10 {
		r := record("shop.orders", fmt.Sprint("o", i), mail)
		if i == endLimit+5 {
			r.Claims = append(r.Claims, cdp.Claim{Identifier: ident(cdp.KindPhone, "+4930111"), Strength: cdp.LinkStrong})
		}
		b.admit(r)
	}
	path, err := b.d.Why(t.Context(), "+4930111", "R-1")
	if err != nil || !path.Found || len(path.Hops) != 1 {
		t.Fatalf("%+v, %v", path, err)
	}
}
