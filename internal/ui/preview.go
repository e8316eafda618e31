package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// planned is an act and what it would do.
type planned struct {
	decision cdp.Decision
	effect   cdp.Effect
}

// applied is an act that was done: what was previewed, and what it did.
type applied struct {
	previewed string // digest
	effect    cdp.Effect
}

// preview shows what a decision, or taking one back, would do to profiles. From
// here it is carried out: with a reason, and only as it was shown.
type preview struct {
	*dossier[planned, touched]
	verb string // as typed; "undo" for taking back
	back string // the id that an unmerge gives back
}

// newPreview shows what a decision would do: the verb is the object, what it is
// about stands in Of, one thing a line.
func newPreview(s *session, a address) screen {
	x := &preview{dossier: newDossier[planned](s, "pane.touched", touchedColumns(), touchedKey, a), verb: a.Object}
	desk, things := s.desk, strings.Split(a.Of, "\n")
	if id, err := cdp.ParseProfileID(a.Of); err == nil && a.Object == cdp.PlanUnmerge {
		x.back = id.String()
	}
	x.read = func(ctx context.Context) (p planned, err error) {
		if p.decision, err = desk.Plan(ctx, a.Object, things); err != nil {
			return p, err
		}
		p.effect, err = desk.Preview(ctx, []cdp.Decision{p.decision})
		return p, err
	}
	x.crumb = func() text.Safe {
		parts := make([]text.Safe, len(things))
		for i, t := range things {
			parts[i] = typedName(t)
		}
		return text.Join(text.Lit(" "), s.say("decide."+a.Object), text.Cut(text.Join(text.Lit(", "), parts...), 40))
	}
	x.base = address{Screen: "preview", Object: a.Object, Of: a.Of}
	return x.made()
}

// newUndo shows what taking a decision back would do.
func newUndo(s *session, a address, id cdp.DecisionID) screen {
	x := &preview{dossier: newDossier[planned](s, "pane.touched", touchedColumns(), touchedKey, a), verb: "undo"}
	desk := s.desk
	x.read = func(ctx context.Context) (p planned, err error) {
		if p.decision, err = desk.Decision(ctx, id); err != nil {
			return p, err
		}
		p.effect, err = desk.PreviewUndo(ctx, []cdp.DecisionID{id})
		return p, err
	}
	x.crumb = func() text.Safe { return s.say("screen.undo", id) }
	x.base = address{Screen: "undo", Object: id.String()}
	return x.made()
}

func touchedKey(t touched) string { return t.how + t.Profile.String() }

func (x *preview) made() screen {
	s := x.ses
	x.parts = func(p planned) []touched { return touchedBy(p.effect) }
	x.listing.about = aboutTouched
	x.listing.open = func(t touched) tea.Cmd {
		if t.how == "appear" { // not there yet: its first record is
			if len(t.Records) > 0 {
				return s.visit(address{Screen: "record", Object: t.Records[0].String()})
			}
			return s.info("nav.noplace")
		}
		return s.visit(address{Screen: "profile", Object: t.Profile.String()})
	}
	x.dossier.tell = func(d *detail, p planned) {
		d.text(widget.Warn, d.say("preview.only"))
		if x.verb == "undo" {
			d.text(widget.Strong, d.say("undo.what", p.decision.ID))
		}
		d.decision(p.decision)
		if n := len(p.decision.Untied); n > 0 {
			d.text(widget.Warn, d.say("decide.untied.what", n))
		}
		d.effect(p.effect, false)
		d.untied(p.decision)
		if len(p.decision.Rows) > 0 {
			d.head(d.say("decide.rows"))
			d.rows(p.decision)
		}
		d.gap()
		d.text(widget.Dim, d.say("preview.how"))
	}
	x.failed = func(err text.Safe) text.Safe { return s.say("fail.preview", err) }
	x.extra = func() []text.Safe {
		if !x.load.ok {
			return nil
		}
		return []text.Safe{s.say("preview.status")}
	}
	x.binds = func() []binding {
		return []binding{{id: "carryout", keys: []string{"X"}, hint: 2, off: x.off, do: x.askReason}}
	}
	return x
}

func (x *preview) off() text.Safe {
	if why := x.ses.mayDecide(); !why.Empty() {
		return why
	}
	return x.unread()
}

// askReason asks why, then once more, with what will happen in view.
func (x *preview) askReason() tea.Cmd {
	s := x.ses
	return s.ask(question{label: s.say("ask.decide"), must: s.say("ask.reveal.must"), then: func(reason string) tea.Cmd {
		p, sh := x.load.val, s.show()
		what := sh.verb(p.decision)
		if x.verb == "undo" {
			what = text.Join(text.Lit(" "), s.say("undo.what", p.decision.ID), what)
		}
		body := []text.Safe{what, sh.counted(p.effect)}
		if n := len(p.decision.Untied); n > 0 {
			body = append(body, s.say("decide.untied.sure", n))
		}
		q := widget.Question{Title: s.say("confirm.title", s.say("decide."+x.verb)), Cancel: s.say("confirm.cancel"), Act: s.say("confirm.act"),
			Body: append(body, s.because(reason), s.say("confirm.digest", short(p.effect.Digest)))}
		return s.sure(guarded(s, q, x.back, p.effect), func() tea.Cmd { return x.carryOut(p, strings.TrimSpace(reason)) })
	}})
}

// carryOut does what was previewed; the desk refuses when it would be another
// thing by now, and then the preview is read again.
func (x *preview) carryOut(p planned, reason string) tea.Cmd {
	s, desk := x.ses, x.ses.desk
	var (
		id    cdp.DecisionID
		did   applied
		wrong error
	)
	return s.work("fail.decide", func(ctx context.Context) error {
		var made []cdp.Decision
		if did.previewed = p.effect.Digest; x.verb == "undo" {
			made, did.effect, wrong = desk.Undo(ctx, []cdp.DecisionID{p.decision.ID}, reason, did.previewed)
		} else {
			d := p.decision
			d.Reason = reason
			made, did.effect, wrong = desk.Decide(ctx, []cdp.Decision{d}, did.previewed)
		}
		if len(made) > 0 { // done, though maybe otherwise than previewed, which its screen says
			id, wrong = made[0].ID, nil
		}
		return nil
	}, func() tea.Cmd {
		if wrong != nil {
			return tea.Batch(s.fail("fail.decide", wrong), x.Refresh())
		}
		s.applied[id] = did
		s.changed()
		return tea.Batch(s.toast(widget.SuccessLevel, s.say("decide.done", id)), s.turn(address{Screen: "decision", Object: id.String()}))
	})
}

// rows lists the source rows of a decision, by group when there are several.
func (d *detail) rows(x cdp.Decision) {
	group := 0
	for i, r := range x.Rows {
		if i == maxRowsTold {
			d.text(widget.Dim, d.say("effect.more", len(x.Rows)-i))
			return
		}
		if x.Verb == cdp.DecideDifferent && r.Group != group {
			group = r.Group
			d.text(widget.Dim, d.say("decide.group", group))
		}
		d.row(x.ID, r.Row)
	}
}

// untied lists what an unmerge leaves with the survivor because nothing ties it
// to either side: an officer may know better.
func (d *detail) untied(x cdp.Decision) {
	if len(x.Untied) == 0 {
		return
	}
	d.head(d.say("decide.untied"))
	for i, r := range x.Untied {
		if i == maxRowsTold {
			d.text(widget.Dim, d.say("effect.more", len(x.Untied)-i))
			return
		}
		d.row(x.ID, r)
	}
}

// row names a source row of a decision.
func (d *detail) row(of cdp.DecisionID, r cdp.Row) {
	d.add(widget.Line{Spans: []widget.Span{{Text: text.Clean(string(r.Source))}, {Text: text.Lit("  ")}, d.key(decisionRef(of), cdp.Value(r.Key)).span()}, Hang: 2})
}

const maxRowsTold = 100
