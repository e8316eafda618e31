package text_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"cdp-tui/internal/text"
)

// payloads are the classes of hostile or broken text that reached a terminal,
// a log or an officer's judgement in the project's trials.
var payloads = []struct{ name, in, want string }{
	{"csi cursor", "a\x1b[1;1Hb", "a‹001B›[1;1Hb"},
	{"csi erase", "\x1b[2J", "‹001B›[2J"},
	{"sgr conceal", "\x1b[8mx", "‹001B›[8mx"},
	{"sgr colour", "\x1b[31mx\x1b[m", "‹001B›[31mx‹001B›[m"},
	{"osc title", "\x1b]0;t\x07", "‹001B›]0;t‹0007›"},
	{"osc link", "\x1b]8;;http://x\x1b\\l", "‹001B›]8;;http://x‹001B›\\l"},
	{"osc clipboard", "\x1b]52;c;UFdO\x07", "‹001B›]52;c;UFdO‹0007›"},
	{"dcs", "\x1bPq\x1b\\", "‹001B›Pq‹001B›\\"},
	{"apc", "\x1b_G\x1b\\", "‹001B›_G‹001B›\\"},
	{"pm", "\x1b^x\x1b\\", "‹001B›^x‹001B›\\"},
	{"sos", "\x1bXx", "‹001B›Xx"},
	{"ris", "\x1bc", "‹001B›c"},
	{"dsr", "\x1b[6n", "‹001B›[6n"},
	{"alternate screen", "\x1b[?1049h", "‹001B›[?1049h"},
	{"backspace", "ab\b\bc", "ab‹0008›‹0008›c"},
	{"bell", "\a", "‹0007›"},
	{"nul", "a\x00b", "a‹0000›b"},
	{"carriage return", "secret\rFAKE", "secret‹000D›FAKE"},
	{"line feed", "a\nb", "a‹000A›b"},
	{"tab", "a\tb", "a‹0009›b"},
	{"vertical tab", "a\vb", "a‹000B›b"},
	{"form feed", "a\fb", "a‹000C›b"},
	{"shift out", "\x0e\x0f", "‹000E›‹000F›"},
	{"delete", "a\x7fb", "a‹007F›b"},
	{"c1 csi", "\u009b1;1HAPPROVED", "‹009B›1;1HAPPROVED"},
	{"c1 osc", "\u009d0;t\u009c", "‹009D›0;t‹009C›"},
	{"c1 next line", "a\u0085b", "a‹0085›b"},
	{"c1 dcs", "\u0090q", "‹0090›q"},
	{"c1 as a byte", "a\x9b1;1H", "a‹x9B›1;1H"},
	{"utf-8 cut off", "a\xe2\x82", "a‹xE2›‹x82›"},
	{"utf-8 overlong", "\xc0\x9b", "‹xC0›‹x9B›"},
	{"surrogate", "\xed\xa0\x80", "‹xED›‹xA0›‹x80›"},
	{"bidi override", "a\u202egpj.exe", "a‹202E›gpj.exe"},
	{"bidi isolate", "\u2066x\u2069", "‹2066›x‹2069›"},
	{"bidi mark", "a\u200fb", "a‹200F›b"},
	{"zero-width space", "te\u200bst", "te‹200B›st"},
	{"zero-width joiner", "👩\u200d👧", "👩‹200D›👧"},
	{"byte order mark", "\ufeffx", "‹FEFF›x"},
	{"soft hyphen", "pass\u00adword", "pass‹00AD›word"},
	{"tags", "x\U000e0041\U000e007f", "x‹E0041›‹E007F›"},
	{"line separator", "a\u2028b\u2029c", "a‹2028›b‹2029›c"},
	{"zalgo", "e" + strings.Repeat("\u0301", 204) + "x", "e\u0301\u0301\u0301\u0301‹+200›x"},
	{"zalgo at the end", "e" + strings.Repeat("\u0301", 5), "e\u0301\u0301\u0301\u0301‹+1›"},
	{"mark without base", "\u0301a", "‹0301›a"},
	{"mark on a space", "a \u0301", "a ‹0301›"},
	{"variation selector", "☎\ufe0f", "☎‹FE0F›"},
	{"variation supplement", "a\U000e0100", "a‹E0100›"},
	{"hangul filler", "a\u3164b\u115f\uffa0", "a‹3164›b‹115F›‹FFA0›"},
	{"braille blank", "\u2800", "‹2800›"},
	{"no-break space", "a\u00a0b", "a‹00A0›b"},
	{"ideographic space", "a\u3000b", "a‹3000›b"},
	{"em space", "a\u2003b", "a‹2003›b"},
	{"private use", "\ue000\U00100000", "‹E000›‹100000›"},
	{"noncharacter", "\ufdd0\U0001ffff", "‹FDD0›‹1FFFF›"},
	{"grapheme joiner", "a\u034fb", "a‹034F›b"},
	{"interlinear", "\ufff9x", "‹FFF9›x"},
	{"harmless", "Șerban Weiß, Yılmaz — ‹quoted› 日本 é e\u0301 ✓", "Șerban Weiß, Yılmaz — ‹quoted› 日本 é e\u0301 ✓"},
}

func TestCleanMarks(t *testing.T) {
	if len(payloads) < 39 {
		t.Fatalf("%d classes, want the 39 of the trials at least", len(payloads))
	}
	for _, p := range payloads {
		t.Run(p.name, func(t *testing.T) {
			got := text.Clean(p.in)
			if got.String() != p.want {
				t.Errorf("got %q, want %q", got, p.want)
			}
			if got.Changed() != (p.in != p.want) {
				t.Errorf("Changed() = %v", got.Changed())
			}
			checkSafe(t, got)
		})
	}
}

// checkSafe says what every Safe promises, by other means than Clean uses.
func checkSafe(t *testing.T, s text.Safe) {
	t.Helper()
	if !utf8.ValidString(s.String()) {
		t.Errorf("not UTF-8: %q", s)
	}
	zero := 0
	for i, r := range s.String() {
		if r != ' ' && unicode.In(r, unicode.C, unicode.Z, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) {
			t.Errorf("U+%04X survives in %q", r, s)
		}
		if unicode.In(r, unicode.Mn, unicode.Me) {
			zero++
			if i == 0 {
				t.Errorf("%q begins with a combining mark", s)
			}
		} else {
			zero = 0
		}
		if zero > 4 {
			t.Fatalf("more than four marks in a row in %q", s)
		}
	}
}

func TestCleanASCIIAllocatesNothing(t *testing.T) {
	in := "Plain text of a record 12345 <x@y>"
	if n := testing.AllocsPerRun(100, func() { text.Clean(in) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	umlaut := "Weiß, Müller, Șerban"
	if n := testing.AllocsPerRun(100, func() { text.Clean(umlaut) }); n != 0 {
		t.Errorf("%v allocations with umlauts", n)
	}
}

func TestBlock(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"", []string{""}},
		{"one", []string{"one"}},
		{"one\n", []string{"one"}},
		{"one\r\ntwo\n\nfour", []string{"one", "two", "", "four"}},
		{"last\r\n", []string{"last"}},
		{"a\tb\tcccc\td", []string{"a   b   cccc    d"}},
		{"ü\tx", []string{"ü   x"}},
		{"secret\rFAKE\n", []string{"secret‹000D›FAKE"}},
		{"\x1b[31m\nx\u2028y", []string{"‹001B›[31m", "x‹2028›y"}},
		{"\u0301a\t\u0301b", []string{"‹0301›a ‹0301›b"}},
	} {
		got := text.Block(c.in)
		if len(got) != len(c.want) {
			t.Errorf("Block(%q) = %q", c.in, got)
			continue
		}
		for i := range got {
			if got[i].String() != c.want[i] {
				t.Errorf("Block(%q) line %d = %q, want %q", c.in, i, got[i], c.want[i])
			}
		}
	}
}

func TestSliceKeepsCharactersWhole(t *testing.T) {
	s := text.Clean("ae\u0301日x")
	for i := -1; i <= len(s.String())+1; i++ {
		for j := -1; j <= len(s.String())+1; j++ {
			checkSafe(t, s.Slice(i, j))
		}
	}
	if got := s.Slice(1, 4).String(); got != "e\u0301" {
		t.Errorf("got %q", got)
	}
}

func TestInt(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", -1204565: "-1,204,565", 10000000: "10,000,000"} {
		if got := text.Int(n).String(); got != want {
			t.Errorf("Int(%d) = %q", n, got)
		}
	}
}

func TestJoinKeepsChanged(t *testing.T) {
	got := text.Join(text.Lit(" · "), text.Lit("a"), text.Clean("\x1b"), text.Lit("b"))
	if got.String() != "a · ‹001B› · b" || !got.Changed() {
		t.Errorf("got %q, changed %v", got, got.Changed())
	}
	if text.Concat(text.Lit("a"), text.Lit("b")).Changed() {
		t.Error("nothing was changed")
	}
}

func FuzzClean(f *testing.F) {
	for _, p := range payloads {
		f.Add(p.in, 7)
	}
	f.Add("क्षabcdefghi", 10)
	f.Add("👍🏽 🇩🇪 각 각", 3)
	f.Fuzz(func(t *testing.T, in string, w int) {
		w = w % 200
		s := text.Clean(in)
		checkSafe(t, s)
		if again := text.Clean(s.String()); again.String() != s.String() || again.Changed() {
			t.Errorf("not idempotent: %q then %q", s, again)
		}
		if s.Changed() != (s.String() != in) {
			t.Errorf("Changed() = %v for %q", s.Changed(), in)
		}
		cut := text.Cut(s, w)
		checkSafe(t, cut)
		if got := text.Width(cut); got > max(w, 0) {
			t.Errorf("Cut to %d is %d wide", w, got)
		}
		for _, p := range []text.Safe{text.Pad(s, w), text.PadLeft(s, w)} {
			checkSafe(t, p)
			if got := text.Width(p); got != max(w, 0) {
				t.Errorf("padded to %d is %d wide", w, got)
			}
		}
		letters := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		joined := ""
		for _, l := range text.Wrap(s, w) {
			checkSafe(t, l)
			if got := text.Width(l); got > max(w, 0) {
				t.Errorf("line of %d cells at %d", got, w)
			}
			joined += l.String()
		}
		if w >= 2 && letters(joined) != letters(s.String()) {
			t.Errorf("wrapping at %d lost text: %q of %q", w, joined, s)
		}
		for _, l := range text.Block(in) {
			checkSafe(t, l)
		}
		for _, l := range text.Inspect(in) {
			checkSafe(t, l)
		}
	})
}

func BenchmarkCleanASCII(b *testing.B) {
	for b.Loop() {
		text.Clean("Plain text of a record 12345 <x@y>")
	}
}

func BenchmarkCleanUmlaut(b *testing.B) {
	for b.Loop() {
		text.Clean("Weiß, Müller, Șerban of Straße 12")
	}
}
