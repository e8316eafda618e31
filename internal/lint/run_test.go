package lint_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/lint"
	"cdp-tui/internal/query"
	"cdp-tui/internal/rulefile"

	"github.com/google/go-cmp/cmp"
)

// everything is a world in which most rules fire.
func everything(t testing.TB) *world {
	w := newWorld(t)
	for _, id := range []string{"ROPA_DRIFT", "COLLECTED_NEVER_USED", "USE_AFTER_WITHDRAWAL", "USE_NO_BASIS", "RETENTION_PASSED", "PURPOSELESS", "SOURCE_UNKNOWN",
		"LOCATION_NO_CONSENT", "CONSENT_SAME_SECOND", "CONSENT_BULK", "SHARE_AFTER_WITHDRAWAL", "PURPOSE_MISMATCH", "SOURCE_UNDECLARED"} {
		fixtures()[id].fire(w)
	}
	return w
}

// The order in which the facts come changes nothing (L11).
func TestOrderDoesNotMatter(t *testing.T) {
	w := everything(t)
	want := w.run(cdp.LintFilter{Refs: 3})
	for range 5 {
		got := everything(t)
		for i, p := range got.records { // ids stay with their records
			for _, r := range p {
				r.ID = cdp.RecordID(i + 1)
			}
		}
		rand.Shuffle(len(got.records), func(i, j int) { got.records[i], got.records[j] = got.records[j], got.records[i] })
		have := got.run(cdp.LintFilter{Refs: 3})
		if d := cmp.Diff(profileless(want), profileless(have)); d != "" {
			t.Fatal(d)
		}
	}
}

// profileless drops the profile ids, which the fixture gives by place.
func profileless(r cdp.LintReport) cdp.LintReport {
	for i := range r.Findings {
		for k := range r.Findings[i].Refs {
			r.Findings[i].Refs[k].Profile = 0
		}
	}
	return r
}

// What is kept of a rule does not grow with what it finds; the counts do.
func TestRefsAreBounded(t *testing.T) {
	w := newWorld(t)
	for i := range 50 {
		w.add("letters", touch("letter.sent", "news", fmt.Sprintf("2026-03-%02d", 1+i%28)))
	}
	f := w.run(cdp.LintFilter{Rule: "use_no_basis", Refs: 7}).Findings[0]
	if f.Open != 50 || len(f.Refs) != 7 || !f.Refs[0].At.Equal(at("2026-03-28")) || f.Refs[0].Profile == 0 {
		t.Errorf("%d findings, %d refs, the first at %v", f.Open, len(f.Refs), f.Refs[0].At)
	}
	if len(f.Sources) != 1 || f.Sources[0].Source != "letters" || f.Sources[0].Open != 50 {
		t.Errorf("by source: %+v", f.Sources)
	}
	if f.Search != "" {
		t.Errorf("a search for some of them: %s", f.Search)
	}
}

// A mute of an object or of a source takes findings out of the counts until it
// ends; it is no mute of another rule.
func TestMutes(t *testing.T) {
	fill := func() *world {
		return newWorld(t).add("letters", touch("letter.sent", "news", "2026-03-01")).add("letters", touch("letter.sent", "news", "2026-03-02"))
	}
	mute := cdp.Mute{Rule: "USE_NO_BASIS", Object: cdp.Ref{Kind: "record", ID: "R-0000002"}, Reason: "known", Until: now().AddDate(0, 0, 1)}
	count := func(m cdp.Mute) [2]int {
		f := fill().run(cdp.LintFilter{Rule: "USE_NO_BASIS"}, m).Findings[0]
		if f.Muted == 1 && (f.Refs[1].Muted != "known" || f.Refs[0].Muted != "") {
			t.Errorf("muted ones come last: %+v", f.Refs)
		}
		return [2]int{f.Open, f.Muted}
	}
	if got := count(mute); got != [2]int{1, 1} {
		t.Errorf("of a record: %v", got)
	}
	mute.Object = cdp.Ref{Kind: "source", ID: "letters"}
	if got := count(mute); got != [2]int{0, 2} {
		t.Errorf("of a source: %v", got)
	}
	mute.Until = now()
	if got := count(mute); got != [2]int{2, 0} {
		t.Errorf("ended: %v", got)
	}
	mute.Until, mute.Rule = now().AddDate(0, 0, 1), "NO_BASIS"
	if got := count(mute); got != [2]int{2, 0} {
		t.Errorf("of another rule: %v", got)
	}
}

// A run can be limited to a source.
func TestOneSource(t *testing.T) {
	r := everything(t).run(cdp.LintFilter{Source: "letters"})
	n := 0
	for _, f := range r.Findings {
		for _, x := range f.Refs {
			if n++; x.Source != "letters" {
				t.Errorf("%s of %s", f.ID, x.Source)
			}
		}
	}
	if n == 0 || r.Only != "source letters" {
		t.Errorf("%d refs, %q", n, r.Only)
	}
}

// A month ends where the officer sits: bought on 1 March in Berlin, due on 1
// April there, whatever the day was in Greenwich.
func TestInformedWithinAMonthOfTheCalendar(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.zone = berlin
	w.add("bought", func(r *record) { r.At = time.Date(2026, 3, 1, 0, 0, 0, 0, berlin) })
	f := w.run(cdp.LintFilter{Rule: "NOT_INFORMED"}).Findings[0]
	if len(f.Refs) != 1 || !f.Refs[0].At.Equal(time.Date(2026, 4, 1, 0, 0, 0, 0, berlin)) {
		t.Errorf("%+v", f.Refs)
	}
}

// Every search that a finding offers can be read.
func TestSearchesParse(t *testing.T) {
	n := 0
	for _, f := range everything(t).run(cdp.LintFilter{}).Findings {
		if f.Search == "" {
			continue
		}
		n++
		if _, err := query.Parse(f.Search); err != nil {
			t.Errorf("%s: %q: %v", f.ID, f.Search, err)
		}
	}
	if n < 5 {
		t.Errorf("only %d rules offer a search", n)
	}
}

// Findings about recipients have a query that the store answers: whose data went
// there. One that is about other things as well has none that finds a part.
func TestRecipientsAreSearched(t *testing.T) {
	for _, id := range []string{"TRANSFER_NO_TOOL", "PROCESSOR_NO_CONTRACT", "RECIPIENT_UNNAMED"} {
		w := newWorld(t)
		fixtures()[id].fire(w)
		f := w.run(cdp.LintFilter{Rule: id}).Findings[0]
		tree, err := query.Parse(f.Search)
		if err != nil || f.Search != "shared:"+f.Refs[0].Ref.ID || !f.OfStore || !slices.Equal(query.StoreOnly(tree), []string{query.FieldShared}) {
			t.Errorf("%s: %q of the store %v, %v", id, f.Search, f.OfStore, err)
		}
	}
	for _, f := range everything(t).run(cdp.LintFilter{}).Findings {
		if f.OfStore && slices.ContainsFunc(f.Refs, func(r cdp.FindingRef) bool { return r.Ref.Kind != "recipient" }) {
			t.Errorf("%s: %q finds a part of it", f.ID, f.Search)
		}
	}
}

// Without a register nothing is known, and the rules that need one say nothing
// instead of falling over.
func TestNoRegister(t *testing.T) {
	run := lint.New(lint.Scope{Now: now(), Pack: lint.Defaults()}, cdp.LintFilter{}, nil)
	rec := &lint.Record{Record: cdp.Record{ID: 1, Source: "x", At: now()}, Quarantined: true}
	all(name, attribute("w", "x", "user.location.precise", "health"), touch("a.sent", "p", "2026-01-01"), sent("r", "p", "2026-01-01"), says(given("p", "2026-01-01")))(&record{Record: rec.Record})
	rec.Shares = []cdp.Share{{Recipient: "r", At: now()}}
	rec.Consents = []cdp.Consent{given("p", "2026-01-01")}
	run.Profile(&lint.Profile{Records: []*lint.Record{rec}})
	r := run.Finish([]lint.Source{{SourceStat: cdp.SourceStat{Source: cdp.Source{ID: "x"}}}})
	got := map[string]int{}
	for _, f := range r.Findings {
		if f.Open > 0 {
			got[f.ID] = f.Open
		}
	}
	if d := cmp.Diff(map[string]int{"NO_BASIS": 1, "SOURCE_UNKNOWN": 1, "SOURCE_UNDECLARED": 1, "SOURCE_NO_OWNER": 1}, got); d != "" {
		t.Error(d)
	}
}

func TestPackIsStrict(t *testing.T) {
	text := string(lint.DefaultPack())
	for _, c := range []struct{ name, old, new, says string }{
		{"a rule without words", "  - id: LIA_LATE\n", "  - id: LIA_LATER\n", "no rule of this name"},
		{"the same twice", "  - id: LIA_LATE\n", "  - id: LIA_EXPIRED\n", "an entry already"},
		{"no severity", "severity: info", "severity: urgent", "a severity is"},
		{"a room that it does not look at", "room: profile\n    article: Art. 13(1)", "room: record\n    article: Art. 13(1)", "looks at: profile"},
		{"no window", "swap_window:   {period: P30D", "swap_window:   {period: P0D", "not zero"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(text, c.old) {
				t.Fatal("not in the file")
			}
			_, err := lint.ParsePack("rules.yaml", []byte(strings.Replace(text, c.old, c.new, 1)))
			var re *rulefile.Error
			if !errors.As(err, &re) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
		})
	}
	if ids := lint.Defaults().All(); !slices.IsSortedFunc(ids, func(a, b cdp.LintRule) int { return a.Severity.Rank() - b.Severity.Rank() }) {
		t.Error("the most urgent rules do not come first")
	}
}
