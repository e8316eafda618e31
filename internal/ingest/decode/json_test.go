package decode

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

func strict(s string) (any, *jsonError) {
	lim := DefaultLimits()
	p := jsonParser{lim: &lim}
	return p.parse(s)
}

func TestStrictJSON(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"k%d":1`, i)
		}
		return "{" + b.String()[1:] + "}"
	}
	tests := []struct {
		name, text, code, field string
	}{
		{"fine", `{"a":[1,-0.5e+3,true,false,null,"x\u00e4\ud83d\ude00\/"],"b":{}}`, "", ""},
		{"duplicate key", `{"c":{"consent":false,"consent":true}}`, "json.duplicate_key", "c.consent"},
		{"duplicate key, escaped", `{"consent":false,"cons\u0065nt":true}`, "json.duplicate_key", "consent"},
		{"folded key", `{"consent":false,"CONSENT":true}`, "json.folded_key", "CONSENT"},
		{"folded with long s", `{"consent":false,"con` + "\u017f" + `ent":true}`, "json.folded_key", "*"},
		{"folded with Kelvin sign", `[{"k":false,"` + "\u212a" + `":true}]`, "json.folded_key", "[0].*"},
		{"same key in two objects", `{"a":{"x":1},"b":{"x":2},"x":3}`, "", ""},
		{"other letters that look alike are other keys", `{"consent":false,"c` + "\u043e" + `nsent":true}`, "", ""},
		{"address as a key is not told", `{"subs":{"ada@lindenhof.test":1,"ada@lindenhof.test":2}}`, "json.duplicate_key", "subs.*"},
		{"lone high surrogate", `"\ud83d"`, "json.surrogate", ""},
		{"lone low surrogate", `"\ude00x"`, "json.surrogate", ""},
		{"high twice", `"\ud83d\ud83d"`, "json.surrogate", ""},
		{"depth 64", deep(64), "", ""},
		{"depth 65", deep(65), "json.depth", strings.Repeat("[0]", 64)},
		{"1000 members", many(1000), "", ""},
		{"1001 members", many(1001), "json.fields", ""},
		{"string at limit", `"` + strings.Repeat("x", 64<<10) + `"`, "", ""},
		{"string past limit", `"` + strings.Repeat("x", 64<<10+1) + `"`, "json.field_too_long", ""},
		{"escaped string past limit", `"\n` + strings.Repeat("x", 64<<10) + `"`, "json.field_too_long", ""},
		{"number past limit", strings.Repeat("1", 64<<10+1), "json.field_too_long", ""},
		{"trailing comma", `{"a":1,}`, "json.syntax", ""},
		{"trailing comma in a list", `[1,]`, "json.syntax", "[1]"},
		{"trailing garbage", `{} x`, "json.syntax", ""},
		{"single quotes", `{'a':1}`, "json.syntax", ""},
		{"NaN", `NaN`, "json.syntax", ""},
		{"leading zero", `01`, "json.syntax", ""},
		{"bare point", `1.`, "json.syntax", ""},
		{"bare sign", `-`, "json.syntax", ""},
		{"plus", `+1`, "json.syntax", ""},
		{"line end in string", "\"a\nb\"", "json.syntax", ""},
		{"bad escape", `"\x41"`, "json.syntax", ""},
		{"cut escape", `"\`, "json.syntax", ""},
		{"cut unicode escape", `"\u12"`, "json.syntax", ""},
		{"comment", `{"a":1/*x*/}`, "json.syntax", ""},
		{"nothing", ``, "json.syntax", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, e := strict(tt.text)
			if e == nil {
				e = &jsonError{}
			}
			if e.code != tt.code || e.field() != tt.field {
				t.Errorf("got %q at %q (%s), want %q at %q", e.code, e.field(), e.reason, tt.code, tt.field)
			}
		})
	}
	v, err := JSONValue(` 9007199254740993 `)
	if v != json.Number("9007199254740993") || err != nil {
		t.Errorf("a number beyond 2^53 became %v, %v", v, err)
	}
	for text, code := range map[string]string{`{"a":1,"A":2}`: "json.folded_key", "\"\xff\"": "json.utf8", `{} {}`: "json.syntax"} {
		var bad *RowError
		if _, err := JSONValue(text); !errors.As(err, &bad) || bad.Code != code {
			t.Errorf("%q: %v, want %s", text, err, code)
		}
	}
}

// FuzzStrictJSON: what is accepted, encoding/json decodes to the same value;
// what is refused for its syntax, encoding/json refuses too.
func FuzzStrictJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5e-3,true,null,"\u00e4\ud83d\ude00"]}`, `{"k":1,"K":2}`, `[[[]],{}]`, `"\ud800"`, "\"\xff\"", ` -0 `, `{"a":{"b":{"c":[]}}}`, `nul`, `"\u0000"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, e := strict(s)
		if code, _ := damage([]byte(s), "utf-8"); code != "" {
			return // refused before parsing
		}
		if e != nil {
			if e.code == "json.syntax" && json.Valid([]byte(s)) {
				t.Errorf("%q is refused: %s", s, e.reason)
			}
			return
		}
		d := json.NewDecoder(strings.NewReader(s))
		d.UseNumber()
		var want any
		if err := d.Decode(&want); err != nil {
			t.Fatalf("%q is accepted, but: %v", s, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %#v, want %#v", s, got, want)
		}
	})
}

func summary(rows []Row, bad []*RowError, err error) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d", len(rows))
	for _, e := range bad {
		fmt.Fprintf(&b, " %d:%d:%s", e.Num, e.Line, e.Code)
	}
	var fe *FileError
	if errors.As(err, &fe) {
		fmt.Fprintf(&b, " !%d:%d:%s", fe.Line, fe.Col, fe.Code)
	} else if err != nil {
		fmt.Fprintf(&b, " !%v", err)
	}
	return b.String()
}

func TestJSONDocuments(t *testing.T) {
	tests := []struct {
		name, file, text string
		o                Options
		want             string // rows, bad rows num:line:code, fatal !line:col:code
		root             string
	}{
		{name: "list", text: `[{"a":1},{"a":2}]`, want: "2"},
		{name: "list with mark", text: "\ufeff[{\"a\":1}]", want: "1"},
		{name: "empty list", text: `[]`, want: "0"},
		{name: "bad element", text: "[{\"a\":1},\n{\"a\":1,\"a\":2},\n{\"a\":3}]", want: "2 2:2:json.duplicate_key"},
		{name: "element of bad syntax within its brackets", text: "[{\"a\":1},\n{a:1},\n{\"a\":3,}, {\"a\":4}]", want: "2 2:2:json.syntax 3:3:json.syntax"},
		{name: "element that is no object", text: `[{"a":1},7,"x",[1]]`, want: "1 2:1:json.row 3:1:json.row 4:1:json.row"},
		{name: "bad bytes in one element", text: "[{\"a\":\"\xff\"},{\"a\":\"ü\"}]", want: "1 1:1:json.utf8"},
		{name: "missing comma", text: "[{\"a\":1}\n {\"a\":2}]", want: "1 !2:2:json.syntax"},
		{name: "trailing comma", text: "[{\"a\":1},\n]", want: "1 !2:1:json.syntax"},
		{name: "wrong bracket", text: "[{\"a\":1},\n{\"a\":[1}}]", want: "1 !2:8:json.syntax"},
		{name: "open string", text: "[{\"a\":1},\n{\"a\":\"x},\n{\"a\":2}]", want: "1 !2:10:json.syntax"},
		{name: "cut off", text: "[{\"a\":1},\n{\"a\":", want: "1 !2:6:json.syntax"},
		{name: "cut off between", text: "[{\"a\":1},", want: "1 !1:10:json.syntax"},
		{name: "trailing garbage", text: "[{\"a\":1}]\n]", want: "1 !2:1:json.trailing"},
		{name: "page", text: `{"items":[{"a":1},{"a":2}],"total":2,"filters":[{"x":1}]}`, want: "2", root: "items"},
		{name: "page without rows", text: `{"items":[],"total":0}`, want: "0", root: "items"},
		{name: "unknown name alone", text: `{"kunden":[{"a":1}],"total":1}`, want: "1", root: "kunden"},
		{name: "one person with orders", text: `{"id":1,"email":"ada@lindenhof.test","orders":[{"a":1},{"a":2}]}`, want: "1"},
		{name: "one event with parameters", text: `{"event_name":"x","event_params":[{"key":"a"},{"key":"b"}]}`, want: "1"},
		{name: "asked for", text: `{"event_name":"x","event_params":[{"key":"a"},{"key":"b"}]}`, o: Options{Root: "event_params"}, want: "2", root: "event_params"},
		{name: "nested root", text: `{"realm":{"name":"r","users":[{"a":1}],"x":1},"v":2}`, o: Options{Root: "realm.users"}, want: "1", root: "realm.users"},
		{name: "quoted root", text: `{"a.b":[{"a":1}]}`, o: Options{Root: `"a.b"`}, want: "1", root: `"a.b"`},
		{name: "root not there", text: `{"a":[{"a":1}]}`, o: Options{Root: "b"}, want: "!1:1:json.root"},
		{name: "root no list", text: `{"b":{"a":1}}`, o: Options{Root: "b"}, want: "!1:6:json.root"},
		{name: "root of a list", text: `[{"a":1}]`, o: Options{Root: "b"}, want: "!1:1:json.root"},
		{name: "fields twice beside rows", text: `{"batch":[{"a":1}],"context":{},"context":{}}`, want: "!1:43:json.envelope"},
		{name: "folded twice beside rows", text: `{"context":{},"batch":[{"a":1}],"Context":{}}`, want: "!1:43:json.envelope"},
		{name: "consent twice in the envelope", text: `{"batch":[{"a":1}],"context":{"consent":false,"Consent":true}}`, want: "!1:47:json.envelope"},
		{name: "cut behind the list", text: `{"batch":[{"a":1}],"context":{`, want: "1 !1:31:json.syntax", root: "batch"},
		{name: "too long to be one row", text: `{"sent":"x","whatever":[{"a":1},{"a":2}],"by":"y"}`, o: Options{Limits: Limits{Record: 16}}, want: "2", root: "whatever"},
		{name: "one person, cut off", text: `{"id":1,"email":"ada@lindenhof.test","orders":[{"a":1},{"a":2}`, want: "0 !1:63:json.syntax"},
		{name: "list of an unknown name, cut off", text: `{"kunden":[{"a":1},{"a":2}`, want: "2 !1:27:json.syntax", root: "kunden"},
		{name: "one bad row as document", text: `{"a":1,"a":2}`, want: "0 1:1:json.duplicate_key"},
		{name: "two documents", file: "x.json", text: "{\"a\":\n1}\n{\"a\":2}", want: "1 !3:1:json.trailing"},
		{name: "scalar", file: "x.json", text: "42", want: "!1:1:json.root"},
		{name: "too long an element", text: `[{"a":"` + strings.Repeat("x", 50) + `"},{"a":1}]`, o: Options{Limits: Limits{Record: 32}}, want: "1 1:1:json.too_long"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, tiny := range []bool{false, true} {
				var in io.Reader = strings.NewReader(tt.text)
				if tiny {
					in = iotest.OneByteReader(in)
				}
				r, err := Open(tt.file, in, tt.o)
				if err != nil {
					if got := strings.TrimPrefix(summary(nil, nil, err), "0 "); got != tt.want {
						t.Errorf("got %s, want %s (%v)", got, tt.want, err)
					}
					continue
				}
				rows, bad, err := drain(r)
				if got := summary(rows, bad, err); got != tt.want || r.Info().Root != tt.root {
					t.Errorf("got %s and root %q, want %s and %q (%v)", got, r.Info().Root, tt.want, tt.root, err)
				}
			}
		})
	}
}

func TestJSONEnvelope(t *testing.T) {
	text := `{"realm":{"name":"r","users":[{"a":1},{"a":2}],"x":1},"v":2}`
	r, err := Open("-", strings.NewReader(text), Options{Root: "realm.users"})
	if err != nil {
		t.Fatal(err)
	}
	rows, _, err := drain(r)
	if err != nil || len(rows) != 2 {
		t.Fatal(rows, err)
	}
	want := map[string]any{"realm": map[string]any{"name": "r", "x": json.Number("1")}, "v": json.Number("2")}
	for _, row := range rows {
		if !reflect.DeepEqual(row.Envelope, want) {
			t.Errorf("envelope %v, want %v", row.Envelope, want)
		}
	}
}

func TestNDJSON(t *testing.T) {
	tests := []struct {
		name, file, text string
		o                Options
		want             string
	}{
		{name: "lines", text: "{\"a\":1}\n{\"a\":2}\r\n\n{\"a\":3}", want: "3"},
		{name: "one line by name", file: "x.jsonl.gz", text: "{\"items\":[{\"a\":1}]}\n", want: "1"},
		{name: "bad line", text: "{\"a\":1}\n{\"a\":\n{\"a\":3}\n", want: "2 2:2:json.syntax"},
		{name: "bad first line", text: "{\"a\":1\n{\"a\":2}\n{\"a\":3}\n", want: "2 1:1:json.syntax"},
		{name: "no object", file: "x.ndjson", text: "[1]\n3\n{\"a\":1}\n", want: "1 1:1:json.row 2:2:json.row"},
		{name: "two on a line", text: "{\"a\":1}\n{\"a\":2}{\"a\":3}\n", want: "1 2:2:json.syntax"},
		{name: "too long", text: "{\"a\":1}\n{\"a\":\"" + strings.Repeat("x", 50) + "\"}\n{\"a\":3}\n", o: Options{Limits: Limits{Record: 32}}, want: "2 2:2:json.too_long"},
		{name: "bad bytes", text: "{\"a\":1}\n{\"a\":\"\xff\"}\n", want: "1 2:2:json.utf8"},
		{name: "not in the charset given", text: "{\"a\":\"\xfc\"}\n{\"a\":\"\x81\"}\n", o: Options{Charset: "windows-1252"}, want: "1 2:2:json.charset"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Open(tt.file, strings.NewReader(tt.text), tt.o)
			if err != nil {
				t.Fatal(err)
			}
			rows, bad, err := drain(r)
			if got := summary(rows, bad, err); got != tt.want || r.Info().Format != NDJSON {
				t.Errorf("got %s as %s, want %s", got, r.Info().Format, tt.want)
			}
		})
	}
}

// FuzzNDJSON: no line is lost, whatever it holds.
func FuzzNDJSON(f *testing.F) {
	for _, s := range []string{"{\"a\":1}\n{}\n", "{\n\n{\"a\":\"\\ud800\"}", "\x00\r\n{}", "{\"a\":1,\"A\":2}\r{}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Open("-", bytes.NewReader(text), Options{Format: NDJSON, Charset: "utf-8", Limits: Limits{Record: 64}})
		if err != nil || r.Info().BOM || r.Info().Compression != "" {
			return
		}
		covers(t, r, text, " \t\r\n")
	})
}

// FuzzJSONDocument: a list that encoding/json reads gives one row or bad row for
// each element, and the rows are the same values.
func FuzzJSONDocument(f *testing.F) {
	for _, s := range []string{`[{"a":1},{"a":[{}]}]`, `[ {"a":"]}"} , 3, "\\\"", {"b":1,"b":2}]`, `{"items":[{"a":1}],"total":1}`, `[{},]`, `[{"a":"\ud800"}]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Open("-", bytes.NewReader(text), Options{Format: JSON, Charset: "utf-8"})
		if err != nil {
			return
		}
		rows, bad, err := drain(r)
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		var list []any
		if d.Decode(&list) != nil || d.More() || !json.Valid(text) || list == nil {
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if len(rows)+len(bad) != len(list) {
			t.Fatalf("%q: %d rows and %d bad rows of %d", text, len(rows), len(bad), len(list))
		}
		for _, row := range rows {
			if !reflect.DeepEqual(row.Tree, list[row.Num-1]) {
				t.Errorf("%q: row %d is %v, want %v", text, row.Num, row.Tree, list[row.Num-1])
			}
		}
	})
}

// TestJSONLong streams a list longer than any window, with bad rows, alone
// and within an object.
func TestJSONLong(t *testing.T) {
	const n = 60_000
	var list bytes.Buffer
	for i := range n {
		if i > 0 {
			list.WriteString(",\n")
		}
		if i%10 == 3 {
			fmt.Fprintf(&list, `{"id":%d,"ID":1}`, i)
		} else {
			fmt.Fprintf(&list, `{"id":%d,"note":%q}`, i, strings.Repeat("n", i%397))
		}
	}
	if list.Len() < envelopeMax+headSize {
		t.Fatalf("only %d bytes", list.Len())
	}
	tests := []struct {
		name, before, after string
		warnings            int
	}{
		{"list", "[", "]", 0},
		{"object", `{"sent":"x","whatever":[`, `]}`, 0},
		{"object with fields behind", `{"sent":"x","whatever":[`, `],"context":{"a":1}}`, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := tt.before + list.String() + tt.after
			r, err := Open("-", iotest.HalfReader(strings.NewReader(text)), Options{})
			if err != nil {
				t.Fatal(err)
			}
			num, bad := 0, 0
			for {
				row, err := r.Next()
				if err == io.EOF {
					break
				}
				num++
				if _, ok := err.(*RowError); ok {
					bad++
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				if id, _ := row.Get("id"); id != json.Number(fmt.Sprint(num-1)) || row.Line != num || !strings.HasPrefix(text[row.Offset:], string(row.Raw)) {
					t.Fatalf("row %d has id %v, line %d, offset %d", num, id, row.Line, row.Offset)
				}
				if tt.before != "[" && row.Envelope["sent"] != "x" {
					t.Fatal("no envelope")
				}
			}
			if num != n || bad != n/10 || len(r.Info().Warnings) != tt.warnings {
				t.Errorf("%d rows, %d bad of %d; %v", num, bad, n, r.Info().Warnings)
			}
			if size := len(r.rows.(*jsonReader).t.buf); size > 2*envelopeMax {
				t.Errorf("the window grew to %d bytes", size)
			}
		})
	}
}

func TestGet(t *testing.T) {
	v, e := strict(`{"a":{"b.c":[{"d":null},[7]],"":1,"q\"\\":2},"x:y":{"z":"v"}}`)
	if e != nil {
		t.Fatal(e.reason)
	}
	row := Row{Tree: v}
	tests := []struct {
		path string
		want any
		ok   bool
	}{
		{`a."b.c"[0].d`, nil, true},
		{`a."b.c"[1][0]`, json.Number("7"), true},
		{`a."b.c"[2]`, nil, false},
		{`a.b`, nil, false},
		{`a.""`, json.Number("1"), true},
		{`a."q\"\\"`, json.Number("2"), true},
		{`x:y.z`, "v", true},
		{`x:y.z.w`, nil, false},
		{`x:y[0]`, nil, false},
		{``, nil, false},
		{`a.`, nil, false},
		{`a..b`, nil, false},
		{`.a`, nil, false},
		{`a[`, nil, false},
		{`a[x]`, nil, false},
		{`a[99999999999999999999]`, nil, false},
		{`a."b`, nil, false},
	}
	for _, tt := range tests {
		if got, ok := row.Get(tt.path); got != tt.want || ok != tt.ok {
			t.Errorf("%s: got %v, %v; want %v, %v", tt.path, got, ok, tt.want, tt.ok)
		}
	}
	for path, ok := range map[string]bool{`a.b[0]."c.d".e`: true, `[0].a`: true, ``: false, `a.`: false, `a]`: false, `a"b"`: false, `a[-1]`: false, `"a"b`: false} {
		if (CheckPath(path) == nil) != ok {
			t.Errorf("CheckPath(%s) = %v", path, CheckPath(path))
		}
	}
}

// FuzzPath: every key, written as a step, is found again.
func FuzzPath(f *testing.F) {
	f.Add("a.b", "c\"\\")
	f.Add("", "[0]")
	f.Fuzz(func(t *testing.T, a, b string) {
		row := Row{Tree: map[string]any{a: []any{map[string]any{b: true}}}}
		path := QuoteKey(a) + "[0]." + QuoteKey(b)
		if v, ok := row.Get(path); v != true || !ok || CheckPath(path) != nil {
			t.Errorf("%q gives %v, %v, %v", path, v, ok, CheckPath(path))
		}
		_ = CheckPath(a)
	})
}

func BenchmarkNDJSON(b *testing.B) {
	var text bytes.Buffer
	n := 0
	for ; text.Len() < 4<<20; n++ {
		fmt.Fprintf(&text, `{"messageId":"m-%d","type":"identify","timestamp":"2026-01-02T03:04:05Z","userId":"u%d","anonymousId":"507f191e810c19729de860ea","context":{"ip":"192.0.2.1","library":{"name":"analytics","version":"3.0.0"},"consent":{"categoryPreferences":{"Advertising":true,"Analytics":false}}},"traits":{"email":"ada.%d@lindenhof.test","firstName":"Ada","lastName":"Müller","phone":"+49301234567","address":{"street":"Lindenweg 1","city":"Berlin","postalCode":"10115"},"orders":%d,"vip":false}}`+"\n", n, n, n, n%9)
	}
	benchmark(b, "t.ndjson", text.Bytes(), n)
}
