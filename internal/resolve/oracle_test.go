package resolve

import (
	"cmp"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// naive divides a graph as the package comment says it, and nothing else: every
// question is answered by looking at all there is.
type naive struct {
	g      *Graph
	part   []int // by record
	states []State
	merged []bool // by value: it joined what was not together
}

func naiveDivide(g *Graph) *Partition {
	n := &naive{g: g, states: make([]State, len(g.Values)), merged: make([]bool, len(g.Values))}
	for i := range g.Records {
		n.part = append(n.part, i)
	}
	for _, s := range g.Same {
		n.merge(s[0], s[1])
	}
	out := &Partition{States: n.states, Bridged: make([]int32, len(g.Values)), Spread: make([]int32, len(g.Values))}
	for class := ClassA; class <= ClassD; class++ {
		before := slices.Clone(n.part)
		values := n.inOrder(class)
		for _, v := range values {
			out.Bridged[v], out.Spread[v] = n.bridged(v, before, class), n.spread(v)
			val := g.Values[v]
			if val.Apart || val.Bridges > 0 && int(out.Bridged[v]) > val.Bridges || val.Spread > 0 && int(out.Spread[v]) > val.Spread {
				n.states[v] = Generic
			}
		}
		for _, v := range values {
			if n.states[v] == Joins {
				n.states[v] = n.join(v)
			}
		}
	}
	number := make(map[int]int32)
	for _, p := range n.part {
		if _, ok := number[p]; !ok {
			number[p] = int32(len(number))
			out.Links = append(out.Links, int32(n.links(p)))
		}
		out.Part = append(out.Part, number[p])
	}
	out.Parts = len(number)
	return out
}

func (n *naive) merge(a, b int32) {
	from, to := n.part[b], n.part[a]
	for i := range n.part {
		if n.part[i] == from {
			n.part[i] = to
		}
	}
}

func (n *naive) carries(rec int32, v int) bool {
	return slices.Contains(n.g.Claims, Claim{rec, int32(v)})
}

func (n *naive) carriers(v int) (out []int32) {
	for r := range int32(n.g.Records) {
		if n.carries(r, v) {
			out = append(out, r)
		}
	}
	return out
}

// inOrder returns the values of a class: those that fewest records carry first.
func (n *naive) inOrder(class Class) (out []int) {
	for v := range n.g.Values {
		if n.g.Values[v].Class == class {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b int) int {
		return cmp.Or(cmp.Compare(len(n.carriers(a)), len(n.carriers(b))), cmp.Compare(n.g.Values[a].Order, n.g.Values[b].Order))
	})
	return out
}

// bridged counts the parts among the carriers that a stronger value which
// joins has a hand in.
func (n *naive) bridged(v int, part []int, class Class) int32 {
	formed := make(map[int]bool)
	for _, c := range n.carriers(v) {
		for w := range n.g.Values {
			if n.g.Values[w].Class == ClassNone || n.g.Values[w].Class >= class || n.states[w] != Joins {
				continue
			}
			for _, r := range n.carriers(w) {
				if part[r] == part[c] {
					formed[part[c]] = true
				}
			}
		}
	}
	return int32(len(formed))
}

func (n *naive) spread(v int) int32 {
	val := n.g.Values[v]
	carriers := n.carriers(v)
	if val.Spread == 0 || len(carriers) < 2 {
		return 0
	}
	with := make(map[uint8]map[uint64]bool)
	for w, other := range n.g.Values {
		if other.Kind == val.Kind || other.Uncounted || other.Class < val.Class || other.Class > ClassC {
			continue
		}
		if slices.ContainsFunc(carriers, func(r int32) bool { return n.carries(r, w) }) {
			if with[other.Kind] == nil {
				with[other.Kind] = make(map[uint64]bool)
			}
			with[other.Kind][other.Order] = true
		}
	}
	most := 0
	for _, values := range with {
		most = max(most, len(values))
	}
	return int32(most)
}

// links counts the values that joined what was not together, in a part.
func (n *naive) links(part int) (count int) {
	for v, merged := range n.merged {
		if merged && n.part[n.carriers(v)[0]] == part {
			count++
		}
	}
	return count
}

// held are the exclusive values and facts that the records of a part state.
func (n *naive) held(part int, facts bool) map[exclusive]bool {
	out := make(map[exclusive]bool)
	for v, val := range n.g.Values {
		for _, r := range n.carriers(v) {
			if val.Space != 0 && n.part[r] == part {
				out[exclusive{val.Space, val.Order}] = true
			}
		}
	}
	for _, f := range n.g.Facts {
		if facts && n.part[f.Record] == part {
			out[exclusive{-f.Space, f.Token}] = true
		}
	}
	return out
}

func (n *naive) lock(part int) (lock int32) {
	for r, l := range n.g.Locks {
		if n.part[r] == part {
			lock = max(lock, l)
		}
	}
	return lock
}

func (n *naive) join(v int) State {
	carriers := n.carriers(v)
	var parts []int
	for _, r := range carriers {
		if !slices.Contains(parts, n.part[r]) {
			parts = append(parts, n.part[r])
		}
	}
	if len(parts) < 2 {
		return Joins
	}
	for _, d := range n.g.Differ {
		if slices.Contains(parts, n.part[d[0]]) && slices.Contains(parts, n.part[d[1]]) {
			return Different
		}
	}
	locks := make(map[int32]bool)
	links := 0
	for _, p := range parts {
		locks[n.lock(p)] = true
		links += n.links(p)
	}
	if len(locks) > 1 { // open ones stand for a lock of their own
		return Locked
	}
	if n.exclude(parts, n.g.Values[v].Class >= ClassC) {
		return Conflict
	}
	if n.g.Guard > 0 && links+1 > n.g.Guard {
		return Guarded
	}
	for _, r := range carriers[1:] {
		n.merge(carriers[0], r)
	}
	n.merged[v] = true
	return Joins
}

// exclude reports whether parts state of a space what none of them states alone.
func (n *naive) exclude(parts []int, facts bool) bool {
	all := make(map[exclusive]bool)
	for _, p := range parts {
		maps.Copy(all, n.held(p, facts))
	}
	for e := range all {
		alone := slices.ContainsFunc(parts, func(p int) bool {
			held := n.held(p, facts)
			for o := range all {
				if o.space == e.space && !held[o] {
					return false
				}
			}
			return true
		})
		if !alone {
			return true
		}
	}
	return false
}

// check tries a property on some thousand cases.
func check(t *testing.T, property func(*rapid.T)) {
	t.Helper()
	rounds := 30
	if testing.Short() {
		rounds = 1
	}
	for range rounds {
		rapid.Check(t, property)
	}
}

// graphs are small ones in which everything meets everything.
func graphs() *rapid.Generator[*Graph] {
	return rapid.Custom(func(t *rapid.T) *Graph {
		g := &Graph{Records: rapid.IntRange(0, 12).Draw(t, "records"), Guard: rapid.SampledFrom([]int{0, 0, 2, 3}).Draw(t, "guard")}
		small := func(most int, name string) int { return rapid.IntRange(0, most).Draw(t, name) }
		m := small(10, "values")
		orders := rapid.Permutation([]uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}).Draw(t, "orders")
		for i := range m {
			v := Value{Class: Class(small(4, "class")), Kind: uint8(1 + small(3, "kind")), Bridges: small(2, "bridges"), Spread: small(2, "spread"),
				Order: orders[i], Uncounted: small(5, "uncounted") == 0, Apart: small(8, "apart") == 0}
			if small(2, "exclusive") == 0 {
				v.Space = int32(v.Kind)
			}
			if i > 0 && small(4, "twin") == 0 { // a verified claim: the same value at a class more
				twin := g.Values[i-1]
				if twin.Class != v.Class && (i == 1 || g.Values[i-2].Order != twin.Order) {
					v.Kind, v.Order, v.Space, v.Uncounted = twin.Kind, twin.Order, twin.Space, twin.Uncounted
				}
			}
			g.Values = append(g.Values, v)
		}
		if g.Records == 0 {
			return g
		}
		rec := func() int32 { return int32(small(g.Records-1, "record")) }
		if m > 0 {
			for range small(28, "claims") {
				c := Claim{rec(), int32(small(m-1, "value"))}
				if !slices.Contains(g.Claims, c) {
					g.Claims = append(g.Claims, c)
				}
			}
		}
		slices.SortStableFunc(g.Claims, func(a, b Claim) int { return cmp.Compare(a.Record, b.Record) })
		for range max(0, small(6, "same")-4) {
			g.Same = append(g.Same, [2]int32{rec(), rec()})
		}
		for range max(0, small(6, "differ")-3) {
			if a, b := rec(), rec(); a != b {
				g.Differ = append(g.Differ, [2]int32{a, b})
			}
		}
		for range max(0, small(7, "facts")-2) {
			g.Facts = append(g.Facts, Fact{rec(), int32(1 + small(1, "space")), uint64(small(2, "token"))})
		}
		if small(3, "locks") == 0 {
			g.Locks = make([]int32, g.Records)
			for range 1 + small(3, "locked") {
				g.Locks[rec()] = int32(1 + small(1, "lock"))
			}
		}
		return g
	})
}
