package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
)

// followsLens reports whether a place shows what the lens shows. All others
// show the present, and say so; so do, for one purpose, tables of all people and
// who is with whom and why.
func followsLens(a address, l cdp.Lens) bool {
	switch a.Screen {
	case "profile":
		return a.Tab != tabLog+1
	case "record", "trace", "card", "where", "view-as", "journey", "lens", "basis", "members":
		return true
	case "findings", "finding", "mutes", "counts", "coverage", "covered", "inside", "targets", "plan", "verdicts", "outbox", "drift", "ropa", "breach", "graph", "why", "history", "search", "health":
		return l.Purpose == ""
	}
	return false
}

// lookThrough makes all places show what a lens shows; the plain one is the
// present.
func (m *Model) lookThrough(l cdp.Lens) tea.Cmd {
	if why := m.noLens(); !why.Empty() {
		return m.info("key.off", ",", why)
	}
	if l.Known.After(m.env.Now()) {
		return m.info("lens.ahead")
	}
	was := m.lens
	m.lens, m.desk = l, m.present
	if !l.IsPlain() {
		m.desk = newLookout(m.present, m.env.Through(l), l)
	}
	said := m.info("lens.now")
	switch {
	case l.IsPlain() && was.IsPlain():
		return said
	case !l.IsPlain():
		said = m.info("lens.on", m.lensBadge())
	}
	m.grants = nil // what was revealed was seen otherwise
	return tea.Batch(m.rebuild(), said)
}

func (m *Model) noLens() text.Safe {
	if m.env.Through == nil {
		return m.say("off.nolens")
	}
	return text.Safe{}
}

// lensBadge says through what is looked, in words that need no colour.
func (m *Model) lensBadge() text.Safe {
	var parts []text.Safe
	if !m.lens.At.IsZero() {
		parts = append(parts, m.say("lens.asof", m.moment(m.lens.At)))
	}
	if !m.lens.Known.IsZero() {
		parts = append(parts, m.say("lens.asknown", m.moment(m.lens.Known)))
	}
	if m.lens.Purpose != "" {
		parts = append(parts, m.say("lens.for", string(m.lens.Purpose)))
	}
	return text.Join(text.Lit(" "), parts...)
}

// moment is a day when its end is meant, else the time too.
func (m *Model) moment(t time.Time) string {
	t = t.In(m.env.zone())
	if t.Add(time.Microsecond).Format(time.TimeOnly) == "00:00:00" {
		return t.Format(time.DateOnly)
	}
	return t.Format("2006-01-02 15:04")
}

// askLens asks from when, or for what, is to be looked.
func (m *Model) askLens() tea.Cmd {
	out := []choice{
		{label: m.say("lens.choose.asof"), do: func() tea.Cmd { return m.askTime("as-of") }},
		{label: m.say("lens.choose.asknown"), do: func() tea.Cmd { return m.askTime("as-known") }},
		{label: m.say("lens.choose.for"), do: m.askPurpose},
	}
	if !m.lens.IsPlain() {
		out = append([]choice{{label: m.say("lens.choose.now"), detail: m.lensBadge(), do: func() tea.Cmd { return m.lookThrough(cdp.Lens{}) }}}, out...)
	}
	return m.choose(m.say("lens.title"), out)
}

func (m *Model) askTime(which string) tea.Cmd {
	return m.ask(question{label: m.say("ask." + which), must: m.say("lens.how"), then: func(v string) tea.Cmd { return m.lensTyped(which)(v) }})
}

// askPurpose offers the purposes of the register.
func (m *Model) askPurpose() tea.Cmd {
	return m.pickPurpose(func(id cdp.PurposeID) tea.Cmd {
		l := m.lens
		l.Purpose = id
		return m.lookThrough(l)
	})
}

// pickPurpose lets one purpose of the register be chosen.
func (s *session) pickPurpose(then func(cdp.PurposeID) tea.Cmd) tea.Cmd {
	desk := s.desk
	var list []cdp.PurposeTitle
	return s.work("fail.purposes", func(ctx context.Context) (err error) {
		list, err = desk.Purposes(ctx)
		return err
	}, func() tea.Cmd {
		return s.choosePurpose(s.say("lens.which"), list, then)
	})
}

func (s *session) choosePurpose(title text.Safe, list []cdp.PurposeTitle, then func(cdp.PurposeID) tea.Cmd) tea.Cmd {
	var out []choice
	for _, p := range list {
		out = append(out, choice{label: text.Clean(string(p.ID)), detail: text.Clean(p.Title), do: func() tea.Cmd { return then(p.ID) }})
	}
	if len(out) == 0 {
		return s.info("lens.nopurpose")
	}
	return s.choose(title, out)
}

// lensTyped changes one part of the lens as it is typed; without a word it asks.
func (m *Model) lensTyped(which string) func(string) tea.Cmd {
	return func(arg string) tea.Cmd {
		arg = strings.TrimSpace(arg)
		l := m.lens
		switch {
		case which == "for" && arg == "":
			return m.askPurpose()
		case which == "for":
			return m.knownPurpose(cdp.PurposeID(arg), func(id cdp.PurposeID) tea.Cmd {
				l.Purpose = id
				return m.lookThrough(l)
			})
		case arg == "":
			return m.askTime(which)
		}
		at, ok := cdp.ParseInstant(arg, m.env.zone())
		if !ok {
			return m.info("lens.how")
		}
		if which == "as-of" {
			l.At = at
		} else {
			l.Known = at
		}
		return m.lookThrough(l)
	}
}

// knownPurpose goes on with a purpose that was typed when the register has it;
// else it offers those that it has.
func (m *Model) knownPurpose(typed cdp.PurposeID, then func(cdp.PurposeID) tea.Cmd) tea.Cmd {
	desk := m.desk
	var list []cdp.PurposeTitle
	return m.work("fail.purposes", func(ctx context.Context) (err error) {
		list, err = desk.Purposes(ctx)
		return err
	}, func() tea.Cmd {
		if slices.ContainsFunc(list, func(p cdp.PurposeTitle) bool { return p.ID == typed }) {
			return then(typed)
		}
		return m.choosePurpose(m.say("lens.unknown", string(typed)), list, then)
	})
}
