package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Inspect lists the characters of a raw value, one line each: code point, the
// character where it can be shown, and what it is. Bytes that are not UTF-8 are
// listed as such.
//
//	U+0041  A  letter
//	U+009B     <control> CSI
//	0x9B       <not UTF-8>
func Inspect(s string) []Safe {
	out := make([]Safe, 0, len(s))
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			out = append(out, Safe{s: fmt.Sprintf("0x%02X       <not UTF-8>", s[i])})
			i++
			continue
		}
		c := " "
		switch {
		case !printable(r):
		case runeWidth(r) == 0:
			c = "◌" + string(r)
		default:
			c = string(r)
		}
		glyph := Pad(Safe{s: c}, 2).s
		out = append(out, Safe{s: fmt.Sprintf("%-8s %s %s", fmt.Sprintf("U+%04X", r), glyph, describe(r))})
		i += size
	}
	return out
}

// describe says what a character is: the names of those that do harm, else the
// general category.
func describe(r rune) string {
	if n := notorious(r); n != "" {
		return n
	}
	switch {
	case r >= 0xFDD0 && r <= 0xFDEF || r&0xFFFE == 0xFFFE:
		return "<noncharacter>"
	case unicode.Is(unicode.Cc, r):
		return "<control>"
	case r >= 0xE0000 && r <= 0xE007F:
		return "<format> tag character"
	case unicode.Is(unicode.Cf, r):
		return "<format>"
	case unicode.Is(unicode.Variation_Selector, r):
		return "<variation selector>"
	case unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
		return "<invisible>"
	case unicode.Is(unicode.Co, r):
		return "<private use>"
	case unicode.Is(unicode.Zs, r):
		return "<space>"
	case unicode.IsLetter(r):
		return "letter" + script(r)
	case unicode.IsMark(r):
		return "combining mark"
	case unicode.IsNumber(r):
		return "digit"
	case unicode.IsPunct(r):
		return "punctuation"
	case unicode.IsSymbol(r):
		return "symbol"
	}
	return "<not assigned>"
}

func script(r rune) string {
	switch {
	case unicode.Is(unicode.Latin, r):
		return " (Latin)"
	case unicode.Is(unicode.Cyrillic, r):
		return " (Cyrillic)"
	case unicode.Is(unicode.Greek, r):
		return " (Greek)"
	}
	return ""
}

func notorious(r rune) string {
	switch r {
	case 0x00:
		return "<control> NUL"
	case 0x07:
		return "<control> bell"
	case 0x08:
		return "<control> backspace"
	case 0x09:
		return "<control> tab"
	case 0x0A:
		return "<control> line feed"
	case 0x0D:
		return "<control> carriage return"
	case 0x1B:
		return "<control> escape"
	case 0x7F:
		return "<control> delete"
	case 0x85:
		return "<control> next line"
	case 0x90:
		return "<control> DCS"
	case 0x9B:
		return "<control> CSI"
	case 0x9C:
		return "<control> ST"
	case 0x9D:
		return "<control> OSC"
	case 0xA0:
		return "<space> no-break"
	case 0xAD:
		return "<format> soft hyphen"
	case 0x200B:
		return "<format> zero-width space"
	case 0x200C:
		return "<format> zero-width non-joiner"
	case 0x200D:
		return "<format> zero-width joiner"
	case 0x200E, 0x200F, 0x061C:
		return "<format> direction mark"
	case 0x202A, 0x202B, 0x202C:
		return "<format> bidi embedding"
	case 0x202D, 0x202E:
		return "<format> bidi override"
	case 0x2066, 0x2067, 0x2068, 0x2069:
		return "<format> bidi isolate"
	case 0x2028:
		return "<line separator>"
	case 0x2029:
		return "<paragraph separator>"
	case 0xFEFF:
		return "<format> byte order mark"
	case 0xFFFD:
		return "replacement character: bytes were lost before the value came here"
	case ' ':
		return "space"
	}
	return ""
}

// Suspicious reports whether an e-mail address or domain name mixes scripts in
// one label (a part between dots, @ parts them too) as look-alikes do: Latin
// with Cyrillic, Latin with Greek, or Cyrillic with Greek. A label wholly of one
// script is not suspicious, nor are digits and hyphens; names in Punycode
// (xn--) must be decoded before.
func Suspicious(s string) bool {
	for _, label := range strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == '@' || r == '。' }) {
		n := 0
		for _, in := range []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek} {
			if strings.ContainsFunc(label, func(r rune) bool { return unicode.Is(in, r) }) {
				n++
			}
		}
		if n > 1 {
			return true
		}
	}
	return false
}
