// Package treap is an ordered map from byte strings with cheap snapshots: the
// memory engine keeps its data in one, the disk engine the writes of a
// transaction that is not committed yet.
//
// A snapshot shares its nodes with the map it was taken of; a later write
// copies the nodes on its path, once per snapshot. The shape follows from the
// set of keys alone (the priority of a node is a hash of its key), so equal
// maps are equal trees.
//
// The trap: a Map is a value with an owner. Do not copy one that is still
// written to; take a Snapshot.
package treap

import (
	"bytes"
	"iter"
)

// A Map is an ordered map. The zero Map is empty. A Map is not safe for
// concurrent use, but snapshots of it may be used by other goroutines.
type Map[V any] struct {
	root *node[V]
	mine *owner // the nodes that carry it are reachable from here alone
}

// An owner has a size, so that two of them never share an address.
type owner struct{ _ byte }

type node[V any] struct {
	key         []byte
	value       V
	prio        uint64
	left, right *node[V]
	owner       *owner
}

// Snapshot returns a map of the present content. Later writes to either do
// not show in the other.
func (m *Map[V]) Snapshot() Map[V] {
	m.mine = nil
	return Map[V]{root: m.root}
}

// Empty reports whether there is no key.
func (m *Map[V]) Empty() bool { return m.root == nil }

// Get returns the value of key.
func (m *Map[V]) Get(key []byte) (v V, ok bool) {
	for n := m.root; n != nil; {
		switch c := bytes.Compare(key, n.key); {
		case c == 0:
			return n.value, true
		case c < 0:
			n = n.left
		default:
			n = n.right
		}
	}
	return v, false
}

// Set puts value at key. The map keeps both; the caller leaves key alone.
func (m *Map[V]) Set(key []byte, value V) {
	if m.mine == nil {
		m.mine = new(owner)
	}
	m.root = m.insert(m.root, &node[V]{key: key, value: value, prio: hash(key), owner: m.mine})
}

func (m *Map[V]) insert(n, add *node[V]) *node[V] {
	if n == nil {
		return add
	}
	c := bytes.Compare(add.key, n.key)
	switch {
	case c == 0:
		n = m.own(n)
		n.value = add.value
	case above(add, n): // and so add.key is not below n
		add.left, add.right = m.split(n, add.key)
		return add
	case c < 0:
		n = m.own(n)
		n.left = m.insert(n.left, add)
	default:
		n = m.own(n)
		n.right = m.insert(n.right, add)
	}
	return n
}

// split parts n into the keys below and above key, which is not in n.
func (m *Map[V]) split(n *node[V], key []byte) (less, more *node[V]) {
	if n == nil {
		return nil, nil
	}
	n = m.own(n)
	if bytes.Compare(n.key, key) < 0 {
		n.right, more = m.split(n.right, key)
		return n, more
	}
	less, n.left = m.split(n.left, key)
	return less, n
}

// Delete removes key, if it is there.
func (m *Map[V]) Delete(key []byte) {
	if _, ok := m.Get(key); !ok {
		return
	}
	if m.mine == nil {
		m.mine = new(owner)
	}
	m.root = m.remove(m.root, key)
}

// remove takes key, which is in n, out of it.
func (m *Map[V]) remove(n *node[V], key []byte) *node[V] {
	c := bytes.Compare(key, n.key)
	if c == 0 {
		return m.join(n.left, n.right)
	}
	n = m.own(n)
	if c < 0 {
		n.left = m.remove(n.left, key)
	} else {
		n.right = m.remove(n.right, key)
	}
	return n
}

// join merges two trees; all keys of a are below those of b.
func (m *Map[V]) join(a, b *node[V]) *node[V] {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case above(a, b):
		a = m.own(a)
		a.right = m.join(a.right, b)
		return a
	default:
		b = m.own(b)
		b.left = m.join(a, b.left)
		return b
	}
}

// own returns n, or a copy of it if a snapshot may see n.
func (m *Map[V]) own(n *node[V]) *node[V] {
	if n.owner == m.mine {
		return n
	}
	c := *n
	c.owner = m.mine
	return &c
}

// Scan yields the entries with start <= key < end as they are now, in
// ascending order, or descending if reverse. An empty end is no bound. The
// map may be written to while the scan runs; the keys must be left alone.
func (m *Map[V]) Scan(start, end []byte, reverse bool) iter.Seq2[[]byte, V] {
	return func(yield func([]byte, V) bool) {
		at := m.Snapshot()
		if reverse {
			at.root.descend(start, end, yield)
		} else {
			at.root.ascend(start, end, yield)
		}
	}
}

func (n *node[V]) ascend(start, end []byte, yield func([]byte, V) bool) bool {
	if n == nil {
		return true
	}
	below := bytes.Compare(n.key, start) < 0
	beyond := len(end) > 0 && bytes.Compare(n.key, end) >= 0
	return (below || n.left.ascend(start, end, yield)) &&
		(below || beyond || yield(n.key, n.value)) &&
		(beyond || n.right.ascend(start, end, yield))
}

func (n *node[V]) descend(start, end []byte, yield func([]byte, V) bool) bool {
	if n == nil {
		return true
	}
	below := bytes.Compare(n.key, start) < 0
	beyond := len(end) > 0 && bytes.Compare(n.key, end) >= 0
	return (beyond || n.right.descend(start, end, yield)) &&
		(below || beyond || yield(n.key, n.value)) &&
		(below || n.left.descend(start, end, yield))
}

// above orders nodes by priority, and by key where that is equal, so that the
// shape of the tree does not depend on the order of insertion.
func above[V any](a, b *node[V]) bool {
	if a.prio != b.prio {
		return a.prio > b.prio
	}
	return bytes.Compare(a.key, b.key) > 0
}

// hash is FNV-1a with a final mix: FNV alone leaves the high bits of short
// keys alike.
func hash(key []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, b := range key {
		h = (h ^ uint64(b)) * 1099511628211
	}
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	return h ^ h>>33
}
