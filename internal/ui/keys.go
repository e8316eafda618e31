package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// key leads a key to where it belongs: what is open on top, a line of text, the
// screen's bindings, the root's, the widget with the keys; esc last of all.
func (m *Model) key(k tea.KeyPressMsg) tea.Cmd {
	name := k.String()
	if name == "ctrl+c" {
		if m.quit {
			return tea.Quit
		}
		m.quit = true
		return tea.Batch(m.closeAll(), m.info("quit.again"))
	}
	m.quit = false
	if name == "ctrl+z" {
		return m.suspend()
	}
	if m.crashed || m.small() {
		return m.bareKey(name)
	}
	if t, ok := m.toasts.Current(m.env.Now()); ok && t.Level == widget.FailureLevel {
		m.toasts.Dismiss()
	}
	switch {
	case m.sending != nil:
		return m.sendingKey(name)
	case m.confirm != nil:
		return m.confirmKey(k)
	case m.palette.on:
		return m.palette.key(k)
	case m.menu != nil:
		return m.menuKey(k)
	case m.line != nil:
		return m.lineKey(k)
	}
	s := m.trail.top()
	if s == nil {
		return nil
	}
	if t, ok := able[typed](s); ok && t.Typing() {
		if handled, cmd := s.Key(k); handled {
			return cmd
		}
	} else if n := digit(name); n > 0 {
		if p, ok := able[paned](s); ok {
			if chosen, cmd := p.Choose(n); chosen {
				return cmd
			}
		}
	}
	for _, b := range m.context(s) {
		if !b.matches(k) {
			continue
		}
		if why := b.reason(); !why.Empty() {
			return m.info("key.off", b.shown(), why)
		}
		return b.do()
	}
	if handled, cmd := s.Key(k); handled {
		return cmd
	}
	if name == "esc" {
		return m.back(s)
	}
	return nil
}

// bareKey is for a screen that can not be used.
func (m *Model) bareKey(name string) tea.Cmd {
	switch {
	case name == "q":
		return tea.Quit
	case m.crashed && (name == "enter" || name == "esc"):
		m.crashed = false
		m.trail = trail{}
		return m.start(address{Screen: "dashboard"})
	}
	return nil
}

func digit(name string) int {
	if len(name) == 1 && name[0] >= '1' && name[0] <= '9' {
		return int(name[0] - '0')
	}
	return 0
}

// context is what keys do on a screen; the screen's own come first.
func (m *Model) context(s screen) []binding {
	return append(s.Bindings()[:len(s.Bindings()):len(s.Bindings())], m.bindings...)
}

func (m *Model) closeAll() tea.Cmd {
	m.menu, m.confirm, m.palette.on = nil, nil, false
	if m.line != nil {
		return m.closeLine(false)
	}
	return nil
}

// back is esc: one step, from the innermost out; it never leaves the program.
func (m *Model) back(s screen) tea.Cmd {
	if m.toasts.Dismiss() {
		m.toasts.Dismiss()
	}
	if t, ok := m.text(); ok && t.Query() != "" {
		return t.Search("")
	}
	if f, ok := able[filterer](s); ok && f.Filter() != m.trail.given() {
		return f.SetFilter(m.trail.given())
	}
	if p, ok := able[paned](s); ok {
		if stepped, cmd := p.Back(); stepped {
			return cmd
		}
	}
	if stepped, cmd := m.pop(); stepped {
		return cmd
	}
	if !m.lens.IsPlain() {
		return m.lookThrough(cdp.Lens{})
	}
	return m.info("nav.first")
}

// rootBindings are the keys that mean the same everywhere.
func (m *Model) rootBindings() []binding {
	top := m.trail.top
	lacks := func(has bool, why string) text.Safe {
		if has {
			return text.Safe{}
		}
		return m.say(why)
	}
	cycle := func(d int) func() tea.Cmd {
		return func() tea.Cmd {
			if p, ok := able[paned](top()); ok {
				return p.Cycle(d)
			}
			return nil
		}
	}
	splitBy := func(d int) func() tea.Cmd {
		return func() tea.Cmd {
			x, _ := able[splitter](top())
			return x.Split(d)
		}
	}
	noSplit := func() text.Safe {
		x, ok := able[splitter](top())
		return lacks(ok && x.CanSplit(), "off.split")
	}
	return []binding{
		{id: "command", keys: []string{":", "ctrl+p"}, hint: 7, do: func() tea.Cmd { return m.palette.open("") }},
		{id: "filter", keys: []string{"/"}, hint: 8, do: m.askFilter, off: func() text.Safe {
			_, list := able[filterer](top())
			_, read := m.text()
			return lacks(list || read, "off.filter")
		}},
		{id: "reveal", keys: []string{"m"}, hint: 5, do: m.askReveal, off: func() text.Safe {
			r, ok := able[revealer](top())
			if ok {
				_, fields := r.Reveals()
				ok = len(fields) > 0
			}
			return lacks(ok, "off.reveal")
		}},
		{id: "export", keys: []string{"e"}, hint: 6, do: m.askExport, off: func() text.Safe {
			_, ok := able[exporter](top())
			return lacks(ok, "off.export")
		}},
		{id: "lens", keys: []string{","}, hint: 10, do: m.askLens, off: m.noLens},
		{id: "copy", keys: []string{"y"}, do: m.copyFirst, off: m.noCopy},
		{id: "copymenu", keys: []string{"Y"}, do: m.copyMenu, off: m.noCopy},
		{id: "sort", keys: []string{"o"}, do: func() tea.Cmd {
			s, _ := able[sorter](top())
			return s.Sort()
		}, off: func() text.Safe {
			s, ok := able[sorter](top())
			return lacks(ok && s.CanSort(), "off.sort")
		}},
		{id: "refresh", keys: []string{"ctrl+r"}, name: "^r", hint: 9, do: func() tea.Cmd { return top().Refresh() }},
		{id: "nextpane", keys: []string{"tab"}, do: cycle(1)},
		{id: "prevpane", keys: []string{"shift+tab"}, do: cycle(-1)},
		{id: "zoom", keys: []string{"z"}, do: func() tea.Cmd {
			if p, ok := able[paned](top()); ok {
				return p.Zoom()
			}
			return nil
		}},
		{id: "wider", keys: []string{"+", "="}, name: "+", do: splitBy(1), off: noSplit},
		{id: "narrower", keys: []string{"_"}, do: splitBy(-1), off: noSplit},
		{id: "goback", keys: []string{"["}, do: func() tea.Cmd { return m.travel(m.trail.at - 1) }},
		{id: "goforward", keys: []string{"]"}, do: func() tea.Cmd { return m.travel(m.trail.at + 1) }},
		{id: "golast", keys: []string{"-"}, do: func() tea.Cmd { return m.travel(m.trail.last) }},
		{id: "mouse", keys: []string{"%"}, do: m.toggleMouse},
		{id: "theme", keys: []string{"ctrl+t"}, name: "^t", do: m.nextTheme},
		{id: "redraw", keys: []string{"ctrl+l"}, name: "^l", do: func() tea.Cmd { return tea.ClearScreen }},
		{id: "suspend", keys: []string{"ctrl+z"}, name: "^z", do: m.suspend, off: func() text.Safe { return lacks(!m.opt.Remote, "off.suspend") }},
		{id: "help", keys: []string{"?"}, hint: 12, do: m.openHelp},
		{id: "quit", keys: []string{"q"}, hint: 11, do: m.leaveProgram},
	}
}

func (m *Model) toggleMouse() tea.Cmd {
	m.mouse = !m.mouse
	if m.mouse {
		return m.info("mouse.on")
	}
	return m.info("mouse.off")
}

func (m *Model) nextTheme() tea.Cmd {
	all := themes()
	for i, t := range all {
		if t == m.kit.Theme().Name() {
			return m.setTheme(all[(i+1)%len(all)])
		}
	}
	return m.setTheme(all[0])
}

func themes() []string { return []string{"dark", "light", "contrast", "mono"} }

func (m *Model) setTheme(name string) tea.Cmd {
	t, ok := widget.ThemeNamed(name)
	if !ok {
		return m.info("theme.unknown", strings.Join(themes(), ", "))
	}
	m.askTheme = false
	m.kit.SetTheme(t)
	return m.info("theme.now", m.say("theme."+name))
}

// suspend gives the terminal back to the shell until it says fg; what was
// revealed is taken back before anything is drawn again.
func (m *Model) suspend() tea.Cmd {
	if m.opt.Remote {
		return m.info("key.off", "^z", m.say("off.suspend"))
	}
	return tea.Suspend
}

// leaveProgram is q; while something is being written it asks first.
func (m *Model) leaveProgram() tea.Cmd {
	if m.jobs == 0 {
		return tea.Quit
	}
	return m.choose(m.say("quit.jobs", m.jobs), []choice{
		{label: m.say("quit.stay"), do: func() tea.Cmd { return nil }},
		{label: m.say("quit.leave"), do: func() tea.Cmd { return tea.Quit }},
	})
}

// told is a hint: how it is written, and what it stands for.
type told struct {
	key.Binding
	do func() tea.Cmd
}

// hints are the most important keys of a screen, those that can be used now;
// the help, where all of them are, comes last and is always told.
func (m *Model) hints(s screen) (out []told) {
	add := func(name, word string, do func() tea.Cmd) {
		help := key.WithHelp(name, m.say("key."+word+".short").String())
		out = append(out, told{key.NewBinding(key.WithKeys(name), help), do})
	}
	if t, ok := able[typed](s); ok && t.Typing() { // letters are text now
		for _, k := range []struct{ name, word string }{{"enter", "search"}, {"tab", "results"}, {"esc", "back"}} {
			add(k.name, k.word, func() tea.Cmd { return m.key(pressed(k.name)) })
		}
		return out
	}
	if p, tabs := s.(tabbed); tabs {
		add("1-7", "tabs", func() tea.Cmd { return p.Next() })
	}
	for n := 1; n <= 12; n++ {
		for _, b := range m.context(s) {
			if b.hint == n && b.reason().Empty() {
				add(b.shown(), b.id, b.do)
			}
		}
	}
	return out
}

func bindingsOf(list []told) []key.Binding {
	out := make([]key.Binding, len(list))
	for i, t := range list {
		out[i] = t.Binding
	}
	return out
}
