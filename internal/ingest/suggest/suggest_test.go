package suggest_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cdp-tui/internal/ingest/mapping"
	"cdp-tui/internal/ingest/suggest"
	"cdp-tui/internal/rulefile"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func suggestFile(t *testing.T, file string) (string, suggest.Report) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	y, report, err := suggest.Suggest(filepath.Base(file), f)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return string(y), report
}

// files are those of testdata, and the real dialects when they are there.
func files(t *testing.T) []string {
	own, err := filepath.Glob("testdata/*.*")
	if err != nil {
		t.Fatal(err)
	}
	real, _ := filepath.Glob("../../../../shared/formats/dialects/*")
	var out []string
	for _, f := range append(own, real...) {
		if !strings.HasSuffix(f, ".golden") {
			out = append(out, f)
		}
	}
	return out
}

var required = regexp.MustCompile(`^(\s*)("[^"]*"|[a-z_]+):\s*# required`)

// fill does what a person has to do.
func fill(y string) string {
	answers := map[string]string{"id": "shop.test", "controller": "Lindenhof GmbH", "collection": "first_party", "activities": "[shop.orders]", "link": "shop.orders",
		"country": "DE", "tz": "Europe/Berlin", "layouts": `["2/1/2006"]`, "purpose": "newsletter", "channel": "email", "category": "user", "special": "religion",
		"recipient": "{ lit: someone }", "map": "{ x: none }"}
	lines := strings.Split(y, "\n")
	for i, l := range lines {
		m := required.FindStringSubmatch(l)
		if m == nil {
			continue
		}
		a, ok := answers[m[2]]
		if !ok {
			a = "none"
		}
		lines[i] = m[1] + m[2] + ": " + a
	}
	return strings.Join(lines, "\n")
}

func TestSuggestionsAreRefusedUntilFilledIn(t *testing.T) {
	for _, file := range files(t) {
		name := filepath.Base(file)
		if name == "csvkit_null_byte.csv" {
			continue // its only row can not be read: see TestNothingToSuggestFrom
		}
		t.Run(name, func(t *testing.T) {
			y, report := suggestFile(t, file)
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(y), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if y != string(want) {
				t.Errorf("suggestion differs from %s:\n%s", golden, y)
			}
			_, err = mapping.Load(name, []byte(y))
			if err == nil {
				t.Fatal("a suggestion with blanks was loaded")
			}
			errs, ok := err.(rulefile.Errors)
			if !ok || len(errs) != len(report.Blanks) {
				t.Fatalf("%d blanks and %v", len(report.Blanks), err)
			}
			for _, e := range errs {
				if !strings.Contains(e.Text, "# required") {
					t.Errorf("the error does not point at a blank: %v", e)
				}
			}
			if _, err := mapping.Load(name, []byte(fill(y))); err != nil {
				t.Errorf("filled in, it does not load: %v", err)
			}
		})
	}
}

func TestSuggestionsHoldNoPersonalValue(t *testing.T) {
	canaries := []string{"$2y$", "gizli-deger", "ayse@", "oeztuerk", "Öztürk", "Lindenweg", "1234567", "Köln", "İstanbul", "1985", "K-1001", "7001", "9007199254740993", "721 123"}
	for _, file := range []string{"testdata/kunden.csv", "testdata/clienti.csv", "testdata/musteri.json"} {
		y, report := suggestFile(t, file)
		for _, f := range report.Fields {
			y += f.Name + f.Evidence
		}
		for _, c := range canaries {
			if strings.Contains(y, c) {
				t.Errorf("%s: the suggestion holds a value of the file", file)
			}
		}
	}
}

func TestMeanings(t *testing.T) {
	want := map[string]map[string]string{
		"testdata/kunden.csv": {"Kundennummer": "customer_id", "Anrede": "gender", "Vorname": "given_name", "Nachname": "family_name", "E-Mail": "email", "Telefon": "phone",
			"Strasse": "street", "PLZ": "postal_code", "Ort": "city", "Geburtsdatum": "birth_date", "Newsletter": "consent", "Passwort": "secret", "Angelegt am": "happened",
			"Weitergabe an": "recipient", "Religion": "special"},
		"testdata/clienti.csv": {"Nr client": "customer_id", "Prenume": "given_name", "Nume de familie": "family_name", "Adresa de mail": "email", "Telefon mobil": "phone",
			"Localitate": "city", "Data nașterii": "birth_date", "Consimțământ marketing": "consent", "Actualizat": "changed"},
		"testdata/musteri.json": {"musteri_no": "customer_id", "ad": "given_name", "soyad": "family_name", "iletisim.e_posta": "email", "iletisim.cep_telefonu": "phone",
			"iletisim.sehir": "city", "kvkk_onay": "consent", "dogum_tarihi": "birth_date", "sifre": "secret"},
	}
	for file, fields := range want {
		_, report := suggestFile(t, file)
		got := map[string]string{}
		for _, f := range report.Fields {
			got[f.Name] = f.Meaning
		}
		for name, meaning := range fields {
			if got[name] != meaning {
				t.Errorf("%s: %s is %q, want %q", file, name, got[name], meaning)
			}
		}
		if len(got) != len(fields) {
			t.Errorf("%s: %d fields, want %d: %v", file, len(got), len(fields), got)
		}
	}
}

// A broken birth date, a key known by its name alone, the country of a
// document, a house number.
func TestMeaningsOfOtherHouses(t *testing.T) {
	const rows = "rec_id, given_name, surname, street_number, address_1, suburb, state, date_of_birth, soc_sec_id, PASSPORT_COUNTRY\n" +
		"rec-1-org, mia, waller, 6, tullaroop street, st james, wa, 19081209, 6988048, AU\n" +
		"rec-2-org, , berry, 69, giblin street, bittern, qld, 19990229, 7364009, AU\n"
	y, report, err := suggest.Suggest("persons.csv", strings.NewReader(rows))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"id", "given_name", "family_name", "house_number", "street", "city", "region", "birth_date", "national_id", ""}
	for i, f := range report.Fields {
		if f.Meaning != want[i] {
			t.Errorf("%s is %q, want %q", f.Name, f.Meaning, want[i])
		}
	}
	if !strings.Contains(string(y), `key: { col: "rec_id" }`) {
		t.Errorf("the key is not rec_id:\n%s", y)
	}
	if !strings.Contains(string(y), `"null": ["", " "]`) {
		t.Errorf("a blank counts as a value:\n%s", y)
	}
	y, _, err = suggest.Suggest("persons.csv", strings.NewReader("fahrgast_nr,ort\nX-1,Bonn\nX-2,Bonn\n"))
	if err != nil || !strings.Contains(string(y), `key: { col: "fahrgast_nr" }`) {
		t.Errorf("the key is not fahrgast_nr: %v\n%s", err, y)
	}
}

func TestAmbiguousDatesAreLeftBlank(t *testing.T) {
	ambiguous := "id,date\n1,03/04/2024\n2,05/06/2024\n"
	clear := ambiguous + "3,25/12/2024\n"
	y, _, err := suggest.Suggest("x.csv", strings.NewReader(ambiguous))
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`layouts: +# required`).Match(y) {
		t.Errorf("an order of day and month was guessed:\n%s", y)
	}
	y, _, err = suggest.Suggest("x.csv", strings.NewReader(clear))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(y), `layouts: ["2/1/2006"]`) {
		t.Errorf("a day above 12 did not decide:\n%s", y)
	}
	born := "id,birth_date\n1,03/04/1989\n2,05/06/1990\n"
	y, _, err = suggest.Suggest("x.csv", strings.NewReader(born))
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`(?s)birth_date.*layouts: +# required`).Match(y) {
		t.Errorf("an order of day and month was guessed of birth dates:\n%s", y)
	}
	y, _, err = suggest.Suggest("x.csv", strings.NewReader(born+"3,25/12/1991\n"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(y), `category: user.demographic.date_of_birth, layouts: ["2/1/2006"] }`) {
		t.Errorf("a day above 12 did not decide of birth dates:\n%s", y)
	}
}

func TestNothingToSuggestFrom(t *testing.T) {
	_, report, err := suggest.Suggest("x.ndjson", strings.NewReader("{\"a\":\n"))
	if !errors.Is(err, suggest.ErrNoRows) || report.Bad != 1 || !strings.Contains(err.Error(), "x.ndjson: ") || !strings.Contains(err.Error(), "line 1: json.syntax") {
		t.Errorf("error %v, %d bad rows", err, report.Bad)
	}
	if _, _, err := suggest.Suggest("x.json", strings.NewReader("[]")); !errors.Is(err, suggest.ErrNoRows) {
		t.Errorf("error %v", err)
	}
}

// TestAHeaderIsEnough: a CSV whose rows can not be read, or are still to come,
// has the names of its columns.
func TestAHeaderIsEnough(t *testing.T) {
	y, report, err := suggest.Suggest("x.csv", strings.NewReader("id,email,b\n\x00,2,3\n"))
	if err != nil || report.Bad != 1 || len(report.Fields) != 3 || !strings.Contains(string(y), "# 1 row could not be read") {
		t.Fatalf("error %v, report %+v\n%s", err, report, y)
	}
	if _, err := mapping.Load("x.yaml", []byte(fill(string(y)))); err != nil || !strings.Contains(string(y), "kind: email") {
		t.Errorf("filled in: %v\n%s", err, y)
	}
}

// TestNobodyIsNamed: a column that may name a recipient may name a person.
func TestNobodyIsNamed(t *testing.T) {
	y, _, err := suggest.Suggest("x.csv", strings.NewReader("id;Partner;Weitergabe an\n1;Ada Berg;Versandhaus\n2;Bo Wirth;Versandhaus\n3;;\n"))
	if err != nil || strings.Contains(string(y), "Berg") || strings.Contains(string(y), "Wirth") || !strings.Contains(string(y), `"Versandhaus" 2 times`) {
		t.Errorf("%v\n%s", err, y)
	}
}

func FuzzSuggest(f *testing.F) {
	f.Add("x.csv", "id;name\n1;a\n2;b\n")
	f.Add("x.json", `[{"id":1,"a.b":{"c@d":"x"}},{"id":2,"l":[{"t":"2024-01-02"}]}]`)
	f.Add("\x9b.csv", "newsletter,\"a\"\"b\"\nja,1\nnein,2\n")
	f.Fuzz(func(t *testing.T, name, data string) {
		y, _, err := suggest.Suggest(name, strings.NewReader(data))
		if err != nil {
			return
		}
		if _, err := mapping.Load("s.yaml", []byte(fill(string(y)))); err != nil {
			t.Errorf("filled in, the suggestion does not load: %v\n%s", err, y)
		}
	})
}
