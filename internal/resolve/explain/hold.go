package explain

import (
	"cmp"
	"slices"
)

// A Bridge is a claim without which its profile falls into two.
type Bridge struct {
	Claim      int32 // as New got it
	WithRecord int   // records that stay with its record
	WithValue  int   // records that stay with its value
}

// Bridges returns the claims that alone hold records together, those by which
// most records fall off first. A claim without which only its value is left
// alone is none.
func (g *Graph) Bridges() []Bridge {
	s := g.survey()
	type found struct {
		Bridge
		edge *edge
	}
	var all []found
	for x, in := range s.entry {
		if in < 0 || g.edges[in].claim < 0 || s.low[x] < s.found[x] {
			continue
		}
		below := s.below[x]
		above := s.total[s.piece[x]] - below
		if below == 0 || above == 0 {
			continue
		}
		e := &g.edges[in]
		b := Bridge{Claim: e.claim, WithRecord: int(above), WithValue: int(below)}
		if int32(x) == e.record {
			b.WithRecord, b.WithValue = b.WithValue, b.WithRecord
		}
		all = append(all, found{b, e})
	}
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(min(b.WithRecord, b.WithValue), min(a.WithRecord, a.WithValue)),
			g.compare(a.edge.tie, b.edge.tie), cmp.Compare(a.edge.record, b.edge.record))
	})
	out := make([]Bridge, len(all))
	for i := range all {
		out[i] = all[i].Bridge
	}
	return out
}

// An Articulation is a node without which its profile falls apart.
type Articulation struct {
	Node   Node
	Pieces []int // in records, largest first: "without this phone it falls into 21 | 1 | 1"
}

// Articulations returns the values, then the decisions, then the records that
// alone hold records together; of each kind those by which most records leave
// the largest piece come first.
func (g *Graph) Articulations() []Articulation {
	s := g.survey()
	type found struct {
		Articulation
		off  int // records outside the largest piece
		node int32
	}
	var all []found
	var pieces []int
	for i, piece := range s.piece {
		x := int32(i)
		if piece < 0 || g.degree(x) < 2 {
			continue
		}
		pieces = pieces[:0]
		rest := s.total[piece]
		if x < g.records {
			rest--
		}
		left := rest
		for _, e := range g.edgesOf(x) {
			if y := g.across(e, x); s.entry[y] == e && s.low[y] >= s.found[x] && s.below[y] > 0 {
				pieces = append(pieces, int(s.below[y]))
				rest -= s.below[y]
			}
		}
		if rest > 0 {
			pieces = append(pieces, int(rest))
		}
		if len(pieces) < 2 {
			continue
		}
		slices.SortFunc(pieces, func(a, b int) int { return cmp.Compare(b, a) })
		all = append(all, found{Articulation{g.node(x), slices.Clone(pieces)}, int(left) - pieces[0], x})
	}
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.Node.Kind, b.Node.Kind), cmp.Compare(b.off, a.off), g.compare(a.node, b.node))
	})
	out := make([]Articulation, len(all))
	for i := range all {
		out[i] = all[i].Articulation
	}
	return out
}

// A survey is a depth-first search over all records (Tarjan 1972): how far back
// each subtree reaches without the edge by which it was entered.
type survey struct {
	found []int32 // by node: the how-manieth that was found, from 1; 0: carried by no record
	low   []int32 // the first-found node that its subtree reaches
	entry []int32 // the edge by which it was found; -1 for the first of a piece
	below []int32 // records in its subtree, itself included
	piece []int32 // -1: carried by no record
	total []int32 // by piece: records
}

func (g *Graph) survey() *survey {
	n := g.nodes()
	s := &survey{found: make([]int32, n), low: make([]int32, n), entry: make([]int32, n), below: make([]int32, n), piece: make([]int32, n)}
	for i := range s.entry {
		s.entry[i], s.piece[i] = -1, -1
	}
	next := slices.Clone(g.first[:n])
	count := int32(0)
	var stack []int32
	enter := func(x, by int32) {
		count++
		s.found[x], s.low[x], s.entry[x], s.piece[x] = count, count, by, int32(len(s.total))
		if x < g.records {
			s.below[x] = 1
		}
		stack = append(stack, x)
	}
	for r := range g.records {
		if s.found[r] != 0 {
			continue
		}
		enter(r, -1)
		for len(stack) > 0 {
			x := stack[len(stack)-1]
			if next[x] < g.first[x+1] {
				e := g.around[next[x]]
				next[x]++
				if y := g.across(e, x); s.found[y] == 0 {
					enter(y, e)
				} else if e != s.entry[x] {
					s.low[x] = min(s.low[x], s.found[y])
				}
				continue
			}
			stack = stack[:len(stack)-1]
			if len(stack) > 0 {
				up := stack[len(stack)-1]
				s.low[up] = min(s.low[up], s.low[x])
				s.below[up] += s.below[x]
			}
		}
		s.total = append(s.total, s.below[r])
	}
	return s
}
