package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// newDecisions lists what people decided on who is who.
func newDecisions(s *session, a address) screen {
	desk := s.desk
	cols := []column[cdp.Decision]{
		{name: "decision", min: 8, cell: func(_ show, d cdp.Decision) val { return plain(d.ID.String()).in(widget.Accent) }},
		{name: "verb", min: 9, cell: func(s show, d cdp.Decision) val { return val{text: s.say("decide." + d.Verb), raw: d.Verb} }},
		{name: "state", min: 8, cell: func(s show, d cdp.Decision) val { return s.force(d) }},
		{name: "rows", min: 5, right: true, prio: 2, cell: func(_ show, d cdp.Decision) val { return number(len(d.Rows)) }},
		{name: "identifier", min: 14, max: 30, prio: 3, cell: func(s show, d cdp.Decision) val { return s.named(decisionRef(d.ID), d.Identifier) }},
		{name: "actor", min: 6, max: 20, prio: 1, cell: func(_ show, d cdp.Decision) val { return plain(d.By) }},
		{name: "time", min: 16, cell: func(s show, d cdp.Decision) val { return s.minute(d.At) }},
		{name: "reason", min: 12, flex: 1, cell: func(_ show, d cdp.Decision) val { return plain(d.Reason) }},
	}
	l := newList(s, cols, func(d cdp.Decision) string { return d.ID.String() }, a)
	l.numbered(func(d cdp.Decision) uint64 { return uint64(d.ID) }, func(ctx context.Context, from uint64, n int) ([]cdp.Decision, error) {
		return desk.Decisions(ctx, cdp.DecisionID(from), n) // before one, newest first
	})
	x := newListing(s, "screen.decisions", l)
	x.base = address{Screen: "decisions"}
	x.about = func(d *detail, t cdp.Decision) {
		d.head(text.Join(text.Lit(" "), text.Clean(t.ID.String()), d.say("decide."+t.Verb)))
		tellDecision(d, t)
		if len(t.Rows) > 0 {
			d.head(d.say("decide.rows"))
			d.rows(t)
		}
	}
	x.open = func(d cdp.Decision) tea.Cmd { return s.visit(address{Screen: "decision", Object: d.ID.String()}) }
	x.reveals = func() (cdp.Ref, []string) {
		if d, ok := l.Item(); ok {
			return decisionRef(d.ID), decisionFields(d)
		}
		return cdp.Ref{}, nil
	}
	x.binds = func() []binding { return decisionKeys(s, l.Item) }
	return x
}

// force says whether a decision holds.
func (s show) force(d cdp.Decision) val {
	if d.Undone.IsZero() {
		return safe(s.say("decide.inforce")).in(widget.Good)
	}
	return safe(s.say("decide.undone")).in(widget.Dim)
}

func tellDecision(d *detail, x cdp.Decision) {
	d.decision(x)
	d.fact("field.state", d.force(x))
	d.fact("field.who", plain(x.By))
	d.fact("field.when", d.second(x.At))
	d.fact("field.reason", plain(x.Reason))
	if !x.Undone.IsZero() {
		d.fact("field.undoneby", plain(x.UndoneBy))
		d.fact("field.undone", d.second(x.Undone))
		d.fact("field.undonefor", plain(x.UndoneFor))
	}
}

func decisionFields(d cdp.Decision) []string {
	var out []string
	if len(d.Rows) > 0 {
		out = append(out, fieldKey)
	}
	if !d.Identifier.IsZero() {
		out = append(out, string(d.Identifier.Kind()))
	}
	return out
}

// decisionKeys are what can be done with a decision.
func decisionKeys(s *session, item func() (cdp.Decision, bool)) []binding {
	to := func(screen string) func() tea.Cmd {
		return func() tea.Cmd {
			d, _ := item()
			return s.visit(address{Screen: screen, Object: d.ID.String()})
		}
	}
	return []binding{
		{id: "undo", keys: []string{"Z"}, hint: 2, do: to("undo"), off: func() text.Safe {
			d, ok := item()
			switch {
			case !ok:
				return s.say("off.norow")
			case !d.Undone.IsZero():
				return s.say("off.undone")
			}
			return s.mayDecide()
		}},
		{id: "radius", keys: []string{"i"}, hint: 3, do: to("radius"), off: func() text.Safe {
			if d, ok := item(); !ok || d.Verb != cdp.DecideDifferent {
				return s.say("off.radius")
			}
			return text.Safe{}
		}},
	}
}

// newDecision shows one decision and its rows; when it was carried out just
// now, also whether it did what was previewed.
func newDecision(s *session, a address, id cdp.DecisionID) screen {
	cols := []column[cdp.DecidedRow]{
		{name: "group", min: 5, right: true, cell: func(_ show, r cdp.DecidedRow) val { return number(r.Group) }},
		{name: "source", min: 12, max: 30, flex: 1, cell: func(_ show, r cdp.DecidedRow) val { return plain(string(r.Source)) }},
		{name: "key", min: 12, flex: 2, cell: func(s show, r cdp.DecidedRow) val { return s.key(decisionRef(id), cdp.Value(r.Key)) }},
	}
	x := newDossier[cdp.Decision](s, "pane.rows", cols, func(r cdp.DecidedRow) string { return string(r.Source) + "\x00" + r.Key }, a)
	desk := s.desk
	x.read = func(ctx context.Context) (cdp.Decision, error) { return desk.Decision(ctx, id) }
	x.parts = func(d cdp.Decision) []cdp.DecidedRow { return d.Rows }
	x.listing.about = func(d *detail, r cdp.DecidedRow) {
		d.fact("field.source", plain(string(r.Source)))
		d.value("field.key", d.key(decisionRef(id), cdp.Value(r.Key)))
	}
	x.listing.open = func(r cdp.DecidedRow) tea.Cmd { return s.find(string(r.Source) + "/" + r.Key) }
	x.tell = func(d *detail, v cdp.Decision) {
		if did, ok := s.applied[id]; ok {
			if did.previewed == did.effect.Digest {
				d.text(widget.Good, d.say("decide.aspreviewed"))
			} else {
				d.text(widget.Bad, d.say("decide.otherwise"))
				d.fact("field.previewed", hash(did.previewed))
			}
			d.effect(did.effect, true)
			if v.Verb == cdp.DecideDifferent && v.Undone.IsZero() {
				d.text(widget.Dim, d.say("decide.radius"))
			}
			d.gap()
		}
		tellDecision(d, v)
	}
	x.failed = func(err text.Safe) text.Safe { return s.say("fail.decision", id, err) }
	x.base = address{Screen: "decision", Object: id.String()}
	x.crumb = func() text.Safe { return s.say("screen.decision", id) }
	x.reveals = func() (cdp.Ref, []string) { return decisionRef(id), decisionFields(x.load.val) }
	x.binds = func() []binding {
		return decisionKeys(s, func() (cdp.Decision, bool) { return x.load.val, x.load.ok })
	}
	return x
}
