package steward

import (
	"errors"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// endingCarriers bounds the records about one order that are read to learn
// whether it was returned or cancelled. What more carry is hardly an order; it
// is not known then, and no contract counts as open.
const endingCarriers = 1_000

// endsOn returns the kinds of touchpoints that end a contract on which an
// activity of a source rests, or one that such a contract hangs on; of all
// sources when source is "".
func (s *Steward) endsOn(reg *policy.Register, source cdp.SourceID) []string {
	if reg == nil {
		return nil
	}
	key := needKey{reg.Hash(), source}
	s.mu.Lock()
	defer s.mu.Unlock()
	if kinds, ok := s.ends[key]; ok {
		return kinds
	}
	var activities []cdp.ActivityID
	if src, ok := reg.Source(source); ok {
		activities = append(slices.Clone(src.Activities), src.Link)
	} else if source == "" {
		for _, a := range reg.Activities {
			activities = append(activities, a.ID)
		}
	}
	var out []string
	for len(activities) > 0 {
		a, ok := reg.Activity(activities[0])
		activities = activities[1:]
		if !ok || a.Contract == nil {
			continue
		}
		for _, kind := range a.Contract.EndsOn {
			out = appendNew(out, kind)
		}
		if with, ok := reg.Activity(a.Contract.EndsWith); ok && with.Contract != nil {
			for _, kind := range with.Contract.EndsOn {
				out = appendNew(out, kind)
			}
		}
	}
	s.ends[key] = out
	return out
}

// endings returns the touchpoints that may end a contract of a record: its own,
// those of other records about the same order, in the version that was known,
// and those given, by order. A row that does not name the order any more is not
// found, also where it did as of then. kinds
// are those of its own touchpoints when these are not in rec. Most records have
// none, and cost nothing. unread says that more records name an order than
// are read.
func (s *Steward) endings(tx *graph.Tx, reg *policy.Register, rec *cdp.Record, kinds []string, given []ending, from cdp.Standpoint) (out []cdp.Touchpoint, unread bool, err error) {
	ends := s.endsOn(reg, rec.Source)
	if len(ends) == 0 {
		return nil, false, nil
	}
	ending := func(kind string) bool { return slices.Contains(ends, kind) }
	add := func(list []cdp.Touchpoint) {
		for _, t := range list {
			if ending(t.Kind) {
				out = append(out, t)
			}
		}
	}
	if len(rec.Touchpoints) == 0 && slices.ContainsFunc(kinds, ending) {
		full, err := tx.Record(rec.ID)
		if err != nil {
			return nil, false, err
		}
		add(full.Touchpoints)
	} else {
		add(rec.Touchpoints)
	}
	controller := controllerOf(reg, cdp.Source{ID: rec.Source})
	for _, c := range rec.Claims {
		if c.Identifier.Kind() != cdp.KindOrder || c.Blocked != "" {
			continue
		}
		for _, e := range given {
			if e.order.Same(c.Identifier) && e.controller == controller && e.row != (cdp.Row{Source: rec.Source, Key: rec.Key}) {
				add(e.touchpoints)
			}
		}
		others, err := tx.Carriers(c.Identifier, 0, s.endingCarriers+1)
		if err != nil {
			return nil, false, err
		}
		if len(others) > s.endingCarriers {
			unread, others = true, others[:s.endingCarriers]
		}
		for _, id := range others {
			o, err := tx.Head(id)
			if err != nil {
				return nil, false, err
			}
			if o.Source == rec.Source && o.Key == rec.Key || o.Controller != controller {
				continue
			}
			if o, err = versionKnown(tx, o, from); errors.Is(err, errUnknownThen) {
				continue
			} else if err != nil {
				return nil, false, err
			}
			if o.Deleted || !carries(&o.Record, c.Identifier) || !slices.ContainsFunc(o.TouchKinds, ending) {
				continue
			}
			full, err := tx.Record(o.ID)
			if err != nil && !errors.Is(err, graph.ErrNotFound) {
				return nil, false, err
			}
			add(full.Touchpoints)
		}
	}
	return out, unread, nil
}

// carries reports whether a record claims an identifier.
func carries(rec *cdp.Record, id cdp.Identifier) bool {
	return slices.ContainsFunc(rec.Claims, func(c cdp.Claim) bool { return c.Identifier.Same(id) })
}

// An ending is what a record that is being delivered says of an order.
type ending struct {
	order       cdp.Identifier
	controller  string
	row         cdp.Row
	touchpoints []cdp.Touchpoint
}

// endingsOf returns what records say of orders that may end a contract, and the
// orders.
func (s *Steward) endingsOf(reg *policy.Register, recs []cdp.Record) (out []ending, orders []cdp.Identifier) {
	ends := s.endsOn(reg, "")
	if len(ends) == 0 {
		return nil, nil
	}
	for i := range recs {
		rec := &recs[i]
		if !slices.ContainsFunc(rec.Touchpoints, func(t cdp.Touchpoint) bool { return slices.Contains(ends, t.Kind) }) {
			continue
		}
		for _, c := range rec.Claims {
			if c.Identifier.Kind() == cdp.KindOrder && c.Blocked == "" {
				out = append(out, ending{c.Identifier, controllerOf(reg, cdp.Source{ID: rec.Source}), cdp.Row{Source: rec.Source, Key: rec.Key}, rec.Touchpoints})
				if !slices.ContainsFunc(orders, c.Identifier.Same) {
					orders = append(orders, c.Identifier)
				}
			}
		}
	}
	return out, orders
}
