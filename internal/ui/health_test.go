package ui

import "testing"

// From the dashboard to the health of identity, on to what is doubtful there.
func TestHealthLeadsOn(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "")
	d.press("3", "down", "enter").sees("Identity health", "held by one weak value", "LINKED", "61.9 %", "0.12", "21 | 1 | 1", "shared", "501+")
	d.press("enter").sees("Conflicts", "they carry 2 values of crm by shop", "P-0042117  carried by 2 of 12 records")
	d.press("w").sees("Why P-0042117 and P-0042118")
	d.press("esc").press("enter").sees("Which profile?", "P-0042118").press("down", "enter").sees("P-0042118", "Identifiers")
	d.press("esc").press("D").sees("different").misses("they carry 2 values")
	d.press("esc").press("down").press("w").sees("it is about one profile only")
}

// A value that many carry leads to whose it is; one of one profile to that.
func TestHealthHubs(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "health?tab=2")
	d.press("enter").sees("Of 501 profiles: which one?", "P-0042119").press("esc")
	d.press("down", "enter").sees("P-0000007")
	d.press("esc").press("down", "enter").sees("this line leads nowhere")
	d.press("up", "up").misses("m.weiss@").command("reveal case 7").sees("m.weiss@lindenhof")
}

// What can not be read is told, and what was read stays.
func TestHealthFails(t *testing.T) {
	f := newFake()
	f.fail["Health"] = true
	d := drive(t, 120, 40, f, "health")
	d.sees("identity could not be looked at", "disk is on fire")
	f.mu.Lock()
	f.fail["Health"] = false
	f.mu.Unlock()
	d.press("ctrl+r").sees("conflicts", "310")
}

// A figure leads to the pane that tells of it, also one there was no room for.
func TestHealthPanes(t *testing.T) {
	d := drive(t, 80, 24, newFake(), "health")
	d.press("down", "down", "enter").sees("Frozen by the guard", "P-0000009")
	d.press("esc").sees("What waits")
}
