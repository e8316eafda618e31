package steward

import (
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
)

// TestConsentMovesTheEdge is a loyalty card and an order of one person: linked
// while the consent holds, apart when it is withdrawn, and the same ids again
// when it is given again.
func TestConsentMovesTheEdge(t *testing.T) {
	b := newBench(t).register()
	b.admit(record("shop.orders", "o1", mail))
	b.admit(record("store.pos", "c1", mail)) // link needs a consent; there is none
	shop, card := b.profile("shop.orders", "o1"), b.profile("store.pos", "c1")
	if shop == 0 || card == 0 || shop == card {
		t.Fatalf("without consent: shop %v, card %v", shop, card)
	}
	if got := b.admit(said(record("store.pos", "c2", mail), "profile", cdp.ConsentGiven, day(2))); got.Merged == 0 {
		t.Fatalf("the consent linked nothing: %+v", got)
	}
	if p := b.profile("store.pos", "c1"); p != shop || b.profile("store.pos", "c2") != shop {
		t.Fatalf("with consent: card in %v, shop in %v", p, shop)
	}
	b.check()
	got := b.admit(said(record("store.pos", "c3", mail), "profile", cdp.ConsentWithdrawn, day(3)))
	if got.Split == 0 {
		t.Fatalf("the withdrawal split nothing: %+v", got)
	}
	if p := b.profile("store.pos", "c1"); p != card || b.profile("shop.orders", "o1") != shop {
		t.Fatalf("after the withdrawal: card in %v (was %v), shop in %v (was %v)", p, card, b.profile("shop.orders", "o1"), shop)
	}
	b.check()
	b.admit(said(record("store.pos", "c4", mail), "profile", cdp.ConsentGiven, day(4)))
	if b.profile("store.pos", "c1") != shop {
		t.Fatal("given again: not the same profile as before")
	}
	b.check()
}

// TestLateConsent learns an older consent after a newer withdrawal: the
// withdrawal holds.
func TestLateConsent(t *testing.T) {
	b := newBench(t).register()
	b.admit(record("shop.orders", "o1", mail), said(record("store.pos", "c1", mail), "profile", cdp.ConsentWithdrawn, day(9)))
	b.admit(said(record("store.pos", "c2", mail), "profile", cdp.ConsentGiven, day(2)))
	if b.profile("store.pos", "c1") == b.profile("shop.orders", "o1") {
		t.Fatal("an older consent undid a newer withdrawal")
	}
}

// TestEmptyStatement is a consent object that is there and empty: it agrees to
// nothing, whatever was agreed to before.
func TestEmptyStatement(t *testing.T) {
	b := newBench(t).register()
	b.admit(record("shop.orders", "o1", mail), said(record("store.pos", "c1", mail), "profile", cdp.ConsentGiven, day(2)))
	if b.profile("store.pos", "c1") != b.profile("shop.orders", "o1") {
		t.Fatal("not linked by the consent")
	}
	b.admit(said(record("store.pos", "c2", mail), "*", cdp.ConsentEmpty, day(3)))
	if b.profile("store.pos", "c1") == b.profile("shop.orders", "o1") {
		t.Fatal("an empty statement left the consent standing")
	}
	b.check()
}

// TestQuarantineAndRelease holds a record of a source the register does not
// know, and releases it when a register that does is activated.
func TestQuarantineAndRelease(t *testing.T) {
	b := newBench(t)
	got := b.admit(record("shop.orders", "o1", mail))
	if got.Quarantined != 1 || b.profile("shop.orders", "o1") != 0 {
		t.Fatalf("without a register: %+v", got)
	}
	list, err := b.d.Quarantined(t.Context(), 0, 10)
	if err != nil || len(list) != 1 || list[0].Todo == "" {
		t.Fatalf("quarantine: %+v, %v", list, err)
	}
	b.register()
	if b.profile("shop.orders", "o1") == 0 {
		t.Fatal("the register did not release the record")
	}
	if list, err := b.d.Quarantined(t.Context(), 0, 10); err != nil || len(list) != 0 {
		t.Fatalf("still in quarantine: %+v, %v", list, err)
	}
	b.check()
}

// TestTick releases a record whose basis begins later, when the time comes.
func TestTick(t *testing.T) {
	b := newBench(t).register()
	if got := b.admit(record("club", "m1", mail)); got.Quarantined != 1 {
		t.Fatalf("before the club's terms are valid: %+v", got)
	}
	if n, err := b.d.Tick(t.Context()); n != 0 || err != nil {
		t.Fatalf("a tick before its time judged %d: %v", n, err)
	}
	b.now = time.Date(2026, 6, 2, 0, 0, 0, 0, time.UTC)
	if n, err := b.d.Tick(t.Context()); n != 1 || err != nil {
		t.Fatalf("the tick judged %d: %v", n, err)
	}
	if b.profile("club", "m1") == 0 {
		t.Fatal("not released when the basis began")
	}
	b.check()
}

// TestControllers never links across them.
func TestControllers(t *testing.T) {
	b := newBench(t).register()
	b.admit(record("shop.orders", "o1", mail), record("markt.orders", "o1", mail))
	if b.profile("shop.orders", "o1") == b.profile("markt.orders", "o1") {
		t.Fatal("two controllers share a profile")
	}
	path, err := b.d.Why(t.Context(), b.profile("shop.orders", "o1").String(), b.profile("markt.orders", "o1").String())
	if err != nil || path.Found || len(path.Not) != 1 || !strings.Contains(path.Not[0], "controllers") {
		t.Fatalf("why not: %+v, %v", path, err)
	}
}

// TestOtherControllersConsents keeps what a person told one controller from
// the profile of another one, although the endpoint is the same.
func TestOtherControllersConsents(t *testing.T) {
	b := newBench(t).register()
	b.admit(said(record("store.pos", "c1", mail), "profile", cdp.ConsentGiven, day(2)), record("markt.orders", "o1", mail))
	own, err := b.d.Profile(t.Context(), b.profile("store.pos", "c1"))
	if err != nil || len(own.Consents) != 1 {
		t.Fatalf("its own: %d consents, %v", len(own.Consents), err)
	}
	other, err := b.d.Profile(t.Context(), b.profile("markt.orders", "o1"))
	if err != nil || len(other.Consents) != 0 {
		t.Fatalf("the other controller sees %d consents, %v", len(other.Consents), err)
	}
}
