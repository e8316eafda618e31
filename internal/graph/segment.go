package graph

import (
	"fmt"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// AddSegment keeps the next version of a segment, and gives it its number and
// time.
func (tx *Tx) AddSegment(s *cdp.Segment) error {
	versions, err := tx.SegmentVersions(s.Name)
	if err != nil {
		return err
	}
	s.Version, s.At = len(versions)+1, tx.now
	w := tx.writer()
	w.Text(s.Name)
	w.Uint(uint64(s.Version))
	for _, v := range []string{s.Query, s.Note, s.By} {
		w.Text(v)
	}
	w.Time(s.At)
	w.Bool(s.Retired)
	return tx.set(layout.KeySegment(s.Name, s.Version), w.B)
}

// SegmentVersions returns the versions of a segment, oldest first; none for one
// that never was.
func (tx *Tx) SegmentVersions(name string) ([]cdp.Segment, error) {
	return tx.segments(layout.SegmentVersions(name))
}

// Segments returns the latest version of each segment, by name; of those that
// were retired too.
func (tx *Tx) Segments() ([]cdp.Segment, error) {
	all, err := tx.segments(layout.Segments())
	var out []cdp.Segment
	for i, s := range all {
		if i+1 == len(all) || all[i+1].Name != s.Name {
			out = append(out, s)
		}
	}
	return out, err
}

func (tx *Tx) segments(rng kv.Range) ([]cdp.Segment, error) {
	var out []cdp.Segment
	err := tx.values(rng, "segments", func(r *layout.Reader) {
		out = append(out, cdp.Segment{Name: r.Text(), Version: int(r.Uint()), Query: r.Text(), Note: r.Text(), By: r.Text(), At: r.Time(), Retired: r.Bool()})
	})
	return out, err
}

// AddSegmentRun keeps what a segment counted.
func (tx *Tx) AddSegmentRun(run cdp.SegmentRun) error {
	w := tx.writer()
	w.Uint(uint64(run.Version))
	w.Time(run.At)
	w.Text(run.Actor)
	w.Text(run.Register)
	for _, n := range []int{run.Looked, run.Profiles, run.Records, run.Usable, run.Allowed} {
		w.Uint(uint64(n))
	}
	w.Word(string(run.Purpose))
	w.Word(run.Recipient)
	return tx.set(layout.KeySegmentRun(run.Name, run.At), w.B)
}

// SegmentRuns returns the last n kept counts of a segment, oldest first.
func (tx *Tx) SegmentRuns(name string, n int) ([]cdp.SegmentRun, error) {
	rng := layout.SegmentRuns(name)
	rng.Reverse = true
	var out []cdp.SegmentRun
	for e, err := range tx.r.Scan(rng) {
		if err != nil {
			return nil, fmt.Errorf("graph: counts of a segment: %w", err)
		}
		value, err := layout.Unseal(e.Key, e.Value)
		if err != nil {
			return nil, fmt.Errorf("graph: counts of a segment: %w", err)
		}
		r := tx.reader(value)
		run := cdp.SegmentRun{Name: name, Version: int(r.Uint()), At: r.Time(), Actor: r.Text(), Register: r.Text()}
		for _, p := range []*int{&run.Looked, &run.Profiles, &run.Records, &run.Usable, &run.Allowed} {
			*p = int(r.Uint())
		}
		run.Purpose, run.Recipient = cdp.PurposeID(r.Word()), r.Word()
		if !r.Done() {
			return nil, fmt.Errorf("graph: counts of a segment: %w", layout.ErrDamaged)
		}
		if out = append([]cdp.SegmentRun{run}, out...); len(out) == n {
			break
		}
	}
	return out, nil
}
