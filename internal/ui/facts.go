package ui

import (
	"strings"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// factsOf are all statements of a record, in the order of its sections.
func factsOf(v cdp.RecordView) (out []fact) {
	about := cdp.Ref{Kind: "record", ID: v.Record.ID.String()}
	add := func(f fact) {
		f.no = len(out)
		out = append(out, f)
	}
	for _, c := range v.Record.Claims {
		add(claimFact(about, c))
	}
	for _, a := range v.Record.Attributes {
		f := fact{section: "attribute", name: a.Name, field: a.Name, of: "attribute:" + a.Name,
			note: strings.Trim(string(a.Origin)+" "+a.Category, " "), value: func(s show) val { return s.attribute(about, a.Name, a.Special, a.Value) }}
		if a.Special != "" {
			f.note, f.style = "! "+a.Special+" "+f.note, widget.Bad
		}
		add(f)
	}
	for _, c := range v.Record.Consents {
		add(fact{section: "consent", name: string(c.Purpose), field: fieldProof, event: &c, value: func(s show) val { return s.state(c.State) },
			note: strings.Trim(string(c.Channel)+" "+c.Method, " ")})
		if !c.Endpoint.IsZero() {
			out[len(out)-1].field = string(c.Endpoint.Kind())
			if c.Endpoint.Kind() != cdp.KindRecord {
				out[len(out)-1].of = valueOf(c.Endpoint)
			}
		}
	}
	for _, t := range v.Record.Touchpoints {
		field := fieldDetail
		if t.Detail == "" {
			field = fieldText
		}
		add(fact{section: "touchpoint", name: t.Kind, field: field, note: string(t.Channel), part: "touchpoint:" + t.PartID(), value: func(s show) val {
			return touch(s, about, t)
		}})
	}
	for i, h := range v.Record.Shares {
		add(fact{section: "share", name: h.Recipient, part: "share:" + about.ID + "/" + itoa(i+1), note: string(h.Purpose), value: func(show) val { return names(h.Fields) }})
	}
	for _, g := range v.Record.Grounds {
		add(fact{section: "ground", name: string(g.Activity), field: fieldGround, part: "use:" + about.ID + "/" + string(g.Activity), value: func(s show) val {
			return s.personal(about, fieldGround, "other", g.Ref.Reveal())
		}})
	}
	for _, h := range v.Ruling.Holding {
		add(fact{section: "holding", name: string(h.Activity), part: "use:" + about.ID + "/" + string(h.Activity), verdict: &h, note: h.Reason, value: func(show) val { return plain(law(h)) }})
	}
	for _, id := range v.Others {
		if id != v.Record.ID {
			add(fact{section: "version", name: id.String(), record: id, value: func(s show) val { return safe(s.say("record.other")) }})
		}
	}
	return out
}

func claimFact(about cdp.Ref, c cdp.Claim) fact {
	f := fact{section: "claim", name: string(c.Identifier.Kind()), field: string(c.Identifier.Kind()), verdict: &c.Verdict, of: "identifier:" + c.Identifier.String(), apart: c.Standing,
		value: func(s show) val { return s.ident(about, c.Identifier) }}
	parts := []string{c.Strength.String()}
	if c.Verification != cdp.Unverified {
		parts = append(parts, c.Verification.String())
	}
	if c.Blocked != "" {
		parts, f.style = append(parts, "blocked: "+c.Blocked), widget.Warn
	}
	if c.Generic != "" {
		parts, f.style = append(parts, "generic: "+c.Generic), widget.Warn
	}
	if c.Active {
		parts = append(parts, "active")
	}
	if c.Standing != "" {
		parts, f.style = append(parts, c.Standing), widget.Warn
	}
	f.note = strings.Join(parts, ", ")
	return f
}

// touch is a touchpoint in a line: when, and what as far as it may be shown.
func touch(s show, about cdp.Ref, t cdp.Touchpoint) val {
	v := touchDetail(s, about, t)
	when := s.minute(t.At)
	v.text = text.Join(text.Lit("  "), when.text, v.text)
	v.raw = strings.TrimSpace(when.raw + " " + v.raw)
	return v
}
