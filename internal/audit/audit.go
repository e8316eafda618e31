// Package audit is the log of what was done: one entry for each act and each
// read of personal data, written in the transaction of the act itself.
//
// The trap: an act whose entry can not be written must not happen, so Append
// takes the transaction of the act and nothing else writes entries.
package audit

import (
	"errors"
	"fmt"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// counterEntries counts the entries.
const counterEntries = "log"

// Append writes an entry and returns its sequence number, from 1. about are
// the things it can be found by, besides its object.
func Append(tx kv.Tx, e cdp.Entry, about ...cdp.Ref) (uint64, error) {
	seq, err := Last(tx)
	if err != nil {
		return 0, err
	}
	seq++
	var w layout.Writer
	w.Uint(seq)
	key := layout.KeyCounter(counterEntries)
	if err := tx.Set(key, layout.Seal(key, w.B)); err != nil {
		return 0, fmt.Errorf("audit: entry %d: %w", seq, err)
	}
	w = layout.Writer{}
	w.Time(e.At)
	for _, t := range []string{e.Actor, e.Verb, e.Object.Kind, e.Object.ID, e.Case, e.Reason, e.Digest, e.Detail} {
		w.Text(t)
	}
	key = layout.KeyEntry(seq)
	if err := tx.Set(key, layout.Seal(key, w.B)); err != nil {
		return 0, fmt.Errorf("audit: entry %d: %w", seq, err)
	}
	for _, ref := range append([]cdp.Ref{e.Object}, about...) {
		if ref.Kind == "" {
			continue
		}
		key := layout.KeyEntryOf(ref, seq)
		if err := tx.Set(key, layout.Seal(key, nil)); err != nil {
			return 0, fmt.Errorf("audit: entry %d: %w", seq, err)
		}
	}
	return seq, nil
}

// Last returns the number of the last entry, 0 when there is none.
func Last(r kv.Reader) (uint64, error) {
	key := layout.KeyCounter(counterEntries)
	stored, err := r.Get(key)
	if errors.Is(err, kv.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("audit: %w", err)
	}
	value, err := layout.Unseal(key, stored)
	if err != nil {
		return 0, fmt.Errorf("audit: %w", err)
	}
	rd := layout.Reader{B: value}
	return rd.Uint(), rd.Err()
}

// Entries returns up to n entries before a number, newest first; before 0
// means from the newest on.
func Entries(r kv.Reader, before uint64, n int) ([]cdp.Entry, error) {
	rng := layout.Entries()
	rng.Reverse = true
	if before > 0 {
		rng.End = layout.KeyEntry(before)
	}
	var out []cdp.Entry
	for e, err := range r.Scan(rng) {
		if err != nil {
			return nil, fmt.Errorf("audit: %w", err)
		}
		entry, err := decode(layout.LastNumber(e.Key), e.Key, e.Value)
		if err != nil {
			return nil, err
		}
		if out = append(out, entry); len(out) == n {
			break
		}
	}
	return out, nil
}

// About returns up to n entries about a thing before a number, newest first;
// before 0 means from the newest on.
func About(r kv.Reader, ref cdp.Ref, before uint64, n int) ([]cdp.Entry, error) {
	rng := layout.EntriesOf(ref)
	rng.Reverse = true
	if before > 0 {
		rng.End = layout.KeyEntryOf(ref, before)
	}
	var out []cdp.Entry
	for e, err := range r.Scan(rng) {
		if err != nil {
			return nil, fmt.Errorf("audit: %w", err)
		}
		seq := layout.LastNumber(e.Key)
		key := layout.KeyEntry(seq)
		stored, err := r.Get(key)
		if err != nil {
			return nil, fmt.Errorf("audit: entry %d: %w", seq, err)
		}
		entry, err := decode(seq, key, stored)
		if err != nil {
			return nil, err
		}
		if out = append(out, entry); len(out) == n {
			break
		}
	}
	return out, nil
}

func decode(seq uint64, key, stored []byte) (cdp.Entry, error) {
	value, err := layout.Unseal(key, stored)
	if err != nil {
		return cdp.Entry{}, fmt.Errorf("audit: entry %d: %w", seq, err)
	}
	r := layout.Reader{B: value}
	e := cdp.Entry{Seq: seq, At: r.Time(), Actor: r.Text(), Verb: r.Text(), Object: cdp.Ref{Kind: r.Text(), ID: r.Text()},
		Case: r.Text(), Reason: r.Text(), Digest: r.Text(), Detail: r.Text()}
	if !r.Done() {
		return e, fmt.Errorf("audit: entry %d: %w", seq, layout.ErrDamaged)
	}
	return e, nil
}
