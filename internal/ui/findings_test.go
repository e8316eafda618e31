package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
)

// From the dashboard to what is not lawful, to the record that shows it.
func TestFindingsLeadToTheEvidence(t *testing.T) {
	f := newFake()
	d := drive(t, 120, 40, f, "")
	d.command("findings").sees("Findings", "high", "Sent on after the consent was withdrawn", "+2", "-11", "Tell the recipient to erase", "100 > 118 > 120", "P30D").misses("BASIS_SWAP")
	d.press("Q").sees("source:mailer.reports").press("esc")
	d.press("enter").sees("SHARE_AFTER_WITHDRAWAL", "R-0001188", "letterwing", "withdrawn")
	d.press("enter").sees("R-0001188").press("esc")
	if n := f.count("Lint"); n != 1 {
		t.Errorf("the store was read %d times", n)
	}
	d.press("G").sees("in clarification").press("enter").sees("Sources").press("esc")
	d.press("esc").press("down", "enter").sees("adserver", "country").press("enter").sees("data went to: adserver", "shared:adserver")
}

// Muting asks why and until when, and counts anew.
func TestFindingsMute(t *testing.T) {
	f := newFake()
	d := drive(t, 120, 40, f, "finding?SHARE_AFTER_WITHDRAWAL")
	d.press("H").sees("why is SHARE_AFTER_WITHDRAWAL muted for R-0001188").typed("ticket 7").press("enter")
	d.sees("until which day").typed("tomorrow").press("enter").sees("2026-12-31").misses("is muted until")
	d.press("H").typed("ticket 7").press("enter").typed("2026-12-31").press("enter").sees("is muted until 2026-12-31")
	d.press("K").typed("all of them").press("enter").typed("2026-12-30").press("enter")
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.muted) != 2 || f.muted[0].Reason != "ticket 7" || f.muted[0].Object != (cdp.Ref{Kind: "record", ID: "R-0001188"}) ||
		f.muted[1].Object != (cdp.Ref{Kind: "source", ID: "mailer.reports"}) || f.muted[0].Until.In(time.UTC).Before(time.Date(2026, 12, 31, 20, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", f.muted)
	}
}

// What can not be read is told, and read when asked again.
func TestFindingsFail(t *testing.T) {
	f := newFake()
	f.fail["Lint"] = true
	d := drive(t, 120, 40, f, "findings").sees("disk is on fire")
	f.mu.Lock()
	f.fail["Lint"] = false
	f.mu.Unlock()
	d.press("ctrl+r").sees("Sent on after the consent")
}

// A mute is lifted with a reason, and what it hid counts again.
func TestMuteIsLifted(t *testing.T) {
	f := newFake()
	d := drive(t, 120, 40, f, "findings")
	before := f.count("Lint")
	d.press("J").sees("Mutes", "mailer.reports", "store.wlan", "in clarification", "it has ended by itself").press("down").sees("NO_BASIS", "ticket 12").misses("it has ended by itself")
	d.press("H").sees("why shall NO_BASIS count again for store.wlan").press("enter").sees("a reason is needed")
	if len(f.lifted) != 0 {
		t.Fatal("lifted without a reason")
	}
	d.typed("cleared").press("enter").sees("NO_BASIS counts again for store.wlan", "SHARE_AFTER_WITHDRAWAL").misses("ticket 12")
	if want := []string{"NO_BASIS", "store.wlan", "cleared"}; !slices.Equal(f.lifted, want) {
		t.Errorf("lifted %q", f.lifted)
	}
	d.press("esc", "esc").command("sources").command("findings").sees("120")
	if f.count("Lint") == before {
		t.Error("the findings were not looked for again")
	}
}

// The dashboard tells how much was found, and when; it leads to it.
func TestFindingsOnTheDashboard(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "")
	d.sees("looked for 3 h ago", "120 / 120").press("enter").sees("Findings") // the first thing that waits
}

// What nobody declared is told by word, and enter shows the whole row.
func TestRopaScreen(t *testing.T) {
	f := newFake()
	d := drive(t, 120, 40, f, "")
	d.command("ropa").sees("Art. 30 register", "newsletter.send", "as declared", "not seen", "source store.wlan", "not declared")
	d.press("enter").sees("3 records held past the period", "Letterwing Inc.: A46-2-c", "Withdraw consent (Art. 7(3))").misses("textile.collection")
	d.press("esc").press("esc").press("G").press("enter").sees("no activity of the source covers it", "klickpartner for ads", "1 not declared")
	d.press("esc", "esc", "o")
	if n := f.count("Ropa"); n != 1 {
		t.Errorf("the store was read %d times", n)
	}
	d.press("ctrl+r")
	if n := f.count("Ropa"); n != 2 {
		t.Errorf("asked again, read %d times", n)
	}
}

// The form asks of what, in which window, and since when; the clock is told.
func TestBreachScreen(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "")
	d.command("breach").sees("Whose breach is it?").press("enter").sees("which source?", "newsletter").typed("shop.orders").press("enter")
	d.sees("window from").typed("last week").press("enter").misses("Breach of").sees("window from") // asked again, the rest is kept
	d.sees("a day is written").typed("2026-08-01").press("enter").misses("a day is written").typed("2026-08-20").press("enter")
	d.sees("become aware").typed("2999-01-01").press("enter").misses("Breach of").sees("that lies ahead")
	d.sees("become aware").typed("2026-08-23T10:00").press("enter") // as the command has it
	d.sees("Breach of source shop.orders", "notify by 2026-08-26 10:00: 67 h left", "(GDPR Art. 33(1))", "4,117", "12 records without a profile", "unknown", "of 117 persons no country is known", "2026-08-01 00:00", "2026-08-20 23:59")
	d.press("E").press("down", "enter").typed("letterwing").press("enter", "enter", "enter", "enter").sees("Breach of recipient letterwing", "the clock is not running")
	f := newFake()
	f.fail["BreachScope"] = true
	drive(t, 80, 24, f, "breach?source+shop.de").sees("disk is on fire")
	drive(t, 80, 24, newFake(), "").command("breach").press("enter").typed("nobody").sees("no match").press("enter", "esc").misses("Breach of", "window from")
}

// The trend of a rule has its dates, in both sizes.
func TestTrendHasDates(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		d := drive(t, size[0], size[1], newFake(), "findings")
		d.sees("100 > 118 > 120, since").press("d", "end")
		d.sees("Open after each run", "2026-08-09 11:32", "2026-08-16 11:32", "2026-08-23 11:32")
	}
}

// A figure that stays from run to run is said once.
func TestTrendSaysAFigureOnce(t *testing.T) {
	f := ruled{}
	for _, n := range []int{2, 2, 2, 3, 3, 2} {
		f.trend = append(f.trend, past{start, n})
	}
	if got := f.trends(show{lex: newEnglish(), zone: time.UTC}).text.String(); !strings.HasPrefix(got, "2 > 3 > 2, since") {
		t.Error(got)
	}
}

// What was found at another time is read once, and what is found now is still
// there when it is looked at again; nothing is muted or lifted there.
func TestFindingsOfAnotherTime(t *testing.T) {
	f := newFake()
	d := drive(t, 120, 40, f, "findings").sees("Sent on after the consent")
	d.command("as-of 2026-05-01").sees("FAX_UNSIGNED").misses("Sent on after the consent", "this shows the present")
	d.press("enter").sees("R-0000007").press("H").sees("this is not the present").press("esc")
	d.press("J").sees("is being signed").misses("ticket 12", "it has ended by itself").press("H").sees("this is not the present")
	d.command("for newsletter").command("findings").sees("Sent on after the consent", "this shows the present")
	d.command("now").sees("Sent on after the consent")
	if now, then := f.count("Lint"), f.count("LintThen"); now != 1 || then != 1 {
		t.Errorf("the store was read %d times for now and %d times for then", now, then)
	}
	if len(f.muted)+len(f.lifted) > 0 {
		t.Error("something was muted or lifted from another time")
	}
	d.command("as-of 2026-05-01").command("findings").sees("FAX_UNSIGNED").press("ctrl+r")
	if then := f.count("LintThen"); then != 2 {
		t.Errorf("read anew, %d times for then", then)
	}
}
