package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

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
