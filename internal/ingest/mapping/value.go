package mapping

import (
	"reflect"
	"strings"

	"cdp-tui/internal/ingest/decode"
	"cdp-tui/internal/rulefile"
)

// A value is compiled: where it is read and what is made of it.
type value struct {
	lit     *string
	col     string
	path    string
	expr    *expression
	listed  map[string]string // nil without a map
	other   *string           // default
	slot    int               // of the mapper's column table, for col
	field   string            // column, path, or place in the mapping: for messages
	mapping string            // path in the mapping file
}

// A loader compiles one mapping file and collects its mistakes.
type loader struct {
	f     *rulefile.File
	m     *Mapping
	doc   *document
	errs  []*rulefile.Error
	slots map[string]int
}

func (l *loader) fail(path, format string, args ...any) *rulefile.Error {
	e := l.f.Errorf(path, format, args...)
	l.errs = append(l.errs, e)
	return e
}

// slot gives a column its place in the mapper's table.
func (l *loader) slot(col string) int {
	n, ok := l.slots[col]
	if !ok {
		n = len(l.m.columns)
		l.slots[col] = n
		l.m.columns = append(l.m.columns, col)
	}
	return n
}

// use says what a value may be.
type use uint8

const (
	anyValue use = iota
	readOnly     // a constant would be the same for every row
)

// value compiles a spec; nil when it is not given.
func (l *loader) value(path string, s valueSpec, u use) *value {
	if !s.set {
		return nil
	}
	v := &value{mapping: path, listed: s.Map, other: s.Default}
	given := 0
	if s.Lit != nil {
		given++
		v.lit, v.field = s.Lit, strings.TrimPrefix(path, "$.")
		if s.plain && u == readOnly {
			l.fail(path, "say where this is read, not what it is").
				WithHint("write {col: %s} for a column, {path: ...}, {expr: ...}, or {lit: ...} if it is the same for all rows", *s.Lit)
		}
		if s.Map != nil || s.Default != nil {
			l.fail(path, "a constant has no map and no default")
		}
	}
	if s.Col != "" {
		given++
		v.col, v.field, v.slot = s.Col, s.Col, l.slot(s.Col)
	}
	if s.Path != "" {
		given++
		v.path, v.field = s.Path, s.Path
		if err := decode.CheckPath(s.Path); err != nil {
			l.fail(path+".path", "%v", err)
		}
		if l.doc.Read.Format == decode.CSV {
			l.fail(path+".path", "a CSV has columns, no paths").WithHint("write col: instead of path:")
		}
	}
	if s.Expr != "" {
		given++
		v.field = strings.TrimPrefix(path, "$.")
		v.expr = l.expr(path+".expr", s.Expr, reflect.Interface)
	}
	if given != 1 {
		l.fail(path, "a value is one of col, path, expr and lit; here are %d", given)
	}
	if s.Map != nil && len(s.Map) == 0 {
		l.fail(path+".map", "an empty map lists nothing")
	}
	return v
}

func (l *loader) expr(path, text string, want reflect.Kind) *expression {
	e, err := compileExpr(text, want)
	if err == nil {
		for _, n := range e.names {
			e.slots = append(e.slots, l.slot(n))
		}
		for _, n := range e.cols {
			l.slot(n)
		}
		return e
	}
	msg, line, col := exprMessage(err)
	re := l.fail(path, "in this expression: %s", msg)
	if line == 1 && re.Line > 0 {
		if runes := []rune(re.Text); re.Col-1 < len(runes) && re.Col > 0 {
			if c := runes[re.Col-1]; c == '\'' || c == '"' {
				re.Col++
			}
			re.Col += col
		}
	}
	return nil
}

// condition compiles an expression that is true or false; nil when not given.
func (l *loader) condition(path, text string) *expression {
	if text == "" {
		return nil
	}
	return l.expr(path, text, reflect.Bool)
}

// each compiles an expression that gives a list; nil when not given.
func (l *loader) each(path, text string) *expression {
	if text == "" {
		return nil
	}
	return l.expr(path, text, reflect.Interface)
}
