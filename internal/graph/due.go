package graph

import (
	"fmt"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// MakeDue asks for a record to be judged again at a time.
func (tx *Tx) MakeDue(id cdp.RecordID, at time.Time) error {
	return tx.set(layout.KeyDue(at, id), nil)
}

// A Due asks for a record to be judged again.
type Due struct {
	Record cdp.RecordID
	key    []byte
}

// Due returns up to n records that are to be judged again at or before now.
func (tx *Tx) Due(now time.Time, n int) ([]Due, error) {
	var out []Due
	for e, err := range tx.r.Scan(layout.DueUntil(now)) {
		if err != nil {
			return nil, fmt.Errorf("graph: due: %w", err)
		}
		id, err := layout.DueOf(e.Key)
		if err != nil {
			return nil, err
		}
		if out = append(out, Due{id, append([]byte(nil), e.Key...)}); len(out) == n {
			break
		}
	}
	return out, nil
}

// NotDue forgets that a record was due then.
func (tx *Tx) NotDue(d Due) error { return tx.delete(d.key) }

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
