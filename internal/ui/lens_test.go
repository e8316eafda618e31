package ui

import (
	"fmt"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ui/widget/widgettest"
)

// A lens is asked for with a key; from then on profiles are shown through it,
// every screen says so, and esc at the beginning leads back.
func TestLensIsOnEveryScreen(t *testing.T) {
	d := drive(t, 80, 24, newFake(), "profile?P-0042117&tab=4")
	d.sees("newsletter").misses("AS OF")
	d.press(",").sees("as of a time", "as known at a time", "for one purpose").press("enter")
	d.typed("yesterday").press("enter").sees("write a time as 2026-05-01").misses("[! AS OF")
	d.press(",", "enter").typed("2026-05-01").press("enter")
	d.sees("[! AS OF 2026-05-01 !]").misses("MAY DECIDE")
	if got := d.lens.At.Format("2006-01-02T15:04:05"); got != "2026-05-01T23:59:59" || d.m.trail.top().Address().Tab != tabConsents+1 {
		t.Errorf("the lens is at %s, on %v", got, d.m.trail.top().Address())
	}
	d.misses("double opt-in", "this shows the present")
	d.command("as-known 2026-06-01 12:30").sees("[! AS OF 2026-05-01 AS KNOWN 2026-06-01 12:30 !]")
	for name, open := range places() {
		e := drive(t, 100, 30, newFake(), open)
		e.run(e.m.lensTyped("as-of")("2026-05-01")) // a search takes what is typed
		if e.m.trail.top() == nil || e.m.crashed {
			t.Fatalf("%s is gone", name)
		}
		e.sees("[! AS OF 2026-05-01 !]")
		if follows := followsLens(e.m.trail.top().Address(), e.m.lens); follows == strings.Contains(e.plain(), "this shows the present") {
			t.Errorf("%s follows the lens: %v, and says it shows the present: %v", name, follows, !follows)
		}
	}
	d.command("dashboard").sees("this shows the present", "[! AS OF", "1,000,000").press("ctrl+r").misses("disk is on fire")
	if _, _, err := d.m.desk.Decide(t.Context(), nil, ""); err == nil {
		t.Error("the desk of a lens decides")
	}
	d.press("esc").sees("MAY DECIDE", "this is the present").misses("[! AS")
	if !d.m.lens.IsPlain() || d.m.desk != Desk(d.desk) {
		t.Error("the desk is not the one of the present")
	}
}

// Purposes are offered from the register; what was typed must be one of them.
func TestLensForPurpose(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "profile?P-0042117")
	d.command("for").sees("For which purpose?", "Common profile").press("down", "enter").sees("[! FOR profiling !]")
	d.command("for curiosity").sees("the register has no purpose curiosity", "FOR profiling").press("esc")
	d.command("for newsletter").sees("[! FOR newsletter !]").command("as-of 2026-05-01").sees("[! AS OF 2026-05-01 FOR newsletter !]")
	d.command("as-known 2099-01-01").sees("nobody knows yet").misses("2099-01-01 !]")
	d.press(",").sees("back to the present").press("enter").sees("MAY DECIDE")
	d.command("now").sees("this is the present")
}

// Tables of all people follow the time of a lens; for one purpose they are of the
// present, and say so, also when the lens has a time as well.
func TestLensOfAll(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "coverage")
	d.misses("fax.received").command("as-of 2026-05-01").sees("fax.received").misses("this shows the present")
	d.command("for newsletter").sees("[! AS OF 2026-05-01 FOR newsletter !]", "this shows the present").misses("fax.received")
}

// The gate out of another time: to whom, what of whom would have gone, and that
// nothing is sent of it.
func TestLensOfShares(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "targets")
	d.misses("pigeons").command("as-of 2026-05-01").sees("pigeons").misses("this shows the present", "letterwing")
	d.press("enter", "enter").sees("share.consent.later", "what would have gone then").misses("abad1dea", "this shows the present")
	d.press("X").sees("this is not the present")
	d.press("enter").sees("P-0000077").misses("P-0042117", "this shows the present")
	d.command("for newsletter").sees("this shows the present", "P-0042117")
	for _, screen := range []string{"outbox", "drift"} {
		d := drive(t, 120, 40, newFake(), screen)
		d.sees("letterwing").command("as-known 2026-05-01").sees("pigeons").misses("letterwing", "this shows the present")
		d.press("$").sees("this is not the present")
		d.command("for newsletter").sees("this shows the present", "letterwing")
	}
}

// The register of another time beside what was in the store, and whom a breach
// concerned then.
func TestLensOfDeclared(t *testing.T) {
	for screen, then := range map[string]string{"ropa": "carrier.pigeons", "breach?source%20shop.de": "pigeon loft"} {
		d := drive(t, 120, 40, newFake(), screen)
		d.misses("pigeon").command("as-known 2026-05-01").sees(then).misses("this shows the present")
		d.command("for newsletter").sees("this shows the present").misses("pigeon")
	}
}

// Facts over time end where the lens looks.
func TestLensOfCounts(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "counts")
	d.misses("1999-12").command("as-of 2026-05-01").sees("1999-12").misses("this shows the present")
	d.command("for newsletter").sees("this shows the present").misses("1999-12")
}

// What waited for a person is not known of another time, and not shown as none;
// a profile of which no id was minted leads nowhere.
func TestLensOfHealth(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "health?tab=3")
	d.misses("not known").command("as-of 2026-05-01").sees("not known").misses("this shows the present", "P-0000000")
	d.press("enter")
	if d.screen() != "health" {
		t.Errorf("enter leads to %s", d.screen())
	}
	d.command("for newsletter").sees("this shows the present").misses("not known")
}

// Through a lens nothing is decided, and the refusal says why.
func TestLensDecidesNothing(t *testing.T) {
	f := newFake()
	d := drive(t, 120, 40, f, "profile?P-0042117")
	d.command("as-of 2026-05-01")
	for _, k := range []string{"S", "D", "L"} {
		d.press(k).sees("this is not the present")
	}
	d.command("same P-7").sees("this is not the present")
	if n := f.count("Preview") + f.count("Decide"); n != 0 {
		t.Errorf("%d decisions were begun", n)
	}
	d.command("now").press("L").misses("this is not the present")
}

// A console without lenses says so.
func TestNoLens(t *testing.T) {
	d := drive(t, 80, 24, newFake(), "")
	d.m.env.Through = nil
	d.press(",").sees("this console shows only the present")
	d.command("as-of 2026-05-01").sees("this console shows only the present").misses("[! AS OF")
}

// What a profile is for a purpose: persons, what joins them, what is left out.
func TestLensed(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "profile?P-0042117")
	d.command("lens newsletter").sees("P-0042117 for newsletter", "it falls into 2 persons", "left out", "withdrew the consent", "use.consent.withdra", "Art. 7(3)", "newsletter", "shop.orders")
	d.press(">").sees("P-0042117 for profiling").press(">").sees("for orders", "one person for this purpose").press(">").sees("for newsletter").press("<").sees("for orders")
	d.press("G", "enter")
	if d.screen() != "record" {
		t.Errorf("enter leads to %s", d.screen())
	}
	d.press("esc").misses("m.weiss@").command("reveal case 7").sees("m.weiss@lindenhof.test")
	d.command("as-of 2026-05-01").sees("as of 2026-05-01", "for orders")
	d.command("lens P-0042117 profiling").sees("P-0042117 for profiling")
}

// The journey: steps with what the law says; from one unlawful step to the next.
func TestJourney(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "profile?P-0042117")
	d.command("journey").sees("Journey P-0042117", "said: ", "cart.abandoned", "x NO", "x 2 steps are unlawful", "share.consent.withdrawn", "Mailhaus", "not named")
	at := func() int { return d.m.trail.top().Address().Row }
	d.press("!")
	if at() != 2 {
		t.Errorf("! leads to row %d", at())
	}
	d.press("!")
	if at() != 4 {
		t.Errorf("! leads on to row %d", at())
	}
	d.press("!").sees("this is the first again")
	if at() != 2 {
		t.Errorf("! leads back to row %d", at())
	}
	d.press("enter").sees("R-0001190").press("esc")
	d.press(";").typed("2026-08-03 tomorrow").press("enter").sees("write one day or two")
	d.press(";").typed("2026-08-01 2026-08-04").press("enter").sees("cart.abandoned", "no step is unlawful").misses("x NO", "Mailhaus")
	d.press("!").sees("no step here is unlawful")
	f := newFake()
	f.fail["Journey"] = true
	drive(t, 80, 24, f, "journey?P-0042117").sees("could not be read", "disk is on fire")
}

// From a use to when there was a basis for it, and why it ended.
func TestBasisOfUse(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "profile?P-0042117&tab=5")
	d.press("enter")
	if a := d.m.trail.top().Address(); a.Screen != "basis" || a.Of == "" {
		t.Fatalf("enter leads to %+v", a)
	}
	d.press("esc", "u")
	if d.screen() != "record" {
		t.Errorf("u leads to %s", d.screen())
	}
	d = drive(t, 120, 40, newFake(), "basis?P-0042117&of=newsletter")
	d.sees("Bases for newsletter", "another proof took over", "x never", "2025-07-19", "Proof", "End").misses("proof  ")
	d.press("down").sees("the person withdrew it", "use.consent.withdrawn").press("enter").sees("R-0001188")
	drive(t, 120, 40, newFake(), "basis?P-0042117").sees("proof", "open")
}

// What was done is judged again: a sum, what differs, what is unlawful.
func TestLawful(t *testing.T) {
	f := newFake()
	d := drive(t, 120, 40, f, "")
	d.command("lawful").sees("Judged again", "unlawful as known now", "lawful then, unlawful now", "20  such as:", "share.consent.withdrawn", "Mailhaus", "x NO", "!")
	rows := func() int { return d.m.trail.top().(*lawfulScreen).rows.Position().Len }
	for _, want := range []int{20, 10, 40} {
		if d.press("!"); rows() != want {
			t.Errorf("%d rows, want %d", rows(), want)
		}
	}
	d.press("!").sees("only what is unlawful").press("!").sees("only what differs", "What was learnt since changed the answer")
	if n := f.count("Lawful"); n != 1 {
		t.Errorf("the store was read %d times", n)
	}
	d.press("enter").sees("P-0042118").press("esc")
	d.press("e").press("enter")
	for name, data := range d.files {
		if n := strings.Count(string(data), "\n"); n != 11 {
			t.Errorf("%s has %d lines, want the head and what differs", name, n)
		}
	}
	if len(d.files) != 1 || len(f.exports) != 1 {
		t.Errorf("%d files, %d exports in the log", len(d.files), len(f.exports))
	}
	d.press("#").sees("uses", "8").press("!", "g").sees("used: newsletter.click")
	d.press("#").misses("used: newsletter.click")
	f.fail["Lawful"] = true
	drive(t, 80, 24, f, "lawful").sees("disk is on fire")
}

// A run can be ended: what it found stays, and it says that it is not all.
func TestLawfulIsEnded(t *testing.T) {
	r := &rejudging{}
	v, err := r.do(t.Context(), endless{r}, cdp.LawfulFilter{})
	if err != nil || !v.stopped || len(v.items) != 3 {
		t.Fatalf("%d items, stopped %v, %v", len(v.items), v.stopped, err)
	}
	x := newLawful(drive(t, 80, 24, newFake(), "").m.session, address{Screen: "lawful"}).(*lawfulScreen)
	x.load.val = v
	if got := fmt.Sprint(x.told()); !strings.Contains(got, "ended early") {
		t.Error(got)
	}
	x.load.busy, x.run = true, r
	if got := fmt.Sprint(x.told()); !strings.Contains(got, "7 profiles read, 3 judged, 3 differ; esc ends it") {
		t.Error(got)
	}
	if stepped, _ := x.Back(); !stepped {
		t.Error("esc leaves a run that is under way")
	}
}

// More than the screen keeps is said, and the sorts do not crowd each other out.
func TestLawfulKeeps(t *testing.T) {
	r := &rejudging{}
	for i := range lawfulKept + 2 {
		j := cdp.Judged{Now: cdp.Verdict{Allow: true}, Then: cdp.Verdict{Allow: true}}
		if i > lawfulKept {
			j.Now.Allow = false
		}
		if err := r.take(j); err != nil {
			t.Fatal(err)
		}
	}
	if len(r.items) != lawfulKept+1 || !r.items[lawfulKept].Differs() || r.found != lawfulKept+2 {
		t.Errorf("%d of %d kept", len(r.items), r.found)
	}
}

func TestGoldenLens(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		d := drive(t, size[0], size[1], newFake(), "profile?P-0042117")
		d.command("as-of 2026-05-01").command("as-known 2026-06-01").command("for newsletter")
		widgettest.Golden(t, fmt.Sprintf("through-lens-%dx%d", size[0], size[1]), d.frame())
		d.press(",")
		widgettest.Golden(t, fmt.Sprintf("overlay-lens-%dx%d", size[0], size[1]), d.frame())
	}
}

// Who is with whom and why, and who is found, follow the time of a lens; for one
// purpose they are of the present, and say so.
func TestLensOfWho(t *testing.T) {
	for _, open := range []string{"graph?P-0042117", "why?P-0042117&of=P-0000007", "history?P-0042117", "search?q=weiss"} {
		d := drive(t, 120, 40, newFake(), open)
		d.misses("pigeons").command("as-known 2026-05-01").sees("pigeons", "[! AS KNOWN 2026-05-01").misses("this shows the present")
		d.command("for newsletter").sees("this shows the present").misses("pigeons")
	}
	d := drive(t, 120, 40, newFake(), "search?q=weiss")
	d.sees("sorted by score").command("as-of 2026-05-01").sees("1,234 profiles", "P-0007000", "last seen first", "the 40 last seen are listed").misses("sorted by score")
	d.press("G").sees("P-0007039")
}
