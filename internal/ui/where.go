package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// A keeper is a system, or a recipient, that has data of a person.
type keeper struct {
	system    *cdp.WhereSystem
	recipient *cdp.WhereRecipient
}

func (k keeper) id() string {
	if k.system != nil {
		return string(k.system.Source)
	}
	return k.recipient.Recipient
}

// holds says how many records, or disclosures, have the value that is asked for.
func (k keeper) holds() int {
	if k.system != nil {
		return len(k.system.Carrying)
	}
	return k.recipient.Carrying
}

// pick is one of two texts: of the system, or of the recipient.
func (k keeper) pick(system func(*cdp.WhereSystem) string, recipient func(*cdp.WhereRecipient) string) string {
	if k.system != nil {
		return system(k.system)
	}
	return recipient(k.recipient)
}

func (k keeper) place() string {
	country, region := k.pick(func(s *cdp.WhereSystem) string { return s.Country }, func(r *cdp.WhereRecipient) string { return r.Country }),
		k.pick(func(s *cdp.WhereSystem) string { return s.Region }, func(r *cdp.WhereRecipient) string { return r.Region })
	return strings.Trim(country+", "+region, ", ")
}

// unsaid are what neither inventory nor register says of it.
func (k keeper) unsaid() []string {
	if k.system != nil {
		return k.system.Unknown
	}
	return k.recipient.Unknown
}

// orUnknown is a text, or that nobody said it.
func (s show) orUnknown(raw string) val {
	if raw == "" {
		return safe(s.say("unknown")).in(widget.Warn)
	}
	return plain(raw)
}

// newWhere lists in which systems, and with which recipients, a person's data
// are, and which of them hold one value.
func newWhere(s *session, a address, id cdp.ProfileID) screen {
	desk, ref, of := s.desk, cdp.Ref{Kind: "profile", ID: id.String()}, valueRef(a.Of)
	cols := []column[keeper]{
		{name: "keeper", min: 14, max: 24, flex: 1, cell: func(_ show, k keeper) val { return plain(k.id()).in(widget.Accent) }},
		{name: "what", min: 9, cell: func(sh show, k keeper) val {
			if k.system != nil {
				return safe(sh.say("where.system"))
			}
			return safe(sh.say("where.recipient"))
		}},
		{name: "where", min: 8, max: 22, flex: 1, cell: func(sh show, k keeper) val { return sh.orUnknown(k.place()) }},
		{name: "records", min: 7, right: true, cell: func(_ show, k keeper) val { return number(k.times()) }, by: func(a, b keeper) int { return compare(a.times(), b.times()) }},
		{name: "last", min: 10, cell: func(sh show, k keeper) val {
			if k.system == nil {
				return sh.day(k.recipient.Last)
			}
			v := sh.day(k.system.Last)
			if k.system.Late {
				v = v.in(widget.Bad)
			}
			return v
		}},
		{name: "owner", min: 10, max: 22, flex: 1, prio: 1, cell: func(sh show, k keeper) val {
			return sh.orUnknown(k.pick(func(x *cdp.WhereSystem) string { return x.Owner }, func(x *cdp.WhereRecipient) string { return x.Department }))
		}},
		{name: "direction", min: 9, prio: 2, cell: func(sh show, k keeper) val {
			return sh.orUnknown(k.pick(func(x *cdp.WhereSystem) string { return x.Direction }, func(*cdp.WhereRecipient) string { return "out" }))
		}},
		{name: "unsaid", min: 7, right: true, prio: 3, cell: func(_ show, k keeper) val { return bad(len(k.unsaid())) }},
		{name: "fields", min: 14, flex: 2, prio: 4, cell: func(sh show, k keeper) val { return k.fields(sh) }},
	}
	if of.Kind != "" {
		cols = append(cols[:2:2], append([]column[keeper]{{name: "holds", min: 5, cell: func(sh show, k keeper) val {
			v := safe(sh.yes(k.holds() > 0))
			if k.holds() == 0 {
				v = v.in(widget.Dim)
			}
			return v
		}}}, cols[2:]...)...)
	}
	x := newDossier[cdp.Whereabouts](s, "pane.where", cols, func(k keeper) string { return k.pick(systemKey, recipientKey) }, a)
	x.panes.layout = layoutWide
	x.read = func(ctx context.Context) (cdp.Whereabouts, error) { return desk.Where(ctx, id, of) }
	x.parts = keepersOf
	x.tell = func(d *detail, w cdp.Whereabouts) { tellWhere(d, ref, w) }
	x.failed = func(err text.Safe) text.Safe { return s.say("fail.where", err) }
	x.base = address{Screen: "where", Object: id.String(), Of: a.Of}
	x.crumb = func() text.Safe {
		if of.ID != "" {
			return s.say("screen.where.value", of.ID)
		}
		return s.say("screen.where", id)
	}
	x.listing.about = func(d *detail, k keeper) { tellKeeper(d, of, k) }
	x.listing.open = func(k keeper) tea.Cmd {
		switch {
		case k.system == nil:
			return s.visit(address{Screen: "profile", Object: id.String(), Tab: tabShares + 1, Filter: "recipient:" + k.id()})
		case len(k.system.Carrying) == 1:
			return s.visit(address{Screen: "record", Object: k.system.Carrying[0].String()})
		}
		return s.visit(address{Screen: "members", Object: id.String(), Filter: "source:" + k.id()})
	}
	x.reveals = func() (cdp.Ref, []string) {
		if x.load.val.Ident == nil {
			return ref, nil
		}
		return ref, []string{string(x.load.val.Ident.Kind())}
	}
	profile := func() cdp.ProfileID { return id }
	x.binds = func() []binding {
		return []binding{
			s.card(profile, func() string { return a.Of }),
			s.viewAs(profile, func() string {
				if k, ok := x.rows.Item(); ok && k.recipient != nil {
					return k.id()
				}
				return ""
			}),
			{id: "trace", keys: []string{"t"}, hint: 3, do: func() tea.Cmd { return s.visit(address{Screen: "trace", Object: id.String(), Of: a.Of}) }},
			{id: "profile", keys: []string{"u"}, hint: 4, do: func() tea.Cmd { return s.visit(address{Screen: "profile", Object: id.String()}) }},
		}
	}
	return x
}

func systemKey(s *cdp.WhereSystem) string       { return "system " + string(s.Source) }
func recipientKey(r *cdp.WhereRecipient) string { return "recipient " + r.Recipient }

func (k keeper) times() int {
	if k.system != nil {
		return k.system.Records
	}
	return k.recipient.Times
}

func (k keeper) fields(sh show) val {
	if k.system != nil {
		return names(k.system.Held)
	}
	if len(k.recipient.Fields) == 0 {
		return safe(sh.say("where.all")).in(widget.Warn)
	}
	return names(k.recipient.Fields)
}

func keepersOf(w cdp.Whereabouts) (out []keeper) {
	for i := range w.Systems {
		out = append(out, keeper{system: &w.Systems[i]})
	}
	for i := range w.Recipients {
		out = append(out, keeper{recipient: &w.Recipients[i]})
	}
	return out
}

// tellWhere is whose law and authority the person comes under, and the sums.
func tellWhere(d *detail, ref cdp.Ref, w cdp.Whereabouts) {
	switch {
	case w.Ident != nil:
		d.value("field.value", d.named(ref, *w.Ident))
	case w.Of.ID != "":
		d.fact("field.value", plain(w.Of.ID))
	}
	held, got := 0, 0
	for _, k := range keepersOf(w) {
		if k.holds() == 0 && w.Of.Kind != "" {
			continue
		}
		if k.system != nil {
			held++
		} else {
			got++
		}
	}
	d.fact("field.systems", number(held))
	d.fact("field.recipients", number(got))
	d.fact("field.asof", d.minute(w.At))
	tellPlace(d, w.Place)
}

func tellPlace(d *detail, p cdp.Jurisdiction) {
	d.head(d.say("where.law"))
	d.fact("field.country", d.orUnknown(p.Country))
	d.fact("field.authority", d.orUnknown(strings.TrimSpace(p.Authority+" "+p.AuthorityLaw)))
	for _, c := range p.Controllers {
		d.fact("field.controller", plain(strings.TrimSpace(c.Name+" "+c.Country)))
		d.fact("field.its", d.orUnknown(c.Authority))
	}
	age := d.orUnknown("")
	if p.Age > 0 {
		age = plain(itoa(p.Age) + " (" + p.AgeLaw + ")")
	}
	d.fact("field.age", age)
	switch {
	case p.Minor:
		d.text(widget.Bad, d.say("where.minor"))
	case !p.Born:
		d.text(widget.Warn, d.say("where.unborn"))
	}
}

func tellKeeper(d *detail, of cdp.Ref, k keeper) {
	d.head(text.Clean(k.id()))
	if k.system != nil && k.system.Late {
		d.text(widget.Bad, d.say("where.late"))
	}
	if miss := k.unsaid(); len(miss) > 0 {
		d.text(widget.Bad, d.say("where.unsaid", strings.Join(miss, ", ")))
	}
	if of.Kind != "" {
		holds := safe(d.yes(k.holds() > 0))
		if k.system != nil && k.holds() > 0 {
			holds = someIDs(d.show, k.system.Carrying)
		}
		d.fact("field.holds", holds)
	}
	if s := k.system; s != nil {
		d.fact("field.system", d.orUnknown(s.System))
		d.fact("field.kind", d.orUnknown(s.Kind))
		d.fact("field.owner", d.orUnknown(s.Owner))
		d.fact("field.department", d.orUnknown(s.Department))
		d.fact("field.controller", d.orUnknown(s.Controller))
		d.fact("field.where", d.orUnknown(k.place()))
		d.fact("field.direction", d.orUnknown(s.Direction))
		d.fact("field.records", number(s.Records))
		d.fact("field.fields", names(s.Held))
		d.fact("field.listed", names(s.Listed))
		d.fact("field.heard", d.minute(s.Seen))
		d.fact("field.delivered", d.minute(s.Last))
		if s.Sync == "" {
			d.fact("field.sync", d.orUnknown(""))
		} else {
			d.fact("field.sync", d.period(s.Sync))
		}
	} else {
		r := k.recipient
		d.fact("field.name", d.orUnknown(r.Name))
		d.fact("field.kind", d.orUnknown(r.Kind))
		d.fact("field.department", plain(r.Department))
		d.fact("field.where", d.orUnknown(k.place()))
		d.fact("field.purpose", names(r.Purposes))
		d.fact("field.fields", k.fields(d.show))
		d.fact("field.times", number(r.Times))
		if of.Kind != "" {
			d.fact("field.timesof", number(r.Carrying))
		}
		d.fact("field.last", d.minute(r.Last))
	}
}

// someIDs are the first of many ids, and how many more there are.
func someIDs(s show, list []cdp.RecordID) val {
	const most = 10
	var out []string
	for _, id := range list[:min(len(list), most)] {
		out = append(out, id.String())
	}
	v := names(out)
	if n := len(list) - most; n > 0 {
		v.text = text.Join(text.Lit(" "), v.text, s.say("where.more", n))
	}
	return v
}

// where is the key that asks in which systems a person's data are; of names a
// value as an address does, "" asks about all of them.
func (s *session) where(profile func() cdp.ProfileID, of func() string) binding {
	return binding{id: "where", keys: []string{"c"}, hint: 4, do: func() tea.Cmd {
		return s.visit(address{Screen: "where", Object: profile().String(), Of: of()})
	}, off: func() text.Safe {
		if profile() == 0 {
			return s.say("off.noprofile")
		}
		return text.Safe{}
	}}
}

// asks are the keys that ask of a value of a profile why it is there, and where
// it is.
func (s *session) asks(profile func() cdp.ProfileID, of func() string) []binding {
	return []binding{s.card(profile, of), s.where(profile, of)}
}

// visitWhere goes to where a profile's data are, or a value that is typed: an
// e-mail address, a number, or the name of an attribute behind the profile.
func (m *Model) visitWhere(arg string) tea.Cmd {
	if arg == "" {
		if a := m.trail.top().Address(); strings.HasPrefix(a.Object, "P-") {
			of := ""
			if a.Screen == "card" || a.Screen == "trace" {
				of = a.Of
			}
			return m.visit(address{Screen: "where", Object: a.Object, Of: of})
		}
		return m.info("cmd.whose")
	}
	id, of, _ := strings.Cut(arg, " ")
	if name, ok := canonical("where", id); ok {
		return m.visit(address{Screen: "where", Object: name, Of: strings.TrimSpace(of)})
	}
	return m.lookUp(arg, func(f cdp.Found) address {
		a := foundAddress(f)
		if a.Screen == "profile" {
			a.Screen = "where"
			if f.Identifier != nil {
				a.Of = valueOf(*f.Identifier)
			}
		}
		return a
	})
}
