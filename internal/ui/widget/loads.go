package widget

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// loads starts the reads of one widget and ends them together. gen changes with
// every open and close; a message of another generation is not for us any more.
type loads struct {
	gen    uint64
	cancel context.CancelFunc
	// start makes a command of a read; nil when closed. Keeping the context
	// inside it bounds its life by open and close.
	start func(read func(context.Context) tea.Msg) (tea.Cmd, context.CancelFunc)
}

func (l *loads) open(ctx context.Context) {
	l.close()
	ctx, l.cancel = context.WithCancel(ctx)
	l.start = func(read func(context.Context) tea.Msg) (tea.Cmd, context.CancelFunc) {
		c, stop := context.WithCancel(ctx)
		return func() tea.Msg {
			defer stop()
			return read(c)
		}, stop
	}
}

func (l *loads) close() {
	if l.cancel != nil {
		l.cancel()
	}
	l.gen++
	l.cancel, l.start = nil, nil
}

// scroll is the cursor and the first visible row of a list of n rows in a window of h.
type scroll struct{ cur, top int }

func (s *scroll) clamp(n, h int) {
	s.cur = max(0, min(s.cur, n-1))
	s.top = max(0, min(s.top, n-h))
	if h > 0 {
		s.top = max(min(s.top, s.cur), s.cur-h+1)
	}
}

// move applies a moving key; ok is false when k is none.
func (s *scroll) move(k tea.KeyPressMsg, keys *Keys, n, h int) (ok bool) {
	page := max(1, h)
	switch d, kind := step(k, keys, page); kind {
	case stepBy:
		s.cur += d
		if d == page || d == -page { // a page moves the window too
			s.top += d
		}
	case stepHome:
		s.cur = 0
	case stepEnd:
		s.cur = n - 1
	default:
		return false
	}
	s.clamp(n, h)
	return true
}
