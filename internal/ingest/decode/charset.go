package decode

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// headSize is how much of a file is looked at before its first row is given:
// enough for a record at its limit, and for the first umlaut of most files.
const headSize = 1 << 20

// charsetOf gives the canonical name and the encoding of a charset; the encoding
// of UTF-8 is nil.
func charsetOf(name string) (canonical string, enc encoding.Encoding, ok bool) {
	n := strings.ToLower(strings.TrimSpace(name))
	n = strings.NewReplacer("_", "-", " ", "-").Replace(n)
	switch n {
	case "utf-8", "utf8", "us-ascii", "ascii":
		return "utf-8", nil, true
	case "utf-16le", "utf-16", "utf16", "utf16le":
		return "utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), true
	case "utf-16be", "utf16be":
		return "utf-16be", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), true
	case "iso-8859-1", "iso8859-1", "latin1", "latin-1":
		return "iso-8859-1", charmap.ISO8859_1, true
	case "iso-8859-2", "iso8859-2", "latin2", "latin-2":
		return "iso-8859-2", charmap.ISO8859_2, true
	case "iso-8859-9", "iso8859-9", "latin5", "latin-5":
		return "iso-8859-9", charmap.ISO8859_9, true
	case "iso-8859-15", "iso8859-15", "latin9", "latin-9":
		return "iso-8859-15", charmap.ISO8859_15, true
	case "iso-8859-16", "iso8859-16", "latin10", "latin-10":
		return "iso-8859-16", charmap.ISO8859_16, true
	case "windows-1250", "cp1250":
		return "windows-1250", charmap.Windows1250, true
	case "windows-1251", "cp1251":
		return "windows-1251", charmap.Windows1251, true
	case "windows-1252", "cp1252", "ansi":
		return "windows-1252", charmap.Windows1252, true
	case "windows-1254", "cp1254":
		return "windows-1254", charmap.Windows1254, true
	case "ibm850", "cp850":
		return "ibm850", charmap.CodePage850, true
	}
	return "", nil, false
}

// readHead reads the beginning of a file; err is io.EOF when that is all of it.
func readHead(r io.Reader) (head []byte, err error) {
	head = make([]byte, 0, 16<<10)
	for len(head) < headSize {
		if len(head) == cap(head) {
			head = append(make([]byte, 0, min(headSize, 4*cap(head))), head...)
		}
		var n int
		n, err = r.Read(head[len(head):cap(head)])
		head = head[:len(head)+n]
		if err != nil {
			return head, err
		}
	}
	return head, nil
}

// decodeText finds the charset and returns the file as UTF-8 text without a byte
// order mark. A document that looks like JSON is never guessed to be anything but UTF-8 (RFC 8259, 8.1).
func decodeText(r io.Reader, o Options, info *Info) (*text, error) {
	head, err := readHead(r)
	if e := unsupportedBytes(head, info.Compression != ""); e != nil {
		return nil, e
	}
	name, skip := "", 0
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(head, []byte("\x00\x00\xfe\xff")):
		return nil, &FileError{Code: "charset", Reason: "the file is UTF-32", Do: "convert it to UTF-8"}
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		name, skip = "utf-8", 3
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		name, skip = "utf-16le", 2
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		name, skip = "utf-16be", 2
	}
	info.BOM = skip > 0
	if o.Charset != "" {
		given, _, ok := charsetOf(o.Charset)
		if !ok {
			return nil, &FileError{Code: "options", Reason: fmt.Sprintf("charset %q is not known", o.Charset),
				Do: "use utf-8, utf-16le, utf-16be, iso-8859-1, -2, -9, -15, -16, windows-1250, -1251, -1252, -1254 or ibm850"}
		}
		if name == "" {
			name = given
		} else if name != given {
			info.warn("the byte order mark says %s, not %s: read as %s", name, given, name)
		}
	}
	if name == "" {
		name = guessCharset(head, err != nil, o, info)
	}
	canonical, enc, _ := charsetOf(name)
	info.Charset = canonical
	head = head[skip:]
	if enc == nil {
		return newText(head, err, r), nil
	}
	rest := r
	if err != nil {
		rest = endReader{err}
	}
	decoded := transform.NewReader(io.MultiReader(bytes.NewReader(head), rest), enc.NewDecoder())
	first, err := readHead(decoded)
	return newText(first, err, decoded), nil
}

// endReader gives one error.
type endReader struct{ err error }

func (e endReader) Read([]byte) (int, error) { return 0, e.err }

// guessCharset decides for a file without a byte order mark.
func guessCharset(head []byte, all bool, o Options, info *Info) string {
	if le, be := zeroPattern(head); le || be {
		info.Guessed = true
		info.warn("read as UTF-16 without a byte order mark, by the pattern of its zero bytes: give the charset to be sure")
		if le {
			return "utf-16le"
		}
		return "utf-16be"
	}
	multi, invalid := countUTF8(head, all)
	if invalid == 0 || o.Format == JSON || o.Format == NDJSON || o.Format == "" && looksJSON(head) {
		return "utf-8"
	}
	// Text of a single-byte charset hardly ever forms UTF-8 sequences: where they
	// are many, some rows are damaged, and reading all in another charset would damage the rest.
	if multi > invalid {
		info.warn("mostly UTF-8, but some bytes are not: the rows that hold them are rejected")
		return "utf-8"
	}
	info.Guessed = true
	info.warn("not UTF-8 and without a mark: read as windows-1252 (Western); windows-1254 (Turkish) would read %d of %d characters beyond ASCII differently, windows-1250 (Central European) %d: give the charset to be sure",
		differ(head, charmap.Windows1254), invalid, differ(head, charmap.Windows1250))
	return "windows-1252"
}

// zeroPattern tells UTF-16 of mostly Latin text: every other byte is zero.
func zeroPattern(b []byte) (le, be bool) {
	b = b[:min(len(b), 4096)&^1]
	if len(b) < 4 {
		return false, false
	}
	var even, odd int
	for i := 0; i < len(b); i += 2 {
		if b[i] == 0 {
			even++
		}
		if b[i+1] == 0 {
			odd++
		}
	}
	half := len(b) / 2
	return odd*5 > half*4 && even*5 < half, even*5 > half*4 && odd*5 < half
}

// countUTF8 counts sequences of several bytes and bytes that are not UTF-8. A
// sequence cut by the end of the head is neither.
func countUTF8(b []byte, all bool) (multi, invalid int) {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			if !all && len(b)-i < utf8.UTFMax && !utf8.FullRune(b[i:]) {
				return multi, invalid
			}
			invalid++
		} else {
			multi++
		}
		i += n
	}
	return multi, invalid
}

// differ counts the bytes that another charset reads differently from windows-1252.
func differ(b []byte, other *charmap.Charmap) int {
	var table [256]bool
	for i := 0x80; i < 256; i++ {
		table[i] = charmap.Windows1252.DecodeByte(byte(i)) != other.DecodeByte(byte(i))
	}
	n := 0
	for _, c := range b {
		if table[c] {
			n++
		}
	}
	return n
}

// damage says why the text of a row can not be trusted, if so: the kind of
// damage as the second half of a code, and a reason.
func damage(b []byte, charset string) (code, reason string) {
	if charset == "utf-8" {
		if !utf8.Valid(b) {
			return "utf8", "holds bytes that are not UTF-8: the row is damaged, or the file is in another charset"
		}
	} else if bytes.Contains(b, []byte("\ufffd")) {
		return "charset", "holds bytes that have no meaning in " + charset + ": the row is damaged, or the file is in another charset"
	}
	return "", ""
}

func (i *Info) warn(format string, args ...any) {
	// A hostile file must not make warnings without end.
	if len(i.Warnings) < 50 {
		i.Warnings = append(i.Warnings, fmt.Sprintf(format, args...))
	}
}
