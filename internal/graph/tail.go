package graph

import (
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// tailChunk is how many bytes of a tail one value holds.
const tailChunk = kv.MaxValue - 1<<10

func (tx *Tx) putTail(rec *cdp.Record) error {
	t := tailOf(rec)
	if t.empty() {
		return nil
	}
	w := tx.writer()
	t.encode(w)
	rest := slices.Clone(w.B)
	for n := uint16(0); len(rest) > 0; n++ {
		part := rest[:min(len(rest), tailChunk)]
		rest = rest[len(part):]
		if err := tx.set(layout.KeyTail(rec.ID, n), part); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) tail(id cdp.RecordID) (*tail, error) {
	first, err := tx.get(layout.KeyTail(id, 0))
	if errors.Is(err, kv.ErrNotFound) {
		return &tail{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("graph: tail of %v: %w", id, err)
	}
	all := first
	if len(first) == tailChunk {
		all = nil
		for e, err := range tx.r.Scan(layout.TailOf(id)) {
			if err != nil {
				return nil, fmt.Errorf("graph: tail of %v: %w", id, err)
			}
			part, err := layout.Unseal(e.Key, e.Value)
			if err != nil {
				return nil, fmt.Errorf("graph: tail of %v: %w", id, err)
			}
			all = append(all, part...)
		}
	}
	t, err := decodeTail(tx.reader(all))
	if err != nil {
		return nil, fmt.Errorf("graph: tail of %v: %w", id, err)
	}
	return t, nil
}

// dropTail deletes a record's tail.
func (tx *Tx) dropTail(h *head) error {
	if h.Touchpoints+h.Consents+h.Shares+h.Preferences == 0 {
		return nil
	}
	rng := layout.TailOf(h.ID)
	rng.KeysOnly = true
	var keys [][]byte
	for e, err := range tx.r.Scan(rng) {
		if err != nil {
			return fmt.Errorf("graph: tail of %v: %w", h.ID, err)
		}
		keys = append(keys, slices.Clone(e.Key))
	}
	for _, k := range keys {
		if err := tx.delete(k); err != nil {
			return err
		}
	}
	return nil
}
