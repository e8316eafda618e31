package graph

import (
	"fmt"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// An Insight is a profile as resolution sees it.
type Insight struct {
	Profile cdp.ProfileID
	Records []Record           // without tails, ascending; claims say what keeps them from joining
	Sight   *resolve.Component // of the same records in the same order; what joins nothing anywhere joins nothing here
	Ties    []Tie              // of persons, between records here
	Apart   []Apart            // links that join nothing, and why
	Rules   *resolve.Rules
}

// A Tie is two records that a decision in force makes one.
type Tie struct {
	A, B     cdp.RecordID
	Decision cdp.DecisionID
}

// An Apart is an identifier, at a class, that records carry and that joins
// nothing.
type Apart struct {
	Link  resolve.Link
	State resolve.State
}

// Insight returns what holds a profile together, by its id or an alias.
func (tx *Tx) Insight(id cdp.ProfileID) (*Insight, error) {
	live, row, err := tx.find(id)
	if err != nil {
		return nil, err
	}
	s, err := tx.settled(row.component)
	if err != nil {
		return nil, err
	}
	rules, err := tx.rules()
	if err != nil {
		return nil, err
	}
	out := &Insight{Profile: live, Rules: rules, Records: make([]Record, len(s.members))}
	if out.Sight, err = tx.asSettled(s, rules); err != nil {
		return nil, err
	}
	for i, m := range s.members {
		r := m.record(Live)
		r.Profile = live
		if err := tx.stand(&r, m.head, s.component); err != nil {
			return nil, err
		}
		out.Records[i] = r
	}
	for _, a := range s.apart {
		out.Apart = append(out.Apart, Apart{a.link(s.controller()), a.state})
	}
	out.Ties, err = tx.ties(headsOf(s))
	return out, err
}

// ties returns which records persons made one, and by which decision.
func (tx *Tx) ties(heads []*head) ([]Tie, error) {
	n, err := tx.decisionCounts()
	if err != nil || n.rows == 0 {
		return nil, err
	}
	at := make(map[cdp.Row]*head, len(heads))
	var ids []uint64
	for _, h := range heads {
		at[cdp.Row{Source: h.Source, Key: h.Key}] = h
		d, err := tx.decidedOf(h.Source, h.Key)
		if err != nil {
			return nil, err
		}
		if d != nil {
			ids = append(ids, d.decisions...)
		}
	}
	slices.Sort(ids)
	var decisions []cdp.Decision
	for _, id := range slices.Compact(ids) {
		d, err := tx.Decision(id)
		if err != nil {
			return nil, err
		}
		decisions = append(decisions, d)
	}
	return tiesOf(decisions, at), nil
}

// tiesOf returns which records of some rows decisions make one.
func tiesOf(decisions []cdp.Decision, at map[cdp.Row]*head) []Tie {
	var out []Tie
	for _, d := range decisions {
		if !d.Ties() {
			continue
		}
		first := make(map[int]*head) // by group
		for _, r := range d.Rows {
			h := at[r.Row]
			if h == nil {
				continue
			}
			if f := first[r.Group]; f == nil {
				first[r.Group] = h
			} else if f.Controller == h.Controller {
				out = append(out, Tie{f.ID, h.ID, d.ID})
			}
		}
	}
	return out
}

// DecisionsOf returns the decisions in force that name a source row, by number.
func (tx *Tx) DecisionsOf(row cdp.Row) ([]cdp.Decision, error) {
	d, err := tx.decidedOf(row.Source, row.Key)
	if err != nil || d == nil {
		return nil, err
	}
	out := make([]cdp.Decision, 0, len(d.decisions))
	for _, n := range d.decisions {
		one, err := tx.Decision(n)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// SuppressedBy returns the decision by which an identifier joins nobody, or
// ErrNotFound.
func (tx *Tx) SuppressedBy(id cdp.Identifier) (cdp.Decision, error) {
	n, err := tx.suppressedBy(id)
	if err != nil {
		return cdp.Decision{}, err
	}
	if n == 0 {
		return cdp.Decision{}, ErrNotFound
	}
	return tx.Decision(n)
}

// Aliases returns the ids that lead to a profile, its own first, with the
// record that each was minted for.
func (tx *Tx) Aliases(id cdp.ProfileID) ([]cdp.ProfileID, []cdp.RecordID, error) {
	_, row, err := tx.find(id)
	if err != nil {
		return nil, nil, err
	}
	c, err := tx.component(row.component)
	if err != nil {
		return nil, nil, err
	}
	var ids []cdp.ProfileID
	var anchors []cdp.RecordID
	for _, m := range c.ids {
		ids, anchors = append(ids, m.profile), append(anchors, m.anchor)
	}
	return ids, anchors, nil
}

// DecisionsBefore returns up to n decisions before one, newest first; before 0
// means from the newest on.
func (tx *Tx) DecisionsBefore(before cdp.DecisionID, n int) ([]cdp.Decision, error) {
	rng := layout.DecisionsFrom(0)
	rng.Reverse = true
	if before > 0 {
		rng.End = layout.KeyDecision(uint64(before))
	}
	var out []cdp.Decision
	for e, err := range tx.r.Scan(rng) {
		if err != nil {
			return nil, fmt.Errorf("graph: decisions: %w", err)
		}
		d, err := tx.Decision(layout.LastNumber(e.Key))
		if err != nil {
			return nil, err
		}
		if out = append(out, d); len(out) == n {
			break
		}
	}
	return out, nil
}

// A Reach is how widely a link that joins nothing is carried.
type Reach struct {
	Components int // that carry it
	Bridged    int // parts formed by stronger classes that carry it
	Spread     int // most values of one other kind that it is carried with
	More       bool
}

// ReachOf counts how widely a link is carried by live records, in at most so
// many components.
func (tx *Tx) ReachOf(l resolve.Link, most int) (Reach, error) {
	var out Reach
	rules, err := tx.rules()
	if err != nil {
		return out, err
	}
	with := rules.NewCompanions(l)
	seen := make(map[layout.Component]bool)
	err = tx.apartCarriers(l, rules, func(_ *head, in layout.Component) (bool, error) {
		if seen[in] {
			return true, nil
		}
		if out.Components == most {
			out.More = true
			return false, nil
		}
		s, err := tx.settled(in)
		if err != nil {
			return false, err
		}
		for _, n := range s.numbers() {
			seen[n] = true
		}
		sight, err := tx.asSettled(s, rules)
		if err != nil {
			return false, err
		}
		out.Components++
		if i := sight.Index(l); i >= 0 {
			out.Bridged += int(sight.Result.Bridged[i])
		}
		with.Add(sight)
		return true, nil
	})
	out.Spread = with.Most()
	return out, err
}

// Minted returns when a profile id was minted.
func (tx *Tx) Minted(id cdp.ProfileID) (time.Time, error) {
	row, err := tx.profileRow(id)
	if err != nil {
		return time.Time{}, err
	}
	return row.minted, nil
}
