package rulefile

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Position is a place in a rule file. Line and Col count from 1; Col counts
// characters, not bytes. The zero Position means the file as a whole.
type Position struct {
	Line, Col int
}

// An Error is one mistake in a rule file.
type Error struct {
	Name string // of the file
	Position
	Text string // the source line
	Msg  string // what is wrong
	Hint string // what to do; may be empty
}

// Error gives name:line:col and the message, then the source line with a
// caret, then the hint.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Name)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Col)
	}
	b.WriteString(": ")
	b.WriteString(e.Msg)
	if e.Line > 0 {
		text, caret := excerpt(e.Text, e.Col)
		n := strconv.Itoa(e.Line)
		fmt.Fprintf(&b, "\n  %s | %s\n  %*s | %s^", n, text, len(n), "", caret)
	}
	if e.Hint != "" {
		b.WriteString("\n  ")
		b.WriteString(e.Hint)
	}
	return b.String()
}

// WithHint sets what to do about the mistake and returns e.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// excerpt returns the part of a source line that is worth showing and the
// blanks to put before a caret under column col.
func excerpt(line string, col int) (text, blanks string) {
	const wide, before = 100, 60
	runes := []rune(line)
	at := min(max(col-1, 0), len(runes))
	head, tail := "", ""
	if at > before {
		runes, at, head = runes[at-before:], before, "…"
	}
	if len(runes) > wide {
		runes, tail = runes[:wide], "…"
	}
	var b strings.Builder
	for _, r := range head + string(runes[:at]) {
		if r != '\t' { // a tab stays a tab, so that the caret stays below its character
			r = ' '
		}
		b.WriteRune(r)
	}
	return head + string(runes) + tail, b.String()
}

// Errors are all mistakes found in one file, in the order of their lines.
// errors.As finds the first *Error.
type Errors []*Error

// Error gives the first twenty mistakes and says how many more there are.
func (es Errors) Error() string {
	const most = 20
	var b strings.Builder
	for i, e := range es {
		if i == most {
			fmt.Fprintf(&b, "\n(and %d more)", len(es)-most)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.Error())
	}
	return b.String()
}

// Unwrap returns the mistakes one by one.
func (es Errors) Unwrap() []error {
	out := make([]error, len(es))
	for i, e := range es {
		out[i] = e
	}
	return out
}

// quote shows a piece of the file inside a message.
func quote(s string) string {
	const most = 40
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return strconv.Quote(s)
}

// nearest returns the known name that was probably meant by name, or "".
func nearest(name string, known []string) string {
	best, most := "", max(1, len(name)/3)
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d <= most {
			best, most = k, d-1
		}
	}
	return best
}

// distance counts the letters to add, drop, change or swap with a neighbour
// between a and b (optimal string alignment). Names too long to be a slip of
// the hand are not measured.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	prev2, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}
