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

// pairAll finds the candidates of each profile by itself.
func (k *matching) pairAll() error {
	ids, err := k.rowsFrom(cdp.ProfileID(k.state.place), 4*k.f.chunk)
	if err != nil {
		return err
	}
	for _, id := range ids {
		row := k.rows[id]
		found, err := k.candidates(row, func(level match.Level) bool { return level == match.Possible })
		if err != nil {
			return err
		}
		k.list(row, found)
	}
	k.done = len(ids)
	k.goOn(ids, 4*k.f.chunk)
	return nil
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
