package ui

import (
	"strings"
	"time"

	"cdp-tui/internal/query"
	"cdp-tui/internal/text"
)

// inWords says a condition without the language; hide leaves out the words that
// may name a person.
func inWords(s show, n query.Node, hide bool) text.Safe {
	join := func(list []query.Node, with text.Safe) text.Safe {
		parts := make([]text.Safe, len(list))
		for i, x := range list {
			parts[i] = inBrackets(s, x, hide)
		}
		return text.Join(text.Concat(text.Lit(" "), with, text.Lit(" ")), parts...)
	}
	switch n := n.(type) {
	case query.And:
		return join(n, s.say("builder.and"))
	case query.Or:
		return join(n, s.say("builder.or"))
	case query.Not:
		return text.Join(text.Lit(" "), s.say("builder.not"), inBrackets(s, n.X, hide))
	case query.Size:
		return s.say("builder.said.size", span(s, n.Min, n.Max, n.Max == 0))
	case query.Seen:
		if n.Lately() {
			return s.say("builder.said.seen", lastly(s, n.Since))
		}
		return s.say("builder.said.seen", dayRange(s, sayDay(s, n.From, n.Since), sayDay(s, n.To, n.Until)))
	case query.Count:
		return counted(s, n)
	case query.Term:
		return termInWords(s, n, hide)
	}
	return s.say("builder.everyone")
}

func inBrackets(s show, n query.Node, hide bool) text.Safe {
	switch n.(type) {
	case query.And, query.Or:
		return text.Concat(text.Lit("("), inWords(s, n, hide), text.Lit(")"))
	}
	return inWords(s, n, hide)
}

func termInWords(s show, n query.Term, hide bool) text.Safe {
	field := n.Field
	if field == "" {
		field = query.FieldText
	}
	if n.Text == "none" {
		if w := "builder.none." + field; s.lex.has(w) {
			return s.say(w)
		}
	}
	parts := strings.Split(n.Text, "/")
	v := text.Clean(n.Text)
	switch field {
	case query.FieldConsent:
		if len(parts) < 2 {
			return s.say("builder.any.consent", v)
		}
		return s.say("builder.said.consent", parts[0], optionIn(s, "state", parts[1]))
	case query.FieldWish:
		last := parts[len(parts)-1]
		switch {
		case len(parts) == 1 && isWish(last):
			return s.say("builder.any.wish", optionIn(s, "wish", last))
		case len(parts) == 1 || !isWish(last):
			return s.say("builder.about.wish", strings.Join(parts, ", "))
		}
		return s.say("builder.said.wish", strings.Join(parts[:len(parts)-1], ", "), optionIn(s, "wish", last))
	case query.FieldShared:
		if len(parts) > 1 {
			return s.say("builder.for.shared", parts[0], parts[1])
		}
	case query.FieldBasis, query.FieldOutcome, query.FieldKind, query.FieldHas:
		v = optionIn(s, field, n.Text)
	case query.FieldMay, query.FieldCountry, query.FieldSource, query.FieldChannel, query.FieldTouchpoint, query.FieldIn, query.FieldProfile:
	default:
		if hide {
			v = text.Lit("███")
		}
		if query.IsKind(field) {
			field = "id"
		}
	}
	switch n.Mode {
	case query.Prefix:
		v = text.Concat(v, text.Lit("…"))
	case query.Fuzzy:
		v = s.say("builder.near", v)
	}
	return s.say("builder.said", s.say("builder."+field), v)
}

// optionIn is a value of a field in words.
func optionIn(s show, field, v string) text.Safe {
	switch field {
	case "state":
		return s.lex.term("consent", v)
	case query.FieldOutcome:
		return s.lex.term(field, strings.ReplaceAll(v, "-", " "))
	case query.FieldBasis, query.FieldWish, query.FieldKind:
		return s.lex.term(field, v)
	case query.FieldHas:
		if query.IsKind(v) {
			return s.lex.term(query.FieldKind, v)
		}
		return s.lex.term("builder.thing", v)
	}
	return text.Clean(v)
}

// counted says how often something happened: "did order on web at least 3 times
// in the last 90 days".
func counted(s show, n query.Count) text.Safe {
	what := text.Clean(n.Kind)
	if n.Kind == "" {
		what = s.say("builder.anything")
	}
	if n.Channel != "" {
		what = s.say("builder.on", what, n.Channel)
	}
	often := s.say("builder.times", span(s, n.Min, n.Max, n.Max < 0))
	switch {
	case n.Max == 0:
		often = s.say("builder.never")
	case n.Min == 1 && n.Max < 0:
		often = s.say("builder.once.atleast")
	case n.Max == 1 && n.Min == 0:
		often = s.say("builder.once.atmost")
	case n.Max == 1:
		often = s.say("builder.once.exactly")
	}
	out := s.say("builder.said.count", what, often)
	switch {
	case n.Last > 0:
		return text.Join(text.Lit(" "), out, lastly(s, query.Ago{N: n.Last, Unit: n.Unit}))
	case n.From.IsZero() && n.To.IsZero():
		return out
	}
	return text.Join(text.Lit(" "), out, dayRange(s, sayDay(s, n.From, query.Ago{}), sayDay(s, n.To, query.Ago{})))
}

// lastly is a time that ends now.
func lastly(s show, a query.Ago) text.Safe {
	if a.N == 1 {
		return s.say("builder.last.one." + string(rune(a.Unit)))
	}
	return s.say("builder.last."+string(rune(a.Unit)), a.N)
}

// span says how many; open is a range without an end.
func span(s show, least, most int, open bool) text.Safe {
	switch {
	case open:
		return s.say("builder.atleast", least)
	case least == most:
		return s.say("builder.exactly", least)
	case least == 0:
		return s.say("builder.atmost", most)
	}
	return s.say("builder.between", least, most)
}

// sayDay is a bound of a range of days, empty for none.
func sayDay(s show, day time.Time, a query.Ago) text.Safe {
	switch {
	case a.Unit == 0 && day.IsZero():
		return text.Safe{}
	case a.Unit == 0:
		return text.Clean(day.Format(time.DateOnly))
	case a.N == 0:
		return s.say("builder.today")
	case a.N == 1:
		return s.say("builder.ago.one." + string(rune(a.Unit)))
	}
	return s.say("builder.ago."+string(rune(a.Unit)), a.N)
}

func dayRange(s show, from, to text.Safe) text.Safe {
	switch {
	case from == to:
		return s.say("builder.onday", from)
	case to.Empty():
		return s.say("builder.since", from)
	case from.Empty():
		return s.say("builder.until", to)
	}
	return s.say("builder.from", from, to)
}
