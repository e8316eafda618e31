package graph

import (
	"bytes"
	"fmt"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// A component row holds the first ids and the first links that join nothing;
// the others are in rows of their own, so that no value grows with the profile.
// Zeroes are the least: the live id, no link, one to a row.
type lengths struct {
	ids   int // in the component's own row
	apart int // bytes of links there
	row   int // bytes of a row of its own, about
}

func usualLengths() lengths { return lengths{1_000, 16 << 10, 16 << 10} }

// inline returns how many ids and links are in the component's own row.
func (c *component) inline(l lengths) (ids, apart int) {
	room := l.apart
	for ; apart < len(c.apart); apart++ {
		if room -= c.apart[apart].size(); room < 0 {
			break
		}
	}
	return min(len(c.ids), max(1, l.ids)), apart
}

// size is at least how many bytes a link takes.
func (a apartLink) size() int { return len(a.id.Kind()) + len(a.id.Reveal()) + 16 }

func (a apartLink) encode(w *layout.Writer) {
	appendIdentifier(w, a.id)
	w.Byte(byte(a.class))
	w.Byte(byte(a.state))
}

func takeApart(r *layout.Reader) apartLink {
	return apartLink{takeIdentifier(r), resolve.Class(r.Byte()), resolve.State(r.Byte())}
}

// Lists that go on in rows of their own.
const (
	longIDs byte = iota
	longApart
)

// extend reads what is in rows of their own.
func (tx *Tx) extend(c *component) error {
	if !c.long {
		return nil
	}
	tx.noteLong(c.id)
	for e, err := range tx.r.Scan(layout.ComponentRest(c.id)) {
		if err != nil {
			return fmt.Errorf("graph: component %d: %w", c.id, err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return fmt.Errorf("graph: component %d: %w", c.id, err)
		}
		r := tx.reader(value)
		for _, list := layout.RestOf(e.Key); len(r.B) > 0 && r.Err() == nil; {
			if list == longIDs {
				c.ids = append(c.ids, minted{cdp.ProfileID(r.Uint()), cdp.RecordID(r.Uint())})
			} else {
				c.apart = append(c.apart, takeApart(r))
			}
		}
		if !r.Done() {
			return fmt.Errorf("graph: component %d: %w", c.id, layout.ErrDamaged)
		}
	}
	return nil
}

// noteLong remembers that a component has rows of its own for its lists.
func (tx *Tx) noteLong(c layout.Component) {
	if tx.long == nil {
		tx.long = make(map[layout.Component]int)
	}
	tx.long[c] += 0
}

// rest calls put for each row that goes on where the component's own ends. The
// value is put's.
func (c *component) rest(l lengths, sym *layout.Symbolizer, put func(key, value []byte) error) error {
	ids, apart := c.inline(l)
	w := &layout.Writer{Symbols: sym}
	write := func(list byte, n int, each func(i int)) error {
		chunk := uint32(0)
		for i := range n {
			if each(i); len(w.B) < l.row && i+1 < n {
				continue
			}
			if err := put(layout.KeyComponentRest(c.id, list, chunk), w.B); err != nil {
				return err
			}
			w = &layout.Writer{Symbols: sym}
			chunk++
		}
		return nil
	}
	err := write(longIDs, len(c.ids)-ids, func(i int) {
		w.Uint(uint64(c.ids[ids+i].profile))
		w.Uint(uint64(c.ids[ids+i].anchor))
	})
	if err != nil {
		return err
	}
	return write(longApart, len(c.apart)-apart, func(i int) { c.apart[apart+i].encode(w) })
}

// setComponent writes a component. One that was long was read before.
func (tx *Tx) setComponent(c *component) error {
	ids, apart := c.inline(tx.limits.list)
	long := ids+apart < len(c.ids)+len(c.apart)
	if _, was := tx.long[c.id]; was || long {
		if err := tx.setRest(c); err != nil {
			return err
		}
	}
	if long {
		tx.noteLong(c.id)
	}
	return tx.set(layout.KeyComponent(c.id), c.encode(tx.writer(), tx.limits.list))
}

// setRest writes what differs from the rows that are there.
func (tx *Tx) setRest(c *component) error {
	was := make(map[string][]byte)
	for e, err := range tx.r.Scan(layout.ComponentRest(c.id)) {
		if err != nil {
			return fmt.Errorf("graph: component %d: %w", c.id, err)
		}
		was[string(e.Key)] = bytes.Clone(e.Value)
	}
	err := c.rest(tx.limits.list, tx.sym, func(key, value []byte) error {
		sealed := layout.Seal(key, value)
		old, ok := was[string(key)]
		delete(was, string(key))
		if ok && bytes.Equal(old, sealed) {
			return nil
		}
		return tx.w.Set(key, sealed)
	})
	for key := range was {
		if err == nil {
			err = tx.delete([]byte(key))
		}
	}
	return err
}

// deleteComponent deletes a component that was read before.
func (tx *Tx) deleteComponent(id layout.Component) error {
	if _, long := tx.long[id]; long {
		if err := tx.setRest(&component{id: id}); err != nil {
			return err
		}
		delete(tx.long, id)
	}
	return tx.delete(layout.KeyComponent(id))
}

// countLong takes the rows of long lists of what is here, which may all be
// written, from what a transaction writes.
func (w *work) countLong() {
	for _, c := range w.comps {
		if n := c.longBytes(w.tx.limits.list); n > w.tx.long[c.id] {
			w.tx.movedBytes += n - w.tx.long[c.id]
			w.tx.noteLong(c.id)
			w.tx.long[c.id] = n
		}
	}
}

// longBytes is about how many bytes the rows of long lists take.
func (c *component) longBytes(l lengths) int {
	ids, apart := c.inline(l)
	n := 10 * (len(c.ids) - ids)
	for _, a := range c.apart[apart:] {
		n += a.size()
	}
	return n
}
