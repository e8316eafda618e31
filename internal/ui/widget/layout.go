package widget

import (
	"strings"

	"cdp-tui/internal/text"
)

// Rect is a part of the screen in cells. Whatever is cut from it, no side is
// ever negative.
type Rect struct{ X, Y, W, H int }

// NewRect returns a rectangle, its sides clamped to 0.
func NewRect(x, y, w, h int) Rect { return Rect{x, y, max(0, w), max(0, h)} }

// Top parts the first n rows from the rest.
func (r Rect) Top(n int) (top, rest Rect) {
	n = max(0, min(n, r.H))
	return NewRect(r.X, r.Y, r.W, n), NewRect(r.X, r.Y+n, r.W, r.H-n)
}

// Bottom parts the last n rows from the rest.
func (r Rect) Bottom(n int) (rest, bottom Rect) {
	rest, bottom = r.Top(max(0, r.H-max(0, n)))
	return rest, bottom
}

// Left parts the first n columns from the rest.
func (r Rect) Left(n int) (left, rest Rect) {
	n = max(0, min(n, r.W))
	return NewRect(r.X, r.Y, n, r.H), NewRect(r.X+n, r.Y, r.W-n, r.H)
}

// Right parts the last n columns from the rest.
func (r Rect) Right(n int) (rest, right Rect) {
	rest, right = r.Left(max(0, r.W-max(0, n)))
	return rest, right
}

// Inset takes n cells away on each side: the inside of a frame with n 1.
func (r Rect) Inset(n int) Rect {
	return NewRect(r.X+min(n, r.W), r.Y+min(n, r.H), r.W-2*n, r.H-2*n)
}

// Columns parts r by weights, side by side; what does not divide goes to the first.
func (r Rect) Columns(weights ...int) []Rect {
	out := make([]Rect, len(weights))
	x := r.X
	for i, n := range share(r.W, weights) {
		out[i] = NewRect(x, r.Y, n, r.H)
		x += n
	}
	return out
}

// Rows parts r by weights, one below the other.
func (r Rect) Rows(weights ...int) []Rect {
	out := make([]Rect, len(weights))
	y := r.Y
	for i, n := range share(r.H, weights) {
		out[i] = NewRect(r.X, y, r.W, n)
		y += n
	}
	return out
}

// Center is a rectangle of at most w by h in the middle of r.
func (r Rect) Center(w, h int) Rect {
	w, h = max(0, min(w, r.W)), max(0, min(h, r.H))
	return NewRect(r.X+(r.W-w)/2, r.Y+(r.H-h)/2, w, h)
}

// Contains reports whether the cell is inside.
func (r Rect) Contains(x, y int) bool {
	return x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H
}

func share(n int, weights []int) []int {
	total := 0
	for _, w := range weights {
		total += max(0, w)
	}
	out := make([]int, len(weights))
	if total == 0 {
		return out
	}
	left := n
	for i, w := range weights {
		out[i] = n * max(0, w) / total
		left -= out[i]
	}
	for i := range out {
		if left > 0 && weights[i] > 0 {
			out[i]++
			left--
		}
	}
	return out
}

// Side puts views of the same height side by side.
func Side(views ...string) string {
	var cols [][]string
	size := 0
	for _, v := range views {
		if v != "" {
			cols = append(cols, strings.Split(v, "\n"))
			size += len(v) + 1
		}
	}
	if len(cols) == 1 {
		return strings.Join(cols[0], "\n")
	}
	var b strings.Builder
	b.Grow(size)
	for y := 0; len(cols) > 0 && y < len(cols[0]); y++ {
		if y > 0 {
			b.WriteByte('\n')
		}
		for _, c := range cols {
			if y < len(c) {
				b.WriteString(c[y])
			}
		}
	}
	return b.String()
}

// Stack puts views one below the other; empty ones take no row.
func Stack(views ...string) string {
	var b strings.Builder
	for _, v := range views {
		if v == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(v)
	}
	return b.String()
}

// Fit makes a view exactly w by h: lines are filled up or cut, missing ones
// added. For what is not made of widgets of the right size already.
func Fit(v string, w, h int) string {
	w, h = max(0, w), max(0, h)
	if h == 0 {
		return ""
	}
	lines := strings.Split(v, "\n")
	var b strings.Builder
	for y := range h {
		if y > 0 {
			b.WriteByte('\n')
		}
		line := ""
		if y < len(lines) {
			line = lines[y]
		}
		b.WriteString(fitLine(line, w))
	}
	return b.String()
}

func fitLine(line string, w int) string {
	n := text.StyledWidth(line)
	if n > w {
		line, _ = splitStyled(line, w)
		n = text.StyledWidth(line)
	}
	if n < w {
		line += strings.Repeat(" ", w-n)
	}
	return line
}

// Overlay draws over onto base with its top left corner at x, y. What would
// stand outside of base is cut off.
func Overlay(base, over string, x, y int) string {
	if over == "" {
		return base
	}
	x = max(0, x)
	lines := strings.Split(base, "\n")
	for i, o := range strings.Split(over, "\n") {
		if y+i < 0 || y+i >= len(lines) {
			continue
		}
		line := lines[y+i]
		full := text.StyledWidth(line)
		w := min(text.StyledWidth(o), full-x)
		if w <= 0 {
			continue
		}
		left, rest := splitStyled(line, x)
		_, right := splitStyled(rest, w+x-text.StyledWidth(left))
		lines[y+i] = fitLine(left, x) + fitLine(o, w) + padFront(right, full-x-w)
	}
	return strings.Join(lines, "\n")
}

func padFront(line string, w int) string {
	if n := w - text.StyledWidth(line); n > 0 {
		return strings.Repeat(" ", n) + line
	}
	return line
}

// splitStyled parts a line drawn by a brush after at most w cells. A wide
// character on the border goes right. Styles are ended on the left side and
// taken up again on the right.
func splitStyled(line string, w int) (left, right string) {
	style, used, i := "", 0, 0
	for i < len(line) {
		if line[i] == '\x1b' {
			end := strings.IndexByte(line[i:], 'm')
			if end < 0 {
				break
			}
			style = line[i : i+end+1]
			if style == reset {
				style = ""
			}
			i += end + 1
			continue
		}
		next := i + strings.IndexByte(line[i:]+"\x1b", '\x1b')
		n, cells := fits(line[i:next], w-used)
		used += cells
		i += n
		if i < next {
			break
		}
	}
	left, right = line[:i], line[i:]
	if style != "" {
		left += reset
		right = style + right
	}
	return left, right
}

const reset = "\x1b[m"

// fits returns how many bytes of plain text fit into w cells, and the cells they take.
func fits(s string, w int) (n, cells int) {
	if w <= 0 {
		return 0, 0
	}
	t := text.Clean(s)
	if text.Width(t) <= w {
		return len(s), text.Width(t)
	}
	for i := range s {
		if i == 0 {
			continue
		}
		c := text.Width(t.Slice(0, i))
		if c > w {
			return n, cells
		}
		n, cells = i, c
	}
	return n, cells
}
