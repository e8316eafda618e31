package ui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/query"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// segmentTrend is how many kept counts a segment shows.
const segmentTrend = 24

// A kept segment is a saved segment with the counts that were kept of it.
type keptSegment struct {
	cdp.Segment
	runs []cdp.SegmentRun
}

// last is the last count that was kept.
func (k keptSegment) last() (cdp.SegmentRun, bool) {
	if len(k.runs) == 0 {
		return cdp.SegmentRun{}, false
	}
	return k.runs[len(k.runs)-1], true
}

// newSegments lists the saved segments; with All those that were retired too.
func newSegments(s *session, a address) screen {
	desk := s.desk
	cols := []column[keptSegment]{
		{name: "segment", min: 12, max: 30, flex: 1, cell: func(_ show, k keptSegment) val { return plain(k.Name).in(widget.Accent) }},
		{name: "version", min: 7, right: true, prio: 3, cell: func(_ show, k keptSegment) val { return number(k.Version) }},
		{name: "profiles", min: 8, right: true, cell: func(_ show, k keptSegment) val {
			if r, ok := k.last(); ok {
				return number(r.Profiles)
			}
			return val{}
		}},
		{name: "counted", min: 10, prio: 1, cell: func(sh show, k keptSegment) val {
			r, _ := k.last()
			return sh.day(r.At)
		}},
		{name: "note", min: 16, flex: 2, cell: func(sh show, k keptSegment) val {
			if k.Retired {
				return safe(sh.say("segment.retired")).in(widget.Warn)
			}
			return plain(k.Note)
		}},
		{name: "query", min: 20, flex: 3, prio: 4, cell: func(_ show, k keptSegment) val { return plain(k.Shape) }},
	}
	l := newList(s, cols, func(k keptSegment) string { return k.Ref() }, a).atOnce(func(ctx context.Context) ([]keptSegment, error) {
		list, err := desk.Segments(ctx, a.All)
		out := make([]keptSegment, len(list))
		for i := range list {
			out[i].Segment = list[i]
			if err == nil {
				out[i].runs, err = desk.SegmentRuns(ctx, list[i].Name, segmentTrend)
			}
		}
		return out, err
	})
	x := newListing(s, "screen.segments", l)
	x.base = address{Screen: "segments", All: a.All}
	x.about = func(d *detail, k keptSegment) {
		d.head(text.Clean(k.Ref()))
		d.text(widget.Plain, text.Clean(k.Note))
		d.segmentQuery(k.Segment)
		d.runs(k.runs)
		d.gap()
		d.text(widget.Dim, d.say("segment.enter"))
	}
	x.open = func(k keptSegment) tea.Cmd { return s.visit(address{Screen: "segment", Object: k.Name}) }
	x.binds = func() []binding {
		out := []binding{{id: "segnew", keys: []string{"*"}, hint: 2, do: func() tea.Cmd { return s.visit(address{Screen: "builder"}) }}}
		out = append(out, s.segmentKeys(x.empty, func() cdp.Segment {
			k, _ := x.rows.Item()
			return k.Segment
		}, x.Refresh)...)
		return append(out, binding{id: "segall", keys: []string{"a"}, do: func() tea.Cmd { return s.turn(address{Screen: "segments", All: !a.All}) }})
	}
	x.extra = func() []text.Safe {
		if p, ok := l.Current(); !ok && p.Key == "" && !l.Position().Loading && l.filter == "" {
			return []text.Safe{s.say("segment.first")}
		}
		return nil
	}
	return x
}

// segmentKeys are what can be done with the latest version of a segment.
func (s *session) segmentKeys(empty func() text.Safe, of func() cdp.Segment, again func() tea.Cmd) []binding {
	desk := s.desk
	off := func() text.Safe {
		if why := empty(); !why.Empty() {
			return why
		}
		if of().Retired {
			return s.say("segment.retired")
		}
		return text.Safe{}
	}
	writes := func() text.Safe {
		if s.readOnly {
			return s.say("off.readonly")
		}
		return off()
	}
	return []binding{
		{id: "segkeep", keys: []string{"&"}, hint: 3, off: writes, do: func() tea.Cmd {
			ref := of().Ref()
			return s.work("fail.segment", func(ctx context.Context) error {
				_, err := desk.CountSegment(ctx, cdp.SegmentAsk{Keep: ref}, nil)
				return err
			}, func() tea.Cmd {
				return tea.Batch(s.toast(widget.SuccessLevel, s.say("segment.kept", ref)), again())
			})
		}},
		{id: "segwho", keys: []string{"b"}, hint: 4, off: off, do: func() tea.Cmd { return s.visit(address{Screen: "inside", Query: inSegment(of())}) }},
		{id: "segsend", keys: []string{"X"}, hint: 5, off: off, do: func() tea.Cmd { return s.chooseTarget(inSegment(of())) }},
		{id: "segforget", keys: []string{"R"}, hint: 6, off: writes, do: func() tea.Cmd {
			name := of().Name
			return s.sure(widget.Question{Title: s.say("segment.forget"), Body: []text.Safe{s.say("segment.forget.what", name)}, Cancel: s.say("segment.forget.not"), Act: s.say("segment.forget.do"), Opener: "X"}, func() tea.Cmd {
				return s.work("fail.segment", func(ctx context.Context) error { return desk.ForgetSegment(ctx, name) }, again)
			})
		}},
	}
}

// inSegment is the query for those of a segment.
func inSegment(k cdp.Segment) string { return query.Term{Field: query.FieldIn, Text: k.Ref()}.String() }

// chooseTarget asks to whom and for what those of a query shall be sent, and
// goes to the plan of that: nothing leaves by it.
func (s *session) chooseTarget(q string) tea.Cmd {
	desk := s.desk
	var targets []cdp.ShareTarget
	return s.work("fail.segment", func(ctx context.Context) (err error) {
		targets, err = desk.ShareTargets(ctx)
		return err
	}, func() tea.Cmd {
		if len(targets) == 0 {
			return s.info("segment.notarget")
		}
		out := make([]choice, len(targets))
		for i, t := range targets {
			out[i] = choice{label: text.Clean(t.Recipient), detail: text.Join(text.Lit(" · "), s.say("segment.target", string(t.Purpose)), text.Clean(t.Name), text.Clean(t.Country)), do: func() tea.Cmd {
				return s.chooseChannel(address{Screen: "plan", Object: t.Recipient, Of: string(t.Purpose), Group: q})
			}}
		}
		return s.choose(s.say("segment.to"), out)
	})
}

// chooseChannel asks over which channel the recipient will speak to people:
// what they do not want there counts.
func (s *session) chooseChannel(plan address) tea.Cmd {
	var out []choice
	for _, c := range []string{"email", "sms", "phone", "post", "push"} {
		out = append(out, choice{label: text.Clean(c), do: func() tea.Cmd {
			plan.Of += " " + c
			return s.visit(plan)
		}})
	}
	out = append(out, choice{label: s.say("segment.nochannel"), do: func() tea.Cmd { return s.visit(plan) }},
		choice{label: s.say("segment.topic"), detail: s.say("segment.topic.what"), do: func() tea.Cmd {
			return s.ask(question{label: s.say("ask.topicover"), value: "email ", must: s.say("ask.topicover.must"), then: func(v string) tea.Cmd {
				channel, topic, _ := strings.Cut(strings.TrimSpace(v), " ")
				if topic = strings.TrimSpace(topic); topic == "" {
					return s.info("ask.topicover.must")
				}
				plan.Of += " " + channel + " " + topic
				return s.visit(plan)
			}})
		}})
	return s.choose(s.say("segment.channel"), out)
}

// segmentQuery says what a segment asks for, in words and as a query.
func (d *detail) segmentQuery(k cdp.Segment) {
	d.head(d.say("segment.who"))
	list, err := conditions(k.Query)
	for _, c := range list {
		d.text(widget.Plain, text.Concat(text.Lit("- "), inWords(d.show, c.node, true)))
	}
	if len(list) == 0 && err == nil {
		d.text(widget.Plain, d.say("builder.everyone"))
	}
	d.gap()
	d.fact("field.query", plain(k.Shape))
	d.fact("field.by", plain(k.By))
	d.fact("field.time", d.minute(k.At))
}

// runs are the counts that were kept, the latest first, with what changed.
func (d *detail) runs(runs []cdp.SegmentRun) {
	d.head(d.say("segment.trend"))
	if len(runs) == 0 {
		d.text(widget.Dim, d.say("segment.untold"))
	}
	most := 0
	for _, r := range runs {
		most = max(most, r.Profiles)
	}
	for i, r := range slices.Backward(runs) {
		change := text.Safe{}
		if i > 0 {
			change = signed(r.Profiles - runs[i-1].Profiles)
		}
		d.text(widget.Plain, text.Join(text.Lit(" "), d.day(r.At).text, text.Pad(text.Clean("/"+itoa(r.Version)), 4), text.PadLeft(text.Int(r.Profiles), 8), text.PadLeft(change, 7), bar(r.Profiles, most, 12)))
	}
}

// signed is a number with its sign.
func signed(n int) text.Safe {
	if n > 0 {
		return text.Concat(text.Lit("+"), text.Int(n))
	}
	return text.Int(n)
}

// newSegment lists the versions of a segment, the latest first, each with what
// it asks otherwise than the one before.
func newSegment(s *session, a address) screen {
	desk, name := s.desk, strings.ToLower(a.Object)
	cols := []column[segmentVersion]{
		{name: "version", min: 7, right: true, cell: func(_ show, v segmentVersion) val { return number(v.Version).in(widget.Accent) }},
		{name: "since", min: 10, cell: func(sh show, v segmentVersion) val { return sh.day(v.At) }},
		{name: "by", min: 8, max: 16, flex: 1, prio: 3, cell: func(_ show, v segmentVersion) val { return plain(v.By) }},
		{name: "profiles", min: 8, right: true, prio: 1, cell: func(_ show, v segmentVersion) val {
			if r, ok := v.last(); ok {
				return number(r.Profiles)
			}
			return val{}
		}},
		{name: "change", min: 24, flex: 3, cell: func(sh show, v segmentVersion) val { return v.changed(sh) }},
		{name: "note", min: 12, flex: 1, prio: 2, cell: func(_ show, v segmentVersion) val { return plain(v.Note) }},
	}
	l := newList(s, cols, func(v segmentVersion) string { return v.Ref() }, a).atOnce(func(ctx context.Context) ([]segmentVersion, error) {
		list, err := desk.SegmentVersions(ctx, name)
		if err != nil {
			return nil, err
		}
		runs, err := desk.SegmentRuns(ctx, name, 1000)
		out := make([]segmentVersion, len(list))
		for i := range list {
			v := segmentVersion{keptSegment: keptSegment{Segment: list[i]}}
			for _, r := range runs {
				if r.Version == list[i].Version {
					v.runs = append(v.runs, r)
				}
			}
			if i > 0 {
				v.before = &list[i-1]
			}
			out[len(out)-1-i] = v
		}
		return out, err
	})
	x := newListing(s, "screen.segment", l)
	x.base = address{Screen: "segment", Object: name}
	x.crumb = func() text.Safe { return s.say("screen.segment.of", name) }
	x.about = func(d *detail, v segmentVersion) {
		d.head(text.Clean(v.Ref()))
		d.text(widget.Plain, text.Clean(v.Note))
		if v.before != nil {
			d.head(d.say("segment.against", v.before.Version))
			gone, come := v.difference()
			for _, c := range gone {
				d.text(widget.Bad, text.Concat(text.Lit("- "), inWords(d.show, c.node, true)))
			}
			for _, c := range come {
				d.text(widget.Good, text.Concat(text.Lit("+ "), inWords(d.show, c.node, true)))
			}
			if len(gone)+len(come) == 0 {
				d.text(widget.Dim, v.changed(d.show).text)
			}
		}
		d.segmentQuery(v.Segment)
		d.runs(v.runs)
		d.gap()
		d.text(widget.Dim, d.say("segment.version.enter"))
	}
	x.open = func(v segmentVersion) tea.Cmd { return s.visit(address{Screen: "builder", Of: v.Name, Query: v.Query}) }
	x.binds = func() []binding {
		return s.segmentKeys(x.empty, func() cdp.Segment {
			v, _ := x.rows.Item()
			return v.Segment
		}, x.Refresh)
	}
	return x
}

// A segmentVersion stands beside the version before it.
type segmentVersion struct {
	keptSegment
	before *cdp.Segment
}

// difference returns the conditions that are gone and those that have come.
func (v segmentVersion) difference() (gone, come []condition) {
	was, err := conditions(v.before.Query)
	is, err2 := conditions(v.Query)
	if err != nil || err2 != nil {
		return nil, nil
	}
	without := func(list, other []condition) (out []condition) {
		for _, c := range list {
			if !slices.ContainsFunc(other, func(o condition) bool { return o.node.String() == c.node.String() }) {
				out = append(out, c)
			}
		}
		return out
	}
	return without(was, is), without(is, was)
}

// changed says in a line what the version changed.
func (v segmentVersion) changed(s show) val {
	switch {
	case v.before == nil:
		return safe(s.say("segment.begun")).in(widget.Dim)
	case v.Retired:
		return safe(s.say("segment.retired")).in(widget.Warn)
	}
	var parts []text.Safe
	gone, come := v.difference()
	for _, c := range gone {
		parts = append(parts, text.Concat(text.Lit("- "), inWords(s, c.node, true)))
	}
	for _, c := range come {
		parts = append(parts, text.Concat(text.Lit("+ "), inWords(s, c.node, true)))
	}
	switch {
	case len(parts) > 0:
		return safe(text.Join(text.Lit(" "), parts...))
	case v.before.Retired:
		return safe(s.say("segment.again")).in(widget.Dim)
	case v.Note != v.before.Note:
		return safe(s.say("segment.noted")).in(widget.Dim)
	}
	return safe(s.say("segment.same")).in(widget.Dim)
}

// newInside lists who meets a query, without personal values.
func newInside(s *session, a address) screen {
	desk, q := s.desk, a.Query
	cols := []column[cdp.SegmentMember]{
		{name: "profile", min: 9, cell: func(_ show, m cdp.SegmentMember) val { return plain(m.Profile.String()).in(widget.Accent) }},
		{name: "records", min: 7, right: true, cell: func(_ show, m cdp.SegmentMember) val { return number(m.Records) }},
		{name: "seen", min: 10, cell: func(sh show, m cdp.SegmentMember) val { return sh.day(m.Seen) }},
		{name: "country", min: 7, cell: func(_ show, m cdp.SegmentMember) val { return plain(strings.Join(m.Countries, ", ")) }},
		{name: "basis", min: 14, flex: 1, prio: 1, cell: func(_ show, m cdp.SegmentMember) val { return names(m.Bases) }},
		{name: "sources", min: 14, flex: 2, prio: 2, cell: func(_ show, m cdp.SegmentMember) val { return names(m.Sources) }},
	}
	l := newList(s, cols, func(m cdp.SegmentMember) string { return m.Profile.String() }, a)
	l.paged(func(ctx context.Context, after string, n int) ([]cdp.SegmentMember, string, error) {
		if n == 0 {
			return nil, "", nil
		}
		page, err := desk.SegmentMembers(ctx, q, after, n)
		return page.Items, page.Next, err
	})
	x := newListing(s, "screen.inside", l)
	x.base = address{Screen: "inside", Query: q}
	x.about = func(d *detail, m cdp.SegmentMember) {
		d.head(text.Clean(m.Profile.String()))
		d.fact("field.records", number(m.Records))
		d.fact("field.seen", d.second(m.Seen))
		d.fact("field.sources", names(m.Sources))
		for i, b := range m.Bases {
			label := text.Safe{}
			if i == 0 {
				label = d.say("field.basis")
			}
			d.labelled(label, d.basis(b))
		}
		d.gap()
		d.text(widget.Dim, d.say("inside.what"))
	}
	x.open = func(m cdp.SegmentMember) tea.Cmd {
		return s.visit(address{Screen: "profile", Object: m.Profile.String()})
	}
	x.binds = func() []binding {
		return []binding{{id: "segsend", keys: []string{"X"}, hint: 2, do: func() tea.Cmd { return s.chooseTarget(q) }}}
	}
	return x
}

// bar is n of most as signs; anything there is shows.
func bar(n, most, width int) text.Safe {
	if n <= 0 || most <= 0 {
		return text.Safe{}
	}
	return text.Clean(strings.Repeat("#", max(1, min(width, (n*width+most/2)/most))))
}
