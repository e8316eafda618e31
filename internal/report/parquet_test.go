package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go"

	"cdp-tui/internal/cdp"
)

// readShares reads a Parquet file as any program does: by the schema in it.
func readShares(t *testing.T, file []byte) []map[string]any {
	t.Helper()
	r := parquet.NewReader(bytes.NewReader(file))
	defer r.Close()
	var out []map[string]any
	for {
		row := map[string]any{}
		switch err := r.Read(&row); {
		case errors.Is(err, io.EOF):
			return out
		case err != nil:
			t.Fatal(err)
		}
		out = append(out, row)
	}
}

// What goes into a Parquet file comes out of it: every value in order and
// without loss, and a field that did not go out is null, over several row groups.
func TestParquetRoundTrip(t *testing.T) {
	fields := []string{"email", "at", "given_name"} // a field may be called as a column of the head
	p, err := NewPayload(PayloadParquet, fields)
	if err != nil || !p.Packed() || p.Header() != nil {
		t.Fatal(err)
	}
	var file, again bytes.Buffer
	w, w2 := p.Packer(&file), p.Packer(&again)
	hostile := "Eve\x1b]52;c;ZXZpbA==\a\u202e=1+1, \"q\"\n"
	n := rowGroup + 7
	for i := range n {
		l := cdp.PayloadLine{Ref: fmt.Sprint("S-000001-", i), Ask: cdp.Ask{Recipient: "mailer", Purpose: "newsletter"}, At: at("2026-04-20T10:00:00Z")}
		if i%2 == 0 {
			l.Fields = append(l.Fields, cdp.PayloadField{Name: "email", Identifier: true, Values: []cdp.Value{cdp.Value(fmt.Sprintf("p%d@a.test", i)), "x@b.test", ""}})
		}
		if i%3 == 0 {
			l.Fields = append(l.Fields, cdp.PayloadField{Name: "at", Values: []cdp.Value{cdp.Value(hostile)}})
		}
		line, err := p.Line(l)
		if err := errors.Join(err, w.Pack(line), w2.Pack(line)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), w2.Close()); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(file.Bytes(), again.Bytes()) {
		t.Error("the same lines give other bytes")
	}
	rows := readShares(t, file.Bytes())
	if len(rows) != n {
		t.Fatalf("%d rows of %d", len(rows), n)
	}
	list := func(v any) (out []string) {
		for _, e := range v.([]any) {
			out = append(out, plainly(e))
		}
		return out
	}
	for i, r := range rows {
		if plainly(r["ref"]) != fmt.Sprint("S-000001-", i) || plainly(r["recipient"]) != "mailer" || plainly(r["purpose"]) != "newsletter" || plainly(r["at"]) != "2026-04-20T10:00:00Z" {
			t.Fatalf("row %d: %v", i, r)
		}
		if email := r["field.email"]; (email == nil) != (i%2 != 0) || email != nil && !slices.Equal(list(email), []string{fmt.Sprintf("p%d@a.test", i), "x@b.test", ""}) {
			t.Fatalf("row %d: %v", i, email)
		}
		if at := r["field.at"]; (at == nil) != (i%3 != 0) || at != nil && !slices.Equal(list(at), []string{hostile}) {
			t.Fatalf("row %d: %v", i, at)
		}
		if r["field.given_name"] != nil {
			t.Fatalf("row %d has %v", i, r)
		}
	}
	f, err := parquet.OpenFile(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil || len(f.RowGroups()) != 2 {
		t.Errorf("%d row groups, %v", len(f.RowGroups()), err)
	}
}

func plainly(v any) string { return fmt.Sprintf("%s", v) }

func TestParquetRefuses(t *testing.T) {
	if _, err := NewPayload(PayloadParquet, nil); err == nil {
		t.Error("it has no columns")
	}
	p, err := NewPayload(PayloadParquet, []string{"email"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Line(cdp.PayloadLine{Fields: []cdp.PayloadField{{Name: "city", Values: []cdp.Value{"Gera"}}}}); err == nil {
		t.Error("a field without a column is taken")
	}
	if err := p.Packer(io.Discard).Pack([]byte("{")); err == nil {
		t.Error("a damaged line is taken")
	}
}
