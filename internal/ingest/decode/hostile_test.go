package decode

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// repeat is an endless or long file that costs no memory.
type repeat struct {
	first, again string
	left         int64
	at           int
}

func (r *repeat) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), r.left)]
	n := copy(p, r.first)
	r.first = r.first[n:]
	for n < len(p) {
		k := copy(p[n:], r.again[r.at:])
		n += k
		r.at = (r.at + k) % len(r.again)
	}
	r.left -= int64(n)
	return n, nil
}

func (r *Reader) window() int {
	switch rows := r.rows.(type) {
	case *csvReader:
		return len(rows.t.buf)
	case *ndjsonReader:
		return len(rows.t.buf)
	case *jsonReader:
		return len(rows.t.buf)
	case *vcardReader:
		return len(rows.t.buf)
	}
	return 0
}

// TestHostile feeds files made to exhaust a reader. What counts: each ends, in
// a window of bounded size, with every damage told.
func TestHostile(t *testing.T) {
	const size = 20 << 20
	tests := []struct {
		name, file   string
		first, again string
		rows         int    // good rows
		bad          int    // bad rows
		fatal        string // code at the end
	}{
		{"one endless line", "a.csv", "a,b\n1,2\n", "x", 1, 1, ""},
		{"one endless quoted field", "a.csv", "a,b\n1,2\n\"", "x", 1, 1, ""},
		{"endless JSON string", "a.json", `[{"a":1},{"a":"`, "x", 1, 0, "json.syntax"},
		{"endless JSON nesting", "a.json", `[{"a":1},`, "[", 1, 0, "json.syntax"},
		{"endless JSON object", "a.json", `{"a":`, "[", 0, 0, "json.syntax"},
		{"endless JSON list without rows", "a.json", `{"a":[`, "1,", 0, 0, "json.syntax"},
		{"endless NDJSON line", "a.ndjson", "{\"a\":1}\n{", "x", 1, 1, ""},
		{"endless vCard", "a.vcf", "BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\nBEGIN:VCARD\n", "NOTE:x\n", 1, 1, ""},
		{"endless vCard line", "a.vcf", "BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\nBEGIN:VCARD\n", "x", 1, 1, ""},
		{"endless space", "a.json", `[{"a":1}`, " ", 1, 0, "json.syntax"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Open(tt.file, &repeat{first: tt.first, again: strings.Repeat(tt.again, 1000), left: size}, Options{})
			var rows []Row
			var bad []*RowError
			if err == nil {
				rows, bad, err = drain(r)
			}
			var fe *FileError
			if errors.As(err, &fe); (fe == nil) != (tt.fatal == "") || fe != nil && fe.Code != tt.fatal {
				t.Fatalf("ended with %v, want %q", err, tt.fatal)
			}
			if len(rows) != tt.rows || len(bad) != tt.bad {
				t.Errorf("%d rows and %d bad rows, want %d and %d", len(rows), len(bad), tt.rows, tt.bad)
			}
			for _, e := range bad {
				if len(e.Raw) > rawMax || !e.Cut {
					t.Errorf("%d bytes of a bad row are kept, cut: %v", len(e.Raw), e.Cut)
				}
			}
			if w := r.window(); w > 2*envelopeMax {
				t.Errorf("the window grew to %d bytes", w)
			}
		})
	}
}

// TestBombs: compressed files that grow out of proportion stop early.
func TestBombs(t *testing.T) {
	var bomb bytes.Buffer
	w, err := gzip.NewWriterLevel(&bomb, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, &repeat{first: "a,b\n", again: strings.Repeat("1,2\n", 1000), left: 24 << 20}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	ended := func(o Options, file []byte) (int64, *FileError) {
		t.Helper()
		r, err := Open("-", bytes.NewReader(file), o)
		if err != nil {
			t.Fatal(err)
		}
		rows := int64(0)
		for {
			_, err := r.Next()
			if err == nil {
				rows++
				continue
			}
			fe, _ := err.(*FileError)
			return rows, fe
		}
	}
	rows, fe := ended(Options{}, bomb.Bytes())
	if most := 200 * int64(bomb.Len()) / 4; fe == nil || fe.Code != "limit" || rows > most || most >= 24<<20/4 {
		t.Errorf("bomb: %d rows, %v", rows, fe)
	}
	if rows, fe = ended(Options{Limits: Limits{Ratio: 1e6, Text: 1 << 20}}, bomb.Bytes()); fe == nil || fe.Code != "limit" || rows > 1<<18 {
		t.Errorf("text limit: %d rows, %v", rows, fe)
	}
	if _, fe = ended(Options{Limits: Limits{Ratio: 1e6}}, bomb.Bytes()); fe != nil {
		t.Errorf("limit raised: %v", fe)
	}
	if rows, fe = ended(Options{Limits: Limits{File: 1 << 20}}, table(100_000)); fe == nil || fe.Code != "limit" || rows == 0 {
		t.Errorf("file limit: %d rows, %v", rows, fe)
	}
}

// TestQuotes: many quotes that are never closed do not make reading
// quadratic, and every line is given.
func TestQuotes(t *testing.T) {
	line := "a\",\"" + strings.Repeat("z", 1500) + "\n" // closes and opens: never fails before the limit of a record
	n := 6000
	text := "h,i\n" + strings.Repeat(line, n)
	r, err := Open("-", strings.NewReader(text), Options{Sep: ',', Limits: Limits{Fields: 1 << 20}})
	if err != nil {
		t.Fatal(err)
	}
	rows, bad, err := drain(r)
	if err != nil || len(rows) != 0 || len(bad) != n {
		t.Fatalf("%d rows, %d bad rows, %v", len(rows), len(bad), err)
	}
	c := r.rows.(*csvReader)
	if limit := rescanFree + 5*int64(len(text)); !c.oneLine || c.rescan > limit {
		t.Errorf("%d bytes read in vain, at most %d wanted", c.rescan, limit)
	}
}

// TestErrorsHoldNoValues: what goes into logs and messages does not tell what the rows hold.
func TestErrorsHoldNoValues(t *testing.T) {
	const secret = "geheim"
	texts := []string{
		"a,b\n" + secret + "\n",
		"a,b\n\"" + secret + "\"x,1\n",
		"a,b\n\"" + secret + ",1\n",
		"a,b\n" + secret + ",\x00\n",
		"[{\"" + secret + "@x\":1,\"" + secret + "@x\":2}]",
		"[{\"a\":\"" + secret + "\\ud800\"}]",
		"[{\"a\":" + secret + "}]",
		"[{\"a\":\"" + secret,
		"{\"a\":1}\n" + secret + "\n",
		card("VERSION:3.0", secret),
		card("VERSION:" + secret),
		card("VERSION:2.1", "NOTE;ENCODING=QUOTED-PRINTABLE:"+secret+"=FC"),
		secret + "\n" + card("VERSION:3.0"),
	}
	told := 0
	for _, text := range texts {
		name := "-"
		if strings.Contains(text, "VCARD") {
			name = "a.vcf"
		}
		r, err := Open(name, strings.NewReader(text), Options{Sep: ','})
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		_, bad, err := drain(r)
		said := strings.Join(r.Info().Warnings, " ")
		for _, e := range bad {
			said += e.Error() + e.Field
			told++
		}
		if err != nil {
			said += err.Error()
			told++
		}
		if strings.Contains(said, secret) {
			t.Errorf("%q is told: %s", text, said)
		}
	}
	if told < len(texts) {
		t.Errorf("%d errors of %d texts", told, len(texts))
	}
}
