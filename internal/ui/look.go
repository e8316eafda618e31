package ui

import (
	"context"
	"errors"
	"slices"
	"sync"

	tea "charm.land/bubbletea/v2"

	"cdp-tui/internal/cdp"
)

// A look is what was counted while a filter was built, which is logged as one
// when it is left.
type look struct {
	last   cdp.SegmentCount
	drafts int
	mu     sync.Mutex
	logged bool
}

// log logs it once, however often it is called: again only where that failed.
func (l *look) log(ctx context.Context, desk Segmenter) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.logged {
		return nil
	}
	err := desk.LookedAtSegment(ctx, l.last, l.drafts)
	l.logged = err == nil
	return err
}

// drafted notes a count that was shown.
func (s *session) drafted(c cdp.SegmentCount) {
	if s.look == nil {
		s.look = &look{}
	}
	s.look.last = c
	s.look.drafts++
}

// looksAway logs the look at a filter when another screen than the builder is
// shown.
func (m *Model) looksAway() tea.Cmd {
	if m.look == nil {
		return nil
	}
	if top := m.trail.top(); top != nil && top.Address().Screen == "builder" {
		return nil
	}
	l, desk := m.look, m.desk
	m.look, m.looked = nil, append(m.looked, m.look)
	m.jobs++
	return act(m.whole(), "fail.look", func(ctx context.Context) error { return l.log(context.WithoutCancel(ctx), desk) }, func() tea.Cmd {
		m.looked = slices.DeleteFunc(m.looked, func(o *look) bool { return o == l })
		return nil
	})
}

// leaveLooks logs the looks that are not logged when the console ends.
func (m *Model) leaveLooks(ctx context.Context) error {
	var errs []error
	if m.look != nil {
		m.look, m.looked = nil, append(m.looked, m.look)
	}
	for _, l := range m.looked {
		errs = append(errs, l.log(ctx, m.desk))
	}
	return errors.Join(errs...)
}
