package report

import (
	"io"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// Profile writes the card of a profile: state, identifiers, attributes,
// consents in short, records.
func Profile(w io.Writer, p cdp.Profile, o Options) error {
	out := newPage(w, o)
	out.fact(0, "profile", profileID(p.ID))
	if p.Asked != 0 && p.Asked != p.ID {
		out.fact(0, "asked for", commas(profileID(p.Asked), text.Lit("which was merged into it")))
	}
	out.looked(p.Lens)
	out.fact(0, "state", text.Clean(p.Outcome.String()))
	if p.Apart != nil {
		out.verdict(2, *p.Apart)
	}
	if p.Restrict {
		out.say(0, "! restricted: processing is limited to storage (Art. 18)")
	}
	out.fact(0, "country", text.Clean(p.Country))
	out.fact(0, "since", o.instant(p.Since))
	out.fact(0, "last seen", o.instant(p.Seen))
	out.fact(0, "first known here", o.instant(p.Minted))
	out.fact(0, "records", text.Int(max(p.RecordCount, len(p.Records))))
	out.fact(0, "touchpoints", text.Int(p.TouchpointCount))
	out.fact(0, "shares", text.Int(p.ShareCount))
	out.fact(0, "merges", text.Int(p.Merges))
	out.fact(0, "splits", text.Int(p.Splits))
	out.identifiers(p.Identifiers)
	out.attributes(p.Attributes)
	out.standings(p.Consents)
	out.wishes(p.Wishes)
	if len(p.Preferences) > 0 {
		out.head("Preferences", len(p.Preferences))
		for _, a := range p.Preferences {
			out.fact(2, a.Name, o.attribute(a.Name, a.Special, a.Value))
		}
	}
	out.members(p)
	return out.done()
}

func (p *page) identifiers(list []cdp.Held) {
	p.head("Identifiers", len(list))
	t := newTable(
		column{title: "KIND", min: 8}, column{title: "VALUE", min: 14}, column{title: "LINKS"}, column{title: "LAW", min: 12, drop: 2}, column{title: "BASIS", drop: 4},
		column{title: "SOURCES", min: 10, drop: 1}, column{title: "SINCE", drop: 3}, column{title: "RECORDS", right: true, drop: 5},
		column{title: "SHARED", right: true, drop: 4}, column{title: "RULE", min: 16, drop: 6}, column{title: "TAG", drop: 7})
	for _, h := range list {
		links := text.Lit("no")
		if h.Active {
			links = text.Lit("yes")
		}
		v := h.Verdict
		if v.Basis == "" {
			v.Basis = h.Basis
		}
		t.row(text.Clean(string(h.Identifier.Kind())), p.o.ident(h.Identifier), links, article(v), basis(v.Basis), names(h.Sources), p.o.day(h.Since),
			text.Int(h.Records), text.Int(h.Shared), text.Clean(v.Rule), text.Clean(h.Identifier.String()))
	}
	p.table(2, t)
	for _, h := range list {
		if !h.Active && h.Verdict.Reason != "" {
			p.line(2, text.Concat(text.Lit("x "), text.Clean(h.Identifier.String()), text.Lit(" does not link: "), text.Clean(h.Verdict.Reason)))
		}
	}
}

func (p *page) attributes(list []cdp.Golden) {
	p.head("Attributes", len(list))
	t := newTable(
		column{title: "NAME", min: 10}, column{title: "VALUE", min: 14}, column{title: "SOURCE", min: 10, drop: 1},
		column{title: "ORIGIN", drop: 2}, column{title: "AT", drop: 3}, column{title: "CATEGORY", min: 12, drop: 5},
		column{title: "SPECIAL", min: 7, drop: 1})
	for _, g := range list {
		t.row(text.Clean(g.Name), p.o.attribute(g.Name, g.Special, g.Value), text.Clean(string(g.Source)), text.Clean(string(g.Origin)),
			p.o.day(g.At), text.Clean(g.Category), text.Clean(g.Special))
	}
	p.table(2, t)
	for _, g := range list {
		if !g.Conflict {
			continue
		}
		p.line(2, text.Concat(text.Lit("! sources disagree on "), text.Clean(g.Name)))
		for _, s := range g.Others {
			p.line(4, commas(text.Concat(text.Clean(string(s.Source)), text.Lit(": "), p.o.attribute(g.Name, g.Special, s.Value)),
				recordID(s.Record), p.o.day(s.At)))
		}
	}
}

func (p *page) standings(list []cdp.Standing) {
	p.head("Consents", len(list))
	t := newTable(
		column{title: "PURPOSE", min: 12}, column{title: "STATE"}, column{title: "SINCE"}, column{title: "ENDPOINT", min: 14, drop: 1},
		column{title: "CHANNEL", drop: 4}, column{title: "CONTROLLER", min: 10, drop: 3}, column{title: "EXPIRES", drop: 5},
		column{title: "EVIDENCE", right: true, drop: 2})
	for _, s := range list {
		t.row(text.Clean(string(s.Purpose)), state(s.State), p.o.day(s.Since), words(text.Clean(string(s.Endpoint.Kind())), p.o.ident(s.Endpoint)),
			text.Clean(string(s.Channel)), text.Clean(s.Controller), p.o.day(s.Expires), text.Concat(text.Int(s.Complete), text.Lit(" %")))
	}
	p.table(2, t)
	for _, s := range list {
		if s.Conflict {
			p.line(2, text.Concat(text.Lit("! sources contradict each other on "), text.Clean(string(s.Purpose)),
				text.Lit("; the most restrictive answer holds until a person decides")))
		}
	}
}

// state is a consent state in words; absence is said, it is not a refusal.
func state(s cdp.ConsentState) text.Safe {
	if s == cdp.NoStatement {
		return text.Lit("no statement")
	}
	return spaced(string(s))
}

func (p *page) members(pr cdp.Profile) {
	p.head("Records", max(pr.RecordCount, len(pr.Records)))
	t := newTable(
		column{title: "RECORD"}, column{title: "SOURCE", min: 10}, column{title: "KEY", min: 8, drop: 1}, column{title: "AT", drop: 2},
		column{title: "RECORDED", drop: 5}, column{title: "BATCH", drop: 3}, column{title: "LINE", right: true, drop: 4},
		column{title: "VERSION", right: true, drop: 7}, column{title: "TOUCHPOINTS", right: true, drop: 6}, column{title: "STATE", drop: 1})
	for _, m := range pr.Records {
		t.row(recordID(m.Record), text.Clean(string(m.Source)), p.o.key(m.Key), p.o.day(m.At), p.o.day(m.Recorded), batchID(m.Batch),
			place(m.Line), text.Int(m.Version), text.Int(m.Touchpoints), text.Clean(m.Outcome.String()))
	}
	p.table(2, t)
	if pr.Truncated {
		p.say(2, "! this profile is very large: only the first of its records and identifiers are shown")
	}
}
