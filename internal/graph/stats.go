package graph

import (
	"errors"
	"fmt"
	"slices"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/kv"
	"cdp-tui/internal/layout"
)

// stats are the counts of the store, kept with every change.
type stats struct {
	records     int // live
	versions    int // all ever admitted
	profiles    int
	identifiers int // rows that link
	touchpoints int
	consents    int
	shares      int
	quarantined int
	apart       int
	rejects     int // open
	merges      int
	splits      int
	classes     [5]int // profiles of 1, 2-5, 6-20, 21-100, more records
	largest     cdp.ProfileID
	largestSize int
	peak        int // no profile was ever larger
	dirty       bool
}

func (s *stats) numbers() []*int {
	n := []*int{&s.records, &s.versions, &s.profiles, &s.identifiers, &s.touchpoints, &s.consents, &s.shares,
		&s.quarantined, &s.apart, &s.rejects, &s.merges, &s.splits, &s.largestSize, &s.peak}
	for i := range s.classes {
		n = append(n, &s.classes[i])
	}
	return n
}

func (s *stats) encode(w *layout.Writer) []byte {
	for _, n := range s.numbers() {
		w.Int(int64(*n))
	}
	w.Uint(uint64(s.largest))
	return w.B
}

func (tx *Tx) statistics() (*stats, error) {
	if tx.stats != nil {
		return tx.stats, nil
	}
	s := &stats{}
	value, err := tx.get(layout.KeyCounter(counterStats))
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return nil, fmt.Errorf("graph: statistics: %w", err)
	}
	if err == nil {
		r := tx.reader(value)
		for _, n := range s.numbers() {
			*n = int(r.Int())
		}
		s.largest = cdp.ProfileID(r.Uint())
		if !r.Done() {
			return nil, fmt.Errorf("graph: statistics: %w", layout.ErrDamaged)
		}
	}
	tx.stats = s
	return s, nil
}

// sizeClass returns the index in stats.classes, -1 for no records.
func sizeClass(n int) int {
	switch {
	case n <= 0:
		return -1
	case n == 1:
		return 0
	case n <= 5:
		return 1
	case n <= 20:
		return 2
	case n <= 100:
		return 3
	}
	return 4
}

// countSize notes that a profile's size changed. 0 means it is not there.
func (tx *Tx) countSize(before, after int, profile cdp.ProfileID) error {
	s, err := tx.statistics()
	if err != nil {
		return err
	}
	s.dirty = true
	if i := sizeClass(before); i >= 0 {
		s.classes[i]--
		s.profiles--
	}
	if i := sizeClass(after); i >= 0 {
		s.classes[i]++
		s.profiles++
	}
	switch {
	case after > 0 && after >= s.largestSize:
		s.largest, s.largestSize, s.peak = profile, after, max(s.peak, after)
	case profile == s.largest && after > 0:
		s.largestSize = after // another one may be larger now, up to peak
	case profile == s.largest:
		s.largest, s.largestSize = 0, 0
	}
	return nil
}

// countIdentifier counts a row that links in or out.
func (tx *Tx) countIdentifier(by int) error {
	s, err := tx.statistics()
	if err == nil {
		s.identifiers += by
		s.dirty = true
	}
	return err
}

func (tx *Tx) countMerges(n int) error {
	s, err := tx.statistics()
	if err == nil && n > 0 {
		s.merges += n
		s.dirty = true
	}
	return err
}

func (tx *Tx) countSplits(n int) error {
	s, err := tx.statistics()
	if err == nil && n > 0 {
		s.splits += n
		s.dirty = true
	}
	return err
}

// counted returns the counts of the store and of a record's source, to be
// changed.
func (tx *Tx) counted(h *head) (*stats, *sourceRow, error) {
	s, err := tx.statistics()
	if err != nil {
		return nil, nil, err
	}
	src, err := tx.source(h.Source)
	if err != nil {
		return nil, nil, err
	}
	s.dirty, src.dirty = true, true
	return s, src, nil
}

// countVersion counts a record that is kept, live or not.
func (tx *Tx) countVersion(h *head) error {
	s, src, err := tx.counted(h)
	if err != nil {
		return err
	}
	s.versions++
	src.last = tx.now
	return nil
}

// countLive counts a live record in (by = 1) or out (-1).
func (tx *Tx) countLive(h *head, by int) error {
	s, src, err := tx.counted(h)
	if err != nil {
		return err
	}
	s.records += by
	src.records += by
	s.touchpoints += by * h.Touchpoints
	src.touchpoints += by * h.Touchpoints
	s.shares += by * h.Shares
	if h.Outcome != cdp.Linked {
		s.apart += by
		src.apart += by
	}
	return nil
}

// countQuarantined counts a record in quarantine in (by = 1) or out (-1).
func (tx *Tx) countQuarantined(h *head, by int) error {
	s, src, err := tx.counted(h)
	if err != nil {
		return err
	}
	s.quarantined += by
	src.quarantined += by
	return nil
}

// counterShared counts the disclosures reported, by recipient and purpose.
const counterShared = "shared"

// countShares counts disclosures that a record reports: each delivery of one,
// also by a version that repeats it.
func (tx *Tx) countShares(list []cdp.Share) error {
	for _, s := range list {
		all, err := tx.sharedCounts()
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all.counts, func(d cdp.Downstream) bool { return d.Recipient == s.Recipient && d.Purpose == s.Purpose })
		if i < 0 {
			if len(all.counts) == maxSharedCounts {
				continue
			}
			all.counts = append(all.counts, cdp.Downstream{Recipient: s.Recipient, Purpose: s.Purpose})
			i = len(all.counts) - 1
		}
		all.counts[i].Count++
		if s.At.After(all.counts[i].Last) {
			all.counts[i].Last = s.At
		}
		all.dirty = true
	}
	return nil
}

// maxSharedCounts bounds the recipients counted apart, so that the row fits.
const maxSharedCounts = 200

// sharedCounts are the disclosures by recipient and purpose.
type sharedCounts struct {
	counts []cdp.Downstream
	dirty  bool
}

func (s *sharedCounts) encode(w *layout.Writer) []byte {
	for _, d := range s.counts {
		w.Text(d.Recipient)
		w.Text(string(d.Purpose))
		w.Uint(uint64(d.Count))
		w.Time(d.Last)
	}
	return w.B
}

func (tx *Tx) sharedCounts() (*sharedCounts, error) {
	if tx.shared != nil {
		return tx.shared, nil
	}
	out := &sharedCounts{}
	value, err := tx.get(layout.KeyCounter(counterShared))
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		return nil, fmt.Errorf("graph: disclosures: %w", err)
	}
	r := tx.reader(value)
	for len(r.B) > 0 {
		out.counts = append(out.counts, cdp.Downstream{Recipient: r.Text(), Purpose: cdp.PurposeID(r.Text()), Count: int(r.Uint()), Last: r.Time()})
	}
	if r.Err() != nil {
		return nil, fmt.Errorf("graph: disclosures: %w", r.Err())
	}
	tx.shared = out
	return out, nil
}

// Stats returns the counts of the store. Sources are in the order of their ids.
func (tx *Tx) Stats() (cdp.Stats, error) {
	s, err := tx.statistics()
	if err != nil {
		return cdp.Stats{}, err
	}
	seq, err := tx.sequences()
	if err != nil {
		return cdp.Stats{}, err
	}
	out := cdp.Stats{Records: s.records, Versions: s.versions, Profiles: s.profiles, Identifiers: s.identifiers,
		Touchpoints: s.touchpoints, Consents: s.consents, Shares: s.shares, Quarantined: s.quarantined, Apart: s.apart,
		Rejects: s.rejects, Batches: int(seq.batches), Merges: s.merges, Splits: s.splits,
		Largest: s.largest, LargestSize: s.largestSize, LargestBound: s.largestSize < s.peak, SizeClasses: s.classes[:], JournalSeq: seq.journal}
	shared, err := tx.sharedCounts()
	if err != nil {
		return out, err
	}
	out.Shared = shared.counts
	out.Sources, err = tx.Sources()
	return out, err
}
