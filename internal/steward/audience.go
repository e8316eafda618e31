package steward

import (
	"context"
	"fmt"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// FindEach is Find for many at once, with one entry of the log: to trace a list
// of addresses or of their hashes to people. What is found stands at the place
// of what was asked for.
func (d *Desk) FindEach(ctx context.Context, texts []string) ([][]cdp.Found, error) {
	out := make([][]cdp.Found, len(texts))
	err := d.read(ctx, d.entry("find", cdp.Ref{Kind: "search"}, ""), func(tx *graph.Tx, r *reading) error {
		v, err := d.look(tx)
		if err != nil {
			return err
		}
		n := 0
		for i, text := range texts {
			found, err := v.find(ctx, text)
			if err != nil {
				return err
			}
			r.found(found)
			if out[i] = found; len(found) > 0 {
				n++
			}
		}
		r.detail = fmt.Sprintf("%d of a list of %d found", n, len(texts))
		return nil
	})
	return out, err
}
