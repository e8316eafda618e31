package graph

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
	"cdp-tui/internal/resolve"
)

// lists says when a change of lists is not through.
func (c *checker) lists(context.Context) error {
	r, err := c.tx.relisting()
	if err == nil && r != nil {
		c.problem("lists.unfinished", cdp.Ref{Kind: "identity lists", ID: r.hash}, "were put in force, and not all is settled by them: open the store once for writing, or run cdp-tui tick")
	}
	return err
}

// marked compares what stands in the way of a record's claims with what the
// lists in force say. Where no others than the program's ever were, reading has
// said it.
func (c *checker) marked(h *head) {
	if c.marks.asRead {
		return
	}
	_, ids := h.remarked(c.marks.Marker)
	for _, id := range ids {
		c.problem("claim.mark", recordRef(h.ID), "%v is not marked as the lists in force mark it", id)
	}
}

// member takes a live record into the recomputation.
func (c *checker) member(h *head, root layout.Component) error {
	rec, err := c.tx.recordOf(h, c.rules)
	if err != nil {
		return err
	}
	var links []uint32
	for i := range h.Claims {
		cl := &h.Claims[i]
		if !slices.ContainsFunc(rec.Claims, func(o resolve.Claimed) bool { return o.ID.Same(cl.id) }) {
			if cl.findable() {
				c.withheldRows++
			}
			continue
		}
		levels, n := c.rules.Levels(cl.id.Kind(), resolve.Verified(cl.verification))
		if n == 0 && cl.findable() {
			c.withheldRows++
		}
		for k, class := range levels[:n] {
			l := resolve.Link{ID: cl.id, Controller: h.Controller, Class: class}
			key := string(keyOfLink(l))
			number, ok := c.links[key]
			if !ok {
				number = uint32(len(c.links))
				c.links[key] = number
				c.whole.AddLink(l)
			}
			links = append(links, number)
			c.starts = append(c.starts, k == 0)
		}
	}
	if d, err := c.tx.decidedOf(h.Source, h.Key); err != nil {
		return err
	} else if d != nil {
		c.decided = append(c.decided, h)
		if d.lock != 0 {
			if c.whole.Locks == nil {
				c.whole.Locks = make(map[uint32]int32)
			}
			c.whole.Locks[uint32(len(c.recs))] = int32(d.lock)
		}
	}
	c.whole.AddRecord(links, rec.Birth)
	c.root = append(c.root, root)
	c.recs = append(c.recs, h.ID)
	return nil
}

// partition divides all records anew, for each piece to be compared with the
// components.
func (c *checker) partition(ctx context.Context, each func(*resolve.Piece)) error {
	same, differ, err := c.tx.pairs(c.decided)
	if err != nil {
		return err
	}
	number := make(map[cdp.RecordID]int32)
	if len(same)+len(differ) > 0 {
		for i, id := range c.recs {
			number[id] = int32(i)
		}
	}
	for _, p := range same {
		c.whole.Same = append(c.whole.Same, [2]int32{number[p.A], number[p.B]})
	}
	for _, p := range differ {
		c.whole.Differ = append(c.whole.Differ, [2]int32{number[p.A], number[p.B]})
	}
	c.want = make([]standing, len(c.links))
	return c.whole.Divide(func(p *resolve.Piece) error {
		each(p)
		return ctx.Err()
	})
}

func (c *checker) piece(p *resolve.Piece) {
	if slices.ContainsFunc(p.Records, func(r uint32) bool { return c.pending[c.root[r]] }) {
		for _, l := range p.Links {
			c.want[l] = standing{state: unsettled}
		}
		return
	}
	state := make(map[uint32]resolve.State, len(p.Links))
	for i, l := range p.Links {
		state[l] = p.States[i]
		c.want[l].state = p.States[i]
	}
	parts := make([][]uint32, p.Parts)
	for i, r := range p.Records {
		parts[p.Part[i]] = append(parts[p.Part[i]], r)
	}
	for i, part := range parts {
		c.part(part, state, p.Sums[i])
	}
}

// unsettled stands for a link whose carriers are not all settled.
const unsettled resolve.State = 255

// part compares the records of one profile, as recomputed, with the store.
func (c *checker) part(recs []uint32, state map[uint32]resolve.State, is resolve.Sum) {
	root := c.root[recs[0]]
	ref := recordRef(c.recs[recs[0]])
	if slices.ContainsFunc(recs, func(r uint32) bool { return c.root[r] != root }) {
		c.problem("component.split", ref, "and others are one profile by their claims and lie in several")
	} else if c.sizes[root] != len(recs) {
		c.problem("component.partition", ref, "is in a profile of %d records, by its claims it is one of %d", c.sizes[root], len(recs))
	}
	apart := make(map[uint32]bool)
	for _, r := range recs {
		first := c.whole.First[r]
		scattered := false
		for i, l := range c.whole.Links[first:c.whole.First[r+1]] {
			if c.starts[int(first)+i] {
				scattered = false
			}
			if state[l] == resolve.Joins {
				c.want[l].in = root
				continue
			}
			apart[l] = true
			if !scattered {
				scattered = true
				c.withheldRows++
			}
		}
	}
	is.Links = 0 // earlier versions of the program kept less of them
	if !c.sums[root].Covers(is) {
		c.problem("component.sum", ref, "is in a profile whose row does not cover what is in it: a new record may join it wrongly")
	}
	kept := c.apart[root]
	if len(kept) != len(apart) {
		c.problem("component.apart", ref, "carries %d identifiers that join nothing, its profile's row says %d", len(apart), len(kept))
	}
}

// identifiers compares the rows of identifiers with what was recomputed.
func (c *checker) identifiers(ctx context.Context) error {
	found := make([]bool, len(c.want))
	for e, err := range c.tx.r.Scan(layout.Identifiers()) {
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		kind, _, _, _, err := layout.ClaimOf(e.Key)
		if err != nil {
			return err
		}
		if c.rules.Weakest(kind, resolve.Class(layout.ClassOf(e.Key))) {
			c.report.Identifiers++
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		row, err := decodeIdentifierRow(c.tx.reader(value))
		if err != nil {
			return err
		}
		number, ok := c.links[string(e.Key)]
		if !ok {
			c.problem("identifier.stale", cdp.Ref{Kind: "component", ID: fmt.Sprint(row.in)}, "an identifier leads to it that none of its records carries")
			continue
		}
		found[number] = true
		if err := c.row(row, c.want[number]); err != nil {
			return err
		}
	}
	for _, ok := range found {
		if !ok {
			c.problem("identifier.missing", cdp.Ref{}, "an active claim has no row that finds it")
		}
	}
	return ctx.Err()
}

// aliases checks that every hash finds an identifier that is carried.
func (c *checker) aliases(ctx context.Context) error {
	for e, err := range c.tx.r.Scan(layout.Aliases()) {
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		r := c.tx.reader(value)
		id := takeIdentifier(r)
		if !r.Done() {
			return fmt.Errorf("graph: check: alias: %w", layout.ErrDamaged)
		}
		carried, err := c.tx.carried(id)
		if err != nil {
			return err
		}
		if !carried {
			c.problem("alias.stale", cdp.Ref{}, "a hash is kept of %v, which nothing carries", id)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) row(row, want standing) error {
	if want.state == unsettled {
		return nil
	}
	ref := cdp.Ref{Kind: "component", ID: fmt.Sprint(want.in)}
	if row.state != want.state {
		c.problem("identifier.state", ref, "one of its identifiers is noted as %v, and is %v", row.state, want.state)
		return nil
	}
	if row.in == 0 && want.in == 0 {
		return nil
	}
	root, err := c.tx.rootOf(row.in)
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return err
	}
	if err != nil || root.id != want.in {
		c.problem("identifier.wrong", ref, "one of its identifiers leads elsewhere")
	}
	return nil
}
