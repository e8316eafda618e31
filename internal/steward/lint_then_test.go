package steward

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
)

// A chronicle is a random history of all that the lint looks at, with what it
// said after each step.
type chronicle struct {
	*bench
	rnd   *rand.Rand
	rows  int
	runs  int
	found []cdp.LintReport
	muted [][]cdp.Mute
	sums  []cdp.Counts
	held  []cdp.Health
	made  []cdp.DecisionID
}

func newChronicle(t *testing.T, seed uint64) *chronicle {
	t.Helper()
	b := newBench(t)
	b.now = time.Date(2026, 5, 20, 9, 0, 0, 0, time.UTC)
	b.register()
	if _, err := b.d.Activate(t.Context(), "second", secondRegister(t), nil); err != nil {
		t.Fatal(err)
	}
	return &chronicle{bench: b, rnd: rand.New(rand.NewPCG(seed, 31))}
}

// oneOf picks one of several.
func oneOf[T any](rnd *rand.Rand, list ...T) T { return list[rnd.IntN(len(list))] }

// before is a time up to some hours ago.
func (c *chronicle) before(hours int) time.Time {
	return c.now.Add(-time.Duration(c.rnd.IntN(hours*60)) * time.Minute)
}

// delivery is some random records of one source.
func (c *chronicle) delivery() []cdp.Record {
	source := oneOf(c.rnd, "shop.orders", "shop.orders", "shop.orders", "shop.orders", "store.pos", "store.invoices", "loyalty", "repairs", "club", "marketplace", "markt.orders", "web.log", "addresses.bought", "newsletter", "unknown")
	var recs []cdp.Record
	for range 1 + c.rnd.IntN(4) {
		c.rows++
		r := cdp.Record{Source: cdp.SourceID(source), Key: fmt.Sprint("k", c.rnd.IntN(12)), At: c.before(900), Deleted: c.rnd.IntN(9) == 0}
		mail := ident(cdp.KindEmail, fmt.Sprint("m", c.rnd.IntN(5)))
		r.Claims = []cdp.Claim{{Identifier: mail, Strength: cdp.LinkStrong}}
		if c.rnd.IntN(2) == 0 {
			r.Claims = append(r.Claims, cdp.Claim{Identifier: mail.Hashes()[0], Strength: cdp.LinkStrong}, cdp.Claim{Identifier: ident(cdp.KindSocial, fmt.Sprint("chat:", c.rnd.IntN(5))), Strength: cdp.LinkStrong})
		}
		if c.rnd.IntN(2) == 0 {
			r.Attributes = []cdp.Attribute{{Name: "birth_date", Category: "user.demographic.date_of_birth", Value: oneOf(c.rnd, cdp.Value("1979-04-01"), "2015-04-01", "last year")},
				oneOf(c.rnd, cdp.Attribute{Name: "diet", Category: "user.health_and_medical", Value: "halal"}, cdp.Attribute{Name: "place", Category: "user.location.precise", Value: "52.5,13.4"})}
		}
		for range c.rnd.IntN(3) {
			r.Touchpoints = append(r.Touchpoints, cdp.Touchpoint{Kind: oneOf(c.rnd, "newsletter.sent", "order", "offer.mailed", "notice.sent", "return"), Channel: "email",
				Purpose: oneOf(c.rnd, cdp.PurposeID("newsletter"), "orders", "post.offers"), At: c.before(900)})
		}
		for range c.rnd.IntN(3) {
			r = said(r, oneOf(c.rnd, "profile", "newsletter", "", "orders", "unheard"), oneOf(c.rnd, cdp.ConsentGiven, cdp.ConsentGiven, cdp.ConsentWithdrawn, cdp.ConsentObjected, cdp.ConsentUnreadable), c.before(900))
			r.Consents[len(r.Consents)-1].Method = oneOf(c.rnd, "written", "form")
		}
		if c.rnd.IntN(3) == 0 {
			r = shared(r, oneOf(c.rnd, "mailer", "printer", "nobody"), oneOf(c.rnd, "newsletter", "post.offers"), c.before(900), "email", "diet")
		}
		recs = append(recs, r)
	}
	return recs
}

// step lets something happen, and asks the lint.
func (c *chronicle) step() {
	c.t.Helper()
	c.now = c.now.Add(time.Duration(1+c.rnd.IntN(20)) * time.Hour)
	if _, err := c.d.Tick(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.tryAdmit(c.d, c.delivery()...); err != nil {
		c.t.Fatal(err)
	}
	if c.rnd.IntN(4) == 0 {
		c.decide()
	}
	if c.rnd.IntN(6) == 0 {
		c.share(letterAsk, "")
		c.runs++
	}
	about := cdp.Ref{Kind: "source", ID: oneOf(c.rnd, "unknown", "shop.orders")}
	rule := oneOf(c.rnd, "NO_BASIS", "SHARE_NO_BASIS", "EVIDENCE_INCOMPLETE")
	if c.rnd.IntN(3) == 0 {
		err := c.d.Mute(c.t.Context(), cdp.Mute{Rule: rule, Object: about, Reason: "ticket", Until: c.now.Add(time.Duration(1+c.rnd.IntN(90)) * time.Hour)})
		if err != nil && !errors.Is(err, ErrNotFound) { // nothing came of the source yet
			c.t.Fatal(err)
		}
	} else if c.rnd.IntN(2) == 0 {
		_ = c.d.Unmute(c.t.Context(), rule, about, "done") // there may be none
	}
	c.held = append(c.held, c.health(c.d))
	c.found, c.muted, c.sums = append(c.found, c.lint(c.d)), append(c.muted, c.mutes(c.d)), append(c.sums, c.counts(c.d))
}

func (c *chronicle) lint(d *Desk) cdp.LintReport {
	c.t.Helper()
	r, err := d.Lint(c.t.Context(), cdp.LintFilter{Refs: 1000}, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

func (c *chronicle) counts(d *Desk) cdp.Counts {
	c.t.Helper()
	out, err := d.Counts(c.t.Context(), "day", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

// decide lets a person decide something of two rows, or take a decision back.
func (c *chronicle) decide() {
	c.t.Helper()
	row := func(group int) cdp.DecidedRow {
		return cdp.DecidedRow{Row: cdp.Row{Source: oneOf(c.rnd, cdp.SourceID("shop.orders"), "store.pos"), Key: fmt.Sprint("k", c.rnd.IntN(6))}, Group: group}
	}
	mail := ident(cdp.KindEmail, fmt.Sprint("m", c.rnd.IntN(5)))
	d := oneOf(c.rnd, cdp.Decision{Verb: cdp.DecideSame, Rows: []cdp.DecidedRow{row(0), row(0)}}, cdp.Decision{Verb: cdp.DecideDifferent, Rows: []cdp.DecidedRow{row(0), row(1)}},
		cdp.Decision{Verb: cdp.DecideCut, Identifier: mail, Rows: []cdp.DecidedRow{row(0)}}, cdp.Decision{Verb: cdp.DecideSuppress, Identifier: mail},
		cdp.Decision{Verb: cdp.DecideLock, Rows: []cdp.DecidedRow{row(0), row(0)}})
	d.Reason = "called"
	if len(c.made) > 0 && c.rnd.IntN(2) == 0 {
		_, _, _ = c.d.Undo(c.t.Context(), c.made[:1], "taken back", "") // it may stand for others
		c.made = c.made[1:]
		return
	}
	if made, _, err := c.d.Decide(c.t.Context(), []cdp.Decision{d}, ""); err == nil { // there may be nothing to decide
		c.made = append(c.made, made[0].ID)
	}
}

func (c *chronicle) health(d *Desk) cdp.Health {
	c.t.Helper()
	h, err := d.Health(c.t.Context(), 100, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	for i := range h.Hubs {
		slices.Sort(h.Hubs[i].Profiles)
	}
	return h
}

func (c *chronicle) mutes(d *Desk) []cdp.Mute {
	c.t.Helper()
	list, err := d.Mutes(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	return list
}

// TestLintAsKnown: what the lint says as known at a time is what it said then,
// word by word, whatever was delivered, said, lifted and deleted since; and the
// runs kept are those made by then.
func TestLintAsKnown(t *testing.T) {
	n := 12
	if testing.Short() {
		n = 4
	}
	rules, compared := make(map[string]int), 0
	sums := cdp.LintReport{}
	for seed := range n {
		c := newChronicle(t, uint64(30+seed))
		for range 22 {
			c.step()
		}
		for _, i := range c.rnd.Perm(len(c.found))[:4] {
			was := c.found[i]
			d := c.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: was.At}})
			got := c.lint(d)
			if got.Dropped > 0 {
				continue // what was there is gone by law
			}
			compared++
			if diff := cmp.Diff(was, got, cmpopts.IgnoreFields(cdp.LintReport{}, "From")); diff != "" {
				t.Fatalf("seed %d: as known after step %d of %d:\n%s", seed, i, len(c.found), diff)
			}
			sums.Records, sums.Quarantined, sums.Profiles = sums.Records+got.Records, sums.Quarantined+got.Quarantined, sums.Profiles+got.Profiles
			for _, f := range got.Findings {
				rules[f.ID] += f.Open
				rules["muted"] += f.Muted
			}
			runs, err := d.LintRuns(t.Context(), 1000)
			if err != nil || len(runs) != i+1 || !runs[i].At.Equal(was.At) {
				t.Fatalf("seed %d: %d runs are told after step %d, %v", seed, len(runs), i, err)
			}
			held := c.health(d)
			if diff := cmp.Diff(c.held[i], held, cmp.Comparer(cdp.Identifier.Same), cmpopts.EquateEmpty(), cmpopts.EquateApprox(0, 1e-9), cmpopts.IgnoreFields(cdp.Health{}, "From"),
				cmpopts.IgnoreFields(cdp.HealthCounts{}, "Pending")); diff != "" {
				t.Fatalf("seed %d: health after step %d:\n%s", seed, i, diff)
			}
			if held.Counts.Pending != -1 || held.Counts.Matches != -1 {
				t.Fatalf("what is not known of then is told: %+v", held.Counts)
			}
			for _, n := range held.Decisions {
				rules["decided"] += n.InForce
				rules["undone"] += n.Undone
			}
			rules["sparse"] += len(held.Sparse)
			rules["hubs"] += len(held.Hubs)
			rules["conflicts"] += held.Counts.Conflicts
			if diff := cmp.Diff(c.sums[i], c.counts(d), cmpopts.IgnoreFields(cdp.Counts{}, "Known")); diff != "" {
				t.Fatalf("seed %d: counts after step %d:\n%s", seed, i, diff)
			}
			if diff := cmp.Diff(c.muted[i], c.mutes(d)); diff != "" {
				t.Fatalf("seed %d: mutes after step %d:\n%s", seed, i, diff)
			}
		}
		runs, err := c.d.LintRuns(t.Context(), 1000)
		if err != nil || len(runs) != len(c.found) {
			t.Fatalf("seed %d: looking back left %d runs for the trend, want %d (%v)", seed, len(runs), len(c.found), err)
		}
	}
	if compared < 3*n || sums.Quarantined == 0 || sums.Profiles == 0 || sums.Records <= sums.Profiles {
		t.Errorf("%d moments of %d histories were compared, %+v", compared, n, sums)
	}
	for _, id := range []string{"NO_BASIS", "SHARE_AFTER_WITHDRAWAL", "RECIPIENT_UNKNOWN", "NOT_INFORMED", "SSO_LINK", "MINOR_CONSENT", "SOURCE_UNDECLARED", "USE_AFTER_WITHDRAWAL", "ART9_CONDITION_MISSING", "muted", "decided", "undone", "sparse", "hubs", "conflicts"} {
		if rules[id] == 0 && !testing.Short() { // few histories hold less
			t.Errorf("%s was found nowhere: the histories show nothing of it", id)
		}
	}
}

// TestLintAsOfNow: as of now is what the lint says now, though it is gathered
// otherwise.
func TestLintAsOfNow(t *testing.T) {
	for seed := range 5 {
		c := newChronicle(t, uint64(100+seed))
		for range 22 {
			c.step()
		}
		was := c.found[len(c.found)-1]
		got := c.lint(c.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{At: c.now}}))
		if diff := cmp.Diff(was, got, cmpopts.IgnoreFields(cdp.LintReport{}, "From"), cmpopts.IgnoreFields(cdp.Finding{}, "Before")); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
}

// TestLintAsOf: what had not happened is not found, though it is known now; what
// is known now of what had happened is.
func TestLintAsOf(t *testing.T) {
	b := newBench(t).register()
	r := subscriber("o1", address(1), cdp.ConsentGiven, day(2))
	r.Touchpoints = []cdp.Touchpoint{{Kind: "newsletter.sent", Channel: "email", Purpose: "newsletter", At: day(12)}, {Kind: "newsletter.sent", Channel: "email", Purpose: "newsletter", At: day(20)}}
	r = shared(shared(r, "nobody", "newsletter", day(5), "email"), "nobody", "newsletter", day(15), "email")
	b.admit(r)
	b.now = b.now.Add(24 * time.Hour)
	b.admit(subscriber("o2", address(1), cdp.ConsentWithdrawn, day(10))) // learnt late
	count := func(at, known time.Time, rule string) int {
		t.Helper()
		got, err := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{At: at, Known: known}}).Lint(t.Context(), cdp.LintFilter{Rule: rule}, nil)
		if err != nil || len(got.Findings) != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
		return got.Findings[0].Open
	}
	learnt := b.now.Add(-time.Hour)
	for _, tc := range []struct {
		rule      string
		at, known time.Time
		want      int
	}{
		{"USE_AFTER_WITHDRAWAL", day(11), time.Time{}, 0},
		{"USE_AFTER_WITHDRAWAL", day(13), time.Time{}, 1},
		{"USE_AFTER_WITHDRAWAL", day(21), time.Time{}, 2},
		{"USE_AFTER_WITHDRAWAL", day(21), learnt, 0},
		{"RECIPIENT_UNKNOWN", day(4), time.Time{}, 0},
		{"RECIPIENT_UNKNOWN", day(6), time.Time{}, 1},
		{"RECIPIENT_UNKNOWN", time.Time{}, learnt, 2},
		{"SHARE_AFTER_WITHDRAWAL", day(16), time.Time{}, 1},
		{"SHARE_AFTER_WITHDRAWAL", time.Time{}, learnt, 0},
	} {
		if got := count(tc.at, tc.known, tc.rule); got != tc.want {
			t.Errorf("%s as of %v as known at %v: %d, want %d", tc.rule, tc.at, tc.known, got, tc.want)
		}
	}
}

// TestLintThenTellsOfWhatIsGone: records whose content was dropped since are
// counted, and nothing is made up about them.
func TestLintThenTellsOfWhatIsGone(t *testing.T) {
	b := newBench(t).register()
	unregistered(b, 2)
	then := b.now
	b.now = b.now.AddDate(0, 0, 40)
	if _, err := b.d.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, err := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: then}}).Lint(t.Context(), cdp.LintFilter{}, nil)
	if err != nil || r.Dropped != 2 || r.Quarantined != 0 || finding(t, r, "NO_BASIS").Open != 0 {
		t.Errorf("%d dropped, %d in quarantine, %v", r.Dropped, r.Quarantined, err)
	}
	if r, err = b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: b.now}}).Lint(t.Context(), cdp.LintFilter{}, nil); err != nil || r.Dropped != 0 {
		t.Errorf("by then they were gone, and %d are told of: %v", r.Dropped, err)
	}
}

// TestRecordSet: a set of records holds what was put into it and nothing else.
func TestRecordSet(t *testing.T) {
	var b graph.RecordSet
	put := []cdp.RecordID{1, 63, 64, 65, 4096, 130, 129, 1_000_000}
	for _, id := range put {
		b.Add(id)
	}
	n := 0
	for id := range cdp.RecordID(1_100_000) {
		if b.Has(id) {
			n++
		}
	}
	if n != len(put) {
		t.Errorf("%d are in, want %d", n, len(put))
	}
}
