package graph

import (
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// A Carrier is what carries an identifier: a live profile, or a record in
// quarantine.
type Carrier struct {
	Identifier cdp.Identifier // its tag is zero: the key does not hold it
	Profile    cdp.ProfileID  // 0 for a record in quarantine
	Record     cdp.RecordID   // of a claim that does not link; 0 for one that does
}

// Lookup returns what carries an identifier, linked by it or not, or one of
// which it is a hash.
func (tx *Tx) Lookup(id cdp.Identifier) ([]Carrier, error) {
	out, err := tx.carriersIn(layout.Identifier(id), 0)
	if err != nil {
		return nil, err
	}
	more, err := tx.carriersIn(layout.WithheldOf(id), 0)
	if err != nil {
		return nil, err
	}
	out = append(out, more...)
	hashed, err := tx.Hashed(id)
	switch {
	case errors.Is(err, ErrNotFound):
		return distinct(out), nil
	case err != nil:
		return nil, err
	}
	byHash, err := tx.Lookup(hashed)
	return distinct(append(out, byHash...)), err
}

// LookupPrefix returns what carries an identifier of a kind whose canonical
// value begins with prefix, at most n of each sort, in the order of the values.
func (tx *Tx) LookupPrefix(kind cdp.Kind, prefix string, n int) ([]Carrier, error) {
	out, err := tx.carriersIn(layout.IdentifiersOf(kind, prefix), n)
	if err != nil {
		return nil, err
	}
	more, err := tx.carriersIn(layout.WithheldWith(kind, prefix), n)
	return distinct(append(out, more...)), err
}

// distinct keeps one carrier per identifier and profile, and all in quarantine.
func distinct(in []Carrier) []Carrier {
	type key struct {
		id      cdp.IdentifierKey
		profile cdp.ProfileID
	}
	var out []Carrier
	seen := make(map[key]bool)
	for _, c := range in {
		k := key{c.Identifier.Key(), c.Profile}
		if c.Profile == 0 || !seen[k] {
			seen[k] = true
			out = append(out, c)
		}
	}
	return out
}

func (tx *Tx) carriersIn(rng kv.Range, n int) ([]Carrier, error) {
	var out []Carrier
	for e, err := range tx.r.Scan(rng) {
		if err != nil {
			return nil, fmt.Errorf("graph: look-up: %w", err)
		}
		c, ok, err := tx.carrier(e)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if out = append(out, c); len(out) == n {
			break
		}
	}
	return out, nil
}

func (tx *Tx) carrier(e kv.Entry) (Carrier, bool, error) {
	kind, value, _, rec, err := layout.ClaimOf(e.Key)
	if err != nil {
		return Carrier{}, false, err
	}
	out := Carrier{Identifier: cdp.NewIdentifier(kind, value, [4]byte{}), Record: rec}
	in := layout.Component(0)
	if rec == 0 {
		stored, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return out, false, fmt.Errorf("graph: look-up: %w", err)
		}
		row, err := decodeIdentifierRow(tx.reader(stored))
		if err != nil || row.in == 0 {
			return out, false, err // it joins nothing: its carriers have rows of their own
		}
		in = row.in
	} else {
		p, err := tx.place(rec)
		if err != nil || p.state == placeSuperseded || p.state == placeDeleted {
			return out, false, err
		}
		in = p.component
	}
	if in != 0 {
		c, err := tx.rootOf(in)
		if err != nil {
			return out, false, err
		}
		out.Profile = c.profile()
	}
	return out, true, nil
}

// ProfileOf returns the live profile of a record, 0 when it is in none.
func (tx *Tx) ProfileOf(id cdp.RecordID) (cdp.ProfileID, error) {
	p, err := tx.place(id)
	if err != nil || p.state != placeLive {
		return 0, err
	}
	c, err := tx.rootOf(p.component)
	if err != nil {
		return 0, err
	}
	return c.profile(), nil
}

// maxSharedProfiles bounds how many other profiles are named for an identifier.
const maxSharedProfiles = 50

// Sharing returns the other profiles that carry an identifier without being
// linked by it with profile: at most 50 of them.
func (tx *Tx) Sharing(id cdp.Identifier, profile cdp.ProfileID) ([]cdp.ProfileID, error) {
	carriers, err := tx.carriersIn(layout.Identifier(id), 0)
	if err != nil {
		return nil, err
	}
	more, err := tx.carriersIn(layout.WithheldOf(id), 4*maxSharedProfiles)
	if err != nil {
		return nil, err
	}
	var out []cdp.ProfileID
	for _, c := range append(carriers, more...) {
		if c.Profile != 0 && c.Profile != profile && !slices.Contains(out, c.Profile) {
			if out = append(out, c.Profile); len(out) == maxSharedProfiles {
				break
			}
		}
	}
	return out, nil
}
