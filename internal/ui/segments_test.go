package ui

import (
	"context"
	"slices"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
)

// A filter is built from lists, without the language: the query grows, and each
// step is counted.
func TestBuilderGrowsAQuery(t *testing.T) {
	f := newFake()
	d := drive(t, 220, 50, f, "")
	d.command("builder").sees("Build a filter", "Everyone, but for who is restricted", "* adds a first condition", "620,114 of 620,114 profiles")
	d.press("*").sees("What is it about?", "consent for").typed("consent for").press("enter").sees("consent for: Must it hold?", "also finds those of whom it is not known")
	d.press("enter").sees("newsletter", "Order handling", "no statement on any consent").press("enter").sees("yes, given", "NO, withdrawn", "to be asked again")
	d.typed("given").press("enter").sees("consent:newsletter/given", "consent for newsletter: yes, given", "88,587 of 620,114 profiles")
	d.press("*").typed("did how").press("enter").sees("anything", "order", "visit").press("down", "enter").sees("on any channel", "store").press("enter")
	d.sees("How often").typed("at most").press("enter").typed("2").press("enter").sees("When?", "in the last 90 days").typed("90").press("enter")
	d.sees("count:order<=2/90d", "did order at most 2 times in the last 90 days", "12,655 of")
	d.press("*").typed("country").press("enter", "down", "enter").typed("ro").press("enter")
	d.sees("-country:RO", "NOT country: RO")
	d.press("O").typed("known from").press("enter", "enter", "enter").sees("consent for newsletter: yes, given or known")
	want := []string{"", "consent:newsletter/given", "consent:newsletter/given count:order<=2/90d", "consent:newsletter/given count:order<=2/90d -country:RO"}
	f.mu.Lock()
	for _, q := range want {
		if !slices.Contains(f.segments.counted, q) {
			t.Errorf("%q was not counted: %q", q, f.segments.counted)
		}
	}
	f.mu.Unlock()
}

// Each field of the lists ends in a condition that the language reads and that
// is said in words.
func TestBuilderReachesEveryField(t *testing.T) {
	for field, keys := range map[string][]string{
		"may:newsletter":                       {"may be used", "", "newsletter"},
		"wish:email/unwanted":                  {"wish about", "", "email", "unwanted"},
		"wish:unwanted":                        {"wish about", "", "any channel", "unwanted"},
		"-wish:none":                           {"wish about", "not hold", "no wish"},
		"basis:contract":                       {"held on", "", "contract"},
		"basis:none":                           {"held on", "", "no basis"},
		"country:none":                         {"country", "", "not known"},
		"channel:store":                        {"met on", "", "store"},
		"source:shop.orders":                   {"known from", "", "shop"},
		"touchpoint:visit":                     {"ever did", "", "visit"},
		"count:order@web=0/6m":                 {"did how", "order", "web", "never", "6 months"},
		"count:@store>=3":                      {"did how", "anything", "store", "at least", "=3", "any time"},
		"count:visit=2/2026-01-01..2026-02-28": {"did how", "visit", "any channel", "exactly", "=2", "between days", "=2026-01..2026-02"},
		"seen:2026-01-01..":                    {"last seen", "since", "=2026"},
		"seen:..2025-12-31":                    {"last seen", "before", "=2026"},
		"seen:2026-05-01..2026-05-31":          {"last seen", "within", "=2026-05"},
		"seen:30d":                             {"last seen", "in the last 30 days"},
		"seen:..6m":                            {"last seen", "not since 6 months ago"},
		"shared:letterwing":                    {"data went", "", "letterwing", "whatever"},
		"shared:letterwing/newsletter":         {"data went", "", "letterwing", "newsletter"},
		"shared:none":                          {"data went", "", "nobody"},
		"kind:phone":                           {"has an identifier", "", "phone"},
		"has:touchpoint":                       {"has any", "", "touchpoint"},
		"size:2..":                             {"number of", "at least", "=2"},
		"outcome:held-apart":                   {"at the gate", "", "held"},
		"in:winback":                           {"saved segment", "", "winback"},
		"-city:\"weimar\"":                     {"city", "not hold", "=weimar"},
		"segment:\"gold\"":                     {"source delivered", "", "=gold"},
		"text:\"too late\"":                    {"words in", "", "=too late"},
		"consent:newsletter":                   {"consent for", "", "newsletter", "any statement"},
		"consent:newsletter/objected":          {"consent for", "", "newsletter", "objected"},
		"consent:none":                         {"consent for", "", "no statement"},
	} {
		d := drive(t, 120, 40, newFake(), "builder")
		d.press("*")
		for _, k := range keys {
			d.typed(strings.TrimPrefix(k, "=")).press("enter")
		}
		got := d.m.trail.top().Address().Query
		if got != field {
			t.Errorf("%q gives %q, not %q\n%s", keys, got, field, d.plain())
			continue
		}
		n, err := query.Parse(got)
		if err != nil {
			t.Errorf("%s: %v", got, err)
			continue
		}
		if words := inWords(d.m.show(), n, false).String(); strings.Contains(words, ":none") || strings.Contains(words, "builder.") || words == "" {
			t.Errorf("%s is said as %q", got, words)
		}
	}
}

// What can not be read is asked for again, and nothing is lost by it.
func TestBuilderAsksAgain(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "builder?q=country%3ARO")
	d.press("*").typed("last seen").press("enter", "enter").typed("yesterday").press("enter").sees("can not be read", "day, month or year")
	d.typed("2026-05").press("enter").sees("country:RO seen:2026-05-01..")
}

// The steps of a filter are logged as one look when it is left, however it is.
func TestBuilderIsOneLook(t *testing.T) {
	f := newFake()
	d := drive(t, 120, 40, f, "builder?q=country%3ARO+size%3A1")
	d.press("F", "R")
	looked := func(want ...string) {
		t.Helper()
		f.mu.Lock()
		defer f.mu.Unlock()
		if !slices.Equal(f.segments.looked, want) {
			t.Errorf("looks %q, want %q", f.segments.looked, want)
		}
	}
	looked()
	d.command("segments")
	looked("3 size:1..1")
	d.press("esc") // back: what was counted is shown, and not counted again
	d.press("F")
	d.press("?", "esc")
	looked("3 size:1..1")
	if err := d.m.leaveLooks(t.Context()); err != nil {
		t.Fatal(err)
	}
	looked("3 size:1..1", "1 -size:1..1")
	f.fail["LookedAtSegment"] = true
	d.press("F").command("dashboard").sees("could not be logged")
	f.mu.Lock()
	tried := slices.Clone(f.segments.looked)
	f.fail["LookedAtSegment"] = false
	f.mu.Unlock()
	if err := d.m.leaveLooks(t.Context()); err != nil { // it is tried again before the console ends
		t.Fatal(err)
	}
	looked(append(tried, tried[len(tried)-1])...)
}

// A condition can be turned round and taken out; each step can be gone back.
func TestBuilderChangesConditions(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "builder?q=country%3ARO+size%3A1")
	d.sees("country:RO size:1", "number of records exactly 1")
	d.press("F").sees("-country:RO").press("F").sees("country: RO").misses("-country:RO")
	d.press("down", "R").sees("country: RO").misses("size:1")
}

// The filter is saved under a name, and the list has it.
func TestBuilderSaves(t *testing.T) {
	f := newFake()
	d := drive(t, 120, 40, f, "builder?q=country%3ARO")
	d.press("V").sees("save as").press("enter").sees("needs a name").typed("Romania").press("enter").sees("what is it for?").typed("shops").press("enter")
	d.sees("romania is saved as version 1", "Build a filter: romania")
	d.command("segments").sees("romania", "shops")
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
	d.press("*").typed("number of").press("enter").press("enter").typed("many").press("enter").sees("can not be read")
}

// Saved segments show what was kept of them; one is counted anew, and retired
// only after a question.
func TestSegmentsScreen(t *testing.T) {
	f := newFake()
	d := drive(t, 220, 50, f, "")
	d.command("segments").sees("winback", "12,345", "+3,345", "############", "readers", "- did order at least 2 times", "- NOT did order at least once in the last 180 days")
	d.press("&").sees("winback/2 was counted", "12,399")
	d.press("R").sees("Retire a segment", "stay as evidence").press("esc").sees("winback")
	d.press("R").confirmed().sees("readers").misses("winback/2")
}

// The versions of a segment tell what each changed; words that may name a person
// are masked. From there a next version is built.
func TestSegmentVersions(t *testing.T) {
	d := drive(t, 220, 50, newFake(), "segments")
	d.press("enter").sees("Segment winback", "the first version", "+ NOT did order at least once in the last 180 days", "Against version 1", "- city: ███").misses("Weimar")
	d.press("down").sees("winback/1", "9,000").press("up", "enter").sees("Build a filter: winback", "did order at least 2 times")
	d.press("esc", "down", "b").sees("P-0042117", "P-0042118")
	if a := d.m.trail.top().Address(); a.Query != "in:winback/1" {
		t.Errorf("it asks %q", a.Query)
	}
	d.press("enter").sees("P-0042117").press("esc").press("X").sees("To whom, and for what?", "letterwing", "for newsletter").press("enter").sees("Over which channel").press("enter")
	if a := d.m.trail.top().Address(); a.Screen != "plan" || a.Group != "in:winback/1" || a.Object != "letterwing" || a.Of != "newsletter email" {
		t.Errorf("it goes to %v", a)
	}
	drive(t, 120, 40, newFake(), "segment?other").sees("disk is on fire")
}

// Facts over time, by the period that is chosen, the latest first.
func TestCountsScreen(t *testing.T) {
	d := drive(t, 80, 24, newFake(), "")
	d.command("counts").sees("Facts over time by month", "2026-05", "400,000", "no time", "########")
	d.press("d", "pgdown").sees("shares, by us", "9,999")
	d.press(";").sees("Count by").typed("quarter").press("enter").sees("2026 Q2", "2026 Q3", "by quarter")
}

// Coverage tells by marks what is covered and what is not; behind each cell
// stand the records.
func TestCoverageScreen(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "")
	d.command("coverage").sees("Touchpoints by basis", "!! 140,000", "# 800,000", ": 210,000", ". 60,000")
	d.press("enter").sees("store / visit", "R-0001188", "R-0000009", "in quarantine")
	d.press("u").sees("P-0042117").press("esc", "down", "u").sees("the record is in no profile").press("enter").sees("R-0000009")
	d.press("esc", "esc", "right", "right", "enter").sees("store / visit: no lawful use", "use.consent.refused", "The person refused.").misses("R-0000009")
	d.press("esc", "right", "enter").sees("store / visit: consent", "R-0001188")
	f := newFake()
	f.fail["Coverage"] = true
	drive(t, 80, 24, f, "coverage").sees("disk is on fire")
}

// A plan is carried out from its screen: format, file and reason are asked, what
// leaves is shown once more, and just that plan is sent.
func TestPlanIsSent(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "plan?letterwing&of=newsletter&group=in%3Awinback%2F1")
	d.press("X").sees("this console sends nothing")
	var sent []Sending
	var fail error
	d.m.env.Send = func(_ context.Context, out Sending, _ func(SendStep)) (cdp.ShareRun, error) {
		sent = append(sent, out)
		return cdp.ShareRun{ID: 7, Allowed: 12, Denied: 3}, fail
	}
	ask := func(file, reason string) {
		t.Helper()
		d.press("X").sees("In which format?", "for warehouses").typed("parquet").press("enter").sees("letterwing-newsletter-2026-08-23.parquet")
		if file != "" {
			d.press("ctrl+u").typed(file)
		}
		d.press("enter", "enter").sees("a reason is needed").typed(reason).press("enter")
	}
	ask("", "letter of August")
	d.sees("Send to letterwing?", "profiles leave, for newsletter", "letter of August").press("esc")
	if len(sent) > 0 {
		t.Fatal("it is sent though nobody said yes")
	}
	ask("", "letter of August")
	d.confirmed().sees("12 sent, 3 denied")
	if len(sent) != 1 || sent[0].Format != "parquet" || sent[0].Ask.Segment != "in:winback/1" || sent[0].Ask.Recipient != "letterwing" || sent[0].Digest == "" || len(sent[0].Columns) == 0 ||
		sent[0].File != "letterwing-newsletter-2026-08-23.parquet" || sent[0].Reason != "letter of August" || d.changed != 1 {
		t.Errorf("%+v", sent)
	}
	ask("../etc", "x")
	d.sees("a plain name")
	fail = errFake
	ask("", "again")
	d.confirmed().sees("nothing was sent, or not all of it", "disk is on fire")
	f := newFake()
	f.decided.readOnly = true
	d = drive(t, 120, 40, f, "plan?letterwing&of=newsletter")
	d.press("X").sees("read-only")
}
