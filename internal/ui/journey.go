package ui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// A stepped is a step of a journey with its place in it.
type stepped struct {
	cdp.Step
	no int
}

// unlawful reports whether the law says no to the step.
func (s stepped) unlawful() bool { return s.Judged && !s.Verdict.Allow }

// newJourney tells step by step what happened to a person's data, and what the
// law says to each on its day.
func newJourney(s *session, a address, id cdp.ProfileID) screen {
	desk, ref := s.desk, cdp.Ref{Kind: "profile", ID: id.String()}
	cols := []column[stepped]{
		{name: "time", min: 16, cell: func(s show, x stepped) val {
			if x.At.IsZero() {
				return safe(s.say("unknown"))
			}
			return s.minute(x.At)
		}, by: func(a, b stepped) int { return a.At.Compare(b.At) }},
		{name: "step", min: 12, max: 24, flex: 1, cell: func(s show, x stepped) val { return s.stepName(x.Step) }},
		{name: "lawful", min: 7, cell: func(s show, x stepped) val { return s.lawfulMark(x.Verdict, x.Judged) }},
		{name: "purpose", min: 12, max: 22, flex: 1, cell: func(_ show, x stepped) val { return plain(string(x.Purpose)) }},
		{name: "law", min: 13, prio: 1, cell: func(_ show, x stepped) val { return plain(law(x.Verdict)) }},
		{name: "recipient", min: 9, max: 20, flex: 1, prio: 2, cell: func(s show, x stepped) val {
			if x.Kind != "share" {
				return val{}
			}
			return recipient(s, x.Recipient)
		}},
		{name: "source", min: 10, max: 20, flex: 1, prio: 3, cell: func(_ show, x stepped) val { return plain(string(x.Source)) }},
		{name: "record", min: 9, prio: 4, cell: func(_ show, x stepped) val { return plain(x.Record.String()).in(widget.Accent) }},
		{name: "detail", min: 12, flex: 1, prio: 5, cell: func(s show, x stepped) val { return s.personal(ref, fieldDetail, "text", x.Detail.Reveal()) }},
		{name: "rule", min: 14, max: 26, flex: 1, prio: 6, cell: func(_ show, x stepped) val { return plain(x.Verdict.Rule) }},
	}
	x := newDossier[[]stepped](s, "pane.journey", cols, func(x stepped) string { return itoa(x.no) }, a)
	x.panes.layout = layoutWide
	from, to, _ := days(a.Query, s.env.zone())
	x.read = func(ctx context.Context) ([]stepped, error) {
		steps, err := desk.Journey(ctx, id, from, to)
		out := make([]stepped, len(steps))
		for i, st := range steps {
			out[i] = stepped{st, i}
		}
		return out, err
	}
	x.parts = func(v []stepped) []stepped { return v }
	x.tell = func(d *detail, v []stepped) { tellJourney(d, a.Query, v) }
	x.failed = func(err text.Safe) text.Safe { return s.say("fail.journey", id, err) }
	x.base = address{Screen: "journey", Object: id.String(), Query: a.Query}
	x.crumb = func() text.Safe { return s.say("screen.journey", id) }
	x.listing.about = func(d *detail, x stepped) {
		d.head(d.stepName(x.Step).text)
		d.fact("field.when", d.second(x.At))
		d.fact("field.channel", plain(string(x.Channel)))
		d.fact("field.recipient", plain(x.Recipient))
		d.fact("field.purpose", plain(strings.TrimSpace(string(x.Purpose)+" "+x.Title)))
		if x.Endpoint != nil {
			d.fact("field.endpoint", d.named(ref, *x.Endpoint))
		}
		d.value("field.detail", d.personal(ref, fieldDetail, "text", x.Detail.Reveal()))
		d.fact("field.source", plain(string(x.Source)))
		d.fact("field.record", plain(x.Record.String()))
		if x.Judged {
			d.gap()
			d.verdict(x.Verdict)
		}
	}
	x.listing.open = func(x stepped) tea.Cmd {
		if x.Record == 0 {
			return s.info("nav.noplace")
		}
		return s.visit(address{Screen: "record", Object: x.Record.String()})
	}
	x.reveals = func() (cdp.Ref, []string) {
		fields := []string{fieldDetail}
		for _, k := range cdp.Kinds() {
			fields = append(fields, string(k))
		}
		return ref, fields
	}
	x.binds = func() []binding {
		return []binding{
			{id: "unlawful", keys: []string{"!"}, hint: 2, do: func() tea.Cmd { return nextUnlawful(s, x) }, off: x.unread},
			{id: "days", keys: []string{";"}, hint: 3, do: func() tea.Cmd {
				return s.ask(question{label: s.say("ask.days"), value: a.Query, then: func(v string) tea.Cmd {
					v = strings.TrimSpace(v)
					if _, _, ok := days(v, s.env.zone()); !ok {
						return s.info("ask.days.how")
					}
					return s.turn(address{Screen: "journey", Object: id.String(), Query: v})
				}})
			}},
			s.card(func() cdp.ProfileID { return id }, func() string {
				st, _ := x.rows.Item()
				switch {
				case st.Part.Kind != "":
					return st.Part.Kind + ":" + st.Part.ID
				case st.Endpoint != nil && st.Endpoint.Kind() != cdp.KindRecord:
					return valueOf(*st.Endpoint)
				}
				return ""
			}),
			{id: "profile", keys: []string{"u"}, hint: 4, do: func() tea.Cmd { return s.visit(address{Screen: "profile", Object: id.String()}) }},
		}
	}
	return x
}

// nextUnlawful goes to the next unlawful step of those that are listed, behind
// the last one to the first.
func nextUnlawful(s *session, x *dossier[[]stepped, stepped]) tea.Cmd {
	_, src := x.rows.source()
	w, ok := src.(*wholeSource[stepped])
	if !ok {
		return nil
	}
	items, err := w.all(context.Background())
	if err != nil {
		return s.info("journey.none")
	}
	at := x.rows.Position().Cursor
	next := -1
	for i, st := range items {
		if st.unlawful() && (next < 0 || i > at && next <= at) {
			next = i
		}
	}
	if next < 0 {
		return s.info("journey.none")
	}
	if next <= at {
		return tea.Batch(x.Goto(next), s.info("journey.first"))
	}
	return x.Goto(next)
}

// days reads "2026-09-14 2026-09-17", one day, or nothing: from the beginning of
// the first to the end of the last.
func days(typed string, zone *time.Location) (from, to time.Time, ok bool) {
	words := strings.Fields(typed)
	if len(words) == 0 {
		return from, to, true
	}
	if len(words) > 2 {
		return from, to, false
	}
	from, err := time.ParseInLocation(time.DateOnly, words[0], zone)
	if err != nil {
		return time.Time{}, time.Time{}, false
	}
	last, err := time.ParseInLocation(time.DateOnly, words[len(words)-1], zone)
	if err != nil || last.Before(from) {
		return time.Time{}, time.Time{}, false
	}
	return from, last.AddDate(0, 0, 1), true
}

func tellJourney(d *detail, between string, v []stepped) {
	bad, judged := 0, 0
	rules, such := map[string]int{}, map[string]string{}
	var order []string
	for _, x := range v {
		if x.Judged {
			judged++
		}
		if x.unlawful() {
			bad++
			if rules[x.Verdict.Rule] == 0 {
				order = append(order, x.Verdict.Rule)
				such[x.Verdict.Rule] = x.Verdict.Reason
			}
			rules[x.Verdict.Rule]++
		}
	}
	if between != "" {
		d.fact("field.days", plain(between))
	}
	d.fact("field.steps", number(len(v)))
	d.fact("field.judged", number(judged))
	if bad == 0 {
		d.text(widget.Good, d.say("journey.allgood"))
		return
	}
	d.text(widget.Bad, d.say("journey.bad", bad))
	for _, r := range order {
		d.broken(rules[r], r, such[r])
	}
}

// stepName is what happened, in a word.
func (s show) stepName(x cdp.Step) val {
	if x.Kind == "statement" {
		st := s.state(cdp.ConsentState(x.What))
		return val{text: s.say("journey.said", st.text), raw: "said " + x.What, style: st.style}
	}
	if x.Kind == "share" {
		v := plain(x.What)
		v.text = s.say("journey.sent")
		if x.What != "" {
			v.text = s.say("journey.sent.how", x.What)
		}
		return v
	}
	return plain(x.What)
}

// lawfulMark is a verdict in a word, and a sign where it is no.
func (s show) lawfulMark(v cdp.Verdict, judged bool) val {
	switch {
	case !judged:
		return val{}
	case v.Allow:
		return safe(s.say("yes")).in(widget.Good)
	}
	return safe(s.say("lawful.no")).in(widget.Bad)
}
