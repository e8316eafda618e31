package decode

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

func card(lines ...string) string {
	return "BEGIN:VCARD\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VCARD\r\n"
}

func TestVCardValues(t *testing.T) {
	tests := []struct {
		name, text, path string
		want             any
	}{
		{"plain", card("VERSION:4.0", "FN:Ada Lind"), "fn[0].value", "Ada Lind"},
		{"version", card("VERSION:4.0", "FN:x"), "version", "4.0"},
		{"folded", card("VERSION:3.0", "NOTE:one li", " ne", "\t and more"), "note[0].value", "one line and more"},
		{"escapes", card("VERSION:3.0", `NOTE:a\, b\; c\nd\Ne\\n`), "note[0].value", "a, b; c\nd\ne\\n"},
		{"types", card("VERSION:3.0", "TEL;TYPE=CELL,Pref;TYPE=voice:1"), "tel[0].type", []any{"cell", "pref", "voice"}},
		{"type without a name in 3.0", card("VERSION:3.0", "TEL;CELL:+49 171 1"), "tel[0].value", "+49 171 1"},
		{"type without a name in 3.0", card("VERSION:3.0", "TEL;CELL:+49 171 1"), "tel[0].type", []any{"cell"}},
		{"quoted types", card("VERSION:4.0", `TEL;VALUE=uri;PREF=1;TYPE="voice,home":tel:+1`), "tel[0].type", []any{"voice", "home"}},
		{"value with colon", card("VERSION:4.0", `TEL;VALUE=uri;PREF=1;TYPE="voice,home":tel:+1`), "tel[0].value", "tel:+1"},
		{"params", card("VERSION:4.0", "TEL;PREF=1:2"), "tel[0].params.pref", []any{"1"}},
		{"group", card("VERSION:3.0", "item1.EMAIL;type=INTERNET:ada@lindenhof.test"), "email[0].group", "item1"},
		{"second of a name", card("VERSION:3.0", "EMAIL:a@lindenhof.test", "TEL:1", "EMAIL:b@lindenhof.test"), "email[1].value", "b@lindenhof.test"},
		{"parts", card("VERSION:3.0", `N:O\;Lind;Ada\, B;;;`), "n[0].parts", []any{"O;Lind", "Ada, B", "", "", ""}},
		{"2.1 quoted-printable", card("VERSION:2.1", "FN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:M=C3=BCl=", "ler"), "fn[0].value", "Müller"},
		{"2.1 latin-1", card("VERSION:2.1", "FN;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:M=FCller"), "fn[0].value", "Müller"},
		{"2.1 types", card("VERSION:2.1", "TEL;WORK;TYPE=FAX;X-A=b:1"), "tel[0].type", []any{"work", "fax"}},
		{"2.1 params", card("VERSION:2.1", "TEL;WORK;TYPE=FAX;X-A=b:1"), "tel[0].params.x-a", []any{"b"}},
		{"2.1 parts", card("VERSION:2.1", "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;;"), "n[0].parts[1]", "Jörg"},
		{"2.1 base64", card("VERSION:2.1", "PHOTO;JPEG;ENCODING=BASE64:", "    AAAA", "    BBBB", "", "TEL:1"), "photo[0].value", "AAAABBBB"},
		{"2.1 base64 without indent", card("VERSION:2.1", "PHOTO;JPEG;BASE64:AAAA", "BBBB", "", "TEL:1"), "photo[0].value", "AAAABBBB"},
		{"2.1 folded", card("VERSION:2.1", "NOTE:one", " line"), "note[0].value", "one line"},
		{"picture too long", card("VERSION:3.0", "PHOTO;ENCODING=b:"+strings.Repeat("A", 70<<10), "TEL:1"), "photo[0].value", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Open("-", strings.NewReader(tt.text), Options{})
			if err != nil {
				t.Fatal(err)
			}
			rows, bad, err := drain(r)
			if err != nil || len(bad) > 0 || len(rows) != 1 {
				t.Fatal(rows, bad, err)
			}
			if got, ok := rows[0].Get(tt.path); !ok || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestVCardDamage(t *testing.T) {
	ok := card("VERSION:3.0", "FN:Ada")
	tests := []struct{ name, text, want string }{
		{"between good ones", ok + card("VERSION:3.0", "no property") + ok, "2 2:5:vcard.line"},
		{"no end", ok + "BEGIN:VCARD\r\nVERSION:3.0\r\n" + ok, "2 2:5:vcard.end"},
		{"cut off", ok + "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:A", "1 2:5:vcard.end"},
		{"text between", ok + "hello\r\nworld\r\n" + ok, "2 2:5:vcard.begin"},
		{"end twice", ok + "END:VCARD\r\n" + ok, "2 2:5:vcard.begin"},
		{"version", ok + card("FN:x") + card("VERSION:9"), "1 2:5:vcard.version 3:8:vcard.version"},
		{"folded version", ok + card("VERSION:4.0", " 0"), "1 2:5:vcard.version"},
		{"two versions", ok + card("VERSION:2.1", "VERSION:4.0"), "1 2:5:vcard.version"},
		{"blank lines between", ok + "\r\n\r\n" + ok, "2"},
		{"zero byte", ok + card("VERSION:3.0", "FN:\x00"), "1 2:5:vcard.nul"},
		{"not utf-8", ok + card("VERSION:3.0", "FN:äöü") + card("VERSION:3.0", "FN:\xff"), "2 3:9:vcard.utf8"},
		{"quoted-printable in 3.0", ok + card("VERSION:3.0", "FN;ENCODING=QUOTED-PRINTABLE:=41"), "1 2:5:vcard.encoding"},
		{"bad quoted-printable", ok + card("VERSION:2.1", "FN;ENCODING=QUOTED-PRINTABLE:a\x01"), "1 2:5:vcard.encoding"},
		{"unknown charset", ok + card("VERSION:2.1", "FN;ENCODING=QUOTED-PRINTABLE;CHARSET=x:=FC"), "1 2:5:vcard.charset"},
		{"no charset", ok + card("VERSION:2.1", "FN;ENCODING=QUOTED-PRINTABLE:=FC"), "1 2:5:vcard.charset"},
		{"too long", ok + card("VERSION:3.0", strings.Repeat("NOTE:xxxxxxxxxxxxxxxx\r\n", 70<<10)) + ok, "2 2:5:vcard.too_long"},
		{"value too long", ok + card("VERSION:3.0", "NOTE:"+strings.Repeat("x", 70<<10)) + ok, "2 2:5:vcard.field_too_long"},
		{"many properties", ok + card("VERSION:3.0", strings.Repeat("NOTE:x\r\n", 1001)) + ok, "2 2:5:vcard.fields"},
		{"unclear parameters", ok + card("VERSION:3.0", `TEL;TYPE=a"b:c":1`) + ok, "2 2:5:vcard.line"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Open("x.vcf", strings.NewReader(tt.text), Options{})
			if err != nil {
				t.Fatal(err)
			}
			rows, bad, err := drain(r)
			if got := summary(rows, bad, err); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// FuzzVCard: no line is lost, whatever it holds; a card that is read has its version.
func FuzzVCard(f *testing.F) {
	f.Add([]byte(card("VERSION:3.0", "FN:Ada", "item1.TEL;CELL;TYPE=\"a,b\":1", " 2")))
	f.Add([]byte(card("VERSION:2.1", "FN;QUOTED-PRINTABLE:=41=", "=42", "KEY;BASE64:AA", " BB", "")))
	f.Add([]byte("BEGIN:VCARD\nVERSION:4.0\nN:a;b\\;c\nBEGIN:VCARD\nEND:VCARD\nx\nEND:VCARD"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Open("-", bytes.NewReader(text), Options{Format: VCard, Charset: "utf-8"})
		if err != nil || r.Info().BOM || r.Info().Compression != "" {
			return
		}
		covers(t, r, text, " \t\r\n\v\f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000")
		r, _ = Open("-", bytes.NewReader(text), Options{Format: VCard, Charset: "utf-8"})
		rows, _, _ := drain(r)
		for _, row := range rows {
			if v, _ := row.Get("version"); v != "2.1" && v != "3.0" && v != "4.0" {
				t.Errorf("a card of version %v", v)
			}
		}
	})
}
