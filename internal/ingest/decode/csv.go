package decode

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// csvReader reads CSV after RFC 4180, with the separator and line end of the
// file. It is not encoding/csv because a row needs its exact place and text, and
// because after a quote that is never closed encoding/csv has eaten the rest of the file.
//
// What it allows beyond the RFC, none of it ambiguous: a quote within an
// unquoted field is text; a line end within a quoted field becomes LF; an empty line is no row;
// surplus fields at the end of a row are cut when all are empty.
//
// When a quoted field is not closed before the end of the text or within the
// limit of a record, or is followed by anything but a separator, only the line on which the row began
// is given as bad, and the next line is read as a row again.
type csvReader struct {
	t       *text
	sep     byte
	lim     Limits
	charset string
	guard   bool
	ragged  bool
	info    *Info
	header  *Header
	cells   []span // scratch: the fields of the record at hand

	rescan   int64 // bytes that were read in vain for quotes not closed
	oneLine  bool  // rescan is spent: quoted fields end with their line
	surplus  bool  // warned of
	unclosed bool  // warned of
}

// span is one field within its record.
type span struct {
	from, to int
	edit     bool // holds "", CR LF, or a line end that is CR
}

// record is what scan found. It is not taken from the text yet.
type record struct {
	n     int // bytes without the line end
	taken int // bytes with it
}

// rescanFree is how many bytes may be read in vain for quotes not closed,
// besides four times the text so far, so that a hostile file costs no more than its length.
const rescanFree = 64 << 20

func newCSV(t *text, o Options, info *Info) (*csvReader, error) {
	c := &csvReader{t: t, lim: o.Limits, charset: info.Charset, guard: o.ApostropheGuard, ragged: o.Ragged, info: info}
	sep := o.Sep
	if sep == 0 {
		sep = c.sepLine()
	}
	switch {
	case sep == 0:
		sep = rune(detectSep(t, o))
	case sep >= 0x80 || sep < ' ' && sep != '\t' && sep != 0x1f || sep == '"':
		return nil, &FileError{Code: "options", Reason: "the separator must be one ASCII character, not a quote or line end", Do: "give another"}
	}
	c.sep, info.Sep = byte(sep), sep
	if err := c.readHeader(o); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *csvReader) next() (Row, error) {
	rec, bad, err := c.scan()
	if err != nil {
		return Row{}, err
	}
	if bad != nil {
		return Row{}, bad
	}
	b := c.t.pending()[:rec.n]
	if bad := c.check(b); bad != nil {
		bad.Raw, bad.Cut = c.t.raw(rec.n)
		c.t.take(rec.taken)
		return Row{}, bad
	}
	s := string(b)
	width := len(c.header.Names)
	if c.ragged {
		width = len(c.cells)
	}
	row := Row{Line: c.t.line, Offset: c.t.off, Header: c.header, Cells: make([]string, width), Raw: bytesOf(s)}
	for i, f := range c.cells[:min(len(c.cells), len(row.Cells))] {
		if f.edit {
			row.Cells[i] = c.cell(s, f)
		} else {
			row.Cells[i] = s[f.from:f.to]
		}
		if c.guard {
			row.Cells[i] = unguard(row.Cells[i])
		}
	}
	c.t.take(rec.taken)
	return row, nil
}

// check finds what makes a well-formed record unusable.
func (c *csvReader) check(b []byte) *RowError {
	if bytes.IndexByte(b, 0) >= 0 {
		return c.bad("csv.nul", "holds a zero byte")
	}
	if code, reason := damage(b, c.charset); code != "" {
		return c.bad("csv."+code, reason)
	}
	want := len(c.header.Names)
	if c.ragged {
		want = len(c.cells)
	}
	if len(c.cells) > c.lim.Fields {
		return c.bad("csv.fields", fmt.Sprintf("has more than %d fields", c.lim.Fields))
	}
	if len(c.cells) > want {
		for _, s := range c.cells[want:] {
			if s.from < s.to {
				return c.bad("csv.width", fmt.Sprintf("has %d fields, the header %d", len(c.cells), want))
			}
		}
		if !c.surplus {
			c.surplus = true
			c.info.warn("line %d is the first with surplus empty fields at its end: cut", c.t.line)
		}
	}
	if len(c.cells) < want {
		return c.bad("csv.width", fmt.Sprintf("has %d fields, the header %d", len(c.cells), want))
	}
	if len(b) > c.lim.Field {
		for i, s := range c.cells[:want] {
			if s.to-s.from > c.lim.Field {
				e := c.bad("csv.field_too_long", fmt.Sprintf("has a field of more than %d bytes", c.lim.Field))
				if i < len(c.header.Names) {
					e.Field = c.header.Names[i]
				}
				return e
			}
		}
	}
	return nil
}

func (c *csvReader) bad(code, reason string) *RowError {
	return &RowError{Code: code, Reason: reason, Line: c.t.line, Offset: c.t.off, Header: c.header}
}

// scan finds the next record and its fields, without taking it. A bad record
// is taken.
func (c *csvReader) scan() (record, *RowError, error) {
	for {
		n, st := c.t.lineEnd(0, c.lim.Record)
		switch st {
		case broken:
			return record{}, nil, c.t.failed()
		case tooLong:
			bad := c.bad("csv.too_long", fmt.Sprintf("is longer than %d bytes", c.lim.Record))
			bad.Raw, bad.Cut = c.t.raw(c.lim.Record)
			bad.Cut = true
			c.t.skipLine()
			return record{}, bad, nil
		}
		taken := n
		if st == whole {
			taken++
		} else if n == 0 {
			return record{}, nil, io.EOF
		}
		line := c.t.pending()[:n]
		if c.t.nl == '\n' && n > 0 && line[n-1] == '\r' {
			n--
		}
		if n == 0 {
			c.t.take(taken)
			continue
		}
		if bytes.IndexByte(line[:n], '"') < 0 {
			c.split(line[:n])
			return record{n: n, taken: taken}, nil, nil
		}
		rec, read, reason, err := c.quoted(n, taken, st)
		if err != nil {
			return record{}, nil, err
		}
		if reason == "" {
			return rec, nil, nil
		}
		c.rescan += int64(read - taken)
		if c.rescan > rescanFree+4*c.t.off && !c.oneLine {
			c.oneLine = true
			c.info.warn("line %d: too many quotes are not closed: from here on quoted fields end with their line", c.t.line)
		}
		if !c.unclosed {
			c.unclosed = true
			c.info.warn("line %d: a quote is not closed properly: the lines after it were read as rows again; check them", c.t.line)
		}
		bad := c.bad("csv.quote", reason)
		bad.Raw, bad.Cut = c.t.raw(n)
		c.t.take(taken)
		return record{}, bad, nil
	}
}

// split finds the fields of a line without quotes.
func (c *csvReader) split(line []byte) {
	c.cells = c.cells[:0]
	from := 0
	for i, b := range line {
		if b == c.sep {
			c.cells = append(c.cells, span{from: from, to: i})
			from = i + 1
		}
	}
	c.cells = append(c.cells, span{from: from, to: len(line)})
}

// quoted finds the fields of a record that holds quotes and so may span lines.
// n and taken are the ends of its first line. A reason is given if it is not a
// record; read is how far it was looked at.
func (c *csvReader) quoted(n, taken int, st found) (rec record, read int, reason string, err error) {
	c.cells = c.cells[:0]
	b := c.t.pending()
	for p := 0; ; {
		if p == n || b[p] != '"' {
			i := bytes.IndexByte(b[p:n], c.sep)
			if i < 0 {
				c.cells = append(c.cells, span{from: p, to: n})
				return record{n: n, taken: taken}, taken, "", nil
			}
			c.cells = append(c.cells, span{from: p, to: p + i})
			p += i + 1
			continue
		}
		p++
		field := span{from: p}
		for {
			i := bytes.IndexByte(b[p:taken], '"')
			if i >= 0 {
				p += i + 1
				if p < n && b[p] == '"' {
					field.edit = true
					p++
					continue
				}
				break
			}
			// The field goes on on the next line.
			switch {
			case st == last:
				return record{}, taken, "has a quoted field that is not closed before the end of the file", nil
			case c.oneLine:
				return record{}, taken, "has a quoted field that is not closed on its line", nil
			}
			if n < taken-1 || c.t.nl == '\r' {
				field.edit = true
			}
			p = taken
			switch n, st = c.t.lineEnd(taken, c.lim.Record); st {
			case broken:
				return record{}, 0, "", c.t.failed()
			case tooLong:
				return record{}, c.lim.Record, fmt.Sprintf("has a quoted field that is not closed within %d bytes", c.lim.Record), nil
			}
			b = c.t.pending()
			taken = n
			if st == whole {
				taken++
			}
			if c.t.nl == '\n' && n > p && b[n-1] == '\r' {
				n--
			}
		}
		field.to = p - 1
		c.cells = append(c.cells, field)
		if p == n {
			return record{n: n, taken: taken}, taken, "", nil
		}
		if b[p] != c.sep {
			return record{}, taken, "has text behind a closing quote", nil
		}
		p++
	}
}

// cell gives the text of a field.
func (c *csvReader) cell(rec string, f span) string {
	s := rec[f.from:f.to]
	if f.edit {
		s = strings.ReplaceAll(s, `""`, `"`)
		if c.t.nl == '\n' {
			s = strings.ReplaceAll(s, "\r\n", "\n")
		} else {
			s = strings.ReplaceAll(s, "\r", "\n")
		}
	}
	return s
}

// unguard removes the apostrophe that guards a number or a formula.
func unguard(s string) string {
	if len(s) < 2 || s[0] != '\'' {
		return s
	}
	if d := s[1]; d >= '0' && d <= '9' || strings.IndexByte("+-=@.\t\r", d) >= 0 {
		return s[1:]
	}
	return s
}
