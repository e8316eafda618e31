package tcf

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrMalformed is wrapped by errors about strings that can not be read. They
// never hold the string: it is an online identifier of a person.
var ErrMalformed = errors.New("tcf: no readable consent string")

// bits reads numbers off a segment, big-endian. What is read beyond its end is
// an error that sticks.
type bits struct {
	b    []byte // one six-bit group a byte
	at   int
	what string // of the segment
	many int    // vendors listed so far
	err  error
}

// mostVendors bounds what the ranges of a segment may list: a few bytes can
// name 65,535 vendors again and again.
const mostVendors = 1 << 18

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// segment opens base64url text; padding at its end is taken.
func segment(what, s string) *bits {
	s = strings.TrimRight(s, "=")
	out := &bits{b: make([]byte, len(s)), what: what}
	for i := range len(s) {
		n := strings.IndexByte(alphabet, s[i])
		if n < 0 {
			out.err = fmt.Errorf("%w: %s: not base64url at character %d", ErrMalformed, what, i+1)
			return out
		}
		out.b[i] = byte(n)
	}
	return out
}

func (r *bits) left() int { return len(r.b)*6 - r.at }

// number takes n bits, at most 36.
func (r *bits) number(n int) int64 {
	if r.err == nil && r.left() < n {
		r.err = fmt.Errorf("%w: %s ends too early", ErrMalformed, r.what)
	}
	if r.err != nil {
		return 0
	}
	var out int64
	for range n {
		out = out<<1 | int64(r.b[r.at/6]>>(5-r.at%6)&1)
		r.at++
	}
	return out
}

func (r *bits) int(n int) int   { return int(r.number(n)) }
func (r *bits) bool() bool      { return r.number(1) == 1 }
func (r *bits) time() time.Time { return time.UnixMilli(r.number(36) * 100).UTC() }

// letters takes two letters of six bits.
func (r *bits) letters() string {
	out := []byte{byte('A' + r.number(6)), byte('A' + r.number(6))}
	if r.err == nil && (out[0] > 'Z' || out[1] > 'Z') {
		r.err = fmt.Errorf("%w: %s: a code of two letters has others", ErrMalformed, r.what)
	}
	return string(out)
}

// flags takes n bits and returns the numbers, from 1, of those that are set.
func (r *bits) flags(n int) []int {
	var out []int
	for i := range n {
		if r.bool() {
			out = append(out, i+1)
		}
	}
	return out
}

// vendors takes a vendor section: a bit field, or ranges.
func (r *bits) vendors() []int {
	most := r.int(16)
	if !r.bool() {
		return r.flags(most)
	}
	return r.ranges(most)
}

// ranges takes entries of vendors, each one or from-to, none above most.
func (r *bits) ranges(most int) []int {
	var out []int
	last := 0
	for range r.int(12) {
		from, to := 0, 0
		if r.bool() {
			from, to = r.int(16), r.int(16)
		} else {
			from = r.int(16)
			to = from
		}
		if r.err == nil && (from <= last || to < from || to > most) {
			r.err = fmt.Errorf("%w: %s: vendors are not in order", ErrMalformed, r.what)
		}
		if r.many += to - from + 1; r.err == nil && r.many > mostVendors {
			r.err = fmt.Errorf("%w: %s lists too many vendors", ErrMalformed, r.what)
		}
		if r.err != nil {
			return nil
		}
		for v := from; v <= to; v++ {
			out = append(out, v)
		}
		last = to
	}
	return out
}
