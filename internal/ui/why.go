package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// whyRow is a line of the why screen: a hop, or a reason why there is none.
type whyRow struct {
	no   int
	hop  *cdp.Hop
	not  string
	same bool // both ends are one thing: there is nothing to link
}

// newWhy shows the shortest chain of evidence between two things, or what they
// share without being linked.
func newWhy(s *session, a address) screen {
	desk := s.desk
	about := func(h *cdp.Hop) cdp.Ref { return cdp.Ref{Kind: "record", ID: h.From.String()} }
	cols := []column[whyRow]{
		{name: "step", min: 4, right: true, cell: func(_ show, r whyRow) val { return number(r.no) }},
		{name: "from", min: 9, max: 32, flex: 1, cell: func(_ show, r whyRow) val {
			if r.hop == nil {
				return val{}
			}
			return plain(r.hop.From.String() + " " + string(r.hop.FromSource))
		}},
		{name: "both", min: 20, flex: 3, cell: func(s show, r whyRow) val {
			if r.hop == nil {
				if r.same {
					return plain(r.not)
				}
				return plain(r.not).in(widget.Warn)
			}
			return s.named(about(r.hop), r.hop.Identifier)
		}},
		{name: "to", min: 9, max: 32, flex: 1, cell: func(_ show, r whyRow) val {
			if r.hop == nil {
				return val{}
			}
			return plain(r.hop.To.String() + " " + string(r.hop.ToSource))
		}},
		{name: "rule", min: 12, flex: 1, prio: 1, cell: func(_ show, r whyRow) val {
			if r.hop == nil {
				return val{}
			}
			return plain(weakest(r.hop).Rule)
		}},
		{name: "time", min: 10, prio: 2, cell: func(s show, r whyRow) val {
			if r.hop == nil {
				return val{}
			}
			return s.day(r.hop.At)
		}},
	}
	nothing := s.say("why.nothing").String()
	l := newList(s, cols, func(r whyRow) string { return itoa(r.no) }, a).atOnce(func(ctx context.Context) ([]whyRow, error) {
		p, err := desk.Why(ctx, a.Object, a.Of)
		if err != nil {
			return nil, err
		}
		if p.Found && len(p.Hops) == 0 {
			return whyRows(p, s.say("why.same", text.Clean(p.From.ID)).String()), nil
		}
		return whyRows(p, nothing), nil
	})
	x := newListing(s, "screen.why", l)
	x.base = address{Screen: "why", Object: a.Object, Of: a.Of}
	x.crumb = func() text.Safe { return s.say("screen.why.crumb", typedName(a.Object), typedName(a.Of)) }
	x.about = func(d *detail, r whyRow) {
		if r.same {
			d.text(widget.Plain, text.Clean(r.not))
			return
		}
		if r.hop == nil {
			d.head(d.say("why.not"))
			d.text(widget.Warn, text.Clean(r.not))
			return
		}
		h := r.hop
		d.head(d.say("why.step", r.no))
		d.value("field.both", d.named(about(h), h.Identifier))
		d.fact("field.tag", plain(h.Identifier.String()))
		d.fact("field.since", d.minute(h.At))
		d.head(text.Join(text.Lit(" "), text.Clean(h.From.String()), text.Clean(string(h.FromSource))))
		d.verdict(h.FromVerdict)
		d.head(text.Join(text.Lit(" "), text.Clean(h.To.String()), text.Clean(string(h.ToSource))))
		d.verdict(h.ToVerdict)
	}
	x.reveals = func() (cdp.Ref, []string) {
		if r, ok := l.Item(); ok && r.hop != nil {
			return about(r.hop), []string{string(r.hop.Identifier.Kind())}
		}
		return cdp.Ref{}, nil
	}
	x.open = func(r whyRow) tea.Cmd {
		if r.hop == nil {
			return s.info("nav.noplace")
		}
		return s.visit(address{Screen: "record", Object: r.hop.To.String()})
	}
	x.extra = func() []text.Safe {
		if r, ok := l.Item(); ok && r.hop == nil && !r.same {
			return []text.Safe{s.say("why.none")}
		}
		return nil
	}
	return x
}

func whyRows(p cdp.Path, nothing string) []whyRow {
	var out []whyRow
	for i := range p.Hops {
		out = append(out, whyRow{no: i + 1, hop: &p.Hops[i]})
	}
	for _, n := range p.Not {
		out = append(out, whyRow{no: len(out) + 1, not: n})
	}
	if len(out) == 0 {
		out = append(out, whyRow{no: 1, not: nothing, same: p.Found})
	}
	return out
}

// weakest is the verdict that would fall first.
func weakest(h *cdp.Hop) cdp.Verdict {
	if !h.ToVerdict.Allow {
		return h.ToVerdict
	}
	return h.FromVerdict
}

// typedName is what an end was named by; an identifier that was typed is masked.
func typedName(v string) text.Safe {
	if a, ok := idAddress(v); ok {
		return text.Clean(a.Object)
	}
	if strings.Contains(v, "#") {
		return text.Clean(v)
	}
	return text.Mask("other", v)
}
