package ui

import (
	"fmt"
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"cdp-tui/internal/ui/widget/widgettest"
)

// keyNames are what the fuzzer presses.
func keyNames() []string {
	names := []string{"enter", "esc", "tab", "shift+tab", "up", "down", "left", "right", "pgup", "pgdown", "home", "end", "space", "backspace",
		"ctrl+p", "ctrl+r", "ctrl+l", "ctrl+t", "ctrl+a", "ctrl+d", "ctrl+u", "ctrl+c"}
	for r := '!'; r <= '~'; r++ {
		names = append(names, string(r))
	}
	return append(names, "ß", "ı", "漢", "\u0301")
}

// Whatever is pressed, pasted, clicked or resized: nothing panics, and the
// frame has the size of the terminal.
func FuzzKeys(f *testing.F) {
	f.Add([]byte{0}, uint8(0))
	f.Add([]byte("ozxv1234567\x00\x01\x02/abc\x00::qq"), uint8(3))
	f.Add([]byte("mDSR\x00e\x00Y\x00?sort\x00[]-"), uint8(9))
	f.Add([]byte{200, 90, 20, 210, 10, 10, 220, 3, 4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, uint8(2))
	names := keyNames()
	var opens []string
	for _, open := range places() {
		opens = append(opens, open)
	}
	slices.Sort(opens)
	f.Fuzz(func(t *testing.T, in []byte, first uint8) {
		if len(in) > 120 {
			in = in[:120]
		}
		d := drive(t, 80, 24, newFake(), opens[int(first)%len(opens)])
		for i := 0; i < len(in); i++ {
			arg := func() int {
				if i+1 < len(in) {
					i++
					return int(in[i])
				}
				return 0
			}
			switch b := int(in[i]); {
			case b < len(names):
				d.press(names[b])
			case b < 180:
				d.send(tea.PasteMsg{Content: "P-0042117\x1b[2J\n\u202e" + string(rune(b))})
			case b < 200:
				d.send(tea.MouseWheelMsg{X: arg() % 130, Y: arg() % 45, Button: tea.MouseWheelDown})
			case b < 220:
				d.send(tea.MouseClickMsg{X: arg() % 130, Y: arg() % 45, Button: tea.MouseLeft})
			case b < 240:
				d.resize(arg()%131, arg()%46)
			default:
				d.pass(1e9 * 7)
			}
			if d.m.crashed {
				t.Fatal("a key crashed the screen")
			}
		}
		d.frame()
	})
}

// FuzzAddress: what can be read is written so that it reads the same.
func FuzzAddress(f *testing.F) {
	for _, open := range places() {
		f.Add(open)
	}
	f.Add("profile?P-1&tab=99999999999999999999&at=-1")
	f.Add("search?q=%&facet==&facet=a%3Db")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := parseAddress(s)
		if err != nil {
			return
		}
		b, err := parseAddress(a.String())
		if err != nil || fmt.Sprint(a) != fmt.Sprint(b) {
			t.Fatalf("%q: %+v, then %+v (%v)", s, a, b, err)
		}
		newTestModel(t).openText(s) // opening it does not panic
	})
}

func newTestModel(t *testing.T) *Model { return drive(t, 80, 24, newFake(), "").m }

// A filter finds what the words say, against the plainest reading of them.
func TestMatcher(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cells := rapid.SliceOfN(rapid.StringMatching(`[abß ]{0,4}`), 3, 3).Draw(t, "cells")
		word := rapid.StringMatching(`[abs]{1,2}`).Draw(t, "word")
		not := rapid.Bool().Draw(t, "not")
		col := rapid.IntRange(-1, 2).Draw(t, "col")
		filter, want := word, false
		names := []string{"x", "y", "z"}
		if col >= 0 {
			filter = names[col] + ":" + word
		}
		vals := make([]val, 3)
		for i, c := range cells {
			vals[i] = plain(c)
			if (col < 0 || col == i) && contains(c, word) {
				want = true
			}
		}
		if not {
			filter = "!" + filter
			want = !want
		}
		if got := newMatcher(filter, names).vals(vals); got != want {
			t.Fatalf("%q on %q: %v", filter, cells, got)
		}
	})
}

// contains spells ß out and looks letter by letter.
func contains(s, word string) bool {
	var folded []byte
	for _, r := range s {
		if r == 'ß' {
			folded = append(folded, 's', 's')
		} else {
			folded = append(folded, byte(r))
		}
	}
	for i := range folded {
		if len(folded)-i >= len(word) && string(folded[i:i+len(word)]) == word {
			return true
		}
	}
	return false
}

// A paged list with a filter shows what the whole list filtered shows, wherever
// the pages end.
func TestFilteredPages(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, 700).Draw(rt, "n")
		mod := rapid.IntRange(1, 300).Draw(rt, "mod")
		desk := newFake()
		desk.entries = n
		d := drive(t, 80, 24, desk, "log?filter="+[]string{"actor:ana", "verb:reveal", ""}[mod%3])
		l := d.m.trail.top().(*listing[entry])
		d.press("G")
		want := 0
		for i := 1; i <= n; i++ {
			switch mod % 3 {
			case 0:
				if i%3 == 1 {
					want++
				}
			case 1:
				if i%4 == 1 {
					want++
				}
			default:
				want++
			}
		}
		p := l.rows.Position()
		if p.Len != want || !p.Exact {
			rt.Fatalf("%d rows (exact %v), want %d", p.Len, p.Exact, want)
		}
		if want > 0 && p.Cursor != want-1 {
			rt.Fatalf("at row %d of %d", p.Cursor, want)
		}
	})
}

func TestThemes(t *testing.T) {
	d := drive(t, 80, 24, newFake(), "sources")
	seen := map[string]bool{}
	for _, name := range themes() {
		d.command("theme " + name)
		d.pass(1e10)
		seen[d.frame()] = true
		if got := widgettest.Plain(d.frame()); got != d.plain() {
			t.Error("themes differ in more than looks")
		}
	}
	if len(seen) != len(themes()) {
		t.Errorf("%d looks of %d themes", len(seen), len(themes()))
	}
}
