package kvtest

import (
	"errors"
	"math/rand/v2"
	"testing"

	"cdp-tui/internal/kv"
)

// RunDurable checks that a store that is closed and opened again in the same
// directory holds what it held. open makes a store in dir, or opens it again;
// the test closes it.
func RunDurable(t *testing.T, open func(t *testing.T, dir string) kv.Store) {
	reopen := func(t *testing.T, s kv.Store, dir string) kv.Store {
		t.Helper()
		if err := s.Close(); err != nil {
			t.Fatalf("close: %v", err)
		}
		return open(t, dir)
	}
	finish := func(t *testing.T, s kv.Store) {
		t.Helper()
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}

	t.Run("contents", func(t *testing.T) {
		dir := t.TempDir()
		s := open(t, dir)
		put(t, s, "a", "1", "b", "", "c", "3")
		update(t, s, func(tx kv.Tx) error { return tx.Delete(b("a")) })
		_ = s.Update(t.Context(), func(tx kv.Tx) error {
			return errors.Join(tx.Set(b("d"), b("4")), errors.New("refused"))
		})
		s = reopen(t, s, dir)
		wantAll(t, s, "b= c=3")
		view(t, s, func(r kv.Reader) error {
			if v, err := r.Get(b("b")); err != nil || v == nil {
				t.Errorf("an empty value comes back as %#v, %v", v, err)
			}
			return nil
		})
		put(t, s, "e", "5")
		s = reopen(t, reopen(t, s, dir), dir)
		wantAll(t, s, "b= c=3 e=5")
		finish(t, s)
	})

	t.Run("load", func(t *testing.T) {
		dir := t.TempDir()
		s, ok := open(t, dir).(kv.Bulk)
		if !ok {
			t.Skip("the engine has no loader")
		}
		l := newLoader(t, s)
		load(t, l, "a", "1", "b", "2")
		s = reopen(t, s, dir).(kv.Bulk) // without Commit
		wantAll(t, s, "")
		l = newLoader(t, s)
		load(t, l, "a", "1", "b", "2")
		if err := l.Commit(); err != nil {
			t.Fatal(err)
		}
		s = reopen(t, s, dir).(kv.Bulk)
		wantAll(t, s, "a=1 b=2")
		put(t, s, "b", "3")
		s = reopen(t, s, dir).(kv.Bulk)
		wantAll(t, s, "a=1 b=3")
		finish(t, s)
	})

	t.Run("random walk", func(t *testing.T) {
		dir := t.TempDir()
		s := open(t, dir)
		w := &walk{Rand: rand.New(rand.NewPCG(25, 5)), model: model{}}
		for range 8 {
			for range 60 {
				w.update(t, s)
			}
			s = reopen(t, s, dir)
			view(t, s, func(r kv.Reader) error {
				for range 40 {
					if err := w.read(r); err != nil {
						t.Fatal(err)
					}
				}
				return nil
			})
		}
		finish(t, s)
	})
}
