package explain

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

// huge is the records of a component that went wrong.
const huge = 100_000

// chain has each record carry a value with the next: i carries i and i+1.
func chain(n int) *Graph {
	claims := make([]Claim, 0, 2*n)
	for r := range int32(n) {
		claims = append(claims, Claim{r, r, classC}, Claim{r, r + 1, classC})
	}
	return New(n, make([]uint64, n+1), claims, nil)
}

// star has all records carry one device, and each an address of its own, which
// two in a row share when pairs is set.
func star(n int, pairs bool) *Graph {
	claims := make([]Claim, 0, 2*n)
	for r := range int32(n) {
		own := r + 1
		if pairs {
			own = r/2 + 1
		}
		claims = append(claims, Claim{r, 0, classD}, Claim{r, own, classB})
	}
	return New(n, make([]uint64, n+1), claims, nil)
}

func TestHugeChain(t *testing.T) {
	g := chain(huge)
	hops, found := g.Path([]int32{0}, []int32{huge - 1})
	if !found || len(hops) != huge-1 || hops[7] != (Hop{From: 7, To: 8, Via: Node{Value, 8}, Claims: [2]int32{15, 16}}) {
		t.Errorf("path of %d hops", len(hops))
	}
	if d := g.Distances([]int32{10}); d[huge-1] != huge-11 || d[0] != 10 {
		t.Errorf("distances %d, %d", d[huge-1], d[0])
	}
	if b := g.Bridges(); len(b) != 2*(huge-1) || min(b[0].WithRecord, b[0].WithValue) != huge/2 {
		t.Errorf("%d bridges, the first %+v", len(b), b[0])
	}
	a := g.Articulations()
	if len(a) != huge-1+huge-2 || !slices.Equal(a[0].Pieces, []int{huge / 2, huge / 2}) {
		t.Errorf("%d articulations, the first %+v", len(a), a[0])
	}
	c, err := g.CutClaims(40_000, 60_000, 10)
	same(t, "claims to cut", c, Cut{Removed: []int32{80_001}, Pieces: []int{40_001, 59_999}})
	if err != nil {
		t.Error(err)
	}
	c, err = g.CutValues(60_000, 40_000, 10)
	same(t, "values to suppress", c, Cut{Removed: []int32{60_000}, Pieces: []int{40_000, 60_000}})
	if err != nil {
		t.Error(err)
	}
	same(t, "shape", g.Shape(), Shape{Records: huge, Values: huge + 1, Claims: 2 * huge, Pieces: 1, Density: 2.0 / huge, Measured: huge,
		Bridges: 2 * (huge - 1), Span: huge - 1, Most: 1, MostRecords: 2})
}

func TestHugeStar(t *testing.T) {
	g := star(huge, false)
	if hops, _ := g.Path([]int32{huge - 1}, []int32{3}); len(hops) != 1 || hops[0].Via != (Node{Value, 0}) {
		t.Errorf("path %v", hops)
	}
	if b := g.Bridges(); len(b) != huge {
		t.Errorf("%d bridges", len(b))
	}
	if a := g.Articulations(); len(a) != 1 || !slices.Equal(a[0].Pieces, slices.Repeat([]int{1}, huge)) {
		t.Errorf("%d articulations", len(a))
	}
	for _, cut := range []func(a, b int32, most int) (Cut, error){g.CutClaims, g.CutValues} {
		if c, err := cut(5, huge-1, 1); err != nil || len(c.Removed) != 1 || c.Pieces[0] != 1 {
			t.Errorf("cut of %d, %v", len(c.Removed), err)
		}
	}
	same(t, "shape", g.Shape(), Shape{Records: huge, Values: huge + 1, Claims: 2 * huge, Pieces: 1, Density: 1, Measured: huge,
		Bridges: huge, Span: 1, Most: 0, MostRecords: huge})

	a := star(huge, true).Articulations()
	if len(a) != 1 || !slices.Equal(a[0].Pieces, slices.Repeat([]int{2}, huge/2)) {
		t.Errorf("%d articulations", len(a))
	}
}

// TestHugeTangle: many people on few devices, where much has to go.
func TestHugeTangle(t *testing.T) {
	g := tangle(huge)
	c, err := g.CutClaims(0, 1, MostToCut)
	if want := g.degree(0); err != nil || len(c.Removed) != want || c.Pieces[0]+c.Pieces[1] != huge {
		t.Errorf("cut of %d claims into %v, %v; the record has %d", len(c.Removed), c.Pieces, err, want)
	}
	if c, err := g.CutClaims(0, 1, 2); !errors.Is(err, ErrManyToCut) {
		t.Errorf("cut of %d claims, %v", len(c.Removed), err)
	}
	if c, err := g.CutValues(0, 1, MostToCut); err != nil || len(c.Removed) == 0 {
		t.Errorf("cut of %d values, %v", len(c.Removed), err)
	}
	if s := g.Shape(); s.Pieces != 1 || s.Density <= 0 || s.Density > 0.2 {
		t.Errorf("%+v", s)
	}
}

// tangle has each record carry six of many values, at random.
func tangle(n int) *Graph {
	rnd := rand.New(rand.NewPCG(1, 2))
	values := n / 100
	claims := make([]Claim, 0, 6*n)
	for r := range int32(n) {
		for range 6 {
			claims = append(claims, Claim{r, int32(rnd.IntN(values)), Strength(1 + rnd.IntN(4))})
		}
	}
	return New(n, make([]uint64, values), claims, nil)
}

// TestGrid: chains side by side with ties across them. The fewest claims are
// still found; that the weakest of so many cuts were not looked for is said.
func TestGrid(t *testing.T) {
	const chains, length = 30, 300
	rnd := rand.New(rand.NewPCG(1, 2))
	var claims []Claim
	values := int32(0)
	link := func(a, b int) {
		claims = append(claims, Claim{int32(a), values, Strength(1 + rnd.IntN(4))}, Claim{int32(b), values, Strength(1 + rnd.IntN(4))})
		values++
	}
	at := func(chain, place int) int { return 2 + chain*length + place }
	for i := range chains {
		link(0, at(i, 0))
		link(at(i, length-1), 1)
		for j := range length {
			if j+1 < length {
				link(at(i, j), at(i, j+1))
			}
			if i+1 < chains {
				link(at(i, j), at(i+1, j))
			}
		}
	}
	g := New(2+chains*length, make([]uint64, values), claims, nil)
	for _, x := range []struct {
		cut       func(a, b int32, most int) (Cut, error)
		unweighed bool
	}{{g.CutClaims, false}, {g.CutValues, true}} {
		c, err := x.cut(0, 1, chains)
		nearest := len(c.Pieces) == 2 && c.Pieces[0] == 1 && c.Pieces[1] == 1+chains*length
		if err != nil || len(c.Removed) != chains || c.Unweighed != x.unweighed || nearest != x.unweighed {
			t.Errorf("cut of %d into %v, unweighed %v, %v", len(c.Removed), c.Pieces, c.Unweighed, err)
		}
		if c, err := x.cut(0, 1, chains-1); !errors.Is(err, ErrManyToCut) {
			t.Errorf("cut of %d, %v", len(c.Removed), err)
		}
	}
	if c, err := tangle(1000).CutClaims(0, 1, 10); err != nil || c.Unweighed {
		t.Errorf("an ordinary tangle: unweighed %v, %v", c.Unweighed, err)
	}
}
