package match

import (
	"slices"
	"strings"
	"unicode"

	"cdp-tui/internal/ident"
)

// A word is folded letters and digits.
type word = []rune

// maxWords bounds the words of one text.
const maxWords = 10

// words cuts a text into folded words. Umlauts and their written-out forms
// become one, apostrophes do not part words.
func words(s string) []word {
	if len(s) > 512 {
		s = s[:512]
	}
	var out []word
	var w word
	end := func() {
		if len(w) > 0 && len(out) < maxWords {
			out = append(out, w[:len(w):len(w)])
		}
		w = nil
	}
	for _, r := range ident.Fold(s) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
			if n := len(w); n > 0 && (r == 'e' && (w[n-1] == 'a' || w[n-1] == 'o' || w[n-1] == 'u') || r == 'a' && w[n-1] == 'a') {
				continue // ae, oe, ue, aa
			}
			if len(w) < maxWord {
				w = append(w, r)
			}
		case r == '\'':
		default:
			end()
		}
	}
	end()
	return out
}

func joined(ws []word) word { return slices.Concat(ws...) }

// A name is a name as it is compared.
type name struct {
	given, family []word // empty where the source does not tell them apart
	all           []word // every word, without titles and the like
	g, f          word   // given and family, in one
	generation    int
	org           bool
	script        byte
}

// personName makes a name of its parts. Given and family may be empty, and
// full is for sources that deliver no parts; "Berg, Anna" is read as such.
func personName(given, family, full string) (name, bool) {
	var n name
	if given == "" && family == "" {
		if before, after, ok := strings.Cut(full, ","); ok && strings.TrimSpace(after) != "" && !strings.Contains(after, ",") {
			family, given = before, after
		}
	}
	if given != "" || family != "" {
		n.given, n.family = n.strip(words(given)), n.strip(words(family))
		n.all = slices.Concat(n.given, n.family)
	} else {
		n.all = n.strip(words(full))
	}
	if len(n.given) == 0 || len(n.family) == 0 && full != "" { // half a name is no parts
		if all := n.strip(words(full)); len(all) > len(n.all) {
			n.given, n.family, n.all = nil, nil, all
		}
	}
	return n.finish()
}

func orgName(s string) (name, bool) {
	n := name{org: true, all: words(s)}
	if kept := slices.DeleteFunc(slices.Clone(n.all), func(w word) bool { return legalForms[string(w)] }); len(kept) > 0 {
		n.all = kept
	}
	return n.finish()
}

func (n name) finish() (name, bool) {
	if len(n.all) == 0 {
		return name{}, false
	}
	n.g, n.f = joined(n.given), joined(n.family)
	n.script = scriptOf(n.all[0][0])
	return n, true
}

// strip takes titles from the front and a generation from the end.
func (n *name) strip(ws []word) []word {
	for len(ws) > 1 && titles[string(ws[0])] {
		ws = ws[1:]
	}
	if len(ws) > 1 {
		if g := generations[string(ws[len(ws)-1])]; g > 0 {
			n.generation = g
			ws = ws[:len(ws)-1]
		}
	}
	return ws
}

// scriptOf tells scripts apart that can not be compared letter by letter.
func scriptOf(r rune) byte {
	switch {
	case r < 0x250 || unicode.Is(unicode.Latin, r) || unicode.IsDigit(r):
		return 'L'
	case unicode.Is(unicode.Cyrillic, r):
		return 'C'
	case unicode.Is(unicode.Greek, r):
		return 'G'
	case unicode.Is(unicode.Arabic, r):
		return 'A'
	case unicode.Is(unicode.Han, r):
		return 'H'
	}
	return 'o'
}

// A grade says how two parts of a name agree.
type grade uint8

const (
	gradeMissing grade = iota
	gradeDiffers
	gradeInitial
	gradeNear
	gradeSame
)

// Jaro-Winkler similarity from which words are near. Short ones need more:
// Mark is not Mary.
const (
	nearWord      = 0.88
	nearShortWord = 0.9
	nearBySound   = 0.75
)

func nearWords(a, b word) bool {
	n := nearness(a, b)
	switch {
	case n >= nearShortWord:
		return true
	case n >= nearWord && min(len(a), len(b)) > 4:
		return true
	case n >= nearBySound:
		s := sound(a)
		return len(s) > 1 && s == sound(b)
	}
	return false
}

// gradeParts compares given names with given names, family names with family
// names. a and b are the words, ja and jb the same in one.
func gradeParts(a, b []word, ja, jb word) grade {
	switch {
	case len(a) == 0 || len(b) == 0:
		return gradeMissing
	case slices.Equal(ja, jb):
		return gradeSame
	case len(ja) == 1 || len(jb) == 1:
		if ja[0] == jb[0] {
			return gradeInitial
		}
		return gradeDiffers
	case (len(a) == 1 || len(a) != len(b)) && (nearWords(ja, jb) || sameNickname(a[0], b[0])): // Hans Peter is not Hans Paul
		return gradeNear
	case len(a) == 1 && len(b) == 1:
		return gradeDiffers
	}
	a, b = shorterFirst(a, b)
	whole, initials, _ := matchWords(a, b)
	switch {
	case whole == len(a), whole > 0 && whole+initials == len(a):
		return gradeNear
	case initials > 0 && initials == len(a):
		return gradeInitial
	}
	return gradeDiffers
}

// sameNickname reports whether a may be short for b, b for a, or both for a
// third name.
func sameNickname(a, b word) bool {
	if len(a) > maxNickname && len(b) > maxNickname {
		return false
	}
	forX, forY := nicknames[string(a)], nicknames[string(b)]
	if forX == nil && forY == nil {
		return false
	}
	x, y := string(a), string(b)
	return slices.Contains(forX, y) || slices.Contains(forY, x) || slices.ContainsFunc(forX, func(n string) bool { return slices.Contains(forY, n) })
}

// shorterFirst orders two lists by nothing but themselves.
func shorterFirst(a, b []word) (shorter, longer []word) {
	if len(a) > len(b) || len(a) == len(b) && slices.CompareFunc(a, b, slices.Compare) > 0 {
		return b, a
	}
	return a, b
}

// matchWords pairs the words of a, the shorter list, with words of b: equal
// ones first, then near ones, then initials. Exact counts the equal ones among
// whole.
func matchWords(a, b []word) (whole, initials, exact int) {
	var usedA, usedB uint32
	pass := func(same func(x, y word) bool) (n int) {
		for i, x := range a {
			if usedA&(1<<i) != 0 {
				continue
			}
			for j, y := range b {
				if usedB&(1<<j) == 0 && same(x, y) {
					usedA |= 1 << i
					usedB |= 1 << j
					n++
					break
				}
			}
		}
		return n
	}
	exact = pass(func(x, y word) bool { return slices.Equal(x, y) })
	if exact == len(a) {
		return exact, 0, exact
	}
	near := pass(func(x, y word) bool {
		return len(x) > 1 && len(y) > 1 && (nearWords(x, y) || sameNickname(x, y))
	})
	initials = pass(func(x, y word) bool { return (len(x) == 1) != (len(y) == 1) && x[0] == y[0] })
	return exact + near, initials, exact
}
