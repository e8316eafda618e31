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
	part    string // card: what it is that is no value of the profile
	record  cdp.RecordID
	field   string // for reveals; "" when it is not personal
	event   *cdp.Consent
	no      int
	apart   string // claim: why it joins nothing though it may
}

// recordScreen is one row of a source as delivered: lineage, judgement and all
// it says, beside its versions.
type recordScreen struct {
	*dossier[cdp.RecordView, fact]
	id cdp.RecordID
}

func newRecord(s *session, a address, id cdp.RecordID) screen {
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
	x := &recordScreen{dossier: newDossier[cdp.RecordView](s, "pane.facts", cols, func(f fact) string { return itoa(f.no) }, a), id: id}
	desk := s.desk
	x.read = func(ctx context.Context) (cdp.RecordView, error) { return desk.Record(ctx, id) }
	x.parts = factsOf
	x.dossier.tell = func(d *detail, _ cdp.RecordView) { x.tellCard(d) }
	x.failed = func(err text.Safe) text.Safe { return s.say("fail.record", id, err) }
	x.base = address{Screen: "record", Object: id.String()}
	x.crumb = func() text.Safe { return text.Clean(id.String()) }
	x.listing.about = x.tell
	x.listing.open = func(f fact) tea.Cmd {
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
	return x
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
	out := []binding{
		{id: "profile", keys: []string{"u"}, hint: 2, do: to("profile"), off: whose},
		{id: "trace", keys: []string{"t"}, hint: 3, do: to("trace"), off: whose},
		x.ses.restricts(0, func() cdp.ProfileID { return x.load.val.Profile }, func() []choice {
			of := x.load.val.Profile
			return append(x.ses.ofRestriction(of, x.id), x.ses.ofRestriction(of, 0)...)
		}),
		{id: "graph", keys: []string{"x"}, hint: 3, do: to("graph"), off: whose},
		{id: "card", keys: []string{"w"}, hint: 3, do: func() tea.Cmd {
			f, _ := x.rows.Item()
			to := address{Screen: "card", Object: x.id.String(), Of: f.part}
			if p := x.load.val.Profile; p != 0 && f.of+f.part != "" {
				to.Object, to.Of = p.String(), f.of+f.part
			}
			return x.ses.visit(to)
		}},
		x.ses.where(func() cdp.ProfileID { return x.load.val.Profile }, func() string {
			f, _ := x.rows.Item()
			return f.of
		}),
		{id: "batch", keys: []string{"b"}, do: func() tea.Cmd {
			return x.ses.visit(address{Screen: "batch", Object: x.load.val.Record.Lineage.Batch.String()})
		}, off: func() text.Safe {
			if !x.load.ok {
				return x.ses.say("off.norow")
			}
			return text.Safe{}
		}},
	}
	out = append(out, x.ses.act("decidecut", "C", 4, "off.noclaim", func() []string {
		if tag := x.claimed(); tag != "" {
			return []string{x.id.String(), tag}
		}
		return nil
	}), x.ses.act("decidesuppress", "B", 4, "off.noclaim", func() []string {
		if tag := x.claimed(); tag != "" {
			return []string{x.id.String() + "/" + tag}
		}
		return nil
	}), x.ses.act("decidesplit", "T", 0, "off.noprofile", func() []string {
		if p := x.load.val.Profile; p != 0 {
			return []string{p.String(), x.id.String()}
		}
		return nil
	}))
	return append(out, x.ses.pairs(10, x.id.String, alone)...)
}

// claimed is the identifier under the cursor, by its tag.
func (x *recordScreen) claimed() string {
	f, _ := x.rows.Item()
	if f.section != "claim" {
		return ""
	}
	return strings.TrimPrefix(f.of, "identifier:")
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
	d.fact("field.version", safe(d.say("record.version", v.Version, len(v.Others)+1)))
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
	d.fact("field.standing", d.standing(f.apart))
	if f.event != nil {
		consentEvent(d, x.ref(), *f.event)
	}
	if f.verdict != nil {
		d.gap()
		d.verdict(*f.verdict)
	}
}
