package ui

import (
	"context"
	"strings"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// newTargets lists to whom the register lets data go, and for what: where a
// plan of a disclosure begins.
func newTargets(s *session, a address) screen {
	cols := []column[cdp.ShareTarget]{
		{name: "recipient", min: 10, max: 20, flex: 1, cell: func(_ show, t cdp.ShareTarget) val { return plain(t.Recipient) }},
		{name: "purpose", min: 10, max: 20, flex: 1, cell: func(_ show, t cdp.ShareTarget) val { return plain(string(t.Purpose)) }},
		{name: "country", min: 7, cell: func(_ show, t cdp.ShareTarget) val { return plain(t.Country) }},
		{name: "kind", min: 9, prio: 1, cell: func(_ show, t cdp.ShareTarget) val { return plain(t.Kind) }},
		{name: "name", min: 14, flex: 2, prio: 2, cell: func(_ show, t cdp.ShareTarget) val { return plain(t.Name) }},
	}
	l := newList(s, cols, func(t cdp.ShareTarget) string { return t.Recipient + "\x00" + string(t.Purpose) }, a).atOnce(s.desk.ShareTargets)
	x := newListing(s, "screen.targets", l)
	x.base = address{Screen: "targets"}
	x.about = func(d *detail, t cdp.ShareTarget) {
		d.head(text.Clean(t.Name))
		d.fact("field.kind", plain(t.Kind))
		d.fact("field.country", plain(t.Country))
		d.fact("field.purpose", plain(string(t.Purpose)))
		d.text(widget.Plain, text.Clean(t.Title))
		d.gap()
		d.text(widget.Dim, d.say("targets.enter"))
	}
	x.open = func(t cdp.ShareTarget) tea.Cmd {
		return s.chooseChannel(address{Screen: "plan", Object: t.Recipient, Of: string(t.Purpose)})
	}
	// What the recipient must be told, and what went out against a no.
	lead := func(to func(cdp.ShareTarget) address) func() tea.Cmd {
		return func() tea.Cmd {
			t, _ := l.Item()
			return s.visit(to(t))
		}
	}
	none := func() text.Safe {
		if _, ok := l.Item(); !ok {
			return s.say("off.notarget")
		}
		return text.Safe{}
	}
	x.binds = func() []binding {
		return []binding{{id: "targetoutbox", keys: []string{"b"}, hint: 3, off: none, do: lead(func(t cdp.ShareTarget) address {
			return address{Screen: "outbox", Object: t.Recipient, All: true}
		})},
			{id: "targetdrift", keys: []string{"!"}, hint: 4, off: none, do: lead(func(t cdp.ShareTarget) address {
				return address{Screen: "drift", Filter: "recipient:" + t.Recipient}
			})}}
	}
	return x
}

// askOf is the disclosure that an address is about: purpose, and after a space
// each the channel and the topic.
func askOf(a address) cdp.Ask {
	purpose, how, _ := strings.Cut(a.Of, " ")
	channel, topic, _ := strings.Cut(how, " ")
	return cdp.Ask{Recipient: a.Object, Purpose: cdp.PurposeID(purpose), Channel: cdp.Channel(channel), Topic: topic, Segment: a.Group}
}

func (s show) fieldOutcome(o cdp.FieldOutcome) val {
	v := safe(s.say("share." + o.String()))
	switch o {
	case cdp.FieldDenied:
		return v.in(widget.Bad)
	case cdp.FieldStripped:
		return v.in(widget.Warn)
	}
	return v.in(widget.Good)
}

// newPlan counts what a disclosure would send, by rule: profiles first, then
// their fields.
func newPlan(s *session, a address) screen {
	ask, desk := askOf(a), s.desk
	var made atomic.Pointer[cdp.SharePlan]
	x := &metered[cdp.RuleCount]{}
	cols := []column[cdp.RuleCount]{
		{name: "field", min: 9, max: 22, flex: 1, cell: func(sh show, r cdp.RuleCount) val {
			if r.Field == "" {
				return safe(sh.say("share.profiles")).in(widget.Strong)
			}
			return plain(r.Field)
		}},
		{name: "verdict", min: 7, cell: func(sh show, r cdp.RuleCount) val { return sh.fieldOutcome(r.Outcome) }},
		{name: "count", min: 9, right: true, cell: func(_ show, r cdp.RuleCount) val { return number(r.Count) },
			by: func(a, b cdp.RuleCount) int { return compare(a.Count, b.Count) }},
		{name: "rule", min: 20, flex: 2, cell: func(_ show, r cdp.RuleCount) val { return plain(r.Rule) }},
		{name: "law", min: 10, prio: 1, cell: func(_ show, r cdp.RuleCount) val { return plain(r.Article) }},
	}
	l := newList(s, cols, func(r cdp.RuleCount) string { return r.Field + "\x00" + r.Rule }, a).atOnce(func(ctx context.Context) ([]cdp.RuleCount, error) {
		p, err := desk.SharePlan(ctx, ask, x.count)
		if err == nil {
			made.Store(&p)
		}
		return append(append([]cdp.RuleCount(nil), p.Rules...), p.Fields...), err
	})
	x.listing = newListing(s, "screen.plan", l)
	x.base = address{Screen: "plan", Object: a.Object, Of: a.Of, Group: a.Group}
	x.crumb = func() text.Safe { return s.say("screen.plan.of", ask.Recipient, string(ask.Purpose)) }
	x.about = func(d *detail, r cdp.RuleCount) {
		d.head(text.Clean(r.Rule))
		d.text(widget.Plain, text.Clean(r.Reason))
		d.fact("field.law", plain(r.Article))
		d.fact("field.what", plain(r.Field))
		d.fact("field.verdict", d.fieldOutcome(r.Outcome))
		d.labelled(d.say("share.profiles"), number(r.Count))
		d.fact("field.notnow", d.minute(r.NotNow))
		for _, id := range r.Examples {
			d.text(widget.Plain, text.Clean(id.String()))
		}
		if plan := made.Load(); plan != nil {
			d.head(d.say("screen.plan"))
			d.text(widget.Plain, d.say("share.sum", plan.Profiles, plan.Allowed, plan.Denied))
			d.fact("field.channel", plain(string(plan.Ask.Channel)))
			d.fact("field.topic", plain(plan.Ask.Topic))
			d.fact("field.segment", plain(plan.Ask.Segment))
			d.fact("field.register", plain(plan.Register))
			if plan.Digest == "" {
				d.text(widget.Dim, d.say("share.then"))
			}
			d.fact("field.digest", plain(plan.Digest))
		}
	}
	x.extra = func() []text.Safe {
		plan := made.Load()
		if plan == nil {
			return nil
		}
		out := []text.Safe{s.say("share.sum", plan.Profiles, plan.Allowed, plan.Denied)}
		if ask.Channel != "" {
			out = append(out, s.say("share.over", string(ask.Channel)))
		}
		if ask.Topic != "" {
			out = append(out, s.say("share.about", ask.Topic))
		}
		if plan.Ask.Segment != "" {
			out = append(out, text.Clean(plan.Ask.Segment))
		}
		return out
	}
	x.binds = func() []binding {
		return []binding{{id: "send", keys: []string{"X"}, hint: 2, off: func() text.Safe { return s.noSend(made.Load()) },
			do: func() tea.Cmd { return s.askSending(ask, *made.Load(), x.Refresh) }}}
	}
	x.open = func(r cdp.RuleCount) tea.Cmd {
		return s.visit(address{Screen: "verdicts", Object: a.Object, Of: a.Of, Group: a.Group, Query: r.Field + " " + r.Rule})
	}
	return x
}

// newVerdicts lists the profiles on which, or on a field of which, a rule
// decides.
func newVerdicts(s *session, a address) screen {
	ask, desk := askOf(a), s.desk
	field, rule, _ := strings.Cut(a.Query, " ")
	cols := []column[cdp.Disclosure]{
		{name: "profile", min: 9, cell: func(_ show, d cdp.Disclosure) val { return plain(d.Profile.String()).in(widget.Accent) }},
		{name: "verdict", min: 7, cell: func(sh show, d cdp.Disclosure) val { return sh.fieldOutcome(outcomeOf(d.Verdict.Allow)) }},
		{name: "rule", min: 20, flex: 1, cell: func(_ show, d cdp.Disclosure) val { return plain(d.Verdict.Rule) }},
		{name: "fields", min: 14, flex: 2, prio: 1, cell: func(_ show, d cdp.Disclosure) val { return plain(strings.Join(d.Sent(), ", ")) }},
	}
	l := newList(s, cols, func(d cdp.Disclosure) string { return d.Profile.String() }, a)
	l.paged(func(ctx context.Context, after string, n int) ([]cdp.Disclosure, string, error) {
		if n == 0 {
			return nil, "", nil
		}
		page, err := desk.ShareVerdicts(ctx, ask, field, rule, after, n)
		return page.Items, page.Next, err
	})
	x := newListing(s, "screen.verdicts", l)
	x.base = address{Screen: "verdicts", Object: a.Object, Of: a.Of, Group: a.Group, Query: a.Query}
	x.about = func(d *detail, v cdp.Disclosure) {
		d.head(text.Clean(v.Profile.String()))
		d.text(widget.Plain, text.Clean(v.Verdict.Reason))
		d.fact("field.law", plain(v.Verdict.Article))
		d.fact("field.rule", plain(v.Verdict.Rule))
		d.fact("field.until", d.day(v.Verdict.Until))
		for _, f := range v.Fields {
			d.head(text.Join(text.Lit("  "), text.Clean(f.Field), d.fieldOutcome(f.Outcome).text))
			d.text(widget.Plain, text.Clean(f.Verdict.Reason))
			d.fact("field.law", plain(f.Verdict.Article))
			for _, id := range f.Records {
				d.text(widget.Dim, text.Clean(id.String()))
			}
		}
	}
	x.open = func(v cdp.Disclosure) tea.Cmd { return s.visit(address{Screen: "profile", Object: v.Profile.String()}) }
	return x
}

func outcomeOf(allow bool) cdp.FieldOutcome {
	if allow {
		return cdp.FieldAllowed
	}
	return cdp.FieldDenied
}
