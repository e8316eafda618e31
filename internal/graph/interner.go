package graph

import "encoding/binary"

// An interner numbers things by their hashes, in the order in which they come, in
// about 20 bytes each. It keeps 96 bits of a hash: among a hundred million things
// the odds that two are taken for one are one in ten trillion.
type interner struct {
	high  []uint64 // of the hash, by number
	low   []uint32
	table []uint32 // number+1 by hash, or by the next free place; 0 for none; a power of two long
}

// grow makes room for n things in all.
func (t *interner) grow(n int) {
	if cap(t.high) < n {
		t.high, t.low = append(make([]uint64, 0, n), t.high...), append(make([]uint32, 0, n), t.low...)
	}
	size := max(len(t.table), 64)
	for 3*size < 4*n {
		size *= 2
	}
	if size == len(t.table) {
		return
	}
	t.table = make([]uint32, size)
	for i, h := range t.high {
		t.table[t.free(h)] = uint32(i) + 1
	}
}

// free returns the place where a hash that is not there goes.
func (t *interner) free(high uint64) uint64 {
	at := high & uint64(len(t.table)-1)
	for t.table[at] != 0 {
		at = (at + 1) & uint64(len(t.table)-1)
	}
	return at
}

// number returns the number of what has a hash, and whether it came for the first
// time.
func (t *interner) number(hash [32]byte) (n uint32, isNew bool) {
	if 4*(len(t.high)+1) > 3*len(t.table) {
		t.grow(max(64, 2*len(t.high)))
	}
	high, low := binary.BigEndian.Uint64(hash[:]), binary.BigEndian.Uint32(hash[8:])
	at := high & uint64(len(t.table)-1)
	for t.table[at] != 0 {
		if n = t.table[at] - 1; t.high[n] == high && t.low[n] == low {
			return n, false
		}
		at = (at + 1) & uint64(len(t.table)-1)
	}
	n = uint32(len(t.high))
	t.table[at] = n + 1
	t.high, t.low = append(t.high, high), append(t.low, low)
	return n, true
}
