package steward

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/graph"
	"cdp-tui/internal/policy"
)

// planAsks are disclosures that random histories are asked about.
var planAsks = []cdp.Ask{
	{Recipient: "mailer", Purpose: "newsletter"},
	{Recipient: "mailer", Purpose: "newsletter", Channel: "email"},
	{Recipient: "parcel", Purpose: "orders", Channel: "post", Segment: "size:2 OR consent:newsletter/given"},
	{Recipient: "parcel", Purpose: "orders", Segment: "in:within"},
	{Recipient: "adserver", Purpose: "newsletter"},
}

// planSeen is a plan with the verdicts on all its profiles, in print; which
// profiles a plan names for a rule depends on their order.
func (b *bench) planSeen(d *Desk, ask cdp.Ask) string {
	b.t.Helper()
	plan, err := d.SharePlan(b.t.Context(), ask, nil)
	if errors.Is(err, ErrNotFound) {
		return "no such segment"
	}
	if err != nil {
		b.t.Fatal(err)
	}
	if (plan.Digest == "") == d.lens.IsNow() {
		b.t.Fatalf("a plan of %v has the digest %q", d.lens, plan.Digest)
	}
	plan.Digest, plan.Known = "", time.Time{}
	for _, list := range [][]cdp.RuleCount{plan.Rules, plan.Fields} {
		for i := range list {
			list[i].Examples, list[i].Reason = nil, "" // the reason is that of one of them
		}
	}
	var verdicts []string
	for after, more := "", true; more; {
		page, err := d.ShareVerdicts(b.t.Context(), ask, "", "", after, 3)
		if err != nil {
			b.t.Fatal(err)
		}
		for _, v := range page.Items {
			verdicts = append(verdicts, judgedAs(v))
		}
		after, more = page.Next, page.More
	}
	if len(verdicts) != plan.Profiles {
		b.t.Fatalf("%d verdicts on %d profiles", len(verdicts), plan.Profiles)
	}
	slices.Sort(verdicts)
	return fmt.Sprintf("%+v\n%s", plan, strings.Join(verdicts, "\n"))
}

// judgedAs is the verdict on a profile in print.
func judgedAs(v cdp.Disclosure) string {
	var out strings.Builder
	fmt.Fprint(&out, v.Profile, " ", v.Verdict.Allow, " ", v.Verdict.Rule, " ", v.Verdict.Until.Unix(), " ", v.Verdict.Facts)
	for _, f := range v.Fields {
		fmt.Fprint(&out, "; ", f.Field, " ", f.Outcome, " ", f.Verdict.Rule, " ", f.Records)
		for _, value := range f.Values {
			fmt.Fprint(&out, " ", value.Reveal())
		}
	}
	return out.String()
}

// A shareStory is a random history of what bears on disclosures.
type shareStory struct {
	*bench
	rnd  *rand.Rand
	all  *facts
	step int
	runs bool // disclosures are made, so that what was sent bears on what may be
}

func newShareStory(t *testing.T, seed uint64) *shareStory {
	s := &shareStory{bench: newBench(t), rnd: rand.New(rand.NewPCG(seed, 5)), all: &facts{records: make(map[string]cdp.Record), bars: make(map[cdp.Row][]cdp.Restriction)}}
	s.now = time.Date(2026, 5, 20, 9, 0, 0, 0, time.UTC)
	first, err := os.ReadFile("testdata/register.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range [][]byte{first, secondRegister(t)} {
		reg, err := policy.Parse("r", text)
		if err != nil {
			t.Fatal(err)
		}
		s.all.register = append(s.all.register, reg)
		if _, err := s.d.Activate(t.Context(), fmt.Sprint("r", i), text, nil); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// next lets time pass and something happen.
func (s *shareStory) next() {
	s.t.Helper()
	s.step++
	s.now = s.now.Add(time.Duration(1+s.rnd.IntN(20)) * time.Hour)
	s.ticks()
	if s.step == 6 || s.step == 14 {
		if _, err := s.d.SaveSegment(s.t.Context(), "letters", []string{"size:1", "consent:newsletter/given"}[s.step/10], ""); err != nil {
			s.t.Fatal(err)
		}
		if _, err := s.d.SaveSegment(s.t.Context(), "within", "in:letters", ""); err != nil {
			s.t.Fatal(err)
		}
	}
	var recs []cdp.Record
	source := []string{"shop.orders", "shop.orders", "store.pos", "loyalty"}[s.rnd.IntN(4)]
	for i := range 1 + s.rnd.IntN(3) {
		recs = append(recs, s.record(source, i))
	}
	out, err := s.tryAdmit(s.d, recs...)
	if err != nil || !out.Balanced() {
		s.t.Fatalf("%+v, %v", out, err)
	}
	for _, r := range recs {
		s.all.learn(r, s.now, s.all.inForce(s.now))
	}
	s.ticks()
	if s.runs && s.step%4 == 0 {
		ask := planAsks[s.rnd.IntN(2)]
		s.share(ask, "")
	}
}

func (s *shareStory) record(source string, i int) cdp.Record {
	rnd := s.rnd
	at := s.now.Add(-time.Duration(rnd.IntN(400)) * time.Hour).Add(time.Duration(i) * time.Second)
	who := rnd.IntN(5)
	r := record(source, fmt.Sprint("k", rnd.IntN(9)), address(who))
	r.At = at
	if rnd.IntN(3) == 0 {
		r.Claims = append(r.Claims, cdp.Claim{Identifier: address(rnd.IntN(5)), Strength: cdp.LinkStrong})
	}
	r.Attributes = []cdp.Attribute{{Name: "given_name", Category: "user.name.first", Value: cdp.Value(fmt.Sprint("Name ", rnd.IntN(3)))}}
	if rnd.IntN(4) == 0 {
		r.Attributes = append(r.Attributes, cdp.Attribute{Name: "city", Category: "user.contact.address", Value: "Ulm"})
	}
	r.Deleted = rnd.IntN(12) == 0
	states := []cdp.ConsentState{cdp.ConsentGiven, cdp.ConsentGiven, cdp.ConsentWithdrawn, cdp.ConsentObjected}
	for range rnd.IntN(3) {
		r = said(r, []string{"newsletter", "newsletter", "profile", "post.offers"}[rnd.IntN(4)], states[rnd.IntN(4)], at.Add(-time.Duration(rnd.IntN(100))*time.Hour))
		c := &r.Consents[len(r.Consents)-1]
		c.Method = "written"
		if rnd.IntN(4) == 0 {
			c.Expires = s.now.Add(time.Duration(rnd.IntN(100))*time.Hour + time.Minute)
		}
	}
	if s.runs && rnd.IntN(8) == 0 {
		r.Restrictions = []cdp.Restriction{{Ground: cdp.GroundAccuracy, Lifted: rnd.IntN(3) == 0, Whole: rnd.IntN(2) == 0, At: at}}
	}
	switch rnd.IntN(6) {
	case 0:
		r.Preferences = []cdp.Preference{{Endpoint: address(who), Channel: "email", Wish: []cdp.Wish{cdp.Wanted, cdp.Unwanted}[rnd.IntN(2)], At: at}}
	case 1:
		r.Preferences = []cdp.Preference{{Endpoint: address(who), Channel: "email", Frequency: "P3D", At: at}}
	case 2:
		r = shared(r, "adserver", "newsletter", at.Add(time.Hour), "email")
	case 3:
		r.Touchpoints = []cdp.Touchpoint{{Kind: "newsletter.sent", Channel: "email", At: at, Purpose: "newsletter"}}
	}
	return r
}

// TestSharePlanAsKnown: a plan as known at a time is the plan that was made then,
// on random histories with consents, wishes, deletions, our own disclosures, a
// change of registers and of saved segments.
func TestSharePlanAsKnown(t *testing.T) {
	seeds := uint64(14)
	if testing.Short() {
		seeds = 4
	}
	allowed := false
	for seed := range seeds {
		s := newShareStory(t, seed)
		s.runs = true
		type moment struct {
			at    time.Time
			plans []string
		}
		var past []moment
		for range 24 {
			s.next()
			now := moment{at: s.now}
			for _, ask := range planAsks {
				now.plans = append(now.plans, s.planSeen(s.d, ask))
			}
			past = append(past, now)
		}
		for _, i := range s.rnd.Perm(len(past))[:7] {
			was := past[i]
			d := s.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: was.at}})
			for k, ask := range planAsks {
				if got := s.planSeen(d, ask); got != was.plans[k] {
					t.Fatalf("seed %d: to %s over %q in %q as known at %v\n%s\nwas\n%s", seed, ask.Recipient, ask.Channel, ask.Segment, was.at, got, was.plans[k])
				}
				allowed = allowed || strings.Contains(was.plans[k], " true share.consent.given")
			}
			s.oneByOne(d, planAsks[1])
		}
	}
	if !allowed {
		t.Fatal("nothing was ever allowed: the test shows nothing")
	}
}

// oneByOne holds the verdict on one profile against that among all.
func (s *shareStory) oneByOne(d *Desk, ask cdp.Ask) {
	s.t.Helper()
	page, err := d.ShareVerdicts(s.t.Context(), ask, "", "", "", 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, v := range page.Items {
		one, err := d.ShareVerdict(s.t.Context(), ask, v.Profile)
		if err != nil || judgedAs(one) != judgedAs(v) {
			s.t.Fatalf("alone %s, %v\namong all %s", judgedAs(one), err, judgedAs(v))
		}
	}
}

// TestSharePlanAsOf: a plan as of a time is what a naive evaluation of all facts
// gives for that time.
func TestSharePlanAsOf(t *testing.T) {
	seeds := uint64(20)
	if testing.Short() {
		seeds = 5
	}
	allowed := false
	for seed := range seeds {
		s := newShareStory(t, seed)
		for range 24 {
			s.next()
		}
		for range 4 {
			at := s.now.Add(-time.Duration(s.rnd.IntN(500)) * time.Hour)
			d := s.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{At: at}})
			ask := planAsks[s.rnd.IntN(2)]
			page, err := d.ShareVerdicts(t.Context(), ask, "", "", "", 1000)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, v := range page.Items {
				got = append(got, plainly(v))
			}
			slices.Sort(got)
			if want := s.all.disclosures(ask, at); !slices.Equal(got, want) {
				t.Fatalf("seed %d: over %q as of %v\n%s\nby all facts\n%s", seed, ask.Channel, at, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			allowed = allowed || slices.ContainsFunc(got, func(v string) bool { return strings.HasPrefix(v, "true") })
		}
	}
	if !allowed {
		t.Fatal("nothing was ever allowed: the test shows nothing")
	}
}

// plainly is a verdict without ids.
func plainly(v cdp.Disclosure) string {
	out := fmt.Sprint(v.Verdict.Allow, " ", v.Verdict.Rule)
	for _, f := range v.Fields {
		out += fmt.Sprint("; ", f.Field, " ", f.Outcome, " ", f.Verdict.Rule)
		var values []string
		for _, value := range f.Values {
			values = append(values, value.Reveal())
		}
		slices.Sort(values)
		out += " " + strings.Join(values, " ")
	}
	return out
}

// disclosures judges everybody by all facts, without a store.
func (f *facts) disclosures(ask cdp.Ask, at time.Time) []string {
	reg := f.inForce(at)
	var out []string
	for _, group := range strings.Split(f.partition(at), "\n") {
		if group == "" {
			continue
		}
		var parts []policy.Part
		var contacts []policy.Contact
		often := false
		for i, key := range strings.Fields(group) {
			r := f.records[key]
			r.ID = cdp.RecordID(i + 1)
			src := sourceOf(r.Source)
			p := policy.Part{Record: r.ID, Source: src, Claims: r.Claims, Attributes: r.Attributes, Facts: policy.Facts{RecordAt: r.At, Recorded: r.Recorded}}
			for _, c := range f.consents {
				if c.Controller == controllerOf(reg, src) && slices.ContainsFunc(endpointsOf(&r), c.Endpoint.Same) {
					p.Facts.Consents = append(p.Facts.Consents, c)
				}
			}
			for _, w := range f.wishes {
				if w.Controller == controllerOf(reg, src) && slices.ContainsFunc(endpointsOf(&r), w.Endpoint.Same) {
					p.Facts.Preferences = append(p.Facts.Preferences, w)
					often = often || w.Frequency != ""
				}
			}
			for _, t := range r.Touchpoints {
				contacts = append(contacts, policy.Contact{Channel: t.Channel, At: t.At})
			}
			parts = append(parts, p)
		}
		for i := range parts {
			if often && ask.Channel != "" {
				parts[i].Facts.Contacts = contacts
			}
		}
		out = append(out, plainly(policy.Disclose(policy.Disclosure{Register: reg, Recipient: ask.Recipient, Purpose: ask.Purpose, Channel: ask.Channel, At: at}, parts)))
	}
	slices.Sort(out)
	return out
}

// TestSharePlanOnlyLooks: what is planned for another time is not run, and the
// log has the look.
func TestSharePlanOnlyLooks(t *testing.T) {
	b := newBench(t).register().subscribers(3)
	d := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{At: day(10)}})
	plan, err := d.SharePlan(t.Context(), letterAsk, nil)
	if err != nil || plan.Allowed != 2 || plan.Digest != "" || !plan.At.Equal(day(10)) {
		t.Fatalf("%+v, %v", plan, err)
	}
	if log, err := b.d.Log(t.Context(), cdp.Ref{Kind: "recipient", ID: "mailer"}, 0, 1); err != nil || len(log) != 1 || log[0].Verb != "plan" {
		t.Errorf("log: %+v, %v", log, err)
	}
	out := &drain{}
	if _, err := d.ShareRun(t.Context(), letterAsk, ShareOrder{Reason: "x"}, out, nil); !errors.Is(err, ErrPast) || out.out.Len() > 0 {
		t.Errorf("a run of another time: %v", err)
	}
	if _, err := d.SettleRun(t.Context(), 1, "", "x"); !errors.Is(err, ErrPast) {
		t.Errorf("settled from another time: %v", err)
	}
	if runs, _ := b.d.ShareRuns(t.Context(), 0, 9); len(runs) != 0 {
		t.Errorf("a run was begun: %+v", runs)
	}
	if targets, err := b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: b.now.Add(-time.Hour)}}).ShareTargets(t.Context()); err != nil || len(targets) != 0 {
		t.Errorf("before there was a register: %+v, %v", targets, err)
	}
}

// TestSharesVoidLater: a run that counted as sent until a person said that
// nothing had left counts as sent as known before that.
func TestSharesVoidLater(t *testing.T) {
	b := newBench(t).register()
	r := subscriber("a", address(1), cdp.ConsentGiven, day(2))
	r.Preferences = []cdp.Preference{{Endpoint: address(1), Channel: "email", Frequency: "P1W", At: day(3)}}
	b.admit(r)
	b.now = b.now.Add(2 * time.Hour)
	letter := letterAsk
	letter.Channel = "email"
	_, run := b.share(letter, "")
	run.State, run.Confirmed, run.Done = cdp.RunReleased, 0, time.Time{} // as a process leaves it that is killed there
	if err := b.s.g.Update(t.Context(), b.now, func(tx *graph.Tx) error { return tx.SetRun(run) }); err != nil {
		t.Fatal(err)
	}
	sent := b.now
	b.now = b.now.Add(24 * time.Hour)
	was := b.planSeen(b.d, letter)
	if !strings.Contains(was, "share.preference.frequency") {
		t.Fatalf("it does not count as sent:\n%s", was)
	}
	sums := func(d *Desk) (n int) {
		c, err := d.Counts(t.Context(), "month", nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range c.Rows {
			n += p.Sent
		}
		return n
	}
	if n := sums(b.d); n != 1 {
		t.Errorf("%d are counted as sent", n)
	}
	known := b.now
	b.now = b.now.Add(24 * time.Hour)
	if _, err := b.d.SettleRun(t.Context(), run.ID, "", "nothing left"); err != nil {
		t.Fatal(err)
	}
	if now := b.planSeen(b.d, letter); !strings.Contains(now, "true share.consent.given") {
		t.Errorf("a void run counts:\n%s", now)
	}
	if now, then := sums(b.d), sums(b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: known}})); now != 0 || then != 1 {
		t.Errorf("counted as sent: %d now, %d as known before it was void", now, then)
	}
	if got := b.planSeen(b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: known}}), letter); got != was {
		t.Errorf("as known before it was void\n%s\nwas\n%s", got, was)
	}
	if got := b.planSeen(b.d.Through(cdp.Lens{Standpoint: cdp.Standpoint{Known: sent.Add(-time.Hour)}}), letter); !strings.Contains(got, "true share.consent.given") {
		t.Errorf("as known before it was sent:\n%s", got)
	}
}
