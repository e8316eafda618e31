package rulefile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Limits of a rule file.
const (
	MaxSize   = 1 << 20 // bytes
	MaxDepth  = 64      // mappings and lists inside one another
	MaxFields = 20_000  // fields in all; the library needs time by their square
)

// A File is a rule file that has been read: its form is right, its meaning not
// yet looked at. It is immutable.
type File struct {
	Name string // as given to Parse, made safe to print
	Hash string // of Data, see [Hash]
	Data []byte // as given to Parse

	lines []string
	root  *node
}

// Hash returns the content hash by which a rule file is cited: the SHA-256 of
// its bytes in lower-case hexadecimal.
func Hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Parse reads a rule file. The name serves its errors only. The error is an
// *[Error]. Parse keeps data; the caller does not change it afterwards.
func Parse(name string, data []byte) (*File, error) {
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		name = strconv.Quote(name)
	}
	f := &File{Name: name, Hash: Hash(data), Data: data}
	if len(data) > MaxSize {
		return nil, f.errorAt(Position{}, "the file has %d bytes; a rule file has at most %d", len(data), MaxSize)
	}
	text := strings.ReplaceAll(string(bytes.TrimPrefix(data, []byte("\uFEFF"))), "\r\n", "\n")
	f.lines = strings.Split(text, "\n")
	root, err := reader{f}.read(text)
	if err != nil {
		return nil, err
	}
	f.root = root
	return f, nil
}

// Decode reads a rule file into the value that into points to; see
// [File.Decode] for how.
func Decode(name string, data []byte, into any) error {
	f, err := Parse(name, data)
	if err != nil {
		return err
	}
	return f.Decode(into)
}

// At returns the place of the value at a path such as
//
//	$.activities[2].basis
//	$.purposes['marketing.email'].law
//
// where $ is the file. If the path leads to a value that is not there, At
// returns the place of the innermost one that holds it and is there, so that
// "missing" has a caret too.
func (f *File) At(path string) Position {
	n, pos := f.root, f.root.pos
	for rest := strings.TrimPrefix(path, "$"); rest != ""; {
		var name string
		var ok bool
		if name, rest, ok = step(rest); !ok {
			return pos
		}
		switch n.shape {
		case mapping:
			fl := n.field(name)
			if fl == nil {
				return pos
			}
			n, pos = fl.val, fl.val.pos
			if n.null || (n.shape == list || n.shape == mapping) && !n.flow {
				pos = fl.pos // what the lines below belong to
			}
		case list:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(n.items) {
				return pos
			}
			n, pos = n.items[i], n.items[i].pos
		default:
			return pos
		}
	}
	return pos
}

// step takes the first .name, [n] or ['name'] from a path.
func step(path string) (name, rest string, ok bool) {
	switch {
	case strings.HasPrefix(path, "."):
		end := strings.IndexAny(path[1:], ".[")
		if end < 0 {
			end = len(path) - 1
		}
		return path[1 : 1+end], path[1+end:], end > 0
	case strings.HasPrefix(path, "['"):
		name, rest, ok = strings.Cut(path[2:], "']")
	case strings.HasPrefix(path, "["):
		name, rest, ok = strings.Cut(path[1:], "]")
	}
	return name, rest, ok
}

// Errorf returns a mistake at the value that path leads to (see [File.At]), for
// those who check what the rules mean.
func (f *File) Errorf(path, format string, args ...any) *Error {
	return f.errorAt(f.At(path), format, args...)
}

// Join returns nil for no mistakes and otherwise an error with all of them in
// the order of their lines. Nil entries are left out.
func Join(errs ...*Error) error {
	errs = slices.DeleteFunc(slices.Clone(errs), func(e *Error) bool { return e == nil })
	slices.SortStableFunc(errs, func(a, b *Error) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Col - b.Col
	})
	switch len(errs) {
	case 0:
		return nil
	case 1:
		return errs[0]
	}
	return Errors(errs)
}

func (f *File) errorAt(pos Position, format string, args ...any) *Error {
	e := &Error{Name: f.Name, Position: pos, Msg: fmt.Sprintf(format, args...)}
	if pos.Line > 0 && pos.Line <= len(f.lines) {
		e.Text = f.lines[pos.Line-1]
	}
	return e
}
