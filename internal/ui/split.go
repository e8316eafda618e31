package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/ui/widget"
)

// split is by how much a pane is larger than the layout made it.
type split struct {
	of    int // the pane
	steps int
}

// A step of a split in cells, and what a pane keeps of its size.
const (
	splitCols, splitRows = 4, 2
	leastCols, leastRows = 24, 5
)

// CanSplit reports whether the pane with the keys has a border to move.
func (p *panes) CanSplit() bool {
	return !p.zoom && len(p.list) > 1 && borderOf(p.layout(p.w, p.h), p.focus) != nil
}

// Split moves the border of the pane with the keys outwards, or inwards for d
// below zero. One border is moved at a time; whoever moves another one takes
// that back.
func (p *panes) Split(d int) tea.Cmd {
	rects := p.layout(p.w, p.h)
	was := split{of: p.focus}
	if mine, its := borderOf(rects, p.focus), borderOf(rects, p.split.of); mine.same(its) {
		was.steps = p.split.steps
		if slices.Contains(mine.before, p.focus) != slices.Contains(mine.before, p.split.of) {
			was.steps = -was.steps // seen from the other side
		}
	}
	p.split = split{of: p.focus, steps: was.steps + d}
	if resplit(rects, was)[p.focus] == resplit(rects, p.split)[p.focus] {
		p.split = was // at its limit: more steps would have to be taken back one by one
	}
	return p.arrange()
}

// border is a straight line between panes: those before it and those behind it.
type border struct {
	before, behind []int
	upright        bool
}

func (b *border) same(c *border) bool {
	return b != nil && c != nil && slices.Equal(b.before, c.before) && slices.Equal(b.behind, c.behind)
}

// borderOf is the line that parts a pane from others over its whole length: at
// its right or left, else under or over it; nil when there is none.
func borderOf(rects []widget.Rect, of int) *border {
	f := rects[of]
	if f.W == 0 || f.H == 0 {
		return nil
	}
	for _, line := range []struct {
		at      int
		upright bool
	}{{f.X + f.W, true}, {f.X, true}, {f.Y + f.H, false}, {f.Y, false}} {
		b := &border{upright: line.upright}
		var ends [2][2]int // from where to where the two sides reach
		grow := func(side int, from, to int) {
			if ends[side][1] == 0 {
				ends[side] = [2]int{from, to}
			}
			ends[side] = [2]int{min(ends[side][0], from), max(ends[side][1], to)}
		}
		for i, r := range rects {
			if r.W == 0 || r.H == 0 {
				continue
			}
			lo, hi, from, to := r.Y, r.Y+r.H, r.X, r.X+r.W
			if line.upright {
				lo, hi, from, to = r.X, r.X+r.W, r.Y, r.Y+r.H
			}
			switch line.at {
			case hi:
				b.before = append(b.before, i)
				grow(0, from, to)
			case lo:
				b.behind = append(b.behind, i)
				grow(1, from, to)
			}
		}
		if len(b.before) > 0 && len(b.behind) > 0 && ends[0] == ends[1] {
			return b
		}
	}
	return nil
}

// resplit moves a border of a layout; every pane keeps a size at which it can
// be read.
func resplit(rects []widget.Rect, s split) []widget.Rect {
	if s.steps == 0 || s.of >= len(rects) {
		return rects
	}
	b := borderOf(rects, s.of)
	if b == nil {
		return rects
	}
	step, least := splitRows, leastRows
	size := func(r *widget.Rect) (from, n *int) { return &r.Y, &r.H }
	if b.upright {
		step, least = splitCols, leastCols
		size = func(r *widget.Rect) (from, n *int) { return &r.X, &r.W }
	}
	by := step * s.steps // cells that the line goes right or down
	for _, i := range b.behind {
		if i == s.of {
			by = -by
		}
	}
	out := append([]widget.Rect{}, rects...)
	room := func(list []int, want int) int {
		for _, i := range list {
			_, n := size(&out[i])
			want = min(want, max(0, *n-least))
		}
		return want
	}
	if by > 0 {
		by = room(b.behind, by)
	} else {
		by = -room(b.before, -by)
	}
	for _, i := range b.before {
		_, n := size(&out[i])
		*n += by
	}
	for _, i := range b.behind {
		from, n := size(&out[i])
		*from += by
		*n -= by
	}
	return out
}
