package graph

import (
	"bytes"
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
// as Then does, in no order that means anything: every row is judged, and all
// that are in profiles are divided at once. It holds what links them in memory,
// as RulesDiff does. progress is told the number of rows read; it may be nil. A
// profile of which no id was minted by then has none.
func (tx *Tx) EveryThen(ctx context.Context, from cdp.Standpoint, judge JudgeThen, progress func(rows int), f func(Then) error) error {
	e := everyone{circle: circle{tx: tx, from: from, ids: make(map[cdp.ProfileID]cdp.RecordID)}, judgeOf: judge, numbers: make(map[string]uint32),
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
	if err := e.read(ctx, progress); err != nil {
		return err
	}
	if err := e.name(); err != nil {
		return err
	}
	e.tie()
	return e.whole.Divide(func(p *resolve.Piece) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return e.piece(p, f)
	})
}

// everyone is all rows of the store at a standpoint. Records are numbered in
// the order of their rows.
type everyone struct {
	circle
	judgeOf JudgeThen
	rules   *resolve.Rules
	whole   *resolve.Whole
	numbers map[string]uint32 // of links, by key
	recs    []cdp.RecordID
	sorted  []uint32 // numbers of records, by record
	minted  []mintedAt

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

// decided takes in what persons had decided.
func (e *everyone) decided() error {
	for row, err := range e.tx.r.Scan(layout.DecisionsFrom(0)) {
		if err != nil {
			return fmt.Errorf("graph: decisions: %w", err)
		}
		d, err := e.tx.Decision(layout.LastNumber(row.Key))
		if err != nil {
			return err
		}
		switch {
		case !e.from.Knew(d.At) || d.UndoneBy != "" && e.from.Knew(d.Undone):
			continue
		case d.Verb == cdp.DecideSuppress:
			e.hidden[d.Identifier.Key()] = true
		}
		for _, r := range d.Rows {
			e.about[r.Row] = append(e.about[r.Row], d)
		}
		if d.Ties() {
			e.ties = append(e.ties, d)
		}
	}
	return nil
}

// read judges the record of every row, and takes in those that are in profiles.
func (e *everyone) read(ctx context.Context, progress func(int)) error {
	rows := 0
	for row, err := range e.tx.r.Scan(layout.Rows()) {
		if err != nil {
			return fmt.Errorf("graph: source rows: %w", err)
		}
		value, err := layout.Unseal(row.Key, row.Value)
		if err != nil {
			return fmt.Errorf("graph: source rows: %w", err)
		}
		k, err := decodeRow(e.tx.reader(bytes.Clone(value)))
		if err != nil {
			return err
		}
		if err := e.resting(k); err != nil {
			return err
		}
		then, err := e.current(k)
		if err != nil {
			return err
		}
		if then != nil {
			e.add(then.head)
		}
		if rows++; rows%10_000 == 0 && progress != nil {
			progress(rows)
		}
		if rows%1_000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if progress != nil {
		progress(rows)
	}
	return nil
}

// current is the version of a row that was known, as it is judged; nil when it
// was in no profile.
func (e *everyone) current(k *row) (*recordThen, error) {
	id := k.record
	if !e.from.Known.IsZero() {
		var err error
		if id, err = e.tx.knownOf(k, e.from.Known); errors.Is(err, ErrNotFound) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
	}
	return e.judge(id, e.judgeOf)
}

// resting notes the ids that versions of a row have with them.
func (e *everyone) resting(k *row) error {
	for i := -1; i < len(k.past); i++ {
		id := k.record
		if i >= 0 {
			id = k.past[i].record
		}
		p, err := e.tx.place(id)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		kept := p.resting
		if p.state == placeQuarantined {
			if kept, err = e.tx.quarantineRow(id); err != nil {
				return err
			}
		}
		for _, m := range kept {
			e.ids[m.profile] = m.anchor
		}
	}
	return nil
}

// add takes in a record that is in a profile.
func (e *everyone) add(h *head) {
	row := cdp.Row{Source: h.Source, Key: h.Key}
	rec := e.resolvable(h)
	var links []uint32
	for _, l := range e.rules.LinksOf(&rec) {
		key := string(keyOfLink(l))
		n, ok := e.numbers[key]
		if !ok {
			n = uint32(len(e.numbers))
			e.numbers[key] = n
			e.whole.AddLink(l)
		}
		links = append(links, n)
	}
	if rec.Lock != 0 {
		if e.whole.Locks == nil {
			e.whole.Locks = make(map[uint32]int32)
		}
		e.whole.Locks[uint32(len(e.recs))] = rec.Lock
	}
	if e.about[row] != nil {
		e.named[row] = &head{ID: h.ID, Controller: h.Controller}
	}
	e.whole.AddRecord(links, rec.Birth)
	e.recs = append(e.recs, h.ID)
}

// resolvable is a record with what persons left of its claims.
func (e *everyone) resolvable(h *head) resolve.Record {
	rec := h.resolvable(e.rules)
	row := cdp.Row{Source: h.Source, Key: h.Key}
	leave(&rec, row, e.about[row])
	rec.Claims = slices.DeleteFunc(rec.Claims, func(c resolve.Claimed) bool { return e.hidden[c.ID.Key()] })
	return rec
}

// tie notes what persons tied and parted.
func (e *everyone) tie() {
	same, differ := pairsOf(e.ties, e.named)
	numbered := func(pairs []resolve.Pair) (out [][2]int32) {
		for _, p := range pairs {
			a, okA := e.number(p.A)
			b, okB := e.number(p.B)
			if okA && okB {
				out = append(out, [2]int32{int32(a), int32(b)})
			}
		}
		return out
	}
	e.whole.Same, e.whole.Differ = numbered(same), numbered(differ)
}

func (e *everyone) number(id cdp.RecordID) (uint32, bool) {
	i, ok := slices.BinarySearchFunc(e.sorted, id, func(n uint32, id cdp.RecordID) int { return cmp.Compare(e.recs[n], id) })
	if !ok {
		return 0, false
	}
	return e.sorted[i], true
}

// name finds the ids that were minted by then, with the records that stand
// where they were minted for.
func (e *everyone) name() error {
	e.sorted = make([]uint32, len(e.recs))
	for i := range e.sorted {
		e.sorted[i] = uint32(i)
	}
	slices.SortFunc(e.sorted, func(a, b uint32) int { return cmp.Compare(e.recs[a], e.recs[b]) })
	for row, err := range e.tx.r.Scan(layout.Components()) {
		if err != nil {
			return fmt.Errorf("graph: components: %w", err)
		}
		value, err := layout.Unseal(row.Key, row.Value)
		if err != nil {
			return fmt.Errorf("graph: components: %w", err)
		}
		c, err := e.tx.componentAt(layout.Component(layout.LastNumber(row.Key)), bytes.Clone(value))
		if err != nil {
			return err
		}
		for _, m := range c.ids {
			e.ids[m.profile] = m.anchor
		}
	}
	if err := e.inherited(); err != nil {
		return err
	}
	for p, anchor := range e.ids {
		at, err := e.tx.Minted(p)
		if err != nil {
			return err
		}
		if !e.from.Knew(at) {
			continue
		}
		n, ok, err := e.standsFor(anchor)
		if err != nil {
			return err
		}
		if ok {
			e.minted = append(e.minted, mintedAt{n, p})
		}
	}
	slices.SortFunc(e.minted, func(a, b mintedAt) int {
		return cmp.Or(cmp.Compare(a.rec, b.rec), cmp.Compare(a.profile, b.profile))
	})
	return nil
}

// standsFor returns the record that was current of the row of another one.
func (e *everyone) standsFor(id cdp.RecordID) (uint32, bool, error) {
	if n, ok := e.number(id); ok {
		return n, true, nil
	}
	rec, err := e.tx.Head(id)
	if err != nil {
		return 0, false, err
	}
	var current cdp.RecordID
	if e.from.Known.IsZero() {
		current, _, err = e.tx.Row(rec.Source, rec.Key)
	} else {
		current, err = e.tx.RowKnown(rec.Source, rec.Key, e.from.Known)
	}
	if errors.Is(err, ErrNotFound) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	n, ok := e.number(current)
	return n, ok, nil
}

// inherited gives ids back to the records they were minted for that were deleted
// since: the journal tells.
func (e *everyone) inherited() error {
	if e.from.Known.IsZero() {
		return nil
	}
	first := make(map[cdp.ProfileID]bool)
	for after := uint64(0); ; {
		changes, err := e.tx.Changes(after, 10_000)
		if err != nil || len(changes) == 0 {
			return err
		}
		for _, ch := range changes {
			after = ch.Seq
			if ch.Verb != inherits || e.from.Knew(ch.At) {
				continue
			}
			for _, p := range ch.Profiles {
				if _, there := e.ids[p]; there && !first[p] {
					first[p], e.ids[p] = true, ch.Record
				}
			}
		}
	}
}

// piece hands over the profiles into which some records fall.
func (e *everyone) piece(p *resolve.Piece, f func(Then) error) error {
	states := make(map[uint32]resolve.State, len(p.Links))
	for i, l := range p.Links {
		states[l] = p.States[i]
	}
	parts := make([][]uint32, p.Parts)
	for i, r := range p.Records {
		parts[p.Part[i]] = append(parts[p.Part[i]], r)
	}
	for _, part := range parts {
		then, err := e.assemble(part, states)
		if err == nil {
			err = f(then)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// assemble puts a profile together.
func (e *everyone) assemble(part []uint32, states map[uint32]resolve.State) (Then, error) {
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
	slices.SortFunc(part, func(a, b uint32) int { return cmp.Compare(e.recs[a], e.recs[b]) })
	for _, r := range part {
		then, err := e.judge(e.recs[r], e.judgeOf)
		if err != nil {
			return out, err
		}
		if then == nil {
			return out, fmt.Errorf("graph: %v: judged otherwise within one snapshot", e.recs[r])
		}
		rec := e.resolvable(then.head)
		then.add(&out, func(c *claim) string { return e.stands(&rec, c, states) })
	}
	p.Size = len(p.Records)
	return out, nil
}

// stands says what kept an allowed claim of a record from joining, as
// division.stands does.
func (e *everyone) stands(rec *resolve.Record, c *claim, states map[uint32]resolve.State) string {
	i := slices.IndexFunc(rec.Claims, func(o resolve.Claimed) bool { return o.ID.Same(c.id) })
	if i < 0 {
		if e.hidden[c.id.Key()] {
			return "suppressed"
		}
		return standingLeft(e.rules, nil, c)
	}
	out := standingLeft(e.rules, nil, c)
	for _, l := range e.rules.LinksOf(&resolve.Record{Controller: rec.Controller, Claims: rec.Claims[i : i+1]}) {
		state := states[e.numbers[string(keyOfLink(l))]]
		if state == resolve.Joins {
			return ""
		}
		out = state.String()
	}
	return out
}
