package ui

import (
	"slices"
	"testing"
)

// A filter is built from lists, without the language: the query grows, and each
// step is counted.
func TestBuilderGrowsAQuery(t *testing.T) {
	f := newFake()
	d := drive(t, 120, 40, f, "")
	d.command("builder").sees("Build a filter", "everyone who is not restricted", "620,114 of 620,114 profiles")
	d.press("*").sees("What is it about?", "Consent for").typed("consent for").press("enter").sees("Must it hold?")
	d.press("enter").sees("newsletter", "orders", "none").press("enter").sees("given", "withdrawn")
	d.typed("given").press("enter").sees("consent:newsletter/given", "Consent for newsletter/given", "88,587 of 620,114 profiles")
	d.press("*").typed("how many did").press("enter").sees("order", "visit").press("enter")
	d.sees("How often").typed("at most").press("enter").typed("2").press("enter").sees("When?", "in the last 90 days").typed("90").press("enter")
	d.sees("count:order<=2/90d", "did order at most 2 in the last 90 days", "12,655 of")
	d.press("*").typed("country").press("enter", "down", "enter").typed("ro").press("enter")
	d.sees("-country:RO", "not: Country RO")
	d.press("O").typed("known from").press("enter", "enter", "enter").sees("Consent for newsletter/given or Known")
	want := []string{"", "consent:newsletter/given", "consent:newsletter/given count:order<=2/90d", "consent:newsletter/given count:order<=2/90d -country:RO"}
	f.mu.Lock()
	for _, q := range want {
		if !slices.Contains(f.segments.counted, q) {
			t.Errorf("%q was not counted: %q", q, f.segments.counted)
		}
	}
	f.mu.Unlock()
}

// A condition can be turned round and taken out; each step can be gone back.
func TestBuilderChangesConditions(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "builder?q=country%3ARO+size%3A1")
	d.sees("country:RO size:1", "Number of records exactly 1")
	d.press("F").sees("-country:RO").press("F").sees("Country RO").misses("-country:RO")
	d.press("down", "R").sees("Country RO").misses("size:1")
}

// The filter is saved under a name, and the list has it.
func TestBuilderSaves(t *testing.T) {
	f := newFake()
	d := drive(t, 120, 40, f, "builder?q=country%3ARO")
	d.press("V").sees("save as").press("enter").sees("needs a name").typed("Romania").press("enter").sees("what is it for?").typed("shops").press("enter")
	d.sees("romania is saved", "Build a filter: romania")
	d.command("segments").sees("romania", "country:RO", "shops")
	f.fail["SaveSegment"] = true
	d.command("builder country:DE").press("V").typed("x").press("enter", "enter").sees("could not be worked on", "disk is on fire")
}

// What is counted no more can not be stopped.
func TestBuilderStopsOnlyWhatCounts(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "builder?q=country%3ARO")
	d.press("P").sees("nothing is being counted", "88,587 of 620,114")
}

// What can not be read or counted is told in its place.
func TestBuilderFails(t *testing.T) {
	f := newFake()
	f.fail["CountSegment"] = true
	drive(t, 120, 40, f, "builder?q=country%3ARO").sees("disk is on fire")
	drive(t, 120, 40, newFake(), "builder?q=country%3A").sees("the field has no value")
	d := drive(t, 120, 40, newFake(), "builder")
	d.press("*").typed("number of").press("enter").press("enter").typed("many").press("enter").sees("can not read the range")
}

// Saved segments show what was kept of them; one is counted anew, and retired
// only after a question.
func TestSegmentsScreen(t *testing.T) {
	f := newFake()
	d := drive(t, 120, 40, f, "")
	d.command("segments").sees("winback", "12,345", "############", "readers", "count:order>=2")
	d.press("&").sees("winback was counted", "12,399")
	d.press("R").sees("Retire a segment", "stay as evidence").press("esc").sees("winback")
	d.press("enter").sees("Build a filter: winback", "did order at least 2")
	d.press("esc").press("R").confirmed().sees("readers").misses("winback/2")
}

// Facts over time, by the period that is chosen.
func TestCountsScreen(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "")
	d.command("counts").sees("Facts over time", "2026-05", "400,000", "no time")
	d.press("down").sees("############")
	d.press("down").sees("disclosures of ours", "9,999")
	d.press(";").sees("Count by").typed("quarter").press("enter").sees("2026 Q2", "2026 Q3")
}

// Coverage tells by marks what is covered and what is not.
func TestCoverageScreen(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "")
	d.command("coverage").sees("Touchpoints by basis", "!! 140,000", "# 800,000", ": 210,000", ". 60,000")
	d.press("enter").sees("channel:store touchpoint:visit")
	f := newFake()
	f.fail["Coverage"] = true
	drive(t, 80, 24, f, "coverage").sees("disk is on fire")
}
