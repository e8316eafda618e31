package graph

import (
	"errors"
	"fmt"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// A sourceRow is a source and its counts.
type sourceRow struct {
	source                                                     cdp.Source
	records, touchpoints, quarantined, apart, rejects, batches int
	last                                                       time.Time
	dirty                                                      bool
}

func (s *sourceRow) encode(w *layout.Writer) []byte {
	for _, t := range []string{s.source.System, s.source.Kind, s.source.Owner, s.source.Controller, s.source.Country,
		s.source.Collection, string(s.source.Link)} {
		w.Text(t)
	}
	w.Uint(uint64(len(s.source.Activities)))
	for _, a := range s.source.Activities {
		w.Text(string(a))
	}
	for _, n := range []int{s.records, s.touchpoints, s.quarantined, s.apart, s.rejects, s.batches} {
		w.Int(int64(n))
	}
	w.Time(s.last)
	return w.B
}

func decodeSource(id cdp.SourceID, r *layout.Reader) (*sourceRow, error) {
	s := &sourceRow{source: cdp.Source{ID: id, System: r.Text(), Kind: r.Text(), Owner: r.Text(), Controller: r.Text(),
		Country: r.Text(), Collection: r.Text(), Link: cdp.ActivityID(r.Text())}}
	for range r.Count() {
		s.source.Activities = append(s.source.Activities, cdp.ActivityID(r.Text()))
	}
	for _, n := range []*int{&s.records, &s.touchpoints, &s.quarantined, &s.apart, &s.rejects, &s.batches} {
		*n = int(r.Int())
	}
	s.last = r.Time()
	if !r.Done() {
		return nil, fmt.Errorf("graph: source %s: %w", id, layout.ErrDamaged)
	}
	return s, nil
}

// source returns a source's row, kept until the transaction ends; an empty one
// when the source is new.
func (tx *Tx) source(id cdp.SourceID) (*sourceRow, error) {
	if s, ok := tx.sources[id]; ok {
		return s, nil
	}
	s := &sourceRow{source: cdp.Source{ID: id}}
	value, err := tx.get(layout.KeySource(id))
	if err == nil {
		s, err = decodeSource(id, tx.reader(value))
	} else if errors.Is(err, kv.ErrNotFound) {
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("graph: source %s: %w", id, err)
	}
	if tx.sources == nil {
		tx.sources = make(map[cdp.SourceID]*sourceRow)
	}
	tx.sources[id] = s
	return s, nil
}

// SetSource writes what is said of a source; its counts stay.
func (tx *Tx) SetSource(src cdp.Source) error {
	s, err := tx.source(src.ID)
	if err != nil {
		return err
	}
	s.source, s.dirty = src, true
	return nil
}

// Source returns a source, or ErrNotFound.
func (tx *Tx) Source(id cdp.SourceID) (cdp.Source, error) {
	s, err := tx.source(id)
	if err == nil && s.source.Controller == "" && s.batches == 0 && s.records == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return cdp.Source{}, err
	}
	return s.source, nil
}

// Sources returns all sources with their counts, by id.
func (tx *Tx) Sources() ([]cdp.SourceStat, error) {
	var out []cdp.SourceStat
	for e, err := range tx.r.Scan(layout.Sources()) {
		if err != nil {
			return nil, fmt.Errorf("graph: sources: %w", err)
		}
		id, err := layout.SourceOf(e.Key)
		if err != nil {
			return nil, err
		}
		s, err := tx.source(id)
		if err != nil {
			return nil, err
		}
		out = append(out, cdp.SourceStat{Source: s.source, Records: s.records, Touchpoints: s.touchpoints,
			Quarantined: s.quarantined, Apart: s.apart, Rejects: s.rejects, Batches: s.batches, Last: s.last})
	}
	return out, nil
}
