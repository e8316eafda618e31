package treap_test

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"cdp-tui/internal/kv/treap"
)

// TestModel makes random writes to a map and to snapshots of it, each with a
// plain Go map beside it.
func TestModel(t *testing.T) {
	type pair struct {
		m    treap.Map[int]
		want map[string]int
	}
	key := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 'a', 'b', 0xff}), 1, 4)
	bound := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 'a', 'b', 0xff}), 0, 4)
	rapid.Check(t, func(t *rapid.T) {
		pairs := []*pair{{want: map[string]int{}}}
		for range rapid.IntRange(1, 150).Draw(t, "steps") {
			p := rapid.SampledFrom(pairs).Draw(t, "map")
			switch k := key.Draw(t, "key"); rapid.IntRange(0, 6).Draw(t, "step") {
			case 0, 1, 2:
				v := rapid.Int().Draw(t, "value")
				p.m.Set(k, v)
				p.want[string(k)] = v
			case 3:
				p.m.Delete(k)
				delete(p.want, string(k))
			case 4:
				if len(pairs) < 6 {
					pairs = append(pairs, &pair{p.m.Snapshot(), maps.Clone(p.want)})
				}
			default:
				check(t, &p.m, p.want, bound.Draw(t, "start"), bound.Draw(t, "end"))
			}
		}
		for _, p := range pairs {
			check(t, &p.m, p.want, nil, nil)
		}
	})
}

func check(t *rapid.T, m *treap.Map[int], want map[string]int, start, end []byte) {
	t.Helper()
	var keys []string
	for k, v := range want {
		if got, ok := m.Get([]byte(k)); !ok || got != v {
			t.Fatalf("get %x: %d, %t, want %d", k, got, ok, v)
		}
		if k >= string(start) && (len(end) == 0 || k < string(end)) {
			keys = append(keys, k)
		}
	}
	if m.Empty() != (len(want) == 0) {
		t.Fatalf("Empty is %t with %d keys", m.Empty(), len(want))
	}
	slices.Sort(keys)
	for _, reverse := range []bool{false, true} {
		var got []string
		for k, v := range m.Scan(start, end, reverse) {
			if v != want[string(k)] {
				t.Fatalf("scan: %x is %d, want %d", k, v, want[string(k)])
			}
			got = append(got, string(k))
		}
		if reverse {
			slices.Reverse(got)
		}
		if !slices.Equal(got, keys) {
			t.Fatalf("scan %x to %x, reverse=%t: %x, want %x", start, end, reverse, got, keys)
		}
	}
}

func TestScanWhileWriting(t *testing.T) {
	var m treap.Map[int]
	for i := range 100 {
		m.Set(fmt.Appendf(nil, "%02d", i), i)
	}
	n := 0
	for k, v := range m.Scan(nil, nil, false) {
		if v != n {
			t.Fatalf("entry %d of the scan is %d", n, v)
		}
		n++
		m.Delete(k)
		m.Set(append([]byte("z"), k...), -1)
	}
	left := 0
	for range m.Scan(nil, []byte("z"), false) {
		left++
	}
	if n != 100 || left != 0 {
		t.Errorf("the scan yields %d of 100, %d are left", n, left)
	}
}

// Sorted keys are the usual case, and the worst for a tree without balance.
func BenchmarkSet(b *testing.B) {
	for _, order := range []string{"sorted", "random"} {
		b.Run(order, func(b *testing.B) {
			rnd := rand.New(rand.NewPCG(1, 1))
			b.ReportAllocs()
			var m treap.Map[int]
			for i := range b.N {
				if i%8000 == 0 {
					m = treap.Map[int]{}
				}
				n := uint64(i)
				if order == "random" {
					n = rnd.Uint64()
				}
				m.Set(binary.BigEndian.AppendUint64(make([]byte, 0, 8), n), i)
			}
		})
	}
}
