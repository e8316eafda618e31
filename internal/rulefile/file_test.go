package rulefile_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/rulefile"
)

type register struct {
	Version    int                 `yaml:"version,required"`
	From       rulefile.Date       `yaml:"valid_from"`
	At         time.Time           `yaml:"at"`
	Activities []activity          `yaml:"activities"`
	Names      map[string]string   `yaml:"names"`
	Lists      map[string][]string `yaml:"lists"`
	Strict     bool                `yaml:"strict"`
	Share      float64             `yaml:"share"`
	Small      uint8               `yaml:"small"`
	Free       any                 `yaml:"free"`
	Note       *string             `yaml:"note"`
	Value      value               `yaml:"value"`
	common     `yaml:",inline"`
	Common     common `yaml:",inline"`
	Skip       string `yaml:"-"`
}

type common struct {
	Owner string `yaml:"owner"`
}

type activity struct {
	ID        string          `yaml:"id,required"`
	Basis     string          `yaml:"basis"`
	Retention rulefile.Period `yaml:"retention"`
	Purpose   []string        `yaml:"purpose"`
}

// A value can be written as text or as fields.
type value struct {
	Col  string `yaml:"col"`
	Expr string `yaml:"expr"`
}

func (v *value) UnmarshalYAML(decode func(any) error) error {
	var s string
	if decode(&s) == nil {
		v.Col = s
		return nil
	}
	type fields value
	if err := decode((*fields)(v)); err != nil {
		return err
	}
	if v.Col != "" && v.Expr != "" {
		return errors.New("give col or expr, not both")
	}
	return nil
}

func TestDecode(t *testing.T) {
	src := "\uFEFF# a register\r\nversion: 2\r\nvalid_from: 2026-01-31\r\n" + `at: 2026-01-31T12:00:00+01:00
activities:
  - id: order
    basis: contract   # Art. 6(1)(b)
    retention: P10Y
    purpose: [a, b]
  - {id: 007, basis: no}
names: {de: no, 1: yes, "null": "", true: 1.10, tr: ' x '}
lists:
  "a.b": []
strict: true
share: 0.25
small: 255
free: {n: 12, x: 1.5, b: false, s: yes, q: "12", l: [~, a], d: 2026-01-01}
note: ~
value: city
owner: |
  A
  B
`
	var got register
	got.Skip = "kept"
	if err := rulefile.Decode("r.yaml", []byte(src), &got); err != nil {
		t.Fatal(err)
	}
	want := register{
		Version: 2, From: rulefile.Date{Year: 2026, Month: 1, Day: 31},
		Activities: []activity{
			{ID: "order", Basis: "contract", Retention: rulefile.Period{Years: 10}, Purpose: []string{"a", "b"}},
			{ID: "007", Basis: "no"},
		},
		Names:  map[string]string{"de": "no", "1": "yes", "null": "", "true": "1.10", "tr": " x "},
		Lists:  map[string][]string{"a.b": {}},
		Strict: true, Share: 0.25, Small: 255,
		Free: map[string]any{"n": int64(12), "x": 1.5, "b": false, "s": "yes", "q": "12", "l": []any{nil, "a"}, "d": "2026-01-01"},
		Skip: "kept", Value: value{Col: "city"}, Common: common{Owner: "A\nB\n"},
	}
	if !got.At.Equal(time.Date(2026, 1, 31, 11, 0, 0, 0, time.UTC)) {
		t.Errorf("at: %v", got.At)
	}
	got.At = time.Time{}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// Each row is a file and, for each mistake in it, place, message and hint.
func TestMistakes(t *testing.T) {
	type m struct {
		line, col int
		msg, hint string
	}
	for name, tc := range map[string]struct {
		src  string
		want []m
	}{
		"unknown field":     {"version: 1\nactivites: []\n", []m{{2, 1, `unknown field "activites"`, `did you mean "activities"?`}}},
		"far from known":    {"version: 1\nzzz: 1\n", []m{{2, 1, `unknown field "zzz"`, "known here: version, valid_from"}}},
		"unknown inside":    {"version: 1\nactivities:\n  - id: a\n    kye: id\n", []m{{4, 5, `unknown field "kye"`, "known here: id, basis"}}},
		"left out":          {"version: 1\nskip: a\n", []m{{2, 1, `unknown field "skip"`, ""}}},
		"several":           {"versoin: 1\nstrict: yes\n", []m{{1, 1, `unknown field "versoin"`, "did you mean"}, {1, 1, `field "version" is missing`, ""}, {2, 9, `not "yes"`, "write true"}}},
		"missing":           {"version: 1\nactivities:\n  - basis: law\n", []m{{3, 5, `field "id" is missing`, ""}}},
		"duplicate":         {"version: 1\nversion: 2\n", []m{{2, 1, `"version" is already given in line 1`, "keep one"}}},
		"duplicate flow":    {"version: 1\nnames: {a: 1, b: 2, a: 3}\n", []m{{2, 21, `"a" is already given in line 2`, ""}}},
		"same key quoted":   {"version: 1\nnames: {a: 1, \"a\": 3}\n", []m{{2, 15, `"a" is already given`, ""}}},
		"no value":          {"version: 1\nowner:\nstrict: true\n", []m{{2, 1, "a value is missing", "fill it in"}}},
		"null for text":     {"version: 1\nowner: null\n", []m{{2, 8, "a value is missing", `"null" in quotes`}}},
		"null item":         {"version: 1\nactivities:\n  - id: a\n    purpose:\n      -\n", []m{{5, 7, "a value is missing", ""}}},
		"no for boolean":    {"version: 1\nstrict: no\n", []m{{2, 9, `true or false is wanted here, not "no"`, "write false"}}},
		"True":              {"version: 1\nstrict: True\n", []m{{2, 9, `not "True"`, "write true, in small letters"}}},
		"quoted boolean":    {"version: 1\nstrict: \"true\"\n", []m{{2, 9, "true or false is wanted", "without quotes"}}},
		"octal":             {"version: 010\n", []m{{1, 10, `a whole number is wanted here, not "010"`, "without leading zeros"}}},
		"hex":               {"version: 0x1F\n", []m{{1, 10, "a whole number", "plain decimal"}}},
		"underscore":        {"version: 1_000\n", []m{{1, 10, "a whole number", "plain decimal"}}},
		"fraction":          {"version: 1.0\n", []m{{1, 10, "a whole number", ""}}},
		"quoted number":     {"version: \"1\"\n", []m{{1, 10, "a whole number is wanted here, not text", "remove the quotes"}}},
		"out of range":      {"version: 1\nsmall: 256\n", []m{{2, 8, "out of range", ""}}},
		"negative":          {"version: 1\nsmall: -1\n", []m{{2, 8, "out of range", ""}}},
		"overflow":          {"version: 9999999999999999999\n", []m{{1, 10, "out of range", ""}}},
		"nan":               {"version: 1\nshare: .nan\n", []m{{2, 8, `a number is wanted here, not ".nan"`, ""}}},
		"unclear any":       {"version: 1\nfree: [010, True]\n", []m{{2, 8, `"010" could be read as a number or as text`, "quotes"}, {2, 13, `"True" could be read`, "small letters"}}},
		"list for text":     {"version: 1\nowner: [a]\n", []m{{2, 8, "text is wanted here, not a list", ""}}},
		"fields for text":   {"version: 1\nowner:\n  a: b\n", []m{{3, 3, "text is wanted here, not a group of fields", ""}}},
		"text for list":     {"version: 1\nactivities: order\n", []m{{2, 13, "a list is wanted", `"- "`}}},
		"text for fields":   {"version: 1\nactivities:\n  - order\n", []m{{3, 5, "fields are wanted here", "known here: id"}}},
		"list for map":      {"version: 1\nnames: [a]\n", []m{{2, 8, "named values are wanted", ""}}},
		"bad date":          {"version: 1\nvalid_from: 31.01.2026\n", []m{{2, 13, `"31.01.2026" is not a day: write it as 2026-01-31`, ""}}},
		"bad time":          {"version: 1\nat: 2026-01-31\n", []m{{2, 5, "is not a point in time", "RFC 3339"}}},
		"bad period":        {"version: 1\nactivities:\n  - {id: a, retention: 3Y}\n", []m{{3, 24, `"3Y" is not a period`, ""}}},
		"two forms":         {"version: 1\nvalue: {col: a, expr: b}\n", []m{{2, 8, "give col or expr, not both", ""}}},
		"form unknown":      {"version: 1\nvalue: {cal: a}\n", []m{{2, 9, `unknown field "cal"`, `did you mean "col"`}}},
		"anchor":            {"version: &v 1\n", []m{{1, 10, "anchors", "write the value out"}}},
		"alias":             {"version: *v\n", []m{{1, 10, "anchors", ""}}},
		"merge":             {"<<: {a: b}\n", []m{{1, 1, "anchors", ""}}},
		"tag":               {"version: !!int 1\n", []m{{1, 10, "tags", ""}}},
		"directive":         {"%YAML 1.1\n---\nversion: 1\n", []m{{1, 1, "directives", ""}}},
		"explicit key":      {"? version\n: 1\n", []m{{1, 1, "keys written with ?", ""}}},
		"second document":   {"version: 1\n---\nversion: 2\n", []m{{2, 1, "a second one begins", "a file of its own"}}},
		"after the end":     {"version: 1\n...\nversion: 2\n", []m{{3, 1, "a second one begins", ""}}},
		"empty":             {"", []m{{0, 0, "the file says nothing", ""}}},
		"comment only":      {"# nothing\n", []m{{0, 0, "the file says nothing", ""}}},
		"scalar":            {"hello\n", []m{{1, 1, "fields are wanted here", "known here"}}},
		"not UTF-8":         {"version: 1\nowner: M\xfcller\n", []m{{2, 9, "not UTF-8", "save the file as UTF-8"}}},
		"escape":            {"version: 1 # \x1b[31m\n", []m{{1, 14, "U+001B", ""}}},
		"bidi":              {"version: 1\nowner: a\u202eb\n", []m{{2, 9, "U+202E", `"\u202E"`}}},
		"zero width":        {"own\u200ber: b\n", []m{{1, 4, "U+200B", ""}}},
		"soft hyphen":       {"version: 1\nowner: a\u00adb\n", []m{{2, 9, "U+00AD", `"\u00AD"`}}},
		"tag characters":    {"version: 1\nowner: a\U000e0062b\n", []m{{2, 9, "U+E0062", `"\U000E0062"`}}},
		"blank letter":      {"version: 1\nowner: a\u3164b\n", []m{{2, 9, "U+3164", `"\u3164"`}}},
		"selector":          {"version: 1\nowner: a\ufe0fb\n", []m{{2, 9, "U+FE0F", `"\uFE0F"`}}},
		"tab indent":        {"version: 1\nnames:\n\ta: b\n", []m{{3, 1, "cannot start any token", ""}}},
		"open bracket":      {"version: [1\n", []m{{1, 10, "']' not found", ""}}},
		"column in letters": {"names: {größe: a, größe: b}\n", []m{{1, 19, `"größe" is already given`, ""}}},
		"deep flow":         {"free: " + strings.Repeat("[", 100) + strings.Repeat("]", 100), []m{{1, 71, "nested more than 64 deep", ""}}},
		"deep block":        {strings.Repeat("- ", 100) + "a", []m{{1, 129, "nested more than 64 deep", ""}}},
		"deep indent":       {deep(100), []m{{65, 66, "nested more than 64 deep", ""}}},
		"large":             {"# " + strings.Repeat("x", 1<<20), []m{{0, 0, "at most 1048576", ""}}},
	} {
		var into register
		err := rulefile.Decode("r.yaml", []byte(tc.src), &into)
		var got rulefile.Errors
		var one *rulefile.Error
		if !errors.As(err, &got) && errors.As(err, &one) {
			got = rulefile.Errors{one}
		}
		if len(got) != len(tc.want) {
			t.Errorf("%s: got %v, want %d mistakes", name, err, len(tc.want))
			continue
		}
		for i, w := range tc.want {
			g := got[i]
			if g.Line != w.line || g.Col != w.col || !strings.Contains(g.Msg, w.msg) || !strings.Contains(g.Hint, w.hint) || g.Name != "r.yaml" {
				t.Errorf("%s: mistake %d: got %d:%d %q hint %q, want %+v", name, i, g.Line, g.Col, g.Msg, g.Hint, w)
			}
		}
	}
}

func deep(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String() + strings.Repeat(" ", n) + "b"
}

func TestErrorText(t *testing.T) {
	src := "version: 1\nactivities:\n\t\n  - id: ä\n    kye: x\n"
	src = strings.Replace(src, "\t\n", "", 1)
	err := rulefile.Decode("map/shop.yaml", []byte(src), &register{})
	want := `map/shop.yaml:4:5: unknown field "kye"
  4 |     kye: x
    |     ^
  known here: id, basis, retention, purpose`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}

	long := &rulefile.Error{Name: "n", Position: rulefile.Position{Line: 12, Col: 151}, Text: strings.Repeat("a", 150) + "b" + strings.Repeat("c", 150), Msg: "m"}
	lines := strings.Split(long.Error(), "\n")
	text, caret := []rune(lines[1]), []rune(lines[2])
	if len(text) > 120 || text[len(caret)-1] != 'b' {
		t.Errorf("the caret is not below b:\n%s", long)
	}
	tabs := &rulefile.Error{Name: "n", Position: rulefile.Position{Line: 1, Col: 4}, Text: "a:\tb", Msg: "m"}
	if got, want := tabs.Error(), "n:1:4: m\n  1 | a:\tb\n    |   \t^"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}

	many := make(rulefile.Errors, 30)
	for i := range many {
		many[i] = &rulefile.Error{Name: "n", Msg: "m"}
	}
	if got := many.Error(); strings.Count(got, "n: m") != 20 || !strings.HasSuffix(got, "(and 10 more)") {
		t.Errorf("got %q", got)
	}
	if _, err := rulefile.Parse("a\x1b[31m", nil); err == nil || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("the name is not made safe: %q", err)
	}
}

func TestAt(t *testing.T) {
	f, err := rulefile.Parse("r.yaml", []byte(`version: 1
activities:
  - id: a
    basis: law
  - id: b
    purpose:
      - x
      - y
names: {a.b: c, "d": e}
value:
`))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]rulefile.Position{
		"$":                          {1, 1},
		"$.version":                  {1, 10},
		"$.activities":               {2, 1}, // the key: what the list below belongs to
		"$.activities[0]":            {3, 5},
		"$.activities[0].basis":      {4, 12},
		"$.activities[1].basis":      {5, 5}, // missing: where it would stand
		"$.activities[1].purpose":    {6, 5},
		"$.activities[1].purpose[1]": {8, 9},
		"$.activities[9]":            {2, 1},
		"$.activities[-1]":           {2, 1},
		"$.activities[x]":            {2, 1},
		"$.names":                    {9, 8},
		"$.names['a.b']":             {9, 14},
		"$.names.d":                  {9, 22},
		"$.names.d.e[3]":             {9, 22},
		"$.value":                    {10, 1},
		"$.nothing.at.all":           {1, 1},
		"$[0]":                       {1, 1},
		"$.":                         {1, 1},
		"$['":                        {1, 1},
		"nonsense":                   {1, 1},
		"":                           {1, 1},
	} {
		if got := f.At(path); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	e := f.Errorf("$.activities[0].basis", "%q is no basis", "law").WithHint("one of %d", 6)
	if got, want := e.Error(), "r.yaml:4:12: \"law\" is no basis\n  4 |     basis: law\n    |            ^\n  one of 6"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestJoin(t *testing.T) {
	a, b := &rulefile.Error{Position: rulefile.Position{Line: 2, Col: 1}}, &rulefile.Error{Position: rulefile.Position{Line: 1, Col: 9}}
	if err := rulefile.Join(nil, nil); err != nil {
		t.Error(err)
	}
	if err := rulefile.Join(nil, a); err != error(a) {
		t.Error(err)
	}
	var es rulefile.Errors
	if !errors.As(rulefile.Join(a, b), &es) || es[0] != b || es[1] != a {
		t.Errorf("got %v", es)
	}
}

func TestHash(t *testing.T) {
	data := []byte("abc") // FIPS 180-2, B.1
	if got := rulefile.Hash(data); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Error(got)
	}
	f, err := rulefile.Parse("n", data)
	if err != nil || f.Hash != rulefile.Hash(data) {
		t.Error(f, err)
	}
}

func TestUnfitTargets(t *testing.T) {
	var nilPointer *register
	for _, into := range []any{nil, register{}, nilPointer, new(chan int), new(map[int]string), new(func())} {
		err := rulefile.Decode("n", []byte("a: b"), into)
		var e *rulefile.Error
		if err == nil || errors.As(err, &e) {
			t.Errorf("%T: %v", into, err)
		}
	}
}

// Large files of every form are read, or refused where reading would be slow.
func TestLargeFiles(t *testing.T) {
	keys := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "k%d: 1\n", i)
		}
		return b.String()
	}
	for name, tc := range map[string]struct{ src, refused string }{
		"items":     {strings.Repeat("- a\n", 100_000), ""},
		"flow":      {"[" + strings.Repeat("a,", 100_000) + "]", ""},
		"text":      {"a: |\n" + strings.Repeat("  x\n", 200_000), ""},
		"keys":      {keys(5_000), ""},
		"many keys": {keys(60_000), "more than 20000 fields"},
	} {
		var into any
		err := rulefile.Decode(name, []byte(tc.src), &into)
		if tc.refused == "" && err != nil || tc.refused != "" && (err == nil || !strings.Contains(err.Error(), tc.refused)) {
			t.Errorf("%s: %.200v", name, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		"version: 1\nactivities:\n  - id: a\n    retention: P3Y\n", "names: {a: 1, a: 2}", "a: &x [*x]", "? [a]\n: b", "a: !!binary x", "- - - a", "a: |\n  b\n", "a: >-\n\n",
		"---\na: b\n...\n", "\uFEFFa: b", "a: 'b", "{[", "[{a: }]", "a: \"\\u202e\"", "\t- a", "a:\n- b\nc", ": a", "'': x", "a: [", "null: ~", "value: {col: a}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := rulefile.Parse("f", data)
		if err != nil {
			var e *rulefile.Error
			if !errors.As(err, &e) || e.Msg == "" {
				t.Fatalf("not a mistake with a place: %v", err)
			}
			return
		}
		var r register
		if err := file.Decode(&r); err != nil {
			var e *rulefile.Error
			if !errors.As(err, &e) {
				t.Fatalf("not a mistake: %v", err)
			}
			if n := strings.Count(string(data), "\n") + 1; e.Line < 1 || e.Line > n || e.Col < 1 {
				t.Fatalf("place %v in a file of %d lines", e.Position, n)
			}
		}
		var x any
		if err := file.Decode(&x); err == nil && x == nil {
			if file.At("$").Line < 1 {
				t.Fatal("no place")
			}
		}
	})
}

// TestQuote: what is quoted is read as the same text.
func TestQuote(t *testing.T) {
	for _, text := range []string{"", "plain", `a "b" \ c`, "Müller ❤️", "x\u3164y", "na\u00adme", "tab\tline\nreturn\r", "a\u2028b", "\U000e0062", "\x00\x1f\x7f\u0085\u00a0", "# no: comment", "\ufeffid"} {
		var v struct {
			A string `yaml:"a"`
		}
		if err := rulefile.Decode("quote.yaml", []byte("a: "+rulefile.Quote(text)+"\n"), &v); err != nil || v.A != text {
			t.Errorf("%q is written as %s and read as %q, %v", text, rulefile.Quote(text), v.A, err)
		}
	}
}
