package decode

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// sepLine takes the line "sep=;" that Excel understands, if it is there.
func (c *csvReader) sepLine() rune {
	b := c.t.pending()
	if !bytes.HasPrefix(b, []byte("sep=")) {
		return 0
	}
	n, st := c.t.lineEnd(0, 8)
	if st == tooLong || st == broken {
		return 0
	}
	if line := bytes.TrimSuffix(b[:n], []byte{'\r'}); len(line) == 5 && strings.IndexByte(",;\t|", line[4]) >= 0 {
		c.t.take(min(n+1, len(b)))
		return rune(line[4])
	}
	return 0
}

func (c *csvReader) readHeader(o Options) error {
	c.header = &Header{Sep: rune(c.sep), null: o.Null}
	rec, bad, err := c.scan()
	switch {
	case err == io.EOF:
		return emptyFile()
	case err != nil:
		return err
	case bad != nil:
		return &FileError{Code: "csv.header", Line: bad.Line, Reason: "the first row " + bad.Reason, Do: "check the separator, the quotes and the charset"}
	}
	cells := make([]string, len(c.cells))
	for i, s := range c.cells {
		cells[i] = c.cell(string(c.t.pending()[:rec.n]), s)
	}
	if len(cells) > c.lim.Fields {
		return &FileError{Code: "csv.header", Line: c.t.line, Reason: "the first row has more columns than the limit", Do: "check the separator, or raise the limit"}
	}
	names := headerLike(cells)
	if o.Header != nil {
		names = *o.Header
	} else if !names {
		c.info.warn("the first row looks like data: read without a header, the columns are col1, col2 ...")
	}
	c.info.Header = names
	if names {
		if code, reason := damage(c.t.pending()[:rec.n], c.charset); code != "" {
			return &FileError{Code: "csv.header", Line: c.t.line, Reason: "the header " + reason, Do: "give the charset"}
		}
		if bytes.IndexByte(c.t.pending()[:rec.n], 0) >= 0 {
			return &FileError{Code: "csv.header", Line: c.t.line, Reason: "the header holds a zero byte", Do: "check the charset, or deliver the file again"}
		}
		c.header.Raw = bytes.Clone(c.t.pending()[:rec.n])
		c.t.take(rec.taken)
	} else {
		clear(cells)
	}
	c.header.setNames(cells, c.info)
	return nil
}

// setNames makes the names unique.
func (h *Header) setNames(cells []string, info *Info) {
	h.Names = make([]string, len(cells))
	h.index = make(map[string]int, len(cells))
	var twice []string
	taken := make(map[string]bool, len(cells))
	for _, n := range cells {
		taken[strings.TrimSpace(n)] = true
	}
	for i, cell := range cells {
		name := strings.TrimSpace(cell)
		if name == "" {
			name = fmt.Sprintf("col%d", i+1)
		}
		unique := name
		if _, again := h.index[name]; again {
			twice = append(twice, name)
			for k := 2; again; k++ {
				unique = fmt.Sprintf("%s#%d", name, k)
				_, again = h.index[unique]
				again = again || taken[unique]
			}
		}
		h.Names[i] = unique
		h.index[unique] = i
	}
	for i, n := range twice {
		if i == 0 || n != twice[i-1] {
			info.DuplicateHeaders = append(info.DuplicateHeaders, n)
		}
	}
	seen := make(map[string]string, len(cells))
	for _, n := range h.Names {
		low := strings.ToLower(n)
		if o, again := seen[low]; again {
			info.warn("columns %q and %q differ only in case", o, n)
		}
		seen[low] = n
	}
}
