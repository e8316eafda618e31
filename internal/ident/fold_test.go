package ident_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cdp-tui/internal/ident"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "müller": "muller", "MÜLLER": "muller", "Mu\u0308ller": "muller", "Straße": "strasse", "STRAẞE": "strasse",
		"İstanbul": "istanbul", "ISTANBUL": "istanbul", "ıstanbul": "istanbul", "i\u0307stanbul": "istanbul",
		"Çağlar Şahin": "caglar sahin", "Ștefan": "stefan", "Ştefan": "stefan", "Țară": "tara", "Ţară": "tara", "Brâncuși": "brancusi",
		"Łódź": "lodz", "Đorđe": "dorde", "Søren": "soren", "Ægir": "aegir", "Œuvre": "oeuvre", "Þór": "thor",
		"ﬁne": "fine", "Ｗｉｄｅ": "wide", "a\u00adb": "ab", "ὈΔΥΣΣΕΎΣ": "οδυσσευσ", "Οδυσσεύς": "οδυσσευσ", "Ёлка": "елка", "O’Brien": "o'brien",
		"Hello, World 12": "hello, world 12",
	} {
		if got := ident.Fold(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestFoldVariants(t *testing.T) {
	for in, want := range map[string][]string{
		"Müller":  {"muller", "mueller"},
		"Mueller": {"mueller", "muller"},
		"Muller":  {"muller"},
		"Anna":    {"anna"},
		"Bäuer":   {"bauer", "baeuer", "baur"},
		"Jørgen":  {"jorgen", "joergen"},
		"Ås":      {"as", "aas"},
		"":        {""},
	} {
		got := ident.FoldVariants(in)
		if got[0] != ident.Fold(in) {
			t.Errorf("%q: the first is %q", in, got[0])
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// However a name is spelled on a keyboard without its letters, it shares a
// variant with every other spelling of it.
func TestSpellingsMeet(t *testing.T) {
	long := strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "ø", "oe", "å", "aa")
	bare := strings.NewReplacer("ä", "a", "ö", "o", "ü", "u", "ß", "ss", "ø", "o", "å", "a", "ş", "s", "ș", "s", "ţ", "t", "ț", "t", "ı", "i", "ğ", "g", "ă", "a")
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.SampledFrom([]string{"b", "m", "l", "r", "k", "st", "ä", "ö", "ü", "ß", "ø", "å", "ş", "ș", "ţ", "ț", "ı", "ğ", "ă", "i", "o"}), 1, 8).Draw(t, "parts")
		for i := 1; i < len(parts); i++ { // two vowels side by side can be read in two ways
			if strings.Contains("äöüåøăıio", parts[i]) && strings.Contains("äöüåøăıio", parts[i-1]) {
				parts[i] = "n"
			}
		}
		name := strings.Join(parts, "")
		spellings := []string{name, strings.ToUpper(strings.ReplaceAll(name, "ı", "I")), long.Replace(name), bare.Replace(name)}
		for _, a := range spellings {
			for _, b := range spellings {
				va, vb := ident.FoldVariants(a), ident.FoldVariants(b)
				if !slices.ContainsFunc(va, func(v string) bool { return slices.Contains(vb, v) }) {
					t.Fatalf("%q (%q) and %q (%q) do not meet", a, va, b, vb)
				}
			}
		}
	})
}
