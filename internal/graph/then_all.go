package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// EveryThen hands all profiles to f as the facts of a standpoint have them, each
// as Then does, in the order of their oldest records: every row is judged, and
// all that are in profiles are divided at once. In memory it holds numbers only,
// about 150 bytes a record, and reads and judges each record once more when its
// profile is handed over. progress is told the number of records read; it may be
// nil. A profile of which no id was minted by then has none.
func (tx *Tx) EveryThen(ctx context.Context, from cdp.Standpoint, judge JudgeThen, progress func(records int), f func(Then) error) error {
	return tx.EveryThenFrom(ctx, from, 0, judge, progress, f)
}

// EveryThenFrom is EveryThen from a place on: 0, or Profile.Next of the last one
// read. The place is where the oldest records lie, so that what is recorded
// between two readings shifts none of the others.
func (tx *Tx) EveryThenFrom(ctx context.Context, from cdp.Standpoint, place uint64, judge JudgeThen, progress func(records int), f func(Then) error) error {
	e := everyone{circle: circle{tx: tx, from: from}, judgeOf: judge, progress: progress,
		about: make(map[cdp.Row][]cdp.Decision), hidden: make(map[cdp.IdentifierKey]bool), named: make(map[cdp.Row]*head)}
	var err error
	if e.lists, err = tx.listsThen(from); err != nil {
		return err
	}
	if e.rules, err = tx.rulesThen(from); err != nil {
		return err
	}
	if err := e.decided(); err != nil {
		return err
	}
	e.whole = e.rules.NewWhole()
	if err := e.read(ctx); err != nil {
		return err
	}
	if err := e.name(ctx); err != nil {
		return err
	}
	e.tie()
	return e.divided(ctx, func(profile []uint32) error {
		if uint64(e.recs[profile[0]]) < place {
			return nil
		}
		then, err := e.assemble(profile)
		if err != nil {
			return err
		}
		then.Profile.Next = uint64(e.recs[profile[0]]) + 1
		return f(then)
	})
}

// everyone is all records that were in profiles at a standpoint, numbered as
// they are read.
type everyone struct {
	circle
	judgeOf  JudgeThen
	progress func(records int)
	rules    *resolve.Rules
	whole    *resolve.Whole
	numbers  interner // of links; until all are read
	recs     []cdp.RecordID
	in       []layout.Component // where their heads lie; 0 for those that are not live
	sorted   []uint32           // numbers of records, by record
	states   []resolve.State    // of links
	ids      []minted           // by profile
	minted   []mintedAt         // by record

	ties   []cdp.Decision // that tie or part
	about  map[cdp.Row][]cdp.Decision
	hidden map[cdp.IdentifierKey]bool // suppressed
	named  map[cdp.Row]*head          // by decisions
}

// A mintedAt is a profile id, and the record that stands where it was minted for.
type mintedAt struct {
	rec     uint32
	profile cdp.ProfileID
}

// divided divides all records and yields the profiles: the numbers of their
// records, oldest first. They are valid until the next step.
func (e *everyone) divided(ctx context.Context, yield func(profile []uint32) error) error {
	n := len(e.recs)
	part := make([]uint32, n) // by record
	parts := uint32(0)
	e.states = make([]resolve.State, e.whole.Size())
	err := e.whole.Divide(func(p *resolve.Piece) error {
		for i, l := range p.Links {
			e.states[l] = p.States[i]
		}
		for i, r := range p.Records {
			part[r] = parts + uint32(p.Part[i])
		}
		parts += uint32(p.Parts)
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	// By profile, in the order of the profiles' oldest records.
	const unseen = ^uint32(0)
	rank := slices.Repeat([]uint32{unseen}, int(parts))
	next := uint32(0)
	for _, r := range e.sorted {
		if rank[part[r]] == unseen {
			rank[part[r]] = next
			next++
		}
	}
	end := make([]uint32, parts+1)
	for _, p := range part {
		end[rank[p]+1]++
	}
	for i := range parts {
		end[i+1] += end[i]
	}
	grouped := make([]uint32, n)
	for _, r := range e.sorted {
		at := &end[rank[part[r]]]
		grouped[*at] = r
		*at++
	}
	e.sorted, rank, part = nil, nil, nil
	begin := uint32(0)
	for _, to := range end[:parts] { // each has come to its end
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := yield(grouped[begin:to]); err != nil {
			return err
		}
		begin = to
	}
	return nil
}

// assemble puts a profile together.
func (e *everyone) assemble(part []uint32) (Then, error) {
	var out Then
	p := &out.Profile
	for _, r := range part {
		i, _ := slices.BinarySearchFunc(e.minted, r, func(m mintedAt, r uint32) int { return cmp.Compare(m.rec, r) })
		for ; i < len(e.minted) && e.minted[i].rec == r; i++ {
			p.Aliases = append(p.Aliases, e.minted[i].profile)
		}
	}
	if slices.Sort(p.Aliases); len(p.Aliases) > 0 {
		p.ID, p.Aliases = p.Aliases[0], p.Aliases[1:]
		at, err := e.tx.Minted(p.ID)
		if err != nil {
			return out, err
		}
		p.Minted = at
	}
	p.Asked = p.ID
	var apart map[uint32]bool
	for _, r := range part {
		then, err := e.again(r)
		if err != nil {
			return out, err
		}
		rec := e.resolvable(then.head)
		links, numbers := e.rules.LinksOf(&rec), e.whole.LinksOf(r)
		if len(links) != len(numbers) {
			return out, fmt.Errorf("graph: %v: %w", e.recs[r], errOtherwise)
		}
		for i, l := range links {
			if n := numbers[i]; e.states[n] != resolve.Joins && !apart[n] {
				if apart == nil {
					apart = make(map[uint32]bool)
				}
				apart[n] = true
				out.Apart = append(out.Apart, Apart{l, e.states[n]})
			}
		}
		then.add(&out, func(c *claim) string {
			why := e.standingLeft(c)
			for i, l := range links {
				if !l.ID.Same(c.id) {
					continue
				}
				if why = e.states[numbers[i]].String(); e.states[numbers[i]] == resolve.Joins {
					return ""
				}
			}
			return why
		})
	}
	p.Size = len(p.Records)
	return out, nil
}

// errOtherwise is what can not be: one snapshot says the same twice.
var errOtherwise = errors.New("judged otherwise within one snapshot")

// again judges a record that was judged when it was read.
func (e *everyone) again(r uint32) (*recordThen, error) {
	id := e.recs[r]
	at := place{component: e.in[r]}
	if at.component == 0 {
		var err error
		if at, err = e.tx.place(id); err != nil {
			return nil, err
		}
	}
	h, err := e.tx.headAt(id, at)
	if err != nil {
		return nil, err
	}
	then, err := e.judgeHead(h, at.state, e.judgeOf)
	if err == nil && then == nil {
		err = fmt.Errorf("graph: %v: %w", id, errOtherwise)
	}
	return then, err
}

// standingLeft says why an allowed claim is not among those by which its record
// may be linked.
func (e *everyone) standingLeft(c *claim) string {
	if e.hidden[c.id.Key()] {
		return "suppressed"
	}
	return standingLeft(e.rules, nil, c)
}
