package steward

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/search"
)

// An indexed is the real full-text index, following a bench.
type indexed struct{ *search.Index }

func newIndexed(b *bench) *indexed {
	b.t.Helper()
	x, err := search.Open(filepath.Join(b.t.TempDir(), "index"), search.Options{Batch: 8})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { x.Close() })
	if _, err := x.Rebuild(b.t.Context(), b.s.Feed(), nil); err != nil {
		b.t.Fatal(err)
	}
	return &indexed{Index: x}
}

// searches are queries of every sort that the index answers.
func searches(rnd *rand.Rand) []cdp.SearchRequest {
	list := []string{"*", "source:shop.orders", "-source:loyalty", "size:>1", "size:1 or basis:contract", "consent:newsletter", "consent:profile/given", "-consent:none", "basis:none",
		"outcome", "k3", "record:k1", "has:consent", "seen:2026-05", "seen:2026-02-01", "kind:email", "email:m03", "email:m1*", "id:m12", "id:m00 or id:m11", "-email:m01", "anna", "ann*", "ana~1", `"anna weiss"`,
		"city:köln", "late", `"zu spät"`, "touchpoint:order", "channel:web", "channel:none"}
	var out []cdp.SearchRequest
	for _, i := range rnd.Perm(len(list))[:8] {
		out = append(out, cdp.SearchRequest{Query: list[i], Limit: 200})
	}
	out[0].Facets = map[string][]string{"source": {"shop.orders", "Loyalty"}}
	out[1].Facets = map[string][]string{"consent": {"newsletter"}, "basis": {"contract", "consent"}}
	out[2].Facets = map[string][]string{"consent": {"none"}, "country": {"nowhere"}}
	return out
}

// answer is an answer as text: who, how many, which facets and where it matched,
// without order and scores.
func answerText(ans cdp.SearchAnswer) string {
	var hits []string
	for _, h := range ans.Hits {
		hits = append(hits, fmt.Sprintf("%v %v %v %d %v %v %v %+v", h.Profile, h.Name.Reveal(), h.City.Reveal(), h.Records, h.Sources, h.Bases, h.Seen.UTC(), h.Matched))
	}
	slices.Sort(hits)
	for i := range ans.Facets { // chosen and found nowhere: the index names what it knows by it
		ans.Facets[i].Values = slices.DeleteFunc(ans.Facets[i].Values, func(v cdp.FacetValue) bool { return v.Count == 0 })
	}
	return fmt.Sprintf("%d %v %+v", ans.Total, hits, ans.Facets)
}

func (x *indexed) ask(b *bench, d *Desk, reqs []cdp.SearchRequest, index bool) map[string]string {
	b.t.Helper()
	out := make(map[string]string)
	for _, r := range reqs {
		var ans cdp.SearchAnswer
		var err error
		if index {
			ans, err = x.Search(b.t.Context(), b.s.Feed(), r, b.s.identified)
		} else {
			ans, err = d.Search(b.t.Context(), r)
		}
		if err != nil {
			b.t.Fatalf("%s: %v", r.Query, err)
		}
		out[fmt.Sprint(r)] = answerText(ans)
	}
	return out
}

// TestSearchThenIsTheIndexThen: what a search on the store finds as known at a
// moment is what the index found then, for random histories of deliveries,
// deletions and statements; as known now it is what the index finds now.
func TestSearchThenIsTheIndexThen(t *testing.T) {
	seeds := 12
	if testing.Short() {
		seeds = 4
	}
	found := 0
	for seed := range seeds {
		found += searchHistory(t, uint64(seed))
	}
	if found == 0 {
		t.Error("no search found anything: the histories are no good")
	}
}

func searchHistory(t *testing.T, seed uint64) (found int) {
	rnd := rand.New(rand.NewPCG(seed, 5))
	b := newBench(t)
	b.now = time.Date(2026, 5, 20, 9, 0, 0, 0, time.UTC)
	b.register()
	x := newIndexed(b)
	type moment struct {
		snapshot
		reqs    []cdp.SearchRequest
		answers map[string]string
	}
	var moments []moment
	var seen snapshots
	pick := func(of ...string) string { return of[rnd.IntN(len(of))] }
	for at := range 14 {
		b.now = b.now.Add(time.Duration(1+rnd.IntN(20)) * time.Hour)
		source := pick("shop.orders", "store.pos", "loyalty", "club", "repairs", "unknown")
		var recs []cdp.Record
		for range 1 + rnd.IntN(4) {
			r := cdp.Record{Source: cdp.SourceID(source), Key: fmt.Sprint("k", rnd.IntN(8)), At: day(1).Add(time.Duration(at) * time.Hour), Deleted: rnd.IntN(8) == 0,
				Claims: []cdp.Claim{{Identifier: ident(cdp.KindEmail, fmt.Sprint("m", rnd.IntN(2), rnd.IntN(4))), Strength: cdp.LinkStrong}},
				Attributes: []cdp.Attribute{{Name: "full_name", Value: cdp.Value(pick("Anna Weiß", "Ana Popa", "Joel Köln")), Origin: cdp.Provided},
					{Name: "city", Value: cdp.Value(pick("Köln", "Iași")), Origin: cdp.Provided}, {Name: "country", Value: cdp.Value(pick("de", "RO")), Origin: cdp.Provided}}}
			if rnd.IntN(2) == 0 {
				r.Touchpoints = []cdp.Touchpoint{{Kind: "order", Channel: "web", At: day(2).Add(time.Duration(rnd.IntN(100)) * time.Hour), Text: cdp.Value(pick("", "too late", "zu spät geliefert"))}}
			}
			if rnd.IntN(2) == 0 {
				r = said(r, pick("profile", "newsletter", "orders"), []cdp.ConsentState{cdp.ConsentGiven, cdp.ConsentGiven, cdp.ConsentWithdrawn}[rnd.IntN(3)], day(1+rnd.IntN(27)).Add(time.Duration(at)*time.Second))
			}
			recs = append(recs, r)
		}
		if _, err := b.tryAdmit(b.d, recs...); err != nil {
			t.Fatal(err)
		}
		if _, err := b.d.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := x.CatchUp(t.Context(), b.s.Feed(), nil); err != nil {
			t.Fatal(err)
		}
		seen.take(b)
		reqs := searches(rnd)
		moments = append(moments, moment{seen[len(seen)-1], reqs, x.ask(b, b.d, reqs, true)})
	}
	for i, was := range moments {
		if slices.ContainsFunc(recordsByProfile(was.profiles), b.dropped) {
			continue // what was there is gone by law
		}
		d := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: was.at}})
		again := x.ask(b, d, was.reqs, false)
		for q, want := range was.answers {
			if again[q] != want {
				t.Fatalf("seed %d, moment %d: %s as known then\n%s\nthe index said\n%s", seed, i, q, again[q], want)
			}
			if want[0] != '0' {
				found++
			}
		}
	}
	return found
}
