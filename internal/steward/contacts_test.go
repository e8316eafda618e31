package steward

import (
	"slices"
	"testing"
	"time"

	"cdp-tui/internal/cdp"
)

// TestNotNow: quiet hours and how often the person wants to be written to say
// "not now, until" at the gate out and in the journey; and a disclosure of our
// own is told wherever disclosures are.
func TestNotNow(t *testing.T) {
	b := newBench(t).register()
	r := subscriber("a", address(1), cdp.ConsentGiven, day(2))
	r.Preferences = []cdp.Preference{{Endpoint: address(1), Quiet: cdp.Quiet{From: 22 * 60, To: 7 * 60, Zone: "Europe/Berlin"}, At: day(3)},
		{Endpoint: address(1), Channel: "email", Frequency: "P1W", At: day(3)}}
	b.admit(r)
	ask := cdp.Ask{Recipient: "mailer", Purpose: "newsletter", Channel: "email"}
	verdict := func() cdp.Verdict { return b.shareVerdict(ask, "shop.orders", "a").Verdict }
	morning := b.now
	b.now = time.Date(2026, 3, 1, 21, 30, 0, 0, time.UTC) // 22:30 in Berlin
	if v := verdict(); v.Rule != "share.preference.quiet" || !v.From.Equal(time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)) {
		t.Errorf("at night: %s, from %v", v.Rule, v.From)
	}
	b.now = morning
	if v := verdict(); !v.Allow {
		t.Fatalf("in the morning: %+v", v)
	}
	b.share(ask, "")
	b.now = morning.AddDate(0, 0, 2)
	if v := verdict(); v.Rule != "share.preference.frequency" || !v.From.Equal(morning.AddDate(0, 0, 7)) {
		t.Errorf("two days later: %s, from %v", v.Rule, v.From)
	}
	id := b.profile("shop.orders", "a")
	p, err := b.d.Profile(t.Context(), id)
	if err != nil || p.ShareCount != 1 {
		t.Errorf("%d shares in the overview, %v", p.ShareCount, err)
	}
	steps, err := b.d.Journey(t.Context(), id, time.Time{}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	kinds := make(map[string]int)
	for _, s := range steps {
		kinds[s.Kind]++
		if s.Kind == "share" && (s.Recipient != "mailer" || !s.Verdict.Allow) {
			t.Errorf("the share: %+v", s)
		}
	}
	if kinds["wish"] != 2 || kinds["share"] != 1 {
		t.Errorf("steps: %v", kinds)
	}
	again := 0
	if _, err := b.d.Lawful(t.Context(), cdp.LawfulFilter{Profile: id}, func(j cdp.Judged) error { again++; return nil }, nil); err != nil || again != 1 {
		t.Errorf("judged again: %d, %v", again, err)
	}
	sent := r
	sent.Key, sent.Preferences, sent.Consents = "b", nil, nil
	sent.Touchpoints = []cdp.Touchpoint{{Kind: "newsletter.sent", Channel: "email", At: morning.AddDate(0, 0, 1), Purpose: "newsletter"}}
	b.admit(sent)
	steps, err = b.d.Journey(t.Context(), b.profile("shop.orders", "a"), time.Time{}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, s := range steps {
		if s.What == "newsletter.sent" {
			found = true
			if s.Verdict.Rule != "use.preference.frequency" || !s.Verdict.From.Equal(morning.AddDate(0, 0, 7)) {
				t.Errorf("a letter a day after: %s, from %v", s.Verdict.Rule, s.Verdict.From)
			}
		}
	}
	if !found {
		t.Error("the letter is no step")
	}
}

// TestSecondPlan: who wants to be written to once a week is left out of the plan
// that follows a run, and the plan says by which rule and until when.
func TestSecondPlan(t *testing.T) {
	b := newBench(t).register().subscribers(3)
	r := subscriber("seldom", address(7), cdp.ConsentGiven, day(2))
	r.Preferences = []cdp.Preference{{Endpoint: address(7), Channel: "email", Frequency: "P1W", At: day(3)}}
	b.admit(r)
	ask := cdp.Ask{Recipient: "mailer", Purpose: "newsletter", Channel: "email"}
	_, run := b.share(ask, "")
	plan, err := b.d.SharePlan(t.Context(), ask, nil)
	if err != nil || plan.Allowed != run.Allowed-1 {
		t.Fatalf("sent %d, then %+v, %v", run.Allowed, plan, err)
	}
	i := slices.IndexFunc(plan.Rules, func(c cdp.RuleCount) bool { return c.Rule == "share.preference.frequency" })
	if i < 0 || plan.Rules[i].Count != 1 || !plan.Rules[i].NotNow.Equal(run.Released.AddDate(0, 0, 7)) {
		t.Fatalf("released %v: %+v", run.Released, plan.Rules)
	}
	if slices.ContainsFunc(plan.Rules, func(c cdp.RuleCount) bool { return c.Outcome == cdp.FieldAllowed && !c.NotNow.IsZero() }) {
		t.Errorf("what may go does not wait for a day: %+v", plan.Rules)
	}
	one, err := b.d.ShareVerdict(t.Context(), ask, plan.Rules[i].Examples[0])
	if err != nil || !slices.Contains(one.Verdict.Facts, "frequency=P1W") {
		t.Errorf("%+v, %v", one.Verdict, err)
	}
}
