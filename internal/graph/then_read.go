package graph

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// decided takes in what persons had decided.
func (e *everyone) decided() error {
	for row, err := range e.tx.r.Scan(layout.DecisionsFrom(0)) {
		if err != nil {
			return fmt.Errorf("graph: decisions: %w", err)
		}
		d, err := e.tx.Decision(layout.LastNumber(row.Key))
		if err != nil {
			return err
		}
		switch {
		case !e.from.Knew(d.At) || d.UndoneBy != "" && e.from.Knew(d.Undone):
			continue
		case d.Verb == cdp.DecideSuppress:
			e.hidden[d.Identifier.Key()] = true
		}
		for _, r := range d.Rows {
			e.about[r.Row] = append(e.about[r.Row], d)
		}
		if d.Ties() {
			e.ties = append(e.ties, d)
		}
	}
	return nil
}

// read judges the record of every row, and takes in those that are in profiles.
// Most rows have one version, which is live: those are read as they lie, in the
// order of their components.
func (e *everyone) read(ctx context.Context) error {
	st, err := e.tx.statistics()
	if err != nil {
		return err
	}
	e.whole.Grow(st.records, st.identifiers) // now; then they may have been fewer
	e.numbers.grow(st.identifiers)
	e.recs, e.in = make([]cdp.RecordID, 0, st.records), make([]layout.Component, 0, st.records)
	t := taking{everyone: e}
	if !e.from.Known.IsZero() {
		if err := t.versions(ctx); err != nil {
			return err
		}
	}
	for entry, err := range e.tx.r.Scan(layout.AllMembers()) {
		if err != nil {
			return fmt.Errorf("graph: records: %w", err)
		}
		in, id, err := layout.MemberOf(entry.Key)
		if err != nil {
			return err
		}
		if t.done(id) {
			continue
		}
		h, err := e.tx.headOf(entry)
		if err != nil {
			return err
		}
		if err := t.head(ctx, h, place{component: in}); err != nil {
			return err
		}
	}
	for entry, err := range e.tx.r.Scan(layout.QuarantineFrom(1)) {
		if err != nil {
			return fmt.Errorf("graph: quarantine: %w", err)
		}
		id := cdp.RecordID(layout.LastNumber(entry.Key))
		if t.done(id) {
			continue
		}
		at := place{state: placeQuarantined}
		h, err := e.tx.headAt(id, at)
		if err != nil {
			return err
		}
		if err := t.head(ctx, h, at); err != nil {
			return err
		}
	}
	if e.progress != nil {
		e.progress(t.read)
	}
	e.numbers = interner{}
	return nil
}

// A taking is everyone while it reads.
type taking struct {
	*everyone
	read    int
	several []uint64 // bits: records that are current of a row with several versions
}

func (t *taking) done(id cdp.RecordID) bool {
	return id/64 < cdp.RecordID(len(t.several)) && t.several[id/64]>>(id%64)&1 == 1
}

// versions takes in the rows that have several versions: which of them was known
// is told by them all.
func (t *taking) versions(ctx context.Context) error {
	for entry, err := range t.tx.r.Scan(layout.Rows()) {
		if err != nil {
			return fmt.Errorf("graph: source rows: %w", err)
		}
		value, err := layout.Unseal(entry.Key, entry.Value)
		if err != nil {
			return fmt.Errorf("graph: source rows: %w", err)
		}
		k, err := decodeRow(t.tx.reader(value))
		if err != nil {
			return err
		}
		if len(k.past) == 0 {
			continue
		}
		word := int(k.record / 64)
		if word >= len(t.several) {
			t.several = append(t.several, make([]uint64, word+1-len(t.several))...)
		}
		t.several[word] |= 1 << (k.record % 64)
		id, err := t.tx.knownOf(k, t.from.Known)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		at, err := t.tx.place(id)
		if err != nil {
			return err
		}
		h, err := t.tx.headAt(id, at)
		if err == nil {
			err = t.head(ctx, h, at)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// head judges a record, and takes it in when it is in a profile.
func (t *taking) head(ctx context.Context, h *head, at place) error {
	if t.read++; t.read%10_000 == 0 && t.progress != nil {
		t.progress(t.read)
	}
	if t.read%1_000 == 0 && ctx.Err() != nil {
		return ctx.Err()
	}
	if !t.from.Knew(h.Recorded) {
		return nil
	}
	then, err := t.judgeHead(h, at.state, t.judgeOf)
	if err != nil || then == nil {
		return err
	}
	in := layout.Component(0)
	if at.state == placeLive {
		in = at.component
	}
	t.add(then.head, in)
	return nil
}

// add takes in a record that is in a profile.
func (e *everyone) add(h *head, in layout.Component) {
	row := cdp.Row{Source: h.Source, Key: h.Key}
	rec := e.resolvable(h)
	var links []uint32
	for _, l := range e.rules.LinksOf(&rec) {
		n, isNew := e.numbers.number(sha256.Sum256(keyOfLink(l)))
		if isNew {
			e.whole.AddLink(l)
		}
		links = append(links, n)
	}
	if rec.Lock != 0 {
		if e.whole.Locks == nil {
			e.whole.Locks = make(map[uint32]int32)
		}
		e.whole.Locks[uint32(len(e.recs))] = rec.Lock
	}
	if e.about[row] != nil {
		e.named[row] = &head{ID: h.ID, Controller: h.Controller}
	}
	e.whole.AddRecord(links, rec.Birth)
	e.recs, e.in = append(e.recs, h.ID), append(e.in, in)
}

// resolvable is a record with what persons left of its claims.
func (e *everyone) resolvable(h *head) resolve.Record {
	rec := h.resolvable(e.rules)
	row := cdp.Row{Source: h.Source, Key: h.Key}
	leave(&rec, row, e.about[row])
	if len(e.hidden) > 0 {
		rec.Claims = slices.DeleteFunc(rec.Claims, func(c resolve.Claimed) bool { return e.hidden[c.ID.Key()] })
	}
	return rec
}

// tie notes what persons tied and parted.
func (e *everyone) tie() {
	same, differ := pairsOf(e.ties, e.named)
	numbered := func(pairs []resolve.Pair) (out [][2]int32) {
		for _, p := range pairs {
			a, okA := e.number(p.A)
			b, okB := e.number(p.B)
			if okA && okB {
				out = append(out, [2]int32{int32(a), int32(b)})
			}
		}
		return out
	}
	e.whole.Same, e.whole.Differ = numbered(same), numbered(differ)
}

func (e *everyone) number(id cdp.RecordID) (uint32, bool) {
	i, ok := slices.BinarySearchFunc(e.sorted, id, func(n uint32, id cdp.RecordID) int { return cmp.Compare(e.recs[n], id) })
	if !ok {
		return 0, false
	}
	return e.sorted[i], true
}

// name finds the ids that were minted by then, with the records that stand
// where they were minted for.
func (e *everyone) name(ctx context.Context) error {
	e.sorted = make([]uint32, len(e.recs))
	for i := range e.sorted {
		e.sorted[i] = uint32(i)
	}
	slices.SortFunc(e.sorted, func(a, b uint32) int { return cmp.Compare(e.recs[a], e.recs[b]) })
	if err := e.living(); err != nil {
		return err
	}
	if err := e.resting(); err != nil {
		return err
	}
	// An id stands in one place; should it rest in another too, the living has it.
	slices.SortStableFunc(e.ids, minted.compare)
	e.ids = slices.CompactFunc(e.ids, func(a, b minted) bool { return a.profile == b.profile })
	if err := e.inherited(); err != nil {
		return err
	}
	if err := e.forgetLater(); err != nil {
		return err
	}
	for _, m := range e.ids {
		n, ok, err := e.standsFor(m.anchor)
		if err = cmp.Or(err, ctx.Err()); err != nil {
			return err
		}
		if ok {
			e.minted = append(e.minted, mintedAt{n, m.profile})
		}
	}
	e.ids = nil
	slices.SortFunc(e.minted, func(a, b mintedAt) int {
		return cmp.Or(cmp.Compare(a.rec, b.rec), cmp.Compare(a.profile, b.profile))
	})
	return nil
}

// living notes the ids that lead to components.
func (e *everyone) living() error {
	for row, err := range e.tx.r.Scan(layout.Components()) {
		if err != nil {
			return fmt.Errorf("graph: components: %w", err)
		}
		value, err := layout.Unseal(row.Key, row.Value)
		if err != nil {
			return fmt.Errorf("graph: components: %w", err)
		}
		c, err := e.tx.componentAt(layout.Component(layout.LastNumber(row.Key)), bytes.Clone(value))
		if err != nil {
			return err
		}
		e.ids = append(e.ids, c.ids...)
	}
	return nil
}

// resting notes the ids that records have with them which are in no profile.
func (e *everyone) resting() error {
	for row, err := range e.tx.r.Scan(layout.Places()) {
		if err != nil {
			return fmt.Errorf("graph: records: %w", err)
		}
		value, err := layout.Unseal(row.Key, row.Value)
		if err != nil {
			return fmt.Errorf("graph: records: %w", err)
		}
		p, err := decodePlace(e.tx.reader(value))
		if err != nil {
			return err
		}
		kept := p.resting
		if p.state == placeQuarantined {
			if kept, err = e.tx.quarantineRow(cdp.RecordID(layout.LastNumber(row.Key))); err != nil {
				return err
			}
		}
		e.ids = append(e.ids, kept...)
	}
	return nil
}

// forgetLater leaves out the ids that were minted after what is known.
func (e *everyone) forgetLater() error {
	if e.from.Known.IsZero() {
		return nil
	}
	var err error
	e.ids = slices.DeleteFunc(e.ids, func(m minted) bool {
		at, fail := e.tx.Minted(m.profile)
		err = cmp.Or(err, fail)
		return !e.from.Knew(at)
	})
	return err
}

// standsFor returns the record that was current of the row of another one.
func (e *everyone) standsFor(id cdp.RecordID) (uint32, bool, error) {
	if n, ok := e.number(id); ok {
		return n, true, nil
	}
	rec, err := e.tx.Head(id)
	if err != nil {
		return 0, false, err
	}
	var current cdp.RecordID
	if e.from.Known.IsZero() {
		current, _, err = e.tx.Row(rec.Source, rec.Key)
	} else {
		current, err = e.tx.RowKnown(rec.Source, rec.Key, e.from.Known)
	}
	if errors.Is(err, ErrNotFound) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	n, ok := e.number(current)
	return n, ok, nil
}

// inherited gives ids back to the records they were minted for that were deleted
// since: the journal tells.
func (e *everyone) inherited() error {
	if e.from.Known.IsZero() {
		return nil
	}
	first := make(map[cdp.ProfileID]bool)
	for after := uint64(0); ; {
		changes, err := e.tx.Changes(after, 10_000)
		if err != nil || len(changes) == 0 {
			return err
		}
		for _, ch := range changes {
			after = ch.Seq
			if ch.Verb != inherits || e.from.Knew(ch.At) {
				continue
			}
			for _, p := range ch.Profiles {
				i, there := slices.BinarySearchFunc(e.ids, p, func(m minted, p cdp.ProfileID) int { return cmp.Compare(m.profile, p) })
				if there && !first[p] {
					first[p], e.ids[i].anchor = true, ch.Record
				}
			}
		}
	}
}
