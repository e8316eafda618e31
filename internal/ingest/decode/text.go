package decode

import (
	"bytes"
	"errors"
	"io"
)

// text is a window on the decoded file that slides over it once. Positions
// within a row are counted from pos, because the window moves when it grows.
type text struct {
	r    io.Reader
	buf  []byte
	pos  int // what was taken ends here
	end  int // what was read ends here
	err  error
	nl   byte  // ends a line: LF, or CR in files of old Macs
	off  int64 // of pos in the text
	line int   // of pos, 1-based
	bol  int64 // offset of the beginning of that line
}

// newText goes on from head, which ended with err (nil: more is to come from r).
func newText(head []byte, err error, r io.Reader) *text {
	return &text{r: r, buf: head[:cap(head)], end: len(head), err: err, nl: '\n', line: 1}
}

// pending is what was read and not taken.
func (t *text) pending() []byte { return t.buf[t.pos:t.end] }

// more reads on; false means that the text has ended or can not be read: see err.
func (t *text) more() bool {
	if t.err != nil {
		return false
	}
	if t.end == len(t.buf) {
		if t.pos > len(t.buf)/2 {
			t.end = copy(t.buf, t.buf[t.pos:t.end])
		} else {
			grown := make([]byte, max(64<<10, 2*len(t.buf)))
			t.end = copy(grown, t.buf[t.pos:t.end])
			t.buf = grown
		}
		t.pos = 0
	}
	for range 100 {
		n, err := t.r.Read(t.buf[t.end:])
		t.end += n
		t.err = err
		if n > 0 {
			return true
		}
		if err != nil {
			return false
		}
	}
	t.err = io.ErrNoProgress
	return false
}

// take moves on by n bytes.
func (t *text) take(n int) {
	b := t.buf[t.pos : t.pos+n]
	if k := bytes.Count(b, []byte{t.nl}); k > 0 {
		t.line += k
		t.bol = t.off + int64(bytes.LastIndexByte(b, t.nl)) + 1
	}
	t.pos += n
	t.off += int64(n)
}

// found says how a search in the window ended.
type found int

const (
	whole   found = iota // there
	last                 // there, ended by the end of the text
	tooLong              // not within the limit
	broken               // the text can not be read so far: see err
)

// lineEnd finds the end of a line: the place of its terminator, or of the
// end of the text. It searches from a place in the row on, and gives up behind max.
func (t *text) lineEnd(from, max int) (int, found) {
	for {
		b := t.pending()
		if i := bytes.IndexByte(b[from:], t.nl); i >= 0 {
			if from+i > max {
				return 0, tooLong
			}
			return from + i, whole
		}
		from = len(b)
		if from > max {
			return 0, tooLong
		}
		if !t.more() {
			if t.err == io.EOF {
				return from, last
			}
			return 0, broken
		}
	}
}

// skipLine takes the rest of the line, of any length, in bounded memory.
func (t *text) skipLine() {
	for {
		b := t.pending()
		if i := bytes.IndexByte(b, t.nl); i >= 0 {
			t.take(i + 1)
			return
		}
		t.take(len(b))
		if !t.more() {
			return
		}
	}
}

// at gives line and column of a place in the window.
func (t *text) at(i int) (line, col int) {
	b := t.buf[t.pos : t.pos+i]
	line = t.line + bytes.Count(b, []byte{t.nl})
	if j := bytes.LastIndexByte(b, t.nl); j >= 0 {
		return line, i - j
	}
	return line, int(t.off-t.bol) + i + 1
}

// failed is the error for a text that can not be read on.
func (t *text) failed() error {
	line, _ := t.at(len(t.pending()))
	var fe *FileError
	if errors.As(t.err, &fe) {
		e := *fe
		e.Line = line
		return &e
	}
	return &FileError{Code: "read", Line: line, Reason: "the file could not be read further", Do: "deliver it again", Err: t.err}
}

// raw copies the beginning of a row of n bytes.
func (t *text) raw(n int) ([]byte, bool) {
	b := t.buf[t.pos : t.pos+n]
	if len(b) > rawMax {
		return bytes.Clone(b[:rawMax]), true
	}
	return bytes.Clone(b), false
}
