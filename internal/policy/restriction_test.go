package policy

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"cdp-tui/internal/cdp"

	"pgregory.net/rapid"
)

// restrictedFrom restricts the person or, with whole false, one row.
func restrictedFrom(day string, whole bool, ground cdp.RestrictionGround) []cdp.Restriction {
	return []cdp.Restriction{{Whole: whole, Ground: ground, At: at(day), Recorded: at(day), Source: cdp.OfficerSource}}
}

func suppressedFrom(day string, scope cdp.SuppressionScope, ch cdp.Channel) []cdp.Suppression {
	return []cdp.Suppression{{Hash: cdp.SuppressionHash{1}, Scope: scope, Channel: ch, Origin: cdp.SuppressedRegister, At: at(day), Recorded: at(day)}}
}

func genRestrictions(t *rapid.T) []cdp.Restriction {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) cdp.Restriction {
		return cdp.Restriction{Lifted: rapid.Bool().Draw(t, "lifted"), Whole: rapid.Bool().Draw(t, "whole"), At: genTime(t), Recorded: genTime(t),
			Ground: rapid.SampledFrom([]cdp.RestrictionGround{"", "", cdp.GroundAccuracy, cdp.GroundObjection}).Draw(t, "ground"),
			Source: rapid.SampledFrom([]cdp.SourceID{cdp.OfficerSource, "shop", "crm"}).Draw(t, "who says so")}
	}), 0, 4).Draw(t, "restrictions")
}

func genSuppressions(t *rapid.T) []cdp.Suppression {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) cdp.Suppression {
		return cdp.Suppression{Hash: cdp.SuppressionHash{byte(rapid.IntRange(1, 2).Draw(t, "endpoint"))}, Ended: rapid.Bool().Draw(t, "ended"),
			Scope:      rapid.SampledFrom(cdp.SuppressionScopes()).Draw(t, "scope"),
			Channel:    rapid.SampledFrom([]cdp.Channel{"", "email", "sms"}).Draw(t, "channel"),
			Controller: rapid.SampledFrom([]string{"", "lindenhof", "other"}).Draw(t, "controller"),
			Origin:     cdp.SuppressedErasure, At: genTime(t), Recorded: genTime(t)}
	}), 0, 4).Draw(t, "suppressions")
}

// genSometimes draws something one time in ten.
func genSometimes[T any](t *rapid.T, what string, gen func(*rapid.T) []T) []T {
	if rapid.IntRange(0, 9).Draw(t, what) > 0 {
		return nil
	}
	return gen(t)
}

// restrictedByHand says whether a row is restricted, and whether its person is:
// some restriction of it was never lifted after it began.
func restrictedByHand(said []cdp.Restriction, now time.Time) (row, whole bool) {
	first := func(e cdp.Restriction) time.Time {
		if e.Lifted || e.At.Before(e.Recorded) {
			return e.At
		}
		return e.Recorded
	}
	for _, e := range said {
		if e.Lifted || first(e).After(now) {
			continue
		}
		over := slices.ContainsFunc(said, func(l cdp.Restriction) bool {
			return l.Lifted && l.At.After(first(e)) && !l.At.After(now) && (l.Ground == "" || l.Ground == e.Ground) && (l.Source == cdp.OfficerSource || l.Source == e.Source)
		})
		row, whole = row || !over, whole || !over && e.Whole
	}
	return row, whole
}

// suppressedByHand says whether a controller may use nothing, and whether it may
// do no direct marketing over a channel.
func suppressedByHand(said []cdp.Suppression, controller string, ch cdp.Channel, now time.Time) (all, marketing bool) {
	for _, e := range said {
		first := e.At
		if e.Recorded.Before(first) {
			first = e.Recorded
		}
		if e.Ended || first.After(now) || e.Controller != "" && e.Controller != controller {
			continue
		}
		over := slices.ContainsFunc(said, func(l cdp.Suppression) bool {
			return l.Ended && l.At.After(first) && !l.At.After(now) && l.Hash == e.Hash && l.Controller == e.Controller && l.Scope == e.Scope && l.Channel == e.Channel && l.Origin == e.Origin
		})
		switch {
		case over:
		case e.Scope == cdp.SuppressAll:
			all = true
		case e.Channel == "" || e.Channel == ch:
			marketing = true
		}
	}
	return all, marketing
}

func TestRestrictedIsAFunctionOfASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		said, now := genRestrictions(t), genTime(t)
		open := Restricted(said, now)
		row, whole := restrictedByHand(said, now)
		if got := slices.ContainsFunc(open, func(e cdp.Restriction) bool { return e.Whole }); len(open) > 0 != row || got != whole {
			t.Fatalf("open %v, of the person %v; by hand %v and %v", open, got, row, whole)
		}
		moved := rapid.Permutation(append(slices.Clone(said), said...)).Draw(t, "order")
		if again := Restricted(moved, now); !reflect.DeepEqual(open, again) {
			t.Fatalf("the order of statements matters:\n%v\n%v", open, again)
		}
		list := genSuppressions(t)
		held := Suppressed(list, "lindenhof", now)
		if again := Suppressed(rapid.Permutation(append(slices.Clone(list), list...)).Draw(t, "order of the list"), "lindenhof", now); !reflect.DeepEqual(held, again) {
			t.Fatalf("the order of the list matters:\n%v\n%v", held, again)
		}
	})
}

// The example of gdpr.md 1.2: restricted on 1 April, nothing goes out on the 2nd.
func TestRestrictedPerson(t *testing.T) {
	said := append(restrictedFrom("2026-04-01", true, cdp.GroundAccuracy),
		cdp.Restriction{Lifted: true, Ground: cdp.GroundAccuracy, At: at("2026-06-10"), Told: at("2026-06-01"), Recorded: at("2026-06-10"), Source: cdp.OfficerSource})
	for _, tc := range []struct {
		name, day string
		said      []cdp.Restriction
		want      string
	}{
		{"the day before", "2026-03-31", said, "use.contract.open"},
		{"the day after", "2026-04-02", said, "use.restricted"},
		{"after the lift", "2026-06-10", said, "use.contract.open"},
		{"a row of it", "2026-04-02", restrictedFrom("2026-04-01", false, cdp.GroundAccuracy), "use.restricted.row"},
		{"another ground is still open", "2026-06-10", append(slices.Clone(said), restrictedFrom("2026-05-01", true, cdp.GroundObjection)...), "use.restricted"},
		{"a source does not lift what an officer recorded", "2026-06-10", append(restrictedFrom("2026-04-01", true, ""), cdp.Restriction{Lifted: true, At: at("2026-05-01"), Source: "shop.orders"}), "use.restricted"},
		{"an officer lifts what a source states", "2026-06-10", []cdp.Restriction{{Whole: true, At: at("2026-04-01"), Source: "shop.orders"}, {Lifted: true, At: at("2026-05-01"), Source: cdp.OfficerSource}}, "use.contract.open"},
		{"dated ahead, it holds since it is known", "2026-04-02", []cdp.Restriction{{Whole: true, At: at("2026-09-01"), Recorded: at("2026-04-01"), Source: "shop.orders"}}, "use.restricted"},
	} {
		v := Decide(Question{Act: Use, Source: from("shop.orders"), Activity: "order.fulfilment", At: at(tc.day)}, Facts{Register: example(t), Restrictions: tc.said})
		if v.Rule != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, v.Rule, tc.want)
		}
	}
	v := Decide(Question{Act: Use, Source: from("shop.orders"), Activity: "order.fulfilment", At: at("2026-04-02")}, Facts{Register: example(t), Restrictions: said})
	if v.Article != "Art. 18(1)(a), 18(2)" || !slices.Contains(v.Facts, "ground=accuracy") || !slices.Contains(v.Facts, "since=2026-04-01") || !v.Until.Equal(at("2026-06-10")) {
		t.Errorf("%+v", v)
	}
}

// What is restricted stays with its person, but for what the law lets link.
func TestRestrictedStaysTogether(t *testing.T) {
	reg := example(t)
	r := Admit(Subject{Source: from("shop.orders"), Claims: claims(mail), Restrictions: restrictedFrom("2026-01-01", true, "")}, reg, at("2026-05-10"))
	if r.Outcome != cdp.EvidenceOnly || !r.Claims[0].Allow {
		t.Errorf("%s, links %v by %s", r.Outcome, r.Claims[0].Allow, r.Claims[0].Rule)
	}
	r = Admit(Subject{Source: from("loyalty"), Claims: claims(mail), Restrictions: restrictedFrom("2026-01-01", true, "")}, reg, at("2026-05-10"))
	if r.Outcome != cdp.EvidenceOnly || r.Claims[0].Allow {
		t.Errorf("%s without consent, links %v by %s", r.Outcome, r.Claims[0].Allow, r.Claims[0].Rule)
	}
}
