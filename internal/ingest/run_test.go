package ingest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ingest/mapping"

	"pgregory.net/rapid"
)

const plain = `
version: 1
source: { id: shop.orders, controller: Lindenhof GmbH, country: DE }
read: { layouts: ["2006-01-02"], tz: UTC }
record:
  key: { col: id }
  time: { from: { col: at } }
  skip_when:
    - { rule: test rows, when: 'text(kind) == "test"' }
identifiers:
  - { kind: email, from: { col: email }, link: strong }
attributes:
  - { name: kind, from: { col: kind, map: { a: A, b: B } }, category: user }
`

func plainMapping(t testing.TB) *mapping.Mapping {
	t.Helper()
	m, err := mapping.Load("plain.yaml", []byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// rowsOf draws a CSV with good rows, rows to reject, rows to drop and rows that
// are no rows.
func rowsOf(t *rapid.T) (file string, rows int) {
	var b strings.Builder
	b.WriteString("id,at,email,kind\n")
	rows = rapid.IntRange(0, 60).Draw(t, "rows")
	for i := range rows {
		switch rapid.IntRange(0, 6).Draw(t, "form") {
		case 0:
			fmt.Fprintf(&b, ",2024-01-02,x%d@lindenhof-mail.de,a\n", i) // no key
		case 1:
			fmt.Fprintf(&b, "%d,02.01.2024,,a\n", i) // no such layout
		case 2:
			fmt.Fprintf(&b, "%d,2024-01-02,,test\n", i) // dropped
		case 3:
			fmt.Fprintf(&b, "%d,2024-01-02\n", i) // too narrow
		default:
			fmt.Fprintf(&b, "%d,2024-01-02,x%d@lindenhof-mail.de,%c\n", i, i%9, 'a'+i%3)
		}
	}
	return b.String(), rows
}

// TestResumeAfterACrash: a run that is cut off at any batch and taken up again
// gives the same records, rejects and drops as one that is not, none of them twice.
func TestResumeAfterACrash(t *testing.T) {
	m := plainMapping(t)
	c := canon(t)
	rapid.Check(t, func(rt *rapid.T) {
		file, rows := rowsOf(rt)
		size := rapid.IntRange(1, 7).Draw(rt, "batch size")
		whole, cut := newGate(), newGate()
		run := func(g *memGate) (cdp.Receipt, error) {
			return Run(context.Background(), Options{Gate: g, Canon: c, Mapping: m, Name: "x.csv", Open: text(file), BatchSize: size})
		}
		r, err := run(whole)
		if err != nil {
			rt.Fatal(err)
		}
		if r.Rows != rows {
			rt.Fatalf("%d rows, want %d", r.Rows, rows)
		}
		cut.failAt = rapid.IntRange(1, rows/size+2).Draw(rt, "crash")
		cut.late = rapid.Bool().Draw(rt, "after the commit")
		first, err := run(cut)
		crashed := err != nil
		if crashed && !errors.Is(err, errCrash) {
			rt.Fatal(err)
		}
		lost := 0 // rows committed without an answer
		if crashed && cut.late {
			lost = cut.done[1] - first.Rows
		}
		cut.failAt = 0
		second, err := run(cut)
		if err != nil {
			rt.Fatal(err)
		}
		if first.Rows+lost+second.Rows != rows || cut.last < 1 {
			rt.Fatalf("%d and %d rows of %d, completed %d times", first.Rows, second.Rows, rows, cut.last)
		}
		if a, b := reveal(whole.records), reveal(cut.records); a != b {
			rt.Fatalf("records differ:\n%s\n%s", a, b)
		}
		if reveal(whole.rejects) != reveal(cut.rejects) || reveal(whole.drops) != reveal(cut.drops) {
			rt.Fatal("rejects or drops differ")
		}
	})
}

func TestReingestingChangesNothing(t *testing.T) {
	g, m := newGate(), plainMapping(t)
	o := Options{Gate: g, Canon: canon(t), Mapping: m, Name: "/data/x.csv", Open: text("id,at,email,kind\n1,2024-01-02,,a\n2,2024-01-02,,b\n")}
	first, err := Run(context.Background(), o)
	if err != nil || first.Rows != 2 || first.File != "x.csv" {
		t.Fatalf("%+v, %v", first, err)
	}
	second, err := Run(context.Background(), o)
	if err != nil || second.Rows != 0 || len(g.records) != 2 || second.Batch != first.Batch {
		t.Errorf("the second time: %+v, %v", second, err)
	}
	o.Stream = true // a stream is not known again: its rows are
	third, err := Run(context.Background(), o)
	if err != nil || third.Unchanged != 2 || third.FileHash != first.FileHash || third.Batch == first.Batch {
		t.Errorf("as a stream: %+v, %v", third, err)
	}
}

func TestCancelStopsBetweenBatches(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	g := newGate()
	g.onAdmit = func() {
		if g.admits == 2 {
			cancel()
		}
	}
	var file strings.Builder
	file.WriteString("id,at,email,kind\n")
	for i := range 1000 {
		fmt.Fprintf(&file, "%d,2024-01-02,,a\n", i)
	}
	r, err := Run(ctx, Options{Gate: g, Canon: canon(t), Mapping: plainMapping(t), Name: "x.csv", Open: text(file.String()), BatchSize: 10})
	if !errors.Is(err, context.Canceled) || r.Rows != len(g.records) || r.Rows < 20 || r.Rows >= 1000 || g.last != 0 {
		t.Errorf("%d rows, %d records, %v", r.Rows, len(g.records), err)
	}
}

func TestAGateThatLosesARowIsFound(t *testing.T) {
	g := newGate()
	g.short = true
	_, err := Run(context.Background(), Options{Gate: g, Canon: canon(t), Mapping: plainMapping(t), Name: "x.csv", Open: text("id,at,email,kind\n1,2024-01-02,,a\n")})
	if !errors.Is(err, ErrUnbalanced) {
		t.Errorf("error %v", err)
	}
}

// TestADamagedFileKeepsItsWholeRows: what was read before the damage is
// admitted, and the delivery stays open.
func TestADamagedFileKeepsItsWholeRows(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write([]byte("id,at,email,kind\n"))
	for i := range 50_000 {
		fmt.Fprintf(w, "%d,2024-01-02,%x@lindenhof-mail.de,a\n", i, i*7919)
	}
	w.Close()
	g := newGate()
	r, err := Run(context.Background(), Options{Gate: g, Canon: canon(t), Mapping: plainMapping(t), Name: "x.csv.gz", Open: text(z.String()[:z.Len()/2])})
	if err == nil || !strings.Contains(err.Error(), "stopped after row") {
		t.Fatalf("error %v", err)
	}
	if r.Rows == 0 || r.Rows != len(g.records) || g.last != 0 {
		t.Errorf("%d rows, %d records, completed %d times", r.Rows, len(g.records), g.last)
	}
}

func TestProgress(t *testing.T) {
	var seen []Progress
	file := "id,at,email,kind\n" + strings.Repeat("1,2024-01-02,,a\n", 25)
	_, err := Run(context.Background(), Options{Gate: newGate(), Canon: canon(t), Mapping: plainMapping(t), Name: "x.csv", Open: text(file), BatchSize: 10,
		Progress: func(p Progress) { seen = append(seen, p) }})
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) != 3 || seen[0].Rows != 10 || seen[2].Rows != 25 || seen[2].Bytes != int64(len(file)) || seen[2].Size != int64(len(file)) {
		t.Errorf("progress %+v", seen)
	}
}

// TestAFileThatCanNotBeTakenIsNoDelivery: the gate does not hear of it.
func TestAFileThatCanNotBeTakenIsNoDelivery(t *testing.T) {
	tests := []struct {
		name, text string
		mapped     bool
		want       error
		says       string
	}{
		{"x.csv", "", true, nil, "x.csv: empty: "},
		{"x.json", `[{"id":`, true, nil, "x.json:1:8: json.syntax: "},
		{"x.json", `[{"id":`, false, nil, "x.json:1:8: json.syntax: "},
		{"x.csv", "name;street\nA;B\n", true, ErrOther, ""},
		{"x.csv", "name;street\nA;B\n", false, ErrUnknown, ""},
		{"x.csv", "1;ada.berg@lindenhof-mail.de\n", true, ErrOther, "its first row looks like data"},
		{"x.csv", "a;b\n\"x", false, ErrNoRows, "line 2: csv.quote"},
		{"x.csv", "a;b\n", false, ErrUnknown, ""},
	}
	for _, tt := range tests {
		for _, stream := range []bool{false, true} {
			o := Options{Gate: nil, Canon: canon(t), Name: "/data/" + tt.name, Open: text(tt.text), Stream: stream}
			if tt.mapped {
				o.Mapping = plainMapping(t)
			}
			_, err := Run(context.Background(), o)
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) || strings.Count(err.Error(), tt.name) != 1 {
				t.Errorf("%q, mapped %v: error %v", tt.text, tt.mapped, err)
			}
		}
	}
	g := newGate()
	if r, err := Run(context.Background(), Options{Gate: g, Canon: canon(t), Mapping: plainMapping(t), Name: "x.csv", Open: text("id,at,email,kind\n")}); err != nil || r.Rows != 0 || g.last != 1 {
		t.Errorf("a delivery of no rows: %+v, %v, completed %d times", r, err, g.last)
	}
}

// TestADeliveryOfNothingIsRecognised: the columns are enough.
func TestADeliveryOfNothingIsRecognised(t *testing.T) {
	p, err := LoadPreset("hubspot.contacts")
	if err != nil {
		t.Fatal(err)
	}
	header := strings.Join(p.Mapping.Detect.Headers, ",") + "\n"
	if got, err := Detect("x.csv", []byte(header)); err != nil || got.Name != p.Name {
		t.Errorf("preset %q, %v", got.Name, err)
	}
}

// TestSeveralMappings: a file goes to the one that knows it, presets among them.
func TestSeveralMappings(t *testing.T) {
	known := func(id, headers string) Preset {
		m, err := mapping.Load(id+".yaml", []byte("version: 1\nsource: { id: "+id+" }\ndetect: { headers: ["+headers+"] }\nrecord: { key: { col: id } }\n"))
		if err != nil {
			t.Fatal(err)
		}
		return Preset{Mapping: m}
	}
	segment, err := LoadPreset("segment.events")
	if err != nil {
		t.Fatal(err)
	}
	among := []Preset{known("shop", "id, order"), segment, known("club", "id, card"), known("clubs", "id, card")}
	ndjson := `{"type":"track","event":"A","messageId":"1","userId":"K-77","timestamp":"2023-01-01T00:00:00Z","context":{"consent":{"categoryPreferences":{}}}}` + "\n"
	tests := []struct {
		file, text, source, preset, says string
	}{
		{"x.csv", "id,order\n1,2\n", "shop", "", ""},
		{"x.ndjson", ndjson, "segment", "segment.events", ""},
		{"x.csv", "id,card\n1,2\n", "", "", "several mappings know this file equally well: club.yaml, clubs.yaml"},
		{"x.csv", "id,name\n1,2\n", "", "", ErrNoneOf.Error()},
		{"x.csv", "Email,Record ID\n1,2\n", "", "", ErrNoneOf.Error()}, // presets that are not named are not asked
	}
	for _, tt := range tests {
		r, err := Run(context.Background(), Options{Gate: newGate(), Canon: canon(t), Among: among, Name: tt.file, Open: text(tt.text)})
		switch {
		case tt.says != "":
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%q: error %v", tt.text, err)
			}
		case err != nil || !strings.HasPrefix(string(r.Source), tt.source) || r.Preset != tt.preset || r.Rows != 1:
			t.Errorf("%q: %+v, %v", tt.text, r, err)
		}
	}
}

func TestDetectNamesCandidates(t *testing.T) {
	if _, err := Detect("x.csv", []byte("a,b\n1,2\n")); !errors.Is(err, ErrUnknown) {
		t.Errorf("error %v", err)
	}
	p, err := Detect("x.json", []byte(`{"type":"track","event":"Seen","userId":"u1","anonymousId":"a","timestamp":"2023-01-01T00:00:00.000Z","context":{"consent":{"categoryPreferences":{}}}}`))
	if err != nil || p.Name != "segment.events" {
		t.Errorf("preset %s, %v", p.Name, err)
	}
	e := &AmbiguousError{[]string{"a", "b"}}
	if !strings.Contains(e.Error(), "a, b") {
		t.Error(e)
	}
}

func TestSegmentConsent(t *testing.T) {
	file := `{"type":"track","event":"A","messageId":"1","userId":"K-77","timestamp":"2023-01-01T00:00:00Z","context":{"consent":{"categoryPreferences":{"Advertising":true,"Analytics":false}}}}
{"type":"track","event":"B","messageId":"2","userId":"K-77","timestamp":"2023-01-01T00:00:00Z","context":{"consent":{"categoryPreferences":{}}}}
{"type":"track","event":"C","messageId":"3","userId":"K-77","timestamp":"2023-01-01T00:00:00Z","context":{}}
`
	g := newGate()
	if _, err := Run(context.Background(), Options{Gate: g, Canon: canon(t), Name: "x.ndjson", Open: text(file)}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range g.records {
		s := r.Key + ":"
		for _, c := range r.Consents {
			s += " " + string(c.Purpose) + "=" + string(c.State)
		}
		got = append(got, s)
	}
	want := "1: segment.Advertising=given segment.Analytics=refused|2: *=empty|3:"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("consents %s, want %s", s, want)
	}
}

func TestDryRunAndExplain(t *testing.T) {
	file := "id,at,email,kind\n1,2024-01-02,a@lindenhof-mail.de,a\n2,2024-01-02,test@test.com,z\n3,gestern,,a\n4,2024-01-02,info@lindenhof-mail.de,test\n5,2024-01-02\n6,2024-01-02,info@lindenhof-mail.de,b\n"
	o := Options{Canon: canon(t), Mapping: plainMapping(t), Name: "x.csv", Open: text(file)}
	s, err := DryRun(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if s.Rows != 6 || s.Records != 3 || s.Rejected != 2 || s.Dropped != 1 || len(s.Samples) != 3 || s.Info.Format != "csv" {
		t.Errorf("summary %+v", s)
	}
	if len(s.Rejects) != 2 || s.Rejects[0].Name != "csv.width" || s.Rejects[1] != (Tally{"time.layout at", 1, 4}) {
		t.Errorf("rejects %+v", s.Rejects)
	}
	if len(s.Identifiers) != 1 || s.Identifiers[0].Count != 3 || len(s.Blocked) != 1 || len(s.Generic) != 1 || len(s.Notes) != 2 {
		t.Errorf("identifiers %+v, blocked %+v, generic %+v, notes %+v", s.Identifiers, s.Blocked, s.Generic, s.Notes)
	}
	if printed := fmt.Sprintf("%v %+v", s, s); strings.Contains(printed, "lindenhof-mail") {
		t.Error("a summary prints personal values")
	}
	for row, want := range map[int]string{1: "record", 3: "reject", 4: "drop", 5: "reject"} {
		e, err := Explain(context.Background(), o, row)
		got := ""
		switch {
		case e.Record != nil:
			got = "record"
		case e.Reject != nil:
			got = "reject"
		case e.Drop != nil:
			got = "drop"
		}
		if err != nil || got != want {
			t.Errorf("row %d: %s, %v", row, got, err)
		}
	}
	if _, err := Explain(context.Background(), o, 7); !errors.Is(err, ErrNoRow) {
		t.Errorf("row 7: %v", err)
	}
}

func TestAFileThatChangesIsNotCompleted(t *testing.T) {
	opened := 0
	g := newGate()
	_, err := Run(context.Background(), Options{Gate: g, Canon: canon(t), Mapping: plainMapping(t), Name: "x.csv", Open: func() (io.ReadCloser, error) {
		opened++
		return text("id,at,email,kind\n" + strings.Repeat("1,2024-01-02,,a\n", opened))()
	}})
	if !errors.Is(err, ErrChanged) || g.last != 0 {
		t.Errorf("error %v, completed %d times", err, g.last)
	}
}

func TestOpenErrorsAreSaid(t *testing.T) {
	gone := errors.New("gone")
	_, err := Run(context.Background(), Options{Gate: newGate(), Canon: canon(t), Name: "x.csv", Open: func() (io.ReadCloser, error) { return nil, gone }})
	if !errors.Is(err, gone) {
		t.Errorf("error %v", err)
	}
}

func BenchmarkRun(b *testing.B) {
	m := plainMapping(b)
	var file strings.Builder
	file.WriteString("id,at,email,kind\n")
	const n = 50_000
	for i := range n {
		fmt.Fprintf(&file, "%d,2024-01-02,x%d@lindenhof-mail.de,%c\n", i, i, 'a'+i%2)
	}
	c := canon(b)
	for b.Loop() {
		if r, err := Run(context.Background(), Options{Gate: nullGate{}, Canon: c, Mapping: m, Name: "x.csv", Open: text(file.String())}); err != nil || r.Rows != n {
			b.Fatal(r.Rows, err)
		}
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

type nullGate struct{}

func (nullGate) Begin(context.Context, cdp.Delivery) (cdp.BatchID, int, error) { return 1, 0, nil }

func (nullGate) Admit(_ context.Context, b cdp.Batch) (cdp.Receipt, error) {
	return cdp.Receipt{Rows: len(b.Records) + len(b.Rejects) + len(b.Dropped), Admitted: len(b.Records), Rejected: len(b.Rejects), Dropped: len(b.Dropped)}, nil
}
