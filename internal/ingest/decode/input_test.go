package decode

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

func gz(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zst(t testing.TB, b []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(b, nil)
}

// table is a CSV of n rows that does not compress too well.
func table(n int) []byte {
	rnd := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	b.WriteString("id,word\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,%x\n", i, rnd.Uint64())
	}
	return b.Bytes()
}

func TestCompression(t *testing.T) {
	plain := table(5000)
	twice := append(gz(t, plain), gz(t, plain[len("id,word\n"):])...)
	tests := []struct {
		name, compression string
		file              []byte
		rows              int
	}{
		{"plain", "", plain, 5000},
		{"gzip", "gzip", gz(t, plain), 5000},
		{"gzip of two members", "gzip", twice, 10000},
		{"zstd", "zstd", zst(t, plain), 5000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Open("-", iotest.HalfReader(bytes.NewReader(tt.file)), Options{})
			if err != nil {
				t.Fatal(err)
			}
			rows, bad, err := drain(r)
			if err != nil || len(bad) > 0 || len(rows) != tt.rows || r.Info().Compression != tt.compression {
				t.Errorf("%d rows, %d bad, %v, %+v", len(rows), len(bad), err, r.Info())
			}
			sum := sha256.Sum256(tt.file)
			if r.Hash() != hex.EncodeToString(sum[:]) || r.Hash() != r.Hash() {
				t.Errorf("hash %s", r.Hash())
			}
			if r.BytesRead() != int64(len(tt.file)) {
				t.Errorf("%d bytes read of %d", r.BytesRead(), len(tt.file))
			}
		})
	}
}

// A file that was cut off gives the rows that are whole, none that is not, and
// then says where it ends.
func TestTruncated(t *testing.T) {
	plain := table(200_000)
	for name, file := range map[string][]byte{"gzip": gz(t, plain), "zstd": zst(t, plain)} {
		t.Run(name, func(t *testing.T) {
			file = file[:len(file)/2]
			r, err := Open("-", bytes.NewReader(file), Options{})
			if err != nil {
				t.Fatal(err)
			}
			rows, bad, err := drain(r)
			var fe *FileError
			if !errors.As(err, &fe) || fe.Code != "compression" || fe.Line != len(rows)+2 || len(bad) > 0 {
				t.Fatalf("%d rows, %d bad, %v", len(rows), len(bad), err)
			}
			if len(rows) < 50_000 {
				t.Errorf("only %d rows before the cut", len(rows))
			}
			for i, row := range rows {
				if row.Cells[0] != fmt.Sprint(i) || !bytes.HasPrefix(plain[row.Offset:], append(row.Raw, '\n')) {
					t.Fatalf("row %d is not whole: %q", i, row.Cells)
				}
			}
			if _, again := r.Next(); again != err {
				t.Errorf("after the end: %v", again)
			}
			sum := sha256.Sum256(file)
			if r.Hash() != hex.EncodeToString(sum[:]) {
				t.Error("the hash is not of all bytes as delivered")
			}
		})
	}
}

func TestHashEndsReading(t *testing.T) {
	file := table(300_000)
	r, err := Open("-", bytes.NewReader(file), Options{})
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(file)
	if r.Hash() != hex.EncodeToString(sum[:]) {
		t.Error("hash differs")
	}
	if _, err := r.Next(); err == nil || err == io.EOF {
		t.Errorf("rows end quietly after the hash: %v", err)
	}
}

// TestUnreadable: what can not be read is said at once, and what to do.
func TestUnreadable(t *testing.T) {
	fails := iotest.ErrReader(errors.New("cable"))
	tests := []struct {
		name, file string
		in         io.Reader
		o          Options
		code       string
	}{
		{"xlsx", "a.xlsx", strings.NewReader("PK\x03\x04xxxx"), Options{}, "format.unsupported"},
		{"parquet", "a", strings.NewReader("PAR1xxxx"), Options{}, "format.unsupported"},
		{"xls", "a", strings.NewReader("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1xx"), Options{}, "format.unsupported"},
		{"ldif", "a", strings.NewReader("version: 1\n\ndn: cn=a\n"), Options{}, "format.unsupported"},
		{"ldif without version", "a", strings.NewReader("dn: cn=a\n"), Options{}, "format.unsupported"},
		{"xml", "a", strings.NewReader("<?xml version='1.0'?>"), Options{}, "format.unsupported"},
		{"yaml", "a.yml", strings.NewReader("a: b\n"), Options{}, "format.unsupported"},
		{"binary", "a", bytes.NewReader(bytes.Repeat([]byte{1, 2, 3, 'a'}, 50)), Options{}, "format.unsupported"},
		{"utf-32", "a", strings.NewReader("\xff\xfe\x00\x00a\x00\x00\x00"), Options{}, "charset"},
		{"gzip in gzip", "a", bytes.NewReader(gz(t, gz(t, []byte("a,b\n")))), Options{}, "nested"},
		{"zip in zstd", "a", bytes.NewReader(zst(t, []byte("PK\x03\x04xxxx"))), Options{}, "nested"},
		{"unknown charset", "a", strings.NewReader("a"), Options{Charset: "ebcdic"}, "options"},
		{"unknown format", "a", strings.NewReader("a"), Options{Format: "toml"}, "options"},
		{"separator", "a", strings.NewReader("a"), Options{Sep: '"'}, "options"},
		{"root", "a.json", strings.NewReader("{}"), Options{Root: "a[0]"}, "options"},
		{"header with an open quote", "a", strings.NewReader("a,\"b\n1,2\n"), Options{}, "csv.header"},
		{"header with a zero byte", "a", strings.NewReader("a,\x00\n1,2\n"), Options{}, "csv.header"},
		{"too many columns", "a", strings.NewReader(strings.Repeat("a,", 1000) + "a\n"), Options{}, "csv.header"},
		{"read error", "a", fails, Options{}, "read"},
		{"damaged gzip", "a", strings.NewReader("\x1f\x8b\x08"), Options{}, "compression"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Open(tt.file, tt.in, tt.o)
			var fe *FileError
			if !errors.As(err, &fe) || fe.Code != tt.code || fe.Name != tt.file || fe.Reason == "" || fe.Do == "" {
				t.Errorf("got %v, want code %s", err, tt.code)
			}
		})
	}
}

func TestReadErrorLater(t *testing.T) {
	cable := errors.New("cable")
	file := table(200_000)
	r, err := Open("-", io.MultiReader(bytes.NewReader(file), iotest.ErrReader(cable)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, bad, err := drain(r)
	var fe *FileError
	if len(rows) != 200_000 || len(bad) > 0 || !errors.As(err, &fe) || fe.Code != "read" || !errors.Is(err, cable) {
		t.Errorf("%d rows, %d bad, %v", len(rows), len(bad), err)
	}
	if r.Hash() != "" {
		t.Error("a file that could not be read to its end has a hash")
	}
}

func TestDetectFormat(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a.csv", "a,b\n", CSV},
		{"-", "a,b\n", CSV},
		{"a.csv", "[id];[name]\n1;2\n", CSV},
		{"a.csv", "{id},b\n", CSV},
		{"-", " \n{\"a\":1}", JSON},
		{"-", "[\n{\"a\":1}]", JSON},
		{"-", "{\n \"a\":1}", JSON},
		{"-", "{\"a\":1}\n{\"a\":2}\n", NDJSON},
		{"-", "{\"a\":[{\"b\":1},\n{\"b\":2}\n]}", JSON},
		{"-", "{\"a\":1,\n\"b\":{}}\n", JSON},
		{"a.jsonl", "{\"a\":1}\n", NDJSON},
		{"a.ndjson.zst", "{\"a\":1}\n", NDJSON},
		{"a.json", "{\"a\":1}\n", JSON},
		{"-", "begin:vcard\nversion:3.0\n", VCard},
		{"-", "\ufeffBEGIN:VCARD\r\n", VCard},
		{"dn.csv", "dn,cn\n", CSV},
	}
	for _, tt := range tests {
		r, err := Open(tt.name, strings.NewReader(tt.text), Options{})
		if err != nil || r.Info().Format != tt.want {
			t.Errorf("%s %q: %v, %v", tt.name, tt.text, r, err)
		}
	}
}

func TestCharsetGuess(t *testing.T) {
	tests := []struct {
		name, text, charset string
		guessed             bool
		warnings            int
	}{
		{"ascii", "a,b\n1,2\n", "utf-8", false, 0},
		{"utf-8", "a,b\nä,ö\n", "utf-8", false, 0},
		{"latin-1", "a,b\n\xe4,\xf6\n", "windows-1252", true, 1},
		{"utf-8 with one bad byte", "a,b\nä,ö\nü,\xff\n", "utf-8", false, 1},
		{"json is never guessed", "[{\"a\":\"\xe4\"}]", "utf-8", false, 0},
		{"rune cut by the window", "a,b\n" + strings.Repeat("x", headSize-5) + "ä,b\n", "utf-8", false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Open("-", strings.NewReader(tt.text), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if i := r.Info(); i.Charset != tt.charset || i.Guessed != tt.guessed || len(i.Warnings) != tt.warnings {
				t.Errorf("%+v", i)
			}
		})
	}
	r, err := Open("-", strings.NewReader("\xff\xfea\x00\n\x00"), Options{Charset: "windows-1252"})
	if err != nil || r.Info().Charset != "utf-16le" || len(r.Info().Warnings) != 1 {
		t.Errorf("a mark that contradicts: %+v, %v", r.Info(), err)
	}
}

// TestAnEmptyFileIsAnError: whatever its name promises, a file without a
// character is not taken for one without rows.
func TestAnEmptyFileIsAnError(t *testing.T) {
	for _, name := range []string{"x.csv", "x.json", "x.ndjson", "x.vcf", "x", "-"} {
		for _, text := range []string{"", " \n\r\n", "\ufeff", "\xff\xfe \x00"} {
			for _, format := range []string{"", CSV, JSON, NDJSON, VCard} {
				_, err := Open(name, strings.NewReader(text), Options{Format: format})
				var fe *FileError
				if !errors.As(err, &fe) || fe.Code != "empty" || fe.Do == "" {
					t.Errorf("%s %q as %q: %v", name, text, format, err)
				}
			}
		}
	}
}
