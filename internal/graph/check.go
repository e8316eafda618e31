package graph

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// maxProblems bounds what a check reports: after that many it is clear.
const maxProblems = 200

// Check compares the store with a recomputation from the heads of its records:
// every component is what its claims connect and nothing else, every row that
// finds something finds it, every count is right. progress is told the number
// of records seen, now and then; it may be nil.
func (tx *Tx) Check(ctx context.Context, progress func(records int)) (cdp.CheckReport, error) {
	seq, err := tx.sequences()
	if err != nil {
		return cdp.CheckReport{}, err
	}
	rules, err := tx.rules()
	if err != nil {
		return cdp.CheckReport{}, err
	}
	marks, err := tx.lists()
	if err != nil {
		return cdp.CheckReport{}, err
	}
	c := checker{tx: tx, marks: marks, rules: rules, whole: rules.NewWhole(), links: make(map[string]uint32), apart: make(map[layout.Component][]apartLink),
		sizes: make(map[layout.Component]int), long: make(map[layout.Component]bool), sums: make(map[layout.Component]resolve.Sum), pending: make(map[layout.Component]bool), progress: progress,
		ids: make([]idState, seq.profiles+1), sources: make(map[cdp.SourceID]*sourceRow)}
	for _, step := range []func(context.Context) error{c.components, c.lists, c.divide, c.identifiers, c.aliases, c.places, c.withheld, c.rows, c.profiles, c.consents, c.preferences, c.barred,
		c.disclosures} {
		if err := step(ctx); err != nil {
			return c.report, err
		}
	}
	return c.report, c.counts()
}

// divide compares the components with a new division of all records.
func (c *checker) divide(ctx context.Context) error { return c.partition(ctx, c.piece) }

type checker struct {
	tx       *Tx
	report   cdp.CheckReport
	rules    *resolve.Rules
	marks    *marks
	whole    *resolve.Whole
	links    map[string]uint32  // key of an identifier's row -> its number in whole
	starts   []bool             // by place in whole.Links: the first class of a claim
	root     []layout.Component // by record in whole
	recs     []cdp.RecordID     // as root
	decided  []*head            // of which persons decided something
	apart    map[layout.Component][]apartLink
	sizes    map[layout.Component]int
	long     map[layout.Component]bool // whose lists go on in rows of their own
	sums     map[layout.Component]resolve.Sum
	pending  map[layout.Component]bool
	want     []standing // by link, as recomputed
	progress func(int)
	ids      []idState // by profile id: where it was seen
	sources  map[cdp.SourceID]*sourceRow

	counted      stats
	withheldRows int
}

// An idState says where a profile id is.
type idState byte

const (
	idNowhere idState = iota
	idLive            // first of a component's
	idAlias           // another one of a component's
	idResting         // kept for a record that is in quarantine, deleted or dropped
)

// found notes where a profile id is, which must be one place.
func (c *checker) found(id cdp.ProfileID, as idState) {
	switch {
	case uint64(id) >= uint64(len(c.ids)):
		c.problem("profile.unminted", profileRef(id), "was never minted")
	case c.ids[id] != idNowhere:
		c.problem("profile.twice", profileRef(id), "is in two places")
	default:
		c.ids[id] = as
	}
}

func (c *checker) problem(code string, ref cdp.Ref, format string, args ...any) {
	if len(c.report.Problems) < maxProblems {
		c.report.Problems = append(c.report.Problems, cdp.Problem{Code: code, Ref: ref, Text: fmt.Sprintf(format, args...)})
	}
}

func recordRef(id cdp.RecordID) cdp.Ref   { return cdp.Ref{Kind: "record", ID: id.String()} }
func profileRef(id cdp.ProfileID) cdp.Ref { return cdp.Ref{Kind: "profile", ID: id.String()} }

// components recomputes each component from its heads.
func (c *checker) components(ctx context.Context) error {
	for e, err := range c.tx.r.Scan(layout.Components()) {
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		comp, err := c.tx.componentAt(layout.Component(layout.LastNumber(e.Key)), value)
		if err != nil {
			return err
		}
		if comp.root != 0 {
			continue
		}
		if err := c.component(comp); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	for e, err := range c.tx.r.Scan(layout.AllComponentRests()) {
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		if id, _ := layout.RestOf(e.Key); !c.long[id] {
			c.problem("component.rest", cdp.Ref{Kind: "component", ID: fmt.Sprint(id)}, "has a list that goes on, and its row does not say so")
		}
	}
	return nil
}

func (c *checker) component(comp *component) error {
	members, err := c.tx.members(comp)
	if err != nil {
		return err
	}
	ref := profileRef(comp.profile())
	if len(members) != comp.size {
		c.problem("component.size", ref, "has %d records, its row says %d", len(members), comp.size)
	}
	if !slices.ContainsFunc(members, func(m member) bool { return m.in == comp.id }) {
		c.problem("component.root", ref, "has no record under its own number %d: scans pass it over", comp.id)
	}
	if comp.long {
		c.long[comp.id] = true
	}
	c.sizes[comp.id], c.sums[comp.id] = len(members), comp.sum
	if len(comp.apart) > 0 {
		c.apart[comp.id] = comp.apart
	}
	if comp.pending {
		c.pending[comp.id] = true
		c.problem("component.pending", ref, "has records that are to part from it: open the store once for writing, or run cdp-tui tick")
	}
	here := make(map[cdp.RecordID]bool, len(members))
	for _, m := range members {
		here[m.ID] = true
		c.count(m.head)
		c.marked(m.head)
		p, err := c.tx.place(m.ID)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if err != nil || p.state != placeLive || p.component != m.in {
			c.problem("record.place", recordRef(m.ID), "is not where its place says")
		}
		if err := c.member(m.head, comp.id); err != nil {
			return err
		}
		if n := c.counted.records; n%10_000 == 0 && c.progress != nil {
			c.progress(n)
		}
	}
	for i, m := range comp.ids {
		live, row, err := c.tx.find(m.profile)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if err != nil || row.component != comp.id || live != comp.profile() || i == 0 && live != m.profile {
			c.problem("profile.row", profileRef(m.profile), "does not lead to component %d", comp.id)
		}
		if !here[m.anchor] {
			c.problem("profile.anchor", profileRef(m.profile), "was minted for a record that is not in component %d", comp.id)
		}
		as := idAlias
		if i == 0 {
			as = idLive
		}
		c.found(m.profile, as)
	}
	c.report.Profiles++
	c.counted.profiles++
	if i := sizeClass(len(members)); i >= 0 {
		c.counted.classes[i]++
	}
	return nil
}

func (c *checker) source(id cdp.SourceID) *sourceRow {
	if c.sources[id] == nil {
		c.sources[id] = &sourceRow{}
	}
	return c.sources[id]
}

func (c *checker) count(h *head) {
	c.report.Records++
	src := c.source(h.Source)
	src.records++
	src.touchpoints += h.Touchpoints
	c.counted.records++
	c.counted.touchpoints += h.Touchpoints
	c.counted.shares += h.Shares
	if h.Outcome != cdp.Linked {
		src.apart++
		c.counted.apart++
	}
	for i := range h.Claims {
		if h.Claims[i].active && (h.Claims[i].blocked != "" || h.Claims[i].generic != "" || !h.Outcome.Links()) {
			c.problem("claim.active", recordRef(h.ID), "links by %v, which may not", h.Claims[i].id)
		}
	}
	c.due(h)
}

// due checks that a record will be judged again when it says.
func (c *checker) due(h *head) {
	if h.Due.IsZero() {
		return
	}
	if _, err := c.tx.r.Get(layout.KeyDue(h.Due, h.ID)); err != nil {
		c.problem("record.due", recordRef(h.ID), "is to be judged again and nothing will do it: %v", err)
	}
}

// profiles checks that every id ever minted leads to where it was seen, or
// rests there.
func (c *checker) profiles(ctx context.Context) error {
	next := cdp.ProfileID(1)
	for e, err := range c.tx.r.Scan(layout.ProfilesFrom(1)) {
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		id := cdp.ProfileID(layout.LastNumber(e.Key))
		row, err := c.tx.profileRow(id)
		if err != nil {
			return err
		}
		for ; next < id; next++ {
			c.problem("profile.missing", profileRef(next), "was minted and has no row")
		}
		next = id + 1
		as := idResting
		switch {
		case row.component != 0:
			as = idLive
		case !row.rests():
			as = idAlias
		}
		if uint64(id) >= uint64(len(c.ids)) || c.ids[id] != as {
			c.problem("profile.lost", profileRef(id), "leads elsewhere than where it is kept")
		}
	}
	for ; uint64(next) < uint64(len(c.ids)); next++ {
		c.problem("profile.missing", profileRef(next), "was minted and has no row")
	}
	return ctx.Err()
}

// consents counts the statements.
func (c *checker) consents(ctx context.Context) error {
	for e, err := range c.tx.r.Scan(layout.AllConsents()) {
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		events, err := decodeConsents(c.tx.reader(value))
		if err != nil {
			return err
		}
		c.counted.consents += len(events)
	}
	return ctx.Err()
}

// counts compares the statistics with what was seen.
func (c *checker) counts() error {
	s, err := c.tx.statistics()
	if err != nil {
		return err
	}
	got := &c.counted
	c.compare("", []count{
		{"records", s.records, got.records}, {"versions", s.versions, got.versions}, {"profiles", s.profiles, got.profiles},
		{"identifiers", s.identifiers, c.report.Identifiers}, {"touchpoints", s.touchpoints, got.touchpoints},
		{"consents", s.consents, got.consents}, {"shares", s.shares, got.shares}, {"quarantined", s.quarantined, got.quarantined},
		{"held apart", s.apart, got.apart}, {"profiles of 1", s.classes[0], got.classes[0]}, {"of 2 to 5", s.classes[1], got.classes[1]},
		{"of 6 to 20", s.classes[2], got.classes[2]}, {"of 21 to 100", s.classes[3], got.classes[3]}, {"of more", s.classes[4], got.classes[4]},
	})
	sources, err := c.tx.Sources()
	if err != nil {
		return err
	}
	for _, src := range sources {
		n := c.source(src.Source.ID)
		c.compare(src.Source.ID, []count{{"records", src.Records, n.records}, {"touchpoints", src.Touchpoints, n.touchpoints},
			{"quarantined", src.Quarantined, n.quarantined}, {"held apart", src.Apart, n.apart}})
	}
	return nil
}

type count struct {
	name      string
	have, got int
}

func (c *checker) compare(of cdp.SourceID, counts []count) {
	ref := cdp.Ref{}
	if of != "" {
		ref = cdp.Ref{Kind: "source", ID: string(of)}
	}
	for _, n := range counts {
		if n.have != n.got {
			c.problem("count", ref, "%s: %d counted, %d there", n.name, n.have, n.got)
		}
	}
}
