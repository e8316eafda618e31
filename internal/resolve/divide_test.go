package resolve

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestDivideIsTheDefinition holds Divide against what the package comment says.
func TestDivideIsTheDefinition(t *testing.T) {
	check(t, func(t *rapid.T) {
		g := graphs().Draw(t, "graph")
		got, want := Divide(g), naiveDivide(g)
		if !slices.Equal(got.Part, want.Part) || got.Parts != want.Parts {
			t.Errorf("parts are %v, by definition %v", got.Part, want.Part)
		}
		if !slices.Equal(got.States, want.States) {
			t.Errorf("values are %v, by definition %v", got.States, want.States)
		}
		if !slices.Equal(got.Bridged, want.Bridged) || !slices.Equal(got.Spread, want.Spread) {
			t.Errorf("bridged %v and spread %v, by definition %v and %v", got.Bridged, got.Spread, want.Bridged, want.Spread)
		}
		if !slices.Equal(got.Links, want.Links) {
			t.Errorf("links are %v, by definition %v", got.Links, want.Links)
		}
	})
}

// TestNumbersDoNotMatter renumbers records and values and shuffles all else.
func TestNumbersDoNotMatter(t *testing.T) {
	check(t, func(t *rapid.T) {
		g := graphs().Draw(t, "graph")
		rec := renumbered(t, g.Records)
		val := renumbered(t, len(g.Values))
		h := &Graph{Records: g.Records, Guard: g.Guard, Values: make([]Value, len(g.Values))}
		for i, v := range g.Values {
			h.Values[val[i]] = v
		}
		for _, c := range shuffled(t, g.Claims) {
			h.Claims = append(h.Claims, Claim{rec[c.Record], val[c.Value]})
		}
		slices.SortStableFunc(h.Claims, func(a, b Claim) int { return cmp.Compare(a.Record, b.Record) })
		for _, p := range shuffled(t, g.Same) {
			h.Same = append(h.Same, [2]int32{rec[p[1]], rec[p[0]]})
		}
		for _, p := range shuffled(t, g.Differ) {
			h.Differ = append(h.Differ, [2]int32{rec[p[1]], rec[p[0]]})
		}
		for _, f := range shuffled(t, g.Facts) {
			h.Facts = append(h.Facts, Fact{rec[f.Record], f.Space, f.Token})
		}
		if g.Locks != nil {
			h.Locks = make([]int32, h.Records)
			for i, l := range g.Locks {
				h.Locks[rec[i]] = l
			}
		}
		a, b := Divide(g), Divide(h)
		if a.Parts != b.Parts {
			t.Fatalf("%d parts, renumbered %d", a.Parts, b.Parts)
		}
		for i := range g.Records {
			for j := range i {
				if (a.Part[i] == a.Part[j]) != (b.Part[rec[i]] == b.Part[rec[j]]) {
					t.Fatalf("records %d and %d: %v, renumbered %v", i, j, a.Part, b.Part)
				}
			}
			if a.Links[a.Part[i]] != b.Links[b.Part[rec[i]]] {
				t.Fatalf("record %d is held by other links", i)
			}
		}
		for v := range g.Values {
			w := val[v]
			if a.States[v] != b.States[w] || a.Bridged[v] != b.Bridged[w] || a.Spread[v] != b.Spread[w] {
				t.Fatalf("value %d is %v, renumbered %v", v, a.States[v], b.States[w])
			}
		}
	})
}

func renumbered(t *rapid.T, n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return shuffled(t, out)
}

func shuffled[T any](t *rapid.T, in []T) []T {
	if len(in) < 2 {
		return in
	}
	return rapid.Permutation(in).Draw(t, "shuffled")
}

// TestPartsAreConnectedByWhatJoins: each record is in one part, numbered by its
// lowest; a value that joins has all its carriers in one; and records are
// together by values that join and by decisions, by nothing else.
func TestPartsAreConnectedByWhatJoins(t *testing.T) {
	check(t, func(t *rapid.T) {
		g := graphs().Draw(t, "graph")
		p := Divide(g)
		if len(p.Part) != g.Records {
			t.Fatalf("%d records are placed, there are %d", len(p.Part), g.Records)
		}
		next := int32(0)
		for i, n := range p.Part {
			if n > next || n < 0 {
				t.Fatalf("record %d begins part %d, the next is %d", i, n, next)
			}
			next = max(next, n+1)
		}
		if int(next) != p.Parts || len(p.Links) != p.Parts {
			t.Fatalf("%d parts are numbered, there are %d", next, p.Parts)
		}
		// Only what joins: as a graph, without classes, caps or limits.
		plain := &naive{g: g, states: p.States}
		for i := range g.Records {
			plain.part = append(plain.part, i)
		}
		for _, s := range g.Same {
			plain.merge(s[0], s[1])
		}
		for v := range g.Values {
			if g.Values[v].Class == ClassNone || p.States[v] != Joins {
				continue
			}
			carriers := plain.carriers(v)
			for _, r := range carriers {
				if p.Part[r] != p.Part[carriers[0]] {
					t.Fatalf("value %d joins, and its carriers are in parts %v", v, p.Part)
				}
				plain.merge(carriers[0], r)
			}
		}
		for i := range g.Records {
			for j := range i {
				if (p.Part[i] == p.Part[j]) != (plain.part[i] == plain.part[j]) {
					t.Fatalf("records %d and %d: together is %v, by what joins %v", i, j, p.Part[i] == p.Part[j], !(p.Part[i] == p.Part[j]))
				}
			}
		}
	})
}

// TestLimitsHold: exclusive values meet in a part only where one record, or
// records that a person called the same, carry them all; records called
// different are together only where a person called them the same as well; a
// lock joins no stranger; a part has no more links than the guard allows.
func TestLimitsHold(t *testing.T) {
	check(t, func(t *rapid.T) {
		g := graphs().Draw(t, "graph")
		p := Divide(g)
		said := &naive{g: g} // what persons tied, alone
		for i := range g.Records {
			said.part = append(said.part, i)
		}
		for _, s := range g.Same {
			said.merge(s[0], s[1])
		}
		whole := &naive{g: g}
		for _, n := range p.Part {
			whole.part = append(whole.part, int(n))
		}
		for i := range g.Records {
			for space, values := range bySpace(whole.held(whole.part[i], false)) {
				ok := len(values) == 1
				for r := range g.Records {
					ok = ok || whole.part[r] == whole.part[i] && len(bySpace(said.held(said.part[r], false))[space]) == len(values)
				}
				if !ok {
					t.Fatalf("values %v of space %d meet in part %d", values, space, p.Part[i])
				}
			}
			for j := range i {
				if together := p.Part[i] == p.Part[j]; together && said.part[i] != said.part[j] && g.Locks != nil && said.lock(said.part[i]) != said.lock(said.part[j]) {
					t.Fatalf("records %d and %d are together, under other locks", i, j)
				}
			}
		}
		for _, d := range g.Differ {
			if p.Part[d[0]] == p.Part[d[1]] && said.part[d[0]] != said.part[d[1]] {
				t.Fatalf("records %d and %d are different and together", d[0], d[1])
			}
		}
		for n, links := range p.Links {
			if g.Guard > 0 && int(links) > g.Guard {
				t.Fatalf("part %d has %d links, the guard is %d", n, links, g.Guard)
			}
		}
	})
}

func bySpace(held map[exclusive]bool) map[int32][]uint64 {
	out := make(map[int32][]uint64)
	for e := range held {
		out[e.space] = append(out[e.space], e.token)
	}
	return out
}
