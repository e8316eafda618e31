package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// fact is a line of the record screen: a claim, an attribute, a touchpoint, a
// consent, a share, a ground, a verdict on holding it, a version.
type fact struct {
	section string
	name    string
	value   func(s show) val
	verdict *cdp.Verdict
	note    string
	style   widget.Style
	of      string // trace: what of the profile it is
	record  cdp.RecordID
	field   string // for reveals; "" when it is not personal
	event   *cdp.Consent
	no      int
}

// recordScreen is one row of a source as delivered: lineage, judgement and all
// it says, beside its versions.
type recordScreen struct {
	*listing[fact]
	ses  *session
	id   cdp.RecordID
	load load[cdp.RecordView]
	card *widget.TextView
}

func newRecord(s *session, a address, id cdp.RecordID) screen {
	x := &recordScreen{ses: s, id: id, card: widget.NewTextView(s.kit)}
	cols := []column[fact]{
		{name: "section", min: 10, cell: func(s show, f fact) val { return val{text: s.say("section." + f.section), raw: f.section} }},
		{name: "name", min: 12, max: 28, flex: 1, cell: func(s show, f fact) val { return val{text: s.lex.term("kind", f.name), raw: f.name} }},
		{name: "value", min: 16, flex: 3, cell: func(s show, f fact) val { return f.value(s) }},
		{name: "verdict", min: 8, cell: func(s show, f fact) val {
			if f.verdict == nil {
				return val{}
			}
			return s.answer(*f.verdict)
		}},
		{name: "note", min: 12, flex: 2, prio: 1, cell: func(_ show, f fact) val { return plain(f.note).in(f.style) }},
	}
	l := newList(s, cols, func(f fact) string { return itoa(f.no) }, a)
	l.renew = func() { // taken now: what is read in commands must not change
		facts := factsOf(x.load.val)
		l.atOnce(func(context.Context) ([]fact, error) { return facts, nil })
	}
	x.listing = newListing(s, "pane.facts", l)
	x.base = address{Screen: "record", Object: id.String()}
	x.crumb = func() text.Safe { return text.Clean(id.String()) }
	x.about = x.tell
	x.open = func(f fact) tea.Cmd {
		if f.record != 0 {
			return s.visit(address{Screen: "record", Object: f.record.String()})
		}
		if p := x.load.val.Profile; p != 0 && f.of != "" {
			return s.visit(address{Screen: "trace", Object: p.String(), Of: f.of})
		}
		return s.info("nav.noplace")
	}
	x.reveals = x.fields
	x.binds = x.more
	x.panes.layout = layoutRecord
	x.panes.list = append(x.panes.list, pane{part: x.card, title: func() text.Safe { return text.Clean(id.String()) }, moving: textKeys(s.kit.Keys())})
	x.rects = make([]widget.Rect, 3)
	return x
}

// layoutRecord is the facts over their detail, beside the record's card.
func layoutRecord(w, h int) []widget.Rect {
	all := widget.NewRect(0, 0, w, h)
	switch {
	case w >= 100:
		left, right := all.Right(max(40, w*36/100))
		if h >= 20 {
			facts, info := left.Bottom(h * 2 / 5)
			return []widget.Rect{facts, info, right}
		}
		return []widget.Rect{left, {}, right}
	case h >= 18:
		card, facts := all.Top(h * 45 / 100)
		return []widget.Rect{facts, {}, card}
	}
	return []widget.Rect{all, {}, {}}
}

func (x *recordScreen) Open(ctx context.Context) tea.Cmd {
	x.ctx = func() context.Context { return ctx }
	x.info.Resume(ctx)
	x.card.Resume(ctx)
	if x.load.ok {
		return x.listing.Open(ctx)
	}
	return x.Refresh()
}

func (x *recordScreen) Close() {
	x.load.end()
	x.card.Close()
	x.listing.Close()
}

func (x *recordScreen) Refresh() tea.Cmd {
	if x.ctx == nil {
		return nil
	}
	desk, id := x.ses.desk, x.id
	return x.load.start(x.ctx(), x.ses.env.Now, func(ctx context.Context) (cdp.RecordView, error) { return desk.Record(ctx, id) })
}

// Remask shows what may be shown now.
func (x *recordScreen) Remask() tea.Cmd {
	if x.ctx == nil || !x.load.ok {
		return nil
	}
	return x.present()
}

func (x *recordScreen) present() tea.Cmd {
	d := &detail{show: x.ses.show()}
	x.tellCard(d)
	x.card.Open(x.ctx(), d.lines)
	if x.rows.feed == nil {
		return x.listing.Open(x.ctx())
	}
	return x.synced(x.rows.Reread())
}

func (x *recordScreen) Update(msg tea.Msg) (bool, tea.Cmd) {
	if mine, fresh := x.load.take(msg); mine {
		if !fresh || x.ctx == nil || x.load.err != nil {
			return true, x.ses.stale(fresh, x.load.ok, x.load.err)
		}
		return true, x.present()
	}
	if ok, cmd := x.listing.Update(msg); ok {
		return true, cmd
	}
	return x.card.Update(msg)
}

func (x *recordScreen) View() string {
	if x.load.err != nil && !x.load.ok {
		return widget.Fit(x.kit.Line(x.w, widget.S(widget.Bad, x.ses.say("fail.record", x.id, text.Clean(x.load.err.Error())))), x.w, x.h)
	}
	return x.listing.View()
}

func (x *recordScreen) ref() cdp.Ref { return cdp.Ref{Kind: "record", ID: x.id.String()} }

// fields are all personal fields of the record.
func (x *recordScreen) fields() (cdp.Ref, []string) {
	if !x.load.ok {
		return cdp.Ref{}, nil
	}
	out, had := []string{fieldKey, fieldProof}, map[string]bool{fieldKey: true, fieldProof: true}
	for _, f := range factsOf(x.load.val) {
		if f.field != "" && !had[f.field] {
			had[f.field] = true
			out = append(out, f.field)
		}
	}
	return x.ref(), out
}

func (x *recordScreen) more() []binding {
	whose := func() text.Safe {
		if x.load.val.Profile == 0 {
			return x.ses.say("off.noprofile")
		}
		return text.Safe{}
	}
	to := func(screen string) func() tea.Cmd {
		return func() tea.Cmd { return x.ses.visit(address{Screen: screen, Object: x.load.val.Profile.String()}) }
	}
	return []binding{
		{id: "profile", keys: []string{"u"}, hint: 2, do: to("profile"), off: whose},
		{id: "trace", keys: []string{"t"}, hint: 3, do: to("trace"), off: whose},
		{id: "graph", keys: []string{"x"}, hint: 3, do: to("graph"), off: whose},
		{id: "batch", keys: []string{"b"}, do: func() tea.Cmd {
			return x.ses.visit(address{Screen: "batch", Object: x.load.val.Record.Lineage.Batch.String()})
		}, off: func() text.Safe {
			if !x.load.ok {
				return x.ses.say("off.norow")
			}
			return text.Safe{}
		}},
	}
}

// tellCard is the record's lineage and how it is judged.
func (x *recordScreen) tellCard(d *detail) {
	v := x.load.val
	r := v.Record
	state := safe(d.lex.term("recordstate", v.State))
	if v.State != "live" {
		state = state.in(widget.Warn)
	}
	d.fact("field.state", state)
	d.fact("field.outcome", d.outcome(v.Ruling.Outcome))
	if v.Profile != 0 {
		d.fact("field.profile", plain(v.Profile.String()).in(widget.Accent))
	}
	d.head(d.say("record.lineage"))
	d.fact("field.source", plain(string(r.Source)))
	d.value("field.key", d.key(x.ref(), cdp.Value(r.Key)))
	d.fact("field.controller", plain(v.Controller))
	d.fact("field.at", d.second(r.At))
	d.fact("field.recorded", d.second(r.Recorded))
	d.fact("field.batch", plain(r.Lineage.Batch.String()))
	d.fact("field.file", plain(r.Lineage.File))
	d.fact("field.line", number(r.Lineage.Line))
	d.fact("field.row", number(r.Lineage.Row))
	d.fact("field.hash", hash(r.Lineage.FileHash))
	d.fact("field.mapping", hash(r.Lineage.Mapping))
	if r.Deleted {
		d.text(widget.Warn, d.say("record.deleted"))
	}
	d.fact("field.version", safe(d.say("record.version", v.Version, len(v.Others))))
	d.head(d.say("record.ruling"))
	d.verdict(v.Ruling.Verdict)
	d.fact("field.due", d.minute(v.Ruling.Due))
	if len(v.Ruling.Findings) > 0 {
		d.fact("field.findings", plain(strings.Join(v.Ruling.Findings, ", ")).in(widget.Bad))
	}
}

// tell is the detail of a fact.
func (x *recordScreen) tell(d *detail, f fact) {
	d.head(text.Join(text.Lit(" "), d.say("section."+f.section), d.lex.term("kind", f.name)))
	d.value("field.value", f.value(d.show))
	d.fact("field.note", plain(f.note))
	if f.event != nil {
		consentEvent(d, x.ref(), *f.event)
	}
	if f.verdict != nil {
		d.gap()
		d.verdict(*f.verdict)
	}
}
