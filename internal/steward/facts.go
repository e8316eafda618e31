package steward

import (
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// errUnknownThen is returned for a record that was not known at a standpoint.
var errUnknownThen = errors.New("the record was not known then")

// A bearing is what bears on one record of the store: what policy needs to judge it.
type bearing struct {
	at     cdp.Standpoint // filled in
	reg    *policy.Register
	src    cdp.Source
	rec    graph.Record // the version that was known
	events []cdp.Consent
	wishes []cdp.Preference
	bars   barring
	ends   []cdp.Touchpoint // that may end a contract
	unread bool             // there may be more of them

	channel  cdp.Channel      // over which the person is spoken to; "" when nobody is
	contacts []policy.Contact // see factsSpoken
}

// ruling is what the gate in says of the record, which the store has.
func (f *bearing) ruling() cdp.Ruling {
	sub := subject(f.src, &f.rec.Record, f.events)
	sub.Touchpoints, sub.EndsUnread, sub.Preferences = f.ends, f.unread, f.wishes
	sub.Restrictions, sub.Suppressions = f.bars.restrictions, f.bars.suppressions
	return kept(policy.Admit(sub, f.reg, f.at.At))
}

// policy are the facts for one question about the record.
func (f *bearing) policy() policy.Facts {
	facts := policy.Facts{Register: f.reg, RecordAt: f.rec.At, Recorded: f.rec.Recorded, Activities: f.rec.Activities,
		Grounds: f.rec.Grounds, Consents: f.events, Preferences: f.wishes, Touchpoints: f.ends, EndsUnread: f.unread,
		Restrictions: f.bars.restrictions, Suppressions: f.bars.suppressions}
	who := policy.PersonOf(f.rec.Attributes)
	facts.Born, facts.Country, facts.BirthUnread = who.Born, who.Country, who.Unreadable()
	if f.channel != "" {
		facts.Zones = zonesOf(f.reg, f.wishes)
		for _, c := range f.contacts {
			if c.At.Before(f.at.At) { // what is judged is no reason against itself
				facts.Contacts = append(facts.Contacts, c)
			}
		}
	}
	facts.Criminal = policy.CarriesCriminal(f.rec.Attributes)
	return facts
}

// factsOf gathers what bears on a record, as known at a standpoint: of its
// versions the one that was current, what had been said by then, and the
// register in force. The error is errUnknownThen for a row of which nothing had
// been delivered.
func (s *Steward) factsOf(tx *graph.Tx, rec graph.Record, from cdp.Standpoint) (*bearing, error) {
	reg, err := s.inForceAt(tx, from.From(s.opt.Now()))
	if err != nil {
		return nil, err
	}
	return s.factsBy(tx, rec, from, reg)
}

// factsBy is factsOf by another register than the one in force.
func (s *Steward) factsBy(tx *graph.Tx, rec graph.Record, from cdp.Standpoint, reg *policy.Register) (*bearing, error) {
	known, err := versionKnown(tx, rec, from)
	if err != nil {
		return nil, err
	}
	return s.factsKnown(tx, known, from, reg)
}

// factsKnown is factsBy for a record that is the version of its row which was
// known.
func (s *Steward) factsKnown(tx *graph.Tx, rec graph.Record, from cdp.Standpoint, reg *policy.Register) (*bearing, error) {
	f := &bearing{at: from.From(s.opt.Now()), reg: reg, rec: rec}
	var err error
	if f.src, err = tx.Source(rec.Source); err != nil {
		return nil, fmt.Errorf("source %s: %w", rec.Source, err)
	}
	if f.events, err = s.statements(tx, f.reg, f.src, &f.rec.Record); err != nil {
		return nil, err
	}
	if f.wishes, err = tx.PreferencesAt(endpointsOf(&f.rec.Record), controllerOf(f.reg, f.src)); err != nil {
		return nil, err
	}
	if from.IsNow() {
		heard(f.events, f.wishes, f.at.At)
	}
	if !from.Known.IsZero() {
		f.events = slices.DeleteFunc(f.events, func(c cdp.Consent) bool { return !from.Knew(c.Recorded) })
		f.wishes = slices.DeleteFunc(f.wishes, func(p cdp.Preference) bool { return !from.Knew(p.Recorded) })
	}
	if f.bars, err = s.barring(tx, &f.rec.Record, from); err != nil {
		return nil, err
	}
	f.ends, f.unread, err = s.endings(tx, f.reg, &f.rec.Record, f.rec.TouchKinds, nil, from)
	return f, err
}

// versionKnown returns the version of a record's row that was current at a
// standpoint.
func versionKnown(tx *graph.Tx, rec graph.Record, from cdp.Standpoint) (graph.Record, error) {
	if from.Known.IsZero() {
		return rec, nil
	}
	id, err := tx.RowKnown(rec.Source, rec.Key, from.Known)
	switch {
	case errors.Is(err, graph.ErrNotFound):
		return rec, fmt.Errorf("%v: %w", rec.ID, errUnknownThen)
	case err != nil || id == rec.ID:
		return rec, err
	}
	return tx.Record(id)
}

// termsOf are the terms by which what was said is folded: those of a register,
// and what the records of a person tell of them.
func termsOf(reg *policy.Register, records []graph.Record) policy.Terms {
	var attributes []cdp.Attribute
	for i := range records {
		attributes = append(attributes, records[i].Attributes...)
	}
	return reg.Of(policy.PersonOf(attributes))
}

// withTheirs adds to records those that are in one profile with one of them.
func withTheirs(tx *graph.Tx, records []graph.Record) ([]graph.Record, error) {
	out := slices.Clone(records)
	var seen []cdp.ProfileID
	for i := range records {
		id, err := tx.ProfileOf(records[i].ID)
		if err != nil {
			return nil, err
		}
		if id == 0 || slices.Contains(seen, id) {
			continue
		}
		p, err := tx.Profile(id, profileLimit)
		if err != nil {
			return nil, err
		}
		seen, out = append(seen, id), append(out, p.Records...)
	}
	return out, nil
}

// judgeStored judges a record of the store as of now, without changing it.
func (s *Steward) judgeStored(tx *graph.Tx, rec graph.Record) (cdp.Ruling, error) {
	f, err := s.factsOf(tx, rec, cdp.Standpoint{})
	if err != nil {
		return cdp.Ruling{}, err
	}
	return f.ruling(), nil
}
