package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// verbs are the decisions that can be asked for.
func verbs() []string {
	return []string{cdp.DecideSame, cdp.DecideDifferent, cdp.PlanSplit, cdp.PlanUnmerge, cdp.DecideCut, cdp.DecideSuppress, cdp.DecideLock}
}

// mayDecide says why nothing can be decided here, empty when it can.
func (s *session) mayDecide() text.Safe {
	switch {
	case s.readOnly:
		return s.say("off.readonly")
	case !s.lens.IsPlain():
		return s.say("off.lens")
	}
	return text.Safe{}
}

// changed notes that something was decided.
func (s *session) changed() {
	s.decisions++
	s.env.changed()
}

// decide goes to the preview of a decision about some things.
func (s *session) decide(verb string, things ...string) tea.Cmd {
	if why := s.mayDecide(); !why.Empty() {
		return s.info("key.off", verb, why)
	}
	return s.visit(address{Screen: "preview", Object: verb, Of: strings.Join(things, "\n")})
}

// act is a key that decides about things; none of them: why is said.
func (s *session) act(id, key string, hint int, why string, things func() []string) binding {
	verb := strings.TrimPrefix(id, "decide")
	return binding{id: id, keys: []string{key}, hint: hint, do: func() tea.Cmd { return s.decide(verb, things()...) }, off: func() text.Safe {
		if off := s.mayDecide(); !off.Empty() {
			return off
		}
		if len(things()) == 0 {
			return s.say(why)
		}
		return text.Safe{}
	}}
}

// pairs are the keys that call a thing and another one the same person, or
// different people; the other one is asked for when it does not stand here.
func (s *session) pairs(hint int, one, other func() string) []binding {
	var out []binding
	for _, k := range []struct{ verb, key string }{{cdp.DecideSame, "S"}, {cdp.DecideDifferent, "D"}} {
		b := s.act("decide"+k.verb, k.key, hint, "off.norow", func() []string {
			if one() == "" {
				return nil
			}
			return []string{one()}
		})
		b.do = func() tea.Cmd {
			a, o := one(), other()
			if o != "" && o != a {
				return s.decide(k.verb, a, o)
			}
			return s.ask(question{label: s.say("decide.ask."+k.verb, typedName(a)), must: s.say("ask.other"), then: func(v string) tea.Cmd {
				return s.decide(k.verb, a, strings.TrimSpace(v))
			}})
		}
		out = append(out, b)
	}
	return out
}

func alone() string { return "" }

// carriedBy names an identifier by who carries it, so that no value stands in
// an address.
func carriedBy(of string, i cdp.Identifier) []string {
	if i.IsZero() {
		return nil
	}
	return []string{of + "/" + i.String()}
}

// visitDecision goes to a decision, or to the preview of taking it back.
func (m *Model) visitDecision(screen, arg string) tea.Cmd {
	id, err := cdp.ParseDecisionID(strings.TrimSpace(arg))
	if err != nil {
		return m.info("cmd.which")
	}
	return m.visit(address{Screen: screen, Object: id.String()})
}

// decideTyped takes a decision as it is typed: about what is named, with the
// thing of the present screen before it when that is one short.
func (m *Model) decideTyped(verb string, least int) func(string) tea.Cmd {
	return func(arg string) tea.Cmd {
		things := strings.Fields(arg)
		if verb == cdp.DecideSuppress { // a number may be typed with spaces
			things = []string{arg}
		}
		if here := m.trail.top().Address().Object; len(things) < least && (strings.HasPrefix(here, "P-") || strings.HasPrefix(here, "R-")) {
			things = append([]string{here}, things...)
		}
		if len(things) < least {
			return m.info("cmd.few", m.say("cmd."+verb+".arg"))
		}
		return m.decide(verb, things...)
	}
}

// visitMatches shows the queue of possible matches, those of a profile, or one.
func (m *Model) visitMatches(arg string) tea.Cmd {
	a := address{Screen: "matches"}
	for i, id := range strings.Fields(arg) {
		p, err := cdp.ParseProfileID(id)
		if err != nil {
			return m.info("cmd.whose")
		}
		if i == 0 {
			a.Object = p.String()
			continue
		}
		a.Screen, a.Of = "match", p.String()
	}
	return m.visit(a)
}
