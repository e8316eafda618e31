package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
)

// A verdictRow is a verdict on a pair of profiles, as a file gives it.
type verdictRow struct {
	line    int
	a, b    cdp.ProfileID
	verdict string
	reason  string
}

// maxVerdicts bounds a file of verdicts.
const maxVerdicts = 100_000

// parseVerdicts reads verdicts: CSV with the columns a, b, verdict and reason,
// or NDJSON with these fields. What a row says is not repeated in an error.
func parseVerdicts(in io.Reader, reason string) ([]verdictRow, error) {
	r := bufio.NewReaderSize(in, 64<<10)
	if mark, _ := r.Peek(3); string(mark) == "\ufeff" { // which spreadsheets write
		_, _ = r.Discard(len(mark))
	}
	head, err := r.Peek(1)
	for err == nil && (head[0] == ' ' || head[0] == '\n' || head[0] == '\r' || head[0] == '\t') {
		_, _ = r.Discard(1)
		head, err = r.Peek(1)
	}
	switch {
	case errors.Is(err, io.EOF):
		return nil, errNoVerdicts()
	case err != nil:
		return nil, err
	}
	next := csvVerdicts(r)
	if head[0] == '{' {
		next = jsonVerdicts(r)
	}
	var out []verdictRow
	for {
		cells, line, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		row, wrong := verdictOf(cells, reason)
		if row.line = line; wrong != "" {
			return nil, usagef("line %d: %s", line, wrong)
		}
		if out = append(out, row); len(out) > maxVerdicts {
			return nil, usagef("a file holds at most 100,000 verdicts")
		}
	}
	if len(out) == 0 {
		return nil, errNoVerdicts()
	}
	return out, nil
}

func errNoVerdicts() error {
	return &usageError{"the file holds no verdicts", "cdp-tui matches judge --help says how they are written"}
}

// verdictOf reads the cells a, b, verdict and reason.
func verdictOf(cells [4]string, reason string) (row verdictRow, wrong string) {
	for i, at := range []*cdp.ProfileID{&row.a, &row.b} {
		id, err := cdp.ParseProfileID(strings.TrimSpace(cells[i]))
		if err != nil {
			return row, "a and b are ids of profiles, such as P-0000012"
		}
		*at = id
	}
	row.verdict = strings.ToLower(strings.TrimSpace(cells[2]))
	if !slices.Contains([]string{cdp.MatchSame, cdp.MatchDifferent, cdp.MatchUnsure}, row.verdict) {
		return row, "a verdict is same, different or unsure"
	}
	if row.reason = strings.TrimSpace(cells[3]); row.reason == "" {
		row.reason = strings.TrimSpace(reason)
	}
	if row.reason == "" {
		return row, "a verdict needs a reason: in the column reason, or with --reason for all"
	}
	return row, ""
}

func csvVerdicts(in io.Reader) func() ([4]string, int, error) {
	r := csv.NewReader(in)
	r.FieldsPerRecord = -1
	var at [4]int
	return func() (cells [4]string, line int, err error) {
		if at == [4]int{} {
			head, err := r.Read()
			if err != nil {
				return cells, 1, usagef("line 1: the file is no CSV that can be read")
			}
			for i, name := range []string{"a", "b", "verdict", "reason"} {
				at[i] = slices.IndexFunc(head, func(h string) bool {
					return strings.EqualFold(strings.TrimSpace(h), name)
				}) + 1
				if at[i] == 0 && name != "reason" {
					return cells, 1, usagef("the file has no column %s", name)
				}
			}
		}
		row, err := r.Read()
		var bad *csv.ParseError
		switch {
		case errors.As(err, &bad):
			return cells, bad.Line, usagef("line %d: the row can not be read as CSV", bad.Line)
		case err != nil:
			return cells, 0, err
		}
		line, _ = r.FieldPos(0)
		for i, n := range at {
			if n > 0 && n <= len(row) {
				cells[i] = row[n-1]
			}
		}
		return cells, line, nil
	}
}

func jsonVerdicts(in io.Reader) func() ([4]string, int, error) {
	s := bufio.NewScanner(in)
	s.Buffer(nil, 64<<10)
	line := 0
	return func() (cells [4]string, at int, err error) {
		for s.Scan() {
			if line++; len(bytes.TrimSpace(s.Bytes())) == 0 {
				continue
			}
			var row struct{ A, B, Verdict, Reason string }
			if err := json.Unmarshal(s.Bytes(), &row); err != nil {
				return cells, line, usagef("line %d: the row can not be read as JSON", line)
			}
			return [4]string{row.A, row.B, row.Verdict, row.Reason}, line, nil
		}
		if s.Err() != nil {
			return cells, line, fmt.Errorf("line %d: %w", line+1, s.Err())
		}
		return cells, line, io.EOF
	}
}
