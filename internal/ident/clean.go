package ident

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// clean returns the text of a raw value without what a reader does not see:
// NFKC, no invisible characters, every blank a plain space, none at the ends,
// no guard against spreadsheets. Control characters and bytes that are not
// UTF-8 make it malformed.
func clean(raw string) (string, Verdict) {
	s := raw
	if !printableASCII(raw) {
		if !utf8.ValidString(raw) {
			return "", malformed("value.encoding", "the value is not UTF-8 text: the file was read in the wrong character set")
		}
		s = stable(raw, func(s string) string { return norm.NFKC.String(strings.Map(visible, s)) })
		if strings.ContainsFunc(s, unicode.IsControl) {
			return "", malformed("value.control", "the value holds control characters")
		}
	}
	if s = trim(s); strings.Trim(s, "-./_ ") == "" { // a lone dash is how people write nothing
		return "", Verdict{Outcome: Empty}
	}
	return s, Verdict{Outcome: OK}
}

// stable applies f until it changes nothing more. Mapping characters and
// normalising can undo one another once, so four rounds are ample.
func stable(s string, f func(string) string) string {
	for range 4 {
		t := f(s)
		if t == s {
			break
		}
		s = t
	}
	return s
}

func printableASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// visible drops characters that take no room and makes every blank a space.
func visible(r rune) rune {
	switch {
	case r <= '~' && r >= ' ':
		return r
	case unicode.IsSpace(r):
		return ' '
	case unicode.Is(unicode.Cf, r), // zero width, bidi marks, soft hyphen, byte order mark
		unicode.Is(unicode.Variation_Selector, r),
		unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r): // grapheme joiner, fillers
		return -1
	}
	return r
}

// trim takes blanks from both ends, the apostrophe by which exports guard a
// value from a spreadsheet ('+3161...), and quotes around the whole.
func trim(s string) string {
	for {
		t := strings.TrimLeft(strings.Trim(s, " "), "'")
		if n := len(t); n >= 2 && t[0] == '"' && t[n-1] == '"' {
			t = t[1 : n-1]
		}
		if t == s {
			return s
		}
		s = t
	}
}

// isSeparator reports whether people put r into an id to make it readable.
func isSeparator(r rune) bool {
	return r == ' ' || r == '-' || r == '.' || r == '_' || r == '/'
}
