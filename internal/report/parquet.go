package report

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
)

// rowGroup is how many rows of a Parquet file stand together; so many are held
// in memory while it is written.
const rowGroup = 5_000

// A Packer writes lines into a file that is more than its lines.
type Packer interface {
	// Pack takes a line as Line gave it.
	Pack(line []byte) error
	// Close writes what stands at the end of the file.
	Close() error
}

// Packer returns what makes a file of a payload's lines, nil where a file is
// its header and its lines.
func (p *Payload) Packer(w io.Writer) Packer {
	if p.format != PayloadParquet {
		return nil
	}
	return newParquetFile(w, p.columns)
}

// Packed reports whether the payload is more than its lines, so that it can not
// leave by a pipe.
func (p *Payload) Packed() bool { return p.format == PayloadParquet }

// A parquetFile has a row for each share: ref, recipient, purpose and time as
// text, and each field as a list of text, null where it did not go out.
type parquetFile struct {
	w     *parquet.Writer
	place map[string]int // of a column among the leaves
	rows  int
	row   parquet.Row
}

// columns of every row, besides those of the fields.
func parquetHead() []string { return []string{"ref", "recipient", "purpose", "at"} }

// fieldColumn is the column of a field: no field hides a column of the head.
func fieldColumn(name string) string { return "field." + name }

func newParquetFile(w io.Writer, fields []string) *parquetFile {
	group := parquet.Group{}
	for _, c := range parquetHead() {
		group[c] = parquet.String()
	}
	for _, f := range fields {
		group[fieldColumn(f)] = parquet.Optional(parquet.List(parquet.String()))
	}
	schema := parquet.NewSchema("share", group)
	x := &parquetFile{w: parquet.NewWriter(w, schema, parquet.CreatedBy("cdp-tui", "", "")), place: make(map[string]int)}
	for i, path := range schema.Columns() {
		x.place[path[0]] = i
	}
	return x
}

func (x *parquetFile) Pack(line []byte) error {
	var s shareData
	if err := json.Unmarshal(line, &s); err != nil {
		return fmt.Errorf("report: parquet: %w", err)
	}
	cells := make([][]parquet.Value, len(x.place))
	set := func(name string, repetition, definition int, v parquet.Value) {
		i := x.place[name]
		cells[i] = append(cells[i], v.Level(repetition, definition, i))
	}
	for i, v := range []string{s.Ref, s.Recipient, s.Purpose, string(s.At)} {
		set(parquetHead()[i], 0, 0, parquet.ByteArrayValue([]byte(v)))
	}
	for name, values := range s.Fields {
		if _, ok := x.place[fieldColumn(name)]; !ok {
			return fmt.Errorf("the field %s has no column", name)
		}
		for i, v := range values {
			set(fieldColumn(name), min(i, 1), 2, parquet.ByteArrayValue([]byte(v)))
		}
	}
	x.row = x.row[:0]
	for i, c := range cells {
		if c == nil {
			c = []parquet.Value{parquet.NullValue().Level(0, 0, i)}
		}
		x.row = append(x.row, c...)
	}
	if _, err := x.w.WriteRows([]parquet.Row{x.row}); err != nil {
		return fmt.Errorf("report: parquet: %w", err)
	}
	if x.rows++; x.rows%rowGroup == 0 {
		return x.w.Flush()
	}
	return nil
}

func (x *parquetFile) Close() error { return x.w.Close() }
