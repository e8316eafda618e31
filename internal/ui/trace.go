package ui

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// trace is the tree of where a value comes from, why it is held, and where it
// went, with a detail pane.
type trace struct {
	panes
	ses  *session
	id   cdp.ProfileID
	of   cdp.Ref
	load load[cdp.TraceNode]
	tree *widget.Tree
	info *widget.TextView
	told string
	ctx  func() context.Context
}

func newTrace(s *session, a address, id cdp.ProfileID) screen {
	x := &trace{ses: s, id: id, tree: widget.NewTree(s.kit), info: widget.NewTextView(s.kit)}
	if kind, name, ok := strings.Cut(a.Of, ":"); ok {
		x.of = cdp.Ref{Kind: kind, ID: name}
	} else if a.Of != "" { // as typed: "email#1a2b3c4d" or the name of an attribute
		x.of = cdp.Ref{Kind: "attribute", ID: a.Of}
		if strings.Contains(a.Of, "#") {
			x.of.Kind = "identifier"
		}
	}
	keys := s.kit.Keys()
	x.panes = panes{kit: s.kit, digits: true, layout: layoutTrace, rects: make([]widget.Rect, 2), list: []pane{
		{part: x.tree, title: func() text.Safe { return s.say("pane.trace") }, footer: x.depth, moving: treeKeys(keys)},
		{part: x.info, title: func() text.Safe { return s.say("pane.detail") }, moving: textKeys(keys)},
	}}
	return x
}

// layoutTrace puts the detail beside the tree, or under it when it is narrow.
func layoutTrace(w, h int) []widget.Rect {
	all := widget.NewRect(0, 0, w, h)
	switch {
	case w >= 78:
		left, right := all.Right(max(28, w*37/100))
		return []widget.Rect{left, right}
	case h >= 16:
		top, bottom := all.Bottom(h * 2 / 5)
		return []widget.Rect{top, bottom}
	}
	return []widget.Rect{all, {}}
}

func (x *trace) about() cdp.Ref { return cdp.Ref{Kind: "profile", ID: x.id.String()} }

func (x *trace) Open(ctx context.Context) tea.Cmd {
	x.ctx = func() context.Context { return ctx }
	x.info.Resume(ctx)
	if x.load.ok {
		return x.tree.Resume(ctx)
	}
	return x.Refresh()
}

func (x *trace) Close() {
	x.load.end()
	x.tree.Close()
	x.info.Close()
	x.ctx = nil
}

func (x *trace) Refresh() tea.Cmd {
	if x.ctx == nil {
		return nil
	}
	desk, id, of := x.ses.desk, x.id, x.of
	return x.load.start(x.ctx(), x.ses.env.Now, func(ctx context.Context) (cdp.TraceNode, error) { return desk.Trace(ctx, id, of) })
}

// Remask shows what may be shown now.
func (x *trace) Remask() tea.Cmd {
	if x.ctx == nil || !x.load.ok {
		return nil
	}
	return x.present()
}

func (x *trace) present() tea.Cmd {
	x.told = ""
	root := x.load.val // commands read it; a later answer must not change it under them
	return x.synced(x.tree.Open(x.ctx(), branches{x.ses.show(), x.about(), &root}))
}

func (x *trace) Update(msg tea.Msg) (bool, tea.Cmd) {
	if mine, fresh := x.load.take(msg); mine {
		if !fresh || x.ctx == nil || x.load.err != nil {
			return true, x.ses.stale(fresh, x.load.ok, x.load.err)
		}
		return true, x.present()
	}
	if ok, cmd := x.tree.Update(msg); ok {
		return true, x.synced(cmd)
	}
	return x.info.Update(msg)
}

func (x *trace) Key(k tea.KeyPressMsg) (bool, tea.Cmd) {
	ok, cmd := x.panes.Key(k)
	return ok, x.synced(cmd)
}

func (x *trace) Click(px, py int) tea.Cmd    { return x.synced(x.panes.Click(px, py)) }
func (x *trace) Wheel(px, py, d int) tea.Cmd { return x.synced(x.panes.Wheel(px, py, d)) }

func (x *trace) View() string {
	if x.load.err != nil && !x.load.ok {
		return widget.Fit(x.kit.Line(x.w, widget.S(widget.Bad, x.ses.say("fail.trace", text.Clean(x.load.err.Error())))), x.w, x.h)
	}
	return x.panes.View()
}

func (x *trace) depth() text.Safe {
	p := x.tree.Path()
	if len(p) == 0 {
		return text.Safe{}
	}
	return x.ses.say("trace.depth", len(p))
}

// branches gives the tree its nodes; the answer does not change while it lives.
type branches struct {
	show  show
	about cdp.Ref
	root  *cdp.TraceNode
}

func (b branches) Children(_ context.Context, id string) ([]widget.Node, error) {
	if id == "" {
		return []widget.Node{b.node("r", *b.root, 0)}, nil
	}
	n := find(b.root, id)
	if n == nil {
		return nil, fmt.Errorf("trace: no node %s", id)
	}
	depth := strings.Count(id, "/") + 1
	var out []widget.Node
	for i, c := range n.Children {
		out = append(out, b.node(id+"/"+itoa(i), c, depth))
	}
	if len(out) == 0 && depth == 2 { // a question without an answer says so
		out = append(out, widget.Node{ID: id + "/none", Text: b.show.say("trace.nothing"), Style: widget.Dim, Leaf: true, Sign: text.Lit("?")})
	}
	return out, nil
}

// find is the node of an id: "r" is the root, "r/0/2" the third child of its first.
func find(root *cdp.TraceNode, id string) *cdp.TraceNode {
	n := root
	for _, part := range strings.Split(id, "/")[1:] {
		i, err := strconv.Atoi(part)
		if err != nil || i < 0 || i >= len(n.Children) {
			return nil
		}
		n = &n.Children[i]
	}
	return n
}

func (b branches) node(id string, n cdp.TraceNode, depth int) widget.Node {
	v := traceValue(b.show, b.about, n)
	out := widget.Node{ID: id, Text: v.text, Style: v.style, Note: b.show.minute(n.At).text, Leaf: len(n.Children) == 0 && depth != 1, Open: depth <= 1}
	switch n.Mark {
	case "!":
		out.Sign, out.Style = text.Lit("!"), widget.Bad
	case "x":
		out.Sign, out.Style = text.Lit("x"), widget.Warn
	case "?":
		out.Sign, out.Style = text.Lit("?"), widget.Warn
	}
	if depth == 1 && n.Mark == "" {
		out.Style = widget.Strong
	}
	return out
}

// traceValue is a node's line: its label, and its value as it may be shown.
func traceValue(s show, about cdp.Ref, n cdp.TraceNode) val {
	label := text.Clean(n.Label)
	if n.Ident != nil && n.Label == string(n.Ident.Kind()) {
		label = text.Safe{} // the identifier says it itself
	}
	v := val{text: label, raw: label.String()}
	add := func(w val) {
		if w.text.Empty() {
			return
		}
		v.text = text.Join(text.Lit(" "), v.text, w.text)
		v.raw += " " + w.raw
		v.clear = v.clear || w.clear
		if w.style == widget.Altered {
			v.style = w.style
		}
	}
	add(s.personal(about, n.Label, text.KindOfSpecial(n.Special, text.KindOfLabel(n.Label)), n.Data.Reveal()))
	switch {
	case n.Ident == nil:
	case !label.Empty() && strings.HasPrefix(n.Label, string(n.Ident.Kind())):
		add(s.ident(about, *n.Ident))
	default:
		add(s.named(about, *n.Ident))
	}
	if label.Empty() {
		v.text = text.Clean(strings.TrimLeft(v.text.String(), " "))
		v.raw = strings.TrimLeft(v.raw, " ")
	}
	return v
}

// traced is a value of a node's facts.
func traced(s show, about cdp.Ref, f cdp.TraceField) val {
	return s.personal(about, factField(f.Name), text.KindOfSpecial(f.Special, text.KindOfFact(f.Name)), f.Data.Reveal())
}

// factField is the field by which a fact is revealed: a row's key is the same
// one under any name.
func factField(name string) string {
	if text.KindOfFact(name) == text.KindKey {
		return fieldKey
	}
	return name
}

func (x *trace) current() *cdp.TraceNode {
	n, ok := x.tree.Current()
	if !ok || !x.load.ok {
		return nil
	}
	return find(&x.load.val, n.ID)
}

// synced makes the detail pane tell of the node under the cursor.
func (x *trace) synced(cmd tea.Cmd) tea.Cmd {
	w, ok := x.tree.Current()
	if !ok || w.ID == x.told || x.ctx == nil {
		return cmd
	}
	x.told = w.ID
	d := &detail{show: x.ses.show()}
	if n := x.current(); n != nil {
		x.tell(d, n)
	}
	x.info.Open(x.ctx(), d.lines)
	return cmd
}

func (x *trace) tell(d *detail, n *cdp.TraceNode) {
	v := traceValue(d.show, x.about(), *n)
	d.text(widget.Heading, v.text)
	switch n.Mark {
	case "!":
		d.text(widget.Bad, d.say("mark.finding"))
	case "x":
		d.text(widget.Warn, d.say("mark.held"))
	case "?":
		d.text(widget.Warn, d.say("mark.unknown"))
	}
	d.gap()
	d.fact("field.when", d.second(n.At))
	if n.Ref != nil {
		d.labelled(d.lex.term("ref", n.Ref.Kind), plain(n.Ref.ID).in(widget.Accent))
	}
	for _, f := range n.Fields {
		if n.Ref != nil && f.Name == n.Ref.Kind && f.Text == n.Ref.ID {
			continue // told above
		}
		w := plain(f.Text)
		if f.Data != "" {
			w = traced(d.show, x.about(), f)
		}
		if f.Ident != nil {
			w = d.named(x.about(), *f.Ident)
		}
		if f.Name == "standing" {
			d.fact("field.standing", d.standing(f.Text))
			continue
		}
		if w.text.Empty() {
			w = safe(d.say("unknown"))
		}
		d.labelled(text.Clean(f.Name), w)
	}
}

// Reveals are all fields in the tree.
func (x *trace) Reveals() (cdp.Ref, []string) {
	var out []string
	add := func(f string) {
		if f != "" && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	one := func(field, kind string, v cdp.Value, i *cdp.Identifier) {
		if _, hides := text.Hides(kind, v.Reveal()); hides && v != "" {
			add(field)
		}
		if i != nil {
			add(string(i.Kind()))
		}
	}
	var walk func(n cdp.TraceNode)
	walk = func(n cdp.TraceNode) {
		one(n.Label, text.KindOfSpecial(n.Special, text.KindOfLabel(n.Label)), n.Data, n.Ident)
		for _, f := range n.Fields {
			one(factField(f.Name), text.KindOfSpecial(f.Special, text.KindOfFact(f.Name)), f.Data, f.Ident)
		}
		for _, c := range n.Children {
			walk(c)
		}
	}
	if x.load.ok {
		walk(x.load.val)
	}
	return x.about(), out
}
