package card

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// alike are English words that are the same in Romanian or Turkish.
var alike = []string{"contract", "interval"}

// TestWords: every word is there in every language, with the same places to be
// filled, and none was left in English.
func TestWords(t *testing.T) {
	rows, err := parseWords(wordsFile)
	if err != nil {
		t.Fatal(err)
	}
	english := regexp.MustCompile(`(?i)\b(the|of|and|is|was|by|not|from|with|which|what|record|basis|purpose|unknown|law|rule|evidence|kept|right|country|owner|sent|fields)\b`)
	for key, w := range rows {
		for i, lang := range cdp.Languages() {
			if strings.Count(w[i], "{}") != strings.Count(w[0], "{}") {
				t.Errorf("%s in %s: %q has not the places of %q", key, lang, w[i], w[0])
			}
			if i > 0 && english.MatchString(w[i]) && !strings.EqualFold(english.FindString(w[i]), "was") {
				t.Errorf("%s in %s: English is left in %q", key, lang, w[i])
			}
			if i > 0 && w[i] == w[0] && !slices.Contains(alike, w[i]) {
				t.Errorf("%s in %s is %q as in English", key, lang, w[i])
			}
		}
	}
}

// TestTerms: every constant that a card can hold has words.
func TestTerms(t *testing.T) {
	l := newLexicon("de")
	has := func(prefix, raw string) {
		if _, ok := l.words[prefix+"."+raw]; !ok {
			t.Errorf("no words for %s.%s", prefix, raw)
		}
	}
	for _, b := range cdp.Bases() {
		has("basis", string(b))
	}
	for _, s := range append(cdp.ConsentStates(), cdp.ConsentStale) {
		has("state", string(s))
	}
	for _, k := range cdp.Kinds() {
		has("id", string(k))
	}
	for _, o := range []cdp.Origin{cdp.Provided, cdp.Observed, cdp.Derived, cdp.Inferred, cdp.Acquired} {
		has("origin", string(o))
	}
	for _, k := range []string{"internal", "processor", "sub_processor", "joint_controller", "controller", "authority", "data_subject"} {
		has("kind", k)
	}
	for _, s := range []string{"collection", "end_of_year", "first_of_july", "contract_end", "consent_end", "last_contact"} {
		has("start", s)
	}
	for _, a := range []string{"erase", "anonymise", "restrict"} {
		has("action", a)
	}
	for _, m := range []string{"time", "method", "notice", "language", "proof"} {
		has("miss", m)
		has("x", "evidence."+m)
	}
}

// full is a card with something in each answer, and nothing in its values.
func full() cdp.Card {
	id := cdp.NewIdentifier(cdp.KindEmail, "nobody@example.com", [4]byte{1, 2, 3, 4})
	day := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	title := cdp.Words{EN: "Orders", DE: "Bestellungen", RO: "Comenzi", TR: "Siparişler"}
	return cdp.Card{Profile: 7, Of: cdp.Ref{Kind: "identifier", ID: id.String()}, At: day, Label: "email", Ident: &id, Conflict: true, Special: "criminal", Records: 2, Left: 1,
		Lens:    cdp.Lens{Standpoint: cdp.Standpoint{At: day, Known: day}, Purpose: "orders"},
		Place:   cdp.Jurisdiction{Country: "RO", Authority: "ANSPDCP", Controllers: []cdp.Competence{{ID: "x", Name: "X SRL"}}, Age: 16, AgeLaw: "GDPR", Minor: true},
		Sources: []cdp.CardSource{{Record: 1, Source: "shop", Batch: 2, Stream: true, Lineage: cdp.Lineage{Row: 3, Line: 4, Offset: 5}, Collection: "third_party", Origins: []cdp.Origin{cdp.Acquired}, Recorded: day}},
		Links: []cdp.CardLink{{Record: 1, Anchor: 1, Found: true}, {Record: 3, Anchor: 1, Alone: true}, {Record: 4, Anchor: 1},
			{Record: 2, Anchor: 1, Found: true, Hops: []cdp.Hop{{From: 2, To: 1, FromSource: "crm", ToSource: "shop", Identifier: id,
				FromVerdict: cdp.Verdict{Allow: true, Rule: "link.contract.open", Basis: cdp.BasisContract}}, {From: 2, To: 1, Decision: &cdp.Decision{ID: 1, By: "x"}}}}},
		Uses: []cdp.CardUse{{Activity: "a.b", Title: title, Basis: cdp.BasisConsent, Verdict: cdp.Verdict{Allow: true, Rule: "hold.consent.given"}, Records: []cdp.RecordID{1},
			Intervals: []cdp.CardInterval{{From: day, To: day.AddDate(1, 0, 0), Ended: "hold.consent.expired"}, {From: day, To: day, Ended: "hold.consent.given", Renewed: true}, {From: day}},
			Evidence:  []cdp.Evidence{{Kind: "consent", Endpoint: &id, State: cdp.ConsentGiven, Missing: []string{"proof"}}, {Kind: "ground", Value: "X-1", From: day, To: day}}},
			{Activity: "c.d", Title: title, Basis: cdp.BasisLegitimate, Verdict: cdp.Verdict{Rule: "hold.legitimate_interest.unbalanced"}}},
		Recipients: []cdp.CardRecipient{{Recipient: "y", At: day, Source: "crm", Record: 1}, {Recipient: "z", Name: "Z", Kind: "processor", Within: true, Made: true, Title: title, At: day}},
		Retention: []cdp.CardRetention{{Activity: "a.b", Title: title, Period: "P3Y", Start: "end_of_year", End: day, Action: "erase", Overdue: true},
			{Activity: "c.d", Title: title, Period: "P3Y", Start: "consent_end", Waits: "consent", Action: "restrict"}, {Start: "quarantine", End: day}},
		Rights: []cdp.CardRight{{Right: "erase", Title: cdp.Words{EN: "Erasure", DE: "Löschung", RO: "Ștergere", TR: "Silme"}, Article: "Art. 17", Outcome: "not",
			Why: cdp.Words{EN: "No", DE: "Nein", RO: "Nu", TR: "Hayır"}}},
		Unknown: []cdp.CardUnknown{{Question: cdp.AskSource, Code: "source.owner", Record: 1}, {Question: cdp.AskRights, Code: "place.controller_authority", Other: "x"}}}
}

func plain(d Doc) string {
	var b strings.Builder
	line := func(l Line) {
		b.WriteString(l.Mark + " " + l.Name.String())
		for _, p := range l.Parts {
			b.WriteString(" " + p.Text.String())
		}
		b.WriteString("\n")
	}
	b.WriteString(d.Title.String() + "\n")
	for _, l := range d.Head {
		line(l)
	}
	for _, s := range d.Sections {
		b.WriteString(s.Title.String() + "\n")
		for _, l := range s.Lines {
			line(l)
		}
	}
	return b.String() + d.Foot.String()
}

// TestLanguages: nothing that a card says in another language is a sentence in
// English or a key without words, and every fact says something.
func TestLanguages(t *testing.T) {
	rows, err := parseWords(wordsFile)
	if err != nil {
		t.Fatal(err)
	}
	for i, lang := range cdp.Languages() {
		d := Write(full(), lang, time.UTC)
		if len(d.Sections) != 7 {
			t.Errorf("%s: %d sections", lang, len(d.Sections))
		}
		said := plain(d)
		for key, w := range rows {
			if i > 0 && len(w[0]) > 12 && !strings.Contains(w[0], "{}") && !strings.Contains(w[i], w[0]) && strings.Contains(said, w[0]) {
				t.Errorf("%s: %s is said in English: %s", lang, key, w[0])
			}
			if strings.Contains(key, ".") && strings.Contains(said, " "+key+" ") {
				t.Errorf("%s: the key %s shows", lang, key)
			}
		}
		for _, s := range d.Sections {
			for _, l := range s.Lines {
				if len(l.Parts) == 0 {
					t.Errorf("%s: %q says nothing", lang, l.Name)
				}
			}
		}
	}
	if Write(full(), "xx", nil).Lang != "en" {
		t.Error("an unknown language is not English")
	}
}

// TestUnknownIsSaid: a fact without a value is the word for unknown, marked.
func TestUnknownIsSaid(t *testing.T) {
	d := Write(cdp.Card{Sources: []cdp.CardSource{{Record: 1, Source: "shop", Batch: 1}}, Links: []cdp.CardLink{{Record: 1, Anchor: 2}}}, "tr", time.UTC)
	for name, want := range map[string]bool{"sistem": false, "sorumlu birim": false, "nasıl oluştu": false} {
		for _, l := range d.Sections[0].Lines {
			if l.Name.String() == name && l.Mark == "?" && l.Parts[0].Text.String() == "bilinmiyor" {
				want = true
			}
		}
		if !want {
			t.Errorf("%s is not said to be unknown", name)
		}
	}
	for i := 1; i < 5; i++ {
		if len(d.Sections[i].Lines) == 0 {
			t.Errorf("question %d has no answer", i+1)
		}
	}
}

func TestValuesStayApart(t *testing.T) {
	c := cdp.Card{Of: cdp.Ref{Kind: "attribute", ID: "city"}, Label: "city", Value: "\x1b[31mSomewhere"}
	d := Write(c, "en", time.UTC)
	if p := d.Head[0].Parts[0]; p.Value != c.Value || !p.Text.Empty() || p.Kind != text.KindName {
		t.Errorf("the value is not apart from the words: %q as %s", p.Text, p.Kind)
	}
	if strings.Contains(plain(d), "Somewhere") {
		t.Error("the value is among the words")
	}
}

var update = flag.Bool("update", false, "write the golden files anew")

// TestGoldenCards: a card with something in each answer, in each language.
func TestGoldenCards(t *testing.T) {
	c := full()
	c.Uses[0].Evidence = append(c.Uses[0].Evidence, cdp.Evidence{Kind: "law", Ref: "AO §147(1); UStG §14b"})
	c.Uses[1].Verdict.Article = "Art. 5(1)(c), 25"
	c.Sources[0].Categories = []string{"user.contact.email", "user.health.blood"}
	c.Recipients[0].Tool, c.Recipients[0].ToolRef = "A46-2-c", "SCC 2025-02"
	c.Retention[0].Law, c.Rights[0].Article, c.Place.AgeLaw = "BGB §195, 199(1)", "Art. 17(3)(b)", "GDPR Art. 8(1); no derogation"
	for _, lang := range cdp.Languages() {
		file, got := filepath.Join("testdata", "card-"+lang+".golden"), plain(Write(c, lang, time.UTC))+"\n"
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil || string(want) != got {
			t.Errorf("%s differs (%v); run with -update and read the difference\n%s", file, err, got)
		}
	}
}
