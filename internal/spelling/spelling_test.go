package spelling

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func keys(f *Folder, s string) string {
	var out []string
	for _, w := range f.Words(s) {
		out = append(out, w.Key)
	}
	return strings.Join(out, " ")
}

// Every spelling of a row must have the same words as every other one.
func TestSpellingsAreEqual(t *testing.T) {
	f := New()
	for _, row := range [][]string{
		{"Müller", "Mueller", "Muller", "MÜLLER", "Mu\u0308ller", "müller", "M\u00ad\u200büller"},
		{"Weiß", "Weiss", "WEISS", "WEIẞ", "weiß"},
		{"Schröder", "Schroeder", "Schroder", "SCHRÖDER"},
		{"Jäger", "Jaeger", "Jager"},
		{"Grünwälder Straße", "Gruenwaelder Strasse", "Grunwalder Strasse"},
		{"Sørensen", "Soerensen", "Sorensen", "Sörensen"},
		{"Ștefănescu", "Ştefănescu", "Stefanescu", "ștefănescu", "S\u0326tefa\u0306nescu", "S\u0327tefanescu"},
		{"Constanța", "Constanţa", "Constanta", "CONSTANȚA"},
		{"Brâncuși", "Brancusi", "Brâncuşi"},
		{"Ioniță", "Ioniţă", "Ionita"},
		{"Țăran", "Ţăran", "Taran"},
		{"İstanbul", "istanbul", "Istanbul", "ISTANBUL", "ıstanbul", "I\u0307stanbul"},
		{"Işık", "Isik", "IŞIK", "ışık", "ISIK"},
		{"Çağlar", "Caglar", "ÇAĞLAR"},
		{"Güneş", "Gunes", "Guenes", "GÜNEŞ"},
		{"Øystein Ærlig", "Oystein Aerlig"},
		{"Łódź", "Lodz", "ŁÓDŹ"},
		{"Đorđević", "Dordevic"},
		{"O'Brien", "O’Brien", "OBrien"},
		{"Weiß-Popa", "weiss popa", "Weiß – Popa"},
		{"Αθήνα", "ΑΘΗΝΑ", "αθηνα"},
		{"Παπαδόπουλος", "ΠΑΠΑΔΟΠΟΥΛΟΣ"},
		{"Королёв", "КОРОЛЕВ"},
		{"Ａｎｎａ", "anna"},
	} {
		want := keys(f, row[0])
		if want == "" {
			t.Errorf("%q has no words", row[0])
		}
		for _, s := range row[1:] {
			if got := keys(f, s); got != want {
				t.Errorf("%+q gives %q, and %+q %q", row[0], want, s, got)
			}
		}
	}
}

func TestDifferentNamesStayApart(t *testing.T) {
	f := New()
	for _, pair := range [][2]string{
		{"Bauer", "Baur"}, {"Neuer", "Neur"}, {"Quelle", "Qulle"}, {"Weis", "Weiß"}, {"Maier", "Mair"}, {"Anna", "Ana"}, {"Muller", "Moller"}, {"Иван", "Yvan"},
	} {
		if keys(f, pair[0]) == keys(f, pair[1]) {
			t.Errorf("%s and %s are one", pair[0], pair[1])
		}
	}
}

func TestWords(t *testing.T) {
	f := New()
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{" \t\x00\x1b[31m ", ""},
		{"\x1b[31mAnna\x1b[0m \x1b[38;5;1mMüller\u009b1mx\x1b[m", "anna muller x"},
		{"an\x1b[2Jna \x1b[2 q\x1b[ 12 \x1b[", "an na 12"},
		{"\x1b]0;title\x07anna \x1b[12Ä", "0 title anna 12a"}, // shown as they are, so found as they are
		{"a\xffb", "a b"},
		{"山田太郎 san", "山 田 太 郎 san"},
		{"it's 5 o'clock", "its 5 oclock"},
		{"'quoted'", "quoted"},
		{"\u0301\u200b", ""},
		{"x\u202ey", "xy"},
		{strings.Repeat("ä", 100), strings.Repeat("a", 64)},
		{strings.Repeat("я", 100), strings.Repeat("я", 32)},
	} {
		if got := keys(f, c.in); got != c.want {
			t.Errorf("%+q: words %+q, want %+q", c.in, got, c.want)
		}
	}
}

func FuzzWords(f *testing.F) {
	for _, s := range []string{"Müller-Weiß", "O'Brien\x00", "a\u0308\u0308e", "joeel", "aüeoe", "\xff\xfe", "山田 ﬁ İı"} {
		f.Add(s)
	}
	fo := New()
	f.Fuzz(func(t *testing.T, s string) {
		last := 0
		for i, w := range fo.Words(s) {
			if w.Pos != i || w.Start < last || w.End <= w.Start || w.End > len(s) {
				t.Fatalf("%+q: word %d at %d..%d after %d", s, i, w.Start, w.End, last)
			}
			last = w.End
			if contract(w.Key) != w.Key {
				t.Fatalf("%+q: key %+q contracts further to %+q", s, w.Key, contract(w.Key))
			}
			w.Forms(func(form string) {
				if form == "" || len(form) > maxWord || !utf8.ValidString(form) {
					t.Fatalf("%+q: bad form %+q", s, form)
				}
				if strings.IndexFunc(form, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) >= 0 {
					t.Fatalf("%+q: form %+q", s, form)
				}
				// A word is found again by each of its keys.
				if again := fo.Words(w.Key); len(again) != 1 || again[0].Key != w.Key {
					t.Fatalf("%+q: the key %+q is cut to %v", s, w.Key, again)
				}
			})
		}
	})
}
