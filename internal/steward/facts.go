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
}

// ruling is what the gate in says of the record.
func (f *bearing) ruling() cdp.Ruling {
	return policy.Admit(subject(f.src, &f.rec.Record, f.events), f.reg, f.at.At)
}

// policy are the facts for one question about the record.
func (f *bearing) policy() policy.Facts {
	facts := policy.Facts{Register: f.reg, RecordAt: f.rec.At, Recorded: f.rec.Recorded, Activities: f.rec.Activities,
		Grounds: f.rec.Grounds, Consents: f.events}
	facts.Born, facts.Country = policy.PersonOf(f.rec.Attributes)
	return facts
}

// factsOf gathers what bears on a record, as known at a standpoint: of its
// versions the one that was current, what had been said by then, and the
// register in force. The error is errUnknownThen for a row of which nothing had
// been delivered.
func (s *Steward) factsOf(tx *graph.Tx, rec graph.Record, from cdp.Standpoint) (*bearing, error) {
	f := &bearing{at: from.From(s.opt.Now())}
	var err error
	if f.reg, err = s.inForceAt(tx, f.at); err != nil {
		return nil, err
	}
	if f.rec, err = versionKnown(tx, rec, f.at); err != nil {
		return nil, err
	}
	if f.src, err = tx.Source(rec.Source); err != nil {
		return nil, fmt.Errorf("source %s: %w", rec.Source, err)
	}
	f.events, err = s.statements(tx, f.reg, f.src, &f.rec.Record)
	if !from.Known.IsZero() {
		f.events = slices.DeleteFunc(f.events, func(c cdp.Consent) bool { return !from.Knew(c.Recorded) })
	}
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

// judgeStored judges a record of the store as of now, without changing it.
func (s *Steward) judgeStored(tx *graph.Tx, reg *policy.Register, rec graph.Record) (cdp.Ruling, error) {
	src, err := tx.Source(rec.Source)
	if err != nil {
		return cdp.Ruling{}, fmt.Errorf("source %s: %w", rec.Source, err)
	}
	events, err := s.statements(tx, reg, src, &rec.Record)
	if err != nil {
		return cdp.Ruling{}, err
	}
	return policy.Admit(subject(src, &rec.Record, events), reg, s.opt.Now()), nil
}
