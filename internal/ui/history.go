package ui

import (
	"context"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// newHistory lists what resolution did to a profile, with its causes.
func newHistory(s *session, a address, id cdp.ProfileID) screen {
	desk := s.desk
	cols := []column[cdp.Event]{
		{name: "time", min: 16, cell: func(s show, c cdp.Event) val { return s.minute(c.At) }, by: func(a, b cdp.Event) int { return a.At.Compare(b.At) }},
		{name: "verb", min: 10, cell: func(s show, c cdp.Event) val { return val{text: s.lex.term("change", c.Verb), raw: c.Verb} }},
		{name: "profiles", min: 20, cell: func(_ show, c cdp.Event) val { return plain(profileNames(c.Profiles)).in(widget.Accent) }},
		{name: "words", min: 16, flex: 3, prio: 1, cell: func(_ show, c cdp.Event) val { return plain(c.Words) }},
		{name: "cause", min: 14, prio: 2, cell: func(_ show, c cdp.Event) val {
			if c.Claim == nil {
				return val{}
			}
			return plain(c.Claim.String()) // the journal keeps no value
		}},
		{name: "rule", min: 12, flex: 1, prio: 3, cell: func(_ show, c cdp.Event) val { return plain(c.Rule) }},
		{name: "record", min: 9, prio: 4, cell: func(_ show, c cdp.Event) val { return plain(c.Record.String()) }},
		{name: "batch", min: 8, prio: 5, cell: func(_ show, c cdp.Event) val { return plain(c.Batch.String()) }},
	}
	l := newList(s, cols, changeKey, a).
		atOnce(func(ctx context.Context) ([]cdp.Event, error) { return desk.How(ctx, id) })
	x := newListing(s, "screen.history", l)
	x.base = address{Screen: "history", Object: id.String()}
	x.about = func(d *detail, c cdp.Event) {
		d.head(d.lex.term("change", c.Verb))
		d.text(widget.Plain, text.Clean(c.Words))
		d.fact("field.when", d.second(c.At))
		d.fact("field.profiles", plain(profileNames(c.Profiles)))
		if c.Claim != nil {
			d.fact("field.cause", plain(c.Claim.String()))
		}
		d.fact("field.rule", plain(c.Rule))
		d.fact("field.record", plain(c.Record.String()))
		if c.Batch != 0 {
			d.fact("field.batch", plain(c.Batch.String()))
		}
		if c.Decision != nil {
			d.head(text.Clean(c.Decision.ID.String()))
			tellDecision(d, *c.Decision)
		}
	}
	x.open = func(c cdp.Event) tea.Cmd {
		if c.Decision != nil {
			return s.visit(address{Screen: "decision", Object: c.Decision.ID.String()})
		}
		return s.visit(address{Screen: "record", Object: c.Record.String()})
	}
	x.binds = func() []binding {
		return []binding{s.act("decideunmerge", "M", 2, "off.nomerge", func() []string {
			if c, _ := l.Item(); c.Verb == "merge" && len(c.Profiles) > 1 {
				return []string{c.Profiles[1].String()}
			}
			return nil
		}), {id: "radius", keys: []string{"i"}, hint: 3, do: x.on(func(c cdp.Event) tea.Cmd {
			return s.visit(address{Screen: "radius", Object: c.Profiles[1].String()})
		}), off: func() text.Safe {
			if c, _ := l.Item(); c.Verb != "merge" || len(c.Profiles) < 2 {
				return s.say("off.nomerge")
			}
			return text.Safe{}
		}}, s.cardOfRecord(func() cdp.RecordID {
			c, _ := l.Item()
			return c.Record
		})}
	}
	return x
}

// changeKey tells changes apart: one entry of the journal can hold several.
func changeKey(c cdp.Event) string {
	return strings.Join([]string{strconv.FormatUint(c.Seq, 10), c.Verb, c.Record.String(), profileNames(c.Profiles), c.Words}, "\x00")
}

func profileNames(list []cdp.ProfileID) string {
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = p.String()
	}
	return strings.Join(out, ", ")
}
