package steward

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/kvtest"
	"cdp-tui/internal/kv/memkv"
	"cdp-tui/internal/layout"
)

// A bench is a steward with a clock that the test moves.
type bench struct {
	t     *testing.T
	store kv.Store
	s     *Steward
	d     *Desk
	now   time.Time
	files int
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, store: memkv.New(), now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	if _, err := graph.Create(t.Context(), b.store, layout.Meta{Created: b.now}); err != nil {
		t.Fatal(err)
	}
	b.open(b.store)
	return b
}

// open puts a steward on a store: the bench's own, or one that fails.
func (b *bench) open(s kv.Store) *Desk {
	b.t.Helper()
	g, err := graph.Open(b.t.Context(), s)
	if err != nil {
		b.t.Fatal(err)
	}
	b.s = New(g, Options{Now: func() time.Time { return b.now }, Canon: func(k cdp.Kind, raw string) (cdp.Identifier, bool) {
		return ident(k, raw), true
	}})
	b.d = b.s.As(Actor{Name: "officer"})
	return b.d
}

func (b *bench) register() *bench {
	b.t.Helper()
	text, err := os.ReadFile("testdata/register.yaml")
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.d.Activate(b.t.Context(), "register.yaml", text, nil); err != nil {
		b.t.Fatal(err)
	}
	return b
}

func ident(k cdp.Kind, v string) cdp.Identifier {
	tag := [4]byte{byte(len(k)), byte(len(v))}
	copy(tag[2:], v)
	return cdp.NewIdentifier(k, v, tag)
}

func record(source, key string, claims ...cdp.Identifier) cdp.Record {
	r := cdp.Record{Source: cdp.SourceID(source), Key: key, At: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)}
	for _, c := range claims {
		r.Claims = append(r.Claims, cdp.Claim{Identifier: c, Strength: cdp.LinkStrong})
	}
	return r
}

func said(r cdp.Record, purpose string, state cdp.ConsentState, at time.Time) cdp.Record {
	r.Consents = append(r.Consents, cdp.Consent{Endpoint: r.Claims[0].Identifier, Purpose: cdp.PurposeID(purpose), State: state, At: at, Method: "form"})
	return r
}

// admit delivers records as one file each source.
func (b *bench) admit(recs ...cdp.Record) cdp.Receipt {
	b.t.Helper()
	var sum cdp.Receipt
	for _, r := range recs {
		out, err := b.tryAdmit(b.d, r)
		if err != nil {
			b.t.Fatal(err)
		}
		if !out.Balanced() {
			b.t.Fatalf("not balanced: %+v", out)
		}
		sum.Add(out)
	}
	return sum
}

func (b *bench) tryAdmit(d *Desk, recs ...cdp.Record) (cdp.Receipt, error) {
	b.files++
	id, _, err := d.Begin(b.t.Context(), cdp.Delivery{Source: sourceOf(recs[0].Source), File: "file", FileHash: fmt.Sprint("hash", b.files), Mapping: "m"})
	if err != nil {
		return cdp.Receipt{}, err
	}
	return d.Admit(b.t.Context(), cdp.Batch{ID: id, Records: recs, Rows: len(recs), Last: true})
}

// profile returns the profile of a source row, 0 when it is in none.
func (b *bench) profile(source, key string) cdp.ProfileID {
	b.t.Helper()
	var p cdp.ProfileID
	err := b.s.g.View(b.t.Context(), func(tx *graph.Tx) error {
		id, _, err := tx.Row(cdp.SourceID(source), key)
		if err != nil {
			return err
		}
		p, err = tx.ProfileOf(id)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

func (b *bench) check() {
	b.t.Helper()
	report, err := b.d.Check(b.t.Context(), nil)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, p := range report.Problems {
		b.t.Errorf("check: %s %v: %s", p.Code, p.Ref, p.Text)
	}
}

func day(n int) time.Time { return time.Date(2026, 2, n, 12, 0, 0, 0, time.UTC) }

var mail = ident(cdp.KindEmail, "a@post-lindenhof.de")

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

// TestAllOrNothing fails an act at each of its writes: nothing of it is there,
// and trying again succeeds.
func TestAllOrNothing(t *testing.T) {
	script := func(b *bench, d *Desk) error {
		_, err := b.tryAdmit(d, said(record("store.pos", "c2", mail, ident(cdp.KindPhone, "+4930231251")), "profile", cdp.ConsentGiven, day(2)),
			record("repairs", "r1", mail))
		return err
	}
	for n := 1; ; n++ {
		b := newBench(t).register()
		b.admit(record("shop.orders", "o1", mail), record("store.pos", "c1", mail))
		before := dump(t, b.store)
		failing := b.open(kvtest.FailAt(b.store, n))
		err := script(b, failing)
		if err == nil {
			if n < 20 {
				t.Fatalf("only %d writes were tried", n)
			}
			return
		}
		if !errors.Is(err, kvtest.ErrFault) {
			t.Fatalf("write %d: %v", n, err)
		}
		after := dump(t, b.store)
		// Begin is an act of its own: when Admit failed, the batch is announced.
		for k := range after {
			if _, ok := before[k]; !ok && !strings.ContainsAny(k[:1], "#BFSlo") {
				t.Fatalf("write %d failed and left a row %q", n, k[:1])
			}
		}
		b.open(b.store)
		b.check()
		b.files-- // the same delivery again
		if err := script(b, b.d); err != nil {
			t.Fatalf("write %d, again: %v", n, err)
		}
		if b.profile("store.pos", "c1") != b.profile("shop.orders", "o1") {
			t.Fatalf("write %d, again: not linked", n)
		}
		b.check()
	}
}

func dump(t *testing.T, s kv.Store) map[string]string {
	t.Helper()
	out := make(map[string]string)
	err := s.View(t.Context(), func(r kv.Reader) error {
		for e, err := range r.Scan(kv.Range{}) {
			if err != nil {
				return err
			}
			out[string(e.Key)] = string(e.Value)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestOrderOfArrival delivers the same records, consents among them, in 20
// orders, one by one: the profiles are the same.
func TestOrderOfArrival(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 5))
	sources := []string{"shop.orders", "store.pos", "store.invoices", "loyalty", "repairs", "markt.orders"}
	var recs []cdp.Record
	for i := range 60 {
		r := record(sources[rnd.IntN(len(sources))], fmt.Sprint("k", rnd.IntN(45)), ident(cdp.KindEmail, fmt.Sprint("m", rnd.IntN(14))))
		r.At = day(1 + i%27).Add(time.Duration(i) * time.Second)
		if rnd.IntN(2) == 0 {
			r.Claims = append(r.Claims, cdp.Claim{Identifier: ident(cdp.KindPhone, fmt.Sprint("p", rnd.IntN(20))), Strength: cdp.LinkStrong})
		}
		if rnd.IntN(2) == 0 {
			r = said(r, "profile", []cdp.ConsentState{cdp.ConsentGiven, cdp.ConsentGiven, cdp.ConsentWithdrawn, cdp.ConsentRefused}[rnd.IntN(4)], day(1+rnd.IntN(20)))
		}
		recs = append(recs, r)
	}
	var first string
	for order := range 20 {
		b := newBench(t).register()
		for _, i := range rnd.Perm(len(recs)) {
			r := recs[i]
			r.Claims, r.Consents = slices.Clone(r.Claims), slices.Clone(r.Consents)
			b.admit(r)
		}
		b.check()
		got := b.partition()
		if order == 0 {
			first = got
		} else if got != first {
			t.Fatalf("order %d gives other profiles:\n%s\nfirst:\n%s", order, got, first)
		}
	}
	if !strings.Contains(first, " ") {
		t.Fatal("nothing was linked: the test shows nothing")
	}
}

// partition prints which source rows are in one profile.
func (b *bench) partition() string {
	b.t.Helper()
	var lines []string
	err := b.s.g.View(b.t.Context(), func(tx *graph.Tx) error {
		for p, err := range tx.ByComponent() {
			if err != nil {
				return err
			}
			var keys []string
			for _, r := range p.Records {
				keys = append(keys, string(r.Source)+"/"+r.Key)
			}
			slices.Sort(keys)
			lines = append(lines, strings.Join(keys, " "))
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// TestReadsAreLogged calls every read of personal data and counts the entries;
// when the log can not be written, nothing is answered.
func TestReadsAreLogged(t *testing.T) {
	b := newBench(t).register()
	r := said(record("store.pos", "c1", mail), "profile", cdp.ConsentGiven, day(2))
	r.Touchpoints = []cdp.Touchpoint{{Channel: "store", Kind: "purchase", At: day(1)}}
	b.admit(r)
	p := b.profile("store.pos", "c1")
	reads := map[string]func(context.Context, *Desk) error{
		"profile":       func(ctx context.Context, d *Desk) error { _, err := d.Profile(ctx, p); return err },
		"touchpoints":   func(ctx context.Context, d *Desk) error { _, err := d.Touchpoints(ctx, p, "", 10); return err },
		"uses":          func(ctx context.Context, d *Desk) error { _, err := d.Uses(ctx, p); return err },
		"shares":        func(ctx context.Context, d *Desk) error { _, err := d.Shares(ctx, p); return err },
		"history":       func(ctx context.Context, d *Desk) error { _, err := d.History(ctx, p); return err },
		"record":        func(ctx context.Context, d *Desk) error { _, err := d.Record(ctx, 1); return err },
		"trace":         func(ctx context.Context, d *Desk) error { _, err := d.Trace(ctx, p, cdp.Ref{}); return err },
		"why":           func(ctx context.Context, d *Desk) error { _, err := d.Why(ctx, "R-1", "R-1"); return err },
		"neighbourhood": func(ctx context.Context, d *Desk) error { _, err := d.Neighbourhood(ctx, p, 2); return err },
		"find":          func(ctx context.Context, d *Desk) error { _, err := d.Find(ctx, p.String()); return err },
		"rejects":       func(ctx context.Context, d *Desk) error { _, err := d.Rejects(ctx, 0, 10, true); return err },
		"quarantine":    func(ctx context.Context, d *Desk) error { _, err := d.Quarantined(ctx, 0, 10); return err },
		"log":           func(ctx context.Context, d *Desk) error { _, err := d.Log(ctx, cdp.Ref{}, 0, 10); return err },
		"reveal": func(ctx context.Context, d *Desk) error {
			return d.Reveal(ctx, profileRef(p), []string{"email"}, "case 7")
		},
		"export": func(ctx context.Context, d *Desk) error { return d.Exported(ctx, profileRef(p), "csv", "") },
	}
	for name, read := range reads {
		t.Run(name, func(t *testing.T) {
			before := b.entries()
			if err := read(t.Context(), b.d); err != nil {
				t.Fatal(err)
			}
			if got := b.entries(); got != before+1 {
				t.Fatalf("%d entries for one read", got-before)
			}
			failing := b.open(kvtest.FailAt(b.store, 1))
			if err := read(t.Context(), failing); !errors.Is(err, kvtest.ErrFault) {
				t.Fatalf("the log failed and the answer was given: %v", err)
			}
			b.open(b.store)
		})
	}
	if err := b.d.Reveal(t.Context(), profileRef(p), nil, " "); !errors.Is(err, ErrReason) {
		t.Fatalf("revealed without a reason: %v", err)
	}
}

func (b *bench) entries() int {
	b.t.Helper()
	n := 0
	err := b.store.View(b.t.Context(), func(r kv.Reader) error {
		for _, err := range r.Scan(layout.Entries()) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// TestTouchpointPages reads a long profile page by page: all of it, once, in
// order.
func TestTouchpointPages(t *testing.T) {
	b := newBench(t).register()
	rnd := rand.New(rand.NewPCG(9, 9))
	want := 0
	for i := range 40 {
		r := record("shop.orders", fmt.Sprint("o", i), mail)
		for range rnd.IntN(12) {
			at := day(1 + rnd.IntN(27))
			if rnd.IntN(10) == 0 {
				at = time.Time{}
			}
			r.Touchpoints = append(r.Touchpoints, cdp.Touchpoint{Channel: "web", Kind: fmt.Sprint("v", want), At: at})
			want++
		}
		b.admit(r)
	}
	p := b.profile("shop.orders", "o0")
	for _, size := range []int{1, 7, 50, 1000} {
		seen := make(map[string]bool)
		var last time.Time
		after := ""
		for n := 0; ; n++ {
			page, err := b.d.Touchpoints(t.Context(), p, after, size)
			if err != nil {
				t.Fatal(err)
			}
			if page.Total != want {
				t.Fatalf("total %d, want %d", page.Total, want)
			}
			for _, tp := range page.Items {
				if seen[tp.Kind] {
					t.Fatalf("pages of %d: one comes twice", size)
				}
				seen[tp.Kind] = true
				if n+len(seen) > 1 && len(seen) > 1 && tp.At.After(last) {
					t.Fatalf("pages of %d: not in order", size)
				}
				last = tp.At
			}
			if !page.More {
				break
			}
			after = page.Next
		}
		if len(seen) != want {
			t.Fatalf("pages of %d: %d of %d", size, len(seen), want)
		}
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
