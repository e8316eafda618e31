package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

func TestWalk(t *testing.T) {
	d := drive(t, 100, 30, newFake(), "")
	d.press("/").typed("weiß~1").press("enter").sees("14 profiles", "P-0042117", "Why", "matched")
	d.press("enter").sees("Dashboard › Search \"weiß~1\" › P-0042117", "[1 Overview]")
	d.press("2").sees("[2 Ids]", "link.consent.given")
	d.press("down", "t").sees("Trace email#", "held because")
	d.press("esc").sees("[2 Ids]")
	if row := d.m.trail.top().Address().Row; row != 1 {
		t.Errorf("back with the cursor on row %d, want 1", row)
	}
	d.press("x").sees("Graph around P-0042117", "SHARED WITH OTHER PROFILES")
	d.press("v").sees("List around P-0042117", "shares it")
	d.press("v", "+").sees("hops 2")
	d.press("_", "_").sees("1 is the limit")
	d.press("esc", "esc", "esc", "esc").sees("Waiting for somebody")
	if d.quit {
		t.Error("esc left the program")
	}
	d.press("esc")
	if d.quit {
		t.Error("esc left the program")
	}
	d.press("q")
	if !d.quit {
		t.Error("q does not leave")
	}
}

func TestBackKeepsFilterAndCursor(t *testing.T) {
	d := drive(t, 100, 30, newFake(), "log")
	d.press("/").typed("reveal").press("enter", "down", "down")
	d.sees(`filter "reveal"`)
	before := d.m.trail.top().Address()
	d.press("enter")
	if d.screen() != "profile" {
		t.Fatal("enter does not open the object")
	}
	d.press("esc")
	if after := d.m.trail.top().Address(); fmt.Sprint(after) != fmt.Sprint(before) || after.Filter != "reveal" || after.Row != 2 {
		t.Errorf("back at %v, was at %v", after, before)
	}
	calls := d.desk.count("Log")
	d.press("]", "]")
	if d.desk.count("Log") != calls {
		t.Error("going nowhere reads")
	}
	d.press("esc").misses("filter \"reveal\"")
}

func TestHistory(t *testing.T) {
	d := drive(t, 100, 30, newFake(), "")
	d.command("sources").command("batches").command("quarantine")
	d.press("[")
	if d.screen() != "batches" {
		t.Fatalf("[ leads to %s", d.screen())
	}
	d.press("[", "]", "]")
	if d.screen() != "quarantine" {
		t.Fatalf("] leads to %s", d.screen())
	}
	d.press("-")
	if d.screen() != "batches" {
		t.Fatalf("- leads to %s", d.screen())
	}
	d.press("-")
	if d.screen() != "quarantine" {
		t.Fatalf("- does not lead back, but to %s", d.screen())
	}
	d.sees("Dashboard › Sources › Batches › Quarantine")
	d.press("[").command("log").press("]").sees("the history ends here")
	if d.screen() != "log" {
		t.Error("what was ahead is not forgotten")
	}
}

func TestSortAndFilter(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "sources")
	d.press("o").sees("SOURCE ↑", "sorted by SOURCE ↑")
	first := func() string {
		for _, l := range strings.Split(d.plain(), "\n") {
			if strings.HasPrefix(l, "┃>") {
				return strings.Fields(l)[1]
			}
		}
		return ""
	}
	d.press("g")
	if first() != "broker.list" {
		t.Errorf("first is %s", first())
	}
	d.press("o", "g")
	if first() != "web.clicks" {
		t.Errorf("first is %s", first())
	}
	if a := d.m.trail.top().Address(); a.Sort != "-source" {
		t.Errorf("address %v", a)
	}
	d.press("/").typed("!registered").press("enter")
	d.sees("broker.list", `filter "!registered"`).misses("shop.orders")
	d.press("/").typed("zzz").press("esc").sees("broker.list") // esc takes back what was typed
	d.press("esc").sees("shop.orders")
}

func TestSearchAndFacets(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "search")
	d.typed("name:(").press("enter").sees("^") // the place of the mistake
	if d.desk.count("Search") != 0 {
		t.Error("a query that can not be read was asked")
	}
	d.press("ctrl+u").typed("weiß").press("enter").sees("14 profiles")
	if n := d.desk.count("Search"); n != 1 {
		t.Errorf("one search asked %d times", n)
	}
	d.press("f", "space").sees("8 profiles", "[x] shop.orders", "source=shop.orders")
	if a := d.m.trail.top().Address(); len(a.Facets) != 1 || a.Facets[0] != "source=shop.orders" {
		t.Errorf("address %v", a)
	}
	d.press("space").sees("14 profiles")
	d.press("f", "s").typed("weiss folk").press("enter").sees(`saved as "weiss folk"`)
	d.command("dashboard").press(":").typed("saved weiss f").press("tab", "enter").sees(`Search "weiß"`)
	d.command("forget weiss folk").sees("is forgotten")
}

func TestPaletteOpensWhatIsTyped(t *testing.T) {
	d := drive(t, 100, 30, newFake(), "")
	d.command("p-42117")
	if a := d.m.trail.top().Address(); a.Screen != "profile" || a.Object != "P-0042117" {
		t.Errorf("at %v", a)
	}
	d.command("open R-1188")
	if d.screen() != "record" {
		t.Errorf("at %s", d.screen())
	}
	d.command("open one")
	if d.screen() != "profile" {
		t.Errorf("at %s", d.screen())
	}
	d.command("open two").sees("2 things carry it", "in quarantine", "m███@███.test").misses("m.weiss")
	d.press("esc").command("open nobody").sees("nothing is known")
	d.press(":", "up").sees(":open nobody")
	d.press("esc").command("nosuchcommandatall").sees("there is no such command")
	d.press("esc").command("why P-0042117 P-0042118").sees("Why P-0042117 and P-0042118")
	d.command("theme light").sees("theme: light")
	d.command("goto 2")
	if row := d.m.trail.top().Address().Row; row != 1 {
		t.Errorf("on row %d", row)
	}
}

func TestFailuresStayOnTheScreen(t *testing.T) {
	for method, open := range map[string]string{"Stats": "dashboard", "Search": "search?q=x", "Profile": "profile?P-0000001", "Touchpoints": "profile?P-0000001&tab=3", "Uses": "profile?P-0000001&tab=5",
		"Trace": "trace?P-0000001", "Neighbourhood": "graph?P-0000001", "Why": "why?P-0000001&of=P-2", "Sources": "sources", "Batches": "batch?B-000009", "Rejects": "rejects",
		"Quarantined": "quarantine", "Log": "log", "Record": "record?R-0000001", "How": "history?P-0000001"} {
		desk := newFake()
		desk.fail[method] = true
		d := drive(t, 120, 40, desk, open)
		d.sees("disk is on fire")
		desk.fail[method] = false
		d.press("ctrl+r", "ctrl+r").misses("disk is on fire")
		desk.fail[method] = true // what was read stays to be seen, and that it is old is told
		d.press("ctrl+r").sees("disk is on fire")
	}
}

func TestPanicsAreContained(t *testing.T) {
	desk := newFake()
	desk.panics = "Log" // with an e-mail address in what it says
	d := drive(t, 120, 40, desk, "log")
	d.sees("internal error").misses("m.weiss")
	d.m.trail.top().(*listing[entry]).about = func(*detail, entry) { panic("m.weiss@lindenhof.test") }
	desk.panics = ""
	d.press("ctrl+r").sees("Something went wrong").misses("m.weiss")
	d.press("x", "m", "e")
	d.press("enter").sees("Waiting for somebody")
}

func TestCtrlC(t *testing.T) {
	d := drive(t, 80, 24, newFake(), "")
	d.press(":").typed("qu").press("ctrl+c").sees("press ctrl+c once more")
	if d.quit || d.m.palette.on {
		t.Error("the first ctrl+c quits, or leaves the palette open")
	}
	d.press("down", "ctrl+c")
	if d.quit {
		t.Error("another key between does not count")
	}
	d.press("ctrl+c")
	if !d.quit {
		t.Error("the second ctrl+c does not quit")
	}
}

func TestQuitAsksWhileJobsRun(t *testing.T) {
	d := drive(t, 80, 24, newFake(), "log")
	d.m.jobs = 1
	d.press("q").sees("1 jobs are still running")
	if d.quit {
		t.Fatal("left at once")
	}
	d.press("enter")
	if d.quit {
		t.Error("enter on the first choice leaves")
	}
	d.press("q", "down", "enter")
	if !d.quit {
		t.Error("can not be left")
	}
}

// A list of a million rows is walked to its end with a bounded number of rows held.
func TestMillionRows(t *testing.T) {
	desk := newFake()
	desk.entries = 1_000_000
	d := drive(t, 80, 24, desk, "log")
	d.press("G").sees("of 1,000,000")
	l := d.m.trail.top().(*listing[entry])
	if n := len(l.rows.feed.seen); n > maxSeen {
		t.Errorf("%d entries held", n)
	}
	d.sees("1,000,000 of 1,000,000")
	d.press("g").sees("1 of 1,000,000")
	desk.hits = 1_000_000
	d.command("search x").press("G").sees("1,000,000 of 1,000,000")
}

func TestLeavingAScreenCancelsItsReads(t *testing.T) {
	for method, open := range map[string]string{"Log": "log", "Search": "search?q=x", "Profile": "profile?P-0000001", "Trace": "trace?P-0000001", "Neighbourhood": "graph?P-0000001", "Record": "record?R-0000001", "Stats": "dashboard"} {
		desk := newFake()
		d := drive(t, 80, 24, desk, "sources")
		desk.slow[method] = make(chan struct{})
		a, err := parseAddress(open)
		if err != nil {
			t.Fatal(err)
		}
		// The reads run beside, as they do in a program.
		answers, n := make(chan tea.Msg), 0
		var begin func(cmd tea.Cmd)
		begin = func(cmd tea.Cmd) {
			if cmd == nil {
				return
			}
			n++
			go func() { answers <- cmd() }()
		}
		begin(d.m.visit(a))
		for desk.waiting(method) == 0 {
			select {
			case msg := <-answers:
				n--
				if batch, ok := msg.(tea.BatchMsg); ok {
					for _, c := range batch {
						begin(c)
					}
				} else if msg != nil {
					_, cmd := d.m.Update(msg)
					begin(cmd)
				}
			case <-time.After(time.Millisecond):
			}
		}
		d.m.leave()
		for n > 0 { // every read must come back by itself
			msg := <-answers
			n--
			if batch, ok := msg.(tea.BatchMsg); ok {
				for _, c := range batch {
					begin(c)
				}
			} else if msg != nil {
				d.m.Update(msg)
			}
		}
		if desk.ended[method] == 0 {
			t.Errorf("%s: the read of %s was not cancelled", open, method)
		}
	}
}

func TestAliasLeadsToTheLivingProfile(t *testing.T) {
	desk := newFake()
	desk.alias = 7
	d := drive(t, 120, 40, desk, "profile?P-0000009")
	d.sees("P-0000009 was merged into P-0000007", "Dashboard › P-0000007")
	if a := d.m.trail.top().Address(); a.Object != "P-0000007" {
		t.Errorf("address %v", a)
	}
	d.press("m").typed("DSR-0142").press("enter")
	if len(desk.reveals) != 1 || !strings.HasPrefix(desk.reveals[0], "profile P-0000007 ") {
		t.Errorf("logged %q", desk.reveals)
	}
}

// What there is no room for is not read, and so is not in the log as read.
func TestWhatIsNotShownIsNotRead(t *testing.T) {
	d := drive(t, 80, 24, newFake(), "profile?P-0042117")
	if n := d.desk.count("Touchpoints"); n != 0 {
		t.Errorf("a timeline without room is read %d times", n)
	}
	d.resize(120, 40)
	if n := d.desk.count("Touchpoints"); n != 1 {
		t.Errorf("the timeline is read %d times", n)
	}
	d.press("2", "1", "4", "1")
	if n := d.desk.count("Profile"); n != 1 {
		t.Errorf("turning tabs reads the profile %d times", n)
	}
}

// TestTypedObject: where a command wants a profile, what is no id is looked up.
func TestTypedObject(t *testing.T) {
	d := drive(t, 100, 30, newFake(), "")
	d.command("graph one")
	if d.screen() != "graph" || d.m.trail.top().Address().Object != "P-0042117" {
		t.Fatalf("graph one leads to %s of %s", d.screen(), d.m.trail.top().Address().Object)
	}
	d.command("trace two").sees("P-0042117", "R-0000009", "in quarantine").press("enter")
	if d.screen() != "trace" {
		t.Fatalf("the first of two leads to %s", d.screen())
	}
	d.command("record two").press("down", "enter")
	if d.screen() != "record" {
		t.Fatalf("the second of two leads to %s", d.screen())
	}
	d.command("log one")
	if d.screen() != "log" || d.m.trail.top().Address().Object != "P-0042117" {
		t.Fatalf("log one leads to %s of %s", d.screen(), d.m.trail.top().Address().Object)
	}
	d.command("profile nobody").sees("nothing is known under that")
	if d.screen() != "log" {
		t.Fatalf("nobody leads to %s", d.screen())
	}
}
