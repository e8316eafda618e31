package segment

import (
	"strings"
	"testing"
	"unicode/utf8"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
	"cdp-tui/internal/spelling"
)

// Whatever is asked of whatever text, marking ends, and its spans lie in the
// fragment that is shown.
func FuzzMark(f *testing.F) {
	f.Add("müller", "Anna Mueller-Weiß")
	f.Add(`"späte lieferung" or mu*`, strings.Repeat("ä ", 200)+"die späte Lieferung"+strings.Repeat(" ö", 200))
	f.Add("a~1 or abc~2", "\x80\xbf abd \x1b[31mabc")
	f.Add(strings.Repeat("x", 300)+" a@b.test 030/1234567", strings.Repeat("x", 900))
	fo := spelling.New()
	f.Fuzz(func(t *testing.T, q, text string) {
		tree, err := query.Parse(q)
		if err != nil {
			return
		}
		v := []cdp.Value{cdp.Value(text)}
		marks := NewMarker(fo, tree).Mark(cdp.Document{Names: v, Cities: v, Texts: v, Records: v, Segments: v, Kinds: []cdp.Kind{cdp.KindEmail}})
		if len(marks) > maxMatches+query.MaxTerms {
			t.Fatalf("%d matches", len(marks))
		}
		for _, m := range marks {
			fragment := m.Fragment.Reveal()
			if len(fragment) > MaxFragment || !strings.Contains(text, fragment) || utf8.ValidString(text) && !utf8.ValidString(fragment) {
				t.Fatalf("%+q is cut to %+q", text, fragment)
			}
			last := 0
			for _, s := range m.Spans {
				if s[0] < last || s[1] <= s[0] || s[1] > len(fragment) {
					t.Fatalf("spans %v of %d bytes", m.Spans, len(fragment))
				}
				last = s[1]
			}
		}
	})
}
