package ui

import (
	"context"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

func compare[N int | int64](a, b N) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// bad marks a count that should be zero.
func bad(n int) val {
	v := number(n)
	if n > 0 {
		v.style = widget.Warn
	}
	return v
}

func newSources(s *session, a address) screen {
	cols := []column[cdp.SourceStat]{
		{name: "source", min: 12, max: 30, flex: 2, cell: func(_ show, x cdp.SourceStat) val { return plain(string(x.Source.ID)) }},
		{name: "known", min: 10, prio: 2, cell: func(s show, x cdp.SourceStat) val {
			if x.Known {
				return safe(s.say("known.yes"))
			}
			return safe(s.say("known.no")).in(widget.Bad)
		}},
		{name: "last", min: 6, cell: func(s show, x cdp.SourceStat) val { return s.ago(x.Last) },
			by: func(a, b cdp.SourceStat) int { return a.Last.Compare(b.Last) }},
		{name: "records", min: 9, right: true, cell: func(_ show, x cdp.SourceStat) val { return number(x.Records) },
			by: func(a, b cdp.SourceStat) int { return compare(a.Records, b.Records) }},
		{name: "touchpoints", min: 9, right: true, prio: 4, cell: func(_ show, x cdp.SourceStat) val { return number(x.Touchpoints) },
			by: func(a, b cdp.SourceStat) int { return compare(a.Touchpoints, b.Touchpoints) }},
		{name: "quarantined", min: 7, right: true, prio: 1, cell: func(_ show, x cdp.SourceStat) val { return bad(x.Quarantined) },
			by: func(a, b cdp.SourceStat) int { return compare(a.Quarantined, b.Quarantined) }},
		{name: "apart", min: 7, right: true, prio: 3, cell: func(_ show, x cdp.SourceStat) val { return number(x.Apart) },
			by: func(a, b cdp.SourceStat) int { return compare(a.Apart, b.Apart) }},
		{name: "rejects", min: 7, right: true, prio: 1, cell: func(_ show, x cdp.SourceStat) val { return bad(x.Rejects) },
			by: func(a, b cdp.SourceStat) int { return compare(a.Rejects, b.Rejects) }},
		{name: "system", min: 10, max: 20, flex: 1, prio: 5, cell: func(_ show, x cdp.SourceStat) val { return plain(x.Source.System) }},
	}
	l := newList(s, cols, func(x cdp.SourceStat) string { return string(x.Source.ID) }, a).atOnce(s.desk.Sources)
	x := newListing(s, "screen.sources", l)
	x.base = address{Screen: "sources"}
	x.about = func(d *detail, x cdp.SourceStat) {
		src := x.Source
		d.head(text.Clean(string(src.ID)))
		d.fact("field.system", plain(src.System))
		d.fact("field.kind", plain(src.Kind))
		d.fact("field.owner", plain(src.Owner))
		d.fact("field.controller", plain(src.Controller))
		d.fact("field.country", plain(src.Country))
		d.fact("field.collection", safe(d.lex.term("collection", src.Collection)))
		d.fact("field.activities", names(src.Activities))
		link := plain(string(src.Link))
		if src.Link == "" {
			link = safe(d.say("source.nolink")).in(widget.Warn)
		}
		d.fact("field.link", link)
		if !x.Known {
			d.text(widget.Bad, d.say("source.unknown"))
		}
		d.gap()
		d.fact("field.records", number(x.Records))
		d.fact("field.touchpoints", number(x.Touchpoints))
		d.fact("field.quarantined", bad(x.Quarantined))
		d.fact("field.apart", number(x.Apart))
		d.fact("field.rejects", bad(x.Rejects))
		d.fact("field.batches", number(x.Batches))
		d.fact("field.last", d.second(x.Last))
	}
	x.open = func(x cdp.SourceStat) tea.Cmd {
		return s.visit(address{Screen: "search", Query: "source:" + term(string(x.Source.ID))})
	}
	return x
}

func newLog(s *session, a address, about cdp.Ref) screen {
	desk := s.desk
	cols := logColumns()
	l := newList(s, cols, func(e cdp.Entry) string { return strconv.FormatUint(e.Seq, 10) }, a)
	l.numbered(func(e cdp.Entry) uint64 { return e.Seq }, func(ctx context.Context, from uint64, n int) ([]cdp.Entry, error) {
		return desk.Log(ctx, about, from, n)
	})
	x := newListing(s, "screen.log", l)
	x.base = address{Screen: "log", Object: about.ID}
	x.crumb = func() text.Safe {
		if about.ID == "" {
			return s.say("screen.log")
		}
		return s.say("screen.log.about", about.ID)
	}
	x.about = aboutEntry
	x.open = func(e cdp.Entry) tea.Cmd { return openRef(s, e.Object) }
	x.binds = func() []binding {
		return []binding{{id: "actor", keys: []string{"@"}, hint: 3, off: x.empty, do: x.on(func(e cdp.Entry) tea.Cmd { return x.SetFilter("actor:" + e.Actor) })}}
	}
	return x
}

func logColumns() []column[cdp.Entry] {
	return []column[cdp.Entry]{
		{name: "time", min: 19, cell: func(s show, e cdp.Entry) val { return s.second(e.At) }},
		{name: "actor", min: 8, max: 24, flex: 1, cell: func(_ show, e cdp.Entry) val { return plain(e.Actor) }},
		{name: "verb", min: 8, max: 12, cell: func(s show, e cdp.Entry) val {
			v := plain(e.Verb)
			v.text = s.lex.term("verb", e.Verb)
			if e.Verb == "reveal" || e.Verb == "export" {
				v.style = widget.Warn
			}
			return v
		}},
		{name: "object", min: 10, max: 18, cell: func(_ show, e cdp.Entry) val { return plain(e.Object.ID).in(widget.Accent) }},
		{name: "what", min: 12, flex: 3, prio: 1, cell: func(_ show, e cdp.Entry) val { return plain(e.Detail) }},
		{name: "reason", min: 14, flex: 2, prio: 2, cell: func(_ show, e cdp.Entry) val { return plain(e.Reason) }},
		{name: "case", min: 8, prio: 4, cell: func(_ show, e cdp.Entry) val { return plain(e.Case) }},
		{name: "seq", min: 9, right: true, prio: 3, cell: func(_ show, e cdp.Entry) val { return plain(strconv.FormatUint(e.Seq, 10)) }},
	}
}

func aboutEntry(d *detail, e cdp.Entry) {
	d.head(d.say("log.entry", strconv.FormatUint(e.Seq, 10)))
	d.fact("field.what", safe(d.lex.term("verb", e.Verb)))
	d.fact("field.object", plain(e.Object.Kind+" "+e.Object.ID))
	d.fact("field.who", plain(e.Actor))
	d.fact("field.when", d.second(e.At))
	d.fact("field.reason", plain(e.Reason))
	d.fact("field.case", plain(e.Case))
	d.fact("field.detail", plain(e.Detail))
	d.fact("field.digest", hash(e.Digest))
}

// openRef goes to a thing of the store.
func openRef(s *session, r cdp.Ref) tea.Cmd {
	if a, ok := idAddress(r.ID); ok {
		return s.visit(a)
	}
	switch r.Kind {
	case "source":
		return s.visit(address{Screen: "sources", Filter: "source:" + r.ID})
	case "reject":
		return s.visit(address{Screen: "rejects"})
	}
	return s.info("nav.noplace")
}

// newMessages lists what the console said, the newest first.
func newMessages(s *session, a address) screen {
	type message struct {
		no int
		widget.Toast
	}
	cols := []column[message]{
		{name: "time", min: 8, cell: func(s show, m message) val { return s.time(m.At, "15:04:05") }},
		{name: "level", min: 8, cell: func(s show, m message) val {
			switch m.Level {
			case widget.FailureLevel:
				return safe(s.say("level.failure")).in(widget.Bad)
			case widget.SuccessLevel:
				return safe(s.say("level.success")).in(widget.Good)
			}
			return safe(s.say("level.info"))
		}},
		{name: "message", min: 20, flex: 1, cell: func(_ show, m message) val { return safe(m.Text) }},
	}
	l := newList(s, cols, func(m message) string { return itoa(m.no) }, a)
	l.renew = func() { // taken now: what is read in commands must not change
		all := s.toasts.All()
		l.atOnce(func(context.Context) ([]message, error) {
			out := make([]message, len(all))
			for i, t := range all {
				out[len(all)-1-i] = message{i, t}
			}
			return out, nil
		})
	}
	x := newListing(s, "screen.messages", l)
	x.base = address{Screen: "messages"}
	x.about = func(d *detail, m message) { d.text(widget.Plain, m.Text) }
	return x
}
