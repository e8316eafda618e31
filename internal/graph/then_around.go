package graph

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	lists "cdp-tui/internal/ident"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// An Around is what was known at a standpoint of the rows around some profiles
// or records, judged and divided: it answers of then what [Tx] answers of now.
type Around struct {
	g *circle
	d *division

	minted   map[cdp.ProfileID]mintedThen
	names    map[int32]cdp.ProfileID            // of parts: the oldest id minted for one of their rows
	parts    map[int32]*Then                    // put together so far
	carriers map[cdp.IdentifierKey][]int32      // parts of which a record carries it, unless it is a placeholder
	about    map[cdp.Row][]cdp.Decision         // in force
	members  map[int32][]int32                  // places of records, by part
	place    map[cdp.Row]int32                  // of a row's record
	hidden   map[cdp.IdentifierKey]cdp.Decision // suppressed
}

// Around puts together what bore on some profiles and on the rows of some
// records. Rows that carried then what only others carry now lead nowhere in the
// store: past says that all rows are read to find them. An id that is not known
// is ErrNotFound.
func (tx *Tx) Around(ctx context.Context, from cdp.Standpoint, judge JudgeThen, ids []cdp.ProfileID, records []cdp.RecordID, past bool) (*Around, error) {
	g := tx.circle(from)
	var err error
	if g.lists, err = tx.listsThen(from); err != nil {
		return nil, err
	}
	for _, id := range ids {
		live, err := tx.Find(id)
		if err == nil {
			err = g.profile(live)
		} else if errors.Is(err, ErrNotFound) {
			err = g.atRest(id)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, id := range records {
		h, err := tx.Head(id)
		if err != nil {
			return nil, err
		}
		if err := g.row(cdp.Row{Source: h.Source, Key: h.Key}); err != nil {
			return nil, err
		}
	}
	if err := g.spread(); err != nil {
		return nil, err
	}
	if past {
		if err := g.former(ctx); err != nil {
			return nil, err
		}
	}
	return g.around(judge)
}

func (g *circle) around(judge JudgeThen) (*Around, error) {
	d, err := g.divide(judge)
	if err != nil {
		return nil, err
	}
	a := &Around{g: g, d: d, names: make(map[int32]cdp.ProfileID), parts: make(map[int32]*Then), carriers: make(map[cdp.IdentifierKey][]int32), about: make(map[cdp.Row][]cdp.Decision),
		members: make(map[int32][]int32), place: make(map[cdp.Row]int32, len(d.then)), hidden: make(map[cdp.IdentifierKey]cdp.Decision)}
	if a.minted, err = g.named(d.part); err != nil {
		return nil, err
	}
	for id, m := range a.minted {
		if have := a.names[m.part]; have == 0 || id < have {
			a.names[m.part] = id
		}
	}
	for _, one := range d.decisions {
		if one.Verb == cdp.DecideSuppress {
			a.hidden[one.Identifier.Key()] = one
		}
		done := make(map[cdp.Row]bool)
		for _, r := range one.Rows {
			if !done[r.Row] {
				done[r.Row] = true
				a.about[r.Row] = append(a.about[r.Row], one)
			}
		}
	}
	for i := range d.then {
		h, part := d.then[i].head, d.c.Result.Part[i]
		a.members[part] = append(a.members[part], int32(i))
		a.place[cdp.Row{Source: h.Source, Key: h.Key}] = int32(i)
		for j := range h.Claims {
			if k := h.Claims[j].id.Key(); h.Claims[j].blocked == "" && !slices.Contains(a.carriers[k], part) {
				a.carriers[k] = append(a.carriers[k], part)
			}
		}
	}
	return a, nil
}

// Grow takes in what carries some identifiers besides, linking or not, with what
// bore on it. The profiles that were there stay what they were.
func (a *Around) Grow(ctx context.Context, ids []cdp.Identifier, past bool, judge JudgeThen) (*Around, error) {
	g := a.g
	rows := len(g.rows)
	for _, id := range ids {
		if err := g.identifier(id); err != nil {
			return nil, err
		}
	}
	if err := g.spread(); err != nil {
		return nil, err
	}
	if past {
		if err := g.former(ctx); err != nil {
			return nil, err
		}
	}
	if len(g.rows) == rows {
		return a, nil
	}
	return g.around(judge)
}

// former brings in the rows of which the version known then carried what was
// followed, and the present one does not, and what they lead to. It reads all rows of the store, once more as long as there are new ones.
func (g *circle) former(ctx context.Context) error {
	if g.from.Known.IsZero() {
		return nil // the version that counts is the present one
	}
	for found := true; found && !g.partial; {
		found = false
		err := g.tx.changedSince(ctx, g.from, func(row cdp.Row, h *head) error {
			if g.rows[row] != nil {
				return nil
			}
			for i := range h.Claims {
				id := h.Claims[i].id
				if _, ok := g.idents[id.Key()]; !ok {
					continue
				}
				found = true
				return g.row(row)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if err := g.spread(); err != nil {
			return err
		}
	}
	return nil
}

// changedSince hands over the version known at a standpoint of each row that has
// another one now.
func (tx *Tx) changedSince(ctx context.Context, from cdp.Standpoint, f func(cdp.Row, *head) error) error {
	n := 0
	for e, err := range tx.r.Scan(layout.Rows()) {
		if err != nil {
			return fmt.Errorf("graph: source rows: %w", err)
		}
		if n++; n%1_000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return fmt.Errorf("graph: source rows: %w", err)
		}
		k, err := decodeRow(tx.reader(bytes.Clone(value)))
		if err != nil {
			return err
		}
		if len(k.past) == 0 {
			continue
		}
		id, err := tx.knownOf(k, from.Known)
		if errors.Is(err, ErrNotFound) || err == nil && id == k.record {
			continue
		}
		if err != nil {
			return err
		}
		p, err := tx.place(id)
		if err != nil {
			return err
		}
		h, err := tx.headAt(id, p)
		if err != nil {
			return err
		}
		if err := f(cdp.Row{Source: h.Source, Key: h.Key}, h); err != nil {
			return err
		}
	}
	return nil
}

// Former returns the records, each known then as the version of its row and none
// any more, that carried an identifier for which is asked. It reads all rows.
func (tx *Tx) Former(ctx context.Context, from cdp.Standpoint, is func(cdp.Identifier) bool) (out []cdp.RecordID, err error) {
	if from.Known.IsZero() {
		return nil, nil
	}
	err = tx.changedSince(ctx, from, func(_ cdp.Row, h *head) error {
		if slices.ContainsFunc(h.Claims, func(c claim) bool { return is(c.id) }) {
			out = append(out, h.ID)
		}
		return nil
	})
	return out, err
}

// Partial reports that more rows bear on what is told than were looked at.
func (a *Around) Partial() bool { return a.g.partial }

// Then returns the profile that held what an id was minted for, by the id or an
// alias, or ErrNotThen.
func (a *Around) Then(id cdp.ProfileID) (Then, error) {
	m, ok := a.minted[id]
	if !ok {
		return Then{}, ErrNotThen
	}
	out := *a.part(m.part)
	out.Profile.Asked = id
	return out, nil
}

// Profile is Then with at most limit records; 0 means all.
func (a *Around) Profile(id cdp.ProfileID, limit int) (Profile, error) {
	then, err := a.Then(id)
	if limit > 0 {
		then.Profile.Records = then.Profile.Records[:min(limit, len(then.Profile.Records))]
	}
	return then.Profile, err
}

// Of returns the profile that held the row of a record, or ErrNotThen.
func (a *Around) Of(source cdp.SourceID, key string) (Then, error) {
	i, ok := a.place[cdp.Row{Source: source, Key: key}]
	if !ok {
		return Then{}, ErrNotThen
	}
	return *a.part(a.d.c.Result.Part[i]), nil
}

// part puts a profile together, once.
func (a *Around) part(n int32) *Then {
	if t := a.parts[n]; t != nil {
		return t
	}
	out := &Then{Partial: a.g.partial}
	p := &out.Profile
	p.ID = a.names[n]
	p.Minted = a.minted[p.ID].at
	for id, m := range a.minted {
		if m.part == n && id != p.ID {
			p.Aliases = append(p.Aliases, id)
		}
	}
	slices.Sort(p.Aliases)
	p.Asked = p.ID
	a.d.fill(out, a.members[n])
	a.parts[n] = out
	return out
}

// Anchors returns for the ids of a profile, its own first, the record that each
// stood for.
func (a *Around) Anchors(p *Profile) ([]cdp.ProfileID, []cdp.RecordID, error) {
	ids := append([]cdp.ProfileID{p.ID}, p.Aliases...)
	anchors := make([]cdp.RecordID, len(ids))
	for i, id := range ids {
		rec, err := a.g.tx.Head(a.g.ids[id])
		if err != nil {
			return nil, nil, err
		}
		anchors[i] = a.d.then[a.place[cdp.Row{Source: rec.Source, Key: rec.Key}]].head.ID
	}
	return ids, anchors, nil
}

// Rules are the rules of identity in force then.
func (a *Around) Rules() (*resolve.Rules, error) { return a.d.rules, nil }

// DecisionsOf returns the decisions in force then that name a row, by number.
func (a *Around) DecisionsOf(row cdp.Row) ([]cdp.Decision, error) { return a.about[row], nil }

// SuppressedBy returns the decision in force then by which an identifier joined
// nobody, or ErrNotFound.
func (a *Around) SuppressedBy(id cdp.Identifier) (cdp.Decision, error) {
	d, ok := a.hidden[id.Key()]
	if !ok {
		return d, ErrNotFound
	}
	return d, nil
}

// MarkedBy names the lists in force then where a mark of a claim was theirs.
func (a *Around) MarkedBy(rule string) (string, error) {
	m := a.g.lists
	if m == nil || !lists.Listed(rule) {
		return a.g.tx.MarkedBy(rule)
	}
	return fmt.Sprintf("lists %.16s, version %d", m.Hash(), m.Version), nil
}

// Sharing returns the other profiles of which a record carried an identifier, by
// id, at most 50 of them; one that no id had been minted for is 0.
func (a *Around) Sharing(id cdp.Identifier, profile cdp.ProfileID) ([]cdp.ProfileID, error) {
	var out []cdp.ProfileID
	for _, n := range a.carriers[id.Key()] {
		if p := a.names[n]; p == 0 || p != profile {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out[:min(len(out), maxSharedProfiles)], nil
}

// ReachOf tells how widely a link was carried. More says that not all carriers
// were looked at.
func (a *Around) ReachOf(l resolve.Link, most int) (Reach, error) {
	out := Reach{Components: len(a.carriers[l.ID.Key()]), More: a.g.partial || a.g.wide[l.ID.Key()] || len(a.carriers[l.ID.Key()]) > most}
	if i := a.d.c.Index(l); i >= 0 {
		out.Bridged = int(a.d.c.Result.Bridged[i])
	}
	with := a.d.rules.NewCompanions(l)
	with.Add(a.d.c)
	out.Spread = with.Most()
	return out, nil
}

// Wide reports that an identifier has more carriers than are looked at: who they
// were is not told.
func (a *Around) Wide(id cdp.Identifier) bool { return a.g.wide[id.Key()] }

// DecisionThen returns a decision as it was known at a standpoint: what was
// taken back later was in force.
func (tx *Tx) DecisionThen(id cdp.DecisionID, from cdp.Standpoint) (cdp.Decision, error) {
	d, err := tx.Decision(uint64(id))
	return asKnown(d, from), err
}

// asKnown takes from a decision what became of it later.
func asKnown(d cdp.Decision, from cdp.Standpoint) cdp.Decision {
	if d.UndoneBy != "" && !from.Knew(d.Undone) {
		d.Undone, d.UndoneBy, d.UndoneFor = time.Time{}, "", ""
	}
	return d
}
