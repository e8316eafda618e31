package widget

import (
	"strings"

	"charm.land/bubbles/v2/key"

	"cdp-tui/internal/text"
)

// placedHint is a hint with the cells it takes in its line.
type placedHint struct {
	of       int // index of its binding
	from, to int
	spans    []Span
}

// Hints is the line that tells the keys, in exactly w cells: "<enter> open  <t>
// trace". Under 100 cells the blank between key and word is left out, and a key
// that is the first letter of its word stands in it: "<t>race". Of what does not
// fit the right end is left out, but for the last hint, which is kept whatever
// the width; disabled bindings are not told.
func (k *Kit) Hints(w int, bindings ...key.Binding) string {
	var line []Span
	for _, h := range placeHints(w, bindings) {
		line = append(line, h.spans...)
	}
	return k.Line(w, line...)
}

// HintAt is the index of the binding told at cell x of that line.
func (k *Kit) HintAt(w, x int, bindings ...key.Binding) (int, bool) {
	for _, h := range placeHints(w, bindings) {
		if x >= h.from && x < h.to {
			return h.of, true
		}
	}
	return 0, false
}

func placeHints(w int, bindings []key.Binding) []placedHint {
	var all []placedHint
	for i, b := range bindings {
		if b.Enabled() && b.Help().Key != "" {
			all = append(all, placedHint{of: i, spans: hintSpans(b, w >= 100)})
		}
	}
	if len(all) == 0 {
		return nil
	}
	gap := 1
	if w >= 100 {
		gap = 2
	}
	var out []placedHint
	last := all[len(all)-1]
	used, kept := 0, gap+spansWidth(last.spans)
	put := func(h placedHint) {
		n := gap
		if used == 0 {
			n = 1
		}
		h.from = used + n
		h.to = h.from + spansWidth(h.spans)
		h.spans = append([]Span{{Text: text.Pad(text.Safe{}, n)}}, h.spans...)
		used = h.to
		out = append(out, h)
	}
	for _, h := range all[:len(all)-1] {
		if used+gap+spansWidth(h.spans)+kept > w {
			break
		}
		put(h)
	}
	put(last)
	return out
}

func hintSpans(b key.Binding, wide bool) []Span {
	name, desc := b.Help().Key, b.Help().Desc
	if wide {
		desc = " " + desc
	} else if rest, ok := strings.CutPrefix(desc, name); ok {
		desc = rest
	}
	return []Span{{text.Concat(text.Lit("<"), text.Clean(name), text.Lit(">")), KeyName}, {Text: text.Clean(desc)}}
}
