package graph

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// Health says how well identity resolution holds, with at most top entries in
// each list. It reads all live records and all identifiers once, and keeps no
// more of them than the largest profile needs. progress is told the number of
// records seen, now and then; it may be nil.
func (tx *Tx) Health(ctx context.Context, top int, progress func(records int)) (cdp.Health, error) {
	rules, err := tx.rules()
	if err != nil {
		return cdp.Health{}, err
	}
	s := newSurvey(tx, rules, top)
	s.progress = progress
	return s.run(ctx)
}

func (s *survey) run(ctx context.Context) (cdp.Health, error) {
	for _, step := range []func(context.Context) error{s.decided, s.profiles, s.values} {
		if err := step(ctx); err != nil {
			return cdp.Health{}, err
		}
	}
	return s.health()
}

// A survey collects what Health tells.
type survey struct {
	tx       *Tx
	rules    *resolve.Rules
	top      int
	progress func(int)
	out      cdp.Health

	from       cdp.Standpoint
	about      map[cdp.Row][]cdp.Decision // by row, of another standpoint; nil at the present
	decisions  map[string]*cdp.DecisionCount
	rows       map[cdp.Row]bool // of which something is decided
	suppressed map[cdp.IdentifierKey]bool
	sources    map[cdp.SourceID]*cdp.SourceHealth
	kinds      map[cdp.Kind]*cdp.KindHealth

	largest, sparse, held, frozen best[cdp.ProfileShape]
	joined                        best[joinedValue]
	hubs                          best[hub]
}

// joinedKept is of how many of the most carried values that join it is kept
// how many records carry them.
const joinedKept = 1_000

func newSurvey(tx *Tx, rules *resolve.Rules, top int) *survey {
	byProfile := func(a, b cdp.ProfileShape) int { return cmp.Compare(a.Profile, b.Profile) }
	return &survey{tx: tx, rules: rules, top: top, decisions: make(map[string]*cdp.DecisionCount), rows: make(map[cdp.Row]bool),
		suppressed: make(map[cdp.IdentifierKey]bool), sources: make(map[cdp.SourceID]*cdp.SourceHealth), kinds: make(map[cdp.Kind]*cdp.KindHealth),
		largest: best[cdp.ProfileShape]{n: top, compare: func(a, b cdp.ProfileShape) int {
			return cmp.Or(cmp.Compare(b.Records, a.Records), byProfile(a, b))
		}},
		sparse: best[cdp.ProfileShape]{n: top, compare: func(a, b cdp.ProfileShape) int {
			return cmp.Or(cmp.Compare(a.Density, b.Density), cmp.Compare(b.Records, a.Records), byProfile(a, b))
		}},
		held: best[cdp.ProfileShape]{n: top, compare: func(a, b cdp.ProfileShape) int {
			return cmp.Or(cmp.Compare(b.Parting, a.Parting), cmp.Compare(a.Density, b.Density), byProfile(a, b))
		}},
		frozen: best[cdp.ProfileShape]{n: top, compare: func(a, b cdp.ProfileShape) int {
			return cmp.Or(cmp.Compare(b.Records, a.Records), byProfile(a, b))
		}},
		joined: best[joinedValue]{n: max(joinedKept, top), compare: joinedValue.compare},
		hubs:   best[hub]{n: top, compare: hub.compare},
	}
}

// best keeps the first n of many, in their order.
type best[T any] struct {
	n       int
	compare func(a, b T) int
	items   []T
}

// takes reports whether x would be kept.
func (b *best[T]) takes(x T) bool {
	return b.n > 0 && (len(b.items) < b.n || b.compare(x, b.items[len(b.items)-1]) < 0)
}

func (b *best[T]) add(x T) {
	if !b.takes(x) {
		return
	}
	i, _ := slices.BinarySearchFunc(b.items, x, b.compare)
	if len(b.items) == b.n {
		b.items = b.items[:b.n-1]
	}
	b.items = slices.Insert(b.items, i, x)
}

// decided reads the decisions of persons.
func (s *survey) decided(ctx context.Context) error {
	n, err := s.tx.decisionCounts()
	if err != nil || n.last == 0 {
		return err
	}
	for e, err := range s.tx.r.Scan(layout.DecisionsFrom(1)) {
		if err != nil {
			return fmt.Errorf("graph: health: %w", err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return fmt.Errorf("graph: health: %w", err)
		}
		d, err := decodeDecision(layout.LastNumber(e.Key), s.tx.reader(value))
		if err != nil {
			return err
		}
		if !s.from.Knew(d.At) {
			continue
		}
		c := s.decisions[d.Verb]
		if c == nil {
			c = &cdp.DecisionCount{Verb: d.Verb}
			s.decisions[d.Verb] = c
		}
		if !d.Undone.IsZero() && s.from.Knew(d.Undone) {
			c.Undone++
			continue
		}
		c.InForce++
		for _, r := range d.Rows {
			if s.rows[r.Row] = true; s.about != nil {
				s.about[r.Row] = append(s.about[r.Row], d)
			}
		}
		if d.Verb == cdp.DecideSuppress {
			s.suppressed[d.Identifier.Key()] = true
		}
	}
	return ctx.Err()
}

// profiles looks at every live record, profile by profile.
func (s *survey) profiles(ctx context.Context) error {
	next, stop := iter.Pull2(s.tx.r.Scan(layout.Components()))
	defer stop()
	var g *gathering
	in := layout.Component(0)
	for e, err := range s.tx.r.Scan(layout.AllMembers()) {
		if err != nil {
			return fmt.Errorf("graph: health: %w", err)
		}
		number, _, err := layout.MemberOf(e.Key)
		if err != nil {
			return err
		}
		if number != in {
			if err := s.profile(g); err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			comp, err := s.componentAt(next, number)
			if err != nil {
				return err
			}
			in, g = number, nil
			if comp.root == 0 { // the records of a segment are looked at with its root
				g = newGathering(s, comp)
			}
		}
		if g == nil {
			continue
		}
		h, err := s.tx.headOf(e)
		if err != nil {
			return err
		}
		if err := g.add(h); err != nil {
			return err
		}
	}
	return s.profile(g)
}

// componentAt moves on to the row of a component, as the members do.
func (s *survey) componentAt(next func() (kv.Entry, error, bool), number layout.Component) (*component, error) {
	for {
		e, err, ok := next()
		if err != nil {
			return nil, fmt.Errorf("graph: health: %w", err)
		}
		if !ok {
			return nil, fmt.Errorf("graph: health: component %d: %w", number, layout.ErrDamaged)
		}
		if layout.Component(layout.LastNumber(e.Key)) != number {
			continue // one whose records are all under its segments' numbers
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return nil, fmt.Errorf("graph: health: %w", err)
		}
		return s.tx.componentAt(number, value)
	}
}

// profile takes the account of one whose records were all added.
func (s *survey) profile(g *gathering) error {
	if g == nil {
		return nil
	}
	for _, segment := range g.comp.segments {
		for e, err := range s.tx.r.Scan(layout.Members(segment)) {
			if err != nil {
				return fmt.Errorf("graph: health: %w", err)
			}
			h, err := s.tx.headOf(e)
			if err != nil {
				return err
			}
			if err := g.add(h); err != nil {
				return err
			}
		}
	}
	s.out.Profiles++
	if g.comp.pending {
		s.out.Counts.Pending++
	}
	return g.end()
}

func (s *survey) source(id cdp.SourceID) *cdp.SourceHealth {
	src := s.sources[id]
	if src == nil {
		src = &cdp.SourceHealth{Source: id}
		s.sources[id] = src
	}
	return src
}

// health is what was collected.
func (s *survey) health() (cdp.Health, error) {
	h := s.out
	h.Largest, h.Sparse, h.Held, h.Frozen = s.largest.items, s.sparse.items, s.held.items, s.frozen.items
	for _, verb := range []string{cdp.DecideSame, cdp.DecideDifferent, cdp.DecideCut, cdp.DecideSuppress, cdp.DecideLock} {
		if c := s.decisions[verb]; c != nil {
			h.Decisions = append(h.Decisions, *c)
		}
	}
	for _, kind := range cdp.Kinds() {
		if k := s.kinds[kind]; k != nil {
			h.Kinds = append(h.Kinds, *k)
		}
	}
	for _, src := range s.sources {
		h.Sources = append(h.Sources, *src)
	}
	slices.SortFunc(h.Sources, func(a, b cdp.SourceHealth) int { return cmp.Compare(a.Source, b.Source) })
	h.Counts.Matches = -1
	for i := range s.hubs.items {
		full, err := s.hub(&s.hubs.items[i])
		if err != nil {
			return h, err
		}
		h.Hubs = append(h.Hubs, full)
	}
	return h, nil
}
