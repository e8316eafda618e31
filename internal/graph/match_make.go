package graph

import (
	"bytes"
	"fmt"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/match"
)

// next goes on with the phase from a place on, or with the next phase.
func (k *matching) next(place uint64, done bool) {
	k.state.place = place
	if done {
		k.state.phase, k.state.place = k.state.phase+1, 0
	}
}

// clear deletes what was made before.
func (k *matching) clear() error {
	for _, rng := range layout.MatchesMade() {
		for e, err := range k.tx.r.Scan(rng) {
			if err != nil {
				return fmt.Errorf("graph: possible matches: %w", err)
			}
			if k.drops = append(k.drops, bytes.Clone(e.Key)); len(k.drops) == kv.MaxUpdateEntries/2 {
				return nil
			}
		}
	}
	head, err := k.tx.JournalHead()
	if err != nil {
		return err
	}
	k.state = matchState{made: k.state.made, phase: matchClear, seq: head, turn: k.state.turn}
	k.next(0, true)
	return nil
}

// fileAll files profiles under their keys. What changes meanwhile is in the
// journal, and done again at the end.
func (k *matching) fileAll() error {
	place, last := k.state.place, true
	for p, err := range k.tx.ByComponentFrom(place) {
		if err != nil {
			return err
		}
		row, err := k.row(p.ID)
		if err != nil {
			return err
		}
		if err := k.refile(row, k.f.ready(&p)); err != nil {
			return err
		}
		k.done++
		place = p.Next
		if last = len(k.blocks)+len(k.rows) < 32*k.f.chunk; !last {
			break
		}
	}
	k.next(place, last)
	return nil
}

// pairAll compares all that share a key, block by block: in the order of the
// store, so that each is read once. A pair that shares several keys is compared
// in the first of its blocks that is not full.
func (k *matching) pairAll() error {
	if err := k.f.passed(k.tx, k.state.place); err != nil {
		return err
	}
	compared, place, last := 0, k.state.place, true
	for e, err := range k.tx.r.Scan(layout.Blocks(place)) {
		if err != nil {
			return fmt.Errorf("graph: blocks: %w", err)
		}
		if len(e.Key) != len(layout.KeyBlock(0)) {
			continue
		}
		h := layout.LastNumber(e.Key)
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return fmt.Errorf("graph: blocks: %w", err)
		}
		b := &block{hash: h}
		if err := b.decode(k.tx.reader(value)); err != nil {
			return err
		}
		if b.count > k.f.m.rules.Block {
			k.f.full[h] = true
		} else if b.count > 1 {
			n, err := k.pairIn(b)
			if err != nil {
				return err
			}
			compared += n
		}
		k.done++
		k.f.at, place = h+1, h+1
		if last = place != 0 && compared < 64*k.f.chunk && len(k.rows) < 8*k.f.chunk && k.done < 128*k.f.chunk; !last {
			break
		}
	}
	k.next(place, last || place == 0)
	return nil
}

// passed makes sure that the full blocks before a place are known.
func (f *MatchFollower) passed(tx *Tx, place uint64) error {
	if f.full != nil && f.at == place {
		return nil
	}
	f.full, f.at = make(map[uint64]bool), place
	for e, err := range tx.r.Scan(layout.Blocks(0)) {
		if err != nil {
			return fmt.Errorf("graph: blocks: %w", err)
		}
		h := layout.LastNumber(e.Key)
		switch value, err := layout.Unseal(e.Key, e.Value); {
		case err != nil:
			return fmt.Errorf("graph: blocks: %w", err)
		case len(e.Key) != len(layout.KeyBlock(0)):
		case h >= place:
			return nil
		case int(tx.reader(value).Uint()) > f.m.rules.Block:
			f.full[h] = true
		}
	}
	return nil
}

// pairIn compares those of a block that were compared in none before.
func (k *matching) pairIn(b *block) (n int, err error) {
	people := make([]*compared, len(b.members))
	for i, id := range b.members {
		if people[i], err = k.person(id); err != nil {
			return n, err
		}
	}
	for i, x := range people {
		for j := i + 1; j < len(people); j++ {
			y := people[j]
			if x.person == nil || y.person == nil || k.metBefore(x, y, b.hash) {
				continue
			}
			n++
			s := k.f.m.rules.Compare(x.person, y.person)
			if s.Level != match.Possible {
				continue
			}
			apart, err := k.tx.calledDifferent(b.members[i])
			if err != nil {
				return n, err
			}
			if _, called := apart[b.members[j]]; called {
				continue
			}
			for _, side := range [][2]cdp.ProfileID{{b.members[i], b.members[j]}, {b.members[j], b.members[i]}} {
				row, err := k.row(side[0])
				if err != nil {
					return n, err
				}
				row.partner(partner{side[1], s.Total}, !row.gone, k.f.m.kept())
			}
		}
	}
	return n, nil
}

// metBefore reports whether two profiles share a block before this one that is
// not full. Keys are ascending.
func (k *matching) metBefore(x, y *compared, hash uint64) bool {
	for i, j := 0, 0; i < len(x.keys) && j < len(y.keys) && x.keys[i] < hash && y.keys[j] < hash; {
		switch {
		case x.keys[i] < y.keys[j]:
			i++
		case x.keys[i] > y.keys[j]:
			j++
		case !k.f.full[x.keys[i]]:
			return true
		default:
			i, j = i+1, j+1
		}
	}
	return false
}

// queueAll makes the queue of the candidates.
func (k *matching) queueAll() error {
	ids, err := k.rowsFrom(cdp.ProfileID(k.state.place), 4*k.f.chunk)
	if err != nil {
		return err
	}
	for _, id := range ids {
		row := k.rows[id]
		for _, p := range row.partners {
			if p.id < id {
				continue // from its side
			}
			other, err := k.row(p.id)
			if err != nil {
				return err
			}
			if err := k.enqueue(row, other); err != nil {
				return err
			}
		}
	}
	k.done = len(ids)
	k.goOn(ids, 4*k.f.chunk)
	return nil
}

func (k *matching) goOn(ids []cdp.ProfileID, asked int) {
	if len(ids) < asked {
		k.next(0, true)
		return
	}
	k.next(uint64(ids[len(ids)-1])+1, false)
}
