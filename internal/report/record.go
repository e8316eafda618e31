package report

import (
	"io"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// Record writes one record as it was delivered: where it came from to the
// byte, how the gate judged it, what it claims and what it brought.
func Record(w io.Writer, v cdp.RecordView, o Options) error {
	p := newPage(w, o)
	r := v.Record
	p.fact(0, "record", recordID(r.ID))
	p.fact(0, "state", text.Clean(v.State))
	p.fact(0, "part of", profileID(v.Profile))
	p.fact(0, "source", text.Clean(string(r.Source)))
	p.fact(0, "controller", text.Clean(v.Controller))
	p.fact(0, "key", o.show(text.KindKey, r.Key))
	p.fact(0, "at", orElse(o.instant(r.At), "not stated"))
	p.fact(0, "recorded", o.instant(r.Recorded))
	if r.Deleted {
		p.say(0, "! the source says that the row is gone")
	}
	p.fact(0, "version", text.Int(v.Version))
	for _, id := range v.Others {
		if id != r.ID {
			p.fact(2, "other version", recordID(id))
		}
	}
	p.say(0, "delivered in:")
	p.lineage(2, r.Lineage)
	p.fact(0, "at the gate", text.Clean(v.Ruling.Outcome.String()))
	p.verdict(2, v.Ruling.Verdict)
	p.fact(2, "judged again", o.instant(v.Ruling.Due))
	for _, f := range v.Ruling.Findings {
		p.line(2, text.Concat(text.Lit("! "), text.Clean(f)))
	}
	p.head("Held for", len(v.Ruling.Holding))
	for _, h := range v.Ruling.Holding {
		p.line(2, orElse(text.Clean(string(h.Activity)), "no activity"))
		p.verdict(4, h)
	}
	p.claims(r.Claims)
	p.head("Attributes", len(r.Attributes))
	t := newTable(column{title: "NAME", min: 10}, column{title: "VALUE", min: 14}, column{title: "ORIGIN", drop: 1},
		column{title: "CATEGORY", min: 12, drop: 2}, column{title: "SPECIAL", min: 7})
	for _, a := range r.Attributes {
		t.row(text.Clean(a.Name), o.attribute(a.Name, a.Special, a.Value), text.Clean(string(a.Origin)), text.Clean(a.Category), text.Clean(a.Special))
	}
	p.table(2, t)
	p.head("Contracts and other grounds", len(r.Grounds))
	for _, g := range r.Grounds {
		p.line(2, commas(text.Clean(string(g.Activity)), o.show(text.KindOther, g.Ref.Reveal()),
			words(text.Lit("from"), orElse(o.day(g.From), "an unknown day")), words(text.Lit("to"), orElse(o.day(g.To), "now, still open"))))
	}
	p.head("Consent events", len(r.Consents))
	for i, e := range r.Consents {
		p.event(i+1, e)
	}
	if len(r.Preferences) > 0 {
		p.head("Preferences stated", len(r.Preferences))
		for i, e := range r.Preferences {
			p.stated(i+1, e)
		}
	}
	p.put(0, text.Safe{})
	p.fact(0, "touchpoints", text.Int(len(r.Touchpoints)))
	p.fact(0, "shares", text.Int(len(r.Shares)))
	return p.done()
}

func (p *page) lineage(indent int, l cdp.Lineage) {
	p.fact(indent, "batch", batchID(l.Batch))
	p.fact(indent, "file", text.Clean(l.File))
	p.fact(indent, "sha256", text.Clean(l.FileHash))
	p.fact(indent, "mapping", digest(l.Mapping))
	p.fact(indent, "line", place(l.Line))
	p.fact(indent, "row", place(l.Row))
	if l.Offset >= 0 {
		p.fact(indent, "byte", text.Int(int(l.Offset)))
	}
}

func (p *page) claims(list []cdp.Claim) {
	p.head("Claims", len(list))
	for _, c := range list {
		p.line(2, p.o.named(c.Identifier))
		p.fact(4, "links", active(c.Active))
		p.fact(4, "strength", text.Clean(c.Strength.String()))
		p.fact(4, "verified by", text.Clean(c.Verification.String()))
		p.fact(4, "blocked by", text.Clean(c.Blocked))
		p.fact(4, "shared by", text.Clean(c.Generic))
		p.verdict(4, c.Verdict)
	}
}

func active(b bool) text.Safe {
	if b {
		return text.Lit("yes")
	}
	return text.Lit("no")
}

// Found writes what a look-up leads to, one fact a line.
func Found(w io.Writer, list []cdp.Found, o Options) error {
	p := newPage(w, o)
	for _, f := range list {
		p.line(0, commas(ref(f.Ref), text.Clean(f.Note)))
		if f.Ref.Kind != "profile" {
			p.fact(2, "part of", profileID(f.Profile))
		}
		if f.Identifier != nil {
			p.fact(2, "found by", o.named(*f.Identifier))
		}
	}
	p.fact(0, "found", text.Int(len(list)))
	return p.done()
}

// Audience writes what each line of a list leads to.
func Audience(w io.Writer, list []cdp.AudienceLine, o Options) error {
	p := newPage(w, o)
	for _, l := range list {
		p.line(0, text.Concat(text.Lit("line "), text.Int(l.Line)))
		if len(l.Found) == 0 {
			p.line(2, text.Lit("not found"))
		}
		for _, f := range l.Found {
			p.line(2, commas(ref(f.Ref), text.Clean(f.Note)))
			if f.Identifier != nil {
				p.fact(4, "found by", o.named(*f.Identifier))
			}
		}
	}
	return p.done()
}

// savedQuery returns a query in clear, or without what may name a person; the
// other is "".
func (o Options) savedQuery(s cdp.SavedSearch) (clear, masked string) {
	clear, masked = o.wire(text.KindText, s.Query)
	if masked != "" && s.Shape != "" {
		masked = s.Shape
	}
	return clear, masked
}

// SavedSearches writes queries under their names. A query can name a person.
func SavedSearches(w io.Writer, list []cdp.SavedSearch, o Options) error {
	p := newPage(w, o)
	t := newTable(column{title: "NAME", min: 12}, column{title: "QUERY", min: 14}, column{title: "BY", min: 8, drop: 1}, column{title: "AT", drop: 2})
	for _, s := range list {
		clear, masked := o.savedQuery(s)
		t.row(text.Clean(s.Name), text.Clean(clear+masked), text.Clean(s.By), o.minute(s.At))
	}
	p.table(0, t)
	p.line(0, words(text.Int(len(list)), text.Lit("saved searches; times in"), p.zoneName()))
	return p.done()
}
