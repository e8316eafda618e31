package graph

import (
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// ErrNotFound is returned for an id or key that the graph does not have.
var ErrNotFound = errors.New("graph: not found")

// Admit writes a record that Sift found to be news, with its ruling, and
// resolves it. Its consents must have been given to AddConsents before.
func (tx *Tx) Admit(rec *cdp.Record, controller string, news News, ruling cdp.Ruling) (Effect, error) {
	if news.Unchanged {
		return Effect{}, fmt.Errorf("graph: %v: admit: nothing new", rec.ID)
	}
	h := newHead(rec, controller)
	h.Version = news.version
	h.judge(ruling)
	if err := tx.putTail(rec); err != nil {
		return Effect{}, err
	}
	if err := tx.set(news.key, news.row.encode(tx.writer())); err != nil {
		return Effect{}, err
	}
	if err := tx.countVersion(h); err != nil {
		return Effect{}, err
	}
	if err := tx.countShares(rec.Shares); err != nil {
		return Effect{}, err
	}
	if news.Older {
		return Effect{}, tx.shelve(h, placeSuperseded)
	}
	if news.Known == 0 {
		return tx.enter(h, nil)
	}
	return tx.supersede(news.Known, h)
}

// enter gives a record that is nowhere its place, according to its ruling.
func (tx *Tx) enter(h *head, carried []minted) (Effect, error) {
	switch {
	case h.Outcome == cdp.Refused:
		return Effect{}, fmt.Errorf("graph: %v: a refused record must not be kept", h.ID)
	case h.Outcome == cdp.Quarantined:
		return Effect{}, tx.quarantine(h, carried)
	case h.Deleted:
		return Effect{}, tx.shelve(h, placeDeleted)
	}
	if err := tx.setDue(h); err != nil {
		return Effect{}, err
	}
	if err := tx.countLive(h, 1); err != nil {
		return Effect{}, err
	}
	return tx.join(h, carried)
}

// supersede replaces the current record of a source row by another version.
func (tx *Tx) supersede(id cdp.RecordID, h *head) (Effect, error) {
	p, err := tx.place(id)
	if err != nil {
		return Effect{}, err
	}
	old, err := tx.headAt(id, p)
	if err != nil {
		return Effect{}, err
	}
	stays := h.Outcome != cdp.Quarantined && !h.Deleted
	var carried []minted
	var left cdp.ProfileID
	var eff Effect
	switch p.state {
	case placeQuarantined:
		if carried, err = tx.release(old); err != nil {
			return eff, err
		}
	case placeLive:
		if err := tx.dropDue(old); err != nil {
			return eff, err
		}
		if err := tx.countLive(old, -1); err != nil {
			return eff, err
		}
		if stays && includes(h, old) {
			if err := tx.setDue(h); err != nil {
				return eff, err
			}
			if err := tx.countLive(h, 1); err != nil {
				return eff, err
			}
			if eff, err = tx.widen(old, h, p.component); err != nil {
				return eff, err
			}
			return eff, tx.shelve(old, placeSuperseded)
		}
		if carried, left, eff, err = tx.leave(old, p.component); err != nil {
			return eff, err
		}
		if h.Deleted && h.Outcome != cdp.Quarantined {
			if err := tx.bequeath(old, carried); err != nil {
				return eff, err
			}
			carried = nil
		}
	case placeSuperseded:
		return eff, fmt.Errorf("graph: %v is current and superseded: %w", id, layout.ErrDamaged)
	}
	if err := tx.shelve(old, placeSuperseded); err != nil {
		return eff, err
	}
	for i := range carried {
		if carried[i].anchor == id {
			carried[i].anchor = h.ID
		}
	}
	more, err := tx.enter(h, carried)
	if err != nil {
		return eff, err
	}
	eff.add(more)
	return tx.moved(eff, left)
}

// moved counts a split when a record that left a profile, in which others
// stay, is in another one now.
func (tx *Tx) moved(eff Effect, from cdp.ProfileID) (Effect, error) {
	if from == 0 || eff.Profile == 0 || eff.Profile == from {
		return eff, nil
	}
	eff.Split++
	return eff, tx.countSplits(1)
}

// bequeath gives the ids of a deleted record to what its identifiers still
// lead to, or ends them: they then resolve to nothing.
func (tx *Tx) bequeath(gone *head, ids []minted) error {
	if len(ids) == 0 {
		return nil
	}
	roots, err := tx.reached(gone.ID, gone.node())
	if err != nil {
		return err
	}
	if len(roots) > 0 {
		heir := slices.MaxFunc(roots, func(a, b *component) int { return a.size - b.size })
		members, err := tx.members(heir)
		if err != nil {
			return err
		}
		for i := range ids {
			ids[i].anchor = members[0].ID
		}
		before := heir.profile()
		if err := tx.setIDs(heir, append(heir.ids, ids...)); err != nil {
			return err
		}
		tx.change(cdp.Change{Verb: "merge", Profiles: []cdp.ProfileID{heir.profile(), before}, Record: gone.ID, Rule: "record.deleted", Batch: gone.Batch})
		return tx.setComponent(heir)
	}
	return tx.rest(ids)
}

// rest marks ids that lead nowhere for now.
func (tx *Tx) rest(ids []minted) error {
	for _, m := range ids {
		row, err := tx.profileRow(m.profile)
		if err != nil {
			return err
		}
		row.component, row.survivor = 0, 0
		if err := tx.set(layout.KeyProfile(m.profile), row.encode(tx.writer())); err != nil {
			return err
		}
	}
	return nil
}

// Rejudge gives a record a new ruling and moves it where the ruling says. It
// reports whether anything changed. A record that is not current is left.
func (tx *Tx) Rejudge(id cdp.RecordID, ruling cdp.Ruling) (eff Effect, changed bool, err error) {
	p, err := tx.place(id)
	if err != nil {
		return eff, false, err
	}
	if p.state != placeLive && p.state != placeQuarantined {
		return eff, false, nil
	}
	old, err := tx.headAt(id, p)
	if err != nil {
		return eff, false, err
	}
	h := *old
	h.Claims = slices.Clone(old.Claims)
	h.judge(ruling)
	if same(old, &h) {
		return eff, false, nil
	}
	if p.state == placeQuarantined {
		carried, err := tx.release(old)
		if err != nil {
			return eff, false, err
		}
		if h.Outcome != cdp.Quarantined {
			tx.change(cdp.Change{Verb: "release", Record: id, Rule: h.Rule, Batch: h.Batch})
			if err := tx.delete(layout.KeyVersion(id)); err != nil {
				return eff, false, err
			}
		}
		eff, err = tx.enter(&h, carried)
		return eff, true, err
	}
	if err := tx.dropDue(old); err != nil {
		return eff, false, err
	}
	if err := tx.countLive(old, -1); err != nil {
		return eff, false, err
	}
	if h.Outcome != cdp.Quarantined && includes(&h, old) {
		if err := tx.setDue(&h); err != nil {
			return eff, false, err
		}
		if err := tx.countLive(&h, 1); err != nil {
			return eff, false, err
		}
		eff, err = tx.widen(old, &h, p.component)
		return eff, true, err
	}
	carried, left, eff, err := tx.leave(old, p.component)
	if err != nil {
		return eff, false, err
	}
	more, err := tx.enter(&h, carried)
	if err != nil {
		return eff, false, err
	}
	eff.add(more)
	eff, err = tx.moved(eff, left)
	return eff, true, err
}

// same reports whether two rulings of one record are the same.
func same(a, b *head) bool {
	return a.Outcome == b.Outcome && a.Rule == b.Rule && a.Activity == b.Activity && a.Register == b.Register &&
		a.Due.Equal(b.Due) && slices.Equal(a.Findings, b.Findings) && slices.Equal(a.Bases, b.Bases) &&
		slices.EqualFunc(a.Claims, b.Claims, func(x, y claim) bool {
			return x.active == y.active && x.rule == y.rule && x.basis == y.basis && x.until.Equal(y.until)
		})
}

// shelve writes the head of a record that is not live.
func (tx *Tx) shelve(h *head, state placeState) error {
	if err := tx.set(layout.KeyVersion(h.ID), h.write(tx.writer())); err != nil {
		return err
	}
	if state == placeSuperseded || state == placeDeleted {
		tx.change(cdp.Change{Verb: "supersede", Record: h.ID, Rule: "record.version", Batch: h.Batch})
	}
	return tx.setPlace(h.ID, place{state: state})
}

// quarantine puts a record aside: found by its identifiers, linked by none.
func (tx *Tx) quarantine(h *head, carried []minted) error {
	if err := tx.shelve(h, placeQuarantined); err != nil {
		return err
	}
	w := tx.writer()
	w.Time(tx.now)
	w.Uint(uint64(len(carried)))
	for _, m := range carried {
		w.Uint(uint64(m.profile))
		w.Uint(uint64(m.anchor))
	}
	if err := tx.set(layout.KeyQuarantine(h.ID), w.B); err != nil {
		return err
	}
	for i := range h.Claims {
		if h.Claims[i].blocked == "" {
			if err := tx.set(layout.KeyWithheld(h.Claims[i].id, h.ID), []byte{byte(placeQuarantined)}); err != nil {
				return err
			}
		}
	}
	if err := tx.setDue(h); err != nil {
		return err
	}
	if err := tx.countQuarantined(h, 1); err != nil {
		return err
	}
	tx.change(cdp.Change{Verb: "quarantine", Record: h.ID, Rule: h.Rule, Batch: h.Batch})
	return tx.rest(carried)
}

// release takes a record out of quarantine and returns the profile ids it
// kept. Its head stays where it is.
func (tx *Tx) release(h *head) ([]minted, error) {
	value, err := tx.get(layout.KeyQuarantine(h.ID))
	if err != nil {
		return nil, fmt.Errorf("graph: quarantine of %v: %w", h.ID, err)
	}
	r := tx.reader(value)
	r.Time()
	var carried []minted
	for range r.Count() {
		carried = append(carried, minted{cdp.ProfileID(r.Uint()), cdp.RecordID(r.Uint())})
	}
	if !r.Done() {
		return nil, fmt.Errorf("graph: quarantine of %v: %w", h.ID, layout.ErrDamaged)
	}
	for i := range h.Claims {
		if h.Claims[i].blocked == "" {
			if err := tx.delete(layout.KeyWithheld(h.Claims[i].id, h.ID)); err != nil {
				return nil, err
			}
		}
	}
	if err := tx.dropDue(h); err != nil {
		return nil, err
	}
	if err := tx.countQuarantined(h, -1); err != nil {
		return nil, err
	}
	return carried, tx.delete(layout.KeyQuarantine(h.ID))
}

func (tx *Tx) setDue(h *head) error {
	if h.Due.IsZero() {
		return nil
	}
	return tx.set(layout.KeyDue(h.Due, h.ID), nil)
}

func (tx *Tx) dropDue(h *head) error {
	if h.Due.IsZero() {
		return nil
	}
	return tx.delete(layout.KeyDue(h.Due, h.ID))
}

// headAt reads the head of a record at its place.
func (tx *Tx) headAt(id cdp.RecordID, p place) (*head, error) {
	key := layout.KeyVersion(id)
	if p.state == placeLive {
		key = layout.KeyMember(p.component, id)
	}
	value, err := tx.get(key)
	if err != nil {
		return nil, fmt.Errorf("graph: head of %v: %w", id, err)
	}
	return decodeHead(id, tx.reader(value))
}

// tailChunk is how many bytes of a tail one value holds.
const tailChunk = kv.MaxValue - 1<<10

func (tx *Tx) putTail(rec *cdp.Record) error {
	t := tail{rec.Touchpoints, rec.Consents, rec.Shares}
	if t.empty() {
		return nil
	}
	w := tx.writer()
	t.encode(w)
	rest := slices.Clone(w.B)
	for n := uint16(0); len(rest) > 0; n++ {
		part := rest[:min(len(rest), tailChunk)]
		rest = rest[len(part):]
		if err := tx.set(layout.KeyTail(rec.ID, n), part); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) tail(id cdp.RecordID) (*tail, error) {
	first, err := tx.get(layout.KeyTail(id, 0))
	if errors.Is(err, kv.ErrNotFound) {
		return &tail{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("graph: tail of %v: %w", id, err)
	}
	all := first
	if len(first) == tailChunk {
		all = nil
		for e, err := range tx.r.Scan(layout.TailOf(id)) {
			if err != nil {
				return nil, fmt.Errorf("graph: tail of %v: %w", id, err)
			}
			part, err := layout.Unseal(e.Key, e.Value)
			if err != nil {
				return nil, fmt.Errorf("graph: tail of %v: %w", id, err)
			}
			all = append(all, part...)
		}
	}
	t, err := decodeTail(tx.reader(all))
	if err != nil {
		return nil, fmt.Errorf("graph: tail of %v: %w", id, err)
	}
	return t, nil
}
