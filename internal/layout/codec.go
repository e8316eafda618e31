package layout

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"cdp-tui/internal/kv"
)

// ErrDamaged is wrapped by errors about values that can not be read.
var ErrDamaged = errors.New("layout: damaged value")

// plain marks a value that is not sealed.
const plain = 1

// Seal makes plain bytes into what is stored under key. Today it marks them;
// sealing at rest takes this place.
func Seal(_ []byte, value []byte) []byte {
	return append(append(make([]byte, 0, len(value)+1), plain), value...)
}

// Unseal is the inverse of Seal.
func Unseal(_ []byte, stored []byte) ([]byte, error) {
	if len(stored) == 0 || stored[0] != plain {
		return nil, fmt.Errorf("%w: unknown seal", ErrDamaged)
	}
	return stored[1:], nil
}

// A Writer appends typed parts to a value. The zero Writer is empty; Symbols
// makes words short.
type Writer struct {
	B       []byte
	Symbols *Symbolizer // may be nil: words are written out
}

// Uint appends n, shorter for small numbers.
func (w *Writer) Uint(n uint64) { w.B = binary.AppendUvarint(w.B, n) }

// Int appends n, shorter for numbers near 0.
func (w *Writer) Int(n int64) { w.B = binary.AppendVarint(w.B, n) }

// Byte appends one byte.
func (w *Writer) Byte(b byte) { w.B = append(w.B, b) }

// Bool appends 0 or 1.
func (w *Writer) Bool(b bool) {
	if b {
		w.B = append(w.B, 1)
	} else {
		w.B = append(w.B, 0)
	}
}

// Text appends a text with its length.
func (w *Writer) Text(s string) {
	w.Uint(uint64(len(s)))
	w.B = append(w.B, s...)
}

// Word appends a text that comes often, as a symbol where there is one.
func (w *Writer) Word(s string) {
	if w.Symbols != nil {
		if n, ok := w.Symbols.Number(s); ok {
			w.Uint(n + 1)
			return
		}
	}
	w.Uint(0)
	w.Text(s)
}

// zeroTime stands for the zero time.Time among microseconds.
const zeroTime = math.MinInt64

// Time appends t to the microsecond in UTC.
func (w *Writer) Time(t time.Time) {
	if t.IsZero() {
		w.Int(zeroTime)
		return
	}
	w.Int(t.UnixMicro())
}

// A Reader takes parts off a value in the order in which they were written.
// The first error sticks: later reads return zero values and Err says so. It
// wraps ErrDamaged, unless a symbol could not be looked up.
type Reader struct {
	B       []byte
	Symbols *Symbolizer
	err     error
}

// Err returns the first error met.
func (r *Reader) Err() error { return r.err }

// Done reports whether all is read and nothing was damaged.
func (r *Reader) Done() bool { return r.err == nil && len(r.B) == 0 }

// Fail records damage.
func (r *Reader) Fail(what string) { r.fail(fmt.Errorf("%w: %s", ErrDamaged, what)) }

func (r *Reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.B = nil
}

// Uint takes what Uint wrote.
func (r *Reader) Uint() uint64 {
	n, size := binary.Uvarint(r.B)
	if size <= 0 {
		r.Fail("number")
		return 0
	}
	r.B = r.B[size:]
	return n
}

// Count takes a count of parts of at least one byte each.
func (r *Reader) Count() int {
	n := r.Uint()
	if n > uint64(len(r.B)) {
		r.Fail("count")
		return 0
	}
	return int(n)
}

// Int takes what Int wrote.
func (r *Reader) Int() int64 {
	n, size := binary.Varint(r.B)
	if size <= 0 {
		r.Fail("number")
		return 0
	}
	r.B = r.B[size:]
	return n
}

// Byte takes one byte.
func (r *Reader) Byte() byte {
	if len(r.B) == 0 {
		r.Fail("byte")
		return 0
	}
	b := r.B[0]
	r.B = r.B[1:]
	return b
}

// Bool takes what Bool wrote. Any other byte is damage: a no must not be read
// out of it.
func (r *Reader) Bool() bool {
	b := r.Byte()
	if b > 1 {
		r.Fail("bool")
	}
	return b == 1
}

// Text takes what Text wrote.
func (r *Reader) Text() string {
	n := r.Uint()
	if n > uint64(len(r.B)) {
		r.Fail("text")
		return ""
	}
	s := string(r.B[:n])
	r.B = r.B[n:]
	return s
}

// Skip takes a text without making a string of it.
func (r *Reader) Skip() {
	n := r.Uint()
	if n > uint64(len(r.B)) {
		r.Fail("text")
		return
	}
	r.B = r.B[n:]
}

// Word takes what Word wrote.
func (r *Reader) Word() string {
	n := r.Uint()
	if n == 0 {
		return r.Text()
	}
	if r.Symbols == nil {
		r.Fail("symbol without a table")
		return ""
	}
	s, err := r.Symbols.Text(n - 1)
	switch {
	case errors.Is(err, kv.ErrNotFound):
		r.Fail("unknown symbol")
	case err != nil: // the value may be sound
		r.fail(err)
	}
	return s
}

// Time takes what Time wrote.
func (r *Reader) Time() time.Time {
	n := r.Int()
	if n == zeroTime || r.err != nil {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}
