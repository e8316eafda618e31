package graph

import (
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// statements are the consent events of an endpoint, controller and purpose, or
// the preferences of an endpoint and controller.
type statements struct {
	head   []byte // what they have in common
	n      int
	events []byte
}

// value is what the store keeps.
func (s *statements) value() []byte {
	w := layout.Writer{B: slices.Clone(s.head)}
	w.Uint(uint64(s.n))
	w.B = append(w.B, s.events...)
	return w.B
}

// room returns ErrTooManyEvents when what a record says may be more than can
// be kept.
func (l *Load) room(rec *cdp.Record) error {
	full := func(of map[[2]uint64]*statements, key []byte, n, size int, no bool) bool {
		st := of[l.fingerprint(key)]
		events, bytes := spaceFor(no)
		bytes -= 2 << 10
		return st != nil && (st.n+n > events || len(st.events)+size > bytes) || n > events || size > bytes
	}
	size := 0
	for i := range rec.Consents {
		c := &rec.Consents[i]
		size += len(c.Proof) + len(c.Notice) + len(c.Method) + len(c.Language) + 256
	}
	for i := range rec.Consents {
		c := &rec.Consents[i]
		if full(l.consents, layout.KeyConsents(c.Endpoint, c.Controller, c.Purpose), len(rec.Consents), size, c.State.Restrictive()) {
			return ErrTooManyEvents
		}
	}
	size = 0
	for i := range rec.Preferences {
		p := &rec.Preferences[i]
		size += len(p.Topic) + len(p.Frequency) + len(p.Language) + len(p.Method) + len(p.Proof) + 256
	}
	for i := range rec.Preferences {
		p := &rec.Preferences[i]
		if full(l.preferences, layout.KeyPreferences(p.Endpoint, p.Controller), len(rec.Preferences), size, p.Wish.Forbids()) {
			return ErrTooManyEvents
		}
	}
	if n := len(rec.Restrictions); n > 0 {
		if have := l.restricted[rec.Restrictions[0].Row]; len(have)+n > maxEvents-50 || (len(have)+n)*128 > kv.MaxValue-16<<10 {
			return ErrTooManyEvents
		}
	}
	return nil
}

// addRestriction keeps a statement, unless it is there.
func (l *Load) addRestriction(e *cdp.Restriction) error {
	e.Recorded = l.tx.now
	have := l.restricted[e.Row]
	if e.Lifted && len(have) == 0 {
		return nil // nothing is restricted that could end
	}
	if slices.ContainsFunc(have, func(h cdp.Restriction) bool { return sameRestriction(&h, e) }) {
		return nil
	}
	l.restricted[e.Row] = append(have, *e)
	return l.tx.countBarred(1, 0)
}

// RestrictionsOn returns what the load has on restricting a source row, once
// all records were added.
func (l *Load) RestrictionsOn(row cdp.Row) []cdp.Restriction { return l.restricted[row] }

// addPreference keeps a statement, unless it is there.
func (l *Load) addPreference(p *cdp.Preference) error {
	p.Recorded = l.tx.now
	fp := l.fingerprint(layout.KeyPreferences(p.Endpoint, p.Controller))
	st := l.preferences[fp]
	if st == nil {
		w := layout.Writer{Symbols: l.tx.sym}
		headPreferences(&w, p)
		st = &statements{head: w.B}
		l.preferences[fp] = st
	}
	r := l.tx.reader(st.events)
	for range st.n {
		var have cdp.Preference
		if decodePreference(r, &have); sameStatement(&have, p) {
			return nil
		}
	}
	w := layout.Writer{B: st.events, Symbols: l.tx.sym}
	encodePreference(&w, p)
	st.events = w.B
	st.n++
	return l.tx.countWish(p.Controller)
}

// sortSaid sorts out the rows of what was said.
func (l *Load) sortSaid() error {
	for _, st := range l.consents {
		value := st.value()
		r := l.tx.reader(value)
		key := layout.KeyConsents(takeIdentifier(r), r.Word(), cdp.PurposeID(r.Word()))
		if err := l.sorted(key, value); err != nil {
			return err
		}
	}
	for _, st := range l.preferences {
		value := st.value()
		r := l.tx.reader(value)
		if err := l.sorted(layout.KeyPreferences(takeIdentifier(r), r.Word()), value); err != nil {
			return err
		}
	}
	for row, list := range l.restricted {
		w := layout.Writer{Symbols: l.tx.sym}
		encodeRestrictions(&w, list)
		if err := l.sorted(layout.KeyRestrictions(row.Source, row.Key), w.B); err != nil {
			return err
		}
	}
	l.consents, l.preferences, l.restricted = nil, nil, nil
	return nil
}
