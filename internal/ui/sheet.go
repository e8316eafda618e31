package ui

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"cdp-tui/internal/text"
)

// errLarge says that an export does not fit into memory; it is never cut short silently.
var errLarge = errors.New("more than 256 MiB: narrow the filter, or use the command line, which streams")

const maxSheet = 256 << 20

// sheet is an export being written: CSV (RFC 4180, safe to show and guarded
// against formulas), JSON lines (which keep every value as it is), or a drawing.
type sheet struct {
	json  bool
	buf   bytes.Buffer
	names []string
	rows  int
	clear bool // a personal value in clear is in it
}

// head names the columns; it is called once, before the first row.
func (s *sheet) head(names ...string) error {
	s.names = names
	if s.json {
		return nil
	}
	return s.csv(names)
}

// row adds a row with a value for each column.
func (s *sheet) row(vals ...val) error {
	s.rows++
	raw := make([]string, len(vals))
	for i, v := range vals {
		raw[i] = v.raw
		s.clear = s.clear || v.clear
	}
	if err := s.full(); err != nil {
		return err
	}
	if !s.json {
		return s.csv(raw)
	}
	s.buf.WriteByte('{')
	for i, name := range s.names {
		if i > 0 {
			s.buf.WriteByte(',')
		}
		k, _ := json.Marshal(name)
		s.buf.Write(k)
		s.buf.WriteByte(':')
		s.buf.Write(jsonString(raw[i]))
	}
	s.buf.WriteString("}\n")
	return nil
}

// full is the error of an export that has become too large.
func (s *sheet) full() error {
	if s.buf.Len() > maxSheet {
		return errLarge
	}
	return nil
}

// draw adds a line of a drawing; whoever draws counts rows and what is in clear.
func (s *sheet) draw(line string) { s.buf.WriteString(line + "\n") }

func (s *sheet) csv(cells []string) error {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = text.CSVCell(text.Clean(c).String())
	}
	w := csv.NewWriter(&s.buf)
	if err := w.Write(out); err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}

// jsonString is a JSON string; bytes that are no UTF-8, which JSON can not
// hold, become ‹xNN›, so that none is lost silently.
func jsonString(s string) []byte {
	if !utf8.ValidString(s) {
		var b strings.Builder
		for i := 0; i < len(s); {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				b.WriteString("‹x" + strings.ToUpper(hex.EncodeToString([]byte{s[i]})) + "›")
			} else {
				b.WriteString(s[i : i+n])
			}
			i += n
		}
		s = b.String()
	}
	out, _ := json.Marshal(s) // a string always can
	return out
}

// digest is the hex SHA-256 of what was written.
func (s *sheet) digest() string { return digest(s.buf.Bytes()) }

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
