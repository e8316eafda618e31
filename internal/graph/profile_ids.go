package graph

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// A minted profile id and the record it was minted for: in a split it goes
// where its anchor goes.
type minted struct {
	profile cdp.ProfileID
	anchor  cdp.RecordID
}

func (m minted) compare(o minted) int { return cmp.Compare(m.profile, o.profile) }

func encodeIDs(w *layout.Writer, ids []minted) {
	w.Uint(uint64(len(ids)))
	for _, m := range ids {
		w.Uint(uint64(m.profile))
		w.Uint(uint64(m.anchor))
	}
}

func decodeIDs(r *layout.Reader) []minted {
	var ids []minted
	for range r.Count() {
		ids = append(ids, minted{cdp.ProfileID(r.Uint()), cdp.RecordID(r.Uint())})
	}
	return ids
}

// A profileRow says what became of a profile id. An alias leads to the profile of
// the record it was minted for, wherever that is by now, so that a merge writes
// nothing of the aliases that were there; of several minted for one record, as
// when others left theirs to it, the first leads there and the others to the
// first. Earlier versions of the program led all to the survivor.
type profileRow struct {
	component layout.Component // of a live profile
	survivor  cdp.ProfileID    // an older id, which the alias shares its anchor with
	anchor    cdp.RecordID     // of an alias
	minted    time.Time
}

// rests reports whether an id leads nowhere for now.
func (p *profileRow) rests() bool { return p.component == 0 && p.survivor == 0 && p.anchor == 0 }

func (p *profileRow) encode(w *layout.Writer) []byte {
	w.Uint(uint64(p.component))
	w.Uint(uint64(p.survivor))
	w.Time(p.minted)
	if p.anchor != 0 {
		w.Uint(uint64(p.anchor))
	}
	return w.B
}

func (tx *Tx) profileRow(id cdp.ProfileID) (*profileRow, error) {
	value, err := tx.get(layout.KeyProfile(id))
	if errors.Is(err, kv.ErrNotFound) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("graph: %v: %w", id, err)
	}
	r := tx.reader(value)
	p := &profileRow{component: layout.Component(r.Uint()), survivor: cdp.ProfileID(r.Uint()), minted: r.Time()}
	if len(r.B) > 0 {
		p.anchor = cdp.RecordID(r.Uint())
	}
	if !r.Done() {
		return nil, fmt.Errorf("graph: %v: %w", id, layout.ErrDamaged)
	}
	return p, nil
}

// Find follows aliases to the live profile that an id means now, or returns
// ErrNotFound.
func (tx *Tx) Find(id cdp.ProfileID) (cdp.ProfileID, error) {
	id, _, err := tx.find(id)
	return id, err
}

func (tx *Tx) find(id cdp.ProfileID) (cdp.ProfileID, *profileRow, error) {
	for {
		row, err := tx.profileRow(id)
		if err != nil {
			return 0, nil, err
		}
		next := row.survivor
		switch {
		case row.component != 0:
			return id, row, nil
		case row.anchor != 0:
			if next, err = tx.ProfileOf(row.anchor); err != nil {
				return 0, nil, err
			}
		}
		if next == 0 || next >= id {
			return 0, nil, ErrNotFound // its records are gone or in quarantine
		}
		id = next
	}
}

// An idBook knows the rows of aliases of some components that are as they
// should be as long as the id stays an alias: of those that lead to an anchor
// the anchor; 0 for those that lead to another id with the same anchor. Ids
// with one anchor are never parted.
type idBook map[cdp.ProfileID]cdp.RecordID

func (b idBook) add(c *component) {
	if !c.anchored || len(c.ids) < 2 {
		return
	}
	first := make(map[cdp.RecordID]bool, len(c.ids))
	for i, m := range c.ids {
		switch {
		case first[m.anchor]:
			b[m.profile] = 0
		case i > 0:
			b[m.profile] = m.anchor
		}
		first[m.anchor] = true
	}
}

// setIDs makes ids the profile ids of a component and writes where each leads,
// but for those whose rows are known to say it.
func (tx *Tx) setIDs(c *component, ids []minted, known idBook) error {
	slices.SortFunc(ids, minted.compare)
	c.ids, c.anchored = ids, true
	first := make(map[cdp.RecordID]cdp.ProfileID, len(ids))
	for i, m := range ids {
		lead := first[m.anchor]
		if lead == 0 {
			lead, first[m.anchor] = m.profile, m.profile
		}
		if at, ok := known[m.profile]; ok && i > 0 && (at == 0 || at == m.anchor && lead == m.profile) {
			continue
		}
		row, err := tx.profileRow(m.profile)
		if errors.Is(err, ErrNotFound) {
			row, err = &profileRow{minted: tx.now}, nil
		}
		if err != nil {
			return err
		}
		want := profileRow{minted: row.minted}
		switch {
		case i == 0:
			want.component = c.id
		case lead == m.profile:
			want.anchor = m.anchor
		default:
			want.survivor = lead
		}
		if want == *row {
			continue
		}
		if err := tx.set(layout.KeyProfile(m.profile), want.encode(tx.writer())); err != nil {
			return err
		}
	}
	return nil
}

// mintProfile returns a new profile id of a record.
func (tx *Tx) mintProfile(anchor cdp.RecordID) ([]minted, error) {
	p, err := mint(tx, func(s *sequences) *cdp.ProfileID { return &s.profiles })
	return []minted{{p, anchor}}, err
}

// known are the rows of aliases of the components as they were.
func (s *settlement) known() idBook {
	if s.book == nil {
		s.book = make(idBook)
		for _, c := range s.comps {
			s.book.add(c.component)
		}
	}
	return s.book
}
