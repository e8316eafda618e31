package decode

import (
	"bytes"
	"fmt"
	"io"
)

// ndjsonReader reads one JSON object per line. A line stands for itself, so
// nothing but a file that can not be read on ends it early.
type ndjsonReader struct {
	t       *text
	lim     Limits
	charset string
	p       jsonParser
}

func newNDJSON(t *text, o Options, info *Info) *ndjsonReader {
	if o.Root != "" {
		info.warn("each line is an object of its own: the root is not used")
	}
	return &ndjsonReader{t: t, lim: o.Limits, charset: info.Charset, p: jsonParser{lim: &o.Limits}}
}

func (r *ndjsonReader) next() (Row, error) {
	for {
		n, st := r.t.lineEnd(0, r.lim.Record)
		switch st {
		case broken:
			return Row{}, r.t.failed()
		case tooLong:
			bad := &RowError{Code: "json.too_long", Reason: fmt.Sprintf("is longer than %d bytes", r.lim.Record), Line: r.t.line, Offset: r.t.off}
			bad.Raw, _ = r.t.raw(r.lim.Record)
			bad.Cut = true
			r.t.skipLine()
			return Row{}, bad
		}
		taken := n
		if st == whole {
			taken++
		} else if n == 0 {
			return Row{}, io.EOF
		}
		line := bytes.TrimRight(r.t.pending()[:n], " \t\r")
		if len(line) == 0 {
			r.t.take(taken)
			continue
		}
		row, err := parseRow(r.t, &r.p, len(line), r.charset)
		r.t.take(taken)
		return row, err
	}
}

// parseRow makes the next n bytes of the text a row, without taking them.
func parseRow(t *text, p *jsonParser, n int, charset string) (Row, error) {
	bad := &RowError{Line: t.line, Offset: t.off}
	b := t.pending()[:n]
	if code, reason := damage(b, charset); code != "" {
		bad.Code, bad.Reason = "json."+code, reason
		bad.Raw, bad.Cut = t.raw(n)
		return Row{}, bad
	}
	s := string(b)
	v, e := p.parse(s)
	if e != nil {
		line, col := t.at(e.at)
		bad.Code, bad.Field, bad.Reason = e.code, e.field(), fmt.Sprintf("%s (line %d, column %d)", e.reason, line, col)
		bad.Raw, bad.Cut = t.raw(n)
		return Row{}, bad
	}
	if _, ok := v.(map[string]any); !ok {
		bad.Code, bad.Reason = "json.row", "is not an object"
		bad.Raw, bad.Cut = t.raw(n)
		return Row{}, bad
	}
	return Row{Line: t.line, Offset: t.off, Tree: v, Raw: bytesOf(s)}, nil
}
