package badgerkv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/pb"
	"github.com/dgraph-io/ristretto/v2/z"

	"cdp-tui/internal/kv"
)

// loadBatch is how many bytes a loader hands to Badger at a time.
const loadBatch = 4 << 20

// loadVersion is the version of all loaded entries; later updates get higher
// ones.
const loadVersion = 1

// A loader writes tables directly, past the log and the memtables. Its marker
// file in the directory says that what is there is void; it goes when all is
// safe.
//
// Keys ascend, so at any time only one of Badger's streams could be busy: one
// stream is all there is. A goroutine of ours hands the batches over while the
// next one is filled; Badger's own compress and write.
type loader struct {
	ctx   context.Context // of the load
	store *Store

	mu      sync.Mutex // Close of the store may abort from another goroutine
	out     *badger.StreamWriter
	batch   *z.Buffer
	batches chan *z.Buffer
	written chan error // the one outcome of all batches
	last    []byte
	entry   pb.KV // scratch
	err     error // the first refusal: what follows it would leave a gap
	done    bool
}

// NewLoader implements [kv.Bulk].
func (s *Store) NewLoader(ctx context.Context) (kv.Loader, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := s.failed.Load(); err != nil {
		return nil, *err
	}
	if err := s.gate.load(ctx); err != nil {
		return nil, err
	}
	defer s.gate.exit()
	l, err := s.newLoader(ctx)
	if err != nil {
		s.gate.loaded()
		return nil, err
	}
	s.load.Store(l)
	return l, nil
}

func (s *Store) newLoader(ctx context.Context) (*loader, error) {
	if err := s.checkEmpty(ctx); err != nil {
		return nil, err
	}
	if err := checkSpace(s.dir, s.minFree); err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	if err := markLoad(s.dir); err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	l := &loader{
		ctx: ctx, store: s, out: s.db.NewStreamWriter(),
		batches: make(chan *z.Buffer, 1), written: make(chan error, 1),
	}
	if err := l.out.Prepare(); err != nil {
		l.out.Cancel()
		return nil, fmt.Errorf("load: %w", errors.Join(cause(err), unmarkLoad(s.dir)))
	}
	go l.write(l.batches)
	return l, nil
}

// checkEmpty returns ErrNotEmpty if there is any key.
func (s *Store) checkEmpty(ctx context.Context) error {
	snap := s.db.NewTransaction(false)
	defer snap.Discard()
	tx := &tx{life: kv.NewLife(ctx), snap: snap}
	defer tx.end()
	for _, err := range tx.Scan(kv.Range{KeysOnly: true}) {
		if err != nil {
			return err
		}
		return kv.ErrNotEmpty
	}
	return nil
}

// write hands the batches over until there are no more. After a failure it
// still takes them, so that Put does not block.
func (l *loader) write(batches <-chan *z.Buffer) {
	var err error
	for b := range batches {
		if err == nil {
			err = l.out.Write(b)
		}
		err = errors.Join(err, b.Release())
	}
	l.written <- err
}

// Put implements [kv.Loader].
func (l *loader) Put(key, value []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done {
		return kv.ErrClosed
	}
	if l.err == nil {
		l.err = l.put(key, value)
	}
	return l.err
}

func (l *loader) put(key, value []byte) error {
	if err := kv.CheckEntry(key, len(value)); err != nil {
		return err
	}
	if bytes.Compare(key, l.last) <= 0 {
		return kv.ErrOrder
	}
	l.last = append(l.last[:0], key...)
	if l.batch == nil {
		if err := l.ctx.Err(); err != nil {
			return err
		}
		if err := checkSpace(l.store.dir, l.store.minFree); err != nil {
			return fmt.Errorf("load: %w", err)
		}
		l.batch = z.NewBuffer(loadBatch+2*kv.MaxValue, "load")
	}
	l.entry.Key = engineKey(l.entry.Key[:0], key)
	l.entry.Value = value
	l.entry.Version = loadVersion
	badger.KVToBuffer(&l.entry, l.batch)
	if l.batch.LenNoPadding() >= loadBatch {
		l.batches <- l.batch
		l.batch = nil
	}
	return nil
}

// Commit implements [kv.Loader]. When it returns an error, Abort is still to
// be called.
func (l *loader) Commit() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done {
		return kv.ErrClosed
	}
	if l.err != nil {
		return l.err
	}
	if l.err = l.ctx.Err(); l.err != nil {
		return l.err
	}
	if l.err = l.flush(); l.err != nil {
		l.err = fmt.Errorf("load: %w", l.err)
		return l.err
	}
	l.end()
	return nil
}

func (l *loader) flush() error {
	if err := l.finish(); err != nil {
		return cause(err)
	}
	// Flush syncs tables, MANIFEST and directory.
	if err := l.out.Flush(); err != nil {
		return cause(err)
	}
	l.out = nil
	if err := protect(l.store.dir); err != nil {
		return err
	}
	return unmarkLoad(l.store.dir)
}

// end lets the store go on.
func (l *loader) end() {
	l.done = true
	l.store.nextLog = 0 // Badger has begun new ones
	l.store.load.Store(nil)
	l.store.gate.loaded()
}

// finish hands over the last batch and waits for the writer.
func (l *loader) finish() error {
	if l.batches == nil {
		return nil
	}
	if l.batch != nil {
		l.batches <- l.batch
		l.batch = nil
	}
	close(l.batches)
	l.batches = nil
	return <-l.written
}

// Abort implements [kv.Loader]. If it returns an error, the store must be
// closed; opening it again empties it.
func (l *loader) Abort() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done {
		return kv.ErrClosed
	}
	defer l.end()
	if l.batch != nil {
		_ = l.batch.Release()
		l.batch = nil
	}
	_ = l.finish() // its error is the reason for Abort, not a failure of it
	if l.out != nil {
		l.out.Cancel()
	}
	err := l.store.db.DropAll()
	if err == nil {
		err = unmarkLoad(l.store.dir)
	}
	if err != nil {
		err = fmt.Errorf("abort load: %w", cause(err))
		l.store.fail(err)
	}
	return err
}
