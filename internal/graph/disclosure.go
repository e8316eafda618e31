package graph

import (
	"errors"
	"fmt"

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
