package steward

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/kvtest"
	"cdp-tui/internal/layout"
)

// TestReadsAreLogged calls every read of personal data and counts the entries;
// when the log can not be written, nothing is answered.
func TestReadsAreLogged(t *testing.T) {
	b := newBench(t).register()
	r := said(record("store.pos", "c1", mail), "profile", cdp.ConsentGiven, day(2))
	r.Touchpoints = []cdp.Touchpoint{{Channel: "store", Kind: "purchase", At: day(1)}}
	b.admit(r)
	p := b.profile("store.pos", "c1")
	reads := map[string]func(context.Context, *Desk) error{
		"profile":     func(ctx context.Context, d *Desk) error { _, err := d.Profile(ctx, p); return err },
		"touchpoints": func(ctx context.Context, d *Desk) error { _, err := d.Touchpoints(ctx, p, "", 10); return err },
		"uses":        func(ctx context.Context, d *Desk) error { _, err := d.Uses(ctx, p); return err },
		"basis":       func(ctx context.Context, d *Desk) error { _, err := d.Basis(ctx, p); return err },
		"journey": func(ctx context.Context, d *Desk) error {
			_, err := d.Journey(ctx, p, time.Time{}, time.Time{})
			return err
		},
		"lensed": func(ctx context.Context, d *Desk) error { _, err := d.Lensed(ctx, p, "profile"); return err },
		"lawful": func(ctx context.Context, d *Desk) error {
			_, err := d.Lawful(ctx, cdp.LawfulFilter{Uses: true}, func(cdp.Judged) error { return nil }, nil)
			return err
		},
		"shares":        func(ctx context.Context, d *Desk) error { _, err := d.Shares(ctx, p); return err },
		"history":       func(ctx context.Context, d *Desk) error { _, err := d.History(ctx, p); return err },
		"record":        func(ctx context.Context, d *Desk) error { _, err := d.Record(ctx, 1); return err },
		"trace":         func(ctx context.Context, d *Desk) error { _, err := d.Trace(ctx, p, cdp.Ref{}); return err },
		"why":           func(ctx context.Context, d *Desk) error { _, err := d.Why(ctx, "R-1", "R-1"); return err },
		"neighbourhood": func(ctx context.Context, d *Desk) error { _, err := d.Neighbourhood(ctx, p, 2); return err },
		"surroundings":  func(ctx context.Context, d *Desk) error { _, _, err := d.Surroundings(ctx, p, 2); return err },
		"relation": func(ctx context.Context, d *Desk) error {
			_, _, _, err := d.Relation(ctx, "R-1", p.String())
			return err
		},
		"find":       func(ctx context.Context, d *Desk) error { _, err := d.Find(ctx, p.String()); return err },
		"rejects":    func(ctx context.Context, d *Desk) error { _, err := d.Rejects(ctx, 0, 10, true); return err },
		"quarantine": func(ctx context.Context, d *Desk) error { _, err := d.Quarantined(ctx, 0, 10); return err },
		"endpoint": func(ctx context.Context, d *Desk) error {
			_, err := d.Endpoint(ctx, "email:"+mail.Reveal(), false)
			return err
		},
		"health":    func(ctx context.Context, d *Desk) error { _, err := d.Health(ctx, 5, nil); return err },
		"conflicts": func(ctx context.Context, d *Desk) error { _, err := d.Conflicts(ctx, "", 5); return err },
		"lint":      func(ctx context.Context, d *Desk) error { _, err := d.Lint(ctx, cdp.LintFilter{}, nil); return err },
		"log":       func(ctx context.Context, d *Desk) error { _, err := d.Log(ctx, cdp.Ref{}, 0, 10); return err },
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

// TestReadsCutOff: what was handed out is logged, also when the rest was not asked
// for any more.
func TestReadsCutOff(t *testing.T) {
	b := newBench(t).register()
	b.admit(shared(record("shop.orders", "o1", mail), "parcel", "orders", day(3), "email"))
	enough := errors.New("enough")
	before := b.entries()
	ctx, stop := context.WithCancel(t.Context())
	_, err := b.d.Lawful(ctx, cdp.LawfulFilter{}, func(cdp.Judged) error { stop(); return enough }, nil)
	if !errors.Is(err, enough) || b.entries() != before+1 {
		t.Errorf("%v, %d entries", err, b.entries()-before)
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

// TestSavedSearchIsNotNamed: the log tells saved searches apart, and does not
// keep their names, which may be those of people.
func TestSavedSearchIsNotNamed(t *testing.T) {
	b := newBench(t).register()
	for _, name := range []string{"Canary", "another"} {
		if err := b.d.SaveSearch(t.Context(), name, "name:canary"); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.d.ForgetSearch(t.Context(), "Canary"); err != nil {
		t.Fatal(err)
	}
	entries, err := b.d.Log(t.Context(), cdp.Ref{}, 0, 3) // newest first
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.Contains(strings.ToLower(fmt.Sprint(e)), "canary") || e.Object.Kind != "search" {
			t.Errorf("logged: %+v", e)
		}
	}
	if forgot, another, canary := entries[0].Object, entries[1].Object, entries[2].Object; forgot != canary || another == canary {
		t.Errorf("the searches are not told apart: %v, %v, %v", canary, another, forgot)
	}
	about, err := b.d.Log(t.Context(), entries[2].Object, 0, 10)
	if err != nil || len(about) != 2 {
		t.Errorf("%d entries about the one, %v", len(about), err)
	}
}

// TestShapeNamesNobody: a list of saved searches shows what they ask, and not
// of whom.
func TestShapeNamesNobody(t *testing.T) {
	b := newBench(t)
	for q, want := range map[string]string{
		"consent:newsletter=withdrawn seen:2026-01-01..":               "consent:newsletter/withdrawn seen:2026-01-01..",
		"canary (email:canary@* or -name:\"canary anna\") source:shop": "███ (email:███* or -name:\"███\") source:shop",
		"record:canary-7 city:canary~1 id:canary or profile:P-7":       "record:███ city:███~1 id:███ or profile:P-0000007",
	} {
		if err := b.d.SaveSearch(t.Context(), "s", q); err != nil {
			t.Fatal(err)
		}
		all, err := b.d.SavedSearches(t.Context())
		if err != nil || len(all) != 1 || all[0].Shape != want || all[0].Query != q {
			t.Errorf("%q has the shape %q, want %q; %v", q, all[0].Shape, want, err)
		}
	}
}

// TestListsAreLoggedInWords: the log says how much of a list was seen, and
// after what when that was not its beginning.
func TestListsAreLoggedInWords(t *testing.T) {
	b := newBench(t)
	b.admit(record("shop.orders", "o1", mail), record("shop.orders", "o2")) // without a register all is quarantined
	for _, after := range []cdp.RecordID{0, 1} {
		if _, err := b.d.Quarantined(t.Context(), after, 10); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := b.d.Log(t.Context(), cdp.Ref{}, 0, 2)
	if err != nil || entries[1].Detail != "2 records" || entries[0].Detail != "1 record after R-0000001" {
		t.Errorf("%+v, %v", entries, err)
	}
}
