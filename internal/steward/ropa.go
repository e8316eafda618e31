package steward

import (
	"context"
	"fmt"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/lint"
)

// Ropa is the record of processing activities with what the store was seen to
// do. It reads the whole store; progress is told the number of records seen,
// and may be nil. It holds no personal values; that it was made is logged. At a
// desk that looks at another standpoint it is the register in force then, beside
// what was in the store.
func (d *Desk) Ropa(ctx context.Context, progress func(records int)) (cdp.Ropa, error) {
	w, err := d.survey(ctx, cdp.LintFilter{Rule: "ROPA_DRIFT"}, progress)
	if err != nil {
		return cdp.Ropa{}, err
	}
	out := lint.Reconcile(&w.scope, w.run.Observed())
	out.From, out.Dropped = w.report.From, w.report.Dropped
	r := &reading{hash: newDigest()}
	for _, row := range out.Rows {
		r.saw(row.Activity, row.Records, row.Late, row.Red(), row.Sources)
	}
	e := d.entry("ropa", cdp.Ref{Kind: "register", ID: out.Register}, fmt.Sprintf("%d rows, in %d of them something that is not declared", len(out.Rows), out.Red()))
	e.Digest = r.sum()
	return out, d.s.g.Update(ctx, d.s.opt.Now(), func(tx *graph.Tx) error { return d.log(tx, e) })
}
