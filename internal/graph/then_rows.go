package graph

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// A RowThen is a source row as it was known at a standpoint.
type RowThen struct {
	Versions []Record // those recorded by then, as they came; without tails
	Current  int      // of Versions, the one that was current
	Line     []int    // of Versions, those that were current one after the other, the last of them Current; all the others were older when they came
}

// RowsThen hands over the rows of which something was known at a standpoint, in
// their order. Rows of one version that passed is true of are left out: it is
// asked of each version. Of a row with more versions than are kept, the oldest
// are not found.
func (tx *Tx) RowsThen(ctx context.Context, from cdp.Standpoint, passed func(cdp.RecordID) bool, f func(RowThen) error) error {
	g := circle{tx: tx, from: from}
	var err error
	if g.lists, err = tx.listsThen(from); err != nil {
		return err
	}
	n := 0
	for e, err := range tx.r.Scan(layout.Rows()) {
		if err != nil {
			return fmt.Errorf("graph: source rows: %w", err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return fmt.Errorf("graph: source rows: %w", err)
		}
		k, err := decodeRow(tx.reader(bytes.Clone(value)))
		if err != nil {
			return err
		}
		if n++; n%1_000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if len(k.past) == 0 && passed(k.record) {
			continue
		}
		then, err := g.known(k)
		if err != nil {
			return err
		}
		if len(then.Versions) == 0 {
			continue
		}
		if err := f(then); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// known returns the versions of a row that were known, the current one with the
// marks of the lists in force then.
func (g *circle) known(k *row) (RowThen, error) {
	var out RowThen
	versions := append(slices.Clone(k.past), past{k.record, k.hash})
	slices.SortFunc(versions, func(a, b past) int { return cmp.Compare(a.record, b.record) }) // as they came
	var then *row
	for _, v := range versions {
		rec, err := g.tx.Head(v.record)
		if err != nil {
			return out, err
		}
		if !g.from.Knew(rec.Recorded) {
			continue
		}
		out.Versions = append(out.Versions, rec)
		if then == nil || !then.newerThan(rec.At, v.hash) {
			then = &row{record: v.record, hash: v.hash, at: rec.At}
			out.Current = len(out.Versions) - 1
			out.Line = append(out.Line, out.Current)
		}
	}
	if i := slices.IndexFunc(out.Versions, func(r Record) bool { return r.ID == k.record }); i >= 0 && g.from.Known.IsZero() {
		out.Current = i
	}
	if then == nil || g.lists == nil {
		return out, nil
	}
	p, err := g.tx.place(then.record)
	if err != nil {
		return out, err
	}
	h, err := g.tx.headAt(then.record, p)
	if err != nil {
		return out, err
	}
	if by := g.asMarked(h); by != h {
		out.Versions[out.Current] = by.record(out.Versions[out.Current].State)
	}
	return out, nil
}

// A RecordSet is a set of records: a bit for each id up to the largest.
type RecordSet []uint64

// Add puts a record into the set.
func (s *RecordSet) Add(id cdp.RecordID) {
	if n := int(id>>6) + 1; n > len(*s) {
		*s = append(*s, make([]uint64, n-len(*s)+len(*s)/2)...)
	}
	(*s)[id>>6] |= 1 << (id & 63)
}

// Has reports whether a record is in the set.
func (s *RecordSet) Has(id cdp.RecordID) bool {
	return int(id>>6) < len(*s) && (*s)[id>>6]&(1<<(id&63)) != 0
}
