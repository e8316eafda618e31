package ui

import (
	"context"
	"io"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/card"
	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// cardScreen is the card of a value or a record: the six questions, and the
// answer to the one under the cursor.
type cardScreen struct {
	panes
	ses  *session
	at   address
	id   cdp.ProfileID // 0 for the card of a record
	of   cdp.Ref
	load load[cdp.Card]
	asks *plainTable
	info *widget.TextView
	told string
	ctx  func() context.Context
}

func newCard(s *session, a address) (screen, error) {
	x := &cardScreen{ses: s, at: address{Screen: "card"}, info: widget.NewTextView(s.kit)}
	if rec, err := cdp.ParseRecordID(a.Object); err == nil && strings.HasPrefix(strings.ToUpper(a.Object), "R-") {
		x.at.Object, x.of = rec.String(), cdp.Ref{Kind: "record", ID: rec.String()}
		if a.Of != "" { // a part of a record that is in no profile
			x.at.Of, x.of = a.Of, valueRef(a.Of)
		}
	} else {
		if x.id, err = cdp.ParseProfileID(a.Object); err != nil {
			return nil, err
		}
		x.of = valueRef(a.Of)
		x.at.Object, x.at.Of = x.id.String(), a.Of
	}
	x.asks = newPlainTable(s, []widget.Column{{Title: s.say("col.question"), Min: 14, Flex: 1}, {Title: s.say("col.unknowns"), Min: 3, Right: true}})
	x.panes = panes{kit: s.kit, digits: true, layout: layoutCard, rects: make([]widget.Rect, 2), list: []pane{
		{part: x.asks, title: x.title, moving: scrollKeys(s.kit.Keys())},
		{part: x.info, title: func() text.Safe { return s.say("pane.answer") }, moving: textKeys(s.kit.Keys())},
	}}
	return x, nil
}

// valueRef names a value of a profile: kind:id, or as it is typed, the tag of an
// identifier or the name of an attribute.
func valueRef(of string) cdp.Ref {
	kind, name, ok := strings.Cut(of, ":")
	switch {
	case of == "":
		return cdp.Ref{}
	case ok:
		return cdp.Ref{Kind: kind, ID: name}
	case strings.Contains(of, "#"):
		return cdp.Ref{Kind: "identifier", ID: of}
	}
	return cdp.Ref{Kind: "attribute", ID: of}
}

// layoutCard puts the answer beside the questions, or under them when it is
// narrow.
func layoutCard(w, h int) []widget.Rect {
	all := widget.NewRect(0, 0, w, h)
	switch {
	case w >= 70:
		left, right := all.Right(w - max(26, w*22/100))
		return []widget.Rect{left, right}
	case h >= 19:
		top, bottom := all.Bottom(h - 10)
		return []widget.Rect{top, bottom}
	}
	return []widget.Rect{all, {}}
}

func (x *cardScreen) title() text.Safe {
	return text.Clean(strings.ToUpper(x.doc().Lang))
}

// about is whom what is shown in clear is revealed of.
func (x *cardScreen) about() cdp.Ref {
	if x.id == 0 {
		return x.of
	}
	return cdp.Ref{Kind: "profile", ID: x.id.String()}
}

func (x *cardScreen) doc() card.Doc {
	return card.Write(x.load.val, x.ses.cardLang, x.ses.env.zone())
}

func (x *cardScreen) Open(ctx context.Context) tea.Cmd {
	x.ctx = func() context.Context { return ctx }
	x.info.Resume(ctx)
	if x.load.ok {
		return x.asks.Resume(ctx)
	}
	return x.Refresh()
}

func (x *cardScreen) Close() {
	x.load.end()
	x.asks.Close()
	x.info.Close()
	x.ctx = nil
}

func (x *cardScreen) Refresh() tea.Cmd {
	if x.ctx == nil {
		return nil
	}
	desk, id, of := x.ses.desk, x.id, x.of
	return x.load.start(x.ctx(), x.ses.env.Now, func(ctx context.Context) (cdp.Card, error) { return desk.Card(ctx, id, of) })
}

// Remask shows what may be shown now.
func (x *cardScreen) Remask() tea.Cmd {
	if x.ctx == nil || !x.load.ok {
		return nil
	}
	return x.present()
}

// present fills both panes: what the value is, the six questions, the unknowns.
func (x *cardScreen) present() tea.Cmd {
	x.told = ""
	x.asks.reset()
	unknown := make(map[int]int)
	for _, u := range x.load.val.Unknown {
		unknown[int(u.Question)]++
	}
	d := x.doc()
	x.asks.add(address{}, safe(d.Short).in(widget.Strong), val{})
	for i, s := range d.Sections {
		n := val{}
		if k := unknown[i+1]; k > 0 {
			n = number(k).in(widget.Bad)
		}
		if i == 6 {
			n = number(len(x.load.val.Unknown)).in(widget.Bad)
		}
		x.asks.add(address{}, safe(s.Short), n)
	}
	return x.synced(x.asks.show(x.ctx()))
}

func (x *cardScreen) Update(msg tea.Msg) (bool, tea.Cmd) {
	if mine, fresh := x.load.take(msg); mine {
		if !fresh || x.ctx == nil || x.load.err != nil {
			return true, x.ses.stale(fresh, x.load.ok, x.load.err)
		}
		return true, x.present()
	}
	if ok, cmd := x.asks.Update(msg); ok {
		return true, x.synced(cmd)
	}
	return x.info.Update(msg)
}

func (x *cardScreen) Key(k tea.KeyPressMsg) (bool, tea.Cmd) {
	ok, cmd := x.panes.Key(k)
	return ok, x.synced(cmd)
}

func (x *cardScreen) Click(px, py int) tea.Cmd    { return x.synced(x.panes.Click(px, py)) }
func (x *cardScreen) Wheel(px, py, d int) tea.Cmd { return x.synced(x.panes.Wheel(px, py, d)) }

func (x *cardScreen) View() string {
	if x.load.err != nil && !x.load.ok {
		return widget.Fit(x.kit.Line(x.w, widget.S(widget.Bad, x.ses.say("fail.card", text.Clean(x.load.err.Error())))), x.w, x.h)
	}
	return x.panes.View()
}

// lines are those of the row under the cursor.
func (x *cardScreen) lines(d card.Doc) (text.Safe, []card.Line) {
	i := x.asks.Position().Cursor
	if i < 1 || i > len(d.Sections) {
		return d.Title, d.Head
	}
	return d.Sections[i-1].Title, d.Sections[i-1].Lines
}

// synced makes the answer that of the question under the cursor.
func (x *cardScreen) synced(cmd tea.Cmd) tea.Cmd {
	r, ok := x.asks.Current()
	if !ok || r.Key == x.told || x.ctx == nil || !x.load.ok {
		return cmd
	}
	x.told = r.Key
	d := &detail{show: x.ses.show()}
	doc := x.doc()
	title, lines := x.lines(doc)
	d.head(title)
	for _, l := range lines {
		if l.Strong {
			d.gap()
		}
		d.add(x.line(d.show, l))
	}
	d.gap()
	d.text(widget.Dim, doc.Foot)
	x.info.Open(x.ctx(), d.lines)
	return cmd
}

func (x *cardScreen) line(sh show, l card.Line) widget.Line {
	style := widget.Plain
	if l.Strong {
		style = widget.Strong
	}
	switch l.Mark {
	case "!":
		style = widget.Bad
	case "x", "?":
		style = widget.Warn
	}
	var spans []widget.Span
	add := func(s widget.Style, t text.Safe) {
		if t.Empty() {
			return
		}
		if n := len(spans); n > 0 && !glued(spans[n-1].Text.String(), t.String()) {
			spans = append(spans, widget.Span{Text: text.Lit(" ")})
		}
		spans = append(spans, widget.S(s, t))
	}
	if l.Indent > 0 {
		spans = append(spans, widget.Span{Text: text.Pad(text.Safe{}, l.Indent)})
	}
	if l.Mark != "" {
		add(style, text.Clean(l.Mark))
	}
	if !l.Name.Empty() {
		add(widget.Dim, text.Concat(l.Name, text.Lit(":")))
	}
	for _, p := range l.Parts {
		v := x.part(sh, p)
		if v.style == widget.Plain {
			v.style = style
		}
		add(v.style, v.text)
	}
	return widget.Line{Spans: spans, Hang: l.Indent + 2}
}

// glued reports whether two parts of a sentence bring their own space.
func glued(before, after string) bool {
	return strings.HasSuffix(before, " ") || strings.HasPrefix(after, " ") || strings.HasPrefix(after, ";") || strings.HasPrefix(after, ",")
}

// part is a part of a line as it may be shown.
func (x *cardScreen) part(sh show, p card.Part) val {
	switch {
	case p.Ident != nil:
		v := sh.ident(x.about(), *p.Ident)
		v.text = text.Join(text.Lit(" "), v.text, text.Clean("("+p.Ident.String()+")"))
		return v
	case p.Value != "":
		return sh.personal(x.about(), p.Field, p.Kind, p.Value.Reveal())
	}
	return safe(p.Text)
}

func (x *cardScreen) Address() address { return x.at }

func (x *cardScreen) Crumb() text.Safe {
	if x.of.ID != "" {
		return x.ses.say("screen.card", x.of.ID)
	}
	return x.ses.say("screen.card", x.at.Object)
}

func (x *cardScreen) Status() []text.Safe {
	switch {
	case x.load.ok && len(x.load.val.Unknown) > 0:
		return []text.Safe{x.ses.say("card.unknown", len(x.load.val.Unknown))}
	case x.load.ok || x.load.err != nil:
		return nil
	}
	return []text.Safe{x.ses.say("status.reading")}
}

func (x *cardScreen) Bindings() []binding {
	out := []binding{
		{id: "detail", keys: []string{"d"}, hint: 3, do: func() tea.Cmd { return x.to(1 - x.focus) }},
		{id: "cardlang", keys: []string{"A"}, hint: 1, do: func() tea.Cmd {
			all := cdp.Languages()
			x.ses.cardLang = all[(slices.Index(all, x.doc().Lang)+1)%len(all)]
			if !x.load.ok || x.ctx == nil {
				return nil
			}
			return x.present()
		}},
	}
	if x.id != 0 {
		profile := func() cdp.ProfileID { return x.id }
		out = append(out, x.ses.where(profile, func() string {
			if x.of.Kind == "attribute" || x.of.Kind == "identifier" {
				return x.at.Of
			}
			return ""
		}), x.ses.viewAs(profile, alone), binding{id: "profile", keys: []string{"u"}, hint: 2, do: func() tea.Cmd {
			return x.ses.visit(address{Screen: "profile", Object: x.id.String()})
		}})
	}
	return out
}

// Reveals are the fields of all answers.
func (x *cardScreen) Reveals() (cdp.Ref, []string) {
	var out []string
	if !x.load.ok {
		return x.about(), nil
	}
	d := x.doc()
	for _, s := range append([]card.Section{{Lines: d.Head}}, d.Sections...) {
		for _, l := range s.Lines {
			for _, p := range l.Parts {
				f := p.Field
				if p.Ident != nil {
					f = string(p.Ident.Kind())
				} else if _, hides := text.Hides(p.Kind, p.Value.Reveal()); p.Value == "" || !hides {
					continue
				}
				if f != "" && !slices.Contains(out, f) {
					out = append(out, f)
				}
			}
		}
	}
	return x.about(), out
}

// Export writes all answers, a fact a row.
func (x *cardScreen) Export() (cdp.Ref, func(context.Context, *sheet) error) {
	sh, about, d := x.ses.show(), x.about(), x.doc()
	return about, func(ctx context.Context, to *sheet) error {
		if err := to.head("question", "mark", "name", "text"); err != nil {
			return err
		}
		for _, s := range append([]card.Section{{Title: d.Title, Lines: d.Head}}, d.Sections...) {
			for _, l := range s.Lines {
				says := val{}
				for _, p := range l.Parts {
					v := x.part(sh, p)
					if says.raw != "" && !glued(says.raw, v.raw) {
						says.raw += " "
					}
					says.raw += v.raw
					says.clear = says.clear || v.clear
				}
				if err := to.row(safe(s.Title), plain(l.Mark), safe(l.Name), says); err != nil {
					return err
				}
			}
		}
		return ctx.Err()
	}
}

// Papers is the card as a page for print, in its language.
func (x *cardScreen) Papers() []paper {
	put, c, lang := x.ses.env.Papers.Card, x.load.val, x.doc().Lang
	if put == nil || !x.load.ok {
		return nil
	}
	return []paper{{key: "card.html", name: "card-" + lang, ext: "html", about: x.about(), rows: 1,
		write: func(_ context.Context, w io.Writer) error { return put(w, c, lang) }}}
}

// cardOfRecord is the key that asks why a record is there.
func (s *session) cardOfRecord(record func() cdp.RecordID) binding {
	return binding{id: "card", keys: []string{"w"}, hint: 3, do: func() tea.Cmd {
		return s.visit(address{Screen: "card", Object: record().String()})
	}, off: func() text.Safe {
		if record() == 0 {
			return s.say("off.norow")
		}
		return text.Safe{}
	}}
}

// card is the key that asks why a value is there. of names it as an address
// does; "" asks about all that the profile holds.
func (s *session) card(profile func() cdp.ProfileID, of func() string) binding {
	return binding{id: "card", keys: []string{"w"}, hint: 3, do: func() tea.Cmd {
		return s.visit(address{Screen: "card", Object: profile().String(), Of: of()})
	}, off: func() text.Safe {
		if profile() == 0 {
			return s.say("off.noprofile")
		}
		return text.Safe{}
	}}
}
