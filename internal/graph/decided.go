package graph

import (
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// decided is what persons decided of a source row. It is kept by the row, so
// that it holds for every version of it, and survives a new delivery.
type decided struct {
	decisions []uint64 // that name the row, ascending
	cuts      []cdp.Identifier
	lock      uint64 // the decision that locks the row with others; 0 for none
}

func (d *decided) encode(w *layout.Writer) []byte {
	w.Uint(uint64(len(d.decisions)))
	for _, n := range d.decisions {
		w.Uint(n)
	}
	w.Uint(uint64(len(d.cuts)))
	for _, c := range d.cuts {
		appendIdentifier(w, c)
	}
	w.Uint(d.lock)
	return w.B
}

func decodeDecided(r *layout.Reader) (*decided, error) {
	d := &decided{}
	for range r.Count() {
		d.decisions = append(d.decisions, r.Uint())
	}
	for range r.Count() {
		d.cuts = append(d.cuts, takeIdentifier(r))
	}
	d.lock = r.Uint()
	if !r.Done() {
		return nil, fmt.Errorf("graph: decisions of a row: %w", layout.ErrDamaged)
	}
	return d, nil
}

// counterDecided holds how much was decided, so that a store without decisions
// does not look for them.
const counterDecided = "decided"

// decisionCounts count the decisions in force.
type decisionCounts struct {
	last       uint64 // number of the last decision
	rows       int    // source rows of which something is decided
	suppressed int    // identifiers
}

func (tx *Tx) decisionCounts() (*decisionCounts, error) {
	if tx.decisions != nil {
		return tx.decisions, nil
	}
	c := &decisionCounts{}
	value, err := tx.get(layout.KeyCounter(counterDecided))
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return nil, fmt.Errorf("graph: decisions: %w", err)
	}
	if err == nil {
		r := tx.reader(value)
		c.last, c.rows, c.suppressed = r.Uint(), int(r.Uint()), int(r.Uint())
		if !r.Done() {
			return nil, fmt.Errorf("graph: decisions: %w", layout.ErrDamaged)
		}
	}
	tx.decisions = c
	return c, nil
}

func (tx *Tx) setDecisionCounts(c *decisionCounts) error {
	w := tx.writer()
	w.Uint(c.last)
	w.Uint(uint64(c.rows))
	w.Uint(uint64(c.suppressed))
	return tx.set(layout.KeyCounter(counterDecided), w.B)
}

// decidedOf returns what was decided of a record's row, nil for nothing.
func (tx *Tx) decidedOf(source cdp.SourceID, key string) (*decided, error) {
	n, err := tx.decisionCounts()
	if err != nil || n.rows == 0 {
		return nil, err
	}
	k := layout.KeyDecided(source, key)
	if d, ok := tx.decidedRows[string(k)]; ok {
		return d, nil
	}
	value, err := tx.get(k)
	var d *decided
	if err == nil {
		d, err = decodeDecided(tx.reader(value))
	} else if errors.Is(err, kv.ErrNotFound) {
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("graph: decisions: %w", err)
	}
	if tx.decidedRows == nil {
		tx.decidedRows = make(map[string]*decided)
	}
	tx.decidedRows[string(k)] = d
	return d, nil
}

// suppressedBy returns the decision by which an identifier joins nothing, 0
// for none.
func (tx *Tx) suppressedBy(id cdp.Identifier) (uint64, error) {
	n, err := tx.decisionCounts()
	if err != nil || n.suppressed == 0 {
		return 0, err
	}
	key := layout.KeySuppressed(id)
	if d, ok := tx.suppressed[string(key)]; ok {
		return d, nil
	}
	value, err := tx.get(key)
	var d uint64
	if err == nil {
		r := tx.reader(value)
		if d = r.Uint(); !r.Done() || d == 0 {
			err = layout.ErrDamaged
		}
	} else if errors.Is(err, kv.ErrNotFound) {
		err = nil
	}
	if err != nil {
		return 0, fmt.Errorf("graph: %v: %w", id, err)
	}
	if tx.suppressed == nil {
		tx.suppressed = make(map[string]uint64)
	}
	tx.suppressed[string(key)] = d
	return d, nil
}

// recordOf is a record in the eyes of resolution: what policy, the lists and
// persons leave of its claims.
func (tx *Tx) recordOf(h *head, rules *resolve.Rules) (resolve.Record, error) {
	d, err := tx.decidedOf(h.Source, h.Key)
	if err != nil {
		return resolve.Record{}, err
	}
	rec := h.resolvable(rules)
	n, err := tx.decisionCounts()
	if err != nil || d == nil && n.suppressed == 0 {
		return rec, err
	}
	kept := rec.Claims[:0]
	for _, c := range rec.Claims {
		if d != nil && slices.ContainsFunc(d.cuts, c.ID.Same) {
			continue
		}
		by, err := tx.suppressedBy(c.ID)
		if err != nil {
			return rec, err
		}
		if by == 0 {
			kept = append(kept, c)
		}
	}
	rec.Claims = kept
	if d != nil {
		rec.Lock = int32(d.lock)
	}
	return rec, nil
}

// resolvable is a record with all claims that policy and the lists allow.
// Without rules its birth date is not read.
func (h *head) resolvable(rules *resolve.Rules) resolve.Record {
	rec := resolve.Record{ID: h.ID, Controller: h.Controller, Claims: make([]resolve.Claimed, 0, len(h.Claims))}
	for i := range h.Claims {
		if c := &h.Claims[i]; c.active {
			rec.Claims = append(rec.Claims, resolve.Claimed{ID: c.id, Verified: resolve.Verified(c.verification)})
		}
	}
	if rules == nil {
		return rec
	}
	for _, a := range h.Attributes {
		if a.Name == birthDate {
			if day, ok := rules.Birth(a.Value.Reveal()); ok {
				rec.Birth = day
				break
			}
		}
	}
	return rec
}

// carrying is a record with all claims that it has, whatever they may do.
func (h *head) carrying() resolve.Record {
	rec := resolve.Record{ID: h.ID, Controller: h.Controller, Claims: make([]resolve.Claimed, len(h.Claims))}
	for i := range h.Claims {
		rec.Claims[i] = resolve.Claimed{ID: h.Claims[i].id, Verified: resolve.Verified(h.Claims[i].verification)}
	}
	return rec
}

// birthDate is the name of the attribute that states a date of birth.
const birthDate = "birth_date"

// tied notes what persons tied and parted here.
func (w *work) tied() (err error) {
	w.same, w.differ, err = w.tx.pairs(w.heads())
	return err
}

// decisions brings in the records that persons tied to one here.
func (w *work) decisions() error {
	n, err := w.tx.decisionCounts()
	if err != nil || n.rows == 0 {
		return err
	}
	brought := make(map[uint64]bool)
	for i := -1; i < len(w.comps); i++ {
		var heads []*head
		if i >= 0 {
			heads = headsOf(w.comps[i])
		} else if w.in != nil {
			heads = []*head{w.in}
		}
		for _, h := range heads {
			d, err := w.tx.decidedOf(h.Source, h.Key)
			if err != nil || d == nil {
				if err != nil {
					return err
				}
				continue
			}
			for _, id := range d.decisions {
				if brought[id] {
					continue
				}
				brought[id] = true
				if err := w.bring(id); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func headsOf(s *settled) []*head {
	out := make([]*head, len(s.members))
	for i, m := range s.members {
		out[i] = m.head
	}
	return out
}

// heads are the records here, as they will be.
func (w *work) heads() []*head {
	var out []*head
	for _, s := range w.comps {
		for _, m := range s.members {
			if w.out == nil || m.ID != w.out.ID {
				out = append(out, m.head)
			}
		}
	}
	if w.in != nil {
		out = append(out, w.in)
	}
	return out
}

// bring loads what a decision ties to a record here.
func (w *work) bring(id uint64) error {
	d, err := w.tx.Decision(id)
	if err != nil || !d.Ties() {
		return err
	}
	for _, r := range d.Rows {
		rec, _, err := w.tx.Row(r.Source, r.Key)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		p, err := w.tx.place(rec)
		if errors.Is(err, ErrNotFound) {
			continue // the record that enters, for the first time
		}
		if err != nil {
			return err
		}
		if p.state == placeLive {
			if err := w.load(p.component); err != nil {
				return err
			}
		}
	}
	return nil
}

// pairs returns what persons tied and parted among some records. Of one group
// those of each controller are tied: nothing is one profile across controllers.
// Decisions that are excepted count as not made.
func (tx *Tx) pairs(heads []*head, except ...uint64) (same, differ []resolve.Pair, err error) {
	n, err := tx.decisionCounts()
	if err != nil || n.rows == 0 {
		return nil, nil, err
	}
	at := make(map[cdp.Row]*head, len(heads))
	var ids []uint64
	for _, h := range heads {
		at[cdp.Row{Source: h.Source, Key: h.Key}] = h
		d, err := tx.decidedOf(h.Source, h.Key)
		if err != nil {
			return nil, nil, err
		}
		if d != nil {
			ids = append(ids, d.decisions...)
		}
	}
	slices.Sort(ids)
	var decisions []cdp.Decision
	for _, id := range slices.Compact(ids) {
		if slices.Contains(except, id) {
			continue
		}
		d, err := tx.Decision(id)
		if err != nil {
			return nil, nil, err
		}
		decisions = append(decisions, d)
	}
	same, differ = pairsOf(decisions, at)
	return same, differ, nil
}

// pairsOf returns what decisions tie and part among the records of some rows.
func pairsOf(decisions []cdp.Decision, at map[cdp.Row]*head) (same, differ []resolve.Pair) {
	for i := range decisions {
		d := &decisions[i]
		if !d.Ties() {
			continue
		}
		type team struct {
			group      int
			controller string
		}
		first := make(map[team]cdp.RecordID)
		for _, r := range d.Rows {
			h, ok := at[r.Row]
			if !ok {
				continue
			}
			if f, ok := first[team{r.Group, h.Controller}]; ok {
				same = append(same, resolve.Pair{A: f, B: h.ID})
				continue
			}
			for o, f := range first {
				if o.group != r.Group && o.controller == h.Controller {
					differ = append(differ, resolve.Pair{A: f, B: h.ID})
				}
			}
			first[team{r.Group, h.Controller}] = h.ID
		}
	}
	return same, differ
}
