// Package widgettest drives widgets and screens in tests without a program: keys
// in, commands run to their end, views drawn to plain text. It knows no clock
// and no patience, so that a busy machine changes nothing; a command that waits
// for time must not be given to it.
package widgettest

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/text"
)

var update = flag.Bool("update", false, "write the golden frames anew")

// Widget is what takes messages.
type Widget interface {
	Update(msg tea.Msg) (handled bool, cmd tea.Cmd)
}

// maxMessages ends a test whose commands never end.
const maxMessages = 100_000

// Run runs cmd and all commands that follow from it, giving each message to the
// widgets in order until one handles it. It returns the messages none handled.
func Run(t testing.TB, cmd tea.Cmd, widgets ...Widget) (left []tea.Msg) {
	t.Helper()
	queue := []tea.Cmd{cmd}
	for n := 0; len(queue) > 0; n++ {
		if n > maxMessages {
			t.Fatalf("more than %d messages", maxMessages)
		}
		c := queue[0]
		queue = queue[1:]
		if c == nil {
			continue
		}
		msg := c()
		if batch, ok := msg.(tea.BatchMsg); ok {
			queue = append(queue, batch...)
			continue
		}
		handled := msg == nil
		for _, w := range widgets {
			if handled {
				break
			}
			var next tea.Cmd
			handled, next = w.Update(msg)
			queue = append(queue, next)
		}
		if !handled {
			left = append(left, msg)
		}
	}
	return left
}

// Key is the message of a key as Bubble Tea names it: "a", "G", "space", "ctrl+a", "pgdown".
func Key(name string) tea.KeyPressMsg {
	k := tea.Key{}
	for {
		mod, rest, ok := strings.Cut(name, "+")
		if !ok || rest == "" {
			break
		}
		switch mod {
		case "ctrl":
			k.Mod |= tea.ModCtrl
		case "alt":
			k.Mod |= tea.ModAlt
		case "shift":
			k.Mod |= tea.ModShift
		}
		name = rest
	}
	special := map[string]rune{
		"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd,
		"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "enter": tea.KeyEnter, "tab": tea.KeyTab, "esc": tea.KeyEscape,
		"backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "space": tea.KeySpace,
	}
	if code, ok := special[name]; ok {
		k.Code = code
		if name == "space" && k.Mod == 0 {
			k.Text = " "
		}
		return tea.KeyPressMsg(k)
	}
	k.Code = unicode.ToLower([]rune(name)[0])
	if k.Mod&(tea.ModCtrl|tea.ModAlt) == 0 {
		k.Text = name
	}
	return tea.KeyPressMsg(k)
}

// uncoloured is s without SGR sequences; any other escape stays.
func uncoloured(s string) string {
	var b strings.Builder
	for {
		i := strings.Index(s, "\x1b[")
		if i < 0 {
			break
		}
		n := 2
		for i+n < len(s) && (s[i+n] >= '0' && s[i+n] <= '9' || s[i+n] == ';') {
			n++
		}
		if i+n < len(s) && s[i+n] == 'm' {
			b.WriteString(s[:i])
			s = s[i+n+1:]
		} else {
			b.WriteString(s[:i+2])
			s = s[i+2:]
		}
	}
	b.WriteString(s)
	return b.String()
}

// Plain is a view without colours and trailing blanks.
func Plain(view string) string {
	lines := strings.Split(uncoloured(view), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}

// Check fails unless view has h lines of w cells each and nothing in it but
// text that can be shown and colours.
func Check(t testing.TB, view string, w, h int) {
	t.Helper()
	if h <= 0 {
		if view != "" {
			t.Errorf("%dx%d: not empty: %q", w, h, view)
		}
		return
	}
	lines := strings.Split(view, "\n")
	if len(lines) != h {
		t.Errorf("%dx%d: %d lines", w, h, len(lines))
	}
	for y, l := range lines {
		plain := text.Clean(uncoloured(l))
		if plain.Changed() {
			t.Errorf("%dx%d: line %d can not be shown: %q", w, h, y, plain)
		}
		if n := text.Width(plain); n != max(0, w) {
			t.Errorf("%dx%d: line %d is %d cells: %q", w, h, y, n, l)
		}
	}
}

// Golden compares the plain view with testdata/name.golden, which -update writes.
func Golden(t *testing.T, name, view string) {
	t.Helper()
	got := Plain(view) + "\n"
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (-update writes it anew):\ngot:\n%s\nwant:\n%s", file, got, want)
	}
}
