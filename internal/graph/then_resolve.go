package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	lists "cdp-tui/internal/ident"
	"cdp-tui/internal/resolve"
)

// A recordThen is a record as it was judged at a standpoint.
type recordThen struct {
	head   *head
	ruling cdp.Ruling
}

// A division is the rows gathered, judged and divided.
type division struct {
	then []recordThen
	part map[cdp.Row]int32
	c    *resolve.Component

	rules        *resolve.Rules
	decisions    []cdp.Decision
	at           map[cdp.Row]*head
	same, differ []resolve.Pair
}

func (g *circle) divide(judge JudgeThen) (*division, error) {
	rules, err := g.tx.rulesThen(g.from)
	if err != nil {
		return nil, err
	}
	then, err := g.judged(judge)
	if err != nil {
		return nil, err
	}
	decisions, err := g.decisions()
	if err != nil {
		return nil, err
	}
	at := make(map[cdp.Row]*head, len(then))
	for _, r := range then {
		at[cdp.Row{Source: r.head.Source, Key: r.head.Key}] = r.head
	}
	records := make([]resolve.Record, len(then))
	for i, r := range then {
		records[i] = r.head.resolvable(rules)
		leave(&records[i], cdp.Row{Source: r.head.Source, Key: r.head.Key}, decisions)
	}
	same, differ := pairsOf(decisions, at)
	c := rules.Resolve(records, func(l resolve.Link) bool { return g.wide[l.ID.Key()] }, same, differ)

	part := make(map[cdp.Row]int32, len(then))
	for i, r := range then {
		part[cdp.Row{Source: r.head.Source, Key: r.head.Key}] = c.Result.Part[i]
	}
	return &division{then, part, c, rules, decisions, at, same, differ}, nil
}

// fill puts the records of a part, by their places, into their profile.
func (d *division) fill(out *Then, members []int32) {
	for _, i := range members {
		d.then[i].add(out, func(c *claim) string { return d.stands(int(i), c) })
	}
	out.Profile.Size = len(out.Profile.Records)
	out.Insight = seen(&out.Profile, d.rules, d.c, d.same, d.differ)
	out.Insight.Ties = tiesOf(d.decisions, d.at)
	out.Insight.Ties = slices.DeleteFunc(out.Insight.Ties, func(t Tie) bool {
		_, ok := slices.BinarySearchFunc(out.Profile.Records, t.A, func(r Record, id cdp.RecordID) int { return cmp.Compare(r.ID, id) })
		return !ok // what is tied is in one part
	})
}

// stands says what kept an allowed claim of a record from joining, "" when it
// joined at any class.
func (d *division) stands(rec int, c *claim) string {
	out := standingLeft(d.rules, d.decisions, c)
	for _, x := range d.c.ClaimsOf(rec) {
		if !d.c.Links[x[1]].ID.Same(c.id) {
			continue
		}
		state := d.c.Result.States[x[1]]
		if state == resolve.Joins {
			return ""
		}
		out = state.String()
	}
	return out
}

// standingLeft says why an allowed claim is not among those by which its record
// may be linked.
func standingLeft(rules *resolve.Rules, decisions []cdp.Decision, c *claim) string {
	if _, n := rules.Levels(c.id.Kind(), false); n == 0 {
		return "no rule"
	}
	if slices.ContainsFunc(decisions, func(d cdp.Decision) bool { return d.Verb == cdp.DecideSuppress && d.Identifier.Same(c.id) }) {
		return "suppressed"
	}
	return "cut"
}

// ThenOf is Then of the profile that held the row of a record. The error is
// ErrNotThen when the row was in none.
func (tx *Tx) ThenOf(rec cdp.RecordID, from cdp.Standpoint, judge JudgeThen) (Then, error) {
	a, err := tx.Around(context.Background(), from, judge, nil, []cdp.RecordID{rec}, false)
	if err != nil {
		return Then{}, err
	}
	h, err := tx.Head(rec)
	if err != nil {
		return Then{}, err
	}
	return a.Of(h.Source, h.Key)
}

// seen is what resolution sees in a profile that it found among other records.
func seen(p *Profile, rules *resolve.Rules, all *resolve.Component, same, differ []resolve.Pair) *Insight {
	out := &Insight{Profile: p.ID, Records: p.Records, Rules: rules}
	var records []resolve.Record
	apart := make(map[int32]bool)
	for i := range all.Records {
		if !slices.ContainsFunc(p.Records, func(r Record) bool { return r.ID == all.Records[i].ID }) {
			continue
		}
		records = append(records, all.Records[i])
		for _, cl := range all.ClaimsOf(i) {
			if state := all.Result.States[cl[1]]; state != resolve.Joins && !apart[cl[1]] {
				apart[cl[1]] = true
				out.Apart = append(out.Apart, Apart{all.Links[cl[1]], state})
			}
		}
	}
	out.Sight = rules.Resolve(records, func(l resolve.Link) bool { i := all.Index(l); return i >= 0 && apart[int32(i)] }, same, differ)
	return out
}

// add puts a record into its profile, with the claims as they were judged.
func (r *recordThen) add(out *Then, stands func(*claim) string) {
	rec := r.head.record(Live) // it counted then
	rec.Profile = out.Profile.ID
	for j := range rec.Claims {
		cl, kept := &rec.Claims[j], &r.head.Claims[j]
		if j < len(r.ruling.Claims) {
			cl.Verdict = r.ruling.Claims[j]
		}
		if cl.Active = kept.active; cl.Active {
			cl.Standing = stands(kept)
			cl.Active = cl.Standing == ""
		}
	}
	out.Profile.Records = append(out.Profile.Records, rec)
	out.Rulings = append(out.Rulings, r.ruling)
}

// judged returns the records known then that were in profiles, by id.
func (g *circle) judged(judge JudgeThen) ([]recordThen, error) {
	var out []recordThen
	for r, n := range g.rows {
		id := n.current
		if !g.from.Known.IsZero() {
			var err error
			if id, err = g.tx.RowKnown(r.Source, r.Key, g.from.Known); errors.Is(err, ErrNotFound) {
				continue
			} else if err != nil {
				return nil, err
			}
		}
		then, err := g.judge(id, judge)
		if err != nil {
			return nil, err
		}
		if then != nil {
			out = append(out, *then)
		}
	}
	slices.SortFunc(out, func(a, b recordThen) int { return cmp.Compare(a.head.ID, b.head.ID) })
	return out, nil
}

// judge says how a record was judged; nil when it was in no profile.
func (g *circle) judge(id cdp.RecordID, judge JudgeThen) (*recordThen, error) {
	p, err := g.tx.place(id)
	if err != nil {
		return nil, err
	}
	h, err := g.tx.headAt(id, p)
	if err != nil {
		return nil, err
	}
	return g.judgeHead(h, p.state, judge)
}

// judgeHead is judge for a head that was read.
func (g *circle) judgeHead(h *head, at placeState, judge JudgeThen) (*recordThen, error) {
	if h.Deleted || !h.Dropped.IsZero() {
		return nil, nil
	}
	h = g.asMarked(h)
	rec := h.record(State(at))
	ruling, controller, err := judge(rec)
	if err != nil || ruling.Outcome == cdp.Quarantined || ruling.Outcome == cdp.Refused {
		return nil, err
	}
	h.Controller = controller
	h.judge(ruling)
	return &recordThen{h, ruling}, nil
}

// leave takes from a record what persons cut or suppressed, and locks it.
func leave(rec *resolve.Record, row cdp.Row, decisions []cdp.Decision) {
	for i := range decisions {
		d := &decisions[i]
		about := slices.ContainsFunc(d.Rows, func(r cdp.DecidedRow) bool { return r.Row == row })
		switch {
		case d.Verb == cdp.DecideSuppress, d.Verb == cdp.DecideCut && about:
			rec.Claims = slices.DeleteFunc(rec.Claims, func(c resolve.Claimed) bool { return c.ID.Same(d.Identifier) })
		case d.Verb == cdp.DecideLock && about:
			rec.Lock = int32(d.ID)
		}
	}
}

// A mintedThen is a profile id that was there at a standpoint, and the part that
// holds what it was minted for.
type mintedThen struct {
	part int32
	at   time.Time
}

// named returns the ids minted by then, with the parts that they mean.
func (g *circle) named(part map[cdp.Row]int32) (map[cdp.ProfileID]mintedThen, error) {
	out := make(map[cdp.ProfileID]mintedThen)
	for p, anchor := range g.ids {
		at, err := g.tx.Minted(p)
		if err != nil {
			return nil, err
		}
		if !g.from.Knew(at) {
			continue
		}
		rec, err := g.tx.Head(anchor)
		if err != nil {
			return nil, err
		}
		if n, ok := part[cdp.Row{Source: rec.Source, Key: rec.Key}]; ok {
			out[p] = mintedThen{n, at}
		}
	}
	return out, nil
}

// TiesAmong returns which of some records persons made one, as decided at a
// standpoint: pairs of places in the list.
func (tx *Tx) TiesAmong(records []Record, from cdp.Standpoint) ([][2]int, error) {
	g := circle{tx: tx, from: from, rows: make(map[cdp.Row]*rowThen, len(records))}
	at, place := make(map[cdp.Row]*head, len(records)), make(map[cdp.RecordID]int, len(records))
	for i, r := range records {
		row := cdp.Row{Source: r.Source, Key: r.Key}
		g.rows[row], at[row], place[r.ID] = &rowThen{row: row}, &head{ID: r.ID, Controller: r.Controller}, i
	}
	decisions, err := g.decisions()
	if err != nil {
		return nil, err
	}
	same, _ := pairsOf(decisions, at)
	out := make([][2]int, 0, len(same))
	for _, p := range same {
		out = append(out, [2]int{place[p.A], place[p.B]})
	}
	return out, nil
}

// listsThen returns the lists in force at a standpoint, nil when they are those
// in force now: the claims have their marks.
func (tx *Tx) listsThen(from cdp.Standpoint) (*lists.Marker, error) {
	if from.Known.IsZero() {
		return nil, nil
	}
	versions, err := tx.ListsVersions()
	if err != nil {
		return nil, err
	}
	now, err := tx.lists()
	if err != nil {
		return nil, err
	}
	text, hash := DefaultLists(), lists.DefaultHash()
	for _, v := range versions {
		if from.Knew(v.From) {
			text, hash = v.Text, v.Hash
		}
	}
	if hash == now.Hash() {
		return nil, nil
	}
	m, err := lists.ParseLists("lists", text)
	if err != nil {
		return nil, fmt.Errorf("graph: lists: %w", err)
	}
	return m, nil
}

// asMarked returns a head with the marks of the lists in force then.
func (g *circle) asMarked(h *head) *head {
	if g.lists != nil {
		if by, _ := h.remarked(g.lists); by != nil {
			return by
		}
	}
	return h
}
