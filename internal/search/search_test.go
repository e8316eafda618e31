package search

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
)

func family() *testFeed {
	f := newFeed()
	f.put(cdp.Document{Profile: 1, Names: []cdp.Value{"Anna Müller"}, Cities: []cdp.Value{"Köln"}, Countries: []string{"DE"}, Sources: []cdp.SourceID{"shop.orders", "web"},
		Bases: []cdp.BasisKind{cdp.BasisContract}, Consents: []cdp.DocumentConsent{{Purpose: "newsletter", State: cdp.ConsentGiven}}, Kinds: []cdp.Kind{cdp.KindEmail},
		Channels: []cdp.Channel{"web"}, TouchKinds: []string{"order"}, Records: []cdp.Value{"ORD-1001", "gid://shop/Customer/77120034"}, Seen: day("2026-01-05"), Size: 2})
	f.put(cdp.Document{Profile: 2, Names: []cdp.Value{"Mueller, Bernd"}, Texts: []cdp.Value{"Anna was very kind. The late delivery was refunded."}, Countries: []string{"AT"},
		Sources: []cdp.SourceID{"web"}, Consents: []cdp.DocumentConsent{{Purpose: "newsletter", State: cdp.ConsentWithdrawn}}, Seen: day("2026-02-28"), Size: 1})
	f.put(cdp.Document{Profile: 3, Names: []cdp.Value{"Joel", "Muller"}, Cities: []cdp.Value{"İstanbul"}, Sources: []cdp.SourceID{"pos"}, Segments: []cdp.Value{"loyal buyer"}, Seen: day("2025-06-01"), Size: 7})
	f.put(cdp.Document{Profile: 4, Names: []cdp.Value{"Ștefan Weiß-Popa"}, Cities: []cdp.Value{"Constanța", "Köln"}, Sources: []cdp.SourceID{"call"}, Size: 1})
	f.put(cdp.Document{Profile: 5, Names: []cdp.Value{"Mullermann"}, Texts: []cdp.Value{"delivery late"}, Sources: []cdp.SourceID{"web"}, Size: 3})
	f.idents["anna@lindenhof.test"] = []cdp.ProfileID{3}
	f.idents["R-0000009"] = []cdp.ProfileID{5}
	return f
}

func TestQueries(t *testing.T) {
	f := family()
	x := built(t, f)
	for _, c := range []struct {
		q    string
		want []cdp.ProfileID // in order
	}{
		{"", []cdp.ProfileID{2, 1, 3, 4, 5}},
		{"müller", []cdp.ProfileID{2, 1, 3}},
		{"muller", []cdp.ProfileID{2, 1, 3}},
		{"Mueller*", []cdp.ProfileID{2, 1, 3, 5}},
		{"mu*", []cdp.ProfileID{2, 1, 3, 5}},
		{"muler~1", []cdp.ProfileID{2, 1, 3}},
		{"joe*", []cdp.ProfileID{3}},
		{"anna", []cdp.ProfileID{1, 2}}, // name before text
		{"name:anna", []cdp.ProfileID{1}},
		{`"late delivery"`, []cdp.ProfileID{2}},
		{"late delivery", []cdp.ProfileID{2, 5}},
		{"text:delivery -late", nil},
		{"istanbul", []cdp.ProfileID{3}},
		{"city:koeln", []cdp.ProfileID{1, 4}},
		{"weiss-popa", []cdp.ProfileID{4}},
		{"popa-weiss", nil},
		{"weiß-po*", []cdp.ProfileID{4}},
		{"name:\"joel muller\"", []cdp.ProfileID{3}},
		{"ştefan", []cdp.ProfileID{4}},
		{"constanta or istanbul", []cdp.ProfileID{3, 4}},
		{"country:de", []cdp.ProfileID{1}},
		{"country:none", []cdp.ProfileID{3, 4, 5}},
		{"source:web", []cdp.ProfileID{2, 1, 5}},
		{"source:SHOP*", []cdp.ProfileID{1}},
		{"source:shop", nil},
		{"consent:newsletter", []cdp.ProfileID{2, 1}},
		{"consent:newsletter=given", []cdp.ProfileID{1}},
		{"-has:consent", []cdp.ProfileID{3, 4, 5}},
		{"has:email", []cdp.ProfileID{1}},
		{"has:text", []cdp.ProfileID{2, 5}},
		{"kind:email touchpoint:order channel:web basis:contract", []cdp.ProfileID{1}},
		{"segment:loyal", []cdp.ProfileID{3}},
		{"ord-1001", []cdp.ProfileID{1}},
		{"record:ORD-10*", []cdp.ProfileID{1}},
		{"record:77120034", []cdp.ProfileID{1}},
		{"record:gid://shop/customer/77120034", []cdp.ProfileID{1}},
		{"record:R-0000009", []cdp.ProfileID{5}},
		{"P-4", []cdp.ProfileID{4}},
		{"profile:99", nil},
		{"email:anna@lindenhof.test", []cdp.ProfileID{3}},
		{"anna@lindenhof.test or bernd", []cdp.ProfileID{3, 2}},
		{"email:nobody@lindenhof.test", nil},
		{"-email:anna@lindenhof.test muller", []cdp.ProfileID{2, 1}},
		{"size:>=3", []cdp.ProfileID{3, 5}},
		{"size:2..3", []cdp.ProfileID{1, 5}},
		{"seen:2026", []cdp.ProfileID{2, 1}},
		{"seen:2026-02-28", []cdp.ProfileID{2}},
		{"seen:2025-12-30..2026-02-27", []cdp.ProfileID{1}},
		{"seen:<2026", []cdp.ProfileID{3}},
		{"seen:2000..", []cdp.ProfileID{2, 1, 3}},
		{"(anna or joel) -name:anna source:pos", []cdp.ProfileID{3}},
	} {
		if got := profiles(ask(t, x, f, cdp.SearchRequest{Query: c.q})); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.q, got, c.want)
		}
	}
}

func TestFacets(t *testing.T) {
	f := family()
	x := built(t, f)
	a := ask(t, x, f, cdp.SearchRequest{Query: "muller*", Facets: map[string][]string{"source": {"web"}, "country": {"DE", "none"}}})
	if got := profiles(a); !slices.Equal(got, []cdp.ProfileID{1, 5}) || a.Total != 2 {
		t.Errorf("chosen: %v of %d", got, a.Total)
	}
	got := make(map[string]string)
	for _, fc := range a.Facets {
		for _, v := range fc.Values {
			got[fc.Name] += fmt.Sprintf("%s=%d ", v.Value, v.Count)
		}
	}
	want := map[string]string{
		"source":  "web=2 pos=1 shop.orders=1 ", // as if no source were chosen
		"country": "AT=1 DE=1 none=1 ",
		"channel": "none=1 web=1 ",
		"basis":   "contract=1 none=1 ",
		"consent": "newsletter/given=1 none=1 ",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("facets %v, want %v", got, want)
	}
	if _, err := x.Search(t.Context(), f, cdp.SearchRequest{Facets: map[string][]string{"shoe": {"x"}}}, f.ident); err == nil {
		t.Error("a facet that does not exist was taken")
	}
}

func TestHits(t *testing.T) {
	f := family()
	x := built(t, f)
	a := ask(t, x, f, cdp.SearchRequest{Query: "anna", Limit: 1})
	if a.Total != 2 || len(a.Hits) != 1 || a.Partial != "" || a.Behind != 0 {
		t.Fatalf("first page: %+v", a)
	}
	h := a.Hits[0]
	if h.Name != "Anna Müller" || h.City != "Köln" || h.Country != "DE" || h.Records != 2 || len(h.Sources) != 2 || !h.Seen.Equal(day("2026-01-05")) {
		t.Errorf("hit %+v", h)
	}
	if got := profiles(ask(t, x, f, cdp.SearchRequest{Query: "anna", Offset: 1})); !slices.Equal(got, []cdp.ProfileID{2}) {
		t.Errorf("second page %v", got)
	}
	if got := profiles(ask(t, x, f, cdp.SearchRequest{Query: "anna", Offset: 9})); got != nil {
		t.Errorf("beyond the last page %v", got)
	}
	delete(f.docs, 1) // gone from the store, and the journal not followed
	f.changed(1)
	if a := ask(t, x, f, cdp.SearchRequest{Query: "anna"}); !slices.Equal(profiles(a), []cdp.ProfileID{2}) || a.Total != 1 || a.Behind != 1 {
		t.Errorf("after it is gone: %v of %d, %d behind", profiles(a), a.Total, a.Behind)
	}
}

func TestHighlights(t *testing.T) {
	f := newFeed()
	long := strings.Repeat("vorher ä ", 40) + "die späte Lieferung" + strings.Repeat(" nachher ö", 40)
	f.put(cdp.Document{Profile: 1, Names: []cdp.Value{"Anna Mueller-Weiß", "A. Müller"}, Cities: []cdp.Value{"München"}, Texts: []cdp.Value{cdp.Value(long), "nichts"},
		Records: []cdp.Value{"ORD-1"}, Kinds: []cdp.Kind{cdp.KindEmail}})
	f.idents["am@lindenhof.test"] = []cdp.ProfileID{1}
	x := built(t, f)
	for _, c := range []struct {
		q    string
		want string
	}{
		{"müller", "name:Anna [Mueller]-Weiß|name:A. [Müller]"},
		{"muell* weis~1", "name:Anna [Mueller]-[Weiß]|name:A. [Müller]"},
		{"name:\"mueller weiss\"", "name:Anna [Mueller-Weiß]"},
		{"city:munchen -name:zoe", "city:[München]"},
		{"record:ord-1", "record:[ORD-1]"},
		{"email:am@lindenhof.test", "email:"},
		{"am@lindenhof.test or name:a", "email:|name:[A]. Müller"},
		{"anna -text:muller", "name:[Anna] Mueller-Weiß"},
	} {
		a := ask(t, x, f, cdp.SearchRequest{Query: c.q})
		if len(a.Hits) != 1 {
			t.Errorf("%s: %d hits", c.q, len(a.Hits))
			continue
		}
		var got []string
		for _, m := range a.Hits[0].Matched {
			s := m.Fragment.Reveal()
			for _, sp := range slices.Backward(m.Spans) {
				s = s[:sp[0]] + "[" + s[sp[0]:sp[1]] + "]" + s[sp[1]:]
			}
			got = append(got, m.Field+":"+s)
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%s: %q, want %q", c.q, got, c.want)
		}
	}
	a := ask(t, x, f, cdp.SearchRequest{Query: `text:"spate lieferung"`})
	m := a.Hits[0].Matched
	if len(m) != 1 || len(m[0].Fragment) > maxFragment || len(m[0].Spans) != 1 {
		t.Fatalf("long text: %+v", m)
	}
	if sp := m[0].Spans[0]; m[0].Fragment[sp[0]:sp[1]] != "späte Lieferung" {
		t.Errorf("long text marked at %v", sp)
	}
}

func TestErrorsOfSearch(t *testing.T) {
	f := family()
	x := built(t, f)
	var qe *query.Error
	if _, err := x.Search(t.Context(), f, cdp.SearchRequest{Query: "(anna"}, f.ident); !errors.As(err, &qe) {
		t.Errorf("unreadable query: %v", err)
	}
	bad := errors.New("down")
	if _, err := x.Search(t.Context(), f, cdp.SearchRequest{Query: "id:x1"}, func(context.Context, query.IdentifierTerm) ([]cdp.ProfileID, error) { return nil, bad }); !errors.Is(err, bad) {
		t.Errorf("failing look-up: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := x.Search(ctx, f, cdp.SearchRequest{Query: "anna"}, f.ident); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	x.opt.Timeout = time.Nanosecond
	a := ask(t, x, f, cdp.SearchRequest{Query: "anna"})
	if a.Partial == "" || len(a.Hits) > 2 {
		t.Errorf("out of time: %+v", a)
	}
}

// matches is the naive meaning of a query, document by document.
func matches(fo *folder, f *testFeed, n query.Node, d cdp.Document) bool {
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
		var runs [][]token
		for _, v := range vs {
			if w := fo.words(v.Reveal()); joined && len(runs) > 0 {
				runs[0] = append(runs[0], w...)
			} else {
				runs = append(runs, w)
			}
		}
		want := fo.words(t.Text)
		for _, run := range runs {
			for i := 0; i+len(want) <= len(run); i++ {
				ok := true
				for j, w := range want {
					last := j == len(want)-1
					var forms []string
					run[i+j].forms(func(s string) { forms = append(forms, s) })
					switch {
					case last && t.Mode == query.Prefix:
						ok = ok && slices.ContainsFunc(forms, func(s string) bool {
							return strings.HasPrefix(s, w.plain) || len(want) == 1 && inner(w.plain) != "" && strings.HasPrefix(s, inner(w.plain))
						})
					case last && t.Mode == query.Fuzzy:
						ok = ok && slices.ContainsFunc(forms, func(s string) bool { return distance(s, w.key) <= t.Fuzz })
					default:
						ok = ok && run[i+j].key == w.key
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

// Values of any bytes and length are indexed, found by their words, and do not
// disturb other profiles.
func TestHostileValues(t *testing.T) {
	f := newFeed()
	junk := []cdp.Value{"", "\x00", "\x1b[2J \u202eanna\u202c", "\xff\xfe\xfd", cdp.Value(strings.Repeat("a", 1<<20)), cdp.Value(strings.Repeat("x\u0301", 1<<16)), "*", "\"", "-f:(", "none", "=", "山"}
	f.put(cdp.Document{Profile: 1<<63 - 1, Names: junk, Cities: junk, Texts: junk, Records: junk, Segments: junk,
		Countries: []string{"", "\x00", strings.Repeat("D", 5000), "D*"}, Sources: []cdp.SourceID{"\xff", "a/b c"},
		Consents: []cdp.DocumentConsent{{}, {Purpose: "/", State: "/"}}, Size: -5, Seen: time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)})
	f.put(cdp.Document{Profile: 2, Names: []cdp.Value{"Bernd"}, Sources: []cdp.SourceID{"web"}, Size: 1 << 40, Seen: day("0001-01-01")})
	x := built(t, f)
	for _, c := range []struct {
		q    string
		want []cdp.ProfileID
	}{
		{"name:anna", []cdp.ProfileID{1<<63 - 1}},
		{strings.Repeat("A", 900), []cdp.ProfileID{1<<63 - 1}},
		{"text:山", []cdp.ProfileID{1<<63 - 1}},
		{`source:a/b\ c`, []cdp.ProfileID{1<<63 - 1}},
		{`country:D\*`, []cdp.ProfileID{1<<63 - 1}},
		{"bernd", []cdp.ProfileID{2}},
		{"size:>=9999999", []cdp.ProfileID{2}},
		{strings.TrimSpace(strings.Repeat("be* ", 64)), []cdp.ProfileID{2}},
		{"zz~2", nil}, // too short to be fuzzy
	} {
		a, err := x.Search(t.Context(), f, cdp.SearchRequest{Query: c.q}, f.ident)
		var qe *query.Error
		if errors.As(err, &qe) {
			if c.want != nil {
				t.Errorf("%.40q: %v", c.q, err)
			}
			continue
		}
		if err != nil || !slices.Equal(profiles(a), c.want) {
			t.Errorf("%.40q: %v, %v, want %v", c.q, profiles(a), err, c.want)
		}
		for _, h := range a.Hits {
			for _, m := range h.Matched {
				for _, s := range m.Spans {
					if s[0] < 0 || s[1] <= s[0] || s[1] > len(m.Fragment) {
						t.Errorf("%.40q: span %v of a fragment of %d bytes", c.q, s, len(m.Fragment))
					}
				}
			}
		}
	}
}
