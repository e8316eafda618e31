package badgerkv

import (
	"context"
	"sync"

	"cdp-tui/internal/kv"
)

// A gate counts the calls under way. Badger unmaps its files when it closes
// and replaces its innards when it loads; a transaction that is still running
// then would crash the process.
type gate struct {
	mu      sync.Mutex
	active  int
	closed  bool
	loading bool
	empty   chan struct{} // closed when active falls to 0, if somebody waits
}

func (g *gate) enter() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.closed:
		return kv.ErrClosed
	case g.loading:
		return kv.ErrLoading
	}
	g.active++
	return nil
}

func (g *gate) exit() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.active--
	if g.active == 0 && g.empty != nil {
		close(g.empty)
		g.empty = nil
	}
}

// drained returns a channel that is closed when no call is under way; g.mu is
// held, and new calls are shut out.
func (g *gate) drained() <-chan struct{} {
	if g.active == 0 {
		c := make(chan struct{})
		close(c)
		return c
	}
	if g.empty == nil {
		g.empty = make(chan struct{})
	}
	return g.empty
}

// close shuts the gate for good and waits until all are out. It returns false
// if it was shut before.
func (g *gate) close() bool {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return false
	}
	g.closed = true
	c := g.drained()
	g.mu.Unlock()
	<-c
	return true
}

// load shuts the gate for a loader and waits until all are out. It counts as
// a call itself, until exit; the gate stays shut until loaded.
func (g *gate) load(ctx context.Context) error {
	g.mu.Lock()
	if g.closed || g.loading {
		defer g.mu.Unlock()
		if g.closed {
			return kv.ErrClosed
		}
		return kv.ErrLoading
	}
	g.loading = true
	c := g.drained()
	g.mu.Unlock()
	var err error
	select {
	case <-c:
	case <-ctx.Done():
		err = ctx.Err()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if err == nil && g.closed {
		err = kv.ErrClosed
	}
	if err != nil {
		g.loading = false
		return err
	}
	g.active++
	return nil
}

// loaded opens the gate again.
func (g *gate) loaded() {
	g.mu.Lock()
	g.loading = false
	g.mu.Unlock()
}
