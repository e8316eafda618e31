package explain

import "cmp"

// A Strength ranks claims as evidence; lower is stronger. Classes A to D are
// 1 to 4; 0 is for graphs that make no difference.
type Strength uint8

// Weakest is the last strength; what is beyond it counts as it.
const Weakest Strength = 4

// A Claim says that a record carries a value, and is linked by it.
type Claim struct {
	Record, Value int32
	Strength      Strength
}

// A Kind says what a node is.
type Kind uint8

// Kinds of nodes.
const (
	Value    Kind = iota // an identifier's value
	Decision             // a person's word that two records are the same
	Record
)

func (k Kind) String() string { return [...]string{"value", "decision", "record"}[min(k, Record)] }

// A Node is a record, a value or a decision by the number the caller gave it.
type Node struct {
	Kind   Kind
	Number int32
}

// A Graph is one component, or several, ready to be explained. It does not
// change and may be read by many at once.
type Graph struct {
	records int32
	values  int32
	order   []uint64 // by value
	edges   []edge
	first   []int32 // edges of node x: around[first[x]:first[x+1]]
	around  []int32
}

// An edge joins a record and a tie: a value, or a decision, which stands
// between its two records like a value that only they carry. Nodes are numbered
// records first, then values, then decisions.
type edge struct {
	record, tie int32
	claim       int32 // -1: of a decision
	strength    Strength
}

// New returns the graph of records 0 to records-1, of values whose fixed order
// is given (the lower is named first among equals; a hash of kind and value
// will do), of the claims that link, and of the pairs of records that a person
// called the same. A claim made twice is one: the stronger, or the first. It
// panics on numbers that are not of this graph.
func New(records int, order []uint64, claims []Claim, same [][2]int32) *Graph {
	g := &Graph{records: int32(records), values: int32(len(order)), order: order, edges: make([]edge, 0, len(claims)+2*len(same))}
	g.addClaims(claims)
	for i, s := range same {
		if min(s[0], s[1]) < 0 || max(s[0], s[1]) >= g.records {
			panic("explain: a decision about a record that is not in the graph")
		}
		tie := g.records + g.values + int32(i)
		g.edges = append(g.edges, edge{record: s[0], tie: tie, claim: -1}, edge{record: s[1], tie: tie, claim: -1})
	}
	g.first = make([]int32, records+len(order)+len(same)+1)
	for _, e := range g.edges {
		g.first[e.record+1]++
		g.first[e.tie+1]++
	}
	for i := 1; i < len(g.first); i++ {
		g.first[i] += g.first[i-1]
	}
	g.around = make([]int32, 2*len(g.edges))
	next := append([]int32(nil), g.first...)
	for i, e := range g.edges {
		g.around[next[e.record]], g.around[next[e.tie]] = int32(i), int32(i)
		next[e.record]++
		next[e.tie]++
	}
	return g
}

// addClaims adds the claims record by record, each pair of record and value
// once: its strongest claim, the first among equals.
func (g *Graph) addClaims(claims []Claim) {
	from := make([]int32, g.records+1)
	for _, c := range claims {
		from[c.Record+1]++
	}
	for i := 1; i < len(from); i++ {
		from[i] += from[i-1]
	}
	byRecord, next := make([]int32, len(claims)), from[:g.records]
	for i, c := range claims {
		byRecord[next[c.Record]] = int32(i)
		next[c.Record]++
	}
	edgeOf := make([]int32, g.values) // by value: 1 + the edge to it that was added last
	for _, i := range byRecord {
		c := claims[i]
		if at := edgeOf[c.Value]; at > 0 && g.edges[at-1].record == c.Record {
			if e := &g.edges[at-1]; min(c.Strength, Weakest) < e.strength {
				e.claim, e.strength = i, min(c.Strength, Weakest)
			}
			continue
		}
		g.edges = append(g.edges, edge{record: c.Record, tie: g.records + c.Value, claim: i, strength: min(c.Strength, Weakest)})
		edgeOf[c.Value] = int32(len(g.edges))
	}
}

// nodes counts records, values and decisions.
func (g *Graph) nodes() int { return len(g.first) - 1 }

// edgesOf returns the edges of a node, by number.
func (g *Graph) edgesOf(node int32) []int32 { return g.around[g.first[node]:g.first[node+1]] }

func (g *Graph) degree(node int32) int { return int(g.first[node+1] - g.first[node]) }

// across returns the other end of an edge.
func (g *Graph) across(e, node int32) int32 {
	if at := &g.edges[e]; at.record != node {
		return at.record
	}
	return g.edges[e].tie
}

func (g *Graph) node(i int32) Node {
	switch {
	case i < g.records:
		return Node{Record, i}
	case i < g.records+g.values:
		return Node{Value, i - g.records}
	}
	return Node{Decision, i - g.records - g.values}
}

// compare orders nodes of one kind as they are named: values by the order the
// caller gave, all by number. Decisions come before values.
func (g *Graph) compare(a, b int32) int {
	x, y := g.node(a), g.node(b)
	switch {
	case x.Kind != y.Kind:
		return cmp.Compare(y.Kind, x.Kind)
	case x.Kind == Value:
		return cmp.Or(cmp.Compare(g.order[x.Number], g.order[y.Number]), cmp.Compare(x.Number, y.Number))
	}
	return cmp.Compare(x.Number, y.Number)
}
