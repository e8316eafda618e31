package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

func (x *search) Open(ctx context.Context) tea.Cmd {
	x.ctx = func() context.Context { return ctx }
	x.why.Resume(ctx)
	if x.typing && x.req.Query == "" && len(x.req.Facets) == 0 && x.hits.feed == nil {
		return nil // nothing was asked yet
	}
	return x.synced(x.metered(x.hits.Open(ctx)))
}

// metered lets a search through a lens tell how far it is.
func (x *search) metered(cmd tea.Cmd) tea.Cmd {
	if x.then() == nil {
		return cmd
	}
	x.meter.word = "status.lookedrecords"
	return tea.Batch(cmd, x.meter.begin(x.ses.env))
}

func (x *search) Close() {
	x.hits.Close()
	x.why.Close()
	x.ctx = nil
}

func (x *search) Refresh() tea.Cmd {
	if x.hits.feed == nil {
		return nil
	}
	return x.synced(x.metered(x.hits.Reread()))
}

func (x *search) Remask() tea.Cmd {
	if x.hits.feed == nil {
		return nil
	}
	x.feed = nil
	return x.Refresh()
}

// Reveals are the name, the city and the matched text of the hit under the cursor.
func (x *search) Reveals() (cdp.Ref, []string) {
	h, ok := x.hits.Item()
	if !ok {
		return cdp.Ref{}, nil
	}
	return cdp.Ref{Kind: "profile", ID: h.Profile.String()}, []string{fieldName, fieldCity, fieldMatch}
}

func (x *search) Update(msg tea.Msg) (bool, tea.Cmd) {
	if t, ok := msg.(meterTick); ok && t.of == &x.meter {
		if x.ctx != nil && x.hits.Position().Loading {
			return true, x.meter.tick(x.ses.env)
		}
		return true, nil
	}
	if ok, cmd := x.hits.Update(msg); ok {
		return true, x.synced(cmd)
	}
	if x.typing {
		if ok, cmd := x.prompt.Update(msg); ok {
			return true, cmd
		}
	}
	return x.why.Update(msg)
}

// Text is none: "/" is for the query here.
func (x *search) Text() (*widget.TextView, bool) { return nil, false }

func (x *search) Typing() bool { return x.typing }

func (x *search) setTyping(on bool) {
	x.typing = on
	x.prompt.SetFocus(on)
	x.hits.SetFocus(!on && x.focus == paneHits)
}

func (x *search) Key(k tea.KeyPressMsg) (bool, tea.Cmd) {
	if !x.typing {
		ok, cmd := x.panes.Key(k)
		return ok, x.synced(cmd)
	}
	switch k.String() {
	case "enter":
		return true, x.ask()
	case "esc":
		if x.hits.feed == nil {
			x.setTyping(false)
			return false, nil
		}
		x.bad = nil
		x.prompt.SetValue(x.req.Query)
		x.setTyping(false)
		return true, nil
	case "tab":
		if ok, cmd := x.prompt.Key(k); ok {
			return true, cmd
		}
		x.setTyping(false)
		return true, nil
	case "ctrl+p", "ctrl+l", "ctrl+r":
		return false, nil // the root's
	}
	return x.prompt.Key(k)
}

func (x *search) Resize(w, h int) tea.Cmd {
	x.prompt.SetSize(max(0, w-28))
	return x.synced(x.panes.Resize(w, h))
}

func (x *search) Click(px, py int) tea.Cmd {
	if py == 0 {
		x.setTyping(true)
		return nil
	}
	x.setTyping(false)
	return x.synced(x.panes.Click(px, py))
}

func (x *search) Wheel(px, py, d int) tea.Cmd { return x.synced(x.panes.Wheel(px, py, d)) }

func (x *search) Cursor() (int, int, bool) {
	if !x.typing {
		return 0, 0, false
	}
	c, ok := x.prompt.Cursor()
	return c, 0, ok
}

func (x *search) answer() *cdp.SearchAnswer {
	if x.hits.feed == nil {
		return nil
	}
	src := x.source()
	if src == nil {
		return nil
	}
	return src.first.Load()
}

// View is the query's line over the panes.
func (x *search) View() string {
	var right []widget.Span
	if a := x.answer(); a != nil {
		right = append(right, widget.S(widget.Strong, x.ses.say("search.found", a.Total)), widget.S(widget.Dim, text.Clean(" · "+took(a.Took)+" ")))
	} else if x.hits.Position().Loading {
		right = append(right, widget.S(widget.Dim, x.ses.say("search.busy")))
	}
	top := x.prompt.View() + x.kit.LineEnds(min(28, x.w), nil, right)
	body := strings.Split(x.panes.View(), "\n")
	body[0] = widget.Fit(top, x.w, 1)
	return strings.Join(body, "\n")
}

func took(d time.Duration) string {
	if d < time.Millisecond {
		return "<1 ms"
	}
	return d.Round(time.Millisecond).String()
}

func (x *search) whyTitle() text.Safe {
	if h, ok := x.hits.Item(); ok {
		return x.ses.say("search.why", h.Profile)
	}
	return x.ses.say("search.how")
}

// synced makes facets and the why pane tell of the present answer.
func (x *search) synced(cmd tea.Cmd) tea.Cmd {
	if x.ctx == nil {
		return cmd
	}
	h, ok := x.hits.Item()
	key := "?"
	if ok {
		key = h.Profile.String()
	}
	if key == x.told && x.feed == x.hits.feed {
		return cmd
	}
	if !ok && x.hits.Position().Loading {
		return cmd
	}
	if x.feed != x.hits.feed {
		x.setFacets()
	}
	x.told, x.feed = key, x.hits.feed
	d := &detail{show: x.ses.show()}
	if ok {
		x.tell(d, h)
	} else {
		x.explain(d)
	}
	x.why.Open(x.ctx(), d.lines)
	return cmd
}

// setFacets shows the counts of the answer, with what is ticked.
func (x *search) setFacets() {
	a := x.answer()
	if a == nil {
		return
	}
	var out []widget.Facet
	for _, f := range a.Facets {
		g := widget.Facet{ID: f.Name, Title: x.ses.lex.term("facet", f.Name)}
		ticked := slices.Clone(x.req.Facets[f.Name])
		for _, v := range f.Values {
			on := slices.Contains(ticked, v.Value)
			ticked = slices.DeleteFunc(ticked, func(t string) bool { return t == v.Value })
			g.Values = append(g.Values, widget.FacetValue{ID: v.Value, Label: x.ses.lex.term(f.Name, v.Value), Count: v.Count, On: on})
		}
		for _, t := range ticked { // ticked and found nowhere any more: it must be possible to untick it
			g.Values = append(g.Values, widget.FacetValue{ID: t, Label: x.ses.lex.term(f.Name, t), On: true})
		}
		if len(g.Values) > 0 {
			out = append(out, g)
		}
	}
	x.facets.Set(out)
}

// tell says why a hit matched, and what is known of it.
func (x *search) tell(d *detail, h cdp.Hit) {
	about := cdp.Ref{Kind: "profile", ID: h.Profile.String()}
	for _, m := range h.Matched {
		d.labelled(d.lex.term("kind", m.Field), fragment(d.show, about, m))
	}
	d.gap()
	d.fact("field.records", number(h.Records))
	d.fact("field.sources", names(h.Sources))
	d.fact("field.basis", basesOf(d.show, h.Bases))
	d.fact("field.country", plain(h.Country))
	d.fact("field.seen", d.minute(h.Seen))
}

// fragment is the text around a match; where it is not revealed nothing is left
// of it, since any words can stand around what matched.
func fragment(s show, about cdp.Ref, m cdp.Match) val {
	return s.personal(about, fieldMatch, text.KindText, m.Fragment.Reveal())
}

func (x *search) explain(d *detail) {
	if a := x.answer(); a != nil && a.Total == 0 {
		d.text(widget.Strong, d.say("search.nothing"))
		d.gap()
	}
	for _, k := range []string{"search.help1", "search.help2", "search.help3", "search.help4", "search.help5"} {
		d.text(widget.Dim, d.say(k))
	}
}

func (x *search) Address() address {
	a := address{Screen: "search", Query: x.req.Query}
	for f, list := range x.req.Facets {
		for _, v := range list {
			a.Facets = append(a.Facets, f+"="+v)
		}
	}
	slices.Sort(a.Facets)
	return x.hits.address(a)
}

func (x *search) Crumb() text.Safe {
	if x.req.Query == "" {
		return x.ses.say("screen.search")
	}
	return x.ses.say("screen.search.for", text.Cut(text.Clean(x.req.Query), 24))
}

func (x *search) Status() []text.Safe {
	if x.hits.feed == nil {
		return []text.Safe{x.ses.say("search.tip")}
	}
	out := []text.Safe{x.ses.say("status.score")}
	if x.then() != nil {
		out[0] = x.ses.say("status.seen")
		if t := x.meter.sofar(x.ses); !t.Empty() && x.hits.Position().Loading {
			out = append([]text.Safe{t}, out...)
		}
	}
	for _, f := range x.Address().Facets {
		out = append(out, text.Clean(f))
	}
	if a := x.answer(); a != nil {
		if a.Partial != "" {
			out = append([]text.Safe{x.ses.say("search.partial", a.Partial)}, out...)
		}
		if a.Behind > 0 {
			out = append([]text.Safe{x.ses.say("search.behind", int(a.Behind))}, out...)
		}
	}
	return append(out, x.hits.status()...)
}

func (x *search) Bindings() []binding {
	on := func(screen string) func() tea.Cmd {
		return func() tea.Cmd {
			if h, ok := x.hits.Item(); ok {
				return x.ses.visit(address{Screen: screen, Object: h.Profile.String()})
			}
			return nil
		}
	}
	off := func() text.Safe {
		if _, ok := x.hits.Item(); !ok || x.focus == paneFacets {
			return x.ses.say("off.norow")
		}
		return text.Safe{}
	}
	open := binding{id: "open", keys: []string{"enter"}, hint: 1, do: on("profile"), off: off}
	if x.focus == paneFacets {
		open = binding{id: "tick", keys: []string{"enter"}, hint: 1, do: func() tea.Cmd {
			_, cmd := x.facets.Key(pressed("space"))
			return x.synced(cmd)
		}}
	}
	return []binding{
		{id: "query", keys: []string{"/"}, hint: 2, do: func() tea.Cmd { x.setTyping(true); return nil }},
		open,
		{id: "trace", keys: []string{"t"}, hint: 3, do: on("trace"), off: off},
		{id: "graph", keys: []string{"x"}, hint: 3, do: on("graph"), off: off},
		{id: "facets", keys: []string{"f"}, hint: 4, do: func() tea.Cmd {
			if x.focus == paneFacets {
				_, cmd := x.Back()
				return cmd
			}
			return x.to(paneFacets)
		}},
		{id: "why", keys: []string{"w"}, do: func() tea.Cmd { return x.to(paneWhy) }},
		{id: "save", keys: []string{"s"}, hint: 5, do: x.askSave, off: func() text.Safe {
			if x.req.Query == "" {
				return x.ses.say("off.save")
			}
			return text.Safe{}
		}},
	}
}

func (x *search) askSave() tea.Cmd {
	return x.ses.ask(question{label: x.ses.say("ask.save"), must: x.ses.say("ask.save.must"), then: x.ses.save})
}

func (x *search) Export() (cdp.Ref, func(context.Context, *sheet) error) {
	return cdp.Ref{}, x.hits.writer()
}

func (x *search) Copies() (cdp.Ref, []copyable) {
	about, _ := x.Reveals()
	return about, x.hits.copies()
}

func (x *search) Goto(row int) tea.Cmd { return x.synced(x.hits.Goto(row)) }
