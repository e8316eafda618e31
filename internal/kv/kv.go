// Package kv is the seam between the program and the engine that keeps its
// bytes: an ordered map with serializable transactions.
//
// The contract, which package kvtest checks for every engine:
//
//   - Keys order as bytes. A scan yields them in that order, each once.
//   - A transaction reads one snapshot plus its own writes, in scans too.
//   - Update is serializable, ranges included: if a transaction scanned a
//     range and another one put a key into it meanwhile, they do not both
//     commit. (Badger alone checks keys read, not gaps scanned; its engine
//     therefore admits one writer at a time.)
//   - When Update returns nil the writes survive a crash of the process and a
//     loss of power. When it returns an error, none of them happened.
//   - The function given to Update may run more than once. It must have no
//     effect but through its transaction.
//   - Slices given to Set, and slices received from Get, GetAll and Scan,
//     belong to the receiver: the engine copies what it keeps and never
//     reuses what it gave — except in Scan, see there.
//   - A transaction is for one goroutine and ends with its function.
package kv

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// Limits of the seam. Every engine enforces them, so that what works on one
// works on all.
const (
	MaxKey           = 1 << 10  // bytes in a key; a key has at least one byte
	MaxValue         = 64 << 10 // bytes in a value; larger things are kept in chunks by the layer above
	MaxUpdateEntries = 8_000    // keys set or deleted in one Update
	MaxUpdateBytes   = 2 << 20  // bytes of keys and values set or deleted in one Update
)

var (
	// ErrNotFound is returned by Get for a key that is not there.
	ErrNotFound = errors.New("kv: not found")
	// ErrTooLarge is wrapped by errors about a key, a value or an update over
	// the limits. Nothing of the update is kept.
	ErrTooLarge = errors.New("kv: over the limit")
	// ErrReadOnly is returned by Set and Delete in a View.
	ErrReadOnly = errors.New("kv: read-only transaction")
	// ErrClosed is returned after Close, and by a transaction whose function
	// has returned.
	ErrClosed = errors.New("kv: closed")
	// ErrNotEmpty is returned by NewLoader when the store holds any key.
	ErrNotEmpty = errors.New("kv: store is not empty")
	// ErrNoSpace is wrapped by Update and Loader when the disk is nearly full:
	// nothing was written; reading goes on. Opening and closing a store may
	// wrap it too; nothing is lost then.
	ErrNoSpace = errors.New("kv: too little free space on the disk")
	// ErrLoading is returned by View, Update and NewLoader while a Loader is
	// open.
	ErrLoading = errors.New("kv: a load is under way")
	// ErrOrder is returned by Loader.Put when keys do not ascend strictly.
	ErrOrder = errors.New("kv: keys out of order")
)

// InUseError says that another process holds the store.
type InUseError struct {
	Dir string
	PID int // of the holder; 0 when it is not known
}

func (e *InUseError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("store %s in use by another process", e.Dir)
	}
	return fmt.Sprintf("store %s in use by pid %d", e.Dir, e.PID)
}

// A Reader reads one snapshot.
type Reader interface {
	// Get returns the value of key, or ErrNotFound.
	Get(key []byte) ([]byte, error)
	// GetAll returns the values of keys in their order, nil for one that is
	// not there (a value that is there and empty is not nil).
	GetAll(keys [][]byte) ([][]byte, error)
	// Scan yields the entries of r in ascending order, or descending if
	// r.Reverse. The slices of an entry are valid only until the next step:
	// a receiver that keeps them copies them. An error ends the sequence as
	// its last element.
	Scan(r Range) iter.Seq2[Entry, error]
}

// A Tx reads and writes.
type Tx interface {
	Reader
	Set(key, value []byte) error
	// Delete removes key; removing one that is not there is no error.
	Delete(key []byte) error
}

// An Entry is a key and its value.
type Entry struct{ Key, Value []byte }

// A Range selects keys: Start <= key < End. An empty End means no upper bound.
type Range struct {
	Start, End []byte
	Reverse    bool
	KeysOnly   bool // Value of the entries is nil
}

// Prefix returns the range of all keys that begin with p.
func Prefix(p []byte) Range {
	end := append([]byte(nil), p...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] < 0xff {
			end[i]++
			return Range{Start: p, End: end[:i+1]}
		}
	}
	return Range{Start: p}
}

// A Store is an ordered map with transactions. It is safe for concurrent use.
// When ctx is cancelled, reads and writes of the transaction return its error
// and nothing is committed.
type Store interface {
	View(ctx context.Context, f func(Reader) error) error
	// Update runs f and commits what it wrote, or nothing if f or the commit
	// returns an error. A panic in f rolls back and goes on.
	Update(ctx context.Context, f func(Tx) error) error
	Close() error
}

// A Loader fills an empty store from a sorted stream, much faster than
// updates do. Nothing is visible before Commit; after Abort or a crash before
// Commit the store is empty again. After an error of Put or Commit only Abort
// makes sense; Close of the store aborts too.
type Loader interface {
	// Put adds an entry; keys ascend strictly.
	Put(key, value []byte) error
	Commit() error
	// Abort after Commit does nothing and returns ErrClosed, so that it can be
	// deferred.
	Abort() error
}

// A Bulk is a Store that offers a Loader. No View or Update may run while a
// Loader is open.
type Bulk interface {
	Store
	NewLoader(ctx context.Context) (Loader, error)
}
