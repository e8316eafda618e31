package ui

import (
	"context"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// onBehalf is the key that records what the person said of the row's endpoint
// and purpose: what, and by which evidence, then a preview. Withdrawing takes
// no more steps than giving (Art. 7(3)).
func (p *profile) onBehalf(row func() (cdp.Standing, bool)) binding {
	s := p.ses
	off := func() text.Safe {
		if why := s.mayDecide(); !why.Empty() {
			return why
		}
		if _, ok := row(); !ok {
			return s.say("off.norow")
		}
		return text.Safe{}
	}
	return binding{id: "onbehalf", keys: []string{"I"}, hint: 2, off: off, do: func() tea.Cmd {
		st, _ := row()
		var out []choice
		for _, verb := range []string{cdp.InstructWithdraw, cdp.InstructRefuse, cdp.InstructObject, cdp.InstructGive} {
			if verb == cdp.InstructGive && st.Purpose == "" {
				continue // a consent is for a purpose
			}
			in := cdp.Instruction{Verb: verb, Endpoint: st.Endpoint, Controller: st.Controller, Channel: st.Channel}
			if st.Purpose != "" {
				in.Purposes = []cdp.PurposeID{st.Purpose}
			}
			out = append(out, choice{label: s.say("instruct." + verb), detail: text.Clean(string(st.Purpose)), do: func() tea.Cmd { return s.askEvidence(in, p.id) }})
		}
		for _, wish := range []cdp.Wish{cdp.Unwanted, cdp.Wanted, cdp.WishNone} {
			in := cdp.Instruction{Verb: cdp.InstructPrefer, Endpoint: st.Endpoint, Controller: st.Controller, Wish: wish}
			out = append(out, choice{label: s.say("instruct." + string(wish)), do: func() tea.Cmd {
				return s.ask(question{label: s.say("ask.channel"), value: string(st.Channel), then: func(v string) tea.Cmd {
					in.Channel = cdp.Channel(strings.TrimSpace(v))
					return s.askEvidence(in, p.id)
				}})
			}})
		}
		return s.choose(s.say("instruct.title"), out)
	}}
}

// askEvidence asks how, when and where the person said so, and shows what
// recording it would do.
func (s *session) askEvidence(in cdp.Instruction, of cdp.ProfileID) tea.Cmd {
	return s.ask(question{label: s.say("ask.via"), must: s.say("ask.evidence"), then: func(via string) tea.Cmd {
		in.Via = strings.TrimSpace(via)
		return s.ask(question{label: s.say("ask.said"), value: s.env.Now().In(s.env.zone()).Format(time.DateOnly), must: s.say("ask.evidence"), then: func(v string) tea.Cmd {
			var ok bool
			if in.At, in.Day, ok = said(v, s.env.zone()); !ok {
				return s.info("ask.said.how")
			}
			return s.ask(question{label: s.say("ask.ref"), must: s.say("ask.evidence"), then: func(ref string) tea.Cmd {
				in.Ref = cdp.Value(strings.TrimSpace(ref))
				if in.Via == "" || in.Ref == "" {
					return s.info("ask.evidence")
				}
				s.told = append(s.told, in)
				return s.visit(address{Screen: "instruct", Object: strconv.Itoa(len(s.told)), Of: of.String()})
			}})
		}})
	}})
}

// said reads a day, or a time of the officer's zone.
func said(v string, zone *time.Location) (at time.Time, day, ok bool) {
	v = strings.TrimSpace(v)
	if at, err := time.Parse(time.DateOnly, v); err == nil {
		return at, true, true
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", v, zone)
	return at, false, err == nil
}

// A struck is one thing that an instruction touches.
type struck struct {
	how, what, before, after string
	opens                    address
}

func struckBy(e cdp.InstructionEffect) (out []struck) {
	for _, p := range e.Purposes {
		out = append(out, struck{"purpose", string(p.Purpose) + " (" + string(p.Activity) + ")", itoa(p.Before), itoa(p.After), address{}})
	}
	for _, r := range e.Records {
		out = append(out, struck{"record", r.Record.String() + " " + string(r.Source), r.Before.String(), r.After.String(), address{Screen: "record", Object: r.Record.String()}})
	}
	for _, r := range e.Recipients {
		out = append(out, struck{"recipient", r.Recipient + " (" + string(r.Purpose) + ")", itoa(r.Count), "", address{}})
	}
	for _, t := range touchedBy(e.Profiles) {
		out = append(out, struck{"profile", t.Profile.String(), itoa(t.Before), itoa(t.After), address{Screen: "profile", Object: t.Profile.String()}})
	}
	return out
}

// instructing shows what recording an instruction would do. From here it is
// recorded, and only as it was shown.
type instructing struct {
	*dossier[cdp.InstructionEffect, struck]
	in cdp.Instruction
}

func newInstruct(s *session, a address) (screen, error) {
	n, err := strconv.Atoi(a.Object)
	if err != nil || n < 1 || n > len(s.told) {
		return nil, errScreen // it lives in the session that asked, as the evidence is personal
	}
	in := s.told[n-1]
	cols := []column[struck]{
		{name: "kind", min: 9, cell: func(s show, x struck) val { return safe(s.say("struck." + x.how)) }},
		{name: "what", min: 20, flex: 2, cell: func(_ show, x struck) val { return plain(x.what) }},
		{name: "before", min: 8, cell: func(_ show, x struck) val { return plain(x.before) }},
		{name: "after", min: 8, cell: func(_ show, x struck) val { return plain(x.after) }},
	}
	x := &instructing{newDossier[cdp.InstructionEffect](s, "pane.struck", cols, func(x struck) string { return x.how + x.what }, a), in}
	desk := s.desk
	x.read = func(ctx context.Context) (cdp.InstructionEffect, error) { return desk.PreviewInstruction(ctx, in) }
	x.crumb = func() text.Safe {
		return text.Join(text.Lit(" "), s.say("instruct."+verbOf(in)), text.Clean(in.Endpoint.String()))
	}
	x.base = address{Screen: "instruct", Object: a.Object, Of: a.Of}
	x.parts = struckBy
	x.listing.about = func(d *detail, t struck) {
		d.head(d.say("struck." + t.how))
		d.fact("field.value", plain(t.what))
		d.fact("field.before", plain(t.before))
		d.fact("field.after", plain(t.after))
	}
	x.listing.open = func(t struck) tea.Cmd {
		if t.opens.Screen == "" {
			return s.info("nav.noplace")
		}
		return s.visit(t.opens)
	}
	x.dossier.tell = func(d *detail, e cdp.InstructionEffect) { x.tell(d, e) }
	x.failed = func(err text.Safe) text.Safe { return s.say("fail.instruct", err) }
	x.extra = func() []text.Safe {
		if !x.load.ok {
			return nil
		}
		return []text.Safe{s.say("preview.status")}
	}
	x.reveals = func() (cdp.Ref, []string) { return x.ref(), []string{string(in.Endpoint.Kind()), fieldProof} }
	x.binds = func() []binding {
		return []binding{{id: "carryout", keys: []string{"X"}, hint: 2, off: x.off, do: x.askOnce}}
	}
	return x, nil
}

func (x *instructing) ref() cdp.Ref {
	return cdp.Ref{Kind: "identifier", ID: x.in.Endpoint.String()}
}

// verbOf names an instruction: of a preference the wish.
func verbOf(in cdp.Instruction) string {
	if in.Verb == cdp.InstructPrefer {
		return string(in.Wish)
	}
	return in.Verb
}

func (x *instructing) tell(d *detail, e cdp.InstructionEffect) {
	d.text(widget.Warn, d.say("preview.only"))
	d.text(widget.Strong, d.say("instruct."+verbOf(x.in)))
	d.value("field.endpoint", d.ident(x.ref(), x.in.Endpoint))
	d.fact("field.purpose", names(x.in.Purposes))
	d.fact("field.channel", plain(string(x.in.Channel)))
	d.fact("field.method", plain(x.in.Via))
	if x.in.Day {
		d.fact("field.when", plain(x.in.At.Format(time.DateOnly)))
	} else {
		d.fact("field.when", d.minute(x.in.At))
	}
	d.value("field.proof", d.personal(x.ref(), fieldProof, "text", x.in.Ref.Reveal()))
	if e.Known {
		d.text(widget.Warn, d.say("instruct.known"))
	}
	d.fact("field.records", number(e.Carriers))
	d.fact("field.changed", number(e.Changed))
	if e.Later {
		d.text(widget.Warn, d.say("instruct.later"))
	}
	if len(e.Recipients) > 0 {
		d.text(widget.Warn, d.say("instruct.recipients", len(e.Recipients)))
	}
	for _, p := range e.Purposes {
		if p.Why != "" {
			d.text(widget.Dim, text.Clean(p.Why))
		}
	}
	e.Profiles.Digest = e.Digest // there is one digest to approve
	d.effect(e.Profiles, false)
	d.gap()
	d.text(widget.Dim, d.say("instruct.how"))
}

func (x *instructing) off() text.Safe {
	if why := x.ses.mayDecide(); !why.Empty() {
		return why
	}
	return x.unread()
}

// askOnce asks once more, with what will happen in view.
func (x *instructing) askOnce() tea.Cmd {
	s, e := x.ses, x.load.val
	q := widget.Question{Title: s.say("confirm.title", s.say("instruct."+verbOf(x.in))), Cancel: s.say("confirm.cancel"), Act: s.say("confirm.act"),
		Body: []text.Safe{text.Clean(x.in.Endpoint.String()), s.say("instruct.touches", e.Carriers, e.Changed, len(e.Recipients)), s.say("confirm.digest", short(e.Digest))}}
	return s.sure(q, func() tea.Cmd { return x.carryOut(e.Digest) })
}

func (x *instructing) carryOut(digest string) tea.Cmd {
	s, desk, in := x.ses, x.ses.desk, x.in
	var wrong error
	return s.work("fail.decide", func(ctx context.Context) error {
		_, wrong = desk.Instruct(ctx, in, digest)
		return nil
	}, func() tea.Cmd {
		if wrong != nil {
			return tea.Batch(s.fail("fail.decide", wrong), x.Refresh())
		}
		s.changed()
		return tea.Batch(s.toast(widget.SuccessLevel, s.say("instruct.done")), s.turn(address{Screen: "profile", Object: x.base.Of, Tab: tabConsents + 1}))
	})
}
