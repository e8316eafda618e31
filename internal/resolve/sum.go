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
	Links   uint16   // values that joined something in it
	Fact    Day      // the birth date that its records state; 0 for none
	Plain   bool     // every identifier joins, nothing was decided, no record has two values of an exclusive space
}

// Covers reports whether a sum bounds what another one sums up.
func (s Sum) Covers(is Sum) bool {
	for i := range s.Formed {
		if s.Formed[i] < is.Formed[i] {
			return false
		}
	}
	return s.Variety >= is.Variety && s.Links >= is.Links && (is.Fact == 0 || s.Fact == is.Fact) && (is.Plain || !s.Plain)
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
		if p.States[c.Value] != Joins {
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

// Caps returns the least caps of the rules: on what a value of each class may
// bridge (class A has none), and on spread. 255 stands for none.
func (r *Rules) caps() (bridges [ClassD + 1]int, spread int) {
	spread = math.MaxUint8
	for i := range bridges {
		bridges[i] = math.MaxUint8
	}
	for _, k := range r.kinds {
		if k.Spread > 0 {
			spread = min(spread, k.Spread)
		}
		if k.Bridges == 0 {
			continue
		}
		for _, class := range []Class{k.class, k.verified} {
			if class != ClassNone {
				bridges[class] = min(bridges[class], k.Bridges)
			}
		}
	}
	return bridges, spread
}

// Takes reports whether a record joins a part, of which it has the identifiers
// that are not fresh, without any other effect; and what the part is then.
// fresh are the identifiers that no record has yet. False means that it has to
// be found out by resolving.
func (r *Rules) Takes(s Sum, rec *Record, fresh func(Link) bool) (Sum, bool) {
	bridges, spread := r.caps()
	if !s.Plain || rec.Lock != 0 || int(s.Variety) > spread ||
		int(s.Formed[0]) > bridges[ClassB] || int(s.Formed[1]) > bridges[ClassC] || int(s.Formed[2]) > bridges[ClassD] {
		return s, false
	}
	if rec.Birth != 0 {
		if s.Fact != 0 && s.Fact != rec.Birth {
			return s, false
		}
		s.Fact = rec.Birth
	}
	links := r.LinksOf(rec)
	joined, weak, numbered := 0, false, false
	var spaces []string
	for _, l := range links {
		k := r.kinds[l.ID.Kind()]
		if k.Exclusive {
			space := issuer(l.ID)
			if slices.Contains(spaces, space) {
				return s, false
			}
			spaces = append(spaces, space)
		}
		switch {
		case !fresh(l):
			joined++
			weak = weak || l.Class == ClassD
		case k.Exclusive:
			return s, false // the part may have another one of its space
		case l.Class == ClassD:
		case k.uncounted() && l.Class == ClassC:
			numbered = true
		default:
			return s, false // a new identifier may form a part, or be one too many
		}
	}
	if joined == 0 || weak && numbered { // a new number may form a part that a device bridges
		return s, false
	}
	if s.Links = uint16(min(int(s.Links)+joined, math.MaxUint16)); r.Guard > 0 && int(s.Links) > r.Guard {
		return s, false
	}
	return s, true
}

func issuer(id cdp.Identifier) string {
	return string(id.Kind()) + ":" + issuerOf(id.Reveal())
}
