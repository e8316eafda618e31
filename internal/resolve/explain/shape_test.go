package explain

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestShape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		got := w.graph().Shape()
		want := Shape{Records: w.records, Claims: len(w.distinct), Decisions: len(w.same), Density: 1, Measured: w.records,
			Bridges: len(w.bridges()), Most: -1, Span: got.Span}
		records, values := w.sides(loss{})
		for v := range values {
			carriers := 0
			for _, i := range w.distinct {
				if w.claims[i].Value == int32(v) {
					carriers++
				}
			}
			if carriers > 0 {
				want.Values++
			}
			if carriers > want.MostRecords || carriers > 0 && carriers == want.MostRecords && w.order[v] < w.order[want.Most] {
				want.Most, want.MostRecords = int32(v), carriers
			}
		}
		linked, longest := 0, 0
		for r := range int32(w.records) {
			if records[r] == int(r) {
				want.Pieces++
			}
			for s := range r {
				hops, found := w.path([]int32{r}, []int32{s})
				longest = max(longest, len(hops))
				if found && len(hops) == 1 {
					linked++
				}
			}
		}
		if n := w.records; n > 1 {
			want.Density = float64(linked) / float64(n*(n-1)/2)
		}
		agree(t, "shape", got, want)

		nodes := w.records + want.Values + len(w.same)
		forest := want.Claims+2*len(w.same) == nodes-want.Pieces
		if got.Span > longest || 2*got.Span < longest || forest && got.Span != longest {
			t.Fatalf("span %d, the longest way is %d hops; forest: %v", got.Span, longest, forest)
		}
	})
}

// TestDensityEstimated: where counting all neighbours is too dear, some records
// stand for all, and it is said how many.
func TestDensityEstimated(t *testing.T) {
	const n = 1000
	var claims []Claim // a ring: each record has two neighbours
	for r := range int32(n) {
		claims = append(claims, Claim{r, r, 0}, Claim{r, (r + 1) % n, 0})
	}
	g := New(n, make([]uint64, n), claims, nil)
	for _, c := range []struct{ budget, measured int }{{1 << 22, n}, {4 * n, n}, {2 * n, n / 2}, {1, 16}} {
		density, measured := g.density(c.budget)
		if density != 2.0/(n-1) || measured != c.measured {
			t.Errorf("budget %d: density %v of %d records", c.budget, density, measured)
		}
	}
}

// TestNumbering: the order of claims and the numbers of values do not matter.
func TestNumbering(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		for i := range w.order {
			w.order[i] = w.order[i]*10 + uint64(i) // no two are equal
		}
		numbers := make([]int32, len(w.order))
		for i := range numbers {
			numbers[i] = int32(i)
		}
		numbers = rapid.Permutation(numbers).Draw(t, "numbers")
		x := &world{records: w.records, order: make([]uint64, len(w.order)), same: w.same}
		for i, n := range numbers {
			x.order[n] = w.order[i]
		}
		for _, c := range rapid.Permutation(w.claims).Draw(t, "claims again") {
			x.claims = append(x.claims, Claim{c.Record, numbers[c.Value], c.Strength})
		}
		x.count()
		record := rapid.Int32Range(0, int32(w.records-1))
		a, b := record.Draw(t, "a"), record.Draw(t, "b")
		agree(t, "answers", x.answers(a, b, func(v int32) int32 { return v }), w.answers(a, b, func(v int32) int32 { return numbers[v] }))
	})
}

// answers are all that a graph says of two records, with values by other
// numbers and claims by what they say.
func (w *world) answers(a, b int32, number func(int32) int32) (out []any) {
	claim := func(i int32) Claim {
		if i < 0 {
			return Claim{Record: -1}
		}
		return Claim{w.claims[i].Record, number(w.claims[i].Value), w.strength(i)}
	}
	node := func(n Node) Node {
		if n.Kind == Value {
			n.Number = number(n.Number)
		}
		return n
	}
	g := w.graph()
	hops, _ := g.Path([]int32{a}, []int32{b})
	for _, h := range hops {
		out = append(out, h.From, h.To, node(h.Via), claim(h.Claims[0]), claim(h.Claims[1]))
	}
	for _, x := range g.Bridges() {
		out = append(out, claim(x.Claim), x.WithRecord, x.WithValue)
	}
	for _, x := range g.Articulations() {
		out = append(out, node(x.Node), x.Pieces)
	}
	cut, err := g.CutClaims(a, b, 10)
	var removed []Claim
	for _, i := range cut.Removed {
		removed = append(removed, claim(i))
	}
	slices.SortFunc(removed, func(a, b Claim) int { return int(a.Record-b.Record)*100 + int(a.Value-b.Value) })
	out = append(out, removed, cut.Pieces, err == nil)
	cut, err = g.CutValues(a, b, 10)
	var values []int32
	for _, v := range cut.Removed {
		values = append(values, number(v))
	}
	slices.Sort(values)
	return append(out, values, cut.Pieces, err == nil)
}
