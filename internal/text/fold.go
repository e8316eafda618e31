package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The base letters of U+00C0-U+024F and U+1E00-U+1EFF, one byte for each code
// point; a point stands where there is none. Constants, so that nothing can
// change them.
const (
	latin = "aaaaaa.ceeeeiiiidnooooo.ouuuuy..aaaaaa.ceeeeiiiidnooooo.ouuuuy.y" +
		"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkkkllllll." +
		".llnnnnnnnnnoooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs" +
		"bb............ee.......i........oo.............uu....zz........." +
		".............aaiioouuuuuuuuuueaaaa..ggggkkoooo..j...gg..nnaa...." +
		"aaaaeeeeiiiioooorrrruuuusstt..hh......aaeeooooooooyy............" +
		"...bu..........."
	latinMore = "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm" +
		"mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv" +
		"wwwwwwwwwwxxxxyyzzzzzzhtwyasss..aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee" +
		"eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......"
)

// Fold is the form in which filters compare: lower case, Latin letters without
// their diacritics (ü u, ș and ş s, İ and ı i), ß ss, æ ae, œ oe, þ th, and no
// combining marks. It is for finding, not for identity: two people's names can
// fold to the same. Bytes that are not UTF-8 stay.
func Fold(s string) string {
	i := 0
	for i < len(s) && s[i] < 0x80 && (s[i] < 'A' || s[i] > 'Z') {
		i++
	}
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 4)
	b.WriteString(s[:i])
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			b.WriteByte(s[i])
		} else {
			foldRune(&b, r)
		}
		i += size
	}
	return b.String()
}

func foldRune(b *strings.Builder, r rune) {
	switch {
	case r < 0x80:
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		b.WriteByte(byte(r))
		return
	case r >= 0xC0 && r < 0xC0+rune(len(latin)) && latin[r-0xC0] != '.':
		b.WriteByte(latin[r-0xC0])
		return
	case r >= 0x1E00 && r < 0x1E00+rune(len(latinMore)) && latinMore[r-0x1E00] != '.':
		b.WriteByte(latinMore[r-0x1E00])
		return
	case unicode.Is(unicode.Mn, r):
		return
	}
	switch r {
	case 'ß', 'ẞ':
		b.WriteString("ss")
	case 'æ', 'Æ', 'Ǣ', 'ǣ', 'Ǽ', 'ǽ':
		b.WriteString("ae")
	case 'œ', 'Œ':
		b.WriteString("oe")
	case 'þ', 'Þ':
		b.WriteString("th")
	case 'Ĳ', 'ĳ':
		b.WriteString("ij")
	case 'Ŀ', 'ŀ':
		b.WriteByte('l')
	case 'Ǿ', 'ǿ':
		b.WriteByte('o')
	case 'ς':
		b.WriteString("σ")
	default:
		b.WriteRune(unicode.ToLower(r))
	}
}

// Find returns the byte range of the first place in s that folds to the folded
// query q, or ok false. An empty query is found nowhere. The range covers whole
// characters: "s" is found in "Straße" as S, "ras" as "raß".
func Find(s Safe, q string) (from, to int, ok bool) {
	if q == "" {
		return 0, 0, false
	}
	var b strings.Builder
	b.Grow(len(s.s) + 4)
	starts := make([]int, 0, len(s.s)+4) // of the character behind each folded byte
	for i, r := range s.s {
		foldRune(&b, r)
		for len(starts) < b.Len() {
			starts = append(starts, i)
		}
	}
	at := strings.Index(b.String(), q)
	if at < 0 {
		return 0, 0, false
	}
	from, to = starts[at], starts[at+len(q)-1]
	_, size := utf8.DecodeRuneInString(s.s[to:])
	to += size
	for to < len(s.s) { // marks that combine with the last character
		r, size := utf8.DecodeRuneInString(s.s[to:])
		if !unicode.Is(unicode.Mn, r) {
			break
		}
		to += size
	}
	return from, to, true
}
