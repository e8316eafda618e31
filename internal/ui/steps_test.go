package ui

import (
	"strings"
	"testing"
)

// The help is told at every size, whatever else there is no room for.
func TestHelpIsAlwaysTold(t *testing.T) {
	for name, open := range places() {
		for _, size := range [][2]int{{60, 15}, {80, 24}, {99, 30}, {100, 30}, {120, 40}} {
			d := drive(t, size[0], size[1], newFake(), open)
			want := []string{"<?>help", "<?> help"}
			if name == "search-empty" { // letters are text there
				want = []string{"<esc>back", "<esc> back"}
			}
			lines := strings.Split(d.plain(), "\n")
			if last := strings.TrimSpace(lines[len(lines)-1]); !strings.HasSuffix(last, want[0]) && !strings.HasSuffix(last, want[1]) {
				t.Errorf("%s at %v: %q", name, size, last)
			}
		}
	}
}

func TestHelpTellsWhatKeysDoHere(t *testing.T) {
	d := drive(t, 100, 40, newFake(), "dashboard")
	d.press("?").sees("search", "read again", "export everything that the filter leaves").misses("filter the list") // "/" searches here
	d.press("esc").command("sources").press("?").typed("reveal").sees("show in clear for 30 s")
	d.press("esc", "o", "m").sees(" <m> nothing here is masked")
	d.resize(60, 15)
	for l := range strings.SplitSeq(d.plain(), "\n") {
		if before, _, ok := strings.Cut(l, "<m> nothing"); ok && !strings.HasSuffix(before, " ") {
			t.Errorf("the message runs into the status: %q", l)
		}
	}
}

// What was asked for on the way here stays; esc takes back only what was typed since.
func TestEscKeepsTheFilterOneCameWith(t *testing.T) {
	d := drive(t, 100, 30, newFake(), "batch?B-000211")
	d.press("b").sees("Rejected rows", `filter "batch:B-000211"`)
	d.press("esc")
	if d.screen() != "batch" {
		t.Errorf("esc leads to %s", d.screen())
	}
	d.press("b", "/", "ctrl+u").typed("csv").press("enter").sees(`filter "csv"`)
	d.press("esc").sees(`filter "batch:B-000211"`)
	d.press("esc", "[").sees(`filter "batch:B-000211"`).press("esc")
	if d.screen() != "batch" {
		t.Errorf("out of the history esc leads to %s", d.screen())
	}
}

// The same list seen otherwise is no further step on the way.
func TestRejectsOfBothKindsAreOnePlace(t *testing.T) {
	d := drive(t, 100, 30, newFake(), "batch?B-000003")
	d.press("b").sees("Dashboard › B-000003 › Rejected rows", "open ones")
	d.press("a").sees("open and replayed ones", `filter "batch:B-000003"`).misses("Rejected rows › Rejected rows")
	d.press("a").sees("open ones").misses("Rejected rows › Rejected rows")
	d.press("[").sees("open and replayed ones")
	d.press("esc")
	if d.screen() != "batch" {
		t.Errorf("esc leads to %s", d.screen())
	}
}

func TestDashboardLeads(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "dashboard")
	d.press("down", "enter").sees("Dashboard › Outbox").press("esc")
	d.press("down", "down", "down", "enter").sees("Dashboard › Sources", "sorted by APART ↓")
	d.press("esc").sees("records held apart")
	d.press("3", "end", "enter").sees(`Search "size:>100"`)
	d.command("batches").command("dashboard")
	if n := len(d.m.trail.stops); n != 1 || d.screen() != "dashboard" {
		t.Errorf("the dashboard stands at the end of a way of %d", n)
	}
	d.press("[").sees("Dashboard › Search \"size:>100\" › Batches")
}

// Changes of one entry of the journal are told apart.
func TestHistoryTellsTheChangeUnderTheCursor(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "history?P-0042117")
	d.sees("record      R-0001190").misses("record      R-0001191")
	d.press("down").sees("record      R-0001191").misses("record      R-0001190")
	d.press("enter").sees("› R-0001191")
}

// Zoomed panes of the search stand under the query's line, with their whole frame.
func TestSearchZoom(t *testing.T) {
	d := drive(t, 80, 24, newFake(), "search?q=weiss")
	d.press("z").sees("search: weiss", "━ 1 Results ━")
	d.press("esc", "w").sees("search: weiss", "━ 3 Why P-0042117 matched ━")
}

func TestSavedSearches(t *testing.T) {
	d := drive(t, 100, 30, newFake(), "search?q=weiss+or+popa")
	d.press("f", "space", "down", "space", "down", "down", "space").press("s").typed("mine").press("enter").sees(`saved as "mine"`)
	want := `(weiss or popa) and basis:contract and (source:newsletter or source:shop.orders)`
	if last := d.desk.saved[len(d.desk.saved)-1]; last.Query != want {
		t.Errorf("saved %q, want %q", last.Query, want)
	}
	d.command("dashboard").press(":").typed("saved ").press("down", "down", "enter").sees(`Search "(weiss or popa) and bas`)
	d.command("forget theirs").sees("there is no saved search of that name")
	if n := d.desk.count("ForgetSearch"); n != 0 {
		t.Errorf("%d searches forgotten that are not there", n)
	}
	d.press(":").typed("forget ").press("down", "down", "enter").sees(`"mine" is forgotten`)
}

// "/" finds in the text that has the keys, n and N go on, esc takes it back.
func TestFindInText(t *testing.T) {
	d := drive(t, 80, 24, newFake(), "batch?B-000211")
	text, _ := d.m.text()
	if text != nil {
		t.Fatal("the list is taken for a text")
	}
	d.press("d", "/").sees("find in this text:").typed("profiles").press("enter").sees("profiles +", `"profiles": n and N`)
	first := d.plain()
	d.press("g", "n").sees("profiles +")
	d.press("/", "ctrl+u").typed("zebra").press("enter").sees(`"zebra" is not in this text`)
	d.press("esc").misses("zebra")
	if d.screen() != "batch" || first == d.plain() {
		t.Error("esc does more, or less, than to end finding")
	}
	d.press("esc", "/").sees("filter (word")
}
