package ui

import (
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
)

// The queue is gone through one by one: each verdict has a reason, a decision
// shows its effect first, and the next pair comes by itself.
func TestMatchesAreJudged(t *testing.T) {
	desk := newFake()
	desk.matched.behind = 12
	d := drive(t, 120, 40, desk, "")
	d.command("matches").sees("21 to judge", "12 changes behind", "ambiguous", "P-0042117", "one letter differs")
	d.press("enter").sees("P-0042117 – P-0042118", "near", "one letter differs", "+14.50", "rival       P-0000007", "Not compared")
	d.misses("Marlene", "1979-04-01", "Mühlweg")
	d.press("S", "enter").sees("a reason is needed").typed("same birth date, called").press("enter")
	d.sees("P-0042117 and P-0042118 are the same person", "1 vanishes", "because: same birth date, called")
	d.press("enter")
	if len(desk.matched.judged) != 0 || d.m.confirm == nil {
		t.Fatalf("a key typed ahead judged %q", desk.matched.judged)
	}
	d.confirmed().sees("D-000014 is carried out", "P-0042119 – P-0042120")
	d.press("U").typed("twins?").press("enter").sees("kept; it is shown last", "P-0042121 – P-0042122")
	if n := desk.count("Preview"); n != 1 {
		t.Errorf("unsure was previewed: %d", n)
	}
	d.press(".").sees("P-0042123 – P-0042124")
	d.press("D").typed("father and son").press("enter").confirmed().sees("P-0042125 – P-0042126")
	want := []string{"same P-0042117 P-0042118: same birth date, called", "unsure P-0042119 P-0042120: twins?", "different P-0042123 P-0042124: father and son"}
	if got := strings.Join(desk.matched.judged, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("judged %s", got)
	}
	d.press("esc").sees("Possible matches", "1 of 27").misses("P-0042119") // read again, as something was decided
	if n := desk.count("Matches"); n < 5 {
		t.Errorf("the queue was read %d times", n)
	}
	desk.fail["JudgeMatch"] = true
	d.press("enter", "U").typed("x").press("enter").sees("not judged: store: disk is on fire")
}

// A verdict does what was previewed, or nothing: then the pair is read again.
func TestVerdictIsThePreview(t *testing.T) {
	d := drive(t, 100, 30, newFake(), "match?P-0042117&of=P-0042118")
	d.press("S").typed("called").press("enter").sees("digest 9c1f9c1f9c1f").confirmed()
	if got := d.desk.decided.digests; len(got) != 1 || got[0] != fakeEffect("9c1f").Digest {
		t.Fatalf("judged with %q", got)
	}
	if n := d.desk.count("Plan"); n != 0 {
		t.Error("what was previewed is another decision than the verdict")
	}
	d = drive(t, 100, 30, newFake(), "match?P-0042117&of=P-0042118")
	d.desk.decided.stale = true
	d.press("D").typed("called").press("enter").confirmed().sees("not judged: nothing was done", "P-0042117 – P-0042118")
	if n := d.desk.count("Match"); n != 2 || len(d.desk.matched.judged) != 0 {
		t.Errorf("read %d times, judged %q", n, d.desk.matched.judged)
	}
}

// What is revealed of a pair is logged of the profile it belongs to.
func TestEachSideOfAMatchIsRevealedByItself(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "match?P-0042117&of=P-0042118")
	d.press("m").typed("review").press("enter").sees("Marlene Weiß").misses("Weiße")
	d.press("right", "right").sees("m reveals P-0042118").press("m").typed("review").press("enter").sees("Weiße")
	if r := d.desk.reveals; len(r) != 2 || !strings.HasPrefix(r[0], "profile P-0042117 ") || !strings.HasPrefix(r[1], "profile P-0042118 ") {
		t.Errorf("logged %q", r)
	}
}

func TestMatchesOfAProfile(t *testing.T) {
	d := drive(t, 100, 30, newFake(), "")
	d.command("matches P-42119").sees("Possible matches of P-0042119", "1 of 1")
	d.command("matches P-1 P-3").sees("P-0000001 – P-0000003")
	d.command("matches somebody").sees("of which profile?")
}

// The graph says what falls apart without what; why says what would part two.
func TestPillarsAndAdvice(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "graph?P-0042117")
	d.sees("21|1|1", "HELD TOGETHER BY", "20|3", "3 pillars", "Without it the profile falls", "into 21 | 1 | 1 records")
	d.press("v", "down", "down", "down", "down", "down", "down").sees("without it: 20|3", "R-0001190").press("enter")
	if a := d.m.trail.top().Address(); a.Screen != "record" || a.Object != "R-0001190" {
		t.Errorf("a pillar leads to %v", a)
	}
	d = drive(t, 120, 40, newFake(), "graph?P-0042117&tab=2")
	d.press("down", "down", "down", "down", "down", "down", "down", "down", "C")
	if got := d.desk.decided.planned; len(got) != 1 || got[0] != "cut R-0001191 "+ident(cdp.KindLoyalty, "store:7700123901").String() {
		t.Errorf("planned %q", got)
	}
	d = drive(t, 120, 40, newFake(), "why?R-1188&of=R-1191")
	d.press("C").sees("R-0001188 does not carry it", "R-0001189 does not carry it").press("down", "enter")
	if got := d.desk.decided.planned; len(got) != 1 || got[0] != "cut R-0001189 "+ident(cdp.KindEmail, "m.weiss@lindenhof.test").String() {
		t.Errorf("planned %q", got)
	}
	d.press("esc", "G").sees("part: suppress", "What would part R-0001188 and", "2 | 1").press("B")
	if got := d.desk.decided.planned; len(got) != 2 || got[1] != "suppress R-0001188/"+ident(cdp.KindEmail, "marlene@lindenhof.test").String() {
		t.Errorf("planned %q", got)
	}
	d.press("esc", "D")
	if got := d.desk.decided.planned; got[len(got)-1] != "different R-1188 R-1191" {
		t.Errorf("planned %q", got)
	}
}

func TestWhyNotTellsWhoDecided(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "why?P-0042117&of=P-0000199") // what both carry is told of a conflict as of other reasons
	d.sees("not: conflict", "both have another crm of lindenhof", "tag         email#", "why not").misses("what one person has one of: both")
	d = drive(t, 120, 40, newFake(), "why?P-0042117&of=P-0000099")
	d.sees("not: shared", "not: may not", "not: cut", "not: different", "not: locked", "not linked", "carried in 9 profiles formed by", "in 9 profiles formed by")
	d.press("down", "down").sees("D-000003", "called the person")
	d.press("enter").sees("Decision D-000003")
	d.press("esc", "S")
	if got := d.desk.decided.planned; len(got) != 1 || got[0] != "same P-0042117 P-0000099" {
		t.Errorf("planned %q", got)
	}
}

// What came of a wrong merge is told by recipient, and exported as a list.
func TestRadius(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "decision?D-000006")
	d.press("i").sees("What came of D-000006", "Mailhaus  214", "! not named", "2025-10-27 14:32 until", "sent before", "40 older entries")
	d.command("export csv")
	if len(d.desk.exports) != 1 || !strings.Contains(d.desk.exports[0], "radius, csv, 23 rows") {
		t.Errorf("logged %q", d.desk.exports)
	}
	d = drive(t, 120, 40, newFake(), "history?P-0042117")
	d.press("i")
	if a := d.m.trail.top().Address(); a.Screen != "radius" || a.Object != "P-0042122" {
		t.Errorf("a merge leads to %v", a)
	}
	d.press("esc", "down", "down", "i").sees("no merge is under the cursor")
}

// Why an allowed identifier joins nothing stands wherever the identifier does.
func TestStanding(t *testing.T) {
	for open, keys := range map[string]string{"profile?P-0042117&tab=2": "G", "graph?P-0042117": "down down down down down", "graph?P-0042117&tab=2": "down down down down down", "record?R-0001188": "down down", "why?P-0042117&of=P-0000099": ""} {
		d := drive(t, 140, 60, newFake(), open)
		d.press(strings.Fields(keys)...)
		d.sees("why not", "shared by so many")
	}
	d := drive(t, 140, 60, newFake(), "trace?P-0042117")
	d.press("j", "j", "j", "j", "j").sees("why not", "shared by so many")
}
