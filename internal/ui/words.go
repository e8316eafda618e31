package ui

import (
	_ "embed" // the words are a file
	"fmt"
	"strconv"
	"strings"

	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// lexicon is the words of the console in one language, by key. It never changes.
type lexicon struct {
	lang  string
	words map[string]string
}

//go:embed words/en.txt
var englishWords string

func newEnglish() *lexicon { return &lexicon{"EN", parseWords(englishWords)} }

// parseWords reads "key = text" lines; a line that begins with # says nothing.
func parseWords(file string) map[string]string {
	words := map[string]string{}
	for l := range strings.Lines(file) {
		l = strings.TrimSuffix(l, "\n")
		if k, v, ok := strings.Cut(l, " = "); ok && !strings.HasPrefix(l, "#") {
			words[k] = v
		}
	}
	return words
}

// say returns a text with its {} filled in order; of "{} [record|records]" the
// form that goes with the number before it. A key that is missing shows as
// itself; a test looks for those.
func (l *lexicon) say(key string, args ...any) text.Safe {
	w, ok := l.words[key]
	if !ok {
		w = key
	}
	if len(args) == 0 {
		return text.Clean(w)
	}
	var parts []text.Safe
	n := many
	for _, a := range args {
		before, after, found := strings.Cut(w, "{}")
		if !found {
			break
		}
		parts = append(parts, text.Clean(form(before, n)), arg(a))
		if number, ok := a.(int); ok {
			n = number
		}
		w = after
	}
	return text.Concat(append(parts, text.Clean(form(w, n)))...)
}

// many is a number that takes the form of several.
const many = 2

// form chooses of each [one|several] in a text the one that goes with n.
func form(w string, n int) string {
	var out strings.Builder
	for {
		before, rest, open := strings.Cut(w, "[")
		forms, after, closed := strings.Cut(rest, "]")
		one, several, two := strings.Cut(forms, "|")
		if !open || !closed || !two {
			out.WriteString(w)
			return out.String()
		}
		if out.WriteString(before); n == 1 {
			out.WriteString(one)
		} else {
			out.WriteString(several)
		}
		w = after
	}
}

func arg(a any) text.Safe {
	switch a := a.(type) {
	case text.Safe:
		return a
	case int:
		return text.Int(a)
	case string:
		return text.Clean(a)
	case fmt.Stringer: // ids of the store; values of persons print redacted
		return text.Clean(a.String())
	}
	return text.Lit("?")
}

// has reports whether there are words for a key.
func (l *lexicon) has(key string) bool { return l.words[key] != "" }

// term returns a word of the trade, or the word itself when it has no entry.
func (l *lexicon) term(prefix, raw string) text.Safe {
	if w, ok := l.words[prefix+"."+raw]; ok {
		return text.Clean(w)
	}
	return text.Clean(strings.ReplaceAll(raw, "_", " "))
}

// widgets are the texts widgets show by themselves.
func (l *lexicon) widgets() widget.Words {
	s := func(key string) string { return l.say(key).String() }
	return widget.Words{
		Of: s("widget.of"), Marked: s("widget.marked"), Empty: s("widget.empty"), NoMatch: s("widget.nomatch"), Failed: s("widget.failed"),
		Retry: s("widget.retry"), Searching: s("widget.searching"), Locked: s("widget.locked"), NeverEnter: s("widget.neverenter"), Unlock: s("widget.unlock"),
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
