package widget

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/text"
)

const (
	maxPrompt  = 4096 // characters
	maxHistory = 100
)

// Prompt is one line to type into, with history and a proposed completion. The
// cursor is the terminal's own: the root puts it where Cursor says. Enter and
// esc are left to the screen.
type Prompt struct {
	kit      *Kit
	label    text.Safe
	value    []rune
	pos, off int // cursor; first character shown
	w        int
	focus    bool
	history  []string
	at       int    // in history; len(history) is the draft
	draft    string // what was typed before going into the history
	propose  func(value string) string
	view     view
}

// NewPrompt returns an empty prompt with a label before it.
func NewPrompt(k *Kit, label text.Safe) *Prompt { return &Prompt{kit: k, label: label, focus: true} }

// SetPropose sets what completes a value: it returns the whole completed value,
// which is shown behind the cursor when it begins with the typed one. It must be
// quick and do no I/O.
func (p *Prompt) SetPropose(f func(value string) string) { p.propose = f }

// SetLabel replaces the label.
func (p *Prompt) SetLabel(l text.Safe) { p.label = l; p.view.soil() }

// SetHistory sets the former values, the oldest first.
func (p *Prompt) SetHistory(h []string) {
	p.history = append([]string(nil), h...)
	p.at = len(p.history)
}

// Remember adds a value to the history, unless it is the last one there.
func (p *Prompt) Remember(v string) {
	if v != "" && (len(p.history) == 0 || p.history[len(p.history)-1] != v) {
		p.history = append(p.history, v)
		p.history = p.history[max(0, len(p.history)-maxHistory):]
	}
	p.at = len(p.history)
}

// History returns the former values, the oldest first.
func (p *Prompt) History() []string { return append([]string(nil), p.history...) }

// Value is what was typed: raw, but without control characters.
func (p *Prompt) Value() string { return string(p.value) }

// SetValue replaces the value and puts the cursor behind it.
func (p *Prompt) SetValue(v string) {
	p.value, p.pos, p.off = nil, 0, 0
	p.insert(v)
}

// SetSize gives the prompt w cells in one row.
func (p *Prompt) SetSize(w int) { p.w = max(0, w); p.view.soil() }

// SetFocus says whether keys go here.
func (p *Prompt) SetFocus(on bool) { p.focus = on; p.view.soil() }

func (p *Prompt) insert(s string) {
	var in []rune
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		if r == '\n' || r == '\t' {
			r = ' '
		}
		if !unicode.IsControl(r) {
			in = append(in, r)
		}
	}
	in = in[:min(len(in), maxPrompt-len(p.value))]
	p.value = append(p.value[:p.pos:p.pos], append(in, p.value[p.pos:]...)...)
	p.pos += len(in)
	p.view.soil()
}

// Update takes pasted text when focused. Line breaks become spaces.
func (p *Prompt) Update(msg tea.Msg) (handled bool, cmd tea.Cmd) {
	m, ok := msg.(tea.PasteMsg)
	if !ok || !p.focus {
		return false, nil
	}
	p.insert(strings.TrimRight(strings.ReplaceAll(m.Content, "\r\n", "\n"), "\r\n"))
	return true, nil
}

// Key handles typing and editing.
func (p *Prompt) Key(k tea.KeyPressMsg) (handled bool, cmd tea.Cmd) {
	switch k.String() {
	case "left", "ctrl+b":
		p.pos = max(0, p.pos-1)
	case "right", "ctrl+f":
		if p.pos == len(p.value) {
			p.accept()
		}
		p.pos = min(len(p.value), p.pos+1)
	case "ctrl+left":
		p.pos = p.wordLeft()
	case "ctrl+right":
		p.pos = p.wordRight()
	case "home", "ctrl+a":
		p.pos = 0
	case "end", "ctrl+e":
		p.pos = len(p.value)
	case "backspace":
		p.delete(p.pos-1, p.pos)
	case "delete", "ctrl+d":
		p.delete(p.pos, p.pos+1)
	case "ctrl+w":
		p.delete(p.wordLeft(), p.pos)
	case "ctrl+u":
		p.delete(0, p.pos)
	case "ctrl+k":
		p.delete(p.pos, len(p.value))
	case "up":
		p.recall(-1)
	case "down":
		p.recall(1)
	case "tab":
		return p.accept(), nil
	default:
		key := k.Key()
		if key.Text == "" || key.Mod&(tea.ModCtrl|tea.ModAlt|tea.ModMeta|tea.ModSuper) != 0 {
			return false, nil
		}
		p.insert(key.Text)
	}
	p.view.soil()
	return true, nil
}

func (p *Prompt) delete(from, to int) {
	from, to = max(0, from), min(to, len(p.value))
	p.value = append(p.value[:from:from], p.value[to:]...)
	p.pos = from
}

func (p *Prompt) wordLeft() int {
	i := p.pos
	for i > 0 && p.value[i-1] == ' ' {
		i--
	}
	for i > 0 && p.value[i-1] != ' ' {
		i--
	}
	return i
}

func (p *Prompt) wordRight() int {
	i := p.pos
	for i < len(p.value) && p.value[i] == ' ' {
		i++
	}
	for i < len(p.value) && p.value[i] != ' ' {
		i++
	}
	return i
}

func (p *Prompt) recall(d int) {
	to := p.at + d
	if to < 0 || to > len(p.history) {
		return
	}
	if p.at == len(p.history) {
		p.draft = string(p.value)
	}
	v := p.draft
	if to < len(p.history) {
		v = p.history[to]
	}
	p.SetValue(v)
	p.at = to
}

func (p *Prompt) accept() bool {
	g := p.ghost()
	if g != "" {
		p.insert(g)
	}
	return g != ""
}

// ghost is the part of the proposal that is not typed yet.
func (p *Prompt) ghost() string {
	if p.propose == nil || !p.focus || len(p.value) == 0 || p.pos != len(p.value) {
		return ""
	}
	v := string(p.value)
	if rest, ok := strings.CutPrefix(p.propose(v), v); ok {
		return rest
	}
	return ""
}

// frame scrolls so that the cursor is inside, and returns the room for the value.
func (p *Prompt) frame() (room int) {
	room = p.w - text.Width(p.head())
	if room < 2 {
		return max(0, room)
	}
	p.off = min(p.off, p.pos)
	used := 1 // the cursor's own cell
	for i := p.pos - 1; i >= p.off; i-- {
		used += text.Width(text.Clean(string(p.value[i])))
		if used > room {
			p.off = i + 1
			break
		}
	}
	return room
}

func (p *Prompt) before() text.Safe { return text.Clean(string(p.value[p.off:p.pos])) }

// Cursor is where the terminal's cursor belongs, in cells from the left of the
// view; ok is false without focus or room.
func (p *Prompt) Cursor() (x int, ok bool) {
	if room := p.frame(); room < 2 || !p.focus {
		return 0, false
	}
	return min(p.w-1, text.Width(p.head())+text.Width(p.before())), true
}

// head is the label, or as much of it as leaves room to see what is typed.
func (p *Prompt) head() text.Safe {
	if most := p.w - promptRoom; most > 2*promptRoom && text.Width(p.label) > most {
		return text.Concat(text.Cut(p.label, most-1), text.Lit(" "))
	}
	return p.label
}

// promptRoom is how many cells of a line are for what is typed.
const promptRoom = 12

// View is the prompt in exactly its width.
func (p *Prompt) View() string {
	return p.view.get(p.kit, func() string {
		if room := p.frame(); room == 0 {
			return p.kit.Line(p.w, Span{Text: p.label})
		}
		return p.kit.Line(p.w, Span{p.head(), KeyName}, Span{Text: p.before()}, Span{Text: text.Clean(string(p.value[p.pos:]))},
			Span{text.Clean(p.ghost()), Ghost})
	})
}
