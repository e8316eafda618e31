package text

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// The one measure of all data is ansi.WcWidth: the sum over the characters, as
// the renderer and most terminals count. Cutting is done here and not with
// ansi.Truncate, which returns too wide a text when grapheme width and the sum
// differ (x/ansi v0.11.9).
const measure = ansi.WcWidth

func runeWidth(r rune) int {
	if r < 0x80 {
		return 1
	}
	var b [utf8.UTFMax]byte
	n := utf8.EncodeRune(b[:], r)
	return measure.StringWidth(string(b[:n]))
}

// Width is the number of terminal cells s takes.
func Width(s Safe) int { return width(s.s) }

func width(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return i + measure.StringWidth(s[i:])
		}
	}
	return len(s)
}

// StyledWidth is the number of cells of a line that already carries colours.
func StyledWidth(line string) int { return measure.StringWidth(line) }

const ellipsis = "…"

// Cut returns s when it fits into w cells, else its beginning and an ellipsis,
// in at most w cells (one less when a wide character does not fit any more).
func Cut(s Safe, w int) Safe {
	if w <= 0 {
		return Safe{changed: s.changed}
	}
	if len(s.s) <= w || width(s.s) <= w {
		return s
	}
	e := width(ellipsis)
	if e > w {
		return Safe{changed: s.changed}
	}
	return Safe{s: s.s[:prefix(s.s, w-e)] + ellipsis, changed: s.changed}
}

// prefix returns how many bytes of s fit into w cells.
func prefix(s string, w int) int {
	used := 0
	for i, r := range s {
		n := runeWidth(r)
		if used+n > w {
			return i
		}
		used += n
	}
	return len(s)
}

// Pad returns s in exactly w cells: cut, or filled with spaces at the right.
func Pad(s Safe, w int) Safe {
	s = Cut(s, w)
	if n := w - Width(s); n > 0 {
		s.s += strings.Repeat(" ", n)
	}
	return s
}

// PadLeft returns s in exactly w cells: cut, or filled with spaces at the left.
func PadLeft(s Safe, w int) Safe {
	s = Cut(s, w)
	if n := w - Width(s); n > 0 {
		s.s = strings.Repeat(" ", n) + s.s
	}
	return s
}

// Wrap breaks s into lines of at most w cells, at spaces where it can. There is
// always at least one line; w below 1 gives empty text.
func Wrap(s Safe, w int) []Safe {
	ranges := Breaks(s, w, w)
	out := make([]Safe, len(ranges))
	for i, r := range ranges {
		out[i] = Cut(Safe{s: s.s[r[0]:r[1]], changed: s.changed}, w)
	}
	return out
}

// Breaks returns the byte ranges of the lines into which s is to be broken: the
// first at most first cells wide, the others rest cells. Spaces at a break
// belong to no line. A word wider than a line is cut anyway, and begins where
// it stands when a quarter of the line is left: an empty one before it would
// not make it whole. A character wider than the whole line still gets a line
// of its own, so whoever draws must cut.
func Breaks(s Safe, first, rest int) [][2]int {
	if len(s.s) <= first || width(s.s) <= first {
		return [][2]int{{0, len(s.s)}}
	}
	if first < 1 || rest < 1 {
		return [][2]int{{0, 0}}
	}
	var out [][2]int
	limit := first
	start, used, space := 0, 0, -1
	word, before := -1, 0 // where the text after the last space begins, and the cells before it
	for i := 0; i < len(s.s); {
		r, size := utf8.DecodeRuneInString(s.s[i:])
		n := runeWidth(r)
		if r == ' ' {
			space = i
		}
		if n > 0 && used+n > limit && i > start {
			switch {
			case r == ' ':
				out = append(out, [2]int{start, trimSpaces(s.s, start, i)})
				for i < len(s.s) && s.s[i] == ' ' {
					i++
				}
				start = i
			case trimSpaces(s.s, start, space) > start && !(4*(limit-before) >= limit && wider(s.s[word:], rest)):
				out = append(out, [2]int{start, trimSpaces(s.s, start, space)})
				start = word
				i = word
			default:
				out = append(out, [2]int{start, i})
				start = i
			}
			used, space, word, limit = 0, -1, -1, rest
			continue
		}
		used += n
		i += size
		if r == ' ' {
			word, before = i, used
		}
	}
	if start < len(s.s) || len(out) == 0 {
		out = append(out, [2]int{start, len(s.s)})
	}
	return out
}

// wider reports whether the word at the beginning of s takes more than w cells.
func wider(s string, w int) bool {
	word, _, _ := strings.Cut(s, " ")
	return prefix(word, w) < len(word)
}

func trimSpaces(s string, from, to int) int {
	for to > from && s[to-1] == ' ' {
		to--
	}
	return to
}
