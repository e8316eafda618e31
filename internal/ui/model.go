package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// The smallest terminal in which every screen has room.
const (
	minWidth  = 60
	minHeight = 15
)

// Model is the console: the one Bubble Tea model.
type Model struct {
	*session
	opt      Options
	w, h     int
	mouse    bool
	askTheme bool
	bindings []binding

	trail   trail
	palette *palette
	menu    *menu         // help, choices; nil when closed
	line    *line         // a question at the bottom; nil when closed
	confirm *confirmation // nil when closed
	sending *sending      // a disclosure that is shown while it runs; nil for none
	jobs    int           // acts and exports under way
	quit    bool          // ctrl+c was pressed once
	crashed bool
}

// Init opens the first screen.
func (m *Model) Init() tea.Cmd {
	var cmds []tea.Cmd
	if m.askTheme {
		cmds = append(cmds, tea.RequestBackgroundColor)
	}
	cmds = append(cmds, m.palette.load())
	cmds = append(cmds, m.start(address{Screen: "dashboard"}))
	if m.opt.Open != "" && m.opt.Open != "dashboard" {
		cmds = append(cmds, m.openText(m.opt.Open))
	}
	return tea.Batch(cmds...)
}

// Update takes a message. A panic in it costs the screen, not the program.
func (m *Model) Update(msg tea.Msg) (_ tea.Model, cmd tea.Cmd) {
	defer func() {
		if recover() != nil {
			cmd = m.crash()
		}
	}()
	remask := m.remask()
	done := m.update(msg)
	return m, tea.Batch(remask, done, m.looksAway())
}

// crash leaves everything that may be broken; what the panic said may hold
// personal data and is not told.
func (m *Model) crash() tea.Cmd {
	m.menu, m.line, m.confirm, m.sending, m.palette.on = nil, nil, nil, nil, false
	m.grants = nil
	m.crashed = true
	return nil
}

// remask takes back what was revealed and is over.
func (m *Model) remask() tea.Cmd {
	if !m.expire() {
		return nil
	}
	return m.masked()
}

func (m *Model) masked() tea.Cmd {
	var cmds []tea.Cmd
	for _, s := range m.trail.live() {
		if r, ok := able[revealer](s); ok {
			cmds = append(cmds, r.Remask())
		}
	}
	return tea.Batch(cmds...)
}

func (m *Model) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
		return m.resize()
	case tea.BackgroundColorMsg:
		if m.askTheme && !msg.IsDark() {
			m.kit.SetTheme(widget.Light())
		}
		return nil
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.PasteMsg:
		return m.paste(msg)
	case tea.MouseClickMsg:
		return m.click(msg)
	case tea.MouseWheelMsg:
		return m.wheel(msg)
	case wake:
		return nil
	case done:
		return m.finish(msg)
	case sendTick:
		return m.sendTicked(msg)
	}
	if ok, cmd := m.palette.update(msg); ok {
		return cmd
	}
	if m.menu != nil {
		if ok, cmd := m.menu.list.Update(msg); ok {
			return cmd
		}
	}
	if s := m.trail.top(); s != nil {
		_, cmd := s.Update(msg)
		return cmd
	}
	return nil
}

// finish takes the answer of an act.
func (m *Model) finish(d done) tea.Cmd {
	m.jobs = max(0, m.jobs-1)
	if d.err != nil {
		return m.fail(d.what, d.err)
	}
	if d.then != nil {
		return d.then()
	}
	return nil
}

// job does an act and counts it.
func (m *Model) job(what string, f func(context.Context) error, then func() tea.Cmd) tea.Cmd {
	m.jobs++
	return act(m.whole(), what, f, then)
}

func (m *Model) resize() tea.Cmd {
	m.palette.resize(m.w, m.h)
	if m.menu != nil {
		m.menu.resize(m.w, m.h)
	}
	if m.line != nil {
		m.line.prompt.SetSize(m.w)
	}
	if m.confirm != nil {
		m.confirm.resize(m.w, m.h)
	}
	if m.sending != nil {
		m.sending.resize(m.w, m.h)
	}
	s := m.trail.top()
	if s == nil || m.small() {
		return nil
	}
	return s.Resize(m.w, m.body(s))
}

func (m *Model) small() bool { return m.w < minWidth || m.h < minHeight }

// body is the height between the upper and the lower two rows.
func (m *Model) body(s screen) int {
	if _, ok := s.(tabbed); ok {
		return m.h - 5
	}
	return m.h - 4
}

// bodyTop is the first row of the screen's body.
func (m *Model) bodyTop(s screen) int { return m.h - 2 - m.body(s) }

func (m *Model) paste(msg tea.PasteMsg) tea.Cmd {
	switch {
	case m.confirm != nil, m.sending != nil:
		return nil // what changes data is typed
	case m.palette.on:
		return m.palette.paste(msg)
	case m.menu != nil:
		_, cmd := m.menu.list.Update(msg)
		return cmd
	case m.line != nil:
		_, cmd := m.line.prompt.Update(msg)
		return tea.Batch(cmd, m.line.changed())
	case m.trail.top() != nil:
		_, cmd := m.trail.top().Update(msg)
		return cmd
	}
	return nil
}

// View draws the whole screen.
func (m *Model) View() (v tea.View) {
	defer func() {
		if recover() != nil {
			m.crash()
			v = m.frame(widget.Fit(m.say("crash.title").String()+"\n\n"+m.say("crash.what").String(), m.w, m.h))
		}
	}()
	switch {
	case m.w <= 0 || m.h <= 0:
		return m.frame(widget.Fit("", m.w, m.h))
	case m.small():
		return m.frame(widget.Fit(m.kit.Line(m.w, widget.S(widget.Strong, m.say("small", m.w, m.h, minWidth, minHeight))), m.w, m.h))
	case m.crashed:
		return m.frame(widget.Fit(m.say("crash.title").String()+"\n\n"+m.say("crash.what").String(), m.w, m.h))
	}
	s := m.trail.top()
	if s == nil {
		return m.frame(widget.Fit("", m.w, m.h))
	}
	rows := []string{m.header(), m.crumbs()}
	if t, ok := s.(tabbed); ok {
		rows = append(rows, t.Tabs(m.w))
	}
	rows = append(rows, s.View(), m.status(s), m.bottom(s))
	page := widget.Stack(rows...)
	v = m.frame("")
	if c, ok := able[cursored](s); ok && m.line == nil {
		if x, y, ok := c.Cursor(); ok {
			v.Cursor = tea.NewCursor(x, y+m.bodyTop(s))
		}
	}
	if m.line != nil {
		v.Cursor = nil
		if x, ok := m.line.prompt.Cursor(); ok {
			v.Cursor = tea.NewCursor(x, m.h-1)
		}
	}
	switch {
	case m.sending != nil:
		page, v.Cursor = m.sending.draw(m.session, page), nil
	case m.confirm != nil:
		page, v.Cursor = m.confirm.draw(page)
	case m.palette.on:
		page, v.Cursor = m.palette.draw(page, m.w, m.h)
	case m.menu != nil:
		page, v.Cursor = m.menu.draw(m.kit, page, m.w, m.h)
	}
	v.SetContent(page)
	return v
}

func (m *Model) frame(page string) tea.View {
	v := tea.NewView(page)
	v.AltScreen = true
	v.WindowTitle = "cdp-tui" // never a name: titles reach the desktop
	if m.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}

func (m *Model) header() string {
	k := m.kit
	left := []widget.Span{widget.S(widget.Bar, text.Lit(" cdp-tui  ")), {Text: text.Clean(m.opt.Store)}, {Text: text.Lit("  ")},
		widget.S(widget.Badge, text.Concat(text.Lit("["), m.mode(), text.Lit("]")))}
	if !m.lens.IsPlain() { // what is seen is not the present: nothing in this row matters more
		left = []widget.Span{{Text: text.Lit(" ")}, widget.S(widget.Badge, text.Concat(text.Lit("[! "), m.lensBadge(), text.Lit(" !]")))}
	}
	gap := text.Lit(" ")
	if m.w >= 100 {
		gap = text.Lit("  ")
	}
	right := []widget.Span{widget.S(widget.Dim, text.Cut(text.Clean(m.opt.Actor), max(8, m.w/4))), {Text: gap}, {Text: text.Clean(m.lex.lang)}, {Text: gap}}
	if at := m.until(); at.IsZero() {
		right = append(right, widget.S(widget.Dim, m.say("mode.masked")))
	} else {
		right = append(right, widget.S(widget.Bad, m.say("mode.clear", m.session.show().time(at, "15:04:05").text)))
	}
	if m.jobs > 0 {
		right = append(right, widget.Span{Text: gap}, widget.S(widget.Info, m.say("mode.jobs", m.jobs)))
	}
	right = append(right, widget.Span{Text: text.Lit(" ")})
	return k.LineEnds(m.w, left, right)
}

// mode says whether who is who can be decided here.
func (m *Model) mode() text.Safe {
	if m.readOnly {
		return m.say("mode.readonly")
	}
	return m.say("mode.decides")
}

func (m *Model) crumbs() string {
	line := []widget.Span{{Text: text.Lit(" ")}}
	all := m.trail.crumbs()
	room := m.w
	var right []widget.Span
	if s := m.trail.top(); s != nil && !m.lens.IsPlain() && !followsLens(s.Address(), m.lens) {
		right = []widget.Span{widget.S(widget.Warn, m.say("lens.present")), {Text: text.Lit(" ")}}
		room -= text.Width(right[0].Text) + 2
	}
	for from := range all { // the way is told from its end: the beginning is left out first
		line = line[:1]
		if from > 0 {
			line = append(line, widget.S(widget.Dim, text.Lit("… › ")))
		}
		for i, c := range all[from:] {
			style := widget.Dim
			if i > 0 {
				line = append(line, widget.S(widget.Dim, text.Lit(" › ")))
			}
			if from+i == len(all)-1 {
				style = widget.Strong
			}
			line = append(line, widget.S(style, c))
		}
		n := 0
		for _, s := range line {
			n += text.Width(s.Text)
		}
		if n <= room {
			break
		}
	}
	return m.kit.LineEnds(m.w, line, right)
}

func (m *Model) status(s screen) string {
	parts := s.Status()
	if t, ok := m.text(); ok && t.Query() != "" {
		word := "status.find"
		if t.Missed() {
			word = "status.missed"
		}
		parts = append([]text.Safe{m.say(word, t.Query())}, parts...)
	}
	left := []widget.Span{{Text: text.Lit(" ")}, widget.S(widget.Dim, text.Join(text.Lit(" · "), parts...))}
	right := m.toasts.Spans(m.env.Now())
	if len(right) > 0 {
		right[0].Text = text.Cut(right[0].Text, m.w-2)
		blank := widget.Span{Text: text.Lit(" ")}
		right = append([]widget.Span{blank}, append(right, blank)...)
	}
	return m.kit.LineEnds(m.w, left, right)
}

func (m *Model) bottom(s screen) string {
	if m.line != nil {
		return m.line.prompt.View()
	}
	return m.kit.Hints(m.w, bindingsOf(m.hints(s))...)
}
