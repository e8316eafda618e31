package explain

import "math"

// boundless is the room of what can not be removed; it holds any flow there is,
// on top of itself.
const boundless int64 = math.MaxInt64 / 4

// A network is nodes and arcs with room for a flow (Dinic 1970). What the
// largest flow fills between two nodes is the cheapest cut between them.
type network struct {
	tails, heads []int32
	room         []int64
	first        []int32 // arcs of node x: around[first[x]:first[x+1]]; made by fill
	around       []int32
	work         int // arcs looked at by fill
}

func newNetwork(nodes, joins int) *network {
	return &network{tails: make([]int32, 0, 2*joins), heads: make([]int32, 0, 2*joins), room: make([]int64, 0, 2*joins), first: make([]int32, nodes+1)}
}

// join adds an arc each way. Arc i runs against arc i^1.
func (n *network) join(a, b int32, there, back int64) {
	n.tails, n.heads, n.room = append(n.tails, a, b), append(n.heads, b, a), append(n.room, there, back)
}

func (n *network) arrange() {
	for _, x := range n.tails {
		n.first[x+1]++
	}
	for i := 1; i < len(n.first); i++ {
		n.first[i] += n.first[i-1]
	}
	next := append([]int32(nil), n.first...)
	n.around = make([]int32, len(n.tails))
	for i, x := range n.tails {
		n.around[next[x]] = int32(i)
		next[x]++
	}
}

// fill sends as much as there is room for from one node to another, and returns
// how much. It gives up when that is enough, or when it has done too much work,
// which is not done.
func (n *network) fill(from, to int32, enough int64, work int) (total int64, done bool) {
	n.arrange()
	level, next := make([]int32, len(n.first)-1), make([]int32, len(n.first)-1)
	var queue, way []int32 // way: the arcs from the source to where we are
	for n.layer(from, to, level, &queue) {
		copy(next, n.first)
		at := from
		way = way[:0]
		for {
			if n.work > work {
				return total, false
			}
			if at == to {
				n.work += 2 * len(way)
				most := boundless
				for _, a := range way {
					most = min(most, n.room[a])
				}
				total += most
				if total >= enough {
					return total, true
				}
				full := -1
				for i, a := range way {
					n.room[a] -= most
					n.room[a^1] += most
					if full < 0 && n.room[a] == 0 {
						full = i
					}
				}
				at, way = n.tails[way[full]], way[:full]
				continue
			}
			x := at
			for ; next[x] < n.first[x+1]; next[x]++ {
				n.work++
				if a := n.around[next[x]]; n.room[a] > 0 && level[n.heads[a]] == level[x]+1 {
					way, at = append(way, a), n.heads[a]
					break
				}
			}
			if at != x {
				continue
			}
			if at == from {
				break
			}
			at, way = n.tails[way[len(way)-1]], way[:len(way)-1]
			next[at]++
		}
	}
	return total, true
}

// layer writes how far each node is from the source, as long as there is room,
// and says whether the goal can be reached.
func (n *network) layer(from, to int32, level []int32, queue *[]int32) bool {
	for i := range level {
		level[i] = -1
	}
	level[from] = 0
	q := append((*queue)[:0], from)
	for i := 0; i < len(q) && level[to] < 0; i++ {
		x := q[i]
		n.work += int(n.first[x+1] - n.first[x])
		for _, a := range n.around[n.first[x]:n.first[x+1]] {
			if y := n.heads[a]; n.room[a] > 0 && level[y] < 0 {
				level[y] = level[x] + 1
				q = append(q, y)
			}
		}
	}
	*queue = q
	return level[to] >= 0
}

// reached returns the nodes to which there is still room from a node.
func (n *network) reached(from int32) []bool {
	out := make([]bool, len(n.first)-1)
	out[from] = true
	for stack := []int32{from}; len(stack) > 0; {
		x := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, a := range n.around[n.first[x]:n.first[x+1]] {
			if y := n.heads[a]; n.room[a] > 0 && !out[y] {
				out[y] = true
				stack = append(stack, y)
			}
		}
	}
	return out
}
