package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// question is a line to be typed at the bottom of the screen.
type question struct {
	label text.Safe
	value string
	live  func(string) tea.Cmd // after every change; nil for none
	then  func(string) tea.Cmd // enter
	undo  func() tea.Cmd       // esc; nil for nothing
	must  text.Safe            // what to say when nothing was typed; empty: that is an answer too
	past  *[]string            // history; nil for none
}

// line is an open question.
type line struct {
	question
	prompt *widget.Prompt
	last   string
}

func (m *Model) askLine(q question) tea.Cmd {
	p := widget.NewPrompt(m.kit, text.Concat(text.Lit(" "), q.label, text.Lit(" ")))
	if q.past != nil {
		p.SetHistory(*q.past)
	}
	p.SetValue(q.value)
	p.SetSize(m.w)
	m.line = &line{question: q, prompt: p, last: q.value}
	return nil
}

// changed tells what was typed to whom it may concern.
func (l *line) changed() tea.Cmd {
	v := l.prompt.Value()
	if v == l.last || l.live == nil {
		return nil
	}
	l.last = v
	return l.live(v)
}

func (m *Model) lineKey(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		return m.closeLine(false)
	case "enter":
		if strings.TrimSpace(m.line.prompt.Value()) == "" && !m.line.must.Empty() {
			return m.toast(widget.InfoLevel, m.line.must)
		}
		return m.closeLine(true)
	}
	l := m.line
	l.prompt.Key(k)
	return l.changed()
}

func (m *Model) closeLine(answered bool) tea.Cmd {
	l := m.line
	m.line = nil
	v := l.prompt.Value()
	if !answered {
		if l.undo != nil {
			return l.undo()
		}
		return nil
	}
	if t, ok := m.toasts.Current(m.env.Now()); ok && t.Level == widget.InfoLevel { // it was about what is answered now
		m.toasts.Dismiss()
	}
	if l.past != nil {
		l.prompt.Remember(v)
		*l.past = l.prompt.History()
	}
	return l.then(v)
}

// choice is an entry of a menu.
type choice struct {
	label, detail, key text.Safe
	section            text.Safe
	off                text.Safe // why it can not be chosen
	terms              text.Safe // further words it is found by
	do                 func() tea.Cmd
}

// menu is a list to choose from, filtered by typing.
type menu struct {
	title   text.Safe
	list    *widget.FilterList
	choices []choice
	rect    widget.Rect
}

func (m *Model) openMenu(title text.Safe, choices []choice) tea.Cmd {
	items := make([]widget.Item, len(choices))
	for i, c := range choices {
		items[i] = widget.Item{ID: itoa(i), Text: c.label, Detail: c.detail, Key: c.key, Section: c.section, Disabled: c.off, Terms: c.terms.String()}
	}
	x := &menu{title: title, list: widget.NewFilterList(m.kit, text.Lit(" > ")), choices: choices}
	m.menu = x
	x.resize(m.w, m.h)
	return x.list.Open(m.whole(), items)
}

func (x *menu) resize(w, h int) {
	x.rect = layoutOverlay(w, h, len(x.choices)+8)
	x.list.SetSize(x.rect.W-2, x.rect.H-2)
}

// layoutOverlay is where a box of n rows stands over the screen.
func layoutOverlay(w, h, n int) widget.Rect {
	return widget.NewRect(0, 0, w, h).Inset(2).Center(76, max(8, n))
}

func (x *menu) draw(k *widget.Kit, page string, w, h int) (string, *tea.Cursor) {
	box := widget.Box{Title: x.title, Focus: true}.Draw(k, x.rect.W, x.rect.H, x.list.View())
	page = widget.Overlay(page, box, x.rect.X, x.rect.Y)
	if cx, cy, ok := x.list.Cursor(); ok {
		return page, tea.NewCursor(x.rect.X+1+cx, x.rect.Y+1+cy)
	}
	return page, nil
}

func (m *Model) menuKey(k tea.KeyPressMsg) tea.Cmd {
	x := m.menu
	switch k.String() {
	case "esc":
		m.menu = nil
		return nil
	case "enter":
		return m.pick()
	}
	_, cmd := x.list.Key(k)
	return cmd
}

// pick does what the cursor of the menu stands on.
func (m *Model) pick() tea.Cmd {
	x := m.menu
	it, ok := x.list.Current()
	if !ok {
		return nil
	}
	if !it.Disabled.Empty() {
		return m.info("key.off", it.Key, it.Disabled)
	}
	m.menu = nil
	for i, c := range x.choices {
		if itoa(i) == it.ID && c.do != nil {
			return c.do()
		}
	}
	return nil
}

// openHelp lists the keys that mean something here, to be found and run.
func (m *Model) openHelp() tea.Cmd {
	s := m.trail.top()
	var out []choice
	add := func(section string, list []binding) {
		for _, b := range list {
			name := b.shown()
			if len(b.keys) > 1 && b.name == "" {
				name = b.keys[0] + " " + b.keys[1]
			}
			c := choice{label: m.say("key." + b.id), key: text.Clean(name), section: m.say(section), off: b.reason(), do: b.do}
			if b.hint > 0 {
				c.terms = m.say("key." + b.id + ".short")
			}
			out = append(out, c)
		}
	}
	add("help.here", s.Bindings())
	if p, ok := able[paned](s); ok && p.Numbered() {
		out = append(out, choice{label: m.say("key.digits"), key: text.Lit("1-9"), section: m.say("help.here"), do: func() tea.Cmd { return p.Cycle(1) }})
	}
	add("help.everywhere", notBound(m.bindings, s.Bindings()))
	out = append(out, choice{label: m.say("key.esc"), key: text.Lit("esc"), section: m.say("help.everywhere"), do: func() tea.Cmd { return m.back(s) }})
	out = append(out, choice{label: m.say("key.ctrlc"), key: text.Lit("^c ^c"), section: m.say("help.everywhere"), do: m.leaveProgram})
	for _, b := range s.Moving() {
		press := b.Keys()[0]
		out = append(out, choice{label: text.Clean(b.Help().Desc), key: text.Clean(b.Help().Key), section: m.say("help.moving"), do: func() tea.Cmd {
			_, cmd := s.Key(pressed(press))
			return cmd
		}})
	}
	return m.openMenu(m.say("help.title"), out)
}

// notBound leaves out those of the root's bindings whose keys all mean
// something else on the screen.
func notBound(root, own []binding) []binding {
	return slices.DeleteFunc(slices.Clone(root), func(r binding) bool {
		return !slices.ContainsFunc(r.keys, func(k string) bool {
			return !slices.ContainsFunc(own, func(b binding) bool { return slices.Contains(b.keys, k) })
		})
	})
}

// pressed is the message of a key of the widgets, for running it from the help.
func pressed(name string) tea.KeyPressMsg {
	codes := map[string]rune{"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "pgup": tea.KeyPgUp,
		"pgdown": tea.KeyPgDown, "home": tea.KeyHome, "end": tea.KeyEnd, "space": tea.KeySpace, "enter": tea.KeyEnter, "tab": tea.KeyTab, "esc": tea.KeyEscape}
	if c, ok := codes[name]; ok {
		return tea.KeyPressMsg{Code: c}
	}
	if len(name) == 6 && name[:5] == "ctrl+" {
		return tea.KeyPressMsg{Code: rune(name[5]), Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: rune(name[0]), Text: name}
}
