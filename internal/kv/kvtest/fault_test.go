package kvtest_test

import (
	"errors"
	"testing"

	"cdp-tui/internal/kv"
	"cdp-tui/internal/kv/kvtest"
	"cdp-tui/internal/kv/memkv"
)

func TestFailAt(t *testing.T) {
	two := func(s kv.Store, dropErrors bool) error {
		return s.Update(t.Context(), func(tx kv.Tx) error {
			err := tx.Set([]byte("a"), []byte("2"))
			err = errors.Join(err, tx.Delete([]byte("b")))
			if dropErrors {
				return nil
			}
			return err
		})
	}
	for n := 1; n <= 4; n++ { // Set, Delete, commit, and one past the end
		for _, dropErrors := range []bool{false, true} {
			s := memkv.New()
			if err := s.Update(t.Context(), func(tx kv.Tx) error { return tx.Set([]byte("b"), []byte("1")) }); err != nil {
				t.Fatal(err)
			}
			f := kvtest.FailAt(s, n)
			err := two(f, dropErrors)
			_, gone := get(t, s, "b")
			if n <= 3 {
				if !errors.Is(err, kvtest.ErrFault) || gone {
					t.Errorf("n=%d drop=%t: error %v, happened %t; want the fault and nothing done", n, dropErrors, err, gone)
				}
				err = two(f, dropErrors) // the fault comes once
				_, gone = get(t, s, "b")
			}
			if err != nil || !gone {
				t.Errorf("n=%d drop=%t: error %v, happened %t; want it done", n, dropErrors, err, gone)
			}
		}
	}
}

func get(t *testing.T, s kv.Store, key string) (value []byte, missing bool) {
	t.Helper()
	err := s.View(t.Context(), func(r kv.Reader) (err error) {
		value, err = r.Get([]byte(key))
		return err
	})
	if err != nil && !errors.Is(err, kv.ErrNotFound) {
		t.Fatal(err)
	}
	return value, err != nil
}
