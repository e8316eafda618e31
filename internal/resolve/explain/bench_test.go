package explain

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// person is a profile of n records: a customer number, two addresses, a phone
// and devices, each on some of them, as a loader would give it.
func person(n int) (order []uint64, claims []Claim) {
	rnd := rand.New(rand.NewPCG(3, 4))
	devices := n/3 + 1
	order = make([]uint64, 4+devices)
	for i := range order {
		order[i] = rnd.Uint64()
	}
	for r := range int32(n) {
		claims = append(claims, Claim{r, 1 + r%2, classB}, Claim{r, int32(4 + rnd.IntN(devices)), classD})
		if r%3 == 0 {
			claims = append(claims, Claim{r, 0, classA})
		}
		if r%5 == 0 {
			claims = append(claims, Claim{r, 3, classC})
		}
	}
	return order, claims
}

// BenchmarkExplain is what each answer costs on a profile. Measure with
//
//	go test -run - -bench Explain -benchmem ./internal/resolve/explain
func BenchmarkExplain(b *testing.B) {
	for _, n := range []int{30, 1000, 100_000} {
		order, claims := person(n)
		g := New(n, order, claims, nil)
		from, to := []int32{0}, []int32{int32(n - 1)}
		for _, c := range []struct {
			name string
			do   func()
		}{
			{"New", func() { New(n, order, claims, nil) }},
			{"Path", func() { g.Path(from, to) }},
			{"Distances", func() { g.Distances(from) }},
			{"Bridges", func() { g.Bridges() }},
			{"Articulations", func() { g.Articulations() }},
			{"CutClaims", func() { g.CutClaims(0, int32(n-1), 100) }},
			{"CutValues", func() { g.CutValues(0, int32(n-1), 100) }},
			{"Shape", func() { g.Shape() }},
		} {
			b.Run(fmt.Sprintf("%s/%d", c.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					c.do()
				}
			})
		}
	}
}
