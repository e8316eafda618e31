package main

import (
	"bufio"
	"bytes"
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

// parseVerdicts reads verdicts: CSV with the columns a, b, verdict and reason,
// or NDJSON with these fields. What a row says is not repeated in an error.
func parseVerdicts(text []byte, file string) ([]verdictRow, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // which spreadsheets write
	next := csvVerdicts(text, file)
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		next = jsonVerdicts(bytes.NewReader(text))
	}
	var out []verdictRow
	before := make(map[[2]cdp.ProfileID]int) // the line on which a pair was judged
	for {
		cells, line, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		row, wrong := verdictOf(cells)
		pair := [2]cdp.ProfileID{min(row.a, row.b), max(row.a, row.b)}
		if at := before[pair]; at > 0 && wrong == "" {
			wrong = fmt.Sprintf("the pair is judged on line %d", at)
		}
		if row.line, before[pair] = line, line; wrong != "" {
			return nil, usagef("line %d: %s", line, wrong)
		}
		if out = append(out, row); len(out) > mostAsked {
			return nil, &usageError{fmt.Sprintf("%s holds more than %d verdicts", fileName(file), mostAsked), "give it in several parts"}
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
func verdictOf(cells [4]string) (row verdictRow, wrong string) {
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
	row.reason = strings.TrimSpace(cells[3])
	return row, ""
}

func csvVerdicts(text []byte, file string) func() ([4]string, int, error) {
	rows, err := csvRows(text, file, true)
	n := 0
	return func() (cells [4]string, line int, _ error) {
		switch {
		case err != nil:
			return cells, 0, err
		case n == len(rows):
			return cells, 0, io.EOF
		}
		row := rows[n]
		n++
		for i, name := range []string{"a", "b", "verdict", "reason"} {
			at := slices.IndexFunc(row.Header.Names, func(h string) bool { return strings.EqualFold(h, name) })
			if at < 0 && name != "reason" {
				return cells, row.Line, usagef("the file has no column %s", name)
			}
			cells[i], _ = row.Cell(at)
		}
		return cells, row.Line, nil
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
