package graph

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// A RegisterVersion is a version of the activity register as it was activated.
type RegisterVersion struct {
	From     time.Time // valid from
	Recorded time.Time // first activated; From for a version whose activation was not kept
	Hash     string
	Text     []byte
}

// AddRegister keeps a version of the register for good.
func (tx *Tx) AddRegister(v RegisterVersion) error {
	rest := v.Text
	for n := uint16(0); n == 0 || len(rest) > 0; n++ {
		part := rest[:min(len(rest), tailChunk)]
		rest = rest[len(part):]
		if err := tx.set(layout.KeyRegister(v.From, v.Hash, n), part); err != nil {
			return err
		}
	}
	for n := max(1, (len(v.Text)+tailChunk-1)/tailChunk); n < 1<<16; n++ { // of a damaged row, which this one replaces
		key := layout.KeyRegister(v.From, v.Hash, uint16(n))
		if _, err := tx.get(key); errors.Is(err, kv.ErrNotFound) {
			break
		} else if err != nil {
			return err
		}
		if err := tx.delete(key); err != nil {
			return err
		}
	}
	tx.change(cdp.Change{Verb: "register", Rule: v.Hash})
	known, err := tx.activations()
	if err != nil {
		return err
	}
	if _, ok := known[v.Hash]; ok {
		return nil
	}
	known[v.Hash] = tx.now
	w := tx.writer()
	for _, hash := range slices.Sorted(maps.Keys(known)) {
		w.Text(hash)
		w.Time(known[hash])
	}
	return tx.set(layout.KeyCounter(counterActivated), w.B)
}

// ErrRegisterGone is returned when a version of the register was activated and is
// not in the store any more.
var ErrRegisterGone = errors.New("it was activated and is not in the store any more")

// counterActivated lists when each version of the register was first activated.
const counterActivated = "activated"

func (tx *Tx) activations() (map[string]time.Time, error) {
	out := make(map[string]time.Time)
	value, err := tx.get(layout.KeyCounter(counterActivated))
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return nil, fmt.Errorf("graph: activations of registers: %w", err)
	}
	r := tx.reader(value)
	for len(r.B) > 0 {
		hash := r.Text()
		out[hash] = r.Time()
	}
	if r.Err() != nil {
		return nil, fmt.Errorf("graph: activations of registers: %w", r.Err())
	}
	return out, nil
}

// Registers returns all versions of the register, by valid-from. The error is
// ErrRegisterGone when one that was activated is not there any more: an earlier
// version would then hold in its place.
func (tx *Tx) Registers() ([]RegisterVersion, error) {
	known, err := tx.activations()
	if err != nil {
		return nil, err
	}
	var out []RegisterVersion
	for e, err := range tx.r.Scan(layout.Registers()) {
		if err != nil {
			return nil, fmt.Errorf("graph: registers: %w", err)
		}
		from, hash, chunk, err := layout.RegisterOf(e.Key)
		if err != nil {
			return nil, err
		}
		part, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return nil, fmt.Errorf("graph: registers: %w", err)
		}
		if chunk == 0 {
			v := RegisterVersion{From: from, Recorded: from, Hash: hash}
			if at, ok := known[hash]; ok {
				v.Recorded = at
			}
			out = append(out, v)
		} else if len(out) == 0 {
			return nil, fmt.Errorf("graph: registers: %w", layout.ErrDamaged)
		}
		last := &out[len(out)-1]
		last.Text = append(last.Text, part...)
	}
	for hash := range known {
		if !slices.ContainsFunc(out, func(v RegisterVersion) bool { return v.Hash == hash }) {
			return nil, fmt.Errorf("register %.12s: %w", hash, ErrRegisterGone)
		}
	}
	return out, nil
}
