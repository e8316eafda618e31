package graph

import (
	"errors"
	"fmt"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// NewBatch gives a delivery its batch. When the same file was delivered under
// the same mapping before, it is that batch again, with what was done of it.
func (tx *Tx) NewBatch(d cdp.Delivery) (cdp.Receipt, error) {
	under := d.Mapping
	if d.Country != "" { // its rows read otherwise
		under += " " + d.Country
	}
	if d.FileHash != "" {
		id, err := tx.delivered(d.FileHash, under)
		if err != nil || id != 0 {
			if err != nil {
				return cdp.Receipt{}, err
			}
			return tx.Batch(id)
		}
	}
	id, err := mint(tx, func(s *sequences) *cdp.BatchID { return &s.batches })
	if err != nil {
		return cdp.Receipt{}, err
	}
	if err := tx.SetSource(d.Source); err != nil {
		return cdp.Receipt{}, err
	}
	src, err := tx.source(d.Source.ID)
	if err != nil {
		return cdp.Receipt{}, err
	}
	src.batches++
	r := cdp.Receipt{Batch: id, Source: d.Source.ID, File: d.File, FileHash: d.FileHash, Mapping: d.Mapping, Preset: d.Preset, Begun: tx.now}
	if d.FileHash != "" {
		w := tx.writer()
		w.Uint(uint64(id))
		if err := tx.set(layout.KeyDelivery(d.FileHash, under), w.B); err != nil {
			return r, err
		}
	}
	return r, tx.SetBatch(r)
}

func (tx *Tx) delivered(fileHash, under string) (cdp.BatchID, error) {
	value, err := tx.get(layout.KeyDelivery(fileHash, under))
	if errors.Is(err, kv.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("graph: delivery: %w", err)
	}
	r := tx.reader(value)
	return cdp.BatchID(r.Uint()), r.Err()
}

// receiptCounts are the numbers of a receipt in the order in which they are kept.
func receiptCounts(r *cdp.Receipt) []*int {
	return []*int{&r.Rows, &r.Admitted, &r.Quarantined, &r.Refused, &r.Unchanged, &r.Superseding, &r.Rejected, &r.Dropped,
		&r.HeldApart, &r.Evidence, &r.Deleted, &r.Older, &r.Touchpoints, &r.Consents, &r.Shares,
		&r.NewProfiles, &r.Merged, &r.Split, &r.Released}
}

// SetBatch writes a batch's receipt.
func (tx *Tx) SetBatch(r cdp.Receipt) error {
	w := tx.writer()
	for _, t := range []string{string(r.Source), r.File, r.FileHash, r.Mapping, r.Preset} {
		w.Text(t)
	}
	w.Time(r.Begun)
	w.Time(r.Done)
	for _, n := range receiptCounts(&r) {
		w.Int(int64(*n))
	}
	notes := r.Notes
	if len(notes) > 200 {
		notes = notes[:200]
	}
	w.Uint(uint64(len(notes)))
	for _, n := range notes {
		w.Text(n.Code)
		w.Text(n.Field)
		w.Text(n.Text)
		w.Int(int64(n.Count))
	}
	return tx.set(layout.KeyBatch(r.Batch), w.B)
}

// Batch returns a batch's receipt, or ErrNotFound.
func (tx *Tx) Batch(id cdp.BatchID) (cdp.Receipt, error) {
	value, err := tx.get(layout.KeyBatch(id))
	if errors.Is(err, kv.ErrNotFound) {
		return cdp.Receipt{}, ErrNotFound
	}
	if err != nil {
		return cdp.Receipt{}, fmt.Errorf("graph: %v: %w", id, err)
	}
	return decodeReceipt(id, tx.reader(value))
}

func decodeReceipt(id cdp.BatchID, r *layout.Reader) (cdp.Receipt, error) {
	out := cdp.Receipt{Batch: id, Source: cdp.SourceID(r.Text()), File: r.Text(), FileHash: r.Text(), Mapping: r.Text(), Preset: r.Text(),
		Begun: r.Time(), Done: r.Time()}
	for _, n := range receiptCounts(&out) {
		*n = int(r.Int())
	}
	for range r.Count() {
		out.Notes = append(out.Notes, cdp.Note{Code: r.Text(), Field: r.Text(), Text: r.Text(), Count: int(r.Int())})
	}
	if !r.Done() {
		return out, fmt.Errorf("graph: %v: %w", id, layout.ErrDamaged)
	}
	return out, nil
}

// Batches returns up to n batches older than before, newest first; before 0
// means from the newest on.
func (tx *Tx) Batches(before cdp.BatchID, n int) ([]cdp.Receipt, error) {
	rng := layout.Batches()
	rng.Reverse = true
	if before > 0 {
		rng.End = layout.KeyBatch(before)
	}
	var out []cdp.Receipt
	for e, err := range tx.r.Scan(rng) {
		if err != nil {
			return nil, fmt.Errorf("graph: batches: %w", err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return nil, fmt.Errorf("graph: batches: %w", err)
		}
		r, err := decodeReceipt(cdp.BatchID(layout.LastNumber(e.Key)), tx.reader(value))
		if err != nil {
			return nil, err
		}
		if out = append(out, r); len(out) == n {
			break
		}
	}
	return out, nil
}

// AddRejects keeps rows that could not be read.
func (tx *Tx) AddRejects(rejects []cdp.Reject) error {
	for i := range rejects {
		x := &rejects[i]
		id, err := mint(tx, func(s *sequences) *uint64 { return &s.rejects })
		if err != nil {
			return err
		}
		x.ID = id
		if err := tx.setReject(x); err != nil {
			return err
		}
	}
	return tx.countRejects(rejects, 1)
}

func (tx *Tx) setReject(x *cdp.Reject) error {
	w := tx.writer()
	w.Word(string(x.Source))
	w.Uint(uint64(x.Lineage.Batch))
	w.Uint(uint64(x.Lineage.Line))
	w.Uint(uint64(x.Lineage.Row))
	w.Int(x.Lineage.Offset)
	w.Word(x.Code)
	w.Text(x.Reason)
	w.Text(x.Field)
	w.Text(cut(x.Raw.Reveal(), cdp.MaxRejectRow))
	w.Text(cut(x.Header.Reveal(), cdp.MaxRejectHeader))
	w.Uint(uint64(x.Replay))
	w.Time(tx.now)
	return tx.set(layout.KeyReject(x.ID), w.B)
}

func cut(s string, n int) string { return s[:min(len(s), n)] }

func (tx *Tx) countRejects(rejects []cdp.Reject, by int) error {
	s, err := tx.statistics()
	if err != nil {
		return err
	}
	for i := range rejects {
		src, err := tx.source(rejects[i].Source)
		if err != nil {
			return err
		}
		src.rejects += by
		s.rejects += by
		s.dirty, src.dirty = true, true
	}
	return nil
}

// Reject returns a kept row, or ErrNotFound.
func (tx *Tx) Reject(id uint64) (cdp.Reject, error) {
	value, err := tx.get(layout.KeyReject(id))
	if errors.Is(err, kv.ErrNotFound) {
		return cdp.Reject{}, ErrNotFound
	}
	if err != nil {
		return cdp.Reject{}, fmt.Errorf("graph: reject %d: %w", id, err)
	}
	return tx.decodeReject(id, value)
}

func (tx *Tx) decodeReject(id uint64, value []byte) (cdp.Reject, error) {
	r := tx.reader(value)
	x := cdp.Reject{ID: id, Source: cdp.SourceID(r.Word())}
	x.Lineage = cdp.Lineage{Batch: cdp.BatchID(r.Uint()), Line: int(r.Uint()), Row: int(r.Uint()), Offset: r.Int()}
	x.Code, x.Reason, x.Field = r.Word(), r.Text(), r.Text()
	x.Raw, x.Header = cdp.Value(r.Text()), cdp.Value(r.Text())
	x.Replay = cdp.BatchID(r.Uint())
	r.Time()
	if !r.Done() {
		return x, fmt.Errorf("graph: reject %d: %w", id, layout.ErrDamaged)
	}
	b, err := tx.Batch(x.Lineage.Batch)
	if err == nil {
		x.Lineage.File, x.Lineage.FileHash, x.Lineage.Mapping = b.File, b.FileHash, b.Mapping
	}
	return x, nil
}

// Rejects returns up to n kept rows after a reject number; open ones only, or
// the replayed too.
func (tx *Tx) Rejects(after uint64, n int, all bool) ([]cdp.Reject, error) {
	var out []cdp.Reject
	for e, err := range tx.r.Scan(layout.RejectsFrom(after + 1)) {
		if err != nil {
			return nil, fmt.Errorf("graph: rejects: %w", err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return nil, fmt.Errorf("graph: rejects: %w", err)
		}
		x, err := tx.decodeReject(layout.LastNumber(e.Key), value)
		if err != nil {
			return nil, err
		}
		if x.Replay != 0 && !all {
			continue
		}
		if out = append(out, x); len(out) == n {
			break
		}
	}
	return out, nil
}

// Superseded returns the open rejects that a completed batch makes void: those of
// earlier deliveries of its file to its source, under other mappings. Each
// row of theirs was judged anew by this one.
func (tx *Tx) Superseded(by cdp.BatchID) ([]uint64, error) {
	b, err := tx.Batch(by)
	if err != nil || b.FileHash == "" || b.Done.IsZero() {
		return nil, err
	}
	earlier := make(map[cdp.BatchID]bool)
	for e, err := range tx.r.Scan(layout.DeliveriesOf(b.FileHash)) {
		if err != nil {
			return nil, fmt.Errorf("graph: deliveries: %w", err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return nil, fmt.Errorf("graph: deliveries: %w", err)
		}
		id := cdp.BatchID(tx.reader(value).Uint())
		if id >= by {
			continue
		}
		r, err := tx.Batch(id)
		if err != nil {
			return nil, err
		}
		if r.Source == b.Source && r.Rejected > 0 {
			earlier[id] = true
		}
	}
	if len(earlier) == 0 {
		return nil, nil
	}
	var out []uint64
	for after, more := uint64(0), true; more; {
		page, err := tx.Rejects(after, 1000, false)
		if err != nil {
			return nil, err
		}
		for _, x := range page {
			if after = x.ID; earlier[x.Lineage.Batch] {
				out = append(out, x.ID)
			}
		}
		more = len(page) == 1000
	}
	return out, nil
}

// Replayed marks rejects as settled by a later batch.
func (tx *Tx) Replayed(ids []uint64, by cdp.BatchID) error {
	for _, id := range ids {
		x, err := tx.Reject(id)
		if err != nil {
			return err
		}
		if x.Replay != 0 {
			continue
		}
		x.Replay = by
		if err := tx.setReject(&x); err != nil {
			return err
		}
		if err := tx.countRejects([]cdp.Reject{x}, -1); err != nil {
			return err
		}
	}
	return nil
}

// SaveSearch keeps a search under its name.
func (tx *Tx) SaveSearch(s cdp.SavedSearch) error {
	w := tx.writer()
	w.Text(s.Query)
	w.Text(s.By)
	w.Time(tx.now)
	return tx.set(layout.KeySaved(s.Name), w.B)
}

// ForgetSearch deletes a saved search.
func (tx *Tx) ForgetSearch(name string) error { return tx.delete(layout.KeySaved(name)) }

// SavedSearches returns all saved searches by name.
func (tx *Tx) SavedSearches() ([]cdp.SavedSearch, error) {
	var out []cdp.SavedSearch
	for e, err := range tx.r.Scan(layout.SavedSearches()) {
		if err != nil {
			return nil, fmt.Errorf("graph: saved searches: %w", err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return nil, fmt.Errorf("graph: saved searches: %w", err)
		}
		name, err := layout.SavedOf(e.Key)
		if err != nil {
			return nil, err
		}
		r := tx.reader(value)
		out = append(out, cdp.SavedSearch{Name: name, Query: r.Text(), By: r.Text(), At: r.Time()})
		if !r.Done() {
			return nil, fmt.Errorf("graph: saved searches: %w", layout.ErrDamaged)
		}
	}
	return out, nil
}
