package ui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// newMembers lists the records of a profile, to be marked: those that are
// another person's are split from the rest.
func newMembers(s *session, a address, id cdp.ProfileID) screen {
	desk, ref := s.desk, cdp.Ref{Kind: "profile", ID: id.String()}
	cols := []column[cdp.Member]{
		{name: "record", min: 9, cell: func(_ show, r cdp.Member) val { return plain(r.Record.String()) }},
		{name: "source", min: 12, max: 30, flex: 1, cell: func(_ show, r cdp.Member) val { return plain(string(r.Source)) }},
		{name: "key", min: 12, flex: 2, cell: func(s show, r cdp.Member) val { return s.key(ref, r.Key) }},
		{name: "since", min: 10, cell: func(s show, r cdp.Member) val { return s.day(r.At) }, by: func(a, b cdp.Member) int { return a.At.Compare(b.At) }},
		{name: "outcome", min: 8, prio: 2, cell: func(s show, r cdp.Member) val { return s.outcome(r.Outcome) }},
		{name: "touchpoints", min: 7, right: true, prio: 3, cell: func(_ show, r cdp.Member) val { return number(r.Touchpoints) }, by: func(a, b cdp.Member) int { return compare(a.Touchpoints, b.Touchpoints) }},
		{name: "batch", min: 8, prio: 4, cell: func(_ show, r cdp.Member) val { return plain(r.Batch.String()) }},
	}
	x := &members{}
	x.dossier = newDossier[cdp.Profile](s, "screen.members", cols, func(r cdp.Member) string { return r.Record.String() }, a)
	x.read = func(ctx context.Context) (cdp.Profile, error) { return desk.Profile(ctx, id) }
	x.parts = func(p cdp.Profile) []cdp.Member { return p.Records }
	x.tell = func(d *detail, p cdp.Profile) {
		d.fact("field.records", number(max(p.RecordCount, len(p.Records))))
		d.fact("field.identifiers", number(len(p.Identifiers)))
		if p.Truncated {
			d.text(widget.Warn, d.say("profile.truncated", p.RecordCount))
		}
		d.gap()
		d.text(widget.Dim, d.say("members.how"))
	}
	x.failed = func(err text.Safe) text.Safe { return s.say("fail.profile", id, err) }
	x.base = address{Screen: "members", Object: id.String()}
	x.crumb = func() text.Safe { return s.say("screen.members.of", id) }
	x.listing.about = func(d *detail, r cdp.Member) {
		d.head(text.Clean(r.Record.String()))
		d.fact("field.source", plain(string(r.Source)))
		d.value("field.key", d.key(ref, r.Key))
		d.fact("field.outcome", d.outcome(r.Outcome))
		d.fact("field.at", d.second(r.At))
		d.fact("field.recorded", d.second(r.Recorded))
		d.fact("field.batch", plain(r.Batch.String()))
		d.fact("field.line", number(r.Line))
		d.fact("field.touchpoints", number(r.Touchpoints))
	}
	x.listing.open = func(r cdp.Member) tea.Cmd { return s.visit(address{Screen: "record", Object: r.Record.String()}) }
	x.reveals = func() (cdp.Ref, []string) { return ref, []string{fieldKey} }
	x.binds = func() []binding {
		out := []binding{s.act("decidesplit", "T", 2, "off.norow", func() []string {
			if chosen := x.chosen(); len(chosen) > 0 {
				return append([]string{id.String()}, chosen...)
			}
			return nil
		})}
		out = append(out, s.cardOfRecord(func() cdp.RecordID {
			r, _ := x.rows.Item()
			return r.Record
		}))
		out = append(out, s.pairs(3, x.current, alone)...)
		return append(out, binding{id: "profile", keys: []string{"u"}, do: func() tea.Cmd { return s.visit(address{Screen: "profile", Object: id.String()}) }})
	}
	return x
}

type members struct {
	*dossier[cdp.Profile, cdp.Member]
}

func (x *members) current() string {
	if r, ok := x.rows.Item(); ok {
		return r.Record.String()
	}
	return ""
}

// chosen are the marked records, or the one under the cursor.
func (x *members) chosen() []string {
	marks := x.rows.Marks()
	if !marks.All {
		if len(marks.Keys) > 0 {
			return marks.Keys
		}
		if r := x.current(); r != "" {
			return []string{r}
		}
		return nil
	}
	if w, ok := x.rows.src.(*wholeSource[cdp.Member]); ok {
		return slices.DeleteFunc(w.keys(), func(k string) bool { return slices.Contains(marks.Keys, k) })
	}
	return nil
}
