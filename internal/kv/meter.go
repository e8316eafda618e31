package kv

import "fmt"

// A Meter holds one Update to the limits. Engines charge it
// for every Set and Delete. The zero Meter is ready to use.
//
// A key counts once however often it is written, with the size of its last
// value. The first refusal sticks: an update whose function overlooks the
// error of a Set must still not commit, so engines ask Err before they do.
type Meter struct {
	sizes map[string]int // bytes charged by key
	bytes int
	err   error
}

// Charge adds a write of key with a value of n bytes (0 for a Delete). The
// error wraps ErrTooLarge and never shows the key.
func (m *Meter) Charge(key []byte, n int) error {
	if m.err != nil {
		return m.err
	}
	if m.err = CheckEntry(key, n); m.err != nil {
		return m.err
	}
	size := len(key) + n
	old, again := m.sizes[string(key)]
	switch {
	case !again && len(m.sizes) == MaxUpdateEntries:
		m.err = fmt.Errorf("%w: more than %d keys in one update", ErrTooLarge, MaxUpdateEntries)
	case m.bytes-old+size > MaxUpdateBytes:
		m.err = fmt.Errorf("%w: more than %d bytes in one update", ErrTooLarge, MaxUpdateBytes)
	default:
		if m.sizes == nil {
			m.sizes = make(map[string]int)
		}
		m.sizes[string(key)] = size
		m.bytes += size - old
	}
	return m.err
}

// Err returns the first refusal, or nil.
func (m *Meter) Err() error { return m.err }

// Keys returns how many distinct keys were charged.
func (m *Meter) Keys() int { return len(m.sizes) }

// Bytes returns how many bytes of keys and values were charged.
func (m *Meter) Bytes() int { return m.bytes }

// CheckEntry holds a single entry to the limits of a key and a value of n
// bytes. The error wraps ErrTooLarge and never shows the key.
func CheckEntry(key []byte, n int) error {
	switch {
	case len(key) == 0:
		return fmt.Errorf("%w: key of 0 bytes, want 1 to %d", ErrTooLarge, MaxKey)
	case len(key) > MaxKey:
		return fmt.Errorf("%w: key of %d bytes, want 1 to %d", ErrTooLarge, len(key), MaxKey)
	case n > MaxValue:
		return fmt.Errorf("%w: value of %d bytes, want at most %d", ErrTooLarge, n, MaxValue)
	}
	return nil
}
