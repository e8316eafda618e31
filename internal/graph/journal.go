package graph

import (
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// change notes what resolution did; it is written when the transaction ends.
// Every profile whose records or judgements changed is named: the index reads
// what the journal names and nothing else.
func (tx *Tx) change(c cdp.Change) {
	c.At = tx.now
	tx.journal = append(tx.journal, c)
}

// A cause is why something changed: a record, or a decision.
type cause struct {
	record cdp.RecordID
	rule   string
	batch  cdp.BatchID
}

func (tx *Tx) causeOf(h *head) cause {
	if h == nil {
		return tx.because
	}
	return cause{h.ID, h.Rule, h.Batch}
}

// note is change with a record as the cause; nil stands for the decision that
// the transaction is about.
func (tx *Tx) note(verb string, because *head, profiles ...cdp.ProfileID) {
	c := tx.causeOf(because)
	tx.change(cdp.Change{Verb: verb, Profiles: profiles, Record: c.record, Rule: c.rule, Batch: c.batch})
}

// noteMerge is note of a merge by an identifier. Its value stays out of the
// journal, which is never rewritten: kind and tag say which it was.
func (tx *Tx) noteMerge(because *head, by cdp.Identifier, profiles []cdp.ProfileID) {
	tx.noteLink("merge", because, by, profiles...)
}

// noteLink notes what became of an identifier.
func (tx *Tx) noteLink(verb string, because *head, id cdp.Identifier, profiles ...cdp.ProfileID) {
	c := tx.causeOf(because)
	ch := cdp.Change{Verb: verb, Profiles: profiles, Record: c.record, Rule: c.rule, Batch: c.batch}
	if !id.IsZero() {
		claim := cdp.NewIdentifier(id.Kind(), "", id.Tag())
		ch.Claim = &claim
	}
	tx.change(ch)
}

// writeJournal writes the changes of the transaction: as few rows as hold
// them. All changes of one row have its sequence number.
func (tx *Tx) writeJournal() error {
	for rest := tx.journal; len(rest) > 0; {
		seq, err := mint(tx, func(s *sequences) *uint64 { return &s.journal })
		if err != nil {
			return err
		}
		w := tx.writer()
		w.Time(tx.now)
		n := 0
		marks := make(map[cdp.ProfileID]bool)
		for ; n < len(rest) && len(w.B) < kv.MaxValue/2; n++ {
			encodeChange(w, &rest[n])
			if historic(rest[n].Verb) || rest[n].Verb == inherits || rest[n].Verb == leaves || rest[n].Verb == "rest" {
				for _, p := range rest[n].Profiles {
					marks[p] = true
				}
			}
		}
		rest = rest[n:]
		if err := tx.set(layout.KeyJournal(seq), w.B); err != nil {
			return err
		}
		for p := range marks {
			if err := tx.set(layout.KeyHistory(p, seq), nil); err != nil {
				return err
			}
		}
	}
	return nil
}

func encodeChange(w *layout.Writer, c *cdp.Change) {
	w.Word(c.Verb)
	w.Uint(uint64(len(c.Profiles)))
	for _, p := range c.Profiles {
		w.Uint(uint64(p))
	}
	w.Uint(uint64(c.Record))
	w.Word(c.Rule)
	w.Uint(uint64(c.Batch))
	w.Bool(c.Claim != nil)
	if c.Claim != nil {
		appendIdentifier(w, *c.Claim)
	}
}

func decodeChanges(seq uint64, r *layout.Reader) ([]cdp.Change, error) {
	at := r.Time()
	var out []cdp.Change
	for len(r.B) > 0 {
		c := cdp.Change{Seq: seq, At: at, Verb: r.Word()}
		for range r.Count() {
			c.Profiles = append(c.Profiles, cdp.ProfileID(r.Uint()))
		}
		c.Record = cdp.RecordID(r.Uint())
		c.Rule = r.Word()
		c.Batch = cdp.BatchID(r.Uint())
		if r.Bool() {
			id := takeIdentifier(r)
			c.Claim = &id
		}
		out = append(out, c)
	}
	if r.Err() != nil {
		return nil, fmt.Errorf("graph: journal %d: %w", seq, r.Err())
	}
	return out, nil
}

// JournalHead returns the sequence number of the last change.
func (tx *Tx) JournalHead() (uint64, error) {
	s, err := tx.sequences()
	if err != nil {
		return 0, err
	}
	return s.journal, nil
}

// Changes returns the changes after a sequence number, whole rows of them,
// until there are at least n.
func (tx *Tx) Changes(after uint64, n int) ([]cdp.Change, error) {
	var out []cdp.Change
	for e, err := range tx.r.Scan(layout.JournalAfter(after)) {
		if err != nil {
			return nil, fmt.Errorf("graph: journal: %w", err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return nil, fmt.Errorf("graph: journal: %w", err)
		}
		changes, err := decodeChanges(layout.LastNumber(e.Key), tx.reader(value))
		if err != nil {
			return nil, err
		}
		if out = append(out, changes...); len(out) >= n {
			break
		}
	}
	return out, nil
}

// historic reports whether a change is part of a profile's history: what it was
// made of changed, or what its identifiers do.
func historic(verb string) bool {
	switch verb {
	case "merge", "split", "joins", "generic", "conflict", "different", "locked", "guarded":
		return true
	}
	return false
}

// History returns the merges and splits of a profile id, and what became of
// identifiers it carries, oldest first.
func (tx *Tx) History(id cdp.ProfileID) ([]cdp.Change, error) {
	all, err := tx.marked(id)
	return slices.DeleteFunc(all, func(c cdp.Change) bool { return !historic(c.Verb) }), err
}

// inherits is what is noted when another record becomes what a profile id
// stands for, because the one it was minted for, the cause, is gone for good.
const inherits = "inherit"

// leaves is what is noted when a record, the cause, leaves a profile: its source
// deleted the row, or it went into quarantine, where that may happen to it. The
// first of the profiles is the one it left, the others what the rest of it is
// since.
const leaves = "leave"

// marked returns the changes that a profile id is marked with, oldest first.
func (tx *Tx) marked(id cdp.ProfileID) ([]cdp.Change, error) {
	var out []cdp.Change
	for e, err := range tx.r.Scan(layout.HistoryOf(id)) {
		if err != nil {
			return nil, fmt.Errorf("graph: history of %v: %w", id, err)
		}
		seq := layout.LastNumber(e.Key)
		value, err := tx.get(layout.KeyJournal(seq))
		if err != nil {
			return nil, fmt.Errorf("graph: history of %v: %w", id, err)
		}
		changes, err := decodeChanges(seq, tx.reader(value))
		if err != nil {
			return nil, err
		}
		for _, c := range changes {
			if slices.Contains(c.Profiles, id) {
				out = append(out, c)
			}
		}
	}
	return out, nil
}
