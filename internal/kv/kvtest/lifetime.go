package kvtest

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"sync"
	"testing"

	"cdp-tui/internal/kv"
)

func testReadOnly(t *testing.T, s kv.Store) {
	view(t, s, func(r kv.Reader) error {
		tx, ok := r.(kv.Tx)
		if !ok {
			return nil // even better
		}
		wantErr(t, "Set in a View", tx.Set(b("a"), b("1")), kv.ErrReadOnly)
		wantErr(t, "Delete in a View", tx.Delete(b("a")), kv.ErrReadOnly)
		return nil
	})
	wantAll(t, s, "")
}

func testClosed(t *testing.T, s kv.Store) {
	put(t, s, "a", "1")
	if err := s.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	never := errors.New("ran")
	wantErr(t, "View", s.View(t.Context(), func(kv.Reader) error { return never }), kv.ErrClosed)
	wantErr(t, "Update", s.Update(t.Context(), func(kv.Tx) error { return never }), kv.ErrClosed)
	wantErr(t, "Close", s.Close(), kv.ErrClosed)
	if bulk, ok := s.(kv.Bulk); ok {
		_, err := bulk.NewLoader(t.Context())
		wantErr(t, "NewLoader", err, kv.ErrClosed)
	}
}

func testCancelled(t *testing.T, s kv.Store) {
	put(t, s, "a", "1", "b", "2", "c", "3")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	inside := func(r kv.Reader) {
		n := 0
		var last error
		for _, err := range r.Scan(kv.Range{}) {
			if n++; err != nil {
				last = err
				continue
			}
			if last != nil {
				t.Error("a scan goes on after an error")
			}
			cancel()
		}
		wantErr(t, "scan", last, context.Canceled)
		if n > 3 {
			t.Errorf("a cancelled scan yields %d elements", n)
		}
		_, err := r.Get(b("a"))
		wantErr(t, "Get", err, context.Canceled)
		_, err = r.GetAll([][]byte{b("a")})
		wantErr(t, "GetAll", err, context.Canceled)
	}
	_ = s.View(ctx, func(r kv.Reader) error { inside(r); return nil })
	wantErr(t, "View, cancelled before", s.View(ctx, func(kv.Reader) error {
		t.Error("View ran its function")
		return nil
	}), context.Canceled)

	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	wantErr(t, "Update, cancelled inside", s.Update(ctx, func(tx kv.Tx) error {
		if err := tx.Set(b("d"), b("4")); err != nil {
			return err
		}
		inside(tx)
		wantErr(t, "Set", tx.Set(b("e"), b("5")), context.Canceled)
		wantErr(t, "Delete", tx.Delete(b("a")), context.Canceled)
		return nil
	}), context.Canceled)
	wantErr(t, "Update, cancelled before", s.Update(ctx, func(kv.Tx) error {
		t.Error("Update ran its function")
		return nil
	}), context.Canceled)
	wantAll(t, s, "a=1 b=2 c=3")
}

func testRollbackError(t *testing.T, s kv.Store) {
	put(t, s, "a", "1")
	mine := errors.New("mine")
	err := s.Update(t.Context(), func(tx kv.Tx) error {
		if err := errors.Join(tx.Set(b("a"), b("2")), tx.Set(b("b"), b("2"))); err != nil {
			return err
		}
		return mine
	})
	wantErr(t, "Update", err, mine)
	wantErr(t, "View", s.View(t.Context(), func(kv.Reader) error { return mine }), mine)
	wantAll(t, s, "a=1")
}

func testRollbackPanic(t *testing.T, s kv.Store) {
	put(t, s, "a", "1", "b", "2")
	caught := func(f func()) (v any) {
		defer func() { v = recover() }()
		f()
		return nil
	}
	v := caught(func() {
		_ = s.Update(t.Context(), func(tx kv.Tx) error {
			if err := errors.Join(tx.Set(b("a"), b("2")), tx.Delete(b("b"))); err != nil {
				return err
			}
			for range tx.Scan(kv.Range{}) {
				panic("in a scan")
			}
			return nil
		})
	})
	if v != "in a scan" {
		t.Errorf("the caller recovers %v from Update", v)
	}
	v = caught(func() {
		_ = s.View(t.Context(), func(r kv.Reader) error {
			for range r.Scan(kv.Range{}) {
				panic("in a view")
			}
			return nil
		})
	})
	if v != "in a view" {
		t.Errorf("the caller recovers %v from View", v)
	}
	wantAll(t, s, "a=1 b=2")
	put(t, s, "c", "3") // it goes on
	wantAll(t, s, "a=1 b=2 c=3")
}

func testRollbackGoexit(t *testing.T, s kv.Store) { // what t.FailNow does
	put(t, s, "a", "1")
	ctx := t.Context()
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = s.Update(ctx, func(tx kv.Tx) error {
			if err := tx.Set(b("a"), b("2")); err != nil {
				t.Error(err)
			}
			runtime.Goexit()
			return nil
		})
	})
	wg.Wait()
	put(t, s, "b", "2")
	wantAll(t, s, "a=1 b=2")
}

func testCancelledInLine(t *testing.T, s kv.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	results := make([]error, 8)
	update(t, s, func(tx kv.Tx) error {
		for i := range results {
			wg.Go(func() {
				results[i] = s.Update(ctx, func(tx kv.Tx) error { return tx.Set(b("late"), b("1")) })
			})
		}
		cancel()
		return tx.Set(b("a"), b("1"))
	})
	wg.Wait()
	for _, err := range results {
		wantErr(t, "Update that waited", err, context.Canceled)
	}
	put(t, s, "b", "2") // the line is not stuck
	wantAll(t, s, "a=1 b=2")
}

func testUsedAfterEnd(t *testing.T, s kv.Store) {
	put(t, s, "a", "1", "b", "2", "c", "3")
	check := func(r kv.Reader, pulled func() (kv.Entry, error, bool)) {
		t.Helper()
		_, err := r.Get(b("a"))
		wantErr(t, "Get", err, kv.ErrClosed)
		_, err = r.GetAll([][]byte{b("a")})
		wantErr(t, "GetAll", err, kv.ErrClosed)
		_, err = list(r, kv.Range{})
		wantErr(t, "Scan", err, kv.ErrClosed)
		_, err, _ = pulled()
		wantErr(t, "Scan begun before", err, kv.ErrClosed)
	}
	begin := func(r kv.Reader) (func() (kv.Entry, error, bool), func()) {
		next, stop := iter.Pull2(r.Scan(kv.Range{}))
		if e, err, ok := next(); !ok || err != nil || string(e.Key) != "a" {
			t.Errorf("first of the scan: %q, %v, %t", e.Key, err, ok)
		}
		return next, stop
	}
	var r kv.Reader
	var next func() (kv.Entry, error, bool)
	var stop func()
	view(t, s, func(in kv.Reader) error { r = in; next, stop = begin(in); return nil })
	check(r, next)
	stop()
	var tx kv.Tx
	update(t, s, func(in kv.Tx) error {
		tx = in
		err := in.Set(b("b"), b("3"))
		next, stop = begin(in)
		return err
	})
	check(tx, next)
	stop()
	wantErr(t, "Set", tx.Set(b("a"), b("2")), kv.ErrClosed)
	wantErr(t, "Delete", tx.Delete(b("a")), kv.ErrClosed)
	wantAll(t, s, "a=1 b=3 c=3")
}
