package search

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"
)

// defaultMinFree leaves the store on the same disk, which stops earlier, the
// room that it needs to be closed and opened again.
const defaultMinFree = 128 << 20

// patience is how often a write that Bleve does in the background is asked
// whether it failed.
const patience = 100 * time.Millisecond

// checkSpace refuses when the disk of the index has less than Options.MinFree
// bytes free for this user. The error wraps ENOSPC.
func (x *Index) checkSpace() error {
	var st syscall.Statfs_t
	if err := syscall.Statfs(x.dir, &st); err != nil {
		return fmt.Errorf("search: free space of the index: %w", err)
	}
	if free := int64(st.Bavail) * int64(st.Bsize); free < x.opt.MinFree {
		return fmt.Errorf("search: %d MiB free for the index, want %d: %w", free>>20, x.opt.MinFree>>20, syscall.ENOSPC)
	}
	return nil
}

// noSpace returns ENOSPC if that is what err tells: of what the system says
// Bleve keeps the words alone.
func noSpace(err error) error {
	if err != nil && strings.Contains(err.Error(), syscall.ENOSPC.Error()) {
		return syscall.ENOSPC
	}
	return err
}

// failed returns an error if background work of Bleve's has failed. A batch
// that is not waited for has no other way to say so, and Bleve would try again
// for ever.
func (x *Index) failed(g *generation) error {
	stats, _ := g.bleve.StatsMap()["index"].(map[string]any)
	if n, _ := stats["TotOnErrors"].(uint64); n == 0 {
		return nil
	}
	if err := x.checkSpace(); err != nil {
		return err
	}
	return errors.New("search: the index can not be written")
}

// persisted waits until done says that a batch is on disk, or that it will
// not be.
func (x *Index) persisted(ctx context.Context, g *generation, done <-chan error) error {
	t := time.NewTicker(patience)
	defer t.Stop()
	for {
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			return ctx.Err()
		case <-t.C:
			if err := x.failed(g); err != nil {
				return err
			}
		}
	}
}
