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

// A pieced is a record of a profile with the person it is part of for a purpose.
type pieced struct {
	record cdp.RecordID
	source cdp.SourceID
	person int // from 1; 0: it is left out
	links  []cdp.Identifier
	may    cdp.Verdict // or why it may not
	left   *cdp.LeftOut
}

// A lensAnswer is a profile for one purpose, with the purposes there are.
type lensAnswer struct {
	cdp.Lensed
	purposes []cdp.PurposeTitle
}

// visitLens goes to what a profile is for a purpose: "P-0000001 newsletter", or
// the purpose alone on a screen of a profile. A purpose that the register has
// not is said to be none, with those that it has.
func (m *Model) visitLens(arg string) tea.Cmd {
	words := strings.Fields(arg)
	here := m.trail.top().Address().Object
	if !strings.HasPrefix(here, "P-") {
		here = ""
	}
	to := func(profile string) func(cdp.PurposeID) tea.Cmd {
		return func(id cdp.PurposeID) tea.Cmd {
			if profile == "" {
				return m.info("lens.whose", string(id))
			}
			return m.visit(address{Screen: "lens", Object: profile, Of: string(id)})
		}
	}
	if len(words) == 0 {
		return m.visitObject("lens", "")
	}
	id, whose := canonical("lens", words[0])
	switch {
	case len(words) == 1 && !whose && strings.ContainsAny(arg, "@+0123456789"): // an identifier of somebody
		return m.visitObject("lens", arg)
	case len(words) == 1 && !whose:
		return m.knownPurpose(cdp.PurposeID(arg), to(here))
	case whose && len(words) > 1:
		return m.knownPurpose(cdp.PurposeID(words[1]), to(id))
	}
	return m.visitObject("lens", arg)
}

// newLensed shows into how many persons a profile falls for one purpose, what
// puts each together, and what is left out.
func newLensed(s *session, a address, id cdp.ProfileID) screen {
	desk, ref := s.desk, cdp.Ref{Kind: "profile", ID: id.String()}
	cols := []column[pieced]{
		{name: "person", min: 8, cell: func(sh show, p pieced) val {
			if p.left != nil {
				return safe(sh.say("lens.left")).in(widget.Warn)
			}
			return number(p.person)
		}, by: func(a, b pieced) int { return a.person - b.person }},
		{name: "record", min: 9, cell: func(_ show, p pieced) val { return plain(p.record.String()).in(widget.Accent) }},
		{name: "source", min: 12, max: 24, flex: 1, cell: func(_ show, p pieced) val { return plain(string(p.source)) }},
		{name: "reason", min: 16, flex: 3, prio: 1, cell: func(sh show, p pieced) val {
			if p.left != nil {
				return because(p.left.Verdict.Reason)
			}
			return lensLinks(sh, ref, p.links)
		}},
		{name: "rule", min: 14, max: 26, flex: 1, prio: 3, cell: func(_ show, p pieced) val {
			return plain(p.may.Rule)
		}},
		{name: "law", min: 12, prio: 2, cell: func(_ show, p pieced) val {
			return plain(law(p.may))
		}},
	}
	x := newDossier[lensAnswer](s, "pane.lens", cols, func(p pieced) string { return p.record.String() }, a)
	x.panes.layout = layoutWide
	purpose := cdp.PurposeID(a.Of)
	if purpose == "" {
		purpose = s.lens.Purpose
	}
	x.read = func(ctx context.Context) (out lensAnswer, err error) {
		if out.purposes, err = desk.Purposes(ctx); err != nil {
			return out, err
		}
		of := purpose
		if of == "" && len(out.purposes) > 0 {
			of = out.purposes[0].ID
		}
		out.Lensed, err = desk.Lensed(ctx, id, of)
		return out, err
	}
	x.parts = lensRows
	x.tell = func(d *detail, v lensAnswer) { tellLensed(d, ref, v) }
	x.failed = func(err text.Safe) text.Safe { return s.say("fail.lens", id, err) }
	x.base = address{Screen: "lens", Object: id.String(), Of: string(purpose)}
	x.crumb = func() text.Safe {
		of := purpose
		if x.load.ok {
			of = x.load.val.Lens.Purpose
		}
		return s.say("screen.lens", id, string(of))
	}
	x.listing.about = func(d *detail, p pieced) {
		d.head(text.Clean(p.record.String()))
		d.fact("field.source", plain(string(p.source)))
		if p.left != nil {
			d.text(widget.Warn, d.say("lens.left.what"))
			d.verdict(p.left.Verdict)
			return
		}
		d.text(widget.Plain, d.say("lens.person", p.person))
		for _, i := range p.links {
			d.add(widget.Line{Spans: []widget.Span{d.named(ref, i).span()}})
		}
		d.gap()
		d.verdict(p.may)
	}
	x.listing.open = func(p pieced) tea.Cmd { return s.visit(address{Screen: "record", Object: p.record.String()}) }
	x.reveals = func() (cdp.Ref, []string) {
		var fields []string
		for _, p := range x.load.val.Pieces {
			for _, i := range p.Links {
				if k := string(i.Kind()); !slices.Contains(fields, k) {
					fields = append(fields, k)
				}
			}
		}
		return ref, fields
	}
	turn := func(d int) func() tea.Cmd {
		return func() tea.Cmd {
			all := x.load.val.purposes
			i := slices.IndexFunc(all, func(p cdp.PurposeTitle) bool { return p.ID == x.load.val.Lens.Purpose })
			return s.turn(address{Screen: "lens", Object: id.String(), Of: string(all[(i+d+len(all))%len(all)].ID)})
		}
	}
	x.binds = func() []binding {
		few := func() text.Safe {
			if len(x.load.val.purposes) < 2 {
				return s.say("lens.nopurpose")
			}
			return text.Safe{}
		}
		return []binding{
			{id: "nextpurpose", keys: []string{">"}, hint: 2, do: turn(1), off: few},
			{id: "prevpurpose", keys: []string{"<"}, do: turn(-1), off: few},
			s.cardOfRecord(func() cdp.RecordID {
				p, _ := x.rows.Item()
				return p.record
			}),
			{id: "profile", keys: []string{"u"}, hint: 3, do: func() tea.Cmd { return s.visit(address{Screen: "profile", Object: id.String()}) }},
		}
	}
	return x
}

func lensRows(v lensAnswer) (out []pieced) {
	for i, p := range v.Pieces {
		for j, r := range p.Records {
			one := pieced{record: r, person: i + 1, links: p.Links}
			if j < len(p.From) {
				one.source = p.From[j]
			}
			if j < len(p.May) {
				one.may = p.May[j]
			}
			out = append(out, one)
		}
	}
	for i := range v.Left {
		out = append(out, pieced{record: v.Left[i].Record, source: v.Left[i].Source, left: &v.Left[i], may: v.Left[i].Verdict})
	}
	return out
}

func lensLinks(sh show, about cdp.Ref, links []cdp.Identifier) val {
	if len(links) == 0 {
		return safe(sh.say("lens.alone")).in(widget.Dim)
	}
	vals := make([]val, len(links))
	for i, l := range links {
		vals[i] = sh.named(about, l)
	}
	return joined(vals)
}

// joined puts values in one cell: it is altered or in clear as soon as one is.
func joined(vals []val) (out val) {
	parts := make([]text.Safe, len(vals))
	for i, v := range vals {
		parts[i] = v.text
		if i > 0 {
			out.raw += ", "
		}
		out.raw += v.raw
		out.clear = out.clear || v.clear
		if v.style == widget.Altered {
			out.style = v.style
		}
	}
	out.text = text.Join(text.Lit(", "), parts...)
	return out
}

func tellLensed(d *detail, about cdp.Ref, v lensAnswer) {
	d.fact("field.purpose", plain(string(v.Lens.Purpose)))
	d.fact("field.title", plain(v.Title))
	d.fact("field.records", safe(d.say("lens.records", v.Records, v.Records-len(v.Left))))
	if v.Truncated {
		d.text(widget.Warn, d.say("profile.truncated", v.Records))
	}
	switch len(v.Pieces) {
	case 0:
		d.text(widget.Bad, d.say("lens.nobody"))
	case 1:
		d.text(widget.Good, d.say("lens.one"))
	default:
		d.text(widget.Warn, d.say("lens.several", len(v.Pieces)))
	}
	for i, p := range v.Pieces {
		d.head(d.say("lens.person", i+1))
		d.fact("field.records", number(len(p.Records)))
		d.fact("field.sources", names(p.Sources))
		d.fact("field.links", lensLinks(d.show, about, p.Links))
	}
}
