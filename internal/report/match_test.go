package report

import (
	"io"
	"strings"
	"testing"

	"cdp-tui/internal/cdp"
)

func matchFields() []cdp.MatchField {
	return []cdp.MatchField{{Name: "name", How: "near", Points: 2.5, Why: "one part exact, the other near"},
		{Name: "birth_date", How: "exact", Points: 2.5, Why: "the same day"}, {Name: "email", How: "differs", Points: -0.25, Why: "different addresses"},
		{Name: "phone", How: "missing"}}
}

func possibleMatches() []cdp.PossibleMatch {
	return []cdp.PossibleMatch{{A: 42117, B: 42120, Score: 5, Level: "possible", Ambiguous: true, Fields: matchFields()},
		{A: 7, B: 9_999_999, Score: 4.25, Level: "possible", Unsure: &cdp.Unsure{By: "olga", Reason: "twins?", At: at("2026-08-24T00:00:00Z"), Score: 4.25}}, {}}
}

func matchView() cdp.MatchView {
	email, phone := ident(cdp.KindEmail, mail, 1), ident(cdp.KindPhone, "+4915150000012", 2)
	return cdp.MatchView{PossibleMatch: possibleMatches()[0], Rivals: []cdp.ProfileID{3, 4}, Decided: []cdp.DecisionID{12}, InQueue: true,
		Sides: [2]cdp.MatchSide{{Profile: 42117, Controller: "Lindenhof AG", Records: 3, Left: 1, Sources: []cdp.SourceID{"web", "shop.orders"}, Values: []cdp.MatchValue{
			{Field: "name", Value: hostile, Records: 2}, {Field: "name", Value: longName, Records: 1}, {Field: "birth_date", Value: "1971-03-02", Records: 1},
			{Field: "email", Identifier: &email, Records: 2}, {Field: "phone", Identifier: &phone, Shared: true, Records: 1}}},
			{Profile: 42120, Records: 1, Values: []cdp.MatchValue{{Field: "name", Value: wide, Records: 1}, {Field: "address", Value: "Brașov 12", Records: 1}}}}}
}

func matchVerdicts() []cdp.MatchVerdict {
	return []cdp.MatchVerdict{{A: 7, B: 9, Verdict: cdp.MatchSame, Decision: 12, Profile: 7}, {A: 7, B: 12, Verdict: cdp.MatchDifferent, Decision: 13}, {A: 3, B: 4, Verdict: cdp.MatchUnsure}}
}

func matchCounts() cdp.MatchCounts {
	return cdp.MatchCounts{Made: true, Profiles: 620_114, Open: 41, Unsure: 2, Ambiguous: 3, Behind: 7}
}

// TestMatchSaysNoValue: who judges sees in what two profiles agree, and what is
// held only when it is revealed.
func TestMatchSaysNoValue(t *testing.T) {
	for _, reveal := range []bool{false, true} {
		var b strings.Builder
		if err := Match(&b, matchView(), Options{Width: 100, Reveal: reveal}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(b.String(), "1971-03-02"); got != reveal {
			t.Errorf("revealed %v, the birth date is shown: %v", reveal, got)
		}
		for _, want := range []string{"birth date", "the same day", "P-0042117", "ambiguous", "D-000012", "(shared)"} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("revealed %v: %q is not said", reveal, want)
			}
		}
	}
	var b strings.Builder
	if err := Matches(&b, cdp.Page[cdp.PossibleMatch]{}, Options{}); err != nil || !strings.Contains(b.String(), "no possible match") {
		t.Errorf("an empty queue: %q, %v", b.String(), err)
	}
}

func matchTexts() []rendering {
	return []rendering{
		{"matches", func(w io.Writer, o Options) error { return Matches(w, page1(possibleMatches()), o) }},
		{"match", func(w io.Writer, o Options) error { return Match(w, matchView(), o) }},
		{"verdicts", func(w io.Writer, o Options) error { return MatchVerdicts(w, matchVerdicts(), o) }},
		{"matchcounts", func(w io.Writer, o Options) error { return MatchCounts(w, matchCounts(), o) }},
	}
}
