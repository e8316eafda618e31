package graph

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp/cmpopts"

	gocmp "github.com/google/go-cmp/cmp"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/resolve"
)

func healthOf(t *testing.T, g *Store, top int) cdp.Health {
	t.Helper()
	var out cdp.Health
	err := g.View(t.Context(), func(tx *Tx) (err error) {
		out, err = tx.Health(t.Context(), top, nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestHealth holds what Health tells against what is found by looking at
// everything the plainest way, after random histories with decisions.
func TestHealth(t *testing.T) {
	n := 100
	if testing.Short() {
		n = 40
	}
	for seed := range n {
		rnd := rand.New(rand.NewPCG(uint64(seed), 11))
		g, m := newStore(t), &model{rows: make(map[string]*modelRow)}
		if k := seed % 4; k < 3 {
			g.limits = limits{move: k, rows: 7 + 10*k, bytes: 1 << 20}
		}
		for i := range 50 {
			act(t, g, m, rnd, 30)
			if i%10 == 9 && seed%5 > i/10 {
				decideAny(t, g, m, rnd, 30)
			}
		}
		got, want := healthOf(t, g, 1_000), naiveHealth(t, g)
		if diff := gocmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9), gocmp.Comparer(cdp.Identifier.Same), cmpopts.EquateEmpty(),
			cmpopts.IgnoreFields(cdp.Hub{}, "State", "Profiles")); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
		few := healthOf(t, g, 3)
		for i, lists := range [][2][]cdp.ProfileShape{{got.Largest, few.Largest}, {got.Sparse, few.Sparse}, {got.Held, few.Held}, {got.Frozen, few.Frozen}} {
			if diff := gocmp.Diff(lists[0][:min(3, len(lists[0]))], lists[1], gocmp.Comparer(cdp.Identifier.Same), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("seed %d: the first of list %d: %s", seed, i, diff)
			}
		}
		if diff := gocmp.Diff(got.Hubs[:min(3, len(got.Hubs))], few.Hubs, gocmp.Comparer(cdp.Identifier.Same)); diff != "" {
			t.Fatalf("seed %d: the first hubs: %s", seed, diff)
		}
		if diff := gocmp.Diff(few.Hubs, hubsOfFew(t, g, 3), gocmp.Comparer(cdp.Identifier.Same)); diff != "" {
			t.Fatalf("seed %d: the hubs, little being kept of values that join: %s", seed, diff)
		}
		conflicts(t, g, got)
	}
}

// hubsOfFew are the hubs where no more than n of the values that join are kept.
func hubsOfFew(t *testing.T, g *Store, n int) []cdp.Hub {
	t.Helper()
	var out cdp.Health
	err := g.View(t.Context(), func(tx *Tx) (err error) {
		s := newSurvey(tx, resolve.Defaults(), n)
		s.joined.n = n
		out, err = s.run(t.Context())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.Hubs
}

// conflicts holds the list of conflicts against their number, page by page.
func conflicts(t *testing.T, g *Store, h cdp.Health) {
	t.Helper()
	var all, paged []cdp.Conflict
	err := g.View(t.Context(), func(tx *Tx) error {
		page, err := tx.Conflicts("", 1_000)
		if err != nil {
			return err
		}
		if page.More || !page.Exact || page.Total != len(page.Items) {
			t.Errorf("a page of all is not told to be: %v", page.Total)
		}
		all = page.Items
		for after, more := "", true; more; {
			page, err := tx.Conflicts(after, 1)
			if err != nil {
				return err
			}
			paged = append(paged, page.Items...)
			after, more = page.Next, page.More
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != h.Counts.Conflicts {
		t.Fatalf("%d conflicts are listed, %d counted", len(all), h.Counts.Conflicts)
	}
	if diff := gocmp.Diff(all, paged, gocmp.Comparer(cdp.Identifier.Same)); diff != "" {
		t.Fatalf("page by page: %s", diff)
	}
	for _, c := range all {
		carriers := 0
		for _, s := range c.Sides {
			carriers += s.Carriers
		}
		if len(c.Why) == 0 || len(c.Sides) == 0 || carriers != c.Records || c.Identifier.Tag() == [4]byte{} {
			t.Fatalf("a conflict without its reason, its profiles or its carriers: %+v", c)
		}
		if (c.State == "different" || c.State == "locked") && len(c.Decisions) == 0 {
			t.Fatalf("%s by nobody's decision: %+v", c.State, c)
		}
	}
}
