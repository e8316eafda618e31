package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"cdp-tui/internal/ingest/decode"
)

// An asking is one of many decisions of a file.
type asking struct {
	Things []string `json:"things"`
	Reason string   `json:"reason"`
	line   int
}

// mostAsked is how many decisions one file holds.
const mostAsked = 10_000

// csvRows reads a CSV as deliveries are read: whatever parts its fields, as
// spreadsheets write it. Its rows may have fewer or more fields than the first;
// lines that begin with # say nothing. What a row holds is not repeated in an error.
func csvRows(text []byte, path string, header bool) ([]decode.Row, error) {
	unreadable := func(line int) error {
		return &usageError{fmt.Sprintf("%s:%d: not a line of CSV", fileName(path), line), "commas, semicolons, tabs or bars part the fields, and what holds one of them or a quote stands in quotes"}
	}
	d, err := decode.Open(fileName(path), bytes.NewReader(text), decode.Options{Format: decode.CSV, Header: &header, Ragged: true})
	var file *decode.FileError
	switch {
	case errors.As(err, &file) && file.Code == "empty":
		return nil, nil
	case errors.As(err, &file):
		return nil, unreadable(max(file.Line, 1))
	case err != nil:
		return nil, err
	}
	var out []decode.Row
	for {
		r, err := d.Next()
		var bad *decode.RowError
		switch {
		case errors.Is(err, io.EOF):
			return out, nil
		case errors.As(err, &bad) && bytes.HasPrefix(bad.Raw, []byte("#")):
		case errors.As(err, &bad):
			return nil, unreadable(bad.Line)
		case err != nil:
			return nil, err
		case !bytes.HasPrefix(r.Raw, []byte("#")):
			out = append(out, r)
		}
	}
}

// askedIn reads a file of decisions: NDJSON when it begins with a brace, else
// CSV.
func (p *program) askedIn(path string) ([]asking, error) {
	text, err := readRules(p.in, path)
	if err != nil {
		return nil, err
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // which spreadsheets write
	var out []asking
	if strings.HasPrefix(strings.TrimSpace(string(text)), "{") {
		for i, line := range strings.Split(string(text), "\n") {
			if strings.TrimSpace(line) == "" {
				continue
			}
			one := asking{line: i + 1}
			d := json.NewDecoder(strings.NewReader(line))
			d.DisallowUnknownFields()
			if err := d.Decode(&one); err != nil { // what it says may hold what stands there
				return nil, &usageError{fmt.Sprintf("%s:%d: not an object with things and a reason", fileName(path), i+1), `{"things": ["P-0000001", "P-0000007"], "reason": "ID card seen"}`}
			}
			out = append(out, one)
		}
	} else {
		rows, err := csvRows(text, path, false)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			one := asking{line: r.Line}
			for _, f := range r.Cells {
				if f = strings.TrimSpace(f); f != "" {
					one.Things = append(one.Things, f)
				}
			}
			if len(one.Things) > 0 {
				out = append(out, one)
			}
		}
	}
	switch {
	case len(out) == 0:
		return nil, &usageError{fileName(path) + " holds no decisions", "write one a line, as CSV: P-0000001,P-0000007"}
	case len(out) > mostAsked:
		return nil, &usageError{fmt.Sprintf("%s holds more than %d decisions", fileName(path), mostAsked), "give it in several parts"}
	}
	return out, nil
}
