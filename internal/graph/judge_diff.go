package graph

import (
	"context"
	"slices"

	"cdp-tui/internal/cdp"
)

// JudgeDiff tells what other rulings would make of the store: every current
// record is ruled on, the live ones are divided anew, and the result is
// compared with the components that are there. Records that would go into
// quarantine are told as leaving their profile, those that would come out as
// coming into one. each is told what becomes of each record; progress the
// number of records read. Both may be nil.
func (tx *Tx) JudgeDiff(ctx context.Context, rule Relist, each func(JudgedAnew) error, progress func(records int)) (*RulesDiff, error) {
	d, err := tx.diffAnew(ctx, func(h *head, s State) (*head, bool, error) { return tx.judgedAnew(h, s, rule, each) }, progress)
	if err != nil {
		return nil, err
	}
	return d.found(ctx)
}

// A JudgedAnew is a record as it is ruled on, and as it would be.
type JudgedAnew struct {
	Record   Record
	Was, Now cdp.Outcome
	Before   []cdp.BasisKind
	Ruling   cdp.Ruling
	Changed  bool // its outcome, its bases, or what it may be linked by
}

// judgedAnew rules on a record again; changed says whether it may be linked by
// other identifiers, or belongs to another controller.
func (tx *Tx) judgedAnew(h *head, s State, rule Relist, each func(JudgedAnew) error) (by *head, changed bool, err error) {
	rec := h.record(s)
	ruling, controller, err := rule(tx, &rec)
	if err != nil {
		return nil, false, err
	}
	copied := *h
	by = &copied
	by.Claims = slices.Clone(h.Claims)
	by.Controller = controller
	by.judge(ruling)
	changed = by.Controller != h.Controller || by.live() != h.live() ||
		!slices.EqualFunc(by.Claims, h.Claims, func(a, b claim) bool { return a.active == b.active })
	if each == nil {
		return by, changed, nil
	}
	same := !changed && by.Outcome == h.Outcome && slices.Equal(by.Bases, h.Bases)
	return by, changed, each(JudgedAnew{rec, h.Outcome, by.Outcome, h.Bases, ruling, !same})
}
