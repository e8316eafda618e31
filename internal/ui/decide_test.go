package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ui/widget/widgettest"
)

// confirmed goes through the dialog, whose grace time is over, with the word it
// asks for.
func (d *driver) confirmed() *driver {
	d.t.Helper()
	if d.m.confirm == nil {
		d.t.Fatalf("nothing is asked:\n%s", d.frame())
	}
	d.pass(2 * time.Second)
	return d.typed(d.m.confirm.word).press("tab", "space")
}

// What is easily regretted wants a word, and nothing but that word.
func TestTypedConfirmation(t *testing.T) {
	for _, c := range []struct {
		name, open  string
		ask, wrong  string
		word        string
		few         bool // profiles touched
		nothingElse bool // no word is asked for
	}{
		{name: "unmerge", open: "preview?unmerge&of=P-42122", ask: "Type P-0042122 to go on", wrong: "P-0042117", word: "P-0042122", few: true},
		{name: "suppress-many", open: "preview?suppress&of=phone%3A1", ask: "It touches 16 profiles", wrong: "61", word: "16"},
		{name: "suppress-few", open: "preview?suppress&of=phone%3A1", few: true, nothingElse: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, size := range [][2]int{{80, 24}, {120, 40}} {
				desk := newFake()
				desk.decided.few = c.few
				d := drive(t, size[0], size[1], desk, c.open)
				d.press("X").typed("two sisters").press("enter")
				widgettest.Golden(t, fmt.Sprintf("overlay-confirm-%s-%dx%d", c.name, size[0], size[1]), d.frame())
				if c.nothingElse {
					if d.confirmed(); desk.count("Decide") != 1 {
						t.Error("not carried out")
					}
					continue
				}
				d.sees(c.ask)
				d.pass(2 * time.Second)
				d.typed(c.wrong).press("tab", "space")
				if desk.count("Decide") != 0 || d.m.confirm == nil {
					t.Fatalf("%q did it", c.wrong)
				}
				d.press("ctrl+u").typed(c.word).press("space")
				if desk.count("Decide") != 1 || d.m.confirm != nil {
					t.Errorf("%q did not do it:\n%s", c.word, d.frame())
				}
			}
		})
	}
}

func TestNothingIsDecidedWithoutPreviewAndReason(t *testing.T) {
	d := drive(t, 100, 30, newFake(), "members?P-0042117")
	d.press("down", "down", "space", "space", "T") // the mark moves the cursor on
	if got := d.desk.decided.planned; len(got) != 1 || got[0] != "split P-0042117 R-0001190 R-0001191" {
		t.Fatalf("planned %q", got)
	}
	d.sees("PREVIEW: nothing is changed yet", "1 vanishes · 1 appears · 14 change ·", "P-0042130", "9c1f9c1f9c1f9c1f")
	d.press("X", "enter").sees("a reason is needed")
	d.typed("   ").press("enter").sees("a reason is needed")
	d.press("ctrl+u").typed("two sisters").press("enter").sees("Carry out: split", "because: two sisters", "2 groups of source rows", "enter never confirms")
	d.typed("16").press("tab", "space").sees("Carry out: split") // typed ahead: swallowed
	d.pass(2 * time.Second)
	d.press("enter").sees("nothing was changed", "PREVIEW")
	d.press("X").typed("two sisters").press("enter", "esc").sees("nothing was changed")
	if n := d.desk.count("Decide"); n != 0 {
		t.Fatalf("decided %d times without a word", n)
	}
	d.press("X").typed("two sisters").press("enter").confirmed()
	d.sees("Decision D-000013", "DONE, exactly as previewed", "D-000013 is carried out").misses("PREVIEW")
	d.press("3", "G").sees("two sisters").press("1")
	if made := d.desk.decided.made; len(made) != 1 || made[0].Reason != "two sisters" || made[0].Verb != cdp.DecideDifferent || d.desk.decided.digests[0] != fakeEffect("9c1f").Digest {
		t.Errorf("made %+v with %q", made, d.desk.decided.digests)
	}
	d.press("esc").sees("Records of P-0042117") // the preview is over and not on the way back
}

// What nothing but the merge ties to either side is listed before it is parted.
func TestUnmergeListsWhatIsTiedToNeither(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		d := drive(t, size[0], size[1], newFake(), "preview?unmerge&of=P-42122")
		d.sees("Nothing but the merge").press("3", "pgdown").sees("Tied to neither side", "shop.orders").misses("m.weiss2@lindenhof.test")
		widgettest.Golden(t, fmt.Sprintf("preview-untied-%dx%d", size[0], size[1]), d.frame())
		d.press("X").typed("two sisters").press("enter").sees("! 1 row tied to neither side stays with the survivor")
		d = drive(t, size[0], size[1], newFake(), "preview?split&of=P-42117%0AR-1188")
		d.press("3").misses("Tied to neither side")
	}
}

// A preview that is out of date is refused and read again; one that came true
// otherwise is told.
func TestPreviewThatDoesNotHold(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "preview?lock&of=P-0042117")
	d.desk.decided.stale = true
	d.press("X").typed("because").press("enter").confirmed()
	d.sees("not carried out: nothing was done", "PREVIEW")
	if n := d.desk.count("Preview"); n != 2 {
		t.Errorf("previewed %d times, want once more", n)
	}
	d.desk.decided.stale, d.desk.decided.other = false, true
	d.press("X").typed("because").press("enter").confirmed()
	d.sees("DONE, but not what was previewed", "9c1f9c1f9c1f9c1f", "0000000000000000")
}

func TestUndoFromTheDecisions(t *testing.T) {
	d := drive(t, 100, 30, newFake(), "")
	d.command("decisions").press("Z").sees("it is undone already")
	d.press("down", "Z").sees("Undo D-000011", "D-000011 is taken back", "PREVIEW", "77aa77aa")
	d.press("X").typed("they are one after all").press("enter").sees("Carry out: undo", "D-000011 is taken back: 2 groups")
	if d.confirmed(); d.changed != 1 {
		t.Errorf("what follows the store is told %d times", d.changed)
	}
	d.sees("Decision D-000011", "DONE, exactly as previewed").press("3", "G").sees("undone for", "they are one after all")
	d.press("Z").sees("it is undone already")
}

// Every key that decides leads to the preview of what it says, about what the
// cursor stands on.
func TestKeysThatDecide(t *testing.T) {
	for _, c := range []struct {
		open, keys, typed, want string
	}{
		{"profile?P-0042117", "S", "P-7", "same P-0042117 P-7"},
		{"profile?P-0042117", "D", "P-7", "different P-0042117 P-7"},
		{"profile?P-0042117", "L", "", "lock P-0042117"},
		{"profile?P-0042117&tab=2", "B", "", "suppress P-0042117/" + ident(cdp.KindEmail, "m.weiss@lindenhof.test").String()},
		{"members?P-0042117", "T", "", "split P-0042117 R-0001188"},
		{"members?P-0042117", "S", "P-7", "same R-0001188 P-7"},
		{"record?R-0001188", "C", "", "cut R-0001188 " + ident(cdp.KindEmail, "m.weiss@lindenhof.test").String()},
		{"record?R-0001188", "B", "", "suppress R-0001188/" + ident(cdp.KindEmail, "m.weiss@lindenhof.test").String()},
		{"record?R-0001188", "T", "", "split P-0042117 R-0001188"},
		{"record?R-0001188", "D", "R-9", "different R-0001188 R-9"},
		{"graph?P-0042117", "B", "", "suppress P-0042117/" + ident(cdp.KindEmail, "m.weiss@lindenhof.test").String()},
		{"graph?P-0042117&tab=2", "G S", "", "same P-0042117 P-0100299"},
		{"graph?P-0042117&tab=2", "G D", "", "different P-0042117 P-0100299"},
		{"history?P-0042117", "M", "", "unmerge P-0042122"},
	} {
		d := drive(t, 120, 40, newFake(), c.open)
		d.press(strings.Fields(c.keys)...)
		if c.typed != "" {
			d.press("enter").sees("name the other one")
			d.typed(c.typed).press("enter")
		}
		if got := d.desk.decided.planned; len(got) != 1 || got[0] != c.want || d.screen() != "preview" {
			t.Errorf("%s, %s: at %s, planned %q, want %q", c.open, c.keys, d.screen(), got, c.want)
		}
	}
}

func TestCommandsThatDecide(t *testing.T) {
	for typed, want := range map[string]string{
		"same P-7": "same P-0042117 P-7", "same P-7 P-8 P-9": "same P-7 P-8 P-9", "different P-7": "different P-0042117 P-7", "lock": "lock P-0042117", "lock P-9": "lock P-9",
		"split R-7": "split P-0042117 R-7", "unmerge P-7": "unmerge P-7", "cut R-7 email:a@b.test": "cut R-7 email:a@b.test", "suppress +49 30 12": "suppress +49 30 12",
	} {
		d := drive(t, 100, 30, newFake(), "profile?P-0042117")
		if d.command(typed); len(d.desk.decided.planned) != 1 || d.desk.decided.planned[0] != want {
			t.Errorf("%q planned %q, want %q", typed, d.desk.decided.planned, want)
		}
	}
	d := drive(t, 100, 30, newFake(), "")
	d.command("same P-7").sees("it takes [A] B")
	d.command("undo x").sees("which decision?")
	d.command("D-7")
	if d.screen() != "decision" {
		t.Errorf("D-7 leads to %s", d.screen())
	}
}

// A desk that may not decide says so at every key, and looks as before.
func TestReadOnlyDesk(t *testing.T) {
	for _, c := range [][2]string{{"profile?P-0042117", "S"}, {"profile?P-0042117", "L"}, {"members?P-0042117", "T"}, {"record?R-0001188", "C"}, {"history?P-0042117", "M"},
		{"graph?P-0042117", "B"}, {"preview?lock&of=P-0042117", "X"}, {"undo?D-000007", "X"}, {"decision?D-000007", "Z"}} {
		desk := newFake()
		desk.decided.readOnly = true
		d := drive(t, 120, 40, desk, c[0])
		at := d.screen()
		d.sees("READ-ONLY").press(c[1]).sees("this desk is read-only")
		if d.screen() != at || d.m.line != nil {
			t.Errorf("%s: %s leads to %s", c[0], c[1], d.screen())
		}
	}
	desk := newFake()
	desk.decided.readOnly = true
	d := drive(t, 100, 30, desk, "profile?P-0042117")
	d.command("same P-7").sees("this desk is read-only")
	if n := desk.count("Plan"); n != 0 {
		t.Errorf("planned %d times", n)
	}
}

// Identifiers typed into a decision stand masked on the way, and reach no address
// when they come from the screen.
func TestDecisionsShowNoValue(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "")
	d.command("suppress m.weiss@lindenhof.test").misses("m.weiss@")
	d = drive(t, 120, 40, newFake(), "profile?P-0042117&tab=2")
	d.press("B")
	if a := d.m.trail.top().Address().String(); strings.Contains(a, "weiss") {
		t.Errorf("the address is %s", a)
	}
}

// The question before an act fits every terminal, and what it asks is in view.
func TestConfirmationFits(t *testing.T) {
	for _, open := range []string{"preview?split&of=P-0042117%0AR-0001190", "undo?D-000007", "match?P-0042117&of=P-0042118"} {
		d := drive(t, 80, 24, newFake(), open)
		if strings.HasPrefix(open, "match") {
			d.press("S")
		} else {
			d.press("X")
		}
		d.typed(strings.Repeat("asked at the till ", 30)).press("enter")
		for w := 60; w <= 130; w += 10 {
			for h := 15; h <= 45; h += 6 {
				d.resize(w, h)
				d.sees("[ Cancel ]", "( Carry out )", "because: asked at the till")
			}
		}
		d.resize(30, 9)
		d.frame()
		d.resize(80, 24)
		d.press("esc").sees("nothing was changed")
		if d.desk.count("Decide")+d.desk.count("Undo")+d.desk.count("JudgeMatch") > 0 {
			t.Error("esc decided")
		}
	}
}
