package match

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"cdp-tui/internal/cdp"
)

// Few values, so that they agree often, and any text now and then.
func anyOf(values ...string) *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom(values), rapid.SampledFrom(values), rapid.String())
}

func records() *rapid.Generator[[]cdp.Record] {
	attribute := rapid.OneOf(
		named1("given_name", anyOf("Anke", "A.", "Anneke", "Anna Maria", "Bob", "Robert", "王伟", "Анке", "Dr. Jürgen", "Juergen")),
		named1("family_name", anyOf("Brandt", "Brand", "Brandt Jr", "Brandt sr.", "Lorenz-Brandt", "Anke", "O'Hara", "Țurcanu")),
		named1("full_name", anyOf("Anke Brandt", "Brandt, Anke", "Brandt", "A Brandt", "王伟")),
		named1("company", anyOf("Brandt GmbH", "Brandt Export", "GmbH")),
		named1("birth_date", anyOf("1984-03-07", "7.3.1984", "3/7/84", "07031984", "7 März 1984", "1900-01-01", "1994-03-07")),
		named1("street", anyOf("Hauptstr. 12", "Hauptstraße 12a", "12", "Ring", "Ring 12, 50667 Köln")),
		named1("postal_code", anyOf("50667", "50677", "10115")),
		named1("city", anyOf("Köln", "Koeln", "Bonn")),
		named1("country", anyOf("DE", "RO", "Germany")),
	)
	link := rapid.Custom(func(t *rapid.T) cdp.Claim {
		kind := rapid.SampledFrom([]cdp.Kind{cdp.KindEmail, cdp.KindPhone, cdp.KindNationalID, cdp.KindCookie}).Draw(t, "kind")
		value := anyOf("anke.brandt@mail.example", "ankebrandt+x@mail.example", "anke@x.example", "+493012345678", "030 12345678", "+493012345687", "de:123456", "de:123465", "ro:123456").Draw(t, "value")
		c := claim(kind, value)
		c.Generic = rapid.SampledFrom([]string{"", "", "role"}).Draw(t, "generic")
		return c
	})
	record := rapid.Custom(func(t *rapid.T) cdp.Record {
		return cdp.Record{Attributes: rapid.SliceOfN(attribute, 0, 8).Draw(t, "attributes"), Claims: rapid.SliceOfN(link, 0, 4).Draw(t, "claims")}
	})
	return rapid.SliceOfN(record, 0, 4)
}

func named1(name string, values *rapid.Generator[string]) *rapid.Generator[cdp.Attribute] {
	return rapid.Map(values, func(v string) cdp.Attribute { return cdp.Attribute{Name: name, Value: cdp.Value(v)} })
}

func TestCompareIsSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := Of(records().Draw(t, "a"), nil), Of(records().Draw(t, "b"), nil)
		x, y := DefaultRules().Compare(a, b), DefaultRules().Compare(b, a)
		if x.Total != y.Total || x.Level != y.Level || !slices.Equal(x.Fields, y.Fields) {
			t.Errorf("%v one way, %v the other", x, y)
		}
	})
}

func TestNothingIsCloserThanItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := Of(records().Draw(t, "a"), nil), Of(records().Draw(t, "b"), nil)
		self, other := DefaultRules().Compare(a, a), DefaultRules().Compare(a, b)
		for i, f := range self.Fields {
			if f.Points < other.Fields[i].Points {
				t.Errorf("%v with itself, %v with another", f, other.Fields[i])
			}
			if f.Points < 0 {
				t.Errorf("%v with itself", f)
			}
		}
	})
}

func TestScoreAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := DefaultRules().Compare(Of(records().Draw(t, "a"), nil), Of(records().Draw(t, "b"), nil))
		sum := 0.0
		for i, name := range []string{FieldName, FieldBirth, FieldEmail, FieldPhone, FieldAddress, FieldID} {
			f := s.Fields[i]
			sum += f.Points
			if f.Name != name || f.Why == "" || f.How == Missing && f.Points != 0 || f.How == Exact && f.Points <= 0 || f.How == "" {
				t.Errorf("field %d: %v", i, f)
			}
		}
		want := None
		switch {
		case sum >= 4:
			want = Possible
		case sum >= 3:
			want = Related
		}
		if s.Total != sum || s.Level != want {
			t.Errorf("total %v, level %s; fields give %v, %s", s.Total, s.Level, sum, want)
		}
	})
}

func TestOrderIsOfNoAccount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rs := records().Draw(t, "records")
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		shuffled := slices.Clone(rs)
		for i := range shuffled {
			r := &shuffled[i]
			r.Attributes, r.Claims = slices.Clone(r.Attributes), slices.Clone(r.Claims)
			rnd.Shuffle(len(r.Attributes), func(i, j int) { r.Attributes[i], r.Attributes[j] = r.Attributes[j], r.Attributes[i] })
			rnd.Shuffle(len(r.Claims), func(i, j int) { r.Claims[i], r.Claims[j] = r.Claims[j], r.Claims[i] })
		}
		rnd.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		a, b, other := Of(rs, nil), Of(shuffled, nil), Of(records().Draw(t, "other"), nil)
		if x, y := Keys(a), Keys(b); !slices.Equal(x, y) {
			t.Errorf("keys %q in one order, %q in another", x, y)
		}
		if x, y := DefaultRules().Compare(a, other), DefaultRules().Compare(b, other); !slices.Equal(x.Fields, y.Fields) {
			t.Errorf("%v in one order, %v in another", x, y)
		}
	})
}

func TestBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rs := slices.Concat(records().Draw(t, "a"), records().Draw(t, "b"), records().Draw(t, "c"))
		p := Of(rs, nil)
		if n := max(len(p.names), len(p.births), len(p.mails), len(p.phones), len(p.addresses), len(p.ids)); n > maxValues {
			t.Errorf("%d values of a field", n)
		}
		keys := Keys(p)
		if len(keys) > MaxKeys || !slices.IsSorted(keys) || len(slices.Compact(slices.Clone(keys))) != len(keys) {
			t.Errorf("%d keys %q", len(keys), keys)
		}
		for _, k := range keys {
			if sort, value, ok := strings.Cut(k, "|"); !ok || sort == "" || value == "" {
				t.Errorf("key %q", k)
			}
		}
	})
}

func TestKeysOfLongValuesAreShort(t *testing.T) {
	for _, long := range []string{strings.Repeat("brandt ", 2000), strings.Repeat("brandt", 2000), strings.Repeat("王", 2000), strings.Repeat("王伟 ", 2000)} {
		p := who("given_name", long, "family_name", long, "street", long, "city", long, "postal_code", long, "email", "a@"+strings.Repeat("b", 240), "phone", strings.Repeat("1", 20), "national_id", "de:"+strings.Repeat("2", 64))
		for _, k := range Keys(p) {
			if len(k) > 400 {
				t.Errorf("a key of %d bytes", len(k))
			}
		}
	}
}

func TestReviewIsBoundedAndOrdered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := DefaultRules()
		rules.PerProfile = rapid.IntRange(1, 4).Draw(t, "per profile")
		var found []Candidate
		seen := map[[2]uint64]bool{}
		for range rapid.IntRange(0, 60).Draw(t, "pairs") {
			a, b := rapid.Uint64Range(1, 9).Draw(t, "a"), rapid.Uint64Range(1, 9).Draw(t, "b")
			if a >= b || seen[[2]uint64{a, b}] {
				continue
			}
			seen[[2]uint64{a, b}] = true
			total := float64(rapid.IntRange(2, 8).Draw(t, "total"))
			level := None
			if total >= rules.Possible {
				level = Possible
			}
			found = append(found, Candidate{A: a, B: b, Score: Score{Total: total, Level: level}})
		}
		given := slices.Clone(found)
		queue := rules.Review(found)
		if !slices.EqualFunc(given, found, func(x, y Candidate) bool { return x.A == y.A && x.B == y.B }) {
			t.Error("the argument was changed")
		}
		per := map[uint64]int{}
		for _, c := range queue {
			per[c.A]++
			per[c.B]++
			if c.Score.Level != Possible || per[c.A] > rules.PerProfile || per[c.B] > rules.PerProfile {
				t.Errorf("%v is in the queue", c)
			}
		}
		if !slices.IsSortedFunc(queue, func(x, y Candidate) int { return cmp.Compare(y.Score.Total, x.Score.Total) }) {
			t.Error("not best first")
		}
		// What is near a profile is enough to find its part of the queue.
		x := rapid.Uint64Range(1, 9).Draw(t, "touched")
		near := map[uint64]bool{x: true}
		of := func(c Candidate) bool { return c.A == x || c.B == x }
		for _, c := range found {
			if of(c) && c.Score.Level == Possible {
				near[c.A], near[c.B] = true, true
			}
		}
		var part []Candidate
		for _, c := range found {
			if near[c.A] || near[c.B] {
				part = append(part, c)
			}
		}
		here := slices.DeleteFunc(rules.Review(part), func(c Candidate) bool { return !of(c) })
		there := slices.DeleteFunc(slices.Clone(queue), func(c Candidate) bool { return !of(c) })
		if fmt.Sprint(here) != fmt.Sprint(there) {
			t.Errorf("%v of the pairs near it, %v of all", here, there)
		}
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(found), func(i, j int) { found[i], found[j] = found[j], found[i] })
		if again := rules.Review(found); fmt.Sprint(again) != fmt.Sprint(queue) {
			t.Error("another queue from another order")
		}
	})
}

func FuzzBirth(f *testing.F) {
	for _, s := range []string{"1984-03-17", "17.3.84", "3/17/1984", "19840317", "17031984", "Mar 17 1984", "17-Mär-84", "1984-03-17T10:00:00Z", "--03-17", "0000-00-00", "29.2.1900", "1/2/3/4"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b := parseBirth(s)
		if len(b) > 2 {
			t.Fatalf("%d readings", len(b))
		}
		for _, d := range b {
			if !d.valid() || len(d.digits(true)) != 8 || len(d.digits(false)) != 6 {
				t.Fatalf("%v is no date", d)
			}
		}
		if len(b) == 2 && (b[0].day > 12 || b[0].month != b[1].day || b[0].day != b[1].month) {
			t.Fatalf("%v are not two readings of one", b)
		}
		if len(b) > 0 && compareBirth(b, b).How != Exact {
			t.Fatal("not the same as itself")
		}
	})
}

func FuzzName(f *testing.F) {
	for _, s := range []string{"Brandt, Anke", "Dr. Jürgen Möller jr.", "王伟", "O'Hara-Weiß", ", ,", "Jr", "\xff\xfe", "aeaeae", "Œuvre", "١٢٣"} {
		f.Add(s, s)
	}
	f.Add("Anke Brandt", "0") // a whole name in the field of the given one
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := who("full_name", a), who("full_name", b, "given_name", a)
		r := DefaultRules()
		if p, q := r.Compare(x, y), r.Compare(y, x); !slices.Equal(p.Fields, q.Fields) {
			t.Fatalf("%v one way, %v the other", p, q)
		}
		if s := r.Compare(y, y); s.Total < r.Compare(x, y).Total {
			t.Fatal("closer than itself")
		}
		for _, n := range y.names {
			if len(n.all) == 0 || len(n.all) > 2*maxWords || slices.ContainsFunc(n.all, func(w word) bool { return len(w) == 0 || len(sound(w)) > 4*utf8.UTFMax }) {
				t.Fatalf("%d words", len(n.all))
			}
		}
		if keys := Keys(y); len(keys) > MaxKeys {
			t.Fatalf("%d keys", len(keys))
		}
	})
}

func FuzzNearness(f *testing.F) {
	f.Add("martha", "marhta")
	f.Add("", "a")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := []rune(a), []rune(b)
		n := nearness(x, y)
		if n != nearness(y, x) || n < 0 || n > 1.0000001 {
			t.Fatalf("%v and %v", n, nearness(y, x))
		}
		if withinOne(a, b) != withinOne(b, a) || !withinOne(a, a) {
			t.Fatal("not symmetric")
		}
	})
}

// TestNearness holds the measures to values that others publish.
func TestNearness(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"martha", "marhta", 0.9611}, {"dwayne", "duane", 0.84}, {"dixon", "dicksonx", 0.8133}, {"abc", "xyz", 0}, {"", "", 0}, {"a", "a", 1},
	} {
		if got := nearness([]rune(c.a), []rune(c.b)); got < c.want-0.0001 || got > c.want+0.0001 {
			t.Errorf("%s, %s: %.4f, want %.4f", c.a, c.b, got, c.want)
		}
	}
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"1234", "1234", true}, {"1234", "1243", true}, {"1234", "124", true}, {"124", "1234", true}, {"1234", "1239", true}, {"1234", "12345", true},
		{"1234", "2143", false}, {"1234", "3412", false}, {"1234", "12", false}, {"12", "21", true}, {"1234", "1324", true}, {"1234", "4231", false},
	} {
		if got := withinOne(c.a, c.b); got != c.want {
			t.Errorf("%s, %s: %v", c.a, c.b, got)
		}
	}
}

func BenchmarkCompare(b *testing.B) {
	one := who("given_name", "Annelise", "family_name", "Brandt", "birth_date", "1984-03-17", "street", "Hauptstr. 12", "postal_code", "50667", "city", "Köln", "email", "annelise.brandt@mail.example", "phone", "+493012345678")
	for _, c := range []struct {
		name  string
		other *Person
	}{
		{"same", who("given_name", "Annelise", "family_name", "Brandt", "birth_date", "1984-03-17", "street", "Hauptstr. 12", "postal_code", "50667", "city", "Köln", "email", "abrandt@mail.example", "phone", "+493012345679")},
		{"near", who("given_name", "Anneliese", "family_name", "Brand", "birth_date", "1984-03-18", "street", "Haupstraße 12", "postal_code", "50677", "city", "Köln", "email", "annelise.brand@mail.example", "phone", "+493012345679")},
		{"other", who("given_name", "Torben", "family_name", "Lorenz", "birth_date", "1979-11-02", "street", "Ringweg 4", "postal_code", "53111", "city", "Bonn", "email", "tl@post.example", "phone", "+492281234567")},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			rules := DefaultRules()
			for b.Loop() {
				rules.Compare(one, c.other)
			}
		})
	}
	b.Run("keys", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Keys(one)
		}
	})
}
