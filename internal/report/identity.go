package report

import (
	"io"
	"strconv"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// WhyNot writes what keeps two things apart.
func WhyNot(w io.Writer, n cdp.WhyNot, o Options) error {
	p := newPage(w, o)
	p.looked(n.Lens)
	if n.One {
		p.line(0, words(ref(n.A), text.Lit("and"), ref(n.B), text.Lit("are one profile: nothing keeps them apart")))
	} else {
		p.line(0, words(ref(n.A), text.Lit("and"), ref(n.B), text.Lit("are two profiles")))
	}
	p.partly(n.Partial)
	for _, d := range n.Apart {
		p.made("called different by", d)
	}
	for _, d := range n.Locks {
		p.made("locked by", d)
	}
	p.fact(0, "both have another", names(n.Conflict))
	if n.One { // what joins them is not told here
		p.head("Carried by both and joining nothing", len(n.Shared))
	} else {
		p.head("Carried by both", len(n.Shared))
	}
	for _, s := range n.Shared {
		p.line(2, o.named(s.Identifier))
		p.fact(4, "joins nothing", words(text.Clean(s.Standing), text.Lit("-"), text.Clean(s.Reason)))
		p.fact(4, "records", commas(words(recordID(s.A), text.Lit("of"), text.Clean(string(s.ASource))), words(recordID(s.B), text.Lit("of"), text.Clean(string(s.BSource)))))
		if s.OtherProfiles > 0 {
			p.fact(4, "carried by others too", plural(s.OtherProfiles, "profile"))
		}
	}
	switch {
	case n.One:
		p.say(2, "cdp-tui why tells what joins them")
	case len(n.Shared) == 0:
		p.say(2, "they share no identifier")
	}
	return p.done()
}

// made writes who decided something, and why.
func (p *page) made(how string, d cdp.Decision) {
	p.fact(0, how, commas(text.Clean(d.By), text.Clean(d.ID.String()), p.o.day(d.At), text.Clean(d.Reason)))
}

// How writes how a profile came to be what it is.
func How(w io.Writer, list []cdp.Event, o Options) error {
	p := newPage(w, o)
	for _, e := range list {
		p.line(0, words(orElse(o.minute(e.At), "unknown"), text.Clean(e.Words)))
	}
	p.line(0, words(plural(len(list), "event"), text.Lit("- times in"), p.zoneName()))
	return p.done()
}

// Holding writes what holds a profile together.
func Holding(w io.Writer, h cdp.Holding, o Options) error {
	p := newPage(w, o)
	p.looked(h.Lens)
	p.fact(0, "profile", profileID(h.Profile))
	p.partly(h.Partial)
	p.fact(0, "records", text.Int(h.Records))
	p.fact(0, "identifiers that join", text.Int(h.Links))
	p.fact(0, "density", text.Clean(strconv.FormatFloat(h.Density, 'f', 3, 64)))
	if len(h.Decisions) > 0 {
		ids := make([]text.Safe, len(h.Decisions))
		for i, d := range h.Decisions {
			ids[i] = text.Clean(d.String())
		}
		p.fact(0, "tied by decisions", commas(ids...))
	}
	p.head("Without this it falls apart", len(h.Pillars))
	for _, x := range h.Pillars {
		of := words(text.Lit("record"), recordID(x.Record))
		switch {
		case x.Decision != 0:
			of = words(text.Lit("decision"), text.Clean(x.Decision.String()))
		case x.Record == 0:
			of = o.named(x.Identifier)
		}
		p.line(2, text.Concat(of, text.Lit(": into "), fallsInto(x.Pieces)))
	}
	p.head("Claims that alone hold it together", len(h.Bridges)+h.MoreBridges)
	for _, x := range h.Bridges {
		p.line(2, words(recordID(x.Record), text.Lit("carries"), o.named(x.Identifier), text.Clean(classWords(x.Class)), text.Lit("-"),
			text.Int(x.WithRecord), text.Lit("|"), text.Int(x.WithValue)))
	}
	if h.MoreBridges > 0 {
		p.rest(h.MoreBridges, "claim")
	}
	p.head("Carried and joining nothing", len(h.Apart))
	for _, x := range h.Apart {
		p.line(2, o.named(x.Identifier))
		p.fact(4, "joins nothing", words(text.Clean(x.Standing), text.Lit("-"), text.Clean(x.Reason)))
		if x.Others > 0 {
			p.fact(4, "carried by others too", plural(x.Others, "profile"))
		}
	}
	return p.done()
}

func classWords(class string) string {
	if class == "" {
		return ""
	}
	return "(class " + class + ")"
}

// fallsInto are what something falls into: 21 | 1 | 1.
func fallsInto(list []int) text.Safe {
	const most = 8
	parts := make([]text.Safe, 0, most)
	for _, n := range list[:min(len(list), most)] {
		parts = append(parts, text.Int(n))
	}
	out := text.Join(text.Lit(" | "), parts...)
	if more := len(list) - most; more > 0 {
		out = words(out, text.Lit("| and"), text.Int(more), text.Lit("more"))
	}
	return out
}

// Cut writes the least that parts two records.
func Cut(w io.Writer, c cdp.CutAdvice, o Options) error {
	p := newPage(w, o)
	p.line(0, words(text.Lit("to part"), recordID(c.A), text.Lit("from"), recordID(c.B)))
	if len(c.Claims) > 0 {
		p.line(0, words(text.Lit("cut"), plural(len(c.Claims), "claim")))
		for _, x := range c.Claims {
			p.line(2, words(recordID(x.Record), text.Concat(text.Lit("("), p.row(x.Row), text.Lit(")")), text.Lit("carries"), o.named(x.Identifier), text.Clean(classWords(x.Class))))
		}
		p.fact(2, "pieces", fallsInto(c.Pieces))
	}
	if len(c.Values) > 0 {
		p.line(0, words(text.Lit("or suppress"), plural(len(c.Values), "identifier"), text.Lit("for everybody")))
		for _, id := range c.Values {
			p.line(2, o.named(id))
		}
	}
	p.fact(0, "note", text.Clean(c.Note))
	return p.done()
}

// WhyNot writes what keeps two things apart.
func (j *JSON) WhyNot(n cdp.WhyNot) error { return j.emit(wireWhyNot(j.o, n)) }

// How writes one object an event.
func (j *JSON) How(list []cdp.Event) error { return each(j, list, wireHappened) }

// Holding writes what holds a profile together.
func (j *JSON) Holding(h cdp.Holding) error { return j.emit(wireHolding(j.o, h)) }

// Cut writes the least that parts two records.
func (j *JSON) Cut(c cdp.CutAdvice) error { return j.emit(wireCut(j.o, c)) }
