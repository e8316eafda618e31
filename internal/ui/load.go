package ui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"
)

// errInternal stands for a panic in a read; what the panic said may hold
// personal data, so it is not told.
var errInternal = errors.New("internal error: please report it")

// errNoFiles says that the program was started without a place for files.
var errNoFiles = errors.New("no directory for exports")

// load is one value that is read in a command. A newer start or end makes an
// older answer void.
type load[T any] struct {
	val    T
	err    error
	ok     bool // val was read
	busy   bool
	at     time.Time // when it was read
	gen    uint64
	cancel context.CancelFunc
}

type loaded[T any] struct {
	of  *load[T]
	gen uint64
	val T
	err error
	at  time.Time
}

// start reads anew; what was read before stays to be seen until then.
func (l *load[T]) start(ctx context.Context, now func() time.Time, read func(context.Context) (T, error)) tea.Cmd {
	l.end()
	ctx, cancel := context.WithCancel(ctx)
	l.cancel, l.busy = cancel, true
	gen := l.gen
	return func() (msg tea.Msg) {
		defer cancel()
		m := loaded[T]{of: l, gen: gen}
		defer func() {
			if recover() != nil {
				m.err = errInternal
				msg = m
			}
		}()
		m.val, m.err = read(ctx)
		m.at = now()
		return m
	}
}

// end gives up the reading that is under way.
func (l *load[T]) end() {
	if l.cancel != nil {
		l.cancel()
	}
	l.gen++
	l.cancel, l.busy = nil, false
}

// take takes an answer; mine is false when it belongs to another load, fresh
// when it changed something.
func (l *load[T]) take(msg tea.Msg) (mine, fresh bool) {
	m, ok := msg.(loaded[T])
	if !ok || m.of != l {
		return false, false
	}
	if m.gen != l.gen {
		return true, false
	}
	l.busy, l.cancel = false, nil
	if l.err = m.err; m.err == nil {
		l.val, l.ok, l.at = m.val, true, m.at
	}
	return true, true
}

// guard runs f and makes an error of a panic.
func guard(f func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errInternal
		}
	}()
	return f()
}

// done is the answer of an act: what to do with it is in the message, because
// the act may outlive the screen that began it.
type done struct {
	err  error
	then func() tea.Cmd // when err is nil
	what string         // key of what failed
}

// act makes a command of an act.
func act(ctx context.Context, what string, f func(context.Context) error, then func() tea.Cmd) tea.Cmd {
	return func() tea.Msg {
		return done{err: guard(func() error { return f(ctx) }), then: then, what: what}
	}
}
