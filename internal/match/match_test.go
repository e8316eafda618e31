package match

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
)

// who makes a person of one record: name, value, name, value ... Names of
// claims are kinds, "generic email" is a shared one. "--" begins the next
// record.
func who(pairs ...string) *Person {
	records := []cdp.Record{{}}
	for i := 0; i < len(pairs); i += 2 {
		for pairs[i] == "--" {
			records = append(records, cdp.Record{})
			i++
		}
		r := &records[len(records)-1]
		kind, generic := strings.CutPrefix(pairs[i], "generic ")
		switch kind {
		case "email", "phone", "national_id":
			c := claim(cdp.Kind(kind), pairs[i+1])
			if generic {
				c.Generic = "role"
			}
			r.Claims = append(r.Claims, c)
		default:
			r.Attributes = append(r.Attributes, cdp.Attribute{Name: pairs[i], Value: cdp.Value(pairs[i+1])})
		}
	}
	return Of(records, nil)
}

// TestFields holds each field to what it says of made-up people.
func TestFields(t *testing.T) {
	person := func(given, family string) *Person { return who("given_name", given, "family_name", family) }
	for _, c := range []struct {
		what   string
		a, b   *Person
		field  string
		how    How
		points float64
	}{
		{"case and accents", person("Zoë", "ÇELİK"), person("zoe", "Çelik"), FieldName, Exact, 3},
		{"umlaut written out", person("Jürgen", "Möller"), person("Juergen", "Moeller"), FieldName, Exact, 3},
		{"umlaut bared", person("Jürgen", "Möller"), person("Jurgen", "Moller"), FieldName, Exact, 3},
		{"sharp s", person("Anke", "Weiß"), person("Anke", "Weiss"), FieldName, Exact, 3},
		{"Romanian comma and cedilla", person("Ștefan", "Țurcanu"), person("Ştefan", "Ţurcanu"), FieldName, Exact, 3},
		{"Turkish dotless i", person("Işıl", "Yıldız"), person("Isil", "Yildiz"), FieldName, Exact, 3},
		{"title", person("Dr. Anke", "Weiß"), person("Anke", "Weiß"), FieldName, Exact, 3},
		{"hyphen and blank", person("Anna-Maria", "Weiß"), person("Anna Maria", "Weiß"), FieldName, Exact, 3},
		{"apostrophe", person("Ellie", "O'Hara"), person("Ellie", "Ohara"), FieldName, Exact, 3},
		{"slip", person("Annelise", "Weiß"), person("Anneliese", "Weiß"), FieldName, Near, 2.5},
		{"sounds alike", person("Candace", "Weiß"), person("Kandace", "Weiß"), FieldName, Near, 2.5},
		{"nickname", person("Bob", "Weiß"), person("Robert", "Weiß"), FieldName, Near, 2.5},
		{"nickname of either", person("Pat", "Weiß"), person("Patrick", "Weiß"), FieldName, Near, 2.5},
		{"nickname of both", person("Bobby", "Weiß"), person("Rob", "Weiß"), FieldName, Near, 2.5},
		{"one given name of two is another", person("Hans Peter", "Weiß"), person("Hans Jürgen", "Weiß"), FieldName, Differs, -1.5},
		{"one of two given names", person("Maria Luisa", "Weiß"), person("Maria", "Weiß"), FieldName, Near, 2.5},
		{"one of two family names", person("Maria", "Weiß"), person("Maria", "Weiß-Brandt"), FieldName, Near, 2.5},
		{"both near", person("Annelise", "Mayer"), person("Anneliese", "Meyer"), FieldName, Near, 2},
		{"initial", person("A.", "Brandt"), person("Anke", "Brandt"), FieldName, Initial, 2},
		{"another initial", person("B.", "Brandt"), person("Anke", "Brandt"), FieldName, Differs, -1.5},
		{"exchanged", person("Brandt", "Anke"), person("Anke", "Brandt"), FieldName, Swapped, 2.5},
		{"married", person("Anke", "Brandt"), person("Anke", "Lorenz"), FieldName, Differs, 0.5},
		{"relatives", person("Anke", "Brandt"), person("Torben", "Brandt"), FieldName, Differs, -1.5},
		{"short names are not near", person("Mark", "Brandt"), person("Mary", "Brandt"), FieldName, Differs, -1.5},
		{"others", person("Anke", "Brandt"), person("Torben", "Lorenz"), FieldName, Differs, -3},
		{"senior and junior", person("Anke", "Brandt Sr."), person("Anke", "Brandt Jr."), FieldName, Differs, -3},
		{"second and third", person("Anke II", "Brandt"), person("Anke III", "Brandt"), FieldName, Differs, -3},
		{"family name only", who("family_name", "Brandt"), person("Anke", "Brandt"), FieldName, Near, 1},
		{"other script", who("full_name", "王伟"), person("Wei", "Wang"), FieldName, Missing, 0},
		{"in one field", who("full_name", "Anke Brandt"), person("Anke", "Brandt"), FieldName, Exact, 3},
		{"with a comma", who("name", "Brandt, Anke"), person("Anke", "Brandt"), FieldName, Exact, 3},
		{"other order", who("name", "Brandt Anke"), who("name", "Anke Brandt"), FieldName, Exact, 3},
		{"company's legal form", who("company", "Brandt Söhne GmbH"), who("company", "Brandt Söhne"), FieldName, Exact, 3},
		{"longer company name", who("company", "Brandt Export"), who("company", "Brandt Export Nord"), FieldName, Near, 2},
		{"other company", who("company", "Brandt Export"), who("company", "Lorenz Druck"), FieldName, Differs, -1.5},
		{"a person's company", who("company", "Anke Brandt GmbH"), person("Anke", "Brandt"), FieldName, Near, 2},
		{"an employer is no name", who("given_name", "Anke", "family_name", "Brandt", "company", "Lorenz"), who("company", "Lorenz"), FieldName, Differs, -1.5},
		{"best of several", who("family_name", "Lorenz", "given_name", "Anke", "--", "family_name", "Brandt", "given_name", "Anke"), person("Anke", "Brandt"), FieldName, Exact, 3},
		{"no name", who(), person("Anke", "Brandt"), FieldName, Missing, 0},

		{"spelling of a date", who("birth_date", "1984-03-17"), who("birth_date", "17.3.1984"), FieldBirth, Exact, 2.5},
		{"date, century missing", who("birth_date", "1984-03-17"), who("birth_date", "3/17/84"), FieldBirth, Exact, 2.5},
		{"date, month in words", who("birth_date", "17. März 1984"), who("birth_date", "17 mart 1984"), FieldBirth, Exact, 2.5},
		{"read month first", who("birth_date", "1984-07-03"), who("birth_date", "3/7/1984"), FieldBirth, Swapped, 2},
		{"exchanged day and month", who("birth_date", "1984-07-03"), who("birth_date", "1984-03-07"), FieldBirth, Swapped, 2},
		{"slip in the year", who("birth_date", "1984-03-17"), who("birth_date", "1994-03-17"), FieldBirth, Near, 1.5},
		{"slip in the day", who("birth_date", "1984-03-17"), who("birth_date", "1984-03-71"), FieldBirth, Missing, 0},
		{"neighbours exchanged", who("birth_date", "1948-03-17"), who("birth_date", "1984-03-17"), FieldBirth, Near, 1.5},
		{"other day", who("birth_date", "1984-03-17"), who("birth_date", "1979-11-02"), FieldBirth, Differs, -2},
		{"placeholder date", who("birth_date", "1900-01-01"), who("birth_date", "1900-01-01"), FieldBirth, Missing, 0},

		{"dots and tags", who("email", "anke.brandt+shop@mail.example"), who("email", "ankebrandt@mail.example"), FieldEmail, Near, 2},
		{"slip before the @", who("email", "ankebrandt@mail.example"), who("email", "ankebrant@mail.example"), FieldEmail, Near, 1.75},
		{"slip after the @", who("email", "ankebrandt@mail.example"), who("email", "ankebrandt@mial.example"), FieldEmail, Near, 1.75},
		{"other host", who("email", "ankebrandt@mail.example"), who("email", "ankebrandt@post.example"), FieldEmail, Near, 1.5},
		{"short local part elsewhere", who("email", "anke@mail.example"), who("email", "anke@post.example"), FieldEmail, Differs, 0},
		{"role mailbox", who("generic email", "info@mail.example"), who("generic email", "info@mail.example"), FieldEmail, Shared, 0.5},
		{"one slip from a role mailbox", who("generic email", "service@mail.example"), who("email", "servce@mail.example"), FieldEmail, Differs, 0},

		{"slip in a phone", who("phone", "+493012345678"), who("phone", "+493012345679"), FieldPhone, Near, 1.5},
		{"phone without country", who("phone", "+493012345678"), who("phone", "030 12345678"), FieldPhone, Near, 1.75},
		{"phone without area", who("phone", "+17025552412"), who("phone", "555-2412"), FieldPhone, Near, 1.75},
		{"extension", who("phone", "+493012345678;ext=12"), who("phone", "+493012345678"), FieldPhone, Exact, 2},
		{"other phone", who("phone", "+493012345678"), who("phone", "+493087654321"), FieldPhone, Differs, 0},

		{"abbreviated street", who("street", "Hauptstraße 12", "postal_code", "50667"), who("street", "Hauptstr. 12", "postal_code", "50667"), FieldAddress, Exact, 2},
		{"house number apart", who("street", "Hauptstraße", "house_number", "12", "city", "Köln"), who("street", "Hauptstr. 12", "city", "Koeln"), FieldAddress, Exact, 2},
		{"other order of an address", who("street", "Suite 900, 1450 N City Rd", "postal_code", "23208"), who("street", "1450 N City Road Suite 900", "postal_code", "23208"), FieldAddress, Exact, 2},
		{"in one line", who("street", "37 Rose Lane, Camden, 08030"), who("street", "37 Rose Ln", "postal_code", "08030"), FieldAddress, Exact, 2},
		{"slip in the street", who("street", "Lindenalee 7", "postal_code", "50667"), who("street", "Lindenallee 7", "postal_code", "50667"), FieldAddress, Exact, 2},
		{"number 12 and 12 a", who("street", "Hauptstr. 12a", "postal_code", "50667"), who("street", "Hauptstr. 12", "postal_code", "50667"), FieldAddress, Near, 1.5},
		{"delivery address", who("street", "Ring 1", "city", "Bonn", "shipping_street", "Hauptstr. 12", "shipping_city", "Köln"), who("street", "Hauptstr. 12", "city", "Köln"), FieldAddress, Exact, 2},
		{"same street elsewhere", who("street", "Hauptstr. 12", "postal_code", "50667"), who("street", "Hauptstr. 12", "postal_code", "10115"), FieldAddress, Near, 0.75},
		{"postcode", who("street", "Hauptstr. 12", "postal_code", "50667"), who("street", "Ring 1", "postal_code", "50667"), FieldAddress, Near, 0.5},
		{"postcode of another country", who("postal_code", "50667", "country", "DE"), who("postal_code", "50667", "country", "RO"), FieldAddress, Differs, -0.5},
		{"town", who("street", "Hauptstr. 12", "city", "Köln"), who("street", "Ring 1", "city", "Köln"), FieldAddress, Near, 0.25},
		{"other address", who("street", "Hauptstr. 12", "city", "Köln"), who("street", "Ring 1", "city", "Bonn"), FieldAddress, Differs, -0.5},

		{"slip in an id", who("national_id", "ro:1840317123456"), who("national_id", "ro:1840317123465"), FieldID, Near, 2},
		{"other id", who("national_id", "ro:1840317123456"), who("national_id", "ro:2791102123456"), FieldID, Differs, -1},
		{"id of another issuer", who("national_id", "ro:1840317123456"), who("national_id", "tr:1840317123456"), FieldID, Missing, 0},
	} {
		t.Run(c.what, func(t *testing.T) {
			got := DefaultRules().Compare(c.a, c.b).Field(c.field)
			if got.How != c.how || got.Points != c.points {
				t.Errorf("%s, %v points (%s), want %s, %v", got.How, got.Points, got.Why, c.how, c.points)
			}
			if got.Why == "" {
				t.Error("no reason")
			}
		})
	}
}

// TestLevels holds whole people to the level a reviewer would want.
func TestLevels(t *testing.T) {
	anke := who("given_name", "Anke", "family_name", "Brandt", "birth_date", "1984-03-17", "street", "Hauptstr. 12", "postal_code", "50667", "email", "anke.brandt@mail.example")
	for _, c := range []struct {
		what  string
		other *Person
		want  Level
	}{
		{"name and birth date", who("given_name", "Anke", "family_name", "Brandt", "birth_date", "17.03.1984"), Possible},
		{"name and a near address of e-mail", who("given_name", "Anke", "family_name", "Brandt", "email", "ankebrandt@mail.example"), Possible},
		{"name and address", who("given_name", "Anke", "family_name", "Brandt", "street", "Hauptstr. 12", "postal_code", "50667"), Possible},
		{"another family name since the wedding", who("given_name", "Anke", "family_name", "Lorenz", "birth_date", "17.03.1984", "street", "Hauptstr. 12", "postal_code", "50667"), Possible},
		{"birth date and address under a name in another script", who("full_name", "Анке Брандт", "birth_date", "17.03.1984", "street", "Hauptstr. 12", "postal_code", "50667"), Possible},
		{"a namesake in the same postcode", who("given_name", "Anke", "family_name", "Brandt", "street", "Ring 1", "postal_code", "50667"), Related},
		{"a twin", who("given_name", "Torben", "family_name", "Brandt", "birth_date", "17.03.1984", "street", "Hauptstr. 12", "postal_code", "50667"), Related},
		{"a namesake", who("given_name", "Anke", "family_name", "Brandt"), Related},
		{"a namesake of another age", who("given_name", "Anke", "family_name", "Brandt", "birth_date", "1951-11-02"), None},
		{"a brother", who("given_name", "Torben", "family_name", "Brandt", "birth_date", "1979-11-02", "street", "Hauptstr. 12", "postal_code", "50667"), None},
		{"the same birth date", who("given_name", "Torben", "family_name", "Lorenz", "birth_date", "17.03.1984"), None},
		{"nothing", who(), None},
	} {
		t.Run(c.what, func(t *testing.T) {
			if got := DefaultRules().Compare(anke, c.other); got.Level != c.want {
				t.Errorf("%s, want %s: %v", got.Level, c.want, got)
			}
			if c.want == Possible && !shareKey(anke, c.other) {
				t.Error("no key in common")
			}
		})
	}
}

func shareKey(a, b *Person) bool {
	keys := Keys(a)
	return slices.ContainsFunc(Keys(b), func(k string) bool { return slices.Contains(keys, k) })
}

func TestBlockedClaimsAreNoEvidence(t *testing.T) {
	c := claim(cdp.KindEmail, "ankebrandt@mail.example")
	c.Blocked = "placeholder.email"
	if p := Of([]cdp.Record{{Claims: []cdp.Claim{c}}}, nil); !p.Empty() || len(Keys(p)) > 0 {
		t.Error("a blocked claim is compared")
	}
}

func TestDummiesAreNoEvidence(t *testing.T) {
	records := []cdp.Record{{Attributes: []cdp.Attribute{
		{Name: "given_name", Value: "Max"}, {Name: "family_name", Value: "Mustermann"}, {Name: "birth_date", Value: "1.1.1970"},
	}}}
	if p := Of(records, newCanonical(t).c); !p.Empty() {
		t.Errorf("%d names, %d birth dates are left", len(p.names), len(p.births))
	}
	if p := Of(records, nil); len(p.names) != 1 || len(p.births) != 1 {
		t.Error("without a list they are compared")
	}
}

// TestCrowded: what many share says little, whichever side was marked.
func TestCrowded(t *testing.T) {
	home := []string{"street", "Hauptstr. 12", "postal_code", "50667", "phone", "+493012345678", "email", "ankebrandt@mail.example"}
	crowd := func() *Person {
		p := who(home...)
		keys := Keys(p)
		asked := 0
		p.Crowded(func(key string) bool {
			asked++
			if !slices.Contains(keys, key) {
				t.Errorf("asked for a key that the person is not filed under")
			}
			return true
		})
		if asked != 3 {
			t.Errorf("asked for %d keys, want 3", asked)
		}
		return p
	}
	for _, pair := range [][2]*Person{{crowd(), who(home...)}, {who(home...), crowd()}} {
		s := DefaultRules().Compare(pair[0], pair[1])
		for _, f := range []string{FieldAddress, FieldPhone, FieldEmail} {
			if got := s.Field(f).How; got != Shared {
				t.Errorf("%s: %s", f, got)
			}
		}
		if s.Level != None {
			t.Errorf("%s by what many share alone", s.Level)
		}
	}
}

func TestReview(t *testing.T) {
	rules := DefaultRules()
	rules.PerProfile = 2
	pair := func(a, b uint64, total float64, level Level) Candidate {
		return Candidate{A: a, B: b, Score: Score{Total: total, Level: level}}
	}
	got := rules.Review([]Candidate{
		pair(1, 2, 4, Possible), pair(1, 3, 6, Possible), pair(1, 4, 5, Possible), // 1 has room for two
		pair(5, 6, 5, Possible), pair(6, 7, 5, Possible), pair(5, 7, 5, Possible), // all of one another
		pair(8, 9, 3.5, Related),
		pair(10, 11, 7, Possible),
	})
	var text []string
	for _, c := range got {
		text = append(text, fmt.Sprintf("%d-%d %v", c.A, c.B, c.Ambiguous))
	}
	want := []string{"10-11 false", "1-3 true", "1-4 true", "5-6 false", "5-7 false", "6-7 false"}
	if !slices.Equal(text, want) {
		t.Errorf("queue %v, want %v", text, want)
	}
}

// TestFormsAreFolded: an entry that does not stand as words make it is never
// met.
func TestFormsAreFolded(t *testing.T) {
	check := func(table, s string) {
		if ws := words(s); len(ws) != 1 || string(ws[0]) != s {
			t.Errorf("%s: %q is met as %q", table, s, wordStrings(ws))
		}
	}
	for _, m := range []map[string]bool{titles, legalForms, streetWords} {
		for k := range m {
			check("words", k)
		}
	}
	for k := range generations {
		check("generations", k)
	}
	for k, vs := range nicknames {
		check("nicknames", k)
		for _, v := range vs {
			check("nicknames", v)
		}
		if len(k) > maxNickname {
			t.Errorf("nicknames: %s is longer than %d", k, maxNickname)
		}
	}
	for _, m := range months {
		for _, k := range m {
			if len(k) < 3 || strings.ToLower(k) != k {
				t.Errorf("month %q", k)
			}
		}
	}
}

func TestPrintsNothingPersonal(t *testing.T) {
	p := who("given_name", "Anke", "family_name", "Brandt", "email", "anke@mail.example")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
		for _, x := range []any{p, *p, []Person{*p}, struct{ P *Person }{p}} {
			if s := strings.ToLower(fmt.Sprintf(verb, x)); strings.Contains(s, "anke") || strings.Contains(s, "brandt") {
				t.Errorf("%s prints a name", verb)
			}
		}
	}
}
