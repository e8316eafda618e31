package graph

import (
	"slices"

	"cdp-tui/internal/cdp"
)

// A Step of a path: two records that carry an identifier.
type Step struct {
	From, To   Record // without tails
	Identifier cdp.Identifier
}

// Path returns the shortest chain of active claims from a record to another
// one; nil when there is none. Of several chains of one length it is the one
// with the lowest records.
func (tx *Tx) Path(from, to cdp.RecordID) ([]Step, error) {
	p, err := tx.place(from)
	if err != nil {
		return nil, err
	}
	q, err := tx.place(to)
	if err != nil || p.state != placeLive || q.state != placeLive {
		return nil, err
	}
	c, err := tx.component(p.component)
	if err != nil {
		return nil, err
	}
	members, err := tx.members(c)
	if err != nil {
		return nil, err
	}
	heads := make([]*head, len(members))
	for i := range members {
		heads[i] = members[i].head
	}
	slices.SortFunc(heads, func(a, b *head) int { return int(int64(a.ID) - int64(b.ID)) })
	return shortest(heads, from, to), nil
}

// shortest is a breadth-first search over the records of a component.
func shortest(heads []*head, from, to cdp.RecordID) []Step {
	index := func(id cdp.RecordID) int {
		i, ok := slices.BinarySearchFunc(heads, id, func(h *head, id cdp.RecordID) int { return int(int64(h.ID) - int64(id)) })
		if !ok {
			return -1
		}
		return i
	}
	start, goal := index(from), index(to)
	if start < 0 || goal < 0 || start == goal {
		return nil
	}
	carriers := make(map[cdp.IdentifierKey][]int)
	for i, h := range heads {
		for _, id := range h.node().claims {
			carriers[id.Key()] = append(carriers[id.Key()], i)
		}
	}
	type link struct {
		from int
		by   cdp.Identifier
	}
	came := make(map[int]link)
	came[start] = link{from: -1}
	for queue := []int{start}; len(queue) > 0; queue = queue[1:] {
		i := queue[0]
		if i == goal {
			break
		}
		for _, id := range heads[i].node().claims {
			for _, j := range carriers[id.Key()] {
				if _, seen := came[j]; !seen {
					came[j] = link{i, id}
					queue = append(queue, j)
				}
			}
			delete(carriers, id.Key()) // all its carriers are reached now
		}
	}
	if _, ok := came[goal]; !ok {
		return nil
	}
	var steps []Step
	for i := goal; came[i].from >= 0; i = came[i].from {
		steps = append(steps, Step{From: heads[came[i].from].record(Live), To: heads[i].record(Live), Identifier: came[i].by})
	}
	slices.Reverse(steps)
	return steps
}
