package graph

import (
	"cmp"
	"slices"

	"cdp-tui/internal/cdp"
)

// A node is a record in the eyes of resolution: its id and the identifiers by
// which it may be linked now.
type node struct {
	record     cdp.RecordID
	controller string
	claims     []cdp.Identifier
}

// partition divides the records of a component into profiles. It is a pure
// function of the set of nodes: neither their order nor how they came to be
// in one component matters. The parts are ordered by their lowest record.
//
// Today a profile is a connected component of active claims of one
// controller.
func partition(nodes []node) [][]cdp.RecordID {
	type key struct {
		controller string
		id         cdp.IdentifierKey
	}
	parent := make([]int, len(nodes))
	for i := range parent {
		parent[i] = i
	}
	find := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	first := make(map[key]int)
	for i, n := range nodes {
		for _, id := range n.claims {
			k := key{n.controller, id.Key()}
			if j, ok := first[k]; ok {
				parent[find(i)] = find(j)
			} else {
				first[k] = i
			}
		}
	}
	groups := make(map[int][]cdp.RecordID)
	for i, n := range nodes {
		root := find(i)
		groups[root] = append(groups[root], n.record)
	}
	parts := make([][]cdp.RecordID, 0, len(groups))
	for _, g := range groups {
		slices.Sort(g)
		parts = append(parts, g)
	}
	slices.SortFunc(parts, func(a, b []cdp.RecordID) int { return cmp.Compare(a[0], b[0]) })
	return parts
}

func (h *head) node() node {
	n := node{record: h.ID, controller: h.Controller}
	for i := range h.Claims {
		if h.Claims[i].active {
			n.claims = append(n.claims, h.Claims[i].id)
		}
	}
	return n
}
