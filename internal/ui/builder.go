package ui

import (
	"context"
	"strings"
	"time"

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
		{name: "condition", min: 24, flex: 3, cell: func(sh show, c condition) val { return safe(inWords(sh, c.node)) }},
		{name: "query", min: 16, flex: 2, prio: 1, cell: func(sh show, c condition) val { return plain(c.node.String()) }},
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
	return x.count.start(x.ctx(), x.ses.env.Now, func(ctx context.Context) (cdp.SegmentCount, error) {
		return desk.CountSegment(ctx, cdp.SegmentAsk{Query: q}, nil)
	})
}

func (x *builder) take(msg tea.Msg) (bool, tea.Cmd) {
	if mine, fresh := x.choices.take(msg); mine {
		if fresh && x.choices.err != nil {
			return true, x.ses.fail("fail.segment", x.choices.err)
		}
		return true, nil
	}
	mine, fresh := x.count.take(msg)
	if fresh {
		x.tell()
	}
	return mine, nil
}

// tell writes the query and its count.
func (x *builder) tell() {
	if x.ctx == nil {
		return
	}
	d := &detail{show: x.ses.show()}
	d.head(d.say("builder.query"))
	if x.query == "" {
		d.text(widget.Dim, d.say("builder.everyone"))
	} else {
		d.text(widget.Plain, text.Clean(x.query))
	}
	d.head(d.say("builder.counted"))
	c := x.count.val
	switch {
	case x.bad != nil:
		d.text(widget.Bad, text.Clean(x.bad.Error()))
	case x.count.busy:
		d.text(widget.Dim, d.say("builder.counting"))
	case x.count.err != nil:
		d.text(widget.Bad, text.Clean(x.count.err.Error()))
	case x.count.ok:
		d.text(widget.Strong, d.say("builder.found", c.Profiles, c.Looked))
		d.text(widget.Plain, text.Join(text.Lit(" "), bar(c.Profiles, c.Looked, 30)))
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
	d.gap()
	d.text(widget.Dim, d.say("builder.how"))
	x.info.Open(x.ctx(), d.lines)
}

func (x *builder) state() []text.Safe {
	switch {
	case x.count.busy:
		return []text.Safe{x.ses.say("builder.counting")}
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
		{id: "segstop", keys: []string{"P"}, hint: 6, off: func() text.Safe {
			if !x.count.busy {
				return s.say("off.notcounting")
			}
			return text.Safe{}
		}, do: func() tea.Cmd {
			x.count.end()
			x.tell()
			return s.info("builder.stopped")
		}},
		{id: "segsave", keys: []string{"V"}, hint: 5, off: func() text.Safe {
			if s.readOnly {
				return s.say("off.readonly")
			}
			return text.Safe{}
		}, do: x.saveAs},
	}
}

// saveAs asks for a name and what it is for, and saves the query.
func (x *builder) saveAs() tea.Cmd {
	s, desk, q := x.ses, x.ses.desk, x.query
	return s.ask(question{label: s.say("ask.segment"), value: x.name, must: s.say("ask.segment.must"), then: func(name string) tea.Cmd {
		return s.ask(question{label: s.say("ask.segment.note"), then: func(note string) tea.Cmd {
			name = strings.ToLower(strings.TrimSpace(name))
			return s.work("fail.segment", func(ctx context.Context) error {
				_, err := desk.SaveSegment(ctx, name, q, strings.TrimSpace(note))
				return err
			}, func() tea.Cmd {
				return tea.Batch(s.toast(widget.SuccessLevel, s.say("segment.saved", name)), s.turn(address{Screen: "builder", Of: name, Query: q}))
			})
		}})
	}})
}

// inWords says a condition without the language.
func inWords(s show, n query.Node) text.Safe {
	join := func(list []query.Node, with text.Safe) text.Safe {
		parts := make([]text.Safe, len(list))
		for i, x := range list {
			parts[i] = inWords(s, x)
		}
		return text.Join(text.Concat(text.Lit(" "), with, text.Lit(" ")), parts...)
	}
	switch n := n.(type) {
	case query.And:
		return join(n, s.say("builder.and"))
	case query.Or:
		return join(n, s.say("builder.or"))
	case query.Not:
		return text.Join(text.Lit(" "), s.say("builder.not"), inWords(s, n.X))
	case query.Size:
		return text.Join(text.Lit(" "), s.say("builder.size"), span(s, n.Min, n.Max, n.Max == 0))
	case query.Seen:
		return text.Join(text.Lit(" "), s.say("builder.seen"), dayRange(n.From, n.To))
	case query.Count:
		return text.Join(text.Lit(" "), s.say("builder.count.did"), text.Clean(strings.TrimSpace(n.Kind+" "+atChannel(n.Channel))), span(s, n.Min, n.Max, n.Max < 0), window(s, n))
	case query.Term:
		field := "builder.text"
		if n.Field != "" {
			field = "builder." + n.Field
			if query.IsKind(n.Field) {
				field = "builder.id"
			}
		}
		v := text.Clean(n.Text)
		if n.Mode == query.Prefix {
			v = text.Concat(v, text.Lit("…"))
		}
		return text.Join(text.Lit(" "), s.say(field), v)
	}
	return s.say("builder.everyone")
}

func atChannel(c string) string {
	if c == "" {
		return ""
	}
	return "@" + c
}

// span says how many; open is a range without an end.
func span(s show, least, most int, open bool) text.Safe {
	switch {
	case open:
		return s.say("builder.atleast", least)
	case least == most:
		return s.say("builder.exactly", least)
	case least <= 1 && most >= least && least == 0:
		return s.say("builder.atmost", most)
	}
	return s.say("builder.between", least, most)
}

func window(s show, n query.Count) text.Safe {
	switch {
	case n.Last > 0:
		return s.say("builder.last."+string(n.Unit), n.Last)
	case n.From.IsZero() && n.To.IsZero():
		return text.Safe{}
	}
	return dayRange(n.From, n.To)
}

func dayRange(from, to time.Time) text.Safe {
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.DateOnly)
	}
	return text.Clean(day(from) + ".." + day(to))
}
