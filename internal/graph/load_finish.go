package graph

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/layout"
)

// A Judge gives a record its ruling; the record has no tail. consents answers
// as Tx.ConsentsAt does.
type Judge func(rec *cdp.Record, consents func([]cdp.Identifier, string, []cdp.PurposeID) ([]cdp.Consent, error)) (cdp.Ruling, error)

// Judged is what the gate said of one record of a load, for the receipts.
type Judged struct {
	Batch       cdp.BatchID
	Ruling      cdp.Ruling
	Known       bool // another version of the row had come before
	Older       bool // it did not become current when it came
	Deleted     bool
	Touchpoints int
	Consents    int
	Shares      int
}

// Finish judges and resolves what was added and hands the whole store, in the
// order of its keys, to put. told is called for every record, in the order of
// arrival; then closing, for what is to be written with them: minted are the
// profiles by the batch of their first record. Refused records are not
// supported by a first load: nothing is suppressed in a store without records.
func (l *Load) Finish(ctx context.Context, judge Judge, told func(Judged) error, closing func(tx *Tx, minted map[cdp.BatchID]int) error, put func(key, value []byte) error) error {
	if err := l.out.Flush(); err != nil {
		return fmt.Errorf("graph: load: spooling: %w", err)
	}
	judged, err := unnamed(l.dir)
	if err != nil {
		return err
	}
	defer judged.Close()
	roots, err := l.judgeAll(ctx, judge, told, judged)
	if err != nil {
		return err
	}
	if err := closing(l.tx, l.minted(roots)); err != nil {
		return err
	}
	l.rows, l.nodes = nil, nil // no longer needed; the rest of the work wants the memory
	return l.emit(ctx, roots, judged, put)
}

// minted counts the profiles by the batch of their first live record.
func (l *Load) minted(f *forest) map[cdp.BatchID]int {
	out := make(map[cdp.BatchID]int)
	seen := make([]bool, len(f.parent))
	for n, d := range l.batches {
		end := len(l.records)
		if n+1 < len(l.batches) {
			end = l.batches[n+1].first
		}
		for i := d.first; i < end; i++ {
			switch r := &l.records[i]; {
			case r.state != placeLive:
			case r.root == noNode:
				out[d.batch]++
			case !seen[f.find(r.root)]:
				seen[f.find(r.root)] = true
				out[d.batch]++
			}
		}
	}
	return out
}

// judgeAll reads the spool once: judges, unites, and sorts out all rows but
// heads, tails and places.
func (l *Load) judgeAll(ctx context.Context, judge Judge, told func(Judged) error, judged *os.File) (*forest, error) {
	if _, err := l.spool.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if _, err := l.tx.askedFor(); err != nil { // so that it is there when both goroutines look
		return nil, err
	}
	l.frozen = l.tx.sym.Frozen()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	rulings := make(chan []decided, 4)
	var failed error
	go func() {
		defer close(rulings)
		failed = l.ruleAll(ctx, judge, rulings)
	}()
	out := bufio.NewWriterSize(judged, 1<<20)
	written := int64(0)
	f := newForest(len(l.nodes))
	seen := make([]bool, len(l.nodes))
	w := &layout.Writer{Symbols: l.tx.sym}
	i := -1
	for it := range flat(rulings) {
		i++
		h, ruling := it.head, it.ruling
		r := &l.records[i]
		older := int(l.current[r.row]) != i
		if err := told(Judged{h.Batch, ruling, r.before != 0, r.older, h.Deleted, h.Touchpoints, h.Consents, h.Shares}); err != nil {
			return nil, err
		}
		h.judge(ruling)
		if h.Outcome == cdp.Quarantined {
			h.Since = l.tx.now
		}
		if err := l.tx.countVersion(h); err != nil {
			return nil, err
		}
		switch {
		case older:
			r.state = placeSuperseded
		case h.Outcome == cdp.Quarantined:
			r.state = placeQuarantined
		case h.Deleted:
			r.state = placeDeleted
		}
		if err := l.rowsOf(h, r, i, older, seen, f, w); err != nil {
			return nil, err
		}
		h.write(w)
		if r.state != placeLive {
			key := layout.KeyVersion(h.ID)
			if err := l.sort.add(key, layout.Seal(key, w.B)); err != nil {
				return nil, err
			}
			continue
		}
		r.judged = written
		var size [binary.MaxVarintLen32]byte
		n := binary.PutUvarint(size[:], uint64(len(w.B)))
		out.Write(size[:n])
		if _, err := out.Write(w.B); err != nil {
			return nil, fmt.Errorf("graph: load: spooling: %w", err)
		}
		written += int64(n + len(w.B))
	}
	if failed != nil { // the channel is closed: the other goroutine is done
		return nil, failed
	}
	return f, out.Flush()
}

// A decided record has its ruling, which is not in its head yet.
type decided struct {
	head   *head
	ruling cdp.Ruling
}

// flat yields what comes in slices, one by one.
func flat[T any](in <-chan []T) iter.Seq[T] {
	return func(yield func(T) bool) {
		for part := range in {
			for _, v := range part {
				if !yield(v) {
					return
				}
			}
		}
	}
}

// ruleAll reads the spool and asks for a ruling on each record, beside the
// goroutine that uses them.
func (l *Load) ruleAll(ctx context.Context, judge Judge, out chan<- []decided) error {
	in := spooled{r: bufio.NewReaderSize(l.spool, 1<<20)}
	const size = 256
	part := make([]decided, 0, size)
	for i := range l.records {
		b, _, err := in.next()
		if err != nil {
			return err
		}
		h, err := decodeHead(cdp.RecordID(i+1), &layout.Reader{B: b, Symbols: l.frozen})
		if err != nil {
			return err
		}
		rec := h.record(Live)
		ruling, err := judge(&rec.Record, l.ConsentsAt)
		if err != nil {
			return fmt.Errorf("row %d: %w", h.Row, err)
		}
		if ruling.Outcome == cdp.Refused {
			return errors.New("graph: load: a record was refused")
		}
		if part = append(part, decided{h, ruling}); len(part) < size && i+1 < len(l.records) {
			continue
		}
		select {
		case out <- part:
			part = make([]decided, 0, size)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// rowsOf sorts out the rows that find a record, and unites what it links.
func (l *Load) rowsOf(h *head, r *loaded, i int, older bool, seen []bool, f *forest, w *layout.Writer) error {
	if !older {
		if err := l.sourceRow(h, r, w); err != nil {
			return err
		}
	}
	bounded := h.Outcome == cdp.Quarantined // wherever it is
	if !h.Due.IsZero() && (bounded && r.state != placeDeleted || r.state == placeLive) {
		if err := l.sorted(layout.KeyDue(h.Due, h.ID), nil); err != nil {
			return err
		}
	}
	if r.state != placeLive && r.state != placeQuarantined {
		return nil
	}
	if r.state == placeQuarantined {
		w.B = w.B[:0]
		w.Time(h.Since)
		encodeIDs(w, nil)
		if err := l.sorted(layout.KeyQuarantine(h.ID), w.B); err != nil {
			return err
		}
		if err := l.tx.countQuarantined(h, 1); err != nil {
			return err
		}
	} else if err := l.tx.countLive(h, 1); err != nil {
		return err
	}
	nodes := l.claims[l.firstNode[i]:l.firstNode[i+1]]
	first := noNode
	for j := range h.Claims {
		c := &h.Claims[j]
		switch {
		case !c.findable():
		case c.active:
			n := nodes[j]
			if first == noNode {
				first = n
			} else {
				f.unite(first, n)
			}
			if !seen[n] {
				seen[n] = true
				// The component is not known yet: the node stands for it until then.
				if err := l.sort.add(layout.KeyIdentifier(c.id, h.Controller), binary.AppendUvarint(nil, uint64(n))); err != nil {
					return err
				}
				if err := l.tx.countIdentifier(1); err != nil {
					return err
				}
			}
		default:
			if err := l.sorted(layout.KeyWithheld(c.id, h.ID), []byte{byte(r.state)}); err != nil {
				return err
			}
		}
	}
	r.root = first
	return nil
}

func (l *Load) sorted(key, value []byte) error { return l.sort.add(key, layout.Seal(key, value)) }

// sourceRow writes the row of the current version, with the others.
func (l *Load) sourceRow(h *head, r *loaded, w *layout.Writer) error {
	k := row{record: h.ID, hash: r.hash, at: h.At}
	for n := l.last[r.row]; n > 0; n = l.records[n-1].before {
		if id := cdp.RecordID(n); id != h.ID {
			k.past = append(k.past, past{id, l.records[n-1].hash})
		}
	}
	slices.Reverse(k.past)
	if over := len(k.past) - maxPast; over > 0 {
		k.past = k.past[over:]
	}
	w.B = w.B[:0]
	return l.sorted(layout.KeyRow(h.Source, h.Key), k.encode(w))
}
