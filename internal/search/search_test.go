package search

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
	"cdp-tui/internal/segment"
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

// A purpose alone stands for all its states, = for the slash of the index, and
// upper and lower case for each other, as in a query.
func TestChosenValues(t *testing.T) {
	f := family()
	x := built(t, f)
	for _, c := range []struct {
		facet, value string
		want         []cdp.ProfileID
		listed       string
	}{
		{"consent", "newsletter", []cdp.ProfileID{2, 1}, "none=3 newsletter/given=1 newsletter/withdrawn=1 "},
		{"consent", "newsletter/given", []cdp.ProfileID{1}, "none=3 newsletter/given=1 newsletter/withdrawn=1 "},
		{"consent", "newsletter=given", []cdp.ProfileID{1}, "none=3 newsletter/given=1 newsletter/withdrawn=1 "},
		{"consent", "news", nil, "none=3 newsletter/given=1 newsletter/withdrawn=1 news=0 "},
		{"consent", "none", []cdp.ProfileID{3, 4, 5}, "none=3 newsletter/given=1 newsletter/withdrawn=1 "},
		{"country", "de", []cdp.ProfileID{1}, "none=3 AT=1 DE=1 "},
		{"source", "Shop.Orders", []cdp.ProfileID{1}, "web=3 call=1 pos=1 shop.orders=1 "},
	} {
		a := ask(t, x, f, cdp.SearchRequest{Facets: map[string][]string{c.facet: {c.value}}})
		listed := ""
		for _, fc := range a.Facets {
			for _, v := range fc.Values {
				if fc.Name == c.facet {
					listed += fmt.Sprintf("%s=%d ", v.Value, v.Count)
				}
			}
		}
		if !slices.Equal(profiles(a), c.want) || listed != c.listed {
			t.Errorf("%s=%s: %v, %s, want %v, %s", c.facet, c.value, profiles(a), listed, c.want, c.listed)
		}
	}
}

// A facet of very many values is not kept, and counted all the same.
func TestFacetOfManyValues(t *testing.T) {
	f := newFeed()
	for i := range maxKept + 10 {
		f.put(cdp.Document{Profile: cdp.ProfileID(i + 1), Names: []cdp.Value{"Anna"}, Countries: []string{fmt.Sprintf("C%04d", i)}, Sources: []cdp.SourceID{"web"}, Size: 1})
	}
	x := built(t, f)
	a := ask(t, x, f, cdp.SearchRequest{Query: "anna", Facets: map[string][]string{"country": {"C2055", "c0001"}}})
	var country, source cdp.Facet
	for _, fc := range a.Facets {
		switch fc.Name {
		case "country":
			country = fc
		case "source":
			source = fc
		}
	}
	if a.Total != 2 || len(country.Values) != maxFacetValues+1 || country.Values[0] != (cdp.FacetValue{Value: "C0000", Count: 1}) || country.Values[maxFacetValues].Value != "C2055" {
		t.Errorf("%d hits, %d countries: %v", a.Total, len(country.Values), country.Values)
	}
	if !slices.Equal(source.Values, []cdp.FacetValue{{Value: "web", Count: 2}}) {
		t.Errorf("sources %v", source.Values)
	}
}

// Of a profile of many records the list reads a few; sources and bases of the
// others are those of the index.
func TestHitOfManyRecords(t *testing.T) {
	f := newFeed()
	d := cdp.Document{Profile: 1, Names: []cdp.Value{"Anna"}, Sources: []cdp.SourceID{"web", "pos", "call"}, Bases: []cdp.BasisKind{cdp.BasisContract, cdp.BasisConsent}, Size: 40}
	for i := range d.Size {
		d.Records = append(d.Records, cdp.Value(fmt.Sprintf("ORD-%d", i)))
	}
	f.put(d)
	x := built(t, f)
	h := ask(t, x, f, cdp.SearchRequest{Query: "ord-20"}).Hits[0]
	slices.Sort(h.Sources)
	slices.Sort(h.Bases)
	if h.Records != 40 || !slices.Equal(h.Sources, []cdp.SourceID{"call", "pos", "web"}) || !slices.Equal(h.Bases, []cdp.BasisKind{cdp.BasisConsent, cdp.BasisContract}) {
		t.Errorf("%d records, sources %v, bases %v", h.Records, h.Sources, h.Bases)
	}
	if len(h.Matched) != 1 || h.Matched[0].Fragment != "ORD-20" {
		t.Errorf("matched %v", h.Matched)
	}
}

// A page far beyond the last hit is empty, whatever its number.
func TestPagesBeyondTheEnd(t *testing.T) {
	f := family()
	x := built(t, f)
	for _, offset := range []int{5, 6, 1 << 40, math.MaxInt - 10, math.MaxInt} {
		if a := ask(t, x, f, cdp.SearchRequest{Offset: offset}); len(a.Hits) != 0 || a.Total != 5 {
			t.Errorf("from %d on: %d hits of %d", offset, len(a.Hits), a.Total)
		}
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
	if len(m) != 1 || len(m[0].Fragment) > segment.MaxFragment || len(m[0].Spans) != 1 {
		t.Fatalf("long text: %+v", m)
	}
	if sp := m[0].Spans[0]; m[0].Fragment[sp[0]:sp[1]] != "späte Lieferung" {
		t.Errorf("long text marked at %v", sp)
	}
}

// A range that is open at one end asks for the years that there are, not for
// thousands.
func TestOpenRangesAreSmall(t *testing.T) {
	x := built(t, family()) // seen in 2025 and 2026
	snap, err := x.gen.snapshot()
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	for q, want := range map[string]string{
		"seen:>=1990":                 "y2025 y2026",
		"seen:<2026-02-02":            "y2025 m2026-01 d2026-02-01",
		"seen:>2026-12-30":            "d2026-12-31",
		"seen:1800..2024":             "",
		"seen:2027..":                 "",
		"seen:2025-12-31..2026-01-31": "d2025-12-31 m2026-01",
	} {
		tree, err := query.Parse(q)
		if err != nil {
			t.Fatal(err)
		}
		p, err := (&planner{folder: x.folder, snap: snap}).plan(t.Context(), tree)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(p.parts[0].terms, " "); got != want {
			t.Errorf("%s: %q, want %q", q, got, want)
		}
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
