package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// A stated is what a person agreed to or not, or how they want to be spoken to:
// one of the three.
type stated struct {
	consent cdp.Standing
	wish    *cdp.Preferring
	said    *cdp.Attribute // a preference that a source tells as a value
}

func statedBy(v cdp.Profile) (out []stated) {
	for _, c := range v.Consents {
		out = append(out, stated{consent: c})
	}
	for i := range v.Wishes {
		out = append(out, stated{wish: &v.Wishes[i]})
	}
	for i := range v.Preferences {
		out = append(out, stated{said: &v.Preferences[i]})
	}
	return out
}

// spot is where it was stated.
func (x stated) spot() spot {
	if w := x.wish; w != nil {
		return spot{endpoint: w.Endpoint, controller: w.Controller, channel: w.Channel, topic: w.Topic}
	}
	c := x.consent
	return spot{endpoint: c.Endpoint, controller: c.Controller, purpose: c.Purpose, consent: true, channel: c.Channel}
}

// since is from when on it holds.
func (x stated) since() time.Time {
	if x.wish != nil {
		return x.wish.Since
	}
	return x.consent.Since
}

// record is where it was stated last, 0 when an officer recorded it.
func (x stated) record() cdp.RecordID {
	if w := x.wish; w != nil && len(w.Events) > 0 {
		return w.Events[len(w.Events)-1].Record
	}
	if n := len(x.consent.Events); n > 0 {
		return x.consent.Events[n-1].Record
	}
	return 0
}

func (x stated) key() string {
	if x.said != nil {
		return "attribute\x00" + x.said.Name
	}
	s := x.spot()
	return string(s.purpose) + "\x00" + s.controller + "\x00" + string(s.channel) + "\x00" + s.topic + "\x00" + string(s.endpoint.Kind()) + s.endpoint.Reveal()
}

// wishName names what a preference is about.
func (s show) wishName(w *cdp.Preferring) val {
	if w.Channel == "" {
		return safe(s.say("over.wish.all", w.Topic))
	}
	return safe(s.say("over.wish", string(w.Channel), w.Topic))
}

// wishSaid is what a preference says: the wish, or what else is stated.
func (s show) wishSaid(w *cdp.Preferring) val {
	said := strings.Join(strings.Fields(w.Frequency+" "+w.Quiet.Hours()+" "+w.Language), " ")
	if w.Wish == cdp.WishUnstated && said != "" {
		return plain(said)
	}
	v := val{text: s.say("wish." + string(w.Wish)), raw: string(w.Wish)}
	if w.Wish.Forbids() {
		v.style = widget.Bad
	}
	if said != "" {
		v.text = text.Join(text.Lit(" "), v.text, text.Clean(said))
	}
	return v
}

func newConsents(p *profile, a address) screen {
	cols := []column[stated]{
		{name: "purpose", min: 12, max: 28, flex: 2, cell: func(s show, x stated) val {
			if x.wish != nil {
				return s.wishName(x.wish)
			}
			if x.said != nil {
				return safe(s.say("over.preference", x.said.Name))
			}
			return plain(string(x.consent.Purpose))
		}},
		{name: "state", min: 12, max: 30, flex: 1, cell: func(s show, x stated) val {
			if x.wish != nil {
				return s.wishSaid(x.wish)
			}
			if x.said != nil {
				return s.attribute(p.ref(), x.said.Name, x.said.Special, x.said.Value)
			}
			return s.state(x.consent.State)
		}},
		{name: "since", min: 10, cell: func(s show, x stated) val { return s.day(x.since()) }, by: func(a, b stated) int { return a.since().Compare(b.since()) }},
		{name: "endpoint", min: 16, max: 34, flex: 2, prio: 1, cell: func(s show, x stated) val { return s.named(p.ref(), x.spot().endpoint) }},
		{name: "evidence", min: 8, right: true, prio: 2, cell: func(_ show, x stated) val {
			if x.wish != nil || x.said != nil {
				return val{}
			}
			return plain(itoa(x.consent.Complete) + " %")
		}, by: func(a, b stated) int { return compare(a.consent.Complete, b.consent.Complete) }},
		{name: "controller", min: 10, prio: 4, cell: func(_ show, x stated) val { return plain(x.spot().controller) }},
		{name: "channel", min: 8, prio: 5, cell: func(_ show, x stated) val { return plain(string(x.spot().channel)) }},
		{name: "expires", min: 10, prio: 3, cell: func(s show, x stated) val { return s.day(x.consent.Expires) }},
	}
	x := newProfileTab(p, "pane.stated", a, cols, stated.key, statedBy)
	x.about = func(d *detail, s stated) {
		if s.wish != nil {
			d.wish(p.ref(), s.wish)
			return
		}
		if a := s.said; a != nil {
			d.head(d.say("over.preference", a.Name))
			d.value("field.value", d.attribute(p.ref(), a.Name, a.Special, a.Value))
			d.fact("field.origin", safe(d.lex.term("origin", string(a.Origin))))
			d.text(widget.Dim, d.say("wish.noconsent"))
			return
		}
		d.consent(p.ref(), s.consent)
	}
	x.reveals = func() (cdp.Ref, []string) {
		fields := append(kindsOf(p.load.val), fieldProof)
		for _, a := range p.load.val.Preferences {
			fields = append(fields, a.Name)
		}
		return p.ref(), fields
	}
	x.binds = func() []binding {
		return append(p.ses.asks(p.number, func() string {
			s, ok := x.rows.Item()
			if ok && s.said != nil {
				return "attribute:" + s.said.Name
			}
			if ok && s.spot().endpoint.Kind() != cdp.KindRecord {
				return valueOf(s.spot().endpoint)
			}
			return ""
		}), p.onBehalf(2, func() (spot, bool) {
			s, ok := x.rows.Item()
			return s.spot(), ok && s.said == nil
		}))
	}
	x.open = func(s stated) tea.Cmd {
		if s.said != nil {
			return p.ses.visit(address{Screen: "trace", Object: p.id.String(), Of: "attribute:" + s.said.Name})
		}
		if s.record() == 0 { // an officer recorded it
			return p.ses.info("nav.noplace")
		}
		return p.ses.visit(address{Screen: "record", Object: s.record().String()})
	}
	return x
}

func (d *detail) consent(about cdp.Ref, c cdp.Standing) {
	d.head(text.Clean(string(c.Purpose)))
	d.fact("field.state", d.state(c.State))
	if c.Conflict {
		d.text(widget.Bad, d.say("consent.conflict"))
	}
	d.fact("field.endpoint", d.named(about, c.Endpoint))
	d.fact("field.controller", plain(c.Controller))
	d.fact("field.channel", plain(string(c.Channel)))
	d.fact("field.since", d.minute(c.Since))
	d.fact("field.expires", d.minute(c.Expires))
	d.fact("field.evidence", plain(itoa(c.Complete)+" %"))
	if len(c.Missing) > 0 {
		d.fact("field.missing", plain(strings.Join(c.Missing, ", ")).in(widget.Warn))
	}
	d.head(d.say("consent.events", len(c.Events)))
	for i := len(c.Events) - 1; i >= 0; i-- {
		consentEvent(d, about, c.Events[i])
	}
}

func consentEvent(d *detail, about cdp.Ref, e cdp.Consent) {
	when := d.minute(e.At)
	if e.At.IsZero() {
		when = safe(d.say("time.unknown"))
	}
	st := d.state(e.State)
	d.add(widget.Line{Spans: []widget.Span{when.span(), {Text: text.Lit("  ")}, st.span(), {Text: text.Lit("  ")}, widget.S(widget.Dim, text.Clean(string(e.Source)))}})
	d.fact("field.method", plain(e.Method))
	d.fact("field.notice", plain(strings.TrimSpace(e.Notice+" "+e.Language)))
	d.value("field.proof", d.personal(about, fieldProof, "text", e.Proof.Reveal()))
	d.fact("field.regulation", plain(e.Regulation))
	if e.PreTicked {
		d.text(widget.Bad, d.say("consent.preticked"))
	}
	d.fact("field.behalf", plain(e.By))
	if e.Record != 0 {
		d.fact("field.record", plain(e.Record.String()))
	}
}

func (d *detail) wish(about cdp.Ref, w *cdp.Preferring) {
	d.head(d.wishName(w).text)
	d.fact("field.wish", d.wishSaid(&cdp.Preferring{Wish: w.Wish}))
	if w.Conflict {
		d.text(widget.Bad, d.say("consent.conflict"))
	}
	d.fact("field.endpoint", d.named(about, w.Endpoint))
	d.fact("field.controller", plain(w.Controller))
	d.fact("field.channel", plain(string(w.Channel)))
	d.fact("field.topic", plain(w.Topic))
	d.fact("field.frequency", plain(w.Frequency))
	d.fact("field.quiet", plain(strings.TrimSpace(w.Quiet.Hours()+" "+w.Quiet.Zone)))
	d.fact("field.language", plain(w.Language))
	d.fact("field.since", d.minute(w.Since))
	d.text(widget.Dim, d.say("wish.noconsent"))
	d.head(d.say("consent.events", len(w.Events)))
	for i := len(w.Events) - 1; i >= 0; i-- {
		e := &w.Events[i]
		when := d.minute(e.At)
		if e.At.IsZero() {
			when = safe(d.say("time.unknown"))
		}
		said := d.wishSaid(&cdp.Preferring{Wish: e.Wish, Frequency: e.Frequency, Quiet: e.Quiet, Language: e.Language})
		d.add(widget.Line{Spans: []widget.Span{when.span(), {Text: text.Lit("  ")}, said.span(), {Text: text.Lit("  ")}, widget.S(widget.Dim, text.Clean(string(e.Source)))}})
		d.fact("field.channel", plain(string(e.Channel)))
		d.fact("field.topic", plain(e.Topic))
		d.fact("field.method", plain(e.Method))
		d.value("field.proof", d.personal(about, fieldProof, "text", e.Proof.Reveal()))
		d.fact("field.behalf", plain(e.By))
		if e.Record != 0 {
			d.fact("field.record", plain(e.Record.String()))
		}
	}
}
