package search

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"

	"cdp-tui/internal/cdp"
)

// CatchUp brings the index up to the head of the journal, by following it or,
// when the index has to be or that is cheaper, by rebuilding. It returns the
// number of documents written.
func (x *Index) CatchUp(ctx context.Context, feed Feed, progress func(done int)) (int, error) {
	head, err := feed.Head(ctx)
	if err != nil {
		return 0, fmt.Errorf("search: read the journal: %w", err)
	}
	pos, err := x.Position()
	if err != nil {
		return 0, err
	}
	n, err := x.Count()
	if err != nil {
		return 0, err
	}
	// A new index reads the documents once; following would load each as
	// often as it changed.
	if n > 0 && head >= pos && head-pos < max(n, 10_000) {
		done, err := x.Follow(ctx, feed)
		if !errors.Is(err, ErrRebuild) {
			return done, err
		}
	}
	return x.Rebuild(ctx, feed, progress)
}

// Follow reads the journal from where the index stands to its head and brings
// the documents of the profiles it touches up to date. Documents and position
// are written together, so that a crash loses nothing and repeats at most one
// batch. It returns the number of documents written or deleted, and
// [ErrRebuild] when the index is in doubt or ahead of the journal (a store
// that was restored).
func (x *Index) Follow(ctx context.Context, feed Feed) (n int, err error) {
	x.writing.Lock()
	defer x.writing.Unlock()
	defer guard(&err, debug.SetPanicOnFault(true))
	if why := x.Doubt(); why != "" {
		return 0, fmt.Errorf("%w: %s", ErrRebuild, why)
	}
	g := x.gen // only a writer replaces it
	pos, err := g.position()
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrRebuild, err)
	}
	head, err := feed.Head(ctx)
	if err != nil {
		return 0, fmt.Errorf("search: read the journal: %w", err)
	}
	if pos > head {
		return 0, fmt.Errorf("%w: it is at entry %d and the journal ends at %d", ErrRebuild, pos, head)
	}
	for pos < head {
		done, to, err := x.step(ctx, feed, g, pos)
		if err != nil {
			return n, err
		}
		n += done
		if to == pos {
			break
		}
		pos = to
	}
	return n, nil
}

// step follows the journal by one batch.
func (x *Index) step(ctx context.Context, feed Feed, g *generation, pos uint64) (n int, to uint64, err error) {
	to = pos
	touched := make(map[cdp.ProfileID]bool)
	for len(touched) < x.opt.Batch {
		cs, err := feed.Changes(ctx, to, x.opt.Batch)
		if err != nil {
			return 0, pos, fmt.Errorf("search: read the journal after entry %d: %w", to, err)
		}
		if len(cs) == 0 {
			break
		}
		after := to
		for _, c := range cs {
			if c.Seq <= after || c.Seq < to {
				return 0, pos, fmt.Errorf("search: entry %d of the journal is followed by %d", to, c.Seq)
			}
			to = c.Seq
			for _, p := range c.Profiles {
				touched[p] = true
			}
		}
	}
	if to == pos {
		return 0, pos, nil
	}
	var docs []cdp.Document
	var gone []cdp.ProfileID
	for p := range touched {
		d, ok, err := feed.Document(ctx, p)
		switch {
		case err != nil:
			return 0, pos, fmt.Errorf("search: read profile %s: %w", p, err)
		case ok && d.Profile == p:
			docs = append(docs, d)
		default:
			gone = append(gone, p)
		}
	}
	if err := x.checkSpace(); err != nil {
		return 0, pos, err
	}
	if err := g.write(x.folder, docs, gone, to, nil); err != nil {
		return 0, pos, fmt.Errorf("search: write %d documents: %w", len(docs), err)
	}
	return len(touched), to, nil
}

// Rebuild makes the index anew from all documents, in a directory of its own;
// the old index answers until the new one is whole and on disk. A crash leaves
// the old one. It returns the number of documents; progress, when given, is
// called after each batch.
func (x *Index) Rebuild(ctx context.Context, feed Feed, progress func(done int)) (n int, err error) {
	x.writing.Lock()
	defer x.writing.Unlock()
	defer guard(&err, debug.SetPanicOnFault(true))
	// What changes while we read is journalled after head, and Follow will
	// read it again.
	head, err := feed.Head(ctx)
	if err != nil {
		return 0, fmt.Errorf("search: read the journal: %w", err)
	}
	name := next(filepath.Base(x.gen.dir))
	dir := filepath.Join(x.dir, name)
	if n, err = x.build(ctx, feed, dir, head, progress); err != nil {
		return n, errors.Join(err, os.RemoveAll(dir))
	}
	g, err := openGeneration(dir, head)
	if err != nil {
		return n, fmt.Errorf("search: open the new index: %w", err)
	}
	if err := writeNote(x.dir, name, head); err != nil {
		return n, errors.Join(fmt.Errorf("search: put the new index in place: %w", err), g.close())
	}
	x.mu.Lock()
	old := x.gen
	x.gen, x.doubt = g, ""
	x.mu.Unlock()
	// From here on the new one is in use; what is left of the old one is
	// removed at the next Open when it can not be now.
	return n, errors.Join(old.close(), sweep(x.dir, name))
}

func (x *Index) build(ctx context.Context, feed Feed, dir string, head uint64, progress func(int)) (n int, err error) {
	g, err := createGeneration(dir, true)
	if err != nil {
		return 0, fmt.Errorf("search: create the new index: %w", err)
	}
	open := true
	defer func() {
		if open {
			err = errors.Join(err, g.close())
		}
	}()
	// One batch is written while the next is read.
	size := 2 * x.opt.Batch
	docs := make([]cdp.Document, 0, size)
	var pending chan error
	wait := func() error {
		if pending == nil {
			return ctx.Err()
		}
		err := <-pending
		pending = nil
		if err != nil {
			return fmt.Errorf("search: write documents: %w", err)
		}
		if progress != nil {
			progress(n)
		}
		return ctx.Err()
	}
	defer func() {
		if werr := wait(); err == nil { // the writer must be done before the index is closed
			err = werr
		}
	}()
	flush := func() error {
		if err := errors.Join(wait(), x.checkSpace(), x.failed(g)); err != nil {
			return err
		}
		batch, done := docs, make(chan error, 1)
		go func() {
			done <- func() (err error) {
				defer guard(&err, debug.SetPanicOnFault(true))
				return g.write(x.folder, batch, nil, 0, nil)
			}()
		}()
		n += len(docs)
		pending, docs = done, make([]cdp.Document, 0, size)
		return nil
	}
	for d, err := range feed.All(ctx) {
		if err != nil {
			return n, fmt.Errorf("search: read all profiles: %w", err)
		}
		if docs = append(docs, d); len(docs) == size {
			if err := flush(); err != nil {
				return n, err
			}
		}
	}
	if err := flush(); err != nil {
		return n, err
	}
	if err := wait(); err != nil {
		return n, err
	}
	// The last, empty batch carries the position; when it is on disk, all
	// that went before it is.
	done := make(chan error, 1)
	if err := g.write(x.folder, nil, nil, head, func(err error) { done <- err }); err != nil {
		return n, fmt.Errorf("search: write the position: %w", err)
	}
	if err := x.persisted(ctx, g, done); err != nil {
		return n, fmt.Errorf("search: write the position: %w", err)
	}
	open = false
	if err := g.close(); err != nil {
		return n, fmt.Errorf("search: close the new index: %w", err)
	}
	if err := syncTree(dir); err != nil {
		return n, fmt.Errorf("search: sync the new index: %w", err)
	}
	return n, nil
}
