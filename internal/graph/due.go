package graph

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// MakeDue asks for a record to be judged again at a time.
func (tx *Tx) MakeDue(id cdp.RecordID, at time.Time) error {
	key := layout.KeyDue(at, id)
	_, err := tx.r.Get(key)
	if errors.Is(err, kv.ErrNotFound) {
		return tx.set(key, nil)
	}
	return err // what is there asks for no less
}

// MakeCarriersDue asks for the records after one that carry an endpoint to be
// judged again at a time, because of what a record said at it.
func (tx *Tx) MakeCarriersDue(cause cdp.RecordID, w Wave, at time.Time) error {
	key := layout.KeyDue(at, cause)
	have, err := tx.get(key)
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return fmt.Errorf("graph: due: %w", err)
	}
	wr := tx.writer()
	wr.B = append(wr.B, have...)
	w.encode(wr)
	return tx.set(key, wr.B)
}

func (w Wave) encode(to *layout.Writer) {
	appendIdentifier(to, w.Endpoint)
	to.Uint(uint64(w.After))
}

// expiry returns when a statement is over, false if it is not to come. It is a
// moment after the end, so that the row is not that of a ruling that ends.
func expiry(c *cdp.Consent, now time.Time) (time.Time, bool) {
	return c.Expires.Add(time.Microsecond), c.Expires.After(now)
}

// A Wave is the records after one that carry an endpoint.
type Wave struct {
	Endpoint cdp.Identifier
	After    cdp.RecordID
}

// A Due asks for a record to be judged again, and what carries some endpoints.
type Due struct {
	Record cdp.RecordID
	Waves  []Wave
	key    []byte
}

// Due returns up to n records that are to be judged again at or before now.
func (tx *Tx) Due(now time.Time, n int) ([]Due, error) {
	var out []Due
	for e, err := range tx.r.Scan(layout.DueUntil(now)) {
		if err != nil {
			return nil, fmt.Errorf("graph: due: %w", err)
		}
		d := Due{key: slices.Clone(e.Key)}
		if d.Record, err = layout.DueOf(e.Key); err != nil {
			return nil, err
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return nil, fmt.Errorf("graph: due: %w", err)
		}
		r := tx.reader(value)
		for len(r.B) > 0 {
			d.Waves = append(d.Waves, Wave{takeIdentifier(r), cdp.RecordID(r.Uint())})
		}
		if r.Err() != nil {
			return nil, fmt.Errorf("graph: due: %w", r.Err())
		}
		if out = append(out, d); len(out) == n {
			break
		}
	}
	return out, nil
}

// NotDue forgets that a record was due then.
func (tx *Tx) NotDue(d Due) error { return tx.delete(d.key) }

// counterJudged holds the register by which all records were judged last.
const counterJudged = "judged"

// JudgedBy returns the hash of the register by which every current record was
// judged last, "" for none.
func (tx *Tx) JudgedBy() (string, error) {
	value, err := tx.get(layout.KeyCounter(counterJudged))
	if errors.Is(err, kv.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("graph: judged by: %w", err)
	}
	return string(value), nil
}

// SetJudgedBy notes that every current record was judged by a register.
func (tx *Tx) SetJudgedBy(hash string) error {
	return tx.set(layout.KeyCounter(counterJudged), []byte(hash))
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
