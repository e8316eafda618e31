package ingest

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cdp-tui/internal/ingest/mapping"
)

// TestDialects maps the small files that show what CSV can be in the wild.
func TestDialects(t *testing.T) {
	dir := filepath.Join(exports(t), "dialects")
	tests := []struct{ file, mapping, want string }{ // keys when they are the file's, and attributes; then rejects and notes
		{"csvkit_dummy.csv.gz", "abc", "a=1 b=2 c=3"},
		{"csvkit_mac_newlines.csv", "abc", "a=1 b=2 c=3|a=Once upon\na time b=5 c=6"},
		{"csvkit_null_byte.csv", "abc", "!csv.nul"},
		{"csvkit_test_latin1.csv", "abc", "a=1 b=2 c=3|a=4 b=5 c=©|?charset_guessed|?file_warning"},
		{"csvkit_test_locale.csv", "abc", "a=1,7 b=200.000.000"},
		{"csvkit_test_utf16_big.csv", "abc", "a=1 b=2 c=3|a=4 b=5 c=ʤ"},
		{"csvkit_test_utf16_little.csv", "abc", "a=1 b=2 c=3|a=4 b=5 c=ʤ"},
		{"csvkit_test_utf8_bom.csv", "bom", "foo=1 baz=3|foo=4 baz=ʤ"},
		{"frictionless_accent.csv", "accent", "FR*A17*E*ZZZ*3*1*1*_ access=24h/24 charging=Payant (badge, appli et QR code)|FR*A17*E*ZZZ*3*1*2*_ access=24h/24 charging=Payant (badge, appli et QR code)"},
		{"frictionless_duplicate-headers.csv", "duplicate", "1101 second=0 third=001101|1102 second=0 third=001102|?duplicate_header"},
		{"frictionless_leading-zeros.csv", "zeros", "01|002|00003"},
	}
	for _, tt := range tests {
		text, err := os.ReadFile(filepath.Join("testdata", "dialects", tt.mapping+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		m, err := mapping.Load(tt.mapping+".yaml", text)
		if err != nil {
			t.Fatal(err)
		}
		g := newGate()
		r, err := Run(context.Background(), Options{Gate: g, Canon: canon(t), Mapping: m, Name: tt.file, Open: func() (io.ReadCloser, error) { return os.Open(filepath.Join(dir, tt.file)) }})
		if err != nil {
			t.Errorf("%s: %v", tt.file, err)
			continue
		}
		var got []string
		for _, rec := range g.records {
			var parts []string
			if len(rec.Key) != 32 {
				parts = append(parts, rec.Key)
			}
			for _, a := range rec.Attributes {
				parts = append(parts, a.Name+"="+a.Value.Reveal())
			}
			got = append(got, strings.Join(parts, " "))
		}
		for _, rej := range g.rejects {
			got = append(got, "!"+rej.Code)
		}
		for _, n := range r.Notes {
			got = append(got, "?"+n.Code)
		}
		if s := strings.Join(got, "|"); s != tt.want {
			t.Errorf("%s: %q, want %q", tt.file, s, tt.want)
		}
	}
}
