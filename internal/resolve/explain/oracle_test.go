package explain

import (
	"cmp"
	"errors"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A world is a small component, and answers all that a graph answers by trying
// everything.
type world struct {
	records  int
	order    []uint64
	claims   []Claim
	same     [][2]int32
	distinct []int32 // the claims that count, by record and value
}

// drawWorld draws only a seed: what rapid itself prefers is mostly empty.
func drawWorld(t *rapid.T) *world {
	rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	w := &world{records: 2 + rnd.IntN(6)}
	record := func() int32 { return int32(rnd.IntN(w.records)) }
	for range 1 + rnd.IntN(6) {
		w.order = append(w.order, rnd.Uint64N(5))
	}
	for range rnd.IntN(15) {
		w.claims = append(w.claims, Claim{record(), int32(rnd.IntN(len(w.order))), Strength(rnd.IntN(6))})
	}
	if rnd.IntN(2) == 0 {
		for range rnd.IntN(3) {
			w.same = append(w.same, [2]int32{record(), record()})
		}
	}
	w.count()
	return w
}

func (w *world) count() {
	for r := range int32(w.records) {
		for v := range int32(len(w.order)) {
			best := int32(-1)
			for i, c := range w.claims {
				if c.Record == r && c.Value == v && (best < 0 || w.strength(int32(i)) < w.strength(best)) {
					best = int32(i)
				}
			}
			if best >= 0 {
				w.distinct = append(w.distinct, best)
			}
		}
	}
}

func (w *world) graph() *Graph { return New(w.records, w.order, w.claims, w.same) }

func (w *world) strength(claim int32) Strength { return min(w.claims[claim].Strength, Weakest) }

// A loss is what the world does without.
type loss struct {
	claims []int32
	nodes  []Node
}

// sides returns by record and by value which of them are together: the lowest
// record that is with each, -1 for what is lost or alone.
func (w *world) sides(without loss) (records, values []int) {
	lost := func(k Kind, n int32) bool { return slices.Contains(without.nodes, Node{k, n}) }
	records, values = make([]int, w.records), make([]int, len(w.order))
	for i := range records {
		records[i] = i
		if lost(Record, int32(i)) {
			records[i] = -1
		}
	}
	for i := range values {
		values[i] = w.records // with none yet
	}
	for again := true; again; {
		again = false
		lower := func(x, y *int) {
			if *x != *y {
				*x, *y, again = min(*x, *y), min(*x, *y), true
			}
		}
		for _, i := range w.distinct {
			c := w.claims[i]
			if !lost(Record, c.Record) && !lost(Value, c.Value) && !slices.Contains(without.claims, i) {
				lower(&records[c.Record], &values[c.Value])
			}
		}
		for i, s := range w.same {
			if !lost(Record, s[0]) && !lost(Record, s[1]) && !lost(Decision, int32(i)) {
				lower(&records[s[0]], &records[s[1]])
			}
		}
	}
	return records, values
}

// sizes counts the records of each piece of what was the profile of some
// record, largest first.
func (w *world) sizes(profile int, without loss) []int {
	before, _ := w.sides(loss{})
	after, _ := w.sides(without)
	count := make([]int, w.records)
	for r := range w.records {
		if before[r] == profile && after[r] >= 0 {
			count[after[r]]++
		}
	}
	count = slices.DeleteFunc(count, func(n int) bool { return n == 0 })
	slices.SortFunc(count, func(a, b int) int { return b - a })
	return count
}

func count(of []int, what int) (n int) {
	for _, x := range of {
		if x == what {
			n++
		}
	}
	return n
}

func (w *world) compareNodes(a, b Node) int {
	if a.Kind == Value && b.Kind == Value {
		return cmp.Or(cmp.Compare(w.order[a.Number], w.order[b.Number]), cmp.Compare(a.Number, b.Number))
	}
	first := func(n Node) int { return map[Kind]int{Decision: 0, Value: 1, Record: 2}[n.Kind] }
	return cmp.Or(cmp.Compare(first(a), first(b)), cmp.Compare(a.Number, b.Number))
}

func (w *world) bridges() []Bridge {
	out := []Bridge{}
	before, _ := w.sides(loss{})
	for _, i := range w.distinct {
		c := w.claims[i]
		records, values := w.sides(loss{claims: []int32{i}})
		b := Bridge{Claim: i, WithRecord: count(records, records[c.Record]), WithValue: count(records, values[c.Value])}
		if records[c.Record] != values[c.Value] && b.WithValue > 0 && b.WithRecord+b.WithValue == count(before, before[c.Record]) {
			out = append(out, b)
		}
	}
	slices.SortFunc(out, func(a, b Bridge) int {
		x, y := w.claims[a.Claim], w.claims[b.Claim]
		return cmp.Or(cmp.Compare(min(b.WithRecord, b.WithValue), min(a.WithRecord, a.WithValue)),
			w.compareNodes(Node{Value, x.Value}, Node{Value, y.Value}), cmp.Compare(x.Record, y.Record))
	})
	return out
}

func (w *world) articulations() []Articulation {
	out := []Articulation{}
	records, values := w.sides(loss{})
	add := func(n Node, profile int) {
		before := count(records, profile)
		pieces := w.sizes(profile, loss{nodes: []Node{n}})
		if n.Kind == Record {
			before--
		}
		if len(pieces) > 1 && before > 0 {
			out = append(out, Articulation{n, pieces})
		}
	}
	for v, profile := range values {
		if profile < w.records {
			add(Node{Value, int32(v)}, profile)
		}
	}
	for i, s := range w.same {
		add(Node{Decision, int32(i)}, records[s[0]])
	}
	for r, profile := range records {
		add(Node{Record, int32(r)}, profile)
	}
	off := func(a Articulation) (n int) {
		for _, p := range a.Pieces[1:] {
			n += p
		}
		return n
	}
	slices.SortFunc(out, func(a, b Articulation) int {
		return cmp.Or(cmp.Compare(a.Node.Kind, b.Node.Kind), cmp.Compare(off(b), off(a)), w.compareNodes(a.Node, b.Node))
	})
	return out
}

// hopsFrom returns all single hops from a record.
func (w *world) hopsFrom(r int32) []Hop {
	var out []Hop
	for _, i := range w.distinct {
		for _, j := range w.distinct {
			if x, y := w.claims[i], w.claims[j]; x.Record == r && y.Record != r && x.Value == y.Value {
				out = append(out, Hop{From: r, To: y.Record, Via: Node{Value, x.Value}, Claims: [2]int32{i, j}})
			}
		}
	}
	for i, s := range w.same {
		for turn := range 2 {
			if s[turn] == r && s[1-turn] != r {
				out = append(out, Hop{From: r, To: s[1-turn], Via: Node{Decision, int32(i)}, Claims: [2]int32{-1, -1}})
			}
		}
	}
	return out
}

// path tries all chains that pass no record twice.
func (w *world) path(from, to []int32) ([]Hop, bool) {
	turned := slices.Min(from) > slices.Min(to)
	if turned {
		from, to = to, from
	}
	var best []Hop
	start, found := int32(0), false
	weakness := func(hops []Hop) []Strength { // weakest first
		var out []Strength
		for _, h := range hops {
			if h.Via.Kind == Value {
				out = append(out, w.strength(h.Claims[0]), w.strength(h.Claims[1]))
			}
		}
		slices.SortFunc(out, func(a, b Strength) int { return cmp.Compare(b, a) })
		return out
	}
	compare := func(a, b []Hop, startA, startB int32) int {
		if c := cmp.Or(cmp.Compare(len(a), len(b)), slices.Compare(weakness(a), weakness(b)), cmp.Compare(startA, startB)); c != 0 {
			return c
		}
		return slices.CompareFunc(a, b, func(x, y Hop) int { return cmp.Or(w.compareNodes(x.Via, y.Via), cmp.Compare(x.To, y.To)) })
	}
	var try func(at, begun int32, so []Hop)
	try = func(at, begun int32, so []Hop) {
		if slices.Contains(to, at) {
			if !found || compare(so, best, begun, start) < 0 {
				best, start, found = slices.Clone(so), begun, true
			}
			return
		}
		for _, h := range w.hopsFrom(at) {
			if h.To != begun && !slices.ContainsFunc(so, func(x Hop) bool { return x.To == h.To }) {
				try(h.To, begun, append(so, h))
			}
		}
	}
	for _, r := range from {
		try(r, r, nil)
	}
	if turned {
		slices.Reverse(best)
		for i, h := range best {
			best[i] = Hop{From: h.To, To: h.From, Via: h.Via, Claims: [2]int32{h.Claims[1], h.Claims[0]}}
		}
	}
	return best, found
}

// cut tries the removal of every set of things and keeps the best: the fewest,
// then the weakest, then that which leaves the least around a.
func (w *world) cut(a, b int32, things []int32, strength func(int32) Strength, without func([]int32) loss) (Cut, bool) {
	var best Cut
	var bestStrengths []Strength // strongest first
	bestAround, found := 0, false
	sets := make([]uint, 1<<len(things))
	for i := range sets {
		sets[i] = uint(i)
	}
	slices.SortFunc(sets, func(a, b uint) int { return cmp.Compare(bits.OnesCount(a), bits.OnesCount(b)) })
	for _, set := range sets {
		if found && bits.OnesCount(set) > len(best.Removed) {
			break
		}
		var removed []int32
		var strengths []Strength
		for i, x := range things {
			if set>>i&1 == 1 {
				removed, strengths = append(removed, x), append(strengths, strength(x))
			}
		}
		records, values := w.sides(without(removed))
		if records[a] == records[b] {
			continue
		}
		slices.Sort(strengths)
		around := count(records, records[a]) + count(values, records[a])
		if !found || cmp.Or(cmp.Compare(len(removed), len(best.Removed)), slices.Compare(bestStrengths, strengths), cmp.Compare(around, bestAround)) < 0 {
			slices.Sort(removed)
			best, bestStrengths, bestAround, found = Cut{Removed: removed}, strengths, around, true
		}
	}
	if !found {
		return best, false
	}
	before, _ := w.sides(loss{})
	records, _ := w.sides(without(best.Removed))
	best.Pieces = []int{count(records, records[a]), count(records, records[b])}
	rest := make([]int, w.records)
	for r, side := range records {
		if before[r] == before[a] && side != records[a] && side != records[b] {
			rest[side]++
		}
	}
	slices.SortFunc(rest, func(a, b int) int { return b - a })
	best.Pieces = append(best.Pieces, slices.DeleteFunc(rest, func(n int) bool { return n == 0 })...)
	return best, true
}

func TestBridgesAndArticulations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		g := w.graph()
		agree(t, "bridges", g.Bridges(), w.bridges())
		agree(t, "articulations", g.Articulations(), w.articulations())
	})
}

func TestPath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		g := w.graph()
		some := rapid.SliceOfN(rapid.Int32Range(0, int32(w.records-1)), 1, 3)
		from, to := some.Draw(t, "from"), some.Draw(t, "to")
		hops, found := g.Path(from, to)
		want, wantFound := w.path(from, to)
		agree(t, "found", found, wantFound)
		agree(t, "hops", hops, want)

		distances := g.Distances(from)
		for r, got := range distances {
			want := int32(-1)
			if hops, found := w.path(from, []int32{int32(r)}); found {
				want = int32(len(hops))
			}
			agree(t, "distance", got, want)
		}
	})
}

func TestCuts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		g := w.graph()
		record := rapid.Int32Range(0, int32(w.records-1))
		a, b := record.Draw(t, "a"), record.Draw(t, "b")
		most := rapid.IntRange(0, 4).Draw(t, "most")
		check := func(what string, got Cut, err error, want Cut, possible bool) {
			switch {
			case !possible:
				if !errors.Is(err, ErrInseparable) {
					t.Fatalf("%s: %v, %v: they are inseparable", what, got, err)
				}
			case len(want.Removed) > most:
				if !errors.Is(err, ErrManyToCut) {
					t.Fatalf("%s: %v, %v: want %v, more than %d", what, got, err, want, most)
				}
			default:
				agree(t, what, err, nil)
				agree(t, what, got, want)
			}
		}
		got, err := g.CutClaims(a, b, most)
		want, possible := w.cut(a, b, w.distinct, w.strength, func(removed []int32) loss { return loss{claims: removed} })
		check("claims", got, err, want, possible)

		strongest := func(v int32) Strength {
			out := Weakest
			for _, c := range w.claims {
				if c.Value == v {
					out = min(out, c.Strength)
				}
			}
			return out
		}
		values := make([]int32, len(w.order))
		for i := range values {
			values[i] = int32(i)
		}
		got, err = g.CutValues(a, b, most)
		want, possible = w.cut(a, b, values, strongest, func(removed []int32) (l loss) {
			for _, v := range removed {
				l.nodes = append(l.nodes, Node{Value, v})
			}
			return l
		})
		check("values", got, err, want, possible)
	})
}

func agree[T any](t *rapid.T, what string, got, want T) {
	t.Helper()
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Fatalf("%s differ (-want +got):\n%s", what, diff)
	}
}
