package decode

import (
	"bytes"
	"path"
	"regexp"
	"strings"
)

const supported = "csv, ndjson, json and vcard, each also as gzip or zstd, are read"

func notSupported(what, do string) *FileError {
	if do != "" {
		do += "; "
	}
	return &FileError{Code: "format.unsupported", Reason: what + " is not supported", Do: do + supported}
}

// unsupportedBytes knows formats by their first bytes that are not read.
func unsupportedBytes(b []byte, unpacked bool) error {
	has := func(magic string) bool { return bytes.HasPrefix(b, []byte(magic)) }
	switch {
	case unpacked && (isGzip(b) || isZstd(b) || has("PK\x03\x04") || has("BZh") || has("\xfd7zXZ\x00") || has("7z\xbc\xaf\x27\x1c")):
		return &FileError{Code: "nested", Reason: "an archive within an archive is not read", Do: "unpack it once yourself"}
	case has("PK\x03\x04"), has("PK\x05\x06"):
		return notSupported("a zip archive or an Excel workbook (xlsx)", "unpack it, or save the sheet as CSV UTF-8")
	case has("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
		return notSupported("an old Excel workbook (xls)", "save the sheet as CSV UTF-8")
	case has("PAR1"):
		return notSupported("Parquet", "export it as NDJSON")
	case has("Obj\x01"):
		return notSupported("Avro", "export it as NDJSON")
	case has("ORC"):
		return notSupported("ORC", "export it as NDJSON")
	case has("SQLite format 3\x00"):
		return notSupported("an SQLite database", "export its tables as CSV")
	case has("BZh"), has("\xfd7zXZ\x00"), has("7z\xbc\xaf\x27\x1c"), has("Rar!"):
		return notSupported("this compression", "use gzip or zstd")
	case has("%PDF-"):
		return notSupported("PDF", "")
	}
	return nil
}

var (
	ldifStart = regexp.MustCompile(`^(?i:version: *1\s+(#[^\n]*\n|\s)*)?dn::? `)
	jsonStart = regexp.MustCompile(`^\s*(\{\s*(["}]|$)|\[\s*([\[{\]]|$))`)
	cardStart = regexp.MustCompile(`^\s*(?i:BEGIN:VCARD)[ \t]*(\r|\n|$)`)
)

func looksJSON(b []byte) bool { return jsonStart.Match(b[:min(len(b), 4096)]) }

// ext is the ending of a file's name in lower case, without that of a compression.
func ext(name string) string {
	name = strings.ToLower(name)
	for _, z := range []string{".gz", ".gzip", ".zst", ".zstd"} {
		name = strings.TrimSuffix(name, z)
	}
	return path.Ext(name)
}

// detectFormat judges by content first and by the file's name where the
// content leaves it open.
func detectFormat(name string, b []byte) (string, error) {
	e := ext(name)
	start := b[:min(len(b), 4096)]
	switch {
	case cardStart.Match(start):
		return VCard, nil
	case looksJSON(start), e == ".json" && len(bytes.TrimSpace(start)) > 0:
		if e == ".ndjson" || e == ".jsonl" || isLines(b) {
			return NDJSON, nil
		}
		return JSON, nil
	case e == ".ndjson", e == ".jsonl":
		return NDJSON, nil
	case e == ".vcf":
		return VCard, nil
	case ldifStart.Match(start), e == ".ldif":
		return "", notSupported("LDIF", "")
	case bytes.HasPrefix(bytes.TrimLeft(start, " \t\r\n"), []byte("<")):
		return "", notSupported("XML or HTML", "")
	case e == ".yml", e == ".yaml":
		return "", notSupported("YAML", "")
	case binary(start):
		return "", notSupported("a binary file", "")
	}
	return CSV, nil
}

// isLines tells one object per line from one document: the first line is an
// object; or it is damaged, but the lines after it are objects, and all together are not one.
func isLines(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	first, rest, _ := bytes.Cut(b, []byte{'\n'})
	rest = bytes.TrimLeft(rest, " \t\r\n")
	if len(rest) == 0 || b[0] != '{' {
		return false
	}
	if isObject(first) {
		return true
	}
	second, rest, _ := bytes.Cut(rest, []byte{'\n'})
	third, _, _ := bytes.Cut(bytes.TrimLeft(rest, " \t\r\n"), []byte{'\n'})
	return len(bytes.TrimSpace(first)) > 1 && isObject(second) && (len(third) == 0 || isObject(third)) && !isObject(b)
}

// isObject reports whether the brackets of an object open and close with the text.
func isObject(b []byte) bool {
	if b = bytes.TrimSpace(b); len(b) == 0 || b[0] != '{' {
		return false
	}
	var v valueScan
	n, st := v.feed(b)
	return st == scanDone && n == len(b)
}

// binary reports whether more than a tenth of the bytes are control characters
// that no text has.
func binary(b []byte) bool {
	n := 0
	for _, c := range b {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b {
			n++
		}
	}
	return n*10 > len(b) && len(b) >= 64
}

// detectNewline looks at line ends outside of quotes; if there are none, at all.
func detectNewline(b []byte) string {
	quoted := false
	var lf, crlf, cr int
	for i, c := range b {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n' && i > 0 && b[i-1] == '\r':
			crlf++
			cr--
		case c == '\n':
			lf++
		case c == '\r' && i+1 < len(b):
			cr++
		case c == '\r':
			// The last byte: the end of a line of an old Mac, or half of CRLF.
			if lf+crlf == 0 {
				cr++
			}
		}
	}
	switch {
	case crlf > 0 && crlf >= lf:
		return "crlf"
	case lf > 0:
		return "lf"
	case cr > 0:
		return "cr"
	case bytes.IndexByte(b, '\n') >= 0:
		return "lf"
	}
	return ""
}
