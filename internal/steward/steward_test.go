package steward

import (
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
