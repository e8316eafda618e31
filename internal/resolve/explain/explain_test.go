package explain

import (
	"errors"
	"flag"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMain has properties tried more often than rapid does by itself.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "3000"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// Strengths as a caller would give them.
const classA, classB, classC, classD = 1, 2, 3, 4

// family is a profile of 24 records: 21 orders of one e-mail address (value 0),
// and an order (21), a call (22) and a visit (23) that only a phone (value 1)
// ties to the first of them; each order has a number of its own.
func family() *Graph {
	var claims []Claim
	order := []uint64{100, 101}
	for r := range int32(21) {
		claims = append(claims, Claim{r, 0, classB}, Claim{r, int32(len(order)), classA})
		order = append(order, uint64(r))
	}
	claims = append(claims, Claim{0, 1, classC}, Claim{21, 1, classC}, Claim{22, 1, classC})
	claims = append(claims, Claim{23, int32(len(order)), classD}, Claim{22, int32(len(order)), classD})
	return New(24, append(order, 50), claims, nil)
}

func TestFamily(t *testing.T) {
	g := family()
	const cookie = 23
	hops, found := g.Path([]int32{23}, []int32{5})
	want := []Hop{
		{From: 23, To: 22, Via: Node{Value, cookie}, Claims: [2]int32{45, 46}},
		{From: 22, To: 0, Via: Node{Value, 1}, Claims: [2]int32{44, 42}},
		{From: 0, To: 5, Via: Node{Value, 0}, Claims: [2]int32{0, 10}},
	}
	if !found {
		t.Error("no path")
	}
	same(t, "path", hops, want)

	same(t, "articulations", g.Articulations(), []Articulation{
		{Node{Value, 0}, append([]int{4}, slices.Repeat([]int{1}, 20)...)},
		{Node{Value, 1}, []int{21, 2, 1}}, // the call keeps the visit
		{Node{Value, cookie}, []int{23, 1}},
		{Node{Record, 0}, []int{20, 3}},
		{Node{Record, 22}, []int{22, 1}},
	})
	bridges := g.Bridges()
	same(t, "bridges", bridges[:6], []Bridge{
		{Claim: 0, WithRecord: 4, WithValue: 20},
		{Claim: 42, WithRecord: 21, WithValue: 3},
		{Claim: 44, WithRecord: 2, WithValue: 22},
		{Claim: 46, WithRecord: 23, WithValue: 1}, // the cookie's order is lower
		{Claim: 45, WithRecord: 1, WithValue: 23},
		{Claim: 2, WithRecord: 1, WithValue: 23},
	})
	if len(bridges) != 20+1+3+2 {
		t.Errorf("%d bridges", len(bridges))
	}

	cut, err := g.CutClaims(23, 5, 5)
	same(t, "claims to cut", cut, Cut{Removed: []int32{45}, Pieces: []int{1, 23}})
	if err != nil {
		t.Error(err)
	}
	cut, err = g.CutValues(5, 23, 5)
	same(t, "values to suppress", cut, Cut{Removed: []int32{cookie}, Pieces: []int{23, 1}})
	if err != nil {
		t.Error(err)
	}

	s := g.Shape()
	pairs := 21*20/2 + 3 + 1 // by e-mail, phone, cookie
	same(t, "shape", s, Shape{Records: 24, Values: 24, Claims: 47, Pieces: 1, Density: float64(pairs) / (24 * 23 / 2), Measured: 24,
		Bridges: 26, Span: 3, Most: 0, MostRecords: 21})
}

// TestDecisions: a person's word is a hop of its own, stronger than any claim
// and taken away by no cut.
func TestDecisions(t *testing.T) {
	claims := []Claim{{0, 0, classA}, {1, 0, classA}, {1, 1, classA}, {2, 1, classA}, {2, 2, classC}, {3, 2, classC}}
	g := New(4, []uint64{1, 2, 3}, claims, [][2]int32{{0, 1}, {3, 3}})
	hops, _ := g.Path([]int32{2}, []int32{0})
	same(t, "path", hops, []Hop{
		{From: 2, To: 1, Via: Node{Value, 1}, Claims: [2]int32{3, 2}},
		{From: 1, To: 0, Via: Node{Decision, 0}, Claims: [2]int32{-1, -1}},
	})
	for _, cut := range []func(a, b int32, most int) (Cut, error){g.CutClaims, g.CutValues} {
		for _, pair := range [][2]int32{{0, 1}, {1, 0}, {2, 2}} {
			if c, err := cut(pair[0], pair[1], 5); !errors.Is(err, ErrInseparable) {
				t.Errorf("cut of %v: %v, %v", pair, c, err)
			}
		}
	}
	c, err := g.CutClaims(0, 3, 5) // the phone goes, not the customer number that is nearer
	same(t, "cut", c, Cut{Removed: []int32{4}, Pieces: []int{3, 1}})
	if err != nil {
		t.Error(err)
	}

	g = New(4, nil, nil, [][2]int32{{0, 1}, {1, 2}})
	same(t, "articulations", g.Articulations(), []Articulation{
		{Node{Decision, 0}, []int{2, 1}}, {Node{Decision, 1}, []int{2, 1}}, {Node{Record, 1}, []int{1, 1}}})
	if b := g.Bridges(); len(b) != 0 {
		t.Errorf("a decision is no claim: %v", b)
	}
	same(t, "distances", g.Distances([]int32{2}), []int32{2, 1, 0, -1})
	if hops, found := g.Path([]int32{0}, []int32{3}); found || hops != nil {
		t.Errorf("a path to another component: %v", hops)
	}
}

// TestDecisionBeforeClaims: of two chains of as many hops and claims, a decision
// is stronger than the strongest claim; of equals, it is named first.
func TestDecisionBeforeClaims(t *testing.T) {
	claims := []Claim{{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {3, 1, 0}, {0, 2, 0}, {2, 2, 0}}
	via := func(g *Graph) (out []Node) {
		hops, _ := g.Path([]int32{0}, []int32{3})
		for _, h := range hops {
			out = append(out, h.Via)
		}
		return out
	}
	g := New(4, []uint64{1, 2, 3}, claims, [][2]int32{{2, 3}})
	same(t, "stronger", via(g), []Node{{Value, 2}, {Decision, 0}})
	g = New(4, []uint64{1, 2, 3}, claims, [][2]int32{{2, 3}, {0, 1}})
	same(t, "first", via(g), []Node{{Decision, 1}, {Value, 1}})
}

// TestWeakestCut: no number of weak claims makes up for a strong one.
func TestWeakestCut(t *testing.T) {
	var claims []Claim
	for v, near := range []Strength{classA, classD, classD} { // 0 and 1 are tied by these
		claims = append(claims, Claim{0, int32(v), near}, Claim{1, int32(v), classA})
	}
	for v := int32(3); v < 6; v++ { // 1 and 2 by these
		claims = append(claims, Claim{1, v, classB}, Claim{2, v, classA})
	}
	c, err := New(3, make([]uint64, 6), claims, nil).CutClaims(0, 2, 5)
	same(t, "cut", c, Cut{Removed: []int32{6, 8, 10}, Pieces: []int{2, 1}})
	if err != nil {
		t.Error(err)
	}
}

// TestClaimMadeTwice: a record that carries a value in two forms carries it
// once, and is as easily parted from it.
func TestClaimMadeTwice(t *testing.T) {
	g := New(2, []uint64{0}, []Claim{{0, 0, classC}, {1, 0, classC}, {0, 0, classB}, {0, 0, classB}, {1, 0, classD}}, nil)
	hops, _ := g.Path([]int32{0}, []int32{1})
	same(t, "path", hops, []Hop{{From: 0, To: 1, Claims: [2]int32{2, 1}}})
	same(t, "bridges", g.Bridges(), []Bridge{{Claim: 2, WithRecord: 1, WithValue: 1}, {Claim: 1, WithRecord: 1, WithValue: 1}})
	if s := g.Shape(); s.Claims != 2 || s.MostRecords != 2 {
		t.Errorf("%+v", s)
	}
}

// TestManyToCut: the limit is kept, and an answer within it is given.
func TestManyToCut(t *testing.T) {
	const shared = 70
	var claims []Claim
	for v := range int32(shared) {
		claims = append(claims, Claim{0, v, classA}, Claim{1, v, classD})
	}
	g := New(3, make([]uint64, shared), claims, nil)
	for _, most := range []int{-1, 0, 1, shared - 1} {
		if c, err := g.CutClaims(0, 1, most); !errors.Is(err, ErrManyToCut) {
			t.Errorf("claims, at most %d: %v, %v", most, c, err)
		}
		if c, err := g.CutValues(0, 1, most); !errors.Is(err, ErrManyToCut) {
			t.Errorf("values, at most %d: %v, %v", most, c, err)
		}
		if c, err := g.CutClaims(0, 2, most); err != nil || len(c.Removed) != 0 || !slices.Equal(c.Pieces, []int{2, 1}) {
			t.Errorf("apart already, at most %d: %v, %v", most, c, err)
		}
	}
	for _, most := range []int{shared, MostToCut, 1 << 40} {
		if c, err := g.CutClaims(0, 1, most); err != nil || len(c.Removed) != shared || c.Removed[0]%2 != 1 {
			t.Errorf("claims, at most %d: %v, %v", most, c, err)
		}
		if c, err := g.CutValues(0, 1, most); err != nil || len(c.Removed) != shared {
			t.Errorf("values, at most %d: %v, %v", most, c, err)
		}
	}
}

// TestKinds: what a node is has a word.
func TestKinds(t *testing.T) {
	for k, want := range map[Kind]string{Value: "value", Decision: "decision", Record: "record"} {
		same(t, "kind", k.String(), want)
	}
}

func TestNothingToExplain(t *testing.T) {
	g := New(0, nil, nil, nil)
	same(t, "shape", g.Shape(), Shape{Density: 1, Most: -1})
	if b, a := g.Bridges(), g.Articulations(); len(b)+len(a) != 0 {
		t.Error(b, a)
	}
	if _, found := g.Path(nil, nil); found {
		t.Error("a path from nowhere")
	}
	g = New(1, []uint64{7, 8}, []Claim{{0, 1, classA}}, nil)
	same(t, "shape", g.Shape(), Shape{Records: 1, Values: 1, Claims: 1, Pieces: 1, Density: 1, Measured: 1, Most: 1, MostRecords: 1})
	if hops, found := g.Path([]int32{0}, []int32{0}); !found || len(hops) != 0 {
		t.Error(hops, found)
	}
}

// TestNumbersOfAnotherGraph: a caller's fault is not explained away.
func TestNumbersOfAnotherGraph(t *testing.T) {
	for name, build := range map[string]func(){
		"record":   func() { New(1, []uint64{0}, []Claim{{1, 0, 0}}, nil) },
		"none":     func() { New(1, []uint64{0}, []Claim{{-1, 0, 0}}, nil) },
		"value":    func() { New(1, []uint64{0}, []Claim{{0, 1, 0}}, nil) },
		"decision": func() { New(1, []uint64{0}, nil, [][2]int32{{0, 1}}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: taken", name)
				}
			}()
			build()
		}()
	}
}

func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", what, diff)
	}
}
