package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// compared is one field of a possible match: what either side has, and what it
// says.
type compared struct {
	cdp.MatchField
	sides [2][]cdp.MatchValue
}

// match shows two profiles side by side, to be judged by a person.
type match struct {
	*dossier[cdp.MatchView, compared]
	a, b cdp.ProfileID
}

// Columns of the two sides: the one with the cursor is revealed.
const matchFirst, matchSecond = 1, 2

func newMatch(s *session, a address) (screen, error) {
	one, err := cdp.ParseProfileID(a.Object)
	if err != nil {
		return nil, fmt.Errorf("match: %w", err)
	}
	other, err := cdp.ParseProfileID(a.Of)
	if err != nil {
		return nil, fmt.Errorf("match: %w", err)
	}
	x := &match{a: one, b: other}
	side := func(i int, name string) column[compared] {
		return column[compared]{name: name, min: 16, max: 40, flex: 3, cell: func(s show, c compared) val { return s.side(x.ref(i), c.sides[i]) }}
	}
	cols := []column[compared]{
		{name: "field", min: 11, cell: func(s show, c compared) val { return val{text: s.lex.term("kind", c.Name), raw: c.Name} }},
		matchFirst:  side(0, "first"),
		matchSecond: side(1, "second"),
		{name: "points", min: 6, right: true, cell: func(_ show, c compared) val {
			if c.How == "missing" { // it says nothing
				return val{}
			}
			return points(c.Points)
		}},
		{name: "how", min: 8, cell: func(s show, c compared) val { return val{text: s.lex.term("how", c.How), raw: c.How} }},
		{name: "reason", min: 20, flex: 3, prio: 1, cell: func(_ show, c compared) val { return plain(c.Why) }},
	}
	x.dossier = newDossier[cdp.MatchView](s, "pane.match", cols, func(c compared) string { return c.Name }, a)
	desk := s.desk
	x.read = func(ctx context.Context) (cdp.MatchView, error) { return desk.Match(ctx, one, other) }
	x.parts = comparedOf
	x.tell = x.tellCard
	x.failed = func(err text.Safe) text.Safe { return s.say("fail.match", err) }
	x.base = address{Screen: "match", Object: one.String(), Of: other.String()}
	x.crumb = func() text.Safe {
		return text.Join(text.Lit(" – "), text.Clean(one.String()), text.Clean(other.String()))
	}
	x.listing.about = func(d *detail, c compared) {
		d.head(text.Join(text.Lit("  "), d.lex.term("kind", c.Name), points(c.Points).text, d.lex.term("how", c.How)))
		d.text(widget.Plain, text.Clean(c.Why))
		for i, id := range []cdp.ProfileID{one, other} {
			d.head(text.Clean(id.String()))
			for _, v := range c.sides[i] {
				d.value("field.value", d.matchValue(x.ref(i), v))
				d.fact("field.records", number(v.Records))
				if v.Shared {
					d.text(widget.Warn, d.say("match.shared"))
				}
			}
			if len(c.sides[i]) == 0 {
				d.text(widget.Dim, d.say("match.lacks"))
			}
		}
	}
	x.reveals = func() (cdp.Ref, []string) {
		if !x.load.ok {
			return cdp.Ref{}, nil
		}
		i := x.sideUnderCursor()
		return x.ref(i), matchFields(x.load.val.Sides[i])
	}
	x.extra = x.summary
	x.panes.layout = layoutMatch
	x.binds = x.more
	return x, nil
}

// layoutMatch is that of a dossier where there is room for all; else the fields
// over what the one under the cursor says.
func layoutMatch(w, h int) []widget.Rect {
	if w < 100 && h >= 18 {
		fields, info := widget.NewRect(0, 0, w, h).Bottom(h / 2)
		return []widget.Rect{fields, info, {}}
	}
	return layoutDossier(w, h)
}

// summary is what the card says first, which there may be no room for.
func (x *match) summary() []text.Safe {
	if !x.load.ok {
		return nil
	}
	sh, v := x.ses.show(), x.load.val
	out := []text.Safe{text.Join(text.Lit(" "), x.ses.say("field.score"), points(v.Score).text), sh.level(v.PossibleMatch).text}
	if note := sh.matchNote(v.PossibleMatch).text; !note.Empty() {
		out = append(out, note)
	}
	return append(out, x.ses.say("match.reveals", x.ref(x.sideUnderCursor()).ID))
}

func (x *match) ref(i int) cdp.Ref {
	return cdp.Ref{Kind: "profile", ID: []cdp.ProfileID{x.a, x.b}[i].String()}
}

// sideUnderCursor is the side of the column with the cursor: there is one
// reveal for each profile, as each has its own entry in the log.
func (x *match) sideUnderCursor() int {
	if x.rows.Column() == matchSecond {
		return 1
	}
	return 0
}

func comparedOf(v cdp.MatchView) (out []compared) {
	at := map[string]int{}
	for _, f := range v.Fields {
		at[f.Name] = len(out)
		out = append(out, compared{MatchField: f})
	}
	for i, side := range v.Sides {
		for _, w := range side.Values {
			n, ok := at[w.Field]
			if !ok {
				n = len(out)
				at[w.Field] = n
				out = append(out, compared{MatchField: cdp.MatchField{Name: w.Field}})
			}
			out[n].sides[i] = append(out[n].sides[i], w)
		}
	}
	return out
}

// matchValue is a value as it may be shown.
func (s show) matchValue(about cdp.Ref, v cdp.MatchValue) val {
	if v.Identifier != nil {
		return s.ident(about, *v.Identifier)
	}
	return s.attribute(about, v.Field, "", v.Value)
}

// side joins the values of one side.
func (s show) side(about cdp.Ref, values []cdp.MatchValue) val {
	var out val
	for i, v := range values {
		w := s.matchValue(about, v)
		if i == 0 {
			out = w
			continue
		}
		out.text = text.Join(text.Lit(", "), out.text, w.text)
		out.raw += ", " + w.raw
		out.clear = out.clear || w.clear
	}
	return out
}

// matchFields are the personal fields of a side, by the names of reveals.
func matchFields(side cdp.MatchSide) (out []string) {
	for _, v := range side.Values {
		name := v.Field
		if v.Identifier != nil {
			name = string(v.Identifier.Kind())
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func (x *match) tellCard(d *detail, v cdp.MatchView) {
	tellMatch(d, v.PossibleMatch)
	for _, r := range v.Rivals {
		d.fact("field.rival", plain(r.String()).in(widget.Accent))
	}
	for _, id := range v.Decided {
		d.fact("field.decision", plain(id.String()).in(widget.Accent))
	}
	if !v.InQueue {
		d.text(widget.Dim, d.say("match.notinqueue"))
	}
	for _, side := range v.Sides {
		d.head(text.Clean(side.Profile.String()))
		d.fact("field.records", number(side.Records))
		d.fact("field.controller", plain(side.Controller))
		d.fact("field.sources", names(side.Sources))
		if side.Left > 0 {
			d.text(widget.Warn, d.say("match.left", side.Left))
		}
	}
}

func (x *match) more() []binding {
	s := x.ses
	judge := func(verdict, key string) binding {
		return binding{id: "match" + verdict, keys: []string{key}, hint: 2, do: func() tea.Cmd { return x.askJudge(verdict) }, off: func() text.Safe {
			if why := s.mayDecide(); !why.Empty() {
				return why
			}
			return x.unread()
		}}
	}
	return []binding{judge(cdp.MatchSame, "S"), judge(cdp.MatchDifferent, "D"), judge(cdp.MatchUnsure, "U"),
		{id: "next", keys: []string{"."}, hint: 3, do: func() tea.Cmd { return x.next() }},
		{id: "whynot", keys: []string{"w"}, hint: 3, do: func() tea.Cmd {
			return s.visit(address{Screen: "why", Object: x.a.String(), Of: x.b.String()})
		}},
		{id: "graph", keys: []string{"x"}, do: func() tea.Cmd { return s.visit(address{Screen: "graph", Object: x.ref(x.sideUnderCursor()).ID}) }},
		{id: "profile", keys: []string{"u"}, hint: 4, do: func() tea.Cmd { return s.visit(address{Screen: "profile", Object: x.ref(x.sideUnderCursor()).ID}) }}}
}

// askJudge asks why; before a decision, also once more with its effect in view.
// That nobody can tell changes nothing but the queue.
func (x *match) askJudge(verdict string) tea.Cmd {
	s, desk := x.ses, x.ses.desk
	return s.ask(question{label: s.say("match.ask." + verdict), must: s.say("ask.reveal.must"), then: func(reason string) tea.Cmd {
		reason = strings.TrimSpace(reason)
		if verdict == cdp.MatchUnsure {
			return x.judge(verdict, reason, "")
		}
		var p planned
		return s.work("fail.judge", func(ctx context.Context) (err error) {
			if p.decision, err = desk.PlanMatch(ctx, x.a, x.b, verdict); err != nil {
				return err
			}
			p.effect, err = desk.Preview(ctx, []cdp.Decision{p.decision})
			return err
		}, func() tea.Cmd {
			q := widget.Question{Title: s.say("match.sure."+verdict, x.a, x.b), Cancel: s.say("confirm.cancel"), Act: s.say("confirm.act"),
				Body: []text.Safe{s.show().counted(p.effect), s.because(reason), s.say("confirm.digest", short(p.effect.Digest))}}
			return s.sure(guarded(s, q, "", p.effect), func() tea.Cmd { return x.judge(verdict, reason, p.effect.Digest) })
		})
	}})
}

// judge keeps the verdict; then the next possible match takes its place. The
// desk refuses when it would do another thing than was previewed, and then the
// two are read again.
func (x *match) judge(verdict, reason, digest string) tea.Cmd {
	s, desk := x.ses, x.ses.desk
	var (
		v     cdp.MatchVerdict
		wrong error
	)
	return s.work("fail.judge", func(ctx context.Context) error {
		v, wrong = desk.JudgeMatch(ctx, x.a, x.b, verdict, reason, digest)
		return nil
	}, func() tea.Cmd {
		if wrong != nil && v.Decision == 0 {
			return tea.Batch(s.fail("fail.judge", wrong), x.Refresh())
		}
		if wrong != nil { // done, and otherwise than previewed: its screen shows what
			s.changed()
			return tea.Batch(s.fail("fail.judge", wrong), s.visit(address{Screen: "decision", Object: v.Decision.String()}))
		}
		said := s.say("match.kept")
		if v.Decision != 0 {
			said = s.say("decide.done", v.Decision)
		}
		s.changed()
		return tea.Batch(s.toast(widget.SuccessLevel, said), x.next())
	})
}

// next shows the possible match that follows in the queue, in place of this one.
func (x *match) next() tea.Cmd {
	s, desk, score := x.ses, x.ses.desk, x.load.val.Score
	var then cdp.PossibleMatch
	return s.work("fail.matches", func(ctx context.Context) error {
		no := false
		page, err := desk.Matches(ctx, cdp.MatchFilter{Unsure: &no, Limit: matchesAhead})
		then = x.after(page.Items, score)
		return err
	}, func() tea.Cmd {
		if then.A == 0 {
			return s.info("match.last")
		}
		return s.turn(matchAddress(then))
	})
}

// matchesAhead is how far the next one is looked for.
const matchesAhead = 200

// after is the match that stands behind this one in the queue, at its end the
// first; one without profiles when there is no other.
func (x *match) after(queue []cdp.PossibleMatch, score float64) (first cdp.PossibleMatch) {
	here := slices.IndexFunc(queue, func(m cdp.PossibleMatch) bool { return m.A == x.a && m.B == x.b })
	for i, m := range queue {
		if i == here {
			continue
		}
		if first.A == 0 {
			first = m
		}
		if here >= 0 && i > here || here < 0 && m.Score <= score {
			return m
		}
	}
	return first
}
