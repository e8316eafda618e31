package resolve

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
)

func TestDefaultRules(t *testing.T) {
	r := Defaults()
	if r.Name != "defaults" || r.Version < 1 || r.Guard < 2 || len(r.Hash()) != 64 {
		t.Fatalf("defaults are %q version %d guard %d hash %q", r.Name, r.Version, r.Guard, r.Hash())
	}
	for _, kind := range cdp.Kinds() {
		_, n := r.Levels(kind, false)
		if links := kind != cdp.KindIP && kind != cdp.KindRecord; links != (n > 0) {
			t.Errorf("%s joins at %d classes", kind, n)
		}
	}
	if levels, n := r.Levels(cdp.KindEmail, true); n != 2 || levels[0] != ClassB || levels[1] != ClassC {
		t.Errorf("a verified address joins at %v", levels[:n])
	}
}

func TestHashIsOfTheText(t *testing.T) {
	a, err := ParseRules("one.yaml", DefaultRules())
	if err != nil {
		t.Fatal(err)
	}
	if a.Hash() != Defaults().Hash() {
		t.Error("the same text has two hashes")
	}
	b, err := ParseRules("one.yaml", append(DefaultRules(), "# a note\n"...))
	if err != nil {
		t.Fatal(err)
	}
	if b.Hash() == a.Hash() {
		t.Error("another text has the same hash")
	}
}

// TestOrderIsFixed: ties between values are broken alike on every machine, and
// by every version of the program.
func TestOrderIsFixed(t *testing.T) {
	for _, c := range []struct {
		kind cdp.Kind
		text string
		want uint64
	}{
		{cdp.KindEmail, "jo@example.com", 0xb8621bbb05c706f0},
		{cdp.KindPhone, "+4930123456", 0x68793cdbaaf16d7d},
		{cdp.KindEmail, "", 0xb5b1f39aea54dd5c},
	} {
		if got := order(c.kind, c.text); got != c.want {
			t.Errorf("%s %q is taken at %#x, it was at %#x", c.kind, c.text, got, c.want)
		}
	}
}

func TestBirth(t *testing.T) {
	r := Defaults()
	for value, want := range map[string]Day{
		"1980-02-29": 19800229, "1980-02-29T00:00:00Z": 19800229, "1980-02-29 00:00": 19800229,
		"1981-02-29": 0, "29.02.1980": 0, "1980-2-9": 0, "1980-02-291": 0, "": 0,
		"1900-01-01": 0, "1970-01-01T00:00:00Z": 0, // what systems fill in
	} {
		if got, ok := r.Birth(value); got != want || ok != (want != 0) {
			t.Errorf("%q is read as %d, %v", value, got, ok)
		}
	}
	if d := DayOf(time.Date(1980, 2, 29, 23, 0, 0, 0, time.UTC)); d != 19800229 {
		t.Errorf("the day is %d", d)
	}
}

// TestMistakesInRules: each is told with its line and a caret under it.
func TestMistakesInRules(t *testing.T) {
	const head = "identity: mine\nversion: 2\n"
	for _, c := range []struct {
		name, text string
		line       int
		at, says   string // what stands at the caret, and what is said
	}{
		{"no such class", head + "kinds:\n  crm: {class: E}\n", 4, "E", "a class is A, B, C or D"},
		{"two classes", head + "kinds:\n  crm: {class: AB}\n", 4, "AB", "a class is A, B, C or D"},
		{"small class", head + "kinds:\n  crm: {class: a}\n", 4, "a", "a class is A, B, C or D"},
		{"no class", head + "kinds:\n  crm: {exclusive: true}\n", 4, "", "class"},
		{"verified is weaker", head + "kinds:\n  email: {class: B, verified: C}\n", 4, "C", "not weaker"},
		{"verified is no class", head + "kinds:\n  email: {class: B, verified: X}\n", 4, "X", "a class is"},
		{"cap below zero", head + "kinds:\n  phone: {class: C, bridges: -1}\n", 4, "", "not negative"},
		{"spread below zero", head + "kinds:\n  phone: {class: C, spread: -3}\n", 4, "", "not negative"},
		{"unknown kind", head + "kinds:\n  fax: {class: C}\n", 4, "{class", "no kind of identifier"},
		{"addresses of machines", head + "kinds:\n  ip: {class: D}\n", 4, "{class", "no kind of identifier"},
		{"unknown word", head + "kinds:\n  crm: {class: A, unique: true}\n", 4, "unique", "unique"},
		{"guard of one", head + "kinds:\n  crm: {class: A}\nguard: 1\n", 5, "1", "at least 2"},
		{"guard below zero", head + "kinds:\n  crm: {class: A}\nguard: -5\n", 5, "-5", "at least 2"},
		{"birth dates", head + "kinds:\n  crm: {class: A}\nbirth_dates: same\n", 5, "same", "differ or ignore"},
		{"no date", head + "kinds:\n  crm: {class: A}\nno_birth_dates: [never]\n", 5, "never", "date"},
		{"no name", "version: 1\nkinds:\n  crm: {class: A}\n", 0, "", "identity"},
		{"no kinds", head, 0, "", "kinds"},
		{"not rules", "[1, 2]", 1, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseRules("mine.yaml", []byte(c.text))
			if err == nil {
				t.Fatal("is taken")
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("does not say %q:\n%v", c.says, err)
			}
			if c.line > 0 && !strings.Contains(err.Error(), fmt.Sprintf("mine.yaml:%d:", c.line)) {
				t.Errorf("does not point at line %d:\n%v", c.line, err)
			}
			if c.at != "" && !strings.HasPrefix(underCaret(err.Error()), c.at) {
				t.Errorf("the caret is under %q, not %q:\n%v", underCaret(err.Error()), c.at, err)
			}
		})
	}
}

// underCaret is the rest of the source line from where the first caret points.
func underCaret(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if strings.HasSuffix(l, "^") && i > 0 && strings.TrimLeft(l, " |^") == "" {
			return lines[i-1][min(len(l)-1, len(lines[i-1])):]
		}
	}
	return ""
}

// TestAllMistakesAtOnce: a file with three mistakes is corrected in one go.
func TestAllMistakesAtOnce(t *testing.T) {
	_, err := ParseRules("mine.yaml", []byte("identity: mine\nversion: 2\nkinds:\n  crm: {class: E}\n  fax: {class: C}\nguard: 1\n"))
	if err == nil {
		t.Fatal("is taken")
	}
	for _, want := range []string{"a class is", "no kind of identifier", "at least 2"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("does not say %q:\n%v", want, err)
		}
	}
}

// FuzzParseRules: no text makes it panic, and what it takes it can work with.
func FuzzParseRules(f *testing.F) {
	f.Add(DefaultRules())
	f.Add([]byte(tight))
	f.Add([]byte("identity: x\nversion: 1\nkinds: {email: {class: C, verified: A}}\nno_birth_dates: [2000-01-01]\n"))
	f.Add([]byte("kinds: {crm: {class: Z}}"))
	f.Add([]byte{0xff, 0, '\n'})
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ParseRules("fuzz", text)
		if err != nil {
			if r != nil {
				t.Fatal("rules and an error")
			}
			return
		}
		recs := make([]Record, 3)
		for i := range recs {
			recs[i] = Record{ID: cdp.RecordID(i + 1), Controller: "A", Birth: Day(19800101 + i%2)}
			for _, kind := range cdp.Kinds() {
				recs[i].Claims = append(recs[i].Claims, Claimed{ident(kind, fmt.Sprint("x:", i/2)), i == 0})
			}
		}
		c := r.Resolve(recs, nil, []Pair{{1, 3}}, nil)
		if p := c.Result.Part; p[0] != p[2] {
			t.Fatal("a person's word is not kept")
		}
		again, err := ParseRules("again", text)
		if err != nil || again.Hash() != r.Hash() {
			t.Fatal("the same text is read otherwise")
		}
	})
}
