package graph

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	lists "cdp-tui/internal/ident"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// Bounds of what is looked at to put a profile together as it was.
const (
	thenRows = 2_000 // source rows
	thenWide = 200   // carriers of one identifier that joins nobody now; more are taken to share it
)

// ErrNotThen is returned for a profile of which nothing was known, or nothing
// held, at a standpoint.
var ErrNotThen = fmt.Errorf("there was no such profile then: %w", ErrNotFound)

// A JudgeThen says what the gate in says of a record at a standpoint, and who
// answered for its source.
type JudgeThen func(Record) (ruling cdp.Ruling, controller string, err error)

// A Then is a profile as the facts of another standpoint have it.
type Then struct {
	Profile Profile // Records are the versions known then, with the claims as they were judged; without tails
	Rulings []cdp.Ruling
	Apart   []Apart  // what its records carry and joins nothing, each once; only of [Tx.EveryThen]
	Partial bool     // more rows bear on it than were looked at
	Insight *Insight // what held it together; only of one profile that was asked for
}

// Then puts together the profile that held what an id was minted for, from the
// facts of a standpoint: the versions of rows, the decisions and the rules of
// identity known then, each record judged anew. Who was one with whom does not
// depend on the order of arrival, so the journal need not be replayed; it tells
// which rows may have been in question. The profile's id is the oldest of those
// minted by then for one of its rows, 0 when there was none.
func (tx *Tx) Then(id cdp.ProfileID, from cdp.Standpoint, judge JudgeThen) (Then, error) {
	a, err := tx.Around(context.Background(), from, judge, []cdp.ProfileID{id}, nil, false)
	if err != nil {
		return Then{}, err
	}
	return a.Then(id)
}

// A circle is the rows that may have been one with a profile: those
// that share an identifier with it now, or did in any version, and those the
// journal tells of.
type circle struct {
	tx      *Tx
	from    cdp.Standpoint
	rows    map[cdp.Row]*rowThen
	queue   []*rowThen
	seen    map[cdp.ProfileID]bool // live ones whose rows are in
	heard   map[cdp.ProfileID]bool // of which the journal was read
	idents  map[cdp.IdentifierKey]cdp.Identifier
	wide    map[cdp.IdentifierKey]bool     // carried by more than are looked at
	ids     map[cdp.ProfileID]cdp.RecordID // with the record each was minted for
	lists   *lists.Marker                  // in force then; nil for those of now
	partial bool
}

func (tx *Tx) circle(from cdp.Standpoint) *circle {
	return &circle{tx: tx, from: from, rows: make(map[cdp.Row]*rowThen), seen: make(map[cdp.ProfileID]bool), heard: make(map[cdp.ProfileID]bool),
		idents: make(map[cdp.IdentifierKey]cdp.Identifier), wide: make(map[cdp.IdentifierKey]bool), ids: make(map[cdp.ProfileID]cdp.RecordID)}
}

type rowThen struct {
	row     cdp.Row
	current cdp.RecordID
	before  []cdp.RecordID
}

// record brings in the row of a record.
func (g *circle) record(id cdp.RecordID) error {
	p, err := g.tx.place(id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	h, err := g.tx.headAt(id, p)
	if err != nil {
		return err
	}
	return g.row(cdp.Row{Source: h.Source, Key: h.Key})
}

func (g *circle) row(r cdp.Row) error {
	if g.rows[r] != nil {
		return nil
	}
	if len(g.rows) == thenRows {
		g.partial = true
		return nil
	}
	current, before, err := g.tx.Row(r.Source, r.Key)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	n := &rowThen{r, current, before}
	g.rows[r] = n
	g.queue = append(g.queue, n)
	return nil
}

// profile brings in the rows of a live profile, and what its history names.
func (g *circle) profile(live cdp.ProfileID) error {
	if g.seen[live] {
		return nil
	}
	g.seen[live] = true
	_, row, err := g.tx.find(live)
	if err != nil {
		return err
	}
	c, err := g.tx.component(row.component)
	if err != nil {
		return err
	}
	for h, err := range g.tx.heads(c) {
		if err != nil {
			return err
		}
		if err := g.row(cdp.Row{Source: h.Source, Key: h.Key}); err != nil || g.partial {
			return err
		}
	}
	for _, m := range c.ids {
		if err := g.minted(m); err != nil {
			return err
		}
	}
	return nil
}

// minted takes in a profile id with the record it stood for then, and what the
// journal tells of it.
func (g *circle) minted(m minted) error {
	g.ids[m.profile] = m.anchor
	marked, err := g.tx.marked(m.profile)
	for _, ch := range slices.Backward(marked) {
		if ch.Verb == inherits && !g.from.Knew(ch.At) {
			g.ids[m.profile] = ch.Record
		}
	}
	if err != nil {
		return err
	}
	return g.told(m.profile)
}

// told brings in what the journal names with a profile id, live or not.
func (g *circle) told(id cdp.ProfileID) error {
	if g.heard[id] {
		return nil
	}
	g.heard[id] = true
	marked, err := g.tx.marked(id)
	if err != nil {
		return err
	}
	for _, ch := range marked {
		if ch.Record != 0 {
			if err := g.record(ch.Record); err != nil {
				return err
			}
		}
		for _, p := range ch.Profiles {
			if err := g.told(p); err != nil {
				return err
			}
			live, err := g.tx.Find(p)
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err == nil {
				err = g.profile(live)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// atRest brings in the row that took an id with it out of resolution. No row of
// the store leads from the id to it: the journal is read for it.
func (g *circle) atRest(id cdp.ProfileID) error {
	if _, err := g.tx.profileRow(id); err != nil {
		return err
	}
	for after := uint64(0); ; {
		changes, err := g.tx.Changes(after, 1_000)
		if err != nil || len(changes) == 0 {
			return err
		}
		for _, ch := range changes {
			if after = ch.Seq; ch.Verb != "rest" || !slices.Contains(ch.Profiles, id) || ch.Record == 0 {
				continue
			}
			if err := g.record(ch.Record); err != nil {
				return err
			}
		}
	}
}

// spread follows the identifiers of the rows until nothing is new.
func (g *circle) spread() error {
	for len(g.queue) > 0 && !g.partial {
		n := g.queue[0]
		g.queue = g.queue[1:]
		for _, id := range append(slices.Clone(n.before), n.current) {
			p, err := g.tx.place(id)
			if err != nil {
				return err
			}
			resting := p.resting
			if p.state == placeQuarantined {
				if resting, err = g.tx.quarantineRow(id); err != nil {
					return err
				}
			}
			for _, m := range resting {
				if err := g.minted(m); err != nil {
					return err
				}
			}
			h, err := g.tx.headAt(id, p)
			if err != nil {
				return err
			}
			for _, claims := range [...][]claim{h.Claims, g.asMarked(h).Claims} {
				for i := range claims {
					if c := &claims[i]; c.blocked == "" && c.strength != cdp.LinkNone {
						if err := g.identifier(c.id); err != nil {
							return err
						}
					}
				}
			}
			if p.state == placeLive {
				in, err := g.tx.rootOf(p.component)
				if err == nil {
					err = g.profile(in.profile())
				}
				if err != nil {
					return err
				}
			}
		}
		if err := g.tied(n.row); err != nil {
			return err
		}
	}
	return nil
}

func (g *circle) identifier(id cdp.Identifier) error {
	if _, ok := g.idents[id.Key()]; ok {
		return nil
	}
	g.idents[id.Key()] = id
	carriers, err := g.tx.Carriers(id, 0, thenWide+1)
	if err != nil {
		return err
	}
	if len(carriers) > thenWide {
		roots, err := g.tx.rootsOf(id)
		if err != nil {
			return err
		}
		if len(roots) > 0 { // it joins them: one customer of many rows
			if carriers, err = g.tx.Carriers(id, 0, thenRows+1); err != nil {
				return err
			}
		}
		if len(roots) == 0 || len(carriers) > thenRows {
			g.wide[id.Key()] = true
			g.partial = g.partial || len(roots) > 0
			return nil
		}
	}
	for _, rec := range carriers {
		if err := g.record(rec); err != nil {
			return err
		}
	}
	return nil
}

// tied brings in what a person tied to a row.
func (g *circle) tied(r cdp.Row) error {
	list, err := g.tx.DecisionsOf(r)
	if err != nil {
		return err
	}
	for _, d := range list {
		if !d.Ties() {
			continue
		}
		for _, o := range d.Rows {
			if err := g.row(o.Row); err != nil {
				return err
			}
		}
	}
	return nil
}

// decisions returns those in force at the standpoint that can bear on the rows.
func (g *circle) decisions() ([]cdp.Decision, error) {
	byID := make(map[cdp.DecisionID]cdp.Decision)
	if g.from.Known.IsZero() {
		for r := range g.rows {
			list, err := g.tx.DecisionsOf(r)
			if err != nil {
				return nil, err
			}
			for _, d := range list {
				byID[d.ID] = d
			}
		}
		for _, id := range g.idents {
			d, err := g.tx.SuppressedBy(id)
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			byID[d.ID] = d
		}
	} else {
		for e, err := range g.tx.r.Scan(layout.DecisionsFrom(0)) { // those taken back since are in no other list
			if err != nil {
				return nil, fmt.Errorf("graph: decisions: %w", err)
			}
			d, err := g.tx.Decision(layout.LastNumber(e.Key))
			if err != nil {
				return nil, err
			}
			if g.from.Knew(d.At) && (d.UndoneBy == "" || !g.from.Knew(d.Undone)) {
				byID[d.ID] = asKnown(d, g.from)
			}
		}
	}
	out := make([]cdp.Decision, 0, len(byID))
	for _, d := range byID {
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b cdp.Decision) int { return int(int64(a.ID) - int64(b.ID)) })
	return out, nil
}

// rulesThen returns the rules of identity in force at a standpoint.
func (tx *Tx) rulesThen(from cdp.Standpoint) (*resolve.Rules, error) {
	if from.Known.IsZero() {
		return tx.rules()
	}
	versions, err := tx.RulesVersions()
	if err != nil {
		return nil, err
	}
	out := resolve.Defaults()
	for _, v := range versions {
		if from.Knew(v.From) {
			if out, err = resolve.ParseRules("identity", v.Text); err != nil {
				return nil, fmt.Errorf("graph: rules of identity: %w", err)
			}
		}
	}
	return out, nil
}
