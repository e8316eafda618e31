package ui

import (
	"context"
	"errors"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
	"cdp-tui/internal/ui/widget"
)

// Env is what the console needs of the world around it.
type Env struct {
	Now func() time.Time
	// WriteFile keeps an export under a plain name, mode 0600, and fails when
	// there is one of that name.
	WriteFile func(name string, data []byte) error
	// Papers write answers for somebody outside; see there.
	Papers Papers
	// Send runs a disclosure and lets its file appear where exports do, mode 0600;
	// it never replaces one. It tells how far it is; a context that ends gives it
	// up, and the run says whether anything left. nil: this console sends nothing.
	Send func(ctx context.Context, what Sending, tell func(SendStep)) (cdp.ShareRun, error)
	// Through gives the desk that looks through a lens; nil: there is only the present.
	Through func(cdp.Lens) Desk
	// Changed, which may be nil, is told that something was decided, so that what
	// follows the store does so now. It must not wait.
	Changed func()
	// After answers with msg when d has passed; nil is the program's own clock.
	After func(d time.Duration, msg tea.Msg) tea.Cmd
	// Zone is in which times are shown; nil is UTC.
	Zone *time.Location
	// Environ is the terminal's environment (TERM, NO_COLOR ...); nil is the
	// process's own.
	Environ []string
}

func (e Env) zone() *time.Location {
	if e.Zone == nil {
		return time.UTC
	}
	return e.Zone
}

func (e Env) changed() {
	if e.Changed != nil {
		e.Changed()
	}
}

func (e Env) after(d time.Duration, msg tea.Msg) tea.Cmd {
	if e.After != nil {
		return e.After(d, msg)
	}
	return tea.Tick(d, func(time.Time) tea.Msg { return msg })
}

// Options are how the console starts.
type Options struct {
	Store    string // name of the store, for the header
	Actor    string // as whom the Desk acts, for the header
	Theme    string // dark, light, contrast or mono; "" asks the terminal for its background
	Mouse    bool
	ReadOnly bool // the Desk refuses decisions
	// Remote says that the terminal is at the other end of a network: there is no
	// shell to return to, so that ctrl+z does not suspend.
	Remote bool
	Open   string // address to start with, "" for the dashboard: "profile?P-0000007&tab=3", or an id
}

// The largest window that is drawn: a size is memory, and over a network it is
// the other side that names it.
const (
	maxWidth  = 500
	maxHeight = 200
)

// Run shows the console until the person leaves or ctx is done. Reads that are
// under way then are ended.
func Run(ctx context.Context, desk Desk, env Env, opt Options, in io.Reader, out io.Writer) error {
	m := New(desk, env, opt)
	err := run(ctx, m, env, in, out)
	return errors.Join(err, m.leaveLooks(context.WithoutCancel(ctx)))
}

// console is a Model, or what stands around one in a test.
type console interface {
	tea.Model
	Begin(ctx context.Context)
}

func run(ctx context.Context, m console, env Env, in io.Reader, out io.Writer, more ...tea.ProgramOption) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m.Begin(ctx)
	// Signals end ctx. A second handler, the library's own, would wait for ever
	// to tell a loop that ctx has ended already.
	opts := []tea.ProgramOption{tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithInput(in), tea.WithOutput(out), tea.WithFilter(calm(env.Now))}
	if env.Environ != nil {
		opts = append(opts, tea.WithEnvironment(env.Environ))
	}
	_, err := tea.NewProgram(m, append(opts, more...)...).Run()
	if errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil || errors.Is(err, tea.ErrInterrupted) {
		return nil
	}
	return err
}

// calm clamps window sizes and lets one wheel message through in 16 ms.
func calm(now func() time.Time) func(tea.Model, tea.Msg) tea.Msg {
	var last time.Time
	return func(_ tea.Model, msg tea.Msg) tea.Msg {
		switch m := msg.(type) {
		case tea.WindowSizeMsg:
			m.Width, m.Height = max(0, min(m.Width, maxWidth)), max(0, min(m.Height, maxHeight))
			return m
		case tea.MouseWheelMsg:
			t := now()
			if d := t.Sub(last); d >= 0 && d < 16*time.Millisecond {
				return nil
			}
			last = t
		case tea.MouseMotionMsg:
			return nil
		}
		return msg
	}
}

// New makes the console of a desk. Begin must be called before it is run.
func New(desk Desk, env Env, opt Options) *Model {
	theme, named := widget.ThemeNamed(opt.Theme)
	if !named {
		theme = widget.Dark()
	}
	kit := widget.NewKit(theme)
	s := &session{kit: kit, desk: desk, present: desk, env: env, lex: newEnglish(), toasts: widget.NewToasts(kit), readOnly: opt.ReadOnly, applied: map[cdp.DecisionID]applied{}, surveys: map[cdp.Standpoint]*surveyed{}}
	kit.SetWords(s.lex.widgets())
	m := &Model{session: s, opt: opt, mouse: opt.Mouse, askTheme: !named}
	s.visit, s.turn, s.ask, s.sure, s.choose, s.work, s.save = m.visitFrom, m.turnTo, m.askLine, m.askConfirm, m.openMenu, m.job, m.saveSearch
	s.watch, s.unwatch = m.watch, m.unwatch
	s.find = func(thing string) tea.Cmd { return m.lookUp(thing, foundAddress) }
	m.palette = newPalette(m)
	m.bindings = m.rootBindings()
	return m
}

// Begin binds all reading to ctx.
func (m *Model) Begin(ctx context.Context) { m.whole = func() context.Context { return ctx } }
