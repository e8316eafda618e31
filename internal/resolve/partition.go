package resolve

import (
	"cmp"
	"slices"
)

// A Class ranks identifiers by how well they tell people apart; lower is
// stronger. The zero Class never links.
type Class uint8

// The classes.
const (
	ClassNone Class = iota
	ClassA          // customer number, login, national id
	ClassB          // verified e-mail address, loyalty card
	ClassC          // phone, social account, e-mail address
	ClassD          // device, cookie
)

func (c Class) String() string { return [...]string{"none", "A", "B", "C", "D"}[min(c, ClassD)] }

// A State says what a value does in a component.
type State uint8

// States of a value.
const (
	Joins     State = iota // all records that carry it are in one part
	Generic                // many people share it: it joins none
	Conflict               // it would join what is exclusive: it joins none
	Different              // it would join records that a person called different
	Locked                 // it would change a locked profile
	Guarded                // it would make a profile of more links than allowed
)

func (s State) String() string {
	return [...]string{"joins", "generic", "conflict", "different", "locked", "guarded"}[min(s, Guarded)]
}

// A Value is an identifier in the eyes of partition.
type Value struct {
	Class     Class
	Kind      uint8  // index of its kind
	Bridges   int    // cap on parts formed by stronger classes that it may join; 0: no cap
	Spread    int    // cap on values of another kind of its class or a weaker one, D left out, carried with it; 0: no cap
	Space     int32  // values of one space are exclusive of each other; 0: of none
	Order     uint64 // fixed hash of kind and value
	Uncounted bool   // spread does not count it: one person has many, or it is a hash of another value
	Apart     bool   // taken to join none whatever is seen here: it is carried elsewhere too
}

// A Graph is records, values, and what ties or parts them, as numbers.
type Graph struct {
	Records int
	Values  []Value
	Claims  []Claim    // in the order of records
	Same    [][2]int32 // records that a person called the same
	Differ  [][2]int32 // records that a person called different
	Locks   []int32    // by record: the lock it is under, 0 for none; nil: no locks
	Facts   []Fact     // exclusive facts that are not identifiers (birth dates)
	Guard   int        // links that one part may have at most; 0: no guard
}

// A Claim says that a record carries a value.
type Claim struct{ Record, Value int32 }

// A Fact says that a record has an exclusive fact: records with different ones
// of a space are joined by no value of class C or weaker.
type Fact struct {
	Record, Space int32
	Token         uint64
}

// A Partition is what a graph is divided into.
type Partition struct {
	Part    []int32 // by record: its part, numbered from 0 by lowest record
	Parts   int
	States  []State // by value
	Bridged []int32 // by value: parts formed by stronger classes among its carriers
	Spread  []int32 // by value: most values of one other kind carried with it
	Links   []int32 // by part: values that joined something in it
	Sums    []Sum   // by part
}

// Divide returns the partition of a graph. It is a pure function; renumbering
// records or values changes nothing but the numbers.
func Divide(g *Graph) *Partition {
	d := newDivision(g)
	for _, s := range g.Same {
		d.unite(s[0], s[1])
	}
	byClass := d.order()
	for class := ClassA; class <= ClassD; class++ {
		values := byClass[class]
		for _, v := range values {
			d.measure(v)
		}
		for _, v := range values {
			if d.out.States[v] == Joins {
				d.out.States[v] = d.join(v)
			}
		}
		d.settleStronger(class)
	}
	return d.finish()
}

// A division is a partition in the making.
type division struct {
	g        *Graph
	out      *Partition
	carriers []int32 // records, grouped by value
	from     []int32 // carriers of value v: carriers[from[v]:from[v+1]]
	firstOf  []int32 // claims of record r: g.Claims[firstOf[r]:firstOf[r+1]]
	parent   []int32
	stronger []int32 // by record: root of its part as formed by stronger classes
	formed   []bool  // by root: the part has a value of a class that was taken
	pending  []bool  // formed, with the class that is being taken
	parts    map[int32]*limits
	seen     []int32 // scratch of measure, by record: value that saw it last
	mark     int32
	levels   [3][]int32 // by class A to C and record: root of its part as formed by then, -1 for none
}

// limits are what a part must not be joined with.
type limits struct {
	held  []exclusive // ascending: exclusive values, and facts
	apart []int32     // records that must stay out
	lock  int32
	links int32
}

func newDivision(g *Graph) *division {
	n, m := g.Records, len(g.Values)
	d := &division{g: g, out: &Partition{States: make([]State, m), Bridged: make([]int32, m), Spread: make([]int32, m)},
		carriers: make([]int32, len(g.Claims)), from: make([]int32, m+1), firstOf: make([]int32, n+1),
		parent: make([]int32, n), stronger: make([]int32, n), formed: make([]bool, n), pending: make([]bool, n),
		parts: make(map[int32]*limits), seen: make([]int32, n)}
	for i := range d.parent {
		d.parent[i], d.stronger[i] = int32(i), int32(i)
	}
	for _, c := range g.Claims {
		d.from[c.Value+1]++
		d.firstOf[c.Record+1]++
	}
	for i := 1; i <= m; i++ {
		d.from[i] += d.from[i-1]
	}
	for i := 1; i <= n; i++ {
		d.firstOf[i] += d.firstOf[i-1]
	}
	next := slices.Clone(d.from)
	for _, c := range g.Claims {
		d.carriers[next[c.Value]] = c.Record
		next[c.Value]++
		if v := &g.Values[c.Value]; v.Space != 0 {
			d.hold(c.Record, exclusive{v.Space, v.Order})
		}
	}
	for _, f := range g.Facts {
		d.hold(f.Record, exclusive{-f.Space, f.Token})
	}
	for _, p := range g.Differ {
		d.limitsOf(p[0]).apart = append(d.limitsOf(p[0]).apart, p[1])
		d.limitsOf(p[1]).apart = append(d.limitsOf(p[1]).apart, p[0])
	}
	for r, lock := range g.Locks {
		if lock != 0 {
			d.limitsOf(int32(r)).lock = lock
		}
	}
	return d
}

func (d *division) limitsOf(root int32) *limits {
	l := d.parts[root]
	if l == nil {
		l = &limits{}
		d.parts[root] = l
	}
	return l
}

// hold notes an exclusive value or fact of a record.
func (d *division) hold(rec int32, e exclusive) {
	l := d.limitsOf(rec)
	if i, ok := slices.BinarySearchFunc(l.held, e, exclusive.compare); !ok {
		l.held = slices.Insert(l.held, i, e)
	}
}

func (d *division) find(i int32) int32 {
	for d.parent[i] != i {
		d.parent[i] = d.parent[d.parent[i]]
		i = d.parent[i]
	}
	return i
}

// unite makes one part of two, whatever their limits.
func (d *division) unite(a, b int32) {
	a, b = d.find(a), d.find(b)
	if a == b {
		return
	}
	if a > b {
		a, b = b, a
	}
	d.parent[b] = a
	lb := d.parts[b]
	if lb == nil {
		return
	}
	delete(d.parts, b)
	la := d.parts[a]
	if la == nil {
		d.parts[a] = lb
		return
	}
	if len(lb.held) > 0 {
		la.held = append(slices.Clone(la.held), lb.held...)
		slices.SortFunc(la.held, exclusive.compare)
		la.held = slices.Compact(la.held)
	}
	la.apart = append(la.apart, lb.apart...)
	la.lock = max(la.lock, lb.lock)
	la.links += lb.links
}

// order returns the values by class, each in the order in which they are taken.
func (d *division) order() [ClassD + 1][]int32 {
	var out [ClassD + 1][]int32
	for i := range d.g.Values {
		if c := d.g.Values[i].Class; c != ClassNone && c <= ClassD {
			out[c] = append(out[c], int32(i))
		}
	}
	for _, values := range out {
		slices.SortFunc(values, func(a, b int32) int {
			return cmp.Or(cmp.Compare(d.from[a+1]-d.from[a], d.from[b+1]-d.from[b]), cmp.Compare(d.g.Values[a].Order, d.g.Values[b].Order))
		})
	}
	return out
}

// measure counts what a value would bridge and finds whether it is generic.
func (d *division) measure(v int32) {
	val := &d.g.Values[v]
	carriers := d.carriers[d.from[v]:d.from[v+1]]
	d.mark++
	bridged := int32(0)
	for _, r := range carriers {
		if root := d.stronger[r]; d.formed[root] && d.seen[root] != d.mark {
			d.seen[root] = d.mark
			bridged++
		}
	}
	d.out.Bridged[v] = bridged
	if val.Spread > 0 && len(carriers) > 1 {
		d.out.Spread[v] = d.spread(v, carriers)
	}
	if val.Apart || val.Bridges > 0 && bridged > int32(val.Bridges) || val.Spread > 0 && d.out.Spread[v] > int32(val.Spread) {
		d.out.States[v] = Generic
	}
}

// spread counts the values of the one other kind that is carried with a value
// in most forms.
func (d *division) spread(v int32, carriers []int32) int32 {
	val := &d.g.Values[v]
	var with [256]int32
	var seen map[uint64]bool
	most := int32(0)
	for _, r := range carriers {
		for _, c := range d.g.Claims[d.firstOf[r]:d.firstOf[r+1]] {
			w := &d.g.Values[c.Value]
			if w.Kind == val.Kind || w.Uncounted || w.Class < val.Class || w.Class > ClassC {
				continue
			}
			if seen == nil {
				seen = make(map[uint64]bool)
			}
			k := w.Order ^ uint64(w.Kind)<<56
			if !seen[k] { // one value may stand at two classes
				seen[k] = true
				with[w.Kind]++
				most = max(most, with[w.Kind])
			}
		}
	}
	return most
}

// join makes one part of all that carry a value, or of none, and says why.
func (d *division) join(v int32) State {
	carriers := d.carriers[d.from[v]:d.from[v+1]]
	if len(carriers) == 0 {
		return Joins
	}
	first, one := d.find(carriers[0]), true
	for _, r := range carriers[1:] {
		if d.find(r) != first {
			one = false
			break
		}
	}
	if !one {
		if s := d.hinders(v, carriers); s != Joins {
			return s
		}
		for _, r := range carriers[1:] {
			d.unite(first, r)
		}
		d.limitsOf(d.find(first)).links++
	}
	d.pending[d.find(first)] = true
	return Joins
}

// hinders says what speaks against joining all carriers of a value.
func (d *division) hinders(v int32, carriers []int32) State {
	var held []exclusive
	var apart []int32
	var parts []*limits
	var lock, links int32
	open, worst := false, Joins
	d.mark++
	for _, r := range carriers {
		root := d.find(r)
		if d.seen[root] == d.mark {
			continue
		}
		d.seen[root] = d.mark
		l := d.parts[root]
		if l == nil {
			open = true
			continue
		}
		parts = append(parts, l)
		held = append(held, l.held...)
		apart = append(apart, l.apart...)
		if l.lock == 0 {
			open = true
		} else if lock == 0 {
			lock = l.lock
		} else if lock != l.lock {
			worst = Locked
		}
		links += l.links
	}
	if worst == Joins && exclude(held, parts, d.g.Values[v].Class >= ClassC) {
		worst = Conflict
	}
	for _, r := range apart {
		if d.seen[d.find(r)] == d.mark {
			return Different
		}
	}
	switch {
	case worst == Locked || lock != 0 && open:
		return Locked
	case worst != Joins:
		return worst
	case d.g.Guard > 0 && links+1 > int32(d.g.Guard):
		return Guarded
	}
	return Joins
}

// settleStronger makes the parts of the class that was taken those that the
// next ones bridge.
func (d *division) settleStronger(class Class) {
	if class > ClassC {
		return
	}
	level := make([]int32, len(d.stronger))
	for i := range d.stronger {
		root := d.find(int32(i))
		d.stronger[i] = root
		if d.pending[root] {
			d.formed[root] = true
		}
		if level[i] = -1; d.formed[root] {
			level[i] = root
		}
	}
	d.levels[class-ClassA] = level
}

func (d *division) finish() *Partition {
	p := d.out
	p.Part = make([]int32, d.g.Records)
	number := make(map[int32]int32)
	for i := range p.Part {
		root := d.find(int32(i))
		n, ok := number[root]
		if !ok {
			n = int32(len(number))
			number[root] = n
		}
		p.Part[i] = n
	}
	p.Parts = len(number)
	p.Links, p.Sums = make([]int32, p.Parts), make([]Sum, p.Parts)
	for root, n := range number {
		if l := d.parts[root]; l != nil {
			p.Links[n] = l.links
		}
	}
	d.sumUp()
	return p
}
