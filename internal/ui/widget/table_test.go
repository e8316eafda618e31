package widget

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget/widgettest"
)

func testColumns() []Column {
	return []Column{
		{Title: text.Lit("ID"), Min: 9},
		{Title: text.Lit("NAME"), Min: 8, Flex: 2},
		{Title: text.Lit("COUNT"), Min: 7, Priority: 1, Right: true},
		{Title: text.Lit("NOTE"), Min: 10, Flex: 1, Priority: 2, Max: 30},
		{Title: text.Lit("SEEN"), Min: 6, Priority: 1},
	}
}

// resident is the number of rows a table holds.
func (t *Table) resident() int {
	n := 0
	for _, m := range []map[int]*page{t.pages.held, t.pages.old} {
		for _, p := range m {
			n += len(p.rows)
		}
	}
	return n
}

func openTable(t testing.TB, src Source, w, h int) *Table {
	table := NewTable(NewKit(Dark()), testColumns())
	widgettest.Run(t, table.SetSize(w, h), table)
	widgettest.Run(t, table.Open(context.Background(), src), table)
	return table
}

func press(t testing.TB, table *Table, keys ...string) {
	t.Helper()
	for _, k := range keys {
		_, cmd := table.Key(widgettest.Key(k))
		widgettest.Run(t, cmd, table)
	}
}

func TestTableMillionRows(t *testing.T) {
	src := &counted{n: 1_000_000}
	table := openTable(t, src, 120, 40)
	downs := 0
	for table.Position().Cursor < src.n-1 {
		press(t, table, "pgdown")
		downs++
		if n := table.resident(); n > 1024 {
			t.Fatalf("%d rows held at %d", n, table.Position().Cursor)
		}
		if downs%1000 == 0 {
			widgettest.Check(t, table.View(), 120, 40)
			if r, ok := table.Current(); !ok || r.Key != strconv.Itoa(table.Position().Cursor) {
				t.Fatalf("row %q at %d", r.Key, table.Position().Cursor)
			}
		}
	}
	if pages := src.pages.Load(); pages > 1_000_000/PageRows+2 {
		t.Errorf("%d pages read: each should be read once", pages)
	}
	if src.lens.Load() != 1 {
		t.Errorf("asked %d times for the length", src.lens.Load())
	}
	before := src.pages.Load()
	press(t, table, "g", "G")
	if r, ok := table.Current(); !ok || r.Key != "999999" {
		t.Errorf("the end is %q", r.Key)
	}
	if n := src.pages.Load() - before; n > 8 {
		t.Errorf("going to both ends read %d pages", n)
	}
	widgettest.Run(t, table.Goto(123_456), table)
	if r, _ := table.Current(); r.Key != "123456" || table.Footer().String() != "123,457 of 1,000,000" {
		t.Errorf("goto shows %q, %q", r.Key, table.Footer())
	}
}

func TestTableEverySize(t *testing.T) {
	src := &counted{n: 300}
	table := openTable(t, src, 80, 24)
	press(t, table, "space", "down", "v", "down")
	table.SetSort(2, Descending)
	table.SetColumnCursor(true)
	for w := range 131 {
		for h := range 46 {
			widgettest.Run(t, table.SetSize(w, h), table)
			widgettest.Check(t, table.View(), w, h)
		}
	}
}

func TestTableGolden(t *testing.T) {
	src := &counted{n: 300}
	for _, w := range []int{30, 60, 120} {
		table := openTable(t, src, w, 8)
		table.SetSort(2, Descending)
		press(t, table, "down", "space", "down", "v", "down")
		widgettest.Golden(t, fmt.Sprintf("table-%d", w), table.View()+"\n"+table.Footer().String())
	}
}

func TestTableStyles(t *testing.T) {
	table := openTable(t, &counted{n: 3}, 60, 5)
	if v := table.View(); !containsSeq(v, "7m> ") {
		t.Errorf("the cursor's row is not reversed: %q", v)
	}
	table.SetFocus(false)
	if v := table.View(); containsSeq(v, "7m> ") {
		t.Errorf("reversed without focus: %q", v)
	}
}

func containsSeq(v, s string) bool {
	for i := 0; i+len(s) <= len(v); i++ {
		if v[i:i+len(s)] == s {
			return true
		}
	}
	return false
}

func TestTableDoesNotBlockOnASlowSource(t *testing.T) {
	src := &counted{n: 100_000}
	table := NewTable(NewKit(Mono()), testColumns())
	table.SetSize(80, 24)
	var waiting []tea.Cmd // commands that the source has not answered yet
	collect := func(c tea.Cmd) {
		if c != nil {
			waiting = append(waiting, c)
		}
	}
	collect(table.Open(context.Background(), src))
	// Before anything arrived, the length does: the user can move at once.
	table.Update(lenMsg{t: table, gen: table.pages.gen, n: src.n, exact: true})
	for range 2000 {
		_, cmd := table.Key(widgettest.Key("pgdown"))
		collect(cmd)
	}
	if len(waiting) > 8 {
		t.Errorf("%d reads under way", len(waiting))
	}
	widgettest.Check(t, table.View(), 80, 24)
	widgettest.Run(t, tea.Batch(waiting...), table) // now the source answers
	if r, ok := table.Current(); !ok || r.Key != strconv.Itoa(table.Position().Cursor) {
		t.Errorf("row %q at %d", r.Key, table.Position().Cursor)
	}
	if n := src.pages.Load(); n > 12 {
		t.Errorf("%d pages read for one window", n)
	}
}

func TestTableErrorsLeaveTheRestUsable(t *testing.T) {
	src := &counted{n: 1000}
	table := openTable(t, src, 100, 12)
	src.fail.Store(true)
	widgettest.Run(t, table.Goto(600), table)
	widgettest.Golden(t, "table-error", table.View())
	if !errors.Is(table.Err(), errDisk) {
		t.Errorf("Err() = %v", table.Err())
	}
	press(t, table, "g")
	if r, ok := table.Current(); !ok || r.Key != "0" {
		t.Errorf("the first page is gone: %q", r.Key)
	}
	widgettest.Run(t, table.Goto(600), table)
	src.fail.Store(false)
	press(t, table, "ctrl+r")
	if r, ok := table.Current(); !ok || r.Key != "600" || table.Err() != nil {
		t.Errorf("after reading again: %q, %v", r.Key, table.Err())
	}
	if handled, _ := table.Key(widgettest.Key("ctrl+r")); handled {
		t.Error("nothing to read again, yet the key was taken from the screen")
	}
}

func TestTableClosedReadsNothing(t *testing.T) {
	src := &counted{n: 1000}
	table := NewTable(NewKit(Mono()), testColumns())
	table.SetSize(80, 24)
	cmd := table.Open(context.Background(), src)
	table.Close()
	widgettest.Run(t, cmd, table)
	if table.resident() != 0 || table.Position().Len != 0 {
		t.Error("took answers after Close")
	}
	if cmd := table.Goto(500); cmd != nil {
		t.Error("reads after Close")
	}
	widgettest.Run(t, table.Resume(context.Background()), table)
	if r, ok := table.Current(); !ok || r.Key != "500" || table.Position().Len != 1000 {
		t.Errorf("after Resume: %q, %+v", r.Key, table.Position())
	}
}

func TestTableKeyed(t *testing.T) {
	src := &counted{n: 1000}
	table := openTable(t, Keyed(src), 80, 24)
	if got := table.Footer().String(); got != "1 of ≥ 256" {
		t.Errorf("footer %q", got)
	}
	widgettest.Run(t, table.Goto(700), table)
	if r, ok := table.Current(); !ok || r.Key != "700" {
		t.Errorf("goto within: %q", r.Key)
	}
	widgettest.Run(t, table.Goto(5000), table)
	if r, ok := table.Current(); !ok || r.Key != "999" || table.Footer().String() != "1,000 of 1,000" {
		t.Errorf("goto behind the end: %q, %q", r.Key, table.Footer())
	}
	table = openTable(t, Keyed(src), 80, 24)
	press(t, table, "G")
	if r, ok := table.Current(); !ok || r.Key != "999" || !table.Position().Exact {
		t.Errorf("end: %q", r.Key)
	}
}

func TestTableKeyedScroll(t *testing.T) {
	for _, n := range []int{0, 1, 127, 128, 129, 256, 1000} {
		table := openTable(t, Keyed(&counted{n: n}), 80, 24)
		for range n/20 + 3 {
			press(t, table, "pgdown")
		}
		p := table.Position()
		if p.Len != n || !p.Exact || p.Cursor != max(0, n-1) {
			t.Errorf("%d rows: %+v", n, p)
		}
	}
}

func TestTableLateCount(t *testing.T) {
	src := &counted{n: 500, notExact: true}
	table := openTable(t, src, 80, 24)
	if p := table.Position(); p.Exact || p.Len != 256 {
		t.Errorf("%+v", p)
	}
	widgettest.Run(t, table.Goto(10_000), table)
	if p := table.Position(); p.Cursor != 255 || p.Exact || p.Loading {
		t.Errorf("behind an end nobody knows: %+v", p)
	}
}

func TestTableMarks(t *testing.T) {
	src := &counted{n: 1000}
	table := openTable(t, src, 80, 24)
	press(t, table, "space", "space", "down", "v")
	widgettest.Run(t, table.Goto(200), table)
	press(t, table, "space")
	m := table.Marks()
	if m.All || len(m.Keys) != 2+198 {
		t.Errorf("%d marked", len(m.Keys))
	}
	if got := table.Footer().String(); got != "200 marked · 201 of 1,000" {
		t.Errorf("footer %q", got)
	}
	press(t, table, "g", "space")
	if len(table.Marks().Keys) != 199 {
		t.Error("space does not unmark")
	}
	press(t, table, "ctrl+a", "space")
	if m := table.Marks(); !m.All || len(m.Keys) != 1 || table.Footer().String() != "999 marked · 3 of 1,000" {
		t.Errorf("%+v, %q", m, table.Footer())
	}
	for i, want := range []bool{true, false} {
		if handled, _ := table.Key(widgettest.Key("esc")); handled != want {
			t.Errorf("esc %d handled: %v", i, handled)
		}
	}
	if m := table.Marks(); m.All || len(m.Keys) != 0 {
		t.Errorf("after esc: %+v", m)
	}
}

func TestTableRangeTooLong(t *testing.T) {
	table := openTable(t, &counted{n: 50_000}, 80, 24)
	press(t, table, "v", "G", "space")
	if !errors.Is(table.Err(), ErrRange) || len(table.Marks().Keys) != 0 {
		t.Errorf("%v, %d marked", table.Err(), len(table.Marks().Keys))
	}
	press(t, table, "up")
	if table.Err() != nil {
		t.Errorf("still %v", table.Err())
	}
}

func TestTableRefreshKeepsPlace(t *testing.T) {
	table := openTable(t, &counted{n: 1000}, 80, 24)
	widgettest.Run(t, table.Goto(500), table)
	press(t, table, "space")
	cmd := table.Refresh(context.Background(), &counted{n: 900})
	if r, ok := table.Current(); !ok || r.Key != "501" {
		t.Errorf("while reading: %q", r.Key)
	}
	widgettest.Run(t, cmd, table)
	if p := table.Position(); p.Cursor != 501 || p.Len != 900 || p.Marked != 1 {
		t.Errorf("after: %+v", p)
	}
	widgettest.Run(t, table.Refresh(context.Background(), &counted{n: 10}), table)
	if p := table.Position(); p.Cursor != 9 || p.Len != 10 {
		t.Errorf("fewer rows: %+v", p)
	}
	widgettest.Run(t, table.Refresh(context.Background(), Rows{}), table)
	widgettest.Golden(t, "table-empty", table.View())
}

func TestTableMouse(t *testing.T) {
	table := openTable(t, &counted{n: 100}, 80, 11)
	if ok, _ := table.Click(5, 0); ok {
		t.Error("the header is no row")
	}
	if ok, _ := table.Click(5, 4); !ok || table.Position().Cursor != 3 {
		t.Errorf("cursor %d", table.Position().Cursor)
	}
	table.Wheel(20)
	if p := table.Position(); p.Top != 20 || p.Cursor != 20 {
		t.Errorf("%+v", p)
	}
}

func TestColumnsNeverBelowMinAndNeverTooWide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cols := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Column {
			return Column{Min: rapid.IntRange(0, 30).Draw(t, "min"), Max: rapid.SampledFrom([]int{0, 0, 40}).Draw(t, "max"),
				Flex: rapid.IntRange(0, 3).Draw(t, "flex"), Priority: rapid.IntRange(0, 3).Draw(t, "priority")}
		}), 1, 8).Draw(t, "cols")
		w, gap := rapid.IntRange(-2, 200).Draw(t, "w"), rapid.IntRange(0, 2).Draw(t, "gap")
		got := place(cols, w, gap)
		if w <= 0 {
			if got != nil {
				t.Fatalf("columns in no room: %v", got)
			}
			return
		}
		sum, flexible := -gap, false
		kept := map[int]bool{}
		for _, p := range got {
			sum += p.w + gap
			kept[p.col] = true
			if p.w < max(1, cols[p.col].Min) && len(got) > 1 {
				t.Fatalf("column %d squeezed to %d", p.col, p.w)
			}
			flexible = flexible || cols[p.col].Flex > 0 && cols[p.col].Max == 0
		}
		if sum > w || flexible && sum != w {
			t.Fatalf("%d cells of %d", sum, w)
		}
		for i := range cols { // nothing dropped is more important than something kept
			for _, p := range got {
				if !kept[i] && (cols[i].Priority < cols[p.col].Priority || cols[i].Priority == cols[p.col].Priority && i < p.col) {
					t.Fatalf("dropped %d before %d", i, p.col)
				}
			}
		}
	})
}

var fuzzKeys = []string{"up", "down", "left", "right", "pgup", "pgdown", "ctrl+u", "ctrl+d", "g", "G", "space", "v", "ctrl+a", "esc",
	"enter", "ctrl+r", "n", "N", "tab", "x", "backspace", "delete", "ctrl+w", "ü", "home", "end"}

func FuzzTableKeys(f *testing.F) {
	f.Add(uint16(300), []byte{1, 5, 9, 10, 11, 1, 10, 12, 13}, false)
	f.Add(uint16(0), []byte{9, 8, 10}, true)
	f.Add(uint16(129), []byte{9, 4, 11, 9, 10}, true)
	f.Fuzz(func(t *testing.T, n uint16, keys []byte, byKey bool) {
		src := &counted{n: int(n % 2000)}
		var s Source = src
		if byKey {
			s = Keyed(src)
		}
		table := openTable(t, s, 70, 20)
		for i, k := range keys[:min(len(keys), 64)] {
			src.fail.Store(k >= 250)
			if k >= 240 && k < 250 {
				widgettest.Run(t, table.SetSize(int(k-240)*13, i%30), table)
			}
			press(t, table, fuzzKeys[int(k)%len(fuzzKeys)])
			widgettest.Check(t, table.View(), table.w, table.h)
			p := table.Position()
			if p.Cursor < 0 || p.Cursor >= max(1, p.Len) || p.Len > src.n || table.resident() > 1024 || p.Loading {
				t.Fatalf("%+v, %d held", p, table.resident())
			}
			if r, ok := table.Current(); ok && r.Key != strconv.Itoa(p.Cursor) {
				t.Fatalf("row %q at %d", r.Key, p.Cursor)
			}
		}
	})
}

func BenchmarkTableViewCold(b *testing.B) {
	table := openTable(b, &counted{n: 1000}, 120, 40)
	for b.Loop() {
		table.view.soil()
		_ = table.View()
	}
}

func BenchmarkTableViewCached(b *testing.B) {
	table := openTable(b, &counted{n: 1000}, 120, 40)
	for b.Loop() {
		_ = table.View()
	}
}

func BenchmarkTablePageDown(b *testing.B) {
	table := openTable(b, &counted{n: 100_000_000}, 120, 40)
	for b.Loop() {
		press(b, table, "pgdown")
		_ = table.View()
	}
}
