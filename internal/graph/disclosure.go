package graph

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// counterDisclosed counts runs, lines and notices, and keeps how far notices
// follow the journal.
const counterDisclosed = "disclosed"

// counterSpoken counts what left, or may have, to recipients who speak to people
// over a channel.
const counterSpoken = "spoken"

type disclosed struct {
	runs    cdp.RunID
	notices cdp.NoticeID
	shares  int // lines that were sent
	denials int
	open    int    // notices that are not settled
	follows uint64 // journal row up to which notices were made
	made    bool   // they were made for the whole store once
}

func (tx *Tx) disclosed() (disclosed, error) {
	var d disclosed
	value, err := tx.get(layout.KeyCounter(counterDisclosed))
	if errors.Is(err, kv.ErrNotFound) {
		return d, nil
	}
	if err != nil {
		return d, fmt.Errorf("graph: disclosures: %w", err)
	}
	r := tx.reader(value)
	d = disclosed{runs: cdp.RunID(r.Uint()), notices: cdp.NoticeID(r.Uint()), shares: int(r.Uint()), denials: int(r.Uint()), open: int(r.Uint()),
		follows: r.Uint(), made: r.Bool()}
	if !r.Done() {
		return d, fmt.Errorf("graph: disclosures: %w", layout.ErrDamaged)
	}
	return d, nil
}

func (tx *Tx) setDisclosed(d disclosed) error {
	w := tx.writer()
	for _, n := range []uint64{uint64(d.runs), uint64(d.notices), uint64(d.shares), uint64(d.denials), uint64(d.open), d.follows} {
		w.Uint(n)
	}
	w.Bool(d.made)
	return tx.set(layout.KeyCounter(counterDisclosed), w.B)
}

// NewRun announces a run, held or prepared, and gives it its number and time.
func (tx *Tx) NewRun(run *cdp.ShareRun) error {
	d, err := tx.disclosed()
	if err != nil {
		return err
	}
	d.runs++
	run.ID, run.Begun = d.runs, tx.now
	if err := tx.setDisclosed(d); err != nil {
		return err
	}
	if run.Ask.Topic != "" {
		w := tx.writer()
		w.Text(run.Ask.Topic)
		if err := tx.set(layout.KeyRunTopic(run.ID), w.B); err != nil {
			return err
		}
	}
	return tx.SetRun(*run)
}

// topicOf returns the topic of a run, which has a row of its own: "" for most.
func (tx *Tx) topicOf(id cdp.RunID) (string, error) {
	value, err := tx.get(layout.KeyRunTopic(id))
	if errors.Is(err, kv.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("graph: %v: %w", id, err)
	}
	r := tx.reader(value)
	topic := r.Text()
	if !r.Done() || topic == "" {
		return "", fmt.Errorf("graph: %v: %w", id, layout.ErrDamaged)
	}
	return topic, nil
}

// SetRun writes how far a run is.
func (tx *Tx) SetRun(run cdp.ShareRun) error {
	return tx.set(layout.KeyRun(run.ID), encodeRun(tx.writer(), &run))
}

func encodeRun(w *layout.Writer, run *cdp.ShareRun) []byte {
	w.Word(run.Ask.Recipient)
	w.Word(string(run.Ask.Purpose))
	w.Word(string(run.Ask.Channel))
	words(w, run.Ask.Fields)
	w.Text(run.Ask.Segment)
	w.Word(string(run.State))
	w.Word(run.Format)
	w.Text(run.To)
	w.Text(run.By)
	w.Text(run.Reason)
	w.Time(run.Begun)
	w.Time(run.Done)
	w.Word(run.Register)
	w.Text(run.Planned)
	w.Text(run.Digest)
	w.Text(run.FileHash)
	for _, n := range []int{run.Lines, run.Confirmed, run.Allowed, run.Denied} {
		w.Uint(uint64(n))
	}
	w.Time(run.Released)
	w.Uint(uint64(run.Struck))
	return w.B
}

func decodeRun(id cdp.RunID, r *layout.Reader) (cdp.ShareRun, error) {
	run := cdp.ShareRun{ID: id, Ask: cdp.Ask{Recipient: r.Word(), Purpose: cdp.PurposeID(r.Word()), Channel: cdp.Channel(r.Word()), Fields: takeWords(r), Segment: r.Text()},
		State: cdp.RunState(r.Word()), Format: r.Word(), To: r.Text(), By: r.Text(), Reason: r.Text(), Begun: r.Time(), Done: r.Time(),
		Register: r.Word(), Planned: r.Text(), Digest: r.Text(), FileHash: r.Text()}
	for _, n := range []*int{&run.Lines, &run.Confirmed, &run.Allowed, &run.Denied} {
		*n = int(r.Uint())
	}
	if len(r.B) > 0 { // since layout 6
		run.Released, run.Struck = r.Time(), int(r.Uint())
	}
	if !r.Done() {
		return run, fmt.Errorf("graph: %v: %w", id, layout.ErrDamaged)
	}
	return run, nil
}

func words(w *layout.Writer, list []string) {
	w.Uint(uint64(len(list)))
	for _, s := range list {
		w.Word(s)
	}
}

func takeWords(r *layout.Reader) []string {
	var out []string
	for range r.Count() {
		out = append(out, r.Word())
	}
	return out
}

// Spoken returns how often something left to who speaks to people over a
// channel. Whoever judged how often people were spoken to has to judge again
// when it is another number: a run's leaving is not in the journal.
func (tx *Tx) Spoken() (uint64, error) {
	value, err := tx.get(layout.KeyCounter(counterSpoken))
	if errors.Is(err, kv.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("graph: disclosures: %w", err)
	}
	r := tx.reader(value)
	n := r.Uint()
	if !r.Done() {
		return 0, fmt.Errorf("graph: disclosures: %w", layout.ErrDamaged)
	}
	return n, nil
}

// RaiseSpoken notes that something leaves over a channel, in the transaction
// that lets it leave: two that do conflict.
func (tx *Tx) RaiseSpoken() error {
	n, err := tx.Spoken()
	if err != nil {
		return err
	}
	w := tx.writer()
	w.Uint(n + 1)
	return tx.set(layout.KeyCounter(counterSpoken), w.B)
}

// Run returns a run, or ErrNotFound.
func (tx *Tx) Run(id cdp.RunID) (cdp.ShareRun, error) {
	value, err := tx.get(layout.KeyRun(id))
	if errors.Is(err, kv.ErrNotFound) {
		return cdp.ShareRun{}, ErrNotFound
	}
	if err != nil {
		return cdp.ShareRun{}, fmt.Errorf("graph: %v: %w", id, err)
	}
	run, err := decodeRun(id, tx.reader(value))
	if err != nil {
		return run, err
	}
	run.Ask.Topic, err = tx.topicOf(id)
	return run, err
}

// Runs returns up to n runs before one (0: from the newest), newest first.
func (tx *Tx) Runs(before cdp.RunID, n int) ([]cdp.ShareRun, error) {
	rng := layout.Runs()
	rng.Reverse = true
	if before > 0 {
		rng.End = layout.KeyRun(before)
	}
	var out []cdp.ShareRun
	for e, err := range tx.r.Scan(rng) {
		if err != nil {
			return nil, fmt.Errorf("graph: runs: %w", err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return nil, fmt.Errorf("graph: runs: %w", err)
		}
		run, err := decodeRun(cdp.RunID(layout.LastNumber(e.Key)), tx.reader(value))
		if err != nil {
			return nil, err
		}
		if run.Ask.Topic, err = tx.topicOf(run.ID); err != nil {
			return nil, err
		}
		if out = append(out, run); len(out) == n {
			break
		}
	}
	return out, nil
}

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

// Guards returns how often a no was said at endpoints. Whoever discloses reads
// it in the transaction that records the disclosure: a no that is said
// meanwhile then conflicts with it, whatever else was read.
func (tx *Tx) Guards(endpoints []cdp.Identifier) ([]uint64, error) {
	keys := make([][]byte, len(endpoints))
	for i, e := range endpoints {
		keys[i] = layout.KeyGuard(e)
	}
	values, err := tx.getAll(keys)
	if err != nil {
		return nil, fmt.Errorf("graph: guards: %w", err)
	}
	out := make([]uint64, len(values))
	for i, v := range values {
		if v == nil {
			continue
		}
		r := tx.reader(v)
		out[i] = r.Uint()
		if r.Time(); !r.Done() {
			return nil, fmt.Errorf("graph: guard of %v: %w", endpoints[i], layout.ErrDamaged)
		}
	}
	return out, nil
}

// RaiseGuard notes that a no was said at an endpoint: a statement on consent or
// a preference, or a restriction.
func (tx *Tx) RaiseGuard(endpoint cdp.Identifier) error {
	n, err := tx.Guards([]cdp.Identifier{endpoint})
	if err != nil {
		return err
	}
	w := tx.writer()
	w.Uint(n[0] + 1)
	w.Time(tx.now)
	return tx.set(layout.KeyGuard(endpoint), w.B)
}
