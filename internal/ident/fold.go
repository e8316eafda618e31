package ident

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold returns text as it is compared when spelling is not to matter: lower
// case, compatibility forms resolved, no accents, special letters as their
// base letters (ß is ss, ø is o, ı and İ are i, ș and ş are s). For search and
// for finding possible matches only; never for display and never as proof.
func Fold(s string) string {
	if i := strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf || r >= 'A' && r <= 'Z' }); i < 0 {
		return s
	}
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return stable(s, func(s string) string { return foldOnce(s, false) })
}

// FoldVariants returns the spellings under which text is to be found, Fold(s)
// first, without duplicates. Two spellings of a name (Müller, Mueller, Muller)
// always have a variant in common, so a search that compares any variant of
// the one with any of the other finds it. At most four.
func FoldVariants(s string) []string {
	base := Fold(s)
	out := []string{base}
	add := func(v string) {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	if !isASCII(s) {
		long := Fold(foldOnce(s, true))
		add(long)
		add(contract(long))
	}
	add(contract(base))
	return out
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// foldOnce folds each letter; with long, umlauts and their like are written
// out (ä is ae) and not bared.
func foldOnce(s string, long bool) string {
	var b strings.Builder
	b.Grow(len(s) + 8)
	if long {
		for _, r := range norm.NFC.String(s) {
			if two := longForm(unicode.ToLower(r)); two != "" {
				b.WriteString(two)
			} else {
				b.WriteRune(r)
			}
		}
		s = b.String()
		b.Reset()
	}
	for _, r := range norm.NFKD.String(s) {
		if r < utf8.RuneSelf {
			if r >= 'A' && r <= 'Z' {
				r |= 0x20
			}
			b.WriteByte(byte(r))
			continue
		}
		if unicode.Is(unicode.Mn, r) || visible(r) < 0 {
			continue
		}
		r = unicode.ToLower(r)
		if base := baseForm(r); base != "" {
			b.WriteString(base)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// baseForm gives the base letters of letters that Unicode does not decompose.
func baseForm(r rune) string {
	switch r {
	case 'ß':
		return "ss"
	case 'ı':
		return "i"
	case 'ø':
		return "o"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'đ', 'ð':
		return "d"
	case 'ł':
		return "l"
	case 'þ':
		return "th"
	case 'ħ':
		return "h"
	case 'ŋ':
		return "n"
	case 'ς': // a sigma at the end of a word
		return "σ"
	case 'ʼ', '’', '‘', '`', '´':
		return "'"
	}
	return ""
}

// longForm gives the two letters by which a letter is written where it is
// missing on the keyboard.
func longForm(r rune) string {
	switch r {
	case 'ä':
		return "ae"
	case 'ö', 'ø':
		return "oe"
	case 'ü':
		return "ue"
	case 'å':
		return "aa"
	}
	return ""
}

// contract undoes longForm, wherever it could have been.
func contract(s string) string {
	if !strings.Contains(s, "ae") && !strings.Contains(s, "oe") && !strings.Contains(s, "ue") && !strings.Contains(s, "aa") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		b = append(b, s[i])
		if i+1 < len(s) {
			switch s[i : i+2] {
			case "ae", "oe", "ue", "aa":
				i++
			}
		}
	}
	return string(b)
}
