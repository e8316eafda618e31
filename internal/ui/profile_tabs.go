package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// profileTab is a list of what the profile's own answer holds.
type profileTab[T any] struct {
	*listing[T]
	p *profile
}

func newProfileTab[T any](p *profile, title string, a address, cols []column[T], key func(T) string, pick func(cdp.Profile) []T) *profileTab[T] {
	l := newList(p.ses, cols, key, a)
	l.renew = func() { // taken now: what is read in commands must not change
		items := pick(p.load.val)
		l.atOnce(func(context.Context) ([]T, error) { return items, nil })
	}
	return &profileTab[T]{listing: newListing(p.ses, title, l), p: p}
}

func (x *profileTab[T]) Open(ctx context.Context) tea.Cmd {
	if !x.p.load.ok {
		x.ctx = func() context.Context { return ctx }
		return nil
	}
	return x.listing.Open(ctx)
}

// Refresh waits for the profile's own reading.
func (x *profileTab[T]) Refresh() tea.Cmd { return nil }

// Told shows the profile's new answer.
func (x *profileTab[T]) Told() tea.Cmd {
	if x.ctx == nil {
		x.rows.feed = nil
		return nil
	}
	if x.rows.feed == nil {
		return x.listing.Open(x.ctx())
	}
	return x.listing.Refresh()
}

// Remask shows what may be shown now.
func (x *profileTab[T]) Remask() tea.Cmd {
	if x.rows.feed == nil {
		return nil
	}
	return x.listing.Remask()
}

func newIdentifiers(p *profile, a address) screen {
	cols := []column[cdp.Held]{
		{name: "kind", min: 8, cell: func(s show, h cdp.Held) val {
			return val{text: s.lex.term("kind", string(h.Identifier.Kind())), raw: string(h.Identifier.Kind())}
		}},
		{name: "value", min: 16, max: 40, flex: 3, cell: func(s show, h cdp.Held) val { return s.ident(p.ref(), h.Identifier) }},
		{name: "links", min: 5, cell: func(s show, h cdp.Held) val {
			v := s.joins(h.Active, h.Standing)
			if h.Active {
				v.style = widget.Good
			}
			return v
		}},
		{name: "law", min: 13, prio: 2, cell: func(_ show, h cdp.Held) val { return plain(law(h.Verdict)) }},
		{name: "sources", min: 10, flex: 2, prio: 1, cell: func(_ show, h cdp.Held) val { return names(h.Sources) }},
		{name: "since", min: 10, prio: 3, cell: func(s show, h cdp.Held) val { return s.day(h.Since) }, by: func(a, b cdp.Held) int { return a.Since.Compare(b.Since) }},
		{name: "records", min: 7, right: true, prio: 4, cell: func(_ show, h cdp.Held) val { return number(h.Records) }, by: func(a, b cdp.Held) int { return compare(a.Records, b.Records) }},
		{name: "shared", min: 6, right: true, prio: 3, cell: func(_ show, h cdp.Held) val { return bad(h.Shared) }, by: func(a, b cdp.Held) int { return compare(a.Shared, b.Shared) }},
		{name: "tag", min: 14, prio: 5, cell: func(_ show, h cdp.Held) val { return plain(h.Identifier.String()) }},
	}
	x := newProfileTab(p, "tab.identifiers", a, cols, func(h cdp.Held) string { return string(h.Identifier.Kind()) + "\x00" + h.Identifier.Reveal() },
		func(v cdp.Profile) []cdp.Held { return v.Identifiers })
	x.about = func(d *detail, h cdp.Held) {
		d.head(text.Join(text.Lit(" "), d.lex.term("kind", string(h.Identifier.Kind())), text.Clean(h.Identifier.String())))
		d.value("field.value", d.ident(p.ref(), h.Identifier))
		if text.Suspicious(h.Identifier.Reveal()) && h.Identifier.Kind() == cdp.KindEmail {
			d.text(widget.Bad, d.say("ident.suspicious"))
		}
		d.fact("field.links", safe(d.yes(h.Active)))
		d.fact("field.standing", d.standing(h.Standing))
		d.fact("field.reason", plain(h.Verdict.Reason))
		d.fact("field.sources", names(h.Sources))
		d.fact("field.records", number(h.Records))
		d.fact("field.since", d.minute(h.Since))
		if h.Shared > 0 {
			d.fact("field.shared", safe(d.say("ident.shared", h.Shared)).in(widget.Warn))
		}
		d.head(d.say("ident.why"))
		d.verdict(h.Verdict)
	}
	x.open = func(h cdp.Held) tea.Cmd { return p.traceOf(h.Identifier) }
	x.reveals = func() (cdp.Ref, []string) { return p.ref(), kindsOf(p.load.val) }
	x.binds = func() []binding {
		out := []binding{{id: "trace", keys: []string{"t"}, hint: 2, off: x.empty, do: x.on(func(h cdp.Held) tea.Cmd { return p.traceOf(h.Identifier) })},
			p.ses.act("decidesuppress", "B", 3, "off.norow", func() []string {
				h, _ := x.rows.Item()
				return carriedBy(p.id.String(), h.Identifier)
			})}
		out = append(out, p.onBehalf(9, func() (spot, bool) {
			h, ok := x.rows.Item()
			return spot{endpoint: h.Identifier}, ok
		}))
		return append(out, p.ses.asks(p.number, func() string {
			h, _ := x.rows.Item()
			return valueOf(h.Identifier)
		})...)
	}
	return x
}

// traceOf goes to where an identifier came from.
func (p *profile) traceOf(i cdp.Identifier) tea.Cmd {
	return p.ses.visit(address{Screen: "trace", Object: p.id.String(), Of: "identifier:" + i.String()})
}

// valueOf names an identifier as an address does, "" for none.
func valueOf(i cdp.Identifier) string {
	if i.IsZero() {
		return ""
	}
	return "identifier:" + i.String()
}

// kindsOf are the kinds of identifiers a profile has, for reveals.
func kindsOf(v cdp.Profile) (out []string) {
	had := map[cdp.Kind]bool{}
	for _, h := range v.Identifiers {
		if k := h.Identifier.Kind(); !had[k] {
			had[k] = true
			out = append(out, string(k))
		}
	}
	return out
}

func newTouchpoints(p *profile, a address) screen {
	desk, id := p.ses.desk, p.id
	cols := []column[cdp.Touchpoint]{
		{name: "time", min: 16, cell: func(s show, t cdp.Touchpoint) val { return s.minute(t.At) }},
		{name: "channel", min: 8, max: 14, cell: func(s show, t cdp.Touchpoint) val { return plain(string(t.Channel)) }},
		{name: "kind", min: 10, max: 20, flex: 1, cell: func(_ show, t cdp.Touchpoint) val { return plain(t.Kind) }},
		{name: "detail", min: 12, flex: 3, cell: func(s show, t cdp.Touchpoint) val { return touchDetail(s, p.ref(), t) }},
		{name: "source", min: 10, max: 20, prio: 1, cell: func(_ show, t cdp.Touchpoint) val { return plain(string(t.Source)) }},
		{name: "purpose", min: 10, prio: 2, cell: func(_ show, t cdp.Touchpoint) val { return plain(string(t.Purpose)) }},
		{name: "record", min: 9, prio: 3, cell: func(_ show, t cdp.Touchpoint) val { return plain(t.Record.String()).in(widget.Accent) }},
	}
	no := func(t cdp.Touchpoint) string {
		return t.Record.String() + "\x00" + t.Key + "\x00" + t.At.String() + "\x00" + t.Kind + "\x00" + t.Detail.Reveal()
	}
	l := newList(p.ses, cols, no, a).paged(func(ctx context.Context, after string, n int) ([]cdp.Touchpoint, string, error) {
		page, err := desk.Touchpoints(ctx, id, after, n)
		if err != nil || !page.More {
			return page.Items, "", err
		}
		return page.Items, page.Next, nil
	})
	x := newListing(p.ses, "tab.touchpoints", l)
	x.about = func(d *detail, t cdp.Touchpoint) {
		d.head(text.Join(text.Lit(" "), text.Clean(string(t.Channel)), text.Clean(t.Kind)))
		d.fact("field.when", d.second(t.At))
		d.fact("field.source", plain(string(t.Source)))
		d.fact("field.record", plain(t.Record.String()))
		d.fact("field.purpose", plain(string(t.Purpose)))
		d.value("field.detail", d.personal(p.ref(), fieldDetail, "text", t.Detail.Reveal()))
		if t.Text == "" {
			return
		}
		d.head(d.say("field.text"))
		if d.may(p.ref(), fieldText) {
			d.block(t.Text.Reveal())
		} else {
			d.text(widget.Dim, text.Mask("text", t.Text.Reveal()))
		}
	}
	x.open = func(t cdp.Touchpoint) tea.Cmd {
		return p.ses.visit(address{Screen: "record", Object: t.Record.String()})
	}
	x.reveals = func() (cdp.Ref, []string) { return p.ref(), []string{fieldDetail, fieldText} }
	x.binds = func() []binding {
		return []binding{p.ses.card(p.number, func() string {
			if t, ok := x.rows.Item(); ok {
				return "touchpoint:" + t.PartID()
			}
			return ""
		}), p.ses.where(p.number, alone)}
	}
	return x
}

func touchDetail(s show, about cdp.Ref, t cdp.Touchpoint) val {
	if t.Detail != "" {
		return s.personal(about, fieldDetail, "text", t.Detail.Reveal())
	}
	return s.personal(about, fieldText, "text", t.Text.Reveal())
}
