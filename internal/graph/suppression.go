package graph

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// SuppressionHash returns what stands for an endpoint on the suppression list.
func (tx *Tx) SuppressionHash(id cdp.Identifier) cdp.SuppressionHash {
	mac := hmac.New(sha256.New, tx.tagKey[:])
	_, _ = io.WriteString(mac, "suppression\x00"+string(id.Kind())+"\x00"+id.Reveal()) // a hash never fails
	return cdp.SuppressionHash(mac.Sum(nil))
}

// SuppressionHashes are those of an endpoint and of the hashes under which it
// is handed around, so that neither comes back as the other.
func (tx *Tx) SuppressionHashes(id cdp.Identifier) []cdp.SuppressionHash {
	out := []cdp.SuppressionHash{tx.SuppressionHash(id)}
	for _, h := range id.Hashes() {
		out = append(out, tx.SuppressionHash(h))
	}
	return out
}

// AddSuppressions appends statements to the suppression list. One that is
// there already is not added twice. It returns how many are new.
func (tx *Tx) AddSuppressions(list []cdp.Suppression) (int, error) {
	n := 0
	for i := range list {
		e := &list[i]
		e.Recorded = tx.now
		have, err := tx.suppressionRow(e.Hash)
		if err != nil {
			return n, err
		}
		if slices.ContainsFunc(have, func(h cdp.Suppression) bool { return sameSuppression(&h, e) }) {
			continue
		}
		events, size := spaceFor(!e.Ended)
		if len(have) >= events {
			return n, ErrTooManyEvents
		}
		w := tx.writer()
		encodeSuppressions(w, append(have, *e))
		if len(w.B) >= size {
			return n, ErrTooManyEvents
		}
		if err := tx.set(layout.KeySuppression(e.Hash), w.B); err != nil {
			return n, err
		}
		n++
	}
	return n, tx.countBarred(0, uint64(n))
}

func sameSuppression(a, b *cdp.Suppression) bool {
	return a.Controller == b.Controller && a.Scope == b.Scope && a.Channel == b.Channel && a.Ended == b.Ended && a.Origin == b.Origin && a.At.Equal(b.At) &&
		a.Ref == b.Ref && a.By == b.By
}

// SuppressionsAt returns what was ever said on suppressing any of some
// endpoints.
func (tx *Tx) SuppressionsAt(endpoints []cdp.Identifier) ([]cdp.Suppression, error) {
	if b, err := tx.barredBy(); err != nil || b.suppressions == 0 {
		return nil, err
	}
	var keys [][]byte
	for _, e := range endpoints {
		if e.Kind() == cdp.KindRecord {
			continue
		}
		for _, h := range tx.SuppressionHashes(e) {
			keys = append(keys, layout.KeySuppression(h))
		}
	}
	values, err := tx.getAll(keys)
	if err != nil {
		return nil, fmt.Errorf("graph: suppressions: %w", err)
	}
	var out []cdp.Suppression
	for i, v := range values {
		if v == nil || slices.ContainsFunc(keys[:i], func(k []byte) bool { return string(k) == string(keys[i]) }) {
			continue
		}
		list, err := decodeSuppressions(tx.reader(v))
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

func (tx *Tx) suppressionRow(hash cdp.SuppressionHash) ([]cdp.Suppression, error) {
	value, err := tx.get(layout.KeySuppression(hash))
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("graph: suppressions: %w", err)
	}
	return decodeSuppressions(tx.reader(value))
}

// SuppressionsOf returns what was ever said on suppressing an endpoint.
func (tx *Tx) SuppressionsOf(hash cdp.SuppressionHash) ([]cdp.Suppression, error) {
	return tx.suppressionRow(hash)
}

// suppressing is what is noted when so much was suppressed, or freed of it, that
// nobody names whom it bears on.
const suppressing = "suppression"

// NoteSuppressions notes it.
func (tx *Tx) NoteSuppressions() { tx.change(cdp.Change{Verb: suppressing}) }

// AllSuppressions yields the statements on each endpoint of the list.
func (tx *Tx) AllSuppressions() iter.Seq2[[]cdp.Suppression, error] {
	return statementsOf(tx, layout.AllSuppressions(), "suppressions", decodeSuppressions)
}

func encodeSuppressions(w *layout.Writer, list []cdp.Suppression) {
	w.Text(string(list[0].Hash[:]))
	w.Word(string(list[0].Kind))
	w.Uint(uint64(len(list)))
	for i := range list {
		e := &list[i]
		w.Word(e.Controller)
		w.Word(string(e.Scope))
		w.Word(string(e.Channel))
		w.Bool(e.Ended)
		w.Word(e.Origin)
		w.Time(e.At)
		w.Text(e.Ref.Reveal())
		w.Text(e.By)
		w.Time(e.Recorded)
	}
}

func decodeSuppressions(r *layout.Reader) ([]cdp.Suppression, error) {
	var head cdp.Suppression
	if hash := r.Text(); len(hash) == len(head.Hash) {
		copy(head.Hash[:], hash)
	} else {
		r.Fail("hash")
	}
	head.Kind = cdp.Kind(r.Word())
	n := r.Count()
	out := make([]cdp.Suppression, 0, n)
	for range n {
		e := head
		e.Controller, e.Scope, e.Channel, e.Ended = r.Word(), cdp.SuppressionScope(r.Word()), cdp.Channel(r.Word()), r.Bool()
		e.Origin, e.At, e.Ref, e.By, e.Recorded = r.Word(), r.Time(), cdp.Value(r.Text()), r.Text(), r.Time()
		out = append(out, e)
	}
	if !r.Done() {
		return nil, fmt.Errorf("graph: suppressions: %w", layout.ErrDamaged)
	}
	return out, nil
}
