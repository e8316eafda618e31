package ui

import (
	"slices"
	"testing"
)

// From the recipients over the plan to the profiles that a rule decides on.
func TestSharePlanLeadsOn(t *testing.T) {
	f := newFake()
	d := drive(t, 120, 40, f, "")
	d.command("targets").sees("Gate out", "letterwing", "newsletter", "Letterwing Inc.")
	d.press("enter").sees("Over which channel").press("enter").sees("share.consent.withdrawn", "over email", "410,114", "deny", "Art. 7(3)", "620,114 profiles", "abad1dea")
	d.press("down", "down").sees("birth_date", "strip", "does not need it")
	d.press("enter").sees("P-0042117", "email", "birth_date", "allow").misses("m.weiss@")
	d.press("enter").sees("P-0042117", "Identifiers")
}

// A plan can be about a topic; the recipients lead to what each must be told, and
// to what was sent to it after a no.
func TestTargetsLeadOn(t *testing.T) {
	f := newFake()
	d := drive(t, 120, 40, f, "targets")
	d.press("enter").typed("topic").press("enter").sees("channel, then the topic").typed("fashion").press("enter").sees("over email", "about fashion")
	if ask := askOf(d.m.trail.top().Address()); ask.Channel != "email" || ask.Topic != "fashion" || ask.Purpose != "newsletter" {
		t.Errorf("%+v", ask)
	}
	d.press("esc").press("enter").typed("topic").press("enter", "enter").sees("such as: email fashion")
	d = drive(t, 80, 24, f, "targets")
	d.press("b").sees("Outbox: letterwing", "withdrawal")
	if f.outbox.Recipient != "letterwing" || !f.outbox.All {
		t.Errorf("%+v", f.outbox)
	}
	d.press("esc", "!").sees("Drift", "recipient:letterwing")
	f.noTargets = true
	drive(t, 80, 24, f, "targets").press("b").sees("lets data go to nobody")
}

// The outbox tells how far each notice is; the subject stays masked until it is
// revealed with a reason.
func TestOutboxScreen(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "")
	d.command("outbox").sees("Outbox", "letterwing", "withdrawal", "failed", "correction", "mailbox full", "S-000003-0000001").misses("m.weiss@lindenhof")
	d.command("reveal case 7").sees("m.weiss@lindenhof")
	d.press("enter").sees("P-0042117", "Identifiers")
}

// What was sent after a no is red, and what a recipient acknowledged last is told.
func TestDriftScreen(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "")
	d.command("drift").sees("Drift", "2 d", "nothing yet", "sent after the no", "letterwing for newsletter: 7 in step, 2", "behind, 1 sent after a no")
	d.press("down").sees("acknowledged last").misses("sent after the no")
	f := newFake()
	f.fail["Drift"] = true
	drive(t, 80, 24, f, "drift").sees("disk is on fire")
}

// What became of a notice is noted where it is listed: the state, then how.
func TestMarkNotice(t *testing.T) {
	f := newFake()
	d := drive(t, 120, 40, f, "").command("outbox")
	d.press("$").sees("what became of N-000004 to letterwing", "sent, acknowledged, failed or impossible")
	d.typed("perhaps").press("enter")
	if len(f.marked) != 0 {
		t.Errorf("what is no state was noted: %v", f.marked)
	}
	d.press("$").typed("ack by letter of 3 May").press("enter").sees("N-000004 is noted as acknowledged")
	drift := drive(t, 120, 40, f, "drift")
	drift.press("$").typed("sent by courier, today").press("enter").sees("N-000004 is noted as sent")
	if want := []string{"N-000004 acknowledged: by letter of 3 May", "N-000004 sent: by courier, today"}; !slices.Equal(f.marked, want) {
		t.Errorf("noted: %q", f.marked)
	}
}
