package ui

import (
	"testing"
)

// + and _ move the border of the pane with the keys, from either side, and
// never so far that a pane can not be read.
func TestSplit(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		d := drive(t, size[0], size[1], newFake(), "sources")
		l := d.m.trail.top().(*listing[sourceStat])
		cells := func(pane int) int { return l.rects[pane].W * l.rects[pane].H }
		start, other := cells(0), cells(1)
		d.press("+")
		wider := cells(0)
		if wider <= start || cells(0)+cells(1) != start+other {
			t.Fatalf("%v: + makes %d and %d cells of %d and %d", size, cells(0), cells(1), start, other)
		}
		d.frame()
		d.press("tab", "+") // what the detail gains the list loses
		if cells(0) != start || cells(1) != other {
			t.Errorf("%v: the border moved from the other side is at %d, was at %d", size, cells(0), start)
		}
		for range 40 {
			d.press("+")
		}
		if r := l.rects[0]; r.W < leastCols || r.H < leastRows {
			t.Errorf("%v: the list is squeezed to %+v", size, r)
		}
		d.frame()
		most := cells(1)
		d.press("_")
		if cells(1) >= most {
			t.Errorf("%v: steps beyond the limit have to be taken back", size)
		}
	}
	d := drive(t, 60, 15, newFake(), "sources") // one pane only
	d.press("+").sees("<+> this pane has no border to move")
	d = drive(t, 120, 40, newFake(), "graph?P-0042117") // where + means hops
	d.press("+").sees("hops 2")
}
