package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// restricts is onBehalf where there is no row at which something can be said:
// what can be restricted (Art. 18).
func (s *session) restricts(hint int, of func() cdp.ProfileID, choices func() []choice) binding {
	off := func() text.Safe {
		if why := s.mayDecide(); !why.Empty() {
			return why
		}
		if of() == 0 {
			return s.say("off.noprofile")
		}
		return text.Safe{}
	}
	return binding{id: "onbehalf", keys: []string{"I"}, hint: hint, off: off, do: func() tea.Cmd { return s.choose(s.say("instruct.title"), choices()) }}
}

// ofRestriction offers to restrict a person's data, or one row, and to lift that
// again (Art. 18).
func (s *session) ofRestriction(of cdp.ProfileID, row cdp.RecordID) (out []choice) {
	what := "restrict.person"
	if row != 0 {
		what = "restrict.row"
	}
	for _, g := range cdp.RestrictionGrounds() {
		in := cdp.Instruction{Verb: cdp.InstructRestrict, Profile: of, Row: row, Ground: g}
		out = append(out, choice{label: s.say(what), detail: s.say("restrict." + string(g)), do: func() tea.Cmd { return s.askEvidence(in, of) }})
	}
	in := cdp.Instruction{Verb: cdp.InstructLift, Profile: of, Row: row}
	return append(out, choice{label: s.say(what + ".lift"), detail: text.Lit("Art. 18(3)"), do: func() tea.Cmd { return s.askTold(in) }})
}

// askTold asks when the person was told that the restriction ends.
func (s *session) askTold(in cdp.Instruction) tea.Cmd {
	return s.ask(question{label: s.say("ask.told"), must: s.say("ask.told.how"), then: func(v string) tea.Cmd {
		var ok bool
		if in.Told, _, ok = said(strings.TrimSpace(v), s.env.zone()); !ok {
			return s.info("ask.said.how")
		}
		return s.askEvidence(in, in.Profile)
	}})
}
