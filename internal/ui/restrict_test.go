package ui

import (
	"testing"
	"time"

	"cdp-tui/internal/cdp"
)

// TestRestrictOnBehalf: from any tab of a profile the person is restricted, from
// a record the row alone; a lift asks first when the person was told.
func TestRestrictOnBehalf(t *testing.T) {
	evidence := func(d *driver) {
		d.typed("letter").press("enter", "ctrl+u").typed("2026-08-03").press("enter").typed("L-18").press("enter")
	}
	d := drive(t, 120, 40, newFake(), "profile?P-0042117")
	d.press("I").typed("contested").sees("Art. 18(1)(a)").press("enter")
	evidence(d)
	d.sees("PREVIEW: nothing is changed yet", "restrict the processing (Art. 18)", "P-0042117").misses("L-18")
	d.press("X").confirmed().sees("recorded on behalf of the person")
	made := d.desk.instructed.recorded
	if len(made) != 1 || made[0].Verb != cdp.InstructRestrict || made[0].Ground != cdp.GroundAccuracy || made[0].Profile != 42117 || made[0].Row != 0 || made[0].Ref != "L-18" || !made[0].Day {
		t.Fatalf("recorded %+v", made)
	}
	d = drive(t, 80, 24, newFake(), "profile?P-0042117")
	d.press("I").typed("lift").press("enter").typed("2026-08-01").press("enter")
	evidence(d)
	d.press("X").confirmed()
	made = d.desk.instructed.recorded
	if len(made) != 1 || made[0].Verb != cdp.InstructLift || made[0].Told.Format(time.DateOnly) != "2026-08-01" {
		t.Fatalf("recorded %+v", made)
	}
	d = drive(t, 80, 24, newFake(), "record?R-0001188")
	d.press("I").typed("legal claims").press("enter")
	evidence(d)
	d.press("X").confirmed()
	if made = d.desk.instructed.recorded; len(made) != 1 || made[0].Row == 0 || made[0].Ground != cdp.GroundClaims {
		t.Fatalf("recorded %+v", made)
	}
	d = drive(t, 80, 24, newFake(), "profile?P-0042117")
	d.press("I").typed("lift").press("enter").typed("soon").press("enter").sees("a day is written 2026-11-03")
	if d.desk.count("PreviewInstruction") != 0 {
		t.Error("previewed though nobody was told")
	}
}
