package graph

import (
	"encoding/hex"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// AddShareLines records what became of profiles in a run, and hangs it on
// their records. Run, line and time of each are set by the caller.
func (tx *Tx) AddShareLines(lines []cdp.ShareLine) error {
	d, err := tx.disclosed()
	if err != nil {
		return err
	}
	for i := range lines {
		l := &lines[i]
		if err := tx.set(layout.KeyShareLine(l.Run, l.Line), encodeShareLine(tx.writer(), l)); err != nil {
			return err
		}
		for _, rec := range l.Records {
			if err := tx.set(layout.KeyShareOf(rec, l.Run, l.Line), nil); err != nil {
				return err
			}
		}
		if l.Allow {
			d.shares++
		} else {
			d.denials++
		}
	}
	return tx.setDisclosed(d)
}

// StrikeShareLine makes a share that has not left a denial: l has the rule, the
// article and the time.
func (tx *Tx) StrikeShareLine(l *cdp.ShareLine) error {
	d, err := tx.disclosed()
	if err != nil {
		return err
	}
	l.Allow = false
	d.shares--
	d.denials++
	if err := tx.setDisclosed(d); err != nil {
		return err
	}
	return tx.set(layout.KeyShareLine(l.Run, l.Line), encodeShareLine(tx.writer(), l))
}

// encodeShareLine writes all of a line that its run does not say.
func encodeShareLine(w *layout.Writer, l *cdp.ShareLine) []byte {
	w.Uint(uint64(l.Profile))
	w.Time(l.At)
	w.Bool(l.Allow)
	w.Word(l.Rule)
	w.Word(l.Article)
	w.Time(l.Until)
	words(w, l.Fields)
	w.Uint(uint64(len(l.Records)))
	for _, id := range l.Records {
		w.Uint(uint64(id))
	}
	digest, _ := hex.DecodeString(l.Digest) // hex by its type; what is none is empty
	w.Text(string(digest))
	w.Uint(uint64(l.Seq))
	w.Time(l.Struck)
	return w.B
}

func decodeShareLine(run *cdp.ShareRun, line int, r *layout.Reader) (cdp.ShareLine, error) {
	l := cdp.ShareLine{Run: run.ID, Line: line, Recipient: run.Ask.Recipient, Purpose: run.Ask.Purpose, Channel: run.Ask.Channel, Topic: run.Ask.Topic, Register: run.Register,
		Profile: cdp.ProfileID(r.Uint()), At: r.Time(), Allow: r.Bool(), Rule: r.Word(), Article: r.Word(), Until: r.Time(), Fields: takeWords(r)}
	for range r.Count() {
		l.Records = append(l.Records, cdp.RecordID(r.Uint()))
	}
	l.Digest = hex.EncodeToString([]byte(r.Text()))
	if len(r.B) > 0 { // since layout 6
		l.Seq, l.Struck = int(r.Uint()), r.Time()
	}
	if l.State = run.State; run.State == cdp.RunPrepared && line <= run.Confirmed {
		l.State = cdp.RunSent
	}
	if !run.Released.IsZero() {
		l.At = run.Released
	}
	if !r.Done() {
		return l, fmt.Errorf("graph: %v line %d: %w", run.ID, line, layout.ErrDamaged)
	}
	return l, nil
}

// ShareLines returns up to n lines of a run after one, those that were denied
// too if denials is set.
func (tx *Tx) ShareLines(id cdp.RunID, after, n int, denials bool) ([]cdp.ShareLine, error) {
	run, err := tx.Run(id)
	if err != nil {
		return nil, err
	}
	var out []cdp.ShareLine
	for e, err := range tx.r.Scan(layout.ShareLinesFrom(id, after+1)) {
		if err != nil {
			return nil, fmt.Errorf("graph: lines of %v: %w", id, err)
		}
		l, err := tx.shareLine(&run, e)
		if err != nil {
			return nil, err
		}
		if !l.Allow && !denials {
			continue
		}
		if out = append(out, l); len(out) == n {
			break
		}
	}
	return out, nil
}

func (tx *Tx) shareLine(run *cdp.ShareRun, e kv.Entry) (cdp.ShareLine, error) {
	_, _, line, err := layout.ShareOf(e.Key)
	if err != nil {
		return cdp.ShareLine{}, err
	}
	value, err := layout.Unseal(e.Key, e.Value)
	if err != nil {
		return cdp.ShareLine{}, fmt.Errorf("graph: lines of %v: %w", run.ID, err)
	}
	return decodeShareLine(run, line, tx.reader(value))
}

// SharesOn returns the lines of our own runs that hang on records, oldest
// first, each once: of runs whose bytes left or may have left.
func (tx *Tx) SharesOn(records []cdp.RecordID, denials bool) ([]cdp.ShareLine, error) {
	return tx.linesOn(records, 0, func(l *cdp.ShareLine) bool { return l.State.Left() && (l.Allow || denials) })
}

// SharesOfRun returns the shares of one run that hang on records, whatever
// became of the run.
func (tx *Tx) SharesOfRun(id cdp.RunID, records []cdp.RecordID) ([]cdp.ShareLine, error) {
	return tx.linesOn(records, id, func(l *cdp.ShareLine) bool { return l.Allow })
}

// linesOn returns the lines that hang on records, of one run or of all (0).
func (tx *Tx) linesOn(records []cdp.RecordID, of cdp.RunID, want func(*cdp.ShareLine) bool) ([]cdp.ShareLine, error) {
	runs := make(map[cdp.RunID]*cdp.ShareRun)
	type at struct {
		run  cdp.RunID
		line int
	}
	seen := make(map[at]bool)
	var out []cdp.ShareLine
	for _, rec := range records {
		var keys []at
		for e, err := range tx.r.Scan(layout.SharesOf(rec)) {
			if err != nil {
				return nil, fmt.Errorf("graph: shares of %v: %w", rec, err)
			}
			_, run, line, err := layout.ShareOf(e.Key)
			if err != nil {
				return nil, err
			}
			if (of == 0 || of == run) && !seen[at{run, line}] {
				seen[at{run, line}] = true
				keys = append(keys, at{run, line})
			}
		}
		for _, k := range keys {
			if runs[k.run] == nil {
				run, err := tx.Run(k.run)
				if err != nil {
					return nil, err
				}
				runs[k.run] = &run
			}
			value, err := tx.get(layout.KeyShareLine(k.run, k.line))
			if err != nil {
				return nil, fmt.Errorf("graph: shares of %v: %w", rec, err)
			}
			l, err := decodeShareLine(runs[k.run], k.line, tx.reader(value))
			if err != nil {
				return nil, err
			}
			if want(&l) {
				out = append(out, l)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b cdp.ShareLine) int { return a.At.Compare(b.At) })
	return out, nil
}
