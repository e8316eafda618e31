package widget

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget/widgettest"
)

type keyTaker interface {
	widgettest.Widget
	Key(tea.KeyPressMsg) (bool, tea.Cmd)
}

func keys(t testing.TB, w keyTaker, names ...string) {
	t.Helper()
	for _, n := range names {
		_, cmd := w.Key(widgettest.Key(n))
		widgettest.Run(t, cmd, w)
	}
}

func sampleFacets() []Facet {
	return []Facet{
		{ID: "kind", Title: text.Lit("kind"), Values: []FacetValue{{ID: "m", Label: text.Lit("mail"), Count: 8, On: true}, {ID: "p", Label: text.Lit("phone"), Count: 1200}}},
		{ID: "empty", Title: text.Lit("empty")},
		{ID: "src", Title: text.Lit("source"), Values: []FacetValue{{ID: "w", Label: text.Lit("web"), Count: -1}}},
	}
}

func TestFacets(t *testing.T) {
	var got []string
	f := NewFacets(NewKit(Dark()), func(facet, value string, on bool) tea.Cmd {
		got = append(got, fmt.Sprint(facet, value, on))
		return nil
	})
	f.SetFocus(true)
	f.SetSize(24, 8)
	f.Set(sampleFacets())
	for _, k := range []string{"space", "down", "space", "down", "space", "up", "up", "up", "enter"} {
		f.Key(widgettest.Key(k))
	}
	if g := strings.Join(got, " "); g != "kindmfalse kindptrue srcwtrue kindmtrue" {
		t.Errorf("%s", g)
	}
	widgettest.Golden(t, "facets", f.View())
	keys := f.Ticked()
	if len(keys["kind"]) != 2 || len(keys["src"]) != 1 {
		t.Errorf("%v", keys)
	}
	f.Set(nil)
	f.Key(widgettest.Key("space"))
	widgettest.Check(t, f.View(), 24, 8)
}

func TestTabs(t *testing.T) {
	tabs := NewTabs(NewKit(Dark()), Tab{Label: text.Lit("Overview")}, Tab{Label: text.Lit("Identifiers"), Short: text.Lit("Ids"), Count: text.Lit("5")},
		Tab{Label: text.Lit("Touchpoints"), Short: text.Lit("Touch")})
	for _, c := range []struct {
		w    int
		key  string
		want string
	}{{60, "1", " [1 Overview]  2 Identifiers 5  3 Touchpoints"}, {32, "2", " 1 Overview [2 Ids] 3 Touch"}, {20, "3", " 2 Ids [3 Touch]"}, {20, "9", " 2 Ids [3 Touch]"}, {4, "1", " [1…"}} {
		tabs.Key(widgettest.Key(c.key))
		if got := widgettest.Plain(tabs.View(c.w)); got != c.want {
			t.Errorf("%d cells: %q, want %q", c.w, got, c.want)
		}
	}
}

func TestEverySize(t *testing.T) {
	k := NewKit(Dark())
	tree := openTree(t, &branches{n: 40}, 10, 10)
	keys(t, tree, "right", "down", "right")
	view := NewTextView(k)
	view.Open(context.Background(), sampleText())
	flat := NewTextView(k)
	flat.Open(context.Background(), sampleText())
	flat.SetWrap(false)
	flat.left = 8
	list := NewFilterList(k, text.Lit(":"))
	widgettest.Run(t, list.Open(context.Background(), paletteItems()), list)
	facets := NewFacets(k, nil)
	facets.Set(sampleFacets())
	facets.SetFocus(true)
	prompt := NewPrompt(k, text.Lit("search: "))
	prompt.SetValue("weiß kind:日本語 and more than fits into it")
	tabs := NewTabs(k, Tab{Label: text.Lit("One")}, Tab{Label: text.Lit("Two")}, Tab{Label: text.Lit("Three")})
	tabs.Select(2)
	now := time.Date(2026, 8, 23, 14, 0, 0, 0, time.UTC)
	confirm := NewConfirm(k, question(), func() time.Time { return now })
	hints := []NamedBinding(k.Keys().All())
	sized := []interface {
		SetSize(w, h int) tea.Cmd
		View() string
	}{tree, view, flat, list, facets}
	for w := range 131 {
		prompt.SetSize(w)
		widgettest.Check(t, prompt.View(), w, 1)
		widgettest.Check(t, tabs.View(w), w, 1)
		widgettest.Check(t, k.Hints(w, *hints[0].Binding, *hints[1].Binding, *hints[2].Binding), w, 1)
		widgettest.Check(t, k.LineEnds(w, []Span{{text.Lit("1,204 rows · sorted"), Plain}}, []Span{{text.Lit("chain ✓"), Good}}), w, 1)
		widgettest.Check(t, k.BarLine(w, Warn, 3, 7), w, 1)
		confirm.SetSize(w)
		widgettest.Check(t, confirm.View(), w, confirm.Height())
		for h := range 46 {
			for _, s := range sized {
				s.SetSize(w, h)
				widgettest.Check(t, s.View(), w, h)
			}
			body := view.View()
			box := Box{Number: 2, Title: text.Lit("日本 results"), Footer: text.Lit("1 of 14"), Focus: h%2 == 0}.Draw(k, w, h, body)
			widgettest.Check(t, box, w, h)
			widgettest.Check(t, Overlay(box, "\x1b[1mover日本\x1b[m\nlay", w/2, h/2), w, h)
			widgettest.Check(t, Fit(body, w+3, h-1), w+3, h-1)
		}
	}
}

func TestBoxGolden(t *testing.T) {
	k := NewKit(Dark())
	left := Rect{W: 50, H: 6}
	a, b := left.Left(22)
	focus := Box{Number: 1, Title: text.Lit("Facets"), Footer: text.Lit("tab"), Focus: true}.Draw(k, a.W, a.H, "one\ntwo")
	plain := Box{Number: 2, Title: text.Lit("A title that is much too long for it"), Footer: text.Lit("1 of 14")}.Draw(k, b.W, b.H, "")
	view := Side(focus, plain)
	k.SetGlyphs(ASCIIGlyphs())
	ascii := Box{Title: text.Lit("ASCII"), Focus: true}.Draw(k, 50, 3, k.Hints(48, k.keys.Mark, k.keys.MarkAll))
	widgettest.Golden(t, "box", Stack(view, ascii, Overlay(view, ascii[:strings.IndexByte(ascii, '\n')], 20, 2)))
}

func TestOverlayKeepsStyles(t *testing.T) {
	base := "\x1b[1mabcdefgh\x1b[m"
	if got, want := Overlay(base, "XY", 3, 0), "\x1b[1mabc\x1b[mXY\x1b[1mfgh\x1b[m"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := Overlay("日本語x", "-", 1, 0), " - 語x"; widgettest.Plain(got) != " -本語x" && widgettest.Plain(got) != want {
		t.Errorf("%q", got)
	}
}

func TestLayoutCoversWithoutOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := NewRect(rapid.IntRange(0, 9).Draw(t, "x"), 2, rapid.IntRange(-5, 200).Draw(t, "w"), rapid.IntRange(-5, 60).Draw(t, "h"))
		weights := rapid.SliceOfN(rapid.IntRange(0, 5), 1, 5).Draw(t, "weights")
		sum, total := 0, 0
		for i, c := range r.Columns(weights...) {
			if c.W < 0 || c.X != r.X+sum || c.H != r.H {
				t.Fatalf("column %d is %+v of %+v", i, c, r)
			}
			sum += c.W
			total += weights[i]
		}
		if total > 0 && sum != r.W {
			t.Fatalf("%d of %d cells", sum, r.W)
		}
		n := rapid.IntRange(-3, 300).Draw(t, "n")
		for _, f := range []func(int) (Rect, Rect){r.Top, r.Bottom, r.Left, r.Right} {
			a, b := f(n)
			if a.W < 0 || a.H < 0 || b.W < 0 || b.H < 0 || a.W*a.H+b.W*b.H != r.W*r.H {
				t.Fatalf("%+v and %+v of %+v", a, b, r)
			}
		}
		if c := r.Center(n, n); c.W > r.W || c.H > r.H || c.X < r.X || c.Y < r.Y {
			t.Fatalf("%+v in %+v", c, r)
		}
		if c := r.Inset(1); c.W < 0 || c.H < 0 {
			t.Fatalf("%+v", c)
		}
	})
}

func TestThemesTellEveryStyleWithoutColour(t *testing.T) {
	for _, name := range []string{"dark", "light", "contrast", "mono"} {
		th, ok := ThemeNamed(name)
		if !ok || th.Name() != name {
			t.Fatalf("no theme %s", name)
		}
		for s := range styleCount {
			if !strings.HasPrefix(th.seq[s][rowCursor], "7") && !strings.Contains(th.seq[s][rowCursor], ";7") {
				t.Errorf("%s: style %d does not reverse the cursor's row: %q", name, s, th.seq[s][rowCursor])
			}
			if name == "mono" && (strings.Contains(th.seq[s][rowPlain], "3") || strings.Contains(th.seq[s][rowPlain], "8;")) {
				t.Errorf("mono has a colour: %q", th.seq[s][rowPlain])
			}
		}
	}
	if _, ok := ThemeNamed("pink"); ok {
		t.Error("an unknown theme")
	}
}

func TestKitChangeDrawsAgain(t *testing.T) {
	k := NewKit(Dark())
	l := NewFilterList(k, text.Lit(":"))
	l.SetSize(30, 4)
	l.Open(context.Background(), nil)
	before := l.View()
	k.SetTheme(Mono())
	if l.View() == before {
		t.Error("the old theme is still shown")
	}
	w := English()
	w.NoMatch = "kein Treffer"
	k.SetWords(w)
	if !strings.Contains(l.View(), "kein Treffer") {
		t.Error("the old words are still shown")
	}
}

func TestKeysAreNotBoundTwice(t *testing.T) {
	k := DefaultKeys()
	seen := map[string]string{}
	for _, b := range k.All() {
		for _, key := range b.Keys() {
			if other := seen[key]; other != "" && !(key == "esc" || key == "enter") {
				t.Errorf("%s is %s and %s", key, other, b.Name)
			}
			seen[key] = b.Name
		}
		if b.Help().Key == "" || b.Help().Desc == "" {
			t.Errorf("%s has no help", b.Name)
		}
	}
}

func FuzzKeys(f *testing.F) {
	f.Add([]byte{1, 3, 1, 3, 14, 2, 9, 24, 25, 60, 130})
	f.Fuzz(func(t *testing.T, ks []byte) {
		k := NewKit(Dark())
		tree := openTree(t, &branches{n: 5}, 30, 6)
		view := NewTextView(k)
		view.SetSize(25, 4)
		view.Open(context.Background(), sampleText())
		widgettest.Run(t, view.Search("st"), view)
		list := NewFilterList(k, text.Lit(":"))
		list.SetSize(30, 5)
		list.Open(context.Background(), paletteItems())
		facets := NewFacets(k, nil)
		facets.Set(sampleFacets())
		facets.SetSize(20, 4)
		for _, b := range ks[:min(len(ks), 64)] {
			name := fuzzKeys[int(b)%len(fuzzKeys)]
			w, h := 30, 6
			if b >= 200 {
				w, h = int(b-200), int(b-200)/7
			}
			tree.SetSize(w, h)
			view.SetSize(w, h)
			list.SetSize(w, h)
			facets.SetSize(w, h)
			keys(t, tree, name)
			keys(t, view, name)
			keys(t, list, name)
			facets.Key(widgettest.Key(name))
			for _, v := range []string{tree.View(), view.View(), list.View(), facets.View()} {
				widgettest.Check(t, v, w, h)
			}
		}
	})
}

func BenchmarkOverlay(b *testing.B) {
	table := openTable(b, &counted{n: 1000}, 120, 40)
	over := Box{Title: text.Lit("x"), Focus: true}.Draw(table.kit, 60, 12, "")
	for b.Loop() {
		Overlay(table.View(), over, 30, 10)
	}
}
