package ui

import (
	"cmp"
	"context"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/text"
)

// A meter tells how far a read of the whole store is; it is written by the read
// and shown by the screen.
type meter struct {
	profiles atomic.Int64
	word     string // what it says; "": profiles so far
}

// meterTick draws a meter again.
type meterTick struct{ of *meter }

const meterEvery = 500 * time.Millisecond

func (m *meter) count(profiles int) { m.profiles.Store(int64(profiles)) }

// begin sets it to nothing and lets it be drawn while it runs.
func (m *meter) begin(e Env) tea.Cmd {
	m.count(0)
	return m.tick(e)
}

func (m *meter) tick(e Env) tea.Cmd { return e.after(meterEvery, meterTick{m}) }

// sofar says how far it is, nothing before it has moved.
func (m *meter) sofar(s *session) text.Safe {
	if n := m.profiles.Load(); n > 0 {
		return s.say(cmp.Or(m.word, "status.looked"), int(n))
	}
	return text.Safe{}
}

// A metered list comes of a read of the whole store.
type metered[T any] struct {
	*listing[T]
	meter
}

func (x *metered[T]) Open(ctx context.Context) tea.Cmd {
	return tea.Batch(x.listing.Open(ctx), x.begin(x.ses.env))
}

func (x *metered[T]) Refresh() tea.Cmd {
	return tea.Batch(x.listing.Refresh(), x.begin(x.ses.env))
}

func (x *metered[T]) Update(msg tea.Msg) (bool, tea.Cmd) {
	if t, ok := msg.(meterTick); ok && t.of == &x.meter {
		if x.ctx != nil && x.rows.Position().Loading {
			return true, x.tick(x.ses.env)
		}
		return true, nil
	}
	return x.listing.Update(msg)
}

func (x *metered[T]) Status() []text.Safe {
	if t := x.sofar(x.ses); !t.Empty() && x.rows.Position().Loading {
		return append([]text.Safe{t}, x.listing.Status()...)
	}
	return x.listing.Status()
}
