package widget

import (
	"strings"

	"cdp-tui/internal/text"
)

// Box is a frame around a view.
type Box struct {
	Number int // key that jumps here, drawn before the title; 0 is none
	Title  text.Safe
	Footer text.Safe // at the right of the lower edge
	Focus  bool      // heavy, and title and number bold
}

// Draw draws the frame in w by h cells around body, which is made to fit the
// inside: w-2 by h-2.
func (x Box) Draw(k *Kit, w, h int, body string) string {
	w, h = max(0, w), max(0, h)
	if w < 2 || h < 2 {
		return blank(w, h)
	}
	f, border, title := k.glyphs.Single, Border, Title
	if x.Focus {
		f, border, title = k.glyphs.Heavy, BorderFocus, TitleFocus
	}
	b := k.brush((w + 40) * h)
	name := x.Title
	if x.Number > 0 {
		name = text.Join(text.Lit(" "), text.Int(x.Number), x.Title)
	}
	b.edge(border, title, f.TopLeft, f.Top, f.TopRight, name, w, false)
	lines := strings.Split(body, "\n")
	for y := range h - 2 {
		b.WriteByte('\n')
		b.run(border, rowPlain, f.Side)
		line := ""
		if y < len(lines) {
			line = lines[y]
		}
		b.WriteString(fitLine(line, w-2))
		b.run(border, rowPlain, f.Side)
	}
	b.WriteByte('\n')
	b.edge(border, title, f.BottomLeft, f.Bottom, f.BottomRight, x.Footer, w, true)
	return b.String()
}

// edge draws an upper or lower edge with a label at the left or the right.
func (b *brush) edge(border, label Style, from, fill, to string, t text.Safe, w int, right bool) {
	room := w - 2
	if !t.Empty() && room >= 6 {
		t = text.Concat(text.Lit(" "), text.Cut(t, room-4), text.Lit(" "))
		n := room - text.Width(t) - 1
		if right {
			b.run(border, rowPlain, from+strings.Repeat(fill, n))
			b.run(label, rowPlain, t.String())
			b.run(border, rowPlain, fill+to)
			return
		}
		b.run(border, rowPlain, from+fill)
		b.run(label, rowPlain, t.String())
		b.run(border, rowPlain, strings.Repeat(fill, n)+to)
		return
	}
	b.run(border, rowPlain, from+strings.Repeat(fill, room)+to)
}

// BarLine draws a bar of w cells of which part/whole is full.
func (k *Kit) BarLine(w int, style Style, part, whole float64) string {
	w = max(0, w)
	n := 0
	if whole > 0 && part > 0 {
		n = min(w, int(float64(w)*part/whole+0.5))
	}
	return k.Line(w, Span{text.Clean(strings.Repeat(k.glyphs.Full, n) + strings.Repeat(k.glyphs.Empty, w-n)), style})
}
