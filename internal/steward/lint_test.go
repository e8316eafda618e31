package steward

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"cdp-tui/internal/cdp"

	"github.com/google/go-cmp/cmp"
)

func finding(t *testing.T, r cdp.LintReport, id string) cdp.Finding {
	t.Helper()
	i := slices.IndexFunc(r.Findings, func(f cdp.Finding) bool { return f.ID == id })
	if i < 0 {
		t.Fatalf("%s did not run", id)
	}
	return r.Findings[i]
}

// unregistered are records of a source that the register does not know: the
// lint finds them in quarantine.
func unregistered(b *bench, n int) {
	var recs []cdp.Record
	for i := range n {
		recs = append(recs, record("nobody.knows", fmt.Sprintf("u%d", i), mail))
	}
	b.admit(recs...)
}

// TestLintTrend: runs over the whole store are kept, others are not, and a run
// says what the one before it counted.
func TestLintTrend(t *testing.T) {
	b := newBench(t).register()
	unregistered(b, 2)
	run := func(f cdp.LintFilter) cdp.LintReport {
		t.Helper()
		b.now = b.now.Add(time.Hour)
		r, err := b.d.Lint(t.Context(), f, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if f := finding(t, run(cdp.LintFilter{}), "NO_BASIS"); f.Open != 2 || f.Before != -1 {
		t.Fatalf("the first run: %d, before %d", f.Open, f.Before)
	}
	b.admit(record("nobody.knows", "u9", mail))
	if f := finding(t, run(cdp.LintFilter{Rule: "no_basis"}), "NO_BASIS"); f.Open != 3 || f.Before != 2 {
		t.Fatalf("one rule: %d, before %d", f.Open, f.Before)
	}
	if f := finding(t, run(cdp.LintFilter{}), "NO_BASIS"); f.Open != 3 || f.Before != 2 {
		t.Fatalf("the second run: %d, before %d", f.Open, f.Before)
	}
	runs, err := b.d.LintRuns(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	var counts []int
	for _, r := range runs {
		for _, c := range r.Counts {
			if c.Rule == "NO_BASIS" {
				counts = append(counts, c.Open)
			}
		}
	}
	if !slices.Equal(counts, []int{2, 3}) {
		t.Errorf("the trend is %v", counts)
	}
	if last, err := b.d.LintRuns(t.Context(), 1); err != nil || len(last) != 1 || !last[0].At.Equal(runs[1].At) {
		t.Errorf("the last of them: %+v, %v", last, err)
	}
	if _, err := b.d.Lint(t.Context(), cdp.LintFilter{Rule: "NO_SUCH"}, nil); !errors.Is(err, ErrNotFound) {
		t.Errorf("a rule that there is not: %v", err)
	}
	b.check()
}

// TestLintMute: a mute needs a reason and an end, is logged, and ends by itself.
func TestLintMute(t *testing.T) {
	b := newBench(t).register()
	unregistered(b, 2)
	day := b.now.AddDate(0, 0, 7)
	m := cdp.Mute{Rule: "no_basis", Object: cdp.Ref{Kind: "source", ID: "nobody.knows"}, Reason: "in clarification", Until: day}
	bad := func(change func(*cdp.Mute), want error) {
		t.Helper()
		x := m
		change(&x)
		if err := b.d.Mute(t.Context(), x); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	bad(func(m *cdp.Mute) { m.Reason = " " }, ErrReason)
	bad(func(m *cdp.Mute) { m.Until = b.now }, ErrUntil)
	bad(func(m *cdp.Mute) { m.Rule = "X" }, ErrNotFound)
	bad(func(m *cdp.Mute) { m.Object = cdp.Ref{} }, ErrNotFound)
	if err := b.s.As(Actor{Name: "auditor", ReadOnly: true}).Mute(t.Context(), m); !errors.Is(err, ErrReadOnly) {
		t.Errorf("%v", err)
	}
	before := b.entries()
	if err := b.d.Mute(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if b.entries() != before+1 {
		t.Error("the mute is not logged")
	}
	count := func() [2]int {
		t.Helper()
		r, err := b.d.Lint(t.Context(), cdp.LintFilter{Rule: "NO_BASIS"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return [2]int{r.Findings[0].Open, r.Findings[0].Muted}
	}
	if got := count(); got != [2]int{0, 2} {
		t.Errorf("muted: %v", got)
	}
	list, err := b.d.Mutes(t.Context())
	want := m
	want.Rule, want.At, want.By, want.Until = "NO_BASIS", b.now, "officer", day
	if d := cmp.Diff([]cdp.Mute{want}, list); err != nil || d != "" {
		t.Error(d, err)
	}
	b.now = day
	if got := count(); got != [2]int{2, 0} {
		t.Errorf("after its end: %v", got)
	}
	if err := b.d.Unmute(t.Context(), "NO_BASIS", m.Object, "done"); err != nil {
		t.Fatal(err)
	}
	if err := b.d.Unmute(t.Context(), "NO_BASIS", m.Object, "done"); !errors.Is(err, ErrNotFound) {
		t.Errorf("twice: %v", err)
	}
	b.check()
}

// TestLintReadsAllPages: profiles and quarantine are read in several views, and
// each record is seen once.
func TestLintReadsAllPages(t *testing.T) {
	b := newBench(t).register()
	n := streamRecords + 50
	for i := 0; i < n; i += 500 {
		var recs []cdp.Record
		for k := i; k < min(i+500, n); k++ {
			recs = append(recs, record("shop.orders", fmt.Sprint("o", k), ident(cdp.KindEmail, fmt.Sprintf("p%d@post.test", k))), record("nobody.knows", fmt.Sprint("u", k), ident(cdp.KindEmail, fmt.Sprintf("p%d@post.test", k))))
		}
		b.admit(recs...)
	}
	told := 0
	r, err := b.d.Lint(t.Context(), cdp.LintFilter{}, func(n int) { told = n })
	if err != nil {
		t.Fatal(err)
	}
	if r.Records != n || r.Quarantined != n || finding(t, r, "NO_BASIS").Open != n || told < n {
		t.Errorf("%d records, %d in quarantine, %d found, progress %d; want %d", r.Records, r.Quarantined, finding(t, r, "NO_BASIS").Open, told, n)
	}
}

// TestLintOfVersions: a disclosure that a version states which is not current
// any more is looked at, once, also when the row was deleted.
func TestLintOfVersions(t *testing.T) {
	b := newBench(t).register()
	deliver := func(change func(*cdp.Record)) {
		t.Helper()
		b.now = b.now.Add(time.Hour)
		r := record("shop.orders", "o1", mail)
		r.At = time.Time{} // the last delivery is the current version
		change(&r)
		b.admit(r)
	}
	told := cdp.Share{Recipient: "nobody.declared", Purpose: "orders", At: day(5), Fields: []string{"email"}}
	note := func(v cdp.Value) []cdp.Attribute {
		return []cdp.Attribute{{Name: "note", Value: v, Category: "user.content"}}
	}
	for i, step := range []func(*cdp.Record){
		func(r *cdp.Record) { r.Shares = []cdp.Share{told} },
		func(r *cdp.Record) { r.Shares, r.Attributes = []cdp.Share{told}, note("b") },
		func(r *cdp.Record) { r.Attributes = note("c") },
		func(r *cdp.Record) { r.Attributes = note("d") },
		func(r *cdp.Record) { r.Deleted, r.Claims = true, nil },
	} {
		deliver(step)
		r, err := b.d.Lint(t.Context(), cdp.LintFilter{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		f := finding(t, r, "RECIPIENT_UNKNOWN")
		if f.Open != 1 || f.Refs[0].Source != "shop.orders" || !f.Refs[0].At.Equal(day(5)) {
			t.Errorf("after delivery %d: %+v", i+1, f)
		}
		if want := map[bool]int{true: 1}[i < 4]; r.Records != want || r.Profiles != want {
			t.Errorf("after delivery %d: %d records, %d profiles", i+1, r.Records, r.Profiles)
		}
	}
	b.check()
}
