package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"cdp-tui/internal/ingest"
	"cdp-tui/internal/kv/badgerkv"
)

// Directories of a first load: the new store is made beside the old one and
// takes its place when it is whole.
const (
	kvNew = "kv.new"
	kvOld = "kv.old"
)

// firstLoadBytes is from which size of its input on an ingest into a store
// without records is a first load.
const firstLoadBytes = 16 << 20

// firstLoad runs deliveries into a store that has no records yet, as one
// sorted stream. Nothing is there until all is; when run fails nothing is kept.
func (s *session) firstLoad(ctx context.Context, run func(context.Context, ingest.Gate) error) error {
	defer roomy()()
	loading, err := s.desk.NewLoading(ctx, s.dir)
	if err != nil {
		return err
	}
	defer loading.Close()
	if err := run(ctx, loading); err != nil {
		return fmt.Errorf("first load, nothing was kept: %w", err)
	}
	if err := s.fill(ctx, loading.Finish); err != nil {
		return fmt.Errorf("first load, nothing was kept: %w", err)
	}
	return s.swap(ctx)
}

// fill makes the new store.
func (s *session) fill(ctx context.Context, finish func(context.Context, func(key, value []byte) error, func(int)) error) (err error) {
	dir := filepath.Join(s.dir, kvNew)
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	store, err := badgerkv.Open(dir, badgerkv.Options{})
	if err != nil {
		return storeError(err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	loader, err := store.NewLoader(ctx)
	if err != nil {
		return err
	}
	bar := s.progress("records judged")
	defer bar.end()
	if err := finish(ctx, loader.Put, bar.count); err != nil {
		return errors.Join(err, loader.Abort())
	}
	return loader.Commit()
}

// swap puts the new store in the place of the old one and opens it.
func (s *session) swap(ctx context.Context) error {
	if err := s.kv.Close(); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(s.dir, kvDir), filepath.Join(s.dir, kvOld)); err != nil {
		return err
	}
	if err := finishSwap(s.dir); err != nil {
		return err
	}
	return s.connect(ctx)
}

// finishSwap ends what swap began, also when the process was killed in
// between: while there is an old store and none in its place, the new one is
// whole and belongs there.
func finishSwap(dir string) error {
	_, err := os.Stat(filepath.Join(dir, kvDir))
	if _, old := os.Stat(filepath.Join(dir, kvOld)); errors.Is(err, fs.ErrNotExist) && old == nil {
		if err := os.Rename(filepath.Join(dir, kvNew), filepath.Join(dir, kvDir)); err != nil {
			return err
		}
		if err := syncDir(dir); err != nil {
			return err
		}
	}
	return os.RemoveAll(filepath.Join(dir, kvOld))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
