package badgerkv

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"cdp-tui/internal/kv"
)

func openTest(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.TempDir(), Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (l *line) length() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting)
}

// inLine starts n updates behind one that holds the turn until all of them
// wait, and returns their errors, the holder's first.
func inLine(t *testing.T, s *Store, n int, f func(i int, tx kv.Tx) error) []error {
	t.Helper()
	ctx := context.Background()
	errs := make([]error, n+1)
	var wg sync.WaitGroup
	errs[0] = s.Update(ctx, func(tx kv.Tx) error {
		for i := 1; i <= n; i++ {
			wg.Go(func() {
				defer func() {
					if v := recover(); v != nil {
						errs[i] = fmt.Errorf("recovered: %v", v)
					}
				}()
				errs[i] = s.Update(ctx, func(tx kv.Tx) error { return f(i, tx) })
			})
			for s.line.length() < i { // so they run in this order
			}
		}
		return f(0, tx)
	})
	wg.Wait()
	return errs
}

func keysOf(t *testing.T, s *Store) string {
	t.Helper()
	var keys []string
	err := s.View(t.Context(), func(r kv.Reader) error {
		for e, err := range r.Scan(kv.Range{KeysOnly: true}) {
			if err != nil {
				return err
			}
			keys = append(keys, string(e.Key))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(keys, " ")
}

func TestGroupSharesCommit(t *testing.T) {
	s := openTest(t)
	commits := 0
	s.commit = func(g *group) (bool, error) { commits++; return s.commitGroup(g) }
	errs := inLine(t, s, 5, func(i int, tx kv.Tx) error {
		seen := 0
		for _, err := range tx.Scan(kv.Range{}) {
			if err != nil {
				return err
			}
			seen++
		}
		if err := tx.Set([]byte{byte('a' + i)}, nil); err != nil {
			return err
		}
		switch i {
		case 2:
			return errors.New("refused")
		case 3:
			panic("on purpose")
		}
		// 2 and 3 left nothing for those after them.
		if want := []int{0, 1, 2, 3, 2, 3}[i]; seen != want {
			return fmt.Errorf("update %d saw %d keys, want %d", i, seen, want)
		}
		return nil
	})
	want := []string{"<nil>", "<nil>", "refused", "recovered: on purpose", "<nil>", "<nil>"}
	for i, err := range errs {
		if fmt.Sprint(err) != want[i] {
			t.Errorf("update %d: %v, want %s", i, err, want[i])
		}
	}
	if got := keysOf(t, s); got != "a b e f" || commits != 1 {
		t.Errorf("keys %q in %d commits, want %q in 1", got, commits, "a b e f")
	}
}

func TestGroupCommitFails(t *testing.T) {
	for _, halfway := range []bool{false, true} {
		s := openTest(t)
		broken := errors.New("disk on fire")
		s.commit = func(*group) (bool, error) { return halfway, broken }
		errs := inLine(t, s, 3, func(i int, tx kv.Tx) error {
			if i == 1 {
				return errors.New("because of what it saw")
			}
			return tx.Set([]byte{byte('a' + i)}, nil)
		})
		for i, err := range errs {
			if !errors.Is(err, broken) {
				t.Errorf("halfway=%t, update %d: %v, want the error of the commit", halfway, i, err)
			}
		}
		s.commit = s.commitGroup
		err := s.Update(t.Context(), func(tx kv.Tx) error { return tx.Set([]byte("z"), nil) })
		if halfway {
			// The writes may show in this process and be gone in the next:
			// nobody is to act on them.
			if !errors.Is(err, ErrFailed) || !errors.Is(err, broken) {
				t.Errorf("after a commit failed half way: %v, want ErrFailed with the cause", err)
			}
			if err := s.View(t.Context(), func(kv.Reader) error { return nil }); !errors.Is(err, ErrFailed) {
				t.Errorf("after a commit failed half way, View: %v", err)
			}
		} else if got := keysOf(t, s); err != nil || got != "z" {
			t.Errorf("after a commit that did nothing: keys %q, %v", got, err)
		}
	}
}

// The largest group there can be must not be too much for Badger.
func TestLargestGroup(t *testing.T) {
	s := openTest(t)
	var groups []group
	s.commit = func(g *group) (bool, error) {
		groups = append(groups, group{keys: g.keys, bytes: g.bytes})
		return s.commitGroup(g)
	}
	// fill sets n keys with values such that they come to size bytes in all.
	fill := func(tx kv.Tx, prefix string, n, size int) error {
		for i := range n {
			key := fmt.Appendf(nil, "%s%05d", prefix, i)
			if err := tx.Set(key, make([]byte, size*(i+1)/n-size*i/n-len(key))); err != nil {
				return err
			}
		}
		return nil
	}
	for i, err := range inLine(t, s, 2, func(i int, tx kv.Tx) error {
		switch i {
		case 0: // one less, and the group would be full
			return fill(tx, "a", maxGroupKeys-1, maxGroupBytes-1)
		case 1:
			return fill(tx, "b", kv.MaxUpdateEntries, kv.MaxUpdateBytes)
		}
		return fill(tx, "c", 1, 10)
	}) {
		if err != nil {
			t.Errorf("update %d: %v", i, err)
		}
	}
	if len(groups) != 2 || groups[0].keys != maxGroupKeys-1+kv.MaxUpdateEntries || groups[0].bytes != maxGroupBytes-1+kv.MaxUpdateBytes {
		t.Errorf("groups are %+v; the first should be of two updates, the second of one", groups)
	}
}

func TestErrorsHideKeys(t *testing.T) {
	inner := errors.New("checksum mismatch")
	err := cause(fmt.Errorf("DB::Get key: %q: %w", "secret", fmt.Errorf("table: %w", inner)))
	if err != inner {
		t.Errorf("cause is %v, want the innermost error alone", err)
	}
}
