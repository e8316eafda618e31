package ui

import (
	"context"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

func noticeRef(n cdp.Notification) cdp.Ref { return cdp.Ref{Kind: "notice", ID: n.ID.String()} }

func (s show) noticeState(st cdp.NoticeState) val {
	v := safe(s.say("notice." + string(st)))
	switch st {
	case cdp.NoticeAcked:
		return v.in(widget.Good)
	case cdp.NoticeFailed:
		return v.in(widget.Bad)
	}
	return v.in(widget.Warn)
}

// newOutbox lists what recipients must be told.
func newOutbox(s *session, a address) screen {
	desk := s.desk
	cols := []column[cdp.Notification]{
		{name: "recipient", min: 10, max: 18, flex: 1, cell: func(_ show, n cdp.Notification) val { return plain(n.Recipient) }},
		{name: "cause", min: 10, cell: func(sh show, n cdp.Notification) val { return safe(sh.say("cause." + string(n.Cause))) }},
		{name: "state", min: 12, cell: func(sh show, n cdp.Notification) val { return sh.noticeState(n.State) }},
		{name: "since", min: 6, cell: func(sh show, n cdp.Notification) val { return sh.ago(n.Event) }},
		{name: "identifier", min: 16, max: 34, flex: 2, prio: 1, cell: func(sh show, n cdp.Notification) val { return sh.named(noticeRef(n), n.Subject) }},
		{name: "purpose", min: 10, prio: 2, cell: func(_ show, n cdp.Notification) val { return plain(string(n.Purpose)) }},
	}
	l := newList(s, cols, func(n cdp.Notification) string { return n.ID.String() }, a)
	l.numbered(func(n cdp.Notification) uint64 { return uint64(n.ID) }, func(ctx context.Context, after uint64, n int) ([]cdp.Notification, error) {
		if n == 0 {
			return nil, nil
		}
		return desk.Outbox(ctx, cdp.OutboxFilter{Recipient: a.Object, All: a.All}, cdp.NoticeID(after), n)
	})
	x := newListing(s, "screen.outbox", l)
	x.base = address{Screen: "outbox", Object: a.Object, All: a.All}
	if a.Object != "" {
		x.crumb = func() text.Safe { return s.say("screen.outbox.of", a.Object) }
	}
	x.about = tellNotice
	x.reveals = revealSubject(l.Item)
	x.open = func(n cdp.Notification) tea.Cmd { return openNotice(s, n) }
	x.binds = markNotice(s, l.Item, x.Refresh)
	return x
}

// markNotice asks what became of a notice and how, and notes it.
func markNotice(s *session, item func() (cdp.Notification, bool), then func() tea.Cmd) func() []binding {
	desk := s.desk
	return func() []binding {
		return []binding{{id: "marknotice", keys: []string{"$"}, hint: 2, do: func() tea.Cmd {
			n, _ := item()
			return s.ask(question{label: s.say("ask.marknotice", n.ID.String(), n.Recipient), must: s.say("ask.marknotice.must"), then: func(typed string) tea.Cmd {
				word, how, _ := strings.Cut(strings.TrimSpace(typed), " ")
				state, how := noticeWord(word), strings.TrimSpace(how)
				if state == "" || how == "" {
					return s.info("ask.marknotice.must")
				}
				return s.work("fail.notice", func(ctx context.Context) error {
					_, err := desk.MarkNotice(ctx, n.ID, state, how)
					return err
				}, func() tea.Cmd {
					return tea.Batch(s.toast(widget.SuccessLevel, s.say("outbox.marked", n.ID.String(), string(state))), then())
				})
			}})
		}, off: func() text.Safe {
			if why := s.mayDecide(); !why.Empty() {
				return why
			}
			if _, ok := item(); !ok {
				return s.say("off.nonotice")
			}
			return text.Safe{}
		}}}
	}
}

// noticeWord reads what became of a notice, "" for what is none of it.
func noticeWord(word string) cdp.NoticeState {
	word = strings.TrimRight(strings.ToLower(word), ":,")
	for _, st := range cdp.NoticeStates() {
		if st != cdp.NoticeDue && len(word) > 2 && strings.HasPrefix(string(st), word) {
			return st
		}
	}
	return ""
}

func openNotice(s *session, n cdp.Notification) tea.Cmd {
	if n.Profile == 0 {
		return s.visit(address{Screen: "record", Object: n.Record.String()})
	}
	return s.visit(address{Screen: "profile", Object: n.Profile.String()})
}

func revealSubject(item func() (cdp.Notification, bool)) func() (cdp.Ref, []string) {
	return func() (cdp.Ref, []string) {
		if n, ok := item(); ok {
			return noticeRef(n), []string{string(n.Subject.Kind())}
		}
		return cdp.Ref{}, nil
	}
}

// tellNotice writes a notice with all that happened to it.
func tellNotice(d *detail, n cdp.Notification) {
	d.head(text.Clean(n.ID.String()))
	d.fact("field.state", d.noticeState(n.State))
	d.fact("field.recipient", plain(n.Recipient))
	d.fact("field.purpose", plain(string(n.Purpose)))
	d.fact("field.what", safe(d.say("cause."+string(n.Cause))))
	d.fact("field.rule", plain(n.Rule))
	d.fact("field.when", d.minute(n.Event))
	d.value("field.identifier", d.named(noticeRef(n), n.Subject))
	d.fact("field.fields", plain(strings.Join(n.Fields, ", ")))
	d.fact("field.shares", plain(n.Share))
	d.fact("field.last", d.minute(n.Shared))
	d.fact("field.cited", plain(n.About))
	for _, st := range n.Steps {
		d.head(text.Join(text.Lit("  "), d.noticeState(st.State).text, d.minute(st.At).text))
		d.fact("field.who", plain(st.By))
		d.fact("field.reason", plain(st.Reason))
	}
}

// newDrift lists recipients that are behind, and what was sent after a no.
func newDrift(s *session, a address) screen {
	desk := s.desk
	var report cdp.DriftReport
	hours := func(sh show, d time.Duration) val {
		return val{text: sh.lasting(d), raw: strconv.FormatFloat(d.Hours(), 'f', 0, 64)}
	}
	cols := []column[cdp.Drift]{
		{name: "recipient", min: 10, max: 18, flex: 1, cell: func(_ show, x cdp.Drift) val { return plain(x.Notice.Recipient) }},
		{name: "cause", min: 10, cell: func(sh show, x cdp.Drift) val { return safe(sh.say("cause." + string(x.Notice.Cause))) }},
		{name: "hours", min: 7, right: true, cell: func(sh show, x cdp.Drift) val { return hours(sh, x.Open) }, by: func(a, b cdp.Drift) int { return compare(int64(a.Open), int64(b.Open)) }},
		{name: "after", min: 6, right: true, cell: func(_ show, x cdp.Drift) val {
			v := number(len(x.After))
			if len(x.After) > 0 {
				v.style = widget.Bad
			}
			return v
		}},
		{name: "acked", min: 12, cell: func(sh show, x cdp.Drift) val {
			if x.Acked == nil {
				return safe(sh.say("drift.nothing")).in(widget.Warn)
			}
			return safe(sh.say("cause." + string(x.Acked.Cause)))
		}},
		{name: "identifier", min: 16, max: 34, flex: 2, prio: 1, cell: func(sh show, x cdp.Drift) val { return sh.named(noticeRef(x.Notice), x.Notice.Subject) }},
	}
	l := newList(s, cols, func(x cdp.Drift) string { return x.Notice.ID.String() }, a).atOnce(func(ctx context.Context) ([]cdp.Drift, error) {
		r, err := desk.Drift(ctx, driftTop, nil)
		report = r
		return r.Items, err
	})
	x := newListing(s, "screen.drift", l)
	x.base = address{Screen: "drift"}
	x.about = func(d *detail, it cdp.Drift) {
		tellNotice(d, it.Notice)
		if it.Acked != nil {
			d.head(d.say("drift.acked"))
			d.fact("field.what", safe(d.say("cause."+string(it.Acked.Cause))))
			d.fact("field.when", d.minute(it.Acked.At))
		}
		if len(it.After) > 0 {
			d.head(d.say("drift.after"))
			for _, sh := range it.After {
				d.text(widget.Bad, text.Join(text.Lit("  "), d.minute(sh.At).text, text.Clean(strings.Join(sh.Fields, ", "))))
			}
		}
		d.head(d.say("screen.drift"))
		for _, t := range report.Targets {
			d.text(widget.Plain, d.say("drift.target", t.Recipient, string(t.Purpose), t.InStep, t.Behind, t.After))
		}
	}
	x.reveals = revealSubject(func() (cdp.Notification, bool) {
		it, ok := l.Item()
		return it.Notice, ok
	})
	x.open = func(it cdp.Drift) tea.Cmd { return openNotice(s, it.Notice) }
	x.binds = markNotice(s, func() (cdp.Notification, bool) {
		it, ok := l.Item()
		return it.Notice, ok
	}, x.Refresh)
	return x
}

// driftTop is how many rows of drift are read.
const driftTop = 500
