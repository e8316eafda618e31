// Package spelling brings words to the form in which they are compared: case,
// accents and the ways to write an umlaut make no difference. The full-text
// index and the evaluation of segments on the store cut words by it, so that
// both find the same people.
package spelling

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Version changes whenever the same text would give other words; what was made
// of words of another version is made again.
const Version = 2

// maxWord is the length in bytes at which a term is cut, in documents and in
// queries alike.
const maxWord = 64

// A Folder brings words to the form in which they are compared. It is
// immutable and safe for concurrent use.
type Folder struct {
	base map[rune]string // letter to base letters
	long map[rune]string // umlauts and their like, written out
}

// New returns a folder.
func New() *Folder {
	f := &Folder{base: make(map[rune]string), long: map[rune]string{'ä': "ae", 'ö': "oe", 'ü': "ue", 'ø': "oe"}}
	for _, l := range foldings() {
		for _, r := range l.from {
			f.base[r] = l.to
		}
	}
	return f
}

// A Word is a word of a text in the forms under which it is found.
type Word struct {
	Start, End int // bytes of the text
	Pos        int // ordinal of the word, from 0

	// Key is equal for all spellings of a word: Müller, Mueller and Muller
	// have muller. Plain is the word without accents (muller, mueller,
	// muller) and Long the word with umlauts written out (mueller, mueller,
	// muller); they serve prefixes. They are key again when they do not differ.
	Key, Plain, Long string
}

// Forms calls f for each different form of the token.
func (t Word) Forms(f func(string)) {
	f(t.Key)
	if t.Plain != t.Key {
		f(t.Plain)
	}
	if t.Long != t.Key && t.Long != t.Plain {
		f(t.Long)
	}
}

// Words splits text into words. Letters, digits and what joins them invisibly
// (combining marks, zero-width joiners, apostrophes) make a word; every Han
// or kana character is a word of its own, because those scripts have no
// spaces: a name in them is found as a phrase. The letters of a terminal's
// control sequence (ESC [ 31 m) are no part of the word that follows.
func (f *Folder) Words(text string) []Word {
	var out []Word
	var plain, long []byte
	start, umlaut := -1, false
	flush := func(end int) {
		if start >= 0 && len(plain) > 0 {
			t := Word{Start: start, End: end, Pos: len(out), Plain: Cut(plain)}
			t.Key = contract(t.Plain)
			t.Long = t.Plain
			if umlaut {
				t.Long = Cut(long)
			}
			out = append(out, t)
		}
		start, umlaut = -1, false
		plain, long = plain[:0], long[:0]
	}
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			switch {
			case c >= 'A' && c <= 'Z':
				c += 'a' - 'A'
				fallthrough
			case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
				if start < 0 {
					start = i
				}
				plain, long = append(plain, c), append(long, c)
			case c == '\'' && start >= 0: // O'Brien is obrien; a closing quote adds nothing
			default:
				flush(i)
				if c == '\x1b' && strings.HasPrefix(text[i+1:], "[") {
					i += 1 + parameters(text[i+2:])
				}
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		r = unicode.ToLower(r)
		switch {
		case r == utf8.RuneError:
			flush(i)
		case r == '\u009b': // ESC [ in one character
			flush(i)
			n += parameters(text[i+n:])
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
			flush(i)
			start = i
			plain, long = utf8.AppendRune(plain, r), utf8.AppendRune(long, r)
			flush(i + n)
		case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Me, r):
			if r == '\u0308' && len(plain) > 0 && strings.IndexByte("aou", plain[len(plain)-1]) >= 0 && len(long) > 0 && long[len(long)-1] == plain[len(plain)-1] {
				long, umlaut = append(long, 'e'), true // a decomposed umlaut
			}
		case unicode.Is(unicode.Cf, r), r == '’':
		case unicode.IsLetter(r), unicode.IsNumber(r), unicode.Is(unicode.Mc, r):
			if start < 0 {
				start = i
			}
			b, ok := f.base[r]
			if !ok {
				plain, long = utf8.AppendRune(plain, r), utf8.AppendRune(long, r)
				break
			}
			plain = append(plain, b...)
			if l, ok := f.long[r]; ok {
				long, umlaut = append(long, l...), true
			} else {
				long = append(long, b...)
			}
		default:
			flush(i)
		}
		i += n
	}
	flush(len(text))
	return out
}

// parameters returns the length of what follows the beginning of a control
// sequence (ECMA-48): parameters, intermediates, and the letter that ends it;
// of one that does not end so, nothing.
func parameters(s string) int {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '?' {
		i++
	}
	for i < len(s) && s[i] >= ' ' && s[i] <= '/' {
		i++
	}
	if i < len(s) && s[i] >= '@' && s[i] <= '~' {
		return i + 1
	}
	return 0
}

// Cut returns the first maxWord bytes of a word, whole characters.
func Cut(b []byte) string {
	if len(b) <= maxWord {
		return string(b)
	}
	n := maxWord
	for n > 0 && !utf8.RuneStart(b[n]) {
		n--
	}
	return string(b[:n])
}

// contract leaves out the e of ae, oe and ue where it can stand for an umlaut:
// not after q, and not in ue after a vowel (Bauer and Baur stay two names).
// It is the rule of Lucene's GermanNormalizationFilter, made idempotent.
func contract(s string) string {
	const (
		plain  = iota // ue may be an umlaut here
		vowel         // it may not
		umlaut        // an e that follows is left out
	)
	var out []byte
	state := plain
	for i := range len(s) {
		c := s[i]
		switch c {
		case 'a', 'o':
			state = umlaut
		case 'u':
			if state == plain {
				state = umlaut
			} else {
				state = vowel
			}
		case 'e':
			if state == umlaut {
				if out == nil {
					out = append(make([]byte, 0, len(s)), s[:i]...)
				}
				continue
			}
			state = vowel
		case 'i', 'q', 'y':
			state = vowel
		default:
			state = plain
		}
		if out != nil {
			out = append(out, c)
		}
	}
	if out == nil {
		return s
	}
	return string(out)
}

// Inner returns the key of a prefix when it differs and does not hang on its
// last letter: muell is mull, but joe could still become joel and is not jo.
func Inner(plain string) string {
	k := contract(plain)
	if k == plain || strings.HasSuffix(plain, "e") && k == contract(plain[:len(plain)-1]) {
		return ""
	}
	return k
}

// Distance is the number of edits between two words: letters put in, left out,
// replaced, or two neighbours swapped (optimal string alignment), as Bleve's
// automaton counts them.
func Distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	var two, one, row []int
	one = make([]int, len(y)+1)
	for j := range one {
		one[j] = j
	}
	for i := range x {
		row = make([]int, len(y)+1)
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(one[j]+cost, one[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], two[j-1]+1)
			}
		}
		two, one = one, row
	}
	return one[len(y)]
}
