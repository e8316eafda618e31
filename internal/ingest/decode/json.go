package decode

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// jsonReader reads a JSON document: a list of rows, an object that holds a list
// of rows somewhere, or one object that is one row. Elements of the list are
// found by their brackets first and parsed after, one at a time: so a bad one
// is one bad row, and the list can be of any length.
type jsonReader struct {
	t       *text
	lim     Limits
	charset string
	info    *Info
	p       jsonParser
	env     map[string]any
	state   jsonState
	closers int        // objects around the list, to be closed after it
	seen    [][]string // their keys before the list, outermost first
	whole   bool       // env holds the fields after the list too
}

type jsonState int

const (
	listBegin jsonState = iota // behind the opening bracket
	listNext                   // behind an element
	single                     // before the one row
	singleEnd                  // behind it
	ended
)

func newJSON(t *text, o Options, info *Info) (*jsonReader, error) {
	r := &jsonReader{t: t, lim: o.Limits, charset: info.Charset, info: info}
	r.p.lim = &r.lim
	root, err := rootSteps(o.Root)
	if err != nil {
		return nil, err
	}
	switch c, err := r.peek(); {
	case err == io.EOF:
		return nil, emptyFile()
	case err != nil:
		return nil, err
	case c == '[' && len(root) == 0:
		t.take(1)
		return r, nil
	case c == '[':
		return nil, r.fatal("json.root", 0, "the document is itself a list, so it has no path to one", "leave the root empty")
	case c != '{':
		return nil, r.fatal("json.root", 0, "the document is neither a list nor an object", "check what the file is; "+supported)
	}
	for len(t.pending()) < envelopeMax && t.more() {
	}
	return r, r.findRoot(root)
}

// findRoot finds the list of rows in a document that is an object, reads the
// fields around it and moves behind its opening bracket.
func (r *jsonReader) findRoot(root []string) error {
	b := r.t.pending()
	list, complete := members(b, 0, &r.p)
	if len(root) == 0 {
		m, ok := chooseRoot(list, !complete && len(b) >= envelopeMax, len(b) > r.lim.Record)
		if !ok {
			r.state = single
			for _, m := range list {
				if m.rows {
					r.info.warn("the document is read as one row; if its rows are in a list within it, give the root")
					break
				}
			}
			return nil
		}
		root = []string{m.key}
	}
	var outer map[string]any
	r.whole = complete
	for depth, key := range root {
		at := -1
		before := []string{}
		for i, m := range list {
			if m.key == key {
				at = i
				break
			}
			before = append(before, m.key)
		}
		if at < 0 {
			return r.fatal("json.root", 0, "the document has no field at the root given", "look at its fields and correct the root")
		}
		env, err := r.envelope(b, list, key)
		if err != nil {
			return err
		}
		if outer == nil {
			r.env = env
		} else {
			outer[root[depth-1]] = env
		}
		outer = env
		r.seen = append(r.seen, append(before, key))
		m := list[at]
		switch {
		case depth == len(root)-1 && m.kind == '[':
			r.closers = len(root)
			quoted := make([]string, len(root))
			for i, k := range root {
				quoted[i] = QuoteKey(k)
			}
			r.info.Root = strings.Join(quoted, ".")
			r.t.take(m.from + 1)
			return nil
		case depth == len(root)-1 || m.kind != '{':
			return r.fatal("json.root", m.from, "there is no list at the root given", "look at its fields and correct the root")
		}
		list, complete = members(b, m.from, &r.p)
		r.whole = r.whole && complete
	}
	return nil
}

// peek skips space and shows the next byte. io.EOF is the end of the text.
func (r *jsonReader) peek() (byte, error) {
	for {
		b := r.t.pending()
		i := skipSpace(b, 0)
		r.t.take(i)
		if i < len(b) {
			return b[i], nil
		}
		if !r.t.more() {
			if r.t.err == io.EOF {
				return 0, io.EOF
			}
			return 0, r.t.failed()
		}
	}
}

func (r *jsonReader) fatal(code string, at int, reason, do string) error {
	line, col := r.t.at(at)
	return &FileError{Code: code, Line: line, Col: col, Reason: reason, Do: do}
}

func (r *jsonReader) syntax(at int, reason string) error {
	return r.fatal("json.syntax", at, reason, "correct the file at this place; the rows before it were whole")
}

func (r *jsonReader) next() (Row, error) {
	switch r.state {
	case ended:
		return Row{}, io.EOF
	case single:
		r.state = singleEnd
		return r.element()
	case singleEnd:
		return Row{}, r.finish()
	}
	c, err := r.peek()
	switch {
	case err == io.EOF:
		return Row{}, r.syntax(0, "the file ends within its list of rows")
	case err != nil:
		return Row{}, err
	case c == ']':
		r.t.take(1)
		if err := r.tail(); err != nil {
			return Row{}, err
		}
		return Row{}, r.finish()
	}
	if r.state == listNext {
		if c != ',' {
			return Row{}, r.syntax(0, "a comma or closing bracket is missing between rows")
		}
		r.t.take(1)
		if c, err = r.peek(); err == io.EOF {
			return Row{}, r.syntax(0, "the file ends within its list of rows")
		} else if err != nil {
			return Row{}, err
		}
	}
	if strings.IndexByte(",]}:", c) >= 0 {
		return Row{}, r.syntax(0, "a row is missing where a comma says that one follows")
	}
	r.state = listNext
	row, err := r.element()
	row.Envelope = r.env
	return row, err
}

// finish makes sure that nothing follows.
func (r *jsonReader) finish() error {
	switch _, err := r.peek(); {
	case err == nil:
		return r.fatal("json.trailing", 0, "something follows the end of the document", "if each line is an object, read it as ndjson; else correct the file")
	default:
		r.state = ended
		return err
	}
}

// element reads the value that begins here as a row.
func (r *jsonReader) element() (Row, error) {
	var v valueScan
	for n := 0; ; {
		b := r.t.pending()
		k, st := v.feed(b[n:])
		n += k
		switch st {
		case scanBad:
			return Row{}, r.unbalanced(&v, n, "a bracket is closed that is not open")
		case scanDone:
			if n > r.lim.Record {
				return r.tooLong(&v, n, true)
			}
			row, err := parseRow(r.t, &r.p, n, r.charset)
			r.t.take(n)
			return row, err
		}
		if n > r.lim.Record {
			return r.tooLong(&v, n, false)
		}
		if !r.t.more() {
			if r.t.err != io.EOF {
				return Row{}, r.t.failed()
			}
			return Row{}, r.unbalanced(&v, n, "the file ends within a row: a bracket, brace or quote is not closed")
		}
	}
}

// unbalanced is the error for brackets that do not match. If a string went over
// the end of a line, the damage is most likely there.
func (r *jsonReader) unbalanced(v *valueScan, n int, reason string) error {
	if v.line > 0 {
		return r.syntax(v.line-1, "a string is not closed on its line")
	}
	return r.syntax(n, reason)
}

// tooLong takes a value past the limit, of any length, in bounded memory.
func (r *jsonReader) tooLong(v *valueScan, n int, done bool) (Row, error) {
	bad := &RowError{Code: "json.too_long", Reason: fmt.Sprintf("is longer than %d bytes", r.lim.Record), Line: r.t.line, Offset: r.t.off, Cut: true}
	bad.Raw, _ = r.t.raw(min(n, r.lim.Record))
	line, at := r.t.line, r.t.off-r.t.bol
	for !done {
		r.t.take(n)
		if !r.t.more() {
			if r.t.err != io.EOF {
				return Row{}, r.t.failed()
			}
			return Row{}, &FileError{Code: "json.syntax", Line: line, Col: int(at) + 1, Reason: "the row that begins here does not end", Do: "correct the file; the rows before it were whole"}
		}
		k, st := v.feed(r.t.pending())
		n, done = k, st == scanDone
		if st == scanBad {
			return Row{}, r.syntax(k, "a bracket is closed that is not open")
		}
	}
	r.t.take(n)
	return Row{}, bad
}

// tail reads what stands after the list of rows in the objects around it.
func (r *jsonReader) tail() error {
	late := false
	for ; r.closers > 0; r.closers-- {
		keys := make(map[string]any)
		var fresh jsonParser
		fresh.lim = &r.lim
		for _, k := range r.seen[r.closers-1] {
			fresh.fresh(k, keys, 0, 0)
			keys[k] = nil
		}
		for {
			c, err := r.peek()
			if err == io.EOF {
				return r.syntax(0, "the file ends before its last brace")
			}
			if err != nil {
				return err
			}
			if c == '}' {
				r.t.take(1)
				break
			}
			if c != ',' {
				return r.syntax(0, "a comma or closing brace is missing after the list of rows")
			}
			r.t.take(1)
			key, err := r.tailValue('"')
			if err != nil {
				return err
			}
			name, _ := key.(string)
			if !fresh.fresh(name, keys, 0, 0) {
				return r.fatal("json.envelope", 0, "the document "+fresh.bad.reason, "correct the file")
			}
			keys[name] = nil
			if c, err = r.peek(); err != nil || c != ':' {
				if err != nil && err != io.EOF {
					return err
				}
				return r.syntax(0, "a colon is missing after a key")
			}
			r.t.take(1)
			if _, err = r.tailValue(0); err != nil {
				return err
			}
			late = true
		}
	}
	if late && !r.whole {
		r.info.warn("the document is long: the fields after its list of rows were not known when the rows were read")
	}
	return nil
}

// tailValue reads one value; want is the byte it must begin with, if not 0.
func (r *jsonReader) tailValue(want byte) (any, error) {
	c, err := r.peek()
	if err != nil && err != io.EOF {
		return nil, err
	}
	if err == io.EOF || want != 0 && c != want || bytes.IndexByte([]byte(",:]}"), c) >= 0 {
		return nil, r.syntax(0, "a field is missing after the list of rows")
	}
	var v valueScan
	for n := 0; ; {
		k, st := v.feed(r.t.pending()[n:])
		n += k
		if st == scanMore && n <= r.lim.Record && r.t.more() {
			continue
		}
		switch {
		case st == scanMore && r.t.err != nil && r.t.err != io.EOF:
			return nil, r.t.failed()
		case st == scanBad, st == scanMore && n <= r.lim.Record:
			return nil, r.unbalanced(&v, n, "a field after the list of rows is not closed")
		}
		val, err := r.envelopeValue(r.t.pending()[:n], 0)
		if err != nil {
			return nil, err
		}
		r.t.take(n)
		return val, nil
	}
}
