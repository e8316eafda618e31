package explain

import (
	"errors"
	"math"
	"slices"
)

// Errors of cuts.
var (
	// ErrInseparable: no removal parts the records: they are one, or a person's
	// decisions tie them.
	ErrInseparable = errors.New("explain: decisions alone hold the records together")
	// ErrManyToCut: more would have to go than the caller wants to hear of.
	ErrManyToCut = errors.New("explain: too much holds the records together")
)

// MostToCut is the largest limit of a cut; a larger one counts as it.
const MostToCut = 1000

// weighing bounds the arcs that are looked at to find the weakest of equally
// small cuts: some tenths of a second.
const weighing = 1 << 24

// A Cut is what has to go so that two records are no longer one.
type Cut struct {
	Removed []int32 // claims as New got them, or values; ascending; none if the records are apart already
	// Pieces are the records of each piece that the profile falls into: that of
	// the first record, that of the second, then the others, largest first.
	Pieces []int
	// Unweighed says that the component was too tangled to compare all cuts of
	// as few: it is the one nearest to the first record, whatever the strengths.
	Unweighed bool
}

// CutClaims returns the fewest claims without which no evidence leads from a to
// b; among as few, those that are the weakest as evidence (fewest of the
// strongest, then of the next); among these, those nearest to a. If there would
// be more than most, which is at least that many, the error is ErrManyToCut; if
// decisions tie a and b, which no claim can undo, it is ErrInseparable. It takes
// at most as many looks at the whole component as there are claims to cut, or
// as most, and a bounded time to weigh.
func (g *Graph) CutClaims(a, b int32, most int) (Cut, error) {
	side, unweighed, err := g.part(a, b, most, func(p prices) *network {
		net := newNetwork(g.nodes(), len(g.edges))
		for i := range g.edges {
			e := &g.edges[i]
			room := boundless
			if e.claim >= 0 {
				room = p[e.strength]
			}
			if g.degree(e.tie) > 1 { // what only one record carries parts nobody
				net.join(e.record, e.tie, room, room)
			}
		}
		return net
	})
	if err != nil {
		return Cut{}, err
	}
	out := Cut{Unweighed: unweighed}
	gone := make([]bool, len(g.edges))
	for i := range g.edges {
		if e := &g.edges[i]; g.degree(e.tie) > 1 && side[e.record] != side[e.tie] {
			gone[i] = true
			out.Removed = append(out.Removed, e.claim)
		}
	}
	slices.Sort(out.Removed)
	out.Pieces = g.pieces(a, b, gone)
	return out, nil
}

// CutValues returns the fewest values without which no evidence leads from a to
// b, as if they were suppressed wherever they are carried. A value is as strong
// as its strongest claim; for the rest it is as CutClaims.
func (g *Graph) CutValues(a, b int32, most int) (Cut, error) {
	// A tie is entered by its own node and left by a second one, at its price.
	ties := int32(g.nodes()) - g.records
	side, unweighed, err := g.part(a, b, most, func(p prices) *network {
		net := newNetwork(g.nodes()+int(ties), 2*len(g.edges)+int(ties))
		for t := g.records; t < g.records+ties; t++ {
			if g.degree(t) < 2 {
				continue
			}
			strongest, room := Weakest, boundless
			for _, i := range g.edgesOf(t) {
				e := &g.edges[i]
				net.join(e.record, t, boundless, 0)
				net.join(t+ties, e.record, boundless, 0)
				strongest = min(strongest, e.strength)
			}
			if t < g.records+g.values {
				room = p[strongest]
			}
			net.join(t, t+ties, room, 0)
		}
		return net
	})
	if err != nil {
		return Cut{}, err
	}
	out := Cut{Unweighed: unweighed}
	gone := make([]bool, len(g.edges))
	for t := g.records; t < g.records+g.values; t++ {
		if side[t] && !side[t+ties] {
			out.Removed = append(out.Removed, t-g.records)
			for _, e := range g.edgesOf(t) {
				gone[e] = true
			}
		}
	}
	out.Pieces = g.pieces(a, b, gone)
	return out, nil
}

// prices are what it costs to remove something, by its strength.
type prices [Weakest + 1]int64

// part returns the nodes that stay on the side of a in the best cut. It counts
// first, where each thing costs the same: so no more than most ways are looked
// for. Only then are cuts of as few weighed.
func (g *Graph) part(a, b int32, most int, build func(prices) *network) (side []bool, unweighed bool, err error) {
	if g.decided(a, b) {
		return nil, false, ErrInseparable
	}
	net, limit := build(prices{1, 1, 1, 1, 1}), int64(min(max(most, 0), MostToCut))
	things, _ := net.fill(a, b, limit+1, math.MaxInt)
	if things > limit {
		return nil, false, ErrManyToCut
	}
	nearest := net.reached(a)
	if things == 0 || g.alike() {
		return nearest, false, nil
	}
	weighed := build(weigh(things))
	if _, done := weighed.fill(a, b, boundless, weighing); !done {
		return nearest, true, nil
	}
	return weighed.reached(a), false, nil
}

// weigh returns prices at which a cut of some things is cheaper than any of
// more, and of two such cuts that one which has fewer strong ones: as neither
// has more than that of any strength, one of a strength outweighs all of the
// weaker. The sum for MostToCut things stays below 2^60.
func weigh(things int64) prices {
	var p prices
	extra := int64(1)
	for s := len(p) - 1; s >= 0; s-- {
		p[s] = extra
		extra *= things + 1
	}
	for s := range p {
		p[s] += extra
	}
	return p
}

// alike says whether all claims are of one strength.
func (g *Graph) alike() bool {
	var seen [Weakest + 1]bool
	n := 0
	for i := range g.edges {
		if e := &g.edges[i]; e.claim >= 0 && !seen[e.strength] {
			seen[e.strength] = true
			n++
		}
	}
	return n < 2
}

// decided says whether two records are one by decisions alone.
func (g *Graph) decided(a, b int32) bool {
	seen := make([]bool, g.nodes())
	seen[a] = true
	for queue := []int32{a}; len(queue) > 0; queue = queue[1:] {
		for _, e := range g.edgesOf(queue[0]) {
			if y := g.across(e, queue[0]); g.edges[e].claim < 0 && !seen[y] {
				seen[y] = true
				queue = append(queue, y)
			}
		}
	}
	return seen[b]
}

// pieces counts the records of what is left when edges are gone: around a,
// around b, and around their other ends.
func (g *Graph) pieces(a, b int32, gone []bool) []int {
	seen := make([]bool, g.nodes())
	var queue []int32
	count := func(from int32) (records int) {
		if seen[from] {
			return 0
		}
		seen[from] = true
		for queue = append(queue[:0], from); len(queue) > 0; {
			x := queue[len(queue)-1]
			queue = queue[:len(queue)-1]
			if x < g.records {
				records++
			}
			for _, e := range g.edgesOf(x) {
				if y := g.across(e, x); !gone[e] && !seen[y] {
					seen[y] = true
					queue = append(queue, y)
				}
			}
		}
		return records
	}
	out := []int{count(a), count(b)}
	for e, gone := range gone {
		if gone {
			if n := count(g.edges[e].record); n > 0 {
				out = append(out, n)
			}
		}
	}
	slices.SortFunc(out[2:], func(a, b int) int { return b - a })
	return out
}
