package report

import (
	"io"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// Wishes writes how a person wants to be spoken to, with the statements that
// lead to it.
func Wishes(w io.Writer, list []cdp.Preferring, o Options) error {
	p := newPage(w, o)
	if len(list) == 0 {
		p.say(0, "no preference is recorded; that permits nothing, and forbids nothing")
	}
	for i, s := range list {
		if i > 0 {
			p.put(0, text.Safe{})
		}
		p.fact(0, "channel", orElse(text.Clean(string(s.Channel)), "all"))
		p.fact(2, "topic", orElse(text.Clean(s.Topic), "all"))
		p.fact(2, "wish", wish(s.Wish))
		p.fact(2, "since", o.instant(s.Since))
		p.fact(2, "at most", text.Clean(s.Frequency))
		p.fact(2, "quiet", quiet(s.Quiet))
		p.fact(2, "language", text.Clean(s.Language))
		p.fact(2, "stated at", o.named(s.Endpoint))
		p.fact(2, "controller", text.Clean(s.Controller))
		if s.Wish.Forbids() {
			p.say(2, "it is enforced like an objection, whatever the basis")
		}
		if s.Conflict {
			p.say(2, "! statements of one instant contradict each other; the most restrictive one holds")
		}
		for n, e := range s.Events {
			p.stated(n+1, e)
		}
	}
	return p.done()
}

func (p *page) stated(n int, e cdp.Preference) {
	p.line(2, text.Concat(text.Lit("statement "), text.Int(n), text.Lit(": "), wish(e.Wish), text.Lit(", "), orElse(p.o.instant(e.At), "time not stated")))
	p.fact(4, "channel", text.Clean(string(e.Channel)))
	p.fact(4, "topic", text.Clean(e.Topic))
	p.fact(4, "at most", text.Clean(e.Frequency))
	p.fact(4, "quiet", quiet(e.Quiet))
	p.fact(4, "language", text.Clean(e.Language))
	p.fact(4, "method", text.Clean(e.Method))
	p.fact(4, "proof", p.o.show(text.KindText, e.Proof.Reveal()))
	p.fact(4, "on behalf, by", text.Clean(e.By))
	p.fact(4, "from", words(text.Clean(string(e.Source)), recordID(e.Record)))
	p.fact(4, "recorded", p.o.instant(e.Recorded))
}

func (p *page) wishes(list []cdp.Preferring) {
	if len(list) == 0 {
		return
	}
	p.head("Wishes", len(list))
	t := newTable(column{title: "CHANNEL", min: 8}, column{title: "TOPIC", min: 8}, column{title: "WISH"}, column{title: "SINCE"}, column{title: "AT MOST", drop: 2},
		column{title: "QUIET", drop: 3}, column{title: "LANGUAGE", drop: 4}, column{title: "ENDPOINT", min: 14, drop: 1}, column{title: "CONTROLLER", min: 10, drop: 5})
	for _, s := range list {
		t.row(orElse(text.Clean(string(s.Channel)), "all"), orElse(text.Clean(s.Topic), "all"), wish(s.Wish), p.o.day(s.Since), text.Clean(s.Frequency),
			quiet(s.Quiet), text.Clean(s.Language), words(text.Clean(string(s.Endpoint.Kind())), p.o.ident(s.Endpoint)), text.Clean(s.Controller))
	}
	p.table(2, t)
}

func wish(w cdp.Wish) text.Safe {
	if w == cdp.WishUnstated {
		return text.Lit("no wish stated")
	}
	return text.Clean(string(w))
}

// quiet writes hours as 21:00-07:00, with their zone.
func quiet(q cdp.Quiet) text.Safe {
	if q.IsZero() {
		return text.Safe{}
	}
	return words(text.Clean(q.Hours()), text.Clean(q.Zone))
}

type wishJSON struct {
	Endpoint   identifierJSON  `json:"endpoint,omitzero"`
	Controller string          `json:"controller,omitempty"`
	Channel    string          `json:"channel,omitempty"`
	Topic      string          `json:"topic,omitempty"`
	Wish       string          `json:"wish,omitempty"`
	Forbids    bool            `json:"forbids"`
	Since      stamp           `json:"since,omitempty"`
	Frequency  string          `json:"frequency,omitempty"`
	Quiet      string          `json:"quiet,omitempty"`
	Zone       string          `json:"zone,omitempty"`
	Language   string          `json:"language,omitempty"`
	Conflict   bool            `json:"conflict"`
	Events     []wishEventJSON `json:"events"`
}

type wishEventJSON struct {
	Channel     string `json:"channel,omitempty"`
	Topic       string `json:"topic,omitempty"`
	Wish        string `json:"wish,omitempty"`
	Frequency   string `json:"frequency,omitempty"`
	Quiet       string `json:"quiet,omitempty"`
	Zone        string `json:"zone,omitempty"`
	Language    string `json:"language,omitempty"`
	At          stamp  `json:"at,omitempty"`
	Method      string `json:"method,omitempty"`
	Proof       string `json:"proof,omitempty"`
	ProofMasked string `json:"proof_masked,omitempty"`
	By          string `json:"by,omitempty"`
	Source      string `json:"source,omitempty"`
	Record      string `json:"record,omitempty"`
	Recorded    stamp  `json:"recorded,omitempty"`
}

func wireWish(o Options, s cdp.Preferring) wishJSON {
	return wishJSON{wireIdentifier(o, s.Endpoint), s.Controller, string(s.Channel), s.Topic, string(s.Wish), s.Wish.Forbids(), stampOf(s.Since), s.Frequency,
		s.Quiet.Hours(), s.Quiet.Zone, s.Language, s.Conflict, wires(o, s.Events, wireWishEvent)}
}

func wireWishEvent(o Options, e cdp.Preference) wishEventJSON {
	w := wishEventJSON{Channel: string(e.Channel), Topic: e.Topic, Wish: string(e.Wish), Frequency: e.Frequency, Quiet: e.Quiet.Hours(), Zone: e.Quiet.Zone,
		Language: e.Language, At: stampOf(e.At), Method: e.Method, By: e.By, Source: string(e.Source), Record: idOf(e.Record), Recorded: stampOf(e.Recorded)}
	w.Proof, w.ProofMasked = o.wire(text.KindText, e.Proof.Reveal())
	return w
}
