package graph

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/match"
)

// A Matcher says how possible matches are found. It is immutable.
type Matcher struct {
	rules match.Rules
	known match.Dummies
	made  string
}

// NewMatcher returns a matcher. known may be nil; lists names the version of
// what it knows: when it is another one, all is made anew.
func NewMatcher(rules match.Rules, known match.Dummies, lists string) *Matcher {
	return &Matcher{rules, known, fmt.Sprintf("%d %+v %s", matchVersion, rules, lists)}
}

// DefaultMatcher is NewMatcher with the rules that come with the program.
func DefaultMatcher(known match.Dummies, lists string) *Matcher {
	return NewMatcher(match.DefaultRules(), known, lists)
}

// matchVersion grows when package match, or what is kept of it, changes so
// that what was found before is not what would be found now.
const matchVersion = 1

// counterMatches holds how far the possible matches are.
const counterMatches = "matches"

// A matchPhase says what is done next. Following is the last: the others are
// passed through once, each in as many steps as it takes.
type matchPhase byte

const (
	matchClear  matchPhase = iota // all that was made is deleted
	matchFile                     // profiles are filed under their blocking keys
	matchPair                     // each is compared with those it shares a key with
	matchQueue                    // the best pairs of both their profiles become the queue
	matchFollow                   // what the journal names is done again
)

// matchState is how far the possible matches are. It is written in the same
// transaction as they are.
type matchState struct {
	made                    string
	phase                   matchPhase
	place                   uint64 // where the phase goes on
	seq                     uint64 // of the journal; all before it is in
	within                  uint64 // profiles that the entry after seq names and that are marked
	turn                    uint64 // counts the writes, so that a step notices another one
	filed                   int    // profiles
	open, unsure, ambiguous int    // pairs in the queue
}

func (s *matchState) encode(w *layout.Writer) []byte {
	w.Text(s.made)
	w.Byte(byte(s.phase))
	for _, n := range []uint64{s.place, s.seq, s.within, s.turn, uint64(s.filed), uint64(s.open), uint64(s.unsure), uint64(s.ambiguous)} {
		w.Uint(n)
	}
	return w.B
}

// matchState reads how far they are; the zero value when they were never made.
func (tx *Tx) matchState() (matchState, error) {
	value, err := tx.get(layout.KeyCounter(counterMatches))
	if errors.Is(err, kv.ErrNotFound) {
		return matchState{}, nil
	}
	if err != nil {
		return matchState{}, fmt.Errorf("graph: possible matches: %w", err)
	}
	r := tx.reader(value)
	s := matchState{made: r.Text(), phase: matchPhase(r.Byte()), place: r.Uint(), seq: r.Uint(), within: r.Uint(), turn: r.Uint(),
		filed: int(r.Uint()), open: int(r.Uint()), unsure: int(r.Uint()), ambiguous: int(r.Uint())}
	if !r.Done() || s.phase > matchFollow {
		return s, fmt.Errorf("graph: possible matches: %w", layout.ErrDamaged)
	}
	return s, nil
}

func (tx *Tx) setMatchState(s matchState) error {
	s.turn++
	return tx.set(layout.KeyCounter(counterMatches), s.encode(tx.writer()))
}

// A MatchFollower keeps the possible matches up with the journal. It is for
// one goroutine; what it remembers makes it faster and nothing else.
type MatchFollower struct {
	s      *Store
	m      *Matcher
	hash   *blockHash
	people *people
	chunk  int // profiles of one step

	full map[uint64]bool // blocks that are full, of those before at
	at   uint64
}

// MatchFollower returns what keeps the possible matches up.
func (s *Store) MatchFollower(m *Matcher) *MatchFollower {
	return &MatchFollower{s: s, m: m, hash: newBlockHash(s.meta.TagKey), people: newPeople(), chunk: matchChunk}
}

// matchChunk is how many profiles one step does, if they fit in a transaction.
const matchChunk = 128

// errTurn is returned inside of Step when another one wrote meanwhile.
var errTurn = errors.New("graph: possible matches were written by another")

// Step does a part of what is left to do, in one transaction, and returns how
// many profiles it did and whether more is left. It can be cut off at any
// time.
func (f *MatchFollower) Step(ctx context.Context, now time.Time) (done int, more bool, err error) {
	for {
		var k *matching
		err := f.s.View(ctx, func(tx *Tx) (err error) {
			k, err = f.step(tx)
			return err
		})
		if err != nil || k == nil {
			return 0, false, err
		}
		err = f.s.Update(ctx, now, k.write)
		switch {
		case errors.Is(err, errTurn):
			continue
		case errors.Is(err, kv.ErrTooLarge) && f.chunk > 1:
			f.chunk /= 2
			continue
		case err != nil:
			return 0, false, err
		}
		f.chunk = min(2*f.chunk, matchChunk)
		return k.done, true, nil
	}
}

// step prepares what one step writes; nil when nothing is left to do.
func (f *MatchFollower) step(tx *Tx) (*matching, error) {
	st, err := tx.matchState()
	if err != nil {
		return nil, err
	}
	k := &matching{tx: tx, f: f, state: st, before: st, blocks: make(map[uint64]*block), rows: make(map[cdp.ProfileID]*matchRow)}
	if st.made != f.m.made {
		k.state = matchState{made: f.m.made, turn: st.turn}
		k.changed = true
		return k, nil
	}
	switch st.phase {
	case matchClear:
		return k, k.clear()
	case matchFile:
		return k, k.fileAll()
	case matchPair:
		return k, k.pairAll()
	case matchQueue:
		return k, k.queueAll()
	}
	return k.follow()
}

// A matching is one step: what it read, and what it will write.
type matching struct {
	tx     *Tx
	f      *MatchFollower
	before matchState
	state  matchState
	blocks map[uint64]*block
	rows   map[cdp.ProfileID]*matchRow
	sets   []queueRow
	drops  [][]byte
	due    []cdp.ProfileID // to be marked
	done   int

	changed bool // there is something to write even if it is the state alone
}

// A queueRow is a row to be written to the queue.
type queueRow struct {
	key       []byte
	ambiguous bool
}

// write commits a step, unless another wrote since it was prepared.
func (k *matching) write(tx *Tx) error {
	now, err := tx.matchState()
	if err != nil {
		return err
	}
	if now != k.before {
		return errTurn
	}
	for _, key := range k.drops {
		if err := tx.delete(key); err != nil {
			return err
		}
	}
	for _, q := range k.sets {
		w := tx.writer()
		w.Bool(q.ambiguous)
		if err := tx.set(q.key, w.B); err != nil {
			return err
		}
	}
	for _, b := range k.blocks {
		if err := b.write(tx); err != nil {
			return err
		}
	}
	for _, row := range k.rows {
		if err := row.write(tx); err != nil {
			return err
		}
	}
	for _, id := range k.due {
		if err := tx.set(layout.KeyMatchDue(id), nil); err != nil {
			return err
		}
	}
	return tx.setMatchState(k.state)
}

// follow does again what is marked, or marks what the journal names.
func (k *matching) follow() (*matching, error) {
	todo, err := k.marked()
	if err != nil {
		return nil, err
	}
	if len(todo) == 0 {
		named, err := k.read()
		if err != nil || named == nil {
			return nil, err
		}
		if k.state.phase == matchClear { // far behind
			return k, nil
		}
		if len(named) > k.f.chunk {
			k.due = named
			return k, nil
		}
		todo = named
	}
	k.done = len(todo)
	return k, k.redo(todo)
}

// marked takes marks away and returns the profiles that they name. It goes on
// where the last step ended, past what the engine keeps of deleted rows, and
// then from the beginning.
func (k *matching) marked() (todo []cdp.ProfileID, err error) {
	for _, from := range []uint64{k.state.place, 0} {
		for e, err := range k.tx.r.Scan(layout.MatchesDue(cdp.ProfileID(from))) {
			if err != nil {
				return nil, fmt.Errorf("graph: possible matches: %w", err)
			}
			id := cdp.ProfileID(layout.LastNumber(e.Key))
			k.drops = append(k.drops, bytes.Clone(e.Key))
			todo, k.state.place = append(todo, id), uint64(id)+1
			if len(todo) == k.f.chunk {
				return todo, nil
			}
		}
		if len(todo) > 0 || from == 0 {
			break
		}
	}
	return todo, nil
}

// farBehind is from how many changes on it is looked whether to make all anew.
const farBehind = 4_000

// read takes profiles out of the journal; nil when it has no more.
func (k *matching) read() ([]cdp.ProfileID, error) {
	head, err := k.tx.JournalHead()
	if err != nil || head == k.state.seq {
		return nil, err
	}
	if head-k.state.seq > farBehind/200 { // a row has the changes of up to 200 records
		// Doing a profile again costs several times what making it with all
		// others does.
		most := max(farBehind, k.state.filed/3)
		ahead, err := k.tx.Changes(k.state.seq, most)
		if err != nil {
			return nil, err
		}
		if len(ahead) >= most {
			k.state = matchState{made: k.state.made, turn: k.state.turn}
			return []cdp.ProfileID{}, nil
		}
	}
	changes, err := k.tx.Changes(k.state.seq, k.f.chunk)
	if err != nil || len(changes) == 0 {
		return nil, err
	}
	seen := make(map[cdp.ProfileID]bool)
	named := make([]cdp.ProfileID, 0, len(changes))
	skip := k.state.within
	for i, c := range changes {
		for _, p := range c.Profiles {
			if skip > 0 {
				skip--
				continue
			}
			if len(named) == kv.MaxUpdateEntries/2 {
				return named, nil // the row is not done: within says how far it is
			}
			k.state.within++
			if !seen[p] {
				seen[p] = true
				named = append(named, p)
			}
		}
		if i+1 == len(changes) || changes[i+1].Seq != c.Seq {
			k.state.seq, k.state.within = c.Seq, 0
		}
	}
	return named, nil
}

// MatchCounts says how long the queue of possible matches is, and how far
// behind the store.
func (tx *Tx) MatchCounts(m *Matcher) (cdp.MatchCounts, error) {
	st, err := tx.matchState()
	if err != nil {
		return cdp.MatchCounts{}, err
	}
	head, err := tx.JournalHead()
	if err != nil {
		return cdp.MatchCounts{}, err
	}
	if st.made != m.made {
		return cdp.MatchCounts{Behind: max(head, 1)}, nil
	}
	c := cdp.MatchCounts{Made: st.phase == matchFollow, Profiles: st.filed, Open: st.open, Unsure: st.unsure, Ambiguous: st.ambiguous}
	c.Behind = head - min(st.seq, head)
	if !c.Made {
		c.Behind = max(head, 1)
		return c, nil
	}
	for _, err := range tx.r.Scan(layout.MatchesDue(0)) {
		if err != nil {
			return c, fmt.Errorf("graph: possible matches: %w", err)
		}
		c.Behind++
	}
	return c, nil
}

// ForgetMatches has all possible matches made anew; what persons said of them
// stays.
func (tx *Tx) ForgetMatches() error {
	st, err := tx.matchState()
	if err != nil {
		return err
	}
	return tx.setMatchState(matchState{turn: st.turn})
}
