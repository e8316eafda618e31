package graph

import (
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/resolve"
)

// A Step of a path: two records that carry an identifier.
type Step struct {
	From, To   Record // without tails
	Identifier cdp.Identifier
}

// Path returns the shortest chain of claims that join from one of some records
// to one of others, and whether there is any: a record that is both needs no
// step. Of several chains of one length it is one from the lowest record.
func (tx *Tx) Path(from, to []cdp.RecordID) (steps []Step, found bool, err error) {
	if len(from) == 0 {
		return nil, false, nil
	}
	p, err := tx.place(from[0])
	if err != nil || p.state != placeLive {
		return nil, false, err
	}
	s, err := tx.settled(p.component)
	if err != nil {
		return nil, false, err
	}
	rules, err := tx.rules()
	if err != nil {
		return nil, false, err
	}
	sight, err := tx.asSettled(s, rules)
	if err != nil {
		return nil, false, err
	}
	steps, found = shortest(s, sight, from, to)
	return steps, found, nil
}

// shortest is a breadth-first search over the records of a component.
func shortest(s *settled, sight *resolve.Component, from, to []cdp.RecordID) ([]Step, bool) {
	carriers := make([][]int, len(sight.Links))
	index := make(map[cdp.RecordID]int, len(s.members))
	for i := range s.members {
		index[s.members[i].ID] = i
		for _, cl := range sight.ClaimsOf(i) {
			if sight.Result.States[cl[1]] == resolve.Joins {
				carriers[cl[1]] = append(carriers[cl[1]], i)
			}
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
			for _, cl := range sight.ClaimsOf(i) {
				for _, j := range carriers[cl[1]] {
					if _, seen := came[j]; !seen {
						came[j] = link{i, sight.Links[cl[1]].ID}
						queue = append(queue, j)
					}
				}
				carriers[cl[1]] = nil // all of them are reached now
			}
			continue
		}
		var steps []Step
		for ; came[i].from >= 0; i = came[i].from {
			steps = append(steps, Step{From: s.members[came[i].from].record(Live), To: s.members[i].record(Live), Identifier: came[i].by})
		}
		slices.Reverse(steps)
		return steps, true
	}
	return nil, false
}
