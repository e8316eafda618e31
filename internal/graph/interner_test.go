package graph

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// TestInterner holds numbers against a map, with hashes that begin alike among
// them, from nothing and with room made for too few.
func TestInterner(t *testing.T) {
	for _, room := range []int{0, 10, 5_000} {
		var x interner
		x.grow(room)
		known := make(map[[32]byte]uint32)
		rnd := rand.New(rand.NewPCG(uint64(room), 1))
		for range 20_000 {
			hash := sha256.Sum256(binary.BigEndian.AppendUint64(nil, rnd.Uint64N(3_000)))
			if rnd.IntN(3) == 0 { // only the last of what is kept differs
				clear(hash[:8])
				binary.BigEndian.PutUint32(hash[8:], rnd.Uint32N(500))
			}
			clear(hash[12:])
			want, there := known[hash]
			if !there {
				want = uint32(len(known))
				known[hash] = want
			}
			if got, isNew := x.number(hash); got != want || isNew == there {
				t.Fatalf("room for %d: %x is %d, %t; want %d, %t", room, hash[:12], got, isNew, want, !there)
			}
		}
	}
}
