package segment_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
	"cdp-tui/internal/search"
	"cdp-tui/internal/segment"
)

// A shelf is a store of documents as the index sees one.
type shelf struct {
	docs   map[cdp.ProfileID]cdp.Document
	idents map[string][]cdp.ProfileID
}

func (f *shelf) Head(context.Context) (uint64, error)                               { return 1, nil }
func (f *shelf) Changes(context.Context, uint64, int) (out []cdp.Change, err error) { return nil, nil }
func (f *shelf) Document(_ context.Context, id cdp.ProfileID) (cdp.Document, bool, error) {
	d, ok := f.docs[id]
	return d, ok, nil
}
func (f *shelf) Summary(ctx context.Context, id cdp.ProfileID, _ int, _ bool) (cdp.Document, bool, error) {
	return f.Document(ctx, id)
}
func (f *shelf) All(context.Context) iter.Seq2[cdp.Document, error] {
	return func(yield func(cdp.Document, error) bool) {
		for _, d := range f.docs {
			if !yield(d, nil) {
				return
			}
		}
	}
}

func (f *shelf) ident(_ context.Context, t query.IdentifierTerm) ([]cdp.ProfileID, error) {
	return f.idents[t.Text.Reveal()], nil
}

func (f *shelf) Carry(t query.IdentifierTerm) (func(*segment.Subject) bool, error) {
	ids := f.idents[t.Text.Reveal()]
	return func(s *segment.Subject) bool { return slices.Contains(ids, s.Profile) }, nil
}

func (f *shelf) Saved(name string) (query.Node, error) { return nil, fmt.Errorf("no %s", name) }

func genDocument(t *rapid.T, id cdp.ProfileID) cdp.Document {
	values := func(label string, max int, from ...cdp.Value) []cdp.Value {
		return rapid.SliceOfN(rapid.SampledFrom(from), 0, max).Draw(t, label)
	}
	words := func(label string, from ...string) []string {
		return rapid.SliceOfN(rapid.SampledFrom(from), 0, 2).Draw(t, label)
	}
	d := cdp.Document{Profile: id,
		Names:      values("names", 2, "Anna Müller", "Anna", "Mueller", "Joel Weiß", "Weiss-Popa", "Muler", "山田太郎", "Bauer", "Mullermann", "Иван Королёв", "Muelelr"),
		Cities:     values("cities", 2, "Köln", "İstanbul", "Neu Ulm", "Anna"),
		Texts:      values("texts", 2, "the late delivery", "late, the delivery", "anna müller was kind", "Lieferung zu spät zu spät", ""),
		Records:    values("records", 2, "ORD-1", "ord-2", "K 77", "A-1001/2", "cus_1001x"),
		Segments:   values("segments", 2, "high value", "Churn risk"),
		Countries:  words("countries", "DE", "RO", "none"),
		TouchKinds: words("touches", "order", "order.return", "visit"),
		Size:       rapid.IntRange(1, 9).Draw(t, "size"),
	}
	for _, s := range words("sources", "web", "shop.orders", "shop.returns") {
		d.Sources = append(d.Sources, cdp.SourceID(s))
	}
	for _, s := range words("channels", "web", "store", "none") {
		d.Channels = append(d.Channels, cdp.Channel(s))
	}
	for _, s := range words("bases", "consent", "contract") {
		d.Bases = append(d.Bases, cdp.BasisKind(s))
	}
	for _, s := range words("kinds", "email", "phone") {
		d.Kinds = append(d.Kinds, cdp.Kind(s))
	}
	if n := rapid.IntRange(-1, 800).Draw(t, "day"); n >= 0 {
		d.Seen = time.Date(2024, 11, 20+n, 23, 0, 0, 0, time.UTC)
	}
	for range rapid.IntRange(0, 2).Draw(t, "consents") {
		d.Consents = append(d.Consents, cdp.DocumentConsent{
			Purpose: rapid.SampledFrom([]cdp.PurposeID{"news", "news.partners", "ads"}).Draw(t, "purpose"),
			State:   rapid.SampledFrom([]cdp.ConsentState{cdp.ConsentGiven, cdp.ConsentRefused}).Draw(t, "state")})
	}
	return d
}

func genQuery(t *rapid.T, depth int) string {
	if depth > 0 && rapid.Bool().Draw(t, "branch") {
		a, b := genQuery(t, depth-1), genQuery(t, depth-1)
		return rapid.SampledFrom([]string{"(" + a + " " + b + ")", "(" + a + " or " + b + ")", "-(" + a + ")", "(" + a + " -" + b + ")"}).Draw(t, "op")
	}
	return rapid.SampledFrom([]string{"anna", "muller", "name:müller", "mueller*", "mue*", "mu*", "joe*", "muler~1", "muller~2", "weis~1", "city:anna", "city:ulm*", `"anna müller"`,
		`"late delivery"`, `text:"the late"`, "weiß-popa", "weiss-po*", "neu-uln~1", "山田", "太郎*", "late", "zu-spät", "baur", "bauer", "иван", "королев~1", `"müller anna"`,
		"source:web", "source:shop*", "SOURCE:Shop.Orders", "country:de", "country:none", "country:no*", "channel:web", "channel:none", "channel:st*", "basis:consent", "basis:none", "basis:con*",
		"touchpoint:order", "touchpoint:order*", "kind:email", "kind:em*", "consent:news", "consent:news/given", "consent:NEWS=given", "consent:ne*", "consent:none", "consent:news.partners", "segment:risk", `segment:"high value"`, "segment:hig*",
		"has:name", "has:city", "has:text", "has:segment", "has:consent", "has:country", "has:email", "has:phone", "has:basis", "has:channel", "has:touchpoint",
		"record:ORD-1", "ord-2", "record:or*", "1001", "record:100*", "record:a-1001/2", "record:77", "cus_1001x", "size:>3", "size:2..5",
		"profile:3", "P-0000004", "R-0000004", "seen:2025", "seen:2025-02..2026-01-05", "seen:<2025-01-15", "seen:>2025-12", "seen:300d", "seen:..12w", "seen:1y..3m", "email:a@b.test", "a@b.test", "*"}).Draw(t, "leaf")
}

// On random stores the evaluation on the store and the full-text index find the
// same profiles, for all that both answer.
func TestStoreAndIndexAgree(t *testing.T) {
	dir, run := t.TempDir(), 0
	today := time.Date(2026, 3, 31, 1, 0, 0, 0, time.UTC)
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		f := &shelf{docs: make(map[cdp.ProfileID]cdp.Document), idents: map[string][]cdp.ProfileID{"a@b.test": {2, 5, 77}, "R-0000004": {4}}}
		for id := range cdp.ProfileID(rapid.IntRange(1, 12).Draw(t, "profiles")) {
			f.docs[id+1] = genDocument(t, id+1)
		}
		run++
		x, err := search.Open(fmt.Sprintf("%s/%d", dir, run), search.Options{Batch: 4, Now: func() time.Time { return today }})
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		if _, err := x.Rebuild(context.Background(), f, nil); err != nil {
			t.Fatal(err)
		}
		for range 12 {
			q := genQuery(t, 3)
			answer, err := x.Search(context.Background(), f, cdp.SearchRequest{Query: q, Limit: 100}, f.ident)
			if err != nil {
				t.Fatalf("%s: %v", q, err)
			}
			var index, store []cdp.ProfileID
			for _, h := range answer.Hits {
				index = append(index, h.Profile)
			}
			slices.Sort(index)
			tree, err := query.Parse(q)
			if err != nil {
				t.Fatal(err)
			}
			m, err := segment.Compile(tree, today, f)
			if err != nil {
				t.Fatalf("%s: %v", q, err)
			}
			for id, d := range f.docs {
				if m.Match(&segment.Subject{Document: d}) {
					store = append(store, id)
				}
			}
			slices.Sort(store)
			if found += len(store); !slices.Equal(index, store) {
				t.Fatalf("%s: the index finds %v, the store %v", q, index, store)
			}
		}
	})
	if found == 0 {
		t.Error("no query found anything: the generator is no good")
	}
}
