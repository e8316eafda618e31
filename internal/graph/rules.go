package graph

import (
	"errors"
	"fmt"
	"time"

	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// A RulesVersion is a version of the rules of identity as it came into force.
type RulesVersion struct {
	From time.Time
	Hash string
	Text []byte
}

// counterRules holds the hash of the rules in force; without it the rules are
// those that come with the program.
const counterRules = "rules"

// rules returns the rules of identity in force.
func (tx *Tx) rules() (*resolve.Rules, error) {
	if tx.inForce != nil {
		return tx.inForce, nil
	}
	hash, err := tx.get(layout.KeyCounter(counterRules))
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return nil, fmt.Errorf("graph: rules of identity: %w", err)
	}
	// A view on an older snapshot may find what a newer one read: each is kept by
	// what tells them apart, its hash, or that it is the program's own.
	cache := &tx.known.rules
	if len(hash) == 0 {
		cache = &tx.known.own
	}
	if known := cache.Load(); known != nil && (len(hash) == 0 || known.Hash() == string(hash)) {
		tx.inForce = known
		return known, nil
	}
	r := resolve.Defaults()
	if len(hash) > 0 {
		versions, err := tx.RulesVersions()
		if err != nil {
			return nil, err
		}
		found := false
		for _, v := range versions {
			if v.Hash == string(hash) {
				found = true
				if r, err = resolve.ParseRules("identity", v.Text); err != nil {
					return nil, fmt.Errorf("graph: rules of identity: %w", err)
				}
			}
		}
		if !found {
			return nil, fmt.Errorf("graph: rules of identity: %w", layout.ErrDamaged)
		}
	}
	cache.Store(r)
	tx.inForce = r
	return r, nil
}

// Rules returns the rules of identity in force.
func (tx *Tx) Rules() (*resolve.Rules, error) { return tx.rules() }

// SetRules puts rules of identity in force, for what is resolved from now on.
// What they make otherwise must be marked by MustSettle before, is settled by
// SettleNext, and ended by Finish.
func (tx *Tx) SetRules(v RulesVersion) error {
	r, err := resolve.ParseRules("identity", v.Text)
	if err != nil {
		return err
	}
	rest := v.Text
	for n := uint16(0); n == 0 || len(rest) > 0; n++ {
		part := rest[:min(len(rest), tailChunk)]
		rest = rest[len(part):]
		if err := tx.set(layout.KeyRules(v.From, v.Hash, n), part); err != nil {
			return err
		}
	}
	tx.inForce = r
	if err := tx.set(layout.KeyCounter(counterResettling), []byte(v.Hash)); err != nil {
		return err
	}
	return tx.set(layout.KeyCounter(counterRules), []byte(v.Hash))
}

// RulesVersions returns all versions, by the time they came into force.
func (tx *Tx) RulesVersions() ([]RulesVersion, error) {
	var out []RulesVersion
	for e, err := range tx.r.Scan(layout.Rules()) {
		if err != nil {
			return nil, fmt.Errorf("graph: rules of identity: %w", err)
		}
		from, hash, chunk, err := layout.RegisterOf(e.Key)
		if err != nil {
			return nil, err
		}
		part, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return nil, fmt.Errorf("graph: rules of identity: %w", err)
		}
		if chunk == 0 {
			out = append(out, RulesVersion{From: from, Hash: hash})
		} else if len(out) == 0 {
			return nil, fmt.Errorf("graph: rules of identity: %w", layout.ErrDamaged)
		}
		last := &out[len(out)-1]
		last.Text = append(last.Text, part...)
	}
	return out, nil
}
