package steward

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// A version is one of a row that is not current, or of a row that was deleted:
// what was disclosed of it stays disclosed.
type version struct {
	graph.Record
	until time.Time // when the one after it was learnt
}

// versionsBefore returns the versions that were known at a standpoint before the
// current one of each record's row, oldest first, with their tails. Of a row
// with more versions than the store keeps, the oldest are not found.
func versionsBefore(tx *graph.Tx, records []graph.Record, from cdp.Standpoint) ([]version, error) {
	var out []version
	for i := range records {
		rec := &records[i]
		if rec.Version < 2 && !rec.Deleted {
			continue
		}
		current, ids, err := tx.Row(rec.Source, rec.Key)
		if errors.Is(err, graph.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if ids = slices.Clone(ids); current != rec.ID {
			ids = append(ids, current) // of another standpoint
		}
		slices.Sort(ids) // as they came
		first := len(out)
		for _, id := range ids {
			h, err := tx.Head(id)
			if err != nil {
				return nil, err
			}
			if h.Deleted || h.ID == rec.ID || !from.Knew(h.Recorded) {
				continue
			}
			h.Profile = rec.Profile
			out = append(out, version{Record: h})
		}
		next := rec.Recorded
		for k := len(out) - 1; k >= first; k-- {
			out[k].until, next = next, out[k].Recorded
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	tails := make([]graph.Record, len(out))
	for i := range out {
		tails[i] = out[i].Record
	}
	if err := tx.FillTails(tails); err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Record = tails[i]
		for k := range out[i].Shares { // of a version without a time of its own
			s := &out[i].Shares[k]
			s.At = cmp.Or(s.At, out[i].At, out[i].Recorded)
		}
		happenedBy(&out[i].Record, from)
	}
	return out, nil
}

// disclosedOf adds to records and to the versions before them what we disclosed
// ourselves by a standpoint when own is set, and takes from versions what a
// later one of the same row states again: each disclosure is there once.
func disclosedOf(tx *graph.Tx, reg *policy.Register, records []graph.Record, before []version, own bool, from cdp.Standpoint) error {
	for i := len(before) - 1; i >= 0; i-- {
		v := &before[i]
		same := func(r *graph.Record) bool { return r.Source == v.Source && r.Key == v.Key }
		v.Shares = slices.DeleteFunc(slices.Clone(v.Shares), func(s cdp.Share) bool {
			again := func(o cdp.Share) bool {
				return o.Recipient == s.Recipient && o.Purpose == s.Purpose && slices.Equal(o.Fields, s.Fields) && o.At.Equal(s.At)
			}
			for k := range records {
				if same(&records[k]) && slices.ContainsFunc(records[k].Shares, again) {
					return true
				}
			}
			for k := i + 1; k < len(before); k++ {
				if same(&before[k].Record) && slices.ContainsFunc(before[k].Shares, again) {
					return true
				}
			}
			return false
		})
	}
	if !own {
		return nil
	}
	all := make([]*graph.Record, 0, len(records)+len(before))
	for i := range records {
		all = append(all, &records[i])
	}
	for i := len(before) - 1; i >= 0; i-- {
		all = append(all, &before[i].Record)
	}
	return addOwnShares(tx, reg, all, from)
}

// eachDeleted hands over the rows that were deleted, with their versions.
func (d *Desk) eachDeleted(ctx context.Context, f func(tx *graph.Tx, marker graph.Record, before []version) error) error {
	for after, more := cdp.RecordID(0), true; more; {
		err := d.s.g.View(ctx, func(tx *graph.Tx) error {
			var list []graph.Record
			var err error
			if list, after, more, err = tx.DeletedRows(after, 20*streamRecords); err != nil {
				return err
			}
			for i := range list {
				before, err := versionsBefore(tx, list[i:i+1], cdp.Standpoint{})
				if err == nil {
					err = f(tx, list[i], before)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
	}
	return nil
}
