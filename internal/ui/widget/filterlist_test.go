package widget

import (
	"context"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget/widgettest"
)

func paletteItems() []Item {
	return []Item{
		{ID: "search", Text: text.Lit("search"), Detail: text.Lit("find by words"), Key: text.Lit("/"), Section: text.Lit("go")},
		{ID: "strasse", Text: text.Lit("Straße"), Section: text.Lit("go")},
		{ID: "erase", Text: text.Lit("erase"), Disabled: text.Lit("read-only"), Key: text.Lit("X"), Section: text.Lit("act")},
		{ID: "research", Text: text.Lit("research"), Section: text.Lit("act"), Terms: "purpose"},
		{ID: "quick", Text: text.Lit("quick search"), Section: text.Lit("act")},
	}
}

func TestFilterListRanks(t *testing.T) {
	l := NewFilterList(NewKit(Dark()), text.Lit(":"))
	l.SetSize(60, 9)
	widgettest.Run(t, l.Open(context.Background(), paletteItems()), l)
	widgettest.Golden(t, "filterlist", l.View())
	for q, want := range map[string]string{
		"search": "search quick research", "sea": "search quick research", "STRASSE": "strasse", "purpose": "research", "qs": "quick",
		"ea": "search research quick erase", "zz": "", "es": "research erase", "r": "research search strasse erase quick",
	} {
		widgettest.Run(t, l.SetFilter(q), l)
		var got []string
		for _, h := range l.hits {
			got = append(got, l.items[h.item].ID)
		}
		if g := strings.Join(got, " "); g != want {
			t.Errorf("%q finds %q, want %q", q, g, want)
		}
	}
	widgettest.Run(t, l.SetFilter("sea"), l)
	widgettest.Golden(t, "filterlist-filtered", l.View())
	keys(t, l, "down", "down", "down", "up")
	if it, ok := l.Current(); !ok || it.ID != "quick" {
		t.Errorf("cursor on %q", it.ID)
	}
	if _, _, ok := l.Cursor(); !ok {
		t.Error("no cursor")
	}
	widgettest.Run(t, l.SetFilter("zz"), l)
	if _, ok := l.Current(); ok {
		t.Error("something is current in an empty list")
	}
}

func TestFilterListLongListsFilterInACommand(t *testing.T) {
	items := make([]Item, 100_000)
	for i := range items {
		items[i] = Item{ID: fmt.Sprint(i), Text: text.Clean(fmt.Sprintf("item %d", i))}
	}
	l := NewFilterList(NewKit(Dark()), text.Lit("/"))
	l.SetSize(40, 10)
	widgettest.Run(t, l.Open(context.Background(), items), l)
	_, first := l.Key(widgettest.Key("9"))
	_, second := l.Key(widgettest.Key("9"))
	if first == nil || second != nil {
		t.Error("want one command under way")
	}
	widgettest.Run(t, first, l)
	if it, ok := l.Current(); !ok || it.ID != "99" || l.Prompt().Value() != "99" {
		t.Errorf("first is %q", it.ID)
	}
}

func TestPromptEdits(t *testing.T) {
	p := NewPrompt(NewKit(Dark()), text.Lit("/ "))
	p.SetSize(20)
	p.SetPropose(func(v string) string { return v + "let" })
	for _, c := range []struct{ keys, want string }{
		{"w e i ß", "weiß"}, {"backspace", "wei"}, {"left left x", "wxei"}, {"home delete", "xei"}, {"end space a b", "xei ab"},
		{"ctrl+w", "xei "}, {"ctrl+a ctrl+k", ""}, {"a b tab", "ablet"}, {"ctrl+u", ""},
	} {
		keys(t, p, strings.Fields(c.keys)...)
		if p.Value() != c.want {
			t.Errorf("after %s: %q, want %q", c.keys, p.Value(), c.want)
		}
	}
	p.Update(tea.PasteMsg{Content: "one\r\ntwo\x1b[31m\u202e\n"})
	if p.Value() != "one two[31m\u202e" {
		t.Errorf("pasted %q", p.Value())
	}
	widgettest.Check(t, p.View(), 20, 1)
	p.Remember("first")
	p.Remember("second")
	p.SetValue("draft")
	keys(t, p, "up", "up", "up")
	if p.Value() != "first" {
		t.Errorf("history %q", p.Value())
	}
	keys(t, p, "down", "down", "down")
	if p.Value() != "draft" {
		t.Errorf("draft %q", p.Value())
	}
	for _, k := range []string{"enter", "esc"} {
		if handled, _ := p.Key(widgettest.Key(k)); handled {
			t.Errorf("%s is the screen's", k)
		}
	}
}

func FuzzPrompt(f *testing.F) {
	f.Add("weiß\u0301\x1b日本", []byte{2, 3, 16, 17, 2}, 12)
	f.Add("e\u0301\u0301\u0301\u0301\u0301\u0301 x", []byte{2, 2, 2, 2}, 5)
	f.Fuzz(func(t *testing.T, paste string, ks []byte, w int) {
		p := NewPrompt(NewKit(Mono()), text.Lit("> "))
		w = ((w % 60) + 60) % 60
		p.SetSize(w)
		p.Update(tea.PasteMsg{Content: paste})
		for _, k := range append([]byte{2}, ks[:min(len(ks), 50)]...) {
			p.Key(widgettest.Key(fuzzKeys[int(k)%len(fuzzKeys)]))
			widgettest.Check(t, p.View(), w, 1)
			if x, ok := p.Cursor(); ok && (x < 2 || x >= w) {
				t.Fatalf("cursor at %d of %d", x, w)
			}
			if p.pos < 0 || p.pos > len(p.value) {
				t.Fatalf("position %d of %d", p.pos, len(p.value))
			}
		}
	})
}

// A label that is too long leaves room to see what is typed.
func TestPromptKeepsRoom(t *testing.T) {
	p := NewPrompt(NewKit(Dark()), text.Lit("what became of all that was asked for in the letter of the third of November: "))
	p.SetSize(60)
	p.SetValue("sent today")
	if got := p.View(); !strings.Contains(got, "what became of") || !strings.Contains(got, "sent today") {
		t.Errorf("%q", got)
	}
	if x, ok := p.Cursor(); !ok || x >= 60 {
		t.Errorf("the cursor stands at %d, %t", x, ok)
	}
}
