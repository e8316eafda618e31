package ui

import (
	"context"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/text"
	"cdp-tui/internal/ui/widget"
)

// session is what all screens share. It is used by Update and View only; what
// a command needs of it is taken before (desk, show).
type session struct {
	kit       *widget.Kit
	desk      Desk // looks through lens
	present   Desk
	lens      cdp.Lens
	env       Env
	lex       *lexicon
	toasts    *widget.Toasts
	grants    []grant
	asked     []string                     // queries of this session, for the search line's history
	applied   map[cdp.DecisionID]applied   // what was carried out in this session
	surveys   map[cdp.Standpoint]*surveyed // what the lint found; see surveyedBy
	decisions int                          // how often something was decided: what was read before may be otherwise
	readOnly  bool
	look      *look             // at the filter that is being built
	looked    []*look           // that are over
	cardLang  string            // in which cards are shown
	told      []cdp.Instruction // what officers began to record for persons; the evidence is personal and stays in memory

	// Set by the root.
	visit  func(address) tea.Cmd // goes to a place
	turn   func(address) tea.Cmd // shows a place instead of the present one
	ask    func(question) tea.Cmd
	sure   func(widget.Question, func() tea.Cmd) tea.Cmd // asks before something that changes the store
	choose func(text.Safe, []choice) tea.Cmd
	// work does f in a command and counts it as a job; then runs when it went well.
	work    func(what string, f func(context.Context) error, then func() tea.Cmd) tea.Cmd
	watch   func(*sending) tea.Cmd // shows a disclosure until it is over
	unwatch func(*sending)
	save    func(name string) tea.Cmd  // keeps the query of the search screen
	find    func(thing string) tea.Cmd // goes to what is looked up
	whole   func() context.Context     // lives as long as the program
}

func (s *session) say(key string, args ...any) text.Safe { return s.lex.say(key, args...) }

// show takes a picture of what may be shown now, for commands.
func (s *session) show() show {
	return show{lex: s.lex, zone: s.env.zone(), now: s.env.Now(), grants: s.grants}
}

// toast tells the user something; the answer draws the screen again when it is over.
func (s *session) toast(l widget.Level, msg text.Safe) tea.Cmd {
	now := s.env.Now()
	s.toasts.Push(l, msg, now)
	if at, ok := s.toasts.Next(now); ok {
		return s.env.after(at.Sub(now), wake{})
	}
	return nil
}

// remember adds a query to the history of the search line; it stays in memory.
func (s *session) remember(q string) {
	if q != "" && (len(s.asked) == 0 || s.asked[len(s.asked)-1] != q) {
		s.asked = append(s.asked, q)
	}
	s.asked = s.asked[max(0, len(s.asked)-100):]
}

func (s *session) info(key string, args ...any) tea.Cmd {
	return s.toast(widget.InfoLevel, s.say(key, args...))
}

func (s *session) fail(key string, err error) tea.Cmd {
	return s.toast(widget.FailureLevel, text.Join(text.Lit(": "), s.say(key), text.Clean(err.Error())))
}

// stale tells that what is seen could not be read again; on a screen that shows
// nothing yet the error stands in its place.
func (s *session) stale(fresh, ok bool, err error) tea.Cmd {
	if !fresh || !ok || err == nil {
		return nil
	}
	return s.fail("fail.again", err)
}

// wake makes the program draw again and take back what is over.
type wake struct{}

// revealTime is how long a revealed value is shown.
const revealTime = 30 * time.Second

func (s *session) grant(about cdp.Ref, fields []string) tea.Cmd {
	g := grant{about: about, fields: map[string]bool{}, until: s.env.Now().Add(revealTime)}
	for _, f := range fields {
		g.fields[f] = true
	}
	s.grants = append(s.grants[:len(s.grants):len(s.grants)], g)
	return s.env.after(revealTime, wake{})
}

// expire takes back the grants that are over; true when there were any.
func (s *session) expire() bool {
	now := s.env.Now()
	var left []grant
	for _, g := range s.grants {
		if now.Before(g.until) {
			left = append(left, g)
		}
	}
	over := len(left) < len(s.grants)
	s.grants = left
	return over
}

// until is when the last grant ends; zero when nothing is revealed.
func (s *session) until() (at time.Time) {
	for _, g := range s.grants {
		if g.until.After(at) {
			at = g.until
		}
	}
	return at
}

// binding is a key with what it does. Help, hints and palette are made of it.
type binding struct {
	id   string   // unique in its context; the key of its words: "key.<id>"
	keys []string // as Bubble Tea names them
	name string   // as shown; "" for the first of keys
	hint int      // place in the hints line, 0 for none
	do   func() tea.Cmd
	off  func() text.Safe // why it can not be used now; nil or empty when it can
}

func (b binding) shown() string {
	if b.name != "" {
		return b.name
	}
	return b.keys[0]
}

// reason is why b can not be used now, empty when it can.
func (b binding) reason() text.Safe {
	if b.off == nil {
		return text.Safe{}
	}
	return b.off()
}

func (b binding) matches(k tea.KeyPressMsg) bool {
	return key.Matches(k, key.NewBinding(key.WithKeys(b.keys...)))
}

// reader reads what a screen shows.
type reader interface {
	Open(ctx context.Context) tea.Cmd // begins to read, or goes on after Close
	Close()                           // gives up what is being read
	Refresh() tea.Cmd                 // reads anew
	Update(msg tea.Msg) (handled bool, cmd tea.Cmd)
}

// drawer shows it.
type drawer interface {
	Resize(w, h int) tea.Cmd
	View() string // in exactly that size
	Key(k tea.KeyPressMsg) (handled bool, cmd tea.Cmd)
}

// place says what is shown.
type place interface {
	Address() address
	Crumb() text.Safe
	Status() []text.Safe // parts for the status line
	Bindings() []binding // of this screen, besides the root's
	Moving() []key.Binding
}

// screen is one place of the program.
type screen interface {
	reader
	drawer
	place
}

// What only some screens can. The root asks with able.
type (
	filterer interface {
		Filter() string
		SetFilter(q string) tea.Cmd
	}
	paned interface {
		Cycle(d int) tea.Cmd
		Choose(n int) (bool, tea.Cmd) // pane or tab n, from 1
		Numbered() bool               // Choose does something
		Zoom() tea.Cmd
		Back() (bool, tea.Cmd) // one step back inside the screen
	}
	tabbed interface {
		Tabs(w int) string               // the line of tabs
		TabAt(w, x int) (n int, ok bool) // the tab at cell x of it, from 1
		Next() tea.Cmd                   // shows the next one
	}
	reading interface {
		Text() (*widget.TextView, bool) // what has the keys, when it is a text
	}
	splitter interface {
		Split(d int) tea.Cmd // the pane with the keys by d steps larger
		CanSplit() bool
	}
	pointed interface {
		Click(x, y int) tea.Cmd
		Wheel(x, y, d int) tea.Cmd
	}
	revealer interface {
		Reveals() (about cdp.Ref, fields []string)
		Remask() tea.Cmd // what is shown in clear has changed
	}
	exporter interface {
		// Export returns what writes all rows of the screen; it is called in a command.
		Export() (about cdp.Ref, write func(ctx context.Context, to *sheet) error)
	}
	drawn interface {
		// Drawing is an Export as a graph in the DOT language.
		Drawing() (about cdp.Ref, write func(ctx context.Context, to *sheet) error)
	}
	copier interface {
		Copies() (about cdp.Ref, copies []copyable)
	}
	sorter interface {
		Sort() tea.Cmd
		CanSort() bool
	}
	cursored interface {
		Cursor() (x, y int, ok bool)
	}
	typed interface {
		Typing() bool // keys go to a line of text
	}
	goer interface {
		Goto(row int) tea.Cmd
	}
	wrapper interface{ inner() screen }
)

// able asks a screen, or the one inside of it, for an ability.
func able[T any](s screen) (T, bool) {
	if t, ok := s.(T); ok {
		return t, true
	}
	if w, ok := s.(wrapper); ok && w.inner() != nil {
		return able[T](w.inner())
	}
	var none T
	return none, false
}
