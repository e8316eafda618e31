package graph

import (
	"cmp"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// recheck looks whether links that were generic are so still, where the change
// may have ended it: when a record that carries one is gone, or what it bridged
// is one. It reports whether any is generic no more.
func (w *work) recheck(c *resolve.Component) (bool, error) {
	if len(w.generic) == 0 {
		return false, nil
	}
	doubted, err := w.doubted(c)
	if err != nil {
		return false, err
	}
	again, near := false, &elsewhere{tx: w.tx}
	for _, l := range doubted {
		found, generic, err := w.measure(c, l, near)
		if err != nil {
			return false, err
		}
		if generic {
			continue
		}
		delete(w.generic, keyOf(l))
		w.ended[keyOf(l)], w.looked[keyOf(l)] = true, true
		for _, s := range found {
			w.add(s)
		}
		again = true
	}
	return again, nil
}

// doubted are the generic links that the change may make generic no more.
func (w *work) doubted(c *resolve.Component) ([]resolve.Link, error) {
	var out []resolve.Link
	if w.tx.forced.on && w.tx.stood == nil || slices.ContainsFunc(w.comps, func(s *settled) bool { return s.pending }) {
		for _, l := range w.generic {
			out = append(out, l)
		}
		slices.SortFunc(out, compareLinks)
		return out, nil
	}
	if w.out != nil {
		links, err := w.levels(w.out)
		if err != nil {
			return nil, err
		}
		for _, l := range links {
			if _, ok := w.generic[keyOf(l)]; ok {
				out = append(out, l)
			}
		}
	}
	for _, s := range w.comps {
		for _, a := range s.apart {
			l := a.link(s.controller())
			if _, ok := w.generic[keyOf(l)]; !ok {
				continue
			}
			if _, err := w.tx.asSettled(s, w.rules); err != nil {
				return nil, err
			}
		}
	}
	for _, l := range w.generic {
		if (w.tx.forced.about(l.ID) || w.shrinks(c, l)) && !slices.ContainsFunc(out, func(o resolve.Link) bool { return keyOf(o) == keyOf(l) }) {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, compareLinks)
	return out, nil
}

func compareLinks(a, b resolve.Link) int {
	return cmp.Or(cmp.Compare(a.ID.Kind(), b.ID.Kind()), cmp.Compare(a.ID.Reveal(), b.ID.Reveal()), cmp.Compare(a.Class, b.Class), cmp.Compare(a.Controller, b.Controller))
}

// shrinks reports whether a link bridges less here than it did before, or after
// a decision has less carried with it.
func (w *work) shrinks(c *resolve.Component, l resolve.Link) bool {
	before, with := 0, w.rules.NewCompanions(l)
	for _, s := range w.comps {
		if s.sight != nil {
			if i := s.sight.Index(l); i >= 0 {
				before += int(s.sight.Result.Bridged[i])
				if w.tx.stood != nil {
					with.Add(s.sight)
				}
			}
		}
	}
	i := c.Index(l)
	if i < 0 || int(c.Result.Bridged[i]) < before {
		return true
	}
	if w.tx.stood == nil {
		return false
	}
	now := w.rules.NewCompanions(l)
	now.Add(c)
	return !now.Covers(with)
}

// remember notes how what a decision bears on stands before it holds, so that
// only what it makes less generic has to be measured again. It is too much to
// keep for a decision on many records, and suppressing bears on others too.
func (tx *Tx) remember(d *cdp.Decision, on []layout.Component) error {
	tx.stood = nil
	if d.Verb == cdp.DecideSuppress {
		return nil
	}
	rules, err := tx.rules()
	if err != nil {
		return err
	}
	stood, records := make(map[layout.Component]*settled), 0
	for _, n := range on {
		if stood[n] != nil {
			continue
		}
		s, err := tx.settled(n)
		if err != nil {
			return err
		}
		if records += s.size; records > settledTogether {
			return nil
		}
		stood[s.id] = s
		if slices.ContainsFunc(s.apart, func(a apartLink) bool { return a.state == resolve.Generic }) {
			if _, err := tx.asSettled(s, rules); err != nil {
				return err
			}
		}
	}
	tx.stood = stood
	return nil
}

// asSettled resolves a component as it stands.
func (tx *Tx) asSettled(s *settled, rules *resolve.Rules) (*resolve.Component, error) {
	if s.sight != nil {
		return s.sight, nil
	}
	recs := make([]resolve.Record, len(s.members))
	for i, m := range s.members {
		var err error
		if recs[i], err = tx.recordOf(m.head, rules); err != nil {
			return nil, err
		}
	}
	apart := make(map[linkKey]bool, len(s.apart))
	for _, a := range s.apart {
		apart[keyOf(a.link(s.controller()))] = true
	}
	same, differ, err := tx.pairs(headsOf(s))
	if err != nil {
		return nil, err
	}
	s.sight = rules.Resolve(recs, func(l resolve.Link) bool { return apart[keyOf(l)] }, same, differ)
	return s.sight, nil
}

// elsewhere are components that links are measured in besides those that are
// here: thousands of links may lead to the same few, and nothing is written
// between them. No more are kept than a transaction settles together.
type elsewhere struct {
	tx      *Tx
	in      map[layout.Component]*settled // by all their numbers
	records int
}

func (e *elsewhere) settled(in layout.Component) (*settled, error) {
	if s := e.in[in]; s != nil {
		return s, nil
	}
	s, err := e.tx.settled(in)
	if err != nil {
		return nil, err
	}
	if e.records += s.size; e.in == nil || e.records > settledTogether {
		e.in, e.records = make(map[layout.Component]*settled), s.size
	}
	for _, n := range s.numbers() {
		e.in[n] = s
	}
	return s, nil
}

// measure counts what a link bridges here and elsewhere, until it is generic
// for sure. It returns the components elsewhere that carry it.
func (w *work) measure(c *resolve.Component, l resolve.Link, near *elsewhere) (found []*settled, generic bool, err error) {
	bridged := 0
	with := w.rules.NewCompanions(l)
	if i := c.Index(l); i >= 0 {
		bridged = int(c.Result.Bridged[i])
	}
	with.Add(c)
	generic = with.Over(bridged)
	seen := make(map[layout.Component]bool)
	look := func(in layout.Component) (bool, error) {
		if w.numbers[in] != nil || seen[in] {
			return true, nil
		}
		s, err := near.settled(in)
		if err != nil {
			return false, err
		}
		for _, n := range s.numbers() {
			seen[n] = true
		}
		sight, err := w.tx.asSettled(s, w.rules)
		if err != nil {
			return false, err
		}
		if i := sight.Index(l); i >= 0 {
			bridged += int(sight.Result.Bridged[i])
			found = append(found, s)
		}
		with.Add(sight)
		generic = with.Over(bridged)
		return !generic, nil
	}
	if generic {
		return nil, true, nil
	}
	key := keyOfLink(l)
	if err := w.read([][]byte{key}); err != nil {
		return nil, false, err
	}
	most := 0 // 0: all
	if in := w.rows[string(key)].in; in != 0 {
		if s := w.numbers[in]; s != nil && s.pending {
			most = w.tx.limits.carriers // all were seen before joining them began; the last step sees all again
		}
		if more, err := look(in); err != nil || !more {
			return nil, generic, err
		}
	}
	err = w.tx.apartCarriers(l, w.rules, func(h *head, in layout.Component) (bool, error) {
		more, err := look(in)
		return more && (most == 0 || len(found) < most), err
	})
	return found, generic, err
}
