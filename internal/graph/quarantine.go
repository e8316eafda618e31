package graph

import (
	"fmt"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// quarantine puts a record aside: found by its identifiers, linked by none.
func (tx *Tx) quarantine(h *head, carried []minted) error {
	if err := tx.shelve(h, place{state: placeQuarantined}); err != nil {
		return err
	}
	w := tx.writer()
	w.Time(h.Since)
	encodeIDs(w, carried)
	if err := tx.set(layout.KeyQuarantine(h.ID), w.B); err != nil {
		return err
	}
	for i := range h.Claims {
		if h.Claims[i].findable() {
			if err := tx.setWithheld(h.Claims[i].id, h.ID, placeQuarantined); err != nil {
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
	tx.note("quarantine", h)
	return tx.rest(carried, h)
}

// release takes a record out of quarantine and returns the profile ids it
// kept. Its head stays where it is.
func (tx *Tx) release(h *head) ([]minted, error) {
	carried, err := tx.quarantineRow(h.ID)
	if err != nil {
		return nil, err
	}
	for i := range h.Claims {
		if h.Claims[i].findable() {
			if err := tx.dropWithheld(h.Claims[i].id, h.ID); err != nil {
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

// quarantineRow returns the profile ids that a record in quarantine kept.
func (tx *Tx) quarantineRow(id cdp.RecordID) ([]minted, error) {
	value, err := tx.get(layout.KeyQuarantine(id))
	if err != nil {
		return nil, fmt.Errorf("graph: quarantine of %v: %w", id, err)
	}
	r := tx.reader(value)
	r.Time()
	carried := decodeIDs(r)
	if !r.Done() {
		return nil, fmt.Errorf("graph: quarantine of %v: %w", id, layout.ErrDamaged)
	}
	return carried, nil
}

// Quarantined returns up to n records in quarantine after one, by id, without
// tails.
func (tx *Tx) Quarantined(after cdp.RecordID, n int) ([]Record, error) {
	var out []Record
	for e, err := range tx.r.Scan(layout.QuarantineFrom(after + 1)) {
		if err != nil {
			return nil, fmt.Errorf("graph: quarantine: %w", err)
		}
		id := cdp.RecordID(layout.LastNumber(e.Key))
		h, err := tx.headAt(id, place{state: placeQuarantined})
		if err != nil {
			return nil, err
		}
		if out = append(out, h.record(InQuarantine)); len(out) == n {
			break
		}
	}
	return out, nil
}

// DeletedRows returns up to n delete markers that are the current version of
// their row, after one, by id. n records of any state are looked at; last is the
// last of them, and more says that there are others behind it.
func (tx *Tx) DeletedRows(after cdp.RecordID, n int) (out []Record, last cdp.RecordID, more bool, err error) {
	rng := layout.Places()
	rng.Start = layout.KeyPlace(after + 1)
	seen := 0
	for e, err := range tx.r.Scan(rng) {
		if err != nil {
			return nil, 0, false, fmt.Errorf("graph: deleted rows: %w", err)
		}
		if seen == n {
			return out, last, true, nil
		}
		seen++
		last = cdp.RecordID(layout.LastNumber(e.Key))
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return nil, 0, false, fmt.Errorf("graph: deleted rows: %w", err)
		}
		p, err := decodePlace(tx.reader(value))
		if err != nil {
			return nil, 0, false, err
		}
		if p.state != placeDeleted {
			continue
		}
		h, err := tx.headAt(last, p)
		if err != nil {
			return nil, 0, false, err
		}
		out = append(out, h.record(State(p.state)))
	}
	return out, last, false, nil
}

// DropContent drops what a record without a basis holds, when its time is
// over: claims, attributes, grounds and tail. A stub stays, which says what
// was there, why it had no basis, since when and until when. Statements about
// consent stay where they are: a refusal is a fact. When the row is delivered
// again it is news, whatever its content.
func (tx *Tx) DropContent(id cdp.RecordID) error {
	p, err := tx.place(id)
	if err != nil {
		return err
	}
	old, err := tx.headAt(id, p)
	if err != nil {
		return err
	}
	if old.Outcome != cdp.Quarantined || !old.Dropped.IsZero() {
		return fmt.Errorf("graph: %v is %v and has a basis, or was dropped", id, State(p.state))
	}
	if err := tx.dropDue(old); err != nil {
		return err
	}
	if p.state == placeQuarantined {
		p.state = placeDropped
		if p.resting, err = tx.release(old); err != nil {
			return err
		}
		if err := tx.forgetContent(old); err != nil {
			return err
		}
	}
	h := &head{ID: id, Source: old.Source, Controller: old.Controller, Key: old.Key, At: old.At, Recorded: old.Recorded,
		Batch: old.Batch, Line: old.Line, Row: old.Row, Offset: old.Offset, Version: old.Version, Outcome: old.Outcome,
		Rule: old.Rule, Activity: old.Activity, Register: old.Register, Since: old.Since, Dropped: tx.now}
	if err := tx.set(layout.KeyVersion(id), h.write(tx.writer())); err != nil {
		return err
	}
	if err := tx.dropTail(old); err != nil {
		return err
	}
	tx.note("drop", h)
	return tx.setPlace(id, p)
}

// forgetContent makes any content of a source row news again.
func (tx *Tx) forgetContent(h *head) error {
	key, err := rowKey(h.Source, h.Key)
	if err != nil {
		return err
	}
	value, err := tx.get(key)
	if err != nil {
		return fmt.Errorf("graph: source row of %v: %w", h.ID, err)
	}
	k, err := decodeRow(tx.reader(value))
	if err != nil {
		return err
	}
	k.hash = [16]byte{}
	return tx.set(key, k.encode(tx.writer()))
}
