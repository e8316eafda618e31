package policy

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"cdp-tui/internal/cdp"

	"pgregory.net/rapid"
)

func ev(s cdp.ConsentState, when string, change ...func(*cdp.Consent)) cdp.Consent {
	c := cdp.Consent{Endpoint: mail, Purpose: "newsletter", Controller: "lindenhof", State: s, At: at(when)}
	if when != "" {
		c.Recorded = c.At
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

func until(when string) func(*cdp.Consent)    { return func(c *cdp.Consent) { c.Expires = at(when) } }
func recorded(when string) func(*cdp.Consent) { return func(c *cdp.Consent) { c.Recorded = at(when) } }
func ticked(c *cdp.Consent)                   { c.PreTicked = true }
func shown(c *cdp.Consent)                    { c.Notice, c.Language = "v3", "ro" }
func byForm(c *cdp.Consent)                   { c.Method = "form" }

func TestFold(t *testing.T) {
	const now = "2026-05-10"
	for _, tc := range []struct {
		name    string
		events  []cdp.Consent
		state   cdp.ConsentState
		since   string
		missing string
	}{
		{"no statement", nil, cdp.NoStatement, "", ""},
		{"an empty statement is not none", []cdp.Consent{ev(cdp.ConsentEmpty, "2026-01-01")}, cdp.ConsentEmpty, "2026-01-01", "notice method language proof"},
		{"given", []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-01", shown, byForm)}, cdp.ConsentGiven, "2026-01-01", "proof"},
		{"given without a time", []cdp.Consent{ev(cdp.ConsentGiven, "", recorded("2026-05-01"))}, cdp.ConsentGiven, "", "notice method time language proof"},
		{"a permission without a time does not follow a withdrawal", []cdp.Consent{ev(cdp.ConsentWithdrawn, "2026-01-01"), ev(cdp.ConsentGiven, "", recorded("2026-05-01"))}, cdp.ConsentWithdrawn, "2026-01-01", "notice method language proof"},
		{"a no without a time was said by the time it was recorded", []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-01"), ev(cdp.ConsentRefused, "", recorded("2026-02-01"))}, cdp.ConsentRefused, "2026-02-01", "notice method time language proof"},
		{"and a later permission counts", []cdp.Consent{ev(cdp.ConsentGiven, "2026-03-01"), ev(cdp.ConsentRefused, "", recorded("2026-02-01"))}, cdp.ConsentGiven, "2026-03-01", "notice method language proof"},
		{"double opt-in, confirmed", []cdp.Consent{ev(cdp.ConsentRequested, "2026-01-01"), ev(cdp.ConsentPending, "2026-01-01", shown, byForm), ev(cdp.ConsentGiven, "2026-01-02")}, cdp.ConsentGiven, "2026-01-02", "proof"},
		{"double opt-in, not confirmed", []cdp.Consent{ev(cdp.ConsentPending, "2026-05-09", until("2026-05-16"))}, cdp.ConsentPending, "2026-05-09", "notice method language proof"},
		{"double opt-in, window over", []cdp.Consent{ev(cdp.ConsentPending, "2026-04-01", until("2026-04-08"))}, cdp.ConsentExpired, "2026-04-08", "notice method language proof"},
		{"asked to confirm what is permitted already", []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-01"), ev(cdp.ConsentPending, "2026-02-01", until("2026-02-08"))}, cdp.ConsentGiven, "2026-01-01", "notice method language proof"},
		{"asked again after a refusal", []cdp.Consent{ev(cdp.ConsentRefused, "2026-01-01"), ev(cdp.ConsentRequested, "2026-02-01")}, cdp.ConsentRefused, "2026-01-01", "notice method language proof"},
		{"refused after an objection: the objection stands", []cdp.Consent{ev(cdp.ConsentObjected, "2026-01-01"), ev(cdp.ConsentRefused, "2026-02-01")}, cdp.ConsentObjected, "2026-01-01", "notice method language proof"},
		{"asked, and put off", []cdp.Consent{ev(cdp.ConsentRequested, "2026-01-01"), ev(cdp.ConsentDeferred, "2026-01-02")}, cdp.ConsentDeferred, "2026-01-02", "notice method language proof"},
		{"put off does not undo a no", []cdp.Consent{ev(cdp.ConsentRefused, "2026-01-01"), ev(cdp.ConsentDeferred, "2026-01-02")}, cdp.ConsentRefused, "2026-01-01", "notice method language proof"},
		{"opt-in, opt-out, opt-in", []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-01"), ev(cdp.ConsentWithdrawn, "2026-01-02"), ev(cdp.ConsentGiven, "2026-01-03")}, cdp.ConsentGiven, "2026-01-03", "notice method language proof"},
		{"said twice: since the first time", []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-01", byForm), ev(cdp.ConsentGiven, "2026-02-01", shown)}, cdp.ConsentGiven, "2026-01-01", "proof"},
		{"expired by the clock", []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-01", until("2026-05-10"))}, cdp.ConsentExpired, "2026-05-10", "notice method language proof"},
		{"not yet expired", []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-01", until("2026-05-11"))}, cdp.ConsentGiven, "2026-01-01", "notice method language proof"},
		{"renewed in time", []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-01", until("2026-03-01")), ev(cdp.ConsentRenewed, "2026-02-01", until("2027-02-01"))}, cdp.ConsentRenewed, "2026-01-01", "notice method language proof"},
		{"expired in between, then given", []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-01", until("2026-02-01")), ev(cdp.ConsentGiven, "2026-03-01")}, cdp.ConsentGiven, "2026-03-01", "notice method language proof"},
		{"two ends of the same consent", []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-01"), ev(cdp.ConsentGiven, "2026-01-01", until("2026-04-01"))}, cdp.ConsentExpired, "2026-04-01", "notice method language proof"},
		{"pre-ticked", []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-01", ticked)}, cdp.ConsentInvalidated, "2026-01-01", "notice method language proof"},
		{"unreadable after a permission", []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-01"), ev(cdp.ConsentUnreadable, "2026-02-01")}, cdp.ConsentUnreadable, "2026-02-01", "notice method language proof"},
		{"unreadable after a refusal", []cdp.Consent{ev(cdp.ConsentRefused, "2026-01-01"), ev(cdp.ConsentUnreadable, "2026-02-01")}, cdp.ConsentRefused, "2026-01-01", "notice method language proof"},
		{"a word that is no state", []cdp.Consent{ev("halted", "2026-01-01")}, cdp.ConsentUnreadable, "2026-01-01", "notice method language proof"},
		{"dated in the future", []cdp.Consent{ev(cdp.ConsentGiven, "2026-06-01", recorded("2026-05-01"))}, cdp.NoStatement, "", ""},
		{"a withdrawal known, dated in the future", []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-01"), ev(cdp.ConsentWithdrawn, "2026-06-01", recorded("2026-05-01"))}, cdp.ConsentWithdrawn, now, "notice method language proof"},
		{"a withdrawal learnt after the day asked about", []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-01"), ev(cdp.ConsentWithdrawn, "2026-06-01")}, cdp.ConsentGiven, "2026-01-01", "notice method language proof"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := Fold(tc.events, at(now))
			if s.State != tc.state || !s.Since.Equal(at(tc.since)) {
				t.Errorf("%q since %s; want %q since %s", s.State, s.Since, tc.state, at(tc.since))
			}
			if got := strings.Join(s.Missing, " "); got != tc.missing {
				t.Errorf("missing %q, want %q", got, tc.missing)
			}
			if want := 100 - 20*len(s.Missing); tc.state != cdp.NoStatement && s.Complete != want {
				t.Errorf("complete %d, want %d", s.Complete, want)
			}
		})
	}
}

func TestFoldConflict(t *testing.T) {
	same := []cdp.Consent{ev(cdp.ConsentGiven, "2026-01-01"), ev(cdp.ConsentWithdrawn, "2026-01-01")}
	if s := Fold(same, at("2026-05-10")); s.State != cdp.ConsentWithdrawn || !s.Conflict {
		t.Errorf("at the same second: %q, conflict %v; want withdrawn and a conflict", s.State, s.Conflict)
	}
	after := append(same, ev(cdp.ConsentGiven, "2026-02-01"))
	if s := Fold(after, at("2026-05-10")); s.State != cdp.ConsentGiven || s.Conflict {
		t.Errorf("resolved later: %q, conflict %v; want given and none", s.State, s.Conflict)
	}
}

func TestStandings(t *testing.T) {
	on := func(c cdp.Consent, f func(*cdp.Consent)) cdp.Consent { f(&c); return c }
	events := []cdp.Consent{
		ev(cdp.ConsentGiven, "2026-01-01"),
		on(ev(cdp.ConsentRefused, "2026-01-01"), func(c *cdp.Consent) { c.Endpoint = phone }),
		on(ev(cdp.ConsentRefused, "2026-01-01"), func(c *cdp.Consent) { c.Regulation = "ccpa" }),
		on(ev(cdp.ConsentRefused, "2026-01-01"), func(c *cdp.Consent) { c.Controller = "marktplatz" }),
		on(ev(cdp.ConsentGiven, "2026-03-01"), func(c *cdp.Consent) { c.Endpoint, c.Channel = phone, "sms" }),
	}
	var got []string
	for _, s := range Standings(events, at("2026-05-10")) {
		got = append(got, strings.Join([]string{string(s.Endpoint.Kind()), s.Controller, string(s.Channel), string(s.State)}, " "))
	}
	want := []string{"email lindenhof  refused", "email lindenhof  given", "email marktplatz  refused", "phone lindenhof  refused", "phone lindenhof sms given"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// genEvent draws from few values, so that instants collide.
func genEvent(endpoints []cdp.Identifier, purposes []cdp.PurposeID) *rapid.Generator[cdp.Consent] {
	states := append(cdp.ConsentStates(), "halted", cdp.NoStatement)
	day := func(t *rapid.T, name string) time.Time {
		n := rapid.IntRange(0, 9).Draw(t, name)
		if n == 0 {
			return time.Time{}
		}
		return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC)
	}
	return rapid.Custom(func(t *rapid.T) cdp.Consent {
		c := cdp.Consent{
			Endpoint: rapid.SampledFrom(endpoints).Draw(t, "endpoint"), Purpose: rapid.SampledFrom(purposes).Draw(t, "purpose"),
			State: rapid.SampledFrom(states).Draw(t, "state"), At: day(t, "at"), Recorded: day(t, "recorded"),
			Controller: rapid.SampledFrom([]string{"", "lindenhof", "lindenhof", "marktplatz"}).Draw(t, "controller"),
			Channel:    rapid.SampledFrom([]cdp.Channel{"", "", "email", "sms"}).Draw(t, "channel"),
			PreTicked:  rapid.IntRange(0, 9).Draw(t, "ticked") == 0,
			Method:     rapid.SampledFrom([]string{"", "form", "double opt-in"}).Draw(t, "method"),
			Notice:     rapid.SampledFrom([]string{"", "v3"}).Draw(t, "notice"),
		}
		if rapid.Bool().Draw(t, "ends") {
			c.Expires = day(t, "expires")
		}
		return c
	})
}

func genTime(t *rapid.T) time.Time {
	return time.Date(2026, 1, rapid.IntRange(1, 11).Draw(t, "now"), 0, 0, 0, 0, time.UTC)
}

var oneKey = genEvent([]cdp.Identifier{mail}, []cdp.PurposeID{"newsletter"})

func TestFoldIsAFunctionOfASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := genTime(t)
		a := rapid.SliceOfN(oneKey, 0, 6).Draw(t, "a")
		b := rapid.SliceOfN(oneKey, 0, 6).Draw(t, "b")
		union := slices.Concat(a, b)
		want := Fold(union, now)
		shuffled := rapid.Permutation(slices.Concat(union, a)).Draw(t, "shuffled")
		if got := Fold(shuffled, now); !reflect.DeepEqual(got, want) {
			t.Fatalf("order or repetition matters:\n%+v\n%+v", got, want)
		}
		if got := Fold(slices.Concat(b, Fold(a, now).Events), now); !reflect.DeepEqual(got, want) {
			t.Fatalf("folding in parts matters:\n%+v\n%+v", got, want)
		}
	})
}

// validNaively says in one sentence when a consent is valid: the last instant
// at which the person only permitted is not followed by anything that ends a
// permission, and has not run out.
func validNaively(events []cdp.Consent, now time.Time) bool {
	yes := func(c cdp.Consent) bool { return c.State.ValidForProcessing() && !c.PreTicked }
	ends := func(c cdp.Consent) bool {
		silent := c.PreTicked && (c.State.ValidForProcessing() || c.State == cdp.ConsentPending)
		return silent || c.State.Restrictive() || c.State == cdp.ConsentUnreadable || c.State == "halted"
	}
	counts := func(c cdp.Consent) (time.Time, bool) {
		said := c.State == cdp.ConsentRefused || c.State == cdp.ConsentWithdrawn || c.State == cdp.ConsentObjected
		switch {
		case c.At.IsZero() && ends(c):
			return c.Recorded, !c.Recorded.After(now)
		case c.At.After(now) && said && !c.Recorded.IsZero() && !c.Recorded.After(now):
			return now, true
		}
		return c.At, !c.At.After(now)
	}
	var last time.Time
	found := false
	for _, c := range events {
		when, ok := counts(c)
		if !ok || !yes(c) || found && when.Before(last) {
			continue
		}
		alone := true
		for _, d := range events {
			w, ok := counts(d)
			alone = alone && !(ok && w.Equal(when) && (ends(d) || d.State == cdp.ConsentPending))
		}
		if alone {
			last, found = when, true
		}
	}
	if !found {
		return false
	}
	for _, c := range events {
		when, ok := counts(c)
		if ok && ends(c) && when.After(last) {
			return false
		}
		if ok && yes(c) && when.Equal(last) && !c.Expires.IsZero() && !c.Expires.After(now) {
			return false
		}
	}
	return true
}

func TestFoldAgainstOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := genTime(t)
		events := rapid.SliceOfN(oneKey, 0, 8).Draw(t, "events")
		if got, want := Fold(events, now).State.ValidForProcessing(), validNaively(events, now); got != want {
			t.Fatalf("valid %v, want %v: %+v", got, want, Fold(events, now))
		}
	})
}

func TestFoldNeverWidens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := genTime(t)
		events := rapid.SliceOfN(oneKey, 0, 8).Draw(t, "events")
		more := oneKey.Filter(func(c cdp.Consent) bool {
			s := standing(&c)
			return s.Restrictive() || s == cdp.ConsentUnreadable
		}).Draw(t, "restrictive")
		before, after := Fold(events, now), Fold(append(slices.Clone(events), more), now)
		if after.State.ValidForProcessing() && !before.State.ValidForProcessing() {
			t.Fatalf("a no made %q into %q", before.State, after.State)
		}
	})
}
