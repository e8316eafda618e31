package card

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

//go:embed words.txt
var wordsFile string

// A lexicon is the fixed words in one language.
type lexicon struct {
	lang  string
	words map[string]string
}

// parseWords reads rows of "key | en | de | ro | tr".
func parseWords(file string) (map[string][]string, error) {
	out := make(map[string][]string)
	n := 0
	for line := range strings.Lines(file) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, " | ")
		if len(cells) != 1+len(cdp.Languages()) || slices.Contains(cells, "") {
			return nil, fmt.Errorf("card words: line %d has not a key and %d languages", n, len(cdp.Languages()))
		}
		if out[cells[0]] != nil {
			return nil, fmt.Errorf("card words: line %d says %s again", n, cells[0])
		}
		out[cells[0]] = cells[1:]
	}
	return out, nil
}

// newLexicon returns the words of a language, of English when there are none.
func newLexicon(lang string) *lexicon {
	at := max(slices.Index(cdp.Languages(), lang), 0)
	rows, err := parseWords(wordsFile)
	if err != nil {
		panic(err) // a test parses them
	}
	l := &lexicon{lang: cdp.Languages()[at], words: make(map[string]string, len(rows))}
	for k, cells := range rows {
		l.words[k] = cells[at]
	}
	return l
}

// say returns a text of the program; a key that is missing shows as itself.
func (l *lexicon) say(key string) text.Safe {
	if w, ok := l.words[key]; ok {
		return text.Clean(w)
	}
	return text.Clean(key)
}

// term returns a word for a constant, the constant in words when it has none.
func (l *lexicon) term(prefix, raw string) text.Safe {
	if w, ok := l.words[prefix+"."+raw]; ok {
		return text.Clean(w)
	}
	return text.Clean(strings.ReplaceAll(raw, "_", " "))
}

// rule says why a verdict is as it is, by its rule without the act.
func (l *lexicon) rule(rule string) text.Safe {
	_, rest, _ := strings.Cut(rule, ".")
	for rest != "" { // what is made of a prefix and data is said by the prefix
		if w, ok := l.words["v."+rest]; ok {
			return text.Clean(w)
		}
		rest = rest[:max(strings.LastIndexByte(rest, '.'), 0)]
	}
	return l.say("v.other")
}

// fill returns a text with its {} filled in order.
func (l *lexicon) fill(key string, args ...Part) []Part {
	rest := l.say(key).String()
	var out []Part
	for _, a := range args {
		before, after, found := strings.Cut(rest, "{}")
		if !found {
			break
		}
		out = append(out, Part{Text: text.Clean(before)}, a)
		rest = after
	}
	return append(out, Part{Text: text.Clean(rest)})
}
