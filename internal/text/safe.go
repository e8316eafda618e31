package text

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Safe is one line of text that can be shown on a terminal: valid UTF-8, only
// printable characters, at most four zero-width characters in a row and none at
// the beginning or after a space. It never holds a line break, a tab or an escape. The zero value
// is the empty text. A Safe can be made by this package only.
type Safe struct {
	s       string
	changed bool
}

// literal can be given by other packages as a constant only.
type literal string

// Lit is the Safe of a constant in the program's own source. What a variable
// holds goes through Clean; the compiler refuses it here.
func Lit(s literal) Safe { return Safe{s: Clean(string(s)).s} }

// String returns the text as it may be shown.
func (s Safe) String() string { return s.s }

// Empty reports whether there is nothing to show.
func (s Safe) Empty() bool { return s.s == "" }

// Changed reports whether characters of the raw value had to be replaced by
// marks. It tells a real mark from a value that spells one (the characters ‹›
// themselves are harmless and stay).
func (s Safe) Changed() bool { return s.changed }

// Slice returns the bytes from i to j as a Safe. Both are clamped, and moved
// back to the beginning of a character with the marks that combine with it.
func (s Safe) Slice(i, j int) Safe {
	i, j = boundary(s.s, i), boundary(s.s, j)
	if j <= i {
		return Safe{changed: s.changed}
	}
	return Safe{s: s.s[i:j], changed: s.changed}
}

// boundary moves i back so that it does not part a character from what combines with it.
func boundary(s string, i int) int {
	if i <= 0 {
		return 0
	}
	if i >= len(s) {
		return len(s)
	}
	for i > 0 {
		r, _ := utf8.DecodeRuneInString(s[i:])
		if utf8.RuneStart(s[i]) && runeWidth(r) > 0 {
			break
		}
		i--
	}
	return i
}

// Concat returns the parts one after the other.
func Concat(parts ...Safe) Safe { return Join(Safe{}, parts...) }

// Join returns the parts with sep between them.
func Join(sep Safe, parts ...Safe) Safe {
	var b strings.Builder
	out := Safe{}
	for i, p := range parts {
		if i > 0 {
			b.WriteString(sep.s)
			out.changed = out.changed || sep.changed
		}
		b.WriteString(p.s)
		out.changed = out.changed || p.changed
	}
	out.s = b.String()
	return out
}

// Int is n in decimal, thousands parted by commas: 1,204,565.
func Int(n int) Safe {
	d := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, d = "-", d[1:]
	}
	for i := len(d) - 3; i > 0; i -= 3 {
		d = d[:i] + "," + d[i:]
	}
	return Safe{s: sign + d}
}

// maxZero is the number of zero-width characters that may follow a base
// character. Vietnamese and Hebrew need three, pointed Arabic four.
const maxZero = 4

// Clean makes one line out of an untrusted value. Control and format characters
// (C0, DEL, C1, bidi controls, joiners, tags), line and paragraph separators,
// line breaks and tabs, unassigned, private-use and noncharacters, variation
// selectors, blanks that look like nothing or like a space, and combining marks
// without a base (or with a space as base, which wrapping drops) become ‹hexadecimal code point›; a byte that is not UTF-8
// becomes ‹xNN›; of more than four combining marks in a row the rest becomes
// ‹+count›. Clean is idempotent. Text of printable ASCII is returned as it is,
// without an allocation.
func Clean(s string) Safe {
	i := 0
	for i < len(s) && s[i] >= ' ' && s[i] <= '~' {
		i++
	}
	if i == len(s) {
		return Safe{s: s}
	}
	return cleanFrom(s, i)
}

// cleanFrom cleans s, of which the first i bytes are printable ASCII.
func cleanFrom(s string, i int) Safe {
	var b []byte // nil until something must be replaced
	change := func(upTo int) {
		if b == nil {
			b = make([]byte, 0, len(s)+16)
			b = append(b, s[:upTo]...)
		}
	}
	base, run := i > 0 && s[i-1] != ' ', 0 // a base character to combine with; zero-width ones since it
	flush := func() {
		if run > maxZero {
			b = append(b, "‹+"...)
			b = strconv.AppendInt(b, int64(run-maxZero), 10)
			b = append(b, "›"...)
		}
		run = 0
	}
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			change(i)
			flush()
			b = appendMark(b, "x", rune(s[i]), 2)
			base = true
		case !printable(r):
			change(i)
			flush()
			b = appendMark(b, "", r, 4)
			base = true
		case r >= 0x300 && runeWidth(r) == 0 && !base:
			change(i)
			b = appendMark(b, "", r, 4)
			base = true
		case r >= 0x300 && runeWidth(r) == 0:
			run++
			if run > maxZero {
				change(i)
			} else if b != nil {
				b = append(b, s[i:i+size]...)
			}
		default:
			flush()
			base = r != ' '
			if b != nil {
				b = append(b, s[i:i+size]...)
			}
		}
		i += size
	}
	if b == nil {
		return Safe{s: s}
	}
	flush()
	return Safe{s: string(b), changed: true}
}

func appendMark(b []byte, prefix string, r rune, digits int) []byte {
	b = append(b, "‹"...)
	b = append(b, prefix...)
	h := strings.ToUpper(strconv.FormatInt(int64(r), 16))
	for n := len(h); n < digits; n++ {
		b = append(b, '0')
	}
	b = append(b, h...)
	return append(b, "›"...)
}

// printable reports whether r may be shown as it is. unicode.IsPrint leaves out
// the categories C and Z (ASCII space apart) and what is not assigned; the rest
// here are assigned letters, marks and symbols that show nothing at all.
func printable(r rune) bool {
	if r < 0x300 {
		return r >= ' ' && r <= '~' || r > 0xA0 && r != 0xAD
	}
	if !unicode.IsPrint(r) {
		return false
	}
	switch r {
	case 0x2800, 0x1D159: // Braille blank, musical null notehead
		return false
	}
	return !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) && !unicode.Is(unicode.Variation_Selector, r)
}

const tabStop = 4

// Block makes lines out of an untrusted value: LF and CR LF end a line, tabs
// are widened with spaces to the next multiple of four cells, everything else
// is treated as in Clean. A CR alone overwrites what stands before it on a
// terminal, so it is marked. A line break at the very end makes no further line.
func Block(s string) []Safe {
	s = strings.TrimSuffix(s, "\n")
	var out []Safe
	for {
		line, rest, more := strings.Cut(s, "\n")
		if more || rest == "" {
			line = strings.TrimSuffix(line, "\r")
		}
		out = append(out, expand(line))
		if !more {
			return out
		}
		s = rest
	}
}

func expand(line string) Safe {
	if !strings.Contains(line, "\t") {
		return Clean(line)
	}
	var parts []Safe
	w := 0
	for i, p := range strings.Split(line, "\t") {
		if i > 0 {
			n := tabStop - w%tabStop
			parts = append(parts, Safe{s: strings.Repeat(" ", n)})
			w += n
		}
		c := Clean(p)
		parts = append(parts, c)
		w += Width(c)
	}
	return Concat(parts...)
}
