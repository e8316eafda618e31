package widget

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget/widgettest"
)

// branches is a tree of three levels: n roots, each with 3 children of 2 leaves.
type branches struct {
	n    int
	fail atomic.Bool
	asks atomic.Int64
}

func (b *branches) Children(ctx context.Context, id string) ([]Node, error) {
	b.asks.Add(1)
	if b.fail.Load() {
		return nil, errDisk
	}
	n, depth := b.n, strings.Count(id, "/")
	if id != "" {
		n = 4 - depth
	}
	out := make([]Node, n)
	for i := range out {
		out[i] = Node{ID: fmt.Sprintf("%s/%d", id, i), Text: text.Clean(fmt.Sprintf("Knoten %s/%d ü\x1b", id, i)), Leaf: depth == 2, Note: text.Lit("2 d")}
	}
	return out, nil
}

func openTree(t testing.TB, src Branches, w, h int) *Tree {
	tree := NewTree(NewKit(Light()))
	tree.SetSize(w, h)
	widgettest.Run(t, tree.Open(context.Background(), src), tree)
	return tree
}

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

func TestTreeOpensAndCloses(t *testing.T) {
	src := &branches{n: 3}
	tree := openTree(t, src, 50, 12)
	keys(t, tree, "down", "right", "right", "enter", "down")
	widgettest.Golden(t, "tree", tree.View())
	var path []string
	for _, n := range tree.Path() {
		path = append(path, n.ID)
	}
	if got := strings.Join(path, " "); got != "/1 /1/0 /1/0/0" {
		t.Errorf("path %s", got)
	}
	asked := src.asks.Load()
	keys(t, tree, "left", "left", "left", "left")
	if n, _ := tree.Current(); n.ID != "/1" || tree.Position().Len != 3 {
		t.Errorf("closed: at %s of %d", n.ID, tree.Position().Len)
	}
	keys(t, tree, "right")
	if tree.Position().Len != 6 || src.asks.Load() != asked {
		t.Errorf("opened again: %d rows, %d reads", tree.Position().Len, src.asks.Load()-asked)
	}
	if handled, _ := tree.Key(widgettest.Key("enter")); !handled {
		t.Error("enter on a branch is the tree's")
	}
}

func TestTreeErrorBelowANode(t *testing.T) {
	src := &branches{n: 2}
	tree := openTree(t, src, 60, 5)
	src.fail.Store(true)
	keys(t, tree, "right")
	widgettest.Golden(t, "tree-error", tree.View())
	src.fail.Store(false)
	keys(t, tree, "ctrl+r")
	if tree.Position().Len != 5 {
		t.Errorf("%d rows after reading again", tree.Position().Len)
	}
}

func TestTreeHundredThousandNodes(t *testing.T) {
	tree := openTree(t, &branches{n: 100_000}, 80, 24)
	keys(t, tree, "G", "right", "right", "right")
	if n, _ := tree.Current(); n.ID != "/99999/0" || tree.Position().Len != 100_005 {
		t.Errorf("at %s of %d", n.ID, tree.Position().Len)
	}
	widgettest.Check(t, tree.View(), 80, 24)
	keys(t, tree, "g", "right")
	if tree.Position().Len != 100_008 || tree.Position().Cursor != 0 {
		t.Errorf("%+v", tree.Position())
	}
}

// TestTreeRowsAreItsOpenNodes compares the rows kept up by splicing with those
// of a walk over the open nodes.
func TestTreeRowsAreItsOpenNodes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		src := &branches{n: rapid.IntRange(0, 6).Draw(rt, "n")}
		tree := openTree(t, src, 40, 7)
		for _, k := range rapid.SliceOfN(rapid.SampledFrom([]string{"up", "down", "left", "right", "enter", "ctrl+r", "g", "G", "pgdown", "fail"}), 0, 40).Draw(rt, "keys") {
			if k == "fail" {
				src.fail.Store(!src.fail.Load())
				continue
			}
			keys(t, tree, k)
			want := shown(tree.root, nil)
			if len(want) != len(tree.rows) {
				rt.Fatalf("%d rows, %d nodes are open", len(tree.rows), len(want))
			}
			for i := range want {
				if want[i] != tree.rows[i] {
					rt.Fatalf("row %d is not the open node", i)
				}
			}
			if tree.cur < 0 || tree.cur >= max(1, len(want)) || tree.top > tree.cur || tree.cur >= tree.top+7 {
				rt.Fatalf("cursor %d, top %d of %d", tree.cur, tree.top, len(want))
			}
		}
	})
}

func TestTreeOpensByItself(t *testing.T) {
	tree := openTree(t, selfOpening{}, 40, 10)
	widgettest.Golden(t, "tree-self", tree.View())
}

type selfOpening struct{}

func (selfOpening) Children(_ context.Context, id string) ([]Node, error) {
	if len(id) >= 2 {
		return []Node{{ID: id + "x", Text: text.Lit("leaf"), Leaf: true, Sign: text.Lit("!"), Style: Bad}}, nil
	}
	return []Node{{ID: id + "a", Text: text.Lit("opened"), Open: true}, {ID: id + "b", Text: text.Lit("closed")}}, nil
}

func sampleText() LineList {
	return LineList{
		{Spans: []Span{{text.Lit("basis    "), Heading}, {text.Lit("consent given at the counter, on paper, kept by the store for as long as the card lives"), Plain}}, Hang: 9},
		{}, {Spans: []Span{{text.Clean("Straße der Einheit\x1b[31m 12"), Plain}}},
		{Spans: []Span{{text.Lit("last line with strasse"), Good}}},
	}
}

func TestTextViewGolden(t *testing.T) {
	v := NewTextView(NewKit(Dark()))
	v.SetSize(30, 8)
	v.Open(context.Background(), sampleText())
	widgettest.Golden(t, "text", v.View())
	widgettest.Run(t, v.Search("STRASSE"), v)
	if p := v.Position(); p.Cursor != 2 || v.Missed() {
		t.Errorf("%+v", p)
	}
	if !strings.Contains(v.View(), "mStraße\x1b") {
		t.Errorf("the match is not marked: %q", v.View())
	}
	keys(t, v, "n")
	if p := v.Position(); p.Cursor != 3 {
		t.Errorf("next: %+v", p)
	}
	keys(t, v, "n")
	if p := v.Position(); p.Cursor != 2 {
		t.Errorf("round: %+v", p)
	}
	keys(t, v, "N")
	if p := v.Position(); p.Cursor != 3 {
		t.Errorf("previous: %+v", p)
	}
	widgettest.Run(t, v.Search("nowhere"), v)
	if !v.Missed() {
		t.Error("found what is nowhere")
	}
}

// bigLog is a million lines of which it counts those it was asked for.
type bigLog struct{ asked *atomic.Int64 }

func (bigLog) Len() int { return 1_000_000 }
func (b bigLog) At(i int) Line {
	b.asked.Add(1)
	return Line{Spans: []Span{{text.Clean(fmt.Sprintf("line %d of a log that is long enough to be broken twice over here", i)), Plain}}}
}

func TestTextViewWrapsTheWindowOnly(t *testing.T) {
	log := bigLog{new(atomic.Int64)}
	v := NewTextView(NewKit(Dark()))
	v.SetSize(30, 20)
	v.Open(context.Background(), log)
	v.View()
	keys(t, v, "pgdown", "pgdown", "G", "pgup")
	widgettest.Check(t, v.View(), 30, 20)
	if n := log.asked.Load(); n > 400 {
		t.Errorf("%d lines asked for", n)
	}
	if p := v.Position(); p.Top < 999_900 {
		t.Errorf("%+v", p)
	}
}

func TestTextViewScrollsRowByRow(t *testing.T) {
	v := NewTextView(NewKit(Mono()))
	v.SetSize(20, 3)
	v.Open(context.Background(), sampleText())
	var down []string
	for range 20 {
		down = append(down, widgettest.Plain(v.View()))
		keys(t, v, "down")
	}
	if down[19] != down[18] {
		t.Error("scrolls behind the end")
	}
	last := len(down) - 1
	for last > 0 && down[last-1] == down[19] {
		last--
	}
	for i := last - 1; i >= 0; i-- {
		keys(t, v, "up")
		if got := widgettest.Plain(v.View()); got != down[i] {
			t.Errorf("going up, row %d:\n%s\nwas\n%s", i, got, down[i])
		}
	}
}

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

func question() Question {
	return Question{
		Title: text.Lit("Confirm"), Body: []text.Safe{text.Lit("110 rows go, 18 are kept. This cannot be undone.")}, Word: "N-12",
		Ask: text.Lit("Type the number to go on:"), Cancel: text.Lit("Cancel"), Act: text.Lit("Carry out"), Opener: "X",
	}
}

func TestConfirm(t *testing.T) {
	for _, c := range []struct {
		name string
		wait time.Duration
		keys string
		want Answer
	}{
		{"word, tab, space", time.Second, "N - 1 2 tab space", Confirmed},
		{"enter on act", time.Second, "N - 1 2 tab enter", Asked},
		{"enter at once cancels", time.Second, "enter", Cancelled},
		{"word and enter", time.Second, "N - 1 2 enter", Cancelled},
		{"wrong word", time.Second, "N - 1 tab space", Asked},
		{"no word", time.Second, "tab space", Asked},
		{"space on cancel", time.Second, "space", Cancelled},
		{"esc", time.Second, "esc", Cancelled},
		{"esc in the grace", 0, "esc", Cancelled},
		{"typed ahead", 0, "N - 1 2 tab space", Asked},
		{"typed ahead, enter", 0, "enter", Asked},
		{"opener held down", time.Second, "X X X", Asked},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := time.Date(2026, 8, 23, 14, 0, 0, 0, time.UTC)
			q := NewConfirm(NewKit(Dark()), question(), func() time.Time { return now })
			q.SetSize(66)
			now = now.Add(c.wait)
			keys(t, q, strings.Fields(c.keys)...)
			if q.Answer() != c.want {
				t.Errorf("answer %d, want %d", q.Answer(), c.want)
			}
		})
	}
}

func TestConfirmGraceEnds(t *testing.T) {
	now := time.Date(2026, 8, 23, 14, 0, 0, 0, time.UTC)
	q := NewConfirm(NewKit(Dark()), question(), func() time.Time { return now })
	for range 14 { // a key every 100 ms is never quiet, but the cap ends it
		now = now.Add(100 * time.Millisecond)
		keys(t, q, "enter")
	}
	if q.Answer() != Asked {
		t.Error("answered within the grace")
	}
	now = now.Add(100 * time.Millisecond)
	keys(t, q, "enter")
	if q.Answer() != Cancelled {
		t.Error("the grace never ends")
	}
}

func TestConfirmGolden(t *testing.T) {
	now := time.Date(2026, 8, 23, 14, 0, 0, 0, time.UTC)
	q := NewConfirm(NewKit(Dark()), question(), func() time.Time { return now })
	q.SetSize(60)
	now = now.Add(time.Second)
	keys(t, q, "N", "-", "1")
	widgettest.Golden(t, "confirm", q.View())
	x, y, ok := q.Cursor()
	line := []rune(strings.Split(widgettest.Plain(q.View()), "\n")[y])
	if !ok || string(line[x-3:x]) != "N-1" {
		t.Errorf("cursor at %d,%d", x, y)
	}
}

func TestToasts(t *testing.T) {
	now := time.Date(2026, 8, 23, 14, 0, 0, 0, time.UTC)
	toasts := NewToasts(NewKit(Dark()))
	toasts.Push(FailureLevel, text.Lit("failed"), now)
	toasts.Push(InfoLevel, text.Lit("news"), now)
	if m, _ := toasts.Current(now); m.Text.String() != "news" {
		t.Errorf("%q", m.Text)
	}
	if at, ok := toasts.Next(now); !ok || !at.Equal(now.Add(3*time.Second)) {
		t.Errorf("next %v", at)
	}
	now = now.Add(3 * time.Second)
	if m, _ := toasts.Current(now); m.Text.String() != "failed" {
		t.Errorf("the failure is gone: %q", m.Text)
	}
	if _, ok := toasts.Next(now); ok {
		t.Error("a failure goes by itself")
	}
	if !toasts.Dismiss() || toasts.Dismiss() || len(toasts.Spans(now)) != 0 || len(toasts.All()) != 2 {
		t.Error("dismissing")
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
	}{{60, "1", " [1 Overview] 2 Identifiers 5 3 Touchpoints"}, {32, "2", " 1 Overview [2 Ids] 3 Touch"}, {20, "3", " 2 Ids [3 Touch]"}, {20, "9", " 2 Ids [3 Touch]"}, {4, "1", " [1…"}} {
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

func BenchmarkTreeViewCold(b *testing.B) {
	tree := openTree(b, &branches{n: 100_000}, 120, 40)
	for b.Loop() {
		tree.view.soil()
		_ = tree.View()
	}
}

func BenchmarkTreeOpenClose(b *testing.B) {
	tree := openTree(b, &branches{n: 100_000}, 120, 40)
	for b.Loop() {
		keys(b, tree, "enter")
	}
}

func BenchmarkOverlay(b *testing.B) {
	table := openTable(b, &counted{n: 1000}, 120, 40)
	over := Box{Title: text.Lit("x"), Focus: true}.Draw(table.kit, 60, 12, "")
	for b.Loop() {
		Overlay(table.View(), over, 30, 10)
	}
}
