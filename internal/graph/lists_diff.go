package graph

import (
	"context"
	"fmt"
	"math"

	"cdp-tui/internal/cdp"
	lists "cdp-tui/internal/ident"
	"cdp-tui/internal/layout"
)

// ListsDiff is RulesDiff for other lists. Records whose marks they make others
// are ruled on again: a statement at a placeholder is nobody's, so that some may
// lose what they are held on, or gain it. They are told as records that leave
// their profiles, or come into one.
func (tx *Tx) ListsDiff(ctx context.Context, to *lists.Marker, rule Relist, progress func(records int)) (*RulesDiff, error) {
	rules, err := tx.rules()
	if err != nil {
		return nil, err
	}
	seq, err := tx.sequences()
	if err != nil {
		return nil, err
	}
	d := tx.newDiff(rules, seq, progress)
	changed := make(map[cdp.IdentifierKey]bool)
	anew := func(h *head, s State) (*head, error) {
		by, ids, err := tx.relisted(h, s, to, rule)
		for _, id := range ids {
			changed[id.Key()] = true
		}
		return by, err
	}
	err = d.read(ctx, func(h *head, root layout.Component) (*head, error) {
		by, err := anew(h, Live)
		if by != nil {
			d.moved[root] = true
		}
		return by, err
	})
	if err != nil {
		return nil, err
	}
	for e, err := range tx.r.Scan(layout.QuarantineFrom(1)) {
		if err != nil {
			return nil, fmt.Errorf("graph: quarantine: %w", err)
		}
		h, err := tx.headAt(cdp.RecordID(layout.LastNumber(e.Key)), place{state: placeQuarantined})
		if err != nil {
			return nil, err
		}
		by, err := anew(h, InQuarantine)
		if err == nil && by != nil && by.live() {
			err = d.enters(by)
		}
		if err != nil {
			return nil, err
		}
	}
	d.out.Marks = len(changed)
	return d.found(ctx)
}

// leaves notes a record that would go into quarantine.
func (d *rulesDiff) leaves(h *head, from *component) {
	w := d.out.Witness
	w.rows[h.ID] = cdp.Row{Source: h.Source, Key: h.Key}
	w.before[h.ID], w.after[h.ID] = from.profile(), 0
}

// enters takes in a record that would come out of quarantine.
func (d *rulesDiff) enters(h *head) error {
	kept, err := d.tx.quarantineRow(h.ID)
	if err != nil {
		return err
	}
	root := layout.Component(math.MaxUint64 - uint64(len(d.entering)))
	d.entering[root] = kept
	d.was[root] = &asBefore{controller: h.Controller}
	w := d.out.Witness
	w.rows[h.ID] = cdp.Row{Source: h.Source, Key: h.Key}
	w.before[h.ID] = 0
	return d.member(h, root)
}
