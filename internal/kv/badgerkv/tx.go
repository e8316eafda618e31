package badgerkv

import (
	"bytes"
	"errors"
	"fmt"
	"iter"

	"github.com/dgraph-io/badger/v4"

	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/treap"
)

// keyMark begins every key as Badger sees it. Badger keeps the keys that begin
// with "!badger!" for itself, and hides them from iterators.
const keyMark = 'k'

// engineKey appends the key as Badger sees it to buf.
func engineKey(buf, key []byte) []byte { return append(append(buf, keyMark), key...) }

// tx is a transaction: a snapshot of Badger's under the writes of the group
// so far and its own. A View has no writes.
//
// Badger could keep the writes itself, but it copies and sorts all of them for
// each iterator.
type tx struct {
	life   kv.Life
	snap   *badger.Txn
	writes treap.Map[change] // by engine key
	meter  kv.Meter          // of its own writes
	scans  []*badger.Iterator
	key    []byte // scratch
}

// end makes the transaction unusable. A scan that somebody holds on to (see
// [iter.Pull]) is closed: Badger panics if the snapshot goes first.
func (t *tx) end() {
	t.life.End()
	for _, it := range t.scans {
		it.Close()
	}
}

func (t *tx) Get(key []byte) ([]byte, error) {
	if err := t.life.Err(); err != nil {
		return nil, err
	}
	value, err := t.get(key)
	if err == nil && value == nil {
		err = kv.ErrNotFound
	}
	return value, err
}

func (t *tx) GetAll(keys [][]byte) (values [][]byte, err error) {
	if err := t.life.Err(); err != nil {
		return nil, err
	}
	values = make([][]byte, len(keys))
	for i, key := range keys {
		if values[i], err = t.get(key); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// get returns a copy of the value of key, nil if there is none.
func (t *tx) get(key []byte) (value []byte, err error) {
	t.key = engineKey(t.key[:0], key)
	if c, ok := t.writes.Get(t.key); ok {
		if c.deleted {
			return nil, nil
		}
		return clone(c.value), nil
	}
	item, err := t.snap.Get(t.key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, nil
	}
	if err == nil {
		// The item is new, so what it yields is ours. ValueCopy would copy again.
		err = item.Value(func(v []byte) error {
			if value = v; value == nil {
				value = []byte{}
			}
			return nil
		})
	}
	if err != nil {
		return nil, fmt.Errorf("%w: get: %w", ErrDamaged, cause(err))
	}
	return value, nil
}

func (t *tx) Set(key, value []byte) error {
	if err := t.life.Err(); err != nil {
		return err
	}
	if err := t.meter.Charge(key, len(value)); err != nil {
		return err
	}
	t.writes.Set(engineKey(make([]byte, 0, 1+len(key)), key), change{value: clone(value)})
	return nil
}

func (t *tx) Delete(key []byte) error {
	if err := t.life.Err(); err != nil {
		return err
	}
	if err := t.meter.Charge(key, 0); err != nil {
		return err
	}
	t.writes.Set(engineKey(make([]byte, 0, 1+len(key)), key), change{deleted: true})
	return nil
}

func (t *tx) Scan(r kv.Range) iter.Seq2[kv.Entry, error] {
	return func(yield func(kv.Entry, error) bool) {
		if err := t.life.Err(); err != nil {
			yield(kv.Entry{}, err)
			return
		}
		start := engineKey(nil, r.Start)
		end := []byte{keyMark + 1}
		if len(r.End) > 0 {
			end = engineKey(nil, r.End)
		}
		if bytes.Compare(start, end) >= 0 {
			return
		}
		if t.writes.Empty() {
			t.scanSnapshot(start, end, r, yield)
		} else {
			t.scanMerged(start, end, r, yield)
		}
	}
}

// scanSnapshot yields what Badger has from start up to end, both engine keys.
// The slices it yields are reused.
func (t *tx) scanSnapshot(start, end []byte, r kv.Range, yield func(kv.Entry, error) bool) {
	it := t.snap.NewIterator(badger.IteratorOptions{Reverse: r.Reverse, Prefix: shared(start, end, r.Reverse)})
	t.scans = append(t.scans, it)
	defer func() {
		it.Close()
		// Last in, first out, but for scans that are pulled.
		if n := len(t.scans); n > 0 && t.scans[n-1] == it {
			t.scans = t.scans[:n-1]
		}
	}()
	at := start
	if r.Reverse {
		at = end
	}
	var value []byte
	for it.Seek(at); it.Valid(); it.Next() {
		item := it.Item()
		key := item.Key()
		if r.Reverse {
			if bytes.Compare(key, end) >= 0 {
				continue
			}
			if bytes.Compare(key, start) < 0 {
				return
			}
		} else if bytes.Compare(key, end) >= 0 {
			return
		}
		e := kv.Entry{Key: key[1:]}
		if !r.KeysOnly {
			err := item.Value(func(v []byte) error {
				value = append(value[:0], v...)
				return nil
			})
			if err != nil {
				yield(kv.Entry{}, fmt.Errorf("%w: scan: %w", ErrDamaged, cause(err)))
				return
			}
			if e.Value = value; value == nil {
				e.Value = []byte{}
			}
		}
		if !yield(e, nil) {
			return
		}
		if err := t.life.Err(); err != nil { // in the meantime
			yield(kv.Entry{}, err)
			return
		}
	}
}

// shared returns a prefix that all keys from start up to end have: Badger
// opens only the tables that can hold it. A reverse scan seeks to end, so end
// must have it too.
func shared(start, end []byte, reverse bool) []byte {
	if !reverse && len(end) <= len(start) {
		if p := start[:len(end)]; bytes.Equal(kv.Prefix(p).End, end) {
			return p
		}
	}
	n := 0
	for n < len(start) && n < len(end) && start[n] == end[n] {
		n++
	}
	return start[:n]
}

// scanMerged yields the snapshot overlaid with the writes.
func (t *tx) scanMerged(start, end []byte, r kv.Range, yield func(kv.Entry, error) bool) {
	next, stop := iter.Pull2(t.writes.Scan(start, end, r.Reverse))
	defer stop()
	key, c, more := next()
	// emit yields the write at hand and takes the next one.
	emit := func() bool {
		k, w := key, c
		key, c, more = next()
		if w.deleted {
			return true
		}
		e := kv.Entry{Key: clone(k[1:])}
		if !r.KeysOnly {
			e.Value = clone(w.value)
		}
		if !yield(e, nil) {
			return false
		}
		if err := t.life.Err(); err != nil {
			yield(kv.Entry{}, err)
			return false
		}
		return true
	}
	going := true
	t.scanSnapshot(start, end, r, func(e kv.Entry, err error) bool {
		if err != nil {
			going = false
			yield(kv.Entry{}, err)
			return false
		}
		for more {
			order := bytes.Compare(key[1:], e.Key)
			if r.Reverse {
				order = -order
			}
			if order > 0 {
				break
			}
			if going = emit(); !going {
				return false
			}
			if order == 0 { // the write hides the entry
				return true
			}
		}
		going = yield(e, nil)
		return going
	})
	for going && more {
		going = emit()
	}
}

// clone returns a copy that is not nil.
func clone(b []byte) []byte { return append([]byte{}, b...) }
