package report

import (
	"io"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// Touchpoints writes what happened, in the order given.
func Touchpoints(w io.Writer, list cdp.Page[cdp.Touchpoint], o Options) error {
	p := newPage(w, o)
	t := newTable(
		column{title: "AT"}, column{title: "CHANNEL", min: 8}, column{title: "KIND", min: 10}, column{title: "DETAIL", min: 12, drop: 2},
		column{title: "PURPOSE", min: 10, drop: 4}, column{title: "SOURCE", min: 10, drop: 1}, column{title: "RECORD", drop: 3},
		column{title: "KEY", min: 8, drop: 6}, column{title: "TEXT", min: 12, drop: 5})
	for _, x := range list.Items {
		t.row(orElse(o.minute(x.At), "unknown"), text.Clean(string(x.Channel)), text.Clean(x.Kind), o.show(text.KindText, x.Detail.Reveal()),
			text.Clean(string(x.Purpose)), text.Clean(string(x.Source)), recordID(x.Record), o.show(text.KindKey, x.Key), o.show(text.KindText, x.Text.Reveal()))
	}
	p.table(0, t)
	footer(p, list, "touchpoint", "touchpoints")
	return p.done()
}

// Consents writes each standing with the evidence and the events it comes from.
func Consents(w io.Writer, list []cdp.Standing, o Options) error {
	p := newPage(w, o)
	if len(list) == 0 {
		p.say(0, "no consent, refusal or objection is recorded; that is no refusal, and no consent")
	}
	for i, s := range list {
		if i > 0 {
			p.put(0, text.Safe{})
		}
		p.fact(0, "purpose", orElse(text.Clean(string(s.Purpose)), "not stated"))
		p.fact(2, "state", state(s.State))
		valid := "no"
		if s.State.ValidForProcessing() {
			valid = "yes"
		}
		p.fact(2, "permits processing", text.Clean(valid))
		p.fact(2, "since", o.instant(s.Since))
		p.fact(2, "expires", o.instant(s.Expires))
		p.fact(2, "given for", o.named(s.Endpoint))
		p.fact(2, "controller", text.Clean(s.Controller))
		p.fact(2, "channel", text.Clean(string(s.Channel)))
		p.fact(2, "evidence", text.Concat(text.Int(s.Complete), text.Lit(" % complete")))
		p.fact(2, "missing", names(s.Missing))
		if s.Conflict {
			p.say(2, "! sources contradict each other; the most restrictive answer holds until a person decides")
		}
		for n, e := range s.Events {
			p.event(n+1, e)
		}
	}
	return p.done()
}

func (p *page) event(n int, e cdp.Consent) {
	p.line(2, text.Concat(text.Lit("event "), text.Int(n), text.Lit(": "), state(e.State), text.Lit(", "), orElse(p.o.instant(e.At), "time not stated")))
	if e.PreTicked {
		p.say(4, "! pre-ticked box: not a consent (Rec. 32)")
	}
	p.fact(4, "method", text.Clean(e.Method))
	p.fact(4, "notice", text.Clean(e.Notice))
	p.fact(4, "language", text.Clean(e.Language))
	p.fact(4, "proof", p.o.show(text.KindText, e.Proof.Reveal()))
	p.fact(4, "regulation", text.Clean(e.Regulation))
	p.fact(4, "expires", p.o.instant(e.Expires))
	p.fact(4, "on behalf, by", text.Clean(e.By))
	p.fact(4, "from", words(text.Clean(string(e.Source)), recordID(e.Record)))
	p.fact(4, "recorded", p.o.instant(e.Recorded))
}

// Uses writes for what each record may, or may not, be held.
func Uses(w io.Writer, list []cdp.Use, o Options) error {
	p := newPage(w, o)
	if len(list) == 0 {
		p.say(0, "? no purpose is recorded")
		return p.done()
	}
	t := newTable(
		column{title: "PURPOSE", min: 12}, column{title: "ALLOWED"}, column{title: "LAW", min: 12}, column{title: "RECORD", drop: 1}, column{title: "BASIS", drop: 4},
		column{title: "SOURCE", min: 10, drop: 2}, column{title: "UNTIL", drop: 3}, column{title: "ACTIVITY", min: 12, drop: 5},
		column{title: "RULE", min: 16, drop: 6}, column{title: "TITLE", min: 14, drop: 7})
	for _, u := range list {
		activity := u.Activity
		if activity == "" {
			activity = u.Verdict.Activity
		}
		t.row(orElse(text.Clean(string(u.Purpose)), "not stated"), yes(u.Verdict), article(u.Verdict), recordID(u.Record), basis(u.Verdict.Basis),
			text.Clean(string(u.Source)),
			o.day(u.Verdict.Until), text.Clean(string(activity)), text.Clean(u.Verdict.Rule), text.Clean(u.Title))
	}
	p.table(0, t)
	for _, u := range list {
		if !u.Verdict.Allow {
			mark := text.Lit("x ")
			if u.Verdict.Rule == "" {
				mark = text.Lit("? ")
			}
			p.line(0, text.Concat(mark, words(recordID(u.Record), text.Lit("not for"), text.Clean(string(u.Purpose))), text.Lit(": "),
				orElse(text.Clean(u.Verdict.Reason), "no verdict")))
		}
	}
	return p.done()
}

// Shares writes who got what.
func Shares(w io.Writer, list cdp.Page[cdp.Share], o Options) error {
	p := newPage(w, o)
	t := newTable(
		column{title: "AT"}, column{title: "RECIPIENT", min: 12}, column{title: "PURPOSE", min: 10}, column{title: "FIELDS", min: 14, drop: 1},
		column{title: "MODE", drop: 4}, column{title: "SOURCE", min: 10, drop: 3}, column{title: "RECORD", drop: 2})
	for _, s := range list.Items {
		t.row(orElse(o.minute(s.At), "unknown"), orElse(text.Clean(s.Recipient), "not named"), orElse(text.Clean(string(s.Purpose)), "not stated"),
			names(s.Fields), text.Clean(s.Mode), text.Clean(string(s.Source)), recordID(s.Record))
	}
	p.table(0, t)
	footer(p, list, "share", "shares")
	return p.done()
}

// Entries writes lines of the log: who did what, to what, why.
func Entries(w io.Writer, list cdp.Page[cdp.Entry], o Options) error {
	p := newPage(w, o)
	t := newTable(
		column{title: "ENTRY", right: true}, column{title: "AT"}, column{title: "ACTOR", min: 8}, column{title: "VERB", min: 6},
		column{title: "OBJECT", min: 9, drop: 1}, column{title: "REASON", min: 12, drop: 2}, column{title: "CASE", drop: 3},
		column{title: "DETAIL", min: 14, drop: 4}, column{title: "DIGEST", drop: 5})
	for _, e := range list.Items {
		t.row(text.Clean(decimal(e.Seq)), o.minute(e.At), text.Clean(e.Actor), text.Clean(e.Verb), ref(e.Object), text.Clean(e.Reason),
			text.Clean(e.Case), text.Clean(e.Detail), digest(e.Digest))
	}
	p.table(0, t)
	footer(p, list, "entry", "entries")
	return p.done()
}
