package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// command is what can be typed behind ":".
type command struct {
	name string // its words are "cmd.<name>" and, with an argument, "cmd.<name>.arg"
	also string // other names, and words it is found by
	key  string // the key that does the same, "" for none
	arg  bool   // takes an argument
	must bool   // does nothing without one
	do   func(arg string) tea.Cmd
}

// palette is the line of commands with a list of those that match.
type palette struct {
	m        *Model
	on       bool
	prompt   *widget.Prompt
	list     *widget.FilterList
	commands []command
	saved    load[[]cdp.SavedSearch]
	rect     widget.Rect
	recall   bool // up and down go through the history
}

func newPalette(m *Model) *palette {
	p := &palette{m: m, prompt: widget.NewPrompt(m.kit, text.Lit(" :")), list: widget.NewFilterList(m.kit, text.Safe{})}
	p.commands = m.commands()
	p.prompt.SetPropose(p.propose)
	return p
}

// load reads the saved searches, which are commands too.
func (p *palette) load() tea.Cmd {
	return p.saved.start(p.m.whole(), p.m.env.Now, p.m.desk.SavedSearches)
}

func (p *palette) update(msg tea.Msg) (bool, tea.Cmd) {
	if mine, fresh := p.saved.take(msg); mine {
		if fresh && p.on {
			return true, p.fill()
		}
		return true, nil
	}
	return p.list.Update(msg)
}

func (p *palette) open(value string) tea.Cmd {
	p.on, p.recall = true, false
	p.prompt.SetValue(value)
	p.prompt.Remember("") // the draft is behind the history
	p.resize(p.m.w, p.m.h)
	return tea.Batch(p.fill(), p.load())
}

func (p *palette) fill() tea.Cmd {
	m := p.m
	items := make([]widget.Item, 0, len(p.commands)+len(p.saved.val))
	for _, c := range p.commands {
		name := c.name
		if c.arg {
			name += " " + m.say("cmd."+c.name+".arg").String()
		}
		items = append(items, widget.Item{ID: c.name, Text: text.Clean(name), Detail: m.say("cmd." + c.name), Key: text.Clean(c.key), Terms: c.also})
	}
	for _, verb := range []string{"saved", "forget"} {
		for _, s := range p.saved.val {
			items = append(items, widget.Item{ID: verb + " " + s.Name, Text: text.Clean(verb + " " + s.Name), Detail: m.say("cmd.saved.by", s.By)})
		}
	}
	cmd := p.list.Open(m.whole(), items)
	return tea.Batch(cmd, p.narrow())
}

// narrow lists what matches the first word, which is the command's name.
func (p *palette) narrow() tea.Cmd {
	first, rest, more := strings.Cut(strings.TrimLeft(p.prompt.Value(), " "), " ")
	if more && (first == "saved" || first == "forget") {
		return p.list.SetFilter(first + " " + rest)
	}
	return p.list.SetFilter(first)
}

func (p *palette) propose(v string) string {
	name, rest, more := strings.Cut(v, " ")
	if !more {
		for _, c := range p.commands {
			if strings.HasPrefix(c.name, v) {
				if c.arg {
					return c.name + " "
				}
				return c.name
			}
		}
		return ""
	}
	var of []string
	switch name {
	case "theme":
		of = themes()
	case "export":
		of = []string{"csv", "jsonl"}
	case "saved", "forget":
		for _, s := range p.saved.val {
			of = append(of, s.Name)
		}
	}
	for _, o := range of {
		if strings.HasPrefix(o, rest) {
			return name + " " + o
		}
	}
	return ""
}

func (p *palette) paste(msg tea.PasteMsg) tea.Cmd {
	p.prompt.Update(msg)
	return p.narrow()
}

func (p *palette) key(k tea.KeyPressMsg) tea.Cmd {
	name := k.String()
	switch name {
	case "esc":
		p.on = false
		return nil
	case "enter":
		return p.enter()
	case "up", "down":
		if p.recall || name == "up" && p.prompt.Value() == "" {
			p.recall = true
			p.prompt.Key(k)
			return p.narrow()
		}
		_, cmd := p.list.Key(k)
		return cmd
	case "ctrl+p", "ctrl+n", "pgup", "pgdown", "shift+tab":
		_, cmd := p.list.Key(k)
		return cmd
	}
	before := p.prompt.Value()
	p.prompt.Key(k)
	if p.prompt.Value() == before {
		return nil
	}
	p.recall = false
	return p.narrow()
}

// enter runs what is typed; when that names no command, the one under the
// cursor; when it looks like an id, that is opened.
func (p *palette) enter() tea.Cmd {
	v := strings.TrimSpace(p.prompt.Value())
	name, rest, _ := strings.Cut(v, " ")
	rest = strings.TrimSpace(rest)
	for _, c := range p.commands {
		if c.name == strings.ToLower(name) {
			if it, ok := p.list.Current(); ok && c.must && rest == "" {
				if cmd, ok := p.chosen(it); ok {
					return cmd
				}
			}
			return p.run(c, v, rest)
		}
	}
	if _, ok := idAddress(v); ok {
		p.close(v)
		return p.m.openText(v)
	}
	return p.pick()
}

// pick runs what the cursor of the list stands on, with what is typed behind
// the first word.
func (p *palette) pick() tea.Cmd {
	it, ok := p.list.Current()
	if !ok {
		return p.m.info("cmd.unknown")
	}
	if cmd, ok := p.chosen(it); ok {
		return cmd
	}
	for _, c := range p.commands {
		if c.name == it.ID {
			_, rest, _ := strings.Cut(strings.TrimSpace(p.prompt.Value()), " ")
			if rest = strings.TrimSpace(rest); !c.arg || rest == "" {
				return p.run(c, c.name, "")
			}
			return p.run(c, c.name+" "+rest, rest)
		}
	}
	return nil
}

// chosen opens, or forgets, the saved search that an entry of the list names.
func (p *palette) chosen(it widget.Item) (tea.Cmd, bool) {
	for verb, do := range map[string]func(string) tea.Cmd{"saved": p.m.openSaved, "forget": p.m.forgetSearch} {
		if name, ok := strings.CutPrefix(it.ID, verb+" "); ok {
			p.close(it.ID)
			return do(name), true
		}
	}
	return nil, false
}

func (p *palette) run(c command, typed, arg string) tea.Cmd {
	if c.must && arg == "" {
		p.prompt.SetValue(c.name + " ")
		return p.narrow()
	}
	p.close(typed)
	return c.do(arg)
}

func (p *palette) close(typed string) {
	p.prompt.Remember(typed)
	p.on = false
}

func (p *palette) resize(w, h int) {
	p.rect = layoutOverlay(w, h, 20)
	p.prompt.SetSize(p.rect.W - 2)
	p.list.SetSize(p.rect.W-2, p.rect.H-2)
}

// draw shows the list under the palette's own line, in place of the list's.
func (p *palette) draw(page string, w, h int) (string, *tea.Cursor) {
	rows := strings.Split(p.list.View(), "\n")
	rows[0] = p.prompt.View()
	box := widget.Box{Title: p.m.say("cmd.title"), Footer: p.m.say("cmd.footer"), Focus: true}.Draw(p.m.kit, p.rect.W, p.rect.H, strings.Join(rows, "\n"))
	page = widget.Overlay(page, box, p.rect.X, p.rect.Y)
	if x, ok := p.prompt.Cursor(); ok {
		return page, tea.NewCursor(p.rect.X+1+x, p.rect.Y+1)
	}
	return page, nil
}

// idAddress is the place of a thing of the store by its id.
func idAddress(v string) (address, bool) {
	v = strings.ToUpper(strings.TrimSpace(v))
	switch {
	case strings.HasPrefix(v, "P-"):
		if id, err := cdp.ParseProfileID(v); err == nil {
			return address{Screen: "profile", Object: id.String()}, true
		}
	case strings.HasPrefix(v, "R-"):
		if id, err := cdp.ParseRecordID(v); err == nil {
			return address{Screen: "record", Object: id.String()}, true
		}
	case strings.HasPrefix(v, "B-"):
		if id, err := cdp.ParseBatchID(v); err == nil {
			return address{Screen: "batch", Object: id.String()}, true
		}
	case strings.HasPrefix(v, "D-"):
		if id, err := cdp.ParseDecisionID(v); err == nil {
			return address{Screen: "decision", Object: id.String()}, true
		}
	}
	return address{}, false
}

// openText goes to what a person typed: an address, an id, or an identifier
// that the desk looks up.
func (m *Model) openText(v string) tea.Cmd {
	if a, ok := idAddress(v); ok {
		return m.visit(a)
	}
	if a, err := parseAddress(v); err == nil && m.knows(a.Screen) {
		return m.visit(a)
	}
	return m.lookUp(v, foundAddress)
}

// lookUp goes to what the desk finds; of several things one is chosen.
func (m *Model) lookUp(v string, to func(cdp.Found) address) tea.Cmd {
	desk := m.desk
	var found []cdp.Found
	return m.work("fail.find", func(ctx context.Context) (err error) {
		found, err = desk.Find(ctx, v)
		return err
	}, func() tea.Cmd { return m.showFound(found, to) })
}

func (m *Model) showFound(found []cdp.Found, to func(cdp.Found) address) tea.Cmd {
	switch len(found) {
	case 0:
		return m.info("find.none")
	case 1:
		return m.visit(to(found[0]))
	}
	var out []choice
	sh := m.session.show()
	for _, f := range found {
		v := val{}
		if f.Identifier != nil {
			v = sh.named(f.Ref, *f.Identifier)
		}
		out = append(out, choice{label: text.Clean(f.Ref.ID), detail: text.Join(text.Lit("  "), v.text, text.Clean(f.Note)),
			do: func() tea.Cmd { return m.visit(to(f)) }})
	}
	return m.choose(m.say("find.title", len(found)), out)
}

func foundAddress(f cdp.Found) address {
	if f.Profile != 0 {
		return address{Screen: "profile", Object: f.Profile.String()}
	}
	a, _ := idAddress(f.Ref.ID)
	return a
}

func (m *Model) openSaved(name string) tea.Cmd {
	for _, s := range m.palette.saved.val {
		if s.Name == name {
			return m.visit(address{Screen: "search", Query: s.Query})
		}
	}
	return m.info("saved.none")
}
