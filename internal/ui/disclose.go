package ui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// copyable is something that can be sent to the clipboard.
type copyable struct {
	label text.Safe
	text  string
	clear bool // holds a personal value in clear
}

// maxCopy is what terminals take in one OSC 52 sequence.
const maxCopy = 74_994

// text is the text that has the keys, if any.
func (m *Model) text() (*widget.TextView, bool) {
	if r, ok := able[reading](m.trail.top()); ok {
		return r.Text()
	}
	return nil, false
}

// askFilter filters the list, or finds in the text that has the keys.
func (m *Model) askFilter() tea.Cmd {
	if t, ok := m.text(); ok {
		return m.ask(question{label: m.say("ask.find"), value: t.Query(), then: t.Search})
	}
	f, ok := able[filterer](m.trail.top())
	if !ok {
		return nil
	}
	before := f.Filter()
	return m.ask(question{label: m.say("ask.filter"), value: before, live: f.SetFilter, then: f.SetFilter,
		undo: func() tea.Cmd { return f.SetFilter(before) }})
}

// askReveal asks why, then logs, and only then shows in clear (law L7).
func (m *Model) askReveal() tea.Cmd {
	return m.ask(question{label: m.say("ask.reveal"), must: m.say("ask.reveal.must"), then: m.reveal})
}

func (m *Model) reveal(reason string) tea.Cmd {
	r, ok := able[revealer](m.trail.top())
	if !ok {
		return nil
	}
	about, fields := r.Reveals()
	if reason = strings.TrimSpace(reason); reason == "" {
		return m.toast(widget.InfoLevel, m.say("ask.reveal.must"))
	}
	if len(fields) == 0 {
		return m.info("off.reveal")
	}
	desk := m.desk
	return m.work("fail.reveal", func(ctx context.Context) error { return desk.Reveal(ctx, about, fields, reason) }, func() tea.Cmd {
		return tea.Batch(m.grant(about, fields), m.masked(), m.info("reveal.done", int(revealTime.Seconds())))
	})
}

func (m *Model) noCopy() text.Safe {
	if c, ok := able[copier](m.trail.top()); ok {
		if _, list := c.Copies(); len(list) > 0 {
			return text.Safe{}
		}
	}
	return m.say("off.copy")
}

func (m *Model) copyFirst() tea.Cmd {
	c, _ := able[copier](m.trail.top())
	about, list := c.Copies()
	return m.copy(about, list[0])
}

func (m *Model) copyMenu() tea.Cmd {
	c, _ := able[copier](m.trail.top())
	about, list := c.Copies()
	here := m.trail.top().Address()
	here.Filter = ""
	list = append(list, copyable{label: m.say("copy.address"), text: here.String(), clear: here.Query != ""}) // a query can be about a person
	var out []choice
	for _, x := range list {
		out = append(out, choice{label: x.label, do: func() tea.Cmd { return m.copy(about, x) }})
	}
	return m.choose(m.say("copy.title"), out)
}

// copy sends text to the terminal's clipboard; a value in clear is logged first.
func (m *Model) copy(about cdp.Ref, c copyable) tea.Cmd {
	if len(c.text) > maxCopy {
		return m.info("copy.large", maxCopy)
	}
	sent := func() tea.Cmd { return tea.Batch(tea.SetClipboard(c.text), m.info("copy.sent")) }
	if !c.clear {
		return sent()
	}
	desk, sum := m.desk, digest([]byte(c.text))
	return m.work("fail.copy", func(ctx context.Context) error { return desk.Exported(ctx, about, "clipboard, in clear", sum) }, sent)
}

func (m *Model) askExport() tea.Cmd {
	title := m.say("export.title")
	if !m.until().IsZero() { // what is revealed now is exported as it is shown
		title = m.say("export.clear")
	}
	list := []choice{
		{label: m.say("export.csv"), detail: m.say("export.csv.what"), do: func() tea.Cmd { return m.export("csv") }},
		{label: m.say("export.jsonl"), detail: m.say("export.jsonl.what"), do: func() tea.Cmd { return m.export("jsonl") }},
	}
	if _, ok := able[drawn](m.trail.top()); ok {
		list = append(list, choice{label: m.say("export.dot"), detail: m.say("export.dot.what"), do: func() tea.Cmd { return m.export("dot") }})
	}
	for _, p := range papersOf(m.trail.top()) {
		list = append(list, choice{label: m.say("paper." + p.key), detail: m.say("paper." + p.key + ".what"), do: func() tea.Cmd { return m.export(p.key) }})
	}
	return m.choose(title, list)
}

// exportOf is what writes a screen in a format; false where it can not be.
func exportOf(s screen, format string) (about cdp.Ref, write func(context.Context, *sheet) error, ok bool) {
	if format == "dot" {
		d, ok := able[drawn](s)
		if !ok {
			return cdp.Ref{}, nil, false
		}
		about, write = d.Drawing()
		return about, write, true
	}
	x, ok := able[exporter](s)
	if !ok {
		return cdp.Ref{}, nil, false
	}
	about, write = x.Export()
	return about, write, true
}

// export writes all rows that the filter leaves. The log is told before the
// file is written: what can not be logged does not leave (law L7).
func (m *Model) export(format string) tea.Cmd {
	s := m.trail.top()
	about, write, ok := exportOf(s, format)
	what, ext := s.Address().Screen, format
	for _, p := range papersOf(s) {
		if p.key == format {
			about, write, ok, what, ext = p.about, p.sheet, true, p.name, p.ext
		}
	}
	if !ok {
		return m.info("off.export")
	}
	name := fmt.Sprintf("%s-%s.%s", what, m.env.Now().UTC().Format("20060102-150405"), ext)
	desk, file := m.desk, m.env.WriteFile
	sh := &sheet{json: format == "jsonl"}
	return m.work("fail.export", func(ctx context.Context) error {
		if file == nil {
			return errNoFiles
		}
		if err := write(ctx, sh); err != nil {
			return err
		}
		how := "masked"
		if sh.clear {
			how = "in clear"
		}
		if err := desk.Exported(ctx, about, fmt.Sprintf("%s, %s, %d rows, %s", what, ext, sh.rows, how), sh.digest()); err != nil {
			return err
		}
		return file(name, sh.buf.Bytes())
	}, func() tea.Cmd {
		return m.toast(widget.SuccessLevel, m.say("export.done", sh.rows, name, sh.digest()))
	})
}
