package graph

import (
	"fmt"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// MakeDue asks for a record to be judged again as soon as possible.
func (tx *Tx) MakeDue(id cdp.RecordID) error { return tx.set(layout.KeyDue(tx.now, id), nil) }

// NotDue forgets that a record was due at or before a time.
func (tx *Tx) NotDue(id cdp.RecordID, until time.Time) error {
	var gone [][]byte
	for e, err := range tx.r.Scan(layout.DueUntil(until)) {
		if err != nil {
			return fmt.Errorf("graph: due: %w", err)
		}
		if due, err := layout.DueOf(e.Key); err == nil && due == id {
			gone = append(gone, append([]byte(nil), e.Key...))
		}
	}
	for _, key := range gone {
		if err := tx.delete(key); err != nil {
			return err
		}
	}
	return nil
}

// Head returns a current or past record without its tail, or ErrNotFound.
func (tx *Tx) Head(id cdp.RecordID) (Record, error) {
	p, err := tx.place(id)
	if err != nil {
		return Record{}, err
	}
	h, err := tx.headAt(id, p)
	if err != nil {
		return Record{}, err
	}
	return h.record(State(p.state)), nil
}
