// Package badgerkv is the engine on disk: the seam of package kv over Badger.
//
// One process at a time holds a store. Within it one Update runs at a time,
// because Badger checks the keys a transaction read but not the gaps it
// scanned; the Updates that wait for their turn share one commit, and so one
// fsync (see update.go).
//
// The traps, each with its guard here: a full disk kills the process in a page
// fault (Options.MinFree, and Close); the names of new logs are not synced
// (keepLog); damaged tables are skipped in silence (Open counts
// what Badger complains of, and refuses); errors and log lines of Badger can
// hold keys (neither leaves this package); Badger makes files of mode 0644
// (they are corrected after the fact, so a program should also set its umask
// to 077 first thing).
package badgerkv

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"syscall"

	"github.com/dgraph-io/badger/v4"

	"cdp-tui/internal/kv"
)

var (
	// ErrNotStore is wrapped by Open when the directory holds other things.
	ErrNotStore = errors.New("badgerkv: not a store")
	// ErrDamaged is wrapped by Open when files are missing or do not verify,
	// and by reads that meet such a place later.
	ErrDamaged = errors.New("badgerkv: store is damaged")
	// ErrFailed is wrapped by everything after a commit failed half way, a
	// failing disk for instance. Whether that commit happened shows when the
	// store is closed and opened again.
	ErrFailed = errors.New("badgerkv: a commit failed half way, open the store again")
)

// Options of a store. The zero value is right for all but measurements.
type Options struct {
	// MinFree is how many bytes the file system must have free for Update and
	// Loader to go on; 0 means 256 MiB.
	MinFree int64
	// NoSync makes Update return before its writes are safe. For benchmarks.
	NoSync bool
}

const defaultMinFree = 256 << 20

// Sizes in bytes, chosen by measurement with 11 M keys (1 M records) of 100
// bytes: anonymous memory is then about 105 MiB while reading, 300 MiB while
// writing at full speed, 525 MiB during a load. Badger's defaults take two to
// three times that and are no faster.
//
// A memtable is an arena on the heap and a mapped log of twice its size. A
// Badger transaction is at most 15 % of one (2,516,582 bytes), and must hold
// the largest group: maxGroupBytes has that sum.
//
// Tables double in size from level to level; a load writes them at the lowest,
// 32 times baseTableSize, several at a time with twice their size as buffers.
const (
	memTableSize   = 16 << 20
	maxMemTables   = 2 // waiting to be flushed; one more is being written to
	baseTableSize  = 512 << 10
	blockCacheSize = 32 << 20
	indexCacheSize = 64 << 20 // all of it with 11 M keys takes less
	// No value reaches the value log (the threshold is 1 MiB, our limit is 64
	// KiB), and none may: Badger only logs it when a sync of that file fails.
	// Its files are made as small as they get.
	valueLogSize = 1 << 20
)

// openFree is what opening may need: replayed logs are flushed, new ones made.
// Closing flushes as much.
const openFree = 4 * memTableSize

// A Store is an open store. It is safe for concurrent use.
type Store struct {
	dir       string
	minFree   int64
	db        *badger.DB
	lock      *dirLock
	faults    *faultCounter
	discarded bool
	failed    atomic.Pointer[error]
	gate      gate
	load      atomic.Pointer[loader] // the open one, or nil
	line      line
	group     *group // the open group, or nil; belongs to who has the turn
	wrote     bool   // something was committed; belongs to who has the turn
	nextLog   int    // the number of Badger's next log, 0 when not known; likewise
	noSync    bool

	// commit writes a group, and reports whether it may have been written
	// although there is an error. A field for the tests of grouping.
	commit func(*group) (halfway bool, err error)
}

var _ kv.Bulk = (*Store)(nil)

// Open opens the store in dir, which is made if it is not there, and takes it
// for this process. If another one has it the error is a [*kv.InUseError].
// A load that did not end is discarded: see [Store.LoadDiscarded].
func Open(dir string, opts Options) (*Store, error) {
	s, err := open(dir, opts)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	return s, nil
}

func open(dir string, opts Options) (_ *Store, err error) {
	if opts.MinFree == 0 {
		opts.MinFree = defaultMinFree
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	if err := checkDir(dir); err != nil {
		return nil, err
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, lock.release())
		}
	}()
	discarded, err := discardLoad(dir)
	if err != nil {
		return nil, err
	}
	if err := checkDir(dir); err != nil { // again, now that nobody else is at it
		return nil, err
	}
	if err := checkSpace(dir, min(openFree, opts.MinFree)); err != nil {
		return nil, err
	}
	if err := dropEmpty(dir); err != nil {
		return nil, err
	}
	s := &Store{dir: dir, minFree: opts.MinFree, noSync: opts.NoSync, lock: lock, discarded: discarded, faults: new(faultCounter)}
	s.commit = s.commitGroup
	if s.db, err = badger.Open(s.badgerOptions(opts)); err != nil {
		if errno := syscall.Errno(0); errors.As(err, &errno) {
			return nil, err
		}
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err) // at open its errors name files, not keys
	}
	if n := s.faults.count(); n > 0 {
		_ = s.db.Close()
		return nil, fmt.Errorf("%w: %d faults while its files were read", ErrDamaged, n)
	}
	if err := protect(dir); err != nil {
		_ = s.db.Close()
		return nil, err
	}
	return s, nil
}

func (s *Store) badgerOptions(opts Options) badger.Options {
	o := badger.DefaultOptions(s.dir).
		WithLogger(s.faults).
		WithSyncWrites(!opts.NoSync).
		WithBypassLockGuard(true). // lockDir did it
		WithDetectConflicts(false).
		WithMetricsEnabled(false).
		WithMemTableSize(memTableSize).
		WithNumMemtables(maxMemTables).
		WithBaseTableSize(baseTableSize).
		WithBlockCacheSize(blockCacheSize).
		WithIndexCacheSize(indexCacheSize).
		WithValueLogFileSize(valueLogSize).
		WithNumCompactors(2)
	return o
}

// Close waits for the transactions under way, aborts a load, and closes the
// store. Do not call it from within a transaction.
//
// If the disk is so full that Badger could not flush what it has in memory,
// the error wraps [kv.ErrNoSpace]. The logs then stay for the next Open, which
// finds everything that was acknowledged in them; Badger is left as it is, and
// so the store stays taken until the process ends.
func (s *Store) Close() error {
	if !s.gate.close() {
		return kv.ErrClosed
	}
	if s.wrote {
		if err := checkSpace(s.dir, min(openFree, s.minFree)); errors.Is(err, kv.ErrNoSpace) {
			return fmt.Errorf("close store: what was written is safe, but not tidied up: %w", err)
		}
	}
	var err error
	if l := s.load.Load(); l != nil {
		if err = l.Abort(); errors.Is(err, kv.ErrClosed) { // it ended meanwhile
			err = nil
		}
	}
	err = errors.Join(err, s.db.Close(), protect(s.dir), s.lock.release())
	if err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

// LoadDiscarded reports whether Open found a load that had not ended, and so
// emptied the store.
func (s *Store) LoadDiscarded() bool { return s.discarded }

// Faults returns how many errors Badger has logged since Open. Background
// work (a flush, a compaction) reports its failure no other way. The text is
// not kept: it can hold keys.
func (s *Store) Faults() int { return s.faults.count() }

// Size returns the bytes that the store takes on disk.
func (s *Store) Size() (int64, error) {
	n, err := usedBytes(s.dir)
	if err != nil {
		return 0, fmt.Errorf("size of store: %w", err)
	}
	return n, nil
}

// View implements [kv.Store].
func (s *Store) View(ctx context.Context, f func(kv.Reader) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.gate.exit()
	snap := s.db.NewTransaction(false)
	tx := &tx{life: kv.NewLife(ctx), snap: snap}
	defer snap.Discard()
	defer tx.end()
	return f(kv.ReadOnly(tx))
}

// enter begins a call; s.gate.exit ends it.
func (s *Store) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.failed.Load(); err != nil {
		return *err
	}
	return s.gate.enter()
}

// fail closes the store to everything but Close.
func (s *Store) fail(err error) {
	err = fmt.Errorf("%w: %w", ErrFailed, err)
	s.failed.CompareAndSwap(nil, &err)
}

// A faultCounter is a Badger logger that counts errors and drops the text.
type faultCounter struct{ n atomic.Int64 }

func (c *faultCounter) count() int            { return int(c.n.Load()) }
func (c *faultCounter) Errorf(string, ...any) { c.n.Add(1) }
func (*faultCounter) Warningf(string, ...any) {}
func (*faultCounter) Infof(string, ...any)    {}
func (*faultCounter) Debugf(string, ...any)   {}

// cause returns the innermost error. Badger puts keys into the text around it.
func cause(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
