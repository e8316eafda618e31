package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

func (x *trace) Address() address {
	a := address{Screen: "trace", Object: x.id.String()}
	if x.of.Kind != "" {
		a.Of = x.of.Kind + ":" + x.of.ID
	}
	return a
}

func (x *trace) Crumb() text.Safe {
	if x.of.ID != "" {
		return x.ses.say("screen.trace.of", x.of.ID)
	}
	return x.ses.say("screen.trace.all", x.id)
}

// Status counts what stands under the four questions.
func (x *trace) Status() []text.Safe {
	if !x.load.ok {
		if x.load.err != nil {
			return nil
		}
		return []text.Safe{x.ses.say("status.reading")}
	}
	var out []text.Safe
	for _, q := range x.load.val.Children {
		out = append(out, text.Join(text.Lit(" "), text.Clean(q.Label), text.Int(len(q.Children))))
	}
	marks := 0
	var walk func(n cdp.TraceNode)
	walk = func(n cdp.TraceNode) {
		if n.Mark != "" {
			marks++
		}
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(x.load.val)
	if marks > 0 {
		out = append(out, x.ses.say("trace.marks", marks))
	}
	return out
}

func (x *trace) Bindings() []binding {
	off := func() text.Safe {
		if n := x.current(); n == nil || n.Ref == nil {
			return x.ses.say("off.leads")
		}
		return text.Safe{}
	}
	follow := func() tea.Cmd {
		if n := x.current(); n != nil && n.Ref != nil {
			return openRef(x.ses, *n.Ref)
		}
		return nil
	}
	return []binding{
		{id: "unfold", keys: []string{"enter"}, hint: 1, do: func() tea.Cmd {
			if x.focus == 0 {
				if ok, cmd := x.tree.Key(tea.KeyPressMsg{Code: tea.KeyEnter}); ok {
					return x.synced(cmd)
				}
			}
			return follow()
		}},
		{id: "follow", keys: []string{"p"}, hint: 2, do: follow, off: off},
		{id: "detail", keys: []string{"d"}, hint: 4, do: func() tea.Cmd { return x.to(1 - x.focus) }},
		{id: "graph", keys: []string{"x"}, hint: 3, do: func() tea.Cmd { return x.ses.visit(address{Screen: "graph", Object: x.id.String()}) }},
		{id: "history", keys: []string{"W"}, do: func() tea.Cmd { return x.ses.visit(address{Screen: "history", Object: x.id.String()}) }},
		{id: "card", keys: []string{"w"}, hint: 3, do: x.toCard},
		x.ses.where(func() cdp.ProfileID { return x.id }, func() string {
			switch n := x.current(); {
			case n != nil && n.Ident != nil:
				return valueOf(*n.Ident)
			case x.of.Kind != "":
				return x.of.Kind + ":" + x.of.ID
			}
			return ""
		}),
	}
}

// toCard goes to the card of the identifier or the record under the cursor, or
// else of what is traced.
func (x *trace) toCard() tea.Cmd {
	to := address{Screen: "card", Object: x.id.String()}
	if x.of.Kind != "" {
		to.Of = x.of.Kind + ":" + x.of.ID
	}
	switch n := x.current(); {
	case n == nil:
	case n.Ref != nil && n.Ref.Kind == "record":
		to.Object, to.Of = n.Ref.ID, ""
	case n.Data != "" && n.Ident == nil && x.of.Kind == "": // what is used: an attribute
		to.Of = "attribute:" + n.Label
	case x.used() != "":
		to.Of = x.used()
	case n.Ident != nil:
		to.Of = "identifier:" + n.Ident.String()
	}
	return x.ses.visit(to)
}

// used names the use of a record that the cursor stands on, "" for none.
func (x *trace) used() string {
	w, _ := x.tree.Current()
	record := ""
	for parts := strings.Split(w.ID, "/"); len(parts) > 1 && record == ""; parts = parts[:len(parts)-1] {
		if n := find(&x.load.val, strings.Join(parts, "/")); n != nil && n.Ref != nil && n.Ref.Kind == "record" {
			record = n.Ref.ID
		}
	}
	n := x.current()
	if record == "" || n == nil {
		return ""
	}
	for _, f := range n.Fields {
		if f.Name == "activity" {
			return "use:" + record + "/" + f.Text
		}
	}
	return ""
}

// Copies are the node under the cursor, and the way to it.
func (x *trace) Copies() (cdp.Ref, []copyable) {
	w, ok := x.tree.Current()
	if n := x.current(); n == nil || !ok {
		return x.about(), nil
	}
	sh := x.ses.show()
	var way []string
	clear, last := false, val{}
	parts := strings.Split(w.ID, "/")
	for i := range parts {
		last = traceValue(sh, x.about(), *find(&x.load.val, strings.Join(parts[:i+1], "/")))
		way = append(way, last.raw)
		clear = clear || last.clear
	}
	return x.about(), []copyable{
		{label: x.ses.say("copy.path"), text: strings.Join(way, " › "), clear: clear},
		{label: x.ses.say("copy.node"), text: last.raw, clear: last.clear},
	}
}

// Export writes the whole tree, a node a line.
func (x *trace) Export() (cdp.Ref, func(context.Context, *sheet) error) {
	sh, about, root := x.ses.show(), x.about(), x.load.val
	return about, func(ctx context.Context, to *sheet) error {
		if err := to.head("depth", "mark", "text", "at", "ref", "detail"); err != nil {
			return err
		}
		var walk func(n cdp.TraceNode, depth int) error
		walk = func(n cdp.TraceNode, depth int) error {
			ref, more := val{}, val{}
			if n.Ref != nil {
				ref = plain(n.Ref.Kind + " " + n.Ref.ID)
			}
			var facts []string
			for _, f := range n.Fields {
				w := plain(f.Text)
				if f.Data != "" {
					w = traced(sh, about, f)
				}
				if f.Ident != nil {
					w = sh.named(about, *f.Ident)
				}
				facts = append(facts, f.Name+": "+w.raw)
				more.clear = more.clear || w.clear
			}
			more.raw = strings.Join(facts, "; ")
			if err := to.row(number(depth), plain(n.Mark), traceValue(sh, about, n), sh.second(n.At), ref, more); err != nil {
				return err
			}
			for _, c := range n.Children {
				if err := walk(c, depth+1); err != nil {
					return err
				}
			}
			return ctx.Err()
		}
		return walk(root, 0)
	}
}
