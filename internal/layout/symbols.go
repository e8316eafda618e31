package layout

import (
	"errors"
	"fmt"
	"sync"

	"cdp-tui/internal/kv"
)

// Limits of the symbol table: what is longer, or comes when it is full, is
// written out.
const (
	maxSymbols    = 1 << 16
	maxSymbolText = 64 // bytes
)

// counterSymbols counts the symbols, so that a transaction sees those of
// others that ran before it in the same commit.
const counterSymbols = "symbols"

// A Table remembers the store's symbols: words of sources and registers
// (source ids, attribute names, rules, channels), never a value about a
// person. It is safe for concurrent use; it can lag behind the store, never be
// ahead of it.
type Table struct {
	mu      sync.RWMutex
	numbers map[string]uint64
	texts   []string
}

// NewTable returns a table that knows nothing yet.
func NewTable() *Table { return &Table{numbers: make(map[string]uint64)} }

// Extend reads the symbols that the table does not know yet. Call it at open,
// and after a commit that made new ones.
func (t *Table) Extend(r kv.Reader) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	rng := Symbols()
	rng.Start = KeySymbol(uint64(len(t.texts)))
	for e, err := range r.Scan(rng) {
		if err != nil {
			return fmt.Errorf("layout: symbols: %w", err)
		}
		text, err := Unseal(e.Key, e.Value)
		if err != nil {
			return fmt.Errorf("layout: symbols: %w", err)
		}
		if LastNumber(e.Key) != uint64(len(t.texts)) {
			return fmt.Errorf("layout: symbol %d is missing: %w", len(t.texts), ErrDamaged)
		}
		if _, twice := t.numbers[string(text)]; !twice {
			t.numbers[string(text)] = uint64(len(t.texts))
		}
		t.texts = append(t.texts, string(text))
	}
	return nil
}

// Frozen returns a Symbolizer that reads the words of now, beside one that
// goes on growing.
func (s *Symbolizer) Frozen() *Symbolizer {
	return &Symbolizer{table: s.table, texts: s.texts, r: s.r, base: s.base, ready: s.ready, words: s.words[:len(s.words):len(s.words)]}
}

// A Symbolizer gives numbers to words within one transaction.
type Symbolizer struct {
	table *Table
	texts []string // the table's, as they were at the beginning
	r     kv.Reader
	tx    kv.Tx // nil in a view
	grow  bool  // new words get numbers
	base  uint64
	ready bool // base is read
	fresh map[string]uint64
	words []string
	err   error
}

// View returns a Symbolizer for reading.
func (t *Table) View(r kv.Reader) *Symbolizer { return &Symbolizer{table: t, texts: t.known(), r: r} }

// known returns the texts of now; the table only ever appends to them.
func (t *Table) known() []string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.texts
}

// Update returns a Symbolizer for writing; Flush it before the transaction ends.
func (t *Table) Update(tx kv.Tx) *Symbolizer {
	return &Symbolizer{table: t, texts: t.known(), r: tx, tx: tx, grow: true}
}

// Load returns a Symbolizer for a first load, outside of transactions; its new
// words are written by FlushTo. It is for one goroutine.
func (t *Table) Load() *Symbolizer {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return &Symbolizer{table: t, texts: t.texts, grow: true, ready: true, base: uint64(len(t.texts)), fresh: make(map[string]uint64)}
}

// Number returns the number of a word, a new one if it is new and may have one.
func (s *Symbolizer) Number(word string) (uint64, bool) {
	s.table.mu.RLock()
	n, ok := s.table.numbers[word]
	s.table.mu.RUnlock()
	if ok {
		return n, true
	}
	if n, ok := s.fresh[word]; ok {
		return n, true
	}
	if !s.grow || len(word) > maxSymbolText || s.err != nil {
		return 0, false
	}
	if !s.ready {
		if s.base, s.err = readCount(s.tx); s.err != nil {
			return 0, false
		}
		s.ready, s.fresh = true, make(map[string]uint64)
	}
	n = s.base + uint64(len(s.words))
	if n >= maxSymbols {
		return 0, false
	}
	s.fresh[word] = n
	s.words = append(s.words, word)
	return n, true
}

// Text returns the word of a number; the error is kv.ErrNotFound when it has
// none.
func (s *Symbolizer) Text(n uint64) (string, error) {
	if n < uint64(len(s.texts)) {
		return s.texts[n], nil
	}
	if s.ready && n >= s.base && n-s.base < uint64(len(s.words)) {
		return s.words[n-s.base], nil
	}
	if s.r == nil {
		return "", kv.ErrNotFound
	}
	// Committed, or written before us in the same commit, and not in the table yet.
	key := KeySymbol(n)
	stored, err := s.r.Get(key)
	if err != nil {
		return "", err
	}
	text, err := Unseal(key, stored)
	return string(text), err
}

// Flush writes the new words and reports whether there were any; after the
// commit the table is to be extended then.
func (s *Symbolizer) Flush() (bool, error) {
	if s.err != nil || len(s.words) == 0 {
		return false, s.err
	}
	return true, s.FlushTo(s.tx.Set)
}

// FlushTo writes the new words.
func (s *Symbolizer) FlushTo(set func(key, value []byte) error) error {
	for i, word := range s.words {
		key := KeySymbol(s.base + uint64(i))
		if err := set(key, Seal(key, []byte(word))); err != nil {
			return err
		}
	}
	var w Writer
	w.Uint(s.base + uint64(len(s.words)))
	key := KeyCounter(counterSymbols)
	return set(key, Seal(key, w.B))
}

func readCount(r kv.Reader) (uint64, error) {
	key := KeyCounter(counterSymbols)
	stored, err := r.Get(key)
	if errors.Is(err, kv.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("layout: symbols: %w", err)
	}
	value, err := Unseal(key, stored)
	if err != nil {
		return 0, fmt.Errorf("layout: symbols: %w", err)
	}
	rd := Reader{B: value}
	return rd.Uint(), rd.Err()
}
