package graph

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// naiveHealth is Health by looking at everything, several times if need be.
func naiveHealth(t *testing.T, g *Store) cdp.Health {
	t.Helper()
	out := cdp.Health{Counts: cdp.HealthCounts{Matches: -1}}
	err := g.View(t.Context(), func(tx *Tx) error {
		decisions, err := tx.Decisions(0, 1_000)
		if err != nil {
			return err
		}
		for _, verb := range []string{cdp.DecideSame, cdp.DecideDifferent, cdp.DecideCut, cdp.DecideSuppress, cdp.DecideLock} {
			c := cdp.DecisionCount{Verb: verb}
			for _, d := range decisions {
				switch {
				case d.Verb != verb:
				case d.Undone.IsZero():
					c.InForce++
				default:
					c.Undone++
				}
			}
			if c.InForce+c.Undone > 0 {
				out.Decisions = append(out.Decisions, c)
			}
		}
		sources := make(map[cdp.SourceID]*cdp.SourceHealth)
		for p, err := range tx.Profiles(1) {
			if err != nil {
				return err
			}
			out.Profiles++
			out.Records += len(p.Records)
			if len(p.Records) > 1 {
				out.Linked += len(p.Records)
			}
			for _, r := range p.Records {
				s := sources[r.Source]
				if s == nil {
					s = &cdp.SourceHealth{Source: r.Source}
					sources[r.Source] = s
				}
				s.Records++
				if len(p.Records) > 1 {
					s.Linked++
				}
				if slices.ContainsFunc(p.Records, func(o Record) bool { return o.Source != r.Source }) {
					s.Across++
				}
				for _, c := range r.Claims {
					_, levels := resolve.Defaults().Levels(c.Identifier.Kind(), false)
					switch {
					case levels == 0:
						s.Never++
					case c.Active:
						s.Linking++
					case c.Standing != "":
						s.Apart++
					case c.Blocked != "" || c.Generic != "":
						s.Never++
					default:
						s.Denied++
					}
				}
			}
			if len(p.Records) == 1 {
				continue
			}
			sh := naiveShape(p, decisions)
			out.Largest = append(out.Largest, sh)
			if sh.Records >= cdp.SparseFrom {
				out.Sparse = append(out.Sparse, sh)
				if sh.Parting > 0 && sh.Class >= "C" {
					out.Held = append(out.Held, sh)
				}
			}
		}
		for _, s := range sources {
			out.Sources = append(out.Sources, *s)
		}
		if err := naiveKinds(tx, &out); err != nil {
			return err
		}
		return naiveHubs(tx, &out)
	})
	if err != nil {
		t.Fatal(err)
	}
	out.Counts.Held = len(out.Held)
	byID := func(a, b cdp.ProfileShape) int { return cmp.Compare(a.Profile, b.Profile) }
	slices.SortFunc(out.Largest, func(a, b cdp.ProfileShape) int { return cmp.Or(b.Records-a.Records, byID(a, b)) })
	slices.SortFunc(out.Sparse, func(a, b cdp.ProfileShape) int {
		if math.Abs(a.Density-b.Density) > 1e-12 {
			return cmp.Compare(a.Density, b.Density)
		}
		return cmp.Or(b.Records-a.Records, byID(a, b))
	})
	slices.SortFunc(out.Held, func(a, b cdp.ProfileShape) int {
		return cmp.Or(b.Parting-a.Parting, cmp.Compare(a.Density, b.Density), byID(a, b))
	})
	return out
}

// naiveShape measures a profile by trying everything.
func naiveShape(p Profile, decisions []cdp.Decision) cdp.ProfileShape {
	n := len(p.Records)
	out := cdp.ProfileShape{Profile: p.ID, Records: n, Density: 1}
	type tie struct {
		id      cdp.Identifier
		class   resolve.Class // the strongest
		carries []int
	}
	ties := make(map[cdp.IdentifierKey]*tie)
	var values []*tie
	rules := resolve.Defaults()
	for i, r := range p.Records {
		for _, c := range r.Claims {
			levels, n := rules.Levels(c.Identifier.Kind(), resolve.Verified(c.Verification))
			if !c.Active || n == 0 {
				continue
			}
			v := ties[c.Identifier.Key()]
			if v == nil {
				v = &tie{id: c.Identifier, class: resolve.ClassD}
				ties[c.Identifier.Key()], values = v, append(values, v)
			}
			v.carries = append(v.carries, i)
			out.Claims++
			if levels[0] < v.class {
				v.class = levels[0]
			}
		}
	}
	out.Values = len(values)
	var same [][]int
	for _, d := range decisions {
		first := make(map[int]int)
		for _, row := range d.Rows {
			i := slices.IndexFunc(p.Records, func(r Record) bool { return r.Source == row.Source && r.Key == row.Key })
			if i < 0 || !d.Ties() || !d.Undone.IsZero() {
				continue
			}
			if f, ok := first[row.Group]; ok && f != i {
				same = append(same, []int{f, i})
			} else if !ok {
				first[row.Group] = i
			}
		}
	}
	pieces := func(without *tie, claim int) []int {
		label := make([]int, n)
		for i := range label {
			label[i] = i
		}
		unite := func(list []int) {
			for _, i := range list {
				from, to := label[i], label[list[0]]
				for k := range label {
					if label[k] == from {
						label[k] = to
					}
				}
			}
		}
		for _, v := range values {
			if v != without {
				unite(v.carries)
			} else if claim >= 0 {
				unite(slices.Delete(slices.Clone(v.carries), claim, claim+1))
			}
		}
		for _, s := range same {
			unite(s)
		}
		count := make(map[int]int)
		for _, l := range label {
			count[l]++
		}
		var out []int
		for _, c := range count {
			out = append(out, c)
		}
		slices.SortFunc(out, func(a, b int) int { return b - a })
		return out
	}
	beside := make(map[[2]int]bool)
	for _, list := range same {
		beside[[2]int{min(list[0], list[1]), max(list[0], list[1])}] = true
	}
	for _, v := range values {
		for _, a := range v.carries {
			for _, b := range v.carries {
				if a < b {
					beside[[2]int{a, b}] = true
				}
			}
		}
	}
	out.Density = float64(len(beside)) / float64(n*(n-1)/2)
	var best *tie
	for _, v := range values {
		for i := range v.carries {
			if len(v.carries) > 1 && len(pieces(v, i)) > 1 {
				out.Bridges++
			}
		}
		got := pieces(v, -1)
		if len(got) < 2 {
			continue
		}
		parting := n - got[0]
		weak, bestWeak := v.class >= resolve.ClassC, best != nil && best.class >= resolve.ClassC
		if best == nil || weak && !bestWeak || weak == bestWeak && (parting > out.Parting || parting == out.Parting && placeOf(v.id) < placeOf(best.id)) {
			best = v
			out.Holder, out.Class, out.Parting, out.Pieces = v.id, v.class.String(), parting, got
		}
	}
	if over := len(out.Pieces) - piecesTold; over > 0 {
		out.Pieces, out.Further = out.Pieces[:piecesTold], over
	}
	return out
}

// naiveKinds resolves all live records at once and counts what values do.
func naiveKinds(tx *Tx, out *cdp.Health) error {
	var recs []resolve.Record
	var heads []*head
	carried := make(map[cdp.IdentifierKey]bool)
	rules := resolve.Defaults()
	for rec := cdp.RecordID(1); ; rec++ {
		p, err := tx.place(rec)
		if errors.Is(err, ErrNotFound) {
			break
		}
		if err != nil {
			return err
		}
		if p.state != placeLive && p.state != placeQuarantined {
			continue
		}
		h, err := tx.headAt(rec, p)
		if err != nil {
			return err
		}
		for i := range h.Claims {
			if h.Claims[i].findable() {
				carried[h.Claims[i].id.Key()] = true
			}
		}
		if p.state != placeLive {
			continue
		}
		r, err := tx.recordOf(h, rules)
		if err != nil {
			return err
		}
		recs, heads = append(recs, r), append(heads, h)
	}
	same, differ, err := tx.pairs(heads)
	if err != nil {
		return err
	}
	c := rules.Resolve(recs, nil, same, differ)
	type key struct {
		id         cdp.IdentifierKey
		controller string
	}
	states := make(map[key]map[resolve.Class]resolve.State)
	for i, l := range c.Links {
		k := key{l.ID.Key(), l.Controller}
		if states[k] == nil {
			states[k] = make(map[resolve.Class]resolve.State)
		}
		states[k][l.Class] = c.Result.States[i]
	}
	kinds := make(map[cdp.Kind]*cdp.KindHealth)
	kind := func(k cdp.Kind) *cdp.KindHealth {
		if kinds[k] == nil {
			kinds[k] = &cdp.KindHealth{Kind: k}
		}
		return kinds[k]
	}
	for k, by := range states {
		delete(carried, k.id)
		state := resolve.Joins
		for class := resolve.ClassD; class >= resolve.ClassA; class-- {
			if s := by[class]; s != resolve.Joins {
				state = s
			}
		}
		n := kind(k.id.Kind)
		switch state {
		case resolve.Joins:
			n.Joins++
		case resolve.Generic:
			n.Generic++
			out.Counts.Generic++
		case resolve.Conflict:
			n.Conflict++
		case resolve.Different:
			n.Different++
		case resolve.Locked:
			n.Locked++
		case resolve.Guarded:
			n.Guarded++
		}
		if state != resolve.Joins && state != resolve.Generic {
			out.Counts.Conflicts++
		}
	}
	decisions, err := tx.Decisions(0, 1_000)
	if err != nil {
		return err
	}
	for _, d := range decisions {
		rows := 0
		for _, err := range tx.valueRows(layout.Identifier(d.Identifier)) {
			if err != nil {
				return err
			}
			rows++
		}
		if d.Verb == cdp.DecideSuppress && d.Undone.IsZero() && (carried[d.Identifier.Key()] || rows > 0) {
			kind(d.Identifier.Kind()).Suppressed++
			delete(carried, d.Identifier.Key())
		}
	}
	for id := range carried {
		kind(id.Kind).Kept++
	}
	for _, k := range cdp.Kinds() {
		if kinds[k] != nil {
			out.Kinds = append(out.Kinds, *kinds[k])
		}
	}
	return nil
}

// naiveHubs counts who carries what.
func naiveHubs(tx *Tx, out *cdp.Health) error {
	type carried struct {
		cdp.Hub
		profiles map[cdp.ProfileID]bool
	}
	all := make(map[cdp.IdentifierKey]*carried)
	for rec := cdp.RecordID(1); ; rec++ {
		r, err := tx.Record(rec)
		if errors.Is(err, ErrNotFound) {
			break
		}
		if err != nil {
			return err
		}
		if r.State != Live && r.State != InQuarantine {
			continue
		}
		for _, c := range r.Claims {
			if strings.HasPrefix(c.Blocked, "placeholder.") {
				continue // a word for no value leads to nobody
			}
			h := all[c.Identifier.Key()]
			if h == nil {
				h = &carried{Hub: cdp.Hub{Identifier: c.Identifier}, profiles: make(map[cdp.ProfileID]bool)}
				all[c.Identifier.Key()] = h
			}
			h.Records++
			if r.State == Live {
				h.profiles[r.Profile] = true
			}
		}
	}
	for _, h := range all {
		h.ProfileCount = len(h.profiles)
		if h.Records > 1 {
			out.Hubs = append(out.Hubs, h.Hub)
		}
	}
	slices.SortFunc(out.Hubs, func(a, b cdp.Hub) int {
		return cmp.Or(b.Records-a.Records, compareIdentifiers(a.Identifier, b.Identifier))
	})
	return nil
}
