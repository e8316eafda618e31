package widget

import (
	"charm.land/bubbles/v2/key"
)

// Keys are the keys of all widgets. Screens show their help and may rebind them.
// Enter (but for branches of a tree) and a plain esc with nothing to clear are
// left to the screen.
type Keys struct {
	Up, Down, Left, Right, PageUp, PageDown, HalfUp, HalfDown, Home, End key.Binding
	Mark, Range, MarkAll, Clear                                          key.Binding
	Toggle, Retry, Next, Prev                                            key.Binding
}

// DefaultKeys returns the keys for arrows and for those who know vi.
func DefaultKeys() Keys {
	b := func(help, desc string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, desc))
	}
	return Keys{
		Up: b("↑/k", "up", "up", "k"), Down: b("↓/j", "down", "down", "j"),
		Left: b("←/h", "left, close", "left", "h"), Right: b("→/l", "right, open", "right", "l"),
		PageUp: b("pgup", "page up", "pgup", "ctrl+b"), PageDown: b("pgdn", "page down", "pgdown", "ctrl+f"),
		HalfUp: b("^u", "half a page up", "ctrl+u"), HalfDown: b("^d", "half a page down", "ctrl+d"),
		Home: b("g", "to the beginning", "home", "g"), End: b("G", "to the end", "end", "G"),
		Mark: b("space", "mark", "space"), Range: b("v", "mark a range", "v"), MarkAll: b("^a", "mark all", "ctrl+a"), Clear: b("esc", "clear marks", "esc"),
		Toggle: b("enter", "open or close", "enter"), Retry: b("^r", "read again", "ctrl+r"),
		Next: b("n", "next match", "n"), Prev: b("N", "previous match", "N"),
	}
}

// NamedBinding is a binding with the name under which it can be rebound.
type NamedBinding struct {
	Name string
	*key.Binding
}

// All lists the bindings with their names, in the order of the help.
func (k *Keys) All() []NamedBinding {
	return []NamedBinding{
		{"up", &k.Up}, {"down", &k.Down}, {"left", &k.Left}, {"right", &k.Right}, {"page-up", &k.PageUp}, {"page-down", &k.PageDown},
		{"half-up", &k.HalfUp}, {"half-down", &k.HalfDown}, {"home", &k.Home}, {"end", &k.End}, {"mark", &k.Mark}, {"range", &k.Range},
		{"mark-all", &k.MarkAll}, {"clear", &k.Clear}, {"toggle", &k.Toggle}, {"retry", &k.Retry}, {"next", &k.Next}, {"prev", &k.Prev},
	}
}
