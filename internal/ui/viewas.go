package ui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// A viewed is a field as a recipient may see it for a purpose, or, without one,
// the verdict on the person.
type viewed struct {
	view  *cdp.SeenView
	field *cdp.FieldVerdict
}

func (v viewed) verdict() cdp.Verdict {
	if v.field == nil || !v.view.Verdict.Allow && v.field.Outcome == cdp.FieldAllowed {
		return v.view.Verdict
	}
	return v.field.Verdict
}

// outcome is what goes out: nothing of a person that is denied.
func (v viewed) outcome() cdp.FieldOutcome {
	switch {
	case v.field == nil:
		return outcomeOf(v.view.Verdict.Allow)
	case !v.view.Verdict.Allow && v.field.Outcome == cdp.FieldAllowed:
		return cdp.FieldDenied
	}
	return v.field.Outcome
}

// values are those of a field that the recipient sees.
func (v viewed) values(sh show, about cdp.Ref) val {
	if v.field == nil || v.outcome() != cdp.FieldAllowed {
		return val{}
	}
	vals := make([]val, len(v.field.Values))
	for i, raw := range v.field.Values {
		vals[i] = sh.personal(about, v.field.Field, maskOf(v.field), raw.Reveal())
	}
	return joined(vals)
}

// maskOf is the kind by which the values of a field are masked.
func maskOf(f *cdp.FieldVerdict) string {
	if k := cdp.Kind(f.Field); slices.Contains(cdp.Kinds(), k) {
		if k == cdp.KindRecord {
			return text.KindKey
		}
		return f.Field
	}
	return text.KindOfAttribute(f.Field, f.Special)
}

// newViewAs shows a person as a recipient may see them: for each purpose the
// fields that the gate out lets through, and why the others stay. Of is the
// recipient, Query the purpose, "" for each of the recipient's.
func newViewAs(s *session, a address, id cdp.ProfileID) screen {
	desk, ref := s.desk, cdp.Ref{Kind: "profile", ID: id.String()}
	cols := []column[viewed]{
		{name: "purpose", min: 10, max: 18, flex: 1, cell: func(_ show, v viewed) val { return plain(string(v.view.Purpose)) }},
		{name: "field", min: 10, max: 20, flex: 1, cell: func(sh show, v viewed) val {
			if v.field == nil {
				return safe(sh.say("viewas.person")).in(widget.Strong)
			}
			return plain(v.field.Field)
		}},
		{name: "visible", min: 6, cell: func(sh show, v viewed) val { return sh.fieldOutcome(v.outcome()) }},
		{name: "value", min: 14, max: 34, flex: 2, cell: func(sh show, v viewed) val { return v.values(sh, ref) }},
		{name: "reason", min: 18, flex: 3, prio: 1, cell: func(_ show, v viewed) val { return because(v.verdict().Reason) }},
		{name: "law", min: 13, prio: 2, cell: func(_ show, v viewed) val { return plain(law(v.verdict())) }},
		{name: "rule", min: 14, max: 26, flex: 1, prio: 3, cell: func(_ show, v viewed) val { return plain(v.verdict().Rule) }},
	}
	x := newDossier[cdp.Seen](s, "pane.viewas", cols, func(v viewed) string {
		if v.field == nil {
			return string(v.view.Purpose)
		}
		return string(v.view.Purpose) + "\x00" + v.field.Field
	}, a)
	x.panes.layout = layoutWide
	x.read = func(ctx context.Context) (cdp.Seen, error) { return desk.SeenBy(ctx, a.Of, id, cdp.PurposeID(a.Query)) }
	x.parts = viewedOf
	x.tell = tellSeen
	x.failed = func(err text.Safe) text.Safe { return s.say("fail.viewas", err) }
	x.base = address{Screen: "view-as", Object: id.String(), Of: a.Of, Query: a.Query}
	x.crumb = func() text.Safe { return s.say("screen.viewas", id, a.Of) }
	x.listing.about = func(d *detail, v viewed) {
		if v.field == nil {
			d.head(d.say("viewas.person"))
		} else {
			d.head(text.Clean(v.field.Field))
			d.value("field.value", v.values(d.show, ref))
		}
		d.fact("field.seenit", d.fieldOutcome(v.outcome()))
		d.fact("field.purpose", plain(strings.TrimSpace(string(v.view.Purpose)+" "+v.view.Title.EN)))
		if v.field != nil {
			d.fact("field.records", someIDs(d.show, v.field.Records))
		}
		d.gap()
		d.verdict(v.verdict())
	}
	x.listing.open = func(v viewed) tea.Cmd {
		switch {
		case v.field == nil:
			return s.info("nav.noplace")
		case len(v.field.Records) == 1:
			return s.visit(address{Screen: "record", Object: v.field.Records[0].String()})
		case slices.Contains(cdp.Kinds(), cdp.Kind(v.field.Field)):
			return s.visit(address{Screen: "profile", Object: id.String(), Tab: tabIdentifiers + 1})
		}
		return s.visit(address{Screen: "trace", Object: id.String(), Of: "attribute:" + v.field.Field})
	}
	x.reveals = func() (cdp.Ref, []string) {
		var out []string
		for _, v := range viewedOf(x.load.val) {
			if v.field != nil && len(v.field.Values) > 0 && !slices.Contains(out, v.field.Field) {
				out = append(out, v.field.Field)
			}
		}
		return ref, out
	}
	profile := func() cdp.ProfileID { return id }
	x.binds = func() []binding {
		return []binding{
			s.viewAs(profile, alone),
			s.card(profile, func() string { // of an identifier the gate says the kind, not which
				if v, ok := x.rows.Item(); ok && v.field != nil && !slices.Contains(cdp.Kinds(), cdp.Kind(v.field.Field)) {
					return "attribute:" + v.field.Field
				}
				return ""
			}),
			s.where(profile, alone),
			{id: "profile", keys: []string{"u"}, hint: 4, do: func() tea.Cmd { return s.visit(address{Screen: "profile", Object: id.String()}) }},
		}
	}
	return x
}

func viewedOf(v cdp.Seen) (out []viewed) {
	for i := range v.Views {
		view := &v.Views[i]
		out = append(out, viewed{view: view})
		for j := range view.Fields {
			out = append(out, viewed{view, &view.Fields[j]})
		}
	}
	return out
}

func tellSeen(d *detail, v cdp.Seen) {
	d.fact("field.recipient", plain(strings.TrimSpace(v.Recipient+" "+v.Name)))
	d.fact("field.asof", d.minute(v.At))
	d.text(widget.Dim, d.say("viewas.unsent"))
	if len(v.Views) == 0 {
		d.text(widget.Bad, d.say("viewas.none"))
	}
	for i := range v.Views {
		view := &v.Views[i]
		d.head(text.Clean(strings.TrimSpace(string(view.Purpose) + " " + view.Title.EN)))
		if !view.Verdict.Allow {
			d.text(widget.Bad, d.say("viewas.nothing"))
			d.text(widget.Plain, text.Clean(view.Verdict.Reason))
			continue
		}
		sent := view.Sent()
		d.fact("field.sees", names(sent))
		d.fact("field.leftout", number(len(view.Fields)-len(sent)))
	}
}

// viewAs is the key that shows a person as a recipient may see them; to names
// the recipient, "" asks which.
func (s *session) viewAs(profile func() cdp.ProfileID, to func() string) binding {
	return binding{id: "viewas", keys: []string{"r"}, hint: 5, do: func() tea.Cmd {
		if r := to(); r != "" {
			return s.visit(address{Screen: "view-as", Object: profile().String(), Of: r})
		}
		return s.pickRecipient(s.say("viewas.which"), profile())
	}, off: func() text.Safe {
		if profile() == 0 {
			return s.say("off.noprofile")
		}
		return text.Safe{}
	}}
}

// pickRecipient lets one recipient of the register be chosen.
func (s *session) pickRecipient(title text.Safe, id cdp.ProfileID) tea.Cmd {
	desk := s.desk
	var list []cdp.ShareTarget
	return s.work("fail.targets", func(ctx context.Context) (err error) {
		list, err = desk.ShareTargets(ctx)
		return err
	}, func() tea.Cmd {
		var out []choice
		had := map[string]bool{}
		for _, t := range list {
			if had[t.Recipient] {
				continue
			}
			had[t.Recipient] = true
			out = append(out, choice{label: text.Clean(t.Recipient), detail: text.Clean(t.Name), do: func() tea.Cmd {
				return s.visit(address{Screen: "view-as", Object: id.String(), Of: t.Recipient})
			}})
		}
		if len(out) == 0 {
			return s.info("viewas.norecipient")
		}
		return s.choose(title, out)
	})
}

// visitViewAs goes to a person as a recipient may see them: "letterwing
// P-0000001", in either order; without a profile, that of the present screen;
// without a recipient it asks which.
func (m *Model) visitViewAs(arg string) tea.Cmd {
	var id, to, purpose string
	for _, w := range strings.Fields(arg) {
		switch p, ok := canonical("profile", w); {
		case ok && id == "":
			id = p
		case to == "":
			to = w
		default:
			purpose = w
		}
	}
	if id == "" {
		if id = m.trail.top().Address().Object; !strings.HasPrefix(id, "P-") {
			return m.info("cmd.whose")
		}
	}
	p, err := cdp.ParseProfileID(id)
	switch {
	case err != nil:
		return m.info("cmd.whose")
	case to == "":
		return m.pickRecipient(m.say("viewas.which"), p)
	}
	return m.visit(address{Screen: "view-as", Object: p.String(), Of: to, Query: purpose})
}
