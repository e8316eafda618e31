package decode

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

func readAll(t *testing.T, text string, o Options) (*Reader, []Row, []*RowError, error) {
	t.Helper()
	r, err := Open("t.csv", strings.NewReader(text), o)
	if err != nil {
		t.Fatal(err)
	}
	rows, bad, err := drain(r)
	return r, rows, bad, err
}

func yes() *bool { b := true; return &b }
func no() *bool  { b := false; return &b }

func TestCSV(t *testing.T) {
	tests := []struct {
		name string
		text string
		o    Options
		want string // rows as cells joined by | and lines; bad rows as line:code
	}{
		{"plain", "a,b\n1,2\n", Options{}, "1|2"},
		{"no last line end", "a,b\n1,2", Options{}, "1|2"},
		{"crlf", "a;b\r\n1;2\r\n", Options{}, "1|2"},
		{"cr", "a\tb\r1\t2\r3\t4\r", Options{}, "1|2 3|4"},
		{"bar", "a|b\nx|y\n", Options{}, "x|y"},
		{"sep line", "sep=;\na;b\n1,5;2\n", Options{}, "1,5|2"},
		{"decimal commas", "a;b\n1,5;2,5\n3,5;4,5\n", Options{}, "1,5|2,5 3,5|4,5"},
		{"empty lines are no rows", "a,b\n\n1,2\r\n\r\n3,4\n\n", Options{}, "1|2 3|4"},
		{"quotes", "a,b\n\"x, y\",\"say \"\"hi\"\"\"\n", Options{}, `x, y|say "hi"`},
		{"line in quotes", "a,b\n\"x\r\ny\",2\n3,4\n", Options{}, "x\ny|2 3|4"},
		{"quote within unquoted", "a,b\n5\" pipe,2\n", Options{}, `5" pipe|2`},
		{"text behind quote", "a,b\n\"x\"y,2\n3,4\n", Options{}, "2:csv.quote 3|4"},
		{"open quote", "a,b\n\"x,2\n3,4\n5,6\n", Options{}, "2:csv.quote 3|4 5|6"},
		{"open quote meets another", "a,b\n\"x,2\n3,\"4\"\n5,6\n", Options{}, "2:csv.quote 3|4 5|6"},
		{"too few", "a,b\n1\n2,3\n", Options{Sep: ','}, "2:csv.width 2|3"},
		{"too many", "a,b\n1,2,3\n", Options{}, "2:csv.width"},
		{"surplus empty", "a,b\n1,2,,\n", Options{}, "1|2"},
		{"zero byte", "a,b\n1,\x00\n2,3\n", Options{}, "2:csv.nul 2|3"},
		{"not utf-8", "a,b\nä,é\n1,\xff\nü,ö\n", Options{}, "ä|é 3:csv.utf8 ü|ö"},
		{"cp1252 guessed", "a,b\nM\xfcller,\x80\n", Options{}, "Müller|€"},
		{"cp1252 has no 81", "a,b\nM\xfcller,\x81\n", Options{Charset: "windows-1252"}, "2:csv.charset"},
		{"cp1254", "a,b\n\xdeahin,\xdd\n", Options{Charset: "cp1254"}, "Şahin|İ"},
		{"cp1250", "a,b\n\xaatefan,\xe3\n", Options{Charset: "windows-1250"}, "Ştefan|ă"},
		{"utf-16 without mark", "a\x00,\x00b\x00\n\x001\x00,\x002\x00\n\x00", Options{}, "1|2"},
		{"no header", "1,2\n3,4\n", Options{Header: no()}, "1|2 3|4"},
		{"no header seen", "x@lindenhof.test,Ada\ny@lindenhof.test,Bo\n", Options{}, "x@lindenhof.test|Ada y@lindenhof.test|Bo"},
		{"numbers as header", "2019,2020\n3,4\n", Options{Header: yes()}, "3|4"},
		{"guard", "a,b,c\n'+31612345678,'t Hooft,'1234AB\n", Options{ApostropheGuard: true}, "+31612345678|'t Hooft|1234AB"},
		{"guard off", "a,b\n'123,x\n", Options{}, "'123|x"},
		{"field too long", "a,b\n12345,2\n1,2\n", Options{Limits: Limits{Field: 4}}, "2:csv.field_too_long 1|2"},
		{"record too long", "a,b\n" + strings.Repeat("x", 40) + ",2\n1,2\n", Options{Limits: Limits{Record: 20}}, "2:csv.too_long 1|2"},
		{"quoted record too long", "a,b\n\"x\nyyyyyyyyyyyyyy\nzzzzzzzzzzzz\n\",2\n1,2\n", Options{Limits: Limits{Record: 20}}, "2:csv.quote 3:csv.width 4:csv.width 5:csv.quote 1|2"},
		{"header only", "a,b\n", Options{}, ""},
		{"one column", "a\n1\n2\n", Options{}, "1 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Open("t.csv", strings.NewReader(tt.text), tt.o)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for num := 1; ; num++ {
				row, err := r.Next()
				if err == io.EOF {
					break
				}
				if bad, ok := err.(*RowError); ok {
					if bad.Num != num || bad.Header == nil {
						t.Errorf("bad row %d has number %d", num, bad.Num)
					}
					got = append(got, fmt.Sprintf("%d:%s", bad.Line, bad.Code))
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				if row.Num != num {
					t.Errorf("row %d has number %d", num, row.Num)
				}
				got = append(got, strings.Join(row.Cells, "|"))
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("got %q, want %q", s, tt.want)
			}
		})
	}
}

func TestCSVHeader(t *testing.T) {
	r, rows, _, err := readAll(t, " id ,name,,name,name#2,Name,name\n1,2,3,4,5,6,7\n", Options{Null: []string{"", "3"}})
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	h := rows[0].Header
	if want := []string{"id", "name", "col3", "name#3", "name#2", "Name", "name#4"}; !reflect.DeepEqual(h.Names, want) {
		t.Errorf("names %q, want %q", h.Names, want)
	}
	if i := r.Info(); !reflect.DeepEqual(i.DuplicateHeaders, []string{"name"}) || len(i.Warnings) != 1 {
		t.Errorf("info %+v", i)
	}
	if v, ok := rows[0].Get("col3"); v != nil || !ok {
		t.Errorf("a cell that means null gives %v, %v", v, ok)
	}
	if v, ok := rows[0].Get("name#2"); v != "5" || !ok {
		t.Errorf("name#2 gives %v, %v", v, ok)
	}
	if _, ok := rows[0].Get("nome"); ok {
		t.Error("a column that is not there is found")
	}
	if r.Header() != h {
		t.Error("the reader has another header")
	}
	if i, ok := h.Index("Name"); i != 5 || !ok {
		t.Errorf("index %d, %v", i, ok)
	}
	if v, ok := rows[0].Cell(2); ok {
		t.Errorf("null cell gives %q", v)
	}
	if rows[0].Cells[2] != "3" {
		t.Error("the cell itself is not kept")
	}
}

// A bad row can be read again with its header.
func TestCSVReplay(t *testing.T) {
	_, _, bad, err := readAll(t, "a;b\n1;2\n3;4;5\n", Options{})
	if err != nil || len(bad) != 1 {
		t.Fatal(bad, err)
	}
	again := string(bad[0].Header.Raw) + "\n" + string(bad[0].Raw) + "\n"
	if again != "a;b\n3;4;5\n" {
		t.Errorf("replay %q", again)
	}
}

// TestCSVPlaces compares line and offset with the text, for both window and stream.
func TestCSVPlaces(t *testing.T) {
	text := "a,b\r\n1,2\r\n\r\n\"x\r\ny\",3\r\nbad\r\n4,5"
	_, rows, bad, err := readAll(t, text, Options{})
	if err != nil || len(rows) != 3 || len(bad) != 1 {
		t.Fatal(rows, bad, err)
	}
	for i, want := range []struct {
		line int
		raw  string
	}{{2, "1,2"}, {4, "\"x\r\ny\",3"}, {7, "4,5"}} {
		row := rows[i]
		if row.Line != want.line || string(row.Raw) != want.raw || !strings.HasPrefix(text[row.Offset:], want.raw) {
			t.Errorf("row %d: line %d, raw %q at %d", i, row.Line, row.Raw, row.Offset)
		}
	}
	if bad[0].Line != 6 || string(bad[0].Raw) != "bad" || text[bad[0].Offset:][:3] != "bad" {
		t.Errorf("bad row: line %d, raw %q at %d", bad[0].Line, bad[0].Raw, bad[0].Offset)
	}
}

// TestCSVLong reads more than any window holds, in small reads, and compares
// with encoding/csv; every tenth row is damaged and must be the only kind rejected.
func TestCSVLong(t *testing.T) {
	var text, good bytes.Buffer
	text.WriteString("id,note\n")
	n := 60_000
	for i := range n {
		note := strings.Repeat("n", i%97)
		if i%7 == 0 {
			note = "\"line one\nline \"\"two\"\",\r\n" + note + "\""
		}
		row := fmt.Sprintf("%d,%s\n", i, note)
		if i%10 == 3 && i%7 != 0 {
			text.WriteString(fmt.Sprintf("%d,\"%s\n", i, note)) // never closed properly: the next quoted field makes text behind a quote
			continue
		}
		text.WriteString(row)
		good.WriteString(row)
	}
	want, err := csv.NewReader(&good).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if text.Len() < 2*headSize {
		t.Fatalf("only %d bytes", text.Len())
	}
	r, err := Open("-", iotest.HalfReader(&text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, bad, err := drain(r)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows)+len(bad) != n {
		t.Errorf("%d rows and %d bad rows of %d", len(rows), len(bad), n)
	}
	for i, row := range rows {
		if i >= len(want) || !reflect.DeepEqual(row.Cells, want[i]) {
			t.Fatalf("row %d differs", i)
		}
	}
	if size := len(r.rows.(*csvReader).t.buf); size > 4*DefaultLimits().Record {
		t.Errorf("the window grew to %d bytes", size)
	}
}

// records reads all records with one separator, as the reader does, without
// judging their widths.
func records(text []byte, sep byte) (out [][]string, bad int) {
	c := &csvReader{t: newText(text, io.EOF, nil), sep: sep, lim: DefaultLimits(), info: &Info{}, header: &Header{}}
	for {
		rec, e, err := c.scan()
		if err != nil {
			return out, bad
		}
		if e != nil {
			bad++
			continue
		}
		s := string(c.t.pending()[:rec.n])
		var cells []string
		for _, f := range c.cells {
			if f.edit {
				cells = append(cells, c.cell(s, f))
			} else {
				cells = append(cells, s[f.from:f.to])
			}
		}
		out = append(out, cells)
		c.t.take(rec.taken)
	}
}

// FuzzCSV: what encoding/csv takes as well-formed is read to the same fields.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\"a\r\nb\",\"\"\n", "a\r\n\r\n\"\"\"\"", "\r", "a\r", "\"a\"\r\n", "\"x\",\n,\n", "a,\"b\r\r\nc\"\n"} {
		f.Add([]byte(s), byte(','))
	}
	f.Add([]byte("a;b\n"), byte(';'))
	f.Fuzz(func(t *testing.T, text []byte, sep byte) {
		if strings.IndexByte(",;\t|", sep) < 0 {
			sep = ','
		}
		o := csv.NewReader(bytes.NewReader(text))
		o.Comma = rune(sep)
		o.FieldsPerRecord = -1
		want, err := o.ReadAll()
		if err != nil {
			return
		}
		got, bad := records(text, sep)
		if bad > 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %q and %d bad, want %q", text, got, bad, want)
		}
	})
}

// FuzzCSVAll: whatever the bytes, each one is in the header, in a row, in a bad
// row or is a line end; numbers have no gaps; places are right.
func FuzzCSVAll(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n3\n\"x\ny", "a\r\"b\r\rc\"\rd", "a;b\n\"1\"2;\n\n;", "\xff,\x00\n1,2", "h\n\"\n\"\n\"\"\""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		o := Options{Format: CSV, Charset: "utf-8", Header: no(), Limits: Limits{Record: 64, Field: 16}}
		r, err := Open("-", bytes.NewReader(text), o)
		if err != nil {
			return // the first row is bad, or the bytes are of another kind
		}
		if r.Info().BOM || r.Info().Compression != "" || bytes.HasPrefix(text, []byte("sep=")) {
			return
		}
		covers(t, r, text, "\r\n")
	})
}

// covers reads all and checks that nothing of the text is lost but what gap holds.
func covers(t *testing.T, r *Reader, text []byte, gap string) {
	t.Helper()
	at := 0
	for num := 1; ; num++ {
		row, err := r.Next()
		cut := false
		if bad, ok := err.(*RowError); ok {
			row = Row{Line: bad.Line, Num: bad.Num, Offset: bad.Offset, Raw: bad.Raw}
			cut = bad.Cut
		} else if err == io.EOF {
			break
		} else if err != nil {
			return
		}
		from := int(row.Offset)
		if row.Num != num || from < at || !bytes.HasPrefix(text[from:], row.Raw) {
			t.Fatalf("row %d has number %d, offset %d (behind %d), raw %q", num, row.Num, from, at, row.Raw)
		}
		if lost := bytes.Trim(text[at:from], gap); len(lost) > 0 {
			t.Fatalf("%q is lost before row %d", lost, num)
		}
		at = from + len(row.Raw)
		if cut {
			nl := bytes.IndexByte(text[at:], '\n')
			if r.info.Newline == "cr" {
				nl = bytes.IndexByte(text[at:], '\r')
			}
			if nl < 0 {
				nl = len(text) - at
			}
			at += nl
		}
	}
	if lost := bytes.Trim(text[at:], gap); len(lost) > 0 {
		t.Fatalf("%q is lost at the end", lost)
	}
}

// TestDetectSep writes tables with each separator and reads them back.
func TestDetectSep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sep := rapid.SampledFrom([]rune{',', ';', '\t', '|'}).Draw(t, "sep")
		width := rapid.IntRange(2, 12).Draw(t, "width")
		cell := rapid.StringMatching(`[a-zäß0-9 .;,|"\n]{0,12}`)
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Comma = sep
		w.UseCRLF = rapid.Bool().Draw(t, "crlf")
		var want [][]string
		for i := range rapid.IntRange(3, 20).Draw(t, "rows") {
			row := make([]string, width)
			for j := range row {
				row[j] = fmt.Sprintf("c%d", j)
				if i > 0 {
					row[j] = "x" + cell.Draw(t, "cell")
				}
			}
			want = append(want, row)
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
		}
		w.Flush()
		r, err := Open("t.csv", &b, Options{})
		if err != nil {
			t.Fatal(err)
		}
		rows, bad, err := drain(r)
		if err != nil || len(bad) > 0 || r.Info().Sep != sep || len(rows) != len(want)-1 {
			t.Fatalf("sep %q, %d rows, %v, %v", r.Info().Sep, len(rows), bad, err)
		}
		for i, row := range rows {
			if !reflect.DeepEqual(row.Cells, want[i+1]) {
				t.Fatalf("row %d: %q, want %q", i, row.Cells, want[i+1])
			}
		}
	})
}

// TestRagged: rows of any width, whatever parts them.
func TestRagged(t *testing.T) {
	no := false
	for _, sep := range []string{",", ";", "\t", "|"} {
		file := "# one, two\n" + strings.ReplaceAll("a;b;c\nd\ne;\"f\ng\"\n;;\n", ";", sep)
		r, err := Open("list", strings.NewReader(file), Options{Format: CSV, Header: &no, Ragged: true})
		if err != nil {
			t.Fatal(err)
		}
		rows, bad, err := drain(r)
		if err != nil || len(bad) > 0 || len(rows) != 5 {
			t.Fatalf("%q: %d rows, %v, %v", sep, len(rows), bad, err)
		}
		for i, want := range [][]string{{"a", "b", "c"}, {"d"}, {"e", "f\ng"}, {"", "", ""}} {
			if got := rows[i+1].Cells; !reflect.DeepEqual(got, want) {
				t.Errorf("%q: row %d is %q, want %q", sep, i, got, want)
			}
		}
		if v, ok := rows[2].Cell(1); ok || v != "" {
			t.Errorf("%q: a cell that is not there is %q", sep, v)
		}
	}
}

func BenchmarkCSV(b *testing.B) {
	var text bytes.Buffer
	text.WriteString("id,email,first,last,street,zip,city,country,phone,created\n")
	n := 0
	for ; text.Len() < 4<<20; n++ {
		fmt.Fprintf(&text, "%d,ada.%d@lindenhof.test,Ada,Müller,Lindenweg %d,10115,Berlin,DE,+49301234567,2026-01-02 03:04:05\n", n, n, n%100)
	}
	benchmark(b, "t.csv", text.Bytes(), n)
}

// benchmark reads a file of n rows again and again.
func benchmark(b *testing.B, name string, text []byte, n int) {
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := Open(name, bytes.NewReader(text), Options{})
		if err != nil {
			b.Fatal(err)
		}
		got := 0
		for {
			if _, err := r.Next(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
			got++
		}
		if got != n {
			b.Fatalf("%d rows of %d", got, n)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
