package mapping

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"cdp-tui/internal/ingest/decode"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
)

// An expression is compiled and type-checked when the mapping is loaded. It
// sees the fields of the row by name, `it` and `i` inside an each, and the
// functions below; it can not reach anything else, has no clock and a bounded
// memory.
type expression struct {
	prog   *vm.Program
	names  []string // of the row's fields that it reads
	slots  []int    // of names, in the mapper's column table
	cols   []string // constant arguments of col()
	member string   // X, when the whole is it.X
	field  bool     // when the whole is the name of a field
}

// maxNodes bounds an expression.
const maxNodes = 500

// Built-in functions that would read the clock, guess a date, lose digits of
// a number or give a map in no fixed order.
var withheld = []string{"now", "date", "timezone", "duration", "toPairs", "fromPairs", "keys", "values", "fromJSON", "repeat", "get"}

// perRow are the functions that look at the row; a Mapper supplies them.
var perRow = types.Map{
	"it":          types.Any,
	"i":           types.Int,
	"col":         types.TypeOf(func(string) any { return nil }),
	"path":        types.TypeOf(func(string) any { return nil }),
	"envelope":    types.TypeOf(func(string) any { return nil }),
	"fingerprint": types.TypeOf(func() string { return "" }),
}

// helpers are the functions that are added to those of the language.
func helpers() []expr.Option {
	return []expr.Option{
		expr.Function("text", func(p ...any) (any, error) { s, _ := scalar(p[0]); return s, nil }, new(func(any) string)),
		expr.Function("num", func(p ...any) (any, error) {
			s, _ := scalar(p[0])
			f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
			if err != nil {
				return nil, errors.New("not a number")
			}
			return f, nil
		}, new(func(any) float64)),
		expr.Function("list", func(p ...any) (any, error) {
			switch v := p[0].(type) {
			case nil:
				return []any(nil), nil
			case []any:
				return v, nil
			default:
				return []any{v}, nil
			}
		}, new(func(any) []any)),
		expr.Function("entries", func(p ...any) (any, error) {
			m, ok := p[0].(map[string]any)
			if p[0] == nil {
				return []any(nil), nil
			}
			if !ok {
				return nil, errors.New("entries of something that is no group of fields")
			}
			out := make([]any, 0, len(m))
			for _, k := range slices.Sorted(maps.Keys(m)) {
				out = append(out, map[string]any{"key": k, "value": m[k]})
			}
			return out, nil
		}, new(func(any) []any)),
		expr.Function("within", func(p ...any) (any, error) {
			items, _ := p[0].([]any)
			field, _ := p[1].(string)
			var out []any // none where no item has the field
			for _, it := range items {
				m, _ := it.(map[string]any)
				inner := m[field]
				if v, ok := m["value"].(map[string]any); ok && inner == nil {
					inner = v[field]
				}
				switch inner := inner.(type) {
				case map[string]any:
					out = begun(out)
					for _, k := range slices.Sorted(maps.Keys(inner)) {
						out = append(out, map[string]any{"outer": it, "key": k, "value": inner[k]})
					}
				case []any:
					out = begun(out)
					for _, x := range inner {
						out = append(out, map[string]any{"outer": it, "value": x})
					}
				}
			}
			return out, nil
		}, new(func([]any, string) []any)),
		expr.Function("given", func(p ...any) (any, error) {
			s, ok := scalar(p[0])
			return ok && s != "", nil
		}, new(func(any) bool)),
		expr.Function("json", func(p ...any) (any, error) {
			s, ok := scalar(p[0])
			if !ok || strings.TrimSpace(s) == "" {
				return nil, nil
			}
			return strictJSON(s)
		}, new(func(any) any)),
		expr.Function("tcf", func(p ...any) (any, error) {
			s, _ := scalar(p[0])
			return tcfSaid(s), nil
		}, new(func(any) []any)),
		expr.Function("digest", func(p ...any) (any, error) {
			h := sha256.New()
			for _, x := range p {
				s, _ := scalar(x)
				fmt.Fprintf(h, "%d:%s", len(s), s)
			}
			return hex.EncodeToString(h.Sum(nil))[:32], nil
		}, new(func(...any) string)),
		expr.Function("date", func(p ...any) (any, error) {
			s, _ := scalar(p[0])
			loc, err := time.LoadLocation(p[2].(string))
			if err != nil {
				return nil, errors.New("unknown time zone")
			}
			t, err := time.ParseInLocation(p[1].(string), s, loc)
			if err != nil {
				return nil, errors.New("the time does not fit the layout")
			}
			return t, nil
		}, new(func(any, string, string) time.Time)),
	}
}

// compileExpr compiles text; want is bool for conditions, any otherwise.
func compileExpr(text string, want reflect.Kind) (*expression, error) {
	config := []expr.Option{expr.MaxNodes(maxNodes)}
	tree, err := parser.Parse(text)
	if err != nil {
		return nil, err
	}
	v := &names{read: map[string]bool{}, declared: map[string]bool{}, callees: map[string]bool{}}
	ast.Walk(&tree.Node, v)
	env := maps.Clone(perRow)
	e := &expression{cols: v.cols}
	switch n := tree.Node.(type) {
	case *ast.MemberNode:
		if of, ok := n.Node.(*ast.IdentifierNode); ok && of.Value == "it" && want != reflect.Bool {
			if prop, ok := n.Property.(*ast.StringNode); ok {
				e.member = prop.Value
			}
		}
	case *ast.IdentifierNode:
		e.field = want != reflect.Bool
	}
	for _, n := range slices.Sorted(maps.Keys(v.read)) {
		if _, own := perRow[n]; own || v.declared[n] || v.callees[n] {
			continue
		}
		env[n] = types.Any
		e.names = append(e.names, n)
	}
	config = append(config, expr.Env(env))
	for _, b := range withheld {
		config = append(config, expr.DisableBuiltin(b))
	}
	config = append(config, helpers()...)
	if want == reflect.Bool {
		config = append(config, expr.AsBool())
	}
	e.prog, err = expr.Compile(text, config...)
	if err != nil {
		return nil, err
	}
	return e, nil
}

// names collects what an expression reads of the row.
type names struct {
	read, declared, callees map[string]bool
	cols                    []string
}

func (v *names) Visit(n *ast.Node) {
	switch n := (*n).(type) {
	case *ast.IdentifierNode:
		v.read[n.Value] = true
	case *ast.VariableDeclaratorNode:
		v.declared[n.Name] = true
	case *ast.CallNode:
		id, ok := n.Callee.(*ast.IdentifierNode)
		if !ok {
			return
		}
		v.callees[id.Value] = true
		if id.Value == "col" && len(n.Arguments) == 1 {
			if s, ok := n.Arguments[0].(*ast.StringNode); ok {
				v.cols = append(v.cols, s.Value)
			}
		}
	}
}

// exprMessage gives the message of a compile error and its place in the text.
func exprMessage(err error) (msg string, line, col int) {
	var fe *file.Error
	if errors.As(err, &fe) {
		msg = strings.TrimSpace(fe.Message)
		if msg == "unexpected token EOF" {
			msg = "it ends too early"
		}
		return msg, fe.Line, fe.Column
	}
	return strings.SplitN(err.Error(), "\n", 2)[0], 0, 0
}

// strictJSON reads JSON out of a cell as strictly as a JSON file is read:
// duplicate keys in a consent can not be told apart from a change of mind.
func strictJSON(s string) (any, error) {
	v, err := decode.JSONValue(s)
	if err != nil {
		return nil, errors.New("not strict JSON")
	}
	return native(v), nil
}

// native gives an expression whole numbers as numbers; others stay text until
// num() is asked for, so that no digit is lost.
func native(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := strconv.ParseInt(string(v), 10, 64); err == nil && strconv.FormatInt(n, 10) == string(v) {
			return int(n)
		}
		return string(v)
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[k] = native(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = native(x)
		}
		return out
	}
	return v
}

// scalar gives a value as text; ok is false for nil. A list of plain values is
// joined with ", ", anything deeper is given as JSON with sorted keys.
func scalar(v any) (s string, ok bool) {
	switch v := v.(type) {
	case nil:
		return "", false
	case string:
		return v, true
	case json.Number:
		return string(v), true
	case bool:
		return strconv.FormatBool(v), true
	case int:
		return strconv.Itoa(v), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano), true
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			switch x.(type) {
			case map[string]any, []any:
				return compact(v), true
			}
			parts[i], _ = scalar(x)
		}
		return strings.Join(parts, ", "), true
	case map[string]any:
		return compact(v), true
	}
	return fmt.Sprint(v), true
}

func compact(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}

// begun is a list that is there, though it may hold nothing yet.
func begun(list []any) []any {
	if list == nil {
		return []any{}
	}
	return list
}
