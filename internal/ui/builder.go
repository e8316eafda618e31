package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// builder makes a query without knowing its language: conditions are chosen
// from lists, the text of the query grows, and the store counts in the
// background who meets all of them. The query is in the address, so that each
// step can be gone back.
type builder struct {
	*listing[condition]
	meter
	query   string
	name    string // of the saved segment it came from; "" for none
	count   load[cdp.SegmentCount]
	choices load[cdp.SegmentChoices]
	bad     error // why the query can not be read
}

// A condition is one of those that must all hold.
type condition struct {
	place int
	node  query.Node
}

// conditions are the parts of a query that must all hold.
func conditions(q string) ([]condition, error) {
	n, err := query.Parse(q)
	if err != nil {
		return nil, err
	}
	parts := []query.Node{n}
	switch n := n.(type) {
	case query.All:
		return nil, nil
	case query.And:
		parts = n
	}
	out := make([]condition, len(parts))
	for i, p := range parts {
		out[i] = condition{i, p}
	}
	return out, nil
}

// InWords says what a query asks for, a line for each condition that must hold, in
// English; nothing of a query that can not be read. hide leaves out what may name
// a person.
func InWords(q string, hide bool) []text.Safe {
	list, err := conditions(q)
	if err != nil {
		return nil
	}
	s := show{lex: newEnglish()}
	out := make([]text.Safe, len(list))
	for i, c := range list {
		out[i] = inWords(s, c.node, hide)
	}
	if len(out) == 0 {
		out = append(out, s.say("builder.everyone"))
	}
	return out
}

// built is the query of conditions.
func built(list []condition) string {
	switch len(list) {
	case 0:
		return ""
	case 1:
		return list[0].node.String()
	}
	var out query.And
	for _, c := range list {
		if and, ok := c.node.(query.And); ok {
			out = append(out, and...)
		} else {
			out = append(out, c.node)
		}
	}
	return out.String()
}

func newBuilder(s *session, a address) screen {
	x := &builder{query: a.Query, name: a.Of}
	list, err := conditions(a.Query)
	x.bad = err
	cols := []column[condition]{
		{name: "condition", min: 48, flex: 4, cell: func(sh show, c condition) val { return safe(inWords(sh, c.node, false)) }},
		{name: "query", min: 20, flex: 1, prio: 1, cell: func(sh show, c condition) val { return plain(c.node.String()) }},
	}
	l := newList(s, cols, func(c condition) string { return itoa(c.place) }, a).atOnce(func(context.Context) ([]condition, error) { return list, err })
	x.listing = newListing(s, "screen.builder", l)
	x.base = address{Screen: "builder", Of: a.Of, Query: a.Query}
	x.keep = true
	x.done, x.again, x.binds, x.extra = x.take, x.recount, x.keys, x.state
	x.crumb = func() text.Safe {
		if x.name != "" {
			return s.say("screen.builder.of", x.name)
		}
		return s.say("screen.builder")
	}
	return x
}

func (x *builder) Open(ctx context.Context) tea.Cmd {
	cmd := x.listing.Open(ctx)
	desk := x.ses.desk
	cmds := []tea.Cmd{cmd, x.choices.start(ctx, x.ses.env.Now, desk.SegmentChoices)}
	if !x.count.ok {
		cmds = append(cmds, x.recount())
	}
	x.tell()
	return tea.Batch(cmds...)
}

func (x *builder) Close() {
	x.count.end()
	x.choices.end()
	x.listing.Close()
}

// recount counts on the store, in place of a count that is under way.
func (x *builder) recount() tea.Cmd {
	if x.ctx == nil || x.bad != nil {
		return nil
	}
	desk, q := x.ses.desk, x.query
	read := x.count.start(x.ctx(), x.ses.env.Now, func(ctx context.Context) (cdp.SegmentCount, error) {
		return desk.CountSegment(ctx, cdp.SegmentAsk{Query: q, Draft: true}, x.meter.count)
	})
	return tea.Batch(x.begin(x.ses.env), read)
}

func (x *builder) take(msg tea.Msg) (bool, tea.Cmd) {
	if t, ok := msg.(meterTick); ok && t.of == &x.meter {
		if x.ctx == nil || !x.count.busy {
			return true, nil
		}
		x.tell()
		return true, x.tick(x.ses.env)
	}
	if mine, fresh := x.choices.take(msg); mine {
		if fresh && x.choices.err != nil {
			return true, x.ses.fail("fail.segment", x.choices.err)
		}
		return true, nil
	}
	mine, fresh := x.count.take(msg)
	if fresh {
		if x.count.err == nil && !x.count.val.Logged {
			x.ses.drafted(x.count.val)
		}
		x.tell()
	}
	return mine, nil
}

// counting says how far the count is.
func (x *builder) counting() text.Safe {
	return text.Join(text.Lit(" "), x.ses.say("builder.counting"), x.sofar(x.ses))
}

// tell writes the query and its count.
func (x *builder) tell() {
	if x.ctx == nil {
		return
	}
	d := &detail{show: x.ses.show()}
	if x.query == "" {
		d.text(widget.Strong, d.say("builder.first"))
	}
	d.head(d.say("builder.counted"))
	c := x.count.val
	switch {
	case x.bad != nil:
		d.text(widget.Bad, text.Clean(x.bad.Error()))
	case x.count.busy:
		d.text(widget.Dim, x.counting())
	case x.count.err != nil:
		d.text(widget.Bad, text.Clean(x.count.err.Error()))
	case x.count.ok:
		d.text(widget.Strong, text.Join(text.Lit(" "), d.say("builder.found", c.Profiles, c.Looked), bar(c.Profiles, c.Looked, 30)))
		d.text(widget.Plain, d.say("builder.records", c.Records))
		if c.Restricted > 0 {
			d.text(widget.Dim, d.say("builder.restricted", c.Restricted))
		}
		if c.Moved {
			d.text(widget.Warn, d.say("builder.moved"))
		}
	default:
		d.text(widget.Dim, d.say("builder.stopped"))
	}
	if x.query != "" {
		d.head(d.say("builder.query"))
		list, _ := conditions(x.query)
		for _, c := range list {
			d.text(widget.Plain, text.Concat(text.Lit("- "), inWords(d.show, c.node, false)))
		}
		d.text(widget.Dim, text.Clean(x.query))
	}
	d.gap()
	d.text(widget.Dim, d.say("builder.how"))
	x.info.Open(x.ctx(), d.lines)
}

func (x *builder) state() []text.Safe {
	switch {
	case x.count.busy:
		return []text.Safe{x.counting()}
	case x.count.ok:
		return []text.Safe{x.ses.say("builder.found", x.count.val.Profiles, x.count.val.Looked)}
	}
	return nil
}

// to shows the query of other conditions in this place.
func (x *builder) turned(list []condition) tea.Cmd {
	return x.ses.turn(address{Screen: "builder", Of: x.name, Query: built(list)})
}

// with adds a condition, or another way to meet the one under the cursor.
func (x *builder) with(or bool) func(query.Node) tea.Cmd {
	return func(n query.Node) tea.Cmd {
		list, err := conditions(x.query)
		if err != nil {
			return x.ses.fail("fail.segment", err)
		}
		if at, ok := x.rows.Item(); or && ok {
			if have, is := list[at.place].node.(query.Or); is {
				n = append(append(query.Or(nil), have...), n)
			} else {
				n = query.Or{list[at.place].node, n}
			}
			list[at.place].node = n
			return x.turned(list)
		}
		return x.turned(append(list, condition{len(list), n}))
	}
}

func (x *builder) keys() []binding {
	s := x.ses
	change := func(id, key string, hint int, f func(list []condition, at int) []condition) binding {
		return binding{id: id, keys: []string{key}, hint: hint, off: x.empty, do: x.on(func(c condition) tea.Cmd {
			list, err := conditions(x.query)
			if err != nil {
				return s.fail("fail.segment", err)
			}
			return x.turned(f(list, c.place))
		})}
	}
	return []binding{
		{id: "segadd", keys: []string{"*"}, hint: 1, do: func() tea.Cmd { return x.chooseField(x.with(false)) }},
		{id: "segor", keys: []string{"O"}, hint: 2, off: x.empty, do: func() tea.Cmd { return x.chooseField(x.with(true)) }},
		change("segnot", "F", 3, func(list []condition, at int) []condition {
			if not, ok := list[at].node.(query.Not); ok {
				list[at].node = not.X
			} else {
				list[at].node = query.Not{X: list[at].node}
			}
			return list
		}),
		change("segdrop", "R", 4, func(list []condition, at int) []condition { return append(list[:at:at], list[at+1:]...) }),
		{id: "segstop", keys: []string{"P"}, hint: 8, off: func() text.Safe {
			if !x.count.busy {
				return s.say("off.notcounting")
			}
			return text.Safe{}
		}, do: func() tea.Cmd {
			x.count.end()
			x.tell()
			return s.info("builder.stopped")
		}},
		{id: "segwho", keys: []string{"b"}, hint: 6, off: x.unread, do: func() tea.Cmd { return s.visit(address{Screen: "inside", Query: x.query}) }},
		{id: "segsend", keys: []string{"X"}, hint: 7, off: x.unread, do: func() tea.Cmd { return s.chooseTarget(x.query) }},
		{id: "segsave", keys: []string{"V"}, hint: 5, off: func() text.Safe {
			if s.readOnly {
				return s.say("off.readonly")
			}
			return text.Safe{}
		}, do: x.saveAs},
	}
}

// unread says why a query can not be worked on.
func (x *builder) unread() text.Safe {
	if x.bad != nil {
		return x.ses.say("builder.bad")
	}
	return text.Safe{}
}

// saveAs asks for a name and what it is for, and saves the query.
func (x *builder) saveAs() tea.Cmd {
	s, desk, q := x.ses, x.ses.desk, x.query
	return s.ask(question{label: s.say("ask.segment"), value: x.name, must: s.say("ask.segment.must"), then: func(name string) tea.Cmd {
		return s.ask(question{label: s.say("ask.segment.note"), then: func(note string) tea.Cmd {
			name = strings.ToLower(strings.TrimSpace(name))
			var saved cdp.Segment
			return s.work("fail.segment", func(ctx context.Context) (err error) {
				saved, err = desk.SaveSegment(ctx, name, q, strings.TrimSpace(note))
				return err
			}, func() tea.Cmd {
				return tea.Batch(s.toast(widget.SuccessLevel, s.say("segment.saved", name, saved.Version)), s.turn(address{Screen: "builder", Of: name, Query: q}))
			})
		}})
	}})
}
