package graph

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// A blockHash makes blocking keys, which are personal data in clear, into
// numbers that only the store's own secret leads to. Profiles of different
// controllers have no number in common, whatever they carry.
type blockHash struct{ mac hash.Hash }

func newBlockHash(key [32]byte) *blockHash {
	derived := hmac.New(sha256.New, key[:])
	derived.Write([]byte("blocking keys of possible matches"))
	return &blockHash{hmac.New(sha256.New, derived.Sum(nil))}
}

func (h *blockHash) of(controller, key string) uint64 {
	h.mac.Reset()
	h.mac.Write([]byte(controller))
	h.mac.Write([]byte{0})
	h.mac.Write([]byte(key))
	var sum [sha256.Size]byte
	return binary.BigEndian.Uint64(h.mac.Sum(sum[:0]))
}

// A block is the profiles filed under one key. Of a full one only the number
// matters, and that it can become less: those for which its row has no room
// are marks beside it.
type block struct {
	hash    uint64
	count   int
	members []cdp.ProfileID
	value   bool // the key is that of one value: who shares it is counted

	was   int                    // count before the step
	more  map[cdp.ProfileID]bool // marks set (true) and taken away (false) by the step
	dirty bool
}

// room is how many profiles the row of a block holds: all of one that is not
// full, and the one that fills it.
func (m *Matcher) room() int { return max(m.rules.Block, m.rules.Crowd) + 1 }

// load brings blocks in.
func (k *matching) load(hashes []uint64) error {
	var keys [][]byte
	var missing []uint64
	for _, h := range hashes {
		if k.blocks[h] == nil {
			k.blocks[h] = &block{hash: h}
			missing = append(missing, h)
			keys = append(keys, layout.KeyBlock(h))
		}
	}
	values, err := k.tx.getAll(keys)
	if err != nil {
		return fmt.Errorf("graph: blocks: %w", err)
	}
	for i, v := range values {
		if v == nil {
			continue
		}
		if err := k.blocks[missing[i]].decode(k.tx.reader(v)); err != nil {
			return err
		}
	}
	return nil
}

func (b *block) decode(r *layout.Reader) error {
	b.count, b.value = int(r.Uint()), r.Bool()
	for range r.Count() {
		b.members = append(b.members, cdp.ProfileID(r.Uint()))
	}
	if b.was = b.count; !r.Done() {
		return fmt.Errorf("graph: block: %w", layout.ErrDamaged)
	}
	return nil
}

// put files a profile.
func (k *matching) put(b *block, id cdp.ProfileID) {
	b.count, b.dirty = b.count+1, true
	if len(b.members) < k.f.m.room() {
		b.members = append(b.members, id)
		return
	}
	if b.more == nil {
		b.more = make(map[cdp.ProfileID]bool)
	}
	b.more[id] = true
}

// take takes a profile out, and brings one of those beside the row into it.
func (k *matching) take(b *block, id cdp.ProfileID) error {
	b.count, b.dirty = b.count-1, true
	if b.more == nil {
		b.more = make(map[cdp.ProfileID]bool)
	}
	i := slices.Index(b.members, id)
	if i < 0 {
		b.more[id] = false
		return nil
	}
	b.members = slices.Delete(b.members, i, i+1)
	if b.count <= len(b.members) {
		return nil
	}
	next, err := k.beside(b)
	if err != nil || next == 0 {
		return err
	}
	b.members, b.more[next] = append(b.members, next), false
	return nil
}

// beside returns one of the profiles for which a block's row has no room.
func (k *matching) beside(b *block) (cdp.ProfileID, error) {
	for e, err := range k.tx.r.Scan(layout.BlockMore(b.hash)) {
		if err != nil {
			return 0, fmt.Errorf("graph: block: %w", err)
		}
		id := cdp.ProfileID(layout.LastNumber(e.Key))
		if _, known := b.more[id]; !known {
			return id, nil
		}
	}
	least := cdp.ProfileID(0)
	for id, there := range b.more {
		if there && (least == 0 || id < least) {
			least = id
		}
	}
	return least, nil
}

func (b *block) write(tx *Tx) error {
	if !b.dirty {
		return nil
	}
	for id, there := range b.more {
		key := layout.KeyBlockMore(b.hash, id)
		var err error
		if there {
			err = tx.set(key, nil)
		} else {
			err = tx.delete(key)
		}
		if err != nil {
			return err
		}
	}
	if b.count == 0 {
		return tx.delete(layout.KeyBlock(b.hash))
	}
	w := tx.writer()
	w.Uint(uint64(b.count))
	w.Bool(b.value)
	w.Uint(uint64(len(b.members)))
	for _, id := range b.members {
		w.Uint(uint64(id))
	}
	return tx.set(layout.KeyBlock(b.hash), w.B)
}

// crossed reports whether a block became full, or has room again; or whether
// the value that it stands for became one of many, or is no longer.
func (k *matching) crossed(b *block) bool {
	over := func(limit int) bool { return (b.was > limit) != (b.count > limit) }
	return over(k.f.m.rules.Block) || b.value && over(k.f.m.rules.Crowd)
}
