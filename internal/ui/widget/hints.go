package widget

import (
	"strings"

	"charm.land/bubbles/v2/key"

	"cdp-tui/internal/text"
)

// Hints is the line that tells the keys, in exactly w cells: "<enter> open  <t>
// trace". Under 100 cells the blank between key and word is left out, and a key
// that is the first letter of its word stands in it: "<t>race". What does not
// fit is dropped from the right; disabled bindings are not told.
func (k *Kit) Hints(w int, bindings ...key.Binding) string {
	var line []Span
	used := 0
	wide := w >= 100
	for _, b := range bindings {
		if !b.Enabled() || b.Help().Key == "" {
			continue
		}
		name, desc := b.Help().Key, b.Help().Desc
		gap := " "
		if wide {
			desc, gap = " "+desc, "  "
		} else if rest, ok := strings.CutPrefix(desc, name); ok {
			desc = rest
		}
		if used == 0 {
			gap = " "
		}
		hint := []Span{{Text: text.Clean(gap)}, {text.Concat(text.Lit("<"), text.Clean(name), text.Lit(">")), KeyName}, {Text: text.Clean(desc)}}
		n := spansWidth(hint)
		if used+n > w {
			break
		}
		used += n
		line = append(line, hint...)
	}
	return k.Line(w, line...)
}
