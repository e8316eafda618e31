package report

import (
	"io"
	"strconv"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// Health writes how well identity resolution holds.
func Health(w io.Writer, h cdp.Health, o Options) error {
	p := newPage(w, o)
	p.standpoint("looked at", h.At, h.From)
	p.fact(0, "profiles", text.Int(h.Profiles))
	p.fact(0, "records", text.Int(h.Records))
	p.fact(0, "records in a profile with another", words(text.Int(h.Linked), text.Concat(text.Lit("("), inParts(h.Linked, h.Records), text.Lit(")"))))
	c := h.Counts
	p.fact(0, "conflicts", text.Int(c.Conflicts))
	if c.Matches >= 0 {
		p.fact(0, "possible matches", text.Int(c.Matches))
		p.fact(0, "to be judged by a person", text.Int(c.Backlog()))
	} else if h.From.IsNow() {
		p.fact(0, "possible matches", text.Lit("not looked for"))
	} else {
		p.fact(0, "possible matches, profiles that wait to be parted", text.Lit("not known of another time"))
	}
	p.fact(0, "profiles that the guard froze", text.Int(c.Frozen))
	p.fact(0, "profiles held together by one weak value", text.Int(c.Held))
	p.fact(0, "generic identifiers", text.Int(c.Generic))
	if c.Pending > 0 {
		p.fact(0, "! profiles with records that are to part", text.Int(c.Pending))
	}
	for _, s := range []struct {
		title string
		list  []cdp.ProfileShape
	}{{"Largest profiles", h.Largest}, {"Least dense profiles", h.Sparse}, {"Held together by one value", h.Held}, {"Frozen by the guard", h.Frozen}} {
		p.head(s.title, len(s.list))
		p.shapes(s.list)
	}
	p.head("Most carried identifiers", len(h.Hubs))
	t := newTable(column{title: "IDENTIFIER", min: 24}, column{title: "RECORDS", right: true}, column{title: "PROFILES", right: true}, column{title: "STATE"},
		column{title: "OF", min: 9, drop: 2})
	for _, x := range h.Hubs {
		count := text.Int(x.ProfileCount)
		if x.Bound {
			count = text.Concat(count, text.Lit("+"))
		}
		t.row(o.named(x.Identifier), text.Int(x.Records), count, text.Clean(x.State), profileList(x.Profiles, x.ProfileCount))
	}
	p.table(2, t)
	p.kinds(h.Kinds)
	p.head("Decisions of persons", len(h.Decisions))
	t = newTable(column{title: "DECISION"}, column{title: "IN FORCE", right: true}, column{title: "UNDONE", right: true})
	for _, d := range h.Decisions {
		t.row(text.Clean(d.Verb), text.Int(d.InForce), text.Int(d.Undone))
	}
	p.table(2, t)
	p.linkRates(h.Sources)
	return p.done()
}

func (p *page) shapes(list []cdp.ProfileShape) {
	t := newTable(column{title: "PROFILE"}, column{title: "RECORDS", right: true}, column{title: "DENSITY", right: true}, column{title: "CLASS", drop: 2},
		column{title: "HELD BY", min: 16, drop: 1}, column{title: "WITHOUT IT", min: 10, drop: 1}, column{title: "VALUES", right: true, drop: 3}, column{title: "CLAIMS", right: true, drop: 3},
		column{title: "BRIDGES", right: true, drop: 4})
	for _, s := range list {
		holder := text.Safe{}
		if !s.Holder.IsZero() {
			holder = words(text.Clean(string(s.Holder.Kind())), p.o.ident(s.Holder))
		}
		t.row(profileID(s.Profile), text.Int(s.Records), density(s), text.Clean(s.Class), holder, pieces(s), text.Int(s.Values), text.Int(s.Claims), text.Int(s.Bridges))
	}
	p.table(2, t)
}

// density is two digits, with a mark when it was measured on some records only.
func density(s cdp.ProfileShape) text.Safe {
	out := strconv.FormatFloat(s.Density, 'f', 2, 64)
	if s.Estimate {
		out = "~" + out
	}
	return text.Clean(out)
}

// pieces are the records of what a profile falls into: 21 | 1 | 1.
func pieces(s cdp.ProfileShape) text.Safe {
	parts := make([]text.Safe, 0, len(s.Pieces)+1)
	for _, n := range s.Pieces {
		parts = append(parts, text.Int(n))
	}
	if s.Further > 0 {
		parts = append(parts, words(text.Lit("and"), text.Int(s.Further), text.Lit("more")))
	}
	return text.Join(text.Lit(" | "), parts...)
}

// profileList names profiles, and how many are not named.
func profileList(list []cdp.ProfileID, all int) text.Safe {
	const named = 3
	var parts []text.Safe
	for _, id := range list[:min(len(list), named)] {
		parts = append(parts, profileID(id))
	}
	if over := all - len(parts); over > 0 {
		parts = append(parts, words(text.Int(over), text.Lit("more")))
	}
	return commas(parts...)
}

func (p *page) kinds(list []cdp.KindHealth) {
	p.head("Identifiers by kind", len(list))
	t := newTable(column{title: "KIND", min: 8}, column{title: "JOINS", right: true}, column{title: "GENERIC", right: true}, column{title: "CONFLICT", right: true},
		column{title: "DIFFERENT", right: true, drop: 3}, column{title: "LOCKED", right: true, drop: 4}, column{title: "GUARDED", right: true, drop: 2},
		column{title: "SUPPRESSED", right: true, drop: 5}, column{title: "WITHHELD", right: true, drop: 1})
	for _, k := range list {
		t.row(text.Clean(string(k.Kind)), text.Int(k.Joins), text.Int(k.Generic), text.Int(k.Conflict), text.Int(k.Different), text.Int(k.Locked), text.Int(k.Guarded),
			text.Int(k.Suppressed), text.Int(k.Kept))
	}
	p.table(2, t)
}

func (p *page) linkRates(list []cdp.SourceHealth) {
	p.head("Sources", len(list))
	t := newTable(column{title: "SOURCE", min: 12}, column{title: "RECORDS", right: true}, column{title: "LINKED", right: true}, column{title: "ACROSS", right: true, drop: 1},
		column{title: "CLAIMS", right: true, drop: 2}, column{title: "APART", right: true, drop: 3}, column{title: "DENIED", right: true, drop: 3}, column{title: "NEVER", right: true, drop: 4})
	for _, s := range list {
		t.row(text.Clean(string(s.Source)), text.Int(s.Records), inParts(s.Linked, s.Records), inParts(s.Across, s.Records), text.Int(s.Linking), text.Int(s.Apart),
			text.Int(s.Denied), text.Int(s.Never))
	}
	p.table(2, t)
	if len(list) > 0 {
		p.say(2, "LINKED: of its records, in a profile with another one; ACROSS: with one of another source. Claims that link (CLAIMS); are allowed and join nothing (APART); policy denies (DENIED); are of values or kinds that never link (NEVER).")
	}
}

// inParts is a share in percent, "-" of nothing.
func inParts(n, of int) text.Safe {
	if of == 0 {
		return text.Lit("-")
	}
	return text.Clean(strconv.FormatFloat(100*float64(n)/float64(of), 'f', 1, 64) + " %")
}

// Conflicts writes identifiers that join nothing, each with what it would join
// and why it does not.
func Conflicts(w io.Writer, list cdp.Page[cdp.Conflict], o Options) error {
	p := newPage(w, o)
	for i, c := range list.Items {
		if i > 0 {
			p.put(0, text.Safe{})
		}
		p.line(0, words(o.named(c.Identifier), text.Concat(text.Lit("class "), text.Clean(c.Class), text.Lit(":")), text.Clean(c.State)))
		for _, s := range c.Sides {
			p.line(2, words(profileID(s.Profile), text.Lit("of"), plural(s.Records, "record"), text.Concat(text.Lit("("), text.Int(s.Carriers), text.Lit(" carry it)"))))
		}
		if c.Bound {
			p.say(2, "! more carry it than were looked at")
		}
		for _, s := range c.Why {
			p.line(2, words(text.Lit("why:"), text.Clean(s)))
		}
		p.fact(2, "controller", text.Clean(c.Controller))
	}
	if len(list.Items) == 0 {
		p.say(0, "no conflicts")
		return p.done()
	}
	footer(p, list, "conflict", "conflicts")
	return p.done()
}
