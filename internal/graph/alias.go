package graph

import (
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// Aliases are the hashes of addresses and numbers that records carry, so that
// a list of hashes can be traced to people. They join nothing.

// alias writes the rows that find an identifier by its hashes.
func (tx *Tx) alias(id cdp.Identifier) error {
	for _, hash := range id.Hashes() {
		if err := tx.set(layout.KeyAlias(hash), encodeAlias(tx.writer(), id)); err != nil {
			return err
		}
	}
	return nil
}

func encodeAlias(w *layout.Writer, id cdp.Identifier) []byte {
	appendIdentifier(w, id)
	return w.B
}

// mayUnalias notes that an identifier lost a row that finds it.
func (tx *Tx) mayUnalias(id cdp.Identifier) {
	if len(id.Hashes()) > 0 && !slices.ContainsFunc(tx.unaliased, id.Same) {
		tx.unaliased = append(tx.unaliased, id)
	}
}

// unalias deletes the hashes of identifiers that nothing carries any more.
func (tx *Tx) unalias() error {
	for _, id := range tx.unaliased {
		carried, err := tx.carried(id)
		if err != nil {
			return err
		}
		if carried {
			continue
		}
		for _, hash := range id.Hashes() {
			if err := tx.delete(layout.KeyAlias(hash)); err != nil {
				return err
			}
		}
	}
	tx.unaliased = nil
	return nil
}

// carried reports whether a row finds an identifier.
func (tx *Tx) carried(id cdp.Identifier) (bool, error) {
	for _, rng := range []kv.Range{layout.Identifier(id), layout.WithheldOf(id)} {
		rng.KeysOnly = true
		for _, err := range tx.r.Scan(rng) {
			if err != nil {
				return false, fmt.Errorf("graph: %v: %w", id, err)
			}
			return true, nil
		}
	}
	return false, nil
}

// Hashed returns the identifier of which another one is a hash, or ErrNotFound.
func (tx *Tx) Hashed(hash cdp.Identifier) (cdp.Identifier, error) {
	if !hash.Kind().IsHash() {
		return cdp.Identifier{}, ErrNotFound
	}
	value, err := tx.get(layout.KeyAlias(hash))
	if errors.Is(err, kv.ErrNotFound) {
		return cdp.Identifier{}, ErrNotFound
	}
	if err != nil {
		return cdp.Identifier{}, fmt.Errorf("graph: %v: %w", hash, err)
	}
	r := tx.reader(value)
	id := takeIdentifier(r)
	if !r.Done() {
		return id, fmt.Errorf("graph: %v: %w", hash, layout.ErrDamaged)
	}
	return id, nil
}
