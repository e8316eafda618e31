package ui

import (
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
	d.press("esc").press("down", "enter").sees("adserver", "country").press("enter").sees("Sources")
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
