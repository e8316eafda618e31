package text_test

import (
	"strings"
	"testing"

	"cdp-tui/internal/text"
)

func TestKindOfKey(t *testing.T) {
	for key, want := range map[string]string{
		"1001": text.KindPlain, "R-0012": text.KindPlain, "7700012345": text.KindPlain, "4e1f0c52-0a7f-4b0c-9d3e-000000000001": text.KindOther, "9f86d081884c7d659a2feaa0": text.KindOther, "m.weiss": text.KindOther, "L13164/abwanderungsgefährdet": text.KindOther, "Lı̈nd": text.KindOther, "PM-551017": text.KindPlain, "B-26-40001": text.KindPlain, "rec-12-dup-0": text.KindPlain,
		"2024-03-02": text.KindPlain, "7700 1200 3000": text.KindOther, "02:cc:00:1A:2b:3c": text.KindOther, "02:cc:00:1a:2b:3c/2026-08-11T05:40:51Z": text.KindOther, "wlan:02:cc:00:1a:2b:3c": text.KindOther, "102:cc:00:1a:2b:3c": text.KindPlain, "card=7700 1200 3000": text.KindOther, "2026-08-11/7": text.KindPlain, "2024-11-20-001": text.KindOther, "LH-DE-25-0101": text.KindPlain, "": text.KindPlain, "c+12": text.KindPlain, "00-12": text.KindPlain, "crm:0012": text.KindPlain,
		"m.weiss@lindenhof.test": text.KindEmail, "contact:a@b.test": text.KindEmail, "a%40b.test": text.KindEmail, "a＠b.test": text.KindEmail,
		"+4915150000012": text.KindPhone, "0151 5000 0012": text.KindPhone, "tel:+49-151-5000": text.KindPhone, "order+4915150000012x": text.KindPhone,
		"0040721000111": text.KindPhone, "(0151) 5000001": text.KindPhone, "%2B4915150000012": text.KindPhone, "+49 151 x 50000": text.KindPhone,
		"01515000+012": text.KindPhone, "＋４９１５１５００００１２": text.KindPhone, "０１５１５００００１２": text.KindPhone, "crm:0151 5000 0012": text.KindPhone,
		"0151\u00a05000\u00a00012": text.KindPhone,
	} {
		if got := text.KindOfKey(key); got != want {
			t.Errorf("KindOfKey(%q) = %s, want %s", key, got, want)
		}
	}
}

func TestKindOfAttribute(t *testing.T) {
	for _, c := range []struct{ name, attribute, label, fact string }{
		{"given_name", text.KindName, text.KindName, text.KindName},
		{"City", text.KindName, text.KindName, text.KindName},
		{"birth_date", text.KindBirthday, text.KindBirthday, text.KindBirthday},
		{"email_2", text.KindEmail, text.KindEmail, text.KindEmail},
		{"mobile", text.KindPhone, text.KindPhone, text.KindPhone},
		{"Straßenname, street", text.KindAddress, text.KindAddress, text.KindAddress},
		{"note", text.KindText, text.KindText, text.KindText},
		{"language", text.KindPlain, text.KindPlain, text.KindPlain},
		{"LOCALE", text.KindPlain, text.KindPlain, text.KindPlain},
		{"country", text.KindPlain, text.KindPlain, text.KindPlain},
		{"currency", text.KindPlain, text.KindPlain, text.KindPlain},
		{"segment", text.KindOther, text.KindText, text.KindText},
		{"proof", text.KindOther, text.KindText, text.KindText},
		{"", text.KindOther, text.KindText, text.KindText},
		{"file", text.KindOther, text.KindText, text.KindPlain},
		{"notice", text.KindOther, text.KindText, text.KindPlain},
		{"method", text.KindOther, text.KindText, text.KindPlain},
		{"record key", text.KindOther, text.KindText, text.KindKey},
		{"key", text.KindOther, text.KindText, text.KindKey},
	} {
		if got := text.KindOfAttribute(c.name, ""); got != c.attribute {
			t.Errorf("KindOfAttribute(%q) = %s, want %s", c.name, got, c.attribute)
		}
		if got := text.KindOfLabel(c.name); got != c.label {
			t.Errorf("KindOfLabel(%q) = %s, want %s", c.name, got, c.label)
		}
		if got := text.KindOfFact(c.name); got != c.fact {
			t.Errorf("KindOfFact(%q) = %s, want %s", c.name, got, c.fact)
		}
		if got := text.KindOfAttribute(c.name, "health"); got != text.KindText {
			t.Errorf("KindOfAttribute(%q, special) = %s", c.name, got)
		}
	}
}

func TestHides(t *testing.T) {
	for _, c := range []struct {
		kind, raw, as string
		hides         bool
	}{
		{text.KindPlain, "m.weiss@lindenhof.test", text.KindPlain, false},
		{text.KindKey, "C-1001", text.KindPlain, false},
		{text.KindKey, "m.weiss@lindenhof.test", text.KindEmail, true},
		{text.KindOther, "C-1001", text.KindOther, true},
		{"cookie", "9f3a", "cookie", true},
	} {
		if as, hides := text.Hides(c.kind, c.raw); as != c.as || hides != c.hides {
			t.Errorf("Hides(%s) = %s, %v, want %s, %v", c.kind, as, hides, c.as, c.hides)
		}
	}
}

// However an address or a number is wrapped, a key that holds it is masked.
func FuzzKindOfKey(f *testing.F) {
	f.Add("crm-", "-7")
	f.Add("", "")
	f.Add("%2", "+0")
	f.Fuzz(func(t *testing.T, before, after string) {
		if got := text.KindOfKey(before + "m.weiss@lindenhof.test" + after); got != text.KindEmail {
			t.Errorf("an address is masked as %s", got)
		}
		if _, hides := text.Hides(text.KindKey, before+"+4915150000012"+after); !hides {
			t.Error("a number is shown")
		}
		if got := text.KindOfKey(before); got == text.KindPlain && strings.Contains(before, "@") {
			t.Error("an address is shown")
		}
	})
}
