package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

func newConsents(p *profile, a address) screen {
	cols := []column[cdp.Standing]{
		{name: "purpose", min: 12, max: 28, flex: 2, cell: func(_ show, c cdp.Standing) val { return plain(string(c.Purpose)) }},
		{name: "state", min: 12, cell: func(s show, c cdp.Standing) val { return s.state(c.State) }},
		{name: "since", min: 10, cell: func(s show, c cdp.Standing) val { return s.day(c.Since) }, by: func(a, b cdp.Standing) int { return a.Since.Compare(b.Since) }},
		{name: "endpoint", min: 16, max: 34, flex: 2, prio: 1, cell: func(s show, c cdp.Standing) val { return s.named(p.ref(), c.Endpoint) }},
		{name: "evidence", min: 8, right: true, prio: 2, cell: func(_ show, c cdp.Standing) val { return plain(itoa(c.Complete) + " %") },
			by: func(a, b cdp.Standing) int { return compare(a.Complete, b.Complete) }},
		{name: "controller", min: 10, prio: 4, cell: func(_ show, c cdp.Standing) val { return plain(c.Controller) }},
		{name: "channel", min: 8, prio: 5, cell: func(_ show, c cdp.Standing) val { return plain(string(c.Channel)) }},
		{name: "expires", min: 10, prio: 3, cell: func(s show, c cdp.Standing) val { return s.day(c.Expires) }},
	}
	key := func(c cdp.Standing) string {
		return string(c.Purpose) + "\x00" + c.Controller + "\x00" + string(c.Channel) + "\x00" + string(c.Endpoint.Kind()) + c.Endpoint.Reveal()
	}
	x := newProfileTab(p, "tab.consents", a, cols, key, func(v cdp.Profile) []cdp.Standing { return v.Consents })
	x.about = func(d *detail, c cdp.Standing) {
		d.head(text.Clean(string(c.Purpose)))
		d.fact("field.state", d.state(c.State))
		if c.Conflict {
			d.text(widget.Bad, d.say("consent.conflict"))
		}
		d.fact("field.endpoint", d.named(p.ref(), c.Endpoint))
		d.fact("field.controller", plain(c.Controller))
		d.fact("field.channel", plain(string(c.Channel)))
		d.fact("field.since", d.minute(c.Since))
		d.fact("field.expires", d.minute(c.Expires))
		d.fact("field.evidence", plain(itoa(c.Complete)+" %"))
		if len(c.Missing) > 0 {
			d.fact("field.missing", plain(strings.Join(c.Missing, ", ")).in(widget.Warn))
		}
		d.head(d.say("consent.events", len(c.Events)))
		for i := len(c.Events) - 1; i >= 0; i-- {
			consentEvent(d, p.ref(), c.Events[i])
		}
	}
	x.reveals = func() (cdp.Ref, []string) { return p.ref(), append(kindsOf(p.load.val), fieldProof) }
	x.binds = func() []binding {
		return append(p.ses.asks(p.number, func() string {
			if c, ok := x.rows.Item(); ok && c.Endpoint.Kind() != cdp.KindRecord {
				return valueOf(c.Endpoint)
			}
			return ""
		}), p.onBehalf(x.rows.Item))
	}
	x.open = func(c cdp.Standing) tea.Cmd {
		if len(c.Events) == 0 || c.Events[len(c.Events)-1].Record == 0 { // an officer recorded it
			return p.ses.info("nav.noplace")
		}
		return p.ses.visit(address{Screen: "record", Object: c.Events[len(c.Events)-1].Record.String()})
	}
	return x
}

func consentEvent(d *detail, about cdp.Ref, e cdp.Consent) {
	when := d.minute(e.At)
	if e.At.IsZero() {
		when = safe(d.say("time.unknown"))
	}
	st := d.state(e.State)
	d.add(widget.Line{Spans: []widget.Span{when.span(), {Text: text.Lit("  ")}, st.span(), {Text: text.Lit("  ")}, widget.S(widget.Dim, text.Clean(string(e.Source)))}})
	d.fact("field.method", plain(e.Method))
	d.fact("field.notice", plain(strings.TrimSpace(e.Notice+" "+e.Language)))
	d.value("field.proof", d.personal(about, fieldProof, "text", e.Proof.Reveal()))
	d.fact("field.regulation", plain(e.Regulation))
	if e.PreTicked {
		d.text(widget.Bad, d.say("consent.preticked"))
	}
	d.fact("field.behalf", plain(e.By))
	if e.Record != 0 {
		d.fact("field.record", plain(e.Record.String()))
	}
}

func newUses(p *profile, a address) screen {
	desk, id := p.ses.desk, p.id
	cols := []column[cdp.Use]{
		{name: "use", min: 5, cell: func(s show, u cdp.Use) val {
			if u.Verdict.Allow {
				return safe(s.yes(true)).in(widget.Good)
			}
			return safe(s.yes(false)).in(widget.Bad)
		}},
		{name: "purpose", min: 12, max: 26, flex: 2, cell: func(_ show, u cdp.Use) val { return plain(string(u.Purpose)) }},
		{name: "law", min: 13, cell: func(_ show, u cdp.Use) val { return plain(law(u.Verdict)) }},
		{name: "source", min: 10, max: 24, flex: 1, cell: func(_ show, u cdp.Use) val { return plain(string(u.Source)) }},
		{name: "reason", min: 16, flex: 3, prio: 1, cell: func(_ show, u cdp.Use) val { return because(u.Verdict.Reason) }},
		{name: "activity", min: 12, flex: 1, prio: 3, cell: func(_ show, u cdp.Use) val { return plain(string(u.Activity)) }},
		{name: "until", min: 10, prio: 2, cell: func(s show, u cdp.Use) val { return s.day(u.Verdict.Until) }, by: func(a, b cdp.Use) int { return a.Verdict.Until.Compare(b.Verdict.Until) }},
		{name: "record", min: 9, prio: 4, cell: func(_ show, u cdp.Use) val { return plain(u.Record.String()).in(widget.Accent) }},
	}
	l := newList(p.ses, cols, func(u cdp.Use) string {
		return u.Record.String() + "\x00" + string(u.Activity) + "\x00" + string(u.Purpose)
	}, a).
		atOnce(func(ctx context.Context) ([]cdp.Use, error) { return desk.Uses(ctx, id) })
	x := newListing(p.ses, "tab.uses", l)
	x.about = func(d *detail, u cdp.Use) {
		d.head(text.Clean(string(u.Purpose)))
		d.fact("field.title", plain(u.Title))
		d.fact("field.record", plain(u.Record.String()))
		d.fact("field.source", plain(string(u.Source)))
		d.verdict(u.Verdict)
	}
	x.open = func(u cdp.Use) tea.Cmd {
		return p.ses.visit(address{Screen: "basis", Object: p.id.String(), Of: string(u.Purpose)})
	}
	x.binds = func() []binding {
		return []binding{{id: "record", keys: []string{"u"}, hint: 2, off: x.empty, do: x.on(func(u cdp.Use) tea.Cmd {
			return p.ses.visit(address{Screen: "record", Object: u.Record.String()})
		})}, p.ses.card(p.number, func() string {
			if u, ok := x.rows.Item(); ok {
				return "use:" + u.PartID()
			}
			return ""
		}), p.ses.where(p.number, alone)}
	}
	return x
}

func newShares(p *profile, a address) screen {
	desk, id := p.ses.desk, p.id
	cols := []column[cdp.Share]{
		{name: "recipient", min: 12, max: 30, flex: 2, cell: func(s show, x cdp.Share) val { return recipient(s, x.Recipient) }},
		{name: "time", min: 16, cell: func(s show, x cdp.Share) val { return s.minute(x.At) }, by: func(a, b cdp.Share) int { return a.At.Compare(b.At) }},
		{name: "purpose", min: 12, flex: 1, cell: func(_ show, x cdp.Share) val { return plain(string(x.Purpose)) }},
		{name: "fields", min: 14, flex: 2, prio: 1, cell: func(_ show, x cdp.Share) val { return names(x.Fields) }},
		{name: "mode", min: 7, prio: 2, cell: func(_ show, x cdp.Share) val { return plain(x.Mode) }},
		{name: "source", min: 10, prio: 3, cell: func(_ show, x cdp.Share) val { return plain(string(x.Source)) }},
		{name: "record", min: 9, prio: 4, cell: func(_ show, x cdp.Share) val { return plain(x.Record.String()).in(widget.Accent) }},
	}
	l := newList(p.ses, cols, func(x cdp.Share) string {
		return x.Record.String() + "\x00" + x.Recipient + "\x00" + string(x.Purpose) + "\x00" + x.At.String() + "\x00" + strings.Join(x.Fields, "\x00")
	}, a).atOnce(func(ctx context.Context) ([]cdp.Share, error) { return desk.Shares(ctx, id) })
	x := newListing(p.ses, "tab.shares", l)
	x.about = func(d *detail, v cdp.Share) {
		d.head(recipient(d.show, v.Recipient).text)
		d.fact("field.when", d.second(v.At))
		d.fact("field.purpose", plain(string(v.Purpose)))
		d.fact("field.fields", names(v.Fields))
		d.fact("field.mode", plain(v.Mode))
		d.fact("field.source", plain(string(v.Source)))
		d.fact("field.record", plain(v.Record.String()))
	}
	x.open = func(v cdp.Share) tea.Cmd { return p.ses.visit(address{Screen: "record", Object: v.Record.String()}) }
	x.binds = func() []binding {
		return []binding{p.ses.card(p.number, func() string {
			if v, ok := x.rows.Item(); ok {
				return "share:" + v.ID
			}
			return ""
		}), p.ses.where(p.number, alone)}
	}
	return x
}

// newProfileLog lists who looked at the profile.
func newProfileLog(p *profile, a address) screen {
	x := newLog(p.ses, a, p.ref()).(*listing[cdp.Entry])
	x.title = "tab.log"
	x.open = nil
	return x
}
