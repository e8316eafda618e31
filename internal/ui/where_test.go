package ui

import (
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
)

// Where a person's data are, where a value is, and from there to the records.
func TestWhere(t *testing.T) {
	f := newFake()
	d := drive(t, 120, 40, f, "profile?P-0042117&tab=2")
	d.press("c").sees("Where email#", "shop.de", "loyalty.cards", "letterwing", "Mailhaus", "HOLDS", "Whose law", "LfDI", "a delivery is overdue", "R-0001188").misses("m.weiss@")
	if a := d.m.trail.top().Address(); !strings.HasPrefix(a.Of, "identifier:email#") {
		t.Fatalf("c on a value leads to %v", a)
	}
	d.press("enter")
	if a := d.m.trail.top().Address(); a.Screen != "record" || a.Object != "R-0001188" {
		t.Errorf("the only record with the value is not where enter leads: %v", a)
	}
	d.press("esc", "down").sees("nobody said: kind, region, direction, fields").press("enter")
	if a := d.m.trail.top().Address(); a.Screen != "members" || a.Filter != "source:loyalty.cards" {
		t.Errorf("a system leads to %v", a)
	}
	d.press("esc", "down", "enter")
	if a := d.m.trail.top().Address(); a.Screen != "profile" || a.Tab != tabShares+1 || a.Filter != "recipient:letterwing" {
		t.Errorf("a recipient leads to %v", a)
	}
	d.press("esc", "r").sees("P-0042117 as letterwing sees it").press("esc", "w").sees("Card of email#").press("c").sees("Where email#")
	d.press("m").typed("case 7").press("enter").sees("m.weiss@lindenhof.test")
	d.press("e", "enter")
	if len(d.files) != 1 {
		t.Errorf("%d files", len(d.files))
	}

	d = drive(t, 120, 40, newFake(), "profile?P-0042117")
	d.press("1", "c").sees("Where ").command("where").sees("Where ")
	d.command("where P-42117").sees("Where P-0042117 is").misses("HOLDS")
	d.command("where P-42117 city").sees("Where city is", "HOLDS")
	d.command("where one").sees("Where email#")
	d.press("t").sees("Trace").press("c").sees("Where ")
	d.command("graph P-42117").press("c").sees("Where P-0042117 is")
	d.command("dashboard").command("where").sees("of which profile?")
}

// A person as a recipient sees them: what goes, what stays and why.
func TestViewAs(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "profile?P-0042117")
	d.press("r").sees("As which recipient?", "letterwing", "adserver").press("enter")
	d.sees("P-0042117 as letterwing sees it", "birth_date", "strip", "share.minimised", "email", "profiling", "sees nothing of it", "withdrew the consent").misses("m.weiss@")
	for row, want := range []cdp.FieldOutcome{cdp.FieldAllowed, cdp.FieldStripped, cdp.FieldAllowed, cdp.FieldDenied, cdp.FieldDenied} {
		x := d.m.trail.top().(*dossier[cdp.Seen, viewed])
		if v, ok := x.rows.Item(); !ok || v.outcome() != want {
			t.Errorf("row %d: %v, want %v", row, v.outcome(), want)
		}
		d.press("down")
	}
	d.press("m").typed("case 7").press("enter").sees("m.weiss@lindenhof")
	d.press("g", "down", "enter")
	if d.screen() != "record" {
		t.Errorf("a field of one record leads to %s", d.screen())
	}
	d.press("esc", "w").sees("Card of birth_date").press("esc")
	d.command("view-as nobody").sees("recipient of no", "activity of the register")
	d.command("view-as P-42117 letterwing newsletter").sees("as letterwing sees it").misses("profiling")
	d.command("as-of 2026-05-01").sees("[! AS OF 2026-05-01 !]", "as letterwing sees it").misses("this shows the present")
	d.command("now").command("dashboard").command("view-as letterwing").sees("of which profile?")
	f := newFake()
	f.fail["SeenBy"], f.fail["Where"] = true, true
	drive(t, 80, 24, f, "view-as?P-0042117&of=x").sees("disk is on fire")
	drive(t, 80, 24, f, "where?P-0042117").sees("disk is on fire")
}

// What is no purpose is said to be none, wherever it is typed.
func TestLensOfNoPurpose(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "")
	d.command("lens nonsense").sees("the register has no purpose nonsense", "newsletter", "profiling", "orders").misses("nothing is known")
	d.press("esc").command("lens newsletter").sees("newsletter of which profile?")
	d.command("lens P-0042117 nonsense").sees("the register has no purpose nonsense").press("down", "enter").sees("P-0042117 for profiling")
	d.command("lens nonsense").sees("the register has no purpose nonsense").press("enter").sees("P-0042117 for newsletter")
}
