package explain

// A Shape is what a profile looks like from afar: the figures by which the
// doubtful ones are found.
type Shape struct {
	Records, Values, Claims, Decisions int // a claim made twice counts once
	Pieces                             int // 1 for a profile

	// Density is pairs of records with evidence of their own (a value that both
	// carry, or a decision about them) over all pairs of records: edges over
	// what could be, as splink has it for clusters. It is 1 where all carry one
	// e-mail address and for a single record, and nears 0 where one record led
	// to the next.
	Density float64
	// Measured is of how many records all neighbours were counted for that: all
	// of them, or some, evenly spread, when the density of a huge component is
	// an estimate.
	Measured int

	Bridges int // claims that alone hold records together
	// Span is the most hops that were found between two records of a piece. No
	// two are more than twice that apart; in a chain or a tree it is exact.
	Span int

	Most        int32 // the value that most records carry; -1 for none
	MostRecords int
}

// pairBudget bounds the pairs that are looked at for a density: some ten
// milliseconds.
const pairBudget = 1 << 22

// Shape returns the figures of a component.
func (g *Graph) Shape() Shape {
	s := Shape{Records: int(g.records), Decisions: g.nodes() - int(g.records+g.values), Most: -1, Bridges: len(g.Bridges())}
	s.Claims = len(g.edges) - 2*s.Decisions
	for v := range g.values {
		n := g.degree(g.records + v)
		if n == 0 {
			continue
		}
		s.Values++
		if n > s.MostRecords || n == s.MostRecords && g.compare(g.records+v, g.records+s.Most) < 0 {
			s.Most, s.MostRecords = v, n
		}
	}
	s.Density, s.Measured = 1, s.Records
	if s.MostRecords < s.Records {
		s.Density, s.Measured = g.density(pairBudget)
	}
	s.Pieces, s.Span = g.extent()
	return s
}

// density counts the neighbours of all records, or of as many as the budget
// allows, at least some.
func (g *Graph) density(budget int) (density float64, measured int) {
	n := int(g.records)
	if n < 2 {
		return 1, n
	}
	work := 0
	for t := n; t < g.nodes(); t++ {
		work += g.degree(int32(t)) * g.degree(int32(t))
	}
	measured = n
	if work > budget {
		const least = 16
		measured = min(n, max(least, int(float64(n)*float64(budget)/float64(work))))
	}
	seen := make([]int32, n) // by record: 1 + the record that saw it last
	neighbours := 0
	for i := range measured {
		r := int32(i * n / measured)
		seen[r] = r + 1
		for _, e := range g.edgesOf(r) {
			for _, f := range g.edgesOf(g.edges[e].tie) {
				if other := g.edges[f].record; seen[other] != r+1 {
					seen[other] = r + 1
					neighbours++
				}
			}
		}
	}
	return float64(neighbours) / (float64(measured) * float64(n-1)), measured
}

// extent counts the pieces, and the hops from a record that is farthest from
// the first of its piece to what is farthest from it.
func (g *Graph) extent() (pieces, span int) {
	there, back := g.unreached(), g.unreached()
	for r := range g.records {
		if there[r] >= 0 {
			continue
		}
		pieces++
		far := g.reach([]int32{g.reach([]int32{r}, there)}, back)
		span = max(span, int(back[far]/2))
	}
	return pieces, span
}
