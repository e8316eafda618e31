package resolve

import (
	"math"
	"slices"

	"cdp-tui/internal/cdp"
)

// A Sum says of a part what is needed to see that one more record with
// identifiers it has joins it and changes nothing else, without looking at its
// records. Numbers are upper bounds, and stop at 255.
type Sum struct {
	Formed  [3]uint8 // sub-parts with an identifier, as formed by class A, by A and B, by A to C
	Variety uint8    // values of the one kind, of those that spread counts, that it has most of
	Links   uint16   // values that several of its records carry: in whatever order they are taken, no more of them join something
	Fact    Day      // the birth date that its records state; 0 for none
	Plain   bool     // every identifier joins or is generic, nothing was decided, no record has two values of an exclusive space
	Shared  bool     // some identifier is generic
}

// Covers reports whether a sum bounds what another one sums up. One that is not
// plain lets nothing be taken in, and covers all.
func (s Sum) Covers(is Sum) bool {
	if !s.Plain {
		return true
	}
	for i := range s.Formed {
		if s.Formed[i] < is.Formed[i] {
			return false
		}
	}
	return is.Plain && (s.Shared || !is.Shared) && s.Variety >= is.Variety && s.Links >= is.Links && (is.Fact == 0 || s.Fact == is.Fact)
}

// sumUp fills the sums of the parts.
func (d *division) sumUp() {
	p := d.out
	for i := range p.Sums {
		p.Sums[i].Plain = true
	}
	roots := make(map[[2]int32]bool)
	for class, level := range d.levels {
		clear(roots)
		for rec, root := range level {
			k := [2]int32{p.Part[rec], root}
			if root < 0 || roots[k] {
				continue
			}
			roots[k] = true
			up(&p.Sums[p.Part[rec]].Formed[class])
		}
	}
	for _, pairs := range [][][2]int32{d.g.Same, d.g.Differ} {
		for _, pair := range pairs {
			p.Sums[p.Part[pair[0]]].Plain, p.Sums[p.Part[pair[1]]].Plain = false, false
		}
	}
	for rec, lock := range d.g.Locks {
		if lock != 0 {
			p.Sums[p.Part[rec]].Plain = false
		}
	}
	for _, f := range d.g.Facts {
		s := &p.Sums[p.Part[f.Record]]
		if s.Fact != 0 && s.Fact != Day(f.Token) {
			s.Plain = false
		}
		s.Fact = Day(f.Token)
	}
	d.variety()
}

// lone is the sum of a part of one record of which nothing was decided.
func lone(values []Value, birth Day) Sum {
	s := Sum{Fact: birth, Plain: true}
	for i, v := range values {
		for class := v.Class; class <= ClassC; class++ {
			s.Formed[class-ClassA] = 1
		}
		same := 0 // values of the kind from here on, each once
		for j, o := range values[i:] {
			if o.Space != 0 && o.Space == v.Space && o.Order != v.Order {
				s.Plain = false
			}
			if o.Kind == v.Kind && !o.Uncounted && o.Class <= ClassC && !slices.ContainsFunc(values[i:i+j], func(e Value) bool { return e.Kind == o.Kind && e.Order == o.Order && e.Class <= ClassC }) {
				same++
			}
		}
		s.Variety = max(s.Variety, uint8(min(same, math.MaxUint8)))
	}
	return s
}

func up(n *uint8) {
	if *n < math.MaxUint8 {
		*n++
	}
}

// variety counts the values of each part by kind, and finds what is not plain
// in its claims.
func (d *division) variety() {
	p := d.out
	type key struct {
		part  int32
		kind  uint8
		order uint64
	}
	seen := make(map[key]bool)
	counts := make(map[[2]int32]uint8)
	for i, c := range d.g.Claims {
		v, part := &d.g.Values[c.Value], p.Part[c.Record]
		s := &p.Sums[part]
		switch p.States[c.Value] {
		case Joins:
			if carriers := d.carriers[d.from[c.Value]:d.from[c.Value+1]]; len(carriers) > 1 && carriers[0] == c.Record && s.Links < math.MaxUint16 {
				s.Links++
			}
		case Generic:
			s.Shared = true
		default:
			s.Plain = false
		}
		if v.Space != 0 {
			for j := i + 1; j < len(d.g.Claims) && d.g.Claims[j].Record == c.Record; j++ {
				if o := &d.g.Values[d.g.Claims[j].Value]; o.Space == v.Space && o.Order != v.Order {
					s.Plain = false
				}
			}
		}
		k := key{part, v.Kind, v.Order}
		if v.Uncounted || v.Class > ClassC || seen[k] {
			continue
		}
		seen[k] = true
		n := counts[[2]int32{part, int32(v.Kind)}]
		up(&n)
		counts[[2]int32{part, int32(v.Kind)}] = n
		s.Variety = max(s.Variety, n)
	}
}

// Standing of a link in a part that a record may join.
type Standing uint8

// Standings.
const (
	Fresh  Standing = iota // no record carries it yet
	Joined                 // it joins records of the part
	Shared                 // it is generic, and so noted of the part
)

// Takes reports whether a record joins a part without any other effect, and
// what the part is then. It is told the standing of each link of the record.
// False means that it has to be found out by resolving.
//
// What is generic stays so when carriers are added, and what joins keeps
// joining as long as no cap can be passed; a part in which something is generic
// must be one part formed by each class, as two becoming one would be counted
// as less.
func (r *Rules) Takes(s Sum, rec *Record, standing func(Link) Standing) (Sum, bool) {
	if !s.Plain || rec.Lock != 0 || s.Shared && (s.Formed[0] > 1 || s.Formed[1] > 1 || s.Formed[2] > 1) {
		return s, false
	}
	if rec.Birth != 0 {
		if s.Fact != 0 && s.Fact != rec.Birth {
			return s, false
		}
		s.Fact = rec.Birth
	}
	var joined, fresh []Link
	var spaces []string
	for _, l := range r.LinksOf(rec) {
		k := r.kinds[l.ID.Kind()]
		if k.Exclusive {
			space := issuer(l.ID)
			if slices.Contains(spaces, space) {
				return s, false
			}
			spaces = append(spaces, space)
		}
		switch standing(l) {
		case Joined:
			joined = append(joined, l)
			if k.Bridges > 0 && l.Class > ClassA && int(s.Formed[l.Class-ClassB]) > k.Bridges {
				return s, false
			}
		case Fresh:
			if k.Exclusive { // the part may have another one of its space
				return s, false
			}
			fresh = append(fresh, l)
		}
	}
	if len(joined) == 0 {
		return s, false
	}
	strongest := slices.MinFunc(joined, func(a, b Link) int { return int(a.Class) - int(b.Class) }).Class
	for i, l := range fresh {
		if l.Class < strongest && l.Class <= ClassC { // it would form a part that others may bridge
			return s, false
		}
		same := func(o Link) bool { return o.ID.Same(l.ID) }
		if !r.kinds[l.ID.Kind()].uncounted() && l.Class <= ClassC && !slices.ContainsFunc(fresh[:i], same) {
			up(&s.Variety)
		}
	}
	for _, l := range joined {
		if k := r.kinds[l.ID.Kind()]; k.Spread > 0 && int(s.Variety) > k.Spread {
			return s, false
		}
	}
	if s.Links = uint16(min(int(s.Links)+len(joined), math.MaxUint16)); r.Guard > 0 && int(s.Links) > r.Guard {
		return s, false
	}
	return s, true
}

func issuer(id cdp.Identifier) string {
	return string(id.Kind()) + ":" + issuerOf(id.Reveal())
}
