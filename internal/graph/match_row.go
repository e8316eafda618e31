package graph

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// A matchRow is what is kept of a profile: its blocking keys, its candidates,
// and the pairs in the queue of which it is the lower one.
type matchRow struct {
	id       cdp.ProfileID
	keys     []uint64
	partners []partner // best first
	cut      bool      // it had more candidates than are kept
	queued   []queued

	was     []partner // before the step; the same for wasKeys, wasCut
	wasKeys []uint64
	wasCut  bool
	there   bool // it is in the store
	gone    bool // nothing is compared of the profile any more
	dirty   bool
}

// A partner is a candidate of a profile.
type partner struct {
	id    cdp.ProfileID
	score float64
}

func (p partner) compare(o partner) int {
	return cmp.Or(cmp.Compare(o.score, p.score), cmp.Compare(p.id, o.id))
}

// A queued pair, by its higher profile.
type queued struct {
	partner
	unsure, ambiguous bool
}

// kept is how many candidates of a profile are kept: twice those that may come
// into the queue, so that one that goes is made up for by the next, and
// ambiguity is seen.
func (m *Matcher) kept() int { return 2 * m.rules.PerProfile }

func decodeMatchRow(id cdp.ProfileID, r *layout.Reader) (*matchRow, error) {
	row := &matchRow{id: id, there: true}
	number := func() (n uint64) {
		for range 8 {
			n = n<<8 | uint64(r.Byte())
		}
		return n
	}
	for range r.Count() {
		row.keys = append(row.keys, number())
	}
	for range r.Count() {
		row.partners = append(row.partners, partner{cdp.ProfileID(r.Uint()), math.Float64frombits(number())})
	}
	row.cut = r.Bool()
	for range r.Count() {
		q := queued{partner: partner{cdp.ProfileID(r.Uint()), math.Float64frombits(number())}}
		q.unsure, q.ambiguous = r.Bool(), r.Bool()
		row.queued = append(row.queued, q)
	}
	if !r.Done() {
		return nil, fmt.Errorf("graph: possible matches of %v: %w", id, layout.ErrDamaged)
	}
	row.was, row.wasKeys, row.wasCut = slices.Clone(row.partners), row.keys, row.cut
	return row, nil
}

func (row *matchRow) write(tx *Tx) error {
	switch {
	case !row.dirty:
		return nil
	case row.gone && !row.there:
		return nil
	case row.gone:
		return tx.delete(layout.KeyMatching(row.id))
	}
	w := tx.writer()
	number := func(n uint64) {
		for shift := 56; shift >= 0; shift -= 8 {
			w.Byte(byte(n >> shift))
		}
	}
	w.Uint(uint64(len(row.keys)))
	for _, h := range row.keys {
		number(h)
	}
	w.Uint(uint64(len(row.partners)))
	for _, p := range row.partners {
		w.Uint(uint64(p.id))
		number(math.Float64bits(p.score))
	}
	w.Bool(row.cut)
	w.Uint(uint64(len(row.queued)))
	for _, q := range row.queued {
		w.Uint(uint64(q.id))
		number(math.Float64bits(q.score))
		w.Bool(q.unsure)
		w.Bool(q.ambiguous)
	}
	return tx.set(layout.KeyMatching(row.id), w.B)
}

// matchRow reads the row of a profile; ErrNotFound when nothing is compared of
// it.
func (tx *Tx) matchRow(id cdp.ProfileID) (*matchRow, error) {
	value, err := tx.get(layout.KeyMatching(id))
	if errors.Is(err, kv.ErrNotFound) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("graph: possible matches of %v: %w", id, err)
	}
	return decodeMatchRow(id, tx.reader(value))
}

// row returns the row of a profile, an empty one when it has none.
func (k *matching) row(id cdp.ProfileID) (*matchRow, error) {
	if row := k.rows[id]; row != nil {
		return row, nil
	}
	row, err := k.tx.matchRow(id)
	if errors.Is(err, ErrNotFound) {
		row, err = &matchRow{id: id, gone: true}, nil
	}
	if err != nil {
		return nil, err
	}
	k.rows[id] = row
	return row, nil
}

// partner puts a candidate in its place, with its score now, or takes it out.
// It reports whether one that was left out may stand before it now.
func (row *matchRow) partner(p partner, possible bool, most int) (short bool) {
	i := row.rank(p.id)
	switch {
	case i < 0 && !possible, i >= 0 && possible && row.partners[i] == p:
		return false
	case i >= 0:
		short = row.cut && (!possible || p.score < row.partners[i].score)
		row.partners = slices.Delete(row.partners, i, i+1)
	}
	row.dirty = true
	if !possible {
		return short
	}
	at, _ := slices.BinarySearchFunc(row.partners, p, partner.compare)
	row.partners = slices.Insert(row.partners, at, p)
	if len(row.partners) > most {
		row.partners, row.cut = row.partners[:most], true
	}
	return short
}

// rank is where a profile stands among the candidates, -1 when it is none.
func (row *matchRow) rank(id cdp.ProfileID) int {
	return slices.IndexFunc(row.partners, func(p partner) bool { return p.id == id })
}

// judge says whether a pair is for review: when each is among the best of the
// other; and whether it is ambiguous: one of them fits a third profile that the
// other does not fit.
func (m *Matcher) judge(a, b *matchRow) (score float64, kept, ambiguous bool) {
	i, j := a.rank(b.id), b.rank(a.id)
	if i < 0 || j < 0 || i >= m.rules.PerProfile || j >= m.rules.PerProfile {
		return 0, false, false
	}
	rival := func(a, b *matchRow) bool {
		return slices.ContainsFunc(a.partners, func(c partner) bool { return c.id != b.id && b.rank(c.id) < 0 })
	}
	return a.partners[i].score, true, rival(a, b) || rival(b, a)
}

// requeue brings the queue up to what the candidates of some profiles are now.
func (k *matching) requeue(touched []cdp.ProfileID) error {
	type pair struct{ a, b cdp.ProfileID }
	seen := make(map[pair]bool)
	var pairs []pair
	add := func(a, b cdp.ProfileID) {
		p := pair{min(a, b), max(a, b)}
		if !seen[p] {
			seen[p] = true
			pairs = append(pairs, p)
		}
	}
	for _, id := range touched {
		row, err := k.row(id)
		if err != nil {
			return err
		}
		for _, list := range [][]partner{row.was, row.partners} {
			for _, p := range list {
				add(id, p.id)
			}
		}
		for _, q := range row.queued {
			add(id, q.id)
		}
	}
	slices.SortFunc(pairs, func(x, y pair) int { return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b)) })
	for _, p := range pairs {
		a, err := k.row(p.a)
		if err != nil {
			return err
		}
		b, err := k.row(p.b)
		if err != nil {
			return err
		}
		if err := k.enqueue(a, b); err != nil {
			return err
		}
	}
	return nil
}

// enqueue brings the row of one pair up to date.
func (k *matching) enqueue(a, b *matchRow) error {
	score, kept, ambiguous := k.f.m.judge(a, b)
	now := queued{partner: partner{b.id, score}, ambiguous: ambiguous}
	if kept {
		u, err := k.tx.unsure(a.id, b.id)
		if err != nil {
			return err
		}
		now.unsure = u != nil && u.Score == score
	}
	i := slices.IndexFunc(a.queued, func(q queued) bool { return q.id == b.id })
	if i >= 0 {
		was := a.queued[i]
		if kept && was == now {
			return nil
		}
		k.count(was, -1)
		k.drops = append(k.drops, layout.KeyReview(was.unsure, was.score, a.id, b.id))
		a.queued = slices.Delete(a.queued, i, i+1)
	} else if !kept {
		return nil
	}
	a.dirty = true
	if kept {
		k.count(now, 1)
		a.queued = append(a.queued, now)
		k.sets = append(k.sets, queueRow{layout.KeyReview(now.unsure, now.score, a.id, b.id), now.ambiguous})
	}
	return nil
}

func (k *matching) count(q queued, by int) {
	if q.unsure {
		k.state.unsure += by
	} else {
		k.state.open += by
	}
	if q.ambiguous {
		k.state.ambiguous += by
	}
}

// unsure returns who could not tell of a pair, nil for nobody.
func (tx *Tx) unsure(a, b cdp.ProfileID) (*cdp.Unsure, error) {
	value, err := tx.get(layout.KeyUnsure(min(a, b), max(a, b)))
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("graph: possible match: %w", err)
	}
	r := tx.reader(value)
	u := &cdp.Unsure{By: r.Text(), Reason: r.Text(), At: r.Time(), Score: math.Float64frombits(r.Uint())}
	if !r.Done() {
		return nil, fmt.Errorf("graph: possible match: %w", layout.ErrDamaged)
	}
	return u, nil
}

// SetUnsure keeps that somebody could not tell of a pair.
func (tx *Tx) SetUnsure(a, b cdp.ProfileID, u cdp.Unsure) error {
	w := tx.writer()
	w.Text(u.By)
	w.Text(u.Reason)
	w.Time(u.At)
	w.Uint(math.Float64bits(u.Score))
	if err := tx.set(layout.KeyUnsure(min(a, b), max(a, b)), w.B); err != nil {
		return err
	}
	st, err := tx.matchState()
	if err != nil || st.made == "" {
		return err
	}
	for _, id := range []cdp.ProfileID{a, b} {
		if err := tx.set(layout.KeyMatchDue(id), nil); err != nil {
			return err
		}
	}
	return tx.setMatchState(st) // a step that is under way must not lose the marks
}
