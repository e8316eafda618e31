package badgerkv

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/dgraph-io/badger/v4"

	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/treap"
)

// Group commit. Badger does not share an fsync between transactions: it syncs
// its log once per transaction, and a new transaction waits until all earlier
// ones are synced. So it is done here. Functions run one after another, each
// in the goroutine of its caller, on a snapshot of the store plus the writes
// of those that ran before it in the same group. The writes gather in memory.
// Whoever finds nobody waiting behind it writes the group as one Badger
// transaction and lets all of its members return.
//
// A function whose transaction fails leaves the group as it found it: its
// writes were made to a snapshot of the group's, which is dropped.

// A group is what is committed together.
type group struct {
	snap   *badger.Txn       // the store before the group
	writes treap.Map[change] // by engine key
	keys   int               // at most: the sum over the members
	bytes  int               // likewise
	done   chan struct{}     // closed when err is final
	err    error
}

// A change is what a transaction does to a key.
type change struct {
	value   []byte
	deleted bool
}

// A group is closed when the next update might be too much for one Badger
// transaction. Badger counts 13 bytes for each key besides key and value, so
// the largest is
//
//	maxGroupBytes + kv.MaxUpdateBytes + 13 * (maxGroupKeys + kv.MaxUpdateEntries)
//
// which is 2,515,296 bytes, and may be 2,516,581 (see memTableSize).
const (
	maxGroupBytes = 256 << 10
	maxGroupKeys  = 4_000
)

func (g *group) full() bool { return g.bytes >= maxGroupBytes || g.keys >= maxGroupKeys }

// Update implements [kv.Store]. It waits for its turn as long as ctx lets it.
// Once f has returned nil it waits for the commit regardless, so that the
// answer is never in doubt.
func (s *Store) Update(ctx context.Context, f func(kv.Tx) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.gate.exit()
	if err := s.line.wait(ctx); err != nil {
		return err
	}
	g, err := s.join()
	if err != nil {
		s.line.next()
		return err
	}
	err = s.run(ctx, g, f)
	// Also when f failed: it may have done so because of what it read of the
	// others' writes. If those did not happen, its error is not the reason.
	<-g.done
	if g.err != nil {
		return g.err
	}
	return err
}

// join returns the open group, or opens one. The caller has the turn.
func (s *Store) join() (*group, error) {
	if s.group != nil {
		return s.group, nil
	}
	if err := s.failed.Load(); err != nil {
		return nil, *err
	}
	if err := checkSpace(s.dir, s.minFree); err != nil {
		return nil, fmt.Errorf("update: %w", err)
	}
	s.group = &group{snap: s.db.NewTransaction(false), done: make(chan struct{})}
	return s.group, nil
}

// run calls f as a member of g and gives the turn away, also if f panics.
func (s *Store) run(ctx context.Context, g *group, f func(kv.Tx) error) (err error) {
	tx := &tx{life: kv.NewLife(ctx), snap: g.snap, writes: g.writes.Snapshot()}
	defer s.leave(g)
	defer tx.end()
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.meter.Err(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	g.writes = tx.writes.Snapshot()
	g.keys += tx.meter.Keys()
	g.bytes += tx.meter.Bytes()
	return nil
}

// leave gives the turn to the next member of g, or finishes g.
func (s *Store) leave(g *group) {
	if !g.full() && s.line.pass() {
		return
	}
	s.group = nil
	g.snap.Discard()
	if !g.writes.Empty() {
		s.wrote = true
		var halfway bool
		if halfway, g.err = s.commit(g); halfway {
			s.fail(g.err)
		}
	}
	close(g.done)
	s.line.next()
}

// commitGroup writes g as one Badger transaction.
func (s *Store) commitGroup(g *group) (halfway bool, err error) {
	txn := s.db.NewTransaction(true)
	defer txn.Discard()
	for key, c := range g.writes.Scan(nil, nil, false) {
		if c.deleted {
			err = txn.Delete(key)
		} else {
			err = txn.Set(key, c.value)
		}
		if err != nil {
			return false, fmt.Errorf("commit: %w", cause(err))
		}
	}
	if err := txn.Commit(); err != nil {
		// These come before anything is written. After any other the writes
		// are in the memtable, and may or may not be in its log.
		clean := errors.Is(err, badger.ErrTxnTooBig) || errors.Is(err, badger.ErrBlockedWrites)
		return !clean, fmt.Errorf("commit: %w", cause(err))
	}
	if err := s.keepLog(); err != nil {
		return true, fmt.Errorf("commit: %w", err)
	}
	return false, nil
}

// keepLog makes the name of the log that a commit went to as safe as what is
// in it: Badger syncs the file, but not the directory when it begins a new
// one.
func (s *Store) keepLog() error {
	if s.nextLog > 0 {
		if _, err := os.Lstat(filepath.Join(s.dir, fmt.Sprintf("%05d%s", s.nextLog, logExt))); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	}
	last, err := lastLog(s.dir)
	if err != nil {
		return err
	}
	s.nextLog = last + 1
	// The commit stands whatever the modes are; Open and Close report it if
	// they can not be put right.
	_ = protect(s.dir)
	if s.noSync {
		return nil
	}
	return syncDir(s.dir)
}

// A line hands one turn from caller to caller, first come first served. A
// caller that gives up leaves the line; it never leaves a turn unclaimed, so
// the one who has it can tell whether somebody is behind.
type line struct {
	mu      sync.Mutex
	busy    bool
	waiting []chan struct{}
}

// wait returns nil when the caller has the turn.
func (l *line) wait(ctx context.Context) error {
	l.mu.Lock()
	if !l.busy {
		l.busy = true
		l.mu.Unlock()
		return nil
	}
	mine := make(chan struct{})
	l.waiting = append(l.waiting, mine)
	l.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, c := range l.waiting {
		if c == mine {
			l.waiting = append(l.waiting[:i], l.waiting[i+1:]...)
			return ctx.Err()
		}
	}
	return nil // the turn came at the same moment: take it, and notice ctx later
}

// pass gives the turn to the first in line, or returns false if there is none.
func (l *line) pass() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.passLocked()
}

// next gives the turn to the first in line, or to whoever comes.
func (l *line) next() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy = l.passLocked()
}

func (l *line) passLocked() bool {
	if len(l.waiting) == 0 {
		return false
	}
	close(l.waiting[0])
	l.waiting = l.waiting[1:]
	return true
}
