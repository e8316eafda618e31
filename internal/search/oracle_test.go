package search

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
	"cdp-tui/internal/spelling"
)

// matches is the naive meaning of a query, document by document.
func matches(fo *spelling.Folder, f *testFeed, n query.Node, d cdp.Document) bool {
	switch n := n.(type) {
	case query.All:
		return true
	case query.And:
		return !slices.ContainsFunc(n, func(k query.Node) bool { return !matches(fo, f, k, d) })
	case query.Or:
		return slices.ContainsFunc(n, func(k query.Node) bool { return matches(fo, f, k, d) })
	case query.Not:
		return !matches(fo, f, n.X, d)
	case query.Size:
		return d.Size >= n.Min && (n.Max == 0 || d.Size <= n.Max)
	case query.Seen:
		return !d.Seen.IsZero() && !d.Seen.Before(n.From) && (n.To.IsZero() || d.Seen.Before(n.To.AddDate(0, 0, 1)))
	}
	t := n.(query.Term)
	lower := strings.ToLower(t.Text)
	value := func(v string) bool {
		v = strings.ToLower(v)
		return v == lower || t.Mode == query.Prefix && strings.HasPrefix(v, lower)
	}
	if id, only, ok := t.Identifier(); ok {
		if slices.Contains(f.idents[id.Text.Reveal()], d.Profile) {
			return true
		}
		if only {
			return false
		}
	}
	words := func(vs []cdp.Value, joined bool) bool {
		var runs [][]spelling.Word
		for _, v := range vs {
			if w := fo.Words(v.Reveal()); joined && len(runs) > 0 {
				runs[0] = append(runs[0], w...)
			} else {
				runs = append(runs, w)
			}
		}
		want := fo.Words(t.Text)
		for _, run := range runs {
			for i := 0; i+len(want) <= len(run); i++ {
				ok := true
				for j, w := range want {
					last := j == len(want)-1
					var forms []string
					run[i+j].Forms(func(s string) { forms = append(forms, s) })
					switch {
					case last && t.Mode == query.Prefix:
						ok = ok && slices.ContainsFunc(forms, func(s string) bool {
							return strings.HasPrefix(s, w.Plain) || len(want) == 1 && spelling.Inner(w.Plain) != "" && strings.HasPrefix(s, spelling.Inner(w.Plain))
						})
					case last && t.Mode == query.Fuzzy:
						ok = ok && slices.ContainsFunc(forms, func(s string) bool { return spelling.Distance(s, w.Key) <= t.Fuzz })
					default:
						ok = ok && run[i+j].Key == w.Key
					}
				}
				if ok {
					return true
				}
			}
		}
		return false
	}
	key := func() bool {
		return t.Mode != query.Fuzzy && slices.ContainsFunc(d.Records, func(k cdp.Value) bool { return value(k.Reveal()) })
	}
	switch t.Field {
	case "":
		return words(d.Names, true) || words(d.Cities, false) || words(d.Texts, false) || words(d.Segments, false) || key()
	case "name":
		return words(d.Names, true)
	case "city":
		return words(d.Cities, false)
	case "text":
		return words(d.Texts, false)
	case "record":
		return key()
	case "source":
		return slices.ContainsFunc(d.Sources, func(s cdp.SourceID) bool { return value(string(s)) })
	case "country":
		return slices.ContainsFunc(d.Countries, value) || len(d.Countries) == 0 && value(none)
	case "consent":
		return slices.ContainsFunc(d.Consents, func(c cdp.DocumentConsent) bool {
			return value(string(c.Purpose)+"/"+string(c.State)) || t.Mode == query.Word && value(string(c.Purpose))
		}) || len(d.Consents) == 0 && value(none)
	case "has":
		return map[string]int{"city": len(d.Cities), "text": len(d.Texts), "consent": len(d.Consents), "country": len(d.Countries), "email": len(d.Kinds)}[t.Text] > 0
	}
	panic("the oracle does not know " + t.Field)
}

func genDocument(t *rapid.T, id cdp.ProfileID) cdp.Document {
	values := func(label string, max int, from ...cdp.Value) []cdp.Value {
		return rapid.SliceOfN(rapid.SampledFrom(from), 0, max).Draw(t, label)
	}
	d := cdp.Document{
		Profile:   id,
		Names:     values("names", 2, "Anna Müller", "Anna", "Mueller", "Joel Weiß", "Weiss-Popa", "Muler", "山田太郎", "Bauer", "Mullermann"),
		Cities:    values("cities", 2, "Köln", "İstanbul", "Neu Ulm", "Anna"),
		Texts:     values("texts", 2, "the late delivery", "late, the delivery", "anna müller was kind", "Lieferung zu spät zu spät", ""),
		Records:   values("records", 2, "ORD-1", "ord-2", "K 77"),
		Countries: rapid.SliceOfN(rapid.SampledFrom([]string{"DE", "RO", "TR"}), 0, 2).Draw(t, "countries"),
		Sources:   rapid.SliceOfN(rapid.SampledFrom([]cdp.SourceID{"web", "shop.orders", "shop.returns"}), 0, 2).Draw(t, "sources"),
		Size:      rapid.IntRange(1, 9).Draw(t, "size"),
	}
	if rapid.Bool().Draw(t, "email") {
		d.Kinds = []cdp.Kind{cdp.KindEmail}
	}
	if n := rapid.IntRange(-1, 800).Draw(t, "day"); n >= 0 {
		d.Seen = day("2024-11-20").AddDate(0, 0, n).Add(23 * time.Hour)
	}
	for range rapid.IntRange(0, 2).Draw(t, "consents") {
		d.Consents = append(d.Consents, cdp.DocumentConsent{
			Purpose: rapid.SampledFrom([]cdp.PurposeID{"news", "news.partners", "ads"}).Draw(t, "purpose"),
			State:   rapid.SampledFrom([]cdp.ConsentState{cdp.ConsentGiven, cdp.ConsentRefused}).Draw(t, "state")})
	}
	return d
}

func genTree(t *rapid.T, depth int) string {
	if depth > 0 && rapid.Bool().Draw(t, "branch") {
		a, b := genTree(t, depth-1), genTree(t, depth-1)
		return rapid.SampledFrom([]string{"(" + a + " " + b + ")", "(" + a + " or " + b + ")", "-(" + a + ")", "(" + a + " -" + b + ")"}).Draw(t, "op")
	}
	return rapid.SampledFrom([]string{"anna", "muller", "name:müller", "mueller*", "mue*", "mu*", "joe*", "muler~1", "muller~2", "weis~1", "city:anna", "city:ulm*", `"anna müller"`,
		`"late delivery"`, `text:"the late"`, "weiß-popa", "weiss-po*", "neu-uln~1", "山田", "太郎*", "late", "zu-spät", "baur", "bauer", "source:web", "source:shop*", "country:de",
		"country:none", "consent:news", "consent:news/given", "consent:ne*", "consent:none", "has:city", "has:text", "has:consent", "has:country", "has:email", "record:ORD-1", "ord-2", "record:or*", "size:>3", "size:2..5",
		"seen:2025", "seen:2025-02..2026-01-05", "seen:<2025-01-15", "seen:>2025-12", "email:a@b.test", "a@b.test", "*"}).Draw(t, "leaf")
}

// A random history of changes, followed in steps, answers random queries as
// the naive reading of the documents does, and as a rebuilt index does.
func TestAnswersAreThoseOfTheOracle(t *testing.T) {
	dir := t.TempDir()
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		f := newFeed()
		run++
		x, err := Open(fmt.Sprintf("%s/%d", dir, run), Options{Batch: 4})
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		for range rapid.IntRange(1, 3).Draw(t, "steps") {
			for range rapid.IntRange(1, 8).Draw(t, "changes") {
				id := cdp.ProfileID(rapid.IntRange(1, 9).Draw(t, "id"))
				if rapid.IntRange(0, 4).Draw(t, "gone") == 0 {
					f.remove(id)
				} else {
					f.put(genDocument(t, id))
				}
			}
			if _, err := x.Follow(context.Background(), f); err != nil {
				t.Fatal(err)
			}
		}
		f.idents["a@b.test"] = []cdp.ProfileID{2, 5, 77}
		queries := make([]string, 12)
		for i := range queries {
			queries[i] = genTree(t, 3)
		}
		answers := func() []cdp.SearchAnswer {
			var out []cdp.SearchAnswer
			for _, q := range queries {
				a, err := x.Search(context.Background(), f, cdp.SearchRequest{Query: q}, f.ident)
				if err != nil {
					t.Fatalf("%s: %v", q, err)
				}
				out = append(out, a)
			}
			return out
		}
		followed := answers()
		for i, q := range queries {
			tree, err := query.Parse(q)
			if err != nil {
				t.Fatal(err)
			}
			var want []cdp.ProfileID
			counts := make(map[string]int)
			for id, d := range f.docs {
				if matches(x.folder, f, tree, d) {
					want = append(want, id)
					seen := make(map[cdp.SourceID]bool)
					for _, s := range d.Sources {
						if !seen[s] {
							counts[string(s)]++
						}
						seen[s] = true
					}
				}
			}
			got := slices.Sorted(slices.Values(profiles(followed[i])))
			slices.Sort(want)
			if !slices.Equal(got, want) || followed[i].Total != len(want) {
				t.Fatalf("%s: %v (%d), want %v", q, got, followed[i].Total, want)
			}
			for _, v := range followed[i].Facets[0].Values {
				if counts[v.Value] != v.Count {
					t.Fatalf("%s: facet source %s is %d, want %d", q, v.Value, v.Count, counts[v.Value])
				}
				delete(counts, v.Value)
			}
			if len(counts) > 0 {
				t.Fatalf("%s: facet source lacks %v", q, counts)
			}
		}
		if _, err := x.Rebuild(context.Background(), f, nil); err != nil {
			t.Fatal(err)
		}
		if rebuilt := answers(); !reflect.DeepEqual(rebuilt, followed) {
			t.Fatalf("the rebuilt index answers otherwise")
		}
	})
}
