package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestMouse(t *testing.T) {
	d := drive(t, 120, 40, newFake(), "sources")
	if d.m.View().MouseMode != tea.MouseModeNone {
		t.Error("the mouse is captured unasked")
	}
	d.press("%")
	if d.m.View().MouseMode == tea.MouseModeNone {
		t.Error("% does not turn the mouse on")
	}
	d.send(tea.MouseClickMsg{X: 10, Y: 6, Button: tea.MouseLeft})
	if row := d.m.trail.top().Address().Row; row != 2 {
		t.Errorf("a click on the third row leads to row %d", row)
	}
	d.send(tea.MouseClickMsg{X: 110, Y: 6, Button: tea.MouseLeft})
	if p := d.m.trail.top().(interface{ focused() int }); p.focused() != 1 {
		t.Error("a click on the detail does not give it the keys")
	}
}

func (p *panes) focused() int { return p.focus }

// click presses the left button where a text stands in the frame.
func (d *driver) click(on string) *driver {
	d.t.Helper()
	for y, line := range strings.Split(d.plain(), "\n") {
		if before, _, ok := strings.Cut(line, on); ok {
			d.send(tea.MouseClickMsg{X: len([]rune(before)), Y: y, Button: tea.MouseLeft})
			return d
		}
	}
	d.t.Fatalf("%q is not to be seen in:\n%s", on, d.plain())
	return d
}

// What is told can be clicked: tabs, hints, entries of menus and of the palette.
func TestClicks(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		d := drive(t, size[0], size[1], newFake(), "profile?P-0042117")
		d.click("4 Consent").sees("[4 Consent")
		d.click("2 Id").sees("[2 Id")
		d.click("<1-7>").sees("[3 Touch")
		d.click("<t>").sees("Trace P-0042117")
		d.click("<?>").sees("Keys: type to find")
		d.click("graph of what surrounds").sees("Graph around P-0042117")
		d.click("<?>").click("cdp-tui").misses("Keys: type to find") // beside it
		d.press(":").click("systems that deliver").sees("Dashboard › P-0042117 › Trace P-0042117 › Graph P-0042117 › Sources")
		d.press(":").click("one profile")
		if v := d.m.palette.prompt.Value(); v != "profile " || !d.m.palette.on {
			t.Errorf("a command that needs an id is run without: %q", v)
		}
		d.click("cdp-tui").misses("Command")
		d.press("/").click("cdp-tui").sees("filter (word") // a question waits for its answer
		d.press("esc", "?").click("show in clear for 30").sees("<m> nothing here is masked")
		if d.m.menu == nil {
			t.Error("what can not be chosen closes the menu")
		}
	}
}
