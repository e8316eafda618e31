package text_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"cdp-tui/internal/text"
)

func TestWidth(t *testing.T) {
	for in, want := range map[string]int{"": 0, "abc": 3, "Weiß": 4, "e\u0301": 1, "日本": 4, "‹009B›": 6, "क्ष": 2, "███": 3} {
		if got := text.Width(text.Clean(in)); got != want {
			t.Errorf("Width(%q) = %d, want %d", in, got, want)
		}
	}
	if got := text.StyledWidth("\x1b[1;31mWeiß\x1b[m"); got != 4 {
		t.Errorf("StyledWidth = %d", got)
	}
}

func TestCutAndPad(t *testing.T) {
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{
		{"abcdef", 6, "abcdef"}, {"abcdef", 5, "abcd…"}, {"abcdef", 1, "…"}, {"abcdef", 0, ""}, {"abcdef", -3, ""},
		{"日本語", 6, "日本語"}, {"日本語", 5, "日本…"}, {"日本語", 4, "日…"}, {"日本語", 2, "…"},
		{"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
		{"क्षabcdefghi", 10, "क्षabcdefg…"},
	} {
		if got := text.Cut(text.Clean(c.in), c.w); got.String() != c.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.in, c.w, got, c.want)
		}
	}
	if got := text.Pad(text.Clean("日本語"), 4).String(); got != "日… " {
		t.Errorf("Pad = %q", got)
	}
	if got := text.PadLeft(text.Clean("12"), 4).String(); got != "  12" {
		t.Errorf("PadLeft = %q", got)
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{
		{"", 5, ""}, {"one two three", 7, "one two|three"}, {"one two three", 8, "one two|three"},
		{"one  two", 4, "one|two"}, {"abcdefghij", 4, "abcd|efgh|ij"}, {"a bcdefghij", 4, "a bc|defg|hij"},
		{"abc defghijkl", 4, "abc|defg|hijk|l"}, {"ab cdefgh ij", 8, "ab|cdefgh|ij"}, {"sha256 0123456789abcdefghij", 10, "sha256 012|3456789abc|defghij"},
		{"sha2567 0123456789abcdefghij", 10, "sha2567|0123456789|abcdefghij"}, {"a  日本語日本", 6, "a  日|本語日|本"}, {"one 0123456789 two", 7, "one 012|3456789|two"},
		{"    indented text", 9, "    inden|ted text"}, {"日本語", 4, "日本|語"}, {"日本", 1, "…|…"}, {"abc", 0, ""},
		{"ends here ", 9, "ends here"},
	} {
		var got []string
		for _, l := range text.Wrap(text.Clean(c.in), c.w) {
			got = append(got, l.String())
		}
		if g := strings.Join(got, "|"); g != c.want {
			t.Errorf("Wrap(%q, %d) = %q, want %q", c.in, c.w, g, c.want)
		}
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Straße": "strasse", "STRASSE": "strasse", "ẞ": "ss", "Müller": "muller", "İstanbul": "istanbul", "ISPARTA ılıca": "isparta ilica",
		"Șerban Țepeș": "serban tepes", "Şener Ţ": "sener t", "Łódź": "lodz", "Ærø": "aero", "Œuvre": "oeuvre", "Þór Đỗ": "thor do",
		"e\u0301A\u0308": "ea", "ΣΊΣΥΦΟΣ": "σίσυφοσ", "Σίσυφος": "σίσυφοσ", "ДОМ": "дом", "plain 12": "plain 12", "Ž": "z", "×÷": "×÷",
		"\xff": "\xff", "Ĳssel": "ijssel",
	} {
		if got := text.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFind(t *testing.T) {
	for _, c := range []struct{ in, q, want string }{
		{"Die Straße", "rass", "raß"}, {"Die Straße", "s", "S"}, {"Müller", "ull", "üll"}, {"cafe\u0301 x", "fe", "fe\u0301"},
		{"abc", "", ""}, {"abc", "d", ""}, {"İZMİR", "izmir", "İZMİR"},
	} {
		s := text.Clean(c.in)
		from, to, ok := text.Find(s, c.q)
		if ok != (c.want != "") || ok && s.String()[from:to] != c.want {
			t.Errorf("Find(%q, %q) = %d, %d, %v", c.in, c.q, from, to, ok)
		}
	}
}

func TestMask(t *testing.T) {
	for _, c := range []struct{ kind, in, want string }{
		{"email", "martina.weiss@lindenhof.de", "m███@███.de"},
		{"email", "ab@lindenhof.de", "███@███.de"},
		{"email", "\u202eabc@lindenhof.de", "████@███.de"},
		{"email", "abc@x.xn--p1ai", "a███@███"},
		{"email", "abc@localhost", "a███@███"},
		{"email", "a@b@lindenhof.museum", "a███@███.museum"},
		{"email", "no address here", "no███re"},
		{"phone", "+4915112345612", "+49 15█ ███ 12"},
		{"phone", "+49 (0)151 123456-12", "+49 01█ ███ 12"},
		{"phone", "+40721123456", "+40 72█ ███ 56"},
		{"phone", "+12025550143", "+1 20█ ███ 43"},
		{"phone", "+35312345678", "+353 12█ ███ 78"},
		{"phone", "0151 1234567", "01█ ███ 67"},
		{"phone", "112", "███"}, {"phone", "+49110", "+49 ███"},
		{"name", "Weiß, Martina", "W███, M███"}, {"name", "Zoë O'Neil", "Z███ O███"}, {"name", "a b c d", "a███ b███ c███"},
		{"name", "\x1b[2J", "████"}, {"name", " , ", "███"},
		{"birthday", "1980-02-03", "███"}, {"address", "Lindenweg 12", "███"},
		{"loyalty", "770012340901", "77███01"}, {"crm", "C-88421", "███21"}, {"crm", "C-884219", "C███19"}, {"cookie", "9f3a", "███"},
		{"email", "", ""}, {"loyalty", "store:770012340901", "store:77███01"}, {"crm", "Weiß:88421", "W███21"}, {"ip", "192.0.2.17", "███"},
	} {
		got := text.Mask(c.kind, c.in)
		if got.String() != c.want {
			t.Errorf("Mask(%s) = %q, want %q", c.kind, got, c.want)
		}
		checkSafe(t, got)
	}
}

func FuzzMask(f *testing.F) {
	for _, k := range []string{"email", "phone", "name", "birthday", "loyalty", "crm", "?"} {
		for _, v := range []string{"martina.weiss@lindenhof.de", "+49 151 123 456 12", "Weiß, Martina", "aaaa", "a b c", "\x1b[31m@\u202e.de", "@@@.aaaa", "12345678", "store:770012340901"} {
			f.Add(k, v)
		}
	}
	f.Fuzz(func(t *testing.T, kind, in string) {
		m := text.Mask(kind, in)
		checkSafe(t, m)
		if text.Mask(kind, in).String() != m.String() {
			t.Error("not deterministic")
		}
		if in != "" && !strings.Contains(m.String(), "███") {
			t.Errorf("%q hides nothing", m)
		}
		s := m.String()
		if kind == "email" { // documented: the top-level domain
			if i := strings.LastIndexByte(s, '.'); i > 0 && len(s)-i <= 7 {
				s = s[:i]
			}
		}
		if kind == "phone" && strings.HasPrefix(s, "+") { // documented: the country code
			_, s, _ = strings.Cut(s, " ")
		}
		if head, rest, ok := strings.Cut(s, ":"); ok && strings.HasPrefix(in, head+":") { // documented: the issuer
			s = rest
		}
		r := []rune(s)
		for i := 0; i+4 <= len(r); i++ {
			run := string(r[i : i+4])
			if !strings.Contains(run, "█") && utf8.ValidString(in) && strings.Contains(in, run) {
				t.Errorf("%q shows the run %q", m, run)
			}
		}
		if n := strings.Count(s, "█"); in != "" && (n < 3 || len(r)-n > 12) {
			t.Errorf("%q shows %d characters", s, len(r)-n)
		}
	})
}

func TestCSVCell(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Weiß", "Weiß"}, {"=1+1", "'=1+1"}, {"+49 151", "'+49 151"}, {"-5", "'-5"}, {"@SUM(A1)", "'@SUM(A1)"},
		{"\t=1", "'\t'=1"}, {"\r=1", "'\r'=1"}, {"\n=1", "'\n'=1"}, {"\x00=1", "'\x00=1"},
		{"＝1", "'＝1"}, {"＋1", "'＋1"}, {"－1", "'－1"}, {"＠x", "'＠x"},
		{"  =1", "  '=1"}, {"\ufeff=1", "\ufeff'=1"}, {"a;=1", "a;'=1"}, {"a,=1", "a,'=1"}, {"a\"=1", "a\"'=1"}, {"a|=1", "a|'=1"},
		{"one\r\ntwo", "one\r\ntwo"}, {"one\n-two", "one\n'-two"}, {"a=b", "a=b"}, {"m@x.de", "m@x.de"}, {"", ""}, {"'=1", "'=1"},
		{"a\xff=b", "a\xff=b"},
	} {
		if got := text.CSVCell(c.in); got != c.want {
			t.Errorf("CSVCell(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzCSVCell(f *testing.F) {
	for _, s := range []string{"=1", " \t=1", "a;\"=1", "＝1", "\x00-1", "a\xff=", "\ufeff\u200b@x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got := text.CSVCell(in)
		if text.CSVCell(got) != got {
			t.Errorf("not idempotent: %q", got)
		}
		if strings.ReplaceAll(got, "'", "") != strings.ReplaceAll(in, "'", "") {
			t.Errorf("%q changed to %q", in, got)
		}
		for _, sep := range []string{",", ";", "\t", "|", "\n", "\""} {
			for _, field := range strings.Split(got, sep) {
				if strings.ContainsAny(strings.Trim(field, " \x00\"")[:min(1, len(strings.Trim(field, " \x00\"")))], "=+-@") {
					t.Errorf("%q read with %q has a formula", got, sep)
				}
			}
		}
	})
}

func TestInspect(t *testing.T) {
	got := text.Inspect("Aж\u009b\u202e\x9be\u0301 \ue000\ufdd0日")
	want := []string{
		"U+0041   A  letter (Latin)", "U+0436   ж  letter (Cyrillic)", "U+009B      <control> CSI", "U+202E      <format> bidi override",
		"0x9B       <not UTF-8>", "U+0065   e  letter (Latin)", "U+0301   ◌\u0301  combining mark", "U+0020      space",
		"U+E000      <private use>", "U+FDD0      <noncharacter>", "U+65E5   日 letter",
	}
	if len(got) != len(want) {
		t.Fatalf("%d lines: %q", len(got), got)
	}
	for i := range want {
		if got[i].String() != want[i] {
			t.Errorf("line %d: %q, want %q", i, got[i], want[i])
		}
	}
}

func TestSuspicious(t *testing.T) {
	for in, want := range map[string]bool{
		"m@lindenhof.de": false, "info@раураl.com": true, "pаypal.com": true, "m@почта.рф": false, "почта.com": false,
		"αlpha.test": true, "ελλάδα.test": false, "жω.test": true, "müller-söhne.test": false, "": false, "日本a.test": false,
	} {
		if got := text.Suspicious(in); got != want {
			t.Errorf("Suspicious(%q) = %v", in, got)
		}
	}
}
