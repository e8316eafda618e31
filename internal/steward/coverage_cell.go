package steward

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// CoverageOf lists the records behind a cell of [Desk.Coverage], in the order of
// the store, those in quarantine last, up to n after a place ("" for the first).
// It looks at the same facts as the table does.
func (d *Desk) CoverageOf(ctx context.Context, cell cdp.CoverageCell, after string, n int) (cdp.Page[cdp.Covered], error) {
	x := cellReader{d: d, cell: cell, n: n}
	place, skip, waiting, err := coverPlace(after)
	if err != nil {
		return x.page, err
	}
	if !waiting {
		x.place, x.skip = place, skip
		_, err = d.stream(ctx, place, x.profile)
	}
	if err == nil && !x.page.More && d.lens.IsNow() && (cell.Of == "" || cell.Of == coverQuarantined) {
		if !waiting {
			place = 0
		}
		err = x.quarantine(ctx, cdp.RecordID(place))
	}
	if err != nil {
		return x.page, err
	}
	r := &reading{hash: newDigest()}
	for _, c := range x.page.Items {
		r.saw(c.Record)
		if c.Profile != 0 {
			r.about = appendNew(r.about, profileRef(c.Profile))
		}
	}
	return x.page, d.logRead(ctx, d.entry("view", cdp.Ref{}, fmt.Sprintf("%d records with touchpoints by basis", len(x.page.Items))), r)
}

// coverPlace reads where a page begins: behind so many records of the profile
// at a place, or in quarantine behind a record.
func coverPlace(after string) (place uint64, skip int, waiting bool, err error) {
	if after == "" {
		return 0, 0, false, nil
	}
	if rest, ok := strings.CutPrefix(after, "q"); ok {
		place, err = strconv.ParseUint(rest, 10, 64)
		waiting = true
	} else {
		head, tail, _ := strings.Cut(after, ".")
		if place, err = strconv.ParseUint(head, 10, 64); err == nil {
			skip, err = strconv.Atoi(tail)
		}
	}
	if err != nil || skip < 0 {
		err = graph.ErrCursor
	}
	return place, skip, waiting, err
}

type cellReader struct {
	d     *Desk
	cell  cdp.CoverageCell
	n     int
	place uint64 // of the profile with which the page begins
	skip  int    // records of it that came already
	page  cdp.Page[cdp.Covered]
}

func (x *cellReader) profile(tx *graph.Tx, p *graph.Profile) (bool, error) {
	if p.Next-1 != x.place { // the one that was begun is gone
		x.skip = 0
	}
	records := p.Records[min(x.skip, len(p.Records)):]
	if err := happened(tx, x.d.lens, records); err != nil {
		return false, err
	}
	for i := range records {
		c, in, err := x.covered(tx, &records[i])
		if err != nil {
			return false, err
		}
		if !in {
			continue
		}
		if len(x.page.Items) == x.n {
			x.page.More, x.page.Next = true, fmt.Sprintf("%d.%d", p.Next-1, x.skip+i)
			return true, nil
		}
		c.Profile = p.ID
		x.page.Items = append(x.page.Items, c)
	}
	x.skip = 0
	return false, nil
}

func (x *cellReader) quarantine(ctx context.Context, after cdp.RecordID) error {
	for more := true; more; {
		err := x.d.s.g.View(ctx, func(tx *graph.Tx) error {
			list, err := tx.Quarantined(after, streamRecords)
			if err == nil {
				err = tx.FillTails(list)
			}
			if err != nil {
				return err
			}
			more = len(list) == streamRecords
			for i := range list {
				c, in, err := x.covered(tx, &list[i])
				if err != nil {
					return err
				}
				if in && len(x.page.Items) == x.n {
					x.page.More, x.page.Next, more = true, "q"+strconv.FormatUint(uint64(after), 10), false
					return nil
				}
				if after = list[i].ID; in {
					x.page.Items = append(x.page.Items, c)
				}
			}
			return ctx.Err()
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// covered says what of a record lies in the cell.
func (x *cellReader) covered(tx *graph.Tx, rec *graph.Record) (cdp.Covered, bool, error) {
	out := cdp.Covered{Record: rec.ID, Source: rec.Source}
	var uses []lawfulUse
	judged := false
	for k := range rec.Touchpoints {
		t := &rec.Touchpoints[k]
		if t.Channel != x.cell.Channel || t.Kind != x.cell.Kind {
			continue
		}
		if !judged {
			judged = true
			var why cdp.Verdict
			var err error
			if uses, why, err = x.d.s.usesOf(tx, rec, x.d.lens.Standpoint); err != nil {
				return out, false, err
			}
			if x.cell.Of == coverNone {
				out.Why = why
			}
		}
		bases, other := standing(rec, t, uses)
		if of := x.cell.Of; of != "" && of != other && !slices.Contains(bases, cdp.BasisKind(of)) {
			continue
		}
		out.Touchpoints++
		for _, b := range bases {
			out.Bases = appendNew(out.Bases, b)
		}
		if t.At.After(out.Last) {
			out.Last = t.At
		}
	}
	return out, out.Touchpoints > 0, nil
}
