package decode

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"unsafe"
)

// sniffRows is how many rows a separator is judged by.
const sniffRows = 200

var errWindow = errors.New("end of the window")

// detectSep reads the beginning of a CSV with each separator and takes the one
// under which most rows have the width of the first, and among equals the
// widest; of ragged rows the one that parts most. It is a comma when there is only one column.
func detectSep(t *text, o Options) byte {
	best, score := byte(','), 0.0
	for _, sep := range []byte{',', ';', '\t', '|'} {
		if s := scoreSep(t, sep, o); s > score {
			best, score = sep, s
		}
	}
	return best
}

func scoreSep(t *text, sep byte, o Options) float64 {
	end := t.err
	if end == nil {
		end = errWindow
	}
	w := &text{buf: t.buf, pos: t.pos, end: t.end, err: end, nl: t.nl, line: 1}
	c := &csvReader{t: w, sep: sep, lim: o.Limits, info: &Info{}}
	width, rows, good := 0, 0, 0
	for rows < sniffRows {
		rec, bad, err := c.scan()
		if err != nil {
			break
		}
		if rows == 0 {
			if !o.Ragged && (bad != nil || len(c.cells) < 2) {
				return 0
			}
			width = len(c.cells)
		}
		rows++
		if bad == nil {
			if o.Ragged && len(c.cells) > 1 || !o.Ragged && len(c.cells) == width {
				good++
			}
			w.take(rec.taken)
		}
	}
	switch {
	case rows == 0:
		return 0
	case o.Ragged:
		return float64(good) / float64(rows)
	}
	return float64(good)/float64(rows) + float64(width)/1000
}

var (
	emailCell  = regexp.MustCompile(`^[^\s@]+@[^\s@]+\.[^\s@]+$`)
	numberCell = regexp.MustCompile(`^[-+]?[0-9][0-9.,:/ T+-]*Z?$`) // numbers, dates, times, phones
)

// headerLike reports whether a first row names columns: it holds no e-mail
// address, and numbers and dates are fewer than half of its cells.
func headerLike(cells []string) bool {
	data, filled := 0, 0
	for _, c := range cells {
		c = strings.TrimSpace(c)
		if c == "" {
			continue
		}
		filled++
		if len(c) <= 254 && emailCell.MatchString(c) {
			return false
		}
		if numberCell.MatchString(c) {
			data++
		}
	}
	return data*2 < filled || filled == 0
}

// bytesOf is the memory of a string, to be read only.
func bytesOf(s string) []byte {
	if len(s) > rawMax {
		s = s[:rawMax]
	}
	return slices.Clip(unsafe.Slice(unsafe.StringData(s), len(s)))
}
