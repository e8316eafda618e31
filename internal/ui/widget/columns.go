package widget

import (
	"cdp-tui/internal/text"
)

// Column is one column of a table. When the table is too narrow, columns are
// dropped, the highest Priority first and of equal ones the rightmost; none is
// made narrower than Min, unless it is the last one left.
type Column struct {
	Title    text.Safe
	Min      int // cells, at least 1
	Max      int // cells; 0 is no limit
	Flex     int // share of the room that is left over; 0 takes none
	Priority int
	Right    bool // aligned to the right
}

// Order is the direction a column is sorted in.
type Order int8

// The directions.
const (
	Unsorted Order = iota
	Ascending
	Descending
)

// placed is a column that is shown, and its width.
type placed struct{ col, w int }

// place decides which columns are shown in w cells with gap cells between them.
func place(cols []Column, w, gap int) []placed {
	if w <= 0 || len(cols) == 0 {
		return nil
	}
	out := make([]placed, len(cols))
	used := -gap
	for i, c := range cols {
		out[i] = placed{i, max(1, c.Min)}
		used += out[i].w + gap
	}
	for used > w && len(out) > 1 {
		worst := len(out) - 1
		for i := len(out) - 1; i >= 0; i-- {
			if cols[out[i].col].Priority > cols[out[worst].col].Priority {
				worst = i
			}
		}
		used -= out[worst].w + gap
		out = append(out[:worst], out[worst+1:]...)
	}
	if used > w {
		out[0].w, used = w, w
	}
	grow(cols, out, w-used)
	return out
}

// grow shares out extra cells by Flex, up to Max.
func grow(cols []Column, out []placed, extra int) {
	for extra > 0 {
		total := 0
		for _, p := range out {
			if c := cols[p.col]; c.Flex > 0 && (c.Max == 0 || p.w < c.Max) {
				total += c.Flex
			}
		}
		if total == 0 {
			return
		}
		left := extra
		for i := range out {
			c := cols[out[i].col]
			if c.Flex <= 0 || c.Max != 0 && out[i].w >= c.Max {
				continue
			}
			n := min(left, max(1, extra*c.Flex/total))
			if c.Max != 0 {
				n = min(n, c.Max-out[i].w)
			}
			out[i].w += n
			left -= n
		}
		extra = left
	}
}
