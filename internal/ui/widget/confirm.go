package widget

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/text"
)

// The time keys are swallowed after a confirmation opens, so that what was typed
// ahead can not answer it: until no key came for a while, at most for a while.
const (
	graceQuiet = 425 * time.Millisecond
	graceCap   = 1500 * time.Millisecond
)

// Answer is the state of a confirmation.
type Answer uint8

// The answers.
const (
	Asked Answer = iota
	Cancelled
	Confirmed
)

// Question is what a confirmation asks.
type Question struct {
	Title  text.Safe
	Body   []text.Safe
	Word   string    // to be typed before Act works; without spaces; empty for none
	Ask    text.Safe // the words before the place to type, "Type the number to go on:"
	Cancel text.Safe // label
	Act    text.Safe // label
	Opener string    // the key that opened it: does nothing until another key came
}

// Confirm is a dialog before something that changes data. Cancel is focused,
// enter never confirms: after the word was typed, tab goes to Act and space
// does it. Esc cancels at any time.
type Confirm struct {
	kit    *Kit
	q      Question
	now    func() time.Time
	opened time.Time
	last   time.Time
	armed  bool
	opener string // still swallowed
	input  *Prompt
	onAct  bool
	answer Answer
	w      int
	view   view
}

// NewConfirm asks q. now is the clock of the grace time.
func NewConfirm(k *Kit, q Question, now func() time.Time) *Confirm {
	t := now()
	return &Confirm{kit: k, q: q, now: now, opened: t, last: t, opener: q.Opener, input: NewPrompt(k, text.Join(text.Lit(" "), q.Ask, text.Safe{}))}
}

// Answer is what was answered so far.
func (c *Confirm) Answer() Answer { return c.answer }

// unlocked reports whether the word stands there.
func (c *Confirm) unlocked() bool { return c.q.Word == "" || c.input.Value() == c.q.Word }

// Key handles every key while the dialog is open.
func (c *Confirm) Key(k tea.KeyPressMsg) (handled bool, cmd tea.Cmd) {
	c.view.soil()
	name := k.String()
	if c.answer != Asked {
		return false, nil
	}
	if name == "esc" {
		c.answer = Cancelled
		return true, nil
	}
	if t := c.now(); !c.armed {
		c.armed = t.Sub(c.last) >= graceQuiet || t.Sub(c.opened) >= graceCap
		c.last = t
		if !c.armed {
			return true, nil
		}
	}
	if name == c.opener {
		return true, nil
	}
	c.opener = ""
	switch name {
	case "enter":
		if !c.onAct {
			c.answer = Cancelled
		}
	case "tab", "shift+tab":
		c.onAct = !c.onAct
	case "left", "right":
		c.onAct = name == "right"
	case "space":
		switch {
		case !c.onAct:
			c.answer = Cancelled
		case c.unlocked():
			c.answer = Confirmed
		}
	default:
		if c.q.Word != "" {
			c.input.Key(k)
		}
	}
	return true, nil
}

// Update takes nothing: a word is typed, not pasted.
func (c *Confirm) Update(tea.Msg) (handled bool, cmd tea.Cmd) { return false, nil }

// SetSize sets the outer width; the height follows.
func (c *Confirm) SetSize(w int) {
	c.w = max(0, w)
	c.input.SetSize(c.inside())
	c.view.soil()
}

func (c *Confirm) inside() int { return max(0, c.w-4) }

// Height is the outer height at the present width.
func (c *Confirm) Height() int { return strings.Count(c.View(), "\n") + 1 }

// Cursor is where the terminal's cursor belongs in the view.
func (c *Confirm) Cursor() (x, y int, ok bool) {
	x, ok = c.input.Cursor()
	if c.q.Word == "" || !ok {
		return 0, 0, false
	}
	return x + 2, c.Height() - 5, true // frame, place to type, blank, buttons, blank, frame
}

// View is the dialog with its frame.
func (c *Confirm) View() string { return c.view.get(c.kit, c.draw) }

func (c *Confirm) draw() string {
	k, w := c.kit, c.inside()
	line := func(spans ...Span) string { return " " + k.Line(w, spans...) + " " }
	lines := []string{line()}
	for _, t := range c.q.Body {
		for _, r := range text.Wrap(t, w) {
			lines = append(lines, line(Span{Text: r}))
		}
	}
	lines = append(lines, line())
	if c.q.Word != "" {
		lines = append(lines, " "+c.input.View()+" ", line())
	}
	state := text.Safe{}
	if !c.unlocked() {
		state = text.Clean(k.words.Locked)
	} else if c.onAct {
		state = text.Clean(k.words.Unlock)
	}
	cancel, act := button(c.q.Cancel, !c.onAct), button(c.q.Act, c.onAct)
	if !c.unlocked() {
		act.Style = Disabled
		if c.onAct {
			act.Style = Dim
		}
	}
	right := []Span{cancel, {Text: text.Lit("   ")}, act, {Text: text.Lit("  ")}, {state, Dim}}
	lines = append(lines, " "+k.LineEnds(w, nil, right)+" ", line())
	box := Box{Title: c.q.Title, Footer: text.Clean(k.words.NeverEnter), Focus: true}
	return box.Draw(k, c.w, len(lines)+2, strings.Join(lines, "\n"))
}

// button has its focus in its brackets too, not in its colour only.
func button(label text.Safe, focus bool) Span {
	if focus {
		return Span{text.Join(text.Lit(" "), text.Lit("["), label, text.Lit("]")), Badge}
	}
	return Span{text.Join(text.Lit(" "), text.Lit("("), label, text.Lit(")")), Plain}
}
