package decode

import (
	"fmt"
	"strings"
)

// A RowError is a row that can not be used. Reading can go on behind it.
type RowError struct {
	// Code is stable: csv.width, csv.quote, csv.nul, csv.utf8, csv.charset,
	// csv.too_long, csv.field_too_long, csv.fields; json.syntax, json.duplicate_key,
	// json.folded_key, json.utf8, json.charset, json.surrogate, json.depth, json.row, json.fields,
	// json.too_long, json.field_too_long; vcard.begin, vcard.end, vcard.line,
	// vcard.encoding, vcard.charset, vcard.utf8, vcard.nul, vcard.too_long,
	// vcard.field_too_long, vcard.fields, vcard.version.
	Code   string
	Field  string // column, path or property; "" for the whole row. May be a name the row itself brought.
	Reason string // one sentence; no value of the row
	Line   int    // 1-based physical line of the row's beginning
	Num    int    // 1-based number among rows and bad rows
	Offset int64  // of the row's beginning in the decoded text
	Raw    []byte // the row as read, cut at 64 KiB; personal data
	Cut    bool   // Raw is not the whole row, so it can not be replayed
	Header *Header
}

// Error gives line, code and reason, and nothing of the row itself.
func (e *RowError) Error() string {
	return fmt.Sprintf("line %d: %s: %s", e.Line, e.Code, e.Reason)
}

// A FileError says why a file can not be read, or not further.
type FileError struct {
	// Code is stable: format.unsupported, charset, compression, nested,
	// limit, empty, json.syntax, json.trailing, json.root, json.envelope, csv.header,
	// read, options, closed.
	Code   string
	Name   string
	Line   int    // 1-based; 0 when it concerns no place
	Col    int    // 1-based, in bytes; 0 when unknown
	Reason string // one sentence; no value of the file
	Do     string // what to do about it
	Err    error  // the cause, if another package gave one
}

func (e *FileError) Error() string {
	var b strings.Builder
	b.WriteString(e.Name)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
		if e.Col > 0 {
			fmt.Fprintf(&b, ":%d", e.Col)
		}
	}
	fmt.Fprintf(&b, ": %s: %s", e.Code, e.Reason)
	if e.Err != nil {
		fmt.Fprintf(&b, " (%v)", e.Err)
	}
	if e.Do != "" {
		b.WriteString("; ")
		b.WriteString(e.Do)
	}
	return b.String()
}

// emptyFile is the error for a file without a single character. It may be an
// export of nothing, and more often it is one that failed.
func emptyFile() error {
	return &FileError{Code: "empty", Reason: "there is not one character in the file", Do: "check how it was exported, and deliver it again"}
}

// Unwrap gives the cause.
func (e *FileError) Unwrap() error { return e.Err }
