package ui

import (
	"testing"
	"time"
)

func TestDashboardReadsItselfAgain(t *testing.T) {
	desk := newFake()
	d := drive(t, 120, 40, desk, "")
	stats, log := desk.count("Stats"), desk.count("Log")
	for i := range 3 {
		d.pass(beatTime)
		if n := desk.count("Stats"); n != stats+i+1 {
			t.Fatalf("after %d beats the counts were read %d times, want %d", i+1, n-stats, i+1)
		}
	}
	if desk.count("Log") != log {
		t.Error("a beat looks at the log, which is an entry in it")
	}

	// What can not be read again stays, and is told without being in the way.
	at := d.now
	desk.fail["Stats"] = true
	toasts := len(d.m.toasts.All())
	d.pass(beatTime)
	d.sees("1,204,565", "as of "+at.Format(time.TimeOnly), "could not be read again")
	if len(d.m.toasts.All()) != toasts {
		t.Error("a beat that failed is a toast")
	}
	d.press("ctrl+r") // who asks is told
	if len(d.m.toasts.All()) == toasts {
		t.Error("a refresh that failed is not told")
	}
	desk.fail["Stats"] = false
	d.pass(beatTime)
	d.misses("could not be read again")

	// No beat while another screen is shown, one chain of them afterwards.
	d.command("sources")
	stats = desk.count("Stats")
	d.pass(3 * beatTime)
	if desk.count("Stats") != stats {
		t.Error("the counts are read for a dashboard that was left")
	}
	for range 3 {
		d.press("esc").command("sources")
	}
	d.press("esc")
	stats = desk.count("Stats")
	d.pass(beatTime)
	if n := desk.count("Stats") - stats; n != 1 {
		t.Errorf("a beat reads the counts %d times", n)
	}
}

// Rows of counts lead to what they count.
func TestDashboardLeadsOn(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "")
	for pane, rows := range d.m.trail.top().(*dashboard).rows {
		if pane == dashShares { // there is no list of what one recipient got yet
			continue
		}
		if len(rows.rows) == 0 {
			t.Errorf("pane %d is empty", pane)
		}
		for _, r := range rows.rows {
			if rows.to[r.Key].Screen == "" {
				t.Errorf("pane %d, row %s leads nowhere", pane, r.Key)
			}
		}
	}
}

// A reading that takes longer than a beat is waited for.
func TestDashboardBeatsDoNotPileUp(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "")
	x := d.m.trail.top().(*dashboard)
	if x.recount() == nil {
		t.Fatal("nothing is read")
	}
	if x.recount() != nil {
		t.Error("a second reading begins while the first is under way")
	}
}

func TestSuspend(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "")
	d.press("ctrl+z")
	d.press(":").press("ctrl+z", "esc")
	if d.slept != 2 {
		t.Errorf("suspended %d times, want 2", d.slept)
	}
	d.m.opt.Remote = true
	d.press("ctrl+z")
	if d.slept != 2 {
		t.Error("a console behind a network suspends the server")
	}
	d.sees("the console runs elsewhere")
}

// The dashboard leads to segments, counts and coverage, and from who got data to
// what they must be told.
func TestDashboardLeadsToReports(t *testing.T) {
	for screen, row := range map[string]int{"segments": 3, "counts": 4, "coverage": 5} {
		d := drive(t, 80, 24, newFake(), "").press("3")
		for range row {
			d.press("down")
		}
		if d.press("enter"); d.screen() != screen {
			t.Errorf("row %d leads to %s, not to %s", row, d.screen(), screen)
		}
	}
	d := drive(t, 80, 24, newFake(), "").press("4", "enter")
	if a := d.m.trail.top().Address(); a.Screen != "outbox" || a.Object == "" || !a.All {
		t.Errorf("a recipient leads to %+v", a)
	}
}
