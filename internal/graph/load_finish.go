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
	"cdp-tui/internal/resolve"
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
	if err := l.judgeAll(ctx, judge, told, judged); err != nil {
		return err
	}
	l.rows, l.nodes = nil, nil // no longer needed; the rest of the work wants the memory
	if err := l.resolve(ctx, judged); err != nil {
		return err
	}
	if err := closing(l.tx, l.minted()); err != nil {
		return err
	}
	return l.emit(ctx, judged, put)
}

// minted counts the profiles by the batch of their first live record.
func (l *Load) minted() map[cdp.BatchID]int {
	out := make(map[cdp.BatchID]int)
	last := layout.Component(0) // components are numbered by their first records
	for n, d := range l.batches {
		end := len(l.records)
		if n+1 < len(l.batches) {
			end = l.batches[n+1].first
		}
		for i := d.first; i < end; i++ {
			if r := &l.records[i]; r.comp > last {
				last = r.comp
				out[d.batch]++
			}
		}
	}
	return out
}

// judgeAll reads the spool once: judges, notes what may link, and sorts out all
// rows but heads, tails and places.
func (l *Load) judgeAll(ctx context.Context, judge Judge, told func(Judged) error, judged *os.File) error {
	if _, err := l.spool.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if _, err := l.tx.askedFor(); err != nil { // so that it is there when both goroutines look
		return err
	}
	l.frozen = l.tx.sym.Frozen()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	rulings := make(chan []judgedHead, 4)
	var failed error
	go func() {
		defer close(rulings)
		failed = l.ruleAll(ctx, judge, rulings)
	}()
	out := bufio.NewWriterSize(judged, 1<<20)
	written := int64(0)
	seen := make([]bool, len(l.nodes))
	w := &layout.Writer{Symbols: l.tx.sym}
	i := -1
	for it := range flat(rulings) {
		i++
		h, ruling := it.head, it.ruling
		r := &l.records[i]
		older := int(l.current[r.row]) != i
		if err := told(Judged{h.Batch, ruling, r.before != 0, r.older, h.Deleted, h.Touchpoints, h.Consents, h.Shares}); err != nil {
			return err
		}
		h.judge(ruling)
		if h.Outcome == cdp.Quarantined {
			h.Since = l.tx.now
		}
		if err := l.tx.countVersion(h); err != nil {
			return err
		}
		switch {
		case older:
			r.state = placeSuperseded
		case h.Outcome == cdp.Quarantined:
			r.state = placeQuarantined
		case h.Deleted:
			r.state = placeDeleted
		}
		if err := l.rowsOf(h, r, i, older, seen, w); err != nil {
			return err
		}
		h.write(w)
		if r.state != placeLive {
			key := layout.KeyVersion(h.ID)
			if err := l.sort.add(key, layout.Seal(key, w.B)); err != nil {
				return err
			}
			continue
		}
		r.judged = written
		var size [binary.MaxVarintLen32]byte
		n := binary.PutUvarint(size[:], uint64(len(w.B)))
		out.Write(size[:n])
		if _, err := out.Write(w.B); err != nil {
			return fmt.Errorf("graph: load: spooling: %w", err)
		}
		written += int64(n + len(w.B))
	}
	if failed != nil { // the channel is closed: the other goroutine is done
		return failed
	}
	return out.Flush()
}

// A judgedHead is a record and its ruling, which is not in its head yet.
type judgedHead struct {
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
func (l *Load) ruleAll(ctx context.Context, judge Judge, out chan<- []judgedHead) error {
	in := spooled{r: bufio.NewReaderSize(l.spool, 1<<20)}
	const size = 256
	part := make([]judgedHead, 0, size)
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
		if part = append(part, judgedHead{h, ruling}); len(part) < size && i+1 < len(l.records) {
			continue
		}
		select {
		case out <- part:
			part = make([]judgedHead, 0, size)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// rowsOf sorts out the rows that find a record, and notes by what it may link.
func (l *Load) rowsOf(h *head, r *loaded, i int, older bool, seen []bool, w *layout.Writer) error {
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
	claims := l.claims[l.firstNode[i]:l.firstNode[i+1]]
	var links []uint32
	for j := range h.Claims {
		c := &h.Claims[j]
		switch {
		case c.active && claims[j][0] != noNode:
			for _, n := range claims[j] {
				if n == noNode {
					continue
				}
				if links = append(links, n); seen[n] {
					continue
				}
				seen[n] = true
				if err := l.linkRow(c, h.Controller, k(claims[j], n), n); err != nil {
					return err
				}
			}
		case c.findable():
			if err := l.sorted(layout.KeyWithheld(c.id, h.ID), []byte{byte(r.state)}); err != nil {
				return err
			}
			if err := l.alias(c.id); err != nil {
				return err
			}
		}
	}
	if r.state == placeLive {
		rec := h.resolvable(l.rules)
		l.whole.AddRecord(links, rec.Birth)
		l.seated = append(l.seated, uint32(i))
	}
	return nil
}

// k is the place of a link among those of a claim.
func k(of [2]uint32, n uint32) int {
	if of[0] == n {
		return 0
	}
	return 1
}

// linkRow sorts out the row of an identifier at one of its classes. What it
// leads to is not known yet: the link stands for it until then.
func (l *Load) linkRow(c *claim, controller string, level int, n uint32) error {
	levels, _ := l.rules.Levels(c.id.Kind(), resolve.Verified(c.verification))
	link := resolve.Link{ID: c.id, Controller: controller, Class: levels[level]}
	if err := l.sort.add(keyOfLink(link), binary.AppendUvarint(nil, uint64(n))); err != nil {
		return err
	}
	if l.rules.Weakest(c.id.Kind(), link.Class) {
		if err := l.alias(c.id); err != nil {
			return err
		}
	}
	return l.tx.countLink(link, 1)
}

// alias sorts out the rows that find an identifier by its hashes; one row may be
// sorted out several times.
func (l *Load) alias(id cdp.Identifier) error {
	for _, hash := range id.Hashes() {
		w := layout.Writer{Symbols: l.tx.sym}
		if err := l.sorted(layout.KeyAlias(hash), encodeAlias(&w, id)); err != nil {
			return err
		}
	}
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
