package ui

import (
	"fmt"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ui/widget/widgettest"
)

// told goes from the consents of a profile to the preview of an instruction.
func (d *driver) told(choice string) *driver {
	return d.press("I").typed(choice).press("enter").typed("letter").press("enter", "ctrl+u").typed("2026-08-03").press("enter").typed("L-2026-17").press("enter")
}

// TestOnBehalf: from a row of the consents, by evidence and a preview, to what is
// recorded; no step can be left out.
func TestOnBehalf(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		d := drive(t, size[0], size[1], newFake(), "profile?P-0042117&tab=4")
		d.press("I").sees("withdraw the consent")
		widgettest.Golden(t, fmt.Sprintf("overlay-onbehalf-%dx%d", size[0], size[1]), d.frame())
		d.press("esc").told("withdraw")
		d.sees("PREVIEW: nothing is changed yet").misses("L-2026-17")
		widgettest.Golden(t, fmt.Sprintf("instruct-%dx%d", size[0], size[1]), d.frame())
		if d.desk.count("Instruct") != 0 {
			t.Fatal("recorded by a preview")
		}
		d.press("X").sees("Carry out: withdraw")
		d.press("esc").sees("nothing was changed")
		d.press("X").confirmed()
		d.sees("recorded on behalf of the person")
		made := d.desk.instructed.recorded
		if len(made) != 1 || made[0].Verb != cdp.InstructWithdraw || made[0].Via != "letter" || made[0].Ref != "L-2026-17" || !made[0].Day ||
			made[0].At.Format(time.DateOnly) != "2026-08-03" || len(made[0].Purposes) != 1 || made[0].Endpoint.IsZero() {
			t.Errorf("recorded %+v", made)
		}
		if d.screen() != "profile" {
			t.Errorf("on %s", d.screen())
		}
	}
}

// TestOnBehalfNeedsEvidence: a step left empty, or a day that is none, records
// nothing and shows no preview.
func TestOnBehalfNeedsEvidence(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "profile?P-0042117&tab=4")
	d.press("I").typed("withdraw").press("enter", "enter").sees("evidence is needed")
	d.typed("call").press("enter", "ctrl+u").typed("yesterday").press("enter").sees("a day is written 2026-11-03")
	if d.desk.count("PreviewInstruction") != 0 || d.screen() != "profile" {
		t.Error("previewed without evidence")
	}
	d.told("not by")
	d.press("esc") // of the channel it asked for
	desk := newFake()
	desk.instructed.stale = true
	d = drive(t, 120, 40, desk, "profile?P-0042117&tab=4").told("withdraw")
	d.press("X").confirmed().sees("the data changed since the preview", "PREVIEW")
	desk = newFake()
	desk.decided.readOnly = true
	d = drive(t, 120, 40, desk, "profile?P-0042117&tab=4").press("I")
	if d.m.menu != nil {
		t.Error("a read-only desk offers it")
	}
}

// TestPreferenceOnBehalf asks for the channel, too.
func TestPreferenceOnBehalf(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "profile?P-0042117&tab=4")
	d.press("I").typed("not by").press("enter", "ctrl+u").typed("sms").press("enter", "enter").typed("call").press("enter", "enter").typed("C-1").press("enter").press("X").confirmed()
	made := d.desk.instructed.recorded
	if len(made) != 1 || made[0].Verb != cdp.InstructPrefer || made[0].Wish != cdp.Unwanted || made[0].Channel != "sms" || made[0].At.IsZero() {
		t.Errorf("recorded %+v", made)
	}
}

// TestPreferencesOnBehalf: each part of a preference can be recorded, about a
// channel and topic, with evidence; and what is typed wrongly records nothing.
func TestPreferencesOnBehalf(t *testing.T) {
	for _, tt := range []struct {
		choice, typed, channel, topic string
		want                          cdp.Instruction
	}{
		{"not by", "", "email", "garden", cdp.Instruction{Wish: cdp.Unwanted, Channel: "email", Topic: "garden"}},
		{"take an earlier", "", "", "", cdp.Instruction{Wish: cdp.WishNone}},
		{"how often", "P1M", "email", "", cdp.Instruction{Frequency: "P1M", Channel: "email"}},
		{"hours without", "22:00-06:30 Europe/Bucharest", "", "", cdp.Instruction{Quiet: cdp.Quiet{From: 22 * 60, To: 6*60 + 30, Zone: "Europe/Bucharest"}}},
		{"which language", "ro", "", "", cdp.Instruction{Language: "ro"}},
	} {
		d := drive(t, 80, 24, newFake(), "profile?P-0042117&tab=4")
		d.press("I").typed(tt.choice).press("enter")
		if tt.typed != "" {
			d.press("ctrl+u").typed(tt.typed).press("enter")
		}
		d.press("ctrl+u").typed(tt.channel).press("enter", "ctrl+u").typed(tt.topic).press("enter").typed("call").press("enter", "enter").typed("C-1").press("enter").
			sees("PREVIEW: nothing is changed yet").press("X").confirmed()
		made := d.desk.instructed.recorded
		if len(made) != 1 {
			t.Errorf("%s: recorded %+v", tt.choice, made)
			continue
		}
		in := made[0]
		if in.Verb != cdp.InstructPrefer || in.Wish != tt.want.Wish || in.Channel != tt.want.Channel || in.Topic != tt.want.Topic || in.Frequency != tt.want.Frequency ||
			in.Quiet != tt.want.Quiet || in.Language != tt.want.Language || in.Via != "call" || in.Ref != "C-1" || in.At.IsZero() || in.Endpoint.IsZero() {
			t.Errorf("%s: recorded %+v", tt.choice, in)
		}
	}
	d := drive(t, 120, 40, newFake(), "profile?P-0042117&tab=4")
	d.press("I").typed("hours without").press("enter", "ctrl+u").typed("at night").press("enter").sees("Hours without contact")
	if d.m.line != nil || d.desk.count("PreviewInstruction") != 0 {
		t.Error("hours that are none were taken")
	}
}

// TestConsentOnBehalf: a consent of any purpose, from an endpoint of which
// nothing was said yet; a no to all purposes; and the text that was shown.
func TestConsentOnBehalf(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "profile?P-0042117&tab=2")
	d.press("I").typed("give").press("enter").typed("newsletter").press("enter").typed("NL-2026-1").press("enter").typed("form").press("enter", "enter").typed("F-118").press("enter").
		sees("NL-2026-1").press("X").confirmed()
	made := d.desk.instructed.recorded
	if len(made) != 1 || made[0].Verb != cdp.InstructGive || len(made[0].Purposes) != 1 || made[0].Notice != "NL-2026-1" || made[0].Endpoint.IsZero() {
		t.Errorf("given: %+v", made)
	}
	d = drive(t, 80, 24, newFake(), "profile?P-0042117&tab=2")
	d.press("I").typed("object").press("down", "enter").typed("letter").press("enter", "enter").typed("L-1").press("enter").sees("of all purposes").press("X").confirmed()
	if made = d.desk.instructed.recorded; len(made) != 1 || made[0].Verb != cdp.InstructObject || len(made[0].Purposes) != 0 {
		t.Errorf("objected: %+v", made)
	}
}

// TestPreferenceRows: preferences stand beside the consents, with each statement.
func TestPreferenceRows(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		desk := newFake()
		desk.instructed.wishes = true
		d := drive(t, size[0], size[1], desk, "profile?P-0042117&tab=4")
		d.press("end", "up").sees("wish: sms garden", "wish        unwanted", "sources contradict").misses("call C-118")
		widgettest.Golden(t, fmt.Sprintf("preferences-%dx%d", size[0], size[1]), d.frame())
		d.press("I").sees("preference: hours without contact").misses("give the consent  newsletter")
	}
}
