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

// newWhy shows the shortest chain of evidence between two things and what would
// part them, and what both carry without being joined by it, with the reasons.
func newWhy(s *session, a address) screen {
	desk := s.desk
	l := newList(s, whyColumns(), func(r whyRow) string { return itoa(r.no) }, a).atOnce(func(ctx context.Context) ([]whyRow, error) {
		p, cut, not, err := desk.Relation(ctx, a.Object, a.Of)
		if err != nil {
			return nil, err
		}
		return whyRows(p, not, cut), nil
	})
	x := newListing(s, "screen.why", l)
	x.base = address{Screen: "why", Object: a.Object, Of: a.Of}
	x.crumb = func() text.Safe { return s.say("screen.why.crumb", typedName(a.Object), typedName(a.Of)) }
	x.about = aboutWhy
	x.reveals = func() (cdp.Ref, []string) {
		if r, ok := l.Item(); ok && !r.ident.IsZero() {
			return r.ref(), []string{string(r.ident.Kind())}
		}
		return cdp.Ref{}, nil
	}
	x.open = func(r whyRow) tea.Cmd {
		switch {
		case r.decision != nil:
			return s.visit(address{Screen: "decision", Object: r.decision.ID.String()})
		case r.to != 0:
			return s.visit(address{Screen: "record", Object: r.to.String()})
		case r.from != 0:
			return s.visit(address{Screen: "record", Object: r.from.String()})
		}
		return s.info("nav.noplace")
	}
	x.extra = func() []text.Safe {
		if r, ok := l.Item(); ok && r.apart() {
			return []text.Safe{s.say("why.none")}
		}
		return nil
	}
	x.binds = func() []binding {
		out := []binding{s.act("decidecut", "C", 3, "off.noclaim", func() []string {
			if r, _ := l.Item(); r.from != 0 && !r.ident.IsZero() {
				return []string{r.from.String(), r.ident.String()}
			}
			return nil
		}), s.act("decidesuppress", "B", 3, "off.noclaim", func() []string {
			if r, _ := l.Item(); r.from != 0 {
				return carriedBy(r.from.String(), r.ident)
			}
			return nil
		})}
		out[0].do = func() tea.Cmd { return cutOne(s, l) }
		out = append(out, s.cardOfRecord(func() cdp.RecordID {
			r, _ := l.Item()
			return r.from
		}))
		return append(out, s.pairs(10, func() string { return a.Object }, func() string { return a.Of })...)
	}
	return x
}

// cutOne cuts the claim under the cursor; of the two of a step one is chosen.
func cutOne(s *session, l *list[whyRow]) tea.Cmd {
	r, _ := l.Item()
	if r.to == 0 || r.to == r.from {
		return s.decide(cdp.DecideCut, r.from.String(), r.ident.String())
	}
	var out []choice
	for _, id := range []cdp.RecordID{r.from, r.to} {
		out = append(out, choice{label: s.say("cut.of", id), do: func() tea.Cmd { return s.decide(cdp.DecideCut, id.String(), r.ident.String()) }})
	}
	return s.choose(s.say("cut.title", r.ident), out)
}

// whyRow is a line of the why screen.
type whyRow struct {
	no       int
	what     string // hop, none, same, cut, cutvalue, conflict, apart, lock, or the standing of a shared identifier
	from, to cdp.RecordID
	source   [2]cdp.SourceID
	ident    cdp.Identifier
	class    string // as evidence
	reason   string
	hop      *cdp.Hop
	shared   *cdp.SharedValue
	decision *cdp.Decision
	advice   *cdp.CutAdvice
}

// apart reports whether the row is a reason why there is no link.
func (r whyRow) apart() bool {
	return !slices.Contains([]string{"hop", "same", "cut.claim", "cut.value", "cut.none"}, r.what)
}

// ref is whom the identifier of the row is revealed of.
func (r whyRow) ref() cdp.Ref { return cdp.Ref{Kind: "record", ID: r.from.String()} }

func whyRows(p cdp.Path, not cdp.WhyNot, cut cdp.CutAdvice) (out []whyRow) {
	add := func(r whyRow) {
		r.no = len(out) + 1
		out = append(out, r)
	}
	for i := range p.Hops {
		h := &p.Hops[i]
		add(whyRow{what: "hop", from: h.From, to: h.To, source: [2]cdp.SourceID{h.FromSource, h.ToSource}, ident: h.Identifier, class: h.Class, hop: h, decision: h.Decision})
	}
	for i := range not.Shared {
		v := &not.Shared[i]
		add(whyRow{what: v.Standing, from: v.A, to: v.B, source: [2]cdp.SourceID{v.ASource, v.BSource}, ident: v.Identifier, reason: v.Reason, shared: v, decision: v.Decision})
	}
	for _, kind := range not.Conflict {
		add(whyRow{what: "differ", reason: kind}) // a conflict is the standing of an identifier
	}
	for i := range not.Apart {
		add(whyRow{what: "apart", decision: &not.Apart[i], reason: not.Apart[i].Reason})
	}
	for i := range not.Locks {
		add(whyRow{what: "lock", decision: &not.Locks[i], reason: not.Locks[i].Reason})
	}
	if len(out) == 0 {
		r := whyRow{what: "none"}
		if p.Found {
			r.what, r.reason = "same", p.From.ID
		}
		add(r)
	}
	for _, c := range cut.Claims {
		add(whyRow{what: "cut.claim", from: c.Record, source: [2]cdp.SourceID{c.Row.Source}, ident: c.Identifier, class: c.Class, advice: &cut})
	}
	for _, v := range cut.Values {
		add(whyRow{what: "cut.value", from: cut.A, ident: v, advice: &cut})
	}
	if cut.Note != "" && len(cut.Claims) == 0 {
		add(whyRow{what: "cut.none", reason: cut.Note, advice: &cut})
	}
	return out
}

func whyColumns() []column[whyRow] {
	end := func(name string, of func(whyRow) cdp.RecordID) column[whyRow] {
		return column[whyRow]{name: name, min: 9, cell: func(_ show, r whyRow) val {
			if of(r) == 0 {
				return val{}
			}
			return plain(of(r).String())
		}}
	}
	return []column[whyRow]{
		{name: "step", min: 4, right: true, prio: 5, cell: func(_ show, r whyRow) val { return number(r.no) }},
		{name: "what", min: 14, max: 18, cell: func(s show, r whyRow) val {
			v := val{text: s.whyWhat(r), raw: r.what}
			switch {
			case r.apart():
				v.style = widget.Warn
			case r.advice != nil:
				v.style = widget.Accent
			}
			return v
		}},
		end("from", func(r whyRow) cdp.RecordID {
			if r.what == "cut.value" {
				return 0
			}
			return r.from
		}),
		{name: "both", min: 18, flex: 3, cell: func(s show, r whyRow) val {
			switch {
			case !r.ident.IsZero():
				return s.named(r.ref(), r.ident)
			case r.decision != nil:
				return plain(r.decision.ID.String() + " " + r.decision.By).in(widget.Accent)
			}
			return safe(s.whySays(r))
		}},
		end("to", func(r whyRow) cdp.RecordID { return r.to }),
		{name: "sources", min: 20, flex: 1, prio: 3, cell: func(_ show, r whyRow) val {
			return plain(strings.Join(slices.DeleteFunc([]string{string(r.source[0]), string(r.source[1])}, func(s string) bool { return s == "" }), " – "))
		}},
		{name: "class", min: 5, prio: 4, cell: func(_ show, r whyRow) val { return plain(r.class) }},
		{name: "rule", min: 12, flex: 1, prio: 1, cell: func(_ show, r whyRow) val {
			switch {
			case r.hop != nil && r.decision == nil:
				return plain(weakest(r.hop).Rule)
			case r.shared != nil:
				return plain(r.reason)
			}
			return val{}
		}},
		{name: "time", min: 10, prio: 2, cell: func(s show, r whyRow) val {
			switch {
			case r.hop != nil:
				return s.day(r.hop.At)
			case r.decision != nil:
				return s.day(r.decision.At)
			}
			return val{}
		}},
	}
}

// whyWhat names a row in a word or two.
func (s show) whyWhat(r whyRow) text.Safe {
	switch {
	case r.shared != nil:
		return text.Join(text.Lit(" "), s.say("why.not.short"), s.lex.term("standing.short", r.what))
	case r.decision != nil && r.hop != nil:
		return s.say("why.decided")
	}
	return s.say("why." + r.what)
}

// whySays is a row without an identifier as a sentence.
func (s show) whySays(r whyRow) text.Safe {
	switch r.what {
	case "none":
		return s.say("why.nothing")
	case "same":
		return s.say("why.both", r.reason)
	case "differ":
		return s.say("why.differ.of", s.lex.term("kind", r.reason))
	}
	return text.Clean(r.reason)
}

func aboutWhy(d *detail, r whyRow) {
	switch {
	case r.what == "same" || r.what == "none" || r.what == "differ":
		if r.what != "same" {
			d.head(d.say("why.not"))
		}
		d.text(widget.Plain, d.whySays(r))
	case r.hop != nil && r.decision != nil:
		d.head(d.say("why.decidedstep", r.no))
		tellDecision(d, *r.decision)
	case r.hop != nil:
		h := r.hop
		d.head(d.say("why.step", r.no))
		d.value("field.both", d.named(r.ref(), h.Identifier))
		d.fact("field.tag", plain(h.Identifier.String()))
		d.fact("field.class", safe(d.lex.term("class", h.Class)))
		d.fact("field.since", d.minute(h.At))
		d.head(text.Join(text.Lit(" "), text.Clean(h.From.String()), text.Clean(string(h.FromSource))))
		d.verdict(h.FromVerdict)
		d.head(text.Join(text.Lit(" "), text.Clean(h.To.String()), text.Clean(string(h.ToSource))))
		d.verdict(h.ToVerdict)
	case r.shared != nil:
		d.head(d.say("why.not"))
		d.text(widget.Warn, text.Clean(r.reason))
		d.value("field.both", d.named(r.ref(), r.ident))
		d.fact("field.tag", plain(r.ident.String()))
		d.fact("field.standing", d.standing(r.what))
		if r.shared.Cap > 0 {
			d.fact("field.cap", safe(d.say("why.cap", r.shared.Bridged, r.shared.Cap)))
		}
		if n := r.shared.OtherProfiles; n > 0 {
			d.fact("field.shared", safe(d.say("ident.shared", n)))
		}
		if r.decision != nil {
			d.head(text.Clean(r.decision.ID.String()))
			tellDecision(d, *r.decision)
			return
		}
		d.gap()
		d.verdict(r.shared.Verdict)
	case r.decision != nil:
		d.head(text.Clean(r.decision.ID.String()))
		tellDecision(d, *r.decision)
	case r.advice != nil:
		aboutAdvice(d, r)
	}
}

// aboutAdvice says what would part the two ends.
func aboutAdvice(d *detail, r whyRow) {
	c := r.advice
	d.head(d.say("cut.advice", c.A, c.B))
	if len(c.Claims) > 0 {
		d.text(widget.Plain, d.say("cut.claims", len(c.Claims)))
	}
	if len(c.Values) > 0 {
		d.text(widget.Plain, d.say("cut.values", len(c.Values)))
	}
	if len(c.Pieces) > 0 {
		d.fact("field.falls", plain(piecesOf(c.Pieces)))
	}
	d.text(widget.Warn, text.Clean(c.Note))
	if r.ident.IsZero() {
		return
	}
	d.gap()
	d.text(widget.Strong, d.say("why."+r.what))
	if r.what == "cut.claim" {
		d.fact("field.record", plain(r.from.String()))
	}
	d.fact("field.value", d.named(r.ref(), r.ident))
	d.fact("field.class", safe(d.lex.term("class", r.class)))
}

// piecesOf is into how many records each something falls: "21 | 1 | 1".
func piecesOf(pieces []int) string {
	const most = 6
	parts := make([]string, 0, most+1)
	for i, n := range pieces {
		if i == most {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, itoa(n))
	}
	return strings.Join(parts, " | ")
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
