package decode

import "io"

// Formats that Open reads, as they stand in Options.Format and Info.Format.
const (
	CSV    = "csv"
	NDJSON = "ndjson"
	JSON   = "json"
	VCard  = "vcard"
)

// Options say what is known about a file beforehand. The zero value detects
// everything.
type Options struct {
	// Format is one of the constants above; "" detects it.
	Format string
	// Charset is utf-8, utf-16le, utf-16be, iso-8859-1, -2, -9, -15, -16,
	// windows-1250, -1251, -1252, -1254 or ibm850, by these or their usual other names; ""
	// takes the byte order mark, else UTF-8 when the beginning is valid
	// UTF-8, else windows-1252 with Info.Guessed set. A byte order mark wins
	// over Charset, with a warning.
	Charset string
	// Sep separates the fields of a CSV; 0 detects comma, semicolon, tab or bar.
	Sep rune
	// Header says whether the first row of a CSV names the columns; nil
	// decides by its cells. Without a header the columns are col1, col2 ...
	Header *bool
	// Ragged lets the rows of a CSV have fewer or more fields than its first.
	Ragged bool
	// Root is the dotted path (see [Row.Get]) to the array of rows in a JSON
	// document; "" detects it: see [Info.Root].
	Root string
	// Null lists the cells that mean "no value" in a CSV, compared exactly.
	// They stay as they are in Row.Cells; Row.Cell and Row.Get apply the list.
	Null []string
	// ApostropheGuard removes the leading apostrophe that some systems put
	// before a cell to keep spreadsheets from reading it as a number or a
	// formula, as in '+31612345678. An apostrophe before a letter ('t Hooft) stays.
	ApostropheGuard bool
	// Limits bound what a hostile file can cost; a zero field means its default.
	Limits Limits
}

// Limits bound a file and its rows. A row past a limit is a RowError, a file
// past one a FileError with code "limit".
type Limits struct {
	Record int     // bytes of one row: CSV record, JSON element or line, vCard
	Field  int     // bytes of one cell, JSON string, number or key, vCard value
	Depth  int     // nesting of JSON arrays and objects
	Fields int     // columns of a CSV row, members of one JSON object, properties of a vCard
	File   int64   // bytes as delivered
	Text   int64   // bytes after decompression
	Ratio  float64 // bytes after decompression per byte before; judged past the first MiB
}

// DefaultLimits are 1 MiB per record, 64 KiB per field, depth 64, 1,000 fields,
// 4 GiB per file, 16 GiB decompressed, at most 200 times the size delivered.
func DefaultLimits() Limits {
	return Limits{
		Record: 1 << 20,
		Field:  64 << 10,
		Depth:  64,
		Fields: 1000,
		File:   4 << 30,
		Text:   16 << 30,
		Ratio:  200,
	}
}

// orDefault fills the zero fields.
func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	if l.Record <= 0 {
		l.Record = d.Record
	}
	if l.Field <= 0 {
		l.Field = d.Field
	}
	if l.Depth <= 0 {
		l.Depth = d.Depth
	}
	if l.Fields <= 0 {
		l.Fields = d.Fields
	}
	if l.File <= 0 {
		l.File = d.File
	}
	if l.Text <= 0 {
		l.Text = d.Text
	}
	if l.Ratio <= 0 {
		l.Ratio = d.Ratio
	}
	return l
}

// Info is what was detected about a file. It is complete after Open, but for
// Warnings, which can grow until the end of the file.
type Info struct {
	Name             string
	Compression      string // "", gzip, zstd
	Charset          string // canonical name, as in Options.Charset
	BOM              bool   // a byte order mark was there
	Guessed          bool   // Charset rests on a guess: have it confirmed
	Format           string
	Sep              rune     // CSV
	Header           bool     // CSV: the first row names the columns
	DuplicateHeaders []string // CSV: names met more than once
	Newline          string   // lf, crlf, cr; "" when there is none
	Root             string   // JSON: path of the array of rows; "" when the document is that array, or is itself one row
	Warnings         []string // sentences for a person; no values of rows
}

// A Reader reads the rows of one file. Its methods are not safe for use by
// several goroutines at once, but for BytesRead.
type Reader struct {
	in   *delivered
	info *Info
	rows rowReader
	num  int
	done error
}

// rowReader is one format's way of reading. Its next has the contract of
// Reader.Next but need not set Num or keep an end.
type rowReader interface {
	next() (Row, error)
}

// Open detects what the file is and gets ready to read its rows. The name (a
// file name, or "-" for a stream) only helps to detect the format and appears in
// errors. At most the first MiB of text is read, 8 MiB for a JSON document
// that is one object.
func Open(name string, r io.Reader, o Options) (*Reader, error) {
	return open(name, r, o)
}

// Next returns the next row. io.EOF is the end of a whole file. A *RowError is
// one row that can not be used; the next call goes on behind it. Any other error is a
// *FileError: nothing more can be read. Rows and RowErrors are numbered
// together, so none is lost unseen.
func (r *Reader) Next() (Row, error) {
	if r.done != nil {
		return Row{}, r.done
	}
	row, err := r.rows.next()
	if err == nil {
		r.num++
		row.Num = r.num
		return row, nil
	}
	if bad, ok := err.(*RowError); ok {
		r.num++
		bad.Num = r.num
		return Row{}, bad
	}
	if fe, ok := err.(*FileError); ok {
		fe.Name = r.info.Name
	}
	r.done = err
	return Row{}, err
}

// Info returns what is known about the file by now.
func (r *Reader) Info() Info {
	i := *r.info
	i.Warnings = append([]string(nil), i.Warnings...)
	return i
}

// Header names the columns of a CSV, before its first row is read; nil for other formats.
func (r *Reader) Header() *Header {
	if c, ok := r.rows.(*csvReader); ok {
		return c.header
	}
	return nil
}

// BytesRead is how many bytes of the file as delivered have been read, for
// showing progress.
func (r *Reader) BytesRead() int64 { return r.in.n.Load() }

// Hash is the hex SHA-256 of all bytes as delivered. It reads to the end of the
// file, so Next gives nothing new after it: call it when Next has ended. It is
// "" when the file can not be read to its end or is larger than Limits.File.
func (r *Reader) Hash() string {
	if r.done == nil {
		r.done = &FileError{Code: "closed", Name: r.info.Name, Reason: "the rest of the file was read for its hash", Do: "open it again"}
	}
	return r.in.sum()
}
