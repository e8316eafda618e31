// Package draft is a transaction that is never committed: what an act would do
// is found by doing it, on a snapshot, with its writes kept beside it.
//
// The trap: the limits of an update are not enforced, so that an act which
// takes several transactions can be drafted as one. What a draft can do in
// memory, the store may have to do in parts.
package draft

import (
	"bytes"
	"errors"
	"iter"

	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/treap"
)

// A Tx reads a snapshot and its own writes. It is for one goroutine, and ends
// with the snapshot.
type Tx struct {
	r      kv.Reader
	writes treap.Map[change]
}

// A change is what a draft does to a key.
type change struct {
	value   []byte
	deleted bool
}

var _ kv.Tx = (*Tx)(nil)

// On returns a draft on a snapshot.
func On(r kv.Reader) *Tx { return &Tx{r: r} }

// Get implements [kv.Reader].
func (t *Tx) Get(key []byte) ([]byte, error) {
	if c, ok := t.writes.Get(key); ok {
		if c.deleted {
			return nil, kv.ErrNotFound
		}
		return clone(c.value), nil
	}
	return t.r.Get(key)
}

// GetAll implements [kv.Reader].
func (t *Tx) GetAll(keys [][]byte) ([][]byte, error) {
	values := make([][]byte, len(keys))
	for i, key := range keys {
		v, err := t.Get(key)
		if err != nil && !errors.Is(err, kv.ErrNotFound) {
			return nil, err
		}
		if err == nil {
			values[i] = v
		}
	}
	return values, nil
}

// Set implements [kv.Tx].
func (t *Tx) Set(key, value []byte) error {
	if len(key) == 0 || len(key) > kv.MaxKey || len(value) > kv.MaxValue {
		return kv.ErrTooLarge
	}
	t.writes.Set(bytes.Clone(key), change{value: clone(value)})
	return nil
}

// Delete implements [kv.Tx].
func (t *Tx) Delete(key []byte) error {
	if len(key) == 0 || len(key) > kv.MaxKey {
		return kv.ErrTooLarge
	}
	t.writes.Set(bytes.Clone(key), change{deleted: true})
	return nil
}

// clone keeps what is empty and not nil so.
func clone(b []byte) []byte { return append([]byte{}, b...) }

// Scan implements [kv.Reader].
func (t *Tx) Scan(r kv.Range) iter.Seq2[kv.Entry, error] {
	return func(yield func(kv.Entry, error) bool) {
		written := t.writes.Snapshot()
		var own []kv.Entry // few beside what a snapshot holds
		var gone []bool
		for key, c := range written.Scan(r.Start, r.End, r.Reverse) {
			e := kv.Entry{Key: key, Value: c.value}
			if r.KeysOnly {
				e.Value = nil
			}
			own, gone = append(own, e), append(gone, c.deleted)
		}
		before := func(a, b []byte) bool {
			if r.Reverse {
				a, b = b, a
			}
			return bytes.Compare(a, b) < 0
		}
		i := 0
		mine := func(until []byte) bool { // those before a key of the snapshot
			for ; i < len(own) && (until == nil || before(own[i].Key, until)); i++ {
				if !gone[i] && !yield(own[i], nil) {
					return false
				}
			}
			return true
		}
		for e, err := range t.r.Scan(r) {
			if err != nil {
				yield(kv.Entry{}, err)
				return
			}
			if !mine(e.Key) {
				return
			}
			if i < len(own) && bytes.Equal(own[i].Key, e.Key) {
				if i++; !gone[i-1] && !yield(own[i-1], nil) {
					return
				}
				continue
			}
			if !yield(e, nil) {
				return
			}
		}
		mine(nil)
	}
}
