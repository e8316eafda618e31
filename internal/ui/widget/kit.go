package widget

import (
	"strings"

	"cdp-tui/internal/text"
)

// Glyphs are the characters frames and signs are drawn with, one cell each.
type Glyphs struct {
	Single, Heavy  Frame
	Open, Closed   string // a branch of a tree
	Cursor, Marked string // signs before a row
	Up, Down       string // sort directions
	Full, Empty    string // bars
	Dot, AtLeast   string // between parts of a line; before a count that is not complete
}

// Frame is the set of characters of one kind of frame.
type Frame struct {
	TopLeft, Top, TopRight, Side, BottomLeft, Bottom, BottomRight string
}

// UnicodeGlyphs draws with box-drawing characters.
func UnicodeGlyphs() Glyphs {
	return Glyphs{
		Single: Frame{"┌", "─", "┐", "│", "└", "─", "┘"}, Heavy: Frame{"┏", "━", "┓", "┃", "┗", "━", "┛"},
		Open: "-", Closed: "+", Cursor: ">", Marked: "*", Up: "↑", Down: "↓", Full: "█", Empty: "░", Dot: "·", AtLeast: "≥ ",
	}
}

// ASCIIGlyphs draws with ASCII, for terminals that show box drawing two cells
// wide (East Asian ambiguous width) or not at all.
func ASCIIGlyphs() Glyphs {
	return Glyphs{
		Single: Frame{"+", "-", "+", "|", "+", "-", "+"}, Heavy: Frame{"#", "=", "#", "#", "#", "=", "#"},
		Open: "-", Closed: "+", Cursor: ">", Marked: "*", Up: "^", Down: "v", Full: "#", Empty: ".", Dot: "-", AtLeast: ">=",
	}
}

// Words are the texts widgets show by themselves, to be translated.
type Words struct {
	Of, Marked, Empty, NoMatch, Failed, Retry, Searching string
	Locked, NeverEnter, Unlock                           string
}

// English is the wording tests are written against.
func English() Words {
	return Words{
		Of: "of", Marked: "marked", Empty: "nothing here", NoMatch: "no match", Failed: "could not be read:", Retry: "retries", Searching: "searching",
		Locked: "locked", NeverEnter: "esc cancels · enter never confirms", Unlock: "space confirms",
	}
}

// Kit is what all widgets of a program share. Change it through its methods,
// so that kept views are drawn again. It is used by one goroutine, as Update
// and View are.
type Kit struct {
	theme  *Theme
	glyphs Glyphs
	words  Words
	keys   Keys
	rev    uint64
}

// NewKit returns a kit with English words, the default keys, and ASCII glyphs
// where box drawing is not one cell wide.
func NewKit(t *Theme) *Kit {
	k := &Kit{theme: t, glyphs: UnicodeGlyphs(), words: English(), keys: DefaultKeys()}
	if text.Width(text.Lit("─")) != 1 {
		k.glyphs = ASCIIGlyphs()
	}
	return k
}

// SetTheme, SetGlyphs, SetWords and SetKeys replace a part.
func (k *Kit) SetTheme(t *Theme)  { k.theme = t; k.rev++ }
func (k *Kit) SetGlyphs(g Glyphs) { k.glyphs = g; k.rev++ }
func (k *Kit) SetWords(w Words)   { k.words = w; k.rev++ }
func (k *Kit) SetKeys(keys Keys)  { k.keys = keys; k.rev++ }
func (k *Kit) Theme() *Theme      { return k.theme }
func (k *Kit) Glyphs() Glyphs     { return k.glyphs }
func (k *Kit) Words() Words       { return k.words }
func (k *Kit) Keys() *Keys        { return &k.keys }

// view is a drawn widget, kept until it is soiled or the kit changes.
type view struct {
	s   string
	rev uint64
	ok  bool
}

func (v *view) soil() { v.ok = false }

func (v *view) get(k *Kit, draw func() string) string {
	if !v.ok || v.rev != k.rev {
		v.s, v.ok, v.rev = draw(), true, k.rev
	}
	return v.s
}

// Span is a piece of a line in one style.
type Span struct {
	Text  text.Safe
	Style Style
}

// S is a span; a short name because screens are full of them.
func S(style Style, t text.Safe) Span { return Span{Text: t, Style: style} }

// brush draws into one string.
type brush struct {
	strings.Builder
	theme *Theme
}

func (k *Kit) brush(size int) *brush {
	b := &brush{theme: k.theme}
	b.Grow(size)
	return b
}

func (b *brush) run(style Style, r row, s string) {
	if s == "" {
		return
	}
	seq := b.theme.seq[style][r]
	if seq == "" {
		b.WriteString(s)
		return
	}
	b.WriteString("\x1b[")
	b.WriteString(seq)
	b.WriteByte('m')
	b.WriteString(s)
	b.WriteString("\x1b[m")
}

const blanks = "                                                                                                                                "

func (b *brush) space(style Style, r row, n int) {
	for n > len(blanks) {
		b.run(style, r, blanks)
		n -= len(blanks)
	}
	if n > 0 {
		b.run(style, r, blanks[:n])
	}
}

// spans draws spans into exactly w cells.
func (b *brush) spans(r row, w int, spans []Span) {
	used := 0
	for i, s := range spans {
		n := text.Width(s.Text)
		// The last cell is kept for the ellipsis when more is to come.
		if used+n > w || used+n == w && more(spans[i+1:]) {
			t := s.Text
			if used+n == w {
				t = text.Join(text.Safe{}, t, text.Lit("…"))
			}
			t = text.Cut(t, w-used)
			b.run(s.Style, r, t.String())
			used += text.Width(t)
			break
		}
		b.run(s.Style, r, s.Text.String())
		used += n
	}
	b.space(Plain, r, w-used)
}

func more(spans []Span) bool {
	for _, s := range spans {
		if !s.Text.Empty() {
			return true
		}
	}
	return false
}

// Line draws spans as one line of exactly w cells.
func (k *Kit) Line(w int, spans ...Span) string {
	b := k.brush(w + 32)
	b.spans(rowPlain, max(0, w), spans)
	return b.String()
}

// LineEnds draws a line of exactly w cells with spans at both ends. When there
// is not room for both, the left ones are cut.
func (k *Kit) LineEnds(w int, left, right []Span) string {
	w = max(0, w)
	n := 0
	for _, s := range right {
		n += text.Width(s.Text)
	}
	n = min(n, w)
	b := k.brush(w + 64)
	b.spans(rowPlain, w-n, left)
	b.spans(rowPlain, n, right)
	return b.String()
}

// Paint draws one text in a style, as wide as it is.
func (k *Kit) Paint(style Style, t text.Safe) string {
	b := k.brush(len(t.String()) + 16)
	b.run(style, rowPlain, t.String())
	return b.String()
}
