package card

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
)

func TestCite(t *testing.T) {
	for law, want := range map[string][3]string{
		"Art. 6(1)(b)":                  {"Art. 6 Abs. 1 lit. b DSGVO", "art. 6 alin. (1) lit. b) RGPD", "GDPR m. 6(1)(b)"},
		"GDPR Art. 8(1)":                {"Art. 8 Abs. 1 DSGVO", "art. 8 alin. (1) RGPD", "GDPR m. 8(1)"},
		"Art. 77":                       {"Art. 77 DSGVO", "art. 77 RGPD", "GDPR m. 77"},
		"Art. 5(1)(d), (e)":             {"Art. 5 Abs. 1 lit. d, lit. e DSGVO", "art. 5 alin. (1) lit. d), lit. e) RGPD", "GDPR m. 5(1)(d), (e)"},
		"Art. 20(1), 9(2)(a)":           {"Art. 20 Abs. 1, Art. 9 Abs. 2 lit. a DSGVO", "art. 20 alin. (1), art. 9 alin. (2) lit. a) RGPD", "GDPR m. 20(1), m. 9(2)(a)"},
		"Art. 8, Rec. 38":               {"Art. 8, Erwägungsgrund 38 DSGVO", "art. 8, considerentul (38) RGPD", "GDPR m. 8, gerekçe 38"},
		"AO §147(1)":                    {"§ 147 Abs. 1 AO", "AO §147(1)", "AO §147(1)"},
		"AO §147(1); UStG §14b":         {"§ 147 Abs. 1 AO; § 14b UStG", "AO §147(1); UStG §14b", "AO §147(1); UStG §14b"},
		"GDPR Art. 8(1); no derogation": {"Art. 8 Abs. 1 DSGVO; keine Abweichung", "art. 8 alin. (1) RGPD; fără derogare", "GDPR m. 8(1); istisna yok"},
		"BGB §195, 199(1)":              {"§§ 195, 199 Abs. 1 BGB", "BGB §195, 199(1)", "BGB §195, 199(1)"},
		"KVKK (6698)":                   {"KVKK (6698)", "KVKK (6698)", "KVKK (6698)"},
		"Art. of war":                   {"Art. of war", "Art. of war", "Art. of war"},
		"":                              {"", "", ""},
	} {
		for i, lang := range cdp.Languages()[1:] {
			if got := newLexicon(lang).cite(law).String(); got != want[i] {
				t.Errorf("%s in %s: %q, want %q", law, lang, got, want[i])
			}
		}
		if got := newLexicon("en").cite(law).String(); got != law {
			t.Errorf("%s in English: %q", law, got)
		}
	}
}

func TestPeriods(t *testing.T) {
	for iso, want := range map[string][4]string{
		"P1Y": {"one year", "ein Jahr", "un an", "bir yıl"}, "P8Y": {"8 years", "8 Jahre", "8 ani", "8 yıl"}, "P20Y": {"20 years", "20 Jahre", "20 de ani", "20 yıl"},
		"P101D": {"101 days", "101 Tage", "101 zile", "101 gün"}, "P1Y6M": {"P1Y6M", "P1Y6M", "P1Y6M", "P1Y6M"}, "": {"", "", "", ""},
	} {
		for i, lang := range cdp.Languages() {
			if got := newLexicon(lang).lasts(iso).String(); got != want[i] {
				t.Errorf("%s in %s: %q, want %q", iso, lang, got, want[i])
			}
		}
	}
}

// sources are the files below some directories of the project, read.
func sources(t *testing.T, ext string, dirs ...string) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ext || strings.HasSuffix(path, "_test.go") {
				return err
			}
			data, err := os.ReadFile(path)
			out[path] = string(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(out) == 0 {
		t.Fatalf("nothing with %s in %v", ext, dirs)
	}
	return out
}

// rulesOf are the rules, without the act, that the sources of policy deny or
// allow by: what is handed to a deny, and every constant that looks like one. Of
// a rule that is put together it is the part that is known.
func rulesOf(t *testing.T) map[string]bool {
	t.Helper()
	// Names of the parts of a register and of files, which look like rules.
	other := []string{"law.yaml", "user.contact.address.country", "user.demographic.date_of_birth", "person.birth"}
	dotted := regexp.MustCompile(`^[a-z_]+(\.[a-z_]+)+\.?$`)
	acts := regexp.MustCompile(`^(hold|use|share|link|keep|erase|merge)\.`)
	rules := make(map[string]bool)
	text := func(e ast.Expr) string {
		if b, ok := e.(*ast.BinaryExpr); ok && b.Op == token.ADD {
			e = b.X
		}
		lit, ok := e.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return ""
		}
		s, err := strconv.Unquote(lit.Value)
		if err != nil {
			return ""
		}
		return strings.TrimSuffix(s, ".")
	}
	for path, src := range sources(t, ".go", "../policy") {
		file, err := parser.ParseFile(token.NewFileSet(), path, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				name := ""
				switch f := n.Fun.(type) {
				case *ast.SelectorExpr:
					name = f.Sel.Name
				case *ast.Ident:
					name = f.Name
				}
				for i := 0; name == "deny" && i < min(2, len(n.Args)); i++ {
					if s := text(n.Args[i]); s != "" && !strings.Contains(s, " ") {
						rules[s] = true
						break
					}
				}
			case *ast.BasicLit:
				if s := text(n); dotted.MatchString(s) && !strings.HasSuffix(n.Value, `."`) {
					rules[acts.ReplaceAllString(s, "")] = true
				}
			}
			return true
		})
	}
	for _, o := range other {
		if !rules[o] && o != "person.birth" {
			t.Errorf("%q is no constant of policy any more", o)
		}
		delete(rules, o)
	}
	for _, b := range cdp.Bases() { // what the register allows by, made of the basis
		if b != cdp.BasisConsent && b != cdp.BasisContract {
			rules[string(b)+".valid"] = true
		}
	}
	for _, s := range cdp.ConsentStates() { // the answer of a fold names its state
		rules["consent."+string(s)] = true
	}
	return rules
}

// TestRulesHaveWords: whatever policy decides by is said in words, in every
// language; "decided by a rule" is for what a register adds.
func TestRulesHaveWords(t *testing.T) {
	rules := rulesOf(t)
	if len(rules) < 80 {
		t.Errorf("only %d rules were found in policy", len(rules))
	}
	rows, err := parseWords(wordsFile)
	if err != nil {
		t.Fatal(err)
	}
	for r := range rules {
		if rows["v."+r] == nil {
			t.Errorf("no words for %s", r)
		}
	}
	if l := newLexicon("de"); l.rule("link.generic.hub").String() != l.say("v.generic").String() || l.rule("hold.zzz").String() != l.say("v.other").String() {
		t.Error("a rule made of a prefix, or one that nobody knows, is said otherwise")
	}
}

// TestCategoriesHaveWords: so is every data category that a register, a preset,
// a mapping of the demo or a program names.
func TestCategoriesHaveWords(t *testing.T) {
	line := regexp.MustCompile(`(?m)categor(?:y|ies)[":= ].*$`)
	id := regexp.MustCompile(`\buser(?:\.[a-z_]+)+\b`)
	found := make(map[string]string)
	take := func(files map[string]string) {
		for path, src := range files {
			for _, l := range line.FindAllString(src, -1) {
				for _, c := range id.FindAllString(l, -1) {
					found[c] = path
				}
			}
		}
	}
	take(sources(t, ".yaml", "../../testdata", "../ingest/presets", "../policy"))
	for path, src := range sources(t, ".go", "../policy", "../steward", "../cdp", "../ingest/suggest", "../synth") {
		for _, c := range regexp.MustCompile(`"user(?:\.[a-z_]+)+"`).FindAllString(src, -1) {
			found[strings.Trim(c, `"`)] = path
		}
	}
	if len(found) < 30 {
		t.Errorf("only %d categories were found", len(found))
	}
	rows, err := parseWords(wordsFile)
	if err != nil {
		t.Fatal(err)
	}
	for c, path := range found {
		if rows["cat."+c] == nil {
			t.Errorf("no words for the category %s of %s", c, path)
		}
	}
	if got := newLexicon("de").category("user.contact.fax").String(); got != "Kontaktdaten (user.contact.fax)" {
		t.Errorf("a category without words: %s", got)
	}
}

// TestCitationsHaveWords: no citation that policy, the rights or the law files
// make stays English in another language.
func TestCitationsHaveWords(t *testing.T) {
	article := regexp.MustCompile(`"((?:GDPR )?Art\. [0-9][^"]*)"`)
	field := regexp.MustCompile(`(?m)\b(?:law|article): (?:"([^"]*)"|([^",}#\n]+))`)
	english := regexp.MustCompile(`(?i)\b(where|names|derogation|applies|amended|from|act of|act [0-9])\b|\bArt\. [0-9]+\(|\bRec\.`)
	found := make(map[string]string)
	for path, src := range sources(t, ".go", "../policy", "../rights", "../steward", "../cdp") {
		for _, m := range article.FindAllStringSubmatch(src, -1) {
			if !strings.HasSuffix(m[1], "(") { // begun, and ended by a letter
				found[m[1]] = path
			}
		}
	}
	for path, src := range sources(t, ".yaml", "../policy", "../rights", "../../testdata") {
		if strings.Contains(path, "transfer") {
			continue
		}
		for _, l := range strings.Split(src, "\n") {
			if strings.Contains(l, "countries:") { // a decision that a transfer rests on, which no card cites
				continue
			}
			for _, m := range field.FindAllStringSubmatch(l, -1) {
				found[strings.TrimSpace(m[1]+m[2])] = path
			}
		}
	}
	if len(found) < 60 {
		t.Errorf("only %d citations were found", len(found))
	}
	for c, path := range found {
		for _, lang := range cdp.Languages()[1:] {
			if got := newLexicon(lang).cite(c).String(); english.MatchString(got) {
				t.Errorf("%s: %q of %s stays English: %q", lang, c, path, got)
			}
		}
	}
}

// TestToolsHaveWords: every transfer tool that a register may name.
func TestToolsHaveWords(t *testing.T) {
	rows, err := parseWords(wordsFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"A45-3", "A46-2-a", "A46-2-b", "A46-2-c", "A46-2-d", "A46-2-e", "A46-2-f", "A46-3-a", "A46-3-b",
		"A49-1-a", "A49-1-b", "A49-1-c", "A49-1-d", "A49-1-e", "A49-1-f", "A49-1-g", "A49-2"} {
		if rows["tool."+part] == nil {
			t.Errorf("no words for %s", part)
		}
	}
	if !strings.Contains(sources(t, ".go", "../policy")["../policy/check.go"], "^(A45-3|A46-2-[a-f]|A46-3-[ab]|A49-1-[a-g]|A49-2)$") {
		t.Error("the register may name other tools by now: list them here")
	}
}

// TestSpecialHasWords: every special category that a data category implies.
func TestSpecialHasWords(t *testing.T) {
	rows, err := parseWords(wordsFile)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`\{"user\.[a-z_.]+", "([a-z_]+)"\}`).FindAllStringSubmatch(sources(t, ".go", "../cdp")["../cdp/record.go"], -1)
	if len(found) < 6 {
		t.Errorf("only %d special categories were found", len(found))
	}
	for _, m := range found {
		if rows["special."+m[1]] == nil {
			t.Errorf("no words for the special category %s", m[1])
		}
	}
}
