package graph

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// What is looked at of one conflict.
const (
	conflictCarriers = 200   // records that carry the value
	conflictSides    = 20    // profiles that are named
	conflictRecords  = 2_000 // records of the profiles, for the reasons
)

// Conflicts returns up to n identifiers that join nothing because what they
// would join must stay apart, those of the strongest kinds first, with the
// reasons; a hash with the value that it is of. after is Next of the page before, "" for the first; it is made of a
// value, and so is personal.
func (tx *Tx) Conflicts(after string, n int) (cdp.Page[cdp.Conflict], error) {
	var page cdp.Page[cdp.Conflict]
	rules, err := tx.rules()
	if err != nil {
		return page, err
	}
	kinds := strongestFirst(rules)
	var from []byte
	if after != "" {
		if from, err = hex.DecodeString(after); err != nil {
			return page, ErrPage
		}
		kind, _, _, rec, err := layout.ClaimOf(from)
		i := slices.Index(kinds, kind)
		if err != nil || rec != 0 || i < 0 {
			return page, ErrPage
		}
		kinds = kinds[i:]
	}
	var found []*valueRow
	for _, kind := range kinds {
		rng := layout.IdentifiersOf(kind, "")
		if from != nil {
			rng.Start, from = append(from, 0), nil
		}
		for v, err := range tx.valueRows(rng) {
			if err != nil {
				return page, err
			}
			if state, _ := v.state(); state == resolve.Joins || state == resolve.Generic {
				continue
			}
			if echo, err := tx.echoes(v, rules); err != nil || echo {
				if err != nil {
					return page, err
				}
				continue
			}
			if len(found) == n {
				page.More = true
				break
			}
			found = append(found, v)
		}
		if page.More {
			page.Next = hex.EncodeToString(found[n-1].last)
			break
		}
	}
	for _, v := range found {
		c, err := tx.conflict(v, rules)
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, c)
	}
	page.Total, page.Exact = len(page.Items), !page.More && after == ""
	return page, nil
}

// strongestFirst are the kinds that join, by the strongest class at which they do.
func strongestFirst(rules *resolve.Rules) []cdp.Kind {
	kinds := slices.DeleteFunc(cdp.Kinds(), func(k cdp.Kind) bool { return len(rules.AllLevels(k)) == 0 })
	slices.SortStableFunc(kinds, func(a, b cdp.Kind) int { return cmp.Compare(rules.AllLevels(a)[0], rules.AllLevels(b)[0]) })
	return kinds
}

// A dispute is a conflict while it is looked into.
type dispute struct {
	tx    *Tx
	rules *resolve.Rules
	link  resolve.Link
	out   cdp.Conflict
	sides []*disputed

	decisions map[cdp.DecisionID]map[int]bool // the groups of each that the profiles hold
}

// A disputed profile is one that an identifier would join with others.
type disputed struct {
	comp     *component
	carriers int
	held     map[exclusiveSpace]map[string]bool // exclusive values, and birth dates
}

// An exclusiveSpace is what one person has one of: identifiers of a kind and
// issuer. The zero one is birth dates.
type exclusiveSpace struct {
	kind   cdp.Kind
	issuer string
}

func (tx *Tx) conflict(v *valueRow, rules *resolve.Rules) (cdp.Conflict, error) {
	state, class := v.state()
	d := &dispute{tx: tx, rules: rules, link: resolve.Link{ID: v.id, Controller: v.controller, Class: class},
		out: cdp.Conflict{Identifier: v.id, Controller: v.controller, Class: class.String(), State: state.String()}}
	err := tx.apartCarriers(d.link, rules, func(h *head, in layout.Component) (bool, error) {
		if d.out.Records == conflictCarriers {
			d.out.Bound = true
			return false, nil
		}
		d.out.Records++
		if d.out.Identifier.Tag() == [4]byte{} {
			d.out.Identifier, _ = h.carries(v.id)
		}
		return true, d.carrier(in)
	})
	if err != nil {
		return d.out, err
	}
	slices.SortFunc(d.sides, func(a, b *disputed) int {
		return cmp.Or(cmp.Compare(b.comp.size, a.comp.size), cmp.Compare(a.comp.profile(), b.comp.profile()))
	})
	for _, s := range d.sides[:min(len(d.sides), conflictSides)] {
		d.out.Sides = append(d.out.Sides, cdp.ConflictSide{Profile: s.comp.profile(), Records: s.comp.size, Carriers: s.carriers})
	}
	d.out.Bound = d.out.Bound || len(d.sides) > conflictSides
	return d.out, d.reasons(state)
}

func (d *dispute) carrier(in layout.Component) error {
	for _, s := range d.sides {
		if slices.Contains(s.comp.numbers(), in) {
			s.carriers++
			return nil
		}
	}
	c, err := d.tx.component(in)
	if err != nil {
		return err
	}
	d.sides = append(d.sides, &disputed{comp: c, carriers: 1})
	return nil
}

// reasons says why the profiles are not joined, as they are now.
func (d *dispute) reasons(state resolve.State) error {
	complete, err := d.look()
	if err != nil {
		return err
	}
	switch state {
	case resolve.Conflict:
		d.exclusive()
		if len(d.out.Why) == 0 && complete {
			d.why("when its turn came it would have joined what belongs to different persons; other evidence has joined it since")
		}
	case resolve.Different:
		d.why("a person decided that they are different people%s", d.list())
	case resolve.Locked:
		d.why("a person locked a profile, which rules do not change%s", d.list())
	case resolve.Guarded:
		d.why("together they would be held by more than %d links, the guard against profiles that grow without end", d.rules.Guard)
	}
	if !complete {
		d.why("they are too large to be compared whole: not all reasons may be told")
	}
	return nil
}

func (d *dispute) why(format string, args ...any) {
	d.out.Why = append(d.out.Why, fmt.Sprintf(format, args...))
}

func (d *dispute) list() string {
	ids := make([]string, len(d.out.Decisions))
	for i, id := range d.out.Decisions {
		ids[i] = id.String()
	}
	if len(ids) == 0 {
		return ""
	}
	return ": " + strings.Join(ids, ", ")
}

// look reads the records of the profiles, so far as they are not too many.
func (d *dispute) look() (complete bool, err error) {
	left := conflictRecords
	complete = len(d.sides) <= conflictSides
	for _, s := range d.sides[:min(len(d.sides), conflictSides)] {
		if s.comp.size > left {
			complete = false
			continue
		}
		left -= s.comp.size
		s.held = make(map[exclusiveSpace]map[string]bool)
		for h, err := range d.tx.heads(s.comp) {
			if err != nil {
				return false, err
			}
			if err := d.record(s, h); err != nil {
				return false, err
			}
		}
	}
	for id, groups := range d.decisions {
		if len(groups) > 1 || d.out.State == resolve.Locked.String() {
			d.out.Decisions = append(d.out.Decisions, id)
		}
	}
	slices.Sort(d.out.Decisions)
	return complete, nil
}

func (d *dispute) record(s *disputed, h *head) error {
	rec, err := d.tx.recordOf(h, d.rules)
	if err != nil {
		return err
	}
	hold := func(space exclusiveSpace, value string) {
		if s.held[space] == nil {
			s.held[space] = make(map[string]bool)
		}
		s.held[space][value] = true
	}
	for _, c := range rec.Claims {
		if d.rules.Kinds[string(c.ID.Kind())].Exclusive {
			issuer, _, _ := strings.Cut(c.ID.Reveal(), ":")
			hold(exclusiveSpace{c.ID.Kind(), issuer}, c.ID.Reveal())
		}
	}
	if rec.Birth != 0 && d.link.Class >= resolve.ClassC {
		hold(exclusiveSpace{}, fmt.Sprint(rec.Birth))
	}
	have, err := d.tx.decidedOf(h.Source, h.Key)
	if err != nil || have == nil {
		return err
	}
	for _, n := range have.decisions {
		dec, err := d.tx.Decision(n)
		if err != nil {
			return err
		}
		if dec.Verb != d.verb() {
			continue
		}
		if d.decisions == nil {
			d.decisions = make(map[cdp.DecisionID]map[int]bool)
		}
		if d.decisions[dec.ID] == nil {
			d.decisions[dec.ID] = make(map[int]bool)
		}
		for _, r := range dec.Rows {
			if r.Row == (cdp.Row{Source: h.Source, Key: h.Key}) {
				d.decisions[dec.ID][r.Group] = true
			}
		}
	}
	return nil
}

// verb is that of the decisions that stand against joining.
func (d *dispute) verb() string {
	switch d.out.State {
	case resolve.Different.String():
		return cdp.DecideDifferent
	case resolve.Locked.String():
		return cdp.DecideLock
	}
	return ""
}

// exclusive tells of what one person has one of and the profiles have several:
// where no profile holds all that the others hold.
func (d *dispute) exclusive() {
	all := make(map[exclusiveSpace]map[string]bool)
	most := make(map[exclusiveSpace]int)
	for _, s := range d.sides {
		for space, values := range s.held {
			if all[space] == nil {
				all[space] = make(map[string]bool)
			}
			for v := range values {
				all[space][v] = true
			}
			most[space] = max(most[space], len(values))
		}
	}
	var spaces []exclusiveSpace
	for space, values := range all {
		if len(values) > most[space] {
			spaces = append(spaces, space)
		}
	}
	slices.SortFunc(spaces, func(a, b exclusiveSpace) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.issuer, b.issuer))
	})
	for _, space := range spaces {
		if space == (exclusiveSpace{}) {
			d.why("they state %d birth dates, and a value of class %v does not join records with different ones", len(all[space]), d.link.Class)
			continue
		}
		d.why("they carry %d values of %s by %s, of which one person has one", len(all[space]), space.kind, space.issuer)
	}
}
