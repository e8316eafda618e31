package graph

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/draft"
)

// Draft runs f on a snapshot of the store and drops what it writes: what an act
// would do. Limits of a transaction do not hold for it.
func (s *Store) Draft(ctx context.Context, now time.Time, f func(*Tx) error) error {
	return s.kv.View(ctx, func(r kv.Reader) error {
		d := draft.On(r)
		l := s.limits
		l.rows, l.bytes, l.carriers = 1<<40, 1<<40, 1<<40
		return f(&Tx{r: d, w: d, sym: s.table.Update(d), now: now.UTC().Truncate(time.Microsecond), limits: l, known: &s.read, tagKey: &s.meta.TagKey})
	})
}

// A Witness sees what becomes of profiles, in one transaction or several.
type Witness struct {
	rows          map[cdp.RecordID]cdp.Row
	before, after map[cdp.RecordID]cdp.ProfileID
	links         map[linkKey]bool
	others        int // links besides, of which only the number is known
}

// NewWitness returns one that saw nothing.
func NewWitness() *Witness {
	return &Witness{rows: make(map[cdp.RecordID]cdp.Row), before: make(map[cdp.RecordID]cdp.ProfileID),
		after: make(map[cdp.RecordID]cdp.ProfileID), links: make(map[linkKey]bool)}
}

// Watch lets a witness see what the transaction does. A function that is given
// to Update may run more than once: each run needs a witness of its own, that
// Join adds to the others when it was committed.
func (tx *Tx) Watch(w *Witness) { tx.witness = w }

// Join adds what another witness saw later.
func (w *Witness) Join(o *Witness) {
	for id, p := range o.before {
		if _, ok := w.before[id]; !ok {
			w.before[id] = p
		}
	}
	maps.Copy(w.after, o.after)
	maps.Copy(w.rows, o.rows)
	maps.Copy(w.links, o.links)
}

func (s *settlement) witness() {
	w := s.tx.witness
	if w == nil {
		return
	}
	for _, c := range s.comps {
		for _, m := range c.members {
			w.rows[m.ID] = cdp.Row{Source: m.Source, Key: m.Key}
			if _, ok := w.before[m.ID]; !ok {
				w.before[m.ID] = c.profile()
			}
			w.after[m.ID] = 0
		}
	}
	for _, p := range s.parts {
		for _, m := range p.members {
			w.rows[m.ID] = cdp.Row{Source: m.Source, Key: m.Key}
			if _, ok := w.before[m.ID]; !ok {
				w.before[m.ID] = 0
			}
			w.after[m.ID] = p.ids[0].profile
		}
	}
	for i, l := range s.result.Links {
		if s.changed(l, s.result.Result.States[i]) {
			w.links[keyOf(l)] = true
		}
	}
}

// Profiles returns the ids that lead to other records than before.
func (w *Witness) Profiles() []cdp.ProfileID {
	before, after := groups(w.before), groups(w.after)
	return slices.DeleteFunc(slices.Sorted(maps.Keys(union(before, after))), func(p cdp.ProfileID) bool {
		return slices.Equal(before[p], after[p])
	})
}

// Regrouped returns the records that would be elsewhere or lie with others: by
// record the profile it was in, 0 for none, and by profile the records that
// come to lie in it, those that leave all of them under 0. They are its own.
func (w *Witness) Regrouped() (was map[cdp.RecordID]cdp.ProfileID, is map[cdp.ProfileID][]cdp.RecordID) {
	is = groups(w.after)
	for id, p := range w.after {
		if p == 0 {
			is[0] = append(is[0], id)
		}
	}
	slices.Sort(is[0])
	return w.before, is
}

// Effect sums up what was seen.
func (w *Witness) Effect() cdp.Effect {
	before, after := groups(w.before), groups(w.after)
	var out cdp.Effect
	out.Counts.Links = len(w.links) + w.others
	var lines []string
	touched := make(map[cdp.RecordID]bool)
	of := func(p cdp.ProfileID, shown []cdp.RecordID) cdp.ProfileEffect {
		return cdp.ProfileEffect{Profile: p, Before: len(before[p]), After: len(after[p]), Records: shown[:min(len(shown), cdp.EffectExamples)]}
	}
	add := func(list *[]cdp.ProfileEffect, n *int, o cdp.ProfileEffect) {
		if *n++; len(*list) < cdp.EffectExamples {
			*list = append(*list, o)
		}
		if o.After > out.Largest.After {
			out.Largest = o
		}
	}
	ids := slices.Sorted(maps.Keys(union(before, after)))
	for _, p := range ids {
		b, a := before[p], after[p]
		switch {
		case slices.Equal(b, a):
			continue
		case len(b) == 0:
			add(&out.Appear, &out.Counts.Appear, of(p, a))
		case len(a) == 0:
			add(&out.Vanish, &out.Counts.Vanish, of(p, b))
		default:
			add(&out.Change, &out.Counts.Change, of(p, a))
		}
		if len(b) > 0 {
			lines = append(lines, w.line("-", b))
		}
		if len(a) > 0 {
			lines = append(lines, w.line("+", a))
		}
		for _, id := range slices.Concat(b, a) {
			touched[id] = true
		}
	}
	out.Counts.Records = len(touched)
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	out.Digest = hex.EncodeToString(sum[:])
	return out
}

// line names a group by its source rows, which no minted id is part of: what is
// previewed and what is done may mint different ones.
func (w *Witness) line(sign string, group []cdp.RecordID) string {
	rows := make([]cdp.Row, len(group))
	for i, id := range group {
		rows[i] = w.rows[id]
	}
	slices.SortFunc(rows, func(a, b cdp.Row) int { return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Key, b.Key)) })
	h := sha256.New()
	for _, r := range rows {
		fmt.Fprintf(h, "%d:%s%d:%s", len(r.Source), r.Source, len(r.Key), r.Key)
	}
	return sign + hex.EncodeToString(h.Sum(nil))
}

func groups(in map[cdp.RecordID]cdp.ProfileID) map[cdp.ProfileID][]cdp.RecordID {
	out := make(map[cdp.ProfileID][]cdp.RecordID)
	for id, p := range in {
		if p != 0 {
			out[p] = append(out[p], id)
		}
	}
	for _, g := range out {
		slices.Sort(g)
	}
	return out
}

func union[K comparable, V any](a, b map[K]V) map[K]bool {
	out := make(map[K]bool, len(a))
	for k := range a {
		out[k] = true
	}
	for k := range b {
		out[k] = true
	}
	return out
}

// Partition names what was seen by the groups of rows that were one profile and
// are not, and that are one and were not, whichever ids they have: what is done
// record by record may give ids otherwise than what is done at once.
func (w *Witness) Partition() string {
	sets := func(in map[cdp.RecordID]cdp.ProfileID) map[string]bool {
		out := make(map[string]bool)
		for _, g := range groups(in) {
			out[w.line("", g)] = true
		}
		return out
	}
	before, after := sets(w.before), sets(w.after)
	var lines []string
	for l := range before {
		if !after[l] {
			lines = append(lines, "-"+l)
		}
	}
	for l := range after {
		if !before[l] {
			lines = append(lines, "+"+l)
		}
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}
