package steward

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// lensed returns the pieces of a profile for a purpose, as source rows.
func (b *bench) lensed(id cdp.ProfileID, purpose string) (pieces [][]cdp.RecordID, left map[cdp.RecordID]string) {
	b.t.Helper()
	l, err := b.d.Lensed(b.t.Context(), id, cdp.PurposeID(purpose))
	if err != nil {
		b.t.Fatal(err)
	}
	left = make(map[cdp.RecordID]string)
	n := 0
	for _, p := range l.Pieces {
		pieces = append(pieces, p.Records)
		n += len(p.Records)
	}
	for _, o := range l.Left {
		left[o.Record] = o.Verdict.Rule
	}
	if n+len(left) != l.Records {
		b.t.Fatalf("%d in pieces and %d left of %d records", n, len(left), l.Records)
	}
	return pieces, left
}

// TestLensFallsApart: what may not be used for a purpose links nothing there.
func TestLensFallsApart(t *testing.T) {
	b := newBench(t).register()
	phone := ident(cdp.KindPhone, "+4930123456")
	b.admit(record("shop.orders", "o1", mail), record("shop.orders", "o2", phone))
	bridge := said(record("loyalty", "c1", mail, phone), "profile", cdp.ConsentGiven, day(1))
	b.admit(bridge)
	id := b.profile("shop.orders", "o1")
	if id != b.profile("shop.orders", "o2") {
		t.Fatal("not one profile to begin with")
	}
	pieces, left := b.lensed(id, "orders")
	if len(pieces) != 2 || len(pieces[0]) != 1 || len(left) != 1 {
		t.Errorf("for orders: pieces %v, left %v; want two pieces of one record, the card left out", pieces, left)
	}
	pieces, left = b.lensed(id, "profile")
	if len(pieces) != 1 || len(pieces[0]) != 1 || len(left) != 2 {
		t.Errorf("for the common profile: pieces %v, left %v", pieces, left)
	}
	p, err := b.d.Through(cdp.Lens{Purpose: "orders"}).Profile(t.Context(), id)
	if err != nil || len(p.Records) != 1 || p.Records[0].Source != "shop.orders" || len(p.Identifiers) != 1 {
		t.Errorf("profile through the lens: %+v, %v", p.Records, err)
	}
	if _, err := b.d.Through(cdp.Lens{Purpose: "newsletter"}).Profile(t.Context(), id); !errors.Is(err, ErrNotFound) {
		t.Errorf("for a purpose of none of its sources: error is %v, want ErrNotFound", err)
	}
	if _, err := b.d.Lensed(t.Context(), id, "curiosity"); !errors.Is(err, ErrNotFound) {
		t.Errorf("for a purpose that nobody has: error is %v, want ErrNotFound", err)
	}

	// The consent goes, and comes back: so does the card.
	b.now = b.now.Add(48 * 3600e9)
	gone := bridge
	gone.At = gone.At.AddDate(0, 0, 1)
	gone = said(gone, "profile", cdp.ConsentWithdrawn, day(2))
	b.admit(gone)
	if pieces, left := b.lensed(id, "orders"); len(pieces) != 1 || len(left) != 0 || id == b.profile("shop.orders", "o2") {
		t.Errorf("withdrawn: pieces %v, left %v", pieces, left)
	}
	back := gone
	back.At = back.At.AddDate(0, 0, 2)
	back = said(back, "profile", cdp.ConsentGiven, day(3).AddDate(0, 1, 0))
	b.now = b.now.AddDate(0, 2, 0)
	b.admit(back)
	if again, _ := b.lensed(id, "orders"); len(again) != 2 || id != b.profile("shop.orders", "o2") {
		t.Errorf("given again: pieces %v", again)
	}
}

// TestLensIsMonotone: for each purpose the pieces are parts of the profile, and
// of the pieces for it and other purposes together: more purposes never part
// what fewer leave together.
func TestLensIsMonotone(t *testing.T) {
	for seed := range uint64(12) {
		rnd := rand.New(rand.NewPCG(seed, 5))
		b := newBench(t).register()
		sources := []string{"shop.orders", "store.pos", "loyalty", "repairs", "club", "newsletter"}
		for i := range 40 {
			r := record(sources[rnd.IntN(len(sources))], fmt.Sprint("k", i))
			for k := range 1 + rnd.IntN(2) {
				r.Claims = append(r.Claims, cdp.Claim{Identifier: ident([]cdp.Kind{cdp.KindEmail, cdp.KindPhone}[k], fmt.Sprint("v", rnd.IntN(8))), Strength: cdp.LinkStrong})
			}
			if rnd.IntN(2) == 0 {
				r = said(r, []string{"profile", "newsletter"}[rnd.IntN(2)], []cdp.ConsentState{cdp.ConsentGiven, cdp.ConsentGiven, cdp.ConsentWithdrawn}[rnd.IntN(3)], day(1+rnd.IntN(20)))
				r.Consents[0].Method = "written"
			}
			b.admit(r)
		}
		b.now = b.now.AddDate(0, 6, 0)
		if _, err := b.d.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		err := b.s.g.View(t.Context(), func(tx *graph.Tx) error {
			for p, err := range tx.Profiles(0) {
				if err != nil {
					return err
				}
				sets := [][]cdp.PurposeID{{"orders"}, {"profile"}, {"orders", "profile"}, {"orders", "profile", "newsletter", "bookkeeping"}}
				for i, small := range sets {
					for _, large := range sets[i+1:] {
						if !slices.ContainsFunc(small, func(x cdp.PurposeID) bool { return !slices.Contains(large, x) }) {
							refines(t, b, tx, p, small, large)
						}
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func refines(t *testing.T, b *bench, tx *graph.Tx, p graph.Profile, small, large []cdp.PurposeID) {
	t.Helper()
	part := func(purposes []cdp.PurposeID) map[cdp.RecordID]int {
		v, err := b.s.look(tx, cdp.Lens{})
		if err != nil {
			t.Fatal(err)
		}
		pieces, _, err := v.pieces(p, purposes...)
		if err != nil {
			t.Fatal(err)
		}
		out := make(map[cdp.RecordID]int)
		for i, piece := range pieces {
			for _, r := range piece {
				out[r.ID] = i
			}
		}
		return out
	}
	few, many := part(small), part(large)
	for a, x := range few {
		y, ok := many[a]
		if !ok {
			t.Fatalf("%v is there for %v and not for %v", a, small, large)
		}
		for c, x2 := range few {
			if x == x2 && many[c] != y {
				t.Fatalf("%v and %v are one for %v and two for %v", a, c, small, large)
			}
		}
	}
}
