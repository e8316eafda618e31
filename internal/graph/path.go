package graph

import (
	"cmp"
	"slices"

	"cdp-tui/internal/cdp"
)

// A Step of a path: two records that carry an identifier.
type Step struct {
	From, To   Record // without tails
	Identifier cdp.Identifier
}

// Path returns the shortest chain of active claims from one of some records to
// one of others, and whether there is any: a record that is both needs no
// step. Of several chains of one length it is one from the lowest record.
func (tx *Tx) Path(from, to []cdp.RecordID) (steps []Step, found bool, err error) {
	if len(from) == 0 {
		return nil, false, nil
	}
	p, err := tx.place(from[0])
	if err != nil || p.state != placeLive {
		return nil, false, err
	}
	c, err := tx.component(p.component)
	if err != nil {
		return nil, false, err
	}
	members, err := tx.members(c)
	if err != nil {
		return nil, false, err
	}
	heads := make([]*head, len(members))
	for i := range members {
		heads[i] = members[i].head
	}
	slices.SortFunc(heads, func(a, b *head) int { return cmp.Compare(a.ID, b.ID) })
	steps, found = shortest(heads, from, to)
	return steps, found, nil
}

// shortest is a breadth-first search over the records of a component.
func shortest(heads []*head, from, to []cdp.RecordID) ([]Step, bool) {
	carriers := make(map[cdp.IdentifierKey][]int)
	index := make(map[cdp.RecordID]int, len(heads))
	for i, h := range heads {
		index[h.ID] = i
		for _, id := range h.node().claims {
			carriers[id.Key()] = append(carriers[id.Key()], i)
		}
	}
	goals := make(map[int]bool)
	for _, id := range to {
		if i, ok := index[id]; ok {
			goals[i] = true
		}
	}
	type link struct {
		from int
		by   cdp.Identifier
	}
	came := make(map[int]link)
	var queue []int
	for _, id := range slices.Sorted(slices.Values(from)) {
		if i, ok := index[id]; ok {
			came[i] = link{from: -1}
			queue = append(queue, i)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		i := queue[0]
		if !goals[i] {
			for _, id := range heads[i].node().claims {
				for _, j := range carriers[id.Key()] {
					if _, seen := came[j]; !seen {
						came[j] = link{i, id}
						queue = append(queue, j)
					}
				}
				delete(carriers, id.Key()) // all its carriers are reached now
			}
			continue
		}
		var steps []Step
		for ; came[i].from >= 0; i = came[i].from {
			steps = append(steps, Step{From: heads[came[i].from].record(Live), To: heads[i].record(Live), Identifier: came[i].by})
		}
		slices.Reverse(steps)
		return steps, true
	}
	return nil, false
}
