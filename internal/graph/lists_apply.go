package graph

import (
	"slices"

	"cdp-tui/internal/cdp"
	lists "cdp-tui/internal/ident"
	"cdp-tui/internal/layout"
)

// A Relist rules on a record whose claims have other marks than before; the
// controller is who answers for its source.
type Relist func(tx *Tx, rec *Record) (ruling cdp.Ruling, controller string, err error)

// remarked returns a record with the marks of other lists, and which of its
// identifiers have others; nil when none has.
func (h *head) remarked(m *lists.Marker) (*head, []cdp.Identifier) {
	claims := make([]cdp.Claim, len(h.Claims))
	for i := range h.Claims {
		c := &h.Claims[i]
		claims[i] = cdp.Claim{Identifier: c.id, Blocked: c.blocked, Generic: c.generic}
	}
	if !m.Mark(claims) {
		return nil, nil
	}
	by := *h
	by.Claims = slices.Clone(h.Claims)
	var ids []cdp.Identifier
	for i := range claims {
		c := &by.Claims[i]
		if c.blocked != claims[i].Blocked || c.generic != claims[i].Generic {
			c.blocked, c.generic = claims[i].Blocked, claims[i].Generic
			ids = append(ids, c.id)
		}
	}
	return &by, ids
}

// relisted is a record that is current as other lists make it, ruled on again.
func (tx *Tx) relisted(h *head, s State, m *lists.Marker, rule Relist) (*head, []cdp.Identifier, error) {
	by, ids := h.remarked(m)
	if by == nil {
		return nil, nil, nil
	}
	rec := by.record(s)
	ruling, controller, err := rule(tx, &rec)
	if err != nil {
		return nil, nil, err
	}
	by.Controller = controller
	by.judge(ruling)
	return by, ids, nil
}

// Remarked is what one step of Remark did.
type Remarked struct {
	Done    bool             // all records are judged
	Changed int              // records with other marks
	IDs     []cdp.Identifier // whose marks are others, with repetitions
	Later   []cdp.RecordID   // that enter or leave quarantine by it: due at once, to be judged when all is settled
}

// Remark judges up to n current records by the lists in force, after those that
// were judged before. Their profiles are marked to be settled again.
func (tx *Tx) Remark(n int, rule Relist) (Remarked, error) {
	var out Remarked
	at, err := tx.relisting()
	if err != nil || at == nil || at.done {
		out.Done = true
		return out, err
	}
	m, err := tx.lists()
	if err != nil {
		return out, err
	}
	ids, err := tx.CurrentAfter(at.after, n)
	if err != nil {
		return out, err
	}
	next := *at
	for _, id := range ids {
		if err := tx.remark(id, m.Marker, rule, &out); err != nil {
			return out, err
		}
		next.after = id
	}
	next.done = len(ids) < n
	out.Done = next.done
	return out, tx.setRelisting(&next)
}

func (tx *Tx) remark(id cdp.RecordID, m *lists.Marker, rule Relist, out *Remarked) error {
	p, err := tx.place(id)
	if err != nil {
		return err
	}
	h, err := tx.headAt(id, p)
	if err != nil {
		return err
	}
	by, changed, err := tx.relisted(h, State(p.state), m, rule)
	if err != nil || by == nil {
		return err
	}
	out.Changed++
	out.IDs = append(out.IDs, changed...)
	if stays := by.live() && p.state == placeLive && by.Controller == h.Controller; !stays {
		// What it may be found by is another now; where it goes is judged when
		// the profiles it was in are settled.
		out.Later = append(out.Later, id)
		if by, _ = h.remarked(m); by == nil {
			return nil
		}
		for i := range by.Claims {
			c := &by.Claims[i]
			c.active = c.active && c.blocked == "" && c.generic == ""
		}
		if err := tx.MakeDue(id, tx.now); err != nil {
			return err
		}
	}
	if err := tx.refind(h, by, p.state); err != nil {
		return err
	}
	if p.state == placeQuarantined {
		return tx.set(layout.KeyVersion(id), by.write(tx.writer()))
	}
	if !by.Due.Equal(h.Due) {
		if err := tx.dropDue(h); err != nil {
			return err
		}
		if err := tx.setDue(by); err != nil {
			return err
		}
	}
	if err := tx.countLive(h, -1); err != nil {
		return err
	}
	if err := tx.countLive(by, 1); err != nil {
		return err
	}
	if err := tx.putMember(p.component, by); err != nil {
		return err
	}
	c, err := tx.component(p.component)
	if err != nil {
		return err
	}
	if err := tx.Told(id); err != nil { // its identifiers and statements read otherwise, wherever it ends
		return err
	}
	return tx.leave(c.id)
}

// refind writes the rows that find a record by claims that are found otherwise
// now. What is linked is found by these too until it is settled.
func (tx *Tx) refind(was, is *head, state placeState) error {
	for i := range is.Claims {
		c, old := &is.Claims[i], &was.Claims[i]
		if c.findable() == old.findable() {
			continue
		}
		there, err := tx.has(layout.KeyWithheld(c.id, is.ID))
		switch {
		case err != nil || there == c.findable():
		case there:
			err = tx.dropWithheld(c.id, is.ID)
		default:
			err = tx.setWithheld(c.id, is.ID, state)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
