package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// A RulesDiff is what other rules of identity would make of the store.
type RulesDiff struct {
	Witness *Witness           // of the profiles that would be others
	Differ  []layout.Component // that must be settled again, ascending
	Journal uint64             // the journal's head when it was found
	Records int                // that were looked at
	Marks   int                // identifiers that other lists mark otherwise
}

// RulesDiff divides all live records by other rules and compares with the
// components that are there. progress is told the number of records read; it
// may be nil. What is pending must be settled before.
func (tx *Tx) RulesDiff(ctx context.Context, rules *resolve.Rules, progress func(records int)) (*RulesDiff, error) {
	now, err := tx.rules()
	if err != nil {
		return nil, err
	}
	d, err := tx.newDiff(rules, progress)
	if err != nil {
		return nil, err
	}
	for _, kind := range cdp.Kinds() {
		if !slices.Equal(now.AllLevels(kind), rules.AllLevels(kind)) {
			d.reclassed = append(d.reclassed, kind)
		}
	}
	if err := d.read(ctx, nil); err != nil {
		return nil, err
	}
	return d.found(ctx)
}

// newDiff compares with what some rules make of the store.
func (tx *Tx) newDiff(rules *resolve.Rules, progress func(int)) (*rulesDiff, error) {
	seq, err := tx.sequences()
	if err != nil {
		return nil, err
	}
	return &rulesDiff{checker: checker{tx: tx, rules: rules, whole: rules.NewWhole(), links: make(map[string]uint32), progress: progress},
		was: make(map[layout.Component]*asBefore), moved: make(map[layout.Component]bool), entering: make(map[layout.Component][]minted),
		next: seq.profiles, out: &RulesDiff{Witness: NewWitness(), Journal: seq.journal}}, nil
}

// diffAnew compares with what the rules in force make of the store, once anew made
// its records otherwise, live ones and those in quarantine: nil is one that
// stays as it is. moved says that its component has to be settled again.
func (tx *Tx) diffAnew(ctx context.Context, anew func(h *head, s State) (by *head, moved bool, err error), progress func(int)) (*rulesDiff, error) {
	rules, err := tx.rules()
	if err != nil {
		return nil, err
	}
	d, err := tx.newDiff(rules, progress)
	if err != nil {
		return nil, err
	}
	err = d.read(ctx, func(h *head, root layout.Component) (*head, error) {
		by, moved, err := anew(h, Live)
		if moved {
			d.moved[root] = true
		}
		return by, err
	})
	if err != nil {
		return nil, err
	}
	for e, err := range tx.r.Scan(layout.QuarantineFrom(1)) {
		if err != nil {
			return nil, fmt.Errorf("graph: quarantine: %w", err)
		}
		h, err := tx.headAt(cdp.RecordID(layout.LastNumber(e.Key)), place{state: placeQuarantined})
		if err != nil {
			return nil, err
		}
		by, _, err := anew(h, InQuarantine)
		if err == nil && by != nil && by.live() {
			err = d.enters(by)
		}
		if err = cmp.Or(err, ctx.Err()); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// found divides what was read and compares.
func (d *rulesDiff) found(ctx context.Context) (*RulesDiff, error) {
	if err := d.partition(ctx, d.compare); err != nil {
		return nil, err
	}
	if d.failed != nil {
		return nil, d.failed
	}
	for c := range d.entering {
		delete(d.moved, c)
	}
	d.out.Differ = slices.Sorted(maps.Keys(d.moved))
	return d.out, nil
}

type rulesDiff struct {
	checker
	was       map[layout.Component]*asBefore
	reclassed []cdp.Kind // kinds whose claims join at other classes
	moved     map[layout.Component]bool
	entering  map[layout.Component][]minted // records that would come out of quarantine, each as a component of its own, with the ids they kept
	next      cdp.ProfileID                 // the last that was minted
	out       *RulesDiff
	failed    error
}

// asBefore is a component as it is in the store.
type asBefore struct {
	size       int
	sum        resolve.Sum
	apart      []apartLink
	controller string
}

// read takes in all live records, as anew makes them where it is given: nil is
// one that stays as it is.
func (d *rulesDiff) read(ctx context.Context, anew func(h *head, root layout.Component) (*head, error)) error {
	for e, err := range d.tx.r.Scan(layout.Components()) {
		if err != nil {
			return fmt.Errorf("graph: rules: %w", err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return fmt.Errorf("graph: rules: %w", err)
		}
		comp, err := d.tx.componentAt(layout.Component(layout.LastNumber(e.Key)), value)
		if err != nil {
			return err
		}
		if comp.root != 0 {
			continue
		}
		members, err := d.tx.members(comp)
		if err != nil {
			return err
		}
		d.was[comp.id] = &asBefore{comp.size, comp.sum, comp.apart, ""}
		for _, m := range members {
			d.was[comp.id].controller = m.Controller
			d.out.Records++
			h := m.head
			if anew != nil {
				by, err := anew(h, comp.id)
				if err != nil {
					return err
				}
				if by != nil && !by.live() {
					d.leaves(h, comp)
					continue
				}
				if by != nil {
					h = by
				}
			}
			if err := d.member(h, comp.id); err != nil {
				return err
			}
			if slices.ContainsFunc(m.Claims, func(c claim) bool { return c.active && slices.Contains(d.reclassed, c.id.Kind()) }) {
				d.moved[comp.id] = true
			}
			if n := d.out.Records; n%10_000 == 0 && d.progress != nil {
				d.progress(n)
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// compare compares records that belong together, as they would be divided, with
// the components they lie in.
func (d *rulesDiff) compare(p *resolve.Piece) {
	if d.failed != nil {
		return
	}
	state := make(map[uint32]resolve.State, len(p.Links))
	for i, l := range p.Links {
		state[l] = p.States[i]
	}
	parts := make([][]uint32, p.Parts)
	for i, r := range p.Records {
		parts[p.Part[i]] = append(parts[p.Part[i]], r)
	}
	d.countLinks(p)
	divided := make(map[layout.Component]bool) // its records would lie otherwise
	for i, part := range parts {
		root := d.root[part[0]]
		was := d.was[root]
		if was.size != len(part) || slices.ContainsFunc(part, func(r uint32) bool { return d.root[r] != root }) {
			for _, r := range part {
				divided[d.root[r]] = true
			}
			continue
		}
		if !was.sum.Covers(p.Sums[i]) || d.apartDiffers(part, state, was) {
			d.moved[root] = true
		}
	}
	if len(divided) == 0 {
		return
	}
	var others [][]uint32
	for _, part := range parts {
		if slices.ContainsFunc(part, func(r uint32) bool { return divided[d.root[r]] }) {
			others = append(others, part)
		}
	}
	d.failed = d.regrouped(others, divided)
}

// apartDiffers compares what joins nothing in a part with what is noted.
func (d *rulesDiff) apartDiffers(part []uint32, state map[uint32]resolve.State, was *asBefore) bool {
	apart := make(map[uint32]bool)
	for _, r := range part {
		for _, l := range d.whole.LinksOf(r) {
			if state[l] != resolve.Joins {
				apart[l] = true
			}
		}
	}
	if len(apart) != len(was.apart) {
		return true
	}
	if len(apart) == 0 {
		return false
	}
	for _, a := range was.apart {
		l, ok := d.links[string(keyOfLink(a.link(was.controller)))]
		if !ok || !apart[l] || state[l] != a.state {
			return true
		}
	}
	return false
}

// countLinks counts the links that do something else than before.
func (d *rulesDiff) countLinks(p *resolve.Piece) {
	before := make(map[uint32]resolve.State)
	seen := make(map[layout.Component]bool)
	for _, r := range p.Records {
		root := d.root[r]
		if seen[root] {
			continue
		}
		seen[root] = true
		was := d.was[root]
		for _, a := range was.apart {
			if l, ok := d.links[string(keyOfLink(a.link(was.controller)))]; ok {
				before[l] = a.state
			}
		}
	}
	for i, l := range p.Links {
		if before[l] != p.States[i] {
			d.out.Witness.others++
		}
	}
}

// regrouped notes records that would be in other profiles, and under which ids.
func (d *rulesDiff) regrouped(parts [][]uint32, roots map[layout.Component]bool) error {
	w := d.out.Witness
	partOf := make(map[cdp.RecordID]int)
	for i, part := range parts {
		for _, r := range part {
			partOf[d.recs[r]] = i
			d.moved[d.root[r]] = true
		}
	}
	ids := make([]cdp.ProfileID, len(parts))
	for _, root := range slices.Sorted(maps.Keys(roots)) {
		if kept, ok := d.entering[root]; ok {
			for _, m := range kept {
				if i, ok := partOf[m.anchor]; ok && (ids[i] == 0 || m.profile < ids[i]) {
					ids[i] = m.profile
				}
			}
			continue
		}
		c, err := d.tx.component(root)
		if err != nil {
			return err
		}
		for _, m := range c.ids {
			if i, ok := partOf[m.anchor]; ok && (ids[i] == 0 || m.profile < ids[i]) {
				ids[i] = m.profile
			}
		}
		for h, err := range d.tx.heads(c) {
			if err != nil {
				return err
			}
			w.rows[h.ID] = cdp.Row{Source: h.Source, Key: h.Key}
			w.before[h.ID] = c.profile()
		}
	}
	for i, part := range parts {
		if ids[i] == 0 {
			d.next++
			ids[i] = d.next
		}
		for _, r := range part {
			w.after[d.recs[r]] = ids[i]
		}
	}
	return nil
}

// counterResettling holds the hash of rules that were put in force and by which
// not all is settled yet.
const counterResettling = "resettling"

// resettling returns the hash of the rules by which the store is being settled
// again, "" when it is settled.
func (tx *Tx) resettling() (string, error) {
	hash, err := tx.get(layout.KeyCounter(counterResettling))
	if errors.Is(err, kv.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("graph: rules of identity: %w", err)
	}
	return string(hash), nil
}

// Unfinished reports whether rules were put in force by which not all is
// settled yet: SettleNext goes on with it, and Finish ends it.
func (tx *Tx) Unfinished() (bool, error) {
	hash, err := tx.resettling()
	return hash != "", err
}

// Finish ends a change of rules, when nothing is left to settle: identifiers
// are counted anew, as others may be those that all claims of a kind join at.
func (tx *Tx) Finish() error {
	rules, err := tx.rules()
	if err != nil {
		return err
	}
	n := 0
	rng := layout.Identifiers()
	rng.KeysOnly = true
	for e, err := range tx.r.Scan(rng) {
		if err != nil {
			return fmt.Errorf("graph: identifiers: %w", err)
		}
		kind, _, _, _, err := layout.ClaimOf(e.Key)
		if err != nil {
			return err
		}
		if rules.Weakest(kind, resolve.Class(layout.ClassOf(e.Key))) {
			n++
		}
	}
	st, err := tx.statistics()
	if err != nil {
		return err
	}
	st.identifiers, st.dirty = n, true
	return tx.delete(layout.KeyCounter(counterResettling))
}

// MustSettle marks components to be settled again. It is done before other
// rules are put in force, in as many transactions as it takes: settled by the
// same rules they stay as they are.
func (tx *Tx) MustSettle(components []layout.Component) error {
	for _, c := range components {
		if _, err := tx.rootOf(c); errors.Is(err, kv.ErrNotFound) {
			continue
		} else if err != nil {
			return err
		}
		if err := tx.leave(c); err != nil {
			return err
		}
	}
	return nil
}

// former returns the rules that were in force before, when there were others:
// rows of identifiers may stand at their classes.
func (tx *Tx) former() ([]*resolve.Rules, error) {
	if tx.wereInForce != nil {
		return *tx.wereInForce, nil
	}
	out := []*resolve.Rules{}
	hash, err := tx.resettling()
	if err != nil {
		return nil, err
	}
	if hash != "" {
		versions, err := tx.RulesVersions()
		if err != nil {
			return nil, err
		}
		out = append(out, resolve.Defaults())
		for _, v := range versions {
			if v.Hash == hash {
				continue
			}
			r, err := resolve.ParseRules("identity", v.Text)
			if err != nil {
				return nil, fmt.Errorf("graph: rules of identity: %w", err)
			}
			out = append(out, r)
		}
	}
	tx.wereInForce = &out
	return out, nil
}
