package graph

import (
	"cmp"
	"hash/fnv"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/resolve"
	"cdp-tui/internal/resolve/explain"
)

// A gathering is a profile while its records are read: what links them, as
// numbers, and nothing else of them.
type gathering struct {
	s       *survey
	comp    *component
	apart   map[apartKey]resolve.State
	records int32
	sources []*cdp.SourceHealth // each once
	counts  []int               // records, by source
	number  map[cdp.IdentifierKey]int32
	values  []carriedValue
	claims  []explain.Claim
	decided []*head // of which persons decided something
	at      map[cdp.RecordID]int32
}

type apartKey struct {
	id    cdp.IdentifierKey
	class resolve.Class
}

// A carriedValue is a value that links in a profile.
type carriedValue struct {
	id   cdp.Identifier
	only int // records that it joins at every class
}

func newGathering(s *survey, c *component) *gathering {
	g := &gathering{s: s, comp: c}
	if len(c.apart) > 0 {
		g.apart = make(map[apartKey]resolve.State, len(c.apart))
		for _, a := range c.apart {
			g.apart[apartKey{a.id.Key(), a.class}] = a.state
		}
	}
	return g
}

func (g *gathering) add(h *head) error {
	s := g.s
	s.out.Records++
	if n := s.out.Records; n%10_000 == 0 && s.progress != nil {
		s.progress(n)
	}
	i := slices.IndexFunc(g.sources, func(src *cdp.SourceHealth) bool { return src.Source == h.Source })
	if i < 0 {
		i = len(g.sources)
		g.sources, g.counts = append(g.sources, s.source(h.Source)), append(g.counts, 0)
	}
	g.counts[i]++
	var cuts []cdp.Identifier
	if s.rows[cdp.Row{Source: h.Source, Key: h.Key}] {
		d, decided, err := s.cuts(cdp.Row{Source: h.Source, Key: h.Key})
		if err != nil {
			return err
		}
		if cuts = d; decided {
			if g.at == nil {
				g.at = make(map[cdp.RecordID]int32)
			}
			g.at[h.ID] = g.records
			g.decided = append(g.decided, h)
		}
	}
	for j := range h.Claims {
		g.claim(&h.Claims[j], g.sources[i], cuts, h.echoes(j, s.rules))
	}
	g.records++
	return nil
}

// cuts returns what persons cut from a row, and whether they decided anything of it.
func (s *survey) cuts(row cdp.Row) (cuts []cdp.Identifier, decided bool, err error) {
	if s.about == nil {
		d, err := s.tx.decidedOf(row.Source, row.Key)
		if err != nil || d == nil {
			return nil, false, err
		}
		return d.cuts, true, nil
	}
	for i := range s.about[row] {
		if d := &s.about[row][i]; d.Verb == cdp.DecideCut {
			cuts = append(cuts, d.Identifier)
		}
	}
	return cuts, len(s.about[row]) > 0, nil
}

// pairs are the records that persons called the same.
func (s *survey) pairs(heads []*head) ([]resolve.Pair, error) {
	if s.about == nil {
		same, _, err := s.tx.pairs(heads)
		return same, err
	}
	at := make(map[cdp.Row]*head, len(heads))
	var list []cdp.Decision
	for _, h := range heads {
		row := cdp.Row{Source: h.Source, Key: h.Key}
		at[row] = h
		for _, d := range s.about[row] {
			if !slices.ContainsFunc(list, func(o cdp.Decision) bool { return o.ID == d.ID }) {
				list = append(list, d)
			}
		}
	}
	same, _ := pairsOf(list, at)
	return same, nil
}

// echoes reports whether a claim is on the hash of what another one of the
// record is on: the two are one thing that the source said.
func (h *head) echoes(j int, rules *resolve.Rules) bool {
	hash := h.Claims[j].id
	return rules.Kinds[string(hash.Kind())].Echo && slices.ContainsFunc(h.Claims, func(c claim) bool {
		return !c.id.Kind().IsHash() && slices.ContainsFunc(c.id.Hashes(), hash.Same)
	})
}

// A claimFate is what becomes of a claim of a live record.
type claimFate byte

const (
	claimLinks  claimFate = iota
	claimApart            // allowed, and joins nothing
	claimDenied           // by policy
	claimNever            // its value or kind never links
)

// fate tells what becomes of a claim; of one that links also the strongest
// class at which it does, and whether it does so at all its classes.
func (g *gathering) fate(c *claim, cuts []cdp.Identifier) (f claimFate, class resolve.Class, all bool) {
	levels, n := g.s.rules.Levels(c.id.Kind(), resolve.Verified(c.verification))
	switch {
	case c.blocked != "" || c.generic != "" || c.strength == cdp.LinkNone || n == 0:
		return claimNever, class, false
	case !c.active:
		return claimDenied, class, false
	case g.s.suppressed[c.id.Key()] || slices.ContainsFunc(cuts, c.id.Same):
		return claimApart, class, false
	}
	all = true
	for _, l := range levels[:n] {
		if g.apart[apartKey{c.id.Key(), l}] != resolve.Joins {
			all = false
		} else if class == resolve.ClassNone {
			class = l
		}
	}
	if class == resolve.ClassNone {
		return claimApart, class, false
	}
	return claimLinks, class, all
}

// claim counts a claim of the record that is being added; an echo is none of
// its source.
func (g *gathering) claim(c *claim, src *cdp.SourceHealth, cuts []cdp.Identifier, echo bool) {
	f, class, all := g.fate(c, cuts)
	switch {
	case echo:
	case f == claimLinks:
		src.Linking++
	case f == claimApart:
		src.Apart++
	case f == claimDenied:
		src.Denied++
	default:
		src.Never++
	}
	if f != claimLinks {
		return
	}
	if g.comp.size < 2 { // it has nothing to link with
		return
	}
	if g.number == nil {
		g.number = make(map[cdp.IdentifierKey]int32)
	}
	v, ok := g.number[c.id.Key()]
	if !ok {
		v = int32(len(g.values))
		g.number[c.id.Key()] = v
		g.values = append(g.values, carriedValue{id: c.id})
	}
	if all {
		g.values[v].only++
	}
	g.claims = append(g.claims, explain.Claim{Record: g.records, Value: v, Strength: explain.Strength(class)})
}

// end counts the profile.
func (g *gathering) end() error {
	s := g.s
	for i, src := range g.sources {
		src.Records += g.counts[i]
		if g.records > 1 {
			src.Linked += g.counts[i]
		}
		if len(g.sources) > 1 {
			src.Across += g.counts[i]
		}
	}
	if g.records > 1 {
		s.out.Linked += int(g.records)
	}
	for _, v := range g.values {
		if v.only > 1 && !s.rules.Kinds[string(v.id.Kind())].Echo {
			s.joined.add(joinedValue{v.id, g.comp.id, v.only})
		}
	}
	if g.records < 2 {
		return nil // its shape says nothing
	}
	frozen := g.frozen()
	if frozen {
		s.out.Counts.Frozen++
	}
	at := cdp.ProfileShape{Profile: g.comp.profile(), Records: int(g.records)}
	if g.records < cdp.SparseFrom && !s.largest.takes(at) && !(frozen && s.frozen.takes(at)) {
		return nil
	}
	shape, err := g.shape()
	if err != nil {
		return err
	}
	s.largest.add(shape)
	if frozen {
		s.frozen.add(shape)
	}
	if g.records >= cdp.SparseFrom {
		s.sparse.add(shape)
		if shape.Parting > 0 && shape.Class >= resolve.ClassC.String() {
			s.out.Counts.Held++
			s.held.add(shape)
		}
	}
	return nil
}

// frozen reports whether the guard lets the profile grow no further: it kept a
// value out, and half of the links that are too many, or more, are here.
func (g *gathering) frozen() bool {
	if !slices.ContainsFunc(g.comp.apart, func(a apartLink) bool { return a.state == resolve.Guarded }) {
		return false
	}
	carriers := make([]int, len(g.values))
	for _, c := range g.claims {
		carriers[c.Value]++
	}
	links := 0
	for _, n := range carriers {
		if n > 1 {
			links++
		}
	}
	return 2*links >= g.s.rules.Guard
}

// piecesTold is how many pieces of a profile are told of.
const piecesTold = 6

// shape is what the profile looks like.
func (g *gathering) shape() (cdp.ProfileShape, error) {
	order := make([]uint64, len(g.values))
	for i, v := range g.values {
		order[i] = placeOf(v.id)
	}
	same, err := g.same()
	if err != nil {
		return cdp.ProfileShape{}, err
	}
	graph := explain.New(int(g.records), order, g.claims, same)
	sh := graph.Shape()
	out := cdp.ProfileShape{Profile: g.comp.profile(), Records: sh.Records, Values: sh.Values, Claims: sh.Claims,
		Density: sh.Density, Estimate: sh.Measured < sh.Records, Bridges: sh.Bridges}
	g.hold(graph, &out)
	return out, nil
}

// hold notes by which value the profile is held together: the one whose loss
// parts most records, a weak one before a strong one, for it is doubted first.
func (g *gathering) hold(graph *explain.Graph, out *cdp.ProfileShape) {
	weakest := make([]explain.Strength, len(g.values)) // the strongest claim of each
	for _, c := range g.claims {
		if weakest[c.Value] == 0 || c.Strength < weakest[c.Value] {
			weakest[c.Value] = c.Strength
		}
	}
	weak := func(c explain.Strength) int {
		if c >= explain.Strength(resolve.ClassC) {
			return 0
		}
		return 1
	}
	var holder *explain.Articulation
	all := graph.Articulations()
	for i := range all {
		a := &all[i]
		if a.Node.Kind != explain.Value {
			continue
		}
		if holder == nil || cmp.Or(cmp.Compare(weak(weakest[a.Node.Number]), weak(weakest[holder.Node.Number])), cmp.Compare(parting(holder), parting(a))) < 0 {
			holder = a
		}
	}
	if holder == nil {
		return
	}
	out.Holder = g.values[holder.Node.Number].id
	out.Class = resolve.Class(weakest[holder.Node.Number]).String()
	out.Parting = parting(holder)
	told := min(len(holder.Pieces), piecesTold)
	out.Pieces, out.Further = holder.Pieces[:told], len(holder.Pieces)-told
}

// parting counts the records outside the largest piece.
func parting(a *explain.Articulation) int {
	n := 0
	for _, p := range a.Pieces[1:] {
		n += p
	}
	return n
}

// same are the records that persons tied, by number.
func (g *gathering) same() ([][2]int32, error) {
	if len(g.decided) < 2 {
		return nil, nil
	}
	pairs, err := g.s.pairs(g.decided)
	if err != nil {
		return nil, err
	}
	out := make([][2]int32, len(pairs))
	for i, p := range pairs {
		out[i] = [2]int32{g.at[p.A], g.at[p.B]}
	}
	return out, nil
}

// placeOf is a hash by which values of equal merit are told apart.
func placeOf(id cdp.Identifier) uint64 {
	h := fnv.New64a()
	h.Write([]byte(id.Kind()))
	h.Write([]byte{0})
	h.Write([]byte(id.Reveal()))
	return h.Sum64()
}
