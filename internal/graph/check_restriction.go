package graph

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// barred checks the rows of restrictions and of the suppression list: each is
// found by what it says, holds no fact twice, names what exists, and is counted.
func (c *checker) barred(ctx context.Context) error {
	var got barred
	err := eachRow(ctx, c.tx, layout.AllRestrictions(), decodeRestrictions, func(key []byte, list []cdp.Restriction) error {
		if len(list) == 0 {
			c.problem("restriction.empty", cdp.Ref{}, "a row of restrictions states nothing")
			return nil
		}
		row := list[0].Row
		current, _, err := c.tx.Row(row.Source, row.Key)
		if errors.Is(err, ErrNotFound) {
			c.problem("restriction.row", cdp.Ref{Kind: "source", ID: string(row.Source)}, "restricts a row that does not exist")
		} else if err != nil {
			return err
		}
		if !bytes.Equal(key, layout.KeyRestrictions(row.Source, row.Key)) {
			c.problem("restriction.key", recordRef(current), "restrictions stand where they are not found")
		}
		got.restrictions += uint64(len(list))
		for i := range list {
			for j := range i {
				if sameRestriction(&list[i], &list[j]) {
					c.problem("restriction.twice", recordRef(current), "states the same twice")
				}
			}
			if list[i].Record == 0 {
				continue
			}
			if _, err := c.tx.place(list[i].Record); errors.Is(err, ErrNotFound) {
				c.problem("restriction.record", recordRef(list[i].Record), "is named by a restriction and does not exist")
			} else if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = eachRow(ctx, c.tx, layout.AllSuppressions(), decodeSuppressions, func(key []byte, list []cdp.Suppression) error {
		if len(list) == 0 {
			c.problem("suppression.empty", cdp.Ref{}, "a row of the suppression list states nothing")
			return nil
		}
		if !bytes.Equal(key, layout.KeySuppression(list[0].Hash)) {
			c.problem("suppression.key", cdp.Ref{}, "a suppression stands where it is not found")
		}
		got.suppressions += uint64(len(list))
		return nil
	})
	if err != nil {
		return err
	}
	have, err := c.tx.barredBy()
	c.compare("", []count{{"restrictions stated", int(have.restrictions), int(got.restrictions)}, {"suppressions stated", int(have.suppressions), int(got.suppressions)}})
	return err
}

func eachRow[T any](ctx context.Context, tx *Tx, rng kv.Range, decode func(*layout.Reader) ([]T, error), f func(key []byte, list []T) error) error {
	for e, err := range tx.r.Scan(rng) {
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return fmt.Errorf("graph: check: %w", err)
		}
		list, err := decode(tx.reader(value))
		if err != nil {
			return err
		}
		if err := f(e.Key, list); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}
