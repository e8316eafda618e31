package resolve

import (
	"slices"
	"strings"
)

// NoLink stands for a claim that does not link in Whole.Claims.
const NoLink = ^uint32(0)

// A Whole is all records of a store, in little memory: links are numbers that
// the caller gives, in the order of AddLink.
type Whole struct {
	rules  *Rules
	sorts  []sort // a kind at a class in one controller's eyes
	sortOf []uint16
	order  []uint64
	space  []int32
	spaces map[string]int32

	First  []uint32 // links of record i: Links[First[i]:First[i+1]]
	Links  []uint32
	Births []Day      // by record, 0 for none
	Same   [][2]int32 // what a person called the same, and what a lock ties: never across controllers
	Differ [][2]int32
	Locks  map[uint32]int32 // by record
}

type sort struct {
	link  Link // without a value
	value Value
}

// NewWhole returns a Whole without records.
func (r *Rules) NewWhole() *Whole {
	return &Whole{rules: r, spaces: make(map[string]int32), First: []uint32{0}}
}

// Grow makes room for so many records and links in all.
func (w *Whole) Grow(records, links int) {
	w.First, w.Births = slices.Grow(w.First, records), slices.Grow(w.Births, records)
	w.sortOf, w.order, w.space = slices.Grow(w.sortOf, links), slices.Grow(w.order, links), slices.Grow(w.space, links)
}

// AddLink adds the next link.
func (w *Whole) AddLink(l Link) {
	text := l.ID.Reveal()
	i := slices.IndexFunc(w.sorts, func(s sort) bool { return s.link.Class == l.Class && s.value.Kind == w.rules.kinds[l.ID.Kind()].index })
	if i < 0 {
		i = len(w.sorts)
		v := w.rules.value(l.ID.Kind(), "", l.Class, func(string) int32 { return 1 })
		w.sorts = append(w.sorts, sort{Link{Class: l.Class}, v})
	}
	w.sortOf = append(w.sortOf, uint16(i))
	w.order = append(w.order, order(l.ID.Kind(), text))
	space := int32(0)
	if w.sorts[i].value.Space != 0 {
		k := l.Controller + "\x00" + issuer(l.ID)
		if space = w.spaces[k]; space == 0 {
			space = int32(len(w.spaces)) + 1
			w.spaces[strings.Clone(k)] = space
		}
	}
	w.space = append(w.space, space)
}

// AddRecord adds the next record with what it may be linked by now.
func (w *Whole) AddRecord(links []uint32, birth Day) {
	w.Links = append(w.Links, links...)
	w.First = append(w.First, uint32(len(w.Links)))
	w.Births = append(w.Births, birth)
}

// Size returns how many links there are.
func (w *Whole) Size() int { return len(w.sortOf) }

// LinksOf returns the links of a record.
func (w *Whole) LinksOf(rec uint32) []uint32 { return w.Links[w.First[rec]:w.First[rec+1]] }

// A Piece is some records that nothing connects with others, and their partition.
type Piece struct {
	Records []uint32
	Links   []uint32 // carried by them
	Partition
}

// Divide yields all records in pieces, in the order of their lowest records. A
// piece and its slices are valid until the next one.
func (w *Whole) Divide(yield func(*Piece) error) error {
	n := len(w.First) - 1
	root := w.pieces(n)
	// Records by piece, in the order of the pieces' lowest records.
	count := make([]uint32, n+1)
	for _, r := range root {
		count[r+1]++
	}
	for i := 1; i <= n; i++ {
		count[i] += count[i-1]
	}
	grouped := make([]uint32, n)
	for i, r := range root {
		grouped[count[r]] = uint32(i)
		count[r]++
	}
	local := make(map[uint32]int32)
	for i := 0; i < n; {
		j := i + 1
		for j < n && root[grouped[j]] == root[grouped[i]] {
			j++
		}
		if err := yield(w.piece(grouped[i:j], local)); err != nil {
			return err
		}
		i = j
	}
	return nil
}

// pieces returns the lowest record that each record is connected with.
func (w *Whole) pieces(n int) []uint32 {
	parent := make([]uint32, n)
	for i := range parent {
		parent[i] = uint32(i)
	}
	find := func(i uint32) uint32 {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	unite := func(a, b uint32) {
		if a, b = find(a), find(b); a != b {
			parent[max(a, b)] = min(a, b)
		}
	}
	first := make([]uint32, len(w.sortOf)) // by link: a record that carries it, +1
	for i := range uint32(n) {
		for _, l := range w.LinksOf(i) {
			if l == NoLink {
				continue
			}
			if first[l] == 0 {
				first[l] = i + 1
			} else {
				unite(first[l]-1, i)
			}
		}
	}
	for _, p := range w.Same {
		unite(uint32(p[0]), uint32(p[1]))
	}
	for i := range parent {
		parent[i] = find(uint32(i))
	}
	return parent
}

// piece divides some records. local is scratch.
func (w *Whole) piece(records []uint32, local map[uint32]int32) *Piece {
	p := &Piece{Records: records}
	clear(local)
	g := &Graph{Records: len(records), Guard: w.rules.Guard}
	for i, rec := range records {
		for _, l := range w.LinksOf(rec) {
			if l == NoLink {
				continue
			}
			v, ok := local[l]
			if !ok {
				v = int32(len(p.Links))
				local[l] = v
				p.Links = append(p.Links, l)
				val := w.sorts[w.sortOf[l]].value
				val.Order, val.Space = w.order[l], w.space[l]
				g.Values = append(g.Values, val)
			}
			g.Claims = append(g.Claims, Claim{int32(i), v})
		}
	}
	if len(records) == 1 && len(w.Locks) == 0 && len(w.Same)+len(w.Differ) == 0 { // nothing to join
		p.Part, p.Parts, p.States = []int32{0}, 1, make([]State, len(p.Links))
		p.Partition.Links, p.Sums = []int32{0}, []Sum{lone(g.Values, w.Births[records[0]])}
		return p
	}
	w.constrain(g, records)
	p.Partition = *Divide(g)
	return p
}

// constrain adds what was decided and stated of records to their graph.
func (w *Whole) constrain(g *Graph, records []uint32) {
	for i, rec := range records {
		if b := w.Births[rec]; b != 0 && w.rules.BirthDates != "ignore" {
			g.Facts = append(g.Facts, Fact{int32(i), 1, uint64(b)})
		}
		if lock := w.Locks[rec]; lock != 0 {
			if g.Locks == nil {
				g.Locks = make([]int32, len(records))
			}
			g.Locks[i] = lock
		}
	}
	if len(w.Same)+len(w.Differ) == 0 {
		return
	}
	at := make(map[int32]int32, len(records))
	for i, rec := range records {
		at[int32(rec)] = int32(i)
	}
	pick := func(in [][2]int32, out [][2]int32) [][2]int32 {
		for _, p := range in {
			a, okA := at[p[0]]
			if b, okB := at[p[1]]; okA && okB {
				out = append(out, [2]int32{a, b})
			}
		}
		return out
	}
	g.Same, g.Differ = pick(w.Same, g.Same), pick(w.Differ, g.Differ)
}
