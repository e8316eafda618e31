package graph

import (
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// AddPreferences appends statements on how a person wants to be spoken to. One
// that is there already, from the same source, is not added twice. It returns
// the endpoints for which something is new.
func (tx *Tx) AddPreferences(stated []cdp.Preference) ([]cdp.Identifier, error) {
	var touched []cdp.Identifier
	for i := range stated {
		p := &stated[i]
		p.Recorded = tx.now
		key := layout.KeyPreferences(p.Endpoint, p.Controller)
		have, err := tx.preferenceRow(key, p.Endpoint)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(have, func(h cdp.Preference) bool { return sameStatement(&h, p) }) {
			continue
		}
		events, size := spaceFor(p.Wish.Forbids())
		if len(have) >= events {
			return nil, ErrTooManyEvents
		}
		have = append(have, *p)
		w := tx.writer()
		headPreferences(w, p)
		w.Uint(uint64(len(have)))
		for j := range have {
			encodePreference(w, &have[j])
		}
		if len(w.B) >= size {
			return nil, ErrTooManyEvents
		}
		if err := tx.set(key, w.B); err != nil {
			return nil, err
		}
		if err := tx.countWish(p.Controller); err != nil {
			return nil, err
		}
		if p.Wish.Forbids() {
			if err := tx.RaiseGuard(p.Endpoint); err != nil {
				return nil, err
			}
		}
		if !slices.ContainsFunc(touched, p.Endpoint.Same) {
			touched = append(touched, p.Endpoint)
		}
	}
	return touched, nil
}

func (tx *Tx) preferenceRow(key []byte, of cdp.Identifier) ([]cdp.Preference, error) {
	value, err := tx.get(key)
	if errors.Is(err, kv.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("graph: preferences of %v: %w", of, err)
	}
	return decodePreferences(tx.reader(value))
}

// PreferencesAt returns what was stated at endpoints to one controller.
func (tx *Tx) PreferencesAt(endpoints []cdp.Identifier, controller string) ([]cdp.Preference, error) {
	all, err := tx.wishes()
	if err != nil || all[controller] == 0 {
		return nil, err
	}
	keys := make([][]byte, len(endpoints))
	for i, e := range endpoints {
		keys[i] = layout.KeyPreferences(e, controller)
	}
	values, err := tx.getAll(keys)
	if err != nil {
		return nil, fmt.Errorf("graph: preferences: %w", err)
	}
	var out []cdp.Preference
	for _, v := range values {
		if v == nil {
			continue
		}
		stated, err := decodePreferences(tx.reader(v))
		if err != nil {
			return nil, err
		}
		out = append(out, stated...)
	}
	return out, nil
}

// counterWished counts the preferences by controller, so that endpoints need
// not be looked up where nobody ever stated any.
const counterWished = "wished"

func (tx *Tx) wishes() (map[string]int, error) {
	if tx.wished != nil {
		return tx.wished, nil
	}
	value, err := tx.get(layout.KeyCounter(counterWished))
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return nil, fmt.Errorf("graph: preferences by controller: %w", err)
	}
	out := make(map[string]int)
	r := tx.reader(value)
	for len(r.B) > 0 {
		controller := r.Text()
		out[controller] = int(r.Uint())
	}
	if r.Err() != nil {
		return nil, fmt.Errorf("graph: preferences by controller: %w", r.Err())
	}
	tx.wished = out
	return out, nil
}

func (tx *Tx) countWish(controller string) error {
	all, err := tx.wishes()
	if err != nil {
		return err
	}
	all[controller]++
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	w := tx.writer()
	for _, name := range names {
		w.Text(name)
		w.Uint(uint64(all[name]))
	}
	return tx.set(layout.KeyCounter(counterWished), w.B)
}

// headPreferences writes what the statements of a row have in common.
func headPreferences(w *layout.Writer, p *cdp.Preference) {
	appendIdentifier(w, p.Endpoint)
	w.Word(p.Controller)
}

// encodePreference writes all of a statement but endpoint and controller.
func encodePreference(w *layout.Writer, p *cdp.Preference) {
	w.Word(string(p.Channel))
	w.Word(p.Topic)
	w.Word(string(p.Wish))
	w.Word(p.Frequency)
	w.Uint(uint64(p.Quiet.From))
	w.Uint(uint64(p.Quiet.To))
	w.Word(p.Quiet.Zone)
	w.Text(p.Language)
	w.Time(p.At)
	w.Text(p.Method)
	w.Text(p.Proof.Reveal())
	w.Text(p.By)
	w.Word(string(p.Source))
	w.Uint(uint64(p.Record))
	w.Time(p.Recorded)
}

func decodePreference(r *layout.Reader, p *cdp.Preference) {
	p.Channel, p.Topic, p.Wish = cdp.Channel(r.Word()), r.Word(), cdp.Wish(r.Word())
	p.Frequency = r.Word()
	p.Quiet = cdp.Quiet{From: int(r.Uint()), To: int(r.Uint()), Zone: r.Word()}
	p.Language, p.At, p.Method = r.Text(), r.Time(), r.Text()
	p.Proof, p.By = cdp.Value(r.Text()), r.Text()
	p.Source, p.Record, p.Recorded = cdp.SourceID(r.Word()), cdp.RecordID(r.Uint()), r.Time()
}

func decodePreferences(r *layout.Reader) ([]cdp.Preference, error) {
	head := cdp.Preference{Endpoint: takeIdentifier(r), Controller: r.Word()}
	n := r.Count()
	out := make([]cdp.Preference, 0, n)
	for range n {
		p := head
		decodePreference(r, &p)
		out = append(out, p)
	}
	if !r.Done() {
		return nil, fmt.Errorf("graph: preferences: %w", layout.ErrDamaged)
	}
	return out, nil
}

// sameStatement reports whether two statements of one endpoint and controller
// are one fact delivered twice.
func sameStatement(a, b *cdp.Preference) bool {
	return a.Channel == b.Channel && a.Topic == b.Topic && a.Wish == b.Wish && a.Frequency == b.Frequency && a.Quiet == b.Quiet &&
		a.Language == b.Language && a.At.Equal(b.At) && a.Method == b.Method && a.Proof == b.Proof && a.By == b.By && a.Source == b.Source
}

// PreferencesOf returns all that was stated at an endpoint, to any controller.
func (tx *Tx) PreferencesOf(endpoint cdp.Identifier) ([]cdp.Preference, error) {
	var out []cdp.Preference
	for e, err := range tx.r.Scan(layout.PreferencesOf(endpoint)) {
		if err != nil {
			return nil, fmt.Errorf("graph: preferences of %v: %w", endpoint, err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return nil, fmt.Errorf("graph: preferences of %v: %w", endpoint, err)
		}
		stated, err := decodePreferences(tx.reader(value))
		if err != nil {
			return nil, err
		}
		out = append(out, stated...)
	}
	return out, nil
}
