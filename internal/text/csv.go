package text

import (
	"strings"
	"unicode"
)

// CSVCell guards a CSV field against being run as a formula by a spreadsheet:
// an apostrophe is put before = + - @ (also in their full-width forms) where
// they begin the field or follow a quote, a line break or a separator, since
// the reader may choose another separator than the writer did, and before tab,
// CR, LF and NUL where they begin the field. Spaces and invisible characters
// before them do not hide them. The field is not quoted here: that is the CSV
// writer's task (RFC 4180). Applying it twice changes nothing more. What it
// changes can not be told from the result: the loss-free form of an export is
// JSON, where encoding/json escapes and keeps everything that is UTF-8.
func CSVCell(s string) string {
	if !strings.ContainsAny(s, "=+-@\t\r\n\x00＝＋－＠") {
		return s
	}
	var b strings.Builder
	first, start := true, true // nothing visible yet in the field; since the last separator
	for i, r := range s {
		if start && operator(r) || first && (r == '\t' || r == '\r' || r == '\n' || r == 0) {
			b.WriteByte('\'')
			first, start = false, false
		}
		switch {
		case strings.ContainsRune(",;|\t\"\r\n", r):
			first, start = false, true
		case r == 0 || unicode.In(r, unicode.Zs, unicode.Cf):
			// what a spreadsheet trims or drops does not guard
		default:
			first, start = false, false
		}
		if r == unicode.ReplacementChar && !strings.HasPrefix(s[i:], "\uFFFD") {
			b.WriteByte(s[i]) // not UTF-8: kept as it is
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func operator(r rune) bool {
	switch r {
	case '=', '+', '-', '@', '＝', '＋', '－', '＠':
		return true
	}
	return false
}
