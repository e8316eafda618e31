package graph

import (
	"context"
	"errors"
	"fmt"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// places checks the records that are not live, and counts all.
func (c *checker) places(ctx context.Context) error {
	for e, err := range c.tx.r.Scan(layout.Places()) {
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		p, err := decodePlace(c.tx.reader(value))
		if err != nil {
			return err
		}
		c.counted.versions++
		for _, m := range p.resting {
			c.found(m.profile, idResting)
		}
		if p.state == placeQuarantined {
			if err := c.quarantined(cdp.RecordID(layout.LastNumber(e.Key))); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

func (c *checker) quarantined(id cdp.RecordID) error {
	h, err := c.tx.headAt(id, place{state: placeQuarantined})
	if err != nil {
		return err
	}
	carried, err := c.tx.quarantineRow(id)
	if err != nil {
		c.problem("record.quarantine", recordRef(id), "is in quarantine and not in its list: %v", err)
	}
	for _, m := range carried {
		c.found(m.profile, idResting)
	}
	c.counted.quarantined++
	c.source(h.Source).quarantined++
	c.marked(h)
	for i := range h.Claims {
		if h.Claims[i].findable() {
			c.withheldRows++
		}
	}
	c.due(h)
	return nil
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
		case placeLive, placeQuarantined:
			rows++
		default:
			c.problem("withheld.stale", recordRef(id), "is %v and still found by a claim", State(p.state))
		}
	}
	if rows != c.withheldRows && len(c.pending) == 0 {
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
