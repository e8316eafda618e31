// Package memkv is the plainest engine behind the seam: everything in memory,
// gone with Close. It serves tests, and shows what the contract asks.
//
// The trap: "durable" means nothing here. What must survive a crash is tested
// on the engine on disk.
package memkv

import (
	"bytes"
	"context"
	"iter"
	"sync"

	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/treap"
)

// A Store keeps its entries in memory. It is safe for concurrent use.
type Store struct {
	turn chan struct{} // holds a token while an Update runs: one writer at a time

	mu      sync.Mutex // guards what follows
	entries treap.Map[[]byte]
	closed  bool
	loading bool
}

var _ kv.Bulk = (*Store)(nil)

// New returns an empty store.
func New() *Store { return &Store{turn: make(chan struct{}, 1)} }

// View implements [kv.Store].
func (s *Store) View(ctx context.Context, f func(kv.Reader) error) error {
	entries, err := s.snapshot(ctx)
	if err != nil {
		return err
	}
	tx := &tx{life: kv.NewLife(ctx), entries: entries}
	defer tx.life.End()
	return f(kv.ReadOnly(tx))
}

// Update implements [kv.Store].
func (s *Store) Update(ctx context.Context, f func(kv.Tx) error) error {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.turn }()
	entries, err := s.snapshot(ctx)
	if err != nil {
		return err
	}
	tx := &tx{life: kv.NewLife(ctx), entries: entries}
	defer tx.life.End()
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.meter.Err(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.state(); err != nil {
		return err
	}
	s.entries = tx.entries.Snapshot()
	return nil
}

// Close implements [kv.Store]. The entries are gone.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return kv.ErrClosed
	}
	s.closed = true
	s.entries = treap.Map[[]byte]{}
	return nil
}

func (s *Store) snapshot(ctx context.Context) (treap.Map[[]byte], error) {
	if err := ctx.Err(); err != nil {
		return treap.Map[[]byte]{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.entries.Snapshot(), s.state()
}

// state says why nothing can be done now; s.mu is held.
func (s *Store) state() error {
	switch {
	case s.closed:
		return kv.ErrClosed
	case s.loading:
		return kv.ErrLoading
	}
	return nil
}

// tx is a transaction: a private version of all entries.
type tx struct {
	life    kv.Life
	entries treap.Map[[]byte]
	meter   kv.Meter
}

func (t *tx) Get(key []byte) ([]byte, error) {
	if err := t.life.Err(); err != nil {
		return nil, err
	}
	v, ok := t.entries.Get(key)
	if !ok {
		return nil, kv.ErrNotFound
	}
	return clone(v), nil
}

func (t *tx) GetAll(keys [][]byte) ([][]byte, error) {
	if err := t.life.Err(); err != nil {
		return nil, err
	}
	values := make([][]byte, len(keys))
	for i, key := range keys {
		if v, ok := t.entries.Get(key); ok {
			values[i] = clone(v)
		}
	}
	return values, nil
}

func (t *tx) Scan(r kv.Range) iter.Seq2[kv.Entry, error] {
	return func(yield func(kv.Entry, error) bool) {
		if err := t.life.Err(); err != nil {
			yield(kv.Entry{}, err)
			return
		}
		for key, value := range t.entries.Scan(r.Start, r.End, r.Reverse) {
			if err := t.life.Err(); err != nil {
				yield(kv.Entry{}, err)
				return
			}
			e := kv.Entry{Key: clone(key)}
			if !r.KeysOnly {
				e.Value = clone(value)
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

func (t *tx) Set(key, value []byte) error {
	if err := t.life.Err(); err != nil {
		return err
	}
	if err := t.meter.Charge(key, len(value)); err != nil {
		return err
	}
	t.entries.Set(clone(key), clone(value))
	return nil
}

func (t *tx) Delete(key []byte) error {
	if err := t.life.Err(); err != nil {
		return err
	}
	if err := t.meter.Charge(key, 0); err != nil {
		return err
	}
	t.entries.Delete(key)
	return nil
}

// clone returns a copy that is not nil.
func clone(b []byte) []byte { return append([]byte{}, b...) }

// NewLoader implements [kv.Bulk].
func (s *Store) NewLoader(ctx context.Context) (kv.Loader, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case s.turn <- struct{}{}: // no Update is in flight
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.state(); err != nil {
		return nil, err
	}
	if !s.entries.Empty() {
		return nil, kv.ErrNotEmpty
	}
	s.loading = true
	return &loader{ctx: ctx, store: s}, nil
}

type loader struct {
	ctx     context.Context // of the load
	store   *Store
	entries treap.Map[[]byte]
	last    []byte
	err     error // the first refusal: what follows it would leave a gap
	done    bool
}

// usable says why the loader can not go on.
func (l *loader) usable() error {
	l.store.mu.Lock()
	closed := l.store.closed
	l.store.mu.Unlock()
	if l.done || closed {
		return kv.ErrClosed
	}
	if l.err == nil {
		l.err = l.ctx.Err()
	}
	return l.err
}

func (l *loader) Put(key, value []byte) error {
	if err := l.usable(); err != nil {
		return err
	}
	if l.err = kv.CheckEntry(key, len(value)); l.err != nil {
		return l.err
	}
	if bytes.Compare(key, l.last) <= 0 {
		l.err = kv.ErrOrder
		return l.err
	}
	l.last = clone(key)
	l.entries.Set(l.last, clone(value))
	return nil
}

func (l *loader) Commit() error {
	if err := l.usable(); err != nil {
		return err
	}
	return l.finish(l.entries)
}

func (l *loader) Abort() error { return l.finish(treap.Map[[]byte]{}) }

func (l *loader) finish(entries treap.Map[[]byte]) error {
	s := l.store
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.done || s.closed {
		return kv.ErrClosed
	}
	l.done = true
	s.loading = false
	s.entries = entries
	return nil
}
