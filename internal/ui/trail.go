package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// trail is the way to the present place, and the history of the ways taken. A
// stop keeps its screen, or only its address when it comes out of the history.
type trail struct {
	stops []stop
	past  []way // browser semantics: at is where we are in it
	at    int
	last  int // where we were before, for "last view"
}

type stop struct {
	addr  address
	given string // the filter with which one came here, which esc keeps
	crumb text.Safe
	scr   screen // nil: to be made of addr
	seen  int    // how often something had been decided when the screen was last opened
}

// way is an entry of the history: every stop by its address.
type way []stop

const (
	maxStops = 20
	maxPast  = 100
)

func (t *trail) top() screen {
	if len(t.stops) == 0 {
		return nil
	}
	return t.stops[len(t.stops)-1].scr
}

// given is the filter with which one came to the present place.
func (t *trail) given() string {
	if len(t.stops) == 0 {
		return ""
	}
	return t.stops[len(t.stops)-1].given
}

func (t *trail) live() (out []screen) {
	for _, s := range t.stops {
		if s.scr != nil {
			out = append(out, s.scr)
		}
	}
	return out
}

func (t *trail) crumbs() []text.Safe {
	out := make([]text.Safe, len(t.stops))
	for i, s := range t.stops {
		out[i] = s.crumb
		if s.scr != nil {
			out[i] = s.scr.Crumb()
		}
	}
	return out
}

// written is the present way without its screens.
func (t *trail) written() way {
	w := make(way, len(t.stops))
	for i, s := range t.stops {
		w[i] = stop{addr: s.addr, given: s.given, crumb: s.crumb}
		if s.scr != nil {
			w[i] = stop{addr: s.scr.Address(), given: s.given, crumb: s.scr.Crumb()}
		}
	}
	return w
}

// remember brings the entry of the present place up to date.
func (t *trail) remember() {
	if len(t.past) > 0 {
		t.past[t.at] = t.written()
	}
}

// record adds the present place to the history; what was ahead is forgotten.
func (t *trail) record() {
	t.last = t.at
	if len(t.past) > 0 {
		t.past = t.past[:t.at+1]
	}
	t.past = append(t.past, t.written())
	if over := len(t.past) - maxPast; over > 0 {
		t.past = slices.Clone(t.past[over:])
		t.last = max(0, t.last-over)
	}
	t.at = len(t.past) - 1
}

// start begins the way at a place.
func (m *Model) start(a address) tea.Cmd {
	m.trail.stops = nil
	cmd, _ := m.push(a)
	return cmd
}

// home leads back to the beginning of the way, the dashboard.
func (m *Model) home() tea.Cmd {
	if len(m.trail.stops) < 2 {
		return m.info("nav.here")
	}
	m.trail.remember()
	m.leave()
	m.trail.stops = m.trail.stops[:1]
	cmd := m.settle()
	m.trail.record()
	return cmd
}

// visitFrom goes to a place from the present one.
func (m *Model) visitFrom(a address) tea.Cmd {
	if t := m.trail.top(); t != nil && t.Address().same(a) {
		if a.Screen != "profile" || t.Address().Tab == max(1, a.Tab) {
			return m.info("nav.here")
		}
	}
	cmd, _ := m.push(a)
	return cmd
}

// turnTo goes to a place that stands instead of the present one on the way: the
// same list seen otherwise.
func (m *Model) turnTo(a address) tea.Cmd {
	t := &m.trail
	was := t.stops[len(t.stops)-1].given
	s, err := m.build(a)
	if err != nil {
		return m.fail("nav.nowhere", err)
	}
	t.remember()
	m.leave()
	t.stops[len(t.stops)-1] = stop{addr: a, given: was, crumb: s.Crumb(), scr: s, seen: m.decisions}
	cmd := m.enter(s)
	t.record()
	return cmd
}

// push goes to a place; ok is false when there is none at that address.
func (m *Model) push(a address) (cmd tea.Cmd, ok bool) {
	s, err := m.build(a)
	if err != nil {
		return m.fail("nav.nowhere", err), false
	}
	m.trail.remember()
	m.leave()
	if len(m.trail.stops) == maxStops {
		m.trail.stops = slices.Delete(m.trail.stops, 1, 2) // the dashboard stays
	}
	m.trail.stops = append(m.trail.stops, stop{addr: a, given: a.Filter, crumb: s.Crumb(), scr: s, seen: m.decisions})
	cmd = m.enter(s)
	m.trail.record()
	return cmd, true
}

// leave ends what the present screen reads.
func (m *Model) leave() {
	if s := m.trail.top(); s != nil {
		s.Close()
	}
}

func (m *Model) enter(s screen) tea.Cmd {
	cmd := m.resize()
	return tea.Batch(cmd, s.Open(m.whole()))
}

// pop goes one stop back on the way; false at its beginning.
func (m *Model) pop() (bool, tea.Cmd) {
	if len(m.trail.stops) < 2 {
		return false, nil
	}
	m.trail.remember()
	m.leave()
	m.trail.stops = m.trail.stops[:len(m.trail.stops)-1]
	cmd := m.settle()
	m.trail.record()
	return true, cmd
}

// settle opens the last stop, making its screen when it has none. A stop whose
// place is no more is left.
func (m *Model) settle() tea.Cmd {
	var failed tea.Cmd
	for len(m.trail.stops) > 0 {
		st := &m.trail.stops[len(m.trail.stops)-1]
		if st.scr == nil {
			s, err := m.build(st.addr)
			if err != nil {
				failed = m.fail("nav.nowhere", err)
				m.trail.stops = m.trail.stops[:len(m.trail.stops)-1]
				continue
			}
			st.scr, st.seen = s, m.decisions
		}
		cmd := m.enter(st.scr)
		if st.seen != m.decisions { // what it shows may be otherwise by now
			st.seen = m.decisions
			cmd = tea.Batch(cmd, st.scr.Refresh())
		}
		return tea.Batch(failed, cmd)
	}
	cmd, _ := m.push(address{Screen: "dashboard"})
	return tea.Batch(failed, cmd)
}

// rebuild makes every place of the way anew: what they show is looked at
// otherwise. Where they stand is kept.
func (m *Model) rebuild() tea.Cmd {
	m.trail.remember()
	m.leave()
	m.trail.stops = m.trail.written()
	return m.settle()
}

// travel goes to an entry of the history.
func (m *Model) travel(to int) tea.Cmd {
	t := &m.trail
	if to < 0 || to >= len(t.past) || to == t.at {
		return m.toast(widget.InfoLevel, m.say("nav.end"))
	}
	t.remember()
	m.leave()
	t.last, t.at = t.at, to
	t.stops = slices.Clone(t.past[to])
	return m.settle()
}
