package rulefile

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

type shape uint8

const (
	plain   shape = iota // a value without quotes
	quoted               // a value in quotes, or a block of text
	list                 // items
	mapping              // fields
)

// A node is one value of the file. Only what decoding needs is kept of the
// library's tree, so that its types stay behind this door.
type node struct {
	shape
	pos    Position
	flow   bool   // written as [..] or {..}
	null   bool   // nothing, ~ or null without quotes
	text   string // plain and quoted: as written, unfolded
	items  []*node
	fields []field
}

type field struct {
	name string
	pos  Position
	val  *node
}

func (n *node) field(name string) *field {
	for i := range n.fields {
		if n.fields[i].name == name {
			return &n.fields[i]
		}
	}
	return nil
}

// reader turns the bytes of a file into nodes.
type reader struct {
	f *File
}

// stop carries a mistake out of the recursion.
type stop struct{ err *Error }

func (r reader) fail(pos Position, hint, format string, args ...any) {
	panic(stop{r.f.errorAt(pos, format, args...).WithHint("%s", hint)})
}

// read parses the text. The library is guarded twice: tokens that could drive
// its recursion deep, or unfold, are refused before it parses, and a panic
// inside it is reported as a file that cannot be read.
func (r reader) read(text string) (root *node, err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case stop:
			root, err = nil, p.err
		default:
			root, err = nil, r.f.errorAt(Position{}, "this is not YAML that can be read").
				WithHint("reduce the file to the part that fails: the parser gave up without naming a line")
		}
	}()
	r.characters(text)
	tokens := lexer.Tokenize(text)
	r.tokens(tokens)
	// Duplicate keys are found in field, in plainer words.
	file, perr := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if perr != nil {
		var ye yaml.Error
		if errors.As(perr, &ye) && ye.GetToken() != nil {
			r.fail(position(ye.GetToken()), "", "%s", ye.GetMessage())
		}
		r.fail(Position{}, "", "this is not YAML that can be read")
	}
	var body ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if body != nil {
			r.secondDocument(position(doc.Body.GetToken()))
		}
		body = doc.Body
	}
	if body == nil {
		r.fail(Position{}, "", "the file says nothing")
	}
	return r.node(body, 1), nil
}

func (r reader) secondDocument(pos Position) {
	r.fail(pos, "put it into a file of its own", "a rule file is one document; here a second one begins")
}

// characters refuses text that a reviewer cannot see or that YAML forbids.
func (r reader) characters(text string) {
	line, col := 1, 0
	for i, c := range text {
		col++
		switch {
		case c == '\n':
			line, col = line+1, 0
		case c == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			r.fail(Position{line, col}, "save the file as UTF-8", "this is not UTF-8 text")
		case c == '\t' || c >= ' ' && c < 0x7F:
		case unseen(c):
			r.fail(Position{line, col}, fmt.Sprintf(`remove it; where it is meant, write it in double quotes as "%s"`, escaped(c)), "U+%04X is a character that cannot be seen", c)
		}
	}
}

// unseen reports whether a character leaves no mark of its own: controls,
// format characters (directions, joiners, tags, soft hyphens), separators of
// lines, selectors of variants, and letters that are blank.
func unseen(c rune) bool {
	switch c {
	case '\u2028', '\u2029', '\u115F', '\u1160', '\u17B4', '\u17B5', '\u2800', '\u3164', '\uFFA0':
		return true
	}
	return unicode.In(c, unicode.Cc, unicode.Cf, unicode.Variation_Selector)
}

// escaped returns how a character is written in double quotes.
func escaped(c rune) string {
	switch {
	case c == '\n':
		return `\n`
	case c == '\t':
		return `\t`
	case c > 0xFFFF:
		return fmt.Sprintf(`\U%08X`, c)
	}
	return fmt.Sprintf(`\u%04X`, c)
}

// Quote returns text in double quotes as a rule file has it: Decode reads the
// same text, and nothing in it is unseen. What is not UTF-8 becomes U+FFFD.
func Quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case c == '"', c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c == ' ' || unicode.IsGraphic(c) && !unicode.IsSpace(c) && !unseen(c):
			b.WriteRune(c)
		default:
			b.WriteString(escaped(c))
		}
	}
	b.WriteByte('"')
	return b.String()
}

// tokens refuses what rule files do without, before anything recurses over it.
func (r reader) tokens(ts token.Tokens) {
	var flow, entries, fields, line int
	var content, ended bool
	for _, t := range ts {
		pos := position(t)
		if pos.Line != line {
			line, entries = pos.Line, 0
		}
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			r.fail(pos, "write the value out where it applies", "anchors, aliases and merge keys (& * <<) are not allowed in a rule file")
		case token.TagType:
			r.fail(pos, "remove it: the field decides the type; if the value begins with !, put it in quotes", "tags (!) are not allowed in a rule file")
		case token.DirectiveType:
			r.fail(pos, "remove the line; if the value begins with %, put it in quotes", "directives (%%) are not allowed in a rule file")
		case token.MappingKeyType:
			r.fail(pos, "write name: value", "keys written with ? are not allowed in a rule file")
		case token.DocumentHeaderType:
			if content {
				r.secondDocument(pos)
			}
			continue
		case token.DocumentEndType:
			ended = content
			continue
		case token.CommentType:
			continue
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow--
		case token.SequenceEntryType:
			entries++
		case token.MappingValueType:
			if fields++; fields > MaxFields {
				r.fail(pos, "divide it into several", "the file has more than %d fields", MaxFields)
			}
		}
		if ended {
			r.secondDocument(pos)
		}
		content = true
		if flow > MaxDepth || entries > MaxDepth {
			r.tooDeep(pos)
		}
	}
}

func (r reader) tooDeep(pos Position) {
	r.fail(pos, "", "values are nested more than %d deep", MaxDepth)
}

func (r reader) node(n ast.Node, depth int) *node {
	pos := position(n.GetToken())
	if depth > MaxDepth {
		r.tooDeep(pos)
	}
	switch n := n.(type) {
	case *ast.NullNode:
		return &node{pos: pos, null: true, text: n.GetToken().Value}
	case *ast.StringNode:
		if t := n.GetToken().Type; t == token.SingleQuoteType || t == token.DoubleQuoteType {
			return &node{shape: quoted, pos: pos, text: n.Value}
		}
		return &node{pos: pos, text: n.Value}
	case *ast.LiteralNode:
		return &node{shape: quoted, pos: pos, text: n.Value.Value}
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return &node{pos: pos, text: n.GetToken().Value}
	case *ast.SequenceNode:
		out := &node{shape: list, pos: pos, flow: n.IsFlowStyle}
		for i, v := range n.Values {
			item := r.node(v, depth+1)
			if item.null && v.GetToken().Type == token.ImplicitNullType && i < len(n.Entries) {
				item.pos = position(n.Entries[i].Start) // the dash
			}
			out.items = append(out.items, item)
		}
		return out
	case *ast.MappingNode:
		out := &node{shape: mapping, pos: pos, flow: n.IsFlowStyle}
		seen := make(map[string]Position, len(n.Values))
		for _, v := range n.Values {
			out.fields = append(out.fields, r.field(v, depth, seen))
		}
		if !out.flow && len(out.fields) > 0 {
			out.pos = out.fields[0].pos // the library gives the colon
		}
		return out
	case *ast.MappingValueNode:
		f := r.field(n, depth, map[string]Position{})
		return &node{shape: mapping, pos: f.pos, fields: []field{f}}
	}
	r.fail(pos, "", "a value of this form (%s) is not allowed in a rule file", n.Type())
	return nil
}

func (r reader) field(v *ast.MappingValueNode, depth int, seen map[string]Position) field {
	pos := position(v.Key.GetToken())
	switch v.Key.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode, *ast.InfinityNode, *ast.NanNode:
	default:
		r.fail(pos, "write name: value", "the name of a field is wanted here")
	}
	name := v.Key.GetToken().Value
	if first, twice := seen[name]; twice {
		r.fail(pos, "keep one of the two", "field %s is already given in line %d", quote(name), first.Line)
	}
	seen[name] = pos
	if v.Value == nil {
		return field{name, pos, &node{pos: pos, null: true}}
	}
	val := r.node(v.Value, depth+1)
	if val.null && v.Value.GetToken().Type == token.ImplicitNullType {
		val.pos = pos // nothing is written: point at the name
	}
	return field{name, pos, val}
}

func position(t *token.Token) Position {
	if t == nil || t.Position == nil {
		return Position{}
	}
	return Position{t.Position.Line, t.Position.Column}
}
