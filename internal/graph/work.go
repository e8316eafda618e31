package graph

import (
	"cmp"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// A work is the part of the store that a change can bear on: components with
// all their records, and all components that share with them a value that
// joins none because it would join what must stay apart. A value that is
// generic is shared with others outside; what they are is looked at only when
// it may be generic no more. So what resolution makes of the records here is
// what it would make of them among all records of the store.
type work struct {
	tx      *Tx
	rules   *resolve.Rules
	in, out *head
	comps   []*settled
	numbers map[layout.Component]*settled // by every number
	was     map[linkKey]standing          // what links did, those that joined left out
	generic map[linkKey]resolve.Link      // that others outside carry
	ended   map[linkKey]bool              // links that were generic and are so no more
	looked  map[linkKey]bool              // links whose carriers are all here
	rows    map[string]standing           // of identifiers' rows that were read, by key
	same    []resolve.Pair
	differ  []resolve.Pair
}

// A settled component is one as the store has it.
type settled struct {
	*component
	members []member           // ascending
	sight   *resolve.Component // what resolution sees in it as it stands; see asSettled
}

// A standing is what a link does in the store.
type standing struct {
	in    layout.Component // which it joins; of one that joins none: what is not settled yet
	state resolve.State
}

type linkKey struct {
	id         cdp.IdentifierKey
	controller string
	class      resolve.Class
}

func keyOf(l resolve.Link) linkKey { return linkKey{l.ID.Key(), l.Controller, l.Class} }

func (tx *Tx) newWork() (*work, error) {
	rules, err := tx.rules()
	return &work{tx: tx, rules: rules, numbers: make(map[layout.Component]*settled), was: make(map[linkKey]standing),
		generic: make(map[linkKey]resolve.Link), ended: make(map[linkKey]bool), looked: make(map[linkKey]bool), rows: make(map[string]standing)}, err
}

// load brings a component in, with all its records.
func (w *work) load(number layout.Component) error {
	if w.numbers[number] != nil {
		return nil
	}
	s := w.tx.stood[number]
	if s == nil {
		var err error
		if s, err = w.tx.settled(number); err != nil {
			return err
		}
	}
	w.add(s)
	return nil
}

func (w *work) add(s *settled) {
	if w.numbers[s.id] != nil {
		return
	}
	w.comps = append(w.comps, s)
	for _, n := range s.numbers() {
		w.numbers[n] = s
	}
	for _, a := range s.apart {
		if !w.knows(a) {
			continue
		}
		l := a.link(s.controller())
		w.was[keyOf(l)] = standing{0, a.state}
		if a.state == resolve.Generic {
			w.share(l)
		}
	}
}

// share notes that others outside carry a link which is generic.
func (w *work) share(l resolve.Link) {
	if !w.ended[keyOf(l)] {
		w.generic[keyOf(l)] = l
	}
}

// knows reports whether claims of a kind join at a class, by the rules in force:
// by those before them they may have.
func (w *work) knows(a apartLink) bool {
	return slices.Contains(w.rules.AllLevels(a.id.Kind()), a.class)
}

func (tx *Tx) settled(number layout.Component) (*settled, error) {
	c, err := tx.component(number)
	if err != nil {
		return nil, err
	}
	members, err := tx.members(c)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(members, func(a, b member) int { return cmp.Compare(a.ID, b.ID) })
	return &settled{component: c, members: members}, nil
}

// controller is who answers for the records: all of a component have one.
func (s *settled) controller() string {
	if len(s.members) == 0 {
		return ""
	}
	return s.members[0].Controller
}

// levels yields what a record may be linked by now, at each class.
func (w *work) levels(h *head) ([]resolve.Link, error) {
	rec, err := w.tx.recordOf(h, w.rules)
	if err != nil {
		return nil, err
	}
	return w.rules.LinksOf(&rec), nil
}

// reach brings in what the identifiers of a record lead to; those left out, if
// any are, lead to what is here.
func (w *work) reach(h *head, leave func(resolve.Link) bool) error {
	links, err := w.levels(h)
	if leave != nil {
		links = slices.DeleteFunc(links, leave)
	}
	if err != nil || len(links) == 0 {
		return err
	}
	keys := make([][]byte, len(links))
	for i, l := range links {
		keys[i] = keyOfLink(l)
	}
	if err := w.read(keys); err != nil {
		return err
	}
	for i, l := range links {
		row, ok := w.rows[string(keys[i])]
		switch {
		case !ok || row == standing{}:
			if w.tx.forced.on { // it may be carried by others, and led nowhere until now
				w.was[keyOf(l)] = standing{0, resolve.Generic}
				w.share(l)
			}
			continue
		case row.state != resolve.Joins:
			w.was[keyOf(l)] = standing{0, row.state}
		}
		if row.in != 0 {
			if err := w.load(row.in); err != nil {
				return err
			}
		}
		switch row.state {
		case resolve.Joins:
		case resolve.Generic:
			w.share(l)
		default:
			if err := w.carriers(l); err != nil {
				return err
			}
		}
	}
	return nil
}

func keyOfLink(l resolve.Link) []byte { return layout.KeyIdentifier(l.ID, l.Controller, byte(l.Class)) }

// read reads rows of identifiers that were not read yet; a zero standing
// stands for a row that is not there.
func (w *work) read(keys [][]byte) error {
	keys = slices.DeleteFunc(slices.Clone(keys), func(k []byte) bool { _, ok := w.rows[string(k)]; return ok })
	if len(keys) == 0 {
		return nil
	}
	values, err := w.tx.getAll(keys)
	if err != nil {
		return fmt.Errorf("graph: identifiers: %w", err)
	}
	for i, v := range values {
		row := standing{}
		if v != nil {
			if row, err = decodeIdentifierRow(w.tx.reader(v)); err != nil {
				return err
			}
			w.tx.noteLinking(keys[i])
		}
		w.rows[string(keys[i])] = row
	}
	return nil
}

// carriers brings in all that carries a link which joins nothing.
func (w *work) carriers(l resolve.Link) error {
	if w.looked[keyOf(l)] {
		return nil
	}
	w.looked[keyOf(l)] = true
	key := keyOfLink(l)
	if err := w.read([][]byte{key}); err != nil {
		return err
	}
	if in := w.rows[string(key)].in; in != 0 {
		if err := w.load(in); err != nil {
			return err
		}
	}
	return w.tx.apartCarriers(l, w.rules, func(h *head, in layout.Component) (bool, error) {
		return true, w.load(in)
	})
}

// apartCarriers calls f for live records that carry a link by which nothing is
// joined, until it returns false.
func (tx *Tx) apartCarriers(l resolve.Link, rules *resolve.Rules, f func(h *head, in layout.Component) (bool, error)) error {
	if by, err := tx.suppressedBy(l.ID); err != nil || by != 0 {
		return err // it is in no record's sight
	}
	var recs []cdp.RecordID
	rng := layout.WithheldOf(l.ID)
	rng.KeysOnly = true
	for e, err := range tx.r.Scan(rng) {
		if err != nil {
			return fmt.Errorf("graph: %v: %w", l.ID, err)
		}
		recs = append(recs, cdp.RecordID(layout.LastNumber(e.Key)))
	}
	for _, id := range recs {
		p, err := tx.place(id)
		if err != nil {
			return err
		}
		if p.state != placeLive {
			continue
		}
		h, err := tx.headAt(id, p)
		if err != nil {
			return err
		}
		rec, err := tx.recordOf(h, rules)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(rules.LinksOf(&rec), func(o resolve.Link) bool { return keyOf(o) == keyOf(l) }) {
			continue
		}
		if more, err := f(h, p.component); err != nil || !more {
			return err
		}
	}
	return nil
}

// complete brings in all components that share a value which would join what
// must stay apart, and those of records that a person tied or parted; of what
// is settled thoroughly also what its identifiers lead to now.
func (w *work) complete() error {
	for i := 0; ; {
		for ; i < len(w.comps); i++ {
			s := w.comps[i]
			for _, a := range s.apart {
				if a.state == resolve.Generic || !w.knows(a) {
					continue
				}
				if err := w.carriers(a.link(s.controller())); err != nil {
					return err
				}
			}
			if err := w.reachMembers(s); err != nil {
				return err
			}
		}
		if err := w.decisions(); err != nil {
			return err
		}
		if i == len(w.comps) {
			return w.tied()
		}
	}
}

// records are those here, as they will be, ascending.
func (w *work) records() ([]resolve.Record, error) {
	var out []resolve.Record
	add := func(h *head) error {
		rec, err := w.tx.recordOf(h, w.rules)
		out = append(out, rec)
		return err
	}
	for _, s := range w.comps {
		for _, m := range s.members {
			if w.out != nil && m.ID == w.out.ID {
				continue
			}
			if err := add(m.head); err != nil {
				return nil, err
			}
		}
	}
	if w.in != nil {
		if err := add(w.in); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b resolve.Record) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

// resolve divides the records here, bringing in what it needs to know.
func (w *work) resolve() (*resolve.Component, error) {
	for {
		if err := w.complete(); err != nil {
			return nil, err
		}
		recs, err := w.records()
		if err != nil {
			return nil, err
		}
		n := len(w.comps)
		c := w.rules.Resolve(recs, func(l resolve.Link) bool { _, ok := w.generic[keyOf(l)]; return ok }, w.same, w.differ)
		again, err := w.recheck(c)
		if err != nil {
			return nil, err
		}
		if !again && len(w.comps) == n {
			return c, nil
		}
	}
}
