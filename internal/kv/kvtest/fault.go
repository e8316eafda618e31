package kvtest

import (
	"context"
	"errors"
	"sync/atomic"

	"cdp-tui/internal/kv"
)

// ErrFault is the error of [FailAt].
var ErrFault = errors.New("kvtest: fault on purpose")

// FailAt returns a store that passes everything on to s, but for the n-th
// write operation counted from 1: that one fails with ErrFault, and the
// Update it belongs to with it, even if its function drops the error. A write
// operation is a Set, a Delete, or the commit of an Update whose function
// returned nil. Operations after it succeed again. Use it to show that an act
// happens wholly or not at all:
//
//	for n := 1; ; n++ {
//		err := act(kvtest.FailAt(store, n))
//		if err == nil {
//			break // it takes fewer than n writes
//		}
//		// check that nothing happened
//	}
func FailAt(s kv.Store, n int) kv.Store { return &failing{Store: s, at: int64(n)} }

type failing struct {
	kv.Store
	at   int64
	done atomic.Int64 // write operations so far
}

func (s *failing) hit() bool { return s.done.Add(1) == s.at }

func (s *failing) Update(ctx context.Context, f func(kv.Tx) error) error {
	return s.Store.Update(ctx, func(tx kv.Tx) error {
		ft := &failingTx{Tx: tx, store: s}
		if err := f(ft); err != nil {
			return err
		}
		if ft.failed || s.hit() {
			return ErrFault
		}
		return nil
	})
}

type failingTx struct {
	kv.Tx
	store  *failing
	failed bool
}

func (t *failingTx) Set(key, value []byte) error {
	if t.store.hit() {
		t.failed = true
		return ErrFault
	}
	return t.Tx.Set(key, value)
}

func (t *failingTx) Delete(key []byte) error {
	if t.store.hit() {
		t.failed = true
		return ErrFault
	}
	return t.Tx.Delete(key)
}
