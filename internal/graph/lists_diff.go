package graph

import (
	"context"
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
	changed := make(map[cdp.IdentifierKey]bool)
	d, err := tx.diffAnew(ctx, func(h *head, s State) (*head, bool, error) {
		by, ids, err := tx.relisted(h, s, to, rule)
		for _, id := range ids {
			changed[id.Key()] = true
		}
		return by, by != nil, err
	}, progress)
	if err != nil {
		return nil, err
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
