package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
)

// A pick is what becomes of a query that was chosen.
type pick = func(query.Node) tea.Cmd

// builderFields are what a condition can be about, in the order of the list.
func builderFields() []string {
	return []string{query.FieldConsent, query.FieldMay, query.FieldWish, query.FieldBasis, query.FieldCountry, query.FieldSource, query.FieldChannel,
		query.FieldTouchpoint, query.FieldCount, query.FieldSeen, query.FieldShared, query.FieldKind, query.FieldHas, query.FieldSize, query.FieldOutcome,
		query.FieldIn, query.FieldCity, query.FieldSegment, query.FieldText}
}

// chooseField asks what a condition is about, then for the rest of it.
func (x *builder) chooseField(then pick) tea.Cmd {
	s := x.ses
	var out []choice
	for _, f := range builderFields() {
		out = append(out, choice{label: s.say("builder." + f), detail: plain(f + ":").text, do: func() tea.Cmd { return x.chooseRest(f, then) }})
	}
	return s.choose(s.say("builder.field"), out)
}

func (x *builder) chooseRest(field string, then pick) tea.Cmd {
	switch field {
	case query.FieldCount:
		return x.chooseValue(field, x.values(field), func(kind string) tea.Cmd { return x.chooseNumber(field+":"+term(kind), true, then) })
	case query.FieldSize:
		return x.chooseNumber(field+":", false, then)
	case query.FieldSeen:
		return x.askFor(field, func(v string) tea.Cmd { return x.parsed(field+":"+v, then) })
	case query.FieldCity, query.FieldSegment, query.FieldText:
		return x.chooseOperator(func(not bool) tea.Cmd {
			return x.askFor(field, func(v string) tea.Cmd {
				return x.node(query.Term{Field: field, Text: v, Mode: query.Phrase}, not, then)
			})
		})
	}
	return x.chooseOperator(func(not bool) tea.Cmd {
		return x.chooseValue(field, x.values(field), func(v string) tea.Cmd {
			if field != query.FieldConsent || v == "none" {
				return x.node(query.Term{Field: field, Text: v}, not, then)
			}
			return x.chooseValue("state", states(), func(state string) tea.Cmd {
				if state == "any" {
					return x.node(query.Term{Field: field, Text: v}, not, then)
				}
				return x.node(query.Term{Field: field, Text: v + "/" + state}, not, then)
			})
		})
	})
}

// chooseOperator asks whether it must hold or must not.
func (x *builder) chooseOperator(then func(not bool) tea.Cmd) tea.Cmd {
	s := x.ses
	return s.choose(s.say("builder.operator"), []choice{
		{label: s.say("builder.is"), do: func() tea.Cmd { return then(false) }},
		{label: s.say("builder.isnot"), do: func() tea.Cmd { return then(true) }},
	})
}

// chooseValue asks for one of some values, or another one that is typed.
func (x *builder) chooseValue(field string, list []string, then func(string) tea.Cmd) tea.Cmd {
	s := x.ses
	var out []choice
	for _, v := range list {
		out = append(out, choice{label: plain(v).text, do: func() tea.Cmd { return then(v) }})
	}
	if !slices.Contains([]string{query.FieldMay, query.FieldOutcome, query.FieldHas, query.FieldKind, query.FieldIn, "state"}, field) {
		out = append(out, choice{label: s.say("builder.other"), do: func() tea.Cmd { return x.askFor(field, then) }})
	}
	if len(out) == 0 {
		return s.info("builder.novalue")
	}
	return s.choose(s.say("builder.value", s.say("builder."+field)), out)
}

func (x *builder) askFor(field string, then func(string) tea.Cmd) tea.Cmd {
	s := x.ses
	must := "ask.value.must"
	if field == query.FieldSeen {
		must = "ask.seen.must"
	}
	return s.ask(question{label: s.say("builder." + field), must: s.say(must), then: func(v string) tea.Cmd { return then(strings.TrimSpace(v)) }})
}

// chooseNumber asks how many, and where it is about what happened, when.
func (x *builder) chooseNumber(begin string, timed bool, then pick) tea.Cmd {
	s := x.ses
	rest := func(q string) tea.Cmd {
		if !timed {
			return x.parsed(q, then)
		}
		out := []choice{{label: s.say("builder.ever"), do: func() tea.Cmd { return x.parsed(q, then) }}}
		for _, w := range []string{"30d", "90d", "6m", "1y", "2y"} {
			n := query.Count{Last: 1, Unit: w[len(w)-1]}
			out = append(out, choice{label: s.say("builder.last."+string(n.Unit), w[:len(w)-1]), do: func() tea.Cmd { return x.parsed(q+"/"+w, then) }})
		}
		out = append(out, choice{label: s.say("builder.between.days"), do: func() tea.Cmd {
			return x.askFor(query.FieldSeen, func(v string) tea.Cmd { return x.parsed(q+"/"+v, then) })
		}})
		return s.choose(s.say("builder.when"), out)
	}
	number := func(op string) func() tea.Cmd {
		return func() tea.Cmd {
			return x.askFor("number", func(v string) tea.Cmd { return rest(begin + op + v) })
		}
	}
	exactly := "="
	if !timed {
		exactly = ""
	}
	out := []choice{{label: s.say("builder.op.atleast"), do: number(">=")}, {label: s.say("builder.op.atmost"), do: number("<=")}, {label: s.say("builder.op.exactly"), do: number(exactly)}}
	if timed {
		out = append(out, choice{label: s.say("builder.op.never"), do: func() tea.Cmd { return rest(begin + "=0") }})
	}
	return s.choose(s.say("builder.howmany"), out)
}

// parsed goes on with a query that was put together of what was typed.
func (x *builder) parsed(q string, then pick) tea.Cmd {
	n, err := query.Parse(q)
	if err != nil {
		return x.ses.fail("fail.segment", err)
	}
	return then(n)
}

// node goes on with a term, as the language reads it.
func (x *builder) node(t query.Term, not bool, then pick) tea.Cmd {
	q := t.String()
	if not {
		q = "-" + q
	}
	return x.parsed(q, then)
}

// states are those of a consent that is asked for, any for all.
func states() []string {
	return []string{"any", string(cdp.ConsentGiven), string(cdp.ConsentRefused), string(cdp.ConsentWithdrawn), string(cdp.ConsentPending), string(cdp.ConsentRequested),
		string(cdp.ConsentExpired), string(cdp.ConsentObjected), string(cdp.ConsentStale), string(cdp.ConsentUnreadable)}
}

// values are those of a field to choose from.
func (x *builder) values(field string) []string {
	c := x.choices.val
	switch field {
	case query.FieldConsent:
		return append(slices.Clone(c.Purposes), "none")
	case query.FieldMay:
		return c.Purposes
	case query.FieldWish:
		return []string{string(cdp.Unwanted), string(cdp.Wanted), string(cdp.WishUnreadable), "email", "sms", "phone", "post", "none"}
	case query.FieldBasis:
		out := []string{}
		for _, b := range cdp.Bases() {
			out = append(out, string(b))
		}
		return append(out, "none")
	case query.FieldCountry:
		return append(slices.Clone(c.Countries), "none")
	case query.FieldSource:
		return c.Sources
	case query.FieldChannel:
		return append(slices.Clone(c.Channels), "none")
	case query.FieldTouchpoint, query.FieldCount:
		return c.Kinds
	case query.FieldShared:
		return append(slices.Clone(c.Recipients), "none")
	case query.FieldHas:
		return query.Things()
	case query.FieldOutcome:
		return query.Outcomes()
	case query.FieldIn:
		return c.Segments
	case query.FieldKind:
		out := []string{}
		for _, k := range cdp.Kinds() {
			if k != cdp.KindRecord {
				out = append(out, string(k))
			}
		}
		return out
	}
	return nil
}
