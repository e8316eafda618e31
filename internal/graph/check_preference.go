package graph

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// preferences checks the rows of preferences: each is found by what it says,
// holds no fact twice, names records that exist, and is counted.
func (c *checker) preferences(ctx context.Context) error {
	got := make(map[string]int)
	for e, err := range c.tx.r.Scan(layout.AllPreferences()) {
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		stated, err := decodePreferences(c.tx.reader(value))
		if err != nil {
			return err
		}
		if len(stated) == 0 {
			c.problem("preference.empty", cdp.Ref{}, "a row of preferences states nothing")
			continue
		}
		ref := cdp.Ref{Kind: "identifier", ID: stated[0].Endpoint.String()}
		if !bytes.Equal(e.Key, layout.KeyPreferences(stated[0].Endpoint, stated[0].Controller)) {
			c.problem("preference.key", ref, "preferences stand where they are not found")
		}
		got[stated[0].Controller] += len(stated)
		for i := range stated {
			for j := range i {
				if sameStatement(&stated[i], &stated[j]) {
					c.problem("preference.twice", ref, "states the same twice")
				}
			}
			if stated[i].Record == 0 {
				continue
			}
			if _, err := c.tx.place(stated[i].Record); errors.Is(err, ErrNotFound) {
				c.problem("preference.record", recordRef(stated[i].Record), "is named by a preference and does not exist")
			} else if err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	have, err := c.tx.wishes()
	if err != nil {
		return err
	}
	for controller, n := range have {
		c.compare("", []count{{"preferences stated to " + controller, n, got[controller]}})
		delete(got, controller)
	}
	for controller, n := range got {
		c.compare("", []count{{"preferences stated to " + controller, 0, n}})
	}
	return nil
}
