package graph

import (
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// ErrNotFound is returned for an id or key that the graph does not have.
var ErrNotFound = errors.New("the store has nothing of that id or value")

// Admit writes a record that Sift found to be news, with its ruling, and
// resolves it. Its consents must have been given to AddConsents before.
func (tx *Tx) Admit(rec *cdp.Record, controller string, news News, ruling cdp.Ruling) (Effect, error) {
	if news.Unfit != nil || news.Unchanged {
		return Effect{}, fmt.Errorf("graph: %v: admit: unfit, or nothing new", rec.ID)
	}
	h := newHead(rec, controller)
	h.Version = news.version
	h.judge(ruling)
	if h.Outcome == cdp.Quarantined {
		h.Since = tx.now
	}
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
		return Effect{}, tx.shelve(h, place{state: placeSuperseded})
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
		if err := tx.shelve(h, place{state: placeDeleted, resting: carried}); err != nil {
			return Effect{}, err
		}
		return Effect{}, tx.rest(carried, h)
	}
	if err := tx.setDue(h); err != nil {
		return Effect{}, err
	}
	if err := tx.countLive(h, 1); err != nil {
		return Effect{}, err
	}
	eff, _, err := tx.settle(change{in: h, carried: carried})
	return eff, err
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
	if h.Outcome == cdp.Quarantined && !old.Since.IsZero() {
		h.Since = old.Since // a row is bounded in quarantine, not each version of it
	}
	var ids []minted
	var eff Effect
	switch p.state {
	case placeQuarantined:
		if ids, err = tx.release(old); err != nil {
			return eff, err
		}
	case placeDeleted, placeDropped:
		ids = p.resting
	case placeLive:
		if eff, ids, err = tx.replace(old, p.component, h); err != nil {
			return eff, err
		}
	case placeSuperseded:
		return eff, fmt.Errorf("graph: %v is current and superseded: %w", id, layout.ErrDamaged)
	}
	if err := tx.shelve(old, place{state: placeSuperseded}); err != nil {
		return eff, err
	}
	if p.state == placeLive && h.live() {
		return eff, nil
	}
	for i := range ids {
		ids[i].anchor = h.ID
	}
	more, err := tx.enter(h, ids)
	eff.add(more)
	return eff, err
}

// live reports whether a record that is current takes part in resolution.
func (h *head) live() bool { return h.Outcome != cdp.Quarantined && !h.Deleted }

// replace takes a live record out of resolution. One that is live too takes
// its place at once; the ids of one that is not are returned.
func (tx *Tx) replace(old *head, in layout.Component, by *head) (Effect, []minted, error) {
	if err := tx.dropDue(old); err != nil {
		return Effect{}, nil, err
	}
	if err := tx.countLive(old, -1); err != nil {
		return Effect{}, nil, err
	}
	ch := change{out: old, outIn: in, rest: carried}
	switch {
	case by.live():
		ch.in, ch.rest = by, inherited
		if err := tx.setDue(by); err != nil {
			return Effect{}, nil, err
		}
		if err := tx.countLive(by, 1); err != nil {
			return Effect{}, nil, err
		}
	case by.Deleted && by.Outcome != cdp.Quarantined:
		ch.rest = bequeathed
	}
	return tx.settle(ch)
}

// rest marks ids that lead nowhere for now.
func (tx *Tx) rest(ids []minted, cause *head) error {
	var gone []cdp.ProfileID
	for _, m := range ids {
		row, err := tx.profileRow(m.profile)
		if err != nil {
			return err
		}
		if row.rests() {
			continue
		}
		row = &profileRow{minted: row.minted}
		if err := tx.set(layout.KeyProfile(m.profile), row.encode(tx.writer())); err != nil {
			return err
		}
		gone = append(gone, m.profile)
	}
	if len(gone) > 0 {
		tx.note("rest", cause, gone...)
	}
	return nil
}

// Rejudge gives a record a new ruling and moves it where the ruling says. It
// reports whether anything changed. A record that is not current is left. The
// controller is who answers for the record's source now.
func (tx *Tx) Rejudge(id cdp.RecordID, controller string, ruling cdp.Ruling) (eff Effect, changed bool, err error) {
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
	h.Claims, h.Controller = slices.Clone(old.Claims), controller
	h.judge(ruling)
	if h.Outcome == cdp.Quarantined && h.Since.IsZero() {
		h.Since = tx.now
	}
	if same(old, &h) {
		return eff, false, nil
	}
	if p.state == placeQuarantined {
		carried, err := tx.release(old)
		if err != nil {
			return eff, false, err
		}
		if h.Outcome != cdp.Quarantined {
			tx.note("release", &h)
			if err := tx.delete(layout.KeyVersion(id)); err != nil {
				return eff, false, err
			}
		}
		eff, err = tx.enter(&h, carried)
		return eff, true, err
	}
	eff, ids, err := tx.replace(old, p.component, &h)
	if err != nil || h.live() {
		return eff, true, err
	}
	more, err := tx.enter(&h, ids)
	eff.add(more)
	return eff, true, err
}

// same reports whether two rulings of one record are the same.
func same(a, b *head) bool {
	return a.Controller == b.Controller && a.Outcome == b.Outcome && a.Rule == b.Rule && a.Activity == b.Activity && a.Register == b.Register &&
		a.Due.Equal(b.Due) && slices.Equal(a.Findings, b.Findings) && slices.Equal(a.Bases, b.Bases) &&
		slices.EqualFunc(a.Claims, b.Claims, func(x, y claim) bool {
			return x.active == y.active && x.rule == y.rule && x.basis == y.basis && x.until.Equal(y.until)
		})
}

// shelve writes the head of a record that is not live. One that had no basis
// keeps its due time: its content is bounded wherever it is.
func (tx *Tx) shelve(h *head, p place) error {
	if err := tx.set(layout.KeyVersion(h.ID), h.write(tx.writer())); err != nil {
		return err
	}
	if p.state == placeSuperseded && h.Outcome == cdp.Quarantined {
		if err := tx.setDue(h); err != nil {
			return err
		}
	}
	if p.state != placeQuarantined {
		tx.note("supersede", h)
	}
	return tx.setPlace(h.ID, p)
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
