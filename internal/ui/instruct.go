package ui

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// A spot is what a row is about: an endpoint and, of a consent, a purpose.
type spot struct {
	endpoint   cdp.Identifier
	controller string // "" for the one of the endpoint's records
	consent    bool   // purpose is what a consent of the row is about, "" for all
	purpose    cdp.PurposeID
	channel    cdp.Channel
	topic      string
}

// onBehalf is the key that records what the person said at the row's endpoint:
// what, and by which evidence, then a preview. Withdrawing takes no more steps
// than giving (Art. 7(3)).
func (p *profile) onBehalf(hint int, row func() (spot, bool)) binding {
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
	return binding{id: "onbehalf", keys: []string{"I"}, hint: hint, off: off, do: func() tea.Cmd {
		at, _ := row()
		return s.choose(s.say("instruct.title"), slices.Concat(p.ofConsent(at), p.ofPreference(at), p.ofOther(at), s.ofRestriction(p.id, 0)))
	}}
}

var consentVerbs = [...]string{cdp.InstructWithdraw, cdp.InstructRefuse, cdp.InstructObject, cdp.InstructGive}

// ofConsent offers what can be said of the consent of a row.
func (p *profile) ofConsent(at spot) (out []choice) {
	for _, verb := range consentVerbs {
		if !at.consent || verb == cdp.InstructGive && at.purpose == "" {
			continue // a consent is for a purpose
		}
		in := cdp.Instruction{Verb: verb, Endpoint: at.endpoint, Controller: at.controller, Channel: at.channel}
		if at.purpose != "" {
			in.Purposes = []cdp.PurposeID{at.purpose}
		}
		out = append(out, choice{label: p.ses.say("instruct." + verb), detail: text.Clean(string(at.purpose)), do: func() tea.Cmd { return p.ses.askConsent(in, p.id) }})
	}
	return out
}

// ofOther offers what can be said of the consent to a purpose that is chosen
// then, or, of a no, to all.
func (p *profile) ofOther(at spot) (out []choice) {
	s := p.ses
	for _, verb := range consentVerbs {
		in := cdp.Instruction{Verb: verb, Endpoint: at.endpoint, Controller: at.controller}
		out = append(out, choice{label: s.say("instruct." + verb), detail: s.say("instruct.other"), do: func() tea.Cmd {
			return s.pickPurpose(func(id cdp.PurposeID) tea.Cmd {
				in.Purposes = []cdp.PurposeID{id}
				return s.askConsent(in, p.id)
			})
		}})
		if verb != cdp.InstructGive {
			out = append(out, choice{label: s.say("instruct." + verb), detail: s.say("instruct.all"), do: func() tea.Cmd { return s.askEvidence(in, p.id) }})
		}
	}
	return out
}

// ofPreference offers what can be said of how to be spoken to.
func (p *profile) ofPreference(at spot) (out []choice) {
	s := p.ses
	in := cdp.Instruction{Verb: cdp.InstructPrefer, Endpoint: at.endpoint, Controller: at.controller, Channel: at.channel, Topic: at.topic}
	for _, wish := range []cdp.Wish{cdp.Unwanted, cdp.Wanted, cdp.WishNone} {
		in := in
		in.Wish = wish
		out = append(out, choice{label: s.say("instruct." + string(wish)), do: func() tea.Cmd { return s.askAbout(in, p.id) }})
	}
	for _, part := range []struct {
		name, value string
		read        func(string, *cdp.Instruction) bool
	}{
		{"frequency", "P1W", func(v string, in *cdp.Instruction) bool { in.Frequency = v; return v != "" }},
		{"quiet", strings.TrimSuffix("21:00-07:00 "+s.env.zone().String(), " Local"), readQuiet},
		{"language", "", func(v string, in *cdp.Instruction) bool { in.Language = v; return v != "" }},
	} {
		out = append(out, choice{label: s.say("instruct." + part.name), do: func() tea.Cmd {
			return s.ask(question{label: s.say("ask." + part.name), value: part.value, must: s.say("ask." + part.name), then: func(v string) tea.Cmd {
				in := in
				if !part.read(strings.TrimSpace(v), &in) {
					return s.info("ask." + part.name)
				}
				return s.askAbout(in, p.id)
			}})
		}})
	}
	return out
}

// readQuiet reads quiet hours, 21:00-07:00 with or without a zone.
func readQuiet(v string, in *cdp.Instruction) bool {
	hours, zone, _ := strings.Cut(v, " ")
	from, to, _ := strings.Cut(hours, "-")
	a, errA := time.Parse("15:04", from)
	b, errB := time.Parse("15:04", to)
	if zone = strings.TrimSpace(zone); zone == "Local" {
		zone = ""
	}
	_, errZone := time.LoadLocation(zone)
	in.Quiet = cdp.Quiet{From: a.Hour()*60 + a.Minute(), To: b.Hour()*60 + b.Minute(), Zone: zone}
	return errA == nil && errB == nil && errZone == nil && in.Quiet.From != in.Quiet.To
}

// askAbout asks what a preference is about: a channel and a topic, or all.
func (s *session) askAbout(in cdp.Instruction, of cdp.ProfileID) tea.Cmd {
	return s.ask(question{label: s.say("ask.channel"), value: string(in.Channel), then: func(v string) tea.Cmd {
		in.Channel = cdp.Channel(strings.TrimSpace(v))
		return s.ask(question{label: s.say("ask.topic"), value: in.Topic, then: func(v string) tea.Cmd {
			in.Topic = strings.TrimSpace(v)
			return s.askEvidence(in, of)
		}})
	}})
}

// askConsent asks, of a consent that is given, for the text that was shown.
func (s *session) askConsent(in cdp.Instruction, of cdp.ProfileID) tea.Cmd {
	if in.Verb != cdp.InstructGive {
		return s.askEvidence(in, of)
	}
	return s.ask(question{label: s.say("ask.notice"), then: func(v string) tea.Cmd {
		in.Notice = strings.TrimSpace(v)
		return s.askEvidence(in, of)
	}})
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
	at, err := time.ParseInLocation("2006-01-02 15:04", strings.Replace(v, "T", " ", 1), zone) // as the commands have it
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
		return text.Join(text.Lit(" "), s.say("instruct."+verbOf(in)), text.Clean(in.Object().ID))
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
	x.reveals = func() (cdp.Ref, []string) {
		if in.Restricts() {
			return x.ref(), []string{fieldProof}
		}
		return x.ref(), []string{string(in.Endpoint.Kind()), fieldProof}
	}
	x.binds = func() []binding {
		return []binding{{id: "carryout", keys: []string{"X"}, hint: 2, off: x.off, do: x.askOnce}}
	}
	return x, nil
}

func (x *instructing) ref() cdp.Ref {
	return x.in.Object()
}

// verbOf names an instruction: of a preference the wish, or what else it states.
func verbOf(in cdp.Instruction) string {
	switch {
	case in.Verb != cdp.InstructPrefer:
		return in.Verb
	case in.Wish != cdp.WishUnstated:
		return string(in.Wish)
	case in.Frequency != "":
		return "frequency"
	case !in.Quiet.IsZero():
		return "quiet"
	}
	return "language"
}

func (x *instructing) tell(d *detail, e cdp.InstructionEffect) {
	d.text(widget.Warn, d.say("preview.only"))
	d.text(widget.Strong, d.say("instruct."+verbOf(x.in)))
	if x.in.Restricts() {
		d.fact("field.what", plain(x.ref().ID))
		d.fact("field.ground", plain(strings.TrimSpace(string(x.in.Ground)+" "+x.in.Ground.Article())))
		d.fact("field.told", d.minute(x.in.Told))
	} else {
		d.value("field.endpoint", d.ident(x.ref(), x.in.Endpoint))
	}
	d.fact("field.purpose", names(x.in.Purposes))
	if x.in.Verb != cdp.InstructPrefer && !x.in.Restricts() && len(x.in.Purposes) == 0 {
		d.fact("field.purpose", safe(d.say("instruct.all")))
	}
	d.fact("field.channel", plain(string(x.in.Channel)))
	d.fact("field.topic", plain(x.in.Topic))
	d.fact("field.frequency", plain(x.in.Frequency))
	d.fact("field.quiet", plain(strings.TrimSpace(x.in.Quiet.Hours()+" "+x.in.Quiet.Zone)))
	d.fact("field.language", plain(x.in.Language))
	d.fact("field.notice", plain(x.in.Notice))
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
		Body: []text.Safe{text.Clean(x.in.Object().ID), s.say("instruct.touches", e.Carriers, e.Changed, len(e.Recipients)), s.say("confirm.digest", short(e.Digest))}}
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
		to := address{Screen: "profile", Object: x.base.Of, Tab: tabConsents + 1}
		if in.Restricts() {
			to.Tab = 1
		}
		return tea.Batch(s.toast(widget.SuccessLevel, s.say("instruct.done")), s.turn(to))
	})
}
