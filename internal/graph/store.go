package graph

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"cdp-tui/internal/cdp"
	lists "cdp-tui/internal/ident"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// A Store is the graph in a store of keys and values.
type Store struct {
	kv     kv.Store
	table  *layout.Table
	meta   layout.Meta
	limits limits
	read   inForce
	raised atomic.Bool // what the disk says is of this layout
}

// inForce are the rules and lists last read; the store says which are in force.
type inForce struct {
	own   atomic.Pointer[resolve.Rules] // those that come with the program
	rules atomic.Pointer[resolve.Rules]
	lists atomic.Pointer[lists.Marker]
}

// ErrNew is returned by Open for a store that holds nothing yet.
var ErrNew = errors.New("graph: the store is new")

// Open returns the graph of a store that Create made. It returns ErrNew for a
// store without one and a *layout.VersionError for one of another layout.
func Open(ctx context.Context, s kv.Store) (*Store, error) {
	g := &Store{kv: s, table: layout.NewTable(), limits: usualLimits()}
	err := s.View(ctx, func(r kv.Reader) (err error) {
		if g.meta, err = layout.ReadMeta(r); err != nil {
			return err
		}
		g.raised.Store(g.meta.Version == layout.Version)
		return g.table.Extend(r)
	})
	if errors.Is(err, kv.ErrNotFound) {
		return nil, ErrNew
	}
	if err != nil {
		return nil, fmt.Errorf("graph: open: %w", err)
	}
	return g, nil
}

// Create makes the graph in an empty store. The ids of meta are random and
// given by the caller.
func Create(ctx context.Context, s kv.Store, meta layout.Meta) (*Store, error) {
	meta.Version = layout.Version
	err := s.Update(ctx, func(tx kv.Tx) error {
		if _, err := layout.ReadMeta(tx); !errors.Is(err, kv.ErrNotFound) {
			return fmt.Errorf("there is a store already: %w", errors.Join(err, kv.ErrNotEmpty))
		}
		if err := layout.WriteMeta(tx.Set, meta); err != nil {
			return err
		}
		return pinLists(tx.Set, meta.Created)
	})
	if err != nil {
		return nil, fmt.Errorf("graph: create: %w", err)
	}
	return Open(ctx, s)
}

// Meta returns the store's own row.
func (s *Store) Meta() layout.Meta { return s.meta }

// View runs f on one snapshot.
func (s *Store) View(ctx context.Context, f func(*Tx) error) error {
	return s.kv.View(ctx, func(r kv.Reader) error {
		return f(&Tx{r: r, sym: s.table.View(r), known: &s.read, tagKey: &s.meta.TagKey})
	})
}

// Update runs f in one transaction; what it changed is committed with its
// journal and counts, or nothing is. f may run more than once.
func (s *Store) Update(ctx context.Context, now time.Time, f func(*Tx) error) error {
	var grew bool
	err := s.kv.Update(ctx, func(w kv.Tx) error {
		tx := &Tx{r: w, w: w, sym: s.table.Update(w), now: now.UTC().Truncate(time.Microsecond), limits: s.limits, known: &s.read, tagKey: &s.meta.TagKey}
		if err := f(tx); err != nil {
			return err
		}
		if err := s.raise(w.Set); err != nil {
			return err
		}
		if err := tx.finish(); err != nil {
			return err
		}
		var err error
		grew, err = tx.sym.Flush()
		return err
	})
	if err == nil {
		s.raised.Store(true)
	}
	if err == nil && grew {
		// The act is done, whatever becomes of this: a table may lag behind.
		_ = s.kv.View(context.WithoutCancel(ctx), func(r kv.Reader) error { return s.table.Extend(r) })
	}
	return err
}

// raise makes a store of an older layout one of this layout, in the transaction
// that writes to it: a program that knows only the older one must not read it.
func (s *Store) raise(set func(key, value []byte) error) error {
	if s.raised.Load() {
		return nil
	}
	meta := s.meta
	meta.Version = layout.Version
	return layout.WriteMeta(set, meta)
}

// A Tx is a transaction on the graph, for one goroutine.
type Tx struct {
	r   kv.Reader
	w   kv.Tx // nil in a view
	sym *layout.Symbolizer
	now time.Time
	buf layout.Writer

	seq                   *sequences
	stats                 *stats
	sources               map[cdp.SourceID]*sourceRow
	journal               []cdp.Change
	asked                 map[asked]bool
	wished                map[string]int // preferences by controller
	barred                *barred
	tagKey                *[32]byte
	shared                *sharedCounts
	limits                limits
	movedRows, movedBytes int // written to move records to other numbers
	crowd                 crowd
	told                  map[cdp.ProfileID]bool   // profiles noted as told something
	long                  map[layout.Component]int // whose lists go on in rows of their own: bytes of them that movedBytes counts
	linking               map[string]bool          // keys of identifiers' rows that are known to be there
	known                 *inForce
	inForce               *resolve.Rules
	marks                 *marks
	relists               **relisting       // nil: not read yet
	wereInForce           *[]*resolve.Rules // before, while the store is settled by others
	decisions             *decisionCounts
	decisionRows          map[uint64]cdp.Decision // what was read of it
	decidedRows           map[string]*decided     // as decisionRows, by key
	suppressed            map[string]uint64       // as decidedRows
	leftPending           bool
	unaliased             []cdp.Identifier // that may have no carrier any more
	witness               *Witness
	because               cause                         // of what no record causes
	forced                force                         // how components are settled again
	stood                 map[layout.Component]*settled // as a decision found what it bears on
}

// KV returns the transaction underneath, for the log, which must be written
// with the act. It is nil in a view.
func (tx *Tx) KV() kv.Tx { return tx.w }

// Reader returns the snapshot underneath.
func (tx *Tx) Reader() kv.Reader { return tx.r }

// Now is the time of the transaction: the clock of everything it records.
func (tx *Tx) Now() time.Time { return tx.now }

// finish writes what is kept until the end of a transaction.
func (tx *Tx) finish() error {
	if err := tx.unalias(); err != nil {
		return err
	}
	if err := tx.writeJournal(); err != nil {
		return err
	}
	for id, row := range tx.sources {
		if row.dirty {
			if err := tx.set(layout.KeySource(id), row.encode(tx.writer())); err != nil {
				return err
			}
		}
	}
	if tx.stats != nil && tx.stats.dirty {
		if err := tx.set(layout.KeyCounter(counterStats), tx.stats.encode(tx.writer())); err != nil {
			return err
		}
	}
	if tx.shared != nil && tx.shared.dirty {
		if err := tx.set(layout.KeyCounter(counterShared), tx.shared.encode(tx.writer())); err != nil {
			return err
		}
	}
	if tx.seq != nil && tx.seq.dirty {
		return tx.set(layout.KeyCounter(counterSequences), tx.seq.encode(tx.writer()))
	}
	return nil
}

// writer returns the transaction's buffer, emptied. What is written to it is
// valid until the next call.
func (tx *Tx) writer() *layout.Writer {
	tx.buf.B = tx.buf.B[:0]
	tx.buf.Symbols = tx.sym
	return &tx.buf
}

func (tx *Tx) reader(value []byte) *layout.Reader { return &layout.Reader{B: value, Symbols: tx.sym} }

func (tx *Tx) set(key, value []byte) error { return tx.w.Set(key, layout.Seal(key, value)) }

func (tx *Tx) delete(key []byte) error { return tx.w.Delete(key) }

// get returns an unsealed value, or kv.ErrNotFound.
func (tx *Tx) get(key []byte) ([]byte, error) {
	stored, err := tx.r.Get(key)
	if err != nil {
		return nil, err
	}
	return layout.Unseal(key, stored)
}

// has reports whether a key is there.
func (tx *Tx) has(key []byte) (bool, error) {
	_, err := tx.r.Get(key)
	if errors.Is(err, kv.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// getAll returns unsealed values, nil for keys that are not there.
func (tx *Tx) getAll(keys [][]byte) ([][]byte, error) {
	values, err := tx.r.GetAll(keys)
	if err != nil {
		return nil, err
	}
	for i, v := range values {
		if v != nil {
			if values[i], err = layout.Unseal(keys[i], v); err != nil {
				return nil, err
			}
		}
	}
	return values, nil
}

// counters of the graph.
const (
	counterSequences = "graph"
	counterStats     = "stats"
)

// sequences mints ids.
type sequences struct {
	records    cdp.RecordID
	profiles   cdp.ProfileID
	components layout.Component
	batches    cdp.BatchID
	journal    uint64
	rejects    uint64
	dirty      bool
}

func (s *sequences) encode(w *layout.Writer) []byte {
	for _, n := range []uint64{uint64(s.records), uint64(s.profiles), uint64(s.components), uint64(s.batches), s.journal, s.rejects} {
		w.Uint(n)
	}
	return w.B
}

func (tx *Tx) sequences() (*sequences, error) {
	if tx.seq != nil {
		return tx.seq, nil
	}
	value, err := tx.get(layout.KeyCounter(counterSequences))
	if errors.Is(err, kv.ErrNotFound) {
		tx.seq = &sequences{}
		return tx.seq, nil
	}
	if err != nil {
		return nil, fmt.Errorf("graph: sequences: %w", err)
	}
	r := tx.reader(value)
	s := &sequences{records: cdp.RecordID(r.Uint()), profiles: cdp.ProfileID(r.Uint()), components: layout.Component(r.Uint()),
		batches: cdp.BatchID(r.Uint()), journal: r.Uint(), rejects: r.Uint()}
	if !r.Done() {
		return nil, fmt.Errorf("graph: sequences: %w", layout.ErrDamaged)
	}
	tx.seq = s
	return s, nil
}

// mint counts one of the sequences up and returns it.
func mint[T ~uint64](tx *Tx, of func(*sequences) *T) (T, error) {
	s, err := tx.sequences()
	if err != nil {
		return 0, err
	}
	s.dirty = true
	p := of(s)
	*p++
	return *p, nil
}
