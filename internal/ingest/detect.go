package ingest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"cdp-tui/internal/ingest/decode"
	"cdp-tui/internal/ingest/mapping"
)

// Threshold is the share of a preset's fingerprint that a file must have. On
// the samples the right preset scores 1.00 and any other at most 0.40
// (TestFingerprintsAreFarApart).
const Threshold = 0.75

// ErrUnknown means that no preset knows the file, ErrNoneOf that none of the
// mappings does among which it was to be recognised.
var (
	ErrUnknown = errors.New("no preset knows this file")
	ErrNoneOf  = errors.New("none of the mappings named knows this file")
)

// ErrNoRows means that no preset knows a file by its header, and that none of
// its first rows can be read.
var ErrNoRows = errors.New("none of the first rows can be read")

// An AmbiguousError names the mappings that know a file equally well.
type AmbiguousError struct{ Candidates []string }

func (e *AmbiguousError) Error() string {
	return "several mappings know this file equally well: " + strings.Join(e.Candidates, ", ")
}

// sampleRows is how many rows are looked at to recognise a file.
const sampleRows = 20

// Detect recognises a file by its first megabyte among the presets. The error is
// ErrUnknown, ErrNoRows, an *AmbiguousError or that of a file that can not be
// read at all.
func Detect(name string, head []byte) (Preset, error) {
	names := PresetNames()
	marks := make([]mapping.Fingerprint, len(names))
	for i, n := range names {
		var err error
		if marks[i], err = presetFingerprint(n); err != nil {
			return Preset{}, err
		}
	}
	i, err := choose(name, head, names, marks)
	if err != nil {
		return Preset{}, err
	}
	return LoadPreset(names[i])
}

// DetectAmong is Detect among mappings that are given, with ErrNoneOf for ErrUnknown.
func DetectAmong(name string, head []byte, among []Preset) (Preset, error) {
	names := make([]string, len(among))
	marks := make([]mapping.Fingerprint, len(among))
	for i, p := range among {
		names[i], marks[i] = cmp.Or(p.Name, p.Mapping.Name), p.Mapping.Detect
	}
	i, err := choose(name, head, names, marks)
	if errors.Is(err, ErrUnknown) {
		err = ErrNoneOf
	}
	if err != nil {
		return Preset{}, err
	}
	return among[i], nil
}

// choose gives the place of the fingerprint that fits a file best.
func choose(name string, head []byte, names []string, marks []mapping.Fingerprint) (int, error) {
	r, err := decode.Open(name, bytes.NewReader(head), decode.Options{Null: []string{""}})
	if err != nil {
		return 0, err
	}
	var rows []decode.Row
	var broken error
	for range sampleRows {
		row, err := r.Next()
		var bad *decode.RowError
		if errors.As(err, &bad) {
			broken = cmp.Or(broken, err)
			continue
		}
		if err != nil {
			broken = cmp.Or(broken, err)
			break
		}
		rows = append(rows, row)
	}
	looked := rows
	if h := r.Header(); h != nil && len(rows) == 0 { // a delivery of nothing is known by its columns
		looked = []decode.Row{{Header: h}}
	}
	type candidate struct {
		at    int
		score float64
		hits  int
	}
	var found []candidate
	for i, f := range marks {
		if score, hits := Score(f, r.Info(), looked); score >= Threshold {
			found = append(found, candidate{i, score, hits})
		}
	}
	if len(found) == 0 {
		if _, damaged := broken.(*decode.FileError); damaged && len(rows) == 0 {
			return 0, broken
		}
		if len(rows) == 0 && broken != nil && broken != io.EOF {
			return 0, fmt.Errorf("%w: %w", ErrNoRows, broken)
		}
		return 0, ErrUnknown
	}
	slices.SortStableFunc(found, func(a, b candidate) int {
		switch {
		case a.score != b.score && a.score > b.score:
			return -1
		case a.score != b.score:
			return 1
		}
		return b.hits - a.hits
	})
	best := found[0]
	var same []string
	for _, c := range found {
		if c.score == best.score && c.hits == best.hits {
			same = append(same, names[c.at])
		}
	}
	if len(same) > 1 {
		return 0, &AmbiguousError{same}
	}
	return best.at, nil
}

// Score says how well a fingerprint fits the first rows of a file:
// the share of its columns or paths that are there, and their number. A
// fingerprint of paths fits a path that any of the rows has.
func Score(f mapping.Fingerprint, info decode.Info, rows []decode.Row) (share float64, hits int) {
	if want := f.Format; want != "" && want != info.Format && !(isJSON(want) && isJSON(info.Format)) {
		return 0, 0
	}
	if len(rows) == 0 {
		return 0, 0
	}
	has := func(what string) bool {
		for _, r := range rows {
			if r.Header != nil {
				_, ok := r.Header.Index(what)
				return ok
			}
			if _, ok := r.Get(what); ok {
				return true
			}
			if _, ok := (decode.Row{Tree: r.Envelope}).Get(what); ok {
				return true
			}
		}
		return false
	}
	marks := f.Paths
	if rows[0].Header != nil {
		marks = f.Headers
	}
	if len(marks) == 0 {
		return 0, 0
	}
	if slices.ContainsFunc(f.Without, has) {
		return 0, 0
	}
	for _, m := range marks {
		if has(m) {
			hits++
		}
	}
	return float64(hits) / float64(len(marks)), hits
}

func isJSON(format string) bool { return format == decode.JSON || format == decode.NDJSON }
