package explain

import (
	"cmp"
	"slices"
)

// A Hop is one step of a chain of evidence: two records and what ties them.
type Hop struct {
	From, To int32
	Via      Node     // a value or a decision
	Claims   [2]int32 // of From and of To upon the value, as New got them; -1 for a decision
}

// Path returns the chain of evidence between one of some records and one of
// others, and whether there is any; a record that is on both sides needs no
// hop. It has the fewest hops; among such chains the strongest, by its weakest
// claims first, where a decision is stronger than any claim; and then the one
// whose values come first. From the other side it is the same chain, turned.
func (g *Graph) Path(from, to []int32) ([]Hop, bool) {
	if len(from) == 0 || len(to) == 0 {
		return nil, false
	}
	turned := slices.Min(from) > slices.Min(to)
	if turned {
		from, to = to, from
	}
	s := g.search(to, from)
	at := s.start(from)
	if at < 0 {
		return nil, false
	}
	var hops []Hop
	for s.steps[at] > 0 {
		in, tie := s.next(at)
		out, end := s.next(tie)
		hops = append(hops, Hop{From: at, To: end, Via: g.node(tie), Claims: [2]int32{g.edges[in].claim, g.edges[out].claim}})
		at = end
	}
	if turned {
		slices.Reverse(hops)
		for i := range hops {
			h := &hops[i]
			h.From, h.To, h.Claims[0], h.Claims[1] = h.To, h.From, h.Claims[1], h.Claims[0]
		}
	}
	return hops, true
}

// Distances returns by record how many hops it is from the nearest of some
// records; -1 where there is no chain of evidence.
func (g *Graph) Distances(from []int32) []int32 {
	steps := g.unreached()
	g.reach(from, steps)
	for i := range steps {
		if steps[i] > 0 {
			steps[i] /= 2
		}
	}
	return steps[:g.records:g.records]
}

// unreached returns steps by node, where none has been reached.
func (g *Graph) unreached() []int32 {
	steps := make([]int32, g.nodes())
	for i := range steps {
		steps[i] = -1
	}
	return steps
}

// reach writes how many edges each node is from some records, and returns the
// record that was reached last: none is farther.
func (g *Graph) reach(from []int32, steps []int32) (last int32) {
	var queue []int32
	for _, r := range from {
		if steps[r] < 0 {
			steps[r] = 0
			queue = append(queue, r)
		}
	}
	for i := 0; i < len(queue); i++ {
		x := queue[i]
		if x < g.records {
			last = x
		}
		for _, e := range g.edgesOf(x) {
			if y := g.across(e, x); steps[y] < 0 {
				steps[y] = steps[x] + 1
				queue = append(queue, y)
			}
		}
	}
	return last
}

// A burden counts the claims of a chain by strength. Lighter is better: fewer
// of the weakest, then of the next.
type burden [Weakest + 1]int32

func (b burden) with(e *edge) burden {
	if e.claim >= 0 {
		b[e.strength]++
	}
	return b
}

func (b burden) compare(c burden) int {
	for s := len(b) - 1; s >= 0; s-- {
		if b[s] != c[s] {
			return cmp.Compare(b[s], c[s])
		}
	}
	return 0
}

// A search is a breadth-first search from the goals of a chain: what is left
// to go from each node, and how little it can weigh.
type search struct {
	g      *Graph
	steps  []int32 // -1: not reached
	weighs []burden
}

// search goes outwards from the goals until it has reached one of the starts,
// and all that is as near.
func (g *Graph) search(goals, starts []int32) *search {
	s := &search{g: g, steps: g.unreached(), weighs: make([]burden, g.nodes())}
	isStart := make([]bool, g.records)
	for _, r := range starts {
		isStart[r] = true
	}
	var queue []int32
	for _, r := range goals {
		if s.steps[r] < 0 {
			s.steps[r] = 0
			queue = append(queue, r)
		}
	}
	for i := 0; i < len(queue); i++ {
		x := queue[i]
		if x < g.records && isStart[x] {
			break // all nodes as near as x have been weighed: those nearer are done
		}
		for _, e := range g.edgesOf(x) {
			y, w := g.across(e, x), s.weighs[x].with(&g.edges[e])
			switch {
			case s.steps[y] < 0:
				s.steps[y], s.weighs[y] = s.steps[x]+1, w
				queue = append(queue, y)
			case s.steps[y] == s.steps[x]+1 && w.compare(s.weighs[y]) < 0:
				s.weighs[y] = w
			}
		}
	}
	return s
}

// start returns the start of the best chain, -1 for none.
func (s *search) start(starts []int32) int32 {
	best := int32(-1)
	for _, r := range starts {
		if s.steps[r] < 0 {
			continue
		}
		if best < 0 || cmp.Or(cmp.Compare(s.steps[r], s.steps[best]), s.weighs[r].compare(s.weighs[best]), cmp.Compare(r, best)) < 0 {
			best = r
		}
	}
	return best
}

// next returns the edge and the node by which the best chain goes on.
func (s *search) next(x int32) (by, to int32) {
	by, to = -1, -1
	for _, e := range s.g.edgesOf(x) {
		y := s.g.across(e, x)
		if s.steps[y] == s.steps[x]-1 && s.weighs[y].with(&s.g.edges[e]) == s.weighs[x] && (to < 0 || s.g.compare(y, to) < 0) {
			by, to = e, y
		}
	}
	return by, to
}
