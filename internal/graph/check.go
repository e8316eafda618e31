package graph

import (
	"context"
	"errors"
	"fmt"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// maxProblems bounds what a check reports: after that many it is clear.
const maxProblems = 200

// Check compares the store with a recomputation from the heads of its records:
// every component is what its claims connect and nothing else, every row that
// finds something finds it, every count is right. progress is told the number
// of records seen, now and then; it may be nil.
func (tx *Tx) Check(ctx context.Context, progress func(records int)) (cdp.CheckReport, error) {
	c := checker{tx: tx, claims: make(map[string]layout.Component), progress: progress}
	for _, step := range []func(context.Context) error{c.components, c.identifiers, c.withheld, c.rows, c.profiles} {
		if err := step(ctx); err != nil {
			return c.report, err
		}
	}
	return c.report, c.counts()
}

type checker struct {
	tx       *Tx
	report   cdp.CheckReport
	claims   map[string]layout.Component // key of an identifier's row -> root, as recomputed
	progress func(int)

	live, apart, touchpoints, shares int
	withheldRows                     int
}

func (c *checker) problem(code string, ref cdp.Ref, format string, args ...any) {
	if len(c.report.Problems) < maxProblems {
		c.report.Problems = append(c.report.Problems, cdp.Problem{Code: code, Ref: ref, Text: fmt.Sprintf(format, args...)})
	}
}

func recordRef(id cdp.RecordID) cdp.Ref   { return cdp.Ref{Kind: "record", ID: id.String()} }
func profileRef(id cdp.ProfileID) cdp.Ref { return cdp.Ref{Kind: "profile", ID: id.String()} }

// components recomputes each component from its heads.
func (c *checker) components(ctx context.Context) error {
	for e, err := range c.tx.r.Scan(layout.Components()) {
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		comp, err := decodeComponent(layout.Component(layout.LastNumber(e.Key)), c.tx.reader(value))
		if err != nil {
			return err
		}
		if comp.root != 0 {
			continue
		}
		if err := c.component(comp); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) component(comp *component) error {
	members, err := c.tx.members(comp)
	if err != nil {
		return err
	}
	ref := profileRef(comp.profile())
	if len(members) != comp.size {
		c.problem("component.size", ref, "has %d records, its row says %d", len(members), comp.size)
	}
	nodes := make([]node, len(members))
	for i, m := range members {
		nodes[i] = m.node()
		c.count(m.head)
		p, err := c.tx.place(m.ID)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if err != nil || p.state != placeLive || p.component != m.in {
			c.problem("record.place", recordRef(m.ID), "is not where its place says")
		}
		for _, id := range nodes[i].claims {
			key := string(layout.KeyIdentifier(id, m.Controller))
			if other, ok := c.claims[key]; ok && other != comp.id {
				c.problem("component.split", ref, "shares the active identifier %v with component %d", id, other)
			}
			c.claims[key] = comp.id
		}
		if c.live%10_000 == 0 && c.progress != nil {
			c.progress(c.live)
		}
	}
	if parts := partition(nodes); len(parts) != 1 {
		c.problem("component.partition", ref, "its claims make %d profiles of it", len(parts))
	}
	for i, m := range comp.ids {
		row, err := c.tx.profileRow(m.profile)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if err != nil || i == 0 && row.component != comp.id || i > 0 && row.survivor == 0 {
			c.problem("profile.row", profileRef(m.profile), "does not lead to component %d", comp.id)
		}
	}
	c.report.Profiles++
	return nil
}

func (c *checker) count(h *head) {
	c.live++
	c.report.Records++
	c.touchpoints += h.Touchpoints
	c.shares += h.Shares
	if h.Outcome != cdp.Linked {
		c.apart++
	}
	for i := range h.Claims {
		if !h.Claims[i].active && h.Claims[i].blocked == "" {
			c.withheldRows++
		}
		if h.Claims[i].active && (h.Claims[i].blocked != "" || h.Claims[i].generic != "" || h.Outcome != cdp.Linked) {
			c.problem("claim.active", recordRef(h.ID), "links by %v, which may not", h.Claims[i].id)
		}
	}
}

// identifiers compares the rows that find components with the claims seen.
func (c *checker) identifiers(ctx context.Context) error {
	for e, err := range c.tx.r.Scan(layout.Identifiers()) {
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		c.report.Identifiers++
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		in, err := decodeIdentifierRow(c.tx.reader(value))
		if err != nil {
			return err
		}
		want, ok := c.claims[string(e.Key)]
		if !ok {
			c.problem("identifier.stale", cdp.Ref{Kind: "component", ID: fmt.Sprint(in)}, "an identifier leads to it that none of its records carries")
			continue
		}
		delete(c.claims, string(e.Key))
		root, err := c.tx.component(in)
		if err != nil && !errors.Is(err, kv.ErrNotFound) {
			return err
		}
		if err != nil || root.id != want {
			c.problem("identifier.wrong", cdp.Ref{Kind: "component", ID: fmt.Sprint(want)}, "one of its identifiers leads elsewhere")
		}
	}
	for range c.claims {
		c.problem("identifier.missing", cdp.Ref{}, "an active claim has no row that finds it")
	}
	return ctx.Err()
}

// withheld compares the rows of claims that do not link.
func (c *checker) withheld(ctx context.Context) error {
	rows := 0
	for e, err := range c.tx.r.Scan(layout.Withheld()) {
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		id := cdp.RecordID(layout.LastNumber(e.Key))
		p, err := c.tx.place(id)
		if err != nil {
			if errors.Is(err, ErrNotFound) {
				c.problem("withheld.stale", recordRef(id), "has a claim and no place")
				continue
			}
			return err
		}
		switch p.state {
		case placeLive:
			rows++
		case placeSuperseded, placeDeleted:
			c.problem("withheld.stale", recordRef(id), "is %v and still found by a claim", State(p.state))
		}
	}
	if rows != c.withheldRows {
		c.problem("withheld.count", cdp.Ref{}, "%d rows for %d claims that do not link", rows, c.withheldRows)
	}
	return ctx.Err()
}

// rows checks that every source row leads to a record that exists and is current.
func (c *checker) rows(ctx context.Context) error {
	for e, err := range c.tx.r.Scan(layout.Rows()) {
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		k, err := decodeRow(c.tx.reader(value))
		if err != nil {
			return err
		}
		p, err := c.tx.place(k.record)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if err != nil || p.state == placeSuperseded {
			c.problem("row.current", recordRef(k.record), "is the current version of a source row and is not current")
		}
	}
	return ctx.Err()
}

// profiles checks that every id leads somewhere or is known to rest.
func (c *checker) profiles(ctx context.Context) error {
	live := 0
	for e, err := range c.tx.r.Scan(layout.ProfilesFrom(1)) {
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		id := cdp.ProfileID(layout.LastNumber(e.Key))
		row, err := c.tx.profileRow(id)
		if err != nil {
			return err
		}
		if row.component == 0 {
			continue
		}
		live++
		if _, err := c.tx.component(row.component); err != nil {
			c.problem("profile.lost", profileRef(id), "leads to a component that is not there")
		}
	}
	if live != c.report.Profiles {
		c.problem("profile.count", cdp.Ref{}, "%d live ids for %d components", live, c.report.Profiles)
	}
	return ctx.Err()
}

// counts compares the statistics with what was seen.
func (c *checker) counts() error {
	s, err := c.tx.statistics()
	if err != nil {
		return err
	}
	for _, n := range []struct {
		name      string
		have, got int
	}{
		{"records", s.records, c.live}, {"profiles", s.profiles, c.report.Profiles}, {"identifiers", s.identifiers, c.report.Identifiers},
		{"touchpoints", s.touchpoints, c.touchpoints}, {"shares", s.shares, c.shares}, {"held apart", s.apart, c.apart},
	} {
		if n.have != n.got {
			c.problem("count", cdp.Ref{}, "%s: %d counted, %d there", n.name, n.have, n.got)
		}
	}
	return nil
}
