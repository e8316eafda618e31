package ui

import (
	"testing"

	"cdp-tui/internal/cdp"
)

// A value that does not link is no breach; a refusal is.
func TestAnswerOfAVerdict(t *testing.T) {
	s := show{lex: newEnglish()}
	for rule, want := range map[string]string{"link.none": "no link", "link.blocked.phone.unassigned": "no link", "link.consent.refused": "DENIED", "hold.source.unknown": "DENIED"} {
		if got := s.answer(cdp.Verdict{Rule: rule}).text.String(); got != want {
			t.Errorf("%s is %q, want %q", rule, got, want)
		}
	}
	if got := s.answer(cdp.Verdict{Allow: true, Rule: "link.contract.open"}).text.String(); got != "allowed" {
		t.Errorf("an allowed link is %q", got)
	}
}

func TestBecause(t *testing.T) {
	for reason, want := range map[string]string{
		"May not be held for “Newsletter”: the consent waits for its confirmation.": "the consent waits for its confirmation.",
		"May not be held: no activity register is active, so no basis is known.":    "no activity register is active, so no basis is known.",
		"Decided: the source deleted it.":                                           "Decided: the source deleted it.",
	} {
		if got := because(reason); got.text.String() != want || got.raw != reason {
			t.Errorf("because(%q) = %q, %q", reason, got.text, got.raw)
		}
	}
}

// Queries that the dashboard asks read as a person would write them.
func TestTermOfAQuery(t *testing.T) {
	for value, want := range map[string]string{"newsletter=given": "newsletter=given", "call.centre": "call.centre", "*=given": `"*/given"`, "two words": `"two words"`} {
		if got := term(value); got != want {
			t.Errorf("term(%q) = %s, want %s", value, got, want)
		}
	}
}

// Two names of one thing are said to be one, not shown as an empty list.
func TestWhyOfOneThing(t *testing.T) {
	s := show{lex: newEnglish()}
	for _, c := range []struct {
		p    cdp.Path
		what string
		says string
	}{
		{cdp.Path{Found: true, From: cdp.Ref{Kind: "profile", ID: "P-0000001"}}, "same", "both are P-0000001"},
		{cdp.Path{}, "none", "they share no identifier"},
	} {
		rows := whyRows(c.p, cdp.WhyNot{}, cdp.CutAdvice{})
		if len(rows) != 1 || rows[0].what != c.what || s.whySays(rows[0]).String() != c.says {
			t.Errorf("rows are %+v", rows)
		}
	}
}
