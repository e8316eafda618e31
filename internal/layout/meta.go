package layout

import (
	"errors"
	"fmt"
	"time"

	"cdp-tui/internal/kv"
)

// Version of the layout. It grows with every change of a key or a value.
//
//	1  the first
//	2  the journal says by which identifier profiles merged; the largest size there was is kept
//	3  preferences, shares of ours, findings: rows and parts of values that were not there before
//	4  versions of the lists of placeholders, by which marks of claims are judged; saved segments
//	5  ids and links of large components go on in rows of their own; aliases lead to what they were minted for
//	6  runs of disclosures are released in one moment; lines have their place in the file and when they were struck
//	7  restrictions of source rows, the suppression list; what is restricted stays with its person; topics of runs; mutes that were lifted
const Version = 7

// Oldest is the layout that this one only adds to: such stores are read as
// they are, and the first thing written to them makes them of this Version.
const Oldest = 2

// A Meta is the store's own row.
type Meta struct {
	Version uint64
	Store   [16]byte // random; names the store in reports
	TagKey  [32]byte // keys the tags that identifiers print with
	Created time.Time
}

// VersionError says that a store has a layout this program does not know.
type VersionError struct{ Have uint64 }

func (e *VersionError) Error() string {
	if e.Have > Version {
		return fmt.Sprintf("the store has layout %d, this program knows up to %d: open it with the newer cdp-tui that wrote it, or give another --store", e.Have, Version)
	}
	return fmt.Sprintf("the store has layout %d, this program needs %d: ingest the sources again into a new --store", e.Have, Version)
}

// ReadMeta returns the store's row; kv.ErrNotFound for a store that is new.
func ReadMeta(r kv.Reader) (Meta, error) {
	key := KeyMeta()
	stored, err := r.Get(key)
	if err != nil {
		return Meta{}, err
	}
	value, err := Unseal(key, stored)
	if err != nil {
		return Meta{}, fmt.Errorf("layout: store row: %w", err)
	}
	rd := Reader{B: value}
	m := Meta{Version: rd.Uint()}
	if rd.Err() == nil && (m.Version < Oldest || m.Version > Version) {
		return m, &VersionError{Have: m.Version}
	}
	if copy(m.Store[:], rd.Text()) < len(m.Store) || copy(m.TagKey[:], rd.Text()) < len(m.TagKey) {
		rd.Fail("key")
	}
	m.Created = rd.Time()
	if !rd.Done() {
		return m, fmt.Errorf("layout: store row: %w", errors.Join(rd.Err(), ErrDamaged))
	}
	return m, nil
}

// WriteMeta writes the store's row.
func WriteMeta(set func(key, value []byte) error, m Meta) error {
	var w Writer
	w.Uint(m.Version)
	w.Text(string(m.Store[:]))
	w.Text(string(m.TagKey[:]))
	w.Time(m.Created)
	key := KeyMeta()
	return set(key, Seal(key, w.B))
}
