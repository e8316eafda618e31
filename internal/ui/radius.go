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

// aftermath is a line of a blast radius: a disclosure, or an entry of the log,
// of what was seen or of what was done.
type aftermath struct {
	no    int
	share *cdp.RadiusShare
	entry *cdp.Entry
	seen  bool
}

func (t aftermath) at() time.Time {
	if t.share != nil {
		return t.share.At
	}
	return t.entry.At
}

// newRadius shows what was done with the data of people while they were wrongly
// one profile: what was disclosed to whom, and what was logged about it. It is
// that of a decision that parted them, or of an id that was merged.
func newRadius(s *session, a address) screen {
	cols := []column[aftermath]{
		{name: "what", min: 11, cell: func(s show, t aftermath) val {
			switch {
			case t.entry != nil && t.seen:
				return val{text: s.lex.term("verb", t.entry.Verb), raw: t.entry.Verb}
			case t.entry != nil:
				return val{text: s.lex.term("verb", t.entry.Verb), raw: t.entry.Verb, style: widget.Dim}
			case t.share.Before:
				return val{text: s.say("radius.before"), raw: "share before", style: widget.Dim}
			}
			return val{text: s.say("radius.share"), raw: "share", style: widget.Warn}
		}},
		{name: "time", min: 16, cell: func(s show, t aftermath) val { return s.minute(t.at()) }, by: func(a, b aftermath) int { return a.at().Compare(b.at()) }},
		{name: "who", min: 10, max: 24, flex: 1, cell: func(s show, t aftermath) val {
			if t.entry != nil {
				return plain(t.entry.Actor)
			}
			return recipient(s, t.share.Recipient)
		}},
		{name: "about", min: 12, flex: 2, cell: func(_ show, t aftermath) val {
			if t.entry != nil {
				return plain(strings.TrimSpace(t.entry.Object.ID + " " + t.entry.Detail))
			}
			return plain(string(t.share.Purpose) + ": " + strings.Join(t.share.Fields, ", "))
		}},
		{name: "record", min: 9, prio: 1, cell: func(_ show, t aftermath) val {
			if t.share == nil {
				return val{}
			}
			return plain(t.share.Record.String()).in(widget.Accent)
		}},
		{name: "parts", min: 6, prio: 2, cell: func(s show, t aftermath) val {
			if t.share == nil {
				return val{}
			}
			return safe(s.yes(t.share.Parts))
		}},
	}
	x := newDossier[cdp.Radius](s, "pane.radius", cols, func(t aftermath) string { return strconv.Itoa(t.no) }, a)
	desk := s.desk
	x.read = func(ctx context.Context) (cdp.Radius, error) { return desk.Radius(ctx, a.Object) }
	x.parts = func(r cdp.Radius) (out []aftermath) {
		for i := range r.Shares {
			out = append(out, aftermath{no: len(out), share: &r.Shares[i]})
		}
		for i := range r.Entries {
			out = append(out, aftermath{no: len(out), entry: &r.Entries[i], seen: true})
		}
		for i := range r.Handled {
			out = append(out, aftermath{no: len(out), entry: &r.Handled[i]})
		}
		return out
	}
	x.tell = tellRadius
	x.failed = func(err text.Safe) text.Safe { return s.say("fail.radius", err) }
	x.base = address{Screen: "radius", Object: a.Object}
	x.crumb = func() text.Safe { return s.say("screen.radius", typedName(a.Object)) }
	x.listing.about = func(d *detail, t aftermath) {
		if t.entry != nil {
			aboutEntry(d, *t.entry)
			if !t.seen {
				d.text(widget.Dim, d.say("radius.handled.what"))
			}
			return
		}
		v := t.share
		d.head(recipient(d.show, v.Recipient).text)
		if v.Before {
			d.text(widget.Dim, d.say("radius.before.what"))
		}
		if v.Parts {
			d.text(widget.Warn, d.say("radius.parts.what"))
		}
		d.fact("field.when", d.second(v.At))
		d.fact("field.purpose", plain(string(v.Purpose)))
		d.fact("field.fields", names(v.Fields))
		d.fact("field.mode", plain(v.Mode))
		d.fact("field.source", plain(string(v.Source)))
		d.fact("field.record", plain(v.Record.String()))
	}
	x.listing.open = func(t aftermath) tea.Cmd {
		if t.entry != nil {
			return openRef(s, t.entry.Object)
		}
		return s.visit(address{Screen: "record", Object: t.share.Record.String()})
	}
	return x
}

func tellRadius(d *detail, r cdp.Radius) {
	d.fact("field.profiles", plain(profileNames(r.Profiles)).in(widget.Accent))
	from, to := d.minute(r.Merged), d.minute(r.Parted)
	if r.Merged.IsZero() {
		from = safe(d.say("unknown"))
	}
	if r.Parted.IsZero() {
		to = safe(d.say("radius.still")).in(widget.Warn)
	}
	d.fact("field.onesince", val{text: d.say("radius.span", from.text, to.text), style: to.style})
	if r.Decision != 0 {
		d.fact("field.decision", plain(r.Decision.String()).in(widget.Accent))
	}
	d.head(d.say("radius.recipients", len(r.Recipients)))
	for _, to := range r.Recipients {
		d.add(widget.Line{Spans: []widget.Span{recipient(d.show, to.Recipient).span(), {Text: text.Lit("  ")}, widget.S(widget.Strong, text.Int(to.Shares)), {Text: text.Lit("  ")},
			widget.S(widget.Dim, text.Join(text.Lit("  "), d.day(to.First).text, d.day(to.Last).text, names(to.Purposes).text, names(to.Fields).text))}, Hang: 2})
	}
	if len(r.Recipients) == 0 {
		d.text(widget.Dim, d.say("radius.nobody"))
	}
	d.gap()
	d.fact("field.seenhere", number(len(r.Entries)+r.More))
	d.fact("field.handled", number(len(r.Handled)))
	d.fact("field.rows", safe(d.say("radius.rows", len(r.Unmerged))))
	if r.More > 0 {
		d.text(widget.Dim, d.say("radius.more", r.More))
	}
}
