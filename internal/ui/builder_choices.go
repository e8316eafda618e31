package ui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
	"cdp-tui/internal/text"
)

// A pick is what becomes of a query that was chosen.
type pick = func(query.Node) tea.Cmd

// An option is a value to choose.
type option struct {
	value         string
	label, detail text.Safe
}

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
		out = append(out, choice{label: s.say("builder." + f), detail: s.say("builder.what." + f), terms: plain(f).text, do: func() tea.Cmd { return x.chooseRest(f, then) }})
	}
	return s.choose(s.say("builder.field"), out)
}

func (x *builder) chooseRest(field string, then pick) tea.Cmd {
	switch field {
	case query.FieldCount:
		return x.chooseCounted(then)
	case query.FieldSize:
		return x.chooseNumber(field+":", false, then)
	case query.FieldSeen:
		return x.chooseDays(field, then)
	}
	return x.chooseOperator(field, func(not bool) tea.Cmd {
		term := func(mode query.Mode, parts ...string) tea.Cmd {
			return x.node(query.Term{Field: field, Text: strings.Join(parts, "/"), Mode: mode}, not, then)
		}
		switch field {
		case query.FieldCity, query.FieldSegment, query.FieldText:
			return x.askFor(field, func(v string) tea.Cmd { return term(query.Phrase, v) })
		}
		return x.chooseValue(field, func(v string) tea.Cmd {
			second := map[string]string{query.FieldConsent: "state", query.FieldWish: "wished", query.FieldShared: "for"}[field]
			if second == "" || v == "none" {
				return term(query.Word, v)
			}
			return x.chooseValue(second, func(w string) tea.Cmd {
				return term(query.Word, slices.DeleteFunc([]string{v, w}, func(p string) bool { return p == whatever })...)
			})
		})
	})
}

// chooseOperator asks whether it must hold or must not. That it must not holds
// of those of whom nothing is known too, which is told here.
func (x *builder) chooseOperator(field string, then func(not bool) tea.Cmd) tea.Cmd {
	s := x.ses
	unknown := text.Safe{}
	switch field {
	case query.FieldConsent, query.FieldWish, query.FieldCountry, query.FieldBasis, query.FieldShared, query.FieldCity:
		unknown = s.say("builder.isnot.unknown")
	}
	return s.choose(text.Join(text.Lit(": "), s.say("builder."+field), s.say("builder.operator")), []choice{
		{label: s.say("builder.is"), do: func() tea.Cmd { return then(false) }},
		{label: s.say("builder.isnot"), detail: unknown, do: func() tea.Cmd { return then(true) }},
	})
}

// chooseValue asks for one of the values of a field, or another one that is typed.
func (x *builder) chooseValue(field string, then func(string) tea.Cmd) tea.Cmd {
	s := x.ses
	var out []choice
	for _, o := range x.options(field) {
		out = append(out, choice{label: o.label, detail: o.detail, terms: plain(o.value).text, do: func() tea.Cmd { return then(o.value) }})
	}
	if slices.Contains([]string{query.FieldConsent, query.FieldCountry, query.FieldSource, query.FieldChannel, query.FieldTouchpoint, query.FieldShared, "did"}, field) {
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
	if field == "day" {
		must = "ask.seen.must"
	}
	return s.ask(question{label: s.say("builder." + field), must: s.say(must), then: func(v string) tea.Cmd { return then(strings.TrimSpace(v)) }})
}

// askUntil asks for a part of a query until it can be read.
func (x *builder) askUntil(field, begin, end string, then pick) tea.Cmd {
	return x.askFor(field, func(v string) tea.Cmd {
		n, err := query.Parse(begin + v + end)
		if err != nil {
			return tea.Batch(x.ses.fail("fail.value", err), x.askUntil(field, begin, end, then))
		}
		return then(n)
	})
}

// chooseCounted asks what is counted: a kind, and on which channel.
func (x *builder) chooseCounted(then pick) tea.Cmd {
	return x.chooseValue("did", func(kind string) tea.Cmd {
		return x.chooseValue("on", func(channel string) tea.Cmd {
			n := query.Count{Min: 1, Max: -1}
			if kind != whatever {
				n.Kind = kind
			}
			if channel != whatever {
				n.Channel = channel
			}
			return x.chooseNumber(strings.TrimSuffix(n.String(), ">=1"), true, then)
		})
	})
}

// chooseNumber asks how many, and where it is about what happened, when.
func (x *builder) chooseNumber(begin string, timed bool, then pick) tea.Cmd {
	s := x.ses
	rest := func(n query.Node) tea.Cmd {
		c, ok := n.(query.Count)
		if !ok {
			return then(n)
		}
		out := []choice{{label: s.say("builder.ever"), do: func() tea.Cmd { return then(c) }}}
		for _, a := range lately() {
			out = append(out, choice{label: lastly(s.show(), a), do: func() tea.Cmd {
				c.Last, c.Unit = a.N, a.Unit
				return then(c)
			}})
		}
		out = append(out, choice{label: s.say("builder.between.days"), do: func() tea.Cmd { return x.askUntil("day", c.String()+"/", "", then) }})
		return s.choose(s.say("builder.when"), out)
	}
	number := func(op string) func() tea.Cmd {
		return func() tea.Cmd { return x.askUntil("number", begin+op, "", rest) }
	}
	exactly := "="
	if !timed {
		exactly = ""
	}
	out := []choice{{label: s.say("builder.op.atleast"), do: number(">=")}, {label: s.say("builder.op.atmost"), do: number("<=")}, {label: s.say("builder.op.exactly"), do: number(exactly)}}
	if timed {
		out = append(out, choice{label: s.say("builder.op.never"), do: func() tea.Cmd { return x.parsed(begin+"=0", rest) }})
	}
	return s.choose(s.say("builder.howmany"), out)
}

// chooseDays asks for a day from which on, until which, or in which.
func (x *builder) chooseDays(field string, then pick) tea.Cmd {
	s := x.ses
	from := func(begin, end string) func() tea.Cmd {
		return func() tea.Cmd { return x.askUntil("day", field+":"+begin, end, then) }
	}
	out := []choice{
		{label: s.say("builder.op.since"), do: from(">=", "")}, {label: s.say("builder.op.before"), do: from("<", "")}, {label: s.say("builder.op.within"), do: from("", "")},
	}
	for _, a := range lately() {
		out = append(out, choice{label: lastly(s.show(), a), do: func() tea.Cmd { return x.parsed(field+":"+a.String(), then) }})
	}
	for _, a := range lately() {
		out = append(out, choice{label: s.say("builder.notsince", sayDay(s.show(), time.Time{}, a)), do: func() tea.Cmd { return x.parsed(field+":.."+a.String(), then) }})
	}
	return s.choose(s.say("builder.when"), out)
}

// lately are the times before now that are offered.
func lately() []query.Ago {
	return []query.Ago{{N: 30, Unit: 'd'}, {N: 90, Unit: 'd'}, {N: 6, Unit: 'm'}, {N: 1, Unit: 'y'}, {N: 2, Unit: 'y'}}
}

// parsed goes on with a query that was put together of what was chosen.
func (x *builder) parsed(q string, then pick) tea.Cmd {
	n, err := query.Parse(q)
	if err != nil {
		return x.ses.fail("fail.value", err)
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

// whatever is the choice that does not narrow.
const whatever = "\x00"

func isWish(v string) bool {
	return v == string(cdp.Wanted) || v == string(cdp.Unwanted) || v == string(cdp.WishUnreadable)
}

// options are the values of a field to choose from.
func (x *builder) options(field string) []option {
	c, s := x.choices.val, x.ses.show()
	var out []option
	add := func(label string, values ...string) {
		for _, v := range values {
			o := option{value: v, label: text.Clean(v)}
			if label != "" {
				if o.label = optionIn(s, label, v); o.label.String() != v {
					o.detail = text.Clean(v)
				}
			}
			out = append(out, o)
		}
	}
	titled := func(list []cdp.Choice) {
		for _, v := range list {
			out = append(out, option{v.Value, text.Clean(v.Value), text.Clean(v.Title)})
		}
	}
	said := func(value, key string) { out = append(out, option{value: value, label: s.say(key)}) }
	switch field {
	case query.FieldConsent:
		titled(c.Purposes)
		said("none", "builder.none.consent")
	case "state":
		said(whatever, "builder.state.any")
		add(field, string(cdp.ConsentGiven), string(cdp.ConsentRefused), string(cdp.ConsentWithdrawn), string(cdp.ConsentPending), string(cdp.ConsentRequested),
			string(cdp.ConsentExpired), string(cdp.ConsentObjected), string(cdp.ConsentStale), string(cdp.ConsentUnreadable))
	case query.FieldMay:
		titled(c.Purposes)
	case query.FieldWish:
		said(whatever, "builder.wish.any")
		add("", "email", "sms", "phone", "post")
		said("none", "builder.none.wish")
	case "wished":
		add(query.FieldWish, string(cdp.Unwanted), string(cdp.Wanted), string(cdp.WishUnreadable))
	case query.FieldBasis:
		for _, b := range cdp.Bases() {
			add(field, string(b))
		}
		said("none", "builder.none.basis")
	case query.FieldCountry:
		add("", c.Countries...)
		said("none", "builder.none.country")
	case query.FieldSource:
		titled(c.Sources)
	case query.FieldChannel:
		add("", c.Channels...)
		said("none", "builder.none.channel")
	case query.FieldTouchpoint:
		add("", c.Kinds...)
	case "did":
		said(whatever, "builder.anything")
		add("", c.Kinds...)
	case "on":
		said(whatever, "builder.on.any")
		add("", c.Channels...)
	case query.FieldShared:
		titled(c.Recipients)
		said("none", "builder.none.shared")
	case "for":
		said(whatever, "builder.for.any")
		titled(c.Purposes)
	case query.FieldHas:
		add(field, query.Things()...)
	case query.FieldOutcome:
		add(field, query.Outcomes()...)
	case query.FieldIn:
		titled(c.Segments)
	case query.FieldKind:
		for _, k := range cdp.Kinds() {
			if k != cdp.KindRecord {
				add(field, string(k))
			}
		}
	}
	return out
}
